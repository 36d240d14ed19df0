//! What arrives: which views and mutes keep it, and what is done about it.

use std::collections::HashMap;

use super::{Alert, PanelKind};
use crate::app::{Effect, FollowMode, State};
use crate::desk::{EntryId, EntryRef, InputLocation};
use crate::filter::QueryContext;
use crate::views::{Rule, RuleJob, RuleMatch, Rules, UndecidedEntries};

/// New entries are on the desk, from this one on.
pub(in crate::app) fn match_arrivals(state: &mut State, first: EntryId, effects: &mut Vec<Effect>) {
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
pub(in crate::app) fn request_deferred_texts(state: &mut State, effects: &mut Vec<Effect>) {
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
pub(in crate::app) fn receive_matches(
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
pub(in crate::app) fn raise_alerts(state: &mut State, effects: &mut Vec<Effect>) {
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
pub(in crate::app) fn log_view_failure(state: &mut State, view: &str, fault: String) {
    let of = |saved: &&super::ActiveView| saved.view.name == view;
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
