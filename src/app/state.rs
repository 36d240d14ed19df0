//! The application state (what was set at the start, what is read, what is on the screen), the messages that change it,
//! and the effects that it asks for. Read by everybody, written by `app` alone.

use std::sync::Arc;

use jiff::tz::TimeZone;

use crate::action::{Action, Key, Keymap, Pane};
use crate::app::alerts::Alerts;
use crate::app::band::Embargoes;
use crate::app::document::Document;
use crate::app::layout;
use crate::app::layout::Layout;
use crate::app::list::{List, ListFilter, LiveFeed};
use crate::app::marks::MarksState;
use crate::app::overlay::{
    Bookmarks, ChoiceKind, ChooseMode, Comparison, Overlay, OverlayKind, Prompt, Speakers,
};
use crate::app::reader::Reader;
use crate::dispatch::{InputProblem, Problem, Problems, Severity, Stamp};
use crate::filter::SortOrder;
use crate::index::{DispatchIndex, EntryId, EntryRef, IngestSummary, Replacement, Segment};
use crate::jobs::{Answer, ExportDispatches, Job, SaveRequest};
use crate::list_format::ListFormat;
use crate::marks::{MarkChange, SavedMarks};
use crate::views::{Mute, SavedView};

/// The application state. Only [`super::update()`] changes it; drawing takes it by shared reference.
#[derive(Debug)]
pub struct State {
    /// Set at the start.
    pub settings: Settings,
    /// What is read, and what the user has made of it.
    pub session: Session,
    /// What is on the screen.
    pub ui: Ui,
}

/// What stays as it is from the start on, unless `:set` changes it.
#[derive(Debug)]
pub struct Settings {
    /// What is being read, for the top line.
    pub name: String,
    /// The user's time zone.
    pub zone: TimeZone,
    /// The keymap.
    pub keys: Keymap,
    /// Columns of the list and the form of its times.
    pub list_format: ListFormat,
    /// See [`StartupOptions`].
    pub plain: bool,
    /// The name of the theme; `None` if the environment has chosen it.
    pub theme: Option<String>,
}

/// The dispatches, and all that is known and wanted about them.
#[derive(Debug, Default)]
pub struct Session {
    pub index: DispatchIndex,
    /// The filter of the list, and its sort order.
    pub filter: ListFilter,
    /// Read and star marks, notes, positions, and the selected rows.
    pub marks: MarksState,
    /// Arrivals: which entries are pending, and whether the wire is followed.
    pub follow: LiveFeed,
    pub alerts: Alerts,
    pub embargoes: Embargoes,
    /// The speakers in the listed dispatches.
    pub speakers: Speakers,
    pub bookmarks: Bookmarks,
    /// Set when the load has ended.
    pub load_summary: Option<IngestSummary>,
    /// Problems with inputs and the config file, in order of arrival.
    pub problems: Problems,
    /// The time of the last [`super::Msg::Now`]; `None` before the first one.
    pub now: Option<Stamp>,
    /// Set if the program was started to choose a dispatch or a quote.
    pub choose_mode: Option<ChooseMode>,
}

/// The panes, what lies over them, and the keys being typed.
#[derive(Debug, Default)]
pub struct Ui {
    /// Columns and rows of the terminal.
    pub size: (u16, u16),
    /// Whether mouse events are handled.
    pub mouse: bool,
    /// The focused pane: list, reader or quotes. Keys go to [`State::active_pane`].
    pub focus: Pane,
    pub list: List,
    pub reader: Reader,
    pub quotes: QuotesPane,
    /// What covers the panes, the topmost last.
    pub overlays: Vec<Overlay>,
    pub prompt: Option<Prompt>,
    /// What has been typed at prompts.
    pub history: History,
    pub typed: TypedKeys,
    pub welcome: Welcome,
    /// One line at the bottom, shown until the next key.
    pub notice: Option<String>,
}

impl Ui {
    /// The topmost overlay.
    #[must_use]
    pub fn overlay(&self) -> Option<&Overlay> {
        self.overlays.last()
    }

    /// The comparison of two versions, if it is the topmost overlay.
    pub(super) fn comparison(&self) -> Option<&Comparison> {
        match &self.overlay()?.kind {
            OverlayKind::Changes(comparison) => Some(comparison),
            _ => None,
        }
    }

    /// The overlay with the keys of a pane, if it is open.
    pub(super) fn overlay_of(&mut self, pane: Pane) -> Option<&mut Overlay> {
        self.overlays.iter_mut().find(|overlay| overlay.pane() == pane)
    }
}

