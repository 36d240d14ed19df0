//! Quotes in copy that is not English: which spans are statements, and the speaker if a plain pattern names one.
//!
//! There is no grammar here: only a name right beside a known reporting word is attributed, anything else stays
//! unknown.

use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::sync::LazyLock;

use crate::quotes::extract::{Attribution, CombinedText};
use crate::quotes::model::{Certainty, Quote, QuoteKind};
use crate::quotes::quotation_marks::QuotedSpan;
use crate::quotes::transcripts::merge_spans;

/// How many words (of about eight bytes) are sampled to tell English from other languages.
const SAMPLE_WORDS: usize = 80;

/// A smaller sample is taken for English.
const MIN_SAMPLE_WORDS: usize = 12;

/// Function words that are frequent in English, and of which no other language has many.
const ENGLISH: [&str; 24] = [
    "the", "of", "and", "to", "that", "for", "with", "was", "by", "from", "said", "is", "on", "he",
    "it", "at", "his", "her", "they", "as", "be", "are", "not", "has",
];

/// A word of at most four ASCII bytes as a number, ignoring case; 0 for any other. Comparing numbers keeps the check
/// cheap.
fn pack_word(word: &str) -> u32 {
    if word.len() > 4 || !word.is_ascii() {
        return 0;
    }
    let shift = |packed: u32, byte: u8| packed << 8 | u32::from(byte.to_ascii_lowercase());
    word.bytes().fold(0, shift)
}

