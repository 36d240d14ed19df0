//! Saved views and mutes with what they match, the log of alerts, and the kills and corrections that are still to be
//! told, as plain state.

use std::collections::{HashMap, HashSet, VecDeque};

use jiff::tz::TimeZone;

use crate::app::band::{BandKey, BandKind, status_with_rewrites};
use crate::dispatch::{Dispatch, Role, Stamp, correction_summary, kill_reason};
use crate::filter::Query;
use crate::index::{DispatchIndex, EntryId, EntryRef, StoryStatus};
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
    pub(super) strikes: Strikes,
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
    pub(super) fn new(views: Vec<SavedView>, mutes: Vec<Mute>, zone: &TimeZone) -> Self {
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
    pub(super) fn add_mute(&mut self, mute: Mute, in_file: bool, zone: &TimeZone) -> Rule {
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

// Kills and corrections to be told: of the open dispatch, and of those that have left the program in this session.

/// How a dispatch has left the program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum HandOut {
    /// A quote of it was copied.
    CopiedQuote,
    Copied,
    /// A quote of it was piped to a command.
    PipedQuote,
    Piped,
    /// It was saved to a file of this name.
    Saved(String),
    /// A copy of it was opened in the editor.
    Edited,
    /// The view of this name raised an alert for it, or ran its command on it.
    Alerted(String),
}

impl HandOut {
    /// What was done: after `you`, or for an alert as a clause of its own.
    fn phrase(&self) -> String {
        match self {
            Self::CopiedQuote => "copied a quote of it".to_owned(),
            Self::Copied => "copied it".to_owned(),
            Self::PipedQuote => "piped a quote of it".to_owned(),
            Self::Piped => "piped it".to_owned(),
            Self::Saved(name) => format!("saved it to {name}"),
            Self::Edited => "opened a copy of it".to_owned(),
            Self::Alerted(view) => format!("alert {view} gave it"),
        }
    }

    /// The same in a few columns: with its subject, and without.
    fn short_phrases(&self) -> [&'static str; 2] {
        match self {
            Self::CopiedQuote | Self::Copied => ["you copied it", "copied"],
            Self::PipedQuote | Self::Piped => ["you piped it", "piped"],
            Self::Saved(_) => ["you saved it", "saved"],
            Self::Edited => ["you opened a copy", "opened"],
            Self::Alerted(_) => ["an alert gave it", "alerted"],
        }
    }
}

/// One time that a dispatch has left the program.
#[derive(Debug)]
struct HandOutAct {
    what: HandOut,
    /// In seconds since the epoch.
    at: Option<i64>,
    /// What was known of the dispatch then. Of that, the copy itself had a warning.
    known: StoryStatus,
}

/// A dispatch that has left the program.
#[derive(Debug)]
pub(super) struct HandedOut {
    id: EntryId,
    /// The first time of each kind.
    acts: Vec<HandOutAct>,
    /// What has been told of it since.
    told: StoryStatus,
}

/// The cause of a kill, of its end, of a correction or of a newer version in a status.
fn cause(status: &StoryStatus, kind: BandKind) -> Option<EntryId> {
    match kind {
        BandKind::Kill => status.killed_by,
        BandKind::Correction => status.corrected_by,
        BandKind::Restored => status.restored_by.filter(|_| status.killed_by.is_none()),
        BandKind::Embargo | BandKind::Update => status.superseded_by,
    }
}

impl HandedOut {
    /// What left before a kill, its end or a correction came: `you copied a quote of it at 14:02`, and shorter forms. Empty if
    /// nothing did.
    pub(super) fn sentence(&self, key: BandKey, zone: &TimeZone) -> [String; 3] {
        let before = |act: &&HandOutAct| cause(&act.known, key.kind) != key.cause;
        let phrase = |act: &HandOutAct| {
            let at = act.at.map_or(String::new(), |at| {
                Stamp::from_seconds(at).in_zone(zone).strftime(" at %H:%M").to_string()
            });
            let subject = if matches!(act.what, HandOut::Alerted(_)) { "" } else { "you " };
            format!("{subject}{}{at}", act.what.phrase())
        };
        let all: Vec<String> = self.acts.iter().filter(before).map(phrase).collect();
        let first = self.acts.iter().find(before);
        let [short, shortest] = first.map_or([""; 2], |act| act.what.short_phrases());
        [all.join(", "), short.to_owned(), shortest.to_owned()]
    }
}

/// A kill, its end or a correction that has come and has not been acknowledged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct News {
    pub(super) key: BandKey,
    /// It is told although another dispatch is open: what it strikes was being read, or has left the program.
    pub(super) stays: bool,
}

/// Most dispatches that are remembered for having left the program. Of more, the oldest are forgotten.
pub(super) const MAX_HANDED_OUT: usize = 10_000;

/// What is still to be told of kills and corrections, and what has been.
#[derive(Debug, Default)]
pub(super) struct Strikes {
    /// What has left the program, the oldest first.
    handed_out: VecDeque<HandedOut>,
    /// Indices into `handed_out`, counted from the first that was ever put there.
    handed_out_at: HashMap<EntryId, usize>,
    /// Number of those forgotten.
    forgotten: usize,
    /// What has come since the load and has not been acknowledged, the oldest first.
    pub(super) news: Vec<News>,
    acknowledged: HashSet<BandKey>,
    /// The reasons that notices give; `None` while a notice is being read.
    reasons: HashMap<(EntryId, BandKind), Option<String>>,
}

