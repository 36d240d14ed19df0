//! How many colours a terminal has, and the nearest of them to a shade.

use ratatui::style::Color;

/// How many colours a terminal shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColorDepth {
    /// All: three bytes each.
    True,
    /// The 256 of xterm.
    Indexed,
    /// The sixteen that each terminal has its own shades for.
    Sixteen,
}

/// The shades of the six steps of the colour cube, which begins at number 16.
const STEPS: [u8; 6] = [0, 95, 135, 175, 215, 255];

impl ColorDepth {
    /// What the values of `COLORTERM` and `TERM` say.
    #[must_use]
    pub fn detect(colorterm: &str, term: &str) -> Self {
        if matches!(colorterm, "truecolor" | "24bit") || term.ends_with("-direct") {
            Self::True
        } else if term.contains("256color") {
            Self::Indexed
        } else {
            Self::Sixteen
        }
    }

    /// A shade (red, green, blue) in as many colours as there are.
    pub(super) fn color(self, shade: Shade) -> Color {
        match self {
            Self::True => Color::Rgb(shade.0, shade.1, shade.2),
            _ => Color::Indexed(nearest_index(shade)),
        }
    }
}

/// Red, green, blue.
pub(super) type Shade = (u8, u8, u8);

/// The shade of a number from 16 on: a cube of 6×6×6, then 24 greys.
pub(super) fn indexed_shade(number: u8) -> Shade {
    let step = |n: u8| STEPS[usize::from(n % 6)];
    if let Some(grey) = number.checked_sub(232) {
        let value = 8 + 10 * grey;
        return (value, value, value);
    }
    let n = number.saturating_sub(16);
    (step(n / 36), step(n / 6), step(n))
}

/// The number of the nearest of the 240 fixed colours.
fn nearest_index(wanted: Shade) -> u8 {
    (16..=255)
        .min_by_key(|&number| color_distance(indexed_shade(number), wanted))
        .unwrap_or(231)
}

/// How far two shades are apart to the eye: the squares of the differences, weighted by how red they are ("redmean").
fn color_distance(a: Shade, b: Shade) -> u32 {
    let square = |a: u8, b: u8| u32::from(a.abs_diff(b)).pow(2);
    let red = u32::midpoint(a.0.into(), b.0.into());
    (512 + red) * square(a.0, b.0) + 1024 * square(a.1, b.1) + (767 - red) * square(a.2, b.2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fixed_colour_is_nearest_to_itself() {
        for number in 16..=255 {
            assert_eq!(
                indexed_shade(nearest_index(indexed_shade(number))),
                indexed_shade(number)
            );
        }
        assert_eq!(nearest_index((250, 248, 243)), 231);
    }

    #[test]
    fn terminals_say_how_many_colours_they_have() {
        assert_eq!(
            ColorDepth::detect("truecolor", "xterm-256color"),
            ColorDepth::True
        );
        assert_eq!(ColorDepth::detect("24bit", "screen"), ColorDepth::True);
        assert_eq!(ColorDepth::detect("", "xterm-direct"), ColorDepth::True);
        assert_eq!(ColorDepth::detect("", "tmux-256color"), ColorDepth::Indexed);
        assert_eq!(ColorDepth::detect("yes", "xterm"), ColorDepth::Sixteen);
    }
}
