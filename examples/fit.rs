//! Fits the weights with which the speaker of a quote is chosen, and writes `src/quotes/speaker_weights.txt`.
//!
//! ```text
//! cargo run --release --example fit -- [--check] UNSEEN_GOLD [TUNED_GOLD ...]
//! ```
//!
//! A folder of gold holds articles, `NAME.txt`, each with its annotated quotes, `NAME.gold.json`: `quotes`, a list of
//! `{"start", "end", "speaker_spans": [{"start", "end"}]}`, and `nonstatements` of the same form without speakers. All
//! positions are code points of the article.
//!
//! What the votes of the rules are worth is fitted on the first folder alone, which must be copy that the rules were
//! not written for; all other weights are fitted on all folders. With `--check` nothing is written: ten-fold
//! cross-validation over the articles says how often the speaker is right, by probability, and what each family of
//! features is worth. The same folders give the same bytes.

#![allow(clippy::print_stdout, clippy::print_stderr, clippy::cast_precision_loss)] // It talks to whoever runs it.

use std::collections::BTreeMap;
use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use dateline::dispatch::Dispatch;
use dateline::format;
use dateline::quotes::TextPart;
use dateline::quotes::fitting::{self, WEIGHT_SCALE};
use serde::Deserialize;

/// The annotation of an article.
#[derive(Deserialize)]
struct Gold {
    quotes: Vec<GoldQuote>,
    #[serde(default)]
    nonstatements: Vec<GoldQuote>,
}

/// Marked words, and where the text names who said them.
#[derive(Deserialize)]
struct GoldQuote {
    start: usize,
    end: usize,
    #[serde(default)]
    optional: bool,
    #[serde(default)]
    speaker_spans: Vec<GoldSpan>,
}

#[derive(Deserialize)]
struct GoldSpan {
    start: usize,
    end: usize,
}

/// An article, its annotation, and its quotes.
struct Article {
    dispatch: Dispatch,
    gold: Gold,
    text: ArticleText,
    fold: usize,
    cases: Vec<Case>,
}

/// The letters of an article without white space, with their positions: lines may be joined in the dispatch.
struct ArticleText {
    letters: Vec<char>,
    positions: Vec<usize>,
}

impl ArticleText {
    fn new(text: &str) -> Self {
        let solid = text.chars().enumerate().filter(|(_, c)| !c.is_whitespace());
        let (letters, positions) = solid.map(|(i, c)| (c, i)).unzip();
        Self { letters, positions }
    }

    /// Where these words stand, in code points, and the letter after them; sought from a letter on, and then from the
    /// first one.
    fn find(&self, words: &str, from: usize) -> Option<(usize, usize, usize)> {
        let words: Vec<char> = words.chars().filter(|c| !c.is_whitespace()).collect();
        let last = self.letters.len().checked_sub(words.len()).filter(|_| !words.is_empty())?;
        let find = |from: usize| (from..=last).find(|&k| self.letters[k..].starts_with(&words));
        let found = find(from).or_else(|| find(0))?;
        let next = found + words.len();
        Some((self.positions[found], self.positions[next - 1] + 1, next))
    }
}

/// A quote, with the features of each candidate and whether it is the speaker.
struct Case {
    /// True if the article is of the first folder.
    unseen: bool,
    /// Which tenth of the articles it belongs to.
    fold: usize,
    candidates: Vec<(Vec<u16>, bool)>,
}

/// In how many parts the articles are divided for cross-validation.
const FOLDS: usize = 10;
/// How often each quote is looked at.
const EPOCHS: usize = 10;
/// The length of the first step along a gradient.
const RATE: f64 = 0.1;
/// How strongly a weight is drawn to its prior.
const PULL: f64 = 3e-3;
/// How many weights are kept.
const MAX_WEIGHTS: usize = 400;
/// What the choice of the rules is worth before anything is learned, in logarithms of odds. It is what remains for a rule
/// that hardly occurs.
const PRIOR_SURE: f64 = 3.0;
const PRIOR_LIKELY: f64 = 2.5;
/// The same for each vote of a rule that is sure.
const PRIOR_VOTE: f64 = 1.2;

