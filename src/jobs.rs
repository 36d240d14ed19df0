//! Background jobs as plain values: what [`crate::app`] asks for and what [`crate::work`] answers.
//!
//! A new kind of job is a variant of [`Job`] and one of [`Answer`], an arm where `work` runs jobs, and an arm where
//! `app` takes in answers.

use std::path::PathBuf;

use crate::changes::VersionDiff;
use crate::dispatch::{Dispatch, InputProblem};
use crate::filter::{Excerpt, FilterJob, Hits, Query, QuoteTerms, TextSearch};
use crate::health::Health;
use crate::index::{EntryId, Snapshot, SourceView, StoryStatus};
use crate::quotes::Quote;
use crate::speakers::SpeakerSummary;
use crate::views::{RuleJob, RuleMatch};

/// Work for a background thread. Owns everything that it needs.
#[derive(Debug)]
pub enum Job {
    /// Read a dispatch and find its quotes.
    ReadDispatch(EntryId, Snapshot),
    /// Read the bytes of a dispatch again, to be decoded from the encoding of this WHATWG name.
    ReadSource(EntryId, &'static str, Snapshot),
    /// Read two versions of a dispatch, newer and older, and compare them.
    CompareVersions(EntryId, EntryId, Snapshot),
    /// Compute rates, silences and missing numbers of the sources of some entries.
    ComputeHealth(Vec<EntryId>, Snapshot),
    RunFilter(FilterJob),
    /// Search texts for the second tier of the list. A job with an empty query only ends the previous one.
    SearchTexts(TextSearch),
    /// Read the words around the hits of a query in the texts of some rows.
    ReadExcerpts(Vec<EntryId>, Query, Snapshot),
    /// Count the speakers in some dispatches; with `wanted`, find the first of them that has such a quote, in the order
    /// of `ids`. Without `ids` it only ends the previous job.
    Speakers {
        generation: u64,
        wanted: Option<WantedQuotes>,
        ids: Vec<EntryId>,
        snapshot: Snapshot,
    },
    /// Read the texts of entries whose heads leave open whether views and mutes match them.
    MatchRules(RuleJob),
    RunViewCommand(ViewCommand),
    /// Read several dispatches, to copy them.
    ReadDispatches(Vec<EntryId>, Snapshot),
    /// Render dispatches as `dateline show` prints them, for an editor.
    RenderForEditor(ExportDispatches),
    /// Save dispatches in a file.
    Save(SaveRequest),
    /// Pipe a text to the first of some programs that accepts it.
    Copy {
        /// Programs with their arguments, in the order in which they are tried.
        programs: Vec<Vec<String>>,
        /// Report if none works. False if the programs are only guesses and the terminal has the text too (OSC 52).
        asked: bool,
        text: String,
    },
    /// Start a program with its arguments, such as a browser.
    Launch(Vec<String>),
}

/// The quotes that a search looks for.
#[derive(Debug, Clone)]
pub enum WantedQuotes {
    /// Those of the speaker with this name; see [`crate::speakers::is_same_speaker`].
    Speaker(String),
    /// Those that fit a filter.
    Fitting(QuoteTerms),
}

/// Dispatches to export, in list order.
#[derive(Debug)]
pub struct ExportDispatches {
    /// The entries, in list order.
    pub ids: Vec<EntryId>,
    /// For each of `ids`: whether it was superseded, killed or corrected.
    pub story_statuses: Vec<StoryStatus>,
    pub snapshot: Snapshot,
    /// The time by which embargoes are judged, in seconds since the epoch, if it is known.
    pub clock: Option<i64>,
}

/// What to save, in which format, and where.
#[derive(Debug)]
pub struct SaveRequest {
    pub dispatches: ExportDispatches,
    /// Their quotes instead of themselves.
    pub quotes_only: bool,
    pub format: FileFormat,
    pub path: PathBuf,
    /// Replace an existing file.
    pub overwrite: bool,
    /// The typed command that would replace an existing file, without the path: `w!`.
    pub overwriting_command: String,
}

/// A format that dispatches, or their quotes, are written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileFormat {
    Text,
    Md,
    Html,
    Csv,
    Tsv,
    /// A record on each line.
    Jsonl,
    /// One record, or an array of records.
    Json,
    /// A ninjs 3.1 object on each line.
    Ninjs,
    /// NITF 3.6.
    Nitf,
}

