//! Evaluates a query against an entry or a full dispatch, and finds the parts of a text that match. Reads nothing itself.

use std::cell::OnceCell;
use std::ops::Range;

use crate::dispatch::{Dispatch, Role, Status, Urgency};
use crate::filter::fields::{Condition, IsProperty};
use crate::filter::matcher::{CloseMatcher, MatchKind};
use crate::filter::query::{Node, Query, Scope, Term};
use crate::index::{EntryRef, InternedColumn};
use crate::quotes::{self, Quote, TextPart};
use crate::text::fold;

/// What the reader knows of an entry beyond its head: by its item or, as far as a star goes, its story. All of it may be
/// left as it is.
pub trait Marks: Sync {
    /// Not opened yet.
    fn is_unread(&self, _item: u64) -> bool {
        true
    }

    /// A story starred by the reader.
    fn is_starred(&self, _story: u64) -> bool {
        false
    }

    /// Arrived since the last visit.
    fn is_since_last_visit(&self, _item: u64) -> bool {
        true
    }
}

/// Nothing is opened, nothing starred.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoMarks;

impl Marks for NoMarks {}

/// From where a query looks: what time it is, and what is marked.
#[derive(Clone, Copy)]
pub struct QueryContext<'a> {
    /// Seconds since the epoch that `newer:` and `older:` count back from.
    pub now: i64,
    pub marks: &'a dyn Marks,
}

impl std::fmt::Debug for QueryContext<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("View").field("now", &self.now).finish()
    }
}

/// What is known of an entry before its text is read: `None` where the text decides.
pub(crate) type Verdict = Option<bool>;

/// Joins the verdicts of parts: one that equals `stop` decides, one that is open leaves it open. With `false` they must
/// all hold, with `true` one of them.
pub(crate) fn combine_verdicts<T>(
    parts: &[T],
    stop: bool,
    judge: impl Fn(&T) -> Verdict,
) -> Verdict {
    let mut joined = Some(!stop);
    for part in parts {
        match judge(part) {
            Some(found) if found == stop => return Some(stop),
            Some(_) => {}
            None => joined = None,
        }
    }
    joined
}

impl Condition {
    pub(crate) fn matches(&self, entry: EntryRef<'_>, view: &QueryContext<'_>) -> bool {
        let seconds = entry.time().map(|t| t.seconds);
        match self {
            Self::Is(is) => is.matches(entry, view.marks),
            Self::Urgency(range) => entry
                .urgency()
                .is_some_and(|u| range.contains(&u32::from(u.value()))),
            Self::Words(range) => range.contains(&entry.words()),
            Self::Date(range) => entry
                .time()
                .is_some_and(|t| range.contains(&(t.seconds + i64::from(t.offset_minutes) * 60))),
            Self::Newer(age) => seconds.is_some_and(|s| s >= view.now.saturating_sub(*age)),
            Self::Older(age) => seconds.is_some_and(|s| s < view.now.saturating_sub(*age)),
        }
    }
}

impl IsProperty {
    fn matches(self, entry: EntryRef<'_>, marks: &dyn Marks) -> bool {
        match self {
            Self::Unread => marks.is_unread(entry.item_key()),
            Self::Read => !marks.is_unread(entry.item_key()),
            Self::Starred => marks.is_starred(entry.story_or_item_key()),
            Self::SinceLast => marks.is_since_last_visit(entry.item_key()),
            Self::Urgent => entry.urgency().is_some_and(Urgency::is_urgent),
            Self::Alert => entry.role() == Role::Alert,
            Self::Killed => {
                entry.status() == Status::Canceled
                    || entry.role() == Role::Kill
                    || entry.is_killed()
            }
            Self::Corrected => entry.role() == Role::Correction || entry.is_corrected(),
            Self::Superseded => entry.is_superseded(),
            Self::Embargoed => entry.is_embargoed(),
            Self::Table => entry.has_table(),
        }
    }
}

