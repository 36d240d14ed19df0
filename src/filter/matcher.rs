//! Searches a text for one term: a word, a prefix, a suffix, a subsequence, a regular expression, or a close match.
//! Knows nothing of queries or entries.

use std::borrow::Cow;
use std::ops::Range;

use fuzzy_matcher::FuzzyMatcher;
use fuzzy_matcher::skim::SkimMatcherV2;
use memchr::memmem::{self, Finder};
use regex::{Regex, RegexBuilder};

use crate::index::{required_letters, required_letters_from_start};
use crate::text::{Folded, fold, fold_into};

/// Maximum size of a compiled regular expression and of its cache, in bytes: a short pattern such as
/// `(\w{1000}){1000}` could take all memory.
const MAX_REGEX_BYTES: usize = 256 << 10;

/// How a term must occur in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum MatchKind {
    /// Contained, or a close match in a headline.
    Word,
    Contains,
    /// At the start of the text.
    Start,
    /// At the end of the text.
    End,
    /// The whole text.
    Exact,
    /// A language tag or its primary subtag: `en` matches `en-GB`.
    LanguageTag,
    /// All letters in this order.
    Subsequence,
    Regex,
}

/// A term prepared for searching.
#[derive(Debug, Clone)]
pub(crate) struct Needle {
    pub(crate) kind: MatchKind,
    /// The term folded; empty for a regular expression.
    pub(crate) folded: String,
    /// The term without accents but with its capitals, if it has any: then case counts.
    pub(crate) cased: Option<String>,
    /// Finds `folded`.
    finder: Finder<'static>,
    /// Finds `cased`.
    cased_finder: Finder<'static>,
    from_regex: Option<Regex>,
    /// Bits that the letter mask of a matching text must have, see [`required_letters`].
    pub(crate) required_letters: u64,
}

impl PartialEq for Needle {
    fn eq(&self, other: &Self) -> bool {
        let source = |needle: &Self| needle.from_regex.as_ref().map(|r| r.as_str().to_owned());
        self.kind == other.kind
            && self.folded == other.folded
            && self.cased == other.cased
            && source(self) == source(other)
    }
}

impl Eq for Needle {}

impl Needle {
    /// A term of any kind but a regular expression; `None` if nothing is left of the text when folded.
    pub(super) fn new(kind: MatchKind, text: &str) -> Option<Self> {
        let folded = fold(text);
        if folded.is_empty() {
            return None;
        }
        let capitals = text.chars().any(char::is_uppercase);
        let letters = if kind == MatchKind::Word {
            required_letters_from_start(&folded)
        } else {
            required_letters(&folded)
        };
        Some(Self {
            kind,
            cased_finder: Finder::new(fold_keeping_case(text).as_bytes()).into_owned(),
            cased: capitals.then(|| fold_keeping_case(text).into_owned()),
            finder: Finder::new(&folded).into_owned(),
            from_regex: None,
            required_letters: letters,
            folded,
        })
    }

    /// Compiles a regular expression. Case counts only if a letter in the pattern, escapes aside, is a capital.
    ///
    /// # Errors
    /// A sentence that says why it cannot be compiled.
    pub(super) fn regex(pattern: &str) -> Result<Self, String> {
        let mut letters = pattern.chars();
        let mut capitals = false;
        while let Some(c) = letters.next() {
            if c == '\\' {
                letters.next();
            } else {
                capitals |= c.is_uppercase();
            }
        }
        let regex = RegexBuilder::new(pattern)
            .case_insensitive(!capitals)
            .size_limit(MAX_REGEX_BYTES)
            .dfa_size_limit(MAX_REGEX_BYTES)
            // A deeply nested pattern could exhaust the stack.
            .nest_limit(50)
            .build()
            .map_err(|error| match error {
                regex::Error::CompiledTooBig(_) => {
                    "this regular expression is too large: shorten its repetitions".to_owned()
                }
                other => {
                    let text = other.to_string();
                    let reason = text.lines().last().unwrap_or("").trim();
                    let reason = reason.strip_prefix("error: ").unwrap_or(reason);
                    format!("this regular expression cannot be read: {reason}")
                }
            })?;
        Ok(Self {
            kind: MatchKind::Regex,
            folded: String::new(),
            cased: None,
            finder: Finder::new(b"").into_owned(),
            cased_finder: Finder::new(b"").into_owned(),
            from_regex: Some(regex),
            required_letters: 0,
        })
    }

