//! Attributes each quote to a speaker: by its own sentence, or else by the sentences and quotes around it.

use std::ops::Range;

use crate::quotes::candidates::{Candidate, Ranking, list_candidates, rank, tail_sentence};
use crate::quotes::coreference::{self, find_co_speaker, name_in_sentence, office_holder};
use crate::quotes::features::{Evidence, QuoteView, TextCache, reason};
use crate::quotes::lexicon::{
    ACCORDING, ADVERB, AUXILIARY, CONJUNCTION, CUE, FINITE, FIRST_PERSON, ING, NAMING, PREPOSITION,
    RELATIVE, SAY, SUBORDINATOR, TALK,
};
use crate::quotes::mentions::{MentionKind, ParsedText, QuotePosition};
use crate::quotes::model::Certainty;
use crate::quotes::names::Bearer;
use crate::quotes::neighbours::{AttributionState, MAX_ADJACENT_DISTANCE, vote_by_context};
use crate::quotes::pronouns::{document_author, find_antecedent};
use crate::quotes::quotation_marks::QuotedSpan;
use crate::quotes::same_sentence::{Finding, vote_in_sentence};
use crate::quotes::subjects::{MAX_DISTANCE, SubjectFinder};
use crate::quotes::votes::{ResolvedSpeaker, Rule, Vote, Votes};
use crate::quotes::weights::Weights;

/// The speakers of all spans, by index.
pub(super) struct Attributions {
    /// `None` for a span without a speaker, and for one that is not a token of its own.
    pub(super) speakers: Vec<Option<ResolvedSpeaker>>,
    /// What tells a statement from a term; `None` where nothing was ranked.
    pub(super) evidence: Vec<Option<Evidence>>,
}

/// Finds the speaker of each span.
///
/// `observe` is shown the candidates of each quote, with the index of its span.
pub(super) fn attribute_quotes(
    parsed: &ParsedText<'_>,
    spans: &[QuotedSpan],
    weights: &Weights,
    mut observe: impl FnMut(usize, &[Candidate]),
) -> Attributions {
    let mut evidence = vec![None; spans.len()];
    let counts = TextCache::new(parsed);
    let ranks = !weights.is_empty();
    let mut candidates = Vec::new();
    // First each quote by its own sentence, then, in text order, by context, which includes these findings.
    let mut votes = votes_in_sentences(parsed);
    let by_sentence: Vec<Option<Finding>> =
        votes.iter().map(|votes| votes.list.first().map(|vote| vote.finding.clone())).collect();
    let mut order: Vec<usize> =
        (0..spans.len()).filter(|&i| parsed.positions[i].is_some()).collect();
    order.sort_by_key(|&i| parsed.positions[i].map(|p| p.token));
    let mut found: Vec<Option<ResolvedSpeaker>> = vec![None; spans.len()];
    // The mention that names the last speaker: the likeliest antecedent of a pronoun.
    let mut last: Option<usize> = None;
    for (k, &i) in order.iter().enumerate() {
        let before = k.checked_sub(1).map(|k| order[k]);
        let known = AttributionState { by_sentence: &by_sentence, found: &found, order: &order };
        vote_by_context(parsed, spans, known, k, &mut votes[i]);
        let Some(position) = parsed.positions[i] else { continue };
        let view = QuoteView {
            parsed,
            counts: &counts,
            position,
            tail: tail_sentence(parsed, position.last_token),
            votes: &votes[i],
            last,
        };
        list_candidates(&view, weights, &mut candidates);
        observe(i, &candidates);
        let ranked = rank(&candidates).filter(|_| ranks);
        evidence[i] = ranked.as_ref().map(|Ranking { best, nobody, .. }| Evidence {
            nobody: candidates[0].features,
            speaker: best.mention.map(|_| best.features),
            probability: *nobody,
        });
        let choice = ranked.as_ref().map_or_else(
            || votes[i].list.first().cloned(),
            |Ranking { best, .. }| {
                let why = reason(&best.features, |feature| weights.score(&[feature]));
                best.mention.map(|m| votes[i].of(m, view.cue_beside(m), why))
            },
        );
        let limits = ranked.map(|ranking| (ranking.probability, weights));
        let in_sentence = by_sentence[i].is_some();
        let speaker = choice.map(|vote| resolve_vote(&view, &vote, in_sentence, limits));
        let speaker = speaker.map(|mut speaker| {
            // Two quotes with the same cue are one utterance: “We go,” Lee said, “and we stay.”
            let same_cue = before.is_some_and(|b| {
                found[b]
                    .as_ref()
                    .is_some_and(|f: &ResolvedSpeaker| f.cue.is_some() && f.cue == speaker.cue)
            });
            speaker.continues_previous |= same_cue;
            speaker
        });
        if let Some(named) = speaker.as_ref().and_then(|s| s.name_mention) {
            last = Some(named);
        }
        found[i] = speaker;
    }
    Attributions { speakers: found, evidence }
}

