//! Links of the open dispatch: found in what it says and in what the wire lists, and opened with the reader's own program.

use super::{Document, Effect, LineKind, PanelKind, State, panel};
use crate::quote::TextPart;
use crate::text::link_target;

/// A link to choose from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// As the dispatch writes it.
    pub text: String,
    /// What is opened: see [`link_target`].
    pub target: String,
}

/// What else than its body a dispatch is looked through for links.
const LINKED_LINE_KINDS: [LineKind; 4] = [
    LineKind::Headline,
    LineKind::EditorNote,
    LineKind::Rights,
    LineKind::ReaderNote,
];

/// The links of a document, each once: those of the text in its order, then those around it, then those that the wire
/// lists. With them the number of the first whose line is at or below a line of the document.
fn collect_links(document: &Document, top: usize) -> (Vec<Link>, usize) {
    let body = document.dispatch.body.text();
    let mut found: Vec<Link> = Vec::new();
    let mut next = None;
    let mut put = |text: &str, below: bool| {
        let Some(target) = link_target(text) else {
            return;
        };
        let at = found.iter().position(|link| link.target == target);
        let at = at.unwrap_or_else(|| {
            found.push(Link {
                text: text.trim().to_owned(),
                target,
            });
            found.len() - 1
        });
        if below && next.is_none() {
            next = Some(at);
        }
    };
    for range in &document.links {
        let below = document.line_of(TextPart::Body, range.start) >= top;
        put(&body[range.clone()], below);
    }
    for kind in LINKED_LINE_KINDS {
        let text = document.text_for_kind(kind);
        for range in document.links_of(kind).iter() {
            put(&text[range.clone()], false);
        }
    }
    for link in &document.dispatch.links {
        put(link, false);
    }
    (found, next.unwrap_or(0))
}

/// Opens the link of the dispatch, or shows its links to choose from.
pub(super) fn open_links(state: &mut State, effects: &mut Vec<Effect>) {
    let Some(document) = state.document() else {
        return;
    };
    let (found, next) = collect_links(document, state.reader.scroll);
    state.links = found;
    match state.links.len() {
        0 => state.notice = Some("this dispatch has no link (http, https or mailto)".to_owned()),
        1 => open_link(state, 0, effects),
        _ => {
            panel::toggle_panel(state, PanelKind::Links);
            panel::select_row(state, next);
        }
    }
}

/// Opens one of the links that are shown.
pub(super) fn open_chosen_link(state: &mut State, row: usize, effects: &mut Vec<Effect>) {
    panel::close(state);
    open_link(state, row, effects);
}

fn open_link(state: &mut State, row: usize, effects: &mut Vec<Effect>) {
    if let Some(link) = state.links.get(row) {
        state.notice = Some(format!("opening {}", link.target));
        effects.push(Effect::OpenLink(link.target.clone()));
    }
}
