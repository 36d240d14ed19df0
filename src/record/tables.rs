//! A dispatch as a row of a table: CSV with a header for spreadsheets, TSV without one for scripts.

use crate::dispatch::{Dispatch, Stamp, Urgency};
use crate::record::csv_escaping::format_csv_row;
use crate::record::current_status::CurrentStatus;
use crate::text::sanitize_line;

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
