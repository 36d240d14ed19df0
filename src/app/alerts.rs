//! Alerts: which views and mutes match what arrives, what is done about it, and the log.

use std::collections::{HashMap, VecDeque};

use crate::action::Action;
use crate::app::list::FollowMode;
use crate::app::panel::{self, PanelKind};
use crate::app::state::State;
use crate::app::update::Effect;
use crate::app::{filter, prompt};
use crate::dispatch::Role;
use crate::filter::{Query, QueryContext};
use crate::index::{EntryId, EntryRef, InputLocation};
use crate::views::{
    MatchedEntries, Mute, Rule, RuleJob, RuleMatch, Rules, SavedView, Tint, UndecidedEntries,
};

pub(super) use crate::app::views::{
    alert_command, forget_command, restore_views_and_mutes, view_command,
};
pub(super) use crate::app::views::{mute_command, toggle_muted, unmute_command};

/// The filter of the urgent queue.
pub(super) const URGENT_FILTER: &str = "is:urgent | is:alert";

/// A view and what it keeps of what is at hand.
#[derive(Debug)]
pub struct ActiveView {
    pub view: SavedView,
    /// True where it stands in the config file: then it is changed there.
    pub in_file: bool,
    pub matched: MatchedEntries,
    /// How many came in after the load and since it was applied last.
    pub new_count: usize,
    /// Entries whose texts have yet to be read to tell.
    pub undecided: usize,
    pub(super) rule: Rule,
}

/// A mute and what it keeps of what is at hand.
#[derive(Debug)]
pub struct ActiveMute {
    pub mute: Mute,
    /// True where it stands in the config file.
    pub in_file: bool,
    pub matched: MatchedEntries,
    /// Seconds since the epoch from which on it mutes nothing.
    pub(super) until: Option<i64>,
    pub(super) rule: Rule,
}

/// All of it.
#[derive(Debug, Default)]
pub struct Alerts {
    /// In the order of the file; those made in the program follow.
    pub views: Vec<ActiveView>,
    pub mutes: Vec<ActiveMute>,
    pub log: AlertLog,
    /// What all mutes that have not ended keep.
    pub(super) muted_entries: MatchedEntries,
    /// What views keep of that which has just arrived.
    to_raise: Vec<RuleMatch>,
    /// The queries of views and mutes.
    rules: Rules,
    /// What texts must tell of entries that came with the load: asked once that has ended.
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

    fn add_rule(&mut self, filter: &str) -> Rule {
        let rule = Rule {
            number: self.next_rule,
            query: Query::parse(filter),
        };
        self.next_rule += 1;
        self.rules.0.push(rule.clone());
        rule
    }

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

    pub(super) fn drop_rule(&mut self, number: u32) {
        self.rules.0.retain(|rule| rule.number != number);
        self.deferred.retain(|part| part.rule != number);
    }

    /// True where rows have letters of views beside them.
    #[must_use]
    pub fn has_letters(&self) -> bool {
        self.views.iter().any(|saved| saved.view.tint.is_some())
    }

    /// Letter and colour of the first view that has a colour and keeps an entry.
    #[must_use]
    pub fn letter(&self, id: EntryId) -> Option<(char, Tint)> {
        self.views.iter().find_map(|saved| {
            let tint = saved.view.tint.filter(|_| saved.matched.contains(id))?;
            Some((saved.view.letter(), tint))
        })
    }
}

impl State {
    /// True where a mute rule leaves anything out.
    pub(super) fn mutes_any(&self) -> bool {
        !self.alerts.muted_entries.is_empty()
    }

    /// True for an entry that a mute rule leaves out of the list.
    #[must_use]
    pub fn is_muted(&self, id: EntryId) -> bool {
        self.alerts.muted_entries.contains(id)
    }

    /// True for a flash: the most urgent that there is.
    #[must_use]
    pub fn is_flash(entry: EntryRef<'_>) -> bool {
        entry.urgency().is_some_and(|u| u.value() == 1) || entry.role() == Role::Alert
    }
}

/// Does what an action says.
pub(super) fn perform_alert_action(state: &mut State, action: Action, effects: &mut Vec<Effect>) {
    match action {
        Action::Urgent => toggle_urgent(state, effects),
        Action::Views => panel::toggle_panel(state, PanelKind::Views),
        _ => panel::toggle_panel(state, PanelKind::Alerts),
    }
}

