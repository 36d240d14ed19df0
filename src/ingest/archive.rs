//! Unpacks compressed files and ZIP and tar archives in memory, within size limits. Nothing is written to disk.

use std::cell::Cell;
use std::ffi::OsString;
use std::io::{self, Cursor, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use zip::ZipArchive;
use zip::read::{ZipFile, read_zipfile_from_stream};
use zip::result::ZipError;

use crate::dispatch::{InputProblem, Severity, Stamp};
use crate::index::path_text;
use crate::ingest::compression::PackedFormat;
use crate::ingest::files::is_ignored_name;
use crate::ingest::load::Reader;
use crate::ingest::stream::{STREAM_LIMITS, StreamRead};
use crate::text::error_reason;

/// Bytes that tell the kind of what is packed.
const SNIFF_SIZE: u64 = 1024;

/// Bytes unpacked at once.
const UNPACK_STEP: usize = 128 << 10;

/// A reader that can go back.
pub(super) trait ReadSeek: Read + Seek {}

impl<T: Read + Seek> ReadSeek for T {}

/// What is to be unpacked.
pub(super) struct PackedInput<'b, 'a> {
    /// What it is called in records.
    pub(super) name: PathBuf,
    pub(super) kind: PackedFormat,
    pub(super) modified: Option<Stamp>,
    pub(super) budget: &'b UnpackBudget<'a>,
    /// It lies in another one.
    pub(super) nested: bool,
}

impl PackedInput<'_, '_> {
    /// The same for what lies in it under another name.
    fn member(&self, name: PathBuf, kind: PackedFormat, nested: bool) -> Self {
        Self {
            name,
            kind,
            modified: self.modified,
            budget: self.budget,
            nested,
        }
    }
}

impl Reader<'_> {
    /// Unpacks a file or what a stream has brought.
    pub(super) fn unpack_input(
        &mut self,
        name: PathBuf,
        kind: PackedFormat,
        modified: Option<Stamp>,
        length: u64,
        source: &mut dyn ReadSeek,
    ) {
        let shared = self.shared;
        let budget = UnpackBudget::new(length, &shared.unpacked);
        let packed = PackedInput {
            name,
            kind,
            modified,
            budget: &budget,
            nested: false,
        };
        self.unpack_by_format(&packed, source);
    }

    /// Unpacks what a stream has brought.
    pub(super) fn unpack_bytes(&mut self, name: PathBuf, bytes: &[u8]) {
        if let Some(kind) = PackedFormat::detect(bytes) {
            self.unpack_input(
                name,
                kind,
                None,
                bytes.len() as u64,
                &mut Cursor::new(bytes),
            );
        }
    }

    /// Reads what a file or a stream holds that is packed, from its first byte on.
    fn unpack_by_format(&mut self, packed: &PackedInput<'_, '_>, source: &mut dyn ReadSeek) {
        match packed.kind {
            PackedFormat::Zip => self.read_zip(packed, source),
            PackedFormat::Tar => self.read_tar(packed, &mut { source }),
            kind => self.read_content(packed, &mut *kind.decoder(&mut { source })),
        }
    }

    /// Reads one unpacked content: a text, or something packed again.
    pub(super) fn read_content(&mut self, packed: &PackedInput<'_, '_>, content: &mut dyn Read) {
        let mut content = BudgetedReader {
            content,
            budget: packed.budget,
        };
        let mut start = Vec::new();
        let mut failed = (&mut content)
            .take(SNIFF_SIZE)
            .read_to_end(&mut start)
            .err();
        if let Some(error) = failed.take_if(|_| start.is_empty()) {
            return self.report_unreadable(&packed.name, damage_message(packed.kind, &error));
        }
        if let Some(kind) = PackedFormat::detect(&start) {
            let whole = &mut Cursor::new(start).chain(content);
            let tarball = kind == PackedFormat::Tar && packed.kind.is_single_stream();
            if packed.nested && !tarball {
                let message = format!(
                    "{} data within what was packed twice before: not read",
                    kind.name()
                );
                return self.report_unreadable(&packed.name, message);
            }
            let inner = packed.member(packed.name.clone(), kind, packed.nested || !tarball);
            return match kind {
                PackedFormat::Tar => self.read_tar(&inner, whole),
                PackedFormat::Zip => {
                    let mut bytes = Vec::new();
                    if let Err(error) = whole.read_to_end(&mut bytes) {
                        self.report_unreadable(&packed.name, damage_message(packed.kind, &error));
                    }
                    self.read_zip(&inner, &mut Cursor::new(bytes));
                }
                kind => self.read_content(&inner, &mut *kind.decoder(whole)),
            };
        }
        let kind = packed.kind;
        self.read_stream_from(
            packed.name.clone(),
            packed.modified,
            &STREAM_LIMITS,
            |into, _| {
                if !start.is_empty() {
                    into.append(&mut start);
                    return Ok(StreamRead::Bytes(into.len()));
                }
                if let Some(error) = failed.take() {
                    return Err(io::Error::other(damage_message(kind, &error)));
                }
                let before = into.len();
                into.resize(before + UNPACK_STEP, 0);
                let read = content.read(&mut into[before..]);
                into.truncate(before + read.as_ref().map_or(0, |count| *count));
                match read {
                    Ok(0) => Ok(StreamRead::End),
                    Ok(count) => Ok(StreamRead::Bytes(count)),
                    Err(error) => Err(io::Error::other(damage_message(kind, &error))),
                }
            },
        );
    }
}

