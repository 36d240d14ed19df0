//! Property tests: the two sizes in which an input is read agree, whatever the bytes are.

#[path = "support/equality.rs"]
mod equality;

use dateline::format::{self, Context, FormatId, RecordBoundary};
use equality::check;
use proptest::prelude::*;

/// Lines that dispatches are made of, and lines that do not belong there.
fn line() -> impl Strategy<Value = String> {
    let fixed = [
        "",
        "",
        "",
        "Ferry strike ends after nine days",
        "UPDATE 2-Ferry strike ends",
        "Slug: FERRY-STRIKE/",
        "FERRY-STRIKE/PORTS",
        "By Anna Lind",
        "Date: 2025-03-04T10:00:00Z",
        "Date: soon",
        "Urgency: 17",
        "urgency: 2",
        "Headline: Ferries sail",
        "Subject: ports; ships",
        "  continued",
        "Unknown-Name: value",
        "Embargo: 2026-01-01T00:01:00+01:00",
        "OSLO, Norway, Mar 3 (QNA) - Ferries sailed again on Tuesday after nine days at their moorings, the union said.",
        "Bergen (dpa) - Die Fähren fahren wieder.",
        "ÅLESUND — “We sail,” she said.",
        "The ferries sailed again on Tuesday after",
        "nine days at their moorings, the union said.",
        "    Nobody counted the passengers.",
        "North    12   3",
        "South     4  11",
        "East      1   0",
        "a\tb",
        "c\td",
        "URGENT",
        "(CORRECTED)",
        "Eds: adds quote",
        "(Reporting by A. Lind; Editing by O. Brun)",
        "-30-",
        "(more)",
        "ENDS",
        "© 2025 Quay News",
        "Copyright 2025 QN. All rights",
        "reserved.",
        "\u{a0}",
        "\u{3000}全角",
        "雨が降った。",
        "نزل المطر",
        "\u{85}",
        "\u{2028}",
        "\r",
        "\u{b}",
        "\u{1b}[31mred\u{7}",
        "\u{fffd}",
        "e\u{301}",
    ];
    prop_oneof![
        8 => proptest::sample::select(fixed.to_vec()).prop_map(str::to_owned),
        1 => "\\PC{0,60}",
        1 => "[a-z ,.]{0,200}",
    ]
}

fn text() -> impl Strategy<Value = String> {
    let end = proptest::sample::select(vec!["\n", "\r\n", "\r", "\n\n"]);
    (proptest::collection::vec(line(), 0..14), end).prop_map(|(lines, end)| lines.join(end))
}

fn member() -> impl Strategy<Value = String> {
    let name = proptest::sample::select(vec![
        "headline",
        "Title",
        "body",
        "text",
        "body_html",
        "slug",
        "date",
        "pubDate",
        "urgency",
        "priority",
        "byline",
        "source",
        "lang",
        "keywords",
        "subjects",
        "id",
        "version",
        "label",
        "status",
        "embargoed",
        "ednote",
        "role",
        "replaces",
        "rights",
        "words",
        "url",
        "summary",
        "dateline",
        "place",
        "country",
        "articles",
        "x",
        "na\\u006de",
    ]);
    let string = text().prop_map(|text| serde_json::Value::String(text).to_string());
    let value = prop_oneof![
        6 => string,
        1 => proptest::sample::select(vec![
            "null", "true", "false", "1", "3", "1735689600", "1735689600000", "1e400", "-0", "NaN", "[]", "{}", "[1,\"a\"]",
            "[\"p one\",\"p two\"]", "{\"name\": \"Quay News\"}", "[{\"name\":\"ports\"},{\"qcode\":\"x:1\"}]",
            "[{\"headline\":\"Inner\"}]", "\"\\ud83d\\ude00 \\ud800 \\x \\u12\"", "\"a\\\"b\\/c\\\\d\"", "[[[[", "\"open",
        ]).prop_map(str::to_owned),
    ];
    (name, value).prop_map(|(name, value)| format!("\"{name}\": {value}"))
}

