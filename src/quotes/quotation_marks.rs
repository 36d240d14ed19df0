//! Finds quoted spans by their quotation marks: nested ones, those that run over paragraphs, and unbalanced ones.
//! Knows nothing of speakers.

use std::ops::Range;

/// A quoted span of text, possibly over several paragraphs. All ranges are bytes of the text given to [`find_spans`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct QuotedSpan {
    /// The quoted words in each paragraph, without marks and without white space inside the marks.
    pub(super) pieces: Vec<Range<usize>>,
    /// Each piece with its marks; as many as `pieces`.
    pub(super) outers: Vec<Range<usize>>,
    /// Index of the span that this one is nested in.
    pub(super) parent: Option<usize>,
    /// Index of the first piece's paragraph, among those given to [`find_spans`].
    pub(super) paragraph: usize,
    /// True for single marks (‘ ’ and '), which papers also use for titles and inside headlines.
    pub(super) single: bool,
    /// False if the closing mark is missing.
    pub(super) closed: bool,
    /// Who speaks, by the label of a speech in a transcript.
    pub(super) label: Option<Range<usize>>,
}

impl QuotedSpan {
    /// A speech without quotation marks, as in a transcript.
    pub(super) fn unmarked(words: Range<usize>, paragraph: usize) -> Self {
        Self {
            pieces: vec![words.clone()],
            outers: vec![words],
            parent: None,
            paragraph,
            single: false,
            closed: true,
            label: None,
        }
    }
}

/// Finds the quoted spans of a text, in the order of their opening marks.
///
/// `paragraphs` are byte ranges into `text`; `None` is a table or another break, where no quote begins or continues.
/// A quote over several paragraphs repeats its opening mark at the head of each and is closed only in the last one,
/// so an unclosed quote is carried from paragraph to paragraph.
pub(super) fn find_spans(text: &str, paragraphs: &[Option<Range<usize>>]) -> Vec<QuotedSpan> {
    let mut spans: Vec<QuotedSpan> = Vec::new();
    // The span still open at the end of the paragraph before.
    let mut unclosed: Option<(usize, MarkFamily)> = None;
    for (number, range) in paragraphs.iter().enumerate() {
        let Some(range) = range else {
            discard_unclosed_single(&mut spans, unclosed.take());
            continue;
        };
        let start = range.start;
        let paragraph = text.get(range.clone()).unwrap_or("");
        let found = pair_marks(paragraph);
        // True if the paragraph opens with a repeated mark of that family.
        let continues = |family: MarkFamily| {
            let lead = paragraph.len() - paragraph.trim_start().len();
            found.pairs.first().is_some_and(|p| p.family == family && p.open.start == lead)
        };
        // The open span, if it goes on in this paragraph. Otherwise it ended, unclosed, in the one before.
        let joined = unclosed.filter(|&(_, family)| continues(family));
        // The spans around the current pair, as index and end.
        let mut parents: Vec<(usize, usize)> = Vec::new();
        if joined.is_none()
            && let Some((index, _)) = unclosed
            && let Some(stray) = &found.stray
        {
            // The opening mark was not repeated, but this closing mark has nothing else to close, so it ends the
            // quote of the paragraph before.
            add_piece(&mut spans[index], text, start, 0..stray.start, 0..stray.end);
            spans[index].closed = true;
            unclosed = None;
        }
        if joined.is_none() {
            discard_unclosed_single(&mut spans, unclosed.take());
        }
        let mut open_index = None;
        for (i, pair) in found.pairs.iter().enumerate() {
            let outer = pair.open.start..pair.close.as_ref().map_or(pair.end, |c| c.end);
            let index = match joined {
                Some((index, _)) if i == 0 => {
                    add_piece(&mut spans[index], text, start, pair.inner(), outer.clone());
                    index
                }
                _ => {
                    parents.truncate(pair.depth);
                    let parent = parents.last().filter(|(_, end)| outer.end <= *end);
                    spans.push(new_span(pair, parent.map(|&(index, _)| index), number));
                    let index = spans.len() - 1;
                    add_piece(&mut spans[index], text, start, pair.inner(), outer.clone());
                    index
                }
            };
            parents.truncate(pair.depth);
            parents.push((index, outer.end));
            spans[index].closed = pair.close.is_some();
            if found.open == Some(i) {
                open_index = Some((index, pair.family));
            }
        }
        unclosed = open_index;
    }
    discard_unclosed_single(&mut spans, unclosed);
    remove_empty(spans)
}

