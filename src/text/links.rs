//! Web and mail addresses in running text, and what of them may be handed to a browser or to a terminal.
//!
//! Only `http`, `https` and `mailto` (RFC 3986, RFC 6068) are links here: nothing else is ever opened.

use std::fmt::Write as _;
use std::ops::Range;

use unicode_width::UnicodeWidthChar;

/// What a link begins with; an address without a scheme is one of the web.
const LINK_PREFIXES: [&str; 4] = ["http://", "https://", "mailto:", "www."];

/// Longest target in bytes: what browsers take (2083), which terminals take too.
const MAX_TARGET_BYTES: usize = 2083;

/// The links in a text: ascending byte ranges without overlaps. What closes a sentence or a bracket around one is no
/// part of it.
#[must_use]
pub fn find_links(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let (mut at, mut end) = (0, 0);
    while let Some(start) = find_next_prefix(text, at) {
        // Every beginning in a run of such characters reaches to its end.
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
        // What is too long is none in any of its parts.
        at = end;
        if link_target(link).is_some() {
            at = start + link.len();
            found.push(start..at);
        }
    }
    found
}

/// The address that a link stands for, in printable ASCII, all else percent-encoded; `None` where it is none that may
/// be opened: another scheme, nothing behind it, a length over 2083 bytes.
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

/// What a link begins with, and what follows.
fn split_prefix(link: &str) -> Option<(&'static str, &str)> {
    let beginning = LINK_PREFIXES.iter().find(|b| has_prefix(link, b))?;
    Some((beginning, &link[beginning.len()..]))
}

/// Whether something follows that makes it a link. No more is looked at than a link may have.
fn has_address(beginning: &str, rest: &str) -> bool {
    let rest = &rest[..rest.floor_char_boundary(MAX_TARGET_BYTES)];
    match beginning {
        "www." => rest.contains('.') && rest.starts_with(char::is_alphanumeric),
        "mailto:" => rest.find('@').is_some_and(|at| at > 0),
        _ => rest.starts_with(|c: char| c.is_alphanumeric() || c == '['),
    }
}

fn has_prefix(text: &str, beginning: &str) -> bool {
    let start = text.as_bytes().get(..beginning.len());
    start.is_some_and(|start| start.eq_ignore_ascii_case(beginning.as_bytes()))
}

/// Where the next link may begin: not within a word.
fn find_next_prefix(text: &str, from: usize) -> Option<usize> {
    let mut at = from;
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
            (has_prefix(rest, beginning) && !inside).then_some(start)
        });
        if let Some(start) = starts.min() {
            return Some(start);
        }
        at = sign + 1;
    }
    None
}

/// Characters that an address in running text may have: what RFC 3986 has, and letters and digits of one column.
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

/// A link without the signs that end the sentence or close the bracket in which it stands.
fn trim_punctuation(link: &str) -> &str {
    let count = |sign: u8| memchr::memchr_iter(sign, link.as_bytes()).count();
    // How many brackets are closed that were not opened.
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
        let found: Vec<&str> = find_links(text)
            .into_iter()
            .map(|range| &text[range])
            .collect();
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn links_stand_in_sentences() {
        check("no link here: http:// or www. or mailto:", &[]);
        check(
            "See https://tollen.example/a?b=c#d.",
            &["https://tollen.example/a?b=c#d"],
        );
        check(
            "(at HTTP://Tollen.example/a_(b)), said",
            &["HTTP://Tollen.example/a_(b)"],
        );
        check(
            "[https://a.example] “http://b.example/ü”",
            &["https://a.example", "http://b.example/ü"],
        );
        check(
            "www.tollen.example: mailto:desk@tollen.example;",
            &["www.tollen.example", "mailto:desk@tollen.example"],
        );
        check("见https://a.example/x。请看", &["https://a.example/x"]);
        check(
            "ahttp://a.example desk@www.a.example file:///etc/x javascript:x",
            &[],
        );
        check(
            "http://a.example,http://b.example",
            &["http://a.example,http://b.example"],
        );
    }

    #[test]
    fn only_what_may_be_opened_has_a_target() {
        let known = |link: &str| link_target(link);
        assert_eq!(
            known("www.a.example/x").as_deref(),
            Some("http://www.a.example/x")
        );
        assert_eq!(
            known("https://a.example/ü \u{1b}]").as_deref(),
            Some("https://a.example/%C3%BC%20%1B]")
        );
        assert_eq!(known("file:///etc/passwd"), None);
        assert_eq!(known("-http://a.example"), None);
        assert_eq!(known("http://--x"), None);
        assert_eq!(
            known(&format!("http://a.example/{}", "x".repeat(2100))),
            None
        );
    }

    #[test]
    fn long_runs_take_no_longer_than_they_are() {
        let long = 1 << 20;
        check(&format!("http://a{}", ")".repeat(long)), &["http://a"]);
        check(&format!("(http://a{})", ").".repeat(long)), &["http://a"]);
        check(&format!("http://{}", "a,http://".repeat(long / 9)), &[]);
        check(&"mailto:".repeat(long / 7), &[]);
        check(&"www.-,".repeat(long / 6), &[]);
        check(
            &format!("http://{} http://b", "a.".repeat(MAX_TARGET_BYTES)),
            &["http://b"],
        );
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
