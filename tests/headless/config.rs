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
    assert_eq!(none, format!("{path}: no such file; the defaults are used\n"));
    let parent = std::path::Path::new(path).parent().expect("a folder");
    fs::create_dir_all(parent).expect("a folder");
    fs::write(path, &example).expect("a file");
    let checked = run(&folder, &["config", "check"]).ok();
    assert_eq!(checked, format!("{path}: no mistakes, 0 views, 0 mutes\n"));
}

#[test]
fn what_the_example_says_is_kept_is_kept() {
    let lines = dateline::config::example();
    let lines = lines.lines().map(|line| match line {
        "#size = \"256M\"" | "#age = \"7d\"" => &line[1..],
        line => line,
    });
    let text: Vec<&str> = lines.collect();
    let (config, errors) = dateline::config::parse(&text.join("\n"));
    assert!(errors.is_empty() && config.retention.size.is_some() && config.retention.age.is_some());
    let keep = dateline::cli::RetentionArgs::default();
    let none = dateline::config::Config::default();
    let [said, holds] =
        [&config, &none].map(|config| dateline::command::retention_limits(keep, config));
    assert_eq!((said.bytes, said.age), (holds.bytes, holds.age));
}

#[test]
fn themes_are_the_same_everywhere() {
    use clap::ValueEnum;
    let of_line = dateline::cli::ThemeName::value_variants();
    let of_line: Vec<&str> = of_line.iter().map(|theme| theme.name()).collect();
    assert_eq!(of_line, dateline::config::THEMES);
    assert_eq!(dateline::ui::Theme::NAMES, dateline::config::THEMES);
}

#[test]
fn mistakes_have_a_place() {
    let folder = Folder::new();
    let file = folder.put("c.toml", "[[view]]\nname = \"a\"\nfliter = \"oil\"\n");
    let name = file.to_str().expect("a path");
    let printed = run(&folder, &["config", "check", "--config", name]);
    assert_eq!((printed.code, printed.out.as_str()), (Some(1), ""));
    let expected = format!(
        "dateline: {name}, line 1, column 1: a view needs a filter, as in filter = \"headline:oil\"\n\
         dateline: {name}, line 3, column 1: a view has no key “fliter”: the nearest is “filter”\n"
    );
    assert_eq!(printed.err, expected);
    let missing = "dateline: nowhere.toml: there is no such config file; `dateline config default` prints one\n";
    for command in [
        &["config", "check"][..],
        &["list"],
        &["show"],
        &["quotes"],
        &["mark", "read"],
        &["state", "path"],
    ] {
        let gone = run(&folder, &[command, &["--config", "nowhere.toml"]].concat());
        assert_eq!((gone.code, gone.err.as_str()), (Some(2), missing), "{command:?}");
    }
    let path = run(&folder, &["config", "path", "--config", "nowhere.toml"]);
    assert_eq!(path.ok(), "nowhere.toml\n");
    let bytes = folder.put("b.toml", b"name = \"\xff\"");
    let name = bytes.to_str().expect("a path");
    let printed = run(&folder, &["config", "check", "--config", name]);
    assert_eq!(printed.err, format!("dateline: {name}: is not UTF-8, from byte 8 on\n"));
}
