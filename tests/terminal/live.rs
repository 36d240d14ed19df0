//! A wire that is followed: what arrives is on the screen.

use crate::pty::{Terminal, text};
use crate::support::Folder;

fn story(name: &str) -> String {
    format!(
        "Headline: {name} at the slipway\nAgency: QRN\n\nTOLLEN, May 4 (QRN) -- The {name} was seen.\n"
    )
}

#[test]
fn what_arrives_is_shown_and_stays_when_the_spool_is_emptied() {
    let folder = Folder::new();
    folder.put("a.txt", story("Anchor"));
    let mut terminal = Terminal::open(&folder, &["--follow", "."], 120, 40);
    terminal.wait_for("Anchor at");
    folder.put("b.txt", story("Buoy"));
    terminal.wait_for("Buoy at");
    std::fs::remove_file(folder.wire().join("b.txt")).unwrap();
    folder.put("a.txt", story("Capstan"));
    terminal.wait("the new row, not the old one", |screen| {
        let text = text(screen);
        text.contains("Capstan at") && !text.contains("Anchor at")
    });
    terminal.press("/Buoy\r\r");
    terminal.wait_for("The Buoy was seen.");
    terminal.press("q");
}

/// A pipe is followed like a folder: what comes waits once the reader has moved, and nothing moves.
#[test]
fn what_a_pipe_brings_waits() {
    let folder = Folder::new();
    let line = |number: u32| {
        format!(
            "{{\"headline\": \"Story {number}\", \"date\": \"2026-05-04T{number}:00:00Z\", \"body\": \"Words.\"}}\n"
        )
    };
    let wire = folder.put("wire.jsonl", line(10) + &line(11));
    let mut terminal = Terminal::shell(&folder, "tail -f wire.jsonl | $0 --follow -");
    terminal.wait_for("Story 11");
    terminal.wait("the end of the load", |screen| text(screen).contains("2 dispatches  following"));
    terminal.press("j");
    terminal.wait_for("2 dispatches  following  arrivals wait");
    let below = |terminal: &Terminal| {
        let screen = terminal.wait_for("10:00 · 1 word");
        screen.split_once('\n').map_or(String::new(), |(_, below)| below.to_owned())
    };
    let before = below(&terminal);
    let mut file = std::fs::File::options().append(true).open(wire).unwrap();
    for number in 12..15 {
        std::io::Write::write_all(&mut file, line(number).as_bytes()).unwrap();
    }
    terminal.wait_for("2 dispatches  +3 new");
    assert_eq!(below(&terminal), before);
    terminal.press(".");
    terminal.wait_for("Story 14");
    terminal.press("Q");
}

/// A kill that arrives in mid-text is told until Esc, and leaves a sign.
#[test]
fn a_kill_is_told_over_the_text_until_it_is_acknowledged() {
    for (columns, rows, sign) in [(80, 24, "\u{2715}───"), (40, 12, "\u{2715}in/")] {
        let folder = Folder::new();
        let start = story("Anchor").replace("Agency:", "Id: QRN-1\nAgency:");
        let more = (1..60).map(|number| format!("\nParagraph {number} of the anchor.\n"));
        folder.put("in/a.txt", start + &more.collect::<String>());
        let mut terminal = Terminal::open(&folder, &["--follow", "in"], columns, rows);
        terminal.wait_for("Anchor at");
        terminal.press("\r");
        terminal.wait_for("Paragraph 1 of");
        terminal.press("15j");
        let before = terminal.wait("the text to move", |screen| {
            let shown = text(screen);
            shown.contains("Paragraph 8 of") && !shown.contains("Paragraph 3 of")
        });
        let place = |screen: &str| screen.lines().position(|line| line.contains("Paragraph 8 of"));
        folder.put(
            "in/b.txt",
            "Headline: KILL ANCHOR\nId: QRN-2\nAgency: QRN\nRole: kill\nKills: QRN-1\n\nTOLLEN (QRN) -- It was no anchor.\n",
        );
        let at_once = terminal.wait_for(" KILL QRN");
        assert_eq!(place(&at_once), place(&before), "{at_once}");
        assert!(at_once.contains("  +1 new  following"), "{at_once}");
        for (key, down) in [("j", 1), ("j", 2), ("k", 1)] {
            terminal.press(key);
            terminal.wait("the text to move, below the band", |screen| {
                let shown = text(screen);
                let moved = place(&shown) == place(&before).map(|place| place - down);
                moved && shown.contains(" KILL QRN")
            });
        }
        terminal.press("\x1b");
        terminal.wait("the sign", |screen| {
            let shown = text(screen);
            shown.contains(sign) && !shown.contains(" KILL QRN")
        });
        terminal.press("Q");
    }
}

#[test]
fn following_may_begin_inside() {
    let folder = Folder::new();
    folder.put("a.txt", story("Anchor"));
    let mut terminal = Terminal::open(&folder, &["."], 120, 40);
    terminal.wait_for("Anchor at");
    folder.put("b.txt", story("Buoy"));
    terminal.press("F");
    terminal.wait_for("Buoy at");
    folder.put("c.txt", story("Capstan"));
    terminal.wait_for("Capstan at");
}

/// A folder that is gone brings nothing, and the top line says so.
#[test]
fn a_folder_that_is_gone_is_waited_for() {
    let folder = Folder::new();
    folder.put("spool/a.txt", story("Anchor"));
    let mut terminal = Terminal::open(&folder, &["--follow", "spool"], 120, 40);
    terminal.wait_for("Anchor at");
    let top_has = |words: &'static str| {
        move |screen: &vt100::Screen| text(screen).lines().next().unwrap_or("").contains(words)
    };
    terminal.wait("following", top_has("following"));
    let wire = folder.wire();
    std::fs::rename(wire.join("spool"), wire.join("away")).unwrap();
    terminal.wait("a folder that is missing", |screen| {
        top_has("waiting for spool")(screen) && !top_has("following")(screen)
    });
    folder.put("away/b.txt", story("Buoy"));
    std::fs::rename(wire.join("away"), wire.join("spool")).unwrap();
    terminal.wait_for("Buoy at");
    terminal.wait("following again", |screen| {
        top_has("following")(screen) && !top_has("waiting")(screen)
    });
    terminal.press("P");
    terminal.wait_for("spool: the folder is gone; it will be watched again once it is back");
}
