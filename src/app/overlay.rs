//! What lies over the panes: the stack of overlays with what they show, and the prompt. A sheet of text and a list to
//! choose from are one struct, since they differ in what they show and not in how they are moved in. Knows nothing of
//! how their lines look.

use std::collections::BTreeMap;
use std::mem::discriminant;
use std::ops::Range;

use jiff::tz::TimeZone;
use tui_input::{Input, InputRequest};

use crate::action::{Action, Code, Key, Pane};
use crate::app::layout;
use crate::app::layout::Area;
use crate::changes::{DiffPage, VersionDiff};
use crate::dispatch::InputProblem;
use crate::health::Health;
use crate::index::{EntryId, SourceView};
use crate::jobs::WantedQuotes;
use crate::speakers::SpeakerSummary;
use crate::text::{fold, sanitize_line};

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
        Self { kind, row: 0, top: 0, words: String::new(), user_selected: false }
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
        layout::overlay_area(size, self.pane())
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
        // The screen may have grown since the last move.
        self.clamp(length, height);
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

/// The comparison of two versions.
#[derive(Debug)]
pub struct Comparison {
    /// Versions of the story, the newest first.
    pub versions: Vec<EntryId>,
    /// The two compared versions, as indices into `versions`; `newer < older`.
    pub newer: usize,
    pub older: usize,
    /// The result, once both versions have been read.
    pub result: Option<Result<Box<VersionDiff>, InputProblem>>,
    /// The result laid out in lines.
    pub page: DiffPage,
    /// The change moved to last, an index into [`DiffPage::change_lines`].
    pub current_change: Option<usize>,
    /// Columns that the page is laid out for; `None` if it has to be laid out again.
    pub(super) width: Option<u16>,
}

impl Comparison {
    /// A comparison without a result yet.
    pub(super) fn new(versions: Vec<EntryId>, newer: usize, older: usize) -> Self {
        Self {
            versions,
            newer,
            older,
            result: None,
            page: DiffPage::default(),
            current_change: None,
            width: None,
        }
    }

    /// The ids of the newer and the older version.
    #[must_use]
    pub fn ids(&self) -> Option<(EntryId, EntryId)> {
        Some((*self.versions.get(self.newer)?, *self.versions.get(self.older)?))
    }
}

impl Comparison {
    /// The next or previous change and its line, given the visible lines.
    pub(super) fn next_change(
        &self,
        forward: bool,
        visible: &Range<usize>,
    ) -> Option<(usize, usize)> {
        let stops = &self.page.change_lines;
        // A change that has been scrolled out of view no longer counts: move relative to what is visible.
        let current = self
            .current_change
            .filter(|&stop| stops.get(stop).is_some_and(|line| visible.contains(line)));
        let next = match (current, forward) {
            (Some(stop), true) => stop + 1,
            (Some(stop), false) => stop.wrapping_sub(1),
            // No current change: the first one below the top, or for a move up the last one above the bottom.
            (None, true) => stops.partition_point(|&line| line < visible.start),
            (None, false) => stops.partition_point(|&line| line < visible.end).wrapping_sub(1),
        };
        Some((next, *stops.get(next)?))
    }

    /// Lays the page out for a width in columns, if it has not been. Returns the line that was at `top` before.
    pub(super) fn lay_out(&mut self, zone: &TimeZone, width: u16, top: usize) -> usize {
        let Some(Ok(compared)) = &self.result else {
            return top;
        };
        if self.width == Some(width) {
            return top;
        }
        // The text of the page is the same at every width: keep the position at its top.
        let at = self.page.lines.get(top);
        let at = at.map_or(0, |line| line.range.start);
        self.width = Some(width);
        self.page = DiffPage::new(compared, zone, usize::from(width));
        self.current_change = None;
        let lines = &self.page.lines;
        lines.partition_point(|line| line.range.end < at)
    }
}

// Choosing: the program as part of a pipeline, which exits once something has been chosen.

/// What Enter chooses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChoiceKind {
    Dispatch,
    /// The current quote, in the reader and the quotes pane.
    Quote,
}

/// The result of choosing.
#[derive(Debug)]
pub enum Choice {
    Entries(Vec<EntryId>),
    /// A quote with its source.
    Quote(String),
}

