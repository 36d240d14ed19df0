//! A session: the program in a terminal, the keys of a script, and the screens that it leaves.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use crate::inputs;
use crate::looks::looks;
use crate::pty::{Terminal, text};
use crate::snapshot::{before, compare};
use crate::support::Folder;

/// The sizes at which each session is played.
const SIZES: [(u16, u16); 3] = [(120, 40), (80, 24), (40, 12)];
/// When the last embargo of the wire and of the fixtures has lifted: 23 November 2026.
const LIFTED: u64 = 1_795_392_000;
/// How long anything may take.
const DEADLINE: Duration = Duration::from_secs(20);
/// Between two looks at what the program is doing.
const LOOK: Duration = Duration::from_millis(1);
/// A screen that is not the expected one is what has come of the keys when nothing has happened for so long.
const SETTLED: Duration = Duration::from_millis(700);

/// How long nothing must happen before the program counts as started.
const CALM: Duration = Duration::from_millis(60);
/// How often a thread that takes keys in is looked for.
const TRIES: usize = 20;
/// Where the system tells what threads do.
const LINUX: bool = cfg!(target_os = "linux");

/// A script, which is played at each size.
pub(super) type Script = fn(&mut Session);

/// Plays a session at all sizes and compares its screens with the snapshot of this name.
pub(super) fn play(name: &str, script: Script) {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    if now.is_ok_and(|now| now.as_secs() < LIFTED) {
        // Rather than that they fail where nothing is wrong but the date.
        return;
    }
    let name = format!("session-{name}");
    let expected = before(&name);
    let told = thread::scope(|scope| {
        let playing = SIZES.map(|size| {
            let expected = expected.as_str();
            scope.spawn(move || {
                let mut session = Session::new(size, expected);
                script(&mut session);
                session.told
            })
        });
        playing.map(|session| session.join().expect("a session that is played to its end"))
    });
    compare(&name, &told.join("\n"));
}

/// What the threads of the program are doing: how often each has gone to sleep or was stopped, while all sleep.
type Pulse = BTreeMap<u32, u64>;

/// The program at one size.
pub(super) struct Session<'a> {
    pub(super) folder: Folder,
    pub(super) size: (u16, u16),
    terminal: Option<Terminal>,
    /// The thread of the program that takes the keys in, where it is known.
    listener: Option<u32>,
    /// The snapshot as it is.
    expected: &'a str,
    told: String,
    shots: usize,
    /// Keys since the last screen, for its heading.
    keys: String,
    /// Times of the day are not told.
    masked: bool,
}

impl<'a> Session<'a> {
    fn new(size: (u16, u16), expected: &'a str) -> Self {
        Self {
            folder: Folder::new(),
            size,
            terminal: None,
            listener: None,
            expected,
            told: String::new(),
            shots: 0,
            keys: String::new(),
            masked: false,
        }
    }

    /// Starts the program over the built-in wire, or over files and folders; fixtures that are named are copied. A blank
    /// within an argument is written ␣.
    pub(super) fn start(&mut self, arguments: &str) {
        let arguments = arguments.split_whitespace();
        let arguments: Vec<String> = arguments.map(|word| word.replace('␣', " ")).collect();
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let known = inputs::fixtures();
        for argument in &arguments {
            let folder = argument.split('/').next().unwrap_or_default();
            if folder == "wire" || known.iter().any(|known| known == folder) {
                inputs::copy(&self.folder, folder);
            }
        }
        let (columns, rows) = self.size;
        let terminal = Terminal::open(&self.folder, &arguments, columns, rows);
        terminal.wait("a screen", |screen| screen.alternate_screen() && !text(screen).is_empty());
        self.terminal = Some(terminal);
        self.keys = format!("dateline {}", arguments.join(" "));
        self.listener = None;
        self.calm(CALM);
        self.find_listener();
    }

    /// Finds the thread that takes the keys in: the one that wakes when a button of the mouse is let go, of which nothing
    /// else comes.
    fn find_listener(&mut self) {
        let mut found: Option<BTreeSet<u32>> = None;
        for _ in 0..TRIES {
            let Some(before) = self.pulse() else {
                self.calm(CALM);
                continue;
            };
            self.terminal().press("\x1b[<0;1;1m");
            self.calm(CALM);
            let after = self.pulse().unwrap_or_default();
            let woken = after.iter().filter(|(id, count)| before.get(id) != Some(count));
            let woken: BTreeSet<u32> = woken.map(|(&id, _)| id).collect();
            let both = found.as_ref().map_or(woken.clone(), |found| found & &woken);
            if both.len() == 1 {
                self.listener = both.first().copied();
                return;
            }
            found = (!both.is_empty()).then_some(both);
        }
        let none_needed = !LINUX;
        assert!(none_needed, "no thread takes keys in:\n{}", self.screen());
    }

