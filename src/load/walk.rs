//! Walks directories for files worth reading, the last names first: on a wire the newest files are named last.

use std::fs::{self, DirEntry, FileType};
use std::path::{Path, PathBuf};

use super::error_reason;
use crate::desk::path_text;
use crate::dispatch::{InputProblem, Severity};

/// Deepest folder that is entered.
const DEPTH_LIMIT: usize = 64;
/// Files handed on at once; the first few at once, so that a first screen can stand.
const FIRST_BATCH: usize = 32;
const BATCH: usize = 256;

/// What a walk found.
pub(super) enum WalkEvent<'p> {
    /// Regular files, in the order in which they should be read.
    Files(Vec<PathBuf>),
    /// So many files that rules leave out: hidden or temporary.
    Skipped(usize),
    /// A folder, before it is looked into.
    Folder(&'p Path),
    Problem(InputProblem),
}

/// Hidden files and those that a writer has not finished: `.x`, `x~`, `x.tmp`, `x.part`.
pub(super) fn is_ignored_name(name: &[u8]) -> bool {
    name.starts_with(b".")
        || [&b"~"[..], b".tmp", b".part"]
            .iter()
            .any(|end| name.ends_with(end))
}

/// Walks a folder, telling what it finds as it goes. Links to folders are not followed.
pub(super) fn walk(root: &Path, tell: &mut dyn FnMut(WalkEvent<'_>)) {
    let mut walk = Walker {
        batch: Vec::new(),
        files_sent: 0,
        report: tell,
    };
    walk.visit_folder(root, 0);
    walk.flush();
}

struct Walker<'a> {
    batch: Vec<PathBuf>,
    files_sent: usize,
    report: &'a mut dyn FnMut(WalkEvent<'_>),
}

impl Walker<'_> {
    fn visit_folder(&mut self, folder: &Path, depth: usize) {
        if depth > DEPTH_LIMIT {
            self.report_problem(
                folder,
                "nested too deep: folders below this one were not entered",
            );
            return;
        }
        (self.report)(WalkEvent::Folder(folder));
        let listing = match fs::read_dir(folder) {
            Ok(listing) => listing,
            Err(error) => {
                return self.report_problem(
                    folder,
                    &format!("the folder cannot be opened: {}", error_reason(&error)),
                );
            }
        };
        let mut entries = Vec::new();
        let mut skipped = 0;
        for entry in listing {
            match entry {
                Ok(entry) if is_ignored_name(entry.file_name().as_encoded_bytes()) => skipped += 1,
                Ok(entry) => match entry.file_type() {
                    Ok(kind) => entries.push((entry, kind)),
                    Err(error) => self.report_problem(
                        &entry.path(),
                        &format!("cannot be looked at: {}", error_reason(&error)),
                    ),
                },
                Err(error) => self.report_problem(
                    folder,
                    &format!(
                        "the folder cannot be read to its end: {}",
                        error_reason(&error)
                    ),
                ),
            }
        }
        if skipped > 0 {
            (self.report)(WalkEvent::Skipped(skipped));
        }
        entries.sort_by_cached_key(|(entry, _)| std::cmp::Reverse(entry.file_name()));
        for (entry, kind) in entries {
            self.visit_entry(&entry, kind, depth);
        }
    }

    fn visit_entry(&mut self, entry: &DirEntry, kind: FileType, depth: usize) {
        let path = entry.path();
        if kind.is_dir() {
            return self.visit_folder(&path, depth + 1);
        }
        if kind.is_symlink() {
            match fs::metadata(&path) {
                Ok(target) if target.is_dir() => {
                    return self.report_note(&path, "a link to a folder: not followed");
                }
                Ok(target) if target.is_file() => {}
                Ok(_) => return self.report_problem(&path, "not a regular file"),
                Err(error) => {
                    return self.report_problem(
                        &path,
                        &format!("cannot be opened: {}", error_reason(&error)),
                    );
                }
            }
        } else if !kind.is_file() {
            return self.report_problem(&path, "not a regular file");
        }
        self.batch.push(path);
        let limit = if self.files_sent == 0 {
            FIRST_BATCH
        } else {
            BATCH
        };
        if self.batch.len() >= limit {
            self.flush();
        }
    }

    fn flush(&mut self) {
        if !self.batch.is_empty() {
            self.files_sent += self.batch.len();
            (self.report)(WalkEvent::Files(std::mem::take(&mut self.batch)));
        }
    }

    fn report_problem(&mut self, path: &Path, message: &str) {
        (self.report)(WalkEvent::Problem(InputProblem::unreadable(
            path_text(path),
            message,
        )));
    }

    fn report_note(&mut self, path: &Path, message: &str) {
        let mut found = InputProblem::unreadable(path_text(path), message);
        found.problem.severity = Severity::Note;
        (self.report)(WalkEvent::Problem(found));
    }
}
