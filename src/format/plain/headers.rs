//! The block of `Name: value` lines that a plain text may begin with.

use std::borrow::Cow;

use crate::format::draft::Draft;
use crate::format::fields::{FieldKey, field_key};

/// Most lines that such a block may have.
const MAX_HEADER_LINES: usize = 80;
/// Longest name, in bytes.
const MAX_NAME_BYTES: usize = 32;

/// A block found at the start of a text.
#[derive(Debug)]
pub(in crate::format) struct HeaderBlock<'a> {
    /// A headline that stands as a bare line above the headers.
    headline: Option<&'a str>,
    lines: Vec<(&'a str, Option<FieldKey>, Cow<'a, str>)>,
    /// Where the text after the block begins.
    pub end: usize,
}

/// A line as name and value; `None` where it is no header.
fn parse_header_line(line: &str) -> Option<(&str, &str)> {
    let reach = line.len().min(MAX_NAME_BYTES + 1);
    let colon = memchr::memchr(b':', &line.as_bytes()[..reach])?;
    let (name, value) = (&line[..colon], &line[colon + 1..]);
    let named = name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b' ' | b'.'))
        && name.split(' ').count() <= 3
        && !name.ends_with(' ');
    (named && (value.is_empty() || value.starts_with([' ', '\t'])))
        .then(|| (name, value.trim_ascii()))
}

/// The lines of a text with their ends, fast.
pub(super) fn lines_with_ends(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let end = memchr::memchr(b'\n', rest.as_bytes()).map_or(rest.len(), |at| at + 1);
        let (line, after) = rest.split_at(end);
        rest = after;
        (!line.is_empty()).then_some(line)
    })
}

fn known_key(name: &str) -> Option<FieldKey> {
    field_key(name).filter(|key| !key.is_nested_only())
}

/// Finds the block: it begins with the first line (or with the second, below a headline), each of its lines is a header
/// or an indented continuation, at least one name is known, and it ends with an empty line or the text.
pub(in crate::format) fn find_header_block(text: &str) -> Option<HeaderBlock<'_>> {
    let mut lines = lines_with_ends(text);
    let mut block = HeaderBlock {
        headline: None,
        lines: Vec::new(),
        end: 0,
    };
    let mut telling = 0;
    let mut names = 0;
    for count in 0.. {
        let Some(whole) = lines.next() else { break };
        let line = whole.trim_ascii_end();
        if line.is_empty() {
            block.end += whole.len();
            break;
        }
        if count > MAX_HEADER_LINES {
            return None;
        }
        if let Some((name, value)) = parse_header_line(line) {
            let key = known_key(name);
            if let Some(key) = key {
                names += 1;
                telling += usize::from(key.is_distinctive());
            } else if count == 1 && block.headline.is_some() {
                return None;
            }
            block.lines.push((name, key, Cow::Borrowed(value)));
        } else if line.starts_with([' ', '\t']) && !block.lines.is_empty() {
            let (.., value) = block.lines.last_mut()?;
            let value = value.to_mut();
            value.push(' ');
            value.push_str(line.trim_ascii());
        } else if count == 0 && line.len() < 400 {
            block.headline = Some(line.trim_ascii());
        } else {
            return None;
        }
        block.end += whole.len();
    }
    // `Dam talks: both sides agree` above known headers is a headline, not a header.
    let titled = block
        .lines
        .iter()
        .any(|&(_, key, _)| key == Some(FieldKey::Headline));
    if block.headline.is_none() && !titled && block.lines.len() > 1 && block.lines[0].1.is_none() {
        block.headline = text.split('\n').next().map(str::trim_ascii);
        block.lines.remove(0);
    }
    (names > 0 && (telling > 0 || block.lines.len() > 1)).then_some(block)
}

impl HeaderBlock<'_> {
    /// True for three known names or more, among them one that only headers of a dispatch have.
    pub(in crate::format) fn is_certain(&self) -> bool {
        let keys = || self.lines.iter().filter_map(|(_, key, _)| *key);
        self.headline.is_none() && keys().count() >= 3 && keys().any(FieldKey::is_distinctive)
    }

    /// Hands the headers to a draft.
    pub(in crate::format) fn apply(self, draft: &mut Draft<'_>) {
        if let Some(headline) = self.headline {
            draft.set_field(FieldKey::Headline, "headline", headline);
        }
        for (name, key, value) in &self.lines {
            match key {
                Some(key) => draft.set_field(*key, name, value),
                None => draft.add_field(name, value),
            }
        }
    }
}
