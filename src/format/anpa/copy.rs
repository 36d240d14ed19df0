//! Formats the copy of an ANPA dispatch: indented paragraphs, centred lines, aligned table columns.

use crate::dispatch::Role;
use crate::format::anpa::header::Header;
use crate::format::parser::Draft;
use crate::format::shared::wire_controls;

/// Longest body of an alert, in bytes; a bulletin with more text is a story.
const MAX_ALERT_BYTES: usize = 500;

/// Formats copy: paragraphs on lines of their own with empty lines between them, and tables in aligned columns.
pub(super) fn format_copy(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 16);
    let mut rows: Vec<Vec<String>> = Vec::new();
    let controls = memchr::memchr3(0x08, 0x1e, 0x1f, text.as_bytes()).is_some();
    let tabular = controls || memchr::memchr(b';', text.as_bytes()).is_some();
    for full_line in text.split('\n') {
        if tabular {
            if let Some(row) = parse_row(full_line.trim_end_matches('\r')) {
                rows.push(row);
                continue;
            }
            flush_table(&mut rows, &mut out);
        }
        // Some controls stand for a line break, so one line of the wire may become several.
        let clean = wire_controls::remove_controls(full_line.trim_end_matches('\r'));
        for line in clean.split('\n') {
            push_line(line, &mut out);
        }
    }
    flush_table(&mut rows, &mut out);
    out
}

/// Writes the rows collected so far as an aligned table, and clears them.
fn flush_table(rows: &mut Vec<Vec<String>>, out: &mut String) {
    if !rows.is_empty() {
        out.push('\n');
        write_aligned_rows(rows, out);
        out.push('\n');
        rows.clear();
    }
}

/// Adds one line of copy without its rail, indent and quad signs. These become empty lines, which end paragraphs.
fn push_line(line: &str, out: &mut String) {
    let line = line.trim_end();
    let railed = line.starts_with('^');
    let indented = (line.starts_with('\t') || line.starts_with("   ")) && !has_column_gap(line);
    if railed || indented {
        out.push('\n');
    }
    let quad = line.ends_with('<') || line.len() <= 80 && ends_with_centring_sign(line);
    let inner = if quad { line.trim_end_matches(['<', '=', '@', ' ']) } else { line };
    let inner = if railed { inner.trim_start_matches('^') } else { inner };
    let inner = if indented { inner.trim_start_matches(['\t', ' ']) } else { inner };
    out.push_str(&wire_controls::convert_typesetter_signs(inner));
    out.push('\n');
    if railed || quad {
        out.push('\n');
    }
}

/// True for an indented line with a gap that does not follow a sentence: a table row set with spaces, not a paragraph.
fn has_column_gap(line: &str) -> bool {
    let inner = line.trim_start();
    let gap = memchr::memmem::find(inner.as_bytes(), b"  ");
    gap.is_some_and(|at| !inner[..at].ends_with(['.', '!', '?', ':', '"', '”', '\'']))
}

/// True for a line that ends with `=` right after a word: the sign for centred text.
fn ends_with_centring_sign(line: &str) -> bool {
    line.strip_suffix('=')
        .is_some_and(|front| front.ends_with(|c: char| c.is_alphanumeric() || c == '_'))
}

/// Makes an alert of a flash or bulletin of a few lines without a headline, and of a short item slugged `NewsAlert`.
pub(super) fn mark_alert(header: &Header<'_>, body: &str, draft: &mut Draft<'_>) {
    let d = &mut draft.dispatch;
    let letter =
        header.priority.eq_ignore_ascii_case("f") || header.priority.eq_ignore_ascii_case("b");
    let named =
        d.slug.as_deref().is_some_and(|slug| slug.to_ascii_lowercase().contains("newsalert"));
    let short = body.len() <= MAX_ALERT_BYTES;
    if d.role == Role::Story
        && d.label.is_none()
        && short
        && (named || letter && d.headline.is_empty())
    {
        d.role = Role::Alert;
    }
}

// Tabular lines of ANPA copy: cells between `;` (or US and RS) become columns aligned with spaces.

/// Most columns that are aligned. Further cells get no padding, so that damaged input cannot blow up the text.
const MAX_COLUMNS: usize = 64;

/// The cells of a tabular line, which begins with BS or has US or RS between its cells. `None` for any other line.
pub(super) fn parse_row(line: &str) -> Option<Vec<String>> {
    let tab = line.trim_start_matches([' ', '\u{10}']).starts_with('\u{8}');
    // A row that lost its BS still has its cells.
    let tab = tab || is_row_without_controls(line);
    if !tab && memchr::memchr2(0x1e, 0x1f, line.as_bytes()).is_none() {
        return None;
    }
    let line = line.trim_end().trim_end_matches(['<', '=', '\u{10}']).trim_end();
    let mark = |c: char| matches!(c, '\u{1e}' | '\u{1f}') || tab && c == ';';
    let cells = line.split(mark).map(|cell| {
        let cell = cell.trim_start_matches(|c: char| c.is_ascii_control() || c == '^');
        let words = cell.split(|c: char| c.is_ascii_control() || c == ' ');
        let words = words.filter(|word| !word.is_empty());
        words.collect::<Vec<_>>().join(" ")
    });
    Some(cells.map(|cell| wire_controls::convert_typesetter_signs(&cell).into_owned()).collect())
}

/// True for at least three `;`, each directly followed by the next cell: in prose a space follows.
fn is_row_without_controls(line: &str) -> bool {
    let mut marks = memchr::memchr_iter(b';', line.as_bytes());
    let next = |at: usize| line.as_bytes().get(at + 1).copied();
    line.len() <= 200
        && marks.clone().take(3).count() == 3
        && marks.all(|at| next(at).is_some_and(|b| b != b' '))
}

/// Writes rows as lines of aligned columns: the first flush left, the others flush right.
pub(super) fn write_aligned_rows(rows: &[Vec<String>], out: &mut String) {
    let width = |text: &str| text.chars().count();
    // More columns than a page has room for are not a table.
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0).min(MAX_COLUMNS);
    // No column is padded beyond 60 characters: one long cell must not push the others off the screen.
    let widths: Vec<usize> = (0..columns)
        .map(|at| rows.iter().filter_map(|row| row.get(at)).map(|cell| width(cell)).max())
        .map(|most| most.unwrap_or(0).min(60))
        .collect();
    for row in rows {
        for (at, (cell, &most)) in
            row.iter().zip(widths.iter().chain(std::iter::repeat(&0))).enumerate()
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
