//! The state of the program and its one writer: `update(&mut State, Msg) -> Vec<Effect>`. No IO, no clock, no terminal.

mod across;
mod alerts;
mod changes;
mod choosing;
mod chosen;
mod citing;
mod commanding;
mod completing;
mod document;
mod effect;
mod embargo;
mod facts;
mod fate;
mod filter;
mod filtering;
mod folding;
mod handing;
mod header;
mod health;
mod hints;
mod hits;
mod keys;
mod layout;
mod lines;
mod linking;
mod list;
mod live;
mod marking;
mod marks;
mod moving;
mod narrowing;
mod noting;
mod panel;
mod places;
mod pointing;
mod prompt;
mod prompting;
mod quoting;
mod reader;
mod replacing;
mod rows;
mod same;
mod setup;
mod sheet;
mod sorting;
mod source;
mod speakers;
mod state;
mod welcome;

pub use alerts::{Alert, Alerts, Log, Muting, Saved};
pub use changes::{Comparison, Ink, Page, PageKind, PageLine, changes_area, compare_versions};
pub use choosing::{Choice, Choose, Choosing};
pub use commanding::{COMMANDS, Command, typed_commands};
pub use completing::Completion;
pub use document::{Document, Speaker, is_unsure};
pub use effect::Effect;
pub use embargo::Embargoes;
pub use facts::when;
pub use filter::Filter;
pub use handing::{Bundle, Handed};
pub use hints::hints;
pub use layout::{Area, Layout, MEASURE, Room, SMALLEST, layout, measure, over};
pub use lines::{Line, LineKind};
pub use linking::Link;
pub use list::List;
pub use live::{Flow, Live};
pub use marks::Marking;
pub use panel::{Panel, PanelKind};
pub use places::{Place, Places};
pub use pointing::{Deed, Mouse};
pub use prompt::{Prompt, Purpose};
pub use quoting::PaneRow;
pub use reader::Reader;
pub use same::Seek;
pub use setup::{Manner, Setup};
pub use sheet::{Sheet, SheetKind, SheetLine, sheet_column, sheet_lines};
pub use speakers::Speakers;
pub use state::{Phase, State};
pub use welcome::Welcome;

use std::sync::Arc;

use crate::action::Key;
use crate::changes::VersionDiff;
use crate::desk::{EntryId, IngestSummary, Replacement, Segment, SourceView};
use crate::dispatch::{Dispatch, InputProblem, Stamp};
use crate::filter::Hits;
use crate::health::Health;
use crate::marks::{MarkChange, SavedMarks};
use crate::quote::Quote;
use crate::speakers::SpeakerSummary;
use crate::views::RuleMatch;

