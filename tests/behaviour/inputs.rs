//! The inputs of all runs: fixtures and the wire of `assets`, copied with one fixed date.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use crate::support::Folder;

/// The date of every file, where a dispatch has none of its own: 19 November 2026, noon.
const DATE: Duration = Duration::from_hours(498_636);

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The files of a folder, sorted, without what is expected of them.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("a folder of inputs");
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.expect("a file").path()).collect();
    files.retain(|path| !path.to_string_lossy().ends_with(".records.json"));
    files.sort();
    files
}

/// The names of all folders of fixtures.
pub(crate) fn fixtures() -> Vec<String> {
    let folders = files(&root().join("tests/fixtures"));
    let names = folders.iter().filter_map(|path| path.file_name());
    names.map(|n| n.to_string_lossy().into_owned()).collect()
}

/// All files of fixtures, as `rss/chain.xml`.
pub(crate) fn all_files() -> Vec<String> {
    let of = |name: String| {
        let files = files(&root().join("tests/fixtures").join(&name));
        files.into_iter().map(move |path| {
            let file = path.file_name().unwrap_or_default().to_string_lossy();
            format!("{name}/{file}")
        })
    };
    fixtures().into_iter().flat_map(of).collect()
}

/// Gives a file the one date.
pub(crate) fn date(path: &Path) {
    let file = File::options().write(true).open(path);
    let dated = file.and_then(|file| file.set_modified(SystemTime::UNIX_EPOCH + DATE));
    dated.expect("a date for an input");
}

/// Puts a file into the folder of a test, with the one date.
pub(crate) fn put(folder: &Folder, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
    let path = folder.put(name, bytes);
    date(&path);
    path
}

/// Copies a folder of fixtures, or `wire`, into the folder of a test.
pub(crate) fn copy(folder: &Folder, name: &str) {
    let from = match name {
        "wire" => root().join("assets/wire"),
        name => root().join("tests/fixtures").join(name),
    };
    for path in files(&from) {
        let file = path.file_name().unwrap_or_default().to_string_lossy();
        let bytes = fs::read(&path).expect("an input");
        put(folder, &format!("{name}/{file}"), bytes);
    }
}

/// A folder with all of them.
pub(crate) fn everything() -> Folder {
    let folder = Folder::new();
    for name in fixtures() {
        copy(&folder, &name);
    }
    copy(&folder, "wire");
    folder
}
