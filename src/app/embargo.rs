//! Embargoes against the clock: how long they last, when they lift, and whether what is under one is shown at all.

use std::time::Duration;

use super::{Effect, State, format_time};
use crate::desk::EntryId;
use crate::dispatch::{Dispatch, Stamp};

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// Embargoes as far as the list needs to know of them.
#[derive(Debug, Default)]
pub struct Embargoes {
    /// What is under one is left out of the list.
    pub hidden: bool,
    /// How many rows are left out for that.
    pub hidden_rows: usize,
    /// When the next one lifts, in seconds since the epoch.
    next_lift: Option<i64>,
}

impl Embargoes {
    /// Nothing is known yet but whether they hide what they are on.
    pub(super) fn new(hidden: bool) -> Self {
        Self {
            hidden,
            ..Self::default()
        }
    }
}

/// How long an embargo still lasts, as a reader is told: `2 h 14 min`, and after how many seconds that is no longer so.
fn format_remaining(seconds: i64) -> (String, i64) {
    match seconds {
        DAY.. => {
            let hours = seconds / HOUR;
            let text = format!("{} d {} h", hours / 24, hours % 24);
            (text, seconds % HOUR + 1)
        }
        HOUR.. => {
            let minutes = seconds / MINUTE;
            let text = format!("{} h {} min", minutes / 60, minutes % 60);
            (text, seconds % MINUTE + 1)
        }
        MINUTE.. => (format!("{} min", seconds / MINUTE), seconds % MINUTE + 1),
        _ => (format!("{seconds} s"), 1),
    }
}

/// Seconds until the embargo of a dispatch lifts, where its end is known and has yet to come.
fn seconds_remaining(dispatch: &Dispatch, now: Option<Stamp>) -> Option<i64> {
    let until = dispatch.embargo.filter(|_| dispatch.embargoed)?;
    let seconds = until.seconds - now?.seconds;
    (seconds > 0).then_some(seconds)
}

/// Of a dispatch under embargo, how long that still lasts: `, in 2 h 14 min`. Nothing where the end is not known.
pub(super) fn countdown(dispatch: &Dispatch, now: Option<Stamp>) -> String {
    let seconds = seconds_remaining(dispatch, now);
    seconds.map_or(String::new(), |s| format!(", in {}", format_remaining(s).0))
}

/// True for a dispatch whose embargo has lifted.
pub(super) fn is_lifted(dispatch: &Dispatch, now: Option<Stamp>) -> bool {
    let until = dispatch.embargo.filter(|_| dispatch.embargoed);
    matches!((until, now), (Some(until), Some(now)) if until.seconds <= now.seconds)
}

impl State {
    /// True for an entry that may not be published yet, as far as is known.
    #[must_use]
    pub fn is_embargoed(&self, id: EntryId) -> bool {
        let now = self.now.map(|now| now.seconds);
        let entry = self.index.entry(id);
        entry.is_some_and(|entry| entry.is_under_embargo(now))
    }

    /// Entries have come: the embargoes of those from this one on lift too.
    pub(super) fn track_lift_times(&mut self, first: EntryId) {
        let now = self.now.map_or(i64::MIN, |now| now.seconds);
        let next = self.index.next_embargo_end(first, now);
        let ends = [self.embargoes.next_lift, next];
        self.embargoes.next_lift = ends.into_iter().flatten().min();
    }

    /// The time is told: embargoes may have lifted.
    pub(super) fn lift_embargoes(&mut self, before: Option<Stamp>, now: Stamp) {
        if self
            .embargoes
            .next_lift
            .is_some_and(|next| next <= now.seconds)
        {
            self.embargoes.next_lift = self.index.next_embargo_end(EntryId::FIRST, now.seconds);
            if self.embargoes.hidden {
                self.rebuild_rows();
            }
        }
        let Some(document) = self.document() else {
            return;
        };
        let dispatch = &document.dispatch;
        let lifted = is_lifted(dispatch, Some(now)) && before.is_some();
        if lifted && !is_lifted(dispatch, before) {
            let until = dispatch.embargo.map(|until| format_time(until, &self.zone));
            let until = until.unwrap_or_default();
            self.notice = Some(format!("the embargo of {until} has lifted"));
        }
    }

    /// How long what the screen says of embargoes is right; `None`: for ever.
    pub(super) fn until_embargo_tick(&self) -> Option<Duration> {
        let now = self.now?;
        let lifts = self.embargoes.next_lift.map(|next| next - now.seconds);
        let open = self.document().map(|document| &document.dispatch);
        let counts = open.and_then(|dispatch| seconds_remaining(dispatch, Some(now)));
        let counts = counts.map(|seconds| format_remaining(seconds).1);
        let next = lifts.into_iter().chain(counts).min()?;
        Some(Duration::from_secs(u64::try_from(next).unwrap_or(0)))
    }
}

/// `:embargoed`: leaves out what is under embargo, or shows it again.
pub(super) fn toggle_embargoed(state: &mut State, _: &str, _: &mut Vec<Effect>) {
    let hidden = !state.embargoes.hidden;
    state.embargoes.hidden = hidden;
    state.rebuild_rows();
    let said = if hidden {
        "what is under embargo is left out until it may be published; :embargoed shows it"
    } else {
        "what is under embargo is shown, marked with E"
    };
    state.notice = Some(said.to_owned());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(seconds: i64, text: &str, fresh: i64) {
        assert_eq!(format_remaining(seconds), (text.to_owned(), fresh));
        // It says something else right then, and no sooner.
        assert_eq!(format_remaining(seconds - fresh + 1).0, text);
        assert_ne!(format_remaining(seconds - fresh).0, text);
    }

    #[test]
    fn what_is_left_is_told_in_two_units() {
        check(3 * DAY + 2 * HOUR + 5, "3 d 2 h", 6);
        check(2 * HOUR + 14 * MINUTE + 59, "2 h 14 min", 60);
        check(HOUR, "1 h 0 min", 1);
        check(61, "1 min", 2);
        check(59, "59 s", 1);
    }
}
