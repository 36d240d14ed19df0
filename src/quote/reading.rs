//! A dispatch taken apart for the finding of speakers: tokens, sentences, mentions. Decides nothing.

use std::ops::Range;

use super::lexicon::WordClass;
use super::marks::QuotedSpan;
use super::mentions::{Entities, Mention, MentionKind, find_phrases, join_names};
use super::words::{QuoteHole, Sentence, Token, TokenKind, split_sentences, tokenize};

/// Everything the rules look at.
pub(super) struct ParsedText<'a> {
    pub(super) text: &'a str,
    pub(super) tokens: Vec<Token>,
    pub(super) sentences: Vec<Sentence>,
    pub(super) mentions: Vec<Mention>,
    pub(super) entities: Entities,
    /// For each token the mention it is part of (owners aside).
    mention_at: Vec<u32>,
    /// For each span the token of its first piece and its sentence, where it stands as one token.
    pub(super) positions: Vec<Option<QuotePosition>>,
}

/// Where a quote stands among the tokens.
#[derive(Debug, Clone, Copy)]
pub(super) struct QuotePosition {
    pub(super) token: usize,
    pub(super) last_token: usize,
    pub(super) sentence: usize,
}

const NO_MENTION: u32 = u32::MAX;

impl<'a> ParsedText<'a> {
    /// Reads a text. `plain` says which spans are words like any other (titles, nicknames); the others stand as
    /// one token each. A `None` paragraph is not read.
    pub(super) fn new(
        text: &'a str,
        paragraphs: &[Option<Range<usize>>],
        spans: &[QuotedSpan],
        plain: &[bool],
    ) -> Self {
        let mut reading = Self {
            text,
            tokens: Vec::with_capacity(text.len() / 5),
            sentences: Vec::new(),
            mentions: Vec::new(),
            entities: Entities::default(),
            mention_at: Vec::new(),
            positions: vec![None; spans.len()],
        };
        let holes = find_holes(spans, plain);
        let mut next = 0;
        for (number, range) in paragraphs.iter().enumerate() {
            let Some(range) = range else { continue };
            let from = next;
            while holes.top.get(next).is_some_and(|h| h.at.start < range.end) {
                next += 1;
            }
            reading.add_range(range.clone(), &holes.top[from..next], number, None);
        }
        for (parent, nested) in holes.nested {
            let span = &spans[parent];
            let mut next = 0;
            for (i, piece) in span.pieces.iter().enumerate() {
                let from = next;
                while nested.get(next).is_some_and(|h| h.at.start < piece.end) {
                    next += 1;
                }
                let paragraph = span.paragraph + i;
                reading.add_range(piece.clone(), &nested[from..next], paragraph, Some(parent));
            }
        }
        reading.find_mentions();
        reading
    }

    fn add_range(
        &mut self,
        range: Range<usize>,
        holes: &[QuoteHole],
        paragraph: usize,
        inside: Option<usize>,
    ) {
        let first = self.tokens.len();
        tokenize(self.text, range, holes, &mut self.tokens);
        let all = first..self.tokens.len();
        for tokens in split_sentences(self.text, &self.tokens, all) {
            for i in tokens.clone() {
                if let TokenKind::Quote(span) = self.tokens[i].kind {
                    let sentence = self.sentences.len();
                    let place = self.positions[span].get_or_insert(QuotePosition {
                        token: i,
                        last_token: i,
                        sentence,
                    });
                    place.last_token = i;
                }
            }
            self.sentences.push(Sentence {
                tokens,
                paragraph,
                inside,
            });
        }
    }

    fn find_mentions(&mut self) {
        for (number, sentence) in self.sentences.iter().enumerate() {
            let range = skip_dateline(self.text, &self.tokens, sentence);
            find_phrases(self.text, &self.tokens, range, number, &mut self.mentions);
        }
        self.mention_at = vec![NO_MENTION; self.tokens.len()];
        for (i, mention) in self.mentions.iter().enumerate() {
            // A phrase comes after the owner inside it, and so covers it.
            let id = u32::try_from(i).unwrap_or(NO_MENTION);
            self.mention_at[mention.tokens.clone()].fill(id);
        }
        self.entities = join_names(self.text, &self.tokens, &self.mentions);
    }

    /// The mention that a token is part of.
    pub(super) fn mention(&self, token: usize) -> Option<usize> {
        let id = *self.mention_at.get(token)?;
        (id != NO_MENTION).then_some(id as usize)
    }

