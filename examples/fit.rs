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

fn main() -> Result<(), Box<dyn Error>> {
    let mut folders: Vec<String> = std::env::args().skip(1).collect();
    let check = folders.iter().any(|argument| argument == "--check");
    folders.retain(|argument| argument != "--check");
    if folders.is_empty() {
        return Err("name at least one folder with NAME.txt and NAME.gold.json".into());
    }
    let mut cases = Vec::new();
    for (number, folder) in folders.iter().enumerate() {
        read_folder(Path::new(folder), number == 0, &mut cases)?;
    }
    println!("{} quotes", cases.len());
    if check {
        cross_validate(&cases);
        return Ok(());
    }
    let weights = fit(&cases.iter().collect::<Vec<_>>(), None);
    let to = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/quotes/speaker_weights.txt");
    let old = fs::read_to_string(&to)?;
    fs::write(&to, table(&weights, &old))?;
    println!(
        "{} weights written to {}",
        weights.iter().filter(|w| **w != 0.0).count(),
        to.display()
    );
    Ok(())
}

// Reading gold.

/// Adds the quotes of all articles of a folder, in the order of their names.
fn read_folder(folder: &Path, unseen: bool, cases: &mut Vec<Case>) -> Result<(), Box<dyn Error>> {
    let mut articles: Vec<PathBuf> =
        fs::read_dir(folder)?.map(|entry| entry.map(|e| e.path())).collect::<Result<_, _>>()?;
    articles.retain(|path| path.extension().is_some_and(|extension| extension == "txt"));
    articles.sort();
    for path in articles {
        let text = fs::read_to_string(&path)?;
        let gold: Gold = serde_json::from_slice(&fs::read(path.with_extension("gold.json"))?)
            .map_err(|error| format!("{}: {error}", path.display()))?;
        let name = path.file_name().unwrap_or_default().as_encoded_bytes();
        let hash = name.iter().fold(0u64, |hash, &b| hash.wrapping_mul(131).wrapping_add(b.into()));
        let fold = usize::try_from(hash % FOLDS as u64)?;
        let parsed = format::parse(text.as_bytes(), &format::Context::default());
        for dispatch in &parsed.dispatches {
            add_cases(dispatch, &text, &gold, unseen, fold, cases);
        }
    }
    Ok(())
}

/// Adds the quotes of a dispatch that the gold knows.
fn add_cases(
    dispatch: &Dispatch,
    article: &str,
    gold: &Gold,
    unseen: bool,
    fold: usize,
    cases: &mut Vec<Case>,
) {
    // Letters without white space, with their positions: lines may be joined in the dispatch.
    let (letters, positions): (Vec<char>, Vec<usize>) = article
        .chars()
        .enumerate()
        .filter(|(_, c)| !c.is_whitespace())
        .map(|(i, c)| (c, i))
        .unzip();
    let mut from = 0;
    for example in fitting::examples(dispatch) {
        let source = match example.part {
            TextPart::Headline => dispatch.headline.as_str(),
            TextPart::Body => dispatch.body.text(),
        };
        let at = |byte: usize| source[..byte].chars().count();
        let words: Vec<char> =
            source[example.quote.clone()].chars().filter(|c| !c.is_whitespace()).collect();
        let find = |from: usize| {
            let last = letters.len().checked_sub(words.len())?;
            (from..=last).find(|&k| letters[k..].starts_with(&words))
        };
        let Some(found) = (!words.is_empty()).then(|| find(from).or_else(|| find(0))).flatten()
        else {
            continue;
        };
        from = found + words.len();
        let (start, end) = (positions[found], positions[from - 1] + 1);
        let Some(quote) = gold_quote(gold, start, end).filter(|quote| !quote.optional) else {
            continue;
        };
        // Mentions move along with their quote.
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
        cases.push(Case { unseen, fold, candidates });
    }
}

/// The annotated words that overlap most with these.
fn gold_quote(gold: &Gold, start: usize, end: usize) -> Option<&GoldQuote> {
    let overlap = |quote: &GoldQuote| end.min(quote.end).saturating_sub(start.max(quote.start));
    let quoted = gold
        .quotes
        .iter()
        .filter(|quote| 2 * overlap(quote) > (end - start).min(quote.end - quote.start));
    quoted.max_by_key(|quote| overlap(quote)).or_else(|| {
        gold.nonstatements
            .iter()
            .find(|words| 2 * overlap(words) > (end - start).max(words.end - words.start))
    })
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
    match name.strip_prefix("chosen by the rules, certainty") {
        Some(rule) if rule.ends_with("sure") => PRIOR_SURE,
        Some(_) => PRIOR_LIKELY,
        None => 0.0,
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
    let mut random = 7u64;
    let mut order: Vec<&Case> = cases.to_vec();
    order.retain(|case| case.candidates.iter().any(|(_, right)| *right));
    for epoch in 0..EPOCHS {
        for i in (1..order.len()).rev() {
            // A linear congruential generator: the same order on every machine.
            random = random
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            order.swap(i, usize::try_from((random >> 33) % (i as u64 + 1)).unwrap_or(0));
        }
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

/// The table of the weights; what is no weight in the old one is kept.
fn table(weights: &[f64], old: &str) -> String {
    let mut out = String::new();
    for line in old.lines().take_while(|line| !line.contains(": ")) {
        let _ = writeln!(out, "{line}");
    }
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
fn cross_validate(cases: &[Case]) {
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
fn share_right(cases: &[Case], without: Option<&str>, print: bool) -> (f64, f64) {
    let mut ranked: Vec<(f64, bool, bool)> = Vec::new();
    for fold in 0..FOLDS {
        let others: Vec<&Case> = cases.iter().filter(|case| case.fold != fold).collect();
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
