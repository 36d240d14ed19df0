//! Compressed files and archives: what is read of them, and what is said of the rest.
#![allow(clippy::unwrap_used)] // What cannot be packed in memory fails the test.

use std::io::{Cursor, Read as _, Write as _};

use zip::write::{SimpleFileOptions, ZipWriter};

use crate::program::{Printed, run, run_with};
use crate::support::Folder;
use crate::{HARBOUR, ORCHARD};

/// A short dispatch, packed by the tools of xz and zstd.
const XZ: &[u8] = b"\xfd\x37\x7a\x58\x5a\x00\x00\x04\xe6\xd6\xb4\x46\x02\x00\x21\x01\x16\x00\x00\x00\x74\x2f\xe5\xa3\xe0\x00\x58\x00\x55\x5d\x00\x24\x19\x48\x26\x5f\x95\x28\x63\xf1\xf8\xb4\xef\x06\xd4\x20\xf6\x7e\x5a\x0d\xd9\x4c\x24\x1e\x33\xcb\xe4\xba\xb6\x27\x28\x79\x55\xc1\xe1\xb3\xca\x43\x86\xa6\x90\xeb\xc0\xb1\x26\xd8\x76\x6e\xe2\x15\x10\xfd\x41\x45\xed\xd4\x29\x3d\xd9\xa7\x5e\x60\x10\x21\x7d\x32\x04\x4f\x3f\x3e\x47\x06\x88\xec\x3e\x21\x0d\xe9\x3a\xa5\x04\x62\x27\x48\x00\x00\x00\x00\x00\x00\x53\x97\xec\xbd\x66\xe0\x2c\x2d\x00\x01\x71\x59\xcc\x14\x15\x04\x1f\xb6\xf3\x7d\x01\x00\x00\x00\x00\x04\x59\x5a";
const ZSTD: &[u8] = b"\x28\xb5\x2f\xfd\x04\x68\xa5\x02\x00\x22\xc5\x12\x18\x60\xad\x0e\x43\x38\xf5\x74\x9c\x25\xd9\xbc\x15\x29\xac\x72\x07\x8a\xaa\xef\x28\x02\xb8\x70\x4a\x6a\xa0\x91\xe1\x9b\xe1\xd8\xf2\x7d\xad\x07\x4e\x49\x80\x13\x9f\xf8\xb8\xe0\x8c\xd6\x90\xa7\xd4\xc4\x92\x33\xeb\x7d\x4b\xe8\xb6\x39\x8d\x0c\x7f\x2b\xf7\xfd\x13\x35\xf0\x61\xf6\xa2\xed\xac\x0b\x37\x0b\x01\x00\x47\xce\x54\x14\xd3\x14\x40\x4f";

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packed = Vec::new();
    let mut reader = flate2::read::GzEncoder::new(bytes, flate2::Compression::best());
    reader.read_to_end(&mut packed).unwrap();
    packed
}

fn bzip2(bytes: &[u8]) -> Vec<u8> {
    let mut packed = Vec::new();
    let mut reader = bzip2::read::BzEncoder::new(bytes, bzip2::Compression::best());
    reader.read_to_end(&mut packed).unwrap();
    packed
}

