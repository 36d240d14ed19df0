//! The event loop: receives messages, updates the state, carries out effects and draws frames. Also wakes up when
//! something on the screen changes with time.

use std::io::Write as _;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};

use crate::action::Action;
use crate::app::{Choice, Effect, ExportPayload, Msg, Setup, State, TEXT_SEARCH_REST, update};
use crate::dispatch::Stamp;
use crate::index::DispatchIndex;
use crate::ingest::{LoadEvent, LoadRequest};
use crate::jobs::Answer;
use crate::log;
use crate::store::{self, MarkWriter};
use crate::term::environment::Environment;
use crate::term::external;
use crate::term::terminal::{self, InputThread, Screen};
use crate::text::count_noun;
use crate::ui::Theme;
use crate::work::{AnswerSink, FollowOptions, LoadSink, WireLoader, Workers, job_runner};

/// Minimum time between two frames that no key asked for, such as those of a load.
const FRAME_INTERVAL: Duration = Duration::from_millis(40);

/// The same in plain mode: a screen reader would read every change of a counter aloud.
const PLAIN_FRAME_INTERVAL: Duration = Duration::from_secs(2);

/// How long the first frame waits for the first dispatches, so that a quick start does not flash an empty list.
const FIRST_FRAME_DELAY: Duration = Duration::from_millis(25);

/// Maximum number of events taken from the queue before a frame is drawn, so that a flood of them cannot hold frames
/// up.
const MAX_EVENTS_PER_FRAME: usize = 256;

/// How long to wait at the end for files and copies that are still being written.
const EXIT_TIMEOUT: Duration = Duration::from_secs(10);

/// How long marks may take to be written after the user has quit before a sentence says so.
const SENTENCE_DELAY: Duration = Duration::from_millis(150);

/// The same as [`EXIT_TIMEOUT`] after a signal, when the system may soon kill the process.
const SIGNAL_EXIT_TIMEOUT: Duration = Duration::from_millis(500);

/// An event of the event loop.
pub(super) enum LoopEvent {
    Msg(Msg),
    /// Suspend the process (SIGTSTP).
    Suspend,
    /// The process continues after another process stopped it (SIGCONT).
    Continue,
    /// End with this exit code, after a signal or a hangup.
    End(u8),
}

/// How the screen ended.
#[derive(Debug)]
pub struct ExitReport {
    /// The exit code.
    pub code: u8,
    /// What was chosen, with `--print`.
    pub choice: Option<Choice>,
    /// The entries of the list, to look up the choice.
    pub index: DispatchIndex,
    /// Messages that came too late for the screen.
    pub pending_messages: Vec<String>,
}

/// Runs the screen until the user quits or a signal ends it.
///
/// # Errors
/// If the terminal cannot be used, or a thread cannot be started.
pub fn run(
    sources: LoadRequest,
    follow: FollowOptions,
    setup: Setup,
    environment: Environment,
    theme: Theme,
) -> std::io::Result<ExitReport> {
    let (sender, events) = channel();
    // Loading starts first, so that it runs while the terminal is being set up.
    let wire = WireLoader::start(sources, follow, load_event_sink(&sender))?;
    let workers = Workers::new(job_runner(), &answer_sink(&sender));
    let mark_writer = MarkWriter::start(
        environment.state_dir.clone(),
        environment.source_key,
        FIRST_FRAME_DELAY,
        store_event_sink(&sender),
    );
    // Before the terminal's modes change: a signal in between must not leave them changed.
    terminal::watch_signals(&sender, mark_writer.unwritten())?;
    let screen =
        Screen::enter(setup.options.mouse, environment.has_hyperlinks && !setup.options.plain)?;
    let input = terminal::listen(sender)?;
    let mut state = State::new(Setup { size: screen.size(), ..setup });
    if follow.enabled {
        state.session.follow.follow_from_start();
    }
    state.session.marks.is_loading = true;
    let mut runner = EffectRunner {
        screen,
        theme,
        wire,
        workers,
        mark_writer,
        input,
        environment,
        unhandled: Vec::new(),
    };
    let mut ended = run_event_loop(&mut state, &events, &mut runner);
    // Saves the reading position and the visit, also after a signal.
    let _ = handle_msg(&mut state, Msg::Quitting, &mut runner);
    if let Ok(None) = ended {
        ended = wait_for_marks(&mut state, &events, &mut runner);
    }
    leave(state, runner, &events, ended)
}

