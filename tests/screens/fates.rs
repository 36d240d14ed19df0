//! What becomes of a dispatch on the screen: killed, corrected and superseded ones in list, reader, quotes and copies.

use std::fmt::Write as _;

use dateline::app::Msg;
use dateline::ingest::InputSource;
use dateline::jobs::Answer;

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

/// The hen, which is the first row of two.
fn hen_at(size: (u16, u16)) -> (Files, Stage) {
    let text = dispatch("01", 9, "Hen of Tarn turns forty", "", 60);
    let snow = "Headline: Snow closes the pass\nSent: 2026-03-04T08:00:00Z\nAgency: NWR\n\nORSK (NWR) - It snowed.\n";
    let files = Files::new(&[("a.txt", &text), ("s.txt", snow)]);
    let stage = Stage::load(vec![InputSource::Path(files.path())], size);
    (files, stage)
}

/// The hen, opened.
fn hen() -> (Files, Stage) {
    let (files, mut stage) = hen_at((180, 24));
    stage.keys("Enter");
    (files, stage)
}

const KILL: &str = "Headline: KILL KILL KILL: TARN-HEN\nId: QNA-2026-09\nSlug: TARN-HEN\nAgency: QNA\nSent: 2026-03-04T10:00:00Z\nRole: kill\nKills: QNA-2026-01\n\nEDITORS: Please kill item QNA-2026-01, slugged TARN-HEN. A kill is mandatory.\n\nThe hen is four years old. It was never asked.\n";

#[test]
fn a_kill_that_arrives_strikes_the_open_dispatch() {
    let (_files, mut stage) = hen();
    lacks(&stage, "KILL");
    let arrived = Files::new(&[("b.txt", KILL)]);
    stage.arrive(&arrived);
    has(&stage, "[kill: KILL QNA 10:00: The hen is four years old.");
    has(&stage, "✕ KILLED · 1 quote");
    has(&stage, "KILLED  Hen of Tarn turns");
    // Readable all the same; copies begin with the warning.
    has(&stage, "<s>This is paragraph 0 about the hen.</s>");
    stage.keys("y y");
    let copied = stage.copied.last().map_or("", String::as_str);
    assert!(copied.starts_with("[✕ KILLED by QNA, 4 Mar 2026 10:00: The hen is"), "{copied}");
    stage.keys("] q y q");
    let copied = stage.copied.last().map_or("", String::as_str);
    assert!(copied.starts_with("[✕ KILLED by QNA"), "{copied}");
}

/// An update, and a correction that says what it corrects.
fn update() -> String {
    dispatch("02", 11, "Hen of Tarn sleeps", "Replaces: QNA-2026-01\nLabel: 1st Lead\n", 30)
}

fn correction() -> String {
    let more = "Label: CORRECTION\nRole: correction\nCorrects: QNA-2026-01\nEdnote: CORRECTS age of the hen to four, sted forty, in paragraph 1.\n";
    dispatch("03", 10, "Correction on the hen", more, 0)
}

/// The lines of the text on the screen, with their rows.
fn text_lines(stage: &Stage) -> Vec<(usize, String)> {
    let screen = stage.screen();
    let lines = screen.lines().enumerate();
    let text = |line: &str| {
        let at = line.find("This is paragraph")?;
        Some(line[at..].split('.').next()?.to_owned())
    };
    lines.filter_map(|(row, line)| Some((row, text(line)?))).collect()
}

const SIZES: [(u16, u16); 4] = [(120, 40), (80, 24), (40, 12), (20, 5)];

