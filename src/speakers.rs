//! Tallies the speakers of many dispatches: one row per speaker, with a quote that several takes of a story carry
//! counted once, at the earliest of them. Knows nothing of how quotes are found.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap, HashSet};

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
    /// A hash that is equal for the same words in several takes of a story, whoever says them.
    pub words: u64,
}

/// The attributed statements of one dispatch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DispatchStatements {
    /// When the dispatch was sent.
    pub time: Option<Stamp>,
    /// Orders dispatches of the same time: a hash of what identifies the dispatch, and of its bytes.
    pub tie: u64,
    /// Killed, by itself or by another dispatch.
    pub is_killed: bool,
    pub statements: Vec<Statement>,
}

impl DispatchStatements {
    /// Keeps those of a dispatch's quotes that are statements with a named speaker.
    #[must_use]
    pub fn new(dispatch: &Dispatch, quotes: &[Quote]) -> Self {
        let statements = quotes.iter().filter_map(|quote| Statement::new(dispatch, quote));
        let identity = format!("{}\n{:016x}", dispatch.item_identity(), dispatch.raw_hash);
        Self {
            time: dispatch.time,
            tie: stable_hash(identity.as_bytes()),
            is_killed: false,
            statements: statements.collect(),
        }
    }
}

impl Statement {
    /// Converts a quote; `None` if it is not a statement or has no speaker.
    #[must_use]
    pub fn new(dispatch: &Dispatch, quote: &Quote) -> Option<Self> {
        let name = quote.speaker.as_ref().filter(|_| quote.is_statement())?;
        Some(Self {
            words: words_key(dispatch, quote, ""),
            name: name.clone(),
            title: quote.title.clone(),
        })
    }
}

/// A hash that is equal for quotes of the same words and the same speaker's name (or none), ignoring punctuation, case
/// and accents. With few words, the story must be the same too.
#[must_use]
pub fn quote_key(dispatch: &Dispatch, quote: &Quote) -> u64 {
    words_key(dispatch, quote, &normalize_name(quote.speaker.as_deref().unwrap_or("")))
}

/// The hash of a quote's words, after a text that comes first. With few words, also of the story: its slug, else the
/// wire's name of the story, else the id that versions of an item share, else the item itself.
fn words_key(dispatch: &Dispatch, quote: &Quote, before: &str) -> u64 {
    let source = match quote.part {
        TextPart::Headline => dispatch.headline.as_str(),
        TextPart::Body => dispatch.body.text(),
    };
    let folded = fold(&quotes::quote_text(quote, source));
    let mut whole = before.to_owned();
    let mut count = 0;
    for word in folded.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()) {
        whole.push('\n');
        whole.push_str(word);
        count += 1;
    }
    if count < MIN_DISTINCTIVE_WORDS {
        let story = dispatch.slug.as_deref().map(fold);
        let story = story.or_else(|| dispatch.story.clone()).or_else(|| dispatch.id.clone());
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

/// One speaker in many dispatches: a row of the speakers list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpeakerSummary {
    /// The name as the earliest dispatch writes it, but not in capitals if any dispatch writes it otherwise.
    pub name: String,
    /// The title that most dispatches give; among equals, the one of the earliest dispatch.
    pub title: Option<String>,
    /// Distinct quotes: one that several takes carry counts once.
    pub quotes: usize,
    /// Dispatches that are the earliest with one of these quotes. A take that only repeats them does not count, so that
    /// there are never more dispatches than quotes.
    pub dispatches: usize,
    /// How many of these dispatches are killed.
    pub killed: usize,
    /// The time of the first dispatch with one of these quotes, among those with a time.
    pub first: Option<Stamp>,
    /// The time of the last one, repeats included.
    pub last: Option<Stamp>,
}

/// A calendar period that quotes are counted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Period {
    Day,
    /// From Monday to Sunday, as numbered by ISO 8601.
    Week,
    Month,
    Year,
}

impl Period {
    /// The period that a time is in, at the wire's own offset: `2026-05-04`, `2026-W19`, `2026-05` or `2026`. Names sort
    /// by time.
    #[must_use]
    pub fn name_at(self, time: Stamp) -> String {
        let format = match self {
            Self::Day => "%Y-%m-%d",
            Self::Week => "%G-W%V",
            Self::Month => "%Y-%m",
            Self::Year => "%Y",
        };
        time.to_zoned().strftime(format).to_string()
    }
}

