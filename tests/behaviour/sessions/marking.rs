//! Marks of the reader, and what is done with dispatches: notes, places, links, copies, files, commands.

use super::session::Session;

pub(super) fn marks(s: &mut Session<'_>) {
    s.start("wire");
    s.shot("s");
    s.shot("jr");
    s.press("jsr");
    s.shot("r");
    s.shot("u");
    s.press("uuu");
    s.shot("uuuu");
    s.press("ss5js");
    s.shot("/is:starred\r");
    s.end("Q");
    // They are there the next time.
    s.start("wire");
    s.shot("");
    s.shot("/is:read | is:since-last\r");
    s.end("Q");
}

pub(super) fn notes(s: &mut Session<'_>) {
    s.put("note", "Ask Edda Brook tonight.\nBefore noon.\n");
    s.start_with("[open]\neditor = [\"cp\", \"note\", \"{}\"]\n", "wire");
    s.shot_of("je", "✎");
    s.shot("\r");
    s.shot("e");
    s.press("q");
    s.shot("u");
    s.end("Q");
}

pub(super) fn selection(s: &mut Session<'_>) {
    s.start("wire");
    s.shot("xjjx");
    s.shot("4jv");
    s.shot("s");
    s.shot("u");
    s.press("X");
    s.shot("r");
    s.shot("X");
    s.press("x");
    s.shot("\x1b");
    s.end("Q");
}

pub(super) fn places(s: &mut Session<'_>) {
    s.start("wire");
    s.shot("m");
    s.shot("a");
    s.press("5j\r");
    s.press(" mb");
    s.press("q");
    s.press("G");
    s.shot("'");
    s.shot("a");
    s.shot("''");
    s.shot("'b");
    s.press("q");
    s.shot(":places\r");
    s.shot("j\r");
    s.shot("'z");
    s.shot("m7");
    s.end("Q");
}

pub(super) fn links(s: &mut Session<'_>) {
    s.put(
        "links.txt",
        "Headline: Seals on the slipway\nSent: 2026-05-04T09:30:00Z\n\nTOLLEN - See https://tollen.example/seals?a=1 and https://quay.example/clock for more.\n",
    );
    s.start_with("[open]\nurl = [\"true\", \"{}\"]\n", "links.txt atom jsonfeed");
    s.shot("");
    s.press("/seals\r");
    s.shot("gx");
    s.shot("j");
    s.shot("q");
    s.press("\x1b");
    s.press("/clock\r");
    s.shot("\r");
    s.end("Q");
}

pub(super) fn copying(s: &mut Session<'_>) {
    s.start("wire");
    s.shot("yq");
    s.press("]q");
    s.shot("yq");
    s.shot("yy");
    s.press("xjx");
    s.shot_of("yy", "clipboard");
    s.end("Q");
}

pub(super) fn saving(s: &mut Session<'_>) {
    s.start("wire");
    s.press("3j");
    s.shot_of(":w out.md\r", "out.md");
    // What is said of it names the whole path, which is another each time.
    s.press(":w out.md\r");
    s.wait("already");
    s.shot_of(":w! out.txt\r", "out.txt");
    s.shot_of(":w nowhere/out.txt\r", "nowhere");
    s.press("xjx");
    s.shot_of(":w two.md\r", "two.md");
    s.end("Q");
    s.tell_file("out.md");
    s.tell_file("two.md");
}

pub(super) fn piping(s: &mut Session<'_>) {
    s.start("wire");
    s.press("/goat\r");
    s.shot("|");
    s.shot_of("cat\r", "Enter goes back to dateline");
    s.shot_of("\r", "all keys");
    s.shot_of("|no-such-program\r", "no-such-program");
    s.shot_of("|a | b\r", "no shell");
    s.shot("|\x10");
    s.press("\x1b");
    s.end("Q");
}