/// True for copy in another language than English, by its language tag, or else by a sample of its words.
pub(super) fn is_foreign(language: Option<&str>, body: &str) -> bool {
    if let Some(tag) = language.map(str::trim).filter(|tag| !tag.is_empty()) {
        // The tag decides, without a look at the text: `en-GB`, `eng`.
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
    // Characters of scripts without spaces, where words cannot be counted.
    let dense = sample.chars().filter(|&c| is_unspaced_script(c)).count();
    // Such words make up about a quarter of English copy, but far less where names or figures abound: the limit is 4 %.
    dense > MIN_SAMPLE_WORDS && dense * 8 > sample.len()
        || words >= MIN_SAMPLE_WORDS && english * 25 < words
}

/// True in scripts without spaces between words (Thai, Lao, Burmese, Khmer, kana, Han), and for Hangul syllables.
fn is_unspaced_script(c: char) -> bool {
    matches!(u32::from(c), 0x0e00..=0x0eff | 0x1000..=0x109f | 0x1780..=0x17ff | 0x3040..=0x30ff | 0x3400..=0x9fff | 0xac00..=0xd7af)
}

/// The quotes of a dispatch in another language.
pub(super) fn extract_foreign_quotes(
    combined: &CombinedText,
    spans: Vec<QuotedSpan>,
) -> Vec<Quote> {
    let spans = add_dash_speeches(&combined.text, &combined.paragraphs, spans);
    let mut names = NameFinder::new(&combined.text);
    let mut quotes: Vec<Quote> = Vec::with_capacity(spans.len());
    let mut group = 0;
    // The last top-level statement: where it ends, its paragraph, and who said it.
    let mut last: Option<(usize, usize, Option<Attribution>)> = None;
    for (i, span) in spans.iter().enumerate() {
        let outer = outer_range(span);
        let paragraph =
            combined.paragraphs.get(span.paragraph).cloned().flatten().unwrap_or(outer.clone());
        let beside = names.attribution_beside(paragraph.clone(), &outer);
        let statement =
            span.parent.is_none() && is_statement(&combined.text, span, beside.reported);
        let mut found = beside.attribution;
        let mut goes_on = false;
        if statement {
            if let Some((end, number, before)) = &last
                && *number == span.paragraph
                && found.is_none()
                && !beside.reported
            {
                let between = combined.text.get(*end..outer.start).unwrap_or("");
                // “…”, said Lee. “…”: only the report separates the two.
                if between.split_whitespace().count() <= MAX_WORDS_BETWEEN
                    && between.matches(['.', '。']).count() <= 1
                    && between.trim_end().ends_with(['.', ',', '—', '–', '。'])
                    && between.split_whitespace().any(is_reporting)
                {
                    goes_on = true;
                    found = before.as_ref().map(Attribution::continued);
                }
            }
            last = Some((outer.end, span.paragraph, found.as_ref().map(Attribution::continued)));
        }
        if i > 0 && !goes_on {
            group += 1;
        }
        let kind = if !statement {
            QuoteKind::NotAStatement
        } else if is_full_clause(&combined.text, span) {
            QuoteKind::Direct
        } else {
            QuoteKind::Partial
        };
        quotes.push(combined.make_quote(span, kind, found.filter(|_| statement), group));
    }
    quotes
}

/// The longest report between two pieces of one utterance, in words.
const MAX_WORDS_BETWEEN: usize = 14;

impl Attribution {
    /// The same speaker, for words that continue after the report.
    fn continued(&self) -> Self {
        Self {
            name: self.name.clone(),
            title: self.title.clone(),
            cue: None,
            mention: self.mention.clone(),
            certainty: Certainty::Likely,
            why: "it continues the quote before it",
        }
    }
}

/// From the first opening to the last closing mark.
fn outer_range(span: &QuotedSpan) -> Range<usize> {
    let start = span.outers.first().map_or(0, |o| o.start);
    start..span.outers.last().map_or(start, |o| o.end)
}

/// True for four words or more, or for fewer with a reporting word beside them or the punctuation of a sentence.
/// `reported`: a reporting word or a colon is beside the span.
fn is_statement(text: &str, span: &QuotedSpan, reported: bool) -> bool {
    let [piece] = span.pieces.as_slice() else {
        return true;
    };
    let words = text.get(piece.clone()).unwrap_or("");
    let dense = words.chars().take(80).filter(|&c| is_unspaced_script(c)).count();
    let ends = words.ends_with(['.', ',', '!', '?', '…', '。', '！', '？', '؟', '،']);
    if dense > 0 {
        // Seven characters count for as much as four words elsewhere.
        return dense >= 7 || ends || words.contains(['。', '、', '，']);
    }
    let count = words.split_whitespace().take(5).count();
    if is_title(words) && !ends && !reported {
        return false;
    }
    count >= 4
        || (ends || reported) && count >= 1 && (count > 1 || reported || !words.ends_with(','))
}

/// True for a few words in title case, such as «La Belle Étoile»: the last word and two thirds of all are capitalised.
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

/// True if the words could be a sentence of their own.
fn is_full_clause(text: &str, span: &QuotedSpan) -> bool {
    let words = span.pieces.first().and_then(|p| text.get(p.clone())).unwrap_or("");
    span.pieces.len() > 1 || words.starts_with(|c: char| !c.is_lowercase())
}

// The speaker of a quote, if a reporting word and a name are right beside it.

/// The word lists of `foreign_reporting_words.txt`: reporting words of all languages, and words that end the search for a name.
struct ReportingWords {
    reporting: HashSet<&'static str>,
    stop: HashSet<&'static str>,
}

/// All languages share one list, since copy often lacks a language tag.
static REPORTING_WORDS: LazyLock<ReportingWords> = LazyLock::new(|| {
    let mut words = ReportingWords { reporting: HashSet::new(), stop: HashSet::new() };
    let mut stop = false;
    for line in include_str!("foreign_reporting_words.txt").lines().map(str::trim) {
        if line.starts_with('#') {
            continue;
        }
        if line.starts_with('[') {
            stop = line == "[stop]";
            continue;
        }
        let list = if stop { &mut words.stop } else { &mut words.reporting };
        list.extend(line.split_whitespace());
    }
    words
});

/// True for a reporting word of any language, in lower case. A capitalised word may be a name.
fn is_reporting(word: &str) -> bool {
    let word = trim_punctuation(word);
    if word.is_empty() || word.len() > 40 || word.starts_with(char::is_uppercase) {
        return false;
    }
    // a-t-il, dit-elle: the verb or the pronoun is one of the hyphenated parts.
    REPORTING_WORDS.reporting.contains(word)
        || word.split_once('-').is_some_and(|(a, b)| {
            REPORTING_WORDS.reporting.contains(a) || REPORTING_WORDS.reporting.contains(b)
        })
}

/// A word without the punctuation around it.
fn trim_punctuation(word: &str) -> &str {
    word.trim_matches(|c: char| !c.is_alphanumeric())
}

/// The words beside a quote.
struct AdjacentReport {
    attribution: Option<Attribution>,
    /// True if a reporting word or a colon is beside the quote, even with no name.
    reported: bool,
}

/// Finds names beside quotes and collects full names on the way, so that a last name resolves to the one before it.
struct NameFinder<'a> {
    text: &'a str,
    /// Full names by their last word; the first bearer wins.
    full_names: HashMap<&'a str, &'a str>,
    /// Names before this byte offset have been collected.
    read: usize,
}

