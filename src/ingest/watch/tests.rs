//! Tests of watches on real folders: what is listed after files were created, written, renamed and deleted.
//! Nothing sleeps: tests wait for reports.

use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};
use std::{fs, thread};

use crate::index::{DispatchIndex, EntryId};
use crate::ingest::load::{InputSource, LoadEvent, LoadRequest, load};
use crate::ingest::watch::events::FileEvent;
use crate::ingest::watch::events::system::EventSource;
use crate::ingest::watch::file_states::Claim;
use crate::ingest::watch::retained::RetentionLimits;
use crate::ingest::watch::watcher::Watch;

/// A watched folder, and an index of what was reported.
struct Spool {
    folder: PathBuf,
    watch: Watch,
    reports: Receiver<LoadEvent>,
    index: DispatchIndex,
    /// Segments reported after the load.
    segments: usize,
    problems: Vec<String>,
    /// False while nothing is followed.
    can_arrive: bool,
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

/// True for the first problem of a file named `faulty.txt`, where the receiver panics as a bug in a reader would.
fn is_faulty(report: &LoadEvent) -> bool {
    let problem = match report {
        LoadEvent::Problem(problem) => problem.to_string(),
        _ => return false,
    };
    problem.contains("faulty.txt: ") && !problem.contains("a fault in dateline itself")
}

impl Spool {
    /// Watches a folder with these files; returns when the load is complete.
    fn new(files: &[(&str, &str)]) -> Self {
        Self::with_limits(files, RetentionLimits::default())
    }

    fn with_limits(files: &[(&str, &str)], limits: RetentionLimits) -> Self {
        let folder = folder();
        for (name, text) in files {
            fs::write(folder.join(name), text).unwrap();
        }
        Self::load(folder.clone(), folder, Watch::new(limits).unwrap())
    }

    /// Watches a root in a folder; returns when the load is complete.
    fn load(folder: PathBuf, root: PathBuf, watch: Watch) -> Self {
        let (sender, reports) = channel();
        let run = watch.clone();
        thread::spawn(move || {
            let sources = LoadRequest::from(vec![InputSource::Path(root)]);
            run.load(sources, 2, &|report| {
                assert!(!is_faulty(&report), "a fault in the reading");
                drop(sender.send(report));
            });
        });
        let mut spool = Self::of(folder, watch, reports);
        spool.until("the load is done", |_, report| matches!(report, Some(LoadEvent::Done(_))));
        spool
    }

    fn of(folder: PathBuf, watch: Watch, reports: Receiver<LoadEvent>) -> Self {
        Self {
            folder,
            watch,
            reports,
            index: DispatchIndex::default(),
            segments: 0,
            problems: Vec::new(),
            can_arrive: true,
        }
    }

    /// Adds reports to the index until `test` passes, which gets the last report. Fails after 20 seconds.
    #[track_caller]
    fn until(&mut self, what: &str, mut test: impl FnMut(&Self, Option<&LoadEvent>) -> bool) {
        let deadline = Instant::now() + Duration::from_secs(20);
        if test(self, None) {
            return;
        }
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            let Ok(report) = self.reports.recv_timeout(left) else {
                panic!("never came: {what}; listed: {:?}", self.rows());
            };
            match &report {
                LoadEvent::Segment(segment) => {
                    self.index.add(vec![Arc::clone(segment)]);
                }
                LoadEvent::Arrived { segments, replaced } => {
                    self.segments += segments.len();
                    self.index.add(segments.clone());
                    let pairs = self.index.apply_replacements(replaced);
                    assert_eq!(pairs.len(), replaced.len());
                }
                LoadEvent::Problem(problem) => self.problems.push(problem.to_string()),
                LoadEvent::Done(_) => {}
                LoadEvent::FollowState { can_arrive, .. } => self.can_arrive = *can_arrive,
            }
            if test(self, Some(&report)) {
                return;
            }
        }
    }

    fn ids(&self) -> Vec<EntryId> {
        let ids = self.index.order().iter().copied();
        ids.filter(|&id| !self.index.is_unlisted(id)).collect()
    }

    /// The first words of the listed headlines, sorted.
    fn rows(&self) -> Vec<String> {
        let headline = |id| self.index.entry(id).unwrap().headline().to_owned();
        let first = |text: String| text.split(' ').next().unwrap_or("").to_owned();
        let mut rows: Vec<String> = self.ids().into_iter().map(headline).map(first).collect();
        rows.sort();
        rows
    }

    /// Waits until exactly these are listed.
    #[track_caller]
    fn shows(&mut self, expected: &[&str]) {
        self.until(&format!("{expected:?}"), |spool, _| spool.rows() == expected);
    }

