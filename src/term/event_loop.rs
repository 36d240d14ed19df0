//! The event loop: takes messages in, updates the state, runs its effects, draws frames, and wakes when the time shown is stale.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};

use jiff::Timestamp;

use crate::app::{Choice, Effect, FollowMode, Msg, Setup, State, update};
use crate::dispatch::Stamp;
use crate::index::DispatchIndex;
use crate::ingest::{LoadEvent, LoadRequest};
use crate::store::{self, MarkWriter};
use crate::term::environment::Environment;
use crate::term::external;
use crate::term::terminal::{self, InputThread, Screen};
use crate::ui::Theme;
use crate::work::{
    Answer, AnswerSink, FollowOptions, NextJobs, SpeakerRequest, ViewCommand, WireLoader, Workers,
};

/// Shortest time between two frames that no key asked for; where screens are read aloud, counts are told less often.
const FRAME_INTERVAL: Duration = Duration::from_millis(40);

const PLAIN_FRAME_INTERVAL: Duration = Duration::from_secs(2);

/// How long the first frame waits for the first dispatches.
const FIRST_FRAME_DELAY: Duration = Duration::from_millis(25);

/// Most messages taken in before a frame is drawn.
const MAX_EVENTS_PER_FRAME: usize = 256;

/// How long files and copies are waited for at the end; on a signal, which leaves less time.
const EXIT_TIMEOUT: Duration = Duration::from_secs(10);

const SIGNAL_EXIT_TIMEOUT: Duration = Duration::from_millis(500);

/// What reaches the event loop.
pub(super) enum LoopEvent {
    Msg(Msg),
    /// Suspend, as the shell asks for it.
    Suspend,
    /// The process goes on after others have stopped it.
    Continue,
    /// End with this exit code, on a signal.
    End(u8),
}

/// How the program has ended.
#[derive(Debug)]
pub struct ExitReport {
    /// The exit code.
    pub code: u8,
    /// What was chosen, where something was to be.
    pub choice: Option<Choice>,
    /// What was read.
    pub desk: DispatchIndex,
    /// What there was to say when there was no screen any more.
    pub pending_messages: Vec<String>,
}

/// Runs the program until it is quit.
///
/// # Errors
/// Where the terminal cannot be used.
pub fn run(
    sources: LoadRequest,
    follow: FollowOptions,
    setup: Setup,
    around: Environment,
    theme: &Theme,
) -> std::io::Result<ExitReport> {
    let (tell, events) = channel();
    let crew_tell = work_answer_sink(&tell);
    let wire = WireLoader::start(sources, follow, Arc::clone(&crew_tell))?;
    let crew = Workers::start(wire, &crew_tell);
    let keeper = MarkWriter::start(
        around.state_dir.clone(),
        around.source_key,
        FIRST_FRAME_DELAY,
        store_event_sink(&tell),
    );
    terminal::watch_signals(&tell)?;
    let screen = Screen::enter(
        setup.options.mouse,
        around.has_hyperlinks && !setup.options.plain,
    )?;
    let ears = terminal::listen(tell);
    let mut state = State::new(Setup {
        size: screen.size(),
        ..setup
    });
    if follow.enabled {
        state.live.mode = FollowMode::Follow;
    }
    state.marks.is_loading = true;
    let mut edges = EffectRunner {
        screen,
        workers: crew,
        mark_writer: keeper,
        input: ears,
        environment: around,
        next: NextJobs::default(),
        unhandled: Vec::new(),
    };
    let code = run_event_loop(&mut state, &events, &mut edges, theme);
    // Also on a signal: what has been marked is kept, and where the reader was.
    let _ = handle_msg(&mut state, Msg::Quitting, &mut edges);
    let EffectRunner {
        screen,
        mark_writer: keeper,
        workers: crew,
        unhandled: left,
        ..
    } = edges;
    drop(screen);
    keeper.close();
    let quit = code.as_ref().is_ok_and(|code| *code < 128);
    let open = crew.finish_background(if quit {
        EXIT_TIMEOUT
    } else {
        SIGNAL_EXIT_TIMEOUT
    });
    let mut unsaid: Vec<String> = left
        .into_iter()
        .chain(events.try_iter())
        .filter_map(message_text)
        .collect();
    if open > 0 {
        unsaid.push("what was being saved or copied is not done: it took too long".to_owned());
    }
    let (code, choice) = (code?, state.take_choice());
    let desk = state.index;
    Ok(ExitReport {
        code,
        choice,
        desk,
        pending_messages: unsaid,
    })
}

