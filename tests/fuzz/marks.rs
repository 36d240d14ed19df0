//! What `dateline state import` takes in: any bytes end in marks or in a sentence, and what was taken in is known after.

use dateline::store::{MarkStore, StateDirectory, export, import};
use proptest::prelude::*;
use proptest::sample::Index;

use crate::stage::Files;
use crate::{Bytes, Target};

const KINDS: &[&str] =
    &["read", "star", "note", "place", "query", "view", "mute", "seen", "smell", ""];
const KEYS: &[&str] = &[
    "\"0000000000000004\"",
    "\"ffffffffffffffff\"",
    "\"xyz\"",
    "4",
    "null",
    "\"\"",
    "\"0000000000000004 \"",
    "-1",
    "[]",
];
const VALUES: &[&str] = &[
    "true",
    "false",
    "null",
    "\"a\"",
    "\"\\u0000\\ud800\"",
    "12",
    "-1e999",
    "1e30",
    "{\"a\":[1]}",
    "\"from:nwr | (\"",
    "99999999999999999999",
];

fn text() -> impl Strategy<Value = Vec<u8>> {
    let pick = |all: &'static [&'static str]| proptest::sample::select(all);
    let mark = (pick(KINDS), pick(KEYS), pick(VALUES), pick(VALUES), any::<i64>());
    let marks = proptest::collection::vec(mark, 0..8);
    let damage = proptest::collection::vec((any::<Index>(), any::<u8>(), 0..5u8), 0..3);
    (marks, damage, 0..4u8).prop_map(|(marks, damage, version)| {
        let lines = marks.into_iter().map(|(kind, key, value, name, at)| {
            format!("{{\"kind\":\"{kind}\",\"key\":{key},\"name\":{name},\"value\":{value},\"at\":{at}}}")
        });
        let version = version.max(1);
        let mut bytes = format!("{{\"dateline_state\":{version},\"marks\":[{}]}}", lines.collect::<Vec<_>>().join(",\n")).into_bytes();
        for (at, byte, kind) in damage {
            let at = at.index(bytes.len().max(1));
            match kind {
                _ if bytes.is_empty() => {}
                0 => bytes[at] = byte,
                1 => bytes.insert(at, byte),
                2 => bytes.truncate(at),
                _ => drop(bytes.remove(at)),
            }
        }
        bytes
    })
}

fn holds(bytes: &[u8]) -> Result<(), TestCaseError> {
    let folder = Files::new(&[]);
    let place = StateDirectory::Folder(folder.path());
    let opened = MarkStore::open(&place);
    let mut store = opened.map_err(|why| TestCaseError::fail(why.to_string()))?;
    let first = import(&mut store, bytes);
    let Ok(merged) = first else {
        prop_assert!(!first.unwrap_err().to_string().is_empty());
        return Ok(());
    };
    let again = import(&mut store, bytes).map_err(|why| TestCaseError::fail(why.to_string()))?;
    prop_assert_eq!(again.unrecognized, merged.unrecognized);
    drop(store);
    let mut out = Vec::new();
    let written = export(&place, &mut out).map_err(|why| TestCaseError::fail(why.to_string()))?;
    prop_assert!(written.is_ok());
    // What was exported is taken in elsewhere, whole, and comes out the same.
    let other = Files::new(&[]);
    let place = StateDirectory::Folder(other.path());
    let mut store = MarkStore::open(&place).unwrap();
    let merged = import(&mut store, &out).map_err(|why| TestCaseError::fail(why.to_string()))?;
    prop_assert_eq!(merged.unrecognized, 0);
    drop(store);
    let mut copy = Vec::new();
    prop_assert!(export(&place, &mut copy).unwrap().is_ok());
    prop_assert_eq!(String::from_utf8_lossy(&out), String::from_utf8_lossy(&copy));
    Ok(())
}

pub(crate) fn targets() -> Vec<Target> {
    vec![Target::new("marks", text().prop_map(Bytes), |bytes| holds(&bytes.0))]
}
