//! The settings of the config file, table by table.
//!
//! To add a key, add it to the list of its table, to the struct and to the parse function; to add a table, add it to
//! `TABLE_NAMES`, `TABLES` and `parse_tables`. A test checks that the example has every setting.

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
use crate::format::ColumnNames;
use crate::list_format::{ListColumn, ListFormat, TimeFormat};
use crate::text::nearest_name;
use crate::views::{Mute, SavedView};

/// The settings of a config file; defaults for those that it does not have.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Config {
    pub views: Vec<SavedView>,
    pub mutes: Vec<Mute>,
    pub retention: Retention,
    pub openers: Openers,
    pub screen: ScreenSettings,
    /// The columns of tables, beside those that are known by their names.
    pub columns: ColumnNames,
    pub keys: Keymap,
}

/// Limits of the arrivals that are kept in memory after their files are deleted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Retention {
    /// In bytes; `None` for the program's default.
    pub size: Option<u64>,
    /// In seconds; `None` for the program's default.
    pub age: Option<i64>,
}

/// A mistake in the config file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigError {
    /// 1-based.
    pub line: usize,
    /// 1-based, in characters.
    pub column: usize,
    /// What is wrong and what is expected.
    pub message: String,
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}: {}", self.line, self.column, self.message)
    }
}

impl std::error::Error for ConfigError {}

/// Parses the text of a config file. Returns all valid settings, and the mistakes in the order of the text. A mistake
/// in one table does not affect the others.
#[must_use]
pub fn parse(text: &str) -> (Config, Vec<ConfigError>) {
    parse_tables(text)
}

// The tables of the file, with a function for each.

/// Top-level keys.
pub(super) const TABLE_NAMES: &[&str] =
    &["view", "mute", "keep", "open", "screen", "tables", "keys"];

/// The keys of each table except `[keys]`, whose keys are the actions.
///
/// The first four are single tables, the others lists of tables: `table_of_key` relies on it.
pub(super) const TABLES: &[(&str, &[&str])] = &[
    ("screen", SCREEN_KEYS),
    ("open", OPENER_KEYS),
    ("keep", &["size", "age"]),
    ("tables", &["columns"]),
    ("view", VIEW_KEYS),
    ("mute", MUTE_KEYS),
];

const VIEW_KEYS: &[&str] = &["name", "filter", "colour", "letter", "alert", "bell", "command"];

const MUTE_KEYS: &[&str] = &["name", "filter", "until"];

/// The single table that has this key, to suggest for a key that was written above all tables.
pub(super) fn table_of_key(key: &str) -> Option<&'static str> {
    let mut tables = TABLES.iter().take(4);
    let table = tables.find(|(_, keys)| keys.contains(&key));
    table.map(|(table, _)| *table)
}

type Value<'v> = Option<&'v Spanned<DeValue<'v>>>;

/// See [`parse`].
pub(super) fn parse_tables(text: &str) -> (Config, Vec<ConfigError>) {
    // A syntax error costs a line or a table, not the whole file.
    let (root, syntax_errors) = DeTable::parse_recoverable(text);
    let mut errors = ErrorCollector::new(text);
    for error in syntax_errors {
        let at = error.span().map_or(0, |span| span.start);
        errors.add_error(at, format!("this is not TOML: {}", error.message()));
    }
    let top = Fields::new(&mut errors, (root.get_ref(), 0), "", TABLE_NAMES);
    let [views, mutes, keeps, opens, screens, tables, all_keys] =
        ["view", "mute", "keep", "open", "screen", "tables", "keys"].map(|key| top.raw(key));
    let mut config = Config::default();
    for table in table_array(views, "view", &mut errors) {
        if let Some(view) = parse_view(table, &config.views, &mut errors) {
            config.views.push(view);
        }
    }
    for table in table_array(mutes, "mute", &mut errors) {
        config.mutes.extend(parse_mute(table, &mut errors));
    }
    if let Some(table) = single_table(keeps, "keep", &mut errors) {
        config.retention = parse_retention(table, &mut errors);
    }
    if let Some(table) = single_table(opens, "open", &mut errors) {
        config.openers = parse_openers(table, &mut errors);
    }
    if let Some(table) = single_table(screens, "screen", &mut errors) {
        config.screen = parse_screen(table, &mut errors);
    }
    if let Some(table) = single_table(tables, "tables", &mut errors) {
        let mut fields = Fields::new(&mut errors, table, "[tables]", &["columns"]);
        config.columns = fields.get("columns", values::columns).unwrap_or_default();
    }
    if let Some(table) = single_table(all_keys, "keys", &mut errors) {
        config.keys = keys::parse_keys(table, &mut errors);
    }
    (config, errors.finish())
}

