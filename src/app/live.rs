//! A live wire: what arrives waits until it is taken in, and nothing moves under the reader's eyes.

use std::time::Duration;

use super::{Effect, State};
use crate::action::{Action, Pane};
use crate::desk::{EntryId, NewestTime};
use crate::dispatch::Stamp;
use crate::text::counted;

/// Longest time for which rows stay without entries that have arrived. A stream may go quiet before it ends.
const CATCH_UP: Duration = Duration::from_secs(1);

/// What is known of the wire while it comes in.
#[derive(Debug, Default)]
pub struct Live {
    /// Entries from this one on wait to be taken in; `None`: all are shown as they come.
    pub upto: Option<EntryId>,
    /// How many entries do not wait, and the time of the newest of them, while others do.
    shown: usize,
    newest: Option<NewestTime>,
    /// How many rows wait.
    pub new: usize,
    /// How many rows a mute rule leaves out, and whether they are shown all the same.
    pub muted: usize,
    pub show_muted: bool,
    pub flow: Flow,
}

/// Whether more comes after the load, and what is done with it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Flow {
    /// The sources are not watched.
    #[default]
    Still,
    /// What comes waits until it is taken in.
    Waits,
    /// What comes is shown at once, at the top of the list.
    Follows,
    /// What comes waits; afterwards it is as it was.
    Paused { follows: bool },
}

impl Live {
    /// True where what comes is shown at the top of the list, now or after a pause.
    #[must_use]
    pub fn follows(&self) -> bool {
        matches!(self.flow, Flow::Follows | Flow::Paused { follows: true })
    }
}

impl State {
    /// From now on what comes waits, unless it is followed.
    pub(super) fn hold_what_comes(&mut self) {
        let paused = matches!(self.live.flow, Flow::Paused { .. });
        if self.live.flow == Flow::Follows || self.is_loading() && !paused {
            self.live.upto = None;
        } else {
            self.live.upto = Some(self.desk.end_id());
            self.live.shown = self.desk.listed_count();
            self.live.newest = self.desk.newest();
        }
    }

    /// The time is told.
    pub(super) fn set_now(&mut self, now: Stamp) {
        let before = self.now.replace(now);
        self.end_mutes(before, now);
        self.lift(before, now);
        super::filtering::catch_up(self);
    }

    /// How long the screen is right if nothing happens; `None`: for ever.
    #[must_use]
    pub fn tick(&self) -> Option<Duration> {
        let now = self.now?.seconds;
        let mute = self.alerts.next_end(Some(now));
        let mute = mute.and_then(|end| u64::try_from(end - now).ok());
        let mute = mute.map(Duration::from_secs);
        let rows = self.rows_wait().then_some(CATCH_UP);
        let ticks = [mute, rows, self.embargo_tick()];
        ticks.into_iter().flatten().min()
    }

    /// How many entries there are without those that wait.
    #[must_use]
    pub fn total(&self) -> usize {
        match self.live.upto {
            Some(_) => self.live.shown,
            None => self.desk.listed_count(),
        }
    }

    /// The time of the newest entry, without those that wait: dates in the list are told as seen from there.
    #[must_use]
    pub fn newest(&self) -> Option<NewestTime> {
        match self.live.upto {
            Some(_) => self.live.newest,
            None => self.desk.newest(),
        }
    }
}

/// Follows the wire, or no longer.
pub(super) fn follow(state: &mut State, effects: &mut Vec<Effect>) {
    if state.live.flow == Flow::Follows {
        leave(state);
        let hint = state.key_hint("; ", Action::TakeIn, "takes it in");
        state.notice = Some(format!("no longer following: what is new waits{hint}"));
        return;
    }
    if state.live.flow == Flow::Still {
        effects.push(Effect::Follow);
    }
    state.live.flow = Flow::Follows;
    state.focus = Pane::List;
    state.notice = Some("following: what comes is shown at the top, any move ends it".to_owned());
    to_the_top(state);
}

/// Shows all there is, from its top.
fn to_the_top(state: &mut State) {
    state.hold_what_comes();
    state.list.chosen = false;
    state.settle_rows();
}

/// Takes in what is new. At the top of the list it comes into sight; elsewhere what the reader sees stays where it is.
pub(super) fn take_in(state: &mut State, _effects: &mut Vec<Effect>) {
    let new = state.live.new;
    if new == 0 {
        state.notice = Some("nothing is new".to_owned());
        return;
    }
    let at_top = state.list.top == 0 && state.focus == Pane::List;
    state.hold_what_comes();
    state.list.chosen |= state.list.selected.is_some();
    state.settle_rows();
    if at_top {
        state.list.top = 0;
    }
    state.notice = Some(format!("{} taken in", counted(new, "new dispatch")));
}

/// Pauses, or goes on.
pub(super) fn pause(state: &mut State, _effects: &mut Vec<Effect>) {
    let said = match state.live.flow {
        Flow::Still if !state.is_loading() => {
            let hint = state.key_hint(": ", Action::Follow, "follows the wire");
            state.notice = Some(format!("nothing comes in here{hint}"));
            return;
        }
        Flow::Paused { follows } => {
            state.live.flow = if follows { Flow::Follows } else { Flow::Waits };
            if follows || state.is_loading() {
                to_the_top(state);
            }
            "going on"
        }
        flow => {
            let follows = flow == Flow::Follows;
            state.live.flow = Flow::Paused { follows };
            state.hold_what_comes();
            "paused: what comes waits"
        }
    };
    state.notice = Some(said.to_owned());
}

/// A move of the reader ends the following.
pub(super) fn moved(state: &mut State, action: Action) {
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
    if state.live.follows() && !stays {
        leave(state);
    }
}

fn leave(state: &mut State) {
    state.live.flow = match state.live.flow {
        Flow::Paused { .. } => Flow::Paused { follows: false },
        _ => Flow::Waits,
    };
    if state.live.upto.is_none() {
        state.hold_what_comes();
    }
    // The row that was followed is from now on the one that was chosen.
    state.list.chosen = state.list.selected.is_some();
}
