//! Files that change after they were listed: no answer may come from the bytes of another dispatch, in any way of reading
//! them, and what is lost is told once.

#![allow(clippy::unwrap_used, clippy::expect_used)] // A file that cannot be written fails the test.

#[path = "support/mod.rs"]
#[allow(dead_code)]
mod support;

use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Mutex};

use dateline::filter::{FilterJob, Query, SortOrder};
use dateline::index::{DispatchIndex, EntryId, EntryRef};
use dateline::ingest::{self, DispatchReader, InputSource, LoadEvent};
use dateline::jobs::{Answer, Job, WantedQuotes};
use dateline::work::{
    AnswerSink, FilterCache, FilterStep, collect_speakers, find_quote, job_runner, match_queries,
    read_full_dispatches, run_filter_job,
};
use support::Folder;

/// Numbers that look random, from a seed.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        usize::try_from((self.0 >> 33) % limit as u64).unwrap()
    }
}

/// The layouts in which items are written. In each, all items have the same length.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Layout {
    JsonLines,
    Mailbox,
    Telex,
    Feed,
    Plain,
}

const LAYOUTS: [Layout; 5] =
    [Layout::JsonLines, Layout::Mailbox, Layout::Telex, Layout::Feed, Layout::Plain];

/// Digits as letters: a word that is no part of another one.
fn word(start: &str, number: usize) -> String {
    let letters = format!("{number:04}").into_bytes().into_iter();
    let letters = letters.map(|digit| char::from(digit - b'0' + b'a'));
    start.chars().chain(letters).collect()
}

/// An item with its own words: headline, text and speaker. Every other item has no id.
fn item(layout: Layout, number: usize) -> String {
    let (head, text) = (word("Head", number), word("prune", number));
    let quotes = "“We like it,” said Ann Smith. ".repeat(number % 3);
    let said = format!("“We like the {text},” said John {}. {quotes}", word("Speaker", number));
    let body = format!("{:<150}", format!("LONDON (AFP) - It is {text}. {said}"));
    match layout {
        Layout::JsonLines => {
            let id = if number.is_multiple_of(2) {
                format!("\"id\": \"i{}\", ", number % 10)
            } else {
                "\"ix\": \"i0\", ".to_owned()
            };
            format!("{{{id}\"headline\": \"{head} rises\", \"body_text\": \"{body}\"}}\n")
        }
        Layout::Mailbox => {
            format!("From a@b Tue Mar  3 08:15:00 2026\nSubject: {head} rises\n\n{body}\n\n")
        }
        Layout::Telex => format!("ZCZC\n^{head} rises\n{body}\nNNNN\n\n"),
        Layout::Feed => {
            format!("<item><title>{head} rises</title><description>{body}</description></item>\n")
        }
        Layout::Plain => format!("{head} rises\n\n{body}\n"),
    }
}

fn render(layout: Layout, items: &[usize]) -> String {
    let text: String = items.iter().map(|&number| item(layout, number)).collect();
    match layout {
        Layout::Feed => {
            format!("<rss version=\"2.0\"><channel><title>Wire</title>\n{text}</channel></rss>\n")
        }
        _ => text,
    }
}

/// What is listed, and the file that it was read from.
struct Case {
    layout: Layout,
    path: PathBuf,
    items: Vec<usize>,
    /// The number of the next new item.
    next: usize,
}

