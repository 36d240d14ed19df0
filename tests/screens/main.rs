//! Screens as a reader sees them, driven by keys, with roles visible as marks.

#![allow(clippy::expect_used, clippy::panic)] // in what tests share, too

mod alerts;
mod changes;
mod code_points;
mod commands;
mod configured;
mod embargoes;
mod fates;
mod filters;
mod handing;
mod live;
mod marks;
mod places;
mod plain;
mod pointing;
mod quote_walk;
mod rows;
mod sheets;
mod sorting;
mod speakers;
mod stage;
mod text_tier;

use dateline::app::{Msg, QuotePaneRow};
use dateline::ingest::InputSource;
use dateline::text::display_width;
use stage::{Files, Stage};

const TRUCE: &str = "Headline: Truce holds in the hills\nSlug: HILLS-TRUCE\nSent: 2026-03-04T10:00:00Z\nAgency: NWR\n\nORSK (NWR) - The truce held on Wednesday, the council said.\n\n“We count the quiet hours,” said Ana Lind, its head. “There were nine.”\n";
const FERRY: &str = "Headline: Ferry late again\nSent: 2026-03-04T12:00:00Z\nUrgency: 2\nAgency: MRD\n\nSALANE (MRD) - The ferry was late.\n";
const OLD: &str =
    "Headline: Snow closes the pass\nSent: 2026-03-01T09:00:00Z\n\nTARN (NWR) - It snowed.\n";

/// Compares a text with its snapshot.
fn compare(name: &str, text: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, text));
}

fn three() -> Files {
    Files::new(&[("a.txt", TRUCE), ("b.txt", FERRY), ("c.txt", OLD)])
}

#[track_caller]
fn has(stage: &Stage, text: &str) {
    let screen = stage.marked();
    assert!(screen.contains(text), "no {text:?} in\n{screen}");
}

#[track_caller]
fn lacks(stage: &Stage, text: &str) {
    let screen = stage.marked();
    assert!(!screen.contains(text), "{text:?} in\n{screen}");
}

#[test]
fn the_list_is_newest_first_with_marks_times_and_dates() {
    let files = three();
    let stage = Stage::load(vec![InputSource::Path(files.path())], (60, 24));
    has(&stage, "*! 12:00  MRD  Ferry late again");
    has(&stage, "\n● 10:00  NWR  Truce holds in the hills");
    has(&stage, "\n●  1 Mar NWR  Snow closes the pass");
    has(&stage, "3 dispatches");
}

#[test]
fn three_panes_two_or_one_by_width() {
    let files = three();
    for (size, panes) in [((120, 40), 3), ((80, 24), 2), ((40, 12), 1)] {
        let stage = Stage::load(vec![InputSource::Path(files.path())], size);
        let screen = stage.screen();
        let list = screen.contains("Truce holds") || screen.contains("Ferry late");
        let text = screen.contains("The ferry was late.");
        let quotes = screen.contains("no quotes");
        assert_eq!(usize::from(list) + usize::from(text) + usize::from(quotes), panes, "{screen}");
    }
}

#[test]
fn the_smallest_screens_draw_without_harm() {
    let files = three();
    let mut stage = Stage::load(vec![InputSource::Path(files.path())], (20, 5));
    for width in (0..=12).chain([19, 20, 21, 40, 59, 60, 61, 109, 110, 200]) {
        for height in (0..=6).chain([11, 12, 17, 18, 19, 60]) {
            stage.tell(Msg::Resize(width, height));
            stage.keys("Enter ]q Tab ? q h h q");
            let _ = stage.screen();
        }
    }
    stage.tell(Msg::Resize(19, 24));
    has(&stage, "too small");
}

