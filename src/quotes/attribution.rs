//! Gives each quote its speaker: first by its own sentence, then by what stands around it.

use std::ops::Range;

use crate::quotes::coreference::{
    self, document_author, find_co_speaker, name_in_sentence, office_holder,
};
use crate::quotes::lexicon::WordClass;
use crate::quotes::marks::QuotedSpan;
use crate::quotes::mentions::{MentionKind, ParsedText, QuotePosition};
use crate::quotes::model::Certainty;
use crate::quotes::same_sentence::{Finding, find_in_sentence};
use crate::quotes::subjects::{MAX_DISTANCE, SubjectFinder};
use crate::quotes::tokens::{Sentence, Token};

/// Who said a quote.
#[derive(Debug, Clone)]
pub(super) struct ResolvedSpeaker {
    /// The words beside the quote, as a mention.
    pub(super) mention: usize,
    /// The tokens to show for them: with the “who” that stands for them beside the reporting word.
    pub(super) shown: Range<usize>,
    /// Who says it together with the speaker, named first: “Lee and Holm said”.
    pub(super) co_speaker: Option<usize>,
    /// The mention that names the speaker: another where a pronoun stands beside the quote.
    pub(super) name_mention: Option<usize>,
    pub(super) cue: Option<usize>,
    pub(super) certainty: Certainty,
    pub(super) why: &'static str,
    /// True where the quote goes on with what the quote before it began.
    pub(super) continues_previous: bool,
    /// True where nothing but a possessive before the quote says whose words these are.
    pub(super) is_possessive_only: bool,
    /// True where the cue is no reporting word.
    pub(super) has_weak_cue: bool,
}

/// The speaker of each span that stands as a token; nothing where none was found.
pub(super) fn attribute_quotes(
    reading: &ParsedText<'_>,
    spans: &[QuotedSpan],
) -> Vec<Option<ResolvedSpeaker>> {
    let beside: Vec<Option<Finding>> = reading
        .positions
        .iter()
        .map(|place| place.and_then(|place| find_in_sentence(reading, place)))
        .collect();
    let mut order: Vec<usize> = (0..spans.len())
        .filter(|&i| reading.positions[i].is_some())
        .collect();
    order.sort_by_key(|&i| reading.positions[i].map(|p| p.token));
    let mut found: Vec<Option<ResolvedSpeaker>> = vec![None; spans.len()];
    let mut last: Option<usize> = None;
    for (k, &i) in order.iter().enumerate() {
        let before = k.checked_sub(1).map(|k| order[k]);
        let speaker = if let Some(finding) = &beside[i] {
            let speaker = resolve_speaker(reading, finding, last);
            let place = reading.positions[i];
            let around = place.and_then(|p| enclosing_report(reading, &speaker, p));
            Some(around.unwrap_or(speaker))
        } else {
            let known = AttributionState {
                by_sentence: &beside,
                found: &found,
                order: &order,
            };
            attribute_from_context(reading, spans, known, k).map(|(finding, goes_on)| {
                ResolvedSpeaker {
                    continues_previous: goes_on,
                    ..resolve_speaker(reading, &finding, last)
                }
            })
        };
        let speaker = speaker.map(|speaker| {
            let same_cue = before.is_some_and(|b| {
                found[b]
                    .as_ref()
                    .is_some_and(|f: &ResolvedSpeaker| f.cue.is_some() && f.cue == speaker.cue)
            });
            ResolvedSpeaker {
                continues_previous: speaker.continues_previous || same_cue,
                ..speaker
            }
        });
        if let Some(named) = speaker.as_ref().and_then(|s| s.name_mention) {
            last = Some(named);
        }
        found[i] = speaker;
    }
    found
}

