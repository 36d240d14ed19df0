//! The tables of the file, one function each. A new table is a name in [`OPENER_KEYS`], some lines in `parse_tables` and a function.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::fields::{ErrorCollector, Fields, PositionedTable};
use super::{Config, ConfigError, Retention, keys, openers, screen, value};
use crate::views::{Mute, SavedView};

/// What the file may hold at its top.
pub(super) const TABLE_NAMES: &[&str] = &["view", "mute", "keep", "open", "screen", "keys"];

/// The keys of each table but those of `[keys]`, which are the actions.
pub(super) const TABLES: &[(&str, &[&str])] = &[
    ("screen", screen::SCREEN_KEYS),
    ("open", openers::OPENER_KEYS),
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
        config.openers = openers::parse_openers(table, &mut notes);
    }
    if let Some(table) = single_table(screens, "screen", &mut notes) {
        config.screen = screen::parse_screen(table, &mut notes);
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
    let name = fields.require("name", "\"oil\"", value::text);
    let filter = fields.require("filter", "\"headline:oil\"", value::filter);
    let tint = fields.get("colour", value::tint);
    let letter = fields.get("letter", value::letter);
    let alert = fields.get("alert", value::boolean);
    let bell = fields.get("bell", value::boolean).unwrap_or(false);
    let command = fields.get("command", value::command).unwrap_or_default();
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
    let name = fields.get("name", value::text);
    let filter = fields.require("filter", "\"slug:football\"", value::filter);
    let has_until = fields.raw("until").is_some();
    let until = fields.get("until", value::until);
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
        size: fields.get("size", value::size),
        age: fields.get("age", value::duration),
    }
}
