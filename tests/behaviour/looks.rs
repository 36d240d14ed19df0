//! How the cells of a screen look: colours and weights, counted for readers and hashed for the test.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use vt100::{Cell, Color, Screen};

use crate::snapshot::hash;

/// The look of a cell. What is not to be seen of a blank does not count.
type Look = (Color, Color, [bool; 5]);

fn look(cell: &Cell) -> Look {
    let seen = !cell.contents().trim().is_empty();
    let (inverse, underlined) = (cell.inverse(), cell.underline());
    let inked = seen || inverse || underlined;
    let ink = if inked { cell.fgcolor() } else { Color::Default };
    let weights = [cell.bold(), cell.dim(), cell.italic()].map(|weight| weight && seen);
    let [bold, dim, italic] = weights;
    (ink, cell.bgcolor(), [bold, dim, italic, underlined, inverse])
}

/// The same in words: `2 on 234 bold`.
fn words((ink, ground, weights): Look) -> String {
    let mut words = Vec::new();
    words.extend(colour("", ink));
    words.extend(colour("on ", ground));
    let names = ["bold", "dim", "italic", "underlined", "inverse"];
    let names = names.iter().zip(weights).filter(|(_, so)| *so);
    words.extend(names.map(|(name, _)| (*name).to_owned()));
    if words.is_empty() { "plain".to_owned() } else { words.join(" ") }
}

fn colour(before: &str, colour: Color) -> Option<String> {
    match colour {
        Color::Default => None,
        Color::Idx(number) => Some(format!("{before}{number}")),
        Color::Rgb(red, green, blue) => Some(format!("{before}{red:02x}{green:02x}{blue:02x}")),
    }
}

/// The looks of all cells as one line: how many have which, a hash of all, and where the cursor is.
pub(crate) fn looks(screen: &Screen) -> String {
    let (rows, columns) = screen.size();
    // Runs of cells that look the same.
    let mut runs: Vec<(Look, usize)> = Vec::new();
    for row in 0..rows.get() {
        for column in 0..columns.get() {
            let cell = screen.cell(row, column);
            let Some(cell) = cell.filter(|cell| !cell.is_wide_continuation()) else {
                continue;
            };
            let look = look(cell);
            match runs.last_mut() {
                Some((last, count)) if *last == look => *count += 1,
                _ => runs.push((look, 1)),
            }
        }
    }
    let mut all = String::new();
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for (look, count) in runs {
        let look = words(look);
        let _ = writeln!(all, "{count} {look}");
        *counts.entry(look).or_default() += count;
    }
    let mut line = format!("looks {}", hash(all.as_bytes()));
    for (look, count) in counts {
        let _ = write!(line, " · {look} {count}");
    }
    if !screen.hide_cursor() {
        let (row, column) = screen.cursor_position();
        let _ = write!(line, " · cursor {row},{column}");
    }
    line
}
