//! How far a long command is: one line on standard error where that is a terminal, gone at the end; nothing elsewhere.

use std::io::Write;
use std::time::{Duration, Instant};

/// A command that ends sooner shows nothing.
const INITIAL_DELAY: Duration = Duration::from_millis(400);
/// Shortest time between two changes of the line.
const UPDATE_INTERVAL: Duration = Duration::from_millis(100);

/// The line, and when it is to change next; never where there is no terminal to show it.
#[derive(Debug)]
pub(super) struct Progress {
    next: Option<Instant>,
    /// Columns that the line takes now.
    shown: usize,
}

impl Progress {
    /// No line yet. `live`: there is a terminal for it.
    pub(super) fn new(live: bool) -> Self {
        Self {
            next: live.then(|| Instant::now() + INITIAL_DELAY),
            shown: 0,
        }
    }

    /// Tells that so many of all are done.
    pub(super) fn tick(&mut self, what: &str, done: usize, all: usize, err: &mut dyn Write) {
        let Some(next) = self.next else { return };
        let now = Instant::now();
        if now < next {
            return;
        }
        self.next = Some(now + UPDATE_INTERVAL);
        let share = done * 100 / all.max(1);
        let line = format!("dateline: {what} {done} of {all} dispatches, {share} %");
        let _ = write!(err, "\r{line:<width$}", width = self.shown);
        let _ = err.flush();
        self.shown = line.len();
    }

    /// Takes the line away, before something else is written and at the end.
    pub(super) fn clear(&mut self, err: &mut dyn Write) {
        if self.shown > 0 {
            let _ = write!(err, "\r{:width$}\r", "", width = self.shown);
            let _ = err.flush();
            self.shown = 0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_terminal_nothing_is_written() {
        let mut err = Vec::new();
        let mut progress = Progress::new(false);
        progress.tick("read", 1, 2, &mut err);
        progress.clear(&mut err);
        assert!(err.is_empty());
    }

    #[test]
    fn the_line_is_taken_away() {
        let mut err = Vec::new();
        let mut progress = Progress {
            next: Some(Instant::now()),
            shown: 0,
        };
        progress.tick("read", 1, 2, &mut err);
        progress.clear(&mut err);
        let text = String::from_utf8(err).unwrap();
        let line = "dateline: read 1 of 2 dispatches, 50 %";
        assert_eq!(text, format!("\r{line}\r{}\r", " ".repeat(line.len())));
    }
}
