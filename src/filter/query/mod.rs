//! The query of the list prompt, of `--filter` and of saved views: its grammar, and what a read query can tell.
//!
//! ```text
//! query   = part { "|" part }                    or: binds weaker than and
//! part    = { item }                             and: items side by side
//! item    = [ "!" | "-" ] ( "(" query ")" | field | text )
//! field   = name ":" item                        the item, or each item of a group, is looked for in that field
//! text    = word                                 contains it; where nothing does, close matches in headlines
//!         | "'" word                             contains it, and nothing else will do
//!         | "~" word                             its letters in this order, as in fzf
//!         | "^" word | word "$" | "^" word "$"   at the start, at the end, the whole
//!         | '"' words '"'                        these words in a row, in the text too
//!         | "/" regex "/"                        a regular expression, on the text as sent
//! ```
//!
//! A text without a field is looked for in headline, slug, place and agency, each on its own. Fields that take such
//! texts: `headline: slug: from: at: by: about: lang: body: said: quote:`. Fields with values of their own:
//! `is:unread`, `urgency:<=3`, `words:>300` (numbers: `3 <3 <=3 >3 >=3 1..3`), `date:2016`, `date:2016-07`,
//! `date:2016-07-01..2016-07-08` (also `<= >=` and open ends), `newer:2h`, `older:3d` (s, m, h, d, w).
//!
//! Case and accents do not count; in a word with a capital, case counts. A backslash takes the meaning of what follows
//! (`\(`, `\|`, `\ `). `10:30` and `Switzerland/migration` are words: a field's name is lower-case letters, and what
//! only looks like one (`form:afp`) is an error that names the nearest.
//!
//! Reading never fails. What is wrong is left out of the query and said by [`Query::parse_strict`] with its column, so that
//! the list never goes blank while somebody types.

mod cursor;
mod fields;
mod forms;
mod judge;
mod marking;
mod needle;
mod node;
mod parse;
mod raw;
mod slot;
mod values;

pub use fields::{FIELDS, Field, FieldEntry, IS_PROPERTIES, IsProperty};
pub use forms::SYNTAX_EXAMPLES;
pub use judge::{Marks, NoMarks, QueryContext};
pub use raw::{RawQuery, RawText};
pub use slot::{CompletionTarget, quote_value};

pub(crate) use judge::{Verdict, combine_verdicts};
pub(crate) use needle::MatchKind;
pub(crate) use node::{Node, Scope, Term};

/// Most words of one query.
const MAX_TERMS: usize = 64;

/// What is wrong with a query, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueryError {
    /// Characters before the place.
    pub column: usize,
    /// A sentence that says what would be right.
    pub message: String,
}

impl std::fmt::Display for QueryError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "column {}: {}", self.column + 1, self.message)
    }
}

impl std::error::Error for QueryError {}

/// A query that has been read. The empty query keeps everything.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Query {
    root: Node,
}

impl Query {
    /// Reads a query as typed; what is wrong or unfinished in it does not count.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let (root, _) = parse::Parser::parse(text);
        Self { root }
    }

    /// The query that keeps what all of these keep.
    #[must_use]
    pub fn intersection(queries: impl IntoIterator<Item = Self>) -> Self {
        let roots = queries.into_iter().map(|query| query.root);
        let parts = roots.filter(|root| *root != Node::All).collect();
        Self {
            root: Node::and(parts).unwrap_or(Node::All),
        }
    }

    /// Reads a query, or says what is wrong with it.
    ///
    /// # Errors
    /// The first thing that is wrong, with its column.
    pub fn parse_strict(text: &str) -> Result<Self, QueryError> {
        match parse::Parser::parse(text) {
            (root, None) => Ok(Self { root }),
            (_, Some(error)) => Err(error),
        }
    }

    /// True where it keeps everything.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.root == Node::All
    }

    /// True where some of it can only be seen in the whole dispatch: see [`Self::judge_body`].
    #[must_use]
    pub fn needs_body(&self) -> bool {
        self.root.needs_body()
    }

    /// True where it asks what the reader has marked, or what was there at the last visit.
    #[must_use]
    pub fn needs_marks(&self) -> bool {
        self.root.needs_marks()
    }

    /// True where it asks what other dispatches make of one: kill it, correct it, supersede it.
    #[must_use]
    pub fn needs_story_status(&self) -> bool {
        self.root.needs_story_status()
    }

    /// The folded words that are looked for, those that must not be there left out.
    #[must_use]
    pub fn positive_words(&self) -> Vec<&str> {
        let mut words = Vec::new();
        self.root.visit_positive_terms(&mut |term| {
            if term.needle.kind != MatchKind::Regex {
                words.push(term.needle.folded.as_str());
            }
        });
        words
    }

    /// True where everything that this query keeps is kept by another one, as far as can be seen from the words: then
    /// the rows of the other need only be filtered further.
    #[must_use]
    pub fn is_narrower_than(&self, other: &Self) -> bool {
        self.root.is_narrower_than(&other.root)
    }

    pub(crate) fn root(&self) -> &Node {
        &self.root
    }
}

#[cfg(test)]
mod tests;
