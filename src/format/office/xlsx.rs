//! XLSX: the cells of each sheet (ECMA-376, part 1, section 18), dates as such, without formulas and formatting.

use std::collections::HashMap;

use jiff::civil::{Date, date};
use jiff::{Span, ToSpan};

use crate::format::office::parts::{Converted, Parts};
use crate::format::office::sheets::{MAX_CELL, Row, Sheets};
use crate::format::office::word_styles::attribute;
use crate::format::xml::events::{Event, EventReader, StartTag};
use crate::format::xml::tree::local_name;

/// Converts the parts of an XLSX file.
pub(super) fn convert(parts: &Parts, converted: &mut Converted) {
    let workbook = Workbook::read(parts);
    let strings = read_shared_strings(&parts.text("xl/sharedStrings.xml"));
    let dates = read_date_styles(&parts.text("xl/styles.xml"));
    let mut sheets = Sheets::default();
    for (name, part) in &workbook.sheets {
        let text = parts.text(part);
        if text.is_empty() {
            converted.unreadable(format!("the sheet `{name}` is missing or damaged"));
            continue;
        }
        let reader = XlsxSheet { strings: &strings, dates: &dates, is_1904: workbook.is_1904 };
        sheets.begin(name);
        reader.read(&text, &mut sheets);
    }
    sheets.finish(converted);
}

/// The sheets of a workbook in order, with the names of their parts.
struct Workbook {
    sheets: Vec<(String, String)>,
    /// True if days are counted from 1904 on.
    is_1904: bool,
}

impl Workbook {
    fn read(parts: &Parts) -> Self {
        let mut targets = HashMap::new();
        for_each_tag(&parts.text("xl/_rels/workbook.xml.rels"), &mut |tag| {
            if local_name(tag.name) == "Relationship"
                && let Some((id, target)) = attribute(tag, "Id").zip(attribute(tag, "Target"))
            {
                let target = match target.strip_prefix('/') {
                    Some(whole) => whole.to_owned(),
                    None => format!("xl/{target}"),
                };
                targets.insert(id, target);
            }
        });
        let (mut sheets, mut is_1904) = (Vec::new(), false);
        for_each_tag(&parts.text("xl/workbook.xml"), &mut |tag| match local_name(tag.name) {
            "sheet" => {
                let name = attribute(tag, "name").unwrap_or_default();
                let part = attribute(tag, "id").and_then(|id| targets.get(&id).cloned());
                sheets.extend(part.map(|part| (name, part)));
            }
            "workbookPr" => {
                is_1904 = matches!(attribute(tag, "date1904").as_deref(), Some("1" | "true"));
            }
            _ => {}
        });
        if sheets.is_empty() {
            let names = parts.0.iter().map(|(name, _)| name.trim_start_matches('/'));
            let own = names.filter(|name| name.starts_with("xl/worksheets/sheet"));
            sheets = own.map(|name| (name.to_owned(), name.to_owned())).collect();
        }
        Self { sheets, is_1904 }
    }
}

/// Calls `take` for each start tag of a document.
fn for_each_tag(text: &str, take: &mut dyn FnMut(&StartTag<'_>)) {
    let mut events = EventReader::new(text);
    loop {
        match events.next() {
            Event::Open(tag) => take(&tag),
            Event::End => return,
            _ => {}
        }
    }
}

/// The texts of `sharedStrings.xml`; their formatting and phonetic readings are left out.
fn read_shared_strings(text: &str) -> Vec<String> {
    let mut strings = Vec::new();
    let (mut current, mut is_text, mut is_phonetic) = (String::new(), false, false);
    let mut events = EventReader::new(text);
    loop {
        match events.next() {
            Event::Open(tag) => match local_name(tag.name) {
                "si" => {
                    current.clear();
                    if tag.is_empty {
                        strings.push(String::new());
                    }
                }
                "t" => is_text = !tag.is_empty,
                "rPh" => is_phonetic = !tag.is_empty,
                _ => {}
            },
            Event::Text(text) if is_text && !is_phonetic && current.len() < MAX_CELL => {
                current.push_str(&text);
            }
            Event::Text(_) => {}
            Event::Close(name) => match local_name(name) {
                "si" => strings.push(unescape(&current)),
                "t" => is_text = false,
                "rPh" => is_phonetic = false,
                _ => {}
            },
            Event::End => return strings,
        }
    }
}

/// Characters that XML cannot hold are written `_x000D_`.
fn unescape(text: &str) -> String {
    if !text.contains("_x") {
        return text.to_owned();
    }
    let (mut out, mut rest) = (String::with_capacity(text.len()), text);
    while let Some(at) = rest.find("_x") {
        let code = rest.get(at + 2..at + 6).and_then(|code| u32::from_str_radix(code, 16).ok());
        let is_escape = rest.as_bytes().get(at + 6) == Some(&b'_');
        let found = code.filter(|_| is_escape).and_then(char::from_u32);
        out.push_str(&rest[..at]);
        match found {
            Some('\r') => {}
            Some(c) => out.push(c),
            None => out.push_str("_x"),
        }
        rest = &rest[at + if found.is_some() { 7 } else { 2 }..];
    }
    out.push_str(rest);
    out
}

/// For each cell style, whether its numbers are dates.
fn read_date_styles(text: &str) -> Vec<bool> {
    let (mut formats, mut styles, mut in_cells) = (HashMap::new(), Vec::new(), false);
    for_each_tag(text, &mut |tag| match local_name(tag.name) {
        "numFmt" => {
            let id = attribute(tag, "numFmtId").and_then(|id| id.parse::<u32>().ok());
            let code = attribute(tag, "formatCode").unwrap_or_default();
            formats.extend(id.map(|id| (id, is_date_format(&code))));
        }
        "cellXfs" => in_cells = true,
        "cellStyles" | "dxfs" => in_cells = false,
        "xf" if in_cells => {
            let id = attribute(tag, "numFmtId").and_then(|id| id.parse().ok()).unwrap_or(0);
            // The formats that are built in (section 18.8.30).
            let is_built_in = matches!(id, 14..=22 | 27..=36 | 45..=47 | 50..=58);
            styles.push(formats.get(&id).copied().unwrap_or(is_built_in));
        }
        _ => {}
    });
    styles
}

/// True for the format of a date or time: letters for its parts outside of quotation marks and brackets.
fn is_date_format(code: &str) -> bool {
    let (mut quoted, mut bracketed, mut escaped) = (false, false, false);
    code.chars().any(|c| {
        if std::mem::take(&mut escaped) {
            return false;
        }
        match c {
            '"' => quoted = !quoted,
            '\\' | '_' | '*' => escaped = !quoted,
            '[' => bracketed = true,
            ']' => bracketed = false,
            'd' | 'D' | 'm' | 'M' | 'y' | 'Y' | 'h' | 'H' | 's' | 'S' => {
                return !quoted && !bracketed;
            }
            _ => {}
        }
        false
    })
}

/// Reads one sheet.
struct XlsxSheet<'a> {
    strings: &'a [String],
    dates: &'a [bool],
    is_1904: bool,
}