    /// The pattern of a regular expression.
    pub(super) fn pattern(&self) -> Option<&str> {
        self.from_regex.as_ref().map(Regex::as_str)
    }

    /// A search for the folded word if a match must contain it, and whether containing it is sufficient.
    pub(crate) fn finder(&self) -> Option<(&Finder<'static>, bool)> {
        match self.kind {
            MatchKind::Word | MatchKind::Contains => Some((&self.finder, self.cased.is_none())),
            MatchKind::Start | MatchKind::End | MatchKind::Exact | MatchKind::LanguageTag => {
                Some((&self.finder, false))
            }
            MatchKind::Subsequence | MatchKind::Regex => None,
        }
    }

    /// Whether a text matches, given as sent and folded.
    pub(crate) fn matches(&self, sent: &str, folded: &str) -> bool {
        if let Some(regex) = &self.from_regex {
            return regex.is_match(sent);
        }
        let contains = matches!(self.kind, MatchKind::Word | MatchKind::Contains);
        match &self.cased {
            None if contains => self.finder.find(folded.as_bytes()).is_some(),
            None => matches_as(self.kind, folded, &self.folded),
            Some(_) if contains => {
                self.cased_finder.find(fold_keeping_case(sent).as_bytes()).is_some()
            }
            Some(word) => matches_as(self.kind, &fold_keeping_case(sent), word),
        }
    }

    /// Whether a text matches, given only as sent. An empty text never does.
    pub(crate) fn matches_text(&self, sent: &str) -> bool {
        !sent.is_empty() && self.matches(sent, &fold(sent))
    }

    /// All matches in a text as sent, as byte ranges on character boundaries. None for a subsequence: see
    /// [`CloseMatcher::subsequence_ranges`].
    pub(crate) fn find_all(&self, text: &str) -> Vec<Range<usize>> {
        if let Some(regex) = &self.from_regex {
            let found = regex.find_iter(text).map(|m| m.range());
            return found.filter(|r| !r.is_empty()).collect();
        }
        let folded = Folded::new(text);
        // The range in the text for a match at an offset into the folded text.
        let source = |at: usize| folded.source_range(at..at + self.folded.len());
        let (hay, word) = (folded.text.as_bytes(), self.folded.as_bytes());
        let mut found: Vec<Range<usize>> = match self.kind {
            MatchKind::Start | MatchKind::Exact | MatchKind::LanguageTag
                if hay.starts_with(word) =>
            {
                vec![source(0)]
            }
            MatchKind::End if hay.ends_with(word) => vec![source(hay.len() - word.len())],
            MatchKind::Word | MatchKind::Contains => {
                self.finder.find_iter(hay).map(source).collect()
            }
            _ => Vec::new(),
        };
        if let Some(word) = &self.cased {
            found.retain(|range| fold_keeping_case(&text[range.clone()]).contains(word.as_str()));
        }
        found
    }
}

/// Whether a word occurs in a text by the rules of a kind. Both must be prepared in the same way.
fn matches_as(kind: MatchKind, text: &str, word: &str) -> bool {
    match kind {
        MatchKind::Word | MatchKind::Contains => {
            memmem::find(text.as_bytes(), word.as_bytes()).is_some()
        }
        MatchKind::Start => text.trim_start().starts_with(word),
        MatchKind::End => text.trim_end().ends_with(word),
        MatchKind::Exact => text.trim() == word,
        MatchKind::LanguageTag => text
            .strip_prefix(word)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with(['-', '_'])),
        MatchKind::Subsequence => is_subsequence(text, word),
        MatchKind::Regex => false,
    }
}

/// Whether all letters of a word occur in a text in this order.
fn is_subsequence(text: &str, word: &str) -> bool {
    if word.is_ascii() {
        let mut rest = text.as_bytes();
        return word.bytes().all(|letter| {
            let Some(at) = rest.iter().position(|&byte| byte == letter) else {
                return false;
            };
            rest = &rest[at + 1..];
            true
        });
    }
    let mut rest = text.chars();
    word.chars().all(|letter| rest.any(|c| c == letter))
}

