//! Offices: a title as it is written, reduced to what is compared: the office itself, and whose it is.

use crate::speakers::words::{WordKind, kind_of, nation, usual_office};
use crate::text::fold;

/// An office, rank or occupation, in the form used for comparison.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Office {
    /// Folded, with the words that belong to it: `finance minister`, `chief economist`.
    pub(super) head: String,
    /// Whose office it is: the folded name of a country, place or employer, in its usual form.
    pub(super) scope: Option<String>,
    /// No longer held, or not yet.
    pub(super) is_former: bool,
}

impl Office {
    /// Reads a title: “chief economist at Brand & Co”, “Ostrelian Prime Minister”, “secretary of state”. `None` if there is no word
    /// in it.
    pub(super) fn parse(title: &str) -> Option<Self> {
        let words: Vec<&str> = title.split_whitespace().collect();
        let (left, right) = split_at_preposition(&words);
        // Of several offices, such as “chairman and chief executive”, the first one.
        let end =
            left.iter().position(|word| *word == "and" || *word == "&" || word.ends_with(','));
        let is_list = |end: &usize| *end > 0 && is_role(&word_key(left[*end - 1]));
        let left = match end {
            Some(end) if left[end].ends_with(',') => &left[..=end],
            Some(end) if is_list(&end) => &left[..end],
            _ => left,
        };
        let keys: Vec<String> = left.iter().map(|word| word_key(word)).collect();
        // What follows the role belongs to it: “secretary general”.
        let at = keys.iter().rposition(|key| is_role(key)).or(keys.len().checked_sub(1))?;
        let belongs = |key: &String| kind_of(key).is(WordKind::OFFICE_WORD.or(WordKind::OFFICE));
        let start = keys[..at].iter().rposition(|key| !belongs(key)).map_or(0, |at| at + 1);
        let mut head: Vec<String> =
            keys[start..].iter().map(|k| usual_office(k).to_owned()).collect();
        let before = start;
        let is_former = keys[..before].iter().any(|key| kind_of(key).is(WordKind::FORMER));
        let (complement, scope_words) = split_complement(right);
        if !complement.is_empty() {
            // “minister of finance” is the finance minister.
            head.splice(0..0, complement);
        }
        let scope = proper_words(scope_words)
            .or_else(|| proper_words(&left[..before]))
            .or_else(|| nation_before(&keys[..before]));
        let head = head.join(" ");
        let head = usual_office(head.trim()).to_owned();
        (!head.is_empty()).then_some(Self { head, scope, is_former })
    }

    /// True if only one person holds it at a time.
    pub(super) fn has_one_holder(&self) -> bool {
        let mut words = self.head.split(' ');
        let subordinate = ["vice", "deputy", "assistant", "under", "junior", "former"];
        !self.is_former
            && !self.head.split(' ').any(|word| subordinate.contains(&word))
            && words.any(|word| kind_of(word).is(WordKind::OFFICE))
    }

    /// True if it is one of public life, of which a person may hold several one after the other.
    pub(super) fn is_public(&self) -> bool {
        self.head.split(' ').any(|word| kind_of(word).is(WordKind::PUBLIC))
    }

    /// True if both are held of the same country, place or employer, or are the same office of which one does not say whose it
    /// is.
    pub(super) fn shares(&self, other: &Self) -> bool {
        match (&self.scope, &other.scope) {
            (Some(_), Some(_)) => self.has_scope_of(other),
            _ => is_same_head(&self.head, &other.head),
        }
    }

    /// True if both are of the same country, place or employer. Of one office, the end of its name is enough: “Oil
    /// chairman” for the chairman of Brand Oil.
    fn has_scope_of(&self, other: &Self) -> bool {
        let (Some(a), Some(b)) = (&self.scope, &other.scope) else {
            return false;
        };
        is_same_scope(a, b) || self.head == other.head && is_same_head(a, b)
    }

    /// True if nobody holds both: they are of different employers, or are the same public office of different places.
    pub(super) fn conflicts(&self, other: &Self) -> bool {
        if self.scope.is_none() || other.scope.is_none() {
            return false;
        }
        let both_public = self.is_public() && other.is_public();
        !self.is_former
            && !other.is_former
            && !self.has_scope_of(other)
            && (!both_public || is_same_head(&self.head, &other.head))
    }
}

