//! Why a kill notice kills: the sentence of it that tells.

use super::Dispatch;
use crate::text::fold;

/// Phrases of orders to editors, folded, that tell no reason.
const DIRECTIVE_PHRASES: [&str; 12] = [
    "editors:",
    "please kill",
    "kill kill",
    "is mandatory",
    "make certain",
    "substitute will",
    "withdrawn",
    "annul",
    "streichen",
    "zuruckgezogen",
    "please do not use",
    "story moved",
];

/// The longest reason that is told, in bytes.
const MAX_REASON_LENGTH: usize = 240;

/// Why a kill notice kills: its first sentence that gives a reason and no order, of its note, else of its text, else its
/// headline. At most 240 bytes of it.
#[must_use]
pub fn kill_reason(notice: &Dispatch) -> String {
    let dateline = notice.dateline.as_ref().and_then(|d| d.range.clone());
    let body = notice.body.text();
    let body = &body[dateline.map_or(0, |range| range.end).min(body.len())..];
    let note = notice.ednote.as_deref().unwrap_or("");
    let sentences = sentences(note).chain(sentences(body));
    let tells = |sentence: &&str| {
        let folded = fold(sentence);
        folded.len() > 12 && !DIRECTIVE_PHRASES.iter().any(|order| folded.contains(order))
    };
    let found = sentences
        .into_iter()
        .find(tells)
        .unwrap_or(&notice.headline);
    let end = found.floor_char_boundary(MAX_REASON_LENGTH);
    let cut = if end < found.len() { "…" } else { "" };
    format!("{}{cut}", &found[..end])
}

/// The sentences of a text, roughly: up to a full stop before a space, and at most to the end of the line.
fn sentences(text: &str) -> impl Iterator<Item = &str> {
    let lines = text.split('\n').filter(|line| !line.trim().is_empty());
    lines
        .flat_map(|line| line.split_inclusive(". "))
        .map(str::trim)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(note: &str, body: &str, expected: &str) {
        let notice = Dispatch {
            headline: "KILL".to_owned(),
            ednote: (!note.is_empty()).then(|| note.to_owned()),
            body: super::super::Body::from_paragraphs(body.split("\n\n")),
            ..Dispatch::default()
        };
        assert_eq!(kill_reason(&notice), expected);
    }

    #[test]
    fn the_reason_is_no_order() {
        check(
            "",
            "EDITORS: Please kill the story OPERA, item 207.\n\nThe score is not by Kroll. It was a class exercise.\n\nA kill is mandatory.",
            "The score is not by Kroll.",
        );
        check(
            "The speech was not held.",
            "Please kill item 7.",
            "The speech was not held.",
        );
        check("", "Please kill item 7. A kill is mandatory.", "KILL");
    }
}
