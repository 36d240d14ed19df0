//! The program without a terminal: list, show and quotes, their forms, exit codes and problems.

#![allow(clippy::expect_used, clippy::panic)] // in what tests share, too

mod archives;
mod check;
mod completions;
mod config;
mod diff;
mod export;
mod follow;
mod health;
mod hostile;
mod inputs;
mod limits;
mod log;
mod marks;
#[path = "../support/packed.rs"]
mod packed;
mod program;
mod quotes;
mod records;
mod status;
#[path = "../support/mod.rs"]
mod support;
mod who_is_who;

use support::Folder;

const HARBOUR: &str = "Headline: Harbour seals back on the slipway
Slug: HARBOUR-SEALS
Agency: QRN
Id: QRN-0001
Sent: 2026-05-04T09:30:00+02:00

TOLLEN, Vessaria, May 4 (QRN) -- The seals came back to the slipway on Monday.

“They never asked,” said harbour master Edda Brook.
";

const ORCHARD: &str = r#"{"headline": "Orchard floods", "slug": "ORCHARD", "agency": "QRN", "id": "QRN-0002", "date": "2026-05-04T10:00:00+02:00", "body": "The river took the lower orchard.\n\nNobody was hurt."}
{"headline": "Bell tower leans", "agency": "QRN", "id": "QRN-0003", "date": "2026-05-03T10:00:00+02:00", "body": "The tower leans a hand further."}
"#;

fn wire() -> Folder {
    let folder = Folder::new();
    folder.put("harbour.txt", HARBOUR);
    folder.put("more/orchard.jsonl", ORCHARD);
    folder
}

#[test]
fn lists_are_sorted_by_two_keys_and_turned_round() {
    let folder = wire();
    let headlines = |arguments: &[&str]| {
        let all: Vec<&str> =
            ["list", "--format", "tsv", "."].iter().chain(arguments).copied().collect();
        let printed = program::run(&folder, &all).ok();
        let word = |line: &str| line.split('\t').nth(3).unwrap_or("").chars().next();
        printed.lines().filter_map(word).collect::<String>()
    };
    assert_eq!(headlines(&[]), "OHB");
    assert_eq!(headlines(&["--reverse"]), "BHO");
    assert_eq!(headlines(&["--sort", "slug"]), "HOB");
    assert_eq!(headlines(&["--sort", "agency,quotes"]), "HOB");
    assert_eq!(headlines(&["--sort", "length"]), "HOB");
}
