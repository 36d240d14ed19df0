//! Tallies the speakers of many dispatches: one row per speaker, with a quote that several takes of a story carry
//! counted once. Knows nothing of how quotes are found.

use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};

use foldhash::fast::RandomState;

use crate::dispatch::{Dispatch, Stamp};
use crate::quotes::{self, Quote, TextPart};
use crate::text::{fold, stable_hash};

// The statements of one dispatch, reduced to what a tally needs, and the comparison of names.

/// From this many words on, equal words of one speaker are the same quote in whatever story. Fewer words may well be
/// said twice: they are the same quote only under the same slug, or within one dispatch if it has no slug.
const MIN_DISTINCTIVE_WORDS: usize = 4;

/// A statement by a named speaker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// The speaker's name.
    pub name: String,
    /// The speaker's office or rank.
    pub title: Option<String>,
    /// Equal for the same quote in several takes; see [`quote_key`].
    pub key: u64,
}

/// The attributed statements of one dispatch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DispatchStatements {
    /// When the dispatch was sent.
    pub time: Option<Stamp>,
    /// Killed, by itself or by another dispatch.
    pub is_killed: bool,
    pub statements: Vec<Statement>,
}

impl DispatchStatements {
    /// Keeps those of a dispatch's quotes that are statements with a named speaker.
    #[must_use]
    pub fn new(dispatch: &Dispatch, quotes: &[Quote]) -> Self {
        let statements = quotes.iter().filter_map(|quote| Statement::new(dispatch, quote));
        Self { time: dispatch.time, is_killed: false, statements: statements.collect() }
    }
}

impl Statement {
    /// Converts a quote; `None` if it is not a statement or has no speaker.
    #[must_use]
    pub fn new(dispatch: &Dispatch, quote: &Quote) -> Option<Self> {
        let name = quote.speaker.as_ref().filter(|_| quote.is_statement())?;
        Some(Self {
            key: quote_key(dispatch, quote),
            name: name.clone(),
            title: quote.title.clone(),
        })
    }
}

/// A hash that is equal for quotes of the same words and the same speaker's name (or none), ignoring punctuation, case
/// and accents. With few words, the slug must be equal too.
#[must_use]
pub fn quote_key(dispatch: &Dispatch, quote: &Quote) -> u64 {
    let source = match quote.part {
        TextPart::Headline => dispatch.headline.as_str(),
        TextPart::Body => dispatch.body.text(),
    };
    let folded = fold(&quotes::quote_text(quote, source));
    let mut whole = normalize_name(quote.speaker.as_deref().unwrap_or(""));
    let mut count = 0;
    for word in folded.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()) {
        whole.push('\n');
        whole.push_str(word);
        count += 1;
    }
    if count < MIN_DISTINCTIVE_WORDS {
        let story = dispatch.slug.as_deref().map(fold);
        whole.push('\t');
        whole.push_str(&story.unwrap_or_else(|| dispatch.item_identity()));
    }
    stable_hash(whole.as_bytes())
}

/// A name in the form used for comparison: folded, without a leading “the”.
fn normalize_name(name: &str) -> String {
    let folded = fold(name.trim());
    folded.strip_prefix("the ").map_or_else(|| folded.clone(), str::to_owned)
}

/// True if two names can be the same speaker's: they are equal, or one is the end of the other (“Harl”, “Tove Harl”),
/// ignoring case, accents and articles.
#[must_use]
pub fn is_same_speaker(a: &str, b: &str) -> bool {
    let (a, b) = (normalize_name(a), normalize_name(b));
    let ends = |long: &str, short: &str| {
        long.strip_suffix(short).is_some_and(|rest| rest.is_empty() || rest.ends_with(' '))
    };
    !a.is_empty() && !b.is_empty() && (ends(&a, &b) || ends(&b, &a))
}

// The tally.

/// How many different titles are counted per speaker; bounds the memory for one that every dispatch styles anew.
const MAX_TITLES: usize = 8;