#[test]
fn a_band_comes_in_mid_text_at_every_size() {
    for (name, text) in
        [("kill", KILL.to_owned()), ("correction", correction()), ("update", update())]
    {
        for size in SIZES {
            let (_files, mut stage) = hen_at(size);
            stage.keys("Enter 20j");
            let before = text_lines(&stage);
            assert!(!before.is_empty(), "{}", stage.screen());
            let mut frames = format!("before\n{}", stage.marked());
            let arrived = Files::new(&[("b.txt", &text)]);
            stage.arrive(&arrived);
            let _ = writeln!(frames, "at once\n{}", stage.marked());
            // No line of the text has moved; in one pane the band may cover the first.
            assert_eq!(text_lines(&stage), before, "{name} at {size:?}");
            stage.keys("j k j");
            let _ = writeln!(frames, "after three keys\n{}", stage.marked());
            stage.keys("Esc");
            let _ = writeln!(frames, "after Esc\n{}", stage.marked());
            assert_eq!(stage.state.ui.focus, dateline::action::Pane::Reader);
            stage.keys("Esc");
            assert_eq!(stage.state.ui.focus, dateline::action::Pane::List);
            crate::compare(&format!("band-{name}-{}x{}", size.0, size.1), &frames);
        }
    }
}

#[test]
fn a_band_in_one_pane_leaves_the_top_line_and_the_first_lines() {
    // How far the text is scrolled, and by how many rows it moves.
    for (keys, moved) in [("", 1), ("j", 0), ("G", 0)] {
        let (_files, mut stage) = hen_at((40, 12));
        stage.keys("Enter").keys(keys);
        let before = text_lines(&stage);
        let arrived = Files::new(&[("b.txt", KILL)]);
        stage.arrive(&arrived);
        has(&stage, " wire/  2 dispatches  +1 new");
        if moved > 0 {
            has(&stage, "Hen of Tarn turns forty");
        }
        let lines = text_lines(&stage);
        let after: Vec<_> = before.iter().map(|(row, line)| (row + moved, line.clone())).collect();
        assert!(!after.is_empty() && after.starts_with(&lines), "{}", stage.screen());
        stage.keys("Esc");
        assert_eq!(text_lines(&stage), before);
    }
    // In the quotes it lies below their heading, and nothing moves.
    let (_files, mut stage) = hen_at((40, 12));
    stage.keys("Enter Tab");
    let quote = |stage: &Stage| stage.screen().lines().position(|line| line.contains("“a fine"));
    let before = quote(&stage);
    assert!(before.is_some());
    let arrived = Files::new(&[("b.txt", KILL)]);
    stage.arrive(&arrived);
    has(&stage, " wire/  2 dispatches  +1 new");
    has(&stage, "1 quote");
    has(&stage, "[kill: KILL QNA 10:00");
    assert_eq!(quote(&stage), before);
}

#[test]
fn a_band_comes_wherever_one_reads() {
    for size in SIZES {
        // In the list, in the quotes, under what covers the panes, at the prompt, and in the middle of a sequence.
        for keys in [
            "", "Tab Tab", "j k", "Enter ?", "Enter P", "Enter H", "Enter :", "Enter g", "S",
            "Enter G",
        ] {
            let (_files, mut stage) = hen_at(size);
            stage.keys(keys);
            let arrived = Files::new(&[("b.txt", KILL)]);
            stage.arrive(&arrived);
            has(&stage, "[kill: KILL ");
            // Nothing but Esc takes it away.
            stage.keys("Esc");
            if stage.marked().contains("[kill: KILL ") {
                // It closed the prompt, or ended the sequence.
                assert!(keys.ends_with([':', 'g']), "{keys} at {size:?}\n{}", stage.marked());
                stage.keys("Esc");
            }
            lacks(&stage, "[kill: KILL ");
        }
    }
}

#[test]
fn a_kill_of_what_was_read_is_told_even_if_the_reader_has_moved_on() {
    for size in SIZES {
        let (_files, mut stage) = hen_at(size);
        stage.keys("Enter");
        let arrived = Files::new(&[("b.txt", KILL)]);
        stage.arrive(&arrived);
        stage.keys("J");
        has(&stage, "[kill: KILL");
        if size.0 >= 80 {
            has(&stage, "[kill: KILL QNA 10:00 of “Hen of Tarn turns forty”: The hen is");
        }
        // Enter leads to it, and there it is told over the text.
        stage.keys("Enter");
        has(&stage, "[kill: KILL QNA 10:00");
        stage.keys("Esc");
        lacks(&stage, "[kill: KILL");
        stage.keys("J");
        lacks(&stage, "[kill: KILL");
    }
}

