//! A watch that begins after the load: what was loaded is known from the inputs of the desk.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::WatchState;
use super::ledger::{FileStat, FileState};
use super::made::limit_items;
use super::pairing::ReadItem;
use crate::desk::{FileTracker, Input, InputLocation, Snapshot, TrackedFile, WatchedInput};
use crate::text::hash;

impl WatchState {
    /// Takes over what was loaded without a watch.
    pub(super) fn adopt_loaded(&self, loaded: &Snapshot) {
        let mut files: HashMap<PathBuf, FileState> = HashMap::new();
        for segment in loaded.segments() {
            for entry in segment.entries() {
                let Some(input) = entry.input() else { continue };
                let Some(path) = outer_file(input) else {
                    continue;
                };
                if input
                    .watched
                    .get()
                    .is_some_and(|followed| followed.retained.is_some())
                {
                    continue;
                }
                let known = files
                    .entry(path.clone())
                    .or_insert_with(|| state_of_input(input, path));
                let (start, nth) = entry.position_in_input();
                known.count = known.count.saturating_add(1);
                let name = format!("{}\n{}", entry.headline(), entry.slug());
                known.items.push(ReadItem {
                    input: Arc::clone(input),
                    start,
                    nth,
                    item_id: entry.item_key(),
                    title_hash: hash(name.as_bytes()),
                    // Not known: no bytes have this hash but by chance.
                    bytes_hash: entry.item_key()
                        ^ start.rotate_left(32)
                        ^ u64::from(nth).rotate_left(17)
                        ^ !0,
                });
            }
        }
        for (path, mut known) in files {
            known.items.sort_by_key(|item| (item.start, item.nth));
            limit_items(&mut known.items);
            self.file_states.adopt(path, known);
        }
    }
}

/// The file that an input was read from; of something packed, the outer one.
fn outer_file(input: &Input) -> Option<PathBuf> {
    match &input.location {
        InputLocation::File(path) => Some(path.clone()),
        InputLocation::Memory(path, ..) if path.is_file() => Some(path.clone()),
        InputLocation::Memory(path, ..) => {
            let name = path.to_str()?;
            let mut outer = name
                .match_indices('!')
                .map(|(at, _)| Path::new(&name[..at]));
            outer.find(|path| path.is_file()).map(Path::to_owned)
        }
        InputLocation::BuiltIn(..) => None,
    }
}

fn state_of_input(input: &Arc<Input>, path: PathBuf) -> FileState {
    if !matches!(input.location, InputLocation::File(_)) {
        // Unpacked: nothing tells the file's own length and date when it was read.
        let stat = fs::metadata(&path).map(|about| FileStat::of(&about));
        let stat = stat.unwrap_or(FileStat::from_input(0, None));
        let mut known = FileState::new(stat);
        known.end = stat.length;
        return known;
    }
    let stat = FileStat::from_input(input.length, input.modified);
    let mut known = FileState::new(stat);
    known.trace = Arc::new(FileTracker::new(TrackedFile {
        path,
        length: input.length,
        modified: input.modified,
    }));
    let file = Arc::clone(&known.trace);
    let _ = input.watched.set(WatchedInput {
        file,
        retained: None,
    });
    known.format = Some(input.format);
    known.end = input.length;
    known
}