fn main() -> Result<(), Box<dyn Error>> {
    let mut folders: Vec<String> = std::env::args().skip(1).collect();
    let check = folders.iter().any(|argument| argument == "--check");
    folders.retain(|argument| argument != "--check");
    if folders.is_empty() {
        return Err("name at least one folder with NAME.txt and NAME.gold.json".into());
    }
    let mut articles = Vec::new();
    for (number, folder) in folders.iter().enumerate() {
        read_folder(Path::new(folder), number == 0, &mut articles)?;
    }
    let cases: Vec<&Case> = articles.iter().flat_map(|article| &article.cases).collect();
    println!("{} articles, {} quotes", articles.len(), cases.len());
    if check {
        cross_validate(&cases);
        return Ok(());
    }
    let to = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/quotes/speaker_weights.txt");
    let old = fs::read_to_string(&to)?;
    let head = old.split("[speaker]").next().unwrap_or_default();
    let speaker = format!("{head}[speaker]\n{}", lines_of(&fit(&cases, None)));
    let statement = lines_of(&fit_statements(&articles, &speaker));
    fs::write(&to, format!("{speaker}[statement]\n{statement}"))?;
    println!("written to {}", to.display());
    Ok(())
}

// Reading gold.

/// Adds the articles of a folder, in the order of their names.
fn read_folder(
    folder: &Path,
    unseen: bool,
    articles: &mut Vec<Article>,
) -> Result<(), Box<dyn Error>> {
    let mut paths: Vec<PathBuf> =
        fs::read_dir(folder)?.map(|entry| entry.map(|e| e.path())).collect::<Result<_, _>>()?;
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "txt"));
    paths.sort();
    for path in paths {
        let text = fs::read_to_string(&path)?;
        let gold = serde_json::from_slice(&fs::read(path.with_extension("gold.json"))?)
            .map_err(|error| format!("{}: {error}", path.display()))?;
        let name = path.file_name().unwrap_or_default().as_encoded_bytes();
        let hash = name.iter().fold(0u64, |hash, &b| hash.wrapping_mul(131).wrapping_add(b.into()));
        let fold = usize::try_from(hash % FOLDS as u64)?;
        let parsed = format::parse(text.as_bytes(), &format::Context::default());
        let Some(dispatch) = parsed.dispatches.into_iter().next() else { continue };
        let mut article =
            Article { dispatch, gold, text: ArticleText::new(&text), fold, cases: Vec::new() };
        article.cases = cases_of(&article, unseen);
        articles.push(article);
    }
    Ok(())
}

/// The quotes of an article that the gold knows.
fn cases_of(article: &Article, unseen: bool) -> Vec<Case> {
    let dispatch = &article.dispatch;
    let mut cases = Vec::new();
    let mut from = 0;
    for example in fitting::examples(dispatch) {
        let source = match example.part {
            TextPart::Headline => dispatch.headline.as_str(),
            TextPart::Body => dispatch.body.text(),
        };
        let Some((start, end, next)) = article.text.find(&source[example.quote.clone()], from)
        else {
            continue;
        };
        from = next;
        let Some(quote) = gold_quote(&article.gold, start, end).filter(|quote| !quote.optional)
        else {
            continue;
        };
        // Mentions move along with their quote.
        let at = |byte: usize| source[..byte].chars().count();
        let moved = |byte: usize| (at(byte) + start).saturating_sub(at(example.quote.start));
        let named = |range: &std::ops::Range<usize>| {
            let (start, end) = (moved(range.start), moved(range.end));
            quote.speaker_spans.iter().any(|span| start < span.end && span.start < end)
        };
        let nobody = quote.speaker_spans.is_empty();
        let label = |(k, candidate): (usize, &fitting::ExampleCandidate)| {
            let right = if k == 0 { nobody } else { candidate.mention.as_ref().is_some_and(named) };
            (candidate.features.clone(), right)
        };
        let candidates = example.candidates.iter().enumerate().map(label).collect();
        cases.push(Case { unseen, fold: article.fold, candidates });
    }
    cases
}

