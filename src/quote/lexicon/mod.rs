//! The word lists behind the finding of speakers, read once from the text files beside this one.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::ops::{BitOr, BitOrAssign};
use std::sync::LazyLock;

/// What a word can be: a set of the classes below.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Class(u64);

macro_rules! classes {
    ($($(#[$note:meta])* $name:ident = $section:literal),+ $(,)?) => {
        impl Class {
            classes!(@bits 0u32; $($(#[$note])* $name,)+);
            /// The class of a section of the word lists.
            fn of_section(section: &str) -> Self {
                match section {
                    $($section => Self::$name,)+
                    _ => Self::NONE,
                }
            }
        }
    };
    (@bits $n:expr; $(#[$note:meta])* $name:ident, $($rest:tt)*) => {
        $(#[$note])*
        pub(super) const $name: Self = Self(1 << $n);
        classes!(@bits $n + 1u32; $($rest)*);
    };
    (@bits $n:expr;) => {};
}

classes! {
    /// Verbs that bring speech: say, add, insist.
    SAY = "say",
    /// Verbs that bring some quoted words: call, slam, describe.
    NAMING = "name",
    /// Other verbs, told apart so that a subject ends where they begin.
    VERB = "verb",
    /// Nouns that bring speech: claim, promise.
    CUE_NOUN = "noun",
    DOCUMENT = "document",
    DETERMINER = "determiner",
    PREPOSITION = "preposition",
    CONJUNCTION = "conjunction",
    SUBORDINATOR = "subordinator",
    RELATIVE = "relative",
    HE = "he",
    SHE = "she",
    IT = "it",
    THEY = "they",
    I = "i",
    AUXILIARY = "auxiliary",
    ADVERB = "adverb",
    /// What a person can be: president, witness.
    ROLE = "role",
    /// More than one person: officials, police.
    PEOPLE = "people",
    ORGANISATION = "organisation",
    MALE_ROLE = "male-role",
    FEMALE_ROLE = "female-role",
    /// Words that stand before a name: Mr., Senator.
    TITLE = "title",
    /// Written with a point that ends no sentence.
    ABBREVIATION = "abbreviation",
    SUFFIX = "suffix",
    DAY = "day",
    /// Small words inside names: van, bin.
    PARTICLE = "particle",
    /// What a Secretary of … is of.
    OFFICE = "office",
    /// Nouns that look like adverbs.
    NOUN = "plain-noun",
    /// “of” and “for”, which join the parts of a body's name.
    JOINER = "joiner",
    /// Forms of “be”.
    BE = "be",
    TO = "to",
    AS = "as",
    WITH = "with",
    BY = "by",
    /// “according”, “per”: the source follows.
    ACCORDING = "according",
    /// Reporting verbs whose object is the listener: “told Lee” names no speaker after it.
    LISTENER = "listener",
    MALE = "male",
    FEMALE = "female",
    PLACE = "place",
    // The forms of verbs, and what a token's shape says; no section of their own.
    BASE = "(base)",
    FINITE = "(finite)",
    PAST = "(past)",
    ING = "(ing)",
    CAPITAL = "(capital)",
    POSSESSIVE = "(possessive)",
    NUMBER = "(number)",
    LOWER = "(lower)",
    /// Ends like a participle.
    VERBAL = "(verbal)",
}

impl Class {
    pub(super) const NONE: Self = Self(0);
    pub(super) const PRONOUN: Self =
        Self(Self::HE.0 | Self::SHE.0 | Self::IT.0 | Self::THEY.0 | Self::I.0);
    /// Verbs of every kind.
    pub(super) const ANY_VERB: Self = Self(Self::SAY.0 | Self::NAMING.0 | Self::VERB.0);
    /// Verbs that bring quoted words.
    pub(super) const CUE: Self = Self(Self::SAY.0 | Self::NAMING.0);
    /// Words that are no part of a noun's phrase.
    pub(super) const FUNCTION: Self = Self(
        Self::PREPOSITION.0
            | Self::CONJUNCTION.0
            | Self::SUBORDINATOR.0
            | Self::RELATIVE.0
            | Self::PRONOUN.0
            | Self::AUXILIARY.0
            | Self::ADVERB.0,
    );
    /// Lower-case nouns that can speak.
    pub(super) const SPEAKING: Self =
        Self(Self::ROLE.0 | Self::PEOPLE.0 | Self::ORGANISATION.0 | Self::DOCUMENT.0);

    /// True where the two have any class in common.
    pub(super) fn is(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// The two together, where a constant is needed.
    pub(super) const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// This without the classes of another.
    pub(super) fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }
}

impl BitOr for Class {
    type Output = Self;
    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl BitOrAssign for Class {
    fn bitor_assign(&mut self, other: Self) {
        self.0 |= other.0;
    }
}

/// FNV-1a: short words, no adversary gains anything from a collision in a fixed table.
pub(super) struct Fnv(u64);

impl Default for Fnv {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl Hasher for Fnv {
    fn finish(&self) -> u64 {
        self.0
    }
    fn write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
}

/// The words and their classes.
pub(super) struct Lexicon {
    words: HashMap<Box<[u8]>, Class, BuildHasherDefault<Fnv>>,
}

static LEXICON: LazyLock<Lexicon> = LazyLock::new(|| {
    let mut lexicon = Lexicon {
        words: HashMap::default(),
    };
    lexicon.read(include_str!("words.txt"));
    lexicon.read(include_str!("names.txt"));
    lexicon.read(include_str!("cues.txt"));
    lexicon
});

/// The longest word that is looked up, in bytes.
const LONGEST: usize = 32;

/// What the lists say of a word, in whatever case it is written; nothing where it is in none of them.
pub(super) fn lookup(word: &str) -> Class {
    let mut buffer = [0u8; LONGEST];
    if word.is_ascii() {
        let Some(lower) = buffer.get_mut(..word.len()) else {
            return Class::NONE;
        };
        lower.copy_from_slice(word.as_bytes());
        lower.make_ascii_lowercase();
        return LEXICON.words.get(&*lower).copied().unwrap_or_default();
    }
    if word.len() > LONGEST {
        return Class::NONE;
    }
    // A curly apostrophe is looked up as a straight one.
    let lower = word.to_lowercase().replace('’', "'");
    LEXICON
        .words
        .get(lower.as_bytes())
        .copied()
        .unwrap_or_default()
}

impl Lexicon {
    fn read(&mut self, file: &str) {
        let mut section = Class::NONE;
        for line in file.lines().map(str::trim) {
            if line.starts_with('#') {
                continue;
            }
            if let Some(name) = line.strip_prefix('[').and_then(|l| l.strip_suffix(']')) {
                section = Class::of_section(name);
                continue;
            }
            for entry in line.split_whitespace() {
                if section.is(Class::ANY_VERB) {
                    self.add_verb(entry, section);
                } else {
                    self.add(entry, section);
                }
            }
        }
    }

    fn add(&mut self, word: &str, class: Class) {
        *self.words.entry(word.as_bytes().into()).or_default() |= class;
    }

    fn add_verb(&mut self, entry: &str, class: Class) {
        let forms: Vec<&str> = entry.split('/').collect();
        if let [base, third, past, middle @ .., ing] = forms.as_slice() {
            self.add(base, class | Class::BASE);
            self.add(third, class | Class::FINITE);
            self.add(past, class | Class::FINITE | Class::PAST);
            for participle in middle {
                self.add(participle, class | Class::PAST);
            }
            self.add(ing, class | Class::ING);
            return;
        }
        let doubled = doubles(entry).then(|| format!("{entry}{}", &entry[entry.len() - 1..]));
        let stem = doubled
            .as_deref()
            .unwrap_or(entry.strip_suffix('e').unwrap_or(entry));
        let y = entry
            .strip_suffix('y')
            .filter(|stem| !stem.ends_with(['a', 'e', 'o', 'u']));
        let (third, past) = match y {
            Some(stem) => (format!("{stem}ies"), format!("{stem}ied")),
            None if entry.ends_with(['s', 'x', 'z'])
                || entry.ends_with("ch")
                || entry.ends_with("sh") =>
            {
                (format!("{entry}es"), format!("{entry}ed"))
            }
            None => (format!("{entry}s"), format!("{stem}ed")),
        };
        let ing = if entry.ends_with("ee") {
            format!("{entry}ing")
        } else {
            format!("{stem}ing")
        };
        self.add(entry, class | Class::BASE);
        self.add(&third, class | Class::FINITE);
        self.add(&past, class | Class::FINITE | Class::PAST);
        self.add(&ing, class | Class::ING);
    }
}

/// True for plan, quip, beg: one short vowel before one last consonant, which is doubled in “planned”.
fn doubles(verb: &str) -> bool {
    let vowel = |b: &u8| b"aeiou".contains(b);
    let letters = verb
        .strip_prefix("qu")
        .map_or(verb, |_| &verb[2..])
        .as_bytes();
    let letters = if verb.starts_with("qu") {
        &verb.as_bytes()[2..]
    } else {
        letters
    };
    match letters {
        [head @ .., a, b] => {
            vowel(a) && !vowel(b) && !b"wxy".contains(b) && !head.iter().any(vowel)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_are_made_from_the_base() {
        for word in [
            "deny", "denies", "denied", "denying", "tweeted", "Agreeing", "urges",
        ] {
            assert!(lookup(word).is(Class::SAY), "{word}");
        }
        assert!(lookup("said").is(Class::PAST) && lookup("saying").is(Class::ING));
    }

    #[test]
    fn case_apostrophes_and_length_do_no_harm() {
        assert!(lookup("DON’T").is(Class::AUXILIARY));
        assert_eq!(lookup(&"x".repeat(100_000)), Class::NONE);
        assert_eq!(lookup(&"é".repeat(100_000)), Class::NONE);
    }
}
