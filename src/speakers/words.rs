//! The word lists by which speakers are classified and compared, parsed once from the `.txt` files beside this one.

use std::collections::HashMap;
use std::sync::LazyLock;

use foldhash::fast::FixedState;

/// What a word can be in the name of a speaker: a set of the constants below.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct WordKind(u16);

impl WordKind {
    pub(super) const PEOPLE: Self = Self(1);
    pub(super) const DOCUMENT: Self = Self(1 << 1);
    pub(super) const BODY: Self = Self(1 << 2);
    pub(super) const COMPANY: Self = Self(1 << 3);
    pub(super) const ORGANISATION: Self = Self(1 << 4);
    pub(super) const LEGAL_FORM: Self = Self(1 << 5);
    pub(super) const OFFICE: Self = Self(1 << 6);
    pub(super) const PUBLIC: Self = Self(1 << 7);
    pub(super) const OFFICE_WORD: Self = Self(1 << 8);
    pub(super) const FORMER: Self = Self(1 << 9);
    pub(super) const HONORIFIC: Self = Self(1 << 10);
    pub(super) const PARTICLE: Self = Self(1 << 11);
    pub(super) const NAME_SUFFIX: Self = Self(1 << 12);
    pub(super) const DETERMINER: Self = Self(1 << 13);
    pub(super) const PREPOSITION: Self = Self(1 << 14);

    /// True if the word can be any of these.
    pub(super) fn is(self, any: Self) -> bool {
        self.0 & any.0 != 0
    }

    pub(super) const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    fn of_heading(name: &str) -> Self {
        match name {
            "people" => Self::PEOPLE,
            "document" => Self::DOCUMENT,
            "body" => Self::BODY,
            "company" => Self::COMPANY,
            "organisation" => Self::ORGANISATION,
            "legal-form" => Self::LEGAL_FORM,
            "office" => Self::OFFICE,
            "public" => Self::PUBLIC,
            "office-word" => Self::OFFICE_WORD,
            "former" => Self::FORMER,
            "honorific" => Self::HONORIFIC,
            "particle" => Self::PARTICLE,
            "name-suffix" => Self::NAME_SUFFIX,
            "determiner" => Self::DETERMINER,
            "preposition" => Self::PREPOSITION,
            _ => Self(0),
        }
    }
}

type Words<T> = HashMap<&'static str, T, FixedState>;

/// Words with what they can be, and words with the usual forms that they stand for.
struct Lists {
    kinds: Words<WordKind>,
    first_names: Words<Vec<&'static str>>,
    offices: Words<&'static str>,
    nations: Words<&'static str>,
}

static LISTS: LazyLock<Lists> = LazyLock::new(|| {
    let mut lists = Lists {
        kinds: HashMap::default(),
        first_names: HashMap::default(),
        offices: HashMap::default(),
        nations: HashMap::default(),
    };
    for (heading, line) in lines_under_headings(include_str!("source_words.txt")) {
        let kind = WordKind::of_heading(heading);
        for word in line.split_whitespace() {
            let known = lists.kinds.entry(word).or_default();
            *known = known.or(kind);
        }
    }
    for (heading, line) in lines_under_headings(include_str!("word_families.txt")) {
        let mut forms = line.split(',').map(str::trim);
        let Some(usual) = forms.next() else {
            continue;
        };
        for form in forms.chain([usual]) {
            match heading {
                "first-name" => lists.first_names.entry(form).or_default().push(usual),
                "office" => drop(lists.offices.insert(form, usual)),
                _ => drop(lists.nations.insert(form, usual)),
            }
        }
    }
    lists
});

/// The lines of a word list, each with its heading, without comments.
fn lines_under_headings(file: &'static str) -> impl Iterator<Item = (&'static str, &'static str)> {
    let mut heading = "";
    file.lines().filter_map(move |line| {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            return None;
        }
        if let Some(name) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
            heading = name;
            return None;
        }
        Some((heading, line))
    })
}

/// What a folded word without a full stop can be.
pub(super) fn kind_of(word: &str) -> WordKind {
    LISTS.kinds.get(word).copied().unwrap_or_default()
}

/// True if two folded first names can be one person's: they are equal, forms of one name, or one is the other's initial.
pub(super) fn are_forms_of_one_name(a: &str, b: &str) -> bool {
    let is_initial =
        |short: &str, long: &str| short.chars().count() == 1 && long.starts_with(short);
    let shared = || {
        let (a, b) = (LISTS.first_names.get(a)?, LISTS.first_names.get(b)?);
        Some(a.iter().any(|name| b.contains(name)))
    };
    a == b || is_initial(a, b) || is_initial(b, a) || shared() == Some(true)
}

/// True if this is the usual, full form of a first name that has short forms.
pub(super) fn is_full_first_name(name: &str) -> bool {
    LISTS.first_names.get(name).is_some_and(|usual| usual.contains(&name))
}

/// The usual form of a word or phrase of an office.
pub(super) fn usual_office(word: &str) -> &str {
    LISTS.offices.get(word).copied().unwrap_or(word)
}

/// The country that a folded word or phrase stands for, if any.
pub(super) fn nation(words: &str) -> Option<&'static str> {
    LISTS.nations.get(words).copied()
}

#[cfg(test)]
mod tests {
    use super::{are_forms_of_one_name, nation, usual_office};

    #[test]
    fn short_forms_and_initials_are_forms_of_one_name() {
        for (a, b, same) in [
            ("jim", "james", true),
            ("jim", "jimmy", true),
            ("j", "james", true),
            ("bill", "william", true),
            ("ted", "edward", true),
            ("ted", "theodore", true),
            ("bill", "james", false),
            ("jan", "james", false),
            ("orla", "orla", true),
            ("orla", "ola", false),
        ] {
            assert_eq!(are_forms_of_one_name(a, b), same, "{a}, {b}");
            assert_eq!(are_forms_of_one_name(b, a), same, "{b}, {a}");
        }
        assert_eq!(usual_office("ceo"), "chief executive");
        assert_eq!(nation("brazilian"), Some("brazil"));
    }
}
