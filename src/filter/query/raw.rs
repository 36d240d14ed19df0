//! Judges a dispatch by its raw bytes, before it is read whole: most can be told without.

use memchr::memmem;
use regex::bytes::{Regex, RegexBuilder};

use super::Query;
use super::judge::View;
use super::needle::{Kind, Needle};
use super::node::{Node, Scope, Term};
use super::values::Fact;
use crate::desk::EntryRef;
use crate::text::fold_into;

/// The bytes of one dispatch and what is known of them.
#[derive(Debug, Clone, Copy)]
pub struct RawText<'a> {
    pub entry: EntryRef<'a>,
    pub bytes: &'a [u8],
    /// See [`crate::format::Format::spells_plainly`].
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
    Fact(Fact),
    Word(Word),
    /// What only the whole dispatch decides.
    Whole(Term),
    All,
    Not(Box<RawNode>),
    And(Vec<RawNode>),
    Or(Vec<RawNode>),
}

/// A run of ASCII letters and digits that a text must hold for a term to hold.
#[derive(Debug, Clone)]
struct Word {
    term: Term,
    search: Regex,
    /// The run is all that the term asks for.
    enough: bool,
}

/// Bytes of the longest escape of JSON (`\u00e9`) but for its backslash.
const ESCAPE: usize = 5;

impl RawQuery {
    /// Whether the query keeps a dispatch; `None` where it must be read whole to tell.
    #[must_use]
    pub fn judge(&self, text: &RawText<'_>, view: &View<'_>) -> Option<bool> {
        self.root.judge(text, view, &mut None)
    }
}

impl RawNode {
    fn of(node: &Node) -> Self {
        let all = |nodes: &[Node]| nodes.iter().map(Self::of).collect();
        match node {
            Node::All => Self::All,
            Node::Fact(fact) => Self::Fact(fact.clone()),
            Node::Term(term) if !term.scope.needs_body() => Self::Head(term.clone()),
            Node::Term(term) => {
                Word::of(term).map_or_else(|| Self::Whole(term.clone()), Self::Word)
            }
            Node::Not(node) => Self::Not(Box::new(Self::of(node))),
            Node::And(nodes) => Self::And(all(nodes)),
            Node::Or(nodes) => Self::Or(all(nodes)),
        }
    }

    /// `hides`: whether the bytes may spell a letter otherwise, once that has been asked.
    fn judge(&self, text: &RawText<'_>, view: &View<'_>, hides: &mut Option<bool>) -> Option<bool> {
        match self {
            Self::All => Some(true),
            Self::Fact(fact) => Some(fact.holds(text.entry, view)),
            Self::Head(term) => Some(term.in_head(text.entry)),
            Self::Whole(term) => term.in_head(text.entry).then_some(true),
            Self::Word(word) => word.judge(text, hides),
            Self::Not(node) => node.judge(text, view, hides).map(|holds| !holds),
            Self::And(nodes) => join(nodes, false, |node| node.judge(text, view, hides)),
            Self::Or(nodes) => join(nodes, true, |node| node.judge(text, view, hides)),
        }
    }
}

/// Joins verdicts: one that equals `stop` decides, one that is open leaves it open.
fn join(
    nodes: &[RawNode],
    stop: bool,
    mut judge: impl FnMut(&RawNode) -> Option<bool>,
) -> Option<bool> {
    let mut joined = Some(!stop);
    for node in nodes {
        match judge(node) {
            Some(found) if found == stop => return Some(stop),
            Some(_) => {}
            None => joined = None,
        }
    }
    joined
}

impl Word {
    fn of(term: &Term) -> Option<Self> {
        let run = longest_run(&term.needle)?;
        let search = RegexBuilder::new(&regex::escape(run))
            .unicode(false)
            .case_insensitive(true)
            .build()
            .ok()?;
        let contains = matches!(term.needle.kind, Kind::Word | Kind::Contains);
        let enough = contains
            && term.needle.cased.is_none()
            && run.len() == term.needle.folded.len()
            && matches!(term.scope, Scope::Body | Scope::Anywhere);
        Some(Self {
            term: term.clone(),
            search,
            enough,
        })
    }

