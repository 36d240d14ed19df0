//! The lines of full-screen sheets: help, problems, header fields and raw source of a dispatch, health of the sources.
//! Knows nothing of how lines look.

use std::ops::Range;

use crate::action::Action;
use crate::app::overlay::{Overlay, OverlayKind};
use crate::app::state::State;
use crate::dispatch::{Dispatch, InputProblem, Precision, Severity, Stamp, Status};
use crate::filter::FIELDS;
use crate::health::Health;
use crate::index::SourceView;
use crate::text::{cells, fold, sanitize_line, wrap};

/// Most problems listed. A folder of foreign files may yield one for each, and a sheet is laid out at every frame.
const MAX_PROBLEMS: usize = 1_000;

/// One line of a sheet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SheetLine {
    Heading(String),
    /// Keys and what they do. In continuation lines either may be empty.
    Key(String, String),
    /// The name of a field and its value. In continuation lines the name is empty.
    Field(String, String),
    Text(String),
    /// A remark about the lines that follow or precede.
    Note(String),
    /// Bytes as the wire sent them, broken at the width instead of between words.
    Raw(String),
    /// The reason why something could not be shown.
    Fault(String),
    Blank,
}

/// The lines of a sheet, filtered and wrapped to the width of the screen.
#[must_use]
pub fn sheet_lines(state: &State, sheet: &Overlay) -> Vec<SheetLine> {
    let lines = match &sheet.kind {
        OverlayKind::Help => help_lines(state),
        OverlayKind::Problems => problem_lines(state),
        OverlayKind::Header => header_lines(state),
        OverlayKind::Source(_, source) => source_lines(state, source.as_ref()),
        OverlayKind::Health(health) => health_lines(state, health.as_ref()),
        _ => Vec::new(),
    };
    // Margins of two columns on either side.
    let width = usize::from(state.ui.size.0.saturating_sub(4)).max(8);
    filter_sheet_lines(lines, &sheet.words, state)
        .into_iter()
        .flat_map(|line| wrap_sheet_line(line, width))
        .collect()
}

/// Wraps a line to a width in columns.
fn wrap_sheet_line(line: SheetLine, width: usize) -> Vec<SheetLine> {
    let wrap_as = |text: &str, make: fn(String) -> SheetLine| {
        let text = sanitize_line(text);
        wrap(&text, width).into_iter().map(|r| make(text[r].to_owned())).collect()
    };
    match &line {
        SheetLine::Text(text) => wrap_as(text, SheetLine::Text),
        SheetLine::Fault(text) => wrap_as(text, SheetLine::Fault),
        SheetLine::Note(text) => wrap_as(text, SheetLine::Note),
        SheetLine::Heading(text) => wrap_as(text, SheetLine::Heading),
        SheetLine::Raw(text) => break_raw_line(text, width),
        SheetLine::Field(name, value) => wrap_field(name, value, width),
        SheetLine::Key(keys, help) => {
            let column = sheet_column(u16::try_from(width).unwrap_or(u16::MAX));
            let keys_in = wrap(keys, usize::from(column.saturating_sub(4)).max(4));
            let help_in = wrap(help, width.saturating_sub(usize::from(column)).max(8));
            let cell = |text: &str, ranges: &[Range<usize>], at: usize| {
                ranges.get(at).map_or("", |r| &text[r.clone()]).to_owned()
            };
            let row = |at| SheetLine::Key(cell(keys, &keys_in, at), cell(help, &help_in, at));
            (0..keys_in.len().max(help_in.len())).map(row).collect()
        }
        SheetLine::Blank => vec![line],
    }
}

/// The column at which help texts and values start, on a sheet of this width in columns.
#[must_use]
pub fn sheet_column(width: u16) -> u16 {
    if width < 50 { 14 } else { 22.max(width / 4).min(34) }
}

/// Breaks a text at the width, even within words.
fn break_raw_line(text: &str, width: usize) -> Vec<SheetLine> {
    let mut lines = Vec::new();
    let (mut line, mut room) = (String::new(), width);
    for cell in cells(text) {
        let columns = usize::from(cell.width);
        if columns > room {
            lines.push(SheetLine::Raw(std::mem::take(&mut line)));
            room = width;
        }
        room = room.saturating_sub(columns);
        line.push_str(&cell.symbol);
    }
    lines.push(SheetLine::Raw(line));
    lines
}