#[test]
fn enter_leads_from_the_band_to_its_cause_and_back() {
    for (text, headline) in [
        (KILL.to_owned(), "KILL KILL KILL: TARN-HEN"),
        (correction(), "Correction on the hen"),
        (update(), "Hen of Tarn sleeps"),
    ] {
        let (_files, mut stage) = hen_at((120, 40));
        stage.keys("Enter Space");
        let before = text_lines(&stage);
        let arrived = Files::new(&[("b.txt", &text)]);
        stage.arrive(&arrived);
        stage.keys("Enter");
        let open = |stage: &Stage| stage.state.selected_entry().map(|e| e.headline().to_owned());
        assert_eq!(open(&stage).as_deref(), Some(headline));
        stage.keys("''");
        assert_eq!(open(&stage).as_deref(), Some("Hen of Tarn turns forty"));
        assert_eq!(text_lines(&stage), before);
        // What has been acknowledged leaves Enter to the quotes.
        stage.keys("Esc Enter");
        assert_eq!(open(&stage).as_deref(), Some("Hen of Tarn turns forty"));
    }
}

#[test]
fn the_band_of_a_kill_notice_leads_to_what_it_kills() {
    let text = dispatch("01", 9, "Hen of Tarn turns forty", "", 1);
    let files = Files::new(&[("a.txt", &text), ("b.txt", KILL)]);
    let mut stage = Stage::load(vec![InputSource::Path(files.path())], (120, 24));
    has(&stage, "[kill: KILL NOTICE: the agency withdraws QNA-2026");
    stage.keys("Enter Enter");
    has(&stage, "[kill: KILL QNA 10:00: The hen is four");
}

#[test]
fn versions_are_stepped_through_and_the_old_one_is_compared_with_the_newest() {
    let (_files, mut stage) = hen_at((120, 40));
    let arrived = Files::new(&[("b.txt", &update()), ("c.txt", &correction())]);
    stage.arrive(&arrived);
    stage.keys("Enter");
    has(&stage, "[correction: CORRECTION QNA 10:00");
    // The correction is told once, and the newer version is not told beside it.
    assert_eq!(stage.screen().matches("CORRECTION").count(), 1, "{}", stage.screen());
    lacks(&stage, "[update:");
    stage.keys("d");
    crate::compare("changes-from-the-old-version", &stage.marked());
    stage.keys("d )");
    has(&stage, "version 2 of 3");
    has(&stage, "[update: UPDATE QNA 11:00: Hen of Tarn sleeps");
    stage.keys("]v");
    has(&stage, "version 3 of 3");
    lacks(&stage, "[update:");
    stage.keys(")");
    has(&stage, "this is the newest version");
    stage.keys("( (");
    has(&stage, "version 1 of 3");
    stage.keys("[v");
    has(&stage, "this is the oldest version here");
    stage.keys("J )");
    has(&stage, "this story has no other version here");
}

#[test]
fn older_versions_are_stepped_to_within_the_filter() {
    let (_files, mut stage) = hen_at((120, 40));
    let arrived = Files::new(&[("b.txt", &update())]);
    stage.arrive(&arrived);
    stage.keys(". / h e n Enter gg (");
    has(&stage, "version 1 of 2");
    has(&stage, "/ hen");
    stage.keys(")");
    has(&stage, "/ hen");
}

