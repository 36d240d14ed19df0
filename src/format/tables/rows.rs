//! Splits a table into rows and cells. Rows are read strictly first; a row with stray quotation marks is read leniently,
//! so that it does not swallow those after it.

use std::ops::Range;

use csv_core::ReadRecordResult;
use memchr::{memchr, memchr2};

/// How well a row fits its table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RowFit {
    /// The marks are in order, and there is a cell for each column. Empty cells after the last column do not count.
    Exact,
    /// A cell for each column, but the quotation marks are not those of RFC 4180.
    StrayMarks,
    /// Too many or too few cells.
    Uneven,
}

/// Shortest table, in columns, in which a line is taken for a row of its own inside an open quotation: with fewer, a
/// sentence with a comma might be one.
const MIN_WIDTH_TO_RESUME: usize = 3;

/// Longest cell that is searched for its closing mark when the marks are in disorder, in bytes.
const MAX_LENIENT_CELL: usize = 1 << 20;

/// Reads the rows of a table one by one. The cells are those of the last row.
pub(super) struct RowReader<'a> {
    bytes: &'a [u8],
    /// Offset of the next row.
    at: usize,
    delimiter: u8,
    /// Number of columns; `None` for a row of any length, such as the header.
    width: Option<usize>,
    strict: csv_core::Reader,
    /// The cells one after the other, without their marks.
    text: Vec<u8>,
    /// Where each cell ends in `text`. Longer than there are cells.
    ends: Vec<usize>,
    count: usize,
    /// Bytes that have been read in vain. Once they are several times the table, rows must end on their line, so that no
    /// table takes quadratic time.
    wasted: usize,
}

impl<'a> RowReader<'a> {
    /// Reads rows from `at` on.
    pub(super) fn new(bytes: &'a [u8], at: usize, delimiter: u8, width: Option<usize>) -> Self {
        Self {
            bytes,
            at,
            delimiter,
            width,
            strict: csv_core::ReaderBuilder::new().delimiter(delimiter).build(),
            text: vec![0; 1024],
            ends: vec![0; 32],
            count: 0,
            wasted: 0,
        }
    }

    /// Offset just after the last row.
    pub(super) fn position(&self) -> usize {
        self.at
    }

    /// Number of cells of the last row.
    pub(super) fn len(&self) -> usize {
        self.count
    }

    /// The text of all cells of the last row, and the end of each in it.
    pub(super) fn cells(&self) -> (&[u8], &[usize]) {
        let ends = &self.ends[..self.count];
        (&self.text[..ends.last().copied().unwrap_or(0)], ends)
    }

    /// The next row that is not blank: its byte range without the line end, and how it fits. `None` at the end.
    pub(super) fn next_row(&mut self) -> Option<(Range<usize>, RowFit)> {
        loop {
            let rest = self.bytes.get(self.at..)?;
            let start = self.at + rest.iter().position(|b| !matches!(b, b'\r' | b'\n'))?;
            let (end, fit) = self.read_row(start);
            // A row has at least one byte.
            self.at = end.max(start + 1);
            let end = start + without_line_end(&self.bytes[start..self.at]).len();
            if !self.cells().0.trim_ascii().is_empty() {
                return Some((start..end, fit));
            }
        }
    }

    /// Reads the row at `start`; returns its end and fit.
    fn read_row(&mut self, start: usize) -> (usize, RowFit) {
        let limit = if self.is_generous() { self.bytes.len() } else { self.line_end(start) };
        let end = self.read_strictly(start, limit);
        let raw = without_line_end(&self.bytes[start..end]);
        let Some(width) = self.width else {
            return (
                end,
                if is_sound(raw, self.delimiter) { RowFit::Exact } else { RowFit::StrayMarks },
            );
        };
        let has_lines = memchr(b'\n', raw).is_some();
        if is_sound(raw, self.delimiter) {
            if self.count == width && !(has_lines && self.is_several_rows(raw, width)) {
                return (end, RowFit::Exact);
            }
            // Spreadsheets add empty cells at the end.
            if !has_lines && self.count != width {
                let surplus = (width..self.count).all(|nth| self.cell(nth).trim_ascii().is_empty());
                self.count = self.count.min(if surplus { width } else { usize::MAX });
                let fits = self.count == width;
                return (end, if fits { RowFit::Exact } else { RowFit::Uneven });
            }
        }
        self.wasted += end - start;
        self.read_leniently(start, width)
    }

