//! Small segments become one: a wire that brings dispatches one by one opens no segment for each of them.

use std::collections::HashMap;
use std::sync::Arc;

use foldhash::fast::RandomState;

use super::links::concat_lists;
use super::segment::{PackedRow, Symbol};
use super::{DispatchIndex, EntryId, Segment};

/// A segment is filled anew up to so many rows. All of it is copied each time, which takes time and leaves holes in the
/// memory, and what jobs keep of a segment is sized for a full one: so neither too many nor too few.
const MAX_FILLED_ROWS: usize = 128;

#[allow(clippy::cast_possible_truncation)] // Arenas of a segment stay far below 4 GiB.
fn appended_offset(position: usize) -> u32 {
    position as u32
}

impl DispatchIndex {
    /// Takes a segment in. Where it is small and `fills`, its rows stand in the last one, behind those that are there:
    /// what was given out of that one stays as it is. Returns the ids of its rows.
    pub(super) fn append_segment(
        &mut self,
        segment: Arc<Segment>,
        fills: bool,
    ) -> impl Iterator<Item = EntryId> + use<> {
        let rows = segment.len();
        let has_room =
            |last: &&mut Arc<Segment>| !last.is_empty() && last.len() + rows <= MAX_FILLED_ROWS;
        let last = self.segments.last_mut().filter(|_| fills).filter(has_room);
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
    /// The rows of this one, and behind them those of another: at most as many as a segment holds.
    fn concat(&self, more: &Self) -> Self {
        let mut words = String::from(&*self.symbol_text);
        let mut symbols = self.symbols.to_vec();
        let mut symbol_masks = self.symbol_masks.to_vec();
        let mut known: HashMap<&str, Symbol, RandomState> = (0..=Symbol::MAX)
            .take(self.symbols.len())
            .map(|symbol| (self.text(symbol), symbol))
            .collect();
        let numbers: Vec<Symbol> = (0..=Symbol::MAX)
            .zip(&more.symbols)
            .zip(&more.symbol_masks)
            .map(|((symbol, &(start, middle, end)), &mask)| {
                *known.entry(more.text(symbol)).or_insert_with(|| {
                    let number = Symbol::try_from(symbols.len()).unwrap_or(0);
                    let to = appended_offset(words.len());
                    words.push_str(&more.symbol_text[start as usize..end as usize]);
                    symbols.push((to, to + middle - start, to + end - start));
                    symbol_masks.push(mask);
                    number
                })
            })
            .collect();
        let number = |symbol: Symbol| numbers.get(usize::from(symbol)).copied().unwrap_or(0);
        let (headlines, inputs) = (
            appended_offset(self.headlines.len()),
            appended_offset(self.inputs.len()),
        );
        let rows = more.rows.iter().map(|row| PackedRow {
            input: row.input + inputs,
            headline: row.headline + headlines,
            label: number(row.label),
            byline: number(row.byline),
            country: number(row.country),
            language: number(row.language),
            subjects: number(row.subjects),
            ..row.clone()
        });
        let folded = appended_offset(self.folded_headlines.len());
        Self {
            rows: concat_lists(&self.rows, rows).into(),
            headline_starts: concat_lists(
                &self.headline_starts,
                more.headline_starts.iter().map(|start| start + folded),
            )
            .into(),
            headline_masks: concat_lists(&self.headline_masks, more.headline_masks.iter().copied())
                .into(),
            columns: concat_lists(&self.columns, more.columns.iter().map(|of| of.map(number)))
                .into(),
            headlines: [&*self.headlines, &*more.headlines].concat().into(),
            folded_headlines: [&*self.folded_headlines, &*more.folded_headlines]
                .concat()
                .into(),
            symbols: symbols.into(),
            symbol_masks: symbol_masks.into(),
            symbol_text: words.into(),
            inputs: concat_lists(&self.inputs, more.inputs.iter().cloned()).into(),
            links: self.links.concat(&more.links, self.rows.len()),
            newest: self.newest.max(more.newest),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::desk::{Input, InputLocation, InternedColumn, SegmentBuilder};
    use crate::format::{Context, FormatId, scan};

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
        let place = InputLocation::BuiltIn("test", b"");
        let input = Arc::new(Input::new(place, format, text.len() as u64, None));
        let mut builder = SegmentBuilder::default();
        builder.begin_input(&input, 0);
        scan(format, text.as_bytes(), &Context::default(), &mut |found| {
            builder.push(&found);
        });
        builder.finish()
    }

    /// All that a row of a segment says.
    fn told(segment: &Segment) -> Vec<String> {
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
            let names: Vec<String> = entry
                .related_names()
                .map(|name| format!("{name:?}"))
                .collect();
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
    fn a_segment_that_is_filled_says_what_one_at_once_says() {
        for cut in 1..LINES.len() {
            let (one, two) = (segment(&LINES[..cut]), segment(&LINES[cut..]));
            let filled = one.concat(&two);
            let apart: Vec<String> = told(&one).into_iter().chain(told(&two)).collect();
            assert_eq!(told(&filled), apart);
            let at_once = segment(&LINES);
            assert_eq!(filled.symbol_text, at_once.symbol_text);
            assert_eq!(filled.symbols, at_once.symbols);
            assert_eq!(filled.newest(), at_once.newest());
            let rows = |segment: &Segment| segment.links.rows_with_relations().collect::<Vec<_>>();
            assert_eq!(rows(&filled), rows(&at_once));
        }
    }

    #[test]
    fn what_comes_one_by_one_opens_few_segments() {
        let mut desk = DispatchIndex::default();
        let mut ids = Vec::new();
        for count in 0..3 * MAX_FILLED_ROWS {
            let line = format!(
                "{{\"headline\": \"Item {count}\", \"slug\": \"S{}\"}}",
                count % 70
            );
            let first = desk.add(vec![Arc::new(segment(&[&line]))]);
            assert!(ids.last().is_none_or(|&last| last < first));
            ids.push(first);
        }
        assert_eq!(desk.snapshot().segments().len(), 3);
        for (count, &id) in ids.iter().enumerate() {
            let entry = desk.entry(id).unwrap();
            assert_eq!(entry.headline(), format!("Item {count}"));
            assert_eq!(entry.slug(), format!("S{}", count % 70));
        }
        // One that is in use stays as it is.
        let before = desk.snapshot();
        let rows = before.segments().last().map(|s| s.len());
        desk.add(vec![Arc::new(segment(&LINES))]);
        assert_eq!(before.segments().last().map(|s| s.len()), rows);
    }
}
