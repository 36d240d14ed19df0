//! Formats the copy of an ANPA dispatch: indented paragraphs, centred lines, aligned table columns.

use crate::dispatch::Role;
use crate::format::anpa::header::Header;
use crate::format::parser::Draft;
use crate::format::shared::wire_controls;

/// Longest text of a bulletin that is an alert by its length, in bytes.
const MAX_ALERT_BYTES: usize = 500;

/// The copy with paragraphs on lines of their own, empty lines between them, and tables lined up.
pub(super) fn format_copy(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 16);
    let mut rows: Vec<Vec<String>> = Vec::new();
    let controls = memchr::memchr3(0x08, 0x1e, 0x1f, text.as_bytes()).is_some();
    let tabular = controls || memchr::memchr(b';', text.as_bytes()).is_some();
    for whole in text.split('\n') {
        if tabular {
            if let Some(row) = parse_row(whole.trim_end_matches('\r')) {
                rows.push(row);
                continue;
            }
            flush_table(&mut rows, &mut out);
        }
        let set = wire_controls::remove_controls(whole.trim_end_matches('\r'));
        for line in set.split('\n') {
            push_line(line, &mut out);
        }
    }
    flush_table(&mut rows, &mut out);
    out
}

fn flush_table(rows: &mut Vec<Vec<String>>, out: &mut String) {
    if !rows.is_empty() {
        out.push('\n');
        write_aligned_rows(rows, out);
        out.push('\n');
        rows.clear();
    }
}

/// Adds one line of copy.
fn push_line(line: &str, out: &mut String) {
    let line = line.trim_end();
    let railed = line.starts_with('^');
    let indented = (line.starts_with('\t') || line.starts_with("   ")) && !has_column_gap(line);
    if railed || indented {
        out.push('\n');
    }
    let quad = line.ends_with('<') || line.len() <= 80 && ends_with_centring_sign(line);
    let inner = if quad {
        line.trim_end_matches(['<', '=', '@', ' '])
    } else {
        line
    };
    let inner = if railed {
        inner.trim_start_matches('^')
    } else {
        inner
    };
    let inner = if indented {
        inner.trim_start_matches(['\t', ' '])
    } else {
        inner
    };
    out.push_str(&wire_controls::convert_typesetter_signs(inner));
    out.push('\n');
    if railed || quad {
        out.push('\n');
    }
}

/// True for an indented line with a gap that ends no sentence: a row of a table set with spaces.
fn has_column_gap(line: &str) -> bool {
    let inner = line.trim_start();
    let gap = memchr::memmem::find(inner.as_bytes(), b"  ");
    gap.is_some_and(|at| !inner[..at].ends_with(['.', '!', '?', ':', '"', '”', '\'']))
}

/// A line that ends with the sign for centred text.
fn ends_with_centring_sign(line: &str) -> bool {
    line.strip_suffix('=')
        .is_some_and(|front| front.ends_with(|c: char| c.is_alphanumeric() || c == '_'))
}

/// A flash or bulletin of a few lines without a headline is an alert.
pub(super) fn mark_alert(header: &Header<'_>, body: &str, draft: &mut Draft<'_>) {
    let d = &mut draft.dispatch;
    let letter =
        header.priority.eq_ignore_ascii_case("f") || header.priority.eq_ignore_ascii_case("b");
    let named = d
        .slug
        .as_deref()
        .is_some_and(|slug| slug.to_ascii_lowercase().contains("newsalert"));
    let short = body.len() <= MAX_ALERT_BYTES;
    if d.role == Role::Story
        && d.label.is_none()
        && short
        && (named || letter && d.headline.is_empty())
    {
        d.role = Role::Alert;
    }
}

// Tabular lines of ANPA copy: cells between `;` (or US and RS) as columns of spaces.

/// Most columns that are lined up.
const MAX_COLUMNS: usize = 64;

/// The cells of a tabular line: one that begins with BS, or holds US or RS between its cells.
pub(super) fn parse_row(line: &str) -> Option<Vec<String>> {
    let tab = line
        .trim_start_matches([' ', '\u{10}'])
        .starts_with('\u{8}');
    // What lost its BS still has its cells.
    let tab = tab || is_row_without_controls(line);
    if !tab && memchr::memchr2(0x1e, 0x1f, line.as_bytes()).is_none() {
        return None;
    }
    let line = line
        .trim_end()
        .trim_end_matches(['<', '=', '\u{10}'])
        .trim_end();
    let mark = |c: char| matches!(c, '\u{1e}' | '\u{1f}') || tab && c == ';';
    let cells = line.split(mark).map(|cell| {
        let cell = cell.trim_start_matches(|c: char| c.is_ascii_control() || c == '^');
        let words = cell.split(|c: char| c.is_ascii_control() || c == ' ');
        let words = words.filter(|word| !word.is_empty());
        words.collect::<Vec<_>>().join(" ")
    });
    Some(
        cells
            .map(|cell| wire_controls::convert_typesetter_signs(&cell).into_owned())
            .collect(),
    )
}

/// Cells without controls: three `;` at least, and none that ends a clause.
fn is_row_without_controls(line: &str) -> bool {
    let mut marks = memchr::memchr_iter(b';', line.as_bytes());
    let next = |at: usize| line.as_bytes().get(at + 1).copied();
    line.len() <= 200
        && marks.clone().take(3).count() == 3
        && marks.all(|at| next(at).is_some_and(|b| b != b' '))
}

/// Rows as lines whose columns stand below each other: the first to the left, the others to the right.
pub(super) fn write_aligned_rows(rows: &[Vec<String>], out: &mut String) {
    let width = |text: &str| text.chars().count();
    // Far more columns than a page has are no table: they are not filled.
    let columns = rows
        .iter()
        .map(Vec::len)
        .max()
        .unwrap_or(0)
        .min(MAX_COLUMNS);
    let widths: Vec<usize> = (0..columns)
        .map(|at| {
            rows.iter()
                .filter_map(|row| row.get(at))
                .map(|cell| width(cell))
                .max()
        })
        .map(|most| most.unwrap_or(0).min(60))
        .collect();
    for row in rows {
        for (at, (cell, &most)) in row
            .iter()
            .zip(widths.iter().chain(std::iter::repeat(&0)))
            .enumerate()
        {
            let fill = " ".repeat(most.saturating_sub(width(cell)));
            if at == 0 {
                out.push_str(cell);
                out.push_str(&fill);
            } else {
                out.push_str("  ");
                out.push_str(&fill);
                out.push_str(cell);
            }
        }
        out.truncate(out.trim_end_matches(' ').len());
        out.push('\n');
    }
}
