//! Two bodies cut into words and marks, the same ones under the same number.

use std::collections::HashMap;
use std::ops::Range;

use foldhash::fast::RandomState;
use unicode_segmentation::UnicodeSegmentation;

use crate::dispatch::Body;

/// The number of a word, the same in both texts.
pub(super) type WordId = u32;
/// Numbers of texts.
pub(super) type Interner<'a> = HashMap<&'a str, WordId, RandomState>;

/// A word or mark of a text: anything but the white space between.
#[derive(Debug, Clone)]
pub(super) struct Token {
    pub(super) word: WordId,
    /// Its bytes in the text.
    pub(super) range: Range<usize>,
}

/// One block: bytes of its text, and its tokens as a range into all of them.
#[derive(Debug, Clone)]
pub(super) struct TokenizedBlock {
    pub(super) range: Range<usize>,
    tokens: Range<usize>,
    /// The number of its text, the same in both bodies.
    pub(super) text: WordId,
}

/// A text in blocks of tokens.
pub(super) struct TokenizedText<'a> {
    pub(super) text: &'a str,
    pub(super) tokens: Vec<Token>,
    pub(super) blocks: Vec<TokenizedBlock>,
}

/// A block as it is compared with another.
#[derive(Clone)]
pub(super) struct BlockView<'a> {
    /// The text that all ranges are bytes of.
    pub(super) text: &'a str,
    pub(super) range: Range<usize>,
    pub(super) tokens: &'a [Token],
}

impl<'a> TokenizedText<'a> {
    pub(super) fn block(&self, number: usize) -> BlockView<'_> {
        BlockView {
            text: self.text,
            range: self.blocks[number].range.clone(),
            tokens: self.tokens(number),
        }
    }

    pub(super) fn tokens(&self, number: usize) -> &[Token] {
        &self.tokens[self.blocks[number].tokens.clone()]
    }

    /// Cuts a text into its blocks, and those into tokens.
    pub(super) fn new(
        text: &'a str,
        blocks: impl Iterator<Item = Range<usize>>,
        words: &mut Interner<'a>,
        whole: &mut Interner<'a>,
    ) -> Self {
        let mut cut = Self {
            text,
            tokens: Vec::with_capacity(text.len() / 5),
            blocks: Vec::new(),
        };
        for range in blocks {
            let first = cut.tokens.len();
            let block = &text[range.clone()];
            for (at, segment) in block.split_word_bound_indices() {
                if segment.chars().all(char::is_whitespace) {
                    continue;
                }
                let start = range.start + at;
                cut.tokens.push(Token {
                    word: intern(words, segment),
                    range: start..start + segment.len(),
                });
            }
            cut.blocks.push(TokenizedBlock {
                range,
                tokens: first..cut.tokens.len(),
                text: intern(whole, block),
            });
        }
        cut
    }
}

fn intern<'a>(numbers: &mut Interner<'a>, text: &'a str) -> WordId {
    let next = WordId::try_from(numbers.len()).unwrap_or(WordId::MAX);
    *numbers.entry(text).or_insert(next)
}

/// Two bodies cut, and how much each word weighs.
pub(super) struct TokenizedPair<'a> {
    pub(super) old: TokenizedText<'a>,
    pub(super) new: TokenizedText<'a>,
    /// By word: its letters and digits, a few at most. Marks weigh nothing: every paragraph has them.
    pub(super) weights: Vec<u32>,
}

/// What a long word weighs at most.
const MAX_WORD_WEIGHT: usize = 8;

impl<'a> TokenizedPair<'a> {
    pub(super) fn new(old: &'a Body, new: &'a Body) -> Self {
        let (mut words, mut whole) = (Interner::default(), Interner::default());
        let ranges = |body: &'a Body| body.blocks().iter().map(|block| block.range.clone());
        let old = TokenizedText::new(old.text(), ranges(old), &mut words, &mut whole);
        let new = TokenizedText::new(new.text(), ranges(new), &mut words, &mut whole);
        let mut weights = vec![0; words.len()];
        for (word, number) in words {
            let letters = word.chars().filter(|c| c.is_alphanumeric());
            let weight = letters.take(MAX_WORD_WEIGHT).count();
            weights[number as usize] = u32::try_from(weight).unwrap_or(0);
        }
        Self { old, new, weights }
    }
}
