//! News collections in SGML: Reuters-21578, the TREC collections of AP copy, Gigaword.
//!
//! This is not an SGML parser: the collections use a few tags without nesting, and numeric entities.

pub(super) mod elements;
mod gigaword;
mod reuters;
mod trec;

pub(super) use gigaword::{ITEM_START as GIGAWORD, is_gigaword, items as gigaword};
pub(super) use reuters::{ITEM_START as REUTERS, is_reuters, items as reuters};
pub(super) use trec::{ITEM_START as TREC, is_trec, items as trec};
