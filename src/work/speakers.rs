//! The jobs of the speakers: who speaks in a list of dispatches, and the next dispatch in which one of them does.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::Receiver;
use std::time::{Duration, Instant};

use super::{Answer, AnswerSink, find_quotes, recv_newest};
use crate::desk::{EntryId, Snapshot};
use crate::dispatch::InputProblem;
use crate::filter::{Query, RawText, RunRequest};
use crate::load::{LoadEvent, RawItem, VisitBatch, visit};
use crate::speakers::{DispatchStatements, SpeakerSummary, SpeakerTally, is_same_speaker};

/// Shortest time between two batches of rows.
const SPEAKER_REPORT_INTERVAL: Duration = Duration::from_millis(80);
/// Dispatches that are looked through at first for a speaker; each time twice as many follow.
const FIRST_CHUNK: usize = 32;
const MAX_CHUNK: usize = 8192;

/// What is asked about speakers, of dispatches in the order of the list.
#[derive(Debug)]
pub enum SpeakerRequest {
    /// All of them. Of no dispatches: ends the job that runs.
    Speakers(Vec<EntryId>),
    /// The first dispatch in which one of them speaks.
    Find(String, Vec<EntryId>),
}

/// What the job of the speakers tells while it runs.
#[derive(Debug)]
pub enum SpeakerProgress {
    /// How many dispatches have been read; rows so far, where it is time for some.
    Read(usize, Option<Vec<SpeakerSummary>>),
    Problem(InputProblem),
}

/// Finds who speaks in some dispatches: `None` where that became obsolete. Rows are told on the way where `rows` asks
/// for them.
pub fn collect_speakers(
    snapshot: &Snapshot,
    ids: &[EntryId],
    rows: bool,
    obsolete: &(dyn Fn() -> bool + Sync),
    tell: &mut dyn FnMut(SpeakerProgress),
) -> Option<Vec<SpeakerSummary>> {
    let heard = Mutex::new(Vec::new());
    let listen = |raw: &RawItem<'_>| {
        if let Some(mut dispatch) = raw.dispatch().filter(|_| !obsolete()) {
            let quotes = find_quotes(dispatch.to_mut());
            if let Ok(mut heard) = heard.lock() {
                heard.push(DispatchStatements::new(&dispatch, &quotes));
            }
        }
        false
    };
    let mut tally = SpeakerTally::default();
    let (mut looked, mut due, mut whole) = (0, Instant::now() + SPEAKER_REPORT_INTERVAL, true);
    visit(snapshot, ids, &listen, &mut |part: VisitBatch| {
        looked += part.count;
        let new = heard.lock().map(|mut heard| std::mem::take(&mut *heard));
        new.unwrap_or_default()
            .into_iter()
            .for_each(|heard| tally.add(heard));
        for problem in part.problems {
            tell(SpeakerProgress::Problem(problem));
        }
        let now = Instant::now();
        if now >= due && looked < ids.len() {
            tell(SpeakerProgress::Read(looked, rows.then(|| tally.rows())));
            // Rows of very many speakers are made less often: they must not hold the work up.
            due = now + SPEAKER_REPORT_INTERVAL.max(now.elapsed() * 10);
        }
        whole = !obsolete();
        whole
    });
    whole.then(|| tally.rows())
}

/// The first of some dispatches in which somebody of a name makes a statement; `None` where there is none, or where
/// that became obsolete.
pub fn find_speaker(
    snapshot: &Snapshot,
    ids: &[EntryId],
    name: &str,
    obsolete: &(dyn Fn() -> bool + Sync),
) -> Option<EntryId> {
    // The last name must stand in the bytes; that is a cheap question.
    let last = name.split_whitespace().last().unwrap_or(name);
    let plain = last.chars().all(char::is_alphanumeric);
    let query = Query::parse(&format!("body:'{}", last.to_lowercase()));
    let (words, request) = (query.raw(), RunRequest::new(snapshot, &query, obsolete));
    let speaks = |raw: &RawItem<'_>| {
        let silent = raw.bytes.is_some_and(|bytes| {
            let text = RawText {
                entry: raw.entry,
                bytes,
                plain: raw.is_plain(),
            };
            plain && words.evaluate(&text, &request.view) == Some(false)
        });
        if obsolete() || silent {
            return false;
        }
        let dispatch = raw.dispatch();
        dispatch.is_some_and(|mut dispatch| {
            let quotes = find_quotes(dispatch.to_mut());
            quotes.iter().any(|quote| {
                quote.is_statement()
                    && quote
                        .speaker
                        .as_deref()
                        .is_some_and(|s| is_same_speaker(s, name))
            })
        })
    };
    let (mut rest, mut count) = (ids, FIRST_CHUNK);
    while !rest.is_empty() {
        let (part, after) = rest.split_at(count.min(rest.len()));
        let mut found = Vec::new();
        visit(snapshot, part, &speaks, &mut |part: VisitBatch| {
            found.extend(part.found);
            !obsolete()
        });
        if obsolete() {
            return None;
        }
        if let Some(&first) = part.iter().find(|id| found.contains(id)) {
            return Some(first);
        }
        (rest, count) = (after, (count * 2).min(MAX_CHUNK));
    }
    None
}

/// Does what is asked, the newest question only.
pub(super) fn speaker_loop(
    jobs: &Receiver<(u64, SpeakerRequest, Snapshot)>,
    newest_of: &AtomicU64,
    tell: &AnswerSink,
) {
    while let Some((generation, ask, snapshot)) = recv_newest(jobs) {
        let obsolete = || newest_of.load(Ordering::Acquire) != generation;
        let run = || match &ask {
            SpeakerRequest::Find(name, ids) => {
                let id = find_speaker(&snapshot, ids, name, &obsolete);
                tell(Answer::SpeakerFound { generation, id });
            }
            SpeakerRequest::Speakers(ids) => {
                let answer = |rows, progress| {
                    tell(Answer::Speakers {
                        generation,
                        rows,
                        progress,
                    });
                };
                let rows =
                    collect_speakers(&snapshot, ids, true, &obsolete, &mut |told| match told {
                        SpeakerProgress::Read(count, rows) => {
                            answer(rows, Some((count, ids.len())))
                        }
                        SpeakerProgress::Problem(problem) => {
                            tell(Answer::Load(LoadEvent::Problem(problem)))
                        }
                    });
                if !obsolete() {
                    answer(rows, None);
                }
            }
        };
        if catch_unwind(AssertUnwindSafe(run)).is_err() && !obsolete() {
            // A fault must not leave the view waiting.
            tell(Answer::SpeakerFound {
                generation,
                id: None,
            });
            tell(Answer::Speakers {
                generation,
                rows: None,
                progress: None,
            });
        }
    }
}
