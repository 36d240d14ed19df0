//! The line at the bottom: only keys that do something now, or the continuations of a prefix.

use super::State;
use crate::action::{Action, Match, Pane};

/// Keys and what they do, the most useful first.
#[must_use]
pub fn hints(state: &State) -> Vec<(String, &'static str)> {
    if let Match::Prefix(rest) = state.keys.lookup(state.key_pane(), &state.pending)
        && !state.pending.is_empty()
    {
        return rest;
    }
    if let Some(asked) = state.places.asked {
        let known: String = state.places.named.keys().collect();
        return match asked {
            Action::SetPlace => vec![("a–z".into(), "call this place so"), ("Esc".into(), "not")],
            _ if known.is_empty() => vec![("'".into(), "before the last jump")],
            _ => vec![(known, "go there"), ("'".into(), "before the last jump")],
        };
    }
    if state.prompt.is_some() {
        return vec![
            ("Enter".into(), "keep"),
            ("Esc".into(), "undo"),
            ("↑↓".into(), "move"),
        ];
    }
    let has_quotes = state.document().is_some_and(|d| !d.quotes.is_empty());
    let has_quote = has_quotes && state.reader.quote.is_some();
    let read = if state.chooses() { "choose" } else { "read" };
    let has_rows = !state.list.rows(&state.desk).is_empty();
    let changes = state.changes.as_ref();
    let has_changes = changes.is_some_and(|c| !c.page.stops.is_empty());
    let has_older = changes.is_some_and(|c| c.older + 1 < c.versions.len());
    let has_newer = changes.is_some_and(|c| c.older > c.newer + 1);
    let wanted: &[(Action, &str, bool)] = match state.key_pane() {
        Pane::Sheet => &[
            (Action::Leave, "back", true),
            (Action::Down, "down", true),
            (Action::Search, "find a line", true),
        ],
        Pane::Changes => &[
            (Action::NextChange, "next change", has_changes),
            (Action::Leave, "back", true),
            (Action::PreviousChange, "previous", has_changes),
            (Action::OlderVersion, "older version", has_older),
            (Action::NewerVersion, "newer", has_newer),
            (Action::Help, "all keys", true),
        ],
        Pane::Speakers => &[
            (Action::Choose, "filter", !state.speakers.shown.is_empty()),
            (Action::Search, "narrow", !state.speakers.rows.is_empty()),
            (Action::Leave, "back", true),
            (Action::Help, "all keys", true),
        ],
        Pane::Choice => &[
            (Action::Choose, "choose", true),
            (Action::Leave, "back", true),
            (Action::Down, "down", true),
            (Action::Help, "all keys", true),
        ],
        Pane::List => &[
            (Action::Choose, read, has_rows),
            (
                Action::Search,
                "filter",
                has_rows || !state.filter.is_blank(),
            ),
            (Action::NextQuote, "next quote", has_quotes),
            (Action::NextPane, "pane", has_rows),
            (Action::WhoSpeaks, "speakers", has_rows),
            (Action::Problems, "problems", !state.problems.is_empty()),
            (Action::Alerts, "alerts", state.alerts.log.unread > 0),
            (Action::Views, "views", !state.alerts.saved.is_empty()),
            (Action::Quit, "quit", true),
            (Action::Help, "all keys", true),
        ],
        Pane::Reader => &[
            (Action::Choose, read, read == "choose"),
            (Action::ReadOn, "read on", true),
            (Action::Leave, "list", true),
            (Action::NextQuote, "next quote", has_quotes),
            (Action::ScrollRight, "right", state.furthest() > 0),
            (Action::NextHit, "next hit", !state.reader.hits.is_empty()),
            (Action::NextDispatch, "next", true),
            (Action::Search, "search", true),
            (Action::CopyQuote, "copy quote", has_quote),
            (Action::Help, "all keys", true),
        ],
        Pane::Quotes => &[
            (
                Action::Choose,
                if read == "choose" { read } else { "go to it" },
                has_quotes,
            ),
            (Action::NextSame, "same speaker", has_quotes),
            (Action::Why, "why", has_quote),
            (Action::CopyQuote, "copy", has_quote),
            (Action::Leave, "back", true),
            (Action::Help, "all keys", true),
        ],
    };
    wanted
        .iter()
        .filter(|(_, _, now)| *now)
        .filter_map(|(action, words, _)| Some((state.key_for(*action)?, *words)))
        .collect()
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
        self.keys.of(self.key_pane(), action).next()
    }
}
