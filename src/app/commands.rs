//! Commands typed after `:` in one table, and what leaves the program: pipe, editor, file, or the choice it was started for.

use crate::action::{Key, Pane};
use crate::app::navigation::go_in;
use crate::app::prompt::{Prompt, PromptEvent, PromptKind};
use crate::app::state::State;
use crate::app::update::Effect;
use crate::app::{alerts, banner, filter, list, marks, panel, sheet};
use crate::index::{EntryId, Snapshot, StoryStatus};

/// A command.
pub struct Command {
    pub name: &'static str,
    /// What may follow the name, for the help.
    pub arguments: &'static str,
    pub help: &'static str,
    run: fn(&mut State, &str, &mut Vec<Effect>),
}

/// Every command.
pub const COMMANDS: &[Command] = &[
    Command {
        name: "sort",
        arguments: "KEY [KEY]",
        help: "time, urgency, agency, place, slug, length, quotes; reversed",
        run: filter::sort_command,
    },
    Command {
        name: "follow",
        arguments: "",
        help: "follow the wire, as F does",
        run: |state, _, effects| list::toggle_follow(state, effects),
    },
    Command {
        name: "view",
        arguments: "NAME",
        help: "save the filter that is on as a view",
        run: alerts::view_command,
    },
    Command {
        name: "alert",
        arguments: "NAME",
        help: "the same, and what arrives that it keeps is an alert",
        run: alerts::alert_command,
    },
    Command {
        name: "forget",
        arguments: "NAME",
        help: "forget a view that was made here",
        run: alerts::forget_command,
    },
    Command {
        name: "mute",
        arguments: "[FILTER] [until DAY | for 2h]",
        help: "leave out what a filter keeps, or the one that is on",
        run: alerts::mute_command,
    },
    Command {
        name: "unmute",
        arguments: "[NAME]",
        help: "end a mute, or the last one",
        run: alerts::unmute_command,
    },
    Command {
        name: "muted",
        arguments: "",
        help: "show what is muted, or leave it out again",
        run: |state, _, _| alerts::toggle_muted(state),
    },
    Command {
        name: "embargoed",
        arguments: "",
        help: "leave out what is under embargo, or show it again",
        run: banner::toggle_embargoed,
    },
    Command {
        name: "health",
        arguments: "",
        help: "the sources: last heard of, rates, missing numbers",
        run: |state, _, effects| sheet::open_health(state, effects),
    },
    Command {
        name: "places",
        arguments: "",
        help: "the places with a letter; Enter goes to one",
        run: |state, _, _| panel::toggle_panel(state, crate::app::PanelKind::Bookmarks),
    },
    Command {
        name: "w",
        arguments: "FILE",
        help: "save the dispatch, or those marked: text, or .jsonl .json .md",
        run: |state, path, effects| save_to_file(state, path, false, effects),
    },
    Command {
        name: "w!",
        arguments: "FILE",
        help: "the same, over a file that is there",
        run: |state, path, effects| save_to_file(state, path, true, effects),
    },
    Command {
        name: "pipe",
        arguments: "COMMAND",
        help: "give the dispatch, those marked, or the quote to a command",
        run: pipe_to_command,
    },
    Command {
        name: "quit",
        arguments: "",
        help: "end the program",
        run: |_, _, effects| effects.push(Effect::Quit),
    },
];

/// The commands as they are typed, and what each does.
#[must_use]
pub fn typed_commands() -> Vec<(String, &'static str)> {
    let typed = |command: &Command| format!("{} {}", command.name, command.arguments);
    let commands = COMMANDS.iter();
    commands
        .map(|command| (typed(command).trim_end().to_owned(), command.help))
        .collect()
}

