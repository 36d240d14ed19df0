//! Saved views, alerts and mutes as plain values, and the rules that match them against arriving entries. No IO, no
//! clock.

use jiff::civil;
use jiff::tz::TimeZone;

use crate::filter::{Query, QueryContext, evaluate_heads};
use crate::index::{EntryId, Snapshot, iter_set_bits};
use crate::marks::MarkSets;

// Saved views.

/// The colours that a view may have. The theme decides what they look like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Tint {
    Red,
    Green,
    Yellow,
    Blue,
    Magenta,
    Cyan,
}

impl Tint {
    /// All colours.
    pub const ALL: [Self; 6] =
        [Self::Red, Self::Green, Self::Yellow, Self::Blue, Self::Magenta, Self::Cyan];

    /// Its name in the config file.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Red => "red",
            Self::Green => "green",
            Self::Yellow => "yellow",
            Self::Blue => "blue",
            Self::Magenta => "magenta",
            Self::Cyan => "cyan",
        }
    }

    /// The colour with a name in the config file.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|tint| tint.name() == name)
    }
}

/// A filter with a name, and what happens when a dispatch arrives that matches it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SavedView {
    pub name: String,
    /// The query as written by the user, see [`crate::filter::Query`].
    pub filter: String,
    /// The colour of its rows in the list.
    pub tint: Option<Tint>,
    /// The letter beside the colour. `None` for the first letter of the name.
    pub letter: Option<char>,
    /// Matching arrivals are added to the log of alerts.
    pub alert: bool,
    /// The terminal's bell rings for matching arrivals.
    pub bell: bool,
    /// A program and its arguments, run for each matching arrival with its record on standard input. Empty for none.
    pub command: Vec<String>,
}

impl SavedView {
    /// The letter beside its colour, in upper case: rows must be recognizable without colours, too. `*` if the name has
    /// no letter or digit.
    #[must_use]
    pub fn letter(&self) -> char {
        let first = || self.name.chars().find(|c| c.is_alphanumeric());
        let letter = self.letter.or_else(first).unwrap_or('*');
        let mut upper = letter.to_uppercase();
        // `ß` would become two letters, and there is one column.
        upper.next().filter(|_| upper.next().is_none()).unwrap_or(letter)
    }
}

// Mutes.

/// When a mute ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MuteEnd {
    /// At the end of a day in the reader's time zone.
    Day(civil::Date),
    /// At a time in the reader's time zone.
    Local(civil::DateTime),
    /// At a moment, in seconds since the Unix epoch.
    Moment(i64),
}

impl MuteEnd {
    /// The first moment that is no longer muted, in seconds since the Unix epoch. `zone` is the reader's.
    #[must_use]
    pub fn to_seconds(self, zone: &TimeZone) -> i64 {
        let local = |time: civil::DateTime| {
            let moment = zone.to_ambiguous_zoned(time).compatible();
            moment.map_or(i64::MAX, |zoned| zoned.timestamp().as_second())
        };
        match self {
            Self::Day(day) => {
                day.tomorrow().map_or(i64::MAX, |next| local(next.to_datetime(civil::Time::MIN)))
            }
            Self::Local(time) => local(time),
            Self::Moment(seconds) => seconds,
        }
    }
}

/// A filter whose dispatches are left out of the list, for good or for a time.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Mute {
    pub name: Option<String>,
    /// The query as written by the user, see [`crate::filter::Query`].
    pub filter: String,
    /// `None` for good.
    pub until: Option<MuteEnd>,
}

impl Mute {
    /// Its name, else its filter.
    #[must_use]
    pub fn title(&self) -> &str {
        self.name.as_deref().unwrap_or(&self.filter)
    }
}

// How views and mutes made on the screen are stored among the marks, as short readable texts. The definition of a view
// is its filter, after a line `alert` if it raises alerts. A mute is a setting that is named after its filter and has
// the end of the mute as its value, in seconds since the Unix epoch, or an empty value.

/// Prefix of the settings that are mutes.
const MUTE_PREFIX: &str = "mute ";

impl SavedView {
    /// The text that is stored under its name. Only the filter and the alert: colours, bells and commands are set in
    /// the config file.
    #[must_use]
    pub fn definition(&self) -> String {
        let alert = if self.alert { "alert\n" } else { "" };
        format!("{alert}{}", self.filter)
    }

    /// The view with a name and a stored [`definition`](Self::definition).
    #[must_use]
    pub fn from_definition(name: &str, definition: &str) -> Self {
        let rest = definition.strip_prefix("alert\n");
        Self {
            name: name.to_owned(),
            filter: rest.unwrap_or(definition).to_owned(),
            alert: rest.is_some(),
            ..Self::default()
        }
    }
}

