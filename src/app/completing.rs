//! Completion at the prompt: what the word that is being typed may become, by the tables and by what is at hand.

use super::State;
use crate::desk::InternedColumn;
use crate::filter::{CompletionTarget, Field, quote_value};

/// Most candidates that are offered.
const MAX_CANDIDATES: usize = 60;
/// Letters that must be there before places and agencies are offered without a field.
const MIN_LETTERS: usize = 2;

/// Candidates for the word that is being typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Completion {
    /// What is shown of each, and what is written.
    pub candidates: Vec<(String, String)>,
    /// The one that is written now.
    pub current: usize,
    /// The text before the word, and after it.
    pub before: String,
    pub after: String,
}

impl Completion {
    /// The text with the candidate written, and its cursor in characters.
    #[must_use]
    pub fn text(&self) -> (String, usize) {
        let word = self
            .candidates
            .get(self.current)
            .map_or("", |(_, word)| word);
        let front = format!("{}{word}", self.before);
        let cursor = front.chars().count();
        (front + &self.after, cursor)
    }

    /// Goes to the next candidate, or the one before.
    pub fn step(&mut self, forward: bool) {
        let count = self.candidates.len().max(1);
        self.current = (self.current + if forward { 1 } else { count - 1 }) % count;
    }
}

impl State {
    /// What the word before the cursor may become; `None` where nothing is known.
    pub(super) fn find_completion(&self, before: &str, after: &str) -> Option<Completion> {
        let slot = CompletionTarget::at_end(before);
        let mut candidates: Vec<(String, String)> = slot
            .suggestions()
            .into_iter()
            .map(|name| (name.clone(), name))
            .collect();
        let columns: &[InternedColumn] = match slot.field {
            None if slot.partial.chars().count() < MIN_LETTERS => &[],
            None => &[
                InternedColumn::Agency,
                InternedColumn::Place,
                InternedColumn::Country,
            ],
            Some(Field::From) => &[InternedColumn::Agency],
            Some(Field::At) => &[InternedColumn::Place, InternedColumn::Country],
            Some(Field::By) => &[InternedColumn::Byline],
            Some(Field::About) => &[InternedColumn::Subjects],
            Some(Field::Lang) => &[InternedColumn::Language],
            Some(Field::Slug) => &[InternedColumn::Slug],
            Some(_) => &[],
        };
        let mut offer = |value: &str| {
            let word = quote_value(value);
            if slot.accepts_value(value) && candidates.iter().all(|(_, known)| *known != word) {
                candidates.push((value.to_owned(), word));
            }
        };
        for &column in columns {
            // Subjects stand several in one text.
            for value in self.index.values(column) {
                value
                    .split("; ")
                    .filter(|v| !v.is_empty())
                    .for_each(&mut offer);
            }
        }
        if slot.field == Some(Field::Said) {
            let open = self.shown_document().into_iter().flat_map(|d| &d.speakers);
            open.filter_map(|s| s.name.as_deref()).for_each(&mut offer);
            self.speakers
                .rows
                .iter()
                .for_each(|row| offer(row.name.as_str()));
        }
        candidates.truncate(MAX_CANDIDATES);
        (!candidates.is_empty()).then(|| Completion {
            candidates,
            current: 0,
            before: before[..slot.start].to_owned(),
            after: after.to_owned(),
        })
    }
}
