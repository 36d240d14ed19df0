//! Draws what covers the panes: sheets of text, and lists to choose from (saved views, alerts, links, bookmarks,
//! speakers). Comparisons have a file of their own.

use std::ops::Range;

use ratatui::layout::Position;

use crate::action::{Action, Pane};
use crate::app::{
    ActiveView, Alert, Bookmark, Link, Overlay, OverlayKind, SheetLine, State, overlay_length,
    sheet_column, sheet_lines,
};
use crate::dispatch::Stamp;
use crate::list_format::TimeFormats;
use crate::speakers::SpeakerSummary;
use crate::text::{pluralize, sanitize_line, truncate_to_width};
use crate::ui::brush::{Brush, column_count, signs_as_letters, with_thousands};
use crate::ui::changes;
use crate::ui::columns::time_text;
use crate::ui::list::tint_role;
use crate::ui::theme::Role;

/// Draws an overlay between the top and the bottom line. Returns the cell of its selected row or first line, and a text
/// for the bottom line.
pub(super) fn draw(
    state: &State,
    overlay: &Overlay,
    brush: &mut Brush<'_>,
) -> (Option<Position>, Option<String>) {
    match &overlay.kind {
        OverlayKind::Changes(comparison) => {
            (changes::draw(state, comparison, overlay.top, brush), None)
        }
        OverlayKind::Speakers => (draw_speakers(state, overlay, brush), None),
        _ if overlay.is_list() => (draw_list(state, overlay, brush), None),
        _ => draw_sheet(state, overlay, brush),
    }
}

/// Draws the top line over an overlay, from column `x` on. For a list, returns the right end of the line instead.
pub(super) fn draw_top(
    state: &State,
    overlay: &Overlay,
    x: u16,
    brush: &mut Brush<'_>,
) -> Option<String> {
    match &overlay.kind {
        OverlayKind::Changes(comparison) => changes::draw_top(state, comparison, x, brush),
        OverlayKind::Speakers => return Some(speakers_status(state)),
        _ if overlay.is_list() => return Some(list_status(state, overlay)),
        _ => draw_sheet_top(state, overlay, x, brush),
    }
    None
}

// Sheets.

/// Draws the top line over a sheet, from column `x` on: its title, and the words that it is narrowed to, if any.
fn draw_sheet_top(state: &State, sheet: &Overlay, x: u16, brush: &mut Brush<'_>) {
    let title = match sheet.kind {
        OverlayKind::Problems => "problems with the input",
        OverlayKind::Header => "header fields of the dispatch",
        OverlayKind::Source(..) => "source of the dispatch",
        OverlayKind::Health(_) => "sources of the wire",
        _ => "all keys",
    };
    let room = |x: u16| state.ui.size.0.saturating_sub(x);
    let x = brush.text(x, 0, room(x), title, &[Role::Text]);
    if !sheet.words.is_empty() {
        let words = format!("/ {}", sanitize_line(&sheet.words));
        brush.text(x + 2, 0, room(x + 2), &words, &[Role::Key]);
    }
}

/// Draws a sheet between the top and the bottom line. Returns the cell of its first line, and a text for the bottom
/// line: how many lines are below.
fn draw_sheet(
    state: &State,
    sheet: &Overlay,
    brush: &mut Brush<'_>,
) -> (Option<Position>, Option<String>) {
    let width = state.ui.size.0.saturating_sub(4);
    let area = sheet.area(state.ui.size);
    let rows = area.y..area.y + area.height;
    // The column of help texts and values, after keys and names.
    let text = sheet_column(width);
    let lines = sheet_lines(state, sheet);
    let top = sheet.top.min(lines.len().saturating_sub(rows.len()));
    let below = lines.len().saturating_sub(top + rows.len());
    let more = match below {
        0 => String::new(),
        1 => "1 line below".to_owned(),
        _ => format!("{} lines below", with_thousands(below)),
    };
    for (y, line) in rows.zip(lines.into_iter().skip(top)) {
        match line {
            SheetLine::Blank => {}
            SheetLine::Heading(heading) => {
                brush.text(2, y, width, &heading, &[Role::Headline]);
            }
            SheetLine::Key(keys, help) => {
                brush.text(
                    4,
                    y,
                    text - 3,
                    &truncate_to_width(&keys, usize::from(text - 4)),
                    &[Role::Key],
                );
                brush.text(2 + text, y, width.saturating_sub(text), &help, &[Role::Text]);
            }
            SheetLine::Field(name, value) => {
                brush.text(2, y, width, &name, &[Role::Key]);
                let room = width.saturating_sub(text);
                brush.text(2 + text, y, room, &value, &[Role::Text]);
            }
            SheetLine::Note(line) => {
                brush.text(2, y, width, &line, &[Role::Dim]);
            }
            // The legend of the signs must match what plain mode draws.
            SheetLine::Text(line) if state.settings.plain && sheet.is(&OverlayKind::Help) => {
                brush.text(2, y, width, &signs_as_letters(&line), &[Role::Text]);
            }
            SheetLine::Text(line) | SheetLine::Raw(line) => {
                brush.text(2, y, width, &line, &[Role::Text]);
            }
            SheetLine::Fault(line) => {
                brush.text(2, y, width, &line, &[Role::Fault]);
            }
        }
    }
    (Some(Position::new(2, area.y)), Some(more))
}

