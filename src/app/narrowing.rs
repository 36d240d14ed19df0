//! A sheet narrowed to the lines that hold what is typed: `/` in the keys, a header, a raw source.

use super::prompt::{Outcome, Prompt, Purpose};
use super::{SheetLine, State};
use crate::action::{Action, Key};
use crate::text::fold;

/// Opens the prompt.
pub(super) fn open(state: &mut State) {
    state.prompt = Some(Prompt::new(Purpose::Sheet, &state.narrow));
}

/// A key at that prompt.
pub(super) fn prompt_key(state: &mut State, key: Key) {
    let Some(prompt) = state.prompt.as_mut() else {
        return;
    };
    match prompt.key(key) {
        Outcome::Changed => {
            let text = prompt.text().to_owned();
            narrow(state, &text);
        }
        Outcome::Accepted => state.prompt = None,
        Outcome::Cancelled => {
            state.prompt = None;
            narrow(state, "");
        }
        Outcome::Move(by) => super::moving::step(state, by),
        Outcome::Recall(_) | Outcome::Complete(_) | Outcome::Nothing => {}
    }
}

/// Shows only lines that hold each of the words; none: all.
pub(super) fn narrow(state: &mut State, words: &str) {
    words.clone_into(&mut state.narrow);
    if let Some(sheet) = &mut state.sheet {
        sheet.scroll = 0;
    }
}

/// The lines that hold each of the words, under their headings.
pub(super) fn narrowed(lines: Vec<SheetLine>, state: &State) -> Vec<SheetLine> {
    let words = &state.narrow;
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