/// Wraps a field: the value beside its name, or below it if the name is too long.
fn wrap_field(name: &str, value: &str, width: usize) -> Vec<SheetLine> {
    let column = usize::from(sheet_column(u16::try_from(width).unwrap_or(u16::MAX)));
    let name = sanitize_line(name);
    let mut lines = Vec::new();
    let mut first = name.clone().into_owned();
    if crate::text::display_width(&name) + 2 > column {
        lines.push(SheetLine::Field(first, String::new()));
        first = String::new();
    }
    for row in value.lines() {
        let row = sanitize_line(row);
        for range in wrap(&row, width.saturating_sub(column).max(8)) {
            let name = std::mem::take(&mut first);
            lines.push(SheetLine::Field(name, row[range].to_owned()));
        }
    }
    lines
}

/// The help: the keymap, the filter language, the commands and the symbols of the list.
fn help_lines(state: &State) -> Vec<SheetLine> {
    let mut lines = Vec::new();
    for (title, rows) in state.settings.keys.help() {
        if !lines.is_empty() {
            lines.push(SheetLine::Blank);
        }
        lines.push(SheetLine::Heading(title.to_owned()));
        lines.extend(rows.into_iter().map(|(keys, help)| SheetLine::Key(keys, help.to_owned())));
    }
    lines.push(SheetLine::Blank);
    lines.push(SheetLine::Heading("The filter".to_owned()));
    let words = "A word is looked for in headline, slug, place and agency, close matches below; a word with a capital is case-sensitive. \
        'word contains it · ~word its letters in this order · ^start end$ · \"two words\" in the text too · !word not · a | b or · ( ) · /regex/";
    lines.push(SheetLine::Text(words.to_owned()));
    let typing = "While it is typed: Tab completes fields, agencies, places and speakers, ↑ ↓ move the list, ^P ^N go through the \
        history, Esc restores the old filter. Fields take a word, \"a phrase\" or a group: from:(afp | rtr).";
    lines.push(SheetLine::Text(typing.to_owned()));
    let field =
        |field: &crate::filter::FieldEntry<_>| (field.example.to_owned(), field.description);
    lines.extend(
        FIELDS.iter().map(field).map(|(example, keeps)| SheetLine::Key(example, keeps.to_owned())),
    );
    lines.push(SheetLine::Blank);
    lines.push(SheetLine::Heading("Commands".to_owned()));
    let commands = crate::app::typed_commands().into_iter();
    lines
        .extend(commands.map(|(typed, help)| SheetLine::Key(format!(":{typed}"), help.to_owned())));
    lines.push(SheetLine::Blank);
    let marks = "A number before a move repeats it. Marks in the list: ● unread, ‼ a flash, ! urgent, ✕ killed, E under embargo, ↑ superseded by a newer version, ★ starred, ✎ with a note, + selected with x, m muted, ▸ older versions folded, ▾ unfolded, └ one of them, ~ a date that is only the file's. A view's letter is before the agency.";
    lines.push(SheetLine::Text(marks.to_owned()));
    lines
}

/// Problems of the inputs, then those of the open dispatch.
fn problem_lines(state: &State) -> Vec<SheetLine> {
    let mut lines = Vec::new();
    if state.session.problems.is_empty() {
        lines.push(SheetLine::Text("Every input was read. Problems within a dispatch are listed here while it is open; `dateline check` lists them all."
                .to_owned()));
    }
    for problem in state.session.problems.iter().take(MAX_PROBLEMS) {
        let text = problem.to_string();
        lines.push(if problem.problem.severity == Severity::Unreadable {
            SheetLine::Fault(text)
        } else {
            SheetLine::Text(text)
        });
    }
    // One less than the number left out, so that `None` means that none are.
    if let Some(more) = state.session.problems.count().checked_sub(MAX_PROBLEMS + 1) {
        lines.push(SheetLine::Text(format!("… and {} more", more + 1)));
    }
    if let Some(summary) = state.session.load_summary.filter(|summary| summary.skipped > 0) {
        lines.push(SheetLine::Blank);
        lines.push(SheetLine::Text(format!(
            "{} hidden or unfinished files (.x, x~, x.tmp, x.part) were left out.",
            summary.skipped
        )));
    }
    let inside = state.document().map_or(&[][..], |d| &d.dispatch.problems);
    if !inside.is_empty() {
        lines.push(SheetLine::Blank);
        lines.push(SheetLine::Heading("In the open dispatch".to_owned()));
        lines.extend(inside.iter().map(|problem| SheetLine::Text(problem.to_string())));
    }
    lines
}

