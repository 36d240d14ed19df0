//! Rows of comma-separated values (RFC 4180) that spreadsheets do not take for formulas.

use crate::text::sanitize;

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
