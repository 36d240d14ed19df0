//! The line at the bottom: only keys that do something now, or the continuations of a prefix.

use super::State;
use crate::action::{Action, KeyMatch, Pane};

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
