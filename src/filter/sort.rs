//! The order of hits: by time, by relevance, or by one or two sort keys.

use std::cmp::Reverse;
use std::collections::HashMap;

use crate::filter::run::{RunRequest, sort_by_relevance};
use crate::index::{EntryId, EntryRef, InternedColumn, Snapshot};

/// The order of a list of hits.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum SortOrder {
    /// The order of the index: newest first.
    #[default]
    Time,
    /// Best match first, ties by time.
    Relevance,
    Sorted(Sort),
}

impl SortOrder {
    /// Parses sort keys as typed, separated by spaces or commas: `agency urgency`, `time reversed`.
    ///
    /// # Errors
    /// A sentence that lists the valid keys.
    pub fn parse(words: &str) -> Result<Self, String> {
        let mut keys = Vec::new();
        let mut reversed = false;
        for word in words.split([' ', ',']).filter(|word| !word.is_empty()) {
            match SortKey::from_name(word) {
                Some(key) => keys.push(key),
                None if word.starts_with("rev") => reversed = true,
                None => {
                    let names = SortKey::ALL.map(SortKey::name).join(", ");
                    let word = word.escape_debug();
                    return Err(format!("cannot sort by `{word}`: use {names}; and reversed"));
                }
            }
        }
        let by = keys.first().copied().unwrap_or(SortKey::Time);
        Ok(match by {
            SortKey::Time if !reversed => Self::Time,
            by => Self::Sorted(Sort {
                by,
                then: keys.get(1).copied().filter(|&then| then != by),
                reversed,
            }),
        })
    }
}

/// An order by one or two keys; ties are sorted by time, newest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sort {
    pub by: SortKey,
    pub then: Option<SortKey>,
    /// Reverses the whole order, ties included.
    pub reversed: bool,
}

/// A key that dispatches can be sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SortKey {
    /// Newest first.
    Time,
    /// Urgency 1 first, dispatches without one last.
    Urgency,
    /// Alphabetical, dispatches without one last; likewise places and slugs.
    Agency,
    Place,
    Slug,
    /// Longest first.
    Length,
    /// Most quotes first.
    Quotes,
}

impl SortKey {
    /// All keys, in the order in which the prompt lists them.
    pub const ALL: [Self; 7] = [
        Self::Time,
        Self::Urgency,
        Self::Agency,
        Self::Place,
        Self::Slug,
        Self::Length,
        Self::Quotes,
    ];

    /// The name, at the prompt and in the top line of the list.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Time => "time",
            Self::Urgency => "urgency",
            Self::Agency => "agency",
            Self::Place => "place",
            Self::Slug => "slug",
            Self::Length => "length",
            Self::Quotes => "quotes",
        }
    }

    /// The key with this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|key| key.name() == name)
    }

    /// The column of a key that sorts texts.
    fn column(self) -> Option<InternedColumn> {
        match self {
            Self::Agency => Some(InternedColumn::Agency),
            Self::Place => Some(InternedColumn::Place),
            Self::Slug => Some(InternedColumn::Slug),
            _ => None,
        }
    }
}

impl Sort {
    /// Sorts by one key.
    #[must_use]
    pub fn by(key: SortKey) -> Self {
        Self { by: key, then: None, reversed: false }
    }

    /// Sorts by another key first, then by the first present key that differs from it; not reversed.
    #[must_use]
    pub fn with_first_key(self, key: SortKey) -> Self {
        let before = [Some(self.by), self.then];
        Self {
            by: key,
            then: before.into_iter().flatten().find(|&old| old != key),
            reversed: false,
        }
    }

    /// True if it sorts by the number of quotes, for which the texts of dispatches must be read.
    #[must_use]
    pub fn needs_quote_counts(self) -> bool {
        self.by == SortKey::Quotes || self.then == Some(SortKey::Quotes)
    }
}

impl std::fmt::Display for Sort {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.by.name())?;
        if let Some(then) = self.then {
            write!(f, ", {}", then.name())?;
        }
        f.write_str(if self.reversed { ", reversed" } else { "" })
    }
}

/// Sorts hits, given in the order of the index, as requested. `quotes` returns the number of quotes of an entry, 0 if
/// it is not known.
pub fn sort_hits(
    request: &RunRequest<'_>,
    quotes: &(dyn Fn(EntryId) -> u32 + Sync),
    ids: &mut Vec<EntryId>,
) {
    match request.order {
        SortOrder::Time => {}
        SortOrder::Relevance => sort_by_relevance(request, ids),
        SortOrder::Sorted(sort) => sort_by_keys(request.snapshot, sort, quotes, ids),
    }
}

fn sort_by_keys(
    snapshot: &Snapshot,
    sort: Sort,
    quotes: &(dyn Fn(EntryId) -> u32 + Sync),
    ids: &mut [EntryId],
) {
    let first = KeyRanks::new(snapshot, sort.by, ids);
    let second = sort.then.map(|key| KeyRanks::new(snapshot, key, ids));
    // The sort is stable: ties keep the order of the index.
    ids.sort_by_cached_key(|&id| {
        let Some(entry) = snapshot.entry(id) else {
            return (Reverse(0), Reverse(0));
        };
        let key = |by: &KeyRanks<'_>| Reverse(by.rank(entry, || quotes(id)));
        (key(&first), second.as_ref().map_or(Reverse(0), key))
    });
    if sort.reversed {
        ids.reverse();
    }
}

/// Turns a key of an entry into a number: the greatest comes first, and 0 means no value.
struct KeyRanks<'a> {
    key: SortKey,
    /// The rank of each distinct folded text of the column: 1 for the last in the alphabet.
    ranks: HashMap<&'a str, u64>,
}

impl<'a> KeyRanks<'a> {
    /// Ranks the texts that occur in these entries.
    fn new(snapshot: &'a Snapshot, key: SortKey, ids: &[EntryId]) -> Self {
        let mut texts: Vec<&str> = Vec::new();
        if let Some(column) = key.column() {
            let mut known = std::collections::HashSet::new();
            for id in ids {
                let text = snapshot.entry(*id).map_or("", |e| e.folded_column(column));
                if !text.is_empty() && known.insert(text) {
                    texts.push(text);
                }
            }
        }
        texts.sort_unstable_by_key(|text| Reverse(*text));
        let ranks = texts.into_iter().zip(1..).collect();
        Self { key, ranks }
    }

    /// The rank of an entry. `quotes` is only called when sorting by quotes.
    fn rank(&self, entry: EntryRef<'_>, quotes: impl Fn() -> u32) -> u64 {
        match self.key {
            SortKey::Time => entry.time().map_or(0, |time| {
                u64::try_from(i128::from(time.seconds) - i128::from(i64::MIN)).unwrap_or(u64::MAX)
            }),
            SortKey::Urgency => entry.urgency().map_or(0, |u| 10 - u64::from(u.value())),
            SortKey::Length => entry.words().into(),
            SortKey::Quotes => quotes().into(),
            SortKey::Agency | SortKey::Place | SortKey::Slug => {
                let text = self.key.column().map_or("", |c| entry.folded_column(c));
                self.ranks.get(text).copied().unwrap_or(0)
            }
        }
    }
}