/// What can happen to the program.
#[derive(Debug)]
pub enum Msg {
    Key(Key),
    Paste(String),
    Mouse(Mouse),
    Resize(u16, u16),
    /// Entries have been loaded.
    Arrived(Vec<Arc<Segment>>),
    /// While the wire is followed: entries that have arrived, and what of them stands in the place of others, since
    /// files were written again.
    Replaced {
        segments: Vec<Arc<Segment>>,
        replaced: Vec<Replacement>,
    },
    Problem(InputProblem),
    /// The load has ended.
    Loaded(IngestSummary),
    /// An [`Effect::Open`] is done.
    Opened(EntryId, Result<Box<(Dispatch, Vec<Quote>)>, InputProblem>),
    /// An [`Effect::SourceView`] is done.
    Source(EntryId, Result<SourceView, InputProblem>),
    /// An [`Effect::Compare`] is done.
    Compared(EntryId, EntryId, Result<Box<VersionDiff>, InputProblem>),
    /// An [`Effect::Health`] is done.
    Health(Health),
    /// An [`Effect::Filter`] has hits. While more follow: how many texts have been looked at, and of how many.
    Filtered {
        generation: u64,
        hits: Hits,
        progress: Option<(usize, usize)>,
    },
    /// An [`Effect::Speakers`] has rows, or none that are new. While more follow: how many dispatches have been read,
    /// and of how many.
    Speakers {
        generation: u64,
        rows: Option<Vec<SpeakerSummary>>,
        progress: Option<(usize, usize)>,
    },
    /// An [`Effect::FindSpeaker`] has found one, or none.
    SpeakerFound {
        generation: u64,
        id: Option<EntryId>,
    },
    /// An [`Effect::Judge`] is done: of which rules so many entries were told by their texts, and what those keep.
    Judged {
        found: Vec<RuleMatch>,
        done: Vec<(u32, usize)>,
        fresh: bool,
    },
    /// The command of a view was not run, or failed: why.
    Ran {
        view: String,
        fault: String,
    },
    /// The marks of earlier sessions.
    Marks(Box<SavedMarks>),
    /// An [`Effect::Keep`] is done; where there is a trouble, for this session only.
    Kept(Vec<MarkChange>, Option<String>),
    /// What was kept for this session only has been saved after all.
    Saved,
    /// An [`Effect::Note`] is done.
    Noted {
        story: u64,
        before: String,
        text: Result<String, String>,
    },
    /// An [`Effect::Print`] is done: the text, and what there is to say of what could not be read.
    Printed(String, Option<String>),
    /// An [`Effect::Texts`] is done: what could be read, and of how many.
    Texts(Vec<(EntryId, Dispatch)>, usize),
    /// Something went wrong outside of the inputs: it is said, and stands among the problems.
    Trouble(String),
    /// The program is about to end.
    End,
    /// What time it is.
    Now(Stamp),
    /// Something worth a line at the bottom, until the next key.
    Notice(String),
}

/// Takes one message in.
pub fn update(state: &mut State, msg: Msg) -> Vec<Effect> {
    let mut effects = Vec::new();
    match msg {
        Msg::Key(key) => keys::key(state, key, &mut effects),
        Msg::Paste(text) => prompting::paste(state, &text, &mut effects),
        Msg::Mouse(mouse) => pointing::pointed(state, mouse, &mut effects),
        Msg::Resize(width, height) => state.size = (width, height),
        Msg::Arrived(segments) => filtering::arrived(state, segments, &mut effects),
        Msg::Replaced { segments, replaced } => {
            replacing::replaced(state, segments, &replaced, &mut effects);
        }
        Msg::Problem(problem) => state.problems.push(problem),
        Msg::Loaded(summary) => {
            state.loaded = Some(summary);
            filtering::catch_up(state);
            alerts::loaded(state, &mut effects);
            state.hold_what_comes();
        }
        Msg::Opened(id, result) => reader::opened(state, id, result),
        Msg::Source(id, result) => source::read(state, id, result),
        Msg::Health(found) => health::receive_health(state, found),
        Msg::Compared(newer, older, result) => changes::compared(state, newer, older, result),
        Msg::Filtered {
            generation,
            hits,
            progress,
        } => filtering::filtered(state, generation, hits, progress, &mut effects),
        Msg::Speakers {
            generation,
            rows,
            progress,
        } => speakers::counted(state, generation, rows, progress),
        Msg::SpeakerFound { generation, id } => state.found(generation, id, &mut effects),
        Msg::Judged { found, done, fresh } => {
            alerts::judged(state, &found, &done, fresh);
        }
        Msg::Ran { view, fault } => alerts::told(state, &view, fault),
        Msg::Now(now) => state.set_now(now),
        Msg::Marks(kept) => marking::loaded(state, *kept, &mut effects),
        Msg::Kept(changes, trouble) => marking::kept(state, &changes, trouble),
        Msg::Saved => marking::saved(state),
        Msg::Noted {
            story,
            before,
            text,
        } => noting::edited(state, story, before, text),
        Msg::Printed(text, lost) => handing::printed(state, text, lost, &mut effects),
        Msg::Texts(texts, of) => marking::copy_all(state, texts, of, &mut effects),
        Msg::Trouble(text) => state.trouble(text),
        Msg::End => marking::end(state, &mut effects),
        Msg::Notice(text) => state.notice = Some(text),
    }
    state.settle(&mut effects);
    effects
}
