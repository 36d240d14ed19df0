//! Handles messages: `update` is the only entry point that changes the state. Knows nothing of IO, the clock or the
//! terminal.

use std::collections::HashSet;
use std::sync::Arc;

use crate::action::Pane;
use crate::app::alerts::HandOut;
use crate::app::list::{FilterPhase, receive_follow_state};
use crate::app::state::{Effect, Msg, State};
use crate::app::{
    commands, filter, keys_hints_welcome as keys, layout, navigation, quotes, reader, text_search,
    views,
};
use crate::dispatch::Stamp;
use crate::index::{EntryRef, Replacement, Segment};
use crate::jobs::{Answer, Job};
use crate::marks::{MarkChange, SavedMarks};

/// Handles one message: changes the state and returns the effects to carry out.
pub fn update(state: &mut State, msg: Msg) -> Vec<Effect> {
    let mut effects = Vec::new();
    match msg {
        Msg::Key(key) => keys::handle_key(state, key, &mut effects),
        Msg::Paste(text) => keys::paste(state, &text, &mut effects),
        Msg::Mouse(mouse) => keys::handle_mouse(state, mouse, &mut effects),
        Msg::Resize(width, height) => state.ui.size = (width, height),
        Msg::EntriesArrived(segments) => {
            receive_segments(state, segments, &mut effects);
            state.session.alerts.strikes.look_for_news(&state.session.index);
        }
        Msg::EntriesReplaced { segments, replaced } => {
            receive_replacements(state, segments, &replaced, &mut effects);
            state.session.alerts.strikes.look_for_news(&state.session.index);
        }
        Msg::Problem(problem) => state.session.problems.push(problem),
        Msg::FollowState { missing, can_arrive } => {
            receive_follow_state(state, missing, can_arrive);
        }
        Msg::LoadFinished(summary) => {
            state.session.load_summary = Some(summary);
            filter::catch_up(state);
            views::request_deferred_texts(state, &mut effects);
            if !state.session.follow.is_paused() {
                state.hold_arrivals();
            }
        }
        Msg::Done(answer) => receive_answer(state, answer, &mut effects),
        Msg::Now(now) => set_now(state, now, &mut effects),
        Msg::Rested(generation) => text_search::receive_rest(state, generation, &mut effects),
        Msg::MarksLoaded(saved) => receive_saved_marks(state, *saved, &mut effects),
        Msg::MarksChanged(saved) => state.session.marks.take_in_changes(*saved),
        Msg::MarksSaved(changes, error) => receive_save_result(state, &changes, error),
        Msg::UnsavedMarksSaved => report_all_saved(state),
        Msg::NoteEdited { story, before, text } => {
            commands::receive_edited_note(state, story, before, text);
        }
        Msg::Piped { ids, is_quote } => {
            let act = if is_quote { HandOut::PipedQuote } else { HandOut::Piped };
            state.record_hand_out(&ids, &act);
        }
        Msg::Edited(ids) => state.record_hand_out(&ids, &HandOut::Edited),
        Msg::Failure(text) => state.report_failure(text),
        Msg::Quitting => save_session_end(state, &mut effects),
        Msg::Notice(text) => state.say(text),
    }
    sync_derived(state, &mut effects);
    let waits = state.session.filter.run.phase == FilterPhase::AwaitingHits
        || state.session.speakers.search.is_some()
        || state.is_being_read()
        || state.awaits_first_row();
    if !waits && !state.ui.typed.deferred.is_empty() {
        replay_deferred_keys(state, &mut effects);
        sync_derived(state, &mut effects);
    }
    effects
}

