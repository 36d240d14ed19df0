//! Reads office files: takes the parts with text out of a package, and scans what they are converted to. An office file
//! is one input, or one for each of its sheets, never one for each of its parts.

use std::borrow::Cow;
use std::io::{Cursor, Read, Seek};
use std::path::PathBuf;
use std::sync::Arc;

use zip::ZipArchive;
use zip::read::read_zipfile_from_stream;

use crate::dispatch::{Problem, Severity};
use crate::format::{self, Converted, PackageFormat, Parts, convert_package, convert_rtf};
use crate::ingest::archive::{BudgetedReader, PackedInput, damage_message, zip_error_message};
use crate::ingest::compression::PackedFormat;
use crate::ingest::load::Reader;
use crate::text::error_reason;

/// Longest RTF file that is read, in bytes. Most of a long one is pictures.
const MAX_RTF: u64 = 256 << 20;

/// Beginnings of the names of files in packages.
const PACKAGE_FILES: [&[u8]; 8] = [
    b"[Content_Types].xml",
    b"_rels/",
    b"docProps/",
    b"word/",
    b"xl/",
    b"mimetype",
    b"content.xml",
    b"META-INF/",
];

/// Converts the bytes of an office file; `None` if they are none of a known one.
#[must_use]
pub fn convert_office_file(bytes: &[u8]) -> Option<Converted> {
    match PackedFormat::detect(bytes)? {
        PackedFormat::Rtf => Some(convert_rtf(bytes)),
        PackedFormat::Zip => {
            let mut archive = ZipArchive::new(Cursor::new(bytes)).ok()?;
            let format = package_format(&archive)?;
            let mut parts = Parts::default();
            for nth in 0..archive.len() {
                let Ok(mut file) = archive.by_index(nth) else {
                    continue;
                };
                let name = String::from_utf8_lossy(file.name_raw()).into_owned();
                if format.needs(&name) {
                    let mut part = Vec::new();
                    let _ = (&mut file).take(MAX_RTF).read_to_end(&mut part);
                    parts.0.push((name, part));
                }
            }
            Some(convert_package(format, &parts))
        }
        _ => None,
    }
}

/// The office format of an archive; `None` for any other archive.
fn package_format<R: Read + Seek>(archive: &ZipArchive<R>) -> Option<PackageFormat> {
    let names: Vec<_> = archive.file_names().filter_map(Result::ok).collect();
    PackageFormat::of_names(names.iter().map(|name| &**name))
}

/// True if a complete ZIP archive is an office file.
pub(super) fn is_office_package(bytes: &[u8]) -> bool {
    let archive = ZipArchive::new(Cursor::new(bytes));
    archive.is_ok_and(|archive| package_format(&archive).is_some())
}

