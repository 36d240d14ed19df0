//! The commands without a screen: list, show, quotes, diff, health, check, follow, mark and more. Data goes to standard output, problems to standard error.

mod check;
mod config;
mod diff;
mod export;
mod follow;
mod gather;
mod health;
mod inputs;
mod list;
mod mark;
mod marks;
mod pager;
mod pick;
mod progress;
mod quotes;
mod show;
mod speakers;
mod state;
mod told;

pub use check::check;
pub use config::{config, load_settings, pager_command, retention_limits};
pub use diff::diff;
pub use export::export;
pub use follow::{FollowEvent, FollowOptions, event_channel, follow, watch_output};
pub use health::health;
pub use inputs::{invalid_arguments, resolve_inputs, screen_unavailable_reason, source_key};
pub use list::list;
pub use mark::mark;
pub use pager::{PagerCommand, run_with_pager};
pub use pick::print_chosen;
pub use quotes::quotes;
pub use show::show;
pub use speakers::speakers;
pub use state::state;

use std::io::{self, Write};

use crate::cli::SortArgs;
use crate::desk::{DispatchIndex, EntryId};
use crate::filter::{Sort, SortKey, SortOrder};
use crate::load::{LoadRequest, now};
use crate::store::StateDirectory;

/// What a command has done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Something was shown.
    Shown,
    /// Nothing matched.
    Nothing,
    /// Of two things compared, that they differ.
    Different,
    /// Some input could not be read; what could be was shown.
    Unreadable,
}

impl Outcome {
    /// The exit code.
    #[must_use]
    pub fn code(self) -> u8 {
        match self {
            Self::Shown => 0,
            Self::Nothing | Self::Different => 1,
            Self::Unreadable => 2,
        }
    }

    fn from_counts(shown: usize, unreadable: bool) -> Self {
        match (unreadable, shown) {
            (true, _) => Self::Unreadable,
            (false, 0) => Self::Nothing,
            (false, _) => Self::Shown,
        }
    }
}

/// What is read, and what is kept of it.
#[derive(Debug)]
pub struct Request {
    pub sources: LoadRequest,
    pub filter: String,
    /// Where marks are kept; only `mark` writes there.
    pub state: StateDirectory,
    /// Hash of what is read, for what was there at the last visit.
    pub source_key: u64,
    /// In which order commands print that print the newest first.
    pub order: SortOrder,
    /// What may not be published yet is left out.
    pub hide_embargoed: bool,
}

/// Leaves out what may not be published yet.
fn remove_embargoed(desk: &DispatchIndex, ids: &mut Vec<EntryId>) {
    let now = Some(now().seconds);
    let held = |id| desk.entry(id).is_some_and(|e| e.is_under_embargo(now));
    ids.retain(|&id| !held(id));
}

impl Request {
    /// The same, in the order of the command line.
    #[must_use]
    pub fn sorted(mut self, sorting: &SortArgs) -> Self {
        let mut keys = sorting.sort.iter().copied();
        if !sorting.sort.is_empty() || sorting.reverse {
            self.order = SortOrder::Sorted(Sort {
                by: keys.next().unwrap_or(SortKey::Time),
                then: keys.next(),
                reversed: sorting.reverse,
            });
        }
        self
    }
}

/// Where a command writes: data and problems apart.
pub struct Streams<'a> {
    pub out: &'a mut dyn Write,
    pub err: &'a mut dyn Write,
    /// True where how far a long command is can be told on `err`: a terminal that shows nothing else meanwhile.
    pub show_progress: bool,
    /// Columns of the terminal that is written to, where it is one: running text is wrapped at its words.
    pub columns: Option<u16>,
}

/// An outcome, or the error of a stream; a closed pipe is a quiet end.
///
/// # Errors
/// Any error but that of a closed pipe.
pub fn finish(result: io::Result<Outcome>) -> io::Result<Outcome> {
    match result {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(Outcome::Shown),
        other => other,
    }
}
