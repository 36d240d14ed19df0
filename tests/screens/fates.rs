//! What becomes of a dispatch on the screen: killed, corrected and superseded ones in list, reader, quotes and copies.

use std::fmt::Write as _;

use dateline::ingest::InputSource;

use crate::stage::{Files, Stage};
use crate::{has, lacks};

fn dispatch(id: &str, hour: u32, headline: &str, more: &str, paragraphs: usize) -> String {
    let mut text = format!(
        "Headline: {headline}\nId: QNA-2026-{id}\nSlug: TARN-HEN\nAgency: QNA\nSent: 2026-03-04T{hour:02}:00:00Z\n{more}\nTARN (QNA) - The hen of Tarn turned forty, “a fine age”, said Olaf Brun.\n"
    );
    for paragraph in 0..paragraphs {
        let _ = writeln!(text, "\nThis is paragraph {paragraph} about the hen.");
    }
    text
}

fn hen() -> (Files, Stage) {
    let text = dispatch("01", 9, "Hen of Tarn turns forty", "", 60);
    let files = Files::new(&[("a.txt", &text)]);
    let mut stage = Stage::load(vec![InputSource::Path(files.path())], (180, 24));
    stage.keys("Enter");
    (files, stage)
}

const KILL: &str = "Headline: KILL KILL KILL: TARN-HEN\nId: QNA-2026-09\nSlug: TARN-HEN\nAgency: QNA\nSent: 2026-03-04T10:00:00Z\nRole: kill\nKills: QNA-2026-01\n\nEDITORS: Please kill item QNA-2026-01, slugged TARN-HEN. A kill is mandatory.\n\nThe hen is four years old. It was never asked.\n";

#[test]
fn a_kill_that_arrives_strikes_the_open_dispatch() {
    let (_files, mut stage) = hen();
    lacks(&stage, "KILLED");
    stage.arrive(&Files::new(&[("b.txt", KILL)]));
    has(&stage, "✕ KILLED by QNA, 4 Mar 2026 10:00: The hen is four years old.");
    has(&stage, "✕ KILLED · 1 quote");
    has(&stage, "KILLED  Hen of Tarn turns");
    // Readable all the same; copies begin with the warning.
    has(&stage, "This is paragraph 0");
    stage.keys("y y");
    let copied = stage.copied.last().map_or("", String::as_str);
    assert!(copied.starts_with("[✕ KILLED by QNA"), "{copied}");
    stage.keys("] q y q");
    let copied = stage.copied.last().map_or("", String::as_str);
    assert!(copied.starts_with("[✕ KILLED by QNA"), "{copied}");
}

#[test]
fn the_text_stays_in_its_place_when_a_kill_arrives() {
    let (_files, mut stage) = hen();
    stage.keys("Space Space");
    let line = |stage: &Stage| -> Vec<(usize, String)> {
        let screen = stage.screen();
        let lines = screen.lines().enumerate();
        let text = |line: &str| line.split('│').nth(1).map(|part| part.trim().to_owned());
        let of_text = |(at, line): (usize, &str)| Some((at, text(line)?));
        lines
            .filter_map(of_text)
            .filter(|(_, line)| line.starts_with("This is paragraph"))
            .collect()
    };
    let before = line(&stage);
    assert!(before.len() > 3, "{}", stage.screen());
    stage.arrive(&Files::new(&[("b.txt", KILL)]));
    assert_eq!(line(&stage), before);
    // It is said at the foot, since the banner is out of sight.
    has(&stage, "KILLED by QNA, 4 Mar 2026 10:00: The hen is four");
}

#[test]
fn a_kill_that_finds_nothing_says_so() {
    let files = Files::new(&[("b.txt", KILL)]);
    let mut stage = Stage::load(vec![InputSource::Path(files.path())], (180, 24));
    has(&stage, "KILL, not matched");
    stage.keys("Enter");
    has(&stage, "✕ Kill notice, not matched: the agency withdraws QNA-2026-01");
}

#[test]
fn newer_versions_and_corrections_are_told_over_the_text() {
    let (_files, mut stage) = hen();
    let later =
        dispatch("02", 11, "Hen of Tarn sleeps", "Replaces: QNA-2026-01\nLabel: 1st Lead\n", 2);
    let correction = dispatch(
        "03",
        10,
        "Correction on the hen",
        "Label: CORRECTION\nCorrects: QNA-2026-01\n",
        0,
    );
    stage.arrive(&Files::new(&[("b.txt", &later), ("c.txt", &correction)]));
    has(&stage, "↑ SUPERSEDED by QNA, 4 Mar 2026 11:00: Hen of Tarn sleeps");
    has(&stage, "CORRECTED by QNA, 4 Mar 2026 10:00: Correction on the hen");
}

#[test]
fn killed_and_superseded_ones_are_found_by_a_filter() {
    let (_files, mut stage) = hen();
    stage.arrive(&Files::new(&[("b.txt", KILL)]));
    stage.keys("Esc . / i s : k i l l e d Enter");
    has(&stage, "KILLED  ✗Hen of Tarn turns");
}

#[test]
fn what_is_handed_on_tells_who_did_what_to_it_and_why() {
    let text = dispatch("01", 9, "Hen of Tarn turns forty", "", 1);
    let files = Files::new(&[("a.txt", &text), ("b.txt", KILL)]);
    let mut stage = Stage::load(vec![InputSource::Path(files.path())], (100, 24));
    stage.keys("G").command("pipe cat").command("w hen.md");
    let told = "KILLED by QNA-2026-09: The hen is four years old.";
    let text = &stage.handed[0].1;
    assert!(text.contains(&format!("\n[{told}]\n")), "{text}");
    let saved = std::fs::read_to_string(stage.folder().join("hen.md")).expect("a file");
    assert!(saved.contains("> **KILLED by QNA"), "{saved}");
    assert!(saved.contains("The hen is four years old"), "{saved}");
}
