//! Draws the panels that cover the panes (saved views, alerts, links, bookmarks), and the signs of views and flashes in
//! the rows of the list.

use std::ops::Range;

use ratatui::layout::Position;

use crate::action::{Action, Pane};
use crate::app::{ActiveView, Alert, Bookmark, Link, Overlay, OverlayKind, State, overlay_length};
use crate::dispatch::{Stamp, Status};
use crate::index::{EntryId, EntryRef};
use crate::list_format::TimeFormats;
use crate::text::{pluralize, sanitize_line, truncate_to_width};
use crate::ui::brush::column_count;
use crate::ui::brush::{Brush, with_thousands};
use crate::ui::columns::time_text;
use crate::ui::theme::Role;
use crate::views::Tint;

/// The right end of the top line while a panel is open: how many rows it has.
pub(super) fn panel_status(state: &State, panel: &Overlay) -> String {
    let count = overlay_length(state, panel);
    let counted = |noun: &str| format!("{} {}", with_thousands(count), pluralize(count, noun));
    match &panel.kind {
        OverlayKind::Links(_) => {
            let hint = state.key_hint(": ", Action::Choose, "opens one");
            counted("link") + &hint
        }
        OverlayKind::Bookmarks => counted("place"),
        OverlayKind::Alerts => {
            let dropped = match state.session.alerts.log.dropped {
                0 => String::new(),
                dropped => format!(", {} older ones dropped", with_thousands(dropped)),
            };
            counted("alert") + &dropped
        }
        _ => counted("saved view"),
    }
}

/// Draws a panel between the top and the bottom line, or what an empty one says. Returns the cell of the selected row.
pub(super) fn draw(state: &State, panel: &Overlay, brush: &mut Brush<'_>) -> Option<Position> {
    let width = state.ui.size.0;
    let count = overlay_length(state, panel);
    if count == 0 {
        let lines = match &panel.kind {
            OverlayKind::Links(_) | OverlayKind::Bookmarks => no_bookmarks_message(state),
            OverlayKind::Alerts => [
                "no alert yet",
                "dispatches that arrive from now on and match a view with an alert show here",
                ":alert NAME makes one from the current filter",
            ]
            .map(str::to_owned),
            _ => [
                "no view is saved yet",
                ":view NAME saves the current filter, :alert NAME also alerts you to arrivals",
                "views in your config file: `dateline config default` prints an example",
            ]
            .map(str::to_owned),
        };
        let room = usize::from(width.saturating_sub(4));
        let lines = lines.iter().enumerate().flat_map(|(line, text)| {
            let role = if line == 0 { Role::Text } else { Role::Dim };
            let wrapped = crate::text::wrap(text, room).into_iter();
            wrapped.map(move |range| (role, &text[range]))
        });
        for (y, (role, text)) in (3..state.ui.size.1.saturating_sub(1)).zip(lines) {
            brush.text(2, y, width.saturating_sub(2), text, &[role]);
        }
        return None;
    }
    let area = panel.area(state.ui.size);
    let top = area.y;
    // Indexes of the rows on the screen.
    let rows = panel.top..count.min(panel.top + usize::from(area.height));
    match &panel.kind {
        OverlayKind::Links(links) => {
            for (y, link) in (top..).zip(&links[rows.clone()]) {
                draw_link_row(link, width, y, brush);
            }
        }
        OverlayKind::Bookmarks => {
            let named = state.session.bookmarks.named.iter().skip(rows.start);
            for (y, (letter, bookmark)) in (top..).zip(named.take(rows.len())) {
                draw_bookmark_row((*letter, bookmark), width, y, brush);
            }
        }
        OverlayKind::Alerts => {
            let alerts = state.session.alerts.log.newest().skip(rows.start);
            for (y, alert) in (top..).zip(alerts.take(rows.len())) {
                draw_alert_row(state, alert, y, brush);
            }
        }
        _ => draw_views(state, rows.clone(), top, brush),
    }
    let y = top + u16::try_from(panel.row - panel.top).unwrap_or(0);
    brush.restyle(0, y, width, Role::Selected);
    Some(Position::new(0, y))
}

// Links and bookmarks.

/// The text of the panel of bookmarks (called places on the screen) when there are none.
pub(super) fn no_bookmarks_message(state: &State) -> [String; 3] {
    let key = |action| state.settings.keys.sequences_of(Pane::List, action).next();
    let (set, go) = (key(Action::SetPlace), key(Action::GoToPlace));
    let hint = set.zip(go);
    [
        "no place has a letter yet".to_owned(),
        hint.map_or(String::new(), |(set, go)| {
            format!("{set}a sets place a, {go}a goes back to it")
        }),
        "places are kept from one session to the next".to_owned(),
    ]
}

