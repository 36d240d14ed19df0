//! The layout of the panes: pure functions of the terminal size, called by update and draw alike so that both agree.
//! Knows nothing of what the panes show.

use crate::action::Pane;

/// A rectangle of cells.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Area {
    /// Column of the left edge, from 0; `y` is the row of the top edge.
    pub x: u16,
    pub y: u16,
    pub width: u16,
    pub height: u16,
}

/// The arrangement of the panes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LayoutMode {
    /// The terminal is too small for any pane.
    TooSmall,
    /// One pane at a time.
    SinglePane,
    /// The list above the reader; quotes as a strip below the reader.
    Stacked,
    /// List, reader and quotes side by side.
    SideBySide,
}

/// The areas of the visible panes, and the lines between them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layout {
    pub mode: LayoutMode,
    /// The top line.
    pub top: Area,
    pub list: Option<Area>,
    pub reader: Option<Area>,
    pub quotes: Option<Area>,
    /// The row of the band over the text: the line above the reader, as wide as the reader. Where there is no line,
    /// the top line or, while there is a band, a row of the pane.
    pub band: Area,
    /// The bottom line.
    pub bottom: Area,
    /// Rows of horizontal hairlines.
    pub hairline_rows: Vec<u16>,
    /// Columns of vertical hairlines, between the first and the last of `hairline_rows`.
    pub hairline_columns: Vec<u16>,
}

impl Layout {
    /// Gives the band a row of its own where one pane fills the screen, so that the top line stays to be seen: the first
    /// row of the text, or the free row below the heading of the quotes. In a few rows the band stays on the top line.
    #[must_use]
    pub(super) fn give_band_a_row(mut self) -> Self {
        if self.mode != LayoutMode::SinglePane {
            return self;
        }
        if let Some(reader) = self.reader.as_mut().filter(|pane| pane.height >= MIN_ROWS_FOR_BAND) {
            self.band = Area { height: 1, ..*reader };
            reader.y += 1;
            reader.height -= 1;
        }
        if let Some(quotes) = self.quotes.filter(|pane| pane.height >= MIN_ROWS_FOR_BAND) {
            self.band = Area { y: quotes.y + 1, height: 1, ..quotes };
        }
        self
    }
}

/// Fewest rows of a pane in which the band gets one.
const MIN_ROWS_FOR_BAND: u16 = 6;

/// Smallest terminal, in columns and rows, in which panes are shown.
pub const MIN_SIZE: (u16, u16) = (20, 5);

/// Widest column of running text. Longer lines are hard to read.
pub const MAX_TEXT_WIDTH: u16 = 72;

/// Lays the panes out. `quotes` says whether the quotes pane is wanted; `None` leaves it to the width. The focused pane
/// is always visible. `entries` is an upper bound of the rows that the list can show, so that a short list leaves its
/// room to the reader. `plain` shows one pane at a time at every size, without lines.
#[must_use]
pub fn layout(
    size: (u16, u16),
    focus: Pane,
    quotes: Option<bool>,
    entries: usize,
    plain: bool,
) -> Layout {
    let (width, height) = size;
    // At 110 columns the list gets 40, the quotes 30 and the reader 38.
    let wide = width >= 110 && height >= 12 && !plain;
    let quotes = quotes.unwrap_or(wide) || focus == Pane::Quotes;
    let line = |y, height| Area { x: 0, y, width, height };
    let mut layout = Layout {
        mode: LayoutMode::SinglePane,
        top: line(0, 1.min(height)),
        list: None,
        reader: None,
        quotes: None,
        band: line(0, 1.min(height)),
        bottom: line(height.saturating_sub(1), 1.min(height)),
        hairline_rows: Vec::new(),
        hairline_columns: Vec::new(),
    };
    if width < MIN_SIZE.0 || height < MIN_SIZE.1 {
        layout.mode = LayoutMode::TooSmall;
    } else if wide {
        lay_out_side_by_side(&mut layout, width, height, quotes);
    } else if width >= 60 && height >= 18 && !plain {
        lay_out_stacked(&mut layout, width, height, quotes, entries);
    } else {
        let pane = line(1, height - 2);
        match focus {
            Pane::Reader => layout.reader = Some(pane),
            Pane::Quotes => layout.quotes = Some(pane),
            _ => layout.list = Some(pane),
        }
    }
    let above = layout.reader.and_then(|reader| Some((reader, reader.y.checked_sub(1)?)));
    if let Some((reader, y)) = above.filter(|(_, y)| layout.hairline_rows.contains(y)) {
        layout.band = Area { y, height: 1, ..reader };
    }
    layout
}

