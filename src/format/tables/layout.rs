//! The layout of a table: its delimiter, encoding and columns, found from its first lines. Tells tables from prose.

use encoding_rs::Encoding;

use crate::format::parser::{SAMPLE_SIZE, Sample};
use crate::format::shared::encoding;
use crate::format::shared::field_keys::FieldKey;
use crate::format::tables::columns::{Certainty, ColumnNames, column_key};
use crate::format::tables::rows::{RowFit, RowReader};

/// How the rows of a table are read. Made from the start of the input, and needed to read any of its rows by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableLayout {
    pub(super) delimiter: u8,
    pub(super) columns: Vec<Column>,
    /// Offset of the first row after the header, in the bytes, or in the decoded text if they are UTF-16.
    pub(super) rows_start: usize,
    /// True if the input is UTF-16: its rows can only be found in the decoded text.
    pub(super) is_utf16: bool,
    /// The encoding of rows that are not UTF-8.
    pub(super) encoding: Option<&'static Encoding>,
    /// True if a numeric date such as `03/13/2015` begins with the month.
    pub(super) is_month_first: bool,
    /// Columns that the user named and that are not there.
    pub(super) missing: Vec<String>,
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

/// Rows that are looked at to tell a table from prose.
const SAMPLE_ROWS: usize = 40;

/// Longest name of a column, in bytes.
const MAX_NAME: usize = 80;

/// Most columns of a table.
const MAX_COLUMNS: usize = 4096;

/// Recognises tables that are separated by commas, semicolons or bars.
pub(in crate::format) fn is_csv(sample: &Sample<'_>) -> bool {
    recognise(sample).is_some_and(|layout| layout.delimiter != b'\t')
}

/// Recognises tables that are separated by tabs.
pub(in crate::format) fn is_tsv(sample: &Sample<'_>) -> bool {
    recognise(sample).is_some_and(|layout| layout.delimiter == b'\t')
}

fn recognise(sample: &Sample<'_>) -> Option<TableLayout> {
    // Most texts have a first line without a delimiter.
    let line = sample.start.split(|&b| b == b'\n').next().unwrap_or_default();
    if !sample.is_utf16 && !line.iter().any(|b| DELIMITERS.contains(b) || *b == b'=') {
        return None;
    }
    TableLayout::find(sample.bytes, &sample.columns)
}

impl TableLayout {
    /// The layout of a table that begins with these bytes; `None` if this is no table.
    ///
    /// A table has a header with a column for the headline or text and another known one, and rows of the same length.
    /// Without known columns, all rows must be of one length, and all names short.
    pub(super) fn find(bytes: &[u8], requested: &ColumnNames) -> Option<Self> {
        let start = TableStart::new(bytes);
        let mut found: Vec<Self> =
            start.delimiters().iter().filter_map(|&by| start.header(by, requested)).collect();
        // The last one of equals would win otherwise.
        found.reverse();
        let best = found.into_iter().max_by_key(|layout| (layout.known(), layout.columns.len()))?;
        start.is_table(&best).then(|| start.finish(best))
    }