/// Changes the file. Returns what was done.
fn edit(case: &mut Case, random: &mut Random) -> &'static str {
    let Case { layout, path, .. } = case;
    let before = fs::metadata(&*path).and_then(|about| about.modified()).ok();
    let mut items = case.items.clone();
    let mut fresh = || {
        case.next += 1;
        case.next
    };
    let at = random.below(items.len());
    let what = match random.below(12) {
        0 => {
            items.insert(0, fresh());
            "prepended"
        }
        1 | 2 => {
            items[at] = fresh();
            "equal length"
        }
        3 => {
            let other = random.below(items.len());
            items.swap(at, other);
            "swapped"
        }
        4 => {
            items.push(fresh());
            "appended"
        }
        5 => {
            items.remove(at);
            "removed"
        }
        6 => {
            items = items.iter().map(|_| fresh()).collect();
            "all others"
        }
        7 => {
            let length = fs::metadata(&*path).map_or(0, |about| about.len());
            let cut = random.below(usize::try_from(length).unwrap() + 1) as u64;
            if fs::metadata(&*path).is_ok_and(|about| about.is_file()) {
                let file = File::options().write(true).open(&*path).unwrap();
                file.set_len(cut).unwrap();
            }
            return "truncated";
        }
        8 => "same bytes",
        9 => {
            let _ = fs::remove_file(&*path);
            items[at] = fresh();
            let elsewhere = path.with_extension("elsewhere");
            fs::write(&elsewhere, "").unwrap();
            std::os::unix::fs::symlink(&elsewhere, &*path).unwrap();
            "a link in its place"
        }
        10 => {
            // Opening it must not wait for a writer.
            let _ = fs::remove_file(&*path);
            let made = Command::new("mkfifo").arg(&*path).status().unwrap();
            assert!(made.success());
            return "a pipe in its place";
        }
        _ => {
            let _ = fs::remove_file(path);
            return "deleted";
        }
    };
    let text = if *layout == Layout::Plain {
        items.first().map(|&number| item(*layout, number)).unwrap_or_default()
    } else {
        render(*layout, &items)
    };
    if fs::metadata(&*path).is_ok_and(|about| !about.is_file()) {
        fs::remove_file(&*path).unwrap();
    }
    if random.below(3) == 0 {
        let other = path.with_extension("tmp");
        fs::write(&other, text).unwrap();
        fs::rename(&other, &*path).unwrap();
    } else {
        fs::write(&*path, text).unwrap();
    }
    if let Some(before) = before.filter(|_| random.below(2) == 0) {
        let file = File::options().write(true).open(&*path).unwrap();
        file.set_modified(before).unwrap();
    }
    what
}

fn load(path: &Path) -> DispatchIndex {
    let segments = Mutex::new(Vec::new());
    ingest::load(vec![InputSource::Path(path.to_owned())], 1, &|event| match event {
        LoadEvent::Segment(segment) => segments.lock().unwrap().push(segment),
        LoadEvent::Problem(problem) => assert_eq!(problem.to_string(), ""),
        LoadEvent::Arrived { .. } | LoadEvent::Done(_) | LoadEvent::FollowState { .. } => {}
    });
    let mut index = DispatchIndex::default();
    index.add(segments.into_inner().unwrap());
    index
}

/// The number of the item with an entry's headline.
fn number_of(headline: &str) -> usize {
    let letters = headline.strip_prefix("Head").unwrap().bytes().take(4);
    letters.fold(0, |number, letter| number * 10 + usize::from(letter - b'a'))
}

/// The hits of a query, by their items' numbers, and its problems: how many dispatches each stands for.
fn search(index: &DispatchIndex, query: &str, order: SortOrder) -> (Vec<usize>, Vec<usize>) {
    let mut job = FilterJob::new(index.snapshot(), Query::parse(query));
    job.order = order;
    let mut problems = Vec::new();
    let hits = run_filter_job(&job, &mut FilterCache::default(), &|| false, &mut |step| {
        if let FilterStep::Problem(problem) = step {
            problems.push(problem.problem.dispatches);
        }
    });
    let headline = |id| number_of(index.entry(id).unwrap().headline());
    (hits.unwrap().ids.into_iter().map(headline).collect(), problems)
}

/// Panics if a text has a word of an item, or a speaker, other than those of item `own`.
#[track_caller]
fn has_only(text: &str, own: usize, what: &str) {
    for start in ["prune", "Speaker"] {
        for (at, _) in text.match_indices(start) {
            let found = &text[at..text.len().min(at + start.len() + 4)];
            assert_eq!(found, word(start, own), "{what}");
        }
    }
}

