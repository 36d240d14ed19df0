//! Cuts an item of an SGML collection into elements by their tags. Knows nothing of what they mean.

/// One element: its name, the text of its start tag after the name, and what it holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Element<'a> {
    pub name: &'a str,
    pub attributes: &'a str,
    pub inner: &'a str,
    /// Its end tag is there.
    pub is_closed: bool,
    /// Where it begins, start tag included, and where it ends, end tag included.
    pub start: usize,
    pub end: usize,
}

/// The next element at or after a place. Only tags in capitals are tags: all else is text.
pub(super) fn next(text: &str, from: usize) -> Option<Element<'_>> {
    let mut at = from;
    loop {
        let start = at + memchr::memchr(b'<', text.as_bytes().get(at..)?)?;
        at = start + 1;
        let name = name(&text[at..]);
        if name.is_empty() {
            continue;
        }
        let Some(close) = memchr::memchr(b'>', &text.as_bytes()[at..]) else {
            continue;
        };
        let attributes = &text[at + name.len()..at + close];
        if !(attributes.is_empty() || attributes.starts_with([' ', '\n', '\r', '\t']))
            || attributes.contains('<')
        {
            continue;
        }
        let open = at + close + 1;
        let length = find_end_tag(&text[open..], name);
        let inner = &text[open..open + length.unwrap_or(text.len() - open)];
        let end = length.map_or(text.len(), |length| open + length + name.len() + 3);
        return Some(Element {
            name,
            attributes,
            inner,
            is_closed: length.is_some(),
            start,
            end,
        });
    }
}

/// All elements of a text, one after the other; those within them are not looked at.
pub(super) fn all(text: &str) -> impl Iterator<Item = Element<'_>> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let element = next(text, at)?;
        at = element.end.max(at + 1);
        Some(element)
    })
}

/// A name in capitals and digits at the start of a text, or nothing.
fn name(text: &str) -> &str {
    let length = text
        .bytes()
        .take(20)
        .take_while(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
        .count();
    if text.starts_with(|c: char| c.is_ascii_uppercase()) {
        &text[..length]
    } else {
        ""
    }
}

/// Where the end tag of a name stands.
fn find_end_tag(text: &str, name: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    memchr::memchr_iter(b'<', bytes).find(|&at| {
        let tag = &bytes[at + 1..];
        tag.first() == Some(&b'/')
            && tag.get(1..=name.len()) == Some(name.as_bytes())
            && tag.get(name.len() + 1) == Some(&b'>')
    })
}

/// The attributes of a start tag: names and values, quotes taken off.
pub(super) fn parse_attributes(text: &str) -> impl Iterator<Item = (&str, &str)> {
    let mut rest = text;
    std::iter::from_fn(move || {
        rest = rest.trim_start();
        let (name, after) = rest.split_once('=')?;
        let (value, after) = match after.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"')?,
            None => after.split_at(after.find(' ').unwrap_or(after.len())),
        };
        rest = after;
        Some((name.trim(), value))
    })
}
