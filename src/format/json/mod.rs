//! JSON Lines and JSON documents with the field names that most services use.

mod dialect;
mod generic;
mod json_feed;
mod ninjs;
pub(super) mod parser;
mod tokenizer;

pub(super) use dialect::{is_document, is_feed, is_lines, is_ninjs_document, is_ninjs_lines};
pub(super) use parser::{document, feed, lines, ninjs_document, ninjs_lines};
