//! The application core: [`State`] and its only writer, `update(&mut State, Msg) -> Vec<Effect>`. Knows nothing of IO,
//! the clock or the terminal.

mod alerts;
mod banner;
mod changes;
mod commands;
mod document;
mod filter;
mod keys;
mod layout;
mod list;
mod marks;
mod messages;
mod navigation;
mod overlay;
mod panel;
mod prompt;
mod quotes;
mod reader;
mod sheet;
mod speakers;
mod state;
mod update;
mod views;
mod welcome_and_hints;

pub use alerts::{ActiveMute, ActiveView, Alert, AlertLog, Alerts};
pub use banner::{Embargoes, format_time};
pub use changes::{
    Comparison, DiffLine, DiffLineKind, DiffPage, DiffStyle, changes_area, compare_versions,
};
pub use commands::{COMMANDS, Choice, ChoiceKind, ChooseMode, Command, typed_commands};
pub use document::{Document, LineKind, ReaderLine, SpeakerQuotes, is_uncertain_speaker};
pub use filter::ListFilter;
pub use layout::{
    Area, Layout, LayoutMode, MAX_TEXT_WIDTH, MIN_SIZE, layout, overlay_area, text_column,
};
pub use list::{FollowMode, List, LiveFeed};
pub use marks::MarksState;
pub use messages::{Effect, ExportPayload, MouseAction, MouseInput, Msg};
pub use navigation::{Bookmark, Bookmarks, overlay_length};
pub use overlay::{Link, Overlay, OverlayKind};
pub use prompt::{Completion, Prompt, PromptKind};
pub use quotes::{QuotePaneRow, SpeakerSearch};
pub use reader::Reader;
pub use sheet::{SheetLine, sheet_column, sheet_lines};
pub use speakers::Speakers;
pub use state::{
    FilterPhase, History, QuotesPane, Session, Settings, Setup, StartupOptions, State, TypedKeys,
    Ui,
};
pub use update::update;
pub use welcome_and_hints::{Welcome, hints};
