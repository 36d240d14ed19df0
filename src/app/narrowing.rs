//! A sheet narrowed to the lines that hold what is typed: `/` in the keys, a header, a raw source.

use super::prompt::{Prompt, PromptEvent, PromptKind};
use super::{SheetLine, State};
use crate::action::{Action, Key};
use crate::text::fold;

/// Opens the prompt.
pub(super) fn open_sheet_filter(state: &mut State) {
    state.prompt = Some(Prompt::new(PromptKind::Sheet, &state.sheet_filter));
}

/// A key at that prompt.
pub(super) fn handle_sheet_filter_key(state: &mut State, key: Key) {
    let Some(prompt) = state.prompt.as_mut() else {
        return;
    };
    match prompt.handle_key(key) {
        PromptEvent::Changed => {
            let text = prompt.text().to_owned();
            set_sheet_filter(state, &text);
        }
        PromptEvent::Accepted => state.prompt = None,
        PromptEvent::Cancelled => {
            state.prompt = None;
            set_sheet_filter(state, "");
        }
        PromptEvent::Move(by) => super::moving::move_by(state, by),
        PromptEvent::Recall(_) | PromptEvent::Complete(_) | PromptEvent::Nothing => {}
    }
}

/// Shows only lines that hold each of the words; none: all.
pub(super) fn set_sheet_filter(state: &mut State, words: &str) {
    words.clone_into(&mut state.sheet_filter);
    if let Some(sheet) = &mut state.sheet {
        sheet.scroll = 0;
    }
}

/// The lines that hold each of the words, under their headings.
pub(super) fn filter_sheet_lines(lines: Vec<SheetLine>, state: &State) -> Vec<SheetLine> {
    let words = &state.sheet_filter;
    let sought: Vec<String> = words.split_whitespace().map(fold).collect();
    if sought.is_empty() {
        return lines;
    }
    let mut kept = Vec::new();
    let mut heading = None;
    // All that stands under a heading that is sought is shown.
    let mut whole = false;
    for line in lines {
        let text = match &line {
            SheetLine::Heading(text) => {
                let text = fold(text);
                whole = sought.iter().all(|word| text.contains(word.as_str()));
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
        if whole || sought.iter().all(|word| text.contains(word.as_str())) {
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
        // At its prompt no key is another one than it always is.
        let hint = match state.prompt {
            Some(_) => ": Esc shows all of them".to_owned(),
            None => state.key_hint(": ", Action::Cancel, "shows all of them"),
        };
        kept.push(SheetLine::Text(format!("No line holds “{words}”{hint}.")));
    }
    kept
}
