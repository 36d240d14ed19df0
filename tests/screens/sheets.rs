//! Sheets over the panes: all header fields, the raw source; tables that are wider than the pane.

use std::fs;

use dateline::app::Msg;
use dateline::ingest::InputSource;

use crate::stage::{Files, Stage};
use crate::{has, lacks, three};

const HEADED: &str = "Headline: Truce holds in the hills\nSlug: HILLS-TRUCE\nSent: 2026-03-04T10:00:00Z\nAgency: NWR\nDesk-Channel: north and also every valley between the two rivers that nobody has counted\n\nORSK (NWR) - The truce held.\n";

fn one(text: &str, size: (u16, u16)) -> (Files, Stage) {
    let files = Files::new(&[("a.txt", text)]);
    let stage = Stage::load(vec![InputSource::Path(files.path())], size);
    (files, stage)
}

#[test]
fn all_header_fields_are_a_key_away() {
    let (_files, mut stage) = one(HEADED, (80, 24));
    stage.keys("Enter H");
    has(&stage, "dateline  header fields of the dispatch");
    has(&stage, "  slug                  HILLS-TRUCE");
    has(&stage, "  encoding              UTF-8");
    has(&stage, "  time                  2026-03-04T10:00:00Z (sent)");
    stage.keys("G");
    has(&stage, "Under the wire's own names");
    has(&stage, "  Desk-Channel          north and also every valley between the two rivers");
    stage.keys("q");
    has(&stage, "The truce held.");
    lacks(&stage, "Desk-Channel");
    stage.keys("H Esc");
    has(&stage, "The truce held.");
}

#[test]
fn the_header_fits_a_narrow_screen() {
    let (_files, mut stage) = one(HEADED, (40, 12));
    stage.keys("H G");
    has(&stage, "\n  Desk-Channel  north and also every");
    stage.tell(Msg::Resize(120, 40));
    has(&stage, "  Desk-Channel");
}

#[test]
fn problems_of_the_dispatch_end_its_header() {
    let text = "Headline: Odd\nUrgency: soon\n\nTARN (NWR) - It snowed.\n";
    let (_files, mut stage) = one(text, (80, 40));
    stage.keys("H");
    has(&stage, "\n  Problems\n");
    has(&stage, "Urgency: expected an urgency of 1 to 9");
}

#[test]
fn the_raw_source_shows_what_the_wire_sent() {
    let files = Files::new(&[]);
    let bytes = b"Headline: Caf\xe9 closes\r\nSlug: CAFE\r\n\r\n\x02TARN (NWR) - It \x1b[31msnowed. \xe9t\xe9.\r\n";
    fs::write(files.path().join("a.txt"), bytes).expect("an input");
    let mut stage = Stage::load(vec![InputSource::Path(files.path())], (80, 24));
    stage.keys("R");
    has(&stage, "dateline  source of the dispatch");
    has(&stage, "a.txt, bytes 0 to ");
    has(
        &stage,
        "\n  Headline: Caf\\xe9 closes␍\n  Slug: CAFE␍\n  ␍\n  ␂TARN (NWR) - It ␛[31msnowed.",
    );
    // From one sheet to the other, and back to the list.
    stage.keys("H");
    has(&stage, "header fields");
    stage.keys("R R");
    has(&stage, "Café closes");
    lacks(&stage, "␍");
}

#[test]
fn long_lines_of_the_source_are_broken_and_long_sources_cut() {
    let long = format!("Headline: Long\n\nTARN (NWR) - {}\n", "abcdefghi ".repeat(40_000));
    let (_files, mut stage) = one(&long, (40, 12));
    stage.keys("R");
    has(&stage, "Only the first 262144 of");
    stage.keys("G");
    let rows = stage.screen();
    let longest = rows.lines().map(str::len).max();
    assert!(longest <= Some(40), "{rows}");
    stage.keys("gg q");
    has(&stage, "Long");
}

