//! The application state: startup settings, what the user has set by keys, and what is derived from both. Read by
//! everybody, written by `app` alone.

use std::collections::HashSet;

use jiff::tz::TimeZone;

use crate::action::{Key, Keymap, Pane};
use crate::app::alerts::Alerts;
use crate::app::banner::Embargoes;
use crate::app::changes::Comparison;
use crate::app::commands::{ChoiceKind, ChooseMode};
use crate::app::document::Document;
use crate::app::filter::ListFilter;
use crate::app::layout::{Layout, layout, overlay_area, text_column};
use crate::app::list::{List, LiveFeed};
use crate::app::marks::MarksState;
use crate::app::navigation::Bookmarks;
use crate::app::panel::Panel;
use crate::app::prompt::Prompt;
use crate::app::quotes::SpeakerSearch;
use crate::app::reader::{Link, Reader};
use crate::app::sheet::Sheet;
use crate::app::speakers::SpeakersView;
use crate::app::update::Effect;
use crate::app::welcome_and_hints::Welcome;
use crate::dispatch::{InputProblem, Stamp};
use crate::filter::{CloseMatcher, SortOrder};
use crate::health::Health;
use crate::index::{DispatchIndex, EntryId, EntryRef, IngestSummary, SourceView};
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
    /// What is being read, for the top line.
    pub name: String,
    /// Columns and rows of the terminal.
    pub size: (u16, u16),
    /// The user's time zone.
    pub zone: TimeZone,
    /// The keymap.
    pub keys: Keymap,
    /// Columns of the list and the form of its times.
    pub list_format: ListFormat,
    /// See [`StartupOptions`].
    pub plain: bool,
    pub mouse: bool,
    /// Set if the program was started to choose a dispatch or a quote.
    pub choose_mode: Option<ChooseMode>,
    /// The time of the last [`super::Msg::Now`]; `None` before the first one.
    pub now: Option<Stamp>,
    pub index: DispatchIndex,
    /// Set when the load has ended.
    pub load_summary: Option<IngestSummary>,
    /// Problems with inputs and the config file, in order of arrival.
    pub problems: Vec<InputProblem>,
    pub list: List,
    /// Arrivals: which entries are pending, and whether the wire is followed.
    pub live: LiveFeed,
    pub alerts: Alerts,
    pub embargoes: Embargoes,
    /// Stories whose versions are listed one by one, each represented by one of its entries.
    pub unfolded: HashSet<EntryId>,
    pub filter: ListFilter,
    /// Searches in the reader, newest last.
    pub search_history: Vec<String>,
    /// Typed commands, newest last.
    pub command_history: Vec<String>,
    /// Shell commands that dispatches were piped to, newest last.
    pub pipe_history: Vec<String>,
    pub reader: Reader,
    /// The focused pane: list, reader or quotes. Keys go to [`State::active_pane`].
    pub focus: Pane,
    /// Whether the user has switched the quotes pane on or off; `None` leaves it to the available width.
    pub quotes_wanted: Option<bool>,
    /// The quotes pane lists statements in text order instead of by speaker.
    pub quotes_in_text_order: bool,
    /// First visible row of the quotes pane.
    pub quotes_top: usize,
    pub prompt: Option<Prompt>,
    pub sheet: Option<Sheet>,
    /// Words that a line of the sheet must contain to be shown.
    pub sheet_filter: String,
    /// The raw bytes of the open dispatch, while the source sheet is open.
    pub source_view: Option<Result<SourceView, InputProblem>>,
    /// The entry that `source_view` belongs to.
    pub source_entry: Option<EntryId>,
    /// Statistics of the sources, once they have been computed.
    pub health: Option<Health>,
    /// The comparison of two versions, while it is open.
    pub comparison: Option<Comparison>,
    /// The panel over the panes: views, alerts, links or bookmarks.
    pub panel: Option<Panel>,
    /// The links that the links panel lists.
    pub links: Vec<Link>,
    pub bookmarks: Bookmarks,
    /// The view of the speakers in the listed dispatches.
    pub speakers: SpeakersView,
    /// The running search for a speaker's next quote in the list.
    pub speaker_search: Option<SpeakerSearch>,
    /// The keys of an incomplete sequence.
    pub pending_keys: Vec<Key>,
    /// The count typed before a key.
    pub count: Option<usize>,
    /// Keys typed before a job has answered: they are replayed once its rows are there, so that Enter typed right after
    /// a filter opens a hit of that filter and not a row of the old list.
    pub deferred_keys: Vec<Key>,
    /// The entry that was selected when the prompt was opened.
    pub selection_before_prompt: Option<EntryId>,
    pub welcome: Welcome,
    /// One line at the bottom, shown until the next key.
    pub notice: Option<String>,
    /// Read and star marks, notes, positions, and the selected rows.
    pub marks: MarksState,
    /// Finds the letters of close matches, to highlight them in the list.
    pub fuzzy: CloseMatcher,
}

