//! Fields that few entries of a segment have (ids, references to other items, running numbers, embargoes), stored as
//! lists sorted by row instead of columns. Knows nothing of what the references lead to.

use crate::dispatch::{Head, ItemName, ItemReference, RelationKind, StoryLinks};

// Bits of `PackedRow::tie_bits`: the flags of `StoryLinks`, then where the key of the id is stored.

/// [`StoryLinks::is_named_story`].
pub(super) const NAMED: u8 = 1;

/// [`StoryLinks::has_unique_ids`].
pub(super) const WIDE: u8 = 2;

/// [`StoryLinks::has_revision`].
pub(super) const REVISED: u8 = 4;

/// [`StoryLinks::is_labelled`].
pub(super) const LABELLED: u8 = 8;

/// [`StoryLinks::has_label_in_headline`].
pub(super) const TITLED: u8 = 16;

/// [`StoryLinks::is_add`].
pub(super) const ADDS: u8 = 32;

/// The key of the id is mostly that of the item or of the story, and then not stored again. This bit alone: it is the
/// item key; with [`ID_IS_LISTED`]: the story key; that one alone: it is in [`RareFields::ids`]; neither: no id.
const ID_IS_ITEM: u8 = 64;

/// See [`ID_IS_ITEM`].
const ID_IS_LISTED: u8 = 128;

/// A reference to another item: [`ItemName`] with its texts in the segment's arena, as (start, length) in bytes.
#[derive(Debug, Clone, Copy)]
pub(super) enum PackedName {
    /// By id: hashed, and hashed without what may be a revision at its end (`stem`, 0 if there is none). `wide` if the
    /// id is unique among all agencies.
    Item { key: u64, stem: u64, revision: u16, wide: bool },
    /// By running number: hashed with its agency. The service is empty if none was named.
    Number { key: u64, service: (u32, u8) },
    /// By keyword: hashed with its agency.
    Slug(u64),
    /// By headline, folded.
    Headline(u32, u16),
}

/// The rare fields of a segment. Each list is sorted by row, which is the first value of its items.
#[derive(Debug, Default)]
pub(super) struct RareFields {
    /// Keys of ids that are neither the item nor the story key.
    ids: Vec<(u16, u64)>,
    /// References to other items; a row may have several.
    named: Vec<(u16, RelationKind, PackedName)>,
    /// Index into `services`, and running number.
    sequences: Vec<(u16, u16, u32)>,
    /// Names of services; not sorted by row.
    services: Vec<Box<str>>,
    /// The agencies' own running numbers.
    numbers: Vec<(u16, u32)>,
    /// Ends of embargoes, in seconds since the epoch.
    embargoes: Vec<(u16, i64)>,
    /// Arena of the texts in `named`.
    texts: String,
}

/// The items of a sorted list that belong to a row.
fn values_of_row<T>(list: &[T], row: usize, row_of: impl Fn(&T) -> u16) -> &[T] {
    let start = list.partition_point(|item| usize::from(row_of(item)) < row);
    let end = list[start..].partition_point(|item| usize::from(row_of(item)) == row);
    &list[start..start + end]
}

/// The items of a list followed by more.
pub(super) fn concat_lists<T: Clone>(all: &[T], more: impl Iterator<Item = T>) -> Vec<T> {
    all.iter().cloned().chain(more).collect()
}

/// A position in one of a segment's arenas or lists.
#[allow(clippy::cast_possible_truncation)] // They stay far below 4 GiB: 8,000 rows of texts of limited length.
pub(super) fn arena_offset(position: usize) -> u32 {
    position as u32
}

impl RareFields {
    /// Stores the rare fields of a row, and returns its [`PackedRow::tie_bits`](crate::index::segment::PackedRow).
    pub(super) fn push_row(&mut self, row: usize, head: &Head<'_>) -> u8 {
        let links = &head.story_links;
        let row = u16::try_from(row).unwrap_or(u16::MAX);
        let mut bits = 0;
        for (set, bit) in [
            (links.is_named_story, NAMED),
            (links.has_unique_ids, WIDE),
            (links.has_revision, REVISED),
            (links.is_labelled, LABELLED),
            (links.has_label_in_headline, TITLED),
            (links.is_add, ADDS),
        ] {
            bits |= if set { bit } else { 0 };
        }
        if links.id != 0 {
            bits |= if links.id == head.item_key {
                ID_IS_ITEM
            } else if links.id == links.story {
                ID_IS_ITEM | ID_IS_LISTED
            } else {
                self.ids.push((row, links.id));
                ID_IS_LISTED
            };
        }
        self.push_relations(row, links);
        if let Some(until) = links.embargo {
            self.embargoes.push((row, until));
        }
        if let Some(number) = links.agency_number {
            self.numbers.push((row, number));
        }
        if let Some((service, number)) = &links.sequence {
            // A segment has few services, and the last one is the likeliest.
            let known = self.services.iter().rposition(|s| **s == **service);
            let service = known.unwrap_or_else(|| {
                self.services.push(service.as_str().into());
                self.services.len() - 1
            });
            let service = u16::try_from(service).unwrap_or(u16::MAX);
            self.sequences.push((row, service, *number));
        }
        bits
    }

