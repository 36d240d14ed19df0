//! What the state asks the edges to do: nothing in `app` does anything itself.

use super::{ExportDispatches, ExportPayload};
use crate::desk::{EntryId, Snapshot};
use crate::filter::FilterJob;
use crate::marks::MarkChange;

/// What the edges shall do; each answers with a [`super::Msg`] where there is something to answer.
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
