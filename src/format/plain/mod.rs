//! Plain text, mostly one dispatch a file: what every input that is text can be read as.

pub(super) mod header_lines;
pub(super) mod parser;

pub(super) use parser::items;
