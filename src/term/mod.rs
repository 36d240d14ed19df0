//! The terminal: keys in, frames out, effects done, and everything given back as it was found.

mod answers;
mod around;
mod clock;
mod edges;
mod editor;
mod guard;
mod keys;
mod lend;
mod linked;
mod outside;
mod programs;
mod screen;
mod signals;
mod zone;

pub use around::Environment;

use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use crate::app::{Choice, FollowMode, Msg, Setup, State};
use crate::desk::DispatchIndex;
use crate::load::LoadRequest;
use crate::store::MarkWriter;
use crate::ui::Theme;
use crate::work::{FollowOptions, NextJobs, WireLoader, Workers};
use clock::Clock;
use edges::{EffectRunner, handle_msg};
use screen::Screen;
pub use signals::on_end_signal;
pub use zone::system_zone;

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
enum LoopEvent {
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
    let crew_tell = answers::work_answer_sink(&tell);
    let wire = WireLoader::start(sources, follow, Arc::clone(&crew_tell))?;
    let crew = Workers::start(wire, &crew_tell);
    let keeper = MarkWriter::start(
        around.state_dir.clone(),
        around.source_key,
        FIRST_FRAME_DELAY,
        answers::store_event_sink(&tell),
    );
    signals::watch_signals(&tell)?;
    let screen = Screen::enter(
        setup.options.mouse,
        around.has_hyperlinks && !setup.options.plain,
    )?;
    let ears = keys::listen(tell);
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
