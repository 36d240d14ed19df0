//! The quotes pane and the current quote: pane and text stay in step, whichever of them moves.

use super::{Document, State, is_unsure};
use crate::action::Pane;
use crate::quote::{self, Certainty};
use crate::text::{display_width, sanitize_line, wrap};

/// One row of the quotes pane.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum QuotePaneRow {
    Blank,
    /// A speaker (a number into [`Document::speakers`]), and how many statements follow.
    Speaker(usize),
    /// A line of a statement: which, and its text; `first` carries the number.
    Quote {
        quote: usize,
        text: String,
        first: bool,
    },
}

/// Lines that one statement takes at most.
const QUOTE_LINES: usize = 2;
/// Columns before the text of a statement: bar, number, space.
pub(super) const QUOTE_INDENT: usize = 5;

/// The statements as the quotes pane shows them: each speaker's together, or all as they stand in the text.
fn group_quotes(document: &Document, in_text_order: bool) -> Vec<(usize, Vec<usize>)> {
    if !in_text_order {
        let of =
            |(number, speaker): (usize, &super::SpeakerQuotes)| (number, speaker.quotes.clone());
        return document.speakers.iter().enumerate().map(of).collect();
    }
    let mut runs: Vec<(usize, Vec<usize>)> = Vec::new();
    for quote in 0..document.quotes.len() {
        let speaker = document.speaker_of(quote).unwrap_or(0);
        match runs.last_mut() {
            Some((last, quotes)) if *last == speaker => quotes.push(quote),
            _ => runs.push((speaker, vec![quote])),
        }
    }
    runs
}

/// The rows of the quotes pane at a width.
pub(super) fn pane_rows(
    document: &Document,
    columns: usize,
    in_text_order: bool,
) -> Vec<QuotePaneRow> {
    let room = columns.saturating_sub(QUOTE_INDENT + 1).max(8);
    let mut rows = Vec::new();
    for (number, quotes) in group_quotes(document, in_text_order) {
        if !rows.is_empty() {
            rows.push(QuotePaneRow::Blank);
        }
        rows.push(QuotePaneRow::Speaker(number));
        let speaker = &document.speakers[number];
        for quote in quotes {
            let lines = preview(document, quote, room, !is_unsure(document, speaker));
            let line = |(i, text): (usize, String)| QuotePaneRow::Quote {
                quote,
                text,
                first: i == 0,
            };
            rows.extend(lines.into_iter().enumerate().map(line));
        }
    }
    rows
}

/// The start of a statement in marks, on at most [`QUOTE_LINES`] lines; with a `?`, if asked, where it is not certain
/// who made it.
fn preview(document: &Document, quote: usize, room: usize, doubt: bool) -> Vec<String> {
    let quote = &document.quotes[quote];
    let source = document.part_text(quote.part);
    let span = quote.span();
    let opening = source.get(quote.outer.start..span.start).unwrap_or("");
    let closing = source.get(span.end..quote.outer.end).unwrap_or("");
    let unsure = doubt && quote.speaker.is_some() && quote.certainty != Certainty::Sure;
    let end = format!("{closing}{}", if unsure { " ?" } else { "" });
    let words = quote::quote_text(quote, source);
    // No more is laid out than can be seen.
    let start = &words[..words.floor_char_boundary(room * 4 * (QUOTE_LINES + 1))];
    let cut = if start.len() < words.len() { "…" } else { "" };
    let start = start.split_whitespace().collect::<Vec<_>>().join(" ");
    let marked = sanitize_line(&format!("{opening}{start}{cut}{end}")).into_owned();
    let lines = wrap(&marked, room);
    let mut shown: Vec<String> = lines
        .iter()
        .take(QUOTE_LINES)
        .map(|r| marked[r.clone()].to_owned())
        .collect();
    if lines.len() > QUOTE_LINES
        && let Some(last) = shown.last_mut()
    {
        let end = format!("…{end}");
        let limit = room.saturating_sub(display_width(&end));
        // Whole words, where one fits.
        if let Some(start) = wrap(last, limit).first() {
            last.truncate(start.end);
        }
        *last = last.trim_end_matches(['…', ',', '.', ' ']).to_owned() + &end;
    }
    shown
}

