//! Collects the heads that a scan finds into a segment.

use std::collections::HashMap;
use std::sync::Arc;

use foldhash::fast::RandomState;

use super::links::RareFields;
use super::mask::letter_mask;
use super::segment::{
    DAY_PRECISION, EMBARGOED, HAS_TABLE, HEADLINE_DERIVED, PackedRow, SEGMENT_ROWS, Segment, Symbol,
};
use super::{Input, NewestTime};
use crate::dispatch::{Head, Precision, Urgency};
use crate::format::ScannedItem;
use crate::text::fold_into;

/// Collects entries into a segment.
#[derive(Debug)]
pub struct SegmentBuilder {
    rows: Vec<PackedRow>,
    starts: Vec<u32>,
    masks: Vec<u64>,
    columns: Vec<[Symbol; 3]>,
    symbol_masks: Vec<u64>,
    headlines: String,
    folded_headlines: String,
    symbol_text: String,
    symbols: Vec<(u32, u32, u32)>,
    symbol_ids: HashMap<Box<str>, Symbol, RandomState>,
    inputs: Vec<(Arc<Input>, u32)>,
    links: RareFields,
}

impl Default for SegmentBuilder {
    fn default() -> Self {
        let symbols = vec![(0, 0, 0)];
        Self {
            rows: Vec::new(),
            starts: Vec::new(),
            masks: Vec::new(),
            columns: Vec::new(),
            symbol_masks: vec![0],
            headlines: String::new(),
            folded_headlines: String::new(),
            symbol_text: String::new(),
            symbols,
            symbol_ids: HashMap::default(),
            inputs: Vec::new(),
            links: RareFields::default(),
        }
    }
}

#[allow(clippy::cast_possible_truncation)] // Arenas of a segment stay far below 4 GiB: 8,000 rows of limited texts.
fn arena_offset(position: usize) -> u32 {
    position as u32
}

impl SegmentBuilder {
    /// Number of entries so far.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// True before the first entry.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// True when no further entry may be added: take the segment with [`Self::finish`].
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.rows.len() >= SEGMENT_ROWS
    }

    /// Names the input (and which part of it) that the following entries come from.
    pub fn begin_input(&mut self, input: &Arc<Input>, part: u32) {
        self.inputs.push((Arc::clone(input), part));
    }

    fn intern(&mut self, text: &str) -> Symbol {
        if text.is_empty() {
            return 0;
        }
        if let Some(&symbol) = self.symbol_ids.get(text) {
            return symbol;
        }
        let symbol = Symbol::try_from(self.symbols.len()).unwrap_or(0);
        let start = self.symbol_text.len();
        self.symbol_text.push_str(text);
        let middle = self.symbol_text.len();
        fold_into(text, &mut self.symbol_text);
        self.symbols.push((
            arena_offset(start),
            arena_offset(middle),
            arena_offset(self.symbol_text.len()),
        ));
        self.symbol_masks
            .push(letter_mask(&self.symbol_text[middle..]));
        self.symbol_ids.insert(text.into(), symbol);
        symbol
    }

    fn push_headline(&mut self, text: &str) -> u32 {
        let starts = (
            arena_offset(self.headlines.len()),
            arena_offset(self.folded_headlines.len()),
        );
        if text.contains('\n') {
            let line = text.replace('\n', " ");
            self.headlines.push_str(&line);
            fold_into(&line, &mut self.folded_headlines);
        } else {
            self.headlines.push_str(text);
            fold_into(text, &mut self.folded_headlines);
        }
        self.masks
            .push(letter_mask(&self.folded_headlines[starts.1 as usize..]));
        self.starts.push(starts.1);
        self.headlines.push('\n');
        self.folded_headlines.push('\n');
        starts.0
    }

    /// Adds one dispatch of the input named last. A full builder must be finished first.
    pub fn push(&mut self, found: &ScannedItem<'_>) {
        let head: &Head<'_> = &found.head;
        let headline = self.push_headline(&head.headline);
        let mut flags = 0;
        for (set, flag) in [
            (head.headline_derived, HEADLINE_DERIVED),
            (head.embargoed, EMBARGOED),
            (head.has_table, HAS_TABLE),
        ] {
            flags |= if set { flag } else { 0 };
        }
        if head.time.is_some_and(|t| t.precision == Precision::Day) {
            flags |= DAY_PRECISION;
        }
        let columns = [&head.slug, &head.place, &head.agency].map(|text| self.intern(text));
        self.columns.push(columns);
        let row = PackedRow {
            item: head.item_key,
            seconds: head.time.map_or(i64::MIN, |t| t.seconds),
            start: found.byte_range.start,
            length: u32::try_from(found.byte_range.end.saturating_sub(found.byte_range.start))
                .unwrap_or(u32::MAX),
            input: arena_offset(self.inputs.len().saturating_sub(1)),
            nth: found.number,
            index: found.index,
            words: head.word_count,
            verbatim: (found.verbatim_range.start, found.verbatim_range.end),
            headline,
            story: head.story_links.story,
            content: head.story_links.content_hash,
            version: head.story_links.version,
            label: self.intern(&head.label),
            byline: self.intern(&head.byline),
            country: self.intern(&head.country),
            language: self.intern(&head.language),
            subjects: self.intern(&head.subjects),
            utc_offset: head.time.map_or(0, |t| t.offset_minutes),
            urgency: head.urgency.map_or(0, Urgency::value),
            status: head.status,
            role: head.role,
            time_source: head.time_source,
            flags,
            tie_bits: self.links.push_row(self.rows.len(), head),
        };
        self.rows.push(row);
    }

    /// The segment so far; the builder begins anew with the input named last.
    ///
    /// What stays is copied into room of its own size, and the room of the builder is used again: segments that were
    /// grown and cut to size would leave holes between them.
    pub fn finish(&mut self) -> Segment {
        let last = self.inputs.last().cloned();
        let mut segment = Segment {
            rows: take_exact(&mut self.rows),
            headline_starts: take_exact(&mut self.starts),
            headline_masks: take_exact(&mut self.masks),
            columns: take_exact(&mut self.columns),
            symbol_masks: take_exact(&mut self.symbol_masks),
            headlines: self.headlines.as_str().into(),
            folded_headlines: self.folded_headlines.as_str().into(),
            symbols: take_exact(&mut self.symbols),
            symbol_text: self.symbol_text.as_str().into(),
            inputs: take_exact(&mut self.inputs),
            links: std::mem::take(&mut self.links).finish(),
            newest: None,
        };
        self.headlines.clear();
        self.folded_headlines.clear();
        self.symbol_text.clear();
        self.symbol_ids.clear();
        self.symbols.push((0, 0, 0));
        self.symbol_masks.push(0);
        self.inputs.extend(last);
        segment.newest = segment.entries().filter_map(NewestTime::from_entry).max();
        segment
    }
}

/// What a list holds, in room of its size; the list is empty then and keeps its own room.
fn take_exact<T>(list: &mut Vec<T>) -> Box<[T]> {
    let mut exact = Vec::with_capacity(list.len());
    exact.append(list);
    exact.into()
}
