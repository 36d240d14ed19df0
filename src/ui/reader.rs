//! Draws the reader pane: headline, facts, notes, and the text with its quotes, matches and links.

use std::ops::Range;

use ratatui::layout::Position;

use crate::action::Pane;
use crate::app::{Area, Document, LineKind, ReaderLine, State, text_column};
use crate::quotes::TextPart;
use crate::text::{Layer, display_width, link_target};
use crate::ui::brush::column_count;
use crate::ui::brush::{Brush, StyledText};
use crate::ui::list::NOTE;
use crate::ui::theme::Role;

/// Draws the reader. If it has the focus, returns the cell of the current quote or, without one on the screen, of the
/// first line.
pub(super) fn draw(state: &State, area: Area, brush: &mut Brush<'_>) -> Option<Position> {
    let column = text_column(area);
    let Some(document) = state.shown_document() else {
        // Empty while the dispatch is being read, or the reason why it cannot be.
        if let Some(failure) = &state.ui.reader.failure {
            let lines = crate::text::wrap(&failure.to_string(), usize::from(column.width));
            for (y, line) in (area.y + 1..area.y + area.height).zip(lines) {
                brush.text(column.x, y, column.width, &failure.to_string()[line], &[Role::Fault]);
            }
        }
        return None;
    };
    let marks = TextRoles::new(state, document);
    // The lines on the screen.
    let view = state.ui.reader.scroll..state.ui.reader.scroll + usize::from(area.height);
    let quote = marks.bar.clone().find(|line| view.contains(line));
    let row = quote.map_or(0, |line| line - view.start);
    let lines =
        document.page.lines.iter().skip(state.ui.reader.scroll).take(usize::from(area.height));
    for (y, (number, line)) in
        (area.y..).zip(lines.enumerate().map(|(i, line)| (i + state.ui.reader.scroll, line)))
    {
        let row = Area { y, ..column };
        draw_line(document, line, &marks, row, area, brush);
        if line.kind == LineKind::Headline && line.range.start == 0 && marks.star != " " {
            brush.sign(column.x - 2, y, marks.star, Role::Key);
        }
        if marks.bar.contains(&number) && line.kind != LineKind::Blank {
            brush.sign(bar_column(area, column), y, "▌", Role::Bar);
        }
    }
    let y = area.y + u16::try_from(row).unwrap_or(0);
    (state.ui.focus == Pane::Reader).then_some(Position::new(column.x, y))
}

/// The column of the bar beside the current quote: a column away from the text, or else from the line left of the pane.
fn bar_column(pane: Area, text: Area) -> u16 {
    if pane.x > 0 && text.x == pane.x + 2 { text.x - 1 } else { text.x - 2 }
}

/// A role, and ascending byte ranges of a text that have it.
type RoleRanges = (Role, Vec<Range<usize>>);

/// What to mark in the headline and the body.
struct TextRoles {
    /// Ranges of the headline, later roles over earlier ones.
    headline: Vec<RoleRanges>,
    /// Ranges of the body, later roles over earlier ones.
    body: Vec<RoleRanges>,
    /// The lines of the current quote, which have a bar in the margin.
    bar: Range<usize>,
    /// Columns by which tables are scrolled to the right.
    table_scroll: usize,
    /// The sign of a star, as in the list.
    star: &'static str,
}

