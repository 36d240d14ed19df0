//! The list: its rows and its selection, folded stories, and what arrives while the wire is followed.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use crate::action::{Action, Pane};
use crate::app::filter;
use crate::app::state::State;
use crate::app::update::Effect;
use crate::dispatch::Stamp;
use crate::filter::Hits;
use crate::index::{DispatchIndex, EntryId, NewestTime, Replacement, Segment};
use crate::text::count_noun;

/// State of the list pane.
#[derive(Debug, Default)]
pub struct List {
    /// The hits of the filter; `None` shows the whole desk.
    pub hits: Option<Arc<Hits>>,
    /// The rows, where they are others than those of filter or desk: see [`crate::app::list`].
    pub(super) row_override: Option<Vec<EntryId>>,
    /// How many entries the desk had when the rows were last made from it: see [`crate::app::list`].
    pub(super) made_from: usize,
    /// How many dispatches the rows stand for, folded ones counted; `None`: as many as there are rows.
    pub(super) dispatch_count: Option<usize>,
    /// Rows that stand under the newest version of their story.
    pub nested_rows: HashSet<EntryId>,
    /// Rows that have other versions of their story folded under them, or standing under them.
    pub story_heads: HashSet<EntryId>,
    /// A row that is one only while it is selected: another version stands for its story.
    pub(super) pinned_row: Option<EntryId>,
    pub selected: Option<EntryId>,
    /// Row of the selection.
    pub row: usize,
    /// First row on the screen.
    pub top: usize,
    /// Set once the reader has chosen a row: from then on what arrives above does not move the selection.
    pub user_selected: bool,
}

impl List {
    /// The rows in order.
    #[must_use]
    pub fn rows<'a>(&'a self, desk: &'a DispatchIndex) -> &'a [EntryId] {
        match (&self.row_override, &self.hits) {
            (Some(view), _) => view,
            (None, Some(hits)) => &hits.ids,
            (None, None) => desk.order(),
        }
    }

    /// How many dispatches the rows stand for: themselves, and those that are folded.
    #[must_use]
    pub fn represented_dispatches(&self, desk: &DispatchIndex) -> usize {
        self.dispatch_count.unwrap_or_else(|| self.rows(desk).len())
    }

    /// Row of an entry.
    #[must_use]
    pub fn row_of(&self, desk: &DispatchIndex, id: EntryId) -> Option<usize> {
        if self.row_override.is_none() && self.hits.is_none() {
            return desk.position_of(id);
        }
        self.rows(desk).iter().position(|&row| row == id)
    }

    /// Selects a row, or the last one where there are fewer.
    pub fn select(&mut self, row: usize, desk: &DispatchIndex) {
        let rows = self.rows(desk);
        let row = row.min(rows.len().saturating_sub(1));
        let selected = rows.get(row).copied();
        self.row = row;
        self.selected = selected;
    }

    /// Moves the selection by so many rows.
    pub fn move_selection(&mut self, by: isize, desk: &DispatchIndex) {
        self.user_selected = true;
        self.select(self.row.saturating_add_signed(by), desk);
    }

    /// Scrolls so that the selection is visible in so many rows, no further than needed.
    pub fn scroll_to_selection(&mut self, height: usize, desk: &DispatchIndex) {
        let height = height.max(1);
        let margin = usize::from(height > 8) * 2;
        let last = self.rows(desk).len().saturating_sub(height);
        let lowest = self.row.saturating_sub(margin);
        let highest = (self.row + margin + 1).saturating_sub(height);
        self.top = self.top.clamp(highest.min(lowest), lowest).min(last);
    }

    /// Finds the selection again after the rows have changed: it stays on its entry and at its place on the screen.
    /// Where the entry is gone, on what took its place or on its row; where the reader has not chosen any, on the
    /// first row.
    pub(super) fn restore_selection(&mut self, desk: &DispatchIndex) {
        if !self.user_selected || self.rows(desk).is_empty() {
            self.top = 0;
            self.user_selected = false;
            self.select(0, desk);
            return;
        }
        let mut heirs = self.selected.into_iter().flat_map(|id| {
            let after = std::iter::successors(Some(id), |&id| desk.successor(id)).take(8);
            after.chain(desk.versions(id))
        });
        let kept = heirs.find_map(|id| Some((id, self.row_of(desk, id)?)));
        match kept {
            Some((id, row)) => {
                self.top = (row + self.top).saturating_sub(self.row);
                self.row = row;
                self.selected = Some(id);
            }
            None => self.select(self.row, desk),
        }
    }
}

