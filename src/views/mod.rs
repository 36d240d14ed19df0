//! Saved views, alerts and mutes as plain values, and which entries they match as these arrive. No IO, no clock.

mod job;
mod kept;
mod matched;
mod mute;
mod rules;
mod view;

pub use job::{Found, Job, Part};
pub use matched::Matched;
pub use mute::{Mute, Until};
pub use rules::{Rule, Rules};
pub use view::{Tint, View};
