//! The settings of the config file, table by table. A new table is a name in `TABLE_NAMES`, some lines in `parse_tables` and a function.

use std::fmt;

use jiff::tz::TimeZone;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::action::Keymap;
use crate::config::keys;
use crate::config::values::{
    self, ErrorCollector, Fields, PositionedTable, ValueError, invalid_value, one_of,
};
use crate::filter::SortOrder;
use crate::list_format::{ListColumn, ListFormat, TimeFormat};
use crate::text::nearest_name;
use crate::views::{Mute, SavedView};

/// What stands in a config file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Config {
    pub views: Vec<SavedView>,
    pub mutes: Vec<Mute>,
    pub retention: Retention,
    pub openers: Openers,
    pub screen: ScreenSettings,
    pub keys: Keymap,
}

/// How much is kept of what arrived, once its file is gone.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Retention {
    /// In bytes. `None`: as the program has it.
    pub size: Option<u64>,
    /// In seconds. `None`: as the program has it.
    pub age: Option<i64>,
}

/// What is wrong, and where; both numbers count from 1, columns in characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigError {
    pub line: usize,
    pub column: usize,
    /// A sentence that says what would be right.
    pub message: String,
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "line {}, column {}: {}",
            self.line, self.column, self.message
        )
    }
}

impl std::error::Error for ConfigError {}

/// Reads the text of a config file: all that is right, and what is not in the order of the lines. What is wrong in one
/// table leaves the others as they are.
#[must_use]
pub fn parse(text: &str) -> (Config, Vec<ConfigError>) {
    parse_tables(text)
}

// The tables of the file, one function each. A new table is a name in [`OPENER_KEYS`], some lines in
// `parse_tables` and a function.

/// What the file may hold at its top.
pub(super) const TABLE_NAMES: &[&str] = &["view", "mute", "keep", "open", "screen", "keys"];

/// The keys of each table but those of `[keys]`, which are the actions.
pub(super) const TABLES: &[(&str, &[&str])] = &[
    ("screen", SCREEN_KEYS),
    ("open", OPENER_KEYS),
    ("keep", &["size", "age"]),
    ("view", VIEW_KEYS),
    ("mute", MUTE_KEYS),
];

const VIEW_KEYS: &[&str] = &[
    "name", "filter", "colour", "letter", "alert", "bell", "command",
];

const MUTE_KEYS: &[&str] = &["name", "filter", "until"];

/// The table in which a key stands that was written at the top of the file.
pub(super) fn table_of_key(key: &str) -> Option<&'static str> {
    let mut tables = TABLES.iter().take(3);
    let table = tables.find(|(_, keys)| keys.contains(&key));
    table.map(|(table, _)| *table)
}

type Value<'v> = Option<&'v Spanned<DeValue<'v>>>;

pub(super) fn parse_tables(text: &str) -> (Config, Vec<ConfigError>) {
    let (root, errors) = DeTable::parse_recoverable(text);
    let mut notes = ErrorCollector::new(text);
    for error in errors {
        let at = error.span().map_or(0, |span| span.start);
        notes.add_error(at, format!("this is no TOML: {}", error.message()));
    }
    let top = Fields::new(&mut notes, (root.get_ref(), 0), "", TABLE_NAMES);
    let [views, mutes, keeps, opens, screens, all_keys] =
        ["view", "mute", "keep", "open", "screen", "keys"].map(|key| top.raw(key));
    let mut config = Config::default();
    for table in table_array(views, "view", &mut notes) {
        if let Some(view) = parse_view(table, &config.views, &mut notes) {
            config.views.push(view);
        }
    }
    for table in table_array(mutes, "mute", &mut notes) {
        config.mutes.extend(parse_mute(table, &mut notes));
    }
    if let Some(table) = single_table(keeps, "keep", &mut notes) {
        config.retention = parse_retention(table, &mut notes);
    }
    if let Some(table) = single_table(opens, "open", &mut notes) {
        config.openers = parse_openers(table, &mut notes);
    }
    if let Some(table) = single_table(screens, "screen", &mut notes) {
        config.screen = parse_screen(table, &mut notes);
    }
    if let Some(table) = single_table(all_keys, "keys", &mut notes) {
        config.keys = keys::parse_keys(table, &mut notes);
    }
    (config, notes.finish())
}

