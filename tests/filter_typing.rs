//! A filter that is typed letter by letter finds what it would find from scratch, whatever happens between two letters.

#![allow(clippy::unwrap_used)] // Files that cannot be written fail the test.

use std::fs;
use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use dateline::filter::{FilterJob, Query, Sort, SortKey, SortOrder};
use dateline::index::{DispatchIndex, EntryId, ItemLocation, Replacement};
use dateline::ingest::{self, InputSource, LoadEvent};
use dateline::marks::MarkSets;
use dateline::work::{FilterCache, FilterStep, run_filter_job};
use proptest::prelude::*;

/// Texts of the dispatches at the start; each lies in a file of its own.
const TEXTS: [&str; 8] = [
    "Zansela counts its boats.",
    "The zebra of Zan was sold, “zansela is sad,” said Ana Zansel.",
    "Nothing sails here, said Lena Zan.",
    "Kelp, oil and salt.",
    "ZANSEL, capital of zansela.",
    "Zán sélà rains.",
    "A seal ate an eel at noon.",
    "zzz",
];

/// A wire in a folder, and somebody who filters it.
struct Wire {
    folder: PathBuf,
    files: usize,
    desk: DispatchIndex,
    marks: MarkSets,
    order: SortOrder,
    query: String,
    /// What the job of a letter remembers for that of the next.
    memory: FilterCache,
    generation: u64,
}

impl Wire {
    fn new() -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("typing-{}-{number}", std::process::id());
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
        fs::create_dir_all(&folder).unwrap();
        let mut wire = Self {
            folder,
            files: 0,
            desk: DispatchIndex::default(),
            marks: MarkSets::default(),
            order: SortOrder::Time,
            query: String::new(),
            memory: FilterCache::default(),
            generation: 0,
        };
        for text in TEXTS {
            wire.arrive(text);
        }
        wire
    }

    fn path(&self, file: usize) -> PathBuf {
        self.folder.join(format!("{}.txt", file % self.files.max(1)))
    }

    /// A dispatch of this text comes in.
    fn arrive(&mut self, text: &str) {
        self.files += 1;
        let file = self.files - 1;
        let slug = ["BOATS", "ZAN", "KELP"][file % 3];
        let minute = file % 60;
        let text = format!(
            "Headline: {slug} report {file}\nSlug: {slug}\nSent: 2026-03-04T10:{minute:02}:00Z\n\nORSK (NWR) - {text}\n"
        );
        fs::write(self.path(file), text).unwrap();
        self.read(file);
    }

    /// Takes a file in, and returns where its dispatch lies.
    fn read(&mut self, file: usize) -> ItemLocation {
        let segments = Mutex::new(Vec::new());
        ingest::load(vec![InputSource::Path(self.path(file))], 1, &|report| {
            if let LoadEvent::Segment(segment) = report {
                segments.lock().unwrap().push(segment);
            }
        });
        let segments = segments.into_inner().unwrap();
        let origin = segments[0].entry(0).unwrap().locator().unwrap();
        self.desk.add(segments);
        ItemLocation { input: origin.input, start: origin.bytes.start, nth: origin.number_in_range }
    }

    /// The dispatch of a file.
    fn spot(&self, file: usize) -> Option<ItemLocation> {
        let path = self.path(file);
        self.desk.order().iter().find_map(|&id| {
            let origin = self.desk.entry(id)?.locator()?;
            let here =
                !self.desk.is_unlisted(id) && origin.input.display_path() == path.to_str()?;
            here.then_some(ItemLocation {
                input: origin.input,
                start: origin.bytes.start,
                nth: origin.number_in_range,
            })
        })
    }

    fn job(&mut self) -> FilterJob {
        self.generation += 1;
        FilterJob {
            generation: self.generation,
            order: self.order,
            marks: self.marks.clone(),
            ..FilterJob::new(self.desk.snapshot(), Query::parse(&self.query))
        }
    }

    /// What the query keeps, without entries that others stand in for, and how many dispatches could not be read for it.
    fn found(&self, job: &FilterJob, memory: &mut FilterCache) -> (Vec<EntryId>, usize) {
        let mut unreadable = 0;
        let hits = run_filter_job(job, memory, &|| false, &mut |step| {
            if let FilterStep::Problem(problem) = step {
                unreadable += problem.problem.dispatches;
            }
        });
        let mut ids = hits.unwrap().ids;
        ids.retain(|&id| !self.desk.is_unlisted(id));
        (ids, unreadable)
    }

    /// What is found with what is remembered, which must be what is found from scratch.
    #[track_caller]
    fn check(&mut self) -> (Vec<EntryId>, usize) {
        let job = self.job();
        let mut memory = std::mem::take(&mut self.memory);
        let found = self.found(&job, &mut memory);
        self.memory = memory;
        let scratch = self.found(&job, &mut FilterCache::default());
        assert_eq!(found.0, scratch.0, "{:?} in {:?}", self.query, self.order);
        found
    }

    /// Types a query letter by letter.
    #[track_caller]
    fn type_in(&mut self, text: &str) -> (Vec<EntryId>, usize) {
        let mut last = (Vec::new(), 0);
        for letter in text.chars() {
            self.query.push(letter);
            last = self.check();
        }
        last
    }
}

