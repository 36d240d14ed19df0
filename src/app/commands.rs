//! The table of `:` commands with their prompt and the settings that they change, and all that is done with the selected
//! dispatches: marks, notes, copies, pipe, editor, file, and the choice that the program was started for. Knows nothing
//! of how effects are carried out.

use std::collections::HashSet;

use crate::action::{Action, Key, KeyMatch, Pane};
use crate::app::alerts::{HandOut, MAX_HANDED_OUT};
use crate::app::document::Document;
use crate::app::overlay::{
    Choice, ChoiceKind, Completion, OverlayKind, Prompt, PromptEvent, PromptKind,
};
use crate::app::state::{Effect, ExportPayload, OpenerChange, State};
use crate::app::{filter, list, navigation, reader, text_search, views};
use crate::config::{
    Config, FIXED_SETTINGS, TYPED_SETTINGS, TypedSetting, TypedSettingRow, sort_words,
};
use crate::dispatch::Dispatch;
use crate::filter::SortOrder;
use crate::index::{EntryId, EntryRef, Snapshot};
use crate::jobs::{ExportDispatches, FileFormat, Job, SaveRequest};
use crate::marks::MarkChange;
use crate::text::nearest_name;

/// A command typed after `:`.
pub struct Command {
    pub name: &'static str,
    /// The arguments, as help shows them.
    pub arguments: &'static str,
    /// What it does, in a phrase.
    pub help: &'static str,
    /// Called with the trimmed text after the name.
    run: fn(&mut State, &str, &mut Vec<Effect>),
    /// What Tab offers for the next word after the name, given the words before it and the beginning of this one: each
    /// with what it does, which may be empty.
    complete: Complete,
}

/// See [`Command::complete`].
type Complete = fn(&State, &[&str], &str) -> Vec<(String, String)>;

/// Nothing to complete.
const NOTHING: Complete = |_, _, _| Vec::new();

/// All commands, in the order of the help screen. An unambiguous prefix of a name runs it too.
pub const COMMANDS: &[Command] = &[
    Command {
        name: "sort",
        arguments: "KEY [KEY]",
        help: "time, urgency, agency, place, slug, length, quotes; reversed",
        run: filter::sort_command,
        complete: |_, before, partial| {
            let words = sort_words().into_iter();
            plain_candidates(words.filter(|word| !before.contains(word)), partial)
        },
    },
    Command {
        name: "follow",
        arguments: "",
        help: "follow the wire, as F does",
        run: |state, _, effects| list::toggle_follow(state, effects),
        complete: NOTHING,
    },
    Command {
        name: "view",
        arguments: "NAME",
        help: "save the current filter as a view",
        run: views::view_command,
        complete: NOTHING,
    },
    Command {
        name: "alert",
        arguments: "NAME",
        help: "the same, with an alert for each new match",
        run: views::alert_command,
        complete: NOTHING,
    },
    Command {
        name: "forget",
        arguments: "NAME",
        help: "forget a view made here",
        run: views::forget_command,
        complete: |state, before, partial| {
            let views = state.session.alerts.views.iter().filter(|_| before.is_empty());
            plain_candidates(views.map(|active| active.view.name.as_str()), partial)
        },
    },
    Command {
        name: "mute",
        arguments: "[FILTER] [until DAY | for 2h]",
        help: "hide what a filter keeps, by default the current one",
        run: views::mute_command,
        complete: NOTHING,
    },
    Command {
        name: "unmute",
        arguments: "[NAME]",
        help: "end a mute, or the last one",
        run: views::unmute_command,
        complete: NOTHING,
    },
    Command {
        name: "muted",
        arguments: "",
        help: "show what is muted, or hide it again",
        run: |state, _, _| views::toggle_muted(state),
        complete: NOTHING,
    },
    Command {
        name: "embargoed",
        arguments: "",
        help: "hide what is under embargo, or show it again",
        run: views::toggle_embargoed,
        complete: NOTHING,
    },
    Command {
        name: "health",
        arguments: "",
        help: "the sources: last heard of, rates, missing numbers",
        run: |state, _, effects| navigation::open_health(state, effects),
        complete: NOTHING,
    },
    Command {
        name: "places",
        arguments: "",
        help: "the named places; Enter goes to one",
        run: |state, _, effects| navigation::toggle_overlay(state, OverlayKind::Bookmarks, effects),
        complete: NOTHING,
    },
    Command {
        name: "w",
        arguments: "FILE",
        help: "save the dispatch, the selected ones, or their quotes, as its ending says",
        run: |state, path, effects| save_to_file(state, path, false, effects),
        complete: NOTHING,
    },
    Command {
        name: "w!",
        arguments: "FILE",
        help: "the same, replacing an existing file",
        run: |state, path, effects| save_to_file(state, path, true, effects),
        complete: NOTHING,
    },
    Command {
        name: "export",
        arguments: "FORMAT FILE",
        help: "the same in a format by its name",
        run: |state, words, effects| export_to_file(state, words, false, effects),
        complete: complete_format,
    },
    Command {
        name: "export!",
        arguments: "FORMAT FILE",
        help: "the same, replacing an existing file",
        run: |state, words, effects| export_to_file(state, words, true, effects),
        complete: complete_format,
    },
    Command {
        name: "pipe",
        arguments: "COMMAND",
        help: "pipe the dispatch, the selected ones, or the quote to a command",
        run: pipe_to_command,
        complete: NOTHING,
    },
    Command {
        name: "set",
        arguments: "NAME VALUE",
        help: "change a setting of the config file until you quit",
        run: set_command,
        complete: complete_setting,
    },
    Command {
        name: "theme",
        arguments: "NAME",
        help: "change the colours until you quit",
        run: |state, name, effects| set_command(state, &format!("theme {name}"), effects),
        complete: |state, before, partial| {
            complete_setting(state, &[&["theme"], before].concat(), partial)
        },
    },
    Command {
        name: "help",
        arguments: "[WORD]",
        help: "all keys, commands and filters, or the lines with a word",
        run: |state, word, effects| navigation::open_help(state, word, effects),
        complete: NOTHING,
    },
    Command {
        name: "quit",
        arguments: "",
        help: "quit",
        run: |_, _, effects| effects.push(Effect::Quit),
        complete: NOTHING,
    },
];