/// The speakers of one period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PeriodSummary {
    /// The name of the period; see [`Period::name_at`]. Empty for the quotes of dispatches without a time, which come last.
    pub period: String,
    pub rows: Vec<SpeakerSummary>,
}

/// Where a dispatch stands among others: by time in seconds, those without one last, then by a hash. It does not depend
/// on the order in which they are read.
type Rank = (i64, u64);

/// A dispatch with statements, as an index into [`SpeakerTally::quoting`]. There may be a million quotes: four bytes
/// instead of its time and hash.
type DispatchNumber = u32;

/// What is known of a speaker while dispatches are added.
#[derive(Debug)]
struct SpeakerCount {
    name: String,
    /// The name in the form used for comparison.
    normalized: String,
    /// Whether the name is in capitals, and the dispatch that writes it so: the least by rank is kept.
    name_from: (bool, DispatchNumber),
    /// For each title, how many dispatches give it, and the earliest of them.
    titles: HashMap<String, (usize, DispatchNumber), RandomState>,
}

/// The earliest and the latest dispatch with a quote.
#[derive(Debug, Clone, Copy)]
struct QuoteSpan {
    first: DispatchNumber,
    last: DispatchNumber,
}

/// Counts statements by speaker. The order in which dispatches are added makes no difference.
#[derive(Debug, Default)]
pub struct SpeakerTally {
    speakers: Vec<SpeakerCount>,
    /// Normalized names, as indexes into `speakers`.
    names: HashMap<String, u32, RandomState>,
    /// The distinct quotes, by [`Statement::words`] and the index of the speaker.
    quotes: HashMap<(u64, u32), QuoteSpan, RandomState>,
    /// Time and [`DispatchStatements::tie`] of the dispatches with statements.
    quoting: Vec<(Option<Stamp>, u64)>,
    /// Those of them that are killed.
    killed: HashSet<DispatchNumber, RandomState>,
    dispatches: usize,
}

impl SpeakerTally {
    /// Adds the statements of one dispatch.
    pub fn add(&mut self, dispatch: DispatchStatements) {
        self.dispatches += 1;
        if dispatch.statements.is_empty() {
            return;
        }
        let dispatch_number = to_number(self.quoting.len());
        self.quoting.push((dispatch.time, dispatch.tie));
        if dispatch.is_killed {
            self.killed.insert(dispatch_number);
        }
        let span = QuoteSpan { first: dispatch_number, last: dispatch_number };
        let mut titles: Vec<(u32, String)> = Vec::new();
        for Statement { name, title, words } in dispatch.statements {
            let speaker = self.speaker_index(&name, dispatch_number);
            let known = self.quotes.get(&(words, speaker));
            let whole = known.map_or(span, |&known| self.join(known, span));
            self.quotes.insert((words, speaker), whole);
            titles.extend(title.filter(|title| !title.is_empty()).map(|title| (speaker, title)));
        }
        titles.sort_unstable();
        titles.dedup();
        for (speaker, title) in titles {
            let known = &self.speakers[speaker as usize].titles.get(&title);
            let (count, first) = known.copied().unwrap_or((0, dispatch_number));
            let first = self.earlier(first, dispatch_number);
            self.speakers[speaker as usize].titles.insert(title, (count + 1, first));
        }
    }

    /// The index of a speaker in `speakers`, added if new. `from` is the dispatch that writes the name so.
    fn speaker_index(&mut self, name: &str, from: DispatchNumber) -> u32 {
        // Prefer mixed case to a name in capitals, such as a transcript's label.
        let capitals = !name.chars().any(char::is_lowercase);
        let key = normalize_name(name);
        let Some(&number) = self.names.get(&key) else {
            let titles = HashMap::default();
            let number = to_number(self.speakers.len());
            self.speakers.push(SpeakerCount {
                name: name.to_owned(),
                normalized: key.clone(),
                name_from: (capitals, from),
                titles,
            });
            self.names.insert(key, number);
            return number;
        };
        let known = &self.speakers[number as usize];
        let known_rank = (known.name_from.0, self.rank(known.name_from.1), known.name.as_str());
        // A dispatch may write a name in several ways: then the letters decide.
        if (capitals, self.rank(from), name) < known_rank {
            let known = &mut self.speakers[number as usize];
            known.name_from = (capitals, from);
            name.clone_into(&mut known.name);
        }
        number
    }

    /// How many dispatches were added, with or without statements.
    #[must_use]
    pub fn dispatches(&self) -> usize {
        self.dispatches
    }

