//! Screens with a config file: other keys, other columns, other times, another order.

use dateline::app::{Msg, Setup};
use dateline::config;
use dateline::ingest::InputSource;

use crate::stage::{Files, Stage};
use crate::{has, lacks};

const OLD: &str = "Headline: Bridge closed\nSlug: TARN-BRIDGE\nSent: 2026-03-01T08:30:00Z\nAgency: NWR\nUrgency: 5\n\nTARN (NWR) - It closed.\n";
const NEW: &str = "Headline: Ferry aground\nSlug: ORSK-FERRY\nSent: 2026-03-04T10:05:00Z\nAgency: QPA\nUrgency: 2\nVersion: 2nd Lead\n\nORSK (QPA) - It ran aground, Ana Lind said.\n";

/// Two dispatches and a config file without mistakes.
fn with(text: &str, size: (u16, u16)) -> (Files, Stage) {
    let (config, errors) = config::parse(text);
    assert_eq!(errors, []);
    let files = Files::new(&[("old.txt", OLD), ("new.txt", NEW)]);
    let setup = Setup {
        keys: config.keys,
        look: config.screen.look,
        order: config.screen.order,
        ..Setup::new("wire/", size)
    };
    let stage = Stage::of(setup).fill(vec![InputSource::Path(files.path())]);
    (files, stage)
}

fn selected(stage: &Stage) -> String {
    stage.rows_with("*").concat()
}

#[test]
fn a_key_that_was_rebound_works_and_the_help_shows_it() {
    let text = "[keys]\ndown = [\"ctrl-j\", \", d\"]\nhelp = \"f1\"\nleave = \"q\"\n[keys.list]\ntoggle-read = \"U\"\n";
    let (_files, mut stage) = with(text, (100, 120));
    assert!(selected(&stage).contains("Ferry aground"));
    stage.keys("j");
    assert!(selected(&stage).contains("Ferry aground"), "j does nothing");
    stage.keys("^J");
    assert!(selected(&stage).contains("Bridge closed"));
    stage.keys("k ,");
    has(&stage, "d down");
    stage.keys("d");
    assert!(selected(&stage).contains("Bridge closed"));
    stage.keys("?");
    lacks(&stage, "dateline  all keys");
    for key in key("f1") {
        stage.tell(Msg::Key(key));
    }
    has(&stage, "dateline  all keys");
    has(&stage, "^J ,d ");
    has(&stage, "U (list)");
    has(&stage, "r (reader, quotes)");
    has(&stage, "F1 ");
}

fn key(text: &str) -> Vec<dateline::action::Key> {
    dateline::action::parse_config_sequence(text).expect("a key")
}

#[test]
fn hints_tell_the_keys_that_there_are() {
    let (_files, mut stage) = with("[keys]\nhelp = \"f1\"\nsearch = []\n", (100, 24));
    has(&stage, "F1 all keys");
    lacks(&stage, "/ filter");
    stage.keys("Enter");
    has(&stage, "F1 all keys");
}

#[test]
fn ctrl_c_quits_whatever_is_bound() {
    let (_files, mut stage) = with("[keys]\nquit = []\nleave = []\nback = []\n", (80, 24));
    stage.keys("q Q");
    assert!(!stage.quit);
    stage.keys("g ^C");
    assert!(stage.quit);
}

#[test]
fn columns_stand_as_they_are_named() {
    let text = "[screen]\ncolumns = [\"slug\", \"urgency\", \"words\"]\n";
    let (_files, stage) = with(text, (100, 24));
    has(&stage, " ORSK-FERRY       2     9 Ferry aground");
    has(&stage, " TARN-BRIDGE      5     5 Bridge closed");
    lacks(&stage, "10:05 QPA");
    let text = "[screen]\ncolumns = [\"label\", \"agency\", \"time\"]\n";
    let (_files, stage) = with(text, (100, 24));
    has(&stage, "2nd Ld   QPA  10:05  Ferry aground");
    let (_files, stage) = with("[screen]\ncolumns = []\n", (100, 24));
    has(&stage, "! Ferry aground");
    lacks(&stage, "2nd Ld");
}

#[test]
fn times_stand_in_the_forms_of_the_file() {
    let text = "[screen]\ntime-format = \"%H.%M.%S\"\ndate-format = \"%Y-%m-%d\"\n";
    let (_files, stage) = with(text, (100, 24));
    has(&stage, " 10.05.00    QPA  ORSK");
    has(&stage, " 2026-03-01  NWR  TARN");
}

#[test]
fn the_list_begins_in_the_order_of_the_file() {
    let (_files, stage) = with("[screen]\nsort = \"time reversed\"\n", (100, 24));
    let screen = stage.screen();
    let [bridge, ferry] = ["Bridge", "Ferry"].map(|word| screen.find(word));
    assert!(bridge < ferry, "{screen}");
    has(&stage, "by time, reversed");
}

#[test]
fn notices_name_the_keys_as_they_are_bound() {
    let text = "[keys]\nurgent = \"f2\"\nset-place = \"f3\"\ngo-to-place = \"f4\"\nviews = \"f5\"\nfollow = \"f6\"\ntake-in = \"f7\"\nsearch = \"f8\"\nalerts = []\n";
    let (_files, mut stage) = with(text, (100, 20));
    let press = |stage: &mut Stage, name: &str| {
        for key in self::key(name) {
            stage.tell(Msg::Key(key));
        }
    };
    stage.command("places");
    has(&stage, "F3a sets place a, F4a goes back to it");
    stage.keys("q");
    press(&mut stage, "f3");
    stage.keys("a");
    has(&stage, "this place is called a: F4a goes back to it");
    press(&mut stage, "f4");
    stage.keys("b");
    has(&stage, "no place is called b: F3b names this one");
    press(&mut stage, "f6");
    press(&mut stage, "f6");
    has(&stage, "arrivals wait; F7 takes them in");
    stage.command("view x");
    has(&stage, "there is no filter to save: F8 sets one");
    stage.command("forget x");
    has(&stage, "there is no view “x”: F5 lists them");
    press(&mut stage, "f2");
    has(&stage, "urgent dispatches only; F2 shows the others again");
    // No key at all does it.
    stage.command("alert x");
    has(&stage, "the alert “x” is set");
    lacks(&stage, "shows the log");
}