/// A span without pieces for a pair; `add_piece` fills it.
fn new_span(pair: &Pair, parent: Option<usize>, paragraph: usize) -> QuotedSpan {
    QuotedSpan {
        pieces: Vec::new(),
        outers: Vec::new(),
        parent,
        paragraph,
        single: pair.family == MarkFamily::Single,
        closed: false,
        label: None,
    }
}

/// Adds the words of one paragraph to a span, trimmed; `base` is where the paragraph begins. A piece without a letter
/// or digit is left out.
fn add_piece(
    span: &mut QuotedSpan,
    text: &str,
    base: usize,
    inner: Range<usize>,
    outer: Range<usize>,
) {
    let words = base + inner.start..base + inner.end;
    let Some(slice) = text.get(words.clone()) else {
        return;
    };
    // Points before the first word say that something is left out.
    let start = words.start + (slice.len() - slice.trim_start_matches(is_omission).len());
    let end = words.end - (slice.len() - slice.trim_end().len());
    if start < end && slice.contains(char::is_alphanumeric) {
        span.pieces.push(start..end);
        span.outers.push(base + outer.start..base + outer.end);
    }
}

/// True for white space and the points of an ellipsis.
fn is_omission(c: char) -> bool {
    c.is_whitespace() || matches!(c, '.' | '…')
}

/// Empties a span that a single mark opened and nothing closed or continued: the mark was an apostrophe.
fn discard_unclosed_single(spans: &mut [QuotedSpan], unclosed: Option<(usize, MarkFamily)>) {
    if let Some((index, MarkFamily::Single)) = unclosed
        && let Some(span) = spans.get_mut(index)
        && span.pieces.len() < 2
    {
        span.pieces.clear();
        span.outers.clear();
    }
}

/// Drops spans without words and renumbers the parents of the others; a child of a dropped span has no parent.
fn remove_empty(spans: Vec<QuotedSpan>) -> Vec<QuotedSpan> {
    let mut new_index = Vec::with_capacity(spans.len());
    let mut kept = 0;
    for span in &spans {
        new_index.push((!span.pieces.is_empty()).then_some(kept));
        kept += usize::from(!span.pieces.is_empty());
    }
    spans
        .into_iter()
        .filter(|span| !span.pieces.is_empty())
        .map(|mut span| {
            span.parent = span.parent.and_then(|p| new_index.get(p).copied().flatten());
            span
        })
        .collect()
}

// Pairing the marks of one paragraph, with repair of unbalanced ones.

/// A pair of marks. Positions are bytes of the paragraph.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Pair {
    family: MarkFamily,
    /// The opening mark.
    open: Range<usize>,
    /// The closing mark; `None` if it is missing.
    close: Option<Range<usize>>,
    /// End of the words if there is no closing mark.
    end: usize,
    /// How many pairs were open around it.
    depth: usize,
}

impl Pair {
    /// The words between the marks.
    fn inner(&self) -> Range<usize> {
        self.open.end..self.close.as_ref().map_or(self.end, |c| c.start)
    }
}

/// The pairs of a paragraph, and what could not be paired in it.
#[derive(Debug, Default)]
struct PairedMarks {
    /// Sorted by opening mark.
    pairs: Vec<Pair>,
    /// Index of the pair that is still open at the end of the paragraph.
    open: Option<usize>,
    /// A closing mark with nothing to close, if no quote was opened before it.
    stray: Option<Range<usize>>,
}

/// A mark that waits for its partner: indexes into `MarkPairing::marks` and `MarkPairing::found`.
struct OpenMark {
    mark: usize,
    pair: usize,
}

/// State while the marks of one paragraph are paired.
struct MarkPairing<'a> {
    text: &'a str,
    marks: Vec<QuotationMark>,
    stack: Vec<OpenMark>,
    /// How many of each family are on the stack.
    open: [usize; MarkFamily::COUNT],
    /// By order of opening; `None` for a pair that was given up.
    found: Vec<Option<Pair>>,
    stray: Option<Range<usize>>,
}

