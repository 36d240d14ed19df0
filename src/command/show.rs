//! `dateline show`: dispatches whole, in the order of the input.

use std::fmt::Write as _;
use std::io;

use super::gather::{Whole, each, gather, input_order, write};
use super::{Outcome, Request, Streams};
use crate::cli::Format;
use crate::dispatch::{Severity, Stamp, Status, TimeSource};
use crate::record::{self, to_line};
use crate::text::{safe, safe_line};

/// Prints dispatches.
///
/// # Errors
/// Where a stream cannot be written to.
pub fn show(request: Request, format: Format, mut streams: Streams<'_>) -> io::Result<Outcome> {
    let gathered = gather(request, &mut streams);
    let mut ids = gathered.kept.clone();
    input_order(&gathered.desk, &mut ids);
    let (shown, unreadable) = each(
        &gathered,
        &ids,
        &mut streams,
        |whole| {
            Some(match format {
                Format::Jsonl => json(whole),
                Format::Text => text(whole),
                Format::Tsv => tsv(whole),
            })
        },
        write,
    )?;
    Ok(Outcome::of(shown, gathered.unreadable || unreadable))
}

/// The whole record, on a line.
pub(super) fn json(whole: &Whole) -> String {
    let record = record::Whole::new(&whole.dispatch, whole.path.clone(), whole.index);
    to_line(&record.told(&whole.told)) + "\n"
}

/// Headline, facts, notes, text, rights; an empty line and a rule end it.
pub(super) fn text(whole: &Whole) -> String {
    let d = &whole.dispatch;
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
    let told = |word: &str, by: &Option<String>| by.as_ref().map(|by| format!("{word} by {by}"));
    facts.extend(told("killed", &whole.told.killed_by));
    facts.extend(told("superseded", &whole.told.superseded_by));
    facts.extend((d.status != Status::Usable).then(|| d.status.name().to_owned()));
    facts.extend(d.embargoed.then(|| "embargoed".to_owned()));
    facts.push(format!("{} words", d.words()));
    let _ = writeln!(out, "{}", safe_line(&d.headline));
    let _ = writeln!(out, "{}", safe_line(&facts.join(" · ")));
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

/// Path, number, time, agency, place, headline, text: one line.
pub(super) fn tsv(whole: &Whole) -> String {
    let d = &whole.dispatch;
    let fields = [
        whole.path.as_str(),
        &whole.index.to_string(),
        &d.time.map_or(String::new(), Stamp::rfc3339),
        d.agency.as_deref().unwrap_or(""),
        d.place().unwrap_or(""),
        &d.headline,
        d.body.text(),
    ];
    fields.map(|field| safe_line(field).into_owned()).join("\t") + "\n"
}
