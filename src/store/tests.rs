//! Tests of the store: migrations, several writers, unusable directories, damaged databases, export and import.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use proptest::prelude::*;
use rusqlite::Connection;

use crate::marks::{MarkChange, SavedMarks};
use crate::store::database::{self, MarkStore, StoreError, read_marks};
use crate::store::import_export::{export, import};
use crate::store::schema;
use crate::store::state_dir::StateDirectory;
use crate::store::writer::{MarkWriter, StoreEvent};

/// A state directory that is removed when it is dropped.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("dateline-store-{}-{count}", std::process::id());
        let path = std::env::temp_dir().join(name);
        let _ = std::fs::remove_dir_all(&path);
        Self(path)
    }

    fn directory(&self) -> StateDirectory {
        StateDirectory::Folder(self.0.clone())
    }

    fn database(&self) -> PathBuf {
        self.directory().database_path().unwrap()
    }

    fn open(&self) -> MarkStore {
        MarkStore::open(&self.directory(), false).unwrap().0
    }

    fn read(&self) -> SavedMarks {
        read_marks(&self.directory(), 1).unwrap()
    }

    /// Number of databases that were set aside as damaged, with their logs.
    fn damaged_count(&self) -> usize {
        let names = std::fs::read_dir(&self.0).unwrap();
        let names = names.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        names.filter(|name| name.contains("damaged")).count()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn note(story: u64, text: &str, before: &str) -> MarkChange {
    MarkChange::Note {
        story,
        text: text.to_owned(),
        before: before.to_owned(),
    }
}

fn reads(range: std::ops::Range<u64>) -> Vec<MarkChange> {
    range
        .map(|item| MarkChange::Read(item.wrapping_mul(0x9e37_79b9_7f4a_7c15), true))
        .collect()
}

#[test]
fn written_marks_are_there_in_the_next_session() {
    let folder = Folder::new();
    let mut store = folder.open();
    let written = vec![
        MarkChange::Read(u64::MAX, true),
        MarkChange::Read(7, true),
        MarkChange::Read(7, false),
        MarkChange::Star(5, true),
        note(5, "Ask Edda Brook.", ""),
        MarkChange::Position(7, 4_321),
        MarkChange::Query("from:qrn".into()),
        MarkChange::Query("harbour".into()),
        MarkChange::View("desk".into(), Some("is:urgent".into())),
        MarkChange::View("gone".into(), None),
        MarkChange::Setting("sort".into(), Some("time".into())),
    ];
    store.write(&written).unwrap();
    store.write_visit(1, &[3, 9], false).unwrap();
    store.write_visit(2, &[4], false).unwrap();
    drop(store);
    let marks = folder.read();
    assert_eq!(marks.sets.read.iter().collect::<Vec<_>>(), [u64::MAX]);
    assert!(marks.sets.starred.contains(5) && marks.sets.starred.len() == 1);
    assert_eq!(marks.notes[&5], "Ask Edda Brook.");
    assert_eq!(marks.positions[&7], 4_321);
    assert_eq!(marks.queries, ["from:qrn", "harbour"]);
    assert_eq!(marks.views, [("desk".to_owned(), "is:urgent".to_owned())]);
    assert_eq!(marks.settings, [("sort".to_owned(), "time".to_owned())]);
    assert!(marks.sets.last_visit.contains(9) && !marks.sets.last_visit.contains(4));
}

#[test]
fn only_the_owner_may_read_the_files() {
    use std::os::unix::fs::PermissionsExt;
    let folder = Folder::new();
    let mut store = folder.open();
    store.write(&reads(0..1)).unwrap();
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&folder.0), 0o700);
    for entry in std::fs::read_dir(&folder.0).unwrap() {
        assert_eq!(mode(&entry.unwrap().path()), 0o600);
    }
    drop(store);
    std::fs::set_permissions(folder.database(), PermissionsExt::from_mode(0o644)).unwrap();
    drop(folder.open());
    assert_eq!(mode(&folder.database()), 0o600);
}

