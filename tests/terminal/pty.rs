//! The program in a pseudo-terminal: keys in, a screen out, everything waited for with a deadline.

use std::io::{Read as _, Write};
use std::num::NonZero;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Condvar, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use portable_pty::{ChildKiller, CommandBuilder, MasterPty, PtySize, SlavePty, native_pty_system};
use rustix::process::{Pid, Signal, kill_process};

use crate::support::{Folder, PROGRAM};

/// How long anything may take before a test has failed.
const DEADLINE: Duration = Duration::from_secs(30);

/// What the terminal shows, and every byte that has come.
struct Shown {
    parser: vt100::Parser,
    bytes: Vec<u8>,
    /// The beginning of a character that came at the end of what was read.
    begun: Vec<u8>,
    /// Within a synchronized update: the screen is not to be looked at.
    updating: bool,
}

impl Shown {
    fn process(&mut self, bytes: &[u8]) {
        // The parser loses what follows a character that comes in two pieces.
        self.begun.extend_from_slice(bytes);
        let whole = self.begun.len() - begun_length(&self.begun);
        self.parser.process(&self.begun[..whole]);
        self.begun.drain(..whole);
        let from = self.bytes.len().saturating_sub(7);
        self.bytes.extend_from_slice(bytes);
        let last = |mark: &[u8]| memchr::memmem::rfind(&self.bytes[from..], mark);
        let (begin, end) = (last(b"\x1b[?2026h"), last(b"\x1b[?2026l"));
        if begin.is_some() || end.is_some() {
            self.updating = begin > end;
        }
    }
}

/// How many bytes at the end are the beginning of a UTF-8 character.
fn begun_length(bytes: &[u8]) -> usize {
    let back = (1..=bytes.len().min(3)).find(|back| bytes[bytes.len() - back] >= 0xc0);
    let Some(back) = back else {
        return 0;
    };
    let length = match bytes[bytes.len() - back] {
        0xf0.. => 4,
        0xe0.. => 3,
        _ => 2,
    };
    if back < length { back } else { 0 }
}

/// A terminal in which a program runs.
pub(crate) struct Terminal {
    master: Option<Box<dyn MasterPty + Send>>,
    /// Held open, so that the modes can be asked for when the program has ended.
    slave: Option<Box<dyn SlavePty + Send>>,
    keys: Option<Box<dyn Write + Send>>,
    shown: Arc<(Mutex<Shown>, Condvar)>,
    reader: Option<JoinHandle<()>>,
    closing: Arc<AtomicBool>,
    killer: Box<dyn ChildKiller + Send + Sync>,
    pid: u32,
    ended: Receiver<u32>,
    modes: String,
}

fn size(columns: u16, rows: u16) -> PtySize {
    PtySize { rows, cols: columns, pixel_width: 0, pixel_height: 0 }
}

/// The text on a screen, without blanks at the ends of its lines: whether they were written is not to be seen.
pub(crate) fn text(screen: &vt100::Screen) -> String {
    let lines = screen.contents();
    let lines: Vec<&str> = lines.lines().map(str::trim_end).collect();
    lines.join("\n")
}

pub(crate) fn cells(count: u16) -> NonZero<u16> {
    NonZero::new(count).expect("at least one")
}

impl Terminal {
    /// Runs `dateline` with these arguments at this size.
    pub(crate) fn open(folder: &Folder, arguments: &[&str], columns: u16, rows: u16) -> Self {
        let mut command = CommandBuilder::new(PROGRAM);
        command.args(arguments);
        Self::run(folder, command, columns, rows)
    }

    /// Runs a line of the shell, in which `$0` is `dateline`.
    pub(crate) fn shell(folder: &Folder, line: &str) -> Self {
        let mut command = CommandBuilder::new("/bin/sh");
        command.args(["-c", line, PROGRAM]);
        Self::run(folder, command, 120, 40)
    }

    /// Runs a command with variables of its own.
    pub(crate) fn run_in(
        folder: &Folder,
        command: CommandBuilder,
        variables: &[(&str, String)],
    ) -> Self {
        Self::run_with(folder, command, 100, 30, variables)
    }

    pub(crate) fn run(folder: &Folder, command: CommandBuilder, columns: u16, rows: u16) -> Self {
        Self::run_with(folder, command, columns, rows, &[])
    }

    pub(crate) fn run_with(
        folder: &Folder,
        mut command: CommandBuilder,
        columns: u16,
        rows: u16,
        variables: &[(&str, String)],
    ) -> Self {
        let term = command.get_env("TERM").filter(|term| *term == "dumb");
        let term = term.map_or_else(|| "xterm-256color".into(), ToOwned::to_owned);
        command.env_clear();
        command.env("TERM", term);
        command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
        for (name, value) in folder.variables() {
            command.env(name, value);
        }
        for (name, value) in variables {
            command.env(name, value);
        }
        command.cwd(folder.wire());
        let pair = native_pty_system().openpty(size(columns, rows)).expect("a pseudo-terminal");
        let modes = modes(&*pair.master);
        let mut child = pair.slave.spawn_command(command).expect("the program");
        let (killer, pid) = (child.clone_killer(), child.process_id().expect("its id"));
        let (tell, ended) = channel();
        std::thread::spawn(move || {
            if let Ok(status) = child.wait() {
                let _ = tell.send(status.exit_code());
            }
        });
        let shown = Shown {
            parser: vt100::Parser::new(cells(rows), cells(columns), 0),
            bytes: Vec::new(),
            begun: Vec::new(),
            updating: false,
        };
        let shown = Arc::new((Mutex::new(shown), Condvar::new()));
        let closing = Arc::new(AtomicBool::new(false));
        let (to, until) = (Arc::clone(&shown), Arc::clone(&closing));
        let mut from = pair.master.try_clone_reader().expect("its output");
        let reader = std::thread::spawn(move || {
            let mut buffer = [0; 1 << 14];
            while let Ok(count @ 1..) = from.read(&mut buffer) {
                if until.load(Ordering::SeqCst) {
                    break;
                }
                let mut shown = to.0.lock().expect("the screen");
                shown.process(&buffer[..count]);
                to.1.notify_all();
            }
        });
        Self {
            keys: Some(pair.master.take_writer().expect("its keys")),
            master: Some(pair.master),
            slave: Some(pair.slave),
            shown,
            reader: Some(reader),
            closing,
            killer,
            pid,
            ended,
            modes,
        }
    }

