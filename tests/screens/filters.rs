//! The filter beyond its first word: within another, best first, typed before, completed, and what it marks.

use dateline::app::Msg;
use dateline::ingest::InputSource;

use crate::stage::{Files, Stage};
use crate::{has, lacks, three};

const NEW: &str = "Headline: Talks on tariffs resume\nSent: 2026-03-04T12:00:00Z\nAgency: NWR\nSubject: trade\n\nMOSCOW (NWR) - The talks resumed.\n\n“There will be a truce by Sunday,” said harbour master Ana Lind.\n";
const MIDDLE: &str = "Headline: A day of small talks and a truce\nSent: 2026-03-04T11:00:00Z\nAgency: MRD\n\nORSK (MRD) - The truce held.\n";
const OLD: &str =
    "Headline: Truce holds\nSent: 2026-03-04T10:00:00Z\nAgency: NWR\n\nMOSCOW (NWR) - It held.\n";

fn stage() -> (Files, Stage) {
    let files = Files::new(&[("a.txt", NEW), ("b.txt", MIDDLE), ("c.txt", OLD)]);
    let stage = Stage::load(vec![InputSource::Path(files.path())], (100, 20));
    (files, stage)
}

#[test]
fn a_filter_within_a_filter_leaves_a_trail() {
    let (_files, mut stage) = stage();
    stage.keys("/ t r u c e Enter & t a l k Enter");
    has(&stage, "/ truce › talk   1 · 1 in texts");
    // Another within both, given up.
    stage.keys("& x x");
    has(&stage, "/ truce › talk › xx   0 · texts …");
    stage.keys("Esc");
    has(&stage, "/ truce › talk   1 · 1 in texts");
    // What was typed last is edited, and one step is taken back at a time.
    stage.keys("/ Backspace s Enter");
    has(&stage, "/ truce › talks   1 · 1 in texts");
    stage.keys("Esc");
    has(&stage, "/ truce   2 · 1 in texts");
    stage.keys("Esc");
    lacks(&stage, "/ truce");
}

#[test]
fn an_empty_filter_within_another_is_none() {
    let (_files, mut stage) = stage();
    stage.keys("/ t r u c e Enter & Enter");
    has(&stage, "/ truce   2 · 1 in texts");
    stage.keys("Esc & t a l k Enter");
    has(&stage, "/ talk   2 · 0 in texts");
}

#[test]
fn what_fits_best_stands_first_when_asked() {
    let (_files, mut stage) = stage();
    let first =
        |stage: &Stage| stage.state.selected_entry().map_or("", |e| e.headline()).to_owned();
    stage.keys("/ t r u c e Enter");
    assert!(first(&stage).starts_with("A day"));
    stage.keys("oo");
    assert!(first(&stage).starts_with("Truce holds"));
    has(&stage, "2 · 1 in texts, best first");
    stage.keys("oo");
    assert!(first(&stage).starts_with("A day"));
    stage.keys("Esc oo");
    has(&stage, "best matches first, once there is a filter");
}

#[test]
fn filters_typed_before_come_back() {
    let (_files, mut stage) = stage();
    stage.keys("/ t r u c e Enter / ^U t a l k Enter / ^U x ^P");
    has(&stage, "filter: talk");
    stage.keys("^P ^P");
    has(&stage, "filter: truce");
    stage.keys("^N ^N");
    has(&stage, "filter: x");
    stage.keys("Esc");
    has(&stage, "/ talk   2 · 0 in texts");
}