/// Takes in an answer of a background job.
fn receive_answer(state: &mut State, answer: Answer, effects: &mut Vec<Effect>) {
    match answer {
        Answer::DispatchRead(id, result) => reader::receive_dispatch(state, id, result),
        Answer::SourceRead(id, result) => navigation::receive_source(state, id, result),
        Answer::Health(found) => navigation::receive_health(state, found),
        Answer::VersionsCompared(newer, older, result) => {
            navigation::receive_comparison(state, newer, older, result);
        }
        Answer::FilterHits { generation, hits, progress } => {
            if filter::receive_hits(state, generation, hits, progress, effects) {
                replay_deferred_keys(state, effects);
            }
        }
        Answer::TextsFound { generation, ids, excerpts, progress } => {
            let run = (generation, progress);
            text_search::receive_texts(state, run, ids, excerpts, effects);
        }
        Answer::ExcerptsRead(excerpts) => text_search::receive_excerpts(state, excerpts),
        Answer::SpeakersCounted { generation, rows, progress } => {
            quotes::receive_speakers(state, generation, rows, progress);
        }
        // Deferred keys wait until the dispatch found has been read.
        Answer::QuoteFound { generation, id } => state.receive_found_quote(generation, id),
        Answer::RulesMatched { found, done, fresh } => {
            views::receive_matches(state, &found, &done, fresh);
        }
        Answer::ViewCommandDone { view, id } => {
            state.record_hand_out(&[id], &HandOut::Alerted(view));
        }
        Answer::ViewCommandFailed { view, fault } => views::log_view_failure(state, &view, fault),
        Answer::EditorTextReady { text, ids, lost } => {
            state.ui.notice = lost.or(state.ui.notice.take());
            if !ids.is_empty() {
                effects.push(Effect::OpenEditor { text, ids });
            }
        }
        Answer::DispatchesRead(texts, requested) => {
            commands::copy_dispatches(state, texts, requested, effects);
        }
        Answer::DispatchesSaved { ids, name, said } => {
            state.record_hand_out(&ids, &HandOut::Saved(name));
            state.say(said);
        }
        Answer::Problem(problem) => state.session.problems.push(problem),
        Answer::Failure(text) => state.report_failure(text),
        Answer::Notice(text) => state.say(text),
    }
}

/// Sets the clock, and updates what depends on it.
fn set_now(state: &mut State, now: Stamp, effects: &mut Vec<Effect>) {
    let before = state.session.now.replace(now);
    state.expire_mutes(before, now);
    if state.lift_embargoes(before, now) {
        filter::rerun_for_clock(state, effects);
        views::judge_by_clock(state, effects);
    }
    filter::catch_up(state);
}

/// Acts on the keys that were waiting for rows or for a dispatch, now that these are there.
fn replay_deferred_keys(state: &mut State, effects: &mut Vec<Effect>) {
    for key in std::mem::take(&mut state.ui.typed.deferred) {
        keys::handle_key(state, key, effects);
    }
}

/// Brings everything derived up to date: selection, open document, its lines, scroll positions. Runs after every
/// message.
///
/// The order matters: bands tell what is news by whether the document has been laid out before, scroll targets need the
/// lines, and the quotes pane follows the scroll position.
fn sync_derived(state: &mut State, effects: &mut Vec<Effect>) {
    flush_marks(state, effects);
    state.unpin_row();
    if state.ui.list.selected.is_none() && !state.ui.list.rows(&state.session.index).is_empty() {
        state.rebuild_rows();
    }
    let height = state.pane_height(Pane::List);
    state.ui.list.scroll_to_selection(height, &state.session.index);
    if state.ui.list.selected != state.ui.reader.requested {
        state.ui.reader.requested = state.ui.list.selected;
        state.ui.reader.scroll_target =
            state.ui.reader.scroll_target.filter(|l| Some(l.0) == state.ui.list.selected);
        match state.ui.list.selected {
            Some(id) => {
                effects.push(Effect::Spawn(Job::ReadDispatch(id, state.session.index.snapshot())));
            }
            None => state.ui.reader.clear(),
        }
    }
    reader::update_bands(state, effects);
    reader::keep_lines_in_place(state);
    // The text is laid out even while the reader is hidden: moving to a quote needs its lines.
    let unseen = || state.layout_at(Pane::Reader).reader;
    if let Some(area) = state.layout().reader.or_else(unseen) {
        state.ui.reader.lay_out(layout::text_column(area));
    }
    state.apply_scroll_target();
    state.clamp_scroll();
    state.scroll_quotes_pane();
    quotes::update_speakers(state, effects);
    text_search::request_excerpts(state, effects);
    views::raise_alerts(state, effects);
    navigation::request_source(state, effects);
    navigation::lay_out_page(state);
    navigation::clamp_overlay(state);
}

// Arrivals.