/// All formats: the name, and the endings of file names, the usual one first.
pub const FILE_FORMATS: &[(FileFormat, &str, &[&str])] = &[
    (FileFormat::Text, "text", &["txt", "text"]),
    (FileFormat::Md, "md", &["md", "markdown"]),
    (FileFormat::Html, "html", &["html", "htm"]),
    (FileFormat::Csv, "csv", &["csv"]),
    (FileFormat::Tsv, "tsv", &["tsv"]),
    (FileFormat::Jsonl, "jsonl", &["jsonl", "ndjson"]),
    (FileFormat::Json, "json", &["json"]),
    (FileFormat::Nitf, "nitf", &["xml", "nitf", "nitf.xml"]),
    (FileFormat::Ninjs, "ninjs", &["ninjs", "ninjs.json", "ninjs.jsonl"]),
];

impl FileFormat {
    /// The format with a name, or with an ending that is used as one: `md`, `xml`.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        let is = |(_, known, endings): &&(Self, &str, &[&str])| {
            *known == name || endings.contains(&name)
        };
        FILE_FORMATS.iter().find(is).map(|(format, ..)| *format)
    }

    /// The format that the ending of a file name stands for, whatever its case: plain text for a name without one.
    ///
    /// # Errors
    /// A sentence with all endings, if it is none of them.
    pub fn from_file_name(path: &str) -> Result<Self, String> {
        let name = path.rsplit('/').next().unwrap_or(path).to_lowercase();
        // The dot of a hidden file begins no ending.
        let Some((_, endings)) = name.trim_start_matches('.').split_once('.') else {
            return Ok(Self::Text);
        };
        // The longest ending that is known: `x.ninjs.json`.
        let mut endings =
            std::iter::successors(Some(endings), |rest| Some(rest.split_once('.')?.1));
        let found = endings.find_map(|ending| {
            let is = |(_, _, known): &&(Self, &str, &[&str])| known.contains(&ending);
            FILE_FORMATS.iter().find(is).map(|(format, ..)| *format)
        });
        found.ok_or_else(|| {
            let last = name.rsplit('.').next().unwrap_or_default();
            format!("no format has the ending .{last}: there are {}", Self::all_endings())
        })
    }

    /// The usual ending of each format, with dots.
    #[must_use]
    pub fn all_endings() -> String {
        let endings = FILE_FORMATS.iter().map(|(_, _, endings)| format!(".{}", endings[0]));
        endings.collect::<Vec<_>>().join(", ")
    }

    /// The names of all formats.
    pub fn names() -> impl Iterator<Item = &'static str> {
        FILE_FORMATS.iter().map(|(_, name, _)| *name)
    }
}

/// The command of a view, to be run on a dispatch.
#[derive(Debug)]
pub struct ViewCommand {
    /// The name of the view.
    pub view: String,
    /// Program and arguments, run without a shell.
    pub command: Vec<String>,
    /// The dispatch to run it on: a single one.
    pub dispatch: ExportDispatches,
}

