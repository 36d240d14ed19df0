//! Unpacks compressed files and ZIP and tar archives in memory, within size limits. Never writes to disk.

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
use crate::ingest::office::is_office_package;
use crate::ingest::stream::{STREAM_LIMITS, StreamRead};
use crate::text::error_reason;

/// Bytes read to detect the format of packed data. tar has the last magic: bytes 257 to 261.
const SNIFF_SIZE: u64 = 1024;

/// Bytes unpacked per read.
const UNPACK_STEP: usize = 128 << 10;

/// A seekable reader, as a trait object. ZIP keeps its directory at the end of the file.
pub(super) trait ReadSeek: Read + Seek {}

impl<T: Read + Seek> ReadSeek for T {}

/// A compressed file or archive, or a member of one, to be unpacked.
pub(super) struct PackedInput<'b, 'a> {
    /// The path in records: `a.zip`, or `a.zip!b.txt` for a member.
    pub(super) name: PathBuf,
    pub(super) kind: PackedFormat,
    /// The date of the archive, or the member's own.
    pub(super) modified: Option<Stamp>,
    pub(super) budget: &'b UnpackBudget<'a>,
    /// True if this is packed inside other packed data. Anything packed inside it is not read.
    pub(super) nested: bool,
}

impl PackedInput<'_, '_> {
    /// A member under its own name, sharing the date and the budget of the archive.
    fn member(&self, name: PathBuf, kind: PackedFormat, nested: bool) -> Self {
        Self { name, kind, modified: self.modified, budget: self.budget, nested }
    }
}

impl Reader<'_> {
    /// Unpacks an input from its first byte on. `length` is its packed length in bytes, from which the budget is made.
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
        let packed = PackedInput { name, kind, modified, budget: &budget, nested: false };
        self.unpack_by_format(&packed, source);
    }

    /// Unpacks the bytes of a stream, if they are packed.
    pub(super) fn unpack_bytes(&mut self, name: PathBuf, bytes: &[u8]) {
        if let Some(kind) = PackedFormat::detect(bytes) {
            self.unpack_input(name, kind, None, bytes.len() as u64, &mut Cursor::new(bytes));
        }
    }

    /// `source` must be at the first byte of the packed data.
    fn unpack_by_format(&mut self, packed: &PackedInput<'_, '_>, source: &mut dyn ReadSeek) {
        match packed.kind {
            PackedFormat::Zip => self.read_zip(packed, source),
            PackedFormat::Rtf => self.read_rtf(packed, &mut { source }),
            PackedFormat::Tar => self.read_tar(packed, &mut { source }),
            kind => self.read_content(packed, &mut *kind.decoder(&mut { source })),
        }
    }

    /// Reads one decompressed content: text, which is scanned like a stream, or packed data again.
    ///
    /// Two levels of packing are read (`a.zip!b.txt.gz`). A compressed tarball counts as one: `a.tar.gz`. Office files
    /// count as text: nothing inside them is unpacked further.
    pub(super) fn read_content(&mut self, packed: &PackedInput<'_, '_>, content: &mut dyn Read) {
        let mut content = BudgetedReader { content, budget: packed.budget };
        let mut start = Vec::new();
        let mut failed = (&mut content).take(SNIFF_SIZE).read_to_end(&mut start).err();
        if let Some(error) = failed.take_if(|_| start.is_empty()) {
            return self.report_unreadable(&packed.name, damage_message(packed.kind, &error));
        }
        if let Some(kind) = PackedFormat::detect(&start) {
            let unpacked = &mut Cursor::new(start).chain(content);
            let tarball = kind == PackedFormat::Tar && packed.kind.is_single_stream();
            if packed.nested && !tarball && !matches!(kind, PackedFormat::Zip | PackedFormat::Rtf) {
                return self.report_too_deep(&packed.name, kind);
            }
            let inner = packed.member(packed.name.clone(), kind, packed.nested || !tarball);
            return match kind {
                PackedFormat::Tar => self.read_tar(&inner, unpacked),
                PackedFormat::Rtf => self.read_rtf(&inner, unpacked),
                PackedFormat::Zip => {
                    // ZIP is read from its end, so it must be complete in memory.
                    let mut bytes = Vec::new();
                    if let Err(error) = unpacked.read_to_end(&mut bytes) {
                        self.report_unreadable(&packed.name, damage_message(packed.kind, &error));
                    }
                    if packed.nested && !is_office_package(&bytes) {
                        return self.report_too_deep(&packed.name, kind);
                    }
                    self.read_zip(&inner, &mut Cursor::new(bytes));
                }
                kind => self.read_content(&inner, &mut *kind.decoder(unpacked)),
            };
        }
        let kind = packed.kind;
        self.read_stream_from(packed.name.clone(), packed.modified, &STREAM_LIMITS, |into, _| {
            if !start.is_empty() {
                into.append(&mut start);
                return Ok(StreamRead::Bytes(into.len()));
            }
            // An error after the sniffed bytes is reported once those have been scanned.
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
        });
    }
}