    /// Reads the dispatch whose headline begins with `name`: its text, or why it cannot be read.
    fn text(&self, name: &str) -> Result<String, String> {
        let named = |id: &EntryId| self.index.entry(*id).unwrap().headline().starts_with(name);
        let id = self.ids().into_iter().find(named).unwrap();
        let entry = self.index.entry(id).unwrap();
        let dispatch = crate::ingest::read_dispatch(&entry.locator().unwrap());
        let dispatch = dispatch.map_err(|problem| problem.to_string())?;
        assert_eq!(dispatch.problems, []);
        Ok(dispatch.body.text().to_owned())
    }

    /// Fails unless the complete text of a dispatch can be read.
    #[track_caller]
    fn reads(&self, name: &str) {
        let text = self.text(name);
        assert!(
            text.as_ref().is_ok_and(|text| text.contains(&format!("{name} was seen. END"))),
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
        let mut file = fs::File::options().append(true).create(true).open(self.path(name)).unwrap();
        file.write_all(text.as_bytes()).unwrap();
    }
}

impl Drop for Spool {
    fn drop(&mut self) {
        self.watch.stop();
        let _ = fs::remove_dir_all(&self.folder);
    }
}

// Arrivals are listed once and complete.

#[test]
fn existing_and_arriving_files_are_listed_once() {
    let mut spool = Spool::new(&[("a.txt", &story("Anchor"))]);
    spool.shows(&["Anchor"]);
    spool.write("b.txt", &story("Buoy"));
    spool.write(".c.tmp", &story("Capstan"));
    spool.rename(".c.tmp", "c.txt");
    spool.write("d.txt.part", &story("Dinghy"));
    spool.write("e.txt", &story("Eel"));
    spool.shows(&["Anchor", "Buoy", "Capstan", "Eel"]);
    spool.rename("d.txt.part", "d.txt");
    // A hard link causes no write event. One to a listed file is no second dispatch.
    spool.write(".f", &story("Foghorn"));
    fs::hard_link(spool.path(".f"), spool.path("f.txt")).unwrap();
    fs::hard_link(spool.path("a.txt"), spool.path("g.txt")).unwrap();
    spool.shows(&["Anchor", "Buoy", "Capstan", "Dinghy", "Eel", "Foghorn"]);
    for name in ["Anchor", "Buoy", "Capstan", "Dinghy"] {
        spool.reads(name);
    }
}

#[test]
fn several_writes_make_one_dispatch() {
    let mut spool = Spool::new(&[]);
    let text = story("Lantern");
    let mut file = fs::File::create(spool.path("a.txt")).unwrap();
    for part in text.as_bytes().chunks(10) {
        file.write_all(part).unwrap();
    }
    spool.write("b.txt", &story("Mast"));
    spool.shows(&["Mast"]);
    drop(file);
    spool.shows(&["Lantern", "Mast"]);
    spool.reads("Lantern");
    assert!(!spool.index.is_unlisted(EntryId::new(0, 0)));
}

#[test]
fn new_folders_are_watched() {
    let mut spool = Spool::new(&[]);
    fs::create_dir_all(spool.path("a/b")).unwrap();
    spool.write("a/b/one.txt", &story("One"));
    spool.shows(&["One"]);
    spool.write("a/b/two.txt", &story("Two"));
    spool.shows(&["One", "Two"]);
    spool.rename("a", "c");
    spool.write("c/b/three.txt", &story("Three"));
    spool.shows(&["One", "Three", "Two"]);
    spool.reads("One");
    let entries = spool.ids().into_iter().map(|id| spool.index.entry(id).unwrap());
    let paths: Vec<String> = entries.map(|entry| entry.input().unwrap().display_path()).collect();
    assert!(paths.iter().all(|path| path.contains("/c/b/")), "{paths:?}");
}

#[test]
fn appended_lines_are_read_once_they_are_complete() {
    let mut spool = Spool::new(&[("wire.jsonl", &line("Anchor"))]);
    spool.shows(&["Anchor"]);
    let buoy = line("Buoy");
    let mut file = fs::File::options().append(true).open(spool.path("wire.jsonl")).unwrap();
    let all = format!("{}{}", buoy, &line("Capstan")[..20]);
    file.write_all(all.as_bytes()).unwrap();
    spool.shows(&["Anchor", "Buoy"]);
    file.write_all(&line("Capstan").as_bytes()[20..]).unwrap();
    spool.shows(&["Anchor", "Buoy", "Capstan"]);
    drop(file);
    spool.append("wire.jsonl", &line("Dinghy"));
    spool.shows(&["Anchor", "Buoy", "Capstan", "Dinghy"]);
    assert_eq!(spool.problems, Vec::<String>::new());
    for name in ["Anchor", "Buoy", "Capstan", "Dinghy"] {
        spool.reads(name);
    }
    let numbers = spool
        .ids()
        .into_iter()
        .map(|id| spool.index.entry(id).unwrap().locator().unwrap().number_in_input());
    let mut numbers: Vec<u64> = numbers.collect();
    numbers.sort_unstable();
    assert_eq!(numbers, [0, 1, 2, 3]);
}

#[test]
fn mails_appended_to_a_mailbox_are_read() {
    let mail = |name: &str| {
        format!(
            "From desk@wire.example Tue Mar  3 08:15:00 2026\nSubject: {name} in the harbour\nDate: Tue, 3 Mar 2026 08:15:00 +0000\n\nThe {name} was seen. END\n\n"
        )
    };
    let mut spool = Spool::new(&[("desk.mbox", &(mail("Anchor") + &mail("Buoy")))]);
    spool.shows(&["Anchor", "Buoy"]);
    spool.append("desk.mbox", &mail("Capstan"));
    spool.shows(&["Anchor", "Buoy", "Capstan"]);
    // The last mail is continued: its entry is replaced.
    spool.append("desk.mbox", "And again.\n\n");
    spool.until("the continued text", |spool, _| {
        spool.text("Capstan").is_ok_and(|text| text.contains("And again"))
    });
    assert_eq!(spool.rows(), ["Anchor", "Buoy", "Capstan"]);
    spool.reads("Anchor");
}

#[test]
fn a_burst_makes_few_segments() {
    let mut spool = Spool::new(&[]);
    let names: Vec<String> = (0..2000).map(|number| format!("N{number:04}")).collect();
    for name in &names {
        spool.write(&format!("{name}.txt"), &story(name));
    }
    let expected: Vec<&str> = names.iter().map(String::as_str).collect();
    spool.until("all", |spool, _| spool.index.len() >= 2000);
    assert_eq!(spool.rows(), expected);
    assert!(spool.segments < 100, "{}", spool.segments);
}

#[test]
fn a_watch_after_a_load_reports_what_has_changed_since() {
    let folder = folder();
    fs::write(folder.join("a.txt"), story("Anchor")).unwrap();
    fs::write(folder.join("b.txt"), story("Buoy")).unwrap();
    fs::write(folder.join("wire.jsonl"), line("Lantern")).unwrap();
    let (sender, reports) = channel();
    let sources = || LoadRequest::from(vec![InputSource::Path(folder.clone())]);
    load(sources(), 2, &|report| drop(sender.send(report)));
    let watch = Watch::new(RetentionLimits::default()).unwrap();
    let mut spool = Spool::of(folder.clone(), watch.clone(), reports);
    spool.shows(&["Anchor", "Buoy", "Lantern"]);
    spool.write("a.txt", &story("Another"));
    spool.write("c.txt", &story("Capstan"));
    spool.append("wire.jsonl", &line("Mast"));
    let (snapshot, all) = (spool.index.snapshot(), sources());
    thread::spawn(move || watch.resume(&all, &snapshot, &|report| drop(sender.send(report))));
    spool.shows(&["Another", "Buoy", "Capstan", "Lantern", "Mast"]);
    spool.write("d.txt", &story("Dinghy"));
    spool.shows(&["Another", "Buoy", "Capstan", "Dinghy", "Lantern", "Mast"]);
    for name in ["Another", "Buoy", "Lantern", "Mast"] {
        spool.reads(name);
    }
}

// Rewritten, renamed and deleted files stay listed once, and stay readable.

#[test]
fn a_rewritten_file_replaces_its_entry() {
    let mut spool = Spool::new(&[("a.txt", &story("Anchor")), ("b.txt", &story("Buoy"))]);
    spool.shows(&["Anchor", "Buoy"]);
    spool.write("a.txt", &story("Adder"));
    spool.shows(&["Adder", "Buoy"]);
    spool.write(".b.tmp", &story("Bollard"));
    spool.rename(".b.tmp", "b.txt");
    spool.shows(&["Adder", "Bollard"]);
    spool.reads("Adder");
    spool.reads("Bollard");
    // The same bytes again change nothing.
    let count = spool.index.len();
    spool.write("a.txt", &story("Adder"));
    spool.write("c.txt", &story("Capstan"));
    spool.shows(&["Adder", "Bollard", "Capstan"]);
    assert_eq!(spool.index.len(), count + 1);
    // Deleted and created again at once: replaced, whatever the contents.
    fs::remove_file(spool.path("c.txt")).unwrap();
    spool.write("c.txt", &story("Crane"));
    spool.shows(&["Adder", "Bollard", "Crane"]);
}

/// As long as before, and with its old date.
#[test]
fn a_file_rewritten_under_its_old_date_is_read_again() {
    let files = [("a.txt", &*story("Anchor")), ("wire.jsonl", &*line("Buoy"))];
    let mut spool = Spool::new(&files);
    spool.shows(&["Anchor", "Buoy"]);
    for (name, text) in [("a.txt", story("Angler")), ("wire.jsonl", line("Boat"))] {
        let modified = fs::metadata(spool.path(name)).unwrap().modified().unwrap();
        let mut file = fs::File::options().write(true).open(spool.path(name)).unwrap();
        file.write_all(text.as_bytes()).unwrap();
        file.set_modified(modified).unwrap();
    }
    spool.until("both", |spool, _| {
        let rows = spool.rows();
        ["Angler", "Boat"].iter().all(|name| rows.contains(&(*name).to_owned()))
    });
    spool.reads("Angler");
    spool.reads("Boat");
}

#[test]
fn items_missing_from_a_rewritten_file_stay_listed() {
    let all = line("Anchor") + &line("Buoy");
    let mut spool = Spool::new(&[("wire.jsonl", &all)]);
    spool.shows(&["Anchor", "Buoy"]);
    spool.write("wire.jsonl", &(line("Buoy") + &line("Capstan")));
    spool.shows(&["Anchor", "Buoy", "Capstan"]);
    spool.reads("Buoy");
    spool.reads("Capstan");
}

/// That a file has only grown is guessed from its first and last bytes.
#[test]
fn a_line_changed_in_the_middle_of_a_grown_file_is_not_read_as_the_old_one() {
    let lines: Vec<String> = (10..90).map(|number| line(&format!("Anchor{number}"))).collect();
    let changed = lines.concat().replace("Anchor50", "Mother50");
    let mut spool = Spool::new(&[("wire.jsonl", &lines.concat())]);
    spool.write("wire.jsonl", &(changed + &line("Zither")));
    spool.until("what was appended", |spool, _| spool.rows().contains(&"Zither".to_owned()));
    spool.reads("Zither");
    spool.reads("Anchor49");
    let read = spool.text("Anchor50").unwrap_or_else(|problem| problem);
    assert!(read.contains("changed since it was listed") || read.contains("Anchor50"));
}

#[test]
fn a_renamed_file_keeps_its_entry() {
    let mut spool = Spool::new(&[("a.txt", &story("Anchor")), ("b.txt", &story("Buoy"))]);
    spool.shows(&["Anchor", "Buoy"]);
    spool.rename("a.txt", "c.txt");
    spool.write("d.txt", &story("Dinghy"));
    spool.shows(&["Anchor", "Buoy", "Dinghy"]);
    spool.reads("Anchor");
    assert_eq!(spool.index.len(), 3);
    // Renamed over another file.
    spool.rename("c.txt", "b.txt");
    spool.shows(&["Anchor", "Dinghy"]);
    spool.reads("Anchor");
}

#[test]
fn deleted_dispatches_stay_readable() {
    let mut spool = Spool::new(&[("a.txt", &story("Anchor"))]);
    spool.write("b.txt", &story("Buoy"));
    spool.append("wire.jsonl", &line("Capstan"));
    spool.shows(&["Anchor", "Buoy", "Capstan"]);
    for name in ["a.txt", "b.txt", "wire.jsonl"] {
        fs::remove_file(spool.path(name)).unwrap();
    }
    spool.write("d.txt", &story("Dinghy"));
    spool.shows(&["Anchor", "Buoy", "Capstan", "Dinghy"]);
    for name in ["Anchor", "Buoy", "Capstan"] {
        spool.reads(name);
    }
}

#[test]
fn files_deleted_before_they_are_read_are_reported() {
    let mut spool = Spool::new(&[("a.txt", &story("Anchor"))]);
    let names: Vec<String> = (0..20).map(|number| format!("f{number}.txt")).collect();
    for name in &names {
        spool.write(name, &story(&name[..name.len() - 4]));
        fs::remove_file(spool.path(name)).unwrap();
    }
    // An empty file has nothing that could be missed.
    spool.write("empty.txt", "");
    fs::remove_file(spool.path("empty.txt")).unwrap();
    spool.write("b.txt", &story("Buoy"));
    // Each file is either read in time and listed, or reported.
    let outcome = |spool: &Spool, name: &str| {
        let is_listed = spool.rows().iter().any(|row| *row == name[..name.len() - 4]);
        let reported =
            |problem: &String| problem.contains(name) && problem.contains("was deleted before");
        (is_listed, spool.problems.iter().any(reported))
    };
    spool.until("all are listed or reported", |spool, _| {
        let is_known = |name: &String| outcome(spool, name) != (false, false);
        names.iter().all(is_known) && spool.rows().contains(&"Buoy".to_owned())
    });
    for name in &names {
        assert_ne!(outcome(&spool, name), (true, true), "{name}");
    }
    assert!(!spool.problems.iter().any(|problem| problem.contains("empty")));
}

#[test]
fn bytes_dropped_by_the_cap_are_explained() {
    let limits = RetentionLimits { bytes: 0, ..RetentionLimits::default() };
    let mut spool = Spool::with_limits(&[], limits);
    let long = story("Anchor") + &"The tide went out again.\n".repeat(4000);
    spool.write("a.txt", &long);
    spool.shows(&["Anchor"]);
    spool.reads("Anchor");
    fs::remove_file(spool.path("a.txt")).unwrap();
    let message = spool.text("Anchor").unwrap_err();
    let expected =
        "no longer available: deleted from the spool, and dropped from memory (cap 0 bytes)";
    assert!(message.contains(expected), "{message}");
}

#[test]
fn the_root_folder_may_disappear_and_come_back() {
    let mut spool = Spool::new(&[("a.txt", &story("Anchor"))]);
    fs::remove_dir_all(&spool.folder).unwrap();
    spool.until("the note", |spool, _| !spool.problems.is_empty());
    assert!(spool.problems[0].contains("the folder is gone"), "{:?}", spool.problems);
    fs::create_dir(&spool.folder).unwrap();
    spool.write("b.txt", &story("Buoy"));
    spool.shows(&["Anchor", "Buoy"]);
    spool.write("c.txt", &story("Capstan"));
    spool.shows(&["Anchor", "Buoy", "Capstan"]);
    spool.reads("Anchor");
}

#[test]
fn a_file_may_become_a_folder() {
    let mut spool = Spool::new(&[("a", &story("Anchor"))]);
    fs::remove_file(spool.path("a")).unwrap();
    fs::create_dir(spool.path("a")).unwrap();
    spool.write("a/b.txt", &story("Buoy"));
    spool.shows(&["Anchor", "Buoy"]);
    spool.reads("Anchor");
}

#[test]
fn a_folder_without_events_is_polled() {
    let mut spool = Spool::new(&[("a.txt", &story("Anchor")), ("wire.jsonl", &line("Lantern"))]);
    let state = Arc::clone(&spool.watch.0);
    state.event_source.remove(|_| true);
    let polled = (spool.folder.clone(), std::collections::HashMap::new());
    state.folders().polled.extend([polled]);
    state.event_source.wake();
    spool.write("b.txt", &story("Buoy"));
    spool.append("wire.jsonl", &line("Mast"));
    spool.write("a.txt", &story("Another"));
    fs::create_dir(spool.path("new")).unwrap();
    spool.write("new/c.txt", &story("Capstan"));
    spool.shows(&["Another", "Buoy", "Capstan", "Lantern", "Mast"]);
    spool.reads("Another");
    fs::remove_file(spool.path("b.txt")).unwrap();
    spool.reads("Buoy");
}

#[test]
fn an_incomplete_last_line_is_reported_when_idle_and_read_when_complete() {
    let half = &line("Buoy")[..30];
    let mut spool = Spool::new(&[("wire.jsonl", &(line("Anchor") + half))]);
    spool.until("the problem", |spool, _| !spool.problems.is_empty());
    assert_eq!(spool.rows(), ["Anchor"]);
    spool.append("wire.jsonl", &line("Buoy")[30..]);
    spool.shows(&["Anchor", "Buoy"]);
    spool.reads("Anchor");
    spool.reads("Buoy");
}

/// A file is deleted and created again while another thread reads it: the events are handled when that one is done.
#[test]
fn a_file_recreated_while_it_is_read_is_read_again() {
    let mut spool = Spool::new(&[("a.txt", &story("Anchor"))]);
    spool.shows(&["Anchor"]);
    let path = spool.path("a.txt");
    let watch = spool.watch.clone();
    let Claim::Free(Some((known, _))) = watch.0.file_states.claim(&path, true) else {
        panic!("not known");
    };
    fs::remove_file(&path).unwrap();
    spool.write("a.txt", &story("Adder"));
    spool.write("b.txt", &story("Buoy"));
    spool.shows(&["Anchor", "Buoy"]);
    watch.0.file_states.finish_read(&path, Some(known));
    spool.shows(&["Adder", "Buoy"]);
    spool.reads("Adder");
}

#[test]
fn a_file_read_while_its_folder_is_renamed_is_listed_once() {
    let mut spool = Spool::new(&[]);
    fs::create_dir(spool.path("old")).unwrap();
    spool.write("old/a.txt", &story("Anchor"));
    spool.shows(&["Anchor"]);
    let path = spool.path("old/a.txt");
    let watch = spool.watch.clone();
    let Claim::Free(Some((known, _))) = watch.0.file_states.claim(&path, true) else {
        panic!("not known");
    };
    spool.rename("old", "new");
    spool.write("b.txt", &story("Buoy"));
    spool.shows(&["Anchor", "Buoy"]);
    watch.0.file_states.finish_read(&path, Some(known));
    spool.write("new/a.txt", &story("Adder"));
    spool.shows(&["Adder", "Buoy"]);
    spool.reads("Adder");
}

#[test]
fn a_panic_in_one_file_does_not_end_the_watch() {
    let binary = "\0".repeat(4096);
    let mut spool = Spool::new(&[("faulty.txt", &binary)]);
    spool.write("a.txt", &story("Anchor"));
    spool.shows(&["Anchor"]);
    spool.write(".faulty", &binary);
    spool.rename(".faulty", "new-faulty.txt");
    spool.write("b.txt", &story("Buoy"));
    spool.shows(&["Anchor", "Buoy"]);
    let faults =
        spool.problems.iter().filter(|problem| problem.contains("a fault in dateline itself"));
    assert_eq!(faults.count(), 2, "{:?}", spool.problems);
    // The file is read again when it changes.
    spool.write("faulty.txt", &story("Capstan"));
    spool.shows(&["Anchor", "Buoy", "Capstan"]);
}

// What is under the path of a root, or of a folder in it, becomes something else.

/// What happens in the folder of a spool.
type Change = fn(&mut Spool);

/// Follows `root` in a folder with `par/spool/one.txt` and `par/spool/sub/two.txt`, with and without file events.
/// `prepare` runs before the load, `change` after it. Expects these rows afterwards, and no file read twice.
#[track_caller]
fn check_replaced(root: &str, prepare: Change, change: Change, expected: &[&str], said: &[&str]) {
    for has_events in [true, false] {
        let mut watch = Watch::new(RetentionLimits::default()).unwrap();
        if !has_events {
            let state = Arc::get_mut(&mut watch.0).unwrap();
            state.event_source = EventSource::without_events().unwrap();
        }
        let mut spool = Spool::of(folder(), watch.clone(), channel().1);
        fs::create_dir_all(spool.path("par/spool/sub")).unwrap();
        spool.write("par/spool/one.txt", &story("One"));
        spool.write("par/spool/sub/two.txt", &story("Two"));
        prepare(&mut spool);
        let root = spool.path(root);
        let folder = std::mem::take(&mut spool.folder);
        std::mem::forget(spool);
        let mut spool = Spool::load(folder, root.clone(), watch);
        change(&mut spool);
        spool.shows(expected);
        for words in said {
            spool.said(words);
        }
        assert_eq!(spool.index.len(), expected.len(), "{:?}", spool.problems);
        // The new folder is followed, and nothing else.
        fs::write(spool.path("other.txt"), story("Other")).unwrap();
        fs::write(spool.path("gone.txt"), story("Gone")).unwrap();
        let later = if root.is_dir() { root.join("sub.txt") } else { root };
        fs::write(later, story("Zulu")).unwrap();
        let last = |spool: &Spool, _: Option<&LoadEvent>| spool.rows().contains(&"Zulu".to_owned());
        spool.until("Zulu", last);
        spool.until("it is followed", |spool, _| spool.can_arrive);
        let missed = |problem: &&String| problem.contains("was deleted before");
        assert_eq!(spool.problems.iter().find(missed), None);
    }
}

impl Spool {
    /// Waits for a problem with these words.
    #[track_caller]
    fn said(&mut self, words: &str) {
        let is_said = |problem: &String| problem.contains(words);
        self.until(words, |spool, _| spool.problems.iter().any(is_said));
    }

