//! Wraps a paragraph to a number of columns, as byte ranges into it. The only file that uses textwrap.

use std::ops::Range;

use textwrap::core::Fragment;
use textwrap::wrap_algorithms::{Penalties, wrap_first_fit, wrap_optimal_fit};
use unicode_segmentation::GraphemeCursor;
use unicode_width::UnicodeWidthChar;

use crate::text::sanitize::{cells, display_width};

/// Paragraphs of more pieces than this are wrapped line by line (first fit), which takes less time than finding the
/// best breaks for all lines together.
const MAX_OPTIMAL_WORDS: usize = 2_000;

/// Opening brackets and marks that must not end a line.
fn forbids_break_after(c: char) -> bool {
    matches!(c, '「' | '『' | '（' | '【' | '《' | '〈' | '“' | '‘' | '［' | '｛')
}

/// Closing marks and punctuation that must not begin a line.
fn forbids_break_before(c: char) -> bool {
    matches!(
        c,
        '」' | '』'
            | '）'
            | '】'
            | '》'
            | '〉'
            | '、'
            | '。'
            | '，'
            | '．'
            | '！'
            | '？'
            | '：'
            | '；'
            | '”'
            | '’'
            | 'ー'
            | '々'
            | '］'
            | '｝'
            | '・'
            | '…'
    )
}

fn is_wide(c: char) -> bool {
    c.width() == Some(2)
}

/// A piece of text without a break in it, and the spaces after it. Its width is that of the cells drawn.
#[derive(Debug, Clone, Copy)]
struct Piece {
    /// Bytes of the piece, without the spaces.
    bytes: usize,
    /// Spaces after it: bytes and columns alike.
    spaces: usize,
    columns: usize,
}

#[allow(clippy::cast_precision_loss)] // Widths in columns are small.
impl Fragment for Piece {
    fn width(&self) -> f64 {
        self.columns as f64
    }

    fn whitespace_width(&self) -> f64 {
        self.spaces as f64
    }

    // No hyphen is added at a break.
    fn penalty_width(&self) -> f64 {
        0.0
    }
}

/// Whether a line may break between `before` and `c`; `first` and `after` are the characters around the two.
///
/// Lines break after spaces, after the hyphen of a compound, and between wide characters (Chinese, Japanese, Korean),
/// but not before their closing punctuation or after their opening punctuation.
fn may_break(first: Option<char>, before: char, c: char, after: Option<char>) -> bool {
    if before == ' ' || c == ' ' {
        return before == ' ' && c != ' ';
    }
    if before == '-' {
        let inside = |side: Option<char>| side.is_some_and(char::is_alphanumeric);
        return c.is_alphanumeric() && inside(first) && inside(after);
    }
    (is_wide(before) || is_wide(c)) && !forbids_break_after(before) && !forbids_break_before(c)
}

/// True if the characters on both sides of the byte position `at` belong to one grapheme cluster: a letter and its
/// combining marks, a family of emoji.
fn is_one_cell(text: &str, at: usize, before: char, c: char) -> bool {
    // Characters that never join a neighbour; saves most of the slow segmentation.
    let alone = |c: char| {
        c.is_ascii()
            || matches!(c, '\u{3041}'..='\u{3096}' | '\u{30a1}'..='\u{30fa}' | '\u{4e00}'..='\u{9fff}')
    };
    if alone(before) && alone(c) {
        return false;
    }
    let mut cursor = GraphemeCursor::new(at, text.len(), true);
    cursor.is_boundary(text, 0) == Ok(false)
}

/// Splits a text into pieces of at most `columns`; longer words are broken between cells.
fn split_pieces(text: &str, columns: usize) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut start = 0;
    let (mut first, mut before): (Option<char>, Option<char>) = (None, None);
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let after = chars.peek().map(|(_, after)| *after);
        let breaks =
            |before| may_break(first, before, c, after) && !is_one_cell(text, at, before, c);
        if before.is_some_and(breaks) {
            push_piece(&text[start..at], columns, &mut pieces);
            start = at;
        }
        (first, before) = (before, Some(c));
    }
    push_piece(&text[start..], columns, &mut pieces);
    pieces
}

