//! Exports and imports: once, in any order, and nothing lost.

use proptest::prelude::*;

use super::*;

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