/// List, reader and, if wanted, quotes next to each other, between hairlines below the top and above the bottom line.
fn lay_out_side_by_side(layout: &mut Layout, width: u16, height: u16, quotes: bool) {
    layout.mode = LayoutMode::SideBySide;
    // A percentage of the width, within limits in columns; the reader gets the rest.
    let share = |percent: u16, low: u16, high: u16| {
        (u32::from(width) * u32::from(percent) / 100).clamp(low.into(), high.into())
    };
    let share = |percent, low, high| u16::try_from(share(percent, low, high)).unwrap_or(low);
    let list = share(36, 40, 64);
    let right = if quotes { share(24, 30, 40) } else { 0 };
    let reader = width - list - 1 - if quotes { right + 1 } else { 0 };
    let pane = |x, width| Some(Area { x, y: 2, width, height: height - 4 });
    layout.hairline_rows = vec![1, height - 2];
    layout.hairline_columns = vec![list];
    layout.list = pane(0, list);
    layout.reader = pane(list + 1, reader);
    if quotes {
        layout.hairline_columns.push(list + 1 + reader);
        layout.quotes = pane(list + 1 + reader + 1, right);
    }
}

/// List, reader and, if wanted, quotes on top of each other, with hairlines between them.
fn lay_out_stacked(layout: &mut Layout, width: u16, height: u16, quotes: bool, entries: usize) {
    layout.mode = LayoutMode::Stacked;
    // The list takes no more rows than it has entries; the message of an empty list takes some lines.
    let entries = if entries == 0 { 6 } else { entries };
    let entries = u16::try_from(entries).unwrap_or(u16::MAX);
    let list = ((height - 3) / 3).clamp(5, 14).min(entries);
    let rest = height - 3 - list;
    let strip = if quotes { (rest / 2).clamp(4, 12) } else { 0 };
    layout.hairline_rows = vec![1 + list];
    let pane = |y, height| Some(Area { x: 0, y, width, height });
    layout.list = pane(1, list);
    layout.reader = pane(list + 2, if quotes { rest - strip - 1 } else { rest });
    if quotes {
        layout.hairline_rows.push(list + 2 + rest - strip - 1);
        layout.quotes = pane(list + 2 + rest - strip, strip);
    }
}

/// The area of an overlay, which covers the panes between the top and the bottom line. Tables have a heading above
/// their rows and a free row below; sheets have a free row above.
#[must_use]
pub fn overlay_area((width, height): (u16, u16), pane: Pane) -> Area {
    let (above, below) = match pane {
        Pane::Changes => (1, 1),
        Pane::Sheet => (2, 1),
        _ => (2, 2),
    };
    Area { x: 0, y: above, width, height: height.saturating_sub(above + below) }
}

/// The text column of a reader pane: at most [`MAX_TEXT_WIDTH`] wide, centred, with room for a bar in the left margin.
#[must_use]
pub fn text_column(reader: Area) -> Area {
    let room = reader.width.saturating_sub(3).max(1);
    let width = room.min(MAX_TEXT_WIDTH);
    let x = reader.x + (reader.width.saturating_sub(width) / 2).max(2);
    Area { x, width, ..reader }
}

/// The text column of the changes screen.
#[must_use]
pub fn changes_area(size: (u16, u16)) -> Area {
    text_column(overlay_area(size, Pane::Changes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn panes_are_on_screen_and_do_not_overlap_at_any_size() {
        for width in 0..=220 {
            for height in 0..=70 {
                for focus in [Pane::List, Pane::Reader, Pane::Quotes] {
                    for quotes in [Some(false), Some(true), None] {
                        let l = layout(
                            (width, height),
                            focus,
                            quotes,
                            usize::from(width % 9) * 3,
                            width % 7 == 0,
                        );
                        let panes: Vec<Area> =
                            [l.list, l.reader, l.quotes].into_iter().flatten().collect();
                        for (i, a) in panes.iter().enumerate() {
                            assert!(
                                a.width > 0
                                    && a.height > 0
                                    && a.x + a.width <= width
                                    && a.y + a.height < height,
                                "{a:?} in {width}×{height}"
                            );
                            let m = text_column(*a);
                            assert!(m.x + m.width <= a.x + a.width);
                            for b in &panes[i + 1..] {
                                let apart = a.x + a.width < b.x + 1 || a.y + a.height < b.y + 1;
                                assert!(apart, "{a:?} {b:?} in {width}×{height}");
                            }
                        }
                    }
                }
            }
        }
    }
}
