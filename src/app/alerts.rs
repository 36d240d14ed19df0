//! Alerts: which views and mutes match arrivals, the actions of views, and the log. Knows nothing of how a query is
//! evaluated.

use std::collections::{HashMap, VecDeque};

use crate::action::{Action, Pane};
use crate::app::list::FollowMode;
use crate::app::messages::Effect;
use crate::app::overlay::OverlayKind;
use crate::app::state::State;
use crate::app::{filter, prompt};
use crate::dispatch::Role;
use crate::filter::{Query, QueryContext};
use crate::index::{EntryId, EntryRef, InputLocation};
use crate::jobs::{Job, ViewCommand};
use crate::views::{
    MatchedEntries, Mute, Rule, RuleJob, RuleMatch, Rules, SavedView, Tint, UndecidedEntries,
};

pub(super) use crate::app::views::{
    alert_command, forget_command, restore_views_and_mutes, view_command,
};
pub(super) use crate::app::views::{mute_command, toggle_muted, unmute_command};

/// The filter of the urgent queue.
pub(super) const URGENT_FILTER: &str = "is:urgent | is:alert";

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
    /// Matches of views among arrivals, until [`raise_alerts`] has handled them.
    to_raise: Vec<RuleMatch>,
    /// The queries of all views and mutes.
    rules: Rules,
    /// Undecided entries of the running load. Their texts are requested once, when it has ended.
    deferred: Vec<UndecidedEntries>,
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
        let rule = Rule {
            number: self.next_rule,
            query: Query::parse(filter),
        };
        self.next_rule += 1;
        self.rules.0.push(rule.clone());
        rule
    }

    /// Adds a view. Returns its rule, to be evaluated by [`match_all_entries`] if there are entries already.
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

impl State {
    /// True if any entry is muted.
    pub(super) fn mutes_any(&self) -> bool {
        !self.session.alerts.muted_entries.is_empty()
    }

    /// True if an active mute matches an entry.
    #[must_use]
    pub fn is_muted(&self, id: EntryId) -> bool {
        self.session.alerts.muted_entries.contains(id)
    }

    /// True for a flash: urgency 1, or a bare alert.
    #[must_use]
    pub fn is_flash(entry: EntryRef<'_>) -> bool {
        entry.urgency().is_some_and(|u| u.value() == 1) || entry.role() == Role::Alert
    }
}

/// Adds the filter of the urgent queue to the current filter, or removes it.
pub(super) fn toggle_urgent(state: &mut State, effects: &mut Vec<Effect>) {
    let filter = &mut state.session.filter;
    if filter.text == URGENT_FILTER {
        prompt::widen_filter(state, effects);
        return;
    }
    if let Some(at) = filter
        .outer_filters
        .iter()
        .position(|text| text == URGENT_FILTER)
    {
        filter.outer_filters.remove(at);
        let text = filter.text.clone();
        filter::set_filter(state, &text, effects);
        return;
    }
    // Put the queue within the current filter, so that leaving it returns there.
    if !filter.text.trim().is_empty() {
        let wider = std::mem::take(&mut filter.text);
        filter.outer_filters.push(wider);
    }
    filter::set_filter(state, URGENT_FILTER, effects);
    let hint = state.key_hint("; ", Action::Urgent, "shows the others again");
    state.ui.notice = Some(format!("urgent dispatches only{hint}"));
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
    /// When it was raised, in seconds since the epoch; `None` before the first [`crate::app::Msg::Now`].
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
        self.alerts
            .iter_mut()
            .for_each(|alert| alert.unread = false);
    }

    /// Redirects alerts of an entry to the one that replaces it.
    pub(super) fn replace(&mut self, old: EntryId, new: EntryId) {
        let same = self.alerts.iter_mut().filter(|a| a.id == Some(old));
        same.for_each(|alert| alert.id = Some(new));
    }
}

// Arrivals: evaluating the rules, and acting on the matches.

/// Evaluates all rules for new entries, from this id on.
pub(super) fn match_arrivals(state: &mut State, first: EntryId, effects: &mut Vec<Effect>) {
    if state.session.alerts.rules.0.is_empty() {
        return;
    }
    // Taken out and put back, because the evaluation borrows the state.
    let rules = std::mem::take(&mut state.session.alerts.rules);
    let (found, undecided) =
        rules.evaluate(&state.session.index.snapshot(), first, &filter_view(state));
    state.session.alerts.rules = rules;
    // The entries of the first load are not news: they were there before the program was.
    let fresh = !state.is_loading() || is_from_stream(state, first);
    record_matches(state, &found, fresh);
    request_texts(state, undecided, fresh, effects);
}

