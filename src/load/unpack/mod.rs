//! What is packed: compressed streams and archives, unpacked in memory. Nothing is written to a disk.
//!
//! A stream (`wire.jsonl.gz`) reads as what it holds, under its own path. The files of an archive have paths of the form
//! `a.zip!b.txt`. An archive may hold others, once: what lies deeper is named and not read.

mod budget;
mod files;
mod gzip;
mod kind;
mod zstd;

pub(super) use kind::PackedFormat;

use std::io::{self, Cursor, Read, Seek};
use std::path::PathBuf;

use super::error_reason;
use super::pipe::StreamRead;
use super::reader::Reader;
use super::stream::STREAM_LIMITS;
use crate::dispatch::Stamp;
use budget::{BudgetedReader, UnpackBudget};

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
    pub(in crate::load) fn unpack_input(
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
    pub(in crate::load) fn unpack_bytes(&mut self, name: PathBuf, bytes: &[u8]) {
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
