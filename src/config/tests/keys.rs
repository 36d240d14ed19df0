//! Keys of the config file: what they do, and what is said where one hides another.

use super::super::{Config, parse};
use super::{read, wrong};
use crate::action::{ACTIONS, Action, Key, KeyMatch, Keymap, Pane, parse_config_sequence};

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
fn an_action_gets_other_keys() {
    let config = read("[keys]\ndown = [\"ctrl-j\", \"w w\"]\nstar = \"alt-s\"\n");
    for pane in Pane::ALL {
        does(&config, pane, "w w", Action::Down);
        nothing(&config, pane, "j");
    }
    does(&config, Pane::List, "alt-s", Action::Star);
    does(&config, Pane::List, "k", Action::Up);
    assert_eq!(
        config
            .keys
            .sequences_of(Pane::List, Action::Down)
            .collect::<Vec<_>>(),
        ["^J", "ww"]
    );
}

#[test]
fn one_pane_goes_before_all() {
    let text =
        "[keys]\nstar = \"w\"\n[keys.list]\nstar = [\"w\", \"ctrl-s\"]\n[keys.quotes]\nstar = []\n";
    let config = read(text);
    does(&config, Pane::List, "ctrl-s", Action::Star);
    does(&config, Pane::Reader, "w", Action::Star);
    nothing(&config, Pane::Reader, "s");
    nothing(&config, Pane::Quotes, "w");
}

#[test]
fn keys_change_places() {
    let config = read("[keys]\nstar = \"r\"\ntoggle-read = \"s\"\n");
    does(&config, Pane::List, "r", Action::Star);
    does(&config, Pane::List, "s", Action::ToggleRead);
}

#[test]
fn what_hides_another_is_told_with_its_place() {
    let config = wrong(
        "[keys]\nstar = \"n\"\n",
        &[(
            2,
            8,
            "“n” is next-hit in reader and quotes: give next-hit other keys",
        )],
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
    let twice = wrong(
        "[keys.list]\nstar = \"w\"\nmark = \"w\"",
        &[(3, 8, "“w” is star in list")],
    );
    does(&twice, Pane::List, "w", Action::Star);
    does(&twice, Pane::List, "x", Action::Mark);
    read("[keys]\nnext-hit = []\nstar = [\"n\", \"n\"]\n[keys.changes]\nnext-change = \"] c\"");
}

#[test]
fn what_is_no_key_and_no_action_is_told() {
    wrong(
        "[keys]\ndwon = \"j\"\n[keys.raeder]\n[keys.list]\ndown = 3\nup = \"gg\"\nnext-hit = \"w\"\n",
        &[
            (2, 1, "no action “dwon”: the nearest is “down”"),
            (3, 7, "nearest is “reader”"),
            (5, 8, "down: wants keys in quotation marks"),
            (
                6,
                7,
                "up: “gg” is no key: keys are parted by spaces, as in “g g”",
            ),
            (
                7,
                1,
                "next-hit does nothing in list: it works in reader and quotes",
            ),
        ],
    );
    let config = wrong(
        "[keys]\ndown = [\"w\", \"ctrl-i\"]",
        &[(2, 15, "write tab")],
    );
    does(&config, Pane::List, "w", Action::Down);
    wrong("[keys]\nlist = \"j\"", &[(2, 1, "[keys.list]")]);
}

#[test]
fn nothing_takes_the_way_out() {
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
fn no_pane_is_called_like_an_action() {
    for pane in Pane::ALL {
        assert_eq!(Action::from_name(pane.name()), None);
    }
    for entry in ACTIONS {
        assert_eq!(Action::from_name(&entry.action.name()), Some(entry.action));
    }
}
