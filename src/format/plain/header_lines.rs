//! What stands before the text of a plain dispatch: `Name: value` headers, headline, slug, byline, labels, notes to editors.

use std::borrow::Cow;

use crate::dispatch::Dateline;
use crate::format::anpa;
use crate::format::parser::Draft;
use crate::format::shared::dateline::LeadDateline;
use crate::format::shared::fields::{self, FieldKey, field_key};
use crate::format::shared::labels;

/// Most lines before the text.
const MAX_LINES: usize = 16;

/// Longest such line, in characters.
const MAX_LINE_CHARS: usize = 180;

#[derive(Debug, Clone, Copy)]
struct FrontLine<'a> {
    text: &'a str,
    start: usize,
    kind: LineKind,
    /// An empty line stands before it.
    after_blank_line: bool,
}

/// Takes what stands before the text into a draft; what is left is the text. With the dateline that was read.
pub(in crate::format) fn read<'a>(
    text: &'a str,
    draft: &mut Draft<'_>,
) -> (&'a str, Option<LeadDateline<'a>>) {
    let (mut lines, found) = leading_lines(text);
    let from = if let Some((start, _)) = &found {
        read_above_dateline(&lines, *start, draft)
    } else {
        let addresses = lines.iter_mut().filter(|line| opens_text(line));
        addresses.for_each(|line| line.kind = LineKind::Other);
        read_without_dateline(text, &lines, draft)
    };
    (&text[from..], found.map(|(_, known)| known))
}

/// A dateline that stands below an introduction counts as sent apart.
pub(in crate::format) fn detach_dateline<'a>(
    text: &str,
    known: Option<LeadDateline<'a>>,
    draft: &mut Draft<'_>,
) -> Option<LeadDateline<'a>> {
    let known = known?;
    if known.begins_text(text) {
        return Some(known);
    }
    draft.dispatch.dateline = Some(Dateline {
        range: None,
        ..known.into_dateline()
    });
    None
}

/// A note with nothing behind its colon: it opens a text, and is a part of it.
fn opens_text(line: &FrontLine<'_>) -> bool {
    line.kind == LineKind::Note && line.text.ends_with(':')
}

/// The first lines, up to one that begins with a dateline (whose start is given) or is text for sure.
fn leading_lines(text: &str) -> (Vec<FrontLine<'_>>, Option<(usize, LeadDateline<'_>)>) {
    let mut lines = Vec::new();
    let (mut at, mut parted, mut headlines) = (0, false, 0);
    for whole in lines_with_ends(text) {
        let (start, line) = (at, whole.trim_ascii());
        at += whole.len();
        if line.is_empty() {
            parted = true;
            continue;
        }
        if let Some(known) = LeadDateline::parse(line) {
            return (lines, Some((start, known)));
        }
        let kind = classify_line(line);
        headlines += usize::from(kind == LineKind::Other);
        let long = line.len() > MAX_LINE_CHARS && line.chars().count() > MAX_LINE_CHARS;
        if long || lines.len() >= MAX_LINES || headlines > 5 {
            // The last one read tells how long the text after a headline is.
            lines.push(FrontLine {
                text: line,
                start,
                kind: LineKind::Other,
                after_blank_line: parted,
            });
            break;
        }
        lines.push(FrontLine {
            text: line,
            start,
            kind,
            after_blank_line: parted,
        });
        parted = false;
    }
    (lines, None)
}

