//! The command line of marks: where they are kept, `state`, `mark`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::InputArgs;

/// Where marks are kept.
#[derive(Debug, Clone, Default, Args)]
pub struct StateArgs {
    /// Keep marks in this directory [default: `DATELINE_STATE`, else dateline in `XDG_STATE_HOME`, else in ~/.local/state]
    #[arg(long, value_name = "DIR")]
    pub state: Option<PathBuf>,
    /// Keep no marks and read none
    #[arg(long, conflicts_with = "state")]
    pub no_state: bool,
}

/// What to do with all marks.
#[derive(Debug, Clone, Subcommand)]
pub enum StateCommand {
    /// Print the path of the database
    Path {
        #[command(flatten)]
        state: StateArgs,
    },
    /// Print all marks as JSON
    Export {
        #[command(flatten)]
        state: StateArgs,
    },
    /// Take in marks that `state export` has printed; of each mark the later one counts, of two notes both
    Import {
        #[command(flatten)]
        state: StateArgs,
        /// The file to read [default: standard input]
        file: Option<PathBuf>,
    },
}

impl StateCommand {
    /// Where the marks are kept.
    #[must_use]
    pub fn state_args(&self) -> &StateArgs {
        match self {
            Self::Path { state } | Self::Export { state } | Self::Import { state, .. } => state,
        }
    }
}

/// Which dispatches are marked.
#[derive(Debug, Clone, Args)]
pub struct MarkTargetArgs {
    #[command(flatten)]
    pub input: InputArgs,
    /// Only the dispatch of this id, as `ID` or `ID:REVISION`; may be given more than once
    #[arg(long, value_name = "ID")]
    pub item: Vec<String>,
}

/// How dispatches are marked.
#[derive(Debug, Clone, Subcommand)]
pub enum MarkCommand {
    /// Mark as read
    Read(MarkTargetArgs),
    /// Mark as unread
    Unread(MarkTargetArgs),
    /// Star the stories
    Star(MarkTargetArgs),
    /// Take the stars away
    Unstar(MarkTargetArgs),
    /// Put a note on the stories, in the place of what stands there; an empty one takes it away
    Note {
        /// The note
        #[arg(long)]
        text: String,
        #[command(flatten)]
        selection: MarkTargetArgs,
    },
}

impl MarkCommand {
    /// Which dispatches are meant.
    #[must_use]
    pub fn selection(&self) -> &MarkTargetArgs {
        match self {
            Self::Read(selection)
            | Self::Unread(selection)
            | Self::Star(selection)
            | Self::Unstar(selection)
            | Self::Note { selection, .. } => selection,
        }
    }
}
