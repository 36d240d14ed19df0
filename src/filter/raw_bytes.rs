//! Evaluates a query on the raw bytes of a dispatch, which decides most dispatches without parsing them. A word that is
//! not in the bytes in any spelling is not in the text.

use std::cell::OnceCell;

use regex::bytes::{Regex, RegexBuilder};

use crate::filter::evaluate::{QueryContext, Verdict, combine_verdicts};
use crate::filter::fields::Condition;
use crate::filter::matcher::{MatchKind, Needle};
use crate::filter::query::{Node, Query, Scope, Term};
use crate::index::EntryRef;
use crate::text::fold_into;

/// The raw bytes of one dispatch, and its entry.
#[derive(Debug, Clone, Copy)]
pub struct RawText<'a> {
    pub entry: EntryRef<'a>,
    /// All bytes of the item, [`EntryRef::bytes`].
    pub bytes: &'a [u8],
    /// See [`Format::is_raw_searchable`](crate::format::Format::is_raw_searchable).
    pub plain: bool,
}

/// A query prepared for raw bytes.
#[derive(Debug, Clone)]
pub struct RawQuery {
    root: RawNode,
}

/// A node of a query, by what decides it.
#[derive(Debug, Clone)]
enum RawNode {
    /// The head.
    Head(Term),
    /// The entry.
    Condition(Condition),
    /// The raw bytes, mostly.
    Word(RawWord),
    /// Only the full dispatch, unless the head contains the text.
    FullText(Term),
    All,
    Not(Box<RawNode>),
    And(Vec<RawNode>),
    Or(Vec<RawNode>),
}

/// A term that requires a run of ASCII letters and digits, which can be searched for in raw bytes.
#[derive(Debug, Clone)]
struct RawWord {
    term: Term,
    /// Finds the run, in any case.
    search: Regex,
    /// True if the run is all that the term requires: finding it in the body decides.
    is_sufficient: bool,
}

/// Length in bytes of the longest JSON escape (`\u00e9`) without its backslash.
const MAX_ESCAPE_LENGTH: usize = 5;