impl Mute {
    /// The name of the setting that stores a mute with this filter.
    #[must_use]
    pub fn setting_name(filter: &str) -> String {
        format!("{MUTE_PREFIX}{filter}")
    }

    /// The mute that a setting stores, or `None` if the setting is something else. `until` is its value.
    #[must_use]
    pub fn from_setting(name: &str, until: &str) -> Option<Self> {
        let filter = name.strip_prefix(MUTE_PREFIX)?;
        Some(Self {
            name: None,
            filter: filter.to_owned(),
            until: until.parse().ok().map(MuteEnd::Moment),
        })
    }
}

// Rules: the queries of views and mutes, run over arriving entries. Heads decide most of them at once; a job reads the
// texts of the rest.

/// A query with a number, by which the caller recognizes it in the results.
#[derive(Debug, Clone)]
pub struct Rule {
    pub number: u32,
    pub query: Query,
}

/// A list of rules. A rule with an empty query matches nothing.
#[derive(Debug, Clone, Default)]
pub struct Rules(pub Vec<Rule>);

impl Rules {
    /// Rules for the queries, numbered in their order from 0.
    #[must_use]
    pub fn from_queries(queries: impl IntoIterator<Item = Query>) -> Self {
        let rules = (0..).zip(queries);
        Self(rules.map(|(number, query)| Rule { number, query }).collect())
    }

    /// Runs the rules over the heads of a snapshot's entries, from `first` on. Returns the matches, and the entries
    /// whose texts must be read for a decision (see [`RuleJob`]). Both are ordered by rule, segment and row.
    #[must_use]
    pub fn evaluate(
        &self,
        snapshot: &Snapshot,
        first: EntryId,
        view: &QueryContext<'_>,
    ) -> (Vec<RuleMatch>, Vec<UndecidedEntries>) {
        let (mut found, mut undecided) = (Vec::new(), Vec::new());
        for rule in self.0.iter().filter(|rule| !rule.query.is_empty()) {
            let mut open = Vec::new();
            for segment in first.segment()..snapshot.segments().len() {
                let heads = evaluate_heads(snapshot, segment, &rule.query, view);
                let id = |row| EntryId::new(segment, row);
                let new = |id: &EntryId| *id >= first;
                let matches = iter_set_bits(&heads.matching)
                    .map(id)
                    .filter(new)
                    .map(|id| RuleMatch { id, rule: rule.number });
                found.extend(matches);
                open.extend(iter_set_bits(&heads.undecided).map(id).filter(new));
            }
            if !open.is_empty() {
                undecided.push(UndecidedEntries {
                    rule: rule.number,
                    query: rule.query.clone(),
                    entries: open,
                });
            }
        }
        (found, undecided)
    }
}

/// Entries for which one rule cannot be decided without their texts.
#[derive(Debug, Clone)]
pub struct UndecidedEntries {
    /// The number of the rule.
    pub rule: u32,
    pub query: Query,
    pub entries: Vec<EntryId>,
}

/// A job that reads the texts of undecided entries. It owns all its data, so that it may run on another thread.
#[derive(Debug, Clone, Default)]
pub struct RuleJob {
    pub snapshot: Snapshot,
    pub undecided: Vec<UndecidedEntries>,
    /// The marks that the queries may ask for.
    pub marks: MarkSets,
    /// The time by which embargoes are judged, in seconds since the epoch, if it is known.
    pub clock: Option<i64>,
    /// True if the entries have just arrived: their matches may raise alerts.
    pub is_arrival: bool,
}

impl RuleJob {
    /// Adds the entries of a later job, whose snapshot and marks are the newer ones.
    pub fn append(&mut self, later: Self) {
        self.snapshot = later.snapshot;
        (self.marks, self.clock) = (later.marks, later.clock);
        for part in later.undecided {
            match self.undecided.iter_mut().find(|own| own.rule == part.rule) {
                Some(own) => own.entries.extend(part.entries),
                None => self.undecided.push(part),
            }
        }
    }
}

/// An entry that matches a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct RuleMatch {
    pub id: EntryId,
    /// The number of the rule.
    pub rule: u32,
}

/// A set of entries that grows as segments arrive: a bit set for each segment. A wire that sends entries one by one has
/// many short segments, so the bit set of a segment without matches is empty.
#[derive(Debug, Clone, Default)]
pub struct MatchedEntries {
    /// By segment: 64 rows to a word, the first in the lowest bit.
    segments: Vec<Box<[u64]>>,
    count: usize,
}

impl MatchedEntries {
    /// Adds rows of a segment, given as a bit set with 64 rows to a word.
    pub fn add(&mut self, segment: usize, rows: &[u64]) {
        if rows.iter().all(|&word| word == 0) {
            return;
        }
        let words = self.segment_words(segment, rows.len());
        let mut new = 0;
        for (word, &rows) in words.iter_mut().zip(rows) {
            new += (rows & !*word).count_ones() as usize;
            *word |= rows;
        }
        self.count += new;
    }

