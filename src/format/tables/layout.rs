//! The layout of a table: its delimiter, encoding and columns, found from its first lines. Tells tables from prose.

use std::ops::Range;

use encoding_rs::Encoding;

use crate::format::parser::{SAMPLE_SIZE, Sample};
use crate::format::shared::encoding;
use crate::format::shared::field_keys::FieldKey;
use crate::format::tables::columns::{
    Certainty, ColumnNames, column_keys, columns_by_content, date_parts,
};
use crate::format::tables::rows::{CellMarks, RowFit, RowReader};

/// How the rows of a table are read. Made from the start of the input, and needed to read any of its rows by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableLayout {
    pub(super) marks: CellMarks,
    pub(super) columns: Vec<Column>,
    /// Offset of the first row after the header, in the bytes, or in the decoded text if they are UTF-16.
    pub(super) rows_start: usize,
    /// The lines before the header, such as the title of a search. Empty if there are none.
    pub(super) before_header: String,
    /// True if the input is UTF-16: its rows can only be found in the decoded text.
    pub(super) is_utf16: bool,
    /// The encoding of rows that are not UTF-8.
    pub(super) encoding: Option<&'static Encoding>,
    pub(super) date_order: DateOrder,
    /// The columns of year, month and day.
    pub(super) date_parts: Option<[usize; 3]>,
    /// Columns that the user named and that are not there.
    pub(super) missing: Vec<String>,
    /// True if the first row is a dispatch, too: the columns are known by what they hold.
    pub(super) is_headerless: bool,
}

/// What numeric dates such as `03/13/2015` begin with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum DateOrder {
    DayFirst,
    MonthFirst,
    /// Nothing shows it; they are read as if they began with the day.
    Unclear,
}

/// One column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Column {
    /// The name in the header, or `column 3` if it has none.
    pub name: String,
    /// The field that it holds; `None` for a field of the table's own.
    pub key: Option<FieldKey>,
    /// True if the user named it for this field.
    pub is_requested: bool,
}

/// Delimiters, in the order in which they are tried.
const DELIMITERS: [u8; 4] = [b'\t', b',', b';', b'|'];

/// The delimiter of a table of one column: a control code that no text has.
const NO_DELIMITER: u8 = 0x1f;

/// Rows that are looked at to tell a table from prose.
const SAMPLE_ROWS: usize = 40;

/// Longest name of a column, in bytes.
const MAX_NAME: usize = 80;

/// Most columns of a table.
const MAX_COLUMNS: usize = 4096;

/// Rows before the header that are looked at, such as the title of a search and its day.
const MAX_ROWS_BEFORE_HEADER: usize = 15;

/// Recognises tables that are separated by commas, semicolons or bars.
pub(in crate::format) fn is_csv(sample: &Sample<'_>) -> bool {
    delimiter(sample).is_some_and(|delimiter| delimiter != b'\t')
}

/// Recognises tables that are separated by tabs.
pub(in crate::format) fn is_tsv(sample: &Sample<'_>) -> bool {
    delimiter(sample) == Some(b'\t')
}

/// The delimiter, if the input is a table.
fn delimiter(sample: &Sample<'_>) -> Option<u8> {
    *sample.table_delimiter.get_or_init(|| {
        let layout = (sample.is_utf16 || may_have_header(sample))
            .then(|| TableLayout::find(sample.bytes, &sample.columns))?;
        layout.map(|layout| layout.marks.delimiter)
    })
}

/// False for most texts, at little cost: true if the first line has a delimiter, or if one of the next has several, in
/// places where prose has none.
fn may_have_header(sample: &Sample<'_>) -> bool {
    let mut lines = sample.first_lines();
    let first = lines.next().unwrap_or_default();
    if delimiters_unlike_prose(first).any(|at| !is_in_number(first, at))
        || first.starts_with(b"sep=")
        || first.starts_with(b"\"sep=")
    {
        return true;
    }
    // Prose has spaces after its commas; a header may have them, too, but then the marks or values of its rows tell.
    if memchr::memchr(b',', first).is_some() {
        let second = sample.first_lines().nth(1).unwrap_or_default();
        if second.contains(&b'"') || delimiters_unlike_prose(second).next().is_some() {
            return true;
        }
    }
    let length: usize = lines.take(MAX_ROWS_BEFORE_HEADER + 1).map(|line| line.len() + 1).sum();
    let rest = sample.start.get(first.len() + 1..).unwrap_or_default();
    let lines = &rest[..length.min(rest.len())];
    // Most lines have no such delimiter at all, so lines are only told apart around one. Bars come after all others.
    let (mut seen_to, mut last) = (0, 0);
    delimiters_unlike_prose(lines).any(|at| {
        seen_to = if at < last { 0 } else { seen_to };
        last = at;
        if at < seen_to {
            return false;
        }
        let line_start = memchr::memrchr(b'\n', &lines[..at]).map_or(0, |end| end + 1);
        let line = lines[line_start..].split(|&b| b == b'\n').next().unwrap_or_default();
        seen_to = line_start + line.len();
        // The names of a header are short, and sentences are not.
        line.len() <= 300
            && delimiters_unlike_prose(line).filter(|&at| !is_in_number(line, at)).nth(1).is_some()
            && memchr::memmem::find(line, b". ").is_none()
    })
}

