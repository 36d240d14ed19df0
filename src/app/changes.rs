//! What changed in a dispatch since a version before: a screen over the panes, and the way from change to change.

mod page;

pub use page::{DiffLine, DiffLineKind, DiffPage, DiffStyle};

use super::layout::{Area, overlay_area, text_column};
use super::{Effect, State};
use crate::action::Pane;
use crate::changes::{VersionDiff, VersionInfo, choose_base};
use crate::desk::EntryId;
use crate::dispatch::{InputProblem, RelationKind, head};

/// The comparison of two versions. While it is there, it stands over the panes.
#[derive(Debug)]
pub struct Comparison {
    /// Versions of the story, the newest first.
    pub versions: Vec<EntryId>,
    /// The two that are compared, as numbers into `versions`: the older one has the higher number.
    pub newer: usize,
    pub older: usize,
    /// What came of it, once both have been read.
    pub compared: Option<Result<Box<VersionDiff>, InputProblem>>,
    /// The same laid out.
    pub page: DiffPage,
    /// First line of the page on the screen.
    pub top: usize,
    /// The change that was gone to last.
    pub current_change: Option<usize>,
    /// Width that the page is laid out for.
    width: Option<u16>,
}

impl Comparison {
    fn new(versions: Vec<EntryId>, newer: usize, older: usize) -> Self {
        Self {
            versions,
            newer,
            older,
            compared: None,
            page: DiffPage::default(),
            top: 0,
            current_change: None,
            width: None,
        }
    }

    /// The ids of the two versions: the newer, the older.
    #[must_use]
    pub fn ids(&self) -> Option<(EntryId, EntryId)> {
        Some((
            *self.versions.get(self.newer)?,
            *self.versions.get(self.older)?,
        ))
    }
}

/// The column of text of the comparison.
#[must_use]
pub fn changes_area(size: (u16, u16)) -> Area {
    text_column(overlay_area(size, Pane::Changes))
}

/// Opens the screen of the changes of the selected dispatch, or closes it.
pub(super) fn toggle_changes(state: &mut State, effects: &mut Vec<Effect>) {
    if state.comparison.take().is_some() {
        return;
    }
    let Some(id) = state.list.selected else {
        state.notice = Some("no dispatch is selected".to_owned());
        return;
    };
    effects.extend(compare_versions(state, id, state.index.versions(id)));
}

/// Opens the comparison of a dispatch with the version before it. `versions` are those of its story, the newest first.
pub fn compare_versions(state: &mut State, id: EntryId, versions: Vec<EntryId>) -> Vec<Effect> {
    let newer = versions.iter().position(|&other| other == id);
    let Some((newer, older)) =
        newer.and_then(|at| Some((at, version_before(state, &versions, at)?)))
    else {
        state.notice = Some("no earlier version of this dispatch is at hand".to_owned());
        return Vec::new();
    };
    let mut effects = Vec::new();
    request_comparison(state, Comparison::new(versions, newer, older), &mut effects);
    effects
}

/// The version to compare with: the one that the dispatch says it acts on, else the one before it that tells the
/// story: not an add, a kill or an advisory, nor a mere note of a correction.
fn version_before(state: &State, versions: &[EntryId], at: usize) -> Option<usize> {
    let older = at + 1..versions.len();
    let document = state.document().filter(|open| open.id == versions[at]);
    let relates = document.map_or(&[][..], |open| &open.dispatch.relations);
    let acted_on = relates.iter().filter(|r| r.kind != RelationKind::AddsTo);
    let items: Vec<u64> = acted_on
        .map(|relation| head::item_key(Some(&relation.id), None, 0))
        .collect();
    let entry = |number: usize| state.index.entry(*versions.get(number)?);
    let named = |number: &usize| entry(*number).is_some_and(|e| items.contains(&e.item_key()));
    let version = |number: usize| {
        let entry = entry(number)?;
        let (role, words) = (entry.role(), entry.words());
        Some(VersionInfo { role, words })
    };
    let earlier: Vec<VersionInfo> = older.clone().filter_map(version).collect();
    let best = || choose_base(version(at)?, &earlier).map(|best| at + 1 + best);
    older.clone().find(named).or_else(best)
}