    /// Stores the references of a row to other items.
    fn push_relations(&mut self, row: u16, links: &StoryLinks) {
        for ItemReference { kind, name } in &links.references {
            let start = arena_offset(self.texts.len());
            let named = match name {
                ItemName::Id { key, stem, revision, wide } => {
                    PackedName::Item { key: *key, stem: *stem, revision: *revision, wide: *wide }
                }
                ItemName::Number { key, service } => {
                    self.texts.push_str(service);
                    let length = u8::try_from(service.len()).unwrap_or(0);
                    PackedName::Number { key: *key, service: (start, length) }
                }
                ItemName::Slug(key) => PackedName::Slug(*key),
                ItemName::Headline(text) => {
                    self.texts.push_str(text);
                    let length = u16::try_from(text.len()).unwrap_or(0);
                    PackedName::Headline(start, length)
                }
            };
            self.named.push((row, *kind, named));
        }
    }

    /// These fields followed by those of another segment, whose rows are numbered from `rows` on.
    pub(super) fn concat(&self, more: &Self, rows: usize) -> Self {
        let rows = u16::try_from(rows).unwrap_or(u16::MAX);
        let row = |row: u16| row.saturating_add(rows);
        let texts = arena_offset(self.texts.len());
        let services = u16::try_from(self.services.len()).unwrap_or(u16::MAX);
        let named = more.named.iter().map(|&(of, kind, named)| {
            let named = match named {
                PackedName::Number { key, service: (start, length) } => {
                    PackedName::Number { key, service: (start + texts, length) }
                }
                PackedName::Headline(start, length) => PackedName::Headline(start + texts, length),
                PackedName::Item { .. } | PackedName::Slug(_) => named,
            };
            (row(of), kind, named)
        });
        let sequences = more.sequences.iter();
        let sequences = sequences
            .map(|&(of, service, number)| (row(of), service.saturating_add(services), number));
        Self {
            ids: concat_lists(&self.ids, more.ids.iter().map(|&(of, id)| (row(of), id))),
            named: concat_lists(&self.named, named),
            sequences: concat_lists(&self.sequences, sequences),
            services: concat_lists(&self.services, more.services.iter().cloned()),
            numbers: concat_lists(&self.numbers, more.numbers.iter().map(|&(of, n)| (row(of), n))),
            embargoes: concat_lists(
                &self.embargoes,
                more.embargoes.iter().map(|&(of, end)| (row(of), end)),
            ),
            texts: [&*self.texts, &*more.texts].concat(),
        }
    }

    /// Gives back spare capacity once the segment is complete.
    pub(super) fn finish(mut self) -> Self {
        self.ids.shrink_to_fit();
        self.named.shrink_to_fit();
        self.sequences.shrink_to_fit();
        self.numbers.shrink_to_fit();
        self.embargoes.shrink_to_fit();
        self.texts.shrink_to_fit();
        self
    }

    /// The key of a row's id, 0 if it has none. Takes the row's tie bits, item key and story key.
    pub(super) fn id(&self, row: usize, bits: u8, item: u64, story: u64) -> u64 {
        match bits & (ID_IS_ITEM | ID_IS_LISTED) {
            ID_IS_ITEM => item,
            ID_IS_LISTED => {
                values_of_row(&self.ids, row, |item| item.0).first().map_or(0, |item| item.1)
            }
            0 => 0,
            _ => story,
        }
    }

    /// The references of a row to other items.
    pub(super) fn relations(&self, row: usize) -> impl Iterator<Item = (RelationKind, PackedName)> {
        let references = values_of_row(&self.named, row, |item| item.0);
        references.iter().map(|&(_, kind, named)| (kind, named))
    }

    /// The rows with references to other items, each once.
    pub(super) fn rows_with_relations(&self) -> impl Iterator<Item = usize> {
        let mut last = None;
        let rows = self.named.iter().map(|item| usize::from(item.0));
        rows.filter(move |&row| last.replace(row) != Some(row))
    }

    /// True if a row refers to another item by its headline.
    pub(super) fn names_headlines(&self) -> bool {
        let headline = |named: &PackedName| matches!(named, PackedName::Headline(..));
        self.named.iter().any(|(_, _, named)| headline(named))
    }

    /// True if no row has a running number of any kind.
    pub(super) fn has_no_numbers(&self) -> bool {
        self.sequences.is_empty() && self.numbers.is_empty()
    }

    /// The service of a row, and its running number in it.
    pub(super) fn sequence(&self, row: usize) -> Option<(&str, u32)> {
        let &(_, service, number) = values_of_row(&self.sequences, row, |item| item.0).first()?;
        Some((self.services.get(usize::from(service))?, number))
    }

    /// The agency's own running number of a row, where it differs from the service's.
    pub(super) fn number(&self, row: usize) -> Option<u32> {
        values_of_row(&self.numbers, row, |item| item.0).first().map(|item| item.1)
    }

    /// When the embargo of a row ends, in seconds since the epoch.
    pub(super) fn embargo(&self, row: usize) -> Option<i64> {
        values_of_row(&self.embargoes, row, |item| item.0).first().map(|item| item.1)
    }

    /// When each embargo of the segment ends, in seconds since the epoch.
    pub(super) fn embargoes(&self) -> impl Iterator<Item = i64> {
        self.embargoes.iter().map(|&(_, until)| until)
    }

    /// The service of a [`PackedName::Number`].
    pub(super) fn service(&self, (start, length): (u32, u8)) -> &str {
        self.text(start, u16::from(length))
    }

    /// The headline of a [`PackedName::Headline`].
    pub(super) fn text(&self, start: u32, length: u16) -> &str {
        let start = start as usize;
        self.texts.get(start..start + usize::from(length)).unwrap_or("")
    }
}