/// Draws the row of a link: its text in the dispatch, and the URL if that differs.
pub(super) fn draw_link_row(link: &Link, width: u16, y: u16, brush: &mut Brush<'_>) {
    let text = sanitize_line(&link.text);
    let room = width.saturating_sub(3);
    let x = brush.text(
        2,
        y,
        room,
        &truncate_to_width(&text, usize::from(room)),
        &[Role::Text],
    );
    let left = width.saturating_sub(x + 3);
    // A URL cut to fewer columns would show little more than its scheme.
    if *text != *link.target && left > 12 {
        let target = truncate_to_width(&link.target, usize::from(left));
        brush.text(x + 2, y, left, &target, &[Role::Dim]);
    }
}

/// Draws the row of a bookmark: its letter and the headline of its dispatch.
pub(super) fn draw_bookmark_row(
    (letter, bookmark): (char, &Bookmark),
    width: u16,
    y: u16,
    brush: &mut Brush<'_>,
) {
    let sign = format!("'{letter}");
    let x = brush.text(2, y, 2, &sign, &[Role::Key]) + 2;
    let room = width.saturating_sub(x + 1);
    let headline = if bookmark.headline.is_empty() {
        "(no text)"
    } else {
        &bookmark.headline
    };
    let shown = truncate_to_width(headline, usize::from(room));
    brush.text(x, y, column_count(&shown).min(room), &shown, &[Role::Text]);
}

// Saved views and alerts.

/// Width of a view's letter in the list, with the space after it.
const LETTER: u16 = 2;

/// The role of a view's colour.
fn tint_role(tint: Tint) -> Role {
    match tint {
        Tint::Red => Role::Red,
        Tint::Green => Role::Green,
        Tint::Yellow => Role::Yellow,
        Tint::Blue => Role::Blue,
        Tint::Magenta => Role::Magenta,
        Tint::Cyan => Role::Cyan,
    }
}

/// The sign of a flash, dimmed once it is read; `None` for other entries. Canceled and embargoed entries have signs of
/// their own, which matter more.
pub(super) fn flash_sign(state: &State, entry: EntryRef<'_>) -> Option<(&'static str, Role)> {
    let plain = entry.status() != Status::Canceled
        && !entry.is_under_embargo(state.session.now.map(|now| now.seconds));
    let flash = plain && State::is_flash(entry);
    let read = state.session.marks.is_read(entry.item_key());
    flash.then_some(("‼", if read { Role::Dim } else { Role::Flash }))
}

/// Draws the letter of the view that a row matches, or `m` if the row is muted and shown by `:muted`. Returns the role
/// of the agency, and the column after the letter. If no view has a colour, letters take no room.
pub(super) fn draw_view_letter(
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
            brush.text(
                x,
                y,
                1,
                &sanitize_line(&letter.to_string()),
                &[tint_role(tint)],
            );
            (tint_role(tint), x + room)
        }
        None => (Role::Agency, x + room),
    }
}

/// The text of the top line for unread alerts.
pub(super) fn unread_alerts(state: &State) -> Option<(String, Role)> {
    let count = state.session.alerts.log.unread;
    let alerts = pluralize(count, "alert");
    let key = state.key_for(Action::Alerts);
    let key = key.map_or(String::new(), |key| format!(": {key}"));
    (count > 0).then(|| {
        (
            format!("{} {alerts}{key}", with_thousands(count)),
            Role::Urgent,
        )
    })
}

/// Draws the saved views with the indexes `rows`, from the screen line `top` on, under the names of the columns.
pub(super) fn draw_views(state: &State, rows: Range<usize>, top: u16, brush: &mut Brush<'_>) {
    let columns = ViewColumns::of(state);
    let head = ["", "", "view", "filter", "new", "all", ""];
    draw_view_cells(&columns, 1, &head.map(str::to_owned), Role::Dim, brush);
    for (y, row) in (top..).zip(rows) {
        draw_view_row(&state.session.alerts.views[row], row, (&columns, y), brush);
    }
}

/// Widths of the columns of a view's row: number, letter, name, filter, new, all, actions.
struct ViewColumns {
    widths: [u16; 7],
}