#[test]
fn the_filter_is_live_and_marks_its_letters() {
    let files = three();
    let mut stage = Stage::load(vec![InputSource::Path(files.path())], (80, 24));
    stage.keys("/ t r u");
    has(&stage, "filter: tru");
    has(&stage, "[Tru]ce holds");
    lacks(&stage, "Ferry late");
    stage.keys("Enter");
    has(&stage, "/ tru   1 · 0 in texts");
    stage.keys("Esc");
    has(&stage, "Ferry late");
    has(&stage, "2 of 3");
}

#[test]
fn an_escape_at_the_prompt_brings_the_old_filter_back() {
    let files = three();
    let mut stage = Stage::load(vec![InputSource::Path(files.path())], (80, 24));
    stage.keys("/ snow Enter / x x x").rest();
    has(&stage, "no match for “snow xxx”");
    stage.keys("Esc");
    has(&stage, "[Snow] closes");
}

#[test]
fn close_matches_stand_after_those_that_contain_the_word() {
    let files = Files::new(&[
        ("a.txt", "Headline: Kremlin says no\nSent: 2026-03-01T09:00:00Z\n\nX (NWR) - One.\n"),
        ("b.txt", "Headline: Kremln is misspelt\nSent: 2026-03-02T09:00:00Z\n\nX (NWR) - Two.\n"),
        ("c.txt", "Headline: Oil and milk\nSent: 2026-03-03T09:00:00Z\n\nX (NWR) - Three.\n"),
    ]);
    let mut stage = Stage::load(vec![InputSource::Path(files.path())], (80, 24));
    stage.keys("/ kremln Enter");
    has(&stage, "/ kremln   1 · 0 in texts, 1 close");
    let rows = stage.rows_with(" says no");
    assert!(rows[0].contains("[Kreml]i[n] says no"), "{rows:?}");
}

#[test]
fn quotes_and_text_stay_in_step() {
    let files = three();
    let mut stage = Stage::load(vec![InputSource::Path(files.path())], (120, 20));
    stage.keys("j Enter");
    has(&stage, "2 quotes · 1 speaker");
    has(&stage, "▌«“We count the quiet hours,”»");
    has(&stage, "▸ 1");
    stage.keys("]q");
    has(&stage, "▸ 2");
    has(&stage, "2/2");
    stage.keys("]q");
    has(&stage, "this is the last quote");
    stage.keys("[q Tab");
    has(&stage, "1/2");
    stage.keys("j");
    has(&stage, "2/2");
    stage.keys("i");
    has(&stage, "Ana Lind");
}

#[test]
fn search_in_the_text_goes_from_hit_to_hit() {
    let files = three();
    let mut stage = Stage::load(vec![InputSource::Path(files.path())], (80, 24));
    stage.keys("j Enter / t h e Enter");
    has(&stage, "hit 1 of");
    stage.keys("n");
    has(&stage, "hit 2 of");
    has(&stage, "[!The] truce");
    stage.keys("Esc");
    lacks(&stage, "[!");
}

#[test]
fn what_arrives_moves_neither_selection_nor_text() {
    let old = Files::new(&[("b.txt", FERRY), ("c.txt", OLD)]);
    let new = Files::new(&[("d.txt", &TRUCE.replace("2026-03-04", "2026-03-05"))]);
    let mut stage = Stage::load(vec![InputSource::Path(old.path())], (80, 24));
    stage.keys("j");
    has(&stage, "*●  1 Mar");
    arrive(&mut stage, &new);
    has(&stage, "*●  1 Mar NWR  TARN         Snow closes the pass");
    has(&stage, "2 of 2");
    stage.keys(".");
    has(&stage, "*●  1 Mar NWR  TARN         Snow closes the pass");
    has(&stage, "3 of 3");
    has(&stage, "TARN (NWR) - >It snowed.");
}

#[test]
fn a_row_that_was_opened_is_no_longer_new() {
    let files = three();
    let mut stage = Stage::load(vec![InputSource::Path(files.path())], (80, 24));
    stage.keys("j Enter h");
    has(&stage, "*  10:00  NWR  ORSK         Truce");
    has(&stage, "●  1 Mar");
}

