//! Draws the quotes pane: quotes under their speakers, numbered in the order of the text.

use std::ops::Range;

use ratatui::layout::Position;

use crate::action::Pane;
use crate::app::{Area, Document, QuotePaneRow, State, is_uncertain_speaker};
use crate::text::{count_noun, find_folded, fold, truncate_to_width};
use crate::ui::brush::Brush;
use crate::ui::brush::column_count;
use crate::ui::theme::Role;

/// The sign of a quote that fits the filter.
const FITS: &str = "•";

/// Draws the pane. Returns the cell of the current quote if the pane has the focus.
pub(super) fn draw(state: &State, area: Area, brush: &mut Brush<'_>) -> Option<Position> {
    let document = state.shown_document()?;
    let inner = Area { x: area.x + 1, width: area.width.saturating_sub(2), ..area };
    let mut x = inner.x;
    if document.is_killed() {
        brush.sign(x, inner.y, "✕", Role::Urgent);
        x = brush.text(x + 1, inner.y, inner.width, " KILLED · ", &[Role::Urgent]);
    }
    let room = (inner.x + inner.width).saturating_sub(x);
    let title = title(document, state.ui.reader.quote_walk.fitting.len());
    // Without the number of speakers.
    let short = title.split(" · ").next().unwrap_or(&title);
    let fits = column_count(&title) <= room;
    brush.text(x, inner.y, room, if fits { &title } else { short }, &[Role::Dim]);
    let mut cursor = None;
    // Below the title and a blank row.
    let first = area.y + 2;
    for (y, row) in
        (first..area.y + area.height).zip(document.quote_rows.iter().skip(state.ui.quotes.top))
    {
        match row {
            QuotePaneRow::Blank => {}
            QuotePaneRow::Speaker(number) => {
                let area = Area { y, ..inner };
                draw_speaker(document, *number, area, brush);
                if let Some(name) = &document.speakers[*number].name {
                    let found = state.session.filter.query.match_ranges_in_speaker(name);
                    highlight(name, &found, area, brush);
                }
            }
            QuotePaneRow::Quote { quote, text, first } => {
                let current = state.ui.reader.current_quote == Some(*quote);
                if *first {
                    let number = format!("{:>2}", quote + 1);
                    brush.text(inner.x + 1, y, 3, &number, &[Role::Dim]);
                    if state.ui.reader.quote_walk.fitting.contains(quote) {
                        // After the number, or where that is long before it.
                        let x = if number.len() > 2 { inner.x } else { inner.x + 3 };
                        brush.sign(x, y, FITS, Role::Bar);
                    }
                    if current {
                        brush.sign(inner.x, y, "▸", Role::Bar);
                    }
                }
                let role = if current { Role::CurrentQuote } else { Role::Quote };
                let end = brush.text(inner.x + 4, y, inner.width.saturating_sub(4), text, &[role]);
                let found = matches(state, text);
                highlight(text, &found, Area { x: inner.x + 4, y, ..inner }, brush);
                if current && state.ui.focus == Pane::Quotes {
                    brush.restyle(inner.x + 4, y, end.saturating_sub(inner.x + 4), Role::Selected);
                    cursor = cursor.or(Some(Position::new(inner.x, y)));
                }
            }
        }
    }
    cursor
}

/// The byte ranges of a quote's line that match the search or, without a search, the text terms of the filter.
fn matches(state: &State, text: &str) -> Vec<Range<usize>> {
    // The search is more recent than the filter, and takes precedence as in the reader.
    let word = fold(state.ui.reader.search.text.trim());
    if word.is_empty() {
        state.session.filter.query.match_ranges_in_text(text)
    } else {
        find_folded(text, &word)
    }
}

/// Marks matches in a text that was drawn at the start of an area, clipped to the area. `found`: byte ranges of `text`.
fn highlight(text: &str, found: &[Range<usize>], area: Area, brush: &mut Brush<'_>) {
    for range in found {
        let before = column_count(&text[..range.start]);
        if before < area.width {
            let length = column_count(&text[range.clone()]).min(area.width - before);
            brush.restyle(area.x + before, area.y, length, Role::Match);
        }
    }
}

/// The title of the pane: `7 quotes · 3 speakers`, or `2 of 7 quotes fit · 3 speakers` if so many fit the filter.
fn title(document: &Document, fitting: usize) -> String {
    let quotes = document.quotes.len();
    if quotes == 0 {
        return "no quotes".to_owned();
    }
    let speakers = document.speakers.iter().filter(|speaker| speaker.name.is_some()).count();
    let (quotes, speakers) = (count_noun(quotes, "quote"), count_noun(speakers, "speaker"));
    match fitting {
        0 => format!("{quotes} · {speakers}"),
        1 => format!("1 of {quotes} fits · {speakers}"),
        _ => format!("{fitting} of {quotes} fit · {speakers}"),
    }
}

/// Draws the row of a speaker: the name, with `?` if the attribution is unsure, and the number of quotes.
fn draw_speaker(document: &Document, number: usize, row: Area, brush: &mut Brush<'_>) {
    let speaker = &document.speakers[number];
    let count = speaker.quotes.len().to_string();
    let count_x = (row.x + row.width).saturating_sub(u16::try_from(count.len()).unwrap_or(1));
    brush.text(count_x, row.y, row.width, &count, &[Role::Dim]);
    let room = usize::from(count_x.saturating_sub(row.x + 1));
    match &speaker.name {
        Some(name) if is_uncertain_speaker(document, speaker) => {
            let x = brush.text(
                row.x,
                row.y,
                row.width,
                &truncate_to_width(name, room.saturating_sub(2)),
                &[Role::Speaker],
            );
            brush.text(x, row.y, 2, " ?", &[Role::Unsure]);
        }
        Some(name) => {
            brush.text(row.x, row.y, row.width, &truncate_to_width(name, room), &[Role::Speaker]);
        }
        None => {
            brush.text(
                row.x,
                row.y,
                row.width,
                &truncate_to_width("unattributed", room),
                &[Role::Dim],
            );
        }
    }
}