/// How many bytes on each side of a quote are searched.
const SEARCH_BYTES: usize = 120;

/// How many lower-case words (an article, an office) may come between the reporting word and the name.
const MAX_SMALL_WORDS: usize = 3;

impl<'a> NameFinder<'a> {
    /// Starts at the head of a text.
    fn new(text: &'a str) -> Self {
        Self { text, full_names: HashMap::new(), read: 0 }
    }

    /// The report beside the quote at `outer` (bytes, with marks), searched after it first, then before it.
    fn attribution_beside(
        &mut self,
        paragraph: Range<usize>,
        outer: &Range<usize>,
    ) -> AdjacentReport {
        let text = self.text;
        self.collect_names(outer.start);
        let end = text.floor_char_boundary(paragraph.end.min(outer.end + SEARCH_BYTES));
        let after = text.get(outer.end..end.max(outer.end)).unwrap_or("");
        let start =
            text.ceil_char_boundary(paragraph.start.max(outer.start.saturating_sub(SEARCH_BYTES)));
        let before = text.get(start.min(outer.start)..outer.start).unwrap_or("");
        // A report after the quote is set off by a space, comma or dash; a full stop ends the sentence.
        let lead = after
            .trim_start_matches(|c: char| c.is_whitespace() || matches!(c, ',' | '—' | '–' | '-'));
        let cue_after = (lead.len() < after.len() && !after.starts_with('.'))
            .then(|| skip_auxiliary(lead))
            .flatten();
        let tail = before.trim_end();
        let colon = tail.ends_with([':', '：']);
        let mut reported = cue_after.is_some() || colon;
        let mut source = cue_after.and_then(|cue| self.name_after_cue(cue));
        // Otherwise the word right before the quote must report, with a name before it.
        if source.is_none()
            && let Some(word) = tail.split_whitespace().next_back()
            && is_reporting(word)
        {
            reported = true;
            source = self.name_before_cue(tail, word);
        }
        AdjacentReport { attribution: source, reported }
    }

    /// The name after a reporting word: „…“, sagte Lee.
    fn name_after_cue(&self, cue: &'a str) -> Option<Attribution> {
        let mut words = first_clause(cue).split_whitespace();
        let verb = words.next()?;
        let mut rest = words;
        let mut small = 0;
        let from = loop {
            // Skip an article or office in lower case; a pronoun or preposition ends the search.
            let mut peek = rest.clone();
            let word = peek.next()?;
            if trim_punctuation(word).starts_with(char::is_uppercase) {
                break rest;
            }
            small += 1;
            if small > MAX_SMALL_WORDS
                || REPORTING_WORDS.stop.contains(trim_punctuation(word))
                || is_reporting(word)
            {
                return None;
            }
            rest = peek;
        };
        let run = leading_name(self.text, from.map(|w| (w, offset_in(self.text, w))));
        self.make_attribution(run?, Some(self.range(trim_punctuation(verb))))
    }

