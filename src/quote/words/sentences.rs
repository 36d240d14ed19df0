//! Cuts a stream of tokens into sentences, the ends of quoted sentences included.

use std::ops::Range;

use super::super::lexicon::WordClass;
use super::{Token, TokenKind};

/// A sentence: a range of tokens, and the paragraph it stands in.
#[derive(Debug, Clone)]
pub(in super::super) struct Sentence {
    pub(in super::super) tokens: Range<usize>,
    pub(in super::super) paragraph: usize,
    /// The span whose words these are; `None` for the dispatch's own words.
    pub(in super::super) inside: Option<usize>,
}

/// How far after an exclamation the reporting word may stand.
const MAX_CUE_DISTANCE: usize = 14;

/// The sentences of a stretch of tokens, as ranges.
pub(in super::super) fn split_sentences(
    text: &str,
    all: &[Token],
    range: Range<usize>,
) -> Vec<Range<usize>> {
    let mut out = Vec::new();
    let mut start = range.start;
    for i in range.clone() {
        let next = (i + 1 < range.end).then(|| &all[i + 1]);
        if next.is_none() || ends_sentence(text, all, i, range.end) {
            out.push(start..i + 1);
            start = i + 1;
        }
    }
    out
}

fn ends_sentence(text: &str, all: &[Token], i: usize, limit: usize) -> bool {
    let token = &all[i];
    let next = &all[i + 1];
    match token.kind {
        TokenKind::Punctuation('.') => {
            !next.is(WordClass::LOWER) && !matches!(next.kind, TokenKind::Punctuation(_))
        }
        TokenKind::Punctuation('?' | '!' | '。' | '！' | '？' | '•') => {
            !matches!(next.kind, TokenKind::Punctuation(_))
        }
        TokenKind::Punctuation(_) => false,
        TokenKind::Word => {
            // U.S. and Jr. may end a sentence before a word that begins one.
            token.is(WordClass::ABBREVIATION)
                && text[token.range()].ends_with('.')
                && next.is(WordClass::DETERMINER | WordClass::PRONOUN)
                && next.is(WordClass::CAPITAL)
                && !token.is(WordClass::TITLE)
        }
        TokenKind::Quote(_) => {
            let words = text[token.range()]
                .trim_end_matches(|c: char| c.is_whitespace() || "”\"'’»“›」』".contains(c));
            let Some(last) = words.chars().next_back() else {
                return false;
            };
            match (last, next.kind) {
                (_, TokenKind::Punctuation(_)) => false,
                ('.' | '?' | '!' | '…' | '—' | '–' | '-', TokenKind::Word)
                    if next.is(WordClass::LOWER) =>
                {
                    false
                }
                ('?' | '!' | '…' | '—' | '–' | '-', TokenKind::Word) => {
                    !reported_soon(all, i + 1..limit.min(i + MAX_CUE_DISTANCE))
                }
                ('.', TokenKind::Word) => !reported_at_once(all, i + 1..limit.min(i + 7)),
                ('.' | '?' | '!' | '…' | '—', _) => true,
                _ => false,
            }
        }
    }
}

/// True where a reporting word comes before the sentence ends.
fn reported_soon(all: &[Token], range: Range<usize>) -> bool {
    all[range]
        .iter()
        .take_while(|t| !t.is_punctuation('.') && !t.is_quote())
        .any(|t| t.is(WordClass::SAY) && t.is(WordClass::FINITE))
}

/// True for the rest of a sentence that is only a name and a reporting word: “…here.” Lee said.
fn reported_at_once(all: &[Token], range: Range<usize>) -> bool {
    let end = range.end;
    let mut rest =
        range.skip_while(|&i| all[i].is_word() && !all[i].is(WordClass::SAY | WordClass::VERBAL));
    rest.next().is_some_and(|i| {
        all[i].is(WordClass::SAY)
            && all[i].is(WordClass::FINITE)
            && (i + 1 >= end || all[i + 1].is_punctuation('.'))
    }) && end > 0
}
