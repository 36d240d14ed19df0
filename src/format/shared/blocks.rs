//! Splits plain text into paragraphs and tables, undoing hard line breaks. Knows nothing of wires.

use std::borrow::Cow;

use crate::dispatch::BlockKind;

/// Longest line of a hard-wrapped text, in columns. Telex lines are up to 69 long (IPTC 7901); mails and typists go
/// somewhat beyond 80.
const MAX_WRAPPED_WIDTH: usize = 90;

/// Bytes examined between checks for a result.
const CHUNK_SIZE: usize = 512;

/// How a text uses line breaks.
#[derive(Debug, Clone, Copy)]
struct LineLayout {
    /// True if the text is hard-wrapped; otherwise each line is a paragraph.
    wrapped: bool,
    /// Width of the longest line that is not over-long, in columns.
    width: usize,
    /// The width to assume for a line that ends a sentence.
    sentences: usize,
    /// Indent of the least indented line, in columns.
    base: usize,
    /// True if some line may have the gaps of a table.
    gaps: bool,
}

/// True if some line may have gaps between table cells: a tab, a bar or two spaces. A cheap first check.
#[allow(clippy::needless_bitwise_bool)] // Lazy operators would branch and prevent vectorisation.
pub(in crate::format) fn has_gaps(text: &str) -> bool {
    let bytes = text.as_bytes();
    let next = bytes.get(1..).unwrap_or(&[]);
    // No branch per byte, so that the loop vectorises.
    let gap = |(&b, &next): (&u8, &u8)| u8::from((b == b' ') & (next == b' '));
    let gaps = |(b, n): (&[u8], &[u8])| b.iter().zip(n).map(gap).fold(0, |a, b| a | b) != 0;
    memchr::memchr2(b'\t', b'|', bytes).is_some()
        || bytes.chunks(CHUNK_SIZE).zip(next.chunks(CHUNK_SIZE)).any(gaps)
}

/// Indent of a line in columns, with tab stops every eight. Only ASCII white space counts, as everywhere in this file,
/// so that joining lines never changes the number of words.
fn indent(line: &str) -> usize {
    let mut columns = 0;
    for byte in line.bytes() {
        match byte {
            b' ' => columns += 1,
            b'\t' => columns = (columns / 8 + 1) * 8,
            _ => break,
        }
    }
    columns
}

/// The lines of a text, split at `\n`.
fn lines(text: &str) -> impl Iterator<Item = &str> {
    let ends = memchr::memchr_iter(b'\n', text.as_bytes()).chain([text.len()]);
    let mut start = 0;
    ends.map(move |end| {
        let line = &text[start..end];
        start = end + 1;
        line
    })
}

fn columns(line: &str) -> usize {
    line.chars().count()
}

impl LineLayout {
    /// Measures the lines of a text. It counts as hard-wrapped if at most one line in eight is over-long.
    fn of(text: &str) -> Self {
        let gaps = has_gaps(text);
        let (mut long, mut count, mut width, mut base) = (0usize, 0usize, 0, usize::MAX);
        for line in lines(text) {
            let line = line.trim_ascii_end();
            if line.is_empty() {
                continue;
            }
            count += 1;
            base = base.min(indent(line));
            if line.len() > MAX_WRAPPED_WIDTH && columns(line) > MAX_WRAPPED_WIDTH {
                long += 1;
            } else {
                width = width.max(columns(line));
            }
        }
        Self {
            wrapped: long * 8 <= count && count > 1,
            width,
            // Two or three lines say little about the width, so each line that ends a sentence ends a paragraph.
            sentences: if count <= 3 { width.max(72) } else { width },
            base,
            gaps,
        }
    }

    /// True if `next` begins with a dash that continues the sentence in `line`, rather than with a bullet.
    fn continues_sentence(self, line: &str, next: &str) -> bool {
        let small = next.trim_start_matches(['-', '–', '—', ' ']);
        next.starts_with(['-', '–', '—'])
            && small.starts_with(char::is_lowercase)
            && !line.trim_ascii_start().starts_with(['-', '–', '—'])
            && line.ends_with(|c: char| c.is_alphanumeric() || c == ',')
            && columns(line) + 2 > self.width
    }

