//! The table `[screen]`: colours, zone, and how the list looks. What the command line says goes before it.

use jiff::tz::TimeZone;
use toml::de::DeValue;

use super::fields::{ErrorCollector, Fields, PositionedTable, ValueError};
use super::value::{self, invalid_value, one_of};
use crate::filter::SortOrder;
use crate::look::{ListColumn, ListFormat, TimeFormat};
use crate::text::nearest_name;

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
        mouse: fields.get("mouse", value::boolean).unwrap_or(false),
        plain: fields.get("plain", value::boolean).unwrap_or(false),
        hide_embargoed: fields
            .get("hide-embargoed", value::boolean)
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
    let name = value::text(value, raw)?;
    one_of(&THEMES, &name).map(str::to_owned)
}

/// A zone of the system's database.
fn zone(value: &DeValue<'_>, raw: &str) -> Result<TimeZone, ValueError> {
    let name = value::text(value, raw)?;
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
    let text = value::text(value, raw)?;
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