/// The votes of the rules about each quote's own sentence, by span.
fn votes_in_sentences(parsed: &ParsedText<'_>) -> Vec<Votes> {
    let of_position = |position: &Option<QuotePosition>| {
        let mut votes = Votes::default();
        if let Some(position) = position {
            vote_in_sentence(parsed, *position, &mut votes);
        }
        votes
    };
    parsed.positions.iter().map(of_position).collect()
}

/// Resolves the chosen speaker of a quote. `in_sentence`: the rules found somebody in its own sentence; `ranked`: the
/// probability that the choice is right, and what it is judged by.
fn resolve_vote(
    view: &QuoteView<'_, '_>,
    vote: &Vote,
    in_sentence: bool,
    ranked: Option<(f64, &Weights)>,
) -> ResolvedSpeaker {
    let parsed = view.parsed;
    // Where candidates are ranked, only what makes the name itself doubtful counts here.
    let certainty = ranked.map_or(vote.finding.certainty, |_| Certainty::Sure);
    let finding = Finding { certainty, ..vote.finding.clone() };
    let speaker = resolve_speaker(parsed, &finding, view.last);
    let outer = in_sentence.then(|| enclosing_report(parsed, &speaker, view.position)).flatten();
    let mut speaker = outer.unwrap_or(speaker);
    if let Some((probability, weights)) = ranked {
        let sure = probability >= weights.sure[sort_of(parsed, speaker.mention)];
        speaker.certainty = speaker.certainty.min(Certainty::of(sure));
    }
    speaker.has_weak_cue |= vote.rule == Rule::Ranked && speaker.cue.is_none();
    ResolvedSpeaker { continues_previous: vote.continues_previous, ..speaker }
}

/// Name, pronoun or noun: an index into the limits of certainty.
fn sort_of(parsed: &ParsedText<'_>, mention: usize) -> usize {
    match parsed.mentions[mention].kind {
        MentionKind::Name => 0,
        MentionKind::Pronoun => 1,
        _ => 2,
    }
}

