//! `dateline quotes` and `dateline speakers`, with their output as text, TSV, CSV, Markdown and JSON.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::io::{self, Write};
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::cli::{QuoteArgs, QuoteKindArg, QuotesFormat, SpeakerArgs, SpeakersFormat};
use crate::command::gather::{
    Gathered, Progress, gather, print_each, report_problem, sort_by_input,
};
use crate::command::print::print_file;
use crate::command::request::{Outcome, Request, Streams};
use crate::dispatch::{Dispatch, Role, Stamp, Status};
use crate::index::EntryId;
use crate::jobs::FileFormat;
use crate::quotes::{Quote, QuoteKind};
use crate::record::{SpeakerRecord, format_csv_row, to_json_line};
use crate::speakers::{DispatchStatements, SpeakerSummary, SpeakerTally};
use crate::text::{count_noun, display_width, fold, sanitize_line, truncate_to_width};
use crate::work::{
    self, FileForm, FullDispatch, PendingRecords, QuoteBlock, QuoteForm, SpeakerProgress,
    find_quotes, format_quotes, format_take_count, quote_table_header,
};

/// Which quotes are printed.
struct QuoteFilter {
    /// Also those that are not statements.
    all: bool,
    /// Empty for all kinds that are statements.
    kinds: Vec<QuoteKind>,
    /// Case-folded part of a name.
    speaker: Option<String>,
    /// Also those of killed dispatches.
    killed: bool,
}

impl QuoteFilter {
    fn new(wanted: &QuoteArgs) -> Self {
        let kind = |kind: &QuoteKindArg| match kind {
            QuoteKindArg::Direct => QuoteKind::Direct,
            QuoteKindArg::Partial => QuoteKind::Partial,
            QuoteKindArg::NotAStatement => QuoteKind::NotAStatement,
        };
        Self {
            all: wanted.all,
            kinds: wanted.kind.iter().map(kind).collect(),
            speaker: wanted.speaker.as_deref().map(|name| fold(name.trim())),
            killed: wanted.killed,
        }
    }

    /// True for a killed dispatch, unless those are wanted. A notice that kills has the status as sent.
    fn leaves_out(&self, full: &FullDispatch) -> bool {
        !self.killed && full.status.status == Status::Canceled
    }

    fn matches(&self, quote: &Quote) -> bool {
        let kind = if self.kinds.is_empty() {
            self.all || quote.is_statement()
        } else {
            self.kinds.contains(&quote.kind)
        };
        kind && self.speaker.as_ref().is_none_or(|wanted| {
            let speaker = quote.speaker.as_deref();
            speaker.is_some_and(|name| fold(name).contains(wanted.as_str()))
        })
    }

    /// True if dispatches without quotes are printed too, as JSON records.
    fn keeps_empty_records(&self) -> bool {
        self.kinds.is_empty() && self.speaker.is_none()
    }
}

/// The quotes that are left out because their dispatches are killed, counted by several threads.
#[derive(Default)]
struct LeftOut {
    quotes: AtomicUsize,
    killed: AtomicUsize,
    notices: AtomicUsize,
}

impl LeftOut {
    /// Counts a dispatch with so many quotes, if it has any.
    fn add(&self, dispatch: &Dispatch, quotes: usize) {
        let is_notice = dispatch.role == Role::Kill;
        let of = if is_notice { &self.notices } else { &self.killed };
        of.fetch_add(usize::from(quotes > 0), Ordering::Relaxed);
        self.quotes.fetch_add(quotes, Ordering::Relaxed);
    }

    /// Says on standard error how many were left out; `verb` is what `--killed` does instead. Returns the outcome of a
    /// command that has printed `shown` rows: it is no failure if all quotes were left out.
    fn finish(&self, verb: &str, shown: usize, unreadable: bool, err: &mut dyn Write) -> Outcome {
        let load = |count: &AtomicUsize| count.load(Ordering::Relaxed);
        let (quotes, killed, notices) =
            (load(&self.quotes), load(&self.killed), load(&self.notices));
        if quotes > 0 {
            let of = [(killed, "killed dispatch"), (notices, "kill notice")];
            let of = of.into_iter().filter(|(count, _)| *count > 0);
            let of: Vec<String> = of.map(|(count, noun)| count_noun(count, noun)).collect();
            let (what, of) = (count_noun(quotes, "quote"), of.join(" and "));
            let (is, them) = if quotes == 1 { ("is", "it") } else { ("are", "them") };
            // Written at once, since standard output may go to the same place.
            let said = format!("dateline: {what} of {of} {is} left out: --killed {verb} {them}\n");
            let _ = err.write_all(said.as_bytes());
        }
        Outcome::from_counts(shown.max(quotes), unreadable)
    }
}

