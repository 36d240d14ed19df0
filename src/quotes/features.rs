//! Describes a mention near a quote, as a possible speaker, by features: what stands between the two, the words around
//! the mention, and which rules vote for it. Knows nothing of weights.
//!
//! A feature is a value in a family, such as `say` in “follows”, or a pair of values, such as `same-before` and `say` in
//! “place, follows”. Features are numbered one after the other, family by family.

use std::cell::Cell;
use std::ops::Range;

use crate::quotes::lexicon::{
    ACCORDING, ADVERB, ANY_VERB, AUXILIARY, BE, BY, CAPITAL, CONJUNCTION, CUE, DETERMINER,
    DOCUMENT, FIRST_PERSON, FUNCTION, HE, ING, IT, LOWER, NAMING, ORGANISATION, PAST, PEOPLE,
    POSSESSIVE, PREPOSITION, RELATIVE, ROLE, SAY, SHE, SPEAKING, SUBORDINATOR, TO, VERBAL,
};
use crate::quotes::mentions::{MentionKind, ParsedText, QuotePosition};
use crate::quotes::model::Certainty;
use crate::quotes::names::Gender;
use crate::quotes::tokens::TokenKind;
use crate::quotes::votes::{Rule, Vote, Votes};

/// A family of features: its name in the table of weights, and the names of the values on each of its axes.
pub(super) struct Family {
    pub(super) name: &'static str,
    pub(super) axes: &'static [&'static [&'static str]],
}

/// Where a mention is, seen from the quote: the sentence, the paragraph, and whether it comes before or after.
const PLACES: &[&str] = &[
    "same-before",
    "same-after",
    "paragraph-before",
    "paragraph-after",
    "one-paragraph-before",
    "two-paragraphs-before",
    "earlier",
    "later",
];
const KINDS: &[&str] = &[
    "person",
    "body",
    "name",
    "he-or-she",
    "it",
    "they",
    "role",
    "people",
    "organisation",
    "document",
    "noun",
];
const SORTS: &[&str] = &["name", "pronoun", "noun"];
const FOLLOWS: &[&str] = &[
    "say",
    "saying",
    "naming",
    "passive",
    "verb",
    "participle",
    "comma",
    "colon",
    "relative",
    "quote",
    "end",
    "other",
];
const BEFORE: &[&str] = &[
    "start",
    "quote",
    "say",
    "according-to",
    "to",
    "by",
    "preposition",
    "comma",
    "conjunction",
    "subordinator",
    "verb",
    "other",
];
const AFTER_SAY: &[&str] =
    &["quote", "comma", "colon", "that", "pronoun", "preposition", "end", "other"];
const COUNTS: &[&str] = &["0", "1", "2", "3+"];
const DISTANCES: &[&str] = &["0", "1", "2-3", "4-7", "8-15", "16+"];
const YES: &[&str] = &["yes"];
const YES_NO: &[&str] = &["no", "yes"];
const LENGTHS: &[&str] = &["1", "2", "3-6", "7+"];
const LAST_MARKS: &[&str] = &["none", "comma", "stop"];
const BEFORE_QUOTE: &[&str] = &[
    "start",
    "comma",
    "colon",
    "that",
    "reporting-word",
    "determiner",
    "preposition",
    "verb",
    "quote",
    "other",
];
const AFTER_QUOTE: &[&str] =
    &["end", "comma", "noun", "function-word", "capital", "quote", "other"];
const CAPITALS: &[&str] = &["lower", "first", "all"];
const TENTHS: &[&str] = &["0.0", "0.1", "0.2", "0.3", "0.4", "0.5", "0.6", "0.7", "0.8", "0.9"];
const SOURCES: &[&str] = &["nobody", "possessive", "subject", "distant-cue", "adjacent-cue"];
const CERTAINTIES: &[&str] = &["likely", "sure"];
/// The index of a value on an axis, found at compile time.
const fn index_of(axis: &[&str], value: &str) -> usize {
    let mut i = 0;
    // A value that is not there is an index out of bounds, and so does not compile.
    while !is_equal(axis[i].as_bytes(), value.as_bytes()) {
        i += 1;
    }
    i
}

const fn is_equal(a: &[u8], b: &[u8]) -> bool {
    let mut i = 0;
    while i < a.len() && i < b.len() && a[i] == b[i] {
        i += 1;
    }
    i == a.len() && i == b.len()
}

/// The index of a value on an axis.
macro_rules! at {
    ($axis:ident, $value:literal) => {
        const { index_of($axis, $value) }
    };
}

macro_rules! families {
    ($($id:ident = $name:literal, [$($axis:expr),+];)+) => {
        /// All families, in the order of their numbers.
        pub(super) const FAMILIES: &[Family] = &[$(Family { name: $name, axes: &[$($axis),+] }),+];
        families!(@ids 0usize; $($id,)+);
    };
    (@ids $n:expr; $id:ident, $($rest:tt)*) => {
        const $id: usize = $n;
        families!(@ids $n + 1usize; $($rest)*);
    };
    (@ids $n:expr;) => {};
}

families! {
    KIND = "kind", [KINDS];
    PLACE_SORT = "place, sort", [PLACES, SORTS];
    PLACE_QUOTES = "place, quotes between", [PLACES, COUNTS];
    PLACE_DISTANCE = "place, words between", [PLACES, DISTANCES];
    PLACE_CUES = "place, reporting words between", [PLACES, COUNTS];
    PLACE_OTHERS = "place, mentions between", [PLACES, COUNTS];
    FOLLOW_PLACE = "follows, place", [FOLLOWS, PLACES];
    FOLLOW_SORT = "follows, sort", [FOLLOWS, SORTS];
    BEFORE_PLACE = "before, place", [BEFORE, PLACES];
    BEFORE_FOLLOW = "before, follows", [BEFORE, FOLLOWS];
    APPOSITION = "apposition, then a reporting word", [PLACES];
    AFTER = "after its reporting word", [AFTER_SAY, YES_NO];
    OWNER = "owner", [SORTS];
    FIRST_SAY = "first reporting word of the sentence", [YES];
    THAT = "that or who between", [YES_NO, YES_NO];
    SPOKE_LAST = "spoke last, place", [PLACES];
    MENTIONED = "mentioned, place", [COUNTS, PLACES];
    RULE = "rule, certainty", [Rule::NAMES, CERTAINTIES];
    CHOSEN = "chosen by the rules, certainty", [Rule::NAMES, CERTAINTIES];
    CHOSEN_PLACE = "chosen by the rules, follows, place", [FOLLOWS, PLACES];
    NOBODY = "nobody, rules", [&["silent", "likely", "sure"]];
    NOBODY_LENGTH = "nobody, words, last mark", [LENGTHS, LAST_MARKS];
    NOBODY_BEFORE = "nobody, words, before the quote", [LENGTHS, BEFORE_QUOTE];
    NOBODY_AFTER = "nobody, words, after the quote", [LENGTHS, AFTER_QUOTE];
    NOBODY_CASE = "nobody, words, capitals", [LENGTHS, CAPITALS];
    NOBODY_MARKS = "nobody, marks", [&["double", "single"]];
    NOBODY_PROBABILITY = "nobody, probability", [TENTHS];
    FORM = "form, source", [&["statement", "term"], SOURCES];
    PART = "part", [&["headline", "body"]];
}

/// How many features a family has.
const fn size(family: &Family) -> usize {
    let mut size = 1;
    let mut axis = 0;
    while axis < family.axes.len() {
        size *= family.axes[axis].len();
        axis += 1;
    }
    size
}

/// The number of the first feature of each family.
const FIRST: [usize; FAMILIES.len()] = {
    let mut first = [0; FAMILIES.len()];
    let mut family = 1;
    while family < FAMILIES.len() {
        first[family] = first[family - 1] + size(&FAMILIES[family - 1]);
        family += 1;
    }
    first
};

/// How many features there are.
pub(super) const FEATURES: usize = FIRST[FAMILIES.len() - 1] + size(&FAMILIES[FAMILIES.len() - 1]);

/// The family of a feature, and its name in the table of weights: `follows, place: say, same-before`.
pub(super) fn feature_name(feature: usize) -> String {
    let family = FIRST.partition_point(|&first| first <= feature) - 1;
    let mut rest = feature - FIRST[family];
    let mut values = Vec::new();
    for axis in FAMILIES[family].axes.iter().rev() {
        values.push(axis[rest % axis.len()]);
        rest /= axis.len();
    }
    values.reverse();
    format!("{}: {}", FAMILIES[family].name, values.join(", "))
}

/// What most speaks for a mention that no rule found, as a sentence for the reader. `weight` is that of a feature.
pub(super) fn reason(features: &Features, weight: impl Fn(u16) -> i32) -> &'static str {
    let told = features.ids().iter().filter_map(|&feature| Some((weight(feature), told(feature)?)));
    match told.max_by_key(|(weight, _)| *weight) {
        Some((1.., reason)) => reason,
        _ => "nobody else nearby fits as well",
    }
}

