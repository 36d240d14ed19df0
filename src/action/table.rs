//! The table itself: one row an action.

/// Where keys go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Pane {
    List,
    Reader,
    Quotes,
    /// A screen over the others: help, problems.
    Sheet,
}

impl Pane {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::List, Self::Reader, Self::Quotes, Self::Sheet];
}

/// Headings of the help.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Group {
    Move,
    Read,
    Quotes,
    Find,
    Program,
}

impl Group {
    /// All of them, in the order of the help.
    pub const ALL: [Self; 5] = [
        Self::Move,
        Self::Read,
        Self::Quotes,
        Self::Find,
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
            Self::Program => "Program",
        }
    }
}

/// What a reader can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Action {
    Down,
    Up,
    HalfDown,
    HalfUp,
    PageDown,
    PageUp,
    Top,
    Bottom,
    In,
    Back,
    NextDispatch,
    PreviousDispatch,
    NextUnread,
    PreviousUnread,
    ReadOn,
    NextQuote,
    PreviousQuote,
    NextSame,
    PreviousSame,
    QuotesPane,
    Why,
    CopyQuote,
    CopyDispatch,
    Search,
    NextHit,
    PreviousHit,
    NextPane,
    PreviousPane,
    PaneLeft,
    PaneRight,
    Problems,
    Help,
    Redraw,
    Suspend,
    Quit,
}

/// One row: the action, where its keys work, and its line of help.
#[derive(Debug)]
pub struct Entry {
    pub action: Action,
    pub name: &'static str,
    pub group: Group,
    pub panes: &'static [Pane],
    pub keys: &'static [&'static str],
    pub help: &'static str,
}

const ALL: &[Pane] = &[Pane::List, Pane::Reader, Pane::Quotes, Pane::Sheet];
const MAIN: &[Pane] = &[Pane::List, Pane::Reader, Pane::Quotes];
const TEXT: &[Pane] = &[Pane::Reader, Pane::Quotes];

const fn row(
    action: Action,
    name: &'static str,
    group: Group,
    panes: &'static [Pane],
    keys: &'static [&'static str],
    help: &'static str,
) -> Entry {
    Entry {
        action,
        name,
        group,
        panes,
        keys,
        help,
    }
}

