//! Extracts the quotes of a dispatch: has its spans found and attributed, and decides whether each is a statement, a
//! title or a term.

use std::ops::Range;

use crate::dispatch::{BlockKind, Dispatch};
use crate::quotes::attribution;
use crate::quotes::lexicon::{
    ANY_VERB, CONJUNCTION, DAY, DETERMINER, FUNCTION, LISTENER, NAMING, PREPOSITION, WORK, lookup,
};
use crate::quotes::mentions::{MentionKind, ParsedText};
use crate::quotes::model::{Certainty, Quote, QuoteKind, TextPart};
use crate::quotes::quotation_marks::{self, QuotedSpan};
use crate::quotes::votes::ResolvedSpeaker;
use crate::quotes::weights::{WEIGHTS, Weights};
use crate::quotes::{coreference, foreign, transcripts};

/// All quotes of a dispatch in the order of the text: headline first, then body. Titles, nicknames and terms are
/// included, as [`QuoteKind::NotAStatement`].
#[must_use]
pub fn extract_quotes(dispatch: &Dispatch) -> Vec<Quote> {
    extract_quotes_with(dispatch, &WEIGHTS, |_, _| {})
}

/// [`extract_quotes`] with the weights of another table. `observe` is shown the features by which a statement is told
/// from a term, with the index of its span.
pub(super) fn extract_quotes_with(
    dispatch: &Dispatch,
    weights: &Weights,
    mut observe: impl FnMut(usize, &[u16]),
) -> Vec<Quote> {
    let combined = CombinedText::new(dispatch);
    let spans = combined.spans();
    // All that follows here relies on English word lists.
    let foreign = foreign::is_foreign(dispatch.language.as_deref(), dispatch.body.text());
    if foreign {
        return foreign::extract_foreign_quotes(&combined, spans);
    }
    if spans.is_empty() {
        return Vec::new();
    }
    let plain: Vec<bool> = spans.iter().map(|span| combined.is_plain(span)).collect();
    let parsed = ParsedText::new(&combined.text, &combined.paragraphs, &spans, &plain);
    let found = attribution::attribute_quotes(&parsed, &spans, weights, |_, _| {});
    let mut group = 0;
    let mut quotes: Vec<Quote> = Vec::with_capacity(spans.len());
    for (i, span) in spans.iter().enumerate() {
        let speaker = found.speakers[i].as_ref();
        // A new group, unless the quote continues the utterance before it.
        if i > 0 && !speaker.is_some_and(|s| s.continues_previous) {
            group += 1;
        }
        let kind = if plain[i] || span.parent.is_some() {
            QuoteKind::NotAStatement
        } else {
            let basis = basis_of(&parsed, i, speaker);
            let headline = span.paragraph < combined.headlines;
            let by_form = is_term(&combined.text, span, basis, headline);
            let mut term = || {
                found.evidence[i].map_or(by_form, |evidence| {
                    let features = evidence.features(by_form, basis as usize, headline);
                    observe(i, &features);
                    by_form && speaker.is_none() || !weights.is_statement(&features)
                })
            };
            let aside = || {
                basis == AttributionBasis::DistantCue
                    && is_short_modifier(&combined.text, span)
                    && speaker.is_some_and(|s| attribution::is_in_aside(&parsed, i, s))
            };
            // A few words that somebody has not said, or only speaks of.
            let named =
                || by_form && speaker.is_some_and(|s| attribution::names_a_term(&parsed, i, s));
            // What stands after a speaker's label is speech, and so is what runs over paragraphs.
            let open = span.label.is_none() && span.pieces.len() == 1;
            match open && (term() || named() || aside()) {
                true => QuoteKind::NotAStatement,
                false if is_direct(&combined.text, span) => QuoteKind::Direct,
                false => QuoteKind::Partial,
            }
        };
        let source = speaker
            .filter(|s| {
                kind != QuoteKind::NotAStatement
                    && !attribution::is_first_person(&parsed, s.mention)
            })
            .map(|speaker| make_attribution(&parsed, speaker))
            // An empty name is no attribution.
            .filter(|source| source.name.as_deref().is_none_or(|name| !name.is_empty()));
        let source = match &span.label {
            Some(label) => Some(attribute_to_label(&parsed, i, label)),
            None => source,
        };
        quotes.push(combined.make_quote(span, kind, source, group));
    }
    quotes
}