/// State of the quotes pane. The current quote is that of the reader.
#[derive(Debug, Default)]
pub struct QuotesPane {
    /// Whether the user has switched the pane on or off; `None` leaves it to the available width.
    pub wanted: Option<bool>,
    /// Lists statements in text order instead of by speaker.
    pub in_text_order: bool,
    /// First visible row.
    pub top: usize,
}

/// What has been typed at prompts, newest last. Filters have their own history, [`ListFilter::history`].
#[derive(Debug, Default)]
pub struct History {
    /// Searches in the reader.
    pub searches: Vec<String>,
    /// Commands after `:`.
    pub commands: Vec<String>,
    /// Shell commands that dispatches were piped to.
    pub pipes: Vec<String>,
}

/// Keys that have been typed and not been acted on yet.
#[derive(Debug, Default)]
pub struct TypedKeys {
    /// The keys of an incomplete sequence.
    pub keys: Vec<Key>,
    /// The count typed before a key.
    pub count: Option<usize>,
    /// Keys typed before a job has answered: they are replayed once its rows are there, so that Enter typed right after
    /// a filter opens a hit of that filter and not a row of the old list.
    pub deferred: Vec<Key>,
}

impl State {
    /// The initial state: nothing loaded, nothing selected.
    #[must_use]
    pub fn new(setup: Setup) -> Self {
        let mut filter = ListFilter::new(setup.filter, setup.options.texts);
        filter.order = setup.order;
        let list = List {
            // With a filter the list starts empty instead of showing entries that have not been filtered.
            hits: filter.needs_job().then(Default::default),
            ..List::default()
        };
        Self {
            session: Session {
                filter,
                alerts: Alerts::new(setup.views, setup.mutes, &setup.zone),
                embargoes: Embargoes::new(setup.options.hide_embargoed),
                problems: setup.problems.into(),
                choose_mode: setup.options.choose.map(ChooseMode::new),
                ..Session::default()
            },
            ui: Ui {
                size: setup.size,
                mouse: setup.options.mouse,
                list,
                welcome: setup.options.welcome,
                ..Ui::default()
            },
            settings: Settings {
                name: setup.name,
                zone: setup.zone,
                keys: setup.keys,
                list_format: setup.look,
                plain: setup.options.plain,
                theme: setup.theme,
            },
        }
    }

    /// The current layout of the panes.
    #[must_use]
    pub fn layout(&self) -> Layout {
        self.layout_at(self.ui.focus)
    }

    /// The layout if a given pane had the focus.
    pub(super) fn layout_at(&self, focus: Pane) -> Layout {
        let layout = layout::layout(
            self.ui.size,
            focus,
            self.ui.quotes.wanted,
            self.max_entries(),
            self.settings.plain,
        );
        if self.open_band().is_some() { layout.give_band_a_row() } else { layout }
    }

    /// An upper bound of the entries that the list can show; no bound while loading. Pending ones do not count, so that
    /// the panes keep their places when something arrives.
    fn max_entries(&self) -> usize {
        if self.is_loading() { usize::MAX } else { self.shown_entry_count() }
    }

    /// The pane that keys go to: the topmost overlay, else the focused pane.
    #[must_use]
    pub fn active_pane(&self) -> Pane {
        self.ui.overlay().map_or(self.ui.focus, Overlay::pane)
    }

    /// Visible rows of a pane, at least 1.
    #[must_use]
    pub fn pane_height(&self, pane: Pane) -> usize {
        let layout = self.layout();
        let area = match pane {
            Pane::List => layout.list,
            Pane::Reader => layout.reader,
            Pane::Quotes => layout.quotes,
            Pane::Sheet | Pane::Changes | Pane::Speakers | Pane::Choice => {
                Some(layout::overlay_area(self.ui.size, pane))
            }
        };
        area.map_or(1, |area| usize::from(area.height)).max(1)
    }

    /// The open document, which keys act on. `None` while the selected dispatch is still being read.
    #[must_use]
    pub fn document(&self) -> Option<&Document> {
        self.shown_document().filter(|document| Some(document.id) == self.ui.list.selected)
    }

    /// The document in the reader pane: the open one, or the previous one until that has been read, so that the pane
    /// does not flicker.
    #[must_use]
    pub fn shown_document(&self) -> Option<&Document> {
        self.ui.reader.document.as_ref()
    }

