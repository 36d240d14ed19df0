//! Checks of the store: steps, several writers, places that cannot be used.

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

/// A state directory that is removed at the end.
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

    fn place(&self) -> StateDirectory {
        StateDirectory::Folder(self.0.clone())
    }

    fn database(&self) -> PathBuf {
        self.place().database_path().unwrap()
    }

    fn open(&self) -> MarkStore {
        MarkStore::open(&self.place(), false).unwrap().0
    }

    fn read(&self) -> SavedMarks {
        read_marks(&self.place(), 1).unwrap()
    }

    fn aside(&self) -> usize {
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
fn what_is_written_is_there_in_the_next_session() {
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
    let kept = folder.read();
    assert_eq!(kept.sets.read.iter().collect::<Vec<_>>(), [u64::MAX]);
    assert!(kept.sets.starred.contains(5) && kept.sets.starred.len() == 1);
    assert_eq!(kept.notes[&5], "Ask Edda Brook.");
    assert_eq!(kept.positions[&7], 4_321);
    assert_eq!(kept.queries, ["from:qrn", "harbour"]);
    assert_eq!(kept.views, [("desk".to_owned(), "is:urgent".to_owned())]);
    assert_eq!(kept.settings, [("sort".to_owned(), "time".to_owned())]);
    assert!(kept.sets.last_visit.contains(9) && !kept.sets.last_visit.contains(4));
}

#[test]
fn only_its_owner_may_read_it() {
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
fn every_version_is_brought_to_the_newest() {
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
        let kept = store.load(1).unwrap();
        assert_eq!(kept.sets.read.contains(8), version > 0);
        assert_eq!(folder.aside(), 0);
    }
}

#[test]
fn a_step_that_fails_changes_nothing() {
    let mut connection = Connection::open_in_memory().unwrap();
    let steps = ["CREATE TABLE a (b)", "CREATE TABLE c (d); nonsense"];
    assert!(schema::migrate(&mut connection, &steps).is_err());
    assert_eq!(schema::version(&connection).unwrap(), 0);
    let tables = "SELECT count(*) FROM sqlite_schema";
    let count: i64 = connection.query_row(tables, [], |row| row.get(0)).unwrap();
    assert_eq!(count, 0);
}

#[test]
fn a_newer_version_is_left_as_it_is() {
    let folder = Folder::new();
    drop(folder.open());
    let connection = Connection::open(folder.database()).unwrap();
    connection.pragma_update(None, "user_version", 99).unwrap();
    drop(connection);
    let before = std::fs::read(folder.database()).unwrap();
    let refused = MarkStore::open(&folder.place(), true).unwrap_err();
    assert_eq!(refused, StoreError::Newer(99));
    assert!(matches!(
        read_marks(&folder.place(), 1),
        Err(StoreError::Newer(99))
    ));
    let told = session(&folder.place(), reads(0..3));
    assert!(
        told.iter()
            .any(|answer| matches!(answer, StoreEvent::Warning(why) if why.contains("newer")))
    );
    assert!(
        told.iter()
            .any(|answer| matches!(answer, StoreEvent::Written(all, Some(_)) if all.len() == 3))
    );
    assert_eq!(std::fs::read(folder.database()).unwrap(), before);
}

/// Runs a session that makes these changes, and returns what it was told.
fn session(place: &StateDirectory, changes: Vec<MarkChange>) -> Vec<StoreEvent> {
    let (tell, told) = channel();
    let tell = Mutex::new(tell);
    let keeper = MarkWriter::start(
        place.clone(),
        1,
        Duration::ZERO,
        Arc::new(move |answer| drop(tell.lock().unwrap().send(answer))),
    );
    if !changes.is_empty() {
        keeper.write(changes);
    }
    keeper.close();
    told.try_iter().collect()
}

#[test]
fn a_session_without_a_directory_keeps_marks_for_itself() {
    for place in [
        StateDirectory::Missing("HOME is not set".into()),
        StateDirectory::Folder("/dev/null/x".into()),
    ] {
        let told = session(&place, reads(0..2));
        assert!(matches!(told[0], StoreEvent::Marks(_)), "{told:?}");
        assert!(matches!(&told[1], StoreEvent::Warning(why) if why.contains("this session only")));
        assert!(matches!(&told[2], StoreEvent::Written(all, Some(_)) if all.len() == 2));
    }
    let told = session(&StateDirectory::Disabled, reads(0..2));
    assert!(matches!(
        &told[..],
        [StoreEvent::Marks(_), StoreEvent::Written(_, None)]
    ));
}

#[test]
fn reading_writes_nothing() {
    let folder = Folder::new();
    assert!(read_marks(&folder.place(), 1).unwrap().notes.is_empty());
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
    let kept = two.load(1).unwrap();
    assert_eq!(kept.sets.read.len(), 20);
    assert_eq!(kept.notes[&1], "both read");
}

#[test]
fn many_threads_lose_nothing() {
    let folder = Folder::new();
    std::thread::scope(|scope| {
        for number in 0..8 {
            let place = folder.place();
            scope.spawn(move || {
                let mut store = MarkStore::open(&place, false).unwrap().0;
                for change in reads(number * 20..number * 20 + 20) {
                    store.write(&[change]).unwrap();
                }
            });
        }
    });
    assert_eq!(folder.read().sets.read.len(), 160);
}

// A database that is cut, flipped, or gone: the program starts, and what can be read is kept.

#[test]
fn a_damaged_database_is_set_aside_and_a_new_one_begun() {
    let folder = Folder::new();
    std::fs::create_dir_all(&folder.0).unwrap();
    std::fs::write(folder.database(), b"no database at all").unwrap();
    let told = session(&folder.place(), reads(0..5));
    assert!(
        told.iter()
            .any(|answer| matches!(answer, StoreEvent::Warning(why) if why.contains("damaged-1")))
    );
    assert_eq!(folder.read().sets.read.len(), 5);
    assert_eq!(folder.aside(), 1);
}

/// A database with marks, its bytes changed, and a session on it: it starts, keeps what is marked, and finds it again.
fn survives(whole: &[u8], damage: impl FnOnce(&mut Vec<u8>)) -> usize {
    let folder = Folder::new();
    std::fs::create_dir_all(&folder.0).unwrap();
    let mut bytes = whole.to_vec();
    damage(&mut bytes);
    std::fs::write(folder.database(), bytes).unwrap();
    let told = session(&folder.place(), vec![MarkChange::Star(77, true)]);
    let loaded = told
        .iter()
        .any(|answer| matches!(answer, StoreEvent::Marks(_)));
    assert!(loaded, "{told:?}");
    let newer = told
        .iter()
        .any(|answer| matches!(answer, StoreEvent::Warning(why) if why.contains("newer")));
    if newer {
        return 0;
    }
    let kept = told
        .iter()
        .any(|answer| matches!(answer, StoreEvent::Written(_, None)));
    assert!(kept, "{told:?}");
    let found = folder.read();
    assert!(found.sets.starred.contains(77));
    found.sets.read.len()
}

fn whole() -> Vec<u8> {
    let folder = Folder::new();
    let mut store = folder.open();
    store.write(&reads(0..2_000)).unwrap();
    store.write(&[note(3, "A note on the seals.", "")]).unwrap();
    drop(store);
    std::fs::read(folder.database()).unwrap()
}

#[test]
fn a_cut_database_always_starts() {
    let whole = whole();
    for part in 0..50 {
        let length = whole.len() * part / 50;
        survives(&whole, |bytes| bytes.truncate(length));
    }
}

#[test]
fn a_flipped_bit_always_starts() {
    let whole = whole();
    // The header and the first page bear the most; then places all over the file.
    let places = (0..30)
        .map(|n| n * 4)
        .chain((0..70).map(|n| whole.len() * n / 70));
    for (number, at) in places.enumerate() {
        let kept = survives(&whole, |bytes| bytes[at] ^= 1 << (number % 8));
        assert!(kept == 0 || kept > 1_000, "byte {at}: {kept} marks");
    }
}

#[test]
fn a_log_of_rubbish_is_survived() {
    let folder = Folder::new();
    drop(folder.open());
    let mut wal = folder.database().into_os_string();
    wal.push("-wal");
    std::fs::write(wal, [0x37; 5_000]).unwrap();
    let told = session(&folder.place(), reads(0..5));
    assert!(
        told.iter()
            .any(|answer| matches!(answer, StoreEvent::Written(_, None))),
        "{told:?}"
    );
    assert_eq!(folder.read().sets.read.len(), 5);
}

#[test]
fn who_holds_a_database_that_is_set_aside_goes_on_in_the_new_one() {
    let folder = Folder::new();
    let mut old = folder.open();
    old.write(&reads(0..5)).unwrap();
    database::set_aside(&folder.database()).unwrap();
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

// Exports and imports: once, in any order, and nothing lost.

fn exported(folder: &Folder) -> String {
    let mut out = Vec::new();
    export(&folder.place(), &mut out).unwrap().unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn an_export_is_taken_in_once() {
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
fn of_two_notes_an_import_keeps_both_and_strange_marks_are_counted() {
    let folder = Folder::new();
    let mut store = folder.open();
    store.write(&[note(4, "mine", "")]).unwrap();
    let text = r#"{"dateline_state":1,"marks":[
        {"kind":"note","key":"0000000000000004","value":"theirs","at":5},
        {"kind":"smell","key":"0000000000000004","value":true,"at":5},
        {"kind":"read","key":"xyz","value":true,"at":5}]}"#;
    for _ in 0..2 {
        let merged = import(&mut store, text.as_bytes()).unwrap();
        assert_eq!(merged.unrecognized, 2);
        assert_eq!(store.load(1).unwrap().notes[&4], "theirs\n\nmine");
    }
    assert!(import(&mut store, b"{\"dateline_state\":2}").is_err());
    assert!(import(&mut store, b"[1,2]").is_err());
}

#[test]
fn a_mark_of_a_wrong_clock_can_be_taken_back() {
    let folder = Folder::new();
    let mut store = folder.open();
    let text = r#"{"dateline_state":1,"marks":[
        {"kind":"star","key":"0000000000000004","value":true,"at":9223372036854775807}]}"#;
    assert_eq!(import(&mut store, text.as_bytes()).unwrap().imported, 1);
    assert_eq!(import(&mut store, text.as_bytes()).unwrap().imported, 0);
    // One that an earlier version took in as it was.
    let at = "UPDATE mark SET at = 9223372036854775807";
    store
        .transact(|connection| connection.execute(at, []))
        .unwrap();
    for on in [false, true, false] {
        store.write(&[MarkChange::Star(4, on)]).unwrap();
    }
    assert!(!store.load(1).unwrap().sets.starred.contains(4));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    /// Two machines that exchange their marks come to the same, in whatever order.
    #[test]
    fn machines_come_to_the_same(
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
