//! The list, the reader, the quotes pane, and the ways between them.

use super::session::Session;

pub(super) fn list(s: &mut Session<'_>) {
    s.start("");
    s.shot("jjj");
    s.press("5jk");
    s.shot("\x04");
    s.press("\x06b\x15");
    s.shot("G");
    s.press("gg12G");
    s.shot("JJK");
    s.shot("]u");
    s.press("[u");
    s.shot("\x0c");
    s.end("q");
}

pub(super) fn welcome(s: &mut Session<'_>) {
    s.start("");
    s.shot("");
    s.shot("\r");
    s.press("q");
    s.press("/");
    s.shot("\x1b");
    s.press("?");
    s.shot("?");
    s.end("Q");
    // It is not shown a second time.
    s.start("");
    s.shot("");
    s.end("\x03");
}

pub(super) fn reader(s: &mut Session<'_>) {
    s.start("");
    s.shot("\r");
    s.press(" ");
    s.shot("jj");
    s.press("\x04\x04");
    s.shot("G");
    s.press("gg2G");
    s.shot("J");
    // Page by page, to the next unread dispatch.
    s.press("      ");
    s.shot(" ");
    s.shot("q");
    s.end("q");
}

pub(super) fn quotes(s: &mut Session<'_>) {
    s.start("");
    s.shot("]q");
    s.press("]q]q");
    s.shot("4]q");
    s.press("[q");
    s.shot("i");
    s.shot("\r");
    s.press("99]q");
    s.shot("]q");
    s.end("Q");
}

pub(super) fn quotes_pane(s: &mut Session<'_>) {
    s.start("");
    s.press("\r");
    s.shot("\t");
    s.shot("jjj");
    s.shot("\r");
    s.shot("t");
    s.press("G");
    s.shot("\"");
    s.shot("\"");
    s.end("Q");
}

pub(super) fn same_speaker(s: &mut Session<'_>) {
    s.start("wire");
    s.press("\r]q]s");
    s.shot("]s");
    s.press("[s");
    s.press("q");
    s.shot("]s");
    s.press("/said:oster\r");
    s.press("\r]q");
    s.shot("]s");
    s.press("]s]s]s");
    s.shot("]s");
    s.end("Q");
}

pub(super) fn quote_walk(s: &mut Session<'_>) {
    s.start("wire");
    s.press("S");
    s.shot("jk");
    s.shot("\r");
    s.shot("\r");
    s.shot("n");
    s.press("nnn");
    s.shot("n");
    s.shot("\t");
    s.press("qqq");
    s.press("/said:oster quote:smell | quote:choir\r\r");
    s.shot("]s");
    s.end("Q");
}

pub(super) fn panes(s: &mut Session<'_>) {
    s.start("");
    s.shot("\t");
    s.shot("\t");
    s.press("\x1b[Z");
    s.shot("\x17h");
    s.press("\x17l");
    // How a sequence may go on.
    s.shot("z");
    s.press("\x1b");
    s.shot("g");
    s.press("\x1b");
    s.shot("12");
    s.press("\x1b");
    s.shot("]x");
    s.press("hl");
    s.shot("\x17");
    s.press("\x1b");
    s.shot("\x1b[D\x1b[B\x1b[C");
    s.end("Q");
}

pub(super) fn folding(s: &mut Session<'_>) {
    s.start("");
    s.shot("z");
    s.press("jj");
    s.shot("z");
    s.press("j");
    s.shot("z");
    s.press("/ferry\r");
    s.shot("z");
    s.shot("jjj");
    s.end("Q");
}

pub(super) fn wide_table(s: &mut Session<'_>) {
    s.start("");
    s.press("/marrow\r");
    s.shot("\r");
    s.press("\x06");
    s.shot("jjj");
    s.shot(">");
    s.shot("zl");
    s.shot("zhzH");
    s.end("Q");
}

/// Other scripts and languages: from right to left, wide, with accents.
pub(super) fn scripts(s: &mut Session<'_>) {
    s.start("wire/24-arabic-lamp.txt wire/25-greek-bees.txt wire/26-japanese-whistle.txt wire/29-polish-map.txt");
    s.shot("\r");
    s.shot("J");
    s.press("]q");
    s.shot("J]q");
    s.shot("J");
    s.press("q");
    s.shot("/Gdań");
    s.press("\x1b");
    s.end("\x03");
}

pub(super) fn many_wires(s: &mut Session<'_>) {
    s.start("anpa1312 iptc7901 zczc mail reuters-sgml rss jsonfeed newsml-g2 xml html");
    s.shot("");
    s.shot("G\r");
    s.press("7KK");
    s.shot("K");
    s.press("q");
    s.shot("40G");
    s.shot("ou");
    s.end("Q");
}

pub(super) fn killed(s: &mut Session<'_>) {
    s.start("");
    s.press("/is:killed\r");
    s.shot("");
    s.shot("\r");
    s.press("q");
    s.shot("z");
    s.shot("j\r");
    s.shot("yy");
    s.end("Q");
    s.start("json/chain.jsonl ninjs nitf plain");
    s.press("/is:killed | is:corrected\r");
    s.shot("");
    s.shot("j\r");
    s.shot("JJ");
    s.end("Q");
}
