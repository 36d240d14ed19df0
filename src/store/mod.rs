//! Saves marks in an `SQLite` database in the state directory, shared by several processes. The only user of rusqlite.
//!
//! # Guarantees
//!
//! Changes in a [`StoreEvent::Written`] without an error have been synced to the disk (WAL, `synchronous=FULL`). Each
//! change is one row, written in a short transaction, so processes do not overwrite each other's rows. For the same row
//! the last change wins, with one exception: a note that another process has changed in the meantime is merged with the
//! new one, not lost.
//!
//! # Locking and damage
//!
//! A lock file lies beside the database. Writers hold it shared. Whoever opens or migrates the database, or moves a
//! damaged one away, holds it exclusively, so that nobody writes into a file that is being moved. A damaged database is
//! renamed together with its `-wal` and `-shm` files, and what can still be read of it is copied into a new one. A
//! database of a newer version is not touched.
//!
//! If nothing can be saved (no directory, disk full, no permission), marks last for the session, and the user is told.
//! Saving is tried again with the next change and at exit.

mod database;
mod import_export;
mod schema;
mod state_dir;
#[cfg(test)]
mod tests;
mod writer;

pub use database::{MarkStore, StoreError, read_marks};
pub use import_export::{ImportSummary, export, import, read_bytes};
pub use state_dir::StateDirectory;
pub use writer::{MarkWriter, StoreEvent, StoreEventSink};
