//! What the rules say about a quote: each that finds a speaker has a vote.

use crate::quotes::model::Certainty;
use crate::quotes::same_sentence::Finding;

/// The rules, in the order in which they are tried: those about the quote's own sentence first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rule {
    Label,
    SourceRightBefore,
    CueRightBefore,
    CueRightAfter,
    CueAtSentenceEnd,
    UnlistedVerbAfter,
    CueLeadsIn,
    AccordingTo,
    SubjectBeforeColon,
    CueBefore,
    Possessor,
    CreditAfter,
    SubjectBefore,
    CueAfter,
    BeforeInSentence,
    NextInSentence,
    Continued,
    PreviousSentence,
    NextInParagraph,
    CreditOnNextLine,
    ContinuesParagraph,
    ParagraphBefore,
    /// No rule: the best of the mentions nearby.
    Ranked,
}

impl Rule {
    /// The names of all rules in the table of weights, in their order.
    pub(super) const NAMES: &[&str] = &[
        "label",
        "source-right-before",
        "cue-right-before",
        "cue-right-after",
        "cue-at-sentence-end",
        "unlisted-verb-after",
        "cue-leads-in",
        "according-to",
        "subject-before-colon",
        "cue-before",
        "possessor",
        "credit-after",
        "subject-before",
        "cue-after",
        "before-in-sentence",
        "next-in-sentence",
        "continued",
        "previous-sentence",
        "next-in-paragraph",
        "credit-on-next-line",
        "continues-paragraph",
        "paragraph-before",
        "ranked",
    ];
}

/// The speaker that a rule finds.
#[derive(Debug, Clone)]
pub(super) struct Vote {
    pub(super) rule: Rule,
    pub(super) finding: Finding,
    /// True if the quote then continues the utterance of the quote before it.
    pub(super) continues_previous: bool,
}

/// The votes on a quote, in the order of the rules: the first is what the rules alone would choose.
#[derive(Debug, Clone, Default)]
pub(super) struct Votes {
    pub(super) list: Vec<Vote>,
}

impl Votes {
    /// Adds the vote of a rule that found somebody.
    pub(super) fn add(&mut self, rule: Rule, finding: Option<Finding>) {
        if let Some(finding) = finding {
            self.list.push(Vote { rule, finding, continues_previous: false });
        }
    }

    /// [`Self::add`] for a rule about a quote that goes on.
    pub(super) fn add_continued(&mut self, rule: Rule, finding: Option<Finding>) {
        if let Some(finding) = finding {
            self.list.push(Vote { rule, finding, continues_previous: true });
        }
    }

    /// The first vote for a mention; one without a rule for a mention that no rule found, with this reporting word and
    /// reason.
    pub(super) fn of(&self, mention: usize, cue: Option<usize>, why: &'static str) -> Vote {
        let found = self.list.iter().find(|vote| vote.finding.mention == mention);
        found.cloned().unwrap_or_else(|| Vote {
            rule: Rule::Ranked,
            finding: Finding::new(mention, cue, Certainty::Likely, why),
            continues_previous: false,
        })
    }
}
