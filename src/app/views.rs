//! The commands for saved views and mutes: `:view`, `:alert`, `:forget`, `:mute`, `:unmute`, `:muted`. Knows nothing of
//! the config file: what comes from there can be used but not changed.

use jiff::civil;

use crate::action::Action;
use crate::app::alerts::{ActiveMute, Alerts, match_all_entries};
use crate::app::messages::Effect;
use crate::app::state::State;
use crate::dispatch::Stamp;
use crate::filter::Query;
use crate::marks::{MarkChange, SavedMarks};
use crate::text::parse_age;
use crate::views::{MatchedEntries, Mute, MuteEnd, SavedView};

/// The current filter as one text, joined with the filters around it.
pub(super) fn current_filter_text(state: &State) -> String {
    let filter = &state.session.filter;
    let texts = filter.outer_filters.iter().chain([&filter.text]);
    let parts: Vec<&str> = texts
        .map(|text| text.trim())
        .filter(|text| !text.is_empty())
        .collect();
    if let [one] = parts[..] {
        return one.to_owned();
    }
    // A space means “and” and binds stronger than `|`.
    let group = |part: &&str| {
        if part.contains('|') {
            format!("({part})")
        } else {
            (*part).to_owned()
        }
    };
    parts.iter().map(group).collect::<Vec<_>>().join(" ")
}

/// `:alert NAME`: saves the current filter as a view, with an alert for each arrival that matches.
pub(super) fn alert_command(state: &mut State, name: &str, effects: &mut Vec<Effect>) {
    save_view(state, name, true, effects);
}

/// `:view NAME`: saves the current filter as a view.
pub(super) fn view_command(state: &mut State, name: &str, effects: &mut Vec<Effect>) {
    save_view(state, name, false, effects);
}

/// Saves the current filter as a view. A view of the same name is replaced, unless it comes from the config file.
fn save_view(state: &mut State, name: &str, alert: bool, effects: &mut Vec<Effect>) {
    let filter = current_filter_text(state);
    // Check everything first: nothing changes if the view cannot be saved.
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
            return Some(format!("it needs a name, as in :{command} oil"));
        }
        let of_file =
            |saved: &crate::app::alerts::ActiveView| saved.in_file && saved.view.name == name;
        let taken = state.session.alerts.views.iter().any(of_file);
        taken.then(|| format!("the view “{name}” is in the config file: use another name"))
    });
    if let Some(refusal) = refusal {
        state.ui.notice = Some(refusal);
        return;
    }
    let view = SavedView {
        name: name.to_owned(),
        filter,
        alert,
        ..SavedView::default()
    };
    let replaced = remove_view(state, name).is_some();
    // A new rule has to look at what is already there, too.
    let rule = state.session.alerts.add_view(view.clone(), false);
    match_all_entries(state, rule, effects);
    let what = if alert { "alert" } else { "view" };
    let key = |action, does: &str| state.key_hint(": ", action, does);
    let (is, until) = if replaced {
        ("is replaced", String::new())
    } else if alert {
        let log = key(Action::Alerts, "shows the log");
        ("is set", log)
    } else {
        ("is saved", key(Action::Views, "lists the views"))
    };
    state.ui.notice = Some(format!("the {what} “{name}” {is}{until}"));
    let definition = Some(view.definition());
    state
        .session
        .marks
        .queue_changes(vec![MarkChange::View(view.name, definition)]);
}

/// `:forget NAME`: deletes a view that was made with `:view` or `:alert`.
pub(super) fn forget_command(state: &mut State, name: &str, _: &mut Vec<Effect>) {
    let name = name.trim();
    let in_file = state
        .session
        .alerts
        .views
        .iter()
        .find(|saved| saved.view.name == name)
        .map(|saved| saved.in_file);
    state.ui.notice = Some(match in_file {
        None => {
            let hint = state.key_hint(": ", Action::Views, "lists them");
            format!("there is no view “{name}”{hint}")
        }
        Some(true) => format!("the view “{name}” is in the config file: remove it there"),
        Some(false) => {
            remove_view(state, name);
            let change = MarkChange::View(name.to_owned(), None);
            state.session.marks.queue_changes(vec![change]);
            format!("the view “{name}” is forgotten")
        }
    });
}

