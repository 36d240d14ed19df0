//! Wraps a block of text to a measure, as byte ranges into it. The only room that names textwrap.

use std::ops::Range;

use textwrap::core::{Word, break_words};
use textwrap::wrap_algorithms::{Penalties, wrap_first_fit, wrap_optimal_fit};
use textwrap::{WordSeparator, WordSplitter, word_splitters::split_words};
use unicode_width::UnicodeWidthChar;

/// Paragraphs of more words than this are wrapped line by line instead of as a whole.
const OPTIMAL_LIMIT: usize = 2_000;

/// Opening brackets and marks that must not end a line.
fn binds_after(c: char) -> bool {
    matches!(
        c,
        '「' | '『' | '（' | '【' | '《' | '〈' | '“' | '‘' | '［' | '｛'
    )
}

/// Closing marks and punctuation that must not begin a line.
fn binds_before(c: char) -> bool {
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

/// Words parted by spaces; between wide characters (Chinese, Japanese, Korean) a line may break too.
fn separate(line: &str) -> Box<dyn Iterator<Item = Word<'_>> + '_> {
    if line.is_ascii() {
        return WordSeparator::AsciiSpace.find_words(line);
    }
    let mut start = 0;
    let mut before: Option<char> = None;
    let mut breaks = Vec::new();
    for (at, c) in line.char_indices() {
        if let Some(before) = before {
            let after_space = before == ' ' && c != ' ';
            let between_wide = before != ' '
                && c != ' '
                && (is_wide(before) || is_wide(c))
                && !binds_after(before)
                && !binds_before(c);
            if after_space || between_wide {
                breaks.push(start..at);
                start = at;
            }
        }
        before = Some(c);
    }
    breaks.push(start..line.len());
    Box::new(
        breaks
            .into_iter()
            .filter(|r| !r.is_empty())
            .map(|r| Word::from(&line[r])),
    )
}

/// The lines of one paragraph, at most `columns` wide: byte ranges into `text`, spaces at line ends left out.
///
/// Long words are broken. `columns` below 1 counts as 1. The text holds no newline.
#[must_use]
pub fn wrap(text: &str, columns: usize) -> Vec<Range<usize>> {
    let columns = columns.max(1);
    let words = split_words(separate(text), &WordSplitter::HyphenSplitter);
    let words: Vec<Word<'_>> = break_words(words, columns);
    #[allow(clippy::cast_precision_loss)] // A measure of columns is small.
    let widths = [columns as f64];
    let lines = if words.len() > OPTIMAL_LIMIT {
        wrap_first_fit(&words, &widths)
    } else {
        wrap_optimal_fit(&words, &widths, &Penalties::new())
            .unwrap_or_else(|_| wrap_first_fit(&words, &widths))
    };
    let mut at = 0;
    let mut ranges = Vec::with_capacity(lines.len());
    for line in lines {
        let start = at;
        at += line
            .iter()
            .map(|word| word.word.len() + word.whitespace.len())
            .sum::<usize>();
        let end = start
            + text
                .get(start..at)
                .unwrap_or("")
                .trim_end_matches(' ')
                .len();
        ranges.push(start..end);
    }
    ranges
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::width;
    use proptest::prelude::*;

    #[track_caller]
    fn check(text: &str, columns: usize, expected: &[&str]) {
        let lines: Vec<&str> = wrap(text, columns).into_iter().map(|r| &text[r]).collect();
        assert_eq!(lines, expected);
    }

    #[test]
    fn words_stay_whole_and_long_ones_break() {
        check("The two parties met.", 9, &["The two", "parties", "met."]);
        check(
            "a Verfassungsgericht b",
            8,
            &["a", "Verfassu", "ngsgeric", "ht b"],
        );
        check("a 72-hour truce", 7, &["a 72-", "hour", "truce"]);
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
                prop_assert!(columns < 4 || width(&text[line.clone()]) <= columns + 1 || text[line.clone()].contains('\t') || !text.is_ascii());
                at = line.end;
            }
            prop_assert!(text[at..].chars().all(|c| c == ' '));
        }
    }
}