impl Term {
    /// Whether the head of an entry holds the text.
    pub(crate) fn matches_head(&self, entry: EntryRef<'_>) -> bool {
        let needle = &self.needle;
        (self.scope.includes_headline()
            && needle.matches(entry.headline(), entry.folded_headline()))
            || self.scope.columns().iter().any(|&column| {
                let sent = entry.column(column);
                !sent.is_empty() && needle.matches(sent, entry.folded_column(column))
            })
    }

    /// The verdict of the head; close matches do not count.
    pub(crate) fn head_verdict(&self, entry: EntryRef<'_>) -> Verdict {
        if self.matches_head(entry) {
            Some(true)
        } else {
            (!self.scope.needs_body()).then_some(false)
        }
    }

    fn matches_body(&self, whole: &LazyDispatch<'_>) -> bool {
        match self.scope {
            Scope::Anywhere | Scope::Body => self
                .needle
                .matches(whole.dispatch.body.text(), whole.folded()),
            Scope::Said => {
                self.may_match_quotes(whole)
                    && whole.quotes().iter().any(|quote| {
                        quote.is_statement()
                            && quote
                                .speaker
                                .as_deref()
                                .is_some_and(|s| self.needle.matches_text(s))
                    })
            }
            Scope::Quote => {
                self.may_match_quotes(whole)
                    && whole.quotes().iter().any(|quote| {
                        quote.is_statement() && self.needle.matches_text(&whole.quote_text(quote))
                    })
            }
            _ => false,
        }
    }

    /// The cheap question before quotes are looked for: is the word there at all?
    fn may_match_quotes(&self, whole: &LazyDispatch<'_>) -> bool {
        let Some((finder, _)) = self.needle.finder() else {
            return true;
        };
        // A phrase may be cut in a quote of several paragraphs, and a name put together: its words will do.
        let stands = |word: &str| {
            whole.folded().contains(word) || fold(&whole.dispatch.headline).contains(word)
        };
        finder.find(whole.folded().as_bytes()).is_some()
            || self.needle.folded.split_whitespace().all(stands)
    }
}

/// A dispatch with what is derived from it once, and only when it is asked for.
struct LazyDispatch<'d> {
    dispatch: &'d Dispatch,
    folded: OnceCell<String>,
    quotes: OnceCell<Vec<Quote>>,
}

impl LazyDispatch<'_> {
    fn folded(&self) -> &str {
        self.folded.get_or_init(|| fold(self.dispatch.body.text()))
    }

    fn quotes(&self) -> &[Quote] {
        self.quotes
            .get_or_init(|| quotes::extract_quotes(self.dispatch))
    }

    fn quote_text(&self, quote: &Quote) -> String {
        let source = match quote.part {
            TextPart::Headline => self.dispatch.headline.as_str(),
            TextPart::Body => self.dispatch.body.text(),
        };
        quotes::quote_text(quote, source)
    }
}

impl Query {
    /// Judges an entry whose text has been read, close matches in headlines left aside. Quotes are looked for only
    /// where `said:` or `quote:` ask for them and the words are there.
    #[must_use]
    pub fn matches_dispatch(
        &self,
        entry: EntryRef<'_>,
        dispatch: &Dispatch,
        view: &QueryContext<'_>,
    ) -> bool {
        let whole = LazyDispatch {
            dispatch,
            folded: OnceCell::new(),
            quotes: OnceCell::new(),
        };
        evaluate_node(&self.root, entry, view, &|term| {
            term.matches_head(entry) || term.matches_body(&whole)
        })
    }
}

