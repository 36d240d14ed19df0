//! ANPA 1312, the wire of the American agencies: framed by SYN SYN SOH, STX, ETX and EOT, or what was left of that.
//!
//! [`parse_header`](mod@header) reads the two lines before STX, [`front`] the lines on the upper rail (`^…<`), [`copy`] the text,
//! [`tail`] the line after ETX. Any of the
//! controls may be lost: then lines are known by their looks.

mod copy;
mod front_matter;
pub(super) mod header;
pub(super) mod parser;

pub(super) use front_matter::{apply_keyword_line, has_cycle_prefix};
pub(super) use parser::{items, recognises};
