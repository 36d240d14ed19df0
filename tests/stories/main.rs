//! What the desk makes of the built-in wire and of the fixtures of every format: heads, superseded, killed, corrected,
//! kills that find nothing, embargoes.
//!
//! The tables stand in `tables.md`. `INSTA_UPDATE=always cargo test --test stories` writes it; what it wrote is to be read
//! before it is kept.
#![allow(clippy::unwrap_used)] // Fixtures that cannot be read fail the test.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use dateline::index::{DispatchIndex, EntryId, StoryStatus};
use dateline::ingest::{self, InputSource, LoadEvent};

fn desk(sources: Vec<InputSource>) -> DispatchIndex {
    let segments = Mutex::new(Vec::new());
    ingest::load(sources, 1, &|report| {
        if let LoadEvent::Segment(segment) = report {
            segments.lock().unwrap().push(segment);
        }
    });
    let mut desk = DispatchIndex::default();
    // The last that was read first: the order must not matter.
    let mut segments = segments.into_inner().unwrap();
    segments.reverse();
    for segment in segments {
        desk.add(vec![segment]);
    }
    desk
}

/// A headline as a cell of a table.
fn cell(desk: &DispatchIndex, id: EntryId) -> String {
    let headline = desk.entry(id).map_or("", |entry| entry.headline());
    let short: String = headline.chars().take(44).collect();
    let cut = if short.len() < headline.len() { "…" } else { "" };
    format!("{}{cut}", short.trim_end().replace('|', "/"))
}

/// What became of an entry; empty where nothing did.
fn fate(desk: &DispatchIndex, id: EntryId) -> String {
    let StoryStatus {
        superseded_by, killed_by, corrected_by, is_unmatched_kill: unmatched, ..
    } = desk.story_status(id);
    let mut words = Vec::new();
    if unmatched {
        words.push("kill notice, **not matched**".to_owned());
    }
    if desk.has_versions(id) && superseded_by.is_none() {
        let chain = desk.versions(id);
        let head = chain[0] == id;
        words.push(if head {
            format!("**head** of {}", chain.len())
        } else {
            format!("goes on with “{}”", cell(desk, chain[0]))
        });
    }
    for (word, by) in
        [("killed", killed_by), ("corrected", corrected_by), ("superseded", superseded_by)]
    {
        words.extend(by.map(|by| format!("**{word}** by “{}”", cell(desk, by))));
    }
    if desk.entry(id).is_some_and(dateline::index::EntryRef::is_embargoed) {
        words.push("**embargoed**".to_owned());
    }
    words.join("; ")
}

fn table(title: &str, desk: &DispatchIndex) -> String {
    let mut table =
        format!("## {title}\n\n| dispatch | label, role | what became of it |\n|---|---|---|\n");
    let mut alone = 0;
    for &id in desk.order().iter().rev() {
        let entry = desk.entry(id).unwrap();
        let fate = fate(desk, id);
        if fate.is_empty() {
            let role = entry.role().name();
            if role != "kill" {
                alone += 1;
                continue;
            }
        }
        let label = [entry.label(), entry.role().name()];
        let label: Vec<&str> = label.into_iter().filter(|l| !l.is_empty()).collect();
        let _ = writeln!(table, "| {} | {} | {fate} |", cell(desk, id), label.join(", "));
    }
    let _ = writeln!(table, "\n{alone} more stand for themselves.\n");
    table
}

#[test]
fn the_tables_are_as_written() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    let mut folders: Vec<PathBuf> = std::fs::read_dir(root.join("fixtures"))
        .unwrap()
        .map(|folder| folder.unwrap().path())
        .collect();
    folders.sort();
    let mut tables = String::from(
        "# Chains, kills, corrections and embargoes\n\nMade by `tests/stories/main.rs`; read it before it is kept.\n\n",
    );
    tables += &table("The built-in wire", &desk(vec![InputSource::BuiltIn]));
    for folder in folders {
        let name = folder.file_name().unwrap().to_string_lossy().into_owned();
        let is_wire = |path: &PathBuf| !path.to_string_lossy().ends_with(".records.json");
        let mut files: Vec<PathBuf> = std::fs::read_dir(&folder)
            .unwrap()
            .map(|file| file.unwrap().path())
            .filter(is_wire)
            .collect();
        files.sort();
        let sources = files.into_iter().map(InputSource::Path).collect();
        tables += &table(&name, &desk(sources));
    }
    let file = root.join("stories/tables.md");
    if std::env::var("INSTA_UPDATE").is_ok_and(|update| update == "always") {
        std::fs::write(&file, &tables).unwrap();
    }
    let wanted = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(wanted == tables, "the tables differ:\n{tables}");
}