/// The tables of `[[name]]`, each with its byte offset in the file.
fn table_array<'v>(
    value: Value<'v>,
    name: &str,
    errors: &mut ErrorCollector<'_>,
) -> Vec<PositionedTable<'v>> {
    let Some(value) = value else {
        return Vec::new();
    };
    let mut tables = Vec::new();
    let mut wrong =
        |at| errors.add_error(at, format!("{name} is a list of tables: write [[{name}]]"));
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

/// The table of `[name]`, with its byte offset in the file.
fn single_table<'v>(
    value: Value<'v>,
    name: &str,
    errors: &mut ErrorCollector<'_>,
) -> Option<PositionedTable<'v>> {
    let value = value?;
    if let DeValue::Table(table) = value.get_ref() {
        return Some((table, value.span().start));
    }
    errors.add_error(value.span().start, format!("{name} is one table: write [{name}]"));
    None
}

/// A saved view; `None` if its name or filter is missing or invalid, or its name is taken.
fn parse_view(
    table: PositionedTable<'_>,
    others: &[SavedView],
    errors: &mut ErrorCollector<'_>,
) -> Option<SavedView> {
    let mut fields = Fields::new(errors, table, "a view", VIEW_KEYS);
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
        errors.add_error(at, format!("there is a view “{shown}” already: it is kept"));
        return None;
    }
    Some(SavedView {
        // A bell or a command makes no sense without alerts, so they turn them on.
        alert: alert.unwrap_or(bell || !command.is_empty()),
        name,
        filter,
        tint,
        letter,
        bell,
        command,
    })
}

fn parse_mute(table: PositionedTable<'_>, errors: &mut ErrorCollector<'_>) -> Option<Mute> {
    let mut fields = Fields::new(errors, table, "a mute", MUTE_KEYS);
    let name = fields.get("name", values::text);
    let filter = fields.require("filter", "\"slug:football\"", values::filter);
    let has_until = fields.raw("until").is_some();
    let until = fields.get("until", values::until);
    // Without its invalid end it would mute for ever, which nobody asked for.
    (until.is_some() || !has_until).then_some(())?;
    Some(Mute { name, filter: filter?, until })
}

fn parse_retention(table: PositionedTable<'_>, errors: &mut ErrorCollector<'_>) -> Retention {
    let mut fields = Fields::new(errors, table, "[keep]", &["size", "age"]);
    Retention { size: fields.get("size", values::size), age: fields.get("age", values::duration) }
}

// The table `[screen]`: colours, time zone, and the look of the list. Options of the command line override it.

/// Names of the themes, as for `--theme`.
pub const THEMES: [&str; 4] = ["terminal", "dark", "light", "mono"];

/// The table `[screen]`.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(clippy::struct_excessive_bools)] // Independent flags.
pub struct ScreenSettings {
    /// One of [`THEMES`]; `None` to choose by the environment.
    pub theme: Option<String>,
    pub mouse: bool,
    pub plain: bool,
    /// Leaves dispatches under embargo out of the list.
    pub hide_embargoed: bool,
    /// Words of a filter are also looked for in texts.
    pub texts: bool,
    /// `None` for the zone of `TZ` or the system.
    pub zone: Option<TimeZone>,
    pub look: ListFormat,
    /// The initial order of the list.
    pub order: SortOrder,
}

impl Default for ScreenSettings {
    fn default() -> Self {
        Self {
            theme: None,
            mouse: false,
            plain: false,
            hide_embargoed: false,
            texts: true,
            zone: None,
            look: ListFormat::default(),
            order: SortOrder::default(),
        }
    }
}

pub(super) const SCREEN_KEYS: &[&str] = &[
    "theme",
    "mouse",
    "plain",
    "hide-embargoed",
    "texts",
    "zone",
    "columns",
    "time-format",
    "date-format",
    "year-format",
    "sort",
];