/// Restores the terminal, keeps the marks that are not written, and waits for files and copies. `ended`: see
/// [`run_event_loop`].
fn leave(
    mut state: State,
    runner: EffectRunner,
    events: &Receiver<LoopEvent>,
    ended: std::io::Result<Option<u8>>,
) -> std::io::Result<ExitReport> {
    let mut workers = runner.workers;
    // First of all: the rest may take time.
    drop(runner.screen);
    let mut mark_writer = runner.mark_writer;
    let lost = mark_writer.unwritten().keep();
    if let Ok(None) = ended {
        mark_writer.close();
    }
    let unfinished = workers.finish(match ended {
        Ok(None) => EXIT_TIMEOUT,
        _ => SIGNAL_EXIT_TIMEOUT,
    });
    if let (Err(_), Some(lost)) = (&ended, &lost) {
        let _ = writeln!(std::io::stderr(), "dateline: {lost}");
    }
    let mut code = ended?.unwrap_or(state.exit_code());
    let unhandled = runner.unhandled.into_iter().chain(events.try_iter());
    let mut pending_messages: Vec<String> = unhandled.filter_map(message_text).collect();
    if unfinished > 0 {
        pending_messages.push("saving or copying was not finished: it took too long".to_owned());
    }
    if let Some(lost) = lost {
        pending_messages.push(lost);
        code = code.max(2);
    }
    let choice = state.take_choice();
    Ok(ExitReport { code, choice, index: state.session.index, pending_messages })
}

/// The text of an event that is a notice.
fn message_text(event: LoopEvent) -> Option<String> {
    match event {
        LoopEvent::Msg(
            Msg::Notice(text) | Msg::Done(Answer::Notice(text) | Answer::Failure(text)),
        ) => Some(text),
        _ => None,
    }
}

/// After the user has quit: waits until all marks are written, or cannot be, or the user quits again. Returns the exit
/// code if a signal comes meanwhile.
fn wait_for_marks(
    state: &mut State,
    events: &Receiver<LoopEvent>,
    runner: &mut EffectRunner,
) -> std::io::Result<Option<u8>> {
    // What could not be written before may be possible now.
    runner.mark_writer.wake();
    let mut wait = SENTENCE_DELAY;
    let mut queued = std::mem::take(&mut runner.unhandled).into_iter();
    while !runner.mark_writer.unwritten().is_settled() {
        let event = match queued.next() {
            Some(event) => Ok(event),
            None => events.recv_timeout(wait),
        };
        match event {
            Err(RecvTimeoutError::Disconnected) => break,
            Err(RecvTimeoutError::Timeout) => wait = Duration::MAX,
            Ok(LoopEvent::End(code)) => return Ok(Some(code)),
            Ok(LoopEvent::Suspend) => runner.screen.suspend()?,
            Ok(LoopEvent::Continue) => runner.screen.reenter()?,
            Ok(LoopEvent::Msg(Msg::Key(key))) if state.is_quit_key(key) => break,
            Ok(LoopEvent::Msg(Msg::Key(_))) => {}
            // Printed at the end.
            Ok(event @ LoopEvent::Msg(Msg::Notice(_))) => runner.unhandled.push(event),
            Ok(LoopEvent::Msg(msg)) => drop(handle_msg(state, msg, runner)?),
        }
        if wait == Duration::MAX {
            let count = count_noun(runner.mark_writer.unwritten().count(), "mark");
            let key = state.key_for(Action::Quit).unwrap_or_default();
            let text =
                format!("saving {count}: {key} again leaves now, and the next start saves them");
            let _ = handle_msg(state, Msg::Notice(text), runner)?;
            runner.screen.draw(state, &runner.theme)?;
        }
    }
    runner.unhandled.extend(queued);
    Ok(None)
}

