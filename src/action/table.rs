//! The table of actions: one row an action, with its default keys, its panes and its line of help.

/// Where keys go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Pane {
    List,
    Reader,
    Quotes,
    /// The speakers of the list, over the panes.
    Speakers,
    /// A list to choose from, over the panes: saved views, alerts, links, places.
    Choice,
    /// What changed between two versions, over the panes.
    Changes,
    /// A screen over the others: help, problems, header fields, raw source.
    Sheet,
}

impl Pane {
    /// All of them.
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

/// Headings of the help.
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
    /// All of them, in the order of the help.
    pub const ALL: [Self; 7] = [
        Self::Move,
        Self::Read,
        Self::Quotes,
        Self::Find,
        Self::Marks,
        Self::Wire,
        Self::Program,
    ];

    /// The heading.
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

/// One row: the action, where its keys work, and its line of help.
#[derive(Debug)]
pub struct ActionSpec {
    pub action: Action,
    pub group: HelpGroup,
    pub panes: &'static [Pane],
    pub keys: &'static [&'static str],
    pub help: &'static str,
}

const ALL: &[Pane] = &Pane::ALL;

const MAIN: &[Pane] = &[Pane::List, Pane::Reader, Pane::Quotes];

const CHOOSE: &[Pane] = &[
    Pane::List,
    Pane::Reader,
    Pane::Quotes,
    Pane::Speakers,
    Pane::Choice,
];

const LISTS: &[Pane] = &[Pane::List, Pane::Reader, Pane::Quotes, Pane::Choice];

const VIEWS: &[Pane] = &[Pane::List, Pane::Reader, Pane::Quotes, Pane::Speakers];

const SEARCHED: &[Pane] = &[
    Pane::List,
    Pane::Reader,
    Pane::Quotes,
    Pane::Speakers,
    Pane::Sheet,
];

const OPEN: &[Pane] = &[Pane::List, Pane::Reader, Pane::Quotes, Pane::Sheet];

const LIST: &[Pane] = &[Pane::List];

const DIFF: &[Pane] = &[Pane::Changes];

const TELLS: &[Pane] = &[Pane::List, Pane::Reader, Pane::Quotes, Pane::Changes];

const TEXT: &[Pane] = &[Pane::Reader, Pane::Quotes];

