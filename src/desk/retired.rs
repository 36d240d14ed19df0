//! Entries whose files were written again: they are rows no longer, others stand in their places.

use std::collections::HashMap;
use std::sync::Arc;

use super::{DispatchIndex, EntryId, Input};

/// An entry by where it lies: what the one who reads files knows of it.
#[derive(Debug, Clone)]
pub struct ItemLocation {
    pub input: Arc<Input>,
    /// First byte and number, see [`super::Origin`].
    pub start: u64,
    pub nth: u32,
}

/// An entry whose file was written again, and the one that stands in its place.
#[derive(Debug, Clone)]
pub struct Replacement {
    pub old: ItemLocation,
    pub new: ItemLocation,
    /// True where its bytes are the same as before: nothing new to a reader.
    pub is_unchanged: bool,
}

impl DispatchIndex {
    /// Retires entries that others stand in for, all of them at hand. Returns the pairs, old and new.
    pub fn apply_replacements(&mut self, replaced: &[Replacement]) -> Vec<(EntryId, EntryId)> {
        let found = self.find_entries_at(replaced.iter().flat_map(|pair| [&pair.old, &pair.new]));
        let pairs: Vec<(EntryId, EntryId)> = found
            .chunks_exact(2)
            .filter_map(|pair| pair[0].zip(pair[1]))
            .filter(|(old, new)| old != new)
            .collect();
        let retired: Vec<_> = pairs.iter().map(|&(old, new)| (old, Some(new))).collect();
        self.stories.supersede_entries(&self.segments, &retired);
        pairs
    }

    /// The entries that lie at these spots, in their order. Looks through the segments once, the newest first.
    fn find_entries_at<'a>(
        &self,
        spots: impl Iterator<Item = &'a ItemLocation>,
    ) -> Vec<Option<EntryId>> {
        let mut found = Vec::new();
        let mut wanted: HashMap<*const Input, HashMap<(u64, u32), Vec<usize>>> = HashMap::new();
        for spot in spots {
            let of_input = wanted.entry(Arc::as_ptr(&spot.input)).or_default();
            let at = of_input.entry((spot.start, spot.nth)).or_default();
            at.push(found.len());
            found.push(None);
        }
        let mut left = found.len();
        for (number, segment) in self.segments.iter().enumerate().rev() {
            if left == 0 {
                break;
            }
            for (row, input) in
                segment.rows_from_inputs(|input| wanted.contains_key(&Arc::as_ptr(input)))
            {
                let Some(entry) = segment.entry(row) else {
                    continue;
                };
                let of_input = wanted.get(&Arc::as_ptr(input));
                let at = of_input.and_then(|of_input| of_input.get(&entry.position_in_input()));
                for &at in at.into_iter().flatten() {
                    left -= usize::from(found[at].is_none());
                    found[at] = Some(EntryId::new(number, row));
                }
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::super::SegmentBuilder;
    use super::*;
    use crate::desk::InputLocation;
    use crate::dispatch::{Head, StoryLinks};
    use crate::format::{FormatId, ScannedItem};

    fn input() -> Arc<Input> {
        let place = InputLocation::BuiltIn("test", b"");
        Arc::new(Input::new(place, FormatId::PLAIN, 0, None))
    }

    fn add(desk: &mut DispatchIndex, input: &Arc<Input>, starts: &[u64]) {
        let mut builder = SegmentBuilder::default();
        builder.begin_input(input, 0);
        for (index, &start) in (0..).zip(starts) {
            builder.push(&ScannedItem {
                head: Head {
                    item_key: crate::text::hash(format!("{input:p} {start}").as_bytes()),
                    // What lies at one place has one keyword and day.
                    story_links: StoryLinks {
                        story: start + 1,
                        ..StoryLinks::default()
                    },
                    ..Head::default()
                },
                byte_range: start..start + 1,
                number: 0,
                verbatim_range: 0..0,
                index,
                format: FormatId::PLAIN,
            });
        }
        desk.add(vec![Arc::new(builder.finish())]);
    }

    fn spot(input: &Arc<Input>, start: u64) -> ItemLocation {
        ItemLocation {
            input: Arc::clone(input),
            start,
            nth: 0,
        }
    }

    #[test]
    fn the_newest_stands_in_for_all_before_it() {
        let mut desk = DispatchIndex::default();
        let inputs = [input(), input(), input()];
        for input in &inputs {
            add(&mut desk, input, &[0, 5]);
        }
        for pair in inputs.windows(2) {
            let replaced = Replacement {
                old: spot(&pair[0], 5),
                new: spot(&pair[1], 5),
                is_unchanged: false,
            };
            assert_eq!(desk.apply_replacements(&[replaced]).len(), 1);
        }
        // The segments are small: they are one.
        let ids: Vec<EntryId> = (0..3)
            .map(|number| EntryId::new(0, 2 * number + 1))
            .collect();
        assert_eq!(desk.successor(ids[0]), Some(ids[2]));
        let gone = |row| (0..3usize).map(move |number| EntryId::new(0, 2 * number + row));
        assert!(gone(0).all(|id| !desk.is_unlisted(id)));
        let retired: Vec<bool> = gone(1).map(|id| desk.is_unlisted(id)).collect();
        assert_eq!(retired, [true, true, false]);
    }

    #[test]
    fn what_is_not_at_hand_is_left_alone() {
        let mut desk = DispatchIndex::default();
        let (old, new) = (input(), input());
        add(&mut desk, &old, &[0]);
        let replaced = Replacement {
            old: spot(&old, 0),
            new: spot(&new, 0),
            is_unchanged: false,
        };
        assert!(desk.apply_replacements(&[replaced]).is_empty());
        assert!(!desk.is_unlisted(EntryId::new(0, 0)));
    }
}
