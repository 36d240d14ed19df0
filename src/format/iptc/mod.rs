//! IPTC 7901 (revision 5, 1995), the text wire of European agencies: framed by SOH, STX, ETX and EOT, or without its controls.
//!
//! [`header`] reads the header line, [`front`] the lines up to ` =`, [`notes`] what stands behind the text for editors alone,
//! [`group`] the date-time group.

mod editorial;
pub(super) mod header;
pub(super) mod parser;

pub(super) use parser::{items, recognises};