impl Reader<'_> {
    /// Reads an archive if it is an office file. Returns false, and reads nothing, if it is any other.
    pub(super) fn read_package<R: Read + Seek>(
        &mut self,
        packed: &PackedInput<'_, '_>,
        archive: &mut ZipArchive<R>,
    ) -> bool {
        let Some(format) = package_format(archive) else {
            return false;
        };
        let mut parts = Parts::default();
        let mut damage = Vec::new();
        for nth in 0..archive.len() {
            let name = archive.name_for_index(nth).and_then(Result::ok);
            let Some(name) = name.filter(|name| format.needs(name)).map(Cow::into_owned) else {
                continue;
            };
            if !self.check_budget(packed) {
                return true;
            }
            let mut part = Vec::new();
            let error = match archive.by_index(nth) {
                Ok(file) => {
                    let mut content = BudgetedReader { content: file, budget: packed.budget };
                    content
                        .read_to_end(&mut part)
                        .err()
                        .map(|error| damage_message(packed.kind, &error))
                }
                Err(error) => Some(zip_error_message(&error)),
            };
            if let Some(error) = error {
                damage.push(Problem::new(Severity::Unreadable, name.clone(), error));
            }
            if packed.budget.is_spent() {
                parts = Parts::default();
                break;
            }
            parts.0.push((name, part));
        }
        let mut converted = convert_package(format, &parts);
        converted.problems.splice(0..0, damage);
        let original = self.original_text(&parts, &mut converted);
        self.scan_converted(packed, converted, original);
        true
    }

    /// The text of the parts of an office file if it is measured. If not, adds a problem if little of it was converted.
    fn original_text(&self, parts: &Parts, converted: &mut Converted) -> Option<String> {
        if self.shared.measured.is_some() {
            return Some(format::package_text(parts));
        }
        converted.problems.extend(format::conversion_problem(parts, &converted.texts));
        None
    }

    /// Reads the parts of an office file whose directory, at its end, is missing: it was cut off. Returns false, and reads
    /// nothing, if it is none.
    pub(super) fn read_cut_package(
        &mut self,
        packed: &PackedInput<'_, '_>,
        source: &mut dyn Read,
    ) -> bool {
        // The name of the first file follows its header of 30 bytes.
        let mut start = Vec::new();
        if source.take(64).read_to_end(&mut start).is_err() {
            return false;
        }
        let name = start.get(30..).unwrap_or_default();
        if !PACKAGE_FILES.iter().any(|file| name.starts_with(file)) {
            return false;
        }
        let mut source: &mut dyn Read = &mut Cursor::new(start).chain(source);
        let (mut names, mut parts) = (Vec::new(), Parts::default());
        while self.check_budget(packed) {
            let Ok(Some(mut file)) = read_zipfile_from_stream(&mut source) else {
                break;
            };
            let name = String::from_utf8_lossy(file.name_raw()).into_owned();
            let is_needed = [PackageFormat::Docx, PackageFormat::Xlsx, PackageFormat::Odt];
            if is_needed.iter().any(|format| format.needs(&name)) {
                let mut part = Vec::new();
                let mut content = BudgetedReader { content: &mut file, budget: packed.budget };
                // What there is of a part is read.
                let _ = content.read_to_end(&mut part);
                parts.0.push((name.clone(), part));
            }
            names.push(name);
        }
        let Some(format) = PackageFormat::of_names(names.iter().map(String::as_str)) else {
            let message = format!(
                "an office file that is cut off before its text: copy it again, or save it anew ({})",
                packed.kind.name()
            );
            self.report_unreadable(&packed.name, message);
            return true;
        };
        let mut converted = convert_package(format, &parts);
        let message = "the office file is cut off: shown as far as it could be read";
        converted.problems.insert(0, Problem::new(Severity::Unreadable, "", message));
        let original = self.original_text(&parts, &mut converted);
        self.scan_converted(packed, converted, original);
        true
    }

    /// Reads an RTF file.
    pub(super) fn read_rtf(&mut self, packed: &PackedInput<'_, '_>, source: &mut dyn Read) {
        let mut bytes = Vec::new();
        if let Err(error) = source.take(MAX_RTF + 1).read_to_end(&mut bytes) {
            let message = format!("cannot be read to its end: {}", error_reason(&error));
            self.report_unreadable(&packed.name, message);
        }
        if bytes.len() as u64 > MAX_RTF {
            let message = "an RTF file longer than 256 MiB: not read; save it without its pictures";
            return self.report_unreadable(&packed.name, message);
        }
        let original = self.shared.measured.map(|_| format::rtf_text(&bytes));
        self.scan_converted(packed, convert_rtf(&bytes), original);
    }

    /// Reports the problems of a conversion, and scans its texts. `original` is the text before it, if it is measured:
    /// that of several sheets is compared with what they were converted to.
    fn scan_converted(
        &mut self,
        packed: &PackedInput<'_, '_>,
        converted: Converted,
        original: Option<String>,
    ) {
        self.original = original.filter(|_| converted.texts.len() == 1);
        for problem in converted.problems {
            self.report_input_problem(&packed.name, problem);
        }
        for text in converted.texts {
            let mut path = packed.name.clone();
            if !text.name.is_empty() {
                path = sheet_path(path, &text.name);
            }
            let bytes: Arc<[u8]> = text.text.into_bytes().into();
            match format::detect_as(self.request(), &bytes) {
                Ok(format) => {
                    let input = self.memory_input((&path, 0), format, &bytes, packed.modified);
                    self.scan_input(&input, &bytes);
                }
                Err(problem) => self.report_input_problem(&path, problem),
            }
        }
    }
}

/// The path of a sheet in records: `table.xlsx!Sheet 1`.
fn sheet_path(file: PathBuf, sheet: &str) -> PathBuf {
    let mut path = file.into_os_string();
    path.push("!");
    path.push(sheet);
    path.into()
}
