//! Finds web and mail addresses in running text, and turns them into targets that are safe for a browser or a terminal.
//!
//! Only `http`, `https` and `mailto` (RFC 3986, RFC 6068) count as links: nothing else is ever opened.

use std::fmt::Write as _;
use std::ops::Range;

use unicode_width::UnicodeWidthChar;

use crate::text::fold::has_prefix_ignoring_case;

/// What a link begins with, in any case. An address that begins with `www.` is opened as `http://www.`.
const LINK_PREFIXES: [&str; 4] = ["http://", "https://", "mailto:", "www."];

/// Longest target in bytes. Some browsers accept no more than 2083, and terminals accept at least that.
const MAX_TARGET_BYTES: usize = 2083;

/// The links in a text: ascending byte ranges without overlaps. The punctuation that ends a sentence, and the bracket
/// that closes around a link, are not part of it.
#[must_use]
pub fn find_links(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let (mut at, mut end) = (0, 0);
    while let Some(start) = find_next_prefix(text, at) {
        // A run of link characters is measured once, however many prefixes are in it: no quadratic time.
        if start >= end {
            let run = text[start..].chars().take_while(|&c| is_link_char(c));
            end = start + run.map(char::len_utf8).sum::<usize>();
        }
        let run = &text[start..end];
        if !split_prefix(run).is_some_and(|(beginning, rest)| has_address(beginning, rest)) {
            at = text.ceil_char_boundary(start + 1);
            continue;
        }
        let link = trim_punctuation(run);
        // A run that is too long for a link is skipped whole, not searched for shorter links.
        at = end;
        if link_target(link).is_some() {
            at = start + link.len();
            found.push(start..at);
        }
    }
    found
}

/// The URL to open for a link, in printable ASCII with everything else percent-encoded. `None` if it may not be opened:
/// another scheme, no address after it, or more than 2083 bytes.
#[must_use]
pub fn link_target(link: &str) -> Option<String> {
    let link = link.trim();
    let (beginning, rest) = split_prefix(link)?;
    if link.len() > MAX_TARGET_BYTES || !has_address(beginning, rest) {
        return None;
    }
    let mut target = String::with_capacity(link.len() + 8);
    target.push_str(match beginning {
        "www." => "http://www.",
        other => other,
    });
    for byte in rest.bytes() {
        if byte.is_ascii_graphic() {
            target.push(char::from(byte));
        } else {
            let _ = write!(target, "%{byte:02X}");
        }
    }
    (target.len() <= MAX_TARGET_BYTES).then_some(target)
}

/// Splits a link into its prefix, in lower case, and the rest.
fn split_prefix(link: &str) -> Option<(&'static str, &str)> {
    let beginning = LINK_PREFIXES.iter().find(|b| has_prefix_ignoring_case(link, b))?;
    Some((beginning, &link[beginning.len()..]))
}

/// Whether the text after a prefix looks like an address. Reads no more of it than a link may have.
fn has_address(beginning: &str, rest: &str) -> bool {
    let rest = &rest[..rest.floor_char_boundary(MAX_TARGET_BYTES)];
    match beginning {
        "www." => rest.contains('.') && rest.starts_with(char::is_alphanumeric),
        "mailto:" => rest.find('@').is_some_and(|at| at > 0),
        _ => rest.starts_with(|c: char| c.is_alphanumeric() || c == '['),
    }
}

/// The byte position at or after `from` of the next link prefix that is not inside a word.
fn find_next_prefix(text: &str, from: usize) -> Option<usize> {
    let mut at = from;
    // Colons and `w`s are rarer than the first letters of the prefixes.
    while let Some(found) = memchr::memchr3(b':', b'w', b'W', text.as_bytes().get(at..)?) {
        let sign = at + found;
        let starts = LINK_PREFIXES.iter().filter_map(|beginning| {
            let start = match beginning.find(':') {
                Some(colon) => sign.checked_sub(colon)?,
                None => sign,
            };
            let rest = (start >= from).then(|| text.get(start..)).flatten()?;
            let word = text[..start].chars().next_back();
            let inside = word.is_some_and(|c| is_word_char(c) || "@/.-_".contains(c));
            (has_prefix_ignoring_case(rest, beginning) && !inside).then_some(start)
        });
        if let Some(start) = starts.min() {
            return Some(start);
        }
        at = sign + 1;
    }
    None
}

