//! The table of actions: a row for each, with its default keys, the panes where they work, and its help.

/// Where a key press goes: one of the panes side by side, or what covers them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Pane {
    #[default]
    List,
    Reader,
    Quotes,
    /// The speakers of the list.
    Speakers,
    /// A list to choose from: saved views, alerts, links, bookmarks.
    Choice,
    /// The comparison of two versions.
    Changes,
    /// A page of text: help, problems, header fields, raw source.
    Sheet,
}

impl Pane {
    /// All panes.
    pub const ALL: [Self; 7] = [
        Self::List,
        Self::Reader,
        Self::Quotes,
        Self::Speakers,
        Self::Choice,
        Self::Changes,
        Self::Sheet,
    ];
}

/// The sections of the help.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HelpGroup {
    Move,
    Read,
    Quotes,
    Find,
    Marks,
    Wire,
    Program,
}

impl HelpGroup {
    /// All sections, in the order of the help.
    pub const ALL: [Self; 7] =
        [Self::Move, Self::Read, Self::Quotes, Self::Find, Self::Marks, Self::Wire, Self::Program];

    /// The heading of the section.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Move => "Move",
            Self::Read => "Read",
            Self::Quotes => "Quotes",
            Self::Find => "Find",
            Self::Marks => "Marks",
            Self::Wire => "The live wire",
            Self::Program => "Program",
        }
    }
}

/// A row of the table.
#[derive(Debug)]
pub struct ActionSpec {
    pub action: Action,
    /// The section of the help.
    pub group: HelpGroup,
    /// Where its keys work.
    pub panes: &'static [Pane],
    /// Its default key sequences, in the notation of [`crate::action::parse_table_sequence`].
    pub keys: &'static [&'static str],
    /// What it does, in a few words that also fit hints at the bottom of the screen.
    pub help: &'static str,
}

// The sets of panes in the table's third column.

const ALL: &[Pane] = &Pane::ALL;

/// The panes side by side.
const MAIN: &[Pane] = &[Pane::List, Pane::Reader, Pane::Quotes];

/// Where something can be opened or gone to.
const CHOOSE: &[Pane] = &[Pane::List, Pane::Reader, Pane::Quotes, Pane::Speakers, Pane::Choice];

const WITH_CHOICE: &[Pane] = &[Pane::List, Pane::Reader, Pane::Quotes, Pane::Choice];

const WITH_SPEAKERS: &[Pane] = &[Pane::List, Pane::Reader, Pane::Quotes, Pane::Speakers];

/// Where `/` finds something.
const SEARCHED: &[Pane] = &[Pane::List, Pane::Reader, Pane::Quotes, Pane::Speakers, Pane::Sheet];

const WITH_SHEET: &[Pane] = &[Pane::List, Pane::Reader, Pane::Quotes, Pane::Sheet];

const LIST: &[Pane] = &[Pane::List];

const DIFF: &[Pane] = &[Pane::Changes];

const WITH_CHANGES: &[Pane] = &[Pane::List, Pane::Reader, Pane::Quotes, Pane::Changes];

/// Where the text of a dispatch is read.
const TEXT: &[Pane] = &[Pane::Reader, Pane::Quotes];

/// Makes the enum `Action` and the table `ACTIONS` from the same rows, so that neither lacks an action.
macro_rules! actions {
    ($($action:ident $group:ident $panes:ident [$($key:literal)+] $help:literal)+) => {
        /// What a key can do. The name in the config file comes from that of the variant, see [`Action::name`].
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Action {
            $($action,)+
        }

        /// The table, one row for each action in the order of the enum. A count typed before the keys of a move repeats
        /// the move; before `G` and `gg` it is the number of a line or row.
        pub const ACTIONS: &[ActionSpec] = &[
            $(ActionSpec {
                action: Action::$action,
                group: HelpGroup::$group,
                panes: $panes,
                keys: &[$($key),+],
                help: $help,
            },)+
        ];
    };
}

