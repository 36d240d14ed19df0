//! Pairs the marks of one paragraph and repairs what is unbalanced. Knows nothing of other paragraphs.

use std::ops::Range;

use super::decide::MarkAction;
use super::scan::{MarkFamily, QuotationMark, find_marks};

/// A marked stretch of one paragraph. Positions are bytes into the text that was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Pair {
    pub(super) family: MarkFamily,
    /// The opening mark; empty where it was lost.
    pub(super) open: Range<usize>,
    /// The closing mark; `None` where it is missing.
    pub(super) close: Option<Range<usize>>,
    /// End of the words, where there is no closing mark.
    pub(super) end: usize,
    pub(super) depth: usize,
}

impl Pair {
    /// The words between the marks.
    pub(super) fn inner(&self) -> Range<usize> {
        self.open.end..self.close.as_ref().map_or(self.end, |c| c.start)
    }
}

/// What was found in a paragraph.
#[derive(Debug, Default)]
pub(super) struct PairedMarks {
    /// In the order of their opening marks.
    pub(super) pairs: Vec<Pair>,
    /// Index of the pair that is still open at the end of the paragraph.
    pub(super) open: Option<usize>,
    /// The first closing mark that had nothing to close and no mark before it.
    pub(super) stray: Option<Range<usize>>,
}

pub(super) struct OpenMark {
    pub(super) mark: usize,
    pair: usize,
}

/// The state of pairing one paragraph.
pub(super) struct MarkPairing<'a> {
    text: &'a str,
    pub(super) marks: Vec<QuotationMark>,
    pub(super) stack: Vec<OpenMark>,
    /// How many of each family are open.
    pub(super) open: [usize; MarkFamily::COUNT],
    found: Vec<Option<Pair>>,
    stray: Option<Range<usize>>,
}

/// Pairs the marks of a paragraph.
pub(super) fn pair_marks(text: &str) -> PairedMarks {
    let marks = find_marks(text);
    let next_single = next_singles(&marks);
    let mut pairing = MarkPairing {
        text,
        marks,
        stack: Vec::new(),
        open: [0; MarkFamily::COUNT],
        found: Vec::new(),
        stray: None,
    };
    for (i, &next) in next_single.iter().enumerate() {
        pairing.process_mark(i, next);
    }
    pairing.finish()
}

/// For each mark the next one of the single family.
fn next_singles(marks: &[QuotationMark]) -> Vec<Option<usize>> {
    let mut next = vec![None; marks.len()];
    let mut last = None;
    for (i, mark) in marks.iter().enumerate().rev() {
        next[i] = last;
        if mark.family == MarkFamily::Single {
            last = Some(i);
        }
    }
    next
}

impl MarkPairing<'_> {
    fn process_mark(&mut self, i: usize, next_single: Option<usize>) {
        match self.action_for(i, next_single) {
            MarkAction::Open => self.push(i),
            MarkAction::Close => self.close(i),
            MarkAction::Restart => {
                self.restart(i);
                self.push(i);
            }
            MarkAction::Stray => {
                if self.stray.is_none() && self.found.is_empty() {
                    self.stray = Some(self.marks[i].at.clone());
                }
            }
            MarkAction::Nothing => {}
        }
    }

    fn push(&mut self, i: usize) {
        let mark = &self.marks[i];
        self.open[mark.family as usize] += 1;
        self.stack.push(OpenMark {
            mark: i,
            pair: self.found.len(),
        });
        self.found.push(Some(Pair {
            family: mark.family,
            open: mark.at.clone(),
            close: None,
            end: self.text.len(),
            depth: self.stack.len() - 1,
        }));
    }

    /// Takes the topmost open mark of the family, and all above it, from the stack.
    fn pop(&mut self, family: MarkFamily) -> Option<usize> {
        while let Some(open) = self.stack.pop() {
            let found = self.marks[open.mark].family;
            self.open[found as usize] -= 1;
            if found == family {
                return Some(open.pair);
            }
            // What was opened inside and not closed is no quote.
            self.found[open.pair] = None;
        }
        None
    }

    fn close(&mut self, i: usize) {
        let QuotationMark { at, family, .. } = self.marks[i].clone();
        let Some(index) = self.pop(family) else {
            return;
        };
        if let Some(pair) = &mut self.found[index] {
            pair.close = Some(at);
        }
    }

    /// Ends the open pair of this mark's family before the mark: at the last sentence end, if there is one.
    fn restart(&mut self, i: usize) {
        let QuotationMark { at, family, .. } = self.marks[i].clone();
        let Some(index) = self.pop(family) else {
            return;
        };
        if family == MarkFamily::Single {
            self.found[index] = None;
            return;
        }
        let text = self.text;
        if let Some(pair) = &mut self.found[index] {
            let words = text.get(pair.open.end..at.start).unwrap_or("");
            let end = words.trim_end().rfind(['.', '!', '?']);
            match end {
                Some(end) => pair.end = pair.open.end + end + 1,
                None => self.found[index] = None,
            }
        }
    }

    fn finish(mut self) -> PairedMarks {
        let mut open = None;
        for (level, waiting) in self.stack.iter().enumerate() {
            let family = self.marks[waiting.mark].family;
            let head = self.text.get(..self.marks[waiting.mark].at.start);
            let at_start = head.is_none_or(|head| head.trim().is_empty());
            if level == 0 && (family != MarkFamily::Single || at_start) {
                open = Some(waiting.pair);
            } else {
                self.found[waiting.pair] = None;
            }
        }
        let open = open.map(|index| self.found[..index].iter().flatten().count());
        PairedMarks {
            pairs: self.found.into_iter().flatten().collect(),
            open,
            stray: self.stray,
        }
    }
}
