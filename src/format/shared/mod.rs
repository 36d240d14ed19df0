//! Shared by the parsers of all formats: encodings, fields, labels, directives to editors, datelines, dates and times,
//! markup, and the completion of a dispatch from its text.

pub(super) mod agencies;
pub(super) mod blocks;
pub(super) mod bylines;
pub(super) mod dateline;
mod dateline_names;
pub(super) mod dates;
pub(super) mod editor_directives;
pub(super) mod encoding;
pub(super) mod field_keys;
pub(super) mod fields;
pub(super) mod finish;
pub(super) mod input_text;
pub(super) mod labels;
pub(super) mod markup;
pub(super) mod search;
pub(super) mod shares;
pub(super) mod wire_controls;
pub(super) mod word_set;
