//! The speakers in the listed dispatches: rows filled by a job, and turning one into a filter of the list. Knows nothing
//! of how speakers are found.

use crate::action::Pane;
use crate::app::messages::Effect;
use crate::app::overlay::{Overlay, OverlayKind};
use crate::app::quotes::SpeakerSearch;
use crate::app::state::State;
use crate::app::{filter, panel};
use crate::filter::quote_value;
use crate::jobs::Job;
use crate::speakers::SpeakerSummary;
use crate::text::fold;

/// Rows whose speakers are offered as completions: enough for the usual names, few enough to be read in a moment.
const NAME_ROWS: usize = 5_000;

/// Identifies the list that speakers were counted in: generation of the filter, whether the filter is empty, number of
/// rows.
type CountedList = (u64, bool, usize);

/// The speakers in the listed dispatches, and the jobs that find them.
#[derive(Debug, Default)]
pub struct Speakers {
    /// All speakers, those with the most quotes first.
    pub rows: Vec<SpeakerSummary>,
    /// Those that the view shows, as indices into `rows`.
    pub shown_rows: Vec<usize>,
    /// While the job is running: dispatches read, dispatches in all.
    pub progress: Option<(usize, usize)>,
    /// Generation of the last job, for this view or for the search of [`State::go_to_same_speaker`].
    pub(super) generation: u64,
    /// The running search for a speaker's next quote in the list.
    pub search: Option<SpeakerSearch>,
    /// The list that `rows` were, or are being, counted in.
    counted_list: Option<CountedList>,
    /// The view while it is closed: it opens again where it was left.
    pub(super) closed_view: Option<Overlay>,
    /// True while names are needed for completion at the filter prompt.
    names_requested: bool,
}

impl Speakers {
    /// Recomputes the shown rows: those whose name or title contains a text.
    fn show(&mut self, text: &str) {
        let word = fold(text.trim());
        let holds = |text: &str| fold(text).contains(&word);
        let passes = |row: &SpeakerSummary| {
            word.is_empty() || holds(&row.name) || row.title.as_deref().is_some_and(holds)
        };
        self.shown_rows = (0..self.rows.len())
            .filter(|&number| passes(&self.rows[number]))
            .collect();
    }
}

/// The name of the selected speaker, if the view is open.
pub(super) fn selected_name(state: &mut State) -> Option<String> {
    let row = state.ui.overlay_of(Pane::Speakers)?.row;
    let speakers = &state.session.speakers;
    let number = *speakers.shown_rows.get(row)?;
    Some(speakers.rows[number].name.clone())
}

/// Recomputes the rows of the view. The speaker called `name` stays selected if the user has selected a row.
pub(super) fn refilter(state: &mut State, name: Option<String>) {
    let Some(view) = state.ui.overlay_of(Pane::Speakers) else {
        return;
    };
    let speakers = &mut state.session.speakers;
    speakers.show(&view.words);
    let kept = name.filter(|_| view.user_selected).and_then(|name| {
        let is_it = |&number: &usize| speakers.rows[number].name == name;
        speakers.shown_rows.iter().position(is_it)
    });
    view.row = kept.unwrap_or(0);
}

/// Opens the view, or closes it.
pub(super) fn toggle_speakers(state: &mut State, effects: &mut Vec<Effect>) {
    panel::toggle_overlay(state, OverlayKind::Speakers, effects);
    let name = selected_name(state);
    refilter(state, name);
}

/// True if the view is open.
fn is_open(state: &State) -> bool {
    let mut overlays = state.ui.overlays.iter();
    overlays.any(|overlay| overlay.is(&OverlayKind::Speakers))
}

/// Cancels the running job.
pub(super) fn stop_counting(state: &mut State, effects: &mut Vec<Effect>) {
    let speakers = &mut state.session.speakers;
    if speakers.progress.take().is_some() {
        speakers.counted_list = None;
        speakers.generation += 1;
        // A job without entries only cancels the running one.
        effects.push(Effect::Spawn(Job::Speakers {
            generation: speakers.generation,
            name: None,
            ids: Vec::new(),
            snapshot: state.session.index.snapshot(),
        }));
    }
}