    /// The name that ends before the reporting word: Lee sagte: „…“
    fn name_before_cue(&self, tail: &'a str, verb: &'a str) -> Option<Attribution> {
        let head = &tail[..offset_in(self.text, verb).checked_sub(offset_in(self.text, tail))?];
        let sentence = head.rsplit(['.', '!', '?']).next()?.trim();
        let words = sentence.split_whitespace().map(|w| (w, offset_in(self.text, w)));
        let run = leading_name(self.text, words)?;
        (run.len() == sentence.len())
            .then(|| self.make_attribution(run, Some(self.range(trim_punctuation(verb)))))?
    }

    /// A full name stands for itself; a single word must be the last word of a full name before it.
    fn make_attribution(&self, run: &'a str, cue: Option<Range<usize>>) -> Option<Attribution> {
        let words: Vec<&str> = run.split_whitespace().collect();
        // A last name alone says little, so the full name must have come before it.
        let name = match words.as_slice() {
            [] => return None,
            [one] => self.full_names.get(one).copied()?,
            _ => run,
        };
        Some(Attribution {
            name: Some(name.to_owned()),
            title: None,
            cue,
            mention: self.range(run),
            certainty: Certainty::Sure,
            why: "a reporting word and a name are next to the quote",
        })
    }

    /// Collects full names up to a byte offset. Quotes come in text order, so each byte is read once.
    fn collect_names(&mut self, until: usize) {
        let Some(slice) = self.text.get(self.read..until) else {
            return;
        };
        let text = self.text;
        let mut rest = slice.split_whitespace().map(|w| (w, offset_in(text, w))).peekable();
        while let Some(&(word, _)) = rest.peek() {
            if !trim_punctuation(word).starts_with(char::is_uppercase) {
                rest.next();
                continue;
            }
            let Some(name) = leading_name(text, std::iter::from_fn(|| rest.next())) else {
                continue;
            };
            let mut words = name.split_whitespace();
            if let (Some(_), Some(last)) = (words.next(), words.next_back()) {
                self.full_names.entry(last).or_insert(name);
            }
        }
        self.read = until;
    }

    /// The byte range of a subslice of the text.
    fn range(&self, part: &str) -> Range<usize> {
        let start = offset_in(self.text, part);
        start..start + part.len()
    }
}

/// The byte offset of `part`, a subslice of `text`.
fn offset_in(text: &str, part: &str) -> usize {
    part.as_ptr().addr().saturating_sub(text.as_ptr().addr())
}

/// The text from its reporting word on, which may follow one short auxiliary: a déclaré, ha detto, hat gesagt.
fn skip_auxiliary(words: &str) -> Option<&str> {
    let first = words.split_whitespace().next()?;
    if is_reporting(first) {
        return Some(words);
    }
    let rest = words.get(first.len()..)?.trim_start();
    let second = rest.split_whitespace().next()?;
    let small = first.chars().count() <= 4 && !first.ends_with(['.', ',', ':', ';']);
    (small && is_reporting(second)).then_some(rest)
}

/// The words up to the first punctuation that ends a clause.
fn first_clause(words: &str) -> &str {
    let end = words.find([',', ';', ':', '!', '?', '(', '«', '„', '“', '"', '»', '—', '–']);
    let words = &words[..end.unwrap_or(words.len())];
    // A full stop ends it too, but not after an initial.
    let stop = words
        .match_indices(". ")
        .find(|(i, _)| words[..*i].rsplit(' ').next().is_some_and(|w| w.chars().count() > 2));
    &words[..stop.map_or(words.len(), |(i, _)| i)]
}

