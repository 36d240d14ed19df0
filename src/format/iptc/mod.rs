//! IPTC 7901 (revision 5, 1995), the text wire of European agencies. A message is framed by SOH, STX, ETX and EOT, but
//! may have lost them:
//!
//! ```text
//! SOH eca062 4 i 211 ccccb   dpa 061     header line: source, number, priority, category, words, optional
//! Wetter/Deutschland/                    keyword line
//! STX Headline =                         front lines, the last one ends with ` =`
//! Text ETX 131137 GMT Nov 13 EOT         date-time group after ETX
//! ```
//!
//! [`header`] reads the header line and the date-time group, [`editorial`] the lines around the text: those up to ` =`
//! before it, and the notes for editors after it.

mod editorial;
pub(super) mod header;
pub(super) mod parser;

pub(super) use parser::{items, recognises};