/// Pairs the marks of a paragraph.
fn pair_marks(text: &str) -> PairedMarks {
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

/// For each mark, the index of the next single mark after it. Computed once, from the end, to stay linear.
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
    /// Carries out the action for mark `i`.
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

    /// Opens a pair at a mark.
    fn push(&mut self, i: usize) {
        let mark = &self.marks[i];
        self.open[mark.family as usize] += 1;
        self.stack.push(OpenMark { mark: i, pair: self.found.len() });
        self.found.push(Some(Pair {
            family: mark.family,
            open: mark.at.clone(),
            close: None,
            end: self.text.len(),
            depth: self.stack.len() - 1,
        }));
    }

    /// Pops the innermost open mark of a family, and all marks opened after it. Returns its index in `found`.
    fn pop(&mut self, family: MarkFamily) -> Option<usize> {
        while let Some(open) = self.stack.pop() {
            let found = self.marks[open.mark].family;
            self.open[found as usize] -= 1;
            if found == family {
                return Some(open.pair);
            }
            // A mark opened inside and never closed does not begin a quote.
            self.found[open.pair] = None;
        }
        None
    }

    /// Closes the innermost open pair of the mark's family.
    fn close(&mut self, i: usize) {
        let QuotationMark { at, family, .. } = self.marks[i].clone();
        let Some(index) = self.pop(family) else {
            return;
        };
        if let Some(pair) = &mut self.found[index] {
            pair.close = Some(at);
        }
    }

    /// Ends the open pair of this mark's family at the last sentence end before the mark; without one, drops the pair.
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

    /// Settles what is still open: the outermost pair may go on in the next paragraph, the others are dropped.
    fn finish(mut self) -> PairedMarks {
        let mut open = None;
        for (level, waiting) in self.stack.iter().enumerate() {
            let family = self.marks[waiting.mark].family;
            let head = self.text.get(..self.marks[waiting.mark].at.start);
            let at_start = head.is_none_or(|head| head.trim().is_empty());
            // An unclosed single mark inside a paragraph is an apostrophe.
            if level == 0 && (family != MarkFamily::Single || at_start) {
                open = Some(waiting.pair);
            } else {
                self.found[waiting.pair] = None;
            }
        }
        // The index among the pairs that remain.
        let open = open.map(|index| self.found[..index].iter().flatten().count());
        PairedMarks { pairs: self.found.into_iter().flatten().collect(), open, stray: self.stray }
    }
}

// Whether a mark opens, closes, or neither: decided by its shape, its neighbours and what is open.

/// The role of a mark in its paragraph.
enum MarkAction {
    Open,
    Close,
    /// The open quote was never closed: end it before this mark and open another.
    Restart,
    /// A closing mark with nothing to close; it may close a quote of an earlier paragraph.
    Stray,
    /// Not a quotation mark after all: an apostrophe or a unit.
    Nothing,
}

