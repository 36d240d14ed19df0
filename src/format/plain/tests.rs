//! Plain dispatches as agencies send them, in own words.

use crate::dispatch::{BlockKind, Dispatch, Role, TimeSource};
use crate::format::{Context, FormatId, parse_as};

fn dispatch(text: &str) -> Dispatch {
    let ctx = Context {
        file_time: crate::dispatch::Stamp::parse("2026-03-05"),
        ..Context::default()
    };
    let parsed = parse_as(FormatId::PLAIN, text.as_bytes(), &ctx);
    parsed.dispatches.into_iter().next().unwrap_or_default()
}

/// Compares what stands before the text: headline, slug, byline, label, note, and the text itself with ` ¶ ` between blocks.
#[track_caller]
fn check(text: &str, front: [&str; 5], body: &str) {
    let d = dispatch(text);
    let text_of = |field: &Option<String>| field.clone().unwrap_or_default();
    let headline = if d.headline_derived {
        format!("~{}", d.headline)
    } else {
        d.headline.clone()
    };
    let found = [
        headline,
        text_of(&d.slug),
        text_of(&d.byline),
        text_of(&d.label),
        text_of(&d.ednote),
    ];
    assert_eq!(found, front);
    assert_eq!(d.body.text().replace("\n\n", " ¶ "), body);
}

const LEAD: &str = "OSLO, Norway, Mar 3 (QNA) - Ferries sailed again on Tuesday.";

#[test]
fn a_lead_alone() {
    check(
        LEAD,
        ["~Ferries sailed again on Tuesday", "", "", "", ""],
        LEAD,
    );
    let d = dispatch(LEAD);
    assert_eq!(
        (d.place(), d.country(), d.agency.as_deref()),
        (Some("OSLO"), Some("Norway"), Some("QNA"))
    );
    assert_eq!(
        d.time.map(crate::dispatch::Stamp::to_rfc3339).as_deref(),
        Some("2026-03-03")
    );
    assert_eq!(d.time_source, TimeSource::Dateline);
    assert_eq!(d.problems.len(), 1);
}

#[test]
fn headline_slug_byline_and_notes_above_the_dateline() {
    check(
        &format!(
            "FERRIES-STRIKE/\nURGENT\nFerries sail again\nBy Anna Lind\n(Adds union)\n\n{LEAD}\nMore."
        ),
        [
            "Ferries sail again",
            "FERRIES-STRIKE/",
            "Anna Lind",
            "URGENT",
            "(Adds union)",
        ],
        &format!("{LEAD} ¶ More."),
    );
    check(
        &format!("UPDATE 2-Ferries sail\nagain after strike\n\n{LEAD}"),
        [
            "UPDATE 2-Ferries sail again after strike",
            "",
            "",
            "UPDATE 2-",
            "",
        ],
        LEAD,
    );
}

#[test]
fn headlines_without_a_dateline() {
    let text = "The ferries sailed again on Tuesday after nine long days in which nothing moved at all in the harbour.";
    check(
        &format!("Ferries sail again\n\n{text}"),
        ["Ferries sail again", "", "", "", ""],
        text,
    );
    check(
        &format!("Ferries sail again\n{text}"),
        ["Ferries sail again", "", "", "", ""],
        text,
    );
    check(
        "The ferries sail.\n\nMore.",
        ["~The ferries sail", "", "", "", ""],
        "The ferries sail. ¶ More.",
    );
}

#[test]
fn notes_and_addresses() {
    check(
        "Headline: Plans\nSlug: PLANS/\n\nEditors:\n\nThese are the plans.",
        ["Plans", "PLANS/", "", "", ""],
        "Editors: ¶ These are the plans.",
    );
    check(
        "Headline: Plans\nSlug: PLANS/\n\nEditors: not for print.\n\nThese are the plans.",
        ["Plans", "PLANS/", "", "", "Editors: not for print."],
        "These are the plans.",
    );
    check(
        "Headline: Plans\nSlug: PLANS/\n\nEditors:\n\nThese are the plans.\n\nRAIN-OSLO (Quay Desk). At noon.",
        ["Plans", "PLANS/", "", "", ""],
        "Editors: ¶ These are the plans. ¶ RAIN-OSLO (Quay Desk). At noon.",
    );
    check(
        "ADVISORY\nNote to editors:\n\nThese are the plans.",
        ["~These are the plans", "", "", "ADVISORY", ""],
        "Note to editors: ¶ These are the plans.",
    );
}

