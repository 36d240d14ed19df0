//! Dispatches and quotes handed to programs and files of the reader's: `|`, `E`, `:w`.

use super::prompt::{Prompt, PromptKind};
use super::{Effect, State, marking};
use crate::action::Pane;
use crate::desk::{EntryId, Snapshot, StoryStatus};

/// Most dispatches that an editor gets at once.
const MAX_EDITED: usize = 1_000;

/// Dispatches that leave the program, in the order of the list.
#[derive(Debug)]
pub struct ExportDispatches {
    pub ids: Vec<EntryId>,
    /// What others do to each of them.
    pub story_statuses: Vec<StoryStatus>,
    pub snapshot: Snapshot,
}

/// What is handed to a program.
#[derive(Debug)]
pub enum ExportPayload {
    /// A quote with its source.
    Quote(String),
    Dispatches(ExportDispatches),
}

impl State {
    /// The marked dispatches, or the selected one; `None` where there is neither.
    fn dispatches_to_export(&self) -> Option<ExportDispatches> {
        let ids = marking::action_targets(self);
        // What came twice has one standing.
        let first = |id: EntryId| self.index.successor(id).unwrap_or(id);
        let standing = |&id: &EntryId| self.index.story_status(first(id));
        (!ids.is_empty()).then(|| ExportDispatches {
            story_statuses: ids.iter().map(standing).collect(),
            snapshot: self.index.snapshot(),
            ids,
        })
    }

    /// What a command gets: in the quotes pane the quote, else dispatches.
    fn export_payload(&self) -> Option<ExportPayload> {
        if self.focus == Pane::Quotes
            && let Some(quote) = self.citation()
        {
            return Some(ExportPayload::Quote(quote));
        }
        self.dispatches_to_export().map(ExportPayload::Dispatches)
    }
}

fn report_nothing_to_export(state: &mut State) {
    state.notice = Some("there is no dispatch to hand on".to_owned());
}

/// Opens the prompt for the command that gets what is current.
pub(super) fn open_pipe(state: &mut State) {
    state.prompt = Some(Prompt::new(PromptKind::Pipe, ""));
}

/// Gives what is current to a command.
pub(super) fn pipe_to_command(state: &mut State, command: &str, effects: &mut Vec<Effect>) {
    if command.is_empty() {
        state.notice = Some("`:pipe less` gives the dispatch to less".to_owned());
        return;
    }
    state.pipe_history.retain(|before| before != command);
    state.pipe_history.push(command.to_owned());
    match state.export_payload() {
        Some(what) => effects.push(Effect::Pipe {
            what,
            command: command.to_owned(),
        }),
        None => report_nothing_to_export(state),
    }
}

/// Shows a copy of the dispatches in the reader's editor, once they have been read.
pub(super) fn open_in_editor(state: &mut State, effects: &mut Vec<Effect>) {
    match state.dispatches_to_export() {
        Some(bundle) if bundle.ids.len() > MAX_EDITED => {
            let count = bundle.ids.len();
            state.notice = Some(format!(
                "no more than {MAX_EDITED} dispatches go to an editor at once, and {count} are marked: `:w FILE` saves them all"
            ));
        }
        Some(bundle) => effects.push(Effect::RenderForEditor(bundle)),
        None => report_nothing_to_export(state),
    }
}

/// The dispatches for an editor have been read.
pub(super) fn receive_editor_text(
    state: &mut State,
    text: String,
    lost: Option<String>,
    effects: &mut Vec<Effect>,
) {
    if lost.is_some() {
        state.notice = lost;
    }
    if !text.is_empty() {
        effects.push(Effect::OpenEditor(text));
    }
}

/// Saves the dispatches in a file; `over`: also where there is one of that name.
pub(super) fn save_to_file(state: &mut State, path: &str, over: bool, effects: &mut Vec<Effect>) {
    if path.is_empty() {
        let name = if over { "w!" } else { "w" };
        state.notice = Some(format!(
            "`:{name} FILE` saves the dispatch, or those that are marked: as text, or by the ending as .jsonl, .json, .md"
        ));
        return;
    }
    match state.dispatches_to_export() {
        Some(bundle) => effects.push(Effect::SaveDispatches {
            bundle,
            path: path.to_owned(),
            over,
        }),
        None => report_nothing_to_export(state),
    }
}