impl MarkPairing<'_> {
    /// The action for mark `i`; `next_single` is the index of the next single mark.
    fn action_for(&self, i: usize, next_single: Option<usize>) -> MarkAction {
        let mark = &self.marks[i];
        let is_open = self.open[mark.family as usize] > 0;
        match mark.family {
            MarkFamily::Single => self.act_single(mark, is_open, next_single),
            MarkFamily::Guillemet | MarkFamily::SingleGuillemet => {
                self.act_guillemet(mark, is_open)
            }
            MarkFamily::Corner | MarkFamily::WhiteCorner => match mark.shape {
                MarkShape::Opening => MarkAction::Open,
                _ if is_open => MarkAction::Close,
                _ => MarkAction::Stray,
            },
            MarkFamily::Double => self.act_double(mark, is_open),
        }
    }

    /// Double marks, whose glyphs mean different things in different countries: “…”, „…“, ”…”.
    fn act_double(&self, mark: &QuotationMark, is_open: bool) -> MarkAction {
        // An inch mark: 24" opens nothing.
        let measure = mark.glyph == '"' && mark.before.is_some_and(|c| c.is_ascii_digit());
        match (mark.shape, is_open) {
            (MarkShape::Low | MarkShape::Opening, false) if mark.after.is_some() => {
                // An opening glyph in a closing position: ,“ instead of ,”.
                let wrong_way = mark.can_close() && !mark.can_open() && mark.after != Some(' ');
                if wrong_way && !mark.inside_word() { MarkAction::Stray } else { MarkAction::Open }
            }
            (MarkShape::Low | MarkShape::Opening, false) => MarkAction::Stray,
            (MarkShape::Low, true) => MarkAction::Open,
            (MarkShape::Opening, true) => {
                // German „…“ closes with the glyph that opens an English quote.
                let low = self.top_glyph(MarkFamily::Double) == Some('„');
                if low && !(mark.can_open() && self.stack.len() == 1 && !mark.can_close()) {
                    MarkAction::Close
                } else if mark.can_open() && self.inside_single() {
                    MarkAction::Open
                } else if mark.can_open() {
                    MarkAction::Restart
                } else {
                    MarkAction::Close
                }
            }
            (MarkShape::Closing, true) => {
                // Swedish and Finnish ”…” opens with the closing glyph.
                if mark.can_open()
                    && !mark.can_close()
                    && self.top_glyph(MarkFamily::Double) != Some('”')
                {
                    MarkAction::Restart
                } else {
                    MarkAction::Close
                }
            }
            (MarkShape::Closing, false) => {
                if mark.can_open() && !mark.can_close() {
                    MarkAction::Open
                } else {
                    MarkAction::Stray
                }
            }
            (MarkShape::Either, true) => {
                let space_before = mark.before.is_some_and(char::is_whitespace);
                if space_before && mark.can_open() {
                    MarkAction::Restart
                } else {
                    MarkAction::Close
                }
            }
            (MarkShape::Either, false) if measure => MarkAction::Nothing,
            (MarkShape::Either, false) => {
                let strays = match mark.after {
                    None | Some(',' | '.' | ';' | ':' | ')') => true,
                    Some(c) => c.is_whitespace() && mark.can_close(),
                };
                if strays { MarkAction::Stray } else { MarkAction::Open }
            }
        }
    }

    /// True if the innermost open mark is a single one, so that a double one may nest: “He said ‘it is a “mess”’,”
    fn inside_single(&self) -> bool {
        self.stack.last().is_some_and(|open| self.marks[open.mark].family == MarkFamily::Single)
    }

    /// Single marks need the most care, since most of them are apostrophes.
    fn act_single(
        &self,
        mark: &QuotationMark,
        is_open: bool,
        next_single: Option<usize>,
    ) -> MarkAction {
        let closes = mark.can_close() && !mark.after.is_some_and(char::is_alphanumeric);
        if is_open
            && closes
            && (mark.glyph != '‘' || self.top_glyph(MarkFamily::Single) == Some('‚'))
        {
            let later = next_single.map(|n| &self.marks[n]);
            // ‘the players’ hats’: the last mark closes, the one before it is an apostrophe.
            let better = later.is_some_and(|m| {
                m.glyph == mark.glyph && m.can_close() && !m.can_open() && !m.maybe_plural
            });
            return if mark.maybe_plural && better {
                MarkAction::Nothing
            } else {
                MarkAction::Close
            };
        }
        match mark.shape {
            MarkShape::Opening | MarkShape::Low | MarkShape::Either if mark.can_open() => {
                if is_open { MarkAction::Restart } else { MarkAction::Open }
            }
            _ => MarkAction::Nothing,
        }
    }

    /// Both «…» and »…« are in use, and Swedish has »…», so what is open decides rather than the shape.
    fn act_guillemet(&self, mark: &QuotationMark, is_open: bool) -> MarkAction {
        if !is_open {
            return if mark.after.is_some() { MarkAction::Open } else { MarkAction::Stray };
        }
        let same_glyph = self.top_glyph(mark.family) == Some(mark.glyph);
        if same_glyph && mark.can_open() && !mark.can_close() {
            MarkAction::Open
        } else {
            MarkAction::Close
        }
    }

    /// The glyph of the innermost open mark of a family. Only a few levels are searched: nesting is never deep, and the
    /// work stays linear on hostile input.
    fn top_glyph(&self, family: MarkFamily) -> Option<char> {
        self.stack
            .iter()
            .rev()
            .take(8)
            .map(|open| &self.marks[open.mark])
            .find(|mark| mark.family == family)
            .map(|mark| mark.glyph)
    }
}