/// An answer of a job. Long jobs send several.
#[derive(Debug)]
pub enum Answer {
    /// A dispatch in full, with its quotes.
    DispatchRead(EntryId, Result<Box<(Dispatch, Vec<Quote>)>, InputProblem>),
    /// The raw bytes of a dispatch.
    SourceRead(EntryId, Result<SourceView, InputProblem>),
    /// The comparison of two versions: the newer, the older, their differences.
    VersionsCompared(EntryId, EntryId, Result<Box<VersionDiff>, InputProblem>),
    /// Rates, silences and missing numbers of the sources; `None` if they could not be computed.
    Health(Option<Health>),
    /// All hits of a filter so far. `progress` is set while more follow: texts searched, texts in all.
    FilterHits { generation: u64, hits: Hits, progress: Option<(usize, usize)> },
    /// A part of the second tier of the list, with the words around some of its hits. `progress` is set while more
    /// follows: texts searched, texts in all.
    TextsFound {
        generation: u64,
        ids: Vec<EntryId>,
        excerpts: Vec<(EntryId, Excerpt)>,
        progress: Option<(usize, usize)>,
    },
    /// The words around the hits in some texts.
    ExcerptsRead(Vec<(EntryId, Excerpt)>),
    /// All speakers so far, or `None` if they have not changed. `progress` is set while more follow: dispatches read,
    /// dispatches in all.
    SpeakersCounted {
        generation: u64,
        rows: Option<Vec<SpeakerSummary>>,
        progress: Option<(usize, usize)>,
    },
    /// The first dispatch with a quote that was looked for, if any.
    QuoteFound { generation: u64, id: Option<EntryId> },
    /// Entries that views and mutes match by their texts, and for each rule number how many entries are now decided.
    RulesMatched {
        found: Vec<RuleMatch>,
        done: Vec<(u32, usize)>,
        /// True if the entries have just arrived, so that matches may raise alerts.
        fresh: bool,
    },
    /// The command of a view has ended well, with this dispatch.
    ViewCommandDone { view: String, id: EntryId },
    /// The command of a view could not be run, or failed.
    ViewCommandFailed { view: String, fault: String },
    /// The dispatches that could be read, and how many were requested.
    DispatchesRead(Vec<(EntryId, Dispatch)>, usize),
    /// The rendered text of the dispatches that could be read, and a notice about the others.
    EditorTextReady { text: String, ids: Vec<EntryId>, lost: Option<String> },
    /// Dispatches were saved to a file of this name. With a line to show.
    DispatchesSaved { ids: Vec<EntryId>, name: String, said: String },
    /// A dispatch could not be read.
    Problem(InputProblem),
    /// Something other than an input failed: shown as a notice and listed among the problems.
    Failure(String),
    /// A line to show at the bottom until the next key.
    Notice(String),
}

/// What happens to a job while another of its kind is waiting or running.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Queueing {
    /// It ends the other, whose answer nobody needs any more.
    Newest,
    /// It waits for its turn. At most so many run at a time.
    All(usize),
}

impl Job {
    /// How the job is queued.
    #[must_use]
    pub fn queueing(&self) -> Queueing {
        match self {
            Self::MatchRules(_) | Self::RunViewCommand(_) | Self::RenderForEditor(_) => {
                Queueing::All(1)
            }
            // A file system that hangs does not hold the next file up.
            Self::Save(_) => Queueing::All(4),
            // Some browsers stay in the foreground until they are closed.
            Self::Launch(_) => Queueing::All(16),
            _ => Queueing::Newest,
        }
    }

    /// Whether the program waits for the job before it exits: one that the user would miss.
    #[must_use]
    pub fn is_awaited(&self) -> bool {
        matches!(self, Self::Save(_) | Self::Copy { .. })
    }

    /// Adds a later job to this one, which is waiting, if they can be done as one; otherwise returns it. A burst of
    /// arrivals is one job.
    #[must_use]
    pub fn merge(&mut self, later: Self) -> Option<Self> {
        match (self, later) {
            (Self::MatchRules(job), Self::MatchRules(later))
                if job.is_arrival == later.is_arrival =>
            {
                job.append(later);
                None
            }
            (_, later) => Some(later),
        }
    }