/// A feature as a sentence; `None` for one that says nothing by itself.
fn told(feature: u16) -> Option<&'static str> {
    let feature = usize::from(feature);
    let family = FIRST.partition_point(|&first| first <= feature) - 1;
    let axes = FAMILIES[family].axes;
    let value = (feature - FIRST[family]) / axes.get(1).map_or(1, |axis| axis.len());
    Some(match family {
        FOLLOW_PLACE | FOLLOW_SORT if value <= at!(FOLLOWS, "naming") => {
            "a reporting word follows this name nearby"
        }
        BEFORE_PLACE if value == at!(BEFORE, "say") => "a reporting word comes before this name",
        BEFORE_PLACE if value == at!(BEFORE, "according-to") => "“according to” comes before it",
        APPOSITION => "a reporting word follows what is said of this name",
        FIRST_SAY => "the sentence begins with this speaker's report",
        SPOKE_LAST => "this speaker is quoted just before",
        MENTIONED => "the dispatch is much about this speaker",
        PLACE_SORT | PLACE_DISTANCE | PLACE_OTHERS | PLACE_QUOTES => "nobody nearer fits",
        _ => return None,
    })
}

/// The largest number of features of one mention.
const MAX_FEATURES: usize = 44;

/// The features of a mention, each at most once.
#[derive(Clone, Copy)]
pub(super) struct Features {
    ids: [u16; MAX_FEATURES],
    length: usize,
}

