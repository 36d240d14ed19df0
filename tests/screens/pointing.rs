//! The mouse: the wheel scrolls the pane under it, a click selects what it points at.

use dateline::action::Pane;
use dateline::app::{MouseAction, MouseInput, Msg, StartupOptions};
use dateline::ingest::InputSource;

use crate::stage::Stage;

const CLICK: MouseAction = MouseAction::Click;

fn stage(size: (u16, u16)) -> Stage {
    let manner = StartupOptions { mouse: true, ..StartupOptions::default() };
    Stage::in_manner(size, manner).fill(vec![InputSource::BuiltIn])
}

fn point(stage: &mut Stage, deed: MouseAction, x: u16, y: u16) {
    stage.tell(Msg::Mouse(MouseInput { action: deed, x, y }));
}

/// The cell at which a text begins on the screen.
#[track_caller]
fn cell_of(stage: &Stage, text: &str) -> (u16, u16) {
    let screen = stage.screen();
    let found = screen.lines().zip(0..).find_map(|(line, y)| {
        let at = line.find(text)?;
        Some((u16::try_from(dateline::text::display_width(&line[..at])).ok()?, y))
    });
    found.unwrap_or_else(|| panic!("no {text:?} in\n{screen}"))
}

#[test]
fn a_click_selects_a_row_and_another_reads_it() {
    let mut stage = stage((120, 40));
    point(&mut stage, CLICK, 12, 4);
    assert_eq!((stage.state.ui.list.row, stage.state.ui.focus), (2, Pane::List));
    point(&mut stage, CLICK, 12, 4);
    assert_eq!(stage.state.ui.focus, Pane::Reader);
}

#[test]
fn the_wheel_scrolls_the_pane_under_it_and_leaves_the_focus() {
    let mut stage = stage((120, 20));
    let text = cell_of(&stage, "relights dead");
    point(&mut stage, MouseAction::WheelDown, 60, 10);
    assert_eq!((stage.state.ui.reader.scroll, stage.state.ui.focus), (3, Pane::List));
    point(&mut stage, MouseAction::WheelUp, 60, 10);
    assert_eq!((stage.state.ui.reader.scroll, cell_of(&stage, "relights dead")), (0, text));
    point(&mut stage, MouseAction::WheelDown, 5, 10);
    // The selection comes along, since it would be out of sight.
    assert_eq!((stage.state.ui.list.top, stage.state.ui.list.row), (3, 5));
    point(&mut stage, MouseAction::WheelUp, 5, 10);
    assert_eq!((stage.state.ui.list.top, stage.state.ui.list.row), (0, 5));
    for _ in 0..40 {
        point(&mut stage, MouseAction::WheelDown, 5, 10);
    }
    let rows = stage.state.ui.list.rows(&stage.state.session.index).len();
    assert_eq!(stage.state.ui.list.top, rows - 16);
    let quote = stage.state.ui.reader.current_quote;
    stage.keys("gg");
    let pane = cell_of(&stage, "25 quotes");
    point(&mut stage, MouseAction::WheelDown, pane.0, 10);
    assert_ne!(stage.state.ui.reader.current_quote, quote);
}

#[test]
fn a_click_on_a_quote_makes_it_the_current_one() {
    let mut stage = stage((120, 40));
    let (x, y) = cell_of(&stage, "4 “I was steering");
    point(&mut stage, CLICK, x, y);
    assert_eq!(
        (stage.state.ui.reader.current_quote, stage.state.ui.focus),
        (Some(3), Pane::Quotes)
    );
    let (x, y) = cell_of(&stage, "Two long, one short, and dark");
    point(&mut stage, CLICK, x, y);
    assert_eq!(
        (stage.state.ui.reader.current_quote, stage.state.ui.focus),
        (Some(4), Pane::Reader)
    );
}

#[test]
fn sheets_and_speakers_take_the_mouse_too() {
    let mut stage = stage((80, 24));
    stage.keys("?");
    point(&mut stage, MouseAction::WheelDown, 5, 10);
    assert_eq!(stage.state.ui.overlay().map(|sheet| sheet.top), Some(3));
    stage.keys("q S");
    point(&mut stage, CLICK, 5, 4);
    assert_eq!(stage.state.ui.overlay().map(|view| view.row), Some(2));
    point(&mut stage, CLICK, 5, 4);
    assert!(
        stage.state.ui.overlay().is_none() && stage.state.session.filter.text.starts_with("said:")
    );
}

#[test]
fn no_cell_does_harm_and_nothing_happens_while_the_mouse_is_off() {
    for size in [(120, 40), (80, 24), (40, 12), (12, 3)] {
        let mut stage = stage(size);
        for y in 0..size.1 + 2 {
            for x in (0..size.0 + 2).step_by(3) {
                for deed in [MouseAction::WheelDown, MouseAction::WheelUp, CLICK] {
                    point(&mut stage, deed, x, y);
                }
            }
        }
        let _ = stage.screen();
    }
    let mut stage = Stage::wire((120, 40));
    point(&mut stage, CLICK, 12, 4);
    assert_eq!(stage.state.ui.list.row, 0);
    stage.keys("M");
    point(&mut stage, CLICK, 12, 4);
    assert_eq!(stage.state.ui.list.row, 2);
    stage.keys("/");
    point(&mut stage, CLICK, 12, 6);
    assert_eq!(stage.state.ui.list.row, 2);
}
