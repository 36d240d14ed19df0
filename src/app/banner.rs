//! What stands over the text of a dispatch: its facts, and the banner for a kill, a correction or an embargo with its countdown.

use std::time::Duration;

use jiff::tz::TimeZone;

use crate::app::document::{Document, FACT_SEPARATOR};
use crate::app::state::State;
use crate::app::update::Effect;
use crate::dispatch::{
    Dispatch, Precision, Relation, RelationKind, Role, Severity, Stamp, Status, TimeSource,
    kill_reason,
};
use crate::index::{DispatchIndex, EntryId, StoryStatus};
use crate::text::{count_noun, sanitize_line};

/// A time as a reader sees it: `19 Nov 2026 14:02`, or the day alone.
#[must_use]
pub fn format_time(stamp: Stamp, zone: &TimeZone) -> String {
    let format = if stamp.precision == Precision::Day {
        "%-d %b %Y"
    } else {
        "%-d %b %Y %H:%M"
    };
    stamp.in_zone(zone).strftime(format).to_string()
}

/// What is said where a dispatch has no text: that, and what was found out about it.
pub(super) fn no_text_reason(dispatch: &Dispatch) -> String {
    if !dispatch.body.text().trim().is_empty() {
        return String::new();
    }
    let mut lines = vec!["(no text came with this dispatch)".to_owned()];
    let problems = dispatch.problems.iter();
    lines.extend(problems.map(|problem| sanitize_line(&problem.message).into_owned()));
    lines.join("\n")
}

/// The line under the headline: place, agency, time, version, slug, urgency, length, format.
pub(super) fn facts_line(dispatch: &Dispatch, zone: &TimeZone) -> String {
    let mut facts = Vec::new();
    match (dispatch.place(), dispatch.country()) {
        (Some(place), Some(country)) => facts.push(format!("{}, {country}", title_case(place))),
        (Some(place), None) => facts.push(title_case(place)),
        _ => {}
    }
    facts.extend(dispatch.agency.clone());
    if let Some(time) = dispatch.time {
        let time = format_time(time, zone);
        facts.push(if dispatch.time_source == TimeSource::File {
            format!("file dated {time}")
        } else {
            time
        });
    }
    facts.extend(
        dispatch
            .label
            .as_deref()
            .map(|l| l.trim_end_matches('-').to_owned()),
    );
    facts.extend(dispatch.slug.clone());
    facts.extend(
        dispatch
            .urgency
            .filter(|u| u.is_urgent())
            .map(|u| format!("urgency {}", u.value())),
    );
    facts.push(count_noun(dispatch.word_count() as usize, "word"));
    facts.extend(format_and_encoding(dispatch));
    match dispatch
        .problems
        .iter()
        .filter(|p| p.severity > Severity::Note)
        .count()
    {
        0 => {}
        1 => facts.push("a problem: P".to_owned()),
        count => facts.push(format!("{count} problems: P")),
    }
    // Each fact stays on one line where it can: its own spaces do not break.
    let unbroken = facts.iter().map(|fact| fact.replace(' ', "\u{a0}"));
    sanitize_line(&unbroken.collect::<Vec<_>>().join(FACT_SEPARATOR)).into_owned()
}

/// Format and encoding, where they are not those of every text: `NITF`, `ANPA 1312, windows-1252`.
fn format_and_encoding(dispatch: &Dispatch) -> Option<String> {
    let format = match dispatch.format {
        "anpa1312" => "ANPA 1312",
        "atom" => "Atom",
        "html" => "HTML",
        "iptc7901" => "IPTC 7901",
        "json" => "JSON",
        "jsonfeed" => "JSON Feed",
        "newsml1" => "NewsML 1",
        "newsml-g2" => "NewsML-G2",
        "nitf" => "NITF",
        "reuters-sgml" => "Reuters SGML",
        "ritzau" => "Ritzau",
        "rss" => "RSS",
        "trec-sgml" => "TREC SGML",
        "xml" => "XML",
        "zczc" => "ZCZC",
        other => other,
    };
    let usual = matches!(dispatch.encoding, "UTF-8" | "");
    match (usual, dispatch.format) {
        (true, "plain" | "") => None,
        (true, _) => Some(format.to_owned()),
        (false, "plain" | "") => Some(dispatch.encoding.to_owned()),
        (false, _) => Some(format!("{format}, {}", dispatch.encoding)),
    }
}

