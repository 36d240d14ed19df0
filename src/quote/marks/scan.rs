//! Finds the quotation marks of one paragraph and what each could do. Knows nothing of pairs.

use std::ops::Range;

/// Marks that belong together, whatever their shape.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum MarkFamily {
    /// Curly, low and straight marks, and two single ones in a row.
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
    pub(super) const COUNT: usize = 6;
}

/// The way a mark points by its shape alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum MarkShape {
    Opening,
    Closing,
    /// „ and ‚ only ever open, and make “ and ‘ close.
    Low,
    Either,
}

/// One mark of a paragraph. Positions are bytes into the text that was scanned.
#[derive(Debug, Clone)]
pub(super) struct QuotationMark {
    pub(super) at: Range<usize>,
    pub(super) family: MarkFamily,
    pub(super) shape: MarkShape,
    /// The first character, to tell » from «.
    pub(super) glyph: char,
    pub(super) before: Option<char>,
    pub(super) after: Option<char>,
    /// True where the word before ends in s and a lower-case word follows: it may be a plural's apostrophe.
    pub(super) maybe_plural: bool,
}

impl QuotationMark {
    /// True where a quote could begin here by the characters around it.
    pub(super) fn can_open(&self) -> bool {
        let starts = match self.after {
            None => false,
            Some(c) => {
                !c.is_whitespace() && !matches!(c, ',' | '.' | ';' | ':' | '!' | '?' | ')' | ']')
            }
        };
        starts && self.before.is_none_or(can_precede_opening)
    }

    /// True where a quote could end here by the characters around it.
    pub(super) fn can_close(&self) -> bool {
        self.before.is_some_and(|c| !c.is_whitespace())
    }

    /// True between two word characters, where only a mark without spaces around it can stand.
    pub(super) fn inside_word(&self) -> bool {
        self.before.is_some_and(char::is_alphanumeric)
            && self.after.is_some_and(char::is_alphanumeric)
    }
}

fn can_precede_opening(c: char) -> bool {
    c.is_whitespace()
        || matches!(
            c,
            '(' | '[' | '{' | '-' | '–' | '—' | '/' | '…' | '>' | ':' | '|' | '*'
        )
        || family_of(c).is_some()
}

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

/// All marks of a paragraph in order; apostrophes, elisions and measures are left out where they are plain.
pub(super) fn find_marks(text: &str) -> Vec<QuotationMark> {
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
        // '' and `` (and ’’ or ‘‘) are double marks made of two.
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
            after: rest.chars().next(),
            maybe_plural: before == Some('s')
                && rest.strip_prefix(' ').is_some_and(starts_lower_case),
        };
        if !is_apostrophe(&mark, rest) && !is_measure(&mark, text) {
            marks.push(mark);
        }
    }
    marks
}

fn may_begin_mark(byte: u8) -> bool {
    matches!(byte, b'"' | b'\'' | b'`' | 0xc2 | 0xe2 | 0xe3 | 0xef)
}

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
    let word: &str = rest
        .split_once(|c: char| !c.is_alphanumeric())
        .map_or(rest, |(word, _)| word);
    let short = word.len() <= 5;
    let elided = short
        && ((word.starts_with(|c: char| c.is_ascii_digit()) && word.len() >= 2)
            || [
                "n", "em", "tis", "twas", "til", "cause", "cuz", "bout", "round", "ello",
            ]
            .iter()
            .any(|e| word.eq_ignore_ascii_case(e)));
    if elided && !mark.before.is_some_and(char::is_alphanumeric) && mark.glyph != '‘' {
        // A digit directly after may also open a quote of a number: '24 hours' is rare, '90s is not.
        return true;
    }
    // The second mark of ’n’.
    mark.before == Some('n') && mark.after == Some(' ') && mark.glyph != '‘' && mark.at.start < 3
}

/// 5'10", 24": a straight mark right after a digit, with another measure or nothing that it could close.
fn is_measure(mark: &QuotationMark, text: &str) -> bool {
    let digit = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
    if !matches!(mark.glyph, '"' | '\'' | '’' | '”') || !digit(mark.before) {
        return false;
    }
    if digit(mark.after) {
        return true;
    }
    // 10" with a foot mark right before the number.
    let head = text.get(..mark.at.start).unwrap_or("");
    let number = head.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.' || c == '-');
    number.len() + 6 > head.len() && number.ends_with(['\'', '’'])
}
