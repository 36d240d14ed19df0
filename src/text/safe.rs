//! What may go to a terminal or a pipe: text cut into cells in which no byte can control anything.
//!
//! Policy. Controls are shown as their pictures. Direction marks (LRM, RLM, ALM) stay; overrides are shown as U+FFFD;
//! embeddings, isolates, tags, soft hyphens and other invisible format characters are left out, as a terminal
//! would show nothing for them. Joiners stay inside a cluster. What is drawn has no sign on
//! whose width terminals disagree: emoji are not joined, flags are letters. A cluster keeps at most [`MAX_COMBINING_MARKS`] combining marks.
//! Private-use characters and non-characters, whose look and width nobody knows, are shown as U+FFFD.

use std::borrow::Cow;
use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Most combining marks that one grapheme cluster keeps.
pub const MAX_COMBINING_MARKS: usize = 8;

/// One grapheme cluster made safe.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cell<'a> {
    /// Its bytes in the text.
    pub range: Range<usize>,
    /// What to show; never empty.
    pub symbol: Cow<'a, str>,
    /// Columns it takes: 1 or 2.
    pub width: u16,
}

/// What becomes of one character.
enum CharAction {
    Keep,
    Drop,
    Replace(char),
}

fn char_action(c: char) -> CharAction {
    match c {
        '\u{0}'..='\u{1f}' => {
            CharAction::Replace(char::from_u32(0x2400 + u32::from(c)).unwrap_or('\u{fffd}'))
        }
        '\u{7f}' => CharAction::Replace('\u{2421}'),
        '\u{80}'..='\u{9f}'
        | '\u{202d}'
        | '\u{202e}'
        | '\u{e000}'..='\u{f8ff}'
        | '\u{fdd0}'..='\u{fdef}'
        | '\u{f0000}'.. => CharAction::Replace('\u{fffd}'),
        '\u{ad}'
        | '\u{34f}'
        | '\u{115f}'
        | '\u{1160}'
        | '\u{17b4}'
        | '\u{17b5}'
        | '\u{180b}'..='\u{180f}'
        | '\u{200b}'
        | '\u{202a}'..='\u{202c}'
        | '\u{2060}'..='\u{2064}'
        | '\u{2065}'..='\u{206f}'
        | '\u{3164}'
        | '\u{feff}'
        | '\u{ffa0}'
        | '\u{fff0}'..='\u{fffb}'
        | '\u{1bca0}'..='\u{1bca3}'
        | '\u{1d173}'..='\u{1d17a}'
        | '\u{e0000}'..='\u{e0fff}' => CharAction::Drop,
        '\u{2028}' | '\u{2029}' => CharAction::Replace(' '),
        c if u32::from(c) & 0xfffe == 0xfffe => CharAction::Replace('\u{fffd}'),
        _ => CharAction::Keep,
    }
}

/// The same for what is drawn: signs whose width terminals disagree on are shown as what all draw alike. Flags are the
/// letters that they are made of; what only asks for colour, or for a colour of skin, is left out.
fn drawn_char_action(c: char, first: bool) -> CharAction {
    match c {
        '\u{1f1e6}'..='\u{1f1ff}' => {
            let letter = u32::from('A') + u32::from(c) - 0x1_f1e6;
            CharAction::Replace(char::from_u32(letter).unwrap_or('\u{fffd}'))
        }
        '\u{fe0f}' => CharAction::Drop,
        '\u{1f3fb}'..='\u{1f3ff}' if !first => CharAction::Drop,
        _ => char_action(c),
    }
}

/// True for printable ASCII: each byte is a cell of one column.
#[must_use]
pub fn is_printable_ascii(text: &str) -> bool {
    text.bytes().all(|b| (0x20..0x7f).contains(&b))
}

/// One cluster made safe, or `None` where nothing of it can be seen.
fn sanitize_cluster(range: Range<usize>, text: &str, drawn: bool) -> Option<Cell<'_>> {
    let mut out = String::new();
    let (mut changed, mut marks) = (false, 0);
    for c in text.chars() {
        let fate = if drawn {
            drawn_char_action(c, out.is_empty())
        } else {
            char_action(c)
        };
        match fate {
            CharAction::Keep => {
                let zero = c.width().unwrap_or(0) == 0;
                marks += usize::from(zero);
                if zero && marks > MAX_COMBINING_MARKS {
                    changed = true;
                } else {
                    out.push(c);
                }
            }
            CharAction::Drop => changed = true,
            CharAction::Replace(shown) => {
                changed = true;
                out.push(shown);
            }
        }
    }
    let width = u16::try_from(out.width().min(2)).unwrap_or(2);
    if out.is_empty() {
        return None;
    }
    if width == 0 {
        // Marks without a letter, or a lone direction mark: give them a space to stand on.
        if out
            .chars()
            .all(|c| matches!(c, '\u{200c}'..='\u{200f}' | '\u{61c}' | '\u{fe00}'..='\u{fe0f}'))
        {
            return None;
        }
        return Some(Cell {
            range,
            symbol: Cow::Owned(format!(" {out}")),
            width: 1,
        });
    }
    let symbol = if changed {
        Cow::Owned(out)
    } else {
        Cow::Borrowed(text)
    };
    Some(Cell {
        range,
        symbol,
        width,
    })
}