/// How a span is attributed.
fn basis_of(
    parsed: &ParsedText<'_>,
    number: usize,
    speaker: Option<&ResolvedSpeaker>,
) -> AttributionBasis {
    match speaker {
        None => AttributionBasis::Nobody,
        // A few words that somebody has not said, or only speaks of.
        Some(s) if attribution::names_a_term(parsed, number, s) => AttributionBasis::Possessive,
        Some(s) if s.is_possessive_only => AttributionBasis::Possessive,
        Some(s) if s.has_weak_cue => AttributionBasis::Subject,
        Some(s) if attribution::is_cue_adjacent(parsed, number, s) => AttributionBasis::AdjacentCue,
        Some(_) => AttributionBasis::DistantCue,
    }
}

/// Who said a quote. Ranges are bytes of the [`CombinedText`].
pub(super) struct Attribution {
    pub(super) name: Option<String>,
    pub(super) title: Option<String>,
    pub(super) cue: Option<Range<usize>>,
    pub(super) mention: Range<usize>,
    pub(super) certainty: Certainty,
    pub(super) why: &'static str,
}

/// Resolves the mentions of a speaker to names and byte ranges.
fn make_attribution(parsed: &ParsedText<'_>, speaker: &ResolvedSpeaker) -> Attribution {
    // Two speakers have no common title.
    let (name, title) = speaker
        .name_mention
        .map(|named| match speaker.co_speaker {
            Some(with) => (joint_name(parsed, with, named), None),
            None => coreference::display_name(parsed, named),
        })
        .unzip();
    Attribution {
        name,
        title: title.flatten(),
        cue: speaker.cue.map(|cue| parsed.tokens[cue].range()),
        mention: parsed.byte_range(&speaker.shown),
        certainty: speaker.certainty,
        why: speaker.why,
    }
}

/// The names of all who speak together, of whom `with` and `named` are the last two: “Lee, Dahl and Holm”.
fn joint_name(parsed: &ParsedText<'_>, with: usize, named: usize) -> String {
    let name = |mention: usize| coreference::display_name(parsed, mention).0;
    let mut names = vec![name(with)];
    let mut first = with;
    // Back over the persons before, from comma to comma.
    for _ in 0..MAX_JOINT_SPEAKERS {
        let start = parsed.mentions[first].tokens.start;
        let Some(before) = start.checked_sub(2).and_then(|i| parsed.mention(i)) else {
            break;
        };
        let person = parsed.entities.of_mention[before]
            .is_some_and(|entity| parsed.entities.list[entity].is_person);
        let listed = parsed.tokens[start - 1].is_punctuation(',')
            && parsed.mentions[before].kind == MentionKind::Name
            && parsed.mentions[before].sentence == parsed.mentions[first].sentence
            && !parsed.mentions[before].is_possessor;
        if !person || !listed {
            break;
        }
        names.push(name(before));
        first = before;
    }
    names.reverse();
    format!("{} and {}", names.join(", "), name(named))
}

/// How many are named at most who speak together with two others.
const MAX_JOINT_SPEAKERS: usize = 8;

/// How many tokens from the beginning of a quote's sentence its label or credit may end.
const MAX_LABEL_TOKENS: usize = 64;

/// The speaker of span `number`, whom a label or a credit names.
fn attribute_to_label(parsed: &ParsedText<'_>, number: usize, label: &Range<usize>) -> Attribution {
    // The last name in the label, which may begin with an office.
    let named = parsed.positions[number].and_then(|position| {
        let first = parsed.sentences[position.sentence].tokens.start;
        let tokens = parsed.tokens.get(first..)?.iter().take(MAX_LABEL_TOKENS);
        let within = tokens
            .enumerate()
            .filter(|(_, token)| token.start >= label.start && token.end <= label.end);
        let mentions = within.filter_map(|(i, _)| parsed.mention_starting_at(first + i));
        mentions.rev().find(|&m| parsed.mentions[m].kind == MentionKind::Name)
    });
    // The text around it may give the name in full, but another label does not: HARL stays HARL after ANNA HARL.
    let (name, title) = named
        .map(|mention| coreference::display_name(parsed, mention))
        .filter(|(name, _)| !name.split(' ').all(transcripts::is_in_capitals))
        .unzip();
    Attribution {
        name: name.or_else(|| parsed.text.get(label.clone()).map(str::to_owned)),
        title: title.flatten(),
        cue: None,
        mention: label.clone(),
        certainty: Certainty::Sure,
        why: "the label of the speech names the speaker",
    }
}