impl std::fmt::Debug for Command {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

/// Opens the prompt for a command.
pub(super) fn open_command_prompt(state: &mut State) {
    state.prompt = Some(Prompt::new(PromptKind::Command, ""));
}

/// A key at that prompt.
pub(super) fn handle_command_key(state: &mut State, key: Key, effects: &mut Vec<Effect>) {
    let Some(prompt) = state.prompt.as_mut() else {
        return;
    };
    let history = match prompt.kind {
        PromptKind::Pipe => &state.pipe_history,
        _ => &state.command_history,
    };
    match prompt.handle_key(key) {
        PromptEvent::Accepted => {
            let (text, purpose) = (prompt.text().trim().to_owned(), prompt.kind);
            state.prompt = None;
            match purpose {
                PromptKind::Pipe if text.is_empty() => {}
                PromptKind::Pipe => pipe_to_command(state, &text, effects),
                _ => run_command(state, &text, effects),
            }
        }
        PromptEvent::Cancelled => state.prompt = None,
        PromptEvent::Recall(older) => {
            prompt.recall(history, older);
        }
        PromptEvent::Move(by) => {
            prompt.recall(history, by < 0);
        }
        PromptEvent::Complete(forward) if prompt.kind == PromptKind::Command => {
            complete_command(prompt, forward);
        }
        PromptEvent::Complete(_) | PromptEvent::Changed | PromptEvent::Nothing => {}
    }
}

/// Writes the next name that begins with what is there.
fn complete_command(prompt: &mut Prompt, forward: bool) {
    let mut completion = prompt.completion.take();
    if let Some(completion) = &mut completion {
        completion.step(forward);
    } else {
        let (before, after) = prompt.split_at_cursor();
        let fits = COMMANDS.iter().filter(|c| c.name.starts_with(before));
        let candidates: Vec<_> = fits
            .map(|c| (c.name.to_owned(), c.name.to_owned()))
            .collect();
        completion = (!candidates.is_empty()).then(|| crate::app::Completion {
            candidates,
            current: 0,
            before: String::new(),
            after: after.to_owned(),
        });
    }
    if let Some(completion) = &completion {
        let (text, cursor) = completion.text();
        prompt.set_text(text, cursor);
    }
    prompt.completion = completion;
}

/// Runs what was typed: the name of a command, or the start of just one, and what it takes.
fn run_command(state: &mut State, text: &str, effects: &mut Vec<Effect>) {
    if text.is_empty() {
        return;
    }
    state.command_history.retain(|before| before != text);
    state.command_history.push(text.to_owned());
    let (name, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
    let exact = COMMANDS.iter().find(|command| command.name == name);
    let mut begun = COMMANDS.iter().filter(|c| c.name.starts_with(name));
    let found = exact.or_else(|| begun.next().filter(|_| begun.next().is_none()));
    if let Some(command) = found {
        (command.run)(state, rest.trim(), effects);
    } else {
        let names: Vec<&str> = COMMANDS.iter().map(|command| command.name).collect();
        let names = names.join(", ");
        state.notice = Some(format!("there is no one command `{name}`: {names}"));
    }
}

// Dispatches and quotes handed to programs and files of the reader's: `|`, `E`, `:w`.

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
        let ids = marks::action_targets(self);
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

// Choosing: the program as a part of a command line, which ends when something has been chosen.

/// What Enter chooses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChoiceKind {
    Dispatch,
    /// The current quote, in the reader and in the quotes.
    Quote,
}

/// What has been chosen.
#[derive(Debug)]
pub enum Choice {
    Entries(Vec<EntryId>),
    /// A quote with its source.
    Quote(String),
}

/// How far the choosing is.
#[derive(Debug)]
pub struct ChooseMode {
    pub kind: ChoiceKind,
    choice: Option<Choice>,
    interrupted: bool,
}

impl ChooseMode {
    /// Nothing chosen yet.
    pub(super) fn new(what: ChoiceKind) -> Self {
        Self {
            kind: what,
            choice: None,
            interrupted: false,
        }
    }
}

impl State {
    /// The exit code of a program that was quit: 0; where something was to be chosen, 0 only if it was, 130 after `^C`,
    /// else 1.
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        match &self.choose_mode {
            Some(choosing) if choosing.interrupted => 130,
            Some(choosing) if choosing.choice.is_none() => 1,
            _ => 0,
        }
    }

    /// What has been chosen.
    pub fn take_choice(&mut self) -> Option<Choice> {
        self.choose_mode.as_mut()?.choice.take()
    }

    /// True where [`crate::action::Action::ChoiceKind`] chooses what is current.
    #[must_use]
    pub(super) fn can_choose(&self) -> bool {
        self.choose_mode
            .as_ref()
            .is_some_and(|choosing| match choosing.kind {
                ChoiceKind::Dispatch => self.list.selected.is_some(),
                ChoiceKind::Quote => self.focus != Pane::List && self.citation().is_some(),
            })
    }
}

/// Goes in, or chooses what is current and ends.
pub(super) fn enter_or_choose(state: &mut State, effects: &mut Vec<Effect>) {
    if !state.can_choose() {
        return go_in(state);
    }
    let quote = state.citation();
    let entries = marks::action_targets(state);
    if let Some(choosing) = &mut state.choose_mode {
        choosing.choice = match choosing.kind {
            ChoiceKind::Dispatch => Some(Choice::Entries(entries)),
            ChoiceKind::Quote => quote.map(Choice::Quote),
        };
        effects.push(Effect::Quit);
    }
}

/// Ends the program.
pub(super) fn quit(state: &mut State, key: Key, effects: &mut Vec<Effect>) {
    if let Some(choosing) = &mut state.choose_mode {
        choosing.interrupted = key == Key::ctrl('c');
    }
    effects.push(Effect::Quit);
}
