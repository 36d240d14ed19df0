//! The query language of the filter prompt, of `--filter` and of saved views: its grammar, and the tree it is parsed
//! into. Knows nothing of segments or screens.
//!
//! ```text
//! query   = part { "|" part }                    or: binds weaker than and
//! part    = { item }                             and: items side by side
//! item    = [ "!" | "-" ] ( "(" query ")" | field | text )
//! field   = name ":" item                        searches that field for the item, or for each item of a group
//! text    = word                                 contains it; close matches in headlines come last
//!         | "'" word                             contains it, no close matches
//!         | "~" word                             its letters in this order, as in fzf
//!         | "^" word | word "$" | "^" word "$"   at the start, at the end, the whole text
//!         | '"' words '"'                        this phrase, in the body too
//!         | "/" regex "/"                        a regular expression, on the text as sent
//! ```
//!
//! A text without a field is searched for in headline, slug, place and agency, each separately; `text:` searches these
//! and the body. Fields that take such texts: `headline: slug: from: at: by: about: lang: text: body: said: quote:
//! note:`. Fields with values of their own: `is:unread`, `urgency:<=3`, `words:>300` (numbers: `3 <3 <=3 >3 >=3 1..3`),
//! `date:2016`, `date:2016-07`, `date:2016-07-01..2016-07-08` (also `<= >=` and open ends), `newer:2h`, `older:3d`
//! (s, m, h, d, w).
//!
//! Case and accents are ignored, but a word with a capital letter is case-sensitive. A backslash escapes the next
//! character (`\(`, `\|`, `\ `). `10:30` and `Switzerland/migration` are words: the name of a field is lower-case
//! letters, and a misspelt one (`form:afp`) is an error that names the nearest.
//!
//! Parsing never fails, so that the list never goes blank while somebody types: invalid parts are left out of the
//! query. [`Query::parse_strict`] reports the first of them with its column.

use std::sync::Arc;

use crate::filter::fields::{Condition, Field, IsProperty};
use crate::filter::matcher::{MatchKind, Needle};
use crate::filter::parser;
use crate::index::InternedColumn;

/// Maximum words of one query. Each may cost a pass over all entries; nobody types as many.
pub(super) const MAX_TERMS: usize = 64;

/// An error in a query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueryError {
    /// Where it is, 0-based, in characters.
    pub column: usize,
    /// A sentence that says what is wrong and what would be right.
    pub message: String,
}

impl std::fmt::Display for QueryError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "column {}: {}", self.column + 1, self.message)
    }
}

impl std::error::Error for QueryError {}

/// A parsed query. The empty query keeps everything.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Query {
    pub(super) root: Node,
}

