//! `dateline follow`: prints dispatches as they arrive, for scripts. Every record is flushed at once.

use std::collections::{HashMap, HashSet};
use std::io::{self, Write as _};
use std::os::fd::AsFd;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};

use rustix::fs::OFlags;

use crate::cli::FollowFormat;
use crate::command::gather::{Gathered, load_mark_sets, print_each, report_problem, sort_by_input};
use crate::command::print::format_tsv;
use crate::command::request::{Outcome, Request, Streams, remove_embargoed};
use crate::dispatch::{InputProblem, Severity};
use crate::filter::{FilterJob, Query};
use crate::index::{DispatchIndex, EntryId, EntryRef, Input, Replacement, Segment};
use crate::ingest::{self, LoadEvent, LoadRequest, RetentionLimits, Watch};
use crate::marks::MarkSets;
use crate::text::sanitize;
use crate::threads;
use crate::work::{FilterCache, FilterStep, catch_load_panics, run_filter_job};

/// An event that [`follow`] waits for.
#[derive(Debug)]
pub enum FollowEvent {
    Report(LoadEvent),
    /// All inputs have ended, and nothing is watched.
    End,
    /// A signal: exit with this code.
    Stop(u8),
    /// Nobody reads standard output any longer.
    Closed,
}

/// Options of `dateline follow`.
#[derive(Debug, Clone, Copy)]
pub struct FollowOptions {
    /// Print existing dispatches first.
    pub all: bool,
    pub format: FollowFormat,
    pub limits: RetentionLimits,
}

/// The channel of [`follow`]. The sender is also for signal handlers and [`watch_output`].
#[must_use]
pub fn event_channel() -> (Sender<FollowEvent>, Receiver<FollowEvent>) {
    channel()
}

/// Prints arrivals until there is nothing more to follow, or an event ends it. Returns the exit code.
///
/// # Errors
/// If a stream cannot be written to.
pub fn follow(
    request: Request,
    options: FollowOptions,
    (sender, events): (Sender<FollowEvent>, Receiver<FollowEvent>),
    mut streams: Streams<'_>,
) -> io::Result<u8> {
    let query = Query::parse(&request.filter);
    let marks = match load_mark_sets(&request, &query, streams.err) {
        Ok(marks) => marks,
        Err(problem) => {
            report_problem(&problem, streams.err);
            return Ok(Outcome::Unreadable.code());
        }
    };
    if let Err(error) = start_watch(request.sources, options.limits, sender) {
        writeln!(streams.err, "dateline: the wire cannot be followed: {error}")?;
        return Ok(Outcome::Unreadable.code());
    }
    let mut stream = FollowOutput {
        full_index: DispatchIndex::default(),
        query,
        marks,
        replaced: Vec::new(),
        hide_embargoed: request.hide_embargoed,
        format: options.format,
        shown: 0,
        unreadable: false,
    };
    // With --all, existing dispatches are collected until the load is done, to print them in the order of the inputs.
    let mut existing = Vec::new();
    let mut loading = true;
    while let Ok(event) = events.recv() {
        match event {
            // Items of a pipe count as arrivals already during the load.
            FollowEvent::Report(LoadEvent::Segment(segment)) => {
                if is_live(&segment) {
                    stream.print(vec![segment], &mut streams)?;
                } else if options.all {
                    existing.push(segment);
                } else {
                    stream.add_without_printing(vec![segment]);
                }
            }
            FollowEvent::Report(LoadEvent::Done(_)) => {
                loading = false;
                stream.print(std::mem::take(&mut existing), &mut streams)?;
            }
            FollowEvent::Report(LoadEvent::Arrived { segments, replaced }) => {
                stream.replaced = replaced;
                stream.print(segments, &mut streams)?;
            }
            FollowEvent::Report(LoadEvent::Problem(problem)) => {
                // Problems of existing files are of no interest if these are not printed.
                if loading && !options.all && problem.problem.severity != Severity::Note {
                    continue;
                }
                stream.report_problem(&problem, &mut streams);
            }
            // Said in problems.
            FollowEvent::Report(LoadEvent::FollowState { .. }) => {}
            FollowEvent::End => break,
            FollowEvent::Stop(code) => return Ok(code),
            FollowEvent::Closed => return Ok(Outcome::Shown.code()),
        }
    }
    Ok(Outcome::from_counts(stream.shown, stream.unreadable).code())
}

/// Starts to load and watch the inputs, on a thread of its own.
fn start_watch(
    sources: LoadRequest,
    limits: RetentionLimits,
    sender: Sender<FollowEvent>,
) -> io::Result<()> {
    let watch = Watch::patient(limits)?;
    threads::spawn("load", move || {
        let report = |event| drop(sender.send(FollowEvent::Report(event)));
        catch_load_panics(&report, |report| {
            watch.load(sources, threads::processors(), report);
        });
        let _ = sender.send(FollowEvent::End);
    })?;
    Ok(())
}

/// Filters and prints arrivals.
struct FollowOutput {
    query: Query,
    /// The marks at the start; later changes are not seen.
    marks: MarkSets,
    /// All dispatches so far, of which any may kill, correct or supersede an arrival.
    full_index: DispatchIndex,
    /// Which entries of the next segments replace which older ones.
    replaced: Vec<Replacement>,
    hide_embargoed: bool,
    format: FollowFormat,
    shown: usize,
    unreadable: bool,
}

/// The identity of an entry across indexes: its input, the byte offset of its item, and its number at that offset.
type EntryPosition = (*const Input, u64, u32);