// Finding the marks of one paragraph, and what each could do by its surroundings.

/// Marks that can pair with each other, whatever their shape.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum MarkFamily {
    /// Curly, low and straight double marks, and two single ones in a row.
    Double,
    /// Curly, low and straight single marks, and the grave accent.
    Single,
    /// « »
    Guillemet,
    /// ‹ ›
    SingleGuillemet,
    /// 「 」
    Corner,
    /// 『 』
    WhiteCorner,
}

impl MarkFamily {
    /// Number of families: the size of a table indexed by family.
    const COUNT: usize = 6;
}

/// The direction of a mark by its glyph alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum MarkShape {
    Opening,
    Closing,
    /// „ and ‚ only ever open, and make “ and ‘ close.
    Low,
    /// Straight marks.
    Either,
}

/// One mark of a paragraph. Positions are bytes of the paragraph.
#[derive(Debug, Clone)]
struct QuotationMark {
    at: Range<usize>,
    family: MarkFamily,
    shape: MarkShape,
    /// The first character of the mark, which tells » from «.
    glyph: char,
    /// The characters right before and after the mark.
    before: Option<char>,
    after: Option<char>,
    /// True if the word before ends in s and a lower-case word follows: it may be a plural's apostrophe.
    maybe_plural: bool,
}

impl QuotationMark {
    /// True if a quote could begin here, judging by the characters around the mark.
    fn can_open(&self) -> bool {
        let starts = match self.after {
            None => false,
            Some(c) => {
                !c.is_whitespace() && !matches!(c, ',' | '.' | ';' | ':' | '!' | '?' | ')' | ']')
            }
        };
        starts && self.before.is_none_or(can_precede_opening)
    }

    /// True if a quote could end here, judging by the character before the mark.
    fn can_close(&self) -> bool {
        self.before.is_some_and(|c| !c.is_whitespace())
    }

    /// True between two letters or digits: an apostrophe, or a mark in a script without spaces.
    fn inside_word(&self) -> bool {
        self.before.is_some_and(char::is_alphanumeric)
            && self.after.is_some_and(char::is_alphanumeric)
    }
}

/// True for a character that may come right before an opening mark.
fn can_precede_opening(c: char) -> bool {
    c.is_whitespace()
        || matches!(c, '(' | '[' | '{' | '-' | '–' | '—' | '/' | '…' | '>' | ':' | '|' | '*')
        || family_of(c).is_some()
}

/// The family and direction of a quotation mark; `None` for any other character.
fn family_of(c: char) -> Option<(MarkFamily, MarkShape)> {
    Some(match c {
        '“' | '‟' | '〝' => (MarkFamily::Double, MarkShape::Opening),
        '”' | '〞' | '〟' => (MarkFamily::Double, MarkShape::Closing),
        '„' => (MarkFamily::Double, MarkShape::Low),
        '"' | '＂' => (MarkFamily::Double, MarkShape::Either),
        '‘' | '‛' | '`' => (MarkFamily::Single, MarkShape::Opening),
        '’' => (MarkFamily::Single, MarkShape::Closing),
        '‚' => (MarkFamily::Single, MarkShape::Low),
        '\'' => (MarkFamily::Single, MarkShape::Either),
        '«' => (MarkFamily::Guillemet, MarkShape::Opening),
        '»' => (MarkFamily::Guillemet, MarkShape::Closing),
        '‹' => (MarkFamily::SingleGuillemet, MarkShape::Opening),
        '›' => (MarkFamily::SingleGuillemet, MarkShape::Closing),
        '「' => (MarkFamily::Corner, MarkShape::Opening),
        '」' => (MarkFamily::Corner, MarkShape::Closing),
        '『' => (MarkFamily::WhiteCorner, MarkShape::Opening),
        '』' => (MarkFamily::WhiteCorner, MarkShape::Closing),
        _ => return None,
    })
}

