//! Property tests over every fixture of every format: damaged and cut anywhere, both sizes agree and nothing panics.
//!
//! For a long run over one format, with its own fixtures spliced into each other, read by its own parsers alone:
//!
//! ```text
//! DATELINE_FUZZ=anpa1312:120 cargo test --release --test format_fixtures of_one_format -- --nocapture
//! ```
//!
//! takes the fixtures of the folder `tests/fixtures/anpa1312` for 120 seconds and says how many inputs were tried.
#![allow(clippy::unwrap_used)] // Fixtures that cannot be read fail the test.

#[path = "support/equality.rs"]
mod equality;

use std::cell::Cell;
use std::path::Path;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use dateline::format::{self, Context, Cut, FormatId};
use equality::{check, check_with};
use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::{Config, TestRunner};

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
    damaged_of("")
}

/// The same of the fixtures of one folder, or of all; pieces of others among them are spliced in.
fn damaged_of(folder: &'static str) -> impl Strategy<Value = Vec<u8>> {
    let change = (any::<Index>(), any::<Index>(), any::<u8>(), 0..8u8);
    (any::<Index>(), proptest::collection::vec(change, 0..6)).prop_map(move |(which, changes)| {
        let within = format!("fixtures/{folder}");
        let all: Vec<_> = fixtures()
            .iter()
            .filter(|(name, bytes)| bytes.len() <= LARGEST && name.contains(&within))
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
                // The rest, or a piece, of another.
                5 | 6 => {
                    let other = &all[usize::from(byte) % all.len()].1;
                    let from = to.min(other.len());
                    let until = if kind == 5 {
                        other.len()
                    } else {
                        other.len().min(from + 300)
                    };
                    let end = if kind == 5 { bytes.len() } else { at };
                    bytes.splice(at..end, other[from..until].iter().copied());
                }
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

/// Does nothing unless it is asked for: see the head of this file.
#[test]
#[allow(clippy::print_stderr)] // Says how many inputs were tried.
fn of_one_format() {
    let Ok(asked) = std::env::var("DATELINE_FUZZ") else {
        return;
    };
    let (folder, seconds) = asked.split_once(':').unwrap();
    if FormatId::all().all(|id| id.row().name != folder) {
        return; // It is asked for something else.
    }
    let (until, folder) = (
        Instant::now() + Duration::from_secs(seconds.parse().unwrap()),
        folder.to_owned().leak(),
    );
    let contexts = equality::contexts();
    let tried = Cell::new(0u64);
    while Instant::now() < until {
        let config = Config {
            failure_persistence: None,
            ..Config::with_cases(200)
        };
        let outcome = TestRunner::new(config).run(&damaged_of(folder), |bytes| {
            tried.set(tried.get() + 1);
            for id in FormatId::all().filter(|id| id.row().name == folder) {
                check_with(id, &bytes, &contexts[1])?;
            }
            Ok(())
        });
        if let Err(failure) = outcome {
            panic!("{folder}, after {} inputs: {failure}", tried.get());
        }
    }
    eprintln!("{folder}: {} inputs", tried.get());
}

#[test]
fn whole_fixtures_agree() {
    for (name, bytes) in fixtures() {
        assert!(check(bytes).is_ok(), "{name}");
    }
}
