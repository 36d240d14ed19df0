//! The fitted weights of the features, read once from `speaker_weights.txt`. `examples/fit.rs` writes that file.

use std::collections::HashMap;
use std::sync::LazyLock;

use foldhash::fast::FixedState;

use crate::quotes::features::{FEATURES, feature_name};

/// One unit of a weight is this part of a natural logarithm of odds.
pub(super) const SCALE: f64 = 32.0;

/// The weight of each feature, by its number, and the probabilities that decide how certain a speaker is.
pub(super) struct Weights {
    of: Vec<i16>,
    /// By sort of the mention: name, pronoun, noun. From 0 to 1.
    pub(super) sure: [f64; 3],
    /// A short quote without the form of a sentence is a term if the probability of nobody is greater than this.
    pub(super) term: f64,
    /// Such a quote is a statement, whatever its form, if the probability of nobody is at most this.
    pub(super) statement: f64,
}

/// The names in the table of the probabilities.
const LIMITS: &[&str] = &["sure name", "sure pronoun", "sure noun", "term", "statement"];

/// The weights that come with the program.
pub(super) static WEIGHTS: LazyLock<Weights> =
    LazyLock::new(|| Weights::read(include_str!("speaker_weights.txt")));

impl Weights {
    /// Reads a table: a feature and its weight in each line, or a probability in percent; comments after `#`.
    pub(super) fn read(table: &str) -> Self {
        let numbers: HashMap<String, usize, FixedState> =
            (0..FEATURES).map(|feature| (feature_name(feature), feature)).collect();
        let mut of = vec![0; FEATURES];
        let mut limits = [1.0, 1.0, 1.0, 1.0, 0.0];
        for line in table.lines().map(str::trim) {
            if line.starts_with('#') {
                continue;
            }
            let Some((name, value)) = line.rsplit_once(" = ") else { continue };
            if let Some(&feature) = numbers.get(name) {
                of[feature] = value.parse().unwrap_or(0);
            } else if let Some(limit) = LIMITS.iter().position(|limit| *limit == name) {
                limits[limit] = value.parse().unwrap_or(100.0) / 100.0;
            }
        }
        let [name, pronoun, noun, term, statement] = limits;
        Self { of, sure: [name, pronoun, noun], term, statement }
    }

    /// True for a table without weights: the rules alone decide.
    pub(super) fn is_empty(&self) -> bool {
        self.of.iter().all(|&weight| weight == 0)
    }

    /// The sum of the weights of features.
    pub(super) fn score(&self, features: &[u16]) -> i32 {
        features.iter().map(|&feature| i32::from(self.of[usize::from(feature)])).sum()
    }

    /// The odds that a difference of scores stands for.
    pub(super) fn odds(difference: i32) -> f64 {
        (f64::from(difference) / SCALE).exp()
    }
}
