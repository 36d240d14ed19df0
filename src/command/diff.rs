//! `dateline diff`: chooses two versions of a dispatch and prints what changed between them.

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
use crate::record::{ChangesRecord, CurrentStatus, VersionRecord, to_json_line};
use crate::text::{count_noun, sanitize, sanitize_line};
use crate::work::FullDispatch;

/// Prints what changed between two dispatches, in colour if `colour`. Nothing is printed if the two are the same.
///
/// # Errors
/// If a stream cannot be written to.
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
    let mut full = Vec::new();
    for read in read_dispatches(&gathered.index, &two, gathered.clock) {
        match read {
            Ok(read) => full.push(read),
            Err(problem) => {
                let _ = writeln!(streams.err, "dateline: {}", sanitize(&problem.to_string()));
            }
        }
    }
    let Ok([old, new]) = <[FullDispatch; 2]>::try_from(full) else {
        return Ok(Outcome::Unreadable);
    };
    let versions = [&old, &new].map(|full| Version {
        path: full.path.clone(),
        index: full.index,
        status: full.status.clone(),
    });
    let compared = VersionDiff::new(old.dispatch, new.dispatch);
    let printed = match wanted.format {
        DiffFormat::Text => format_text(&compared, &versions, Styling(colour)),
        DiffFormat::Jsonl => format_json(&compared, &versions),
    };
    streams.out.write_all(printed.as_bytes())?;
    streams.out.flush()?;
    Ok(if compared.changes.is_empty() { Outcome::Shown } else { Outcome::Different })
}

/// Where one of the two versions was read, and the status that holds of it.
struct Version {
    path: String,
    /// 0-based number in the input.
    index: u64,
    status: CurrentStatus,
}

fn format_json(compared: &VersionDiff, [old, new]: &[Version; 2]) -> String {
    let old = VersionRecord::new(&compared.old, &old.status, old.path.clone(), old.index);
    let new = VersionRecord::new(&compared.new, &new.status, new.path.clone(), new.index);
    to_json_line(&ChangesRecord::new(compared, old, new)) + "\n"
}

/// Whether text is styled with escape sequences.
#[derive(Clone, Copy)]
struct Styling(bool);

impl Styling {
    // SGR parameters (ECMA-48).
    const RED: u8 = 31;
    const GREEN: u8 = 32;
    const BOLD: u8 = 1;
    const FAINT: u8 = 2;

    /// Adds a text, sanitized since it may come from a wire, in a style.
    fn push_styled(self, look: u8, text: &str, out: &mut String) {
        let text = sanitize(text);
        if self.0 {
            let _ = write!(out, "\u{1b}[{look}m{text}\u{1b}[0m");
        } else {
            out.push_str(&text);
        }
    }
}

fn format_text(compared: &VersionDiff, versions: &[Version; 2], paint: Styling) -> String {
    let VersionDiff { old, new, changes } = compared;
    let mut out = String::new();
    if changes.is_empty() {
        return out;
    }
    for (sign, d, version, other) in
        [("---", old, &versions[0], new), ("+++", new, &versions[1], old)]
    {
        let described = describe_version(d, version, &other.item_identity());
        let line = format!("{sign} {}", sanitize_line(&described));
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
        if parts.iter().all(|part| part.change == ParagraphChange::Same) {
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
            push_marked_runs(old.body.text(), new.body.text(), &part.runs, paint, &mut out);
            if !part.runs.is_empty() {
                out.push('\n');
            }
        }
    }
    out
}

/// The name of a version: path, number if it is not the first of its input, label or id, time; then the warnings about
/// it, such as `[KILLED by …]`. That the `other` item supersedes it is not worth a warning beside it.
fn describe_version(d: &Dispatch, version: &Version, other: &str) -> String {
    let number = (version.index > 0).then(|| format!("dispatch {}", version.index));
    let called = d.label.clone().or_else(|| d.id.clone());
    let parts = std::iter::once(version.path.clone()).chain(number).chain(called);
    let parts = parts.chain(d.time.map(Stamp::to_rfc3339));
    let name = parts.collect::<Vec<_>>().join(", ");
    let mut status = version.status.clone();
    status.relations.superseded_by.take_if(|newer| newer == other);
    let warnings = status.warnings().into_iter().map(|warning| format!(" [{warning}]"));
    name + &warnings.collect::<String>()
}

/// The heading of a changed paragraph, with 1-based numbers: `¶3 changed, was ¶2`.
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

/// Adds the runs of two texts, with `[-…-]` around deleted and `{+…+}` around inserted words.
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

// Choosing the two dispatches.

