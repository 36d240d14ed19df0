//! What entities stand for: XML's own, those of HTML, numbers, and those that a document declares itself, bounded.

use std::borrow::Cow;
use std::collections::HashMap;

use quick_xml::escape::{resolve_html5_entity, resolve_xml_entity};

/// Bytes that the entities of a document may stand for in all.
const MAX_EXPANSION: usize = 1 << 20;
/// Entities within entities.
const MAX_ENTITY_DEPTH: u32 = 8;

/// The entities that a document declares. External ones are never fetched.
#[derive(Debug, Default)]
pub(super) struct Entities<'a> {
    own: HashMap<&'a str, &'a str>,
    spent: usize,
    was_reported: bool,
}

impl<'a> Entities<'a> {
    /// Reads the declarations within a document type declaration.
    pub(super) fn declare(&mut self, doctype: &'a str) {
        for at in memchr::memmem::find_iter(doctype.as_bytes(), b"<!ENTITY") {
            let rest = doctype[at + 8..].trim_start();
            let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
            let (name, value) = (&rest[..end], rest[end..].trim_start());
            let Some(quote) = value.chars().next().filter(|c| matches!(c, '"' | '\'')) else {
                continue;
            };
            if let Some(length) = value[1..].find(quote)
                && name != "%"
                && self.own.len() < 10_000
            {
                self.own.entry(name).or_insert(&value[1..=length]);
            }
        }
    }

    /// True once, when what entities stand for has become too much.
    pub(super) fn take_exhausted(&mut self) -> bool {
        let now = self.spent > MAX_EXPANSION && !self.was_reported;
        self.was_reported |= now;
        now
    }

    /// Begins to count anew.
    pub(super) fn reset_count(&mut self) {
        self.spent = 0;
        self.was_reported = false;
    }

    /// The text of a reference (`&amp;`); one that is not known stays as it is.
    pub(super) fn resolve(&mut self, reference: &'a str) -> Cow<'a, str> {
        let name = reference.strip_prefix('&').unwrap_or(reference);
        let name = name.strip_suffix(';').unwrap_or(name);
        // A document may give a name of HTML another meaning.
        let free = !self.own.contains_key(name) || resolve_xml_entity(name).is_some();
        if let Some(text) = standard_entity(name).filter(|_| free) {
            return text;
        }
        if !self.own.contains_key(name) || self.spent > MAX_EXPANSION {
            return Cow::Borrowed(reference);
        }
        let mut out = String::new();
        self.expand(name, MAX_ENTITY_DEPTH, &mut out);
        Cow::Owned(out)
    }

    fn expand(&mut self, name: &str, depth: u32, out: &mut String) {
        let Some(&value) = self.own.get(name).filter(|_| depth > 0) else {
            out.push('&');
            out.push_str(name);
            out.push(';');
            return;
        };
        self.spent += value.len() + 8;
        if self.spent > MAX_EXPANSION {
            return;
        }
        pieces(value, &mut |piece| match piece {
            Piece::Text(text) => out.push_str(text),
            Piece::Reference(name) => match standard_entity(name) {
                Some(text) => out.push_str(&text),
                None => self.expand(name, depth - 1, out),
            },
        });
    }
}

enum Piece<'a> {
    Text(&'a str),
    /// Without `&` and `;`.
    Reference(&'a str),
}

fn pieces<'a>(text: &'a str, take: &mut dyn FnMut(Piece<'a>)) {
    let mut rest = text;
    while let Some(at) = memchr::memchr(b'&', rest.as_bytes()) {
        take(Piece::Text(&rest[..at]));
        let after = &rest[at + 1..];
        let name = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'#' | b'_' | b'-' | b'.');
        let length = after.bytes().take_while(name).count();
        if length > 0 && after[length..].starts_with(';') {
            take(Piece::Reference(&after[..length]));
            rest = &after[length + 1..];
        } else {
            take(Piece::Text("&"));
            rest = after;
        }
    }
    take(Piece::Text(rest));
}

/// The value of an attribute with its usual entities resolved.
pub(super) fn resolve_attribute(value: Cow<'_, str>) -> Cow<'_, str> {
    if !value.contains('&') {
        return value;
    }
    let mut out = String::with_capacity(value.len());
    pieces(&value, &mut |piece| match piece {
        Piece::Text(text) => out.push_str(text),
        Piece::Reference(name) => {
            let text = standard_entity(name);
            out.push_str(&text.unwrap_or_else(|| format!("&{name};").into()));
        }
    });
    Cow::Owned(out)
}

/// What an entity stands for in every document.
fn standard_entity(name: &str) -> Option<Cow<'static, str>> {
    if let Some(number) = name.strip_prefix('#') {
        let code = match number.strip_prefix(['x', 'X']) {
            Some(hex) => u32::from_str_radix(hex, 16),
            None => number.parse(),
        };
        return Some(Cow::Owned(
            decode_char_reference(code.unwrap_or(0)).to_string(),
        ));
    }
    resolve_xml_entity(name)
        .or_else(|| resolve_html5_entity(name))
        .map(Cow::Borrowed)
}

/// The character of a number. 128 to 159 are meant as in Windows-1252, as the HTML standard says (13.2.5.80).
fn decode_char_reference(code: u32) -> char {
    match code {
        0x80..=0x9f => {
            let byte = [u8::try_from(code).unwrap_or(0)];
            let (text, _) = encoding_rs::WINDOWS_1252.decode_without_bom_handling(&byte);
            text.chars().next().unwrap_or('\u{fffd}')
        }
        0 => '\u{fffd}',
        _ => char::from_u32(code).unwrap_or('\u{fffd}'),
    }
}