    /// True if a paragraph ends between two consecutive lines.
    fn ends_paragraph(self, line: &str, next: &str) -> bool {
        if !self.wrapped || columns(line) > MAX_WRAPPED_WIDTH {
            return true;
        }
        // A deeper indent begins a paragraph.
        let next_indent = indent(next);
        if next_indent > self.base && indent(line) < next_indent {
            return true;
        }
        let (line, next) = (line.trim_ascii_end(), next.trim_ascii());
        if ["- ", "* ", "• ", "– ", "— ", "_ "].iter().any(|mark| next.starts_with(mark)) {
            return !self.continues_sentence(line, next);
        }
        // If the next word would have fitted, the line was broken on purpose. Lines that do not end a sentence get some
        // leeway, since writers break lines early too.
        let word = next.split(' ').next().map_or(0, columns);
        let needed = columns(line) + 1 + word;
        let ends_sentence =
            line.ends_with(['.', '!', '?', '"', '”', '»', ':', ')', '’', '\'', '。', '」']);
        needed <= if ends_sentence { self.sentences } else { self.width.saturating_sub(12) }
    }
}

/// Passes the blocks of a text to the sink in order, until it returns false. Only white space is changed.
pub(in crate::format) fn for_each_block<'a>(
    text: &'a str,
    sink: &mut dyn FnMut(BlockKind, Cow<'a, str>) -> bool,
) {
    let layout = LineLayout::of(text);
    let mut group: Vec<&'a str> = Vec::new();
    for line in lines(text).chain([""]) {
        let line = line.trim_ascii_end();
        if !line.is_empty() {
            group.push(line);
        } else if !group.is_empty() {
            if !flush(layout, &group, sink) {
                return;
            }
            group.clear();
        }
    }
}

/// True for a line that is too long to be hard-wrapped and is no table row: a paragraph, whatever follows.
pub(in crate::format) fn is_wide(line: &str) -> bool {
    line.len() > MAX_WRAPPED_WIDTH && columns(line) > MAX_WRAPPED_WIDTH && !has_gaps(line)
}

/// The first block, if it is a paragraph.
pub(in crate::format) fn first_paragraph(text: &str) -> Option<Cow<'_, str>> {
    // Most modern wires send a paragraph per line, for which no layout is needed.
    let first = text.trim_ascii_start();
    let first = &first[..memchr::memchr(b'\n', first.as_bytes()).unwrap_or(first.len())];
    if is_wide(first) {
        return Some(Cow::Borrowed(first.trim_ascii()));
    }
    let mut lead = None;
    for_each_block(text, &mut |kind, block| {
        lead = (kind == BlockKind::Paragraph).then_some(block);
        false
    });
    lead
}

/// True if any block is a table.
pub(in crate::format) fn has_table(text: &str) -> bool {
    let mut found = false;
    if has_gaps(text) {
        for_each_block(text, &mut |kind, _| {
            found = kind == BlockKind::Table;
            !found
        });
    }
    found
}

/// Splits a group of consecutive non-empty lines into tables and paragraphs. Returns false once the sink has.
fn flush<'a>(
    layout: LineLayout,
    group: &[&'a str],
    sink: &mut dyn FnMut(BlockKind, Cow<'a, str>) -> bool,
) -> bool {
    let mut at = 0;
    while at < group.len() {
        let rows = if layout.gaps { count_table_rows(&group[at..]) } else { 0 };
        if rows > 0 {
            let rows: Vec<String> =
                group[at..at + rows].iter().map(|row| expand_tabs(row)).collect();
            at += rows.len();
            if !sink(BlockKind::Table, Cow::Owned(rows.join("\n"))) {
                return false;
            }
            continue;
        }
        let start = at;
        at += 1;
        while at < group.len()
            && !layout.ends_paragraph(group[at - 1], group[at])
            && !(layout.gaps && count_table_rows(&group[at..]) > 0)
        {
            at += 1;
        }
        let block = match &group[start..at] {
            [line] => Cow::Borrowed(line.trim_ascii()),
            lines => Cow::Owned(lines.iter().map(|l| l.trim_ascii()).collect::<Vec<_>>().join(" ")),
        };
        if !sink(BlockKind::Paragraph, block) {
            return false;
        }
    }
    true
}

// Tables in plain text.

/// Number of lines of the table that begins here, or 0. A table has at least three rows with gaps below each other, or
/// two rows between bars.
fn count_table_rows(lines: &[&str]) -> usize {
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
            || gaps.iter().any(|a| before.iter().any(|b| a.0 < b.1 && b.0 < a.1));
        if gaps.is_empty() && !piped || !fits {
            break;
        }
        rows += 1;
        cells += 1;
        before = gaps;
    }
    if cells >= 3 || pipes >= 2 { rows } else { 0 }
}