impl Strikes {
    /// What has left the program of a dispatch.
    pub(super) fn handed_out(&self, id: EntryId) -> Option<&HandedOut> {
        let at = self.handed_out_at.get(&id)?.checked_sub(self.forgotten)?;
        self.handed_out.get(at)
    }

    /// Records that a dispatch leaves the program. `now` is in seconds since the epoch.
    pub(super) fn hand_out(
        &mut self,
        id: EntryId,
        what: HandOut,
        now: Option<i64>,
        index: &DispatchIndex,
    ) {
        let known = status_with_rewrites(index, id);
        let act = HandOutAct { what, at: now, known };
        let at = self.handed_out_at.get(&id).and_then(|at| at.checked_sub(self.forgotten));
        if let Some(handed_out) = at.and_then(|at| self.handed_out.get_mut(at)) {
            if handed_out.acts.iter().all(|other| other.what != act.what) {
                handed_out.acts.push(act);
            }
            return;
        }
        self.handed_out_at.insert(id, self.forgotten + self.handed_out.len());
        self.handed_out.push_back(HandedOut { id, acts: vec![act], told: known });
        if self.handed_out.len() > MAX_HANDED_OUT
            && let Some(oldest) = self.handed_out.pop_front()
        {
            self.forgotten += 1;
            self.handed_out_at.remove(&oldest.id);
        }
    }

    /// Finds kills and corrections of what has left the program that have come since, and kills that have been taken
    /// back.
    pub(super) fn look_for_news(&mut self, index: &DispatchIndex) {
        for handed_out in &mut self.handed_out {
            let entry = index.entry(handed_out.id);
            let is_struck = |entry: EntryRef<'_>| entry.is_killed() || entry.is_corrected();
            let was_killed = handed_out.told.killed_by.is_some();
            let is_changed = entry.is_some_and(is_struck) || index.is_unlisted(handed_out.id);
            if !was_killed && !is_changed {
                continue;
            }
            let status = status_with_rewrites(index, handed_out.id);
            for kind in [BandKind::Kill, BandKind::Correction, BandKind::Restored] {
                let cause_now = cause(&status, kind);
                let is_told = cause_now == cause(&handed_out.told, kind)
                    || kind == BandKind::Restored && !was_killed;
                if cause_now.is_some() && !is_told {
                    let key = BandKey { id: handed_out.id, kind, cause: cause_now };
                    self.news.retain(|news| news.key != key);
                    self.news.push(News { key, stays: true });
                }
            }
            handed_out.told = status;
        }
    }

    /// Drops what is no longer so, since another notice is in force. Of a kill that has been taken back, that is told
    /// instead.
    pub(super) fn drop_outdated(&mut self, index: &DispatchIndex) {
        let mut current: Vec<News> = Vec::new();
        for mut news in std::mem::take(&mut self.news) {
            let status = status_with_rewrites(index, news.key.id);
            let restored_by = cause(&status, BandKind::Restored);
            if news.key.kind == BandKind::Kill && restored_by.is_some() {
                news.key = BandKey { kind: BandKind::Restored, cause: restored_by, ..news.key };
            }
            let is_current = news.key.cause == cause(&status, news.key.kind);
            if is_current && current.iter().all(|other| other.key != news.key) {
                current.push(news);
            }
        }
        self.news = current;
    }

    /// Tells what is not being told already.
    pub(super) fn tell(&mut self, news: News) {
        if self.news.iter().all(|other| other.key != news.key) {
            self.news.push(news);
        }
    }

    pub(super) fn is_acknowledged(&self, key: BandKey) -> bool {
        self.acknowledged.contains(&key)
    }

    /// Acknowledges what a notice does to all dispatches that it strikes.
    pub(super) fn acknowledge(&mut self, key: BandKey) {
        self.acknowledged.insert(key);
        let is_same = |news: &News| {
            news.key.kind == key.kind && news.key.cause == key.cause && key.cause.is_some()
        };
        self.acknowledged.extend(self.news.iter().filter(|n| is_same(n)).map(|n| n.key));
        self.news.retain(|news| !is_same(news));
    }

    /// The reason that a notice gives for a kill or correction, once it has been read.
    pub(super) fn reason(&self, notice: EntryId, kind: BandKind) -> Option<&str> {
        self.reasons.get(&(notice, kind))?.as_deref()
    }

    /// True if the notice of a band has to be read for its reason. It is asked for once.
    pub(super) fn needs_reason(&mut self, key: BandKey) -> Option<EntryId> {
        let notice = key.cause.filter(|_| key.kind <= BandKind::Restored)?;
        let slot = self.reasons.entry((notice, key.kind));
        matches!(slot, std::collections::hash_map::Entry::Vacant(_)).then(|| {
            slot.or_insert(None);
            notice
        })
    }

    /// Takes the reason from a notice that has been read, if it was asked for.
    pub(super) fn receive_notice(&mut self, notice: EntryId, dispatch: &Dispatch) {
        if let Some(slot) = self.reasons.get_mut(&(notice, BandKind::Kill)) {
            *slot = Some(kill_reason(dispatch));
        }
        if let Some(slot) = self.reasons.get_mut(&(notice, BandKind::Correction)) {
            *slot = Some(correction_summary(dispatch));
        }
        if let Some(slot) = self.reasons.get_mut(&(notice, BandKind::Restored)) {
            // What is sent again gives no reason.
            let is_notice = dispatch.role == Role::Advisory;
            *slot = Some(if is_notice { kill_reason(dispatch) } else { dispatch.headline.clone() });
        }
    }
}
