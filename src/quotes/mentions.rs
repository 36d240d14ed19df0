//! A text parsed for attribution: its tokens, sentences, and mentions (phrases that can name somebody). Applies no
//! attribution rules.

use std::ops::Range;

use crate::quotes::lexicon::{ANY_VERB, CAPITAL, DETERMINER, LOWER, NUMBER, PEOPLE, WordClass};
use crate::quotes::names::{Entities, join_names};
use crate::quotes::phrases::find_phrases;
use crate::quotes::quotation_marks::QuotedSpan;
use crate::quotes::tokens::{QuoteRange, Sentence, Token, TokenKind, split_sentences, tokenize};

/// A parsed text: all that the attribution rules look at.
pub(super) struct ParsedText<'a> {
    pub(super) text: &'a str,
    pub(super) tokens: Vec<Token>,
    pub(super) sentences: Vec<Sentence>,
    pub(super) mentions: Vec<Mention>,
    pub(super) entities: Entities,
    /// For each token, the outermost mention that it is part of, or [`NO_MENTION`].
    mention_at: Vec<u32>,
    /// For each span, its position; `None` for a span that was parsed as plain words.
    pub(super) positions: Vec<Option<QuotePosition>>,
}

/// The position of a quote among the tokens.
#[derive(Debug, Clone, Copy)]
pub(super) struct QuotePosition {
    /// The token of its first piece.
    pub(super) token: usize,
    /// The token of its last piece; differs from `token` if the quote runs over paragraphs.
    pub(super) last_token: usize,
    /// The sentence of the first piece.
    pub(super) sentence: usize,
}

/// Marks a token outside all mentions in the packed table `mention_at`.
const NO_MENTION: u32 = u32::MAX;

impl<'a> ParsedText<'a> {
    /// Parses a text. A span marked `plain` (a title, a nickname) is parsed like the words around it; any other becomes
    /// a single token, and the words inside it are only parsed if another quote is nested there. `None` paragraphs are
    /// skipped.
    pub(super) fn new(
        text: &'a str,
        paragraphs: &[Option<Range<usize>>],
        spans: &[QuotedSpan],
        plain: &[bool],
    ) -> Self {
        let mut parsed = Self {
            text,
            tokens: Vec::with_capacity(text.len() / 5),
            sentences: Vec::new(),
            mentions: Vec::new(),
            entities: Entities::default(),
            mention_at: Vec::new(),
            positions: vec![None; spans.len()],
        };
        // The text outside all quotes first, then the words inside each quote that has others nested in it.
        let holes = find_holes(spans, plain);
        let mut next = 0;
        for (number, range) in paragraphs.iter().enumerate() {
            let Some(range) = range else { continue };
            let from = next;
            while holes.top.get(next).is_some_and(|h| h.at.start < range.end) {
                next += 1;
            }
            parsed.add_range(range.clone(), &holes.top[from..next], number, None);
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
                parsed.add_range(piece.clone(), &nested[from..next], paragraph, Some(parent));
            }
        }
        parsed.find_mentions();
        parsed
    }

    /// Tokenizes a range and cuts it into sentences. `holes`: the quotes in it. `inside`: the span whose words they
    /// are.
    fn add_range(
        &mut self,
        range: Range<usize>,
        holes: &[QuoteRange],
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
            self.sentences.push(Sentence { tokens, paragraph, enclosing_span: inside });
        }
    }

    /// Finds the mentions of all sentences and joins their names into entities.
    fn find_mentions(&mut self) {
        for (number, sentence) in self.sentences.iter().enumerate() {
            let range = skip_dateline(self.text, &self.tokens, sentence);
            find_phrases(self.text, &self.tokens, range, number, &mut self.mentions);
        }
        self.mention_at = vec![NO_MENTION; self.tokens.len()];
        for (i, mention) in self.mentions.iter().enumerate() {
            // A phrase is listed after the owner inside it, and so overwrites it.
            let id = u32::try_from(i).unwrap_or(NO_MENTION);
            self.mention_at[mention.tokens.clone()].fill(id);
        }
        self.entities = join_names(self.text, &self.tokens, &self.mentions, &self.sentences);
    }

    /// The mention that a token is part of.
    pub(super) fn mention(&self, token: usize) -> Option<usize> {
        let id = *self.mention_at.get(token)?;
        (id != NO_MENTION).then_some(id as usize)
    }

    /// The mention that a token begins.
    pub(super) fn mention_starting_at(&self, token: usize) -> Option<usize> {
        self.mention(token).filter(|&m| self.mentions[m].tokens.start == token)
    }

    /// The owner inside a phrase, which is listed right before it: “Lee” before “Lee's words”.
    pub(super) fn owner_of(&self, phrase: usize) -> Option<usize> {
        let start = self.mentions[phrase].tokens.start;
        phrase.checked_sub(1).filter(|&owner| {
            let owner = &self.mentions[owner];
            owner.is_possessor && owner.tokens.start >= start
        })
    }

    /// True for a mention that could be a speaker: not a day, and more than a lone determiner.
    pub(super) fn can_speak(&self, mention: usize) -> bool {
        let mention = &self.mentions[mention];
        match mention.kind {
            MentionKind::Day => false,
            MentionKind::Name | MentionKind::Pronoun => true,
            MentionKind::NounPhrase => {
                // “29” is nobody, “the 46-year-old” is.
                let figure = |t: &Token| {
                    let word = self.text.get(t.range()).unwrap_or("");
                    t.is(NUMBER) && !word.contains(char::is_alphabetic)
                };
                let mut tokens = self.tokens[mention.tokens.clone()].iter();
                tokens.any(|t| t.is_word() && (!t.is(DETERMINER) && !figure(t) || t.is(PEOPLE)))
            }
        }
    }

    /// True if any token of the mention has the class.
    pub(super) fn mention_has(&self, mention: usize, class: WordClass) -> bool {
        self.tokens[self.mentions[mention].tokens.clone()].iter().any(|t| t.is(class))
    }

    /// True if the last token of the mention, the head of the phrase, has the class.
    pub(super) fn head_has(&self, mention: usize, class: WordClass) -> bool {
        let end = self.mentions[mention].tokens.end;
        self.tokens[..end].last().is_some_and(|t| t.is(class))
    }

    /// The text of a range of tokens.
    pub(super) fn text_of(&self, tokens: &Range<usize>) -> &'a str {
        let (Some(first), Some(last)) = (
            self.tokens.get(tokens.start),
            tokens.end.checked_sub(1).and_then(|i| self.tokens.get(i)),
        ) else {
            return "";
        };
        self.text.get(first.start..last.end).unwrap_or("")
    }

    /// The byte range of a non-empty range of tokens.
    pub(super) fn byte_range(&self, tokens: &Range<usize>) -> Range<usize> {
        let start = self.tokens[tokens.start].start;
        start..self.tokens[tokens.end - 1].end.max(start)
    }
}

