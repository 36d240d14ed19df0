//! The tables and their migrations, and marks as rows of them.

use rusqlite::types::{Value, ValueRef};
use rusqlite::{Connection, Result, Statement, TransactionBehavior, params};

use crate::marks::{LastVisit, MarkChange, MarkKind, MarkSets, SavedMarks};

/// What `SQLite` writes into the file so that others know whose it is: `dlin`.
pub(super) const APPLICATION_ID: i64 = 0x646c_696e;

/// Step n leads from version n to n + 1. A step that has been published never changes.
///
/// `mark`: one row a mark. `kind` is a [`crate::marks::Kind`]; `key` the 64 bits of the item, the story, or the hash of `name`,
/// as a signed number; `value` 0 or 1, a position, or a text, NULL for none; `at` milliseconds since 1970. A mark that
/// has been taken back stays with its empty value, so that an import of an older state does not bring it back.
///
/// `seen`: items that were listed when a visit of a source ended, as ascending numbers of 8 bytes, the lowest byte first.
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

/// The version that these steps lead to.
pub(super) fn latest_version(steps: &[&str]) -> i64 {
    i64::try_from(steps.len()).unwrap_or(i64::MAX)
}

/// The version of a database; 0 is an empty one.
pub(super) fn version(connection: &Connection) -> Result<i64> {
    connection.pragma_query_value(None, "user_version", |row| row.get(0))
}

/// Takes the steps that a database lacks, all or none.
pub(super) fn migrate(connection: &mut Connection, steps: &[&str]) -> Result<()> {
    if version(connection)? >= latest_version(steps) {
        return Ok(());
    }
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let from = usize::try_from(version(&transaction)?).unwrap_or(0);
    for step in steps.iter().skip(from) {
        transaction.execute_batch(step)?;
    }
    transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
    transaction.pragma_update(None, "user_version", latest_version(steps))?;
    transaction.commit()
}

// Changes as rows of the database, and the rows as marks.

/// Filters that are given back.
const MAX_QUERIES: usize = 200;

/// A change as a row: kind, key, name, value.
fn row_of(change: &MarkChange) -> (i64, i64, &str, Value) {
    let flag = |on: bool| Value::Integer(i64::from(on));
    let text = |text: &Option<String>| {
        text.as_ref()
            .map_or(Value::Null, |t| Value::Text(t.clone()))
    };
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

/// Writes changes. Returns them as they were written: a note may have met another one.
pub(super) fn write_changes(
    connection: &Connection,
    changes: &[MarkChange],
    now: i64,
) -> Result<Vec<MarkChange>> {
    // However the clock jumps, what is done last counts; the largest number that there is has none after it.
    let mut put = connection.prepare(
        "INSERT INTO mark (kind, key, name, value, at) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT DO UPDATE SET name = excluded.name, value = excluded.value, at = max(excluded.at, min(at, 9223372036854775806) + 1)",
    )?;
    let mut note = connection.prepare("SELECT value FROM mark WHERE kind = ?1 AND key = ?2")?;
    let mut written = Vec::with_capacity(changes.len());
    let mut at = now;
    for change in changes {
        let change = merge_note(change, &mut note)?;
        let (kind, key, name, value) = row_of(&change);
        // Filters come back in the order in which they were typed.
        at += i64::from(matches!(change, MarkChange::Query(_)));
        put.execute(params![kind, key, name, value, at])?;
        written.push(change);
    }
    Ok(written)
}

/// A note that another process has written since is not lost: both become one.
fn merge_note(change: &MarkChange, kept: &mut Statement<'_>) -> Result<MarkChange> {
    let MarkChange::Note {
        story,
        text,
        before,
    } = change
    else {
        return Ok(change.clone());
    };
    let mut rows = kept.query(params![MarkKind::Note as i64, story.cast_signed()])?;
    let kept = match rows.next()? {
        Some(row) => text_of(row.get_ref(0)?),
        None => String::new(),
    };
    let text = if kept == *before {
        text.clone()
    } else {
        join_notes(&kept, text)
    };
    Ok(MarkChange::Note {
        story: *story,
        text,
        before: before.clone(),
    })
}

/// Two notes as one, the older first; one that holds the other is both.
pub(super) fn join_notes(older: &str, newer: &str) -> String {
    if newer.contains(older) {
        newer.to_owned()
    } else if older.contains(newer) {
        older.to_owned()
    } else {
        format!("{older}\n\n{newer}")
    }
}

fn text_of(value: ValueRef<'_>) -> String {
    match value {
        ValueRef::Text(bytes) => String::from_utf8_lossy(bytes).into_owned(),
        _ => String::new(),
    }
}

/// All marks, and what had been seen of a source.
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
    let mut kept = SavedMarks {
        sets: MarkSets {
            read: keys(MarkKind::Read)?.into_iter().collect(),
            starred: keys(MarkKind::Star)?.into_iter().collect(),
            last_visit: load_visits(connection, source)?,
        },
        views: names(MarkKind::View, "name")?,
        settings: names(MarkKind::Setting, "name")?,
        ..SavedMarks::default()
    };
    let queries = names(MarkKind::Query, "at DESC")?
        .into_iter()
        .take(MAX_QUERIES);
    kept.queries = queries.map(|(name, _)| name).collect();
    kept.queries.reverse();
    let mut query =
        connection.prepare("SELECT kind, key, value FROM mark WHERE kind IN (?1, ?2)")?;
    let mut rows = query.query(params![MarkKind::Note as i64, MarkKind::Position as i64])?;
    while let Some(row) = rows.next()? {
        let key = row.get::<_, i64>(1)?.cast_unsigned();
        match row.get_ref(2)? {
            ValueRef::Integer(place) => {
                kept.positions
                    .insert(key, u32::try_from(place).unwrap_or(0));
            }
            value => {
                let text = text_of(value);
                if !text.is_empty() {
                    kept.notes.insert(key, text);
                }
            }
        }
    }
    Ok(kept)
}

fn load_visits(connection: &Connection, source: u64) -> Result<LastVisit> {
    let mut query = connection.prepare("SELECT items FROM seen WHERE source = ?1")?;
    let lists = query.query_map([source.cast_signed()], |row| {
        let bytes = row
            .get_ref(0)?
            .as_blob()
            .unwrap_or_default()
            .chunks_exact(8);
        let mut items: Vec<u64> = bytes
            .map(|eight| u64::from_le_bytes(eight.try_into().unwrap_or_default()))
            .collect();
        items.sort_unstable();
        Ok(items.into())
    })?;
    Ok(LastVisit::new(lists.collect::<Result<_>>()?))
}

/// Keeps what was listed when a visit ended: beside what is kept, or in its place.
pub(super) fn write_visit(
    connection: &Connection,
    source: u64,
    items: &[u64],
    replace: bool,
    now: i64,
) -> Result<()> {
    if replace {
        connection.execute("DELETE FROM seen WHERE source = ?1", [source.cast_signed()])?;
    }
    if !items.is_empty() {
        let bytes: Vec<u8> = items.iter().flat_map(|item| item.to_le_bytes()).collect();
        connection.execute(
            "INSERT INTO seen (source, items, at) VALUES (?1, ?2, ?3)",
            params![source.cast_signed(), bytes, now],
        )?;
    }
    Ok(())
}
