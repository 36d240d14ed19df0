//! The settings that can be changed on the screen, as a table, and their values as they are typed: without the syntax
//! of the file.

use std::fmt::Write as _;

use crate::config::settings::{Config, THEMES, parse};
use crate::filter::SortKey;
use crate::list_format::ListColumn;

/// The form of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ValueForm {
    /// `true` or `false`; typed also as `on` or `off`.
    Switch,
    Text,
    /// A list, typed as words with spaces or commas between them.
    Words,
}

/// A setting that can be changed while the program runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TypedSetting {
    Theme,
    Mouse,
    Plain,
    HideEmbargoed,
    Texts,
    Zone,
    Columns,
    TimeFormat,
    DateFormat,
    YearFormat,
    Sort,
    Url,
    Editor,
    Clipboard,
    Shell,
}

/// One line of the table of such settings.
#[derive(Debug)]
pub struct TypedSettingRow {
    pub setting: TypedSetting,
    /// The table of the config file that it stands in.
    table: &'static str,
    /// The name, as in the config file.
    pub name: &'static str,
    form: ValueForm,
    /// What it decides, in a phrase.
    pub help: &'static str,
    /// Values to offer; each word of a list is offered by itself. Empty if any text may be right.
    pub values: fn() -> Vec<&'static str>,
}

const fn row(
    setting: TypedSetting,
    (table, name): (&'static str, &'static str),
    form: ValueForm,
    help: &'static str,
    values: fn() -> Vec<&'static str>,
) -> TypedSettingRow {
    TypedSettingRow { setting, table, name, form, help, values }
}

const ON_OFF: fn() -> Vec<&'static str> = || vec!["on", "off"];
const ANY: fn() -> Vec<&'static str> = Vec::new;

/// All settings that can be changed while the program runs, in the order of the config file.
pub const TYPED_SETTINGS: &[TypedSettingRow] = &[
    row(TypedSetting::Theme, ("screen", "theme"), ValueForm::Text, "the colours", || {
        THEMES.to_vec()
    }),
    row(
        TypedSetting::Mouse,
        ("screen", "mouse"),
        ValueForm::Switch,
        "the wheel scrolls, a click selects",
        ON_OFF,
    ),
    row(
        TypedSetting::Plain,
        ("screen", "plain"),
        ValueForm::Switch,
        "one pane at a time, for screen readers",
        ON_OFF,
    ),
    row(
        TypedSetting::HideEmbargoed,
        ("screen", "hide-embargoed"),
        ValueForm::Switch,
        "leave out what is under embargo",
        ON_OFF,
    ),
    row(
        TypedSetting::Texts,
        ("screen", "texts"),
        ValueForm::Switch,
        "look for the words of a filter in texts, too",
        ON_OFF,
    ),
    row(TypedSetting::Zone, ("screen", "zone"), ValueForm::Text, "the time zone", ANY),
    row(
        TypedSetting::Columns,
        ("screen", "columns"),
        ValueForm::Words,
        "the columns of the list",
        || ListColumn::ALL.map(ListColumn::name).to_vec(),
    ),
    row(
        TypedSetting::TimeFormat,
        ("screen", "time-format"),
        ValueForm::Text,
        "times of the newest day in the list, as strftime writes them",
        ANY,
    ),
    row(
        TypedSetting::DateFormat,
        ("screen", "date-format"),
        ValueForm::Text,
        "times of other days in the list",
        ANY,
    ),
    row(
        TypedSetting::YearFormat,
        ("screen", "year-format"),
        ValueForm::Text,
        "times of other years in the list",
        ANY,
    ),
    row(
        TypedSetting::Sort,
        ("screen", "sort"),
        ValueForm::Text,
        "the order of the list, as :sort does",
        sort_words,
    ),
    row(
        TypedSetting::Url,
        ("open", "url"),
        ValueForm::Words,
        "the program that opens links; {} is the link",
        ANY,
    ),
    row(
        TypedSetting::Editor,
        ("open", "editor"),
        ValueForm::Words,
        "the program that edits notes and copies; {} is the file",
        ANY,
    ),
    row(
        TypedSetting::Clipboard,
        ("open", "clipboard"),
        ValueForm::Words,
        "the program that takes copied text",
        ANY,
    ),
    row(
        TypedSetting::Shell,
        ("open", "shell"),
        ValueForm::Switch,
        "a shell runs what is typed after |",
        ON_OFF,
    ),
];

