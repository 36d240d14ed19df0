//! ODS: the cells of each sheet (ISO/IEC 26300, part 1, section 9), numbers and dates as they are stored, without comments.

use crate::format::office::parts::Converted;
use crate::format::office::sheets::{MAX_CELL, Row, Sheets};
use crate::format::office::word_styles::attribute;
use crate::format::xml::events::{Event, EventReader, StartTag};
use crate::format::xml::tree::local_name;

/// Most cells and rows with text that one element may stand for. Empty ones at the end are left out.
const MAX_REPEATS: usize = 1000;

/// Converts the content of an ODS file.
pub(super) fn convert(content: &str, converted: &mut Converted) {
    let mut reader = OdsReader { row_repeats: 1, cell_repeats: 1, ..OdsReader::default() };
    let mut events = EventReader::new(content);
    loop {
        match events.next() {
            Event::Open(tag) => reader.open(&tag),
            Event::Text(text) => reader.text(&text),
            Event::Close(name) => reader.close(local_name(name)),
            Event::End => break,
        }
    }
    reader.sheets.finish(converted);
}

#[derive(Debug, Default)]
struct OdsReader {
    sheets: Sheets,
    /// The current row, and how many it stands for.
    row: Row,
    row_repeats: usize,
    /// The text of the current cell, and how many cells it stands for.
    cell: Option<String>,
    cell_repeats: usize,
    /// What the cell holds if that is no text.
    value: Option<String>,
    /// Open comments.
    comments: u32,
}

impl OdsReader {
    fn open(&mut self, tag: &StartTag<'_>) {
        let name = local_name(tag.name);
        match name {
            "table" if !tag.is_empty => {
                let name = attribute(tag, "name").unwrap_or_default();
                self.sheets.begin(&name);
            }
            "table-row" => self.row_repeats = repeats(tag, "number-rows-repeated"),
            "table-cell" | "covered-table-cell" => {
                self.cell_repeats = repeats(tag, "number-columns-repeated");
                self.value = value_of(tag);
                self.cell = Some(String::new());
                if tag.is_empty {
                    self.end_cell();
                }
            }
            "annotation" => self.comments += u32::from(!tag.is_empty),
            _ if self.comments > 0 => {}
            "p" => {
                if let Some(cell) = self.cell.as_mut().filter(|cell| !cell.is_empty()) {
                    cell.push('\n');
                }
            }
            "s" | "tab" => self.text(" "),
            "line-break" => self.text("\n"),
            _ => {}
        }
    }

    fn text(&mut self, text: &str) {
        if let Some(cell) = self.cell.as_mut().filter(|cell| cell.len() < MAX_CELL)
            && self.comments == 0
        {
            cell.push_str(text);
        }
    }

    fn close(&mut self, name: &str) {
        match name {
            "annotation" => self.comments = self.comments.saturating_sub(1),
            "table-cell" | "covered-table-cell" => self.end_cell(),
            "table-row" => self.end_row(),
            _ => {}
        }
    }

    fn end_cell(&mut self) {
        let text = self.cell.take().unwrap_or_default();
        let text = self.value.take().unwrap_or(text);
        let from = self.row.len();
        if text.is_empty() {
            // Cells to the right of these keep their columns; those of the empty rest of a row do not count.
            if let Some(last) =
                from.checked_add(self.cell_repeats).filter(|_| self.cell_repeats <= MAX_REPEATS)
            {
                self.row.put(last - 1, "");
            }
            return;
        }
        for column in from..from + self.cell_repeats.min(MAX_REPEATS) {
            self.row.put(column, &text);
        }
    }

    fn end_row(&mut self) {
        if self.row.is_empty() {
            self.row = Row::default();
            return;
        }
        self.sheets.add(&mut self.row, self.row_repeats.min(MAX_REPEATS));
    }
}

/// How many cells or rows an element stands for.
fn repeats(tag: &StartTag<'_>, name: &str) -> usize {
    let count = attribute(tag, name).and_then(|count| count.parse().ok());
    count.unwrap_or(1).max(1)
}

/// The value of a cell that is a number, date or truth value: as text it is written as its reader's country does.
fn value_of(tag: &StartTag<'_>) -> Option<String> {
    match attribute(tag, "value-type")?.as_str() {
        "float" | "percentage" | "currency" => attribute(tag, "value"),
        "date" => Some(attribute(tag, "date-value")?.replace('T', " ")),
        "boolean" => attribute(tag, "boolean-value"),
        _ => None,
    }
}