    /// The speakers, sorted by number of quotes, then of dispatches (both descending), then by name.
    ///
    /// Words that one take gives to “Harl” and another to “Tove Harl” are one quote, of the speaker with the longer name.
    /// Whoever is left without quotes has no row.
    #[must_use]
    pub fn rows(&self) -> Vec<SpeakerSummary> {
        self.summarize(self.spans_by_speaker())
    }

    /// The rows of each period with quotes, earliest first; each sorted as by [`SpeakerTally::rows`]. A quote counts in
    /// the period of the earliest dispatch that carries it, so that the numbers of all periods add up to those of the
    /// rows without periods. Names and titles are those of all dispatches together.
    #[must_use]
    pub fn rows_by_period(&self, period: Period) -> Vec<PeriodSummary> {
        let mut spans_by_period: BTreeMap<(bool, String), Vec<(u32, QuoteSpan)>> = BTreeMap::new();
        for (speaker, span) in self.spans_by_speaker() {
            let time = self.time(span.first);
            let name = time.map_or_else(String::new, |time| period.name_at(time));
            spans_by_period.entry((time.is_none(), name)).or_default().push((speaker, span));
        }
        let summarize =
            |((_, period), spans)| PeriodSummary { period, rows: self.summarize(spans) };
        spans_by_period.into_iter().map(summarize).collect()
    }

    /// A row for each speaker of some quotes.
    fn summarize(&self, mut spans: Vec<(u32, QuoteSpan)>) -> Vec<SpeakerSummary> {
        // By speaker, then by dispatch: each dispatch is counted where it differs from the one before.
        spans.sort_unstable_by_key(|&(speaker, span)| (speaker, self.rank(span.first)));
        let mut rows: Vec<SpeakerSummary> =
            spans.chunk_by(|a, b| a.0 == b.0).map(|group| self.summary(group)).collect();
        rows.sort_by(|a, b| {
            let rank = |row: &SpeakerSummary| Reverse((row.quotes, row.dispatches));
            rank(a).cmp(&rank(b)).then_with(|| a.name.cmp(&b.name))
        });
        rows
    }

    /// The row of one speaker, whose quotes are sorted by their earliest dispatch.
    fn summary(&self, group: &[(u32, QuoteSpan)]) -> SpeakerSummary {
        let speaker = &self.speakers[group[0].0 as usize];
        let first = |at: usize| self.rank(group[at].1.first);
        let is_new = |at: &usize| *at == 0 || first(*at - 1) != first(*at);
        let dispatches = (0..group.len()).filter(is_new);
        let is_killed = |at: &usize| self.killed.contains(&group[*at].1.first);
        let spans = group.iter().map(|&(_, span)| span);
        let whole = spans.fold(group[0].1, |whole, span| self.join(whole, span));
        SpeakerSummary {
            name: speaker.name.clone(),
            title: self.title(speaker),
            quotes: group.len(),
            dispatches: dispatches.clone().count(),
            killed: dispatches.filter(is_killed).count(),
            first: self.time(whole.first),
            last: self.time(whole.last),
        }
    }

    /// The distinct quotes, each with its speaker. Those of the same words are joined where their speakers can be the
    /// same.
    fn spans_by_speaker(&self) -> Vec<(u32, QuoteSpan)> {
        let mut quotes: Vec<(u64, u32, QuoteSpan)> =
            self.quotes.iter().map(|(&(words, speaker), &span)| (words, speaker, span)).collect();
        quotes.sort_unstable_by_key(|&(words, speaker, _)| (words, speaker));
        let mut spans = Vec::with_capacity(quotes.len());
        for group in quotes.chunk_by(|a, b| a.0 == b.0) {
            if let [(_, speaker, span)] = group {
                spans.push((*speaker, *span));
                continue;
            }
            let fullest = self.fullest_names(group.iter().map(|&(_, speaker, _)| speaker));
            let mut joined: HashMap<u32, QuoteSpan, RandomState> = HashMap::default();
            for &(_, speaker, span) in group {
                let speaker = fullest.get(&speaker).copied().unwrap_or(speaker);
                let known = joined.get(&speaker);
                let whole = known.map_or(span, |&known| self.join(known, span));
                joined.insert(speaker, whole);
            }
            spans.extend(joined);
        }
        spans
    }