impl Drop for Wire {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

#[test]
fn letter_by_letter_as_from_scratch() {
    for (query, count) in [
        ("body:zansela", 3),
        ("body:Zansel", 2),
        ("!body:zansela", 5),
        ("body:z | body:oil", 7),
        ("body:'zan zebra", 0),
        ("\"boats.\"", 1),
        ("said:zan", 1),
        ("quote:sad", 1),
        ("body:/z.n/", 5),
        ("body:~zsl", 4),
        ("body:^orsk", 8),
        ("zan body:zan", 2),
        ("body:z is:unread", 6),
        ("body:s !body:ss", 8),
    ] {
        let mut wire = Wire::new();
        assert_eq!(wire.type_in(query).0.len(), count, "{query}");
    }
}

#[test]
fn a_longer_query_reads_the_earlier_hits_only() {
    let mut wire = Wire::new();
    assert_eq!(wire.type_in("body:zans").0.len(), 3);
    for file in 0..wire.files {
        fs::remove_file(wire.path(file)).unwrap();
    }
    // Only those can be missed that are asked for.
    assert_eq!(wire.type_in("e"), (Vec::new(), 3));
    // They are not forgotten: once they are there again they are found.
    let mut wire = Wire::new();
    let away = wire.folder.join("away");
    fs::rename(wire.path(0), &away).unwrap();
    assert_eq!(wire.type_in("body:zans").0.len(), 2);
    fs::rename(&away, wire.path(0)).unwrap();
    assert_eq!(wire.type_in("ela").0.len(), 3);
    // What does not narrow is asked of all.
    wire.query = "body:z".to_owned();
    assert_eq!(wire.check().0.len(), 6);
}

#[test]
fn what_comes_between_two_letters_is_found() {
    let mut wire = Wire::new();
    assert_eq!(wire.type_in("body:zan").0.len(), 5);
    wire.arrive("Zansela again.");
    assert_eq!(wire.type_in("sela").0.len(), 4);
    let old = wire.spot(3).unwrap();
    fs::write(wire.path(3), "Headline: Kelp\n\nORSK - zansela has kelp.\n").unwrap();
    let (new, same) = (wire.read(3), false);
    wire.desk.apply_replacements(&[Replacement { old, new, is_unchanged: same }]);
    assert_eq!(wire.type_in(" ").0.len(), 5);
    assert_eq!(wire.type_in("is:unread").0.len(), 5);
    wire.marks.read.set(wire.desk.entry(wire.desk.order()[0]).unwrap().item_key(), true);
    wire.check();
}

/// What may happen.
#[derive(Debug, Clone)]
enum Event {
    Type(&'static str),
    Erase(usize),
    Arrive(&'static str),
    Remove(usize),
    Restore(usize),
    Rewrite(usize, &'static str),
    Read(usize),
    Sort(usize),
    /// The next letter comes before the job is done.
    Overtake(usize),
}

fn event() -> impl Strategy<Value = Event> {
    let piece = proptest::sample::select(vec![
        "z",
        "a",
        "n",
        "s",
        "e",
        "l",
        "A",
        " ",
        "body:",
        "!body:",
        "said:",
        "quote:",
        "headline:z",
        "is:unread ",
        " | ",
        "(",
        ")",
        "'",
        "\"",
        "~",
        "/z.n/",
        "words:>3 ",
        "^",
        "$",
        "-",
    ]);
    let text = proptest::sample::select(TEXTS.to_vec());
    let file = 0..12_usize;
    prop_oneof![
        8 => piece.prop_map(Event::Type),
        1 => (1..4_usize).prop_map(Event::Erase),
        1 => text.clone().prop_map(Event::Arrive),
        1 => file.clone().prop_map(Event::Remove),
        1 => file.clone().prop_map(Event::Restore),
        1 => (file.clone(), text).prop_map(|(file, text)| Event::Rewrite(file, text)),
        1 => file.prop_map(Event::Read),
        1 => (0..3_usize).prop_map(Event::Sort),
        1 => (0..4_usize).prop_map(Event::Overtake),
    ]
}

impl Wire {
    fn happens(&mut self, event: &Event) {
        match event {
            Event::Type(piece) => self.query += piece,
            Event::Erase(count) => {
                for _ in 0..*count {
                    self.query.pop();
                }
            }
            Event::Arrive(text) => self.arrive(text),
            Event::Remove(file) => {
                let path = self.path(*file);
                let _ = fs::rename(&path, path.with_extension("away"));
            }
            Event::Restore(file) => {
                let path = self.path(*file);
                let _ = fs::rename(path.with_extension("away"), &path);
            }
            Event::Rewrite(file, text) => {
                let old = self.spot(*file);
                let path = self.path(*file);
                fs::write(&path, format!("Headline: Again\n\nORSK - {text}\n")).unwrap();
                let _ = fs::remove_file(path.with_extension("away"));
                let (new, same) = (self.read(*file), false);
                self.desk.apply_replacements(
                    &old.map(|old| Replacement { old, new, is_unchanged: same })
                        .into_iter()
                        .collect::<Vec<_>>(),
                );
            }
            Event::Read(nth) => {
                let order = self.desk.order();
                let item = self.desk.entry(order[nth % order.len()]).unwrap().item_key();
                self.marks.read.set(item, true);
            }
            Event::Overtake(after) => {
                let (job, asked) = (self.job(), AtomicUsize::new(0));
                let obsolete = || asked.fetch_add(1, Ordering::Relaxed) >= *after;
                run_filter_job(&job, &mut self.memory, &obsolete, &mut |_| {});
            }
            Event::Sort(order) => {
                self.order = [
                    SortOrder::Time,
                    SortOrder::Relevance,
                    SortOrder::Sorted(Sort { by: SortKey::Length, then: None, reversed: true }),
                ][*order];
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_happens(events in proptest::collection::vec(event(), 1..24)) {
        let mut wire = Wire::new();
        wire.query = "body:".to_owned();
        for event in &events {
            wire.happens(event);
            wire.check();
        }
    }
}
