//! Views and mutes made in the program, as marks that last, and back.

use super::arriving::judge_all;
use crate::app::{Effect, State};
use crate::marks::{Change, Kept};
use crate::views::{Mute, Until, View};

/// What stands before the filter of a mute in the name of its setting.
const MUTE: &str = "mute ";

/// What is to be kept of an effect, where it is about a view or a mute.
///
/// A view is kept under its name as `alert FILTER` or `view FILTER`; a mute under `mute FILTER` with its end: `day
/// 2026-12-01`, `local 2026-12-01T18:00:00`, `moment SECONDS` since 1970, or `always`.
#[must_use]
pub fn change_of(effect: &Effect) -> Option<Change> {
    match effect {
        Effect::KeepView(view) => {
            let kind = if view.alert { "alert" } else { "view" };
            let definition = format!("{kind} {}", view.filter);
            Some(Change::View(view.name.clone(), Some(definition)))
        }
        Effect::DropView(name) => Some(Change::View(name.clone(), None)),
        Effect::KeepMute(mute) => {
            let until = match mute.until {
                Some(Until::Day(day)) => format!("day {day}"),
                Some(Until::Local(time)) => format!("local {time}"),
                Some(Until::Moment(seconds)) => format!("moment {seconds}"),
                None => "always".to_owned(),
            };
            Some(Change::Setting(
                format!("{MUTE}{}", mute.filter),
                Some(until),
            ))
        }
        Effect::DropMute(filter) => Some(Change::Setting(format!("{MUTE}{filter}"), None)),
        _ => None,
    }
}

fn view_of(name: &str, definition: &str) -> Option<View> {
    let (kind, filter) = definition.split_once(' ')?;
    Some(View {
        name: name.to_owned(),
        filter: filter.to_owned(),
        alert: kind == "alert",
        ..View::default()
    })
}

fn mute_of(name: &str, value: &str) -> Option<Mute> {
    let filter = name.strip_prefix(MUTE)?.to_owned();
    let (kind, end) = value.split_once(' ').unwrap_or((value, ""));
    let until = match kind {
        "day" => Some(Until::Day(end.parse().ok()?)),
        "local" => Some(Until::Local(end.parse().ok()?)),
        "moment" => Some(Until::Moment(end.parse().ok()?)),
        _ => None,
    };
    Some(Mute {
        name: None,
        filter,
        until,
    })
}

/// The views and mutes of earlier sessions come back; one of the config file goes before one of the same name.
pub(in crate::app) fn restore(state: &mut State, kept: &Kept, effects: &mut Vec<Effect>) {
    let views = kept.views.iter();
    let views = views.filter_map(|(name, definition)| view_of(name, definition));
    for view in views {
        let there = |saved: &super::Saved| saved.view.name == view.name;
        if !state.alerts.saved.iter().any(there) {
            let rule = state.alerts.add_view(view, false);
            judge_all(state, rule, effects);
        }
    }
    let mutes = kept.settings.iter();
    let mutes = mutes.filter_map(|(name, value)| mute_of(name, value));
    for mute in mutes {
        let there = |muting: &super::Muting| muting.mute.filter == mute.filter;
        if !state.alerts.mutes.iter().any(there) {
            let zone = state.zone.clone();
            let rule = state.alerts.add_mute(mute, false, &zone);
            judge_all(state, rule, effects);
            state.settle_rows();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_comes_back() {
        let view = View {
            name: "oil desk".into(),
            filter: "oil | from:qrn".into(),
            alert: true,
            ..View::default()
        };
        let kept = change_of(&Effect::KeepView(view.clone()));
        let Some(Change::View(name, Some(definition))) = kept else {
            panic!("{kept:?}");
        };
        assert_eq!(view_of(&name, &definition), Some(view));
        for until in [
            None,
            Some(Until::Day("2026-12-01".parse().unwrap())),
            Some(Until::Local("2026-12-01T18:00".parse().unwrap())),
            Some(Until::Moment(1_790_000_000)),
        ] {
            let mute = Mute {
                name: None,
                filter: "slug:football".into(),
                until,
            };
            let kept = change_of(&Effect::KeepMute(mute.clone()));
            let Some(Change::Setting(name, Some(value))) = kept else {
                panic!("{kept:?}");
            };
            assert_eq!(mute_of(&name, &value), Some(mute));
        }
    }
}
