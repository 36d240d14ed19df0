//! The text of a dispatch and its blocks. Every position in the program is a byte range into this text.

use std::ops::Range;

/// What a block is, and so how it may be laid out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum BlockKind {
    /// Running text, wrapped to the measure.
    #[default]
    Paragraph,
    /// A line that stands over what follows.
    Heading,
    /// An entry of a list, with its mark and the spaces before it; wrapped, the mark alone at the left.
    Item,
    /// Lines whose columns are kept: a table, verse, a preformatted list.
    Table,
}

/// One block: a byte range into [`Body::text`] on character boundaries, without the empty line after it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    pub range: Range<usize>,
    pub kind: BlockKind,
}

/// The text of a dispatch. Made once, then never changed.
///
/// Blocks are parted by exactly one empty line (`"\n\n"`); only tables hold newlines, one a row.
/// Line ends are `\n`; stray C0 controls stand as their pictures (`␛`), C1 controls as U+FFFD; direction marks stay.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Body {
    text: String,
    blocks: Vec<Block>,
}

impl Body {
    /// A body of the given blocks, in order. Empty blocks are left out; newlines outside of tables become spaces.
    pub fn new<T: AsRef<str>>(parts: impl IntoIterator<Item = (BlockKind, T)>) -> Self {
        let mut body = Self::default();
        for (kind, part) in parts {
            body.push(kind, part.as_ref());
        }
        body
    }

    /// A body of paragraphs alone.
    pub fn from_paragraphs<T: AsRef<str>>(parts: impl IntoIterator<Item = T>) -> Self {
        Self::new(parts.into_iter().map(|part| (BlockKind::Paragraph, part)))
    }

    fn push(&mut self, kind: BlockKind, part: &str) {
        let part = match kind {
            BlockKind::Paragraph | BlockKind::Heading => part.trim_ascii(),
            BlockKind::Item => part.trim_ascii_end(),
            BlockKind::Table => part.trim_matches('\n').trim_ascii_end(),
        };
        if part.trim_ascii().is_empty() {
            return;
        }
        if !self.blocks.is_empty() {
            self.text.push_str("\n\n");
        }
        let start = self.text.len();
        if kind != BlockKind::Table && part.contains('\n') {
            self.text
                .extend(part.chars().map(|c| if c == '\n' { ' ' } else { c }));
        } else {
            self.text.push_str(part);
        }
        self.blocks.push(Block {
            range: start..self.text.len(),
            kind,
        });
    }

    /// The whole text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The blocks in order.
    #[must_use]
    pub fn blocks(&self) -> &[Block] {
        &self.blocks
    }

    /// The one helper that slices: the text of a range, empty where the range does not lie on boundaries.
    #[must_use]
    pub fn slice(&self, range: Range<usize>) -> &str {
        self.text.get(range).unwrap_or("")
    }

    /// The 0-based number of the block that holds this position, or the last one before it.
    #[must_use]
    pub fn block_at(&self, position: usize) -> usize {
        self.blocks
            .partition_point(|b| b.range.start <= position)
            .saturating_sub(1)
    }

    /// True where a block keeps columns.
    #[must_use]
    pub fn has_table(&self) -> bool {
        self.blocks.iter().any(|b| b.kind == BlockKind::Table)
    }
}