/// True for a delimiter between two digits.
fn is_in_number(line: &[u8], at: usize) -> bool {
    let is_digit = |b: Option<&u8>| b.is_some_and(u8::is_ascii_digit);
    is_digit(line.get(at.wrapping_sub(1))) && is_digit(line.get(at + 1))
}

/// Byte offsets of the delimiters in lines that no space follows, and no quotation mark that ends a quote. Bars come
/// after all others.
fn delimiters_unlike_prose(lines: &[u8]) -> impl Iterator<Item = usize> {
    let found = memchr::memchr3_iter(DELIMITERS[0], DELIMITERS[1], DELIMITERS[2], lines)
        .chain(memchr::memchr_iter(DELIMITERS[3], lines));
    let ends = |byte: Option<&u8>| matches!(byte, None | Some(b' ' | b'\r' | b'\n'));
    found.filter(move |at| match lines.get(at + 1) {
        next if ends(next) => false,
        Some(b'"' | b'\'') => !ends(lines.get(at + 2)),
        // Quotation marks of typography.
        Some(0xe2) => !matches!(lines.get(at + 2..at + 4), Some([0x80, 0x99 | 0x9d])),
        _ => true,
    })
}

impl TableLayout {
    /// The layout of a table that begins with these bytes; `None` if this is no table.
    ///
    /// A table has a header with a column for the headline or text and another known one, and rows of the same length.
    /// Without known columns, all rows must be of one length, and all names short. Without a header, columns are known by
    /// what they hold.
    pub(super) fn find(bytes: &[u8], requested: &ColumnNames) -> Option<Self> {
        let start = TableStart::new(bytes);
        let best = start.best_layout(requested);
        let is_sure = |layout: &Self| layout.has_dispatches() && layout.known() >= 2;
        let found =
            best.filter(|best| best.columns.len() > 1 && is_table(best, &start.survey(best)));
        let found = match found {
            Some(best) if is_sure(&best) => Some(best),
            other => start.without_header(requested).or(other),
        };
        found.map(|best| start.finish(best))
    }

    /// The layout of bytes that the user calls a table: the best guess.
    pub(super) fn guess(bytes: &[u8], requested: &ColumnNames) -> Self {
        let start = TableStart::new(bytes);
        let whole = || {
            let marks = CellMarks::plain(start.delimiters().first().copied().unwrap_or(b','));
            TableLayout::new(marks, Vec::new(), start.text.len())
        };
        let single = || start.header(CellMarks::plain(NO_DELIMITER), requested);
        let best = start.best_layout(requested).or_else(single).unwrap_or_else(whole);
        start.finish(best)
    }

    fn new(marks: CellMarks, columns: Vec<Column>, rows_start: usize) -> Self {
        Self {
            marks,
            columns,
            rows_start,
            before_header: String::new(),
            is_utf16: false,
            encoding: None,
            date_order: DateOrder::DayFirst,
            date_parts: None,
            missing: Vec::new(),
            is_headerless: false,
        }
    }

    /// Reads the rows of a text from `at` on.
    pub(super) fn rows<'a>(&self, text: &'a [u8], at: usize) -> RowReader<'a> {
        RowReader::new(text, at, self.marks, Some(self.columns.len()))
    }

    /// True if a column holds the headline or the text: each row is a dispatch.
    pub(super) fn has_dispatches(&self) -> bool {
        let tells = |key| matches!(key, FieldKey::Headline | FieldKey::Body | FieldKey::Html);
        self.columns.iter().any(|column| column.key.is_some_and(tells))
    }

    /// Number of columns with a known field.
    fn known(&self) -> usize {
        self.columns.iter().filter(|column| column.key.is_some()).count()
    }
}