    /// The layout of bytes that the user calls a table: the best guess.
    pub(super) fn guess(bytes: &[u8], requested: &ColumnNames) -> Self {
        let start = TableStart::new(bytes);
        let headers = start.delimiters();
        let layouts = headers.iter().filter_map(|&by| start.header(by, requested));
        let best = layouts.max_by_key(|layout| (layout.known(), layout.columns.len()));
        let best = best.unwrap_or_else(|| Self {
            delimiter: start.delimiters().first().copied().unwrap_or(b','),
            columns: Vec::new(),
            rows_start: start.text.len(),
            encoding: None,
            is_utf16: start.is_utf16,
            is_month_first: false,
            missing: Vec::new(),
        });
        start.finish(best)
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

    /// The layout by the first row, read with this delimiter.
    fn header(&self, delimiter: u8, requested: &ColumnNames) -> Option<TableLayout> {
        let from = self.named_delimiter().map_or(0, |(_, length)| length);
        let mut reader = RowReader::new(&self.text, from, delimiter, None);
        let (_, fit) = reader.next_row()?;
        if fit != RowFit::Exact || !(2..=MAX_COLUMNS).contains(&reader.len()) {
            return None;
        }
        let (cells, ends) = reader.cells();
        let mut start = 0;
        let cell = |&end: &usize| {
            let cell = &cells[start..end];
            start = end;
            let decode = |encoding: &'static Encoding| encoding.decode_without_bom_handling(cell).0;
            self.encoding.map_or_else(|| String::from_utf8_lossy(cell), decode).into_owned()
        };
        let text: Vec<String> = ends.iter().map(cell).collect();
        if text.iter().any(|name| name.len() > MAX_NAME) {
            return None;
        }
        Some(TableLayout {
            delimiter,
            columns: name_columns(&text, requested),
            rows_start: reader.position(),
            encoding: self.encoding,
            is_utf16: self.is_utf16,
            is_month_first: false,
            missing: requested
                .iter()
                .filter(|(_, name)| !text.iter().any(|cell| is_same_name(cell, name)))
                .map(|(_, name)| name.to_owned())
                .collect(),
        })
    }

    /// True if the rows after this header are those of a table.
    fn is_table(&self, layout: &TableLayout) -> bool {
        let width = layout.columns.len();
        let (mut rows, mut even, mut exact) = (0, 0, 0);
        let mut has_gaps = false;
        let mut reader =
            RowReader::new(&self.text, layout.rows_start, layout.delimiter, Some(width));
        while let Some((range, fit)) = reader.next_row() {
            // The sample may end within a row.
            if rows == SAMPLE_ROWS || !self.is_whole && reader.position() >= self.text.len() {
                break;
            }
            rows += 1;
            even += usize::from(fit != RowFit::Uneven);
            exact += usize::from(fit == RowFit::Exact);
            has_gaps |= memchr::memmem::find(&self.text[range], b", ").is_some();
        }
        if layout.has_dispatches() && layout.known() >= 2 {
            // A header that is clear allows for more damage.
            return match layout.known() {
                2 => rows > 0 && even * 4 >= rows * 3,
                _ => even * 2 >= rows,
            };
        }
        // A table without known columns must look like nothing else.
        let names: Vec<&str> = layout.columns.iter().map(|column| column.name.as_str()).collect();
        let is_name = |name: &&str| {
            name.len() <= 40
                && name.starts_with(char::is_alphabetic)
                && !name.ends_with(['.', ':', '!', '?'])
                && !name.contains('\n')
        };
        let is_distinct = |at: usize| !names[..at].contains(&names[at]);
        let is_prose = layout.delimiter == b',' && has_gaps && layout.known() < 2;
        let least = if layout.known() >= 2 { 1 } else { 3 };
        rows >= least
            && exact == rows
            && width >= if layout.known() >= 2 { 2 } else { 3 }
            && names.iter().all(is_name)
            && (0..names.len()).all(is_distinct)
            && !is_prose
    }

    /// Completes a layout: the order of numeric dates, and offsets in the whole input.
    fn finish(&self, mut layout: TableLayout) -> TableLayout {
        let width = layout.columns.len();
        let (mut day_first, mut month_first) = (false, false);
        let mut reader =
            RowReader::new(&self.text, layout.rows_start, layout.delimiter, Some(width));
        for _ in 0..SAMPLE_ROWS {
            if reader.next_row().is_none() {
                break;
            }
            let (cells, ends) = reader.cells();
            for (nth, column) in layout.columns.iter().enumerate().take(ends.len()) {
                if matches!(column.key, Some(FieldKey::Sent | FieldKey::Created)) {
                    let start = nth.checked_sub(1).map_or(0, |before| ends[before]);
                    let (first, second) = first_numbers(&cells[start..ends[nth]]);
                    day_first |= first > 12;
                    month_first |= second > 12 && first <= 12;
                }
            }
        }
        layout.is_month_first = month_first && !day_first;
        layout.rows_start += self.skipped;
        layout
    }
}

/// The first two numbers of a date such as `3/13/2015`; zeros for any other.
fn first_numbers(cell: &[u8]) -> (u32, u32) {
    let text = std::str::from_utf8(cell).unwrap_or("").trim();
    let mut parts = text.splitn(3, '/').map(|part| part.parse::<u32>().unwrap_or(0));
    let (first, second) = (parts.next().unwrap_or(0), parts.next().unwrap_or(0));
    if first > 31 || second > 31 { (0, 0) } else { (first, second) }
}

fn is_same_name(one: &str, other: &str) -> bool {
    one.trim().to_lowercase() == other.trim().to_lowercase()
}

/// The columns with these names. A requested field takes no other column; a likely one only if no certain one has it.
fn name_columns(names: &[String], requested: &ColumnNames) -> Vec<Column> {
    let is_requested = |name: &str| requested.key_of(name);
    let taken: Vec<FieldKey> = names.iter().filter_map(|name| is_requested(name)).collect();
    let guesses: Vec<_> = names.iter().map(|name| column_key(name)).collect();
    let is_certain = |wanted: FieldKey| {
        guesses.iter().flatten().any(|found| *found == (wanted, Certainty::Certain))
    };
    let column = |(nth, name): (usize, &String)| {
        let guess = guesses[nth]
            .filter(|(key, _)| !taken.contains(key))
            .filter(|(key, certainty)| *certainty == Certainty::Certain || !is_certain(*key));
        let name = crate::text::one_line(name);
        Column {
            key: is_requested(&name).or(guess.map(|(key, _)| key)),
            is_requested: is_requested(&name).is_some(),
            name: if name.is_empty() { format!("column {}", nth + 1) } else { name },
        }
    };
    names.iter().enumerate().map(column).collect()
}
