//! The band over the text: one line that tells of a kill, a correction, an embargo or a newer version, by whom, when and
//! why; with the warnings in copies, and the time left of embargoes. Knows nothing of layout.

use jiff::tz::TimeZone;

use crate::app::alerts::Strikes;
use crate::app::document::Document;
use crate::dispatch::{Dispatch, Precision, Relation, RelationKind, Role, Stamp, Status};
use crate::index::{DispatchIndex, EntryId, EntryRef, StoryStatus};
use crate::text::{display_width, sanitize_line, truncate_to_width};

/// The kinds of bands, the highest first: where several apply, the highest is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum BandKind {
    /// Killed or withheld, or a kill notice.
    Kill,
    Correction,
    /// A kill is taken back. Told only to those who may have acted on the kill.
    Restored,
    Embargo,
    /// A newer version of the story is at hand.
    Update,
}

impl BandKind {
    /// The sign that stays in the heading once the band has been acknowledged: one column wide.
    #[must_use]
    pub fn sign(self) -> &'static str {
        match self {
            Self::Kill => "✕",
            Self::Correction => "C",
            Self::Restored => "R",
            Self::Embargo => "E",
            Self::Update => "↑",
        }
    }
}

/// What a band is about. A band that has been acknowledged comes again only if its cause is another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct BandKey {
    /// The dispatch that is killed, corrected and so on.
    pub id: EntryId,
    pub kind: BandKind,
    /// The kill notice, the correction, what takes a kill back or the newest version; `None` if the dispatch itself says it.
    pub cause: Option<EntryId>,
}

/// A part of a band after its first word.
#[derive(Debug, Clone, PartialEq, Eq)]
struct BandPart {
    /// Its forms, the longest first. The first one that fits is shown.
    forms: Vec<String>,
    /// What stands before it, such as a comma.
    joint: &'static str,
    /// Parts get room in the order of their ranks: 0 is the most important.
    rank: u8,
    /// The longest form may be cut off if no form fits.
    may_be_cut: bool,
}

/// A band: its word, and parts that are shortened or left out as the width demands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Band {
    pub(super) key: BandKey,
    /// `KILL`, `CORRECTION` and so on: always shown.
    word: &'static str,
    parts: Vec<BandPart>,
}

/// Fewest columns that a part is cut off to. A shorter rest says nothing.
const SHORTEST_CUT: usize = 8;

impl Band {
    fn new(key: BandKey, word: &'static str) -> Self {
        Self { key, word, parts: Vec::new() }
    }

    /// Appends a part, without its empty forms. Each form is made safe for a terminal.
    fn push(&mut self, rank: u8, joint: &'static str, forms: &[&str]) {
        let forms: Vec<String> = forms
            .iter()
            .map(|form| sanitize_line(form.trim()).into_owned())
            .filter(|form| !form.is_empty())
            .collect();
        if !forms.is_empty() {
            self.parts.push(BandPart { forms, joint, rank, may_be_cut: false });
        }
    }

    /// Appends a part that may be cut off.
    fn push_sentence(&mut self, rank: u8, joint: &'static str, text: &str) {
        let count = self.parts.len();
        self.push(rank, joint, &[text]);
        if let Some(part) = self.parts.get_mut(count) {
            part.may_be_cut = true;
        }
    }

    /// Appends the reason: after a colon, or as the rest of the sentence if it is written that way.
    fn push_reason(&mut self, rank: u8, text: &str) {
        let goes_on = text.starts_with(char::is_lowercase);
        self.push_sentence(rank, if goes_on { " " } else { ": " }, text);
    }

    /// The text of the band for a number of columns: the word, then each part as long as there is room, the most
    /// important ones first.
    pub(super) fn fit(&self, columns: usize) -> String {
        let mut room = columns.saturating_sub(display_width(self.word));
        let mut ranked: Vec<usize> = (0..self.parts.len()).collect();
        ranked.sort_by_key(|&at| self.parts[at].rank);
        let mut shown = vec![None; self.parts.len()];
        for at in ranked {
            let part = &self.parts[at];
            let own_room = room.saturating_sub(display_width(part.joint));
            let fits = |form: &&String| display_width(form) <= own_room;
            let cut = || {
                (part.may_be_cut && own_room >= SHORTEST_CUT)
                    .then(|| truncate_to_width(&part.forms[0], own_room).into_owned())
            };
            shown[at] = part.forms.iter().find(fits).cloned().or_else(cut);
            if let Some(text) = &shown[at] {
                room -= display_width(part.joint) + display_width(text);
            }
        }
        let mut line = self.word.to_owned();
        for (part, text) in self.parts.iter().zip(shown) {
            if let Some(text) = text {
                // No comma right after the word.
                let is_first = line == self.word && part.joint == ", ";
                line += if is_first { " " } else { part.joint };
                line += &text;
            }
        }
        line
    }
}