/// All ways to read the listed dispatches.
fn check(case: &Case, index: &DispatchIndex, listed: &[u8], what: &str) {
    let what = format!("{:?}, {what}, {:?}", case.layout, case.items);
    let snapshot = index.snapshot();
    let ids: Vec<EntryId> = index.order().to_vec();
    let is_file = fs::metadata(&case.path).is_ok_and(|about| about.is_file());
    let now = if is_file { fs::read(&case.path).unwrap() } else { Vec::new() };
    let mut reader = DispatchReader::default();
    let mut lost = 0;
    for &id in &ids {
        let entry = index.entry(id).unwrap();
        let own = number_of(entry.headline());
        let locator = EntryRef::locator(entry).unwrap();
        let range = usize::try_from(locator.bytes.start).unwrap()
            ..usize::try_from(locator.bytes.end).unwrap();
        let is_there = now.get(range.clone()) == Some(&listed[range]);
        let reads = [(); 3].map(|()| reader.read(&locator));
        for read in reads.into_iter().chain([ingest::read_dispatch(&locator)]) {
            match read {
                Ok(dispatch) => {
                    assert_eq!(number_of(&dispatch.headline), own, "{what}");
                    assert!(dispatch.body.text().contains(&word("prune", own)), "{what}");
                    has_only(dispatch.body.text(), own, &what);
                }
                Err(problem) => {
                    assert!(!is_there, "{what}: {problem}");
                    let text = problem.to_string();
                    let is_told = text.contains("changed since") || text.contains("read again");
                    assert!(is_told, "{what}: {text}");
                }
            }
        }
        let can_be_read = ingest::read_dispatch(&locator).is_ok();
        lost += usize::from(!can_be_read);
        match ingest::read_source(&locator, "UTF-8") {
            // A document is shown as a whole.
            Ok(source) if case.layout != Layout::Feed => {
                has_only(&source.lines.join("\n"), own, &what);
            }
            Ok(source) => assert!(source.lines.join("\n").contains(&word("prune", own)), "{what}"),
            Err(problem) => assert!(!can_be_read, "{what}: {problem}"),
        }
        let found = (search(index, &format!("body:{}", word("prune", own)), SortOrder::Time)).0;
        assert_eq!(found, vec![own; usize::from(can_be_read)], "{what}");
        let wanted = WantedQuotes::Speaker(format!("John {}", word("Speaker", own)));
        let by = find_quote(&snapshot, &ids, &wanted, &|| false, &mut |_| {});
        assert_eq!(by, can_be_read.then_some(id), "{what}");
    }
    let told: &[usize] = if lost > 0 { &[lost] } else { &[] };
    // Words that were never listed.
    for query in ["body:", "said:", "body:'"] {
        for number in
            [case.next, case.next.saturating_sub(1)].into_iter().filter(|n| !case.items.contains(n))
        {
            let query = format!("{query}{}", word("prune", number));
            let (found, problems) = search(index, &query, SortOrder::Time);
            assert_eq!((found, &problems[..]), (vec![], told), "{what}");
            let rules = [Query::parse(&query)];
            let mut problems = 0;
            let matched = match_queries(&rules, &snapshot, EntryId::FIRST, &mut |_| problems += 1);
            assert_eq!((matched.len(), problems), (0, told.len()), "{what}");
        }
    }
    let mut problems = 0;
    let speakers = collect_speakers(&snapshot, &ids, false, &|| false, &mut |step| {
        problems += usize::from(matches!(step, dateline::work::SpeakerProgress::Problem(_)));
    });
    assert_eq!(problems, told.len(), "{what}");
    for speaker in speakers.unwrap().rows() {
        let name = &speaker.name;
        let mut known = case.items.iter().map(|&number| word("Speaker", number));
        assert!(
            !name.contains("Speaker") || known.any(|own| name.contains(&own)),
            "{what}: {name}"
        );
    }
    check_many(case, index, &ids, lost, &what);
}