impl Features {
    fn new() -> Self {
        Self { ids: [0; MAX_FEATURES], length: 0 }
    }

    /// The numbers of the features.
    pub(super) fn ids(&self) -> &[u16] {
        &self.ids[..self.length]
    }

    /// Adds a feature of a family, unless there is no more room.
    fn add(&mut self, family: usize, values: &[usize]) {
        let mut at = 0;
        for (value, axis) in values.iter().zip(FAMILIES[family].axes) {
            at = at * axis.len() + (*value).min(axis.len() - 1);
        }
        if let Some(id) = self.ids.get_mut(self.length)
            && let Ok(number) = u16::try_from(FIRST[family] + at)
        {
            *id = number;
            self.length += 1;
        }
    }
}

/// The features by which a statement is told from a term: those of nobody and of the chosen speaker, if there is one.
#[derive(Clone, Copy)]
pub(super) struct Evidence {
    pub(super) nobody: Features,
    pub(super) speaker: Option<Features>,
    /// The probability of nobody, from 0 to 1.
    pub(super) probability: f64,
}

impl Evidence {
    /// All features. `is_term`: the words have the form of a term; `source`: an index into [`SOURCES`].
    pub(super) fn features(&self, is_term: bool, source: usize, headline: bool) -> Vec<u16> {
        let mut own = Features::new();
        let tenth =
            (0..TENTHS.len() - 1).take_while(|&i| self.probability >= TENTH_ENDS[i]).count();
        own.add(NOBODY_PROBABILITY, &[tenth]);
        own.add(FORM, &[usize::from(is_term), source]);
        own.add(PART, &[usize::from(!headline)]);
        let speaker = self.speaker.iter().flat_map(Features::ids);
        self.nobody.ids().iter().chain(speaker).chain(own.ids()).copied().collect()
    }
}

/// The ends of [`TENTHS`] but the last.
const TENTH_ENDS: [f64; 9] = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9];

/// What is found out once for a text, so that no quote has to.
pub(super) struct TextCache {
    /// The quotes before each token.
    quotes: Vec<u32>,
    /// The reporting words before each token.
    cues: Vec<u32>,
    /// By mention; `None` until it is asked for.
    surroundings: Vec<Cell<Option<Surroundings>>>,
}