/// The words that begin with what has been typed, with nothing to say about them.
fn plain_candidates<'a>(
    words: impl Iterator<Item = &'a str>,
    partial: &str,
) -> Vec<(String, String)> {
    let fitting = words.filter(|word| word.starts_with(partial));
    fitting.map(|word| (word.to_owned(), String::new())).collect()
}

/// Completes the name of a format.
fn complete_format(_: &State, before: &[&str], partial: &str) -> Vec<(String, String)> {
    plain_candidates(FileFormat::names().filter(|_| before.is_empty()), partial)
}

/// Completes the name of a setting, then its value.
fn complete_setting(_: &State, before: &[&str], partial: &str) -> Vec<(String, String)> {
    let Some((name, before)) = before.split_first() else {
        let fitting = TYPED_SETTINGS.iter().filter(|setting| setting.name.starts_with(partial));
        return fitting.map(|s| (s.name.to_owned(), s.help.to_owned())).collect();
    };
    let setting = TYPED_SETTINGS.iter().find(|setting| setting.name == *name);
    let values = setting.map_or_else(Vec::new, |setting| setting.completions(before, partial));
    plain_candidates(values.into_iter(), partial)
}

/// Name and arguments of each command, and what it does.
#[must_use]
pub fn typed_commands() -> Vec<(String, &'static str)> {
    let typed = |command: &Command| format!("{} {}", command.name, command.arguments);
    let commands = COMMANDS.iter();
    commands.map(|command| (typed(command).trim_end().to_owned(), command.help)).collect()
}

