//! Where the panes lie: one pure function of the size, called by update and by draw.

use crate::action::Pane;

/// A rectangle of cells.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Area {
    pub x: u16,
    pub y: u16,
    pub width: u16,
    pub height: u16,
}

/// How much room there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LayoutMode {
    /// Nothing can be laid out.
    TooSmall,
    /// One pane at a time.
    SinglePane,
    /// The list above the reader; quotes as a strip over the reader.
    Stacked,
    /// List, reader and quotes side by side.
    SideBySide,
}

/// The panes that are visible, and the lines between them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layout {
    pub mode: LayoutMode,
    pub top: Area,
    pub list: Option<Area>,
    pub reader: Option<Area>,
    pub quotes: Option<Area>,
    pub bottom: Area,
    /// Rows of horizontal hairlines.
    pub hairline_rows: Vec<u16>,
    /// Columns of vertical hairlines, between the first and the last of `hairline_rows`.
    pub hairline_columns: Vec<u16>,
}

/// Smallest terminal in which anything is shown.
pub const MIN_SIZE: (u16, u16) = (20, 5);

/// Widest measure of running text.
pub const MAX_TEXT_WIDTH: u16 = 72;

/// Lays the panes out. `quotes` says whether the quotes pane is wanted; `None` leaves it to the room there is. A pane
/// that keys go to is always there. `entries` is how many the list can ever show, as far as that is known. `plain`
/// shows one pane at a time at every size, without lines.
#[must_use]
pub fn layout(
    size: (u16, u16),
    focus: Pane,
    quotes: Option<bool>,
    entries: usize,
    plain: bool,
) -> Layout {
    let (width, height) = size;
    let wide = width >= 110 && height >= 12 && !plain;
    let quotes = quotes.unwrap_or(wide) || focus == Pane::Quotes;
    let line = |y, height| Area {
        x: 0,
        y,
        width,
        height,
    };
    let mut layout = Layout {
        mode: LayoutMode::SinglePane,
        top: line(0, 1.min(height)),
        list: None,
        reader: None,
        quotes: None,
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
        let whole = line(1, height - 2);
        match focus {
            Pane::Reader => layout.reader = Some(whole),
            Pane::Quotes => layout.quotes = Some(whole),
            _ => layout.list = Some(whole),
        }
    }
    layout
}

fn lay_out_side_by_side(layout: &mut Layout, width: u16, height: u16, quotes: bool) {
    layout.mode = LayoutMode::SideBySide;
    let share = |percent: u16, low: u16, high: u16| {
        (u32::from(width) * u32::from(percent) / 100).clamp(low.into(), high.into())
    };
    let share = |percent, low, high| u16::try_from(share(percent, low, high)).unwrap_or(low);
    let list = share(36, 40, 64);
    let right = if quotes { share(24, 30, 40) } else { 0 };
    let reader = width - list - 1 - if quotes { right + 1 } else { 0 };
    let pane = |x, width| {
        Some(Area {
            x,
            y: 2,
            width,
            height: height - 4,
        })
    };
    layout.hairline_rows = vec![1, height - 2];
    layout.hairline_columns = vec![list];
    layout.list = pane(0, list);
    layout.reader = pane(list + 1, reader);
    if quotes {
        layout.hairline_columns.push(list + 1 + reader);
        layout.quotes = pane(list + 1 + reader + 1, right);
    }
}

fn lay_out_stacked(layout: &mut Layout, width: u16, height: u16, quotes: bool, entries: usize) {
    layout.mode = LayoutMode::Stacked;
    // No more room than there are entries; none at all is told in some lines.
    let entries = if entries == 0 { 6 } else { entries };
    let entries = u16::try_from(entries).unwrap_or(u16::MAX);
    let list = ((height - 3) / 3).clamp(5, 14).min(entries);
    let rest = height - 3 - list;
    let strip = if quotes { (rest / 2).clamp(4, 12) } else { 0 };
    layout.hairline_rows = vec![1 + list];
    let pane = |y, height| {
        Some(Area {
            x: 0,
            y,
            width,
            height,
        })
    };
    layout.list = pane(1, list);
    layout.reader = pane(list + 2, if quotes { rest - strip - 1 } else { rest });
    if quotes {
        layout.hairline_rows.push(list + 2 + rest - strip - 1);
        layout.quotes = pane(list + 2 + rest - strip, strip);
    }
}

/// Where a screen lies that takes the place of the panes: between the top line and the bottom one. The rows of a table
/// stand below their heads; a sheet leaves a row free in their place, and a table one at its end.
#[must_use]
pub fn overlay_area((width, height): (u16, u16), pane: Pane) -> Area {
    let (above, below) = match pane {
        Pane::Changes => (1, 1),
        Pane::Sheet => (2, 1),
        _ => (2, 2),
    };
    Area {
        x: 0,
        y: above,
        width,
        height: height.saturating_sub(above + below),
    }
}

/// The text column of a reader pane: at most [`MAX_TEXT_WIDTH`] wide, centred, with room for the bar in the left margin.
#[must_use]
pub fn text_column(reader: Area) -> Area {
    let room = reader.width.saturating_sub(3).max(1);
    let width = room.min(MAX_TEXT_WIDTH);
    let x = reader.x + (reader.width.saturating_sub(width) / 2).max(2);
    Area { x, width, ..reader }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn panes_lie_within_the_screen_and_apart_at_all_sizes() {
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
