//! Bodies known in short: as the whole of them reads.

use proptest::prelude::*;

use super::*;

const LEAD: &str = "OSLO, Jan 5 (QNA) - The ferry that was to sail on Monday stayed in port for \\\"want of a crew\\\", its owner said on the quay.";

/// A body of this middle, which is digested or not.
#[track_caller]
fn check(middle: &str, digested: bool) {
    let paragraph = "\\n\\nNobody had told the crew, who \\\"waited\\\" at home.";
    let raw = [LEAD, &paragraph.repeat(15), middle, &paragraph.repeat(15)].concat();
    let raw = [
        &raw,
        "\\n\\n(Reporting by A)\\n\\nCopyright 2020 QNA\\n-30-",
    ]
    .concat();
    let found = digest_body(&raw);
    assert_eq!(found.is_some(), digested, "{middle}");
    check_all(&raw);
}

/// Whatever is known in short of a body is so of the whole of it.
#[track_caller]
fn check_all(raw: &str) {
    let whole = unescape(raw);
    let (core, trailer) = trailer::split_trailer(&whole);
    let first = find_escaped_newline(raw.as_bytes(), 0).filter(|_| raw.len() >= MIN_BODY_BYTES);
    let ways = [
        digest_body(raw),
        first.and_then(|first| last_paragraph(raw, first)),
        first.and_then(|first| whole_end(raw, first)),
    ];
    for found in ways.into_iter().flatten() {
        assert_eq!(found.words, text::count_words(core), "{raw}");
        assert_eq!(found.trailer, trailer, "{raw}");
        assert_eq!(
            blocks::first_paragraph(&found.core),
            blocks::first_paragraph(core),
            "{raw}"
        );
        assert!(!blocks::has_table(core), "{raw}");
        assert!(core.starts_with(&*unescape(found.verbatim)), "{raw}");
    }
}

#[test]
fn holds_what_a_head_needs() {
    for middle in [
        "",
        "\\n",
        " \\n \\n",
        "\\nä “b” \\n\\n\\nc",
        "n\\nn n\\n",
        "\\\"\\n\\\"",
        "\\/n \\/\\n\\/ a\\/b",
        "\\u201cOh\\u201d \\u2014 n\\u00e9n \\n\\u00e9\\nn",
        " \\ud83d\\ude00 \\ud83d\\ude00n\\n\\ud83d\\ude00",
    ] {
        check(middle, true);
    }
}

#[test]
fn leaves_what_may_read_otherwise() {
    for middle in [
        "\\t",
        "\\u000a",
        "\\\\n",
        "a  b",
        "\\r\\n",
        "\u{85}",
        "\n",
        "\\u00a0",
        "\\u2028",
        "\\u3000",
        "\\u0085",
        "\\ud83d",
        "\\ud83d\\n",
        "\\u00",
        "\\u00e\\n",
        "\\u005cn",
        "\\b",
    ] {
        check(middle, false);
    }
    assert!(digest_body("").is_none());
    assert!(digest_body(&LEAD.repeat(20)).is_none());
}

#[test]
fn the_last_paragraph_is_enough_where_nothing_ends_the_text() {
    let filling = "\\n\\nNobody had told the crew, who \\\"waited\\\" at home.".repeat(30);
    for (end, enough) in [
        ("", true),
        ("\\n\\nShe left.", true),
        ("\\n\\nShe left,\\nlate.\\n", true),
        ("\\n\\nShe left \\u2014 late.", true),
        ("\\n\\n(Reporting by A. Lind; Editing by B)", true),
        ("\\n\\n-30-", false),
        ("\\n\\n-30-\\n\\n", false),
        ("\\n\\n-30-\\n\\n \\n \\n \\n \\n \\n \\n \\n \\n", false),
        ("\\n-30-", false),
        ("\\n\\n(more)", false),
        ("\\n\\nCopyright 2020 QNA", false),
        ("\\n\\nCopyright 2020 QNA\\nand others", false),
        ("\\n\\nCopyright 2020 QNA\\n\\nAll rights reserved", false),
        ("\\n\\nA  table", false),
        ("\\n\\nA\\ttable", false),
        ("\\\\n\\n\\nShe left.", false),
    ] {
        let raw = [LEAD, &filling, end].concat();
        let first = find_escaped_newline(raw.as_bytes(), 0).unwrap();
        assert_eq!(last_paragraph(&raw, first).is_some(), enough, "{end}");
        check_all(&raw);
    }
}

/// What a body may be made of, escapes as they stand in JSON.
fn piece() -> impl Strategy<Value = String> {
    let usual = r#"\n\n|\n| |\"|\/|\u2014|\u00e9| rain|oil|n|u| é|— |She left.\n\n"#;
    let ends = r"\n\n-30-|\n(more)|\n\nCopyright 2026 QNA|\nAll rights reserved|\n\n(c) 2026 Q|\nENDS| \n|\n\n###";
    let other = r"\|\\|\\n|\t|\r\n|  |\u00a0|\u0085|\ud83d|\x|\u00|=";
    let among = |all: &'static str| proptest::sample::select(all.split('|').collect::<Vec<_>>());
    prop_oneof![30 => among(usual), 6 => among(ends), 1 => among(other)].prop_map(str::to_owned)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_known_in_short_is_so_of_the_whole(
        before in proptest::collection::vec(piece(), 0..40),
        after in proptest::collection::vec(piece(), 0..60),
    ) {
        let filling = "\\n\\nNobody had told the crew, who \\\"waited\\\" at home.".repeat(15);
        check_all(&[LEAD, &filling, &before.concat(), &filling, &after.concat()].concat());
        check_all(&[LEAD, &filling, &filling, &before.concat()].concat());
        check_all(&[before.concat(), filling, after.concat()].concat());
    }

    #[test]
    fn so_it_is_of_any_string(raw in "(\\PC|\\\\n|\\\\){0,80}", times in 1..60_usize) {
        check_all(&raw.repeat(times));
    }
}
