//! Config files of any text at all: parsing ends, and all that is said of them lies within them.
//!
//! For so many seconds, and how many texts were tried:
//! `DATELINE_FUZZ=config:120 cargo test --release --test config_texts for_a_while -- --nocapture`

use std::cell::Cell;
use std::time::{Duration, Instant};

use dateline::config::{ConfigError, example, parse};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;

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
    fn of_a_damaged_example(text in damaged()) {
        check(&text)?;
    }
}

/// Does nothing unless it is asked for: see the head of this file.
#[test]
#[allow(clippy::print_stderr)] // Says how many texts were tried.
fn for_a_while() {
    let asked = std::env::var("DATELINE_FUZZ").unwrap_or_default();
    let Some(seconds) = asked.strip_prefix("config:") else {
        return;
    };
    let seconds = seconds.parse().expect("a number of seconds");
    let until = Instant::now() + Duration::from_secs(seconds);
    let texts = prop_oneof![any::<String>(), LIKELY, damaged()];
    let tried = Cell::new(0u64);
    while Instant::now() < until {
        let config = ProptestConfig {
            failure_persistence: None,
            ..ProptestConfig::with_cases(200)
        };
        let outcome = TestRunner::new(config).run(&texts, |text| {
            tried.set(tried.get() + 1);
            check(&text)
        });
        if let Err(failure) = outcome {
            panic!("after {} texts: {failure}", tried.get());
        }
    }
    eprintln!("config: {} texts", tried.get());
}
