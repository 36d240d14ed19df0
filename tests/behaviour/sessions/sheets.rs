//! Screens over the panes: help, header fields, the raw source, problems, health, and what changed.

use super::session::Session;

pub(super) fn help(s: &mut Session<'_>) {
    s.start("");
    s.shot("?");
    s.shot("\x06");
    s.press("gg");
    s.shot("/quote");
    s.press("\r");
    s.shot("j");
    s.press("\x1b");
    s.shot("G");
    s.press("q");
    // Over another screen, too.
    s.press("/from:kdk\r");
    s.press("S");
    s.shot("?");
    s.shot("q");
    s.end("Q");
}

pub(super) fn header(s: &mut Session<'_>) {
    s.start("nitf newsml-g2 ninjs");
    s.shot("H");
    s.shot("G");
    s.press("gg");
    s.shot("/date");
    s.press("\r");
    s.press("\x1b");
    s.shot("q");
    s.press("j");
    s.shot("H");
    s.press("H");
    s.shot("7jH");
    s.end("Q");
}

pub(super) fn source(s: &mut Session<'_>) {
    s.start("anpa1312 iptc7901 mail");
    s.shot("R");
    s.press("\x04");
    s.shot("q");
    s.press("G");
    s.shot("R");
    s.press("/TARN");
    s.shot("\r");
    s.press("\x1b");
    s.press("q");
    s.shot("20GR");
    s.end("Q");
}

pub(super) fn problems(s: &mut Session<'_>) {
    s.put("empty.txt", "");
    s.put("config.toml", "[screen]\ntheme = \"drak\"\n[keys]\nstar = \"j\"\n");
    s.start("--config config.toml rss newsml1 xml missing.txt");
    s.shot("");
    s.shot("P");
    s.shot("G");
    s.press("gg/missing");
    s.shot("\r");
    s.shot("q");
    s.end("Q");
    s.start("empty.txt");
    s.shot("");
    s.end("q");
}

pub(super) fn health(s: &mut Session<'_>) {
    s.start("anpa1312 iptc7901 zczc wire");
    s.shot(":health\r");
    s.shot("\x06");
    s.press("gg/missing");
    s.shot("\r");
    s.press("\x1b");
    s.shot("q");
    s.end("Q");
}

pub(super) fn changes(s: &mut Session<'_>) {
    s.start("");
    s.shot("d");
    s.shot("nn");
    s.press("N");
    s.shot("G");
    s.shot("(");
    s.shot("((");
    s.shot(")");
    s.press("q");
    s.press("G");
    s.shot("d");
    s.end("Q");
}

pub(super) fn changes_of_fixtures(s: &mut Session<'_>) {
    s.start("json/chain.jsonl zczc");
    s.shot("");
    for moves in ["", "j", "j", "j", "j", "j"] {
        s.press(moves);
        s.shot("d");
        // Back, where there was something to compare; else nothing.
        s.press("\x1b");
    }
    s.end("Q");
}
