//! The application state: startup settings, what the user has set by keys, and what is derived from both. Read by
//! everybody, written by `app` alone.

use jiff::tz::TimeZone;

use crate::action::{Key, Keymap, Pane};
use crate::app::alerts::Alerts;
use crate::app::banner::Embargoes;
use crate::app::changes::Comparison;
use crate::app::commands::{ChoiceKind, ChooseMode};
use crate::app::document::Document;
use crate::app::filter::ListFilter;
use crate::app::layout::{Layout, layout, overlay_area};
use crate::app::list::{List, LiveFeed};
use crate::app::marks::MarksState;
use crate::app::navigation::Bookmarks;
use crate::app::overlay::{Overlay, OverlayKind};
use crate::app::prompt::Prompt;
use crate::app::reader::Reader;
use crate::app::speakers::Speakers;
use crate::app::welcome_and_hints::Welcome;
use crate::dispatch::{InputProblem, Problems, Stamp};
use crate::filter::SortOrder;
use crate::index::{DispatchIndex, EntryRef, IngestSummary};
use crate::list_format::ListFormat;
use crate::views::{Mute, SavedView};

/// Progress of the filter job.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum FilterPhase {
    /// No job is running.
    #[default]
    Idle,
    /// A new query has no answer yet: the rows are still those of the previous query.
    AwaitingHits,
    /// A new query has had its first batch of hits; more may follow.
    ReceivingHits,
    /// The same query runs again over more entries: the old hits stay on screen until all new ones are in, so that the
    /// list does not shrink and grow again with every arrival.
    Rerunning,
}

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

/// What stays as it is from the start on.
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
        self.overlays
            .iter_mut()
            .find(|overlay| overlay.pane() == pane)
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
        let mut filter = ListFilter::new(setup.filter);
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
        layout(
            self.ui.size,
            focus,
            self.ui.quotes.wanted,
            self.max_entries(),
            self.settings.plain,
        )
    }

    /// An upper bound of the entries that the list can show; no bound while loading.
    fn max_entries(&self) -> usize {
        if self.is_loading() {
            usize::MAX
        } else {
            self.session.index.len()
        }
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
                Some(overlay_area(self.ui.size, pane))
            }
        };
        area.map_or(1, |area| usize::from(area.height)).max(1)
    }

    /// The open document, which keys act on. `None` while the selected dispatch is still being read.
    #[must_use]
    pub fn document(&self) -> Option<&Document> {
        self.shown_document()
            .filter(|document| Some(document.id) == self.ui.list.selected)
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
        self.ui
            .list
            .selected
            .and_then(|id| self.session.index.entry(id))
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
            views: Vec::new(),
            mutes: Vec::new(),
            options: StartupOptions::default(),
            problems: Vec::new(),
        }
    }
}

/// How the interface behaves, from flags and the config file.
#[derive(Debug, Clone, Copy, Default)]
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
}
