//! Files packed in memory, as tests of archives need them.

#![allow(clippy::unwrap_used)] // What cannot be packed in memory fails the test.

use std::io::{Cursor, Read as _, Write as _};

use zip::write::{SimpleFileOptions, ZipWriter};

/// A short dispatch, packed by the tool of xz.
pub(crate) const XZ: &[u8] = b"\xfd\x37\x7a\x58\x5a\x00\x00\x04\xe6\xd6\xb4\x46\x02\x00\x21\x01\x16\x00\x00\x00\x74\x2f\xe5\xa3\xe0\x00\x58\x00\x55\x5d\x00\x24\x19\x48\x26\x5f\x95\x28\x63\xf1\xf8\xb4\xef\x06\xd4\x20\xf6\x7e\x5a\x0d\xd9\x4c\x24\x1e\x33\xcb\xe4\xba\xb6\x27\x28\x79\x55\xc1\xe1\xb3\xca\x43\x86\xa6\x90\xeb\xc0\xb1\x26\xd8\x76\x6e\xe2\x15\x10\xfd\x41\x45\xed\xd4\x29\x3d\xd9\xa7\x5e\x60\x10\x21\x7d\x32\x04\x4f\x3f\x3e\x47\x06\x88\xec\x3e\x21\x0d\xe9\x3a\xa5\x04\x62\x27\x48\x00\x00\x00\x00\x00\x00\x53\x97\xec\xbd\x66\xe0\x2c\x2d\x00\x01\x71\x59\xcc\x14\x15\x04\x1f\xb6\xf3\x7d\x01\x00\x00\x00\x00\x04\x59\x5a";
/// The same, by zstd.
pub(crate) const ZSTD: &[u8] = b"\x28\xb5\x2f\xfd\x04\x68\xa5\x02\x00\x22\xc5\x12\x18\x60\xad\x0e\x43\x38\xf5\x74\x9c\x25\xd9\xbc\x15\x29\xac\x72\x07\x8a\xaa\xef\x28\x02\xb8\x70\x4a\x6a\xa0\x91\xe1\x9b\xe1\xd8\xf2\x7d\xad\x07\x4e\x49\x80\x13\x9f\xf8\xb8\xe0\x8c\xd6\x90\xa7\xd4\xc4\x92\x33\xeb\x7d\x4b\xe8\xb6\x39\x8d\x0c\x7f\x2b\xf7\xfd\x13\x35\xf0\x61\xf6\xa2\xed\xac\x0b\x37\x0b\x01\x00\x47\xce\x54\x14\xd3\x14\x40\x4f";

/// Packed by gzip.
pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packed = Vec::new();
    let mut reader = flate2::read::GzEncoder::new(bytes, flate2::Compression::best());
    reader.read_to_end(&mut packed).unwrap();
    packed
}

/// Packed by bzip2.
pub(crate) fn bzip2(bytes: &[u8]) -> Vec<u8> {
    let mut packed = Vec::new();
    let mut reader = bzip2::read::BzEncoder::new(bytes, bzip2::Compression::best());
    reader.read_to_end(&mut packed).unwrap();
    packed
}

/// A zip of some files.
pub(crate) fn zip(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        writer.start_file(*name, SimpleFileOptions::default()).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// A tar of some files.
pub(crate) fn tar(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (name, bytes) in files {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_mtime(1_750_000_000);
        // Names that a careful writer refuses are what a reader must bear.
        header.as_mut_bytes()[..name.len()].copy_from_slice(name.as_bytes());
        header.set_cksum();
        builder.append(&header, *bytes).unwrap();
    }
    builder.into_inner().unwrap()
}
