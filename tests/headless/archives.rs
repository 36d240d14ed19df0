//! Compressed files and archives: what is read of them, and what is said of the rest.
#![allow(clippy::unwrap_used)] // What cannot be packed in memory fails the test.

use crate::packed::{XZ, ZSTD, bzip2, gzip, tar, zip};
use crate::program::{Printed, run, run_with};
use crate::support::Folder;
use crate::{HARBOUR, ORCHARD};

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
        (&expected.iter().map(|&p| p.to_owned()).collect::<Vec<_>>()[..], Some(code)),
        "{}",
        printed.err
    );
    // What was listed can be read again, and searched.
    let whole = run(&folder, &["show", name, "--format", "jsonl", "-f", "body:e"]);
    assert_eq!(whole.out.lines().count(), expected.len(), "{}", whole.err);
    printed.err
}

#[test]
fn compressed_files_read_as_what_they_hold() {
    check("a.txt.gz", &gzip(HARBOUR.as_bytes()), &["a.txt.gz"], 0);
    check("wire.jsonl.gz", &gzip(ORCHARD.as_bytes()), &["wire.jsonl.gz"; 2], 0);
    check("no-name", &bzip2(ORCHARD.as_bytes()), &["no-name"; 2], 0);
    check("a.xz", XZ, &["a.xz"], 0);
    check("a.zst", ZSTD, &["a.zst"], 0);
    check("two.zst", &[ZSTD, ZSTD].concat(), &["two.zst"], 0);
    let twice = [gzip(ORCHARD.as_bytes()), gzip(ORCHARD.as_bytes()), vec![0; 600]].concat();
    check("members.gz", &twice, &["members.gz"; 4], 0);
    check("twice.gz", &gzip(&gzip(HARBOUR.as_bytes())), &["twice.gz"], 0);
    let err = check("thrice.gz", &gzip(&gzip(&gzip(HARBOUR.as_bytes()))), &[], 2);
    assert!(err.contains("nested too deeply"), "{err}");
}

