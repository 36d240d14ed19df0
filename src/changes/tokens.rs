//! Two bodies cut into words and marks, the same ones under the same number.

use std::collections::HashMap;
use std::ops::Range;

use foldhash::fast::RandomState;
use unicode_segmentation::UnicodeSegmentation;

use crate::dispatch::Body;

/// The number of a word, the same in both texts.
pub(super) type Word = u32;
/// Numbers of texts.
pub(super) type Numbers<'a> = HashMap<&'a str, Word, RandomState>;

/// A word or mark of a text: anything but the white space between.
#[derive(Debug, Clone)]
pub(super) struct Token {
    pub(super) word: Word,
    /// Its bytes in the text.
    pub(super) range: Range<usize>,
}

/// One block: bytes of its text, and its tokens as a range into all of them.
#[derive(Debug, Clone)]
pub(super) struct Piece {
    pub(super) range: Range<usize>,
    tokens: Range<usize>,
    /// The number of its text, the same in both bodies.
    pub(super) text: Word,
}

/// A text in blocks of tokens.
pub(super) struct Cut<'a> {
    pub(super) text: &'a str,
    pub(super) tokens: Vec<Token>,
    pub(super) blocks: Vec<Piece>,
}

/// A block as it is compared with another.
#[derive(Clone)]
pub(super) struct Block<'a> {
    /// The text that all ranges are bytes of.
    pub(super) text: &'a str,
    pub(super) range: Range<usize>,
    pub(super) tokens: &'a [Token],
}

impl<'a> Cut<'a> {
    pub(super) fn block(&self, number: usize) -> Block<'_> {
        Block {
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
        words: &mut Numbers<'a>,
        whole: &mut Numbers<'a>,
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
                    word: number(words, segment),
                    range: start..start + segment.len(),
                });
            }
            cut.blocks.push(Piece {
                range,
                tokens: first..cut.tokens.len(),
                text: number(whole, block),
            });
        }
        cut
    }
}

fn number<'a>(numbers: &mut Numbers<'a>, text: &'a str) -> Word {
    let next = Word::try_from(numbers.len()).unwrap_or(Word::MAX);
    *numbers.entry(text).or_insert(next)
}

/// Two bodies cut, and how much each word weighs.
pub(super) struct Texts<'a> {
    pub(super) old: Cut<'a>,
    pub(super) new: Cut<'a>,
    /// By word: its letters and digits, a few at most. Marks weigh nothing: every paragraph has them.
    pub(super) weights: Vec<u32>,
}

/// What a long word weighs at most.
const HEAVIEST: usize = 8;

impl<'a> Texts<'a> {
    pub(super) fn new(old: &'a Body, new: &'a Body) -> Self {
        let (mut words, mut whole) = (Numbers::default(), Numbers::default());
        let ranges = |body: &'a Body| body.blocks().iter().map(|block| block.range.clone());
        let old = Cut::new(old.text(), ranges(old), &mut words, &mut whole);
        let new = Cut::new(new.text(), ranges(new), &mut words, &mut whole);
        let mut weights = vec![0; words.len()];
        for (word, number) in words {
            let letters = word.chars().filter(|c| c.is_alphanumeric());
            let weight = letters.take(HEAVIEST).count();
            weights[number as usize] = u32::try_from(weight).unwrap_or(0);
        }
        Self { old, new, weights }
    }
}
