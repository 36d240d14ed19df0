//! The edges of the program: whoever does the effects that the state asks for.

use std::ops::ControlFlow;

use super::around::Environment;
use super::keys::InputThread;
use super::screen::Screen;
use super::{LoopEvent, editor, outside};
use crate::app::{Effect, Msg, State, update};
use crate::store::MarkWriter;
use crate::work::{NextJobs, SpeakerRequest, ViewCommand, Workers};

/// What does the effects.
pub(super) struct EffectRunner {
    pub(super) screen: Screen,
    pub(super) workers: Workers,
    pub(super) mark_writer: MarkWriter,
    pub(super) input: InputThread,
    pub(super) environment: Environment,
    pub(super) next: NextJobs,
    /// What had come when the program was quit, and was not taken in.
    pub(super) unhandled: Vec<LoopEvent>,
}

impl EffectRunner {
    /// The size as it is now: while the process was stopped, nobody has told it of a new one.
    pub(super) fn resize_msg(&self) -> Msg {
        let (width, height) = self.screen.size();
        Msg::Resize(width, height)
    }

    /// Starts the jobs that have waited for a frame.
    pub(super) fn start_jobs(&mut self) {
        self.next.start(&self.workers);
    }
}

/// Brings the state up to date and does what it asks for; breaks where that is to quit.
pub(super) fn handle_msg(
    state: &mut State,
    msg: Msg,
    edges: &mut EffectRunner,
) -> std::io::Result<ControlFlow<()>> {
    let loaded = matches!(msg, Msg::LoadFinished(_));
    if loaded || matches!(msg, Msg::EntriesArrived(_)) {
        edges.mark_writer.allow_start();
    }
    let effects = update(state, msg);
    if loaded {
        edges.workers.wire().load_done(&state.index);
    }
    let mut flow = ControlFlow::Continue(());
    for effect in effects {
        // What else is asked for along with the end is done all the same.
        if run_effect(effect, state, edges)?.is_break() {
            flow = ControlFlow::Break(());
        }
    }
    Ok(flow)
}

/// Does one effect, or hands it on to those who do; breaks where it is to quit.
fn run_effect(
    effect: Effect,
    state: &mut State,
    edges: &mut EffectRunner,
) -> std::io::Result<ControlFlow<()>> {
    match effect {
        Effect::ReadDispatch(id, snapshot) => edges.next.dispatch = Some((id, snapshot)),
        Effect::ReadSource(id, encoding, snapshot) => edges.workers.source(id, encoding, snapshot),
        Effect::ComputeHealth(ids, snapshot) => edges.workers.health(ids, snapshot),
        Effect::CompareVersions(newer, older, snapshot) => {
            edges.workers.compare(newer, older, snapshot)
        }
        Effect::RunFilter(job) => edges.next.filter(job, &edges.workers),
        Effect::CountSpeakers {
            generation,
            ids,
            snapshot,
        } => edges
            .workers
            .ask(generation, SpeakerRequest::Speakers(ids), snapshot),
        Effect::FindSpeaker {
            generation,
            name,
            ids,
            snapshot,
        } => edges
            .workers
            .ask(generation, SpeakerRequest::Find(name, ids), snapshot),
        Effect::MatchRules(job) => edges.workers.judge(job),
        Effect::RunViewCommand {
            view,
            command,
            id,
            snapshot,
        } => edges.workers.run_view_command(ViewCommand {
            view,
            command,
            id,
            snapshot,
        }),
        Effect::RingBell => edges.screen.ring_bell()?,
        Effect::SaveMarks(changes) => edges.mark_writer.write(changes),
        Effect::SaveListedItems(items, all) => edges.mark_writer.write_visit(items, all),
        Effect::EditNote { story, text } => edit_note(state, story, text, edges)?,
        Effect::Follow => edges.workers.wire().follow(&state.index),
        Effect::ReadDispatches(ids, snapshot) => edges.workers.texts(ids, snapshot),
        Effect::Copy(text) => {
            let said = outside::copy_text(edges, text)?;
            show_message(state, said, edges)?;
        }
        Effect::Pipe { what, command } => {
            let said = outside::pipe_to_command(edges, what, &command);
            restore_terminal_state(state, said, edges)?;
        }
        Effect::RenderForEditor(bundle) => outside::read_for_editor(edges, bundle),
        Effect::OpenEditor(text) => {
            let said = outside::edit_copy(edges, &text);
            restore_terminal_state(state, said, edges)?;
        }
        Effect::SaveDispatches { bundle, path, over } => {
            outside::save_bundle(edges, bundle, &path, over)
        }
        Effect::OpenLink(target) => outside::open_link(edges, &target),
        Effect::SetMouse(on) => edges.screen.set_mouse_capture(on)?,
        Effect::Suspend => {
            edges.screen.suspend()?;
            restore_terminal_state(state, None, edges)?;
        }
        Effect::Redraw => edges.screen.force_redraw(),
        Effect::Quit => return Ok(ControlFlow::Break(())),
    }
    Ok(ControlFlow::Continue(()))
}

/// Hands the note on a story to an editor, and takes in what came of it.
fn edit_note(
    state: &mut State,
    story: u64,
    before: String,
    edges: &mut EffectRunner,
) -> std::io::Result<()> {
    let note = ("note", before.as_str());
    let text = editor::run_editor(&mut edges.screen, &edges.input, &edges.environment, note);
    restore_terminal_state(state, None, edges)?;
    let noted = Msg::NoteEdited {
        story,
        before,
        text,
    };
    let _ = handle_msg(state, noted, edges)?;
    Ok(())
}

/// The terminal is back from another program: its size may be another one, and there may be something to say.
fn restore_terminal_state(
    state: &mut State,
    said: Option<String>,
    edges: &mut EffectRunner,
) -> std::io::Result<()> {
    let _ = handle_msg(state, edges.resize_msg(), edges)?;
    show_message(state, said, edges)
}

/// Says something, where there is something to say.
fn show_message(
    state: &mut State,
    said: Option<String>,
    edges: &mut EffectRunner,
) -> std::io::Result<()> {
    if let Some(said) = said {
        let _ = handle_msg(state, Msg::Notice(said), edges)?;
    }
    Ok(())
}