/// All quotation marks of a paragraph, in order, without those that are clearly apostrophes, elisions or units.
fn find_marks(text: &str) -> Vec<QuotationMark> {
    let mut marks = Vec::new();
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(skipped) = bytes[at..].iter().position(|&byte| may_begin_mark(byte)) {
        let start = at + skipped;
        let Some(c) = text[start..].chars().next() else {
            break;
        };
        at = start + c.len_utf8();
        let Some((mut family, mut shape)) = family_of(c) else {
            continue;
        };
        let mut end = at;
        let before = text[..start].chars().next_back();
        // '' and `` (and ’’ or ‘‘) stand for double marks.
        if matches!(c, '\'' | '`' | '’' | '‘') && text[at..].starts_with(c) {
            end += c.len_utf8();
            at = end;
            family = MarkFamily::Double;
            shape = if c == '`' || c == '‘' {
                MarkShape::Opening
            } else if c == '’' {
                MarkShape::Closing
            } else {
                MarkShape::Either
            };
        }
        let rest = text.get(end..).unwrap_or("");
        let mark = QuotationMark {
            at: start..end,
            family,
            shape,
            glyph: c,
            before,
            after: if rest.starts_with("..") { Some('…') } else { rest.chars().next() },
            maybe_plural: before == Some('s')
                && rest.strip_prefix(' ').is_some_and(starts_lower_case),
        };
        if !is_apostrophe(&mark, rest)
            && !is_typed_apostrophe(&mark, rest)
            && !is_measure(&mark, text)
        {
            marks.push(mark);
        }
    }
    marks
}

/// True for the first UTF-8 byte of any quotation mark: skips most of a text without decoding it.
fn may_begin_mark(byte: u8) -> bool {
    matches!(byte, b'"' | b'\'' | b'`' | 0xc2 | 0xe2 | 0xe3 | 0xef)
}

/// True if a text begins with a lower-case letter.
fn starts_lower_case(text: &str) -> bool {
    text.chars().next().is_some_and(char::is_lowercase)
}

/// Don’t, O’Neill, ’90s, ’em, rock ’n’ roll: marks that neither open nor close.
fn is_apostrophe(mark: &QuotationMark, rest: &str) -> bool {
    if mark.family != MarkFamily::Single {
        return false;
    }
    if mark.inside_word() {
        return true;
    }
    let word: &str = rest.split_once(|c: char| !c.is_alphanumeric()).map_or(rest, |(word, _)| word);
    let short = word.len() <= 5;
    let elided = short
        && ((word.starts_with(|c: char| c.is_ascii_digit()) && word.len() >= 2)
            || ["n", "em", "tis", "twas", "til", "cause", "cuz", "bout", "round", "ello"]
                .iter()
                .any(|e| word.eq_ignore_ascii_case(e)));
    if elided && !mark.before.is_some_and(char::is_alphanumeric) && mark.glyph != '‘' {
        // A digit directly after may also open a quote of a number: '24 hours' is rare, '90s is not.
        return true;
    }
    // The second mark of ’n’.
    mark.before == Some('n') && mark.after == Some(' ') && mark.glyph != '‘' && mark.at.start < 3
}

/// A double mark typed for an apostrophe: last week"s rate, don"t.
fn is_typed_apostrophe(mark: &QuotationMark, rest: &str) -> bool {
    if mark.family != MarkFamily::Double
        || !mark.before.is_some_and(char::is_alphanumeric)
        || !rest.starts_with(|c: char| c.is_ascii_lowercase())
    {
        return false;
    }
    let ending = rest.split(|c: char| !c.is_alphanumeric()).next().unwrap_or("");
    matches!(ending, "s" | "t" | "d" | "m" | "ll" | "re" | "ve")
}

/// Feet and inches (5'10"): a mark between two digits, or after a number that follows a foot mark.
fn is_measure(mark: &QuotationMark, text: &str) -> bool {
    let digit = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
    if !matches!(mark.glyph, '"' | '\'' | '’' | '”') || !digit(mark.before) {
        return false;
    }
    if digit(mark.after) {
        return true;
    }
    // The inches of 5'10": a number of a few digits with a foot mark before it.
    let head = text.get(..mark.at.start).unwrap_or("");
    let number = head.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.' || c == '-');
    number.len() + 6 > head.len() && number.ends_with(['\'', '’'])
}

