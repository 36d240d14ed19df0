//! `dateline config`: the path, the example, and what is wrong with a file.

use std::fs;

use crate::program::run;
use crate::support::Folder;

#[test]
fn the_example_is_a_config_file() {
    let folder = Folder::new();
    let example = run(&folder, &["config", "default"]).ok();
    assert!(example.contains("[[view]]") && example.contains("[keep]"));
    let path = run(&folder, &["config", "path"]).ok();
    let path = path.trim_end();
    assert!(path.ends_with("config/dateline/config.toml"), "{path}");
    let none = run(&folder, &["config", "check"]).ok();
    assert_eq!(
        none,
        format!("{path}: no such file; everything is as without one\n")
    );
    let parent = std::path::Path::new(path).parent().expect("a folder");
    fs::create_dir_all(parent).expect("a folder");
    fs::write(path, example).expect("a file");
    let checked = run(&folder, &["config", "check"]).ok();
    assert_eq!(checked, format!("{path}: no mistakes, 3 views, 1 mute\n"));
}

#[test]
fn mistakes_have_a_place() {
    let folder = Folder::new();
    let file = folder.put("c.toml", "[[view]]\nname = \"a\"\nfliter = \"oil\"\n");
    let name = file.to_str().expect("a path");
    let printed = run(&folder, &["config", "check", "--config", name]);
    assert_eq!((printed.code, printed.out.as_str()), (Some(2), ""));
    let expected = format!(
        "dateline: {name}, line 1, column 1: a view wants a filter, as in filter = \"headline:oil\"\n\
         dateline: {name}, line 3, column 1: a view has no key “fliter”: the nearest is “filter”\n"
    );
    assert_eq!(printed.err, expected);
    let gone = run(&folder, &["config", "check", "--config", "nowhere.toml"]);
    assert_eq!(gone.code, Some(2));
    assert_eq!(gone.err, "dateline: nowhere.toml: no such file\n");
    let bytes = folder.put("b.toml", b"name = \"\xff\"");
    let name = bytes.to_str().expect("a path");
    let printed = run(&folder, &["config", "check", "--config", name]);
    assert_eq!(
        printed.err,
        format!("dateline: {name}: is not UTF-8, from byte 8 on\n")
    );
}