/// True for a row between bars: `| a | b |`.
fn is_piped(line: &str) -> bool {
    let line = line.trim_ascii();
    line.len() > 2 && line.starts_with('|') && line.ends_with('|')
}

/// True for a ruling line between rows: `---+---`.
fn is_rule(line: &str) -> bool {
    line.len() > 2 && line.bytes().all(|b| matches!(b, b'-' | b'=' | b'_' | b'+' | b'|' | b' '))
}

/// Gaps between cells, as ranges of columns: a tab, or two spaces.
fn gaps(line: &str) -> Vec<(usize, usize)> {
    let mut gaps = Vec::new();
    let (mut column, mut from, mut tab) = (0, 0, false);
    // Two spaces at the start of a line or after a sentence are no gap: typists use them in running text.
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

/// Replaces tabs by spaces, with tab stops every eight columns.
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

#[cfg(test)]
mod tests {
    use super::*;

    /// Blocks as written: `¶ text`, `▦ row / row`.
    #[track_caller]
    fn check(text: &str, blocks: &[&str]) {
        let mut found = Vec::new();
        for_each_block(text, &mut |kind, block| {
            let mark = if kind == BlockKind::Table { "▦" } else { "¶" };
            found.push(format!("{mark} {}", block.replace('\n', " / ")));
            true
        });
        assert_eq!(found, blocks);
    }

    #[test]
    fn long_lines_are_paragraphs() {
        let long = "word ".repeat(40);
        let long = long.trim();
        check(
            &format!("{long}\n{long}\nShort."),
            &[&format!("¶ {long}"), &format!("¶ {long}"), "¶ Short."],
        );
    }

    #[test]
    fn wrapped_lines_are_joined() {
        check(
            "The harbour was closed on Tuesday\nafter a storm had torn two ships\nfrom their moorings.\n\nNobody was hurt.",
            &[
                "¶ The harbour was closed on Tuesday after a storm had torn two ships from their moorings.",
                "¶ Nobody was hurt.",
            ],
        );
    }

    #[test]
    fn indents_and_short_lines_separate_wrapped_paragraphs() {
        check(
            "    The harbour was closed on Tuesday\nafter a storm.\n    Nobody was hurt, the harbour\nmaster said.",
            &[
                "¶ The harbour was closed on Tuesday after a storm.",
                "¶ Nobody was hurt, the harbour master said.",
            ],
        );
        check(
            "The harbour was closed on Tuesday\nafter a storm.\nNobody was hurt, the harbour said\nin a statement.",
            &[
                "¶ The harbour was closed on Tuesday after a storm.",
                "¶ Nobody was hurt, the harbour said in a statement.",
            ],
        );
        check("Asked for:\n- bread\n- wine", &["¶ Asked for:", "¶ - bread", "¶ - wine"]);
    }

    #[test]
    fn tables_keep_their_columns() {
        check(
            "Goals so far:\n\nNorth      12   4\nSouth       9  11\nWest-End    1   0\n\nMore to come.",
            &[
                "¶ Goals so far:",
                "▦ North      12   4 / South       9  11 / West-End    1   0",
                "¶ More to come.",
            ],
        );
        check("a\tb\nlong cell\tc\nd\te", &["▦ a       b / long cell       c / d       e"]);
        check(
            "Two spaces end it.  Like this.\nAgain they end.  As before.\nOnce more so.  At the end.",
            &[
                "¶ Two spaces end it.  Like this.",
                "¶ Again they end.  As before.",
                "¶ Once more so.  At the end.",
            ],
        );
    }

    #[test]
    fn a_dash_at_the_start_of_a_line_may_continue_a_sentence() {
        check(
            "The harbour stays closed until Monday, the office of the\nharbour master said, because the storm tore two ships loose\n- and because nobody knows where they are. Ferries go from\nthe northern quay until then.",
            &[
                "¶ The harbour stays closed until Monday, the office of the harbour master said, because the storm tore two ships loose - and because nobody knows where they are. Ferries go from the northern quay until then.",
            ],
        );
        check(
            "The office of the harbour master named what is closed now:\n- both quays\n- the northern lock",
            &[
                "¶ The office of the harbour master named what is closed now:",
                "¶ - both quays",
                "¶ - the northern lock",
            ],
        );
    }
}
