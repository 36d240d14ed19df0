//! `dateline check` and `dateline health`: the problems of each input; and for each source its rates, silences and
//! missing numbers.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::io;

use crate::cli::{HealthFormat, OutputFormat};
use crate::command::gather::{
    Gathered, gather, gather_quietly, print_each_reporting, sort_by_input,
};
use crate::command::request::{Outcome, Request, Streams};
use crate::dispatch::{Dispatch, InputProblem, Severity, Stamp};
use crate::record::{CheckRecord, ProblemInInput, SourceRecord, to_json_line};
use crate::text::{count_noun, sanitize_line};
use crate::work::{FullDispatch, source_health};

/// Maximum number of problems printed for an input without `--verbose`.
const MAX_SHOWN_PROBLEMS: usize = 5;

/// The result for one input.
#[derive(Default)]
struct InputReport {
    /// Name of the format; empty if no dispatch was read.
    format: &'static str,
    encodings: BTreeSet<&'static str>,
    dispatches: usize,
    problems: Vec<ProblemInInput>,
}

/// Prints a line per input with its problems below it, and a summary; with `verbose` all problems, else the first few.
///
/// # Errors
/// If a stream cannot be written to.
pub fn check(
    request: Request,
    format: OutputFormat,
    verbose: bool,
    mut streams: Streams<'_>,
) -> io::Result<Outcome> {
    let streams = &mut streams;
    let (gathered, problems) = gather_quietly(request, streams);
    let found = read_all(&gathered, problems)?;
    let unreadable = |found: &InputReport| {
        let fatal = |p: &ProblemInInput| p.severity == Severity::Unreadable.name();
        found.problems.iter().any(fatal)
    };
    for (path, found) in &found {
        let text = match format {
            OutputFormat::Jsonl => to_json_line(&make_record(path, found)) + "\n",
            OutputFormat::Tsv => format_tsv(path, found),
            OutputFormat::Text => {
                format_text(path, found, if verbose { usize::MAX } else { MAX_SHOWN_PROBLEMS })
            }
        };
        streams.out.write_all(text.as_bytes())?;
    }
    let bad = found.values().filter(|found| unreadable(found)).count();
    if format == OutputFormat::Text {
        let dispatches: usize = found.values().map(|found| found.dispatches).sum();
        let problems: usize = found.values().map(|found| found.problems.len()).sum();
        writeln!(
            streams.out,
            "{}, {}, {}; {bad} could not be read completely",
            count_noun(found.len(), "input"),
            count_noun(dispatches, "dispatch"),
            count_noun(problems, "problem"),
        )?;
    }
    streams.out.flush()?;
    Ok(Outcome::from_counts(found.len(), bad > 0))
}

/// Reads every dispatch in full. Returns the reports by path.
fn read_all(
    gathered: &Gathered,
    problems: Vec<InputProblem>,
) -> io::Result<BTreeMap<String, InputReport>> {
    let mut all: BTreeMap<String, InputReport> = BTreeMap::new();
    for problem in problems {
        let found = all.entry(problem.path.clone()).or_default();
        found.problems.push(ProblemInInput::new(&problem.problem, None));
    }
    let mut ids = gathered.matches.clone();
    sort_by_input(&gathered.index, &mut ids);
    // Reports are printed only once all inputs are read.
    let (mut out, mut err) = (io::sink(), io::sink());
    let mut streams = Streams { out: &mut out, err: &mut err, show_progress: false, columns: None };
    let made = |full: &mut FullDispatch| {
        // Taken out of the dispatch, so that they are not reported a second time as failures.
        let problems = std::mem::take(&mut full.dispatch.problems);
        let problems = problems.iter();
        let problems = problems.map(|problem| ProblemInInput::new(problem, Some(full.index)));
        let problems: Vec<ProblemInInput> = problems.collect();
        let Dispatch { format, encoding, .. } = full.dispatch;
        Some((full.path.clone(), format, encoding, problems))
    };
    let mut failed: Vec<InputProblem> = Vec::new();
    print_each_reporting(
        gathered,
        &ids,
        &mut streams,
        made,
        |_, (path, format, encoding, problems)| {
            let found = all.entry(path).or_default();
            found.format = format;
            found.encodings.insert(encoding);
            found.dispatches += 1;
            found.problems.extend(problems);
            Ok(())
        },
        |_, problem| failed.push(problem),
    )?;
    for problem in failed {
        let found = all.entry(problem.path).or_default();
        found.problems.push(ProblemInInput::new(&problem.problem, None));
    }
    Ok(all)
}