/// The signs that a cluster is shown as: itself, but for emoji that are joined to others. Some terminals draw these as
/// one, some one by one, and what stood behind would be out of place: all draw them alike where they are not joined.
fn split_joined_emoji(
    at: usize,
    cluster: &str,
    drawn: bool,
) -> impl Iterator<Item = (Range<usize>, &str)> {
    let wide = |part: &str| part.width() > 1;
    let joined = drawn && cluster.split(JOINER).skip(1).any(wide);
    let whole = (!joined).then(|| (at..at + cluster.len(), cluster));
    let split = joined.then(|| {
        let mut next = at;
        cluster.split_inclusive(JOINER).map(move |part| {
            let from = next;
            next += part.len();
            (from..next, part.strip_suffix(JOINER).unwrap_or(part))
        })
    });
    whole.into_iter().chain(split.into_iter().flatten())
}

/// Joins what stands before and behind it into one sign.
const JOINER: &str = "\u{200d}";

/// The visible cells of a text in order, as they are drawn. A tab or newline counts as one space: lay text out before.
pub fn cells(text: &str) -> impl Iterator<Item = Cell<'_>> {
    iter_cells(text, true)
}

/// The cells of a text, as they are `drawn`, or as they are printed where nothing need stand in its column.
fn iter_cells(text: &str, drawn: bool) -> impl Iterator<Item = Cell<'_>> {
    // ASCII needs no segmentation, and is most of what is drawn.
    let plain = is_printable_ascii(text);
    let ascii = plain.then(|| {
        (0..text.len()).map(|i| Cell {
            range: i..i + 1,
            symbol: Cow::Borrowed(&text[i..=i]),
            width: 1,
        })
    });
    let other = (!plain).then(|| {
        let clusters = text.grapheme_indices(true);
        let clusters = clusters.flat_map(move |(at, g)| split_joined_emoji(at, g, drawn));
        clusters.filter_map(move |(range, g)| {
            if matches!(g, "\t" | "\n" | "\r\n" | "\r") {
                return Some(Cell {
                    range,
                    symbol: Cow::Borrowed(" "),
                    width: 1,
                });
            }
            sanitize_cluster(range, g, drawn)
        })
    });
    ascii
        .into_iter()
        .flatten()
        .chain(other.into_iter().flatten())
}

/// Columns that a text takes when it is drawn.
#[must_use]
pub fn display_width(text: &str) -> usize {
    if is_printable_ascii(text) {
        text.len()
    } else {
        cells(text).map(|cell| usize::from(cell.width)).sum()
    }
}

/// A text for standard output: newlines and tabs stay, all else is as [`cells`] shows it.
#[must_use]
pub fn sanitize(text: &str) -> Cow<'_, str> {
    if text
        .bytes()
        .all(|b| (0x20..0x7f).contains(&b) || b == b'\n' || b == b'\t')
    {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    for (i, line) in text.split('\n').enumerate() {
        if i > 0 {
            out.push('\n');
        }
        for (j, part) in line.split('\t').enumerate() {
            if j > 0 {
                out.push('\t');
            }
            let mut end = 0;
            for cell in iter_cells(part, false) {
                // Lone direction marks between cells are kept: right-to-left copy needs them.
                out.extend(
                    part[end..cell.range.start]
                        .chars()
                        .filter(|c| matches!(c, '\u{200e}' | '\u{200f}' | '\u{61c}'))
                        .take(MAX_COMBINING_MARKS),
                );
                out.push_str(&cell.symbol);
                end = cell.range.end;
            }
        }
    }
    Cow::Owned(out)
}

/// The same on one line: newlines and tabs become spaces.
#[must_use]
pub fn sanitize_line(text: &str) -> Cow<'_, str> {
    let safe = sanitize(text);
    if safe.contains(['\n', '\t']) {
        Cow::Owned(safe.replace(['\n', '\t'], " "))
    } else {
        safe
    }
}

/// The longest start of a text that fits into so many columns, with `…` where something is cut.
#[must_use]
pub fn truncate_to_width(text: &str, columns: usize) -> Cow<'_, str> {
    if display_width(text) <= columns {
        return Cow::Borrowed(text);
    }
    let (mut used, mut end) = (0, 0);
    for cell in cells(text) {
        used += usize::from(cell.width);
        if used + 1 > columns {
            break;
        }
        end = cell.range.end;
    }
    if columns == 0 {
        Cow::Borrowed("")
    } else {
        Cow::Owned(format!("{}…", text[..end].trim_end()))
    }
}

#[cfg(test)]
mod tests;
