//! Saved views, mutes and alerts: their commands, which arrivals they match, and what then happens; embargoes and their
//! end. Knows nothing of the config file: what comes from there can be used but not changed.

use std::collections::HashMap;
use std::time::Duration;

use jiff::civil;

use crate::action::{Action, Pane};
use crate::app::alerts::{ActiveMute, ActiveView, Alert, HandOut};
use crate::app::overlay::OverlayKind;
use crate::app::state::{Effect, Session, State};
use crate::app::{band, filter};
use crate::dispatch::{Role, Stamp};
use crate::filter::{Query, QueryContext};
use crate::index::{EntryId, EntryRef, InputLocation};
use crate::jobs::{Job, ViewCommand};
use crate::marks::{MarkChange, SavedMarks};
use crate::text::parse_age;
use crate::views::{
    MatchedEntries, Mute, MuteEnd, Rule, RuleJob, RuleMatch, Rules, SavedView, UndecidedEntries,
};

/// The current filter as one text, joined with the filters around it.
fn current_filter_text(state: &State) -> String {
    let filter = &state.session.filter;
    let texts = filter.outer_filters.iter().chain([&filter.text]);
    let parts: Vec<&str> = texts.map(|text| text.trim()).filter(|text| !text.is_empty()).collect();
    if let [one] = parts[..] {
        return one.to_owned();
    }
    // A space means “and” and binds stronger than `|`.
    let group = |part: &&str| {
        if part.contains('|') { format!("({part})") } else { (*part).to_owned() }
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
        let of_file = |saved: &ActiveView| saved.in_file && saved.view.name == name;
        let taken = state.session.alerts.views.iter().any(of_file);
        taken.then(|| format!("the view “{name}” is in the config file: use another name"))
    });
    if let Some(refusal) = refusal {
        return state.say(refusal);
    }
    let view = SavedView { name: name.to_owned(), filter, alert, ..SavedView::default() };
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
    state.say(format!("the {what} “{name}” {is}{until}"));
    let definition = Some(view.definition());
    state.save(MarkChange::View(view.name, definition));
}

/// `:forget NAME`: deletes a view that was made with `:view` or `:alert`.
pub(super) fn forget_command(state: &mut State, name: &str, _: &mut Vec<Effect>) {
    let name = name.trim();
    let mut views = state.session.alerts.views.iter();
    let found = views.find(|saved| saved.view.name == name);
    let in_file = found.map(|saved| saved.in_file);
    let said = match in_file {
        None => {
            let hint = state.key_hint(": ", Action::Views, "lists them");
            format!("there is no view “{name}”{hint}")
        }
        Some(true) => format!("the view “{name}” is in the config file: remove it there"),
        Some(false) => {
            remove_view(state, name);
            let change = MarkChange::View(name.to_owned(), None);
            state.save(change);
            format!("the view “{name}” is forgotten")
        }
    };
    state.say(said);
}

/// Restores views and mutes from earlier sessions. Those of the config file and of this session take precedence.
pub(super) fn restore_views_and_mutes(
    state: &mut State,
    saved_marks: &SavedMarks,
    effects: &mut Vec<Effect>,
) {
    for (name, definition) in &saved_marks.views {
        let exists = |saved: &ActiveView| saved.view.name == *name;
        if !state.session.alerts.views.iter().any(exists) {
            let view = SavedView::from_definition(name, definition);
            let rule = state.session.alerts.add_view(view, false);
            match_all_entries(state, rule, effects);
        }
    }
    let mutes = saved_marks.settings.iter();
    for mute in mutes.filter_map(|(name, until)| Mute::from_setting(name, until)) {
        let exists = |active: &ActiveMute| active.mute.filter == mute.filter;
        if !state.session.alerts.mutes.iter().any(exists) {
            add_mute(state, mute, effects);
        }
    }
    state.rebuild_rows();
}

