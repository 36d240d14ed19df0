//! The terminal: keys in, frames out, effects done, and everything given back as it was found.

mod clock;
mod guard;
mod keys;
mod screen;
mod signals;

use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};

use crate::app::{Choice, Effect, Flow, Msg, Setup, State, update};
use crate::desk::{Desk, EntryId, Snapshot};
use crate::load::{Report, Sources};
use crate::ui::Theme;
use crate::work::{Answer, Ask, Crew, Following, Run, Tell, Wire};
use clock::Clock;
use screen::Screen;
pub use signals::on_end;

/// Shortest time between two frames that no key asked for; where screens are read aloud, counts are told less often.
const PACE: Duration = Duration::from_millis(40);
const CALM: Duration = Duration::from_secs(2);
/// How long the first frame waits for the first dispatches.
const FIRST: Duration = Duration::from_millis(25);
/// Most messages taken in before a frame is drawn.
const BATCH: usize = 256;

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
    pub desk: Desk,
}

/// Runs the program until it is quit.
///
/// # Errors
/// Where the terminal cannot be used.
pub fn run(
    sources: Sources,
    follow: Following,
    setup: Setup,
    theme: &Theme,
) -> std::io::Result<End> {
    let (tell, events) = channel();
    let crew_tell = answers_to(&tell);
    let wire = Wire::start(sources, follow, Arc::clone(&crew_tell))?;
    let crew = Crew::start(wire, &crew_tell);
    signals::watch(&tell)?;
    let mut screen = Screen::enter(setup.manner.mouse)?;
    keys::listen(tell);
    let mut state = State::new(Setup {
        size: screen.size(),
        ..setup
    });
    if follow.on {
        state.live.flow = Flow::Follows;
    }
    let code = turn(&mut state, &events, &mut screen, &crew, theme)?;
    let choice = state.take_choice();
    let desk = state.desk;
    Ok(End { code, choice, desk })
}

fn answers_to(tell: &Sender<Event>) -> Tell {
    let tell = tell.clone();
    Arc::new(move |answer| {
        let msg = match answer {
            Answer::Load(Report::Segment(segment)) => Msg::Arrived(vec![segment]),
            Answer::Load(Report::Arrived { segments, replaced }) if replaced.is_empty() => {
                Msg::Arrived(segments)
            }
            Answer::Load(Report::Arrived { segments, replaced }) => {
                Msg::Replaced { segments, replaced }
            }
            Answer::Load(Report::Problem(problem)) => Msg::Problem(problem),
            Answer::Load(Report::Done(summary)) => Msg::Loaded(summary),
            Answer::Opened(id, result) => Msg::Opened(id, result),
            Answer::Source(id, result) => Msg::Source(id, result),
            Answer::Compared(newer, older, result) => Msg::Compared(newer, older, result),
            Answer::Filtered {
                generation,
                hits,
                progress,
            } => Msg::Filtered {
                generation,
                hits,
                progress,
            },
            Answer::Speakers {
                generation,
                rows,
                progress,
            } => Msg::Speakers {
                generation,
                rows,
                progress,
            },
            Answer::Judged { found, done, fresh } => Msg::Judged { found, done, fresh },
            Answer::Ran { view, fault } => Msg::Ran { view, fault },
            Answer::SpeakerFound { generation, id } => Msg::SpeakerFound { generation, id },
        };
        let _ = tell.send(Event::Msg(msg));
    })
}

