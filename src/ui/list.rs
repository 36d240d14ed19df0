//! The list pane: one row a dispatch; columns give way as the width shrinks, the headline last.

use ratatui::layout::Position;

use super::alerts;
use super::brush::{Brush, Marked};
use super::marks;
use super::short::{of_file, short_label, time_text};
use super::theme::Role;
use crate::action::Pane;
use crate::app::{Area, State};
use crate::desk::{EntryId, EntryRef};
use crate::dispatch::{Stamp, Status, TimeSource};
use crate::text::{Layer, fold, width};

/// Widths of the columns; 0 leaves one out.
struct Columns {
    time: u16,
    agency: u16,
    place: u16,
}

const MARK: u16 = 2;
/// The headline keeps at least this.
const HEADLINE: u16 = 30;

fn columns(width: u16) -> Columns {
    let mut columns = Columns {
        time: 7,
        agency: 5,
        place: 13,
    };
    let left = |c: &Columns| width.saturating_sub(MARK + c.time + c.agency + c.place);
    if left(&columns) < HEADLINE + 4 {
        columns.place = 0;
    }
    if left(&columns) < HEADLINE {
        columns.agency = 0;
    }
    if left(&columns) < HEADLINE - 4 {
        columns.time = 0;
    }
    columns
}

/// Draws the list; returns the cell of the selected row where the list has the focus.
pub(super) fn draw(state: &State, area: Area, brush: &mut Brush<'_>) -> Option<Position> {
    let rows = state.list.rows(&state.desk);
    if rows.is_empty() {
        empty(state, area, brush);
        return (state.focus == Pane::List).then_some(Position::new(area.x + 2, area.y + 1));
    }
    let widths = columns(area.width);
    let newest = state.newest().map(|newest| newest.stamp);
    let mut cursor = None;
    for (line, &id) in rows
        .iter()
        .skip(state.list.top)
        .take(usize::from(area.height))
        .enumerate()
    {
        let y = area.y + u16::try_from(line).unwrap_or(0);
        let Some(entry) = state.desk.entry(id) else {
            continue;
        };
        row(
            state,
            (id, entry),
            Area { y, ..area },
            &widths,
            newest,
            brush,
        );
        let area = Area { y, ..area };
        row(state, (id, entry), area, &widths, newest, brush);
        if state.list.selected == Some(id) {
            let focused = state.focus == Pane::List;
            brush.over(
                area.x,
                y,
                area.width,
                if focused {
                    Role::Selected
                } else {
                    Role::SelectedAside
                },
            );
            cursor = focused.then_some(Position::new(area.x, y));
        }
    }
    cursor
}