    /// False once so much was read in vain that rows must end on their line.
    fn is_generous(&self) -> bool {
        self.wasted / 4 <= self.bytes.len() + (1 << 16)
    }

    fn cell(&self, nth: usize) -> &[u8] {
        let start = nth.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.text[start..self.ends[nth]]
    }

    /// Reads the row at `start` as RFC 4180 says, and returns where it ends.
    fn read_strictly(&mut self, start: usize, limit: usize) -> usize {
        self.strict.reset();
        self.text.resize(self.text.len().max(1024), 0);
        let (mut at, mut length, mut count) = (start, 0, 0);
        loop {
            let (result, read, written, ended) = self.strict.read_record(
                &self.bytes[at..limit],
                &mut self.text[length..],
                &mut self.ends[count..],
            );
            at += read;
            length += written;
            count += ended;
            match result {
                // Called again without input, it ends the last row.
                ReadRecordResult::InputEmpty => {}
                ReadRecordResult::OutputFull => self.text.resize(self.text.len() * 2, 0),
                ReadRecordResult::OutputEndsFull => self.ends.resize(self.ends.len() * 2, 0),
                ReadRecordResult::Record | ReadRecordResult::End => break,
            }
        }
        self.count = count;
        // The newline of a carriage return and newline is left for the next row.
        at + usize::from(
            at > start && self.bytes[at - 1] == b'\r' && self.bytes.get(at) == Some(&b'\n'),
        )
    }

    /// True if each line of a row is a row by itself: a mark that was never closed happened to meet another one.
    fn is_several_rows(&self, raw: &[u8], width: usize) -> bool {
        let mut lines = raw.split(|&b| b == b'\n');
        let marks = |line: &[u8]| memchr::memchr_iter(self.delimiter, line).count();
        width >= MIN_WIDTH_TO_RESUME && lines.all(|line| marks(line) + 1 == width)
    }

    // Rows with marks in disorder.

    /// Reads the row at `start` in the first way that gives each column a cell: a mark closes a cell if a delimiter or
    /// line end follows it; marks have no meaning. Otherwise the row takes the lines up to the next one that is a row.
    fn read_leniently(&mut self, start: usize, width: usize) -> (usize, RowFit) {
        for accepts_doubled in [false, true] {
            if !self.is_generous() {
                break;
            }
            if let Some(end) = self.read_to_closing_marks(start, width, accepts_doubled) {
                return (end, RowFit::StrayMarks);
            }
        }
        let end = self.line_end(start);
        let is_open = self.read_without_marks(without_line_end(&self.bytes[start..end]));
        let fit = if self.count == width { RowFit::StrayMarks } else { RowFit::Uneven };
        if fit == RowFit::StrayMarks && !is_open {
            return (end, fit);
        }
        let mut last = end;
        while last < self.bytes.len()
            && last - start < MAX_LENIENT_CELL
            && width >= MIN_WIDTH_TO_RESUME
            && !self.begins_row(last, width)
        {
            last = self.line_end(last);
        }
        self.wasted += last - start;
        let more = without_line_end(&self.bytes[end.min(last)..last]);
        if !more.is_empty() && self.count > 0 {
            let used = self.ends[self.count - 1];
            self.text.truncate(used);
            self.text.push(b'\n');
            self.text.extend_from_slice(more);
            self.ends[self.count - 1] = self.text.len();
        }
        (last, fit)
    }