/// What there is to say of something that has been done.
fn message_text(event: LoopEvent) -> Option<String> {
    match event {
        LoopEvent::Msg(Msg::Notice(said)) => Some(said),
        _ => None,
    }
}

/// The event loop: takes messages in, draws on change only, and sleeps while nothing moves.
fn run_event_loop(
    state: &mut State,
    events: &Receiver<LoopEvent>,
    edges: &mut EffectRunner,
    theme: &Theme,
) -> std::io::Result<u8> {
    let mut due = Some(Instant::now() + FIRST_FRAME_DELAY);
    let mut clock = Clock::default();
    let pace = if state.plain {
        PLAIN_FRAME_INTERVAL
    } else {
        FRAME_INTERVAL
    };
    loop {
        let event = match [due, clock.due()].into_iter().flatten().min() {
            Some(at) => match events.recv_timeout(at.saturating_duration_since(Instant::now())) {
                Ok(event) => Some(event),
                Err(RecvTimeoutError::Timeout) => None,
                Err(RecvTimeoutError::Disconnected) => return Ok(0),
            },
            None => match events.recv() {
                Ok(event) => Some(event),
                Err(_) => return Ok(0),
            },
        };
        if let Some(now) = clock.read() {
            let _ = handle_msg(state, Msg::Now(now), edges)?;
        }
        if let Some(event) = event {
            let mut urgent = false;
            let mut batch = drain_events(event, events).into_iter();
            while let Some(event) = batch.next() {
                match event {
                    LoopEvent::End(code) => return Ok(code),
                    LoopEvent::Suspend => {
                        edges.screen.suspend()?;
                        let _ = handle_msg(state, edges.resize_msg(), edges)?;
                    }
                    LoopEvent::Continue => {
                        edges.screen.reenter()?;
                        let _ = handle_msg(state, edges.resize_msg(), edges)?;
                    }
                    LoopEvent::Msg(msg) => {
                        let drawn = edges.screen.drawn_at().is_some();
                        urgent |= needs_frame_now(&msg, state, drawn);
                        if handle_msg(state, msg, edges)?.is_break() {
                            edges.unhandled.extend(batch);
                            return Ok(state.exit_code());
                        }
                    }
                }
            }
            if !urgent {
                let soon = edges.screen.drawn_at().map(|at| at + pace);
                due = due.into_iter().chain(soon).min();
                if due.is_some_and(|at| at > Instant::now()) {
                    edges.start_jobs();
                    continue;
                }
            }
        }
        edges.screen.draw(state, theme)?;
        due = None;
        clock.wake_in(state.until_next_tick());
        // The key is on the screen: jobs, which take all processors, must not have held that up.
        edges.start_jobs();
    }
}

/// Whether a message is worth a frame at once: what a reader has asked for; the first dispatches on an empty screen. The
/// very first frame waits a little for their marks.
fn needs_frame_now(msg: &Msg, state: &State, drawn: bool) -> bool {
    match msg {
        Msg::EntriesArrived(_) => state.index.is_empty() && (drawn || !state.marks.is_loading),
        Msg::MarksLoaded(_) => !state.index.is_empty(),
        Msg::EntriesReplaced { .. } | Msg::Problem(_) => false,
        _ => true,
    }
}

/// Takes what else is waiting along; what arrived in several pieces becomes one message.
fn drain_events(first: LoopEvent, events: &Receiver<LoopEvent>) -> Vec<LoopEvent> {
    let mut all = Vec::new();
    for event in std::iter::once(first).chain(events.try_iter().take(MAX_EVENTS_PER_FRAME)) {
        match (event, all.last_mut()) {
            (
                LoopEvent::Msg(Msg::EntriesArrived(new)),
                Some(LoopEvent::Msg(Msg::EntriesArrived(before))),
            ) => {
                before.extend(new);
            }
            (event, _) => all.push(event),
        }
    }
    all
}

