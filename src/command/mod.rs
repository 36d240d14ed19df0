//! The commands without a screen: list, show, export, quotes, diff, health, check, follow, mark and more.
//!
//! Data goes to standard output, problems to standard error.

mod check;
mod config;
mod diff;
mod follow;
mod gather;
mod marks;
mod pager;
mod print;
mod quotes;
mod request;

pub use check::{check, health};
pub use config::{
    config, configured_columns, load_settings, pager_command, retention_limits, unreadable_config,
};
pub use diff::diff;
pub use follow::{FollowEvent, FollowOptions, event_channel, follow, watch_output};
pub use marks::{mark, state};
pub use pager::{PagerCommand, run_with_pager};
pub use print::{export, list, print_chosen, show};
pub use quotes::{quotes, speakers};
pub use request::{
    Outcome, Request, Streams, finish, invalid_arguments, resolve_inputs,
    screen_unavailable_reason, source_key,
};