    /// Reads cells up to marks that a delimiter or a line end follows. `accepts_doubled`: two marks in a row may close a
    /// cell, too. Returns the end of the row if it has a cell for each column.
    fn read_to_closing_marks(
        &mut self,
        start: usize,
        width: usize,
        accepts_doubled: bool,
    ) -> Option<usize> {
        let (bytes, delimiter) = (self.bytes, self.delimiter);
        self.clear();
        let mut at = start;
        loop {
            if bytes.get(at) == Some(&b'"') {
                let closed = self.find_closing_mark(at, width, accepts_doubled);
                let Some(closed) = closed else {
                    self.wasted += bytes.len().min(at + MAX_LENIENT_CELL) - at;
                    return None;
                };
                self.push_unquoted(&bytes[at + 1..closed]);
                at = closed + 1;
            } else {
                let rest = &bytes[at..];
                let end = at + memchr2(delimiter, b'\n', rest).unwrap_or(rest.len());
                self.push(without_line_end(&bytes[at..end]));
                at = end;
            }
            match bytes.get(at) {
                Some(&b) if b == delimiter => at += 1,
                _ => break,
            }
            if self.count >= width {
                self.wasted += at - start;
                return None;
            }
        }
        (self.count == width).then(|| self.line_end(at))
    }

    /// The mark that closes the cell which the mark at `open` begins. `None` if a line before it is a row.
    fn find_closing_mark(
        &mut self,
        open: usize,
        width: usize,
        accepts_doubled: bool,
    ) -> Option<usize> {
        let all = self.bytes;
        let bytes = &all[..all.len().min(open + MAX_LENIENT_CELL)];
        let mut from = open + 1;
        loop {
            let found = from + memchr2(b'"', b'\n', bytes.get(from..)?)?;
            if bytes[found] == b'\n' {
                from = found + 1;
                if width >= MIN_WIDTH_TO_RESUME && self.begins_row(from, width) {
                    return None;
                }
                continue;
            }
            let run = bytes[found..].iter().take_while(|&&b| b == b'"').count();
            from = found + run;
            let is_last_column = self.count + 1 == width;
            let ends = match bytes.get(from) {
                None | Some(b'\n' | b'\r') => true,
                Some(&b) => b == self.delimiter && !is_last_column,
            };
            // Two marks at the start of a cell are an empty one.
            if ends && (run % 2 == 1 || accepts_doubled || found == open + 1 && run == 1) {
                return Some(from - 1);
            }
        }
    }

    /// True if the line at this offset is a row by itself. Prose has spaces after its commas.
    fn is_row(&self, at: usize, width: usize) -> bool {
        let line = without_line_end(&self.bytes[at..self.line_end(at)]);
        // Counts all delimiters; those in quoted cells make a row look longer.
        let mut delimiters = memchr::memchr_iter(self.delimiter, line);
        let count = delimiters.clone().count() + 1;
        count >= width
            && delimiters.any(|at| line.get(at + 1) != Some(&b' '))
            && is_sound(line, self.delimiter)
            && count_cells(line, self.delimiter) == width
    }

    /// True if a row with a cell for each column begins at this offset, on this line or several. Only marks in order
    /// make a row of several lines.
    fn begins_row(&mut self, at: usize, width: usize) -> bool {
        if self.is_row(at, width) {
            return true;
        }
        let line = &self.bytes[at..self.line_end(at)];
        if memchr(b'"', line).is_none() || !self.is_generous() {
            return false;
        }
        let end = self.bytes.len().min(at + MAX_LENIENT_CELL);
        let (found, length) = measure_row(&self.bytes[at..end], self.delimiter);
        self.wasted += length;
        found == Some(width)
    }

    /// Splits a line at its delimiters. Returns true if a mark begins the last cell and none ends it.
    fn read_without_marks(&mut self, line: &[u8]) -> bool {
        self.clear();
        let delimiter = self.delimiter;
        let mut is_open = false;
        for cell in line.split(|&b| b == delimiter) {
            let inner = cell.strip_prefix(b"\"").unwrap_or(cell);
            let inner = inner.strip_suffix(b"\"").filter(|_| inner.len() < cell.len());
            let opened = cell.strip_prefix(b"\"").filter(|rest| memchr(b'"', rest).is_none());
            is_open = opened.is_some();
            match inner {
                Some(inner) => self.push_unquoted(inner),
                // A mark that none closes belongs to the table, not to the text.
                None => self.push(opened.unwrap_or(cell)),
            }
        }
        is_open
    }

