//! Completion by a real fish, where there is one: values of options, and no files in their place.

use std::process::Command;

use crate::program::run;
use crate::support::Folder;

#[test]
fn fish_offers_the_values_of_an_option() {
    let folder = Folder::new();
    let script = run(&folder, &["completions", "fish"]).ok();
    let script = folder.put("dateline.fish", script);
    let other = folder.put("dark-matter.txt", "a file that is no theme");
    let here = other.parent().expect("a folder");
    for (line, offered) in [
        ("dateline --theme d", "dark"),
        ("dateline --mouse --theme li", "light"),
        ("dateline completions zs", "zsh"),
        ("dateline --state /x completions ba", "bash"),
        ("dateline config ch", "check"),
    ] {
        let asked = format!("source {}; complete -C '{line}'", script.display());
        let fish = Command::new("fish")
            .args(["--no-config", "-c", &asked])
            .env("HOME", here)
            .current_dir(here)
            .output();
        let Ok(output) = fish else {
            return; // There is no fish here.
        };
        let text = String::from_utf8_lossy(&output.stdout);
        let words: Vec<&str> = text.lines().filter_map(|l| l.split('\t').next()).collect();
        assert_eq!(words, [offered], "{line}");
    }
}
