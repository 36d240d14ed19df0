//! Merges layers of marked ranges into runs of text with the same marks. Does not know what the marks mean.

use std::ops::Range;

/// One layer: ascending byte ranges without overlaps, all with the same mark.
#[derive(Debug, Clone, Copy)]
pub struct Layer<'a, M> {
    pub ranges: &'a [Range<usize>],
    pub mark: M,
}

/// A stretch of text with the same marks all through.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run<M> {
    pub range: Range<usize>,
    /// The marks of the layers that cover the range, in the order of the layers.
    pub marks: Vec<M>,
}

/// Splits a line, a byte range of a text, into runs. Looks only at ranges that touch the line, so that drawing a screen
/// does not depend on the length of the text.
#[must_use]
pub fn split_into_runs<M: Copy>(line: Range<usize>, layers: &[Layer<'_, M>]) -> Vec<Run<M>> {
    let mut cuts = vec![line.start, line.end];
    let touching: Vec<(&[Range<usize>], M)> = layers
        .iter()
        .map(|layer| {
            let first = layer.ranges.partition_point(|r| r.end <= line.start);
            let count = layer.ranges[first..].partition_point(|r| r.start < line.end);
            (&layer.ranges[first..first + count], layer.mark)
        })
        .filter(|(ranges, _)| !ranges.is_empty())
        .collect();
    for (ranges, _) in &touching {
        cuts.extend(ranges.iter().flat_map(|r| [r.start, r.end]).filter(|c| line.contains(c)));
    }
    cuts.sort_unstable();
    cuts.dedup();
    // Between two cuts no range starts or ends, so each run is either covered by a layer or not.
    cuts.windows(2)
        .map(|cut| {
            let (start, end) = (cut[0], cut[1]);
            let inside =
                |ranges: &[Range<usize>]| ranges.iter().any(|r| r.start <= start && end <= r.end);
            Run {
                range: start..end,
                marks: touching.iter().filter(|(r, _)| inside(r)).map(|(_, mark)| *mark).collect(),
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn layers_are_cut_and_merged() {
        let quote = [2..6, 12..20];
        let hit = vec![4..8, 30..31];
        let layers = [Layer { ranges: &quote, mark: 'q' }, Layer { ranges: &hit, mark: 'h' }];
        let found: Vec<(Range<usize>, String)> = split_into_runs(0..10, &layers)
            .into_iter()
            .map(|r| (r.range, r.marks.into_iter().collect()))
            .collect();
        let expected = [(0..2, ""), (2..4, "q"), (4..6, "qh"), (6..8, "h"), (8..10, "")];
        assert_eq!(found, expected.map(|(r, m)| (r, m.to_owned())));
    }
}