/// The tables of `[[name]]`.
fn table_array<'v>(
    value: Value<'v>,
    name: &str,
    notes: &mut ErrorCollector<'_>,
) -> Vec<PositionedTable<'v>> {
    let Some(value) = value else {
        return Vec::new();
    };
    let mut tables = Vec::new();
    let mut wrong =
        |at| notes.add_error(at, format!("{name} is a list of tables: write [[{name}]]"));
    match value.get_ref() {
        DeValue::Array(array) => {
            for row in array {
                match row.get_ref() {
                    DeValue::Table(table) => tables.push((table, row.span().start)),
                    _ => wrong(row.span().start),
                }
            }
        }
        _ => wrong(value.span().start),
    }
    tables
}

/// The table of `[name]`.
fn single_table<'v>(
    value: Value<'v>,
    name: &str,
    notes: &mut ErrorCollector<'_>,
) -> Option<PositionedTable<'v>> {
    let value = value?;
    if let DeValue::Table(table) = value.get_ref() {
        return Some((table, value.span().start));
    }
    notes.add_error(
        value.span().start,
        format!("{name} is one table: write [{name}]"),
    );
    None
}

fn parse_view(
    table: PositionedTable<'_>,
    others: &[SavedView],
    notes: &mut ErrorCollector<'_>,
) -> Option<SavedView> {
    let mut fields = Fields::new(notes, table, "a view", VIEW_KEYS);
    let name = fields.require("name", "\"oil\"", values::text);
    let filter = fields.require("filter", "\"headline:oil\"", values::filter);
    let tint = fields.get("colour", values::tint);
    let letter = fields.get("letter", values::letter);
    let alert = fields.get("alert", values::boolean);
    let bell = fields.get("bell", values::boolean).unwrap_or(false);
    let command = fields.get("command", values::command).unwrap_or_default();
    let at = fields.raw("name").map_or(0, |value| value.span().start);
    let (name, filter) = (name?, filter?);
    if others.iter().any(|other| other.name == name) {
        let shown = name.escape_debug();
        notes.add_error(at, format!("there is a view “{shown}” already: it stays"));
        return None;
    }
    Some(SavedView {
        alert: alert.unwrap_or(bell || !command.is_empty()),
        name,
        filter,
        tint,
        letter,
        bell,
        command,
    })
}

fn parse_mute(table: PositionedTable<'_>, notes: &mut ErrorCollector<'_>) -> Option<Mute> {
    let mut fields = Fields::new(notes, table, "a mute", MUTE_KEYS);
    let name = fields.get("name", values::text);
    let filter = fields.require("filter", "\"slug:football\"", values::filter);
    let has_until = fields.raw("until").is_some();
    let until = fields.get("until", values::until);
    // With an end that cannot be read it would mute for ever, which nobody asked for.
    (until.is_some() || !has_until).then_some(())?;
    Some(Mute {
        name,
        filter: filter?,
        until,
    })
}

fn parse_retention(table: PositionedTable<'_>, notes: &mut ErrorCollector<'_>) -> Retention {
    let mut fields = Fields::new(notes, table, "[keep]", &["size", "age"]);
    Retention {
        size: fields.get("size", values::size),
        age: fields.get("age", values::duration),
    }
}

// The table `[screen]`: colours, zone, and how the list looks. What the command line says goes before it.

/// The themes, as `--theme` takes them.
pub const THEMES: [&str; 4] = ["terminal", "dark", "light", "mono"];

/// How the screen looks and behaves.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ScreenSettings {
    /// One of [`THEMES`]. `None`: as the environment has it.
    pub theme: Option<String>,
    pub mouse: bool,
    pub plain: bool,
    /// What is under embargo is left out of the list.
    pub hide_embargoed: bool,
    /// `None`: as the system and `TZ` have it.
    pub zone: Option<TimeZone>,
    pub look: ListFormat,
    /// The order that the list begins with.
    pub order: SortOrder,
}

pub(super) const SCREEN_KEYS: &[&str] = &[
    "theme",
    "mouse",
    "plain",
    "hide-embargoed",
    "zone",
    "columns",
    "time-format",
    "date-format",
    "year-format",
    "sort",
];

pub(super) fn parse_screen(
    table: PositionedTable<'_>,
    notes: &mut ErrorCollector<'_>,
) -> ScreenSettings {
    let mut fields = Fields::new(notes, table, "[screen]", SCREEN_KEYS);
    let mut screen = ScreenSettings {
        theme: fields.get("theme", theme),
        mouse: fields.get("mouse", values::boolean).unwrap_or(false),
        plain: fields.get("plain", values::boolean).unwrap_or(false),
        hide_embargoed: fields
            .get("hide-embargoed", values::boolean)
            .unwrap_or(false),
        zone: fields.get("zone", zone),
        look: ListFormat::default(),
        order: fields.get("sort", order).unwrap_or_default(),
    };
    let look = &mut screen.look;
    if let Some(columns) = columns(&mut fields) {
        look.columns = columns;
    }
    for (key, place) in [
        ("time-format", &mut look.times.time),
        ("date-format", &mut look.times.date),
        ("year-format", &mut look.times.year),
    ] {
        if let Some(form) = fields.get(key, form) {
            *place = form;
        }
    }
    screen
}

