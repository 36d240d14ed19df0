//! The statements of one dispatch, reduced to what a tally needs, and the comparison of names.

use std::collections::HashMap;

use foldhash::fast::RandomState;

use crate::dispatch::{Dispatch, Stamp};
use crate::quotes::{self, Quote, TextPart};
use crate::speakers::groups::to_number;
use crate::speakers::sources::{Source, SourceKind, SourceReader};
use crate::text::{fold, stable_hash};

/// From this many words on, equal words of one speaker are the same quote in whatever story. Fewer words may well be
/// said twice: they are the same quote only under the same slug, or within one dispatch if it has no slug.
const MIN_DISTINCTIVE_WORDS: usize = 4;

/// A statement with a speaker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Statement {
    /// Index of the quote among those of the dispatch.
    pub quote: usize,
    /// A hash that is equal for the same words in several takes of a story, whoever says them.
    pub words: u64,
    /// Index of the speaker among those of the dispatch.
    pub(super) source: u32,
}

/// The attributed statements of one dispatch.
#[derive(Debug, Clone)]
pub struct DispatchStatements {
    /// When the dispatch was sent.
    pub time: Option<Stamp>,
    /// Orders dispatches of the same time: a hash of what identifies the dispatch, and of its bytes.
    pub tie: u64,
    /// Killed, by itself or by another dispatch.
    pub is_killed: bool,
    pub statements: Vec<Statement>,
    /// The speakers, each once.
    pub(super) sources: Vec<Source>,
}

impl DispatchStatements {
    /// Keeps those of a dispatch's quotes that are statements with a speaker.
    #[must_use]
    pub fn new(dispatch: &Dispatch, quotes: &[Quote]) -> Self {
        let identity = format!("{}\n{:016x}", dispatch.item_identity(), dispatch.raw_hash);
        let (read, numbers) = read_sources(dispatch, quotes);
        let statements = numbers.into_iter().map(|(quote, source)| Statement {
            quote,
            words: words_key(dispatch, &quotes[quote], ""),
            source,
        });
        Self {
            time: dispatch.time,
            tie: stable_hash(identity.as_bytes()),
            is_killed: false,
            statements: statements.collect(),
            sources: read,
        }
    }
}

/// The distinct sources of a dispatch, and the index of each statement's among them, after the index of its quote.
fn read_sources(dispatch: &Dispatch, quotes: &[Quote]) -> (Vec<Source>, Vec<(usize, u32)>) {
    let mut sources: Vec<Source> = Vec::new();
    let mut reader = SourceReader::new(dispatch);
    let mut known: HashMap<Source, u32, RandomState> = HashMap::default();
    // The same name is read once. A noun such as “a spokesman” may be followed by another employer each time.
    let mut names: HashMap<(&str, Option<&str>), u32, RandomState> = HashMap::default();
    let mut numbers = Vec::new();
    for (at, quote) in quotes.iter().enumerate() {
        let Some(name) = quote.speaker.as_deref().filter(|_| quote.is_statement()) else {
            continue;
        };
        let key = (name, quote.title.as_deref());
        let number = names.get(&key).copied().or_else(|| {
            let source = reader.read(quote)?;
            let is_name = matches!(source.kind, SourceKind::Person | SourceKind::Body);
            let number = *known.entry(source.clone()).or_insert_with(|| {
                sources.push(source);
                to_number(sources.len() - 1)
            });
            if is_name {
                names.insert(key, number);
            }
            Some(number)
        });
        numbers.extend(number.map(|number| (at, number)));
    }
    share_titles(&mut sources);
    (sources, numbers)
}

/// Gives the title that one quote tells of a person to the person's other quotes in the dispatch.
fn share_titles(sources: &mut [Source]) {
    let person = |source: &Source| (source.given.clone(), source.key.clone());
    let titled =
        sources.iter().filter(|source| source.kind == SourceKind::Person && source.title.is_some());
    let titled: HashMap<_, _, RandomState> = titled
        .map(|source| (person(source), (source.title.clone(), source.office.clone())))
        .collect();
    if titled.is_empty() {
        return;
    }
    for source in sources {
        if source.kind == SourceKind::Person
            && source.title.is_none()
            && let Some(of) = titled.get(&person(source))
        {
            (source.title, source.office) = of.clone();
        }
    }
}

/// A hash that is equal for quotes of the same words and the same speaker's name (or none), ignoring punctuation, case
/// and accents. With few words, the story must be the same too.
#[must_use]
pub fn quote_key(dispatch: &Dispatch, quote: &Quote) -> u64 {
    words_key(dispatch, quote, &normalize_name(quote.speaker.as_deref().unwrap_or("")))
}

/// The hash of a quote's words, after a text that comes first. With few words, also of the story: its slug, else the
/// wire's name of the story, else the id that versions of an item share, else the item itself.
fn words_key(dispatch: &Dispatch, quote: &Quote, before: &str) -> u64 {
    let source = match quote.part {
        TextPart::Headline => dispatch.headline.as_str(),
        TextPart::Body => dispatch.body.text(),
    };
    let folded = fold(&quotes::quote_text(quote, source));
    let mut whole = before.to_owned();
    let mut count = 0;
    for word in folded.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()) {
        whole.push('\n');
        whole.push_str(word);
        count += 1;
    }
    if count < MIN_DISTINCTIVE_WORDS {
        let story = dispatch.slug.as_deref().map(fold);
        let story = story.or_else(|| dispatch.story.clone()).or_else(|| dispatch.id.clone());
        whole.push('\t');
        whole.push_str(&story.unwrap_or_else(|| dispatch.item_identity()));
    }
    stable_hash(whole.as_bytes())
}

/// A name in the form used for comparison: folded, without a leading “the”.
pub(super) fn normalize_name(name: &str) -> String {
    let folded = fold(name.trim());
    folded.strip_prefix("the ").map_or_else(|| folded.clone(), str::to_owned)
}

/// True if two names can be the same speaker's: they are equal, or one is the end of the other (“Harl”, “Tove Harl”),
/// ignoring case, accents and articles.
#[must_use]
pub fn is_same_speaker(a: &str, b: &str) -> bool {
    let (a, b) = (normalize_name(a), normalize_name(b));
    let ends = |long: &str, short: &str| {
        long.strip_suffix(short).is_some_and(|rest| rest.is_empty() || rest.ends_with(' '))
    };
    !a.is_empty() && !b.is_empty() && (ends(&a, &b) || ends(&b, &a))
}

#[cfg(test)]
mod tests {
    use super::is_same_speaker;

    #[test]
    fn a_name_and_its_end_are_one_speaker() {
        for (a, b, same) in [
            ("Tove Harl", "Harl", true),
            ("Tove Harl", "TOVE HARL", true),
            ("the Kremlin", "Kremlin", true),
            ("Zofia Łęcka", "Lecka", true),
            ("Tove Harl", "Tove", false),
            ("Mara Lind", "Ina Lind", false),
            ("Lindharl", "Harl", false),
            ("", "Harl", false),
        ] {
            assert_eq!(is_same_speaker(a, b), same, "{a}, {b}");
            assert_eq!(is_same_speaker(b, a), same, "{b}, {a}");
        }
    }
}
