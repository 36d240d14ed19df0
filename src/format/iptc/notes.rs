//! What stands behind the text for editors alone: the notebook, the block that is not for publication, the sign-off.

use std::borrow::Cow;

use crate::format::draft::Draft;
use crate::format::fields;

/// Headings of a notebook, in small letters, as dpa sends them in its languages.
const NOTEBOOK_HEADINGS: [&str; 5] = [
    "notebook",
    "notizblock",
    "bloc-notes",
    "cuaderno",
    "notities",
];

/// What the line before a block says that is not for publication, in small letters.
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

/// Takes what is for editors off the end of a text and hands it to a draft.
pub(super) fn take_editor_notes<'a>(text: &'a str, draft: &mut Draft<'_>) -> &'a str {
    let text = take_sign_off(text.trim_ascii_end(), draft);
    let Some(at) = find_notes_start(text) else {
        return text;
    };
    let (kept, block) = text.split_at(at);
    let kept = kept.trim_ascii_end();
    let stars = kept.trim_end_matches(['*', ' ']);
    let kept = if stars.ends_with('\n') {
        stars.trim_ascii_end()
    } else {
        kept
    };
    let mut notes: Vec<Cow<'_, str>> = Vec::new();
    for line in block.lines() {
        let inner = line.trim_ascii().trim_start_matches(['#', ' ']);
        let lower = inner.to_lowercase();
        let heads =
            line.starts_with("# ") && NOTEBOOK_HEADINGS.iter().any(|name| lower.contains(name));
        if inner.trim_matches(['*', ' ']).is_empty() || heads {
            continue;
        }
        collect_links(inner, draft);
        // An indented line goes on with the one before it.
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
    kept
}

/// Where the notebook, or the block that is not for publication, begins.
fn find_notes_start(text: &str) -> Option<usize> {
    let lines = memchr::memchr_iter(b'\n', text.as_bytes()).map(|at| at + 1);
    std::iter::once(0).chain(lines).find(|&at| {
        let end = memchr::memchr(b'\n', &text.as_bytes()[at..]).map_or(text.len(), |end| at + end);
        let line = text[at..end].trim_ascii();
        if line.len() > 120 || line.len() < 8 {
            return false;
        }
        let heading = line.starts_with("# ");
        // Most lines say nothing of the kind by their looks.
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

/// Links in a line of the notebook.
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

/// `dpa wsz jln npr`: the agency and the initials of those who wrote and edited.
fn take_sign_off<'a>(text: &'a str, draft: &mut Draft<'_>) -> &'a str {
    let start = memchr::memrchr(b'\n', text.as_bytes()).map_or(0, |at| at + 1);
    let line = text[start..].trim_ascii();
    if start == 0 || !is_sign_off(line, draft.dispatch.agency.as_deref()) {
        return text;
    }
    draft.add_field("sign-off", line);
    text[..start].trim_ascii_end()
}

fn is_sign_off(line: &str, agency: Option<&str>) -> bool {
    let mut words = line.split(' ');
    let first = words.next().unwrap_or("");
    let named = agency.is_some_and(|agency| agency.eq_ignore_ascii_case(first))
        || crate::format::dateline::is_known_agency(first);
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
