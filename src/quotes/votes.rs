//! What the rules say about a quote: each that finds a speaker has a vote. And what a vote becomes: the speaker.

use std::ops::Range;

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

/// The speaker of a quote. Mentions are indexes into `ParsedText::mentions`, tokens into `ParsedText::tokens`.
#[derive(Debug, Clone)]
pub(super) struct ResolvedSpeaker {
    /// The mention beside the quote: a name, a pronoun, or a noun.
    pub(super) mention: usize,
    /// The tokens to highlight: the mention, with the “who” that follows it if that is the subject of the cue.
    pub(super) shown: Range<usize>,
    /// A second speaker, who is named first: Lee in “Lee and Holm said”.
    pub(super) co_speaker: Option<usize>,
    /// The mention that names the speaker; differs from `mention` if that is a pronoun or an office.
    pub(super) name_mention: Option<usize>,
    /// The token of the reporting word.
    pub(super) cue: Option<usize>,
    pub(super) certainty: Certainty,
    pub(super) why: &'static str,
    /// True if the quote continues the utterance of the quote before it.
    pub(super) continues_previous: bool,
    /// True if only a possessive before the quote says whose words these are.
    pub(super) is_possessive_only: bool,
    /// True if the cue is not a reporting word but some other verb or noun.
    pub(super) has_weak_cue: bool,
}
