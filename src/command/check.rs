//! `dateline check` and `dateline health`: the problems of each input; and for each source its rates, silences and
//! missing numbers.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt::Write as _;
use std::io;

use crate::cli::{HealthFormat, OutputFormat};
use crate::command::gather::{
    Gathered, gather, gather_measured, print_each_reporting, sort_by_input,
};
use crate::command::request::{Outcome, Request, Streams};
use crate::dispatch::{Dispatch, InputProblem, Severity, Stamp, TimeSource};
use crate::format::Share;
use crate::record::{CheckRecord, FilledRecord, ProblemInInput, SourceRecord, to_json_line};
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
    filled: FilledRecord,
    /// What its dispatches show of its letters.
    share: Share,
    problems: Vec<ProblemInInput>,
}

/// Prints a line per input with its problems below it, a summary and a table by format; with `verbose` all problems, else the first few.
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
    let (gathered, problems, shares) = gather_measured(request, streams);
    let mut found = read_all(&gathered, problems)?;
    add_shares(&mut found, shares);
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
        let mut table = FormatTable::default();
        for found in found.values() {
            table.add(found.format, found.dispatches, &found.filled, &found.share);
        }
        streams.out.write_all(table.format().as_bytes())?;
    }
    streams.out.flush()?;
    Ok(Outcome::from_counts(found.len(), bad > 0))
}

/// Adds the shares to the reports of their inputs, and a problem where less than half is shown. An input without a
/// dispatch has a problem already.
fn add_shares(found: &mut BTreeMap<String, InputReport>, mut shares: HashMap<String, Share>) {
    for (path, report) in found {
        if report.dispatches > 0 {
            report.share = shares.remove(path).unwrap_or_default();
            let problem = report.share.problem();
            report.problems.extend(problem.map(|problem| ProblemInInput::new(&problem, None)));
        }
    }
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
        Some((full.path.clone(), (format, encoding), filled_fields(&full.dispatch), problems))
    };
    let mut failed: Vec<InputProblem> = Vec::new();
    print_each_reporting(
        gathered,
        &ids,
        &mut streams,
        made,
        |_, (path, (format, encoding), filled, problems)| {
            let found = all.entry(path).or_default();
            found.filled = found.filled + filled;
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
        filled: found.filled,
        letters: found.share.letters,
        letters_shown: found.share.shown,
        letters_left_out: found.share.left_out.clone(),
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
        let share = found.share.describe();
        if !share.is_empty() {
            let _ = write!(line, ", {share}");
        }
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

/// One line: path, format, encodings, number of dispatches, number of problems, per cent of the letters shown.
fn format_tsv(path: &str, found: &InputReport) -> String {
    let encodings: Vec<&str> = found.encodings.iter().copied().collect();
    format!(
        "{}\t{}\t{}\t{}\t{}\t{}\n",
        sanitize_line(path),
        found.format,
        encodings.join(","),
        found.dispatches,
        found.problems.len(),
        found.share.percent_shown().map_or_else(String::new, |percent| percent.to_string())
    )
}

// The table by format.

/// The heading of inputs of which nothing was read.
const NOT_READ: &str = "not read";

/// Sums by format.
#[derive(Debug, Default)]
struct FormatTable {
    formats: BTreeMap<&'static str, FormatSum>,
}

/// The inputs of a format.
#[derive(Debug, Default)]
struct FormatSum {
    inputs: u64,
    dispatches: u64,
    filled: FilledRecord,
    share: Share,
}

impl std::ops::Add for FilledRecord {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            headline: self.headline + other.headline,
            time: self.time + other.time,
            place: self.place + other.place,
            byline: self.byline + other.byline,
            text: self.text + other.text,
        }
    }
}

/// The fields of a dispatch that have a value from the wire: 1 each.
fn filled_fields(dispatch: &Dispatch) -> FilledRecord {
    let has_headline = !dispatch.headline.is_empty() && !dispatch.headline_derived;
    let has_time = !matches!(dispatch.time_source, TimeSource::File | TimeSource::None);
    FilledRecord {
        headline: has_headline.into(),
        time: has_time.into(),
        place: dispatch.place().is_some_and(|place| !place.is_empty()).into(),
        byline: dispatch.byline.as_ref().is_some_and(|byline| !byline.is_empty()).into(),
        text: (!dispatch.body.text().is_empty()).into(),
    }
}

