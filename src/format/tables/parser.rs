//! Parses the rows of a table as dispatches, by the fields that its columns hold. A table without a headline or text is
//! one dispatch, whose text is the table.

use std::borrow::Cow;
use std::collections::HashSet;
use std::ops::Range;

use encoding_rs::Encoding;

use crate::dispatch::{Problem, Severity};
use crate::format::html;
use crate::format::parser::{Detail, Draft, Input, ItemSink, ParsedItem};
use crate::format::shared::agencies::agency_sign;
use crate::format::shared::dateline::DatelineCache;
use crate::format::shared::encoding;
use crate::format::shared::field_keys::FieldKey;
use crate::format::shared::finish;
use crate::format::shared::markup::TableBuilder;
use crate::format::tables::layout::{Column, DateOrder, TableLayout};
use crate::format::tables::rows::{RowFit, RowReader};
use crate::format::tables::times::RowTimes;
use crate::text::{self, count_noun};

/// Offers the rows of a table, or those of a part of it, whose layout the context then has.
pub(in crate::format) fn items(input: &Input<'_>, sink: &mut ItemSink<'_>) {
    let made;
    let layout = if let Some(layout) = &input.ctx.table {
        &**layout
    } else {
        let none = &crate::format::tables::ColumnNames::default();
        made = TableLayout::for_input(input.bytes, none);
        &made
    };
    let decoded = layout.is_utf16.then(|| encoding::decode(input.bytes));
    let is_start = layout.is_utf16 || input.ctx.table.is_none() || input.ctx.first_byte == 0;
    let text = decoded.as_ref().map_or(input.bytes, |decoded| decoded.text.as_bytes());
    if !layout.has_dispatches() {
        return sink.offer(|| whole_table(input, layout, text));
    }
    let datelines = DatelineCache::default();
    let table = Table { input, layout, encoding: decoded.as_ref().map(|d| d.encoding), datelines };
    let start = if is_start { layout.rows_start } else { 0 };
    table.offer_rows(text, start, is_start, sink);
    if is_start {
        report_header(layout, sink);
    }
}

/// Reports what is odd about a table as a whole. The names of columns that hold known fields are not shown.
fn report_header(layout: &TableLayout, sink: &mut ItemSink<'_>) {
    if layout.is_headerless {
        let known = layout.columns.iter().filter_map(|column| Some((column.key?, &column.name)));
        let known: Vec<String> =
            known.map(|(key, name)| format!("{} ({name})", field_word(key))).collect();
        let message = format!(
            "the table has no header: its columns are known by what they hold: {}; others can be named, as in --columns \
             'headline=column 3'",
            known.join(", ")
        );
        sink.problems.push(Problem::new(Severity::Note, "header", message));
        return report_dates(layout, sink);
    }
    for column in &layout.columns {
        sink.leave_out("column names", &column.name);
    }
    sink.leave_out("lines above the header", &layout.before_header);
    let mut report = |severity, message: String| {
        sink.problems.push(Problem::new(severity, "header", message));
    };
    if !layout.missing.is_empty() {
        let names: Vec<String> = layout.missing.iter().map(|name| format!("`{name}`")).collect();
        report(Severity::Fault, format!("no column is called {}", names.join(" or ")));
    }
    if !layout.before_header.is_empty() {
        let before = text::truncate_to_width(&layout.before_header, 80);
        report(Severity::Note, format!("what stands before the header is left out: {before}"));
    }
    report_dates(layout, sink);
}

/// Reports dates that may begin with the day or the month.
fn report_dates(layout: &TableLayout, sink: &mut ItemSink<'_>) {
    if layout.date_order == DateOrder::Unclear {
        let message = "nothing shows whether dates such as 3/4/2015 begin with the day or the month: they are \
                       read as if with the day";
        sink.problems.push(Problem::new(Severity::Note, "header", message));
    }
}

/// The word for a field that a column is known to hold.
fn field_word(key: FieldKey) -> String {
    match key {
        FieldKey::Sent => "time".to_owned(),
        FieldKey::Links => "url".to_owned(),
        key => format!("{key:?}").to_lowercase(),
    }
}