    fn judge(&self, text: &RawText<'_>, hides: &mut Option<bool>) -> Option<bool> {
        if self.term.in_head(text.entry) {
            return Some(true);
        }
        if !text.plain {
            return None;
        }
        let bytes = text.bytes;
        let verbatim = text.entry.verbatim();
        let verbatim = verbatim.start.min(bytes.len())..verbatim.end.min(bytes.len());
        if self.enough {
            let mut from = verbatim.start;
            while let Some(found) = self.search.find_at(&bytes[..verbatim.end], from) {
                if !in_escape(bytes, found.start()) {
                    return Some(true);
                }
                from = found.end();
            }
            // What has just been looked through holds it not, unless across its ends.
            let reach = self.term.needle.folded.len() + ESCAPE;
            let before = &bytes[..bytes.len().min(verbatim.start + reach)];
            let after = &bytes[verbatim.end.saturating_sub(reach)..];
            if from > verbatim.start || self.search.is_match(before) || self.search.is_match(after)
            {
                return None;
            }
        } else if self.search.is_match(bytes) {
            return None;
        }
        let hides = *hides.get_or_insert_with(|| may_hide(bytes));
        (!(hides && self.is_hidden(bytes))).then_some(false)
    }

    /// Looks for the word through letters with accents; true as well where that cannot be told.
    fn is_hidden(&self, raw: &[u8]) -> bool {
        if hides_escaped(raw) || memchr::memchr(0, raw).is_some() {
            return true;
        }
        let Ok(text) = std::str::from_utf8(raw) else {
            return true;
        };
        let mut folded = String::with_capacity(text.len());
        fold_into(text, &mut folded);
        self.search.is_match(folded.as_bytes())
    }
}

/// True where a match begins within an escape of JSON: its letter is none of the text.
fn in_escape(bytes: &[u8], at: usize) -> bool {
    let before = &bytes[at.saturating_sub(ESCAPE)..at];
    memchr::memrchr(b'\\', before).is_some_and(|found| {
        let distance = before.len() - found;
        let long = before.get(found + 1).or(bytes.get(at)) == Some(&b'u');
        distance == 1 || long
    })
}

/// A quick look: true where something stands that may spell a letter otherwise, in an escape or beyond ASCII. Marks and
/// dashes, which are most of what is not ASCII in English wires, do not.
#[allow(clippy::needless_bitwise_bool)] // Lazy operators branch: that would not vectorise.
fn may_hide(raw: &[u8]) -> bool {
    const GO: usize = 256;
    let from = |at: usize| raw.get(at..).unwrap_or(&[]);
    let threes = from(0)
        .chunks(GO)
        .zip(from(1).chunks(GO))
        .zip(from(2).chunks(GO));
    for ((a, b), c) in threes {
        let mut odd = 0u8;
        for ((&a, &b), &c) in a.iter().zip(b).zip(c) {
            // U+2010 to U+203F without separators and embeddings.
            let mark = (a == 0xe2) & (b == 0x80) & (c >= 0x90) & (c.wrapping_sub(0xa8) >= 8);
            let letter = (b | 0x20).wrapping_sub(b'a') < 26;
            odd |= u8::from((a >= 0xc0) & !mark)
                | u8::from((a == b'\\') & (b == b'u'))
                | u8::from((a == b'&') & (letter | (b == b'#')))
                | u8::from((a == b'<') & (letter | (b == b'/')))
                | u8::from((a == b'=') & (b.wrapping_sub(b'C') < 4))
                | u8::from(a == 0);
        }
        if odd != 0 {
            return true;
        }
    }
    // The last two bytes.
    from(raw.len().saturating_sub(2))
        .iter()
        .any(|&b| b >= 0x80 || b == 0)
}

/// Whether an escape (`\u00e9`, `&eacute;`, `=C3=A9`) may stand for a letter, or a tag within a word.
fn hides_escaped(raw: &[u8]) -> bool {
    memchr::memchr_iter(b'<', raw).any(|at| {
        let next = raw.get(at + 1);
        next.is_some_and(|&b| b == b'/' || b.is_ascii_alphabetic())
    }) || memmem::find_iter(raw, b"\\u").any(|at| {
        let digits = &raw[at + 2..raw.len().min(at + 6)];
        !(digits.starts_with(b"20")
            || digits.eq_ignore_ascii_case(b"00a0")
            || digits.starts_with(b"000")
            || digits.starts_with(b"001"))
    }) || memchr::memchr_iter(b'&', raw).any(|at| {
        let rest = &raw[at + 1..];
        let plain: [&[u8]; 6] = [b"amp;", b"lt;", b"gt;", b"quot;", b"apos;", b"nbsp;"];
        rest.first()
            .is_some_and(|&b| b == b'#' || b.is_ascii_alphabetic())
            && !plain.iter().any(|known| rest.starts_with(known))
            && rest.iter().take(12).any(|&b| b == b';')
    }) || memchr::memchr_iter(b'=', raw).any(|at| {
        let code = &raw[at + 1..raw.len().min(at + 3)];
        code.len() == 2 && (b'C'..=b'F').contains(&code[0]) && code[1].is_ascii_hexdigit()
    })
}

impl Query {
    /// The query for raw bytes.
    #[must_use]
    pub fn raw(&self) -> RawQuery {
        RawQuery {
            root: RawNode::of(self.root()),
        }
    }
}

