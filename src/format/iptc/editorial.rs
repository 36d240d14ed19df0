//! The lines around an IPTC 7901 text: take, headline and byline before it, notebook, editors' notes and sign-off after
//! it.

use std::borrow::Cow;

use crate::dispatch::Role;
use crate::format::parser::Draft;
use crate::format::shared::bylines::is_byline;
use crate::format::shared::fields::{self, FieldKey};
use crate::format::shared::labels;

/// Most lines up to the one that ends with ` =`. Agencies send about five.
const MAX_FRONT_LINES: usize = 16;

/// Moves the lines before the text into a draft and returns the text. The last of these lines ends with `=`; without
/// such a line, all of `text` is returned.
pub(super) fn read_front_lines<'a>(text: &'a str, draft: &mut Draft<'_>) -> &'a str {
    let start = text.len() - text.trim_start_matches(['\n', ' ']).len();
    let text = &text[start..];
    let mut lines: Vec<&str> = Vec::new();
    let mut at = 0;
    for full_line in text.split_inclusive('\n').take(MAX_FRONT_LINES) {
        at += full_line.len();
        let line = full_line.trim_ascii();
        // An empty line, or one far longer than the 69 characters of a wire line: the text has begun.
        if line.is_empty() || line.len() > 200 {
            return text;
        }
        if let Some(last) = line.strip_suffix('=') {
            lines.push(last.trim_ascii_end());
            apply_front_lines(&lines, draft);
            return apply_bylines(&text[at..], draft);
        }
        lines.push(line);
    }
    text
}

/// Takes the bylines directly after the headline, and returns the rest.
fn apply_bylines<'a>(text: &'a str, draft: &mut Draft<'_>) -> &'a str {
    let mut rest = text;
    while let Some(end) = memchr::memchr(b'\n', rest.as_bytes()) {
        let line = rest[..end].trim_ascii();
        if !is_byline(line) {
            break;
        }
        draft.set_field(FieldKey::Byline, "byline", line);
        rest = &rest[end + 1..];
    }
    rest
}

/// Sorts the lines before the text into notes, labels, byline and headline.
fn apply_front_lines(lines: &[&str], draft: &mut Draft<'_>) {
    let mut headline: Vec<&str> = Vec::new();
    let mut lines = lines.iter().copied().filter(|line| !line.is_empty());
    while let Some(line) = lines.next() {
        // A label comes above the headline; below it, the same words belong to the headline.
        if let Some(inner) = line.strip_prefix('(') {
            apply_bracketed(inner, &mut lines, draft);
        } else if is_label(line) && headline.is_empty() {
            add_label(line, draft);
        } else if is_byline(line) {
            draft.set_field(FieldKey::Byline, "byline", line);
        } else {
            headline.push(line);
        }
    }
    draft.set_field(FieldKey::Headline, "headline", &headline.join(" "));
}

/// Applies a note or label in brackets. `first` is its first line without the opening bracket; it may take more of
/// `lines`.
fn apply_bracketed<'a>(
    first: &'a str,
    lines: &mut impl Iterator<Item = &'a str>,
    draft: &mut Draft<'_>,
) {
    let mut all = first.to_owned();
    while !all.ends_with(')') {
        let Some(next) = lines.next() else { break };
        all.push(' ');
        all.push_str(next);
    }
    let inner = all.strip_suffix(')').unwrap_or(&all).trim();
    if is_label(inner) {
        add_label(inner, draft);
    } else {
        fields::append_text(&mut draft.dispatch.ednote, inner, "\n");
    }
}

/// True for a label in upper or lower case: `Eil`, `KORR-Bericht`, `1ST LEAD`.
fn is_label(line: &str) -> bool {
    line.len() <= 48 && labels::parse_label_line(&line.to_uppercase()).is_some()
}

/// Adds a label and sets its role. The role is set here because other formats recognise most labels by their capitals,
/// and these may be in lower case. A weaker role does not replace a stronger one.
fn add_label(label: &str, draft: &mut Draft<'_>) {
    fields::append_text(&mut draft.dispatch.label, label, " ");
    let meaning = labels::parse_label_line(&label.to_uppercase());
    if let Some(role) = meaning.and_then(|meaning| meaning.role)
        && matches!(draft.dispatch.role, Role::Story | Role::Alert | Role::Update)
        && (draft.dispatch.role == Role::Story || !matches!(role, Role::Update | Role::Alert))
    {
        draft.dispatch.role = role;
    }
}

// What follows the text for editors only: notebook, block not for publication, sign-off.

/// Headings of dpa's notebook in the languages of its services, in lower case.
const NOTEBOOK_HEADINGS: [&str; 5] =
    ["notebook", "notizblock", "bloc-notes", "cuaderno", "notities"];

/// Phrases that announce a block not for publication, in lower case.
const NOT_FOR_PUBLICATION: [&str; 8] = [
    "not for publication",
    "not intended for publication",
    "nicht zur veröffentlichung",
    "nicht für die veröffentlichung",
    "pas destinées à la publication",
    "pas destinées à publication",
    "no destinada a la publicación",
    "niet voor publicatie",
];