/// All lines above a dateline are what they look like; the others are the headline.
fn read_above_dateline(lines: &[FrontLine<'_>], dateline: usize, draft: &mut Draft<'_>) -> usize {
    let others = || lines.iter().filter(|line| line.kind == LineKind::Other);
    let ends = |line: &FrontLine<'_>| line.text.ends_with('.') && line.text.len() > 80;
    let known = draft.dispatch.headline.clone();
    let text = others().find(|line| match known.as_str() {
        "" => ends(line),
        known => line.text != known,
    });
    // A sentence above the dateline is text already: it begins there.
    let address = lines.iter().find(|line| opens_text(line));
    let from = text.map_or(dateline, |line| {
        address.map_or(line.start, |address| line.start.min(address.start))
    });
    let before = || lines.iter().filter(|line| line.start < from);
    before().for_each(|line| apply_line(line, draft));
    if known.is_empty() {
        let headline: Vec<&str> = before()
            .filter(|line| line.kind == LineKind::Other)
            .map(|line| line.text)
            .collect();
        draft.set_field(FieldKey::Headline, "headline", &headline.join(" "));
    }
    from
}

/// Without a dateline only a short line (or two) above longer text is a headline.
fn read_without_dateline(text: &str, lines: &[FrontLine<'_>], draft: &mut Draft<'_>) -> usize {
    let mut rest = lines
        .iter()
        .take_while(|line| line.kind != LineKind::Other)
        .count();
    // A text of labels and names alone is a text.
    if rest == lines.len() {
        return 0;
    }
    let named = !draft.dispatch.headline.is_empty();
    let headline = if named {
        0
    } else {
        count_headline_lines(text, &lines[rest..])
    };
    if headline == 0
        && !named
        && lines[..rest]
            .iter()
            .any(|line| line.kind == LineKind::Byline)
    {
        rest = lines
            .iter()
            .take_while(|line| matches!(line.kind, LineKind::Label | LineKind::Note))
            .count();
    }
    lines[..rest]
        .iter()
        .for_each(|line| apply_line(line, draft));
    let start = |at: usize| lines.get(at).map_or(text.len(), |line| line.start);
    if headline == 0 {
        return start(rest);
    }
    let words: Vec<&str> = lines[rest..rest + headline]
        .iter()
        .map(|line| line.text)
        .collect();
    draft.set_field(FieldKey::Headline, "headline", &words.join(" "));
    rest += headline;
    let after = lines[rest..]
        .iter()
        .take_while(|line| line.kind != LineKind::Other);
    let after: Vec<_> = after.collect();
    if rest + after.len() < lines.len() {
        for line in &after {
            apply_line(line, draft);
        }
        rest += after.len();
    }
    start(rest)
}

/// Number of lines that are a headline: short, without a full stop, and apart from longer text that follows.
fn count_headline_lines(text: &str, lines: &[FrontLine<'_>]) -> usize {
    let ends = |line: &FrontLine<'_>| {
        line.text
            .ends_with(['.', ',', ':', ';', '"', '”', '。', '»', ')'])
    };
    let short = |line: &FrontLine<'_>| line.text.chars().count() <= 120 && !ends(line);
    let Some(first) = lines.first().filter(|line| short(line)) else {
        return 0;
    };
    let next = |at: usize| {
        let after = lines[at..]
            .iter()
            .position(|line| line.kind == LineKind::Other)?;
        lines.get(at + after)
    };
    let longer = |from: usize, than: usize| {
        let rest = text[from..].trim_ascii();
        let end = rest.find("\n\n").unwrap_or(rest.len());
        end > than || rest.len() > 3 * than
    };
    match lines.get(1) {
        None => 0,
        Some(second) if second.after_blank_line || second.kind != LineKind::Other => {
            usize::from(next(1).is_some_and(|line| longer(line.start, first.text.len())))
        }
        // The next line follows at once: only a line that is wider than any wrapped one is surely text.
        Some(second) if second.text.chars().count() > 95 => 1,
        Some(second) => {
            let both = first.text.chars().count() <= 80 && second.text.chars().count() <= 80;
            let apart = lines.get(2).is_some_and(|third| third.after_blank_line)
                && longer(lines[2].start, first.text.len() + second.text.len());
            if both && apart && short(second) { 2 } else { 0 }
        }
    }
}

fn apply_line(line: &FrontLine<'_>, draft: &mut Draft<'_>) {
    match line.kind {
        LineKind::Label => {
            let label = line.text.trim_matches(['(', ')', '[', ']']);
            fields::append_text(&mut draft.dispatch.label, label, " ");
        }
        LineKind::Slug => draft.set_field(FieldKey::Slug, "slug", line.text),
        LineKind::KeywordLine => anpa::apply_keyword_line(line.text, draft),
        LineKind::Byline => draft.set_field(FieldKey::Byline, "byline", line.text),
        LineKind::Note => draft.set_field(FieldKey::Ednote, "ednote", line.text),
        LineKind::Other => {}
    }
}

// What a line before the text of a plain dispatch is, by its looks.

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
    if labels::parse_label_line(line).is_some() {
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

// The block of `Name: value` lines that a plain text may begin with.

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