impl Reader<'_> {
    fn report_too_deep(&self, name: &Path, kind: PackedFormat) {
        let message = format!("{} data nested too deeply: not read", kind.name());
        self.report_unreadable(name, message);
    }
}

/// Why packed data cannot be read further, as the end of a sentence.
pub(super) fn damage_message(kind: PackedFormat, error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::UnexpectedEof => format!("the {} data is cut off", kind.name()),
        // Our own errors (budget, trailing data) are clear as they are.
        io::ErrorKind::Other => error_reason(error),
        _ => format!("damaged {} data: {}", kind.name(), error_reason(error)),
    }
}

// Members of ZIP and tar archives. A damaged member is reported and does not hide the others.

impl Reader<'_> {
    /// Reads the members of a ZIP archive. If the central directory at its end is missing or damaged, reads as many
    /// members as possible from the start.
    pub(super) fn read_zip(&mut self, packed: &PackedInput<'_, '_>, mut source: &mut dyn ReadSeek) {
        let mut archive = match ZipArchive::new(&mut source) {
            Ok(archive) => archive,
            Err(error) => {
                if source.seek(SeekFrom::Start(0)).is_ok()
                    && self.read_cut_package(packed, &mut { &mut *source })
                {
                    return;
                }
                let message = format!(
                    "a ZIP archive without a readable directory ({}): read from its start as far as possible",
                    zip_error_message(&error)
                );
                self.report_unreadable(&packed.name, message);
                return self.read_zip_sequentially(packed, source);
            }
        };
        if archive.is_empty() {
            return self.report_unreadable(&packed.name, "an empty ZIP archive");
        }
        if self.read_package(packed, &mut archive) {
            return;
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
            self.report_unreadable(&packed.name, "a ZIP archive without files");
        }
    }

    /// Reads members by their local headers, from the start of the archive to the first that is damaged.
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

    /// Reads a member. Returns false for folders, which do not count as files of the archive.
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
        // ZIP dates have no time zone; they are taken as UTC.
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

    /// Reads the members of a tar archive. After a damaged header nothing more can be found, so the rest is skipped.
    pub(super) fn read_tar(&mut self, packed: &PackedInput<'_, '_>, source: &mut dyn Read) {
        let counted = BudgetedReader { content: source, budget: packed.budget };
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
                    let message =
                        format!("{}: the rest was not read", damage_message(packed.kind, &error));
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
                let seconds = entry.header().mtime().ok().and_then(|at| i64::try_from(at).ok());
                inner.modified =
                    seconds.filter(|&at| at > 0).map(Stamp::from_seconds).or(packed.modified);
                self.read_content(&inner, &mut entry);
            } else if kind.is_dir() {
                continue;
            }
            read += 1;
        }
        if read == 0 {
            self.report_unreadable(&packed.name, "a tar archive without files");
        }
    }

    /// Takes one member from the budget. Returns false, and reports why, if the archive must not be read further.
    pub(super) fn check_budget(&self, packed: &PackedInput<'_, '_>) -> bool {
        let message = if packed.budget.is_spent() {
            "unpacks to more than the limit: the rest was not read"
        } else if !packed.budget.take_member() {
            "holds more than 100,000 files: the rest were not read"
        } else {
            return true;
        };
        self.report_unreadable(&packed.name, message);
        false
    }

    /// True for hidden and temporary files, by the rules for folders. Counts them as skipped.
    fn skip_if_ignored(&self, path: &[u8]) -> bool {
        let mut parts = path.split(|&b| b == b'/');
        let last = parts.next_back().unwrap_or(path);
        let hidden = parts.any(|part| part.starts_with(b".") && part != b"." && part != b"..");
        // Finder adds a folder of resource forks to ZIP files.
        let skip = hidden || is_ignored_name(last) || path.starts_with(b"__MACOSX/");
        if skip {
            self.count_skipped(1);
        }
        skip
    }

    fn report_not_followed(&self, name: &Path, message: &str) {
        let mut problem = InputProblem::unreadable(path_text(name), message);
        problem.problem.severity = Severity::Note;
        self.report_problem(problem);
    }
}

