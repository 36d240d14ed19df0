//! White space of marked-up text: what is joined, what is kept.

use std::borrow::Cow;

use super::TextBlock;
use crate::dispatch::BlockKind;
use crate::format::blocks;
use crate::text;

/// Appends a text with its white space joined.
pub(super) fn collapse_into(text: &str, line: &mut String) {
    let is_space = |b: &u8| matches!(b, b' ' | b'\t' | b'\n' | b'\r' | 0x0c);
    let mut rest = text;
    let plain = |text: &str| {
        let bytes = text.as_bytes();
        memchr::memchr3(b'\n', b'\t', b'\r', bytes).is_none()
            && memchr::memmem::find(bytes, b"  ").is_none()
            && memchr::memchr(0x0c, bytes).is_none()
    };
    if plain(text) {
        // Mostly there is nothing to join.
        let joined = line.is_empty() || line.ends_with([' ', '\n']);
        line.push_str(if joined {
            text.trim_ascii_start()
        } else {
            text
        });
        return;
    }
    while !rest.is_empty() {
        let bytes = rest.as_bytes();
        let space = bytes.iter().take_while(|b| is_space(b)).count();
        if space > 0 && !line.is_empty() && !line.ends_with([' ', '\n']) {
            line.push(' ');
        }
        let word = bytes[space..].iter().take_while(|b| !is_space(b)).count();
        line.push_str(&rest[space..space + word]);
        rest = &rest[space + word..];
    }
}

/// A text in one line, clean, its white space joined.
pub(super) fn one_line(text: &str) -> String {
    let clean = text::clean(text);
    let mut line = String::with_capacity(clean.len());
    collapse_into(&clean, &mut line);
    line.truncate(line.trim_ascii_end().len());
    line
}

/// Spaces that do not break become plain ones, but for those that bind a mark or a number; soft hyphens go.
pub(super) fn without_fixed_spaces(text: &str) -> Cow<'_, str> {
    let latin = memchr::memchr(0xc2, text.as_bytes()).is_some();
    if !latin || !text.contains(['\u{a0}', '\u{ad}']) {
        return Cow::Borrowed(text);
    }
    let binds = |c: char| c.is_ascii_digit() || "«»:;?!%€$£".contains(c);
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\u{ad}' => {}
            '\u{a0}' => {
                let after = chars.peek().copied().unwrap_or(' ');
                let before = out.chars().next_back().unwrap_or(' ');
                let inside = !before.is_whitespace() && !after.is_whitespace();
                if inside && (binds(before) || binds(after)) {
                    out.push(c);
                } else if !out.ends_with([' ', '\n']) && !out.is_empty() {
                    out.push(' ');
                }
            }
            ' ' if out.ends_with(' ') => {}
            _ => out.push(c),
        }
    }
    Cow::Owned(out)
}

/// Preformatted text: its lines as they are, parted where one is empty; a telex's running text in paragraphs.
pub(super) fn preformatted(text: &str) -> Vec<TextBlock> {
    let mut parts = Vec::new();
    let mut group: Vec<&str> = Vec::new();
    for line in text.split('\n').chain([""]) {
        if !line.trim_ascii().is_empty() {
            group.push(line.trim_ascii_end());
            continue;
        }
        if group.is_empty() {
            continue;
        }
        let whole = group.join("\n");
        let full = |line: &&str| (50..=100).contains(&line.chars().count());
        let alone = group.len() == 1 && group[0].trim_ascii().chars().count() >= 30;
        let running = (group.len() >= 2 || alone)
            && !blocks::has_gaps(whole.trim_ascii_start())
            && group[..group.len() - 1].iter().all(full);
        if running {
            let words: Vec<&str> = group.iter().map(|line| line.trim_ascii()).collect();
            parts.push((BlockKind::Paragraph, words.join(" ")));
        } else {
            parts.push((
                BlockKind::Table,
                group
                    .iter()
                    .map(|line| blocks::expand_tabs(line))
                    .collect::<Vec<_>>()
                    .join("\n"),
            ));
        }
        group.clear();
    }
    parts
}