/// The longest run of ASCII letters and digits that must stand in a text as it is.
fn longest_run(needle: &Needle) -> Option<&str> {
    if matches!(needle.kind, Kind::Subsequence | Kind::Regex) {
        return None;
    }
    let runs = needle.folded.split(|c: char| !c.is_ascii_alphanumeric());
    runs.max_by_key(|run| run.len()).filter(|run| run.len() > 1)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::desk::{Input, Place, SegmentBuilder};
    use crate::filter::Unmarked;
    use crate::format::{self, Context, FormatId};

    /// What a query makes of a text without reading it, `x` where it must be read, and of the same read.
    #[track_caller]
    fn check(query: &str, text: &[u8], judged: &str) {
        let query = Query::parse(query);
        let mut builder = SegmentBuilder::default();
        let format = format::detect(text).unwrap_or(FormatId::PLAIN);
        let length = text.len() as u64;
        let place = Place::File("a".into());
        builder.begin_input(&Arc::new(Input::new(place, format, length, None)), 0);
        let context = Context::default();
        format::scan(format, text, &context, &mut |found| builder.push(&found));
        let segment = builder.finish();
        let view = View {
            now: 0,
            marks: &Unmarked,
        };
        let mut found = String::new();
        for entry in segment.entries() {
            let at = |byte: u64| usize::try_from(byte).unwrap();
            let range = at(entry.bytes().start)..at(entry.bytes().end);
            let raw = RawText {
                entry,
                bytes: &text[range.clone()],
                plain: format.row().spells_plainly(),
            };
            let verdict = query.raw().judge(&raw, &view);
            let nth = entry.origin().map_or(0, |origin| origin.nth);
            let whole = format::read(format, &text[range], nth, &context).unwrap();
            let truth = query.judge_body(entry, &whole, &view);
            assert!(
                verdict.is_none_or(|verdict| verdict == truth),
                "{query:?}: {verdict:?}"
            );
            found.push(match verdict {
                Some(true) => '+',
                Some(false) => '-',
                None => 'x',
            });
        }
        assert_eq!(found, judged, "{query:?}");
    }

    const TEXT: &[u8] = b"Ferries sail again\n\nOSLO, Mar 3 (QNA) - The ferries sailed on Tuesday after nine days at their moorings.\n\nThe oil was gone.\n\nCopyright 2025 QNA";

    #[test]
    fn words_are_judged_where_they_stand() {
        check("body:oil", TEXT, "+");
        check("body:OIL", TEXT, "x");
        check("body:kelp", TEXT, "-");
        check("!body:kelp", TEXT, "+");
        check("!body:oil", TEXT, "-");
        check("body:kelp body:oil", TEXT, "-");
        check("body:kelp | body:oil", TEXT, "+");
        check("\"oil was\"", TEXT, "x");
        check("\"oil lamp post\"", TEXT, "-");
        check("said:oil", TEXT, "x");
        check("said:kelp", TEXT, "-");
        // In the copyright line, which is none of the text; in the headline, which may not be.
        check("body:2025", TEXT, "x");
        check("body:again", TEXT, "x");
        check("body:~oil", TEXT, "x");
    }

    #[test]
    fn escapes_of_json_are_no_letters() {
        let line = |middle: &str| {
            let filling = "\\n\\nNobody had told the crew of it at the time.".repeat(30);
            format!(
                "{{\"headline\":\"A\",\"body\":\"OSLO (QNA) - The ferries sailed on Monday after nine days at their moorings, which nobody had counted.{filling}{middle}{filling}\"}}\n"
            )
        };
        check("body:north", line("\\north").as_bytes(), "x");
        check("body:north", line("\\nnorth").as_bytes(), "+");
        check("body:lod", line("\\u0141\\u00f3d").as_bytes(), "x");
        check("body:2014", line("a \\u2014 b").as_bytes(), "x");
        check("body:kelp", line("a \\u2014 b").as_bytes(), "-");
        check("body:nobody", line("").as_bytes(), "+");
    }

    #[test]
    fn hidden_letters_are_seen_through() {
        let text = |word: &[u8]| [&TEXT[..TEXT.len() - 20], b" ", word, b" today.\n"].concat();
        for (word, judged) in [
            ("Łódź".as_bytes(), "x"),
            (b"L&oacute;dz", "x"),
            (b"\xa3\xf3d\xbc", "x"),
            (b"L<b>od</b>z", "x"),
            ("“Paris” — 5 €".as_bytes(), "-"),
            ("Málaga".as_bytes(), "-"),
            (b"a=b & c", "-"),
        ] {
            check("body:lodz", &text(word), judged);
        }
    }
}
