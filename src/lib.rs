//! dateline: a terminal reader for news-agency wire dispatches.
//!
//! One crate: a library with a thin binary. A dispatch travels one way, from bytes to the screen or to a pipe:
//!
//! ```text
//! bytes --ingest--> format::detect, scan --> Head --index::SegmentBuilder--> Segment --> DispatchIndex
//! key --term--> Key --action::Keymap--> Action --app::update--> State (session, screen, settings)
//!           Effects, among them background Jobs <--'  done by term, work and store, answered by a Msg
//! ui::draw(&State): lines --text::split_into_runs--> roles --ui/theme--> Buffer --> terminal
//! ```
//!
//! # Map
//!
//! Core, without IO; each room uses only rooms above it (`tests/house.rs` has the exact layers):
//!
//! - [`text`]: cleaning, folding, wrapping, links, what is safe on a terminal, the wording of counts and errors.
//! - [`action`]: the table of actions, from which the keymap, `?`, the man page and the README's keys are made.
//! - [`dispatch`]: the model: `Dispatch`, its small form `Head`, dateline, status, urgency, relations, problems.
//! - [`mod@format`]: the formats, one file or folder each: wires, `exports` of databases, `tables`, `office` documents;
//!   `format/shared`: dates, zones, bylines, labels, datelines, and which share of an input is shown.
//! - [`quotes`]: the quotes of a dispatch and their speakers: names, pronouns, rules that vote, and fitted weights.
//! - [`speakers`]: who speaks in many dispatches, and who is who among them: persons, offices, bodies, documents.
//! - [`changes`]: what changed between two versions of a dispatch.
//! - [`health`]: sources: last heard of, rates, silences, missing numbers.
//! - [`index`]: the in-memory article list: segments of packed entries, stories, kills and corrections, snapshots.
//! - [`marks`]: what a reader marks (read, star, note, position), as plain values.
//! - [`filter`]: the query language: fields, parser, matching, sort orders.
//! - [`views`]: saved views, alerts and mutes, and which arrivals they match, as plain values.
//! - [`jobs`]: background jobs and their answers, as plain values.
//! - [`list_format`]: the columns of the list and the forms of its times, as plain values.
//! - [`config`]: the config file: its settings, keys, and mistakes with line and column.
//! - [`record`]: what is printed: JSON records, CSV, HTML, Markdown, ninjs, NITF, plain text.
//! - [`app`]: `State`, `Msg`, `Effect` and `update`, the one writer of state: panes, overlays, prompt, commands.
//! - [`ui`]: draws `&State` into a buffer, panes and overlays; all colours are in `ui/theme.rs`.
//!
//! For all rooms, with the system behind them:
//!
//! - [`log`]: the log of the process, beside the marks.
//! - [`threads`]: threads that are kept, and what is done where the system refuses one.
//!
//! Edges, with IO:
//!
//! - [`ingest`]: reads files, folders, archives and pipes into segments, watches them, and reads dispatches again.
//! - [`store`]: the database of marks, shared by several processes.
//! - [`work`]: the threads that do background jobs: load, open, filter by text, speakers, compare, export, programs.
//! - [`term`]: the event loop, the terminal (modes, OSC 52, OSC 8, signals), and the user's other programs.
//! - [`cli`]: the command line: arguments, usage errors, man page, completions.
//! - [`command`]: the commands without a screen: list, show, export, quotes, diff, check, follow, mark, config …
//!
//! # Words
//!
//! One word for one thing, in code, comments and messages:
//!
//! - *input*: one file, stream or archive member that is read.
//! - *item*: one dispatch as it stands in the bytes of an input: a record, a message, an element.
//! - *dispatch*: an item parsed in full ([`dispatch::Dispatch`]); its *head* is the part that lists need.
//! - *locator*: where the bytes of a dispatch are, and how to recognize it ([`index::Locator`]).
//! - *entry*: what the index keeps of a dispatch: a packed head and where its bytes are ([`index::EntryId`]).
//! - *row*: a line of a list on the screen; in `format/tables`, a row of a table, each an item.
//! - *share*: how much of the text of an input its dispatches show; what is left out on purpose is named by a *rule*.
//! - *tier*: a part of a filtered list: exact hits, hits in texts ([`filter::Query::including_texts`]), close matches.
//! - *story*: entries that the wire ties together; a *version* is one entry of a story.
//! - *notice*: an item that kills, withholds or corrects others.
//! - *band*: the line over the text that tells of a kill, a correction, an embargo or a newer version, until it is
//!   acknowledged.
//! - *segment*: a block of entries that never changes; a *snapshot* is the index at one moment.
//! - *generation*: the number of a request; answers to older generations are ignored.
//!
//! # Invariants
//!
//! `tests/house.rs` holds those that a test can hold: layers, where IO and outside crates may be used, import circles,
//! the length of files and functions.
//!
//! 1. Only `ingest`, `store`, `work`, `term`, `command`, `log` and `main` do IO. Two exceptions: `config` looks up time zones,
//!    which jiff reads from the system, and `filter` runs on several threads.
//! 2. Parsing never fails and never panics: it returns what it got and a list of [`dispatch::Problem`]s.
//! 3. [`dispatch::Body`] never changes. Every position (quote, hit, line) is a byte range into it on character
//!    boundaries. Text for a screen or a pipe goes through [`text::cells`], [`text::sanitize`] or
//!    [`record::to_json_line`].
//! 4. [`app::update`] is the only writer of state; [`ui::draw`] takes `&State`. Both ask [`app::layout()`] and
//!    [`app::overlay_area()`] where panes lie.
//! 5. Outside `ui/theme.rs` nobody names a colour: text is marked with roles.
//! 6. No global state except what belongs to the process: whether the terminal is in our modes, which the panic hook
//!    must know, and whether the process has stopped itself (both in `term/terminal.rs`); the log, the time that
//!    `$DATELINE_NOW` sets (`ingest/files.rs`), and the helper threads of each thread (`threads.rs`).
//!
//! # Two sizes of a dispatch
//!
//! The index keeps a packed entry for every dispatch and knows where its bytes are: input, byte range, number in it. The
//! full [`dispatch::Dispatch`] is read again from there when it is opened, quoted or printed. One parser serves both
//! sizes: a property test holds that the heads of [`format::scan`] equal those of [`format::parse`].
//!
//! An [`index::Locator`] is the only way back to the bytes. An input has the [`index::FileIdentity`] of its file; if that
//! is no longer the same, each item is checked by the hash of its bytes before it is used. What is no longer there is
//! left out, and reported once with the number of dispatches.
//!
//! The words of a filter on the screen are also looked for in texts, by a job of its own (`work/text_tier`): in pieces from
//! the top of the list down, so that rows are appended. What arrives later is searched alone, for this tier and for
//! filters on texts. A complete search is all that a longer word needs to look at.
//!
//! A filter on texts looks at raw bytes first: the scan notes which bytes of an item stand unescaped in its body
//! ([`format::ScannedItem`]), so that most items are decided without a full parse ([`filter::RawQuery`]).
//!
//! # Segments and snapshots
//!
//! A segment never changes ([`index::Segment`] behind an `Arc`); the sort order is kept apart. Arrivals in small pieces
//! extend the last segment: a longer one with the same ids replaces it, and whoever holds the shorter one keeps it. A
//! job takes an [`index::Snapshot`] and a generation, answers in batches, and ends early when a newer job of its kind
//! exists. It runs on a thread of [`work::Workers`], which catches its panics and reports them: the next job of the kind
//! works again. A selection is an [`index::EntryId`], never a row number, so nothing that arrives moves it.
//!
//! The table of formats says where an input may be split ([`format::RecordBoundary`]). Large inputs are read in parts in
//! parallel, the end first, since the newest dispatches are there on most wires; folders are read from the last name
//! down for the same reason. Compressed data and archive members are unpacked in memory, within a cap. Streams of framed
//! wires show each item as its frame ends. An office file is converted to a page or a table when it is read, as packed
//! data is unpacked; then it is an input like others. No row of a table can be read without the layout of the table, so
//! the input keeps it.
//!
//! # Watching
//!
//! `ingest/watch` continues where a load ends: one thread that wakes when inotify reports a change, and once a second, to
//! compare what the paths of the command line lead to with what it follows, and to poll folders without events. Per-file
//! states ensure that an item found by both the first walk and an event is shown once, and that a file is known again
//! when its folder was away; [`index::Replacement`] says which entry of a rewritten file replaces which.
//! [`index::FileTracker`] follows an input's file through renames, and [`index::RetainedBytes`] are its bytes in memory
//! once the file is gone.

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
pub mod jobs;
pub mod list_format;
pub mod log;
pub mod marks;
pub mod quotes;
pub mod record;
pub mod speakers;
pub mod store;
pub mod term;
pub mod text;
pub mod threads;
pub mod ui;
pub mod views;
pub mod work;
