//! How fast framed wires and plain text are scanned and parsed, in bytes a second.

use dateline::format::{self, Context, FormatId};
use divan::{Bencher, counter::BytesCount};

fn main() {
    divan::main();
}

/// Paragraphs of copy, each begun by `open` and ended by `close`.
fn copy(open: &str, close: &str) -> String {
    let sentence = "The ferries sailed again on Tuesday after nine days at their moorings, the union said, and nobody counted. ";
    format!("{open}{}{close}", sentence.repeat(3).trim_end()).repeat(8)
}

/// Some megabytes of one format.
fn input(name: &str) -> Vec<u8> {
    let one = match name {
        "anpa1312" => format!(
            "\u{16}\u{16}\u{1}W1204\u{1f}harbr\r\nr i\u{13}\u{11} BC-Ferries     03-04 0777\r\n\u{2}^BC-Ferries,92<\r\n^Ferries sail again<\r\n^By ANNA LIND=\r\n{}\u{3}AP-WF-03-04-14 0915GMT<\r\n\u{c}\r\n\u{4}\r\n",
            copy("\t", "\r\n")
        ),
        "iptc7901" => format!(
            "\u{1}eca0162 4 i 58 dpa 0161\r\n\r\nFerries/\r\n\u{2}Ferries sail again =\r\n\r\n{}\u{3}131137 GMT Nov 13\r\n\u{7f}\n\u{7f}\u{4}",
            copy("", "\r\n\r\n")
        ),
        "zczc" => format!(
            "ZCZC\n:FERRIES\n^Ferries sail again\n\n{}NNNN\n\n",
            copy("", "\n\n")
        ),
        _ => format!(
            "Ferries sail again\n\n{}NNNN\n\n",
            copy("OSLO, Mar 3 (QNA) - ", "\n\n")
        ),
    };
    one.repeat(4_000_000 / one.len()).into_bytes()
}

const NAMES: [&str; 4] = ["anpa1312", "iptc7901", "zczc", "plain"];

#[divan::bench(args = NAMES)]
fn scan(bencher: Bencher<'_, '_>, name: &str) {
    let (bytes, ctx) = (input(name), Context::default());
    let id = FormatId::named(name).unwrap_or(FormatId::PLAIN);
    bencher.counter(BytesCount::of_slice(&bytes)).bench(|| {
        let mut words = 0;
        format::scan(id, &bytes, &ctx, &mut |found| words += found.head.words);
        words
    });
}

#[divan::bench(args = NAMES)]
fn parse(bencher: Bencher<'_, '_>, name: &str) {
    let (bytes, ctx) = (input(name), Context::default());
    let id = FormatId::named(name).unwrap_or(FormatId::PLAIN);
    let counter = BytesCount::of_slice(&bytes);
    bencher
        .counter(counter)
        .bench(|| format::parse_as(id, &bytes, &ctx).dispatches.len());
}
