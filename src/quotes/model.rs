//! The quote model: the quoted words, their speaker, and how certain the attribution is.

use std::ops::Range;

use crate::dispatch::Dispatch;

/// The text of the dispatch that a quote's ranges index.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TextPart {
    Headline,
    Body,
}

/// The kind of a quotation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum QuoteKind {
    /// A full sentence or clause: “We act,” she said.
    Direct,
    /// A few words inside the agency's own sentence: she called it a “mess”.
    Partial,
    /// A title, nickname, term or scare quote, attributed to nobody.
    NotAStatement,
}

/// How certain an attribution is, weakest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Certainty {
    /// No speaker was found, or a pronoun could not be resolved.
    Unknown,
    /// A rule matched, but not in its strongest form, or another speaker is possible.
    Likely,
    Sure,
}

impl Certainty {
    /// The certainty of a rule: `Sure` if it matched in its strongest form.
    pub(super) fn of(best: bool) -> Self {
        if best { Self::Sure } else { Self::Likely }
    }
}

/// One quote. All ranges are byte ranges into the text that `part` names, on character boundaries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quote {
    pub part: TextPart,
    /// The quoted words, one range per paragraph, without quotation marks; never empty, ascending.
    pub pieces: Vec<Range<usize>>,
    /// From the first opening mark to the end of the last closing mark, or of the words if that mark is missing.
    pub outer: Range<usize>,
    pub kind: QuoteKind,
    /// Successive quotes of one utterance (“We go,” Lee said, “and we stay.”) share a group number, counted from 0.
    pub group: usize,
    /// Index, in the same list, of the quote that this one is nested in.
    pub parent: Option<usize>,
    /// The speaker's name in the fullest form that the dispatch gives; two who speak together are joined by “and”.
    pub speaker: Option<String>,
    /// The speaker's office or rank, as written.
    pub title: Option<String>,
    /// The reporting word, such as “said”.
    pub cue: Option<Range<usize>>,
    /// The words near this quote that name or refer to the speaker: a name, “she”, “the mayor”.
    pub mention: Option<Range<usize>>,
    pub certainty: Certainty,
    /// The rule that found the speaker, as a short sentence for the reader.
    pub why: &'static str,
    /// 0-based index of the body block in which the quote opens; 0 in the headline.
    pub paragraph: usize,
}

impl Quote {
    /// From the first to the last quoted word: one range, whatever the number of pieces.
    #[must_use]
    pub fn span(&self) -> Range<usize> {
        let start = self.pieces.first().map_or(self.outer.start, |p| p.start);
        let end = self.pieces.last().map_or(self.outer.end, |p| p.end);
        start..end
    }

    /// The text of its dispatch that the ranges are in.
    #[must_use]
    pub fn source<'d>(&self, dispatch: &'d Dispatch) -> &'d str {
        match self.part {
            TextPart::Headline => dispatch.headline.as_str(),
            TextPart::Body => dispatch.body.text(),
        }
    }

    /// The speaker with the title, as it stands below a quote.
    #[must_use]
    pub fn credit(&self) -> String {
        let by = match (&self.speaker, &self.title) {
            (Some(name), Some(title)) => format!("{name}, {title}"),
            (Some(name), None) => name.clone(),
            (None, _) => return "unattributed".to_owned(),
        };
        if self.certainty == Certainty::Sure { by } else { by + " (attribution inferred)" }
    }

    /// False for a title, nickname, term or scare quote.
    #[must_use]
    pub fn is_statement(&self) -> bool {
        self.kind != QuoteKind::NotAStatement
    }
}

impl QuoteKind {
    /// The name used in records.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Direct => "direct",
            Self::Partial => "partial",
            Self::NotAStatement => "not-a-statement",
        }
    }
}

impl Certainty {
    /// The name used in records.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Sure => "sure",
            Self::Likely => "likely",
            Self::Unknown => "unknown",
        }
    }
}
