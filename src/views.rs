//! Saved views, alerts and mutes as plain values, and which entries they match as these arrive. No IO, no clock.

use jiff::civil;
use jiff::tz::TimeZone;

use crate::filter::{Query, QueryContext, evaluate_heads};
use crate::index::{EntryId, Snapshot, iter_set_bits};
use crate::marks::MarkSets;

// A saved view: a filter with a name, and what happens when something arrives that it keeps.

/// The colours that a view may have, as names: what they look like is up to the theme.
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
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Red,
        Self::Green,
        Self::Yellow,
        Self::Blue,
        Self::Magenta,
        Self::Cyan,
    ];

    /// The name in the config file.
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

    /// The colour of a name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|tint| tint.name() == name)
    }
}

/// A saved view.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SavedView {
    pub name: String,
    /// The query as it was written, see [`crate::filter::Query`].
    pub filter: String,
    /// The colour of its rows in the list.
    pub tint: Option<Tint>,
    /// The letter beside the colour, where it shall not be the first of the name.
    pub letter: Option<char>,
    /// What arrives is written into the log of alerts.
    pub alert: bool,
    /// The terminal's bell rings for what arrives.
    pub bell: bool,
    /// A program and its arguments, which gets the record of what arrives on its standard input. Empty: none.
    pub command: Vec<String>,
}

impl SavedView {
    /// The letter beside its colour: never is a row told by colour alone.
    #[must_use]
    pub fn letter(&self) -> char {
        let first = || self.name.chars().find(|c| c.is_alphanumeric());
        let letter = self.letter.or_else(first).unwrap_or('*');
        let mut upper = letter.to_uppercase();
        upper
            .next()
            .filter(|_| upper.next().is_none())
            .unwrap_or(letter)
    }

    /// Whether anything happens when a dispatch arrives that it keeps.
    #[must_use]
    pub fn has_actions(&self) -> bool {
        self.alert || self.bell || !self.command.is_empty()
    }
}

// A mute: a filter whose dispatches are left out of the list, for ever or until a day or a moment.

/// When a mute ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MuteEnd {
    /// With the end of that day where the reader is.
    Day(civil::Date),
    /// At that moment where the reader is.
    Local(civil::DateTime),
    /// At that moment: seconds since the epoch.
    Moment(i64),
}

impl MuteEnd {
    /// Seconds since the epoch from which on nothing is muted any more.
    #[must_use]
    pub fn to_seconds(self, zone: &TimeZone) -> i64 {
        let local = |time: civil::DateTime| {
            let moment = zone.to_ambiguous_zoned(time).compatible();
            moment.map_or(i64::MAX, |zoned| zoned.timestamp().as_second())
        };
        match self {
            Self::Day(day) => day
                .tomorrow()
                .map_or(i64::MAX, |next| local(next.to_datetime(civil::Time::MIN))),
            Self::Local(time) => local(time),
            Self::Moment(seconds) => seconds,
        }
    }
}

/// A mute.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Mute {
    pub name: Option<String>,
    /// The query as it was written, see [`crate::filter::Query`].
    pub filter: String,
    /// `None`: for ever.
    pub until: Option<MuteEnd>,
}

impl Mute {
    /// What it is called: its name, else its filter.
    #[must_use]
    pub fn title(&self) -> &str {
        self.name.as_deref().unwrap_or(&self.filter)
    }
}

// Views and mutes as they are kept among the marks: short texts that people can read too.  The definition of a
// view is its filter, after a line `alert` where it is one. A mute is kept under its filter: when it ends, in
// seconds since the epoch, or nothing.

/// What the names of mutes among the settings begin with.
const MUTE_PREFIX: &str = "mute ";

impl SavedView {
    /// What is kept of it beside its name.
    #[must_use]
    pub fn definition(&self) -> String {
        let alert = if self.alert { "alert\n" } else { "" };
        format!("{alert}{}", self.filter)
    }

    /// The view of a name and of what was kept.
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
    /// Under which name it is kept among the settings.
    #[must_use]
    pub fn setting_name(filter: &str) -> String {
        format!("{MUTE_PREFIX}{filter}")
    }

    /// The mute of a setting, where it is one; `until` is when it ends.
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

// Rules over arrivals: what the heads of new segments say of several queries, and what is left for their texts.

/// A query with a number.
#[derive(Debug, Clone)]
pub struct Rule {
    pub number: u32,
    pub query: Query,
}

/// Some rules. An empty query keeps nothing here: a rule that says nothing is none.
#[derive(Debug, Clone, Default)]
pub struct Rules(pub Vec<Rule>);

impl Rules {
    /// Rules that are numbered in the order given, from 0.
    #[must_use]
    pub fn from_queries(queries: impl IntoIterator<Item = Query>) -> Self {
        let rules = (0..).zip(queries);
        Self(
            rules
                .map(|(number, query)| Rule { number, query })
                .collect(),
        )
    }