impl TableLayout {
    /// The layout of an input that was detected as a table, or that the user calls one.
    #[must_use]
    pub fn for_input(bytes: &[u8], requested: &crate::format::tables::ColumnNames) -> Self {
        Self::find(bytes, requested).unwrap_or_else(|| Self::guess(bytes, requested))
    }
}

/// A table, or a part of it.
struct Table<'a> {
    input: &'a Input<'a>,
    layout: &'a TableLayout,
    /// Set for UTF-16, whose rows can only be found in the decoded text.
    encoding: Option<&'static str>,
    datelines: DatelineCache,
}

/// Rows of one kind that are reported together: their number and the first of their lines.
#[derive(Default)]
struct RowCount {
    count: usize,
    lines: Vec<usize>,
}

impl RowCount {
    fn add(&mut self, text: &[u8], at: usize) {
        self.count += 1;
        if self.lines.len() < 5 {
            self.lines.push(memchr::memchr_iter(b'\n', &text[..at]).count() + 1);
        }
    }

    /// Reports the rows: `3 rows …` at `lines 4, 8, 9`.
    fn report(&self, sink: &mut ItemSink<'_>, severity: Severity, what: &str) {
        if self.count > 0 {
            let lines: Vec<String> = self.lines.iter().map(usize::to_string).collect();
            let more = if self.count > self.lines.len() { ", …" } else { "" };
            let lines = format!(
                "{} {}{more}",
                if self.count == 1 { "line" } else { "lines" },
                lines.join(", ")
            );
            let message = format!("{} {what}", count_noun(self.count, "row"));
            sink.problems.push(Problem::new(severity, lines, message));
        }
    }
}