#[test]
fn what_left_the_program_is_told_once_more_when_it_is_killed() {
    for (keys, act) in [
        ("Enter ]q yq", "you copied a quote of it at 09:30"),
        ("yy", "you copied it at 09:30"),
        ("E", "you opened a copy of it at 09:30"),
        ("x yy", "you copied it at 09:30"),
    ] {
        for (text, word) in [(KILL.to_owned(), "KILL"), (correction(), "CORRECTION")] {
            let (_files, mut stage) = hen_at((160, 40));
            let morning: jiff::Timestamp = "2026-03-04T09:30:00Z".parse().expect("a time");
            let morning = dateline::dispatch::Stamp::from_seconds(morning.as_second());
            stage.tell(dateline::app::Msg::Now(morning));
            stage.keys(keys).keys("q G");
            // Another dispatch is open.
            has(&stage, "It snowed.");
            let arrived = Files::new(&[("b.txt", &text)]);
            stage.arrive(&arrived);
            has(&stage, &format!("{word} QNA 10:00 of “Hen of Tarn turns forty”, {act}"));
            stage.keys("k j j");
            let told = format!(": {word} QNA 10:00");
            has(&stage, &told);
            stage.keys("Esc");
            lacks(&stage, &told);
        }
    }
}

/// A notice that takes the kill of the hen back.
const DISREGARD: &str = "Headline: DISREGARD KILL: TARN-HEN\nId: QNA-2026-10\nSlug: TARN-HEN\nAgency: QNA\nSent: 2026-03-04T11:00:00Z\n\nEDITORS: Please disregard the kill of item QNA-2026-01, slugged TARN-HEN. The register of Tarn has been found. It stands as sent.\n";

#[test]
fn who_was_told_of_a_kill_is_told_when_it_is_taken_back() {
    for (size, told) in [
        ((160, 40), "KILL TAKEN BACK QNA 11:00 of “Hen of Tarn turns forty”, you copied it"),
        ((80, 24), "KILL TAKEN BACK QNA 11:00 of “Hen of Tarn"),
        ((40, 12), "KILL TAKEN BACK"),
        ((20, 5), "KILL TAKEN BACK"),
    ] {
        for is_acknowledged in [true, false] {
            let (_files, mut stage) = hen_at(size);
            stage.keys("yy j");
            stage.arrive(&Files::new(&[("b.txt", KILL)]));
            has(&stage, "[kill: KILL");
            if is_acknowledged {
                stage.keys("Esc");
            }
            stage.arrive(&Files::new(&[("c.txt", DISREGARD)]));
            lacks(&stage, "[kill: KILL");
            has(&stage, told);
            stage.keys("j ?").keys("q");
            has(&stage, told);
            stage.keys("Esc");
            lacks(&stage, "TAKEN BACK");
            // Told once: what comes later says nothing of it.
            stage.arrive(&Files::new(&[("d.txt", &update())]));
            lacks(&stage, "TAKEN BACK");
        }
    }
}

#[test]
fn who_reads_what_was_killed_sees_when_that_is_taken_back() {
    let (_files, mut stage) = hen();
    stage.arrive(&Files::new(&[("b.txt", KILL)]));
    has(&stage, "[kill: KILL QNA 10:00");
    stage.arrive(&Files::new(&[("c.txt", DISREGARD)]));
    lacks(&stage, "[kill:");
    has(&stage, "[correction: KILL TAKEN BACK QNA 11:00: The register of Tarn has been found.");
    lacks(&stage, "<s>This is paragraph 0");
    stage.keys("Esc");
    lacks(&stage, "TAKEN BACK");
    // Whoever comes later sees a dispatch as any other.
    stage.keys("q j Enter q k Enter");
    lacks(&stage, "TAKEN BACK");
}

#[test]
fn all_that_left_the_program_is_named() {
    let (_files, mut stage) = hen_at((160, 40));
    stage.keys("Enter ]q yq").command("pipe cat").command("w hen.md");
    let arrived = Files::new(&[("b.txt", KILL)]);
    stage.arrive(&arrived);
    stage.keys("q j");
    has(&stage, "you copied a quote of it, you piped it, you saved it to hen.md: The hen");
    stage.tell(dateline::app::Msg::Resize(20, 5));
    has(&stage, "[kill: KILL you copied it");
}

