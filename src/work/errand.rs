//! Errands that a key has asked for and that nobody waits for: a file is written, a program of the reader's is started.

use std::convert::Infallible;
use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;
use std::{fmt, thread};

use super::saving::{SaveRequest, save_dispatches};
use super::worker::Worker;
use super::{Answer, AnswerSink, ReadFailures, for_each_full_dispatch, recv_newest, run, worker};
use crate::desk::{EntryId, Snapshot, StoryStatus};
use crate::text::error_reason;

/// How long a program may take to take a copy over.
const COPY_TIMEOUT: Duration = Duration::from_secs(10);
/// How long the giving up of what is in hand may take.
const CANCEL_TIMEOUT: Duration = Duration::from_secs(1);

/// An errand.
#[derive(Debug)]
pub enum BackgroundTask {
    /// Writes dispatches to a file.
    Save(SaveRequest),
    /// Reads dispatches as `dateline show` prints them.
    Print {
        ids: Vec<EntryId>,
        standings: Vec<StoryStatus>,
        snapshot: Snapshot,
    },
    /// Starts a program that shows something, such as a browser.
    Launch(Vec<String>),
    /// Gives a text to the first of some programs that takes it. It is told only where `asked` that none does.
    Copy {
        programs: Vec<Vec<String>>,
        asked: bool,
        text: String,
    },
}

/// What is being done, and what must not be cut off when the program ends.
#[derive(Debug, Default)]
struct InFlight {
    /// Files that are being written, texts that are being copied.
    count: Mutex<usize>,
    changed: Condvar,
    /// The program ends: what is not written by now is given up.
    stop: AtomicBool,
}

/// Work in hand until it is dropped, also by a panic.
struct InFlightGuard(Arc<InFlight>);

impl InFlightGuard {
    fn new(hand: &Arc<InFlight>) -> Self {
        *hand.count.lock().unwrap_or_else(PoisonError::into_inner) += 1;
        Self(Arc::clone(hand))
    }
}

impl Drop for InFlightGuard {
    fn drop(&mut self) {
        *self.0.count.lock().unwrap_or_else(PoisonError::into_inner) -= 1;
        self.0.changed.notify_all();
    }
}

/// Runs errands.
pub(super) struct BackgroundTasks {
    tell: AnswerSink,
    in_flight: Arc<InFlight>,
    copies: Worker<(BackgroundTask, InFlightGuard)>,
}

impl BackgroundTasks {
    /// One thread copies one text after the other, so that the newest one stays.
    pub(super) fn start(tell: &AnswerSink) -> Self {
        let hand = Arc::<InFlight>::default();
        let held = Arc::clone(&hand);
        let copies = worker(tell, move |jobs, tell| {
            while let Some((errand, _held)) = recv_newest(jobs) {
                run_and_answer(errand, &held, tell);
            }
        });
        Self {
            tell: Arc::clone(tell),
            in_flight: hand,
            copies,
        }
    }

    /// Runs an errand beside the others; copies wait for each other, and one that a newer one has overtaken is left out.
    pub(super) fn run(&self, errand: BackgroundTask) {
        if matches!(errand, BackgroundTask::Copy { .. }) {
            self.copies
                .ask((errand, InFlightGuard::new(&self.in_flight)));
            return;
        }
        let held =
            matches!(errand, BackgroundTask::Save(_)).then(|| InFlightGuard::new(&self.in_flight));
        let (tell, hand) = (Arc::clone(&self.tell), Arc::clone(&self.in_flight));
        thread::spawn(move || {
            let _held = held;
            run_and_answer(errand, &hand, &tell);
        });
    }

    /// Waits for files and copies, for so long at most; then files that are still being written are given up, each with
    /// a word. Returns how much was not even given up in time.
    pub(super) fn finish(&self, limit: Duration) -> usize {
        let wait = |limit: Duration| {
            let open = self.in_flight.count.lock();
            let open = open.unwrap_or_else(PoisonError::into_inner);
            let waited = self
                .in_flight
                .changed
                .wait_timeout_while(open, limit, |open| *open > 0);
            *waited.unwrap_or_else(PoisonError::into_inner).0
        };
        if wait(limit) == 0 {
            return 0;
        }
        self.in_flight.stop.store(true, Ordering::Release);
        wait(CANCEL_TIMEOUT)
    }
}

