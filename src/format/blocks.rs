//! Cuts a running text into paragraphs and tables, whatever way its lines were broken. Knows nothing of wires.

mod table;

use std::borrow::Cow;

use crate::dispatch::BlockKind;
use table::count_table_rows;
pub(super) use table::expand_tabs;

/// Longest line, in columns, of a text that was wrapped by hand or by a telex.
const MAX_WRAPPED_WIDTH: usize = 90;
/// Bytes looked at in one go.
const CHUNK_SIZE: usize = 512;

/// How the lines of a text are broken.
#[derive(Debug, Clone, Copy)]
struct LineLayout {
    /// Lines are cut at a measure; else each line is a paragraph.
    wrapped: bool,
    /// Longest line, in columns.
    width: usize,
    /// The measure that a line which ends a sentence is held against.
    sentences: usize,
    /// Columns before the least indented line.
    base: usize,
    /// There are gaps as tables have them.
    gaps: bool,
}

/// True where some line may have a gap as tables have them; cheap.
#[allow(clippy::needless_bitwise_bool)] // Lazy operators branch: that would not vectorise.
pub(super) fn has_gaps(text: &str) -> bool {
    let bytes = text.as_bytes();
    let next = bytes.get(1..).unwrap_or(&[]);
    // Without a branch a byte, so that it vectorises.
    let gap = |(&b, &next): (&u8, &u8)| u8::from((b == b' ') & (next == b' '));
    let gaps = |(b, n): (&[u8], &[u8])| b.iter().zip(n).map(gap).fold(0, |a, b| a | b) != 0;
    memchr::memchr2(b'\t', b'|', bytes).is_some()
        || bytes
            .chunks(CHUNK_SIZE)
            .zip(next.chunks(CHUNK_SIZE))
            .any(gaps)
}

/// White space that lines are trimmed of: ASCII only, so that word counts stay.
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

/// The lines of a text, fast.
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
            // Two or three lines tell little of a measure: then each line that ends a sentence ends a paragraph.
            sentences: if count <= 3 { width.max(72) } else { width },
            base,
            gaps,
        }
    }

    /// True where a line that begins with a dash goes on with the sentence of the line before: the dash found no room there.
    fn continues_sentence(self, line: &str, next: &str) -> bool {
        let small = next.trim_start_matches(['-', '–', '—', ' ']);
        next.starts_with(['-', '–', '—'])
            && small.starts_with(char::is_lowercase)
            && !line.trim_ascii_start().starts_with(['-', '–', '—'])
            && line.ends_with(|c: char| c.is_alphanumeric() || c == ',')
            && columns(line) + 2 > self.width
    }

    /// True where a paragraph ends between two lines that follow each other.
    fn ends_paragraph(self, line: &str, next: &str) -> bool {
        if !self.wrapped || columns(line) > MAX_WRAPPED_WIDTH {
            return true;
        }
        let deeper = indent(next);
        if deeper > self.base && indent(line) < deeper {
            return true;
        }
        let (line, next) = (line.trim_ascii_end(), next.trim_ascii());
        if ["- ", "* ", "• ", "– ", "— ", "_ "]
            .iter()
            .any(|mark| next.starts_with(mark))
        {
            return !self.continues_sentence(line, next);
        }
        // A line ends early only where a paragraph ends: the next word would have found room.
        let word = next.split(' ').next().map_or(0, columns);
        let full = columns(line) + 1 + word;
        let ends = line.ends_with([
            '.', '!', '?', '"', '”', '»', ':', ')', '’', '\'', '。', '」',
        ]);
        full <= if ends {
            self.sentences
        } else {
            self.width.saturating_sub(12)
        }
    }
}

/// Gives the blocks of a text in order, until the sink returns false. Words are kept: only white space changes.
pub(super) fn for_each_block<'a>(
    text: &'a str,
    sink: &mut dyn FnMut(BlockKind, Cow<'a, str>) -> bool,
) {
    let shape = LineLayout::of(text);
    let mut group: Vec<&'a str> = Vec::new();
    for line in lines(text).chain([""]) {
        let line = line.trim_ascii_end();
        if !line.is_empty() {
            group.push(line);
        } else if !group.is_empty() {
            if !flush(shape, &group, sink) {
                return;
            }
            group.clear();
        }
    }
}

/// Wider than any wrapped line, and no row of a table: a paragraph whatever follows.
pub(super) fn is_wide(line: &str) -> bool {
    line.len() > MAX_WRAPPED_WIDTH && columns(line) > MAX_WRAPPED_WIDTH && !has_gaps(line)
}

/// The first block, if it is a paragraph.
pub(super) fn first_paragraph(text: &str) -> Option<Cow<'_, str>> {
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

/// True where one of the blocks is a table.
pub(super) fn has_table(text: &str) -> bool {
    let mut found = false;
    if has_gaps(text) {
        for_each_block(text, &mut |kind, _| {
            found = kind == BlockKind::Table;
            !found
        });
    }
    found
}

/// Lines without an empty one among them: tables and paragraphs.
fn flush<'a>(
    shape: LineLayout,
    group: &[&'a str],
    sink: &mut dyn FnMut(BlockKind, Cow<'a, str>) -> bool,
) -> bool {
    let mut at = 0;
    while at < group.len() {
        let rows = if shape.gaps {
            count_table_rows(&group[at..])
        } else {
            0
        };
        if rows > 0 {
            let rows: Vec<String> = group[at..at + rows]
                .iter()
                .map(|row| expand_tabs(row))
                .collect();
            at += rows.len();
            if !sink(BlockKind::Table, Cow::Owned(rows.join("\n"))) {
                return false;
            }
            continue;
        }
        let start = at;
        at += 1;
        while at < group.len()
            && !shape.ends_paragraph(group[at - 1], group[at])
            && !(shape.gaps && count_table_rows(&group[at..]) > 0)
        {
            at += 1;
        }
        let block = match &group[start..at] {
            [line] => Cow::Borrowed(line.trim_ascii()),
            lines => Cow::Owned(
                lines
                    .iter()
                    .map(|l| l.trim_ascii())
                    .collect::<Vec<_>>()
                    .join(" "),
            ),
        };
        if !sink(BlockKind::Paragraph, block) {
            return false;
        }
    }
    true
}

#[cfg(test)]
mod tests;