#[test]
fn what_was_killed_before_it_left_the_program_is_not_told_again() {
    let (_files, mut stage) = hen();
    let arrived = Files::new(&[("b.txt", KILL)]);
    stage.arrive(&arrived);
    stage.keys("yy");
    lacks(&stage, "you copied it");
    stage.keys("Esc q j");
    lacks(&stage, "[kill:");
    let arrived = Files::new(&[("c.txt", &update())]);
    stage.arrive(&arrived);
    lacks(&stage, "[kill:");
}

#[test]
fn what_failed_is_not_said_to_have_been_done() {
    for act in [":w nowhere/hen.md", ":pipe false", "E"] {
        let (_files, mut stage) = hen_at((160, 40));
        stage.programs_fail = true;
        match act.strip_prefix(':') {
            Some(command) => stage.command(command),
            None => stage.keys(act),
        };
        let arrived = Files::new(&[("b.txt", KILL)]);
        stage.arrive(&arrived);
        stage.keys("Enter j");
        has(&stage, "[kill: KILL QNA 10:00: The hen");
    }
}

#[test]
fn a_file_that_is_rewritten_as_killed_corrected_or_newer_is_told_over_the_old_text() {
    for (more, told) in [
        ("Status: canceled\n", "[kill: KILL QNA 09:00"),
        (
            "Role: correction\nLabel: CORRECTION\nEdnote: Corrects age.\n",
            "[correction: CORRECTION QNA 09:00",
        ),
        ("", "[update: UPDATE QNA 09:00: Hen of Tarn turns four"),
    ] {
        let (_files, mut stage) = hen_at((120, 40));
        stage.keys("Enter Space yy");
        let again = dispatch("01", 9, "Hen of Tarn turns four", more, 60);
        let again = Files::new(&[("a.txt", &again)]);
        let before = text_lines(&stage);
        stage.rewrite("Hen of Tarn", &again);
        has(&stage, told);
        assert_eq!(text_lines(&stage), before);
        stage.keys("Esc");
        lacks(&stage, told);
    }
}

#[test]
fn a_killed_text_is_struck_in_what_changed() {
    let (_files, mut stage) = hen_at((120, 40));
    let newer = update();
    let kill =
        KILL.replace("Kills: QNA-2026-01", "Kills: QNA-2026-02").replace("10:00:00", "12:00:00");
    let arrived = Files::new(&[("b.txt", &newer)]);
    stage.arrive(&arrived);
    stage.keys("Enter d");
    lacks(&stage, "KILLED what changed");
    let arrived = Files::new(&[("c.txt", KILL), ("d.txt", &kill)]);
    stage.arrive(&arrived);
    has(&stage, "<s>");
    // The news covers the title until it is acknowledged.
    has(&stage, "[kill: KILL");
    stage.keys("Esc");
    has(&stage, "KILLED what changed in TARN-HEN");
}

#[test]
fn acknowledging_does_not_stop_following() {
    let (_files, mut stage) = hen_at((120, 40));
    stage.keys("F");
    let arrived = Files::new(&[("b.txt", KILL)]);
    stage.arrive(&arrived);
    has(&stage, "[kill: KILL");
    stage.keys("Esc");
    lacks(&stage, "[kill: KILL");
    has(&stage, "following");
}

#[test]
fn a_kill_of_what_an_alert_gave_is_told() {
    let (_files, mut stage) = hen_at((160, 40));
    stage.keys("/ f o r t y Enter").command("alert hens");
    stage.keys("Esc G");
    let copy = dispatch("05", 9, "Hen of Orsk turns forty", "", 1);
    let kill = KILL.replace("QNA-2026-01", "QNA-2026-05");
    let arrived = Files::new(&[("e.txt", &copy)]);
    stage.arrive(&arrived);
    let arrived = Files::new(&[("f.txt", &kill)]);
    stage.arrive(&arrived);
    has(&stage, "[kill: KILL QNA 10:00 of “Hen of Orsk turns forty”, alert hens gave it");
}

