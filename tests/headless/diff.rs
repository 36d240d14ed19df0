//! `diff`: what changed between two versions of a dispatch.

use serde_json::Value;

use crate::program::run;
use crate::support::Folder;

const OLD: &str = "Headline: Seals back on the slipway\nId: QRN-1\nSlug: SEALS\nSent: 2026-05-04T09:30:00Z\n\nTOLLEN (QRN) -- Twelve “seals” came back to the slipway on Monday.\n\nNobody was hurt.\n\nThey sleep until noon.\n";
const NEW: &str = "Headline: Seals back on the slipway\nId: QRN-2\nSlug: SEALS\nLabel: 1st Lead\nReplaces: QRN-1\nSent: 2026-05-04T10:30:00Z\n\nTOLLEN (QRN) -- Fourteen “seals” came back to the slipway on Monday.\n\nNobody was hurt.\n\nA boy counted them from the quay.\n";

fn seals() -> Folder {
    let folder = Folder::new();
    folder.put("b.txt", OLD);
    folder.put("a.txt", NEW);
    folder
}

#[test]
fn two_files_are_compared_the_first_as_the_older() {
    let folder = seals();
    let printed = run(&folder, &["diff", "b.txt", "a.txt"]);
    assert_eq!((printed.code, printed.err.as_str()), (Some(1), ""));
    let expected = "--- b.txt, QRN-1, 2026-05-04T09:30:00Z
+++ a.txt, 1st Lead, 2026-05-04T10:30:00Z
label: {+1st Lead+}
role: [-story-]{+update+}

@@ ¶1 changed @@
TOLLEN (QRN) -- [-Twelve-]{+Fourteen+} “seals” came back to the slipway on Monday.

… 1 paragraph unchanged …

@@ was ¶3, gone @@
[-They sleep until noon.-]

@@ ¶3 new @@
{+A boy counted them from the quay.+}
";
    assert_eq!(printed.out, expected);
    let turned = run(&folder, &["diff", "a.txt", "b.txt"]).out;
    assert!(turned.contains("[-Fourteen-]{+Twelve+}"), "{turned}");
    // Of one input, the older is the older.
    let folded = run(&folder, &["diff", "."]).out;
    assert!(folded.contains("[-Twelve-]{+Fourteen+}"), "{folded}");
}

#[test]
fn the_record_has_positions_in_code_points() {
    let folder = seals();
    let printed = run(&folder, &["diff", "b.txt", "a.txt", "--format", "jsonl"]);
    let record: Value = serde_json::from_str(&printed.out).unwrap();
    assert_eq!(record["same"], false);
    assert_eq!(record["old"]["path"], "b.txt");
    assert_eq!(record["fields"][0]["name"], "label");
    assert_eq!(record["fields"][0]["old"], Value::Null);
    let body = |text: &str| -> Vec<char> {
        let text = text.split_once("\n\n").unwrap().1;
        text.trim_end().chars().collect()
    };
    let (old, new) = (body(OLD), body(NEW));
    let paragraphs = record["body"].as_array().unwrap();
    assert_eq!(paragraphs.len(), 3);
    for run in paragraphs.iter().flat_map(|p| p["runs"].as_array().unwrap()) {
        let (side, text) = match run["kind"].as_str() {
            Some("deleted") => ("old", &old),
            _ => ("new", &new),
        };
        let at = |end: &str| usize::try_from(run[side][end].as_u64().unwrap()).unwrap();
        let told: String = text[at("start")..at("end")].iter().collect();
        assert_eq!(run["text"], told.as_str());
    }
}

#[test]
fn items_and_stories_are_named() {
    let folder = seals();
    folder.put("c.txt", "Headline: Else\nId: QRN-9\nSent: 2026-05-04T10:30:00Z\n\nElse.\n");
    let many = run(&folder, &["diff", "."]);
    assert_eq!((many.code, many.out.as_str()), (Some(2), ""));
    assert!(many.err.contains("have 3; name two with --item"), "{}", many.err);
    let items = run(&folder, &["diff", ".", "--item", "QRN-1", "--item", "QRN-2"]);
    assert!(items.out.contains("[-Twelve-]{+Fourteen+}"), "{items:?}");
    let none = run(&folder, &["diff", ".", "--item", "QRN-1", "--item", "QRN-7"]);
    assert_eq!(none.code, Some(2));
    assert!(none.err.contains("the item or id `QRN-7`"), "{}", none.err);
    let one = run(&folder, &["diff", ".", "--item", "QRN-1"]);
    assert!(one.err.contains("give it twice"), "{}", one.err);
    let story = run(&folder, &["diff", ".", "--story", "QRN/SEALS/2026-05-04"]);
    assert!(story.out.contains("[-Twelve-]{+Fourteen+}"), "{story:?}");
    let alone = run(&folder, &["diff", ".", "--story", "QRN-9"]);
    assert!(alone.err.contains("has only one version here"), "{}", alone.err);
}

#[test]
fn without_a_difference_nothing_is_printed() {
    let folder = seals();
    folder.put("again.txt", OLD);
    let same = run(&folder, &["diff", "b.txt", "again.txt"]);
    assert_eq!((same.code, same.out.as_str()), (Some(0), ""), "{same:?}");
    let record = run(&folder, &["diff", "b.txt", "again.txt", "--format", "jsonl"]).ok();
    assert!(record.contains("\"same\":true"), "{record}");
    let missing = run(&folder, &["diff", "b.txt", "nowhere.txt"]);
    assert_eq!(missing.code, Some(2));
}