    /// The mention that a token begins.
    pub(super) fn mention_starting_at(&self, token: usize) -> Option<usize> {
        self.mention(token)
            .filter(|&m| self.mentions[m].tokens.start == token)
    }

    /// True for a mention that could be a speaker.
    pub(super) fn can_speak(&self, mention: usize) -> bool {
        let mention = &self.mentions[mention];
        match mention.kind {
            MentionKind::Day => false,
            MentionKind::Name | MentionKind::Pronoun => true,
            MentionKind::Nominal => self.tokens[mention.tokens.clone()]
                .iter()
                .any(|t| t.is_word() && (!t.is(WordClass::DETERMINER) || t.is(WordClass::PEOPLE))),
        }
    }

    /// True where any token of the mention has the class.
    pub(super) fn mention_has(&self, mention: usize, class: WordClass) -> bool {
        self.tokens[self.mentions[mention].tokens.clone()]
            .iter()
            .any(|t| t.is(class))
    }

    /// True where the last token of the mention has the class.
    pub(super) fn head_has(&self, mention: usize, class: WordClass) -> bool {
        let end = self.mentions[mention].tokens.end;
        self.tokens[..end].last().is_some_and(|t| t.is(class))
    }

    /// The text of some tokens.
    pub(super) fn text_of(&self, tokens: &Range<usize>) -> &'a str {
        let (Some(first), Some(last)) = (
            self.tokens.get(tokens.start),
            tokens.end.checked_sub(1).and_then(|i| self.tokens.get(i)),
        ) else {
            return "";
        };
        self.text.get(first.start..last.end).unwrap_or("")
    }

    /// The bytes of some tokens.
    pub(super) fn byte_range(&self, tokens: &Range<usize>) -> Range<usize> {
        let start = self.tokens[tokens.start].start;
        start..self.tokens[tokens.end - 1].end.max(start)
    }
}

#[derive(Default)]
struct QuoteHoles {
    top: Vec<QuoteHole>,
    nested: Vec<(usize, Vec<QuoteHole>)>,
}

/// The spans that stand as one token, sorted by the span they stand in.
fn find_holes(spans: &[QuotedSpan], plain: &[bool]) -> QuoteHoles {
    let mut holes = QuoteHoles::default();
    let mut slot = vec![usize::MAX; spans.len()];
    for (i, span) in spans.iter().enumerate() {
        if plain[i] {
            continue;
        }
        let mut parent = span.parent;
        while let Some(p) = parent
            && plain[p]
        {
            parent = spans[p].parent;
        }
        let list = match parent {
            None => &mut holes.top,
            Some(parent) => {
                if slot[parent] == usize::MAX {
                    slot[parent] = holes.nested.len();
                    holes.nested.push((parent, Vec::new()));
                }
                &mut holes.nested[slot[parent]].1
            }
        };
        list.extend(span.outers.iter().map(|at| QuoteHole {
            at: at.clone(),
            span: i,
        }));
    }
    holes.top.sort_by_key(|hole| hole.at.start);
    holes
}

/// The tokens of a sentence after a dateline (`MOSCOW (AFP) —`), which names no speaker.
fn skip_dateline(text: &str, tokens: &[Token], sentence: &Sentence) -> Range<usize> {
    let range = sentence.tokens.clone();
    let capital = |t: &Token| t.is_word() && t.is(WordClass::CAPITAL);
    if !tokens[range.clone()].first().is_some_and(capital) {
        return range;
    }
    let limit = range.end.min(range.start + 14);
    for i in range.start + 1..limit {
        if tokens[i].is_punctuation('—') {
            let head = &tokens[range.start..i];
            let place = head
                .iter()
                .all(|t| !t.is_quote() && !t.is(WordClass::ANY_VERB) && !t.is(WordClass::LOWER));
            // “Lee — a coach — said” begins with a name: a dateline has capitals throughout, an agency or a date.
            let marked = head.iter().any(|t| {
                t.is_punctuation(')')
                    || t.is(WordClass::NUMBER)
                    || t.is_word() && text.get(t.range()).is_some_and(is_all_caps)
            });
            let place = place && marked;
            return if place { i + 1..range.end } else { range };
        }
    }
    range
}

/// Two letters or more, none of them small.
fn is_all_caps(word: &str) -> bool {
    word.chars().filter(|c| c.is_alphabetic()).nth(1).is_some()
        && !word.chars().any(char::is_lowercase)
}
