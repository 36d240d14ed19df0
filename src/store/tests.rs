//! Tests of the store: migrations, several writers, unusable directories, damaged databases, export and import.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use proptest::prelude::*;
use rusqlite::Connection;

use crate::marks::{MarkChange, SavedMarks};
use crate::store::connection::StoreError;
use crate::store::database::{MarkStore, export, import, read_marks, set_aside_notices};
use crate::store::schema::{self, Visit};
use crate::store::state_dir::{StateDirectory, with_suffix};
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
        MarkStore::open(&self.directory()).unwrap()
    }

    fn read(&self) -> SavedMarks {
        read_marks(&self.directory(), 1).unwrap()
    }

    /// The names of its files that contain a word, in order.
    fn names(&self, word: &str) -> Vec<String> {
        let names = std::fs::read_dir(&self.0).unwrap();
        let names = names.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let mut names: Vec<String> = names.filter(|name| name.contains(word)).collect();
        names.sort();
        names
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn note(story: u64, text: &str, before: &str) -> MarkChange {
    MarkChange::Note { story, text: text.to_owned(), before: before.to_owned() }
}

fn reads(range: std::ops::Range<u64>) -> Vec<MarkChange> {
    range.map(|item| MarkChange::Read(item.wrapping_mul(0x9e37_79b9_7f4a_7c15), true)).collect()
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
    for (source, items) in [(1, vec![3, 9]), (2, vec![4])] {
        let visit = Visit { source, items, replace: false };
        store.write_all(&[], Some(&visit)).unwrap();
    }
    drop(store);
    let marks = folder.read();
    assert_eq!(marks.sets.read.iter().collect::<Vec<_>>(), [u64::MAX]);
    assert!(marks.sets.starred.contains(5) && marks.sets.starred.len() == 1);
    assert_eq!(marks.sets.notes[&5], "Ask Edda Brook.");
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
        assert_eq!(folder.read().sets.read.contains(8), version > 0);
        let marks = folder.open().load(1).unwrap();
        assert_eq!(marks.sets.read.contains(8), version > 0);
        assert!(folder.names("damaged").is_empty());
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
    let refused = MarkStore::open(&folder.directory()).unwrap_err();
    let path = folder.directory().database_path().unwrap().display().to_string();
    assert_eq!(refused, StoreError::Newer(path, 99));
    assert!(matches!(read_marks(&folder.directory(), 1), Err(StoreError::Newer(_, 99))));
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
    let mut writer = MarkWriter::start(
        directory.clone(),
        1,
        Duration::ZERO,
        Arc::new(move |event| drop(sender.lock().unwrap().send(event))),
    );
    writer.write(changes);
    let mut all = Vec::new();
    while !matches!(all.last(), Some(StoreEvent::Written(..))) {
        all.push(events.recv().unwrap());
    }
    drop(writer);
    all.extend(events);
    all
}

#[test]
fn a_session_sees_what_others_write() {
    let folder = Folder::new();
    let start = || {
        let (sender, events) = channel();
        let sender = Mutex::new(sender);
        let report = move |event| drop(sender.lock().unwrap().send(event));
        (MarkWriter::start(folder.directory(), 1, Duration::ZERO, Arc::new(report)), events)
    };
    let ((mut one, seen_by_one), (mut two, seen_by_two)) = (start(), start());
    for events in [&seen_by_one, &seen_by_two] {
        assert!(matches!(events.recv(), Ok(StoreEvent::Marks(_))));
    }
    one.write(vec![MarkChange::Star(7, true), note(3, "Call.", "")]);
    // Making the tables is a change, too, so that there may be others before.
    let until_starred = |events: &Receiver<StoreEvent>, starred: bool| loop {
        match events.recv().unwrap() {
            StoreEvent::ChangedByOthers(marks) if marks.sets.starred.contains(7) == starred => {
                return marks;
            }
            _ => {}
        }
    };
    assert_eq!(until_starred(&seen_by_two, true).sets.notes[&3], "Call.");
    two.write(vec![MarkChange::Star(7, false)]);
    until_starred(&seen_by_one, false);
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
    assert!(matches!(&events[..], [StoreEvent::Marks(_), StoreEvent::Written(_, None)]));
}

#[test]
fn reading_writes_nothing() {
    let folder = Folder::new();
    assert!(read_marks(&folder.directory(), 1).unwrap().sets.notes.is_empty());
    assert!(!folder.0.exists());
    drop(folder.open());
    let before = folder.names("");
    folder.read();
    assert_eq!(folder.names(""), before);
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
    one.write(&[note(1, "both read", "from two\n\nfrom one")]).unwrap();
    let marks = two.load(1).unwrap();
    assert_eq!(marks.sets.read.len(), 20);
    assert_eq!(marks.sets.notes[&1], "both read");
}

#[test]
fn many_threads_lose_nothing() {
    let folder = Folder::new();
    std::thread::scope(|scope| {
        for number in 0..8 {
            let directory = folder.directory();
            scope.spawn(move || {
                let mut store = MarkStore::open(&directory).unwrap();
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
fn the_first_writers_wait_for_each_other() {
    for _ in 0..10 {
        let folder = Folder::new();
        let start = std::sync::Barrier::new(8);
        std::thread::scope(|scope| {
            for writer in 0..8 {
                let (folder, start) = (&folder, &start);
                scope.spawn(move || {
                    start.wait();
                    folder.open().write(&[MarkChange::Read(writer, true)]).unwrap();
                });
            }
        });
        assert_eq!(folder.read().sets.read.len(), 8);
    }
}

#[test]
fn a_damaged_database_is_set_aside_and_a_new_one_started() {
    let folder = Folder::new();
    std::fs::create_dir_all(&folder.0).unwrap();
    std::fs::write(folder.database(), b"no database at all\0").unwrap();
    let events = session(&folder.directory(), reads(0..5));
    assert!(
        events
            .iter()
            .any(|event| matches!(event, StoreEvent::Warning(why) if why.contains("damaged-1")))
    );
    assert_eq!(folder.read().sets.read.len(), 5);
    assert_eq!(folder.names("damaged"), ["marks.damaged-1.db"]);
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
    let loaded = events.iter().any(|event| matches!(event, StoreEvent::Marks(_)));
    assert!(loaded, "{events:?}");
    // A bit more in the header makes it another program's, or one of a newer version; one more in the schema leaves it
    // without its tables. `SQLite` does not call that damaged.
    let refused = ["newer", "another program", "not those of this program"];
    let refused = |why: &str| refused.iter().any(|word| why.contains(word));
    if events.iter().any(|event| {
        matches!(event, StoreEvent::Written(_, Some(why)) if refused(why))
            || matches!(event, StoreEvent::Warning(why) if refused(why))
    }) {
        assert!(folder.names("damaged").is_empty());
        return 0;
    }
    let saved = events.iter().any(|event| matches!(event, StoreEvent::Written(_, None)));
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
    let offsets = (0..30).map(|n| n * 4).chain((0..70).map(|n| intact.len() * n / 70));
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
    assert!(events.iter().any(|event| matches!(event, StoreEvent::Written(_, None))), "{events:?}");
    assert_eq!(folder.read().sets.read.len(), 5);
}

/// What others do to the files of a store that is open must not lose what it writes.
#[track_caller]
fn check_meanwhile(what: &str, meanwhile: impl Fn(&Folder), expected: usize) {
    let folder = Folder::new();
    let mut store = folder.open();
    store.write(&reads(0..5)).unwrap();
    store.checkpoint();
    meanwhile(&folder);
    store.write(&reads(5..7)).unwrap();
    let mut other = folder.open();
    other.write(&reads(7..8)).unwrap();
    store.write(&reads(8..9)).unwrap();
    assert_eq!(folder.read().sets.read.len(), expected, "{what}");
    drop((store, other));
    assert_eq!(folder.read().sets.read.len(), expected, "{what}, closed");
    assert!(folder.names("damaged").is_empty(), "{what}");
}

#[test]
fn what_is_done_to_the_files_of_an_open_store_loses_nothing() {
    let log = |folder: &Folder| with_suffix(&folder.database(), "-wal");
    check_meanwhile("nothing", |_| {}, 9);
    check_meanwhile("the log is removed", |folder| std::fs::remove_file(log(folder)).unwrap(), 9);
    check_meanwhile(
        "the log is cut off",
        |folder| drop(std::fs::File::create(log(folder)).unwrap()),
        9,
    );
    check_meanwhile(
        "log and shared memory are removed",
        |folder| {
            std::fs::remove_file(log(folder)).unwrap();
            std::fs::remove_file(with_suffix(&folder.database(), "-shm")).unwrap();
        },
        9,
    );
    // What was moved away is with its owner.
    check_meanwhile(
        "all is moved away",
        |folder| {
            let away = folder.0.join("away");
            std::fs::create_dir(&away).unwrap();
            for end in ["-wal", "-shm", ""] {
                let name = with_suffix(Path::new("marks.db"), end);
                std::fs::rename(folder.0.join(&name), away.join(&name)).unwrap();
            }
        },
        4,
    );
    check_meanwhile(
        "the folder is removed",
        |folder| std::fs::remove_dir_all(&folder.0).unwrap(),
        4,
    );
}

// Files of other programs, and what is no file.

/// Nothing opens this database, and nobody changes it.
#[track_caller]
fn check_refused(put: impl Fn(&Path), expected: &str) {
    let folder = Folder::new();
    std::fs::create_dir_all(&folder.0).unwrap();
    put(&folder.database());
    let content = || std::fs::read(folder.database());
    let is_file = folder.database().is_file();
    let before = is_file.then(|| content().unwrap());
    let opened = MarkStore::open(&folder.directory()).map(|_| ());
    let read = read_marks(&folder.directory(), 1).map(|_| ());
    for result in [opened, read] {
        let why = result.unwrap_err().to_string();
        assert!(why.contains(expected), "{why}");
    }
    let events = session(&folder.directory(), reads(0..2));
    let failed = |event: &StoreEvent| matches!(event, StoreEvent::Written(_, Some(_)));
    assert!(events.iter().any(failed), "{events:?}");
    assert_eq!(is_file.then(|| content().unwrap()), before);
    // What is no file may become one: then the journal is taken in.
    let names = folder.names("");
    assert!(names == ["marks.db"] || !is_file, "{names:?}");
}

#[test]
fn what_is_not_ours_is_refused_and_left_alone() {
    let database = |statements: &'static str| {
        move |path: &Path| {
            Connection::open(path).unwrap().execute_batch(statements).unwrap();
        }
    };
    check_refused(database("PRAGMA application_id = 12345; CREATE TABLE a (b)"), "another program");
    check_refused(database("PRAGMA application_id = 12345"), "another program");
    check_refused(database("CREATE TABLE mark (b)"), "tables of another program");
    check_refused(
        database("PRAGMA journal_mode = WAL; CREATE TABLE a (b); INSERT INTO a VALUES (1)"),
        "tables of another program",
    );
    check_refused(|path| std::fs::write(path, "My notes.\n").unwrap(), "it is a text file");
    check_refused(
        |path| std::fs::write(path, "lines\n".repeat(9_000)).unwrap(),
        "it is a text file",
    );
    check_refused(|path| std::fs::create_dir(path).unwrap(), "not a regular file");
    check_refused(
        |path| {
            let mode = rustix::fs::Mode::RUSR | rustix::fs::Mode::WUSR;
            let kind = rustix::fs::FileType::Fifo;
            rustix::fs::mknodat(rustix::fs::CWD, path, kind, mode, 0).unwrap();
        },
        "not a regular file",
    );
    check_refused(
        |path| std::os::unix::fs::symlink("/dev/zero", path).unwrap(),
        "not a regular file",
    );
}

// What was set aside: told until dealt with, and brought back.

#[test]
fn what_was_set_aside_is_told_of_until_it_is_recovered() {
    let folder = Folder::new();
    std::fs::create_dir_all(&folder.0).unwrap();
    let mut bytes = intact_database();
    let length = bytes.len();
    // The header and the schema.
    bytes[..2_000].fill(0x5a);
    bytes[1_000] = 0;
    std::fs::write(folder.database(), bytes).unwrap();
    let mut store = folder.open();
    let said = store.take_notices();
    assert!(said[0].contains("2001 marks recovered"), "{said:?}");
    store.write(&[MarkChange::Read(1, false), note(3, "Mine.", "")]).unwrap();
    drop(store);
    for _ in 0..2 {
        let said = set_aside_notices(&folder.directory());
        assert!(said[0].contains("`dateline state recover`"), "{said:?}");
        assert_eq!(folder.open().take_notices(), said);
    }
    let recovered = folder.open().recover().unwrap();
    assert_eq!((recovered[0].read, recovered[0].recovered), (2_001, 0));
    assert_eq!(folder.names("marks.recovered"), ["marks.recovered-1.db"]);
    let kept = std::fs::metadata(folder.0.join("marks.recovered-1.db")).unwrap();
    assert_eq!(usize::try_from(kept.len()).unwrap(), length);
    assert!(folder.open().take_notices().is_empty());
    assert!(folder.open().recover().unwrap().is_empty());
    assert_eq!(folder.read().sets.read.len(), 2_000);
    assert!(folder.read().sets.notes[&3].contains("Mine."));
}

#[test]
fn marks_between_damaged_pages_are_recovered() {
    let intact = intact_database();
    let pages = intact.len() / 4_096;
    let count = survives(&intact, |bytes| {
        for page in [pages / 4, pages / 2, 3 * pages / 4] {
            bytes[page * 4_096..][..4_096].fill(0xff);
        }
    });
    assert!(count > 1_000, "{count} of 2,000");
}

// Journals: what could not be written.

#[test]
fn what_is_in_a_journal_is_seen_and_taken_in() {
    let folder = Folder::new();
    let mut store = folder.open();
    let before = [
        MarkChange::Read(1, true),
        MarkChange::Star(4, true),
        note(3, "Before.", ""),
        note(5, "Theirs.", ""),
    ];
    store.write(&before).unwrap();
    // Somebody else writes, so that this session cannot.
    let other = Connection::open(folder.database()).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let mut writer = MarkWriter::start(folder.directory(), 1, Duration::ZERO, Arc::new(|_| {}));
    writer.write(vec![
        MarkChange::Read(1, false),
        MarkChange::Read(2, false),
        note(3, "Now.", "Before."),
        note(5, "Mine.", ""),
        MarkChange::Query("b".into()),
        MarkChange::Query("a".into()),
    ]);
    writer.write(vec![MarkChange::Read(2, true), note(3, "Later.", "Now.")]);
    writer.write_visit(vec![8, 9], false);
    assert_eq!(writer.unwritten().count(), 8);
    assert_eq!(writer.unwritten().keep(), None);
    assert_eq!(writer.unwritten().count(), 0);
    assert_eq!(folder.names("unsaved").len(), 1);
    let check = |marks: &SavedMarks| {
        assert_eq!(marks.sets.read.iter().collect::<Vec<_>>(), [2]);
        assert!(marks.sets.starred.contains(4));
        assert_eq!(marks.sets.notes[&3], "Later.");
        assert_eq!(marks.sets.notes[&5], "Theirs.\n\nMine.");
        assert_eq!(marks.queries, ["b", "a"]);
        assert!(marks.sets.last_visit.contains(9) && !marks.sets.last_visit.contains(1));
    };
    check(&folder.read());
    check(&store.load(1).unwrap());
    assert!(exported(&folder).contains("Later."));
    let journal = folder.0.join(&folder.names("unsaved")[0]);
    let text = std::fs::read(&journal).unwrap();
    // From here on the writer may write it all, too.
    other.execute_batch("ROLLBACK").unwrap();
    store.take_in_journals().unwrap();
    assert!(folder.names("unsaved").is_empty());
    check(&folder.read());
    // A process that was killed before it removed the journal.
    std::fs::write(journal, text).unwrap();
    store.write(&[MarkChange::Star(4, true)]).unwrap();
    check(&folder.read());
    drop(writer);
}

#[test]
fn what_is_no_journal_is_told_of_and_left() {
    let folder = Folder::new();
    drop(folder.open());
    std::fs::write(folder.0.join("unsaved-1.json"), "{\"dateline_state\":1,").unwrap();
    let mut store = folder.open();
    store.write(&reads(0..1)).unwrap();
    let said = store.take_notices();
    assert!(said[0].contains("unsaved-1.json"), "{said:?}");
    assert_eq!(folder.names("unsaved").len(), 1);
    assert_eq!(folder.read().sets.read.len(), 1);
}

#[test]
fn the_writer_survives_a_panic() {
    let folder = Folder::new();
    let (sender, events) = channel();
    let sender = Mutex::new((sender, true));
    let report = move |event| {
        let mut guard = sender.lock().unwrap_or_else(PoisonError::into_inner);
        let panics = matches!(event, StoreEvent::Written(..)) && std::mem::take(&mut guard.1);
        assert!(!panics, "planted");
        guard.0.send(event).unwrap();
    };
    let mut writer = MarkWriter::start(folder.directory(), 1, Duration::ZERO, Arc::new(report));
    writer.write(reads(0..2));
    let until = |what: fn(&StoreEvent) -> bool| while !what(&events.recv().unwrap()) {};
    until(|event| matches!(event, StoreEvent::Warning(why) if why.contains("a fault in dateline")));
    writer.write(reads(2..3));
    until(|event| matches!(event, StoreEvent::Written(_, None)));
    drop(writer);
    assert_eq!(folder.read().sets.read.len(), 3);
}

#[test]
fn marks_that_cannot_be_kept_are_counted() {
    let folder = StateDirectory::Folder("/dev/null/x".into());
    let mut writer = MarkWriter::start(folder, 1, Duration::ZERO, Arc::new(|_| {}));
    writer.write(reads(0..3));
    let lost = writer.unwritten().keep().unwrap();
    assert!(lost.starts_with("3 marks not saved and lost: "), "{lost}");
    assert_eq!(writer.unwritten().keep(), None);
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
    assert_eq!((first.imported, first.unchanged, first.unrecognized), (8, 0, 0));
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
        assert_eq!(store.load(1).unwrap().sets.notes[&4], "theirs\n\nmine");
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
    store.transact(|connection| connection.execute(set_time, [])).unwrap();
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
