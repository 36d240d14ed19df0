//! The lines around the headline of a dispatch: its facts, and the banner for kills, corrections and embargoes with
//! their countdown. Knows nothing of layout.

use jiff::tz::TimeZone;

use crate::app::document::{Document, FACT_SEPARATOR};
use crate::dispatch::{
    Dispatch, Relation, RelationKind, Role, Severity, Stamp, Status, TimeSource,
};
use crate::index::{DispatchIndex, EntryId, StoryStatus};
use crate::text::{count_noun, sanitize_line};

/// The text in place of an empty body: that there is none, and the problems found. Empty if there is a body.
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
        let time = time.display_in(zone);
        // Without a time from the wire, say so: the date of a file may be that of a copy.
        facts.push(if dispatch.time_source == TimeSource::File {
            format!("file dated {time}")
        } else {
            time
        });
    }
    facts.extend(dispatch.label.as_deref().map(|l| l.trim_end_matches('-').to_owned()));
    facts.extend(dispatch.slug.clone());
    facts.extend(
        dispatch.urgency.filter(|u| u.is_urgent()).map(|u| format!("urgency {}", u.value())),
    );
    facts.push(count_noun(dispatch.word_count() as usize, "word"));
    facts.extend(format_and_encoding(dispatch));
    match dispatch.problems.iter().filter(|p| p.severity > Severity::Note).count() {
        0 => {}
        1 => facts.push("a problem: P".to_owned()),
        count => facts.push(format!("{count} problems: P")),
    }
    // Spaces within a fact do not break, so that it stays on one line if it fits.
    let unbroken = facts.iter().map(|fact| fact.replace(' ', "\u{a0}"));
    sanitize_line(&unbroken.collect::<Vec<_>>().join(FACT_SEPARATOR)).into_owned()
}

/// Format and encoding, unless they are plain text and UTF-8: `NITF`, `ANPA 1312, windows-1252`.
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

/// The banner that a dispatch has by itself; empty for none. `unmatched`: it is a kill notice, and the dispatch that it
/// kills is not in the index. `lifted`: its embargo has ended.
fn own_banner(dispatch: &Dispatch, unmatched: bool, lifted: bool, zone: &TimeZone) -> String {
    // Before the status: a kill notice may itself have the status of what it kills.
    if dispatch.role == Role::Kill {
        let kills = |r: &&Relation| r.kind == RelationKind::Kills;
        let killed: Vec<&str> =
            dispatch.relations.iter().filter(kills).map(|r| r.id.as_str()).collect();
        let what = if killed.is_empty() { "a dispatch".to_owned() } else { killed.join(", ") };
        let notice = if unmatched { "Kill notice, not matched" } else { "KILL NOTICE" };
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
            format!("E EMBARGOED until {} {zone_name}", until.display_in(zone))
        }
        (true, None) => "E EMBARGOED until further notice".to_owned(),
        _ => String::new(),
    }
}

/// `MOSCOW` → `Moscow`. Mixed case stays as written, and so do names of up to three letters, which may be abbreviations
/// (`UAE`).
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
        // An apostrophe does not begin a new word: N'DJAMENA becomes N'djamena.
        inside = c.is_alphabetic() || (inside && matches!(c, '\'' | '’'));
    }
    out
}

// Notices about the open dispatch: whether it has been killed, corrected or superseded, by which dispatch, and why.

/// The lines above the headline, and what they are made from apart from the dispatch itself.
#[derive(Debug, Default)]
pub(super) struct Banner {
    /// Kill, embargo or withholding; empty for none.
    pub(super) text: String,
    /// Corrections and newer versions, a line each; empty for none.
    pub(super) newer_versions: String,
    pub(super) story_status: StoryStatus,
    /// The reason for the kill, once the kill notice has been read.
    pub(super) reason: Option<String>,
    /// The kill notice that has been asked for.
    pub(super) requested_notice: Option<EntryId>,
    /// The time left of an embargo, as [`countdown`] writes it.
    countdown: String,
    /// The embargo has ended.
    lifted: bool,
}