    /// The selected entry.
    #[must_use]
    pub fn selected_entry(&self) -> Option<EntryRef<'_>> {
        self.ui.list.selected.and_then(|id| self.session.index.entry(id))
    }

    /// Shows a line at the bottom until the next key.
    pub(super) fn say(&mut self, text: impl Into<String>) {
        self.ui.notice = Some(text.into());
    }

    /// Queues a change of a mark or setting that cannot be undone.
    pub(super) fn save(&mut self, change: MarkChange) {
        self.session.marks.queue_changes(vec![change]);
    }

    /// True until the initial load has ended.
    #[must_use]
    pub fn is_loading(&self) -> bool {
        self.session.load_summary.is_none()
    }
}

// Startup settings.

/// The input of [`State::new`].
#[derive(Debug, Clone)]
pub struct Setup {
    /// What is being read, for the top line: `wire/`, `built-in wire`.
    pub name: String,
    /// Columns and rows of the terminal.
    pub size: (u16, u16),
    /// The user's time zone.
    pub zone: TimeZone,
    /// The initial filter; empty for none.
    pub filter: String,
    /// The initial sort order.
    pub order: SortOrder,
    pub keys: Keymap,
    pub look: ListFormat,
    /// The name of the theme, if one was asked for.
    pub theme: Option<String>,
    pub options: StartupOptions,
    /// Saved views of the config file.
    pub views: Vec<SavedView>,
    /// Mutes of the config file.
    pub mutes: Vec<Mute>,
    /// Problems found before the start, such as those of the config file.
    pub problems: Vec<InputProblem>,
}

impl Setup {
    /// Default settings, in UTC.
    #[must_use]
    pub fn new(name: impl Into<String>, size: (u16, u16)) -> Self {
        Self {
            name: name.into(),
            size,
            zone: TimeZone::UTC,
            filter: String::new(),
            order: SortOrder::default(),
            keys: Keymap::default(),
            look: ListFormat::default(),
            theme: None,
            views: Vec::new(),
            mutes: Vec::new(),
            options: StartupOptions::default(),
            problems: Vec::new(),
        }
    }
}

/// How the interface behaves, from flags and the config file.
#[derive(Debug, Clone, Copy)]
#[allow(clippy::struct_excessive_bools)] // Independent flags.
pub struct StartupOptions {
    /// Shows one pane at a time, without lines and symbols, for screen readers.
    pub plain: bool,
    /// Handles mouse events.
    pub mouse: bool,
    /// Hints for a first session.
    pub welcome: Welcome,
    /// Leaves dispatches under embargo out of the list.
    pub hide_embargoed: bool,
    /// What Enter chooses, if the program was started to choose something.
    pub choose: Option<ChoiceKind>,
    /// Words of a filter are also looked for in texts, in a second tier of the list.
    pub texts: bool,
}

impl Default for StartupOptions {
    fn default() -> Self {
        Self {
            plain: false,
            mouse: false,
            welcome: Welcome::default(),
            hide_embargoed: false,
            choose: None,
            texts: true,
        }
    }
}

impl State {
    /// Shows a failure that is not that of an input, and adds it to the problems.
    pub(super) fn report_failure(&mut self, text: String) {
        self.session.problems.push(InputProblem {
            path: String::new(),
            problem: Problem::new(Severity::Fault, "", text.clone()),
        });
        self.say(text);
    }
}

/// Everything that can happen to the program.
#[derive(Debug)]
pub enum Msg {
    Key(Key),
    /// Pasted text: it goes into the open prompt, if there is one.
    Paste(String),
    Mouse(MouseInput),
    /// The new columns and rows of the terminal.
    Resize(u16, u16),
    /// New entries, from the load or from a followed wire.
    EntriesArrived(Vec<Arc<Segment>>),
    /// New entries of a followed wire, some of which replace older entries because their file was rewritten.
    EntriesReplaced {
        segments: Vec<Arc<Segment>>,
        replaced: Vec<Replacement>,
    },
    Problem(InputProblem),
    /// What can be followed has changed: the paths with nothing to follow, and whether anything can still arrive.
    FollowState {
        missing: Vec<String>,
        can_arrive: bool,
    },
    /// The load has ended.
    LoadFinished(IngestSummary),
    /// Answer to [`Effect::Spawn`].
    Done(Answer),
    /// The marks of earlier sessions.
    MarksLoaded(Box<SavedMarks>),
    /// The saved marks after another session has changed some.
    MarksChanged(Box<SavedMarks>),
    /// Answer to [`Effect::SaveMarks`]: the changes to apply. With an error message they last for this session only.
    MarksSaved(Vec<MarkChange>, Option<String>),
    /// Marks that could not be saved before have been saved after all.
    UnsavedMarksSaved,
    /// Answer to [`Effect::EditNote`]: the note before, and the edited text or why there is none.
    NoteEdited {
        story: u64,
        before: String,
        text: Result<String, String>,
    },
    /// Answer to [`Effect::Pipe`] if the command has ended well: the dispatches that it was given.
    Piped {
        ids: Vec<EntryId>,
        /// It was given a quote of the dispatch.
        is_quote: bool,
    },
    /// Answer to [`Effect::OpenEditor`] if the editor has ended well: the dispatches that it was given.
    Edited(Vec<EntryId>),
    /// Something other than an input failed: shown as a notice and listed among the problems.
    Failure(String),
    /// The program is about to exit.
    Quitting,
    /// The current time. Sent by the event loop, since the core has no clock.
    Now(Stamp),
    /// The keys have rested for [`super::TEXT_SEARCH_REST`] since [`State::rest_awaited`] became this.
    Rested(u64),
    /// A line to show at the bottom until the next key.
    Notice(String),
}

