//! ANPA 1312, the wire format of American agencies. A transmission is framed by SYN SYN SOH, STX, ETX and EOT:
//!
//! ```text
//! SYN SYN SOH W2870 US asian                                        story line: service, number, selector
//! f l DC3 DC1 BC-KEYWORD 1stLd-Writethru a0584 11-13 1049           priority line
//! STX ^BC-KEYWORD, 1st Ld,466<  ^Headline<  ^By NAME=  text ETX     front matter and copy
//! AP-WF-11-13-13 1509GMT<                                           transmission line
//! EOT
//! ```
//!
//! [`mod@header`] reads the two lines before STX and the transmission line after ETX, [`front_matter`] the lines on the
//! upper rail (`^…<`), and [`copy`] the text. Any of the controls may be lost on the way; lines are then recognised by
//! their shape.

mod copy;
mod front_matter;
pub(super) mod header;
pub(super) mod parser;

pub(super) use front_matter::{apply_keyword_line, has_cycle_prefix};
pub(super) use parser::{items, recognises};
