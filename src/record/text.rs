//! A dispatch as plain text for people, as `dateline show` prints it.

use std::fmt::Write as _;

use super::Relations;
use crate::dispatch::{Dispatch, Severity, Status, TimeSource};
use crate::text::{count_noun, sanitize, sanitize_line};

/// The time of a dispatch; where only its file has one, that is said.
pub(super) fn format_time(dispatch: &Dispatch) -> Option<String> {
    let of_file = dispatch.time_source == TimeSource::File;
    let before = if of_file { "file dated " } else { "" };
    let time = dispatch.time?;
    Some(format!("{before}{}", time.to_rfc3339()))
}

/// Headline, facts, notes, text, rights; an empty line and a rule end it.
#[must_use]
pub fn to_text(dispatch: &Dispatch, told: &Relations) -> String {
    let d = dispatch;
    let mut out = String::new();
    let mut facts: Vec<String> = Vec::new();
    facts.extend(d.dateline.as_ref().and_then(|line| line.place.clone()));
    facts.extend(d.country().map(str::to_owned));
    facts.extend(d.agency.clone());
    facts.extend(format_time(d));
    facts.extend(d.label.clone());
    facts.extend((d.status != Status::Usable).then(|| d.status.name().to_owned()));
    facts.extend(d.embargoed.then(|| "embargoed".to_owned()));
    facts.push(count_noun(d.word_count() as usize, "word"));
    let _ = writeln!(out, "{}", sanitize_line(&d.headline));
    let _ = writeln!(out, "{}", sanitize_line(&facts.join(" · ")));
    for warning in told.warnings() {
        let _ = writeln!(out, "[{}]", sanitize_line(&warning));
    }
    if let Some(byline) = &d.byline {
        let _ = writeln!(out, "By {}", sanitize_line(byline));
    }
    if let Some(note) = &d.ednote {
        let _ = writeln!(out, "[{}]", sanitize(note));
    }
    let _ = writeln!(out, "\n{}", sanitize(d.body.text()));
    if let Some(rights) = &d.rights {
        let _ = writeln!(out, "\n{}", sanitize(rights));
    }
    for problem in d.problems.iter().filter(|p| p.severity > Severity::Note) {
        let _ = writeln!(out, "\n[{}]", sanitize_line(&problem.to_string()));
    }
    out.push_str("\n———\n\n");
    out
}
