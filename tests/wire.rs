//! The built-in wire read as a newcomer's first dispatches: every file readable, the twin of a presidents' call to the letter.

use dateline::dispatch::{Dispatch, Severity, Status, TimeSource};
use dateline::format::{Context, parse};
use dateline::ingest::BUILT_IN_WIRE;
use dateline::quotes::{self, Quote, extract_quotes};

fn dispatches() -> Vec<(&'static str, Dispatch)> {
    let read = |(name, bytes): &(&'static str, &'static [u8])| {
        let parsed = parse(bytes, &Context::default());
        let faults: Vec<_> =
            parsed.problems.iter().filter(|p| p.severity > Severity::Note).collect();
        assert!(faults.is_empty(), "{name}: {faults:?}");
        parsed.dispatches.into_iter().map(|dispatch| (*name, dispatch)).collect::<Vec<_>>()
    };
    BUILT_IN_WIRE.iter().flat_map(read).collect()
}

fn twin() -> Dispatch {
    let all = dispatches();
    let found = all.into_iter().find(|(name, _)| name.contains("twin"));
    found.map(|(_, dispatch)| dispatch).unwrap_or_default()
}

#[test]
fn thirty_dispatches_and_more_each_with_a_headline_and_a_text() {
    let all = dispatches();
    assert!(all.len() >= 30);
    for (name, dispatch) in &all {
        assert!(!dispatch.headline.is_empty(), "{name}: no headline");
        assert!(dispatch.word_count() > 3, "{name}: no text");
        let faults: Vec<_> =
            dispatch.problems.iter().filter(|p| p.severity > Severity::Note).collect();
        assert!(faults.is_empty(), "{name}: {faults:?}");
    }
    let languages: std::collections::BTreeSet<_> =
        all.iter().filter_map(|(_, dispatch)| dispatch.language.clone()).collect();
    assert!(languages.len() >= 6, "{languages:?}");
    assert!(all.iter().any(|(_, d)| d.embargoed));
    assert!(all.iter().any(|(_, d)| d.status == Status::Canceled));
    assert!(all.iter().any(|(_, d)| d.body.has_table()));
    assert!(all.iter().any(|(_, d)| d.headline_derived));
}

#[test]
fn the_twin_is_read_as_its_agency_meant_it() {
    let d = twin();
    assert_eq!((d.place(), d.country()), (Some("OSTREL"), Some("Vessaria")));
    assert_eq!(d.agency.as_deref(), Some("MRD"));
    assert_eq!(d.status, Status::Usable);
    assert_eq!(d.rights.as_deref(), Some("© 2025-2026 Meridian News"));
    assert!(!d.body.text().contains('©'));
    assert_eq!(d.body.blocks().len(), 14);
    assert!(d.headline_derived);
    assert!(d.headline.starts_with("Vessarian President Ilan Dorvak"), "{}", d.headline);
    assert_ne!(d.time_source, TimeSource::Dateline);
}

#[test]
fn the_twins_seven_statements_have_their_speakers() {
    let d = twin();
    let found: Vec<Quote> = extract_quotes(&d).into_iter().filter(Quote::is_statement).collect();
    let pairs: Vec<(String, &str)> = found
        .iter()
        .map(|q| (quotes::quote_text(q, d.body.text()), q.speaker.as_deref().unwrap_or("nobody")))
        .collect();
    let starts_and_speakers = [
        ("broaden", "the Citadel"),
        ("Each of the presidents", "the Citadel"),
        ("armed gangs such as", "the Citadel"),
        ("renewed their pledge", "the Rotunda"),
        ("the need for honest steps", "Josephine Hale"),
        ("one fleet under two flags", "Ostrel"),
        ("concerns over the stopping", "Josephine Hale"),
    ];
    assert_eq!(pairs.len(), starts_and_speakers.len(), "{pairs:?}");
    for ((text, speaker), (start, expected)) in pairs.iter().zip(starts_and_speakers) {
        assert!(text.starts_with(start), "{text}");
        assert_eq!(*speaker, expected, "{text}");
    }
}