/// What a reader must know before the first word. `unmatched`: nothing at hand is what a notice kills; `lifted`: its
/// embargo has.
pub(super) fn own_banner(
    dispatch: &Dispatch,
    unmatched: bool,
    lifted: bool,
    zone: &TimeZone,
) -> String {
    if dispatch.role == Role::Kill {
        let kills = |r: &&Relation| r.kind == RelationKind::Kills;
        let killed: Vec<&str> = dispatch
            .relations
            .iter()
            .filter(kills)
            .map(|r| r.id.as_str())
            .collect();
        let what = if killed.is_empty() {
            "a dispatch".to_owned()
        } else {
            killed.join(", ")
        };
        let notice = if unmatched {
            "Kill notice, not matched"
        } else {
            "KILL NOTICE"
        };
        return sanitize_line(&format!("✕ {notice}: the agency withdraws {what}")).into_owned();
    }
    if dispatch.status == Status::Canceled {
        return "✕ KILLED: the agency has withdrawn this dispatch".to_owned();
    }
    if dispatch.status == Status::Withheld {
        return "✕ WITHHELD: the agency holds this dispatch back".to_owned();
    }
    match (dispatch.embargoed && !lifted, dispatch.embargo) {
        (true, Some(until)) => {
            let zone_name = until.in_zone(zone).strftime("%Z").to_string();
            format!("E EMBARGOED until {} {zone_name}", format_time(until, zone))
        }
        (true, None) => "E EMBARGOED until further notice".to_owned(),
        _ => String::new(),
    }
}

/// `MOSCOW` → `Moscow`; what is not all capitals stays as written.
pub(super) fn title_case(place: &str) -> String {
    if place.chars().any(char::is_lowercase)
        || place.chars().filter(|c| c.is_alphabetic()).count() < 4
    {
        return place.to_owned();
    }
    let mut out = String::with_capacity(place.len());
    let mut inside = false;
    for c in place.chars() {
        if inside {
            out.extend(c.to_lowercase());
        } else {
            out.push(c);
        }
        inside = c.is_alphabetic() || (inside && matches!(c, '\'' | '’'));
    }
    out
}

// What became of the open dispatch: whether it was killed, corrected or superseded since, by whom, and why.

/// What is told over the open dispatch of what others do to it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct BannerState {
    story_status: StoryStatus,
    /// Why it was killed, as the notice says, once that has been read.
    reason: Option<String>,
    /// The notice that was asked for.
    requested_notice: Option<EntryId>,
    /// Of an embargo, how long it still lasts, and whether it has lifted.
    countdown: String,
    lifted: bool,
}

impl BannerState {
    /// Who kills it, and why.
    fn kill_line(&self, desk: &DispatchIndex, zone: &TimeZone) -> Option<String> {
        let (from, headline) = agency_time_and_headline(desk, self.story_status.killed_by?, zone)?;
        let reason = self.reason.as_deref().unwrap_or(headline);
        Some(sanitize_line(&format!("✕ KILLED by {from}: {reason}")).into_owned())
    }

    /// What corrects it, and what is newer; a line each.
    fn newer_lines(&self, desk: &DispatchIndex, zone: &TimeZone) -> String {
        let line = |word: &str, id: Option<EntryId>| {
            let (from, headline) = agency_time_and_headline(desk, id?, zone)?;
            Some(sanitize_line(&format!("{word} by {from}: {headline}")).into_owned())
        };
        let lines = [
            line("CORRECTED", self.story_status.corrected_by),
            line("↑ SUPERSEDED", self.story_status.superseded_by),
        ];
        let lines: Vec<String> = lines.into_iter().flatten().collect();
        lines.join("\n")
    }
}

/// Agency and time of an entry, and its headline.
fn agency_time_and_headline<'d>(
    desk: &'d DispatchIndex,
    id: EntryId,
    zone: &TimeZone,
) -> Option<(String, &'d str)> {
    let entry = desk.entry(id)?;
    let time = entry.time().map(|time| format_time(time, zone));
    let from = [Some(entry.agency().to_owned()), time];
    let from: Vec<String> = from
        .into_iter()
        .flatten()
        .filter(|t| !t.is_empty())
        .collect();
    Some((from.join(", "), entry.headline()))
}

/// Brings what is told over the open dispatch up to date; asks for the notice that kills it. What the reader sees of the
/// text stays where it is.
pub(super) fn update_banner(state: &mut State, effects: &mut Vec<Effect>) {
    let snapshot = || state.index.snapshot();
    let Some(document) = state.reader.document.as_mut() else {
        return;
    };
    // One that is just opened shows it at its top.
    let seen = !document.lines.is_empty();
    let before = document.banner_state.story_status;
    document.refresh_banner(&state.index, state.now, &state.zone);
    let standing = document.banner_state.story_status;
    if standing.killed_by.is_some() && before.killed_by.is_none() && seen {
        state.notice = Some(document.banner_as_notice());
    }
    let open = state.reader.requested == Some(document.id);
    if let Some(notice) = standing.killed_by
        && document.banner_state.requested_notice != Some(notice)
        && open
    {
        document.banner_state.requested_notice = Some(notice);
        effects.push(Effect::ReadDispatch(notice, snapshot()));
    }
}

