//! Two versions of a text of 10,000 words, compared: `cargo bench --bench changes`.

use dateline::changes::compare_bodies;
use dateline::dispatch::Body;
use divan::Bencher;

/// Words of running text; their frequency falls with their number, as it does in any language.
const WORDS: &str = "the of to and a in said that for on was is at with by it from as he had be but not have were an \
    will who which their they she this has more been one would after about two also its year when last or when new \
    people first there police government over time could three before against between out week because harbour ferry \
    crew coast storm minister island captain engine company passengers trawler lighthouse reef gale rescue helicopter \
    inquiry union transport parliament spokesman reporters statement vessel weather office channel swell quay cottage \
    infirmary insurers euphonium paraffin clockwork breakwater moorings dredger pilotage lamplighter herring kettle";

/// A sequence of numbers without a pattern.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap_or(0) % end
    }
}

fn word(dice: &mut Dice) -> String {
    let words: Vec<&str> = WORDS.split_whitespace().collect();
    match dice.below(10) {
        // A third of all words are rare.
        0..3 => format!("{}{}", words[dice.below(words.len())], dice.below(900)),
        3..6 => words[dice.below(12)].to_owned(),
        _ => words[dice.below(words.len())].to_owned(),
    }
}

fn paragraphs(words: usize, each: usize, seed: u64) -> Vec<Vec<String>> {
    let mut dice = Dice(seed);
    let paragraph = |_| (0..each).map(|_| word(&mut dice)).collect();
    (0..words / each).map(paragraph).collect()
}

fn body(paragraphs: &[Vec<String>]) -> Body {
    let text = |words: &Vec<String>| {
        let sentences: Vec<String> = words.chunks(14).map(|words| words.join(" ") + ".").collect();
        format!("“{}” he said.", sentences.join(" "))
    };
    Body::from_paragraphs(paragraphs.iter().map(text))
}

/// The next version: so many words of a hundred changed, a paragraph in twenty moved, one in twenty new.
fn next(old: &[Vec<String>], percent: usize) -> Vec<Vec<String>> {
    let mut dice = Dice(7);
    let mut new: Vec<Vec<String>> = old.to_vec();
    for words in &mut new {
        for old in words {
            if dice.below(100) < percent {
                *old = word(&mut dice);
            }
        }
    }
    for _ in 0..new.len() / 20 {
        let from = dice.below(new.len());
        let moved = new.remove(from);
        new.insert(dice.below(new.len() + 1), moved);
        let at = dice.below(new.len());
        new[at] = (0..40).map(|_| word(&mut dice)).collect();
    }
    new
}

#[divan::bench(args = [2, 10, 20])]
fn percent_changed(bencher: Bencher<'_, '_>, percent: usize) {
    let old = paragraphs(10_000, 40, 1);
    let (old, new) = (body(&old), body(&next(&old, percent)));
    bencher.bench(|| compare_bodies(divan::black_box(&old), divan::black_box(&new)));
}

#[divan::bench(args = [40, 250, 10_000])]
fn unrelated_in_paragraphs_of(bencher: Bencher<'_, '_>, each: usize) {
    let (old, new) = (body(&paragraphs(10_000, each, 1)), body(&paragraphs(10_000, each, 2)));
    bencher.bench(|| compare_bodies(divan::black_box(&old), divan::black_box(&new)));
}

/// The same words in another order, in one paragraph: the hardest case for the words.
#[divan::bench]
fn shuffled_in_one_paragraph(bencher: Bencher<'_, '_>) {
    let old = paragraphs(10_000, 10_000, 1);
    let mut new = old.clone();
    let mut dice = Dice(3);
    for at in (1..new[0].len()).rev() {
        new[0].swap(at, dice.below(at + 1));
    }
    let (old, new) = (body(&old), body(&new));
    bencher.bench(|| compare_bodies(divan::black_box(&old), divan::black_box(&new)));
}

/// A hundred thousand words, unrelated.
#[divan::bench]
fn unrelated_and_ten_times_as_long(bencher: Bencher<'_, '_>) {
    let (old, new) = (body(&paragraphs(100_000, 40, 1)), body(&paragraphs(100_000, 40, 2)));
    bencher.bench(|| compare_bodies(divan::black_box(&old), divan::black_box(&new)));
}

fn main() {
    divan::main();
}
