//! The sheets of a spreadsheet that hold a table, as comma-separated values with the header row first.

use std::mem::take;

use crate::format::office::parts::{Converted, ConvertedText};

/// Columns that are read. Tables of articles have some dozens; a spreadsheet may claim 16,384.
const MAX_COLUMNS: usize = 1024;

/// Longest text of all sheets of a file, in bytes. Protects memory against files made to be long.
const MAX_TEXT: usize = 256 << 20;

/// Longest text of a row, in bytes: a small file may name one long text in each of its cells.
const MAX_ROW: usize = 8 << 20;

/// Longest text of a cell, in bytes. Spreadsheets allow 32,767 characters.
pub(super) const MAX_CELL: usize = 1 << 20;

/// Rows that are looked at for the header row.
const MAX_ROWS_ABOVE: usize = 20;

/// A row under construction.
#[derive(Debug, Default)]
pub(super) struct Row {
    cells: Vec<String>,
    /// Bytes of all cells.
    length: usize,
    /// Text was left out beyond a limit.
    is_cut: bool,
}

impl Row {
    /// The number of cells so far.
    pub(super) fn len(&self) -> usize {
        self.cells.len()
    }

    /// True if no cell has any text.
    pub(super) fn is_empty(&self) -> bool {
        self.length == 0
    }

    /// Puts a text into a column, with empty cells before it.
    pub(super) fn put(&mut self, column: usize, text: &str) {
        let fits = column < MAX_COLUMNS && self.length + text.len() <= MAX_ROW;
        if !fits {
            self.is_cut |= !text.is_empty();
            return;
        }
        if self.cells.len() <= column {
            self.cells.resize(column + 1, String::new());
        }
        self.length += text.len();
        text.clone_into(&mut self.cells[column]);
    }
}

/// A sheet: its name and its rows.
#[derive(Debug, Default)]
struct Sheet {
    name: String,
    rows: Vec<Vec<String>>,
    /// Bytes of all cells.
    length: usize,
}

/// The sheets of a file while they are read.
#[derive(Debug, Default)]
pub(super) struct Sheets {
    list: Vec<Sheet>,
    /// Bytes of all cells.
    length: usize,
    /// Text was left out beyond a limit.
    is_cut: bool,
}

impl Sheets {
    /// Begins a sheet.
    pub(super) fn begin(&mut self, name: &str) {
        self.list.push(Sheet { name: name.to_owned(), ..Sheet::default() });
    }

    /// Adds a row as often as it is repeated, without its empty cells at the end, and empties it. Empty rows are left out.
    pub(super) fn add(&mut self, row: &mut Row, repeats: usize) {
        let Row { mut cells, is_cut, .. } = take(row);
        self.is_cut |= is_cut;
        while cells.last().is_some_and(|cell| cell.trim().is_empty()) {
            cells.pop();
        }
        let length: usize = cells.iter().map(|cell| cell.len() + 1).sum();
        let Some(sheet) = self.list.last_mut().filter(|_| length > 0) else {
            return;
        };
        for _ in 0..repeats {
            if self.length + length > MAX_TEXT {
                self.is_cut = true;
                return;
            }
            self.length += length;
            sheet.length += length;
            sheet.rows.push(cells.clone());
        }
    }

    /// Adds the sheets that hold a table to what a file was converted to; if there is none, the longest as it is.
    pub(super) fn finish(self, converted: &mut Converted) {
        if self.is_cut {
            let message = "its tables are longer than 256 MiB, or wider than 1,024 columns: the rest is left out";
            converted.unreadable(message);
        }
        let filled: Vec<Sheet> =
            self.list.into_iter().filter(|sheet| !sheet.rows.is_empty()).collect();
        let tables = filled.iter().filter(|sheet| sheet.header_row().is_some()).count();
        if filled.is_empty() {
            return converted.unreadable("a spreadsheet without any text");
        }
        if tables == 0 {
            let longest = filled.iter().max_by_key(|sheet| sheet.length);
            let text = longest.map(|sheet| sheet.to_csv(0)).unwrap_or_default();
            return converted.texts.push(ConvertedText { name: String::new(), text });
        }
        for sheet in filled {
            let Some(header) = sheet.header_row() else {
                converted
                    .note(format!("the sheet `{}` holds no table and is left out", sheet.name));
                continue;
            };
            if header > 0 {
                let rows = sheet.rows[..header].iter();
                let above: Vec<String> = rows.map(|row| row.join(" ").trim().to_owned()).collect();
                let above: String = above.join("; ").chars().take(200).collect();
                converted.note(format!("what stands above the table is left out: {above}"));
            }
            let text = sheet.to_csv(header);
            let name = if tables > 1 { sheet.name } else { String::new() };
            converted.texts.push(ConvertedText { name, text });
        }
    }
}

