//! The screens over the others: all keys, the problems with the input, header fields and raw source of the dispatch.

use std::ops::Range;

use super::narrowing::filter_sheet_lines;
use super::{State, header, health, source};
use crate::dispatch::Severity;
use crate::filter::FIELDS;
use crate::text::{cells, sanitize_line, wrap};

/// Most problems that are listed.
const MAX_PROBLEMS: usize = 1_000;

/// Which one is open, and its first line on the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sheet {
    pub kind: SheetKind,
    pub scroll: usize,
}

/// The kinds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SheetKind {
    Help,
    Problems,
    /// All header fields of the open dispatch.
    Header,
    /// Its bytes.
    Source,
    /// The sources of the wire.
    Health,
}

/// One line of a sheet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SheetLine {
    Heading(String),
    /// Keys and what they do; of further lines one or the other may be empty.
    Key(String, String),
    /// The name of a field and its value; of its further lines the name is empty.
    Field(String, String),
    Text(String),
    /// What is said about what follows.
    Note(String),
    /// What a wire sent, broken where the line ends.
    Raw(String),
    /// Text that reports something that could not be shown.
    Fault(String),
    Blank,
}

impl Sheet {
    /// The title in the top line.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self.kind {
            SheetKind::Help => "all keys",
            SheetKind::Problems => "problems with the input",
            SheetKind::Header => "header fields of the dispatch",
            SheetKind::Source => "source of the dispatch",
            SheetKind::Health => "sources of the wire",
        }
    }
}

/// The lines of a sheet.
#[must_use]
pub fn sheet_lines(state: &State, sheet: Sheet) -> Vec<SheetLine> {
    let lines = match sheet.kind {
        SheetKind::Help => help_lines(state),
        SheetKind::Problems => problem_lines(state),
        SheetKind::Header => header::header_lines(state),
        SheetKind::Source => source::source_lines(state),
        SheetKind::Health => health::health_lines(state),
    };
    let width = usize::from(state.size.0.saturating_sub(4)).max(8);
    filter_sheet_lines(lines, state)
        .into_iter()
        .flat_map(|line| wrap_sheet_line(line, width))
        .collect()
}

/// A line in as many as it takes.
fn wrap_sheet_line(line: SheetLine, width: usize) -> Vec<SheetLine> {
    let cut = |text: &str, make: fn(String) -> SheetLine| {
        let text = sanitize_line(text);
        wrap(&text, width)
            .into_iter()
            .map(|r| make(text[r].to_owned()))
            .collect()
    };
    match &line {
        SheetLine::Text(text) => cut(text, SheetLine::Text),
        SheetLine::Fault(text) => cut(text, SheetLine::Fault),
        SheetLine::Note(text) => cut(text, SheetLine::Note),
        SheetLine::Heading(text) => cut(text, SheetLine::Heading),
        SheetLine::Raw(text) => break_raw_line(text, width),
        SheetLine::Field(name, value) => wrap_field(name, value, width),
        SheetLine::Key(keys, help) => {
            let column = sheet_column(u16::try_from(width).unwrap_or(u16::MAX));
            let keys_in = wrap(keys, usize::from(column.saturating_sub(4)).max(4));
            let help_in = wrap(help, width.saturating_sub(usize::from(column)).max(8));
            let part = |text: &str, ranges: &[Range<usize>], at: usize| {
                ranges.get(at).map_or("", |r| &text[r.clone()]).to_owned()
            };
            let row = |at| SheetLine::Key(part(keys, &keys_in, at), part(help, &help_in, at));
            (0..keys_in.len().max(help_in.len())).map(row).collect()
        }
        SheetLine::Blank => vec![line],
    }
}

/// Column at which the text stands after keys or names, on a sheet of so many columns.
#[must_use]
pub fn sheet_column(width: u16) -> u16 {
    if width < 50 {
        14
    } else {
        22.max(width / 4).min(34)
    }
}

/// A text in lines of so many columns, wherever that breaks it.
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

/// A field: its name, its value beside it, or below it where the name is long.
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

fn help_lines(state: &State) -> Vec<SheetLine> {
    let mut lines = Vec::new();
    for (title, rows) in state.keys.help() {
        if !lines.is_empty() {
            lines.push(SheetLine::Blank);
        }
        lines.push(SheetLine::Heading(title.to_owned()));
        lines.extend(
            rows.into_iter()
                .map(|(keys, help)| SheetLine::Key(keys, help.to_owned())),
        );
    }
    lines.push(SheetLine::Blank);
    lines.push(SheetLine::Heading("The filter".to_owned()));
    let words = "A word is looked for in headline, slug, place and agency, close matches below; in a word with a capital, case counts. \
        'word contains it · ~word its letters in this order · ^start end$ · \"two words\" in the text too · !word not · a | b or · ( ) · /regex/";
    lines.push(SheetLine::Text(words.to_owned()));
    let typing = "While it is typed: Tab completes fields, agencies, places and speakers, ↑ ↓ move the list, ^P ^N go through what was \
        typed before, Esc goes back to what was. Fields take a word, \"a phrase\" or a group: from:(afp | rtr).";
    lines.push(SheetLine::Text(typing.to_owned()));
    let field =
        |field: &crate::filter::FieldEntry<_>| (field.example.to_owned(), field.description);
    lines.extend(
        FIELDS
            .iter()
            .map(field)
            .map(|(example, keeps)| SheetLine::Key(example, keeps.to_owned())),
    );
    lines.push(SheetLine::Blank);
    lines.push(SheetLine::Heading("Commands".to_owned()));
    let commands = super::typed_commands().into_iter();
    lines
        .extend(commands.map(|(typed, help)| SheetLine::Key(format!(":{typed}"), help.to_owned())));
    lines.push(SheetLine::Blank);
    let marks = "A number before a move repeats it. Marks in the list: ● unread, ‼ a flash, ! urgent, ✕ killed, E under embargo, ↑ superseded by a newer version, ★ starred, ✎ with a note, + marked by x, m muted, ▸ older versions folded, ▾ unfolded, └ one of them, ~ a date that is only the file's. The letter of a view stands before the agency.";
    lines.push(SheetLine::Text(marks.to_owned()));
    lines
}

fn problem_lines(state: &State) -> Vec<SheetLine> {
    let mut lines = Vec::new();
    if state.problems.is_empty() {
        lines.push(SheetLine::Text("Every input was read. What is odd within a dispatch stands here while it is open; `dateline check` tells of all of them."
                .to_owned()));
    }
    for problem in state.problems.iter().take(MAX_PROBLEMS) {
        let text = problem.to_string();
        lines.push(if problem.problem.severity == Severity::Unreadable {
            SheetLine::Fault(text)
        } else {
            SheetLine::Text(text)
        });
    }
    if let Some(more) = state.problems.len().checked_sub(MAX_PROBLEMS + 1) {
        lines.push(SheetLine::Text(format!("… and {} more", more + 1)));
    }
    if let Some(summary) = state.load_summary.filter(|summary| summary.skipped > 0) {
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
        lines.extend(
            inside
                .iter()
                .map(|problem| SheetLine::Text(problem.to_string())),
        );
    }
    lines
}
