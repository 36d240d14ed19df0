//! Puts text into the buffer: cell by cell, made safe, clipped by measured width. Everything on the screen goes through here.

use std::ops::Range;

use ratatui::buffer::Buffer;
use ratatui::layout::Position;

use crate::text::{Layer, cells, display_width, is_printable_ascii, split_into_runs};
use crate::ui::theme::{Role, Theme};

/// A range of a text, the role that all of it has, and layers of further roles.
pub(super) struct StyledText<'a> {
    pub(super) text: &'a str,
    pub(super) range: Range<usize>,
    pub(super) base: Role,
    pub(super) layers: &'a [Layer<'a, Role>],
}

impl<'a> StyledText<'a> {
    /// The whole of a text.
    pub(super) fn whole(text: &'a str, base: Role, layers: &'a [Layer<'a, Role>]) -> Self {
        Self {
            text,
            range: 0..text.len(),
            base,
            layers,
        }
    }
}

/// Cells of a row that are a link, or a part of one that is wrapped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkSpan {
    pub x: u16,
    pub y: u16,
    pub columns: u16,
    /// What is opened: see [`crate::text::link_target`].
    pub target: String,
}

/// Draws into a buffer with a theme.
pub(super) struct Brush<'a> {
    buffer: &'a mut Buffer,
    theme: &'a Theme,
    /// Signs are drawn as letters.
    plain: bool,
    /// Links, and what stands in their cells.
    links: Vec<(LinkSpan, String)>,
}

/// Signs, and what stands for them where screens are read aloud.
const SIGNS: &[(&str, &str)] = &[
    ("●", "*"),
    ("✕", "x"),
    ("↑", "^"),
    ("‼", "!"),
    ("▸", ">"),
    ("▾", "v"),
    ("└", "-"),
    ("★", "s"),
    ("✎", "n"),
    ("▌", ">"),
    ("│", " "),
];

/// A text with its signs as letters.
pub(super) fn signs_as_letters(text: &str) -> String {
    let mut text = text.to_owned();
    for (sign, letter) in SIGNS {
        text = text.replace(sign, letter);
    }
    text
}

impl<'a> Brush<'a> {
    pub(super) fn new(buffer: &'a mut Buffer, theme: &'a Theme, plain: bool) -> Self {
        Self {
            buffer,
            theme,
            plain,
            links: Vec::new(),
        }
    }

    /// Notes that a text that is drawn from a cell on, each character in a cell, is a link.
    pub(super) fn add_link(&mut self, x: u16, y: u16, text: &str, target: String) {
        let columns = column_count(text);
        let span = LinkSpan {
            x,
            y,
            columns,
            target,
        };
        self.links.push((span, text.to_owned()));
    }

    /// Hands over the links that nothing has been drawn upon.
    pub(super) fn take_links(self, links: &mut Vec<LinkSpan>) {
        let buffer = self.buffer;
        let stands = |(span, text): &(LinkSpan, String)| {
            let cells =
                (span.x..span.x + span.columns).map(|x| buffer.cell(Position::new(x, span.y)));
            let cells = cells.map(|cell| cell.map_or("", |cell| cell.symbol()));
            cells.collect::<String>() == *text
        };
        links.extend(self.links.into_iter().filter(stands).map(|(span, _)| span));
    }

    /// Draws a sign of the program's own: a mark of the list, a bar beside a text.
    /// Returns the column after it.
    pub(super) fn sign(&mut self, x: u16, y: u16, sign: &str, role: Role) -> u16 {
        let columns = u16::try_from(display_width(sign)).unwrap_or(1);
        if self.plain {
            self.text(x, y, columns, &signs_as_letters(sign), &[role])
        } else {
            self.text(x, y, columns, sign, &[role])
        }
    }

    /// Draws a text from a cell on, in at most so many columns. Returns the column after it.
    pub(super) fn text(&mut self, x: u16, y: u16, columns: u16, text: &str, roles: &[Role]) -> u16 {
        let style = self.theme.blend(roles);
        let area = self.buffer.area;
        let end = x.saturating_add(columns).min(area.right());
        let mut at = x;
        if y >= area.bottom() || x >= end {
            return x;
        }
        if is_printable_ascii(text) {
            // Most text is, and each of its bytes is a cell.
            let from = self.buffer.index_of(x, y);
            let room = usize::from(end - x).min(text.len());
            let row = &mut self.buffer.content[from..from + room];
            for (cell, at) in row.iter_mut().zip(0..) {
                cell.set_symbol(&text[at..=at]).set_style(style);
            }
            return x + u16::try_from(room).unwrap_or(0);
        }
        for cell in cells(text) {
            if at + cell.width > end {
                break;
            }
            if let Some(first) = self.buffer.cell_mut(Position::new(at, y)) {
                // What keeps words together in a line is a space on the screen.
                let symbol = if cell.symbol == "\u{a0}" {
                    " "
                } else {
                    &cell.symbol
                };
                first.set_symbol(symbol).set_style(style);
            }
            if cell.width == 2
                && let Some(second) = self.buffer.cell_mut(Position::new(at + 1, y))
            {
                second.reset();
                second.set_style(style);
            }
            at += cell.width;
        }
        at
    }

    /// Draws a marked line from a cell on, in at most so many columns. Returns the column after it.
    pub(super) fn styled(&mut self, x: u16, y: u16, columns: u16, line: &StyledText<'_>) -> u16 {
        let end = x.saturating_add(columns);
        let mut at = x;
        for run in split_into_runs(line.range.clone(), line.layers) {
            let mut roles = vec![line.base];
            roles.extend(run.marks);
            let text = line.text.get(run.range).unwrap_or("");
            at = self.text(at, y, end.saturating_sub(at), text, &roles);
        }
        at
    }

    /// Gives so many cells a role over what they look like.
    pub(super) fn restyle(&mut self, x: u16, y: u16, columns: u16, role: Role) {
        let style = self.theme.style(role);
        for at in x..x.saturating_add(columns).min(self.buffer.area.right()) {
            if let Some(cell) = self.buffer.cell_mut(Position::new(at, y)) {
                cell.set_style(style);
            }
        }
    }
}

/// A number with its thousands parted: `1,204`.
pub(super) fn with_thousands(number: usize) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}
/// Columns that a text takes.
pub(super) fn column_count(text: &str) -> u16 {
    u16::try_from(display_width(text)).unwrap_or(u16::MAX)
}