/// The words of a quote, sliced from `source`, the text that `quote.part` names. Paragraphs are separated by an empty
/// line and keep any opening mark that the dispatch repeats, as in print.
#[must_use]
pub fn quote_text(quote: &Quote, source: &str) -> String {
    source.get(quote.span()).unwrap_or("").to_owned()
}

/// Headline and body as one text, so that a full name in one can resolve a short name in the other.
pub(super) struct CombinedText {
    pub(super) text: String,
    /// Byte ranges into `text`; `None` is a table, or the break between headline and body.
    pub(super) paragraphs: Vec<Option<Range<usize>>>,
    /// Byte offset of the body in `text`.
    pub(super) body: usize,
    /// How many of `paragraphs` come before the body's.
    pub(super) headlines: usize,
}

impl CombinedText {
    /// Joins the texts of a dispatch.
    pub(super) fn new(dispatch: &Dispatch) -> Self {
        // A headline derived from the lead repeats the body: its quotes would be found twice.
        let headline = if dispatch.headline_derived { "" } else { dispatch.headline.as_str() };
        let body = dispatch.body.text();
        let mut text = String::with_capacity(headline.len() + body.len() + 2);
        let mut paragraphs = Vec::with_capacity(dispatch.body.blocks().len() + 1);
        if !headline.is_empty() {
            text.push_str(headline);
            paragraphs.push(Some(0..headline.len()));
            text.push_str("\n\n");
            // No quote continues from the headline into the body.
            paragraphs.push(None);
        }
        let start = text.len();
        text.push_str(body);
        let headlines = paragraphs.len();
        let dateline = dispatch.dateline.as_ref().and_then(|d| d.range.clone());
        for block in dispatch.body.blocks() {
            let mut range = block.range.clone();
            // A dateline names no speaker.
            if let Some(dateline) = &dateline
                && dateline.start >= range.start
                && dateline.end <= range.end
                && body.is_char_boundary(dateline.end)
            {
                range.start = dateline.end;
            }
            paragraphs.push(
                (block.kind != BlockKind::Table).then_some(start + range.start..start + range.end),
            );
        }
        Self { text, paragraphs, body: start, headlines }
    }

    /// The quoted spans, and the speeches of transcripts.
    pub(super) fn spans(&self) -> Vec<QuotedSpan> {
        let mut spans = quotation_marks::find_spans(&self.text, &self.paragraphs);
        transcripts::cut_credits(&self.text, &mut spans);
        transcripts::add_speeches(&self.text, &self.paragraphs, spans)
    }

    /// True for a span that is part of a name by its shape alone.
    pub(super) fn is_plain(&self, span: &QuotedSpan) -> bool {
        is_name_by_shape(&self.text, span, span.paragraph < self.headlines)
    }

    /// Builds a quote from a span: ranges become those of the headline or the body alone.
    pub(super) fn make_quote(
        &self,
        span: &QuotedSpan,
        kind: QuoteKind,
        source: Option<Attribution>,
        group: usize,
    ) -> Quote {
        let (part, base) = if span.paragraph < self.headlines {
            (TextPart::Headline, 0)
        } else {
            (TextPart::Body, self.body)
        };
        let shift = |range: Range<usize>| range.start - base..range.end - base;
        // A cue or mention in the other text has no range in this one.
        let in_part = |range: Range<usize>| {
            (range.start >= base && (part == TextPart::Body || range.end <= self.body))
                .then(|| shift(range))
        };
        let first = span.outers.first().map_or(0, |o| o.start);
        let last = span.outers.last().map_or(first, |o| o.end);
        Quote {
            part,
            pieces: span.pieces.iter().cloned().map(shift).collect(),
            outer: shift(first..last),
            kind,
            group,
            parent: span.parent,
            certainty: source.as_ref().map_or(Certainty::Unknown, |s| s.certainty),
            why: source.as_ref().map_or("no source was found", |s| s.why),
            cue: source.as_ref().and_then(|s| in_part(s.cue.clone()?)),
            mention: source.as_ref().and_then(|s| in_part(s.mention.clone())),
            title: source.as_ref().and_then(|s| s.title.clone()),
            speaker: source.and_then(|s| s.name),
            paragraph: span.paragraph.saturating_sub(self.headlines),
        }
    }
}