/// The quotes that become single tokens.
#[derive(Default)]
struct QuoteHoles {
    /// Outside all other quotes, sorted by position.
    top: Vec<QuoteRange>,
    /// By the span in which they are nested.
    nested: Vec<(usize, Vec<QuoteRange>)>,
}

/// Groups the quotes that become tokens by the nearest enclosing span that does so too.
fn find_holes(spans: &[QuotedSpan], plain: &[bool]) -> QuoteHoles {
    let mut holes = QuoteHoles::default();
    let mut slot = vec![usize::MAX; spans.len()];
    for (i, span) in spans.iter().enumerate() {
        if plain[i] {
            continue;
        }
        let mut parent = span.parent;
        // A plain span is no token, so its children belong to the next one out.
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
        list.extend(span.outers.iter().map(|at| QuoteRange { at: at.clone(), span: i }));
    }
    holes.top.sort_by_key(|hole| hole.at.start);
    holes
}

/// The tokens of a sentence without its dateline (`MOSCOW (AFP) —`), which names no speaker.
fn skip_dateline(text: &str, tokens: &[Token], sentence: &Sentence) -> Range<usize> {
    let range = sentence.tokens.clone();
    let capital = |t: &Token| t.is_word() && t.is(CAPITAL);
    if !tokens[range.clone()].first().is_some_and(capital) {
        return range;
    }
    // No dateline is longer than this.
    let limit = range.end.min(range.start + 14);
    for i in range.start + 1..limit {
        if tokens[i].is_punctuation('—') {
            let head = &tokens[range.start..i];
            let place = head.iter().all(|t| !t.is_quote() && !t.is(ANY_VERB) && !t.is(LOWER));
            // “Lee — a coach — said” begins with a name; a dateline has a word in capitals, brackets or a number.
            let marked = head.iter().any(|t| {
                t.is_punctuation(')')
                    || t.is(NUMBER)
                    || t.is_word() && text.get(t.range()).is_some_and(is_all_caps)
            });
            let place = place && marked;
            return if place { i + 1..range.end } else { range };
        }
    }
    range
}

/// True for two letters or more, none of them lower-case.
fn is_all_caps(word: &str) -> bool {
    word.chars().filter(|c| c.is_alphabetic()).nth(1).is_some()
        && !word.chars().any(char::is_lowercase)
}

// Mentions and their parts: owner, title, name.

/// The kind of a mention.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum MentionKind {
    /// Ends in a name.
    Name,
    /// Ends in a common noun.
    NounPhrase,
    Pronoun,
    /// A day, month or hour: never a speaker.
    Day,
}

/// A phrase that can name somebody. All ranges are token indexes.
#[derive(Debug, Clone)]
pub(super) struct Mention {
    pub(super) tokens: Range<usize>,
    pub(super) kind: MentionKind,
    /// The name without its title; the whole phrase for a nominal or pronoun.
    pub(super) name: Range<usize>,
    /// Office or rank before the name; may be empty.
    pub(super) title: Range<usize>,
    /// Index into `ParsedText::sentences`.
    pub(super) sentence: usize,
    /// True for a possessive that only owns what follows: “Lee” in “Lee's aide”.
    pub(super) is_possessor: bool,
}

impl Mention {
    /// A mention without a title.
    pub(super) fn new(tokens: Range<usize>, kind: MentionKind, sentence: usize) -> Self {
        Self {
            name: tokens.clone(),
            title: tokens.start..tokens.start,
            tokens,
            kind,
            sentence,
            is_possessor: false,
        }
    }
}
