//! Finds the speaker of a quote where a reporting word and a name stand right beside it. Anything less stays open.

use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::sync::LazyLock;

use super::super::{Attribution, Certainty};

/// The reporting words of all languages, and the words at which the search for a name ends.
struct ReportingWords {
    reporting: HashSet<&'static str>,
    stop: HashSet<&'static str>,
}

static REPORTING_WORDS: LazyLock<ReportingWords> = LazyLock::new(|| {
    let mut tongues = ReportingWords {
        reporting: HashSet::new(),
        stop: HashSet::new(),
    };
    let mut stop = false;
    for line in include_str!("tongues.txt").lines().map(str::trim) {
        if line.starts_with('#') {
            continue;
        }
        if line.starts_with('[') {
            stop = line == "[stop]";
            continue;
        }
        let list = if stop {
            &mut tongues.stop
        } else {
            &mut tongues.reporting
        };
        list.extend(line.split_whitespace());
    }
    tongues
});

/// True for a word that reports speech in some language: said, has said.
pub(super) fn is_reporting(word: &str) -> bool {
    let word = trim_punctuation(word);
    if word.is_empty() || word.len() > 40 || word.starts_with(char::is_uppercase) {
        return false;
    }
    // a-t-il, dit-elle: the verb or the pronoun is one of the parts.
    REPORTING_WORDS.reporting.contains(word)
        || word.split_once('-').is_some_and(|(a, b)| {
            REPORTING_WORDS.reporting.contains(a) || REPORTING_WORDS.reporting.contains(b)
        })
}

fn trim_punctuation(word: &str) -> &str {
    word.trim_matches(|c: char| !c.is_alphanumeric())
}

/// What stands beside a quote.
pub(super) struct AdjacentReport {
    pub(super) attribution: Option<Attribution>,
    /// True where a reporting word or a colon stands beside it.
    pub(super) reported: bool,
}

/// The names of a dispatch as they come up.
pub(super) struct NameFinder<'a> {
    text: &'a str,
    /// Full names by their last word.
    full_names: HashMap<&'a str, &'a str>,
    read: usize,
}

/// How many bytes to each side of a quote are looked at.
const SEARCH_BYTES: usize = 120;
/// How many small words (an article, an office) may stand between the reporting word and the name.
const MAX_SMALL_WORDS: usize = 3;

impl<'a> NameFinder<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self {
            text,
            full_names: HashMap::new(),
            read: 0,
        }
    }

    /// The speaker of the quote at `outer` by the words of its paragraph.
    pub(super) fn attribution_beside(
        &mut self,
        paragraph: Range<usize>,
        outer: &Range<usize>,
    ) -> AdjacentReport {
        let text = self.text;
        self.collect_names(outer.start);
        let end = text.floor_char_boundary(paragraph.end.min(outer.end + SEARCH_BYTES));
        let after = text.get(outer.end..end.max(outer.end)).unwrap_or("");
        let start = text.ceil_char_boundary(
            paragraph
                .start
                .max(outer.start.saturating_sub(SEARCH_BYTES)),
        );
        let before = text.get(start.min(outer.start)..outer.start).unwrap_or("");
        let lead = after
            .trim_start_matches(|c: char| c.is_whitespace() || matches!(c, ',' | '—' | '–' | '-'));
        let cue_after = (lead.len() < after.len() && !after.starts_with('.'))
            .then(|| skip_auxiliary(lead))
            .flatten();
        let tail = before.trim_end();
        let colon = tail.ends_with([':', '：']);
        let mut reported = cue_after.is_some() || colon;
        let mut source = cue_after.and_then(|cue| self.name_after_cue(cue));
        if source.is_none()
            && let Some(word) = tail.split_whitespace().next_back()
            && is_reporting(word)
        {
            reported = true;
            source = self.name_before_cue(tail, word);
        }
        AdjacentReport {
            attribution: source,
            reported,
        }
    }

    /// The name after a reporting word: „…“, sagte Lee.
    fn name_after_cue(&self, cue: &'a str) -> Option<Attribution> {
        let mut words = first_clause(cue).split_whitespace();
        let verb = words.next()?;
        let mut rest = words;
        let mut small = 0;
        let from = loop {
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
        let words = sentence
            .split_whitespace()
            .map(|w| (w, offset_in(self.text, w)));
        let run = leading_name(self.text, words)?;
        (run.len() == sentence.len())
            .then(|| self.make_attribution(run, Some(self.range(trim_punctuation(verb)))))?
    }

    fn make_attribution(&self, run: &'a str, cue: Option<Range<usize>>) -> Option<Attribution> {
        let words: Vec<&str> = run.split_whitespace().collect();
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
            why: "the reporting word and the name stand beside the quote",
        })
    }

    /// Takes up the names that stand before a place in the text.
    fn collect_names(&mut self, until: usize) {
        let Some(slice) = self.text.get(self.read..until) else {
            return;
        };
        let text = self.text;
        let mut rest = slice
            .split_whitespace()
            .map(|w| (w, offset_in(text, w)))
            .peekable();
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

    fn range(&self, part: &str) -> Range<usize> {
        let start = offset_in(self.text, part);
        start..start + part.len()
    }
}

/// Where a part of the text begins in it.
fn offset_in(text: &str, part: &str) -> usize {
    part.as_ptr().addr().saturating_sub(text.as_ptr().addr())
}

/// The text from the reporting word on, past one small word before it: a déclaré, ha detto, hat gesagt.
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

/// The words up to the first point of punctuation that ends a clause.
fn first_clause(words: &str) -> &str {
    let end = words.find([
        ',', ';', ':', '!', '?', '(', '«', '„', '“', '"', '»', '—', '–',
    ]);
    let words = &words[..end.unwrap_or(words.len())];
    // A point ends it too, but not after an initial.
    let stop = words.match_indices(". ").find(|(i, _)| {
        words[..*i]
            .rsplit(' ')
            .next()
            .is_some_and(|w| w.chars().count() > 2)
    });
    &words[..stop.map_or(words.len(), |(i, _)| i)]
}

/// The run of capitalised words that some words begin with, with the small words inside names.
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
        let initial = word.ends_with('.') && inner.chars().count() == 1;
        if word.len() > open + inner.len() && !initial {
            break;
        }
    }
    text.get(range?)
}
