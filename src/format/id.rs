//! Names a row of the table of formats.

use super::{FORMATS, Format};

/// A row of the table of formats.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct FormatId(u8);

impl FormatId {
    /// Plain text, one dispatch a file: what everything readable can be read as.
    #[allow(clippy::cast_possible_truncation)] // A few dozen rows.
    pub const PLAIN: Self = Self(FORMATS.len() as u8 - 1);

    /// The row itself.
    #[must_use]
    pub fn row(self) -> &'static Format {
        FORMATS
            .get(usize::from(self.0))
            .unwrap_or(&FORMATS[FORMATS.len() - 1])
    }

    /// The first row of this name (`json`), in any case.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::all().find(|id| id.row().name.eq_ignore_ascii_case(name))
    }

    /// All rows, in the order in which they are tried.
    pub fn all() -> impl DoubleEndedIterator<Item = Self> + Clone {
        (0..=Self::PLAIN.0).map(Self)
    }
}
