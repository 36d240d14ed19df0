//! The tally: adds what dispatches have to say, in any order, and makes the rows.

use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};

use foldhash::fast::RandomState;

use super::DispatchStatements;
use super::said::normalize_name;
use crate::dispatch::Stamp;

/// Most titles that are counted for one speaker.
const MAX_TITLES: usize = 8;

/// One speaker among many dispatches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpeakerSummary {
    /// The name as most dispatches write it first.
    pub name: String,
    /// The title that most of the dispatches give; of several the one that was met first.
    pub title: Option<String>,
    /// Different quotes: one that several takes carry is one.
    pub quotes: usize,
    /// Dispatches in which the speaker says something.
    pub dispatches: usize,
    /// Times of the first and the last of these dispatches, as far as they have one.
    pub first: Option<Stamp>,
    pub last: Option<Stamp>,
}

#[derive(Debug)]
struct SpeakerCount {
    row: SpeakerSummary,
    titles: Vec<(String, usize)>,
    /// Number of the dispatch that was added last.
    last_dispatch: usize,
}

/// Counts what dispatches have to say. The order in which they are added does not change the numbers.
#[derive(Debug, Default)]
pub struct SpeakerTally {
    counts: Vec<SpeakerCount>,
    names: HashMap<String, usize, RandomState>,
    keys: HashSet<u64, RandomState>,
    dispatches: usize,
}

impl SpeakerTally {
    /// Takes the statements of one dispatch in.
    pub fn add(&mut self, heard: DispatchStatements) {
        self.dispatches += 1;
        for said in heard.statements {
            let number = self.speaker_index(&said.name);
            let count = &mut self.counts[number];
            if self.keys.insert(said.key) {
                count.row.quotes += 1;
            }
            // A name in capitals gives way to one that is written as names are.
            let capitals = |name: &str| !name.chars().any(char::is_lowercase);
            if capitals(&count.row.name) && !capitals(&said.name) {
                count.row.name = said.name;
            }
            let new = count.last_dispatch != self.dispatches;
            count.last_dispatch = self.dispatches;
            if let Some(title) = said.title.filter(|title| !title.is_empty()) {
                let known = count.titles.iter().position(|(known, _)| *known == title);
                match known {
                    Some(known) => count.titles[known].1 += usize::from(new),
                    None if count.titles.len() < MAX_TITLES => count.titles.push((title, 1)),
                    None => {}
                }
            }
            if new {
                count.row.dispatches += 1;
                if let Some(time) = heard.time {
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
            first: None,
            last: None,
        };
        self.counts.push(SpeakerCount {
            row,
            titles: Vec::new(),
            last_dispatch: 0,
        });
        self.names.insert(key, self.counts.len() - 1);
        self.counts.len() - 1
    }

    /// Dispatches that have been added.
    #[must_use]
    pub fn dispatches(&self) -> usize {
        self.dispatches
    }

    /// The speakers: those with the most quotes first, then by dispatches, then by name.
    #[must_use]
    pub fn rows(&self) -> Vec<SpeakerSummary> {
        let mut counts: Vec<&SpeakerCount> = self.counts.iter().collect();
        counts.sort_by(|a, b| {
            let rank = |row: &SpeakerSummary| Reverse((row.quotes, row.dispatches));
            rank(&a.row)
                .cmp(&rank(&b.row))
                .then_with(|| a.row.name.cmp(&b.row.name))
        });
        let row = |count: &SpeakerCount| {
            let mut titles = count.titles.iter().rev();
            let first = titles.next();
            let most = titles.fold(first, |best, title| {
                best.filter(|best| best.1 > title.1).or(Some(title))
            });
            SpeakerSummary {
                title: most.map(|(title, _)| title.clone()),
                ..count.row.clone()
            }
        };
        counts.into_iter().map(row).collect()
    }
}
