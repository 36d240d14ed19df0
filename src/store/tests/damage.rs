//! A database that is cut, flipped, or gone: the program starts, and what can be read is kept.

use super::*;

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
    rescue::set_aside(&folder.database()).unwrap();
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
