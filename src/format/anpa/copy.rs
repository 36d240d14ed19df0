//! The copy of an ANPA dispatch: indented paragraphs, centred lines, tables.

use super::header::Header;
use super::table;
use crate::dispatch::Role;
use crate::format::draft::Draft;
use crate::format::rails;

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
            if let Some(row) = table::parse_row(whole.trim_end_matches('\r')) {
                rows.push(row);
                continue;
            }
            flush_table(&mut rows, &mut out);
        }
        let set = rails::remove_controls(whole.trim_end_matches('\r'));
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
        table::write_aligned_rows(rows, out);
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
    out.push_str(&rails::convert_typesetter_signs(inner));
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