impl State {
    /// Makes a statement the current one and shows it.
    pub(super) fn go_to_quote(&mut self, quote: usize) {
        let Some(document) = self.document() else {
            return;
        };
        let lines = document.quote_lines(quote);
        self.reader.current_quote = Some(quote);
        self.scroll_into_view(lines);
    }

    /// The next or previous statement in the text.
    pub(super) fn next_quote(&mut self, forward: bool) {
        let Some(document) = self.document() else {
            return;
        };
        if document.quotes.is_empty() {
            self.notice = Some("no quotes in this dispatch".into());
            return;
        }
        let count = document.quotes.len();
        let next = match (self.reader.current_quote, forward) {
            (Some(now), true) => Some(now + 1).filter(|&next| next < count),
            (Some(now), false) => now.checked_sub(1),
            (None, true) => Some(0),
            (None, false) => count.checked_sub(1),
        };
        if let Some(quote) = next {
            self.go_to_quote(quote);
        } else {
            let which = if forward { "last" } else { "first" };
            self.notice = Some(format!("this is the {which} quote"));
            if let Some(quote) = self.reader.current_quote {
                self.go_to_quote(quote);
            }
        }
    }

    /// Moves within the quotes pane, in the order of its rows.
    pub(super) fn step_quote(&mut self, by: isize) {
        let Some(document) = self.document() else {
            return;
        };
        let order: Vec<usize> = group_quotes(document, self.quotes_in_text_order)
            .into_iter()
            .flat_map(|(_, quotes)| quotes)
            .collect();
        if order.is_empty() {
            return;
        }
        let place = self
            .reader
            .current_quote
            .and_then(|q| order.iter().position(|&o| o == q))
            .unwrap_or(0);
        let next = order[place.saturating_add_signed(by).min(order.len() - 1)];
        self.go_to_quote(next);
    }

    /// Goes to a statement by its place among the rows of the pane.
    pub(super) fn go_to_quote_row(&mut self, place: usize) {
        let place = isize::try_from(place).unwrap_or(isize::MAX / 2);
        self.step_quote(isize::MIN / 2);
        self.step_quote(place.min(isize::MAX / 2));
    }

    /// After the text has moved by itself: the current quote is one that is on the screen, or the last one above it.
    pub(super) fn select_visible_quote(&mut self) {
        let Some(document) = self.document() else {
            return;
        };
        let view = self.reader.scroll..self.reader.scroll + self.pane_height(Pane::Reader);
        let visible = |q: usize| {
            let lines = document.quote_lines(q);
            lines.start < view.end && lines.end > view.start
        };
        if self.reader.current_quote.is_some_and(visible) {
            return;
        }
        let count = document.quotes.len();
        let shown = (0..count).find(|&q| visible(q));
        self.reader.current_quote = shown
            .or_else(|| {
                (0..count)
                    .rev()
                    .find(|&q| document.quote_lines(q).start < view.start)
            })
            .or(self.reader.current_quote);
    }

    /// Keeps the current quote in sight in the quotes pane.
    pub(super) fn scroll_quotes_pane(&mut self) {
        let Some(area) = self.layout().quotes else {
            return;
        };
        if self.reader.current_quote.is_none()
            && self.document().is_some_and(|d| !d.quotes.is_empty())
        {
            self.select_visible_quote();
        }
        let Some(document) = self.reader.document.as_mut() else {
            return;
        };
        document.lay_out_quotes(usize::from(area.width), self.quotes_in_text_order);
        let rows = &document.quote_rows;
        let height = usize::from(area.height).saturating_sub(2).max(1);
        let of_current = |row: &QuotePaneRow| matches!(row, QuotePaneRow::Quote { quote, .. } if Some(*quote) == self.reader.current_quote);
        let top = match (
            rows.iter().position(of_current),
            rows.iter().rposition(of_current),
        ) {
            (Some(first), Some(last)) => {
                // The speaker's name comes along where it stands right above.
                let first = if first > 0 && matches!(rows[first - 1], QuotePaneRow::Speaker(_)) {
                    first - 1
                } else {
                    first
                };
                self.quotes_top
                    .clamp((last + 1).saturating_sub(height).min(first), first)
            }
            _ => self.quotes_top,
        };
        self.quotes_top = top.min(rows.len().saturating_sub(height));
    }
}