/// Resolves the mention of a finding to a name. `last` names the speaker of the quote before.
fn resolve_speaker(
    parsed: &ParsedText<'_>,
    finding: &Finding,
    last: Option<usize>,
) -> ResolvedSpeaker {
    let mention = &parsed.mentions[finding.mention];
    let mut certainty = finding.certainty;
    let mut why = finding.why;
    let named = match mention.kind {
        _ if finding.name_mention.is_some() => finding.name_mention,
        MentionKind::Pronoun => {
            why = "the pronoun refers to someone named before";
            let found = find_antecedent(parsed, finding.mention, last);
            if found.as_ref().is_none_or(|f| !f.is_clear) {
                certainty = certainty.min(Certainty::Likely);
            }
            found.map(|f| {
                office_holder(parsed, f.mention)
                    .unwrap_or_else(|| name_in_sentence(parsed, f.mention))
            })
        }
        MentionKind::NounPhrase => {
            let author = document_author(parsed, finding.mention);
            if author != finding.mention && author + 1 != finding.mention {
                // “Its letter” is no more certain than its pronoun.
                certainty = certainty.min(Certainty::Likely);
            }
            Some(
                office_holder(parsed, finding.mention)
                    .unwrap_or_else(|| name_in_sentence(parsed, author)),
            )
        }
        _ => Some(finding.mention),
    };
    // A surname that several bear.
    let bearer = named.map_or(Bearer::One, |named| parsed.entities.bearer(named));
    if bearer == Bearer::Likeliest {
        certainty = certainty.min(Certainty::Likely);
    }
    let named = named.filter(|_| bearer != Bearer::Undecided);
    if named.is_none() {
        certainty = Certainty::Unknown;
        why = match bearer {
            Bearer::Undecided => "several people bear this name",
            _ => "nobody that the pronoun could refer to",
        };
    }
    // A finding that is already resolved has its second speaker too.
    let with = match finding.name_mention {
        None => find_co_speaker(parsed, finding),
        Some(_) => finding.co_speaker,
    };
    let mut shown = tokens_to_show(parsed, finding);
    if let Some(with) = with.filter(|_| finding.name_mention.is_none()) {
        shown.start = parsed.mentions[with].tokens.start;
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
        has_weak_cue: finding.cue.is_some_and(|cue| !parsed.tokens[cue].is(CUE | ACCORDING)),
    }
}

/// The full name that a mention stands for.
pub(super) fn name_of(parsed: &ParsedText<'_>, mention: usize) -> Option<String> {
    let finding = Finding::new(mention, None, Certainty::Likely, "");
    let named = resolve_speaker(parsed, &finding, None).name_mention?;
    Some(coreference::display_name(parsed, named).0)
}

/// True if the reporting word of a quote is right beside it, or is a verb that labels what follows (called, dubbed).
pub(super) fn is_cue_adjacent(
    parsed: &ParsedText<'_>,
    number: usize,
    speaker: &ResolvedSpeaker,
) -> bool {
    let (Some(cue), Some(position)) = (speaker.cue, parsed.positions[number]) else {
        return false;
    };
    let token = &parsed.tokens[cue];
    if !token.is(CUE) {
        return false;
    }
    if cue > position.last_token {
        // After the quote, the speaker's name may come before the verb.
        return cue - position.last_token <= MAX_ADJACENT_DISTANCE + 2;
    }
    // A cue between the pieces of a quote is on neither side of it.
    let Some(between) = parsed.tokens.get(cue + 1..position.token) else {
        return false;
    };
    // “called the boat from the north “a wreck””: such a verb labels the quote at any distance.
    token.is(NAMING) && !token.is(SAY)
        || between.len() <= MAX_ADJACENT_DISTANCE && !between.iter().any(|t| t.is(PREPOSITION))
}

/// True if the reporting word before a quote is negated (“has not called”, “never said”), or only names a topic (“spoke of
/// a “rally””): a few words are then a term.
pub(super) fn names_a_term(
    parsed: &ParsedText<'_>,
    number: usize,
    speaker: &ResolvedSpeaker,
) -> bool {
    let (Some(cue), Some(position)) = (speaker.cue, parsed.positions[number]) else {
        return false;
    };
    if parsed.tokens[cue].is(TALK) {
        return true;
    }
    if cue > position.token {
        return false;
    }
    let before = parsed.tokens[..cue].iter().rev().take(MAX_ADJACENT_DISTANCE);
    before.take_while(|t| t.is(ADVERB | AUXILIARY)).any(|t| {
        let word = parsed.text.get(t.range()).unwrap_or("");
        matches!(word, "not" | "never") || word.ends_with("n't") || word.ends_with("n’t")
    })
}