/// One speaker in many dispatches: a row of the speakers list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpeakerSummary {
    /// The name as first met, but not in capitals if any dispatch writes it otherwise.
    pub name: String,
    /// The title that most dispatches give; among equals, the one met first.
    pub title: Option<String>,
    /// Distinct quotes: one that several takes carry counts once.
    pub quotes: usize,
    /// Dispatches with a quote of this speaker.
    pub dispatches: usize,
    /// How many of these dispatches are killed.
    pub killed: usize,
    /// The time of the first of these dispatches, among those with a time.
    pub first: Option<Stamp>,
    /// The time of the last one.
    pub last: Option<Stamp>,
}

/// A row while it is counted.
#[derive(Debug)]
struct SpeakerCount {
    row: SpeakerSummary,
    /// Titles, with the number of dispatches that give each.
    titles: Vec<(String, usize)>,
    /// Ordinal of the last dispatch that was added for this speaker.
    last_dispatch: usize,
}

/// Counts statements by speaker. The order in which dispatches are added does not change the numbers.
#[derive(Debug, Default)]
pub struct SpeakerTally {
    counts: Vec<SpeakerCount>,
    /// Normalized names, as indexes into `counts`.
    names: HashMap<String, usize, RandomState>,
    /// The quotes counted so far, by [`quote_key`].
    keys: HashSet<u64, RandomState>,
    dispatches: usize,
}

impl SpeakerTally {
    /// Adds the statements of one dispatch.
    pub fn add(&mut self, dispatch: DispatchStatements) {
        self.dispatches += 1;
        for statement in dispatch.statements {
            let number = self.speaker_index(&statement.name);
            let count = &mut self.counts[number];
            if self.keys.insert(statement.key) {
                count.row.quotes += 1;
            }
            // Prefer mixed case to a name in capitals, such as a transcript's label.
            let capitals = |name: &str| !name.chars().any(char::is_lowercase);
            if capitals(&count.row.name) && !capitals(&statement.name) {
                count.row.name = statement.name;
            }
            let new = count.last_dispatch != self.dispatches;
            count.last_dispatch = self.dispatches;
            if let Some(title) = statement.title.filter(|title| !title.is_empty()) {
                let known = count.titles.iter().position(|(known, _)| *known == title);
                match known {
                    Some(known) => count.titles[known].1 += usize::from(new),
                    None if count.titles.len() < MAX_TITLES => count.titles.push((title, 1)),
                    None => {}
                }
            }
            if new {
                count.row.dispatches += 1;
                count.row.killed += usize::from(dispatch.is_killed);
                if let Some(time) = dispatch.time {
                    let row = &mut count.row;
                    if row.first.is_none_or(|first| time.seconds < first.seconds) {
                        row.first = Some(time);
                    }
                    if row.last.is_none_or(|last| time.seconds > last.seconds) {
                        row.last = Some(time);
                    }
                }
            }
        }
    }

    /// The index of a speaker in `counts`, added if new.
    fn speaker_index(&mut self, name: &str) -> usize {
        let key = normalize_name(name);
        if let Some(&number) = self.names.get(&key) {
            return number;
        }
        let row = SpeakerSummary {
            name: name.to_owned(),
            title: None,
            quotes: 0,
            dispatches: 0,
            killed: 0,
            first: None,
            last: None,
        };
        self.counts.push(SpeakerCount { row, titles: Vec::new(), last_dispatch: 0 });
        self.names.insert(key, self.counts.len() - 1);
        self.counts.len() - 1
    }

    /// How many dispatches were added, with or without statements.
    #[must_use]
    pub fn dispatches(&self) -> usize {
        self.dispatches
    }