    /// Adds an entry. Returns false if it was in the set before.
    pub fn insert(&mut self, id: EntryId) -> bool {
        let (at, bit) = word_and_bit(id);
        let words = self.segment_words(id.segment(), at + 1);
        let new = words[at] & bit == 0;
        words[at] |= bit;
        self.count += usize::from(new);
        new
    }

    /// Whether an entry is in the set.
    #[must_use]
    pub fn contains(&self, id: EntryId) -> bool {
        let (at, bit) = word_and_bit(id);
        let words = self.segments.get(id.segment());
        words.and_then(|words| words.get(at)).is_some_and(|word| word & bit != 0)
    }

    /// Number of entries.
    #[must_use]
    pub fn len(&self) -> usize {
        self.count
    }

    /// True if there are no entries.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// All entries, ordered by segment and row.
    pub fn iter(&self) -> impl Iterator<Item = EntryId> {
        let numbered = self.segments.iter().enumerate();
        numbered.flat_map(|(segment, words)| {
            iter_set_bits(words).map(move |row| EntryId::new(segment, row))
        })
    }

    /// The bit set of a segment, extended to at least `words` words.
    fn segment_words(&mut self, segment: usize, words: usize) -> &mut [u64] {
        if self.segments.len() <= segment {
            self.segments.resize_with(segment + 1, Box::default);
        }
        let bits = &mut self.segments[segment];
        if bits.len() < words {
            let mut longer = std::mem::take(bits).into_vec();
            longer.resize(words, 0);
            *bits = longer.into();
        }
        bits
    }
}

/// Index of the word, and mask of the bit, for an entry in the bit set of its segment.
fn word_and_bit(id: EntryId) -> (usize, u64) {
    (id.row() / 64, 1 << (id.row() % 64))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_letter_is_the_first_of_the_name_or_its_own() {
        let letter = |name: &str, letter| {
            let name = name.to_owned();
            SavedView { name, letter, ..SavedView::default() }.letter()
        };
        assert_eq!(letter("oil", None), 'O');
        assert_eq!(letter("“élection”", None), 'É');
        assert_eq!(letter("ßa", None), 'ß');
        assert_eq!(letter("…", None), '*');
        assert_eq!(letter("oil", Some('x')), 'X');
    }

    #[test]
    fn a_mute_until_a_day_ends_with_it_in_the_readers_zone() {
        let day = MuteEnd::Day(civil::date(2026, 12, 1));
        let end = "2026-12-02T00:00:00Z".parse::<jiff::Timestamp>().unwrap().as_second();
        assert_eq!(day.to_seconds(&TimeZone::UTC), end);
        let east = TimeZone::fixed(jiff::tz::offset(2));
        assert_eq!(day.to_seconds(&east), end - 7_200);
        assert_eq!(
            MuteEnd::Local(civil::date(2026, 12, 2).at(0, 0, 0, 0)).to_seconds(&east),
            end - 7_200
        );
        assert_eq!(MuteEnd::Moment(5).to_seconds(&east), 5);
    }

    #[test]
    fn stored_views_and_mutes_are_read_back() {
        for alert in [true, false] {
            let view = SavedView {
                name: "oil".into(),
                filter: "headline:oil | alert".into(),
                alert,
                ..SavedView::default()
            };
            assert_eq!(SavedView::from_definition("oil", &view.definition()), view);
        }
        let mute = Mute::from_setting(&Mute::setting_name("slug:cup"), "70").unwrap();
        assert_eq!((mute.filter.as_str(), mute.until), ("slug:cup", Some(MuteEnd::Moment(70))));
        assert_eq!(Mute::from_setting("mute a", "").unwrap().until, None);
        assert_eq!(Mute::from_setting("sort", "time"), None);
    }

    #[test]
    fn entries_are_counted_once() {
        let mut matched = MatchedEntries::default();
        matched.add(3, &[0b101, 0]);
        matched.add(3, &[0b111]);
        assert!(!matched.insert(EntryId::new(3, 0)) && matched.insert(EntryId::new(3, 200)));
        assert!(matched.insert(EntryId::new(0, 7)));
        assert_eq!(matched.len(), 5);
        let all: Vec<(usize, usize)> = matched.iter().map(|id| (id.segment(), id.row())).collect();
        assert_eq!(all, [(0, 7), (3, 0), (3, 1), (3, 2), (3, 200)]);
        assert!(matched.contains(EntryId::new(3, 2)) && !matched.contains(EntryId::new(9, 2)));
    }
}
