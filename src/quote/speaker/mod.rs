//! Gives each quote its speaker: first by its own sentence, then by what stands around it.

mod after;
mod before;
mod beside;
mod clauses;
mod floating;
mod insertions;
mod naming;
mod pronouns;
mod shown;
mod subject;
#[cfg(test)]
mod tests;

use std::ops::Range;

use beside::{Finding, find_in_sentence};
pub(super) use naming::display_name;
use naming::{document_author, find_co_speaker, name_in_sentence, office_holder};
use shown::{enclosing_report, tokens_to_show};

use super::lexicon::WordClass;
use super::marks::QuotedSpan;
use super::mentions::MentionKind;
use super::model::Certainty;
use super::reading::ParsedText;

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
            let known = floating::AttributionState {
                by_sentence: &beside,
                found: &found,
                order: &order,
            };
            floating::attribute_from_context(reading, spans, known, k).map(|(finding, goes_on)| {
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
            let found = pronouns::find_antecedent(reading, finding.mention, last);
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
