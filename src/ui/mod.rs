//! Draws the state: `draw(&State, &Theme, &mut Buffer)`. Reads everything, changes nothing.

mod brush;
mod changes;
mod columns;
mod frame;
mod list;
mod panel;
mod prompt;
mod quotes;
mod reader;
mod sheet;
mod speakers;
mod theme;

pub use brush::LinkSpan;
pub use frame::{draw, draw_with_links};
pub use theme::{ColorDepth, Role, Theme};
