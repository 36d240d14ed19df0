//! Tests of the config file: settings, and messages about mistakes.

use jiff::civil::date;

use crate::action::{ACTIONS, Action, Key, KeyMatch, Keymap, Pane, parse_config_sequence};
use crate::config::file::example;
use crate::config::settings::{Config, TABLE_NAMES, TABLES, parse};
use crate::filter::{Sort, SortKey, SortOrder};
use crate::list_format::{ListColumn, TimeFormat};
use crate::views::MuteEnd;

#[track_caller]
fn read(text: &str) -> Config {
    let (config, errors) = parse(text);
    assert_eq!(errors, [], "{text}");
    config
}

/// Checks the mistakes: line, column, and a part of the message.
#[track_caller]
fn wrong(text: &str, expected: &[(usize, usize, &str)]) -> Config {
    let (config, errors) = parse(text);
    let said: Vec<String> = errors.iter().map(ToString::to_string).collect();
    assert_eq!(errors.len(), expected.len(), "{text}\n{said:#?}");
    for (error, &(line, column, part)) in errors.iter().zip(expected) {
        assert_eq!((error.line, error.column), (line, column), "{error}");
        assert!(error.message.contains(part), "{error}\nwants {part}");
    }
    config
}

#[test]
fn misspelt_keys_and_values_have_a_place_and_a_neighbour() {
    wrong("vew = 1", &[(1, 1, "nearest is “view”")]);
    wrong("[colours]\n", &[(1, 2, "there are view, mute, keep, open, screen, tables, keys")]);
    wrong("theme = \"dark\"", &[(1, 1, "belongs to [screen]")]);
    let config = wrong(
        "[[view]]\nname = \"a\"\nfilter = \"oil\"\n  color = \"red\"\n",
        &[(4, 3, "a view has no key “color”: the nearest is “colour”")],
    );
    assert_eq!(config.views.len(), 1, "the view is kept");
    wrong(
        "[[view]]\nname = \"a\"\nfilter = \"oil\"\ncolour = \"gren\"\nbell = \"true\"",
        &[(4, 10, "nearest is “green”"), (5, 8, "without quotation")],
    );
    wrong(
        "[[view]]\nfilter = \"oil\"\n[[view]]\nname = \"b\"",
        &[(1, 1, "needs a name"), (3, 1, "needs a filter")],
    );
    wrong("[view]\nname = \"a\"", &[(1, 1, "[[view]]")]);
    wrong("[[keep]]\n", &[(1, 1, "[keep]")]);
}

#[test]
fn a_filter_is_checked_with_its_own_column() {
    let text = "[[view]]\nname = \"é\"\nfilter = \"oil form:afp\"\n[[view]]\nname = \"b\"\nfilter = \"oil\"";
    let config = wrong(text, &[(3, 15, "nearest is from:")]);
    assert_eq!(config.views[0].name, "b", "the good one stays");
    wrong(
        "[[mute]]\nfilter = \"\"\n[[mute]]\nfilter = \"()\"",
        &[(2, 10, "empty"), (4, 10, "keeps everything")],
    );
}

#[test]
fn dates_sizes_and_commands_are_checked() {
    let mute = |until: &str| format!("[[mute]]\nfilter = \"cup\"\nuntil = {until}");
    let until = |text: &str| read(&mute(text)).mutes[0].until;
    let local = date(2026, 12, 1).at(18, 30, 0, 0);
    assert_eq!(until("2026-12-01T18:30:00"), Some(MuteEnd::Local(local)));
    assert_eq!(until("1970-01-01T01:00:00+01:00"), Some(MuteEnd::Moment(0)));
    for (text, said) in [
        ("\"2026-12-01\"", "without quotation marks"),
        ("18:00:00", "expected a date"),
        ("3", "expected a date"),
    ] {
        let config = wrong(&mute(text), &[(3, 9, said)]);
        assert!(config.mutes.is_empty(), "nothing is muted for ever by mistake");
    }
    let size = |text: &str| read(&format!("[keep]\nsize = {text}")).retention.size;
    assert_eq!(size("\"2 GiB\""), Some(2 << 30));
    assert_eq!(size("4096"), Some(4096));
    let age = |text: &str| read(&format!("[keep]\nage = \"{text}\"")).retention.age;
    assert_eq!([age("90s"), age("1w")], [Some(90), Some(7 * 86_400)]);
    wrong("[keep]\nsize = \"big\"\nage = \"7\"", &[(2, 8, "a size"), (3, 7, "an age")]);
    let command =
        |text: &str| format!("[[view]]\nname = \"a\"\nfilter = \"oil\"\ncommand = {text}");
    let view = &read(&command("[\"a b\", \"\"]")).views[0];
    assert_eq!(view.command, ["a b", ""]);
    assert!(view.alert);
    for text in ["\"beep\"", "[]", "[1]", "[\"\"]"] {
        wrong(&command(text), &[(4, 11, "without a shell")]);
    }
}

