//! The log of alerts: what came in that a view keeps, and commands that failed.

use std::collections::VecDeque;

use crate::desk::EntryId;
use crate::views::Tint;

/// Alerts that are kept; older ones are dropped, which is said.
const MAX_ALERTS: usize = 5_000;

/// One alert.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alert {
    /// The name of the view, its letter and its colour.
    pub view: String,
    pub letter: char,
    pub tint: Option<Tint>,
    /// The dispatch; `None` for a word about the view itself.
    pub id: Option<EntryId>,
    /// What went wrong: with its command, or with the alert as a whole.
    pub error: Option<String>,
    /// When it came in: seconds since the epoch, as far as the time is known.
    pub received_at: Option<i64>,
    pub unread: bool,
}

/// The alerts.
#[derive(Debug, Default)]
pub struct AlertLog {
    /// The newest last.
    alerts: VecDeque<Alert>,
    /// How many are unread.
    pub unread: usize,
    /// How many older ones were dropped.
    pub dropped: usize,
}

impl AlertLog {
    /// Writes an alert.
    pub(super) fn push(&mut self, alert: Alert) {
        self.unread += usize::from(alert.unread);
        self.alerts.push_back(alert);
        if self.alerts.len() > MAX_ALERTS
            && let Some(old) = self.alerts.pop_front()
        {
            self.dropped += 1;
            self.unread -= usize::from(old.unread);
        }
    }

    /// Number of alerts.
    #[must_use]
    pub fn len(&self) -> usize {
        self.alerts.len()
    }

    /// True where there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.alerts.is_empty()
    }

    /// The alerts, the newest first.
    pub fn newest(&self) -> impl Iterator<Item = &Alert> {
        self.alerts.iter().rev()
    }

    /// The alert of a row.
    #[must_use]
    pub fn get(&self, row: usize) -> Option<&Alert> {
        self.newest().nth(row)
    }

    /// Marks one as read.
    pub(in crate::app) fn mark_read(&mut self, row: usize) {
        let at = self.alerts.len().checked_sub(row + 1);
        if let Some(alert) = at.and_then(|at| self.alerts.get_mut(at)) {
            self.unread -= usize::from(alert.unread);
            alert.unread = false;
        }
    }

    /// Marks all as read.
    pub(in crate::app) fn mark_all_read(&mut self) {
        self.unread = 0;
        self.alerts
            .iter_mut()
            .for_each(|alert| alert.unread = false);
    }

    /// Another entry stands in the place of one.
    pub(super) fn replace(&mut self, old: EntryId, new: EntryId) {
        let same = self.alerts.iter_mut().filter(|a| a.id == Some(old));
        same.for_each(|alert| alert.id = Some(new));
    }
}
