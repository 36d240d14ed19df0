//! Saved views, the log of alerts, mutes: what the program knows of them, and the keys `f`, `a` and `!`.

mod arriving;
mod log;
mod muting;
mod saving;

pub(super) use arriving::{
    log_view_failure, match_arrivals, raise_alerts, receive_matches, request_deferred_texts,
};
pub use log::{Alert, AlertLog};
pub(super) use muting::{mute_command, toggle_muted, unmute_command};
pub(super) use saving::{alert_command, forget_command, restore_views_and_mutes, view_command};

use super::{Effect, PanelKind, State, filtering, panel, prompting};
use crate::action::Action;
use crate::desk::{EntryId, EntryRef};
use crate::dispatch::Role;
use crate::filter::Query;
use crate::views::{
    MatchedEntries, Mute, Rule, RuleMatch, Rules, SavedView, Tint, UndecidedEntries,
};

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
    rule: Rule,
}

/// A mute and what it keeps of what is at hand.
#[derive(Debug)]
pub struct ActiveMute {
    pub mute: Mute,
    /// True where it stands in the config file.
    pub in_file: bool,
    pub matched: MatchedEntries,
    /// Seconds since the epoch from which on it mutes nothing.
    until: Option<i64>,
    rule: Rule,
}

/// All of it.
#[derive(Debug, Default)]
pub struct Alerts {
    /// In the order of the file; those made in the program follow.
    pub views: Vec<ActiveView>,
    pub mutes: Vec<ActiveMute>,
    pub log: AlertLog,
    /// What all mutes that have not ended keep.
    muted_entries: MatchedEntries,
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

    fn add_view(&mut self, view: SavedView, in_file: bool) -> Rule {
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

    fn add_mute(&mut self, mute: Mute, in_file: bool, zone: &jiff::tz::TimeZone) -> Rule {
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

    fn drop_rule(&mut self, number: u32) {
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
        prompting::widen_filter(state, effects);
        return;
    }
    if let Some(at) = filter
        .outer_filters
        .iter()
        .position(|text| text == URGENT_FILTER)
    {
        filter.outer_filters.remove(at);
        let text = filter.text.clone();
        filtering::set_filter(state, &text, effects);
        return;
    }
    if !filter.text.trim().is_empty() {
        let wider = std::mem::take(&mut filter.text);
        filter.outer_filters.push(wider);
    }
    filtering::set_filter(state, URGENT_FILTER, effects);
    let hint = state.key_hint("; ", Action::Urgent, "shows the others again");
    state.notice = Some(format!("urgent dispatches only{hint}"));
}