/// True if two heads name one office: they are equal, or one has further words before: “minister”, “finance minister”.
pub(super) fn is_same_head(a: &str, b: &str) -> bool {
    let ends = |long: &str, short: &str| {
        long.strip_suffix(short).is_some_and(|rest| rest.is_empty() || rest.ends_with(' '))
    };
    ends(a, b) || ends(b, a)
}

/// True if two scopes can be the same: equal, one the first words of the other (“harl”, “harl shipping”), or its
/// initials.
pub(super) fn is_same_scope(a: &str, b: &str) -> bool {
    let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    let is_start =
        long.strip_prefix(short).is_some_and(|rest| rest.is_empty() || rest.starts_with(' '));
    let is_part = || {
        let mut words = long.split(' ');
        short.split(' ').all(|word| words.any(|other| other == word))
    };
    let small = |word: &&str| !kind_of(word).is(WordKind::DETERMINER.or(WordKind::PREPOSITION));
    let initials = || {
        let letters = long.split(' ').filter(small).filter_map(|word| word.chars().next());
        long.contains(' ') && !short.contains(' ') && letters.eq(short.chars())
    };
    is_start || initials() || short.contains(' ') && is_part()
}

/// A word as it is compared: folded, without marks around it and without a possessive ending.
pub(super) fn word_key(word: &str) -> String {
    let folded = fold(word).replace('’', "'");
    let trimmed = folded.trim_matches(|c: char| !c.is_alphanumeric());
    trimmed.strip_suffix("'s").unwrap_or(trimmed).to_owned()
}

/// True if the word begins with a capital letter.
pub(super) fn is_capitalised(word: &str) -> bool {
    word.trim_start_matches(|c: char| !c.is_alphanumeric()).starts_with(char::is_uppercase)
}

/// True for a word that says what somebody is.
fn is_role(key: &str) -> bool {
    let usual = usual_office(key);
    usual.split(' ').any(|word| kind_of(word).is(WordKind::OFFICE.or(WordKind::PUBLIC)))
        || ["spokesman", "analyst", "economist", "adviser", "officer", "professor"].contains(&usual)
}

/// The words before the first preposition, and those after it.
pub(super) fn split_at_preposition<'a, 'w>(words: &'a [&'w str]) -> (&'a [&'w str], &'a [&'w str]) {
    let is_preposition = |word: &&str| kind_of(word).is(WordKind::PREPOSITION);
    match words.iter().skip(1).position(is_preposition) {
        Some(at) => (&words[..=at], &words[at + 2..]),
        None => (words, &[]),
    }
}

/// What an office is of, if that is a part of its name (“of the exchequer”, “of state for trade”), and the words after
/// it.
fn split_complement<'a, 'w>(words: &'a [&'w str]) -> (Vec<String>, &'a [&'w str]) {
    let skipped = usize::from(words.first().is_some_and(|word| fold(word) == "the"));
    let rest = &words[skipped..];
    let belongs = |word: &&&str| kind_of(&word_key(word)).is(WordKind::OFFICE_WORD);
    let count = rest.iter().take_while(belongs).count();
    // “of Home Stores” is a name.
    let goes_on = rest.get(count).is_some_and(|word| is_capitalised(word));
    if count == 0 || goes_on && count < 2 {
        return (Vec::new(), words);
    }
    let complement = rest[..count].iter().map(|word| usual_office(&word_key(word)).to_owned());
    let after = &rest[count..];
    let is_preposition = |word: &&str| kind_of(word).is(WordKind::PREPOSITION);
    let after = if after.first().is_some_and(|word| is_preposition(&&**word)) {
        &after[1..]
    } else {
        after
    };
    (complement.collect(), after)
}

/// The first run of capitalised words, in its usual form; `None` if there is none.
pub(super) fn proper_words(words: &[&str]) -> Option<String> {
    usual_scope(proper_run(words))
}

