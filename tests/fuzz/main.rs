//! Fuzzing: random inputs for everything that reads what others wrote, and what must hold of each.
//!
//! Each target is tried a few times in every test run. For longer, so many seconds each:
//!
//! ```text
//! DATELINE_FUZZ=all:120 cargo test --release --test fuzz -- --nocapture
//! DATELINE_FUZZ=format,query:30 cargo test --release --test fuzz -- --nocapture
//! ```
//!
//! takes the targets whose names begin with `format` or `query`, and says of each how many inputs were tried, and how
//! long the slowest took. What fails is made smaller and printed; the other targets go on.

#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)] // in what tests share, too

mod config;
mod formats;
mod marks;
mod queries;
mod screen;
mod stories;
mod texts;

#[path = "../support/damaged.rs"]
mod damaged;
#[path = "../support/equality.rs"]
mod equality;
#[path = "../support/packed.rs"]
mod packed;
#[path = "../support/sound.rs"]
mod sound;
#[path = "../screens/stage.rs"]
#[allow(dead_code)]
mod stage;

use std::cell::Cell;
use std::env;
use std::fmt;
use std::time::{Duration, Instant};

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

/// Longest that one input may take in a release build.
const LONGEST: Duration = Duration::from_secs(10);
/// Inputs of each target where nothing is asked for.
const FEW: u32 = 8;

/// Bytes that are printed as they would stand in a test.
#[derive(Clone)]
pub(crate) struct Bytes(pub(crate) Vec<u8>);

impl fmt::Debug for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "b\"{}\"", self.0.escape_ascii())
    }
}

/// What has been tried of a target.
#[derive(Debug, Default)]
struct Tried {
    inputs: Cell<u64>,
    slowest: Cell<Duration>,
}

/// Something that reads, fed by a strategy.
pub(crate) struct Target {
    name: String,
    #[allow(clippy::type_complexity)] // Written once.
    run: Box<dyn Fn(u32, &Tried) -> Result<(), String>>,
}

impl Target {
    /// A target: a name, what it is fed, and what must hold.
    pub(crate) fn new<S>(
        name: impl Into<String>,
        strategy: S,
        holds: impl Fn(S::Value) -> Result<(), TestCaseError> + 'static,
    ) -> Self
    where
        S: Strategy + 'static,
        S::Value: Clone,
    {
        let run = move |cases, tried: &Tried| {
            let config = Config { failure_persistence: None, ..Config::with_cases(cases) };
            let timed = |input: S::Value| {
                let begun = Instant::now();
                let held = holds(input);
                (held, begun.elapsed())
            };
            let one = |input: S::Value| {
                let (held, mut took) = timed(input.clone());
                if took > LONGEST {
                    // The machine may have slept: once more tells.
                    took = timed(input).1;
                }
                tried.inputs.set(tried.inputs.get() + 1);
                tried.slowest.set(tried.slowest.get().max(took));
                prop_assert!(cfg!(debug_assertions) || took < LONGEST, "it took {took:?}");
                held
            };
            let outcome = TestRunner::new(config).run(&strategy, one);
            outcome.map_err(|failure| failure.to_string())
        };
        Self { name: name.into(), run: Box::new(run) }
    }
}

fn targets() -> Vec<Target> {
    let rooms = [
        formats::targets(),
        queries::targets(),
        texts::targets(),
        config::targets(),
        marks::targets(),
        stories::targets(),
        screen::targets(),
    ];
    rooms.into_iter().flatten().collect()
}

/// Tries a target until the time is over, or just a few times.
fn fuzz(target: &Target, until: Option<Instant>) -> Result<Tried, String> {
    let tried = Tried::default();
    loop {
        let cases = if until.is_some() { 100 } else { FEW };
        (target.run)(cases, &tried)?;
        if until.is_none_or(|until| Instant::now() >= until) {
            return Ok(tried);
        }
    }
}

#[test]
#[allow(clippy::print_stderr)] // Says how many inputs were tried.
fn nothing_that_is_read_breaks_the_reader() {
    let asked = env::var("DATELINE_FUZZ").unwrap_or_default();
    let (names, seconds) = asked.split_once(':').unwrap_or(("all", ""));
    let names: Vec<&str> = names.split(',').filter(|name| *name != "all").collect();
    let seconds = seconds.parse().ok().map(Duration::from_secs);
    let mut failed = Vec::new();
    for target in targets() {
        if !names.is_empty() && !names.iter().any(|name| target.name.starts_with(name)) {
            continue;
        }
        let until = seconds.map(|seconds| Instant::now() + seconds);
        match fuzz(&target, until) {
            Ok(tried) if until.is_some() => eprintln!(
                "{:<24}{:>10} inputs, the slowest {:.1?}",
                target.name,
                tried.inputs.get(),
                tried.slowest.get()
            ),
            Ok(_) => {}
            Err(failure) => {
                eprintln!("{}: {failure}", target.name);
                failed.push(target.name);
            }
        }
    }
    assert!(failed.is_empty(), "failed: {}", failed.join(", "));
}
