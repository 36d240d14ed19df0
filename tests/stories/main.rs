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

/// Ways in which a notice names what it means, and what it strikes: the last digits of the ids, `h` before what is held
/// and `c` before what is corrected.
#[test]
fn a_notice_strikes_what_it_names_and_nothing_else() {
    let dispatch = |agency: &str, id: &str, slug: &str, hour: u32, headline: &str| {
        format!(
            "Headline: {headline}\nId: {agency}-2026-{id}\nSlug: {slug}\nAgency: {agency}\nSent: 2026-03-04T{hour:02}:00:00Z\n\nTARN ({agency}) - It is said of {headline}.\n"
        )
    };
    let wire = [
        dispatch("QNA", "01", "TARN-HEN", 9, "Hen of Tarn turns forty"),
        dispatch("QNA", "02", "TARN-HEN", 10, "UPDATE 1-Hen of Tarn is asked its age"),
        dispatch("QNA", "03", "PASS-SNOW", 11, "Snow closes the pass"),
        dispatch("NWR", "04", "TARN-HEN", 9, "Tarn has an old hen"),
        dispatch("QNA", "05", "FERRY-LATE", 9, "Ferry is late, sailors say"),
    ];
    let check = |more: &str, text: &str, expected: &str| {
        let folder = std::env::temp_dir().join(format!("dateline-notices-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let notice = format!(
            "Id: QNA-2026-09\nAgency: QNA\nSent: 2026-03-04T12:00:00Z\n{more}\n\nEDITORS: {text}\n"
        );
        for (number, text) in wire.iter().chain([&notice]).enumerate() {
            std::fs::write(folder.join(format!("{number}.txt")), text).unwrap();
        }
        let desk = desk(vec![InputSource::Path(folder.clone())]);
        std::fs::remove_dir_all(&folder).unwrap();
        let mut struck = Vec::new();
        for &id in desk.order() {
            let status = desk.story_status(id);
            let sign = match (status.killed_by, status.withheld_by, status.corrected_by) {
                (Some(_), ..) => "",
                (_, Some(_), _) => "h",
                (.., Some(_)) => "c",
                _ => continue,
            };
            let hen =
                wire.iter().position(|text| text.contains(desk.entry(id).unwrap().headline()));
            struck.push(format!("{sign}{}", hen.map_or(0, |at| at + 1)));
        }
        struck.sort();
        assert_eq!(struck.join(" "), expected, "{more} / {text}");
    };
    let kill = "Headline: Kill";
    for (text, expected) in [
        ("Please kill item QNA-2026-01. A kill is mandatory.", "1"),
        ("Please kill item QNA 2026-01.", "1"),
        ("Please kill ITEM QNA 2026-02, it was never asked.", "2"),
        ("Please kill item No. QNA2026-02.", "2"),
        ("Please kill the story QNA-2026-03.", "3"),
        ("Please kill the story (QNA-2026-03) at once.", "3"),
        ("A kill is mandatory. Ref: QNA-2026-03", "3"),
        ("Please kill the item with the id QNA-2026-03.", "3"),
        ("Please kill items QNA-2026-01 and QNA-2026-03.", "1 3"),
        ("Please kill the story headlined “Snow closes the pass”.", "3"),
        ("Please kill the story \"Snow closes the pass.\" A kill is mandatory.", "3"),
        ("Please kill the item titled: ‘Snow closes the pass’.", "3"),
        ("Bitte streichen Sie die Meldung „Snow closes the pass“.", "3"),
        ("Please kill the story headlined Snow closes the pass, which moved at 1100 GMT.", "3"),
        ("Please kill the story headlined FERRY IS LATE, SAILORS SAY.", "5"),
        ("Please kill the story slugged TARN-HEN.", "1 2"),
        ("Please kill the item slugged PASS-SNOW.", "3"),
        ("Please kill the story TARN-HEN of 0900 GMT.", "1"),
        ("Please kill the story slugged TARN-HEN, which moved at 10:00 GMT.", "2"),
        ("Please kill our story 'Snow closes the pass'.", "3"),
        ("Please kill the 1000 GMT lead slugged TARN-HEN.", "2"),
        ("Please kill both items, QNA-2026-01 and QNA-2026-03.", "1 3"),
        // Not at hand, or not named.
        ("Please kill item QNA-2026-77.", ""),
        ("Please kill the story headlined “Snow closes the pass again”.", ""),
        ("Please kill the story “Tarn has an old hen”.", ""),
    ] {
        check(kill, text, expected);
    }
    for (more, text, expected) in [
        ("Headline: KILL ITEM QNA-2026-03", "It never snowed.", "3"),
        ("Headline: KILL\nSlug: TARN-HEN", "A kill is mandatory. See the lead of 10:01 GMT.", "2"),
        (
            "Headline: KILL\nSlug: TARN-HEN",
            "A kill is mandatory. A substitute moves at 1500 GMT.",
            "1 2",
        ),
        ("Headline: KILL KILL KILL\nSlug: PASS-SNOW", "KILL KILL KILL. It never snowed.", "3"),
        ("Headline: HOLD HOLD HOLD", "Please hold item QNA 2026-03.", "h3"),
        (
            "Headline: Correction\nRole: correction",
            "In item QNA 2026-01, read four for forty.",
            "c1",
        ),
    ] {
        check(more, text, expected);
    }
}
