//! Lays the cells of a table out in columns, or takes the table for a frame around running text.

use std::collections::VecDeque;

use super::TextBlock;
use super::lines::one_line;
use crate::dispatch::BlockKind;
use crate::text::display_width;

/// Columns of a cell beyond which a table is a frame, and of a whole row.
const MAX_CELL_WIDTH: usize = 60;
const MAX_ROW_WIDTH: usize = 160;
/// Most columns that one cell spans, and most rows.
const MAX_SPAN: usize = 64;

/// One cell: its blocks, and how many columns it takes.
#[derive(Debug, Default)]
struct Cell {
    blocks: Vec<TextBlock>,
    span: usize,
}

/// A table while it is read.
#[derive(Debug, Default)]
pub(super) struct TableBuilder {
    /// What stands outside of all cells: a caption.
    before: Vec<TextBlock>,
    rows: Vec<Vec<Cell>>,
    /// Rows that cells above reach into, a number a column.
    rowspans: VecDeque<(usize, usize)>,
    open: bool,
}

impl TableBuilder {
    pub(super) fn start_row(&mut self) {
        self.rows.push(Vec::new());
        self.open = false;
        for (_, rows) in &mut self.rowspans {
            *rows -= 1;
        }
        self.rowspans.retain(|(_, rows)| *rows > 0);
    }

    pub(super) fn start_cell(&mut self, span: Option<usize>, rows: Option<usize>) {
        if self.rows.is_empty() {
            self.start_row();
        }
        let Some(row) = self.rows.last_mut() else {
            return;
        };
        let mut column: usize = row.iter().map(|cell| cell.span).sum();
        while self.rowspans.iter().any(|(reached, _)| *reached == column) && row.len() < 1000 {
            row.push(Cell {
                blocks: Vec::new(),
                span: 1,
            });
            column += 1;
        }
        let span = span.unwrap_or(1).clamp(1, MAX_SPAN);
        let rows = rows.unwrap_or(1).clamp(1, MAX_SPAN);
        if rows > 1 && self.rowspans.len() < MAX_SPAN {
            self.rowspans
                .extend((column..column + span).map(|column| (column, rows)));
        }
        row.push(Cell {
            blocks: Vec::new(),
            span,
        });
        self.open = true;
    }

    pub(super) fn push(&mut self, kind: BlockKind, text: String) {
        let cell = self.rows.last_mut().and_then(|row| row.last_mut());
        match cell.filter(|_| self.open) {
            Some(cell) => cell.blocks.push((kind, text)),
            None => self.before.push((kind, text)),
        }
    }

    /// The table as one block, or the blocks in it.
    pub(super) fn into_blocks(mut self) -> Vec<TextBlock> {
        self.rows
            .retain(|row| row.iter().any(|cell| !cell.blocks.is_empty()));
        let mut out = std::mem::take(&mut self.before);
        if self.is_data() {
            let rows: Vec<Vec<(String, usize)>> =
                self.rows.iter().map(|row| row_texts(row)).collect();
            match format_columns(&rows) {
                Some(table) => out.push((BlockKind::Table, table)),
                None => out.extend(rows.iter().map(|row| (BlockKind::Paragraph, join_row(row)))),
            }
        } else {
            let cells = self.rows.into_iter().flatten();
            out.extend(cells.flat_map(|cell| cell.blocks));
        }
        out
    }

    /// At least two columns and two rows, of cells that hold a few words each.
    fn is_data(&self) -> bool {
        let few = |cell: &Cell| match &cell.blocks[..] {
            [] => true,
            [(kind, text)] => *kind != BlockKind::Table && display_width(text) <= MAX_CELL_WIDTH,
            blocks => {
                let plain = |(kind, _): &TextBlock| *kind == BlockKind::Paragraph;
                blocks.len() <= 3
                    && blocks.iter().all(plain)
                    && blocks
                        .iter()
                        .map(|(_, text)| display_width(text) + 1)
                        .sum::<usize>()
                        <= MAX_CELL_WIDTH
            }
        };
        let filled = |row: &Vec<Cell>| row.iter().filter(|cell| !cell.blocks.is_empty()).count();
        self.rows.len() >= 2
            && self.rows.iter().any(|row| filled(row) >= 2)
            && self.rows.iter().flatten().all(few)
    }
}

/// The texts of a row.
fn row_texts(row: &[Cell]) -> Vec<(String, usize)> {
    let text = |cell: &Cell| {
        let texts: Vec<&str> = cell.blocks.iter().map(|(_, text)| text.as_str()).collect();
        (one_line(&texts.join(" ")), cell.span)
    };
    row.iter().map(text).collect()
}

/// A row too wide for columns.
fn join_row(row: &[(String, usize)]) -> String {
    let filled = row.iter().filter(|(text, _)| !text.is_empty());
    let texts: Vec<&str> = filled.map(|(text, _)| text.as_str()).collect();
    texts.join(" | ")
}

/// Columns as wide as their widest cell, two spaces between them, numbers to the right. `None` where that is too wide.
fn format_columns(rows: &[Vec<(String, usize)>]) -> Option<String> {
    let mut widths: Vec<usize> = Vec::new();
    let mut numbers: Vec<(usize, usize)> = Vec::new();
    for row in rows {
        let mut column = 0;
        for (text, span) in row {
            if *span == 1 {
                if widths.len() <= column {
                    widths.resize(column + 1, 0);
                    numbers.resize(column + 1, (0, 0));
                }
                widths[column] = widths[column].max(display_width(text));
                let (number, other) = &mut numbers[column];
                if is_number(text) {
                    *number += 1;
                } else if !text.is_empty() {
                    *other += 1;
                }
            }
            column += span;
        }
    }
    if widths.iter().map(|width| width + 2).sum::<usize>() > MAX_ROW_WIDTH + 2 {
        return None;
    }
    // A heading over a column of numbers is no number.
    let right = |column: usize| {
        numbers
            .get(column)
            .is_some_and(|(n, other)| *n > 1 && *other <= 1 && n > other)
    };
    let mut out = String::new();
    for row in rows {
        let start = out.len();
        let (mut column, mut at, mut due) = (0, 0, 0);
        for (text, span) in row {
            let room = widths.get(column).copied().unwrap_or(0);
            let taken = display_width(text);
            let pad = if *span == 1 && right(column) {
                room.saturating_sub(taken)
            } else {
                0
            };
            if !text.is_empty() {
                let gap = (due + pad).saturating_sub(at).max(usize::from(at > 0) * 2);
                out.extend(std::iter::repeat_n(' ', gap));
                out.push_str(text);
                at += gap + taken;
            }
            let columns = widths.get(column..(column + span).min(widths.len()));
            due += columns
                .unwrap_or(&[])
                .iter()
                .map(|width| width + 2)
                .sum::<usize>();
            column += span;
        }
        // A first cell that is empty leaves its room: a row is told from the text before by its first letter.
        if out.len() > start {
            out.push('\n');
        }
    }
    out.pop();
    Some(out)
}

/// `12`, `-3.5`, `1,204`, `12%`, `€3`, `.639`, `—`
fn is_number(text: &str) -> bool {
    let mark = |c: char| "+-−–—.,:/%€$£()' \u{a0}".contains(c);
    !text.is_empty() && text.chars().all(|c| c.is_ascii_digit() || mark(c)) && text.len() <= 20
}