    /// Starts the program with a config file.
    pub(super) fn start_with(&mut self, config: &str, arguments: &str) {
        self.put("config.toml", config);
        self.start(&format!("--config config.toml {arguments}"));
    }

    /// Writes a file into the folder that the program runs in.
    pub(super) fn put(&mut self, name: &str, text: &str) {
        inputs::put(&self.folder, name, text);
    }

    fn terminal(&mut self) -> &mut Terminal {
        self.terminal.as_mut().expect("a program that runs")
    }

    /// Presses keys. Escape must be the last of them: with a key behind it, it would be another key.
    pub(super) fn press(&mut self, keys: &str) {
        if keys.is_empty() {
            return;
        }
        let _ = write!(self.keys, " {}", named(keys));
        let before = self.taken_in();
        self.terminal().press(keys);
        self.rest(before);
    }

    /// Presses keys and tells of the screen that comes of them.
    pub(super) fn shot(&mut self, keys: &str) {
        self.press(keys);
        self.tell();
    }

    /// Presses keys and waits for words on the screen before it is told of.
    pub(super) fn shot_of(&mut self, keys: &str, words: &str) {
        self.press(keys);
        self.wait(words);
        self.tell();
    }

    /// Waits for words on the screen.
    pub(super) fn wait(&mut self, words: &str) {
        self.terminal().wait_for(words);
    }

    /// Presses keys again and again until words are on the screen.
    pub(super) fn until(&mut self, keys: &str, words: &str) {
        let _ = write!(self.keys, " {} …", named(keys));
        let until = Instant::now() + DEADLINE;
        loop {
            let before = self.taken_in();
            self.terminal().press(keys);
            self.rest(before);
            let there = |screen: &vt100::Screen| screen.contents().contains(words);
            let Err(screen) = self.terminal().within(Duration::from_millis(50), there) else {
                return;
            };
            assert!(Instant::now() < until, "no {words} in:\n{screen}");
        }
    }

    /// Tells of the screen from now on without times of the day.
    pub(super) fn mask_times(&mut self) {
        self.masked = true;
    }

    /// Makes the terminal larger or smaller, and tells of the screen.
    pub(super) fn resize(&mut self, columns: u16, rows: u16) {
        let _ = write!(self.keys, " ({columns}×{rows})");
        let before = self.taken_in();
        self.terminal().resize(columns, rows);
        self.rest(before);
        self.tell();
    }

    /// Presses keys that end the program, and tells of its exit code.
    pub(super) fn end(&mut self, keys: &str) {
        self.terminal().press(keys);
        let code = self.terminal().code();
        let _ = writeln!(self.told, "══ {} ends with exit code {code}\n", named(keys));
    }

    /// Tells what a file says that the program has written.
    pub(super) fn tell_file(&mut self, name: &str) {
        let text = fs::read_to_string(self.folder.wire().join(name)).expect("a file");
        let _ = writeln!(self.told, "══ {name}");
        for line in text.lines() {
            let _ = writeln!(self.told, "│{line}");
        }
        let _ = writeln!(self.told, "╰─\n");
    }

    /// Tells of the screen once it is the expected one and the program sleeps, or once nothing happens any more.
    fn tell(&mut self) {
        self.shots += 1;
        let (columns, rows) = self.size;
        let keys = std::mem::take(&mut self.keys);
        let heading = format!("══ {columns}×{rows}, screen {}: {}\n", self.shots, keys.trim());
        let until = Instant::now() + DEADLINE;
        let (mut last, mut since) = (None, Instant::now());
        let mut pause = LOOK;
        let screen = loop {
            let pulse = self.pulse();
            if pulse.is_some() && pulse == last {
                // What was written may still be on its way.
                let screen = heading.clone() + &self.screen();
                if self.expected.contains(&screen) || since.elapsed() > SETTLED {
                    break screen;
                }
                pause = (pause * 2).min(SETTLED / 8);
            } else {
                (last, since, pause) = (pulse, Instant::now(), LOOK);
            }
            assert!(Instant::now() < until, "no rest:\n{}", self.screen());
            self.pass(pause);
        };
        self.told.push_str(&screen);
        self.told.push('\n');
    }