/// Handles events until the program ends; returns the exit code after a signal, `None` if the user quits. Draws only
/// after changes, and sleeps in between.
fn run_event_loop(
    state: &mut State,
    events: &Receiver<LoopEvent>,
    runner: &mut EffectRunner,
) -> std::io::Result<Option<u8>> {
    // When the next frame has to be drawn, if something has changed since the last one.
    let mut due = Some(Instant::now() + FIRST_FRAME_DELAY);
    let mut clock = Clock::default();
    let mut rest = RestTimer::default();
    loop {
        let interval = if state.settings.plain { PLAIN_FRAME_INTERVAL } else { FRAME_INTERVAL };
        let event = match [due, clock.due(), rest.due()].into_iter().flatten().min() {
            Some(at) => match events.recv_timeout(at.saturating_duration_since(Instant::now())) {
                Ok(event) => Some(event),
                Err(RecvTimeoutError::Timeout) => None,
                Err(RecvTimeoutError::Disconnected) => return Ok(None),
            },
            None => match events.recv() {
                Ok(event) => Some(event),
                Err(_) => return Ok(None),
            },
        };
        if let Some(now) = clock.read() {
            let _ = handle_msg(state, Msg::Now(now), runner)?;
        }
        if let Some(generation) = rest.over() {
            let _ = handle_msg(state, Msg::Rested(generation), runner)?;
        }
        if let Some(event) = event {
            let mut urgent = false;
            let mut batch = drain_events(event, events).into_iter();
            while let Some(event) = batch.next() {
                match event {
                    LoopEvent::End(code) => return Ok(Some(code)),
                    LoopEvent::Suspend => {
                        runner.screen.suspend()?;
                        let _ = handle_msg(state, runner.resize_msg(), runner)?;
                    }
                    LoopEvent::Continue => {
                        runner.screen.reenter()?;
                        let _ = handle_msg(state, runner.resize_msg(), runner)?;
                    }
                    LoopEvent::Msg(msg) => {
                        let drawn = runner.screen.drawn_at().is_some();
                        urgent |= needs_frame_now(&msg, state, drawn);
                        if handle_msg(state, msg, runner)?.is_break() {
                            runner.unhandled.extend(batch);
                            return Ok(None);
                        }
                    }
                }
            }
            rest.follow(state.rest_awaited());
            if !urgent {
                let soon = runner.screen.drawn_at().map(|at| at + interval);
                due = due.into_iter().chain(soon).min();
                if due.is_some_and(|at| at > Instant::now()) {
                    runner.workers.start();
                    continue;
                }
            }
        }
        runner.screen.draw(state, &runner.theme)?;
        due = None;
        clock.wake_in(state.until_next_tick());
        // Only now: jobs keep all processors busy, and would delay the frame that shows the key.
        runner.workers.start();
    }
}

/// Whether a message needs a frame at once: one that answers the user, or the first dispatches. The very first frame
/// waits a little for marks, so that read dispatches do not look unread at first.
fn needs_frame_now(msg: &Msg, state: &State, drawn: bool) -> bool {
    match msg {
        Msg::EntriesArrived(_) => {
            state.session.index.is_empty() && (drawn || !state.session.marks.is_loading)
        }
        Msg::MarksLoaded(_) => !state.session.index.is_empty(),
        Msg::EntriesReplaced { .. } | Msg::Problem(_) | Msg::Done(Answer::Problem(_)) => false,
        _ => true,
    }
}

/// Takes the events from the queue, `first` among them. Consecutive arrivals become one message, as each costs an
/// update of the list.
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

// Effects.

/// Carries out the effects that `update` returns.
pub(super) struct EffectRunner {
    pub(super) screen: Screen,
    theme: Theme,
    pub(super) wire: WireLoader,
    pub(super) workers: Workers,
    pub(super) mark_writer: MarkWriter,
    pub(super) input: InputThread,
    pub(super) environment: Environment,
    /// Events that were taken from the queue together with the one that quit.
    pub(super) unhandled: Vec<LoopEvent>,
}

impl EffectRunner {
    /// A message with the current size. The process gets no event for changes while it is stopped.
    pub(super) fn resize_msg(&self) -> Msg {
        let (width, height) = self.screen.size();
        Msg::Resize(width, height)
    }
}

/// Updates the state and carries out the effects. Breaks on [`Effect::Quit`].
///
/// # Errors
/// If the terminal cannot be written to or restored.
pub(super) fn handle_msg(
    state: &mut State,
    msg: Msg,
    runner: &mut EffectRunner,
) -> std::io::Result<ControlFlow<()>> {
    let loaded = matches!(msg, Msg::LoadFinished(_));
    if loaded || matches!(msg, Msg::EntriesArrived(_)) {
        runner.mark_writer.allow_start();
    }
    log_shown(&msg);
    let effects = update(state, msg);
    if loaded {
        runner.wire.load_done(&state.session.index);
    }
    let mut flow = ControlFlow::Continue(());
    for effect in effects {
        // Effects after `Quit` are carried out, too: they may save something.
        if run_effect(effect, state, runner)?.is_break() {
            flow = ControlFlow::Break(());
        }
    }
    Ok(flow)
}

