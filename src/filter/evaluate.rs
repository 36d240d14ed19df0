//! Evaluates a query against one entry or full dispatch, and finds the matching parts of a text for highlighting. Reads
//! nothing itself.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::ops::Range;

use crate::dispatch::{Dispatch, Role, Status, Urgency};
use crate::filter::fields::{Condition, IsProperty};
use crate::filter::matcher::{CloseMatcher, MatchKind};
use crate::filter::query::{Node, Query, Scope, Term};
use crate::index::{EntryRef, InternedColumn};
use crate::quotes::{self, Quote, TextPart};
use crate::text::fold;

/// The reader's marks, by item or story key. The defaults are those of a reader without any.
pub trait Marks: Sync {
    /// True if the item was not opened yet.
    fn is_unread(&self, _item: u64) -> bool {
        true
    }

    /// True if the story is starred. Takes [`EntryRef::story_or_item_key`].
    fn is_starred(&self, _story: u64) -> bool {
        false
    }

    /// The note on a story. Takes [`EntryRef::story_or_item_key`].
    fn note(&self, _story: u64) -> Option<&str> {
        None
    }

    /// True if the item arrived since the last visit.
    fn is_since_last_visit(&self, _item: u64) -> bool {
        true
    }
}

/// No marks at all.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoMarks;

impl Marks for NoMarks {}

/// What the result of a query depends on besides the entry: the newest time, the clock, and the reader's marks.
#[derive(Clone, Copy)]
pub struct QueryContext<'a> {
    /// Seconds since the epoch that `newer:` and `older:` count back from.
    pub now: i64,
    /// The time by which embargoes are judged, in seconds since the epoch. If `None`, all are in force.
    pub clock: Option<i64>,
    pub marks: &'a dyn Marks,
}

impl std::fmt::Debug for QueryContext<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("QueryContext").field("now", &self.now).finish_non_exhaustive()
    }
}

/// Whether a query keeps an entry, as far as is known before its text is read: `None` if the text decides.
pub(crate) type Verdict = Option<bool>;

/// Combines the verdicts on several parts: as “and” if `stop` is false, as “or” if it is true. A verdict that equals
/// `stop` decides at once; otherwise an open one leaves the result open.
pub(crate) fn combine_verdicts<T>(
    parts: &[T],
    stop: bool,
    judge: impl Fn(&T) -> Verdict,
) -> Verdict {
    let mut combined = Some(!stop);
    for part in parts {
        match judge(part) {
            Some(verdict) if verdict == stop => return Some(stop),
            Some(_) => {}
            None => combined = None,
        }
    }
    combined
}

impl Condition {
    /// Whether an entry meets the condition. One without the value in question does not.
    pub(crate) fn matches(&self, entry: EntryRef<'_>, view: &QueryContext<'_>) -> bool {
        let seconds = entry.time().map(|t| t.seconds);
        match self {
            Self::Is(is) => is.matches(entry, view),
            Self::Note(needle) => {
                let note = view.marks.note(entry.story_or_item_key());
                note.is_some_and(|note| needle.matches_text(note))
            }
            Self::Urgency(range) => {
                entry.urgency().is_some_and(|u| range.contains(&u32::from(u.value())))
            }
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
    fn matches(self, entry: EntryRef<'_>, view: &QueryContext<'_>) -> bool {
        let marks = view.marks;
        match self {
            Self::Unread => marks.is_unread(entry.item_key()),
            Self::Read => !marks.is_unread(entry.item_key()),
            Self::Starred => marks.is_starred(entry.story_or_item_key()),
            Self::Noted => marks.note(entry.story_or_item_key()).is_some(),
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
            Self::Embargoed => entry.is_under_embargo(view.clock),
            Self::Table => entry.has_table(),
        }
    }
}

impl Term {
    /// Whether the head of an entry contains the text. Close matches do not count.
    pub(crate) fn matches_head(&self, entry: EntryRef<'_>) -> bool {
        let needle = &self.needle;
        (self.scope.includes_headline()
            && needle.matches(entry.headline(), entry.folded_headline()))
            || self.scope.columns().iter().any(|&column| {
                let sent = entry.column(column);
                !sent.is_empty() && needle.matches(sent, entry.folded_column(column))
            })
    }

    /// The verdict by the head alone. Close matches do not count.
    pub(crate) fn head_verdict(&self, entry: EntryRef<'_>) -> Verdict {
        if self.matches_head(entry) {
            Some(true)
        } else {
            (!self.scope.needs_body()).then_some(false)
        }
    }

    /// Whether the body, or a quote, contains the text.
    pub(super) fn matches_body(&self, full: &LazyDispatch<'_>) -> bool {
        match self.scope {
            Scope::Anywhere | Scope::Body => {
                self.needle.matches(full.dispatch.body.text(), full.folded())
            }
            Scope::Said | Scope::Quote => {
                self.may_match_quotes(full)
                    && full.quotes().iter().any(|quote| self.matches_quote(quote, full))
            }
            _ => false,
        }
    }

    /// Whether a quote fits a `said:` or `quote:`: it is a statement, and its speaker or its words contain the text.
    pub(super) fn matches_quote(&self, quote: &Quote, full: &LazyDispatch<'_>) -> bool {
        quote.is_statement()
            && match self.scope {
                Scope::Said => {
                    quote.speaker.as_deref().is_some_and(|name| self.needle.matches_text(name))
                }
                Scope::Quote => self.needle.matches_text(&full.quote_text(quote)),
                _ => false,
            }
    }

    /// A cheap test before the quotes are extracted: false if the text occurs nowhere in the dispatch.
    fn may_match_quotes(&self, full: &LazyDispatch<'_>) -> bool {
        let Some((finder, _)) = self.needle.finder() else {
            return true;
        };
        // The words of a phrase may be apart in the body: a quote of several paragraphs is joined, and the name of a
        // speaker is put together from several mentions.
        let occurs = |word: &str| {
            full.folded().contains(word) || fold(&full.dispatch.headline).contains(word)
        };
        finder.find(full.folded().as_bytes()).is_some()
            || self.needle.folded.split_whitespace().all(occurs)
    }
}

/// A dispatch, with its folded body and its quotes computed once, on first use.
pub(super) struct LazyDispatch<'d> {
    dispatch: &'d Dispatch,
    folded: OnceCell<String>,
    quotes: OnceCell<Cow<'d, [Quote]>>,
}

impl<'d> LazyDispatch<'d> {
    fn new(dispatch: &'d Dispatch) -> Self {
        Self { dispatch, folded: OnceCell::new(), quotes: OnceCell::new() }
    }

