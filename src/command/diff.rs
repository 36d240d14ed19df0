//! `dateline diff`: what changed between two versions of a dispatch.

mod two;

use std::fmt::Write as _;
use std::io;

use super::gather::{gather, read_dispatches};
use super::{Outcome, Request, Streams};
use crate::changes::{
    DiffRun, DiffRunKind, FieldChange, ParagraphChange, ParagraphDiff, VersionDiff,
};
use crate::cli::{DiffArgs, DiffFormat};
use crate::dispatch::{Dispatch, Stamp};
use crate::record::{ChangesRecord, VersionRecord, to_json_line};
use crate::text::{count_noun, sanitize, sanitize_line};
use crate::work::FullDispatch;
use two::{choose_two, given_paths};

/// Prints what changed between two dispatches, with colours where asked for. As with `diff`, it counts as found where
/// something differs.
///
/// # Errors
/// Where a stream cannot be written to.
pub fn diff(
    request: Request,
    wanted: &DiffArgs,
    colour: bool,
    mut streams: Streams<'_>,
) -> io::Result<Outcome> {
    let paths = given_paths(&request.sources);
    let gathered = gather(request, &mut streams);
    let two = match choose_two(&gathered, wanted, &paths, &mut streams)? {
        Ok(two) => two,
        Err(message) => {
            let _ = writeln!(streams.err, "dateline: {}", sanitize(&message));
            return Ok(Outcome::Unreadable);
        }
    };
    let mut whole = Vec::new();
    for read in read_dispatches(&gathered.desk, &two) {
        match read {
            Ok(read) => whole.push(read),
            Err(problem) => {
                let _ = writeln!(streams.err, "dateline: {}", sanitize(&problem.to_string()));
            }
        }
    }
    let Ok([old, new]) = <[FullDispatch; 2]>::try_from(whole) else {
        return Ok(Outcome::Unreadable);
    };
    let places = [(old.path, old.index), (new.path, new.index)];
    let compared = VersionDiff::new(old.dispatch, new.dispatch);
    let printed = match wanted.format {
        DiffFormat::Text => format_text(&compared, &places, Styling(colour)),
        DiffFormat::Jsonl => format_json(&compared, places),
    };
    streams.out.write_all(printed.as_bytes())?;
    streams.out.flush()?;
    Ok(if compared.changes.is_empty() {
        Outcome::Shown
    } else {
        Outcome::Different
    })
}

fn format_json(compared: &VersionDiff, [old, new]: [(String, u64); 2]) -> String {
    let old = VersionRecord::new(&compared.old, old.0, old.1);
    let new = VersionRecord::new(&compared.new, new.0, new.1);
    to_json_line(&ChangesRecord::new(compared, old, new)) + "\n"
}

/// Whether colours are written.
#[derive(Clone, Copy)]
struct Styling(bool);

impl Styling {
    const RED: u8 = 31;
    const GREEN: u8 = 32;
    const BOLD: u8 = 1;
    const FAINT: u8 = 2;

    /// A text that may come from a wire, with a look of the terminal's own.
    fn push_styled(self, look: u8, text: &str, out: &mut String) {
        let text = sanitize(text);
        if self.0 {
            let _ = write!(out, "\u{1b}[{look}m{text}\u{1b}[0m");
        } else {
            out.push_str(&text);
        }
    }
}

fn format_text(compared: &VersionDiff, places: &[(String, u64); 2], paint: Styling) -> String {
    let VersionDiff { old, new, changes } = compared;
    let mut out = String::new();
    if changes.is_empty() {
        return out;
    }
    for (sign, d, place) in [("---", old, &places[0]), ("+++", new, &places[1])] {
        let line = format!("{sign} {}", sanitize_line(&describe_version(d, place)));
        paint.push_styled(Styling::BOLD, &line, &mut out);
        out.push('\n');
    }
    for fact in &changes.fields {
        let _ = write!(out, "{}: ", fact.name);
        let FieldChange { old, new, runs, .. } = fact;
        let text = |value: &Option<String>| value.clone().unwrap_or_default();
        push_marked_runs(&text(old), &text(new), runs, paint, &mut out);
        out.push('\n');
    }
    if changes.coarse {
        out.push_str("(a paragraph is too long to be compared word by word)\n");
    }
    for parts in changes.paragraphs.chunk_by(|a, b| a.change == b.change) {
        if parts
            .iter()
            .all(|part| part.change == ParagraphChange::Same)
        {
            let paragraphs = count_noun(parts.len(), "paragraph");
            let line = format!("\n… {paragraphs} unchanged …\n");
            paint.push_styled(Styling::FAINT, &line, &mut out);
            continue;
        }
        for part in parts {
            paint.push_styled(
                Styling::FAINT,
                &format!("\n@@ {} @@\n", describe_change(part)),
                &mut out,
            );
            push_marked_runs(
                old.body.text(),
                new.body.text(),
                &part.runs,
                paint,
                &mut out,
            );
            if !part.runs.is_empty() {
                out.push('\n');
            }
        }
    }
    out
}

/// A version as it is called.
fn describe_version(d: &Dispatch, (path, index): &(String, u64)) -> String {
    let number = (*index > 0).then(|| format!("dispatch {index}"));
    let called = d.label.clone().or_else(|| d.id.clone());
    let parts = std::iter::once(path.clone()).chain(number).chain(called);
    let parts = parts.chain(d.time.map(Stamp::to_rfc3339));
    parts.collect::<Vec<_>>().join(", ")
}

fn describe_change(part: &ParagraphDiff) -> String {
    let number = |block: Option<usize>| block.map_or(0, |block| block + 1);
    let (old, new) = (number(part.old), number(part.new));
    match part.change {
        ParagraphChange::Same => format!("¶{new} unchanged"),
        ParagraphChange::Edited if old == new => format!("¶{new} changed"),
        ParagraphChange::Edited => format!("¶{new} changed, was ¶{old}"),
        ParagraphChange::Moved => format!("¶{new} moved, was ¶{old}"),
        ParagraphChange::Left => format!("was ¶{old}, moved to ¶{new}"),
        ParagraphChange::Inserted => format!("¶{new} new"),
        ParagraphChange::Deleted => format!("was ¶{old}, gone"),
    }
}

/// Runs of two texts, with marks around what changed.
fn push_marked_runs(old: &str, new: &str, runs: &[DiffRun], paint: Styling, out: &mut String) {
    for run in runs {
        match run.kind {
            DiffRunKind::Same => out.push_str(&sanitize(new.get(run.new.clone()).unwrap_or(""))),
            DiffRunKind::Deleted => {
                let text = old.get(run.old.clone()).unwrap_or("");
                paint.push_styled(Styling::RED, &format!("[-{text}-]"), out);
            }
            DiffRunKind::Inserted => {
                let text = new.get(run.new.clone()).unwrap_or("");
                paint.push_styled(Styling::GREEN, &format!("{{+{text}+}}"), out);
            }
        }
    }
}