impl Query {
    /// Parses a query as typed, ignoring invalid or unfinished parts.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let (root, _) = parser::Parser::parse(text);
        Self { root }
    }

    /// The query that keeps what all of these queries keep.
    #[must_use]
    pub fn intersection(queries: impl IntoIterator<Item = Self>) -> Self {
        let roots = queries.into_iter().map(|query| query.root);
        let parts = roots.filter(|root| *root != Node::All).collect();
        Self { root: Node::and(parts).unwrap_or(Node::All) }
    }

    /// Parses a query and rejects invalid ones.
    ///
    /// # Errors
    /// The first error in the query, with its column.
    pub fn parse_strict(text: &str) -> Result<Self, QueryError> {
        match parser::Parser::parse(text) {
            (root, None) => Ok(Self { root }),
            (_, Some(error)) => Err(error),
        }
    }

    /// True if it keeps everything.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.root == Node::All
    }

    /// True if parts of it can only be evaluated on the full dispatch, see [`Self::matches_dispatch`].
    #[must_use]
    pub fn needs_body(&self) -> bool {
        self.root.needs_body()
    }

    /// True if it depends on the reader's marks, or on what was there at the last visit.
    #[must_use]
    pub fn needs_marks(&self) -> bool {
        self.root.needs_marks()
    }

    /// True if a verdict on an entry may change: over time, as the reader reads, or as other dispatches arrive.
    #[must_use]
    pub fn is_time_dependent(&self) -> bool {
        self.root.is_time_dependent()
    }

    /// The parts whose verdicts on an entry never change, if the others can be decided without its text: `body:oil` of
    /// `body:oil is:unread`. An entry that meets the others is kept if it is kept by these. `None` if they cannot be told
    /// apart.
    #[must_use]
    pub fn lasting_part(&self) -> Option<Self> {
        let parts = if let Node::And(parts) = &self.root {
            parts
        } else {
            std::slice::from_ref(&self.root)
        };
        let (passing, lasting): (Vec<&Node>, Vec<&Node>) =
            parts.iter().partition(|part| part.is_time_dependent());
        let is_apart = !passing.iter().any(|part| part.needs_body());
        let root = Node::and(lasting.into_iter().cloned().collect()).filter(|_| is_apart)?;
        Some(Self { root })
    }

    /// Whether it depends on the clock, by which embargoes end.
    #[must_use]
    pub fn needs_clock(&self) -> bool {
        self.root.needs_clock()
    }

    /// The words that it searches for, folded, without negated ones and regular expressions.
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

    /// True if every entry that this query keeps is certainly kept by `other`: then only the rows of `other` need to be
    /// filtered further. May be false although it narrows, since only the words are compared.
    #[must_use]
    pub fn is_narrower_than(&self, other: &Self) -> bool {
        self.root.is_narrower_than(&other.root)
    }

    pub(crate) fn root(&self) -> &Node {
        &self.root
    }
}

// The tree of a query.

/// Where a text is searched for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scope {
    /// Headline, slug, place or agency.
    Head,
    /// The same and the body: the scope of `text:` and of phrases.
    Anywhere,
    Headline,
    Slug,
    From,
    At,
    By,
    About,
    Lang,
    Body,
    Said,
    Quote,
}

/// A text to search for, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Term {
    pub(crate) scope: Scope,
    pub(crate) needle: Arc<Needle>,
}

/// A query, or a part of one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) enum Node {
    /// Keeps every entry.
    #[default]
    All,
    /// Keeps entries with a text.
    Term(Term),
    /// Keeps entries by a property other than their text.
    Condition(Condition),
    Not(Box<Node>),
    And(Vec<Node>),
    Or(Vec<Node>),
}

impl Scope {
    /// The scope of a text in a field, or without one.
    pub(super) fn from_field(field: Option<Field>, phrase: bool) -> Self {
        match field {
            Some(Field::Headline) => Self::Headline,
            Some(Field::Slug) => Self::Slug,
            Some(Field::From) => Self::From,
            Some(Field::At) => Self::At,
            Some(Field::By) => Self::By,
            Some(Field::About) => Self::About,
            Some(Field::Lang) => Self::Lang,
            Some(Field::Text) => Self::Anywhere,
            Some(Field::Body) => Self::Body,
            Some(Field::Said) => Self::Said,
            Some(Field::Quote) => Self::Quote,
            _ if phrase => Self::Anywhere,
            _ => Self::Head,
        }
    }

    /// The columns of an entry that are searched, besides the headline and the body.
    pub(crate) fn columns(self) -> &'static [InternedColumn] {
        match self {
            Self::Head | Self::Anywhere => {
                &[InternedColumn::Slug, InternedColumn::Place, InternedColumn::Agency]
            }
            Self::Slug => &[InternedColumn::Slug],
            Self::From => &[InternedColumn::Agency],
            Self::At => &[InternedColumn::Place, InternedColumn::Country],
            Self::By => &[InternedColumn::Byline],
            Self::About => &[InternedColumn::Subjects],
            Self::Lang => &[InternedColumn::Language],
            Self::Headline | Self::Body | Self::Said | Self::Quote => &[],
        }
    }

    /// Whether the headline is searched.
    pub(crate) fn includes_headline(self) -> bool {
        matches!(self, Self::Head | Self::Anywhere | Self::Headline)
    }

    /// Whether the full dispatch must be read if its head does not contain the text.
    pub(crate) fn needs_body(self) -> bool {
        matches!(self, Self::Anywhere | Self::Body | Self::Said | Self::Quote)
    }

    /// Whether a plain word also finds close matches.
    pub(crate) fn allows_close_match(self) -> bool {
        matches!(self, Self::Head | Self::Headline)
    }
}