#[test]
fn a_kill_of_what_the_command_of_a_view_got_is_told_if_the_command_succeeded() {
    for succeeded in [true, false] {
        let (_files, mut stage) = hen_at((160, 40));
        let (view, id) = ("hens".to_owned(), stage.state.session.index.order()[0]);
        stage.tell(Msg::Done(if succeeded {
            Answer::ViewCommandDone { view, id }
        } else {
            Answer::ViewCommandFailed { view, fault: "hens ended with exit code 1".to_owned() }
        }));
        stage.keys("G");
        let arrived = Files::new(&[("b.txt", KILL)]);
        stage.arrive(&arrived);
        let told = stage.marked().contains("alert hens gave it");
        assert_eq!(told, succeeded, "{}", stage.marked());
    }
}

#[test]
fn a_kill_that_is_taken_back_is_no_longer_told() {
    let (_files, mut stage) = hen();
    let arrived = Files::new(&[("b.txt", KILL)]);
    stage.arrive(&arrived);
    has(&stage, "[kill: KILL QNA 10:00");
    let back = dispatch("10", 11, "DISREGARD KILL: TARN-HEN", "", 0)
        .replace("TARN (QNA) - The hen", "EDITORS: Please disregard the kill on TARN-HEN. The hen");
    let arrived = Files::new(&[("c.txt", &back)]);
    stage.arrive(&arrived);
    lacks(&stage, "[kill: KILL QNA");
    lacks(&stage, "<s>");
    lacks(&stage, "KILLED");
}

#[test]
fn a_kill_that_finds_nothing_says_so() {
    let files = Files::new(&[("b.txt", KILL)]);
    let mut stage = Stage::load(vec![InputSource::Path(files.path())], (180, 24));
    has(&stage, "KILL, not matched");
    stage.keys("Enter");
    has(&stage, "KILL NOTICE QNA 10:00: not matched: the agency withdraws QNA-2026-01");
}

#[test]
fn what_comes_after_a_band_was_acknowledged_is_told_again() {
    let (_files, mut stage) = hen();
    let arrived = Files::new(&[("b.txt", &update())]);
    stage.arrive(&arrived);
    has(&stage, "[update: UPDATE QNA 11:00");
    stage.keys("Esc");
    has(&stage, "[update:↑]");
    let arrived = Files::new(&[("c.txt", &correction())]);
    stage.arrive(&arrived);
    has(&stage, "[correction: CORRECTION QNA 10:00");
    stage.keys("Esc");
    has(&stage, "[correction:C]");
    let arrived = Files::new(&[("d.txt", KILL)]);
    stage.arrive(&arrived);
    has(&stage, "[kill: KILL QNA 10:00");
    stage.keys("Esc");
    has(&stage, "[kill:✕]");
    // It is known now, and stays so when the dispatch is opened again.
    stage.keys("J K");
    has(&stage, "[kill:✕]");
}

#[test]
fn in_the_list_the_filter_is_taken_back_before_a_band_that_is_no_news() {
    let (_files, mut stage) = hen_at((120, 40));
    let arrived = Files::new(&[("b.txt", &update())]);
    stage.arrive(&arrived);
    stage.keys("Esc . / f o r t y Enter");
    let more = Files::new(&[("c.txt", KILL)]);
    stage.arrive(&more);
    has(&stage, "[kill: KILL");
    has(&stage, "/ forty");
    // It has just come.
    stage.keys("Esc");
    lacks(&stage, "[kill: KILL");
    has(&stage, "/ forty");
    stage.keys("Esc");
    lacks(&stage, "/ forty");
    // This one was there before.
    stage.keys(". / k i l l Enter gg");
    has(&stage, "[kill: KILL NOTICE");
    stage.keys("Esc");
    lacks(&stage, "/ kill");
    has(&stage, "[kill: KILL NOTICE");
    stage.keys("Esc");
    lacks(&stage, "[kill: KILL");
}

#[test]
fn killed_and_superseded_ones_are_found_by_a_filter() {
    let (_files, mut stage) = hen();
    let arrived = Files::new(&[("b.txt", KILL)]);
    stage.arrive(&arrived);
    stage.keys("Esc Esc . / i s : k i l l e d Enter");
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
