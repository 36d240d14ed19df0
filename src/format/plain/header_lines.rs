//! Reads the lines before the text of a plain dispatch: `Name: value` headers, headline, slug, byline, labels, notes to
//! editors. Other formats use it for what their own structure leaves in the text.

use std::borrow::Cow;

use crate::dispatch::Dateline;
use crate::format::anpa;
use crate::format::parser::Draft;
use crate::format::shared::bylines::is_byline;
use crate::format::shared::dateline::LeadDateline;
use crate::format::shared::fields::{self, FieldKey, field_key};
use crate::format::shared::labels;
use crate::text::has_prefix_ignoring_case;

/// Most lines before the text. The search for a dateline ends there, too.
const MAX_LINES: usize = 16;

/// Longest line before the text, in characters: a longer one is a paragraph.
const MAX_LINE_CHARS: usize = 180;

/// A line before the text, or the first line of the text.
#[derive(Debug, Clone, Copy)]
struct FrontLine<'a> {
    /// The line without white space around it.
    text: &'a str,
    /// Byte offset into the whole text.
    start: usize,
    kind: LineKind,
    /// An empty line comes before it.
    after_blank_line: bool,
}

/// Moves the lines before the text into a draft. Returns the text, and the dateline at its start if there is one.
pub(in crate::format) fn read<'a>(
    text: &'a str,
    draft: &mut Draft<'_>,
) -> (&'a str, Option<LeadDateline<'a>>) {
    let (mut lines, found) = leading_lines(text);
    // Without a dateline, an address such as `Editors:` can only be the start of the text.
    let from = if let Some((start, _)) = &found {
        read_above_dateline(&lines, *start, draft)
    } else {
        let addresses = lines.iter_mut().filter(|line| opens_text(line));
        addresses.for_each(|line| line.kind = LineKind::Other);
        read_without_dateline(text, &lines, draft)
    };
    (&text[from..], found.map(|(_, dateline)| dateline))
}

/// Returns the dateline if `text` begins with it. A dateline below an introduction goes into the draft without a range,
/// like one from a field of its own.
pub(in crate::format) fn detach_dateline<'a>(
    text: &str,
    dateline: Option<LeadDateline<'a>>,
    draft: &mut Draft<'_>,
) -> Option<LeadDateline<'a>> {
    let dateline = dateline?;
    if dateline.begins_text(text) {
        return Some(dateline);
    }
    draft.dispatch.dateline = Some(Dateline { range: None, ..dateline.into_dateline() });
    None
}

/// True for a note that ends with its colon (`Editors:`): an address to the readers of the text that follows.
fn opens_text(line: &FrontLine<'_>) -> bool {
    line.kind == LineKind::Note && line.text.ends_with(':')
}

/// The first lines of a text, up to a dateline or to a line that can only be text. A dateline is returned with the byte
/// offset of its line; other text is the last of the lines.
fn leading_lines(text: &str) -> (Vec<FrontLine<'_>>, Option<(usize, LeadDateline<'_>)>) {
    let mut lines = Vec::new();
    let (mut at, mut after_blank_line, mut headlines) = (0, false, 0);
    for full_line in lines_with_ends(text) {
        let (start, line) = (at, full_line.trim_ascii());
        at += full_line.len();
        if line.is_empty() {
            after_blank_line = true;
            continue;
        }
        if let Some(dateline) = LeadDateline::parse(line) {
            return (lines, Some((start, dateline)));
        }
        let kind = classify_line(line);
        headlines += usize::from(kind == LineKind::Other);
        let long = line.len() > MAX_LINE_CHARS && line.chars().count() > MAX_LINE_CHARS;
        // The last line is needed to compare a headline with the text after it.
        let is_last = long || lines.len() >= MAX_LINES || headlines > 5;
        lines.push(FrontLine {
            text: line,
            start,
            kind: if is_last { LineKind::Other } else { kind },
            after_blank_line,
        });
        if is_last {
            break;
        }
        after_blank_line = false;
    }
    (lines, None)
}