impl FormatTable {
    /// Adds an input. `format` is empty if nothing was read.
    fn add(
        &mut self,
        format: &'static str,
        dispatches: usize,
        filled: &FilledRecord,
        share: &Share,
    ) {
        let format = if format.is_empty() { NOT_READ } else { format };
        let sum = self.formats.entry(format).or_default();
        sum.inputs += 1;
        sum.dispatches += dispatches as u64;
        sum.filled = sum.filled + *filled;
        sum.share.add(share);
    }

    /// The table with an empty line before it, a row a format, and a row for all if there are several; empty if there
    /// are no inputs.
    fn format(&self) -> String {
        let mut all = FormatSum::default();
        for sum in self.formats.values() {
            all.inputs += sum.inputs;
            all.dispatches += sum.dispatches;
            all.filled = all.filled + sum.filled;
            all.share.add(&sum.share);
        }
        let mut rows: Vec<(&str, &FormatSum)> = self
            .formats
            .iter()
            .filter(|(name, _)| **name != NOT_READ)
            .map(|(n, s)| (*n, s))
            .collect();
        rows.extend(self.formats.get(NOT_READ).map(|sum| (NOT_READ, sum)));
        if rows.is_empty() {
            return String::new();
        }
        if rows.len() > 1 {
            rows.push(("all", &all));
        }
        let mut text = String::from("\n");
        let head = [
            "files",
            "dispatches",
            "shown",
            "left out",
            "headline",
            "time",
            "place",
            "byline",
            "text",
        ];
        push_row(&mut text, "format", &head.map(str::to_owned));
        for (name, sum) in rows {
            push_row(&mut text, name, &sum.cells());
        }
        text
    }
}

impl FormatSum {
    fn cells(&self) -> [String; 9] {
        let of_letters = |letters: u64| percent(letters, self.share.letters);
        let of_dispatches = |count: u64| percent(count, self.dispatches);
        [
            self.inputs.to_string(),
            self.dispatches.to_string(),
            of_letters(self.share.shown),
            of_letters(self.share.left_out.values().sum()),
            of_dispatches(self.filled.headline),
            of_dispatches(self.filled.time),
            of_dispatches(self.filled.place),
            of_dispatches(self.filled.byline),
            of_dispatches(self.filled.text),
        ]
    }
}

/// A share in per cent; a dash if there is nothing to be shared.
fn percent(part: u64, whole: u64) -> String {
    Share::percent(part, whole).map_or_else(|| "–".to_owned(), |percent| format!("{percent} %"))
}

fn push_row(text: &mut String, name: &str, cells: &[String; 9]) {
    const WIDTHS: [usize; 9] = [7, 10, 6, 8, 8, 6, 6, 6, 6];
    let _ = write!(text, "{name:<13}");
    for (cell, width) in cells.iter().zip(WIDTHS) {
        let _ = write!(text, "  {cell:>width$}");
    }
    text.push('\n');
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
        let (gathered, problems, _) = gather_measured(request, &mut streams);
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

    #[test]
    fn formats_and_all_of_them() {
        let mut table = FormatTable::default();
        assert_eq!(table.format(), "");
        let share = |letters, shown| Share { letters, shown, ..Share::default() };
        let filled = FilledRecord { headline: 2, time: 3, place: 0, byline: 1, text: 3 };
        table.add("reuters-sgml", 3, &filled, &share(1000, 999));
        table.add("", 0, &FilledRecord::default(), &Share::default());
        let mut page = share(100, 60);
        page.left_out.insert("menus", 30);
        table.add("html", 100_000, &FilledRecord::default(), &page);
        let expected = "
format           files  dispatches   shown  left out  headline    time   place  byline    text
html                 1      100000    60 %      30 %       0 %     0 %     0 %     0 %     0 %
reuters-sgml         1           3    99 %       0 %      67 %   100 %     0 %    33 %   100 %
not read             1           0       –         –         –       –       –       –       –
all                  3      100003    96 %       3 %       1 %     1 %     0 %     1 %     1 %
";
        assert_eq!(table.format(), expected);
        assert!(expected.lines().all(|line| line.chars().count() <= 100));
    }
}