    fn clear(&mut self) {
        self.text.clear();
        self.count = 0;
    }

    /// Adds a cell after the last one, which must end the text.
    fn push(&mut self, cell: &[u8]) {
        self.text.extend_from_slice(cell);
        self.end_cell();
    }

    /// Adds a cell in which two marks stand for one.
    fn push_unquoted(&mut self, cell: &[u8]) {
        let mut rest = cell;
        while let Some(at) = memchr(b'"', rest) {
            self.text.extend_from_slice(&rest[..=at]);
            rest = &rest[at + 1..];
            rest = rest.strip_prefix(b"\"").unwrap_or(rest);
        }
        self.push(rest);
    }

    fn end_cell(&mut self) {
        if self.count == self.ends.len() {
            self.ends.resize(self.count * 2, 0);
        }
        self.ends[self.count] = self.text.len();
        self.count += 1;
    }

    /// Offset after the newline that ends the line with this offset.
    fn line_end(&self, at: usize) -> usize {
        let rest = self.bytes.get(at..).unwrap_or_default();
        memchr(b'\n', rest).map_or(self.bytes.len(), |length| at + length + 1)
    }
}

/// A row without the line end after it.
fn without_line_end(raw: &[u8]) -> &[u8] {
    let raw = raw.strip_suffix(b"\n").unwrap_or(raw);
    raw.strip_suffix(b"\r").unwrap_or(raw)
}

/// True if each mark begins or ends a cell, stands doubled in one, or inside a cell that no mark begins.
fn is_sound(raw: &[u8], delimiter: u8) -> bool {
    memchr(b'"', raw).is_none() || for_each_cell(raw, delimiter, &mut || {})
}

/// Number of cells of a row.
fn count_cells(raw: &[u8], delimiter: u8) -> usize {
    let mut count = 0;
    for_each_cell(raw, delimiter, &mut || count += 1);
    count
}

/// Number of cells of the row at the start of these bytes, `None` if its marks are not in order, and the length that was
/// looked at.
fn measure_row(bytes: &[u8], delimiter: u8) -> (Option<usize>, usize) {
    let (mut at, mut count) = (0, 0);
    loop {
        count += 1;
        if bytes.get(at) == Some(&b'"') {
            at += 1;
            loop {
                let Some(length) = memchr(b'"', bytes.get(at..).unwrap_or_default()) else {
                    return (None, bytes.len());
                };
                at += length + 1;
                if bytes.get(at) != Some(&b'"') {
                    break;
                }
                at += 1;
            }
        } else {
            let rest = &bytes[at..];
            at += memchr2(delimiter, b'\n', rest).unwrap_or(rest.len());
        }
        match bytes.get(at) {
            Some(&b) if b == delimiter => at += 1,
            None | Some(b'\n' | b'\r') => return (Some(count), at),
            Some(_) => return (None, at),
        }
    }
}

