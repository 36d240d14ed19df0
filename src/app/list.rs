//! The list pane: rows and selection, folded stories, and arrivals while a wire is followed. Knows nothing of how rows
//! look.

use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use crate::action::{Action, Pane};
use crate::app::state::{Effect, State};
use crate::app::text_tier::{TextTier, TierCounts};
use crate::filter::{CloseMatcher, Hits, Query, QueryError, SortOrder};
use crate::index::{DispatchIndex, EntryId, NewestTime};
use crate::text::count_noun;

/// State of the list pane.
#[derive(Debug, Default)]
pub struct List {
    /// The hits of the filter; `None` if the list shows the whole index.
    pub hits: Option<Arc<Hits>>,
    /// The rows, if they differ from the hits or the index order because entries are pending, hidden or folded.
    pub(super) row_override: Option<Vec<EntryId>>,
    /// Size of the index when the rows were last rebuilt: see [`State::rows_wait`].
    pub(super) rebuilt_at_len: usize,
    /// Number of dispatches that the rows represent, including folded ones; `None` if it equals the number of rows.
    pub(super) dispatch_count: Option<usize>,
    /// Older versions of unfolded stories, listed below the newest one.
    pub nested_rows: HashSet<EntryId>,
    /// Rows with other versions of their story folded into them or listed below them.
    pub story_heads: HashSet<EntryId>,
    /// A row that would be folded away if it were not selected.
    pub(super) pinned_row: Option<EntryId>,
    pub selected: Option<EntryId>,
    /// Row index of the selection.
    pub row: usize,
    /// First visible row.
    pub top: usize,
    /// Set once the user has moved to a row: from then on the selection stays on its entry when others arrive above.
    /// Before that it stays on the first row.
    pub user_selected: bool,
    /// Stories whose versions are listed one by one, each represented by one of its entries.
    pub unfolded: HashSet<EntryId>,
}

impl List {
    /// The rows, top to bottom.
    #[must_use]
    pub fn rows<'a>(&'a self, index: &'a DispatchIndex) -> &'a [EntryId] {
        match (&self.row_override, &self.hits) {
            (Some(view), _) => view,
            (None, Some(hits)) => &hits.ids,
            (None, None) => index.order(),
        }
    }

    /// Number of dispatches that the rows represent, including folded ones.
    #[must_use]
    pub fn represented_dispatches(&self, index: &DispatchIndex) -> usize {
        self.dispatch_count.unwrap_or_else(|| self.rows(index).len())
    }

    /// Row index of an entry, if it has a row.
    #[must_use]
    pub fn row_of(&self, index: &DispatchIndex, id: EntryId) -> Option<usize> {
        if self.row_override.is_none() && self.hits.is_none() {
            return index.position_of(id);
        }
        self.rows(index).iter().position(|&row| row == id)
    }

    /// Selects a row by index, clamped to the last one.
    pub fn select(&mut self, row: usize, index: &DispatchIndex) {
        let rows = self.rows(index);
        let row = row.min(rows.len().saturating_sub(1));
        let selected = rows.get(row).copied();
        self.row = row;
        self.selected = selected;
    }

    /// Selects a row for the user, who has moved to it.
    pub fn go_to(&mut self, row: usize, index: &DispatchIndex) {
        self.user_selected = true;
        self.select(row, index);
    }

    /// Moves the selection by `by` rows.
    pub fn move_selection(&mut self, by: isize, index: &DispatchIndex) {
        self.go_to(self.row.saturating_add_signed(by), index);
    }

    /// Scrolls no further than needed to show the selection in a pane of `height` rows.
    pub fn scroll_to_selection(&mut self, height: usize, index: &DispatchIndex) {
        let height = height.max(1);
        // Rows of context above and below the selection, if the pane is high enough to spare them.
        let margin = usize::from(height > 8) * 2;
        let last = self.rows(index).len().saturating_sub(height);
        let lowest = self.row.saturating_sub(margin);
        let highest = (self.row + margin + 1).saturating_sub(height);
        self.top = self.top.clamp(highest.min(lowest), lowest).min(last);
    }

