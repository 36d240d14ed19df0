//! Messages in, effects out: `update` is the one writer of the state. No IO, no clock, no terminal.

use std::sync::Arc;

use crate::action::Key;
use crate::app::commands::{self, ExportDispatches, ExportPayload};
use crate::app::keys::{self, MouseInput};
use crate::app::state::State;
use crate::app::{alerts, changes, filter, list, marks, prompt, reader, sheet, speakers};
use crate::changes::VersionDiff;
use crate::dispatch::{Dispatch, InputProblem, Stamp};
use crate::filter::{FilterJob, Hits};
use crate::health::Health;
use crate::index::{EntryId, IngestSummary, Replacement, Segment, Snapshot, SourceView};
use crate::marks::{MarkChange, SavedMarks};
use crate::quotes::Quote;
use crate::speakers::SpeakerSummary;
use crate::views::RuleMatch;

/// What can happen to the program.
#[derive(Debug)]
pub enum Msg {
    Key(Key),
    Paste(String),
    Mouse(MouseInput),
    Resize(u16, u16),
    /// Entries have been loaded.
    EntriesArrived(Vec<Arc<Segment>>),
    /// While the wire is followed: entries that have arrived, and what of them stands in the place of others, since
    /// files were written again.
    EntriesReplaced {
        segments: Vec<Arc<Segment>>,
        replaced: Vec<Replacement>,
    },
    Problem(InputProblem),
    /// The load has ended.
    LoadFinished(IngestSummary),
    /// An [`Effect::Open`] is done.
    DispatchRead(EntryId, Result<Box<(Dispatch, Vec<Quote>)>, InputProblem>),
    /// An [`Effect::SourceView`] is done.
    SourceRead(EntryId, Result<SourceView, InputProblem>),
    /// An [`Effect::Compare`] is done.
    VersionsCompared(EntryId, EntryId, Result<Box<VersionDiff>, InputProblem>),
    /// An [`Effect::Health`] is done.
    Health(Health),
    /// An [`Effect::ListFilter`] has hits. While more follow: how many texts have been looked at, and of how many.
    FilterHits {
        generation: u64,
        hits: Hits,
        progress: Option<(usize, usize)>,
    },
    /// An [`Effect::SpeakersView`] has rows, or none that are new. While more follow: how many dispatches have been read,
    /// and of how many.
    SpeakersCounted {
        generation: u64,
        rows: Option<Vec<SpeakerSummary>>,
        progress: Option<(usize, usize)>,
    },
    /// An [`Effect::FindSpeaker`] has found one, or none.
    SpeakerFound {
        generation: u64,
        id: Option<EntryId>,
    },
    /// An [`Effect::Judge`] is done: of which rules so many entries were told by their texts, and what those keep.
    RulesMatched {
        found: Vec<RuleMatch>,
        done: Vec<(u32, usize)>,
        fresh: bool,
    },
    /// The command of a view was not run, or failed: why.
    ViewCommandFailed {
        view: String,
        fault: String,
    },
    /// The marks of earlier sessions.
    MarksLoaded(Box<SavedMarks>),
    /// An [`Effect::Keep`] is done; where there is a trouble, for this session only.
    MarksSaved(Vec<MarkChange>, Option<String>),
    /// What was kept for this session only has been saved after all.
    UnsavedMarksSaved,
    /// An [`Effect::Note`] is done.
    NoteEdited {
        story: u64,
        before: String,
        text: Result<String, String>,
    },
    /// An [`Effect::Print`] is done: the text, and what there is to say of what could not be read.
    EditorTextReady(String, Option<String>),
    /// An [`Effect::Texts`] is done: what could be read, and of how many.
    DispatchesRead(Vec<(EntryId, Dispatch)>, usize),
    /// Something went wrong outside of the inputs: it is said, and stands among the problems.
    Failure(String),
    /// The program is about to end.
    Quitting,
    /// What time it is.
    Now(Stamp),
    /// Something worth a line at the bottom, until the next key.
    Notice(String),
}

