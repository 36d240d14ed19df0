//! Every command without a terminal: in every form over every input, and what is said of mistakes.

mod filters;
mod mistakes;
mod outputs;
mod settings;
mod table;

use crate::inputs;

/// A run of each of these lines over each folder of inputs.
fn over_all(lines: &[&str]) -> Vec<table::Run> {
    let mut folders = inputs::fixtures();
    folders.push("wire".to_owned());
    let of = |line: &&str| {
        let runs = folders.iter().map(|folder| format!("{line} {folder}"));
        runs.collect::<Vec<_>>()
    };
    let lines = lines.iter().flat_map(of);
    lines.map(|line| table::run(&line)).collect()
}

/// A run of each of these lines.
fn lines(lines: &[&str]) -> Vec<table::Run> {
    lines.iter().map(|line| table::run(line)).collect()
}