/// Every action. A count before the keys of a move repeats it; before `G` and `gg` it is a line or row.
pub const ACTIONS: &[Entry] = &[
    row(
        Action::Down,
        "down",
        Group::Move,
        ALL,
        &["j", "↓", "^N"],
        "down",
    ),
    row(Action::Up, "up", Group::Move, ALL, &["k", "↑", "^P"], "up"),
    row(
        Action::HalfDown,
        "half-page-down",
        Group::Move,
        ALL,
        &["^D"],
        "half a page down",
    ),
    row(
        Action::HalfUp,
        "half-page-up",
        Group::Move,
        ALL,
        &["^U"],
        "half a page up",
    ),
    row(
        Action::PageDown,
        "page-down",
        Group::Move,
        ALL,
        &["PgDn", "^F"],
        "a page down",
    ),
    row(
        Action::PageUp,
        "page-up",
        Group::Move,
        ALL,
        &["b", "PgUp", "^B"],
        "a page up",
    ),
    row(
        Action::Top,
        "top",
        Group::Move,
        ALL,
        &["gg", "Home"],
        "to the top (5gg: row 5)",
    ),
    row(
        Action::Bottom,
        "bottom",
        Group::Move,
        ALL,
        &["G", "End"],
        "to the bottom (42G: row 42)",
    ),
    row(
        Action::In,
        "in",
        Group::Read,
        MAIN,
        &["Enter", "l", "→"],
        "read; in the quotes, go to the quote",
    ),
    row(
        Action::Back,
        "back",
        Group::Read,
        ALL,
        &["q", "h", "←", "Esc"],
        "one level back (q at the top quits)",
    ),
    row(
        Action::ReadOn,
        "read-on",
        Group::Read,
        ALL,
        &["Space"],
        "read on: a page, then the next unread",
    ),
    row(
        Action::NextDispatch,
        "next-dispatch",
        Group::Read,
        MAIN,
        &["J"],
        "next dispatch",
    ),
    row(
        Action::PreviousDispatch,
        "previous-dispatch",
        Group::Read,
        MAIN,
        &["K"],
        "previous dispatch",
    ),
    row(
        Action::NextUnread,
        "next-unread",
        Group::Read,
        MAIN,
        &["]u"],
        "next unread dispatch",
    ),
    row(
        Action::PreviousUnread,
        "previous-unread",
        Group::Read,
        MAIN,
        &["[u"],
        "previous unread dispatch",
    ),
    row(
        Action::CopyDispatch,
        "copy-dispatch",
        Group::Read,
        MAIN,
        &["yy"],
        "copy the dispatch",
    ),
    row(
        Action::NextQuote,
        "next-quote",
        Group::Quotes,
        MAIN,
        &["]q"],
        "next quote",
    ),
    row(
        Action::PreviousQuote,
        "previous-quote",
        Group::Quotes,
        MAIN,
        &["[q"],
        "previous quote",
    ),
    row(
        Action::NextSame,
        "next-same-speaker",
        Group::Quotes,
        MAIN,
        &["]s"],
        "next quote of the same speaker",
    ),
    row(
        Action::PreviousSame,
        "previous-same-speaker",
        Group::Quotes,
        MAIN,
        &["[s"],
        "previous quote of the same speaker",
    ),
    row(
        Action::QuotesPane,
        "quotes-pane",
        Group::Quotes,
        MAIN,
        &["\""],
        "quotes pane on, off",
    ),
    row(
        Action::Why,
        "why",
        Group::Quotes,
        MAIN,
        &["i"],
        "why this speaker",
    ),
    row(
        Action::CopyQuote,
        "copy-quote",
        Group::Quotes,
        MAIN,
        &["yq"],
        "copy the quote with its source",
    ),
    row(
        Action::Search,
        "search",
        Group::Find,
        MAIN,
        &["/"],
        "filter the list; in the reader, search the text",
    ),
    row(
        Action::NextHit,
        "next-hit",
        Group::Find,
        TEXT,
        &["n"],
        "next hit in the text",
    ),
    row(
        Action::PreviousHit,
        "previous-hit",
        Group::Find,
        TEXT,
        &["N"],
        "previous hit in the text",
    ),
    row(
        Action::NextPane,
        "next-pane",
        Group::Program,
        MAIN,
        &["Tab", "^W^W"],
        "next pane",
    ),
    row(
        Action::PreviousPane,
        "previous-pane",
        Group::Program,
        MAIN,
        &["⇧Tab"],
        "previous pane",
    ),
    row(
        Action::PaneLeft,
        "pane-left",
        Group::Program,
        MAIN,
        &["^Wh"],
        "pane to the left",
    ),
    row(
        Action::PaneRight,
        "pane-right",
        Group::Program,
        MAIN,
        &["^Wl"],
        "pane to the right",
    ),
    row(
        Action::Problems,
        "problems",
        Group::Program,
        ALL,
        &["P"],
        "problems with the input",
    ),
    row(
        Action::Help,
        "help",
        Group::Program,
        ALL,
        &["?"],
        "all keys",
    ),
    row(
        Action::Redraw,
        "redraw",
        Group::Program,
        ALL,
        &["^L"],
        "draw the screen anew",
    ),
    row(
        Action::Suspend,
        "suspend",
        Group::Program,
        ALL,
        &["^Z"],
        "to the shell; fg comes back",
    ),
    row(
        Action::Quit,
        "quit",
        Group::Program,
        ALL,
        &["Q", "^C"],
        "quit",
    ),
];
