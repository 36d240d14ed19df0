//! The sheet of the raw source of the open dispatch: its bytes, read again when they are asked for.

use super::header::no_dispatch_reason;
use super::sheet::{SheetKind, SheetLine};
use super::{Effect, State};
use crate::desk::{EntryId, SourceView};
use crate::dispatch::InputProblem;

/// Asks for the bytes where the sheet is open and they are not those of the open dispatch.
pub(super) fn request_source(state: &mut State, effects: &mut Vec<Effect>) {
    let shown = state.sheet.is_some_and(|s| s.kind == SheetKind::Source);
    if !shown {
        state.source = None;
        state.source_entry = None;
        return;
    }
    let Some((id, encoding)) = state.document().map(|d| (d.id, d.dispatch.encoding)) else {
        return;
    };
    if state.source_entry != Some(id) {
        state.source_entry = Some(id);
        state.source = None;
        effects.push(Effect::ReadSource(id, encoding, state.index.snapshot()));
    }
}

/// The bytes have been read.
pub(super) fn receive_source(
    state: &mut State,
    id: EntryId,
    result: Result<SourceView, InputProblem>,
) {
    if state.source_entry == Some(id) {
        state.source = Some(result);
    }
}

/// The lines of the sheet.
pub(super) fn source_lines(state: &State) -> Vec<SheetLine> {
    match &state.source {
        None => vec![SheetLine::Text(no_dispatch_reason(state))],
        Some(Err(problem)) => vec![SheetLine::Fault(problem.to_string())],
        Some(Ok(source)) => {
            let notes = source.notes.iter().map(|n| SheetLine::Note(n.clone()));
            let lines = source.lines.iter().map(|l| SheetLine::Raw(l.clone()));
            notes.chain([SheetLine::Blank]).chain(lines).collect()
        }
    }
}
