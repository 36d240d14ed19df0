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

pub use around::Surroundings;

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
use edges::{Edges, handle_msg};
use screen::Screen;
pub use signals::on_end;

/// Shortest time between two frames that no key asked for; where screens are read aloud, counts are told less often.
const PACE: Duration = Duration::from_millis(40);
const CALM: Duration = Duration::from_secs(2);
/// How long the first frame waits for the first dispatches.
const FIRST: Duration = Duration::from_millis(25);
/// Most messages taken in before a frame is drawn.
const BATCH: usize = 256;
/// How long files and copies are waited for at the end; on a signal, which leaves less time.
const LAST: Duration = Duration::from_secs(10);
const SIGNALLED: Duration = Duration::from_millis(500);

/// What reaches the event loop.
enum Event {
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
pub struct End {
    /// The exit code.
    pub code: u8,
    /// What was chosen, where something was to be.
    pub choice: Option<Choice>,
    /// What was read.
    pub desk: DispatchIndex,
    /// What there was to say when there was no screen any more.
    pub unsaid: Vec<String>,
}

/// Runs the program until it is quit.
///
/// # Errors
/// Where the terminal cannot be used.
pub fn run(
    sources: LoadRequest,
    follow: FollowOptions,
    setup: Setup,
    around: Surroundings,
    theme: &Theme,
) -> std::io::Result<End> {
    let (tell, events) = channel();
    let crew_tell = answers::of_work(&tell);
    let wire = WireLoader::start(sources, follow, Arc::clone(&crew_tell))?;
    let crew = Workers::start(wire, &crew_tell);
    let keeper = MarkWriter::start(
        around.place.clone(),
        around.source,
        FIRST,
        answers::of_store(&tell),
    );
    signals::watch_signals(&tell)?;
    let screen = Screen::enter(setup.manner.mouse, around.links && !setup.manner.plain)?;
    let ears = keys::listen(tell);
    let mut state = State::new(Setup {
        size: screen.size(),
        ..setup
    });
    if follow.on {
        state.live.flow = FollowMode::Follow;
    }
    state.marks.awaited = true;
    let mut edges = Edges {
        screen,
        crew,
        keeper,
        ears,
        around,
        next: NextJobs::default(),
        left: Vec::new(),
    };
    let code = turn(&mut state, &events, &mut edges, theme);
    // Also on a signal: what has been marked is kept, and where the reader was.
    let _ = handle_msg(&mut state, Msg::Quitting, &mut edges);
    let Edges {
        screen,
        keeper,
        crew,
        left,
        ..
    } = edges;
    drop(screen);
    keeper.close();
    let quit = code.as_ref().is_ok_and(|code| *code < 128);
    let open = crew.finish(if quit { LAST } else { SIGNALLED });
    let mut unsaid: Vec<String> = left
        .into_iter()
        .chain(events.try_iter())
        .filter_map(said)
        .collect();
    if open > 0 {
        unsaid.push("what was being saved or copied is not done: it took too long".to_owned());
    }
    let (code, choice) = (code?, state.take_choice());
    let desk = state.desk;
    Ok(End {
        code,
        choice,
        desk,
        unsaid,
    })
}

/// What there is to say of something that has been done.
fn said(event: Event) -> Option<String> {
    match event {
        Event::Msg(Msg::Notice(said)) => Some(said),
        _ => None,
    }
}

/// The event loop: takes messages in, draws on change only, and sleeps while nothing moves.
fn turn(
    state: &mut State,
    events: &Receiver<Event>,
    edges: &mut Edges,
    theme: &Theme,
) -> std::io::Result<u8> {
    let mut due = Some(Instant::now() + FIRST);
    let mut clock = Clock::default();
    let pace = if state.plain { CALM } else { PACE };
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
            let mut batch = gather(event, events).into_iter();
            while let Some(event) = batch.next() {
                match event {
                    Event::End(code) => return Ok(code),
                    Event::Suspend => {
                        edges.screen.suspend()?;
                        let _ = handle_msg(state, edges.resized(), edges)?;
                    }
                    Event::Continue => {
                        edges.screen.enter_again()?;
                        let _ = handle_msg(state, edges.resized(), edges)?;
                    }
                    Event::Msg(msg) => {
                        let drawn = edges.screen.drawn_at().is_some();
                        urgent |= asks_for_a_frame(&msg, state, drawn);
                        if handle_msg(state, msg, edges)?.is_break() {
                            edges.left.extend(batch);
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
        clock.wake_in(state.tick());
        // The key is on the screen: jobs, which take all processors, must not have held that up.
        edges.start_jobs();
    }
}

/// Whether a message is worth a frame at once: what a reader has asked for; the first dispatches on an empty screen. The
/// very first frame waits a little for their marks.
fn asks_for_a_frame(msg: &Msg, state: &State, drawn: bool) -> bool {
    match msg {
        Msg::EntriesArrived(_) => state.desk.is_empty() && (drawn || !state.marks.awaited),
        Msg::MarksLoaded(_) => !state.desk.is_empty(),
        Msg::EntriesReplaced { .. } | Msg::Problem(_) => false,
        _ => true,
    }
}

/// Takes what else is waiting along; what arrived in several pieces becomes one message.
fn gather(first: Event, events: &Receiver<Event>) -> Vec<Event> {
    let mut all = Vec::new();
    for event in std::iter::once(first).chain(events.try_iter().take(BATCH)) {
        match (event, all.last_mut()) {
            (
                Event::Msg(Msg::EntriesArrived(new)),
                Some(Event::Msg(Msg::EntriesArrived(before))),
            ) => {
                before.extend(new);
            }
            (event, _) => all.push(event),
        }
    }
    all
}
