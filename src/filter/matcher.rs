//! Looks for one term in a text: a word, a prefix, a suffix, a subsequence, a regular expression, or a close match.

use std::borrow::Cow;
use std::ops::Range;

use fuzzy_matcher::FuzzyMatcher;
use fuzzy_matcher::skim::SkimMatcherV2;
use memchr::memmem::{self, Finder};
use regex::{Regex, RegexBuilder};

use crate::index::{required_letters, required_letters_from_start};
use crate::text::{Folded, fold, fold_into};

/// Largest compiled regular expression, in bytes.
const MAX_REGEX_BYTES: usize = 256 << 10;

/// How it must stand in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum MatchKind {
    /// Contained; in headlines a close match will do.
    Word,
    Contains,
    Start,
    End,
    Exact,
    /// A language: the tag itself or its first part.
    LanguageTag,
    Subsequence,
    Regex,
}

/// What is looked for, made ready once.
#[derive(Debug, Clone)]
pub(crate) struct Needle {
    pub(crate) kind: MatchKind,
    pub(crate) folded: String,
    /// With its capitals, where it has some: then they must stand in the text too.
    pub(crate) cased: Option<String>,
    finder: Finder<'static>,
    cased_finder: Finder<'static>,
    from_regex: Option<Regex>,
    /// Letters that a folded text must have.
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
    /// `None` where nothing is left of the text when it is folded.
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

    /// Reads a regular expression: case does not count unless a letter in it is a capital.
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

    /// The search for the folded word, where containing it is necessary, and whether it is enough.
    pub(crate) fn finder(&self) -> Option<(&Finder<'static>, bool)> {
        match self.kind {
            MatchKind::Word | MatchKind::Contains => Some((&self.finder, self.cased.is_none())),
            MatchKind::Start | MatchKind::End | MatchKind::Exact | MatchKind::LanguageTag => {
                Some((&self.finder, false))
            }
            MatchKind::Subsequence | MatchKind::Regex => None,
        }
    }

    /// Whether it stands in a text, given as sent and folded.
    pub(crate) fn matches(&self, sent: &str, folded: &str) -> bool {
        if let Some(regex) = &self.from_regex {
            return regex.is_match(sent);
        }
        let contains = matches!(self.kind, MatchKind::Word | MatchKind::Contains);
        match &self.cased {
            None if contains => self.finder.find(folded.as_bytes()).is_some(),
            None => matches_as(self.kind, folded, &self.folded),
            Some(_) if contains => self
                .cased_finder
                .find(fold_keeping_case(sent).as_bytes())
                .is_some(),
            Some(word) => matches_as(self.kind, &fold_keeping_case(sent), word),
        }
    }

    /// The same for a text at hand only as sent.
    pub(crate) fn matches_text(&self, sent: &str) -> bool {
        !sent.is_empty() && self.matches(sent, &fold(sent))
    }

    /// Where it stands in a text: whole characters. None for letters in order, whose places are the scorer's matter.
    pub(crate) fn find_all(&self, text: &str) -> Vec<Range<usize>> {
        if let Some(regex) = &self.from_regex {
            let found = regex.find_iter(text).map(|m| m.range());
            return found.filter(|r| !r.is_empty()).collect();
        }
        let folded = Folded::new(text);
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

/// Whether all letters of a word stand in a text in this order.
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

// Close matches of a word by fuzzy-matcher: from the start of a word, above a share of a perfect score.

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
    fn check(kind: MatchKind, word: &str, text: &str, stands: bool) {
        let needle = Needle::new(kind, word).unwrap();
        assert_eq!(
            needle.matches_text(text),
            stands,
            "{kind:?} {word} in {text}"
        );
        if stands && kind != MatchKind::Subsequence {
            assert!(
                !needle.find_all(text).is_empty(),
                "{kind:?} {word} in {text}"
            );
        }
    }

    #[test]
    fn words_stand_where_they_should() {
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
