//! The whole state: what is given at the start, what is set by keys, and what is derived from both.

use std::collections::HashSet;

use jiff::tz::TimeZone;

use crate::action::{Key, Keymap, Pane};
use crate::app::alerts::Alerts;
use crate::app::banner::Embargoes;
use crate::app::changes::Comparison;
use crate::app::commands::{ChoiceKind, ChooseMode};
use crate::app::document::Document;
use crate::app::filter::ListFilter;
use crate::app::hints::Welcome;
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
use crate::dispatch::{InputProblem, Stamp};
use crate::filter::{CloseMatcher, SortOrder};
use crate::health::Health;
use crate::index::{DispatchIndex, EntryId, EntryRef, IngestSummary, SourceView};
use crate::list_format::ListFormat;
use crate::views::{Mute, SavedView};

/// How far the job of the filter is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum FilterPhase {
    /// None is at work.
    #[default]
    Idle,
    /// A new query has no answer yet: the rows are still those of the one before.
    AwaitingHits,
    /// A new query has had its first answer: its hits become more.
    ReceivingHits,
    /// The same query runs again over more entries: its old hits stand until all the new ones are there.
    Rerunning,
}

/// The whole state.
#[derive(Debug)]
pub struct State {
    pub name: String,
    pub size: (u16, u16),
    pub zone: TimeZone,
    /// What the keys do.
    pub keys: Keymap,
    /// How the list looks.
    pub look: ListFormat,
    /// See [`super::Manner`].
    pub plain: bool,
    pub mouse: bool,
    pub choose_mode: Option<ChooseMode>,
    /// What time it is, as far as has been told.
    pub now: Option<Stamp>,
    pub index: DispatchIndex,
    /// Set when the load has ended.
    pub load_summary: Option<IngestSummary>,
    pub problems: Vec<InputProblem>,
    pub list: List,
    /// What is known of the wire while it comes in.
    pub live: LiveFeed,
    pub alerts: Alerts,
    pub embargoes: Embargoes,
    /// Stories whose versions stand in the list one by one, each by one of its entries.
    pub unfolded: HashSet<EntryId>,
    pub filter: ListFilter,
    /// What was searched for in texts, the newest last.
    pub search_history: Vec<String>,
    /// Commands that were typed, the newest last.
    pub command_history: Vec<String>,
    /// Commands that dispatches were given to, the newest last.
    pub pipe_history: Vec<String>,
    pub reader: Reader,
    pub focus: Pane,
    /// The quotes pane as the reader switched it; `None`: as the room allows.
    pub quotes_wanted: Option<bool>,
    /// The quotes pane shows the statements as they stand in the text, not by speaker.
    pub quotes_in_text_order: bool,
    /// First row of the quotes pane on the screen.
    pub quotes_top: usize,
    pub prompt: Option<Prompt>,
    pub sheet: Option<Sheet>,
    /// Words that the lines of the sheet must hold to be shown.
    pub sheet_filter: String,
    /// The bytes of the open dispatch, while they are shown, and whose they are.
    pub source: Option<Result<SourceView, InputProblem>>,
    pub source_entry: Option<EntryId>,
    /// The sources of the desk, once they have been asked for.
    pub health: Option<Health>,
    /// What changed between two versions, while it is shown.
    pub comparison: Option<Comparison>,
    /// The list that stands over the panes.
    pub panel: Option<Panel>,
    /// Links to choose from, while they are shown.
    pub links: Vec<Link>,
    /// Places that have a letter.
    pub bookmarks: Bookmarks,
    /// The speakers of the list.
    pub speakers: SpeakersView,
    /// A speaker whose next quote is sought in the list.
    pub speaker_search: Option<SpeakerSearch>,
    /// Keys of a sequence that is not complete.
    pub pending_keys: Vec<Key>,
    /// The count typed before a key.
    pub count: Option<usize>,
    /// Keys typed before the first answer to a new query, for the rows it will bring.
    pub deferred_keys: Vec<Key>,
    /// The entry that was selected when the prompt was opened.
    pub selection_before_prompt: Option<EntryId>,
    pub welcome: Welcome,
    /// One line at the bottom, until the next key.
    pub notice: Option<String>,
    /// What the reader has marked.
    pub marks: MarksState,
    /// Scores close matches for the marks on the screen.
    pub fuzzy: CloseMatcher,
}

impl State {
    /// The state at the start, and what shall be done first.
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
            look: setup.look,
            plain: setup.options.plain,
            mouse: setup.options.mouse,
            choose_mode: setup.options.choose.map(ChooseMode::new),
            now: None,
            index: DispatchIndex::default(),
            load_summary: None,
            problems: setup.problems,
            list: List {
                // Nothing is shown that the filter has not passed.
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
            source: None,
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

    /// Where the panes lie now.
    #[must_use]
    pub fn layout(&self) -> Layout {
        self.layout_at(self.focus)
    }

    /// Where they lie with the focus in a pane.
    pub(super) fn layout_at(&self, focus: Pane) -> Layout {
        layout(
            self.size,
            focus,
            self.quotes_wanted,
            self.max_entries(),
            self.plain,
        )
    }

    /// How many entries the list can show at most: known once all are in.
    fn max_entries(&self) -> usize {
        if self.is_loading() {
            usize::MAX
        } else {
            self.index.len()
        }
    }

    /// The pane that keys go to.
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

    /// Rows of a pane, at least 1.
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

    /// The open document: what keys act on. `None` while the selected dispatch is being read.
    #[must_use]
    pub fn document(&self) -> Option<&Document> {
        self.shown_document()
            .filter(|document| Some(document.id) == self.list.selected)
    }

    /// What the reader pane shows: the open document, or the one before until that has been read.
    #[must_use]
    pub fn shown_document(&self) -> Option<&Document> {
        self.reader.document.as_ref()
    }

    /// The selected entry.
    #[must_use]
    pub fn selected_entry(&self) -> Option<EntryRef<'_>> {
        self.list.selected.and_then(|id| self.index.entry(id))
    }

    /// True while the first entries are still to come.
    #[must_use]
    pub fn is_loading(&self) -> bool {
        self.load_summary.is_none()
    }

    /// Brings everything derived up to date: the selection, what is open, its lines, the scroll positions.
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
        // The text is laid out also where it is not in sight, so that quotes can be gone to.
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

// What is given when the program starts: what is read, for whom, and how it is shown.

/// What is given when the program starts.
#[derive(Debug, Clone)]
pub struct Setup {
    /// What is being read, for the top line: `wire/`, `built-in wire`.
    pub name: String,
    pub size: (u16, u16),
    /// The reader's time zone.
    pub zone: TimeZone,
    /// A filter to begin with.
    pub filter: String,
    /// The order to begin with.
    pub order: SortOrder,
    pub keys: Keymap,
    pub look: ListFormat,
    pub options: StartupOptions,
    /// Saved views and mutes of the config file, and what is wrong with it.
    pub views: Vec<SavedView>,
    pub mutes: Vec<Mute>,
    pub problems: Vec<InputProblem>,
}

impl Setup {
    /// A start with nothing set, in UTC.
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

/// How the program meets its reader.
#[derive(Debug, Clone, Copy, Default)]
pub struct StartupOptions {
    /// One pane at a time, without lines and signs: for screens that are read aloud.
    pub plain: bool,
    /// The mouse is listened to.
    pub mouse: bool,
    /// Hints for a first visit.
    pub welcome: Welcome,
    /// What is under embargo is left out of the list.
    pub hide_embargoed: bool,
    /// What Enter chooses, where the program was started to choose something.
    pub choose: Option<ChoiceKind>,
}
