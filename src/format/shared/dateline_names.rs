//! Recognises the names of places and agencies in a dateline. Holds the list of known agencies.

use crate::format::shared::dates;
use crate::format::shared::word_set::WordSet;
use crate::text::has_prefix_ignoring_case;

/// Agencies whose name alone is proof of a dateline, in lower case.
static KNOWN_AGENCIES: WordSet = WordSet::new(
    "aap adnkronos afp agi anp ansa ap apa ats belga bernama cna cp dpa efe epd ianews
     interfax itar-tass jiji jta kna kyodo lusa mti npa ntb pap prnewswire pti reuter reuters
     ria ritzau sda sid tass tt ukrinform upi xinhua yonhap",
);

/// Words that are often in brackets but name no agency.
static NOT_AGENCIES: WordSet = WordSet::new(
    "photo photos file right left pictured updated updates adds video corrected more note see
     sic new live north south east west aged",
);

/// Words in capitals before a dash or colon that are labels, not places.
static NOT_PLACES: WordSet = WordSet::new(
    "update urgent flash alert bulletin breaking corrected correction lead kill repeat refile
     rpt wrapup exclusive analysis factbox interview advisory note warning attention editors
     embargoed embargo timeline profile feature newsalert snap story highlights preview
     insight",
);

/// Articles and prepositions within place names, which are not capitalised.
static PARTICLES: WordSet =
    WordSet::new("de la le les el al of the am an im in der den sur di do da du des del and und y");

fn is_particle(word: &str) -> bool {
    PARTICLES.contains(word) && word.bytes().all(|b| b.is_ascii_lowercase())
}

/// Splits at spaces, hyphens and slashes; words may be empty.
fn words(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let text = rest?;
        let end = text.bytes().position(|b| matches!(b, b' ' | b'-' | b'/'));
        let (word, after) = match end {
            Some(end) => (&text[..end], Some(&text[end + 1..])),
            None => (text, None),
        };
        rest = after;
        Some(word)
    })
}

/// The case of a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LetterCase {
    /// All capitals, or a script without case.
    All,
    Mixed,
}

/// The case of a name, ignoring lower-case particles (`el`, `de`).
pub(super) fn letter_case(name: &str) -> LetterCase {
    let words = name.split_whitespace().filter(|word| !is_particle(word));
    let mut letters = words.flat_map(str::chars).filter(|c| c.is_alphabetic());
    if letters.all(|c| !c.is_lowercase()) { LetterCase::All } else { LetterCase::Mixed }
}

/// True for a possible place name: at most five words, each capitalised or in a script without case.
pub(super) fn is_place_name(name: &str) -> bool {
    let (mut count, mut letters) = (0, false);
    if name.len() > 60 {
        return false;
    }
    for word in name.split_whitespace() {
        count += 1;
        let first = word.trim_start_matches(['\'', '’', '`']).chars().next();
        let begins = first.is_some_and(|c| c.is_alphabetic() && !c.is_lowercase());
        if count > 5 || !(begins || may_begin_small(word, count)) {
            return false;
        }
        if word.bytes().all(|b| b.is_ascii_alphabetic()) {
            letters = true;
            continue;
        }
        for c in word.chars() {
            let letter = c.is_alphabetic();
            letters |= letter;
            if !(letter || is_mark(c) || matches!(c, '.' | '\'' | '’' | '`' | '-' | '/' | '‘'))
            {
                return false;
            }
        }
    }
    letters && !words(name).any(|word| NOT_PLACES.contains(word))
}

/// True for a word of a place name that may begin in lower case: a particle after the first word, or a word with an
/// article joined to it. `count` is the position of the word, from 1.
fn may_begin_small(word: &str, count: usize) -> bool {
    count > 1 && is_particle(word)
        || has_prefix_ignoring_case(word, "al-")
        || ["d'", "l'", "s-", "d’", "l’"].iter().any(|p| word.starts_with(p))
}

/// True for characters that accompany letters without being letters: combining marks, joiners, direction marks.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{610}'..='\u{61a}' | '\u{64b}'..='\u{65f}' | '\u{900}'..='\u{903}'
        | '\u{93a}'..='\u{94f}' | '\u{e31}'..='\u{e4e}' | '\u{200b}'..='\u{200f}' | '\u{2066}'..='\u{2069}')
}

/// How strongly a text resembles the names of one or more agencies.
#[derive(Debug, Clone, Copy)]
pub(super) struct AgencyForm {
    /// One of the names is a known agency.
    pub known: bool,
    /// All names are capitalised.
    capitals: bool,
    /// One short lower-case word, the style of dpa, epd and kna.
    pub lowercase: bool,
}

impl AgencyForm {
    /// True for a known agency, or a name that may be one.
    pub(super) fn is_agency(self) -> bool {
        self.known || self.capitals
    }
}

/// Classifies a text that may name agencies: one to four words, separated by spaces, hyphens or slashes. `None` if it
/// cannot.
pub(super) fn agency_form(text: &str) -> Option<AgencyForm> {
    let text = text.trim();
    if !(2..=40).contains(&text.len()) {
        return None;
    }
    let mut form = AgencyForm {
        known: false,
        capitals: true,
        lowercase: (2..=5).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_lowercase()),
    };
    let (mut count, mut letters) = (0, false);
    for word in words(text) {
        let Some(first) = word.chars().next() else {
            form.capitals = false;
            continue;
        };
        count += 1;
        form.capitals &= !first.is_lowercase();
        if word.bytes().all(|b| b.is_ascii_alphabetic()) {
            letters = true;
        } else {
            letters |= word.chars().any(char::is_alphabetic);
            let fits = |c: char| c.is_alphanumeric() || is_mark(c) || c == '.';
            if !word.chars().all(fits) {
                return None;
            }
        }
        if count > 4
            || NOT_AGENCIES.contains(word)
            || dates::is_weekday(word)
            || dates::month_number(word).is_some()
        {
            return None;
        }
        form.known |= KNOWN_AGENCIES.contains(word);
    }
    (letters && count > 0).then_some(form)
}

/// True if a text names at least one known agency.
pub(in crate::format) fn is_known_agency(text: &str) -> bool {
    words(text.trim()).any(|word| KNOWN_AGENCIES.contains(word)) && agency_form(text).is_some()
}