fn resolve_speaker(
    reading: &ParsedText<'_>,
    finding: &Finding,
    last: Option<usize>,
) -> ResolvedSpeaker {
    let mention = &reading.mentions[finding.mention];
    let mut certainty = finding.certainty;
    let mut why = finding.why;
    let named = match mention.kind {
        _ if finding.name_mention.is_some() => finding.name_mention,
        MentionKind::Pronoun => {
            why = "the pronoun stands for who was named before";
            let found = coreference::find_antecedent(reading, finding.mention, last);
            if found.as_ref().is_none_or(|f| !f.is_clear) {
                certainty = certainty.min(Certainty::Likely);
            }
            found.map(|f| {
                office_holder(reading, f.mention)
                    .unwrap_or_else(|| name_in_sentence(reading, f.mention))
            })
        }
        MentionKind::Nominal => {
            let author = document_author(reading, finding.mention);
            if author != finding.mention && author + 1 != finding.mention {
                // “Its letter”: that is as open as the pronoun.
                certainty = certainty.min(Certainty::Likely);
            }
            Some(
                office_holder(reading, finding.mention)
                    .unwrap_or_else(|| name_in_sentence(reading, author)),
            )
        }
        _ => Some(finding.mention),
    };
    if named.is_none() {
        certainty = Certainty::Unknown;
        why = "nobody that the pronoun could stand for";
    }
    let with = match finding.name_mention {
        None => find_co_speaker(reading, finding),
        Some(_) => finding.co_speaker,
    };
    let mut shown = tokens_to_show(reading, finding);
    if let Some(with) = with.filter(|_| finding.name_mention.is_none()) {
        shown.start = reading.mentions[with].tokens.start;
    }
    ResolvedSpeaker {
        mention: finding.mention,
        co_speaker: with,
        shown,
        name_mention: named,
        cue: finding.cue,
        certainty,
        why,
        continues_previous: false,
        is_possessive_only: mention.is_possessor && finding.cue.is_none(),
        has_weak_cue: finding
            .cue
            .is_some_and(|cue| !reading.tokens[cue].is(WordClass::CUE)),
    }
}

/// How many tokens a reporting word may stand before or after what it brings.
const MAX_ADJACENT_DISTANCE: usize = 4;

/// True where the reporting word of a quote stands right beside it, or names what it stands before.
pub(super) fn is_cue_adjacent(
    reading: &ParsedText<'_>,
    number: usize,
    speaker: &ResolvedSpeaker,
) -> bool {
    let (Some(cue), Some(place)) = (speaker.cue, reading.positions[number]) else {
        return false;
    };
    let token = &reading.tokens[cue];
    if !token.is(WordClass::CUE) {
        return false;
    }
    if cue > place.last_token {
        return cue - place.last_token <= MAX_ADJACENT_DISTANCE + 2;
    }
    // Words between the pieces of a quote are on neither side of it.
    let Some(between) = reading.tokens.get(cue + 1..place.token) else {
        return false;
    };
    token.is(WordClass::NAMING) && !token.is(WordClass::SAY)
        || between.len() <= MAX_ADJACENT_DISTANCE
            && !between.iter().any(|t| t.is(WordClass::PREPOSITION))
}

/// True for a possessive or a pronoun of the first person, who cannot be told from a text.
pub(super) fn is_first_person(reading: &ParsedText<'_>, mention: usize) -> bool {
    reading.mention_has(mention, WordClass::I)
}

// Decides which words beside a quote are shown as its source. Names nobody.

/// How many tokens a mention and the “who” after it cover at most.
const MAX_SHOWN_TOKENS: usize = 12;

/// The mention, as far as the “who” right before the reporting word, if there is one.
pub(super) fn tokens_to_show(reading: &ParsedText<'_>, finding: &Finding) -> Range<usize> {
    let tokens = reading.mentions[finding.mention].tokens.clone();
    let Some(cue) = finding.cue else {
        return tokens;
    };
    let mut i = cue;
    while i > tokens.end && reading.tokens[i - 1].is(WordClass::ADVERB | WordClass::AUXILIARY) {
        i -= 1;
    }
    if i <= tokens.end || !reading.tokens[i - 1].is(WordClass::RELATIVE) {
        tokens
    } else if i - tokens.start <= MAX_SHOWN_TOKENS {
        tokens.start..i
    } else {
        i - 1..i
    }
}