#[test]
fn every_older_version_is_migrated() {
    for version in 0..schema::MIGRATIONS.len() {
        let folder = Folder::new();
        std::fs::create_dir_all(&folder.0).unwrap();
        let mut connection = Connection::open(folder.database()).unwrap();
        schema::migrate(&mut connection, &schema::MIGRATIONS[..version]).unwrap();
        if version > 0 {
            let put = "INSERT INTO mark (kind, key, value, at) VALUES (1, 8, 1, 1)";
            connection.execute(put, []).unwrap();
        }
        drop(connection);
        let store = folder.open();
        let marks = store.load(1).unwrap();
        assert_eq!(marks.sets.read.contains(8), version > 0);
        assert_eq!(folder.damaged_count(), 0);
    }
}

#[test]
fn a_failing_migration_changes_nothing() {
    let mut connection = Connection::open_in_memory().unwrap();
    let steps = ["CREATE TABLE a (b)", "CREATE TABLE c (d); nonsense"];
    assert!(schema::migrate(&mut connection, &steps).is_err());
    assert_eq!(schema::version(&connection).unwrap(), 0);
    let tables = "SELECT count(*) FROM sqlite_schema";
    let count: i64 = connection.query_row(tables, [], |row| row.get(0)).unwrap();
    assert_eq!(count, 0);
}

#[test]
fn a_newer_version_is_not_changed() {
    let folder = Folder::new();
    drop(folder.open());
    let connection = Connection::open(folder.database()).unwrap();
    connection.pragma_update(None, "user_version", 99).unwrap();
    drop(connection);
    let before = std::fs::read(folder.database()).unwrap();
    let refused = MarkStore::open(&folder.directory(), true).unwrap_err();
    assert_eq!(refused, StoreError::Newer(99));
    assert!(matches!(
        read_marks(&folder.directory(), 1),
        Err(StoreError::Newer(99))
    ));
    let events = session(&folder.directory(), reads(0..3));
    assert!(
        events
            .iter()
            .any(|event| matches!(event, StoreEvent::Warning(why) if why.contains("newer")))
    );
    assert!(
        events
            .iter()
            .any(|event| matches!(event, StoreEvent::Written(all, Some(_)) if all.len() == 3))
    );
    assert_eq!(std::fs::read(folder.database()).unwrap(), before);
}

/// Runs a session that makes these changes, and returns the events.
fn session(directory: &StateDirectory, changes: Vec<MarkChange>) -> Vec<StoreEvent> {
    let (sender, events) = channel();
    let sender = Mutex::new(sender);
    let writer = MarkWriter::start(
        directory.clone(),
        1,
        Duration::ZERO,
        Arc::new(move |event| drop(sender.lock().unwrap().send(event))),
    );
    if !changes.is_empty() {
        writer.write(changes);
    }
    writer.close();
    events.try_iter().collect()
}

#[test]
fn a_session_without_a_directory_keeps_marks_in_memory() {
    for directory in [
        StateDirectory::Missing("HOME is not set".into()),
        StateDirectory::Folder("/dev/null/x".into()),
    ] {
        let events = session(&directory, reads(0..2));
        assert!(matches!(events[0], StoreEvent::Marks(_)), "{events:?}");
        assert!(
            matches!(&events[1], StoreEvent::Warning(why) if why.contains("will not be saved"))
        );
        assert!(matches!(&events[2], StoreEvent::Written(all, Some(_)) if all.len() == 2));
    }
    let events = session(&StateDirectory::Disabled, reads(0..2));
    assert!(matches!(
        &events[..],
        [StoreEvent::Marks(_), StoreEvent::Written(_, None)]
    ));
}

#[test]
fn reading_writes_nothing() {
    let folder = Folder::new();
    assert!(read_marks(&folder.directory(), 1).unwrap().notes.is_empty());
    assert!(!folder.0.exists());
    drop(folder.open());
    let names = || {
        let names = std::fs::read_dir(&folder.0).unwrap();
        let mut names: Vec<_> = names.map(|entry| entry.unwrap().file_name()).collect();
        names.sort();
        names
    };
    let before = names();
    folder.read();
    assert_eq!(names(), before);
}

#[test]
fn writers_do_not_undo_each_other() {
    let folder = Folder::new();
    let (mut one, mut two) = (folder.open(), folder.open());
    one.write(&reads(0..10)).unwrap();
    two.write(&reads(10..20)).unwrap();
    two.write(&[note(1, "from two", "")]).unwrap();
    let written = one.write(&[note(1, "from one", "")]).unwrap();
    assert_eq!(written, [note(1, "from two\n\nfrom one", "")]);
    one.write(&[note(1, "both read", "from two\n\nfrom one")])
        .unwrap();
    let marks = two.load(1).unwrap();
    assert_eq!(marks.sets.read.len(), 20);
    assert_eq!(marks.notes[&1], "both read");
}

