//! dateline: a terminal reader for news-agency wire dispatches.
//!
//! # The house
//!
//! One crate, a library with a thin binary. A dispatch travels one way, from bytes to the screen or to a pipe:
//!
//! ```text
//! file bytes --load--> format::detect, scan --> Head --desk::SegmentBuilder--> Segment --> desk (segments, order)
//! key --term--> Key --action::Keymap--> Action --app::update--> State: desk, list, filter, reader, quotes pane
//!                                            |                  derived: hits (a job), quotes, lines, pane rows
//!                                 Effects <--'
//!                                 (read a dispatch, run a filter, keep a mark, copy, suspend)
//!                                 done by work, store and term, answered by a Msg
//! ui::draw: for each visible line: text::runs(line, layers of roles) --> theme --> Buffer --> diff --> terminal
//! ```
//!
//! Core, without IO:
//!
//! - [`text`]: canonical text: clean, count, fold, wrap, runs, links, and what may go to a terminal (`safe`); how numbers
//!   and errors stand in a sentence. Home of textwrap.
//! - [`dispatch`]: the model, plain data: `Dispatch`, its small form `Head`, dateline, status, urgency, body, problems.
//! - [`mod@format`]: bytes → dispatches: detection, the table of formats, one room a format; the dateline grammar.
//! - [`quote`]: a dispatch → its quotes: spans, cues, speakers.
//! - [`speakers`]: who speaks in many dispatches, counted.
//! - [`changes`]: what changed between two versions of a dispatch. Home of imara-diff.
//! - [`health`]: how the sources are: last heard of, rates, silences, missing numbers.
//! - [`desk`]: the in-memory article list: segments of packed entries, their order, snapshots for jobs.
//! - [`marks`]: what a reader marks, and the sets of it that jobs look at.
//! - [`filter`]: the query language, its run over a snapshot, the letters that match. Home of fuzzy-matcher and regex.
//! - [`views`]: saved views and mutes as plain values, and which arrivals they match.
//! - [`look`]: how the list looks: its columns, and the forms of its times, as plain values.
//! - [`config`]: the text of the config file → settings, and what is wrong with it where. Home of toml.
//! - [`record`]: what is printed, as serde models, and JSON that cannot act on a terminal.
//! - [`action`]: the one table of actions: keymap, `?` screen, man page, example config and README are made from it.
//! - [`app`]: `State`, `Msg`, `Effect`, and `update`, the one writer of state. Home of tui-input.
//! - [`ui`]: `draw(&State, &Theme, &mut Buffer)`; roles become looks in `ui/theme` alone. Home of ratatui's widgets.
//!
//! Edges, with IO:
//!
//! - [`load`]: files, folders, archives, standard input, the built-in wire → segments; reads dispatches again, one or
//!   many. Home of the crates that unpack.
//! - [`store`]: marks that last, in a database that several processes share. Home of rusqlite.
//! - [`work`]: jobs off the event loop: the load and the watch after it, open, filter with the search of texts that it may
//!   ask for, speakers, compare, health, what views and mutes keep by its text (judging), the commands of views; errands of
//!   a key: a file is written, a browser or a clipboard program started.
//! - [`term`]: events in, frames out (with links, OSC 8), effects done, signals, the terminal lent to an editor or a
//!   command, and given back. Home of crossterm.
//! - [`cli`]: the command line, and what is made from it: help, errors, man page, completions. [`command`]: list, show, export,
//!   quotes, speakers, diff, health, check, follow, mark, state, config, what was chosen on the screen, the pager.
//!
//! # Invariants
//!
//! `tests/house.rs` holds what can be held by a test: which room may name which, where IO may be, that no file but the
//! theme names a colour, how long files and functions are.
//!
//! 1. Only `load`, `store`, `work`, `term`, `command` and `main` do IO. The rest is functions of their arguments, but that
//!    `config` looks zones up, which jiff reads from the system; data-parallel work inside `filter` is fine.
//! 2. Parsing never fails and never panics: it returns what it got and a list of [`dispatch::Problem`]s.
//! 3. [`dispatch::Body`] never changes. Every position (quote, hit, line) is a byte range into it on character
//!    boundaries. What goes to a screen or a pipe passes [`mod@text`]'s `cells` or `safe`, or [`record::to_line`].
//! 4. [`app::update`] is the only writer of state; [`ui::draw`] takes `&State`. Where panes lie comes from
//!    [`app::layout()`], and where a screen over them lies from [`app::over()`]: both ask there.
//! 5. Outside `ui/theme` nobody names a colour: text is marked with roles.
//! 6. One table of actions makes the keymap, the `?` screen, the man page and the README's table of keys.
//! 7. No global state but what belongs to the process: whether the terminal is ours, which the panic hook must know, and
//!    whether that hook is in place (`term/guard.rs`); whether the process has stopped itself (`term/signals.rs`).
//!
//! # Two sizes of a dispatch, and snapshots
//!
//! The desk keeps a packed row for every dispatch and knows where its text lies: input, byte range, number in it. The
//! whole [`dispatch::Dispatch`] is read again from there when it is opened, quoted or printed. One parser serves both
//! sizes: the heads of [`format::scan`] equal those of [`format::parse`], which a property test holds. A file that
//! changed since it was listed is noticed by its length, its date and the item's identity, and said, never shown wrong.
//!
//! A filter that asks for texts looks at raw bytes first: the scan notes which part of an item stands in its body as it
//! is ([`format::Found::verbatim`]), so that most items are told without being read whole ([`filter::RawQuery`]).
//!
//! A segment never changes ([`desk::Segment`] behind an `Arc`); the order is apart from them. What arrives in small pieces
//! is filled into the last one: a longer one takes its place, with the same ids, and whoever holds the shorter one keeps
//! it. A job takes a [`desk::Snapshot`] and a generation number, answers in batches, and ends early when a newer
//! generation exists. A selection is held by [`desk::EntryId`], never by row number, so nothing that arrives moves it.
//!
//! A row of the table of formats says where its inputs may be cut ([`format::Cut`]): after a newline, before the `From `
//! line of a mail, before the tag of an item. Large inputs of such formats are read in parts side by side, the end first,
//! since the newest stand there on most wires; folders are read from the last name down for the same reason. What is
//! compressed or lies in an archive comes as a stream, and is held in memory, unpacked and within a cap. Of framed wires
//! the row says where a frame ends, so that a stream of them is shown as it comes.
//!
//! # A watch
//!
//! `load/watch` goes on where a load ends: one thread that sleeps until the system tells of a change (inotify; folders
//! that give no events are looked at every second). A ledger of what was read of which file makes sure that what the
//! first walk and an event both lead to is shown once; [`desk::Replaced`] tells which entry of a file written again
//! stands in whose place. An input knows through its [`desk::Trace`] where its file went, and [`desk::Kept`] are its
//! bytes in memory: `load/store` reads whichever still holds them.

#[cfg(not(unix))]
compile_error!(
    "dateline is for Linux and macOS: terminals, signals and files are used as Unix has them"
);

pub mod action;
pub mod app;
pub mod changes;
pub mod cli;
pub mod command;
pub mod config;
pub mod dispatch;
pub mod filter;
pub mod format;
pub mod health;
pub mod index;
pub mod ingest;
pub mod list_format;
pub mod marks;
pub mod quotes;
pub mod record;
pub mod speakers;
pub mod store;
pub mod term;
pub mod text;
pub mod ui;
pub mod views;
pub mod work;