impl RawQuery {
    /// Whether the query keeps a dispatch; `None` if that takes the full dispatch.
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
            Node::Condition(fact) => Self::Condition(fact.clone()),
            Node::Term(term) if !term.scope.needs_body() => Self::Head(term.clone()),
            Node::Term(term) => {
                RawWord::from_term(term).map_or_else(|| Self::FullText(term.clone()), Self::Word)
            }
            Node::Not(node) => Self::Not(Box::new(Self::from_node(node))),
            Node::And(nodes) => Self::And(all(nodes)),
            Node::Or(nodes) => Self::Or(all(nodes)),
        }
    }

    /// Evaluates the node. `kinds` caches the result of [`find_escape_kinds`] for all words of the query.
    fn evaluate(
        &self,
        text: &RawText<'_>,
        view: &QueryContext<'_>,
        kinds: &OnceCell<u8>,
    ) -> Verdict {
        match self {
            Self::All => Some(true),
            Self::Condition(fact) => Some(fact.matches(text.entry, view)),
            Self::Head(term) => Some(term.matches_head(text.entry)),
            Self::FullText(term) => term.matches_head(text.entry).then_some(true),
            Self::Word(word) => word.evaluate(text, kinds),
            Self::Not(node) => node.evaluate(text, view, kinds).map(|matches| !matches),
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
    /// `None` if the term has no run of ASCII letters and digits that must occur.
    fn from_term(term: &Term) -> Option<Self> {
        let run = longest_run(&term.needle)?;
        let search = RegexBuilder::new(&regex::escape(run))
            .unicode(false)
            .case_insensitive(true)
            .build()
            .ok()?;
        let contains = matches!(term.needle.kind, MatchKind::Word | MatchKind::Contains);
        let is_sufficient = contains
            && term.needle.cased.is_none()
            && run.len() == term.needle.folded.len()
            && matches!(term.scope, Scope::Body | Scope::Anywhere);
        Some(Self { term: term.clone(), search, is_sufficient })
    }

    /// True if the head contains the text, or the part of the bytes that appears verbatim in the body contains a
    /// sufficient run; false if the text cannot occur in any spelling; `None` otherwise.
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
            // The verbatim part does not contain it, except maybe across its ends. The body begins where the verbatim
            // part does, so the bytes before that, but for the overlap, are not part of the text.
            let reach = self.term.needle.folded.len() + MAX_ESCAPE_LENGTH;
            let from_start =
                if verbatim.is_empty() { 0 } else { verbatim.start.saturating_sub(reach) };
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

/// True if a match begins within a JSON escape, as `n` in `\n`: such a letter is not part of the text.
fn in_escape(bytes: &[u8], at: usize) -> bool {
    let before = &bytes[at.saturating_sub(MAX_ESCAPE_LENGTH)..at];
    memchr::memrchr(b'\\', before).is_some_and(|found| {
        let distance = before.len() - found;
        let long = before.get(found + 1).or(bytes.get(at)) == Some(&b'u');
        distance == 1 || long
    })
}

impl Query {
    /// Prepares the query for raw bytes.
    #[must_use]
    pub fn raw(&self) -> RawQuery {
        RawQuery { root: RawNode::from_node(self.root()) }
    }
}

/// The longest run of ASCII letters and digits that a folded text must contain; `None` if there is none.
fn longest_run(needle: &Needle) -> Option<&str> {
    if matches!(needle.kind, MatchKind::Subsequence | MatchKind::Regex) {
        return None;
    }
    let runs = needle.folded.split(|c: char| !c.is_ascii_alphanumeric());
    runs.max_by_key(|run| run.len()).filter(|run| !run.is_empty())
}

// Other spellings of a word in raw bytes: letters with accents, escapes, entities, tags within a word.

// Bits of the kinds of bytes that may spell a letter in another way.

/// Characters outside ASCII.
const BEYOND_ASCII: u8 = 1;

/// JSON escapes: `\u00e9`.
const UNICODE_ESCAPE: u8 = 2;

/// Entities (`&eacute;`), tags, and quoted-printable bytes (`=C3`).
const ENTITY_OR_TAG: u8 = 4;

/// NUL bytes, as in UTF-16: no word can be found in these bytes.
const NUL: u8 = 8;

/// The kinds that occur, found by a quick search. Quotation marks and dashes, most of what is not ASCII in English
/// wires, do not count.
fn find_escape_kinds(raw: &[u8]) -> u8 {
    let kind = |there: bool, kind: u8| if there { kind } else { 0 };
    kind(next_non_ascii_letter(raw, 0).is_some(), BEYOND_ASCII)
        | kind(memchr::memmem::find(raw, b"\\u").is_some(), UNICODE_ESCAPE)
        | kind(memchr::memchr3(b'&', b'<', b'=', raw).is_some(), ENTITY_OR_TAG)
        | kind(raw.get(1) == Some(&0) || raw.first() == Some(&0), NUL)
}

/// Offset of the next character outside ASCII that may be a letter, at or after `from`.
fn next_non_ascii_letter(raw: &[u8], from: usize) -> Option<usize> {
    // Bytes tested at once: `is_ascii` is fast on blocks.
    const BLOCK: usize = 64;
    let mut at = from;
    while at < raw.len() {
        let block = &raw[at..raw.len().min(at + BLOCK)];
        if block.is_ascii() {
            at += block.len();
            continue;
        }
        at += block.iter().position(|b| !b.is_ascii())?;
        at += match raw[at..] {
            // U+2010 to U+203F except for separators and embeddings; `€`; no-break space and guillemets.
            [0xe2, 0x80, 0x90..=0xa7 | 0xb0..=0xbf, ..] | [0xe2, 0x82, 0xac, ..] => 3,
            [0xc2, 0xa0 | 0xab | 0xbb, ..] => 2,
            _ => return Some(at),
        };
    }
    None
}

/// Whether an escape that may spell a letter (`\u00e9`, `&eacute;`, `=C3=A9`), or a tag, occurs.
fn has_hiding_escape(raw: &[u8], kinds: u8) -> bool {
    let any = |kind: u8, mark: u8, hides: &dyn Fn(&[u8]) -> bool| {
        kinds & kind != 0 && memchr::memchr_iter(mark, raw).any(|at| hides(&raw[at + 1..]))
    };
    any(UNICODE_ESCAPE, b'\\', &|rest| {
        rest.first() == Some(&b'u') && !escaped(rest).is_some_and(is_no_letter)
    }) || any(ENTITY_OR_TAG, b'<', &|rest| {
        rest.first().is_some_and(|&b| b == b'/' || b.is_ascii_alphabetic())
    }) || any(ENTITY_OR_TAG, b'&', &|rest| {
        // These are never part of a word.
        let plain: [&[u8]; 6] = [b"amp;", b"lt;", b"gt;", b"quot;", b"apos;", b"nbsp;"];
        rest.first().is_some_and(|&b| b == b'#' || b.is_ascii_alphabetic())
            && !plain.iter().any(|known| rest.starts_with(known))
            && rest.iter().take(12).any(|&b| b == b';')
    }) || any(
        ENTITY_OR_TAG,
        b'=',
        &|rest| matches!(rest, [b'C'..=b'F', low, ..] if low.is_ascii_hexdigit()),
    )
}

/// The UTF-16 unit of a JSON escape, given from its `u` on.
fn escaped(rest: &[u8]) -> Option<u32> {
    let digits = std::str::from_utf8(rest.get(1..5)?).ok()?;
    u32::from_str_radix(digits, 16).ok()
}

/// True for characters that are not letters or digits, do not fold to any, and are not dropped within a word: controls,
/// the no-break space, and the marks and dashes skipped by [`next_non_ascii_letter`]. The ranges are narrow on purpose:
/// a block nearby has the `₂` of CO₂, which folds to `2`.
fn is_no_letter(unit: u32) -> bool {
    matches!(unit, 0..=0x1f | 0xa0 | 0x2010..=0x2027 | 0x2030..=0x203f | 0x20ac)
}

/// Whether a word of this length, in bytes, may occur in another spelling. Folds the surroundings of non-ASCII letters
/// and searches these; true whenever it cannot tell.
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
    // Far enough to both sides to include any word with one of these letters: a character has up to 4 bytes.
    let reach = 4 * length;
    let mut folded = String::new();
    let mut at = 0;
    while let Some(found) = next_non_ascii_letter(raw, at) {
        let from = text.floor_char_boundary(found.saturating_sub(reach));
        let mut to = found + 4;
        // Letters close together are searched as one stretch.
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
