//! The list pane: one row a dispatch; columns give way as the width shrinks, the headline last.

use ratatui::layout::Position;

use super::alerts;
use super::brush::{Brush, StyledText};
use super::columns::{self, SIGN_COLUMNS};
use super::marks;
use super::theme::Role;
use crate::action::Pane;
use crate::app::{Area, State};
use crate::desk::{EntryId, EntryRef};
use crate::dispatch::{Stamp, Status};
use crate::look::ListColumn;
use crate::text::{Layer, display_width};

/// Draws the list; returns the cell of the selected row where the list has the focus.
pub(super) fn draw(state: &State, area: Area, brush: &mut Brush<'_>) -> Option<Position> {
    let rows = state.list.rows(&state.index);
    if rows.is_empty() {
        super::empty::draw_empty(state, area, brush);
        return (state.focus == Pane::List).then_some(Position::new(area.x + 2, area.y + 1));
    }
    let widths = columns::visible_columns(&state.look, area.width);
    let newest = state.newest_shown().map(|newest| newest.stamp);
    let mut cursor = None;
    for (line, &id) in rows
        .iter()
        .skip(state.list.top)
        .take(usize::from(area.height))
        .enumerate()
    {
        let y = area.y + u16::try_from(line).unwrap_or(0);
        let Some(entry) = state.index.entry(id) else {
            continue;
        };
        draw_row(
            state,
            (id, entry),
            Area { y, ..area },
            &widths,
            newest,
            brush,
        );
        if state.list.selected == Some(id) {
            let focused = state.focus == Pane::List;
            brush.restyle(
                area.x,
                y,
                area.width,
                if focused {
                    Role::Selected
                } else {
                    Role::SelectedUnfocused
                },
            );
            cursor = focused.then_some(Position::new(area.x, y));
        }
    }
    cursor
}

fn draw_row(
    state: &State,
    (id, entry): (EntryId, EntryRef<'_>),
    area: Area,
    widths: &[(ListColumn, u16)],
    newest: Option<Stamp>,
    brush: &mut Brush<'_>,
) {
    let y = area.y;
    let (sign, role) =
        alerts::flash_sign(state, entry).unwrap_or_else(|| status_sign(state, entry));
    let (sign, role) = marks::first_sign(state, id, (sign, role));
    brush.sign(area.x, y, sign, role);
    brush.sign(area.x + 1, y, marks::star_sign(state, entry), Role::Key);
    let (agency, mut x) = alerts::draw_view_letter(state, id, (area.x + SIGN_COLUMNS, y), brush);
    for &(column, columns) in widths {
        let cell = (x, y, columns - 1);
        columns::draw_column(state, entry, column, cell, (newest, agency), brush);
        x += columns;
    }
    let end = area.x + area.width;
    let story = story_sign(state, id);
    brush.sign(x, y, story, Role::Dim);
    x += u16::try_from(display_width(story)).unwrap_or(0);
    let (label, look) = columns::before_headline(state, entry);
    if !label.is_empty() {
        x = brush.text(x, y, end.saturating_sub(x), &label, &[look]) + 2;
    }
    x = brush.text(
        x,
        y,
        end.saturating_sub(x),
        marks::note_sign(state, entry),
        &[Role::Note],
    );
    let (text, role) = match entry.headline() {
        "" => ("(no text)", Role::Dim),
        text if entry.is_killed() => (text, Role::Killed),
        text if entry.is_superseded() => (text, Role::Dim),
        text if entry.is_headline_derived() => (text, Role::DerivedInList),
        text => (text, Role::Text),
    };
    draw_matched(
        state,
        entry,
        (x, y, end.saturating_sub(x)),
        text,
        role,
        brush,
    );
}

/// Draws a text of an entry with the letters that match the filter marked, and `…` where it is cut.
pub(super) fn draw_matched(
    state: &State,
    entry: EntryRef<'_>,
    (x, y, columns): (u16, u16, u16),
    text: &str,
    role: Role,
    brush: &mut Brush<'_>,
) {
    let ranges = state.filter.query.match_ranges(entry, text, &state.fuzzy);
    let layers = [Layer {
        ranges: &ranges,
        mark: Role::Match,
    }];
    let cut = display_width(text) > usize::from(columns);
    let room = columns.saturating_sub(u16::from(cut));
    let after = brush.styled(x, y, room, &StyledText::whole(text, role, &layers));
    if cut {
        brush.text(after, y, 1, "…", &[role]);
    }
}

/// The state of an entry, as a letter and a role.
fn status_sign(state: &State, entry: EntryRef<'_>) -> (&'static str, Role) {
    if entry.status() == Status::Canceled || entry.is_killed() {
        ("✕", Role::Urgent)
    } else if entry.is_superseded() {
        ("↑", Role::Dim)
    } else if entry.is_under_embargo(state.now.map(|now| now.seconds)) {
        ("E", Role::Embargoed)
    } else if entry
        .urgency()
        .is_some_and(crate::dispatch::Urgency::is_urgent)
    {
        let read = state.marks.is_read(entry.item_key());
        ("!", if read { Role::Dim } else { Role::Urgent })
    } else if state.marks.is_read(entry.item_key()) {
        (" ", Role::Dim)
    } else {
        ("●", Role::Unread)
    }
}

/// How a row stands to the other versions of its story: they are folded under it, or unfolded, or it is one of them.
fn story_sign(state: &State, id: EntryId) -> &'static str {
    if state.list.nested_rows.contains(&id) {
        return "└ ";
    }
    match state.list.story_heads.contains(&id) {
        true if state.is_unfolded(id) => "▾ ",
        true => "▸ ",
        false => "",
    }
}