/// Progress of choosing.
#[derive(Debug)]
pub struct ChooseMode {
    pub kind: ChoiceKind,
    pub(super) choice: Option<Choice>,
    /// Quit by `^C` instead of a choice.
    pub(super) interrupted: bool,
}

impl ChooseMode {
    /// The mode at the start, with nothing chosen.
    pub(super) fn new(kind: ChoiceKind) -> Self {
        Self { kind, choice: None, interrupted: false }
    }
}

// Bookmarks: positions with a letter, and the one before the last jump. They are saved as settings with names like
// `place a`: item, position in its body, pane, headline.

/// Prefix of the settings that hold bookmarks. Saved in databases, so it must not change.
pub(super) const SETTING: &str = "place ";

/// A position to return to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bookmark {
    /// Hash of the item: see `EntryRef::item_key`.
    pub(super) item: u64,
    /// Byte position in its body of the first visible line.
    pub(super) position: usize,
    /// Set in the text; else on the row in the list.
    pub(super) in_text: bool,
    /// The headline, for display. It also names the dispatch if that is not loaded in a later session.
    pub headline: String,
}

/// All bookmarks.
#[derive(Debug, Default)]
pub struct Bookmarks {
    /// By letter, `a` to `z`.
    pub named: BTreeMap<char, Bookmark>,
    /// The position before the last jump.
    pub(super) before_jump: Option<Bookmark>,
    /// Set while the letter of a bookmark is awaited: the action that needs it.
    pub awaiting_letter: Option<Action>,
}

impl Bookmark {
    /// The value of its setting.
    pub(super) fn to_setting(&self) -> String {
        let pane = if self.in_text { "text" } else { "list" };
        format!("{:016x} {} {pane} {}", self.item, self.position, self.headline)
    }

    /// Parses the value of a setting; `None` if it is malformed.
    pub(super) fn from_setting(value: &str) -> Option<Self> {
        // The headline comes last, since it contains spaces.
        let mut parts = value.splitn(4, ' ');
        Some(Self {
            item: u64::from_str_radix(parts.next()?, 16).ok()?,
            position: parts.next()?.parse().ok()?,
            in_text: parts.next()? == "text",
            headline: sanitize_line(parts.next().unwrap_or("")).into_owned(),
        })
    }
}

// The prompt.

/// What is being typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PromptKind {
    /// A filter for the list.
    Filter,
    /// A search in the text of the open dispatch.
    Search,
    /// Words to narrow the topmost overlay by.
    Narrow,
    /// A command by name.
    Command,
    /// A shell command to pipe to.
    Pipe,
}

/// An open prompt.
#[derive(Debug)]
pub struct Prompt {
    pub kind: PromptKind,
    input: Input,
    /// The text to restore when cancelled.
    pub before: String,
    /// The entry that was selected when the prompt was opened.
    pub(super) selected_before: Option<EntryId>,
    /// The prompt edits a filter within the current one.
    pub is_nested: bool,
    /// Candidates for the word before the cursor, once Tab has been pressed.
    pub completion: Option<Completion>,
    /// Steps back in the history, and the text that was being typed before.
    recalled: Option<(usize, String)>,
}

/// The result of a key at the prompt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PromptEvent {
    /// The text has changed.
    Changed,
    Accepted,
    Cancelled,
    /// Moves the selection behind the prompt by a number of rows.
    Move(isize),
    /// Recalls an older (`true`) or newer text from the history.
    Recall(bool),
    /// Completes the word before the cursor with the next (`true`) or previous candidate.
    Complete(bool),
    /// Switches the search in texts on or off.
    ToggleTexts,
    Nothing,
}

/// Longest text that can be typed or pasted, in characters. A filter is parsed at every key, so a pasted page must not
/// end up in it.
const MAX_PROMPT_CHARS: usize = 1_000;

impl Prompt {
    /// A prompt with an initial text to edit.
    #[must_use]
    pub fn new(kind: PromptKind, text: &str) -> Self {
        Self {
            kind,
            input: Input::new(text.to_owned()),
            before: text.to_owned(),
            selected_before: None,
            is_nested: false,
            completion: None,
            recalled: None,
        }
    }