#[test]
fn counts_and_prefixes() {
    let files = three();
    let mut stage = Stage::load(vec![InputSource::Path(files.path())], (80, 24));
    stage.keys("2j");
    has(&stage, "3 of 3");
    stage.keys("gg");
    has(&stage, "1 of 3");
    stage.keys("2G");
    has(&stage, "2 of 3");
    stage.keys("]");
    has(&stage, "q next quote");
    stage.keys("Esc x");
    lacks(&stage, "means nothing");
}

#[test]
fn problems_are_counted_and_named() {
    let files = Files::new(&[
        ("a.txt", TRUCE),
        ("b.bin", "\u{7f}ELF\u{2}\u{1}\u{1}\u{0}\u{0}\u{0}\u{0}\u{0}"),
        ("e.txt", ""),
    ]);
    let mut stage = Stage::load(vec![InputSource::Path(files.path())], (100, 24));
    has(&stage, "2 problems: P");
    stage.keys("P");
    has(&stage, "b.bin");
    has(&stage, "e.txt");
    stage.keys("q");
    has(&stage, "Truce holds");
}

#[test]
fn the_help_is_made_from_the_table_of_actions() {
    let mut stage = Stage::wire((100, 100));
    stage.keys("?");
    for entry in dateline::action::ACTIONS {
        has(&stage, entry.help);
    }
    stage.keys("q");
    assert!(!stage.quit);
    stage.keys("q");
    assert!(stage.quit);
}

#[test]
fn a_quote_is_copied_with_its_source() {
    let files = three();
    let mut stage = Stage::load(vec![InputSource::Path(files.path())], (120, 20));
    stage.keys("j Enter yq");
    let copied = &stage.copied[0];
    assert!(
        copied.starts_with(
            "“We count the quiet hours,”\n— Ana Lind, head; NWR, Orsk, 4 Mar 2026 10:00"
        ),
        "{copied}"
    );
    assert!(copied.contains("Truce holds in the hills"));
}

#[test]
fn hostile_text_reaches_the_screen_as_text() {
    let text = "Headline: One \u{1b}[31mred\u{7} \u{202e}tfel\n\nORSK (NWR) - A\u{1b}]0;title\u{7} b\u{9b}c \u{e0041}e\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301} end.\n";
    let files = Files::new(&[("a.txt", text)]);
    let stage = Stage::load(vec![InputSource::Path(files.path())], (120, 20));
    let screen = stage.screen();
    assert!(screen.chars().all(|c| c == '\n' || !c.is_control()), "{screen:?}");
    assert!(!screen.contains('\u{202e}'));
    assert!(screen.contains("␛[31mred␇"));
    assert!(screen.matches('\u{301}').count() <= 4 * 8);
}

#[test]
fn a_filtered_dispatch_opens_at_its_first_match_and_n_goes_on_into_the_next() {
    let filler = "Nothing happened on the quay that day.\n\n".repeat(30);
    let item = |hour: u32, headline: &str| {
        format!(
            "Headline: {headline}\nSlug: TIDES\nSent: 2026-03-04T{hour}:00:00Z\n\nORSK (NWR) - It began.\n\n{filler}The tides turned at {hour}.\n"
        )
    };
    let files =
        Files::new(&[("a.txt", &item(11, "Quiet day")), ("b.txt", &item(10, "Quieter day"))]);
    let mut stage = Stage::load(vec![InputSource::Path(files.path())], (80, 24));
    stage.keys("/ tides Enter Enter");
    has(&stage, "The [tides] turned at 11.");
    stage.keys("n n");
    has(&stage, "The [!tides] turned at 10.");
    stage.keys("N");
    has(&stage, "The [!tides] turned at 11.");
}