impl Table<'_> {
    /// Offers the rows of a text from `start` on. Of a whole table, rows that repeat an earlier one are left out.
    fn offer_rows(&self, text: &[u8], start: usize, is_whole: bool, sink: &mut ItemSink<'_>) {
        let mut reader = self.layout.rows(text, start);
        let (mut repeated, mut bare, mut stray) =
            (RowCount::default(), RowCount::default(), RowCount::default());
        let mut seen = HashSet::new();
        let mut number = 0;
        while !sink.is_full()
            && let Some((range, fit)) = reader.next_row()
        {
            let nth = number;
            number += 1;
            let row = self.decode_row(text, &range, &reader);
            let cells = row.cells();
            if is_whole {
                let is_bare = !self.has_copy(&cells);
                if is_bare {
                    bare.add(text, range.start);
                    continue;
                }
                if !seen.insert(self.identity(&cells)) {
                    repeated.add(text, range.start);
                    continue;
                }
                if fit == RowFit::StrayMarks {
                    stray.add(text, range.start);
                }
            }
            let item = || self.parse_row(&row, &cells, &text[range.clone()], (&range, nth), fit);
            match self.encoding {
                // All rows have the range of the whole table, and their number in it.
                Some(_) => sink.offer_numbered(nth, item),
                None => sink.offer(item),
            }
        }
        repeated.report(
            sink,
            Severity::Note,
            "like an earlier one in headline, source, time and text: shown once",
        );
        bare.report(sink, Severity::Note, "without headline and text: left out");
        stray.report(
            sink,
            Severity::Note,
            "with stray quotation marks: read by the number of cells",
        );
    }

    /// The cells of the last row of the reader as text.
    fn decode_row<'r>(
        &self,
        text: &[u8],
        range: &Range<usize>,
        reader: &'r RowReader<'_>,
    ) -> Row<'r> {
        let (cells, ends) = reader.cells();
        if let Ok(cells) = simdutf8::basic::from_utf8(cells) {
            let encoding = self.encoding.unwrap_or("UTF-8");
            return Row { text: cells.into(), ends: ends.into(), encoding, problem: None };
        }
        // Delimiters and marks are ASCII in all encodings that remain, but the row is decoded as a whole.
        let decoded = encoding::decode_as(&text[range.clone()], self.layout.encoding);
        let mut again = self.layout.rows(decoded.text.as_bytes(), 0);
        again.next_row();
        let (cells, ends) = again.cells();
        Row {
            text: Cow::Owned(String::from_utf8_lossy(cells).into_owned()),
            ends: Cow::Owned(ends.to_vec()),
            encoding: decoded.encoding,
            problem: decoded.problem,
        }
    }

    /// True if a row has a headline or a text.
    fn has_copy(&self, cells: &[&str]) -> bool {
        let tells = |key| {
            matches!(key, FieldKey::Headline | FieldKey::Body | FieldKey::Html | FieldKey::Summary)
        };
        let mut columns = self.layout.columns.iter().zip(cells);
        columns.any(|(column, cell)| column.key.is_some_and(tells) && !is_missing(cell))
    }

    /// Hash of what makes two rows the same article, whatever their ids.
    fn identity(&self, cells: &[&str]) -> u64 {
        let is_of_identity = |key| {
            matches!(
                key,
                FieldKey::Headline
                    | FieldKey::Body
                    | FieldKey::Html
                    | FieldKey::Summary
                    | FieldKey::Agency
                    | FieldKey::Sent
            )
        };
        let mut all = String::new();
        for (column, cell) in self.layout.columns.iter().zip(cells) {
            if column.key.is_some_and(is_of_identity) {
                all.push_str(cell.trim());
                all.push('\0');
            }
        }
        text::stable_hash(all.as_bytes())
    }

    /// Parses a row as a dispatch. `raw` are its bytes, in the text of the table at the range of `place`, which also has
    /// its number.
    fn parse_row(
        &self,
        row: &Row<'_>,
        cells: &[&str],
        raw: &[u8],
        (range, nth): (&Range<usize>, u32),
        fit: RowFit,
    ) -> ParsedItem {
        let location = match self.encoding {
            Some(_) => (0..self.input.bytes.len() as u64, nth),
            None => (range.start as u64..range.end as u64, 0),
        };
        let format = if self.layout.marks.delimiter == b'\t' { "tsv" } else { "csv" };
        let mut draft = Draft::new(format, raw, location, self.input);
        draft.set_encoding(row.encoding, row.problem.clone());
        draft.dateline_cache = Some(&self.datelines);
        let mut copy = RowCopy::default();
        let (columns, cells) = (&self.layout.columns, self.fit_cells(&mut draft, cells, fit));
        for (column, cell) in columns.iter().zip(&cells) {
            if !is_missing(cell) {
                copy.take_cell(&mut draft, column, cell);
            }
        }
        std::mem::take(&mut copy.times).set(&mut draft, self.layout, &cells);
        copy.finish(draft)
    }

    /// A cell for each column. Surplus cells are taken for parts of the text in which a delimiter stands, and reported.
    fn fit_cells<'c>(
        &self,
        draft: &mut Draft<'_>,
        cells: &[&'c str],
        fit: RowFit,
    ) -> Vec<Cow<'c, str>> {
        let width = self.layout.columns.len();
        let mut fitted: Vec<Cow<'c, str>> = cells.iter().map(|cell| Cow::Borrowed(*cell)).collect();
        if fit != RowFit::Uneven {
            return fitted;
        }
        let is_body = |column: &Column| column.key == Some(FieldKey::Body);
        let at = self.layout.columns.iter().position(is_body).unwrap_or(width - 1);
        let mut severity = Severity::Note;
        if fitted.len() > width && at < width {
            severity = Severity::Fault;
            let end = at + fitted.len() - width;
            let delimiter = char::from(self.layout.marks.delimiter).to_string();
            let parts: Vec<_> = fitted.drain(at..=end).collect();
            fitted.insert(at, Cow::Owned(parts.join(&delimiter)));
        }
        let message = format!(
            "the row has {} in a table of {width} columns: values may be in the wrong place",
            count_noun(cells.len(), "cell")
        );
        draft.add_problem(severity, "row", message);
        fitted
    }
}

/// The cells of a row as text.
struct Row<'r> {
    text: Cow<'r, str>,
    /// Where each cell ends in the text.
    ends: Cow<'r, [usize]>,
    encoding: &'static str,
    problem: Option<Problem>,
}

impl Row<'_> {
    fn cells(&self) -> Vec<&str> {
        let mut start = 0;
        let cell = |&end: &usize| {
            let cell = self.text.get(start..end).unwrap_or("");
            start = end;
            cell
        };
        self.ends.iter().map(cell).collect()
    }
}