/// The event loop: takes messages in, draws on change only, and sleeps while nothing moves.
fn turn(
    state: &mut State,
    events: &Receiver<Event>,
    screen: &mut Screen,
    crew: &Crew,
    theme: &Theme,
) -> std::io::Result<u8> {
    let mut due = Some(Instant::now() + FIRST);
    let mut wanted = None;
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
            let _ = take(state, Msg::Now(now), screen, crew, &mut wanted)?;
        }
        if let Some(event) = event {
            let mut urgent = false;
            for event in gather(event, events) {
                match event {
                    Event::End(code) => return Ok(code),
                    Event::Suspend => {
                        screen.suspend()?;
                        let _ = take(state, resized(screen), screen, crew, &mut wanted)?;
                    }
                    Event::Continue => {
                        screen.enter_again()?;
                        let _ = take(state, resized(screen), screen, crew, &mut wanted)?;
                    }
                    Event::Msg(msg) => {
                        urgent |= asks_for_a_frame(&msg, state);
                        if take(state, msg, screen, crew, &mut wanted)?.is_break() {
                            return Ok(state.exit_code());
                        }
                    }
                }
            }
            if !urgent {
                let soon = screen.drawn_at().map_or_else(Instant::now, |at| at + pace);
                due = Some(due.map_or(soon, |at| at.min(soon)));
                if due.is_some_and(|at| at > Instant::now()) {
                    open(&mut wanted, crew);
                    continue;
                }
            }
        }
        screen.draw(state, theme)?;
        due = None;
        clock.wake_in(state.tick());
        // What was asked for is on the screen; reading the next dispatch must not have held that up.
        open(&mut wanted, crew);
    }
}

/// The size as it is now: while the process was stopped, nobody has told it of a new one.
fn resized(screen: &Screen) -> Msg {
    let (width, height) = screen.size();
    Msg::Resize(width, height)
}

/// The dispatch that shall be read next.
type Wanted = Option<(EntryId, Snapshot)>;

fn open(wanted: &mut Wanted, crew: &Crew) {
    if let Some((id, snapshot)) = wanted.take() {
        crew.open(id, snapshot);
    }
}

/// Brings the state up to date and does what it asks for; breaks where that is to quit.
fn take(
    state: &mut State,
    msg: Msg,
    screen: &mut Screen,
    crew: &Crew,
    wanted: &mut Wanted,
) -> std::io::Result<ControlFlow<()>> {
    let loaded = matches!(msg, Msg::Loaded(_));
    let effects = update(state, msg);
    if loaded {
        crew.wire().loaded(&state.desk);
    }
    for effect in effects {
        match effect {
            Effect::Open(id, snapshot) => *wanted = Some((id, snapshot)),
            Effect::Source(id, encoding, snapshot) => crew.source(id, encoding, snapshot),
            Effect::Compare(newer, older, snapshot) => crew.compare(newer, older, snapshot),
            Effect::Filter(job) => crew.filter(job),
            Effect::Speakers {
                generation,
                ids,
                snapshot,
            } => crew.ask(generation, Ask::Speakers(ids), snapshot),
            Effect::FindSpeaker {
                generation,
                name,
                ids,
                snapshot,
            } => crew.ask(generation, Ask::Find(name, ids), snapshot),
            Effect::Judge(job) => crew.judge(job),
            Effect::Run {
                view,
                command,
                id,
                snapshot,
            } => crew.run(Run {
                view,
                command,
                id,
                snapshot,
            }),
            Effect::Bell => screen.bell()?,
            // These are kept while the program runs.
            Effect::KeepView(_)
            | Effect::DropView(_)
            | Effect::KeepMute(_)
            | Effect::DropMute(_) => {}
            Effect::Follow => crew.wire().follow(&state.desk),
            Effect::Copy(text) => screen.copy(&text)?,
            Effect::Mouse(on) => screen.listen(on)?,
            Effect::Suspend => {
                screen.suspend()?;
                let _ = take(state, resized(screen), screen, crew, wanted)?;
            }
            Effect::Redraw => screen.clear(),
            Effect::Quit => return Ok(ControlFlow::Break(())),
        }
    }
    Ok(ControlFlow::Continue(()))
}

/// Whether a message is worth a frame at once: what a reader has asked for; the first dispatches on an empty screen.
fn asks_for_a_frame(msg: &Msg, state: &State) -> bool {
    match msg {
        Msg::Arrived(_) => state.desk.is_empty(),
        Msg::Problem(_) => false,
        _ => true,
    }
}

/// Takes what else is waiting along; what arrived in several pieces becomes one message.
fn gather(first: Event, events: &Receiver<Event>) -> Vec<Event> {
    let mut all = Vec::new();
    for event in std::iter::once(first).chain(events.try_iter().take(BATCH)) {
        match (event, all.last_mut()) {
            (Event::Msg(Msg::Arrived(new)), Some(Event::Msg(Msg::Arrived(before)))) => {
                before.extend(new);
            }
            (event, _) => all.push(event),
        }
    }
    all
}
