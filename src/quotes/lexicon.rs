//! The English word lists used in attribution, parsed once from the `.txt` files beside this one.

use std::collections::HashMap;
use std::ops::{BitOr, BitOrAssign};
use std::sync::LazyLock;

use foldhash::fast::FixedState;

/// Words and their classes.
pub(super) struct Lexicon {
    words: HashMap<PackedWord, WordClass, FixedState>,
}

/// Built on first use: several thousand words, shared by all threads.
static LEXICON: LazyLock<Lexicon> = LazyLock::new(|| {
    let mut lexicon = Lexicon { words: HashMap::default() };
    lexicon.add_file(include_str!("word_classes.txt"));
    lexicon.add_file(include_str!("first_names_and_places.txt"));
    lexicon.add_file(include_str!("reporting_verbs.txt"));
    lexicon
});

/// The longest word that is looked up, in bytes; longer ones are in no list.
const MAX_WORD_BYTES: usize = 32;

/// A lower-case word padded with zeros. A fixed-size key hashes and compares without following a pointer.
type PackedWord = (u128, u128);

/// A padded word as a key.
fn pack_bytes(word: &[u8; MAX_WORD_BYTES]) -> PackedWord {
    let half = |from: usize| {
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&word[from..from + 16]);
        u128::from_le_bytes(bytes)
    };
    (half(0), half(16))
}

/// The classes of a word, ignoring case; [`WordClass::NONE`] if it is in no list.
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
    key.and_then(|key| LEXICON.words.get(&key).copied()).unwrap_or_default()
}

/// A lower-case word as a key; `None` if it is too long.
fn pack_word(word: &str) -> Option<PackedWord> {
    let mut buffer = [0u8; MAX_WORD_BYTES];
    let lower = buffer.get_mut(..word.len())?;
    lower.copy_from_slice(word.as_bytes());
    Some(pack_bytes(&buffer))
}

impl Lexicon {
    /// Adds a word list: `[section]` headings, words separated by white space, comments after `#`.
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
                if section.is(ANY_VERB | TALK | WEAK) {
                    self.add_verb(entry, section);
                } else {
                    self.add(entry, section);
                }
            }
        }
    }

    /// Adds classes to those that the word already has.
    fn add(&mut self, word: &str, class: WordClass) {
        if let Some(key) = pack_word(word) {
            *self.words.entry(key).or_default() |= class;
        }
    }

    /// Adds the forms of a verb: given as `base/third-person/past[/participle]/ing`, or derived from a regular base.
    fn add_verb(&mut self, entry: &str, class: WordClass) {
        let forms: Vec<&str> = entry.split('/').collect();
        if let [base, third, past, middle @ .., ing] = forms.as_slice() {
            self.add(base, class | BASE);
            self.add(third, class | FINITE);
            self.add(past, class | FINITE | PAST);
            for participle in middle {
                self.add(participle, class | PAST);
            }
            self.add(ing, class | ING);
            return;
        }
        // A regular verb: derive -s, -ed and -ing by the rules of English spelling.
        let doubled =
            doubles_final_consonant(entry).then(|| format!("{entry}{}", &entry[entry.len() - 1..]));
        let stem = doubled.as_deref().unwrap_or(entry.strip_suffix('e').unwrap_or(entry));
        let y = entry.strip_suffix('y').filter(|stem| !stem.ends_with(['a', 'e', 'o', 'u']));
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
        let ing = if entry.ends_with("ee") { format!("{entry}ing") } else { format!("{stem}ing") };
        self.add(entry, class | BASE);
        self.add(&third, class | FINITE);
        self.add(&past, class | FINITE | PAST);
        self.add(&ing, class | ING);
    }
}

/// True for plan, quip and beg: one vowel before a final consonant, which is doubled in “planned”.
fn doubles_final_consonant(verb: &str) -> bool {
    let vowel = |b: &u8| b"aeiou".contains(b);
    match verb.strip_prefix("qu").unwrap_or(verb).as_bytes() {
        [head @ .., a, b] => {
            vowel(a) && !vowel(b) && !b"wxy".contains(b) && !head.iter().any(vowel)
        }
        _ => false,
    }
}

/// A set of word classes: one for each section of the word lists, and some for the shape of a token.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct WordClass(u64);

