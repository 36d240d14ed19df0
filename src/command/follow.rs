//! `dateline follow`: what arrives, as it arrives, for scripts; every record is handed on at once.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::{io, thread};

use crate::cli::FollowFormat;
use crate::command::gather::{Gathered, print_each, report_problem, sort_by_input};
use crate::command::print::format_tsv;
use crate::command::request::{Outcome, Request, Streams, remove_embargoed};
use crate::dispatch::{InputProblem, Severity};
use crate::filter::{FilterJob, Query};
use crate::index::{DispatchIndex, EntryId, EntryRef, Input, Replacement, Segment};
use crate::ingest::{LoadEvent, RetentionLimits, Watch};
use crate::marks::MarkSets;
use crate::text::sanitize;
use crate::work::{FilterCache, FilterStep, run_filter_job};

/// What the stream is told.
#[derive(Debug)]
pub enum FollowEvent {
    Report(LoadEvent),
    /// Nothing more will come.
    End,
    /// A signal: end with this exit code.
    Stop(u8),
    /// Nobody reads standard output any more.
    Closed,
}

/// How a stream is printed, and what is kept.
#[derive(Debug, Clone, Copy)]
pub struct FollowOptions {
    /// What is there is printed first.
    pub all: bool,
    pub format: FollowFormat,
    pub limits: RetentionLimits,
}

/// A channel whose end others may tell too: signals, whoever watches standard output.
#[must_use]
pub fn event_channel() -> (Sender<FollowEvent>, Receiver<FollowEvent>) {
    channel()
}

/// Prints what arrives until there is nothing more to follow, or somebody tells it to stop. Returns an exit code.
///
/// # Errors
/// Where a stream cannot be written to.
pub fn follow(
    request: Request,
    how: FollowOptions,
    (tell, told): (Sender<FollowEvent>, Receiver<FollowEvent>),
    mut streams: Streams<'_>,
) -> io::Result<u8> {
    let watch = Watch::patient(how.limits)?;
    let readers = thread::available_parallelism().map_or(2, usize::from);
    let query = Query::parse(&request.filter);
    let marks = crate::command::gather::load_mark_sets(&request, &query, streams.err);
    let sources = request.sources;
    thread::spawn(move || {
        watch.load(sources, readers, &|report| {
            let _ = tell.send(FollowEvent::Report(report));
        });
        let _ = tell.send(FollowEvent::End);
    });
    let mut stream = FollowOutput {
        full_index: query.needs_story_status().then(DispatchIndex::default),
        query,
        marks,
        replaced: Vec::new(),
        hide_embargoed: request.hide_embargoed,
        format: how.format,
        shown: 0,
        unreadable: false,
    };
    let mut there = Vec::new();
    let mut loading = true;
    while let Ok(told) = told.recv() {
        match told {
            // What is there already is a stream itself where streams are read: it is not held back.
            FollowEvent::Report(LoadEvent::Segment(segment)) => {
                let arrived = is_live(&segment);
                if arrived {
                    stream.print(vec![segment], &mut streams)?;
                } else if how.all {
                    there.push(segment);
                } else {
                    stream.add_without_printing(vec![segment]);
                }
            }
            FollowEvent::Report(LoadEvent::Done(_)) => {
                loading = false;
                let there = std::mem::take(&mut there);
                stream.print(there, &mut streams)?;
            }
            FollowEvent::Report(LoadEvent::Arrived { segments, replaced }) => {
                stream.replaced = replaced;
                stream.print(segments, &mut streams)?;
            }
            FollowEvent::Report(LoadEvent::Problem(problem)) => {
                if loading && !how.all && problem.problem.severity != Severity::Note {
                    continue;
                }
                stream.report_problem(&problem, &mut streams);
            }
            FollowEvent::End => break,
            FollowEvent::Stop(code) => return Ok(code),
            FollowEvent::Closed => return Ok(Outcome::Shown.code()),
        }
    }
    Ok(Outcome::from_counts(stream.shown, stream.unreadable).code())
}

/// The printing.
struct FollowOutput {
    query: Query,
    /// As they were when it began.
    marks: MarkSets,
    /// All that was there and all that has come, where the query asks what others make of a dispatch.
    full_index: Option<DispatchIndex>,
    /// What stands in the place of what, of the entries that are to be printed next.
    replaced: Vec<Replacement>,
    hide_embargoed: bool,
    format: FollowFormat,
    shown: usize,
    unreadable: bool,
}

/// An entry by where it lies.
type EntryPosition = (*const Input, u64, u32);