/// “Lee said that while she feared the storm, she was “calm””: the pronoun's cue stands in what the same person
/// reports, and the outer report is the one to show.
pub(super) fn enclosing_report(
    reading: &ParsedText<'_>,
    speaker: &ResolvedSpeaker,
    place: QuotePosition,
) -> Option<ResolvedSpeaker> {
    let named = speaker.name_mention.filter(|&n| n != speaker.mention)?;
    let pronoun = reading.mentions[speaker.mention].tokens.start;
    let sentence = reading.sentences[place.sentence].tokens.clone();
    if speaker.cue.is_none_or(|cue| cue > place.token) || !sentence.contains(&pronoun) {
        return None;
    }
    let subjects = SubjectFinder {
        reading,
        start: sentence.start,
        end: sentence.end,
    };
    let from = sentence.start.max(pronoun.saturating_sub(MAX_DISTANCE));
    let of = &reading.entities.of_mention;
    let say = (from..pronoun)
        .rev()
        .take_while(|&i| !reading.tokens[i].is_quote())
        .find(|&i| {
            reading.tokens[i].is(WordClass::SAY)
                && reading.tokens[i].is(WordClass::FINITE | WordClass::ING)
                && reading.mention(i).is_none()
        })?;
    let mention = subjects.subject_of(say)?;
    let same = mention == named || of[mention].is_some() && of[mention] == of[named];
    same.then(|| ResolvedSpeaker {
        mention,
        shown: reading.mentions[mention].tokens.clone(),
        cue: Some(say),
        why: "they report what is quoted",
        ..speaker.clone()
    })
}

// The rules for quotes with no source in their sentence: what the quote before, after or the story so far says.

/// How many quotes and points a sentence without words of its own may have.
const MAX_WORDLESS_TOKENS: usize = 64;

/// The rule for “…,” Lee said. “…”: as sure as the quote before it.
const CONTINUES_PREVIOUS: &str = "it goes on after the quote before it";

/// What is known when the speaker of one quote after the other is looked for.
#[derive(Clone, Copy)]
pub(super) struct AttributionState<'k> {
    /// What the sentence of each quote says.
    pub(super) by_sentence: &'k [Option<Finding>],
    /// The speakers of the quotes before this one.
    pub(super) found: &'k [Option<ResolvedSpeaker>],
    /// The quotes in the order of the text.
    pub(super) order: &'k [usize],
}

/// A speaker from around the quote that is the `k`th in order, and whether the quote goes on with the one before.
pub(super) fn attribute_from_context(
    reading: &ParsedText<'_>,
    spans: &[QuotedSpan],
    known: AttributionState<'_>,
    k: usize,
) -> Option<(Finding, bool)> {
    let placed = |quote: usize| Some((quote, reading.positions[quote]?));
    let (quote, place) = placed(known.order[k])?;
    let before = k.checked_sub(1).map(|k| known.order[k]).and_then(placed);
    let next = known.order.get(k + 1).copied().and_then(placed);
    let around = QuoteContext {
        reading,
        known,
        place,
        sentence: &reading.sentences[place.sentence],
        before,
        next,
    };
    let goes_on = |finding| (finding, true);
    let begins = |finding| (finding, false);
    if let Some(finding) = around.before_in_sentence() {
        return Some(goes_on(finding));
    }
    if let Some(finding) = around.next_in_sentence() {
        return Some(begins(finding));
    }
    if !around.is_alone() && !around.starts_sentence() {
        return None;
    }
    let paragraphs = spans[quote].pieces.len();
    (around.continued().map(goes_on))
        .or_else(|| around.announced_in_previous_sentence().map(begins))
        .or_else(|| around.next_in_paragraph().map(begins))
        .or_else(|| around.credit_on_next_line(paragraphs).map(begins))
        .or_else(|| around.paragraph_before())
}

/// A quote with no source in its sentence, and what stands around it.
struct QuoteContext<'r, 'a> {
    reading: &'r ParsedText<'a>,
    known: AttributionState<'r>,
    place: QuotePosition,
    sentence: &'r Sentence,
    /// The quotes before and after it, and where they stand.
    before: Option<(usize, QuotePosition)>,
    next: Option<(usize, QuotePosition)>,
}

impl QuoteContext<'_, '_> {
    /// True where nothing but quotes and points stands in its sentence.
    fn is_alone(&self) -> bool {
        self.sentence.tokens.len() <= MAX_WORDLESS_TOKENS
            && self.reading.tokens[self.sentence.tokens.clone()]
                .iter()
                .all(|t| !t.is_word())
    }

    /// True where its sentence begins with it and goes on with “which” or “and”.
    fn starts_sentence(&self) -> bool {
        let after = self.reading.tokens.get(self.place.token + 2);
        self.place.token == self.sentence.tokens.start
            && after.is_some_and(|t| t.is(WordClass::RELATIVE | WordClass::CONJUNCTION))
    }