#[test]
fn only_paragraphs_with_a_hit_are_shown_on_request() {
    let files = Files::new(&[(
        "a.txt",
        "Headline: Notes\n\nORSK (NWR) - One line.\n\nTwo boats came.\n\nThree left.\n\nTwo more stayed.\n",
    )]);
    let mut stage = Stage::load(vec![InputSource::Path(files.path())], (80, 24));
    stage.keys("Enter / t w o Enter &");
    has(&stage, "· · ·");
    has(&stage, "[!Two] boats came.");
    has(&stage, "[Two] more stayed.");
    lacks(&stage, "Three left.");
    stage.keys("&");
    has(&stage, "Three left.");
}

/// One more file, arriving as a load brings it.
fn arrive(stage: &mut Stage, files: &Files) {
    let reports = std::sync::Mutex::new(Vec::new());
    dateline::ingest::load(vec![InputSource::Path(files.path())], 1, &|r| {
        reports.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push(r);
    });
    for report in reports.into_inner().unwrap_or_default() {
        if let dateline::ingest::LoadEvent::Segment(segment) = report {
            stage.tell(Msg::EntriesArrived(vec![segment]));
        }
    }
}

#[test]
fn what_is_being_read_stays_when_something_newer_arrives() {
    let old = Files::new(&[("c.txt", OLD)]);
    let new = Files::new(&[("b.txt", FERRY)]);
    let mut stage = Stage::load(vec![InputSource::Path(old.path())], (80, 24));
    stage.keys("Enter");
    arrive(&mut stage, &new);
    has(&stage, "It snowed.");
    stage.keys(".");
    has(&stage, "It snowed.");
    has(&stage, "2 of 2");
}

#[test]
fn a_close_match_stays_selected_while_more_arrives() {
    let head = |headline: &str, day: u32| {
        format!("Headline: {headline}\nSent: 2026-03-0{day}T09:00:00Z\n\nX (NWR) - One.\n")
    };
    let old =
        Files::new(&[("a.txt", &head("Kremlin says no", 1)), ("b.txt", &head("Kremln twice", 2))]);
    let new = Files::new(&[("c.txt", &head("Kremln thrice", 3))]);
    let mut stage = Stage::load(vec![InputSource::Path(old.path())], (80, 24));
    stage.keys("/ kremln Enter j");
    has(&stage, "*●  1 Mar");
    arrive(&mut stage, &new);
    let rows = stage.rows_with("says no");
    assert!(rows[0].starts_with('*'), "{rows:?}");
}

#[test]
fn a_new_measure_keeps_what_stands_on_top() {
    let text = format!(
        "Headline: Long\n\nORSK (NWR) - It began.\n\n{}\n© 2026 Norwire\n",
        "Another quiet paragraph stands here.\n\n".repeat(40)
    );
    let files = Files::new(&[("a.txt", &text)]);
    let mut stage = Stage::load(vec![InputSource::Path(files.path())], (120, 20));
    stage.keys("Enter 5j");
    let before = stage.state.percent_read();
    stage.keys("\"");
    assert!(
        stage.state.percent_read() < before + 20,
        "{} then {}",
        before,
        stage.state.percent_read()
    );
}

#[test]
fn an_escape_brings_back_the_row_and_the_search_from_before_the_prompt() {
    let files = three();
    let mut stage = Stage::load(vec![InputSource::Path(files.path())], (80, 24));
    stage.keys("j / x x x Esc");
    has(&stage, "2 of 3");
    stage.keys("Enter / q u i e t Enter / Esc n");
    has(&stage, "hit 1 of 1");
}

#[test]
fn previews_of_quotes_fit_with_their_closing_marks_at_every_width() {
    for columns in 110..150 {
        let mut stage = Stage::wire((columns, 40));
        for _ in 0..12 {
            let pane = stage.state.layout().quotes.map_or(0, |area| usize::from(area.width));
            for row in stage.state.document().map_or(&[][..], |document| &document.quote_rows) {
                if let QuotePaneRow::Quote { text, .. } = row {
                    assert!(display_width(text) + 6 <= pane, "{text:?} in {pane} columns");
                }
            }
            stage.keys("j");
        }
    }
}