impl FollowOutput {
    /// Takes entries in that are not printed. Returns the first of them.
    fn add_without_printing(&mut self, segments: Vec<Arc<Segment>>) -> Option<EntryId> {
        let others = self.full_index.as_mut()?;
        let first = others.add(segments);
        others.apply_replacements(&self.replaced);
        Some(first)
    }

    /// Prints what the filter keeps of some entries, but for those that were printed before.
    fn print(&mut self, segments: Vec<Arc<Segment>>, streams: &mut Streams<'_>) -> io::Result<()> {
        let arrived = segments.iter().all(|segment| is_live(segment));
        let mut desk = DispatchIndex::default();
        desk.add(segments.clone());
        let first = self.add_without_printing(segments);
        let before = unchanged_positions(&std::mem::take(&mut self.replaced));
        if let Some((others, first)) = self.full_index.as_ref().zip(first) {
            desk.copy_status_flags(others, first);
        }
        let mut job = FilterJob::new(desk.snapshot(), self.query.clone());
        job.marks = self.marks.clone();
        let mut problems = Vec::new();
        let hits = run_filter_job(&job, &mut FilterCache::default(), &|| false, &mut |step| {
            if let FilterStep::Problem(problem) = step {
                problems.push(problem);
            }
        });
        for problem in problems {
            self.report_problem(&problem, streams);
        }
        let mut ids = hits.unwrap_or_default().ids;
        if self.hide_embargoed {
            remove_embargoed(&desk, &mut ids);
        }
        ids.retain(|&id| position_of(&desk, id).is_some_and(|place| !before.contains(&place)));
        if arrived {
            ids.sort();
        } else {
            sort_by_input(&desk, &mut ids);
        }
        // What is printed tells of the others too.
        let others = self.full_index.take();
        let knows = others.is_some();
        if let Some((others, first)) = others.zip(first) {
            let since = desk
                .entries_from(EntryId::FIRST)
                .zip(others.entries_from(first));
            let known: HashMap<EntryId, EntryId> = since.collect();
            ids = ids.iter().filter_map(|id| known.get(id).copied()).collect();
            desk = others;
        }
        let gathered = Gathered {
            desk,
            matches: Vec::new(),
            unreadable: false,
        };
        let format = self.format;
        let (shown, unreadable) = print_each(
            &gathered,
            &ids,
            streams,
            |whole| {
                Some(match format {
                    FollowFormat::Jsonl => whole.json(),
                    FollowFormat::Text => whole.text(),
                    FollowFormat::Tsv => format_tsv(whole),
                })
            },
            |out, record| {
                out.write_all(record.as_bytes())?;
                out.flush()
            },
        )?;
        self.full_index = knows.then_some(gathered.desk);
        self.shown += shown;
        self.unreadable |= unreadable;
        Ok(())
    }

    /// Tells a problem; notes too: they say how the watch works.
    fn report_problem(&mut self, problem: &InputProblem, streams: &mut Streams<'_>) {
        if problem.problem.severity == Severity::Note {
            let _ = writeln!(streams.err, "dateline: {}", sanitize(&problem.to_string()));
        }
        self.unreadable |= report_problem(problem, streams.err);
    }
}

fn position_of(desk: &DispatchIndex, id: EntryId) -> Option<EntryPosition> {
    let entry = desk.entry(id)?;
    let (start, nth) = entry.position_in_input();
    Some((Arc::as_ptr(entry.input()?), start, nth))
}

/// Those that were written again as they were.
fn unchanged_positions(replaced: &[Replacement]) -> HashSet<EntryPosition> {
    let same = replaced.iter().filter(|pair| pair.is_unchanged);
    same.map(|pair| (Arc::as_ptr(&pair.new.input), pair.new.start, pair.new.nth))
        .collect()
}

/// True for what has arrived, as against what was there.
fn is_live(segment: &Segment) -> bool {
    let input = segment.entry(0).and_then(EntryRef::input);
    input.is_some_and(|input| input.arrived_at.is_some())
}

/// Waits until nobody reads a stream any more, and tells it.
pub fn watch_output(tell: Sender<FollowEvent>) {
    use rustix::event::{PollFd, PollFlags, poll};
    thread::spawn(move || {
        let out = io::stdout();
        loop {
            let mut files = [PollFd::new(&out, PollFlags::empty())];
            match poll(&mut files, None) {
                Ok(_)
                    if files[0]
                        .revents()
                        .intersects(PollFlags::ERR | PollFlags::HUP) =>
                {
                    break;
                }
                Ok(_) | Err(rustix::io::Errno::INTR) if files[0].revents().is_empty() => {}
                _ => return,
            }
        }
        let _ = tell.send(FollowEvent::Closed);
    });
}
