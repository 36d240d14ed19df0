//! Search in the text: the places that match, going from one to the next, over the end of a dispatch into the next hit.

use super::{Reader, State};
use crate::action::Action;
use crate::quote::TextPart;
use crate::text::{find_folded, fold};

/// Where a dispatch is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ScrollTarget {
    /// At the top, unless what the filter found stands only further down.
    FirstMatch,
    FirstHit,
    LastHit,
    /// At this position of the body: where it was left.
    Position(usize),
    /// At the first quote of the speaker that is sought, or, going back, at the last.
    SpeakerQuote(bool),
}

impl Reader {
    /// Finds the places that match the search, or else the filter.
    pub(super) fn find_hits(&mut self, filter: &crate::filter::Query) {
        self.current_hit = None;
        self.hits.clear();
        let Some(document) = &mut self.document else {
            return;
        };
        if self.only_matches {
            document.layout_columns = 0;
        }
        let word = fold(self.search.trim());
        for (part, text) in [
            (TextPart::Headline, document.dispatch.headline.as_str()),
            (TextPart::Body, document.dispatch.body.text()),
        ] {
            let found = if word.is_empty() {
                filter.match_ranges_in_text(text)
            } else {
                find_folded(text, &word)
            };
            self.hits
                .extend(found.into_iter().map(|range| (part, range)));
        }
    }
}

impl State {
    /// Goes to the next or previous hit in the text. `first`: to the first at or below the top of the pane.
    pub(super) fn go_to_hit(&mut self, forward: bool, first: bool) {
        if !first && self.go_to_hit_in_neighbour(forward) {
            return;
        }
        let Some(document) = &self.reader.document else {
            return;
        };
        if self.reader.hits.is_empty() {
            let sought = if self.reader.search.is_empty() {
                &self.filter.display_text()
            } else {
                &self.reader.search
            };
            self.notice = Some(if sought.is_empty() {
                let hint = self.key_hint(": ", Action::Search, "searches the text");
                format!("nothing is searched for{hint}")
            } else {
                format!("not in this text: {sought}")
            });
            return;
        }
        let count = self.reader.hits.len();
        let line =
            |hit: usize| document.line_of(self.reader.hits[hit].0, self.reader.hits[hit].1.start);
        let below = || {
            (0..count)
                .find(|&hit| line(hit) >= self.reader.scroll)
                .unwrap_or(0)
        };
        let next = match (self.reader.current_hit, forward) {
            (_, _) if first => below(),
            (Some(hit), true) => (hit + 1) % count,
            (Some(hit), false) => (hit + count - 1) % count,
            (None, true) => below(),
            (None, false) => (below() + count - 1) % count,
        };
        let at = line(next);
        self.reader.current_hit = Some(next);
        self.notice = Some(format!("hit {} of {count}", next + 1));
        self.scroll_into_view(at..at + 1);
        self.select_visible_quote();
    }

    /// From the last hit of a dispatch that the filter found to the next such dispatch, and back: true where it went.
    fn go_to_hit_in_neighbour(&mut self, forward: bool) -> bool {
        let at_edge = match self.reader.current_hit {
            Some(hit) if forward => hit + 1 == self.reader.hits.len(),
            Some(hit) => hit == 0,
            None => false,
        };
        let next = self
            .list
            .row
            .saturating_add_signed(if forward { 1 } else { -1 });
        let rows = self.list.rows(&self.index).len();
        let filtered = self.list.hits.is_some() && self.reader.search.is_empty();
        if !at_edge || !filtered || next >= rows || next == self.list.row {
            return false;
        }
        self.list.user_selected = true;
        self.list.select(next, &self.index);
        self.set_scroll_target(if forward {
            ScrollTarget::FirstHit
        } else {
            ScrollTarget::LastHit
        });
        true
    }

    /// Shows only the paragraphs that hold a hit, or all again.
    pub(super) fn toggle_only_matches(&mut self) {
        if !self.reader.only_matches && self.reader.hits.is_empty() {
            let hint = self.key_hint(": ", Action::Search, "searches it");
            self.notice = Some(format!("nothing is marked in this text{hint}"));
            return;
        }
        self.reader.only_matches = !self.reader.only_matches;
        if let Some(document) = &mut self.reader.document {
            document.layout_columns = 0;
        }
    }

    /// A dispatch is opened that has been shown before: it opens at its first match all the same, if it was not scrolled.
    pub(super) fn open_at_first_match(&mut self) {
        if self.reader.scroll == 0 && self.reader.scroll_target.is_none() {
            self.set_scroll_target(ScrollTarget::FirstMatch);
        }
    }

    /// Goes to where a dispatch that has just been read is to be opened.
    pub(super) fn apply_scroll_target(&mut self) {
        if self.reader.requested != self.document().map(|d| d.id) || self.line_count() == 0 {
            return;
        }
        let Some((of, landing)) = self.reader.scroll_target.take() else {
            return;
        };
        if Some(of) != self.reader.requested {
            return;
        }
        if let ScrollTarget::SpeakerQuote(forward) = landing {
            if let Some(quote) = self.sought_speaker_quote(forward) {
                self.go_to_quote(quote);
            }
            return;
        }
        if let (ScrollTarget::Position(at), Some(document)) = (landing, self.document()) {
            self.reader.scroll = document.line_of(TextPart::Body, at);
            return;
        }
        let last = self.reader.hits.len().checked_sub(1);
        let hit = match landing {
            ScrollTarget::FirstMatch if self.reader.search.is_empty() => last.map(|_| 0),
            ScrollTarget::FirstMatch
            | ScrollTarget::SpeakerQuote(_)
            | ScrollTarget::Position(_) => None,
            ScrollTarget::FirstHit => last.map(|_| 0),
            ScrollTarget::LastHit => last,
        };
        let Some((document, hit)) = self.document().zip(hit) else {
            return;
        };
        let (part, range) = &self.reader.hits[hit];
        let line = document.line_of(*part, range.start);
        if landing != ScrollTarget::FirstMatch {
            self.reader.current_hit = Some(hit);
        }
        self.scroll_into_view(line..line + 1);
    }
}
