//! Finds what names a speaker by its place alone: the labels of a transcript's speeches, and credits below a quote.

use std::collections::HashMap;
use std::ops::Range;

use crate::quotes::lexicon::{
    AUXILIARY, DAY, DETERMINER, FINITE, FUNCTION, LABEL, PARTICLE, PLACE, PRONOUN, lookup,
};
use crate::quotes::quotation_marks::QuotedSpan;

/// The longest label up to its colon, in bytes, with the office and the remarks that follow the name.
const LONGEST_LABEL: usize = 120;

/// The longest name of a label, in words.
const MAX_NAME_WORDS: usize = 6;

/// The label of a speech: `MAYOR ANN LEE, PORT OF LEEDS (ph):`.
struct SpeakerLabel<'a> {
    /// The name at its head: `MAYOR ANN LEE`.
    name: &'a str,
    /// The bytes of the whole label, with its colon.
    length: usize,
}

/// A paragraph that begins with a label.
struct LabelledParagraph<'a> {
    name: &'a str,
    /// The name, and the words after the label: bytes of the text.
    label: Range<usize>,
    words: Range<usize>,
    /// Index of the paragraph.
    number: usize,
    /// True if it has quotation marks, so that its quotes are found anyway.
    marked: bool,
}

/// Adds the unmarked speeches to the spans, in text order, if the dispatch is a transcript.
pub(super) fn add_speeches(
    text: &str,
    paragraphs: &[Option<Range<usize>>],
    spans: Vec<QuotedSpan>,
) -> Vec<QuotedSpan> {
    let mut labelled: Vec<LabelledParagraph<'_>> = Vec::new();
    for (number, range) in paragraphs.iter().enumerate() {
        let Some(range) = range else { continue };
        let paragraph = text.get(range.clone()).unwrap_or("");
        let Some(label) = speaker_label(paragraph) else {
            continue;
        };
        let rest = paragraph.get(label.length..).unwrap_or("");
        let start = range.end - rest.trim_start().len();
        let lead = range.start + paragraph.len() - paragraph.trim_start().len();
        labelled.push(LabelledParagraph {
            name: label.name,
            label: lead..lead + label.name.len(),
            words: start..start + rest.trim().len(),
            number,
            marked: false,
        });
    }
    if labelled.len() < 2 {
        return spans;
    }
    let mut marked = vec![false; paragraphs.len()];
    for span in &spans {
        for slot in marked.iter_mut().skip(span.paragraph).take(span.pieces.len()) {
            *slot = true;
        }
    }
    for paragraph in &mut labelled {
        paragraph.marked = marked[paragraph.number];
    }
    if !is_transcript(text, &labelled) {
        return spans;
    }
    let speeches = labelled
        .into_iter()
        .filter(|p| !p.marked && text[p.words.clone()].contains(char::is_alphanumeric))
        .map(|p| QuotedSpan { label: Some(p.label), ..QuotedSpan::unmarked(p.words, p.number) })
        .collect();
    merge_spans(spans, speeches)
}