    /// The screen as it is told of: its looks and its text.
    fn screen(&mut self) -> String {
        let taken = RefCell::new(String::new());
        let masked = self.masked;
        let take = |screen: &vt100::Screen| {
            let mut told = looks(screen) + "\n";
            let shown = text(screen);
            let shown = if masked { without_times(&shown) } else { shown };
            for line in shown.lines() {
                let _ = writeln!(told, "│{line}");
            }
            *taken.borrow_mut() = told + "╰─\n";
            true
        };
        let _ = self.terminal().within(DEADLINE, take);
        taken.into_inner()
    }

    /// Lets some time pass.
    fn pass(&mut self, time: Duration) {
        let _ = self.terminal().within(time, |_| false);
    }

    /// Waits until the program has taken something in since it was `before`, and sleeps again.
    fn rest(&mut self, before: Option<u64>) {
        let until = Instant::now() + DEADLINE;
        let (mut last, mut pause) = (None, LOOK);
        loop {
            let taken_in = before.is_none() || self.taken_in() != before;
            let pulse = if taken_in { self.pulse() } else { None };
            if pulse.is_some() && pulse == last {
                return;
            }
            pause = if pulse.is_some() { LOOK } else { pause * 2 }.min(CALM / 8);
            last = pulse;
            let late = Instant::now() > until;
            let screen = if late { self.screen() } else { String::new() };
            assert!(!late, "no rest after {}:\n{screen}", self.keys);
            self.pass(pause);
        }
    }

    /// Waits until nothing has happened for some time.
    fn calm(&mut self, time: Duration) {
        let until = Instant::now() + DEADLINE;
        let (mut last, mut since) = (None, Instant::now());
        while last.is_none() || since.elapsed() < time {
            let pulse = self.pulse();
            if pulse != last {
                (last, since) = (pulse, Instant::now());
            }
            assert!(Instant::now() < until, "no rest:\n{}", self.screen());
            self.pass(CALM / 4);
        }
    }

    /// How often the thread that takes the keys in was switched: another number means that something has been taken in.
    fn taken_in(&mut self) -> Option<u64> {
        let listener = self.listener?;
        let pid = self.terminal().pid();
        let status = fs::read_to_string(format!("/proc/{pid}/task/{listener}/status"));
        status.ok().as_deref().and_then(switches)
    }

    /// How often the threads of the program were switched, where all of them sleep. Two that are the same mean that
    /// nothing has happened between them.
    #[cfg(target_os = "linux")]
    fn pulse(&mut self) -> Option<Pulse> {
        let threads = format!("/proc/{}/task", self.terminal().pid());
        let mut pulse = Pulse::new();
        let Ok(threads) = fs::read_dir(threads) else {
            // It has ended.
            return Some(pulse);
        };
        for thread in threads {
            let thread = thread.ok()?;
            let status = fs::read_to_string(thread.path().join("status")).ok()?;
            let (_, state) = status.split_once("State:\t")?;
            if !state.starts_with('S') {
                return None;
            }
            let switches = switches(&status)?;
            pulse.insert(thread.file_name().to_str()?.parse().ok()?, switches);
        }
        Some(pulse)
    }

    /// How much the program has written, where nothing more comes for a while.
    #[cfg(not(target_os = "linux"))]
    fn pulse(&mut self) -> Option<Pulse> {
        self.pass(Duration::from_millis(100));
        let written = self.terminal().bytes().len();
        Some(Pulse::from([(0, u64::try_from(written).ok()?)]))
    }
}

/// How often a thread was switched: the last two lines are how often it asked for that, and how often it did not.
fn switches(status: &str) -> Option<u64> {
    let mut counts = status.trim_end().rsplit('\n').take(2);
    counts.try_fold(0, |sum, line| {
        let (_, count) = line.rsplit_once('\t')?;
        Some(sum + count.parse::<u64>().ok()?)
    })
}

/// Keys by their names.
fn named(keys: &str) -> String {
    let mut names = String::new();
    for key in keys.chars() {
        match key {
            '\r' => names.push_str("<Enter>"),
            '\t' => names.push_str("<Tab>"),
            '\x1b' => names.push_str("<Esc>"),
            '\x7f' => names.push_str("<Backspace>"),
            ' ' => names.push('␣'),
            control @ '\0'..' ' => {
                let letter = char::from(control as u8 + b'@');
                let _ = write!(names, "<^{letter}>");
            }
            key => names.push(key),
        }
    }
    names
}

/// A text without its times of the day: `17:05` is `##:##`.
fn without_times(text: &str) -> String {
    let times = regex::Regex::new(r"\b\d\d:\d\d\b").expect("a pattern");
    times.replace_all(text, "##:##").into_owned()
}