impl fmt::Debug for BackgroundTasks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Errands")
            .field("hand", &self.in_flight)
            .finish_non_exhaustive()
    }
}

fn run_and_answer(errand: BackgroundTask, hand: &InFlight, tell: &AnswerSink) {
    if let Some(answer) = run_task(errand, hand) {
        tell(answer);
    }
}

/// Runs an errand; what is to be answered.
fn run_task(errand: BackgroundTask, hand: &InFlight) -> Option<Answer> {
    match errand {
        BackgroundTask::Save(wanted) => {
            let given_up = || hand.stop.load(Ordering::Acquire);
            let said = save_dispatches(&wanted, &given_up).unwrap_or_else(|why| why);
            Some(Answer::Message(said))
        }
        BackgroundTask::Print {
            ids,
            standings,
            snapshot,
        } => {
            let (mut text, mut lost) = (String::new(), ReadFailures::default());
            let Ok(()) =
                for_each_full_dispatch((&snapshot, &ids, &standings), &mut lost, |whole| {
                    text.push_str(&whole.text());
                    Ok::<_, Infallible>(())
                });
            Some(Answer::Printed(text, lost.message()))
        }
        BackgroundTask::Launch(command) => launch_program(&command).err().map(Answer::Message),
        BackgroundTask::Copy {
            programs,
            asked,
            text,
        } => {
            let tries = programs
                .iter()
                .map(|p| run(p, text.clone().into_bytes(), COPY_TIMEOUT));
            let mut fault = None;
            for tried in tries {
                match tried {
                    Ok(()) => return None,
                    Err(why) => fault = Some(why),
                }
            }
            fault.filter(|_| asked).map(Answer::Message)
        }
    }
}

/// Starts a program apart from this one, and waits for its end to see whether it could do its work.
fn launch_program(command: &[String]) -> Result<(), String> {
    let (program, arguments) = command.split_first().ok_or("there is no command")?;
    let hint = "url = [\"PROGRAM\", \"{}\"] under [open] in the config file names another";
    let child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .process_group(0)
        .spawn();
    let mut child = child.map_err(|error| {
        format!(
            "{program} cannot be started ({}): {hint}",
            error_reason(&error)
        )
    })?;
    match child.wait() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(match status.code() {
            Some(code) => format!("{program} ended with exit code {code}: {hint}"),
            None => format!("{program} was ended by a signal: {hint}"),
        }),
        Err(error) => Err(error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::channel;

    use super::*;

    /// A program that keeps what it is given in a file, after so long.
    fn keeper(path: &std::path::Path, seconds: &str) -> Vec<Vec<String>> {
        let line = format!("sleep {seconds}; cat > '{}'", path.display());
        vec![["sh", "-c", &line].map(str::to_owned).to_vec()]
    }

    #[test]
    fn copies_come_one_after_the_other_and_are_waited_for() {
        let name = format!("dateline-copied-{}.txt", std::process::id());
        let path = std::env::temp_dir().join(name);
        let tell: AnswerSink = Arc::new(|_| {});
        let errands = BackgroundTasks::start(&tell);
        for (text, seconds) in [("older", "0.2"), ("newest", "0")] {
            errands.run(BackgroundTask::Copy {
                programs: keeper(&path, seconds),
                asked: true,
                text: text.to_owned(),
            });
        }
        assert_eq!(errands.finish(Duration::from_mins(1)), 0);
        assert_eq!(
            std::fs::read_to_string(&path).ok().as_deref(),
            Some("newest")
        );
        let _ = std::fs::remove_file(path);
    }

    #[test]
    fn what_does_not_end_is_not_waited_for_long() {
        let (tell, told) = channel();
        let tell: AnswerSink = Arc::new(move |answer| drop(tell.send(answer)));
        let errands = BackgroundTasks::start(&tell);
        let sleeper = ["sleep", "5"].map(str::to_owned).to_vec();
        errands.run(BackgroundTask::Launch(sleeper.clone()));
        assert_eq!(errands.finish(Duration::ZERO), 0);
        errands.run(BackgroundTask::Copy {
            programs: vec![sleeper],
            asked: true,
            text: String::new(),
        });
        assert_eq!(errands.finish(Duration::ZERO), 1);
        assert!(told.try_recv().is_err());
    }
}