/// Applies the lines above a dateline by their looks; the others are the headline. Returns the byte offset where the
/// text begins: `dateline`, or a sentence above it.
fn read_above_dateline(lines: &[FrontLine<'_>], dateline: usize, draft: &mut Draft<'_>) -> usize {
    let others = || lines.iter().filter(|line| line.kind == LineKind::Other);
    let ends = |line: &FrontLine<'_>| line.text.ends_with('.') && line.text.len() > 80;
    let headline = draft.dispatch.headline.clone();
    // A long sentence above the dateline is text. So is any line if the headline is known, but for its repetition.
    let text = others().find(|line| match headline.as_str() {
        "" => ends(line),
        headline => line.text != headline,
    });
    let address = lines.iter().find(|line| opens_text(line));
    let from = text.map_or(dateline, |line| {
        address.map_or(line.start, |address| line.start.min(address.start))
    });
    let before = || lines.iter().filter(|line| line.start < from);
    before().for_each(|line| apply_line(line, draft));
    if headline.is_empty() {
        let headline: Vec<&str> =
            before().filter(|line| line.kind == LineKind::Other).map(|line| line.text).collect();
        draft.set_field(FieldKey::Headline, "headline", &headline.join(" "));
    }
    from
}

/// Applies the lines above a text without a dateline: here only one or two short lines above longer text are a
/// headline. Returns the byte offset where the text begins.
fn read_without_dateline(text: &str, lines: &[FrontLine<'_>], draft: &mut Draft<'_>) -> usize {
    let mut rest = lines.iter().take_while(|line| line.kind != LineKind::Other).count();
    // If every line looks like front matter, these lines are all the text there is.
    if rest == lines.len() {
        return 0;
    }
    let named = !draft.dispatch.headline.is_empty();
    let headline = if named { 0 } else { count_headline_lines(text, &lines[rest..]) };
    // Without a headline above it, a line `By …` may be the text itself.
    if headline == 0 && !named && lines[..rest].iter().any(|line| line.kind == LineKind::Byline) {
        rest = lines
            .iter()
            .take_while(|line| matches!(line.kind, LineKind::Label | LineKind::Note))
            .count();
    }
    lines[..rest].iter().for_each(|line| apply_line(line, draft));
    let start = |at: usize| lines.get(at).map_or(text.len(), |line| line.start);
    if headline == 0 {
        return start(rest);
    }
    let words: Vec<&str> = lines[rest..rest + headline].iter().map(|line| line.text).collect();
    draft.set_field(FieldKey::Headline, "headline", &words.join(" "));
    rest += headline;
    // Byline and notes may follow the headline, but some text must be left.
    let after = lines[rest..].iter().take_while(|line| line.kind != LineKind::Other);
    let after: Vec<_> = after.collect();
    if rest + after.len() < lines.len() {
        for line in &after {
            apply_line(line, draft);
        }
        rest += after.len();
    }
    start(rest)
}

/// Number of `lines`, from the first on, that are a headline: short, without a full stop, and above longer text.
fn count_headline_lines(text: &str, lines: &[FrontLine<'_>]) -> usize {
    let ends =
        |line: &FrontLine<'_>| line.text.ends_with(['.', ',', ':', ';', '"', '”', '。', '»', ')']);
    let short = |line: &FrontLine<'_>| line.text.chars().count() <= 120 && !ends(line);
    let Some(first) = lines.first().filter(|line| short(line)) else {
        return 0;
    };
    let next = |at: usize| {
        let after = lines[at..].iter().position(|line| line.kind == LineKind::Other)?;
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
        // Without an empty line between them, only a line too wide to be wrapped text is certainly not more headline.
        Some(second) if second.text.chars().count() > 95 => 1,
        Some(second) => {
            let both = first.text.chars().count() <= 80 && second.text.chars().count() <= 80;
            let apart = lines.get(2).is_some_and(|third| third.after_blank_line)
                && longer(lines[2].start, first.text.len() + second.text.len());
            if both && apart && short(second) { 2 } else { 0 }
        }
    }
}

/// Sets the field that a line stands for.
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

// Classifying single lines.

/// Kind of a line before the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LineKind {
    Label,
    Slug,
    /// AP's keyword line: slug, version, reference, number of words.
    KeywordLine,
    Byline,
    Note,
    /// Headline or text.
    Other,
}

/// The kind of a line by its looks. Labels and notes are tested first: their words are the most specific.
pub(super) fn classify_line(line: &str) -> LineKind {
    if labels::parse_label_line(line).is_some() {
        LineKind::Label
    } else if is_note(line) {
        LineKind::Note
    } else if has_prefix_ignoring_case(line, "by ") && is_byline(line) {
        // Nothing else marks the line: in other languages it may be a headline.
        LineKind::Byline
    } else if anpa::has_cycle_prefix(line) && line.contains(',') {
        LineKind::KeywordLine
    } else if is_slug(line) {
        LineKind::Slug
    } else {
        LineKind::Other
    }
}

/// True for a note to editors: `Eds: …`, `EDITOR'S NOTE: …`, `(Adds …)`, `EMBARGOED …`.
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
        has_prefix_ignoring_case(line, start)
            || line.len() >= start.len()
                && line.get(..start.len()).is_some_and(|begin| begin.to_lowercase() == **start)
    };
    STARTS.iter().any(&starts) || line.ends_with(')') && BRACKETED.iter().any(starts)
}

