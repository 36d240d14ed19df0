//! The list's second tier as plain values: the query with its bare words also looked for in texts, the job that
//! searches them, and the words around a hit. The tier has what this query keeps and the query itself does not.

use std::ops::Range;
use std::sync::Arc;

use crate::dispatch::Dispatch;
use crate::filter::matcher::MatchKind;
use crate::filter::query::{Node, Query, Scope, Term};
use crate::filter::run::Hits;
use crate::filter::sort::SortOrder;
use crate::index::{EntryId, EntryRef, Snapshot};
use crate::marks::MarkSets;

/// Letters that a bare word must have before texts are searched for it unasked: shorter words are in most texts.
const MIN_LETTERS: usize = 3;

impl Query {
    /// The query with its bare positive words read as `text:`; `None` if it has none, and so no second tier.
    ///
    /// Words under a `!` stay on the heads, and so do letters in order (`~word`), which nearly every text has. Every
    /// entry that the query itself keeps is kept by this one, except for close matches.
    #[must_use]
    pub fn including_texts(&self) -> Option<Self> {
        let mut widened = false;
        let root = self.root().including_texts(&mut widened);
        widened.then_some(Self { root })
    }

    /// True if [`Self::including_texts`] has a query. Makes none, so that it may be asked at every key.
    #[must_use]
    pub fn has_bare_words(&self) -> bool {
        self.root().has_bare_words()
    }

    /// Whether the bare words are long enough to search texts for while the query is still being typed: from three
    /// letters, or one in scripts without spaces between words. Of several words one is enough, of alternatives all
    /// must be.
    #[must_use]
    pub fn is_long_enough_for_texts(&self) -> bool {
        self.root().is_long_enough_for_texts()
    }
}

impl Term {
    /// True for a text without a field that is not a phrase: its scope is the head alone.
    fn is_bare(&self) -> bool {
        self.scope == Scope::Head && self.needle.kind != MatchKind::Subsequence
    }

    fn is_long_enough_for_texts(&self) -> bool {
        let text = self.needle.pattern().unwrap_or(&self.needle.folded);
        text.chars().any(stands_alone)
            || text.chars().filter(|c| c.is_alphanumeric()).count() >= MIN_LETTERS
    }
}

impl Node {
    /// See [`Query::including_texts`]. Sets `widened` if a word was bare.
    fn including_texts(&self, widened: &mut bool) -> Self {
        let mut each = |nodes: &[Self]| -> Vec<Self> {
            nodes.iter().map(|node| node.including_texts(widened)).collect()
        };
        match self {
            // Two words may have become the same.
            Self::And(nodes) => Self::and(each(nodes)).unwrap_or_default(),
            Self::Or(nodes) => Self::Or(each(nodes)),
            Self::Term(term) if term.is_bare() => {
                *widened = true;
                let needle = Arc::clone(&term.needle);
                Self::Term(Term { scope: Scope::Anywhere, needle }).without_close_matches()
            }
            Self::Term(_) | Self::All | Self::Condition(_) | Self::Not(_) => self.clone(),
        }
    }

    fn has_bare_words(&self) -> bool {
        match self {
            Self::And(nodes) | Self::Or(nodes) => nodes.iter().any(Self::has_bare_words),
            Self::Term(term) => term.is_bare(),
            Self::All | Self::Condition(_) | Self::Not(_) => false,
        }
    }

    fn is_long_enough_for_texts(&self) -> bool {
        match self {
            Self::And(nodes) => nodes.iter().any(Self::is_long_enough_for_texts),
            Self::Or(nodes) => nodes.iter().all(Self::is_long_enough_for_texts),
            Self::Term(term) => term.is_bare() && term.is_long_enough_for_texts(),
            Self::All | Self::Condition(_) | Self::Not(_) => false,
        }
    }
}

/// A job that searches texts for the second tier. Owns everything that it needs.
#[derive(Debug, Clone, Default)]
pub struct TextSearch {
    /// Answers to older generations are ignored.
    pub generation: u64,
    /// See [`Query::including_texts`]. If it is empty, the job only ends the one before.
    pub query: Query,
    pub snapshot: Snapshot,
    pub order: SortOrder,
    /// The reader's marks when the job was created.
    pub marks: MarkSets,
    /// As [`QueryContext::clock`](crate::filter::QueryContext::clock).
    pub clock: Option<i64>,
    /// The hits of the query itself among the same entries: its exact ones are not in the tier.
    pub hits: Arc<Hits>,
    /// The ids of the entries to look at.
    pub ids: Range<EntryId>,
    /// What an earlier job found among other entries, in the requested order. It is part of the answer then, which
    /// comes in one piece.
    pub before: Option<Vec<EntryId>>,
}

// The words around a hit.

/// Characters of the text kept on each side of a hit: more than a row of the list shows.
const EXCERPT_REACH: usize = 60;

/// The words around the first hit in a text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Excerpt {
    /// One line. Empty if the text could not be read.
    pub text: String,
    /// The hit, as a byte range into `text`.
    pub hit: Range<usize>,
    /// True if the text goes on before and after it.
    pub is_cut: (bool, bool),
}