/// The first run of capitalised words, with small words between them; empty if there is none.
pub(super) fn proper_run<'a, 'w>(words: &'a [&'w str]) -> &'a [&'w str] {
    let is_name = |word: &str| {
        let starts = !word.starts_with(['<', '(']) && is_capitalised(word)
            || word.starts_with(|c: char| c.is_ascii_digit());
        starts && !kind_of(&word_key(word)).is(WordKind::FORMER.or(WordKind::DETERMINER))
    };
    let Some(start) = words.iter().position(|word| is_name(word)) else {
        return &[];
    };
    let mut end = start;
    for (at, word) in words.iter().enumerate().skip(start) {
        if is_name(word) {
            end = at;
        } else if at > end + 2 || !["and", "of", "the", "&", "for", "de"].contains(word) {
            break;
        }
        if word.ends_with([',', ';']) || word.ends_with("'s") || word.ends_with("’s") {
            break;
        }
    }
    &words[start..=end]
}

/// The usual form of a name of a country, place or body: folded, without articles and legal forms.
pub(super) fn usual_scope(words: &[&str]) -> Option<String> {
    let keys: Vec<String> = words
        .iter()
        .filter(|word| !word.starts_with('<'))
        .map(|word| word_key(word))
        .filter(|key| !key.is_empty() && !matches!(key.as_str(), "the" | "a" | "an" | "and"))
        .collect();
    let is_legal = |key: &String| kind_of(key).is(WordKind::LEGAL_FORM);
    let last = keys.iter().rposition(|key| !is_legal(key)).map_or(keys.len(), |at| at + 1);
    let joined = keys[..last].join(" ");
    let usual = nation(&joined).map_or(joined, str::to_owned);
    (!usual.is_empty()).then_some(usual)
}

/// The country that one of the words before an office stands for, in small letters: “the ostrelian minister”.
fn nation_before(keys: &[String]) -> Option<String> {
    keys.iter().rev().find_map(|key| nation(key)).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::{Office, is_same_scope};

    #[track_caller]
    fn check(title: &str, head: &str, scope: Option<&str>) {
        let office = Office::parse(title).expect("an office");
        assert_eq!((office.head.as_str(), office.scope.as_deref()), (head, scope), "{title}");
    }

    #[test]
    fn an_office_is_parted_from_whose_it_is() {
        check("President", "president", None);
        check("chief economist at Brand & Co", "chief economist", Some("brand"));
        check("Brazilian Finance Minister", "finance minister", Some("brazil"));
        check("finance minister of Brazil", "finance minister", Some("brazil"));
        check("Brazil's minister of finance", "finance minister", Some("brazil"));
        check("Secretary of State", "state secretary", None);
        check("Chancellor of the Exchequer", "exchequer chancellor", None);
        check("U.S. Treasury Secretary", "treasury secretary", Some("united states"));
        check("spokeswoman for Harl Shipping Ltd", "spokesman", Some("harl shipping"));
        check("Harl spokesman", "spokesman", Some("harl"));
        check("chairman and chief executive of Harl Corp", "chairman", Some("harl"));
        check("chairman of the Ostrel Lamp Party", "chairman", Some("ostrel lamp party"));
        check("Sen.", "senator", None);
        check("CEO", "chief executive", None);
        check("skipper", "skipper", None);
        check("harbour master", "harbourmaster", None);
        check("Aldport police chief", "police chief", Some("aldport"));
        check("chief of staff", "staff chief", None);
        assert!(Office::parse("former Governor of Aldport").is_some_and(|o| o.is_former));
    }

    #[test]
    fn offices_are_shared_or_conflict() {
        for (a, b, shared, conflict) in [
            ("Harl Corp spokesman", "chairman of Harl", true, false),
            ("Harl spokesman", "Brand spokeswoman", false, true),
            ("analyst at Brand", "professor at Ostrel University", false, true),
            ("Mayor of Aldport", "Mayor of Brandt", false, true),
            ("Mayor of Aldport", "Governor of Brandt", false, false),
            ("Mayor of Aldport", "Brand spokesman", false, true),
            ("former Mayor of Aldport", "Brand spokesman", false, false),
            ("Treasury Secretary", "U.S. Treasury Secretary", true, false),
            ("Treasury Secretary", "Secretary of the Treasury", true, false),
            ("president", "skipper", false, false),
        ] {
            let parse = |title: &str| Office::parse(title).expect("an office");
            let (one, other) = (parse(a), parse(b));
            assert_eq!(one.shares(&other), shared, "{a}, {b}");
            assert_eq!(one.conflicts(&other), conflict, "{a}, {b}");
        }
        assert!(is_same_scope("cia", "central intelligence agency"));
        assert!(!is_same_scope("bank", "harl bank"));
    }
}