    /// Restores the selection after the rows have changed. It stays on its entry and at the same height on the screen.
    /// If the entry has no row any more, it moves to the entry's replacement, else to another version of its story,
    /// else it keeps its row index. If the user has not selected anything, it goes to the first row.
    pub(super) fn restore_selection(&mut self, index: &DispatchIndex) {
        if !self.user_selected || self.rows(index).is_empty() {
            self.top = 0;
            self.user_selected = false;
            self.select(0, index);
            return;
        }
        // The limit only guards against a cycle of replacements.
        let mut candidates = self.selected.into_iter().flat_map(|id| {
            let after = std::iter::successors(Some(id), |&id| index.successor(id)).take(8);
            after.chain(index.versions(id))
        });
        let found = candidates.find_map(|id| Some((id, self.row_of(index, id)?)));
        match found {
            Some((id, row)) => {
                // The same distance from the top of the pane as before.
                self.top = (row + self.top).saturating_sub(self.row);
                self.row = row;
                self.selected = Some(id);
            }
            None => self.select(self.row, index),
        }
    }
}

// Rows: the hits or the whole index, without entries that are pending, unlisted, muted, embargoed or folded away.

/// Size of the index from which on a load no longer rebuilds the rows at every arrival. Below it a rebuild is too quick
/// to notice.
const LAZY_REBUILD_SIZE: usize = 20_000;

/// Result of scanning the candidates for rows, a tier after the other.
#[derive(Default)]
struct RowScan {
    /// The rows of all tiers so far; empty while they are exactly the candidates, which saves a copy of the whole list.
    ids: Vec<EntryId>,
    /// False while the rows are exactly the candidates.
    differs: bool,
    /// The tier that was scanned last begins at this row.
    start: usize,
    /// Rows of that tier with other versions in the index, by their [`State::story_entry`].
    versions: HashMap<EntryId, EntryId>,
    /// See [`List::story_heads`].
    story_heads: HashSet<EntryId>,
    /// See [`List::pinned_row`].
    pinned_row: Option<EntryId>,
    /// See [`List::nested_rows`].
    nested_rows: HashSet<EntryId>,
    /// Candidates that are pending, muted and embargoed. Each is counted once, under the first of these that is true.
    pending: usize,
    muted: usize,
    embargoed: usize,
}

impl RowScan {
    /// Appends a row, or leaves one out, of the candidate at `at`.
    fn push(&mut self, all: &[EntryId], at: usize, is_row: bool) {
        match (self.differs, is_row) {
            (true, true) => self.ids.push(all[at]),
            (false, false) => self.copy(all, at),
            _ => {}
        }
    }

    /// From now on the rows differ from the candidates: those so far are the first ones.
    fn copy(&mut self, all: &[EntryId], rows: usize) {
        self.differs = true;
        self.ids.clear();
        if self.ids.capacity() < all.len() {
            self.ids.reserve_exact(all.len() + all.len() / 8);
        }
        self.ids.extend_from_slice(&all[..rows]);
    }

    /// Number of rows of the tier that was scanned last, given where its candidates end.
    fn tier_len(&self, end: usize) -> usize {
        (if self.differs { self.ids.len() } else { end }) - self.start
    }
}

impl State {
    /// True for a row of the second tier.
    #[must_use]
    pub fn is_text_row(&self, row: usize) -> bool {
        self.session.filter.texts.rows().contains(&row)
    }

    /// The rows that an action on all rows takes: without close matches.
    pub(super) fn rows_without_close_matches(&self) -> &[EntryId] {
        let rows = self.ui.list.rows(&self.session.index);
        let close = self.session.filter.texts.counts.rows[2];
        &rows[..rows.len().saturating_sub(close)]
    }

    /// Keeps the selection on a dispatch that is being read, even if the user has never moved to a row.
    pub(super) fn keep_read_entry_selected(&mut self) {
        let reader = &self.ui.reader;
        let is_read = self.ui.focus != Pane::List || reader.was_opened && reader.scroll > 0;
        self.ui.list.user_selected |= is_read;
    }