/// The name at the beginning of some words: capitalised words, and the particles between them. The words are subslices
/// of `text` with their byte offsets; at most eight are read.
fn leading_name<'a>(
    text: &'a str,
    words: impl Iterator<Item = (&'a str, usize)>,
) -> Option<&'a str> {
    const PARTICLES: [&str; 16] = [
        "de", "da", "do", "dos", "das", "del", "della", "di", "von", "van", "der", "den", "la",
        "le", "bin", "zu",
    ];
    let mut range: Option<Range<usize>> = None;
    for (n, (word, at)) in words.take(8).enumerate() {
        let inner = trim_punctuation(word);
        let open = word.find(inner).unwrap_or(0);
        let capital = inner.starts_with(char::is_uppercase);
        let first = n == 0;
        let part = capital || !first && PARTICLES.contains(&word);
        if !part || open > 0 && !first {
            break;
        }
        if capital {
            let start = range.as_ref().map_or(at + open, |r| r.start);
            range = Some(start..at + open + inner.len());
        }
        // A full stop after an initial does not end the name.
        let initial = word.ends_with('.') && inner.chars().count() == 1;
        if word.len() > open + inner.len() && !initial {
            break;
        }
    }
    text.get(range?)
}

// Dialogue introduced by a dash at the head of a paragraph: —Ven —dijo Lee—. Ahora mismo.

/// Adds the speeches of paragraphs that begin with a dash and have no quotation marks.
fn add_dash_speeches(
    text: &str,
    paragraphs: &[Option<Range<usize>>],
    spans: Vec<QuotedSpan>,
) -> Vec<QuotedSpan> {
    let mut speeches = Vec::new();
    let mut next = 0;
    for (number, range) in paragraphs.iter().enumerate() {
        let Some(range) = range else { continue };
        let start = |span: &QuotedSpan| span.outers.first().map_or(0, |o| o.start);
        while spans.get(next).is_some_and(|s| start(s) < range.start) {
            next += 1;
        }
        let paragraph = text.get(range.clone()).unwrap_or("");
        if !paragraph.starts_with(['—', '–'])
            || spans.get(next).is_some_and(|s| start(s) < range.end)
        {
            continue;
        }
        for piece in spoken_pieces(paragraph) {
            let piece = range.start + piece.start..range.start + piece.end;
            speeches.push(QuotedSpan::unmarked(piece, number));
        }
    }
    if speeches.is_empty() { spans } else { merge_spans(spans, speeches) }
}

/// The spoken parts of a paragraph. Dashes separate speech and report by turns. A paragraph without a report counts
/// only if the dash is attached to the first word, as in Spanish; otherwise it may be an item of a list.
fn spoken_pieces(paragraph: &str) -> Vec<Range<usize>> {
    let dash = |c: char| matches!(c, '—' | '–');
    // Attached to the first word, as in Spanish.
    let glued = paragraph.starts_with('—')
        && paragraph.chars().nth(1).is_some_and(|c| c.is_alphanumeric() || matches!(c, '¿' | '¡'));
    let mut out = Vec::new();
    let mut reported = false;
    for (n, part) in paragraph.split(dash).enumerate().skip(1) {
        let start = part.as_ptr().addr() - paragraph.as_ptr().addr();
        // Parts with an even number are the agency's words.
        if n % 2 == 0 {
            reported |= part.split_whitespace().next().is_some_and(is_reporting);
            continue;
        }
        let words = part
            .trim_start_matches(|c: char| c.is_whitespace() || matches!(c, '.' | ',' | ';' | ':'));
        let from = start + (part.len() - words.len());
        let words = words.trim_end();
        if words.contains(char::is_alphanumeric) {
            out.push(from..from + words.len());
        }
    }
    if reported || glued { out } else { Vec::new() }
}

#[cfg(test)]
mod tests {
    use super::is_foreign;
    use crate::dispatch::{Body, Dispatch};
    use crate::quotes::extract::{extract_quotes, quote_text};
    use crate::quotes::model::QuoteKind;

