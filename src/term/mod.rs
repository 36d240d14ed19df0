//! The terminal and everything interactive around it: reads keys, draws frames, carries out effects, and restores the
//! terminal at the end.

mod environment;
mod event_loop;
mod external;
mod hyperlinks;
mod terminal;

pub use environment::{Environment, system_zone};
pub use event_loop::{ExitReport, run};
pub use terminal::{memory_limit, on_end_signal, supervise};