/// What has become of a dispatch.
#[derive(Debug, Default)]
pub(super) struct DocumentStatus {
    /// What other entries of the index make of it.
    pub(super) story_status: StoryStatus,
    /// All bands that apply, the highest first.
    pub(super) bands: Vec<Band>,
    /// The lines that [`Document::warning`] brackets.
    warnings: Vec<String>,
}

/// What other entries of the index make of an entry. Of one whose file was rewritten, also what the new contents say:
/// that it is withdrawn or corrected, or at least newer.
pub(super) fn status_with_rewrites(index: &DispatchIndex, id: EntryId) -> StoryStatus {
    let status = index.story_status(id);
    let content = |id: EntryId| index.entry(id).map(EntryRef::content_hash);
    let rewritten = index.successor(id).filter(|&new| new > id && content(new) != content(id));
    let Some((new, entry)) = rewritten.and_then(|new| Some((new, index.entry(new)?))) else {
        return status;
    };
    let of_new = index.story_status(new);
    let kills = entry.is_killed().then_some(of_new.killed_by.unwrap_or(new));
    let corrects = (entry.role() == Role::Correction).then_some(new);
    StoryStatus {
        killed_by: status.killed_by.or(kills),
        corrected_by: status.corrected_by.or(of_new.corrected_by).or(corrects),
        superseded_by: status.superseded_by.or(of_new.superseded_by).or(Some(new)),
        restored_by: status.restored_by.or(of_new.restored_by).or(Some(new)),
        ..status
    }
}

/// What bands are made from apart from the dispatch.
pub(super) struct BandContext<'a> {
    pub(super) index: &'a DispatchIndex,
    pub(super) now: Option<Stamp>,
    pub(super) zone: &'a TimeZone,
    pub(super) strikes: &'a Strikes,
}

