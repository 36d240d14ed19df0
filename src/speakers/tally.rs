//! Tallies the speakers of many dispatches: one row per speaker, with a quote that several takes of a story carry
//! counted once, at the earliest of them. Knows nothing of how quotes are found.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap, HashSet};

use foldhash::fast::RandomState;

use crate::dispatch::Stamp;
use crate::speakers::groups::to_number;
use crate::speakers::identity::{Evidence, Identities, Occurrence, SpeakerId, SpeakerNumber};
use crate::speakers::sources::{Source, SourceKind};
use crate::speakers::statements::{DispatchStatements, normalize_name};
use crate::speakers::words::{WordKind, is_full_first_name, kind_of};

/// One speaker in many dispatches: a row of the speakers list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpeakerSummary {
    pub id: SpeakerId,
    /// The fullest name as the earliest dispatch writes it, but not in capitals if any dispatch writes it otherwise.
    pub name: String,
    /// What tells the speaker from another of the same name, such as the employer, folded.
    pub distinction: Option<String>,
    /// The title that most dispatches give, however it is worded; among equals, the one of the earliest dispatch.
    pub title: Option<String>,
    /// The names under which the speaker is quoted, those of the most dispatches first.
    pub forms: Vec<String>,
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

/// A distinct quote: where it first stands, and the earliest and the latest dispatch that have it.
#[derive(Debug, Clone, Copy)]
struct QuoteSpan {
    speaker: SpeakerNumber,
    first: DispatchNumber,
    last: DispatchNumber,
}

