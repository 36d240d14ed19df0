//! Draws the list pane: a row for each dispatch or folded story, its signs, and the message of an empty list.

use ratatui::layout::Position;

use crate::action::{Action, Pane};
use crate::app::{Area, FollowMode, State, TextPhase};
use crate::dispatch::{Stamp, Status};
use crate::index::{EntryId, EntryRef};
use crate::list_format::ListColumn;
use crate::text::{Layer, display_width, pluralize, sanitize_line, wrap};
use crate::ui::brush::{Brush, StyledText, with_thousands};
use crate::ui::columns::{self, SIGN_COLUMNS};
use crate::ui::theme::Role;
use crate::views::Tint;

/// Draws the list. Returns the cell of the selected row if the list has the focus.
pub(super) fn draw(state: &State, area: Area, brush: &mut Brush<'_>) -> Option<Position> {
    let rows = state.ui.list.rows(&state.session.index);
    if rows.is_empty() {
        draw_empty(state, area, brush);
        return (state.ui.focus == Pane::List).then_some(Position::new(area.x + 2, area.y + 1));
    }
    let widths = columns::visible_columns(&state.settings.list_format, area.width);
    // Decides in which format times are written.
    let newest = state.newest_shown().map(|newest| newest.stamp);
    let mut cursor = None;
    for (line, &id) in
        rows.iter().skip(state.ui.list.top).take(usize::from(area.height)).enumerate()
    {
        let y = area.y + u16::try_from(line).unwrap_or(0);
        let Some(entry) = state.session.index.entry(id) else {
            continue;
        };
        let in_text = state.is_text_row(state.ui.list.top + line);
        draw_row(state, (id, entry, in_text), Area { y, ..area }, &widths, newest, brush);
        if state.ui.list.selected == Some(id) {
            let focused = state.ui.focus == Pane::List;
            brush.restyle(
                area.x,
                y,
                area.width,
                if focused { Role::Selected } else { Role::SelectedUnfocused },
            );
            cursor = focused.then_some(Position::new(area.x, y));
        }
    }
    cursor
}