// Telling statements from titles, nicknames and terms by their shape and the words around them.

/// How many bytes beside a quote are examined: enough for a few words, and few enough to stay linear.
const CONTEXT_BYTES: usize = 80;

/// True if a span is clearly part of a name or the title of a work, before any attribution. Its words are then parsed
/// like any others of the sentence. In a headline, capitals prove little.
fn is_name_by_shape(text: &str, span: &QuotedSpan, headline: bool) -> bool {
    let [piece] = span.pieces.as_slice() else {
        return false;
    };
    let words = text.get(piece.clone()).unwrap_or("");
    let outer = &span.outers[0];
    let from = text.floor_char_boundary(outer.start.saturating_sub(CONTEXT_BYTES));
    let before = text.get(from..outer.start).unwrap_or("");
    let previous = before.trim_end().rsplit(' ').next().unwrap_or("");
    if TITLE_INTRODUCERS.contains(&previous) || is_reference(text, outer) {
        return true;
    }
    if is_in_markup(text, outer) {
        return true;
    }
    // Longer spans are never names.
    if words.len() > 80 || words.split_whitespace().count() > 8 {
        return false;
    }
    let after = text.get(outer.end..).unwrap_or("");
    // An attribute value of leftover markup: class="lead".
    before.ends_with('=')
        || is_nickname(before, words, after) && !headline
        || is_byname(before, words)
        || is_definition(before, words, after)
        || before.ends_with("in the name of ")
        || is_work_title(before, words, headline)
}

/// A citation with a date: “Ferry found in fog” — The Courier, May 4, 1998.
fn is_reference(text: &str, outer: &Range<usize>) -> bool {
    let after = text.get(outer.end..).unwrap_or("");
    let Some(credit) = after.trim_start_matches(' ').strip_prefix(['—', '–', '-']) else {
        return false;
    };
    let line = credit.split('\n').next().unwrap_or("");
    let line = line.get(..line.floor_char_boundary(CONTEXT_BYTES)).unwrap_or("");
    let year = line
        .split(|c: char| !c.is_alphanumeric())
        .any(|word| word.len() == 4 && word.bytes().all(|b| b.is_ascii_digit()));
    year && line.split(|c: char| !c.is_alphanumeric()).any(|word| lookup(word).is(DAY))
}

/// How a span is attributed: the weaker the basis, the more likely the span is a term.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum AttributionBasis {
    Nobody,
    /// Only a possessive before the span (Lee’s “plan”), or words that nobody said (Lee did not call it “open”).
    Possessive,
    /// A subject, but no reporting word.
    Subject,
    /// A reporting word somewhere in reach.
    DistantCue,
    /// A reporting word right beside the span.
    AdjacentCue,
}

/// True for a term, a label, a scare quote or the name of a work: a few words, mostly without the final punctuation of
/// a sentence, and with little to say that anybody spoke them.
pub(super) fn is_term(
    text: &str,
    span: &QuotedSpan,
    basis: AttributionBasis,
    headline: bool,
) -> bool {
    let [piece] = span.pieces.as_slice() else {
        return false;
    };
    let words = text.get(piece.clone()).unwrap_or("");
    let count = words.split_whitespace().take(LONGEST_TERM + 1).count();
    let ends = words.ends_with([',', '.', '!', '?', '…']);
    // A colon announces speech, however short.
    let announced =
        text.get(..span.outers[0].start).is_some_and(|before| before.trim_end().ends_with(':'));
    // Title case is taken for a name unless a reporting word or a colon introduces it. In headlines it proves nothing.
    let open = basis != AttributionBasis::AdjacentCue && !headline && !announced;
    if open && !words.ends_with(['!', '?']) && is_capitalised(words) {
        return true;
    }
    // With no source, a few words without final punctuation are a term; a single word always is.
    if basis == AttributionBasis::Nobody {
        let pair = count == 2 && words.starts_with(char::is_lowercase) && !announced;
        return !ends && count <= LONGEST_TERM || count == 1 || pair;
    }
    // With a weak source, one or two words may be a term.
    let capital = count == 1 && words.starts_with(char::is_uppercase);
    !ends
        && count <= 2
        && (basis == AttributionBasis::Possessive
            || basis == AttributionBasis::Subject && (capital || is_modifier(text, span)))
}

