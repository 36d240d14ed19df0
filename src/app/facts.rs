//! The lines about a dispatch: the facts under its headline, and the banner over it.

use jiff::tz::TimeZone;

use super::lines::FACT_SEPARATOR;

use crate::dispatch::{
    Dispatch, Precision, Relation, RelationKind, Role, Severity, Stamp, Status, TimeSource,
};
use crate::text::{count_noun, sanitize_line};

/// A time as a reader sees it: `19 Nov 2026 14:02`, or the day alone.
#[must_use]
pub fn format_time(stamp: Stamp, zone: &TimeZone) -> String {
    let format = if stamp.precision == Precision::Day {
        "%-d %b %Y"
    } else {
        "%-d %b %Y %H:%M"
    };
    stamp.in_zone(zone).strftime(format).to_string()
}

/// What is said where a dispatch has no text: that, and what was found out about it.
pub(super) fn no_text_reason(dispatch: &Dispatch) -> String {
    if !dispatch.body.text().trim().is_empty() {
        return String::new();
    }
    let mut lines = vec!["(no text came with this dispatch)".to_owned()];
    let problems = dispatch.problems.iter();
    lines.extend(problems.map(|problem| sanitize_line(&problem.message).into_owned()));
    lines.join("\n")
}

/// The line under the headline: place, agency, time, version, slug, urgency, length, format.
pub(super) fn facts_line(dispatch: &Dispatch, zone: &TimeZone) -> String {
    let mut facts = Vec::new();
    match (dispatch.place(), dispatch.country()) {
        (Some(place), Some(country)) => facts.push(format!("{}, {country}", title_case(place))),
        (Some(place), None) => facts.push(title_case(place)),
        _ => {}
    }
    facts.extend(dispatch.agency.clone());
    if let Some(time) = dispatch.time {
        let time = format_time(time, zone);
        facts.push(if dispatch.time_source == TimeSource::File {
            format!("file dated {time}")
        } else {
            time
        });
    }
    facts.extend(
        dispatch
            .label
            .as_deref()
            .map(|l| l.trim_end_matches('-').to_owned()),
    );
    facts.extend(dispatch.slug.clone());
    facts.extend(
        dispatch
            .urgency
            .filter(|u| u.is_urgent())
            .map(|u| format!("urgency {}", u.value())),
    );
    facts.push(count_noun(dispatch.word_count() as usize, "word"));
    facts.extend(format_and_encoding(dispatch));
    match dispatch
        .problems
        .iter()
        .filter(|p| p.severity > Severity::Note)
        .count()
    {
        0 => {}
        1 => facts.push("a problem: P".to_owned()),
        count => facts.push(format!("{count} problems: P")),
    }
    // Each fact stays on one line where it can: its own spaces do not break.
    let unbroken = facts.iter().map(|fact| fact.replace(' ', "\u{a0}"));
    sanitize_line(&unbroken.collect::<Vec<_>>().join(FACT_SEPARATOR)).into_owned()
}

/// Format and encoding, where they are not those of every text: `NITF`, `ANPA 1312, windows-1252`.
fn format_and_encoding(dispatch: &Dispatch) -> Option<String> {
    let format = match dispatch.format {
        "anpa1312" => "ANPA 1312",
        "atom" => "Atom",
        "html" => "HTML",
        "iptc7901" => "IPTC 7901",
        "json" => "JSON",
        "jsonfeed" => "JSON Feed",
        "newsml1" => "NewsML 1",
        "newsml-g2" => "NewsML-G2",
        "nitf" => "NITF",
        "reuters-sgml" => "Reuters SGML",
        "ritzau" => "Ritzau",
        "rss" => "RSS",
        "trec-sgml" => "TREC SGML",
        "xml" => "XML",
        "zczc" => "ZCZC",
        other => other,
    };
    let usual = matches!(dispatch.encoding, "UTF-8" | "");
    match (usual, dispatch.format) {
        (true, "plain" | "") => None,
        (true, _) => Some(format.to_owned()),
        (false, "plain" | "") => Some(dispatch.encoding.to_owned()),
        (false, _) => Some(format!("{format}, {}", dispatch.encoding)),
    }
}

/// What a reader must know before the first word. `unmatched`: nothing at hand is what a notice kills; `lifted`: its
/// embargo has.
pub(super) fn own_banner(
    dispatch: &Dispatch,
    unmatched: bool,
    lifted: bool,
    zone: &TimeZone,
) -> String {
    if dispatch.role == Role::Kill {
        let kills = |r: &&Relation| r.kind == RelationKind::Kills;
        let killed: Vec<&str> = dispatch
            .relations
            .iter()
            .filter(kills)
            .map(|r| r.id.as_str())
            .collect();
        let what = if killed.is_empty() {
            "a dispatch".to_owned()
        } else {
            killed.join(", ")
        };
        let notice = if unmatched {
            "Kill notice, not matched"
        } else {
            "KILL NOTICE"
        };
        return sanitize_line(&format!("✕ {notice}: the agency withdraws {what}")).into_owned();
    }
    if dispatch.status == Status::Canceled {
        return "✕ KILLED: the agency has withdrawn this dispatch".to_owned();
    }
    if dispatch.status == Status::Withheld {
        return "✕ WITHHELD: the agency holds this dispatch back".to_owned();
    }
    match (dispatch.embargoed && !lifted, dispatch.embargo) {
        (true, Some(until)) => {
            let zone_name = until.in_zone(zone).strftime("%Z").to_string();
            format!("E EMBARGOED until {} {zone_name}", format_time(until, zone))
        }
        (true, None) => "E EMBARGOED until further notice".to_owned(),
        _ => String::new(),
    }
}

/// `MOSCOW` → `Moscow`; what is not all capitals stays as written.
pub(super) fn title_case(place: &str) -> String {
    if place.chars().any(char::is_lowercase)
        || place.chars().filter(|c| c.is_alphabetic()).count() < 4
    {
        return place.to_owned();
    }
    let mut out = String::with_capacity(place.len());
    let mut inside = false;
    for c in place.chars() {
        if inside {
            out.extend(c.to_lowercase());
        } else {
            out.push(c);
        }
        inside = c.is_alphabetic() || (inside && matches!(c, '\'' | '’'));
    }
    out
}