    /// Rebuilds the rows and restores the selection.
    pub(super) fn rebuild_rows(&mut self) {
        // Reuse the old buffer: with a million rows, a second one for every arrival would double the memory.
        let ids = self.ui.list.row_override.take().unwrap_or_default();
        let mut rows = RowScan { ids, ..RowScan::default() };
        let hits = self.ui.list.hits.clone();
        let (all, ends) = hits.as_ref().map_or_else(
            || (self.session.index.order(), [self.session.index.order().len(); 3]),
            |hits| (&hits.ids[..], hits.tier_ends()),
        );
        let mut counts = TierCounts::default();
        let mut start = 0;
        for (tier, end) in ends.into_iter().enumerate() {
            // A story is one row in each tier that it is in: rows that are there do not go when a tier is added.
            if tier == 0 || start < end {
                self.scan_candidates(&mut rows, all, start..end);
                counts.dispatches[tier] = rows.tier_len(end);
                if !rows.versions.is_empty() {
                    self.fold_rows(&mut rows);
                }
                counts.rows[tier] = rows.tier_len(end);
            }
            start = end;
        }
        self.ui.list.rebuilt_at_len = self.session.index.len();
        self.ui.list.dispatch_count = rows.differs.then(|| counts.dispatches.iter().sum());
        self.session.filter.texts.counts = counts;
        self.session.follow.pending_rows = rows.pending;
        self.session.follow.muted_rows = rows.muted;
        self.session.embargoes.hidden_rows = rows.embargoed;
        self.ui.list.nested_rows = rows.nested_rows;
        self.ui.list.story_heads = rows.story_heads;
        self.ui.list.pinned_row = rows.pinned_row;
        self.ui.list.row_override = rows.differs.then_some(rows.ids);
        self.ui.list.restore_selection(&self.session.index);
        self.transfer_selection();
    }

    /// True if the rows may stay as they are although entries have arrived. A rebuild visits every entry, so during a
    /// load a long list is rebuilt only when it has grown by half, which keeps the total cost linear. Until then
    /// [`Self::rows_wait`] is true.
    pub(super) fn rows_may_wait(&self) -> bool {
        let (before, now) = (self.ui.list.rebuilt_at_len, self.session.index.len());
        // Rows that are the index order itself grow with it: they only need the selection restored.
        let own = self.ui.list.row_override.is_some();
        let shown =
            own && self.session.follow.pending_from.is_none() && !self.session.filter.needs_job();
        shown && self.is_loading() && now >= LAZY_REBUILD_SIZE && now < before + before / 2
    }

    /// True if entries have arrived since the last rebuild. [`State::until_next_tick`] makes sure that they do not wait
    /// for ever.
    pub(super) fn rows_wait(&self) -> bool {
        !self.session.filter.needs_job() && self.ui.list.rebuilt_at_len < self.session.index.len()
    }

    /// Scans the candidates of a tier, a range of all of them, for rows, before folding: every version of a story still
    /// has its own row.
    fn scan_candidates(&self, rows: &mut RowScan, all: &[EntryId], tier: Range<usize>) {
        rows.start = if rows.differs { rows.ids.len() } else { tier.start };
        rows.versions.clear();
        let end = self.session.index.end_id();
        let waits = self.session.follow.pending_from.is_some_and(|from| from < end);
        let (hides, mutes) = (self.session.embargoes.hidden, self.mutes_any());
        if self.session.index.has_no_status_flags() && !waits && !hides && !mutes {
            if rows.differs {
                rows.ids.extend_from_slice(&all[tier]);
            }
            return;
        }
        let tier_end = tier.end;
        for at in tier {
            let id = all[at];
            let is_alone = self.session.index.is_listed_alone(id);
            let is_row = (is_alone || self.has_row(id)) && {
                let (new, muted) = (waits && self.is_pending(id), mutes && self.is_muted(id));
                let embargoed = hides && self.is_embargoed(id);
                rows.pending += usize::from(new);
                rows.muted += usize::from(muted && !new);
                rows.embargoed += usize::from(embargoed && !new && !muted);
                !new && !embargoed && (!muted || self.session.follow.show_muted)
            };
            if is_row && !is_alone {
                let key = self.story_entry(id);
                if self.session.index.has_versions(key) {
                    rows.versions.insert(key, id);
                }
            }
            rows.push(all, at, is_row);
        }
        // They are about to be folded.
        if !rows.versions.is_empty() && !rows.differs {
            rows.copy(all, tier_end);
        }
    }