impl FollowOutput {
    /// Adds entries to the full index without printing them. Returns the first of them.
    fn add_without_printing(&mut self, segments: Vec<Arc<Segment>>) -> EntryId {
        let first = self.full_index.add(segments);
        self.full_index.apply_replacements(&self.replaced);
        first
    }

    /// Prints the entries that match the filter, except those printed before.
    ///
    /// Only the new segments are searched, in an index of their own, to which the status flags of the full index are
    /// copied.
    fn print(&mut self, segments: Vec<Arc<Segment>>, streams: &mut Streams<'_>) -> io::Result<()> {
        let arrived = segments.iter().all(|segment| is_live(segment));
        let mut index = DispatchIndex::default();
        index.add(segments.clone());
        let first = self.add_without_printing(segments);
        let unchanged = unchanged_positions(&std::mem::take(&mut self.replaced));
        index.copy_status_flags(&self.full_index, first);
        let mut job = FilterJob::new(index.snapshot(), self.query.clone());
        let clock = ingest::now().seconds;
        (job.marks, job.clock) = (self.marks.clone(), Some(clock));
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
            remove_embargoed(&index, clock, &mut ids);
        }
        ids.retain(|&id| {
            position_of(&index, id).is_some_and(|position| !unchanged.contains(&position))
        });
        if arrived {
            ids.sort();
        } else {
            sort_by_input(&index, &mut ids);
        }
        // The status of an arrival depends on all others, so it is printed from the full index.
        let pairs = index.entries_from(EntryId::FIRST).zip(self.full_index.entries_from(first));
        let full_ids: HashMap<EntryId, EntryId> = pairs.collect();
        ids = ids.iter().filter_map(|id| full_ids.get(id).copied()).collect();
        let index = std::mem::take(&mut self.full_index);
        let gathered = Gathered { index, matches: Vec::new(), unreadable: false, clock };
        let format = self.format;
        let printed = print_each(
            &gathered,
            &ids,
            streams,
            |full| {
                Some(match format {
                    FollowFormat::Jsonl => full.json(),
                    FollowFormat::Text => full.text(),
                    FollowFormat::Tsv => format_tsv(full),
                })
            },
            |out, record| {
                out.write_all(record.as_bytes())?;
                out.flush()
            },
        );
        self.full_index = gathered.index;
        let (shown, unreadable) = printed?;
        self.shown += shown;
        self.unreadable |= unreadable;
        Ok(())
    }

    /// Reports a problem. Unlike other commands it prints notes too, since they say how an input is watched.
    fn report_problem(&mut self, problem: &InputProblem, streams: &mut Streams<'_>) {
        if problem.problem.severity == Severity::Note {
            let _ = writeln!(streams.err, "dateline: {}", sanitize(&problem.to_string()));
        }
        self.unreadable |= report_problem(problem, streams.err);
    }
}

/// The position of an entry; `None` if it has no input.
fn position_of(index: &DispatchIndex, id: EntryId) -> Option<EntryPosition> {
    let entry = index.entry(id)?;
    let (start, nth) = entry.position_in_input();
    Some((Arc::as_ptr(entry.input()?), start, nth))
}

/// Positions of entries in rewritten files whose dispatches did not change: they were printed before.
fn unchanged_positions(replaced: &[Replacement]) -> HashSet<EntryPosition> {
    let same = replaced.iter().filter(|pair| pair.is_unchanged);
    same.map(|pair| (Arc::as_ptr(&pair.new.input), pair.new.start, pair.new.nth)).collect()
}

/// True for a segment of arrivals, as opposed to dispatches that existed at the start.
fn is_live(segment: &Segment) -> bool {
    let input = segment.entry(0).and_then(EntryRef::input);
    input.is_some_and(|input| input.arrived_at.is_some())
}

/// Starts a thread that sends [`FollowEvent::Closed`] once nobody reads standard output any longer. Without it, `follow
/// | head -1` would run until the next arrival.
///
/// # Errors
/// If the thread cannot be started.
pub fn watch_output(tell: Sender<FollowEvent>) -> io::Result<()> {
    use rustix::event::{PollFd, PollFlags, poll};
    if is_closed(&io::stdout()) {
        let _ = writeln!(io::stderr(), "dateline: standard output is closed");
        let _ = tell.send(FollowEvent::Closed);
        return Ok(());
    }
    threads::spawn("output", move || {
        let out = io::stdout();
        loop {
            let mut files = [PollFd::new(&out, PollFlags::empty())];
            match poll(&mut files, None) {
                Ok(_) if files[0].revents().intersects(PollFlags::ERR | PollFlags::HUP) => {
                    break;
                }
                Ok(_) | Err(rustix::io::Errno::INTR) if files[0].revents().is_empty() => {}
                _ => return,
            }
        }
        let _ = tell.send(FollowEvent::Closed);
    })?;
    Ok(())
}

/// True for a standard stream that was closed when the program started (`>&-`). The runtime of Rust puts the null device
/// in its place, open for reading and writing, where `>/dev/null` opens it for writing.
fn is_closed(stream: &impl AsFd) -> bool {
    let null = rustix::fs::stat("/dev/null");
    let is_null = rustix::fs::fstat(stream)
        .is_ok_and(|own| null.is_ok_and(|null| own.st_rdev == null.st_rdev && own.st_rdev != 0));
    is_null && rustix::fs::fcntl_getfl(stream).is_ok_and(|flags| flags.contains(OFlags::RDWR))
}