/// The beginning of what may be a table.
struct TableStart<'a> {
    text: std::borrow::Cow<'a, [u8]>,
    /// Length of the byte order mark before `text`; 0 if it was decoded from UTF-16.
    skipped: usize,
    /// False if the input goes on after `text`.
    is_whole: bool,
    is_utf16: bool,
    encoding: Option<&'static Encoding>,
}

impl<'a> TableStart<'a> {
    fn new(bytes: &'a [u8]) -> Self {
        let start = &bytes[..bytes.len().min(SAMPLE_SIZE)];
        let is_whole = start.len() == bytes.len();
        if encoding::is_utf16(bytes) {
            let decoded = encoding::decode(&start[..start.len() & !1]).text.into_owned();
            return Self {
                text: decoded.into_bytes().into(),
                skipped: 0,
                is_whole,
                is_utf16: true,
                encoding: None,
            };
        }
        let skipped = if start.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
        let text = &start[skipped..];
        // A character that the sample cuts is no reason to guess an encoding.
        let cut = match std::str::from_utf8(text) {
            Ok(_) => None,
            Err(error) if error.error_len().is_none() && !is_whole => None,
            Err(_) => Encoding::for_label(encoding::decode(text).encoding.as_bytes()),
        };
        let encoding = cut.filter(|encoding| *encoding != encoding_rs::UTF_8);
        Self { text: text.into(), skipped, is_whole, is_utf16: false, encoding }
    }

    /// The delimiters that may be the table's: the one that a first line such as `sep=;` names, or all.
    fn delimiters(&self) -> Vec<u8> {
        match self.named_delimiter() {
            Some((delimiter, _)) => vec![delimiter],
            None => DELIMITERS.to_vec(),
        }
    }

    /// The delimiter that the first line names (`sep=;`), as spreadsheets understand it, and the length of that line.
    fn named_delimiter(&self) -> Option<(u8, usize)> {
        let rest = self.text.strip_prefix(b"sep=").or_else(|| self.text.strip_prefix(b"\"sep="))?;
        let end = memchr::memchr(b'\n', &self.text)?;
        let delimiter = rest.first().filter(|b| b.is_ascii_punctuation() || **b == b'\t')?;
        (end <= 8).then_some((*delimiter, end + 1))
    }

    /// The layout whose header has the most known columns, and then the most columns and the most rows of their number.
    fn best_layout(&self, requested: &ColumnNames) -> Option<TableLayout> {
        let mut best = None;
        for delimiter in self.delimiters() {
            for marks in CellMarks::candidates(delimiter, &self.text) {
                let Some(layout) = self.header(marks, requested) else { continue };
                if layout.columns.len() < 2 {
                    continue;
                }
                // Marks after spaces are never text; backslashes are, unless more rows are right with them.
                let rank = u8::from(marks.has_spaces);
                let exact = self.survey(&layout).exact;
                let value = (layout.known(), layout.columns.len(), exact, rank);
                if best.as_ref().is_none_or(|(most, _)| value > *most) {
                    best = Some((value, layout));
                }
            }
        }
        best.map(|(_, layout)| layout)
    }

    /// The layout by the header, read with these marks: the first row, or one after some lines that are no rows.
    fn header(&self, marks: CellMarks, requested: &ColumnNames) -> Option<TableLayout> {
        let from = self.named_delimiter().map_or(0, |(_, length)| length);
        let mut reader = RowReader::new(&self.text, from, marks, None);
        let mut first = None;
        for nth in 0..=MAX_ROWS_BEFORE_HEADER {
            let Some((range, fit)) = reader.next_row() else { break };
            let names = self.names(&reader, fit).filter(|names| {
                names.len() >= 2 || marks.delimiter == NO_DELIMITER && names.len() == 1
            });
            // Another row than the first is only a header if there is no doubt.
            let is_short = |names: &Vec<String>| names.iter().all(|name| name.len() <= 40);
            let is_likely =
                |names: &Vec<String>| (3..=200).contains(&names.len()) && is_short(names);
            let Some(names) = names.filter(|names| nth == 0 || is_likely(names)) else { continue };
            let columns = name_columns(&names, requested);
            let mut layout = TableLayout::new(marks, columns, reader.position());
            layout.encoding = self.encoding;
            layout.is_utf16 = self.is_utf16;
            layout.date_parts = date_parts(&names);
            let is_missing = |name: &&str| !names.iter().any(|cell| is_same_name(cell, name));
            let requests = requested.iter().map(|(_, name)| name);
            layout.missing = requests.filter(is_missing).map(str::to_owned).collect();
            let least = if nth == 0 { 2 } else { 3 };
            if layout.has_dispatches() && layout.known() >= least {
                layout.before_header = self.describe(from..range.start);
                return Some(layout);
            }
            if nth == 0 {
                first = Some(layout);
            }
        }
        first
    }