/// Keeps the lines that contain each of the words, under their headings.
fn filter_sheet_lines(lines: Vec<SheetLine>, words: &str, state: &State) -> Vec<SheetLine> {
    let terms: Vec<String> = words.split_whitespace().map(fold).collect();
    if terms.is_empty() {
        return lines;
    }
    let mut kept = Vec::new();
    let mut heading = None;
    // A heading that matches keeps all lines below it.
    let mut heading_matches = false;
    for line in lines {
        let text = match &line {
            SheetLine::Heading(text) => {
                let text = fold(text);
                heading_matches = terms.iter().all(|word| text.contains(word.as_str()));
                // A heading is kept only once a line below it is.
                heading = Some(line);
                continue;
            }
            SheetLine::Key(keys, help) => fold(&format!("{keys} {help}")),
            SheetLine::Field(name, value) => fold(&format!("{name} {value}")),
            SheetLine::Text(text)
            | SheetLine::Note(text)
            | SheetLine::Raw(text)
            | SheetLine::Fault(text) => fold(text),
            SheetLine::Blank => continue,
        };
        if heading_matches || terms.iter().all(|word| text.contains(word.as_str())) {
            if let Some(heading) = heading.take() {
                if !kept.is_empty() {
                    kept.push(SheetLine::Blank);
                }
                kept.push(heading);
            }
            kept.push(line);
        }
    }
    if kept.is_empty() {
        let words = words.trim();
        // The keys of a prompt are fixed; outside of it the keymap decides.
        let hint = match state.ui.prompt {
            Some(_) => ": Esc shows all of them".to_owned(),
            None => state.key_hint(": ", Action::Cancel, "shows all of them"),
        };
        kept.push(SheetLine::Text(format!("No line has “{words}”{hint}.")));
    }
    kept
}

// Header fields of the open dispatch: first those of the model, then those under the wire's own names.

/// The lines of the header sheet.
fn header_lines(state: &State) -> Vec<SheetLine> {
    let Some(document) = state.document() else {
        return vec![SheetLine::Text(no_dispatch_reason(state))];
    };
    let d = &document.dispatch;
    let mut lines = Vec::new();
    if !d.headline.is_empty() {
        lines.push(SheetLine::Heading(d.headline.clone()));
    }
    if let Some(origin) = state.selected_entry().and_then(crate::index::EntryRef::locator) {
        let input = origin.input.display_path();
        lines.push(header_field("file", &input));
        // Nothing to tell if the dispatch is the whole file.
        if origin.bytes != (0..origin.input.length) {
            let bytes = format!("{} to {}", origin.bytes.start, origin.bytes.end);
            lines.push(header_field("bytes", &bytes));
        }
    }
    let known = known_fields(d, document.current_status(), state.session.now);
    lines.extend(known.iter().map(|(name, value)| header_field(name, value)));
    if !d.fields.is_empty() {
        lines.push(SheetLine::Blank);
        lines.push(SheetLine::Heading("Under the wire's own names".to_owned()));
        lines.extend(d.fields.iter().map(|(name, value)| header_field(name, value)));
    }
    if !d.problems.is_empty() {
        lines.push(SheetLine::Blank);
        lines.push(SheetLine::Heading("Problems".to_owned()));
        let problems = d.problems.iter();
        lines.extend(problems.map(|problem| SheetLine::Text(problem.to_string())));
    }
    lines
}

/// Why there is no open dispatch.
fn no_dispatch_reason(state: &State) -> String {
    match &state.ui.reader.failure {
        Some(failure) => failure.to_string(),
        None if state.ui.list.selected.is_some() => "The dispatch is being read …".to_owned(),
        None => "No dispatch is open.".to_owned(),
    }
}

/// A field line.
fn header_field(name: &str, value: &str) -> SheetLine {
    SheetLine::Field(name.to_owned(), value.to_owned())
}

