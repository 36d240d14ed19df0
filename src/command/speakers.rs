//! `dateline speakers`: who speaks, how often, and from when to when.

use std::fmt::Write as _;
use std::io;

use super::gather::{Gathered, gather, report_problem};
use super::progress::Progress;
use super::{Outcome, Request, Streams};
use crate::cli::SpeakersFormat;
use crate::dispatch::Stamp;
use crate::record::{SpeakerRecord, format_csv_row, to_json_line};
use crate::speakers::SpeakerSummary;
use crate::text::{display_width, sanitize_line, truncate_to_width};
use crate::work::{self, SpeakerProgress};

/// Prints the speakers, those with the most quotes first. The same quote in several takes of a story counts once.
///
/// # Errors
/// Where a stream cannot be written to.
pub fn speakers(
    request: Request,
    format: SpeakersFormat,
    mut streams: Streams<'_>,
) -> io::Result<Outcome> {
    let gathered = gather(request, &mut streams);
    let (rows, unreadable) = count_speakers(&gathered, &mut streams);
    match format {
        SpeakersFormat::Text => streams.out.write_all(format_table(&rows).as_bytes())?,
        SpeakersFormat::Jsonl => {
            for row in &rows {
                let line = to_json_line(&SpeakerRecord::new(row)) + "\n";
                streams.out.write_all(line.as_bytes())?;
            }
        }
        SpeakersFormat::Csv => {
            let head = ["speaker", "title", "quotes", "dispatches", "first", "last"];
            streams.out.write_all(format_csv_row(&head).as_bytes())?;
            for row in &rows {
                let cells = speaker_cells(row);
                let cells: Vec<&str> = cells.iter().map(String::as_str).collect();
                streams.out.write_all(format_csv_row(&cells).as_bytes())?;
            }
        }
    }
    streams.out.flush()?;
    Ok(Outcome::from_counts(
        rows.len(),
        gathered.unreadable || unreadable,
    ))
}

fn count_speakers(gathered: &Gathered, streams: &mut Streams<'_>) -> (Vec<SpeakerSummary>, bool) {
    let ids = &gathered.matches;
    let mut progress = Progress::new(streams.show_progress);
    let mut unreadable = false;
    let snapshot = gathered.desk.snapshot();
    let rows = work::collect_speakers(&snapshot, ids, false, &|| false, &mut |told| match told {
        SpeakerProgress::Read(done, _) => progress.tick("read", done, ids.len(), streams.err),
        SpeakerProgress::Problem(problem) => {
            progress.clear(streams.err);
            unreadable |= report_problem(&problem, streams.err);
        }
    });
    progress.clear(streams.err);
    (rows.unwrap_or_default(), unreadable)
}

/// Name, title, quotes, dispatches, first and last time.
fn speaker_cells(row: &SpeakerSummary) -> [String; 6] {
    let time = |time: Option<Stamp>| time.map_or_else(String::new, Stamp::to_rfc3339);
    [
        row.name.clone(),
        row.title.clone().unwrap_or_default(),
        row.quotes.to_string(),
        row.dispatches.to_string(),
        time(row.first),
        time(row.last),
    ]
}

/// Widest columns of names and titles.
const MAX_COLUMN_WIDTH: usize = 40;

/// One line a speaker, in columns: `quotes  dispatches  first  last  name  title`.
fn format_table(rows: &[SpeakerSummary]) -> String {
    let rows: Vec<[String; 6]> = rows
        .iter()
        .map(|row| speaker_cells(row).map(|cell| sanitize_line(&cell).into_owned()))
        .collect();
    let widest = |column: usize| {
        let widths = rows.iter().map(|row| display_width(&row[column]));
        widths.max().unwrap_or(0).min(MAX_COLUMN_WIDTH)
    };
    let [names, quotes, dispatches, first, last] = [0, 2, 3, 4, 5].map(widest);
    let mut out = String::new();
    for row in &rows {
        let name = truncate_to_width(&row[0], names);
        let pad = " ".repeat(names.saturating_sub(display_width(&name)));
        let line = format!(
            "{:>quotes$}  {:>dispatches$}  {:first$}  {:last$}  {name}{pad}  {}",
            row[2], row[3], row[4], row[5], row[1],
        );
        let _ = writeln!(out, "{}", line.trim_end());
    }
    out
}