    /// For those of some speakers whose name is the end of another's among them: the speaker with the longest such name.
    /// All are indexes into `speakers`. The same as by [`is_same_speaker`], without comparing each with each.
    fn fullest_names(
        &self,
        speakers: impl Iterator<Item = u32> + Clone,
    ) -> HashMap<u32, u32, RandomState> {
        let name = |speaker: u32| self.speakers[speaker as usize].normalized.as_str();
        let by_name: HashMap<&str, u32, RandomState> =
            speakers.clone().map(|speaker| (name(speaker), speaker)).collect();
        let mut fullest: HashMap<u32, u32, RandomState> = HashMap::default();
        for speaker in speakers {
            let whole = name(speaker);
            let ends = whole.match_indices(' ').map(|(at, _)| &whole[at + 1..]);
            for &shorter in ends.filter_map(|end| by_name.get(end)) {
                let best = fullest.entry(shorter).or_insert(speaker);
                let length = |speaker: u32| (name(speaker).len(), name(speaker));
                if length(*best) < length(speaker) {
                    *best = speaker;
                }
            }
        }
        fullest
    }

    /// The title that most dispatches give; among equals, the one of the earliest dispatch.
    fn title(&self, speaker: &SpeakerCount) -> Option<String> {
        let most = speaker
            .titles
            .iter()
            .min_by_key(|&(title, &(count, first))| (Reverse(count), self.rank(first), title));
        most.map(|(title, _)| title.clone())
    }

    fn time(&self, dispatch: DispatchNumber) -> Option<Stamp> {
        self.quoting[dispatch as usize].0
    }

    fn rank(&self, dispatch: DispatchNumber) -> Rank {
        let (time, tie) = self.quoting[dispatch as usize];
        (time.map_or(i64::MAX, |time| time.seconds), tie)
    }

    fn earlier(&self, a: DispatchNumber, b: DispatchNumber) -> DispatchNumber {
        if self.rank(b) < self.rank(a) { b } else { a }
    }

    /// The span of the dispatches of both.
    fn join(&self, a: QuoteSpan, b: QuoteSpan) -> QuoteSpan {
        let later = self.time(b.last) > self.time(a.last);
        QuoteSpan {
            first: self.earlier(a.first, b.first),
            last: if later { b.last } else { a.last },
        }
    }
}

