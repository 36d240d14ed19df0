//! A dispatch as plain text for people, as `dateline show` prints it.

use std::fmt::Write as _;

use super::Told;
use crate::dispatch::{Dispatch, Severity, Stamp, Status, TimeSource};
use crate::text::{safe, safe_line};

/// Headline, facts, notes, text, rights; an empty line and a rule end it.
#[must_use]
pub fn text(dispatch: &Dispatch, told: &Told) -> String {
    let d = dispatch;
    let mut out = String::new();
    let mut facts: Vec<String> = Vec::new();
    facts.extend(d.dateline.as_ref().and_then(|line| line.place.clone()));
    facts.extend(d.country().map(str::to_owned));
    facts.extend(d.agency.clone());
    let of_file = d.time_source == TimeSource::File;
    let dated = |time: Stamp| {
        format!(
            "{}{}",
            if of_file { "file dated " } else { "" },
            time.rfc3339()
        )
    };
    facts.extend(d.time.map(dated));
    facts.extend(d.label.clone());
    facts.extend((d.status != Status::Usable).then(|| d.status.name().to_owned()));
    facts.extend(d.embargoed.then(|| "embargoed".to_owned()));
    facts.push(format!("{} words", d.words()));
    let _ = writeln!(out, "{}", safe_line(&d.headline));
    let _ = writeln!(out, "{}", safe_line(&facts.join(" · ")));
    for warning in told.warnings() {
        let _ = writeln!(out, "[{}]", safe_line(&warning));
    }
    if let Some(byline) = &d.byline {
        let _ = writeln!(out, "By {}", safe_line(byline));
    }
    if let Some(note) = &d.ednote {
        let _ = writeln!(out, "[{}]", safe(note));
    }
    let _ = writeln!(out, "\n{}", safe(d.body.text()));
    if let Some(rights) = &d.rights {
        let _ = writeln!(out, "\n{}", safe(rights));
    }
    for problem in d.problems.iter().filter(|p| p.severity > Severity::Note) {
        let _ = writeln!(out, "\n[{}]", safe_line(&problem.to_string()));
    }
    out.push_str("\n———\n\n");
    out
}
