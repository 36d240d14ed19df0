//! The screens over the others: all keys, and the problems with the input.

use super::State;
use crate::action;
use crate::dispatch::Severity;
use crate::filter::FIELDS;
use crate::text::{safe_line, wrap};

/// Most problems that are listed.
const PROBLEMS: usize = 1_000;

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
}

/// One line of a sheet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SheetLine {
    Heading(String),
    /// Keys and what they do.
    Key(String, &'static str),
    Text(String),
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
        }
    }
}

/// The lines of a sheet.
#[must_use]
pub fn sheet_lines(state: &State, sheet: Sheet) -> Vec<SheetLine> {
    let lines = match sheet.kind {
        SheetKind::Help => help(),
        SheetKind::Problems => problems(state),
    };
    let width = usize::from(state.size.0.saturating_sub(4)).max(8);
    lines
        .into_iter()
        .flat_map(|line| wrapped(line, width))
        .collect()
}

/// A line in as many as it takes.
fn wrapped(line: SheetLine, width: usize) -> Vec<SheetLine> {
    let cut = |text: &str, make: fn(String) -> SheetLine| {
        let text = safe_line(text);
        wrap(&text, width)
            .into_iter()
            .map(|r| make(text[r].to_owned()))
            .collect()
    };
    match &line {
        SheetLine::Text(text) => cut(text, SheetLine::Text),
        SheetLine::Fault(text) => cut(text, SheetLine::Fault),
        _ => vec![line],
    }
}

fn help() -> Vec<SheetLine> {
    let mut lines = Vec::new();
    for (title, rows) in action::help() {
        if !lines.is_empty() {
            lines.push(SheetLine::Blank);
        }
        lines.push(SheetLine::Heading(title.to_owned()));
        lines.extend(
            rows.into_iter()
                .map(|(keys, help)| SheetLine::Key(keys, help)),
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
    let field = |field: &crate::filter::FieldEntry<_>| (field.example.to_owned(), field.keeps);
    lines.extend(
        FIELDS
            .iter()
            .map(field)
            .map(|(example, keeps)| SheetLine::Key(example, keeps)),
    );
    lines.push(SheetLine::Blank);
    let marks = "A number before a move repeats it. Marks in the list: ● unread, ! urgent, ✕ killed, E embargoed, ~ a date that is only the file's.";
    lines.push(SheetLine::Text(marks.to_owned()));
    lines
}

fn problems(state: &State) -> Vec<SheetLine> {
    let mut lines = Vec::new();
    if state.problems.is_empty() {
        lines.push(SheetLine::Text("Everything was read.".to_owned()));
    }
    for problem in state.problems.iter().take(PROBLEMS) {
        let text = problem.to_string();
        lines.push(if problem.problem.severity == Severity::Unreadable {
            SheetLine::Fault(text)
        } else {
            SheetLine::Text(text)
        });
    }
    if let Some(more) = state.problems.len().checked_sub(PROBLEMS + 1) {
        lines.push(SheetLine::Text(format!("… and {} more", more + 1)));
    }
    if let Some(summary) = state.loaded.filter(|summary| summary.skipped > 0) {
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