actions! {
    Down             Move    ALL  ["j" "↓" "^N"] "down"
    Up               Move    ALL  ["k" "↑" "^P"] "up"
    HalfDown         Move    ALL  ["^D"] "half a page down"
    HalfUp           Move    ALL  ["^U"] "half a page up"
    PageDown         Move    ALL  ["PgDn" "^F"] "a page down"
    PageUp           Move    ALL  ["b" "PgUp" "^B"] "a page up"
    Top              Move    ALL  ["gg" "Home"] "to the top; with 5 before it, to row 5"
    Bottom           Move    ALL  ["G" "End"] "to the bottom; with 42 before it, to row 42"
    Choose           Read    CHOOSE ["Enter"] "read, or follow the band; go to the quote; with --print, choose"
    In               Read    CHOOSE ["l" "→"] "read, or go to the quote"
    Back             Read    ALL  ["h" "←"] "one level back"
    Leave            Read    ALL  ["q"] "one level back; at the top, quit"
    Cancel           Read    ALL  ["Esc"] "acknowledge the band; clear selection, search, filter; or back"
    ReadOn           Read    ALL  ["Space"] "read on: a page, then the next unread"
    NextDispatch     Read    MAIN ["J"] "next dispatch"
    PreviousDispatch Read    MAIN ["K"] "previous dispatch"
    NextUnread       Read    MAIN ["]u"] "next unread dispatch"
    PreviousUnread   Read    MAIN ["[u"] "previous unread dispatch"
    ScrollRight      Read    TEXT ["zL" ">"] "table half a pane right"
    ScrollLeft       Read    TEXT ["zH" "<"] "table half a pane left"
    ColumnRight      Read    TEXT ["zl"] "table a column right"
    ColumnLeft       Read    TEXT ["zh"] "table a column left"
    Header           Read    WITH_SHEET ["H"] "all header fields of the dispatch"
    Source           Read    WITH_SHEET ["R"] "the raw source of the dispatch"
    OpenLink         Read    MAIN ["gx"] "open a link of the dispatch; choose if several"
    CopyDispatch     Read    MAIN ["yy"] "copy the dispatch"
    NextQuote        Quotes  MAIN ["]q"] "next quote"
    PreviousQuote    Quotes  MAIN ["[q"] "previous quote"
    NextSame         Quotes  MAIN ["]s"] "next quote of the same speaker, in the list too"
    PreviousSame     Quotes  MAIN ["[s"] "previous quote of the same speaker, in the list too"
    QuotesPane       Quotes  MAIN ["\""] "quotes pane on, off"
    QuoteOrder       Quotes  MAIN ["t"] "quotes by speaker, or as in the text"
    WhoSpeaks        Quotes  WITH_SPEAKERS ["S"] "speakers of the list; Enter filters on one"
    Why              Quotes  MAIN ["i"] "why this speaker, with the words marked"
    CopyQuote        Quotes  MAIN ["yq"] "copy the quote with its source"
    Search           Find    SEARCHED ["/"] "filter the list; search the text; narrow this sheet"
    NextHit          Find    TEXT ["n"] "next hit in the text, or quote that fits the filter"
    PreviousHit      Find    TEXT ["N"] "previous hit in the text, or quote that fits the filter"
    Within           Find    LIST ["&"] "in the list: filter within the filter; Esc goes back"
    Order            Find    LIST ["oo"] "best matches first, or newest first"
    SortTime         Find    LIST ["ot"] "sort by time"
    SortUrgency      Find    LIST ["ou"] "sort by urgency, then as before"
    SortAgency       Find    LIST ["oa"] "sort by agency, then as before"
    SortPlace        Find    LIST ["op"] "sort by place, then as before"
    SortSlug         Find    LIST ["os"] "sort by slug, then as before"
    SortLength       Find    LIST ["ol"] "sort by length, then as before"
    SortQuotes       Find    LIST ["oq"] "sort by number of quotes, then as before"
    Reverse          Find    LIST ["O"] "reverse the order"
    OnlyMatches      Find    TEXT ["&"] "in the text: only paragraphs with a hit, or all"
    ToggleRead       Marks   MAIN ["r"] "read, or unread again"
    Star             Marks   MAIN ["s"] "star the story, or not"
    Note             Marks   MAIN ["e"] "a note on the story, in your editor"
    Mark             Marks   LIST ["x"] "select the row: actions apply to all selected"
    MarkRange        Marks   LIST ["v"] "select the rows from the last selected one to here"
    MarkAll          Marks   LIST ["X"] "select all rows, or none"
    SetPlace         Marks   MAIN ["m"] "ma: set place a here, or b to z"
    GoToPlace        Marks   MAIN ["'"] "'a: go to the place a; '' back to before the last jump"
    Undo             Marks   MAIN ["u"] "undo the last change of marks"
    Follow           Wire    MAIN ["F"] "follow the wire: arrivals show on top"
    TakeIn           Wire    MAIN ["."] "show what is new"
    Pause            Wire    MAIN ["p"] "pause: arrivals wait; again to resume"
    Fold             Wire    LIST ["z"] "unfold the story's versions, or fold them"
    WhatChanged      Wire    WITH_CHANGES ["d"] "what changed to the newest version; on that, since the one before"
    NextChange       Wire    DIFF ["n" "]c"] "next change"
    PreviousChange   Wire    DIFF ["N" "[c"] "previous change"
    OlderVersion     Wire    WITH_CHANGES ["(" "[v"] "the older version; in what changed, compare with it"
    NewerVersion     Wire    WITH_CHANGES [")" "]v"] "the newer version; in what changed, compare with it"
    Urgent           Wire    MAIN ["!"] "urgent dispatches only, or all"
    Views            Wire    WITH_CHOICE ["f"] "saved views"
    Alerts           Wire    WITH_CHOICE ["a"] "the log of alerts"
    Pipe             Program MAIN ["|"] "pipe the dispatch, the selected ones, or the quote to a command"
    Edit             Program MAIN ["E"] "a copy of the dispatch in your editor"
    Command          Program MAIN [":"] "a command by name, such as :health"
    NextPane         Program MAIN ["Tab" "^W^W"] "next pane"
    PreviousPane     Program MAIN ["⇧Tab"] "previous pane"
    PaneLeft         Program MAIN ["^Wh"] "pane to the left"
    PaneRight        Program MAIN ["^Wl"] "pane to the right"
    Mouse            Program WITH_SPEAKERS ["M"] "mouse on, off; with Shift the terminal selects"
    Problems         Program ALL  ["P"] "problems with the input"
    Help             Program ALL  ["?"] "all keys"
    Redraw           Program ALL  ["^L"] "redraw the screen"
    Suspend          Program ALL  ["^Z"] "to the shell; fg returns"
    Quit             Program ALL  ["Q" "^C"] "quit"
}

impl Action {
    /// Its row of the table.
    #[must_use]
    pub fn spec(self) -> &'static ActionSpec {
        let row = ACTIONS.iter().find(|spec| spec.action == self);
        // Always found, as the macro makes a row for each variant.
        row.unwrap_or(&ACTIONS[0])
    }

    /// Its name in the config file: `next-quote` for `NextQuote`.
    #[must_use]
    pub fn name(self) -> String {
        let mut name = String::new();
        for letter in format!("{self:?}").chars() {
            if letter.is_uppercase() && !name.is_empty() {
                name.push('-');
            }
            name.push(letter.to_ascii_lowercase());
        }
        name
    }

    /// The action with a name in the config file.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        let mut actions = ACTIONS.iter().map(|spec| spec.action);
        actions.find(|action| action.name() == name)
    }
}

impl Pane {
    /// Its name in the config file, as in `[keys.list]`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::List => "list",
            Self::Reader => "reader",
            Self::Quotes => "quotes",
            Self::Speakers => "speakers",
            Self::Choice => "choice",
            Self::Changes => "changes",
            Self::Sheet => "sheet",
        }
    }
}
