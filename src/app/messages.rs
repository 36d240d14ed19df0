//! What comes into `app` and what goes out: messages that change the state, and effects that the event loop carries out.

use std::sync::Arc;

use crate::action::Key;
use crate::dispatch::{InputProblem, Stamp};
use crate::index::{IngestSummary, Replacement, Segment};
use crate::jobs::{Answer, ExportDispatches, Job};
use crate::marks::{MarkChange, SavedMarks};

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
    /// Answer to [`Effect::Spawn`].
    Done(Answer),
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
    /// Run a job in the background. It is answered by [`Msg::Done`].
    Spawn(Job),
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
    /// Start watching the sources. What has changed since the load is delivered first.
    Follow,
    /// Copy a text to the clipboard.
    Copy(String),
    /// Pipe something to a shell command, which has the terminal until it exits.
    Pipe {
        what: ExportPayload,
        command: String,
    },
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

/// The input of a shell command.
#[derive(Debug)]
pub enum ExportPayload {
    /// A quote with its source.
    Quote(String),
    Dispatches(ExportDispatches),
}
