//! Marks as JSON, for moving them to another machine: exported in the order of their keys, merged on import.

use std::io::{self, Read, Write};
use std::path::Path;

use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, params};
use serde::{Deserialize, Serialize};

use crate::marks::MarkKind;
use crate::store::database::{MarkStore, StoreError, now, open_read_only};
use crate::store::schema::join_notes;
use crate::store::state_dir::StateDirectory;

/// The version of the export format. A higher one is refused on import.
const VERSION: u32 = 1;

/// One mark in an export. `key` is the hash of the item or story as 16 hexadecimal digits. Marks with a `name`
/// (filters, views, settings) have no `key`: it is the hash of the name.
#[derive(Debug, Serialize, Deserialize)]
struct Mark {
    kind: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    key: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    name: String,
    value: serde_json::Value,
    /// When the mark was changed, in milliseconds since 1970.
    at: i64,
}

/// A whole export, for reading. Unknown members are ignored.
#[derive(Debug, Deserialize)]
struct Export {
    /// The format version, [`VERSION`].
    dateline_state: u32,
    #[serde(default)]
    marks: Vec<Mark>,
}

/// How many marks of an import were used.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ImportSummary {
    /// Marks that changed the database.
    pub imported: usize,
    /// Marks that were there already, or that are older than the ones there.
    pub unchanged: usize,
    /// Marks of an unknown kind, or with an invalid key or value.
    pub unrecognized: usize,
}

/// Writes all marks as JSON, one per line, and returns how many. Does not change the database.
///
/// # Errors
/// The outer error if the database cannot be read, the inner one if `out` cannot be written.
pub fn export(
    directory: &StateDirectory,
    out: &mut dyn Write,
) -> Result<io::Result<usize>, StoreError> {
    let mut marks = Vec::new();
    if let Some(path) = directory.database_path().filter(|path| path.exists()) {
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
        let separator = if number == 0 { "\n" } else { ",\n" };
        write!(out, "{separator}{}", serde_json::to_string(mark)?)?;
    }
    writeln!(out, "\n]}}")?;
    out.flush()?;
    Ok(marks.len())
}

/// True for kinds whose value is 0 or 1.
fn is_flag(kind: MarkKind) -> bool {
    matches!(kind, MarkKind::Read | MarkKind::Star | MarkKind::Query)
}

/// The value of a mark in an export.
fn to_json(kind: MarkKind, value: Value) -> serde_json::Value {
    match value {
        Value::Integer(number) if is_flag(kind) => (number != 0).into(),
        Value::Integer(number) => number.into(),
        Value::Text(text) => text.into(),
        _ => serde_json::Value::Null,
    }
}

/// The database value for an exported one; `None` if the kind does not have such values.
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

/// The key of a mark in the database: see [`schema::MIGRATIONS`](crate::store::schema::MIGRATIONS).
fn key_of(mark: &Mark) -> Option<i64> {
    if !mark.name.is_empty() {
        return Some(crate::text::stable_hash(mark.name.as_bytes()).cast_signed());
    }
    u64::from_str_radix(&mark.key, 16)
        .ok()
        .map(u64::cast_signed)
}

/// Reads a file, or standard input for `None` or `-`.
///
/// # Errors
/// If it cannot be read.
pub fn read_bytes(file: Option<&Path>) -> io::Result<Vec<u8>> {
    if let Some(file) = file.filter(|file| file.as_os_str() != "-") {
        return std::fs::read(file);
    }
    let mut bytes = Vec::new();
    io::stdin().lock().read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Merges an export into a database, all of it or nothing. For each mark the later change wins; two notes on one story
/// are joined. Importing the same export again changes nothing.
///
/// # Errors
/// If the text is not an export, has a newer version, or the database cannot be written.
pub fn import(store: &mut MarkStore, text: &[u8]) -> Result<ImportSummary, StoreError> {
    let export: Export = serde_json::from_slice(text).map_err(|error| {
        StoreError::Unusable(format!("this is not an export of marks: {error}"))
    })?;
    if export.dateline_state > VERSION {
        return Err(StoreError::Unusable(format!(
            "the export has version {}, newer than this program supports",
            export.dateline_state
        )));
    }
    store.transact(|connection| {
        let mut summary = ImportSummary::default();
        let now = now();
        for mark in &export.marks {
            let kind = MarkKind::from_name(&mark.kind);
            let value = kind.and_then(|kind| from_json(kind, &mark.value));
            let (Some(kind), Some(value), Some(key)) = (kind, value, key_of(mark)) else {
                summary.unrecognized += 1;
                continue;
            };
            if merge(connection, (kind, key, value), mark, now)? {
                summary.imported += 1;
            } else {
                summary.unchanged += 1;
            }
        }
        Ok(summary)
    })
}

/// Merges a mark and returns true if that changed the database. A mark from the future counts as made `now`
/// (milliseconds since 1970): otherwise a wrong clock would win for ever.
fn merge(
    connection: &Connection,
    (kind, key, value): (MarkKind, i64, Value),
    mark: &Mark,
    now: i64,
) -> rusqlite::Result<bool> {
    let mark_at = mark.at.min(now);
    let existing: Option<(Value, i64)> = connection
        .prepare("SELECT value, at FROM mark WHERE kind = ?1 AND key = ?2")?
        .query_row(params![kind as i64, key], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
        .optional()?;
    let (value, at) = match existing {
        None => (value, mark_at),
        // An equal mark from the future: its time would be `now`, and so change with every import.
        Some((old, _)) if old == value && mark_at < mark.at => return Ok(false),
        Some((old, old_at)) => match (&old, &value) {
            (Value::Text(mine), Value::Text(theirs))
                if kind == MarkKind::Note && !mine.is_empty() && !theirs.is_empty() =>
            {
                let text = if (old_at, mine) < (mark_at, theirs) {
                    join_notes(mine, theirs)
                } else {
                    join_notes(theirs, mine)
                };
                (Value::Text(text), old_at.max(mark_at))
            }
            _ if (old_at, value_rank(&old)) < (mark_at, value_rank(&value)) => (value, mark_at),
            _ => (old, old_at),
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

/// An order for values with the same time, so that two machines that exchange their marks end up with the same ones.
fn value_rank(value: &Value) -> (i64, &str) {
    match value {
        Value::Integer(number) => (*number, ""),
        Value::Text(text) => (0, text),
        _ => (-1, ""),
    }
}