    /// The layout of rows without a header, if each has a cell for each column and the columns show what they hold.
    fn without_header(&self, requested: &ColumnNames) -> Option<TableLayout> {
        let from = self.named_delimiter().map_or(0, |(_, length)| length);
        let mut best: Option<TableLayout> = None;
        for delimiter in self.delimiters() {
            let marks = CellMarks::plain(delimiter);
            let mut reader = RowReader::new(&self.text, from, marks, None);
            let Some((_, RowFit::Exact)) = reader.next_row() else { continue };
            let width = reader.len();
            if !(2..=MAX_COLUMNS).contains(&width)
                || best.as_ref().is_some_and(|best| best.columns.len() >= width)
            {
                continue;
            }
            let mut reader = RowReader::new(&self.text, from, marks, Some(width));
            let (mut rows, mut is_even) = (Vec::new(), true);
            while let Some((_, fit)) = reader.next_row() {
                let is_cut = !self.is_whole && reader.position() >= self.text.len();
                if rows.len() == SAMPLE_ROWS || is_cut {
                    break;
                }
                is_even &= fit == RowFit::Exact;
                rows.push(self.cells(&reader));
            }
            let columns = columns_by_content(&rows, requested).filter(|_| is_even);
            let Some(columns) = columns else { continue };
            let mut layout = TableLayout::new(marks, columns, from);
            layout.encoding = self.encoding;
            layout.is_utf16 = self.is_utf16;
            layout.is_headerless = true;
            best = Some(layout);
        }
        best
    }

    /// The cells of the last row as text.
    fn cells(&self, reader: &RowReader<'_>) -> Vec<String> {
        let decode = |cell: &[u8]| match self.encoding {
            Some(encoding) => encoding.decode_without_bom_handling(cell).0.into_owned(),
            None => String::from_utf8_lossy(cell).into_owned(),
        };
        reader.each_cell().map(decode).collect()
    }

    /// The cells of the last row as text, if they may be the names of columns.
    fn names(&self, reader: &RowReader<'_>, fit: RowFit) -> Option<Vec<String>> {
        if fit != RowFit::Exact || reader.len() > MAX_COLUMNS {
            return None;
        }
        let names = self.cells(reader);
        names.iter().all(|name| name.len() <= MAX_NAME).then_some(names)
    }

    /// What stands before the header, as one line.
    fn describe(&self, range: Range<usize>) -> String {
        let text = &self.text[range];
        let decode = |encoding: &'static Encoding| encoding.decode_without_bom_handling(text).0;
        let text = self.encoding.map_or_else(|| String::from_utf8_lossy(text), decode);
        let is_mark = |c: char| c.is_ascii() && DELIMITERS.contains(&(c as u8));
        let lines = text.lines().map(|line| line.trim_matches(|c| is_mark(c) || c == ' '));
        let lines: Vec<&str> = lines.filter(|line| !line.is_empty()).collect();
        crate::text::one_line(&lines.join(" / "))
    }

    /// Looks at the first rows after the header of a layout.
    fn survey(&self, layout: &TableLayout) -> Survey {
        let mut found = Survey::default();
        let mut reader = layout.rows(&self.text, layout.rows_start);
        while let Some((range, fit)) = reader.next_row() {
            // The sample may end within a row.
            if found.rows == SAMPLE_ROWS || !self.is_whole && reader.position() >= self.text.len() {
                break;
            }
            let raw = &self.text[range];
            found.rows += 1;
            found.even += usize::from(fit != RowFit::Uneven);
            found.exact += usize::from(fit == RowFit::Exact);
            found.has_quotes |= raw.contains(&b'"');
            found.has_gaps |= reader.each_cell().skip(1).any(|cell| cell.starts_with(b" "));
            let (mut right, mut wrong) = (0, 0);
            for (column, cell) in layout.columns.iter().zip(reader.each_cell()) {
                let is_given = !cell.trim_ascii().is_empty();
                let is_right =
                    column.key.filter(|_| is_given).and_then(|key| is_of_type(key, cell));
                right += usize::from(is_right == Some(true));
                wrong += usize::from(is_right == Some(false));
            }
            found.typed += usize::from(wrong == 0 && right > 0);
            found.mistyped += usize::from(wrong > 0);
        }
        let header = &self.text[..layout.rows_start.min(self.text.len())];
        let line = header.trim_ascii_end().rsplit(|&b| b == b'\n').next().unwrap_or_default();
        found.has_gaps_in_header = memchr::memmem::find(line, b", ").is_some();
        found
    }