    /// The speaker of an earlier quote once more.
    fn repeat_speaker(&self, earlier: usize, why: &'static str) -> Option<Finding> {
        let speaker = self.known.found[earlier].as_ref()?;
        Some(Finding {
            mention: speaker.mention,
            cue: None,
            certainty: if why == CONTINUES_PREVIOUS {
                speaker.certainty
            } else {
                Certainty::Likely
            },
            why,
            name_mention: speaker.name_mention,
            co_speaker: speaker.co_speaker,
        })
    }

    /// The sentence in which a quote ends.
    fn last_sentence(&self, place: QuotePosition) -> usize {
        self.reading
            .sentences
            .partition_point(|s| s.tokens.end <= place.last_token)
    }

    /// Another quote of the same sentence, before it.
    fn before_in_sentence(&self) -> Option<Finding> {
        let (quote, _) = self
            .before
            .filter(|(_, place)| place.sentence == self.place.sentence)?;
        self.repeat_speaker(
            quote,
            "the quote before it in the sentence has this speaker",
        )
    }

    /// Another quote of the same sentence, after it.
    fn next_in_sentence(&self) -> Option<Finding> {
        let (quote, _) = self
            .next
            .filter(|(_, place)| place.sentence == self.place.sentence)?;
        self.known.by_sentence[quote].clone()
    }

    /// “…,” Lee said. “…”
    fn continued(&self) -> Option<Finding> {
        let (quote, place) = self.before?;
        let last = self.last_sentence(place);
        let close = last == self.place.sentence || last + 1 == self.place.sentence;
        let same = self.reading.sentences[last].paragraph == self.sentence.paragraph;
        (same && close).then(|| self.repeat_speaker(quote, CONTINUES_PREVIOUS))?
    }

    /// Lee was blunt. “…”
    fn announced_in_previous_sentence(&self) -> Option<Finding> {
        let before = self.place.sentence.checked_sub(1)?;
        if self.reading.sentences[before].paragraph != self.sentence.paragraph {
            return None;
        }
        let why = "the sentence before it is about this speaker";
        announced_speaker(self.reading, before, why)
    }

    /// “…” “…,” Lee said.
    fn next_in_paragraph(&self) -> Option<Finding> {
        let (quote, place) = self.next?;
        let close = place.sentence <= self.place.sentence + 1;
        if !close || self.reading.sentences[place.sentence].paragraph != self.sentence.paragraph {
            return None;
        }
        let finding = self.known.by_sentence[quote].clone()?;
        Some(Finding {
            certainty: Certainty::Likely,
            why: "the quote after it has this speaker",
            ..finding
        })
    }

    /// — Lee, on a line of its own, after a quote of so many paragraphs.
    fn credit_on_next_line(&self, paragraphs: usize) -> Option<Finding> {
        let last = self.sentence.paragraph + paragraphs - 1;
        let after = self.reading.sentences.get(self.place.sentence + 1..)?;
        let next = after
            .iter()
            .take(MAX_WORDLESS_TOKENS)
            .find(|s| s.paragraph > last)?;
        let mention = name_in_credit_line(self.reading, next.tokens.clone())?;
        let why = "a credit stands on the line after it";
        Some(likely_finding(mention, None, why))
    }

    /// The paragraph before: the words of its quote go on, or it is about the speaker.
    fn paragraph_before(&self) -> Option<(Finding, bool)> {
        let p = self.place.sentence.checked_sub(1)?;
        let sentence = &self.reading.sentences[p];
        if sentence.inside != self.sentence.inside {
            return None;
        }
        let has_quote = || {
            let tokens = &self.reading.tokens[sentence.tokens.clone()];
            tokens.iter().any(Token::is_quote)
        };
        if let Some((quote, place)) = self.before
            && self.last_sentence(place) == p
            && has_quote()
            && let Some(finding) =
                self.repeat_speaker(quote, "the paragraph before ends with this speaker's words")
        {
            return Some((finding, true));
        }
        let why = "the paragraph before is about this speaker";
        announced_speaker(self.reading, p, why).map(|finding| (finding, false))
    }
}

/// A finding of no more than a mention.
fn likely_finding(mention: usize, cue: Option<usize>, why: &'static str) -> Finding {
    Finding {
        mention,
        cue,
        certainty: Certainty::Likely,
        why,
        name_mention: None,
        co_speaker: None,
    }
}

