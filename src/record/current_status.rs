//! What holds of a dispatch after everything that has been read, and who says so: every output takes its status, its
//! embargo and its warnings from here.

use serde::Serialize;

use crate::dispatch::{Dispatch, Role, Stamp, Status};
use crate::index::EntryRef;

/// The loaded items that supersede, kill, withhold or correct a dispatch, each by its `item` identity.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Relations {
    /// The newest version of its story.
    pub superseded_by: Option<String>,
    /// The notice that kills it.
    pub killed_by: Option<String>,
    /// The reason given in that notice. Not in records, where the notice is named instead.
    pub killed_for: Option<String>,
    /// The notice, or the newer revision, that withholds it.
    pub withheld_by: Option<String>,
    /// The dispatch that corrects it.
    pub corrected_by: Option<String>,
    /// It is a kill notice, and what it kills is not loaded.
    pub is_unmatched_kill: bool,
}

/// The status of a dispatch, judged by everything that has been read and by a clock.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CurrentStatus {
    /// What holds: the status as sent, unless other items kill or withhold it.
    pub status: Status,
    /// What the wire said of the item itself.
    pub sent: Status,
    /// Under embargo at that time.
    pub embargoed: bool,
    /// When the embargo ends or has ended, if the wire gives a time.
    pub embargo: Option<Stamp>,
    pub relations: Relations,
    /// It is a notice that kills others, whose own status says nothing of a text.
    is_kill_notice: bool,
}

impl CurrentStatus {
    /// The status of a dispatch with these relations. `clock` is in seconds since the epoch; if it or the end of the
    /// embargo is unknown, the embargo counts as still in force.
    #[must_use]
    pub fn new(dispatch: &Dispatch, relations: Relations, clock: Option<i64>) -> Self {
        Self {
            status: dispatch
                .status
                .after_notices(relations.killed_by.is_some(), relations.withheld_by.is_some()),
            sent: dispatch.status,
            embargoed: dispatch.is_under_embargo(clock),
            embargo: dispatch.embargo,
            relations,
            is_kill_notice: dispatch.role == Role::Kill,
        }
    }

    /// The status of a dispatch that is read alone: nothing is known of others, or of the time.
    #[must_use]
    pub fn as_sent(dispatch: &Dispatch) -> Self {
        Self::new(dispatch, Relations::default(), None)
    }

    /// Warnings for anybody who wants to use the text, the most important first: `KILLED by …`, `EMBARGOED until …`.
    #[must_use]
    pub fn warnings(&self) -> Vec<String> {
        let Relations { killed_by, killed_for, withheld_by, corrected_by, superseded_by, .. } =
            &self.relations;
        let why = killed_for.as_ref().map_or(String::new(), |why| format!(": {why}"));
        let by = |by: &Option<String>| by.as_ref().map(|by| format!(" by {by}"));
        let words = StatusWords {
            status: self.status,
            notice: self.is_kill_notice.then_some(self.relations.is_unmatched_kill),
            is_killed_by_other: killed_by.is_some(),
            is_embargoed: self.embargoed,
            embargo: self.embargo,
            is_corrected: corrected_by.is_some(),
            is_superseded: superseded_by.is_some(),
        };
        let full = |(word, text): (Word, String)| match word {
            Word::Killed => format!("{text}{}{why}", by(killed_by).unwrap_or_default()),
            Word::Withheld => text + &by(withheld_by).unwrap_or_default(),
            Word::Corrected => text + &by(corrected_by).unwrap_or_default(),
            Word::Superseded => text + &by(superseded_by).unwrap_or_default(),
            Word::Other => text,
        };
        words.list().into_iter().map(full).collect()
    }

    /// The warnings of [`Self::warnings`] on one line; empty without any.
    #[must_use]
    pub fn warning_line(&self) -> String {
        self.warnings().join("; ")
    }

    /// The columns about the status in TSV: the status that holds, the warnings, and the items that kill, withhold,
    /// correct and supersede the dispatch.
    #[must_use]
    pub fn tsv_cells(&self) -> [String; 6] {
        let Relations { killed_by, withheld_by, corrected_by, superseded_by, .. } = &self.relations;
        let item = |item: &Option<String>| item.clone().unwrap_or_default();
        [
            self.status.name().to_owned(),
            self.warning_line(),
            item(killed_by),
            item(withheld_by),
            item(corrected_by),
            item(superseded_by),
        ]
    }

    /// The keys of records about the status.
    #[must_use]
    pub fn record(&self) -> StatusRecord<'_> {
        StatusRecord {
            status: self.status.name(),
            status_sent: self.sent.name(),
            embargoed: self.embargoed,
            embargo: self.embargo.map(Stamp::to_rfc3339),
            superseded_by: self.relations.superseded_by.as_deref(),
            killed_by: self.relations.killed_by.as_deref(),
            withheld_by: self.relations.withheld_by.as_deref(),
            corrected_by: self.relations.corrected_by.as_deref(),
        }
    }
}

/// The warnings about an entry of the index, without the items behind them: `KILLED`, `EMBARGOED until …`. Enough for a
/// line of a list, for which no dispatch is read. `clock` as in [`CurrentStatus::new`].
#[must_use]
pub fn entry_warnings(entry: EntryRef<'_>, clock: Option<i64>) -> Vec<String> {
    let words = StatusWords {
        status: entry.current_status(),
        notice: (entry.role() == Role::Kill).then(|| entry.is_unmatched_kill()),
        is_killed_by_other: entry.is_killed(),
        is_embargoed: entry.is_under_embargo(clock),
        embargo: entry.embargo().map(Stamp::from_seconds),
        is_corrected: entry.is_corrected(),
        is_superseded: entry.is_superseded(),
    };
    words.list().into_iter().map(|(_, text)| text).collect()
}

