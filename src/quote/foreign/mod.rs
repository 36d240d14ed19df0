//! Reads quotes in copy that is not English: what is a statement, and the speaker where a plain pattern names one.

mod dialogue;
mod source;
#[cfg(test)]
mod tests;

use std::ops::Range;

use super::marks::QuotedSpan;
use super::{Attribution, Certainty, CombinedText, Quote, QuoteKind};
use source::{NameFinder, is_reporting};

/// How many words are looked at to tell English from other languages.
const SAMPLE_WORDS: usize = 80;
/// Fewer words than these say nothing.
const MIN_SAMPLE_WORDS: usize = 12;

/// Small words that English copy is full of and no other language has many of.
const ENGLISH: [&str; 24] = [
    "the", "of", "and", "to", "that", "for", "with", "was", "by", "from", "said", "is", "on", "he",
    "it", "at", "his", "her", "they", "as", "be", "are", "not", "has",
];

/// A word of at most four ASCII letters as a number, in whatever case; 0 for any other.
fn pack_word(word: &str) -> u32 {
    if word.len() > 4 || !word.is_ascii() {
        return 0;
    }
    let shift = |packed: u32, byte: u8| packed << 8 | u32::from(byte.to_ascii_lowercase());
    word.bytes().fold(0, shift)
}

/// True for copy in another language: by its tag, or by its words where it has none.
pub(super) fn is_foreign(language: Option<&str>, body: &str) -> bool {
    if let Some(tag) = language.map(str::trim).filter(|tag| !tag.is_empty()) {
        let primary = tag.split(['-', '_']).next().unwrap_or(tag);
        return !(primary.eq_ignore_ascii_case("en") || primary.eq_ignore_ascii_case("eng"));
    }
    let end = body.floor_char_boundary(SAMPLE_WORDS * 8);
    let sample = &body[..end];
    let small = ENGLISH.map(pack_word);
    let mut words = 0;
    let mut english = 0;
    for word in sample.split(|c: char| !c.is_alphanumeric()) {
        if word.is_empty() {
            continue;
        }
        words += 1;
        english += usize::from(small.contains(&pack_word(word)));
    }
    let dense = sample.chars().filter(|&c| is_unspaced_script(c)).count();
    // Small words make up a quarter of English; copy with many names or figures may have few of them.
    dense > MIN_SAMPLE_WORDS && dense * 8 > sample.len()
        || words >= MIN_SAMPLE_WORDS && english * 25 < words
}

/// Scripts that write no spaces between words: three characters stand for a word here.
fn is_unspaced_script(c: char) -> bool {
    matches!(u32::from(c), 0x0e00..=0x0eff | 0x1000..=0x109f | 0x1780..=0x17ff | 0x3040..=0x30ff | 0x3400..=0x9fff | 0xac00..=0xd7af)
}

/// The quotes of a dispatch in another language.
pub(super) fn extract_foreign_quotes(whole: &CombinedText, spans: Vec<QuotedSpan>) -> Vec<Quote> {
    let spans = dialogue::add_dash_speeches(&whole.text, &whole.paragraphs, spans);
    let mut sources = NameFinder::new(&whole.text);
    let mut made: Vec<Quote> = Vec::with_capacity(spans.len());
    let mut group = 0;
    // The last statement that stands in no other: its end, its paragraph, and who said it.
    let mut last: Option<(usize, usize, Option<Attribution>)> = None;
    for (i, span) in spans.iter().enumerate() {
        let outer = outer_range(span);
        let paragraph = whole
            .paragraphs
            .get(span.paragraph)
            .cloned()
            .flatten()
            .unwrap_or(outer.clone());
        let beside = sources.attribution_beside(paragraph.clone(), &outer);
        let statement = span.parent.is_none() && is_statement(&whole.text, span, beside.reported);
        let mut found = beside.attribution;
        let mut goes_on = false;
        if statement {
            if let Some((end, number, before)) = &last
                && *number == span.paragraph
                && found.is_none()
                && !beside.reported
            {
                let between = whole.text.get(*end..outer.start).unwrap_or("");
                // “…”, said Lee. “…”: nothing but the report stands between.
                if between.split_whitespace().count() <= MAX_WORDS_BETWEEN
                    && between.matches(['.', '。']).count() <= 1
                    && between.trim_end().ends_with(['.', ',', '—', '–', '。'])
                    && between.split_whitespace().any(is_reporting)
                {
                    goes_on = true;
                    found = before.as_ref().map(Attribution::continued);
                }
            }
            last = Some((
                outer.end,
                span.paragraph,
                found.as_ref().map(Attribution::continued),
            ));
        }
        if i > 0 && !goes_on {
            group += 1;
        }
        let kind = if !statement {
            QuoteKind::NotAStatement
        } else if is_full_clause(&whole.text, span) {
            QuoteKind::Direct
        } else {
            QuoteKind::Partial
        };
        made.push(whole.make_quote(span, kind, found.filter(|_| statement), group));
    }
    made
}

/// How many words a report between two pieces of one utterance has at most.
const MAX_WORDS_BETWEEN: usize = 14;

impl Attribution {
    /// The same speaker for what goes on after the report.
    fn continued(&self) -> Self {
        Self {
            name: self.name.clone(),
            title: self.title.clone(),
            cue: None,
            mention: self.mention.clone(),
            certainty: Certainty::Likely,
            why: "it goes on after the quote before it",
        }
    }
}

fn outer_range(span: &QuotedSpan) -> Range<usize> {
    let start = span.outers.first().map_or(0, |o| o.start);
    start..span.outers.last().map_or(start, |o| o.end)
}

/// Four words or more, or fewer that a reporting word or the point of a sentence makes a statement.
fn is_statement(text: &str, span: &QuotedSpan, reported: bool) -> bool {
    let [piece] = span.pieces.as_slice() else {
        return true;
    };
    let words = text.get(piece.clone()).unwrap_or("");
    let dense = words
        .chars()
        .take(80)
        .filter(|&c| is_unspaced_script(c))
        .count();
    let ends = words.ends_with(['.', ',', '!', '?', '…', '。', '！', '？', '؟', '،']);
    if dense > 0 {
        return dense >= 7 || ends || words.contains(['。', '、', '，']);
    }
    let count = words.split_whitespace().take(5).count();
    if is_title(words) && !ends && !reported {
        return false;
    }
    count >= 4
        || (ends || reported) && count >= 1 && (count > 1 || reported || !words.ends_with(','))
}

/// «La Belle Étoile»: a capital on the first and the last word, and on most between.
fn is_title(words: &str) -> bool {
    let mut all = 0;
    let mut large = 0;
    let mut last_large = false;
    for word in words.split_whitespace().take(9) {
        last_large = word.starts_with(char::is_uppercase);
        large += usize::from(last_large);
        all += 1;
    }
    all < 9 && last_large && large * 3 >= all * 2
}

fn is_full_clause(text: &str, span: &QuotedSpan) -> bool {
    let words = span
        .pieces
        .first()
        .and_then(|p| text.get(p.clone()))
        .unwrap_or("");
    span.pieces.len() > 1 || words.starts_with(|c: char| !c.is_lowercase())
}
