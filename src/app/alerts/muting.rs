//! Mutes: what they leave out, made and ended from within the program, and the moment at which they end by themselves.

use jiff::civil;

use super::arriving::match_all_entries;
use super::saving::current_filter_text;
use super::{ActiveMute, Alerts};
use crate::app::{Effect, State};
use crate::dispatch::Stamp;
use crate::filter::Query;
use crate::marks::MarkChange;
use crate::text::parse_age;
use crate::views::{MatchedEntries, Mute, MuteEnd};

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
    pub(in crate::app) fn next_mute_end(&self, now: Option<i64>) -> Option<i64> {
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
    pub(in crate::app) fn expire_mutes(&mut self, before: Option<Stamp>, now: Stamp) {
        let (before, now) = (before.map(|before| before.seconds), Some(now.seconds));
        let changed = |muting: &ActiveMute| muting.is_active(before) != muting.is_active(now);
        if self.alerts.mutes.iter().any(changed) {
            self.alerts.rebuild_muted(now);
            self.rebuild_rows();
        }
    }
}

/// `:mute [FILTER] [until DAY | for AGE]`: leaves out what a filter keeps; without one, what the filter that is on keeps.
pub(in crate::app) fn mute_command(state: &mut State, words: &str, effects: &mut Vec<Effect>) {
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
pub(in crate::app) fn unmute_command(state: &mut State, words: &str, _: &mut Vec<Effect>) {
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
pub(in crate::app) fn toggle_muted(state: &mut State) {
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