/// True if the entries come from a stream and the wire is followed. Such a load does not end, so everything in it is
/// news.
fn is_from_stream(state: &State, first: EntryId) -> bool {
    let entry = state.session.index.entry(first);
    let input = entry.and_then(EntryRef::input);
    state.session.follow.mode != FollowMode::Off
        && input.is_some_and(|input| matches!(input.location, InputLocation::Memory(..)))
}

/// The context of the rules. As in the list, ages count back from the newest entry.
fn filter_view(state: &State) -> QueryContext<'_> {
    QueryContext {
        now: state
            .session
            .index
            .newest()
            .map_or(0, |newest| newest.stamp.seconds),
        marks: state.session.marks.sets(),
    }
}

/// Asks for the texts of undecided entries. Those of the load wait for its end.
fn request_texts(
    state: &mut State,
    undecided: Vec<UndecidedEntries>,
    fresh: bool,
    effects: &mut Vec<Effect>,
) {
    for part in &undecided {
        let mut saved = state.session.alerts.views.iter_mut();
        if let Some(saved) = saved.find(|saved| saved.rule.number == part.rule) {
            saved.undecided += part.entries.len();
        }
    }
    if !fresh && state.is_loading() {
        for part in undecided {
            let mut waiting = state.session.alerts.deferred.iter_mut();
            // One item for each rule, however many segments the load brings.
            match waiting.find(|other| other.rule == part.rule) {
                Some(other) => other.entries.extend(part.entries),
                None => state.session.alerts.deferred.push(part),
            }
        }
    } else if !undecided.is_empty() {
        effects.push(Effect::Spawn(Job::MatchRules(RuleJob {
            snapshot: state.session.index.snapshot(),
            undecided,
            marks: state.session.marks.sets().clone(),
            is_arrival: fresh,
        })));
    }
}

/// Asks for the texts of undecided entries after the load.
pub(super) fn request_deferred_texts(state: &mut State, effects: &mut Vec<Effect>) {
    let undecided = std::mem::take(&mut state.session.alerts.deferred);
    if !undecided.is_empty() {
        effects.push(Effect::Spawn(Job::MatchRules(RuleJob {
            snapshot: state.session.index.snapshot(),
            undecided,
            marks: state.session.marks.sets().clone(),
            is_arrival: false,
        })));
    }
}

/// Evaluates a new rule for all entries. No alerts are raised: the entries are not news.
pub(super) fn match_all_entries(state: &mut State, rule: Rule, effects: &mut Vec<Effect>) {
    let snapshot = state.session.index.snapshot();
    let rules = Rules(vec![rule]);
    let (found, undecided) = rules.evaluate(&snapshot, EntryId::FIRST, &filter_view(state));
    record_matches(state, &found, false);
    request_texts(state, undecided, false, effects);
}

/// Takes in the matches found by texts. `done` is the number of entries decided for each rule number.
pub(super) fn receive_matches(
    state: &mut State,
    found: &[RuleMatch],
    done: &[(u32, usize)],
    fresh: bool,
) {
    for &(rule, count) in done {
        let mut saved = state.session.alerts.views.iter_mut();
        if let Some(saved) = saved.find(|saved| saved.rule.number == rule) {
            saved.undecided = saved.undecided.saturating_sub(count);
        }
    }
    // The set only grows here, so that its length tells whether any row has to go.
    let muted = state.session.alerts.muted_entries.len();
    record_matches(state, found, fresh);
    if state.session.alerts.muted_entries.len() != muted {
        state.rebuild_rows();
    }
}

/// Records matches of views and mutes. Those of fresh entries are queued for [`raise_alerts`].
fn record_matches(state: &mut State, found: &[RuleMatch], fresh: bool) {
    let now = state.session.now.map(|now| now.seconds);
    for found in found {
        let alerts = &mut state.session.alerts;
        let is = |rule: &Rule| rule.number == found.rule;
        if let Some(at) = alerts.views.iter().position(|saved| is(&saved.rule)) {
            if alerts.views[at].matched.insert(found.id) && fresh {
                alerts.to_raise.push(*found);
            }
        } else if let Some(mute) = alerts.mutes.iter_mut().find(|mute| is(&mute.rule)) {
            mute.matched.insert(found.id);
            if mute.is_active(now) {
                alerts.muted_entries.insert(found.id);
            }
        }
    }
}