/// Removes a view, unless it comes from the config file.
fn remove_view(state: &mut State, name: &str) -> Option<SavedView> {
    let alerts = &mut state.session.alerts;
    let is = |saved: &ActiveView| !saved.in_file && saved.view.name == name;
    let at = alerts.views.iter().position(is)?;
    let saved = alerts.views.remove(at);
    alerts.drop_rule(saved.rule.number);
    Some(saved.view)
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

// Mutes: making and ending them.

/// `:mute [FILTER] [until DAY | for AGE]`: hides what the filter matches, by default the current one.
pub(super) fn mute_command(state: &mut State, words: &str, effects: &mut Vec<Effect>) {
    let (filter, until) = match split_mute_end(state, words) {
        Ok(found) => found,
        Err(message) => {
            return state.say(message);
        }
    };
    let filter = if filter.is_empty() { current_filter_text(state) } else { filter.to_owned() };
    match Query::parse_strict(&filter) {
        Err(error) => {
            return state.say(format!("nothing is muted: {error}"));
        }
        Ok(query) if query.is_empty() => {
            return state.say(
                "mute what? As in :mute slug:football until 2026-12-01, or set a filter first",
            );
        }
        Ok(_) => {}
    }
    let mute = Mute { name: None, filter, until };
    // Muting the same filter again only changes its end.
    remove_mute(state, &mute.filter, false);
    let number = add_mute(state, mute.clone(), effects);
    state.rebuild_rows();
    let mutes = &state.session.alerts.mutes;
    let found = mutes.iter().find(|active| active.rule.number == number);
    let count = found.map_or(0, |active| active.matched.len());
    let plural = if count == 1 { " is" } else { "es are" };
    state.say(format!(
        "{count} dispatch{plural} muted, and new ones: :muted shows them, :unmute ends it"
    ));
    let until = mute.until.map(|until| until.to_seconds(&state.settings.zone).to_string());
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
        state.session.alerts.mutes.last().map(|m| m.mute.title().to_owned())
    } else {
        Some(words.to_owned())
    };
    let Some(title) = title else {
        return state.say("nothing is muted");
    };
    let Some((mute, in_file)) = remove_mute(state, &title, true) else {
        let mutes = &state.session.alerts.mutes;
        let names: Vec<&str> = mutes.iter().map(|active| active.mute.title()).collect();
        let names = if names.is_empty() { "none".to_owned() } else { names.join(", ") };
        state.say(format!("there is no mute “{title}”; mutes: {names}"));
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
    state.say(format!("“{}” is no longer muted{again}", mute.title()));
}

/// Adds a mute that is not in the config file. Returns the number of its rule.
fn add_mute(state: &mut State, mute: Mute, effects: &mut Vec<Effect>) -> u32 {
    let zone = &state.settings.zone;
    let rule = state.session.alerts.add_mute(mute, false, zone);
    let number = rule.number;
    match_all_entries(state, rule, effects);
    number
}

/// Saves a mute with its end (empty for never), or deletes it from the saved ones.
fn save_mute(state: &mut State, filter: &str, until: Option<String>) {
    let change = MarkChange::Setting(Mute::setting_name(filter), until);
    state.save(change);
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
    state.session.alerts.rebuild_muted(state.session.now.map(|now| now.seconds));
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
    state.say(said.to_owned());
}

// The queue of urgent dispatches.

/// The filter of the urgent queue.
const URGENT_FILTER: &str = "is:urgent | is:alert";

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
        filter::widen_filter(state, effects);
        return;
    }
    if let Some(at) = filter.outer_filters.iter().position(|text| text == URGENT_FILTER) {
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
    state.say(format!("urgent dispatches only{hint}"));
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
    state.session.follow.is_watched
        && input.is_some_and(|input| matches!(input.location, InputLocation::Memory(..)))
}

/// The context of the rules. As in the list, ages count back from the newest entry.
fn filter_view(state: &State) -> QueryContext<'_> {
    QueryContext {
        now: newest_seconds(state),
        clock: state.session.now.map(|now| now.seconds),
        marks: state.session.marks.sets(),
    }
}