/// Every field of the model that has a value, under the name of its record key. The status is the one that holds, and an
/// embargo may have ended at `now`.
fn known_fields(d: &Dispatch, status: Status, now: Option<Stamp>) -> Vec<(&'static str, String)> {
    let status = match status {
        _ if status == d.status => status.name().to_owned(),
        status => format!("{}; sent as {}", status.name(), d.status.name()),
    };
    let clock = now.map(|now| now.seconds);
    let ended = if d.embargoed && !d.is_under_embargo(clock) { ", which has passed" } else { "" };
    let line = d.dateline.as_ref();
    let list = |all: &[String]| Some(all.join("; ")).filter(|joined| !joined.is_empty());
    let derived =
        if d.headline_derived { "the start of the text: the wire sent none" } else { &d.headline };
    let embargo = match (d.embargoed, d.embargo) {
        (_, Some(until)) => Some(format!("until {}{ended}", until.to_rfc3339())),
        (true, None) => Some("until further notice".to_owned()),
        (false, None) => None,
    };
    let relations = d.relations.iter().map(|r| format!("{} {}", r.kind.name(), r.id));
    let relations: Vec<String> = relations.collect();
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
        ("status", Some(status)),
        ("embargo", embargo),
        ("role", Some(d.role.name().to_owned())),
        ("relates", list(&relations)),
        ("ednote", d.ednote.clone()),
        ("created", d.created.map(Stamp::to_rfc3339)),
        ("sent", d.sent.map(Stamp::to_rfc3339)),
        ("time", d.time.map(|time| time_with_source(d, time))),
        ("words", Some(words(d))),
        ("language", d.language.clone()),
        ("rights", d.rights.clone()),
        ("links", list(&d.links)),
    ];
    let present = all.into_iter().filter_map(|(name, value)| Some((name, value?)));
    present.filter(|(_, value)| !value.is_empty()).collect()
}

/// The time that the list sorts by, and its source.
fn time_with_source(d: &Dispatch, time: Stamp) -> String {
    let day = if time.precision == Precision::Day { ", day only" } else { "" };
    format!("{} ({}{day})", time.to_rfc3339(), d.time_source.name())
}

/// The number of words, and the number that the wire states.
fn words(d: &Dispatch) -> String {
    match d.words_stated {
        Some(stated) => format!("{}; the wire states {stated}", d.word_count()),
        None => d.word_count().to_string(),
    }
}

/// The lines of the source sheet.
fn source_lines(
    state: &State,
    source: Option<&Result<SourceView, InputProblem>>,
) -> Vec<SheetLine> {
    match source {
        None => vec![SheetLine::Text(no_dispatch_reason(state))],
        Some(Err(problem)) => vec![SheetLine::Fault(problem.to_string())],
        Some(Ok(source)) => {
            let notes = source.notes.iter().map(|n| SheetLine::Note(n.clone()));
            let lines = source.lines.iter().map(|l| SheetLine::Raw(l.clone()));
            notes.chain([SheetLine::Blank]).chain(lines).collect()
        }
    }
}

/// The lines of the health sheet: when each source last sent something, how much it sends, which numbers are missing.
fn health_lines(state: &State, health: Option<&Health>) -> Vec<SheetLine> {
    let Some(health) = health else {
        return vec![SheetLine::Note("counting …".to_owned())];
    };
    if health.sources.is_empty() {
        return vec![SheetLine::Text("Nothing has arrived.".to_owned())];
    }
    let time = |stamp: Stamp| stamp.display_in(&state.settings.zone);
    let mut lines = Vec::new();
    for source in &health.sources {
        if !lines.is_empty() {
            lines.push(SheetLine::Blank);
        }
        let name = source.display_name();
        lines.push(SheetLine::Heading(match source.missing_count() {
            0 => name.to_owned(),
            1 => format!("{name}: a number is missing"),
            count => format!("{name}: {count} numbers are missing"),
        }));
        let fields = source.describe(&time).into_iter();
        lines.extend(fields.map(|(name, value)| SheetLine::Field(name, value)));
    }
    if let Some(until) = health.until {
        lines.push(SheetLine::Blank);
        let until = time(crate::dispatch::Stamp::from_seconds(until));
        let note = format!(
            "Rates are counted back from {until}, the newest time of the wire. Numbers are missing where a wire counts its items; a count that restarts is no gap."
        );
        lines.push(SheetLine::Note(note));
    }
    lines
}
