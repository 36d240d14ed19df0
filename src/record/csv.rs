//! Rows of comma-separated values after RFC 4180, which no spreadsheet takes for formulas.

use crate::text::sanitize;

/// One row and its line end (CR LF, as RFC 4180 section 2 has it). Cells with commas, marks or line ends stand in
/// quotation marks, with marks doubled.
///
/// What the wire has sent is text: a cell that begins with `=`, `+`, `-`, `@`, a tab or a carriage return, which
/// spreadsheets take for a formula, gets an apostrophe before it. The records in JSON have the text as it is.
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
    let marked = text.contains(['"', ',', '\n', '\r']);
    if marked {
        row.push('"');
    }
    if formula {
        row.push('\'');
    }
    if marked {
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
    fn cells_are_marked_where_they_must_be() {
        check(&["a", "", "b c"], "a,,b c");
        check(
            &["a,b", "say \"so\"", "two\nlines"],
            "\"a,b\",\"say \"\"so\"\"\",\"two\nlines\"",
        );
    }

    #[test]
    fn nothing_becomes_a_formula_or_acts_on_a_terminal() {
        check(
            &["=1+1", "@here", "-1, so", "a=b"],
            "'=1+1,'@here,\"'-1, so\",a=b",
        );
        assert!(!format_csv_row(&["a\u{1b}[31m"]).contains('\u{1b}'));
    }
}