/// A mention and the words around it, seen from no quote.
#[derive(Clone, Copy)]
struct Surroundings {
    /// Index into [`FOLLOWS`], and the token that it is about.
    follows: usize,
    cue: usize,
    /// Index into [`BEFORE`].
    precedes: usize,
    /// Index into [`KINDS`].
    kind: usize,
    /// True for “Lee, a coach from Leeds, said”.
    apposition: bool,
    /// False where nobody would look for a speaker, see [`QuoteView::is_possible_speaker`].
    possible: bool,
}

impl TextCache {
    pub(super) fn new(parsed: &ParsedText<'_>) -> Self {
        let (mut quotes, mut cues) = (0, 0);
        let mut counts = Self {
            quotes: Vec::with_capacity(parsed.tokens.len() + 1),
            cues: Vec::with_capacity(parsed.tokens.len() + 1),
            surroundings: vec![Cell::new(None); parsed.mentions.len()],
        };
        for token in &parsed.tokens {
            counts.quotes.push(quotes);
            counts.cues.push(cues);
            quotes += u32::from(token.is_quote());
            cues += u32::from(token.is(CUE));
        }
        counts.quotes.push(quotes);
        counts.cues.push(cues);
        counts
    }

    /// How many quotes are among these tokens.
    fn quotes(&self, tokens: &Range<usize>) -> usize {
        (self.quotes[tokens.end] - self.quotes[tokens.start]) as usize
    }

    /// How many reporting words are among these tokens.
    fn cues(&self, tokens: &Range<usize>) -> usize {
        (self.cues[tokens.end] - self.cues[tokens.start]) as usize
    }
}

/// A quote, and what its candidates are described by.
pub(super) struct QuoteView<'v, 'a> {
    pub(super) parsed: &'v ParsedText<'a>,
    pub(super) counts: &'v TextCache,
    pub(super) position: QuotePosition,
    /// The sentence in which the quote ends.
    pub(super) tail: usize,
    /// What the rules found, in their order; the first is their choice.
    pub(super) votes: &'v Votes,
    /// The mention that names the speaker of the quote before.
    pub(super) last: Option<usize>,
}

/// The shape of quoted words: indexes into [`LENGTHS`], [`LAST_MARKS`] and [`CAPITALS`].
struct QuoteShape {
    length: usize,
    last_mark: usize,
    capitals: usize,
    /// True for single quotation marks.
    single: bool,
}

impl QuoteView<'_, '_> {
    /// The features of a mention as a speaker of this quote. `between` counts the candidates between the two.
    pub(super) fn features(&self, mention: usize, between: usize) -> Features {
        let parsed = self.parsed;
        let found = &parsed.mentions[mention];
        let tokens = found.tokens.clone();
        let before = tokens.start < self.position.token;
        let place = self.place(mention, before);
        let sort = match found.kind {
            MentionKind::Name => 0,
            MentionKind::Pronoun => 1,
            _ => 2,
        };
        let gap = if before {
            tokens.end.min(self.position.token)..self.position.token
        } else {
            (self.position.last_token + 1).min(tokens.start)..tokens.start
        };
        let sentence = parsed.sentences[found.sentence].tokens.clone();
        let Surroundings { follows, cue, precedes, kind, apposition, .. } =
            self.surroundings(mention);
        let mut features = Features::new();
        features.add(KIND, &[kind]);
        features.add(PLACE_SORT, &[place, sort]);
        features.add(PLACE_QUOTES, &[place, self.counts.quotes(&gap)]);
        features.add(PLACE_DISTANCE, &[place, distance(gap.len())]);
        features.add(PLACE_CUES, &[place, self.counts.cues(&gap)]);
        features.add(PLACE_OTHERS, &[place, between]);
        features.add(FOLLOW_PLACE, &[follows, place]);
        features.add(FOLLOW_SORT, &[follows, sort]);
        features.add(BEFORE_PLACE, &[precedes, place]);
        features.add(BEFORE_FOLLOW, &[precedes, follows]);
        if apposition {
            features.add(APPOSITION, &[place]);
        }
        if follows == at!(FOLLOWS, "say") {
            features.add(AFTER, &[self.after_cue(cue + 1, sentence.end), usize::from(before)]);
        }
        if found.is_possessor {
            features.add(OWNER, &[sort]);
        }
        if place == at!(PLACES, "same-before") {
            let report = |i: usize| parsed.tokens[i].is(SAY) && parsed.mention(i).is_none();
            let first = follows == at!(FOLLOWS, "say")
                && self.counts.cues(&(sentence.start..tokens.start)) == 0;
            if first {
                features.add(FIRST_SAY, &[0]);
            }
            let near = gap.start..gap.end.min(gap.start + MAX_GAP);
            let that = near.clone().any(|i| parsed.tokens[i].is(RELATIVE) && !report(i));
            let who = near.clone().any(|i| parsed.tokens[i].is(SUBORDINATOR));
            features.add(THAT, &[usize::from(that), usize::from(who)]);
        }
        self.add_identity(mention, place, &mut features);
        self.add_votes(mention, place, follows, &mut features);
        features
    }