    /// A dispatch whose quotes, or some of them, are known.
    pub(super) fn with_quotes(dispatch: &'d Dispatch, quotes: &'d [Quote]) -> Self {
        Self { quotes: OnceCell::from(Cow::Borrowed(quotes)), ..Self::new(dispatch) }
    }

    fn folded(&self) -> &str {
        self.folded.get_or_init(|| fold(self.dispatch.body.text()))
    }

    pub(super) fn quotes(&self) -> &[Quote] {
        self.quotes.get_or_init(|| Cow::Owned(quotes::extract_quotes(self.dispatch)))
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
    /// Whether the query keeps an entry, given its full dispatch. Close matches do not count. Quotes are extracted only
    /// for `said:` and `quote:`, and only if the words occur at all.
    #[must_use]
    pub fn matches_dispatch(
        &self,
        entry: EntryRef<'_>,
        dispatch: &Dispatch,
        view: &QueryContext<'_>,
    ) -> bool {
        let full = LazyDispatch::new(dispatch);
        evaluate_node(&self.root, entry, view, &|term| {
            term.matches_head(entry) || term.matches_body(&full)
        })
    }
}

/// Evaluates a node for an entry; `term` decides the terms.
pub(super) fn evaluate_node(
    node: &Node,
    entry: EntryRef<'_>,
    view: &QueryContext<'_>,
    term: &dyn Fn(&Term) -> bool,
) -> bool {
    match node {
        Node::All => true,
        Node::Term(t) => term(t),
        Node::Condition(fact) => fact.matches(entry, view),
        Node::Not(node) => !evaluate_node(node, entry, view, term),
        Node::And(nodes) => nodes.iter().all(|node| evaluate_node(node, entry, view, term)),
        Node::Or(nodes) => nodes.iter().any(|node| evaluate_node(node, entry, view, term)),
    }
}

// Matching parts of a text, which the list, the reader and the quotes pane highlight.

impl Query {
    /// The parts of one of an entry's texts that match: every occurrence of a term that applies to this text, or the
    /// letters of the best close match of a word that the entry does not contain. Ascending byte ranges into `text`
    /// that do not overlap.
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

    /// Every match in the headline or the body of an open dispatch. Ascending byte ranges into `text` that do not
    /// overlap.
    #[must_use]
    pub fn match_ranges_in_text(&self, text: &str) -> Vec<Range<usize>> {
        let mut ranges = Vec::new();
        self.root.visit_positive_terms(&mut |term| {
            let applies =
                term.scope.includes_headline() || matches!(term.scope, Scope::Body | Scope::Quote);
            // `^` and `$` apply to the headline, not to a body, which has several lines.
            let anchored =
                matches!(term.needle.kind, MatchKind::Start | MatchKind::End | MatchKind::Exact);
            if applies && !(anchored && text.contains('\n')) {
                ranges.extend(term.needle.find_all(text));
            }
        });
        merge_ranges(ranges)
    }

    /// Every match of `said:` in the name of a speaker. Ascending byte ranges into `name` that do not overlap.
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
    /// Whether this term searches a text of an entry. The list does not say which field a text comes from, so it is
    /// compared with the fields.
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
        let sources = columns.iter().filter(|&&c| entry.column(c) == text);
        let mut sources = sources.peekable();
        if sources.peek().is_none() {
            // No field at all: a headline cut to fit the list.
            return self.scope == Scope::Headline;
        }
        sources.any(|c| self.scope.columns().contains(c))
    }
}

/// Sorts ranges, and merges those that overlap or touch.
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
