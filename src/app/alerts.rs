//! Saved views and mutes with what they match, and the log of alerts, as plain state.

use std::collections::VecDeque;

use crate::filter::Query;
use crate::index::EntryId;
use crate::views::{
    MatchedEntries, Mute, Rule, RuleMatch, Rules, SavedView, Tint, UndecidedEntries,
};

/// A view and its matches.
#[derive(Debug)]
pub struct ActiveView {
    pub view: SavedView,
    /// True if it comes from the config file: then it can only be changed there.
    pub in_file: bool,
    /// The entries that its filter matches.
    pub matched: MatchedEntries,
    /// Matches that arrived after the load and since the view was last applied.
    pub new_count: usize,
    /// Number of entries whose texts still have to be read to decide.
    pub undecided: usize,
    pub(super) rule: Rule,
}

/// A mute and its matches.
#[derive(Debug)]
pub struct ActiveMute {
    pub mute: Mute,
    /// True if it comes from the config file.
    pub in_file: bool,
    /// The entries that its filter matches.
    pub matched: MatchedEntries,
    /// When it ends, in seconds since the epoch; `None` for never.
    pub(super) until: Option<i64>,
    pub(super) rule: Rule,
}

/// Views, mutes and the log of alerts.
#[derive(Debug, Default)]
pub struct Alerts {
    /// In the order of the config file, followed by those made with `:view` and `:alert`.
    pub views: Vec<ActiveView>,
    /// In the order of the config file, followed by those made with `:mute`.
    pub mutes: Vec<ActiveMute>,
    pub log: AlertLog,
    /// The union of what the active mutes match.
    pub(super) muted_entries: MatchedEntries,
    /// Matches of views among arrivals, until `raise_alerts` has handled them.
    pub(super) to_raise: Vec<RuleMatch>,
    /// The queries of all views and mutes.
    pub(super) rules: Rules,
    /// Undecided entries of the running load. Their texts are requested once, when it has ended.
    pub(super) deferred: Vec<UndecidedEntries>,
    /// The number of the next rule.
    next_rule: u32,
}

impl Alerts {
    /// The views and mutes of the config file.
    pub(super) fn new(views: Vec<SavedView>, mutes: Vec<Mute>, zone: &jiff::tz::TimeZone) -> Self {
        let mut alerts = Self::default();
        for view in views {
            alerts.add_view(view, true);
        }
        for mute in mutes {
            alerts.add_mute(mute, true, zone);
        }
        alerts
    }

    /// Parses a filter into a rule with a new number. Numbers are never reused, so that a late answer about a removed rule
    /// cannot be taken for one about another.
    fn add_rule(&mut self, filter: &str) -> Rule {
        let rule = Rule { number: self.next_rule, query: Query::parse(filter) };
        self.next_rule += 1;
        self.rules.0.push(rule.clone());
        rule
    }

    /// Adds a view. Returns its rule, to be evaluated by `match_all_entries` if there are entries already.
    pub(super) fn add_view(&mut self, view: SavedView, in_file: bool) -> Rule {
        let rule = self.add_rule(&view.filter);
        self.views.push(ActiveView {
            view,
            in_file,
            matched: MatchedEntries::default(),
            new_count: 0,
            undecided: 0,
            rule: rule.clone(),
        });
        rule
    }

    /// Adds a mute, in the same way. `zone` resolves an end that is given as a local time.
    pub(super) fn add_mute(
        &mut self,
        mute: Mute,
        in_file: bool,
        zone: &jiff::tz::TimeZone,
    ) -> Rule {
        let rule = self.add_rule(&mute.filter);
        self.mutes.push(ActiveMute {
            until: mute.until.map(|until| until.to_seconds(zone)),
            mute,
            in_file,
            matched: MatchedEntries::default(),
            rule: rule.clone(),
        });
        rule
    }

    /// Removes the rule of a view or mute that has been removed.
    pub(super) fn drop_rule(&mut self, number: u32) {
        self.rules.0.retain(|rule| rule.number != number);
        self.deferred.retain(|entries| entries.rule != number);
    }

    /// True if any view has a colour: then the list has a column for its letter.
    #[must_use]
    pub fn has_letters(&self) -> bool {
        self.views.iter().any(|saved| saved.view.tint.is_some())
    }

