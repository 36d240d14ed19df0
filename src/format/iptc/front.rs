//! The lines between STX and ` =`: take, headline, byline, and notes in brackets.

use crate::dispatch::Role;
use crate::format::draft::Draft;
use crate::format::fields::{self, FieldKey};
use crate::format::label;

/// Most lines before the one that ends with ` =`.
const MAX_FRONT_LINES: usize = 16;

/// Reads the header lines of a clean text into a draft; what is left is the text. All of it where no line ends with `=`.
pub(super) fn read_front_lines<'a>(text: &'a str, draft: &mut Draft<'_>) -> &'a str {
    let start = text.len() - text.trim_start_matches(['\n', ' ']).len();
    let text = &text[start..];
    let mut lines: Vec<&str> = Vec::new();
    let mut at = 0;
    for whole in text.split_inclusive('\n').take(MAX_FRONT_LINES) {
        at += whole.len();
        let line = whole.trim_ascii();
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

/// Bylines that follow at once, below the headline.
fn apply_bylines<'a>(text: &'a str, draft: &mut Draft<'_>) -> &'a str {
    let mut rest = text;
    while let Some(end) = memchr::memchr(b'\n', rest.as_bytes()) {
        let line = rest[..end].trim_ascii();
        let Some(name) = parse_byline(line) else {
            break;
        };
        draft.set_field(FieldKey::Byline, "byline", name);
        rest = &rest[end + 1..];
    }
    rest
}

fn apply_front_lines(lines: &[&str], draft: &mut Draft<'_>) {
    let mut headline: Vec<&str> = Vec::new();
    let mut lines = lines.iter().copied().filter(|line| !line.is_empty());
    while let Some(line) = lines.next() {
        if let Some(inner) = line.strip_prefix('(') {
            apply_bracketed(inner, &mut lines, draft);
        } else if is_label(line) && headline.is_empty() {
            add_label(line, draft);
        } else if let Some(name) = parse_byline(line) {
            draft.set_field(FieldKey::Byline, "byline", name);
        } else {
            headline.push(line);
        }
    }
    draft.set_field(FieldKey::Headline, "headline", &headline.join(" "));
}

/// A note or a label in brackets, which may go over several lines.
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

/// A label, whatever its case: `(Eil)`, `(KORR-Bericht)`, `1ST LEAD`.
fn is_label(line: &str) -> bool {
    line.len() <= 48 && label::parse_label_line(&line.to_uppercase()).is_some()
}

/// Adds a label. Its case does not matter here, so its role is set at once.
fn add_label(label: &str, draft: &mut Draft<'_>) {
    fields::append_text(&mut draft.dispatch.label, label, " ");
    let meaning = label::parse_label_line(&label.to_uppercase());
    if let Some(role) = meaning.and_then(|meaning| meaning.role)
        && matches!(
            draft.dispatch.role,
            Role::Story | Role::Alert | Role::Update
        )
        && (draft.dispatch.role == Role::Story || !matches!(role, Role::Update | Role::Alert))
    {
        draft.dispatch.role = role;
    }
}

/// A byline with its first word (`Von`).
fn parse_byline(line: &str) -> Option<&str> {
    const BY: [&str; 8] = ["by ", "von ", "par ", "por ", "door ", "di ", "da ", "av "];
    let by = BY.iter().find(|by| {
        line.get(..by.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(by))
    })?;
    let names = line[by.len()..].trim();
    let small = |word: &str| {
        matches!(
            word,
            "and"
                | "und"
                | "et"
                | "y"
                | "e"
                | "en"
                | "de"
                | "der"
                | "van"
                | "von"
                | "di"
                | "in"
                | "la"
                | "le"
                | "del"
                | "correspondents"
                | "staff"
                | "dpa"
                | "afp"
                | "unseren"
                | "unserem"
                | "our"
        )
    };
    let named = names
        .split([' ', ',', '/'])
        .filter(|word| !word.is_empty())
        .all(|word| small(word) || word.starts_with(|c: char| !c.is_lowercase()));
    (names.len() >= 3 && names.len() <= 120 && named && line.starts_with(char::is_uppercase))
        .then_some(line)
}