/// Why something packed cannot be read on.
fn damage_message(kind: PackedFormat, error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::UnexpectedEof => format!("the {} data breaks off", kind.name()),
        // What the budget says is a sentence by itself.
        io::ErrorKind::Other => error_reason(error),
        _ => format!("damaged {} data: {}", kind.name(), error_reason(error)),
    }
}

// The files of ZIP and tar archives, one after the other; a bad one does not hide the others.

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
        ZipError::Io(error) => format!("damaged ZIP data: {}", crate::text::error_reason(error)),
        other => format!("damaged ZIP data: {}", other.to_string().to_lowercase()),
    }
}

// How much may be unpacked: archives can be made to fill a memory.

/// Most bytes that one archive may unpack to, and all archives of a load together.
const MAX_ARCHIVE_BYTES: u64 = 1 << 30;

const MAX_TOTAL_BYTES: u64 = 2 << 30;

/// Most times its own size that an archive may unpack to, beyond [`RATIO_FREE_BYTES`] bytes: text shrinks to a tenth, rarely to a fiftieth.
const MAX_RATIO: u64 = 200;

const RATIO_FREE_BYTES: u64 = 32 << 20;

/// Most files of one archive.
const MAX_MEMBERS: u32 = 100_000;

/// What an archive may still unpack.
pub(super) struct UnpackBudget<'a> {
    left: Cell<u64>,
    members: Cell<u32>,
    /// The ratio bites, not the size.
    is_ratio_limit: bool,
    /// Bytes unpacked by the whole load.
    total: &'a AtomicU64,
}

impl<'a> UnpackBudget<'a> {
    /// For an archive of so many bytes.
    pub(super) fn new(packed: u64, all: &'a AtomicU64) -> Self {
        let by_ratio = packed.saturating_mul(MAX_RATIO).max(RATIO_FREE_BYTES);
        Self {
            left: Cell::new(by_ratio.min(MAX_ARCHIVE_BYTES)),
            members: Cell::new(MAX_MEMBERS),
            is_ratio_limit: by_ratio < MAX_ARCHIVE_BYTES,
            total: all,
        }
    }

    fn spend(&self, count: usize) -> io::Result<()> {
        let count = count as u64;
        let left = self.left.get().checked_sub(count);
        self.left.set(left.unwrap_or(0));
        let message = match left {
            None if self.is_ratio_limit => {
                "it unpacks to more than 200 times its size, as what is made to fill a memory does"
            }
            None => "it unpacks to more than 1 GiB",
            _ if self.total.fetch_add(count, Ordering::Relaxed) > MAX_TOTAL_BYTES => {
                "all archives together unpack to more than 2 GiB"
            }
            _ => return Ok(()),
        };
        Err(io::Error::other(message))
    }

    /// True where one more file may be read.
    pub(super) fn take_member(&self) -> bool {
        let left = self.members.get().checked_sub(1);
        self.members.set(left.unwrap_or(0));
        left.is_some()
    }

    /// True where nothing more may be read.
    pub(super) fn is_spent(&self) -> bool {
        self.left.get() == 0 || self.total.load(Ordering::Relaxed) > MAX_TOTAL_BYTES
    }
}

/// A reader whose bytes are counted.
pub(super) struct BudgetedReader<'b, 'a, R> {
    pub(super) content: R,
    pub(super) budget: &'b UnpackBudget<'a>,
}

impl<R: Read> Read for BudgetedReader<'_, '_, R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.budget.is_spent() {
            self.budget.spend(1)?;
        }
        let count = self.content.read(into)?;
        self.budget.spend(count)?;
        Ok(count)
    }
}