    /// The features of “nobody”.
    pub(super) fn features_of_nobody(&self) -> Features {
        let mut features = Features::new();
        let choice = self.votes.list.first().map_or(0, |vote| 1 + certainty(vote));
        features.add(NOBODY, &[choice]);
        let shape = self.shape();
        features.add(NOBODY_LENGTH, &[shape.length, shape.last_mark]);
        features.add(NOBODY_BEFORE, &[shape.length, self.before_quote()]);
        features.add(NOBODY_AFTER, &[shape.length, self.after_quote()]);
        features.add(NOBODY_CASE, &[shape.length, shape.capitals]);
        features.add(NOBODY_MARKS, &[usize::from(shape.single)]);
        features
    }

    /// The shape of the quoted words. Only the first few words are looked at, and the last.
    fn shape(&self) -> QuoteShape {
        let quoted = self.parsed.tokens[self.position.token].range();
        let quoted = self.parsed.text.get(quoted).unwrap_or("");
        let single = quoted.starts_with(['‘', '\'', '’', '`']);
        let mark = |c: char| "“”\"‘’'`«»„‚".contains(c) || c.is_whitespace();
        let words = quoted.trim_matches(mark);
        let first = words.split_whitespace().take(7);
        let length = match first.clone().count() {
            0 | 1 => 0,
            2 => 1,
            3..=6 => 2,
            _ => 3,
        };
        let last_mark = match words.chars().next_back() {
            Some(',') => 1,
            Some('.' | '!' | '?' | '…') => 2,
            _ => 0,
        };
        let capital =
            |word: &str| word.starts_with(|c: char| c.is_uppercase() || c.is_ascii_digit());
        let all = first.clone().all(|word| capital(word) || word.len() <= 3);
        let capitals = match words.chars().next() {
            Some(c) if !c.is_uppercase() => 0,
            _ if all => 2,
            _ => 1,
        };
        QuoteShape { length, last_mark, capitals, single }
    }

    /// What stands before the quote in its sentence: an index into [`BEFORE_QUOTE`].
    fn before_quote(&self) -> usize {
        let sentence = &self.parsed.sentences[self.position.sentence].tokens;
        let Some(i) = self.position.token.checked_sub(1).filter(|&i| i >= sentence.start) else {
            return at!(BEFORE_QUOTE, "start");
        };
        let token = &self.parsed.tokens[i];
        match token.kind {
            TokenKind::Punctuation(',') => at!(BEFORE_QUOTE, "comma"),
            TokenKind::Punctuation(':') => at!(BEFORE_QUOTE, "colon"),
            TokenKind::Quote(_) => at!(BEFORE_QUOTE, "quote"),
            TokenKind::Word if token.is(RELATIVE) => at!(BEFORE_QUOTE, "that"),
            TokenKind::Word if token.is(CUE) => at!(BEFORE_QUOTE, "reporting-word"),
            TokenKind::Word if token.is(DETERMINER | POSSESSIVE) => at!(BEFORE_QUOTE, "determiner"),
            TokenKind::Word if token.is(PREPOSITION | BY) => at!(BEFORE_QUOTE, "preposition"),
            TokenKind::Word if token.is(ANY_VERB | AUXILIARY | VERBAL) => at!(BEFORE_QUOTE, "verb"),
            TokenKind::Punctuation(_) | TokenKind::Word => at!(BEFORE_QUOTE, "other"),
        }
    }