/// True for title case (The Fixers: How They Won): two capitalised words or more, and no lower-case word but short
/// ones.
fn is_capitalised(words: &str) -> bool {
    let mut large = 0;
    for word in words.split_whitespace() {
        if word.starts_with(|c: char| c.is_uppercase() || c.is_ascii_digit()) {
            large += 1;
        } else if !is_title_small_word(word) {
            return false;
        }
    }
    large >= 2 && words.len() <= LONGEST_TITLE
}

/// The longest name of a work, in bytes; longer words in title case are a headline or a slogan.
const LONGEST_TITLE: usize = 90;

/// True for a span inside a noun phrase, with an article before it or a noun after it: the “old” guard, a “tie”.
fn is_modifier(text: &str, span: &QuotedSpan) -> bool {
    let outer = &span.outers[0];
    let from = text.floor_char_boundary(outer.start.saturating_sub(CONTEXT_BYTES));
    let before = text.get(from..outer.start).unwrap_or("").trim_end();
    let previous = before.rsplit(char::is_whitespace).next().unwrap_or("");
    let after = text.get(outer.end..).unwrap_or("");
    let next = after
        .strip_prefix(' ')
        .and_then(|rest| rest.split(|c: char| !c.is_alphanumeric()).next())
        .unwrap_or("");
    // A lower-case word that is no function word: the span modifies it.
    let noun = next.starts_with(char::is_lowercase)
        && !lookup(next).is(FUNCTION | DETERMINER | CONJUNCTION);
    lookup(previous).is(DETERMINER) || noun
}

/// True for a few words before the noun that they modify: a national “chalking” movement.
fn is_short_modifier(text: &str, span: &QuotedSpan) -> bool {
    let [piece] = span.pieces.as_slice() else {
        return false;
    };
    let words = text.get(piece.clone()).unwrap_or("");
    let after = text.get(span.outers[0].end..).and_then(|after| after.strip_prefix(' '));
    let next = after.and_then(|after| after.split(|c: char| !c.is_alphanumeric()).next());
    let noun = next.is_some_and(|next| {
        next.starts_with(char::is_lowercase)
            && !lookup(next).is(FUNCTION | DETERMINER | CONJUNCTION)
    });
    noun && words.split_whitespace().take(4).count() <= 3
}

/// The longest term, in words.
const LONGEST_TERM: usize = 6;

/// True between a first and a last name: Robert “Bobby” Lee.
fn is_nickname(before: &str, words: &str, after: &str) -> bool {
    let capital = |word: &str| word.starts_with(char::is_uppercase);
    let previous = before.strip_suffix(' ').and_then(|b| b.rsplit(' ').next()).unwrap_or("");
    let next = after.strip_prefix(' ').unwrap_or("");
    let first_name = !lookup(previous).is(FUNCTION | DETERMINER | ANY_VERB);
    words.split_whitespace().count() <= 3
        && capital(words)
        && capital(previous)
        && capital(next)
        && first_name
        && !previous.ends_with([',', ':', '.']) | (previous.ends_with('.') && previous.len() == 2)
}

/// True for a name that somebody goes by: Lee, whom everybody calls “Old Harry”.
fn is_byname(before: &str, words: &str) -> bool {
    let mut back = before.split_whitespace().rev();
    back.next().is_some_and(|verb| lookup(verb).is(NAMING))
        && back.take(4).any(|word| word == "whom")
        && words.split_whitespace().all(|word| word.starts_with(char::is_uppercase))
}