impl std::fmt::Debug for Command {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

/// Opens the command prompt.
pub(super) fn open_command_prompt(state: &mut State) {
    state.ui.prompt = Some(Prompt::new(PromptKind::Command, ""));
}

/// Handles a key at the command prompt, or at the prompt for a shell command.
pub(super) fn handle_command_key(state: &mut State, key: Key, effects: &mut Vec<Effect>) {
    let Some(prompt) = state.ui.prompt.as_mut() else {
        return;
    };
    let history = match prompt.kind {
        PromptKind::Pipe => &state.ui.history.pipes,
        _ => &state.ui.history.commands,
    };
    match prompt.handle_key(key) {
        PromptEvent::Accepted => {
            let (text, kind) = (prompt.text().trim().to_owned(), prompt.kind);
            state.ui.prompt = None;
            match kind {
                PromptKind::Pipe if text.is_empty() => {}
                PromptKind::Pipe => pipe_to_command(state, &text, effects),
                _ => run_command(state, &text, effects),
            }
        }
        PromptEvent::Cancelled => state.ui.prompt = None,
        PromptEvent::Recall(older) => {
            prompt.recall(history, older);
        }
        // There is no list behind this prompt to move in, so the arrows go through the history as well.
        PromptEvent::Move(by) => {
            prompt.recall(history, by < 0);
        }
        PromptEvent::Complete(forward) if prompt.kind == PromptKind::Command => {
            complete_command(state, forward);
        }
        PromptEvent::Complete(_)
        | PromptEvent::Changed
        | PromptEvent::ToggleTexts
        | PromptEvent::Nothing => {}
    }
}

/// Completes the word before the cursor with the next or previous candidate.
fn complete_command(state: &mut State, forward: bool) {
    let Some(mut prompt) = state.ui.prompt.take() else {
        return;
    };
    // A second Tab steps on; typing in between has dropped the candidates.
    let mut completion = prompt.completion.take();
    if let Some(completion) = &mut completion {
        completion.step(forward);
    } else {
        let (before, after) = prompt.split_at_cursor();
        completion = find_candidates(state, before, after);
    }
    if let Some(completion) = &completion {
        let (text, cursor) = completion.text();
        prompt.set_text(text, cursor);
    }
    prompt.completion = completion;
    state.ui.prompt = Some(prompt);
}

/// The candidates for the word at the end of `before`: names of commands, or what the named command takes. `None` if
/// there are none.
fn find_candidates(state: &State, before: &str, after: &str) -> Option<Completion> {
    let start = before.rfind(char::is_whitespace).map_or(0, |at| at + 1);
    let (front, partial) = before.split_at(start);
    let words: Vec<&str> = front.split_whitespace().collect();
    let mut candidates: Vec<(String, String)> = Vec::new();
    let mut help: Vec<String> = Vec::new();
    if let Some((name, words)) = words.split_first() {
        for (word, does) in (find_command(name)?.complete)(state, words, partial) {
            candidates.push((word.clone(), word));
            help.push(does);
        }
        if help.iter().all(String::is_empty) {
            help.clear();
        }
    } else {
        for command in COMMANDS.iter().filter(|command| command.name.starts_with(partial)) {
            let shown = format!("{} {}", command.name, command.arguments);
            candidates.push((shown.trim_end().to_owned(), command.name.to_owned()));
            help.push(command.help.to_owned());
        }
    }
    (!candidates.is_empty()).then(|| Completion {
        candidates,
        help,
        current: 0,
        before: front.to_owned(),
        after: after.to_owned(),
    })
}

/// The command with this name, or the only one whose name begins with it.
fn find_command(name: &str) -> Option<&'static Command> {
    // An exact name wins over longer ones that begin with it: `mute`, `muted`.
    let exact = COMMANDS.iter().find(|command| command.name == name);
    // A beginning never stands for a command that overwrites.
    let begins =
        |command: &&Command| command.name.starts_with(name) && !command.name.ends_with('!');
    let mut matching = COMMANDS.iter().filter(begins);
    exact.or_else(|| matching.next().filter(|_| matching.next().is_none()))
}

/// Runs a typed command: its name or an unambiguous prefix, then its arguments. A number goes to that row of the list.
fn run_command(state: &mut State, text: &str, effects: &mut Vec<Effect>) {
    if text.is_empty() {
        return;
    }
    // A repeated command moves to the end of the history.
    state.ui.history.commands.retain(|before| before != text);
    state.ui.history.commands.push(text.to_owned());
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        // What does not fit is more than there are rows.
        return navigation::go_to_row(state, text.parse().unwrap_or(usize::MAX));
    }
    let (name, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
    if let Some(command) = find_command(name) {
        (command.run)(state, rest.trim(), effects);
    } else {
        let names: Vec<&str> = COMMANDS.iter().map(|command| command.name).collect();
        let names = names.join(", ");
        state.say(format!("no single command is `{name}`: {names}, or the number of a row"));
    }
}

// Settings that `:set` changes until the program ends: `config` has their table.

