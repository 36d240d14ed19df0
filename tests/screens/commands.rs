//! What is typed after `:`: rows, help, settings, and what Tab offers.

use dateline::ingest::InputSource;

use crate::stage::{Files, Stage};
use crate::{lacks, three};

/// The screen has a text, however it is drawn.
#[track_caller]
fn has(stage: &Stage, text: &str) {
    let screen = stage.screen();
    assert!(screen.contains(text), "no {text:?} in\n{screen}");
}

fn open(size: (u16, u16)) -> (Files, Stage) {
    let files = three();
    let stage = Stage::load(vec![InputSource::Path(files.path())], size);
    (files, stage)
}

/// What the notice says after a command.
#[track_caller]
fn check(stage: &mut Stage, command: &str, said: &str) {
    stage.command(command);
    has(stage, said);
}

#[test]
fn a_number_goes_to_that_row() {
    let (_files, mut stage) = open((80, 24));
    for (typed, row) in [("2", 1), ("1", 0), ("3", 2), ("0", 0), ("002", 1)] {
        stage.command(typed);
        assert_eq!(stage.state.ui.list.row, row, "{typed}");
    }
    check(&mut stage, "99", "the list has no row 99: this is the last one, 3");
    assert_eq!(stage.state.ui.list.row, 2);
    // It is a jump, and a move that ends following.
    stage.keys("''");
    assert_eq!(stage.state.ui.list.row, 1);
    check(&mut stage, "99999999999999999999999", "this is the last one, 3");
    stage.keys("F");
    stage.command("3");
    has(&stage, "following  arrivals wait");
    stage.keys("Enter");
    stage.command("1");
    has(&stage, "The ferry was late.");
}

#[test]
fn help_is_narrowed_to_a_word() {
    let (_files, mut stage) = open((80, 24));
    stage.command("help embargo");
    has(&stage, "/ embargo");
    has(&stage, ":embargoed");
    lacks(&stage, "a page down");
    stage.keys("Esc Esc");
    stage.command("help");
    has(&stage, "all keys");
    lacks(&stage, "/ embargo");
    stage.keys("q");
    stage.command("help zzz");
    has(&stage, "No line has “zzz”");
}

#[test]
fn settings_are_changed_told_and_refused() {
    let (_files, mut stage) = open((140, 24));
    check(&mut stage, "set columns", "columns is time agency place label; it takes time, urgency,");
    check(&mut stage, "set columns time slug words", "columns is time slug words until you quit");
    has(&stage, "HILLS-TRUCE");
    check(&mut stage, "set time-format=%H.%M", "time-format is %H.%M until you quit");
    has(&stage, "10.00  HILLS-TRUCE");
    check(&mut stage, "set zone Asia/Tokyo", "zone is Asia/Tokyo until you quit");
    has(&stage, "19.00  HILLS-TRUCE");
    stage.keys("gg");
    has(&stage, "21:00");
    check(&mut stage, "set sort slug", "sort is slug until you quit");
    has(&stage, ", by slug");
    check(&mut stage, "set mouse on", "mouse is on until you quit");
    assert!(stage.state.ui.mouse);
    check(&mut stage, "set hide-embargoed = true", "hide-embargoed is on until you quit");
    assert!(stage.state.session.embargoes.hidden);
    check(&mut stage, "set plain on", "plain is on until you quit");
    lacks(&stage, "│");
    stage.command("set plain off");
    // Told, and not changed.
    check(&mut stage, "set mouse", "mouse is on; it takes on, off");
    check(&mut stage, "set", "`:set NAME VALUE` changes a setting until you quit: theme, mouse,");
    check(&mut stage, "set mouse maybe", "mouse is not changed: mouse is on or off, not “maybe”");
    check(&mut stage, "set columns tmie", "columns is not changed: ");
    check(&mut stage, "set zone Oslo", "zone is not changed: ");
    check(&mut stage, "set them dark", "there is no setting `them`; the nearest is theme: theme,");
    check(&mut stage, "set size 5G", "size is read at the start: use --keep-size");
    assert_eq!(stage.state.settings.list_format.columns.len(), 3);
}

#[test]
fn themes_and_programs_are_handed_out() {
    let (_files, mut stage) = open((140, 24));
    check(&mut stage, "theme", "theme takes terminal, dark, light, mono");
    check(&mut stage, "theme dark", "theme is dark until you quit");
    check(&mut stage, "theme", "theme is dark; it takes terminal,");
    check(&mut stage, "theme pink", "theme is not changed: ");
    check(&mut stage, "set editor hx --wait {}", "editor is hx --wait {} until you quit");
    check(&mut stage, "set shell on", "shell is on until you quit");
    assert_eq!(
        stage.changed,
        [
            "SetTheme(\"dark\")",
            "SetOpener(Editor([\"hx\", \"--wait\", \"{}\"]))",
            "SetOpener(Shell(true))"
        ]
    );
}

#[test]
fn tab_lists_commands_with_what_they_do() {
    let (_files, mut stage) = open((100, 24));
    stage.keys(": Tab");
    insta::assert_snapshot!(stage.screen());
    stage.keys("Esc : s e Tab");
    has(&stage, ":set");
    has(&stage, "set NAME VALUE  change a setting");
    stage.keys("Space Tab");
    has(&stage, ":set theme");
    has(&stage, "hide-embargoed  leave out what is under embargo");
    stage.keys("Tab Tab Tab ⇧Tab");
    has(&stage, ":set plain");
    stage.keys("Esc : t h e m e Space Tab Tab");
    has(&stage, ":theme dark");
    has(&stage, "terminal  dark  light  mono");
    stage.keys("Esc : s o r t Space a Tab Space Tab");
    has(&stage, ":sort agency time");
    stage.keys("Esc : s e t Space c o l u m n s Space t i m e Space s Tab Enter");
    has(&stage, "columns is time slug until you quit");
    // Nothing to offer.
    stage.keys(": p l a c e s Space Tab Esc : z z Tab");
    has(&stage, ":zz");
    stage.keys("Esc");
    // There is always room for the one that is chosen.
    for size in [(40, 12), (20, 5), (60, 8)] {
        let (_files, mut stage) = open(size);
        for _ in 0..30 {
            stage.keys(if stage.state.ui.prompt.is_some() { "Tab" } else { ": Tab" });
            let prompt = stage.state.ui.prompt.as_ref().unwrap();
            let name = prompt.text().to_owned();
            let screen = stage.screen();
            let rows = screen.lines().filter(|line| line.starts_with(&format!(" {name}")));
            assert!(rows.count() >= 1, "{name} at {size:?}:\n{screen}");
        }
    }
}
