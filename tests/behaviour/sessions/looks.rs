//! How it looks: the mouse, sizes, themes, plain screens, and what the config file says of them.

use super::session::Session;

/// A click, or a turn of the wheel, at a cell that is counted from 1.
fn at(button: u16, x: u16, y: u16) -> String {
    format!("\x1b[<{button};{x};{y}M")
}

pub(super) fn mouse(s: &mut Session<'_>) {
    s.start("--mouse wire");
    s.shot(&at(0, 10, 5));
    s.shot(&at(0, 10, 5));
    let (columns, rows) = s.size;
    s.shot(&at(65, columns / 2, rows / 2));
    s.press(&at(64, columns / 2, rows / 2));
    s.shot(&at(65, 5, rows / 2));
    s.press(&at(65, columns - 5, rows / 2));
    s.shot(&at(0, columns - 5, rows / 2));
    s.press("?");
    s.shot(&at(65, 5, 5));
    s.press("q");
    s.shot("M");
    s.shot(&at(0, 10, 4));
    s.end("Q");
}

pub(super) fn resizing(s: &mut Session<'_>) {
    s.start("wire");
    s.press("5j\r]q");
    for (columns, rows) in [(100, 30), (60, 16), (40, 12), (20, 5), (12, 3), (200, 50)] {
        s.resize(columns, rows);
    }
    s.press("?");
    s.resize(50, 20);
    let (columns, rows) = s.size;
    s.resize(columns, rows);
    s.end("Q");
}

/// Much of what has a look of its own.
fn tour(s: &mut Session<'_>) {
    s.shot("");
    s.press("jxjs");
    s.shot("/storm | ferry\r");
    s.press("\r]q");
    s.shot("i");
    s.shot("/light\r");
    s.press("q");
    s.press("\x1b");
    s.press("\x1b");
    s.press("gg");
    s.shot("d");
    s.press("q");
    s.shot("?");
    s.end("Q");
}

pub(super) fn dark(s: &mut Session<'_>) {
    s.start("--theme dark wire");
    tour(s);
}

pub(super) fn light(s: &mut Session<'_>) {
    s.start("--theme light wire");
    tour(s);
}

pub(super) fn mono(s: &mut Session<'_>) {
    s.start("--theme mono wire");
    tour(s);
}

pub(super) fn plain(s: &mut Session<'_>) {
    s.start("--plain wire");
    s.shot("");
    s.shot("jj");
    s.shot("\r");
    s.shot("]q");
    s.shot("?");
    s.end("Q");
}

const CONFIG: &str = r#"[screen]
theme = "dark"
columns = ["time", "urgency", "agency", "slug", "words", "language"]
time-format = "%H h %M"
date-format = "%d.%m."
zone = "Asia/Tokyo"
sort = "agency urgency"
mouse = true

[keys]
help = "f1"
star = ["S", "ctrl-s"]
who-speaks = "W"
"#;

pub(super) fn configured(s: &mut Session<'_>) {
    s.start_with(CONFIG, "wire json/chain.jsonl");
    s.shot("");
    s.shot("jS");
    s.shot("\r");
    s.shot("\x1bOP");
    s.press("q");
    s.shot("?");
    s.end("Q");
}
