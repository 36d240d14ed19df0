//! Tells tables from wrapped text: rows whose gaps lie below each other, or that bars part.

/// Number of lines of the table that begins here; 0 where none does. Three rows at least, whose gaps lie in one column, or
/// two between bars.
pub(super) fn count_table_rows(lines: &[&str]) -> usize {
    let mut rows = 0;
    let mut before: Vec<(usize, usize)> = Vec::new();
    let (mut cells, mut pipes) = (0, 0);
    for line in lines {
        if rows > 0 && is_rule(line) {
            rows += 1;
            continue;
        }
        let gaps = gaps(line);
        let piped = is_piped(line);
        pipes += usize::from(piped);
        let fits = before.is_empty()
            || piped
            || line.contains('\t')
            || gaps
                .iter()
                .any(|a| before.iter().any(|b| a.0 < b.1 && b.0 < a.1));
        if gaps.is_empty() && !piped || !fits {
            break;
        }
        rows += 1;
        cells += 1;
        before = gaps;
    }
    if cells >= 3 || pipes >= 2 { rows } else { 0 }
}

/// A row whose cells stand between bars.
fn is_piped(line: &str) -> bool {
    let line = line.trim_ascii();
    line.len() > 2 && line.starts_with('|') && line.ends_with('|')
}

/// A line of dashes between rows.
fn is_rule(line: &str) -> bool {
    line.len() > 2
        && line
            .bytes()
            .all(|b| matches!(b, b'-' | b'=' | b'_' | b'+' | b'|' | b' '))
}

/// The columns of the gaps between cells: a tab, or two spaces that do not end a sentence.
fn gaps(line: &str) -> Vec<(usize, usize)> {
    let mut gaps = Vec::new();
    let (mut column, mut from, mut tab) = (0, 0, false);
    // Before the first cell, and after the end of a sentence, spaces are no gap.
    let mut before = '.';
    let mut first = true;
    for c in line.chars() {
        match c {
            ' ' => column += 1,
            '\t' => {
                column = (column / 8 + 1) * 8;
                tab = true;
            }
            _ => {
                let ends = matches!(before, '.' | '!' | '?' | ':' | '"' | '”');
                if !first && (tab || column - from >= 2 && !ends) {
                    gaps.push((from, column));
                }
                first = false;
                column += 1;
                from = column;
                tab = false;
                before = c;
            }
        }
    }
    gaps
}

/// Tabs as spaces, up to columns of eight.
pub(in crate::format) fn expand_tabs(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    let mut column = 0;
    for c in line.chars() {
        if c == '\t' {
            let to = (column / 8 + 1) * 8;
            out.extend(std::iter::repeat_n(' ', to - column));
            column = to;
        } else {
            out.push(c);
            column += 1;
        }
    }
    out
}
