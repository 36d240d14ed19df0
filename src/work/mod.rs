//! Jobs that run outside the event loop: loading, reading dispatches, filters, speakers, saving, commands of views.
//!
//! Every job answers through one function, long ones in batches. Knows nothing of the screen.

mod load;
mod output;
mod programs;
mod read;
mod run;
mod search;
mod workers;

pub use load::{FollowOptions, LoadSink, WireLoader};
pub use output::{
    FullDispatch, OutputForm, ReadFailures, for_each_full_dispatch, read_full_dispatches,
    save_dispatches,
};
pub use read::{find_quotes, source_health};
pub use run::job_runner;
pub use search::{
    FilterCache, FilterStep, SpeakerProgress, apply_rules, collect_speakers, find_speaker,
    match_queries, run_filter_job,
};
pub use workers::{AnswerSink, JobRunner, MAX_WAITING, Workers};