/// A text without accents but with its capitals.
fn fold_keeping_case(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        let start = out.len();
        fold_into(c.encode_utf8(&mut [0; 4]), &mut out);
        if c.is_uppercase() {
            let upper = out[start..].to_uppercase();
            out.truncate(start);
            out.push_str(&upper);
        }
    }
    Cow::Owned(out)
}

// Close matches, scored by fuzzy-matcher.

/// Score that a close match must reach, in percent of a perfect match. High enough that scattered letters do not match,
/// low enough for a missing letter (`kremln`); see the tests.
const MIN_SCORE_PERCENT: i64 = 72;

/// Minimum length of a word with close matches, in characters. Shorter words would match half of everything.
const MIN_WORD_LENGTH: usize = 4;

/// Finds and scores close matches: the letters of a word in order, beginning at the start of a word in the text. May be
/// used for any number of texts.
pub struct CloseMatcher {
    matcher: SkimMatcherV2,
}

/// Whether a folded word is long enough to have close matches.
pub(super) fn is_long_enough(word: &str) -> bool {
    word.chars().nth(MIN_WORD_LENGTH - 1).is_some()
}

impl Default for CloseMatcher {
    fn default() -> Self {
        Self { matcher: SkimMatcherV2::default().ignore_case() }
    }
}

impl std::fmt::Debug for CloseMatcher {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("CloseMatcher")
    }
}

/// A folded word prepared for [`CloseMatcher::close_score`].
#[derive(Debug, Clone)]
pub struct ClosePattern<'a> {
    word: &'a str,
    /// The score of a perfect match.
    perfect: i64,
}

impl CloseMatcher {
    /// Prepares a folded word; `None` if it is too short to have close matches.
    #[must_use]
    pub fn pattern<'a>(&self, word: &'a str) -> Option<ClosePattern<'a>> {
        if !is_long_enough(word) {
            return None;
        }
        let perfect = self.matcher.fuzzy_match(word, word)?;
        Some(ClosePattern { word, perfect })
    }

    /// The best score of a close match in a folded text, in percent of a perfect one; `None` if there is no match.
    #[must_use]
    pub fn close_score(&self, folded: &str, pattern: &ClosePattern<'_>) -> Option<i64> {
        self.best_window(folded, pattern).map(|(percent, _)| percent)
    }

    /// The best close match: its score in percent, and the stretch of the text that it covers.
    ///
    /// Only scores stretches that begin at the start of a word with the pattern's first letter, and contain the
    /// pattern's letters within about twice its length: across a whole headline, scattered letters would match.
    fn best_window<'t>(
        &self,
        folded: &'t str,
        pattern: &ClosePattern<'_>,
    ) -> Option<(i64, &'t str)> {
        let first = pattern.word.chars().next()?;
        let mut best = None;
        let mut before = ' ';
        let limit = pattern.word.len() * 2 + 1;
        let mut score_at = |at: usize| {
            let end = folded.floor_char_boundary(at + limit);
            let window = &folded[at..end];
            if let Some(end) = subsequence_end(window, pattern.word) {
                let window = &window[..end];
                let score = self.matcher.fuzzy_match(window, pattern.word).unwrap_or(0);
                let percent = score * 100 / pattern.perfect.max(1);
                if percent >= MIN_SCORE_PERCENT && best.is_none_or(|(other, _)| percent > other) {
                    best = Some((percent, window));
                }
            }
        };
        // The fast path for a pattern that begins with an ASCII character.
        if let Ok(first) = u8::try_from(first)
            && first.is_ascii()
        {
            for at in memchr::memchr_iter(first, folded.as_bytes()) {
                let before = folded[..at].chars().next_back();
                if before.is_none_or(|c| !c.is_alphanumeric()) {
                    score_at(at);
                }
            }
            return best;
        }
        for (at, c) in folded.char_indices() {
            if c == first && !before.is_alphanumeric() {
                score_at(at);
            }
            before = c;
        }
        best
    }

    /// The score of a folded word whose letters occur in a folded text in this order, in percent of a perfect one;
    /// `None` if they do not.
    #[must_use]
    pub fn subsequence_score(&self, folded: &str, word: &str) -> Option<i64> {
        let perfect = self.matcher.fuzzy_match(word, word)?;
        Some(self.matcher.fuzzy_match(folded, word)? * 100 / perfect.max(1))
    }

    /// The letters of a folded word where they occur in a text in this order, as byte ranges into `text`.
    #[must_use]
    pub fn subsequence_ranges(&self, text: &str, word: &str) -> Vec<Range<usize>> {
        let folded = Folded::new(text);
        let indices = self.matcher.fuzzy_indices(&folded.text, word);
        indices.map_or(Vec::new(), |(_, indices)| source_ranges(&folded, 0, &folded.text, &indices))
    }

    /// The letters of the best close match of a folded word in a text, as byte ranges into `text`.
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
        // `window` is a slice of `folded.text`.
        let offset = window.as_ptr() as usize - folded.text.as_ptr() as usize;
        source_ranges(&folded, offset, window, &indices)
    }
}

