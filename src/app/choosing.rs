//! Choosing: the program as a part of a command line, which ends when something has been chosen.

use super::moving::go_in;
use super::{Effect, State, marking};
use crate::action::{Key, Pane};
use crate::desk::EntryId;

/// What Enter chooses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChoiceKind {
    Dispatch,
    /// The current quote, in the reader and in the quotes.
    Quote,
}

/// What has been chosen.
#[derive(Debug)]
pub enum Choice {
    Entries(Vec<EntryId>),
    /// A quote with its source.
    Quote(String),
}

/// How far the choosing is.
#[derive(Debug)]
pub struct ChooseMode {
    pub kind: ChoiceKind,
    choice: Option<Choice>,
    interrupted: bool,
}

impl ChooseMode {
    /// Nothing chosen yet.
    pub(super) fn new(what: ChoiceKind) -> Self {
        Self {
            kind: what,
            choice: None,
            interrupted: false,
        }
    }
}

impl State {
    /// The exit code of a program that was quit: 0; where something was to be chosen, 0 only if it was, 130 after `^C`,
    /// else 1.
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        match &self.choose_mode {
            Some(choosing) if choosing.interrupted => 130,
            Some(choosing) if choosing.choice.is_none() => 1,
            _ => 0,
        }
    }

    /// What has been chosen.
    pub fn take_choice(&mut self) -> Option<Choice> {
        self.choose_mode.as_mut()?.choice.take()
    }

    /// True where [`crate::action::Action::ChoiceKind`] chooses what is current.
    #[must_use]
    pub(super) fn can_choose(&self) -> bool {
        self.choose_mode
            .as_ref()
            .is_some_and(|choosing| match choosing.kind {
                ChoiceKind::Dispatch => self.list.selected.is_some(),
                ChoiceKind::Quote => self.focus != Pane::List && self.citation().is_some(),
            })
    }
}

/// Goes in, or chooses what is current and ends.
pub(super) fn enter_or_choose(state: &mut State, effects: &mut Vec<Effect>) {
    if !state.can_choose() {
        return go_in(state);
    }
    let quote = state.citation();
    let entries = marking::action_targets(state);
    if let Some(choosing) = &mut state.choose_mode {
        choosing.choice = match choosing.kind {
            ChoiceKind::Dispatch => Some(Choice::Entries(entries)),
            ChoiceKind::Quote => quote.map(Choice::Quote),
        };
        effects.push(Effect::Quit);
    }
}

/// Ends the program.
pub(super) fn quit(state: &mut State, key: Key, effects: &mut Vec<Effect>) {
    if let Some(choosing) = &mut state.choose_mode {
        choosing.interrupted = key == Key::ctrl('c');
    }
    effects.push(Effect::Quit);
}
