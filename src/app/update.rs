//! Handles messages: `update` is the only entry point that changes the state. Knows nothing of IO, the clock or the
//! terminal.

use crate::action::Pane;
use crate::app::layout::text_column;
use crate::app::messages::{Effect, Msg};
use crate::app::state::State;
use crate::app::{
    alerts, banner, changes, commands, filter, keys, list, marks, navigation, panel, prompt,
    reader, speakers,
};
use crate::jobs::{Answer, Job};

/// Handles one message: changes the state and returns the effects to carry out.
pub fn update(state: &mut State, msg: Msg) -> Vec<Effect> {
    let mut effects = Vec::new();
    match msg {
        Msg::Key(key) => keys::handle_key(state, key, &mut effects),
        Msg::Paste(text) => prompt::paste(state, &text, &mut effects),
        Msg::Mouse(mouse) => keys::handle_mouse(state, mouse, &mut effects),
        Msg::Resize(width, height) => state.ui.size = (width, height),
        Msg::EntriesArrived(segments) => filter::receive_segments(state, segments, &mut effects),
        Msg::EntriesReplaced { segments, replaced } => {
            list::receive_replacements(state, segments, &replaced, &mut effects);
        }
        Msg::Problem(problem) => state.session.problems.push(problem),
        Msg::LoadFinished(summary) => {
            state.session.load_summary = Some(summary);
            filter::catch_up(state);
            alerts::request_deferred_texts(state, &mut effects);
            state.hold_arrivals();
        }
        Msg::Done(answer) => receive_answer(state, answer, &mut effects),
        Msg::Now(now) => state.set_now(now),
        Msg::MarksLoaded(saved) => marks::receive_saved_marks(state, *saved, &mut effects),
        Msg::MarksSaved(changes, error) => marks::receive_save_result(state, &changes, error),
        Msg::UnsavedMarksSaved => marks::report_all_saved(state),
        Msg::NoteEdited {
            story,
            before,
            text,
        } => marks::receive_edited_note(state, story, before, text),
        Msg::Failure(text) => state.report_failure(text),
        Msg::Quitting => marks::save_session_end(state, &mut effects),
        Msg::Notice(text) => state.ui.notice = Some(text),
    }
    sync_derived(state, &mut effects);
    effects
}

/// Takes in an answer of a background job.
fn receive_answer(state: &mut State, answer: Answer, effects: &mut Vec<Effect>) {
    match answer {
        Answer::DispatchRead(id, result) => reader::receive_dispatch(state, id, result),
        Answer::SourceRead(id, result) => panel::receive_source(state, id, result),
        Answer::Health(found) => panel::receive_health(state, found),
        Answer::VersionsCompared(newer, older, result) => {
            changes::receive_comparison(state, newer, older, result);
        }
        Answer::FilterHits {
            generation,
            hits,
            progress,
        } => filter::receive_hits(state, generation, hits, progress, effects),
        Answer::SpeakersCounted {
            generation,
            rows,
            progress,
        } => speakers::receive_speakers(state, generation, rows, progress),
        Answer::SpeakerFound { generation, id } => {
            state.receive_found_speaker(generation, id, effects);
        }
        Answer::RulesMatched { found, done, fresh } => {
            alerts::receive_matches(state, &found, &done, fresh);
        }
        Answer::ViewCommandFailed { view, fault } => alerts::log_view_failure(state, &view, fault),
        Answer::EditorTextReady(text, lost) => {
            commands::receive_editor_text(state, text, lost, effects);
        }
        Answer::DispatchesRead(texts, requested) => {
            marks::copy_dispatches(state, texts, requested, effects);
        }
        Answer::Problem(problem) => state.session.problems.push(problem),
        Answer::Failure(text) => state.report_failure(text),
        Answer::Notice(text) => state.ui.notice = Some(text),
    }
}

/// Brings everything derived up to date: selection, open document, its lines, scroll positions. Runs after every
/// message.
///
/// The order matters: the banner adds lines to the document before it is laid out, scroll targets need the lines,
/// and the quotes pane follows the scroll position.
fn sync_derived(state: &mut State, effects: &mut Vec<Effect>) {
    marks::flush_marks(state, effects);
    state.unpin_row();
    if state.ui.list.selected.is_none() && !state.ui.list.rows(&state.session.index).is_empty() {
        state.rebuild_rows();
    }
    let height = state.pane_height(Pane::List);
    state
        .ui
        .list
        .scroll_to_selection(height, &state.session.index);
    if state.ui.list.selected != state.ui.reader.requested {
        state.ui.reader.requested = state.ui.list.selected;
        state.ui.reader.scroll_target = state
            .ui
            .reader
            .scroll_target
            .filter(|l| Some(l.0) == state.ui.list.selected);
        match state.ui.list.selected {
            Some(id) => effects.push(Effect::Spawn(Job::ReadDispatch(
                id,
                state.session.index.snapshot(),
            ))),
            None => state.ui.reader.clear(),
        }
    }
    banner::update_banner(state, effects);
    // The text is laid out even while the reader is hidden: moving to a quote needs its lines.
    let unseen = || state.layout_at(Pane::Reader).reader;
    if let Some(area) = state.layout().reader.or_else(unseen) {
        state.ui.reader.lay_out(text_column(area));
    }
    state.apply_scroll_target();
    state.clamp_scroll();
    state.scroll_quotes_pane();
    speakers::update_speakers(state, effects);
    alerts::raise_alerts(state, effects);
    panel::request_source(state, effects);
    changes::lay_out_page(state);
    navigation::clamp_overlay(state);
}