// The rows of the list: what filter or desk have, without what waits to be taken in, is gone, muted or folded
// away.

/// Entries from which on the rows of a load are not made anew for each arrival.
const MANY: usize = 20_000;

/// What a look through the candidates has found.
#[derive(Default)]
struct RowScan {
    /// The rows; `None` while they are the candidates.
    ids: Option<Vec<EntryId>>,
    /// Those that have other versions, by what [`State::stand`] says of them.
    versions: HashMap<EntryId, EntryId>,
    /// Those that have others folded under them, or standing under them.
    story_heads: HashSet<EntryId>,
    /// What would be folded if it were not selected.
    pinned_row: Option<EntryId>,
    /// Those that stand under the newest of their story.
    nested_rows: HashSet<EntryId>,
    pending: usize,
    muted: usize,
    embargoed: usize,
}

impl State {
    /// Makes the rows anew, and finds the selection in them.
    pub(super) fn rebuild_rows(&mut self) {
        // The room of the rows of before is that of these: a list of a million is not made twice for each arrival.
        let room = self.list.row_override.take().unwrap_or_default();
        let mut rows = self.scan_candidates(room);
        self.list.made_from = self.index.len();
        self.list.dispatch_count = rows.ids.as_ref().map(Vec::len);
        if !rows.versions.is_empty() {
            self.fold_rows(&mut rows);
        }
        self.live.pending_rows = rows.pending;
        self.live.muted_rows = rows.muted;
        self.embargoes.hidden_rows = rows.embargoed;
        self.list.nested_rows = rows.nested_rows;
        self.list.story_heads = rows.story_heads;
        self.list.pinned_row = rows.pinned_row;
        self.list.row_override = rows.ids;
        self.list.restore_selection(&self.index);
        self.transfer_selection();
    }

    /// True where the rows may stay as they are although entries have arrived: making them anew takes a look at every
    /// entry, so a long list does that when it has grown by half, not for every arrival of a load. Until then
    /// [`Self::rows_wait`] is true.
    pub(super) fn rows_may_wait(&self) -> bool {
        let (before, now) = (self.list.made_from, self.index.len());
        // Rows that are those of the desk itself change with it: only the selection has to be found again.
        let own = self.list.row_override.is_some();
        let shown = own && self.live.pending_from.is_none() && !self.filter.needs_job();
        shown && self.is_loading() && now >= MANY && now < before + before / 2
    }

    /// True where entries have arrived that the rows do not have yet.
    pub(super) fn rows_wait(&self) -> bool {
        !self.filter.needs_job() && self.list.made_from < self.index.len()
    }

    /// All that may be rows: versions of one story still stand each by itself.
    fn scan_candidates(&self, mut room: Vec<EntryId>) -> RowScan {
        let all = match &self.list.hits {
            Some(hits) => &hits.ids[..],
            None => self.index.order(),
        };
        let mut rows = RowScan::default();
        let end = self.index.end_id();
        let waits = self.live.pending_from.is_some_and(|upto| upto < end);
        let hides = self.embargoes.hidden;
        if self.index.has_no_status_flags() && !waits && !hides && !self.mutes_any() {
            return rows;
        }
        let begin = |room: &mut Vec<EntryId>, rows: usize| {
            room.clear();
            if room.capacity() < all.len() {
                room.reserve_exact(all.len() + all.len() / 8);
            }
            room.extend_from_slice(&all[..rows]);
        };
        let mut own = false;
        for (at, &id) in all.iter().enumerate() {
            let row = self.has_row(id) && {
                let (new, muted) = (self.is_pending(id), self.is_muted(id));
                let held = hides && self.is_embargoed(id);
                rows.pending += usize::from(new);
                rows.muted += usize::from(muted && !new);
                rows.embargoed += usize::from(held && !new && !muted);
                !new && !held && (!muted || self.live.show_muted)
            };
            let stand = self.story_entry(id);
            if row && self.index.has_versions(stand) {
                rows.versions.insert(stand, id);
            }
            match (own, row) {
                (true, true) => room.push(id),
                (false, false) => {
                    begin(&mut room, at);
                    own = true;
                }
                _ => {}
            }
        }
        if !rows.versions.is_empty() && !own {
            begin(&mut room, all.len());
            own = true;
        }
        rows.ids = own.then_some(room);
        rows
    }

