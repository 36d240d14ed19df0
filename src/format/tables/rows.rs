//! Splits a table into rows and cells. Rows are read strictly first, as RFC 4180 says or as programs do that escape
//! quotation marks otherwise; a row with stray ones is read leniently, so that it does not swallow those after it.

use std::ops::Range;

use memchr::{memchr, memchr2, memchr3};

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

/// How the cells of a table are separated and quoted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct CellMarks {
    pub delimiter: u8,
    /// True if a backslash makes the next quotation mark a part of the text.
    pub has_backslashes: bool,
    /// True if spaces may stand between a delimiter and a quotation mark.
    pub has_spaces: bool,
}

impl CellMarks {
    /// The marks of RFC 4180, with this delimiter.
    pub(super) fn plain(delimiter: u8) -> Self {
        Self { delimiter, has_backslashes: false, has_spaces: false }
    }

    /// All marks that a table with this text may have, those of RFC 4180 first.
    pub(super) fn candidates(delimiter: u8, text: &[u8]) -> Vec<Self> {
        let plain = Self::plain(delimiter);
        let mut all = vec![plain];
        if memchr::memmem::find(text, &[delimiter, b' ', b'"']).is_some() {
            all.push(Self { has_spaces: true, ..plain });
        }
        if memchr::memmem::find(text, b"\\\"").is_some() {
            all.push(Self { has_backslashes: true, ..plain });
        }
        all
    }

    /// Splits the row that begins with these bytes into cells, without their marks: their text one after the other, and
    /// where each ends in it. Returns the length of the row with its line end. `None` if its quotation marks are in
    /// disorder.
    pub(super) fn split_row(
        self,
        bytes: &[u8],
        text: &mut Vec<u8>,
        ends: &mut Vec<usize>,
    ) -> Option<usize> {
        text.clear();
        ends.clear();
        let mut at = 0;
        loop {
            let mut open = at;
            while self.has_spaces && bytes.get(open) == Some(&b' ') {
                open += 1;
            }
            if bytes.get(open) == Some(&b'"') {
                at = self.read_quoted(bytes, open + 1, text)?;
                while self.has_spaces && bytes.get(at) == Some(&b' ') {
                    at += 1;
                }
            } else {
                let rest = &bytes[at..];
                let end = memchr3(self.delimiter, b'\n', b'\r', rest).unwrap_or(rest.len());
                let cell = &rest[..end];
                let end = at + end;
                text.extend_from_slice(if self.has_spaces { cell.trim_ascii() } else { cell });
                at = end;
            }
            ends.push(text.len());
            match bytes.get(at..) {
                None | Some([]) => return Some(bytes.len()),
                Some([b'\r', b'\n', ..]) => return Some(at + 2),
                Some([b'\r' | b'\n', ..]) => return Some(at + 1),
                Some([b, ..]) if *b == self.delimiter => at += 1,
                Some(_) => return None,
            }
        }
    }

    /// Appends the text of a quoted cell from `at`, the byte after its first mark. Returns the offset after the last one.
    fn read_quoted(self, bytes: &[u8], mut at: usize, text: &mut Vec<u8>) -> Option<usize> {
        loop {
            let rest = bytes.get(at..)?;
            let length = if self.has_backslashes {
                memchr2(b'"', b'\\', rest)?
            } else {
                memchr(b'"', rest)?
            };
            text.extend_from_slice(&rest[..length]);
            match &rest[length..] {
                [b'\\', escaped @ (b'"' | b'\\' | b'\n'), ..] | [b'"', escaped @ b'"', ..] => {
                    text.push(*escaped);
                    at += length + 2;
                }
                [b'\\', ..] => {
                    text.push(b'\\');
                    at += length + 1;
                }
                _ => return Some(at + length + 1),
            }
        }
    }
}

/// Reads the rows of a table one by one. The cells are those of the last row.
pub(super) struct RowReader<'a> {
    bytes: &'a [u8],
    /// Offset of the next row.
    at: usize,
    delimiter: u8,
    marks: CellMarks,
    /// Number of columns; `None` for a row of any length, such as the header.
    width: Option<usize>,
    /// The cells one after the other, without their marks.
    text: Vec<u8>,
    /// Where each cell ends in `text`.
    ends: Vec<usize>,
    /// Bytes that have been read in vain. Once they are several times the table, rows must end on their line, so that no
    /// table takes quadratic time.
    wasted: usize,
}

impl<'a> RowReader<'a> {
    /// Reads rows from `at` on.
    pub(super) fn new(bytes: &'a [u8], at: usize, marks: CellMarks, width: Option<usize>) -> Self {
        Self {
            bytes,
            at,
            delimiter: marks.delimiter,
            marks,
            width,
            text: Vec::new(),
            ends: Vec::with_capacity(width.unwrap_or(32)),
            wasted: 0,
        }
    }

    /// Offset just after the last row.
    pub(super) fn position(&self) -> usize {
        self.at
    }

    /// Number of cells of the last row.
    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    /// The text of all cells of the last row, and the end of each in it.
    pub(super) fn cells(&self) -> (&[u8], &[usize]) {
        (&self.text, &self.ends)
    }

