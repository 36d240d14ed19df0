//! SGML of news collections: the Reuters-21578 collection, and the TREC collections of AP copy.
//!
//! No parser of SGML: the collections use a few tags without nesting and numeric entities, and are read as they are.

pub(super) mod elements;
mod reuters;
mod trec;

pub(super) use reuters::{ITEM_START as REUTERS, is_reuters, items as reuters};
pub(super) use trec::{ITEM_START as TREC, is_trec, items as trec};