/// Restores views and mutes from earlier sessions. Those of the config file and of this session take precedence.
pub(super) fn restore_views_and_mutes(
    state: &mut State,
    saved_marks: &SavedMarks,
    effects: &mut Vec<Effect>,
) {
    for (name, definition) in &saved_marks.views {
        let exists = |saved: &crate::app::alerts::ActiveView| saved.view.name == *name;
        if !state.session.alerts.views.iter().any(exists) {
            let rule = state
                .session
                .alerts
                .add_view(SavedView::from_definition(name, definition), false);
            match_all_entries(state, rule, effects);
        }
    }
    let mutes = saved_marks.settings.iter();
    for mute in mutes.filter_map(|(name, until)| Mute::from_setting(name, until)) {
        let exists = |active: &crate::app::alerts::ActiveMute| active.mute.filter == mute.filter;
        if !state.session.alerts.mutes.iter().any(exists) {
            let rule = state
                .session
                .alerts
                .add_mute(mute, false, &state.settings.zone);
            match_all_entries(state, rule, effects);
        }
    }
    state.rebuild_rows();
}

/// Removes a view, unless it comes from the config file.
fn remove_view(state: &mut State, name: &str) -> Option<SavedView> {
    let alerts = &mut state.session.alerts;
    let is = |saved: &crate::app::alerts::ActiveView| !saved.in_file && saved.view.name == name;
    let at = alerts.views.iter().position(is)?;
    let saved = alerts.views.remove(at);
    alerts.drop_rule(saved.rule.number);
    Some(saved.view)
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
    fn rebuild_muted(&mut self, now: Option<i64>) {
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

impl State {
    /// Shows the rows of mutes that have ended between two times.
    pub(super) fn expire_mutes(&mut self, before: Option<Stamp>, now: Stamp) {
        let (before, now) = (before.map(|before| before.seconds), Some(now.seconds));
        let changed = |active: &ActiveMute| active.is_active(before) != active.is_active(now);
        if self.session.alerts.mutes.iter().any(changed) {
            self.session.alerts.rebuild_muted(now);
            self.rebuild_rows();
        }
    }
}

/// `:mute [FILTER] [until DAY | for AGE]`: hides what the filter matches, by default the current one.
pub(super) fn mute_command(state: &mut State, words: &str, effects: &mut Vec<Effect>) {
    let (filter, until) = match split_mute_end(state, words) {
        Ok(found) => found,
        Err(message) => {
            state.ui.notice = Some(message);
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
            state.ui.notice = Some(format!("nothing is muted: {error}"));
            return;
        }
        Ok(query) if query.is_empty() => {
            state.ui.notice = Some(
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
    // Muting the same filter again only changes its end.
    remove_mute(state, &mute.filter, false);
    let rule = state
        .session
        .alerts
        .add_mute(mute.clone(), false, &state.settings.zone);
    let number = rule.number;
    match_all_entries(state, rule, effects);
    state.rebuild_rows();
    let mutes = &state.session.alerts.mutes;
    let found = mutes.iter().find(|active| active.rule.number == number);
    let count = found.map_or(0, |active| active.matched.len());
    let plural = if count == 1 { " is" } else { "es are" };
    state.ui.notice = Some(format!(
        "{count} dispatch{plural} muted, and new ones: :muted shows them, :unmute ends it"
    ));
    let until = mute
        .until
        .map(|until| until.to_seconds(&state.settings.zone).to_string());
    save_mute(state, &mute.filter, Some(until.unwrap_or_default()));
}

/// Splits `FILTER until DAY` or `FILTER for AGE` into filter and end. Without an end, all of it is the filter.
///
/// # Errors
///
/// The notice to show if what follows `until` or `for` is not a time.
fn split_mute_end<'a>(state: &State, words: &'a str) -> Result<(&'a str, Option<MuteEnd>), String> {
    for word in ["until ", "for "] {
        // The last occurrence: earlier ones may be words of the filter.
        let Some(at) = words.rfind(word) else {
            continue;
        };
        let (before, value) = (&words[..at], words[at + word.len()..].trim());
        // Within quotation marks it is a word of the filter.
        let quoted = before.matches('"').count() % 2 == 1;
        if quoted || !(at == 0 || before.ends_with(' ')) || value.contains(' ') {
            continue;
        }
        let filter = before.trim_end();
        let until = if word == "for " {
            let end = parse_age(value).zip(state.session.now);
            end.map(|(age, now)| MuteEnd::Moment(now.seconds.saturating_add(age)))
        } else {
            let day = value.parse::<civil::Date>().ok().map(MuteEnd::Day);
            let time = || value.parse::<civil::DateTime>().ok().map(MuteEnd::Local);
            // jiff parses a date with a time as a day too, dropping the time.
            if value.len() > 10 { time() } else { day }
        };
        return until.map(|until| (filter, Some(until))).ok_or_else(|| {
            format!(
                "“{value}” cannot end a mute: use until 2026-12-01, until 2026-12-01T18:00, for 2h or for 3d"
            )
        });
    }
    Ok((words.trim(), None))
}

/// `:unmute [NAME or FILTER]`: ends a mute, by default the last one made.
pub(super) fn unmute_command(state: &mut State, words: &str, _: &mut Vec<Effect>) {
    let title = if words.is_empty() {
        state
            .session
            .alerts
            .mutes
            .last()
            .map(|m| m.mute.title().to_owned())
    } else {
        Some(words.to_owned())
    };
    let Some(title) = title else {
        state.ui.notice = Some("nothing is muted".to_owned());
        return;
    };
    let Some((mute, in_file)) = remove_mute(state, &title, true) else {
        let mutes = &state.session.alerts.mutes;
        let names: Vec<&str> = mutes.iter().map(|active| active.mute.title()).collect();
        let names = if names.is_empty() {
            "none".to_owned()
        } else {
            names.join(", ")
        };
        state.ui.notice = Some(format!("there is no mute “{title}”; mutes: {names}"));
        return;
    };
    state.rebuild_rows();
    // The config file belongs to the user and is not rewritten.
    let again = if in_file {
        "; it is in the config file and returns at the next start"
    } else {
        save_mute(state, &mute.filter, None);
        ""
    };
    state.ui.notice = Some(format!("“{}” is no longer muted{again}", mute.title()));
}

/// Saves a mute with its end (empty for never), or deletes it from the saved ones.
fn save_mute(state: &mut State, filter: &str, until: Option<String>) {
    let change = MarkChange::Setting(Mute::setting_name(filter), until);
    state.session.marks.queue_changes(vec![change]);
}

/// Removes a mute by name or filter. Mutes of the config file count only if `of_file`. Returns whether it was one.
fn remove_mute(state: &mut State, title: &str, of_file: bool) -> Option<(Mute, bool)> {
    let is = |active: &ActiveMute| {
        (of_file || !active.in_file)
            && (active.mute.title() == title || active.mute.filter == title)
    };
    let at = state.session.alerts.mutes.iter().rposition(is)?;
    let active = state.session.alerts.mutes.remove(at);
    state.session.alerts.drop_rule(active.rule.number);
    state
        .session
        .alerts
        .rebuild_muted(state.session.now.map(|now| now.seconds));
    Some((active.mute, active.in_file))
}

/// `:muted`: shows muted dispatches, or hides them again.
pub(super) fn toggle_muted(state: &mut State) {
    let show = !state.session.follow.show_muted;
    state.session.follow.show_muted = show;
    state.rebuild_rows();
    let said = if show {
        "what is muted is shown, marked with m; :muted hides it again"
    } else {
        "what is muted is hidden"
    };
    state.ui.notice = Some(said.to_owned());
}
