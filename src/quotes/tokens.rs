//! Splits text into tokens (words, punctuation, whole quotes) and tokens into sentences. Knows nothing of speakers.

use std::ops::Range;

use crate::quotes::lexicon::{
    ABBREVIATION, ADVERB, ANY_VERB, AUXILIARY, BASE, CAPITAL, DAY, DETERMINER, FINITE, FUNCTION,
    LOWER, NUMBER, PARTICLE, POSSESSIVE, PRONOUN, RELATIVE, SAY, TITLE, VERBAL, WordClass, lookup,
};

/// The kind of a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TokenKind {
    Word,
    /// Dashes of all kinds become `—`; quotation marks are no tokens.
    Punctuation(char),
    /// A whole quote: one piece of the span with this index.
    Quote(usize),
}

/// One token. Positions are bytes of the text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Token {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) kind: TokenKind,
    pub(super) class: WordClass,
}

impl Token {
    /// The byte range of the token.
    pub(super) fn range(&self) -> Range<usize> {
        self.start..self.end
    }

    /// True if the token has any of the classes.
    pub(super) fn is(&self, class: WordClass) -> bool {
        self.class.is(class)
    }

    pub(super) fn is_punctuation(&self, c: char) -> bool {
        self.kind == TokenKind::Punctuation(c)
    }

    pub(super) fn is_quote(&self) -> bool {
        matches!(self.kind, TokenKind::Quote(_))
    }

    pub(super) fn is_word(&self) -> bool {
        self.kind == TokenKind::Word
    }

    /// True for a verb form that can have a subject of its own.
    pub(super) fn is_finite(&self) -> bool {
        self.is(FINITE | AUXILIARY) || self.is(BASE) && self.is(ANY_VERB)
    }
}

/// A quote that becomes a single token: its byte range with marks, and the index of its span.
#[derive(Debug, Clone)]
pub(super) struct QuoteRange {
    pub(super) at: Range<usize>,
    pub(super) span: usize,
}

/// Appends the tokens of a byte range of the text, with a quote token for each hole. Holes are ascending and do not
/// overlap.
pub(super) fn tokenize(
    text: &str,
    range: Range<usize>,
    holes: &[QuoteRange],
    out: &mut Vec<Token>,
) {
    let mut at = range.start;
    for hole in holes {
        tokenize_plain(text, at..hole.at.start, out);
        out.push(Token {
            start: hole.at.start,
            end: hole.at.end,
            kind: TokenKind::Quote(hole.span),
            class: WordClass::NONE,
        });
        at = hole.at.end;
    }
    tokenize_plain(text, at..range.end, out);
}

/// Appends the tokens of a range without quotes.
fn tokenize_plain(text: &str, range: Range<usize>, out: &mut Vec<Token>) {
    let Some(slice) = text.get(range.clone()) else {
        return;
    };
    let bytes = slice.as_bytes();
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        if byte == b' ' {
            at += 1;
            continue;
        }
        let rest = &slice[at..];
        let Some(c) = rest.chars().next() else { break };
        if c.is_alphanumeric() {
            let length = word_length(rest);
            at += push_word(slice, range.start, at, length, out);
            continue;
        }
        if let Some(length) = ticker_length(rest) {
            at += length;
            continue;
        }
        if !c.is_whitespace() && !matches!(c, '“' | '”' | '"' | '‘' | '’' | '\'' | '`' | '«' | '»')
        {
            let dashes = matches!(c, '-' | '–' | '—');
            out.push(Token {
                start: range.start + at,
                end: range.start + at + c.len_utf8(),
                kind: TokenKind::Punctuation(if dashes { '—' } else { c }),
                class: WordClass::NONE,
            });
        }
        at += c.len_utf8();
    }
}

/// The longest ticker symbol, in bytes.
const MAX_TICKER_BYTES: usize = 12;

/// The length in bytes of a ticker symbol (`<ERIC.ST>`) at the head of a text. It is no word of the sentence, and its
/// full stop ends none.
fn ticker_length(text: &str) -> Option<usize> {
    let symbol = text.strip_prefix('<')?;
    let length = symbol.bytes().take(MAX_TICKER_BYTES + 1).position(|b| b == b'>')?;
    let symbol = &symbol.as_bytes()[..length];
    let letters = symbol.iter().any(u8::is_ascii_uppercase);
    let plain =
        symbol.iter().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b".=-^".contains(b));
    (letters && plain).then_some(length + "<>".len())
}