impl Term {
    /// Whether the word finds close matches, now or once it is longer.
    pub(crate) fn allows_close_match(&self) -> bool {
        self.needle.kind == MatchKind::Word && self.needle.cased.is_none()
    }

    /// Whether every entry that this term keeps is kept by `other` as well.
    fn is_narrower_than(&self, other: &Self) -> bool {
        let (mine, theirs) = (&self.needle, &other.needle);
        if self.scope != other.scope || mine.kind != theirs.kind {
            return false;
        }
        if theirs.cased.is_some() && mine.cased != theirs.cased {
            return false;
        }
        match mine.kind {
            // A close match of the longer word begins with the same letter as one of the shorter, and has its letters.
            MatchKind::Word | MatchKind::Start | MatchKind::Subsequence => {
                mine.folded.starts_with(&theirs.folded)
            }
            MatchKind::End => mine.folded.ends_with(&theirs.folded),
            MatchKind::Contains => mine.folded.contains(&theirs.folded),
            MatchKind::Exact | MatchKind::LanguageTag | MatchKind::Regex => mine == theirs,
        }
    }
}

impl Node {
    /// Joins parts that must all match; flattens nested nodes and drops repeated parts. `None` without any parts.
    pub(super) fn and(parts: Vec<Self>) -> Option<Self> {
        let mut all: Vec<Self> = Vec::with_capacity(parts.len());
        for part in parts {
            let inner = if let Self::And(inner) = part { inner } else { vec![part] };
            for node in inner {
                if !all.contains(&node) {
                    all.push(node);
                }
            }
        }
        match all.len() {
            0 | 1 => all.pop(),
            _ => Some(Self::And(all)),
        }
    }

    /// Joins parts of which one must match. `None` without any parts.
    pub(super) fn or(mut parts: Vec<Self>) -> Option<Self> {
        match parts.len() {
            0 | 1 => parts.pop(),
            _ => Some(Self::Or(parts)),
        }
    }

    /// The negation. A negated word only excludes entries that contain it, not close matches: these may be other words.
    pub(super) fn negated(self) -> Self {
        Self::Not(Box::new(self.without_close_matches()))
    }

    pub(super) fn without_close_matches(self) -> Self {
        let each = |nodes: Vec<Self>| nodes.into_iter().map(Self::without_close_matches).collect();
        match self {
            Self::Term(mut term) => {
                if term.needle.kind == MatchKind::Word {
                    Arc::make_mut(&mut term.needle).kind = MatchKind::Contains;
                    let needle = Arc::make_mut(&mut term.needle);
                    needle.required_letters = crate::index::required_letters(&needle.folded);
                }
                Self::Term(term)
            }
            Self::Not(node) => Self::Not(Box::new(node.without_close_matches())),
            Self::And(nodes) => Self::And(each(nodes)),
            Self::Or(nodes) => Self::Or(each(nodes)),
            other => other,
        }
    }

    /// Whether every entry that this node keeps is certainly kept by `other` as well, see [`Query::is_narrower_than`].
    pub(crate) fn is_narrower_than(&self, other: &Self) -> bool {
        if let Self::And(others) = other {
            return others.iter().all(|part| self.is_narrower_than(part));
        }
        // An equal condition keeps other entries if time has passed or something was read since.
        if self == other {
            return !other.is_time_dependent();
        }
        match (self, other) {
            (_, Self::All) => true,
            (Self::And(parts), _) => parts.iter().any(|part| part.is_narrower_than(other)),
            (Self::Term(mine), Self::Term(theirs)) => mine.is_narrower_than(theirs),
            _ => false,
        }
    }

