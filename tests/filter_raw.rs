//! Judged by raw bytes, or left open: never otherwise than read whole.

#![allow(clippy::unwrap_used)] // A wire that cannot be read fails the test.

use std::sync::Arc;

use dateline::filter::{NoMarks, Query, QueryContext, RawText};
use dateline::format::{self, Context, FormatId};
use dateline::index::{Input, InputLocation, SegmentBuilder};

/// What a query makes of a text without reading it, `x` where it must be read, and of the same read.
#[track_caller]
fn check(query: &str, text: &[u8], judged: &str) {
    let query = Query::parse(query);
    let mut builder = SegmentBuilder::default();
    let format = format::detect(text).unwrap_or(FormatId::PLAIN);
    let length = text.len() as u64;
    let place = InputLocation::File("a".into());
    builder.begin_input(&Arc::new(Input::new(place, format, length, None)), 0);
    let context = Context::default();
    format::scan(format, text, &context, &mut |found| builder.push(&found));
    let segment = builder.finish();
    let view = QueryContext { now: 0, clock: None, marks: &NoMarks };
    let mut found = String::new();
    for entry in segment.entries() {
        let at = |byte: u64| usize::try_from(byte).unwrap();
        let range = at(entry.bytes().start)..at(entry.bytes().end);
        let raw =
            RawText { entry, bytes: &text[range.clone()], plain: format.row().is_raw_searchable };
        let verdict = query.raw().evaluate(&raw, &view);
        let nth = entry.locator().map_or(0, |origin| origin.number_in_range);
        let whole = format::read_item(format, &text[range], nth, &context).unwrap();
        let truth = query.matches_dispatch(entry, &whole, &view);
        assert!(verdict.is_none_or(|verdict| verdict == truth), "{query:?}: {verdict:?}");
        found.push(match verdict {
            Some(true) => '+',
            Some(false) => '-',
            None => 'x',
        });
    }
    assert_eq!(found, judged, "{query:?}");
}

const TEXT: &[u8] = b"Ferries sail again\n\nOSLO, Mar 3 (QNA) - The ferries sailed on Tuesday after nine days at their moorings.\n\nThe oil was gone.\n\nCopyright 2025 QNA";

#[test]
fn words_are_judged_where_they_stand() {
    check("body:oil", TEXT, "+");
    check("body:OIL", TEXT, "x");
    check("body:kelp", TEXT, "-");
    check("!body:kelp", TEXT, "+");
    check("!body:oil", TEXT, "-");
    check("body:kelp body:oil", TEXT, "-");
    check("body:kelp | body:oil", TEXT, "+");
    check("\"oil was\"", TEXT, "x");
    check("\"oil lamp post\"", TEXT, "-");
    check("said:oil", TEXT, "x");
    check("said:kelp", TEXT, "-");
    // In the copyright line, which is none of the text; in the headline, which may not be.
    check("body:2025", TEXT, "x");
    check("body:again", TEXT, "x");
    check("body:~oil", TEXT, "x");
}

#[test]
fn escapes_of_json_are_no_letters() {
    let line = |middle: &str| {
        let filling = "\\n\\nNobody had told the crew of it at the time.".repeat(30);
        format!(
            "{{\"headline\":\"A\",\"body\":\"OSLO (QNA) - The ferries sailed on Monday after nine days at their moorings, which nobody had counted.{filling}{middle}{filling}\"}}\n"
        )
    };
    check("body:north", line("\\north").as_bytes(), "x");
    check("body:north", line("\\nnorth").as_bytes(), "+");
    check("body:lod", line("\\u0141\\u00f3d").as_bytes(), "x");
    check("body:2014", line("a \\u2014 b").as_bytes(), "x");
    check("body:kelp", line("a \\u2014 b").as_bytes(), "-");
    check("body:nobody", line("").as_bytes(), "+");
    // U+2082 is folded to a digit; U+200B vanishes within a word.
    check("body:co2", line("CO\\u2082").as_bytes(), "x");
    check("body:9", line("10\\u2079").as_bytes(), "x");
    check("body:kelp", line("ke\\u200blp").as_bytes(), "x");
    check("body:kelp", line("“\\u2026” \\u20AC5 \\u00A0").as_bytes(), "-");
}