impl Sheet {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::office::parts::Parts;
    use crate::format::office::{ods, xlsx};

    /// Checks the texts of the sheets, each after its name, and the problems.
    #[track_caller]
    fn check(converted: &Converted, texts: &[(&str, &str)], problems: &[&str]) {
        let found: Vec<(&str, &str)> =
            converted.texts.iter().map(|text| (text.name.as_str(), text.text.as_str())).collect();
        assert_eq!(found, texts);
        let found: Vec<&str> =
            converted.problems.iter().map(|found| found.message.as_str()).collect();
        assert_eq!(found, problems);
    }

    #[test]
    fn cells_of_xlsx() {
        let part = |name: &str, text: &str| (name.to_owned(), text.as_bytes().to_vec());
        let parts = Parts(vec![
            part(
                "xl/workbook.xml",
                "<workbook><sheets><sheet name=\"A\" r:id=\"r1\"/><sheet name=\"B\" r:id=\"r2\"/></sheets></workbook>",
            ),
            part(
                "xl/_rels/workbook.xml.rels",
                "<R><Relationship Id=\"r1\" Target=\"worksheets/sheet1.xml\"/><Relationship Id=\"r2\" Target=\"/xl/worksheets/sheet2.xml\"/></R>",
            ),
            part(
                "xl/sharedStrings.xml",
                "<sst><si><t>Title</t></si><si><r><t>Date</t></r><rPh><t>no</t></rPh></si><si><t xml:space=\"preserve\">Kites_x000D_, &amp;c.</t></si></sst>",
            ),
            part(
                "xl/styles.xml",
                "<s><numFmts><numFmt numFmtId=\"164\" formatCode=\"[Red]0&quot; d&quot;\"/></numFmts><cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"22\"/><xf numFmtId=\"164\"/></cellXfs></s>",
            ),
            part(
                "xl/worksheets/sheet1.xml",
                "<w><row><c r=\"A1\" t=\"s\"><v>0</v></c><c r=\"C1\" t=\"s\"><v>1</v></c></row>\
                <row><c r=\"A2\" t=\"s\"><v>2</v></c><c r=\"B2\" s=\"2\"><v>0.5</v></c><c r=\"C2\" s=\"1\"><v>46084.671527777777</v></c></row>\
                <row/><row><c t=\"inlineStr\"><is><t>Salt</t></is></c><c t=\"b\"><v>1</v></c><c s=\"1\"><v>46085</v></c></row></w>",
            ),
            part("xl/worksheets/sheet2.xml", "<w><row><c t=\"str\"><v>alone</v></c></row></w>"),
        ]);
        let mut converted = Converted::default();
        xlsx::convert(&parts, &mut converted);
        check(
            &converted,
            &[("", "Title,,Date\n\"Kites, &c.\",0.5,2026-03-03 16:07:00\nSalt,true,2026-03-04\n")],
            &["the sheet `B` holds no table and is left out"],
        );
    }

    #[test]
    fn cells_of_ods() {
        let cell =
            |text: &str| format!("<table:table-cell><text:p>{text}</text:p></table:table-cell>");
        let content = format!(
            "<office:spreadsheet><table:table table:name=\"A\"><table:table-row>{}</table:table-row><table:table-row>{}{}</table:table-row>\
            <table:table-row table:number-rows-repeated=\"2\">{}<table:table-cell office:value-type=\"date\" office:date-value=\"2026-03-03T16:07:00\"><text:p>3.3.</text:p></table:table-cell></table:table-row>\
            <table:table-row table:number-rows-repeated=\"1048573\"><table:table-cell table:number-columns-repeated=\"16384\"/></table:table-row></table:table></office:spreadsheet>",
            cell("An export"),
            cell("Title"),
            cell("Date"),
            cell("Kites<office:annotation><text:p>no</text:p></office:annotation>")
        );
        let mut converted = Converted::default();
        ods::convert(&content, &mut converted);
        check(
            &converted,
            &[("", "Title,Date\nKites,2026-03-03 16:07:00\nKites,2026-03-03 16:07:00\n")],
            &["what stands above the table is left out: An export"],
        );
    }

    #[test]
    fn a_long_text_named_by_many_cells_fills_no_memory() {
        let text = "a".repeat(1 << 20);
        let mut row = Row::default();
        (0..5000).for_each(|column| row.put(column, &text));
        assert!(row.length <= MAX_ROW && row.is_cut);
        let mut sheets = Sheets::default();
        sheets.begin("A");
        sheets.add(&mut row, 1_000_000);
        assert!(sheets.length <= MAX_TEXT && sheets.is_cut);
    }
}