/// A long body with the escapes that some writers of JSON make, so that its middle may be passed over.
fn long() -> impl Strategy<Value = String> {
    let among = |all: &'static str| proptest::sample::select(all.split('|').collect::<Vec<_>>());
    let usual = among(r#"\/|\u00e9|\u2019s|\ud83d\ude00|\"|\n|\n\n| n| rain|u| é"#);
    // What makes all of it be read.
    let other = among(r"\r\n|\ud83d|\u00a0|\u2028|\\|\t|  |\u0020|\u30|\x|n");
    let pieces = proptest::collection::vec(prop_oneof![60 => usual, 1 => other], 0..120);
    let end = among(r"|\n\n(more)|\n-30-|\n\n\u00a9 2026 Q\/N|\n\n(Reporting by \u00c5. Lind)");
    (pieces, end).prop_map(|(pieces, end)| {
        let lead = "OSLO, Mar 3 (QNA) \\u2014 Ferries sailed again on Tuesday after nine days at their moorings in the harbour, the union said.";
        let paragraph = "\\n\\n\\u201cNobody,\\u201d she said, \\u201ccounted the passengers and\\/or the crew.\\u201d".repeat(9);
        format!("{{\"body\": \"{lead}{paragraph}{}{paragraph}{end}\"}}", pieces.concat())
    })
}

fn object() -> impl Strategy<Value = String> {
    proptest::collection::vec(member(), 0..7)
        .prop_map(|members| format!("{{{}}}", members.join(", ")))
}

fn json() -> impl Strategy<Value = String> {
    let between = proptest::sample::select(vec!["\n", "\r\n", "\n\n", ",", " ", "\nnot json\n"]);
    let around =
        proptest::sample::select(vec![("", ""), ("[", "]"), ("{\"articles\": [", "]}"), ("[", "")]);
    (proptest::collection::vec(object(), 0..5), between, around).prop_map(
        |(objects, between, (open, close))| format!("{open}{}{close}", objects.join(between)),
    )
}

/// The bytes in some encoding, with some of them changed, or cut.
fn mutated(text: impl Strategy<Value = String>) -> impl Strategy<Value = Vec<u8>> {
    let change = (any::<prop::sample::Index>(), any::<u8>(), 0..4u8);
    (text, proptest::collection::vec(change, 0..4), 0..6u8).prop_map(|(text, changes, encoding)| {
        let mut bytes = match encoding {
            0 => text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
            1 => encoding_rs::WINDOWS_1252.encode(&text).0.into_owned(),
            _ => text.into_bytes(),
        };
        for (at, byte, kind) in changes {
            if bytes.is_empty() {
                break;
            }
            let at = at.index(bytes.len());
            match kind {
                0 => bytes[at] = byte,
                1 => bytes.insert(at, byte),
                2 => bytes.truncate(at),
                _ => {
                    bytes.remove(at);
                }
            }
        }
        bytes
    })
}

/// The bytes of every wire fixture.
fn fixtures() -> Vec<Vec<u8>> {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let folders = std::fs::read_dir(root).into_iter().flatten().flatten();
    let files = folders.filter_map(|folder| std::fs::read_dir(folder.path()).ok());
    let paths = files.flatten().flatten().map(|file| file.path());
    let wires = paths.filter(|path| !path.to_string_lossy().ends_with(".records.json"));
    let mut all: Vec<_> = wires.collect();
    all.sort();
    all.iter().filter_map(|path| std::fs::read(path).ok()).collect()
}

/// Pieces of markup, whole and broken.
const MARKUP: [&str; 16] = [
    "<",
    "</",
    "/>",
    "<!--",
    "<![CDATA[",
    "]]>",
    "<item>",
    "</item>",
    "<p>",
    "</channel>",
    "<NewsItem>",
    "<newsItem guid='x'>",
    "<table><tr><td>",
    "<!DOCTYPE x [<!ENTITY y \"z\">]>",
    "&y;",
    "&#x85;",
];

/// Fixtures with bytes changed, put in, taken out or repeated, cut, and spliced with each other.
fn damaged_fixtures() -> impl Strategy<Value = Vec<u8>> {
    // What frames and lines of wires are made of.
    let odd = proptest::sample::select(vec![
        0x01, 0x02, 0x03, 0x04, 0x05, 0x08, 0x0c, 0x10, 0x16, 0x18, 0x1f, 0x7f, 0xff, b'\n', b'\r',
        b' ', b'\t', b'<', b'=', b'^', b'/', b'(', b')', b'-', b',', b'1', b'Z', b'N', b';', b'|',
    ]);
    let byte = prop_oneof![3 => odd, 1 => any::<u8>()];
    let change = (any::<prop::sample::Index>(), any::<prop::sample::Index>(), byte, 0..7u8);
    let some = proptest::sample::select(fixtures());
    let parts = proptest::collection::vec(some, 1..3);
    (parts, proptest::collection::vec(change, 0..6)).prop_map(|(parts, changes)| {
        let mut bytes = parts.concat();
        for (at, to, byte, kind) in changes {
            if bytes.is_empty() {
                break;
            }
            let (at, to) = (at.index(bytes.len()), to.index(bytes.len()));
            let (from, until) = (at.min(to), at.max(to));
            match kind {
                0 => bytes[at] = byte,
                1 => bytes.insert(at, byte),
                2 => bytes.truncate(until),
                3 => drop(bytes.drain(from..until.min(from + 40))),
                4 => {
                    let piece = bytes[from..until.min(from + 300)].to_vec();
                    bytes.splice(to..to, piece);
                }
                5 => bytes = bytes.split_off(from / 2),
                // What markup is made of.
                _ => drop(bytes.splice(at..at, MARKUP[to % MARKUP.len()].bytes())),
            }
        }
        bytes
    })
}

/// Cases of each test: as many as `PROPTEST_CASES` asks for.
fn cases() -> u32 {
    let asked = std::env::var("PROPTEST_CASES").ok();
    asked.and_then(|cases| cases.parse().ok()).unwrap_or(200)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn of_any_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        check(&bytes)?;
    }

    #[test]
    fn of_any_text(text in "\\PC{0,300}") {
        check(text.as_bytes())?;
    }

    #[test]
    fn of_dispatches(text in text()) {
        check(text.as_bytes())?;
    }

    #[test]
    fn of_damaged_dispatches(bytes in mutated(text())) {
        check(&bytes)?;
    }

    #[test]
    fn of_json(text in json()) {
        check(text.as_bytes())?;
    }

    #[test]
    fn of_damaged_fixtures(bytes in damaged_fixtures()) {
        check(&bytes)?;
    }

    #[test]
    fn of_long_json(text in long()) {
        check(text.as_bytes())?;
    }

    #[test]
    fn of_damaged_long_json(bytes in mutated(long())) {
        check(&bytes)?;
    }

    #[test]
    fn of_damaged_json(bytes in mutated(json())) {
        check(&bytes)?;
    }

    /// JSON Lines cut at a newline give the same heads as the whole.
    #[test]
    fn of_parts(objects in proptest::collection::vec(object(), 1..6), at in any::<prop::sample::Index>()) {
        let whole = objects.join("\n");
        let (id, ctx) = (FormatId::all().find(|id| id.row().boundary == RecordBoundary::Newline), Context::default());
        let Some(id) = id else { return Ok(()) };
        let heads = |bytes: &[u8], ctx: &Context| {
            let mut heads = Vec::new();
            format::scan(id, bytes, ctx, &mut |found| heads.push((found.byte_range, found.number, found.index, found.head.item_key)));
            heads
        };
        let cut = objects[..at.index(objects.len())].iter().map(|object| object.len() + 1).sum::<usize>();
        let mut parts = heads(&whole.as_bytes()[..cut], &ctx);
        let first_index = u32::try_from(parts.len()).unwrap_or(0);
        let second = Context { first_index, first_byte: cut as u64, ..ctx.clone() };
        parts.extend(heads(&whole.as_bytes()[cut..], &second));
        prop_assert_eq!(parts, heads(whole.as_bytes(), &ctx));
    }
}
