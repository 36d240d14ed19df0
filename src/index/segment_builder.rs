//! Builds segments from scanned items, and appends small segments to the last one.

use std::collections::HashMap;
use std::sync::Arc;

use foldhash::fast::RandomState;

use crate::dispatch::{Head, Precision, Urgency};
use crate::format::ScannedItem;
use crate::index::dispatch_index::DispatchIndex;
use crate::index::entry::NewestTime;
use crate::index::input::Input;
use crate::index::links::{RareFields, arena_offset, concat_lists};
use crate::index::segment::{
    DAY_PRECISION, EMBARGOED, EntryId, HAS_TABLE, HEADLINE_DERIVED, PackedRow, SEGMENT_ROWS,
    Segment, Symbol, letter_mask,
};
use crate::text::fold_into;

/// Collects entries into a segment. A builder can be used for one segment after another, and keeps its buffers. The
/// fields are those of [`Segment`].
#[derive(Debug)]
pub struct SegmentBuilder {
    rows: Vec<PackedRow>,
    /// Start of each row's folded headline.
    starts: Vec<u32>,
    /// Letter mask of each row's folded headline.
    masks: Vec<u64>,
    columns: Vec<[Symbol; 3]>,
    symbol_masks: Vec<u64>,
    headlines: String,
    folded_headlines: String,
    symbol_text: String,
    symbols: Vec<(u32, u32, u32)>,
    /// Symbols by text as sent.
    symbol_ids: HashMap<Box<str>, Symbol, RandomState>,
    inputs: Vec<(Arc<Input>, u32)>,
    links: RareFields,
}

impl Default for SegmentBuilder {
    fn default() -> Self {
        // Symbol 0 is the empty text.
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

    /// True if no further entry may be pushed: call [`Self::finish`] first.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.rows.len() >= SEGMENT_ROWS
    }

    /// Sets the input, and the part of it, that the following entries are read from.
    pub fn begin_input(&mut self, input: &Arc<Input>, part: u32) {
        self.inputs.push((Arc::clone(input), part));
    }