    /// Leaves superseded versions out where a newer one of their story is a row, and puts those of unfolded stories
    /// right under it.
    fn fold_rows(&self, rows: &mut RowScan) {
        let mut all = rows.ids.take().unwrap_or_default();
        // Of stories whose newest version is no row: the newest that is one.
        let mut newest: HashMap<EntryId, EntryId> = HashMap::new();
        let open = self.unfolded_stories(rows);
        if open.is_empty() {
            all.retain(|&id| self.keeps_row(rows, &mut newest, id));
            rows.ids = Some(all);
            return;
        }
        let mut folded = Vec::with_capacity(all.len());
        for id in all {
            if let Some(others) = open.get(&id) {
                rows.story_heads.insert(id);
                folded.push(id);
                folded.extend(others);
            } else if self.keeps_row(rows, &mut newest, id) {
                folded.push(id);
            }
        }
        rows.ids = Some(folded);
    }

    /// True for a row that is not folded away; false for those that stand under the newest, too.
    fn keeps_row(
        &self,
        rows: &mut RowScan,
        newest: &mut HashMap<EntryId, EntryId>,
        id: EntryId,
    ) -> bool {
        let stand = self.story_entry(id);
        // The flag is quicker to ask than the map, and most entries have no other versions.
        if !self.index.has_versions(stand) || !rows.versions.contains_key(&stand) {
            return true;
        }
        if rows.nested_rows.contains(&id) {
            return false;
        }
        let head = self
            .index
            .story_status(stand)
            .superseded_by
            .unwrap_or(stand);
        let best = if let Some(&row) = rows.versions.get(&head) {
            row
        } else {
            *newest.entry(head).or_insert_with(|| {
                let chain = self.index.versions(stand);
                let row = chain.iter().find_map(|other| rows.versions.get(other));
                row.copied().unwrap_or(id)
            })
        };
        if id == best {
            return true;
        }
        rows.story_heads.insert(best);
        // What is selected keeps its row until the selection moves on.
        let kept = Some(id) == self.list.selected.filter(|_| self.list.user_selected);
        if kept {
            rows.pinned_row = Some(id);
        }
        kept
    }

    /// The unfolded stories: the newest row of each, and the rows that stand under it.
    fn unfolded_stories(&self, rows: &mut RowScan) -> HashMap<EntryId, Vec<EntryId>> {
        let mut open = HashMap::new();
        for &id in &self.unfolded {
            let chain = self.index.versions(id);
            let shown = |&other: &EntryId| match rows.versions.get(&other) {
                Some(&row) => Some(row),
                None => (self.has_row(other) && !self.is_pending(other)).then_some(other),
            };
            let shown: Vec<EntryId> = chain.iter().filter_map(shown).collect();
            // The newest that the list itself has stands for the story.
            let Some(&best) = chain.iter().find_map(|other| rows.versions.get(other)) else {
                continue;
            };
            let others: Vec<EntryId> = shown.into_iter().filter(|other| *other != best).collect();
            rows.nested_rows.extend(&others);
            open.insert(best, others);
        }
        open
    }

    /// True for an entry that has a row of its own: its file stands as it was read, as far as the reader has been
    /// told, and no other row shows the very same dispatch.
    fn has_row(&self, id: EntryId) -> bool {
        if !self.index.is_unlisted(id) || Some(id) == self.list.selected && self.list.user_selected
        {
            return true;
        }
        // Until that which takes its place is taken in, it keeps its row.
        self.index
            .successor(id)
            .is_some_and(|next| next > id && self.is_pending(next))
    }

    /// Whose place among the versions of a story is that of a row: its own, or that of what waits to take its place.
    fn story_entry(&self, id: EntryId) -> EntryId {
        if !self.index.is_unlisted(id) {
            return id;
        }
        let next = self.index.successor(id);
        next.filter(|&next| self.is_pending(next)).unwrap_or(id)
    }