    /// The dispatches that the rows represent, those folded into them included, in the order of the hits or the index.
    /// Close matches are left out.
    pub(super) fn listed_dispatches(&self) -> Vec<EntryId> {
        let all = match &self.ui.list.hits {
            Some(hits) => hits.tiers()[..2].concat(),
            None => self.session.index.order().to_vec(),
        };
        let mut rows = RowScan::default();
        self.scan_candidates(&mut rows, &all, 0..all.len());
        if rows.differs { rows.ids } else { all }
    }

    /// Folds stories in the tier that was scanned last: removes versions for which a newer one has a row, or moves them
    /// right below it if the story is unfolded.
    fn fold_rows(&self, rows: &mut RowScan) {
        let mut ids = std::mem::take(&mut rows.ids);
        // For stories whose newest version has no row: the newest version that has one.
        let mut newest: HashMap<EntryId, EntryId> = HashMap::new();
        let open = self.unfolded_stories(rows);
        if open.is_empty() {
            let mut kept = rows.start;
            for at in rows.start..ids.len() {
                let id = ids[at];
                if self.keeps_row(rows, &mut newest, id) {
                    ids[kept] = id;
                    kept += 1;
                }
            }
            ids.truncate(kept);
            rows.ids = ids;
            return;
        }
        for id in ids.split_off(rows.start) {
            if let Some(others) = open.get(&id) {
                rows.story_heads.insert(id);
                ids.push(id);
                ids.extend(others);
            } else if self.keeps_row(rows, &mut newest, id) {
                ids.push(id);
            }
        }
        rows.ids = ids;
    }

    /// True for a row that is not folded away; false also for rows nested below the newest version, which
    /// [`Self::fold_rows`] places itself.
    fn keeps_row(
        &self,
        rows: &mut RowScan,
        newest: &mut HashMap<EntryId, EntryId>,
        id: EntryId,
    ) -> bool {
        // Most entries have no other versions. The flags are cheaper than the map lookup.
        if self.session.index.is_listed_alone(id) {
            return true;
        }
        let key = self.story_entry(id);
        if !self.session.index.has_versions(key) || !rows.versions.contains_key(&key) {
            return true;
        }
        if rows.nested_rows.contains(&id) {
            return false;
        }
        let head = self.session.index.story_status(key).superseded_by.unwrap_or(key);
        let best = if let Some(&row) = rows.versions.get(&head) {
            row
        } else {
            *newest.entry(head).or_insert_with(|| {
                let chain = self.session.index.versions(key);
                let row = chain.iter().find_map(|other| rows.versions.get(other));
                row.copied().unwrap_or(id)
            })
        };
        if id == best {
            return true;
        }
        rows.story_heads.insert(best);
        // The selected version keeps its row until the selection moves on, so that it does not vanish while being read.
        let kept = Some(id) == self.ui.list.selected.filter(|_| self.ui.list.user_selected);
        if kept {
            rows.pinned_row = Some(id);
        }
        kept
    }

    /// The unfolded stories: the newest row of each, and the rows to nest below it.
    fn unfolded_stories(&self, rows: &mut RowScan) -> HashMap<EntryId, Vec<EntryId>> {
        let mut open = HashMap::new();
        for &id in &self.ui.list.unfolded {
            let chain = self.session.index.versions(id);
            // It is unfolded in an earlier tier.
            if chain.iter().any(|other| rows.nested_rows.contains(other)) {
                continue;
            }
            let shown = |&other: &EntryId| match rows.versions.get(&other) {
                Some(&row) => Some(row),
                None => (self.has_row(other) && !self.is_pending(other)).then_some(other),
            };
            let shown: Vec<EntryId> = chain.iter().filter_map(shown).collect();
            // The story goes where its newest version among the candidates is. Nested versions need not pass the
            // filter.
            let Some(&best) = chain.iter().find_map(|other| rows.versions.get(other)) else {
                continue;
            };
            let others: Vec<EntryId> = shown.into_iter().filter(|other| *other != best).collect();
            rows.nested_rows.extend(&others);
            open.insert(best, others);
        }
        open
    }