/// Byte ranges into the source text for characters numbered within a window of the folded text, which begins at
/// `offset`.
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

/// Length in bytes of the shortest prefix of `text` with `word` as a subsequence.
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
    fn check(kind: MatchKind, word: &str, text: &str, matches: bool) {
        let needle = Needle::new(kind, word).unwrap();
        assert_eq!(needle.matches_text(text), matches, "{kind:?} {word} in {text}");
        if matches && kind != MatchKind::Subsequence {
            assert!(!needle.find_all(text).is_empty(), "{kind:?} {word} in {text}");
        }
    }

    #[test]
    fn kinds_of_matches() {
        check(MatchKind::Contains, "lodz", "In Łódź today", true);
        check(MatchKind::Contains, "Lodz", "In Łódź today", true);
        check(MatchKind::Contains, "Lodz", "in łódź today", false);
        check(MatchKind::Contains, "US", "the us and them", false);
        check(MatchKind::Contains, "istanbul", "İstanbul", true);
        check(MatchKind::Contains, "final", "the ﬁnal", true);
        check(MatchKind::Start, "the", "The final", true);
        check(MatchKind::Start, "final", "The final", false);
        check(MatchKind::End, "final", "The final", true);
        check(MatchKind::Exact, "final", "The final", false);
        check(MatchKind::Subsequence, "kmln", "Kremlin", true);
        check(MatchKind::Subsequence, "kmln", "Kremnil", false);
        check(MatchKind::Subsequence, "kln", "Київ", false);
        check(MatchKind::Subsequence, "вк", "Київ", false);
        check(MatchKind::Subsequence, "ки", "Київ", true);
        check(MatchKind::LanguageTag, "en", "en-GB", true);
        check(MatchKind::LanguageTag, "en", "eno", false);
    }

    #[test]
    fn regular_expressions_have_limits() {
        assert!(Needle::regex(r"kreml\w+").is_ok_and(|n| n.matches_text("The Kremlin")));
        assert!(Needle::regex(r"Kreml\w+").is_ok_and(|n| !n.matches_text("the kremlin")));
        assert!(Needle::regex(r"(\w{1000}){1000}").is_err_and(|e| e.contains("too large")));
        assert!(Needle::regex("(unfinished").is_err_and(|e| e.contains("unclosed group")));
    }

    /// Checks which letters of a text are a close match; they are in brackets.
    #[track_caller]
    fn check_letters(marked: &str, word: &str) {
        let text = marked.replace(['[', ']'], "");
        let mut shown = text.clone();
        for range in CloseMatcher::default().close_match_ranges(&text, word).into_iter().rev() {
            shown.replace_range(range.clone(), &format!("[{}]", &text[range]));
        }
        assert_eq!(shown.replace("][", ""), marked);
    }

    #[test]
    fn a_missing_letter_is_a_close_match() {
        check_letters("The [Kreml]i[n] says", "kremln");
        check_letters("[C]e[asefire] talks", "casefire");
    }

    #[test]
    fn scattered_letters_are_no_close_match() {
        check_letters("Ohio primaries end late", "oil");
        check_letters("Officials in Lima", "oilima");
        check_letters("Senate votes on rail", "sovereign");
    }
}