    /// Types.
    pub(crate) fn press(&mut self, keys: &str) {
        let to = self.keys.as_mut().expect("an open terminal");
        to.write_all(keys.as_bytes()).and_then(|()| to.flush()).expect("keys");
    }

    /// Waits until the screen is so, and returns its text.
    #[track_caller]
    pub(crate) fn wait(&self, what: &str, so: impl Fn(&vt100::Screen) -> bool) -> String {
        match self.within(DEADLINE, so) {
            Ok(text) => text,
            Err(now) => panic!("waited for {what} in vain:\n{now}"),
        }
    }

    /// Waits until the screen is so, for some time at most. The text of the screen, as an error where it is not so.
    pub(crate) fn within(
        &self,
        time: Duration,
        so: impl Fn(&vt100::Screen) -> bool,
    ) -> Result<String, String> {
        let until = Instant::now() + time;
        let mut shown = self.shown.0.lock().expect("the screen");
        while shown.updating || !so(shown.parser.screen()) {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(text(shown.parser.screen()));
            }
            (shown, _) = self.shown.1.wait_timeout(shown, left).expect("the screen");
        }
        Ok(text(shown.parser.screen()))
    }

    /// Waits for a text on the screen.
    #[track_caller]
    pub(crate) fn wait_for(&self, words: &str) -> String {
        self.wait(words, |screen| screen.contents().contains(words))
    }

    /// All that the program has written.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        self.shown.0.lock().expect("the screen").bytes.clone()
    }

    pub(crate) fn resize(&self, columns: u16, rows: u16) {
        let mut shown = self.shown.0.lock().expect("the screen");
        shown.parser.screen_mut().set_size(cells(rows), cells(columns));
        drop(shown);
        let master = self.master.as_ref().expect("an open terminal");
        master.resize(size(columns, rows)).expect("a new size");
    }

    /// The process that was started.
    pub(crate) fn pid(&self) -> i32 {
        i32::try_from(self.pid).expect("an id")
    }

    /// Sends a signal to what was started.
    pub(crate) fn signal(&self, signal: Signal) {
        send(self.pid(), signal);
    }

    /// Sends a signal to what runs in the foreground.
    pub(crate) fn signal_foreground(&self, signal: Signal) {
        let master = self.master.as_ref().expect("an open terminal");
        send(master.process_group_leader().expect("a leader"), signal);
    }

    /// Waits for the end of the program and returns its exit code.
    #[track_caller]
    pub(crate) fn code(&self) -> u32 {
        let code = self.code_within(DEADLINE);
        code.unwrap_or_else(|| panic!("still running:\n{}", self.text()))
    }

    /// Waits for some time at most for the end of the program: its exit code.
    pub(crate) fn code_within(&self, time: Duration) -> Option<u32> {
        self.ended.recv_timeout(time).ok()
    }

    pub(crate) fn text(&self) -> String {
        let shown = self.shown.0.lock().expect("the screen");
        text(shown.parser.screen())
    }

    /// Checks that the terminal is as it was found.
    #[track_caller]
    pub(crate) fn check_restored(&self) {
        self.wait("the modes to be left", |screen| {
            !screen.alternate_screen()
                && !screen.hide_cursor()
                && !screen.bracketed_paste()
                && screen.mouse_protocol_mode() == vt100::MouseProtocolMode::None
                && screen.fgcolor() == vt100::Color::Default
                && screen.bgcolor() == vt100::Color::Default
                && !screen.inverse()
        });
        let master = self.master.as_deref().expect("an open terminal");
        assert_eq!(modes(master), self.modes);
    }

    /// Takes the terminal away, as the closing of its window does.
    pub(crate) fn go_away(&mut self) {
        // The reader lets go of the terminal with the next bytes.
        self.closing.store(true, Ordering::SeqCst);
        self.press("?");
        let reader = self.reader.take().expect("a reader");
        reader.join().expect("the end of the reader");
        self.slave = None;
        self.keys = None;
        self.master = None;
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let _ = self.killer.kill();
    }
}

fn send(pid: i32, signal: Signal) {
    let pid = Pid::from_raw(pid).expect("an id");
    kill_process(pid, signal).expect("a signal");
}

/// The modes of the line (raw or not, echo or not), as text.
fn modes(master: &(dyn MasterPty + Send)) -> String {
    format!("{:?}", master.get_termios().expect("the modes"))
}