    /// What stands after the quote in its sentence: an index into [`AFTER_QUOTE`].
    fn after_quote(&self) -> usize {
        let sentence = &self.parsed.sentences[self.tail].tokens;
        let i = self.position.last_token + 1;
        if i >= sentence.end {
            return at!(AFTER_QUOTE, "end");
        }
        let token = &self.parsed.tokens[i];
        match token.kind {
            TokenKind::Punctuation('.' | '?' | '!' | ';' | '(' | ')') => at!(AFTER_QUOTE, "end"),
            TokenKind::Punctuation(',') => at!(AFTER_QUOTE, "comma"),
            TokenKind::Quote(_) => at!(AFTER_QUOTE, "quote"),
            TokenKind::Word if token.is(FUNCTION | DETERMINER) => at!(AFTER_QUOTE, "function-word"),
            TokenKind::Word if token.is(CAPITAL) => at!(AFTER_QUOTE, "capital"),
            TokenKind::Word if token.is(LOWER) && !token.is(ANY_VERB) => at!(AFTER_QUOTE, "noun"),
            TokenKind::Punctuation(_) | TokenKind::Word => at!(AFTER_QUOTE, "other"),
        }
    }

    /// Index into [`PLACES`].
    fn place(&self, mention: usize, before: bool) -> usize {
        let sentences = &self.parsed.sentences;
        let here = self.parsed.mentions[mention].sentence;
        let own = if before { self.position.sentence } else { self.tail };
        if here == own {
            return usize::from(!before);
        }
        let (paragraph, other) = (sentences[own].paragraph, sentences[here].paragraph);
        match (before, paragraph.abs_diff(other)) {
            (true, 0) => at!(PLACES, "paragraph-before"),
            (false, 0) => at!(PLACES, "paragraph-after"),
            (true, 1) => at!(PLACES, "one-paragraph-before"),
            (true, 2) => at!(PLACES, "two-paragraphs-before"),
            (true, _) => at!(PLACES, "earlier"),
            (false, _) => at!(PLACES, "later"),
        }
    }

    /// Index into [`KINDS`].
    fn kind(&self, mention: usize) -> usize {
        let parsed = self.parsed;
        let first = |class| parsed.mention_has(mention, class);
        let head = |class| parsed.head_has(mention, class);
        match parsed.mentions[mention].kind {
            MentionKind::Name => match parsed.entities.of_mention[mention] {
                Some(entity) if parsed.entities.list[entity].is_person => at!(KINDS, "person"),
                Some(entity) if parsed.entities.list[entity].gender == Gender::It => {
                    at!(KINDS, "body")
                }
                _ => at!(KINDS, "name"),
            },
            MentionKind::Pronoun if first(HE) || first(SHE) => at!(KINDS, "he-or-she"),
            MentionKind::Pronoun if first(IT) => at!(KINDS, "it"),
            MentionKind::Pronoun if first(FIRST_PERSON) => at!(KINDS, "noun"),
            MentionKind::Pronoun => at!(KINDS, "they"),
            _ if head(ROLE) => at!(KINDS, "role"),
            _ if head(PEOPLE) => at!(KINDS, "people"),
            _ if head(ORGANISATION) => at!(KINDS, "organisation"),
            _ if head(DOCUMENT) => at!(KINDS, "document"),
            _ => at!(KINDS, "noun"),
        }
    }

    /// What follows a mention, adverbs and auxiliaries aside: an index into [`FOLLOWS`], and its token.
    fn follows(&self, from: usize, end: usize) -> (usize, usize) {
        let tokens = &self.parsed.tokens;
        let mut i = from;
        let limit = end.min(from + MAX_GAP);
        while i < limit
            && tokens[i].is(ADVERB | AUXILIARY)
            && !tokens[i].is(CUE)
            && self.parsed.mention(i).is_none()
        {
            i += 1;
        }
        if i >= end {
            return (at!(FOLLOWS, "end"), i);
        }
        let token = &tokens[i];
        let follows = match token.kind {
            TokenKind::Quote(_) => at!(FOLLOWS, "quote"),
            TokenKind::Punctuation(',') => at!(FOLLOWS, "comma"),
            TokenKind::Punctuation(':') => at!(FOLLOWS, "colon"),
            TokenKind::Punctuation('.' | '?' | '!' | ';') => at!(FOLLOWS, "end"),
            // “was called”, “has been told”: somebody else speaks.
            TokenKind::Word
                if token.is(SAY | NAMING)
                    && token.is(PAST)
                    && !token.is(ING)
                    && tokens[from..i].iter().any(|t| t.is(BE)) =>
            {
                at!(FOLLOWS, "passive")
            }
            TokenKind::Word if token.is(SAY | NAMING) && token.is(ING) => at!(FOLLOWS, "saying"),
            TokenKind::Word if token.is(SAY) => at!(FOLLOWS, "say"),
            TokenKind::Word if token.is(NAMING) => at!(FOLLOWS, "naming"),
            TokenKind::Word if token.is(RELATIVE) => at!(FOLLOWS, "relative"),
            TokenKind::Word if token.is(ANY_VERB) || i > from => at!(FOLLOWS, "verb"),
            TokenKind::Word if token.is(VERBAL) => at!(FOLLOWS, "participle"),
            TokenKind::Punctuation(_) | TokenKind::Word => at!(FOLLOWS, "other"),
        };
        (follows, i)
    }

