//! The terminal: keys in, frames out, effects done, and everything given back as it was found.

mod around;
mod clock;
mod editor;
mod guard;
mod keys;
mod screen;
mod signals;

pub use around::Surroundings;

use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};

use crate::app::{Effect, Msg, Setup, State, update};
use crate::desk::{EntryId, Snapshot};
use crate::load::{Report, Sources};
use crate::store::{self, Keeper};
use crate::ui::Theme;
use crate::work::{Answer, Ask, Crew, Tell, start_load};
use clock::Clock;
use keys::Ears;
use screen::Screen;

/// Shortest time between two frames that no key asked for.
const PACE: Duration = Duration::from_millis(40);
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

/// Runs the program until it is quit. Returns its exit code.
///
/// # Errors
/// Where the terminal cannot be used.
pub fn run(
    sources: Sources,
    setup: Setup,
    around: Surroundings,
    theme: &Theme,
) -> std::io::Result<u8> {
    let (tell, events) = channel();
    let crew_tell = answers_to(&tell);
    start_load(sources, Arc::clone(&crew_tell));
    let crew = Crew::start(&crew_tell);
    let keeper = Keeper::start(around.place.clone(), around.source, kept_to(&tell));
    signals::watch(&tell)?;
    let screen = Screen::enter()?;
    let ears = keys::listen(tell);
    let mut state = State::new(Setup {
        size: screen.size(),
        ..setup
    });
    state.marks.awaited = true;
    let mut edges = Edges {
        screen,
        crew,
        keeper,
        ears,
        around,
        wanted: None,
    };
    let code = turn(&mut state, &events, &mut edges, theme);
    // Also on a signal: what has been marked is kept, and where the reader was.
    let _ = take(&mut state, Msg::End, &mut edges);
    let Edges { screen, keeper, .. } = edges;
    drop(screen);
    keeper.close();
    code
}

/// What does the effects.
struct Edges {
    screen: Screen,
    crew: Crew,
    keeper: Keeper,
    ears: Ears,
    around: Surroundings,
    /// The dispatch that shall be read next.
    wanted: Option<(EntryId, Snapshot)>,
}

fn kept_to(tell: &Sender<Event>) -> store::Tell {
    let tell = tell.clone();
    Arc::new(move |answer| {
        let msg = match answer {
            store::Answer::Marks(kept) => Msg::Marks(kept),
            store::Answer::Kept(changes, trouble) => Msg::Kept(changes, trouble),
            store::Answer::Saved => Msg::Saved,
            store::Answer::Trouble(text) => Msg::Trouble(text),
        };
        let _ = tell.send(Event::Msg(msg));
    })
}

fn answers_to(tell: &Sender<Event>) -> Tell {
    let tell = tell.clone();
    Arc::new(move |answer| {
        let msg = match answer {
            Answer::Load(Report::Segment(segment)) => Msg::Arrived(vec![segment]),
            Answer::Load(Report::Problem(problem)) => Msg::Problem(problem),
            Answer::Load(Report::Done(summary)) => Msg::Loaded(summary),
            Answer::Opened(id, result) => Msg::Opened(id, result),
            Answer::Source(id, result) => Msg::Source(id, result),
            Answer::Texts(texts, of) => Msg::Texts(texts, of),
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
            Answer::SpeakerFound { generation, id } => Msg::SpeakerFound { generation, id },
        };
        let _ = tell.send(Event::Msg(msg));
    })
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
            let _ = take(state, Msg::Now(now), edges)?;
        }
        if let Some(event) = event {
            let mut urgent = false;
            for event in gather(event, events) {
                match event {
                    Event::End(code) => return Ok(code),
                    Event::Suspend => {
                        edges.screen.suspend()?;
                        let _ = take(state, edges.resized(), edges)?;
                    }
                    Event::Continue => {
                        edges.screen.enter_again()?;
                        let _ = take(state, edges.resized(), edges)?;
                    }
                    Event::Msg(msg) => {
                        urgent |= asks_for_a_frame(&msg, state);
                        if take(state, msg, edges)?.is_break() {
                            return Ok(0);
                        }
                    }
                }
            }
            if !urgent {
                let soon = edges
                    .screen
                    .drawn_at()
                    .map_or_else(Instant::now, |at| at + PACE);
                due = Some(due.map_or(soon, |at| at.min(soon)));
                if due.is_some_and(|at| at > Instant::now()) {
                    edges.open();
                    continue;
                }
            }
        }
        edges.screen.draw(state, theme)?;
        due = None;
        clock.wake_in(state.tick());
        // What was asked for is on the screen; reading the next dispatch must not have held that up.
        edges.open();
    }
}

impl Edges {
    /// The size as it is now: while the process was stopped, nobody has told it of a new one.
    fn resized(&self) -> Msg {
        let (width, height) = self.screen.size();
        Msg::Resize(width, height)
    }

    /// Reads the dispatch that shall be read next.
    fn open(&mut self) {
        if let Some((id, snapshot)) = self.wanted.take() {
            self.crew.open(id, snapshot);
        }
    }
}

/// Brings the state up to date and does what it asks for; breaks where that is to quit.
fn take(state: &mut State, msg: Msg, edges: &mut Edges) -> std::io::Result<ControlFlow<()>> {
    for effect in update(state, msg) {
        match effect {
            Effect::Open(id, snapshot) => edges.wanted = Some((id, snapshot)),
            Effect::Source(id, encoding, snapshot) => edges.crew.source(id, encoding, snapshot),
            Effect::Filter(job) => edges.crew.filter(job),
            Effect::Speakers {
                generation,
                ids,
                snapshot,
            } => edges.crew.ask(generation, Ask::Speakers(ids), snapshot),
            Effect::FindSpeaker {
                generation,
                name,
                ids,
                snapshot,
            } => edges.crew.ask(generation, Ask::Find(name, ids), snapshot),
            Effect::Keep(changes) => edges.keeper.keep(changes),
            Effect::Seen(items, all) => edges.keeper.seen(items, all),
            Effect::Edit { story, text } => {
                let edited = editor::edit(&mut edges.screen, &edges.ears, &edges.around, &text);
                let _ = take(state, edges.resized(), edges)?;
                let edited = Msg::Edited {
                    story,
                    before: text,
                    text: edited,
                };
                let _ = take(state, edited, edges)?;
            }
            Effect::Follow => {}
            Effect::Texts(ids, snapshot) => edges.crew.texts(ids, snapshot),
            Effect::Copy(text) => edges.screen.copy(&text)?,
            Effect::Suspend => {
                edges.screen.suspend()?;
                let _ = take(state, edges.resized(), edges)?;
            }
            Effect::Redraw => edges.screen.clear(),
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
