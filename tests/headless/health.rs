//! `health`: the sources of a wire, and the numbers that are missing.

use std::fmt::Write as _;

use serde_json::Value;

use crate::program::run;
use crate::support::Folder;

/// Items of the `bdt` service of an agency, in ZCZC frames, at ten to the hour.
fn frames(numbers: &[u32]) -> String {
    let mut wire = String::new();
    for (hour, number) in (8..).zip(numbers) {
        let _ = write!(
            wire,
            "ZCZC bdt{number:04}\n^Seals counted at the quay, part {number}\n\nTOLLEN, May 4 (QRN) -- They were counted again.\n\n04{hour:02}50 May 26\nNNNN\n\n"
        );
    }
    wire
}

#[test]
fn a_source_says_what_it_sent_and_what_is_missing() {
    let folder = Folder::new();
    folder.put("one.txt", "Headline: One\nAgency: MRD\nSent: 2026-05-04T08:00:00Z\n\nOne.\n");
    folder.put("two.txt", "Headline: Two\nAgency: MRD\nSent: 2026-05-04T12:30:00Z\n\nTwo.\n");
    let text = run(&folder, &["health", "."]).ok();
    let expected = "MRD
    dispatches       2
    last             2026-05-04T12:30:00Z
    rate             1 in the last hour, 2 in 6 hours, 2 in 24
    longest silence  4 h 30 min, 2026-05-04T08:00:00Z to 2026-05-04T12:30:00Z
";
    assert_eq!(text, expected);
    let record = run(&folder, &["health", ".", "--format", "jsonl"]).ok();
    let record: Value = serde_json::from_str(&record).unwrap();
    assert_eq!(record["agency"], "MRD");
    assert_eq!(record["hours"][0], 1);
    assert_eq!(record["hours"][4], 1);
    assert_eq!(record["silence"]["seconds"], 16_200);
    let none = run(&folder, &["health", ".", "--filter", "from:xyz"]);
    assert_eq!((none.code, none.out.as_str()), (Some(1), ""));
}

#[test]
fn numbers_of_a_service_that_are_missing_are_named() {
    let folder = Folder::new();
    folder.put("wire.zczc", frames(&[41, 42, 45, 45, 46, 48]));
    let text = run(&folder, &["health", "."]).ok();
    assert!(
        text.contains("service bdt      41 to 48, 6 items; missing 3: 43-44, 47; repeated: 45"),
        "{text}"
    );
}