/// The current value of a setting as it is typed; `None` if the core does not know it.
fn show_setting(state: &State, setting: TypedSetting) -> Option<String> {
    let on_or_off = |is_on: bool| Some(if is_on { "on" } else { "off" }.to_owned());
    let format = &state.settings.list_format;
    match setting {
        TypedSetting::Theme => state.settings.theme.clone(),
        TypedSetting::Mouse => on_or_off(state.ui.mouse),
        TypedSetting::Plain => on_or_off(state.settings.plain),
        TypedSetting::HideEmbargoed => on_or_off(state.session.embargoes.hidden),
        TypedSetting::Texts => on_or_off(state.session.filter.texts.is_on),
        TypedSetting::Zone => state.settings.zone.iana_name().map(str::to_owned),
        TypedSetting::Columns => {
            let columns = format.columns.iter().map(|column| column.name());
            Some(columns.collect::<Vec<_>>().join(" "))
        }
        TypedSetting::TimeFormat => Some(format.times.time.text().to_owned()),
        TypedSetting::DateFormat => Some(format.times.date.text().to_owned()),
        TypedSetting::YearFormat => Some(format.times.year.text().to_owned()),
        TypedSetting::Sort => Some(match state.session.filter.order {
            SortOrder::Sorted(sort) => sort.to_string(),
            SortOrder::Time => "time".to_owned(),
            SortOrder::Relevance => "best matches first".to_owned(),
        }),
        TypedSetting::Url
        | TypedSetting::Editor
        | TypedSetting::Clipboard
        | TypedSetting::Shell => None,
    }
}

/// Takes over the value of a setting from those of a file that has nothing else.
fn apply_setting(
    state: &mut State,
    setting: TypedSetting,
    config: Config,
    effects: &mut Vec<Effect>,
) {
    let Config { screen, openers, .. } = config;
    let format = &mut state.settings.list_format;
    match setting {
        TypedSetting::Theme => {
            state.settings.theme.clone_from(&screen.theme);
            effects.extend(screen.theme.map(Effect::SetTheme));
        }
        TypedSetting::Mouse => {
            state.ui.mouse = screen.mouse;
            effects.push(Effect::SetMouse(screen.mouse));
        }
        TypedSetting::Plain => {
            state.settings.plain = screen.plain;
            state.redo_document();
            effects.push(Effect::Redraw);
        }
        TypedSetting::HideEmbargoed => {
            state.session.embargoes.hidden = screen.hide_embargoed;
            state.rebuild_rows();
        }
        TypedSetting::Texts => text_search::set_texts(state, screen.texts, effects),
        TypedSetting::Zone => {
            state.settings.zone = screen.zone.unwrap_or_else(|| state.settings.zone.clone());
            state.redo_document();
        }
        TypedSetting::Columns => format.columns = screen.look.columns,
        TypedSetting::TimeFormat => format.times.time = screen.look.times.time,
        TypedSetting::DateFormat => format.times.date = screen.look.times.date,
        TypedSetting::YearFormat => format.times.year = screen.look.times.year,
        TypedSetting::Sort => filter::set_order(state, screen.order, effects),
        TypedSetting::Url => {
            effects.extend(openers.url.map(OpenerChange::Url).map(Effect::SetOpener));
        }
        TypedSetting::Editor => {
            effects.extend(openers.editor.map(OpenerChange::Editor).map(Effect::SetOpener));
        }
        TypedSetting::Clipboard => {
            effects.extend(openers.clipboard.map(OpenerChange::Clipboard).map(Effect::SetOpener));
        }
        TypedSetting::Shell => {
            effects.push(Effect::SetOpener(OpenerChange::Shell(openers.shell)));
        }
    }
}

/// The current value of a setting in words, and what it takes.
fn describe_setting(state: &State, row: &TypedSettingRow) -> String {
    let (name, help) = (row.name, row.help);
    let values = (row.values)().join(", ");
    match (show_setting(state, row.setting), values.as_str()) {
        (Some(value), "") => format!("{name} is {value}: {help}"),
        (Some(value), values) => format!("{name} is {value}; it takes {values}"),
        (None, "") => format!("{name}: {help}"),
        (None, values) => format!("{name} takes {values}"),
    }
}

/// `:set [NAME [VALUE]]`: changes a setting until the program ends, or tells its value.
fn set_command(state: &mut State, words: &str, effects: &mut Vec<Effect>) {
    // As in the config file, and as in other programs: `name = value`, `name=value`.
    let (name, value) = words.split_once([' ', '\t', '=']).unwrap_or((words, ""));
    let value = value.trim_start_matches([' ', '\t', '=']);
    let names = || TYPED_SETTINGS.iter().map(|row| row.name);
    if name.is_empty() {
        let names = names().collect::<Vec<_>>().join(", ");
        return state.say(format!("`:set NAME VALUE` changes a setting until you quit: {names}"));
    }
    let Some(row) = TYPED_SETTINGS.iter().find(|row| row.name == name) else {
        if let Some((name, why)) = FIXED_SETTINGS.iter().find(|(fixed, _)| *fixed == name) {
            return state.say(format!("{name} {why}"));
        }
        let near = nearest_name(names(), name);
        let near = near.map_or(String::new(), |near| format!("; the nearest is {near}"));
        let names = names().collect::<Vec<_>>().join(", ");
        return state.say(format!("there is no setting `{name}`{near}: {names}"));
    };
    if value.is_empty() {
        return state.say(describe_setting(state, row));
    }
    match row.parse(value) {
        Ok(config) => {
            apply_setting(state, row.setting, config, effects);
            let value = show_setting(state, row.setting).unwrap_or_else(|| value.to_owned());
            state.say(format!("{name} is {value} until you quit"));
        }
        Err(message) => state.say(format!("{name} is not changed: {message}")),
    }
}