/// Settings of the config file that only count at the start, or have commands of their own, and what to do instead.
pub const FIXED_SETTINGS: &[(&str, &str)] = &[
    ("size", "is read at the start: use --keep-size or the config file"),
    ("age", "is read at the start: use --keep-age or the config file"),
    ("pager", "is for commands without a screen"),
    ("keys", "are read at the start: change them in the config file"),
    ("view", "has commands of its own: `:view NAME` and `:forget NAME`"),
    ("alert", "has a command of its own: `:alert NAME`"),
    ("mute", "has commands of its own: `:mute FILTER` and `:unmute NAME`"),
];

/// The words of a sort order.
#[must_use]
pub fn sort_words() -> Vec<&'static str> {
    SortKey::ALL.map(SortKey::name).into_iter().chain(["reversed"]).collect()
}

impl TypedSettingRow {
    /// The values that begin with what has been typed of one, `partial`; `before` are the words typed before that.
    #[must_use]
    pub fn completions(&self, before: &[&str], partial: &str) -> Vec<&'static str> {
        let takes_several = self.form == ValueForm::Words || self.setting == TypedSetting::Sort;
        let fits = |value: &&str| value.starts_with(partial) && !before.contains(value);
        let is_open = before.is_empty() || takes_several;
        (self.values)().into_iter().filter(|value| is_open && fits(value)).collect()
    }

    /// The settings of a file with just this one, whose value is checked like one of the file.
    ///
    /// # Errors
    /// What is wrong with the value, and what is expected.
    pub fn parse(&self, value: &str) -> Result<Config, String> {
        parse_typed(self.table, self.name, self.form, value)
    }
}

/// See [`TypedSettingRow::parse`].
fn parse_typed(table: &str, key: &str, form: ValueForm, value: &str) -> Result<Config, String> {
    let value = match (form, value) {
        (ValueForm::Switch, "on" | "true") => "true".to_owned(),
        (ValueForm::Switch, "off" | "false") => "false".to_owned(),
        (ValueForm::Switch, _) => return Err(format!("{key} is on or off, not “{value}”")),
        (ValueForm::Text, value) => quote(without_quotes(value)),
        (ValueForm::Words, value) => {
            let words = value.split([' ', ',', '[', ']']).filter(|word| !word.is_empty());
            let words: Vec<String> = words.map(|word| quote(without_quotes(word))).collect();
            format!("[{}]", words.join(", "))
        }
    };
    let (config, errors) = parse(&format!("[{table}]\n{key} = {value}\n"));
    match errors.into_iter().next() {
        Some(error) => Err(error.message),
        None => Ok(config),
    }
}

/// Quotation marks may be typed as in the file.
fn without_quotes(value: &str) -> &str {
    let inner = |mark: char| value.strip_prefix(mark)?.strip_suffix(mark);
    inner('"').or_else(|| inner('\'')).unwrap_or(value)
}

/// A TOML string.
fn quote(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            c if c.is_control() => {
                let _ = write!(quoted, "\\u{:04X}", u32::from(c));
            }
            c => quoted.push(c),
        }
    }
    quoted + "\""
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_typed_without_the_syntax_of_the_file() {
        let screen = |key: &str, form, value: &str| {
            parse_typed("screen", key, form, value).map(|config| config.screen)
        };
        assert!(screen("mouse", ValueForm::Switch, "on").unwrap().mouse);
        assert!(!screen("mouse", ValueForm::Switch, "false").unwrap().mouse);
        for value in ["dark", "\"dark\"", "'dark'"] {
            let parsed = screen("theme", ValueForm::Text, value).unwrap();
            assert_eq!(parsed.theme.as_deref(), Some("dark"), "{value}");
        }
        for value in ["time slug", "time, slug", "[\"time\", \"slug\"]"] {
            let parsed = screen("columns", ValueForm::Words, value).unwrap();
            assert_eq!(parsed.look.columns.len(), 2, "{value}");
        }
        for (key, form, value, expected) in [
            ("mouse", ValueForm::Switch, "maybe", "mouse is on or off, not “maybe”"),
            ("theme", ValueForm::Text, "drak", "“dark”"),
            ("theme", ValueForm::Text, "a\"\\\u{1}\n", "theme"),
            ("columns", ValueForm::Words, "tmie", "“time”"),
            ("sort", ValueForm::Text, "colour", "colour"),
        ] {
            let error = screen(key, form, value).unwrap_err();
            assert!(error.contains(expected), "{error}");
        }
    }
}