    /// Whether the result changes over time, or as the reader reads.
    fn is_time_dependent(&self) -> bool {
        match self {
            Self::Condition(fact) => {
                fact.needs_marks()
                    || matches!(fact, Condition::Newer(_) | Condition::Older(_) | Condition::Is(_))
            }
            Self::Not(node) => node.is_time_dependent(),
            Self::And(nodes) | Self::Or(nodes) => nodes.iter().any(Self::is_time_dependent),
            Self::All | Self::Term(_) => false,
        }
    }

    /// Calls `found` with every term that is not negated.
    pub(crate) fn visit_positive_terms<'n>(&'n self, found: &mut dyn FnMut(&'n Term)) {
        match self {
            Self::Term(term) => found(term),
            Self::And(nodes) | Self::Or(nodes) => {
                for node in nodes {
                    node.visit_positive_terms(found);
                }
            }
            Self::All | Self::Condition(_) | Self::Not(_) => {}
        }
    }

    /// Whether it depends on the reader's marks, or on what was there at the last visit.
    pub(crate) fn needs_marks(&self) -> bool {
        match self {
            Self::Condition(fact) => fact.needs_marks(),
            Self::Not(node) => node.needs_marks(),
            Self::And(nodes) | Self::Or(nodes) => nodes.iter().any(Self::needs_marks),
            Self::All | Self::Term(_) => false,
        }
    }

    /// Whether it depends on the clock, by which embargoes end.
    pub(crate) fn needs_clock(&self) -> bool {
        match self {
            Self::Condition(Condition::Is(is)) => *is == IsProperty::Embargoed,
            Self::Not(node) => node.needs_clock(),
            Self::And(nodes) | Self::Or(nodes) => nodes.iter().any(Self::needs_clock),
            Self::All | Self::Term(_) | Self::Condition(_) => false,
        }
    }