/// Raises alerts for the queued matches, oldest dispatch first. Runs at the end of an update, when the index knows
/// which entries replace others: a rewritten file is news only if the view did not match it before.
pub(super) fn raise_alerts(state: &mut State, effects: &mut Vec<Effect>) {
    let mut found = std::mem::take(&mut state.session.alerts.to_raise);
    if found.is_empty() {
        return;
    }
    // Group by rule.
    found.sort_unstable_by_key(|found| (found.rule, found.id));
    let mut raised: Vec<(usize, EntryId)> = Vec::new();
    for part in found.chunk_by(|a, b| a.rule == b.rule) {
        let mut saved = state.session.alerts.views.iter();
        // The view may have been removed in the meantime.
        let Some(at) = saved.position(|saved| saved.rule.number == part[0].rule) else {
            continue;
        };
        let before = replaced_entries(state, at);
        for &RuleMatch { id, .. } in part {
            if let Some(&old) = before.get(&id) {
                state.session.alerts.log.replace(old, id);
            } else if !state.session.index.is_unlisted(id) {
                raised.push((at, id));
            }
        }
    }
    raised.sort_by(|a, b| state.session.index.compare(b.1, a.1).then(a.0.cmp(&b.0)));
    perform_view_actions(state, raised, effects);
}

/// For a view, by index, the replacements of entries that it matched: new id to old id.
fn replaced_entries(state: &State, at: usize) -> HashMap<EntryId, EntryId> {
    let kept = state.session.alerts.views[at].matched.iter();
    let gone = kept.filter(|&id| state.session.index.is_unlisted(id));
    gone.filter_map(|id| Some((state.session.index.successor(id)?, id)))
        .collect()
}

/// Performs the actions of views for new matches, given as index of the view and entry. Muted entries are left out. The
/// bell rings once for all of them.
fn perform_view_actions(
    state: &mut State,
    raised: Vec<(usize, EntryId)>,
    effects: &mut Vec<Effect>,
) {
    let mut bell = false;
    let mut snapshot = None;
    for (at, id) in raised {
        let muted = state.is_muted(id);
        if muted {
            continue;
        }
        let saved = &mut state.session.alerts.views[at];
        saved.new_count += 1;
        let view = &saved.view;
        bell |= view.bell;
        if !view.command.is_empty() {
            effects.push(Effect::Spawn(Job::RunViewCommand(ViewCommand {
                view: view.name.clone(),
                command: view.command.clone(),
                id,
                // One snapshot serves all commands.
                snapshot: snapshot
                    .get_or_insert_with(|| state.session.index.snapshot())
                    .clone(),
            })));
        }
        if view.alert {
            let alert = Alert {
                view: view.name.clone(),
                letter: view.letter(),
                tint: view.tint,
                id: Some(id),
                error: None,
                received_at: state.session.now.map(|now| now.seconds),
                unread: true,
            };
            push_alert(state, alert);
        }
    }
    if bell {
        effects.push(Effect::RingBell);
    }
}

/// Logs that the command of a view failed or was not run.
pub(super) fn log_view_failure(state: &mut State, view: &str, fault: String) {
    let of = |saved: &&ActiveView| saved.view.name == view;
    let found = state.session.alerts.views.iter().find(of);
    let alert = Alert {
        view: view.to_owned(),
        // A view that has been removed in the meantime has no letter any more.
        letter: found.map_or('*', |saved| saved.view.letter()),
        tint: found.and_then(|saved| saved.view.tint),
        id: None,
        error: Some(fault),
        received_at: state.session.now.map(|now| now.seconds),
        unread: true,
    };
    push_alert(state, alert);
}

/// Appends to the log. If its panel is open and a row below the first is selected, the visible rows stay in place.
fn push_alert(state: &mut State, alert: Alert) {
    let log = &mut state.session.alerts.log;
    log.push(alert);
    if let Some(panel) = state.ui.overlay_of(Pane::Choice)
        && panel.is(&OverlayKind::Alerts)
        && panel.row > 0
    {
        let last = log.len().saturating_sub(1);
        panel.row = (panel.row + 1).min(last);
        panel.top += 1;
    }
}