/// Calls `found` for each cell. Returns false at a mark that is not in order.
fn for_each_cell(raw: &[u8], delimiter: u8, found: &mut dyn FnMut()) -> bool {
    let mut at = 0;
    loop {
        found();
        let rest = &raw[at..];
        if rest.first() == Some(&b'"') {
            let mut close = at + 1;
            loop {
                match memchr(b'"', raw.get(close..).unwrap_or_default()) {
                    None => return false,
                    Some(length) if raw.get(close + length + 1) == Some(&b'"') => {
                        close += length + 2;
                    }
                    Some(length) => {
                        at = close + length + 1;
                        break;
                    }
                }
            }
            match raw.get(at) {
                None => return true,
                Some(&b) if b == delimiter => at += 1,
                Some(_) => return false,
            }
        } else {
            match memchr(delimiter, rest) {
                None => return true,
                Some(length) => at += length + 1,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rows of the table with their cells joined by bars, and a mark for the fit.
    fn rows(text: &str, delimiter: u8, width: usize) -> Vec<String> {
        let mut reader = RowReader::new(text.as_bytes(), 0, delimiter, Some(width));
        let mut rows = Vec::new();
        while let Some((range, fit)) = reader.next_row() {
            assert!(!text[range].ends_with('\n'));
            let (cells, ends) = reader.cells();
            let mut start = 0;
            let mut row = Vec::new();
            for &end in ends {
                row.push(String::from_utf8_lossy(&cells[start..end]).replace('\n', "/"));
                start = end;
            }
            let mark = match fit {
                RowFit::Exact => "",
                RowFit::StrayMarks => "~",
                RowFit::Uneven => "!",
            };
            rows.push(format!("{mark}{}", row.join("|")));
        }
        rows
    }

    #[track_caller]
    fn check(text: &str, width: usize, expected: &[&str]) {
        assert_eq!(rows(text, b',', width), expected, "{text}");
        assert_eq!(rows(&text.replace('\n', "\r\n"), b',', width).len(), expected.len(), "{text}");
    }

    #[test]
    fn strict_rows() {
        check("a,b,c\nd,e,f\n", 3, &["a|b|c", "d|e|f"]);
        check("\n\na,\"b, \"\"x\"\"\",c\n\nd,,", 3, &["a|b, \"x\"|c", "d||"]);
        check("a,\"one\n\ntwo\",c\nd,\"\",f", 3, &["a|one//two|c", "d||f"]);
        check("1,5\" too long,x\n2,it is \"it\",y\n", 3, &["1|5\" too long|x", "2|it is \"it\"|y"]);
    }

    #[test]
    fn rows_may_have_more_cells_only_if_they_are_empty() {
        check("a,b,c,,\n,,,,\n", 3, &["a|b|c"]);
        check("a,b,c,d\ne\nf,g\n", 3, &["!a|b|c|d", "!e", "!f|g"]);
    }

    #[test]
    fn stray_marks_do_not_swallow_rows() {
        check(
            "1,\"They have \"it\" in writing\",x\n2,b,y\n",
            3,
            &["~1|They have \"it\" in writing|x", "2|b|y"],
        );
        check("1,\"never closed,x\n2,b,y\n", 3, &["~1|never closed|x", "2|b|y"]);
        check(
            "1,\"never closed,x\n2,\"b\",y\n3,c,\"z\"\n",
            3,
            &["~1|never closed|x", "2|b|y", "3|c|z"],
        );
        check("1,\"A,x\n2,B\",y\n", 3, &["~1|A|x", "2|B\"|y"]);
        check(
            "1,\"He \"said\" so.\n\nShe left.\",x\n2,b,y\n",
            3,
            &["~1|He \"said\" so.//She left.|x", "2|b|y"],
        );
        check("1,\"said \"no\"\",x\n2,b,y", 3, &["~1|said \"no\"|x", "2|b|y"]);
        check("1,b,\"open\nmore\n2,b,y", 3, &["~1|b|open/more", "2|b|y"]);
        let several_lines = "1,b,\"open\nmore\n2,b,\"y\nz\"\n3,c,d";
        check(several_lines, 3, &["~1|b|open/more", "2|b|y/z", "3|c|d"]);
    }

    #[test]
    fn tables_of_stray_marks_take_linear_time() {
        let looked_at = |rows: usize| {
            let text = "1,\"\"\"\"\"\"\"\"x,\"y\n".repeat(rows);
            let mut reader = RowReader::new(text.as_bytes(), 0, b',', Some(3));
            while reader.next_row().is_some() {}
            reader.wasted
        };
        let (few, many) = (looked_at(3000), looked_at(30_000));
        assert!(many <= 12 * few.max(1 << 17), "{few} {many}");
    }
}
