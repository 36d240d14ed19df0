//! Folding for search: case, accents and ligatures are taken off, so that `lodz` finds `Łódź`.

use std::borrow::Cow;
use std::ops::Range;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Letters that have no decomposition but are written without their stroke all the same.
fn plain_letter(c: char) -> Option<&'static str> {
    Some(match c {
        'ł' => "l",
        'ø' => "o",
        'đ' | 'ð' => "d",
        'ħ' => "h",
        'ŧ' => "t",
        'ı' => "i",
        'ß' | 'ẞ' => "ss",
        'æ' => "ae",
        'œ' => "oe",
        'þ' => "th",
        'ς' => "σ",
        '‘' | '’' | 'ʼ' | '′' => "'",
        '“' | '”' | '„' => "\"",
        '–' | '—' | '‐' | '‑' | '−' => "-",
        _ => return None,
    })
}

fn fold_char(c: char, out: &mut String) {
    if c.is_ascii() {
        out.push(c.to_ascii_lowercase());
        return;
    }
    for part in std::iter::once(c).nfkd().filter(|&d| !is_combining_mark(d)) {
        for lower in part.to_lowercase().filter(|&d| !is_combining_mark(d)) {
            match plain_letter(lower) {
                Some(plain) => out.push_str(plain),
                None => out.push(lower),
            }
        }
    }
}

/// Appends the folded text.
pub fn fold_into(text: &str, out: &mut String) {
    if text.is_ascii() {
        let start = out.len();
        out.push_str(text);
        out[start..].make_ascii_lowercase();
    } else {
        text.chars().for_each(|c| fold_char(c, out));
    }
}

/// The folded text.
#[must_use]
pub fn fold(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    fold_into(text, &mut out);
    out
}

/// A folded text that knows where each of its bytes came from.
#[derive(Debug, Clone)]
pub struct Folded<'a> {
    /// The folded text.
    pub text: Cow<'a, str>,
    /// For each byte of `text`, where its character starts in the source; `None` where the positions are the same.
    origin: Option<Vec<u32>>,
    source: &'a str,
}

impl<'a> Folded<'a> {
    /// Folds and remembers. Positions beyond 4 GiB are not told apart.
    #[must_use]
    pub fn new(source: &'a str) -> Self {
        if source.is_ascii() {
            let text = if source.bytes().any(|b| b.is_ascii_uppercase()) {
                Cow::Owned(source.to_ascii_lowercase())
            } else {
                Cow::Borrowed(source)
            };
            return Self {
                text,
                origin: None,
                source,
            };
        }
        let mut text = String::with_capacity(source.len());
        let mut origin = Vec::with_capacity(source.len());
        for (at, c) in source.char_indices() {
            fold_char(c, &mut text);
            origin.resize(text.len(), u32::try_from(at).unwrap_or(u32::MAX));
        }
        Self {
            text: Cow::Owned(text),
            origin: Some(origin),
            source,
        }
    }

    /// Source range of a range of the folded text: whole characters, combining marks after them included.
    #[must_use]
    pub fn source_range(&self, range: Range<usize>) -> Range<usize> {
        let Some(origin) = &self.origin else {
            return range;
        };
        let at = |i: usize| origin.get(i).map_or(self.source.len(), |&o| o as usize);
        if range.is_empty() {
            return at(range.start)..at(range.start);
        }
        let last = at(range.end - 1);
        let mut end = last + self.source[last..].chars().next().map_or(0, char::len_utf8);
        end += self.source[end..]
            .chars()
            .take_while(|&c| is_combining_mark(c))
            .map(char::len_utf8)
            .sum::<usize>();
        at(range.start)..end
    }
}

/// Every place where a folded word stands in a text, as source ranges that do not overlap.
#[must_use]
pub fn find_folded(text: &str, word: &str) -> Vec<Range<usize>> {
    if word.is_empty() {
        return Vec::new();
    }
    let folded = Folded::new(text);
    memchr::memmem::find_iter(folded.text.as_bytes(), word.as_bytes())
        .map(|at| folded.source_range(at..at + word.len()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_accents_and_ligatures_fold() {
        for (text, folded) in [
            ("Łódź", "lodz"),
            ("İstanbul", "istanbul"),
            ("ﬁnance", "finance"),
            ("ΑΘΉΝΑ", "αθηνα"),
            ("Straße", "strasse"),
        ] {
            assert_eq!(fold(text), folded);
        }
    }

    #[test]
    fn ranges_come_back_to_the_source() {
        let text = "In Łódź, the ﬁnal";
        let hits: Vec<&str> = find_folded(text, "lodz")
            .into_iter()
            .map(|r| &text[r])
            .collect();
        assert_eq!(hits, ["Łódź"]);
        let hits: Vec<&str> = find_folded(text, "in")
            .into_iter()
            .map(|r| &text[r])
            .collect();
        assert_eq!(hits, ["In", "ﬁn"]);
        let decomposed = "caf\u{65}\u{301} noir";
        assert_eq!(find_folded(decomposed, "cafe").first(), Some(&(0..6)));
    }
}