/// The length in bytes of the word at the head of a text: letters and digits, and punctuation that joins them.
fn word_length(text: &str) -> usize {
    let bytes = text.as_bytes();
    let plain = bytes.iter().take_while(|b| b.is_ascii_alphanumeric()).count();
    // Fast path: most words are ASCII letters up to a space, or up to punctuation with a space after it.
    let ends = |byte: Option<&u8>| byte.is_none_or(|b| b" \n\";:)".contains(b));
    let joins = bytes.get(plain).is_some_and(|b| b",.-'".contains(b));
    if ends(bytes.get(plain)) || joins && ends(bytes.get(plain + 1)) {
        return plain;
    }
    let mut end = 0;
    let mut chars = text.char_indices().peekable();
    while let Some((i, c)) = chars.next() {
        if c.is_alphanumeric() || is_combining_mark(c) {
            end = i + c.len_utf8();
            continue;
        }
        let next = chars.peek().map(|&(_, n)| n);
        let joins = matches!(c, '\'' | '’' | '-' | '‑' | '.' | '&' | '@' | '_')
            || c == ','
                && text[..i].ends_with(|d: char| d.is_ascii_digit())
                && next.is_some_and(|n| n.is_ascii_digit());
        if !joins || !next.is_some_and(char::is_alphanumeric) {
            break;
        }
        // A full stop joins initials (U.S.), figures and domains, not two sentences.
        let domain = next.is_some_and(char::is_lowercase);
        if c == '.' && !(i == end && (domain || ends_in_initial(&text[..i]))) {
            break;
        }
    }
    end
}

/// True for a combining diacritic, which continues a word in decomposed text.
fn is_combining_mark(c: char) -> bool {
    ('\u{300}'..='\u{36f}').contains(&c)
}

/// True if a text ends in a digit or a single letter.
fn ends_in_initial(text: &str) -> bool {
    let mut back = text.chars().rev();
    let last = back.next();
    last.is_some_and(|c| c.is_ascii_digit())
        || last.is_some_and(char::is_alphabetic) && back.next().is_none_or(|c| !c.is_alphanumeric())
}

/// Clitics: endings that are words of their own.
const CLITICS: &[&str] =
    &["'s", "’s", "'S", "’S", "'d", "’d", "'ll", "’ll", "'re", "’re", "'ve", "’ve", "'m", "’m"];

/// Appends the word at byte `at` of `slice`, and its clitic as a token of its own. Returns the bytes consumed, which
/// may be one more than `length`: the full stop of an abbreviation.
fn push_word(slice: &str, base: usize, at: usize, length: usize, out: &mut Vec<Token>) -> usize {
    let mut length = length;
    let word = &slice[at..at + length];
    // Few words have an apostrophe or a hyphen; 0xe2 begins the curly ones.
    let compound = word.bytes().any(|b| b == b'\'' || b == b'-' || b == 0xe2);
    let clitics = if compound { CLITICS } else { &[] };
    let clitic =
        clitics.iter().find(|clitic| word.ends_with(**clitic) && word.len() > clitic.len());
    let stem = clitic.map_or(word, |clitic| &word[..word.len() - clitic.len()]);
    let mut class = lookup(stem);
    if matches!(stem, "US" | "IT" | "IS" | "WHO" | "AS") {
        // In capitals these are names of countries and organisations, not function words.
        class = WordClass::NONE;
    }
    if stem.starts_with(char::is_uppercase) || compound && has_particle(stem) {
        class |= CAPITAL;
    } else if stem.starts_with(|c: char| c.is_ascii_digit()) {
        class |= NUMBER;
    } else if stem.starts_with(char::is_lowercase) {
        class |= LOWER;
        // “may” and “march” are months only with a capital.
        if class.is(DAY) && class.is(AUXILIARY | ANY_VERB) {
            class = class.without(DAY);
        }
    }
    if class.without(CAPITAL | LOWER) == WordClass::NONE && is_adverb(stem) {
        class |= ADVERB;
    }
    // Endings of participles, for verbs in no word list.
    let past = stem.ends_with("ed") && !stem.ends_with("eed");
    if stem.len() > 4 && (stem.ends_with("ing") || stem.ends_with("ed"))
        || stem.len() == 4 && past && class.is(LOWER)
    {
        class |= VERBAL;
    }
    let mut end = stem.len();
    // The full stop of an abbreviation or initial belongs to the word.
    if clitic.is_none() && slice[at + length..].starts_with('.') && takes_full_stop(word, class) {
        end += 1;
        length += 1;
        class |= lookup(&slice[at..at + end]);
    }
    out.push(Token { start: base + at, end: base + at + end, kind: TokenKind::Word, class });
    // “the players’ hats”: the bare apostrophe of a plural is a possessive too.
    let plural = clitic.is_none()
        && word.ends_with(['s', 'S'])
        && slice[at + length..].strip_prefix(['’', '\'']).is_some_and(|rest| rest.starts_with(' '));
    if clitic.is_some() || plural {
        // After a pronoun 's is “is”; after a noun it is the possessive.
        let verb = clitic.is_some_and(|c| !c.ends_with(['s', 'S']));
        let contracted = verb || class.is(PRONOUN | RELATIVE) || stem.eq_ignore_ascii_case("there");
        out.push(Token {
            start: base + at + end,
            end: base + at + length,
            kind: TokenKind::Word,
            class: if contracted { AUXILIARY } else { POSSESSIVE },
        });
    }
    length
}

