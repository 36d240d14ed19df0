//! Judges a dispatch by its raw bytes, before it is read whole: most can be told without.

mod disguise;

use std::cell::OnceCell;

use regex::bytes::{Regex, RegexBuilder};

use super::Query;
use super::judge::{QueryContext, Verdict, combine_verdicts};
use super::needle::{MatchKind, Needle};
use super::node::{Node, Scope, Term};
use super::values::Condition;
use crate::desk::EntryRef;

/// The bytes of one dispatch and what is known of them.
#[derive(Debug, Clone, Copy)]
pub struct RawText<'a> {
    pub entry: EntryRef<'a>,
    pub bytes: &'a [u8],
    /// See [`crate::format::Format::plain`].
    pub plain: bool,
}

/// A query made ready to look at raw bytes.
#[derive(Debug, Clone)]
pub struct RawQuery {
    root: RawNode,
}

#[derive(Debug, Clone)]
enum RawNode {
    /// What the head decides.
    Head(Term),
    Fact(Condition),
    Word(RawWord),
    /// What only the whole dispatch decides.
    FullText(Term),
    All,
    Not(Box<RawNode>),
    And(Vec<RawNode>),
    Or(Vec<RawNode>),
}

/// A run of ASCII letters and digits that a text must hold for a term to hold.
#[derive(Debug, Clone)]
struct RawWord {
    term: Term,
    search: Regex,
    /// The run is all that the term asks for.
    is_sufficient: bool,
}

/// Bytes of the longest escape of JSON (`\u00e9`) but for its backslash.
const MAX_ESCAPE_LENGTH: usize = 5;

impl RawQuery {
    /// Whether the query keeps a dispatch; `None` where it must be read whole to tell.
    #[must_use]
    pub fn evaluate(&self, text: &RawText<'_>, view: &QueryContext<'_>) -> Option<bool> {
        self.root.evaluate(text, view, &OnceCell::new())
    }
}

impl RawNode {
    fn from_node(node: &Node) -> Self {
        let all = |nodes: &[Node]| nodes.iter().map(Self::from_node).collect();
        match node {
            Node::All => Self::All,
            Node::Fact(fact) => Self::Fact(fact.clone()),
            Node::Term(term) if !term.scope.needs_body() => Self::Head(term.clone()),
            Node::Term(term) => {
                RawWord::from_term(term).map_or_else(|| Self::FullText(term.clone()), Self::Word)
            }
            Node::Not(node) => Self::Not(Box::new(Self::from_node(node))),
            Node::And(nodes) => Self::And(all(nodes)),
            Node::Or(nodes) => Self::Or(all(nodes)),
        }
    }

    /// `kinds`: what [`disguise::find_escape_kinds`] says of the bytes, once that has been asked.
    fn evaluate(
        &self,
        text: &RawText<'_>,
        view: &QueryContext<'_>,
        kinds: &OnceCell<u8>,
    ) -> Verdict {
        match self {
            Self::All => Some(true),
            Self::Fact(fact) => Some(fact.matches(text.entry, view)),
            Self::Head(term) => Some(term.matches_head(text.entry)),
            Self::FullText(term) => term.matches_head(text.entry).then_some(true),
            Self::Word(word) => word.evaluate(text, kinds),
            Self::Not(node) => node.evaluate(text, view, kinds).map(|holds| !holds),
            Self::And(nodes) => {
                combine_verdicts(nodes, false, |node| node.evaluate(text, view, kinds))
            }
            Self::Or(nodes) => {
                combine_verdicts(nodes, true, |node| node.evaluate(text, view, kinds))
            }
        }
    }
}

impl RawWord {
    fn from_term(term: &Term) -> Option<Self> {
        let run = longest_run(&term.needle)?;
        let search = RegexBuilder::new(&regex::escape(run))
            .unicode(false)
            .case_insensitive(true)
            .build()
            .ok()?;
        let contains = matches!(term.needle.kind, MatchKind::Word | MatchKind::Contains);
        let enough = contains
            && term.needle.cased.is_none()
            && run.len() == term.needle.folded.len()
            && matches!(term.scope, Scope::Body | Scope::Anywhere);
        Some(Self {
            term: term.clone(),
            search,
            is_sufficient: enough,
        })
    }

    fn evaluate(&self, text: &RawText<'_>, kinds: &OnceCell<u8>) -> Verdict {
        if self.term.matches_head(text.entry) {
            return Some(true);
        }
        if !text.plain {
            return None;
        }
        let bytes = text.bytes;
        let verbatim = text.entry.verbatim();
        let verbatim = verbatim.start.min(bytes.len())..verbatim.end.min(bytes.len());
        if self.is_sufficient {
            let mut from = verbatim.start;
            while let Some(found) = self.search.find_at(&bytes[..verbatim.end], from) {
                if !in_escape(bytes, found.start()) {
                    return Some(true);
                }
                from = found.end();
            }
            // What has just been looked through does not hold it, unless across its ends. The body begins where that
            // part of it does, so what stands further before is none of the text.
            let reach = self.term.needle.folded.len() + MAX_ESCAPE_LENGTH;
            let from_start = if verbatim.is_empty() {
                0
            } else {
                verbatim.start.saturating_sub(reach)
            };
            let before = &bytes[from_start..bytes.len().min(verbatim.start + reach)];
            let after = &bytes[verbatim.end.saturating_sub(reach)..];
            if from > verbatim.start || self.search.is_match(before) || self.search.is_match(after)
            {
                return None;
            }
        } else if self.search.is_match(bytes) {
            return None;
        }
        let kinds = *kinds.get_or_init(|| disguise::find_escape_kinds(bytes));
        (kinds == 0
            || !disguise::may_hide_word(bytes, kinds, self.term.needle.folded.len(), &self.search))
        .then_some(false)
    }
}

/// True where a match begins within an escape of JSON: its letter is none of the text.
fn in_escape(bytes: &[u8], at: usize) -> bool {
    let before = &bytes[at.saturating_sub(MAX_ESCAPE_LENGTH)..at];
    memchr::memrchr(b'\\', before).is_some_and(|found| {
        let distance = before.len() - found;
        let long = before.get(found + 1).or(bytes.get(at)) == Some(&b'u');
        distance == 1 || long
    })
}

impl Query {
    /// The query for raw bytes.
    #[must_use]
    pub fn raw(&self) -> RawQuery {
        RawQuery {
            root: RawNode::from_node(self.root()),
        }
    }
}

/// The longest run of ASCII letters and digits that must stand in a text as it is.
fn longest_run(needle: &Needle) -> Option<&str> {
    if matches!(needle.kind, MatchKind::Subsequence | MatchKind::Regex) {
        return None;
    }
    let runs = needle.folded.split(|c: char| !c.is_ascii_alphanumeric());
    runs.max_by_key(|run| run.len())
        .filter(|run| !run.is_empty())
}
