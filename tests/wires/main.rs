//! Every wire format: each fixture stands beside its records, key by key, as `show` prints them.
//!
//! A fixture `tests/fixtures/FORMAT/NAME` has its golden records in `NAME.records.json`: an array, one object a dispatch, without
//! `path`. `INSTA_UPDATE=always cargo test --test wires` writes them; what it wrote is to be read before it is kept.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::path::{Path, PathBuf};

use dateline::format::{self, Context};
use dateline::ingest::convert_office_file;
use dateline::record;
use serde_json::Value;

/// Ending of the file that holds the records of a fixture.
const RECORDS: &str = ".records.json";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures")
}

/// All fixtures, sorted: every file below a folder of a format that is no golden file.
fn fixtures() -> Vec<PathBuf> {
    let folders = std::fs::read_dir(root()).into_iter().flatten().flatten();
    let mut paths: Vec<PathBuf> = folders
        .filter_map(|folder| std::fs::read_dir(folder.path()).ok())
        .flat_map(|files| files.flatten().map(|file| file.path()))
        .filter(|path| !path.to_string_lossy().ends_with(RECORDS))
        .collect();
    paths.sort();
    paths
}

/// The records of a fixture and the problems of the input as a whole. Office files are converted first.
fn records(path: &Path) -> Value {
    let bytes = std::fs::read(path).unwrap();
    let Some(converted) = convert_office_file(&bytes) else {
        return Value::Array(records_of(&bytes));
    };
    let texts = converted.texts.iter();
    let mut all: Vec<Value> = texts.flat_map(|text| records_of(text.text.as_bytes())).collect();
    let problems = converted.problems.iter();
    all.extend(problems.map(|p| serde_json::json!({ "problem": p.to_string() })));
    Value::Array(all)
}

fn records_of(bytes: &[u8]) -> Vec<Value> {
    let parsed = format::parse(bytes, &Context::default());
    let mut all: Vec<Value> = (0u64..)
        .zip(&parsed.dispatches)
        .map(|(index, dispatch)| {
            let status = record::CurrentStatus::as_sent(dispatch);
            let whole = record::FullDispatchRecord::new(dispatch, &status, String::new(), index);
            let mut value = serde_json::to_value(&whole).unwrap();
            value.as_object_mut().unwrap().remove("path");
            value
        })
        .collect();
    let input = parsed.problems.iter();
    all.extend(input.map(|p| serde_json::json!({ "problem": p.to_string() })));
    all
}

#[test]
fn each_fixture_reads_as_its_records_say() {
    let update = std::env::var("INSTA_UPDATE").is_ok_and(|update| update == "always");
    let mut wrong = Vec::new();
    for path in fixtures() {
        let golden = PathBuf::from(format!("{}{RECORDS}", path.display()));
        let got = records(&path);
        if update {
            let text = serde_json::to_string_pretty(&got).unwrap() + "\n";
            std::fs::write(&golden, text).unwrap();
            continue;
        }
        let wanted = std::fs::read_to_string(&golden).unwrap_or_default();
        let wanted: Value = serde_json::from_str(&wanted).unwrap_or(Value::Null);
        if wanted != got {
            wrong.push(difference(&path, &wanted, &got));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The first key that differs, in words.
fn difference(path: &Path, wanted: &Value, got: &Value) -> String {
    let name = path.strip_prefix(root()).unwrap().display();
    let count = |value: &Value| value.as_array().map_or(0, Vec::len);
    if count(wanted) != count(got) {
        return format!("{name}: {} records, expected {}", count(got), count(wanted));
    }
    for nth in 0..count(got) {
        for (key, value) in got[nth].as_object().unwrap() {
            if wanted[nth][key] != *value {
                return format!(
                    "{name}: record {nth}, {key}: {value}, expected {}",
                    wanted[nth][key]
                );
            }
        }
    }
    format!("{name}: a key is gone")
}

/// The format that an input is recognised as.
fn recognised(bytes: &[u8]) -> &'static str {
    format::detect(bytes).map_or("none", |id| id.row().name)
}

/// The tags of a page in the other case, as browsers and old programs write them.
fn with_tags_in_other_case(bytes: &[u8]) -> Vec<u8> {
    let mut out = bytes.to_vec();
    let mut in_tag = false;
    for b in &mut out {
        if in_tag && b.is_ascii_alphabetic() {
            *b ^= 0x20;
        } else if *b != b'/' {
            in_tag = *b == b'<';
        }
    }
    out
}

/// Formats whose damaged or cut inputs may be taken for others: what accepts nearly everything.
const GENERAL: &[&str] = &["html", "xml", "plain", "mail", "json", "rtf", "docx", "odt", "none"];

/// The bytes that the formats see: those of office files are the texts that they are converted to.
fn texts_of(bytes: Vec<u8>) -> Vec<Vec<u8>> {
    match dateline::ingest::convert_office_file(&bytes) {
        Some(converted) => converted.texts.into_iter().map(|text| text.text.into_bytes()).collect(),
        None => vec![bytes],
    }
}

/// Every fixture is recognised as what its folder says: as it is, with a byte order mark, with other line ends, and, if it
/// is a page, with its tags in the other case. Cut after 512 bytes it is that or something general, never a neighbour.
#[test]
fn each_format_is_told_from_its_neighbours() {
    let mut wrong = Vec::new();
    for path in fixtures() {
        let folder = path.parent().and_then(|folder| folder.file_name()).unwrap();
        let folder = folder.to_string_lossy().into_owned();
        for bytes in texts_of(std::fs::read(&path).unwrap()) {
            let mut check = |what: &str, bytes: &[u8], others: &[&str]| {
                let found = recognised(bytes);
                if found != folder && !others.contains(&found) {
                    wrong.push(format!("{}, {what}: {found}", path.display()));
                }
            };
            check("whole", &bytes, &[]);
            check("cut", &bytes[..bytes.len().min(512)], GENERAL);
            let bare = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
            let Ok(text) = std::str::from_utf8(bare) else {
                continue;
            };
            check("BOM", &[b"\xef\xbb\xbf", bare].concat(), &[]);
            let lines = text.replace("\r\n", "\n");
            let other_ends = if lines == text { lines.replace('\n', "\r\n") } else { lines };
            // The standard of WARC wants CR LF, and lengths in bytes are wrong without.
            let others: &[&str] = if folder == "warc" { &["plain"] } else { &[] };
            check("line ends", other_ends.as_bytes(), others);
            if path.extension().is_some_and(|end| end == "html") {
                check("case of tags", &with_tags_in_other_case(bare), &[]);
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
