//! Jobs that run outside the event loop: loading, reading dispatches, filters, speakers, saving, commands of views.
//!
//! Every job answers through one function, long ones in batches. Knows nothing of the screen.

mod dispatches;
mod load;
mod output_forms;
mod programs;
mod run;
mod save;
mod search;
mod speaker_ids;
mod text_tier;
mod text_verdicts;
mod workers;

pub use dispatches::{
    FullDispatch, ReadFailures, find_quotes, for_each_full_dispatch, read_full_dispatches,
    source_health,
};
pub use load::{FollowOptions, LoadSink, WireLoader, catch_load_panics};
pub use output_forms::{
    FileForm, QuoteBlock, QuoteForm, QuoteLine, format_quotes, format_take_count,
    quote_table_header,
};
pub use run::job_runner;
pub use save::save_dispatches;
pub use search::{
    FilterCache, FilterStep, SpeakerProgress, apply_rules, collect_speakers, find_quote,
    match_queries, run_filter_job,
};
pub use speaker_ids::{PendingRecord, PendingRecords};
pub use text_tier::{TextStep, TextTierCache, TextsFound, read_excerpts, search_texts};
pub use workers::{AnswerSink, JobRunner, MAX_WAITING, Workers};