#[test]
fn many_threads_lose_nothing() {
    let folder = Folder::new();
    std::thread::scope(|scope| {
        for number in 0..8 {
            let directory = folder.directory();
            scope.spawn(move || {
                let mut store = MarkStore::open(&directory, false).unwrap().0;
                for change in reads(number * 20..number * 20 + 20) {
                    store.write(&[change]).unwrap();
                }
            });
        }
    });
    assert_eq!(folder.read().sets.read.len(), 160);
}

// Truncated, corrupt and missing databases: the program starts, and readable marks are recovered.

#[test]
fn a_damaged_database_is_set_aside_and_a_new_one_started() {
    let folder = Folder::new();
    std::fs::create_dir_all(&folder.0).unwrap();
    std::fs::write(folder.database(), b"no database at all").unwrap();
    let events = session(&folder.directory(), reads(0..5));
    assert!(
        events
            .iter()
            .any(|event| matches!(event, StoreEvent::Warning(why) if why.contains("damaged-1")))
    );
    assert_eq!(folder.read().sets.read.len(), 5);
    assert_eq!(folder.damaged_count(), 1);
}

/// Damages a database and runs a session on it: the session must start, and save a new mark. Returns how many of the
/// 2,000 read marks were recovered.
fn survives(intact: &[u8], damage: impl FnOnce(&mut Vec<u8>)) -> usize {
    let folder = Folder::new();
    std::fs::create_dir_all(&folder.0).unwrap();
    let mut bytes = intact.to_vec();
    damage(&mut bytes);
    std::fs::write(folder.database(), bytes).unwrap();
    let events = session(&folder.directory(), vec![MarkChange::Star(77, true)]);
    let loaded = events
        .iter()
        .any(|event| matches!(event, StoreEvent::Marks(_)));
    assert!(loaded, "{events:?}");
    let newer = events
        .iter()
        .any(|event| matches!(event, StoreEvent::Warning(why) if why.contains("newer")));
    if newer {
        return 0;
    }
    let saved = events
        .iter()
        .any(|event| matches!(event, StoreEvent::Written(_, None)));
    assert!(saved, "{events:?}");
    let marks = folder.read();
    assert!(marks.sets.starred.contains(77));
    marks.sets.read.len()
}

/// The bytes of a database with 2,000 read marks and a note.
fn intact_database() -> Vec<u8> {
    let folder = Folder::new();
    let mut store = folder.open();
    store.write(&reads(0..2_000)).unwrap();
    store.write(&[note(3, "A note on the seals.", "")]).unwrap();
    drop(store);
    std::fs::read(folder.database()).unwrap()
}

#[test]
fn a_truncated_database_always_starts() {
    let intact = intact_database();
    for part in 0..50 {
        let length = intact.len() * part / 50;
        survives(&intact, |bytes| bytes.truncate(length));
    }
}

#[test]
fn a_flipped_bit_always_starts() {
    let intact = intact_database();
    // Damage matters most in the header and the first page; then offsets all over the file.
    let offsets = (0..30)
        .map(|n| n * 4)
        .chain((0..70).map(|n| intact.len() * n / 70));
    for (number, at) in offsets.enumerate() {
        let count = survives(&intact, |bytes| bytes[at] ^= 1 << (number % 8));
        assert!(count == 0 || count > 1_000, "byte {at}: {count} marks");
    }
}

#[test]
fn a_garbage_log_is_survived() {
    let folder = Folder::new();
    drop(folder.open());
    let mut wal = folder.database().into_os_string();
    wal.push("-wal");
    std::fs::write(wal, [0x37; 5_000]).unwrap();
    let events = session(&folder.directory(), reads(0..5));
    assert!(
        events
            .iter()
            .any(|event| matches!(event, StoreEvent::Written(_, None))),
        "{events:?}"
    );
    assert_eq!(folder.read().sets.read.len(), 5);
}

