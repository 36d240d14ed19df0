//! The fitted weights of the features, read once from `speaker_weights.txt`. `examples/fit.rs` writes that file.

use std::collections::HashMap;
use std::sync::LazyLock;

use foldhash::fast::FixedState;

use crate::quotes::features::{FEATURES, feature_name};

/// One unit of a weight is this part of a natural logarithm of odds.
pub(super) const SCALE: f64 = 32.0;

/// The weight of each feature, by its number, and the probabilities from which on a speaker is sure and words are a statement.
pub(super) struct Weights {
    /// For a candidate's being the speaker.
    speaker: Vec<i16>,
    /// For the words' being a statement, not a term.
    statement: Vec<i16>,
    /// By sort of the mention: name, pronoun, noun. From 0 to 1.
    pub(super) sure: [f64; 3],
    /// The score from which on words are a statement.
    least_statement: i32,
}

/// The names in the table of the probabilities.
const LIMITS: &[&str] = &["sure name", "sure pronoun", "sure noun", "statement"];

/// The weights that come with the program.
pub(super) static WEIGHTS: LazyLock<Weights> =
    LazyLock::new(|| Weights::read(include_str!("speaker_weights.txt")));

impl Weights {
    /// Reads a table: under `[speaker]` and `[statement]` a feature and its weight in each line, before that the
    /// probabilities in percent; comments after `#`.
    pub(super) fn read(table: &str) -> Self {
        let numbers: HashMap<String, usize, FixedState> =
            (0..FEATURES).map(|feature| (feature_name(feature), feature)).collect();
        let mut weights = Self {
            speaker: vec![0; FEATURES],
            statement: vec![0; FEATURES],
            sure: [1.0; 3],
            least_statement: 0,
        };
        let mut limits = [1.0, 1.0, 1.0, 0.5];
        let mut statements = false;
        for line in table.lines().map(str::trim) {
            statements |= line == "[statement]";
            let Some((name, value)) = line.rsplit_once(" = ").filter(|_| !line.starts_with('#'))
            else {
                continue;
            };
            if let Some(&feature) = numbers.get(name) {
                let of = if statements { &mut weights.statement } else { &mut weights.speaker };
                of[feature] = value.parse().unwrap_or(0);
            } else if let Some(limit) = LIMITS.iter().position(|limit| *limit == name) {
                limits[limit] = value.parse().unwrap_or(100.0) / 100.0;
            }
        }
        let [name, pronoun, noun, statement] = limits;
        weights.sure = [name, pronoun, noun];
        weights.least_statement = score_of(statement);
        weights
    }

    /// True for a table without weights: the rules alone decide.
    pub(super) fn is_empty(&self) -> bool {
        self.speaker.iter().all(|&weight| weight == 0)
    }

    /// The score of a candidate with these features.
    pub(super) fn score(&self, features: &[u16]) -> i32 {
        features.iter().map(|&feature| i32::from(self.speaker[usize::from(feature)])).sum()
    }

    /// True if words with these features are a statement.
    pub(super) fn is_statement(&self, features: &[u16]) -> bool {
        let weight = |&feature: &u16| i32::from(self.statement[usize::from(feature)]);
        features.iter().map(weight).sum::<i32>() >= self.least_statement
    }

    /// The odds that a difference of scores stands for.
    pub(super) fn odds(difference: i32) -> f64 {
        (f64::from(difference) / SCALE).exp()
    }
}

/// The score that a probability between 0 and 1 stands for.
fn score_of(probability: f64) -> i32 {
    let score = (probability / (1.0 - probability)).ln() * SCALE;
    // A saturating conversion: certainty is a score that no words reach.
    #[allow(clippy::cast_possible_truncation)]
    let score = score.round() as i32;
    score
}
