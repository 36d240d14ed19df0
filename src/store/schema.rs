//! The tables of the marks database, their migrations, and marks as rows.
//! Knows nothing of files and locks: works on a given connection.

use std::collections::HashMap;
use std::sync::Arc;

use rusqlite::types::{Value, ValueRef};
use rusqlite::{Connection, Result, Statement, TransactionBehavior, params};
use serde::{Deserialize, Serialize};

use crate::marks::{LastVisit, MarkChange, MarkKind, MarkSets, SavedMarks};

/// The `application_id` in the header of the file, which tells tools like `file` whose database it is: `dlin`.
pub(super) const APPLICATION_ID: i64 = 0x646c_696e;

/// The migrations: step n leads from version n to n + 1. A step that has been released must never change.
///
/// Table `mark`, one row per mark:
/// - `kind`: a [`MarkKind`] as a number.
/// - `key`: the 64-bit hash of the item, the story or `name`, as a signed integer.
/// - `name`: the text of a filter, or the name of a view or setting; else empty.
/// - `value`: 0 or 1, a position, or a text; NULL for none. A mark that was removed keeps its row with an empty value,
///   so that importing an older state does not bring it back.
/// - `at`: when it was changed, in milliseconds since 1970.
///
/// Table `seen`, items that were listed when a visit of a source ended:
/// - `source`: the 64-bit hash of what was opened, as a signed integer.
/// - `items`: ascending item hashes, 8 bytes each, little-endian.
/// - `at`: when the visit ended, in milliseconds since 1970.
pub(super) const MIGRATIONS: &[&str] = &[
    "CREATE TABLE mark (
        kind INTEGER NOT NULL,
        key INTEGER NOT NULL,
        name TEXT NOT NULL DEFAULT '',
        value ANY,
        at INTEGER NOT NULL,
        PRIMARY KEY (kind, key)
    ) STRICT, WITHOUT ROWID",
    "CREATE TABLE seen (
        source INTEGER NOT NULL,
        items BLOB NOT NULL,
        at INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX seen_by_source ON seen (source)",
];

/// The tables, each made by the migration of the same number.
const TABLES: [&str; 2] = ["mark", "seen"];

/// The version after all these migrations.
pub(super) fn latest_version(steps: &[&str]) -> i64 {
    i64::try_from(steps.len()).unwrap_or(i64::MAX)
}

/// The version of a database (`user_version`); 0 for an empty one.
pub(super) fn version(connection: &Connection) -> Result<i64> {
    connection.pragma_query_value(None, "user_version", |row| row.get(0))
}

/// Runs the migrations that a database lacks, all or none.
pub(super) fn migrate(connection: &mut Connection, steps: &[&str]) -> Result<()> {
    if version(connection)? >= latest_version(steps) {
        return Ok(());
    }
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    // Read again: another process may have migrated it before the transaction began.
    let from = usize::try_from(version(&transaction)?).unwrap_or(0);
    for step in steps.iter().skip(from) {
        transaction.execute_batch(step)?;
    }
    transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
    transaction.pragma_update(None, "user_version", latest_version(steps))?;
    transaction.commit()
}

// Marks as rows.

/// Most filters in the prompt's history. Older ones stay in the database.
const MAX_QUERIES: usize = 200;

/// A change as a row: kind, key, name, value.
pub(super) fn row_of(change: &MarkChange) -> (i64, i64, &str, Value) {
    let flag = |on: bool| Value::Integer(i64::from(on));
    let text =
        |text: &Option<String>| text.as_ref().map_or(Value::Null, |t| Value::Text(t.clone()));
    let (name, value) = match change {
        MarkChange::Read(_, on) | MarkChange::Star(_, on) => ("", flag(*on)),
        MarkChange::Note { text, .. } => ("", Value::Text(text.clone())),
        MarkChange::Position(_, at) => ("", Value::Integer(i64::from(*at))),
        MarkChange::Query(text) => (text.as_str(), flag(true)),
        MarkChange::View(name, definition) => (name.as_str(), text(definition)),
        MarkChange::Setting(name, value) => (name.as_str(), text(value)),
    };
    let kind = change.kind() as i64;
    (kind, change.key().cast_signed(), name, value)
}