/// True if a quote is in an aside of the agency, after the report: “Lee wrote to the port, part of a “tidal” movement”. The
/// words between the last comma and the quote have no verb of their own.
pub(super) fn is_in_aside(
    parsed: &ParsedText<'_>,
    number: usize,
    speaker: &ResolvedSpeaker,
) -> bool {
    let (Some(cue), Some(position)) = (speaker.cue, parsed.positions[number]) else {
        return false;
    };
    let Some(between) = (cue < position.token).then_some(cue + 1..position.token) else {
        return false;
    };
    let comma = between.rev().take(MAX_ASIDE).find(|&i| !parsed.tokens[i].is_word());
    comma.is_some_and(|comma| {
        let first = comma + 1;
        parsed.tokens[comma].is_punctuation(',')
            && first < position.token
            && !parsed.tokens[first].is(CONJUNCTION | RELATIVE | SUBORDINATOR | CUE | PREPOSITION)
            && (first..position.token).all(|i| {
                !parsed.tokens[i].is(FINITE | AUXILIARY | CUE) || parsed.mention(i).is_some()
            })
    })
}

/// How many tokens before a quote an aside may begin.
const MAX_ASIDE: usize = 12;

/// True for a first-person mention (“I”, “our”), which the text cannot resolve to a name.
pub(super) fn is_first_person(parsed: &ParsedText<'_>, mention: usize) -> bool {
    parsed.mention_has(mention, FIRST_PERSON)
}

// The words beside a quote that are shown as its source.

/// The longest mention shown, in tokens, together with the “who” after it.
const MAX_SHOWN_TOKENS: usize = 12;

/// The tokens of a mention, extended to the “who” right before the cue if there is one; only that “who” if it is too
/// far.
pub(super) fn tokens_to_show(parsed: &ParsedText<'_>, finding: &Finding) -> Range<usize> {
    let tokens = parsed.mentions[finding.mention].tokens.clone();
    let Some(cue) = finding.cue else {
        return tokens;
    };
    let mut i = cue;
    while i > tokens.end && parsed.tokens[i - 1].is(ADVERB | AUXILIARY) {
        i -= 1;
    }
    if i <= tokens.end || !parsed.tokens[i - 1].is(RELATIVE) {
        tokens
    } else if i - tokens.start <= MAX_SHOWN_TOKENS {
        tokens.start..i
    } else {
        i - 1..i
    }
}

/// The outer report by the same person: in “Lee said that while she feared the storm, she was “calm””, the cue to show
/// is Lee's, not the pronoun's.
pub(super) fn enclosing_report(
    parsed: &ParsedText<'_>,
    speaker: &ResolvedSpeaker,
    position: QuotePosition,
) -> Option<ResolvedSpeaker> {
    let named = speaker.name_mention.filter(|&n| n != speaker.mention)?;
    let pronoun = parsed.mentions[speaker.mention].tokens.start;
    let sentence = parsed.sentences[position.sentence].tokens.clone();
    if speaker.cue.is_none_or(|cue| cue > position.token) || !sentence.contains(&pronoun) {
        return None;
    }
    let subjects = SubjectFinder::new(parsed, &sentence);
    let from = sentence.start.max(pronoun.saturating_sub(MAX_DISTANCE));
    let of = &parsed.entities.of_mention;
    // The nearest reporting verb before the pronoun, with no quote between.
    let say = (from..pronoun).rev().take_while(|&i| !parsed.tokens[i].is_quote()).find(|&i| {
        parsed.tokens[i].is(SAY) && parsed.tokens[i].is(FINITE | ING) && parsed.mention(i).is_none()
    })?;
    let mention = subjects.subject_of(say)?;
    // Only if the outer report is by the same person.
    let same = mention == named || of[mention].is_some() && of[mention] == of[named];
    same.then(|| ResolvedSpeaker {
        mention,
        shown: parsed.mentions[mention].tokens.clone(),
        cue: Some(say),
        why: "they report the quote",
        ..speaker.clone()
    })
}

#[cfg(test)]
mod tests {
    use crate::dispatch::{Body, Dispatch};
    use crate::quotes::extract::{extract_quotes, quote_text};