/// True inside an element of leftover markup with attributes, or inside one of its tags: `<tweet id="7">…</tweet>`.
/// Only nearby text is searched.
fn is_in_markup(text: &str, outer: &Range<usize>) -> bool {
    let from = text.floor_char_boundary(outer.start.saturating_sub(MARKUP_BYTES));
    let before = text.get(from..outer.start).unwrap_or("");
    let Some((_, tag)) = before.rsplit_once('<') else {
        return false;
    };
    let name = tag.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or("");
    if name.is_empty() || !tag[name.len()..].contains('=') || tag.contains('\n') {
        return false;
    }
    let to = text.floor_char_boundary(text.len().min(outer.end + MARKUP_BYTES));
    let after = text.get(outer.end..to).unwrap_or("");
    match after.split_once('<') {
        Some((_, next)) => next.strip_prefix('/').is_some_and(|next| next.starts_with(name)),
        None => !tag.contains('>') && after.contains('>'),
    }
}

/// How many bytes beside a quote are searched for tags: the length of a short message with its attributes.
const MARKUP_BYTES: usize = 300;

/// True for the definition of a name in brackets: Holm Lines (the “Company”), the firms (together, the “Parties”).
fn is_definition(before: &str, words: &str, after: &str) -> bool {
    let Some((_, lead)) = before.rsplit_once('(') else {
        return false;
    };
    let last = lead.split_whitespace().next_back().unwrap_or("");
    lookup(last).is(DETERMINER)
        && lead.split_whitespace().count() <= 4
        && words.starts_with(char::is_uppercase)
        && after.starts_with([')', ',', ';', ' '])
}

/// True for title case after a preposition or a word for a work: on “The Daily Show”, the film ‘Tides’.
fn is_work_title(before: &str, words: &str, headline: bool) -> bool {
    let mut small = 0;
    let mut large = 0;
    for word in words.split_whitespace() {
        if word.starts_with(char::is_lowercase) && !is_title_small_word(word) {
            small += 1;
        } else if word.starts_with(char::is_uppercase) {
            large += 1;
        }
    }
    // Only function words may be lower-case in a title.
    if small > 0 || large == 0 {
        return false;
    }
    let previous = before
        .trim_end()
        .rsplit(|c: char| c.is_whitespace())
        .next()
        .unwrap_or("")
        .trim_end_matches(',')
        .trim_end_matches("'s")
        .trim_end_matches("’s");
    let lower = previous.to_lowercase();
    let possessive = before.trim_end().ends_with("'s") || before.trim_end().ends_with("’s");
    let work = lookup(previous).is(WORK);
    // “a play called “Tides””, “told “The Morning Round””: right before the quote, with no comma.
    let called = || {
        let noun = before.trim_end().rsplit(' ').nth(1).unwrap_or("");
        previous == "named" || previous == "called" && lookup(noun).is(WORK)
    };
    let asked = lookup(previous).is(LISTENER) && !before.trim_end().ends_with(',') && !headline;
    let introduced = matches!(
        lower.as_str(),
        "on" | "in"
            | "of"
            | "with"
            | "alongside"
            | "hosts"
            | "host"
            | "titled"
            | "entitled"
            | "author"
    );
    work || !headline && called() || large > 1 && (asked || (introduced || possessive) && !headline)
}

/// Words right before a headline or title, in whatever case that is written.
const TITLE_INTRODUCERS: [&str; 3] = ["headlined", "titled", "entitled"];

/// True for words that stay lower-case in a title.
fn is_title_small_word(word: &str) -> bool {
    lookup(word).is(PREPOSITION | CONJUNCTION | DETERMINER)
        || word.starts_with(|c: char| !c.is_alphabetic())
}

