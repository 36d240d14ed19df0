//! Commands by name, typed after `:`. One table: what Tab offers, what `?` shows and what runs.

use super::prompt::{Prompt, PromptEvent, PromptKind};
use super::{Effect, State, alerts, embargo, handing, health, live, panel, sorting};
use crate::action::Key;

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
        run: sorting::sort_command,
    },
    Command {
        name: "follow",
        arguments: "",
        help: "follow the wire, as F does",
        run: |state, _, effects| live::toggle_follow(state, effects),
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
        run: embargo::toggle_embargoed,
    },
    Command {
        name: "health",
        arguments: "",
        help: "the sources: last heard of, rates, missing numbers",
        run: |state, _, effects| health::open_health(state, effects),
    },
    Command {
        name: "places",
        arguments: "",
        help: "the places with a letter; Enter goes to one",
        run: |state, _, _| panel::toggle_panel(state, super::PanelKind::Bookmarks),
    },
    Command {
        name: "w",
        arguments: "FILE",
        help: "save the dispatch, or those marked: text, or .jsonl .json .md",
        run: |state, path, effects| handing::save_to_file(state, path, false, effects),
    },
    Command {
        name: "w!",
        arguments: "FILE",
        help: "the same, over a file that is there",
        run: |state, path, effects| handing::save_to_file(state, path, true, effects),
    },
    Command {
        name: "pipe",
        arguments: "COMMAND",
        help: "give the dispatch, those marked, or the quote to a command",
        run: handing::pipe_to_command,
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
                PromptKind::Pipe => handing::pipe_to_command(state, &text, effects),
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
        completion = (!candidates.is_empty()).then(|| super::Completion {
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