// Lists to choose from.

/// The right end of the top line over a list to choose from: how many rows it has.
fn list_status(state: &State, list: &Overlay) -> String {
    let count = overlay_length(state, list);
    let counted = |noun: &str| format!("{} {}", with_thousands(count), pluralize(count, noun));
    match &list.kind {
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

/// Draws a list to choose from, or what an empty one says. Returns the cell of the selected row.
fn draw_list(state: &State, list: &Overlay, brush: &mut Brush<'_>) -> Option<Position> {
    let width = state.ui.size.0;
    let count = overlay_length(state, list);
    if count == 0 {
        let lines = match &list.kind {
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
    let area = list.area(state.ui.size);
    let top = area.y;
    // Indexes of the rows on the screen.
    let rows = list.top..count.min(list.top + usize::from(area.height));
    match &list.kind {
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
    let y = top + u16::try_from(list.row - list.top).unwrap_or(0);
    brush.restyle(0, y, width, Role::Selected);
    Some(Position::new(0, y))
}

// Links and bookmarks.

/// The text of the list of bookmarks (called places on the screen) when there are none.
fn no_bookmarks_message(state: &State) -> [String; 3] {
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
fn draw_link_row(link: &Link, width: u16, y: u16, brush: &mut Brush<'_>) {
    let text = sanitize_line(&link.text);
    let room = width.saturating_sub(3);
    let x = brush.text(2, y, room, &truncate_to_width(&text, usize::from(room)), &[Role::Text]);
    let left = width.saturating_sub(x + 3);
    // A URL cut to fewer columns would show little more than its scheme.
    if *text != *link.target && left > 12 {
        let target = truncate_to_width(&link.target, usize::from(left));
        brush.text(x + 2, y, left, &target, &[Role::Dim]);
    }
}

/// Draws the row of a bookmark: its letter and the headline of its dispatch.
fn draw_bookmark_row(
    (letter, bookmark): (char, &Bookmark),
    width: u16,
    y: u16,
    brush: &mut Brush<'_>,
) {
    let sign = format!("'{letter}");
    let x = brush.text(2, y, 2, &sign, &[Role::Key]) + 2;
    let room = width.saturating_sub(x + 1);
    let headline = if bookmark.headline.is_empty() { "(no text)" } else { &bookmark.headline };
    let shown = truncate_to_width(headline, usize::from(room));
    brush.text(x, y, column_count(&shown).min(room), &shown, &[Role::Text]);
}

// Saved views and alerts.

/// Draws the saved views with the indexes `rows`, from the screen line `top` on, under the names of the columns.
fn draw_views(state: &State, rows: Range<usize>, top: u16, brush: &mut Brush<'_>) {
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
        let names = state.session.alerts.views.iter().map(|saved| column_count(&saved.view.name));
        let name = (names.max().unwrap_or(0) + 2).clamp(6, 24.min(width / 3));
        // `alert bell command` has 18 columns.
        let actions = if width < 76 { 0 } else { 22 };
        let filter = width.saturating_sub(3 + 2 + name + 7 + 9 + actions);
        Self { widths: [3, 2, name, filter, 7, 9, actions] }
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
    let number = if row < 9 { (row + 1).to_string() } else { String::new() };
    let parts = [(view.alert, "alert"), (view.bell, "bell"), (!view.command.is_empty(), "command")];
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
fn draw_alert_row(state: &State, alert: &Alert, y: u16, brush: &mut Brush<'_>) {
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
    brush.text(11, y, share, &truncate_to_width(&name, usize::from(share)), &[tint]);
    let x = 11 + share + 1;
    let room = width.saturating_sub(x + 1);
    let (text, look) = match (&alert.error, dispatch) {
        (Some(fault), _) => (sanitize_line(fault).into_owned(), Role::Fault),
        (None, Some(entry)) if entry.headline().is_empty() => ("(no text)".to_owned(), Role::Dim),
        (None, Some(entry)) => (entry.headline().to_owned(), Role::Text),
        (None, None) => ("(no longer available)".to_owned(), Role::Dim),
    };
    brush.text(x, y, room, &truncate_to_width(&text, usize::from(room)), &[look]);
}

// The speakers of the list: name, title, quotes, dispatches, first and last time. Narrow screens show fewer columns.

/// Widths of the parts of a row, in columns; 0 leaves a part out.
struct SpeakerColumns {
    name: u16,
    title: u16,
    /// Number of quotes (8) and, if there is room, of dispatches (12).
    count: u16,
    /// First and last time together.
    times: u16,
}

/// Width of a time; two more columns separate it from the one before.
const TIME: u16 = 7;

/// Distributes the width of the screen. Where it is short, titles or times are left out, then the number of dispatches.
fn speaker_columns(width: u16) -> SpeakerColumns {
    let mut widths = SpeakerColumns { name: 0, title: 0, count: 20, times: 2 * (TIME + 2) };
    if width < 60 {
        widths.times = 0;
    }
    if width < 44 {
        widths.count = 8;
    }
    let rest = width.saturating_sub(4 + widths.count + widths.times);
    widths.title = if rest < 44 { 0 } else { (rest / 2).saturating_sub(2) };
    widths.name = rest.saturating_sub(widths.title).min(48);
    widths
}

/// Draws the speakers between the top and the bottom line. Returns the cell of the selected row.
fn draw_speakers(state: &State, view: &Overlay, brush: &mut Brush<'_>) -> Option<Position> {
    let width = state.ui.size.0;
    let widths = speaker_columns(width);
    let head = ["speaker", "title", "quotes", "dispatches", "first", "last"];
    draw_speaker_cells(&widths, 1, head.map(str::to_owned), [Role::Dim; 3], brush);
    let speakers = &state.session.speakers;
    if speakers.shown_rows.is_empty() {
        let text = match (&speakers.progress, speakers.rows.is_empty()) {
            (Some(_), _) => "reading the dispatches of the list …".to_owned(),
            (None, true) => "nobody is quoted in this list".to_owned(),
            (None, false) => {
                let key = state.key_for(Action::Cancel);
                let hint = key.map_or(String::new(), |key| format!("; {key} shows all again"));
                format!("no speaker matches{hint}")
            }
        };
        brush.text(2, 3, width.saturating_sub(2), &text, &[Role::Text]);
        return None;
    }
    let newest = state.session.index.newest().map(|newest| newest.stamp);
    let area = view.area(state.ui.size);
    let mut cursor = None;
    let rows = speakers.shown_rows.iter().enumerate().skip(view.top);
    for (y, (number, &row)) in (area.y..).zip(rows.take(usize::from(area.height))) {
        let texts = speaker_texts(&speakers.rows[row], state, newest);
        draw_speaker_cells(&widths, y, texts, [Role::Speaker, Role::Dim, Role::Text], brush);
        if number == view.row {
            brush.restyle(0, y, width, Role::Selected);
            cursor = Some(Position::new(0, y));
        }
    }
    cursor
}

/// The right end of the top line: the filter, the progress of the job, the number of speakers, and of the killed
/// dispatches whose quotes are left out.
fn speakers_status(state: &State) -> String {
    let speakers = &state.session.speakers;
    let busy = speakers
        .progress
        .map_or_else(String::new, |(read, all)| format!("{}% … ", read * 100 / all.max(1)));
    let (shown, all) = (speakers.shown_rows.len(), speakers.rows.len());
    let of = if shown == all { String::new() } else { format!(" of {}", with_thousands(all)) };
    let filter = if state.session.filter.is_blank() {
        String::new()
    } else {
        let limit = usize::from(state.ui.size.0) / 3;
        format!("/ {}   ", truncate_to_width(&state.session.filter.display_text(), limit))
    };
    let killed = match speakers.killed_left_out {
        0 => String::new(),
        killed => format!(", {} killed left out", with_thousands(killed)),
    };
    let speakers = pluralize(all, "speaker");
    format!("{filter}{busy}{}{of} {speakers}{killed}", with_thousands(shown))
}

/// The texts of a row, in the order of the columns. Times are written relative to the `newest` dispatch.
fn speaker_texts(row: &SpeakerSummary, state: &State, newest: Option<Stamp>) -> [String; 6] {
    let time = |time: Option<Stamp>| {
        time.map_or_else(String::new, |time| {
            time_text(time, newest, &state.settings.zone, &TimeFormats::default())
        })
    };
    [
        row.name.clone(),
        row.title.clone().unwrap_or_default(),
        with_thousands(row.quotes),
        with_thousands(row.dispatches),
        time(row.first),
        time(row.last),
    ]
}

/// Draws one row, or the names of the columns; numbers and times are aligned to the right.
fn draw_speaker_cells(
    widths: &SpeakerColumns,
    y: u16,
    [name, title, quotes, dispatches, first, last]: [String; 6],
    [name_role, title_role, role]: [Role; 3],
    brush: &mut Brush<'_>,
) {
    let cut = |text: &str, width: u16| {
        truncate_to_width(text, usize::from(width.saturating_sub(1))).into_owned()
    };
    brush.text(2, y, widths.name, &cut(&name, widths.name), &[name_role]);
    let mut x = 2 + widths.name;
    brush.text(x, y, widths.title, &cut(&title, widths.title), &[title_role]);
    x += widths.title;
    let mut right = |text: &str, width: u16, role: Role| {
        let start = (x + width).saturating_sub(column_count(text));
        brush.text(start, y, column_count(text), text, &[role]);
        x += width;
    };
    right(&quotes, 8.min(widths.count), role);
    if widths.count > 8 {
        right(&dispatches, 12, role);
    }
    if widths.times > 0 {
        right(&first, TIME + 2, title_role);
        right(&last, TIME + 2, title_role);
    }
}