/// True if labelled paragraphs are a transcript: at least two speakers, one of whom speaks again, and speeches that end
/// like sentences. A single label (`NOTE:`), or fields and their values (`LENGTH: 239 words`), are none.
fn is_transcript(text: &str, labelled: &[LabelledParagraph<'_>]) -> bool {
    let unmarked = labelled.iter().filter(|p| !p.marked).count();
    if unmarked * 2 < labelled.len() {
        return false;
    }
    let mut turns: HashMap<&str, usize> = HashMap::new();
    for paragraph in labelled {
        *turns.entry(last_word(paragraph.name)).or_default() += 1;
    }
    // “Q” and “A” name nobody: an interview with no other label has no speakers.
    let is_named = turns.keys().any(|name| !matches!(*name, "Q" | "A"));
    let is_dialogue = is_named && turns.len() >= 2 && turns.values().any(|&count| count >= 2);
    // A speaker who speaks alone is known from the text around: “Mayor Ann Lee spoke. LEE: We sail.”
    let is_known = || {
        is_named
            && turns.values().any(|&count| count >= 2)
            && is_named_elsewhere(text, labelled[0].name)
    };
    if !is_dialogue && !is_known() {
        return false;
    }
    let ends = labelled.iter().filter(|p| ends_like_speech(&text[p.words.clone()])).count();
    ends * 3 >= labelled.len() * 2
}

/// The last word of a name, by which later labels call a speaker: `ANN LEE:`, then `LEE:`.
fn last_word(name: &str) -> &str {
    name.rsplit(' ').next().unwrap_or(name)
}

/// True if the last word of a name in capitals stands in the text as names do: `LEE`, “Lee”.
fn is_named_elsewhere(text: &str, name: &str) -> bool {
    let last = last_word(name);
    let first = last.chars().next().map_or(0, char::len_utf8);
    let proper = last[..first].to_owned() + &last[first..].to_lowercase();
    let letter = |c: char| c.is_alphanumeric();
    text.match_indices(proper.as_str()).any(|(at, found)| {
        !text[..at].ends_with(letter) && !text[at + found.len()..].starts_with(letter)
    })
}

/// True if words end like a sentence or break off, as speech does; the value of a field does not.
fn ends_like_speech(words: &str) -> bool {
    words.ends_with(['.', '?', '!', '…', '—', '–', '-', '"', '”', ')', ']'])
}

/// The label at the head of a paragraph: a name in capitals (`LEE`, `MR. LEE`, `Q`), or one followed by an office or by
/// remarks (`ANN LEE, HARBOUR MASTER (ph)`), up to a colon.
fn speaker_label(paragraph: &str) -> Option<SpeakerLabel<'_>> {
    let lead = paragraph.len() - paragraph.trim_start().len();
    let head = paragraph.get(lead..paragraph.floor_char_boundary(lead + LONGEST_LABEL))?;
    if !head.starts_with(char::is_uppercase) {
        return None;
    }
    if let Some(rest) = head.strip_prefix(['Q', 'A'])
        && rest.starts_with([':', '.'])
        && rest[1..].starts_with(char::is_whitespace)
    {
        return Some(SpeakerLabel { name: &head[..1], length: lead + 2 });
    }
    let end = head.find([',', '(', '[', ':'])?;
    let name = head[..end].trim_end();
    if !is_speaker_name(name) {
        return None;
    }
    let colon = end + end_of_remarks(&head[end..])?;
    let after = head[colon + 1..].starts_with(char::is_whitespace);
    after.then_some(SpeakerLabel { name, length: lead + colon + 1 })
}

/// The colon after the remarks that follow a name: brackets, and offices after commas. `None` if a sentence begins or
/// ends before it.
fn end_of_remarks(rest: &str) -> Option<usize> {
    let mut depth = 0usize;
    for (at, c) in rest.char_indices() {
        match c {
            '(' | '[' => depth += 1,
            ')' | ']' => depth = depth.checked_sub(1)?,
            ':' if depth == 0 => return Some(at),
            '?' | '!' | ';' | '\n' | '"' | '“' | '”' => return None,
            _ => {}
        }
    }
    None
}

/// True for a name in capitals that a label can have: not the word of a note, a field or a desk, nor a day or a place.
fn is_speaker_name(name: &str) -> bool {
    let mut words = 0;
    let mut letters = 0;
    let mut labels = 0;
    for word in name.split(' ') {
        let small_word = words > 0 && word.len() <= 3 && word.chars().all(char::is_lowercase);
        let other = word.chars().any(|c| {
            !c.is_alphanumeric() && !matches!(c, '.' | '-' | '\'' | '’' | '#' | '&' | '/')
        });
        if !(small_word || is_in_capitals(word)) || other || words >= MAX_NAME_WORDS {
            return false;
        }
        words += 1;
        letters += word.chars().filter(|c| c.is_uppercase()).count();
        labels += usize::from(lookup(word).is(LABEL | DAY | PLACE));
    }
    let last_is_label = lookup(last_word(name)).is(LABEL);
    letters >= 2 && labels < words && !last_is_label
}