    /// What comes before a mention: an index into [`BEFORE`].
    fn precedes(&self, start: usize, sentence: usize) -> usize {
        let tokens = &self.parsed.tokens;
        let Some(i) = start.checked_sub(1).filter(|&i| i >= sentence) else {
            return at!(BEFORE, "start");
        };
        let token = &tokens[i];
        match token.kind {
            TokenKind::Quote(_) => at!(BEFORE, "quote"),
            TokenKind::Punctuation(',' | '—' | '(') => at!(BEFORE, "comma"),
            TokenKind::Word if token.is(SAY) && self.parsed.mention(i).is_none() => {
                at!(BEFORE, "say")
            }
            TokenKind::Word if token.is(TO) => {
                if i > sentence && tokens[i - 1].is(ACCORDING) {
                    3
                } else {
                    4
                }
            }
            TokenKind::Word if token.is(BY) => at!(BEFORE, "by"),
            TokenKind::Word if token.is(PREPOSITION) => at!(BEFORE, "preposition"),
            TokenKind::Word if token.is(CONJUNCTION) => at!(BEFORE, "conjunction"),
            TokenKind::Word if token.is(SUBORDINATOR | RELATIVE) => at!(BEFORE, "subordinator"),
            TokenKind::Word if token.is(ANY_VERB | VERBAL) => at!(BEFORE, "verb"),
            TokenKind::Punctuation(_) | TokenKind::Word => at!(BEFORE, "other"),
        }
    }

    /// A mention and the words around it, found out once.
    fn surroundings(&self, mention: usize) -> Surroundings {
        let cell = &self.counts.surroundings[mention];
        if let Some(known) = cell.get() {
            return known;
        }
        let found = &self.parsed.mentions[mention];
        let sentence = &self.parsed.sentences[found.sentence].tokens;
        let (start, end) = (found.tokens.start, found.tokens.end);
        let (follows, cue) = self.follows(end, sentence.end);
        let comma = follows == at!(FOLLOWS, "comma");
        let new = Surroundings {
            follows,
            cue,
            precedes: self.precedes(start, sentence.start),
            kind: self.kind(mention),
            apposition: comma && self.apposition_then_cue(end, sentence.end),
            possible: follows != at!(FOLLOWS, "passive") && self.names_somebody(mention),
        };
        cell.set(Some(new));
        new
    }

    /// True for a mention that somebody may be looked for in though no rule takes it for the speaker: a name, a pronoun, or
    /// a noun for people, bodies or documents, but not
    ///
    /// - a common noun before a colon at the head of a sentence: “Transcript:”,
    /// - words in quotation marks, such as the title of a work,
    /// - the subject of a passive report: “he has been called “a clown””.
    pub(super) fn is_possible_speaker(&self, mention: usize) -> bool {
        self.surroundings(mention).possible
    }

    /// [`Self::is_possible_speaker`] without a look at the verb.
    fn names_somebody(&self, mention: usize) -> bool {
        let parsed = self.parsed;
        let found = &parsed.mentions[mention];
        let noun = found.kind == MentionKind::NounPhrase && !parsed.mention_has(mention, SPEAKING);
        let person = parsed.entities.of_mention[mention]
            .is_some_and(|entity| parsed.entities.list[entity].is_person);
        let heading = !person
            && found.tokens.start == parsed.sentences[found.sentence].tokens.start
            && parsed.tokens.get(found.tokens.end).is_some_and(|t| t.is_punctuation(':'));
        let start = parsed.tokens[found.tokens.start].start;
        let before = parsed.text.get(..start).and_then(|text| text.chars().next_back());
        let in_marks = before.is_some_and(|c| matches!(c, '“' | '"' | '‘'));
        !noun && !heading && !in_marks && parsed.can_speak(mention)
    }

