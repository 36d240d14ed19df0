//! Property tests over every fixture of every format: damaged and cut anywhere, both sizes agree and nothing panics.
#![allow(clippy::unwrap_used)] // Fixtures that cannot be read fail the test.

#[path = "support/equality.rs"]
mod equality;

use std::path::Path;
use std::sync::OnceLock;

use dateline::format::{self, Context, Cut, FormatId};
use equality::check;
use proptest::prelude::*;
use proptest::sample::Index;

/// Largest fixture that is damaged: what is larger takes long and shows nothing more.
const LARGEST: usize = 20_000;

/// Name and bytes of every fixture.
fn fixtures() -> &'static [(String, Vec<u8>)] {
    static ALL: OnceLock<Vec<(String, Vec<u8>)>> = OnceLock::new();
    ALL.get_or_init(|| {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
        let mut all = Vec::new();
        for folder in std::fs::read_dir(root).unwrap() {
            for file in std::fs::read_dir(folder.unwrap().path()).unwrap() {
                let path = file.unwrap().path();
                let name = path.display().to_string();
                if !name.ends_with(".records.json") {
                    all.push((name, std::fs::read(path).unwrap()));
                }
            }
        }
        all.sort();
        all
    })
}

/// A fixture with some bytes changed, put in, taken out, doubled, or cut off.
fn damaged() -> impl Strategy<Value = Vec<u8>> {
    let change = (any::<Index>(), any::<Index>(), any::<u8>(), 0..6u8);
    (any::<Index>(), proptest::collection::vec(change, 0..6)).prop_map(|(which, changes)| {
        let all: Vec<_> = fixtures()
            .iter()
            .filter(|(_, bytes)| bytes.len() <= LARGEST)
            .collect();
        let mut bytes = which.get(&all).1.clone();
        for (at, to, byte, kind) in changes {
            if bytes.is_empty() {
                break;
            }
            let (at, to) = (at.index(bytes.len()), to.index(bytes.len()));
            let range = at.min(to)..at.max(to).min(at.min(to) + 200);
            match kind {
                0 => bytes[at] = byte,
                1 => bytes.insert(at, byte),
                2 => bytes.truncate(at),
                3 => drop(bytes.remove(at)),
                4 => drop(bytes.drain(range)),
                _ => {
                    let copy = bytes[range].to_vec();
                    bytes.splice(to..to, copy);
                }
            }
        }
        bytes
    })
}

type Head = (std::ops::Range<u64>, u32, u32, u64);

fn heads(id: FormatId, bytes: &[u8], ctx: &Context) -> Vec<Head> {
    let mut heads = Vec::new();
    format::scan(id, bytes, ctx, &mut |found| {
        heads.push((found.bytes, found.nth, found.index, found.head.item));
    });
    heads
}

/// Parts that are cut where a format may be cut give the same heads as the whole.
fn check_parts(id: FormatId, bytes: &[u8], at: usize) -> Result<(), TestCaseError> {
    let ctx = Context::default();
    let Some(cut) = id.row().cut.find(bytes, at) else {
        return Ok(());
    };
    let mut parts = heads(id, &bytes[..cut], &ctx);
    let second = Context {
        first_index: u32::try_from(parts.len()).unwrap_or(0),
        first_byte: cut as u64,
        ..ctx
    };
    parts.extend(heads(id, &bytes[cut..], &second));
    prop_assert_eq!(parts, heads(id, bytes, &ctx));
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(cases()) })]

    #[test]
    fn of_damaged_fixtures(bytes in damaged()) {
        check(&bytes)?;
    }

    #[test]
    fn of_fixtures_in_parts(bytes in damaged(), at in any::<Index>()) {
        let at = at.index(bytes.len().max(1));
        for id in FormatId::all().filter(|id| id.row().cut != Cut::Nowhere) {
            // JSON Lines may begin with a mark that later lines do not have.
            if id.row().cut != Cut::Lines || !bytes.starts_with(b"\xef\xbb\xbf") {
                check_parts(id, &bytes, at)?;
            }
        }
    }
}

/// `PROPTEST_CASES`, or few enough to be quick.
fn cases() -> u32 {
    let asked = std::env::var("PROPTEST_CASES").ok();
    asked.and_then(|cases| cases.parse().ok()).unwrap_or(200)
}

#[test]
fn whole_fixtures_agree() {
    for (name, bytes) in fixtures() {
        assert!(check(bytes).is_ok(), "{name}");
    }
}