#[test]
fn a_store_notices_that_its_database_was_set_aside() {
    let folder = Folder::new();
    let mut old = folder.open();
    old.write(&reads(0..5)).unwrap();
    database::move_damaged(&folder.database()).unwrap();
    assert!(matches!(
        old.write(&reads(5..6)),
        Err(StoreError::Damaged(_))
    ));
    drop(folder.open());
    assert!(matches!(
        old.write(&reads(5..6)),
        Err(StoreError::Damaged(_))
    ));
}

// Export and import: idempotent, in any order, without loss.

fn exported(folder: &Folder) -> String {
    let mut out = Vec::new();
    export(&folder.directory(), &mut out).unwrap().unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn importing_twice_changes_nothing() {
    let (one, two) = (Folder::new(), Folder::new());
    let mut store = one.open();
    store.write(&reads(0..5)).unwrap();
    store
        .write(&[
            MarkChange::Read(u64::MAX, true),
            note(4, "“Why?”", ""),
            MarkChange::Query("a b".into()),
        ])
        .unwrap();
    drop(store);
    let text = exported(&one);
    let mut store = two.open();
    let first = import(&mut store, text.as_bytes()).unwrap();
    let second = import(&mut store, text.as_bytes()).unwrap();
    drop(store);
    assert_eq!(
        (first.imported, first.unchanged, first.unrecognized),
        (8, 0, 0)
    );
    assert_eq!((second.imported, second.unchanged), (0, 8));
    assert_eq!(exported(&two), text);
    assert!(two.read().sets.read.contains(u64::MAX));
}

#[test]
fn an_import_joins_notes_and_counts_unrecognized_marks() {
    let folder = Folder::new();
    let mut store = folder.open();
    store.write(&[note(4, "mine", "")]).unwrap();
    let text = r#"{"dateline_state":1,"marks":[
        {"kind":"note","key":"0000000000000004","value":"theirs","at":5},
        {"kind":"smell","key":"0000000000000004","value":true,"at":5},
        {"kind":"read","key":"xyz","value":true,"at":5}]}"#;
    for _ in 0..2 {
        let summary = import(&mut store, text.as_bytes()).unwrap();
        assert_eq!(summary.unrecognized, 2);
        assert_eq!(store.load(1).unwrap().notes[&4], "theirs\n\nmine");
    }
    assert!(import(&mut store, b"{\"dateline_state\":2}").is_err());
    assert!(import(&mut store, b"[1,2]").is_err());
}

#[test]
fn a_mark_from_the_future_can_be_removed() {
    let folder = Folder::new();
    let mut store = folder.open();
    let text = r#"{"dateline_state":1,"marks":[
        {"kind":"star","key":"0000000000000004","value":true,"at":9223372036854775807}]}"#;
    assert_eq!(import(&mut store, text.as_bytes()).unwrap().imported, 1);
    assert_eq!(import(&mut store, text.as_bytes()).unwrap().imported, 0);
    // An earlier version of the program imported such times unchanged.
    let set_time = "UPDATE mark SET at = 9223372036854775807";
    store
        .transact(|connection| connection.execute(set_time, []))
        .unwrap();
    for on in [false, true, false] {
        store.write(&[MarkChange::Star(4, on)]).unwrap();
    }
    assert!(!store.load(1).unwrap().sets.starred.contains(4));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    /// Two machines that exchange their marks end up with the same ones, in whatever order they import.
    #[test]
    fn import_order_does_not_matter(
        marks in proptest::collection::vec((0..2u8, 0..4u64, any::<bool>(), 0..3i64), 0..12),
    ) {
        let halves = [0, 1].map(|half| {
            let rows = marks.iter().enumerate().filter(|(number, _)| number % 2 == half);
            let rows = rows.map(|(_, (kind, key, on, at))| {
                let kind = if *kind == 0 { "read" } else { "star" };
                format!(r#"{{"kind":"{kind}","key":"{key:016x}","value":{on},"at":{at}}}"#)
            });
            format!(r#"{{"dateline_state":1,"marks":[{}]}}"#, rows.collect::<Vec<_>>().join(","))
        });
        let (one, two) = (Folder::new(), Folder::new());
        for (folder, order) in [(&one, [0, 1]), (&two, [1, 0])] {
            let mut store = folder.open();
            for half in order {
                import(&mut store, halves[half].as_bytes()).unwrap();
            }
        }
        prop_assert_eq!(exported(&one), exported(&two));
    }
}