    /// Folds what was only a row because it was selected, once it no longer is.
    pub(super) fn unpin_row(&mut self) {
        if self
            .list
            .pinned_row
            .is_some_and(|lone| self.list.selected != Some(lone))
        {
            self.rebuild_rows();
        }
    }

    /// True for an entry that waits to be taken in.
    pub(super) fn is_pending(&self, id: EntryId) -> bool {
        self.live.pending_from.is_some_and(|upto| id >= upto)
    }
}

// Stories in the list: their versions folded under the newest, or unfolded.

impl State {
    /// True where the versions of an entry's story stand in the list one by one.
    #[must_use]
    pub fn is_unfolded(&self, id: EntryId) -> bool {
        let chain = self.index.versions(id);
        chain.iter().any(|other| self.unfolded.contains(other))
    }
}

/// Unfolds the selected story, or folds it.
pub(super) fn toggle_fold(state: &mut State, _effects: &mut Vec<Effect>) {
    let Some(id) = state.list.selected else {
        return;
    };
    let chain = state.index.versions(id);
    if chain.len() < 2 {
        state.notice = Some("this story has no other version here".to_owned());
        return;
    }
    let mut unfolded = false;
    for other in &chain {
        unfolded |= state.unfolded.remove(other);
    }
    if !unfolded {
        state.unfolded.insert(chain[0]);
    } else if state.list.nested_rows.contains(&id) {
        // The row goes away: its story stays selected.
        state.list.selected = Some(chain[0]);
    }
    state.list.user_selected = true;
    state.rebuild_rows();
}

// A live wire: what arrives waits until it is taken in, and nothing moves under the reader's eyes.

/// Longest time for which rows stay without entries that have arrived. A stream may go quiet before it ends.
const CATCH_UP: Duration = Duration::from_secs(1);

/// What is known of the wire while it comes in.
#[derive(Debug, Default)]
pub struct LiveFeed {
    /// Entries from this one on wait to be taken in; `None`: all are shown as they come.
    pub pending_from: Option<EntryId>,
    /// How many entries do not wait, and the time of the newest of them, while others do.
    shown_count: usize,
    shown_newest: Option<NewestTime>,
    /// How many rows wait.
    pub pending_rows: usize,
    /// How many rows a mute rule leaves out, and whether they are shown all the same.
    pub muted_rows: usize,
    pub show_muted: bool,
    pub mode: FollowMode,
}

/// Whether more comes after the load, and what is done with it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum FollowMode {
    /// The sources are not watched.
    #[default]
    Off,
    /// What comes waits until it is taken in.
    Hold,
    /// What comes is shown at once, at the top of the list.
    Follow,
    /// What comes waits; afterwards it is as it was.
    Paused { follows: bool },
}

impl LiveFeed {
    /// True where what comes is shown at the top of the list, now or after a pause.
    #[must_use]
    pub fn is_following(&self) -> bool {
        matches!(
            self.mode,
            FollowMode::Follow | FollowMode::Paused { follows: true }
        )
    }
}

impl State {
    /// From now on what comes waits, unless it is followed.
    pub(super) fn hold_arrivals(&mut self) {
        let paused = matches!(self.live.mode, FollowMode::Paused { .. });
        if self.live.mode == FollowMode::Follow || self.is_loading() && !paused {
            self.live.pending_from = None;
        } else {
            self.live.pending_from = Some(self.index.end_id());
            self.live.shown_count = self.index.listed_count();
            self.live.shown_newest = self.index.newest();
        }
    }

    /// The time is told.
    pub(super) fn set_now(&mut self, now: Stamp) {
        let before = self.now.replace(now);
        self.expire_mutes(before, now);
        self.lift_embargoes(before, now);
        crate::app::filter::catch_up(self);
    }

    /// How long the screen is right if nothing happens; `None`: for ever.
    #[must_use]
    pub fn until_next_tick(&self) -> Option<Duration> {
        let now = self.now?.seconds;
        let mute = self.alerts.next_mute_end(Some(now));
        let mute = mute.and_then(|end| u64::try_from(end - now).ok());
        let mute = mute.map(Duration::from_secs);
        let rows = self.rows_wait().then_some(CATCH_UP);
        let ticks = [mute, rows, self.until_embargo_tick()];
        ticks.into_iter().flatten().min()
    }

