//! A live wire: what arrives waits until it is taken in, and nothing moves under the reader's eyes.

use std::time::Duration;

use super::{Effect, State};
use crate::action::{Action, Pane};
use crate::desk::{EntryId, NewestTime};
use crate::dispatch::Stamp;
use crate::text::count_noun;

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
        super::filtering::catch_up(self);
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
