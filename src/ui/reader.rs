//! The reader pane: headline, facts, notes, and the text in a quiet measure with its quotes tinted.

mod line;

use std::ops::Range;

use ratatui::layout::Position;

use super::brush::Brush;
use super::theme::Role;
use crate::action::Pane;
use crate::app::{Area, Document, LineKind, State, text_column};
use crate::quote::TextPart;
use line::draw_line;

/// Draws the reader; returns the cell of the current quote where the reader has the focus, or of its first line.
pub(super) fn draw(state: &State, area: Area, brush: &mut Brush<'_>) -> Option<Position> {
    let column = text_column(area);
    let Some(document) = state.shown_document() else {
        if let Some(failure) = &state.reader.failure {
            let lines = crate::text::wrap(&failure.to_string(), usize::from(column.width));
            for (y, line) in (area.y + 1..area.y + area.height).zip(lines) {
                brush.text(
                    column.x,
                    y,
                    column.width,
                    &failure.to_string()[line],
                    &[Role::Fault],
                );
            }
        }
        return None;
    };
    let marks = TextRoles::new(state, document);
    let view = state.reader.scroll..state.reader.scroll + usize::from(area.height);
    let quote = marks.bar.clone().find(|line| view.contains(line));
    let row = quote.map_or(0, |line| line - view.start);
    let lines = document
        .lines
        .iter()
        .skip(state.reader.scroll)
        .take(usize::from(area.height));
    for (y, (number, line)) in (area.y..).zip(
        lines
            .enumerate()
            .map(|(i, line)| (i + state.reader.scroll, line)),
    ) {
        let row = Area { y, ..column };
        draw_line(document, line, &marks, row, area, brush);
        if line.kind == LineKind::Headline && line.range.start == 0 && marks.starred {
            brush.sign(column.x - 2, y, super::marks::STAR, Role::Key);
        }
        if marks.bar.contains(&number) && line.kind != LineKind::Blank {
            brush.sign(column.x - 2, y, "▌", Role::Bar);
        }
    }
    let y = area.y + u16::try_from(row).unwrap_or(0);
    (state.focus == Pane::Reader).then_some(Position::new(column.x, y))
}

/// Ascending ranges under a role.
type RoleRanges = (Role, Vec<Range<usize>>);

/// Marked ranges of headline and body.
struct TextRoles {
    headline: Vec<RoleRanges>,
    body: Vec<RoleRanges>,
    /// Lines beside which the bar stands.
    bar: Range<usize>,
    /// Columns by which tables are moved to the left.
    table_scroll: usize,
    /// The story is starred.
    starred: bool,
}

impl TextRoles {
    fn new(state: &State, document: &Document) -> Self {
        let current = state.reader.current_quote;
        let speaker = current
            .and_then(|q| document.speaker_of(q))
            .filter(|&s| document.speakers[s].name.is_some());
        let same = |q: usize| {
            Some(q) == current
                || speaker.is_some_and(|s| document.speakers[s].quotes.binary_search(&q).is_ok())
        };
        let explained = state
            .reader
            .explained_quote
            .filter(|_| state.reader.explained_quote == current)
            .and_then(|quote| document.quotes.get(quote));
        let layers = |part: TextPart| {
            let quotes = |wanted: bool| -> Vec<Range<usize>> {
                let of_part = document
                    .quotes
                    .iter()
                    .enumerate()
                    .filter(|(_, quote)| quote.part == part);
                let kept = of_part
                    .filter(|(q, _)| same(*q) == wanted)
                    .map(|(_, quote)| quote.outer.clone());
                merge_overlaps(kept.collect())
            };
            let current = state.reader.current_hit;
            let hits = |wanted: bool| -> Vec<Range<usize>> {
                let of_part = state
                    .reader
                    .hits
                    .iter()
                    .enumerate()
                    .filter(|(_, (p, _))| *p == part);
                of_part
                    .filter(|(i, _)| (Some(*i) == current) == wanted)
                    .map(|(_, (_, range))| range.clone())
                    .collect()
            };
            let mut layers = vec![
                (Role::Quote, quotes(false)),
                (Role::SameSpeaker, quotes(true)),
            ];
            if part == TextPart::Body
                && let Some(dateline) = document
                    .dispatch
                    .dateline
                    .as_ref()
                    .and_then(|d| d.range.clone())
            {
                layers.push((Role::Dateline, vec![dateline]));
            }
            if let Some(quote) = explained.filter(|quote| quote.part == part) {
                layers.push((Role::Mention, quote.mention.iter().cloned().collect()));
                layers.push((Role::Cue, quote.cue.iter().cloned().collect()));
            }
            layers.push((Role::Match, hits(false)));
            layers.push((Role::CurrentMatch, hits(true)));
            layers
        };
        let bar = current.map_or(0..0, |quote| document.quote_lines(quote));
        Self {
            headline: layers(TextPart::Headline),
            body: layers(TextPart::Body),
            bar,
            table_scroll: state.reader.table_scroll,
            starred: state
                .index
                .entry(document.id)
                .is_some_and(|entry| state.marks.is_starred(entry.story_or_item_key())),
        }
    }
}

/// Ascending ranges without overlaps: nested quotes are part of the outer ones.
fn merge_overlaps(ranges: Vec<Range<usize>>) -> Vec<Range<usize>> {
    let mut flat: Vec<Range<usize>> = Vec::with_capacity(ranges.len());
    for range in ranges {
        match flat.last_mut() {
            Some(last) if range.start < last.end => last.end = last.end.max(range.end),
            _ => flat.push(range),
        }
    }
    flat
}