impl ViewColumns {
    fn of(state: &State) -> Self {
        let width = state.ui.size.0.saturating_sub(2);
        let names = state
            .session
            .alerts
            .views
            .iter()
            .map(|saved| column_count(&saved.view.name));
        let name = (names.max().unwrap_or(0) + 2).clamp(6, 24.min(width / 3));
        // `alert bell command` has 18 columns.
        let actions = if width < 76 { 0 } else { 22 };
        let filter = width.saturating_sub(3 + 2 + name + 7 + 9 + actions);
        Self {
            widths: [3, 2, name, filter, 7, 9, actions],
        }
    }
}

/// Draws one row of views, or the names of the columns; numbers are aligned to the right.
fn draw_view_cells(
    columns: &ViewColumns,
    y: u16,
    texts: &[String; 7],
    role: Role,
    brush: &mut Brush<'_>,
) {
    let mut x = 2;
    for (column, (text, &width)) in texts.iter().zip(&columns.widths).enumerate() {
        let room = width.saturating_sub(1);
        let shown = truncate_to_width(text, usize::from(room)).into_owned();
        let numbers = column == 4 || column == 5;
        let start = if numbers {
            x + room.saturating_sub(column_count(&shown))
        } else if column == 6 {
            x + 1
        } else {
            x
        };
        brush.text(start, y, room, &shown, &[role]);
        x += width;
    }
}

fn draw_view_row(
    saved: &ActiveView,
    row: usize,
    (columns, y): (&ViewColumns, u16),
    brush: &mut Brush<'_>,
) {
    let view = &saved.view;
    let number = if row < 9 {
        (row + 1).to_string()
    } else {
        String::new()
    };
    let parts = [
        (view.alert, "alert"),
        (view.bell, "bell"),
        (!view.command.is_empty(), "command"),
    ];
    let actions: Vec<&str> = parts.iter().filter(|p| p.0).map(|p| p.1).collect();
    // The texts of some entries have not been searched yet.
    let more = if saved.undecided > 0 { "…" } else { "" };
    let new = match saved.new_count {
        0 => String::new(),
        new => with_thousands(new),
    };
    let texts = [
        number,
        String::new(),
        sanitize_line(&view.name).into_owned(),
        sanitize_line(&view.filter).into_owned(),
        new,
        format!("{}{more}", with_thousands(saved.matched.len())),
        actions.join(" "),
    ];
    draw_view_cells(columns, y, &texts, Role::Text, brush);
    // Over the empty second column, in the colour that rows of the list have.
    let letter = view.letter().to_string();
    let tint = view.tint.map_or(Role::Dim, tint_role);
    brush.text(5, y, 1, &sanitize_line(&letter), &[tint]);
}

/// Draws a row of the log of alerts: unread or not, when it arrived, which view, and the headline or error.
pub(super) fn draw_alert_row(state: &State, alert: &Alert, y: u16, brush: &mut Brush<'_>) {
    let width = state.ui.size.0;
    if alert.unread {
        brush.sign(0, y, "●", Role::Unread);
    }
    let dispatch = alert.id.and_then(|id| state.session.index.entry(id));
    let now = state.session.now;
    let time = alert.received_at.map(Stamp::from_seconds);
    let time = time.map_or_else(String::new, |time| {
        time_text(time, now, &state.settings.zone, &TimeFormats::default())
    });
    brush.text(2, y, 6, &time, &[Role::Dim]);
    let tint = alert.tint.map_or(Role::Label, tint_role);
    let letter = alert.letter.to_string();
    brush.text(9, y, 1, &sanitize_line(&letter), &[tint]);
    // The name of the view takes a quarter of the screen.
    let share = (width / 4).clamp(6, 20);
    let name = sanitize_line(&alert.view);
    brush.text(
        11,
        y,
        share,
        &truncate_to_width(&name, usize::from(share)),
        &[tint],
    );
    let x = 11 + share + 1;
    let room = width.saturating_sub(x + 1);
    let (text, look) = match (&alert.error, dispatch) {
        (Some(fault), _) => (sanitize_line(fault).into_owned(), Role::Fault),
        (None, Some(entry)) if entry.headline().is_empty() => ("(no text)".to_owned(), Role::Dim),
        (None, Some(entry)) => (entry.headline().to_owned(), Role::Text),
        (None, None) => ("(no longer available)".to_owned(), Role::Dim),
    };
    brush.text(
        x,
        y,
        room,
        &truncate_to_width(&text, usize::from(room)),
        &[look],
    );
}
