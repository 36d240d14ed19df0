//! What few entries of a segment have: ids of their own, items that they name, running numbers, ends of embargoes.

use crate::dispatch::{Head, ItemName, ItemReference, RelationKind, StoryLinks};

/// Bits of [`super::segment::Row::story_links`]: the flags of [`StoryLinks`], then where the id stands.
pub(super) const NAMED: u8 = 1;

pub(super) const WIDE: u8 = 2;

pub(super) const REVISED: u8 = 4;

pub(super) const LABELLED: u8 = 8;

pub(super) const TITLED: u8 = 16;

pub(super) const ADDS: u8 = 32;

/// The key of the id is that of the item; with both bits, that of the story; with the second, it is among the ids.
const ID_IS_ITEM: u8 = 64;

const ID_IS_LISTED: u8 = 128;

/// A name of another item, as [`ItemName`], its texts in the segment's arena.
#[derive(Debug, Clone, Copy)]
pub(super) enum PackedName {
    Item {
        key: u64,
        stem: u64,
        revision: u16,
        wide: bool,
    },
    Number {
        key: u64,
        service: (u32, u8),
    },
    Slug(u64),
    Headline(u32, u16),
}

/// What few entries have; each list in the order of the rows.
#[derive(Debug, Default)]
pub(super) struct RareFields {
    ids: Vec<(u16, u64)>,
    named: Vec<(u16, RelationKind, PackedName)>,
    sequences: Vec<(u16, u16, u32)>,
    services: Vec<Box<str>>,
    numbers: Vec<(u16, u32)>,
    embargoes: Vec<(u16, i64)>,
    texts: String,
}

fn values_of_row<T>(list: &[T], row: usize, number: impl Fn(&T) -> u16) -> &[T] {
    let start = list.partition_point(|one| usize::from(number(one)) < row);
    let end = list[start..].partition_point(|one| usize::from(number(one)) == row);
    &list[start..start + end]
}

/// Some values, and behind them more.
pub(super) fn concat_lists<T: Clone>(all: &[T], more: impl Iterator<Item = T>) -> Vec<T> {
    all.iter().cloned().chain(more).collect()
}

#[allow(clippy::cast_possible_truncation)] // Texts of a segment stay far below 4 GiB, a text below 64 KiB.
fn arena_offset(position: usize) -> u32 {
    position as u32
}