/// Adds new entries to the index, and brings the list up to date: directly, or by running the filter again.
fn receive_segments(state: &mut State, segments: Vec<Arc<Segment>>, effects: &mut Vec<Effect>) {
    // Rules are matched before the rows are rebuilt: mutes decide which of the new entries get rows.
    let first = state.session.index.add(segments);
    state.track_lift_times(first);
    views::match_arrivals(state, first, effects);
    state.keep_read_entry_selected();
    if !state.session.filter.needs_job() {
        if !state.rows_may_wait() {
            state.rebuild_rows();
        }
        return;
    }
    state.session.filter.run.needs_rerun = true;
    if !state.session.filter.is_running() {
        // An empty list has no rows to keep until the job is done: show the first batch at once.
        let is_empty = state.ui.list.rows(&state.session.index).is_empty();
        let phase = if is_empty { FilterPhase::ReceivingHits } else { FilterPhase::Rerunning };
        filter::start_filter_job(state, phase, effects);
    }
}

/// Adds new entries, some of which replace older ones.
fn receive_replacements(
    state: &mut State,
    segments: Vec<Arc<Segment>>,
    replaced: &[Replacement],
    effects: &mut Vec<Effect>,
) {
    receive_segments(state, segments, effects);
    let (same, changed): (Vec<_>, Vec<_>) =
        replaced.iter().cloned().partition(|pair| pair.is_unchanged);
    // An item that was only read again is no news, unless the user does not know it yet.
    let pairs = state.session.index.apply_replacements(&same);
    for &(old, new) in &pairs {
        if !state.is_pending(old) {
            state.session.follow.read_again.insert(new);
        }
    }
    let replaced = state.session.index.apply_replacements(&changed);
    if !pairs.is_empty() || !replaced.is_empty() {
        state.rebuild_rows();
    }
}

// Marks: loading and saving them.

/// Takes in the marks of earlier sessions.
pub(super) fn receive_saved_marks(state: &mut State, saved: SavedMarks, effects: &mut Vec<Effect>) {
    // Filters of this session, typed before the marks were loaded, are the newest.
    let typed = std::mem::take(&mut state.session.filter.history);
    state.session.filter.history.clone_from(&saved.queries);
    for text in typed {
        state.session.filter.history.retain(|before| *before != text);
        state.session.filter.history.push(text);
    }
    views::restore_views_and_mutes(state, &saved, effects);
    navigation::restore_bookmarks(state, &saved.settings);
    keys::start_welcome(state, &saved);
    state.session.marks.load(saved);
    // The job of such a filter has waited for the marks.
    if state.session.filter.query.needs_marks() {
        let phase = match state.session.filter.run.phase {
            FilterPhase::Idle => FilterPhase::Rerunning,
            phase => phase,
        };
        filter::start_filter_job(state, phase, effects);
    }
}

/// Applies changes once they have been saved, or failed to be: then they last for this session. Only the first failure
/// goes among the problems.
fn receive_save_result(state: &mut State, changes: &[MarkChange], error: Option<String>) {
    let marks = &mut state.session.marks;
    marks.apply_saved(changes);
    if let Some(why) = error.filter(|_| !changes.is_empty()) {
        let first = marks.unsaved.is_empty();
        let slots = changes.iter().map(|change| (change.kind(), change.key()));
        marks.unsaved.extend(slots);
        let text = format!("marks will not be saved: {why}");
        if first {
            state.report_failure(text);
        } else {
            state.say(text);
        }
    }
}

/// Reports that marks which could not be saved before have been saved now.
fn report_all_saved(state: &mut State) {
    state.session.marks.unsaved = HashSet::new();
    state.say("the marks that could not be saved are saved now");
}

/// Shows the current note in the reader, and hands the queued changes out to be saved.
fn flush_marks(state: &mut State, effects: &mut Vec<Effect>) {
    state.show_note();
    let queue = state.session.marks.take_queue();
    if !queue.is_empty() {
        effects.push(Effect::SaveMarks(queue));
    }
}

/// Saves the reading position and the listed items before the program exits. The items are left out if the marks were
/// never loaded, since what has to be added to the saved ones is not known then.
fn save_session_end(state: &mut State, effects: &mut Vec<Effect>) {
    state.save_position();
    if state.session.marks.is_loading {
        return;
    }
    let last_visit = state.session.marks.last_visit();
    let compact = !state.is_loading() && last_visit.needs_compaction(state.session.index.len());
    let items = state.session.index.order().iter().filter_map(|&id| state.session.index.entry(id));
    let items = items.map(EntryRef::item_key);
    let mut items: Vec<u64> = items.filter(|&item| compact || !last_visit.contains(item)).collect();
    // Lookups are by binary search.
    items.sort_unstable();
    items.dedup();
    if compact || !items.is_empty() {
        effects.push(Effect::SaveListedItems(items, compact));
    }
}