    /// True if an entry gets its own row: it is listed in the index, or unlisted but its replacement is still pending,
    /// or it is selected.
    fn has_row(&self, id: EntryId) -> bool {
        if !self.session.index.is_unlisted(id)
            || Some(id) == self.ui.list.selected && self.ui.list.user_selected
        {
            return true;
        }
        // A rewritten entry keeps its row until its replacement is accepted, unless it is pending itself. A duplicate
        // never had one: its successor came earlier.
        let next = self.session.index.successor(id);
        next.is_some_and(|next| next > id && self.is_pending(next) && !self.is_pending(id))
    }

    /// The entry used to look up a row's story: itself, or its pending replacement.
    fn story_entry(&self, id: EntryId) -> EntryId {
        if !self.session.index.is_unlisted(id) {
            return id;
        }
        let next = self.session.index.successor(id);
        next.filter(|&next| self.is_pending(next)).unwrap_or(id)
    }

    /// Folds the pinned row away once it is no longer selected.
    pub(super) fn unpin_row(&mut self) {
        if self.ui.list.pinned_row.is_some_and(|pinned| self.ui.list.selected != Some(pinned)) {
            self.rebuild_rows();
        }
    }

    /// True for an arrival that has not been accepted yet.
    pub(super) fn is_pending(&self, id: EntryId) -> bool {
        self.session.follow.pending_from.is_some_and(|from| id >= from)
            && !self.session.follow.read_again.contains(&id)
    }
}

// Folding and unfolding stories.

impl State {
    /// True if the versions of an entry's story are listed one by one.
    #[must_use]
    pub fn is_unfolded(&self, id: EntryId) -> bool {
        let chain = self.session.index.versions(id);
        chain.iter().any(|other| self.ui.list.unfolded.contains(other))
    }
}

/// Unfolds the selected story, or folds it again.
pub(super) fn toggle_fold(state: &mut State, _effects: &mut Vec<Effect>) {
    let Some(id) = state.ui.list.selected else {
        return;
    };
    let chain = state.session.index.versions(id);
    if chain.len() < 2 {
        return state.say("this story has no other version here");
    }
    let mut unfolded = false;
    for other in &chain {
        unfolded |= state.ui.list.unfolded.remove(other);
    }
    if !unfolded {
        state.ui.list.unfolded.insert(chain[0]);
    } else if state.ui.list.nested_rows.contains(&id) {
        // This row is about to disappear: select its story instead.
        state.ui.list.selected = Some(chain[0]);
    }
    state.ui.list.user_selected = true;
    state.rebuild_rows();
}

// A live wire. Arrivals are held until the user accepts them, so that nothing moves while they read.

/// Longest time that arrivals wait for a rebuild of the rows. A stream may go quiet before the list has grown enough
/// for one, see [`State::rows_may_wait`].
const CATCH_UP: Duration = Duration::from_secs(1);

/// State of arrivals.
#[derive(Debug, Default)]
pub struct LiveFeed {
    /// Entries from this id on are pending; `None` if arrivals are shown at once.
    pub pending_from: Option<EntryId>,
    /// Entries from that id on which are not pending: they are known items that were read again.
    pub(super) read_again: HashSet<EntryId>,
    /// While entries may be pending: the number of listed entries without them, and the time of the newest of those.
    shown_count: usize,
    shown_newest: Option<NewestTime>,
    /// Number of pending rows.
    pub pending_rows: usize,
    /// Number of rows that mutes match, shown or not.
    pub muted_rows: usize,
    /// Muted rows are shown all the same.
    pub show_muted: bool,
    pub mode: FollowMode,
    /// The sources are watched: with `--follow`, or since the wire was followed for the first time.
    pub(super) is_watched: bool,
    /// Paths of the wire with nothing to follow at the moment.
    pub missing: Vec<String>,
    /// Nothing can arrive: everything is missing, or has ended.
    pub is_dead: bool,
}

