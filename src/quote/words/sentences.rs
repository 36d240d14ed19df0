//! Cuts a stream of tokens into sentences, the ends of quoted sentences included.

use std::ops::Range;

use super::super::lexicon::Class;
use super::{Kind, Token};

/// A sentence: a range of tokens, and the paragraph it stands in.
#[derive(Debug, Clone)]
pub(in super::super) struct Sentence {
    pub(in super::super) tokens: Range<usize>,
    pub(in super::super) paragraph: usize,
    /// The span whose words these are; `None` for the dispatch's own words.
    pub(in super::super) inside: Option<usize>,
}

/// How far after an exclamation the reporting word may stand.
const REACH: usize = 14;

/// The sentences of a stretch of tokens, as ranges.
pub(in super::super) fn sentences(
    text: &str,
    all: &[Token],
    range: Range<usize>,
) -> Vec<Range<usize>> {
    let mut out = Vec::new();
    let mut start = range.start;
    for i in range.clone() {
        let next = (i + 1 < range.end).then(|| &all[i + 1]);
        if next.is_none() || ends(text, all, i, range.end) {
            out.push(start..i + 1);
            start = i + 1;
        }
    }
    out
}

fn ends(text: &str, all: &[Token], i: usize, limit: usize) -> bool {
    let token = &all[i];
    let next = &all[i + 1];
    match token.kind {
        Kind::Point('.') => !next.is(Class::LOWER) && !matches!(next.kind, Kind::Point(_)),
        Kind::Point('?' | '!' | '。' | '！' | '？' | '•') => {
            !matches!(next.kind, Kind::Point(_))
        }
        Kind::Point(_) => false,
        Kind::Word => {
            // U.S. and Jr. may end a sentence before a word that begins one.
            token.is(Class::ABBREVIATION)
                && text[token.range()].ends_with('.')
                && next.is(Class::DETERMINER | Class::PRONOUN)
                && next.is(Class::CAPITAL)
                && !token.is(Class::TITLE)
        }
        Kind::Quote(_) => {
            let words = text[token.range()]
                .trim_end_matches(|c: char| c.is_whitespace() || "”\"'’»“›」』".contains(c));
            let Some(last) = words.chars().next_back() else {
                return false;
            };
            match (last, next.kind) {
                (_, Kind::Point(_)) => false,
                ('.' | '?' | '!' | '…' | '—' | '–' | '-', Kind::Word) if next.is(Class::LOWER) => {
                    false
                }
                ('?' | '!' | '…' | '—' | '–' | '-', Kind::Word) => {
                    !reported_soon(all, i + 1..limit.min(i + REACH))
                }
                ('.', Kind::Word) => !reported_at_once(all, i + 1..limit.min(i + 7)),
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
        .take_while(|t| !t.is_point('.') && !t.is_quote())
        .any(|t| t.is(Class::SAY) && t.is(Class::FINITE))
}

/// True for the rest of a sentence that is only a name and a reporting word: “…here.” Lee said.
fn reported_at_once(all: &[Token], range: Range<usize>) -> bool {
    let end = range.end;
    let mut rest =
        range.skip_while(|&i| all[i].is_word() && !all[i].is(Class::SAY | Class::VERBAL));
    rest.next().is_some_and(|i| {
        all[i].is(Class::SAY)
            && all[i].is(Class::FINITE)
            && (i + 1 >= end || all[i + 1].is_point('.'))
    }) && end > 0
}