/// The urgent queue: a filter within the one that is on; the second time that one alone again.
fn toggle_urgent(state: &mut State, effects: &mut Vec<Effect>) {
    let filter = &mut state.filter;
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
    if !filter.text.trim().is_empty() {
        let wider = std::mem::take(&mut filter.text);
        filter.outer_filters.push(wider);
    }
    filter::set_filter(state, URGENT_FILTER, effects);
    let hint = state.key_hint("; ", Action::Urgent, "shows the others again");
    state.notice = Some(format!("urgent dispatches only{hint}"));
}

// The log of alerts: what came in that a view keeps, and commands that failed.

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
    pub(super) fn mark_read(&mut self, row: usize) {
        let at = self.alerts.len().checked_sub(row + 1);
        if let Some(alert) = at.and_then(|at| self.alerts.get_mut(at)) {
            self.unread -= usize::from(alert.unread);
            alert.unread = false;
        }
    }

    /// Marks all as read.
    pub(super) fn mark_all_read(&mut self) {
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

// What arrives: which views and mutes keep it, and what is done about it.

/// New entries are on the desk, from this one on.
pub(super) fn match_arrivals(state: &mut State, first: EntryId, effects: &mut Vec<Effect>) {
    if state.alerts.rules.0.is_empty() {
        return;
    }
    let rules = std::mem::take(&mut state.alerts.rules);
    let (found, parts) = rules.evaluate(&state.index.snapshot(), first, &filter_view(state));
    state.alerts.rules = rules;
    let fresh = !state.is_loading() || is_from_stream(state, first);
    record_matches(state, &found, fresh);
    request_texts(state, parts, fresh, effects);
}

/// True where the wire is followed and these entries come by a stream: that has no end after which all is news.
fn is_from_stream(state: &State, first: EntryId) -> bool {
    let entry = state.index.entry(first);
    let input = entry.and_then(EntryRef::input);
    state.live.mode != FollowMode::Off
        && input.is_some_and(|input| matches!(input.location, InputLocation::Memory(..)))
}

/// From where the rules look: ages count back from the newest entry at hand.
fn filter_view(state: &State) -> QueryContext<'_> {
    QueryContext {
        now: state
            .index
            .newest()
            .map_or(0, |newest| newest.stamp.seconds),
        marks: state.marks.sets(),
    }
}

/// Has texts read that must tell; while the load is on, they wait for its end.
fn request_texts(
    state: &mut State,
    parts: Vec<UndecidedEntries>,
    fresh: bool,
    effects: &mut Vec<Effect>,
) {
    for part in &parts {
        let mut saved = state.alerts.views.iter_mut();
        if let Some(saved) = saved.find(|saved| saved.rule.number == part.rule) {
            saved.undecided += part.entries.len();
        }
    }
    if !fresh && state.is_loading() {
        for part in parts {
            let mut waiting = state.alerts.deferred.iter_mut();
            match waiting.find(|other| other.rule == part.rule) {
                Some(other) => other.entries.extend(part.entries),
                None => state.alerts.deferred.push(part),
            }
        }
    } else if !parts.is_empty() {
        effects.push(Effect::MatchRules(RuleJob {
            snapshot: state.index.snapshot(),
            undecided: parts,
            marks: state.marks.sets().clone(),
            is_arrival: fresh,
        }));
    }
}

/// The load has ended: texts that must tell are read now.
pub(super) fn request_deferred_texts(state: &mut State, effects: &mut Vec<Effect>) {
    let parts = std::mem::take(&mut state.alerts.deferred);
    if !parts.is_empty() {
        effects.push(Effect::MatchRules(RuleJob {
            snapshot: state.index.snapshot(),
            undecided: parts,
            marks: state.marks.sets().clone(),
            is_arrival: false,
        }));
    }
}

/// Judges all that is at hand by a new rule.
pub(super) fn match_all_entries(state: &mut State, rule: Rule, effects: &mut Vec<Effect>) {
    let snapshot = state.index.snapshot();
    let rules = Rules(vec![rule]);
    let (found, parts) = rules.evaluate(&snapshot, EntryId::FIRST, &filter_view(state));
    record_matches(state, &found, false);
    request_texts(state, parts, false, effects);
}

/// Texts have been read: what was found, and of which rules so many entries are no longer open.
pub(super) fn receive_matches(
    state: &mut State,
    found: &[RuleMatch],
    done: &[(u32, usize)],
    fresh: bool,
) {
    for &(rule, count) in done {
        let mut saved = state.alerts.views.iter_mut();
        if let Some(saved) = saved.find(|saved| saved.rule.number == rule) {
            saved.undecided = saved.undecided.saturating_sub(count);
        }
    }
    let muted = state.alerts.muted_entries.len();
    record_matches(state, found, fresh);
    if state.alerts.muted_entries.len() != muted {
        state.rebuild_rows();
    }
}