#[test]
fn hidden_letters_are_seen_through() {
    let text = |word: &[u8]| [&TEXT[..TEXT.len() - 20], b" ", word, b" today.\n"].concat();
    for (word, judged) in [
        ("Łódź".as_bytes(), "x"),
        (b"L&oacute;dz", "x"),
        (b"\xa3\xf3d\xbc", "x"),
        (b"L<b>od</b>z", "x"),
        ("“Paris” — 5 €".as_bytes(), "-"),
        ("Málaga".as_bytes(), "-"),
        (b"a=b & c", "-"),
    ] {
        check("body:lodz", &text(word), judged);
    }
}

#[test]
fn single_letters_are_judged_raw() {
    check("body:o", TEXT, "+");
    check("body:Q", TEXT, "x");
    check("body:z", TEXT, "-");
    check("!body:z", TEXT, "+");
    check("body:5", TEXT, "x");
    check("body:7", TEXT, "-");
    // A run of one letter within a phrase.
    check("\"q x\"", TEXT, "-");
    check("body:é", TEXT, "+");
    check("body:т", TEXT, "x");
    check("said:z", TEXT, "-");
    let line =
        |text: &str| format!("{{\"headline\":\"Kelp\",\"zip\":\"q\",\"body\":\"{text}\"}}\n");
    // The letters of an escape are none of the text.
    let long = |end: &str| {
        let lead = "OSLO (QA) - The ferries sailed early today after six days at their piers, which pleased the wide public that had walked.";
        let filling = "\\n\\nAll was quiet at the pier that day.".repeat(40);
        line(&format!("{lead}{filling}{end}{filling}"))
    };
    check("body:n", long("").as_bytes(), "x");
    check("body:n", long(" \\nnow").as_bytes(), "+");
    // What stands before the text does not hold it up.
    check("body:k", line("Oil rose on Monday, all said.").as_bytes(), "-");
    check("body:z", line("Oil rose on Monday, all said.").as_bytes(), "-");
}

/// The bytes of every fixture.
fn fixtures() -> Vec<(String, Vec<u8>)> {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let mut found = Vec::new();
    for folder in std::fs::read_dir(root).unwrap() {
        let Ok(files) = std::fs::read_dir(folder.unwrap().path()) else {
            continue;
        };
        for file in files {
            let path = file.unwrap().path();
            let name = path.display().to_string();
            if path.is_file() && !name.ends_with(".records.json") {
                found.push((name, std::fs::read(path).unwrap()));
            }
        }
    }
    assert!(found.len() > 50);
    found
}

/// Whatever a letter is looked for in, what the bytes say is what the whole dispatch says.
#[test]
fn single_letters_of_all_fixtures_are_judged_as_the_whole_is() {
    let letters = ('a'..='z').chain('0'..='9');
    let fields = ["body:", "said:", "quote:", "!body:"];
    let queries = letters.flat_map(|letter| fields.map(|field| format!("{field}{letter}")));
    let queries: Vec<Query> = queries.map(|query| Query::parse(&query)).collect();
    let raw: Vec<_> = queries.iter().map(Query::raw).collect();
    let view = QueryContext { now: 0, clock: None, marks: &NoMarks };
    let mut decided = 0;
    for (name, bytes) in fixtures() {
        let Ok(format) = format::detect(&bytes) else {
            continue;
        };
        let mut builder = SegmentBuilder::default();
        let place = InputLocation::File("a".into());
        let input = Input::new(place, format, bytes.len() as u64, None);
        builder.begin_input(&Arc::new(input), 0);
        let context = Context::default();
        format::scan(format, &bytes, &context, &mut |found| builder.push(&found));
        for entry in builder.finish().entries().take(12) {
            let at = |byte: u64| usize::try_from(byte).unwrap();
            let own = &bytes[at(entry.bytes().start)..at(entry.bytes().end)];
            let nth = entry.locator().map_or(0, |origin| origin.number_in_range);
            let whole = format::read_item(format, own, nth, &context).unwrap();
            let text = RawText { entry, bytes: own, plain: format.row().is_raw_searchable };
            for (query, raw) in queries.iter().zip(&raw) {
                let Some(verdict) = raw.evaluate(&text, &view) else {
                    continue;
                };
                decided += 1;
                let truth = query.matches_dispatch(entry, &whole, &view);
                assert_eq!(verdict, truth, "{query:?} of {name}, {}", entry.headline());
            }
        }
    }
    assert!(decided > 1_000, "{decided}");
}
