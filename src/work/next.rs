//! Jobs that start once the frame is drawn that shows the key which asked for them. Knows nothing of the screen.

use super::Workers;
use crate::desk::{EntryId, Snapshot};
use crate::filter::FilterJob;

/// The jobs to start next; of each kind the newest only.
#[derive(Debug, Default)]
pub struct NextJobs {
    /// The dispatch to read.
    pub dispatch: Option<(EntryId, Snapshot)>,
    filter: Option<FilterJob>,
}

impl NextJobs {
    /// Sets the filter job to start next. Those before it are of no use any more: they end at once, so that their threads
    /// are free while the frame is drawn.
    pub fn filter(&mut self, job: FilterJob, crew: &Workers) {
        crew.outdate(job.generation);
        self.filter = Some(job);
    }

    /// Starts them.
    pub fn start(&mut self, crew: &Workers) {
        if let Some(job) = self.filter.take() {
            crew.filter(job);
        }
        if let Some((id, snapshot)) = self.dispatch.take() {
            crew.open(id, snapshot);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::{Receiver, channel};
    use std::sync::{Arc, Mutex};

    use super::*;
    use crate::desk::DispatchIndex;
    use crate::filter::Query;
    use crate::load::{self, InputSource, LoadEvent};
    use crate::work::{Answer, AnswerSink, FollowOptions, WireLoader};

    /// The generation of the next answer to a filter, and whether it is the last one of its job.
    fn answer(answers: &Receiver<Answer>) -> (u64, bool) {
        loop {
            if let Answer::Filtered {
                generation,
                progress,
                ..
            } = answers.recv().unwrap()
            {
                return (generation, progress.is_none());
            }
        }
    }

    #[test]
    fn a_filter_job_waits_and_the_one_before_ends_at_once() {
        let (told, answers) = channel();
        let (go_on, gate) = channel();
        let gate = Mutex::new(gate);
        // The first job stands still where it tells its first hits.
        let tell: AnswerSink = Arc::new(move |answer| {
            let held = matches!(answer, Answer::Filtered { generation: 1, .. });
            told.send(answer).unwrap();
            if held {
                gate.lock().unwrap().recv().unwrap();
            }
        });
        let desk = Mutex::new(DispatchIndex::default());
        load::load(vec![InputSource::BuiltIn], 1, &|report| {
            if let LoadEvent::Segment(segment) = report {
                desk.lock().unwrap().add(vec![segment]);
            }
        });
        let snapshot = desk.into_inner().unwrap().snapshot();
        let job = |generation| FilterJob {
            generation,
            ..FilterJob::new(snapshot.clone(), Query::parse("minister"))
        };
        let wire = WireLoader::start(
            Vec::new().into(),
            FollowOptions::default(),
            Arc::clone(&tell),
        )
        .unwrap();
        let (crew, mut next) = (Workers::start(wire, &tell), NextJobs::default());
        next.filter(job(1), &crew);
        next.start(&crew);
        assert_eq!(answer(&answers), (1, false));
        // The newest of those that wait is the one to start.
        next.filter(job(2), &crew);
        next.filter(job(3), &crew);
        go_on.send(()).unwrap();
        next.start(&crew);
        loop {
            match answer(&answers) {
                (3, true) => break,
                (generation, _) => assert_eq!(generation, 3, "an older job went on"),
            }
        }
        // There is nothing left to start.
        assert!(next.filter.is_none() && next.dispatch.is_none());
        drop(go_on);
    }
}