/// The subject of a sentence, if it could be about to speak.
fn announced_speaker(
    reading: &ParsedText<'_>,
    sentence: usize,
    why: &'static str,
) -> Option<Finding> {
    let tokens = reading.sentences[sentence].tokens.clone();
    let subjects = SubjectFinder {
        reading,
        start: tokens.start,
        end: tokens.end,
    };
    let from = tokens.start.max(tokens.end.saturating_sub(80));
    let cue = (from..tokens.end)
        .rev()
        .find(|&i| reading.tokens[i].is(WordClass::SAY) && reading.mention(i).is_none());
    let person = |&mention: &usize| match reading.mentions[mention].kind {
        MentionKind::Name => reading.entities.of_mention[mention].is_some_and(|e| {
            let entity = &reading.entities.list[e];
            entity.is_person || cue.is_some()
        }),
        MentionKind::Pronoun => {
            reading.mention_has(mention, WordClass::HE | WordClass::SHE | WordClass::THEY)
        }
        MentionKind::Nominal => reading.head_has(mention, WordClass::SPEAKING),
        MentionKind::Day => false,
    };
    let mention = cue
        .and_then(|cue| subjects.subject_of(cue))
        .filter(person)
        .or_else(|| subjects.first_subject().filter(person))?;
    Some(likely_finding(mention, cue, why))
}

/// The name of a line that is only a dash and a name.
fn name_in_credit_line(reading: &ParsedText<'_>, tokens: std::ops::Range<usize>) -> Option<usize> {
    let first = tokens.start;
    if !reading.tokens.get(first)?.is_punctuation('—') || tokens.len() > 24 {
        return None;
    }
    let mention = reading.mention_starting_at(first + 1)?;
    (reading.mentions[mention].kind == MentionKind::Name).then_some(mention)
}

#[cfg(test)]
mod tests {
    use crate::dispatch::{Body, Dispatch};
    use crate::quotes::extract::{extract_quotes, quote_text};

    /// Checks one paragraph with a single statement: ⟦ ⟧ around it, { } around the cue, ⟨ ⟩ around the mention.
    fn check(marked: &str) {
        let plain = marked.replace(['⟦', '⟧', '{', '}', '⟨', '⟩'], "");
        let dispatch = Dispatch {
            body: Body::from_paragraphs([&plain]),
            ..Dispatch::default()
        };
        let found = extract_quotes(&dispatch);
        let mut edges = Vec::new();
        for quote in found.iter().filter(|q| q.is_statement()) {
            edges.push((quote.span().start, 1, "⟦"));
            edges.push((quote.span().end, 0, "⟧"));
            if let Some(cue) = &quote.cue {
                edges.push((cue.start, 1, "{"));
                edges.push((cue.end, 0, "}"));
            }
            if let Some(mention) = &quote.mention {
                edges.push((mention.start, 1, "⟨"));
                edges.push((mention.end, 0, "⟩"));
            }
        }
        edges.sort_unstable();
        let mut shown = plain;
        for (at, _, mark) in edges.iter().rev() {
            shown.insert_str(*at, mark);
        }
        assert_eq!(shown, marked);
    }