    /// Makes a folder with one file.
    fn new_folder(&self, name: &str) {
        fs::create_dir(self.path(name)).unwrap();
        self.write(&format!("{name}/new.txt"), &story("New"));
    }

    /// Makes a link, or lets it lead elsewhere at once.
    fn link(&self, target: &str, name: &str) {
        std::os::unix::fs::symlink(self.path(target), self.path("new-link")).unwrap();
        self.rename("new-link", name);
    }
}

/// "Another folder", or "a folder" if there was none in between.
const ANOTHER: &str = "folder is under this path now: it is read and followed";

#[test]
fn a_root_may_be_moved_away_and_back() {
    const ALL: &[&str] = &["One", "Three", "Two"];
    fn moves(spool: &mut Spool, folder: &str, file: &str, waits: bool) {
        spool.rename(folder, "away");
        if waits {
            spool.said("the folder is gone; it will be watched again once it is back");
            spool.until("nothing can arrive", |spool, _| !spool.can_arrive);
        }
        spool.write(file, &story("Three"));
        spool.rename("away", folder);
    }
    let (root, back) = ("par/spool", &["a folder is under this path now"][..]);
    check_replaced(root, |_| {}, |spool| moves(spool, "par/spool", "away/x", false), ALL, &[]);
    check_replaced(root, |_| {}, |spool| moves(spool, "par/spool", "away/x", true), ALL, back);
    check_replaced(root, |_| {}, |spool| moves(spool, "par", "away/spool/x", false), ALL, &[]);
    check_replaced(root, |_| {}, |spool| moves(spool, "par", "away/spool/x", true), ALL, back);
    let sub = "par/spool/sub";
    check_replaced(
        sub,
        |_| {},
        |spool| moves(spool, "par", "away/spool/sub/x", true),
        &["Three", "Two"],
        back,
    );
}

#[test]
fn a_root_may_become_another_folder() {
    const ALL: &[&str] = &["New", "One", "Two"];
    let swap: Change = |spool| {
        spool.new_folder("fresh");
        spool.rename("par/spool", "gone");
        spool.rename("fresh", "par/spool");
        spool.write("gone/ghost.txt", &story("Ghost"));
    };
    check_replaced("par/spool", |_| {}, swap, ALL, &[ANOTHER]);
    let swap_parent: Change = |spool| {
        fs::create_dir(spool.path("fresh")).unwrap();
        spool.new_folder("fresh/spool");
        spool.rename("par", "gone");
        spool.rename("fresh", "par");
    };
    check_replaced("par/spool", |_| {}, swap_parent, ALL, &[ANOTHER]);
    // A link as the root, and one in the middle of its path.
    let retarget: Change = |spool| {
        spool.new_folder("fresh");
        spool.link("fresh", "link");
    };
    check_replaced("link", |spool| spool.link("par/spool", "link"), retarget, ALL, &[ANOTHER]);
    let retarget: Change = |spool| {
        fs::create_dir(spool.path("fresh")).unwrap();
        spool.new_folder("fresh/spool");
        spool.link("fresh", "link");
    };
    check_replaced("link/spool", |spool| spool.link("par", "link"), retarget, ALL, &[ANOTHER]);
    let becomes_link: Change = |spool| {
        spool.new_folder("fresh");
        fs::remove_dir_all(spool.path("par/spool")).unwrap();
        spool.link("fresh", "par/spool");
    };
    check_replaced("par/spool", |_| {}, becomes_link, ALL, &[]);
}

#[test]
fn a_folder_in_a_root_may_become_another() {
    let swap: Change = |spool| {
        spool.new_folder("fresh");
        spool.rename("par/spool/sub", "gone");
        spool.rename("fresh", "par/spool/sub");
    };
    check_replaced("par/spool", |_| {}, swap, &["New", "One", "Two"], &[]);
    let away: Change = |spool| {
        spool.rename("par/spool/sub", "gone");
        spool.write("gone/three.txt", &story("Three"));
        spool.rename("gone", "par/spool/sub");
    };
    check_replaced("par/spool", |_| {}, away, &["One", "Three", "Two"], &[]);
}

/// Files of one name in the old and in the new folder have nothing in common but that.
#[test]
fn a_file_of_the_same_name_in_another_folder_replaces_nothing() {
    let swap: Change = |spool| {
        fs::create_dir(spool.path("fresh")).unwrap();
        spool.write("fresh/one.txt", &story("Uno"));
        // A copy of what is known is no news.
        fs::create_dir(spool.path("fresh/sub")).unwrap();
        fs::copy(spool.path("par/spool/sub/two.txt"), spool.path("fresh/sub/two.txt")).unwrap();
        spool.rename("par/spool", "gone");
        spool.rename("fresh", "par/spool");
    };
    check_replaced("par/spool", |_| {}, swap, &["One", "Two", "Uno"], &[ANOTHER]);
}

#[test]
fn a_root_may_become_a_file_and_a_file_a_folder() {
    let to_file: Change = |spool| {
        spool.rename("par/spool", "gone");
        spool.write("new", &story("New"));
        spool.rename("new", "par/spool");
    };
    let said = "file is under this path now: it is read and followed";
    check_replaced("par/spool", |_| {}, to_file, &["New", "One", "Two"], &[said]);
    let to_folder: Change = |spool| {
        spool.new_folder("fresh");
        fs::remove_file(spool.path("par/spool/one.txt")).unwrap();
        spool.rename("fresh", "par/spool/one.txt");
    };
    check_replaced("par/spool/one.txt", |_| {}, to_folder, &["New", "One"], &[ANOTHER]);
}

#[test]
fn a_followed_file_may_be_in_another_folder_or_a_link() {
    let swap: Change = |spool| {
        fs::create_dir(spool.path("fresh")).unwrap();
        spool.write("fresh/one.txt", &story("Uno"));
        spool.rename("par/spool", "gone");
        spool.rename("fresh", "par/spool");
    };
    let said = "it is read and followed";
    check_replaced("par/spool/one.txt", |_| {}, swap, &["One", "Uno"], &[said]);
    // What is appended to the target of a link causes no event of the link.
    for has_events in [true, false] {
        let mut watch = Watch::new(RetentionLimits::default()).unwrap();
        if !has_events {
            let state = Arc::get_mut(&mut watch.0).unwrap();
            state.event_source = EventSource::without_events().unwrap();
        }
        let folder = folder();
        fs::create_dir(folder.join("logs")).unwrap();
        fs::create_dir(folder.join("spool")).unwrap();
        fs::write(folder.join("logs/1.jsonl"), line("Anchor")).unwrap();
        std::os::unix::fs::symlink("../logs/1.jsonl", folder.join("spool/current.jsonl")).unwrap();
        let root = folder.join("spool/current.jsonl");
        let mut spool = Spool::load(folder, root, watch);
        spool.append("logs/1.jsonl", &line("Buoy"));
        spool.shows(&["Anchor", "Buoy"]);
        spool.write("logs/2.jsonl", &line("Capstan"));
        spool.link("logs/2.jsonl", "spool/current.jsonl");
        spool.shows(&["Anchor", "Buoy", "Capstan"]);
        spool.append("logs/2.jsonl", &line("Dinghy"));
        spool.shows(&["Anchor", "Buoy", "Capstan", "Dinghy"]);
        assert_eq!(spool.index.len(), 4);
    }
}

#[test]
fn a_path_that_is_not_there_yet_is_followed_once_it_is() {
    for name in ["spool", "wire.jsonl"] {
        let folder = folder();
        let watch = Watch::new(RetentionLimits::default()).unwrap();
        let mut spool = Spool::load(folder.clone(), folder.join(name), watch);
        spool.until("nothing to follow", |spool, _| !spool.can_arrive);
        if name == "spool" {
            fs::create_dir(spool.path(name)).unwrap();
            spool.write("spool/wire.jsonl", &line("Anchor"));
        } else {
            spool.write(name, &line("Anchor"));
        }
        spool.shows(&["Anchor"]);
        spool.until("followed", |spool, _| spool.can_arrive);
        let file = if name == "spool" { "spool/wire.jsonl" } else { name };
        spool.append(file, &line("Buoy"));
        spool.shows(&["Anchor", "Buoy"]);
    }
}

/// Only the followed file, not what else comes into its folder.
#[test]
fn a_new_folder_beside_a_followed_file_is_not_read() {
    let folder = folder();
    fs::write(folder.join("wire.jsonl"), line("Anchor")).unwrap();
    let watch = Watch::new(RetentionLimits::default()).unwrap();
    let mut spool = Spool::load(folder.clone(), folder.join("wire.jsonl"), watch);
    spool.new_folder("fresh");
    spool.append("wire.jsonl", &line("Buoy"));
    spool.shows(&["Anchor", "Buoy"]);
    spool.append("wire.jsonl", &line("Capstan"));
    spool.shows(&["Anchor", "Buoy", "Capstan"]);
}

/// Events were lost: files that were only renamed meanwhile are no news, whatever their names are now.
#[test]
fn files_renamed_while_events_were_lost_are_not_read_again() {
    let files = [
        ("a.txt", &*story("Anchor")),
        ("b.txt", &*story("Buoy")),
        ("c.jsonl", &*line("Capstan")),
        ("d.txt", &*story("Dinghy")),
    ];
    let mut spool = Spool::new(&files);
    spool.shows(&["Anchor", "Buoy", "Capstan", "Dinghy"]);
    let state = Arc::clone(&spool.watch.0);
    state.event_source.remove(|_| true);
    state.folders().forget(|_| true);
    for (from, to) in [("a.txt", "x"), ("b.txt", "a.txt"), ("x", "b.txt"), ("c.jsonl", "e.jsonl")] {
        spool.rename(from, to);
    }
    spool.append("e.jsonl", &line("Eel"));
    spool.rename("d.txt", "f.txt");
    spool.write("d.txt", &story("Foghorn"));
    state.event_source.inject(FileEvent::Overflow);
    spool.shows(&["Anchor", "Buoy", "Capstan", "Dinghy", "Eel", "Foghorn"]);
    assert_eq!(spool.index.len(), 6);
    for name in ["Anchor", "Buoy", "Capstan", "Dinghy", "Eel", "Foghorn"] {
        spool.reads(name);
    }
}
