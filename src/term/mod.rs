//! The terminal: keys in, frames out, effects done, and everything given back as it was found.

mod environment;
mod event_loop;
mod external;
mod hyperlinks;
mod terminal;

pub use environment::{Environment, system_zone};
pub use event_loop::{ExitReport, run};
pub use terminal::on_end_signal;
