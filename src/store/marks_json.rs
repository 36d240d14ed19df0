//! Marks as JSON: what exports and journals contain, how it is merged into a database, and the files of journals.

use std::collections::BTreeMap;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, params};
use serde::{Deserialize, Serialize};

use crate::marks::{MarkChange, MarkKind};
use crate::store::connection::{StoreError, now, path_error};
use crate::store::schema::{self, Visit, join_notes};
use crate::store::state_dir::{
    create_private_dir, files_named, private_file_options, sync_parent_dir,
};
use crate::text::{sanitize_line, to_json_line};

/// The version of the format. A higher one is refused.
const VERSION: u32 = 1;

/// One mark. `key` is the hash of the item or story as 16 hexadecimal digits. Marks with a `name` (filters, views,
/// settings) have no `key`: it is the hash of the name.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Mark {
    kind: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    key: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    name: String,
    value: serde_json::Value,
    /// When the mark was changed, in milliseconds since 1970.
    at: i64,
    /// In journals: the note that was replaced by this one. It is not to be kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    before: Option<String>,
}

impl Mark {
    /// A mark from the columns of its row; `None` for a kind that this version does not know.
    pub(super) fn new(kind: i64, key: i64, name: &str, value: Value, at: i64) -> Option<Self> {
        let kind = MarkKind::from_number(kind)?;
        let key =
            if name.is_empty() { format!("{:016x}", key.cast_unsigned()) } else { String::new() };
        Some(Self {
            kind: kind.name().to_owned(),
            key,
            name: name.to_owned(),
            value: to_json(kind, value),
            at,
            before: None,
        })
    }

    /// The key in the database: see [`schema::MIGRATIONS`].
    fn hash(&self) -> Option<i64> {
        if !self.name.is_empty() {
            return Some(crate::text::stable_hash(self.name.as_bytes()).cast_signed());
        }
        u64::from_str_radix(&self.key, 16).ok().map(u64::cast_signed)
    }
}

/// A whole export or journal. Unknown members are ignored.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Export {
    /// The format version, [`VERSION`].
    dateline_state: u32,
    #[serde(default)]
    marks: Vec<Mark>,
    /// In journals: what was listed when the session ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    visit: Option<Visit>,
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

impl Export {
    /// Reads an export.
    ///
    /// # Errors
    /// If the text is none, or of a newer version.
    pub(super) fn parse(text: &[u8]) -> Result<Self, StoreError> {
        let export: Self = serde_json::from_slice(text).map_err(|error| {
            StoreError::Unusable(format!("this is not an export of marks: {error}"))
        })?;
        if export.dateline_state > VERSION {
            return Err(StoreError::Unusable(format!(
                "the export has version {}, newer than this program supports",
                export.dateline_state
            )));
        }
        Ok(export)
    }

    /// These marks.
    pub(super) fn of_marks(marks: Vec<Mark>) -> Self {
        Self { dateline_state: VERSION, marks, visit: None }
    }

