//! Saves marks in an `SQLite` database in the state directory, shared by several processes. The only user of rusqlite.
//!
//! # Guarantees
//!
//! Changes in a [`StoreEvent::Written`] without an error have been synced to the disk (WAL, `synchronous=FULL`). Each
//! change is one row, written in a short transaction, so processes do not overwrite each other's rows. For the same row
//! the last change wins, with one exception: a note that another process has changed in the meantime is merged with the
//! new one, not lost.
//!
//! A session sees what other processes change: the writer thread looks at the version of the database after its files
//! have changed, at most once a second, and reads the marks again.
//!
//! What could not be written when a process ends goes into a journal, a file of its own that needs no lock. The next
//! process that writes takes it in; processes that only read see it, too. A mark in a journal is merged like one of an
//! import, so that taking it in twice changes nothing.
//!
//! # Damage
//!
//! A database is set aside only if `SQLite` calls it damaged, or no database, on two fresh connections in a row; never
//! because of an error of the disk. It is renamed together with its log, and what can still be read of it is copied into
//! a new one. It is told of at every start, until `dateline state recover` or the user has dealt with it. A database of
//! another program, or of a newer version, is never changed.
//!
//! `SQLite` locks the database, but not its name. So there is a lock file: whoever opens the database holds it shared, and
//! whoever sets one aside holds it alone. A process that has the database open sees by its inode that it was set aside,
//! and writes again, into the new one.

mod connection;
mod damage;
mod database;
mod marks_json;
mod schema;
mod state_dir;
#[cfg(test)]
mod tests;
mod wake;
mod writer;

pub use connection::StoreError;
pub use damage::Recovery;
pub use database::{MarkStore, export, import, read_marks, set_aside_notices};
pub use marks_json::{ImportSummary, read_bytes};
pub use state_dir::StateDirectory;
pub use writer::{MarkWriter, StoreEvent, StoreEventSink, UnwrittenMarks};