/// True for a cell without a value, as spreadsheets, R and Python write it.
fn is_missing(cell: &str) -> bool {
    matches!(
        cell.trim(),
        "" | "NA" | "N/A" | "NaN" | "nan" | "NULL" | "null" | "None" | "[]" | "#N/A" | "<NA>"
    )
}

/// The texts and times of a row, of which the best are chosen once all cells are read.
#[derive(Default)]
struct RowCopy<'a> {
    /// Columns with a text, and whether the user named them for it.
    bodies: Vec<(&'a Column, Cow<'a, str>)>,
    html: Option<(&'a Column, Cow<'a, str>)>,
    summary: Option<(&'a Column, Cow<'a, str>)>,
    times: RowTimes<'a>,
}

impl<'a> RowCopy<'a> {
    fn take_cell(&mut self, draft: &mut Draft<'_>, column: &'a Column, cell: &'a str) {
        let value = || text::clean_cow(Cow::Borrowed(cell));
        match column.key {
            None => draft.add_field(&column.name, &value()),
            Some(FieldKey::Body) => self.bodies.push((column, with_line_ends(value()))),
            Some(FieldKey::Html) if self.html.is_none() => self.html = Some((column, value())),
            Some(FieldKey::Summary) if self.summary.is_none() => {
                self.summary = Some((column, value()));
            }
            Some(FieldKey::Sent) => self.times.add(column, cell),
            Some(FieldKey::Headline) => {
                draft.set_field(FieldKey::Headline, &column.name, &html::inline_text(&value()));
            }
            Some(FieldKey::Agency) => set_source(draft, column, &text::one_line(&value())),
            Some(FieldKey::Words) => set_words(draft, &column.name, &value()),
            Some(key @ (FieldKey::Byline | FieldKey::Subjects | FieldKey::Keywords)) => {
                let value = value();
                let by = if key == FieldKey::Byline { ", " } else { "; " };
                let list = list_literal(&value).map(|names| names.join(by));
                let value = list.as_deref().unwrap_or(&value);
                draft.set_field(key, &column.name, &text::one_line(value));
            }
            Some(FieldKey::Ednote) => draft.set_field(FieldKey::Ednote, &column.name, &value()),
            Some(key) => draft.set_field(key, &column.name, &text::one_line(&value())),
        }
    }

    /// Completes the dispatch from its best text: the columns that the user named, else the longest one, else HTML, else
    /// the summary. The others become fields.
    fn finish(mut self, mut draft: Draft<'_>) -> ParsedItem {
        let requested = self.bodies.iter().any(|(column, _)| column.is_requested);
        let is_code = |column: &Column| matches!(column.name.as_str(), "LP" | "TD");
        let joined =
            requested || self.bodies.iter().filter(|(column, _)| is_code(column)).count() == 2;
        let mut body = Cow::Borrowed("");
        if joined {
            let is_part =
                |column: &Column| if requested { column.is_requested } else { is_code(column) };
            for (column, part) in std::mem::take(&mut self.bodies) {
                if !is_part(column) {
                    draft.add_field(&column.name, &part);
                } else if body.is_empty() {
                    body = part;
                } else {
                    body = Cow::Owned(format!("{body}\n\n{part}"));
                }
            }
        } else if let Some(longest) =
            (0..self.bodies.len()).rev().max_by_key(|nth| self.bodies[*nth].1.len())
        {
            for (nth, (column, part)) in std::mem::take(&mut self.bodies).into_iter().enumerate() {
                if nth == longest {
                    body = part;
                } else {
                    draft.add_field(&column.name, &part);
                }
            }
        }
        for (other, is_html) in [(self.html.take(), true), (self.summary.take(), false)] {
            let Some((column, value)) = other else { continue };
            if body.trim_ascii().is_empty() {
                if is_html && !html::looks_like_html(&value) {
                    body = Cow::Owned(html::decode_entities(&value));
                } else {
                    body = value;
                }
            } else if draft.detail == Detail::Full {
                draft.add_field(&column.name, &value);
            }
        }
        if html::looks_like_html(&body) {
            let blocks = html::keep_links_and_media(&mut draft, html::parse_html(&body));
            return finish::finish_blocks(draft, blocks);
        }
        finish::finish_text(draft, body.trim_matches('\n'), None)
    }
}

