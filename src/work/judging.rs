//! What saved views and mutes keep of the entries that only their texts can decide.

use std::cell::OnceCell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::sync::mpsc::Receiver;

use super::{Answer, AnswerSink};
use crate::desk::{EntryId, Snapshot};
use crate::dispatch::InputProblem;
use crate::filter::{Query, QueryContext, RawQuery, RawText};
use crate::load::{LoadEvent, RawItem, VisitBatch, visit};
use crate::marks::MarkSets;
use crate::views::{MatchedEntries, RuleJob, RuleMatch, Rules, UndecidedEntries};

/// One rule, ready to look at raw bytes.
struct PreparedRule<'a> {
    part: &'a UndecidedEntries,
    raw: RawQuery,
    open: MatchedEntries,
}

/// Does a job: every entry is read once, whatever the number of rules that leave it open. What is found is in the order
/// of the entries.
pub fn apply_rules(job: &RuleJob, tell: &mut dyn FnMut(InputProblem)) -> Vec<RuleMatch> {
    let ready: Vec<PreparedRule<'_>> = job.undecided.iter().map(PreparedRule::new).collect();
    let mut all = MatchedEntries::default();
    for part in &job.undecided {
        part.entries.iter().for_each(|&id| {
            all.insert(id);
        });
    }
    let ids: Vec<_> = all.iter().collect();
    let view = filter_view(&job.snapshot, &job.marks);
    let found = Mutex::new(Vec::new());
    let passes = |raw: &RawItem<'_>| {
        let dispatch = OnceCell::new();
        let keeps = |ready: &&PreparedRule<'_>| {
            ready.open.contains(raw.id)
                && ready.judge_bytes(raw, &view).unwrap_or_else(|| {
                    let dispatch = dispatch.get_or_init(|| raw.dispatch());
                    let judge = |d| ready.part.query.matches_dispatch(raw.entry, d, &view);
                    dispatch.as_deref().is_some_and(judge)
                })
        };
        let kept: Vec<RuleMatch> = ready
            .iter()
            .filter(keeps)
            .map(|ready| RuleMatch {
                id: raw.id,
                rule: ready.part.rule,
            })
            .collect();
        if let Ok(mut found) = found.lock() {
            found.extend(kept);
        }
        false
    };
    visit(&job.snapshot, &ids, &passes, &mut |part: VisitBatch| {
        part.problems.into_iter().for_each(&mut *tell);
        true
    });
    let mut found = found.into_inner().unwrap_or_default();
    found.sort_unstable();
    found
}

/// Does every job; jobs that wait are done together, so that a burst of arrivals is one.
pub(super) fn rules_loop(jobs: &Receiver<RuleJob>, tell: &AnswerSink) {
    while let Ok(first) = jobs.recv() {
        let mut all = vec![first];
        for job in jobs.try_iter() {
            match all.last_mut() {
                Some(last) if last.is_arrival == job.is_arrival => last.append(job),
                _ => all.push(job),
            }
        }
        for job in all {
            let problem = |problem| tell(Answer::Load(LoadEvent::Problem(problem)));
            let run = catch_unwind(AssertUnwindSafe(|| apply_rules(&job, &mut |p| problem(p))));
            let found = run.unwrap_or_else(|_| {
                let message =
                    "a fault in dateline itself: not all that views keep by their texts was found";
                problem(InputProblem::unreadable("", message));
                Vec::new()
            });
            let done = job
                .undecided
                .iter()
                .map(|part| (part.rule, part.entries.len()));
            tell(Answer::Judged {
                found,
                done: done.collect(),
                fresh: job.is_arrival,
            });
        }
    }
}

/// Which entries of a snapshot, from that one on, which queries keep: texts are read where a query asks for them.
/// The rules of what is found are the places of the queries. For those who follow a wire without a screen.
pub fn match_queries(
    queries: &[Query],
    snapshot: &Snapshot,
    from: EntryId,
    tell: &mut dyn FnMut(InputProblem),
) -> Vec<RuleMatch> {
    let marks = MarkSets::default();
    let rules = Rules::from_queries(queries.iter().cloned());
    let (mut found, parts) = rules.evaluate(snapshot, from, &filter_view(snapshot, &marks));
    if !parts.is_empty() {
        let job = RuleJob {
            snapshot: snapshot.clone(),
            undecided: parts,
            ..RuleJob::default()
        };
        found.extend(apply_rules(&job, tell));
    }
    found.sort_unstable();
    found
}

/// Ages (`newer:2h`) count back from the newest entry at hand.
fn filter_view<'a>(snapshot: &Snapshot, marks: &'a MarkSets) -> QueryContext<'a> {
    let newest = snapshot.segments().iter().filter_map(|s| s.newest()).max();
    QueryContext {
        now: newest.map_or(0, |newest| newest.stamp.seconds),
        marks,
    }
}

impl<'a> PreparedRule<'a> {
    fn new(part: &'a UndecidedEntries) -> Self {
        let mut open = MatchedEntries::default();
        part.entries.iter().for_each(|&id| {
            open.insert(id);
        });
        Self {
            part,
            raw: part.query.raw(),
            open,
        }
    }

    /// What the bytes say, where they are its own.
    fn judge_bytes(&self, raw: &RawItem<'_>, view: &QueryContext<'_>) -> Option<bool> {
        let text = RawText {
            entry: raw.entry,
            bytes: raw.bytes?,
            plain: raw.is_plain(),
        };
        self.raw.evaluate(&text, view)
    }
}