// Dispatches and quotes passed to other programs and files: `|`, `E`, `:w`.

/// Most dispatches that are opened in an editor at once: their rendered text travels through memory as one string.
const MAX_EDITED: usize = 1_000;

impl State {
    /// The marked dispatches, or else the selected one; `None` if there is neither.
    fn dispatches_to_export(&self) -> Option<ExportDispatches> {
        let ids = action_targets(self);
        (!ids.is_empty()).then(|| self.export_dispatches(ids, self.session.index.snapshot()))
    }

    /// These dispatches with their status, to be read in full by a job.
    pub(super) fn export_dispatches(
        &self,
        ids: Vec<EntryId>,
        snapshot: Snapshot,
    ) -> ExportDispatches {
        // Only the listed copy of a duplicated dispatch has a story status: ask for that one.
        let listed = |id: EntryId| self.session.index.successor(id).unwrap_or(id);
        let status = |&id: &EntryId| self.session.index.story_status(listed(id));
        ExportDispatches {
            story_statuses: ids.iter().map(status).collect(),
            snapshot,
            ids,
            clock: self.session.now.map(|now| now.seconds),
        }
    }

    /// What a shell command gets: in the quotes pane the current quote, elsewhere dispatches.
    fn export_payload(&self) -> Option<ExportPayload> {
        if self.ui.focus == Pane::Quotes
            && let Some(quote) = self.citation()
        {
            let of = self.document()?.id;
            return Some(ExportPayload::Quote(of, quote));
        }
        self.dispatches_to_export().map(ExportPayload::Dispatches)
    }
}

impl State {
    /// Records that dispatches leave the program, so that a later kill or correction of them is told.
    pub(super) fn record_hand_out(&mut self, ids: &[EntryId], act: &HandOut) {
        let now = self.session.now.map(|now| now.seconds);
        let newest = ids.len().saturating_sub(MAX_HANDED_OUT);
        for &id in &ids[newest..] {
            let strikes = &mut self.session.alerts.strikes;
            strikes.hand_out(id, act.clone(), now, &self.session.index);
        }
    }

    /// The same for the open dispatch.
    fn record_open(&mut self, act: &HandOut) {
        if let Some(id) = self.document().map(|document| document.id) {
            self.record_hand_out(&[id], act);
        }
    }
}

/// Shows that there is neither a selection nor a selected dispatch.
fn report_nothing_to_export(state: &mut State) {
    state.say("there is no dispatch to export");
}

/// Opens the prompt for a shell command to pipe to.
pub(super) fn open_pipe(state: &mut State) {
    state.ui.prompt = Some(Prompt::new(PromptKind::Pipe, ""));
}

/// Pipes the current quote or dispatches to a shell command.
fn pipe_to_command(state: &mut State, command: &str, effects: &mut Vec<Effect>) {
    if command.is_empty() {
        return state.say("`:pipe less` gives the dispatch to less");
    }
    state.ui.history.pipes.retain(|before| before != command);
    state.ui.history.pipes.push(command.to_owned());
    match state.export_payload() {
        Some(what) => effects.push(Effect::Pipe { what, command: command.to_owned() }),
        None => report_nothing_to_export(state),
    }
}

/// Asks for the text of the dispatches, to show a copy of it in the user's editor.
pub(super) fn open_in_editor(state: &mut State, effects: &mut Vec<Effect>) {
    match state.dispatches_to_export() {
        Some(bundle) if bundle.ids.len() > MAX_EDITED => {
            let count = bundle.ids.len();
            state.say(format!(
                "no more than {MAX_EDITED} dispatches go to an editor at once, and {count} are selected: `:w FILE` saves them all"
            ));
        }
        Some(bundle) => effects.push(Effect::Spawn(Job::RenderForEditor(bundle))),
        None => report_nothing_to_export(state),
    }
}

