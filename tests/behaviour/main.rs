//! The behaviour net: all that the program prints and shows, held against what it printed and showed before.
//!
//! The tests here know the program from outside only: its arguments, its keys, its output. They say nothing of what is
//! right, and everything of what has changed, so that code can be moved and renamed without fear.
//!
//! - `commands`: every command in every form over all fixtures and the wire of `assets/wire`, and what is said of mistakes.
//!   A snapshot a command: for each run its exit code, and of each stream its lines, bytes, hash and first line; messages,
//!   and what is short, in full.
//! - `sessions`: scripted keys in a pseudo-terminal at 120×40, 80×24 and 40×12. A snapshot a session: of each screen that
//!   matters the whole text, how many cells have which look, and a hash of the looks of all cells.
//!
//! What has changed is shown as a difference, and is either a mistake or wanted. One command accepts all of it:
//!
//! ```text
//! INSTA_UPDATE=always cargo test --test behaviour
//! ```
//!
//! A name of a test after it accepts less. `git diff tests/behaviour/snapshots` then shows what was accepted; it belongs
//! into the same commit as the change that made it.
//!
//! A hash tells that an output differs, not where. With `BEHAVIOUR_OUTPUTS=FOLDER` every output of every command is also
//! kept as a file: do that before and after a change, and compare the two folders.
//!
//! Nothing here may depend on the machine: zone, home and settings are those of the test, files have a fixed date, and what
//! is shown of the present time is masked. The embargoes of the wire and of some fixtures count against the clock, the last
//! of them until 23 November 2026; sessions are not compared on a machine that has an earlier date.

#![cfg(unix)]
#![allow(clippy::expect_used, clippy::panic)] // in what tests share, too

mod commands;
mod inputs;
mod looks;
#[path = "../terminal/pty.rs"]
#[allow(dead_code)] // Other tests use all of it.
mod pty;
mod sessions;
mod snapshot;
#[path = "../support/mod.rs"]
mod support;