    /// Completes a layout: the order of numeric dates, and offsets in the whole input.
    fn finish(&self, mut layout: TableLayout) -> TableLayout {
        let (mut day_first, mut month_first, mut unclear) = (false, false, false);
        let mut reader = layout.rows(&self.text, layout.rows_start);
        while reader.next_row().is_some() {
            for (column, cell) in layout.columns.iter().zip(reader.each_cell()) {
                if matches!(column.key, Some(FieldKey::Sent | FieldKey::Created)) {
                    match date_order_of(cell) {
                        Some(DateOrder::DayFirst) => day_first = true,
                        Some(DateOrder::MonthFirst) => month_first = true,
                        Some(DateOrder::Unclear) => unclear = true,
                        None => {}
                    }
                }
            }
        }
        layout.date_order = match (day_first, month_first) {
            (false, true) => DateOrder::MonthFirst,
            (false, false) if unclear => DateOrder::Unclear,
            _ => DateOrder::DayFirst,
        };
        layout.rows_start += self.skipped;
        layout
    }
}

/// What the first rows of a table look like.
#[derive(Default)]
struct Survey {
    rows: usize,
    /// Rows with a cell for each column.
    even: usize,
    /// Rows with a cell for each column, and marks in order.
    exact: usize,
    /// Rows whose dates, addresses and numbers look like such.
    typed: usize,
    /// Rows with others.
    mistyped: usize,
    has_quotes: bool,
    /// True if a cell after the first begins with a space, as after a comma in prose.
    has_gaps: bool,
    has_gaps_in_header: bool,
}

/// True if a cell looks like a value of its field; `None` for fields that take any text.
fn is_of_type(key: FieldKey, cell: &[u8]) -> Option<bool> {
    match key {
        FieldKey::Sent | FieldKey::Created | FieldKey::Words => {
            Some(cell.iter().any(u8::is_ascii_digit))
        }
        FieldKey::Links => Some(cell.iter().any(|b| matches!(b, b'/' | b'.'))),
        _ => None,
    }
}

/// True if the rows after a header are those of a table.
fn is_table(layout: &TableLayout, found: &Survey) -> bool {
    let (rows, known) = (found.rows, layout.known());
    let is_comma = layout.marks.delimiter == b',' && !layout.marks.has_spaces;
    let is_typed = found.typed > 0 && found.typed * 2 >= rows;
    // A sentence that lists a headline, a date and a text is no header.
    if found.mistyped * 2 > rows || is_comma && found.has_gaps_in_header && !is_typed {
        return false;
    }
    if layout.has_dispatches() && known >= 2 {
        // A header that is clear allows for more damage.
        return match known {
            2 => rows > 0 && found.even * 4 >= rows * 3,
            _ => found.even * 2 >= rows || is_typed && found.typed * 4 >= rows * 3,
        };
    }
    let names: Vec<&str> = layout.columns.iter().map(|column| column.name.as_str()).collect();
    let is_name = |name: &&str| {
        name.len() <= 40
            && name.starts_with(char::is_alphabetic)
            && !name.ends_with(['.', ':', '!', '?'])
            && !name.contains('\n')
    };
    let is_distinct = |at: usize| !names[..at].contains(&names[at]);
    let is_prose = is_comma && (found.has_gaps || found.has_gaps_in_header);
    if found.exact < rows || !(0..names.len()).all(is_distinct) || is_prose && known < 2 {
        return false;
    }
    if layout.has_dispatches() {
        // One known column among others: `text,label`.
        let are_short = names.iter().all(|name| name.len() <= 30 && name.split(' ').count() <= 3);
        return are_short && (rows >= 2 || rows == 1 && found.has_quotes);
    }
    // A table without known columns must look like nothing else.
    let least = if known >= 2 { 1 } else { 3 };
    rows >= least && names.len() >= if known >= 2 { 2 } else { 3 } && names.iter().all(is_name)
}