#[test]
fn files_of_archives_have_paths_of_their_own() {
    let files: [(&str, &[u8]); 3] =
        [("b/one.txt", HARBOUR.as_bytes()), ("wire.jsonl", ORCHARD.as_bytes()), (".hidden", b"x")];
    check("a.zip", &zip(&files), &["a.zip!b/one.txt", "a.zip!wire.jsonl", "a.zip!wire.jsonl"], 0);
    check("a.tar", &tar(&files), &["a.tar!b/one.txt", "a.tar!wire.jsonl", "a.tar!wire.jsonl"], 0);
    let tgz = gzip(&tar(&[("one.txt.gz", &gzip(HARBOUR.as_bytes()))]));
    check("a.tar.gz", &tgz, &["a.tar.gz!one.txt.gz"], 0);
    let nested = zip(&[("in.zip", &zip(&[("one.txt", HARBOUR.as_bytes())]))]);
    check("out.zip", &nested, &["out.zip!in.zip!one.txt"], 0);
    let piped = run_with(&Folder::new(), &["list", "-", "--format", "jsonl"], &zip(&files));
    assert_eq!(paths(&piped), ["-!b/one.txt", "-!wire.jsonl", "-!wire.jsonl"]);
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
    let files: [(&str, &[u8]); 3] =
        [("a.txt", HARBOUR.as_bytes()), ("b.png", picture), ("c.txt", HARBOUR.as_bytes())];
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
    assert!(printed.out.lines().count() > 900 && printed.code == Some(2), "{}", printed.err);
    assert!(printed.err.contains("cut off"), "{}", printed.err);
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

/// A DOCX file of some paragraphs.
fn docx(paragraphs: &[&str]) -> Vec<u8> {
    let text = paragraphs.join("</w:t></w:r></w:p><w:p><w:r><w:t>");
    let text = format!("<w:p><w:r><w:t>{text}</w:t></w:r></w:p>");
    let document = format!("<w:document xmlns:w=\"w\"><w:body>{text}</w:body></w:document>");
    zip(&[
        ("[Content_Types].xml", b"<Types/>"),
        ("word/document.xml", document.as_bytes()),
        ("word/media/a.txt", HARBOUR.as_bytes()),
    ])
}

#[test]
fn office_files_are_read_as_one_text_wherever_they_lie() {
    let pier =
        docx(&["Lamp of the pier relit", "BRANDT, March 4 (NWR) - The lamp of the pier was lit."]);
    let rtf = b"{\\rtf1\\ansi Lamp relit\\par BRANDT, March 4 (NWR) - The lamp of the pier was lit.\\par}\n";
    check("a.docx", &pier, &["a.docx"], 0);
    check("no-name", rtf, &["no-name"], 0);
    check("a.docx.gz", &gzip(&pier), &["a.docx.gz"], 0);
    let files: [(&str, &[u8]); 3] = [("b/a.docx", &pier), ("c.rtf", rtf), ("d.rtf.gz", &gzip(rtf))];
    check("a.zip", &zip(&files), &["a.zip!b/a.docx", "a.zip!c.rtf", "a.zip!d.rtf.gz"], 0);
    check("a.tar.gz", &gzip(&tar(&files[..2])), &["a.tar.gz!b/a.docx", "a.tar.gz!c.rtf"], 0);
    for bytes in [&pier[..], rtf] {
        let piped = run_with(&Folder::new(), &["list", "-", "--format", "jsonl"], bytes);
        assert_eq!((paths(&piped), piped.code), (vec!["-".to_owned()], Some(0)), "{}", piped.err);
    }
}

#[test]
fn office_files_made_to_fill_a_memory_end_with_a_sentence() {
    let check = |name: &str, bytes: &[u8], said: &str| {
        let folder = Folder::new();
        folder.put(name, bytes);
        let printed = run(&folder, &["check", name]);
        assert!(printed.out.contains(said), "{name}: {}", printed.out);
    };
    let parts = |part: &str, content: &str| {
        let main: [(&str, &[u8]); 4] = [
            ("[Content_Types].xml", b"<Types/>"),
            ("mimetype", b"application/vnd.oasis.opendocument.text"),
            ("xl/worksheets/sheet2.xml", b""),
            (part, content.as_bytes()),
        ];
        zip(&main)
    };
    let said = "more than 200 times its size";
    let spaces = " ".repeat(33 << 20);
    for (name, part) in [("bomb.docx", "word/document.xml"), ("bomb.odt", "content.xml")] {
        check(name, &parts(part, &spaces), said);
    }
    let nested = "{".repeat(500_000);
    check("deep.rtf", format!("{{\\rtf1\\ansi {nested} a").as_bytes(), "cut off");
    check("binary.rtf", b"{\\rtf1\\ansi {\\pict\\bin4000000000 abc} a\\par}", "cut off");
}

#[test]
fn damaged_office_files_are_shown_as_far_as_they_go() {
    let pier =
        docx(&["Lamp of the pier relit", "BRANDT, March 4 (NWR) - The lamp of the pier was lit."]);
    let err = check("cut.docx", &pier[..pier.len() - 80], &["cut.docx"], 2);
    assert!(err.contains("cut off"), "{err}");
    let err = check("cut.rtf", b"{\\rtf1 Lamp of the pier relit\\par", &["cut.rtf"], 2);
    assert!(err.contains("cut off"), "{err}");
    let err = check(
        "slides.pptx",
        &zip(&[("[Content_Types].xml", b"<Types/>"), ("ppt/presentation.xml", b"<p/>")]),
        &[],
        2,
    );
    assert!(err.contains("a presentation (PPTX)"), "{err}");
    let err = check("empty.docx", &docx(&[]), &[], 2);
    assert!(err.contains("holds no dispatch"), "{err}");
}