/// Defines one constant a class, as consecutive bits, and the map from section names.
macro_rules! classes {
    ($($(#[$note:meta])* $name:ident = $section:literal),+ $(,)?) => {
        classes!(@bits 0u32; $($(#[$note])* $name,)+);

        impl WordClass {
            /// The class of a section of the word lists; `NONE` for an unknown section.
             fn of_section(section: &str) -> Self {
                match section {
                    $($section => $name,)+
                    _ => Self::NONE,
                }
            }
        }
    };
    (@bits $n:expr; $(#[$note:meta])* $name:ident, $($rest:tt)*) => {
        $(#[$note])*
        pub(super) const $name: WordClass = WordClass(1 << $n);
        classes!(@bits $n + 1u32; $($rest)*);
    };
    (@bits $n:expr;) => {};
}

classes! {
    /// Verbs that report speech: say, add, insist.
    SAY = "say",
    /// Verbs that characterise something in quoted words: call, slam, describe.
    NAMING = "name",
    /// Verbs of [`SAY`] that as often report no words (believe, offer): another report in the sentence comes first.
    WEAK = "weak",
    /// Verbs of speech with their topic after “of” or “about”: talk, speak.
    TALK = "talk",
    /// Other verbs, listed so that a noun phrase ends before them.
    VERB = "verb",
    /// Nouns that report speech: claim, promise.
    CUE_NOUN = "noun",
    /// What can be quoted from: letter, statement.
    DOCUMENT = "document",
    /// Works with a title: film, show.
    WORK = "work",
    /// Articles, and other words that begin a noun phrase: the, his, some.
    DETERMINER = "determiner",
    PREPOSITION = "preposition",
    CONJUNCTION = "conjunction",
    SUBORDINATOR = "subordinator",
    RELATIVE = "relative",
    // Pronouns by person, in all their forms: he, him, his.
    HE = "he",
    SHE = "she",
    IT = "it",
    THEY = "they",
    FIRST_PERSON = "i",
    AUXILIARY = "auxiliary",
    ADVERB = "adverb",
    /// Offices, occupations and other nouns for one person: president, witness.
    ROLE = "role",
    /// Nouns for several people: officials, police.
    PEOPLE = "people",
    /// The last word of an organisation's name: ministry, council.
    ORGANISATION = "organisation",
    // Roles and titles that tell the gender: spokesman, Mrs.
    MALE_ROLE = "male-role",
    FEMALE_ROLE = "female-role",
    /// Words before a name: Mr., Senator.
    TITLE = "title",
    /// Written with a full stop that does not end the sentence: Mr., U.S.
    ABBREVIATION = "abbreviation",
    /// Words after a name: Jr., III.
    SUFFIX = "suffix",
    /// Days, months and other words of time, which never speak.
    DAY = "day",
    /// Lower-case words inside names: van, bin.
    PARTICLE = "particle",
    /// Departments in titles: “State” in Secretary of State.
    OFFICE = "office",
    /// Words in -ly that are not adverbs: family, daily.
    NOUN = "plain-noun",
    /// Words that are verbs and nouns: plan, vote, state.
    BOTH = "noun-or-verb",
    /// One, another, two: they refer to people or things named before.
    NUMERAL = "numeral",
    /// “of” and “for”, which join the parts of an organisation's name.
    JOINER = "joiner",
    /// Forms of “be”.
    BE = "be",
    // Single words that some rule asks for.
    TO = "to",
    AS = "as",
    AT = "at",
    /// Words before a month: in, since, last.
    IN_TIME = "in-time",
    WITH = "with",
    BY = "by",
    /// “according”, before “to” and the source.
    ACCORDING = "according",
    /// Reporting verbs whose object is the listener: “told Lee” names no speaker after it.
    LISTENER = "listener",
    /// Words before a colon that name no speaker: note, update, cricket.
    LABEL = "label",
    // First names; one that both men and women bear has both or neither.
    MALE = "male",
    FEMALE = "female",
    /// Places whose name can stand for a government: Moscow.
    PLACE = "place",
    // Verb forms, and classes by the shape of a token. The names in brackets are no sections of any list.
    BASE = "(base)",
    FINITE = "(finite)",
    PAST = "(past)",
    ING = "(ing)",
    CAPITAL = "(capital)",
    POSSESSIVE = "(possessive)",
    NUMBER = "(number)",
    LOWER = "(lower)",
    /// Ends like a participle (-ed, -ing).
    VERBAL = "(verbal)",
}

/// Personal and possessive pronouns.
pub(super) const PRONOUN: WordClass = HE.or(SHE).or(IT).or(THEY).or(FIRST_PERSON);

/// Verbs of every kind.
pub(super) const ANY_VERB: WordClass = SAY.or(NAMING).or(VERB);

/// Verbs that may introduce quoted words.
pub(super) const CUE: WordClass = SAY.or(NAMING);

/// Words that do not belong to a noun phrase.
pub(super) const FUNCTION: WordClass =
    PREPOSITION.or(CONJUNCTION).or(SUBORDINATOR).or(RELATIVE).or(PRONOUN).or(AUXILIARY).or(ADVERB);

/// Common nouns that can be a speaker.
pub(super) const SPEAKING: WordClass = ROLE.or(PEOPLE).or(ORGANISATION).or(DOCUMENT);

impl WordClass {
    /// The empty set.
    pub(super) const NONE: Self = Self(0);

    /// True if the two sets have a class in common.
    pub(super) fn is(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// The union, usable in constants.
    pub(super) const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// The difference of the two sets.
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
    fn verb_forms_are_derived_from_the_base() {
        for word in ["deny", "denies", "denied", "denying", "tweeted", "Agreeing", "urges"] {
            assert!(lookup(word).is(SAY), "{word}");
        }
        assert!(lookup("said").is(PAST) && lookup("saying").is(ING));
    }

    #[test]
    fn lookup_copes_with_case_apostrophes_and_length() {
        assert!(lookup("DON’T").is(AUXILIARY));
        assert_eq!(lookup(&"x".repeat(100_000)), WordClass::NONE);
        assert_eq!(lookup(&"é".repeat(100_000)), WordClass::NONE);
    }
}
