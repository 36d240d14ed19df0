//! The record of a dispatch's quotes, as `dateline quotes` prints it. Positions are Unicode code points.

use serde::Serialize;

use super::points::{CodePointCounter, CodePointSpan};
use crate::dispatch::{Dispatch, Stamp};
use crate::quote::{self, Quote, TextPart};

/// One quote. `start` and `end` point into the text that `in` names.
#[derive(Debug, Serialize)]
pub struct QuoteRecord<'a> {
    pub text: String,
    #[serde(rename = "in")]
    pub part: &'static str,
    pub start: usize,
    pub end: usize,
    pub kind: &'static str,
    pub group: usize,
    pub parent: Option<usize>,
    pub speaker: Option<&'a str>,
    pub title: Option<&'a str>,
    pub cue: Option<&'a str>,
    pub mention: Option<CodePointSpan>,
    pub certainty: &'static str,
    pub why: &'a str,
    pub paragraph: usize,
}

/// The quotes of one dispatch.
#[derive(Debug, Serialize)]
pub struct QuotesRecord<'a> {
    pub path: String,
    pub index: u64,
    pub item: String,
    pub headline: &'a str,
    pub agency: Option<&'a str>,
    pub place: Option<&'a str>,
    pub time: Option<String>,
    pub status: &'static str,
    pub quotes: Vec<QuoteRecord<'a>>,
}

impl<'a> QuotesRecord<'a> {
    /// The record of a dispatch that is the `index`-th of the input at `path`, with the quotes that pass `keep`.
    #[must_use]
    pub fn new(
        dispatch: &'a Dispatch,
        quotes: &'a [Quote],
        keep: impl Fn(&Quote) -> bool,
        path: String,
        index: u64,
    ) -> Self {
        let kept: Vec<usize> = (0..quotes.len()).filter(|&i| keep(&quotes[i])).collect();
        let mut body = CodePointCounter::new(dispatch.body.text());
        let mut headline = CodePointCounter::new(&dispatch.headline);
        let records = kept.iter().map(|&i| {
            let quote = &quotes[i];
            let (source, points) = match quote.part {
                TextPart::Headline => (dispatch.headline.as_str(), &mut headline),
                TextPart::Body => (dispatch.body.text(), &mut body),
            };
            let span = quote.span();
            QuoteRecord {
                text: quote::quote_text(quote, source),
                part: if quote.part == TextPart::Headline {
                    "headline"
                } else {
                    "body"
                },
                start: points.count_before(span.start),
                end: points.count_before(span.end),
                kind: quote.kind.name(),
                group: quote.group,
                parent: quote
                    .parent
                    .and_then(|parent| kept.binary_search(&parent).ok()),
                speaker: quote.speaker.as_deref(),
                title: quote.title.as_deref(),
                cue: quote.cue.clone().and_then(|cue| source.get(cue)),
                mention: quote.mention.as_ref().map(|m| points.span(m)),
                certainty: quote.certainty.name(),
                why: quote.why,
                paragraph: quote.paragraph,
            }
        });
        Self {
            path,
            index,
            item: dispatch.item_identity(),
            headline: &dispatch.headline,
            agency: dispatch.agency.as_deref(),
            place: dispatch.place(),
            time: dispatch.time.map(Stamp::to_rfc3339),
            status: dispatch.status.name(),
            quotes: records.collect(),
        }
    }
}