/// The annotated words that overlap most with these.
fn gold_quote(gold: &Gold, start: usize, end: usize) -> Option<&GoldQuote> {
    let quoted = gold.quotes.iter().filter(|quote| is_overlapped(quote, start, end));
    quoted
        .max_by_key(|quote| overlap(quote, start, end))
        .or_else(|| gold.nonstatements.iter().find(|words| is_covered(words, start, end)))
}

/// How many code points of a quote are in a range.
fn overlap(quote: &GoldQuote, start: usize, end: usize) -> usize {
    end.min(quote.end).saturating_sub(start.max(quote.start))
}

/// True if a quote and a range share more than half of the shorter one.
fn is_overlapped(quote: &GoldQuote, start: usize, end: usize) -> bool {
    2 * overlap(quote, start, end) > (end - start).min(quote.end - quote.start)
}

/// True if a quote and a range share more than half of the longer one.
fn is_covered(quote: &GoldQuote, start: usize, end: usize) -> bool {
    2 * overlap(quote, start, end) > (end - start).max(quote.end - quote.start)
}

// Fitting.

/// True for what the rules say, which is fitted on unseen copy alone.
fn is_vote(feature: usize) -> bool {
    let name = fitting::name_of_feature(feature);
    name.starts_with("rule") || name.starts_with("chosen") || name.starts_with("nobody, rules")
}

/// The weight of a feature before anything is learned.
fn prior(feature: usize) -> f64 {
    let name = fitting::name_of_feature(feature);
    let (chosen, voted) =
        (name.starts_with("chosen by the rules, certainty"), name.starts_with("rule"));
    match name.ends_with("sure") {
        true if chosen => PRIOR_SURE,
        true if voted => PRIOR_VOTE,
        false if chosen => PRIOR_LIKELY,
        _ => 0.0,
    }
}

/// Fits the weights of all features but those of the family `without`, keeps the most important ones and fits those
/// again.
fn fit(cases: &[&Case], without: Option<&str>) -> Vec<f64> {
    let count = fitting::feature_count();
    let family = |feature| fitting::name_of_feature(feature).split(':').next().map(str::to_owned);
    let mut kept: Vec<bool> =
        (0..count).map(|f| without.is_none() || family(f).as_deref() != without).collect();
    let mut uses = vec![0u32; count];
    for &feature in cases.iter().flat_map(|case| &case.candidates).flat_map(|(ids, _)| ids) {
        uses[usize::from(feature)] += 1;
    }
    let weights = fit_in_two_steps(cases, &kept);
    // What a rule says is kept however rare the rule is.
    let importance = |feature: usize| match prior(feature) {
        0.0 => weights[feature].abs() * f64::from(uses[feature]).powf(0.25),
        _ => f64::MAX,
    };
    let mut order: Vec<usize> = (0..count).collect();
    order.sort_by(|&a, &b| importance(b).total_cmp(&importance(a)).then(a.cmp(&b)));
    for &feature in order.iter().skip(MAX_WEIGHTS) {
        kept[feature] = false;
    }
    fit_in_two_steps(cases, &kept)
}

/// Fits all kept weights on unseen copy, and then those that are no votes on all copy.
fn fit_in_two_steps(cases: &[&Case], kept: &[bool]) -> Vec<f64> {
    let prior: Vec<f64> =
        kept.iter().enumerate().map(|(f, &kept)| if kept { prior(f) } else { 0.0 }).collect();
    let unseen: Vec<&Case> = cases.iter().copied().filter(|case| case.unseen).collect();
    let weights = descend(&unseen, prior.clone(), &prior, kept);
    let free: Vec<bool> = kept.iter().enumerate().map(|(f, &kept)| kept && !is_vote(f)).collect();
    descend(cases, weights, &prior, &free)
}