/// Moves the notes for editors from the end of `text` into a draft, and returns the text before them.
pub(super) fn take_editor_notes<'a>(text: &'a str, draft: &mut Draft<'_>) -> &'a str {
    let text = take_sign_off(text.trim_ascii_end(), draft);
    let Some(at) = find_notes_start(text) else {
        return text;
    };
    let (body, block) = text.split_at(at);
    let body = body.trim_ascii_end();
    // A line of stars may separate the two.
    let without_stars = body.trim_end_matches(['*', ' ']);
    let body = if without_stars.ends_with('\n') { without_stars.trim_ascii_end() } else { body };
    let mut notes: Vec<Cow<'_, str>> = Vec::new();
    for line in block.lines() {
        let inner = line.trim_ascii().trim_start_matches(['#', ' ']);
        let lower = inner.to_lowercase();
        let is_heading =
            line.starts_with("# ") && NOTEBOOK_HEADINGS.iter().any(|name| lower.contains(name));
        if inner.trim_matches(['*', ' ']).is_empty() || is_heading {
            continue;
        }
        collect_links(inner, draft);
        // An indented line continues the one before it.
        match notes.last_mut().filter(|_| line.starts_with(' ')) {
            Some(last) => {
                let last = last.to_mut();
                last.push(' ');
                last.push_str(inner);
            }
            None => notes.push(Cow::Borrowed(inner)),
        }
    }
    if !notes.is_empty() {
        fields::append_text(&mut draft.dispatch.ednote, &notes.join("\n"), "\n");
    }
    body
}

/// Byte offset of the line where the notebook, or the block not for publication, begins.
fn find_notes_start(text: &str) -> Option<usize> {
    let lines = memchr::memchr_iter(b'\n', text.as_bytes()).map(|at| at + 1);
    std::iter::once(0).chain(lines).find(|&at| {
        let end = memchr::memchr(b'\n', &text.as_bytes()[at..]).map_or(text.len(), |end| at + end);
        let line = text[at..end].trim_ascii();
        if line.len() > 120 || line.len() < 8 {
            return false;
        }
        let heading = line.starts_with("# ");
        // Lower-casing every line would be slow: rule most of them out by their last byte.
        if !heading
            && !matches!(
                line.as_bytes().last(),
                Some(b'n' | b't' | b'e' | b':' | b'.' | b'*' | b')')
            )
        {
            return false;
        }
        if heading {
            let lower = line.to_lowercase();
            return NOTEBOOK_HEADINGS.iter().any(|name| lower.contains(name));
        }
        (line.contains("ubli") || line.contains("ffentlich")) && {
            let lower = line.to_lowercase();
            NOT_FOR_PUBLICATION.iter().any(|mark| lower.contains(mark))
        }
    })
}

/// Adds the links in a line of the notebook to the draft, each once.
fn collect_links(line: &str, draft: &mut Draft<'_>) {
    for scheme in ["http://", "https://"] {
        for (at, _) in line.match_indices(scheme) {
            let rest = &line[at..];
            let end = rest
                .find(|c: char| c.is_whitespace() || matches!(c, ')' | '>' | ']' | '"'))
                .unwrap_or(rest.len());
            let link = rest[..end].trim_end_matches(['.', ',', ';']).to_owned();
            if !draft.dispatch.links.contains(&link) {
                draft.dispatch.links.push(link);
            }
        }
    }
}

/// Moves the sign-off from the end of `text` into a field, and returns the text before it. `dpa wsz jln npr` is the
/// agency and the initials of those who wrote and edited.
fn take_sign_off<'a>(text: &'a str, draft: &mut Draft<'_>) -> &'a str {
    let start = memchr::memrchr(b'\n', text.as_bytes()).map_or(0, |at| at + 1);
    let line = text[start..].trim_ascii();
    if start == 0 || !is_sign_off(line, draft.dispatch.agency.as_deref()) {
        return text;
    }
    draft.add_field("sign-off", line);
    text[..start].trim_ascii_end()
}

/// True for an agency in lower case, the dispatch's own or a known one, followed by nothing but initials.
fn is_sign_off(line: &str, agency: Option<&str>) -> bool {
    let mut words = line.split(' ');
    let first = words.next().unwrap_or("");
    let named = agency.is_some_and(|agency| agency.eq_ignore_ascii_case(first))
        || crate::format::shared::dateline::is_known_agency(first);
    let initials = |word: &str| {
        !word.is_empty()
            && word.chars().count() <= 8
            && word.chars().all(|c| c.is_alphanumeric() || c == '/')
            && !word.starts_with(char::is_uppercase)
    };
    line.len() <= 60
        && named
        && first.chars().all(char::is_lowercase)
        && words.clone().count() > 0
        && words.all(initials)
}