#[test]
fn a_syntax_error_does_not_hide_other_tables() {
    let text = "[[view]]\nname = \"a\"\nfilter = \"oil\nbell = true\n[[mute]]\nfilter = \"cup\"\n";
    let (config, errors) = parse(text);
    assert!(!errors.is_empty() && errors[0].line == 3, "{errors:?}");
    assert_eq!(config.mutes.len(), 1);
    wrong(
        "[[view]]\nname = \"a\"\nfilter = \"oil\"\n[[view]]\nname = \"a\"\nfilter = \"gas\"",
        &[(5, 8, "already")],
    );
}

#[test]
fn openers_are_lists_of_words() {
    let openers = read("[open]\nurl = [\"firefox\", \"{}\"]\nclipboard = [\"wl-copy\"]\n").openers;
    assert_eq!(openers.url, Some(vec!["firefox".into(), "{}".into()]));
    assert_eq!(openers.clipboard, Some(vec!["wl-copy".into()]));
    assert!(openers.editor.is_none() && openers.pager.is_none() && !openers.shell);
    assert!(read("[open]\nshell = true").openers.shell);
    wrong(
        "[open]\neditor = \"hx {}\"\nshell = \"yes\"\nbrowser = []",
        &[(2, 10, "without a shell"), (3, 9, "true or false"), (4, 1, "has no key “browser”")],
    );
}

// The example: it has every setting, each is valid, and the values are the defaults.

/// The example with all its settings uncommented.
fn in_force() -> String {
    let text = example();
    let line = |line: &str| match line.strip_prefix('#') {
        Some(setting) if !setting.starts_with(' ') => format!("{setting}\n"),
        _ => format!("{line}\n"),
    };
    text.lines().map(line).collect()
}

/// Its settings one by one: the table, the line, and whether it is called an example instead of a default.
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
fn the_unedited_example_changes_nothing() {
    assert_eq!(read(&example()), Config::default());
    assert_eq!(read(""), Config::default());
    assert_eq!(read("# nothing\n"), Config::default());
}

#[test]
fn every_setting_of_the_example_can_be_uncommented() {
    let config = read(&in_force());
    let [oil, flashes, minister] = config.views.as_slice() else {
        panic!("{config:?}");
    };
    assert!(oil.letter() == 'O' && !oil.alert && !oil.bell && oil.command.is_empty());
    assert!(flashes.bell);
    assert!(minister.alert && minister.command[0] == "notify-send");
    assert!(config.mutes[0].until.is_some());
    assert_eq!(config.screen.theme.as_deref(), Some("dark"));
    assert!(config.screen.zone.is_some() && config.openers.url.is_some());
}

#[test]
fn values_of_the_example_are_the_defaults() {
    let mut compared = 0;
    for (table, setting, called) in settings() {
        // The defaults of [keep] are outside `config`: tests/headless checks them. [tables] names an example.
        if called || table.starts_with("[[") || matches!(&*table, "[keep]" | "[tables]") {
            continue;
        }
        let config = read(&format!("{table}\n{setting}\n"));
        assert_eq!(config, Config::default(), "{table} {setting}");
        compared += 1;
    }
    assert!(compared > ACTIONS.len() + 7, "{compared}");
}

