//! What a place and an agency in a dateline may look like. Knows nothing of where they stand.

use crate::format::days;

/// Agencies whose name alone makes a dateline, in lower case: see the IPTC and the agencies' own style books.
fn is_listed(word: &str) -> bool {
    matches!(
        small(word, &mut [0; 16]),
        "aap"
            | "adnkronos"
            | "afp"
            | "agi"
            | "anp"
            | "ansa"
            | "ap"
            | "apa"
            | "ats"
            | "belga"
            | "bernama"
            | "cna"
            | "cp"
            | "dpa"
            | "efe"
            | "epd"
            | "ianews"
            | "interfax"
            | "itar-tass"
            | "jiji"
            | "jta"
            | "kna"
            | "kyodo"
            | "lusa"
            | "mti"
            | "npa"
            | "ntb"
            | "pap"
            | "prnewswire"
            | "pti"
            | "reuter"
            | "reuters"
            | "ria"
            | "ritzau"
            | "sda"
            | "sid"
            | "tass"
            | "tt"
            | "ukrinform"
            | "upi"
            | "xinhua"
            | "yonhap"
    )
}

/// Words in brackets that are no agency.
fn is_no_agency(word: &str) -> bool {
    matches!(
        small(word, &mut [0; 16]),
        "photo"
            | "photos"
            | "file"
            | "right"
            | "left"
            | "pictured"
            | "updated"
            | "updates"
            | "adds"
            | "video"
            | "corrected"
            | "more"
            | "note"
            | "see"
            | "sic"
            | "new"
    )
}

/// Words in capitals before a dash that are no place.
fn is_no_place(word: &str) -> bool {
    matches!(
        small(word, &mut [0; 16]),
        "update"
            | "urgent"
            | "flash"
            | "alert"
            | "bulletin"
            | "breaking"
            | "corrected"
            | "correction"
            | "lead"
            | "kill"
            | "repeat"
            | "refile"
            | "rpt"
            | "wrapup"
            | "exclusive"
            | "analysis"
            | "factbox"
            | "interview"
            | "advisory"
            | "note"
            | "warning"
            | "attention"
            | "editors"
            | "embargoed"
            | "embargo"
            | "timeline"
            | "profile"
            | "feature"
            | "newsalert"
            | "snap"
            | "story"
            | "highlights"
            | "preview"
            | "insight"
    )
}

/// Small words within the names of places.
fn is_particle(word: &str) -> bool {
    matches!(
        word,
        "de" | "la"
            | "le"
            | "les"
            | "el"
            | "al"
            | "of"
            | "the"
            | "am"
            | "an"
            | "im"
            | "in"
            | "der"
            | "den"
            | "sur"
            | "di"
            | "do"
            | "da"
            | "du"
            | "des"
            | "del"
            | "and"
            | "und"
            | "y"
    )
}

/// A short word in small letters; empty where it is longer than any that is looked for.
fn small<'b>(word: &str, buffer: &'b mut [u8; 16]) -> &'b str {
    let Some(bytes) = buffer.get_mut(..word.len()) else {
        return "";
    };
    bytes.copy_from_slice(word.as_bytes());
    bytes.make_ascii_lowercase();
    std::str::from_utf8(bytes).unwrap_or("")
}

/// How a name is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Caps {
    /// Capitals alone, or a script without them.
    All,
    Mixed,
}

/// How a name is written; a word in small letters after the first (`el`, `de`) does not count.
pub(super) fn caps(name: &str) -> Caps {
    let words = name.split_whitespace().filter(|word| !is_particle(word));
    let mut letters = words.flat_map(str::chars).filter(|c| c.is_alphabetic());
    if letters.all(|c| !c.is_lowercase()) {
        Caps::All
    } else {
        Caps::Mixed
    }
}

/// True where this may name a place: a few words that begin with a capital, or are in a script without them.
pub(super) fn names_place(name: &str) -> bool {
    let count = name.split_whitespace().count();
    if count == 0 || count > 5 || name.len() > 60 {
        return false;
    }
    let mut words = name.split_whitespace().enumerate();
    words.all(|(at, word)| {
        let first = word.trim_start_matches(['\'', '’', '`']).chars().next();
        let begins = first.is_some_and(|c| c.is_alphabetic() && !c.is_lowercase());
        let particle = at > 0 && is_particle(word)
            || word
                .get(..3)
                .is_some_and(|start| start.eq_ignore_ascii_case("al-"))
            || ["d'", "l'", "s-", "d’", "l’"]
                .iter()
                .any(|p| word.starts_with(p));
        (begins || particle)
            && word.chars().all(|c| {
                c.is_alphabetic()
                    || is_mark(c)
                    || matches!(c, '.' | '\'' | '’' | '`' | '-' | '/' | '‘')
            })
    }) && !name.split([' ', '-', '/']).any(is_no_place)
        && name.chars().any(char::is_alphabetic)
}

/// Marks that belong to letters before them: combining ones, and those that join letters or set their direction.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{610}'..='\u{61a}' | '\u{64b}'..='\u{65f}' | '\u{900}'..='\u{903}'
        | '\u{93a}'..='\u{94f}' | '\u{e31}'..='\u{e4e}' | '\u{200b}'..='\u{200f}' | '\u{2066}'..='\u{2069}')
}

/// True where this may name agencies: one to four words of letters, parted by spaces, hyphens or slashes.
pub(super) fn agency_shape(text: &str) -> bool {
    let text = text.trim();
    let words = || text.split([' ', '-', '/']).filter(|word| !word.is_empty());
    (2..=40).contains(&text.len())
        && (1..=4).contains(&words().count())
        && words().all(|word| {
            word.chars()
                .all(|c| c.is_alphanumeric() || is_mark(c) || c == '.')
        })
        && text.chars().any(char::is_alphabetic)
        && !words()
            .any(|word| is_no_agency(word) || days::is_weekday(word) || days::month(word).is_some())
}

/// True where one of the names is that of an agency that everyone knows.
pub(super) fn is_known_agency(text: &str) -> bool {
    let mut words = text.trim().split([' ', '-', '/']);
    words.any(is_listed) && agency_shape(text)
}

/// True where this names a known agency, or looks like the short name of another one.
pub(super) fn is_agency(text: &str) -> bool {
    let capital = |word: &str| word.chars().next().is_some_and(|c| !c.is_lowercase());
    is_known_agency(text) || agency_shape(text) && text.trim().split([' ', '-', '/']).all(capital)
}
