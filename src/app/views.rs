//! Saved views and mutes made and ended from within the program: `:view`, `:alert`, `:forget`, `:mute`, `:unmute`.

use jiff::civil;

use crate::action::Action;
use crate::app::alerts::{ActiveMute, Alerts, match_all_entries};
use crate::app::state::State;
use crate::app::update::Effect;
use crate::dispatch::Stamp;
use crate::filter::Query;
use crate::marks::{MarkChange, SavedMarks};
use crate::text::parse_age;
use crate::views::{MatchedEntries, Mute, MuteEnd, SavedView};

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
pub(super) fn alert_command(state: &mut State, name: &str, effects: &mut Vec<Effect>) {
    save_view(state, name, true, effects);
}

/// `:view NAME`: makes a view of the filter that is on.
pub(super) fn view_command(state: &mut State, name: &str, effects: &mut Vec<Effect>) {
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
        let of_file =
            |saved: &crate::app::alerts::ActiveView| saved.in_file && saved.view.name == name;
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
pub(super) fn forget_command(state: &mut State, name: &str, _: &mut Vec<Effect>) {
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
pub(super) fn restore_views_and_mutes(
    state: &mut State,
    kept: &SavedMarks,
    effects: &mut Vec<Effect>,
) {
    for (name, definition) in &kept.views {
        let taken = |saved: &crate::app::alerts::ActiveView| saved.view.name == *name;
        if !state.alerts.views.iter().any(taken) {
            let rule = state
                .alerts
                .add_view(SavedView::from_definition(name, definition), false);
            match_all_entries(state, rule, effects);
        }
    }
    let mutes = kept.settings.iter();
    for mute in mutes.filter_map(|(name, until)| Mute::from_setting(name, until)) {
        let taken = |muting: &crate::app::alerts::ActiveMute| muting.mute.filter == mute.filter;
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
    let is = |saved: &crate::app::alerts::ActiveView| !saved.in_file && saved.view.name == name;
    let at = alerts.views.iter().position(is)?;
    let saved = alerts.views.remove(at);
    alerts.drop_rule(saved.rule.number);
    Some(saved.view)
}

// Mutes: what they leave out, made and ended from within the program, and the moment at which they end by
// themselves.

impl ActiveMute {
    /// Whether it still mutes. Before anybody has told the time, it does.
    #[must_use]
    pub fn is_active(&self, now: Option<i64>) -> bool {
        match (self.until, now) {
            (Some(until), Some(now)) => now < until,
            _ => true,
        }
    }
}

impl Alerts {
    /// The moment at which the next mute ends, in seconds since the epoch.
    pub(super) fn next_mute_end(&self, now: Option<i64>) -> Option<i64> {
        let ends = self.mutes.iter().filter(|muting| muting.is_active(now));
        ends.filter_map(|muting| muting.until).min()
    }

    /// Finds out again what is muted.
    fn rebuild_muted(&mut self, now: Option<i64>) {
        let mut muted = MatchedEntries::default();
        for muting in self.mutes.iter().filter(|muting| muting.is_active(now)) {
            muting.matched.iter().for_each(|id| {
                muted.insert(id);
            });
        }
        self.muted_entries = muted;
    }
}

impl State {
    /// The time is told: mutes may have ended.
    pub(super) fn expire_mutes(&mut self, before: Option<Stamp>, now: Stamp) {
        let (before, now) = (before.map(|before| before.seconds), Some(now.seconds));
        let changed = |muting: &ActiveMute| muting.is_active(before) != muting.is_active(now);
        if self.alerts.mutes.iter().any(changed) {
            self.alerts.rebuild_muted(now);
            self.rebuild_rows();
        }
    }
}

/// `:mute [FILTER] [until DAY | for AGE]`: leaves out what a filter keeps; without one, what the filter that is on keeps.
pub(super) fn mute_command(state: &mut State, words: &str, effects: &mut Vec<Effect>) {
    let (filter, until) = match split_mute_end(state, words) {
        Ok(found) => found,
        Err(message) => {
            state.notice = Some(message);
            return;
        }
    };
    let filter = if filter.is_empty() {
        current_filter_text(state)
    } else {
        filter.to_owned()
    };
    match Query::parse_strict(&filter) {
        Err(error) => {
            state.notice = Some(format!("nothing is muted: {error}"));
            return;
        }
        Ok(query) if query.is_empty() => {
            state.notice = Some(
                "mute what? As in :mute slug:football until 2026-12-01, or set a filter first"
                    .to_owned(),
            );
            return;
        }
        Ok(_) => {}
    }
    let mute = Mute {
        name: None,
        filter,
        until,
    };
    remove_mute(state, &mute.filter, false);
    let rule = state.alerts.add_mute(mute.clone(), false, &state.zone);
    let number = rule.number;
    match_all_entries(state, rule, effects);
    state.rebuild_rows();
    let mutes = &state.alerts.mutes;
    let found = mutes.iter().find(|muting| muting.rule.number == number);
    let count = found.map_or(0, |muting| muting.matched.len());
    let plural = if count == 1 { " is" } else { "es are" };
    state.notice = Some(format!(
        "{count} dispatch{plural} muted, and what comes: :muted shows them, :unmute ends it"
    ));
    let until = mute
        .until
        .map(|until| until.to_seconds(&state.zone).to_string());
    save_mute(state, &mute.filter, Some(until.unwrap_or_default()));
}

/// The filter and the end of `FILTER until DAY` or `FILTER for AGE`.
fn split_mute_end<'a>(state: &State, words: &'a str) -> Result<(&'a str, Option<MuteEnd>), String> {
    for word in ["until ", "for "] {
        let Some(at) = words.rfind(word) else {
            continue;
        };
        let (before, value) = (&words[..at], words[at + word.len()..].trim());
        // Within quotes it is a word of the filter.
        let quoted = before.matches('"').count() % 2 == 1;
        if quoted || !(at == 0 || before.ends_with(' ')) || value.contains(' ') {
            continue;
        }
        let filter = before.trim_end();
        let until = if word == "for " {
            let end = parse_age(value).zip(state.now);
            end.map(|(age, now)| MuteEnd::Moment(now.seconds.saturating_add(age)))
        } else {
            let day = value.parse::<civil::Date>().ok().map(MuteEnd::Day);
            let time = || value.parse::<civil::DateTime>().ok().map(MuteEnd::Local);
            // jiff reads a moment with a time as a day too.
            if value.len() > 10 { time() } else { day }
        };
        return until.map(|until| (filter, Some(until))).ok_or_else(|| {
            format!(
                "“{value}” is no end of a mute: as in until 2026-12-01, until 2026-12-01T18:00, for 2h or for 3d"
            )
        });
    }
    Ok((words.trim(), None))
}

/// `:unmute [NAME or FILTER]`: ends a mute; without a name the one that was made last.
pub(super) fn unmute_command(state: &mut State, words: &str, _: &mut Vec<Effect>) {
    let title = if words.is_empty() {
        state.alerts.mutes.last().map(|m| m.mute.title().to_owned())
    } else {
        Some(words.to_owned())
    };
    let Some(title) = title else {
        state.notice = Some("nothing is muted".to_owned());
        return;
    };
    let Some((mute, in_file)) = remove_mute(state, &title, true) else {
        let mutes = &state.alerts.mutes;
        let names: Vec<&str> = mutes.iter().map(|muting| muting.mute.title()).collect();
        let names = if names.is_empty() {
            "none at all".to_owned()
        } else {
            names.join(", ")
        };
        state.notice = Some(format!("there is no mute “{title}”: there is {names}"));
        return;
    };
    state.rebuild_rows();
    let again = if in_file {
        "; it stands in the config file and is back with the next start"
    } else {
        save_mute(state, &mute.filter, None);
        ""
    };
    state.notice = Some(format!("“{}” is no longer muted{again}", mute.title()));
}

/// Has a mute kept with its end, or forgotten.
fn save_mute(state: &mut State, filter: &str, until: Option<String>) {
    let change = MarkChange::Setting(Mute::setting_name(filter), until);
    state.marks.queue_changes(vec![change]);
}

/// Takes a mute away, by name or filter, of the file too or only of those made in the program.
fn remove_mute(state: &mut State, title: &str, of_file: bool) -> Option<(Mute, bool)> {
    let is = |muting: &ActiveMute| {
        (of_file || !muting.in_file)
            && (muting.mute.title() == title || muting.mute.filter == title)
    };
    let at = state.alerts.mutes.iter().rposition(is)?;
    let muting = state.alerts.mutes.remove(at);
    state.alerts.drop_rule(muting.rule.number);
    state.alerts.rebuild_muted(state.now.map(|now| now.seconds));
    Some((muting.mute, muting.in_file))
}

/// `:muted`: shows what is muted, or leaves it out again.
pub(super) fn toggle_muted(state: &mut State) {
    let show = !state.live.show_muted;
    state.live.show_muted = show;
    state.rebuild_rows();
    let said = if show {
        "what is muted is shown, marked with m; :muted leaves it out again"
    } else {
        "what is muted is left out"
    };
    state.notice = Some(said.to_owned());
}
