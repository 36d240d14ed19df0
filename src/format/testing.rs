//! Helpers shared by the tests of several formats.

use std::cell::Cell;

use crate::dispatch::{Dispatch, Stamp};
use crate::format::detect::parse;
use crate::format::parser::Context;
use crate::format::table::{FormatId, ParsedInput, parse_as};

/// Parses a text, detecting its format.
pub(super) fn parsed(text: &str) -> ParsedInput {
    parse(text.as_bytes(), &Context::default())
}

/// Parses a text in the format with this name, as if from a file dated 5 March 2026.
pub(super) fn parsed_as(format: &str, text: &str) -> ParsedInput {
    let ctx = Context { file_time: Stamp::parse("2026-03-05T12:00:00Z"), ..Context::default() };
    let format = FormatId::from_name(format).unwrap_or(FormatId::PLAIN);
    parse_as(format, text.as_bytes(), &ctx)
}

/// The first dispatch of a parsed input.
pub(super) fn first(parsed: ParsedInput) -> Dispatch {
    parsed.dispatches.into_iter().next().unwrap_or_default()
}

/// The first dispatch of a text, detecting its format.
pub(super) fn one(text: &str) -> Dispatch {
    first(parsed(text))
}

thread_local! {
    /// Bytes that readers on this thread have looked at.
    static LOOKED_AT: Cell<u64> = const { Cell::new(0) };
}

/// Counts bytes that a reader looks at.
pub(super) fn look_at(count: usize) {
    LOOKED_AT.with(|sum| sum.set(sum.get() + count as u64));
}

/// The number of bytes that readers look at while a function runs.
pub(super) fn bytes_looked_at(run: impl FnOnce()) -> u64 {
    let before = LOOKED_AT.with(Cell::get);
    run();
    LOOKED_AT.with(Cell::get) - before
}

/// Readers of exports and documents take linear time: inputs of ten times the size, in shapes made to be looked through
/// again and again, cost at most twelve times the bytes looked at.
mod linear_time {
    use super::{Context, bytes_looked_at, parse};
    use crate::format::office::convert_rtf;

    /// Size of the smaller input, in bytes.
    const SIZE: usize = 3_000;

    /// Most bytes that are looked at for one byte of an input: it is decoded, searched for several marks, and split into
    /// tags and lines more than once.
    const MOST_PER_BYTE: u64 = 120;

    /// The bytes looked at while an input is read that repeats a piece after a start.
    fn cost(start: &str, piece: &str, size: usize) -> u64 {
        let input = start.to_owned() + &piece.repeat(size / piece.len() + 1);
        bytes_looked_at(|| {
            let input = if input.starts_with("{\\rtf") {
                let converted = convert_rtf(input.as_bytes());
                converted.texts.into_iter().map(|text| text.text).collect()
            } else {
                input
            };
            let _ = parse(input.as_bytes(), &Context::default());
        })
    }

    #[track_caller]
    fn check(start: &str, piece: &str) {
        let small = cost(start, piece, SIZE);
        let large = cost(start, piece, 10 * SIZE);
        let shown = &piece[..piece.floor_char_boundary(60)];
        assert!(large <= 12 * small, "{shown}: {small} bytes, then {large}");
        let length = (start.len() + 10 * SIZE + piece.len()) as u64;
        assert!(large <= MOST_PER_BYTE * length, "{shown}: {large} bytes for {length}");
    }

    #[test]
    fn nexis() {
        let page = "<html><!-- LXNComment x -->";
        let article = "<A NAME=\"DOC_ID_0_1\"></A><DIV>1 of 2 DOCUMENTS</DIV><DIV>Quay Times</DIV><DIV>March 3, 2015</DIV><DIV>Kites</DIV><DIV><b>LENGTH: </b>9 words</DIV><DIV><P>Kites fly.</P></DIV>";
        for piece in [article, "<A NAME=\"DOC_ID_0_1\"></A>", "<A NAME=\"DOC_ID_0_1", "DOC_ID_"] {
            check(page, piece);
        }
        for piece in ["<DIV>", "<DIV><b>LENGTH: </b>9 words</DIV>", "<DIV>TYPE: a</DIV>", "<p>x"] {
            check(&format!("{page}<A NAME=\"DOC_ID_0_1\"></A>"), piece);
        }
        let indent = " ".repeat(30);
        let text = format!(
            "{indent}1 of 9 DOCUMENTS\n\n{indent}Quay Times\n\n{indent}March 3, 2015\n\nKites\n\nLENGTH: 9 words\n\n"
        );
        check("", &text);
        for piece in
            [indent.as_str(), &format!("{indent}1 of 9 DOCUMENTS\n"), "TYPE: a\n\n", "x\n\n"]
        {
            check(&text, piece);
        }
    }

