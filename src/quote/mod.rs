//! Finds quoted statements and who made them. Knows nothing of wires or screens.

mod foreign;
mod judge;
mod lexicon;
mod marks;
mod mentions;
mod model;
mod reading;
mod speaker;
#[cfg(test)]
mod tests;
mod transcript;
mod words;

use std::ops::Range;

pub use model::{Certainty, Quote, QuoteKind, TextPart};

use crate::dispatch::{BlockKind, Dispatch};
use judge::AttributionBasis;
use marks::QuotedSpan;
use reading::ParsedText;
use speaker::ResolvedSpeaker;

/// All quotes of a dispatch in the order of the text: headline first, then body. Titles, nicknames and terms are
/// among them as [`Kind::NotAStatement`].
#[must_use]
pub fn extract_quotes(dispatch: &Dispatch) -> Vec<Quote> {
    let whole = CombinedText::new(dispatch);
    let spans = marks::find_spans(&whole.text, &whole.paragraphs);
    let spans = transcript::add_transcript_speeches(&whole.text, &whole.paragraphs, spans);
    let foreign = foreign::is_foreign(dispatch.language.as_deref(), dispatch.body.text());
    if foreign {
        return foreign::extract_foreign_quotes(&whole, spans);
    }
    if spans.is_empty() {
        return Vec::new();
    }
    let plain: Vec<bool> = spans
        .iter()
        .map(|span| judge::is_name_by_shape(&whole.text, span))
        .collect();
    let reading = ParsedText::new(&whole.text, &whole.paragraphs, &spans, &plain);
    let speakers = speaker::attribute_quotes(&reading, &spans);
    let mut group = 0;
    let mut made: Vec<Quote> = Vec::with_capacity(spans.len());
    for (i, span) in spans.iter().enumerate() {
        let speaker = speakers[i].as_ref();
        if i > 0 && !speaker.is_some_and(|s| s.continues_previous) {
            group += 1;
        }
        let kind = classify_span(&whole, &reading, i, span, speaker, plain[i]);
        let source = speaker
            .filter(|s| {
                kind != QuoteKind::NotAStatement && !speaker::is_first_person(&reading, s.mention)
            })
            .map(|speaker| make_attribution(&reading, speaker))
            // A name that is cut to nothing names nobody.
            .filter(|source| source.name.as_deref().is_none_or(|name| !name.is_empty()));
        made.push(whole.make_quote(span, kind, source, group));
    }
    made
}

fn classify_span(
    whole: &CombinedText,
    reading: &ParsedText<'_>,
    number: usize,
    span: &QuotedSpan,
    speaker: Option<&ResolvedSpeaker>,
    plain: bool,
) -> QuoteKind {
    let backing = match speaker {
        None => AttributionBasis::Nobody,
        Some(s) if s.is_possessive_only => AttributionBasis::Possessive,
        Some(s) if s.has_weak_cue => AttributionBasis::Subject,
        Some(s) if speaker::is_cue_adjacent(reading, number, s) => AttributionBasis::AdjacentCue,
        Some(_) => AttributionBasis::DistantCue,
    };
    let headline = span.paragraph < whole.headlines;
    if plain || span.parent.is_some() || judge::is_term(&whole.text, span, backing, headline) {
        QuoteKind::NotAStatement
    } else if judge::is_direct(&whole.text, span) {
        QuoteKind::Direct
    } else {
        QuoteKind::Partial
    }
}

/// Who said a quote, and where that stands in the whole text.
struct Attribution {
    name: Option<String>,
    title: Option<String>,
    cue: Option<Range<usize>>,
    mention: Range<usize>,
    certainty: Certainty,
    why: &'static str,
}

fn make_attribution(reading: &ParsedText<'_>, speaker: &ResolvedSpeaker) -> Attribution {
    let (name, title) = speaker
        .name_mention
        .map(|named| match speaker.co_speaker {
            Some(with) => {
                let (first, _) = speaker::display_name(reading, with);
                let (second, _) = speaker::display_name(reading, named);
                (format!("{first} and {second}"), None)
            }
            None => speaker::display_name(reading, named),
        })
        .unzip();
    Attribution {
        name,
        title: title.flatten(),
        cue: speaker.cue.map(|cue| reading.tokens[cue].range()),
        mention: reading.byte_range(&speaker.shown),
        certainty: speaker.certainty,
        why: speaker.why,
    }
}

/// The words of a quote, as they stand in `make_attribution`, the text that `quote.part` names. Its paragraphs are parted by
/// an empty line and begin with the opening mark where the dispatch repeats it, as print does.
#[must_use]
pub fn quote_text(quote: &Quote, source: &str) -> String {
    source.get(quote.span()).unwrap_or("").to_owned()
}

/// Headline and body as one text, so that a name in the one is known in the other.
struct CombinedText {
    text: String,
    paragraphs: Vec<Option<Range<usize>>>,
    /// Where the body begins.
    body: usize,
    /// Number of paragraphs before the body's.
    headlines: usize,
}

impl CombinedText {
    fn new(dispatch: &Dispatch) -> Self {
        // A headline made from the lead is in the body already.
        let headline = if dispatch.headline_derived {
            ""
        } else {
            dispatch.headline.as_str()
        };
        let body = dispatch.body.text();
        let mut text = String::with_capacity(headline.len() + body.len() + 2);
        let mut paragraphs = Vec::with_capacity(dispatch.body.blocks().len() + 1);
        if !headline.is_empty() {
            text.push_str(headline);
            paragraphs.push(Some(0..headline.len()));
            text.push_str("\n\n");
            // Nothing goes on from the headline into the body.
            paragraphs.push(None);
        }
        let start = text.len();
        text.push_str(body);
        let headlines = paragraphs.len();
        let dateline = dispatch.dateline.as_ref().and_then(|d| d.range.clone());
        for block in dispatch.body.blocks() {
            let mut range = block.range.clone();
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
        Self {
            text,
            paragraphs,
            body: start,
            headlines,
        }
    }

    fn make_quote(
        &self,
        span: &QuotedSpan,
        kind: QuoteKind,
        source: Option<Attribution>,
        group: usize,
    ) -> Quote {
        let part = if span.paragraph < self.headlines {
            TextPart::Headline
        } else {
            TextPart::Body
        };
        let base = if part == TextPart::Headline {
            0
        } else {
            self.body
        };
        let shift = |range: Range<usize>| range.start - base..range.end - base;
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
