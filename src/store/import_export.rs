//! Marks as JSON, for moving them to another machine: exported in key order, merged on import.

use std::io::{self, Read, Write};
use std::path::Path;

use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, params};
use serde::{Deserialize, Serialize};

use crate::marks::MarkKind;
use crate::store::database::{MarkStore, StoreError, now, open_read_only};
use crate::store::schema::join_notes;
use crate::store::state_dir::StateDirectory;

/// The version of the form.
const VERSION: u32 = 1;

/// One mark. `key` is the item or story as 16 hexadecimal digits; where there is a `name`, the key is its hash and left
/// out.
#[derive(Debug, Serialize, Deserialize)]
struct Mark {
    kind: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    key: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    name: String,
    value: serde_json::Value,
    /// Milliseconds since 1970.
    at: i64,
}

#[derive(Debug, Deserialize)]
struct Export {
    dateline_state: u32,
    #[serde(default)]
    marks: Vec<Mark>,
}

/// What an import has done.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ImportSummary {
    /// Marks that were taken over.
    pub imported: usize,
    /// Marks that were there already, or there is a later one.
    pub unchanged: usize,
    /// Marks of a kind that this version does not know, or that cannot be read.
    pub unrecognized: usize,
}

/// Writes all marks of a place, one on a line; nothing else in the place is changed. Returns how many.
///
/// # Errors
/// Where the database cannot be read, or the stream not be written to.
pub fn export(
    place: &StateDirectory,
    out: &mut dyn Write,
) -> Result<io::Result<usize>, StoreError> {
    let mut marks = Vec::new();
    if let Some(path) = place.database_path().filter(|path| path.exists()) {
        let connection = open_read_only(&path)?;
        let mut query =
            connection.prepare("SELECT kind, key, name, value, at FROM mark ORDER BY kind, key")?;
        let mut rows = query.query([])?;
        while let Some(row) = rows.next()? {
            let Some(kind) = MarkKind::from_number(row.get(0)?) else {
                continue;
            };
            let key: i64 = row.get(1)?;
            let name: String = row.get(2)?;
            marks.push(Mark {
                kind: kind.name().to_owned(),
                key: if name.is_empty() {
                    format!("{:016x}", key.cast_unsigned())
                } else {
                    String::new()
                },
                name,
                value: to_json(kind, row.get(3)?),
                at: row.get(4)?,
            });
        }
    }
    Ok(write_export(&marks, out))
}

fn write_export(marks: &[Mark], out: &mut dyn Write) -> io::Result<usize> {
    write!(out, "{{\"dateline_state\":{VERSION},\"marks\":[")?;
    for (number, mark) in marks.iter().enumerate() {
        let joint = if number == 0 { "\n" } else { ",\n" };
        write!(out, "{joint}{}", serde_json::to_string(mark)?)?;
    }
    writeln!(out, "\n]}}")?;
    out.flush()?;
    Ok(marks.len())
}

fn is_flag(kind: MarkKind) -> bool {
    matches!(kind, MarkKind::Read | MarkKind::Star | MarkKind::Query)
}

fn to_json(kind: MarkKind, value: Value) -> serde_json::Value {
    match value {
        Value::Integer(number) if is_flag(kind) => (number != 0).into(),
        Value::Integer(number) => number.into(),
        Value::Text(text) => text.into(),
        _ => serde_json::Value::Null,
    }
}

fn from_json(kind: MarkKind, value: &serde_json::Value) -> Option<Value> {
    use serde_json::Value as Json;
    match (kind, value) {
        (_, Json::Bool(on)) if is_flag(kind) => Some(Value::Integer(i64::from(*on))),
        (MarkKind::Position, Json::Number(number)) => number.as_i64().map(Value::Integer),
        (MarkKind::Note | MarkKind::View | MarkKind::Setting, Json::String(text)) => {
            Some(Value::Text(text.clone()))
        }
        (MarkKind::View | MarkKind::Setting, Json::Null) => Some(Value::Null),
        _ => None,
    }
}