/// Shows a comparison and asks for it.
fn request_comparison(state: &mut State, comparison: Comparison, effects: &mut Vec<Effect>) {
    if let Some((newer, older)) = comparison.ids() {
        effects.push(Effect::CompareVersions(
            newer,
            older,
            state.index.snapshot(),
        ));
        state.comparison = Some(comparison);
    }
}

/// Two versions have been compared.
pub(super) fn receive_comparison(
    state: &mut State,
    newer: EntryId,
    older: EntryId,
    result: Result<Box<VersionDiff>, InputProblem>,
) {
    if let Some(changes) = state.comparison.as_mut()
        && changes.ids() == Some((newer, older))
    {
        changes.compared = Some(result);
        changes.width = None;
    }
}

/// Compares with the version that is older, or newer, than the one compared with.
pub(super) fn compare_other_version(state: &mut State, older: bool, effects: &mut Vec<Effect>) {
    let Some(changes) = state.comparison.take() else {
        return;
    };
    let next = if older {
        Some(changes.older + 1).filter(|&next| next < changes.versions.len())
    } else {
        Some(changes.older - 1).filter(|&next| next > changes.newer)
    };
    if let Some(next) = next {
        let comparison = Comparison::new(changes.versions, changes.newer, next);
        request_comparison(state, comparison, effects);
        return;
    }
    let none = if older {
        "no older version is at hand"
    } else {
        "no version between these two is at hand"
    };
    state.notice = Some(none.to_owned());
    state.comparison = Some(changes);
}

/// Scrolls by so many lines.
pub(super) fn scroll_by(state: &mut State, by: isize) {
    if let Some(changes) = state.comparison.as_mut() {
        changes.top = changes.top.saturating_add_signed(by);
    }
}

/// Scrolls to a line.
pub(super) fn scroll_to_line(state: &mut State, line: usize) {
    if let Some(changes) = state.comparison.as_mut() {
        changes.top = line;
    }
}

/// Goes to the next change, or the one before.
pub(super) fn go_to_change(state: &mut State, forward: bool) {
    let height = state.pane_height(Pane::Changes);
    let Some(changes) = state.comparison.as_mut() else {
        return;
    };
    let stops = &changes.page.change_lines;
    let in_sight = changes.top..changes.top + height;
    let current = changes
        .current_change
        .filter(|&stop| stops.get(stop).is_some_and(|line| in_sight.contains(line)));
    let next = match (current, forward) {
        (Some(stop), true) => stop + 1,
        (Some(stop), false) => stop.wrapping_sub(1),
        (None, true) => stops.partition_point(|&line| line < changes.top),
        (None, false) => stops
            .partition_point(|&line| line < in_sight.end)
            .wrapping_sub(1),
    };
    let Some(&line) = stops.get(next) else {
        let way = if forward { "below" } else { "above" };
        state.notice = Some(format!("no more changes {way}"));
        return;
    };
    changes.current_change = Some(next);
    // What has just been read stays in sight where it can.
    let spare = height / 4;
    if !(in_sight.start..in_sight.end.saturating_sub(spare)).contains(&line) {
        changes.top = line.saturating_sub(spare);
    }
}

/// Lays the page out where it must be, and keeps the scroll within it.
pub(super) fn lay_out_page(state: &mut State) {
    let width = changes_area(state.size).width;
    let height = state.pane_height(Pane::Changes);
    let zone = state.zone.clone();
    let Some(changes) = state.comparison.as_mut() else {
        return;
    };
    if let Some(Ok(compared)) = &changes.compared
        && changes.width != Some(width)
    {
        // The text is the same at every width: what stood at the top stays there.
        let at = changes.page.lines.get(changes.top);
        let at = at.map_or(0, |line| line.range.start);
        changes.width = Some(width);
        changes.page = DiffPage::new(compared, &zone, usize::from(width));
        let lines = &changes.page.lines;
        changes.top = lines.partition_point(|line| line.range.end < at);
        changes.current_change = None;
    }
    let last = changes.page.lines.len().saturating_sub(height);
    changes.top = changes.top.min(last);
}