impl TextRoles {
    /// Collects quotes, matches and, for the explained quote, the words that name its speaker.
    fn new(state: &State, document: &Document) -> Self {
        let reader = &state.ui.reader;
        let current = reader.current_quote;
        let speaker = current
            .and_then(|q| document.speaker_of(q))
            .filter(|&s| document.speakers[s].name.is_some());
        // Unattributed quotes have no speaker in common.
        let role = |q: usize| match speaker {
            _ if Some(q) == current => Role::CurrentQuote,
            Some(s) if document.speakers[s].quotes.binary_search(&q).is_ok() => Role::SameSpeaker,
            _ => Role::Quote,
        };
        // An explanation ends when another quote becomes the current one.
        let explained = reader
            .explained_quote
            .filter(|_| reader.explained_quote == current)
            .and_then(|quote| document.quotes.get(quote));
        let layers = |part: TextPart| {
            let quotes = |wanted: Role| -> RoleRanges {
                let of_part =
                    document.quotes.iter().enumerate().filter(|(_, quote)| quote.part == part);
                let ranges = of_part
                    .filter(|(q, _)| role(*q) == wanted)
                    .map(|(_, quote)| quote.outer.clone());
                (wanted, merge_overlaps(ranges.collect()))
            };
            let current = reader.search.current_hit;
            // The current match, or all others.
            let hits = |wanted: bool| -> Vec<Range<usize>> {
                let hits = reader.search.hits.iter().enumerate();
                hits.filter(|(_, (p, _))| *p == part)
                    .filter(|(i, _)| (Some(*i) == current) == wanted)
                    .map(|(_, (_, range))| range.clone())
                    .collect()
            };
            let struck = document.is_killed().then_some(0..document.part_text(part).len());
            let mut layers = vec![(Role::Struck, struck.into_iter().collect())];
            // The current quote comes last: it may be nested in another, or have others nested in it.
            layers.extend([Role::Quote, Role::SameSpeaker, Role::CurrentQuote].map(quotes));
            if part == TextPart::Body
                && let Some(dateline) =
                    document.dispatch.dateline.as_ref().and_then(|d| d.range.clone())
            {
                layers.push((Role::Dateline, vec![dateline]));
            }
            if let Some(quote) = explained.filter(|quote| quote.part == part) {
                layers.push((Role::Mention, quote.mention.iter().cloned().collect()));
                layers.push((Role::Cue, quote.cue.iter().cloned().collect()));
            }
            // On top of everything else.
            layers.push((Role::Match, hits(false)));
            layers.push((Role::CurrentMatch, hits(true)));
            layers
        };
        let entry = state.session.index.entry(document.id);
        let star = entry.map_or(" ", |entry| crate::ui::list::star_sign(state, entry));
        let bar = current.map_or(0..0, |quote| document.quote_lines(quote));
        Self {
            headline: layers(TextPart::Headline),
            body: layers(TextPart::Body),
            bar,
            table_scroll: reader.table_scroll,
            star,
        }
    }
}

/// Merges overlapping ranges, which must be ascending: a nested quote becomes part of the outer one.
fn merge_overlaps(ranges: Vec<Range<usize>>) -> Vec<Range<usize>> {
    let mut merged: Vec<Range<usize>> = Vec::with_capacity(ranges.len());
    for range in ranges {
        match merged.last_mut() {
            Some(last) if range.start < last.end => last.end = last.end.max(range.end),
            _ => merged.push(range),
        }
    }
    merged
}

/// The role of a line's text, and the ranges marked in it. `None` for a line without text.
fn line_roles<'m>(
    document: &Document,
    kind: LineKind,
    marks: &'m TextRoles,
) -> Option<(Role, &'m [RoleRanges])> {
    Some(match kind {
        LineKind::Blank | LineKind::OmittedBlocks => return None,
        LineKind::Headline if document.dispatch.headline_derived => {
            (Role::DerivedHeadline, &marks.headline)
        }
        LineKind::Headline => (Role::Headline, &marks.headline),
        LineKind::Facts | LineKind::Byline | LineKind::NoText | LineKind::Rights => {
            (Role::Dim, &[])
        }
        LineKind::EditorNote | LineKind::ReaderNote => (Role::Note, &[]),
        LineKind::Heading => (Role::Heading, &marks.body),
        LineKind::Body | LineKind::Table => (Role::Text, &marks.body),
    })
}