fn key_of(mark: &Mark) -> Option<i64> {
    if !mark.name.is_empty() {
        return Some(crate::text::hash(mark.name.as_bytes()).cast_signed());
    }
    u64::from_str_radix(&mark.key, 16)
        .ok()
        .map(u64::cast_signed)
}

/// The bytes of a file, or of standard input.
///
/// # Errors
/// Where it cannot be read.
pub fn read_bytes(file: Option<&Path>) -> io::Result<Vec<u8>> {
    if let Some(file) = file.filter(|file| file.as_os_str() != "-") {
        return std::fs::read(file);
    }
    let mut bytes = Vec::new();
    io::stdin().lock().read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Takes the marks of an export into a database, all or none: of each mark the later one counts, of two notes both.
/// Doing it twice does nothing more.
///
/// # Errors
/// Where the text is no export that this version knows, or the database cannot be written to.
pub fn import(store: &mut MarkStore, text: &[u8]) -> Result<ImportSummary, StoreError> {
    let export: Export = serde_json::from_slice(text)
        .map_err(|error| StoreError::Unusable(format!("this is no export of marks: {error}")))?;
    if export.dateline_state > VERSION {
        return Err(StoreError::Unusable(format!(
            "the export is of version {}, newer than this program knows",
            export.dateline_state
        )));
    }
    store.transact(|connection| {
        let mut merged = ImportSummary::default();
        let now = now();
        for mark in &export.marks {
            let kind = MarkKind::from_name(&mark.kind);
            let value = kind.and_then(|kind| from_json(kind, &mark.value));
            let (Some(kind), Some(value), Some(key)) = (kind, value, key_of(mark)) else {
                merged.unrecognized += 1;
                continue;
            };
            if merge(connection, (kind, key, value), mark, now)? {
                merged.imported += 1;
            } else {
                merged.unchanged += 1;
            }
        }
        Ok(merged)
    })
}

/// Merges a mark. One that was made later than `now` counts as made now: a wrong clock must not win for ever.
fn merge(
    connection: &Connection,
    (kind, key, value): (MarkKind, i64, Value),
    mark: &Mark,
    now: i64,
) -> rusqlite::Result<bool> {
    let made = mark.at.min(now);
    let kept: Option<(Value, i64)> = connection
        .prepare("SELECT value, at FROM mark WHERE kind = ?1 AND key = ?2")?
        .query_row(params![kind as i64, key], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
        .optional()?;
    let (value, at) = match kept {
        None => (value, made),
        // Each time that it is taken in, now is later.
        Some((kept, _)) if kept == value && made < mark.at => return Ok(false),
        Some((kept, kept_at)) => match (&kept, &value) {
            (Value::Text(mine), Value::Text(theirs))
                if kind == MarkKind::Note && !mine.is_empty() && !theirs.is_empty() =>
            {
                let text = if (kept_at, mine) < (made, theirs) {
                    join_notes(mine, theirs)
                } else {
                    join_notes(theirs, mine)
                };
                (Value::Text(text), kept_at.max(made))
            }
            _ if (kept_at, value_rank(&kept)) < (made, value_rank(&value)) => (value, made),
            _ => (kept, kept_at),
        },
    };
    let changed = connection
        .prepare(
            "INSERT INTO mark (kind, key, name, value, at) VALUES (?1, ?2, ?3, ?4, ?5)
             ON CONFLICT DO UPDATE SET value = excluded.value, at = excluded.at
             WHERE value IS NOT excluded.value OR at <> excluded.at",
        )?
        .execute(params![kind as i64, key, mark.name, value, at])?;
    Ok(changed > 0)
}

/// An order among values of the same moment, so that two machines that exchange their marks come to the same.
fn value_rank(value: &Value) -> (i64, &str) {
    match value {
        Value::Integer(number) => (*number, ""),
        Value::Text(text) => (0, text),
        _ => (-1, ""),
    }
}