    /// The symbol of a text; stores the text, as sent and folded, if it is new to the segment.
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
        self.symbol_masks.push(letter_mask(&self.symbol_text[middle..]));
        self.symbol_ids.insert(text.into(), symbol);
        symbol
    }

    /// Appends a headline, as sent and folded, and returns where it starts in the arena of headlines as sent. Newlines
    /// in it become spaces, since they separate the headlines in both arenas.
    fn push_headline(&mut self, text: &str) -> u32 {
        let starts =
            (arena_offset(self.headlines.len()), arena_offset(self.folded_headlines.len()));
        if text.contains('\n') {
            let line = text.replace('\n', " ");
            self.headlines.push_str(&line);
            fold_into(&line, &mut self.folded_headlines);
        } else {
            self.headlines.push_str(text);
            fold_into(text, &mut self.folded_headlines);
        }
        self.masks.push(letter_mask(&self.folded_headlines[starts.1 as usize..]));
        self.starts.push(starts.1);
        self.headlines.push('\n');
        self.folded_headlines.push('\n');
        starts.0
    }

    /// Adds an item of the current input, see [`Self::begin_input`]. A full builder must be finished first.
    pub fn push(&mut self, item: &ScannedItem<'_>) {
        let head: &Head<'_> = &item.head;
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
            start: item.byte_range.start,
            length: u32::try_from(item.byte_range.end.saturating_sub(item.byte_range.start))
                .unwrap_or(u32::MAX),
            input: arena_offset(self.inputs.len().saturating_sub(1)),
            nth: item.number,
            index: item.index,
            words: head.word_count,
            verbatim: (item.verbatim_range.start, item.verbatim_range.end),
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

    /// Returns the segment built so far. The builder is then empty, with the same current input.
    ///
    /// The contents are copied into allocations of their exact size, and the builder keeps its own buffers: growing
    /// vectors and shrinking them for every segment would fragment the heap.
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

/// Moves the items of a list into an allocation of their exact size. The list is left empty and keeps its capacity.
fn take_exact<T>(list: &mut Vec<T>) -> Box<[T]> {
    let mut exact = Vec::with_capacity(list.len());
    exact.append(list);
    exact.into()
}

// Appending small segments: a wire that delivers dispatches one by one does not open a segment for each.

/// Maximum rows of a segment that grows by appending. A compromise: each append copies the whole segment, which takes
/// time and fragments the heap, but jobs size their per-segment data for a full segment, so many tiny ones waste
/// memory.
const MAX_APPENDED_ROWS: usize = 128;

impl DispatchIndex {
    /// Adds a segment and returns the ids of its rows. If `appends` is set and the segment is small, its rows go to the
    /// end of the last segment: a longer copy takes that one's place, and snapshots keep the shorter one. Ids stay
    /// valid.
    pub(super) fn append_segment(
        &mut self,
        segment: Arc<Segment>,
        appends: bool,
    ) -> impl Iterator<Item = EntryId> + use<> {
        let rows = segment.len();
        let has_room =
            |last: &&mut Arc<Segment>| !last.is_empty() && last.len() + rows <= MAX_APPENDED_ROWS;
        let last = (self.segments.last_mut()).filter(|_| appends).filter(has_room);
        let before = last.as_ref().map_or(0, |last| last.len());
        if let Some(last) = last {
            *last = Arc::new(last.concat(&segment));
        } else {
            self.segments.push(segment);
        }
        let number = self.segments.len() - 1;
        (before..before + rows).map(move |row| EntryId::new(number, row))
    }
}

impl Segment {
    /// The rows of this segment followed by those of another, together at most [`SEGMENT_ROWS`]. Symbols and offsets of
    /// the other are renumbered.
    fn concat(&self, more: &Self) -> Self {
        let mut symbol_text = String::from(&*self.symbol_text);
        let mut symbols = self.symbols.to_vec();
        let mut symbol_masks = self.symbol_masks.to_vec();
        let mut known: HashMap<&str, Symbol, RandomState> = (0..=Symbol::MAX)
            .take(self.symbols.len())
            .map(|symbol| (self.text(symbol), symbol))
            .collect();
        // The new symbol of each symbol of the other segment.
        let renumbered: Vec<Symbol> = (0..=Symbol::MAX)
            .zip(&more.symbols)
            .zip(&more.symbol_masks)
            .map(|((symbol, &(start, middle, end)), &mask)| {
                *known.entry(more.text(symbol)).or_insert_with(|| {
                    let number = Symbol::try_from(symbols.len()).unwrap_or(0);
                    let to = arena_offset(symbol_text.len());
                    symbol_text.push_str(&more.symbol_text[start as usize..end as usize]);
                    symbols.push((to, to + middle - start, to + end - start));
                    symbol_masks.push(mask);
                    number
                })
            })
            .collect();
        let renumber = |symbol: Symbol| renumbered.get(usize::from(symbol)).copied().unwrap_or(0);
        let (headlines, inputs) =
            (arena_offset(self.headlines.len()), arena_offset(self.inputs.len()));
        let rows = more.rows.iter().map(|row| PackedRow {
            input: row.input + inputs,
            headline: row.headline + headlines,
            label: renumber(row.label),
            byline: renumber(row.byline),
            country: renumber(row.country),
            language: renumber(row.language),
            subjects: renumber(row.subjects),
            ..row.clone()
        });
        let folded = arena_offset(self.folded_headlines.len());
        Self {
            rows: concat_lists(&self.rows, rows).into(),
            headline_starts: concat_lists(
                &self.headline_starts,
                more.headline_starts.iter().map(|start| start + folded),
            )
            .into(),
            headline_masks: concat_lists(&self.headline_masks, more.headline_masks.iter().copied())
                .into(),
            columns: concat_lists(
                &self.columns,
                more.columns.iter().map(|columns| columns.map(renumber)),
            )
            .into(),
            headlines: [&*self.headlines, &*more.headlines].concat().into(),
            folded_headlines: [&*self.folded_headlines, &*more.folded_headlines].concat().into(),
            symbols: symbols.into(),
            symbol_masks: symbol_masks.into(),
            symbol_text: symbol_text.into(),
            inputs: concat_lists(&self.inputs, more.inputs.iter().cloned()).into(),
            links: self.links.concat(&more.links, self.rows.len()),
            newest: self.newest.max(more.newest),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::{Context, FormatId, scan};
    use crate::index::input::{Input, InputLocation};
    use crate::index::segment::InternedColumn;

    const LINES: [&str; 5] = [
        r#"{"headline": "Fire in Tarn", "slug": "FIRE", "agency": "NWR", "byline": "Ivo Brand", "sequence": "nwr 12"}"#,
        r#"{"headline": "KILL: Fire in Tarn", "slug": "FIRE", "agency": "NWR", "kills": "FIRE", "language": "en"}"#,
        r#"{"headline": "Rope found", "slug": "ROPE", "agency": "NWR", "id": "urn:x:7", "embargo": "2026-11-20T10:00:00Z"}"#,
        r#"{"headline": "Rope lost", "slug": "ROPE", "agency": "ENR", "place": "Tarn", "replaces": "urn:x:7", "id": "urn:x:8"}"#,
        r#"{"headline": "Ägir calm", "agency": "ENR", "country": "SE", "subjects": ["sea", "weather"]}"#,
    ];

    fn segment(lines: &[&str]) -> Segment {
        let text = lines.join("\n");
        let format = FormatId::from_name("json").unwrap();
        let location = InputLocation::BuiltIn("test", b"");
        let input = Arc::new(Input::new(location, format, text.len() as u64, None));
        let mut builder = SegmentBuilder::default();
        builder.begin_input(&input, 0);
        scan(format, text.as_bytes(), &Context::default(), &mut |item| {
            builder.push(&item);
        });
        builder.finish()
    }

    /// Everything that can be read from each row of a segment.
    fn describe_rows(segment: &Segment) -> Vec<String> {
        let row = |row: usize| {
            let entry = segment.entry(row).unwrap();
            let columns = [
                InternedColumn::Slug,
                InternedColumn::Byline,
                InternedColumn::Agency,
                InternedColumn::Place,
                InternedColumn::Country,
                InternedColumn::Language,
                InternedColumn::Subjects,
            ];
            let columns = columns.map(|column| {
                let symbol = segment.symbol(row, column);
                (segment.text(symbol), segment.folded_text(symbol))
            });
            let names: Vec<String> =
                entry.related_names().map(|name| format!("{name:?}")).collect();
            format!(
                "{} {} {} {columns:?} {:?} {:x} {:?} {:?} {:?} {} {}",
                entry.headline(),
                entry.folded_headline(),
                segment.folded_headline(row),
                entry.sequence(),
                entry.id_key(),
                entry.embargo(),
                names.len(),
                entry.time(),
                entry.item_key(),
                segment.masks()[row],
            )
        };
        (0..segment.len()).map(row).collect()
    }

    #[test]
    fn appending_gives_the_same_rows_as_building_at_once() {
        for cut in 1..LINES.len() {
            let (first, second) = (segment(&LINES[..cut]), segment(&LINES[cut..]));
            let joined = first.concat(&second);
            let apart = [describe_rows(&first), describe_rows(&second)].concat();
            assert_eq!(describe_rows(&joined), apart);
            let at_once = segment(&LINES);
            assert_eq!(joined.symbol_text, at_once.symbol_text);
            assert_eq!(joined.symbols, at_once.symbols);
            assert_eq!(joined.newest(), at_once.newest());
            let rows = |segment: &Segment| segment.links.rows_with_relations().collect::<Vec<_>>();
            assert_eq!(rows(&joined), rows(&at_once));
        }
    }

    #[test]
    fn arrivals_one_by_one_share_segments() {
        let mut index = DispatchIndex::default();
        let mut ids = Vec::new();
        for count in 0..3 * MAX_APPENDED_ROWS {
            let line = format!("{{\"headline\": \"Item {count}\", \"slug\": \"S{}\"}}", count % 70);
            let first = index.add(vec![Arc::new(segment(&[&line]))]);
            assert!(ids.last().is_none_or(|&last| last < first));
            ids.push(first);
        }
        assert_eq!(index.snapshot().segments().len(), 3);
        for (count, &id) in ids.iter().enumerate() {
            let entry = index.entry(id).unwrap();
            assert_eq!(entry.headline(), format!("Item {count}"));
            assert_eq!(entry.slug(), format!("S{}", count % 70));
        }
        // A segment held by a snapshot does not change.
        let before = index.snapshot();
        let rows = before.segments().last().map(|s| s.len());
        index.add(vec![Arc::new(segment(&LINES))]);
        assert_eq!(before.segments().last().map(|s| s.len()), rows);
    }
}