fn make_record<'a>(path: &'a str, found: &'a InputReport) -> CheckRecord<'a> {
    CheckRecord {
        path,
        format: (!found.format.is_empty()).then_some(found.format),
        encodings: found.encodings.iter().copied().collect(),
        dispatches: found.dispatches as u64,
        problems: &found.problems,
    }
}

/// The line of an input, and at most `most` of its problems.
fn format_text(path: &str, found: &InputReport, most: usize) -> String {
    let encodings: Vec<&str> = found.encodings.iter().copied().collect();
    let mut line = format!("{}: ", sanitize_line(path));
    if found.dispatches > 0 {
        let what = [found.format, &encodings.join(", "), &count_noun(found.dispatches, "dispatch")]
            .join(", ");
        line.push_str(&what);
    } else {
        line.push_str("nothing read");
    }
    if !found.problems.is_empty() {
        let _ = write!(line, ", {}", count_noun(found.problems.len(), "problem"));
    }
    line.push('\n');
    for problem in found.problems.iter().take(most) {
        let _ = writeln!(line, "    {}", sanitize_line(&problem.to_string()));
    }
    let more = found.problems.len().saturating_sub(most);
    if more > 0 {
        let _ = writeln!(line, "    and {more} more: --verbose lists them");
    }
    line
}

/// One line: path, format, encodings, number of dispatches, number of problems.
fn format_tsv(path: &str, found: &InputReport) -> String {
    let encodings: Vec<&str> = found.encodings.iter().copied().collect();
    format!(
        "{}\t{}\t{}\t{}\t{}\n",
        sanitize_line(path),
        found.format,
        encodings.join(","),
        found.dispatches,
        found.problems.len()
    )
}

// `dateline health`.

/// Prints the sources, the most recently heard from first.
///
/// # Errors
/// If a stream cannot be written to.
pub fn health(
    request: Request,
    format: HealthFormat,
    mut streams: Streams<'_>,
) -> io::Result<Outcome> {
    let gathered = gather(request, &mut streams);
    let health = source_health(&gathered.index.snapshot(), &gathered.matches, None);
    for source in &health.sources {
        let mut out = String::new();
        match format {
            HealthFormat::Jsonl => {
                out = to_json_line(&SourceRecord::new(source)) + "\n";
            }
            HealthFormat::Text => {
                let _ = writeln!(out, "{}", sanitize_line(source.display_name()));
                for (name, value) in source.describe(&Stamp::to_rfc3339) {
                    let _ =
                        writeln!(out, "    {:16} {}", sanitize_line(&name), sanitize_line(&value));
                }
            }
        }
        streams.out.write_all(out.as_bytes())?;
    }
    streams.out.flush()?;
    Ok(Outcome::from_counts(health.sources.len(), gathered.unreadable))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::filter::SortOrder;
    use crate::ingest::{InputSource, LoadRequest};

    #[test]
    fn a_file_that_is_deleted_after_the_load_is_a_problem_of_its_input() {
        let name = format!("dateline check: {}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&folder).unwrap();
        let path = folder.join("a: b.jsonl");
        std::fs::write(&path, "{\"headline\": \"One\"}\n{\"headline\": \"Two\"}\n").unwrap();
        let request = Request {
            sources: LoadRequest::from(vec![InputSource::Path(path.clone())]),
            filter: String::new(),
            state: crate::store::StateDirectory::Disabled,
            source_key: 0,
            order: SortOrder::default(),
            hide_embargoed: false,
        };
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let mut streams =
            Streams { out: &mut out, err: &mut err, show_progress: false, columns: None };
        let (gathered, problems) = gather_quietly(request, &mut streams);
        let dispatches = |problems| {
            let found = read_all(&gathered, problems).unwrap();
            let found = &found[&path.display().to_string()];
            (found.dispatches, found.problems.len())
        };
        let earlier = InputProblem::unreadable(path.display().to_string(), "reported before");
        assert_eq!(dispatches(problems), (2, 0));
        std::fs::remove_dir_all(&folder).unwrap();
        // Both dispatches are one problem with a count.
        assert_eq!(dispatches(vec![earlier]), (0, 2));
    }
}
