//! The application core: [`State`] and its only writer, `update(&mut State, Msg) -> Vec<Effect>`. Knows nothing of IO,
//! the clock or the terminal.
//!
//! Three layers, each of which uses only those above it:
//!
//! - what the state is made of: [`layout()`], documents and their bands, marks, views, overlays;
//! - [`State`] itself, with the two panes that nearly everything moves in, `list` and `reader`;
//! - what changes it: filter and search in texts, quotes, views, commands, navigation; then keys, and `update` over all.

mod alerts;
mod band;
mod commands;
mod document;
mod filter;
mod keys_hints_welcome;
mod layout;
mod list;
mod marks;
mod navigation;
mod overlay;
mod quotes;
mod reader;
mod sheet;
mod state;
mod text_search;
mod text_tier;
mod update;
mod views;

pub use alerts::{ActiveMute, ActiveView, Alert, AlertLog, Alerts};
pub use band::{BandKey, BandKind, Embargoes};
pub use commands::{COMMANDS, Command, typed_commands};
pub use document::{
    Document, LineKind, QuotePaneRow, ReaderLine, ReaderPage, SpeakerQuotes, is_uncertain_speaker,
};
pub use keys_hints_welcome::hints;
pub use layout::{
    Area, Layout, LayoutMode, MAX_TEXT_WIDTH, MIN_SIZE, changes_area, layout, overlay_area,
    text_column,
};
pub use list::{FilterPhase, FilterRun, FollowMode, List, ListFilter, LiveFeed};
pub use marks::MarksState;
pub use navigation::{compare_versions, overlay_length};
pub use overlay::{
    Bookmark, Bookmarks, Choice, ChoiceKind, ChooseMode, Comparison, Completion, Link, Overlay,
    OverlayKind, Prompt, PromptKind, QuoteSearch, Speakers,
};
pub use reader::{BandView, Reader, TextSearch};
pub use sheet::{SheetLine, sheet_column, sheet_lines};
pub use state::{
    Effect, ExportPayload, History, MouseAction, MouseInput, Msg, OpenerChange, QuotesPane,
    Session, Settings, Setup, StartupOptions, State, TypedKeys, Ui, Welcome,
};
pub use text_search::TEXT_SEARCH_REST;
pub use text_tier::{TextPhase, TextTier, TierCounts};
pub use update::update;
