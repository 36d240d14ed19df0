//! Any text at all: parsing ends, and all that is said of it lies within it.

use proptest::prelude::*;

use super::super::{ConfigError, example, parse};

/// Checks that every message has a place inside the text.
fn check(text: &str) -> Result<(), TestCaseError> {
    let (_, errors) = parse(text);
    let lines: Vec<&str> = text.split('\n').collect();
    for ConfigError {
        line,
        column,
        message,
    } in errors
    {
        prop_assert!((1..=lines.len()).contains(&line), "{line}: {message}");
        let columns = lines[line - 1].chars().count() + 1;
        prop_assert!(
            (1..=columns).contains(&column),
            "{line}, {column}: {message}"
        );
        prop_assert!(!message.is_empty());
        prop_assert!(!message.chars().any(char::is_control), "{message:?}");
    }
    Ok(())
}

/// Texts that look like config files.
const LIKELY: &str = "(\\[\\[?(view|mute|keep|open|screen|keys|keys\\.list|keys\\.raeder)\\]?\\]\n\
    |(name|filter|until|size|bell|columns|zone|sort|time-format|theme|down|up|star|quit|quotes|list) = \
    |\"[a-z:( é\\\\%-]*\"\n|\\[(\"[a-z -]{0,8}\",? ?)*\\]\n|[0-9-]{1,8}|[\\[\\]={}\\n\"' é\u{0}\u{7f}])*";

proptest! {
    #[test]
    fn of_letters(text in any::<String>()) {
        check(&text)?;
    }

    #[test]
    fn of_words_of_the_file(text in LIKELY) {
        check(&text)?;
    }

    #[test]
    fn of_a_damaged_example(cuts in prop::collection::vec((any::<prop::sample::Index>(), any::<char>()), 1..6)) {
        let mut text: Vec<char> = example().chars().collect();
        for (at, c) in cuts {
            let at = at.index(text.len());
            match c {
                'a'..='m' => { text.remove(at); }
                '\u{0}'..='\u{ff}' => text.insert(at, c),
                c => text[at] = c,
            }
        }
        check(&text.into_iter().collect::<String>())?;
    }
}
