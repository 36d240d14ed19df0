//! The live wire: views, mutes, alerts, and what arrives while the program runs.

use super::session::Session;

const VIEWS: &str = r#"[[view]]
name = "sea"
filter = "ferry | harbour | boats"
colour = "blue"

[[view]]
name = "flashes"
filter = "urgency:1..2 | is:alert"
colour = "red"
letter = "X"
alert = true

[[mute]]
name = "rowing"
filter = "slug:rowing"
"#;

/// A dispatch as it arrives.
fn story(name: &str, hour: u32) -> String {
    format!(
        "Headline: {name} at the slipway\nSlug: {name}\nAgency: QRN\nSent: 2026-05-04T{hour:02}:30:00Z\n\nTOLLEN, May 4 (QRN) -- The {name} was seen. “It was there,” said Edda Brook.\n"
    )
}

pub(super) fn views(s: &mut Session<'_>) {
    s.start_with(VIEWS, "wire");
    s.shot("");
    s.shot("f");
    s.shot("j\r");
    s.press("\x1b");
    s.shot("f1");
    s.press("\x1b");
    s.press("/storm\r");
    s.shot(":view weather\r");
    s.shot("f");
    s.press("f");
    s.shot(":forget weather\r");
    s.shot(":forget sea\r");
    s.shot("f9");
    s.end("Q");
}

pub(super) fn mutes(s: &mut Session<'_>) {
    s.start_with(VIEWS, "wire");
    s.shot(":mute slug:soup until 2099-12-31\r");
    s.shot(":muted\r");
    s.press(":muted\r");
    s.press("f");
    s.shot("");
    s.press("f");
    s.shot(":unmute\r");
    s.shot(":mute is:nice\r");
    s.shot(":mute storm until never\r");
    s.shot(":unmute nothing\r");
    s.end("Q");
}

pub(super) fn following(s: &mut Session<'_>) {
    s.put("in/a.txt", &story("Anchor", 9));
    s.start("--follow in");
    s.wait("Anchor at");
    s.shot("");
    s.put("in/b.txt", &story("Buoy", 10));
    s.shot_of("", "Buoy at");
    // A move ends the following: what comes waits.
    s.shot("j");
    s.put("in/c.txt", &story("Capstan", 11));
    s.shot_of("", "+1 new");
    s.until(".", "Capstan at");
    s.shot("k");
    s.shot("p");
    s.put("in/d.txt", &story("Davit", 12));
    s.shot_of("", "+1 new");
    s.shot("p");
    s.until(".", "Davit at");
    s.shot("F");
    // A file that is written again keeps its row.
    s.put("in/a.txt", &story("Antenna", 9));
    s.shot_of("", "Antenna at");
    s.end("Q");
}

pub(super) fn alerts(s: &mut Session<'_>) {
    s.put("in/a.txt", &story("Anchor", 9));
    s.start_with(VIEWS, "--follow in");
    s.wait("Anchor at");
    s.shot("a");
    s.press("a");
    s.press("/buoy\r");
    s.shot(":alert buoys\r");
    s.press("\x1b");
    s.press("F");
    s.put("in/b.txt", &story("Buoy", 10));
    s.mask_times();
    s.shot_of("", "Buoy at");
    s.shot_of("a", "buoys");
    s.shot_of("\r", "Buoy at");
    s.end("Q");
}
