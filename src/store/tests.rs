//! Checks of the store: steps, several writers, places that cannot be used.

mod damage;
mod exchange;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rusqlite::Connection;

use super::*;
use crate::marks::{MarkChange, SavedMarks};

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
