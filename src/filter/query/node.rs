//! The tree of a query: what must be found where, joined by and, or, not.

use std::sync::Arc;

use super::fields::{Field, IsProperty};
use super::needle::{MatchKind, Needle};
use super::values::Condition;
use crate::desk::InternedColumn;

/// Where a text is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scope {
    /// Headline, slug, place or agency.
    Head,
    /// The same, or the text: phrases.
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

/// A text to look for and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Term {
    pub(crate) scope: Scope,
    pub(crate) needle: Arc<Needle>,
}

/// A query, or a part of one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) enum Node {
    #[default]
    All,
    Term(Term),
    Fact(Condition),
    Not(Box<Node>),
    And(Vec<Node>),
    Or(Vec<Node>),
}

impl Scope {
    pub(super) fn from_field(field: Option<Field>, phrase: bool) -> Self {
        match field {
            Some(Field::Headline) => Self::Headline,
            Some(Field::Slug) => Self::Slug,
            Some(Field::From) => Self::From,
            Some(Field::At) => Self::At,
            Some(Field::By) => Self::By,
            Some(Field::About) => Self::About,
            Some(Field::Lang) => Self::Lang,
            Some(Field::Body) => Self::Body,
            Some(Field::Said) => Self::Said,
            Some(Field::Quote) => Self::Quote,
            _ if phrase => Self::Anywhere,
            _ => Self::Head,
        }
    }

    /// The repeated texts of an entry that are looked at.
    pub(crate) fn columns(self) -> &'static [InternedColumn] {
        match self {
            Self::Head | Self::Anywhere => &[
                InternedColumn::Slug,
                InternedColumn::Place,
                InternedColumn::Agency,
            ],
            Self::Slug => &[InternedColumn::Slug],
            Self::From => &[InternedColumn::Agency],
            Self::At => &[InternedColumn::Place, InternedColumn::Country],
            Self::By => &[InternedColumn::Byline],
            Self::About => &[InternedColumn::Subjects],
            Self::Lang => &[InternedColumn::Language],
            Self::Headline | Self::Body | Self::Said | Self::Quote => &[],
        }
    }

    /// Whether the headline is looked at.
    pub(crate) fn includes_headline(self) -> bool {
        matches!(self, Self::Head | Self::Anywhere | Self::Headline)
    }

    /// Whether the whole dispatch must be read where its head does not hold the text.
    pub(crate) fn needs_body(self) -> bool {
        matches!(self, Self::Anywhere | Self::Body | Self::Said | Self::Quote)
    }

    /// Whether close matches count.
    pub(crate) fn allows_close_match(self) -> bool {
        matches!(self, Self::Head | Self::Headline)
    }
}

impl Term {
    /// Whether close matches of the word count, now or when it is longer.
    pub(crate) fn allows_close_match(&self) -> bool {
        self.needle.kind == MatchKind::Word && self.needle.cased.is_none()
    }

    /// Whether everything that this term keeps is kept by another one as well.
    fn is_narrower_than(&self, other: &Self) -> bool {
        let (mine, theirs) = (&self.needle, &other.needle);
        if self.scope != other.scope || mine.kind != theirs.kind {
            return false;
        }
        if theirs.cased.is_some() && mine.cased != theirs.cased {
            return false;
        }
        match mine.kind {
            // A close match of a longer word begins as one of the shorter does, and has its letters.
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
    pub(super) fn and(parts: Vec<Self>) -> Option<Self> {
        let mut all: Vec<Self> = Vec::with_capacity(parts.len());
        for part in parts {
            let inner = if let Self::And(inner) = part {
                inner
            } else {
                vec![part]
            };
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

    pub(super) fn or(mut parts: Vec<Self>) -> Option<Self> {
        match parts.len() {
            0 | 1 => parts.pop(),
            _ => Some(Self::Or(parts)),
        }
    }

    /// The opposite. A word that must not stand there is looked for as it is: a close match of it does no harm.
    pub(super) fn negated(self) -> Self {
        Self::Not(Box::new(self.without_close_matches()))
    }

    fn without_close_matches(self) -> Self {
        let each = |nodes: Vec<Self>| nodes.into_iter().map(Self::without_close_matches).collect();
        match self {
            Self::Term(mut term) => {
                if term.needle.kind == MatchKind::Word {
                    Arc::make_mut(&mut term.needle).kind = MatchKind::Contains;
                    let needle = Arc::make_mut(&mut term.needle);
                    needle.required_letters = crate::desk::required_letters(&needle.folded);
                }
                Self::Term(term)
            }
            Self::Not(node) => Self::Not(Box::new(node.without_close_matches())),
            Self::And(nodes) => Self::And(each(nodes)),
            Self::Or(nodes) => Self::Or(each(nodes)),
            other => other,
        }
    }

    /// Whether everything that this node keeps is kept by another one as well, as far as can be seen from the words.
    pub(crate) fn is_narrower_than(&self, other: &Self) -> bool {
        if let Self::And(others) = other {
            return others.iter().all(|part| self.is_narrower_than(part));
        }
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

    /// Whether it keeps other entries as time goes by or as the reader reads.
    fn is_time_dependent(&self) -> bool {
        match self {
            Self::Fact(fact) => matches!(
                fact,
                Condition::Newer(_) | Condition::Older(_) | Condition::Is(_)
            ),
            Self::Not(node) => node.is_time_dependent(),
            Self::And(nodes) | Self::Or(nodes) => nodes.iter().any(Self::is_time_dependent),
            Self::All | Self::Term(_) => false,
        }
    }

    /// Calls back with every term that an entry may be kept for.
    pub(crate) fn visit_positive_terms<'n>(&'n self, found: &mut dyn FnMut(&'n Term)) {
        match self {
            Self::Term(term) => found(term),
            Self::And(nodes) | Self::Or(nodes) => {
                for node in nodes {
                    node.visit_positive_terms(found);
                }
            }
            Self::All | Self::Fact(_) | Self::Not(_) => {}
        }
    }

    /// Whether it asks for what the reader has marked, or what was there at the last visit.
    pub(crate) fn needs_marks(&self) -> bool {
        match self {
            Self::Fact(Condition::Is(is)) => {
                matches!(
                    is,
                    IsProperty::Unread
                        | IsProperty::Read
                        | IsProperty::Starred
                        | IsProperty::SinceLast
                )
            }
            Self::Not(node) => node.needs_marks(),
            Self::And(nodes) | Self::Or(nodes) => nodes.iter().any(Self::needs_marks),
            Self::All | Self::Term(_) | Self::Fact(_) => false,
        }
    }

    /// Whether it asks what other dispatches make of one.
    pub(crate) fn needs_story_status(&self) -> bool {
        match self {
            Self::Fact(Condition::Is(is)) => {
                matches!(
                    is,
                    IsProperty::Killed | IsProperty::Corrected | IsProperty::Superseded
                )
            }
            Self::Not(node) => node.needs_story_status(),
            Self::And(nodes) | Self::Or(nodes) => nodes.iter().any(Self::needs_story_status),
            Self::All | Self::Term(_) | Self::Fact(_) => false,
        }
    }

    /// Whether some of it can only be seen in the whole dispatch.
    pub(crate) fn needs_body(&self) -> bool {
        match self {
            Self::Term(term) => term.scope.needs_body(),
            Self::Not(node) => node.needs_body(),
            Self::And(nodes) | Self::Or(nodes) => nodes.iter().any(Self::needs_body),
            Self::All | Self::Fact(_) => false,
        }
    }
}