/// `:w FILE` and `:w! FILE`: saves to a file, in the format of its ending; `over` allows overwriting an existing one.
fn save_to_file(state: &mut State, path: &str, over: bool, effects: &mut Vec<Effect>) {
    if path.is_empty() {
        let name = if over { "w!" } else { "w" };
        return state.say(format!(
            "`:{name} FILE` saves the dispatch, the selected ones or, from the quotes, their quotes, as its ending says: {}",
            FileFormat::all_endings()
        ));
    }
    match FileFormat::from_file_name(path) {
        Ok(format) => save_in_format(state, (format, path), over, "w!".to_owned(), effects),
        Err(why) => state.say(format!("{path} is not saved: {why}")),
    }
}

/// `:export FORMAT FILE` and `:export! FORMAT FILE`: the same in a format by its name, whatever the ending.
fn export_to_file(state: &mut State, words: &str, over: bool, effects: &mut Vec<Effect>) {
    let names = || FileFormat::names().collect::<Vec<_>>().join(", ");
    let (name, path) = words.split_once(char::is_whitespace).unwrap_or((words, ""));
    match (FileFormat::from_name(name), path.trim()) {
        (Some(format), path) if !path.is_empty() => {
            save_in_format(state, (format, path), over, format!("export! {name}"), effects);
        }
        (None, path) if !path.is_empty() => {
            state.say(format!(
                "{path} is not saved: no format is called `{name}`: there are {}",
                names()
            ));
        }
        _ => state.say(format!("`:export FORMAT FILE` saves as `:w` does, as {}", names())),
    }
}

/// Saves the dispatches or, if the quotes pane has the focus, their quotes.
fn save_in_format(
    state: &mut State,
    (format, path): (FileFormat, &str),
    overwrite: bool,
    overwriting_command: String,
    effects: &mut Vec<Effect>,
) {
    let quotes_only = state.ui.focus == Pane::Quotes;
    if quotes_only && format == FileFormat::Ninjs {
        let instead = "ninjs has no quotes; .jsonl and .json have them as records";
        return state.say(format!("{path} is not saved: {instead}"));
    }
    match state.dispatches_to_export() {
        Some(dispatches) => effects.push(Effect::Save(SaveRequest {
            dispatches,
            quotes_only,
            format,
            path: path.into(),
            overwrite,
            overwriting_command,
        })),
        None => report_nothing_to_export(state),
    }
}

impl State {
    /// The exit code after quitting: 0. If something was to be chosen: 0 after a choice, 130 after `^C`, as shells
    /// report an interrupt, and 1 otherwise.
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        match &self.session.choose_mode {
            Some(choosing) if choosing.interrupted => 130,
            Some(choosing) if choosing.choice.is_none() => 1,
            _ => 0,
        }
    }

    /// Takes the result of choosing.
    pub fn take_choice(&mut self) -> Option<Choice> {
        self.session.choose_mode.as_mut()?.choice.take()
    }

    /// True if [`crate::action::Action::Choose`] would choose the current dispatch or quote.
    #[must_use]
    pub(super) fn can_choose(&self) -> bool {
        self.session.choose_mode.as_ref().is_some_and(|choosing| match choosing.kind {
            ChoiceKind::Dispatch => self.ui.list.selected.is_some(),
            ChoiceKind::Quote => self.ui.focus != Pane::List && self.citation().is_some(),
        })
    }
}

/// Moves into the next pane, or goes where the band over the text leads, or chooses the current dispatch or quote and
/// quits.
pub(super) fn enter_or_choose(state: &mut State, effects: &mut Vec<Effect>) {
    if !state.can_choose() {
        if state.ui.focus != Pane::Reader || !navigation::follow_band(state, effects) {
            navigation::go_in(state);
        }
        return;
    }
    // Both are read before `choose_mode` is borrowed.
    let quote = state.citation();
    let entries = action_targets(state);
    if let Some(choosing) = &mut state.session.choose_mode {
        choosing.choice = match choosing.kind {
            ChoiceKind::Dispatch => Some(Choice::Entries(entries)),
            ChoiceKind::Quote => quote.map(Choice::Quote),
        };
        effects.push(Effect::Quit);
    }
}

impl State {
    /// Whether a key quits, or leaves the list.
    #[must_use]
    pub fn is_quit_key(&self, key: Key) -> bool {
        matches!(
            self.settings.keys.lookup(Pane::List, &[key]),
            KeyMatch::Action(Action::Quit | Action::Leave)
        )
    }
}

/// Quits.
pub(super) fn quit(state: &mut State, key: Key, effects: &mut Vec<Effect>) {
    if let Some(choosing) = &mut state.session.choose_mode {
        choosing.interrupted = key == Key::ctrl('c');
    }
    effects.push(Effect::Quit);
}