    /// How many entries there are without those that wait.
    #[must_use]
    pub fn shown_entry_count(&self) -> usize {
        match self.live.pending_from {
            Some(_) => self.live.shown_count,
            None => self.index.listed_count(),
        }
    }

    /// The time of the newest entry, without those that wait: dates in the list are told as seen from there.
    #[must_use]
    pub fn newest_shown(&self) -> Option<NewestTime> {
        match self.live.pending_from {
            Some(_) => self.live.shown_newest,
            None => self.index.newest(),
        }
    }
}

/// Follows the wire, or no longer.
pub(super) fn toggle_follow(state: &mut State, effects: &mut Vec<Effect>) {
    if state.live.mode == FollowMode::Follow {
        stop_following(state);
        let hint = state.key_hint("; ", Action::TakeIn, "takes it in");
        state.notice = Some(format!("no longer following: what is new waits{hint}"));
        return;
    }
    if state.live.mode == FollowMode::Off {
        effects.push(Effect::Follow);
    }
    state.live.mode = FollowMode::Follow;
    state.focus = Pane::List;
    state.notice = Some("following: what comes is shown at the top, any move ends it".to_owned());
    show_from_top(state);
}

/// Shows all there is, from its top.
fn show_from_top(state: &mut State) {
    state.hold_arrivals();
    state.list.user_selected = false;
    state.rebuild_rows();
}

/// Takes in what is new. At the top of the list it comes into sight; elsewhere what the reader sees stays where it is.
pub(super) fn accept_pending(state: &mut State, _effects: &mut Vec<Effect>) {
    let new = state.live.pending_rows;
    if new == 0 {
        state.notice = Some("nothing is new".to_owned());
        return;
    }
    let at_top = state.list.top == 0 && state.focus == Pane::List;
    state.hold_arrivals();
    state.list.user_selected |= state.list.selected.is_some();
    state.rebuild_rows();
    if at_top {
        state.list.top = 0;
    }
    state.notice = Some(format!("{} taken in", count_noun(new, "new dispatch")));
}

/// Pauses, or goes on.
pub(super) fn toggle_pause(state: &mut State, _effects: &mut Vec<Effect>) {
    let said = match state.live.mode {
        FollowMode::Off if !state.is_loading() => {
            let hint = state.key_hint(": ", Action::Follow, "follows the wire");
            state.notice = Some(format!("nothing comes in here{hint}"));
            return;
        }
        FollowMode::Paused { follows } => {
            state.live.mode = if follows {
                FollowMode::Follow
            } else {
                FollowMode::Hold
            };
            if follows || state.is_loading() {
                show_from_top(state);
            }
            "going on"
        }
        flow => {
            let follows = flow == FollowMode::Follow;
            state.live.mode = FollowMode::Paused { follows };
            state.hold_arrivals();
            "paused: what comes waits"
        }
    };
    state.notice = Some(said.to_owned());
}

/// A move of the reader ends the following.
pub(super) fn stop_following_on_move(state: &mut State, action: Action) {
    let stays = matches!(
        action,
        Action::Follow
            | Action::TakeIn
            | Action::Pause
            | Action::Redraw
            | Action::Suspend
            | Action::Help
            | Action::Problems
            | Action::Alerts
            | Action::QuotesPane
            | Action::QuoteOrder
    );
    if state.live.is_following() && !stays {
        stop_following(state);
    }
}

fn stop_following(state: &mut State) {
    state.live.mode = match state.live.mode {
        FollowMode::Paused { .. } => FollowMode::Paused { follows: false },
        _ => FollowMode::Hold,
    };
    if state.live.pending_from.is_none() {
        state.hold_arrivals();
    }
    // The row that was followed is from now on the one that was chosen.
    state.list.user_selected = state.list.selected.is_some();
}

// Files that were written again: their rows give way to new ones, and a selection goes along.

/// Entries have arrived, some of them in the place of others.
pub(super) fn receive_replacements(
    state: &mut State,
    segments: Vec<Arc<Segment>>,
    replaced: &[Replacement],
    effects: &mut Vec<Effect>,
) {
    filter::receive_segments(state, segments, effects);
    if !state.index.apply_replacements(replaced).is_empty() {
        state.rebuild_rows();
    }
}
