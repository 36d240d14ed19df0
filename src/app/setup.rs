//! What is given when the program starts: what is read, for whom, and how it is shown.

use jiff::tz::TimeZone;

use super::{ChoiceKind, Welcome};
use crate::action::Keymap;
use crate::dispatch::InputProblem;
use crate::filter::SortOrder;
use crate::look::ListFormat;
use crate::views::{Mute, SavedView};

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