// Copies.

/// The text of the open dispatch for the clipboard.
pub(super) fn dispatch_text(state: &State) -> Option<String> {
    state.document().map(Document::clipboard_text)
}

/// Copies a text, and says so. Whether it arrives is up to the terminal, which does not answer.
pub(super) fn copy_to_clipboard(
    state: &mut State,
    text: Option<String>,
    what: &str,
    effects: &mut Vec<Effect>,
) {
    match text {
        Some(text) => {
            let document = state.document();
            let warning = document.and_then(Document::copy_warning).unwrap_or("");
            state.say(format!("{warning}the {what} is on the clipboard, if the terminal lets it"));
            let is_quote = what == "quote";
            state.record_open(if is_quote { &HandOut::CopiedQuote } else { &HandOut::Copied });
            effects.push(Effect::Copy(text));
        }
        None => state.say(format!("there is no {what} to copy")),
    }
}

// Actions on marks: read, star, note, selecting rows, undo.

/// Most dispatches copied at once: terminals and clipboards limit how much text they take.
const MAX_COPIED: usize = 1_000;

/// Performs an action on marks; ignores all others.
pub(super) fn perform_mark_action(state: &mut State, action: Action, effects: &mut Vec<Effect>) {
    match action {
        Action::ToggleRead => toggle_read(state),
        Action::Star => toggle_star(state),
        Action::Note => edit_note(state, effects),
        Action::Mark => toggle_selection(state),
        Action::MarkRange => select_range(state),
        Action::MarkAll => toggle_select_all(state),
        Action::Undo => {
            let said = state.session.marks.undo();
            state.say(said.map_or_else(
                || "there is nothing to undo".to_owned(),
                |said| format!("undone: {said}"),
            ));
        }
        _ => {}
    }
}

/// The entries that an action applies to: the marked rows in list order, or else the selected row.
fn action_targets(state: &State) -> Vec<EntryId> {
    if state.session.marks.selection.is_empty() {
        state.ui.list.selected.into_iter().collect()
    } else {
        let rows = state.ui.list.rows(&state.session.index);
        state.session.marks.selection.ids(rows, &state.session.index)
    }
}

/// Marks the targets read, or unread if all of them are read already.
fn toggle_read(state: &mut State) {
    let ids = action_targets(state);
    let items = ids.iter().filter_map(|&id| state.session.index.entry(id));
    let items: Vec<u64> = items.map(EntryRef::item_key).collect();
    let read = items.iter().any(|&item| !state.session.marks.will_be_read(item));
    // Only what changes is saved and can be undone; several entries may share an item.
    let changed = |item: &u64| state.session.marks.will_be_read(*item) != read;
    let mut seen = HashSet::new();
    let changed = items.into_iter().filter(|item| changed(item) && seen.insert(*item));
    let changes: Vec<MarkChange> = changed.map(|item| MarkChange::Read(item, read)).collect();
    let what = if read { "marked read" } else { "marked unread" };
    queue_and_report(state, changes, what);
}

/// Stars the stories of the targets, or removes the stars if all of them have one.
fn toggle_star(state: &mut State) {
    let ids = action_targets(state);
    let stories = ids.iter().filter_map(|&id| state.session.index.entry(id));
    let stories: Vec<u64> = stories.map(EntryRef::story_or_item_key).collect();
    let star = stories.iter().any(|&story| !state.session.marks.will_be_starred(story));
    // Versions of a story share its star.
    let changed = |story: &u64| state.session.marks.will_be_starred(*story) != star;
    let mut seen = HashSet::new();
    let changed = stories.into_iter().filter(|story| changed(story) && seen.insert(*story));
    let changes: Vec<MarkChange> = changed.map(|story| MarkChange::Star(story, star)).collect();
    let what = if star { "starred" } else { "unstarred" };
    queue_and_report(state, changes, what);
}

/// Queues the changes of one action as one undo step. A notice is shown only for several at once: a single mark can be
/// seen on its row.
fn queue_and_report(state: &mut State, changes: Vec<MarkChange>, what: &str) {
    let count = changes.len();
    let said = reader::describe_marked(state, count, what);
    if count > 1 {
        let hint = state.key_hint("; ", Action::Undo, "takes that back");
        state.say(format!("{said}{hint}"));
    }
    state.session.marks.queue_undoable(changes, said);
}