/// Logs what the message is about to show, if it is a problem. A command may print the dispatch that it was given, so
/// that its words are left out.
fn log_shown(msg: &Msg) {
    match msg {
        Msg::Problem(problem) | Msg::Done(Answer::Problem(problem)) => {
            log::shown(&problem.to_string());
        }
        Msg::Failure(text) | Msg::Done(Answer::Failure(text)) => log::shown(text),
        Msg::MarksSaved(_, Some(error)) => log::shown(error),
        Msg::Done(Answer::ViewCommandFailed { view, .. }) => {
            log::shown(&format!("the command of the view {view} failed"));
        }
        Msg::Done(
            Answer::DispatchRead(_, Err(problem))
            | Answer::SourceRead(_, Err(problem))
            | Answer::VersionsCompared(_, _, Err(problem)),
        ) => log::shown(&problem.to_string()),
        Msg::LoadFinished(summary) => tracing::debug!("loaded: {summary:?}"),
        _ => {}
    }
}

/// Carries out one effect, or passes it on to the workers. Breaks on [`Effect::Quit`].
fn run_effect(
    effect: Effect,
    state: &mut State,
    runner: &mut EffectRunner,
) -> std::io::Result<ControlFlow<()>> {
    match effect {
        Effect::Spawn(job) => runner.workers.spawn(job),
        Effect::RingBell => runner.screen.ring_bell()?,
        Effect::SaveMarks(changes) => runner.mark_writer.write(changes),
        Effect::SaveListedItems(items, all) => runner.mark_writer.write_visit(items, all),
        Effect::EditNote { story, text } => edit_note(state, story, text, runner)?,
        Effect::Follow => runner.wire.follow(&state.session.index),
        Effect::Copy(text) => {
            let message = external::copy_text(runner, text)?;
            show_message(state, message, runner)?;
        }
        Effect::Pipe { what, command } => {
            let is_quote = matches!(what, ExportPayload::Quote(..));
            let (ids, message) = external::pipe_to_command(runner, what, &command);
            restore_terminal_state(state, message, runner)?;
            let _ = handle_msg(state, Msg::Piped { ids, is_quote }, runner)?;
        }
        Effect::OpenEditor { text, ids } => match external::edit_copy(runner, &text) {
            Ok(message) => {
                restore_terminal_state(state, message, runner)?;
                let _ = handle_msg(state, Msg::Edited(ids), runner)?;
            }
            Err(why) => restore_terminal_state(state, Some(why), runner)?,
        },
        Effect::Save(wanted) => external::save(runner, wanted),
        Effect::OpenLink(target) => external::open_link(runner, &target),
        Effect::SetTheme(name) => {
            runner.theme = runner.theme.with_name(&name);
            runner.screen.force_redraw();
        }
        Effect::SetOpener(change) => runner.environment.programs.change(change),
        Effect::SetMouse(on) => runner.screen.set_mouse_capture(on)?,
        Effect::Suspend => {
            runner.screen.suspend()?;
            restore_terminal_state(state, None, runner)?;
        }
        Effect::Redraw => runner.screen.force_redraw(),
        Effect::Quit => return Ok(ControlFlow::Break(())),
    }
    Ok(ControlFlow::Continue(()))
}

/// Opens the note on a story in an editor, and passes the result to the state.
fn edit_note(
    state: &mut State,
    story: u64,
    before: String,
    runner: &mut EffectRunner,
) -> std::io::Result<()> {
    let note = ("note", before.as_str());
    let text = external::run_editor(&mut runner.screen, &runner.input, &runner.environment, note);
    restore_terminal_state(state, None, runner)?;
    let noted = Msg::NoteEdited { story, before, text };
    let _ = handle_msg(state, noted, runner)?;
    Ok(())
}

/// After another program had the terminal: updates the size, which may have changed, and shows a message, if any.
fn restore_terminal_state(
    state: &mut State,
    message: Option<String>,
    runner: &mut EffectRunner,
) -> std::io::Result<()> {
    let _ = handle_msg(state, runner.resize_msg(), runner)?;
    show_message(state, message, runner)
}

