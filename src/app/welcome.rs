//! Three hints for somebody who has never been here, one at a time: each goes when its thing has been done.
//!
//! They are shown where nothing has ever been kept, and not again: a setting remembers that.

use super::State;
use crate::action::{ACTIONS, Action, HelpGroup};
use crate::marks::{MarkChange, SavedMarks};
use crate::text::display_width;

/// Under which name it is kept that they have been shown.
const WELCOME_SETTING: &str = "welcome";

/// A hint: the things that make it go, what it says of the key of the first, and what it adds where there is room.
type Step = (&'static [Action], &'static str, &'static str);

const STEPS: [Step; 3] = [
    (
        &[Action::Choose, Action::In, Action::ReadOn],
        "reads the dispatch",
        "; what the other keys do stands in the line below",
    ),
    (
        &[Action::Search],
        "filters the list as you type",
        ": a word, from:AGENCY, at:PLACE",
    ),
    (
        &[Action::Help],
        "shows all keys",
        "; `dateline FOLDER` reads a wire of your own",
    ),
];

/// How far the hints are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Welcome {
    /// Not wanted, or over.
    #[default]
    Off,
    /// Wanted, if nothing turns out to have been kept.
    Wanted,
    /// The hint of this number is shown.
    Step(usize),
}

impl Welcome {
    /// Hints for somebody who may never have been here.
    #[must_use]
    pub fn at_start(wanted: bool) -> Self {
        if wanted { Self::Wanted } else { Self::Off }
    }
}

impl State {
    /// The hint that is shown, as one of how many.
    #[must_use]
    pub fn welcome_line(&self) -> Option<String> {
        let Welcome::Step(step) = self.welcome else {
            return None;
        };
        let (things, text, more) = STEPS.get(step)?;
        let key = self.key_for(things[0])?;
        let line = format!("{}/{}  {key} {text}", step + 1, STEPS.len());
        let room = usize::from(self.size.0.saturating_sub(2));
        let fits = display_width(&line) + display_width(more) <= room;
        Some(if fits { line + more } else { line })
    }
}

/// What was kept in earlier sessions is known: nothing at all, and this is the first.
pub(super) fn start_welcome(state: &mut State, kept: &SavedMarks) {
    if state.welcome != Welcome::Wanted {
        return;
    }
    let marked = !kept.sets.read.is_empty() || !kept.sets.starred.is_empty();
    let named = kept.settings.len() + kept.views.len() + kept.queries.len();
    state.welcome = Welcome::Off;
    if !marked && named == 0 && !state.plain && kept.notes.is_empty() {
        state.welcome = Welcome::Step(0);
        let shown = MarkChange::Setting(WELCOME_SETTING.to_owned(), Some("shown".to_owned()));
        state.marks.queue_changes(vec![shown]);
    }
}

/// Something is done: a hint stays while the reader looks about, and goes with anything else.
pub(super) fn advance_welcome(state: &mut State, action: Action) {
    let Welcome::Step(step) = state.welcome else {
        return;
    };
    let mut entries = ACTIONS.iter();
    let entry = entries.find(|entry| entry.action == action);
    let about = |group| matches!(group, HelpGroup::Move | HelpGroup::Program);
    let looks = entry.is_some_and(|entry| about(entry.group)) && action != Action::Help;
    // What comes back from a thing that was done belongs to it.
    let back = step > 0 && matches!(action, Action::Back | Action::Leave | Action::Cancel);
    if !looks && !back {
        let next = STEPS[step..]
            .iter()
            .position(|(things, ..)| things.contains(&action));
        let next = step + next.unwrap_or(0) + 1;
        state.welcome = if next < STEPS.len() {
            Welcome::Step(next)
        } else {
            Welcome::Off
        };
    }
}
