//! The state of the program and its one writer: `update(&mut State, Msg) -> Vec<Effect>`. No IO, no clock, no terminal.

mod across;
mod alerts;
mod changes;
mod choosing;
mod chosen;
mod citing;
mod commanding;
mod completing;
mod document;
mod effect;
mod embargo;
mod facts;
mod fate;
mod filter;
mod filtering;
mod folding;
mod handing;
mod header;
mod health;
mod hints;
mod hits;
mod keys;
mod layout;
mod lines;
mod linking;
mod list;
mod live;
mod marking;
mod marks;
mod moving;
mod narrowing;
mod noting;
mod panel;
mod places;
mod pointing;
mod prompt;
mod prompting;
mod quoting;
mod reader;
mod replacing;
mod rows;
mod same;
mod setup;
mod sheet;
mod sorting;
mod source;
mod speakers;
mod state;
mod welcome;

pub use alerts::{ActiveMute, ActiveView, Alert, AlertLog, Alerts};
pub use changes::{
    Comparison, DiffLine, DiffLineKind, DiffPage, DiffStyle, changes_area, compare_versions,
};
pub use choosing::{Choice, ChoiceKind, ChooseMode};
pub use commanding::{COMMANDS, Command, typed_commands};
pub use completing::Completion;
pub use document::{Document, SpeakerQuotes, is_unsure};
pub use effect::Effect;
pub use embargo::Embargoes;
pub use facts::format_time;
pub use filter::ListFilter;
pub use handing::{ExportDispatches, ExportPayload};
pub use hints::hints;
pub use layout::{
    Area, Layout, LayoutMode, MAX_TEXT_WIDTH, MIN_SIZE, layout, overlay_area, text_column,
};
pub use lines::{LineKind, ReaderLine};
pub use linking::Link;
pub use list::List;
pub use live::{FollowMode, LiveFeed};
pub use marks::MarksState;
pub use panel::{Panel, PanelKind};
pub use places::{Bookmark, Bookmarks};
pub use pointing::{MouseAction, MouseInput};
pub use prompt::{Prompt, PromptKind};
pub use quoting::QuotePaneRow;
pub use reader::Reader;
pub use same::SpeakerSearch;
pub use setup::{Setup, StartupOptions};
pub use sheet::{Sheet, SheetKind, SheetLine, sheet_column, sheet_lines};
pub use speakers::SpeakersView;
pub use state::{FilterPhase, State};
pub use welcome::Welcome;

use std::sync::Arc;

use crate::action::Key;
use crate::changes::VersionDiff;
use crate::desk::{EntryId, IngestSummary, Replacement, Segment, SourceView};
use crate::dispatch::{Dispatch, InputProblem, Stamp};
use crate::filter::Hits;
use crate::health::Health;
use crate::marks::{MarkChange, SavedMarks};
use crate::quote::Quote;
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
        Msg::Paste(text) => prompting::paste(state, &text, &mut effects),
        Msg::Mouse(mouse) => pointing::handle_mouse(state, mouse, &mut effects),
        Msg::Resize(width, height) => state.size = (width, height),
        Msg::EntriesArrived(segments) => filtering::receive_segments(state, segments, &mut effects),
        Msg::EntriesReplaced { segments, replaced } => {
            replacing::receive_replacements(state, segments, &replaced, &mut effects);
        }
        Msg::Problem(problem) => state.problems.push(problem),
        Msg::LoadFinished(summary) => {
            state.load_summary = Some(summary);
            filtering::catch_up(state);
            alerts::request_deferred_texts(state, &mut effects);
            state.hold_arrivals();
        }
        Msg::DispatchRead(id, result) => reader::receive_dispatch(state, id, result),
        Msg::SourceRead(id, result) => source::receive_source(state, id, result),
        Msg::Health(found) => health::receive_health(state, found),
        Msg::VersionsCompared(newer, older, result) => {
            changes::receive_comparison(state, newer, older, result)
        }
        Msg::FilterHits {
            generation,
            hits,
            progress,
        } => filtering::receive_hits(state, generation, hits, progress, &mut effects),
        Msg::SpeakersCounted {
            generation,
            rows,
            progress,
        } => speakers::receive_speakers(state, generation, rows, progress),
        Msg::SpeakerFound { generation, id } => {
            state.receive_found_speaker(generation, id, &mut effects)
        }
        Msg::RulesMatched { found, done, fresh } => {
            alerts::receive_matches(state, &found, &done, fresh);
        }
        Msg::ViewCommandFailed { view, fault } => alerts::log_view_failure(state, &view, fault),
        Msg::Now(now) => state.set_now(now),
        Msg::MarksLoaded(kept) => marking::receive_saved_marks(state, *kept, &mut effects),
        Msg::MarksSaved(changes, trouble) => marking::receive_save_result(state, &changes, trouble),
        Msg::UnsavedMarksSaved => marking::report_all_saved(state),
        Msg::NoteEdited {
            story,
            before,
            text,
        } => noting::receive_edited_note(state, story, before, text),
        Msg::EditorTextReady(text, lost) => {
            handing::receive_editor_text(state, text, lost, &mut effects)
        }
        Msg::DispatchesRead(texts, of) => marking::copy_dispatches(state, texts, of, &mut effects),
        Msg::Failure(text) => state.report_failure(text),
        Msg::Quitting => marking::save_session_end(state, &mut effects),
        Msg::Notice(text) => state.notice = Some(text),
    }
    state.sync_derived(&mut effects);
    effects
}
