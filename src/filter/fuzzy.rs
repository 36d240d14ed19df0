//! Close matches of a word by fuzzy-matcher: from the start of a word, above a share of a perfect score.

use std::ops::Range;

use fuzzy_matcher::FuzzyMatcher;
use fuzzy_matcher::skim::SkimMatcherV2;

use crate::text::Folded;

/// Share of a perfect score, in percent, that a close match must reach.
const MIN_SCORE_PERCENT: i64 = 72;
/// Shorter words have no close matches: they would match half of everything.
const MIN_WORD_LENGTH: usize = 4;

/// The scorer. Holds no state between calls that a caller could see.
pub struct CloseMatcher {
    matcher: SkimMatcherV2,
}

/// Whether a folded word is long enough to have close matches.
pub(super) fn is_long_enough(word: &str) -> bool {
    word.chars().nth(MIN_WORD_LENGTH - 1).is_some()
}

impl Default for CloseMatcher {
    fn default() -> Self {
        Self {
            matcher: SkimMatcherV2::default().ignore_case(),
        }
    }
}

impl std::fmt::Debug for CloseMatcher {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Fuzzy")
    }
}

/// A folded word with what a cheap test needs to know of it.
#[derive(Debug, Clone)]
pub struct ClosePattern<'a> {
    word: &'a str,
    perfect: i64,
}

impl CloseMatcher {
    /// Prepares a folded word; `None` where it is too short to have close matches.
    #[must_use]
    pub fn pattern<'a>(&self, word: &'a str) -> Option<ClosePattern<'a>> {
        if !is_long_enough(word) {
            return None;
        }
        let perfect = self.matcher.fuzzy_match(word, word)?;
        Some(ClosePattern { word, perfect })
    }

    /// The best score of a close match in a folded text, as a share of a perfect one in percent.
    #[must_use]
    pub fn close_score(&self, folded: &str, pattern: &ClosePattern<'_>) -> Option<i64> {
        self.best_window(folded, pattern).map(|(share, _)| share)
    }

    /// Each window begins at a word that begins with the pattern's first letter and holds the pattern within a stretch
    /// little longer than the pattern itself.
    fn best_window<'t>(
        &self,
        folded: &'t str,
        pattern: &ClosePattern<'_>,
    ) -> Option<(i64, &'t str)> {
        let first = pattern.word.chars().next()?;
        let mut best = None;
        let mut before = ' ';
        let limit = pattern.word.len() * 2 + 1;
        let mut judge = |at: usize| {
            let end = folded.floor_char_boundary(at + limit);
            let window = &folded[at..end];
            if let Some(reach) = subsequence_end(window, pattern.word) {
                let window = &window[..reach];
                let score = self.matcher.fuzzy_match(window, pattern.word).unwrap_or(0);
                let share = score * 100 / pattern.perfect.max(1);
                if share >= MIN_SCORE_PERCENT && best.is_none_or(|(other, _)| share > other) {
                    best = Some((share, window));
                }
            }
        };
        if let Ok(first) = u8::try_from(first)
            && first.is_ascii()
        {
            for at in memchr::memchr_iter(first, folded.as_bytes()) {
                let before = folded[..at].chars().next_back();
                if before.is_none_or(|c| !c.is_alphanumeric()) {
                    judge(at);
                }
            }
            return best;
        }
        for (at, c) in folded.char_indices() {
            if c == first && !before.is_alphanumeric() {
                judge(at);
            }
            before = c;
        }
        best
    }

    /// The score of a folded word whose letters stand in a text in this order, as a share of a perfect one in percent.
    #[must_use]
    pub fn subsequence_score(&self, folded: &str, word: &str) -> Option<i64> {
        let perfect = self.matcher.fuzzy_match(word, word)?;
        Some(self.matcher.fuzzy_match(folded, word)? * 100 / perfect.max(1))
    }

    /// The letters of a folded word that stand in a text in this order, as source ranges.
    #[must_use]
    pub fn subsequence_ranges(&self, text: &str, word: &str) -> Vec<Range<usize>> {
        let folded = Folded::new(text);
        let indices = self.matcher.fuzzy_indices(&folded.text, word);
        indices.map_or(Vec::new(), |(_, indices)| {
            source_ranges(&folded, 0, &folded.text, &indices)
        })
    }

    /// The letters of the best close match of a folded word in a text, as source ranges.
    #[must_use]
    pub fn close_match_ranges(&self, text: &str, word: &str) -> Vec<Range<usize>> {
        let folded = Folded::new(text);
        let Some(pattern) = self.pattern(word) else {
            return Vec::new();
        };
        let Some((_, window)) = self.best_window(&folded.text, &pattern) else {
            return Vec::new();
        };
        let Some((_, indices)) = self.matcher.fuzzy_indices(window, pattern.word) else {
            return Vec::new();
        };
        let offset = window.as_ptr() as usize - folded.text.as_ptr() as usize;
        source_ranges(&folded, offset, window, &indices)
    }
}

/// Source ranges of letters that are numbered within a window of a folded text.
fn source_ranges(
    folded: &Folded<'_>,
    offset: usize,
    window: &str,
    numbers: &[usize],
) -> Vec<Range<usize>> {
    let starts: Vec<(usize, char)> = window.char_indices().collect();
    numbers
        .iter()
        .filter_map(|&i| starts.get(i))
        .map(|&(at, c)| folded.source_range(offset + at..offset + at + c.len_utf8()))
        .collect()
}

/// Bytes of the shortest start of `text` that holds `word` as a subsequence.
fn subsequence_end(text: &str, word: &str) -> Option<usize> {
    if word.is_ascii() {
        let bytes = text.as_bytes();
        let mut at = 0;
        for letter in word.bytes() {
            at += bytes[at..].iter().position(|&byte| byte == letter)? + 1;
        }
        return Some(at);
    }
    let mut letters = word.chars().peekable();
    for (at, c) in text.char_indices() {
        if letters.next_if_eq(&c).is_some() && letters.peek().is_none() {
            return Some(at + c.len_utf8());
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_letters(marked: &str, word: &str) {
        let text = marked.replace(['[', ']'], "");
        let mut shown = text.clone();
        for range in CloseMatcher::default()
            .close_match_ranges(&text, word)
            .into_iter()
            .rev()
        {
            shown.replace_range(range.clone(), &format!("[{}]", &text[range]));
        }
        assert_eq!(shown.replace("][", ""), marked);
    }

    #[test]
    fn a_letter_left_out_is_close() {
        check_letters("The [Kreml]i[n] says", "kremln");
        check_letters("[C]e[asefire] talks", "casefire");
    }

    #[test]
    fn scattered_letters_are_not() {
        check_letters("Ohio primaries end late", "oil");
        check_letters("Officials in Lima", "oilima");
        check_letters("Senate votes on rail", "sovereign");
    }
}