/// What shows the order of a numeric date such as `3/13/2015`; `None` for any other.
fn date_order_of(cell: &[u8]) -> Option<DateOrder> {
    let text = std::str::from_utf8(cell).unwrap_or("").trim();
    let mark = if text.contains('/') { '/' } else { '-' };
    let mut parts = text.splitn(3, mark).map(|part| part.parse::<u32>().unwrap_or(0));
    let (first, second) = (parts.next()?, parts.next()?);
    let has_half = || matches!(text.as_bytes().last(), Some(b'm' | b'M' | b'.'));
    match (first, second) {
        (0 | 32.., _) | (_, 0 | 32..) => None,
        (13.., _) => Some(DateOrder::DayFirst),
        (_, 13..) => Some(DateOrder::MonthFirst),
        // `3/4/2015 2:05 PM`: those who halve the day put the month first.
        _ if has_half() => Some(DateOrder::MonthFirst),
        _ if first == second => None,
        _ => Some(DateOrder::Unclear),
    }
}

/// The name of a column that has none: `column 3`. `nth` counts from 0.
pub(super) fn column_number_name(nth: usize) -> String {
    format!("column {}", nth + 1)
}

fn is_same_name(one: &str, other: &str) -> bool {
    one.trim().to_lowercase() == other.trim().to_lowercase()
}

/// The columns with these names. A requested field takes no other column; a likely one only if no certain one has it.
fn name_columns(names: &[String], requested: &ColumnNames) -> Vec<Column> {
    let is_requested = |name: &str| requested.key_of(name);
    let taken: Vec<FieldKey> = names.iter().filter_map(|name| is_requested(name)).collect();
    let guesses: Vec<_> = names.iter().map(|name| column_keys(name)).collect();
    let is_certain = |wanted: FieldKey| {
        guesses.iter().flatten().any(|found| *found == (wanted, Certainty::Certain))
    };
    let column = |(nth, name): (usize, &String)| {
        let mut keys = guesses[nth].iter().filter(|(key, _)| !taken.contains(key));
        let guess =
            keys.find(|(key, certainty)| *certainty == Certainty::Certain || !is_certain(*key));
        let name = crate::text::one_line(name);
        Column {
            key: is_requested(&name).or(guess.map(|(key, _)| *key)),
            is_requested: is_requested(&name).is_some(),
            name: if name.is_empty() { column_number_name(nth) } else { name },
        }
    };
    names.iter().enumerate().map(column).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Checks the delimiter of a table and its number of columns; `None` for what is no table.
    #[track_caller]
    fn check(text: &str, expected: Option<(u8, usize)>) {
        let found = TableLayout::find(text.as_bytes(), &ColumnNames::default());
        let found = found.map(|layout| (layout.marks.delimiter, layout.columns.len()));
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn tables_are_told_from_prose() {
        check("title,text\nGoat,Found.\nCow,Lost.\n", Some((b',', 2)));
        check("text,label\n\"The goat, a white one, is back.\",1\n", Some((b',', 2)));
        check("title;score\nGoat;1\nCow;2\n", Some((b';', 2)));
        check("headline, date, text\n\"A\", \"2020-01-02\", \"B, c\"\n", Some((b',', 3)));
        check("headline,date,text\nA,2020-01-02,B, with, commas\nC,2020-01-03\n", Some((b',', 3)));
        check("Search: goat\n2 hits;;\nTitel;Datum;Text\nA;02.01.2020;B\n", Some((b';', 3)));
        for prose in [
            "Headline, date, text: three words that matter\nThe goat, the cow, and the hen came.\n",
            "title, date\nThis is a poem, really\nIt has lines, twice\n",
            "Source, author and date were missing\n\nTARN - The goat, it said, was gone.\n",
            "Text, title, date\nwere all, he said, lost\nin the fire, the fog, the flood\n",
            "Goat,cow\nhen,owl and more\n",
        ] {
            check(prose, None);
        }
    }

    #[test]
    fn the_order_of_dates() {
        let order = |date: &str| {
            let text = format!("title,date,text\nA,{date},B\nC,1/2/2020,D\n");
            let found = TableLayout::find(text.as_bytes(), &ColumnNames::default()).unwrap();
            found.date_order
        };
        assert_eq!(order("13/2/2020"), DateOrder::DayFirst);
        assert_eq!(order("2/13/2020"), DateOrder::MonthFirst);
        assert_eq!(order("2/3/2020 2:05 PM"), DateOrder::MonthFirst);
        assert_eq!(order("2/3/2020"), DateOrder::Unclear);
    }
}