/// True for a slug: capitals with a slash or hyphen (`HARBOUR-STRIKE/PORTS`), or one short word and a slash (`storm/`).
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

// The block of `Name: value` headers at the start of a text.

/// Most lines of a block of headers.
const MAX_HEADER_LINES: usize = 80;

/// Longest name of a header, in bytes.
const MAX_NAME_BYTES: usize = 32;

/// A block of headers at the start of a text.
#[derive(Debug)]
pub(in crate::format) struct HeaderBlock<'a> {
    /// A headline without a name, on the line above the headers.
    headline: Option<&'a str>,
    /// Name, key if the name is known, and value with its continuation lines joined.
    lines: Vec<(&'a str, Option<FieldKey>, Cow<'a, str>)>,
    /// Byte offset of the text after the block.
    pub end: usize,
}

/// Splits a header into name and value. `None` if the line is not a header.
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

/// The lines of a text with their ends, like `split_inclusive('\n')` but faster.
pub(super) fn lines_with_ends(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let end = memchr::memchr(b'\n', rest.as_bytes()).map_or(rest.len(), |at| at + 1);
        let (line, after) = rest.split_at(end);
        rest = after;
        (!line.is_empty()).then_some(line)
    })
}

/// The key of a header's name. Names of bodies do not count: a plain text has its body below the headers.
fn known_key(name: &str) -> Option<FieldKey> {
    field_key(name).filter(|key| !key.is_nested_only())
}

/// Finds the block of headers at the start of a text. It begins on the first line, or on the second below a headline;
/// each line is a header or an indented continuation; it ends with an empty line or the text. At least one name must be
/// known, and a block of one line needs a distinctive name.
pub(in crate::format) fn find_header_block(text: &str) -> Option<HeaderBlock<'_>> {
    let mut lines = lines_with_ends(text);
    let mut block = HeaderBlock { headline: None, lines: Vec::new(), end: 0 };
    let mut distinctive_names = 0;
    let mut known_names = 0;
    for count in 0.. {
        let Some(full_line) = lines.next() else {
            break;
        };
        let line = full_line.trim_ascii_end();
        if line.is_empty() {
            block.end += full_line.len();
            break;
        }
        if count > MAX_HEADER_LINES {
            return None;
        }
        if let Some((name, value)) = parse_header_line(line) {
            let key = known_key(name);
            if let Some(key) = key {
                known_names += 1;
                distinctive_names += usize::from(key.is_distinctive());
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
        block.end += full_line.len();
    }
    // `Dam talks: both sides agree` above known headers is a headline that looks like a header.
    let titled = block.lines.iter().any(|&(_, key, _)| key == Some(FieldKey::Headline));
    if block.headline.is_none() && !titled && block.lines.len() > 1 && block.lines[0].1.is_none() {
        block.headline = text.split('\n').next().map(str::trim_ascii);
        block.lines.remove(0);
    }
    (known_names > 0 && (distinctive_names > 0 || block.lines.len() > 1)).then_some(block)
}

impl HeaderBlock<'_> {
    /// True for at least three known names, one of them distinctive, and no headline above: such a block begins a
    /// dispatch even in the middle of a file.
    pub(in crate::format) fn is_certain(&self) -> bool {
        let keys = || self.lines.iter().filter_map(|(_, key, _)| *key);
        self.headline.is_none() && keys().count() >= 3 && keys().any(FieldKey::is_distinctive)
    }

    /// Sets the headers in a draft; those with unknown names are kept as fields.
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
