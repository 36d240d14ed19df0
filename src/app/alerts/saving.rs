//! Views made in the program: from the filter that is on, under a name.

use super::arriving::match_all_entries;
use crate::action::Action;
use crate::app::{Effect, State};
use crate::filter::Query;
use crate::marks::{MarkChange, SavedMarks};
use crate::views::{Mute, SavedView};

/// The filter that is on as one text: those that it stands within are joined with it.
pub(super) fn current_filter_text(state: &State) -> String {
    let filter = &state.filter;
    let texts = filter.outer_filters.iter().chain([&filter.text]);
    let parts: Vec<&str> = texts
        .map(|text| text.trim())
        .filter(|text| !text.is_empty())
        .collect();
    if let [one] = parts[..] {
        return one.to_owned();
    }
    let group = |part: &&str| {
        if part.contains('|') {
            format!("({part})")
        } else {
            (*part).to_owned()
        }
    };
    parts.iter().map(group).collect::<Vec<_>>().join(" ")
}

/// `:alert NAME`: makes a view of the filter that is on; what arrives that it keeps is written into the log.
pub(in crate::app) fn alert_command(state: &mut State, name: &str, effects: &mut Vec<Effect>) {
    save_view(state, name, true, effects);
}

/// `:view NAME`: makes a view of the filter that is on.
pub(in crate::app) fn view_command(state: &mut State, name: &str, effects: &mut Vec<Effect>) {
    save_view(state, name, false, effects);
}

fn save_view(state: &mut State, name: &str, alert: bool, effects: &mut Vec<Effect>) {
    let filter = current_filter_text(state);
    let refusal = match Query::parse_strict(&filter) {
        Err(error) => Some(format!("this filter cannot be saved: {error}")),
        Ok(query) if query.is_empty() => {
            let hint = state.key_hint(": ", Action::Search, "sets one");
            Some(format!("there is no filter to save{hint}"))
        }
        Ok(_) => None,
    };
    let name = name.trim();
    let refusal = refusal.or_else(|| {
        if name.is_empty() {
            let command = if alert { "alert" } else { "view" };
            return Some(format!("under which name? As in :{command} oil"));
        }
        let of_file = |saved: &super::ActiveView| saved.in_file && saved.view.name == name;
        let taken = state.alerts.views.iter().any(of_file);
        taken.then(|| format!("the view “{name}” stands in the config file: take another name"))
    });
    if let Some(refusal) = refusal {
        state.notice = Some(refusal);
        return;
    }
    let view = SavedView {
        name: name.to_owned(),
        filter,
        alert,
        ..SavedView::default()
    };
    let replaced = remove_view(state, name).is_some();
    let rule = state.alerts.add_view(view.clone(), false);
    match_all_entries(state, rule, effects);
    let what = if alert { "alert" } else { "view" };
    let key = |action, does: &str| state.key_hint(": ", action, does);
    let (is, until) = if replaced {
        ("is another now", String::new())
    } else if alert {
        let log = key(Action::Alerts, "shows the log");
        ("is set for what arrives", log)
    } else {
        ("is saved", key(Action::Views, "lists the views"))
    };
    state.notice = Some(format!("the {what} “{name}” {is}{until}"));
    let definition = Some(view.definition());
    state
        .marks
        .queue_changes(vec![MarkChange::View(view.name, definition)]);
}

/// `:forget NAME`: forgets a view that was made in the program.
pub(in crate::app) fn forget_command(state: &mut State, name: &str, _: &mut Vec<Effect>) {
    let name = name.trim();
    let in_file = state
        .alerts
        .views
        .iter()
        .find(|saved| saved.view.name == name)
        .map(|saved| saved.in_file);
    state.notice = Some(match in_file {
        None => {
            let hint = state.key_hint(": ", Action::Views, "lists them");
            format!("there is no view “{name}”{hint}")
        }
        Some(true) => format!("the view “{name}” stands in the config file: take it out there"),
        Some(false) => {
            remove_view(state, name);
            let change = MarkChange::View(name.to_owned(), None);
            state.marks.queue_changes(vec![change]);
            format!("the view “{name}” is forgotten")
        }
    });
}

/// Views and mutes that were made in earlier sessions.
pub(in crate::app) fn restore_views_and_mutes(
    state: &mut State,
    kept: &SavedMarks,
    effects: &mut Vec<Effect>,
) {
    for (name, definition) in &kept.views {
        let taken = |saved: &super::ActiveView| saved.view.name == *name;
        if !state.alerts.views.iter().any(taken) {
            let rule = state
                .alerts
                .add_view(SavedView::from_definition(name, definition), false);
            match_all_entries(state, rule, effects);
        }
    }
    let mutes = kept.settings.iter();
    for mute in mutes.filter_map(|(name, until)| Mute::from_setting(name, until)) {
        let taken = |muting: &super::ActiveMute| muting.mute.filter == mute.filter;
        if !state.alerts.mutes.iter().any(taken) {
            let rule = state.alerts.add_mute(mute, false, &state.zone);
            match_all_entries(state, rule, effects);
        }
    }
    state.rebuild_rows();
}

/// Takes a view away that was made in the program.
fn remove_view(state: &mut State, name: &str) -> Option<SavedView> {
    let alerts = &mut state.alerts;
    let is = |saved: &super::ActiveView| !saved.in_file && saved.view.name == name;
    let at = alerts.views.iter().position(is)?;
    let saved = alerts.views.remove(at);
    alerts.drop_rule(saved.rule.number);
    Some(saved.view)
}
