//! Folding for search: removes case, accents and ligatures, so that `lodz` finds `Łódź`.

use std::borrow::Cow;
use std::ops::Range;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Replacements for lower-case letters and punctuation that Unicode does not decompose: people type `l` for `ł`, and
/// straight quotation marks and hyphens for typographic ones.
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

/// Appends the folding of one character: compatibility decomposition (NFKD), lower case, no combining marks.
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

/// True if a text begins with `prefix`, whatever the case of ASCII letters in either.
#[must_use]
pub fn has_prefix_ignoring_case(text: &str, prefix: &str) -> bool {
    let start = text.as_bytes().get(..prefix.len());
    start.is_some_and(|start| start.eq_ignore_ascii_case(prefix.as_bytes()))
}

/// Appends the folding of a text to `out`.
pub fn fold_into(text: &str, out: &mut String) {
    if text.is_ascii() {
        let start = out.len();
        out.push_str(text);
        out[start..].make_ascii_lowercase();
    } else {
        text.chars().for_each(|c| fold_char(c, out));
    }
}

/// The folding of a text.
#[must_use]
pub fn fold(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    fold_into(text, &mut out);
    out
}

/// A folded text that maps its byte positions back to the source.
#[derive(Debug, Clone)]
pub struct Folded<'a> {
    /// The folded text.
    pub text: Cow<'a, str>,
    /// For each byte of `text`, where its character starts in the source. `None` if the positions are the same, as for
    /// ASCII.
    origin: Option<Vec<u32>>,
    source: &'a str,
}

impl<'a> Folded<'a> {
    /// Folds a text. Positions beyond 4 GiB all map to the same place.
    #[must_use]
    pub fn new(source: &'a str) -> Self {
        if source.is_ascii() {
            let text = if source.bytes().any(|b| b.is_ascii_uppercase()) {
                Cow::Owned(source.to_ascii_lowercase())
            } else {
                Cow::Borrowed(source)
            };
            return Self { text, origin: None, source };
        }
        let mut text = String::with_capacity(source.len());
        let mut origin = Vec::with_capacity(source.len());
        for (at, c) in source.char_indices() {
            fold_char(c, &mut text);
            origin.resize(text.len(), u32::try_from(at).unwrap_or(u32::MAX));
        }
        Self { text: Cow::Owned(text), origin: Some(origin), source }
    }

    /// The byte range of the source for a byte range of `text`: whole characters, with the combining marks after them.
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

/// All matches of `word`, which must be folded already, in the folding of `text`: ascending byte ranges of `text`
/// without overlaps.
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
    fn ranges_map_back_to_the_source() {
        let text = "In Łódź, the ﬁnal";
        let hits: Vec<&str> = find_folded(text, "lodz").into_iter().map(|r| &text[r]).collect();
        assert_eq!(hits, ["Łódź"]);
        let hits: Vec<&str> = find_folded(text, "in").into_iter().map(|r| &text[r]).collect();
        assert_eq!(hits, ["In", "ﬁn"]);
        let decomposed = "caf\u{65}\u{301} noir";
        assert_eq!(find_folded(decomposed, "cafe").first(), Some(&(0..6)));
    }
}
