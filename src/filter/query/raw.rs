//! A cheap test on the raw bytes of a dispatch, before it is read whole: may the words be in there at all?

use memchr::memmem;
use regex::bytes::{Regex, RegexBuilder};

use super::Query;
use super::needle::{Kind, Needle};
use super::node::Node;
use crate::text::fold_into;

/// Words of which at least one must stand in the bytes of a dispatch that a query may still keep.
#[derive(Debug, Clone)]
pub struct RawWords {
    words: Vec<String>,
    search: Regex,
}

impl RawWords {
    fn new(words: Vec<String>) -> Option<Self> {
        let pattern: Vec<String> = words.iter().map(|word| regex::escape(word)).collect();
        let search = RegexBuilder::new(&pattern.join("|"))
            .unicode(false)
            .case_insensitive(true)
            .build()
            .ok()?;
        Some(Self { words, search })
    }

    /// The folded words, of ASCII letters and digits alone.
    #[must_use]
    pub fn words(&self) -> &[String] {
        &self.words
    }

    /// The first place in the bytes where a word stands as it is, case aside: for a search over many dispatches at once.
    #[must_use]
    pub fn find(&self, raw: &[u8]) -> Option<usize> {
        self.search.find(raw).map(|found| found.start())
    }

    /// Whether a dispatch with these bytes may hold a word. Letters with accents, escapes and entities are looked
    /// through, so that no dispatch is missed that spells the word with them.
    #[must_use]
    pub fn may_hold(&self, raw: &[u8]) -> bool {
        self.search.is_match(raw) || self.may_hide(raw)
    }

    fn may_hide(&self, raw: &[u8]) -> bool {
        if hides_escaped(raw) {
            return true;
        }
        if raw.is_ascii() {
            return false;
        }
        // Most of what is not ASCII in English wires are quotation marks and dashes: they hide no letter.
        let Ok(text) = std::str::from_utf8(raw) else {
            return true;
        };
        if !text.chars().any(|c| !c.is_ascii() && !is_mark(c)) {
            return false;
        }
        let mut folded = String::with_capacity(text.len());
        fold_into(text, &mut folded);
        self.search.is_match(folded.as_bytes())
    }
}

fn is_mark(c: char) -> bool {
    matches!(c, '\u{2010}'..='\u{2027}' | '\u{2030}'..='\u{205e}' | '\u{a0}' | '\u{ab}' | '\u{bb}' | '€')
}

/// Whether an escape (`\u00e9`, `&eacute;`, `=C3=A9`) may stand for a letter.
fn hides_escaped(raw: &[u8]) -> bool {
    memmem::find_iter(raw, b"\\u").any(|at| {
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
    /// Words of which at least one must stand in the raw bytes of every entry that only its text can decide. `None`
    /// where the query has no such words: then all of them must be read.
    #[must_use]
    pub fn raw_words(&self) -> Option<RawWords> {
        match alternatives(self.root())? {
            Need::Words(words) if !words.is_empty() => RawWords::new(words),
            _ => None,
        }
    }
}

/// What a part of the query needs in the bytes.
enum Need {
    /// The head decides this part alone.
    Nothing,
    /// One of these.
    Words(Vec<String>),
}

/// `None` where a part of the query can hold without any word.
fn alternatives(node: &Node) -> Option<Need> {
    match node {
        Node::Term(term) if term.scope.needs_body() => {
            longest_run(&term.needle).map(|word| Need::Words(vec![word]))
        }
        Node::Not(node) if node.needs_body() => None,
        Node::All | Node::Term(_) | Node::Fact(_) | Node::Not(_) => Some(Need::Nothing),
        Node::And(nodes) => {
            // Of parts that must all hold the one with the rarest words will do; long words are rare.
            let parts = nodes.iter().filter(|node| node.needs_body());
            let words = parts
                .filter_map(alternatives)
                .filter_map(|need| match need {
                    Need::Words(words) => Some(words),
                    Need::Nothing => None,
                });
            let rarity = |words: &Vec<String>| words.iter().map(String::len).min().unwrap_or(0);
            let best = words.max_by_key(rarity);
            if node.needs_body() {
                best.map(Need::Words)
            } else {
                Some(Need::Nothing)
            }
        }
        Node::Or(nodes) => {
            let mut all = Vec::new();
            for node in nodes {
                if let Need::Words(words) = alternatives(node)? {
                    all.extend(words);
                }
            }
            Some(if all.is_empty() {
                Need::Nothing
            } else {
                Need::Words(all)
            })
        }
    }
}

/// The longest run of letters and digits that must stand in the bytes as it is.
fn longest_run(needle: &Needle) -> Option<String> {
    if matches!(needle.kind, Kind::Subsequence | Kind::Regex) {
        return None;
    }
    let runs = needle.folded.split(|c: char| !c.is_ascii_alphanumeric());
    let longest = runs.max_by_key(|run| run.len())?;
    (longest.len() > 1).then(|| longest.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(query: &str, words: &[&str]) {
        let raw = Query::parse(query).raw_words();
        let found = raw.map_or(Vec::new(), |raw| raw.words().to_vec());
        assert_eq!(found, words, "{query}");
    }

    #[test]
    fn words_that_must_be_there() {
        check("body:oil", &["oil"]);
        check("from:afp body:oil body:pipeline", &["pipeline"]);
        check("body:oil | quote:gas", &["oil", "gas"]);
        check("from:afp | body:oil", &["oil"]);
        check("!body:oil", &[]);
        check("body:oil | !body:gas", &[]);
        check("\"gas pipeline\"", &["pipeline"]);
        check("body:~oil", &[]);
        check("kremlin", &[]);
    }

    #[test]
    fn hidden_letters_are_seen_through() {
        let raw = Query::parse("body:lodz").raw_words().unwrap();
        for (bytes, may) in [
            (&b"In LODZ today"[..], true),
            ("In Łódź today".as_bytes(), true),
            (br"In \u0141\u00f3d\u017a", true),
            (b"In L&oacute;dz", true),
            (b"In \xa3\xf3d\xbc", true),
            ("“In Paris” — today".as_bytes(), false),
            (b"In Paris \\u201ctoday\\u201d &amp; now, a=b", false),
        ] {
            assert_eq!(
                raw.may_hold(bytes),
                may,
                "{}",
                String::from_utf8_lossy(bytes)
            );
        }
    }
}
