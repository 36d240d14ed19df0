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
const AROUND: [LineKind; 4] = [
    LineKind::Headline,
    LineKind::Note,
    LineKind::Rights,
    LineKind::Remark,
];

/// The links of a document, each once: those of the text in its order, then those around it, then those that the wire
/// lists. With them the number of the first whose line is at or below a line of the document.
fn of(document: &Document, top: usize) -> (Vec<Link>, usize) {
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
    for kind in AROUND {
        let text = document.source(kind);
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
pub(super) fn open(state: &mut State, effects: &mut Vec<Effect>) {
    let Some(document) = state.document() else {
        return;
    };
    let (found, next) = of(document, state.reader.scroll);
    state.links = found;
    match state.links.len() {
        0 => state.notice = Some("this dispatch has no link (http, https or mailto)".to_owned()),
        1 => launch(state, 0, effects),
        _ => {
            panel::toggle(state, PanelKind::Links);
            panel::go_to(state, next);
        }
    }
}

/// Opens one of the links that are shown.
pub(super) fn choose(state: &mut State, row: usize, effects: &mut Vec<Effect>) {
    panel::close(state);
    launch(state, row, effects);
}

fn launch(state: &mut State, row: usize, effects: &mut Vec<Effect>) {
    if let Some(link) = state.links.get(row) {
        state.notice = Some(format!("opening {}", link.target));
        effects.push(Effect::Launch(link.target.clone()));
    }
}