    /// Checks the quotes of one paragraph: `words | speaker` for a statement, `[words]` for anything else.
    fn check(language: &str, paragraph: &str, expected: &[&str]) {
        let dispatch = Dispatch {
            language: Some(language.to_owned()),
            body: Body::from_paragraphs([paragraph]),
            ..Dispatch::default()
        };
        let found: Vec<String> = extract_quotes(&dispatch)
            .iter()
            .map(|q| {
                let words = quote_text(q, dispatch.body.text());
                match (q.kind, &q.speaker) {
                    (QuoteKind::NotAStatement, _) => format!("[{words}]"),
                    (_, Some(speaker)) => format!("{words} | {speaker}"),
                    (_, None) => format!("{words} | ?"),
                }
            })
            .collect();
        assert_eq!(found, expected, "{paragraph}");
    }

    #[test]
    fn a_name_next_to_the_reporting_word_is_the_speaker() {
        check(
            "de",
            "„Wir fahren morgen früh“, sagte Ada Berg. „Das Meer ist ruhig.“",
            &["Wir fahren morgen früh | Ada Berg", "Das Meer ist ruhig. | Ada Berg"],
        );
        check(
            "fr-FR",
            "« Nous partons demain matin », a déclaré le maire Luc Morel, élu en mai.",
            &["Nous partons demain matin | Luc Morel"],
        );
        check(
            "es",
            "«Nos vamos mañana temprano», dijo Ana Soto. Soto añadió: «El mar está en calma».",
            &["Nos vamos mañana temprano | Ana Soto", "El mar está en calma | Ana Soto"],
        );
        check(
            "pl",
            "„Płyniemy jutro rano” – powiedziała Ewa Nowak.",
            &["Płyniemy jutro rano | Ewa Nowak"],
        );
        check(
            "ru",
            "«Мы выходим завтра утром», — сказал Иван Петров.",
            &["Мы выходим завтра утром | Иван Петров"],
        );
    }

    #[test]
    fn anything_less_stays_unknown() {
        check(
            "de",
            "„Wir fahren morgen früh“, sagte er am Montag in Bremen.",
            &["Wir fahren morgen früh | ?"],
        );
        check(
            "de",
            "Ada Berg fährt gern. „Das Meer ist heute ruhig“, erklärte sie.",
            &["Das Meer ist heute ruhig | ?"],
        );
        check(
            "it",
            "«Partiamo domani mattina presto», secondo il sindaco.",
            &["Partiamo domani mattina presto | ?"],
        );
        check("ja", "市長は「明日の朝に出発します」と話した。", &["明日の朝に出発します | ?"]);
    }

    #[test]
    fn titles_and_single_words_are_not_statements() {
        check(
            "fr",
            "Le bateau « Belle Marie » porte du « sel » et du bois.",
            &["[Belle Marie]", "[sel]"],
        );
        check(
            "pt",
            "O barco “Vento Norte” ficou parado. “Não”, disse o mestre.",
            &["[Vento Norte]", "Não | ?"],
        );
        check("ar", "وصل «باب البحر» إلى الميناء.", &["[باب البحر]"]);
    }

    #[test]
    fn speech_after_a_dash() {
        check(
            "es",
            "—Yo no salgo hoy —dijo Ana Soto—. Mañana sí.",
            &["Yo no salgo hoy | Ana Soto", "Mañana sí. | Ana Soto"],
        );
        check("de", "– Punkt eins der Liste", &[]);
    }

    #[test]
    fn english_is_told_from_other_languages_by_tag_or_words() {
        assert!(is_foreign(Some("de-AT"), "The tag decides."));
        assert!(!is_foreign(Some("en-GB"), "Der Wind dreht."));
        assert!(!is_foreign(
            None,
            "The wind turns to the north and the boats stay in the harbour for the night."
        ));
        assert!(!is_foreign(None, "Berg 12, Soto 9, Lind 8, Holm 7."));
        assert!(is_foreign(
            None,
            "Der Wind dreht nach Norden, und die Boote bleiben über Nacht im Hafen der Stadt."
        ));
        assert!(is_foreign(None, "明日の朝、船は港を出て北の島へ向かいます。"));
    }
}