impl BandContext<'_> {
    /// Agency and time of an entry, the longest form first.
    fn origin(&self, id: EntryId) -> [String; 2] {
        let Some(entry) = self.index.entry(id) else {
            return Default::default();
        };
        let time = entry.time().map_or(String::new(), |time| self.short_time(time));
        [format!("{} {time}", entry.agency()), time]
    }

    /// A time without what it has in common with the newest dispatch, as in the list: the date, or the year.
    fn short_time(&self, time: Stamp) -> String {
        let zoned = time.in_zone(self.zone);
        let newest = self.index.newest().map(|newest| newest.stamp.in_zone(self.zone));
        let same_day = newest.as_ref().is_some_and(|newest| newest.date() == zoned.date());
        let same_year = newest.is_some_and(|newest| newest.year() == zoned.year());
        let format = match (time.precision, same_day, same_year) {
            (Precision::Second, true, _) => "%H:%M",
            (Precision::Second, false, true) => "%-d %b %H:%M",
            (Precision::Day, _, true) => "%-d %b",
            (_, _, false) => return time.display_in(self.zone),
        };
        zoned.strftime(format).to_string()
    }

    /// The band of a kill, a correction or the end of a kill by another entry. With `named` it says of which dispatch.
    pub(super) fn strike(&self, key: BandKey, named: bool) -> Option<Band> {
        let cause = key.cause?;
        let notice = self.index.entry(cause)?;
        let word = match key.kind {
            BandKind::Kill => "KILL",
            BandKind::Restored => "KILL TAKEN BACK",
            _ => "CORRECTION",
        };
        let mut band = Band::new(key, word);
        let [origin, time] = self.origin(cause);
        band.push(2, " ", &[&origin, &time]);
        if named {
            band.push_sentence(1, " of ", &self.quoted_headline(key.id));
        }
        if let Some(handed_out) = self.strikes.handed_out(key.id) {
            let forms = handed_out.sentence(key, self.zone);
            band.push(0, ", ", &forms.each_ref().map(String::as_str));
        }
        let reason = self.strikes.reason(cause, key.kind);
        band.push_reason(3, reason.unwrap_or(notice.headline()));
        Some(band)
    }

    /// The band of news about a dispatch that is not on the screen, which it names.
    pub(super) fn named_band(&self, key: BandKey) -> Option<Band> {
        match key.kind {
            BandKind::Kill | BandKind::Correction | BandKind::Restored => self.strike(key, true),
            BandKind::Embargo | BandKind::Update => self.update(key, true),
        }
    }

    /// The band of a newer version. With `named` it says of which dispatch.
    fn update(&self, key: BandKey, named: bool) -> Option<Band> {
        let newest = self.index.entry(key.cause?)?;
        let mut band = Band::new(key, "UPDATE");
        let [origin, time] = self.origin(key.cause?);
        band.push(0, " ", &[&origin, &time]);
        if named {
            band.push_sentence(1, " of ", &self.quoted_headline(key.id));
        }
        band.push_sentence(2, ": ", newest.headline());
        Some(band)
    }

    /// The headline of an entry in quotation marks, cut to a length at which it is still recognized.
    fn quoted_headline(&self, id: EntryId) -> String {
        let headline = self.index.entry(id).map_or("", EntryRef::headline);
        format!("“{}”", truncate_to_width(headline, 48))
    }

    /// All bands that apply to a dispatch, the highest first. What two of them would tell is told by the higher one
    /// alone: a correction may be the newest version, too.
    pub(super) fn bands(&self, document: &Document) -> Vec<Band> {
        let StoryStatus { killed_by, corrected_by, superseded_by, .. } =
            document.status.story_status;
        let id = document.id;
        let key = |kind, cause| BandKey { id, kind, cause };
        let kill = || self.strike(key(BandKind::Kill, killed_by), false);
        let mut bands: Vec<Band> = kill().or_else(|| self.own_kill(document)).into_iter().collect();
        let told = |bands: &[Band], cause| bands.iter().any(|band| band.key.cause == Some(cause));
        if corrected_by.is_some_and(|by| !told(&bands, by)) {
            bands.extend(self.strike(key(BandKind::Correction, corrected_by), false));
        }
        let restored = key(BandKind::Restored, document.status.story_status.restored_by);
        if bands.is_empty() && self.strikes.news.iter().any(|news| news.key == restored) {
            bands.extend(self.strike(restored, false));
        }
        bands.extend(self.embargo(document));
        if superseded_by.is_some_and(|newest| !told(&bands, newest)) {
            bands.extend(self.update(key(BandKind::Update, superseded_by), false));
        }
        bands
    }

    /// The band of a dispatch that says itself that it is withdrawn or withheld, or that it kills another.
    fn own_kill(&self, document: &Document) -> Option<Band> {
        let dispatch = &document.dispatch;
        // A kill by another dispatch has a band of its own.
        let held_by = document.status.story_status.withheld_by;
        let key = BandKey { id: document.id, kind: BandKind::Kill, cause: held_by };
        let [origin, time] = self.origin(held_by.unwrap_or(document.id));
        // Before the status: a kill notice may itself have the status of what it kills.
        let (word, reason) = if dispatch.role == Role::Kill {
            let unmatched = document.status.story_status.is_unmatched_kill;
            let unmatched = if unmatched { "not matched: " } else { "" };
            ("KILL NOTICE", format!("{unmatched}the agency withdraws {}", killed_names(dispatch)))
        } else {
            let (word, what) = match document.current_status() {
                Status::Canceled => ("KILL", "has withdrawn this dispatch"),
                Status::Withheld => ("WITHHELD", "holds this dispatch back"),
                Status::Usable => return None,
            };
            (word, format!("the agency {what}"))
        };
        let mut band = Band::new(key, word);
        band.push(1, " ", &[&origin, &time]);
        band.push_sentence(0, ": ", &reason);
        Some(band)
    }

    /// The band of an embargo that is in force: its end, and the time left.
    fn embargo(&self, document: &Document) -> Option<Band> {
        let dispatch = &document.dispatch;
        if !dispatch.embargoed || is_lifted(dispatch, self.now) {
            return None;
        }
        let key = BandKey { id: document.id, kind: BandKind::Embargo, cause: None };
        let mut band = Band::new(key, "EMBARGO");
        band.push(2, " ", &[document.dispatch.agency.as_deref().unwrap_or("")]);
        match dispatch.embargo {
            Some(until) => {
                let zone = until.in_zone(self.zone).strftime("%Z").to_string();
                let time = self.short_time(until);
                band.push(
                    0,
                    " ",
                    &[&format!("until {time} {zone}"), &format!("until {time}"), &time],
                );
                let left = seconds_remaining(dispatch, self.now);
                let left = left.map_or(String::new(), |seconds| format_remaining(seconds).0);
                let left = if left.is_empty() { left } else { format!("in {left}") };
                band.push(1, ", ", &[&left]);
            }
            None => band.push(0, " ", &["until further notice"]),
        }
        Some(band)
    }
}

