//! Watches of real folders: what is on the desk after files were made, written, renamed and deleted. No sleeps: waits for reports.

mod arriving;
mod changing;

use std::fs;
use std::io::Write;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use super::*;
use crate::desk::{DispatchIndex, EntryId};
use crate::load::{load, open};

/// A folder that is watched, and what has come of it.
struct Spool {
    folder: PathBuf,
    watch: Watch,
    reports: Receiver<LoadEvent>,
    desk: DispatchIndex,
    segments: usize,
    problems: Vec<String>,
}

static NUMBER: AtomicU32 = AtomicU32::new(0);

fn folder() -> PathBuf {
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let name = format!("dateline-watch-{}-{number}", std::process::id());
    let folder = std::env::temp_dir().join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    folder
}

fn story(name: &str) -> String {
    format!("{name} in the harbour\n\nPORT ELLERY (NWR) - The {name} was seen. END\n")
}

fn line(name: &str) -> String {
    format!(
        "{{\"id\": \"urn:{name}\", \"headline\": \"{name} in the harbour\", \"text\": \"The {name} was seen. END\"}}\n"
    )
}

/// True where the first problem of a file of this name is told: a fault in the reading.
fn is_faulty(report: &LoadEvent) -> bool {
    let problem = match report {
        LoadEvent::Problem(problem) => problem.to_string(),
        _ => return false,
    };
    problem.contains("faulty.txt: ") && !problem.contains("a fault in dateline itself")
}

impl Spool {
    /// Watches a folder in which something is already; returns when the load is done.
    fn new(there: &[(&str, &str)]) -> Self {
        Self::keeping(there, RetentionLimits::default())
    }

    fn keeping(there: &[(&str, &str)], limits: RetentionLimits) -> Self {
        let folder = folder();
        for (name, text) in there {
            fs::write(folder.join(name), text).unwrap();
        }
        let watch = Watch::new(limits).unwrap();
        let (tell, reports) = channel();
        let run = (watch.clone(), folder.clone());
        thread::spawn(move || {
            let (watch, folder) = run;
            let sources = LoadRequest::from(vec![InputSource::Path(folder)]);
            watch.load(sources, 2, &|report| {
                assert!(!is_faulty(&report), "a fault in the reading");
                drop(tell.send(report));
            });
        });
        let mut spool = Self::of(folder, watch, reports);
        spool.until("the load is done", |_, report| {
            matches!(report, Some(LoadEvent::Done(_)))
        });
        spool
    }

    fn of(folder: PathBuf, watch: Watch, reports: Receiver<LoadEvent>) -> Self {
        Self {
            folder,
            watch,
            reports,
            desk: DispatchIndex::default(),
            segments: 0,
            problems: Vec::new(),
        }
    }

    /// Takes reports in until a test of the desk, after the last of them, passes.
    #[track_caller]
    fn until(&mut self, what: &str, mut test: impl FnMut(&Self, Option<&LoadEvent>) -> bool) {
        let deadline = Instant::now() + Duration::from_secs(20);
        if test(self, None) {
            return;
        }
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            let Ok(report) = self.reports.recv_timeout(left) else {
                panic!("never came: {what}; there is {:?}", self.rows());
            };
            match &report {
                LoadEvent::Segment(segment) => {
                    self.desk.add(vec![Arc::clone(segment)]);
                }
                LoadEvent::Arrived { segments, replaced } => {
                    self.segments += segments.len();
                    self.desk.add(segments.clone());
                    let pairs = self.desk.apply_replacements(replaced);
                    assert_eq!(pairs.len(), replaced.len());
                }
                LoadEvent::Problem(problem) => self.problems.push(problem.to_string()),
                LoadEvent::Done(_) => {}
            }
            if test(self, Some(&report)) {
                return;
            }
        }
    }

    fn ids(&self) -> Vec<EntryId> {
        let ids = self.desk.order().iter().copied();
        ids.filter(|&id| !self.desk.is_unlisted(id)).collect()
    }

    /// The first words of the rows, sorted.
    fn rows(&self) -> Vec<String> {
        let headline = |id| self.desk.entry(id).unwrap().headline().to_owned();
        let first = |text: String| text.split(' ').next().unwrap_or("").to_owned();
        let mut rows: Vec<String> = self.ids().into_iter().map(headline).map(first).collect();
        rows.sort();
        rows
    }

    /// Waits until these are the rows.
    #[track_caller]
    fn shows(&mut self, expected: &[&str]) {
        self.until(&format!("{expected:?}"), |spool, _| {
            spool.rows() == expected
        });
    }

    /// Reads the text of a row: to its end, or what is wrong.
    fn text(&self, name: &str) -> Result<String, String> {
        let named = |id: &EntryId| self.desk.entry(*id).unwrap().headline().starts_with(name);
        let id = self.ids().into_iter().find(named).unwrap();
        let entry = self.desk.entry(id).unwrap();
        let dispatch = open::read_dispatch(&entry.origin().unwrap(), entry.item_key());
        let dispatch = dispatch.map_err(|problem| problem.to_string())?;
        assert_eq!(dispatch.problems, []);
        Ok(dispatch.body.text().to_owned())
    }

    #[track_caller]
    fn reads(&self, name: &str) {
        let text = self.text(name);
        assert!(
            text.as_ref()
                .is_ok_and(|text| text.contains(&format!("{name} was seen. END"))),
            "{text:?}"
        );
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).unwrap();
    }

    fn rename(&self, from: &str, to: &str) {
        fs::rename(self.path(from), self.path(to)).unwrap();
    }

    fn append(&self, name: &str, text: &str) {
        let mut file = fs::File::options()
            .append(true)
            .create(true)
            .open(self.path(name))
            .unwrap();
        file.write_all(text.as_bytes()).unwrap();
    }
}

impl Drop for Spool {
    fn drop(&mut self) {
        self.watch.stop();
        let _ = fs::remove_dir_all(&self.folder);
    }
}