/// The paths on the command line.
fn given_paths(sources: &LoadRequest) -> Vec<String> {
    let path = |source: &InputSource| match source {
        InputSource::Path(path) | InputSource::Stream(path) => path_text(path),
        InputSource::BuiltIn => "dateline:".to_owned(),
    };
    sources.sources.iter().map(path).collect()
}

/// The two dispatches to compare, the older first: those named by `--item`, the newest two of `--story`, or the only
/// two matches. The inner error is a message for the user.
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
            return Ok(Err("--item names one dispatch: give it twice, the older first".to_owned()));
        };
        let mut find = |name: &str| -> io::Result<Result<EntryId, String>> {
            let found = find_by_id(gathered, name, streams)?;
            Ok(found.ok_or_else(|| format!("--item: no dispatch here has the item or id `{name}`")))
        };
        let (old, new) = (find(old)?, find(new)?);
        return Ok(old.and_then(|old| Ok([old, new?])));
    }
    Ok(match *gathered.matches.as_slice() {
        [a, b] => {
            let rank = |id| path_rank(gathered.index.entry(id), paths);
            // In different inputs, the order on the command line decides; in the same one, the time.
            let first = rank(a).cmp(&rank(b)).then(gathered.index.compare(b, a));
            Ok(if first.is_le() { [a, b] } else { [b, a] })
        }
        ref matches => Err(format!(
            "diff compares two dispatches, but these inputs have {}; name two with --item, or a story with --story",
            matches.len()
        )),
    })
}

/// Index into `paths` of the one through which an entry was found: the longest that is a prefix of the entry's path.
fn path_rank(entry: Option<EntryRef<'_>>, paths: &[String]) -> usize {
    let own = entry.and_then(EntryRef::input).map(|input| input.display_path());
    let own = own.unwrap_or_default();
    let of = paths.iter().enumerate().filter(|(_, path)| own.starts_with(*path));
    of.max_by_key(|(_, path)| path.len()).map_or(usize::MAX, |(rank, _)| rank)
}

/// The dispatch with an `item` or `id`. The entries have only a hash of `item`; if none matches, dispatches are read in
/// full to compare their `id`.
fn find_by_id(
    gathered: &Gathered,
    name: &str,
    streams: &mut Streams<'_>,
) -> io::Result<Option<EntryId>> {
    let hash = u64::from_str_radix(name, 16).ok().filter(|_| name.len() == 16);
    let key = model::item_key(Some(name), None, 0);
    let is_it = |id: &&EntryId| {
        let item = gathered.index.entry(**id).map(EntryRef::item_key);
        item == Some(key) || (hash.is_some() && item == hash)
    };
    if let Some(id) = gathered.matches.iter().find(is_it) {
        return Ok(Some(*id));
    }
    let ids = find_matching(gathered, |d| d.id.as_deref() == Some(name), streams)?;
    Ok(ids.first().copied())
}

/// The matches for which `is_it` is true, in the order of the matches. Reads all of them in full.
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
        |full| Some(is_it(&full.dispatch)),
        |_, verdict| {
            verdicts.push(verdict);
            Ok(())
        },
    )?;
    let ids = gathered.matches.iter().zip(verdicts);
    Ok(ids.filter_map(|(&id, verdict)| verdict.then_some(id)).collect())
}

/// The newest full version of a story and the previous one, the older first. Alerts and notices are skipped.
fn newest_two(
    gathered: &Gathered,
    name: &str,
    streams: &mut Streams<'_>,
) -> io::Result<Result<[EntryId; 2], String>> {
    let mut versions = find_matching(gathered, |d| d.story_name() == name, streams)?;
    if versions.is_empty()
        && let Some(id) = find_by_id(gathered, name, streams)?
    {
        versions = gathered.index.versions(id);
    }
    if versions.is_empty() {
        return Ok(Err(format!("--story: no dispatch here belongs to a story `{name}`")));
    }
    let version = |id: &EntryId| {
        let entry = gathered.index.entry(*id)?;
        let (role, words) = (entry.role(), entry.words());
        Some(VersionInfo { role, words })
    };
    let infos: Vec<VersionInfo> = versions.iter().filter_map(version).collect();
    let newest = infos.iter().position(|version| version.is_full_story());
    let newest = newest.unwrap_or(0);
    let (at, earlier) = (infos.get(newest), infos.get(newest + 1..).unwrap_or(&[]));
    let older = at.and_then(|at| choose_base(*at, earlier));
    Ok(older.map(|older| [versions[newest + 1 + older], versions[newest]]).ok_or_else(|| {
        format!(
            "--story: `{name}` has only one version here: there is no earlier one to compare with"
        )
    }))
}