/// The keys about the status in the records of a dispatch, of its quotes and of a version.
#[derive(Debug, Serialize)]
pub struct StatusRecord<'a> {
    /// What holds after everything that has been read: `usable`, `withheld` or `canceled`.
    pub status: &'static str,
    /// What the wire said of the item itself.
    pub status_sent: &'static str,
    /// Under embargo now.
    pub embargoed: bool,
    /// When the embargo ends or has ended.
    pub embargo: Option<String>,
    /// `item` of the newest version, if it is known.
    pub superseded_by: Option<&'a str>,
    /// `item` of the notice that kills it, if it is known.
    pub killed_by: Option<&'a str>,
    /// `item` of the notice or the newer revision that withholds it, if it is known.
    pub withheld_by: Option<&'a str>,
    /// `item` of the dispatch that corrects it, if it is known.
    pub corrected_by: Option<&'a str>,
}

/// Which warning a text is.
#[derive(Clone, Copy)]
enum Word {
    Killed,
    Withheld,
    Corrected,
    Superseded,
    Other,
}

/// What the warnings are made from, whether of a dispatch or of an entry.
#[allow(clippy::struct_excessive_bools)] // Independent facts.
struct StatusWords {
    status: Status,
    /// For a kill notice: whether it is unmatched.
    notice: Option<bool>,
    is_killed_by_other: bool,
    is_embargoed: bool,
    /// The end of the embargo, if known.
    embargo: Option<Stamp>,
    is_corrected: bool,
    is_superseded: bool,
}

impl StatusWords {
    /// The warnings, the most important first.
    fn list(&self) -> Vec<(Word, String)> {
        let mut words = Vec::new();
        match (self.notice, self.status) {
            (Some(is_unmatched), _) if !self.is_killed_by_other => {
                let more = if is_unmatched { ", not matched" } else { "" };
                words.push((Word::Other, format!("KILL NOTICE{more}")));
            }
            (_, Status::Canceled) => words.push((Word::Killed, "KILLED".to_owned())),
            (_, Status::Withheld) => words.push((Word::Withheld, "WITHHELD".to_owned())),
            (_, Status::Usable) => {}
        }
        if self.is_embargoed {
            let until = self.embargo.map_or("further notice".to_owned(), Stamp::to_rfc3339);
            words.push((Word::Other, format!("EMBARGOED until {until}")));
        }
        if self.is_corrected {
            words.push((Word::Corrected, "CORRECTED".to_owned()));
        }
        if self.is_superseded {
            words.push((Word::Superseded, "SUPERSEDED".to_owned()));
        }
        words
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Checks status and warnings of a dispatch that is under embargo until noon.
    #[track_caller]
    fn check(sent: Status, role: Role, relations: Relations, at: &str, status: Status, warn: &str) {
        let noon = Stamp::parse("2026-05-04T12:00:00Z");
        let dispatch =
            Dispatch { status: sent, role, embargoed: true, embargo: noon, ..Dispatch::default() };
        let clock = Stamp::parse(at).map(|now| now.seconds);
        let current = CurrentStatus::new(&dispatch, relations, clock);
        assert_eq!((current.status, current.warning_line().as_str()), (status, warn));
        assert_eq!((current.sent, current.embargo), (sent, noon));
    }

    #[test]
    fn what_holds_is_told_from_what_was_sent() {
        let after = "2026-05-04T12:00:00Z";
        let killed = || Relations {
            killed_by: Some("q:2".to_owned()),
            killed_for: Some("the source is not sure".to_owned()),
            ..Relations::default()
        };
        let newer = || Relations {
            corrected_by: Some("q:3".to_owned()),
            superseded_by: Some("q:4".to_owned()),
            ..Relations::default()
        };
        let (usable, withheld, canceled) = (Status::Usable, Status::Withheld, Status::Canceled);
        let none = Relations::default;
        check(usable, Role::Story, none(), after, usable, "");
        check(
            usable,
            Role::Story,
            none(),
            "2026-05-04T11:59:59Z",
            usable,
            "EMBARGOED until 2026-05-04T12:00:00Z",
        );
        check(
            usable,
            Role::Story,
            none(),
            "no clock",
            usable,
            "EMBARGOED until 2026-05-04T12:00:00Z",
        );
        check(
            usable,
            Role::Story,
            killed(),
            after,
            canceled,
            "KILLED by q:2: the source is not sure",
        );
        check(
            withheld,
            Role::Story,
            killed(),
            after,
            canceled,
            "KILLED by q:2: the source is not sure",
        );
        let held = || Relations { withheld_by: Some("q:5".to_owned()), ..Relations::default() };
        check(usable, Role::Story, held(), after, withheld, "WITHHELD by q:5");
        check(canceled, Role::Story, held(), after, canceled, "KILLED");
        check(canceled, Role::Story, none(), after, canceled, "KILLED");
        check(withheld, Role::Update, none(), after, withheld, "WITHHELD");
        check(canceled, Role::Kill, none(), after, canceled, "KILL NOTICE");
        check(usable, Role::Story, newer(), after, usable, "CORRECTED by q:3; SUPERSEDED by q:4");
    }
}
