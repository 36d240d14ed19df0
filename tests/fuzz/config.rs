//! Config files of any text at all: parsing ends, and all that is said of them lies within them.

use dateline::config::{ConfigError, example, parse};
use proptest::prelude::*;

use super::Target;

/// Checks that every message has a place inside the text.
fn check(text: &str) -> Result<(), TestCaseError> {
    let (_, errors) = parse(text);
    let lines: Vec<&str> = text.split('\n').collect();
    for ConfigError { line, column, message } in errors {
        prop_assert!((1..=lines.len()).contains(&line), "{line}: {message}");
        let columns = lines[line - 1].chars().count() + 1;
        prop_assert!((1..=columns).contains(&column), "{line}, {column}: {message}");
        prop_assert!(!message.is_empty());
        prop_assert!(!message.chars().any(char::is_control), "{message:?}");
    }
    Ok(())
}

/// Texts that look like config files.
const LIKELY: &str = "(\\[\\[?(view|mute|keep|open|screen|keys|keys\\.list|keys\\.raeder)\\]?\\]\n\
    |(name|filter|until|size|bell|columns|zone|sort|time-format|theme|down|up|star|quit|quotes|list) = \
    |\"[a-z:( é\\\\%-]*\"\n|\\[(\"[a-z -]{0,8}\",? ?)*\\]\n|[0-9-]{1,8}|[\\[\\]={}\\n\"' é\u{0}\u{7f}])*";

/// The example with some of its letters changed, left out or added.
fn damaged() -> impl Strategy<Value = String> {
    let cut = (any::<prop::sample::Index>(), any::<char>());
    prop::collection::vec(cut, 1..9).prop_map(|cuts| {
        // Half of the settings are in force.
        let text = example().replace("\n#d", "\nd").replace("\n#s", "\ns");
        let mut text: Vec<char> = text.replace("\n#t", "\nt").chars().collect();
        for (at, c) in cuts {
            let at = at.index(text.len());
            match c {
                'a'..='m' => {
                    text.remove(at);
                }
                '\u{0}'..='\u{ff}' => text.insert(at, c),
                c => text[at] = c,
            }
        }
        text.into_iter().collect()
    })
}

/// The parser of config files, fed with letters, with words of such files, and with a damaged example.
pub(crate) fn targets() -> Vec<Target> {
    let texts = prop_oneof![any::<String>(), LIKELY, damaged()];
    vec![Target::new("config", texts, |text: String| check(&text))]
}