/// A text whose line ends are written as `\n`, with line ends.
fn with_line_ends(text: Cow<'_, str>) -> Cow<'_, str> {
    if text.contains('\n') || !text.contains("\\n") {
        return text;
    }
    Cow::Owned(text.replace("\\r\\n", "\n").replace("\\n", "\n").replace("\\t", "\t"))
}

/// Sets the paper or agency, an agency by its short name, and keeps the name as the table writes it.
fn set_source(draft: &mut Draft<'_>, column: &Column, name: &str) {
    match agency_sign(name).filter(|sign| *sign != name) {
        Some(sign) if !draft.is_given(FieldKey::Agency) => {
            draft.set_field(FieldKey::Agency, &column.name, sign);
            draft.add_field(&column.name, name);
        }
        _ => draft.set_field(FieldKey::Agency, &column.name, name),
    }
}

/// Sets the stated word count (`58 words`); another length, such as one in characters, is a field.
fn set_words(draft: &mut Draft<'_>, name: &str, value: &str) {
    let digits: String =
        value.chars().take_while(|c| c.is_ascii_digit() || matches!(c, ',' | '.')).collect();
    let unit = value[digits.len()..].trim().to_lowercase();
    let is_words = unit.is_empty()
        || ["word", "wör", "mot", "woord", "palabra", "parol"]
            .iter()
            .any(|word| unit.starts_with(word));
    let number = digits.trim_end_matches(".0").replace([',', '.'], "");
    if is_words && number.parse::<u32>().is_ok() {
        draft.set_field(FieldKey::Words, name, &number);
    } else {
        draft.add_field(name, value);
    }
}

/// The texts of a list as Python and JSON write it: `['A', 'B']`.
fn list_literal(value: &str) -> Option<Vec<&str>> {
    let inner = value.trim().strip_prefix('[')?.strip_suffix(']')?.trim();
    let mark = inner.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let texts = inner.split(',').map(|part| part.trim().trim_matches(mark).trim());
    Some(texts.filter(|text| !text.is_empty()).collect())
}

// A table without a headline or text.

/// Most rows of a table that is shown as a whole.
const MAX_SHOWN_ROWS: usize = 2000;

/// A dispatch whose text is the table.
fn whole_table(input: &Input<'_>, layout: &TableLayout, text: &[u8]) -> ParsedItem {
    let format = if layout.marks.delimiter == b'\t' { "tsv" } else { "csv" };
    let location = (0..input.bytes.len() as u64, 0);
    let mut draft = Draft::new(format, input.bytes, location, input);
    let mut table = TableBuilder::default();
    let mut add_row = |cells: &mut dyn Iterator<Item = String>| {
        table.start_row();
        for cell in cells {
            table.start_cell(None, None);
            table.push(crate::dispatch::BlockKind::Paragraph, cell);
        }
    };
    add_row(&mut layout.columns.iter().map(|column| column.name.clone()));
    let mut reader = layout.rows(text, layout.rows_start);
    let mut rows = 0;
    while let Some(_row) = reader.next_row() {
        rows += 1;
        if rows > MAX_SHOWN_ROWS {
            continue;
        }
        let (cells, ends) = reader.cells();
        let mut start = 0;
        add_row(&mut ends.iter().map(|&end| {
            let cell = &cells[start..end];
            start = end;
            let cell = match layout.encoding {
                Some(encoding) => encoding.decode_without_bom_handling(cell).0,
                None => String::from_utf8_lossy(cell),
            };
            text::one_line(&text::clean_cow(cell))
        }));
    }
    let names: Vec<&str> = layout.columns.iter().map(|column| column.name.as_str()).collect();
    let headline = format!("Table: {}", names.join(", "));
    draft.fallback_headline = Some(finish::derive_headline(&headline));
    draft.set_encoding(layout.encoding.map_or("UTF-8", Encoding::name), None);
    let message = "no column is known as a headline or a text, so the table is one dispatch: --columns \
                   headline=NAME,body=NAME makes each row one";
    draft.add_problem(Severity::Note, "header", message.to_owned());
    if rows > MAX_SHOWN_ROWS {
        let message = format!("only the first {MAX_SHOWN_ROWS} of {rows} rows are shown");
        draft.add_problem(Severity::Fault, "table", message);
    }
    finish::finish_blocks(draft, table.into_blocks())
}
