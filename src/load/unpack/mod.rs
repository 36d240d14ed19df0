//! What is packed: compressed streams and archives, unpacked in memory. Nothing is written to a disk.
//!
//! A stream (`wire.jsonl.gz`) reads as what it holds, under its own path. The files of an archive have paths of the form
//! `a.zip!b.txt`. An archive may hold others, once: what lies deeper is named and not read.

mod budget;
mod files;
mod gzip;
mod kind;
mod zstd;

pub(super) use kind::Kind;

use std::io::{self, Cursor, Read, Seek};
use std::path::PathBuf;

use super::pipe::Brought;
use super::reader::Reader;
use super::reason;
use super::stream::LIMITS;
use crate::dispatch::Stamp;
use budget::{Budget, Counted};

/// Bytes that tell the kind of what is packed.
const START: u64 = 1024;
/// Bytes unpacked at once.
const STEP: usize = 128 << 10;

/// A reader that can go back.
pub(super) trait Source: Read + Seek {}

impl<T: Read + Seek> Source for T {}

/// What is to be unpacked.
pub(super) struct Packed<'b, 'a> {
    /// What it is called in records.
    pub(super) name: PathBuf,
    pub(super) kind: Kind,
    pub(super) modified: Option<Stamp>,
    pub(super) budget: &'b Budget<'a>,
    /// It lies in another one.
    pub(super) nested: bool,
}

impl Packed<'_, '_> {
    /// The same for what lies in it under another name.
    fn inner(&self, name: PathBuf, kind: Kind, nested: bool) -> Self {
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
    pub(in crate::load) fn packed(
        &mut self,
        name: PathBuf,
        kind: Kind,
        modified: Option<Stamp>,
        length: u64,
        source: &mut dyn Source,
    ) {
        let shared = self.shared;
        let budget = Budget::new(length, &shared.unpacked);
        let packed = Packed {
            name,
            kind,
            modified,
            budget: &budget,
            nested: false,
        };
        self.unpack(&packed, source);
    }

    /// Unpacks what a stream has brought.
    pub(in crate::load) fn packed_in_memory(&mut self, name: PathBuf, bytes: &[u8]) {
        if let Some(kind) = Kind::of(bytes) {
            self.packed(
                name,
                kind,
                None,
                bytes.len() as u64,
                &mut Cursor::new(bytes),
            );
        }
    }

    /// Reads what a file or a stream holds that is packed, from its first byte on.
    fn unpack(&mut self, packed: &Packed<'_, '_>, source: &mut dyn Source) {
        match packed.kind {
            Kind::Zip => self.zip(packed, source),
            Kind::Tar => self.tar(packed, &mut { source }),
            kind => self.content(packed, &mut *kind.content(&mut { source })),
        }
    }

    /// Reads one unpacked content: a text, or something packed again.
    pub(super) fn content(&mut self, packed: &Packed<'_, '_>, content: &mut dyn Read) {
        let mut content = Counted {
            content,
            budget: packed.budget,
        };
        let mut start = Vec::new();
        let mut failed = (&mut content).take(START).read_to_end(&mut start).err();
        if let Some(error) = failed.take_if(|_| start.is_empty()) {
            return self.unreadable(&packed.name, broken(packed.kind, &error));
        }
        if let Some(kind) = Kind::of(&start) {
            let whole = &mut Cursor::new(start).chain(content);
            let tarball = kind == Kind::Tar && packed.kind.is_stream();
            if packed.nested && !tarball {
                let message = format!(
                    "{} data within what was packed twice before: not read",
                    kind.name()
                );
                return self.unreadable(&packed.name, message);
            }
            let inner = packed.inner(packed.name.clone(), kind, packed.nested || !tarball);
            return match kind {
                Kind::Tar => self.tar(&inner, whole),
                Kind::Zip => {
                    let mut bytes = Vec::new();
                    if let Err(error) = whole.read_to_end(&mut bytes) {
                        self.unreadable(&packed.name, broken(packed.kind, &error));
                    }
                    self.zip(&inner, &mut Cursor::new(bytes));
                }
                kind => self.content(&inner, &mut *kind.content(whole)),
            };
        }
        let kind = packed.kind;
        self.stream_from(packed.name.clone(), packed.modified, &LIMITS, |into, _| {
            if !start.is_empty() {
                into.append(&mut start);
                return Ok(Brought::Bytes(into.len()));
            }
            if let Some(error) = failed.take() {
                return Err(io::Error::other(broken(kind, &error)));
            }
            let before = into.len();
            into.resize(before + STEP, 0);
            let read = content.read(&mut into[before..]);
            into.truncate(before + read.as_ref().map_or(0, |count| *count));
            match read {
                Ok(0) => Ok(Brought::End),
                Ok(count) => Ok(Brought::Bytes(count)),
                Err(error) => Err(io::Error::other(broken(kind, &error))),
            }
        });
    }
}

/// Why something packed cannot be read on.
fn broken(kind: Kind, error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::UnexpectedEof => format!("the {} data breaks off", kind.name()),
        // What the budget says is a sentence by itself.
        io::ErrorKind::Other => reason(error),
        _ => format!("damaged {} data: {}", kind.name(), reason(error)),
    }
}
