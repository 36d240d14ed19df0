//! `--plain`: one pane at a time, letters for signs, and the cursor on what has the focus.

use dateline::app::{ChoiceKind, Msg, StartupOptions};
use dateline::ingest::InputSource;
use dateline::ui::{Theme, draw};
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use crate::stage::Stage;

fn plain(size: (u16, u16)) -> Stage {
    let manner = StartupOptions { plain: true, ..StartupOptions::default() };
    Stage::in_manner(size, manner).fill(vec![InputSource::BuiltIn])
}

/// Where the terminal's cursor is, and the text from there on.
fn at_cursor(stage: &Stage) -> (Position, String) {
    let (width, height) = stage.state.ui.size;
    let mut buffer = Buffer::empty(Rect::new(0, 0, width, height));
    let cursor = draw(&stage.state, &Theme::mono(), &mut buffer).expect("a cursor");
    let cells = (cursor.x..width).map(|x| buffer[(x, cursor.y)].symbol());
    (cursor, cells.collect())
}

#[test]
fn nothing_is_drawn_but_text() {
    let mut stage = plain((120, 40));
    for keys in ["j", "Enter ]q ]q", "\" ]q", "q q ?", "q H", "q R", "q S", "q P"] {
        stage.keys(keys);
        let screen = stage.screen();
        let drawn = |c: char| matches!(c, '\u{2500}'..='\u{25ff}' | '✕');
        for line in screen.lines() {
            assert!(!line.contains(drawn), "{keys}: {line}");
        }
    }
}

#[test]
fn one_pane_has_the_screen() {
    let mut stage = plain((120, 40));
    let list = stage.screen();
    assert!(list.contains("\n* 16:35") && !list.contains("25 quotes"), "{list}");
    stage.keys("Enter");
    let text = stage.screen();
    assert!(!text.contains("16:35") && text.contains("the last keeper"), "{text}");
    stage.keys("\"");
    let quotes = stage.screen();
    assert!(quotes.contains("25 quotes") && !quotes.contains("the last keeper"), "{quotes}");
}

#[test]
fn the_cursor_is_on_what_has_the_focus() {
    let mut stage = plain((80, 24));
    stage.keys("j j");
    let (cursor, row) = at_cursor(&stage);
    assert_eq!((cursor, row.contains("Deep in the ice")), (Position::new(0, 3), true));
    stage.keys("k k Enter");
    assert!(at_cursor(&stage).1.contains("relights"));
    stage.keys("]q ]q");
    let (_, line) = at_cursor(&stage);
    assert!(line.contains('“'), "{line}");
    stage.keys("\" j");
    let (_, line) = at_cursor(&stage);
    assert!(line.starts_with("> "), "{line}");
    stage.keys("?");
    assert_eq!(at_cursor(&stage).0, Position::new(2, 2));
    stage.keys("q /");
    assert_eq!(at_cursor(&stage).0.y, 23);
}

#[test]
fn an_empty_list_has_the_cursor_on_what_it_says() {
    let mut stage = plain((80, 24));
    stage.keys("/ x q x q x q Enter");
    let (_, line) = at_cursor(&stage);
    assert!(line.starts_with("no match for"), "{line}");
}

#[test]
fn a_screen_to_choose_from_says_so() {
    let manner = StartupOptions { choose: Some(ChoiceKind::Dispatch), ..StartupOptions::default() };
    let mut stage = Stage::in_manner((120, 40), manner).fill(vec![InputSource::BuiltIn]);
    assert!(stage.screen().contains("Enter choose"));
    stage.tell(Msg::Resize(80, 24));
    stage.keys("l");
    assert!(!stage.quit && stage.screen().contains("Enter choose"));
    stage.keys("Enter");
    assert!(stage.quit && stage.state.take_choice().is_some());
    assert_eq!(stage.state.exit_code(), 1, "what was chosen has been taken");
}
