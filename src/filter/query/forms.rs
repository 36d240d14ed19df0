//! The forms of a query that are no fields: a table that help and man page are made from.

/// Examples, and what each keeps.
pub const SYNTAX_EXAMPLES: &[(&str, &str)] = &[
    (
        "word",
        "headline, slug, place or agency contains it, close matches below; in a word with a capital, case counts",
    ),
    ("'word", "contains it, and nothing else will do"),
    ("~word", "its letters in this order"),
    ("^word", "at the start"),
    ("word$", "at the end"),
    ("\"two words\"", "these words in a row, in the text too"),
    ("/colou?r/", "a regular expression"),
    ("one two", "both"),
    ("one | two", "one or the other; binds weaker than and"),
    ("!word", "not"),
    ("(one | two) three", "a group"),
    (
        "from:(afp | rtr)",
        "a field takes a word, a phrase or a group",
    ),
];

#[cfg(test)]
mod tests {
    use super::SYNTAX_EXAMPLES;
    use crate::filter::{FIELDS, IS_PROPERTIES, Query};

    #[test]
    fn every_example_is_a_query() {
        let fields = FIELDS.iter().map(|entry| entry.example);
        let kinds = IS_PROPERTIES.iter().map(|entry| entry.example);
        let forms = SYNTAX_EXAMPLES.iter().map(|(example, _)| *example);
        for example in forms.chain(fields).chain(kinds) {
            assert!(Query::parse_strict(example).is_ok(), "{example}");
        }
    }
}
