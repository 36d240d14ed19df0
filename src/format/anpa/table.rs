//! Tabular lines of ANPA copy: cells between `;` (or US and RS) as columns of spaces.

use crate::format::rails;

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
            .map(|cell| rails::convert_typesetter_signs(&cell).into_owned())
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
