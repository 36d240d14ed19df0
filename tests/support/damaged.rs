//! Fixtures of all formats, and the same damaged: what property tests and fuzzing feed the parsers.

#![allow(clippy::unwrap_used)] // Fixtures that cannot be read fail the test.

use std::path::Path;
use std::sync::OnceLock;

use dateline::format::ConvertedText;
use dateline::ingest::convert_office_file;
use proptest::prelude::*;
use proptest::sample::Index;

/// Largest fixture that is damaged: what is larger takes long and shows nothing more.
const LARGEST: usize = 20_000;

/// Name and bytes of every fixture. Office files are given as the texts that they are converted to.
pub(crate) fn fixtures() -> &'static [(String, Vec<u8>)] {
    static ALL: OnceLock<Vec<(String, Vec<u8>)>> = OnceLock::new();
    ALL.get_or_init(|| {
        let files = files().iter();
        let texts = files.flat_map(|(name, bytes)| match convert_office_file(bytes) {
            Some(converted) => {
                let text = |text: ConvertedText| (name.clone(), text.text.into_bytes());
                converted.texts.into_iter().map(text).collect()
            }
            None => vec![(name.clone(), bytes.clone())],
        });
        texts.collect()
    })
}

/// Name and bytes of every file of the fixtures.
pub(crate) fn files() -> &'static [(String, Vec<u8>)] {
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

/// A fixture of one folder, or of all (`""`), with some bytes changed, put in, taken out, doubled, or cut off, and with
/// pieces of others among them spliced in.
pub(crate) fn damaged_of(folder: &'static str) -> impl Strategy<Value = Vec<u8>> {
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
                    let until = if kind == 5 { other.len() } else { other.len().min(from + 300) };
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
