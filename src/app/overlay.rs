//! Overlays: what covers the panes between the top and the bottom line. One struct for all of them, since a sheet of
//! text and a list to choose from differ in what they show, and not in how they are moved in. Knows nothing of how
//! their lines look.

use std::mem::discriminant;

use crate::action::Pane;
use crate::app::changes::Comparison;
use crate::app::layout::{Area, overlay_area};
use crate::dispatch::InputProblem;
use crate::health::Health;
use crate::index::{EntryId, SourceView};

/// What an overlay shows, with what only that needs: it is dropped when the overlay is closed.
#[derive(Debug)]
pub enum OverlayKind {
    Help,
    Problems,
    /// All header fields of the open dispatch.
    Header,
    /// The raw bytes of the open dispatch: of which entry, and the bytes once they have been read.
    Source(Option<EntryId>, Option<Result<SourceView, InputProblem>>),
    /// Statistics of the sources, once they have been computed.
    Health(Option<Health>),
    Views,
    Alerts,
    /// The links of the open dispatch.
    Links(Vec<Link>),
    /// Bookmarks with a letter.
    Bookmarks,
    /// The speakers of the list.
    Speakers,
    /// Two versions of a dispatch.
    Changes(Box<Comparison>),
}

/// A link to choose from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// The link as the dispatch writes it.
    pub text: String,
    /// The address to open, see [`crate::text::link_target`].
    pub target: String,
}

/// An open overlay: a list with a selected row, or a page of lines.
#[derive(Debug)]
pub struct Overlay {
    pub kind: OverlayKind,
    /// The selected row of a list.
    pub row: usize,
    /// First visible row or line.
    pub top: usize,
    /// Words that a line must contain to be shown.
    pub words: String,
    /// Set once the user has moved to a row of a list: from then on the selection stays on what it shows when rows
    /// change.
    pub user_selected: bool,
}

impl Overlay {
    /// An overlay at its top.
    #[must_use]
    pub fn new(kind: OverlayKind) -> Self {
        Self {
            kind,
            row: 0,
            top: 0,
            words: String::new(),
            user_selected: false,
        }
    }

    /// The pane whose keys it has.
    #[must_use]
    pub fn pane(&self) -> Pane {
        match self.kind {
            OverlayKind::Help
            | OverlayKind::Problems
            | OverlayKind::Header
            | OverlayKind::Source(..)
            | OverlayKind::Health(_) => Pane::Sheet,
            OverlayKind::Views
            | OverlayKind::Alerts
            | OverlayKind::Links(_)
            | OverlayKind::Bookmarks => Pane::Choice,
            OverlayKind::Speakers => Pane::Speakers,
            OverlayKind::Changes(_) => Pane::Changes,
        }
    }

    /// True if it shows the same kind of thing.
    #[must_use]
    pub fn is(&self, kind: &OverlayKind) -> bool {
        discriminant(&self.kind) == discriminant(kind)
    }

    /// True for a list with a selected row.
    #[must_use]
    pub fn is_list(&self) -> bool {
        matches!(self.pane(), Pane::Choice | Pane::Speakers)
    }

    /// The area of its rows or lines, on a screen of this size.
    #[must_use]
    pub fn area(&self, size: (u16, u16)) -> Area {
        overlay_area(size, self.pane())
    }

    /// Moves to a row of a list, or scrolls a page to a line. `length` is the number of rows or lines, `height` that of
    /// the visible ones.
    pub(super) fn move_to(&mut self, row: usize, length: usize, height: usize) {
        if self.is_list() {
            self.user_selected = true;
            self.row = row;
        } else {
            self.top = row;
        }
        self.clamp(length, height);
    }

    /// Moves by a number of rows or lines.
    pub(super) fn move_by(&mut self, by: isize, length: usize, height: usize) {
        let from = if self.is_list() { self.row } else { self.top };
        self.move_to(from.saturating_add_signed(by), length, height);
    }

    /// Keeps the selected row among the rows and on the screen, and the last page full.
    pub(super) fn clamp(&mut self, length: usize, height: usize) {
        if self.is_list() {
            self.row = self.row.min(length.saturating_sub(1));
            let highest = (self.row + 1).saturating_sub(height);
            self.top = self.top.clamp(highest, self.row);
        }
        self.top = self.top.min(length.saturating_sub(height));
    }
}