impl State {
    /// The initial state: nothing loaded, nothing selected.
    #[must_use]
    pub fn new(setup: Setup) -> Self {
        let mut filter = ListFilter::new(setup.filter);
        filter.order = setup.order;
        let alerts = Alerts::new(setup.views, setup.mutes, &setup.zone);
        Self {
            name: setup.name,
            size: setup.size,
            zone: setup.zone,
            keys: setup.keys,
            list_format: setup.look,
            plain: setup.options.plain,
            mouse: setup.options.mouse,
            choose_mode: setup.options.choose.map(ChooseMode::new),
            now: None,
            index: DispatchIndex::default(),
            load_summary: None,
            problems: setup.problems,
            list: List {
                // With a filter the list starts empty instead of showing entries that have not been filtered.
                hits: filter.needs_job().then(Default::default),
                ..List::default()
            },
            live: LiveFeed::default(),
            alerts,
            embargoes: Embargoes::new(setup.options.hide_embargoed),
            unfolded: HashSet::new(),
            filter,
            search_history: Vec::new(),
            command_history: Vec::new(),
            pipe_history: Vec::new(),
            reader: Reader::default(),
            focus: Pane::List,
            quotes_wanted: None,
            quotes_in_text_order: false,
            quotes_top: 0,
            prompt: None,
            sheet: None,
            sheet_filter: String::new(),
            source_view: None,
            source_entry: None,
            health: None,
            comparison: None,
            panel: None,
            links: Vec::new(),
            bookmarks: Bookmarks::default(),
            speakers: SpeakersView::default(),
            speaker_search: None,
            pending_keys: Vec::new(),
            count: None,
            deferred_keys: Vec::new(),
            selection_before_prompt: None,
            welcome: setup.options.welcome,
            notice: None,
            marks: MarksState::default(),
            fuzzy: CloseMatcher::default(),
        }
    }

    /// The current layout of the panes.
    #[must_use]
    pub fn layout(&self) -> Layout {
        self.layout_at(self.focus)
    }

    /// The layout if a given pane had the focus.
    pub(super) fn layout_at(&self, focus: Pane) -> Layout {
        layout(
            self.size,
            focus,
            self.quotes_wanted,
            self.max_entries(),
            self.plain,
        )
    }

    /// An upper bound of the entries that the list can show; no bound while loading.
    fn max_entries(&self) -> usize {
        if self.is_loading() {
            usize::MAX
        } else {
            self.index.len()
        }
    }

    /// The pane that keys go to: the topmost overlay, else the focused pane.
    #[must_use]
    pub fn active_pane(&self) -> Pane {
        if self.sheet.is_some() {
            Pane::Sheet
        } else if self.panel.is_some() {
            Pane::Choice
        } else if self.comparison.is_some() {
            Pane::Changes
        } else if self.speakers.open {
            Pane::Speakers
        } else {
            self.focus
        }
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
                Some(overlay_area(self.size, pane))
            }
        };
        area.map_or(1, |area| usize::from(area.height)).max(1)
    }

    /// The open document, which keys act on. `None` while the selected dispatch is still being read.
    #[must_use]
    pub fn document(&self) -> Option<&Document> {
        self.shown_document()
            .filter(|document| Some(document.id) == self.list.selected)
    }

    /// The document in the reader pane: the open one, or the previous one until that has been read, so that the pane
    /// does not flicker.
    #[must_use]
    pub fn shown_document(&self) -> Option<&Document> {
        self.reader.document.as_ref()
    }

    /// The selected entry.
    #[must_use]
    pub fn selected_entry(&self) -> Option<EntryRef<'_>> {
        self.list.selected.and_then(|id| self.index.entry(id))
    }

    /// True until the initial load has ended.
    #[must_use]
    pub fn is_loading(&self) -> bool {
        self.load_summary.is_none()
    }

    /// Brings everything derived up to date: selection, open document, its lines, scroll positions. Runs after every
    /// message.
    ///
    /// The order matters: the banner adds lines to the document before it is laid out, scroll targets need the lines,
    /// and the quotes pane follows the scroll position.
    pub(super) fn sync_derived(&mut self, effects: &mut Vec<Effect>) {
        crate::app::marks::flush_marks(self, effects);
        self.unpin_row();
        if self.list.selected.is_none() && !self.list.rows(&self.index).is_empty() {
            self.rebuild_rows();
        }
        let height = self.pane_height(Pane::List);
        self.list.scroll_to_selection(height, &self.index);
        if self.list.selected != self.reader.requested {
            self.reader.requested = self.list.selected;
            self.reader.scroll_target = self
                .reader
                .scroll_target
                .filter(|l| Some(l.0) == self.list.selected);
            match self.list.selected {
                Some(id) => effects.push(Effect::ReadDispatch(id, self.index.snapshot())),
                None => self.reader.clear(),
            }
        }
        crate::app::banner::update_banner(self, effects);
        // The text is laid out even while the reader is hidden: moving to a quote needs its lines.
        let unseen = || self.layout_at(Pane::Reader).reader;
        if let Some(area) = self.layout().reader.or_else(unseen) {
            self.reader.lay_out(text_column(area));
        }
        self.apply_scroll_target();
        self.clamp_scroll();
        self.scroll_quotes_pane();
        crate::app::speakers::update_speakers(self, effects);
        crate::app::alerts::raise_alerts(self, effects);
        crate::app::panel::scroll_to_row(self);
        crate::app::sheet::request_source(self, effects);
        crate::app::changes::lay_out_page(self);
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