    /// The speakers, sorted by number of quotes, then of dispatches (both descending), then by name.
    #[must_use]
    pub fn rows(&self) -> Vec<SpeakerSummary> {
        let mut counts: Vec<&SpeakerCount> = self.counts.iter().collect();
        counts.sort_by(|a, b| {
            let rank = |row: &SpeakerSummary| Reverse((row.quotes, row.dispatches));
            rank(&a.row).cmp(&rank(&b.row)).then_with(|| a.row.name.cmp(&b.row.name))
        });
        let row = |count: &SpeakerCount| {
            // From the last, so that among equals the first wins.
            let mut titles = count.titles.iter().rev();
            let first = titles.next();
            let most = titles
                .fold(first, |best, title| best.filter(|best| best.1 > title.1).or(Some(title)));
            SpeakerSummary { title: most.map(|(title, _)| title.clone()), ..count.row.clone() }
        };
        counts.into_iter().map(row).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::{DispatchStatements, SpeakerTally, is_same_speaker};
    use crate::format::{Context, parse};
    use crate::quotes::extract_quotes;

    /// Tallies JSON Lines and checks the rows: name, title, quotes, dispatches.
    #[track_caller]
    fn check(lines: &[&str], rows: &[(&str, &str, usize, usize)]) {
        let bytes = lines.join("\n") + "\n";
        let mut dispatches = parse(bytes.as_bytes(), &Context::default()).dispatches;
        for _ in 0..2 {
            let mut tally = SpeakerTally::default();
            for dispatch in &dispatches {
                tally.add(DispatchStatements::new(dispatch, &extract_quotes(dispatch)));
            }
            let found = tally.rows();
            let found: Vec<(&str, &str, usize, usize)> = found
                .iter()
                .map(|row| {
                    let title = row.title.as_deref().unwrap_or("");
                    (row.name.as_str(), title, row.quotes, row.dispatches)
                })
                .collect();
            assert_eq!(found, rows);
            // The order makes no difference.
            dispatches.reverse();
        }
    }

    const FIRST: &str = r#"{"headline": "Harbour shut", "slug": "HARBOUR", "date": "2026-05-04T10:00:00Z", "body": "The harbour is shut. \"Nothing moves until the wind drops,\" harbour master Orla Venn said.\n\n\"Not today,\" she said."}"#;

    const SECOND: &str = r#"{"headline": "Harbour still shut", "slug": "HARBOUR", "date": "2026-05-04T11:00:00Z", "body": "The harbour is still shut. \"Nothing moves until the wind drops\", harbour master Orla Venn said.\n\n\"Not today,\" she said. \"We wait for the evening,\" said Piet Amaro, a skipper."}"#;

    const OTHER: &str = r#"{"headline": "Fair opens", "slug": "FAIR", "date": "2026-05-05T09:00:00Z", "body": "The fair opened. \"Not today,\" harbour master Orla Venn said of the rain."}"#;

    #[test]
    fn a_quote_that_several_takes_carry_counts_once() {
        check(
            &[FIRST, SECOND],
            &[("Orla Venn", "harbour master", 2, 2), ("Piet Amaro", "skipper", 1, 1)],
        );
    }

    #[test]
    fn few_words_in_another_story_are_another_quote() {
        check(&[FIRST, OTHER], &[("Orla Venn", "harbour master", 3, 2)]);
    }

    #[test]
    fn times_are_those_of_the_first_and_last_dispatch() {
        let bytes = [OTHER, FIRST].join("\n");
        let mut tally = SpeakerTally::default();
        for dispatch in parse(bytes.as_bytes(), &Context::default()).dispatches {
            tally.add(DispatchStatements::new(&dispatch, &extract_quotes(&dispatch)));
        }
        let rows = tally.rows();
        let time =
            |stamp: Option<crate::dispatch::Stamp>| stamp.map(crate::dispatch::Stamp::to_rfc3339);
        assert_eq!(time(rows[0].first).as_deref(), Some("2026-05-04T10:00:00Z"));
        assert_eq!(time(rows[0].last).as_deref(), Some("2026-05-05T09:00:00Z"));
    }

    #[test]
    fn a_name_and_its_end_are_one_speaker() {
        for (a, b, same) in [
            ("Tove Harl", "Harl", true),
            ("Tove Harl", "TOVE HARL", true),
            ("the Kremlin", "Kremlin", true),
            ("Zofia Łęcka", "Lecka", true),
            ("Tove Harl", "Tove", false),
            ("Mara Lind", "Ina Lind", false),
            ("Lindharl", "Harl", false),
            ("", "Harl", false),
        ] {
            assert_eq!(is_same_speaker(a, b), same, "{a}, {b}");
            assert_eq!(is_same_speaker(b, a), same, "{b}, {a}");
        }
    }
}