    /// The text of each cell of the last row.
    pub(super) fn each_cell(&self) -> impl Iterator<Item = &[u8]> + Clone {
        (0..self.ends.len()).map(|nth| self.cell(nth))
    }

    /// The next row that is not blank: its byte range without the line end, and how it fits. `None` at the end.
    pub(super) fn next_row(&mut self) -> Option<(Range<usize>, RowFit)> {
        loop {
            let rest = self.bytes.get(self.at..)?;
            let start = self.at + rest.iter().position(|b| !matches!(b, b'\r' | b'\n'))?;
            let (end, fit) = self.read_row(start);
            // A row has at least one byte.
            self.at = end.max(start + 1);
            // A row whose mark is never closed may end with several; read again, it must have the same bytes.
            let is_end = |b: &u8| matches!(b, b'\r' | b'\n');
            let ends = self.bytes[start..self.at].iter().rev().take_while(|b| is_end(b)).count();
            let end = self.at - ends;
            if !self.cells().0.trim_ascii().is_empty() {
                return Some((start..end, fit));
            }
        }
    }

    /// Reads the row at `start`; returns its end and fit.
    fn read_row(&mut self, start: usize) -> (usize, RowFit) {
        let limit = if self.is_generous() { self.bytes.len() } else { self.line_end(start) };
        let all = &self.bytes[start..limit];
        if let Some(length) = self.marks.split_row(all, &mut self.text, &mut self.ends) {
            let Some(width) = self.width else { return (start + length, RowFit::Exact) };
            let raw = without_line_end(&all[..length]);
            let has_lines = memchr(b'\n', raw).is_some();
            if self.ends.len() == width && !(has_lines && self.is_several_rows(raw, width)) {
                return (start + length, RowFit::Exact);
            }
            // Spreadsheets add empty cells at the end.
            if !has_lines && self.ends.len() != width {
                let surplus =
                    (width..self.ends.len()).all(|nth| self.cell(nth).trim_ascii().is_empty());
                self.ends.truncate(if surplus { width } else { usize::MAX });
                let fits = self.ends.len() == width;
                return (start + length, if fits { RowFit::Exact } else { RowFit::Uneven });
            }
            self.wasted += length;
        } else {
            self.wasted += all.len().min(MAX_LENIENT_CELL);
        }
        let Some(width) = self.width else {
            let end = self.line_end(start);
            self.read_without_marks(without_line_end(&self.bytes[start..end]));
            return (end, RowFit::StrayMarks);
        };
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
        let fit = if self.ends.len() == width { RowFit::StrayMarks } else { RowFit::Uneven };
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
        if !more.is_empty()
            && let Some(last) = self.ends.last_mut()
        {
            self.text.push(b'\n');
            self.text.extend_from_slice(more);
            *last = self.text.len();
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
            if self.ends.len() >= width {
                self.wasted += at - start;
                return None;
            }
        }
        (self.ends.len() == width).then(|| self.line_end(at))
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
            let is_last_column = self.ends.len() + 1 == width;
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
        // Texts have no tabs: whatever its marks, a line with those of a row is one.
        if self.delimiter == b'\t' && count == width {
            return true;
        }
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
        self.ends.clear();
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
        self.ends.push(self.text.len());
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
        let mut reader =
            RowReader::new(text.as_bytes(), 0, CellMarks::plain(delimiter), Some(width));
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
            let mut reader = RowReader::new(text.as_bytes(), 0, CellMarks::plain(b','), Some(3));
            while reader.next_row().is_some() {}
            reader.wasted
        };
        let (few, many) = (looked_at(3000), looked_at(30_000));
        assert!(many <= 12 * few.max(1 << 17), "{few} {many}");
    }

    #[track_caller]
    fn check_marks(marks: CellMarks, row: &str, expected: Option<&str>) {
        let (mut text, mut ends) = (Vec::new(), Vec::new());
        let length = marks.split_row(row.as_bytes(), &mut text, &mut ends);
        let mut start = 0;
        let cells: Vec<_> = ends
            .iter()
            .map(|&end| {
                let cell = String::from_utf8_lossy(&text[start..end]).into_owned();
                start = end;
                cell
            })
            .collect();
        assert_eq!(length.map(|_| cells.join("|")).as_deref(), expected, "{row}");
    }

    #[test]
    fn rows_with_other_marks() {
        let plain = CellMarks::plain(b',');
        let spaces = CellMarks { has_spaces: true, ..plain };
        check_marks(spaces, "a, \"b, c\" ,\"d\"\"e\", f\r\nnext", Some("a|b, c|d\"e|f"));
        check_marks(spaces, "a, \"b\" c", None);
        let backslashes = CellMarks { has_backslashes: true, ..plain };
        check_marks(
            backslashes,
            "\"a \\\"b\\\", c\",d\\e,\"f\\\\\"\n",
            Some("a \"b\", c|d\\e|f\\"),
        );
        check_marks(backslashes, "\"a\\n\",\"never closed\\\"", None);
    }
}