pub(super) fn parse_screen(
    table: PositionedTable<'_>,
    errors: &mut ErrorCollector<'_>,
) -> ScreenSettings {
    let mut fields = Fields::new(errors, table, "[screen]", SCREEN_KEYS);
    let mut screen = ScreenSettings {
        theme: fields.get("theme", theme),
        mouse: fields.get("mouse", values::boolean).unwrap_or(false),
        plain: fields.get("plain", values::boolean).unwrap_or(false),
        hide_embargoed: fields.get("hide-embargoed", values::boolean).unwrap_or(false),
        texts: fields.get("texts", values::boolean).unwrap_or(true),
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

/// A time zone by its name in the system's database.
fn zone(value: &DeValue<'_>, raw: &str) -> Result<TimeZone, ValueError> {
    let name = values::text(value, raw)?;
    let zones = jiff::tz::db();
    if let Ok(zone) = zones.get(&name) {
        return Ok(zone);
    }
    // Minimal systems and containers often have none.
    if zones.is_definitively_empty() {
        return invalid_value("there are no time zones on this system: install the package tzdata");
    }
    let known: Vec<String> = zones.available().map(|name| name.to_string()).collect();
    let shown = name.escape_debug();
    match nearest_name(known.iter().map(String::as_str), &name) {
        Some(near) => invalid_value(format!("“{shown}” is not a zone: the nearest is “{near}”")),
        None => {
            invalid_value(format!("“{shown}” is not a zone: expected a name like \"Europe/Oslo\""))
        }
    }
}

/// A time format of strftime conversions.
fn form(value: &DeValue<'_>, _: &str) -> Result<TimeFormat, ValueError> {
    let DeValue::String(text) = value else {
        return invalid_value("expected a string in quotation marks, as in \"%H:%M\"");
    };
    let hint = |message| (None, format!("{message}; the conversions are those of strftime"));
    TimeFormat::parse(text).map_err(hint)
}

/// Sort keys, as for `:sort`.
fn order(value: &DeValue<'_>, raw: &str) -> Result<SortOrder, ValueError> {
    let text = values::text(value, raw)?;
    SortOrder::parse(&text).map_err(|message| (None, message))
}

/// The columns of the list: the valid ones, with a message for each of the others. `None` if there are some but all are
/// invalid: then the default columns are used.
fn columns(fields: &mut Fields<'_, '_, '_>) -> Option<Vec<ListColumn>> {
    const HINT: &str = "columns: expected a list of names, as in [\"time\", \"agency\"]";
    let value = fields.raw("columns")?;
    let DeValue::Array(names) = value.get_ref() else {
        fields.errors.add_error(value.span().start, HINT);
        return None;
    };
    let known = ListColumn::ALL.map(ListColumn::name);
    let mut columns = Vec::new();
    for name in names {
        let at = name.span().start;
        let DeValue::String(text) = name.get_ref() else {
            fields.errors.add_error(at, HINT);
            continue;
        };
        match one_of(&known, text).map(ListColumn::from_name) {
            Ok(Some(column)) if columns.contains(&column) => {
                let message = format!("columns: “{text}” is listed twice");
                fields.errors.add_error(at, message);
            }
            Ok(column) => columns.extend(column),
            Err((_, message)) => fields.errors.add_error(at, format!("columns: {message}")),
        }
    }
    (!columns.is_empty() || names.is_empty()).then_some(columns)
}

// The table `[open]`: external programs.

/// External programs, each as a program and its arguments, run without a shell. `None`: dateline finds one itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Openers {
    /// Opens a link, which replaces `{}`; without `{}` it is appended.
    pub url: Option<Vec<String>>,
    /// Edits a file, whose path replaces `{}`; without `{}` it is appended.
    pub editor: Option<Vec<String>>,
    /// Receives copied text on standard input.
    pub clipboard: Option<Vec<String>>,
    /// Receives long output on standard input.
    pub pager: Option<Vec<String>>,
    /// Whether a shell runs what is typed after `|`. If false it is split into words and run directly.
    pub shell: bool,
}

pub(super) const OPENER_KEYS: &[&str] = &["url", "editor", "clipboard", "pager", "shell"];

pub(super) fn parse_openers(
    table: PositionedTable<'_>,
    errors: &mut ErrorCollector<'_>,
) -> Openers {
    let mut fields = Fields::new(errors, table, "[open]", OPENER_KEYS);
    Openers {
        url: fields.get("url", values::command),
        editor: fields.get("editor", values::command),
        clipboard: fields.get("clipboard", values::command),
        pager: fields.get("pager", values::command),
        shell: fields.get("shell", values::boolean).unwrap_or(false),
    }
}
