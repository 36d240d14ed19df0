//! The same speaker's next quote across the filtered list: in the text first, then, by a job, in the dispatches after it.

use super::hits::ScrollTarget;
use super::{Effect, State};
use crate::action::{Action, Code, Key};
use crate::desk::EntryId;
use crate::speakers::is_same_speaker;

/// A search for the next dispatch in which somebody speaks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpeakerSearch {
    pub name: String,
    pub forward: bool,
}

impl State {
    /// Goes to the same speaker's next or previous quote; over the end of the text into the list.
    pub(super) fn go_to_same_speaker(&mut self, forward: bool, effects: &mut Vec<Effect>) {
        let Some(document) = self.document() else {
            return;
        };
        let speaker = self
            .reader
            .current_quote
            .and_then(|quote| Some((quote, &document.speakers[document.speaker_of(quote)?])));
        let Some((quote, speaker)) = speaker else {
            return self.next_quote(forward);
        };
        let further = |&&other: &&usize| {
            if forward {
                other > quote
            } else {
                other < quote
            }
        };
        let quotes = &speaker.quotes;
        let next = if forward {
            quotes.iter().find(further).copied()
        } else {
            quotes.iter().rev().find(further).copied()
        };
        match (next, speaker.name.clone()) {
            (Some(next), _) => self.go_to_quote(next),
            (None, Some(name)) => self.search_speaker(name, forward, effects),
            (None, None) => {
                let which = if forward { "last" } else { "first" };
                self.notice = Some(format!("this is the {which} quote of nobody named"));
            }
        }
    }

    /// Asks for the next dispatch of the list in which somebody speaks.
    fn search_speaker(&mut self, name: String, forward: bool, effects: &mut Vec<Effect>) {
        let rows = self.list.rows(&self.index);
        let row = self.list.row.min(rows.len());
        let ids: Vec<EntryId> = if forward {
            rows.iter().skip(row + 1).copied().collect()
        } else {
            rows[..row].iter().rev().copied().collect()
        };
        let seek = SpeakerSearch { name, forward };
        if ids.is_empty() {
            self.notice = Some(not_found_notice(&seek));
            return;
        }
        self.notice = Some(searching_notice(&seek));
        self.speakers.generation += 1;
        effects.push(Effect::FindSpeaker {
            generation: self.speakers.generation,
            name: seek.name.clone(),
            ids,
            snapshot: self.index.snapshot(),
        });
        self.speaker_search = Some(seek);
    }

    /// The speaker was found in a dispatch, or in none.
    pub(super) fn receive_found_speaker(
        &mut self,
        generation: u64,
        id: Option<EntryId>,
        effects: &mut Vec<Effect>,
    ) {
        if generation != self.speakers.generation {
            return;
        }
        let Some(seek) = self.speaker_search.take() else {
            return;
        };
        let row = id.and_then(|id| self.list.row_of(&self.index, id));
        self.notice = None;
        match row {
            Some(row) => {
                self.list.user_selected = true;
                self.list.select(row, &self.index);
                self.set_scroll_target(ScrollTarget::SpeakerQuote(seek.forward));
                self.reader.sought_speaker = seek.name;
            }
            None => self.notice = Some(not_found_notice(&seek)),
        }
        for key in std::mem::take(&mut self.deferred_keys) {
            super::keys::handle_key(self, key, effects);
        }
    }

    /// While a speaker is sought: further steps wait, any other key ends the search. True where the key waits, or has
    /// done its work.
    pub(super) fn handle_key_in_search(&mut self, key: Key, effects: &mut Vec<Effect>) -> bool {
        let Some(seek) = &self.speaker_search else {
            return false;
        };
        let steps = [Action::NextSame, Action::PreviousSame];
        let pane = self.focus;
        if steps
            .iter()
            .any(|&step| self.keys.uses_key(pane, step, key))
        {
            self.notice = Some(searching_notice(seek));
            self.deferred_keys.push(key);
            return true;
        }
        self.speaker_search = None;
        // Half a sequence that waited goes on with this key: the q of ]q is none of its own.
        let half = self.deferred_keys.drain(..).next_back();
        let half = half.filter(|half| half.code != Code::Char('s') && key.code != Code::Esc);
        self.pending_keys.extend(half);
        self.speakers.generation += 1;
        effects.push(Effect::CountSpeakers {
            generation: self.speakers.generation,
            ids: Vec::new(),
            snapshot: self.index.snapshot(),
        });
        key.code == Code::Esc
    }

    /// The quote at which a dispatch is opened in which a speaker was found.
    pub(super) fn sought_speaker_quote(&self, forward: bool) -> Option<usize> {
        let document = self.document()?;
        let is_sought = |&quote: &usize| {
            let speaker = document.quotes[quote].speaker.as_deref();
            speaker.is_some_and(|name| is_same_speaker(name, &self.reader.sought_speaker))
        };
        let mut quotes = 0..document.quotes.len();
        if forward {
            quotes.find(is_sought)
        } else {
            quotes.rfind(is_sought)
        }
    }
}

fn searching_notice(seek: &SpeakerSearch) -> String {
    format!("looking for {} … Esc stops", seek.name)
}

fn not_found_notice(seek: &SpeakerSearch) -> String {
    let where_to = if seek.forward { "below" } else { "above" };
    format!("no more of {} {where_to} in this list", seek.name)
}