/// The cell that is open.
#[derive(Debug, Default)]
struct XlsxCell {
    column: usize,
    kind: String,
    style: usize,
    value: String,
}

impl XlsxSheet<'_> {
    fn read(&self, text: &str, sheets: &mut Sheets) {
        let (mut row, mut cell) = (Row::default(), XlsxCell::default());
        let (mut is_value, mut is_phonetic, mut next) = (false, false, 0);
        let mut events = EventReader::new(text);
        loop {
            match events.next() {
                Event::Open(tag) => match local_name(tag.name) {
                    "row" => {
                        sheets.add(&mut row, 1);
                        next = 0;
                    }
                    "c" => {
                        let column = attribute(&tag, "r").and_then(|at| column_number(&at));
                        cell = XlsxCell {
                            column: column.unwrap_or(next),
                            kind: attribute(&tag, "t").unwrap_or_default(),
                            style: number_of(&tag, "s"),
                            value: String::new(),
                        };
                        next = cell.column + 1;
                    }
                    "v" | "t" => is_value = !tag.is_empty,
                    "rPh" => is_phonetic = !tag.is_empty,
                    _ => {}
                },
                Event::Text(text) => {
                    if is_value && !is_phonetic && cell.value.len() < MAX_CELL {
                        cell.value.push_str(&text);
                    }
                }
                Event::Close(name) => match local_name(name) {
                    "v" | "t" => is_value = false,
                    "rPh" => is_phonetic = false,
                    "c" => row.put(cell.column, &self.text_of(&cell)),
                    _ => {}
                },
                Event::End => break,
            }
        }
        sheets.add(&mut row, 1);
    }

    fn text_of(&self, cell: &XlsxCell) -> String {
        let value = cell.value.as_str();
        match cell.kind.as_str() {
            "s" => {
                let string = value.trim().parse::<usize>().ok().and_then(|at| self.strings.get(at));
                string.cloned().unwrap_or_default()
            }
            "inlineStr" | "str" => unescape(value),
            "b" => if value.trim() == "1" { "true" } else { "false" }.to_owned(),
            "e" => String::new(),
            "d" => value.to_owned(),
            _ => {
                let Ok(number) = value.trim().parse::<f64>() else {
                    return value.to_owned();
                };
                let is_date = self.dates.get(cell.style).copied().unwrap_or(false);
                let date = is_date.then(|| date_of(number, self.is_1904)).flatten();
                date.unwrap_or_else(|| number.to_string())
            }
        }
    }
}

fn number_of(tag: &StartTag<'_>, name: &str) -> usize {
    attribute(tag, name).and_then(|value| value.parse().ok()).unwrap_or(0)
}

/// The number of a column, from 0, by the name of a cell: `C7` is in column 2.
fn column_number(cell: &str) -> Option<usize> {
    let letters = cell.bytes().take_while(u8::is_ascii_alphabetic);
    let number = letters.take(4).fold(0, |number, letter| {
        number * 26 + usize::from(letter.to_ascii_uppercase() - b'A') + 1
    });
    number.checked_sub(1)
}

/// A date as spreadsheets count it: days since the end of 1899, with a 29 February 1900 that never was, or since 1904.
fn date_of(number: f64, is_1904: bool) -> Option<String> {
    if !(0.0..3_000_000.0).contains(&number) {
        return None;
    }
    #[allow(clippy::cast_possible_truncation)] // Within the range above.
    let (mut days, mut seconds) =
        (number.floor() as i64, ((number - number.floor()) * 86_400.0).round() as i64);
    if seconds == 86_400 {
        (days, seconds) = (days + 1, 0);
    }
    let clock = format!("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
    // Less than a day is a time of day.
    if days == 0 {
        return Some(clock);
    }
    let start: Date = if is_1904 { date(1904, 1, 1) } else { date(1899, 12, 30) };
    let leap = i64::from(!is_1904 && days < 60);
    let span: Span = (days + leap).days();
    let day = start.checked_add(span).ok()?;
    Some(if seconds == 0 { day.to_string() } else { format!("{day} {clock}") })
}