    /// Checks the one statement of a paragraph: ⟦ ⟧ encloses its words, { } the cue, ⟨ ⟩ the mention.
    fn check(marked: &str) {
        let plain = marked.replace(['⟦', '⟧', '{', '}', '⟨', '⟩'], "");
        let dispatch = Dispatch { body: Body::from_paragraphs([&plain]), ..Dispatch::default() };
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

    /// Checks the speakers of a dispatch, in order; `? words` for an unknown one.
    fn check_speakers(paragraphs: &[&str], expected: &[&str]) {
        let dispatch = Dispatch { body: Body::from_paragraphs(paragraphs), ..Dispatch::default() };
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
    fn insertions_between_subject_and_verb_are_skipped() {
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
    fn a_participle_has_the_subject_of_its_clause() {
        for text in [
            "Calling the other pilot, Rosa Vane, “the only one with a lamp,” Ann Lee left the pier.",
            "Ann Lee sent a short note to the crew on Friday calling it “ready to go.”",
            "Ann Lee told the host that the storm was late before adding that the boat is “ready to go.”",
            "“We act,” replied port chairman Ann Lee, adding that the port needed “a new lamp.”",
            "The boats have left, Ann Lee said at a dinner on Friday, adding that the pier was “ready to go.”",
            "Ann Lee, for whom Rosa Vane once worked, was late, telling a clerk: “We act.”",
            "Rosa Vane left the talks, with pilot Ann Lee calling them “a waste of rope.”",
            "Ann Lee waved at the children from the pier, shouting: “We act.”",
        ] {
            let dispatch = Dispatch { body: Body::from_paragraphs([text]), ..Dispatch::default() };
            for quote in extract_quotes(&dispatch) {
                assert_eq!(quote.speaker.as_deref(), Some("Ann Lee"), "{text}");
            }
        }
    }

    #[test]
    fn the_outer_report_wins_over_a_weak_verb() {
        check_speakers(
            &[
                "Ann Lee told the port radio that the crew hopes the boat “is going to float by itself.”",
                "A spokesman for the line said the firm had paid since it believed “in what two towns can build.”",
                "Ann Lee said the port would maintain its tolls until the price reaches “the height of summer.”",
                "The league has protested the use of maps by Carl Lee when he speaks of strangers who row “in the dark.”",
            ],
            &["Ann Lee", "A spokesman", "Ann Lee", "Carl Lee"],
        );
    }

    #[test]
    fn words_that_are_only_an_example_are_reported_by_the_sentence() {
        check_speakers(
            &[
                "It can be as plain as saying, “We take the tide as it comes,” says keeper Ann Lee.",
                "The pilots could not agree, Ann Lee wrote. But they could say, “We row,” she added.",
            ],
            &["Ann Lee", "Ann Lee"],
        );
    }

    #[test]
    fn somebody_may_be_quoted_by_another() {
        check_speakers(
            &[
                "Ann Lee was quoted by the paper as saying: “It sang.”",
                "Ann Lee was also cited as saying that “it was still by noon.”",
            ],
            &["Ann Lee", "Ann Lee"],
        );
    }

    #[test]
    fn quotes_go_on_after_other_words() {
        check_speakers(
            &[
                "“The rope is new,” Ann Lee said. “It should hold,” which nobody doubted.",
                "“We tried paint,” Bo Dahl said. “It all came off” as part of the spring flood.",
                "“The case is new,” Ann Lee said, though Holm and other officials have not said the pier is “open”. “We need a lamp.”",
                "\"We act,\" Bo Dahl said. \"... We wait for nobody.\"",
            ],
            &[
                "Ann Lee", "Ann Lee", "Bo Dahl", "Bo Dahl", "Ann Lee", "Ann Lee", "Bo Dahl",
                "Bo Dahl",
            ],
        );
    }

    #[test]
    fn a_line_before_or_after_a_quote_names_the_speaker() {
        check_speakers(
            &["From the desk of Ann Lee, head of research, Lomin Bank:", "“Ports earn more.”"],
            &["Ann Lee"],
        );
        check_speakers(&["And from Chairwoman Ann Lee:", "“Ports earn more.”"], &["Ann Lee"]);
        check_speakers(
            &["“Everybody told me to sell.”", "That was how Ann Lee, a pilot, once described it."],
            &["Ann Lee"],
        );
        check_speakers(
            &["“Everybody told me to sell.” That is what Ann Lee wrote in May."],
            &["Ann Lee"],
        );
        check_speakers(&["“All is well.”", "Those were the words of Ann Lee."], &["Ann Lee"]);
        check_speakers(
            &["But Ann Lee quickly deflected with an old tale: “It rained.”"],
            &["Ann Lee"],
        );
    }

    #[test]
    fn headlines_quote_in_single_marks() {
        for headline in [
            "Ann Lee on Ferry Leak: ‘Unkind,’ ‘Late’",
            "Ann Lee Claims ‘The Ropes’ Have Been Taken off Her Boat",
            "Ann Lee Slams ‘Reckless’ Plan for New Pier at Ostrel",
        ] {
            let dispatch = Dispatch { headline: headline.to_owned(), ..Dispatch::default() };
            let found = extract_quotes(&dispatch);
            assert!(!found.is_empty(), "{headline}");
            for quote in found {
                assert!(quote.is_statement(), "{headline}");
                assert_eq!(quote.speaker.as_deref(), Some("Ann Lee"), "{headline}");
            }
        }
    }

    #[test]
    fn a_report_after_a_clause_has_its_subject_after_it() {
        check_speakers(
            &[
                "If the mayor acts, the port could replace Holm with a better pilot, said Ann Lee, a keeper. “It would work.”",
            ],
            &["Ann Lee"],
        );
    }

    #[test]
    fn two_can_speak_together() {
        check("⟨Ann Lee and Carl Holm⟩ {called} the boat “⟦ready to go.⟧”");
        check_speakers(
            &[
                "Ann Lee and Carl Holm called the boat “ready to go.”",
                "Lee met Ann Berg and Holm said: “Go.”",
            ],
            &["Ann Lee and Carl Holm", "Carl Holm"],
        );
        check_speakers(
            &["Ann Lee, Rosa Vane, Bo Dahl and Carl Holm called the boat “ready to go.”"],
            &["Ann Lee, Rosa Vane, Bo Dahl and Carl Holm"],
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
    fn a_continued_quote_is_as_certain_as_the_one_before() {
        let dispatch = Dispatch {
            body: Body::from_paragraphs(["“We act,” said Ann Lee. “We act at once.”"]),
            ..Dispatch::default()
        };
        let sure: Vec<_> = extract_quotes(&dispatch).iter().map(|q| q.certainty).collect();
        assert_eq!(sure, [crate::quotes::model::Certainty::Sure; 2]);
    }

    #[test]
    fn a_source_right_before_the_quote_wins() {
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
    fn a_document_speaks_for_its_owner() {
        check_speakers(
            &[
                "The wind should ease, according to the weather office. “No change,” its forecast read.",
            ],
            &["the weather office"],
        );
    }

    #[test]
    fn a_nickname_is_not_a_statement() {
        check_speakers(&["The guide, whom everybody calls “Old Harry”, walks in front."], &[]);
    }

    #[test]
    fn a_noun_after_a_preposition_is_not_a_subject() {
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
            ("Ann Lee, the skipper of the Hope, said", Some("skipper of the Hope")),
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

    #[test]
    fn an_open_relative_clause_does_not_hide_the_subject() {
        check(
            "⟨The pilot⟩ who lost two boats before the war broke out is already talking about “⟦a great new fleet of boats⟧”.",
        );
        check("“⟦We act,⟧” {according} to ⟨a short June 2011 memo⟩ that Holm wrote.");
        check("The port is “⟦racing towards the ice,⟧” as ⟨Lee⟩, a coach at the club, {puts} it.");
        check("They met the crew on “⟦matters of toll and tide,⟧” ⟨lobbying records⟩ {show}.");
        check(
            "After a film in which Holm boasted of a boat, ⟨a rowing club⟩ {derided} him as “⟦a man of straw.⟧”",
        );
        check("⟨Lee⟩, quoted by the Courier, {said} the fall “⟦may be the end of winter.⟧”");
        check("In what ⟨Lee⟩, a coach, {called} “⟦a race of its own,⟧” the boats sank.");
    }
}
