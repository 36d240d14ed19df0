//! A dispatch as a row of a table: CSV (RFC 4180) with a header for spreadsheets, TSV without one for scripts.

use crate::dispatch::{Dispatch, Stamp, Urgency};
use crate::record::current_status::CurrentStatus;
use crate::text::{sanitize, sanitize_line};

/// The columns of CSV: each has the value of the record key of the same name, `text` is the body, and `warning` has what
/// must be known to anybody who uses it.
const CSV_COLUMNS: [&str; 22] = [
    "path",
    "index",
    "item",
    "headline",
    "agency",
    "slug",
    "place",
    "country",
    "byline",
    "time",
    "status",
    "warning",
    "status_sent",
    "killed_by",
    "withheld_by",
    "corrected_by",
    "superseded_by",
    "embargo",
    "urgency",
    "words",
    "language",
    "text",
];

/// The first line of CSV: the names of the columns.
#[must_use]
pub fn csv_header() -> String {
    format_csv_row(&CSV_COLUMNS)
}

/// A dispatch as a line of CSV.
#[must_use]
pub fn to_csv(dispatch: &Dispatch, status: &CurrentStatus, path: &str, index: u64) -> String {
    let d = dispatch;
    let relations = &status.relations;
    let time = |time: Option<Stamp>| time.map_or_else(String::new, Stamp::to_rfc3339);
    let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
    let urgency = d.urgency.map(Urgency::value);
    let cells: [String; CSV_COLUMNS.len()] = [
        path.to_owned(),
        index.to_string(),
        d.item_identity(),
        d.headline.clone(),
        text(d.agency.as_deref()),
        text(d.slug.as_deref()),
        text(d.place()),
        text(d.country()),
        text(d.byline.as_deref()),
        time(d.time),
        status.status.name().to_owned(),
        status.warning_line(),
        status.sent.name().to_owned(),
        text(relations.killed_by.as_deref()),
        text(relations.withheld_by.as_deref()),
        text(relations.corrected_by.as_deref()),
        text(relations.superseded_by.as_deref()),
        time(d.embargo),
        urgency.map_or_else(String::new, |urgency| urgency.to_string()),
        d.word_count().to_string(),
        text(d.language.as_deref()),
        d.body.text().to_owned(),
    ];
    format_csv_row(&cells.each_ref().map(String::as_str))
}

/// A dispatch as a line of TSV, without a header: path, number in the input, time, agency, place, headline, body, and the
/// columns about the status.
#[must_use]
pub fn to_tsv(dispatch: &Dispatch, status: &CurrentStatus, path: &str, index: u64) -> String {
    let d = dispatch;
    let fields = [
        path,
        &index.to_string(),
        &d.time.map_or(String::new(), Stamp::to_rfc3339),
        d.agency.as_deref().unwrap_or(""),
        d.place().unwrap_or(""),
        &d.headline,
        d.body.text(),
    ];
    let status = status.tsv_cells();
    let cells = fields.into_iter().chain(status.iter().map(String::as_str));
    cells.map(sanitize_line).collect::<Vec<_>>().join("\t") + "\n"
}

/// One row with its line end (CR LF, as in RFC 4180, section 2). Cells with commas, quotation marks or line ends are
/// quoted, with quotation marks doubled.
///
/// Spreadsheets may run a cell that begins with `=`, `+`, `-`, `@`, a tab or a carriage return as a formula. Such a
/// cell gets an apostrophe in front, since text from a wire must not run anything. JSON records have the unchanged
/// text.
#[must_use]
pub fn format_csv_row(cells: &[&str]) -> String {
    let mut row = String::with_capacity(cells.iter().map(|cell| cell.len() + 3).sum());
    for (number, cell) in cells.iter().enumerate() {
        if number > 0 {
            row.push(',');
        }
        push_cell(cell, &mut row);
    }
    row.push_str("\r\n");
    row
}

fn push_cell(cell: &str, row: &mut String) {
    let text = sanitize(cell);
    let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let is_quoted = text.contains(['"', ',', '\n', '\r']);
    if is_quoted {
        row.push('"');
    }
    if formula {
        row.push('\'');
    }
    if is_quoted {
        row.push_str(&text.replace('"', "\"\""));
        row.push('"');
    } else {
        row.push_str(&text);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(cells: &[&str], row: &str) {
        assert_eq!(format_csv_row(cells), format!("{row}\r\n"));
    }

    #[test]
    fn special_cells_are_quoted() {
        check(&["a", "", "b c"], "a,,b c");
        check(&["a,b", "say \"so\"", "two\nlines"], "\"a,b\",\"say \"\"so\"\"\",\"two\nlines\"");
    }

    #[test]
    fn no_cell_is_a_formula_or_controls_a_terminal() {
        check(&["=1+1", "@here", "-1, so", "a=b"], "'=1+1,'@here,\"'-1, so\",a=b");
        assert!(!format_csv_row(&["a\u{1b}[31m"]).contains('\u{1b}'));
    }
}
