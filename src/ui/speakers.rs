//! Draws the speakers of the list: name, title, quotes, dispatches, first and last time. Narrow screens show fewer
//! columns.

use ratatui::layout::Position;

use crate::action::Action;
use crate::app::{Overlay, State};
use crate::dispatch::Stamp;
use crate::list_format::TimeFormats;
use crate::speakers::SpeakerSummary;
use crate::text::{pluralize, truncate_to_width};
use crate::ui::brush::column_count;
use crate::ui::brush::{Brush, with_thousands};
use crate::ui::columns::time_text;
use crate::ui::theme::Role;

/// Widths of the parts of a row, in columns; 0 leaves a part out.
struct ColumnWidths {
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
fn column_widths(width: u16) -> ColumnWidths {
    let mut widths = ColumnWidths {
        name: 0,
        title: 0,
        count: 20,
        times: 2 * (TIME + 2),
    };
    if width < 60 {
        widths.times = 0;
    }
    if width < 44 {
        widths.count = 8;
    }
    let rest = width.saturating_sub(4 + widths.count + widths.times);
    widths.title = if rest < 44 {
        0
    } else {
        (rest / 2).saturating_sub(2)
    };
    widths.name = rest.saturating_sub(widths.title).min(48);
    widths
}

/// Draws the speakers between the top and the bottom line. Returns the cell of the selected row.
pub(super) fn draw(state: &State, view: &Overlay, brush: &mut Brush<'_>) -> Option<Position> {
    let width = state.ui.size.0;
    let widths = column_widths(width);
    let head = ["speaker", "title", "quotes", "dispatches", "first", "last"];
    draw_cells(&widths, 1, head.map(str::to_owned), [Role::Dim; 3], brush);
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
        let texts = row_texts(&speakers.rows[row], state, newest);
        draw_cells(
            &widths,
            y,
            texts,
            [Role::Speaker, Role::Dim, Role::Text],
            brush,
        );
        if number == view.row {
            brush.restyle(0, y, width, Role::Selected);
            cursor = Some(Position::new(0, y));
        }
    }
    cursor
}

/// The right end of the top line: the filter, the progress of the job, and the number of speakers.
pub(super) fn speakers_status(state: &State) -> String {
    let speakers = &state.session.speakers;
    let busy = speakers.progress.map_or_else(String::new, |(read, all)| {
        format!("{}% … ", read * 100 / all.max(1))
    });
    let (shown, all) = (speakers.shown_rows.len(), speakers.rows.len());
    let of = if shown == all {
        String::new()
    } else {
        format!(" of {}", with_thousands(all))
    };
    let filter = if state.session.filter.is_blank() {
        String::new()
    } else {
        let limit = usize::from(state.ui.size.0) / 3;
        format!(
            "/ {}   ",
            truncate_to_width(&state.session.filter.display_text(), limit)
        )
    };
    let speakers = pluralize(all, "speaker");
    format!("{filter}{busy}{}{of} {speakers}", with_thousands(shown))
}

/// The texts of a row, in the order of the columns. Times are written relative to the `newest` dispatch.
fn row_texts(row: &SpeakerSummary, state: &State, newest: Option<Stamp>) -> [String; 6] {
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
fn draw_cells(
    widths: &ColumnWidths,
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
    brush.text(
        x,
        y,
        widths.title,
        &cut(&title, widths.title),
        &[title_role],
    );
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