#[test]
fn the_example_has_every_setting() {
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

// The table `[keys]`: bindings and conflicts.

#[track_caller]
fn does(config: &Config, pane: Pane, keys: &str, action: Action) {
    let keys = parse_config_sequence(keys).expect("keys");
    let found = config.keys.lookup(pane, &keys);
    assert_eq!(found, KeyMatch::Action(action), "{keys:?} in {pane:?}");
}

#[track_caller]
fn nothing(config: &Config, pane: Pane, keys: &str) {
    let keys = parse_config_sequence(keys).expect("keys");
    assert_eq!(config.keys.lookup(pane, &keys), KeyMatch::None);
}

#[test]
fn an_action_can_have_other_keys() {
    let config = read("[keys]\ndown = [\"ctrl-j\", \"w w\"]\nstar = \"alt-s\"\n");
    for pane in Pane::ALL {
        does(&config, pane, "w w", Action::Down);
        nothing(&config, pane, "j");
    }
    does(&config, Pane::List, "alt-s", Action::Star);
    does(&config, Pane::List, "k", Action::Up);
    assert_eq!(
        config.keys.sequences_of(Pane::List, Action::Down).collect::<Vec<_>>(),
        ["^J", "ww"]
    );
}

#[test]
fn keys_of_one_pane_override_those_of_all() {
    let text =
        "[keys]\nstar = \"w\"\n[keys.list]\nstar = [\"w\", \"ctrl-s\"]\n[keys.quotes]\nstar = []\n";
    let config = read(text);
    does(&config, Pane::List, "ctrl-s", Action::Star);
    does(&config, Pane::Reader, "w", Action::Star);
    nothing(&config, Pane::Reader, "s");
    nothing(&config, Pane::Quotes, "w");
}

#[test]
fn two_actions_can_swap_keys() {
    let config = read("[keys]\nstar = \"r\"\ntoggle-read = \"s\"\n");
    does(&config, Pane::List, "r", Action::Star);
    does(&config, Pane::List, "s", Action::ToggleRead);
}

#[test]
fn conflicts_are_reported_with_their_position() {
    let config = wrong(
        "[keys]\nstar = \"n\"\n",
        &[(2, 8, "“n” is next-hit in reader and quotes: give next-hit other keys")],
    );
    does(&config, Pane::Reader, "n", Action::NextHit);
    does(&config, Pane::Reader, "s", Action::Star);
    does(&config, Pane::List, "n", Action::Star);
    wrong(
        "[keys.list]\nstar = [\"w\", \"g\"]\nmark = \"z z\"",
        &[
            (2, 14, "“g” hides “g g”, which is top in list"),
            (3, 8, "“z z” is never reached, since “z” is fold"),
        ],
    );
    let twice = wrong("[keys.list]\nstar = \"w\"\nmark = \"w\"", &[(3, 8, "“w” is star in list")]);
    does(&twice, Pane::List, "w", Action::Star);
    does(&twice, Pane::List, "x", Action::Mark);
    read("[keys]\nnext-hit = []\nstar = [\"n\", \"n\"]\n[keys.changes]\nnext-change = \"] c\"");
}

#[test]
fn unknown_keys_and_actions_are_reported() {
    wrong(
        "[keys]\ndwon = \"j\"\n[keys.raeder]\n[keys.list]\ndown = 3\nup = \"gg\"\nnext-hit = \"w\"\n",
        &[
            (2, 1, "no action “dwon”: the nearest is “down”"),
            (3, 7, "nearest is “reader”"),
            (5, 8, "down: expected keys in quotation marks"),
            (6, 7, "up: “gg” is not a key: keys are separated by spaces, as in “g g”"),
            (7, 1, "next-hit does nothing in list: it works in reader and quotes"),
        ],
    );
    let config = wrong("[keys]\ndown = [\"w\", \"ctrl-i\"]", &[(2, 15, "write tab")]);
    does(&config, Pane::List, "w", Action::Down);
    wrong("[keys]\nlist = \"j\"", &[(2, 1, "[keys.list]")]);
}

#[test]
fn ctrl_c_cannot_be_rebound() {
    wrong("[keys]\ndown = \"ctrl-c\"", &[(2, 8, "always quits")]);
    wrong("[keys]\ndown = \"g ctrl-c\"", &[(2, 8, "always quits")]);
    let mut text = "[keys]\n".to_owned();
    for entry in ACTIONS {
        text.push_str(&entry.action.name());
        text.push_str(" = []\n");
    }
    let config = read(&text);
    assert_eq!(config.keys, Keymap::new(Vec::new()));
    for pane in Pane::ALL {
        let found = config.keys.lookup(pane, &[Key::ctrl('c')]);
        assert_eq!(found, KeyMatch::Action(Action::Quit));
    }
    assert_eq!(parse("[keys]\nquit = [\"ctrl-c\"]").1, []);
}

#[test]
fn no_pane_has_the_name_of_an_action() {
    for pane in Pane::ALL {
        assert_eq!(Action::from_name(pane.name()), None);
    }
    for entry in ACTIONS {
        assert_eq!(Action::from_name(&entry.action.name()), Some(entry.action));
    }
}

// The table `[screen]`.

#[test]
fn screen_settings_are_read() {
    let screen = read(
        "[screen]\ntheme = \"light\"\nmouse = true\nplain = true\nhide-embargoed = true\nzone = \"UTC\"\ncolumns = [\"slug\", \"words\"]\n\
         time-format = \"%H.%M\"\nsort = \"agency urgency reversed\"\n",
    )
    .screen;
    assert_eq!(screen.theme.as_deref(), Some("light"));
    assert!(screen.mouse && screen.plain && screen.hide_embargoed && screen.zone.is_some());
    assert_eq!(screen.look.columns, [ListColumn::Slug, ListColumn::Words]);
    assert_eq!(Ok(screen.look.times.time), TimeFormat::parse("%H.%M"));
    let sort = Sort { by: SortKey::Agency, then: Some(SortKey::Urgency), reversed: true };
    assert_eq!(screen.order, SortOrder::Sorted(sort));
    assert!(read("[screen]\ncolumns = []").screen.look.columns.is_empty());
}

#[test]
fn every_mistake_has_a_place_and_a_hint() {
    wrong(
        "[screen]\ntheme = \"drak\"\nmouse = \"true\"\nzone = \"Europe/Olso\"\ntime-format = \"%H:%!\"\nsort = \"agancy\"\n\
         collumns = []\ncolumns = [\"time\", \"plaec\", 3, \"time\"]",
        &[
            (2, 9, "nearest is “dark”"),
            (3, 9, "without quotation"),
            (4, 8, "nearest is “Europe/Oslo”"),
            (5, 15, "strftime"),
            (6, 8, "use time, urgency"),
            (7, 1, "nearest is “columns”"),
            (8, 20, "nearest is “place”"),
            (8, 29, "list of names"),
            (8, 32, "twice"),
        ],
    );
    let kept = wrong(
        "[screen]\ncolumns = [\"nowhere\"]\ndate-format = 3",
        &[(2, 12, "none of time"), (3, 15, "quotation marks")],
    );
    assert_eq!(kept.screen.look.columns, ListColumn::DEFAULT);
}