/// Follows the gradient of the likelihood of the right candidates (a softmax over each quote's candidates), quote by
/// quote, with steps that shrink by feature (`AdaGrad`). The mean over the second half of the epochs is returned.
fn descend(cases: &[&Case], mut weights: Vec<f64>, prior: &[f64], free: &[bool]) -> Vec<f64> {
    let mut squares = vec![1e-2; weights.len()];
    let mut sum = vec![0.0; weights.len()];
    let mut random = Random(7);
    let mut order: Vec<&Case> = cases.to_vec();
    order.retain(|case| case.candidates.iter().any(|(_, right)| *right));
    for epoch in 0..EPOCHS {
        random.shuffle(&mut order);
        for case in &order {
            let odds = odds(&weights, case);
            let all: f64 = odds.iter().sum();
            let right = case.candidates.iter().zip(&odds).filter(|((_, right), _)| *right);
            let right: f64 = right.map(|(_, odds)| odds).sum();
            for ((features, is_right), odds) in case.candidates.iter().zip(&odds) {
                let pull = if *is_right { odds / right } else { 0.0 } - odds / all;
                for f in features.iter().map(|&f| usize::from(f)).filter(|&f| free[f]) {
                    let step = pull - PULL * (weights[f] - prior[f]);
                    if pull.abs() > 1e-4 {
                        squares[f] += step * step;
                        weights[f] += RATE * step / f64::sqrt(squares[f]);
                    }
                }
            }
        }
        if 2 * epoch >= EPOCHS {
            for (sum, weight) in sum.iter_mut().zip(&weights) {
                *sum += weight;
            }
        }
    }
    sum.iter().map(|sum| sum / (EPOCHS / 2) as f64).collect()
}

/// The odds of each candidate, the best one's being 1.
fn odds(weights: &[f64], case: &Case) -> Vec<f64> {
    let score = |features: &[u16]| features.iter().map(|&f| weights[usize::from(f)]).sum::<f64>();
    let scores: Vec<f64> = case.candidates.iter().map(|(features, _)| score(features)).collect();
    let best = scores.iter().copied().fold(f64::MIN, f64::max);
    scores.iter().map(|score| (score - best).exp()).collect()
}

/// How often each quote is looked at when statements are told from terms.
const STATEMENT_EPOCHS: usize = 8;

/// Fits the weights that tell a statement from a term, with speakers chosen by a table (logistic regression, `AdaGrad`).
fn fit_statements(articles: &[Article], table: &str) -> Vec<f64> {
    let mut rows: Vec<(Vec<u16>, bool)> = Vec::new();
    for article in articles {
        let mut from = 0;
        for (quote, features) in fitting::statement_examples(&article.dispatch, table) {
            let words = &quote.source(&article.dispatch)[quote.span()];
            let Some((start, end, next)) = article.text.find(words, from) else { continue };
            from = next;
            let counts = |quote: &&GoldQuote| !quote.optional;
            let said = article.gold.quotes.iter().filter(counts);
            let not_said = article.gold.nonstatements.iter().filter(counts);
            if said.clone().any(|quote| is_overlapped(quote, start, end)) {
                rows.push((features, true));
            } else if not_said.clone().any(|words| is_covered(words, start, end)) {
                rows.push((features, false));
            }
        }
    }
    let mut weights = vec![0.0; fitting::feature_count()];
    let mut squares = vec![1e-2; weights.len()];
    let mut sum = vec![0.0; weights.len()];
    let mut random = Random(11);
    for epoch in 0..STATEMENT_EPOCHS {
        random.shuffle(&mut rows);
        for (features, is_statement) in &rows {
            let score: f64 = features.iter().map(|&f| weights[usize::from(f)]).sum();
            let error = f64::from(u8::from(*is_statement)) - 1.0 / (1.0 + (-score).exp());
            for f in features.iter().map(|&f| usize::from(f)) {
                let step = error - PULL * weights[f];
                squares[f] += step * step;
                weights[f] += RATE * step / f64::sqrt(squares[f]);
            }
        }
        if 2 * epoch >= STATEMENT_EPOCHS {
            for (sum, weight) in sum.iter_mut().zip(&weights) {
                *sum += weight;
            }
        }
    }
    sum.iter().map(|sum| sum / (STATEMENT_EPOCHS / 2) as f64).collect()
}