fn theme(value: &DeValue<'_>, raw: &str) -> Result<String, ValueError> {
    let name = values::text(value, raw)?;
    one_of(&THEMES, &name).map(str::to_owned)
}

/// A zone of the system's database.
fn zone(value: &DeValue<'_>, raw: &str) -> Result<TimeZone, ValueError> {
    let name = values::text(value, raw)?;
    let zones = jiff::tz::db();
    if let Ok(zone) = zones.get(&name) {
        return Ok(zone);
    }
    if zones.is_definitively_empty() {
        return invalid_value(
            "there are no zones on this system: its package is mostly called tzdata",
        );
    }
    let known: Vec<String> = zones.available().map(|name| name.to_string()).collect();
    let shown = name.escape_debug();
    match nearest_name(known.iter().map(String::as_str), &name) {
        Some(near) => invalid_value(format!("“{shown}” is no zone: the nearest is “{near}”")),
        None => invalid_value(format!(
            "“{shown}” is no zone: it is named as in \"Europe/Oslo\""
        )),
    }
}

fn form(value: &DeValue<'_>, _: &str) -> Result<TimeFormat, ValueError> {
    let DeValue::String(text) = value else {
        return invalid_value("wants a text in quotation marks, as in \"%H:%M\"");
    };
    let hint = |message| {
        (
            None,
            format!("{message}; the conversions are those of strftime"),
        )
    };
    TimeFormat::parse(text).map_err(hint)
}

/// Sort keys, as `:sort` takes them.
fn order(value: &DeValue<'_>, raw: &str) -> Result<SortOrder, ValueError> {
    let text = values::text(value, raw)?;
    SortOrder::parse(&text).map_err(|message| (None, message))
}

/// The columns of the list, those that are right; each that is not has its own message.
fn columns(fields: &mut Fields<'_, '_, '_>) -> Option<Vec<ListColumn>> {
    const HINT: &str = "columns: wants a list of names, as in [\"time\", \"agency\"]";
    let value = fields.raw("columns")?;
    let DeValue::Array(names) = value.get_ref() else {
        fields.notes.add_error(value.span().start, HINT);
        return None;
    };
    let known = ListColumn::ALL.map(ListColumn::name);
    let mut columns = Vec::new();
    for name in names {
        let at = name.span().start;
        let DeValue::String(text) = name.get_ref() else {
            fields.notes.add_error(at, HINT);
            continue;
        };
        match one_of(&known, text).map(ListColumn::from_name) {
            Ok(Some(column)) if columns.contains(&column) => {
                let message = format!("columns: “{text}” stands there twice");
                fields.notes.add_error(at, message);
            }
            Ok(column) => columns.extend(column),
            Err((_, message)) => fields.notes.add_error(at, format!("columns: {message}")),
        }
    }
    (!columns.is_empty() || names.is_empty()).then_some(columns)
}

// The table `[open]`: which programs of the reader's open links and files, page long output and take copies.

/// Programs of the reader's, each as the program and its arguments. No shell reads these lists. `None`: as the program
/// finds one itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Openers {
    /// Opens a link: `{}` stands for it, else it comes last.
    pub url: Option<Vec<String>>,
    /// Edits a file: `{}` stands for its path, else it comes last.
    pub editor: Option<Vec<String>>,
    /// Gets what is copied on its standard input.
    pub clipboard: Option<Vec<String>>,
    /// Gets long output on its standard input.
    pub pager: Option<Vec<String>>,
    /// Whether what is typed after `|` goes to a shell. Without, words are parted and the program is started itself.
    pub shell: bool,
}

pub(super) const OPENER_KEYS: &[&str] = &["url", "editor", "clipboard", "pager", "shell"];

pub(super) fn parse_openers(table: PositionedTable<'_>, notes: &mut ErrorCollector<'_>) -> Openers {
    let mut fields = Fields::new(notes, table, "[open]", OPENER_KEYS);
    Openers {
        url: fields.get("url", values::command),
        editor: fields.get("editor", values::command),
        clipboard: fields.get("clipboard", values::command),
        pager: fields.get("pager", values::command),
        shell: fields.get("shell", values::boolean).unwrap_or(false),
    }
}