impl RareFields {
    /// Takes the rare things of a row in; returns its bits.
    pub(super) fn push_row(&mut self, row: usize, head: &Head<'_>) -> u8 {
        let ties = &head.story_links;
        let row = u16::try_from(row).unwrap_or(u16::MAX);
        let mut bits = 0;
        for (set, bit) in [
            (ties.is_named_story, NAMED),
            (ties.has_unique_ids, WIDE),
            (ties.has_revision, REVISED),
            (ties.is_labelled, LABELLED),
            (ties.has_label_in_headline, TITLED),
            (ties.is_add, ADDS),
        ] {
            bits |= if set { bit } else { 0 };
        }
        if ties.id != 0 {
            bits |= if ties.id == head.item_key {
                ID_IS_ITEM
            } else if ties.id == ties.story {
                ID_IS_ITEM | ID_IS_LISTED
            } else {
                self.ids.push((row, ties.id));
                ID_IS_LISTED
            };
        }
        self.push_relations(row, ties);
        if let Some(until) = ties.embargo {
            self.embargoes.push((row, until));
        }
        if let Some(number) = ties.agency_number {
            self.numbers.push((row, number));
        }
        if let Some((service, number)) = &ties.sequence {
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

    fn push_relations(&mut self, row: u16, ties: &StoryLinks) {
        for ItemReference { kind, name } in &ties.references {
            let start = arena_offset(self.texts.len());
            let named = match name {
                ItemName::Id {
                    key,
                    stem,
                    revision,
                    wide,
                } => PackedName::Item {
                    key: *key,
                    stem: *stem,
                    revision: *revision,
                    wide: *wide,
                },
                ItemName::Number { key, service } => {
                    self.texts.push_str(service);
                    let length = u8::try_from(service.len()).unwrap_or(0);
                    PackedName::Number {
                        key: *key,
                        service: (start, length),
                    }
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

    /// These, and behind them those of other rows, that begin at a number.
    pub(super) fn concat(&self, more: &Self, rows: usize) -> Self {
        let rows = u16::try_from(rows).unwrap_or(u16::MAX);
        let row = |row: u16| row.saturating_add(rows);
        let texts = arena_offset(self.texts.len());
        let services = u16::try_from(self.services.len()).unwrap_or(u16::MAX);
        let named = more.named.iter().map(|&(of, kind, named)| {
            let named = match named {
                PackedName::Number {
                    key,
                    service: (start, length),
                } => PackedName::Number {
                    key,
                    service: (start + texts, length),
                },
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
            numbers: concat_lists(
                &self.numbers,
                more.numbers.iter().map(|&(of, n)| (row(of), n)),
            ),
            embargoes: concat_lists(
                &self.embargoes,
                more.embargoes.iter().map(|&(of, end)| (row(of), end)),
            ),
            texts: [&*self.texts, &*more.texts].concat(),
        }
    }

    pub(super) fn finish(mut self) -> Self {
        self.ids.shrink_to_fit();
        self.named.shrink_to_fit();
        self.sequences.shrink_to_fit();
        self.numbers.shrink_to_fit();
        self.embargoes.shrink_to_fit();
        self.texts.shrink_to_fit();
        self
    }

    /// The key of a row's id; 0 where it has none.
    pub(super) fn id(&self, row: usize, bits: u8, item: u64, story: u64) -> u64 {
        match bits & (ID_IS_ITEM | ID_IS_LISTED) {
            ID_IS_ITEM => item,
            ID_IS_LISTED => values_of_row(&self.ids, row, |one| one.0)
                .first()
                .map_or(0, |one| one.1),
            0 => 0,
            _ => story,
        }
    }

    /// The items that a row acts on.
    pub(super) fn relations(&self, row: usize) -> impl Iterator<Item = (RelationKind, PackedName)> {
        let links = values_of_row(&self.named, row, |one| one.0);
        links.iter().map(|&(_, kind, named)| (kind, named))
    }

    /// The rows that name others, each once.
    pub(super) fn rows_with_relations(&self) -> impl Iterator<Item = usize> {
        let mut last = None;
        let rows = self.named.iter().map(|one| usize::from(one.0));
        rows.filter(move |&row| last.replace(row) != Some(row))
    }

    /// True where one of the rows names another by its headline.
    pub(super) fn names_headlines(&self) -> bool {
        let headline = |named: &PackedName| matches!(named, PackedName::Headline(..));
        self.named.iter().any(|(_, _, named)| headline(named))
    }

    /// True where none of the rows has a number.
    pub(super) fn has_no_numbers(&self) -> bool {
        self.sequences.is_empty() && self.numbers.is_empty()
    }

    pub(super) fn sequence(&self, row: usize) -> Option<(&str, u32)> {
        let &(_, service, number) = values_of_row(&self.sequences, row, |one| one.0).first()?;
        Some((self.services.get(usize::from(service))?, number))
    }

    /// The agency's own running number of a row.
    pub(super) fn number(&self, row: usize) -> Option<u32> {
        values_of_row(&self.numbers, row, |one| one.0)
            .first()
            .map(|one| one.1)
    }

    pub(super) fn embargo(&self, row: usize) -> Option<i64> {
        values_of_row(&self.embargoes, row, |one| one.0)
            .first()
            .map(|one| one.1)
    }

    /// The ends of all embargoes.
    pub(super) fn embargoes(&self) -> impl Iterator<Item = i64> {
        self.embargoes.iter().map(|&(_, until)| until)
    }

    pub(super) fn service(&self, (start, length): (u32, u8)) -> &str {
        self.text(start, u16::from(length))
    }

    pub(super) fn text(&self, start: u32, length: u16) -> &str {
        let start = start as usize;
        self.texts
            .get(start..start + usize::from(length))
            .unwrap_or("")
    }
}
