//! Draws the state into a buffer of cells: `draw(&State, &Theme, &mut Buffer)`. Changes nothing, and does not know of
//! terminals.

mod brush;
mod changes;
mod columns;
mod frame;
mod list;
mod overlay;
mod prompt;
mod quotes;
mod reader;
mod theme;

pub use brush::LinkSpan;
pub use frame::{draw, draw_with_links};
pub use theme::{ColorDepth, Role, Theme};
