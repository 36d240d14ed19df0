//! The query of the list's second tier: the same query with its bare words also looked for in texts. The tier has what
//! this query keeps and the query itself does not.

use std::sync::Arc;

use crate::filter::matcher::MatchKind;
use crate::filter::query::{Node, Query, Scope, Term};

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
            Self::And(nodes) => Self::And(each(nodes)),
            Self::Or(nodes) => Self::Or(each(nodes)),
            Self::Term(term) if term.is_bare() => {
                *widened = true;
                let needle = Arc::clone(&term.needle);
                Self::Term(Term { scope: Scope::Anywhere, needle }).without_close_matches()
            }
            Self::Term(_) | Self::All | Self::Condition(_) | Self::Not(_) => self.clone(),
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