/// The time of the newest entry, in seconds since the epoch, from which the ages of queries count back.
pub(super) fn newest_seconds(state: &State) -> i64 {
    state.session.index.newest().map_or(0, |newest| newest.stamp.seconds)
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
            clock: state.session.now.map(|now| now.seconds),
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
            clock: state.session.now.map(|now| now.seconds),
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

/// Evaluates the views and mutes that depend on the clock again, after an embargo has ended. No alerts are raised.
pub(super) fn judge_by_clock(state: &mut State, effects: &mut Vec<Effect>) {
    let alerts = &mut state.session.alerts;
    let rules = alerts.rules.0.iter().filter(|rule| rule.query.needs_clock());
    let rules: Vec<Rule> = rules.cloned().collect();
    if rules.is_empty() {
        return;
    }
    for rule in rules {
        let alerts = &mut state.session.alerts;
        if let Some(saved) = alerts.views.iter_mut().find(|v| v.rule.number == rule.number) {
            saved.matched = MatchedEntries::default();
        }
        if let Some(mute) = alerts.mutes.iter_mut().find(|mute| mute.rule.number == rule.number) {
            mute.matched = MatchedEntries::default();
        }
        match_all_entries(state, rule, effects);
    }
    state.session.alerts.rebuild_muted(state.session.now.map(|now| now.seconds));
    state.rebuild_rows();
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
    gone.filter_map(|id| Some((state.session.index.successor(id)?, id))).collect()
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
        let view = &state.session.alerts.views[at].view;
        bell |= view.bell;
        // A command counts once it has succeeded.
        if view.alert {
            let act = HandOut::Alerted(view.name.clone());
            let now = state.session.now.map(|now| now.seconds);
            state.session.alerts.strikes.hand_out(id, act, now, &state.session.index);
        }
        let view = &state.session.alerts.views[at].view;
        if !view.command.is_empty() {
            // One snapshot serves all commands.
            let snapshot = snapshot.get_or_insert_with(|| state.session.index.snapshot()).clone();
            effects.push(Effect::Spawn(Job::RunViewCommand(ViewCommand {
                view: view.name.clone(),
                command: view.command.clone(),
                dispatch: state.export_dispatches(vec![id], snapshot),
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

impl State {
    /// True if an entry is under embargo now.
    #[must_use]
    pub fn is_embargoed(&self, id: EntryId) -> bool {
        let now = self.session.now.map(|now| now.seconds);
        let entry = self.session.index.entry(id);
        entry.is_some_and(|entry| entry.is_under_embargo(now))
    }

    /// Takes the embargoes of new entries into account, from this id on.
    pub(super) fn track_lift_times(&mut self, first: EntryId) {
        let now = self.session.now.map_or(i64::MIN, |now| now.seconds);
        let next = self.session.index.next_embargo_end(first, now);
        let ends = [self.session.embargoes.next_lift, next];
        self.session.embargoes.next_lift = ends.into_iter().flatten().min();
    }

    /// Reacts to the end of embargoes: shows hidden rows, and a notice if the open dispatch is concerned. True if what
    /// depends on embargoes must be judged again.
    pub(super) fn lift_embargoes(&mut self, before: Option<Stamp>, now: Stamp) -> bool {
        let Session { index, embargoes, .. } = &mut self.session;
        // Without a clock, all embargoes were in force.
        let is_due =
            embargoes.next_lift.is_some_and(|next| next <= now.seconds) || before.is_none();
        if is_due {
            embargoes.next_lift = index.next_embargo_end(EntryId::FIRST, now.seconds);
            if embargoes.hidden {
                self.rebuild_rows();
            }
        }
        let Some(document) = self.document() else {
            return is_due;
        };
        let dispatch = &document.dispatch;
        // At the first time message, an embargo that ended long ago is no news.
        let lifted = band::is_lifted(dispatch, Some(now)) && before.is_some();
        if lifted && !band::is_lifted(dispatch, before) {
            let until = dispatch.embargo.map(|until| until.display_in(&self.settings.zone));
            let until = until.unwrap_or_default();
            self.say(format!("the embargo of {until} has lifted"));
        }
        is_due
    }

    /// How long the embargoes on the screen stay correct; `None` for ever. See [`State::until_next_tick`].
    pub(super) fn until_embargo_tick(&self) -> Option<Duration> {
        let now = self.session.now?;
        let lifts = self.session.embargoes.next_lift.map(|next| next - now.seconds);
        let open = self.document().map(|document| &document.dispatch);
        let counts = open.and_then(|dispatch| band::seconds_remaining(dispatch, Some(now)));
        let counts = counts.map(|seconds| band::format_remaining(seconds).1);
        let next = lifts.into_iter().chain(counts).min()?;
        Some(Duration::from_secs(u64::try_from(next).unwrap_or(0)))
    }
}

/// `:embargoed`: hides dispatches under embargo, or shows them again.
pub(super) fn toggle_embargoed(state: &mut State, _: &str, _: &mut Vec<Effect>) {
    let hidden = !state.session.embargoes.hidden;
    state.session.embargoes.hidden = hidden;
    state.rebuild_rows();
    let said = if hidden {
        "what is under embargo is hidden until it may be published; :embargoed shows it"
    } else {
        "what is under embargo is shown, marked with E"
    };
    state.say(said.to_owned());
}
