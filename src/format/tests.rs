//! What is told from what by its first bytes.

use super::*;

/// The name of the format, or the refusal's first words.
#[track_caller]
fn check(bytes: &[u8], expected: &str) {
    let found = match detect(bytes) {
        Ok(id) => id.row().name.to_owned(),
        Err(problem) => problem.message,
    };
    assert!(
        found.starts_with(expected),
        "{found:?} instead of {expected:?}"
    );
}

#[test]
fn refuses_what_is_no_text() {
    check(b"", "the input is empty");
    check(b" \n\t\n", "the input holds nothing but white space");
    check(b"PK\x03\x04xxxx", "looks like a ZIP archive");
    check(b"%PDF-1.7", "looks like a PDF file");
    check(b"\x7fELF\x02", "looks like an ELF program");
    check(&[0u8; 300], "looks like binary data");
}

#[test]
fn names_what_it_cannot_read_yet() {
    check(
        b"<?xml version=\"1.0\"?>\n<nitf><head/></nitf>",
        "looks like NITF XML, a format not read yet",
    );
    check(b"<rss version=\"2.0\"/>", "looks like RSS");
    check(b"<newsItem guid=\"x\"/>", "looks like NewsML-G2");
    check(
        b"From a@b.example Mon Jan 1\nFrom: a@b.example\nSubject: x\n\ny",
        "looks like an mbox",
    );
    check(
        b"Message-ID: <1@b.example>\nSubject: x\n\ny",
        "looks like a mail",
    );
    check(b"\x16\x16\x01a0123\x1f", "looks like ANPA 1312");
    check(b"\x01abc0123 3 pol 120 x\r\n", "looks like IPTC 7901");
    check(b"ZCZC\nText", "looks like a ZCZC frame");
}

#[test]
fn reads_damaged_text_as_plain() {
    check(b"Ferries\x00sail", "plain");
    check(b"\x1b[31mFerries sail\x07", "plain");
    check(b"F\xe4hren \xff", "plain");
    check(b"Subject: ferries\nDate: 2025-01-01\n\nText.", "plain");
    check(b"<b>Ferries</b> sail", "plain");
    check(b"\xff\xfeF\0e\0", "plain");
}

#[test]
fn the_table_is_in_order() {
    assert_eq!(FormatId::PLAIN.row().name, "plain");
    assert_eq!(FormatId::named("JSON").map(|id| id.row().lines), Some(true));
    assert_eq!(FormatId::named("telex"), None);
}
