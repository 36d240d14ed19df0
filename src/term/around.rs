//! What the program is told of its surroundings: where marks are kept, what is read, the editor.

use std::ffi::OsString;
use std::path::PathBuf;

use crate::store::Place;

/// What stands around the program.
#[derive(Debug)]
pub struct Surroundings {
    /// Where marks are kept.
    pub place: Place,
    /// Hash of what is read, for what was there at the last visit.
    pub source: u64,
    /// The command of the reader's editor.
    pub editor: String,
    /// A directory for files that do not last.
    pub scratch: PathBuf,
}

impl Surroundings {
    /// The editor is that of the variables `VISUAL` and `EDITOR`, the first that is set.
    #[must_use]
    pub fn new(
        place: Place,
        source: u64,
        variable: impl Fn(&str) -> Option<OsString>,
        scratch: PathBuf,
    ) -> Self {
        Self {
            place,
            source,
            editor: super::editor::named(variable("VISUAL"), variable("EDITOR")),
            scratch,
        }
    }
}
