//! What stands before the text of a plain dispatch: headline, slug, byline, labels and notes to editors.

use super::kinds::{LineKind, classify_line};
use crate::dispatch::Dateline;
use crate::format::anpa;
use crate::format::dateline::LeadDateline;
use crate::format::draft::Draft;
use crate::format::fields::{self, FieldKey};

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
    for whole in super::headers::lines_with_ends(text) {
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
