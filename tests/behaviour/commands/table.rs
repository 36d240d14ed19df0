//! Runs of the program without a terminal, side by side, and the table that they make.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use regex::{NoExpand, Regex};

use crate::snapshot::{compare, hash};
use crate::support::{Folder, PROGRAM};

/// What is so short is told in full.
const SHORT: usize = 240;
/// Messages, too, up to this length.
const SHORT_MESSAGES: usize = 4_000;
/// How much is told of the first line of what is longer.
const HEAD: usize = 72;
/// How many runs of a table go side by side.
const TOGETHER: usize = 3;

/// A run: its arguments, and the file on its standard input.
pub(super) struct Run {
    arguments: Vec<String>,
    input: Option<String>,
}

/// A run with arguments that are parted by blanks; a part in ' ' is one.
pub(super) fn run(line: &str) -> Run {
    let mut arguments = Vec::new();
    for (number, part) in line.split('\'').enumerate() {
        if number % 2 == 1 {
            arguments.push(part.to_owned());
        } else {
            arguments.extend(part.split_whitespace().map(str::to_owned));
        }
    }
    let input = None;
    Run { arguments, input }
}

impl Run {
    /// The same with a file on its standard input.
    pub(super) fn reading(mut self, file: &str) -> Self {
        self.input = Some(file.to_owned());
        self
    }

    /// The same with one more argument, as it stands.
    pub(super) fn and(mut self, argument: &str) -> Self {
        self.arguments.push(argument.to_owned());
        self
    }

    /// How the run is named in the table.
    fn title(&self) -> String {
        let quoted = |argument: &String| {
            let plain = !argument.is_empty() && !argument.contains([' ', '\n', '|', '(', '"']);
            if plain { argument.clone() } else { format!("'{}'", argument.replace('\n', "⏎")) }
        };
        let mut words: Vec<String> = self.arguments.iter().map(quoted).collect();
        words.extend(self.input.iter().map(|file| format!("< {file}")));
        words.join(" ")
    }

    /// Runs it to its end, and returns its part of the table.
    fn told(&self, name: &str, number: usize, folder: &Folder) -> String {
        let input = self.input.as_ref().map(|file| folder.wire().join(file));
        let input = input.map(|path| File::open(path).expect("an input"));
        let output = Command::new(PROGRAM)
            .args(&self.arguments)
            .env_clear()
            .envs(folder.variables())
            .env("TERM", "xterm-256color")
            .current_dir(folder.wire())
            .stdin(input.map_or_else(Stdio::null, Stdio::from))
            .output()
            .expect("the program");
        let out = masked(&output.stdout, folder);
        let err = masked(&output.stderr, folder);
        keep(name, number, &self.title(), [&out, &err]);
        let code = output.status.code();
        let code = code.map_or_else(|| "a signal".to_owned(), |code| code.to_string());
        let mut told = format!("$ {}\n  exit {code}\n", self.title());
        stream("out", &out, SHORT, &mut told);
        stream("err", &err, SHORT_MESSAGES, &mut told);
        told
    }
}

/// Puts signs where machine, version or the present time would stand.
fn masked(bytes: &[u8], folder: &Folder) -> String {
    let text = String::from_utf8(bytes.to_vec()).expect("UTF-8");
    let mut text = text;
    for path in [Some(folder.wire()), folder.wire().parent().map(PathBuf::from)] {
        let path = path.unwrap_or_default();
        text = text.replace(&*path.to_string_lossy(), "FOLDER");
    }
    let version = format!("dateline {}", env!("CARGO_PKG_VERSION"));
    text = text.replace(&version, "dateline VERSION");
    let since_epoch = Regex::new(r#""at":\d{13}"#).expect("a pattern");
    let text = since_epoch.replace_all(&text, NoExpand(r#""at":TIME"#));
    text.into_owned()
}

/// Tells of what came out of a stream: all of it where that is short.
fn stream(name: &str, text: &str, short: usize, told: &mut String) {
    if text.is_empty() {
        return;
    }
    let (lines, bytes) = (text.lines().count(), text.len());
    let _ = write!(told, "  {name} {lines} lines, {bytes} bytes, {}", hash(text.as_bytes()));
    if bytes <= short {
        let _ = writeln!(told);
        for line in text.lines() {
            let _ = writeln!(told, "  | {line}");
        }
    } else {
        let first = text.lines().find(|line| !line.trim().is_empty());
        let first: String = first.unwrap_or_default().trim().chars().take(HEAD).collect();
        let _ = writeln!(told, "  {first} …");
    }
}

/// Keeps the outputs of a run as files, where that is asked for.
fn keep(name: &str, number: usize, title: &str, [out, err]: [&str; 2]) {
    let Some(folder) = std::env::var_os("BEHAVIOUR_OUTPUTS") else {
        return;
    };
    let folder = PathBuf::from(folder).join(name);
    fs::create_dir_all(&folder).expect("a folder for outputs");
    let text = format!("$ {title}\n{out}\n--- messages\n{err}");
    fs::write(folder.join(format!("{number:04}.txt")), text).expect("a file of outputs");
}

/// Runs all, several at a time, and compares what they tell with the snapshot of this name.
pub(super) fn together(name: &str, folder: &Folder, runs: &[Run]) {
    let next = AtomicUsize::new(0);
    let told = Mutex::new(vec![String::new(); runs.len()]);
    thread::scope(|scope| {
        for _ in 0..TOGETHER {
            scope.spawn(|| {
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    let Some(run) = runs.get(number) else {
                        return;
                    };
                    let text = run.told(name, number, folder);
                    told.lock().expect("the table")[number] = text;
                }
            });
        }
    });
    let told = told.into_inner().expect("the table");
    compare(name, &told.join("\n"));
}

/// Runs one after the other, where each finds what those before it have left.
pub(super) fn in_turn(name: &str, folder: &Folder, runs: &[Run]) {
    let told = runs.iter().enumerate();
    let told: Vec<String> = told.map(|(number, run)| run.told(name, number, folder)).collect();
    compare(name, &told.join("\n"));
}
