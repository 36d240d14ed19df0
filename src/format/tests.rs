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
fn knows_framed_wires() {
    check(b"\x16\x16\x01a0123\x1f", "anpa1312");
    check(b"u i BC-FERRY-STRIKE  03-04 0120\nText", "anpa1312");
    check(b"\x01abc0123 3 pol 120 x\r\n", "iptc7901");
    check(b"abc0123 3 pol 120 xyz 061\n\nFerries/\n", "iptc7901");
    let bells = [b"\x16\x16\x01a0123\x1f\n\x02".as_slice(), &[7; 400]].concat();
    check(&bells, "anpa1312");
    check(b"ZCZC\nText", "zczc");
    check(b"ZCZCs are telex frames", "plain");
}

#[test]
fn tells_mails_from_texts() {
    check(
        b"From a@b.example Mon Jan 1\nFrom: a@b.example\nSubject: x\n\ny",
        "mail",
    );
    check(b"Message-ID: <1@b.example>\nSubject: x\n\ny", "mail");
    check(b"From the quay: a note\n\ny", "plain");
}

#[test]
fn tells_xml_by_its_first_element() {
    check(b"<?xml version=\"1.0\"?>\n<nitf><head/></nitf>", "nitf");
    check(
        b"<!-- a --><!DOCTYPE nitf [<!ENTITY a \"<b>\">]>\n<n:nitf>",
        "nitf",
    );
    check(b"<rss version=\"2.0\"/>", "rss");
    check(b"<x:RDF xmlns:x='y'><x:item/></x:RDF>", "rss");
    check(b"<?xml version='1.0'?><RDF><Ontology/></RDF>", "xml");
    check(b"<newsItem guid=\"x\"/>", "newsml-g2");
    check(b"<NewsML>", "newsml1");
    check(b"<feed xmlns='http://www.w3.org/2005/Atom'/>", "atom");
    check(b"<RBNews/>", "ritzau");
    check(b"\xef\xbb\xbf <!DOCTYPE html><p>x", "html");
    check(b"<HTML><p>x", "html");
    check(b"<?xml version='1.0'?><svg/>", "xml");
    let wide: Vec<u8> = "\u{feff}<?xml version=\"1.0\" encoding=\"utf-16\"?><rss><channel/></rss>"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    check(&wide, "rss");
}

#[test]
fn tells_ninjs_from_other_json() {
    check(b"{\"uri\": \"x\", \"versioncreated\": \"y\"}", "ninjs");
    check(b"[{\"guid\": \"x\", \"body_html\": \"y\"", "ninjs");
    check(b"{\"data\": {\"items\": [{\"meta\": {\"a\": 1}, \"item\": {\"uri\": \"x\", \"headlines\": []}}]}}", "ninjs");
    check(b"{\"uri\": \"x\", \"headline\": \"y\"}", "json");
    check(b"{\"id\": \"x\", \"body_text\": \"y\"}\n{}", "json");
    check(
        b"{\"version\": \"https://jsonfeed.org/version/1\", \"items\": []}",
        "jsonfeed",
    );
    check(b"{\"text\": \"https://jsonfeed.org/version/1\"}", "json");
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

/// As many bytes of chance.
fn noise(seed: u64, length: usize) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_be_bytes()[0]
    };
    (0..length).map(|_| next()).collect()
}

#[test]
fn refuses_noise() {
    for seed in 1..1500 {
        for length in [400, 1000, 3000] {
            let refused = detect(&noise(seed, length)).is_err();
            assert!(refused, "{length} bytes of {seed}");
        }
    }
}

#[test]
fn reads_old_encodings_as_plain() {
    let copy = "“It’s a ‘wet’ day”, she said… – “Fähren, naïveté” — ";
    let check_in = |encoding: &'static encoding_rs::Encoding, copy: &str| {
        check(&encoding.encode(&copy.repeat(40)).0, "plain");
    };
    check_in(encoding_rs::WINDOWS_1252, copy);
    check_in(encoding_rs::SHIFT_JIS, "雨が降った。カナダへ。");
    check_in(encoding_rs::IBM866, "ДОЖДЬ ИДЁТ ВСЮДУ. ");
    check_in(encoding_rs::WINDOWS_1251, "Дождь идёт – «всюду». ");
    check_in(encoding_rs::GBK, "下雨了。");
    let latin: Vec<u8> = b"F\xe4hren\x85 \x91so\x92 \x93und\x94 \x96 \x97\n".repeat(60);
    check(&latin, "plain");
    let damaged = [&latin[..], b"\0\x01\x02\x07"].concat();
    check(&damaged, "plain");
    for bytes in [u16::to_le_bytes, u16::to_be_bytes] {
        let wide: Vec<u8> = copy.repeat(40).encode_utf16().flat_map(bytes).collect();
        check(&wide, "plain");
    }
}

#[test]
fn the_table_is_in_order() {
    assert_eq!(FormatId::PLAIN.row().name, "plain");
    assert_eq!(
        FormatId::from_name("JSON").map(|id| id.row().boundary),
        Some(RecordBoundary::Newline)
    );
    assert_eq!(FormatId::from_name("telex"), None);
}