#[test]
fn tab_completes_fields_and_what_is_at_hand() {
    let (_files, mut stage) = stage();
    stage.keys("/ f r Tab");
    has(&stage, "filter: from:");
    stage.keys("Tab ^U f r o m : Tab");
    // The most frequent first; the line over the prompt shows them all.
    has(&stage, "filter: from:nwr");
    has(&stage, "*NWR*  MRD");
    has(&stage, "2 of 3");
    stage.keys("Tab");
    has(&stage, "filter: from:mrd");
    stage.keys("Tab");
    has(&stage, "filter: from:nwr");
    stage.keys("⇧Tab ^U m o s Tab");
    has(&stage, "filter: moscow");
    // What is pasted in between stands.
    stage.keys("^U f r o m : Tab Space");
    stage.tell(Msg::Paste("ferry fr".into()));
    stage.keys("Tab");
    has(&stage, "filter: from:nwr ferry from:");
    stage.keys("^U s a i d : l i Tab");
    has(&stage, "filter: said:\"ana lind\"");
    has(&stage, "1 of 3");
}

#[test]
fn what_is_unread_is_kept_as_the_reader_reads() {
    let (_files, mut stage) = stage();
    stage.keys("Enter q / i s : u n r e a d Enter");
    has(&stage, "/ is:unread   2 of 3");
}

#[test]
fn what_is_looked_for_is_marked_in_the_quotes_too() {
    let (_files, mut stage) = stage();
    stage.state.ui.size = (130, 24);
    stage.keys("/ q u o t e : t r u c e Enter");
    assert!(stage.rows_with("“There will be")[0].contains("[truce]"), "{}", stage.marked());
    stage.keys("/ ^U s a i d : l i n d Enter");
    has(&stage, "[Lind]");
}

#[test]
fn an_empty_list_says_why_and_what_to_do() {
    let files = Files::new(&[]);
    let load = |size| Stage::load(vec![InputSource::Path(files.path())], size);
    for size in [(120, 40), (80, 24), (40, 12)] {
        let stage = load(size);
        has(&stage, "there is nothing to read here");
        has(&stage, "no dispatch was found in wire/");
        has(&stage, "F follows it: arrivals show here");
    }
    let zeros =
        Files::new(&[("a.txt", "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"), (".b", "")]);
    let stage = Stage::load(vec![InputSource::Path(zeros.path())], (99, 40));
    has(&stage, "looks like binary data");
    has(&stage, "1 hidden or unfinished file");
    has(&stage, "`dateline check PATH` tells what each file is");
    let files = three();
    let mut stage = Stage::load(vec![InputSource::Path(files.path())], (80, 24));
    stage.command("mute held | late | snowed | Snow | Ferry | Truce");
    has(&stage, "nothing is left of 3 dispatches");
    has(&stage, "3 muted: `:muted` shows them");
}

#[test]
fn a_filter_that_cannot_be_read_is_not_taken() {
    let files = three();
    let mut stage = Stage::load(vec![InputSource::Path(files.path())], (120, 24));
    stage.keys("/ i s : f o o Enter");
    has(&stage, "filter: is:foo");
    stage.keys("Esc");
    lacks(&stage, "is:foo");
    // What is typed after a filter that is on is a word of its own.
    stage.keys("/ f e r r y Enter / x");
    has(&stage, "filter: ferry x");
    stage.keys("Esc / Enter");
    has(&stage, "/ ferry ");
}

#[test]
fn dispatches_are_counted_and_rows_where_they_are_fewer() {
    let mut stage = Stage::wire((120, 40));
    has(&stage, "row 1 of 33");
    stage.keys("/ c a l d e r - f e r r y");
    has(&stage, "6 of 40 in 1 row");
    stage.keys("Enter");
    has(&stage, "6 in 1 row · 1 in texts");
    stage.keys("z");
    has(&stage, "calder-ferry   6 · 1 in texts");
}

#[test]
fn a_name_with_quotation_marks_is_found_again() {
    let mut stage = Stage::wire((120, 40));
    stage.keys("S / g r e l l Enter Enter");
    has(&stage, "said:(tomasina tommy grell)");
    lacks(&stage, " 0 of 40");
    let mut stage = Stage::wire((120, 40));
    stage.keys("/ s a i d : o s t Tab");
    has(&stage, "said:\"bram oster\"");
}