/// The names of what a kill notice kills, as the notice gives them.
fn killed_names(notice: &Dispatch) -> String {
    let kills = |relation: &&Relation| relation.kind == RelationKind::Kills;
    let killed: Vec<&str> = notice.relations.iter().filter(kills).map(|r| r.id.as_str()).collect();
    if killed.is_empty() { "a dispatch".to_owned() } else { killed.join(", ") }
}

impl Document {
    /// Brings up to date what has become of the dispatch: its status, bands and warnings.
    pub(super) fn refresh_status(&mut self, context: &BandContext<'_>) {
        self.status.story_status = status_with_rewrites(context.index, self.id);
        self.status.bands = context.bands(self);
        self.status.warnings = self.copy_warnings(context);
    }

    /// The status that holds after everything in the index.
    #[must_use]
    pub fn current_status(&self) -> Status {
        let StoryStatus { killed_by, withheld_by, .. } = self.status.story_status;
        self.dispatch.status.after_notices(killed_by.is_some(), withheld_by.is_some())
    }

    /// True if the dispatch has been withdrawn, by its own status or by a kill notice. A kill notice itself is not.
    #[must_use]
    pub fn is_killed(&self) -> bool {
        let withdrawn = self.dispatch.status == Status::Canceled;
        withdrawn && self.dispatch.role != Role::Kill
            || self.status.story_status.killed_by.is_some()
    }
}

// Warnings in copies, so that nobody uses a killed or embargoed text unawares.

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

/// The warning that a dispatch needs for itself; empty for none.
fn own_warning(document: &Document, context: &BandContext<'_>) -> String {
    let dispatch = &document.dispatch;
    if dispatch.role == Role::Kill {
        let unmatched = document.status.story_status.is_unmatched_kill;
        let notice = if unmatched { "Kill notice, not matched" } else { "KILL NOTICE" };
        return format!("✕ {notice}: the agency withdraws {}", killed_names(dispatch));
    }
    match document.current_status() {
        Status::Canceled => return "✕ KILLED: the agency has withdrawn this dispatch".to_owned(),
        Status::Withheld => return "✕ WITHHELD: the agency holds this dispatch back".to_owned(),
        Status::Usable => {}
    }
    match dispatch.embargo.filter(|_| dispatch.embargoed) {
        _ if is_lifted(dispatch, context.now) => String::new(),
        Some(until) => {
            let zone_name = until.in_zone(context.zone).strftime("%Z").to_string();
            format!("E EMBARGOED until {} {zone_name}", until.display_in(context.zone))
        }
        None if dispatch.embargoed => "E EMBARGOED until further notice".to_owned(),
        None => String::new(),
    }
}

impl Document {
    /// The warnings for copies, a line each: kill, withholding or embargo, then corrections and newer versions.
    fn copy_warnings(&self, context: &BandContext<'_>) -> Vec<String> {
        let BandContext { index, zone, strikes, .. } = context;
        let StoryStatus { killed_by, corrected_by, superseded_by, .. } = self.status.story_status;
        let line = |word: &str, id: Option<EntryId>, reason: Option<&str>| {
            let (from, headline) = agency_time_and_headline(index, id?, zone)?;
            Some(format!("{word} by {from}: {}", reason.unwrap_or(headline)))
        };
        // Until the notice has been read, its headline serves as the reason.
        let reason = killed_by.and_then(|notice| strikes.reason(notice, BandKind::Kill));
        let lines = [
            line("✕ KILLED", killed_by, reason).or_else(|| Some(own_warning(self, context))),
            line("CORRECTED", corrected_by, None),
            line("↑ SUPERSEDED", superseded_by, None),
        ];
        let lines = lines.into_iter().flatten().filter(|line| !line.is_empty());
        lines.map(|line| sanitize_line(&line).into_owned()).collect()
    }

    /// The warnings as bracketed lines, to put before the text wherever it leaves the program. Empty for none.
    #[must_use]
    pub fn warning(&self) -> String {
        self.status.warnings.iter().flat_map(|line| ["[", line, "]\n"]).collect()
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
        Some(match self.status.warnings.first()?.chars().next() {
            Some('✕') => "KILLED, mind the warning in it: ",
            Some('E') => "UNDER EMBARGO, mind the warning in it: ",
            _ => "there is a newer version: ",
        })
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