/// Draws one line of the reader. `row`: its row in the column of text; `pane`: the whole pane.
fn draw_line(
    document: &Document,
    line: &ReaderLine,
    marks: &TextRoles,
    row: Area,
    pane: Area,
    brush: &mut Brush<'_>,
) {
    let Some((base, layers)) = line_roles(document, line.kind, marks) else {
        if line.kind == LineKind::OmittedBlocks {
            brush.text(row.x, row.y, row.width, "· · ·", &[Role::Dim]);
        }
        return;
    };
    let text = document.text_for_kind(line.kind);
    let layers: Vec<Layer<'_, Role>> =
        layers.iter().map(|(mark, ranges)| Layer { ranges, mark: *mark }).collect();
    let mut x = draw_line_prefix(line, row, brush);
    // A line of a table is not wrapped, and may use the whole pane.
    let end = match line.kind {
        LineKind::Table => (pane.x + pane.width).max(row.x),
        _ => row.x + row.width,
    };
    let mut range = line.range.clone();
    if line.kind == LineKind::Table {
        let (bytes, blank) = scrolled_off(&text[range.clone()], marks.table_scroll);
        range.start += bytes;
        x += blank;
    }
    let marked = StyledText { text, range: range.clone(), base, layers: &layers };
    let after = brush.styled(x, row.y, end.saturating_sub(x), &marked);
    draw_links(document, line.kind, &range, Area { x, width: end.saturating_sub(x), ..row }, brush);
    let is_text = matches!(
        line.kind,
        LineKind::Headline | LineKind::Body | LineKind::Heading | LineKind::Table
    );
    if is_text && document.is_killed() {
        brush.mark_struck_line(row.x - 1, row.y);
    }
    // `…` at either end of a table's line if some of it is hidden there.
    if line.kind == LineKind::Table
        && after == end
        && display_width(&text[range.clone()]) > usize::from(end - x)
    {
        brush.text(end - 1, row.y, 1, "…", &[Role::Dim]);
    }
    if range.start > line.range.start {
        brush.text(row.x, row.y, 1, "…", &[Role::Dim]);
    }
}

/// Draws the sign or word before the text of a line. Returns the column where the text begins.
fn draw_line_prefix(line: &ReaderLine, row: Area, brush: &mut Brush<'_>) -> u16 {
    let x = row.x + line.indent.min(row.width);
    let begins = line.range.start == 0;
    let (sign, role) = match line.kind {
        LineKind::EditorNote => ("│", Role::Hairline),
        LineKind::ReaderNote if begins => (NOTE, Role::Key),
        LineKind::ReaderNote => ("│", Role::Key),
        LineKind::Byline if begins => return brush.text(x, row.y, row.width, "By ", &[Role::Dim]),
        _ => return x,
    };
    brush.sign(x, row.y, sign, role);
    x + 2
}

/// Records the links in a line that was drawn from the start of `area`. `range`: its bytes in the text. A link that is
/// wrapped is recorded for each of its lines, always with the whole URL.
fn draw_links(
    document: &Document,
    kind: LineKind,
    range: &Range<usize>,
    area: Area,
    brush: &mut Brush<'_>,
) {
    let text = document.text_for_kind(kind);
    let links = document.links_of(kind);
    // Links are ascending: skip those before the line.
    let first = links.partition_point(|link| link.end <= range.start);
    for link in links[first..].iter().take_while(|link| link.start < range.end) {
        let shown = link.start.max(range.start)..link.end.min(range.end);
        if shown.is_empty() {
            continue;
        }
        let before = column_count(&text[range.start..shown.start]);
        // Each character of a link takes one column, see `find_links`.
        let room = usize::from(area.width.saturating_sub(before));
        let part: String = text[shown].chars().take(room).collect();
        if let Some(target) = link_target(&text[link.clone()]).filter(|_| !part.is_empty()) {
            brush.add_link(area.x + before, area.y, &part, target);
        }
    }
}

/// How many bytes of a row are scrolled off by a number of columns, and how many columns stay empty before the first
/// visible character: one if half of a wide character is scrolled off.
fn scrolled_off(row: &str, columns: usize) -> (usize, u16) {
    let mut hidden = 0;
    for (at, c) in row.char_indices() {
        let width = display_width(&row[at..at + c.len_utf8()]);
        if hidden >= columns && width > 0 {
            return (at, u16::try_from(hidden - columns).unwrap_or(0));
        }
        hidden += width;
    }
    (if columns == 0 { 0 } else { row.len() }, 0)
}