impl Banner {
    /// The banner that a dispatch has by itself.
    pub(super) fn new(dispatch: &Dispatch, zone: &TimeZone) -> Self {
        Self { text: own_banner(dispatch, false, false, zone), ..Self::default() }
    }

    /// The line about a kill: agency, time and reason. Until the notice has been read, its headline serves as the
    /// reason.
    fn kill_line(&self, index: &DispatchIndex, zone: &TimeZone) -> Option<String> {
        let (from, headline) = agency_time_and_headline(index, self.story_status.killed_by?, zone)?;
        let reason = self.reason.as_deref().unwrap_or(headline);
        Some(sanitize_line(&format!("✕ KILLED by {from}: {reason}")).into_owned())
    }

    /// The lines about a correction and a newer version.
    fn newer_lines(&self, index: &DispatchIndex, zone: &TimeZone) -> String {
        let line = |word: &str, id: Option<EntryId>| {
            let (from, headline) = agency_time_and_headline(index, id?, zone)?;
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
    index: &'d DispatchIndex,
    id: EntryId,
    zone: &TimeZone,
) -> Option<(String, &'d str)> {
    let entry = index.entry(id)?;
    let time = entry.time().map(|time| time.display_in(zone));
    let from = [Some(entry.agency().to_owned()), time];
    let from: Vec<String> = from.into_iter().flatten().filter(|t| !t.is_empty()).collect();
    Some((from.join(", "), entry.headline()))
}

impl Document {
    /// Rebuilds the banner if story status or embargo have changed.
    pub(super) fn refresh_banner(
        &mut self,
        index: &DispatchIndex,
        now: Option<Stamp>,
        zone: &TimeZone,
    ) {
        let status = index.story_status(self.id);
        let countdown = countdown(&self.dispatch, now);
        let lifted = is_lifted(&self.dispatch, now);
        let banner = &mut self.banner;
        let same = status == banner.story_status;
        if same && countdown == banner.countdown && lifted == banner.lifted {
            return;
        }
        if !same {
            // Another notice may be in force now: forget the reason of the old one.
            (banner.reason, banner.requested_notice) = (None, None);
        }
        (banner.story_status, banner.countdown, banner.lifted) = (status, countdown, lifted);
        self.rebuild_banner(index, zone);
    }

    /// Rebuilds the banner and asks for a new layout.
    pub(super) fn rebuild_banner(&mut self, index: &DispatchIndex, zone: &TimeZone) {
        let kill = self.banner.kill_line(index, zone);
        let unmatched = self.banner.story_status.is_unmatched_kill;
        let own = || {
            let said = own_banner(&self.dispatch, unmatched, self.banner.lifted, zone);
            // Only the banner of an embargo begins with an E.
            if said.starts_with('E') {
                return said + &self.banner.countdown;
            }
            said
        };
        let text = kill.unwrap_or_else(own);
        self.banner.text = text;
        self.banner.newer_versions = self.banner.newer_lines(index, zone);
        self.page.is_stale = true;
    }

    /// The banner without its symbol, for the notice line.
    pub(super) fn banner_as_notice(&self) -> String {
        self.banner.text.trim_start_matches("✕ ").to_owned()
    }

    /// Banner and newer versions as bracketed lines, to put before the text wherever it leaves the program, so that
    /// nobody uses a killed or embargoed text unawares. Empty for none.
    #[must_use]
    pub fn warning(&self) -> String {
        // A countdown is wrong as soon as it has been copied.
        let banner = self.banner.text.trim_end_matches(&self.banner.countdown);
        let texts = [banner, &self.banner.newer_versions];
        let lines = texts.iter().flat_map(|text| text.split('\n'));
        let lines = lines.filter(|line| !line.is_empty());
        lines.flat_map(|line| ["[", line, "]\n"]).collect()
    }

    /// The text for the clipboard: warning, headline, facts, body.
    pub(super) fn clipboard_text(&self) -> String {
        let warning = self.warning();
        format!(
            "{warning}{}\n{}\n\n{}\n",
            self.dispatch.headline,
            // The no-break spaces are only for wrapping.
            self.facts.replace('\u{a0}', " "),
            self.dispatch.body.text()
        )
    }

    /// The start of the notice when a text with a [`Self::warning`] is copied.
    pub(super) fn copy_warning(&self) -> Option<&'static str> {
        Some(match self.banner.text.chars().next() {
            Some('✕') => "KILLED, mind the warning in it: ",
            Some('E') => "UNDER EMBARGO, mind the warning in it: ",
            _ if !self.banner.newer_versions.is_empty() => "there is a newer version: ",
            _ => return None,
        })
    }

    /// True if the dispatch has been withdrawn, by its own status or by a kill notice. A kill notice itself is not.
    #[must_use]
    pub fn is_killed(&self) -> bool {
        let withdrawn = self.dispatch.status == Status::Canceled;
        withdrawn && self.dispatch.role != Role::Kill
            || self.banner.story_status.killed_by.is_some()
    }
}

// Embargoes: time left, the end of an embargo, hiding embargoed dispatches.

/// Seconds.
const MINUTE: i64 = 60;

/// Seconds.
const HOUR: i64 = 60 * MINUTE;

/// Seconds.
const DAY: i64 = 24 * HOUR;

/// Embargoes in the list.
#[derive(Debug, Default)]
pub struct Embargoes {
    /// Leaves embargoed dispatches out of the list.
    pub hidden: bool,
    /// Number of rows left out for that reason.
    pub hidden_rows: usize,
    /// When the next embargo ends, in seconds since the epoch.
    pub(super) next_lift: Option<i64>,
}

impl Embargoes {
    /// The state before any entries have arrived.
    pub(super) fn new(hidden: bool) -> Self {
        Self { hidden, ..Self::default() }
    }
}

/// A number of seconds in at most two units, such as `2 h 14 min`, and the seconds after which that text changes.
pub(super) fn format_remaining(seconds: i64) -> (String, i64) {
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

/// Seconds until the embargo of a dispatch ends, if its end is known and in the future.
pub(super) fn seconds_remaining(dispatch: &Dispatch, now: Option<Stamp>) -> Option<i64> {
    let until = dispatch.embargo.filter(|_| dispatch.embargoed)?;
    let seconds = until.seconds - now?.seconds;
    (seconds > 0).then_some(seconds)
}

/// The time left of an embargo, to follow its end in the banner: `, in 2 h 14 min`. Empty if its end is not known.
fn countdown(dispatch: &Dispatch, now: Option<Stamp>) -> String {
    let seconds = seconds_remaining(dispatch, now);
    seconds.map_or(String::new(), |s| format!(", in {}", format_remaining(s).0))
}

/// True if the dispatch had an embargo and it has ended.
pub(super) fn is_lifted(dispatch: &Dispatch, now: Option<Stamp>) -> bool {
    let until = dispatch.embargo.filter(|_| dispatch.embargoed);
    matches!((until, now), (Some(until), Some(now)) if until.seconds <= now.seconds)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(seconds: i64, text: &str, fresh: i64) {
        assert_eq!(format_remaining(seconds), (text.to_owned(), fresh));
        // The text changes at that second and not before.
        assert_eq!(format_remaining(seconds - fresh + 1).0, text);
        assert_ne!(format_remaining(seconds - fresh).0, text);
    }

    #[test]
    fn remaining_time_has_at_most_two_units() {
        check(3 * DAY + 2 * HOUR + 5, "3 d 2 h", 6);
        check(2 * HOUR + 14 * MINUTE + 59, "2 h 14 min", 60);
        check(HOUR, "1 h 0 min", 1);
        check(61, "1 min", 2);
        check(59, "59 s", 1);
    }
}
