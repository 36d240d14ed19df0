//! Tests of the config file: what is read, and what is said of mistakes.

mod example;
mod keys;
mod screen;

use jiff::civil::date;

use super::*;
use crate::views::MuteEnd;

#[track_caller]
fn read(text: &str) -> Config {
    let (config, errors) = parse(text);
    assert_eq!(errors, [], "{text}");
    config
}

/// Checks what is wrong: line, column, and a part of the message.
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
    wrong(
        "[colours]\n",
        &[(1, 2, "there are view, mute, keep, open, screen, keys")],
    );
    wrong("theme = \"dark\"", &[(1, 1, "stands in [screen]")]);
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
        &[(1, 1, "wants a name"), (3, 1, "wants a filter")],
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
        ("18:00:00", "a day or a moment"),
        ("3", "a day or a moment"),
    ] {
        let config = wrong(&mute(text), &[(3, 9, said)]);
        assert!(
            config.mutes.is_empty(),
            "nothing is muted for ever by mistake"
        );
    }
    let size = |text: &str| read(&format!("[keep]\nsize = {text}")).retention.size;
    assert_eq!(size("\"2 GiB\""), Some(2 << 30));
    assert_eq!(size("4096"), Some(4096));
    let age = |text: &str| read(&format!("[keep]\nage = \"{text}\"")).retention.age;
    assert_eq!([age("90s"), age("1w")], [Some(90), Some(7 * 86_400)]);
    wrong(
        "[keep]\nsize = \"big\"\nage = \"7\"",
        &[(2, 8, "a size"), (3, 7, "an age")],
    );
    let command =
        |text: &str| format!("[[view]]\nname = \"a\"\nfilter = \"oil\"\ncommand = {text}");
    let view = &read(&command("[\"a b\", \"\"]")).views[0];
    assert_eq!(view.command, ["a b", ""]);
    assert!(view.alert);
    for text in ["\"beep\"", "[]", "[1]", "[\"\"]"] {
        wrong(&command(text), &[(4, 11, "no shell")]);
    }
}

#[test]
fn what_is_no_toml_hides_nothing_else() {
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
        &[
            (2, 10, "no shell"),
            (3, 9, "true or false"),
            (4, 1, "has no key “browser”"),
        ],
    );
}