/// A notice has been read.
pub(super) fn receive_kill_notice(state: &mut State, id: EntryId, notice: &Dispatch) {
    let Some(document) = state.reader.document.as_mut() else {
        return;
    };
    if document.banner_state.story_status.killed_by == Some(id) {
        let before = document.banner_as_notice();
        document.banner_state.reason = Some(kill_reason(notice));
        document.rebuild_banner(&state.index, &state.zone);
        if state.notice.as_ref() == Some(&before) {
            state.notice = Some(document.banner_as_notice());
        }
    }
}

impl Document {
    /// Finds out how it stands now.
    pub(super) fn refresh_banner(
        &mut self,
        desk: &DispatchIndex,
        now: Option<Stamp>,
        zone: &TimeZone,
    ) {
        let standing = desk.story_status(self.id);
        let countdown = countdown(&self.dispatch, now);
        let lifted = is_lifted(&self.dispatch, now);
        let fate = &mut self.banner_state;
        let same = standing == fate.story_status;
        if same && countdown == fate.countdown && lifted == fate.lifted {
            return;
        }
        if !same {
            (fate.reason, fate.requested_notice) = (None, None);
        }
        (fate.story_status, fate.countdown, fate.lifted) = (standing, countdown, lifted);
        self.rebuild_banner(desk, zone);
    }

    /// Sets the banner anew; the lines are then made again.
    fn rebuild_banner(&mut self, desk: &DispatchIndex, zone: &TimeZone) {
        let kill = self.banner_state.kill_line(desk, zone);
        let unmatched = self.banner_state.story_status.is_unmatched_kill;
        let own = || {
            let said = own_banner(&self.dispatch, unmatched, self.banner_state.lifted, zone);
            if said.starts_with('E') {
                return said + &self.banner_state.countdown;
            }
            said
        };
        self.banner = kill.unwrap_or_else(own);
        self.newer_versions = self.banner_state.newer_lines(desk, zone);
        self.needs_layout = true;
    }

    /// The banner as a notice says it, without its sign.
    fn banner_as_notice(&self) -> String {
        self.banner.trim_start_matches("✕ ").to_owned()
    }

    /// What must be known by whoever uses the text elsewhere, in brackets on lines of its own; empty where there is
    /// nothing.
    #[must_use]
    pub fn warning(&self) -> String {
        // How long it still lasts is of no use elsewhere.
        let banner = self.banner.trim_end_matches(&self.banner_state.countdown);
        let lines = [banner, &self.newer_versions];
        let told = lines.iter().flat_map(|text| text.split('\n'));
        let told = told.filter(|line| !line.is_empty());
        told.flat_map(|line| ["[", line, "]\n"]).collect()
    }

    /// What the reader is told first when the text is used elsewhere; `None` where nothing is against that.
    pub(super) fn copy_warning(&self) -> Option<&'static str> {
        Some(match self.banner.chars().next() {
            Some('✕') => "KILLED, mind the warning in it: ",
            Some('E') => "UNDER EMBARGO, mind the warning in it: ",
            _ if !self.newer_versions.is_empty() => "there is a newer version: ",
            _ => return None,
        })
    }

    /// True for a text that was withdrawn, by itself or by another dispatch.
    #[must_use]
    pub fn is_killed(&self) -> bool {
        let withdrawn = self.dispatch.status == Status::Canceled;
        withdrawn && self.dispatch.role != Role::Kill
            || self.banner_state.story_status.killed_by.is_some()
    }
}

// Embargoes against the clock: how long they last, when they lift, and whether what is under one is shown at all.

const MINUTE: i64 = 60;

const HOUR: i64 = 60 * MINUTE;

const DAY: i64 = 24 * HOUR;

/// Embargoes as far as the list needs to know of them.
#[derive(Debug, Default)]
pub struct Embargoes {
    /// What is under one is left out of the list.
    pub hidden: bool,
    /// How many rows are left out for that.
    pub hidden_rows: usize,
    /// When the next one lifts, in seconds since the epoch.
    next_lift: Option<i64>,
}

impl Embargoes {
    /// Nothing is known yet but whether they hide what they are on.
    pub(super) fn new(hidden: bool) -> Self {
        Self {
            hidden,
            ..Self::default()
        }
    }
}

/// How long an embargo still lasts, as a reader is told: `2 h 14 min`, and after how many seconds that is no longer so.
fn format_remaining(seconds: i64) -> (String, i64) {
    match seconds {
        DAY.. => {
            let hours = seconds / HOUR;
            let text = format!("{} d {} h", hours / 24, hours % 24);
            (text, seconds % HOUR + 1)
        }
        HOUR.. => {
            let minutes = seconds / MINUTE;
            let text = format!("{} h {} min", minutes / 60, minutes % 60);
            (text, seconds % MINUTE + 1)
        }
        MINUTE.. => (format!("{} min", seconds / MINUTE), seconds % MINUTE + 1),
        _ => (format!("{seconds} s"), 1),
    }
}

