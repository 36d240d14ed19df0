//! What became of the open dispatch: whether it was killed, corrected or superseded since, by whom, and why.

use jiff::tz::TimeZone;

use super::facts::own_banner;
use super::{Document, Effect, State, embargo, format_time};
use crate::desk::{DispatchIndex, EntryId, StoryStatus};
use crate::dispatch::{Dispatch, Role, Stamp, Status, kill_reason};
use crate::text::sanitize_line;

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
        let countdown = embargo::countdown(&self.dispatch, now);
        let lifted = embargo::is_lifted(&self.dispatch, now);
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
