//! Marks that last: one `SQLite` database in the state directory, shared by several processes. Home of rusqlite.
//!
//! # What is promised
//!
//! What [`Answer::Kept`] names without a trouble has been synced to the disk (WAL, `synchronous=FULL`). Every change is one
//! row, written in a short transaction: what another process has written of other rows stays. Of the same row the last
//! change counts, except that a note never takes the place of one that its writer has not seen: both are kept.
//!
//! A lock file stands beside the database. Who writes holds it shared; who opens, migrates or sets a damaged database aside
//! holds it alone, so that nobody writes into a file that is being set aside. A database that is damaged is renamed, with
//! its `-wal` and `-shm`, and what can still be read of it goes into the new one. One of a newer version is not touched.
//!
//! Where nothing can be kept (no directory, no room, no right), marks last for the session, and that is said; they are
//! tried again with the next change and at the end.

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
