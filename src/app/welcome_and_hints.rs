//! Hints: the keys on the bottom line, and the welcome in a first session. Knows nothing of how much room they get.

use crate::action::{ACTIONS, Action, HelpGroup, KeyMatch, Pane};
use crate::app::state::State;
use crate::marks::{MarkChange, SavedMarks};
use crate::text::display_width;

/// The hints for the bottom line, most useful first: keys, and what they do. Actions that would do nothing now are left
/// out.
#[must_use]
pub fn hints(state: &State) -> Vec<(String, &'static str)> {
    // Within a sequence, show how it can go on.
    if let KeyMatch::Prefix(rest) = state
        .settings
        .keys
        .lookup(state.active_pane(), &state.ui.typed.keys)
        && !state.ui.typed.keys.is_empty()
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

/// Hints while a prompt is open or the letter of a bookmark is awaited.
fn input_hints(state: &State) -> Option<Vec<(String, &'static str)>> {
    if let Some(asked) = state.session.bookmarks.awaiting_letter {
        let known: String = state.session.bookmarks.named.keys().collect();
        return Some(match asked {
            Action::SetPlace => vec![("a–z".into(), "name this place"), ("Esc".into(), "cancel")],
            _ if known.is_empty() => vec![("'".into(), "before the last jump")],
            _ => vec![(known, "go there"), ("'".into(), "before the last jump")],
        });
    }
    // At a prompt the keys are fixed.
    let prompt = || {
        vec![
            ("Enter".into(), "keep"),
            ("Esc".into(), "undo"),
            ("↑↓".into(), "move"),
        ]
    };
    state.ui.prompt.is_some().then(prompt)
}

/// An action, what it does here, and whether it would do something now.
type Hint = (Action, &'static str, bool);

/// Hints in an overlay.
fn panel_hints(state: &State) -> Vec<Hint> {
    let changes = state.ui.comparison();
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
                !state.session.speakers.shown_rows.is_empty(),
            ),
            (
                Action::Search,
                "narrow",
                !state.session.speakers.rows.is_empty(),
            ),
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

/// The hint for Enter in the list: it chooses if the program was started to choose a dispatch.
fn enter_label(state: &State) -> &'static str {
    if state.can_choose() { "choose" } else { "read" }
}

/// True if the open dispatch has quotes.
fn has_quotes(state: &State) -> bool {
    state.document().is_some_and(|d| !d.quotes.is_empty())
}

/// Hints in the list.
fn list_hints(state: &State) -> Vec<Hint> {
    let has_rows = !state.ui.list.rows(&state.session.index).is_empty();
    // With a filter that matches nothing, changing it is the way out.
    let can_filter = has_rows || !state.session.filter.is_blank();
    vec![
        (Action::Choose, enter_label(state), has_rows),
        (Action::Search, "filter", can_filter),
        (Action::NextQuote, "next quote", has_quotes(state)),
        (Action::NextPane, "pane", has_rows),
        (Action::WhoSpeaks, "speakers", has_rows),
        (
            Action::Problems,
            "problems",
            !state.session.problems.is_empty(),
        ),
        (
            Action::Alerts,
            "alerts",
            state.session.alerts.log.unread > 0,
        ),
        (
            Action::Views,
            "views",
            !state.session.alerts.views.is_empty(),
        ),
        (Action::Quit, "quit", true),
        (Action::Help, "all keys", true),
    ]
}

/// Hints in the reader and the quotes pane.
fn text_hints(state: &State) -> Vec<Hint> {
    let (chooses, has_quotes) = (state.can_choose(), has_quotes(state));
    let has_quote = has_quotes && state.ui.reader.current_quote.is_some();
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
        (
            Action::NextHit,
            "next hit",
            !state.ui.reader.hits.is_empty(),
        ),
        (Action::NextDispatch, "next", true),
        (Action::Search, "search", true),
        (Action::CopyQuote, "copy quote", has_quote),
        (Action::Help, "all keys", true),
    ]
}

