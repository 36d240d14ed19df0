//! The files of ZIP and tar archives, one after the other; a bad one does not hide the others.

use std::ffi::OsString;
use std::io::{Read, SeekFrom};
use std::path::{Path, PathBuf};

use zip::ZipArchive;
use zip::read::{ZipFile, read_zipfile_from_stream};
use zip::result::ZipError;

use super::budget::BudgetedReader;
use super::{PackedInput, ReadSeek, damage_message};
use crate::desk::path_text;
use crate::dispatch::{InputProblem, Severity, Stamp};
use crate::load::reader::Reader;
use crate::load::walk::is_ignored_name;

impl Reader<'_> {
    /// Reads the files of a ZIP archive. Where its directory at the end is missing or damaged, those that stand whole at its
    /// start are read.
    pub(super) fn read_zip(&mut self, packed: &PackedInput<'_, '_>, mut source: &mut dyn ReadSeek) {
        let mut archive = match ZipArchive::new(&mut source) {
            Ok(archive) => archive,
            Err(error) => {
                let message = format!(
                    "a ZIP archive without a readable directory ({}): what its start holds was read",
                    zip_error_message(&error)
                );
                self.report_unreadable(&packed.name, message);
                return self.read_zip_sequentially(packed, source);
            }
        };
        if archive.is_empty() {
            return self.report_unreadable(&packed.name, "an empty ZIP archive");
        }
        let mut read = 0;
        for nth in 0..archive.len() {
            if !self.check_budget(packed) {
                return;
            }
            let name = archive.name_for_index(nth).and_then(Result::ok);
            let name = name.map(std::borrow::Cow::into_owned);
            match archive.by_index(nth) {
                Ok(file) => read += u32::from(self.read_zip_member(packed, file)),
                Err(error) => {
                    let name = member_path(&packed.name, name.unwrap_or_default().as_bytes());
                    self.report_unreadable(&name, zip_error_message(&error));
                    read += 1;
                }
            }
        }
        if read == 0 {
            self.report_unreadable(&packed.name, "a ZIP archive that holds no file");
        }
    }

    fn read_zip_sequentially(&mut self, packed: &PackedInput<'_, '_>, source: &mut dyn ReadSeek) {
        if source.seek(SeekFrom::Start(0)).is_err() {
            return;
        }
        let mut source: &mut dyn Read = &mut { source };
        while self.check_budget(packed) {
            match read_zipfile_from_stream(&mut source) {
                Ok(Some(file)) => drop(self.read_zip_member(packed, file)),
                Ok(None) | Err(_) => return,
            }
        }
    }

    /// Reads one file of a ZIP archive; true where it is one, read or not.
    fn read_zip_member<R: Read>(
        &mut self,
        packed: &PackedInput<'_, '_>,
        mut file: ZipFile<'_, R>,
    ) -> bool {
        let name = member_path(&packed.name, file.name_raw());
        if file.is_dir() {
            return false;
        }
        if file.is_symlink() {
            self.report_not_followed(&name, "a link: not followed");
            return true;
        }
        if self.skip_if_ignored(file.name_raw()) {
            return true;
        }
        let dated = file.last_modified().and_then(|at| {
            let text = format!(
                "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z",
                at.year(),
                at.month(),
                at.day(),
                at.hour(),
                at.minute(),
                at.second()
            );
            Stamp::parse(&text)
        });
        let mut inner = packed.member(name, packed.kind, packed.nested);
        inner.modified = dated.or(packed.modified);
        self.read_content(&inner, &mut file);
        true
    }

    /// Reads the files of a tar archive.
    pub(super) fn read_tar(&mut self, packed: &PackedInput<'_, '_>, source: &mut dyn Read) {
        let counted = BudgetedReader {
            content: source,
            budget: packed.budget,
        };
        let mut archive = tar::Archive::new(counted);
        let entries = match archive.entries() {
            Ok(entries) => entries,
            Err(error) => {
                return self.report_unreadable(&packed.name, damage_message(packed.kind, &error));
            }
        };
        let mut read = 0;
        for entry in entries {
            let mut entry = match entry {
                Ok(entry) => entry,
                Err(error) => {
                    let message = format!(
                        "{}: the rest of it was not read",
                        damage_message(packed.kind, &error)
                    );
                    return self.report_unreadable(&packed.name, message);
                }
            };
            if !self.check_budget(packed) {
                return;
            }
            let path = entry.path_bytes().into_owned();
            let name = member_path(&packed.name, &path);
            let kind = entry.header().entry_type();
            if kind.is_symlink() || kind.is_hard_link() {
                self.report_not_followed(&name, "a link: not followed");
            } else if kind.is_file() && !self.skip_if_ignored(&path) {
                let mut inner = packed.member(name, packed.kind, packed.nested);
                let seconds = entry
                    .header()
                    .mtime()
                    .ok()
                    .and_then(|at| i64::try_from(at).ok());
                inner.modified = seconds
                    .filter(|&at| at > 0)
                    .map(Stamp::from_seconds)
                    .or(packed.modified);
                self.read_content(&inner, &mut entry);
            } else if kind.is_dir() {
                continue;
            }
            read += 1;
        }
        if read == 0 {
            self.report_unreadable(&packed.name, "a tar archive that holds no file");
        }
    }

    /// False where an archive has used up what it may unpack; said once.
    fn check_budget(&self, packed: &PackedInput<'_, '_>) -> bool {
        let message = if packed.budget.is_spent() {
            "unpacks to more than may be held: the rest of it was not read"
        } else if !packed.budget.take_member() {
            "holds more than 100,000 files: the rest of them was not read"
        } else {
            return true;
        };
        self.report_unreadable(&packed.name, message);
        false
    }

    /// True for files that folders leave out too; they are counted.
    fn skip_if_ignored(&self, path: &[u8]) -> bool {
        let mut parts = path.split(|&b| b == b'/');
        let last = parts.next_back().unwrap_or(path);
        let hidden = parts.any(|part| part.starts_with(b".") && part != b"." && part != b"..");
        let out = hidden || is_ignored_name(last) || path.starts_with(b"__MACOSX/");
        if out {
            self.count_skipped(1);
        }
        out
    }

    fn report_not_followed(&self, name: &Path, message: &str) {
        let mut problem = InputProblem::unreadable(path_text(name), message);
        problem.problem.severity = Severity::Note;
        self.report_problem(problem);
    }
}

/// `a.zip!b.txt`: only a name, never a path that is opened.
fn member_path(archive: &Path, member: &[u8]) -> PathBuf {
    let mut name: OsString = archive.as_os_str().to_owned();
    name.push("!");
    name.push(std::os::unix::ffi::OsStrExt::from_bytes(member) as &std::ffi::OsStr);
    name.into()
}

/// An error of an archive as the end of a sentence.
fn zip_error_message(error: &ZipError) -> String {
    match error {
        ZipError::UnsupportedArchive(what) if what.to_ascii_lowercase().contains("password") => {
            "encrypted: it cannot be read without its password".to_owned()
        }
        ZipError::InvalidPassword => "encrypted: it cannot be read without its password".to_owned(),
        ZipError::CompressionMethodNotSupported(method) => {
            format!("packed by a method that is not read (number {method})")
        }
        ZipError::UnsupportedArchive(what) => {
            format!("packed in a way that is not read: {}", what.to_lowercase())
        }
        ZipError::Io(error) => format!("damaged ZIP data: {}", crate::load::error_reason(error)),
        other => format!("damaged ZIP data: {}", other.to_string().to_lowercase()),
    }
}