/// True for a name that is joined to its particle: al-Amin, d'Arc.
fn has_particle(word: &str) -> bool {
    word.split_once(['-', '‑', '\'', '’']).is_some_and(|(particle, name)| {
        name.starts_with(char::is_uppercase)
            && particle.starts_with(char::is_lowercase)
            && (particle == "d" || lookup(particle).is(PARTICLE))
    })
}

/// True for the form of an adverb: “sharply”, “repeatedly”. Applied only to words in no word list.
fn is_adverb(word: &str) -> bool {
    word.len() > 4 && word.ends_with("ly") && word.starts_with(|c: char| c.is_ascii_lowercase())
}

/// True if a full stop after the word is part of it: an initial or an abbreviation.
fn takes_full_stop(word: &str, class: WordClass) -> bool {
    let mut chars = word.chars();
    let first = chars.next();
    let initial = first.is_some_and(char::is_uppercase) && chars.next().is_none() && word != "I";
    let initials = word.len() <= 8 && word.contains('.');
    // The last letter of U.S. is an initial as well.
    if initial || initials {
        return true;
    }
    if word.len() > 6 || class.is(FUNCTION) {
        return false;
    }
    // Append the full stop without allocating, and look up the abbreviation.
    let mut buffer = [0u8; 8];
    let bytes = word.as_bytes();
    buffer[..bytes.len()].copy_from_slice(bytes);
    buffer[bytes.len()] = b'.';
    std::str::from_utf8(&buffer[..=bytes.len()]).is_ok_and(|word| lookup(word).is(ABBREVIATION))
}

// Sentences, whose ends may be inside quotes.

/// A sentence.
#[derive(Debug, Clone)]
pub(super) struct Sentence {
    /// A range of token indexes.
    pub(super) tokens: Range<usize>,
    /// Index of the paragraph.
    pub(super) paragraph: usize,
    /// The span whose words these are; `None` for the agency's own words.
    pub(super) enclosing_span: Option<usize>,
}

/// How many tokens after a quoted question or exclamation a reporting word may follow.
const MAX_CUE_DISTANCE: usize = 24;

