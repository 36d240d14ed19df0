//! What the program is told of its surroundings: where marks are kept, what is read, the editor.

use std::ffi::OsString;
use std::path::PathBuf;

use super::programs::Programs;
use crate::config::Openers;
use crate::store::StateDirectory;

/// What stands around the program.
#[derive(Debug)]
pub struct Environment {
    /// Where marks are kept.
    pub state_dir: StateDirectory,
    /// Hash of what is read, for what was there at the last visit.
    pub source_key: u64,
    /// The reader's own programs.
    pub(super) programs: Programs,
    /// The terminal may be told of links (OSC 8).
    pub(super) has_hyperlinks: bool,
    /// The home directory, for a path that begins with `~/`.
    pub(super) home: Option<PathBuf>,
    /// A directory for files that do not last.
    pub temp_dir: PathBuf,
}

impl Environment {
    /// Programs are those of the config file, else what the variables name, as `VISUAL` and `EDITOR` do, else what systems
    /// of the kind have.
    #[must_use]
    pub fn new(
        place: StateDirectory,
        source: u64,
        openers: Openers,
        variable: impl Fn(&str) -> Option<OsString>,
        scratch: PathBuf,
    ) -> Self {
        let set = |name: &str| variable(name).filter(|value| !value.is_empty());
        let bare = |term: OsString| term == "dumb" || term == "linux";
        Self {
            has_hyperlinks: set("DATELINE_NO_LINKS").is_none() && !set("TERM").is_some_and(bare),
            state_dir: place,
            source_key: source,
            home: variable("HOME").map(PathBuf::from),
            programs: Programs::new(openers, variable),
            temp_dir: scratch,
        }
    }
}
