//! Judges a dispatch by its raw bytes, before it is read whole: most can be told without.

use std::cell::OnceCell;

use regex::bytes::{Regex, RegexBuilder};

use crate::filter::evaluate::{QueryContext, Verdict, combine_verdicts};
use crate::filter::fields::Condition;
use crate::filter::matcher::{MatchKind, Needle};
use crate::filter::query::{Node, Query, Scope, Term};
use crate::index::EntryRef;
use crate::text::fold_into;

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
        let kinds = *kinds.get_or_init(|| find_escape_kinds(bytes));
        (kinds == 0 || !may_hide_word(bytes, kinds, self.term.needle.folded.len(), &self.search))
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

// What may spell a word otherwise in raw bytes: letters with accents, escapes, entities, tags.

/// What kinds of bytes may spell a letter otherwise.
const BEYOND_ASCII: u8 = 1;

const UNICODE_ESCAPE: u8 = 2;

const ENTITY_OR_TAG: u8 = 4;

const NUL: u8 = 8;

/// A quick look: the kinds that there are. Marks and dashes, which are most of what is not ASCII in English wires, are
/// none.
fn find_escape_kinds(raw: &[u8]) -> u8 {
    let kind = |there: bool, kind: u8| if there { kind } else { 0 };
    kind(next_non_ascii_letter(raw, 0).is_some(), BEYOND_ASCII)
        | kind(memchr::memmem::find(raw, b"\\u").is_some(), UNICODE_ESCAPE)
        | kind(
            memchr::memchr3(b'&', b'<', b'=', raw).is_some(),
            ENTITY_OR_TAG,
        )
        | kind(raw.get(1) == Some(&0) || raw.first() == Some(&0), NUL)
}

/// The next place, from one on, where something beyond ASCII stands that may be a letter.
fn next_non_ascii_letter(raw: &[u8], from: usize) -> Option<usize> {
    const GO: usize = 64;
    let mut at = from;
    while at < raw.len() {
        let go = &raw[at..raw.len().min(at + GO)];
        if go.is_ascii() {
            at += go.len();
            continue;
        }
        at += go.iter().position(|b| !b.is_ascii())?;
        at += match raw[at..] {
            // U+2010 to U+203F without separators and embeddings; `€`; no-break space and guillemets.
            [0xe2, 0x80, 0x90..=0xa7 | 0xb0..=0xbf, ..] | [0xe2, 0x82, 0xac, ..] => 3,
            [0xc2, 0xa0 | 0xab | 0xbb, ..] => 2,
            _ => return Some(at),
        };
    }
    None
}

/// Whether an escape (`\u00e9`, `&eacute;`, `=C3=A9`) or a tag stands where a word may be.
fn has_hiding_escape(raw: &[u8], kinds: u8) -> bool {
    let any = |kind: u8, mark: u8, hides: &dyn Fn(&[u8]) -> bool| {
        kinds & kind != 0 && memchr::memchr_iter(mark, raw).any(|at| hides(&raw[at + 1..]))
    };
    any(UNICODE_ESCAPE, b'\\', &|rest| {
        rest.first() == Some(&b'u') && !escaped(rest).is_some_and(is_no_letter)
    }) || any(ENTITY_OR_TAG, b'<', &|rest| {
        rest.first()
            .is_some_and(|&b| b == b'/' || b.is_ascii_alphabetic())
    }) || any(ENTITY_OR_TAG, b'&', &|rest| {
        let plain: [&[u8]; 6] = [b"amp;", b"lt;", b"gt;", b"quot;", b"apos;", b"nbsp;"];
        rest.first()
            .is_some_and(|&b| b == b'#' || b.is_ascii_alphabetic())
            && !plain.iter().any(|known| rest.starts_with(known))
            && rest.iter().take(12).any(|&b| b == b';')
    }) || any(
        ENTITY_OR_TAG,
        b'=',
        &|rest| matches!(rest, [b'C'..=b'F', low, ..] if low.is_ascii_hexdigit()),
    )
}

/// The UTF-16 unit of an escape of JSON, from its `u` on.
fn escaped(rest: &[u8]) -> Option<u32> {
    let digits = std::str::from_utf8(rest.get(1..5)?).ok()?;
    u32::from_str_radix(digits, 16).ok()
}

/// True for characters that neither are letters or digits, fold to none, nor vanish within a word: controls, no-break
/// space, and the marks and dashes that [`next_non_ascii_letter`] passes over. Other blocks nearby hold the `₂` of CO₂, which folds to `2`.
fn is_no_letter(unit: u32) -> bool {
    matches!(unit, 0..=0x1f | 0xa0 | 0x2010..=0x2027 | 0x2030..=0x203f | 0x20ac)
}

/// Whether a word of this length may be spelt otherwise in the bytes: looks for it through letters with accents; true as
/// well where that cannot be told.
fn may_hide_word(raw: &[u8], kinds: u8, length: usize, search: &Regex) -> bool {
    if kinds & NUL != 0 || has_hiding_escape(raw, kinds) {
        return true;
    }
    if kinds & BEYOND_ASCII == 0 {
        return false;
    }
    let Ok(text) = std::str::from_utf8(raw) else {
        return true;
    };
    // Only around what is not ASCII, so far that a word which has a share in it is seen whole.
    let reach = 4 * length;
    let mut folded = String::new();
    let mut at = 0;
    while let Some(found) = next_non_ascii_letter(raw, at) {
        let from = text.floor_char_boundary(found.saturating_sub(reach));
        let mut to = found + 4;
        // On to the end of what stands close together.
        while let Some(next) = next_non_ascii_letter(&raw[..raw.len().min(to + reach)], to) {
            to = next + 4;
        }
        at = text.ceil_char_boundary((to + reach).min(raw.len()));
        folded.clear();
        fold_into(&text[from..at], &mut folded);
        if search.is_match(folded.as_bytes()) {
            return true;
        }
    }
    false
}