/// Splits a range of tokens into sentences.
pub(super) fn split_sentences(text: &str, all: &[Token], range: Range<usize>) -> Vec<Range<usize>> {
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

/// True if the sentence ends after token `i`. `limit` is the end of the paragraph's tokens.
fn ends_sentence(text: &str, all: &[Token], i: usize, limit: usize) -> bool {
    let token = &all[i];
    let next = &all[i + 1];
    match token.kind {
        TokenKind::Punctuation('.') => {
            !next.is(LOWER) && !matches!(next.kind, TokenKind::Punctuation(_))
        }
        TokenKind::Punctuation('?' | '!' | '。' | '！' | '？' | '•') => {
            !matches!(next.kind, TokenKind::Punctuation(_))
        }
        TokenKind::Punctuation(_) => false,
        TokenKind::Word => {
            // U.S. and Jr. end a sentence if a capitalised “The” or “He” follows; Mr. does not.
            token.is(ABBREVIATION)
                && text[token.range()].ends_with('.')
                && next.is(DETERMINER | PRONOUN)
                && next.is(CAPITAL)
                && !token.is(TITLE)
        }
        // A quote ends the sentence if its words do, unless a report follows: “Do we go?” asked Lee.
        TokenKind::Quote(_) => {
            let words = text[token.range()]
                .trim_end_matches(|c: char| c.is_whitespace() || "”\"'’»“›」』".contains(c));
            let Some(last) = words.chars().next_back() else {
                return false;
            };
            match (last, next.kind) {
                (_, TokenKind::Punctuation(_)) => false,
                ('.' | '?' | '!' | '…' | '—' | '–' | '-', TokenKind::Word) if next.is(LOWER) => {
                    false
                }
                ('?' | '!' | '…' | '—' | '–' | '-', TokenKind::Word) => {
                    !reported_soon(all, i + 1..limit.min(i + MAX_CUE_DISTANCE))
                }
                ('.', TokenKind::Word) => !reported_at_once(all, i + 1..limit),
                ('.' | '?' | '!' | '…' | '—', _) => true,
                _ => false,
            }
        }
    }
}

/// True if a reporting word comes before the next full stop or quote.
fn reported_soon(all: &[Token], range: Range<usize>) -> bool {
    all[range]
        .iter()
        .take_while(|t| !t.is_punctuation('.') && !t.is_quote())
        .any(|t| t.is(SAY) && t.is(FINITE))
}

/// How many tokens after a quoted sentence a report may end that goes with it.
const MAX_SHORT_REPORT: usize = 6;

/// True if only words up to a reporting verb follow, and then the sentence ends: “…here.” Lee said. `range`: the rest of
/// the paragraph.
fn reported_at_once(all: &[Token], range: Range<usize>) -> bool {
    let end = range.end;
    let mut rest =
        range.take(MAX_SHORT_REPORT).skip_while(|&i| all[i].is_word() && !all[i].is(SAY | VERBAL));
    rest.next().is_some_and(|i| {
        all[i].is(SAY) && all[i].is(FINITE) && (i + 1 >= end || all[i + 1].is_punctuation('.'))
    })
}

#[cfg(test)]
mod tests {
    use super::{QuoteRange, split_sentences, tokenize};

    /// Checks the sentences of a paragraph: `|` separates them, “ ” is a quote token.
    fn check(marked: &str) {
        let text = marked.replace('|', "");
        let mut holes = Vec::new();
        let mut at = 0;
        while let Some(open) = text[at..].find('“') {
            let start = at + open;
            let Some(close) = text[start..].find('”') else {
                break;
            };
            at = start + close + '”'.len_utf8();
            holes.push(QuoteRange { at: start..at, span: holes.len() });
        }
        let mut all = Vec::new();
        tokenize(&text, 0..text.len(), &holes, &mut all);
        let mut shown = text.clone();
        for range in split_sentences(&text, &all, 0..all.len()).iter().rev() {
            if range.end < all.len() {
                shown.insert(all[range.end - 1].end, '|');
            }
        }
        assert_eq!(shown, marked);
    }

    #[test]
    fn full_stops_end_sentences_and_abbreviations_do_not() {
        check("The boat left.| Lee stayed.");
        check("Sen. Lee met Mr. Holm at 5 p.m. on the quay.| It rained.");
        check("He came from the U.S.| The boat did not.");
    }

    #[test]
    fn a_quote_ends_a_sentence_unless_a_report_follows() {
        check("“We go.”| “We stay.”| It rained.");
        check("“We go,” Lee said.| “We stay.”");
        check("“We go.”| This is what Ann Lee wrote in May.");
        check("“Do we go?” asked Lee.");
        check("“We go!” a man in a blue coat shouted.");
    }
}