fn evaluate_node(
    node: &Node,
    entry: EntryRef<'_>,
    view: &QueryContext<'_>,
    term: &dyn Fn(&Term) -> bool,
) -> bool {
    match node {
        Node::All => true,
        Node::Term(t) => term(t),
        Node::Fact(fact) => fact.matches(entry, view),
        Node::Not(node) => !evaluate_node(node, entry, view, term),
        Node::And(nodes) => nodes
            .iter()
            .all(|node| evaluate_node(node, entry, view, term)),
        Node::Or(nodes) => nodes
            .iter()
            .any(|node| evaluate_node(node, entry, view, term)),
    }
}

// Which parts of a text a query matched: what list, reader and quotes pane mark.

impl Query {
    /// The parts of a text of an entry that match: every place where something stands that is looked for in this text;
    /// where a word stands nowhere in the entry as it is, the letters of its closest match. Ascending ranges that do
    /// not overlap.
    #[must_use]
    pub fn match_ranges(
        &self,
        entry: EntryRef<'_>,
        text: &str,
        fuzzy: &CloseMatcher,
    ) -> Vec<Range<usize>> {
        let mut ranges = Vec::new();
        self.root.visit_positive_terms(&mut |term| {
            if !term.applies_to(entry, text) {
                return;
            }
            let found = term.needle.find_all(text);
            let word = &term.needle.folded;
            if !found.is_empty() {
                ranges.extend(found);
            } else if term.needle.kind == MatchKind::Subsequence {
                ranges.extend(fuzzy.subsequence_ranges(text, word));
            } else if term.allows_close_match() && !term.matches_head(entry) {
                ranges.extend(fuzzy.close_match_ranges(text, word));
            }
        });
        merge_ranges(ranges)
    }

    /// Every place in the headline or the text of an open dispatch where something stands that is looked for there.
    #[must_use]
    pub fn match_ranges_in_text(&self, text: &str) -> Vec<Range<usize>> {
        let mut ranges = Vec::new();
        self.root.visit_positive_terms(&mut |term| {
            let shown =
                term.scope.includes_headline() || matches!(term.scope, Scope::Body | Scope::Quote);
            // `^` and `$` mean the headline, not the text.
            let anchored = matches!(
                term.needle.kind,
                MatchKind::Start | MatchKind::End | MatchKind::Exact
            );
            if shown && !(anchored && text.contains('\n')) {
                ranges.extend(term.needle.find_all(text));
            }
        });
        merge_ranges(ranges)
    }

    /// Every place in the name of a speaker that `said:` looks for.
    #[must_use]
    pub fn match_ranges_in_speaker(&self, name: &str) -> Vec<Range<usize>> {
        let mut ranges = Vec::new();
        self.root.visit_positive_terms(&mut |term| {
            if term.scope == Scope::Said {
                ranges.extend(term.needle.find_all(name));
            }
        });
        merge_ranges(ranges)
    }
}

impl Term {
    /// Whether a text of an entry is one that this term looks at.
    fn applies_to(&self, entry: EntryRef<'_>, text: &str) -> bool {
        if self.scope == Scope::Head || self.scope == Scope::Anywhere {
            return true;
        }
        if text == entry.headline() {
            return self.scope == Scope::Headline;
        }
        let columns = [
            InternedColumn::Slug,
            InternedColumn::Agency,
            InternedColumn::Place,
            InternedColumn::Country,
            InternedColumn::Byline,
            InternedColumn::Subjects,
        ];
        let named = columns.iter().filter(|&&c| entry.column(c) == text);
        let mut named = named.peekable();
        if named.peek().is_none() {
            // A part of the headline, as it is shown.
            return self.scope == Scope::Headline;
        }
        named.any(|c| self.scope.columns().contains(c))
    }
}

/// Sorts ranges and joins those that touch.
fn merge_ranges(mut ranges: Vec<Range<usize>>) -> Vec<Range<usize>> {
    ranges.sort_unstable_by_key(|r| (r.start, r.end));
    let mut merged: Vec<Range<usize>> = Vec::with_capacity(ranges.len());
    for range in ranges {
        match merged.last_mut() {
            Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
            _ => merged.push(range),
        }
    }
    merged
}
