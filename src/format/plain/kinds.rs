//! What a line before the text of a plain dispatch is, by its looks.

use crate::format::{anpa, label};

/// What one line before the text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LineKind {
    Label,
    Slug,
    /// AP's keyword line: slug, version, reference, number of words.
    KeywordLine,
    Byline,
    Note,
    /// A headline, or text already.
    Other,
}

/// What a line looks like.
pub(super) fn classify_line(line: &str) -> LineKind {
    if label::parse_label_line(line).is_some() {
        LineKind::Label
    } else if is_note(line) {
        LineKind::Note
    } else if is_byline(line) {
        LineKind::Byline
    } else if anpa::has_cycle_prefix(line) && line.contains(',') {
        LineKind::KeywordLine
    } else if is_slug(line) {
        LineKind::Slug
    } else {
        LineKind::Other
    }
}

/// `Eds: …`, `EDITOR'S NOTE: …`, `(Adds …)`, `EMBARGOED …`
fn is_note(line: &str) -> bool {
    const STARTS: [&str; 12] = [
        "eds:",
        "editor's note",
        "editor’s note",
        "editors' note",
        "editors’ note",
        "editors:",
        "embargoed ",
        "embargo:",
        "not for release",
        "not for publication",
        "note to editors",
        "attention editors",
    ];
    const BRACKETED: [&str; 9] = [
        "(adds ",
        "(updates ",
        "(recasts",
        "(corrects ",
        "(eds:",
        "(removes ",
        "(refiles ",
        "(repeats ",
        "(editor",
    ];
    let starts = |start: &&str| {
        line.get(..start.len())
            .is_some_and(|begin| begin.eq_ignore_ascii_case(start))
            || line.len() >= start.len()
                && line
                    .get(..start.len())
                    .is_some_and(|begin| begin.to_lowercase() == **start)
    };
    STARTS.iter().any(&starts) || line.ends_with(')') && BRACKETED.iter().any(starts)
}

/// `By Anna Lind`, `BY ANNA LIND and OLAF BRUN`
fn is_byline(line: &str) -> bool {
    let Some(by) = line.get(..3).filter(|by| by.eq_ignore_ascii_case("by ")) else {
        return false;
    };
    let names = &line[by.len()..];
    let words = || names.split_whitespace();
    let name = |word: &str| {
        word.starts_with(|c: char| c.is_alphabetic() && !c.is_lowercase())
            || [
                "and", "in", "of", "de", "van", "von", "der", "di", "al", "bin", "&",
            ]
            .contains(&word)
    };
    !by.starts_with('b')
        && names.chars().count() <= 80
        && (1..=10).contains(&words().count())
        && words().all(name)
        && !line.ends_with(['.', '!', '?', ':'])
        && !names.contains(['"', '“'])
}

/// `HARBOUR-STRIKE/PORTS`, `storm/`: capitals with a slash or a hyphen between them, or one short word and a slash.
pub(in crate::format) fn is_slug(line: &str) -> bool {
    if line.len() > 70 || line.len() < 4 || line.split(' ').count() > 3 {
        return false;
    }
    let letters = line.chars().filter(|c| c.is_alphabetic()).count();
    let word = |c: char| c.is_alphanumeric() || "-/. _&'()".contains(c);
    if letters < 3 || !line.chars().all(word) || !line.starts_with(char::is_alphanumeric) {
        return false;
    }
    let capitals =
        !line.chars().any(char::is_lowercase) || line.starts_with("BC-") || line.starts_with("AM-");
    capitals && line.contains(['/', '-'])
        || line.ends_with('/') && !line.contains(' ') && line.chars().count() <= 30
}
