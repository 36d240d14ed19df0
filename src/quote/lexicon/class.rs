//! What a word can be, as a set of classes: one for each section of the word lists, and some of a token's shape.

use std::ops::{BitOr, BitOrAssign};

/// What a word can be: a set of the classes below.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(in super::super) struct WordClass(u64);

macro_rules! classes {
    ($($(#[$note:meta])* $name:ident = $section:literal),+ $(,)?) => {
        impl WordClass {
            classes!(@bits 0u32; $($(#[$note])* $name,)+);
            /// The class of a section of the word lists.
            pub(super) fn of_section(section: &str) -> Self {
                match section {
                    $($section => Self::$name,)+
                    _ => Self::NONE,
                }
            }
        }
    };
    (@bits $n:expr; $(#[$note:meta])* $name:ident, $($rest:tt)*) => {
        $(#[$note])*
        pub(in super::super) const $name: Self = Self(1 << $n);
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
    pub(in super::super) const NONE: Self = Self(0);
    pub(in super::super) const PRONOUN: Self =
        Self(Self::HE.0 | Self::SHE.0 | Self::IT.0 | Self::THEY.0 | Self::I.0);
    /// Verbs of every kind.
    pub(in super::super) const ANY_VERB: Self = Self(Self::SAY.0 | Self::NAMING.0 | Self::VERB.0);
    /// Verbs that bring quoted words.
    pub(in super::super) const CUE: Self = Self(Self::SAY.0 | Self::NAMING.0);
    /// Words that are no part of a noun's phrase.
    pub(in super::super) const FUNCTION: Self = Self(
        Self::PREPOSITION.0
            | Self::CONJUNCTION.0
            | Self::SUBORDINATOR.0
            | Self::RELATIVE.0
            | Self::PRONOUN.0
            | Self::AUXILIARY.0
            | Self::ADVERB.0,
    );
    /// Lower-case nouns that can speak.
    pub(in super::super) const SPEAKING: Self =
        Self(Self::ROLE.0 | Self::PEOPLE.0 | Self::ORGANISATION.0 | Self::DOCUMENT.0);

    /// True where the two have any class in common.
    pub(in super::super) fn is(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// The two together, where a constant is needed.
    pub(in super::super) const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// This without the classes of another.
    pub(in super::super) fn without(self, other: Self) -> Self {
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