    /// The text so far.
    #[must_use]
    pub fn text(&self) -> &str {
        self.input.value()
    }

    /// Column of the cursor in the text.
    #[must_use]
    pub fn cursor(&self) -> usize {
        self.input.visual_cursor()
    }

    /// Inserts pasted text: its first line, without control characters.
    pub fn paste(&mut self, text: &str) {
        // The candidates were for the text without it.
        self.completion = None;
        let line = text.lines().next().unwrap_or("");
        let letters = line.chars().filter(|c| !c.is_control());
        letters.take(MAX_PROMPT_CHARS).for_each(|c| self.insert(c));
    }

    /// The text before and after the cursor.
    #[must_use]
    pub fn split_at_cursor(&self) -> (&str, &str) {
        let text = self.input.value();
        let at = text.char_indices().nth(self.input.cursor());
        text.split_at(at.map_or(text.len(), |(at, _)| at))
    }

    /// Replaces the text, with the cursor after this number of characters.
    pub fn set_text(&mut self, text: String, cursor: usize) {
        self.input = Input::new(text).with_cursor(cursor);
    }

    /// Replaces the text by an older or newer one from `history` (newest last), or finally by what was being typed.
    /// False at either end.
    pub fn recall(&mut self, history: &[String], older: bool) -> bool {
        let back = self.recalled.as_ref().map_or(0, |(back, _)| *back);
        let Some(next) = back.checked_add_signed(if older { 1 } else { -1 }) else {
            return false;
        };
        if next > history.len() {
            return false;
        }
        // What was being typed stays reachable, after the newest text of the history.
        let own = match self.recalled.take() {
            Some((_, own)) => own,
            None => self.text().to_owned(),
        };
        let text = match next {
            0 => own.clone(),
            _ => history[history.len() - next].clone(),
        };
        let cursor = text.chars().count();
        self.set_text(text, cursor);
        self.recalled = Some((next, own));
        true
    }

    /// Inserts a character at the cursor, unless the text is at its limit.
    fn insert(&mut self, c: char) {
        if self.input.value().chars().count() < MAX_PROMPT_CHARS {
            self.input.handle(InputRequest::InsertChar(c));
        }
    }

    /// Handles a key. The bindings are those of readline and not configurable. Backspace in an empty prompt closes it.
    pub fn handle_key(&mut self, key: Key) -> PromptEvent {
        let before = self.input.value().len();
        if !matches!(key.code, Code::Tab | Code::BackTab) {
            self.completion = None;
        }
        let request = match (key.code, key.ctrl) {
            (Code::Enter, _) => return PromptEvent::Accepted,
            (Code::Esc, _) | (Code::Char('c' | 'g'), true) => return PromptEvent::Cancelled,
            (Code::Down, _) => return PromptEvent::Move(1),
            (Code::Up, _) => return PromptEvent::Move(-1),
            (Code::Char('n'), true) => return PromptEvent::Recall(false),
            (Code::Char('p'), true) => return PromptEvent::Recall(true),
            (Code::Tab, _) => return PromptEvent::Complete(true),
            (Code::BackTab, _) => return PromptEvent::Complete(false),
            (Code::Char('t'), true) => return PromptEvent::ToggleTexts,
            (Code::PageDown, _) => return PromptEvent::Move(10),
            (Code::PageUp, _) => return PromptEvent::Move(-10),
            (Code::Backspace, _) | (Code::Char('h'), true) if before == 0 => {
                return PromptEvent::Cancelled;
            }
            (Code::Backspace, _) | (Code::Char('h'), true) => InputRequest::DeletePrevChar,
            (Code::Delete, _) | (Code::Char('d'), true) => InputRequest::DeleteNextChar,
            (Code::Char('w'), true) => InputRequest::DeletePrevWord,
            (Code::Char('u'), true) => InputRequest::DeleteLine,
            (Code::Char('k'), true) => InputRequest::DeleteTillEnd,
            (Code::Left, _) | (Code::Char('b'), true) => InputRequest::GoToPrevChar,
            (Code::Right, _) | (Code::Char('f'), true) => InputRequest::GoToNextChar,
            (Code::Home, _) | (Code::Char('a'), true) => InputRequest::GoToStart,
            (Code::End, _) | (Code::Char('e'), true) => InputRequest::GoToEnd,
            (Code::Char(c), false) if !key.alt && !c.is_control() => {
                self.insert(c);
                return PromptEvent::Changed;
            }
            _ => return PromptEvent::Nothing,
        };
        match self.input.handle(request) {
            Some(change) if change.value => PromptEvent::Changed,
            _ => PromptEvent::Nothing,
        }
    }
}

