//! One line of the reader: its looks, its sign before it, its links.

use std::ops::Range;

use super::super::brush::{Brush, StyledText};
use super::super::marks::NOTE;
use super::super::status::column_count;
use super::super::theme::Role;
use super::{RoleRanges, TextRoles};
use crate::app::{Area, Document, LineKind, ReaderLine};
use crate::text::{Layer, display_width, link_target};

/// The looks of a line: that of its text, and those of what is marked in it. Nothing for one without a text.
fn line_roles<'m>(
    document: &Document,
    kind: LineKind,
    marks: &'m TextRoles,
) -> Option<(Role, &'m [RoleRanges])> {
    Some(match kind {
        LineKind::Blank | LineKind::OmittedBlocks => return None,
        LineKind::Banner => (Role::Urgent, &[]),
        LineKind::Headline if document.dispatch.headline_derived => {
            (Role::DerivedHeadline, &marks.headline)
        }
        LineKind::Headline => (Role::Headline, &marks.headline),
        LineKind::Facts | LineKind::Byline | LineKind::NoText | LineKind::Rights => {
            (Role::Dim, &[])
        }
        LineKind::EditorNote | LineKind::Newer | LineKind::ReaderNote => (Role::Note, &[]),
        LineKind::Heading => (Role::Heading, &marks.body),
        LineKind::Body | LineKind::Table => (Role::Text, &marks.body),
    })
}

/// Draws one line of the reader into a row of the pane.
pub(super) fn draw_line(
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
    let layers: Vec<Layer<'_, Role>> = layers
        .iter()
        .map(|(mark, ranges)| Layer {
            ranges,
            mark: *mark,
        })
        .collect();
    let mut x = draw_line_prefix(line, row, brush);
    // A table may use the whole pane.
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
    let marked = StyledText {
        text,
        range: range.clone(),
        base,
        layers: &layers,
    };
    let after = brush.styled(x, row.y, end.saturating_sub(x), &marked);
    draw_links(
        document,
        line.kind,
        &range,
        Area {
            x,
            width: end.saturating_sub(x),
            ..row
        },
        brush,
    );
    if matches!(line.kind, LineKind::Banner | LineKind::Newer) {
        let sign = ["✕", "↑"]
            .into_iter()
            .find(|&s| text[range.clone()].starts_with(s));
        brush.sign(x, row.y, sign.unwrap_or(""), base);
    }
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

/// Draws what stands before the text of a line; returns the column where the text begins.
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

/// Makes links of the addresses in a range of a text that is drawn here.
fn draw_links(
    document: &Document,
    kind: LineKind,
    range: &Range<usize>,
    area: Area,
    brush: &mut Brush<'_>,
) {
    let text = document.text_for_kind(kind);
    let links = document.links_of(kind);
    let first = links.partition_point(|link| link.end <= range.start);
    for link in links[first..]
        .iter()
        .take_while(|link| link.start < range.end)
    {
        let shown = link.start.max(range.start)..link.end.min(range.end);
        if shown.is_empty() {
            continue;
        }
        let before = column_count(&text[range.start..shown.start]);
        // Each of its characters takes a column.
        let room = usize::from(area.width.saturating_sub(before));
        let part: String = text[shown].chars().take(room).collect();
        if let Some(target) = link_target(&text[link.clone()]).filter(|_| !part.is_empty()) {
            brush.add_link(area.x + before, area.y, &part, target);
        }
    }
}

/// Bytes of a row that so many columns hide, and the columns that then stand empty before the first whole character.
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