    /// Which entries of a snapshot, from that one on, which rules keep: what their heads decide at
    /// once, and what is left open for [`super::Job`]. Found and open are ordered by rule, segment, row.
    #[must_use]
    pub fn evaluate(
        &self,
        snapshot: &Snapshot,
        first: EntryId,
        view: &QueryContext<'_>,
    ) -> (Vec<RuleMatch>, Vec<UndecidedEntries>) {
        let (mut found, mut parts) = (Vec::new(), Vec::new());
        for rule in self.0.iter().filter(|rule| !rule.query.is_empty()) {
            let mut open = Vec::new();
            for segment in first.segment()..snapshot.segments().len() {
                let heads = evaluate_heads(snapshot, segment, &rule.query, view);
                let id = |row| EntryId::new(segment, row);
                let new = |id: &EntryId| *id >= first;
                let kept = iter_set_bits(&heads.matching)
                    .map(id)
                    .filter(new)
                    .map(|id| RuleMatch {
                        id,
                        rule: rule.number,
                    });
                found.extend(kept);
                open.extend(iter_set_bits(&heads.undecided).map(id).filter(new));
            }
            if !open.is_empty() {
                parts.push(UndecidedEntries {
                    rule: rule.number,
                    query: rule.query.clone(),
                    entries: open,
                });
            }
        }
        (found, parts)
    }
}

// What only texts can decide: a job that holds all that it needs, so that it may run anywhere.

/// Entries that one rule leaves open.
#[derive(Debug, Clone)]
pub struct UndecidedEntries {
    /// The number of the rule.
    pub rule: u32,
    pub query: Query,
    pub entries: Vec<EntryId>,
}

/// A job for those who read texts.
#[derive(Debug, Clone, Default)]
pub struct RuleJob {
    pub snapshot: Snapshot,
    pub undecided: Vec<UndecidedEntries>,
    /// What is read, starred, and was there before.
    pub marks: MarkSets,
    /// True where the entries have just arrived: what is found may raise an alert.
    pub is_arrival: bool,
}

impl RuleJob {
    /// Takes a later job along.
    pub fn append(&mut self, later: Self) {
        self.snapshot = later.snapshot;
        self.marks = later.marks;
        for part in later.undecided {
            match self.undecided.iter_mut().find(|own| own.rule == part.rule) {
                Some(own) => own.entries.extend(part.entries),
                None => self.undecided.push(part),
            }
        }
    }
}

/// An entry that a rule keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct RuleMatch {
    pub id: EntryId,
    /// The number of the rule.
    pub rule: u32,
}

// Which entries a rule matches, one bit each, by segment: a wire that brings entries one by one has many short
// segments.

/// A set of entries that grows as segments arrive. A segment without any takes no memory but its place.
#[derive(Debug, Clone, Default)]
pub struct MatchedEntries {
    segments: Vec<Box<[u64]>>,
    count: usize,
}

impl MatchedEntries {
    /// Takes rows of a segment in, 64 to a word.
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

    /// Takes an entry in; false where it was there.
    pub fn insert(&mut self, id: EntryId) -> bool {
        let (at, bit) = word_and_bit(id);
        let words = self.segment_words(id.segment(), at + 1);
        let new = words[at] & bit == 0;
        words[at] |= bit;
        self.count += usize::from(new);
        new
    }

    /// Whether an entry is in it.
    #[must_use]
    pub fn contains(&self, id: EntryId) -> bool {
        let (at, bit) = word_and_bit(id);
        let words = self.segments.get(id.segment());
        words
            .and_then(|words| words.get(at))
            .is_some_and(|word| word & bit != 0)
    }

    /// How many entries it holds.
    #[must_use]
    pub fn len(&self) -> usize {
        self.count
    }

    /// True where it holds none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// All entries, by segment and row.
    pub fn iter(&self) -> impl Iterator<Item = EntryId> {
        let numbered = self.segments.iter().enumerate();
        numbered.flat_map(|(segment, words)| {
            iter_set_bits(words).map(move |row| EntryId::new(segment, row))
        })
    }

    /// The words of a segment, at least so many.
    fn segment_words(&mut self, segment: usize, words: usize) -> &mut [u64] {
        if self.segments.len() <= segment {
            self.segments.resize_with(segment + 1, Box::default);
        }
        let place = &mut self.segments[segment];
        if place.len() < words {
            let mut longer = std::mem::take(place).into_vec();
            longer.resize(words, 0);
            *place = longer.into();
        }
        place
    }
}

/// Word and bit of a row in its segment.
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
            SavedView {
                name,
                letter,
                ..SavedView::default()
            }
            .letter()
        };
        assert_eq!(letter("oil", None), 'O');
        assert_eq!(letter("“élection”", None), 'É');
        assert_eq!(letter("ßa", None), 'ß');
        assert_eq!(letter("…", None), '*');
        assert_eq!(letter("oil", Some('x')), 'X');
    }

    #[test]
    fn a_day_counts_to_its_end_where_the_reader_is() {
        let day = MuteEnd::Day(civil::date(2026, 12, 1));
        let end = "2026-12-02T00:00:00Z"
            .parse::<jiff::Timestamp>()
            .unwrap()
            .as_second();
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
    fn what_is_kept_is_read_again() {
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
        assert_eq!(
            (mute.filter.as_str(), mute.until),
            ("slug:cup", Some(MuteEnd::Moment(70)))
        );
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