/// Prints quotes, without those of killed dispatches unless they are asked for. With `--fold`, a quote that occurs in
/// several dispatches is printed once, at its first occurrence, with the number of those dispatches.
///
/// # Errors
/// If a stream cannot be written to.
pub fn quotes(
    request: Request,
    format: QuotesFormat,
    wanted: &QuoteArgs,
    mut streams: Streams<'_>,
) -> io::Result<Outcome> {
    let gathered = gather(request, &mut streams);
    let mut ids = gathered.matches.clone();
    sort_by_input(&gathered.index, &mut ids);
    let keep = QuoteFilter::new(wanted);
    let left_out = LeftOut::default();
    let mut table =
        |form| print_table(&gathered, &ids, form, (&keep, wanted.fold), &left_out, &mut streams);
    let (shown, unreadable) = match format {
        QuotesFormat::Text => table(QuoteForm::Text)?,
        QuotesFormat::Tsv => table(QuoteForm::Tsv)?,
        QuotesFormat::Csv => table(QuoteForm::Csv)?,
        QuotesFormat::Md => table(QuoteForm::Md)?,
        QuotesFormat::Jsonl => {
            print_records(&gathered, FileFormat::Jsonl, &keep, &left_out, &mut streams)?
        }
        QuotesFormat::Json => {
            print_records(&gathered, FileFormat::Json, &keep, &left_out, &mut streams)?
        }
        QuotesFormat::Html => {
            print_page(&gathered, FileFormat::Html, &keep, &left_out, &mut streams)?
        }
        QuotesFormat::Nitf => {
            print_page(&gathered, FileFormat::Nitf, &keep, &left_out, &mut streams)?
        }
    };
    Ok(left_out.finish("prints", shown, gathered.unreadable || unreadable, streams.err))
}

/// Prints quotes in a format that has something around all of them. Returns the number of dispatches with quotes, and
/// whether one could not be read.
fn print_page(
    gathered: &Gathered,
    format: FileFormat,
    keep: &QuoteFilter,
    left_out: &LeftOut,
    streams: &mut Streams<'_>,
) -> io::Result<(usize, bool)> {
    let make = |form: FileForm, full: &mut FullDispatch| {
        let (text, count) = form.quotes(full, |quote| keep.matches(quote))?;
        if keep.leaves_out(full) {
            left_out.add(&full.dispatch, count);
            return None;
        }
        Some(text)
    };
    print_file(gathered, (format, true), streams, make)
}

/// Prints quotes as lines, rows or Markdown. Returns as [`print_page`] does.
fn print_table(
    gathered: &Gathered,
    ids: &[EntryId],
    form: QuoteForm,
    (keep, is_folded): (&QuoteFilter, bool),
    left_out: &LeftOut,
    streams: &mut Streams<'_>,
) -> io::Result<(usize, bool)> {
    streams.out.write_all(quote_table_header(form, is_folded).as_bytes())?;
    let make = |full: &mut FullDispatch| {
        let quotes = find_quotes(&mut full.dispatch);
        let kept = || quotes.iter().filter(|quote| keep.matches(quote));
        if keep.leaves_out(full) {
            left_out.add(&full.dispatch, kept().count());
            return None;
        }
        format_quotes(full, kept(), form)
    };
    if !is_folded {
        return print_each(gathered, ids, streams, make, |out, block: QuoteBlock| {
            out.write_all(block.text().as_bytes())
        });
    }
    let mut blocks = Vec::new();
    let done = print_each(gathered, ids, streams, make, |_, block: QuoteBlock| {
        blocks.push(block);
        Ok(())
    })?;
    streams.out.write_all(fold_duplicates(&blocks, form).as_bytes())?;
    streams.out.flush()?;
    Ok(done)
}

/// Prints quotes as JSON records, once all dispatches are read: then it is known who is who. Returns as [`print_page`]
/// does.
fn print_records(
    gathered: &Gathered,
    format: FileFormat,
    keep: &QuoteFilter,
    left_out: &LeftOut,
    streams: &mut Streams<'_>,
) -> io::Result<(usize, bool)> {
    let mut ids = gathered.matches.clone();
    sort_by_input(&gathered.index, &mut ids);
    let form = FileForm { format, quotes_only: true, is_several: format == FileFormat::Json };
    let keeps_empty = format == FileFormat::Jsonl && keep.keeps_empty_records();
    let make = |full: &mut FullDispatch| {
        let is_left_out = keep.leaves_out(full);
        let prints = |count| if count == 0 { keeps_empty } else { !is_left_out };
        let record = form.pending_record(full, |quote| keep.matches(quote), prints);
        if is_left_out {
            left_out.add(&full.dispatch, record.count);
        }
        // Who speaks in a killed dispatch tells nothing of others.
        (record.text.is_some() || !is_left_out).then_some(record)
    };
    let mut pending = PendingRecords::default();
    let (_, unreadable) = print_each(gathered, &ids, streams, make, |_, record| {
        pending.add(record);
        Ok(())
    })?;
    streams.out.write_all(form.start("", None).as_bytes())?;
    let mut shown = 0;
    for text in pending.finish() {
        if shown > 0 {
            streams.out.write_all(form.between().as_bytes())?;
        }
        streams.out.write_all(text.as_bytes())?;
        shown += 1;
    }
    streams.out.write_all(form.end(shown == 0).as_bytes())?;
    streams.out.flush()?;
    Ok((shown, unreadable))
}