/// The name of a member in records: `a.zip!b.txt`. Never opened, so `..` in a member's name does no harm.
fn member_path(archive: &Path, member: &[u8]) -> PathBuf {
    let mut name: OsString = archive.as_os_str().to_owned();
    name.push("!");
    name.push(std::os::unix::ffi::OsStrExt::from_bytes(member) as &std::ffi::OsStr);
    name.into()
}

/// An error of a ZIP archive as the end of a sentence.
pub(super) fn zip_error_message(error: &ZipError) -> String {
    match error {
        ZipError::UnsupportedArchive(what) if what.to_ascii_lowercase().contains("password") => {
            "encrypted: it cannot be read without its password".to_owned()
        }
        ZipError::InvalidPassword => "encrypted: it cannot be read without its password".to_owned(),
        ZipError::CompressionMethodNotSupported(method) => {
            format!("compressed by an unsupported method (number {method})")
        }
        ZipError::UnsupportedArchive(what) => {
            format!("an unsupported archive: {}", what.to_lowercase())
        }
        ZipError::Io(error) => format!("damaged ZIP data: {}", crate::text::error_reason(error)),
        other => format!("damaged ZIP data: {}", other.to_string().to_lowercase()),
    }
}

// Limits on unpacking, against zip bombs: small archives made to exhaust memory.

/// Most bytes that one archive may unpack to. Unpacked text is kept in memory.
const MAX_ARCHIVE_BYTES: u64 = 1 << 30;

/// Most bytes that all archives of a load may unpack to together.
const MAX_TOTAL_BYTES: u64 = 2 << 30;

/// Largest allowed ratio of unpacked to packed bytes. Text compresses to about a tenth, rarely to a fiftieth.
const MAX_RATIO: u64 = 200;

/// Bytes that any archive may unpack to, whatever the ratio: small archives of repetitive text are harmless.
const RATIO_FREE_BYTES: u64 = 32 << 20;

/// Most members of one archive, folders included. Empty members cost time but no bytes of the budget.
const MAX_MEMBERS: u32 = 100_000;

/// How much an archive may still unpack. Shared by everything nested inside it.
pub(super) struct UnpackBudget<'a> {
    /// Bytes.
    left: Cell<u64>,
    members: Cell<u32>,
    /// True if the limit comes from [`MAX_RATIO`], not from [`MAX_ARCHIVE_BYTES`]. Decides the message.
    is_ratio_limit: bool,
    /// Bytes unpacked by the whole load so far, checked against [`MAX_TOTAL_BYTES`].
    total: &'a AtomicU64,
}

impl<'a> UnpackBudget<'a> {
    /// `packed`: the size of the archive in bytes. `total`: bytes unpacked by the whole load.
    pub(super) fn new(packed: u64, total: &'a AtomicU64) -> Self {
        let by_ratio = packed.saturating_mul(MAX_RATIO).max(RATIO_FREE_BYTES);
        Self {
            left: Cell::new(by_ratio.min(MAX_ARCHIVE_BYTES)),
            members: Cell::new(MAX_MEMBERS),
            is_ratio_limit: by_ratio < MAX_ARCHIVE_BYTES,
            total,
        }
    }

    /// Counts unpacked bytes.
    ///
    /// # Errors
    /// If a limit is exceeded. The text of the error is for the user.
    fn spend(&self, count: usize) -> io::Result<()> {
        let count = count as u64;
        let left = self.left.get().checked_sub(count);
        self.left.set(left.unwrap_or(0));
        let message = match left {
            None if self.is_ratio_limit => {
                "it unpacks to more than 200 times its size, as a zip bomb does"
            }
            None => "it unpacks to more than 1 GiB",
            _ if self.total.fetch_add(count, Ordering::Relaxed) > MAX_TOTAL_BYTES => {
                "all archives together unpack to more than 2 GiB"
            }
            _ => return Ok(()),
        };
        Err(io::Error::other(message))
    }

    /// Counts a member; false if there were too many.
    pub(super) fn take_member(&self) -> bool {
        let left = self.members.get().checked_sub(1);
        self.members.set(left.unwrap_or(0));
        left.is_some()
    }

    /// True if nothing more may be unpacked.
    pub(super) fn is_spent(&self) -> bool {
        self.left.get() == 0 || self.total.load(Ordering::Relaxed) > MAX_TOTAL_BYTES
    }
}

/// A reader that counts its bytes against a budget and fails once that is spent.
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