/// Sorting by quotes, comparing and exporting.
fn check_many(case: &Case, index: &DispatchIndex, ids: &[EntryId], lost: usize, what: &str) {
    let snapshot = index.snapshot();
    let sort = SortOrder::parse("quotes").unwrap();
    let (found, _) = search(index, "", sort);
    let can_be_read = |number: usize| {
        let entries = ids.iter().map(|&id| index.entry(id).unwrap());
        let mut same = entries.filter(|entry| number_of(entry.headline()) == number);
        same.any(|entry| ingest::read_dispatch(&entry.locator().unwrap()).is_ok())
    };
    let count = |&number: &usize| {
        if can_be_read(number) { 1 + number % 3 } else { 0 }
    };
    assert!(found.iter().map(count).is_sorted_by(|a, b| a >= b), "{what}: {found:?}");
    for pair in ids.windows(2) {
        let answers = Arc::new(Mutex::new(Vec::new()));
        let sink = Arc::clone(&answers);
        let tell: AnswerSink = Arc::new(move |answer| sink.lock().unwrap().push(answer));
        let job = Job::CompareVersions(pair[0], pair[1], snapshot.clone());
        job_runner()(&job, &|| false, &tell);
        if let Some(Answer::VersionsCompared(_, _, Ok(diff))) = answers.lock().unwrap().pop() {
            let diff = format!("{diff:?}");
            for id in pair {
                let own = number_of(index.entry(*id).unwrap().headline());
                assert!(diff.contains(&word("prune", own)), "{what}");
            }
        }
    }
    let statuses: Vec<_> = ids.iter().map(|&id| index.story_status(id)).collect();
    let mut missing = 0;
    for (id, full) in ids.iter().zip(read_full_dispatches(&snapshot, ids, &statuses, None)) {
        let own = number_of(index.entry(*id).unwrap().headline());
        match full {
            Ok(full) => has_only(&full.json(), own, what),
            Err(_) => missing += 1,
        }
    }
    assert_eq!(missing, lost, "{what}, {:?}", case.items);
}

/// `DATELINE_CHANGED_FILES` sets the number of files; each is edited five times.
#[test]
fn no_answer_comes_from_another_dispatch() {
    const EDITS: usize = 5;
    let cases = std::env::var("DATELINE_CHANGED_FILES").ok().and_then(|count| count.parse().ok());
    let count = cases.unwrap_or(50);
    let folder = Folder::new();
    let mut random = Random(14);
    let mut cases: Vec<Case> = Vec::new();
    // All files are written first: most are then old enough that their times tell whether they change.
    for number in 0..count {
        let layout = LAYOUTS[number % LAYOUTS.len()];
        let length = if layout == Layout::Plain { 1 } else { 2 + random.below(3) };
        let first = random.below(9000);
        let items: Vec<usize> = (first..first + length).collect();
        let path = folder.put(format!("{number}/wire"), render(layout, &items));
        cases.push(Case { layout, path, next: first + length, items });
    }
    let mut done = String::new();
    for mut case in cases {
        let index = load(&case.path);
        assert_eq!(index.order().len(), case.items.len(), "{:?}", case.layout);
        let listed = fs::read(&case.path).unwrap();
        check(&case, &index, &listed, "unchanged");
        for _ in 0..EDITS {
            let what = edit(&mut case, &mut random);
            let _ = write!(done, "{what} ");
            check(&case, &index, &listed, &done);
        }
        done.clear();
    }
}

/// Items of the same length take each other's places while the program reads.
#[test]
fn a_file_that_is_rewritten_while_it_is_searched_gives_no_other_words() {
    let folder = Folder::new();
    let items: Vec<usize> = (0..200).collect();
    let others: Vec<usize> = (200..400).collect();
    let texts = [&items, &others].map(|items| render(Layout::JsonLines, items));
    let path = folder.put("wire.jsonl", &texts[0]);
    let index = load(&path);
    std::thread::scope(|scope| {
        let writer = scope.spawn(|| {
            for turn in 0..200 {
                let mut file = File::options().write(true).open(&path).unwrap();
                file.write_all(texts[(turn + 1) % 2].as_bytes()).unwrap();
            }
        });
        while !writer.is_finished() {
            let (found, _) = search(&index, "body:we", SortOrder::Time);
            assert!(found.iter().all(|number| *number < 200));
            for number in [250, 399] {
                let query = format!("body:{}", word("prune", number));
                assert_eq!(search(&index, &query, SortOrder::Time).0, [0; 0]);
            }
        }
    });
}
