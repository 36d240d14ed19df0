//! The screen while calls fail: its start, its marks, the files it saves.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use portable_pty::CommandBuilder;
use rustix::process::Signal;

use crate::commands::{copy_state, exported, stage};
use crate::pty::{Terminal, text};
use crate::shim::{Fault, Plan};
use crate::support::{Folder, PROGRAM};
use crate::tally::{Extent, Tally, Trouble};
use crate::{run, set_aside, starred};

/// How long the screen may be without an answer. For a lock it waits 20 seconds.
const DEADLINE: Duration = Duration::from_secs(30);

/// How many rows are starred in a session.
const MARKS: usize = 10;

type Seen = Result<(), (Trouble, String)>;

/// True if the screen says that something is wrong, in whatever words.
fn has_word(text: &str) -> bool {
    ["is not", "problem", "not saved", "not be saved", "cannot", "damaged", "failed"]
        .iter()
        .any(|word| text.contains(word))
}

/// True if the screen shows all rows and marks, and the text of the first row.
fn is_whole(text: &str) -> bool {
    let parts = [
        "35 dispatches",
        "●★09:14",
        "★ Seals on the slipway",
        "It came back.",
        "no quotes",
        "100%",
    ];
    let (rows, unread) = (text.matches("Row a000").count(), text.matches('●').count());
    (rows, unread) == (30, 15) && parts.iter().all(|part| text.contains(part))
}

/// The screen, started again and again on the same inputs and marks. Only calls on files of the test fail, not those
/// on the terminal.
struct Stage {
    folder: Folder,
    plan: Plan,
    before: BTreeSet<String>,
}

impl Stage {
    fn new() -> Option<Self> {
        let folder = stage();
        let part = folder.wire().parent()?.to_str()?.to_owned();
        let plan = Plan::new(&folder, &part)?;
        let star = ["mark", "star", "--filter", "slipway", "."];
        assert_eq!(run(&folder, &star).status.code(), Some(0));
        let before = exported(&folder).expect("marks");
        let stage = Self { folder, plan, before };
        copy_state(&stage.state(), &stage.folder.wire().join("../kept"));
        Some(stage)
    }

    fn state(&self) -> PathBuf {
        self.folder.wire().join("../home/state/dateline")
    }

    /// Starts the screen on the state as it was at first.
    fn start(&self, fault: Option<Fault>) -> Terminal {
        copy_state(&self.folder.wire().join("../kept"), &self.state());
        self.plan.set(fault);
        let mut command = CommandBuilder::new(PROGRAM);
        // The whole path, by which the plan knows the files of the test.
        command.arg(self.folder.wire());
        Terminal::run_with(&self.folder, command, 200, 45, &self.plan.variables())
    }

    /// Starts the screen without a fault, and returns it with its text when all is there.
    fn start_well(&self) -> (Terminal, String) {
        let terminal = self.start(None);
        let shown = terminal.wait("all rows and marks", |screen| is_whole(&text(screen)));
        (terminal, shown)
    }

    fn starred(&self) -> Result<BTreeSet<String>, (Trouble, String)> {
        starred(&self.folder).map_err(|why| (Trouble::Lost, why))
    }

    /// What must hold after every session.
    fn check(&self) -> Seen {
        let aside = set_aside(&self.folder);
        if !aside.is_empty() {
            return Err((Trouble::SetAside, aside.join(", ")));
        }
        let marks = exported(&self.folder).map_err(|why| (Trouble::Lost, why))?;
        if !self.before.is_subset(&marks) {
            return Err((Trouble::Lost, "earlier marks are gone".to_owned()));
        }
        Ok(())
    }
}

/// Waits until the screen is so. An error if it is not in time, or the program ends first with less than a word.
fn answer(terminal: &Terminal, so: impl Fn(&str) -> bool) -> Result<String, (Trouble, String)> {
    let until = Instant::now() + DEADLINE;
    loop {
        let time = Duration::from_millis(500);
        let text = match terminal.within(time, |screen| so(&text(screen))) {
            Ok(text) => return Ok(text),
            Err(text) => text,
        };
        match terminal.code_within(Duration::ZERO) {
            Some(2) if text.contains("dateline: ") => return Ok(text),
            Some(code) => return Err((Trouble::Panicked, format!("exit code {code}\n{text}"))),
            None if Instant::now() > until => return Err((Trouble::Silent, text)),
            None => {}
        }
    }
}