/// A quote that occurs in several dispatches.
struct Repeated {
    /// The number of dispatches.
    count: usize,
    /// The last one counted, since one may repeat its own quote.
    last: usize,
    /// The one to print it from: the first that is not killed, else the first.
    shown: usize,
}

/// The text of the blocks with each quote once, and the number of dispatches in which it occurs.
fn fold_duplicates(blocks: &[QuoteBlock], form: QuoteForm) -> String {
    let mut quotes: HashMap<u64, Repeated> = HashMap::new();
    for (number, block) in blocks.iter().enumerate() {
        for line in &block.lines {
            let first = Repeated { count: 0, last: usize::MAX, shown: number };
            let quote = quotes.entry(line.key).or_insert(first);
            quote.count += usize::from(quote.last != number);
            quote.last = number;
            if blocks[quote.shown].is_killed && !block.is_killed {
                quote.shown = number;
            }
        }
    }
    let mut out = String::new();
    for (number, block) in blocks.iter().enumerate() {
        // A block without quotes of its own gets no title.
        let mut title = Some(block.title.as_str());
        for line in &block.lines {
            // Removed once it is printed, since a dispatch may repeat it.
            if quotes.get(&line.key).is_some_and(|quote| quote.shown == number)
                && let Some(quote) = quotes.remove(&line.key)
            {
                out.push_str(title.take().unwrap_or(""));
                out.push_str(&line.head);
                out.push_str(&format_take_count(form, quote.count));
                out.push_str(&line.tail);
            }
        }
    }
    out
}

// `dateline speakers`.

/// Prints the speakers, those with the most quotes first; or those of each period. The same quote in several takes of a
/// story counts once. Killed dispatches are left out unless they are wanted.
///
/// # Errors
/// If a stream cannot be written to.
pub fn speakers(
    request: Request,
    format: SpeakersFormat,
    wanted: &SpeakerArgs,
    mut streams: Streams<'_>,
) -> io::Result<Outcome> {
    let gathered = gather(request, &mut streams);
    let (ids, killed_ids) = split_killed(&gathered, wanted.killed);
    let (tally, unreadable) = count_speakers(&gathered, &ids, &mut streams);
    let periods = wanted.by.map(|period| tally.rows_by_period(period));
    let all = if periods.is_none() { tally.rows() } else { Vec::new() };
    let rows: Vec<SpeakerRow<'_>> = match &periods {
        Some(periods) => {
            let pairs = periods.iter().flat_map(|of| of.rows.iter().map(move |row| (of, row)));
            pairs.map(|(of, row)| (Some(of.period.as_str()), row)).collect()
        }
        None => all.iter().map(|row| (None, row)).collect(),
    };
    match format {
        SpeakersFormat::Text => streams.out.write_all(format_table(&rows).as_bytes())?,
        SpeakersFormat::Jsonl => {
            for (period, row) in &rows {
                let line = to_json_line(&SpeakerRecord::new(*period, row)) + "\n";
                streams.out.write_all(line.as_bytes())?;
            }
        }
        SpeakersFormat::Csv => {
            let head = [
                "speaker",
                "title",
                "quotes",
                "dispatches",
                "first",
                "last",
                "killed",
                "speaker_id",
                "distinction",
                "forms",
            ];
            let period = wanted.by.map(|_| "period");
            let head: Vec<&str> = period.into_iter().chain(head).collect();
            streams.out.write_all(format_csv_row(&head).as_bytes())?;
            for (period, row) in &rows {
                let (cells, id, forms) =
                    (speaker_cells(row), row.id.to_string(), row.forms.join("; "));
                let who = [id.as_str(), row.distinction.as_deref().unwrap_or(""), &forms];
                let cells = cells.iter().map(String::as_str);
                let cells: Vec<&str> = period.iter().copied().chain(cells).chain(who).collect();
                streams.out.write_all(format_csv_row(&cells).as_bytes())?;
            }
        }
    }
    streams.out.flush()?;
    let left_out = count_left_out(&gathered, &killed_ids, &mut streams)?;
    Ok(left_out.finish("counts", rows.len(), gathered.unreadable || unreadable, streams.err))
}

