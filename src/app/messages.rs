//! What comes into `app` and what goes out: messages that change the state, and effects that the event loop carries out.

use std::sync::Arc;

use crate::action::Key;
use crate::changes::VersionDiff;
use crate::dispatch::{Dispatch, InputProblem, Stamp};
use crate::filter::{FilterJob, Hits};
use crate::health::Health;
use crate::index::{
    EntryId, IngestSummary, Replacement, Segment, Snapshot, SourceView, StoryStatus,
};
use crate::marks::{MarkChange, SavedMarks};
use crate::quotes::Quote;
use crate::speakers::SpeakerSummary;
use crate::views::RuleMatch;

/// Everything that can happen to the program.
#[derive(Debug)]
pub enum Msg {
    Key(Key),
    /// Pasted text: it goes into the open prompt, if there is one.
    Paste(String),
    Mouse(MouseInput),
    /// The new columns and rows of the terminal.
    Resize(u16, u16),
    /// New entries, from the load or from a followed wire.
    EntriesArrived(Vec<Arc<Segment>>),
    /// New entries of a followed wire, some of which replace older entries because their file was rewritten.
    EntriesReplaced {
        segments: Vec<Arc<Segment>>,
        replaced: Vec<Replacement>,
    },
    Problem(InputProblem),
    /// The load has ended.
    LoadFinished(IngestSummary),
    /// Answer to [`Effect::ReadDispatch`]: the dispatch and its quotes.
    DispatchRead(EntryId, Result<Box<(Dispatch, Vec<Quote>)>, InputProblem>),
    /// Answer to [`Effect::ReadSource`].
    SourceRead(EntryId, Result<SourceView, InputProblem>),
    /// Answer to [`Effect::CompareVersions`]: the newer version, the older version, their differences.
    VersionsCompared(EntryId, EntryId, Result<Box<VersionDiff>, InputProblem>),
    /// Answer to [`Effect::ComputeHealth`].
    Health(Health),
    /// Answer to [`Effect::RunFilter`]: all hits so far. `progress` is set while more follow: texts searched, texts in
    /// all.
    FilterHits {
        generation: u64,
        hits: Hits,
        progress: Option<(usize, usize)>,
    },
    /// Answer to [`Effect::CountSpeakers`]: all rows so far, or `None` if they have not changed. `progress` is set
    /// while more follow: dispatches read, dispatches in all.
    SpeakersCounted {
        generation: u64,
        rows: Option<Vec<SpeakerSummary>>,
        progress: Option<(usize, usize)>,
    },
    /// Answer to [`Effect::FindSpeaker`]: the dispatch found, if any.
    SpeakerFound {
        generation: u64,
        id: Option<EntryId>,
    },
    /// Answer to [`Effect::MatchRules`]: the matches, and for each rule number how many entries have now been decided.
    RulesMatched {
        found: Vec<RuleMatch>,
        done: Vec<(u32, usize)>,
        /// True if the entries have just arrived, so that matches may raise alerts.
        fresh: bool,
    },
    /// The command of a view could not be run, or failed.
    ViewCommandFailed {
        view: String,
        fault: String,
    },
    /// The marks of earlier sessions.
    MarksLoaded(Box<SavedMarks>),
    /// Answer to [`Effect::SaveMarks`]: the changes to apply. With an error message they last for this session only.
    MarksSaved(Vec<MarkChange>, Option<String>),
    /// Marks that could not be saved before have been saved after all.
    UnsavedMarksSaved,
    /// Answer to [`Effect::EditNote`]: the note before, and the edited text or why there is none.
    NoteEdited {
        story: u64,
        before: String,
        text: Result<String, String>,
    },
    /// Answer to [`Effect::RenderForEditor`]: the text, and a notice about dispatches that could not be read.
    EditorTextReady(String, Option<String>),
    /// Answer to [`Effect::ReadDispatches`]: those that could be read, and how many were requested.
    DispatchesRead(Vec<(EntryId, Dispatch)>, usize),
    /// Something other than an input failed: shown as a notice and listed among the problems.
    Failure(String),
    /// The program is about to exit.
    Quitting,
    /// The current time. Sent by the event loop, since the core has no clock.
    Now(Stamp),
    /// A line to show at the bottom until the next key.
    Notice(String),
}

