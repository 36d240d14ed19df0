//! A text parsed for attribution: its tokens, sentences, and mentions (phrases that can name somebody). Applies no
//! attribution rules.

use std::ops::Range;

use crate::quotes::lexicon::{
    ADVERB, ANY_VERB, AUXILIARY, BASE, BE, BOTH, CAPITAL, CONJUNCTION, CUE_NOUN, DAY, DETERMINER,
    FEMALE, FINITE, FUNCTION, ING, JOINER, LOWER, MALE, NUMBER, OFFICE, ORGANISATION, PARTICLE,
    PAST, PEOPLE, POSSESSIVE, PREPOSITION, PRONOUN, RELATIVE, ROLE, SAY, SPEAKING, SUBORDINATOR,
    SUFFIX, TITLE, TO, VERBAL, WordClass,
};
use crate::quotes::names::{Entities, join_names};
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
        self.entities = join_names(self.text, &self.tokens, &self.mentions);
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
            MentionKind::NounPhrase => self.tokens[mention.tokens.clone()]
                .iter()
                .any(|t| t.is_word() && (!t.is(DETERMINER) || t.is(PEOPLE))),
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
    fn new(tokens: Range<usize>, kind: MentionKind, sentence: usize) -> Self {
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

/// True for a capitalised word that could be part of a name.
pub(super) fn is_name_part(token: &Token) -> bool {
    token.is(CAPITAL) && !token.is(FUNCTION | DETERMINER)
}

/// Adds the mention of a phrase, after that of the owner inside it. `number`: the sentence.
pub(super) fn push_phrase(
    tokens: &[Token],
    range: Range<usize>,
    number: usize,
    out: &mut Vec<Mention>,
) {
    let mut range = range;
    let mut owned = false;
    if tokens[range.end - 1].is(POSSESSIVE) {
        range.end -= 1;
        owned = true;
    }
    if range.is_empty() {
        return;
    }
    let phrase = &tokens[range.clone()];
    // The owner inside the phrase: the words before the last possessive.
    if let Some(mark) = phrase.iter().rposition(|t| t.is(POSSESSIVE))
        && mark > 0
    {
        let owner = parse_name(tokens, range.start..range.start + mark, number);
        if owner.kind == MentionKind::Name {
            out.push(Mention { is_possessor: true, ..owner });
        }
    }
    // A lone “the” or “that” names nobody; a lone “both” or “several” does.
    if phrase.iter().all(|t| t.is(DETERMINER)) && phrase.len() == 1 && !phrase[0].is(PEOPLE) {
        return;
    }
    let mut mention = parse_name(tokens, range, number);
    mention.is_possessor = owned;
    out.push(mention);
}

/// Makes a mention of a phrase: a name if it ends in one, with the title before it split off, or else a nominal.
fn parse_name(tokens: &[Token], range: Range<usize>, number: usize) -> Mention {
    let part = |t: &Token| t.is(CAPITAL | SUFFIX | NUMBER) && !t.is(DETERMINER);
    if !part(&tokens[range.end - 1]) || !tokens[range.clone()].iter().any(is_name_part) {
        return Mention::new(range, MentionKind::NounPhrase, number);
    }
    // Go back from the last word over capitals, and over particles between capitals (“Rui de Sousa”).
    let mut start = range.end - 1;
    while start > range.start {
        let before = &tokens[start - 1];
        let small = before.is(PARTICLE | PREPOSITION)
            && start - 1 > range.start
            && is_name_part(&tokens[start - 2]);
        if part(before) || small || before.is(CAPITAL) && start - 1 > range.start {
            start -= 1;
        } else {
            break;
        }
    }
    // “Queen Elizabeth University”: what looks like a title is part of an organisation's name.
    let last_is_body = tokens[range.end - 1].is(ORGANISATION) && range.end - start > 1;
    let title_end = if last_is_body {
        None
    } else {
        (start..range.end - 1).rev().find_map(|k| {
            let token = &tokens[k];
            if !token.is(ROLE | TITLE) || token.is(MALE | FEMALE) {
                return None;
            }
            // “Secretary of State Lee”: the title extends past the preposition.
            let office = tokens[k + 1].is(PREPOSITION);
            let end = if office { k + 3 } else { k + 1 };
            (end < range.end).then_some(end)
        })
    };
    // “the Kremlin” keeps its article, “the Portuguese President Rui Alves” loses it.
    let determined = tokens[range.start].is(DETERMINER);
    let name_start = title_end.unwrap_or(if determined && start == range.start + 1 {
        range.start
    } else {
        start
    });
    let title_start = range.start + usize::from(determined && name_start > range.start);
    Mention {
        tokens: range.clone(),
        kind: MentionKind::Name,
        name: name_start..range.end,
        title: title_start..name_start.max(title_start),
        sentence: number,
        is_possessor: false,
    }
}

// Cutting sentences into mentions: names, noun phrases, pronouns.

/// The longest phrase, in tokens.
const MAX_PHRASE_TOKENS: usize = 24;

/// Words that end a name in a headline where every word is capitalised.
const NOT_IN_NAMES: WordClass = ANY_VERB.or(FUNCTION);

/// True for a headline in title case, where capitals do not mark names.
fn is_title_case(tokens: &[Token]) -> bool {
    let count = |class| tokens.iter().filter(|t| t.is_word() && t.is(class)).count();
    let large = count(CAPITAL);
    tokens.len() <= 40 && large >= 5 && large > 3 * count(LOWER)
}

/// Adds the mentions of one sentence to `out`, in order; an owner comes right before the phrase that contains it.
pub(super) fn find_phrases(
    text: &str,
    tokens: &[Token],
    sentence: Range<usize>,
    number: usize,
    out: &mut Vec<Mention>,
) {
    let mut i = sentence.start;
    let shouted = is_title_case(&tokens[sentence.clone()]);
    while i < sentence.end {
        let end = push_phrases_at(text, tokens, i, &sentence, (number, shouted), out);
        i = end.max(i + 1);
    }
}

/// Adds the mentions of a phrase that begins at token `i`, if any, and returns where it ends.
fn push_phrases_at(
    text: &str,
    tokens: &[Token],
    i: usize,
    sentence: &Range<usize>,
    (number, shouted): (usize, bool),
    out: &mut Vec<Mention>,
) -> usize {
    let token = &tokens[i];
    let next = tokens[..sentence.end].get(i + 1);
    if !token.is_word() {
        return i;
    }
    let simple = |end: usize, kind: MentionKind| Mention::new(i..end, kind, number);
    // April and June are first names as well.
    if token.is(DAY) && !(token.is(MALE | FEMALE) && next.is_some_and(is_name_part)) {
        let mut end = i + 1;
        while end < sentence.end && tokens[end].is(DAY | NUMBER) {
            end += 1;
        }
        out.push(simple(end, MentionKind::Day));
        return end;
    }
    if token.is(PRONOUN) {
        // “his boat”: the pronoun is the owner of a phrase.
        let possessive =
            token.is(DETERMINER) && next.is_some_and(|n| is_noun_like(n) && n.is_word());
        if !possessive {
            out.push(simple(i + 1, MentionKind::Pronoun));
            return i + 1;
        }
        out.push(Mention { is_possessor: true, ..simple(i + 1, MentionKind::Pronoun) });
    } else if !starts_phrase(text, tokens, i, sentence) {
        return i;
    }
    let end = phrase_end(text, tokens, i, sentence, shouted);
    if end > i {
        push_phrase(tokens, i..end, number, out);
    }
    end
}

/// True for a word that may continue a noun phrase.
fn is_noun_like(token: &Token) -> bool {
    token.is_word() && !token.is(FUNCTION | POSSESSIVE)
}

/// True if a noun phrase begins at token `i`. The word lists are incomplete by nature, so a word in none of them is
/// taken for a noun unless its neighbours make it a verb.
fn starts_phrase(text: &str, tokens: &[Token], i: usize, sentence: &Range<usize>) -> bool {
    let token = &tokens[i];
    let first = i == sentence.start || tokens[i - 1].is_quote();
    let next_name = tokens[..sentence.end].get(i + 1).is_some_and(is_name_part);
    if token.is(CAPITAL)
        && !first
        && !token.is(DETERMINER | PREPOSITION | RELATIVE | CONJUNCTION | SUBORDINATOR)
    {
        return !token.is(AUXILIARY | ADVERB) || next_name;
    }
    if token.is(RELATIVE | POSSESSIVE) {
        return false;
    }
    if token.is(DETERMINER) {
        return true;
    }
    if token.is(FUNCTION) {
        return token.is(MALE | FEMALE) && next_name;
    }
    if token.is(CUE_NOUN) && i > sentence.start {
        let before = &tokens[i - 1];
        if before.is(PREPOSITION) && !before.is(TO) {
            // “in remarks to”
            return true;
        }
    }
    if token.is(ANY_VERB) && !token.is(SPEAKING) {
        return token.is(MALE | FEMALE | TITLE) && next_name;
    }
    if first && token.is(VERBAL) {
        // At the head of a sentence: “Asked about it” is a participle, “Sterling said” a name.
        let verb_next = tokens[..sentence.end].get(i + 1).is_some_and(|n| n.is(FINITE));
        return next_name || verb_next || token.is(MALE | FEMALE);
    }
    let participle = token.is(VERBAL) && token.is(LOWER) && !token.is(ADVERB);
    if participle
        && i > sentence.start
        && tokens[i - 1].is_word()
        && !tokens[i - 1].is(FUNCTION | ANY_VERB)
        && text.get(token.range()).is_some_and(|w| w.ends_with("ed"))
        && (is_name_part(&tokens[i - 1])
            || tokens[..sentence.end]
                .get(i + 1)
                .is_none_or(|n| n.is(PREPOSITION | DETERMINER | PRONOUN) || !n.is_word()))
    {
        // “protesters marched through”, “a letter obtained by”: a verb form.
        return false;
    }
    if token.is(LOWER) && i > sentence.start {
        // “had also panned”, “they pan”: a verb, even if in no list.
        let verb = AUXILIARY | PRONOUN | TO;
        let before = &tokens[i - 1];
        let back =
            if before.is(ADVERB) && i > sentence.start + 1 { &tokens[i - 2] } else { before };
        if back.is(verb) && !back.is(BE | TO)
            || back.is(BE) && token.is(VERBAL)
            || back.is(TO) && token.is(BASE)
        {
            return false;
        }
    }
    true
}

/// The end of the phrase that begins at token `i`. `shouted`: a headline in title case.
fn phrase_end(
    text: &str,
    tokens: &[Token],
    i: usize,
    sentence: &Range<usize>,
    shouted: bool,
) -> usize {
    let limit = sentence.end.min(i + MAX_PHRASE_TOKENS);
    // Right after a verb form the phrase is an object: “holding signs”. Not after “said”, whose subject may follow.
    let object = i > sentence.start && {
        let b = &tokens[i - 1];
        b.is(ING) && !b.is(SAY) || b.is(VERBAL) && !b.is(ANY_VERB)
    };
    // Whether the phrase has a noun yet: before it, a verb form is an adjective.
    let mut noun = false;
    let mut j = i;
    while j < limit {
        let token = &tokens[j];
        if !token.is_word() {
            break;
        }
        let next = tokens[..sentence.end].get(j + 1);
        let before = (j > i).then(|| &tokens[j - 1]);
        // In title case, only the word lists can tell where a name ends.
        if shouted && j > i && token.is(NOT_IN_NAMES) && !token.is(MALE | FEMALE) {
            break;
        }
        if token.is(POSSESSIVE) {
            noun = false;
            j += 1;
            continue;
        }
        if j > i && token.is(DAY) {
            break;
        }
        if token.is(DETERMINER) {
            if before.is_none_or(|b| b.is(DETERMINER)) && !noun {
                j += 1;
                continue;
            }
            break;
        }
        if let Some(before) = before.filter(|_| token.is(FUNCTION)) {
            if !continues_phrase(token, before, next, noun) {
                break;
            }
            j += 1;
            continue;
        }
        if token.is(NUMBER) && noun && !before.is_some_and(is_name_part) {
            break;
        }
        if is_verb_after_phrase(
            token,
            before,
            next,
            noun,
            j == sentence.start,
            (before.is_some_and(|b| is_plural(text, b)), object),
        ) {
            break;
        }
        noun = true;
        j += 1;
    }
    j
}

/// True for a function word inside a phrase: “von” or “of” in a name, “very” before a noun.
fn continues_phrase(token: &Token, before: &Token, next: Option<&Token>, noun: bool) -> bool {
    let next_name = next.is_some_and(is_name_part);
    let name_before = is_name_part(before);
    // “Secretary of State”.
    let office = || before.is(ROLE) && next.is_some_and(|n| n.is(OFFICE));
    // “Ministry of Defence”.
    let of_body = || name_before && before.is(ORGANISATION) && !before.is(ROLE) || office();
    let other = PREPOSITION | PRONOUN | RELATIVE | CONJUNCTION | SUBORDINATOR;
    let particle = token.is(PARTICLE) && name_before;
    let joined = token.is(PREPOSITION) && token.is(JOINER) && of_body();
    let capital = token.is(CAPITAL) && name_before && !token.is(other);
    // “the very old coach”.
    let lead = token.is(ADVERB) && !noun && before.is(DETERMINER | POSSESSIVE);
    next_name && (particle || joined || capital) || lead
}

// Telling the verb after a phrase from a part of it.

/// True if a word is the verb after a phrase rather than part of it.
///
/// `noun`: the phrase has a noun already. `first`: the word begins the sentence. `plural`: the word before it is a
/// plural. `object`: the phrase is the object of a verb.
pub(super) fn is_verb_after_phrase(
    token: &Token,
    before: Option<&Token>,
    next: Option<&Token>,
    noun: bool,
    first: bool,
    (plural, object): (bool, bool),
) -> bool {
    if token.is(CAPITAL) && !first {
        return false;
    }
    if token.is(ANY_VERB) {
        let Some(before) = before else {
            return false;
        };
        if !noun && before.is(PEOPLE) && !token.is(BASE) {
            // “Some chanted”.
            return true;
        }
        if !noun {
            // “the report”, “his stated aim”, “her calling”.
            return false;
        }
        // “his home state”: after a singular noun the base form is not a verb.
        let singular = before.is(LOWER) && !before.is(PEOPLE | POSSESSIVE) && !plural;
        if token.is(BOTH) && token.is(BASE) && !token.is(PAST) && singular {
            return false;
        }
        // “holding blue signs”: an object is not followed by another verb.
        if token.is(BOTH) && token.is(FINITE) && !token.is(PAST) && object {
            return false;
        }
        let a_noun = token.is(SPEAKING | CUE_NOUN)
            && token.is(BASE)
            && !before.is(PEOPLE)
            && !next.is_some_and(|n| n.is(DETERMINER | PRONOUN) || n.is_quote());
        return !a_noun;
    }
    noun && !token.is(SPEAKING | CUE_NOUN) && looks_like_verb(token, before, next)
}

/// True for a word with the ending of a plural.
pub(super) fn is_plural(text: &str, token: &Token) -> bool {
    text.get(token.range()).is_some_and(|word| word.ends_with('s') && !word.ends_with("ss"))
}

/// Recognises verbs in no word list by their neighbours: “Lee panned the plan”.
fn looks_like_verb(token: &Token, before: Option<&Token>, next: Option<&Token>) -> bool {
    let before_name = before.is_some_and(is_name_part);
    // A determiner, pronoun or quote after the word is its object.
    let object = next.is_some_and(|n| n.is(DETERMINER | PRONOUN) || n.is_quote());
    let verbal = token.is(VERBAL) && !token.is(ADVERB);
    token.is(LOWER)
        && (before_name && (verbal || object)
            || verbal && before.is_some_and(|b| b.is(PEOPLE | ORGANISATION | ROLE)))
}

#[cfg(test)]
mod tests {
    use super::{MentionKind, find_phrases};
    use crate::quotes::names;
    use crate::quotes::tokens::tokenize;

    /// Checks the mentions of a sentence, possessors aside: ⟨ ⟩ encloses each.
    fn check(marked: &str) {
        let text = marked.replace(['⟨', '⟩'], "");
        let mut all = Vec::new();
        tokenize(&text, 0..text.len(), &[], &mut all);
        let mut mentions = Vec::new();
        find_phrases(&text, &all, 0..all.len(), 0, &mut mentions);
        let mut shown = text.clone();
        for mention in mentions.iter().rev().filter(|m| !m.is_possessor) {
            shown.insert(all[mention.tokens.end - 1].end, '⟩');
            shown.insert(all[mention.tokens.start].start, '⟨');
        }
        assert_eq!(shown, marked);
    }

    /// Checks the entities of a text: the names of each, joined by `=`.
    fn check_names(text: &str, expected: &[&str]) {
        let mut all = Vec::new();
        tokenize(text, 0..text.len(), &[], &mut all);
        let mut mentions = Vec::new();
        find_phrases(text, &all, 0..all.len(), 0, &mut mentions);
        let names = names::join_names(text, &all, &mentions);
        let words = |tokens: &std::ops::Range<usize>| {
            &text[all[tokens.start].start..all[tokens.end - 1].end]
        };
        let found: Vec<String> = (0..names.list.len())
            .map(|entity| {
                let same = mentions
                    .iter()
                    .zip(&names.of_mention)
                    .filter(|(m, of)| **of == Some(entity) && m.kind == MentionKind::Name);
                let same: Vec<&str> = same.map(|(m, _)| words(&m.name)).collect();
                same.join(" = ")
            })
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn titles_and_names_are_one_phrase() {
        check("⟨Mayor Ann Lee⟩ met ⟨the old coach⟩ in ⟨Leeds⟩.");
        check("⟨He⟩ told ⟨reporters⟩ that ⟨the club⟩ would act.");
    }

    #[test]
    fn a_phrase_ends_where_its_verb_begins() {
        check("⟨Lee⟩ panned ⟨the plan⟩.");
        check("⟨The protesters⟩ marched through ⟨town⟩ holding ⟨blue signs⟩.");
        check("⟨She⟩ left ⟨her home state⟩ in ⟨May⟩.");
    }

    #[test]
    fn the_names_of_one_person_are_joined() {
        check_names(
            "Ann Lee met Carl Holm before Lee left with Mr. Holm.",
            &["Ann Lee = Lee", "Carl Holm = Holm"],
        );
        check_names(
            "Marius Tench spoke. TENCH left. TENCH came.",
            &["Marius Tench = TENCH = TENCH"],
        );
    }
}