/// A row to print: the name of its period if speakers are counted by period, and the speaker.
type SpeakerRow<'a> = (Option<&'a str>, &'a SpeakerSummary);

/// The matches to count, and those that are left out because they are killed.
fn split_killed(gathered: &Gathered, killed: bool) -> (Vec<EntryId>, Vec<EntryId>) {
    let is_killed = |id: &EntryId| {
        let entry = gathered.index.entry(*id);
        entry.is_some_and(|entry| entry.current_status() == Status::Canceled)
    };
    // A copy of a dispatch is no other dispatch: the list on the screen has no row for it either.
    let is_listed = |id: &EntryId| !gathered.index.is_unlisted(*id);
    let listed = gathered.matches.iter().copied().filter(is_listed);
    listed.partition(|id| killed || !is_killed(id))
}

/// Counts the statements with a speaker in killed dispatches.
fn count_left_out(
    gathered: &Gathered,
    killed: &[EntryId],
    streams: &mut Streams<'_>,
) -> io::Result<LeftOut> {
    let left_out = LeftOut::default();
    let count = |full: &mut FullDispatch| -> Option<()> {
        let quotes = find_quotes(&mut full.dispatch);
        let statements = DispatchStatements::new(&full.dispatch, &quotes).statements;
        left_out.add(&full.dispatch, statements.len());
        None
    };
    print_each(gathered, killed, streams, count, |_, ()| Ok(()))?;
    Ok(left_out)
}

/// Counts the statements of each speaker; also whether a dispatch could not be read.
fn count_speakers(
    gathered: &Gathered,
    ids: &[EntryId],
    streams: &mut Streams<'_>,
) -> (SpeakerTally, bool) {
    let mut progress = Progress::new(streams.show_progress);
    let mut unreadable = false;
    let snapshot = gathered.index.snapshot();
    let tally = work::collect_speakers(&snapshot, ids, false, &|| false, &mut |step| match step {
        SpeakerProgress::Read(done, _) => progress.tick("read", done, ids.len(), streams.err),
        SpeakerProgress::Problem(problem) => {
            progress.clear(streams.err);
            unreadable |= report_problem(&problem, streams.err);
        }
    });
    progress.clear(streams.err);
    (tally.unwrap_or_default(), unreadable)
}

/// Name, title, quotes, dispatches, first and last time, killed dispatches.
fn speaker_cells(row: &SpeakerSummary) -> [String; 7] {
    let time = |time: Option<Stamp>| time.map_or_else(String::new, Stamp::to_rfc3339);
    [
        row.name.clone(),
        row.title.clone().unwrap_or_default(),
        row.quotes.to_string(),
        row.dispatches.to_string(),
        time(row.first),
        time(row.last),
        row.killed.to_string(),
    ]
}

/// Maximum width of the name column, so that one long name does not push the titles off the screen.
const MAX_COLUMN_WIDTH: usize = 40;

/// One line per speaker, in aligned columns: `quotes  dispatches  first  last  name  title`, after the period if there is
/// one. If some of the dispatches are killed, their number follows.
fn format_table(rows: &[SpeakerRow<'_>]) -> String {
    let cells: Vec<[String; 7]> = rows
        .iter()
        .map(|(_, row)| speaker_cells(row).map(|cell| sanitize_line(&cell).into_owned()))
        .collect();
    let widest = |column: usize| {
        let widths = cells.iter().map(|row| display_width(&row[column]));
        widths.max().unwrap_or(0).min(MAX_COLUMN_WIDTH)
    };
    let [names, quotes, dispatches, first, last] = [0, 2, 3, 4, 5].map(widest);
    // All names of periods are of one length, apart from that of none.
    let period_width = rows.iter().filter_map(|(period, _)| period.map(str::len)).max();
    let mut out = String::new();
    for (row, &(period, summary)) in cells.iter().zip(rows) {
        let name = truncate_to_width(&row[0], names);
        let pad = " ".repeat(names.saturating_sub(display_width(&name)));
        let line = format!(
            "{:>quotes$}  {:>dispatches$}  {:first$}  {:last$}  {name}{pad}  {}",
            row[2], row[3], row[4], row[5], row[1],
        );
        let killed = match summary.killed {
            0 => String::new(),
            killed => format!("  [{}]", count_noun(killed, "KILLED dispatch")),
        };
        if let (Some(width), Some(period)) = (period_width, period) {
            let _ = write!(out, "{period:width$}  ");
        }
        let _ = writeln!(out, "{}{killed}", line.trim_end());
    }
    out
}