#[cfg(test)]
mod tests {
    use super::find_spans;

    /// Checks the top-level spans of a text. `[[ ]]` encloses each expected piece; a line is a paragraph.
    fn check(marked: &str) {
        let plain = marked.replace("[[", "").replace("]]", "");
        let mut paragraphs = Vec::new();
        let mut start = 0;
        for line in plain.split('\n') {
            paragraphs.push(Some(start..start + line.len()));
            start += line.len() + 1;
        }
        let found = find_spans(&plain, &paragraphs);
        let mut edges: Vec<(usize, &str)> = Vec::new();
        for piece in found.iter().filter(|s| s.parent.is_none()).flat_map(|s| &s.pieces) {
            edges.push((piece.start, "[["));
            edges.push((piece.end, "]]"));
        }
        edges.sort_unstable();
        let mut shown = plain.clone();
        for &(at, mark) in edges.iter().rev() {
            shown.insert_str(at, mark);
        }
        assert_eq!(shown, marked);
    }

    #[test]
    fn all_styles_of_marks_are_recognised() {
        for text in [
            "“[[We act,]]” said Lee.",
            "\"[[We act,]]\" said Lee.",
            "''[[We act,]]'' said Lee.",
            "``[[We act,]]'' said Lee.",
            "„[[Wir handeln]]“, sagte Lee.",
            "»[[Wir handeln]]«, sagte Lee.",
            "« [[Nous agissons]] », a dit Lee.",
            "«\u{202f}[[Nous agissons]]\u{202f}», a dit Lee.",
            "„[[Działamy]]”, powiedział Lee.",
            "”[[Vi handlar]]”, sade Lee.",
            "»[[Vi handlar]]», sade Lee.",
            "‹[[Wir handeln]]›, sagte Lee.",
            "‘[[We act]],’ said Lee.".replace("]],", ",]]").as_str(),
            "'[[We act,]]' said Lee.",
            "「[[我们行动]]」他说。",
            "『[[行動する]]』と述べた。",
            "قال لي «[[نحن نعمل]]».",
        ] {
            check(text);
        }
    }

    #[test]
    fn apostrophes_and_measures_are_not_quotation_marks() {
        check("The workers' rights and the '90s rock 'n' roll don't count.");
        check("Lee’s ‘[[Grand Design]]’ and the players’ hats of the ’80s.");
        check("He is 5'10\" tall with a 24\" screen and said \"[[no]]\" twice.");
        check("O'Neill didn't say 'em.");
        check("Last week\"s rate and the port\"s tolls aren\"t known, \"[[we think]]\", Lee said.");
        check("The mayor said it''s late and they''ll wait.");
        check("The mayor said \"[[the port\"s tolls won\"t fall]]\" in May.");
    }

    #[test]
    fn nested_marks_stay_inside() {
        check("“[[When Lee says ‘Come on,’ we come,]]” Holm said.");
        check("“[[When she says ‘He called us a “mess”,’ she is wrong,]]” Holm said.");
        check("\"[[He told me 'never again.']]\" Then he left.");
        check("“[[And he said, ‘Fine.’ ]]”".replace(" ]]", "]] ").as_str());
    }

    #[test]
    fn quotes_over_paragraphs() {
        check("Lee said: “[[First.]]\n“[[Second.]]\n“[[Third,]]” and left.");
        check("Lee said: “[[First.]]\nNobody closed it.");
        check("Lee said: “[[First.]]\n[[Second,]]” and left.");
    }

    #[test]
    fn unbalanced_marks_are_repaired_in_the_paragraph() {
        check("“[[We act.]] “[[We wait.]]”");
        check("\"[[We act,]]\" said Lee. \"... [[We wait.]]\"");
        check("“[[We act,“]] said Lee, who \"[[waits]]\" now.".replace(",“]]", ",]]“").as_str());
        check("”[[We act,]]” said Lee.");
    }
}