/// True for a word in capitals, apart from the small letters of a prefix: `McLEOD`, `DeWITT`.
pub(super) fn is_in_capitals(word: &str) -> bool {
    let upper = word.chars().filter(|c| c.is_uppercase()).count();
    let lower = word.chars().filter(|c| c.is_lowercase()).count();
    lower == 0 || lower <= 2 && upper >= 3
}

/// Cuts the credit off a quote whose closing mark stands after it, on a line of its own: ““We act. / Ann Lee, pilot.””
pub(super) fn cut_credits(text: &str, spans: &mut [QuotedSpan]) {
    for span in spans {
        let (Some(words), Some(outer)) = (span.pieces.last(), span.outers.last()) else {
            continue;
        };
        let slice = text.get(words.clone()).unwrap_or("");
        // A paragraph that goes on with a quote repeats its opening mark.
        if span.pieces.len() >= 2 && outer.start == words.start {
            let Some(name) = credited_name(slice) else {
                continue;
            };
            span.label = Some(words.start..words.start + name.len());
            span.pieces.pop();
            span.outers.pop();
            continue;
        }
        // The same in one paragraph, whose lines are joined: only with an office after the name.
        let Some((line, name)) = last_sentence(slice)
            .filter(|line| {
                line.contains(',') && !line.split(',').next().is_some_and(has_small_word)
            })
            .and_then(|line| Some((line, credited_name(line)?)))
        else {
            continue;
        };
        let start = words.end - line.len();
        span.label = Some(start..start + name.len());
        let end = words.start + slice[..slice.len() - line.len()].trim_end().len();
        let last = span.pieces.len() - 1;
        span.pieces[last].end = end;
        span.outers[last].end = end;
    }
}

/// True if a word begins with a small letter.
fn has_small_word(words: &str) -> bool {
    words.split(' ').any(|word| word.starts_with(char::is_lowercase))
}

/// The last sentence of several, by the full stop before it. Only as many bytes as a credit has are searched.
fn last_sentence(words: &str) -> Option<&str> {
    let from = words.floor_char_boundary(words.len().saturating_sub(LONGEST_LABEL + 2));
    let body = words.get(from..)?.strip_suffix('.')?;
    let at = body.rmatch_indices(". ").map(|(at, _)| at + 2).find(|&at| {
        // Not after an initial: “J. Lee”.
        !body[..at - 2].ends_with(|c: char| c.is_uppercase())
    })?;
    words.get(from + at..)
}

/// The name at the head of a credit: a few words with a name in capitals, perhaps with an office, and no verb.
fn credited_name(line: &str) -> Option<&str> {
    let name = line.split(',').next().unwrap_or("").trim_end_matches('.');
    let is_short = |text: &str, most: usize| text.split(' ').take(most + 1).count() <= most;
    if !name.starts_with(char::is_uppercase)
        || !is_short(name, MAX_NAME_WORDS)
        || !is_short(line, MAX_CREDIT_WORDS)
    {
        return None;
    }
    let mut words = name.split(' ');
    let capitals = name.split(' ').filter(|word| word.starts_with(char::is_uppercase)).count();
    let is_name = (2..=4).contains(&capitals)
        && words.all(|word| lookup(word).is(PARTICLE) || !lookup(word).is(FUNCTION | DETERMINER));
    let mut words = line.split(|c: char| !c.is_alphanumeric());
    let has_verb = words.any(|word| {
        word.starts_with(char::is_lowercase) && lookup(word).is(FINITE | AUXILIARY | PRONOUN)
    });
    (is_name && !has_verb).then_some(name)
}

/// The longest credit, in words.
const MAX_CREDIT_WORDS: usize = 16;

/// Merges two lists of spans in text order and renumbers parents.
pub(super) fn merge_spans(spans: Vec<QuotedSpan>, speeches: Vec<QuotedSpan>) -> Vec<QuotedSpan> {
    let start = |span: &QuotedSpan| span.outers.first().map_or(0, |o| o.start);
    let mut speeches = speeches.into_iter().peekable();
    let mut out = Vec::new();
    // The new index of each span; a parent comes before its children.
    let mut shift = Vec::with_capacity(spans.len());
    for mut span in spans {
        while let Some(speech) = speeches.next_if(|speech| start(speech) < start(&span)) {
            out.push(speech);
        }
        shift.push(out.len());
        span.parent = span.parent.and_then(|parent| shift.get(parent).copied());
        out.push(span);
    }
    out.extend(speeches);
    out
}