/// A start with a fault shows what a start without one shows, or says what is wrong.
fn check_start(stage: &Stage, fault: Fault) -> Seen {
    let terminal = stage.start(Some(fault));
    answer(&terminal, |text| is_whole(text) || has_word(text))?;
    drop(terminal);
    stage.check()
}

#[track_caller]
fn sweep_starts(extent: Extent) {
    let Some(stage) = Stage::new() else {
        return;
    };
    let (terminal, _) = stage.start_well();
    let faults = extent.faults(&stage.plan);
    drop(terminal);
    let mut tally = Tally::new("start of the screen");
    for fault in faults {
        if !tally.is_too_slow(fault) {
            let begun = Instant::now();
            let seen = check_start(&stage, fault);
            tally.add(fault, stage.plan.failed(), begun.elapsed(), false, seen);
        }
    }
    tally.finish();
}

/// Stars rows one after the other. The headlines of those that were shown as saved.
fn star_rows(terminal: &mut Terminal, acknowledged: &mut BTreeSet<String>) -> Seen {
    for row in (0..MARKS).map(|row| 29 - row) {
        let headline = format!("Row a{row:05}");
        terminal.press("s");
        // A row whose mark is not saved yet has an ellipsis.
        let is_saved = |text: &str| {
            // The list is the first of the panes.
            let mut rows = text.lines().filter_map(|line| line.split('│').next());
            rows.any(|line| line.contains(&headline) && line.contains('★') && !line.contains('…'))
        };
        let shown = answer(terminal, |text| is_saved(text) || has_word(text))?;
        if is_saved(&shown) && !has_word(&shown) {
            acknowledged.insert(headline);
        }
        terminal.press("j");
    }
    Ok(())
}

/// Quits, and quits again if the first time only says what is not saved. The exit code.
fn quit(terminal: &mut Terminal) -> Result<u32, (Trouble, String)> {
    terminal.press("Q");
    let mut code = terminal.code_within(Duration::from_secs(3));
    if code.is_none() {
        terminal.press("Q");
        code = terminal.code_within(DEADLINE);
    }
    match code {
        None => Err((Trouble::Hung, terminal.text())),
        Some(code @ 0..=2) => Ok(code),
        Some(code) => Err((Trouble::Panicked, format!("exit code {code}\n{}", terminal.text()))),
    }
}

/// Stars rows while a call fails; then the screen is killed, or quit.
fn check_marks(stage: &Stage, fault: Fault, count: &mut usize) -> Seen {
    let (mut terminal, _) = stage.start_well();
    terminal.press("/Row a\r");
    terminal.wait("the rows of one file", |screen| text(screen).contains("30 · 0 in texts"));
    stage.plan.set(Some(fault));
    let mut acknowledged = BTreeSet::new();
    star_rows(&mut terminal, &mut acknowledged)?;
    *count += acknowledged.len();
    let code = if fault.first.is_multiple_of(2) {
        Some(quit(&mut terminal)?)
    } else {
        terminal.signal(Signal::KILL);
        terminal.code();
        None
    };
    stage.check()?;
    if code == Some(0) {
        // All that was marked is there, perhaps only after the next start.
        let next = run(&stage.folder, &["mark", "read", "more/seals.txt"]);
        let found = stage.starred()?;
        if next.status.code() != Some(0) || found.len() != MARKS + 1 {
            let account = format!("exit code 0, but {} stars: {next:?}", found.len());
            return Err((Trouble::Silent, account));
        }
    }
    let found = stage.starred()?;
    let lost: Vec<&String> = acknowledged.difference(&found).collect();
    if lost.is_empty() { Ok(()) } else { Err((Trouble::Lost, format!("{lost:?}"))) }
}