impl Query {
    /// The hit in the body at which a dispatch of the second tier is opened: the first of a word that its head does not
    /// contain, as a byte range into the body. `None` if no word of the query occurs in the body.
    #[must_use]
    pub fn first_text_hit(&self, entry: EntryRef<'_>, body: &str) -> Option<Range<usize>> {
        let (mut beyond_head, mut any): (Option<Range<usize>>, Option<Range<usize>>) = (None, None);
        self.root().visit_positive_terms(&mut |term| {
            if !matches!(term.scope, Scope::Head | Scope::Anywhere | Scope::Body) {
                return;
            }
            let Some(hit) = term.needle.find_all(body).into_iter().next() else {
                return;
            };
            let is_earlier = |of: &Option<Range<usize>>| {
                of.as_ref().is_none_or(|before| hit.start < before.start)
            };
            if is_earlier(&any) {
                any = Some(hit.clone());
            }
            if is_earlier(&beyond_head) && !term.matches_head(entry) {
                beyond_head = Some(hit);
            }
        });
        beyond_head.or(any)
    }

    /// The words around [`Self::first_text_hit`].
    #[must_use]
    pub fn excerpt(&self, entry: EntryRef<'_>, dispatch: &Dispatch) -> Option<Excerpt> {
        let body = dispatch.body.text();
        let hit = self.first_text_hit(entry, body)?;
        let before = &body[..hit.start];
        let start =
            before.char_indices().rev().take(EXCERPT_REACH).last().map_or(hit.start, |(at, _)| at);
        let after = body[hit.end..].char_indices().nth(EXCERPT_REACH);
        let end = after.map_or(body.len(), |(at, _)| hit.end + at);
        let line = |range: Range<usize>| -> String {
            // Each line break becomes one space, whatever space stands around it.
            let mut line = String::with_capacity(range.len());
            for c in body[range].chars() {
                match c.is_whitespace() {
                    true if line.ends_with(' ') => {}
                    true => line.push(' '),
                    false => line.push(c),
                }
            }
            line
        };
        let mut text = line(start..hit.start).trim_start().to_owned();
        let from = text.len();
        text += &line(hit.clone());
        let to = text.len();
        text += line(hit.end..end).trim_end();
        Some(Excerpt { text, hit: from..to, is_cut: (start > 0, end < body.len()) })
    }
}

/// True for characters that may be a word of their own: Han, kana and Hangul.
fn stands_alone(c: char) -> bool {
    matches!(c,
        '\u{3041}'..='\u{30ff}' | '\u{31f0}'..='\u{31ff}' | '\u{3400}'..='\u{4dbf}'
        | '\u{4e00}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}' | '\u{f900}'..='\u{faff}'
        | '\u{20000}'..='\u{3134f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Checks what the second tier of a query looks for, written as a query.
    #[track_caller]
    fn check(query: &str, expected: Option<&str>) {
        let widened = Query::parse(query).including_texts();
        assert_eq!(Query::parse(query).has_bare_words(), widened.is_some(), "{query}");
        assert_eq!(widened, expected.map(Query::parse), "{query}");
    }

    #[test]
    fn bare_positive_words_are_read_as_text() {
        check("paraffin", Some("text:paraffin"));
        check("Paraffin 'oil", Some("text:Paraffin text:'oil"));
        check("^the end$ ^all$ /colou?r/", Some("text:^the text:end$ text:^all$ text:/colou?r/"));
        check("oil !gas", Some("text:oil !gas"));
        check("oil !(gas | 'coal)", Some("text:oil !(gas | coal)"));
        check("!!oil", Some("text:oil"));
        check("(oil | gas) from:afp", Some("(text:oil | text:gas) from:afp"));
        check("oil body:gas is:unread", Some("text:oil body:gas is:unread"));
        check("oil \"gas pipe\"", Some("text:oil \"gas pipe\""));
        check("oil ~krml", Some("text:oil ~krml"));
        check("oil text:oil gas", Some("text:oil text:gas"));
        check("text:(oil | gas) coal", Some("text:(oil | gas) text:coal"));
    }

    #[test]
    fn queries_without_bare_words_have_no_second_tier() {
        for query in [
            "",
            "from:afp",
            "headline:(oil gas)",
            "!oil",
            "body:oil",
            "text:oil",
            "\"gas pipe\"",
            "~krml",
            "is:unread newer:2h",
            "!(oil !gas)",
        ] {
            check(query, None);
        }
    }

    #[test]
    fn texts_are_searched_from_three_letters() {
        for (query, long) in [
            ("oi", false),
            ("oil", true),
            ("eu oil", true),
            ("eu us", false),
            ("oil | eu", false),
            ("oil | gas", true),
            ("(oil | eu) moscow", true),
            ("oi from:moscow", false),
            ("oi body:moscow", false),
            ("a.b", false),
            ("油", true),
            ("湖", true),
            ("はし", true),
            ("물", true),
            ("éà", false),
            ("/a.b/", false),
            ("/colou?r/", true),
            ("!oil", false),
        ] {
            assert_eq!(Query::parse(query).is_long_enough_for_texts(), long, "{query}");
        }
    }
}