/// Candidates for the word before the cursor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Completion {
    /// For each, the text to show and the text to insert.
    pub candidates: Vec<(String, String)>,
    /// For each, what it does; empty if there is nothing to say. With help they are shown one below the other.
    pub help: Vec<String>,
    /// Index of the inserted candidate.
    pub current: usize,
    /// The text before the word; `after` is the text after it.
    pub before: String,
    pub after: String,
}

impl Completion {
    /// The text with the candidate inserted, and the cursor behind it, in characters.
    #[must_use]
    pub fn text(&self) -> (String, usize) {
        let word = self.candidates.get(self.current).map_or("", |(_, word)| word);
        let front = format!("{}{word}", self.before);
        let cursor = front.chars().count();
        (front + &self.after, cursor)
    }

    /// Moves to the next or previous candidate, around the ends.
    pub fn step(&mut self, forward: bool) {
        let count = self.candidates.len().max(1);
        self.current = (self.current + if forward { 1 } else { count - 1 }) % count;
    }
}

// The speakers of the list.

/// A running search for the next dispatch with a quote of a kind.
#[derive(Debug, Clone)]
pub struct QuoteSearch {
    pub wanted: WantedQuotes,
    /// Down the list; else up.
    pub forward: bool,
}

/// Identifies the list that speakers were counted in: generation of the filter, whether the filter is empty, number of
/// dispatches.
type CountedList = (u64, bool, usize);

/// The speakers in the listed dispatches, and the jobs that find them.
#[derive(Debug, Default)]
pub struct Speakers {
    /// All speakers, those with the most quotes first.
    pub rows: Vec<SpeakerSummary>,
    /// Those that the view shows, as indices into `rows`.
    pub shown_rows: Vec<usize>,
    /// While the job is running: dispatches read, dispatches in all.
    pub progress: Option<(usize, usize)>,
    /// Generation of the last job, for this view or for the search of `State::search_list`.
    pub(super) generation: u64,
    /// The running search for the next quote in the list.
    pub search: Option<QuoteSearch>,
    /// The list that `rows` were, or are being, counted in.
    pub(super) counted_list: Option<CountedList>,
    /// Number of killed dispatches in that list, whose quotes are left out.
    pub killed_left_out: usize,
    /// The view while it is closed: it opens again at the speaker that was selected, with all speakers.
    pub(super) closed_view: Option<Overlay>,
    /// True while names are needed for completion at the filter prompt.
    pub(super) names_requested: bool,
}

impl Speakers {
    /// Recomputes the shown rows: those whose name or title contains a text.
    pub(super) fn show(&mut self, text: &str) {
        let word = fold(text.trim());
        let holds = |text: &str| fold(text).contains(&word);
        let passes = |row: &SpeakerSummary| {
            word.is_empty() || holds(&row.name) || row.title.as_deref().is_some_and(holds)
        };
        self.shown_rows =
            (0..self.rows.len()).filter(|&number| passes(&self.rows[number])).collect();
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_selected_row_and_a_full_page_stay_in_sight(
            is_list in any::<bool>(),
            moves in proptest::collection::vec((any::<bool>(), -30isize..30, 0usize..40, 1usize..12), 1..30),
        ) {
            let kind = if is_list { OverlayKind::Views } else { OverlayKind::Help };
            let mut overlay = Overlay::new(kind);
            for (by, row, length, height) in moves {
                if by {
                    overlay.move_by(row, length, height);
                } else {
                    overlay.move_to(row.unsigned_abs(), length, height);
                }
                prop_assert!(overlay.top <= length.saturating_sub(height));
                if is_list {
                    prop_assert!(overlay.row < length.max(1));
                    prop_assert!((overlay.top..overlay.top + height).contains(&overlay.row));
                } else {
                    prop_assert_eq!(overlay.row, 0);
                }
            }
        }
    }
}
