//! Every format, detection, and what is unpacked: damaged inputs are read the same in both sizes, and printed.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::Mutex;

use dateline::format::{self, Context, FormatId};
use dateline::ingest::{self, InputSource, LoadEvent};
use dateline::quotes::extract_quotes;
use dateline::record::{
    CurrentStatus, DispatchRecord, FullDispatchRecord, Ninjs, QuotesRecord, to_html, to_json_line,
    to_markdown,
};
use proptest::prelude::*;
use proptest::sample::Index;

use crate::damaged::{damaged_of, files, fixtures};
use crate::equality;
use crate::packed::{XZ, ZSTD, bzip2, gzip, tar, zip};
use crate::{Bytes, Target};

pub(crate) fn targets() -> Vec<Target> {
    let folder = |name: &String| {
        let parts = Path::new(name).parent()?.file_name()?;
        parts.to_str().map(str::to_owned)
    };
    let folders: BTreeSet<String> =
        fixtures().iter().filter_map(|(name, _)| folder(name)).collect();
    let mut targets = vec![
        Target::new("detect", damaged_of("").prop_map(Bytes), |bytes| equality::check(&bytes.0)),
        Target::new("records", damaged_of("").prop_map(Bytes), |bytes| records(&bytes.0)),
        Target::new("office", office_files(), |bytes| converts(&bytes.0)),
        Target::new("archive", packed(), |(name, bytes)| unpacks(name, &bytes.0)),
    ];
    for folder in folders {
        let id = FormatId::all().find(|id| id.row().name == folder);
        let id = id.unwrap_or_else(|| panic!("tests/fixtures/{folder} is of no format"));
        let context = equality::contexts()[1].clone();
        targets.push(Target::new(
            format!("format-{folder}"),
            damaged_of(folder.leak()).prop_map(Bytes),
            move |bytes| equality::check_with(id, &bytes.0, &context),
        ));
    }
    targets
}

/// True for what must not stand in what is printed for other programs.
fn acts(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{202d}' | '\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{e0000}'..='\u{e0fff}')
}

/// What is printed of a dispatch is JSON, on one line, and acts on nothing.
fn records(bytes: &[u8]) -> Result<(), TestCaseError> {
    for dispatch in format::parse(bytes, &Context::default()).dispatches {
        let found = extract_quotes(&dispatch);
        let status = CurrentStatus::as_sent(&dispatch);
        let lines = [
            to_json_line(&DispatchRecord::new(&dispatch, &status, "a".to_owned(), 0)),
            to_json_line(&FullDispatchRecord::new(&dispatch, &status, "a".to_owned(), 0)),
            to_json_line(&QuotesRecord::new(
                (&dispatch, &status),
                &found,
                |_| true,
                String::new(),
                0,
            )),
            to_json_line(&Ninjs::new(&dispatch, &status)),
        ];
        for line in lines {
            let line = line.trim_end_matches('\n');
            let read: Result<serde_json::Value, _> = serde_json::from_str(line);
            prop_assert!(read.is_ok(), "{:?}: {line}", read.err());
            prop_assert!(!line.contains(acts), "{line:?}");
        }
        let _ = (to_markdown(&dispatch, &status), to_html(&dispatch.body));
    }
    Ok(())
}

/// An office file with some of its bytes changed.
fn office_files() -> impl Strategy<Value = Bytes> {
    let files: Vec<&Vec<u8>> = files()
        .iter()
        .map(|(_, bytes)| bytes)
        .filter(|bytes| ingest::convert_office_file(bytes).is_some())
        .collect();
    let change = (any::<Index>(), any::<u8>(), 0..4u8);
    let changes = proptest::collection::vec(change, 0..5);
    (proptest::sample::select(files), changes).prop_map(|(bytes, changes)| {
        let mut bytes = bytes.clone();
        damage(&mut bytes, changes);
        Bytes(bytes)
    })
}

/// What a damaged office file is converted to is read like any text.
fn converts(bytes: &[u8]) -> Result<(), TestCaseError> {
    let Some(converted) = ingest::convert_office_file(bytes) else {
        return Ok(());
    };
    for problem in converted.problems {
        prop_assert!(!problem.to_string().trim().is_empty());
    }
    converted.texts.iter().try_for_each(|text| equality::check(text.text.as_bytes()))
}

/// Changes single bytes, or cuts the rest off.
fn damage(bytes: &mut Vec<u8>, changes: Vec<(Index, u8, u8)>) {
    for (at, byte, kind) in changes {
        let at = at.index(bytes.len().max(1));
        match kind {
            _ if bytes.is_empty() => {}
            0 => bytes[at] = byte,
            1 => bytes.insert(at, byte),
            2 => bytes.truncate(at),
            _ => drop(bytes.remove(at)),
        }
    }
}

/// A file, packed in one way or two, and then damaged.
fn packed() -> impl Strategy<Value = (&'static str, Bytes)> {
    type Pack = (&'static str, fn(&[u8]) -> Vec<u8>);
    const WAYS: &[Pack] = &[
        ("a.gz", gzip),
        ("a.bz2", bzip2),
        ("a.xz", |_| XZ.to_vec()),
        ("a.zst", |_| ZSTD.to_vec()),
        ("a.zip", |bytes| zip(&[("a.txt", bytes), ("b/c.txt", bytes)])),
        ("a.tar", |bytes| tar(&[("a.txt", bytes), ("b/c.txt", bytes)])),
        ("a.tar.gz", |bytes| gzip(&tar(&[("a.txt", bytes)]))),
        ("a.zip", |bytes| zip(&[("a.gz", &gzip(bytes))])),
    ];
    let change = (any::<Index>(), any::<u8>(), 0..4u8);
    let file = proptest::sample::select(fixtures());
    let changes = proptest::collection::vec(change, 0..5);
    (file, proptest::sample::select(WAYS), changes).prop_map(
        |((_, bytes), (name, pack), changes)| {
            let mut packed = pack(&bytes[..bytes.len().min(20_000)]);
            damage(&mut packed, changes);
            (name, Bytes(packed))
        },
    )
}

/// What cannot be unpacked is said in sentences.
fn unpacks(name: &str, bytes: &[u8]) -> Result<(), TestCaseError> {
    let folder = crate::stage::Files::new(&[]);
    let path = folder.path().join(name);
    fs::write(&path, bytes).unwrap();
    let said = Mutex::new(Vec::new());
    ingest::load(vec![InputSource::Path(path)], 1, &|report| {
        if let LoadEvent::Problem(problem) = report {
            said.lock().unwrap().push(problem.to_string());
        }
    });
    for sentence in said.into_inner().unwrap() {
        prop_assert!(!sentence.trim().is_empty());
    }
    Ok(())
}