/// Characters of an address in running text: visible ASCII without those that RFC 3986 excludes, and narrow letters and
/// digits of other scripts. Wide ones (Chinese, Japanese, Korean) end it, as they follow without a space.
fn is_link_char(c: char) -> bool {
    match c {
        '<' | '>' | '"' | '{' | '}' | '|' | '\\' | '^' | '`' => false,
        c if c.is_ascii() => c.is_ascii_graphic(),
        c => is_word_char(c),
    }
}

fn is_word_char(c: char) -> bool {
    c.is_alphanumeric() && c.width() == Some(1)
}

/// Removes trailing punctuation that belongs to the sentence, and closing brackets that were not opened in the link.
fn trim_punctuation(link: &str) -> &str {
    let count = |sign: u8| memchr::memchr_iter(sign, link.as_bytes()).count();
    // Counted once and then kept up to date, so that a long row of brackets takes linear time.
    let mut round = count(b')').saturating_sub(count(b'('));
    let mut square = count(b']').saturating_sub(count(b'['));
    let mut link = link;
    loop {
        link = link.trim_end_matches(['.', ',', ';', ':', '!', '?', '\'', '*']);
        let surplus = match link.as_bytes().last() {
            Some(b')') => &mut round,
            Some(b']') => &mut square,
            _ => return link,
        };
        if *surplus == 0 {
            return link;
        }
        *surplus -= 1;
        link = &link[..link.len() - 1];
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &[&str]) {
        let found: Vec<&str> = find_links(text).into_iter().map(|range| &text[range]).collect();
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn links_are_found_in_sentences() {
        check("no link here: http:// or www. or mailto:", &[]);
        check("See https://tollen.example/a?b=c#d.", &["https://tollen.example/a?b=c#d"]);
        check("(at HTTP://Tollen.example/a_(b)), said", &["HTTP://Tollen.example/a_(b)"]);
        check(
            "[https://a.example] “http://b.example/ü”",
            &["https://a.example", "http://b.example/ü"],
        );
        check(
            "www.tollen.example: mailto:desk@tollen.example;",
            &["www.tollen.example", "mailto:desk@tollen.example"],
        );
        check("见https://a.example/x。请看", &["https://a.example/x"]);
        check("ahttp://a.example desk@www.a.example file:///etc/x javascript:x", &[]);
        check("http://a.example,http://b.example", &["http://a.example,http://b.example"]);
    }

    #[test]
    fn only_links_that_may_be_opened_have_a_target() {
        assert_eq!(link_target("www.a.example/x").as_deref(), Some("http://www.a.example/x"));
        assert_eq!(
            link_target("https://a.example/ü \u{1b}]").as_deref(),
            Some("https://a.example/%C3%BC%20%1B]")
        );
        assert_eq!(link_target("file:///etc/passwd"), None);
        assert_eq!(link_target("-http://a.example"), None);
        assert_eq!(link_target("http://--x"), None);
        assert_eq!(link_target(&format!("http://a.example/{}", "x".repeat(2100))), None);
    }

    #[test]
    fn long_runs_take_linear_time() {
        let long = 1 << 20;
        check(&format!("http://a{}", ")".repeat(long)), &["http://a"]);
        check(&format!("(http://a{})", ").".repeat(long)), &["http://a"]);
        check(&format!("http://{}", "a,http://".repeat(long / 9)), &[]);
        check(&"mailto:".repeat(long / 7), &[]);
        check(&"www.-,".repeat(long / 6), &[]);
        check(&format!("http://{} http://b", "a.".repeat(MAX_TARGET_BYTES)), &["http://b"]);
    }

    proptest! {
        #[test]
        fn links_are_found_in_any_text(text in "(?s)([ -~]|http://|https://a|mailto:|www\\.|.){0,60}") {
            let mut last = 0;
            for link in find_links(&text) {
                prop_assert!(link.start >= last && link.end > link.start);
                last = link.end;
                let target = link_target(&text[link]).expect("a target");
                prop_assert!(target.bytes().all(|b| b.is_ascii_graphic()));
                prop_assert!(["http://", "https://", "mailto:"].iter().any(|b| target.starts_with(b)));
            }
        }
    }
}