/// A mouse button or wheel event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MouseAction {
    Click,
    WheelUp,
    WheelDown,
}

/// A mouse event at a cell of the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MouseInput {
    pub action: MouseAction,
    pub x: u16,
    pub y: u16,
}

// Effects: `app` itself does no IO.

/// What the event loop has to carry out. An effect with a result is answered by a [`Msg`].
#[derive(Debug)]
pub enum Effect {
    /// Run a job in the background. It is answered by [`Msg::Done`].
    Spawn(Job),
    /// Ring the terminal's bell.
    RingBell,
    /// Save changes of marks. They show once the answer has come.
    SaveMarks(Vec<MarkChange>),
    /// Save the keys of the items that were listed at the end of the session: added to the saved ones, or (`true`) in
    /// their place.
    SaveListedItems(Vec<u64>, bool),
    /// Edit the note on a story in the user's editor.
    EditNote {
        story: u64,
        text: String,
    },
    /// Start watching the sources. What has changed since the load is delivered first.
    Follow,
    /// Copy a text to the clipboard.
    Copy(String),
    /// Pipe something to a shell command, which has the terminal until it exits. Answered by [`Msg::Piped`] if that
    /// succeeds.
    Pipe {
        what: ExportPayload,
        command: String,
    },
    /// Open a copy of the text of dispatches in the user's editor. Answered by [`Msg::Edited`] if that succeeds.
    OpenEditor {
        text: String,
        ids: Vec<EntryId>,
    },
    /// Save something to a file. `~/` at the start of its path is the home directory.
    Save(SaveRequest),
    /// Open a web or mail address in the user's own program, see [`crate::text::link_target`].
    OpenLink(String),
    /// Switch mouse reporting on or off.
    SetMouse(bool),
    /// Draw in the colours of the theme with this name.
    SetTheme(String),
    /// Use another program from now on.
    SetOpener(OpenerChange),
    /// Stop the process, as `^Z` does.
    Suspend,
    /// Redraw every cell.
    Redraw,
    Quit,
}

/// A program to use instead of that of the config file, as a program and its arguments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OpenerChange {
    /// Opens links.
    Url(Vec<String>),
    Editor(Vec<String>),
    /// Receives copied text.
    Clipboard(Vec<String>),
    /// Whether a shell runs what is typed after `|`.
    Shell(bool),
}

/// The input of a shell command.
#[derive(Debug)]
pub enum ExportPayload {
    /// A quote of a dispatch, with its source.
    Quote(EntryId, String),
    Dispatches(ExportDispatches),
}

impl State {
    /// A hint to append to a notice: separator, key, what the key does, as in `: / searches it`. Empty if no key is
    /// bound to the action in the active pane.
    #[must_use]
    pub fn key_hint(&self, separator: &str, action: Action, does: &str) -> String {
        self.key_for(action).map_or(String::new(), |key| format!("{separator}{key} {does}"))
    }

    /// The first key sequence bound to an action in the active pane, for display.
    #[must_use]
    pub fn key_for(&self, action: Action) -> Option<String> {
        self.settings.keys.sequences_of(self.active_pane(), action).next()
    }
}

/// Progress of the welcome.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Welcome {
    /// Not wanted, or completed.
    #[default]
    Off,
    /// Wanted, if it turns out that nothing has ever been saved.
    Wanted,
    /// The hint of this index into `STEPS` is shown.
    Step(usize),
}

impl Welcome {
    /// The state at the start.
    #[must_use]
    pub fn at_start(wanted: bool) -> Self {
        if wanted { Self::Wanted } else { Self::Off }
    }
}