// The edges of the program: whoever does the effects that the state asks for.

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
            edges.workers.compare(newer, older, snapshot);
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
            let said = external::copy_text(edges, text)?;
            show_message(state, said, edges)?;
        }
        Effect::Pipe { what, command } => {
            let said = external::pipe_to_command(edges, what, &command);
            restore_terminal_state(state, said, edges)?;
        }
        Effect::RenderForEditor(bundle) => external::read_for_editor(edges, bundle),
        Effect::OpenEditor(text) => {
            let said = external::edit_copy(edges, &text);
            restore_terminal_state(state, said, edges)?;
        }
        Effect::SaveDispatches { bundle, path, over } => {
            external::save_bundle(edges, bundle, &path, over);
        }
        Effect::OpenLink(target) => external::open_link(edges, &target),
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
    let text = external::run_editor(&mut edges.screen, &edges.input, &edges.environment, note);
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

// What work and store answer, as messages of the program.

/// Where the crew tells what it has done.
pub(super) fn work_answer_sink(tell: &Sender<LoopEvent>) -> AnswerSink {
    let tell = tell.clone();
    Arc::new(move |answer| {
        let msg = match answer {
            Answer::Load(LoadEvent::Segment(segment)) => Msg::EntriesArrived(vec![segment]),
            Answer::Load(LoadEvent::Arrived { segments, replaced }) if replaced.is_empty() => {
                Msg::EntriesArrived(segments)
            }
            Answer::Load(LoadEvent::Arrived { segments, replaced }) => {
                Msg::EntriesReplaced { segments, replaced }
            }
            Answer::Load(LoadEvent::Problem(problem)) => Msg::Problem(problem),
            Answer::Load(LoadEvent::Done(summary)) => Msg::LoadFinished(summary),
            Answer::Opened(id, result) => Msg::DispatchRead(id, result),
            Answer::Source(id, result) => Msg::SourceRead(id, result),
            Answer::Health(found) => Msg::Health(found),
            Answer::Compared(newer, older, result) => Msg::VersionsCompared(newer, older, result),
            Answer::Texts(texts, of) => Msg::DispatchesRead(texts, of),
            Answer::Filtered {
                generation,
                hits,
                progress,
            } => Msg::FilterHits {
                generation,
                hits,
                progress,
            },
            Answer::Speakers {
                generation,
                rows,
                progress,
            } => Msg::SpeakersCounted {
                generation,
                rows,
                progress,
            },
            Answer::Judged { found, done, fresh } => Msg::RulesMatched { found, done, fresh },
            Answer::CommandFailed { view, fault } => Msg::ViewCommandFailed { view, fault },
            Answer::Message(text) => Msg::Notice(text),
            Answer::Printed(text, lost) => Msg::EditorTextReady(text, lost),
            Answer::InternalError(text) => Msg::Failure(text),
            Answer::SpeakerFound { generation, id } => Msg::SpeakerFound { generation, id },
        };
        let _ = tell.send(LoopEvent::Msg(msg));
    })
}

/// Where the keeper of marks tells what it has done.
pub(super) fn store_event_sink(tell: &Sender<LoopEvent>) -> store::StoreEventSink {
    let tell = tell.clone();
    Arc::new(move |answer| {
        let msg = match answer {
            store::StoreEvent::Marks(kept) => Msg::MarksLoaded(kept),
            store::StoreEvent::Written(changes, trouble) => Msg::MarksSaved(changes, trouble),
            store::StoreEvent::Saved => Msg::UnsavedMarksSaved,
            store::StoreEvent::Warning(text) => Msg::Failure(text),
        };
        let _ = tell.send(LoopEvent::Msg(msg));
    })
}

// What time it is, as far as the screen needs to know: told when something happens, and when what is shown grows
// old.

/// What was told counts as now for so long.
const CLOCK_RESOLUTION: Duration = Duration::from_secs(1);

/// The clock of the event loop.
#[derive(Debug, Default)]
pub(super) struct Clock {
    last_read: Option<Instant>,
    next_wake: Option<Instant>,
}

impl Clock {
    /// When the screen must be drawn anew, though nothing happens.
    pub(super) fn due(&self) -> Option<Instant> {
        self.next_wake
    }

    /// The time, where what was told last is no longer now.
    pub(super) fn read(&mut self) -> Option<Stamp> {
        if self
            .last_read
            .is_some_and(|told| told.elapsed() < CLOCK_RESOLUTION)
        {
            return None;
        }
        self.last_read = Some(Instant::now());
        Some(Stamp::from_seconds(Timestamp::now().as_second()))
    }

    /// What is shown is right for so long.
    pub(super) fn wake_in(&mut self, time: Option<Duration>) {
        self.next_wake = time.map(|time| Instant::now() + time.max(CLOCK_RESOLUTION));
    }
}
