//! One thing to look for in a text: a word, a start, an end, letters in order, a regular expression.

use std::borrow::Cow;
use std::ops::Range;

use memchr::memmem::{self, Finder};
use regex::{Regex, RegexBuilder};

use crate::desk::{required_letters, required_letters_from_start};
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
}
