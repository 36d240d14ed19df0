//! Filters, searches, orders, commands by name, and the speakers.

use super::session::Session;

pub(super) fn filter(s: &mut Session<'_>) {
    s.start("");
    s.shot("/storm");
    s.shot("\r");
    s.shot("&soup");
    s.press("\r");
    s.press("\x1b");
    s.shot("/\x15kremln feri\r");
    s.shot("/\x15zeppelin");
    s.press("\x1b");
    s.press("\x1b");
    s.shot("!");
    s.shot("!");
    s.end("Q");
}

pub(super) fn fields(s: &mut Session<'_>) {
    s.start("");
    s.shot("/from:kdk urgency:<=4\r");
    s.shot("/\x15said:oster\r");
    s.shot("oo");
    s.shot("/\x15body:paraffin\r");
    s.press("\r");
    s.shot("n");
    s.press("q");
    s.shot("/\x15quote:radio | /sto?rm/ \"dead lighthouse\"\r");
    s.shot("/\x15is:killed date:2026-11-18..\r");
    s.end("Q");
}

pub(super) fn filter_mistakes(s: &mut Session<'_>) {
    s.start("");
    s.shot("/form:kdk");
    s.shot("\r");
    s.press("\x1b");
    s.shot("/(storm");
    s.shot("\x15urgency:high");
    s.shot("\x15/a[/");
    s.shot("\x15date:2026-13");
    s.shot("\x03");
    s.end("Q");
}

pub(super) fn completion(s: &mut Session<'_>) {
    s.start("");
    s.shot("/fr\t");
    s.shot("\t");
    s.shot("\x15at:b\t\t");
    s.press("\x15said:in\t");
    s.shot("");
    s.press("\r");
    s.press("/\x15storm\r");
    s.press("/\x15goat\r");
    s.shot("/\x10\x10");
    s.shot("\x0e");
    s.press("\x1b");
    s.shot(":\t");
    s.shot("\t\t");
    s.shot("\x15he\t");
    s.press("\x03");
    s.end("Q");
}

pub(super) fn search_in_text(s: &mut Session<'_>) {
    s.start("");
    s.press("\r");
    s.shot("/light");
    s.shot("\r");
    s.shot("nn");
    s.press("N");
    s.shot("&");
    s.press("&");
    s.press("\x1b");
    s.shot("/zeppelin\r");
    s.shot("/\x15\"the light\" | Moe\r");
    s.end("Q");
}

pub(super) fn sorting(s: &mut Session<'_>) {
    s.start("");
    s.shot("ou");
    s.shot("oa");
    s.press("op");
    s.shot("os");
    s.press("ol");
    s.shot("O");
    s.shot_of("oq", ", by quotes");
    s.shot(":sort place slug\r");
    s.shot(":sort colour\r");
    s.shot("o");
    s.press("\x1b");
    s.shot("ot");
    s.end("Q");
}

pub(super) fn commands(s: &mut Session<'_>) {
    s.start("");
    s.shot(":");
    s.press("\x1b");
    s.shot(":nonsense\r");
    s.shot(":s");
    s.press("\x15");
    s.shot("sort\r");
    s.shot(":\x10");
    s.press("\x1b");
    s.shot(":u\r");
    s.shot(":view\r");
    s.shot(":forget nothing\r");
    s.shot(":w\r");
    s.shot(":embargoed\r");
    s.end(":quit\r");
}

/// Whose names are written in two ways, and who has two titles, is left out: which is shown depends on what is read first.
pub(super) fn speakers(s: &mut Session<'_>) {
    s.start("wire -f !lamplighters␣!Vell␣!forecast");
    s.shot("S");
    s.press("jjjj");
    s.shot("\x06");
    s.press("gg");
    s.shot("/ingrith");
    s.press("\r");
    s.shot("\r");
    s.press("/\x15!lamplighters !Vell !forecast slug:/[a-m]/\r");
    s.shot("S");
    s.shot("/\x15nobody");
    s.press("\x1b");
    s.press("\x1b");
    s.shot("?");
    s.end("Q");
}
