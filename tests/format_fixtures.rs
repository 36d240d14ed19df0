//! Property tests over every fixture of every format: damaged and cut anywhere, both sizes agree and nothing panics.
//! `tests/fuzz` does the same for longer, a format at a time.

#[path = "support/damaged.rs"]
mod damaged;
#[path = "support/equality.rs"]
#[allow(dead_code)]
mod equality;

use std::sync::Mutex;

use damaged::{damaged_of, fixtures};
use dateline::format::{self, Context, FormatId, RecordBoundary, Share};
use dateline::ingest::{InputSource, LoadRequest, MeasuredInput, load_measured};
use equality::check;
use proptest::prelude::*;
use proptest::sample::Index;

type Head = (std::ops::Range<u64>, u32, u32, u64);

fn heads(id: FormatId, bytes: &[u8], ctx: &Context) -> Vec<Head> {
    let mut heads = Vec::new();
    format::scan(id, bytes, ctx, &mut |found| {
        heads.push((found.byte_range, found.number, found.index, found.head.item_key));
    });
    heads
}

/// Parts that are cut where a format may be cut give the same heads as the whole.
fn check_parts(id: FormatId, bytes: &[u8], at: usize) -> Result<(), TestCaseError> {
    let ctx = Context::default();
    let Some(cut) = id.row().boundary.find_next(bytes, at) else {
        return Ok(());
    };
    let mut parts = heads(id, &bytes[..cut], &ctx);
    let second = Context {
        first_index: u32::try_from(parts.len()).unwrap_or(0),
        first_byte: cut as u64,
        ..ctx.clone()
    };
    parts.extend(heads(id, &bytes[cut..], &second));
    prop_assert_eq!(parts, heads(id, bytes, &ctx));
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(cases()) })]

    #[test]
    fn of_damaged_fixtures(bytes in damaged_of("")) {
        check(&bytes)?;
    }

    #[test]
    fn of_fixtures_in_parts(bytes in damaged_of(""), at in any::<Index>()) {
        let at = at.index(bytes.len().max(1));
        for id in FormatId::all().filter(|id| id.row().boundary != RecordBoundary::Unsplittable) {
            // JSON Lines may begin with a mark that later lines do not have.
            if id.row().boundary != RecordBoundary::Newline || !bytes.starts_with(b"\xef\xbb\xbf") {
                check_parts(id, &bytes, at)?;
            }
        }
    }
}

/// `PROPTEST_CASES`, or few enough to be quick.
fn cases() -> u32 {
    let asked = std::env::var("PROPTEST_CASES").ok();
    asked.and_then(|cases| cases.parse().ok()).unwrap_or(200)
}

#[test]
fn whole_fixtures_agree() {
    for (name, bytes) in fixtures() {
        assert!(check(bytes).is_ok(), "{name}");
    }
}

/// Inputs that fuzzing has found, made small.
const FOUND: &[&[u8]] = &[
    // Routing codes before one header are none of the next one.
    b"\x0516 0801GMT<\r\n\x0c\r\n\x04\r\n\x05\x05\x05C T\r\n\x16\x16\x01a0102\x1fworld\r\nr i\x13\x11 BC-Rain 1stAdd\r\n\x16\x16\x01a0103\x1fworld\r\nd i\x13\x11 BC-Sun     04-01 0040\r\n\x02^BC-Sun,10<\r\n^Sun expected<\r\n\tTARN, Calder (AP) _ The sun is expected back on Satur",
    // Character references that stand for control codes between words.
    b"<html><body><h1>Boats&#31;sail</h1><p>Boats&#31;sail&#22;again, all of them.</p></body></html>",
    b"<?xml version=\"1.0\"?><nitf><body><body.content><p>Boats&#x85;sail&#127;again.</p></body.content></body></nitf>",
    b"<!-- LXNComment: x -->\n<A NAME=\"DOC_ID_0_0\"></A>\n<DIV><P>KOP: Boats&#31;sail</P></DIV>\n<DIV><P>&#22;&#1;f1113&#31;boats</P></DIV>\n",
    b"<DOC id=\"AFP_ENG_20090531.0001\" type=\"story\">\n<TEXT>\n<P>\nBoats&#31;sail.\n</P>\n</TEXT>\n</DOC>\n",
    b"{\n{\"title\": {\"0\": \"A\", \"1\": \"B\"}, \"text\": {\"0\": \"C.\", \"1\": \"D.\"}}",
    b"{\"headline\": \"Boats\\u001fsail\", \"body\": \"Boats\\u001fsail\\u0016again.\"}\n",
    // Rows whose quotation mark is never closed, with empty lines after them.
    b"headline,date,text\nA,2020-01-02,\"never closed\n\n\n\n",
    b"headline,date,text\r\nA,2020-01-02,\"never closed\r\n\r\n\r\n",
    b"headline;date;text\nA;2020-01-02;\"one\nB;2020-01-03;\"two\n\n\n",
    b"headline\tdate\n\"A\n\n\nB\t2020-01-03\n\n",
];

#[test]
fn what_fuzzing_has_found_stays_found() {
    for bytes in FOUND {
        let held = check(bytes);
        assert!(held.is_ok(), "{}: {held:?}", bytes.escape_ascii());
    }
}

#[test]
fn what_fixtures_do_not_show_is_left_out_by_rule() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures");
    let lost = Mutex::new(Vec::new());
    let measured = |input: MeasuredInput| {
        let share = &input.share;
        let left_out: u64 = share.left_out.values().sum();
        let kept = Share::percent(share.shown + left_out, share.letters).unwrap_or(100);
        let name = input.path[folder.len() + 1..].to_owned();
        // Of a message of a database, which is no dispatch, only the problem is shown.
        let is_expected = name.ends_with(".records.json") || name.starts_with("message/");
        if kept < 90 && !is_expected {
            lost.lock().unwrap().push((name, 100 - kept));
        }
    };
    let request = LoadRequest::from(vec![InputSource::Path(folder.into())]);
    load_measured(request, 2, &measured, &|_| {});
    let mut lost = lost.into_inner().unwrap();
    lost.sort();
    assert!(lost.is_empty(), "per cent lost: {lost:#?}");
}
