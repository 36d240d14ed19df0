//! The sheet of all header fields of the open dispatch: those of the model by name, then those under the wire's own names.

use super::State;
use super::sheet::SheetLine;
use crate::dispatch::{Dispatch, Precision, Stamp};

/// The lines of the sheet.
pub(super) fn header_lines(state: &State) -> Vec<SheetLine> {
    let Some(document) = state.document() else {
        return vec![SheetLine::Text(no_dispatch_reason(state))];
    };
    let d = &document.dispatch;
    let mut lines = Vec::new();
    if !d.headline.is_empty() {
        lines.push(SheetLine::Heading(d.headline.clone()));
    }
    if let Some(origin) = state
        .selected_entry()
        .and_then(crate::desk::EntryRef::origin)
    {
        let input = origin.input.display_path();
        lines.push(header_field("file", &input));
        if origin.bytes != (0..origin.input.length) {
            let bytes = format!("{} to {}", origin.bytes.start, origin.bytes.end);
            lines.push(header_field("bytes", &bytes));
        }
    }
    let known = known_fields(d);
    lines.extend(known.iter().map(|(name, value)| header_field(name, value)));
    if !d.fields.is_empty() {
        lines.push(SheetLine::Blank);
        lines.push(SheetLine::Heading("Under the wire's own names".to_owned()));
        lines.extend(
            d.fields
                .iter()
                .map(|(name, value)| header_field(name, value)),
        );
    }
    if !d.problems.is_empty() {
        lines.push(SheetLine::Blank);
        lines.push(SheetLine::Heading("Problems".to_owned()));
        let problems = d.problems.iter();
        lines.extend(problems.map(|problem| SheetLine::Text(problem.to_string())));
    }
    lines
}

/// Why there is nothing to tell.
pub(super) fn no_dispatch_reason(state: &State) -> String {
    match &state.reader.failure {
        Some(failure) => failure.to_string(),
        None if state.list.selected.is_some() => "The dispatch is being read …".to_owned(),
        None => "No dispatch is open.".to_owned(),
    }
}

fn header_field(name: &str, value: &str) -> SheetLine {
    SheetLine::Field(name.to_owned(), value.to_owned())
}

/// Every field of the model that has a value, the names as records have them.
fn known_fields(d: &Dispatch) -> Vec<(&'static str, String)> {
    let line = d.dateline.as_ref();
    let list = |all: &[String]| Some(all.join("; ")).filter(|joined| !joined.is_empty());
    let derived = if d.headline_derived {
        "the start of the text: the wire sent none"
    } else {
        &d.headline
    };
    let embargo = match (d.embargoed, d.embargo) {
        (_, Some(until)) => Some(format!("until {}", until.to_rfc3339())),
        (true, None) => Some("until further notice".to_owned()),
        (false, None) => None,
    };
    let relates = d
        .relations
        .iter()
        .map(|r| format!("{} {}", r.kind.name(), r.id));
    let relates: Vec<String> = relates.collect();
    let all = [
        ("format", Some(d.format.to_owned())),
        ("encoding", Some(d.encoding.to_owned())),
        ("id", d.id.clone()),
        ("revision", d.revision.clone()),
        ("story", d.story.clone()),
        ("label", d.label.clone()),
        ("agency", d.agency.clone()),
        ("slug", d.slug.clone()),
        ("headline", Some(derived.to_owned())),
        ("byline", d.byline.clone()),
        ("dateline", line.map(|line| line.text.clone())),
        ("place", d.place().map(str::to_owned)),
        ("country", d.country().map(str::to_owned)),
        ("urgency", d.urgency.map(|u| u.value().to_string())),
        ("priority", d.priority.clone()),
        ("category", d.category.clone()),
        ("subjects", list(&d.subjects)),
        ("keywords", list(&d.keywords)),
        ("status", Some(d.status.name().to_owned())),
        ("embargo", embargo),
        ("role", Some(d.role.name().to_owned())),
        ("relates", list(&relates)),
        ("ednote", d.ednote.clone()),
        ("created", d.created.map(Stamp::to_rfc3339)),
        ("sent", d.sent.map(Stamp::to_rfc3339)),
        ("time", d.time.map(|time| time_with_source(d, time))),
        ("words", Some(words(d))),
        ("language", d.language.clone()),
        ("rights", d.rights.clone()),
        ("links", list(&d.links)),
    ];
    let given = all
        .into_iter()
        .filter_map(|(name, value)| Some((name, value?)));
    given.filter(|(_, value)| !value.is_empty()).collect()
}

/// The time that lists sort by, and where it comes from.
fn time_with_source(d: &Dispatch, time: Stamp) -> String {
    let day = if time.precision == Precision::Day {
        ", the day alone"
    } else {
        ""
    };
    format!("{} ({}{day})", time.to_rfc3339(), d.time_source.name())
}

fn words(d: &Dispatch) -> String {
    match d.words_stated {
        Some(stated) => format!("{}; the wire states {stated}", d.word_count()),
        None => d.word_count().to_string(),
    }
}