/// What happens to entries that arrive after the load.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum FollowMode {
    /// The sources are not watched.
    #[default]
    Off,
    /// Arrivals are pending until accepted.
    Hold,
    /// Arrivals are shown at once, at the top of the list.
    Follow,
    /// Arrivals are pending until the pause ends; `follows` restores [`Self::Follow`] then, else [`Self::Hold`], or
    /// [`Self::Off`] if the sources are not watched.
    Paused { follows: bool },
}

impl LiveFeed {
    /// Follows the wire from the start.
    pub fn follow_from_start(&mut self) {
        self.mode = FollowMode::Follow;
        self.is_watched = true;
    }

    /// True while arrivals are paused.
    #[must_use]
    pub fn is_paused(&self) -> bool {
        matches!(self.mode, FollowMode::Paused { .. })
    }

    /// True if the wire is followed, now or after a pause.
    #[must_use]
    pub fn is_following(&self) -> bool {
        matches!(self.mode, FollowMode::Follow | FollowMode::Paused { follows: true })
    }
}

impl State {
    /// Accepts all entries so far. Later arrivals are pending, unless the wire is followed or the load is still
    /// running.
    pub(super) fn hold_arrivals(&mut self) {
        let paused = self.session.follow.is_paused();
        self.session.follow.read_again.clear();
        if self.session.follow.mode == FollowMode::Follow || self.is_loading() && !paused {
            self.session.follow.pending_from = None;
        } else {
            self.session.follow.pending_from = Some(self.session.index.end_id());
            self.session.follow.shown_count = self.session.index.listed_count();
            self.session.follow.shown_newest = self.session.index.newest();
        }
    }

    /// How long the screen stays correct if nothing happens; `None` for ever. The event loop sends the time again then.
    #[must_use]
    pub fn until_next_tick(&self) -> Option<Duration> {
        let now = self.session.now?.seconds;
        let mute = self.session.alerts.next_mute_end(Some(now));
        let mute = mute.and_then(|end| u64::try_from(end - now).ok());
        let mute = mute.map(Duration::from_secs);
        let rows = self.rows_wait().then_some(CATCH_UP);
        let ticks = [mute, rows, self.until_embargo_tick()];
        ticks.into_iter().flatten().min()
    }

    /// Number of listed entries, without pending ones.
    #[must_use]
    pub fn shown_entry_count(&self) -> usize {
        match self.session.follow.pending_from {
            Some(_) => self.session.follow.shown_count,
            None => self.session.index.listed_count(),
        }
    }

    /// Time of the newest entry, without pending ones: the list shows its dates relative to it.
    #[must_use]
    pub fn newest_shown(&self) -> Option<NewestTime> {
        match self.session.follow.pending_from {
            Some(_) => self.session.follow.shown_newest,
            None => self.session.index.newest(),
        }
    }
}

/// Takes in what can be followed.
pub(super) fn receive_follow_state(state: &mut State, missing: Vec<String>, can_arrive: bool) {
    let live = &mut state.session.follow;
    live.missing = missing;
    live.is_dead = !can_arrive;
    // The notice of the key may still say that arrivals appear.
    if live.is_dead && live.mode == FollowMode::Follow && live.missing.is_empty() {
        state.say(NOTHING_TO_FOLLOW.to_owned());
    }
}

/// The notice where no file or folder is followed, and all streams have ended.
const NOTHING_TO_FOLLOW: &str = "nothing more can arrive: no file or folder is followed";