/// Notes what rules keep. What is fresh may raise alerts, see [`raise_alerts`].
fn record_matches(state: &mut State, found: &[RuleMatch], fresh: bool) {
    let now = state.now.map(|now| now.seconds);
    for found in found {
        let alerts = &mut state.alerts;
        let is = |rule: &Rule| rule.number == found.rule;
        if let Some(at) = alerts.views.iter().position(|saved| is(&saved.rule)) {
            if alerts.views[at].matched.insert(found.id) && fresh {
                alerts.to_raise.push(*found);
            }
        } else if let Some(muting) = alerts.mutes.iter_mut().find(|muting| is(&muting.rule)) {
            muting.matched.insert(found.id);
            if muting.is_active(now) {
                alerts.muted_entries.insert(found.id);
            }
        }
    }
}

/// Raises the alerts of what was found, once the desk has been told which entries take the place of others: of those, news
/// is only what the others were not. The oldest dispatch comes first.
pub(super) fn raise_alerts(state: &mut State, effects: &mut Vec<Effect>) {
    let mut found = std::mem::take(&mut state.alerts.to_raise);
    if found.is_empty() {
        return;
    }
    found.sort_unstable_by_key(|found| (found.rule, found.id));
    let mut raised: Vec<(usize, EntryId)> = Vec::new();
    for part in found.chunk_by(|a, b| a.rule == b.rule) {
        let mut saved = state.alerts.views.iter();
        let Some(at) = saved.position(|saved| saved.rule.number == part[0].rule) else {
            continue;
        };
        let before = replaced_entries(state, at);
        for &RuleMatch { id, .. } in part {
            if let Some(&old) = before.get(&id) {
                state.alerts.log.replace(old, id);
            } else if !state.index.is_unlisted(id) {
                raised.push((at, id));
            }
        }
    }
    raised.sort_by(|a, b| state.index.compare(b.1, a.1).then(a.0.cmp(&b.0)));
    perform_view_actions(state, raised, effects);
}

/// The entries that take the place of others which a view kept: each with the one before it.
fn replaced_entries(state: &State, at: usize) -> HashMap<EntryId, EntryId> {
    let kept = state.alerts.views[at].matched.iter();
    let gone = kept.filter(|&id| state.index.is_unlisted(id));
    gone.filter_map(|id| Some((state.index.successor(id)?, id)))
        .collect()
}

/// Does what views ask for, for each of their entries.
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
        let saved = &mut state.alerts.views[at];
        saved.new_count += 1;
        let view = &saved.view;
        bell |= view.bell;
        if !view.command.is_empty() {
            effects.push(Effect::RunViewCommand {
                view: view.name.clone(),
                command: view.command.clone(),
                id,
                snapshot: snapshot
                    .get_or_insert_with(|| state.index.snapshot())
                    .clone(),
            });
        }
        if view.alert {
            let alert = Alert {
                view: view.name.clone(),
                letter: view.letter(),
                tint: view.tint,
                id: Some(id),
                error: None,
                received_at: state.now.map(|now| now.seconds),
                unread: true,
            };
            push_alert(state, alert);
        }
    }
    if bell {
        effects.push(Effect::RingBell);
    }
}

/// Something is to be said about a view: its command failed, or was not run.
pub(super) fn log_view_failure(state: &mut State, view: &str, fault: String) {
    let of = |saved: &&ActiveView| saved.view.name == view;
    let found = state.alerts.views.iter().find(of);
    let alert = Alert {
        view: view.to_owned(),
        letter: found.map_or('*', |saved| saved.view.letter()),
        tint: found.and_then(|saved| saved.view.tint),
        id: None,
        error: Some(fault),
        received_at: state.now.map(|now| now.seconds),
        unread: true,
    };
    push_alert(state, alert);
}

/// Writes into the log. Where that is open and a row in it has been chosen, nothing moves.
fn push_alert(state: &mut State, alert: Alert) {
    let log = &mut state.alerts.log;
    log.push(alert);
    if let Some(panel) = &mut state.panel
        && panel.kind == PanelKind::Alerts
        && panel.row > 0
    {
        let last = log.len().saturating_sub(1);
        panel.row = (panel.row + 1).min(last);
        panel.top += 1;
    }
}
