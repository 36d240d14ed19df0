//! The first element of a document, by which formats are told.

use std::borrow::Cow;

use super::events::{Event, EventReader};
use super::names::local_name;
use crate::format::encoding;

/// What a document begins with.
#[derive(Debug)]
pub(in crate::format) struct RootElement {
    /// Name of the first element, without a prefix.
    pub name: String,
    /// Its start tag, namespaces and all.
    pub tag: String,
    /// The first bytes of the document.
    start: String,
}

impl RootElement {
    /// The root of what begins with these bytes; `None` where that is no markup.
    pub(in crate::format) fn parse(start: &[u8], utf16: bool) -> Option<Self> {
        let text = if utf16 {
            encoding::decode(&start[..start.len() & !1]).text
        } else if start.first() == Some(&b'<') {
            String::from_utf8_lossy(start)
        } else {
            Cow::Borrowed("")
        };
        let text = text.trim_start();
        if !text.starts_with('<') {
            return None;
        }
        let mut events = EventReader::new(text);
        loop {
            match events.next() {
                Event::Open(open) => {
                    return Some(Self {
                        name: local_name(open.name).to_owned(),
                        tag: open.inner.to_owned(),
                        start: text.to_owned(),
                    });
                }
                Event::Text(text) if text.trim_ascii().is_empty() => {}
                _ => return None,
            }
        }
    }

    /// True where a start tag of this name stands near the start, whatever its prefix.
    pub(in crate::format) fn has_tag(&self, name: &str) -> bool {
        let bytes = self.start.as_bytes();
        memchr::memmem::find_iter(bytes, name.as_bytes()).any(|at| {
            let ends = |b: &u8| b.is_ascii_whitespace() || matches!(b, b'>' | b'/');
            at > 0
                && matches!(bytes[at - 1], b'<' | b':')
                && bytes.get(at + name.len()).is_none_or(ends)
        })
    }
}
