//! Mails, one a file or many in an mbox. RFC 5322, RFC 2045 to 2047, RFC 4155.

mod headers;
mod mime;
pub(super) mod parser;

pub(super) use parser::{is_mail, is_mbox, mbox, single_mail};