#[test]
fn utf_16_is_decoded_and_what_is_gone_is_said() {
    let files = Files::new(&[]);
    let text = "\u{feff}Headline: Räksmörgås\n\nTARN (NWR) - It snowed on the long pass.\n";
    let bytes: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let path = files.path().join("a.txt");
    fs::write(&path, bytes).expect("an input");
    let mut stage = Stage::load(vec![InputSource::Path(files.path())], (80, 24));
    has(&stage, "UTF-16LE");
    stage.keys("R");
    has(&stage, "\\u{feff}Headline: Räksmörgås\n\n  TARN (NWR)");
    stage.keys("q");
    fs::remove_file(&path).expect("the input");
    stage.keys("R");
    has(&stage, "cannot be read again");
}

#[test]
fn sheets_of_nothing_say_so() {
    let mut stage = Stage::empty((80, 24));
    for keys in ["H", "R"] {
        stage.keys(keys);
        has(&stage, "No dispatch is open.");
        stage.keys("q");
    }
}

#[test]
fn format_and_encoding_stand_among_the_facts_where_they_are_telling() {
    let files = three();
    let stage = Stage::load(vec![InputSource::Path(files.path())], (80, 24));
    lacks(&stage, "UTF-8");
    let json = r#"{"headline": "Orchard floods", "slug": "ORCHARD", "id": "QRN-2", "body": "The river came."}"#;
    let files = Files::new(&[("a.jsonl", json)]);
    let stage = Stage::load(vec![InputSource::Path(files.path())], (80, 24));
    has(&stage, " words · JSON");
}

#[test]
fn a_table_wider_than_the_pane_moves_sideways() {
    let row = |name: &str| {
        let cells: Vec<String> = (1..=14).map(|n| format!("{name}{n:02}")).collect();
        cells.join("    ")
    };
    let rows = [row("aa"), row("bb"), row("cc"), row("dd")].join("\n");
    let text = format!("Headline: Counts\n\nTARN (NWR) - The count went on.\n\n{rows}\n");
    let (_files, mut stage) = one(&text, (80, 24));
    stage.keys("Enter");
    has(&stage, "aa01    aa02");
    lacks(&stage, "aa14");
    stage.keys("zl zl");
    has(&stage, "\n    …1    aa02");
    stage.keys("zh zh");
    has(&stage, "\n    aa01    aa02");
    stage.keys("> > > >");
    has(&stage, "aa14\n");
    lacks(&stage, "aa01");
    stage.keys("<");
    lacks(&stage, "aa14");
    stage.keys("zH zH zH");
    has(&stage, "\n    aa01    aa02");
    // Another dispatch, or a wider pane, begins at the left.
    stage.keys("zL");
    stage.tell(Msg::Resize(240, 40));
    stage.keys("\"");
    has(&stage, "aa01    aa02");
    let files = three();
    let mut stage = Stage::load(vec![InputSource::Path(files.path())], (80, 24));
    stage.keys("Enter >");
    has(&stage, "no table of this dispatch is wider than the pane");
}

#[test]
fn health_tells_of_each_source_what_it_sent() {
    let mut stage = Stage::wire((100, 30));
    stage.keys(": h e a l t h Enter");
    has(&stage, "sources of the wire");
    has(&stage, "\n  MRD\n");
    has(&stage, "last                    19 Nov 2026");
    has(&stage, "in the last hour");
    has(&stage, "longest silence");
    stage.keys("Esc");
    lacks(&stage, "sources of the wire");
}

#[test]
fn what_covers_the_panes_is_closed_from_the_top() {
    let (_files, mut stage) = one(HEADED, (80, 24));
    stage.keys("f ?");
    has(&stage, "all keys");
    // Enter is for the topmost one, and does nothing in a sheet.
    stage.keys("Enter");
    has(&stage, "all keys");
    stage.keys("q");
    has(&stage, "no view is saved yet");
    // Another list takes its place; a sheet does not.
    stage.keys("a H");
    has(&stage, "no alert yet");
    stage.keys("P q q");
    has(&stage, "Truce holds in the hills");
    // Each has its own position.
    stage.keys("S ? G q ?");
    has(&stage, "lines below");
    stage.keys("q q");
    has(&stage, "Truce holds in the hills");
}

#[test]
fn a_larger_screen_shows_the_end_of_a_sheet() {
    let (_files, mut stage) = one(HEADED, (40, 12));
    stage.keys("? G");
    lacks(&stage, "below");
    stage.tell(Msg::Resize(120, 60));
    has(&stage, "A view's letter is before the agency.");
    stage.keys("k");
    has(&stage, "1 line below");
}