/// Adds the selected speaker to the filter of the list.
pub(super) fn filter_by_speaker(state: &mut State, effects: &mut Vec<Effect>) {
    let Some(name) = selected_name(state) else {
        return;
    };
    let query = said_query(&name);
    let filter = state.session.filter.text.trim();
    let text = if filter.split_whitespace().any(|part| part == query) || filter.ends_with(&query) {
        filter.to_owned()
    // An `or` binds weaker than the space: put it in brackets.
    } else if filter.contains('|') {
        format!("({filter}) {query}")
    } else {
        format!("{filter} {query}").trim_start().to_owned()
    };
    panel::close_overlay(state, effects);
    state.ui.focus = Pane::List;
    filter::set_filter(state, &text, effects);
}

/// The query for the quotes of a speaker.
fn said_query(name: &str) -> String {
    // The article is no part of the name.
    let name = name.strip_prefix("the ").unwrap_or(name);
    if name.contains(['"', '\\']) {
        return format!("said:{}", quote_value(name));
    }
    format!("said:\"{name}\"")
}

/// Counts the speakers of the first rows, to complete `said:` at the prompt.
pub(super) fn request_names(state: &mut State, effects: &mut Vec<Effect>) {
    if is_open(state) || state.session.speakers.names_requested {
        return;
    }
    let speakers = &mut state.session.speakers;
    (speakers.names_requested, speakers.counted_list) = (true, None);
    speakers.rows.clear();
    speakers.shown_rows.clear();
    request_speakers(state, NAME_ROWS, effects);
}

/// Starts a job to count the speakers of at most this many rows.
fn request_speakers(state: &mut State, most: usize, effects: &mut Vec<Effect>) {
    let rows = state.ui.list.rows(&state.session.index);
    let ids = rows[..rows.len().min(most)].to_vec();
    let speakers = &mut state.session.speakers;
    speakers.generation += 1;
    speakers.progress = Some((0, ids.len()));
    effects.push(Effect::Spawn(Job::Speakers {
        generation: speakers.generation,
        name: None,
        ids,
        snapshot: state.session.index.snapshot(),
    }));
}

/// Cancels the job for completions, since the prompt has been closed.
pub(super) fn stop_names(state: &mut State, effects: &mut Vec<Effect>) {
    if std::mem::take(&mut state.session.speakers.names_requested) && !is_open(state) {
        stop_counting(state, effects);
    }
}

/// Takes in counted speakers.
pub(super) fn receive_speakers(
    state: &mut State,
    generation: u64,
    rows: Option<Vec<SpeakerSummary>>,
    progress: Option<(usize, usize)>,
) {
    let open = is_open(state);
    let name = selected_name(state);
    let speakers = &mut state.session.speakers;
    if generation != speakers.generation || !open && !speakers.names_requested {
        return;
    }
    speakers.progress = progress;
    if let Some(rows) = rows {
        speakers.rows = rows;
        refilter(state, name);
    }
}

/// If the view is open: counts the speakers again if the list has changed.
pub(super) fn update_speakers(state: &mut State, effects: &mut Vec<Effect>) {
    if !is_open(state) {
        return;
    }
    let now = (
        state.session.filter.generation,
        state.session.filter.query.is_empty(),
        state.ui.list.rows(&state.session.index).len(),
    );
    let speakers = &mut state.session.speakers;
    // While the filter is running, the rows are not final: wait for it.
    let idle = speakers.progress.is_none() && !state.session.filter.is_running();
    if !idle || speakers.counted_list == Some(now) {
        return;
    }
    let before = speakers.counted_list.replace(now);
    // Another filter: drop the old rows. The same filter with more entries keeps them until the new ones are there.
    if before.is_none_or(|of| (of.0, of.1) != (now.0, now.1)) {
        speakers.rows.clear();
        if let Some(view) = state.ui.overlay_of(Pane::Speakers) {
            view.user_selected = false;
        }
        refilter(state, None);
    }
    request_speakers(state, usize::MAX, effects);
}
