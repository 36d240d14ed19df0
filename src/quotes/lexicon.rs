//! The word lists behind the finding of speakers, read once from the text files beside this one.

use std::collections::HashMap;
use std::ops::{BitOr, BitOrAssign};
use std::sync::LazyLock;

use foldhash::fast::FixedState;

/// The words and their classes.
pub(super) struct Lexicon {
    words: HashMap<PackedWord, WordClass, FixedState>,
}

static LEXICON: LazyLock<Lexicon> = LazyLock::new(|| {
    let mut lexicon = Lexicon {
        words: HashMap::default(),
    };
    lexicon.add_file(include_str!("words.txt"));
    lexicon.add_file(include_str!("names.txt"));
    lexicon.add_file(include_str!("cues.txt"));
    lexicon
});

/// The longest word that is looked up, in bytes.
const MAX_WORD_BYTES: usize = 32;

/// A word in small letters, with zeros after it: compared at once, without a look elsewhere.
type PackedWord = (u128, u128);

fn pack_bytes(word: &[u8; MAX_WORD_BYTES]) -> PackedWord {
    let half = |from: usize| {
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&word[from..from + 16]);
        u128::from_le_bytes(bytes)
    };
    (half(0), half(16))
}

/// What the lists say of a word, in whatever case it is written; nothing where it is in none of them.
pub(super) fn lookup(word: &str) -> WordClass {
    let mut buffer = [0u8; MAX_WORD_BYTES];
    if word.is_ascii() {
        let Some(lower) = buffer.get_mut(..word.len()) else {
            return WordClass::NONE;
        };
        lower.copy_from_slice(word.as_bytes());
        lower.make_ascii_lowercase();
        let key = pack_bytes(&buffer);
        return LEXICON.words.get(&key).copied().unwrap_or_default();
    }
    if word.len() > MAX_WORD_BYTES {
        return WordClass::NONE;
    }
    // A curly apostrophe is looked up as a straight one.
    let lower = word.to_lowercase().replace('’', "'");
    let key = pack_word(&lower);
    key.and_then(|key| LEXICON.words.get(&key).copied())
        .unwrap_or_default()
}

fn pack_word(word: &str) -> Option<PackedWord> {
    let mut buffer = [0u8; MAX_WORD_BYTES];
    let lower = buffer.get_mut(..word.len())?;
    lower.copy_from_slice(word.as_bytes());
    Some(pack_bytes(&buffer))
}

impl Lexicon {
    fn add_file(&mut self, file: &str) {
        let mut section = WordClass::NONE;
        for line in file.lines().map(str::trim) {
            if line.starts_with('#') {
                continue;
            }
            if let Some(name) = line.strip_prefix('[').and_then(|l| l.strip_suffix(']')) {
                section = WordClass::of_section(name);
                continue;
            }
            for entry in line.split_whitespace() {
                if section.is(WordClass::ANY_VERB) {
                    self.add_verb(entry, section);
                } else {
                    self.add(entry, section);
                }
            }
        }
    }

    fn add(&mut self, word: &str, class: WordClass) {
        if let Some(key) = pack_word(word) {
            *self.words.entry(key).or_default() |= class;
        }
    }

    fn add_verb(&mut self, entry: &str, class: WordClass) {
        let forms: Vec<&str> = entry.split('/').collect();
        if let [base, third, past, middle @ .., ing] = forms.as_slice() {
            self.add(base, class | WordClass::BASE);
            self.add(third, class | WordClass::FINITE);
            self.add(past, class | WordClass::FINITE | WordClass::PAST);
            for participle in middle {
                self.add(participle, class | WordClass::PAST);
            }
            self.add(ing, class | WordClass::ING);
            return;
        }
        let doubled =
            doubles_final_consonant(entry).then(|| format!("{entry}{}", &entry[entry.len() - 1..]));
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
        self.add(entry, class | WordClass::BASE);
        self.add(&third, class | WordClass::FINITE);
        self.add(&past, class | WordClass::FINITE | WordClass::PAST);
        self.add(&ing, class | WordClass::ING);
    }
}

/// True for plan, quip, beg: one short vowel before one last consonant, which is doubled in “planned”.
fn doubles_final_consonant(verb: &str) -> bool {
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

// What a word can be, as a set of classes: one for each section of the word lists, and some of a token's shape.

/// What a word can be: a set of the classes below.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct WordClass(u64);

macro_rules! classes {
    ($($(#[$note:meta])* $name:ident = $section:literal),+ $(,)?) => {
        impl WordClass {
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
    /// What has a title of its own: film, show.
    WORK = "work",
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
    /// Verbs that are nouns as often: plan, vote, state.
    BOTH = "noun-or-verb",
    /// One, another, two: they stand for people or things named before.
    NUMERAL = "numeral",
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

impl WordClass {
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

impl BitOr for WordClass {
    type Output = Self;
    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl BitOrAssign for WordClass {
    fn bitor_assign(&mut self, other: Self) {
        self.0 |= other.0;
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
            assert!(lookup(word).is(WordClass::SAY), "{word}");
        }
        assert!(lookup("said").is(WordClass::PAST) && lookup("saying").is(WordClass::ING));
    }

    #[test]
    fn case_apostrophes_and_length_do_no_harm() {
        assert!(lookup("DON’T").is(WordClass::AUXILIARY));
        assert_eq!(lookup(&"x".repeat(100_000)), WordClass::NONE);
        assert_eq!(lookup(&"é".repeat(100_000)), WordClass::NONE);
    }
}
