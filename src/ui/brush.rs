//! Writes text into the buffer: sanitized, cell by cell, clipped by measured width. All drawing goes through here, so
//! that nothing from a wire can control the terminal.

use std::ops::Range;

use ratatui::buffer::Buffer;
use ratatui::layout::Position;

use crate::text::{Layer, cells, display_width, is_printable_ascii, split_into_runs};
use crate::ui::theme::{Role, Theme};

/// A range of a text with its roles.
pub(super) struct StyledText<'a> {
    pub(super) text: &'a str,
    /// The bytes of `text` to draw.
    pub(super) range: Range<usize>,
    /// The role of all of it.
    pub(super) base: Role,
    /// Further roles, as ranges of bytes of `text`. Later layers lie over earlier ones.
    pub(super) layers: &'a [Layer<'a, Role>],
}

impl<'a> StyledText<'a> {
    /// All of a text.
    pub(super) fn whole(text: &'a str, base: Role, layers: &'a [Layer<'a, Role>]) -> Self {
        Self { text, range: 0..text.len(), base, layers }
    }
}

/// Cells of one row that are a link; a wrapped link has a span for each row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkSpan {
    pub x: u16,
    pub y: u16,
    pub columns: u16,
    /// The URL to open, see [`crate::text::link_target`].
    pub target: String,
}

/// Draws into a buffer with a theme. Columns and rows are those of the buffer, counted from 0.
pub(super) struct Brush<'a> {
    buffer: &'a mut Buffer,
    theme: &'a Theme,
    /// Signs are drawn as letters, for screen readers.
    plain: bool,
    /// Links with the text in their cells.
    links: Vec<(LinkSpan, String)>,
}

/// Signs, and the characters drawn instead in plain mode, which a screen reader can read aloud.
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
    ("•", "*"),
    ("×", "x"),
    ("│", " "),
];

/// Replaces the signs in a text as in plain mode.
pub(super) fn signs_as_letters(text: &str) -> String {
    let mut text = text.to_owned();
    for (sign, letter) in SIGNS {
        text = text.replace(sign, letter);
    }
    text
}

impl<'a> Brush<'a> {
    pub(super) fn new(buffer: &'a mut Buffer, theme: &'a Theme, plain: bool) -> Self {
        Self { buffer, theme, plain, links: Vec::new() }
    }

    /// Blanks a row.
    pub(super) fn clear_row(&mut self, y: u16) {
        let width = self.buffer.area.width;
        self.text(0, y, width, &" ".repeat(usize::from(width)), &[Role::Text]);
    }

    /// Records that the text drawn from a cell on is a link. Each of its characters must take one column.
    pub(super) fn add_link(&mut self, x: u16, y: u16, text: &str, target: String) {
        let columns = column_count(text);
        let span = LinkSpan { x, y, columns, target };
        self.links.push((span, text.to_owned()));
    }

    /// Ends drawing and appends the recorded links, without those that something else has been drawn over since.
    pub(super) fn take_links(self, links: &mut Vec<LinkSpan>) {
        let buffer = self.buffer;
        let is_visible = |(span, text): &(LinkSpan, String)| {
            let cells =
                (span.x..span.x + span.columns).map(|x| buffer.cell(Position::new(x, span.y)));
            let cells = cells.map(|cell| cell.map_or("", |cell| cell.symbol()));
            cells.collect::<String>() == *text
        };
        let visible = self.links.into_iter().filter(is_visible);
        links.extend(visible.map(|(span, _)| span));
    }

    /// Draws one of the program's own signs, such as a mark in the list or the bar beside a quote: a letter in plain
    /// mode. Returns the column after it.
    pub(super) fn sign(&mut self, x: u16, y: u16, sign: &str, role: Role) -> u16 {
        let columns = u16::try_from(display_width(sign)).unwrap_or(1);
        if self.plain {
            self.text(x, y, columns, &signs_as_letters(sign), &[role])
        } else {
            self.text(x, y, columns, sign, &[role])
        }
    }

    /// Marks a line of a killed text in the margin, where the terminal cannot strike text through.
    pub(super) fn mark_struck_line(&mut self, x: u16, y: u16) {
        if !self.theme.strikes_through() {
            self.sign(x, y, "×", Role::Urgent);
        }
    }

    /// Draws a text from a cell on, clipped to `columns`, with the roles laid over each other. Returns the column after
    /// it.
    pub(super) fn text(&mut self, x: u16, y: u16, columns: u16, text: &str, roles: &[Role]) -> u16 {
        let style = self.theme.blend(roles);
        let area = self.buffer.area;
        let end = x.saturating_add(columns).min(area.right());
        let mut at = x;
        if y >= area.bottom() || x >= end {
            return x;
        }
        if is_printable_ascii(text) {
            // The common case: each byte is a cell.
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
                // A no-break space has done its work when the text was wrapped.
                let symbol = if cell.symbol == "\u{a0}" { " " } else { &cell.symbol };
                first.set_symbol(symbol).set_style(style);
            }
            // A wide character covers the next cell, too.
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

    /// Draws a styled text from a cell on, clipped to `columns`. Returns the column after it.
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

    /// Lays a role over cells that were drawn, such as that of the selected row.
    pub(super) fn restyle(&mut self, x: u16, y: u16, columns: u16, role: Role) {
        let style = self.theme.style(role);
        for at in x..x.saturating_add(columns).min(self.buffer.area.right()) {
            if let Some(cell) = self.buffer.cell_mut(Position::new(at, y)) {
                cell.set_style(style);
            }
        }
    }
}

/// A number with thousands separators: `1,204`.
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

/// Width of a text in columns.
pub(super) fn column_count(text: &str) -> u16 {
    u16::try_from(display_width(text)).unwrap_or(u16::MAX)
}