fn zip(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        writer
            .start_file(*name, SimpleFileOptions::default())
            .unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn tar(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (name, bytes) in files {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_mtime(1_750_000_000);
        // Names that a careful writer refuses are what a reader must bear.
        header.as_mut_bytes()[..name.len()].copy_from_slice(name.as_bytes());
        header.set_cksum();
        builder.append(&header, *bytes).unwrap();
    }
    builder.into_inner().unwrap()
}

/// Paths of what `list` shows.
fn paths(printed: &Printed) -> Vec<String> {
    let path = |line: &str| {
        let record: serde_json::Value = serde_json::from_str(line).unwrap();
        record["path"].as_str().unwrap().to_owned()
    };
    let mut paths: Vec<String> = printed.out.lines().map(path).collect();
    paths.sort();
    paths
}

/// What `list` shows of one input, and the exit code.
#[track_caller]
fn check(name: &str, bytes: &[u8], expected: &[&str], code: i32) -> String {
    let folder = Folder::new();
    folder.put(name, bytes);
    let printed = run(&folder, &["list", name, "--format", "jsonl"]);
    assert_eq!(
        (paths(&printed).as_slice(), printed.code),
        (
            &expected.iter().map(|&p| p.to_owned()).collect::<Vec<_>>()[..],
            Some(code)
        ),
        "{}",
        printed.err
    );
    // What was listed can be read again, and searched.
    let whole = run(
        &folder,
        &["show", name, "--format", "jsonl", "-f", "body:e"],
    );
    assert_eq!(whole.out.lines().count(), expected.len(), "{}", whole.err);
    printed.err
}

#[test]
fn compressed_files_read_as_what_they_hold() {
    check("a.txt.gz", &gzip(HARBOUR.as_bytes()), &["a.txt.gz"], 0);
    check(
        "wire.jsonl.gz",
        &gzip(ORCHARD.as_bytes()),
        &["wire.jsonl.gz"; 2],
        0,
    );
    check("no-name", &bzip2(ORCHARD.as_bytes()), &["no-name"; 2], 0);
    check("a.xz", XZ, &["a.xz"], 0);
    check("a.zst", ZSTD, &["a.zst"], 0);
    check("two.zst", &[ZSTD, ZSTD].concat(), &["two.zst"], 0);
    let twice = [
        gzip(ORCHARD.as_bytes()),
        gzip(ORCHARD.as_bytes()),
        vec![0; 600],
    ]
    .concat();
    check("members.gz", &twice, &["members.gz"; 4], 0);
    check(
        "twice.gz",
        &gzip(&gzip(HARBOUR.as_bytes())),
        &["twice.gz"],
        0,
    );
    let err = check("thrice.gz", &gzip(&gzip(&gzip(HARBOUR.as_bytes()))), &[], 2);
    assert!(err.contains("packed twice before"), "{err}");
}

#[test]
fn files_of_archives_have_paths_of_their_own() {
    let files: [(&str, &[u8]); 3] = [
        ("b/one.txt", HARBOUR.as_bytes()),
        ("wire.jsonl", ORCHARD.as_bytes()),
        (".hidden", b"x"),
    ];
    check(
        "a.zip",
        &zip(&files),
        &["a.zip!b/one.txt", "a.zip!wire.jsonl", "a.zip!wire.jsonl"],
        0,
    );
    check(
        "a.tar",
        &tar(&files),
        &["a.tar!b/one.txt", "a.tar!wire.jsonl", "a.tar!wire.jsonl"],
        0,
    );
    let tgz = gzip(&tar(&[("one.txt.gz", &gzip(HARBOUR.as_bytes()))]));
    check("a.tar.gz", &tgz, &["a.tar.gz!one.txt.gz"], 0);
    let nested = zip(&[("in.zip", &zip(&[("one.txt", HARBOUR.as_bytes())]))]);
    check("out.zip", &nested, &["out.zip!in.zip!one.txt"], 0);
    let piped = run_with(
        &Folder::new(),
        &["list", "-", "--format", "jsonl"],
        &zip(&files),
    );
    assert_eq!(
        paths(&piped),
        ["-!b/one.txt", "-!wire.jsonl", "-!wire.jsonl"]
    );
}

#[test]
fn names_are_only_shown() {
    let folder = Folder::new();
    folder.put(
        "slip.tar",
        tar(&[
            ("../../slip.txt", HARBOUR.as_bytes()),
            ("/tmp/\u{1b}[31mslip.txt", HARBOUR.as_bytes()),
        ]),
    );
    let printed = run(&folder, &["list", "slip.tar", "--format", "jsonl"]);
    assert_eq!(printed.out.lines().count(), 2);
    assert!(!printed.out.contains('\u{1b}') && !printed.err.contains('\u{1b}'));
    assert!(!folder.wire().join("../../slip.txt").exists());
}

#[test]
fn damage_hides_no_good_file() {
    let picture = b"\x89PNG\r\n\x1a\n and so on".as_slice();
    let files: [(&str, &[u8]); 3] = [
        ("a.txt", HARBOUR.as_bytes()),
        ("b.png", picture),
        ("c.txt", HARBOUR.as_bytes()),
    ];
    let err = check("a.zip", &zip(&files), &["a.zip!a.txt", "a.zip!c.txt"], 2);
    assert!(err.contains("a.zip!b.png: looks like a PNG image"), "{err}");
    let mut torn = zip(&files);
    torn.truncate(torn.len() - 60);
    let err = check("torn.zip", &torn, &["torn.zip!a.txt", "torn.zip!c.txt"], 2);
    assert!(err.contains("without a readable directory"), "{err}");
    let tarred = tar(&files);
    let err = check("torn.tar", &tarred[..700], &["torn.tar!a.txt"], 2);
    assert!(err.contains("torn.tar"), "{err}");
    let packed = gzip(ORCHARD.repeat(500).as_bytes());
    let folder = Folder::new();
    folder.put("torn.gz", &packed[..packed.len() - 20]);
    let printed = run(&folder, &["list", "torn.gz"]);
    assert!(
        printed.out.lines().count() > 900 && printed.code == Some(2),
        "{}",
        printed.err
    );
    assert!(printed.err.contains("breaks off"), "{}", printed.err);
    let err = check("empty.zip", &zip(&[]), &[], 2);
    assert!(err.contains("empty"), "{err}");
}

#[test]
fn what_is_made_to_fill_a_memory_is_not_unpacked() {
    let body = "text ".repeat(100_000);
    let line = format!("{{\"headline\": \"One of many\", \"body\": \"{body}\"}}\n");
    let folder = Folder::new();
    // Gzip data may be of many members, one after the other.
    folder.put("bomb.gz", gzip(line.as_bytes()).repeat(75));
    let printed = run(&folder, &["list", "bomb.gz"]);
    assert_eq!(printed.code, Some(2));
    let said = "more than 200 times its size";
    assert!(printed.err.contains(said), "{}", printed.err);
    assert!((20..75).contains(&printed.out.lines().count()));
}
