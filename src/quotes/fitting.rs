//! What the program that fits the weights (`examples/fit.rs`) sees of the quotes of a dispatch: the candidates for each
//! and their features.

use std::collections::HashMap;
use std::ops::Range;

use crate::dispatch::Dispatch;
use crate::quotes::attribution;
use crate::quotes::extract::{self, CombinedText};
use crate::quotes::features::{FEATURES, feature_name};
use crate::quotes::mentions::ParsedText;
use crate::quotes::model::{Quote, TextPart};
use crate::quotes::weights::{SCALE, Weights};

/// A quote whose speaker is to be found.
#[derive(Debug, Clone)]
pub struct Example {
    pub part: TextPart,
    /// Byte range of its words in the text that `part` names.
    pub quote: Range<usize>,
    /// The first is nobody.
    pub candidates: Vec<ExampleCandidate>,
}

/// Somebody who may be the speaker.
#[derive(Debug, Clone)]
pub struct ExampleCandidate {
    /// Byte range in the same text; `None` for nobody, and for a mention in the other text.
    pub mention: Option<Range<usize>>,
    /// The name that the mention stands for.
    pub name: Option<String>,
    /// Numbers of features, below [`feature_count`].
    pub features: Vec<u16>,
}

/// A weight in the table is the logarithm of odds times this.
pub const WEIGHT_SCALE: f64 = SCALE;

/// How many features there are.
#[must_use]
pub fn feature_count() -> usize {
    FEATURES
}

/// The name of a feature in the table of weights.
#[must_use]
pub fn name_of_feature(feature: usize) -> String {
    feature_name(feature)
}

/// The quotes of a dispatch, attributed with the weights of a table in the form of `speaker_weights.txt`.
#[must_use]
pub fn extract_quotes_with(dispatch: &Dispatch, table: &str) -> Vec<Quote> {
    extract::extract_quotes_with(dispatch, &Weights::read(table), |_, _| {})
}

/// The quotes of a dispatch with the features by which a statement is told from a term, for the weights of a table that
/// need not have any for statements yet.
#[must_use]
pub fn statement_examples(dispatch: &Dispatch, table: &str) -> Vec<(Quote, Vec<u16>)> {
    let mut features = HashMap::new();
    let weights = Weights::read(table);
    let quotes = extract::extract_quotes_with(dispatch, &weights, |span, ids| {
        features.insert(span, ids.to_vec());
    });
    let with_features = |(i, quote)| features.remove(&i).map(|features| (quote, features));
    quotes.into_iter().enumerate().filter_map(with_features).collect()
}

/// The quotes of a dispatch in English, and who may have said each. The rules alone decide who spoke before.
#[must_use]
pub fn examples(dispatch: &Dispatch) -> Vec<Example> {
    let combined = CombinedText::new(dispatch);
    let spans = combined.spans();
    let plain: Vec<bool> = spans.iter().map(|span| combined.is_plain(span)).collect();
    let parsed = ParsedText::new(&combined.text, &combined.paragraphs, &spans, &plain);
    let mut out = Vec::new();
    attribution::attribute_quotes(&parsed, &spans, &Weights::read(""), |i, candidates| {
        let span = &spans[i];
        let (part, base) = if span.paragraph < combined.headlines {
            (TextPart::Headline, 0)
        } else {
            (TextPart::Body, combined.body)
        };
        let shift = |range: Range<usize>| {
            let inside = part == TextPart::Body || range.end <= combined.body;
            (range.start >= base && inside).then(|| range.start - base..range.end - base)
        };
        let (Some(first), Some(last)) = (span.pieces.first(), span.pieces.last()) else { return };
        let candidates = candidates.iter().map(|candidate| ExampleCandidate {
            mention: candidate
                .mention
                .and_then(|m| shift(parsed.byte_range(&parsed.mentions[m].tokens))),
            name: candidate.mention.and_then(|m| attribution::name_of(&parsed, m)),
            features: candidate.features.ids().to_vec(),
        });
        out.extend(shift(first.start..last.end).map(|quote| Example {
            part,
            quote,
            candidates: candidates.collect(),
        }));
    });
    out
}
