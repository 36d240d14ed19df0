//! `dateline diff`: what changed between two versions of a dispatch.

use std::fmt::Write as _;
use std::io;

use crate::changes::{
    DiffRun, DiffRunKind, FieldChange, ParagraphChange, ParagraphDiff, VersionDiff, VersionInfo,
    choose_base,
};
use crate::cli::{DiffArgs, DiffFormat};
use crate::command::gather::{Gathered, gather, print_each, read_dispatches};
use crate::command::request::{Outcome, Request, Streams};
use crate::dispatch::{Dispatch, Stamp, model};
use crate::index::{EntryId, EntryRef, path_text};
use crate::ingest::{InputSource, LoadRequest};
use crate::record::{ChangesRecord, VersionRecord, to_json_line};
use crate::text::{count_noun, sanitize, sanitize_line};
use crate::work::FullDispatch;

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

// Which two dispatches are compared: the only two, two that are named, or the newest two of a story.

/// The paths as they were given.
fn given_paths(sources: &LoadRequest) -> Vec<String> {
    let path = |source: &InputSource| match source {
        InputSource::Path(path) | InputSource::Stream(path) => path_text(path),
        InputSource::BuiltIn => "dateline:".to_owned(),
    };
    sources.sources.iter().map(path).collect()
}

/// The two to compare, the older first, or why there are none.
fn choose_two(
    gathered: &Gathered,
    wanted: &DiffArgs,
    paths: &[String],
    streams: &mut Streams<'_>,
) -> io::Result<Result<[EntryId; 2], String>> {
    if let Some(name) = &wanted.story {
        return newest_two(gathered, name, streams);
    }
    if !wanted.item.is_empty() {
        let [old, new] = wanted.item.as_slice() else {
            return Ok(Err(
                "--item names one dispatch: give it twice, the older first".to_owned(),
            ));
        };
        let mut find =
            |name: &str| -> io::Result<Result<EntryId, String>> {
                let found = find_by_id(gathered, name, streams)?;
                Ok(found
                    .ok_or_else(|| format!("--item: no dispatch here has the item or id `{name}`")))
            };
        let (old, new) = (find(old)?, find(new)?);
        return Ok(old.and_then(|old| Ok([old, new?])));
    }
    Ok(match *gathered.matches.as_slice() {
        [a, b] => {
            let rank = |id| path_rank(gathered.desk.entry(id), paths);
            // Of one input, the newer stands first in the order of the desk.
            let first = rank(a).cmp(&rank(b)).then(gathered.desk.compare(b, a));
            Ok(if first.is_le() { [a, b] } else { [b, a] })
        }
        ref kept => Err(format!(
            "diff compares two dispatches, and these inputs hold {}; name two with --item, or a story with --story",
            kept.len()
        )),
    })
}

/// Which of the paths an entry came by: the longest that its own begins with.
fn path_rank(entry: Option<EntryRef<'_>>, paths: &[String]) -> usize {
    let own = entry
        .and_then(EntryRef::input)
        .map(|input| input.display_path());
    let own = own.unwrap_or_default();
    let of = paths
        .iter()
        .enumerate()
        .filter(|(_, path)| own.starts_with(*path));
    of.max_by_key(|(_, path)| path.len())
        .map_or(usize::MAX, |(rank, _)| rank)
}

/// The dispatch of that item, or of that id.
fn find_by_id(
    gathered: &Gathered,
    name: &str,
    streams: &mut Streams<'_>,
) -> io::Result<Option<EntryId>> {
    let hash = u64::from_str_radix(name, 16)
        .ok()
        .filter(|_| name.len() == 16);
    let key = model::item_key(Some(name), None, 0);
    let is_it = |id: &&EntryId| {
        let item = gathered.desk.entry(**id).map(EntryRef::item_key);
        item == Some(key) || (hash.is_some() && item == hash)
    };
    if let Some(id) = gathered.matches.iter().find(is_it) {
        return Ok(Some(*id));
    }
    let ids = find_matching(gathered, |d| d.id.as_deref() == Some(name), streams)?;
    Ok(ids.first().copied())
}

/// The dispatches, read whole, of which something is true, the newest first.
fn find_matching(
    gathered: &Gathered,
    is_it: impl Fn(&Dispatch) -> bool + Sync,
    streams: &mut Streams<'_>,
) -> io::Result<Vec<EntryId>> {
    let mut verdicts = Vec::with_capacity(gathered.matches.len());
    print_each(
        gathered,
        &gathered.matches,
        streams,
        |whole| Some(is_it(&whole.dispatch)),
        |_, verdict| {
            verdicts.push(verdict);
            Ok(())
        },
    )?;
    let ids = gathered.matches.iter().zip(verdicts);
    Ok(ids
        .filter_map(|(&id, verdict)| verdict.then_some(id))
        .collect())
}

/// The newest version of a story that tells it, and the one before.
fn newest_two(
    gathered: &Gathered,
    name: &str,
    streams: &mut Streams<'_>,
) -> io::Result<Result<[EntryId; 2], String>> {
    let mut versions = find_matching(gathered, |d| d.story_name() == name, streams)?;
    if versions.is_empty()
        && let Some(id) = find_by_id(gathered, name, streams)?
    {
        versions = gathered.desk.versions(id);
    }
    if versions.is_empty() {
        return Ok(Err(format!(
            "--story: no dispatch here is of a story `{name}`"
        )));
    }
    let version = |id: &EntryId| {
        let entry = gathered.desk.entry(*id)?;
        let (role, words) = (entry.role(), entry.words());
        Some(VersionInfo { role, words })
    };
    let told: Vec<VersionInfo> = versions.iter().filter_map(version).collect();
    let newest = told.iter().position(|version| version.is_full_story());
    let newest = newest.unwrap_or(0);
    let (at, earlier) = (told.get(newest), told.get(newest + 1..).unwrap_or(&[]));
    let older = at.and_then(|at| choose_base(*at, earlier));
    Ok(older
        .map(|older| [versions[newest + 1 + older], versions[newest]])
        .ok_or_else(|| {
            format!(
                "--story: `{name}` has one version here: there is none before it to compare with"
            )
        }))
}
