//! Plain text, usually one dispatch per file: the fallback, as which any text can be read.

pub(super) mod header_lines;
pub(super) mod parser;

pub(super) use parser::items;