    /// The contents of a journal: changes that were not written by a time (in milliseconds since 1970). Of several changes
    /// of a mark only the last counts.
    pub(super) fn of_unwritten<'a>(
        changes: impl Iterator<Item = &'a MarkChange>,
        visit: Option<Visit>,
        now: i64,
    ) -> Self {
        let mut at = now.saturating_add(JOURNAL_LEAD);
        let mut marks = BTreeMap::new();
        for change in changes {
            // Filters are read back by time: keep the order in which they were typed.
            at += i64::from(matches!(change, MarkChange::Query(_)));
            let (kind, key, name, value) = schema::row_of(change);
            let Some(mut mark) = Mark::new(kind, key, name, value, at) else {
                continue;
            };
            let replaced: Option<Mark> = marks.remove(&(kind, key));
            if let MarkChange::Note { before, .. } = change {
                mark.before =
                    replaced.and_then(|mark| mark.before).or_else(|| Some(before.clone()));
            }
            marks.insert((kind, key), mark);
        }
        Self { visit, ..Self::of_marks(marks.into_values().collect()) }
    }

    /// Merges all marks into a database. For each mark the later change wins; two notes on one story are joined. Merging
    /// the same marks again changes nothing. `now` is in milliseconds since 1970.
    pub(super) fn merge_into(
        &self,
        connection: &Connection,
        now: i64,
    ) -> rusqlite::Result<ImportSummary> {
        let mut summary = ImportSummary::default();
        for mark in &self.marks {
            let kind = MarkKind::from_name(&mark.kind);
            let value = kind.and_then(|kind| from_json(kind, &mark.value));
            let (Some(kind), Some(value), Some(key)) = (kind, value, mark.hash()) else {
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
    }

    /// Like [`Self::merge_into`] for a journal, which also has what was listed.
    pub(super) fn merge_journal(&self, connection: &Connection, now: i64) -> rusqlite::Result<()> {
        self.merge_into(connection, now.saturating_add(JOURNAL_LEAD))?;
        match &self.visit {
            Some(visit) => schema::write_visit(connection, visit, now),
            None => Ok(()),
        }
    }
}

/// Marks as the text of an export, one per line, in which no character can control a terminal.
pub(super) fn export_lines(marks: &[Mark]) -> impl Iterator<Item = String> {
    let head = format!("{{\"dateline_state\":{VERSION},\"marks\":[");
    let line = |(number, mark)| {
        let separator = if number == 0 { "\n" } else { ",\n" };
        format!("{separator}{}", to_json_line(mark))
    };
    let lines = marks.iter().enumerate().map(line);
    std::iter::once(head).chain(lines).chain(["\n]}\n".to_owned()])
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
        .query_row(params![kind as i64, key], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let (value, at) = match existing {
        None => (value, mark_at),
        Some((Value::Text(mine), old_at)) if mark.before.as_ref() == Some(&mine) => {
            (value, mark_at.max(old_at))
        }
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

// Journals: what a process could not write before it had to end, in a file of its own in the state directory. Whoever
// writes next takes it in; whoever only reads sees it, too.

/// The names of journals begin so.
const PREFIX: &str = "unsaved-";

/// What is in the journals of a state directory.
#[derive(Debug, Default)]
pub(super) struct Journals {
    /// The files, in the order in which they were written.
    pub(super) found: Vec<(PathBuf, Export)>,
    /// Sentences about files that are no journals, and are left alone.
    pub(super) unusable: Vec<String>,
}

/// By how much the marks of a journal are dated ahead, in milliseconds. They were made after all that was written before
/// then, perhaps in the same millisecond; what is written later is written after the journal was taken in.
const JOURNAL_LEAD: i64 = 1_000;

/// Writes a journal of this process, and syncs it to the disk.
///
/// # Errors
/// If that fails. Then there is no journal.
pub(super) fn write_journal(folder: &Path, contents: &Export) -> io::Result<()> {
    create_private_dir(folder)?;
    // The time comes first, so that names are in the order of time; the process makes the name unique.
    let name = format!("{PREFIX}{:015}-{}", now(), std::process::id());
    let unfinished = folder.join(format!("{name}.tmp"));
    let path = folder.join(format!("{name}.json"));
    let write = || {
        let mut file = private_file_options().create_new(true).open(&unfinished)?;
        file.write_all(to_json_line(contents).as_bytes())?;
        file.sync_all()?;
        std::fs::rename(&unfinished, &path)?;
        sync_parent_dir(&path)
    };
    write().inspect_err(|_| {
        let _ = std::fs::remove_file(&unfinished);
    })
}

impl Journals {
    /// Reads the journals of a state directory. Read them before the database: a process that takes one in changes the
    /// database first.
    ///
    /// # Errors
    /// If the directory or a journal cannot be read.
    pub(super) fn read(folder: &Path) -> Result<Self, StoreError> {
        let mut journals = Self::default();
        let paths = files_named(folder, PREFIX, ".json");
        for path in paths.map_err(|error| path_error(folder, "read", &error))? {
            match std::fs::read(&path) {
                Ok(text) => match Export::parse(&text) {
                    Ok(contents) => journals.found.push((path, contents)),
                    Err(error) => journals.unusable.push(format!(
                        "{}, with marks that were not saved, cannot be used: {error}",
                        sanitize_line(&path.to_string_lossy())
                    )),
                },
                // Another process has taken it in meanwhile.
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(path_error(&path, "read", &error)),
            }
        }
        Ok(journals)
    }
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
