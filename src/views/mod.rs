//! Saved views, alerts and mutes as plain values, and which entries they match as these arrive. No IO, no clock.

mod job;
mod kept;
mod matched;
mod mute;
mod rules;
mod view;

pub use job::{RuleJob, RuleMatch, UndecidedEntries};
pub use matched::MatchedEntries;
pub use mute::{Mute, MuteEnd};
pub use rules::{Rule, Rules};
pub use view::{SavedView, Tint};