#[track_caller]
fn sweep_marks(extent: Extent) {
    let Some(stage) = Stage::new() else {
        return;
    };
    let (mut terminal, _) = stage.start_well();
    terminal.press("/Row a\r");
    terminal.wait("the rows of one file", |screen| text(screen).contains("30 · 0 in texts"));
    stage.plan.set(None);
    let mut acknowledged = BTreeSet::new();
    star_rows(&mut terminal, &mut acknowledged).expect("marks without faults");
    assert_eq!(acknowledged.len(), MARKS);
    terminal.press("Q");
    assert_eq!(terminal.code(), 0);
    let mut tally = Tally::new("marks on the screen");
    for fault in extent.faults(&stage.plan) {
        if !tally.is_too_slow(fault) {
            let (begun, mut count) = (Instant::now(), 0);
            let seen = check_marks(&stage, fault, &mut count);
            tally.add(fault, stage.plan.failed(), begun.elapsed(), count > 0, seen);
        }
    }
    tally.finish();
}

/// Saves the selected dispatch while a call fails: over another file, or as a new one.
fn check_save(
    stage: &Stage,
    terminal: &mut Terminal,
    expected: &[u8],
    fault: Option<Fault>,
) -> Seen {
    let path = stage.folder.wire().join("../saved.md");
    let over = fault.is_some_and(|fault| fault.first.is_multiple_of(2));
    let _ = fs::remove_file(&path);
    if over {
        fs::write(&path, "Another text.\n").expect("a file");
    }
    stage.plan.set(fault);
    let write = if over { "w!" } else { "w" };
    terminal.press(&format!(":{write} {}\r", path.display()));
    let is_saved = |text: &str| text.contains("1 dispatch saved in");
    let shown = answer(terminal, |text| is_saved(text) || has_word(text))?;
    stage.plan.stop();
    // Takes the message away.
    terminal.press("jk");
    answer(terminal, |text| !is_saved(text) && !text.contains("saved.md"))?;
    let found = fs::read(&path).ok();
    let is_whole = found.as_deref() == Some(expected) && !expected.is_empty();
    let is_old = found.as_deref() == over.then_some(&b"Another text.\n"[..]);
    if is_saved(&shown) && !has_word(&shown) {
        if !expected.is_empty() && !is_whole {
            return Err((Trouble::Silent, format!("{found:?}\n{shown}")));
        }
    } else if !is_old && !is_whole {
        return Err((Trouble::Silent, format!("a part is left: {found:?}\n{shown}")));
    }
    Ok(())
}

#[track_caller]
fn sweep_saves(extent: Extent) {
    let Some(stage) = Stage::new() else {
        return;
    };
    let (mut terminal, _) = stage.start_well();
    check_save(&stage, &mut terminal, b"", None).expect("a save without faults");
    let expected = fs::read(stage.folder.wire().join("../saved.md")).expect("what was saved");
    // Counts what a save takes.
    stage.plan.set(None);
    let path = stage.folder.wire().join("../other.md");
    terminal.press(&format!(":w {}\r", path.display()));
    terminal.wait_for("1 dispatch saved in");
    let mut tally = Tally::new("save from the screen");
    for fault in extent.faults(&stage.plan) {
        let begun = Instant::now();
        let (mut terminal, _) = stage.start_well();
        let seen = check_save(&stage, &mut terminal, &expected, Some(fault));
        tally.add(fault, stage.plan.failed(), begun.elapsed(), false, seen);
    }
    tally.finish();
}

#[test]
fn a_sample_of_screens_keeps_its_promises() {
    sweep_starts(Extent::Pick);
    sweep_marks(Extent::Pick);
    sweep_saves(Extent::Pick);
}

#[test]
#[ignore = "takes minutes"]
fn starts_show_all_or_say_what_is_missing() {
    sweep_starts(Extent::EachCall);
}

#[test]
#[ignore = "takes minutes"]
fn marks_on_the_screen_keep_their_promises() {
    sweep_marks(Extent::EachCall);
}

#[test]
#[ignore = "takes minutes"]
fn saves_are_whole_or_refused() {
    sweep_saves(Extent::Whole);
}