#[cfg(test)]
mod tests {
    use crate::dispatch::{Body, Dispatch};
    use crate::quotes::extract::{extract_quotes, quote_text};

    /// Checks the statements of a dispatch, each as `words | speaker`, with `?` for an unknown speaker.
    fn check(paragraphs: &[&str], expected: &[&str]) {
        let dispatch = Dispatch { body: Body::from_paragraphs(paragraphs), ..Dispatch::default() };
        let found: Vec<String> = extract_quotes(&dispatch)
            .iter()
            .filter(|q| q.is_statement())
            .map(|q| {
                format!(
                    "{} | {}",
                    quote_text(q, dispatch.body.text()),
                    q.speaker.as_deref().unwrap_or("?")
                )
            })
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn a_transcript_needs_no_marks() {
        check(
            &[
                "Ferry director Ann Lee answered questions on Tuesday.",
                "LEE: We sail again in May.",
                "HOLM: Who pays for it?",
                "LEE: Nobody yet.",
            ],
            &[
                "We sail again in May. | Ann Lee",
                "Who pays for it? | HOLM",
                "Nobody yet. | Ann Lee",
            ],
        );
        check(
            &["Mayor Ann Lee spoke.", "LEE: We sail.", "It rained.", "LEE: We stay."],
            &["We sail. | Ann Lee", "We stay. | Ann Lee"],
        );
    }

    #[test]
    fn labels_have_offices_and_remarks() {
        check(
            &[
                "SEN. RUTH VANE (D-ME), CHAIR OF THE PORT COMMITTEE: Who saw the light?",
                "BO McLEOD, keeper of the light (ph): I did.",
                "UNIDENTIFIED MALE: So did I!",
                "VANE (off-camera): And then?",
                "McLEOD [through an interpreter]: It went out.",
            ],
            &[
                "Who saw the light? | SEN. RUTH VANE",
                "I did. | BO McLEOD",
                "So did I! | UNIDENTIFIED MALE",
                "And then? | VANE",
                "It went out. | McLEOD",
            ],
        );
        check(
            &[
                "THE COURT: Go on.",
                "Q. Did you see the light?",
                "A. I did.",
                "Q. And then?",
                "THE WITNESS: May I sit?",
            ],
            &[
                "Go on. | THE COURT",
                "Did you see the light? | Q",
                "I did. | A",
                "And then? | Q",
                "May I sit? | THE WITNESS",
            ],
        );
    }

    #[test]
    fn a_credit_may_stand_inside_the_marks() {
        check(
            &[
                "It rained.",
                "\"We have not seen such rain before.",
                "Former port president Rosa Vane, Lomin Institute.\"",
                "It snowed.",
                "\"We lost the rope. Then we found it. Bo Dahl, pilot of the Hope, on the storm.\"",
                "It snowed.",
                "“Nobody asked.",
                "Nobody came.”",
            ],
            &[
                "We have not seen such rain before. | Rosa Vane",
                "We lost the rope. Then we found it. | Bo Dahl",
                "Nobody asked.\n\nNobody came. | ?",
            ],
        );
    }

    #[test]
    fn notes_and_fields_are_not_speeches() {
        check(&["NOTE: This is not a transcript.", "The end."], &[]);
        check(&["NOTE: Shares in crowns.", "It rained.", "NOTE: No sales were made."], &[]);
        check(&["LENGTH: 239 words", "BYLINE: Ann Lee", "It rained.", "LENGTH: 44 words"], &[]);
        check(&["OSTREL: Rain fell.", "BRANDT: It snowed.", "It was cold."], &[]);
        check(&["Q: Who saw it?", "A: I did.", "Q: And then?", "A: It went out."], &[]);
        check(&["BERTH: 4", "PILOT: Holm", "It sailed.", "BERTH: 7", "PILOT: Lee"], &[]);
    }
}
