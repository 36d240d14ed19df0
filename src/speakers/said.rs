//! What one dispatch adds: its statements with a speaker, each as small as a tally needs it, and when two names are one.

use crate::dispatch::{Dispatch, Stamp};
use crate::quote::{self, Quote, TextPart};
use crate::text::{fold, hash};

/// Words from which on the same words of the same speaker are the same quote, in whatever story. Fewer may be said
/// twice: they count as the same only under the same slug, or within one dispatch where there is none.
const MIN_DISTINCTIVE_WORDS: usize = 4;

/// One statement and who made it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    pub name: String,
    pub title: Option<String>,
    /// Equal for the same quote in several takes: see [`quote_key`].
    pub key: u64,
}

/// The statements of one dispatch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DispatchStatements {
    /// When the dispatch was sent.
    pub time: Option<Stamp>,
    pub statements: Vec<Statement>,
}

impl DispatchStatements {
    /// Those of a dispatch's quotes that are statements of somebody who could be named.
    #[must_use]
    pub fn new(dispatch: &Dispatch, quotes: &[Quote]) -> Self {
        let said = quotes
            .iter()
            .filter_map(|quote| Statement::new(dispatch, quote));
        Self {
            time: dispatch.time,
            statements: said.collect(),
        }
    }
}

impl Statement {
    /// A quote of a dispatch; `None` where it is no statement, or nobody's.
    #[must_use]
    pub fn new(dispatch: &Dispatch, quote: &Quote) -> Option<Self> {
        let name = quote.speaker.as_ref().filter(|_| quote.is_statement())?;
        Some(Self {
            key: quote_key(dispatch, quote),
            name: name.clone(),
            title: quote.title.clone(),
        })
    }
}

/// A number that two quotes share where their speaker has the same name (or neither has one) and their words are the
/// same, marks, points and case aside; few words also need the same slug.
#[must_use]
pub fn quote_key(dispatch: &Dispatch, quote: &Quote) -> u64 {
    let source = match quote.part {
        TextPart::Headline => dispatch.headline.as_str(),
        TextPart::Body => dispatch.body.text(),
    };
    let folded = fold(&quote::quote_text(quote, source));
    let mut whole = normalize_name(quote.speaker.as_deref().unwrap_or(""));
    let mut count = 0;
    for word in folded
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
    {
        whole.push('\n');
        whole.push_str(word);
        count += 1;
    }
    if count < MIN_DISTINCTIVE_WORDS {
        let story = dispatch.slug.as_deref().map(fold);
        whole.push('\t');
        whole.push_str(&story.unwrap_or_else(|| dispatch.item_identity()));
    }
    hash(whole.as_bytes())
}

/// A name as names are compared: folded, without an article.
pub(super) fn normalize_name(name: &str) -> String {
    let folded = fold(name.trim());
    folded
        .strip_prefix("the ")
        .map_or_else(|| folded.clone(), str::to_owned)
}

/// True where two names can be one person's: the same, or the one is the end of the other (“Harl”, “Tove Harl”), case,
/// accents and articles aside.
#[must_use]
pub fn is_same_speaker(a: &str, b: &str) -> bool {
    let (a, b) = (normalize_name(a), normalize_name(b));
    let ends = |long: &str, short: &str| {
        long.strip_suffix(short)
            .is_some_and(|rest| rest.is_empty() || rest.ends_with(' '))
    };
    !a.is_empty() && !b.is_empty() && (ends(&a, &b) || ends(&b, &a))
}