/// Writes changes, with the time `now` in milliseconds since 1970. Returns them as they were written: a note may have
/// been merged with another. The caller begins and commits the transaction.
pub(super) fn write_changes<'a>(
    connection: &Connection,
    changes: impl Iterator<Item = &'a MarkChange>,
    now: i64,
) -> Result<Vec<MarkChange>> {
    // The last change must have the latest time, even if the clock was set back: use a time after the existing one. The
    // `min` avoids an overflow at the largest integer.
    let mut upsert = connection.prepare(
        "INSERT INTO mark (kind, key, name, value, at) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT DO UPDATE SET name = excluded.name, value = excluded.value, at = max(excluded.at, min(at, 9223372036854775806) + 1)",
    )?;
    let mut select_note =
        connection.prepare("SELECT value FROM mark WHERE kind = ?1 AND key = ?2")?;
    let mut written = Vec::with_capacity(changes.size_hint().0);
    let mut at = now;
    for change in changes {
        let change = merge_note(change, &mut select_note)?;
        let (kind, key, name, value) = row_of(&change);
        // Filters are read back by time: keep the order in which they were typed.
        at += i64::from(matches!(change, MarkChange::Query(_)));
        upsert.execute(params![kind, key, name, value, at])?;
        written.push(change);
    }
    Ok(written)
}

/// Joins a note with the saved one if another process has changed that since this one was begun (`before`). Other
/// changes are returned as they are.
fn merge_note(change: &MarkChange, select_note: &mut Statement<'_>) -> Result<MarkChange> {
    let MarkChange::Note { story, text, before } = change else {
        return Ok(change.clone());
    };
    let mut rows = select_note.query(params![MarkKind::Note as i64, story.cast_signed()])?;
    let saved = match rows.next()? {
        Some(row) => text_of(row.get_ref(0)?),
        None => String::new(),
    };
    let text = if saved == *before { text.clone() } else { join_notes(&saved, text) };
    Ok(MarkChange::Note { story: *story, text, before: before.clone() })
}

/// Joins two notes, the older first. If one contains the other, it is the result: joining twice changes nothing.
pub(super) fn join_notes(older: &str, newer: &str) -> String {
    if newer.contains(older) {
        newer.to_owned()
    } else if older.contains(newer) {
        older.to_owned()
    } else {
        format!("{older}\n\n{newer}")
    }
}

/// The text of a value; empty for other types. Invalid UTF-8, which only damage can cause, is replaced.
fn text_of(value: ValueRef<'_>) -> String {
    match value {
        ValueRef::Text(bytes) => String::from_utf8_lossy(bytes).into_owned(),
        _ => String::new(),
    }
}

