//! Hints: the keys on the bottom line, and the welcome of a first session.

use crate::action::{ACTIONS, Action, HelpGroup, KeyMatch, Pane};
use crate::app::state::State;
use crate::marks::{MarkChange, SavedMarks};
use crate::text::display_width;

/// Keys and what they do, the most useful first.
#[must_use]
pub fn hints(state: &State) -> Vec<(String, &'static str)> {
    if let KeyMatch::Prefix(rest) = state.keys.lookup(state.active_pane(), &state.pending_keys)
        && !state.pending_keys.is_empty()
    {
        return rest;
    }
    if let Some(hints) = input_hints(state) {
        return hints;
    }
    let wanted = match state.active_pane() {
        Pane::List => list_hints(state),
        Pane::Reader | Pane::Quotes => text_hints(state),
        Pane::Sheet | Pane::Changes | Pane::Speakers | Pane::Choice => panel_hints(state),
    };
    wanted
        .into_iter()
        .filter(|(_, _, now)| *now)
        .filter_map(|(action, words, _)| Some((state.key_for(action)?, words)))
        .collect()
}

/// What may be typed where a place's letter or the words of a prompt are waited for.
fn input_hints(state: &State) -> Option<Vec<(String, &'static str)>> {
    if let Some(asked) = state.bookmarks.awaiting_letter {
        let known: String = state.bookmarks.named.keys().collect();
        return Some(match asked {
            Action::SetPlace => vec![("a–z".into(), "call this place so"), ("Esc".into(), "not")],
            _ if known.is_empty() => vec![("'".into(), "before the last jump")],
            _ => vec![(known, "go there"), ("'".into(), "before the last jump")],
        });
    }
    let prompt = || {
        vec![
            ("Enter".into(), "keep"),
            ("Esc".into(), "undo"),
            ("↑↓".into(), "move"),
        ]
    };
    state.prompt.is_some().then(prompt)
}

/// An action, what it does here, and whether it does something now.
type Hint = (Action, &'static str, bool);

/// In a panel that covers the panes.
fn panel_hints(state: &State) -> Vec<Hint> {
    let changes = state.comparison.as_ref();
    let has_changes = changes.is_some_and(|c| !c.page.change_lines.is_empty());
    let has_older = changes.is_some_and(|c| c.older + 1 < c.versions.len());
    let has_newer = changes.is_some_and(|c| c.older > c.newer + 1);
    match state.active_pane() {
        Pane::Sheet => vec![
            (Action::Leave, "back", true),
            (Action::Down, "down", true),
            (Action::Search, "find a line", true),
        ],
        Pane::Changes => vec![
            (Action::NextChange, "next change", has_changes),
            (Action::Leave, "back", true),
            (Action::PreviousChange, "previous", has_changes),
            (Action::OlderVersion, "older version", has_older),
            (Action::NewerVersion, "newer", has_newer),
            (Action::Help, "all keys", true),
        ],
        Pane::Speakers => vec![
            (
                Action::Choose,
                "filter",
                !state.speakers.shown_rows.is_empty(),
            ),
            (Action::Search, "narrow", !state.speakers.rows.is_empty()),
            (Action::Leave, "back", true),
            (Action::Help, "all keys", true),
        ],
        _ => vec![
            (Action::Choose, "choose", true),
            (Action::Leave, "back", true),
            (Action::Down, "down", true),
            (Action::Help, "all keys", true),
        ],
    }
}

/// What the key that reads does: where the program is asked for a dispatch, it chooses it.
fn enter_label(state: &State) -> &'static str {
    if state.can_choose() { "choose" } else { "read" }
}

/// There are quotes in the dispatch that is shown.
fn has_quotes(state: &State) -> bool {
    state.document().is_some_and(|d| !d.quotes.is_empty())
}

/// In the list.
fn list_hints(state: &State) -> Vec<Hint> {
    let has_rows = !state.list.rows(&state.index).is_empty();
    let can_filter = has_rows || !state.filter.is_blank();
    vec![
        (Action::Choose, enter_label(state), has_rows),
        (Action::Search, "filter", can_filter),
        (Action::NextQuote, "next quote", has_quotes(state)),
        (Action::NextPane, "pane", has_rows),
        (Action::WhoSpeaks, "speakers", has_rows),
        (Action::Problems, "problems", !state.problems.is_empty()),
        (Action::Alerts, "alerts", state.alerts.log.unread > 0),
        (Action::Views, "views", !state.alerts.views.is_empty()),
        (Action::Quit, "quit", true),
        (Action::Help, "all keys", true),
    ]
}

/// In the reader, and beside it in the quotes.
fn text_hints(state: &State) -> Vec<Hint> {
    let (chooses, has_quotes) = (state.can_choose(), has_quotes(state));
    let has_quote = has_quotes && state.reader.current_quote.is_some();
    if state.active_pane() == Pane::Quotes {
        let choose = if chooses { "choose" } else { "go to it" };
        return vec![
            (Action::Choose, choose, has_quotes),
            (Action::NextSame, "same speaker", has_quotes),
            (Action::Why, "why", has_quote),
            (Action::CopyQuote, "copy", has_quote),
            (Action::Leave, "back", true),
            (Action::Help, "all keys", true),
        ];
    }
    vec![
        (Action::Choose, enter_label(state), chooses),
        (Action::ReadOn, "read on", true),
        (Action::Leave, "list", true),
        (Action::NextQuote, "next quote", has_quotes),
        (Action::ScrollRight, "right", state.max_table_scroll() > 0),
        (Action::NextHit, "next hit", !state.reader.hits.is_empty()),
        (Action::NextDispatch, "next", true),
        (Action::Search, "search", true),
        (Action::CopyQuote, "copy quote", has_quote),
        (Action::Help, "all keys", true),
    ]
}

impl State {
    /// What an action does, behind its keys and what parts both from a sentence before: `: / searches it`. Empty where no
    /// key does it now.
    #[must_use]
    pub fn key_hint(&self, part: &str, action: Action, does: &str) -> String {
        self.key_for(action)
            .map_or(String::new(), |key| format!("{part}{key} {does}"))
    }

    /// The first keys of an action where it can be done now, as people see them.
    #[must_use]
    pub fn key_for(&self, action: Action) -> Option<String> {
        self.keys.sequences_of(self.active_pane(), action).next()
    }
}

// Three hints for somebody who has never been here, one at a time: each goes when its thing has been done.  They
// are shown where nothing has ever been kept, and not again: a setting remembers that.

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