    /// Checks the speakers of a dispatch, in order, `?` for nobody.
    fn check_speakers(paragraphs: &[&str], expected: &[&str]) {
        let dispatch = Dispatch {
            body: Body::from_paragraphs(paragraphs),
            ..Dispatch::default()
        };
        let found: Vec<String> = extract_quotes(&dispatch)
            .into_iter()
            .filter(crate::quotes::Quote::is_statement)
            .map(|q| {
                q.speaker
                    .clone()
                    .unwrap_or_else(|| format!("? {}", quote_text(&q, dispatch.body.text())))
            })
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn the_cue_and_the_mention_beside_a_quote() {
        check("“⟦We act,⟧” {said} ⟨Lee⟩.");
        check("“⟦We act,⟧” ⟨Lee⟩ {said} on Monday.");
        check("⟨Mayor Ann Lee⟩ told a crowd in Leeds and {said}: “⟦We act.⟧”");
        check("“⟦We act,⟧” ⟨Lee⟩ {parried}.");
        check("The plan is “⟦a mess of paper⟧”, as ⟨Lee⟩ {said} on Monday.");
        check("In the {words} of the coach, ⟨Ann Lee⟩, “⟦we act at once.⟧”");
    }

    #[test]
    fn insertions_between_subject_and_verb() {
        check("⟨Ann Lee⟩, a coach who trained the team in May, {said}, “⟦We act.⟧”");
        check("⟨Ann Lee⟩, 43, of Leeds, Maine, {said}: “⟦We act.⟧”");
        check("⟨A man⟩ in Leeds, Maine, {said}: “⟦We act.⟧”");
        check("⟨Ann Lee⟩ — a coach from Leeds — {says} he wants “⟦a new boat for the club.⟧”");
        check("⟨Coach Ann Lee⟩, in an attempt to win the crowd, {wrote}: “⟦We act.⟧”");
    }

    #[test]
    fn reports_within_reports() {
        check("⟨Lee⟩ {said} that while she feared the storm, the boat was “⟦ready to go.⟧”");
        check("⟨Lee⟩ {said} on Monday that Holm had called the boat “⟦a wreck.⟧”");
        check("⟨Lee, who⟩ {said} the boat was “⟦ready to go⟧”, left.");
    }

    #[test]
    fn two_speak_together() {
        check("⟨Ann Lee and Carl Holm⟩ {called} the boat “⟦ready to go.⟧”");
        check_speakers(
            &[
                "Ann Lee and Carl Holm called the boat “ready to go.”",
                "Lee met Ann Berg and Holm said: “Go.”",
            ],
            &["Ann Lee and Carl Holm", "Carl Holm"],
        );
    }

    #[test]
    fn pronouns_go_back_over_pronouns_and_offices_to_a_name() {
        check_speakers(
            &[
                "Bram Holm, skipper of the Hope, heard the call.",
                "He turned his boat. He lit a lamp.",
                "“I saw them,” he said.",
                "Mayor Ann Lee waited.",
                "“He was late,” the mayor said.",
            ],
            &["Bram Holm", "Ann Lee"],
        );
    }

    #[test]
    fn what_goes_on_is_as_sure_as_what_it_goes_on_from() {
        let dispatch = Dispatch {
            body: Body::from_paragraphs(["“We act,” said Ann Lee. “We act at once.”"]),
            ..Dispatch::default()
        };
        let sure: Vec<_> = extract_quotes(&dispatch)
            .iter()
            .map(|q| q.certainty)
            .collect();
        assert_eq!(sure, [crate::quotes::model::Certainty::Sure; 2]);
    }

    #[test]
    fn what_names_the_source_right_before_the_quote_decides() {
        check(
            "The bell rings twice and begins, {according} to ⟨the statutes⟩, “⟦when the later hour has struck.⟧”",
        );
        check("The clock wants a turn and has, in ⟨Lee⟩'s {words}, “⟦a mind of its own⟧”.");
        check_speakers(
            &["Carl Holm winds the clock. It has, in his words, “opinions of its own”."],
            &["Carl Holm"],
        );
    }

    #[test]
    fn a_phrase_takes_the_name_that_its_sentence_gives_it() {
        check_speakers(
            &[
                "He keeps a picture of his wife, Zora, who grew up there.",
                "“He was late,” she called.",
                "Her coach, Ugo Reke, a rower himself, said nothing about the wash.",
                "“We lost because they are good.”",
                "The skipper at the third pier is Yan Amber. He did not deny it.",
                "“It was dark,” he said.",
            ],
            &["Zora", "Ugo Reke", "Yan Amber"],
        );
    }

    #[test]
    fn a_document_speaks_for_whom_it_belongs_to() {
        check_speakers(
            &[
                "The wind should ease, according to the weather office. “No change,” its forecast read.",
            ],
            &["the weather office"],
        );
    }

    #[test]
    fn a_name_that_somebody_goes_by_is_no_statement() {
        check_speakers(
            &["The guide, whom everybody calls “Old Harry”, walks in front."],
            &[],
        );
    }

    #[test]
    fn a_noun_after_a_preposition_is_no_subject() {
        check_speakers(
            &[
                "Carl Holm was quiet. He called the end “indecent” and, after some thought, “a bit late.”",
            ],
            &["Carl Holm", "Carl Holm"],
        );
    }

    #[test]
    fn an_office_after_the_name_is_a_title() {
        for (said, title) in [
            (
                "Ann Lee, the skipper of the Hope, said",
                Some("skipper of the Hope"),
            ),
            ("Ann Lee, its head, said", Some("head")),
            ("Ann Lee, who left in May, said", None),
            ("Ann Lee, 43, said", None),
        ] {
            let dispatch = Dispatch {
                body: Body::from_paragraphs([format!("{said}: “We act.”")]),
                ..Dispatch::default()
            };
            let found = extract_quotes(&dispatch);
            assert_eq!(found[0].title.as_deref(), title, "{said}");
        }
    }
}
