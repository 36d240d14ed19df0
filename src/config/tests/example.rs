//! The example: every setting stands in it, each is right, and what it says holds without it does.

use super::super::tables::{TABLE_NAMES, TABLES};
use super::super::{Config, example};
use super::read;
use crate::action::ACTIONS;

/// The example with all its settings in force.
fn in_force() -> String {
    let text = example();
    let line = |line: &str| match line.strip_prefix('#') {
        Some(setting) if !setting.starts_with(' ') => format!("{setting}\n"),
        _ => format!("{line}\n"),
    };
    text.lines().map(line).collect()
}

/// Its settings one by one: the table, the line, and whether it is called an example.
fn settings() -> Vec<(String, String, bool)> {
    let (text, mut table, mut called) = (example(), String::new(), false);
    let mut found = Vec::new();
    for line in text.lines() {
        if let Some(prose) = line.strip_prefix("# ") {
            called = prose.ends_with("n example:") || prose.ends_with("examples:");
        } else if line.starts_with('[') || line.starts_with("#[") {
            table = line.trim_start_matches('#').to_owned();
        } else if let Some(setting) = line.strip_prefix('#').filter(|s| !s.is_empty()) {
            found.push((table.clone(), setting.to_owned(), called));
        }
    }
    found
}

#[test]
fn as_it_is_it_changes_nothing() {
    assert_eq!(read(&example()), Config::default());
    assert_eq!(read(""), Config::default());
    assert_eq!(read("# nothing\n"), Config::default());
}

#[test]
fn all_of_it_can_be_in_force() {
    let config = read(&in_force());
    let [oil, flashes, minister] = config.views.as_slice() else {
        panic!("{config:?}");
    };
    assert!(oil.letter() == 'O' && !oil.has_actions() && flashes.bell);
    assert!(minister.alert && minister.command[0] == "notify-send");
    assert!(config.mutes[0].until.is_some());
    assert_eq!(config.screen.theme.as_deref(), Some("dark"));
    assert!(config.screen.zone.is_some() && config.openers.url.is_some());
}

#[test]
fn what_holds_without_it_is_what_it_says() {
    let mut compared = 0;
    for (table, setting, called) in settings() {
        // Those of [keep] are held in tests/headless, where what holds is known.
        if called || table.starts_with("[[") || table == "[keep]" {
            continue;
        }
        let config = read(&format!("{table}\n{setting}\n"));
        assert_eq!(config, Config::default(), "{table} {setting}");
        compared += 1;
    }
    assert!(compared > ACTIONS.len() + 7, "{compared}");
}

#[test]
fn every_setting_stands_in_it() {
    let all = settings();
    for table in TABLE_NAMES {
        let line = [format!("\n[{table}]"), format!("\n#[[{table}]]")];
        assert!(line.iter().any(|line| example().contains(line)), "{table}");
    }
    for (table, keys) in TABLES {
        for key in *keys {
            let stands = all.iter().any(|(of, setting, _)| {
                of.trim_matches(['[', ']']) == *table && setting.starts_with(&format!("{key} = "))
            });
            assert!(stands, "[{table}] {key}");
        }
    }
}