/// Takes one message in.
pub fn update(state: &mut State, msg: Msg) -> Vec<Effect> {
    let mut effects = Vec::new();
    match msg {
        Msg::Key(key) => keys::handle_key(state, key, &mut effects),
        Msg::Paste(text) => prompt::paste(state, &text, &mut effects),
        Msg::Mouse(mouse) => keys::handle_mouse(state, mouse, &mut effects),
        Msg::Resize(width, height) => state.size = (width, height),
        Msg::EntriesArrived(segments) => filter::receive_segments(state, segments, &mut effects),
        Msg::EntriesReplaced { segments, replaced } => {
            list::receive_replacements(state, segments, &replaced, &mut effects);
        }
        Msg::Problem(problem) => state.problems.push(problem),
        Msg::LoadFinished(summary) => {
            state.load_summary = Some(summary);
            filter::catch_up(state);
            alerts::request_deferred_texts(state, &mut effects);
            state.hold_arrivals();
        }
        Msg::DispatchRead(id, result) => reader::receive_dispatch(state, id, result),
        Msg::SourceRead(id, result) => sheet::receive_source(state, id, result),
        Msg::Health(found) => sheet::receive_health(state, found),
        Msg::VersionsCompared(newer, older, result) => {
            changes::receive_comparison(state, newer, older, result);
        }
        Msg::FilterHits {
            generation,
            hits,
            progress,
        } => filter::receive_hits(state, generation, hits, progress, &mut effects),
        Msg::SpeakersCounted {
            generation,
            rows,
            progress,
        } => speakers::receive_speakers(state, generation, rows, progress),
        Msg::SpeakerFound { generation, id } => {
            state.receive_found_speaker(generation, id, &mut effects);
        }
        Msg::RulesMatched { found, done, fresh } => {
            alerts::receive_matches(state, &found, &done, fresh);
        }
        Msg::ViewCommandFailed { view, fault } => alerts::log_view_failure(state, &view, fault),
        Msg::Now(now) => state.set_now(now),
        Msg::MarksLoaded(kept) => marks::receive_saved_marks(state, *kept, &mut effects),
        Msg::MarksSaved(changes, trouble) => marks::receive_save_result(state, &changes, trouble),
        Msg::UnsavedMarksSaved => marks::report_all_saved(state),
        Msg::NoteEdited {
            story,
            before,
            text,
        } => marks::receive_edited_note(state, story, before, text),
        Msg::EditorTextReady(text, lost) => {
            commands::receive_editor_text(state, text, lost, &mut effects);
        }
        Msg::DispatchesRead(texts, of) => marks::copy_dispatches(state, texts, of, &mut effects),
        Msg::Failure(text) => state.report_failure(text),
        Msg::Quitting => marks::save_session_end(state, &mut effects),
        Msg::Notice(text) => state.notice = Some(text),
    }
    state.sync_derived(&mut effects);
    effects
}

// What the state asks the edges to do: nothing in `app` does anything itself.

/// What the edges shall do; each answers with a [`Msg`] where there is something to answer.
#[derive(Debug)]
pub enum Effect {
    /// Read a dispatch and find its quotes.
    ReadDispatch(EntryId, Snapshot),
    /// Read the bytes of a dispatch again, whose encoding is that of this WHATWG name.
    ReadSource(EntryId, &'static str, Snapshot),
    /// Read two versions of a dispatch, the newer and the older, and compare them.
    CompareVersions(EntryId, EntryId, Snapshot),
    /// See how the sources of some entries are.
    ComputeHealth(Vec<EntryId>, Snapshot),
    /// Run a filter; jobs of older generations may be dropped.
    RunFilter(FilterJob),
    /// Find out who speaks in some dispatches; jobs of older generations may be dropped. No dispatches: drop them.
    CountSpeakers {
        generation: u64,
        ids: Vec<EntryId>,
        snapshot: Snapshot,
    },
    /// Find the first of some dispatches in which somebody speaks; counted with the generations of the above.
    FindSpeaker {
        generation: u64,
        name: String,
        ids: Vec<EntryId>,
        snapshot: Snapshot,
    },
    /// Tell by their texts what views and mutes keep.
    MatchRules(crate::views::RuleJob),
    /// Run the command of a view on a dispatch; it is told only where that fails.
    RunViewCommand {
        view: String,
        command: Vec<String>,
        id: EntryId,
        snapshot: Snapshot,
    },
    /// Ring the terminal's bell.
    RingBell,
    /// Keep marks.
    SaveMarks(Vec<MarkChange>),
    /// Keep which items had been listed when the visit ended: beside what is kept, or (`true`) in its place.
    SaveListedItems(Vec<u64>, bool),
    /// Let the reader write the note on a story in an editor.
    EditNote {
        story: u64,
        text: String,
    },
    /// Read several dispatches.
    ReadDispatches(Vec<EntryId>, Snapshot),
    /// Watch the sources: from now on more may come; what has come since the load comes first.
    Follow,
    /// Put a text on the clipboard.
    Copy(String),
    /// Give something to a command, which has the terminal until it ends.
    Pipe {
        what: ExportPayload,
        command: String,
    },
    /// Read dispatches as `dateline show` prints them, for an editor.
    RenderForEditor(ExportDispatches),
    /// Show a copy of a text in an editor.
    OpenEditor(String),
    /// Save dispatches in a file; `over`: also where there is one of that name.
    SaveDispatches {
        bundle: ExportDispatches,
        path: String,
        over: bool,
    },
    /// Open a link: an address of the web or of mail, see [`crate::text::link_target`].
    OpenLink(String),
    /// Listen to the mouse, or no longer.
    SetMouse(bool),
    Suspend,
    /// Draw every cell anew.
    Redraw,
    Quit,
}