/// Draws a row: signs, columns, then what comes before the headline, and the headline in the rest of the width. A row
/// with a hit only in its text has the words around that hit instead of the place.
fn draw_row(
    state: &State,
    (id, entry, in_text): (EntryId, EntryRef<'_>, bool),
    area: Area,
    widths: &[(ListColumn, u16)],
    newest: Option<Stamp>,
    brush: &mut Brush<'_>,
) {
    let y = area.y;
    // A marked row first, then a flash, then the status.
    let (sign, role) = flash_sign(state, entry).unwrap_or_else(|| status_sign(state, entry));
    let (sign, role) = first_sign(state, id, (sign, role));
    brush.sign(area.x, y, sign, role);
    brush.sign(area.x + 1, y, star_sign(state, entry), Role::Key);
    let (agency, mut x) = draw_view_letter(state, id, (area.x + SIGN_COLUMNS, y), brush);
    for &(column, columns) in widths {
        if in_text && column == ListColumn::Place {
            continue;
        }
        let cell = (x, y, columns - 1);
        columns::draw_column(state, (entry, in_text), column, cell, (newest, agency), brush);
        x += columns;
    }
    let end = area.x + area.width;
    if in_text {
        let columns = columns::excerpt_width(widths, area.width);
        columns::draw_excerpt(state, id, (x, y, columns), brush);
        x += columns + 2;
    }
    let story = story_sign(state, id);
    brush.sign(x, y, story, Role::Dim);
    x += u16::try_from(display_width(story)).unwrap_or(0);
    let (label, look) = columns::before_headline(state, entry);
    // Beside the words around a hit in a narrow list, the headline comes first.
    let taken = u16::try_from(display_width(&label)).unwrap_or(u16::MAX).saturating_add(2);
    let has_room = end.saturating_sub(x) >= taken.saturating_add(columns::LEAST_BESIDE_EXCERPT);
    if !label.is_empty() && (has_room || !in_text) {
        x = brush.text(x, y, end.saturating_sub(x), &label, &[look]) + 2;
    }
    x = brush.text(x, y, end.saturating_sub(x), note_sign(state, entry), &[Role::Note]);
    // Status before origin: a killed headline is struck out even if it was derived.
    let (text, role) = match entry.headline() {
        "" => ("(no text)", Role::Dim),
        text if entry.is_killed() => (text, Role::Killed),
        text if entry.is_superseded() => (text, Role::Dim),
        text if entry.is_headline_derived() => (text, Role::DerivedInList),
        text => (text, Role::Text),
    };
    draw_matched(state, (entry, in_text), (x, y, end.saturating_sub(x)), text, role, brush);
}

/// Draws a text of an entry with the characters marked that match the filter, and with `…` if it is cut. In a row of the
/// second tier (`true`) close matches are not marked. The position and room are (column, row, columns).
pub(super) fn draw_matched(
    state: &State,
    (entry, in_text): (EntryRef<'_>, bool),
    (x, y, columns): (u16, u16, u16),
    text: &str,
    role: Role,
    brush: &mut Brush<'_>,
) {
    let filter = &state.session.filter;
    let query = filter.texts.query.as_ref().filter(|_| in_text).unwrap_or(&filter.query);
    let ranges = query.match_ranges(entry, text, &filter.close_matcher);
    let layers = [Layer { ranges: &ranges, mark: Role::Match }];
    let cut = display_width(text) > usize::from(columns);
    let room = columns.saturating_sub(u16::from(cut));
    let after = brush.styled(x, y, room, &StyledText::whole(text, role, &layers));
    if cut {
        brush.text(after, y, 1, "…", &[role]);
    }
}

/// The sign of an entry's status, the most important first: killed, superseded, embargoed, urgent, unread.
fn status_sign(state: &State, entry: EntryRef<'_>) -> (&'static str, Role) {
    if entry.status() == Status::Canceled || entry.is_killed() {
        ("✕", Role::Urgent)
    } else if entry.is_superseded() {
        ("↑", Role::Dim)
    } else if entry.is_under_embargo(state.session.now.map(|now| now.seconds)) {
        ("E", Role::Embargoed)
    } else if entry.urgency().is_some_and(crate::dispatch::Urgency::is_urgent) {
        let read = state.session.marks.is_read(entry.item_key());
        ("!", if read { Role::Dim } else { Role::Urgent })
    } else if state.session.marks.is_read(entry.item_key()) {
        (" ", Role::Dim)
    } else {
        ("●", Role::Unread)
    }
}

/// The sign of a row's place in its story: versions are folded under it (`▸`), unfolded (`▾`), or it is one of the
/// unfolded versions (`└`).
fn story_sign(state: &State, id: EntryId) -> &'static str {
    if state.ui.list.nested_rows.contains(&id) {
        return "└ ";
    }
    match state.ui.list.story_heads.contains(&id) {
        true if state.is_unfolded(id) => "▾ ",
        true => "▸ ",
        false => "",
    }
}

// The signs of views and flashes.

/// The role of a view's colour.
pub(super) fn tint_role(tint: Tint) -> Role {
    match tint {
        Tint::Red => Role::Red,
        Tint::Green => Role::Green,
        Tint::Yellow => Role::Yellow,
        Tint::Blue => Role::Blue,
        Tint::Magenta => Role::Magenta,
        Tint::Cyan => Role::Cyan,
    }
}

/// Width of a view's letter in the list, with the space after it.
const LETTER: u16 = 2;

/// The sign of a flash, dimmed once it is read; `None` for other entries. Canceled and embargoed entries have signs of
/// their own, which matter more.
fn flash_sign(state: &State, entry: EntryRef<'_>) -> Option<(&'static str, Role)> {
    let plain = entry.status() != Status::Canceled
        && !entry.is_under_embargo(state.session.now.map(|now| now.seconds));
    let flash = plain && State::is_flash(entry);
    let read = state.session.marks.is_read(entry.item_key());
    flash.then_some(("‼", if read { Role::Dim } else { Role::Flash }))
}

/// Draws the letter of the view that a row matches, or `m` if the row is muted and shown by `:muted`. Returns the role
/// of the agency, and the column after the letter. If no view has a colour, letters take no room.
fn draw_view_letter(
    state: &State,
    id: EntryId,
    (x, y): (u16, u16),
    brush: &mut Brush<'_>,
) -> (Role, u16) {
    let room = if state.session.alerts.has_letters() || state.session.follow.show_muted {
        LETTER
    } else {
        0
    };
    if state.session.follow.show_muted && state.is_muted(id) {
        brush.text(x, y, 1, "m", &[Role::Dim]);
        return (Role::Dim, x + LETTER);
    }
    match state.session.alerts.letter(id) {
        Some((letter, tint)) => {
            brush.text(x, y, 1, &sanitize_line(&letter.to_string()), &[tint_role(tint)]);
            (tint_role(tint), x + room)
        }
        None => (Role::Agency, x + room),
    }
}

// The signs of the reader's marks.

/// The sign of a starred story.
pub(super) const STAR: &str = "★";

/// The sign of a story with a note, before the headline.
pub(super) const NOTE: &str = "✎ ";

/// The sign in the first column of a row: `+` if the row is marked for actions, else `sign`.
pub(super) fn first_sign(
    state: &State,
    id: EntryId,
    sign: (&'static str, Role),
) -> (&'static str, Role) {
    if state.session.marks.selection.contains(id) { ("+", Role::Key) } else { sign }
}

/// The sign in the second column of a row: `…` while a mark of the row is not on the disk, the star, or a space.
pub(super) fn star_sign(state: &State, entry: EntryRef<'_>) -> &'static str {
    let story = entry.story_or_item_key();
    if state.session.marks.is_unwritten(entry.item_key(), story) {
        "…"
    } else if state.session.marks.is_starred(story) {
        STAR
    } else {
        " "
    }
}

/// The sign of a note, or nothing.
pub(super) fn note_sign(state: &State, entry: EntryRef<'_>) -> &'static str {
    match state.session.marks.note(entry.story_or_item_key()) {
        Some(_) if state.settings.plain => "n ",
        Some(_) => NOTE,
        None => "",
    }
}

/// The texts of the top line on marks: the number of marked rows, and of marks that could not be saved.
pub(super) fn mark_counts(state: &State) -> (String, String) {
    let selected = match state.session.marks.selection.len() {
        0 => String::new(),
        count => format!("{} selected", crate::ui::brush::with_thousands(count)),
    };
    let unsaved = match state.session.marks.unsaved_count() {
        0 => String::new(),
        1 => "1 mark not saved".to_owned(),
        count => format!("{} marks not saved", crate::ui::brush::with_thousands(count)),
    };
    (selected, unsaved)
}

// The empty list.

/// Draws the message of an empty list: why it is empty, and what to do next.
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

/// The paragraphs of the message, the reason first.
fn empty_message(state: &State) -> Vec<String> {
    if state.session.filter.is_running() && !state.session.filter.query.is_empty() {
        return vec!["searching …".to_owned()];
    }
    if state.session.filter.texts.phase.is_pending() && !state.session.index.is_empty() {
        return vec!["searching texts …".to_owned()];
    }
    if state.is_loading() && state.session.index.is_empty() {
        return vec!["reading …".to_owned()];
    }
    if state.session.index.is_empty() { no_input_message(state) } else { no_match_message(state) }
}

/// There are dispatches, but all are left out: by the filter, by mutes, by embargoes.
fn no_match_message(state: &State) -> Vec<String> {
    let mut lines = Vec::new();
    if state.session.filter.query.is_empty() {
        let count = state.session.index.len();
        let dispatches = pluralize(count, "dispatch");
        let count = with_thousands(count);
        lines.push(format!("nothing is left of {count} {dispatches}"));
    } else {
        let filter = sanitize_line(&state.session.filter.display_text()).into_owned();
        // It is not said before everything has been looked at.
        let so_far = match state.session.filter.texts.phase {
            _ if state.is_loading() => " so far: reading …",
            TextPhase::TooShort => " in headlines, slugs, places and agencies",
            _ if texts_are_off(state) => " in headlines, slugs, places and agencies",
            _ => "",
        };
        lines.push(format!("no match for “{filter}”{so_far}"));
        lines.extend(texts_message(state));
        lines.extend(state.key_for(Action::Cancel).map(|key| {
            let then = if state.session.filter.outer_filters.is_empty() {
                "shows everything again"
            } else {
                "goes back to the previous filter"
            };
            format!("{key} {then}")
        }));
    }
    if state.session.follow.muted_rows > 0 {
        let muted = with_thousands(state.session.follow.muted_rows);
        lines.push(format!("{muted} muted: `:muted` shows them"));
    }
    if state.session.embargoes.hidden {
        lines.push("embargoed dispatches are hidden: `:embargoed` shows them".to_owned());
    }
    lines
}

/// How the words of a filter without a match are looked for in texts, if they were not.
fn texts_message(state: &State) -> Option<String> {
    match state.session.filter.texts.phase {
        TextPhase::TooShort => Some("Enter looks for it in texts, too".to_owned()),
        _ if texts_are_off(state) => {
            Some("texts were not searched: `:set texts on` does it".to_owned())
        }
        _ => None,
    }
}

/// True if the words of the filter would be looked for in texts, but the setting `texts` is off.
pub(super) fn texts_are_off(state: &State) -> bool {
    let filter = &state.session.filter;
    !filter.texts.is_on && filter.query.has_bare_words()
}

/// No dispatch was found in the input.
fn no_input_message(state: &State) -> Vec<String> {
    let mut lines = vec!["there is nothing to read here".to_owned()];
    let key = state.key_for(Action::Problems).unwrap_or_default();
    match &state.session.problems[..] {
        [] => {
            lines.push(format!("no dispatch was found in {}", sanitize_line(&state.settings.name)));
        }
        [one] => lines.push(sanitize_line(&one.to_string()).into_owned()),
        several => lines.push(format!("{key} shows why: {} problems", several.len())),
    }
    let skipped = state.session.load_summary.map_or(0, |summary| summary.skipped);
    if skipped > 0 {
        let files = pluralize(usize::try_from(skipped).unwrap_or(usize::MAX), "file");
        lines.push(format!(
            "{skipped} hidden or unfinished {files} (.x, x~, x.tmp, x.part) left out"
        ));
    }
    let follow = state.key_for(Action::Follow);
    match (state.session.follow.mode, follow) {
        (FollowMode::Follow, _) => lines.push("it is followed: arrivals show here".to_owned()),
        (FollowMode::Hold, _) => lines.push("it is followed: arrivals wait".to_owned()),
        (FollowMode::Off, Some(key)) if state.session.problems.is_empty() => {
            lines.push(format!("{key} follows it: arrivals show here"));
        }
        _ => lines.push("`dateline check PATH` tells what each file is".to_owned()),
    }
    lines
}