/// Starts or stops following the wire.
pub(super) fn toggle_follow(state: &mut State, effects: &mut Vec<Effect>) {
    if state.session.follow.mode == FollowMode::Follow {
        stop_following(state);
        let hint = state.key_hint("; ", Action::TakeIn, "takes them in");
        return state.say(format!("arrivals wait{hint}"));
    }
    if !state.session.follow.is_watched {
        state.session.follow.is_watched = true;
        effects.push(Effect::Follow);
    }
    state.session.follow.mode = FollowMode::Follow;
    state.ui.focus = Pane::List;
    let notice = match (state.session.follow.is_dead, &state.session.follow.missing[..]) {
        (true, []) => NOTHING_TO_FOLLOW,
        (true, _) => "nothing arrives until it is back: arrivals appear at the top until you move",
        _ => "following: arrivals appear at the top until you move",
    };
    state.say(notice.to_owned());
    show_from_top(state);
}

/// Accepts all entries and selects the first row.
fn show_from_top(state: &mut State) {
    state.hold_arrivals();
    state.ui.list.user_selected = false;
    state.rebuild_rows();
}

/// Accepts pending entries. At the top of the list they scroll into view; elsewhere the visible rows stay where they
/// are.
pub(super) fn accept_pending(state: &mut State, _effects: &mut Vec<Effect>) {
    let new = state.session.follow.pending_rows;
    if new == 0 {
        return state.say("nothing new");
    }
    let at_top = state.ui.list.top == 0 && state.ui.focus == Pane::List;
    state.hold_arrivals();
    state.ui.list.user_selected |= state.ui.list.selected.is_some();
    state.rebuild_rows();
    if at_top {
        state.ui.list.top = 0;
    }
    state.say(format!("{} taken in", count_noun(new, "new dispatch")));
}

/// Pauses arrivals, or resumes them.
pub(super) fn toggle_pause(state: &mut State, _effects: &mut Vec<Effect>) {
    let said = match state.session.follow.mode {
        FollowMode::Off if !state.is_loading() => {
            let hint = state.key_hint(": ", Action::Follow, "follows the wire");
            return state.say(format!("nothing is arriving{hint}"));
        }
        FollowMode::Paused { follows } => {
            state.session.follow.mode = match (follows, state.session.follow.is_watched) {
                (true, _) => FollowMode::Follow,
                (false, true) => FollowMode::Hold,
                (false, false) => FollowMode::Off,
            };
            if follows || state.is_loading() {
                show_from_top(state);
            }
            "resumed"
        }
        mode => {
            let follows = mode == FollowMode::Follow;
            state.session.follow.mode = FollowMode::Paused { follows };
            state.hold_arrivals();
            "paused: arrivals wait"
        }
    };
    state.say(said.to_owned());
}

/// Stops following when the user does something that should not be disturbed by arrivals. The listed actions leave the
/// selection alone, so following goes on.
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
    if state.session.follow.is_following() && !stays {
        stop_following(state);
    }
}

/// Stops following: further arrivals are pending. A pause goes on, and no longer leads back to following.
fn stop_following(state: &mut State) {
    state.session.follow.mode = match state.session.follow.mode {
        FollowMode::Paused { .. } => FollowMode::Paused { follows: false },
        _ => FollowMode::Hold,
    };
    if state.session.follow.pending_from.is_none() {
        state.hold_arrivals();
    }
    // From now on the selection stays on this entry.
    state.ui.list.user_selected = state.ui.list.selected.is_some();
}

// The filter of the list, as state.

/// Most filters in the history.
const MAX_HISTORY: usize = 200;

/// The live filter of the list, and the progress of its job.
#[derive(Debug, Default)]
pub struct ListFilter {
    /// The current filter as typed.
    pub text: String,
    /// The filters around it, outermost first. All of them apply.
    pub outer_filters: Vec<String>,
    /// The intersection of `outer_filters` and `text`.
    pub query: Query,
    /// The sort order of the list.
    pub order: SortOrder,
    /// The order last chosen for each filter, by its [`Self::display_text`].
    pub order_by_filter: HashMap<String, SortOrder>,
    /// The job that finds the hits.
    pub run: FilterRun,
    /// Further hits, in texts.
    pub texts: TextTier,
    /// The error in `text`, if it is not a valid query.
    pub error: Option<QueryError>,
    /// Accepted filters, newest last.
    pub history: Vec<String>,
    /// Finds the letters of close matches, to highlight them.
    pub close_matcher: CloseMatcher,
}