/// Adds a word and the spaces after it; a word wider than a line becomes several pieces.
fn push_piece(text: &str, columns: usize, pieces: &mut Vec<Piece>) {
    let word = text.trim_end_matches(' ');
    let spaces = text.len() - word.len();
    let width = display_width(word);
    let (mut from, mut used) = (0, 0);
    if width > columns {
        for cell in cells(word) {
            let wide = usize::from(cell.width);
            if used > 0 && used + wide > columns {
                let bytes = cell.range.start - from;
                pieces.push(Piece { bytes, spaces: 0, columns: used });
                (from, used) = (cell.range.start, 0);
            }
            used += wide;
        }
    } else {
        used = width;
    }
    let bytes = word.len() - from;
    if bytes + spaces > 0 {
        pieces.push(Piece { bytes, spaces, columns: used });
    }
}

/// Wraps one paragraph. Returns its lines, at most `columns` wide, as byte ranges of `text` without the spaces at line
/// ends; at least one line, which may be empty.
///
/// Words longer than a line are broken. Zero `columns` count as 1. `text` must not contain newlines.
#[must_use]
pub fn wrap(text: &str, columns: usize) -> Vec<Range<usize>> {
    let columns = columns.max(1);
    let pieces = split_pieces(text, columns);
    #[allow(clippy::cast_precision_loss)] // A measure of columns is small.
    let widths = [columns as f64];
    let mut penalties = Penalties::new();
    // No piece is wider than a line, so none has to overflow. The default penalty would allow it to avoid a very short
    // last line.
    penalties.overflow_penalty = 1_000_000;
    let lines = if pieces.len() > MAX_OPTIMAL_WORDS {
        wrap_first_fit(&pieces, &widths)
    } else {
        wrap_optimal_fit(&pieces, &widths, &penalties)
            .unwrap_or_else(|_| wrap_first_fit(&pieces, &widths))
    };
    let mut at = 0;
    let mut ranges = Vec::with_capacity(lines.len());
    for line in lines {
        let start = at;
        at += line.iter().map(|piece| piece.bytes + piece.spaces).sum::<usize>();
        let end = start + text.get(start..at).unwrap_or("").trim_end_matches(' ').len();
        ranges.push(start..end);
    }
    if ranges.is_empty() {
        ranges.push(0..0);
    }
    ranges
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn check(text: &str, columns: usize, expected: &[&str]) {
        let lines: Vec<&str> = wrap(text, columns).into_iter().map(|r| &text[r]).collect();
        assert_eq!(lines, expected);
    }

    #[test]
    fn only_words_longer_than_a_line_break() {
        check("The two parties met.", 9, &["The two", "parties", "met."]);
        check("a Verfassungsgericht b", 8, &["a", "Verfassu", "ngsgeric", "ht b"]);
        check("a 72-hour truce", 7, &["a 72-", "hour", "truce"]);
    }

    #[test]
    fn no_line_overflows_to_avoid_a_short_one() {
        check("aaaa bbbb c", 10, &["aaaa bbbb", "c"]);
        let words = format!("{} {}", "a".repeat(29), "b".repeat(46));
        check(&words, 75, &[&"a".repeat(29), &"b".repeat(46)]);
        check("👩\u{200d}👩\u{200d}👧東", 6, &["👩\u{200d}👩\u{200d}👧", "東"]);
    }

    #[test]
    fn wide_text_breaks_between_characters_but_not_before_punctuation() {
        check("政府は「合意した」。", 8, &["政府は", "「合意し", "た」。"]);
    }

    proptest! {
        #[test]
        fn every_character_is_kept_and_fits(text in "[^\n]{0,200}", columns in 1usize..40) {
            let lines = wrap(&text, columns);
            let mut at = 0;
            for line in &lines {
                prop_assert!(text.is_char_boundary(line.start) && text.is_char_boundary(line.end));
                prop_assert!(text[at..line.start].chars().all(|c| c == ' '));
                prop_assert!(columns < 2 || display_width(&text[line.clone()]) <= columns);
                at = line.end;
            }
            prop_assert!(text[at..].chars().all(|c| c == ' '));
        }
    }
}