#[test]
fn header_lines() {
    check(
        &format!(
            "Headline: Ferries\n  sail again\nSlug: FERRIES/\nBy: Anna Lind\nX-Desk: north\n\n{LEAD}"
        ),
        ["Ferries sail again", "FERRIES/", "Anna Lind", "", ""],
        LEAD,
    );
    check(
        &format!("Ferries: both sides agree\nSlug: FERRIES/\nUrgency: 17\n\n{LEAD}"),
        ["Ferries: both sides agree", "FERRIES/", "", "", ""],
        LEAD,
    );
    let d = dispatch(
        "Urgency: 17\nDate: 2025-01-02T03:04:05+02:00\nX-Desk: north\nEmbargo: 2025-02-01\n\nText.",
    );
    assert_eq!(d.fields.get("Urgency").map(String::as_str), Some("17"));
    assert_eq!(d.fields.get("X-Desk").map(String::as_str), Some("north"));
    assert_eq!(d.problems.len(), 1);
    assert_eq!((d.time_source, d.embargoed), (TimeSource::Sent, true));
    assert_eq!(
        d.embargo.map(crate::dispatch::Stamp::to_rfc3339).as_deref(),
        Some("2025-02-01")
    );
}

#[test]
fn text_that_only_looks_like_headers() {
    check(
        "He said: we sail.\nShe said: we stay.",
        ["~He said: we sail", "", "", "", ""],
        "He said: we sail. ¶ She said: we stay.",
    );
    check(
        "Note: no ferry sails",
        ["~Note: no ferry sails", "", "", "", ""],
        "Note: no ferry sails",
    );
}

#[test]
fn roles_and_urgency() {
    let check = |text: &str, role, urgency| {
        let d = dispatch(text);
        assert_eq!(
            (d.role, d.urgency.map(crate::dispatch::Urgency::value)),
            (role, urgency),
            "{text}"
        );
    };
    check("FERRIES SAIL AGAIN", Role::Alert, None);
    check(&format!("FLASH\n{LEAD}"), Role::Alert, Some(1));
    check(
        &format!("URGENT: Ferries sail\n\n{LEAD}"),
        Role::Alert,
        Some(2),
    );
    check(
        &format!("CORRECTED-Ferries sail\n\n{LEAD}"),
        Role::Correction,
        None,
    );
    check(&format!("KILL KILL KILL\n{LEAD}"), Role::Kill, None);
    check(LEAD, Role::Story, None);
    assert!(dispatch(&format!("EMBARGOED until noon\n\n{LEAD}")).embargoed);
}

#[test]
fn adds_that_begin_with_their_place() {
    let d = dispatch("Slug: RAIN\nLabel: 1st Add\n\nCOLD BAY: of a dry week.\n\nIt rained.");
    assert_eq!((d.place(), d.role), (Some("COLD BAY"), Role::Add));
    assert_eq!(d.headline, "COLD BAY: of a dry week");
    let d = dispatch("Slug: RAIN\n\nCOLD BAY: of a dry week.\n\nIt rained.");
    assert_eq!((d.place(), d.role), (None, Role::Story));
}

#[test]
fn trailers_and_tables() {
    let d = dispatch(&format!(
        "{LEAD}\n\nA   1\nBB  2\nC   3\n\nEnd.\n\n(more)\n© 2026 Quay News\n-30-\n"
    ));
    let kinds: Vec<_> = d.body.blocks().iter().map(|block| block.kind).collect();
    assert_eq!(
        kinds,
        [BlockKind::Paragraph, BlockKind::Table, BlockKind::Paragraph]
    );
    assert_eq!(d.rights.as_deref(), Some("© 2026 Quay News"));
    assert_eq!(d.fields.get("more").map(String::as_str), Some("true"));
}

#[test]
fn nothing_is_no_dispatch() {
    assert!(
        parse_as(FormatId::PLAIN, b" \n\t", &Context::default())
            .dispatches
            .is_empty()
    );
}

/// The number of dispatches in a plain text.
#[track_caller]
fn check_count(text: &str, count: usize) {
    let parsed = parse_as(FormatId::PLAIN, text.as_bytes(), &Context::default());
    assert_eq!(parsed.dispatches.len(), count, "{text}");
}

#[test]
fn several_dispatches_are_parted_at_marks() {
    for mark in ["NNNN", "-30-", "./.", "./. 231530 GMT JUL 16", "\u{c}"] {
        check_count(&format!("{LEAD}\n{mark}\n{LEAD}\n{mark}\n"), 2);
    }
    let headed =
        "Headline: Plans\nSlug: PLANS\nDate: 2026-03-03T10:00:00Z\n\nThese are the plans.\n\n";
    check_count(&headed.repeat(3), 3);
}

#[test]
fn one_dispatch_is_never_parted() {
    check_count(
        &format!("{LEAD}\n-30-\nContact: A. Lind, Tarn, by day or night.\n"),
        1,
    );
    check_count(
        &format!("{LEAD}\n\u{c}\nThe second page of the same text.\n"),
        1,
    );
    check_count(&format!("{LEAD}\nNNNN\n\n"), 1);
    check_count(
        &format!("{LEAD}\n\nHeadline: a word.\nSlug: another.\n\n{LEAD}\n"),
        1,
    );
    check_count(
        "Slug: PLANS\nDate: 2026-03-03\n\nText.\n\nSlug: a word of the text.\n\nText.",
        1,
    );
}
