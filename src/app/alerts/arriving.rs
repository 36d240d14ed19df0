//! What arrives: which views and mutes keep it, and what is done about it.

use super::{Alert, PanelKind};
use crate::app::{Effect, State};
use crate::desk::EntryId;
use crate::filter::View;
use crate::views::{Found, Job, Part, Rule, Rules};

/// New segments are on the desk; the first has this number.
pub(in crate::app) fn arrived(state: &mut State, first: usize, effects: &mut Vec<Effect>) {
    if state.alerts.rules.0.is_empty() {
        return;
    }
    let rules = std::mem::take(&mut state.alerts.rules);
    let (found, parts) = rules.judge(&state.desk.snapshot(), first, &view(state));
    state.alerts.rules = rules;
    let fresh = !state.is_loading();
    take(state, &found, fresh, effects);
    open(state, parts, fresh, effects);
}

/// From where the rules look: ages count back from the newest entry at hand.
fn view(state: &State) -> View<'_> {
    View {
        now: state.desk.newest().map_or(0, |newest| newest.stamp.seconds),
        marks: state.marks.sets(),
    }
}

/// Has texts read that must tell; while the load is on, they wait for its end.
fn open(state: &mut State, parts: Vec<Part>, fresh: bool, effects: &mut Vec<Effect>) {
    for part in &parts {
        let mut saved = state.alerts.saved.iter_mut();
        if let Some(saved) = saved.find(|saved| saved.rule.number == part.rule) {
            saved.open += part.open.len();
        }
    }
    if state.is_loading() {
        for part in parts {
            let mut waiting = state.alerts.waiting.iter_mut();
            match waiting.find(|other| other.rule == part.rule) {
                Some(other) => other.open.extend(part.open),
                None => state.alerts.waiting.push(part),
            }
        }
    } else if !parts.is_empty() {
        effects.push(Effect::Judge(Job {
            snapshot: state.desk.snapshot(),
            parts,
            marks: state.marks.sets().clone(),
            fresh,
        }));
    }
}

/// The load has ended: texts that must tell are read now.
pub(in crate::app) fn loaded(state: &mut State, effects: &mut Vec<Effect>) {
    let parts = std::mem::take(&mut state.alerts.waiting);
    if !parts.is_empty() {
        effects.push(Effect::Judge(Job {
            snapshot: state.desk.snapshot(),
            parts,
            marks: state.marks.sets().clone(),
            fresh: false,
        }));
    }
}

/// Judges all that is at hand by a new rule.
pub(super) fn judge_all(state: &mut State, rule: Rule, effects: &mut Vec<Effect>) {
    let snapshot = state.desk.snapshot();
    let rules = Rules(vec![rule]);
    let (found, parts) = rules.judge(&snapshot, 0, &view(state));
    take(state, &found, false, effects);
    open(state, parts, false, effects);
}

/// Texts have been read: what was found, and of which rules so many entries are no longer open.
pub(in crate::app) fn judged(
    state: &mut State,
    found: &[Found],
    done: &[(u32, usize)],
    fresh: bool,
    effects: &mut Vec<Effect>,
) {
    for &(rule, count) in done {
        let mut saved = state.alerts.saved.iter_mut();
        if let Some(saved) = saved.find(|saved| saved.rule.number == rule) {
            saved.open = saved.open.saturating_sub(count);
        }
    }
    let muted = state.alerts.muted.len();
    take(state, found, fresh, effects);
    if state.alerts.muted.len() != muted {
        state.settle_rows();
    }
}

/// Notes what rules keep. What is fresh may raise alerts, once all mutes have been heard.
fn take(state: &mut State, found: &[Found], fresh: bool, effects: &mut Vec<Effect>) {
    let now = state.now.map(|now| now.seconds);
    let mut raised: Vec<(usize, EntryId)> = Vec::new();
    for found in found {
        let alerts = &mut state.alerts;
        let is = |rule: &Rule| rule.number == found.rule;
        if let Some(at) = alerts.saved.iter().position(|saved| is(&saved.rule)) {
            let saved = &mut alerts.saved[at];
            if saved.matched.insert(found.id) && fresh {
                raised.push((at, found.id));
            }
        } else if let Some(muting) = alerts.mutes.iter_mut().find(|muting| is(&muting.rule)) {
            muting.matched.insert(found.id);
            if muting.mutes(now) {
                alerts.muted.insert(found.id);
            }
        }
    }
    raised.retain(|&(at, id)| {
        let before = before(state, id);
        let known = |&id: &EntryId| state.alerts.saved[at].matched.has(id);
        let again = before.filter(known);
        if let Some(old) = again {
            state.alerts.log.replace(old, id);
        }
        again.is_none() && !state.desk.is_gone(id)
    });
    if !raised.is_empty() {
        raise(state, raised, effects);
    }
}

/// The entry whose place an entry takes: its file was written again, or the very same dispatch came before.
fn before(state: &State, id: EntryId) -> Option<EntryId> {
    state.desk.standing(id).same_as
}

/// Raises alerts, the oldest dispatch first.
fn raise(state: &mut State, mut raised: Vec<(usize, EntryId)>, effects: &mut Vec<Effect>) {
    raised.sort_by(|a, b| state.desk.compare(b.1, a.1).then(a.0.cmp(&b.0)));
    let mut bell = false;
    let mut snapshot = None;
    for (at, id) in raised {
        let muted = state.is_muted(id);
        if muted {
            continue;
        }
        let saved = &mut state.alerts.saved[at];
        saved.new += 1;
        let view = &saved.view;
        bell |= view.bell;
        if !view.command.is_empty() {
            effects.push(Effect::Run {
                view: view.name.clone(),
                command: view.command.clone(),
                id,
                snapshot: snapshot
                    .get_or_insert_with(|| state.desk.snapshot())
                    .clone(),
            });
        }
        if view.alert {
            let alert = Alert {
                view: view.name.clone(),
                letter: view.letter(),
                tint: view.tint,
                id: Some(id),
                fault: None,
                at: state.now.map(|now| now.seconds),
                unread: true,
            };
            write(state, alert);
        }
    }
    if bell {
        effects.push(Effect::Bell);
    }
}

/// Something is to be said about a view: its command failed, or was not run.
pub(in crate::app) fn told(state: &mut State, view: &str, fault: String) {
    let of = |saved: &&super::Saved| saved.view.name == view;
    let found = state.alerts.saved.iter().find(of);
    let alert = Alert {
        view: view.to_owned(),
        letter: found.map_or('*', |saved| saved.view.letter()),
        tint: found.and_then(|saved| saved.view.tint),
        id: None,
        fault: Some(fault),
        at: state.now.map(|now| now.seconds),
        unread: true,
    };
    write(state, alert);
}

/// Writes into the log. Where that is open and a row in it has been chosen, nothing moves.
fn write(state: &mut State, alert: Alert) {
    let alerts = &mut state.alerts;
    alerts.log.push(alert);
    if let Some(panel) = &mut alerts.panel
        && panel.kind == PanelKind::Log
        && panel.row > 0
    {
        let last = alerts.log.len().saturating_sub(1);
        panel.row = (panel.row + 1).min(last);
        panel.top += 1;
    }
}