/// A mouse button or wheel event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MouseAction {
    Click,
    WheelUp,
    WheelDown,
}

/// A mouse event at a cell of the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MouseInput {
    pub action: MouseAction,
    pub x: u16,
    pub y: u16,
}

// Effects: `app` itself does no IO.

/// What the event loop has to carry out. An effect with a result is answered by a [`Msg`].
#[derive(Debug)]
pub enum Effect {
    /// Read a dispatch and find its quotes.
    ReadDispatch(EntryId, Snapshot),
    /// Read the bytes of a dispatch again, to be decoded from the encoding of this WHATWG name.
    ReadSource(EntryId, &'static str, Snapshot),
    /// Read two versions of a dispatch, newer and older, and compare them.
    CompareVersions(EntryId, EntryId, Snapshot),
    /// Compute rates, silences and missing numbers of the sources of some entries.
    ComputeHealth(Vec<EntryId>, Snapshot),
    /// Run a filter; jobs of older generations may be dropped.
    RunFilter(FilterJob),
    /// Count the speakers in some dispatches; jobs of older generations may be dropped. An empty `ids` only cancels
    /// them.
    CountSpeakers {
        generation: u64,
        ids: Vec<EntryId>,
        snapshot: Snapshot,
    },
    /// Find the first of some dispatches in which a person speaks. Shares its generations with [`Self::CountSpeakers`],
    /// so that each cancels the other.
    FindSpeaker {
        generation: u64,
        name: String,
        ids: Vec<EntryId>,
        snapshot: Snapshot,
    },
    /// Read the texts of entries whose heads leave open whether views and mutes match them.
    MatchRules(crate::views::RuleJob),
    /// Run the command of a view on a dispatch; answered only if it fails.
    RunViewCommand {
        view: String,
        command: Vec<String>,
        id: EntryId,
        snapshot: Snapshot,
    },
    /// Ring the terminal's bell.
    RingBell,
    /// Save changes of marks. They show once the answer has come.
    SaveMarks(Vec<MarkChange>),
    /// Save the keys of the items that were listed at the end of the session: added to the saved ones, or (`true`) in
    /// their place.
    SaveListedItems(Vec<u64>, bool),
    /// Edit the note on a story in the user's editor.
    EditNote {
        story: u64,
        text: String,
    },
    /// Read several dispatches.
    ReadDispatches(Vec<EntryId>, Snapshot),
    /// Start watching the sources. What has changed since the load is delivered first.
    Follow,
    /// Copy a text to the clipboard.
    Copy(String),
    /// Pipe something to a shell command, which has the terminal until it exits.
    Pipe {
        what: ExportPayload,
        command: String,
    },
    /// Render dispatches as `dateline show` prints them, for an editor.
    RenderForEditor(ExportDispatches),
    /// Open a copy of a text in the user's editor.
    OpenEditor(String),
    /// Save dispatches to a file; `over` allows overwriting an existing one.
    SaveDispatches {
        bundle: ExportDispatches,
        path: String,
        over: bool,
    },
    /// Open a web or mail address in the user's own program, see [`crate::text::link_target`].
    OpenLink(String),
    /// Switch mouse reporting on or off.
    SetMouse(bool),
    /// Stop the process, as `^Z` does.
    Suspend,
    /// Redraw every cell.
    Redraw,
    Quit,
}

/// Dispatches to export, in list order.
#[derive(Debug)]
pub struct ExportDispatches {
    /// The entries, in list order.
    pub ids: Vec<EntryId>,
    /// For each of `ids`: whether it was superseded, killed or corrected.
    pub story_statuses: Vec<StoryStatus>,
    pub snapshot: Snapshot,
}

/// The input of a shell command.
#[derive(Debug)]
pub enum ExportPayload {
    /// A quote with its source.
    Quote(String),
    Dispatches(ExportDispatches),
}