/// The last job of the filter.
#[derive(Debug, Default)]
pub struct FilterRun {
    /// Answers to older generations are ignored.
    pub generation: u64,
    pub phase: FilterPhase,
    /// While texts are being searched: texts searched, texts in all.
    pub progress: Option<(usize, usize)>,
    /// True if entries have arrived since the job was started.
    pub(super) needs_rerun: bool,
    /// The entries that the job looks at end here.
    pub(super) until: EntryId,
    /// The entries that the hits are complete for end here; `None` if the filter has not been run yet.
    pub(super) complete_until: Option<EntryId>,
}

impl ListFilter {
    /// The initial filter. With `texts`, texts are searched for its second tier.
    #[must_use]
    pub fn new(text: String, texts: bool) -> Self {
        let query = Query::parse(&text);
        Self {
            texts: TextTier::new(&query, texts),
            query,
            error: Query::parse_strict(&text).err(),
            text,
            run: FilterRun { needs_rerun: true, ..FilterRun::default() },
            ..Self::default()
        }
    }

    /// True while a job is running.
    #[must_use]
    pub fn is_running(&self) -> bool {
        self.run.phase != FilterPhase::Idle
    }

    /// True if the rows come from a job: there is a query, or an order other than that of the index.
    #[must_use]
    pub fn needs_job(&self) -> bool {
        !self.query.is_empty() || matches!(self.order, SortOrder::Sorted(_))
    }

    /// True if there is no filter.
    #[must_use]
    pub fn is_blank(&self) -> bool {
        self.text.is_empty() && self.outer_filters.is_empty()
    }

    /// The filter as it is displayed, with those around it: `syria › kremlin`.
    #[must_use]
    pub fn display_text(&self) -> String {
        let mut parts: Vec<&str> = self.outer_filters.iter().map(String::as_str).collect();
        if !self.text.is_empty() || parts.is_empty() {
            parts.push(&self.text);
        }
        parts.join(" › ")
    }

    /// The query of a text within the outer filters.
    pub(super) fn query_within_outer(&self, text: &str) -> Query {
        let parts = self.outer_filters.iter().map(String::as_str).chain([text]);
        Query::intersection(parts.map(Query::parse))
    }

    /// Adds the accepted text to the history.
    pub(super) fn add_to_history(&mut self) {
        // The prompt leaves a space after the last word.
        self.text.truncate(self.text.trim_end().len());
        if self.text.trim().is_empty() {
            return;
        }
        self.history.retain(|before| *before != self.text);
        self.history.push(self.text.clone());
        let over = self.history.len().saturating_sub(MAX_HISTORY);
        self.history.drain(..over);
    }
}

impl State {
    /// Moves the selection of replaced entries to their replacements, once these are no longer pending.
    pub(super) fn transfer_selection(&mut self) {
        if self.session.marks.selection.is_empty() || self.session.index.has_no_status_flags() {
            return;
        }
        let gone = |id: &EntryId| self.session.index.is_unlisted(*id);
        let marked = self.session.marks.selection.ids(&[], &self.session.index);
        let pairs = marked.into_iter().filter(gone);
        let pairs = pairs.filter_map(|id| Some((id, self.session.index.successor(id)?)));
        let pairs: Vec<_> = pairs.filter(|(_, next)| !self.is_pending(*next)).collect();
        for (from, to) in pairs {
            self.session.marks.selection.transfer(from, to);
        }
    }
}

/// Progress of the filter job.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum FilterPhase {
    /// No job is running.
    #[default]
    Idle,
    /// A new query has no answer yet: the rows are still those of the previous query.
    AwaitingHits,
    /// A new query has had its first batch of hits; more may follow.
    ReceivingHits,
    /// The same query runs again over more entries: the old hits stay on screen until all new ones are in, so that the
    /// list does not shrink and grow again with every arrival.
    Rerunning,
}