/// The number of the element that is added to a list of this length. Nobody has four billion speakers: further ones
/// would be counted as the last.
fn to_number(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::{DispatchStatements, Period, SpeakerTally, is_same_speaker};
    use crate::format::{Context, parse};
    use crate::quotes::extract_quotes;

    /// Tallies JSON Lines and checks the rows: name, title, quotes, dispatches.
    #[track_caller]
    fn check(lines: &[&str], rows: &[(&str, &str, usize, usize)]) {
        let bytes = lines.join("\n") + "\n";
        let mut dispatches = parse(bytes.as_bytes(), &Context::default()).dispatches;
        assert_eq!(dispatches.len(), lines.len());
        for _ in 0..2 * lines.len() {
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
            dispatches.rotate_left(1);
            if dispatches.len() > 2 {
                dispatches.swap(0, 1);
            }
        }
    }

    const FIRST: &str = r#"{"headline": "Harbour shut", "slug": "HARBOUR", "date": "2026-05-04T10:00:00Z", "body": "The harbour is shut. \"Nothing moves until the wind drops,\" harbour master Orla Venn said.\n\n\"Not today,\" she said."}"#;

    const SECOND: &str = r#"{"headline": "Harbour still shut", "slug": "HARBOUR", "date": "2026-05-04T11:00:00Z", "body": "The harbour is still shut. \"Nothing moves until the wind drops\", harbour master Orla Venn said.\n\n\"Not today,\" she said. \"We wait for the evening,\" said Piet Amaro, a skipper."}"#;

    const OTHER: &str = r#"{"headline": "Fair opens", "slug": "FAIR", "date": "2026-05-05T09:00:00Z", "body": "The fair opened. \"Not today,\" harbour master Orla Venn said of the rain."}"#;

    #[test]
    fn a_quote_that_several_takes_carry_counts_once() {
        check(
            &[FIRST, SECOND],
            &[("Orla Venn", "harbour master", 2, 1), ("Piet Amaro", "skipper", 1, 1)],
        );
    }

    #[test]
    fn words_given_to_a_name_and_to_its_end_are_one_quote() {
        let lead = |time: &str, id: &str, said: &str| {
            let line = r#"{"headline": "Harbour", "id": "NUMBER", "date": "2026-05-04TTIME:00Z", "body": "The harbour is shut. QUOTE"}"#;
            line.replace("TIME", time).replace("NUMBER", id).replace("QUOTE", said)
        };
        let wind = r#"\"Nothing moves until the wind drops,\" SPEAKER said."#;
        let by = |name: &str| wind.replace("SPEAKER", name);
        let [short, long] = [by("Venn"), by("Orla Venn")];
        let lines = [lead("10:00", "a", &short), lead("11:00", "b", &long)];
        check(&[&lines[0], &lines[1]], &[("Orla Venn", "", 1, 1)]);
        // Somebody else with the same last name is somebody else.
        let lines = [
            lead("10:00", "a", &by("Mara Venn")),
            lead("11:00", "b", &long),
            lead("12:00", "c", r#"\"It is a fine day for walking,\" Venn said."#),
        ];
        check(
            &[&lines[0], &lines[1], &lines[2]],
            &[("Mara Venn", "", 1, 1), ("Orla Venn", "", 1, 1), ("Venn", "", 1, 1)],
        );
    }

    #[test]
    fn few_words_count_once_in_versions_of_one_item() {
        let line = r#"{"headline": "Harbour", "id": "a", "version": "VERSION", "date": "2026-05-04T10:0VERSION:00Z", "body": "The harbour is shut. \"Not today,\" Orla Venn said."}"#;
        let [one, two] = ["1", "2"].map(|version| line.replace("VERSION", version));
        check(&[&one, &two], &[("Orla Venn", "", 1, 1)]);
        let other = two.replace("\"id\": \"a\"", "\"id\": \"b\"");
        check(&[&one, &other], &[("Orla Venn", "", 2, 2)]);
    }

    #[test]
    fn the_earliest_dispatch_gives_the_spelling_and_the_title() {
        let line = r#"{"headline": "Harbour", "id": "HOUR", "date": "2026-05-04THOUR:00:00Z", "body": "The harbour is shut. \"WORDS is what they all say here,\" TITLE NAME said."}"#;
        let at = |hour: &str, words: &str, title: &str, name: &str| {
            let line = line.replace("HOUR", hour).replace("WORDS", words);
            line.replace("TITLE", title).replace("NAME", name)
        };
        let lines = [
            at("10", "One", "mayor", "ZOFIA LECKA"),
            at("11", "Two", "governor", "Zofia Łęcka"),
            at("12", "Three", "mayor", "Zofia Lecka"),
            at("13", "Four", "governor", "Zofia Lecka"),
        ];
        let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
        check(&lines, &[("Zofia Łęcka", "mayor", 4, 4)]);
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
    fn a_quote_counts_in_the_period_of_its_earliest_dispatch() {
        let line = r#"{"headline": "H", "id": "ID", "date": "DATE", "body": "It rained. \"WORDS are what we all look at here,\" Orla Venn said."}"#;
        let at = |id: &str, date: &str, words: &str| {
            line.replace("ID", id).replace("DATE", date).replace("WORDS", words)
        };
        let lines = [
            at("a", "2024-12-30T10:00:00Z", "Boats"),
            at("b", "2026-05-31T23:30:00-04:00", "Nets"),
            at("c", "2026-06-02", "Nets"),
            at("d", "2026-06-02T10:00:00Z", "Ropes"),
            at("e", "", "Sails"),
        ];
        let mut tally = SpeakerTally::default();
        for dispatch in parse(lines.join("\n").as_bytes(), &Context::default()).dispatches {
            tally.add(DispatchStatements::new(&dispatch, &extract_quotes(&dispatch)));
        }
        let check = |period: Period, expected: &[(&str, usize)]| {
            let found = tally.rows_by_period(period);
            let found: Vec<(&str, usize)> =
                found.iter().map(|found| (found.period.as_str(), found.rows[0].quotes)).collect();
            assert_eq!(found, expected, "{period:?}");
        };
        check(Period::Day, &[("2024-12-30", 1), ("2026-05-31", 1), ("2026-06-02", 1), ("", 1)]);
        check(Period::Week, &[("2025-W01", 1), ("2026-W22", 1), ("2026-W23", 1), ("", 1)]);
        check(Period::Month, &[("2024-12", 1), ("2026-05", 1), ("2026-06", 1), ("", 1)]);
        check(Period::Year, &[("2024", 1), ("2026", 2), ("", 1)]);
        assert_eq!(tally.rows()[0].quotes, 4);
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