    #[test]
    fn factiva() {
        let page = "<title>Factiva</title>";
        let article = "<div class=\"article enArticle\"><div id=\"hd\"><span>Kites</span></div><div>9 words</div><div>3 March 2015</div><div>Quay Times</div><p class=\"articleParagraph\">Kites fly.</p></div>";
        for piece in [
            article,
            "<div class=\"article enArticle\">",
            "article enArticle\"",
            "<td class=\"index\">",
        ] {
            check(page, piece);
        }
        check(&format!("{page}<div class=\"article enArticle\">"), "<p>x");
        let codes = "HD Kites\nSN Quay Times\nPD 3 March 2015\nLP\nKites fly.\nAN Document QUAYT00020150303eb3300ab1\n";
        for piece in [codes, "HD x\n", "LP\n\n", "Document QUAYT00020150303eb3300ab1\n"] {
            check(codes, piece);
        }
        let article = "<ppsarticle><article><headline><paragraph>Kites</paragraph></headline></article></ppsarticle>";
        check("<PPSResponse>", article);
        for piece in
            ["Document QUAYT00020150303eb3300ab1\\par ", "\\trowd HD\\cell Kites\\cell\\row "]
        {
            check("{\\rtf1\\ansi ", piece);
            check("{\\rtf1\\ansi 9 words\\par 3 March 2015\\par \\'a9 Quay\\par ", piece);
        }
    }

    #[test]
    fn lexis_uni() {
        let article = "{\\b Length:} 9 words\\par x\\par End of Document\\par ";
        for piece in
            [article, "End of Document\\par ", "March 3, 2015\\par ", "{\\b Length:} 9 words\\par "]
        {
            check("{\\rtf1\\ansi {\\b Length:} 9 words\\par End of Document\\par ", piece);
        }
        let bookmark = "{\\*\\bkmkstart Bookmark_1}{\\*\\bkmkend Bookmark_1}\\par x\\par ";
        check("{\\rtf1\\ansi {\\b Length:} 9 words\\par ", bookmark);
    }

    #[test]
    fn europresse() {
        let start = "<html class=\"DocHeader\">";
        let article = "<article><span class=\"DocPublicationName\">Quay</span><span class=\"DocHeader\">mardi 3 mars 2015</span><p class=\"titreArticleVisu\">Kites</p><div class=\"DocText\"><p>Kites fly.</p></div></article>";
        for piece in
            [article, "<span class=\"DocPublicationName\">x</span>", " \"DocPublicationName\" "]
        {
            check(start, piece);
        }
        for piece in ["<", "<b>", "mars 2015 ", "a·20150303·b "] {
            check(&format!("{start}<span class=\"DocPublicationName\">x</span>"), piece);
        }
    }

    #[test]
    fn proquest() {
        let rule = "_".repeat(60);
        let document = format!(
            "{rule}\n\nKites\n\nFull text: Kites fly.\n\nSubject: kites\n\nPublication date: Mar 3, 2015\n\nProQuest document ID: 1\n\n"
        );
        for piece in [document.as_str(), &rule, &format!("{rule}\n"), "Subject: x\n\n", "x: y\n"] {
            check(&document, piece);
        }
        let article = "<div><a name=\"DocID_MSTAR_1\"></a><p>Kites</p><p><strong>Full text: </strong></p><text><p>Kites fly.</p></text></div>";
        let mail =
            "From: a@b.example\nSubject: x\nContent-Type: text/html\n\n<a name=\"DocID_MSTAR_1\">";
        for piece in [article, "<a name=\"DocID_MSTAR_1\">", "DocID_MSTAR_", "<p>x"] {
            check("<div>", piece);
            check(mail, piece);
        }
    }

    #[test]
    fn other_databases() {
        let item = "<DOC id=\"AFP_ENG_20090531.0001\" type=\"story\" >";
        for piece in [item, "<DOC id=\"A\">", "<P>", "<TEXT>x</TEXT>", "&AMP;"] {
            check(item, piece);
        }
        let entry = "<div class=\"eintrag\"><pre>\"Kai\" vom 02.04.2013</pre>";
        for piece in [entry, " eintrag ", "<pre>x</pre>", "<h3>x</h3>"] {
            check(entry, piece);
        }
        check("{\\rtf1\\ansi ", "\"Kai.at\" gefunden am 28.12.2017 10:36 Uhr\\par ");
        let title = "<html><title>Factiva</title>";
        check(title, "log in <b>");
    }

    #[test]
    fn archives_of_pages() {
        let header = "WARC-Type: response\r\nContent-Length: 70\r\n\r\nHTTP/1.1 200 OK\r\n\r\n<html><p>x</p></html>\r\n\r\n";
        for piece in [
            "WARC/1.0\r\n",
            &format!("WARC/1.0\r\n{header}"),
            "WARC/1.0\r\nContent-Length: 99\r\n\r\n",
        ] {
            check("WARC/1.0\r\n", piece);
        }
        let chunked = "WARC/1.0\r\nWARC-Type: response\r\nContent-Length: 99999999\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
        check(chunked, "1\r\nx\r\n");
    }

    #[test]
    fn documents() {
        for piece in [
            "{",
            "}",
            "\\par ",
            "\\trowd\\cellx1 a\\cell\\row",
            " a\\cell",
            "\\u8364?",
            "{\\listtext 1.}\\ls1 x\\par ",
        ] {
            check("{\\rtf1\\ansi ", piece);
        }
        for piece in
            ["<script type=\"application/ld+json\">{\"@type\":\"x\"}</script>", "<table>", "<td>"]
        {
            check("<html>", piece);
        }
        check("<html><script type=\"application/ld+json\">", "[{\"@graph\":[");
    }
}
