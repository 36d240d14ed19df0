//! What a quote is: its words, its speaker, and how sure we are.

use std::ops::Range;

/// The text that a quote's positions point into.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TextPart {
    Headline,
    Body,
}

/// What kind of quotation it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum QuoteKind {
    /// A whole sentence or clause.
    Direct,
    /// Some words inside the agency's own sentence.
    Partial,
    /// A title, nickname, term or scare quote.
    NotAStatement,
}

/// How sure the attribution is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Certainty {
    Unknown,
    Likely,
    Sure,
}

impl Certainty {
    /// That of a rule which has its best form, or not.
    pub(super) fn of(best: bool) -> Self {
        if best { Self::Sure } else { Self::Likely }
    }
}

/// One quote. All ranges are bytes into the text that `part` names, on character boundaries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quote {
    pub part: TextPart,
    /// The words, one range a paragraph, marks left out; never empty, ascending.
    pub pieces: Vec<Range<usize>>,
    /// From the first opening mark to the end of the last closing mark (where there is one).
    pub outer: Range<usize>,
    pub kind: QuoteKind,
    /// Pieces of one utterance share a group (numbered from 0 in order of appearance).
    pub group: usize,
    /// Index (in the same list) of the quote this one is nested in.
    pub parent: Option<usize>,
    /// The fullest name of the speaker in the dispatch.
    pub speaker: Option<String>,
    /// Office or rank, as written.
    pub title: Option<String>,
    /// The reporting word.
    pub cue: Option<Range<usize>>,
    /// The words that name or refer to the speaker beside this quote.
    pub mention: Option<Range<usize>>,
    pub certainty: Certainty,
    /// The rule that found the speaker, as one short sentence.
    pub why: &'static str,
    /// 0-based number of the body block in which it opens; 0 for the headline.
    pub paragraph: usize,
}

impl Quote {
    /// From the first to the last of the quoted words.
    #[must_use]
    pub fn span(&self) -> Range<usize> {
        let start = self.pieces.first().map_or(self.outer.start, |p| p.start);
        let end = self.pieces.last().map_or(self.outer.end, |p| p.end);
        start..end
    }

    /// True unless it is a title, nickname, term or scare quote.
    #[must_use]
    pub fn is_statement(&self) -> bool {
        self.kind != QuoteKind::NotAStatement
    }
}

impl QuoteKind {
    /// The name in records.
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
    /// The name in records.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Sure => "sure",
            Self::Likely => "likely",
            Self::Unknown => "unknown",
        }
    }
}