/// Shows a message, if any.
fn show_message(
    state: &mut State,
    message: Option<String>,
    runner: &mut EffectRunner,
) -> std::io::Result<()> {
    if let Some(text) = message {
        let _ = handle_msg(state, Msg::Notice(text), runner)?;
    }
    Ok(())
}

// Answers of `work` and `store`, translated into messages.

/// A callback that sends the answers of background jobs to the event loop.
fn answer_sink(sender: &Sender<LoopEvent>) -> AnswerSink {
    let sender = sender.clone();
    Arc::new(move |answer| {
        let _ = sender.send(LoopEvent::Msg(Msg::Done(answer)));
    })
}

/// A callback that sends the reports of the load and the watch to the event loop.
fn load_event_sink(sender: &Sender<LoopEvent>) -> LoadSink {
    let sender = sender.clone();
    Arc::new(move |event| {
        let msg = match event {
            LoadEvent::Segment(segment) => Msg::EntriesArrived(vec![segment]),
            LoadEvent::Arrived { segments, replaced } if replaced.is_empty() => {
                Msg::EntriesArrived(segments)
            }
            LoadEvent::Arrived { segments, replaced } => {
                Msg::EntriesReplaced { segments, replaced }
            }
            LoadEvent::Problem(problem) => Msg::Problem(problem),
            LoadEvent::Done(summary) => Msg::LoadFinished(summary),
            LoadEvent::FollowState { missing, can_arrive } => {
                Msg::FollowState { missing, can_arrive }
            }
        };
        let _ = sender.send(LoopEvent::Msg(msg));
    })
}

/// A callback that sends the events of the mark writer to the event loop.
pub(super) fn store_event_sink(sender: &Sender<LoopEvent>) -> store::StoreEventSink {
    let sender = sender.clone();
    Arc::new(move |answer| {
        let msg = match answer {
            store::StoreEvent::Marks(marks) => Msg::MarksLoaded(marks),
            store::StoreEvent::ChangedByOthers(marks) => Msg::MarksChanged(marks),
            store::StoreEvent::Written(changes, error) => Msg::MarksSaved(changes, error),
            store::StoreEvent::Saved => Msg::UnsavedMarksSaved,
            store::StoreEvent::Warning(text) => Msg::Failure(text),
        };
        let _ = sender.send(LoopEvent::Msg(msg));
    })
}

// The rest of the keys, and the clock.

/// Tells the state when the keys have rested: `update` itself knows no time.
#[derive(Debug, Default)]
struct RestTimer {
    /// The rest that is awaited, and when it is over.
    awaited: Option<(u64, Instant)>,
}

impl RestTimer {
    /// Takes in what the state waits for. A new rest begins now.
    fn follow(&mut self, generation: Option<u64>) {
        if generation != self.awaited.map(|(awaited, _)| awaited) {
            self.awaited = generation.map(|awaited| (awaited, Instant::now() + TEXT_SEARCH_REST));
        }
    }

    /// When the rest is over.
    fn due(&self) -> Option<Instant> {
        self.awaited.map(|(_, due)| due)
    }

    /// The rest that is over now, once.
    fn over(&mut self) -> Option<u64> {
        let (generation, due) = self.awaited?;
        (due <= Instant::now()).then(|| {
            self.awaited = None;
            generation
        })
    }
}

/// Minimum time between two readings of the clock: stamps count whole seconds.
const CLOCK_RESOLUTION: Duration = Duration::from_secs(1);

/// Tells the state what time it is: `update` itself reads no clock.
#[derive(Debug, Default)]
pub(super) struct Clock {
    /// When the time was last read.
    last_read: Option<Instant>,
    /// When to wake up without an event, as something on the screen depends on the time.
    next_wake: Option<Instant>,
}

impl Clock {
    /// When the screen must be drawn again even if nothing happens.
    pub(super) fn due(&self) -> Option<Instant> {
        self.next_wake
    }

    /// The current time, or `None` if it was read less than [`CLOCK_RESOLUTION`] ago.
    pub(super) fn read(&mut self) -> Option<Stamp> {
        if self.last_read.is_some_and(|last| last.elapsed() < CLOCK_RESOLUTION) {
            return None;
        }
        self.last_read = Some(Instant::now());
        Some(crate::ingest::now())
    }

    /// Wakes up after this time; `None` if nothing on the screen depends on the time.
    pub(super) fn wake_in(&mut self, time: Option<Duration>) {
        self.next_wake = time.map(|time| Instant::now() + time.max(CLOCK_RESOLUTION));
    }
}
