//! Orders of the list: by one key and another, turned round, by name, each filter its own.

use dateline::ingest::InputSource;

use crate::has;
use crate::stage::{Files, Stage};

fn stage() -> (Files, Stage) {
    let dispatch = |agency: &str, hour: u32, urgency: u32, words: usize, quotes: usize| {
        let said = "\n“The harbour is open,” said Ana Lind, its head.\n".repeat(quotes);
        format!(
            "Headline: {agency}{hour}\nSent: 2026-03-04T{hour:02}:00:00Z\nAgency: {agency}\nUrgency: {urgency}\n\nORSK - {}\n{said}",
            "word ".repeat(words)
        )
    };
    let texts = [
        dispatch("MRD", 8, 3, 90, 0),
        dispatch("AGL", 9, 4, 20, 1),
        dispatch("MRD", 10, 2, 5, 3),
        dispatch("AGL", 11, 2, 50, 2),
    ];
    let files = Files::new(&[
        ("a.txt", &texts[0]),
        ("b.txt", &texts[1]),
        ("c.txt", &texts[2]),
        ("d.txt", &texts[3]),
    ]);
    let stage = Stage::load(vec![InputSource::Path(files.path())], (59, 20));
    (files, stage)
}

/// The headlines from the top of the list, after these keys.
#[track_caller]
fn check(stage: &mut Stage, keys: &str, order: &str) {
    stage.keys(keys);
    let headline = |line: &str| line.split_whitespace().last().unwrap_or("").to_owned();
    let screen = stage.screen();
    let rows = screen.lines().skip(1).take(4).map(headline);
    assert_eq!(rows.collect::<Vec<_>>().join(" "), order, "{keys}\n{screen}");
}

#[test]
fn one_key_and_then_another() {
    let (_files, mut stage) = stage();
    check(&mut stage, "j", "AGL11 MRD10 AGL9 MRD8");
    check(&mut stage, "oa", "AGL11 AGL9 MRD10 MRD8");
    check(&mut stage, "ou", "AGL11 MRD10 MRD8 AGL9");
    has(&stage, "by urgency, agency");
    check(&mut stage, "ol", "MRD8 AGL11 MRD10 AGL9");
    check(&mut stage, "O", "AGL9 MRD10 AGL11 MRD8");
    check(&mut stage, "ot", "AGL11 MRD10 AGL9 MRD8");
    check(&mut stage, "O", "MRD8 AGL9 MRD10 AGL11");
}

#[test]
fn the_number_of_quotes_is_counted() {
    let (_files, mut stage) = stage();
    check(&mut stage, "oq", "MRD10 AGL11 AGL9 MRD8");
    has(&stage, "by quotes");
}

#[test]
fn a_command_names_the_keys() {
    let (_files, mut stage) = stage();
    stage.keys(": s o Tab Space a g e n c y Space l e n g t h Enter");
    check(&mut stage, "j", "AGL11 AGL9 MRD8 MRD10");
    stage.keys(": s o r t Space c o l o u r Enter");
    has(&stage, "cannot sort by `colour`");
    // Without a key it tells, and changes nothing.
    stage.keys(":sort Enter");
    has(&stage, ":sort takes time, urgency");
    stage.keys(": x Enter");
    has(&stage, "no single command is `x`");
}

#[test]
fn each_filter_remembers_its_order() {
    let (_files, mut stage) = stage();
    stage.keys("/ m r d Enter ol");
    let first = |stage: &Stage| stage.screen().lines().nth(1).unwrap_or("").trim().to_owned();
    assert!(first(&stage).ends_with("MRD8"));
    stage.keys("Esc ot");
    assert!(first(&stage).ends_with("AGL11"));
    stage.keys("/ m r d Enter");
    assert!(first(&stage).ends_with("MRD8"));
}
