//! Jobs that run outside the event loop: loading, reading dispatches, filters, speakers, saving, commands of views.
//!
//! Every job answers through one function, long ones in batches. Knows nothing of the screen.

mod output;
mod search;
mod view_commands;
mod worker;
mod workers;

pub use output::{
    BackgroundTask, FullDispatch, OutputForm, ReadFailures, SaveRequest, for_each_full_dispatch,
    read_full_dispatches, save_dispatches,
};
pub use search::{
    FilterCache, FilterStep, SpeakerProgress, SpeakerRequest, apply_rules, collect_speakers,
    find_speaker, match_queries, run_filter_job,
};
pub use view_commands::{
    COMMAND_TIMEOUT, FaultSink, MAX_WAITING_COMMANDS, ViewCommand, ViewCommandRunner, run,
};
pub use workers::{
    Answer, AnswerSink, FollowOptions, NextJobs, WireLoader, Workers, compare_versions,
    find_quotes, read_texts, source_health,
};
