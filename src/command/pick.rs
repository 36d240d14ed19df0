//! What was chosen on the screen, on standard output: for the command line that the program is a part of.

use std::io::{self, Write};

use super::Outcome;
use super::gather::{read_dispatches, report_problem};
use crate::cli::PrintChoice;
use crate::desk::{DispatchIndex, EntryId, InputLocation};
use crate::text::sanitize_line;
use crate::work::FullDispatch;

/// Prints something of each dispatch, on a line. `raw` writes a path byte by byte, whatever stands in it: not to a
/// terminal.
///
/// # Errors
/// Where a stream cannot be written to.
pub fn print_chosen(
    desk: &DispatchIndex,
    ids: &[EntryId],
    what: PrintChoice,
    raw: bool,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> io::Result<Outcome> {
    let mut unreadable = false;
    if what == PrintChoice::Path {
        for input in ids.iter().filter_map(|&id| desk.entry(id)?.input()) {
            match &input.location {
                InputLocation::File(path) if raw => {
                    out.write_all(path.as_os_str().as_encoded_bytes())?
                }
                _ => out.write_all(sanitize_line(&input.display_path()).as_bytes())?,
            }
            out.write_all(b"\n")?;
        }
    } else {
        for whole in read_dispatches(desk, ids) {
            match whole {
                Ok(whole) => out.write_all(chosen_line(&whole, what).as_bytes())?,
                Err(problem) => unreadable |= report_problem(&problem, err),
            }
        }
    }
    out.flush()?;
    Ok(Outcome::from_counts(ids.len(), unreadable))
}

fn chosen_line(whole: &FullDispatch, what: PrintChoice) -> String {
    if what == PrintChoice::Jsonl {
        return whole.json();
    }
    let dispatch = &whole.dispatch;
    let id = dispatch
        .id
        .clone()
        .unwrap_or_else(|| dispatch.item_identity());
    format!("{}\n", sanitize_line(&id))
}