/// Makes the enum and the table from the same rows.
macro_rules! actions {
    ($($action:ident $group:ident $panes:ident [$($key:literal)+] $help:literal)+) => {
        /// What a reader can do.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Action {
            $($action,)+
        }

        /// Every action. A count before the keys of a move repeats it; before `G` and `gg` it is a line or row.
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
    Choose           Read    CHOOSE ["Enter"] "read; in the quotes, go to the quote; with --print, choose"
    In               Read    CHOOSE ["l" "→"] "read, or go to the quote"
    Back             Read    ALL  ["h" "←"] "one level back"
    Leave            Read    ALL  ["q"] "one level back; at the top, quit"
    Cancel           Read    ALL  ["Esc"] "drop marks, search or filter, else one level back"
    ReadOn           Read    ALL  ["Space"] "read on: a page, then the next unread"
    NextDispatch     Read    MAIN ["J"] "next dispatch"
    PreviousDispatch Read    MAIN ["K"] "previous dispatch"
    NextUnread       Read    MAIN ["]u"] "next unread dispatch"
    PreviousUnread   Read    MAIN ["[u"] "previous unread dispatch"
    ScrollRight      Read    TEXT ["zL" ">"] "table half a pane right"
    ScrollLeft       Read    TEXT ["zH" "<"] "table half a pane left"
    ColumnRight      Read    TEXT ["zl"] "table a column right"
    ColumnLeft       Read    TEXT ["zh"] "table a column left"
    Header           Read    OPEN ["H"] "all header fields of the dispatch"
    Source           Read    OPEN ["R"] "the raw source of the dispatch"
    OpenLink         Read    MAIN ["gx"] "open a link of the dispatch; of several, choose"
    CopyDispatch     Read    MAIN ["yy"] "copy the dispatch"
    NextQuote        Quotes  MAIN ["]q"] "next quote"
    PreviousQuote    Quotes  MAIN ["[q"] "previous quote"
    NextSame         Quotes  MAIN ["]s"] "next quote of the same speaker, in the list too"
    PreviousSame     Quotes  MAIN ["[s"] "previous quote of the same speaker, in the list too"
    QuotesPane       Quotes  MAIN ["\""] "quotes pane on, off"
    QuoteOrder       Quotes  MAIN ["t"] "quotes by speaker, or as in the text"
    WhoSpeaks        Quotes  VIEWS ["S"] "speakers of the list; Enter filters on one"
    Why              Quotes  MAIN ["i"] "why this speaker, with the words marked"
    CopyQuote        Quotes  MAIN ["yq"] "copy the quote with its source"
    Search           Find    SEARCHED ["/"] "filter the list; search the text; narrow this sheet"
    NextHit          Find    TEXT ["n"] "next hit in the text"
    PreviousHit      Find    TEXT ["N"] "previous hit in the text"
    Within           Find    LIST ["&"] "in the list: filter within the filter; Esc goes back"
    Order            Find    LIST ["oo"] "what fits the filter best first, or the newest"
    SortTime         Find    LIST ["ot"] "sort by time"
    SortUrgency      Find    LIST ["ou"] "sort by urgency, then as before"
    SortAgency       Find    LIST ["oa"] "sort by agency, then as before"
    SortPlace        Find    LIST ["op"] "sort by place, then as before"
    SortSlug         Find    LIST ["os"] "sort by slug, then as before"
    SortLength       Find    LIST ["ol"] "sort by length, then as before"
    SortQuotes       Find    LIST ["oq"] "sort by number of quotes, then as before"
    Reverse          Find    LIST ["O"] "turn the order round"
    OnlyMatches      Find    TEXT ["&"] "in the text: only paragraphs with a hit, or all"
    ToggleRead       Marks   MAIN ["r"] "read, or unread again"
    Star             Marks   MAIN ["s"] "star the story, or not"
    Note             Marks   MAIN ["e"] "a note on the story, in your editor"
    Mark             Marks   LIST ["x"] "mark the row: actions act on all marked"
    MarkRange        Marks   LIST ["v"] "mark the rows from the last mark to here"
    MarkAll          Marks   LIST ["X"] "mark all rows, or none"
    SetPlace         Marks   MAIN ["m"] "ma: the place here is called a, to z"
    GoToPlace        Marks   MAIN ["'"] "'a: go to the place a; '' back to before the last jump"
    Undo             Marks   MAIN ["u"] "undo the last change of marks"
    Follow           Wire    MAIN ["F"] "follow the wire: what comes shows on top"
    TakeIn           Wire    MAIN ["."] "take in what is new"
    Pause            Wire    MAIN ["p"] "pause: what comes waits; again goes on"
    Fold             Wire    LIST ["z"] "unfold the story's versions, or fold them"
    WhatChanged      Wire    TELLS ["d"] "what changed since the version before"
    NextChange       Wire    DIFF ["n" "]c"] "next change"
    PreviousChange   Wire    DIFF ["N" "[c"] "previous change"
    OlderVersion     Wire    DIFF ["(" "[v"] "compare with an older version"
    NewerVersion     Wire    DIFF [")" "]v"] "compare with a newer version"
    Urgent           Wire    MAIN ["!"] "urgent dispatches only, or all"
    Views            Wire    LISTS ["f"] "saved views"
    Alerts           Wire    LISTS ["a"] "the log of alerts"
    Pipe             Program MAIN ["|"] "give the dispatch, those marked, or the quote to a command"
    Edit             Program MAIN ["E"] "a copy of the dispatch in your editor"
    Command          Program MAIN [":"] "a command by name, such as :health"
    NextPane         Program MAIN ["Tab" "^W^W"] "next pane"
    PreviousPane     Program MAIN ["⇧Tab"] "previous pane"
    PaneLeft         Program MAIN ["^Wh"] "pane to the left"
    PaneRight        Program MAIN ["^Wl"] "pane to the right"
    Mouse            Program VIEWS ["M"] "mouse on, off; with Shift the terminal selects"
    Problems         Program ALL  ["P"] "problems with the input"
    Help             Program ALL  ["?"] "all keys"
    Redraw           Program ALL  ["^L"] "draw the screen anew"
    Suspend          Program ALL  ["^Z"] "to the shell; fg comes back"
    Quit             Program ALL  ["Q" "^C"] "quit"
}

// The one table of actions: names, keys, and the line of help each. Makes the keymap, the `?` screen and the
// README's table.

impl Action {
    /// Its row of the table.
    #[must_use]
    pub fn spec(self) -> &'static ActionSpec {
        let row = ACTIONS.iter().find(|entry| entry.action == self);
        // The enum and the table are made from the same rows.
        row.unwrap_or(&ACTIONS[0])
    }

    /// Its name in the config file: `next-quote`.
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

    /// The action of a name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        let mut actions = ACTIONS.iter().map(|entry| entry.action);
        actions.find(|action| action.name() == name)
    }
}

impl Pane {
    /// Its name in the config file: `[keys.list]`.
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
