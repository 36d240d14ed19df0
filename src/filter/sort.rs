//! The order of hits: by time, by how well they fit, or by one or two keys of a dispatch.

use std::cmp::Reverse;
use std::collections::HashMap;

use crate::filter::run::{RunRequest, sort_by_relevance};
use crate::index::{EntryId, EntryRef, InternedColumn, Snapshot};

/// In which order hits stand.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum SortOrder {
    /// As on the desk: the newest first.
    #[default]
    Time,
    /// Best first, ties by time.
    Relevance,
    Sorted(Sort),
}

impl SortOrder {
    /// Reads sort keys as they are typed: `agency urgency`, `time reversed`, parted by spaces or commas.
    ///
    /// # Errors
    /// A sentence that names the keys that there are.
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
                    return Err(format!(
                        "nothing is sorted by `{word}`: there are {names}; and reversed"
                    ));
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

/// An order by keys; ties of both stand by time, the newest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sort {
    pub by: SortKey,
    pub then: Option<SortKey>,
    /// The whole order turned round.
    pub reversed: bool,
}

/// What dispatches can be sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SortKey {
    /// The newest first.
    Time,
    /// 1 first, those without any last.
    Urgency,
    /// By the alphabet, those without any last; so are places and slugs.
    Agency,
    Place,
    Slug,
    /// The longest first.
    Length,
    /// Those with the most quotes first.
    Quotes,
}

impl SortKey {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Time,
        Self::Urgency,
        Self::Agency,
        Self::Place,
        Self::Slug,
        Self::Length,
        Self::Quotes,
    ];

    /// The name at the prompt and in the top line.
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

    /// The key of a name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|key| key.name() == name)
    }

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
    /// The order by one key.
    #[must_use]
    pub fn by(key: SortKey) -> Self {
        Self {
            by: key,
            then: None,
            reversed: false,
        }
    }

    /// The same entries by another key first, then as before.
    #[must_use]
    pub fn with_first_key(self, key: SortKey) -> Self {
        let before = [Some(self.by), self.then];
        Self {
            by: key,
            then: before.into_iter().flatten().find(|&old| old != key),
            reversed: false,
        }
    }

    /// True where the texts of dispatches must be read for it.
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

/// Brings hits, given in the order of the desk, into the order that is asked for. `quotes` tells how many quotes an
/// entry has, where that is known.
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
    // The sort is stable: ties stay as the desk has them.
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

/// A key, and what it takes to tell an entry's: the greater stands first.
struct KeyRanks<'a> {
    key: SortKey,
    /// The different texts of the column, the last of the alphabet as 1.
    ranks: HashMap<&'a str, u64>,
}

impl<'a> KeyRanks<'a> {
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