fn row(
    state: &State,
    (id, entry): (EntryId, EntryRef<'_>),
    area: Area,
    widths: &Columns,
    newest: Option<Stamp>,
    brush: &mut Brush<'_>,
) {
    let y = area.y;
    let (sign, role) = alerts::flash(state, entry).unwrap_or_else(|| mark(state, entry));
    let (sign, role) = marks::first(state, id, (sign, role));
    brush.sign(area.x, y, sign, role);
    brush.sign(area.x + 1, y, marks::second(state, entry), Role::Key);
    let x = area.x + MARK;
    let (agency, mut x) = alerts::letter(state, id, (x, y), brush);
    if widths.time > 0 {
        let time = entry.time();
        let mut text = time.map_or(String::new(), |time| time_text(time, newest, &state.zone));
        // A date that is only the file's is never passed off as the wire's.
        let weak = entry.time_source() == TimeSource::File;
        if weak {
            text = of_file(text.trim_start());
        }
        let role = if weak { Role::Note } else { Role::Dim };
        brush.text(x, y, widths.time - 1, &text, &[role]);
        x += widths.time;
    }
    for (columns, text, role) in [
        (widths.agency, entry.agency(), agency),
        (widths.place, entry.place(), Role::Dim),
    ] {
        if columns > 0 {
            matched(state, entry, (x, y, columns - 1), text, role, brush);
            x += columns;
        }
    }
    let end = area.x + area.width;
    // A kill notice is itself no text that was withdrawn.
    let killed = entry.is_killed();
    let label = match entry.label() {
        _ if killed => "KILLED".to_owned(),
        _ if entry.is_unmatched() => "KILL, not matched".to_owned(),
        "" if entry.is_corrected() => "corr".to_owned(),
        label => {
            // Where the headline carries it, once is enough.
            let (headline, short) = (fold(entry.headline()), short_label(label));
            let told = |text: &str| headline.starts_with(&fold(text));
            if told(label) || told(&short) {
                String::new()
            } else {
                short
            }
        }
    };
    let story = story_sign(state, id);
    brush.sign(x, y, story, Role::Dim);
    x += u16::try_from(width(story)).unwrap_or(0);
    if !label.is_empty() {
        let role = if killed || entry.is_unmatched() {
            Role::Urgent
        } else {
            Role::Label
        };
        x = brush.text(x, y, end.saturating_sub(x), &label, &[role]) + 2;
    }
    x = brush.text(
        x,
        y,
        end.saturating_sub(x),
        marks::before(state, entry),
        &[Role::Note],
    );
    let (text, role) = match entry.headline() {
        "" => ("(no text)", Role::Dim),
        text if killed => (text, Role::Killed),
        text if entry.is_superseded() => (text, Role::Dim),
        text if entry.headline_derived() => (text, Role::Lead),
        text => (text, Role::Text),
    };
    matched(
        state,
        entry,
        (x, y, end.saturating_sub(x)),
        text,
        role,
        brush,
    );
}

/// Draws a text of an entry with the letters that match the filter marked, and `…` where it is cut.
fn matched(
    state: &State,
    entry: EntryRef<'_>,
    (x, y, columns): (u16, u16, u16),
    text: &str,
    role: Role,
    brush: &mut Brush<'_>,
) {
    let ranges = state.filter.query.matches(entry, text, &state.fuzzy);
    let layers = [Layer {
        ranges: &ranges,
        mark: Role::Match,
    }];
    let cut = width(text) > usize::from(columns);
    let room = columns.saturating_sub(u16::from(cut));
    let after = brush.marked(x, y, room, &Marked::whole(text, role, &layers));
    if cut {
        brush.text(after, y, 1, "…", &[role]);
    }
}

/// The state of an entry, as a letter and a role.
fn mark(state: &State, entry: EntryRef<'_>) -> (&'static str, Role) {
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
        let read = state.marks.is_read(entry.item());
        ("!", if read { Role::Dim } else { Role::Urgent })
    } else if state.marks.is_read(entry.item()) {
        (" ", Role::Dim)
    } else {
        ("●", Role::Unread)
    }
}

/// How a row stands to the other versions of its story: they are folded under it, or unfolded, or it is one of them.
fn story_sign(state: &State, id: EntryId) -> &'static str {
    if state.list.under.contains(&id) {
        return "└ ";
    }
    match state.stands_for_others(id) {
        true if state.is_unfolded(id) => "▾ ",
        true => "▸ ",
        false => "",
    }
}

/// What an empty list says.
fn empty(state: &State, area: Area, brush: &mut Brush<'_>) {
    let lines: Vec<String> = if state.filter.running() && !state.filter.query.is_empty() {
        vec!["searching …".into()]
    } else if state.is_loading() && state.desk.is_empty() {
        vec!["reading …".into()]
    } else if !state.filter.query.is_empty() && !state.desk.is_empty() {
        vec![
            format!("nothing has “{}”", state.filter.shown()),
            if state.filter.trail.is_empty() {
                "Esc shows everything again".into()
            } else {
                "Esc goes back to the filter before".into()
            },
        ]
    } else {
        let mut lines = vec!["there is nothing to read here".to_owned()];
        match state.problems.len() {
            0 => {}
            1 => lines.push("P shows why".into()),
            count => lines.push(format!("P shows why: {count} problems")),
        }
        lines
    };
    for (line, text) in lines.iter().enumerate() {
        let y = area.y + 1 + u16::try_from(line).unwrap_or(0);
        if y < area.y + area.height {
            brush.text(
                area.x + 2,
                y,
                area.width.saturating_sub(2),
                text,
                &[if line == 0 { Role::Text } else { Role::Dim }],
            );
        }
    }
}
