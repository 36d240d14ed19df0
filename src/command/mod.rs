//! The commands without a screen: list, show, export, quotes, speakers, check, and what was chosen on one. Data goes to standard output, problems to standard error.

mod check;
mod export;
mod gather;
mod list;
mod pager;
mod pick;
mod progress;
mod quotes;
mod show;
mod speakers;

pub use check::check;
pub use export::export;
pub use list::list;
pub use pager::{Aside, Pager, pager_of, screen_of_output};
pub use pick::pick;
pub use quotes::quotes;
pub use show::show;
pub use speakers::speakers;

use std::io::{self, Write};

use crate::load::Sources;

/// What a command has done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Something was shown.
    Shown,
    /// Nothing matched.
    Nothing,
    /// Some input could not be read; what could be was shown.
    Unreadable,
}

impl Outcome {
    /// The exit code.
    #[must_use]
    pub fn code(self) -> u8 {
        match self {
            Self::Shown => 0,
            Self::Nothing => 1,
            Self::Unreadable => 2,
        }
    }

    fn of(shown: usize, unreadable: bool) -> Self {
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
    pub sources: Sources,
    pub filter: String,
}

/// Where a command writes: data and problems apart.
pub struct Streams<'a> {
    pub out: &'a mut dyn Write,
    pub err: &'a mut dyn Write,
    /// True where how far a long command is can be told on `err`: a terminal that shows nothing else meanwhile.
    pub live: bool,
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
