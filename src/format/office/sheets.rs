//! The sheets of a spreadsheet that hold a table, as comma-separated values with the header row first.

use crate::format::office::parts::{Converted, ConvertedText};

/// Columns that are read. Tables of articles have some dozens; a spreadsheet may claim 16,384.
pub(super) const MAX_COLUMNS: usize = 1024;

/// Longest text of all sheets of a file, in bytes. Protects memory against files made to be long.
const MAX_TEXT: usize = 256 << 20;

/// Longest text of a cell, in bytes. Spreadsheets allow 32,767 characters.
pub(super) const MAX_CELL: usize = 1 << 20;

/// Rows that are looked at for the header row.
const MAX_ROWS_ABOVE: usize = 20;

/// The rows of a sheet while it is read.
#[derive(Debug, Default)]
pub(super) struct Sheet {
    pub name: String,
    rows: Vec<Vec<String>>,
    /// Bytes of all cells.
    length: usize,
    /// Text was left out beyond a limit.
    pub is_cut: bool,
}

impl Sheet {
    /// An empty sheet.
    pub(super) fn new(name: String) -> Self {
        Self { name, ..Self::default() }
    }

    /// Adds a row, without its empty cells at the end. Empty rows are left out.
    pub(super) fn push(&mut self, mut row: Vec<String>) {
        while row.last().is_some_and(|cell| cell.trim().is_empty()) {
            row.pop();
        }
        let length: usize = row.iter().map(|cell| cell.len() + 1).sum();
        if row.is_empty() {
            return;
        }
        if self.length + length > MAX_TEXT {
            self.is_cut = true;
            return;
        }
        self.length += length;
        self.rows.push(row);
    }

    /// The row with the names of the columns: the first that is as wide as the table. Titles stand above it.
    fn header_row(&self) -> Option<usize> {
        let filled = |row: &Vec<String>| row.iter().filter(|cell| !cell.trim().is_empty()).count();
        let above = self.rows.len().min(MAX_ROWS_ABOVE);
        let widest = self.rows.iter().take(above + 1).map(filled).max()?;
        let header = self.rows[..above].iter().position(|row| filled(row) * 2 > widest)?;
        (widest >= 2 && self.rows.len() > header + 1).then_some(header)
    }

    /// The rows as comma-separated values (RFC 4180), from one on.
    fn to_csv(&self, first: usize) -> String {
        let rows = &self.rows[first..];
        let width = rows.iter().map(Vec::len).max().unwrap_or(0);
        let mut out = String::with_capacity(self.length + self.length / 8);
        for row in rows {
            for column in 0..width {
                if column > 0 {
                    out.push(',');
                }
                let cell = row.get(column).map_or("", String::as_str);
                if cell.contains(['"', ',', ';', '\t', '\n', '\r']) || cell.trim() != cell {
                    out.push('"');
                    out.push_str(&cell.replace('"', "\"\""));
                    out.push('"');
                } else {
                    out.push_str(cell);
                }
            }
            out.push('\n');
        }
        out
    }
}

/// Adds the sheets that hold a table; if there is none, the longest as it is.
pub(super) fn add_sheets(sheets: Vec<Sheet>, converted: &mut Converted) {
    if sheets.iter().any(|sheet| sheet.is_cut) {
        converted.fault("its tables are longer than 256 MiB: the rest is left out");
    }
    let with_header = |sheet: Sheet| sheet.header_row().map(|header| (sheet, header));
    let has_table = sheets.iter().any(|sheet| sheet.header_row().is_some());
    let filled: Vec<Sheet> = sheets.into_iter().filter(|sheet| !sheet.rows.is_empty()).collect();
    if filled.is_empty() {
        return converted.unreadable("a spreadsheet without any text");
    }
    if !has_table {
        let longest = filled.into_iter().max_by_key(|sheet| sheet.length);
        let text = longest.map(|sheet| sheet.to_csv(0)).unwrap_or_default();
        return converted.texts.push(ConvertedText { name: String::new(), text });
    }
    let is_one_of_several = filled.len() > 1;
    for sheet in filled {
        let name = sheet.name.clone();
        let Some((sheet, header)) = with_header(sheet) else {
            converted.note(format!("the sheet `{name}` holds no table and is left out"));
            continue;
        };
        if header > 0 {
            let above: Vec<String> =
                sheet.rows[..header].iter().map(|row| row.join(" ").trim().to_owned()).collect();
            let above: String = above.join("; ").chars().take(200).collect();
            converted.note(format!("what stands above the table is left out: {above}"));
        }
        let name = if is_one_of_several { name } else { String::new() };
        converted.texts.push(ConvertedText { name, text: sheet.to_csv(header) });
    }
}
