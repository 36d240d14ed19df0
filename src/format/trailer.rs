//! Takes end marks and rights lines off the end of a text.

use super::words::WordSet;

/// What stood behind the last paragraph.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Trailer {
    /// Copyright or usage lines, in the order of the text, joined by spaces.
    pub rights: Option<String>,
    /// The take is not finished: `(more)`.
    pub has_more: bool,
}

/// Lines that end a dispatch and say nothing else, in lower case.
static MARKS: WordSet<20> = WordSet::new([
    "-30-", "- 30 -", "—30—", "ends", "end", "-ends-", "- ends -", "-end-", "(end)", "(ends)",
    "ends.", "./.", "nnnn", "reuter", "==kyodo", "^end<", "-0-", "* * *", "***", "/end/",
]);

/// Lines that promise another take, in lower case.
static MORE: WordSet<7> = WordSet::new([
    "(more)",
    "more",
    "-more-",
    "- more -",
    "(more to come)",
    "more...",
    "(mf)",
]);

/// The text without what ends it, and what that was. A text of nothing else stays as it is.
pub(super) fn split_trailer(text: &str) -> (&str, Trailer) {
    let mut trailer = Trailer::default();
    let mut kept = text.trim_ascii_end();
    for _ in 0..12 {
        let start = line_start(kept);
        let line = kept[start..].trim_ascii();
        let before = kept[..start].trim_ascii_end();
        if before.is_empty() {
            break;
        }
        if is_more(line) {
            trailer.has_more = true;
        } else if is_end_mark(line) {
        } else if let Some(at) = rights_start(kept) {
            let lines = kept[at..].split('\n').map(str::trim_ascii);
            let mut rights = lines.collect::<Vec<_>>().join(" ");
            if let Some(later) = trailer.rights.take() {
                rights.push(' ');
                rights.push_str(&later);
            }
            trailer.rights = Some(rights);
            kept = kept[..at].trim_ascii_end();
            continue;
        } else {
            break;
        }
        kept = before;
    }
    (kept, trailer)
}

/// Where the last line begins.
fn line_start(text: &str) -> usize {
    memchr::memrchr(b'\n', text.as_bytes()).map_or(0, |at| at + 1)
}

fn is_more(line: &str) -> bool {
    MORE.contains(line) && line != "more"
}

fn is_end_mark(line: &str) -> bool {
    if line.len() > 40 {
        return false;
    }
    if line.starts_with(|c: char| c.is_ascii_alphabetic()) {
        // `ends` is a word; the mark stands in capitals or between dashes.
        return !matches!(line, "ends" | "end" | "ends.") && MARKS.contains(line);
    }
    let initials = |rest: &str| rest.len() <= 16 && !rest.contains("  ");
    MARKS.contains(line)
        || line.len() >= 3 && line.bytes().all(|b| b == b'#' || b == b' ')
        || line.strip_prefix("./.").is_some_and(initials)
        || line
            .strip_prefix("==")
            .is_some_and(|name| name.chars().all(char::is_alphabetic))
}

/// Where the rights lines at the end begin: the last line, or the last four at most after an empty one.
fn rights_start(text: &str) -> Option<usize> {
    let mut end = text.len();
    for _ in 0..4 {
        let start = line_start(&text[..end]);
        let line = text[start..end].trim_ascii();
        if line.is_empty() || line.len() > 600 || start == 0 {
            return None;
        }
        if is_rights(line) {
            // Behind the first line of a longer paragraph, more of it may only follow after an empty line.
            let alone = end == text.len() || text[..start].ends_with("\n\n");
            return alone.then_some(start);
        }
        end = start.saturating_sub(1);
    }
    None
}

/// True where a line begins as a copyright notice does.
pub(super) fn is_rights(line: &str) -> bool {
    if !matches!(
        line.as_bytes().first(),
        Some(b'(' | b'c' | b'C' | b'a' | b'A' | 0xc2 | 0xe2)
    ) {
        return false;
    }
    let year = |text: &str| {
        let text = text.trim_start_matches([' ', ',', ':', '\u{a0}']);
        text.starts_with('©')
            || text
                .get(..3)
                .is_some_and(|mark| mark.eq_ignore_ascii_case("(c)"))
            || text.bytes().take(4).filter(u8::is_ascii_digit).count() == 4
    };
    if line.starts_with(['©', '℗']) {
        return true;
    }
    let start = |name: &str| {
        line.get(..name.len())
            .filter(|start| start.eq_ignore_ascii_case(name))
            .map(|_| &line[name.len()..])
    };
    start("(c)").is_some_and(|rest| year(rest) || rest.to_ascii_lowercase().contains("rights"))
        || start("copyright")
            .is_some_and(|rest| year(rest) || rest.to_ascii_lowercase().contains("rights reserved"))
        || start("all rights reserved").is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_trailer(text: &str, kept: &str, rights: Option<&str>, more: bool) {
        let (found, trailer) = split_trailer(text);
        assert_eq!(
            (found, trailer.rights.as_deref(), trailer.has_more),
            (kept, rights, more)
        );
    }

    #[test]
    fn takes_rights_lines() {
        check_trailer(
            "Text.\n© 2020 Harbour Wire\n",
            "Text.",
            Some("© 2020 Harbour Wire"),
            false,
        );
        check_trailer(
            "Text.\n\nCopyright 2020 HW. Kept.",
            "Text.",
            Some("Copyright 2020 HW. Kept."),
            false,
        );
        check_trailer(
            "Text.\n\n(c) 2020 HW\nAll rights reserved.",
            "Text.",
            Some("(c) 2020 HW All rights reserved."),
            false,
        );
        check_trailer(
            "Text.\n\nCopyright (c) 2020 HW, to be\nkept.",
            "Text.",
            Some("Copyright (c) 2020 HW, to be kept."),
            false,
        );
        check_trailer(
            "Text.\n\nCopyright law will change.",
            "Text.\n\nCopyright law will change.",
            None,
            false,
        );
        check_trailer("© 2020 HW", "© 2020 HW", None, false);
    }

    #[test]
    fn takes_end_marks() {
        for mark in [
            "-30-", "ENDS", "####", "# # #", "./.", "./. abc", "NNNN", " Reuter", "REUTER",
            "==Kyodo", "^END<",
        ] {
            check_trailer(&format!("Text.\n\n{mark}\n"), "Text.", None, false);
        }
        check_trailer(
            "Text.\n(Reporting by A; Editing by B)",
            "Text.\n(Reporting by A; Editing by B)",
            None,
            false,
        );
        check_trailer(
            "Text.\nHow it ends\nends",
            "Text.\nHow it ends\nends",
            None,
            false,
        );
        check_trailer("ENDS", "ENDS", None, false);
    }

    #[test]
    fn says_where_more_follows() {
        check_trailer("Text.\n(more)", "Text.", None, true);
        check_trailer("Text.\n\nMORE\n-30-", "Text.", None, true);
        check_trailer("Text.\nAnd more", "Text.\nAnd more", None, false);
    }
}