    /// The reporting word beside a mention: after it (“Lee said”), or before it (“said Lee”, “according to Lee”).
    pub(super) fn cue_beside(&self, mention: usize) -> Option<usize> {
        let start = self.parsed.mentions[mention].tokens.start;
        let Surroundings { follows, cue, precedes, .. } = self.surroundings(mention);
        match precedes {
            _ if follows <= at!(FOLLOWS, "naming") => Some(cue),
            at if at == at!(BEFORE, "say") => Some(start - 1),
            at if at == at!(BEFORE, "according-to") => Some(start - 2),
            _ => None,
        }
    }

    /// What follows the reporting word of a mention: an index into [`AFTER_SAY`].
    fn after_cue(&self, at: usize, end: usize) -> usize {
        if at >= end {
            return at!(AFTER_SAY, "end");
        }
        let token = &self.parsed.tokens[at];
        match token.kind {
            TokenKind::Quote(_) => at!(AFTER_SAY, "quote"),
            TokenKind::Punctuation(',') => at!(AFTER_SAY, "comma"),
            TokenKind::Punctuation(':') => at!(AFTER_SAY, "colon"),
            TokenKind::Punctuation('.') => at!(AFTER_SAY, "end"),
            TokenKind::Word if token.is(RELATIVE) => at!(AFTER_SAY, "that"),
            TokenKind::Word if token.is(HE | SHE | IT) => at!(AFTER_SAY, "pronoun"),
            TokenKind::Word if token.is(PREPOSITION) => at!(AFTER_SAY, "preposition"),
            _ => at!(AFTER_SAY, "other"),
        }
    }

    /// True for a name, an apposition between commas, and a reporting word: “Lee, a coach from Leeds, said”.
    fn apposition_then_cue(&self, comma: usize, end: usize) -> bool {
        let tokens = &self.parsed.tokens;
        let limit = end.min(comma + MAX_APPOSITION);
        let mut i = comma + 1;
        while i < limit && !tokens[i].is_quote() {
            if tokens[i].is_punctuation(',') {
                let (follows, _) = self.follows(i + 1, limit);
                return follows == at!(FOLLOWS, "say");
            }
            i += 1;
        }
        false
    }

    /// Who the mention is: the speaker of the quote before, somebody mentioned often.
    fn add_identity(&self, mention: usize, place: usize, features: &mut Features) {
        let of = &self.parsed.entities.of_mention;
        let same =
            |other: usize| other == mention || of[other].is_some() && of[other] == of[mention];
        if self.last.is_some_and(same) {
            features.add(SPOKE_LAST, &[place]);
        }
        if let Some(entity) = of[mention] {
            let count = self.parsed.entities.list[entity].mention_count;
            let count = match count {
                0 | 1 => 0,
                2 => 1,
                3..=5 => 2,
                _ => 3,
            };
            features.add(MENTIONED, &[count, place]);
        }
    }

    /// The rules that vote for the mention.
    fn add_votes(&self, mention: usize, place: usize, follows: usize, features: &mut Features) {
        for (rank, vote) in self.votes.list.iter().enumerate() {
            if vote.finding.mention != mention {
                continue;
            }
            let rule = vote.rule as usize;
            if rank == 0 {
                features.add(CHOSEN, &[rule, certainty(vote)]);
                features.add(CHOSEN_PLACE, &[follows, place]);
            }
            features.add(RULE, &[rule, certainty(vote)]);
        }
    }
}

/// Index into [`CERTAINTIES`].
fn certainty(vote: &Vote) -> usize {
    usize::from(vote.finding.certainty == Certainty::Sure)
}

/// Index into [`DISTANCES`].
fn distance(tokens: usize) -> usize {
    match tokens {
        0 => 0,
        1 => 1,
        2..=3 => 2,
        4..=7 => 3,
        8..=15 => 4,
        _ => 5,
    }
}

/// The longest apposition, in tokens.
const MAX_APPOSITION: usize = 25;

/// How many tokens are looked at one by one.
const MAX_GAP: usize = 80;
