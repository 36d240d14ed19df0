//! The body of a dispatch, or what its head says of it.

use crate::dispatch::{BlockKind, Body};
use crate::format::draft::Draft;
use crate::format::markup::TextBlock;
use crate::format::{Detail, blocks};

/// Sets the body where the whole is wanted; else how many words it has, and whether it has a table.
pub(super) fn set_body(
    draft: &mut Draft<'_>,
    core: &str,
    words: Option<u32>,
    known: Option<Vec<TextBlock>>,
) -> (u32, bool) {
    if draft.detail == Detail::Head {
        let table = match (words, &known) {
            (Some(words), _) => return (words, false),
            (None, Some(blocks)) => blocks.iter().any(|(kind, _)| *kind == BlockKind::Table),
            (None, None) => blocks::has_table(core),
        };
        return (crate::text::count_clean_words(core), table);
    }
    draft.dispatch.body = if let Some(blocks) = known {
        Body::new(blocks)
    } else {
        let mut parts = Vec::new();
        blocks::for_each_block(core, &mut |kind, block| {
            parts.push((kind, block));
            true
        });
        Body::new(parts)
    };
    (0, false)
}