/// Counts statements by speaker. The order in which dispatches are added makes no difference.
#[derive(Debug, Default)]
pub struct SpeakerTally {
    /// The distinct sources of all dispatches.
    sources: Vec<Source>,
    numbers: HashMap<Source, u32, RandomState>,
    /// The sources of each dispatch, each once; those of a dispatch stand together.
    occurrences: Vec<Occurrence>,
    /// The statements: [`super::Statement::words`], and an index into `occurrences`.
    statements: Vec<(u64, u32)>,
    /// Time of the dispatches with statements.
    quoting: Vec<Option<Stamp>>,
    /// Time in seconds and [`DispatchStatements::tie`] of the same dispatches.
    keys: Vec<(Option<i64>, u64)>,
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
        self.quoting.push(dispatch.time);
        self.keys.push((dispatch.time.map(|time| time.seconds), dispatch.tie));
        if dispatch.is_killed {
            self.killed.insert(dispatch_number);
        }
        let mut places: HashMap<u32, u32, RandomState> = HashMap::default();
        let occurrences: Vec<u32> = dispatch
            .sources
            .into_iter()
            .map(|source| {
                let source = self.source_number(source);
                *places.entry(source).or_insert_with(|| {
                    self.occurrences.push(Occurrence { dispatch: dispatch_number, source });
                    to_number(self.occurrences.len() - 1)
                })
            })
            .collect();
        let statements = dispatch.statements.iter();
        self.statements
            .extend(statements.map(|said| (said.words, occurrences[said.source as usize])));
    }

    /// The index of a source in `sources`, added if new.
    fn source_number(&mut self, source: Source) -> u32 {
        if let Some(&number) = self.numbers.get(&source) {
            return number;
        }
        let number = to_number(self.sources.len());
        self.sources.push(source.clone());
        self.numbers.insert(source, number);
        number
    }

    /// How many dispatches were added, with or without statements.
    #[must_use]
    pub fn dispatches(&self) -> usize {
        self.dispatches
    }

    fn evidence(&self) -> Evidence<'_> {
        Evidence { sources: &self.sources, occurrences: &self.occurrences, dispatches: &self.keys }
    }

    /// The ids of the speakers of all statements, in the order in which they were added.
    #[must_use]
    pub fn ids(&self) -> Vec<SpeakerId> {
        let evidence = self.evidence();
        let identities = Identities::new(evidence);
        let ids: Vec<SpeakerId> =
            (0..self.occurrences.len()).map(|at| identities.id(evidence, at)).collect();
        self.statements.iter().map(|&(_, occurrence)| ids[occurrence as usize]).collect()
    }

    /// The speakers, sorted by number of quotes, then of dispatches (both descending), then by name.
    ///
    /// Words that one take gives to “Harl” and another to “Tove Harl” are one quote, of the speaker with the longer name.
    /// Whoever is left without quotes has no row.
    #[must_use]
    pub fn rows(&self) -> Vec<SpeakerSummary> {
        let identities = Identities::new(self.evidence());
        let spans = self.spans(&identities);
        self.summarize(&identities, &self.occurrences_by_speaker(&identities), spans)
    }

    /// The rows of each period with quotes, earliest first; each sorted as by [`SpeakerTally::rows`]. A quote counts in
    /// the period of the earliest dispatch that carries it, so that the numbers of all periods add up to those of the
    /// rows without periods. Names and titles are those of all dispatches together.
    #[must_use]
    pub fn rows_by_period(&self, period: Period) -> Vec<PeriodSummary> {
        let identities = Identities::new(self.evidence());
        let occurrences = self.occurrences_by_speaker(&identities);
        let mut spans_by_period: BTreeMap<(bool, String), Vec<QuoteSpan>> = BTreeMap::new();
        for span in self.spans(&identities) {
            let time = self.time(span.first);
            let name = time.map_or_else(String::new, |time| period.name_at(time));
            spans_by_period.entry((time.is_none(), name)).or_default().push(span);
        }
        let summarize = |((_, period), spans)| PeriodSummary {
            period,
            rows: self.summarize(&identities, &occurrences, spans),
        };
        spans_by_period.into_iter().map(summarize).collect()
    }

    /// The occurrences sorted by speaker, then as in the dispatches by their time.
    fn occurrences_by_speaker(&self, identities: &Identities) -> Vec<u32> {
        let mut all: Vec<u32> = (0..to_number(self.occurrences.len())).collect();
        all.sort_unstable_by_key(|&at| {
            let occurrence = self.occurrences[at as usize];
            (identities.speakers[at as usize], self.rank(occurrence.dispatch), at)
        });
        all
    }

    /// A row for each speaker of some quotes.
    fn summarize(
        &self,
        identities: &Identities,
        occurrences: &[u32],
        mut spans: Vec<QuoteSpan>,
    ) -> Vec<SpeakerSummary> {
        // By speaker, then by dispatch: each dispatch is counted where it differs from the one before.
        spans.sort_unstable_by_key(|span| (span.speaker, self.rank(span.first)));
        let mut rows: Vec<SpeakerSummary> = spans
            .chunk_by(|a, b| a.speaker == b.speaker)
            .map(|group| {
                let speaker = |at: &u32| identities.speakers[*at as usize];
                let from = occurrences.partition_point(|at| speaker(at) < group[0].speaker);
                let own = &occurrences[from..];
                let to = own.partition_point(|at| speaker(at) == group[0].speaker);
                self.summary(identities, &own[..to], group)
            })
            .collect();
        rows.sort_by(|a, b| {
            let rank = |row: &SpeakerSummary| Reverse((row.quotes, row.dispatches));
            rank(a).cmp(&rank(b)).then_with(|| {
                (&a.name, a.first.map(|time| time.seconds), a.id).cmp(&(
                    &b.name,
                    b.first.map(|time| time.seconds),
                    b.id,
                ))
            })
        });
        rows
    }

    /// The row of one speaker, whose occurrences and quotes are sorted by their earliest dispatch.
    fn summary(
        &self,
        identities: &Identities,
        occurrences: &[u32],
        group: &[QuoteSpan],
    ) -> SpeakerSummary {
        let first = |at: usize| self.rank(group[at].first);
        let is_new = |at: &usize| *at == 0 || first(*at - 1) != first(*at);
        let dispatches = (0..group.len()).filter(is_new);
        let is_killed = |at: &usize| self.killed.contains(&group[*at].first);
        let spans = group.iter().copied();
        let whole = spans.fold(group[0], |whole, span| self.join(whole, span));
        let id = occurrences
            .first()
            .map_or(SpeakerId(0), |&at| identities.id(self.evidence(), at as usize));
        SpeakerSummary {
            id,
            name: self.name(occurrences),
            distinction: identities.distinction(group[0].speaker).map(str::to_owned),
            title: self.title(occurrences),
            forms: self.forms(occurrences),
            quotes: group.len(),
            dispatches: dispatches.clone().count(),
            killed: dispatches.filter(is_killed).count(),
            first: self.time(whole.first),
            last: self.time(whole.last),
        }
    }

    /// The sources of some occurrences.
    fn sources_of<'t>(&'t self, occurrences: &'t [u32]) -> impl Iterator<Item = &'t Source> {
        occurrences.iter().map(|&at| &self.sources[self.occurrences[at as usize].source as usize])
    }

    /// The fullest name as the earliest dispatch writes it. A dispatch may write it in several ways: then the letters
    /// decide.
    fn name(&self, occurrences: &[u32]) -> String {
        let fullness = |source: &Source| {
            // Prefer mixed case to a name in capitals, such as a transcript's label.
            let capitals = !source.name.chars().any(char::is_lowercase);
            let given = source.given.as_deref();
            let is_initial = given.is_some_and(|given| given.chars().count() == 1);
            let is_nominal = matches!(source.kind, SourceKind::Office | SourceKind::Anonymous);
            let untold = source.kind == SourceKind::Anonymous && source.office.is_none();
            (is_nominal, untold, given.is_none(), is_initial, capitals)
        };
        let sources = || self.sources_of(occurrences);
        let has_full =
            sources().any(|source| source.given.as_deref().is_some_and(is_full_first_name));
        let is_short =
            |source: &Source| has_full && !source.given.as_deref().is_some_and(is_full_first_name);
        let ranked = sources().zip(occurrences).map(|(source, &at)| {
            let rank = self.rank(self.occurrences[at as usize].dispatch);
            (fullness(source), is_short(source), rank, source.name.as_str())
        });
        ranked.min().map_or_else(String::new, |(.., name)| name.to_owned())
    }

    /// The title that most dispatches give, compared by office; as the earliest of them writes it. A form of address is
    /// one only if there is no other.
    fn title(&self, occurrences: &[u32]) -> Option<String> {
        /// Whether it is an office, the number of dispatches with it, the earliest of them, and its title.
        type Count<'t> = (bool, usize, Reverse<(Rank, &'t str)>);
        let mut counts: HashMap<&str, (Option<DispatchNumber>, Count<'_>), RandomState> =
            HashMap::default();
        for (source, &at) in self.sources_of(occurrences).zip(occurrences) {
            let (Some(title), Some(office)) = (&source.title, &source.office) else {
                continue;
            };
            let dispatch = self.occurrences[at as usize].dispatch;
            let here = Reverse((self.rank(dispatch), title.as_str()));
            let is_office = !kind_of(&office.head).is(WordKind::HONORIFIC);
            let new = (None, (is_office, 0, here));
            let (last, (_, count, first)) = counts.entry(&office.head).or_insert(new);
            *count += usize::from(*last != Some(dispatch));
            *last = Some(dispatch);
            *first = (*first).max(here);
        }
        let most = counts.into_values().map(|(_, count)| count).max();
        most.map(|(.., Reverse((_, title)))| title.to_owned())
    }

    /// The names that occur, those of the most dispatches first.
    fn forms(&self, occurrences: &[u32]) -> Vec<String> {
        let mut counts: HashMap<&str, usize, RandomState> = HashMap::default();
        for source in self.sources_of(occurrences) {
            *counts.entry(&source.name).or_default() += 1;
        }
        let mut forms: Vec<(&str, usize)> = counts.into_iter().collect();
        forms.sort_unstable_by_key(|&(name, count)| (Reverse(count), name));
        forms.into_iter().map(|(name, _)| name.to_owned()).collect()
    }

    /// The distinct quotes, each with its speaker. Those of the same words are joined where their speakers can be the
    /// same.
    fn spans(&self, identities: &Identities) -> Vec<QuoteSpan> {
        let mut quotes = self.statements.clone();
        let speaker = |occurrence: u32| identities.speakers[occurrence as usize];
        let dispatch = |occurrence: u32| self.occurrences[occurrence as usize].dispatch;
        quotes
            .sort_unstable_by_key(|&(words, at)| (words, speaker(at), self.rank(dispatch(at)), at));
        let mut spans: Vec<QuoteSpan> = Vec::with_capacity(quotes.len());
        for group in quotes.chunk_by(|a, b| a.0 == b.0) {
            let start = spans.len();
            let mut names: Vec<u32> = Vec::new();
            for &(_, at) in group {
                let here =
                    QuoteSpan { speaker: speaker(at), first: dispatch(at), last: dispatch(at) };
                match spans[start..].last_mut() {
                    Some(known) if known.speaker == here.speaker => {
                        *known = self.join(*known, here);
                    }
                    _ => {
                        spans.push(here);
                        names.push(at);
                    }
                }
            }
            if names.len() > 1 {
                let joined = self.join_names(&names, &spans[start..]);
                spans.truncate(start);
                spans.extend(joined);
            }
        }
        spans
    }

    /// Joins quotes of the same words by several speakers, given an occurrence of each, where their names can be one
    /// speaker's: equal, or one the end of another. The same as by [`super::is_same_speaker`], without comparing each
    /// with each.
    fn join_names(&self, occurrences: &[u32], spans: &[QuoteSpan]) -> Vec<QuoteSpan> {
        let names: Vec<String> =
            self.sources_of(occurrences).map(|source| normalize_name(&source.name)).collect();
        // Of equal names, the earliest.
        let mut by_name: HashMap<&str, usize, RandomState> = HashMap::default();
        for (at, name) in names.iter().enumerate() {
            let known = by_name.entry(name).or_insert(at);
            if self.rank(spans[at].first) < self.rank(spans[*known].first) {
                *known = at;
            }
        }
        let mut fullest: HashMap<&str, usize, RandomState> = by_name.clone();
        for (whole, &at) in &by_name {
            for (space, _) in whole.match_indices(' ') {
                if let Some(best) = fullest.get_mut(&whole[space + 1..]) {
                    let length = |at: usize| (names[at].len(), &names[at]);
                    if length(*best) < length(at) {
                        *best = at;
                    }
                }
            }
        }
        let mut joined: BTreeMap<SpeakerNumber, QuoteSpan> = BTreeMap::new();
        for (name, span) in names.iter().zip(spans) {
            let speaker = fullest.get(name.as_str()).map_or(span.speaker, |&at| spans[at].speaker);
            let here = QuoteSpan { speaker, ..*span };
            let whole = joined.get(&speaker).map_or(here, |&known| self.join(known, here));
            joined.insert(speaker, whole);
        }
        joined.into_values().collect()
    }

    fn time(&self, dispatch: DispatchNumber) -> Option<Stamp> {
        self.quoting[dispatch as usize]
    }

    fn rank(&self, dispatch: DispatchNumber) -> Rank {
        let (time, tie) = self.keys[dispatch as usize];
        (time.unwrap_or(i64::MAX), tie)
    }

    fn earlier(&self, a: DispatchNumber, b: DispatchNumber) -> DispatchNumber {
        if self.rank(b) < self.rank(a) { b } else { a }
    }

    /// The span of the dispatches of both, of the speaker of the first.
    fn join(&self, a: QuoteSpan, b: QuoteSpan) -> QuoteSpan {
        let later = self.time(b.last) > self.time(a.last);
        QuoteSpan {
            speaker: a.speaker,
            first: self.earlier(a.first, b.first),
            last: if later { b.last } else { a.last },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{DispatchStatements, Period, SpeakerTally};
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
}
