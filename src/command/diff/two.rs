//! Which two dispatches are compared: the only two, two that are named, or the newest two of a story.

use std::io;

use crate::changes::{VersionInfo, choose_base};
use crate::cli::DiffArgs;
use crate::command::Streams;
use crate::command::gather::{Gathered, print_each};
use crate::desk::{EntryId, EntryRef, path_text};
use crate::dispatch::{Dispatch, head};
use crate::load::{InputSource, LoadRequest};

/// The paths as they were given.
pub(super) fn given_paths(sources: &LoadRequest) -> Vec<String> {
    let path = |source: &InputSource| match source {
        InputSource::Path(path) | InputSource::Stream(path) => path_text(path),
        InputSource::BuiltIn => "dateline:".to_owned(),
    };
    sources.sources.iter().map(path).collect()
}

/// The two to compare, the older first, or why there are none.
pub(super) fn choose_two(
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
    let key = head::item_key(Some(name), None, 0);
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
