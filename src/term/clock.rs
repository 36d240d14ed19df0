//! What time it is, as far as the screen needs to know: told when something happens, and when what is shown grows old.

use std::time::{Duration, Instant};

use jiff::Timestamp;

use crate::dispatch::Stamp;

/// What was told counts as now for so long.
const CLOCK_RESOLUTION: Duration = Duration::from_secs(1);

/// The clock of the event loop.
#[derive(Debug, Default)]
pub(super) struct Clock {
    last_read: Option<Instant>,
    next_wake: Option<Instant>,
}

impl Clock {
    /// When the screen must be drawn anew, though nothing happens.
    pub(super) fn due(&self) -> Option<Instant> {
        self.next_wake
    }

    /// The time, where what was told last is no longer now.
    pub(super) fn read(&mut self) -> Option<Stamp> {
        if self
            .last_read
            .is_some_and(|told| told.elapsed() < CLOCK_RESOLUTION)
        {
            return None;
        }
        self.last_read = Some(Instant::now());
        Some(Stamp::from_seconds(Timestamp::now().as_second()))
    }

    /// What is shown is right for so long.
    pub(super) fn wake_in(&mut self, time: Option<Duration>) {
        self.next_wake = time.map(|time| Instant::now() + time.max(CLOCK_RESOLUTION));
    }
}