    /// Letter and colour of the first view with a colour that matches an entry.
    #[must_use]
    pub fn letter(&self, id: EntryId) -> Option<(char, Tint)> {
        self.views.iter().find_map(|saved| {
            let tint = saved.view.tint.filter(|_| saved.matched.contains(id))?;
            Some((saved.view.letter(), tint))
        })
    }
}

// The log of alerts: arrivals that matched a view, and commands of views that failed.

/// Most alerts kept. Older ones are dropped and counted, to bound memory in long sessions.
const MAX_ALERTS: usize = 5_000;

/// One alert.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alert {
    /// The name of the view. Letter and colour are copied, since the view may be changed or forgotten.
    pub view: String,
    pub letter: char,
    pub tint: Option<Tint>,
    /// The dispatch; `None` for a message about the view itself.
    pub id: Option<EntryId>,
    /// The message, if the command of the view failed or was not run.
    pub error: Option<String>,
    /// When it was raised, in seconds since the epoch; `None` before the first `Msg::Now`.
    pub received_at: Option<i64>,
    pub unread: bool,
}

/// The log of alerts.
#[derive(Debug, Default)]
pub struct AlertLog {
    /// Newest last.
    alerts: VecDeque<Alert>,
    /// Number of unread alerts.
    pub unread: usize,
    /// Number of old alerts that were dropped.
    pub dropped: usize,
}

impl AlertLog {
    /// Appends an alert, dropping the oldest one if the log is full.
    pub(super) fn push(&mut self, alert: Alert) {
        self.unread += usize::from(alert.unread);
        self.alerts.push_back(alert);
        if self.alerts.len() > MAX_ALERTS
            && let Some(old) = self.alerts.pop_front()
        {
            self.dropped += 1;
            // It can no longer be read, so it must not be counted as unread for ever.
            self.unread -= usize::from(old.unread);
        }
    }

    /// Number of alerts.
    #[must_use]
    pub fn len(&self) -> usize {
        self.alerts.len()
    }

    /// True if there are no alerts.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.alerts.is_empty()
    }

    /// The alerts, newest first.
    pub fn newest(&self) -> impl Iterator<Item = &Alert> {
        self.alerts.iter().rev()
    }

    /// The alert in a row of the panel; row 0 is the newest.
    #[must_use]
    pub fn get(&self, row: usize) -> Option<&Alert> {
        self.newest().nth(row)
    }

    /// Marks the alert in a row as read.
    pub(super) fn mark_read(&mut self, row: usize) {
        let at = self.alerts.len().checked_sub(row + 1);
        if let Some(alert) = at.and_then(|at| self.alerts.get_mut(at)) {
            self.unread -= usize::from(alert.unread);
            alert.unread = false;
        }
    }

    /// Marks all alerts as read.
    pub(super) fn mark_all_read(&mut self) {
        self.unread = 0;
        self.alerts.iter_mut().for_each(|alert| alert.unread = false);
    }

    /// Redirects alerts of an entry to the one that replaces it.
    pub(super) fn replace(&mut self, old: EntryId, new: EntryId) {
        let same = self.alerts.iter_mut().filter(|a| a.id == Some(old));
        same.for_each(|alert| alert.id = Some(new));
    }
}

// Mutes: making and ending them, and their end by time.

impl ActiveMute {
    /// Whether it has not ended yet. `now` is in seconds since the epoch; while that is unknown, every mute is active.
    #[must_use]
    pub fn is_active(&self, now: Option<i64>) -> bool {
        match (self.until, now) {
            (Some(until), Some(now)) => now < until,
            _ => true,
        }
    }
}

impl Alerts {
    /// When the next mute ends, in seconds since the epoch.
    pub(super) fn next_mute_end(&self, now: Option<i64>) -> Option<i64> {
        let ends = self.mutes.iter().filter(|active| active.is_active(now));
        ends.filter_map(|active| active.until).min()
    }

    /// Recomputes the set of muted entries.
    pub(super) fn rebuild_muted(&mut self, now: Option<i64>) {
        // Computed anew, since entries may be matched by several mutes.
        let mut muted = MatchedEntries::default();
        for active in self.mutes.iter().filter(|active| active.is_active(now)) {
            active.matched.iter().for_each(|id| {
                muted.insert(id);
            });
        }
        self.muted_entries = muted;
    }
}