/// Reads all marks, and the items of the last visit of `source`.
pub(super) fn load_marks(connection: &Connection, source: u64) -> Result<SavedMarks> {
    let keys = |kind: MarkKind| -> Result<Vec<u64>> {
        let mut query = connection.prepare("SELECT key FROM mark WHERE kind = ?1 AND value = 1")?;
        let keys = query.query_map([kind as i64], |row| row.get(0).map(i64::cast_unsigned))?;
        keys.collect()
    };
    let names = |kind: MarkKind, order: &str| -> Result<Vec<(String, String)>> {
        let mut query = connection.prepare(&format!(
            "SELECT name, value FROM mark WHERE kind = ?1 AND value IS NOT NULL ORDER BY {order}"
        ))?;
        let pair = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, text_of(row.get_ref(1)?)));
        let pairs = query.query_map([kind as i64], pair)?;
        pairs.collect()
    };
    let mut marks = SavedMarks {
        sets: MarkSets {
            read: keys(MarkKind::Read)?.into_iter().collect(),
            starred: keys(MarkKind::Star)?.into_iter().collect(),
            last_visit: load_visits(connection, source)?,
            notes: Arc::default(),
        },
        views: names(MarkKind::View, "name")?,
        settings: names(MarkKind::Setting, "name")?,
        ..SavedMarks::default()
    };
    let queries = names(MarkKind::Query, "at DESC")?.into_iter().take(MAX_QUERIES);
    // The latest are taken, but the oldest comes first.
    marks.queries = queries.map(|(name, _)| name).collect();
    marks.queries.reverse();
    let mut query =
        connection.prepare("SELECT kind, key, value FROM mark WHERE kind IN (?1, ?2)")?;
    let mut notes = HashMap::new();
    let mut rows = query.query(params![MarkKind::Note as i64, MarkKind::Position as i64])?;
    while let Some(row) = rows.next()? {
        let key = row.get::<_, i64>(1)?.cast_unsigned();
        match row.get_ref(2)? {
            ValueRef::Integer(position) => {
                marks.positions.insert(key, u32::try_from(position).unwrap_or(0));
            }
            value => {
                let text = text_of(value);
                if !text.is_empty() {
                    notes.insert(key, text);
                }
            }
        }
    }
    marks.sets.notes = Arc::new(notes);
    Ok(marks)
}

/// Reads the items that were listed at the last visit of `source`.
fn load_visits(connection: &Connection, source: u64) -> Result<LastVisit> {
    let mut query = connection.prepare("SELECT items FROM seen WHERE source = ?1")?;
    let lists = query.query_map([source.cast_signed()], |row| {
        let bytes = row.get_ref(0)?.as_blob().unwrap_or_default().chunks_exact(8);
        let mut items: Vec<u64> =
            bytes.map(|eight| u64::from_le_bytes(eight.try_into().unwrap_or_default())).collect();
        // They were written in order, but lookups must not go wrong in a damaged file.
        items.sort_unstable();
        Ok(items.into())
    })?;
    Ok(LastVisit::new(lists.collect::<Result<_>>()?))
}

/// The items that were listed when a visit ended.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct Visit {
    /// A hash of what was opened.
    pub(super) source: u64,
    /// Ascending item hashes.
    pub(super) items: Vec<u64>,
    /// They replace those saved before, instead of being added to them.
    pub(super) replace: bool,
}

/// Saves the items that were listed when a visit ended. `now` is in milliseconds since 1970.
pub(super) fn write_visit(connection: &Connection, visit: &Visit, now: i64) -> Result<()> {
    let source = visit.source.cast_signed();
    if visit.replace {
        connection.execute("DELETE FROM seen WHERE source = ?1", [source])?;
    }
    if !visit.items.is_empty() {
        let items = visit.items.iter().flat_map(|item| item.to_le_bytes());
        connection.execute(
            "INSERT INTO seen (source, items, at) VALUES (?1, ?2, ?3)",
            params![source, items.collect::<Vec<u8>>(), now],
        )?;
    }
    Ok(())
}

/// Puts a copy of the tables, in memory and in this version, before those of a database: what is merged into them is
/// read, but not written. Closing the connection ends that.
pub(super) fn shadow(connection: &Connection) -> Result<()> {
    let version = version(connection)?;
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    for step in MIGRATIONS {
        let step = step.replace("CREATE TABLE ", "CREATE TEMP TABLE ");
        connection.execute_batch(&step.replace("CREATE INDEX ", "CREATE INDEX temp."))?;
    }
    for table in TABLES.iter().take(usize::try_from(version).unwrap_or(0)) {
        connection
            .execute_batch(&format!("INSERT INTO temp.{table} SELECT * FROM main.{table}"))?;
    }
    Ok(())
}