impl State {
    /// A hint to append to a notice: separator, key, what the key does, as in `: / searches it`. Empty if no key is
    /// bound to the action in the active pane.
    #[must_use]
    pub fn key_hint(&self, separator: &str, action: Action, does: &str) -> String {
        self.key_for(action)
            .map_or(String::new(), |key| format!("{separator}{key} {does}"))
    }

    /// The first key sequence bound to an action in the active pane, for display.
    #[must_use]
    pub fn key_for(&self, action: Action) -> Option<String> {
        self.settings
            .keys
            .sequences_of(self.active_pane(), action)
            .next()
    }
}

// The welcome: a few hints for a new user, one at a time. Each goes when its action has been performed. It is shown
// only if nothing has ever been saved, and a setting keeps it from being shown again.

/// The setting that records that the welcome has been shown. Saved in databases, so it must not change.
const WELCOME_SETTING: &str = "welcome";

/// A hint: the actions that complete it, what the key of the first of them does, and what to add if there is room.
type Step = (&'static [Action], &'static str, &'static str);

/// The hints of the welcome, in order.
const STEPS: [Step; 3] = [
    (
        &[Action::Choose, Action::In, Action::ReadOn],
        "reads the dispatch",
        "; the line below shows what other keys do",
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

/// Progress of the welcome.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Welcome {
    /// Not wanted, or completed.
    #[default]
    Off,
    /// Wanted, if it turns out that nothing has ever been saved.
    Wanted,
    /// The hint of this index into `STEPS` is shown.
    Step(usize),
}

impl Welcome {
    /// The state at the start.
    #[must_use]
    pub fn at_start(wanted: bool) -> Self {
        if wanted { Self::Wanted } else { Self::Off }
    }
}

impl State {
    /// The hint with its number: `1/3  Enter reads the dispatch`.
    #[must_use]
    pub fn welcome_line(&self) -> Option<String> {
        let Welcome::Step(step) = self.ui.welcome else {
            return None;
        };
        let (actions, text, more) = STEPS.get(step)?;
        let key = self.key_for(actions[0])?;
        let line = format!("{}/{}  {key} {text}", step + 1, STEPS.len());
        let room = usize::from(self.ui.size.0.saturating_sub(2));
        // In a narrow terminal the key matters more than the explanation.
        let fits = display_width(&line) + display_width(more) <= room;
        Some(if fits { line + more } else { line })
    }
}

/// Starts the welcome if `saved` shows that this is the first session, and records that it has been shown.
pub(super) fn start_welcome(state: &mut State, saved: &SavedMarks) {
    if state.ui.welcome != Welcome::Wanted {
        return;
    }
    let marked = !saved.sets.read.is_empty() || !saved.sets.starred.is_empty();
    let named = saved.settings.len() + saved.views.len() + saved.queries.len();
    state.ui.welcome = Welcome::Off;
    if !marked && named == 0 && !state.settings.plain && saved.notes.is_empty() {
        state.ui.welcome = Welcome::Step(0);
        let shown = MarkChange::Setting(WELCOME_SETTING.to_owned(), Some("shown".to_owned()));
        state.session.marks.queue_changes(vec![shown]);
    }
}

/// Advances the welcome after an action. Moving about keeps the current hint; any other action completes it, or skips
/// to the one after its own.
pub(super) fn advance_welcome(state: &mut State, action: Action) {
    let Welcome::Step(step) = state.ui.welcome else {
        return;
    };
    let mut entries = ACTIONS.iter();
    let entry = entries.find(|entry| entry.action == action);
    let about = |group| matches!(group, HelpGroup::Move | HelpGroup::Program);
    // Help is in the group of program actions, but is what the last hint asks for.
    let looks = entry.is_some_and(|entry| about(entry.group)) && action != Action::Help;
    // Leaving what the previous hint opened does not complete this one.
    let back = step > 0 && matches!(action, Action::Back | Action::Leave | Action::Cancel);
    if !looks && !back {
        let next = STEPS[step..]
            .iter()
            .position(|(actions, ..)| actions.contains(&action));
        let next = step + next.unwrap_or(0) + 1;
        state.ui.welcome = if next < STEPS.len() {
            Welcome::Step(next)
        } else {
            Welcome::Off
        };
    }
}
