//! The two sizes in which an input is read agree: what property tests check of any bytes.

use dateline::dispatch::{Problem, Stamp};
use std::sync::Arc;

use dateline::format::{self, ColumnNames, Context, FormatId, TableLayout};
use proptest::prelude::*;

/// Without what is known of an input, and with it.
pub(crate) fn contexts() -> [Context; 2] {
    [
        Context::default(),
        Context {
            file_time: Stamp::parse("2026-03-01T12:00:00Z"),
            first_index: 7,
            first_byte: 1000,
            table: None,
        },
    ]
}

/// Compares `scan`, `parse_as` and `read` of the same bytes in every format.
pub(crate) fn check(bytes: &[u8]) -> Result<(), TestCaseError> {
    let contexts = contexts();
    let found = format::detect(bytes).ok();
    for (nth, ctx) in contexts.iter().enumerate() {
        let _ = format::parse(bytes, ctx);
        // In formats that such bytes are not read in, once is enough.
        for id in FormatId::all().filter(|&id| nth == 1 || Some(id) == found) {
            check_with(id, bytes, ctx)?;
        }
    }
    Ok(())
}

/// Compares them in one format.
pub(crate) fn check_with(id: FormatId, bytes: &[u8], ctx: &Context) -> Result<(), TestCaseError> {
    let parsed = format::parse_as(id, bytes, ctx);
    let mut count = 0;
    let mut failure = Ok(());
    let problems = format::scan(id, bytes, ctx, &mut |found| {
        if failure.is_err() {
            return;
        }
        let at = count;
        count += 1;
        failure = (|| {
            let dispatch = parsed.dispatches.get(at);
            prop_assert!(dispatch.is_some(), "one more head than dispatches");
            let Some(dispatch) = dispatch else {
                return Ok(());
            };
            prop_assert_eq!(&found.head, &dispatch.head());
            prop_assert_eq!(found.index as usize, ctx.first_index as usize + at);
            let within = |at: u64| usize::try_from(at - ctx.first_byte).unwrap_or(usize::MAX);
            let range = within(found.byte_range.start)..within(found.byte_range.end);
            let table = id
                .row()
                .is_table
                .then(|| Arc::new(TableLayout::for_input(bytes, &ColumnNames::default())));
            // As a locator says it; only for tables does it matter.
            let first_byte = if table.is_some() { found.byte_range.start } else { ctx.first_byte };
            let ctx_again = Context { table, first_byte, ..ctx.clone() };
            let again = format::read_item(id, &bytes[range], found.number, &ctx_again);
            prop_assert_eq!(again.as_ref(), Some(dispatch));
            let own = &bytes[within(found.byte_range.start)..within(found.byte_range.end)];
            for word in plain_words(own, found.verbatim_range.clone()) {
                prop_assert!(dispatch.body.text().contains(&word), "{word} is not in the body");
            }
            let first = first_word(own, found.verbatim_range.clone());
            prop_assert!(
                dispatch.body.text().trim_start().starts_with(&first),
                "{first} stands in the body, but not at its start"
            );
            if let Some(range) = dispatch.dateline.as_ref().and_then(|d| d.range.clone()) {
                prop_assert!(dispatch.body.text().get(range).is_some());
            }
            Ok(())
        })();
    });
    failure?;
    prop_assert_eq!(count, parsed.dispatches.len());
    // Only a scan measures which share of the input is shown.
    let is_of_parts = |problem: &Problem| !problem.message.contains(" of its text is shown");
    let problems: Vec<Problem> = problems.into_iter().filter(is_of_parts).collect();
    prop_assert_eq!(problems, parsed.problems);
    Ok(())
}

/// The word that a part of some bytes begins with; empty where it begins with something else.
fn first_word(bytes: &[u8], part: std::ops::Range<u32>) -> String {
    let part = bytes[part.start as usize..part.end as usize].trim_ascii_start();
    let run = part.iter().take_while(|b| b.is_ascii_alphanumeric());
    run.map(|&b| char::from(b)).collect()
}

/// Runs of ASCII letters and digits in a part of some bytes, those that an escape may have a share in left out.
fn plain_words(bytes: &[u8], part: std::ops::Range<u32>) -> Vec<String> {
    let mut words = Vec::new();
    let mut at = part.start as usize;
    while at < part.end as usize {
        let run =
            bytes[at..part.end as usize].iter().take_while(|b| b.is_ascii_alphanumeric()).count();
        if run > 0 && !bytes[at.saturating_sub(6)..at].contains(&b'\\') {
            words.push(String::from_utf8_lossy(&bytes[at..at + run]).into_owned());
        }
        at += run.max(1);
    }
    words
}
