//! The table `[open]`: which programs of the reader's open links and files, page long output and take copies.

use super::fields::{ErrorCollector, Fields, PositionedTable};
use super::value;

/// Programs of the reader's, each as the program and its arguments. No shell reads these lists. `None`: as the program
/// finds one itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Openers {
    /// Opens a link: `{}` stands for it, else it comes last.
    pub url: Option<Vec<String>>,
    /// Edits a file: `{}` stands for its path, else it comes last.
    pub editor: Option<Vec<String>>,
    /// Gets what is copied on its standard input.
    pub clipboard: Option<Vec<String>>,
    /// Gets long output on its standard input.
    pub pager: Option<Vec<String>>,
    /// Whether what is typed after `|` goes to a shell. Without, words are parted and the program is started itself.
    pub shell: bool,
}

pub(super) const OPENER_KEYS: &[&str] = &["url", "editor", "clipboard", "pager", "shell"];

pub(super) fn parse_openers(table: PositionedTable<'_>, notes: &mut ErrorCollector<'_>) -> Openers {
    let mut fields = Fields::new(notes, table, "[open]", OPENER_KEYS);
    Openers {
        url: fields.get("url", value::command),
        editor: fields.get("editor", value::command),
        clipboard: fields.get("clipboard", value::command),
        pager: fields.get("pager", value::command),
        shell: fields.get("shell", value::boolean).unwrap_or(false),
    }
}