    /// What the job does, as the subject of a message.
    #[must_use]
    pub fn subject(&self) -> &'static str {
        match self {
            Self::ReadDispatch(..) => "reading this dispatch",
            Self::ReadSource(..) => "reading the source",
            Self::CompareVersions(..) => "comparing the versions",
            Self::ComputeHealth(..) => "the health of the sources",
            Self::RunFilter(_) => "the filter",
            Self::SearchTexts(_) => "the search in texts",
            Self::ReadExcerpts(..) => "reading the words around hits",
            Self::Speakers { wanted: None, .. } => "counting the speakers",
            Self::Speakers { .. } => "looking for the next quote",
            Self::MatchRules(_) => "matching views by the texts of dispatches",
            Self::RunViewCommand(_) => "the command of a view",
            Self::ReadDispatches(..) => "reading the dispatches to copy",
            Self::RenderForEditor(_) => "reading the dispatches to edit",
            Self::Save(_) => "saving",
            Self::Copy { .. } => "copying",
            Self::Launch(_) => "opening the link",
        }
    }

    /// The answer that ends the wait for a job without a result; `None` if nothing waits for one.
    #[must_use]
    pub fn failed(&self, why: &str) -> Option<Answer> {
        let problem = || InputProblem::unreadable("", why);
        Some(match self {
            Self::ReadDispatch(id, _) => Answer::DispatchRead(*id, Err(problem())),
            Self::ReadSource(id, ..) => Answer::SourceRead(*id, Err(problem())),
            Self::CompareVersions(newer, older, _) => {
                Answer::VersionsCompared(*newer, *older, Err(problem()))
            }
            Self::ComputeHealth(..) => Answer::Health(None),
            Self::RunFilter(job) => Answer::FilterHits {
                generation: job.generation,
                hits: Hits::default(),
                progress: None,
            },
            Self::SearchTexts(job) => Answer::TextsFound {
                generation: job.generation,
                ids: job.before.clone().unwrap_or_default(),
                excerpts: Vec::new(),
                progress: None,
            },
            Self::ReadExcerpts(ids, ..) => {
                let empty = ids.iter().map(|&id| (id, Excerpt::default()));
                Answer::ExcerptsRead(empty.collect())
            }
            &Self::Speakers { generation, wanted: None, .. } => {
                Answer::SpeakersCounted { generation, rows: None, progress: None }
            }
            &Self::Speakers { generation, .. } => Answer::QuoteFound { generation, id: None },
            Self::MatchRules(job) => Answer::rules_matched(job, Vec::new()),
            Self::RunViewCommand(run) => {
                Answer::ViewCommandFailed { view: run.view.clone(), fault: why.to_owned() }
            }
            _ => return None,
        })
    }
}

impl Answer {
    /// All undecided entries of a job have been decided: those found match.
    #[must_use]
    pub fn rules_matched(job: &RuleJob, found: Vec<RuleMatch>) -> Self {
        let done = job.undecided.iter().map(|part| (part.rule, part.entries.len()));
        Self::RulesMatched { found, done: done.collect(), fresh: job.is_arrival }
    }
}

#[cfg(test)]
mod tests {
    use super::FileFormat;

    #[test]
    fn the_ending_of_a_name_decides() {
        for (path, format) in [
            ("a.csv", FileFormat::Csv),
            ("A.B.CSV", FileFormat::Csv),
            ("~/x/a.TSV", FileFormat::Tsv),
            ("a.md", FileFormat::Md),
            ("a.markdown", FileFormat::Md),
            ("a.htm", FileFormat::Html),
            ("a.json", FileFormat::Json),
            ("a.ninjs", FileFormat::Ninjs),
            ("a.ninjs.json", FileFormat::Ninjs),
            ("a.b.ninjs.json", FileFormat::Ninjs),
            ("a.ndjson", FileFormat::Jsonl),
            ("a.xml", FileFormat::Nitf),
            ("a.nitf.xml", FileFormat::Nitf),
            ("a", FileFormat::Text),
            ("folder.csv/a", FileFormat::Text),
            (".hidden", FileFormat::Text),
            (".hidden.csv", FileFormat::Csv),
        ] {
            assert_eq!(FileFormat::from_file_name(path), Ok(format), "{path}");
        }
        for path in ["a.docx", "a.csv.gz", "a.", "a.tar", "a.csvv", "a b.c d"] {
            let error = FileFormat::from_file_name(path).unwrap_err();
            assert!(error.contains(".txt, .md, .html, .csv, .tsv, .jsonl, .json, .xml"), "{error}");
        }
        for name in FileFormat::names() {
            assert!(FileFormat::from_name(name).is_some());
        }
    }
}