/// A linear congruential generator: the same order on every machine.
struct Random(u64);

impl Random {
    fn shuffle<T>(&mut self, list: &mut [T]) {
        for i in (1..list.len()).rev() {
            let next = self.0.wrapping_mul(6_364_136_223_846_793_005);
            self.0 = next.wrapping_add(1_442_695_040_888_963_407);
            list.swap(i, usize::try_from((self.0 >> 33) % (i as u64 + 1)).unwrap_or(0));
        }
    }
}

/// Weights as lines of the table.
fn lines_of(weights: &[f64]) -> String {
    let mut out = String::new();
    for (feature, weight) in weights.iter().enumerate() {
        let rounded = (weight * WEIGHT_SCALE).round();
        if rounded != 0.0 {
            let _ = writeln!(out, "{} = {rounded}", fitting::name_of_feature(feature));
        }
    }
    out
}

// Cross-validation.

/// Prints how often the first candidate is right in articles that were left out, and without each family.
fn cross_validate(cases: &[&Case]) {
    let all = share_right(cases, None, true);
    println!("right speaker's mention: unseen {:.1} %, all {:.1} %", all.0, all.1);
    let mut families = BTreeMap::new();
    for feature in 0..fitting::feature_count() {
        let name = fitting::name_of_feature(feature);
        let family = name.split(':').next().unwrap_or_default().to_owned();
        families.entry(family).or_insert(feature);
    }
    for family in families.keys() {
        let (unseen, both) = share_right(cases, Some(family), false);
        println!("without {family:<45} {:+.1} {:+.1}", unseen - all.0, both - all.1);
    }
}

/// The share of right first candidates, in percent: in unseen copy, in all copy.
fn share_right(cases: &[&Case], without: Option<&str>, print: bool) -> (f64, f64) {
    let mut ranked: Vec<(f64, bool, bool)> = Vec::new();
    for fold in 0..FOLDS {
        let others: Vec<&Case> = cases.iter().copied().filter(|case| case.fold != fold).collect();
        let weights = fit(&others, without);
        for case in cases.iter().filter(|case| case.fold == fold) {
            let odds = odds(&weights, case);
            let best = (0..odds.len()).max_by(|&a, &b| odds[a].total_cmp(&odds[b]).then(b.cmp(&a)));
            let Some(best) = best else { continue };
            let probability = odds[best] / odds.iter().sum::<f64>();
            ranked.push((probability, case.candidates[best].1, case.unseen));
        }
    }
    let share = |rows: &mut dyn Iterator<Item = bool>| {
        let (mut right, mut all) = (0u32, 0u32);
        for is_right in rows {
            right += u32::from(is_right);
            all += 1;
        }
        100.0 * f64::from(right) / f64::from(all.max(1))
    };
    if print {
        for (from, to) in
            [(0.0, 0.5), (0.5, 0.7), (0.7, 0.8), (0.8, 0.9), (0.9, 0.95), (0.95, 1.01)]
        {
            let rows = ranked.iter().filter(|row| row.2 && row.0 >= from && row.0 < to);
            let (count, mean) = (rows.clone().count(), rows.clone().map(|row| row.0).sum::<f64>());
            let right = share(&mut rows.map(|row| row.1));
            println!(
                "unseen, probability {from:.2}–{:.2}: {count} quotes, mean {:.1} %, right {right:.1} %",
                f64::min(to, 1.0),
                100.0 * mean / count.max(1) as f64
            );
        }
    }
    let unseen = share(&mut ranked.iter().filter(|row| row.2).map(|row| row.1));
    (unseen, share(&mut ranked.iter().map(|row| row.1)))
}
