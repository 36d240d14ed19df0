//! Mail: single messages (RFC 5322) and mboxes (RFC 4155), with MIME parts and encodings (RFC 2045 to 2047).

mod headers;
mod mime;
pub(super) mod parser;

pub(super) use mime::decode_transfers;
pub(super) use parser::{html_texts, is_mail, is_mbox, leave_out_headers, mbox, single_mail};
