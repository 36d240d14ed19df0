//! What an empty list says: why there is nothing, and what to do next.

use super::brush::Brush;
use super::status::with_thousands;
use super::theme::Role;
use crate::action::Action;
use crate::app::{Area, FollowMode, State};
use crate::text::{pluralize, sanitize_line, wrap};

/// Says it at the top of the list.
pub(super) fn draw_empty(state: &State, area: Area, brush: &mut Brush<'_>) {
    let width = area.width.saturating_sub(3);
    let mut rows = area.y + 1..area.y + area.height;
    for (number, text) in empty_message(state).iter().enumerate() {
        let role = if number == 0 { Role::Text } else { Role::Dim };
        for (range, y) in wrap(text, usize::from(width)).into_iter().zip(&mut rows) {
            brush.text(area.x + 2, y, width, &text[range], &[role]);
        }
    }
}

fn empty_message(state: &State) -> Vec<String> {
    if state.filter.is_running() && !state.filter.query.is_empty() {
        return vec!["searching …".to_owned()];
    }
    if state.is_loading() && state.index.is_empty() {
        return vec!["reading …".to_owned()];
    }
    if state.index.is_empty() {
        nothing_read(state)
    } else {
        nothing_left(state)
    }
}

/// All that is at hand is left out: by the filter, by mutes, by embargoes.
fn nothing_left(state: &State) -> Vec<String> {
    let mut lines = Vec::new();
    if state.filter.query.is_empty() {
        let count = state.index.len();
        let dispatches = pluralize(count, "dispatch");
        let count = with_thousands(count);
        lines.push(format!("nothing is left of {count} {dispatches}"));
    } else {
        let filter = sanitize_line(&state.filter.display_text()).into_owned();
        lines.push(format!("nothing has “{filter}”"));
        lines.extend(state.key_for(Action::Cancel).map(|key| {
            let then = if state.filter.outer_filters.is_empty() {
                "shows everything again"
            } else {
                "goes back to the filter before"
            };
            format!("{key} {then}")
        }));
    }
    if state.live.muted_rows > 0 {
        let muted = with_thousands(state.live.muted_rows);
        lines.push(format!("{muted} muted: `:muted` shows them"));
    }
    if state.embargoes.hidden {
        lines.push("what is under embargo is left out: `:embargoed` shows it".to_owned());
    }
    lines
}

/// Nothing was read at all.
fn nothing_read(state: &State) -> Vec<String> {
    let mut lines = vec!["there is nothing to read here".to_owned()];
    let key = state.key_for(Action::Problems).unwrap_or_default();
    match &state.problems[..] {
        [] => lines.push(format!(
            "no dispatch was found in {}",
            sanitize_line(&state.name)
        )),
        [one] => lines.push(sanitize_line(&one.to_string()).into_owned()),
        several => lines.push(format!("{key} shows why: {} problems", several.len())),
    }
    let skipped = state.load_summary.map_or(0, |summary| summary.skipped);
    if skipped > 0 {
        let files = pluralize(usize::try_from(skipped).unwrap_or(usize::MAX), "file");
        lines.push(format!(
            "{skipped} hidden or unfinished {files} (.x, x~, x.tmp, x.part) left out"
        ));
    }
    let follow = state.key_for(Action::Follow);
    match (state.live.mode, follow) {
        (FollowMode::Follow, _) => lines.push("it is followed: what arrives shows here".to_owned()),
        (FollowMode::Off, Some(key)) if state.problems.is_empty() => {
            lines.push(format!("{key} follows it: what arrives shows here"));
        }
        _ => lines.push("`dateline check PATH` says of every file what it is".to_owned()),
    }
    lines
}