/// Seconds until the embargo of a dispatch lifts, where its end is known and has yet to come.
fn seconds_remaining(dispatch: &Dispatch, now: Option<Stamp>) -> Option<i64> {
    let until = dispatch.embargo.filter(|_| dispatch.embargoed)?;
    let seconds = until.seconds - now?.seconds;
    (seconds > 0).then_some(seconds)
}

/// Of a dispatch under embargo, how long that still lasts: `, in 2 h 14 min`. Nothing where the end is not known.
pub(super) fn countdown(dispatch: &Dispatch, now: Option<Stamp>) -> String {
    let seconds = seconds_remaining(dispatch, now);
    seconds.map_or(String::new(), |s| format!(", in {}", format_remaining(s).0))
}

/// True for a dispatch whose embargo has lifted.
pub(super) fn is_lifted(dispatch: &Dispatch, now: Option<Stamp>) -> bool {
    let until = dispatch.embargo.filter(|_| dispatch.embargoed);
    matches!((until, now), (Some(until), Some(now)) if until.seconds <= now.seconds)
}

impl State {
    /// True for an entry that may not be published yet, as far as is known.
    #[must_use]
    pub fn is_embargoed(&self, id: EntryId) -> bool {
        let now = self.now.map(|now| now.seconds);
        let entry = self.index.entry(id);
        entry.is_some_and(|entry| entry.is_under_embargo(now))
    }

    /// Entries have come: the embargoes of those from this one on lift too.
    pub(super) fn track_lift_times(&mut self, first: EntryId) {
        let now = self.now.map_or(i64::MIN, |now| now.seconds);
        let next = self.index.next_embargo_end(first, now);
        let ends = [self.embargoes.next_lift, next];
        self.embargoes.next_lift = ends.into_iter().flatten().min();
    }

    /// The time is told: embargoes may have lifted.
    pub(super) fn lift_embargoes(&mut self, before: Option<Stamp>, now: Stamp) {
        if self
            .embargoes
            .next_lift
            .is_some_and(|next| next <= now.seconds)
        {
            self.embargoes.next_lift = self.index.next_embargo_end(EntryId::FIRST, now.seconds);
            if self.embargoes.hidden {
                self.rebuild_rows();
            }
        }
        let Some(document) = self.document() else {
            return;
        };
        let dispatch = &document.dispatch;
        let lifted = is_lifted(dispatch, Some(now)) && before.is_some();
        if lifted && !is_lifted(dispatch, before) {
            let until = dispatch.embargo.map(|until| format_time(until, &self.zone));
            let until = until.unwrap_or_default();
            self.notice = Some(format!("the embargo of {until} has lifted"));
        }
    }

    /// How long what the screen says of embargoes is right; `None`: for ever.
    pub(super) fn until_embargo_tick(&self) -> Option<Duration> {
        let now = self.now?;
        let lifts = self.embargoes.next_lift.map(|next| next - now.seconds);
        let open = self.document().map(|document| &document.dispatch);
        let counts = open.and_then(|dispatch| seconds_remaining(dispatch, Some(now)));
        let counts = counts.map(|seconds| format_remaining(seconds).1);
        let next = lifts.into_iter().chain(counts).min()?;
        Some(Duration::from_secs(u64::try_from(next).unwrap_or(0)))
    }
}

/// `:embargoed`: leaves out what is under embargo, or shows it again.
pub(super) fn toggle_embargoed(state: &mut State, _: &str, _: &mut Vec<Effect>) {
    let hidden = !state.embargoes.hidden;
    state.embargoes.hidden = hidden;
    state.rebuild_rows();
    let said = if hidden {
        "what is under embargo is left out until it may be published; :embargoed shows it"
    } else {
        "what is under embargo is shown, marked with E"
    };
    state.notice = Some(said.to_owned());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(seconds: i64, text: &str, fresh: i64) {
        assert_eq!(format_remaining(seconds), (text.to_owned(), fresh));
        // It says something else right then, and no sooner.
        assert_eq!(format_remaining(seconds - fresh + 1).0, text);
        assert_ne!(format_remaining(seconds - fresh).0, text);
    }

    #[test]
    fn what_is_left_is_told_in_two_units() {
        check(3 * DAY + 2 * HOUR + 5, "3 d 2 h", 6);
        check(2 * HOUR + 14 * MINUTE + 59, "2 h 14 min", 60);
        check(HOUR, "1 h 0 min", 1);
        check(61, "1 min", 2);
        check(59, "59 s", 1);
    }
}
