//! Web and mail addresses in running text, and what of them may be handed to a browser or to a terminal.
//!
//! Only `http`, `https` and `mailto` (RFC 3986, RFC 6068) are links here: nothing else is ever opened.

use std::fmt::Write as _;
use std::ops::Range;

use unicode_width::UnicodeWidthChar;

/// What a link begins with; an address without a scheme is one of the web.
const BEGINNINGS: [&str; 4] = ["http://", "https://", "mailto:", "www."];

/// Longest target in bytes: what browsers take (2083), which terminals take too.
const LIMIT: usize = 2083;

/// The links in a text: ascending byte ranges without overlaps. What closes a sentence or a bracket around one is no
/// part of it.
#[must_use]
pub fn links(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(start) = next_beginning(text, at) {
        let length: usize = text[start..]
            .chars()
            .take_while(|&c| belongs(c))
            .map(char::len_utf8)
            .sum();
        let link = trimmed(&text[start..start + length]);
        at = start + link.len().max(1);
        if link_target(link).is_some() {
            found.push(start..at);
        } else {
            at = text.ceil_char_boundary(start + 1);
        }
    }
    found
}

/// The address that a link stands for, in printable ASCII, all else percent-encoded; `None` where it is none that may
/// be opened: another scheme, nothing behind it, a length over 2083 bytes.
#[must_use]
pub fn link_target(link: &str) -> Option<String> {
    let link = link.trim();
    let beginning = BEGINNINGS.iter().find(|b| begins(link, b))?;
    let rest = &link[beginning.len()..];
    let whole = match *beginning {
        "www." => rest.contains('.') && rest.starts_with(char::is_alphanumeric),
        "mailto:" => rest.find('@').is_some_and(|at| at > 0),
        _ => rest.starts_with(|c: char| c.is_alphanumeric() || c == '['),
    };
    if !whole {
        return None;
    }
    let mut target = String::with_capacity(link.len() + 8);
    target.push_str(match *beginning {
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
    (target.len() <= LIMIT).then_some(target)
}

fn begins(text: &str, beginning: &str) -> bool {
    let start = text.as_bytes().get(..beginning.len());
    start.is_some_and(|start| start.eq_ignore_ascii_case(beginning.as_bytes()))
}

/// Where the next link may begin: not within a word.
fn next_beginning(text: &str, from: usize) -> Option<usize> {
    let mut at = from;
    while let Some(found) = memchr::memchr3(b':', b'w', b'W', text.as_bytes().get(at..)?) {
        let sign = at + found;
        let starts = BEGINNINGS.iter().filter_map(|beginning| {
            let start = match beginning.find(':') {
                Some(colon) => sign.checked_sub(colon)?,
                None => sign,
            };
            let rest = (start >= from).then(|| text.get(start..)).flatten()?;
            let word = text[..start].chars().next_back();
            let inside = word.is_some_and(|c| of_a_word(c) || "@/.-_".contains(c));
            (begins(rest, beginning) && !inside).then_some(start)
        });
        if let Some(start) = starts.min() {
            return Some(start);
        }
        at = sign + 1;
    }
    None
}

/// Characters that an address in running text may have: what RFC 3986 has, and letters and digits of one column.
fn belongs(c: char) -> bool {
    match c {
        '<' | '>' | '"' | '{' | '}' | '|' | '\\' | '^' | '`' => false,
        c if c.is_ascii() => c.is_ascii_graphic(),
        c => of_a_word(c),
    }
}

fn of_a_word(c: char) -> bool {
    c.is_alphanumeric() && c.width() == Some(1)
}

/// A link without the signs that end the sentence or close the bracket in which it stands.
fn trimmed(link: &str) -> &str {
    let mut link = link;
    loop {
        let cut = link.trim_end_matches(['.', ',', ';', ':', '!', '?', '\'', '*']);
        let open = |open, close| {
            let count = |sign| cut.matches(sign).count();
            cut.ends_with(close) && count(close) > count(open)
        };
        let cut = if open('(', ')') || open('[', ']') {
            &cut[..cut.len() - 1]
        } else {
            cut
        };
        if cut.len() == link.len() {
            return cut;
        }
        link = cut;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[track_caller]
    fn check(text: &str, expected: &[&str]) {
        let found: Vec<&str> = links(text).into_iter().map(|range| &text[range]).collect();
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

    proptest! {
        #[test]
        fn links_are_found_in_any_text(text in "(?s)([ -~]|http://|https://a|mailto:|www\\.|.){0,60}") {
            let mut last = 0;
            for link in links(&text) {
                prop_assert!(link.start >= last && link.end > link.start);
                last = link.end;
                let target = link_target(&text[link]).expect("a target");
                prop_assert!(target.bytes().all(|b| b.is_ascii_graphic()));
                prop_assert!(["http://", "https://", "mailto:"].iter().any(|b| target.starts_with(b)));
            }
        }
    }
}
