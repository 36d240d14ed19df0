//! JSON Lines and JSON documents in three dialects: ninjs, JSON Feed, and generic JSON with common field names.

mod dialect;
mod generic;
mod json_feed;
mod linked_data;
mod ninjs;
pub(super) mod parser;
mod services;
mod tokenizer;

pub(super) use dialect::{
    Dialect, is_document, is_feed, is_lines, is_lines_among_others, is_ninjs_document,
    is_ninjs_lines, is_script, without_script,
};
pub(super) use linked_data::{LinkedArticle, find_article};
pub(super) use parser::{parse_document, parse_lines};
pub(super) use tokenizer::unescape;