/// Adds the selected row to the selection, or removes it.
fn toggle_selection(state: &mut State) {
    let Some(id) = state.ui.list.selected else {
        return;
    };
    let selection = &mut state.session.marks.selection;
    selection.set(id, !selection.contains(id));
    selection.range_anchor = Some(id);
}

/// Adds all rows between the last marked row and the selected one to the selection.
fn select_range(state: &mut State) {
    let rows = state.ui.list.rows(&state.session.index);
    let here = state.ui.list.row;
    let last = state.session.marks.selection.range_anchor;
    let from = last.and_then(|last| rows.iter().position(|&id| id == last));
    let from = from.unwrap_or(here);
    let range: Vec<EntryId> =
        rows.iter().take(from.max(here) + 1).skip(from.min(here)).copied().collect();
    for id in range {
        state.session.marks.selection.set(id, true);
    }
    state.session.marks.selection.range_anchor = state.ui.list.selected;
}

/// Selects all rows of the list but close matches, or clears the selection if they are selected already.
fn toggle_select_all(state: &mut State) {
    let rows = state.rows_without_close_matches().to_vec();
    let all = rows.iter().all(|&id| state.session.marks.selection.contains(id));
    if all {
        state.session.marks.selection.clear();
        return;
    }
    for id in rows {
        state.session.marks.selection.set(id, true);
    }
}

/// Asks for the marked dispatches, to copy them.
pub(super) fn request_copies(state: &mut State, effects: &mut Vec<Effect>) {
    let ids = action_targets(state);
    if ids.len() > MAX_COPIED {
        state.say(format!(
            "no more than {MAX_COPIED} dispatches are copied at once; {} are selected",
            ids.len()
        ));
        return;
    }
    effects.push(Effect::Spawn(Job::ReadDispatches(ids, state.session.index.snapshot())));
}

/// Copies dispatches to the clipboard. `requested` is how many were asked for.
pub(super) fn copy_dispatches(
    state: &mut State,
    texts: Vec<(EntryId, Dispatch)>,
    requested: usize,
    effects: &mut Vec<Effect>,
) {
    let count = texts.len();
    let ids: Vec<EntryId> = texts.iter().map(|(id, _)| *id).collect();
    let mut warned = 0;
    let texts = texts.into_iter().map(|(id, dispatch)| {
        let mut document = Document::new(id, dispatch, Vec::new(), &state.settings.zone);
        // Kills and corrections are known from the index, so that every copy has its warning.
        document.refresh_status(&state.band_context());
        warned += usize::from(!document.warning().is_empty());
        document.clipboard_text()
    });
    let text = texts.collect::<Vec<_>>().join("\n\n");
    let lost = match requested - count {
        0 => String::new(),
        lost => format!("; {lost} could not be read"),
    };
    let warnings = match warned {
        0 => String::new(),
        1 => "; one of them has a warning in it".to_owned(),
        _ => format!("; {warned} of them have a warning in them"),
    };
    state.say(format!(
        "{count} dispatches are on the clipboard, if the terminal lets it{lost}{warnings}"
    ));
    state.record_hand_out(&ids, &HandOut::Copied);
    effects.push(Effect::Copy(text));
}

// Notes on stories.

/// Longest note, in bytes. A note is kept in memory and wrapped above the text whenever its story is open.
const MAX_NOTE_BYTES: usize = 64 << 10;

/// Opens the note on the selected story in an editor.
fn edit_note(state: &mut State, effects: &mut Vec<Effect>) {
    let Some(story) = state.selected_entry().map(crate::index::EntryRef::story_or_item_key) else {
        return;
    };
    let text = state.session.marks.pending_note(story).to_owned();
    effects.push(Effect::EditNote { story, text });
}

/// Saves the edited note. `before` is the note that the editor was opened with.
pub(super) fn receive_edited_note(
    state: &mut State,
    story: u64,
    before: String,
    text: Result<String, String>,
) {
    let text = match text {
        Ok(text) => text,
        Err(why) => {
            return state.say(why);
        }
    };
    let text = text.trim_end();
    if text == before {
        return state.say("the note is unchanged");
    }
    let kept = &text[..text.floor_char_boundary(MAX_NOTE_BYTES)];
    let said = if kept.is_empty() {
        "note deleted"
    } else if kept.len() < text.len() {
        "the note was cut off at 64 KB"
    } else {
        "the note is saved"
    };
    let text = kept.to_owned();
    let note = MarkChange::Note { story, text, before };
    state.say(said.to_owned());
    state.session.marks.queue_undoable(vec![note], "the note".to_owned());
}