    /// Whether parts of it can only be evaluated on the full dispatch.
    pub(crate) fn needs_body(&self) -> bool {
        match self {
            Self::Term(term) => term.scope.needs_body(),
            Self::Not(node) => node.needs_body(),
            Self::And(nodes) | Self::Or(nodes) => nodes.iter().any(Self::needs_body),
            Self::All | Self::Condition(_) => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Node, Query};
    use crate::filter::matcher::MatchKind;

    /// A short notation of a parsed query.
    fn shape(node: &Node) -> String {
        let join = |nodes: &[Node], with: &str| {
            let parts: Vec<String> = nodes.iter().map(shape).collect();
            format!("({})", parts.join(with))
        };
        match node {
            Node::All => "all".to_owned(),
            Node::Condition(fact) => format!("{fact:?}"),
            Node::Not(node) => format!("!{}", shape(node)),
            Node::And(nodes) => join(nodes, " & "),
            Node::Or(nodes) => join(nodes, " | "),
            Node::Term(term) => {
                let word = &term.needle.folded;
                let word = match term.needle.kind {
                    MatchKind::Word => word.clone(),
                    MatchKind::Contains => format!("'{word}"),
                    MatchKind::Start => format!("^{word}"),
                    MatchKind::End => format!("{word}$"),
                    MatchKind::Exact => format!("^{word}$"),
                    MatchKind::LanguageTag => format!("={word}"),
                    MatchKind::Subsequence => format!("~{word}"),
                    MatchKind::Regex => "/…/".to_owned(),
                };
                let case = if term.needle.cased.is_some() { "Aa" } else { "" };
                format!("{:?}:{case}{word}", term.scope).to_lowercase()
            }
        }
    }

    #[track_caller]
    fn check(query: &str, expected: &str) {
        let parsed = Query::parse_strict(query);
        assert_eq!(parsed.as_ref().err(), None, "{query}");
        assert_eq!(shape(Query::parse(query).root()), expected, "{query}");
    }

    /// Checks an invalid query: the column and a part of the message, and what is used of the query all the same.
    #[track_caller]
    fn wrong(query: &str, column: usize, message: &str, used: &str) {
        let error = Query::parse_strict(query).expect_err(query);
        assert_eq!(error.column, column, "{query}: {}", error.message);
        assert!(error.message.contains(message), "{query}: {}", error.message);
        assert_eq!(shape(Query::parse(query).root()), used, "{query}");
    }

    #[test]
    fn words() {
        check("", "all");
        check("  ", "all");
        check("kremlin", "head:kremlin");
        check("kremlin kremlin", "head:kremlin");
        check("Kremlin", "head:aakremlin");
        check(
            "~krml 'oil ^the end$ ^all$",
            "(head:~krml & head:'oil & head:^the & head:end$ & head:^all$)",
        );
        check("!oil -gas", "(!head:'oil & !head:'gas)");
        check("!!oil", "head:oil");
        check("\"gas  pipeline\"", "anywhere:'gas pipeline");
        check("Łódź", "head:aalodz");
        check("10:30", "head:10:30");
        check("Switzerland/migration", "head:aaswitzerland/migration");
        check("http://a.b/c", "head:http://a.b/c");
        check("Paris - talks -- end", "(head:aaparis & head:- & head:talks & head:-- & head:end)");
        check("U.S.(AP)", "head:aau.s.(ap)");
        check("$ 5$", "(head:$ & head:5$)");
        check(r"5\$ \(x\) a\ b a\|b", "(head:'5$ & head:(x) & head:a b & head:a|b)");
        check("/kreml.*/ /a b/", "(head:/…/ & head:/…/)");
        check("~ ! ^ '", "all");
    }

    #[test]
    fn groups() {
        check("a | b c", "(head:a | (head:b & head:c))");
        check("a (b | c)", "(head:a & (head:b | head:c))");
        check("a|b", "(head:a | head:b)");
        check("a |", "head:a");
        check("!(a | b)", "!(head:'a | head:'b)");
        check("() (a)", "head:a");
        check(
            "headline:(kremlin 'talks !oil)",
            "(headline:kremlin & headline:'talks & !headline:'oil)",
        );
        check("said:(putin | lavrov)", "(said:'putin | said:'lavrov)");
        check("headline:(oil from:afp)", "(headline:oil & from:'afp)");
    }

    #[test]
    fn fields() {
        check("from:afp at:moscow lang:en", "(from:'afp & at:'moscow & lang:=en)");
        check(
            "text:oil text:(\"gas pipe\" 'coal)",
            "(anywhere:'oil & anywhere:'gas pipe & anywhere:'coal)",
        );
        check("body:\"gas pipe\" headline:^the", "(body:'gas pipe & headline:^the)");
        check("is:(unread | starred)", "(Is(Unread) | Is(Starred))");
        check("-is:killed", "!Is(Killed)");
        check("urgency:<=3 words:>300", "(Urgency(0..=3) & Words(301..=4294967295))");
        check("newer:2h", "Newer(7200)");
        check("body:/a|b/", "body:/…/");
    }

    #[test]
    fn invalid_parts_are_reported_and_left_out() {
        wrong("oil form:afp", 4, "nearest is from:", "head:oil");
        wrong("form:(a b) oil", 0, "nearest is from:", "head:oil");
        wrong("oil from:", 4, "from:afp", "head:oil");
        wrong("é (oil", 2, "not closed", "(head:e & head:oil)");
        wrong("oil)", 3, "closes nothing", "head:oil");
        wrong("\"gas pipe", 0, "ends the phrase", "anywhere:'gas pipe");
        wrong("oil /kreml", 4, "a / ends it", "(head:oil & head:/…/)");
        wrong("oil /(kreml", 4, "a / ends it", "head:oil");
        wrong("oil /(kreml/", 4, "unclosed group", "head:oil");
        wrong("oil !/(kreml/", 5, "unclosed group", "head:oil");
        wrong("date:2016-13", 5, "01 to 12", "all");
        wrong("date:2016-02-30", 5, "there is no day", "all");
        wrong("is:urgnet", 3, "is:urgent", "all");
        wrong("is:hot", 3, "unread", "all");
        wrong("urgency:high", 8, "1 to 9", "all");
        wrong("newer:2", 6, "newer:30m", "all");
    }

    #[test]
    fn depth_and_length_are_limited() {
        for part in ["(", "!", "from:", "form:", "headline:(", "-", "\"", "/", "a|", "\\", "is:x "]
        {
            let query = Query::parse(&part.repeat(20_000));
            let _ = (query.positive_words(), query.raw());
        }
        let many: Vec<String> = (0..500).map(|n| format!("w{n}")).collect();
        assert_eq!(Query::parse(&many.join(" ")).positive_words().len(), super::MAX_TERMS);
        assert!(Query::parse_strict(&many.join(" ")).is_err());
    }

    #[test]
    fn lasting_parts_are_told_apart() {
        for (query, lasting) in [
            ("body:oil", Some("body:oil")),
            ("body:oil is:unread", Some("body:oil")),
            ("newer:2h body:oil gas !is:killed", Some("body:oil gas")),
            ("body:oil | gas", Some("body:oil | gas")),
            ("is:unread", None),
            ("body:oil | is:unread", None),
            ("gas (body:oil | is:unread)", None),
        ] {
            assert_eq!(Query::parse(query).lasting_part(), lasting.map(Query::parse), "{query}");
        }
    }

    #[test]
    fn longer_queries_narrow() {
        for (longer, shorter, narrows) in [
            ("kremlin", "kreml", true),
            ("kremlin syria", "kremlin", true),
            ("kremlin syria", "kremlin sy", true),
            ("krem", "kre", true),
            ("kr", "k", true),
            ("'kremlin", "'mli", true),
            ("~krmln", "~krm", true),
            ("kremlin | oil", "kremlin", false),
            ("Kremlin", "kremlin", true),
            ("kremlin", "Kremlin", false),
            ("oil newer:2h", "newer:2h", false),
            ("!oil gas", "!oil", true),
            ("!oils", "!oil", false),
            ("headline:oil", "oil", false),
            ("oil", "", true),
        ] {
            let narrow = Query::parse(longer).is_narrower_than(&Query::parse(shorter));
            assert_eq!(narrow, narrows, "{longer} after {shorter}");
        }
    }

    /// Random queries out of the pieces of the language.
    fn queries() -> impl Strategy<Value = String> {
        let piece = prop_oneof![
            Just("(".to_owned()),
            Just(")".to_owned()),
            Just("|".to_owned()),
            Just(" ".to_owned()),
            Just("!".to_owned()),
            Just("-".to_owned()),
            Just("\"".to_owned()),
            Just("/".to_owned()),
            Just("~".to_owned()),
            Just("\\".to_owned()),
            Just("date:".to_owned()),
            Just("headline:".to_owned()),
            Just("is:".to_owned()),
            Just("newer:".to_owned()),
            Just("urgency:".to_owned()),
            Just("form:".to_owned()),
            Just("..".to_owned()),
            Just("<=".to_owned()),
            "[a-zA-Z]{1,4}",
            "[0-9-]{1,10}",
            "\\PC{0,3}",
            "[ -~]{0,6}",
        ];
        proptest::collection::vec(piece, 0..14).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(
            std::env::var("PROPTEST_CASES").ok().and_then(|n| n.parse().ok()).unwrap_or(512)
        ))]

        #[test]
        fn parsing_never_panics(text in prop_oneof![queries(), "\\PC{0,40}", ".*"], on in "\\PC{0,60}") {
            let query = Query::parse(&text);
            let _ = query.match_ranges_in_text(&on);
            let _ = query.raw();
            if let Err(error) = Query::parse_strict(&text) {
                prop_assert!(error.column <= text.chars().count());
                prop_assert!(!error.message.is_empty());
            }
            prop_assert_eq!(&Query::parse(&text), &query);
        }
    }
}