/// True if the words could be a sentence or clause of their own, which makes the quote direct rather than partial.
pub(super) fn is_direct(text: &str, span: &QuotedSpan) -> bool {
    let Some(first) = span.pieces.first() else {
        return false;
    };
    let words = text.get(first.clone()).unwrap_or("");
    let count = words.split_whitespace().take(4).count();
    span.pieces.len() > 1
        || words.starts_with(|c: char| !c.is_lowercase())
            && (count >= 2 || words.ends_with(['.', '!', '?', ',']))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::dispatch::{Body, Dispatch};
    use crate::quotes::model::TextPart;

    fn dispatch(paragraphs: &[&str]) -> Dispatch {
        Dispatch { body: Body::from_paragraphs(paragraphs), ..Dispatch::default() }
    }

    /// Checks the statements of a dispatch, each as `words | speaker`, with `?` for an unknown speaker.
    fn check(paragraphs: &[&str], expected: &[&str]) {
        let dispatch = dispatch(paragraphs);
        let found: Vec<String> = extract_quotes(&dispatch)
            .iter()
            .filter(|q| q.is_statement())
            .map(|q| {
                format!(
                    "{} | {}",
                    quote_text(q, dispatch.body.text()),
                    q.speaker.as_deref().unwrap_or("?")
                )
            })
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn a_dispatch_with_two_capitals_and_two_presidents() {
        check(
            &[
                "LISBON, Portugal (XYZ) — Portuguese President Rui Alves and Chilean President Ana Soto decided in a \
             meeting on Monday to “deepen” the exchange of students, the Palace said.",
                "“Both sides want to deepen the exchange,” the Palace said in a statement.",
                "Alves also called on Soto to help protect fishermen from “reckless fleets such as the North Line”, it said.",
                "In a separate statement, the Blue House reported that the presidents had “renewed their promise to end overfishing.”",
                "Soto also stressed “the need for clear rules on every coast.”",
                "Portugal and Chile have been working together for years with Lisbon calling for “quick and shared steps” in May.",
                "Soto additionally expressed “doubts over the will of the fleets to obey”, and asked Lisbon for more.",
            ],
            &[
                "deepen | the Palace",
                "Both sides want to deepen the exchange, | the Palace",
                "reckless fleets such as the North Line | the Palace",
                "renewed their promise to end overfishing. | the Blue House",
                "the need for clear rules on every coast. | Ana Soto",
                "quick and shared steps | Lisbon",
                "doubts over the will of the fleets to obey | Ana Soto",
            ],
        );
    }

    #[test]
    fn titles_appositions_and_inverted_order() {
        check(
            &[
                "“We sail at dawn,” said harbour master Inge Holm, a former pilot. “Nobody stays.”",
                "Holm, 61, who came to the port in May, said: “I know these waters.”",
                "According to the coast guard, the sea was “calm as a pond.”",
                "“It was cold,” she added.",
            ],
            &[
                "We sail at dawn, | Inge Holm",
                "Nobody stays. | Inge Holm",
                "I know these waters. | Inge Holm",
                "calm as a pond. | the coast guard",
                "It was cold, | Inge Holm",
            ],
        );
    }

    #[test]
    fn a_nickname_and_a_programme_are_not_statements() {
        check(
            &["William “Billy” Crane said on “The Morning Round” that the vote was “a farce.”"],
            &["a farce. | William “Billy” Crane"],
        );
    }

    #[test]
    fn pronouns_and_floating_quotes() {
        check(
            &[
                "Mayor Rosa Lind met fisherman Carl Berg at the quay.",
                "“You have my word,” she told him. He was not convinced. “I have heard that before,” he said.",
                "Lind left early, calling the talks “a good start” and Berg “a stubborn man.”",
                "“I will be back.”",
                "— Rosa Lind",
            ],
            &[
                "You have my word, | Rosa Lind",
                "I have heard that before, | Carl Berg",
                "a good start | Rosa Lind",
                "a stubborn man. | Rosa Lind",
                "I will be back. | Rosa Lind",
            ],
        );
    }

    #[test]
    fn terms_and_scare_quotes_are_not_statements() {
        check(&["The so-called “harbour tax” was paid by few in the “old days” of the port."], &[]);
    }

    #[test]
    fn a_quote_over_several_paragraphs_is_one_quote() {
        let dispatch = dispatch(&["Lee said: “One.", "“Two.", "“Three.”", "It rained."]);
        let found = extract_quotes(&dispatch);
        assert_eq!(found.len(), 1);
        assert_eq!(quote_text(&found[0], dispatch.body.text()), "One.\n\n“Two.\n\n“Three.");
        assert_eq!(found[0].speaker.as_deref(), Some("Lee"));
    }

    #[test]
    fn pieces_of_one_utterance_share_a_group() {
        let dispatch = dispatch(&["“We go,” Lee said, “and we stay gone. ” Holm said: “Good.”"]);
        let groups: Vec<usize> = extract_quotes(&dispatch).iter().map(|q| q.group).collect();
        assert_eq!(groups, [0, 0, 1]);
    }

    #[test]
    fn title_and_ranges_point_into_the_body() {
        let dispatch = dispatch(&["“No,” Finance Minister Ada Berg said."]);
        let found = extract_quotes(&dispatch);
        let body = dispatch.body.text();
        assert_eq!(found[0].title.as_deref(), Some("Finance Minister"));
        assert_eq!(found[0].cue.clone().map(|c| &body[c]), Some("said"));
        assert_eq!(found[0].mention.clone().map(|m| &body[m]), Some("Finance Minister Ada Berg"));
    }

    /// Checks what holds for any dispatch: ranges on character boundaries, pieces in order, parents before children.
    fn assert_sound(dispatch: &Dispatch) {
        let found = extract_quotes(dispatch);
        for (i, quote) in found.iter().enumerate() {
            let source = match quote.part {
                TextPart::Headline => dispatch.headline.as_str(),
                TextPart::Body => dispatch.body.text(),
            };
            assert!(!quote.pieces.is_empty());
            let ranges = std::iter::once(&quote.outer)
                .chain(&quote.pieces)
                .chain(&quote.cue)
                .chain(&quote.mention);
            for range in ranges {
                assert!(source.get(range.clone()).is_some(), "{range:?}");
            }
            assert!(quote.pieces.windows(2).all(|w| w[0].end <= w[1].start));
            assert!(quote.parent.is_none_or(|p| p < i));
        }
    }

    proptest! {
        #[test]
        fn any_text_is_sound(parts in prop::collection::vec("[ -~“”‘’«»„'\"a-zA-Zé.,\u{202f}「」]{0,120}", 0..6), headline in ".{0,60}") {
            let mut dispatch = Dispatch { body: Body::from_paragraphs(&parts), headline, ..Dispatch::default() };
            assert_sound(&dispatch);
            dispatch.headline_derived = true;
            assert_sound(&dispatch);
        }

        #[test]
        fn words_of_news_in_any_order_are_sound(words in prop::collection::vec(prop::sample::select(vec![
            "“", "”", "\"", "'", "said", "Lee", "he", "it", ",", ".", "who", "and", "the", "president", "(", ")", "—", "'s", "told",
            "called", "was", "by", "according", "to", "Monday", "of", "Ann", "\n", "her", "claim", ":", "saying", "in", "Mr.",
        ]), 0..80)) {
            let joined = words.join(" ");
            assert_sound(&Dispatch { body: Body::from_paragraphs(joined.lines()), ..Dispatch::default() });
        }
    }

    #[test]
    fn hostile_texts_take_linear_time() {
        let texts = [
            "“".repeat(10_000),
            "\" a".repeat(10_000),
            "‘a “b «c ".repeat(10_000),
            "word ".repeat(1_000_000),
            "“No,” said Lee. ".to_owned() + &"word ".repeat(1_000_000),
            "“No,” said Lee. ".to_owned()
                + &"Ann Lee, the coach, met his wife, Bo. ".repeat(20_000),
            format!("“No,” said {}.", "A".repeat(100_000)),
            format!("“No,” said {}.", "Aa ".repeat(33_000)),
            "and said ".repeat(50_000) + "“no”",
            "Lee said “no”, ".repeat(20_000),
            "Lee, ".repeat(50_000) + "said “no”",
            "“he said he ”".repeat(20_000),
            "“a” ".repeat(20_000),
            "“A.” ".repeat(20_000),
            "語「あ」".repeat(20_000),
            "word ".repeat(50_000) + ". " + &"“A b c d e f g.” ".repeat(10_000),
        ];
        for body in texts {
            let started = std::time::Instant::now();
            assert_sound(&dispatch(&[&body]));
            assert!(
                started.elapsed().as_secs() < 10,
                "{}",
                &body[..body.floor_char_boundary(30)].escape_debug()
            );
        }
    }
}
