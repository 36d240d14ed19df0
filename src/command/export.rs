//! `dateline export`: dispatches of any wire in a form that other programs and people read, in the order of the input.

use std::io;

use super::gather::{Whole, each, gather, input_order, write};
use super::{Outcome, Request, Streams, show};
use crate::cli::ExportFormat;
use crate::dispatch::Status;
use crate::record::{self, to_line};

/// Prints dispatches in another form.
///
/// # Errors
/// Where a stream cannot be written to.
pub fn export(request: Request, to: ExportFormat, mut streams: Streams<'_>) -> io::Result<Outcome> {
    let gathered = gather(request, &mut streams);
    let mut ids = gathered.kept.clone();
    input_order(&gathered.desk, &mut ids);
    let make = |whole: &mut Whole| {
        // What was killed since goes nowhere as usable; the records tell both.
        if whole.told.killed_by.is_some() && to != ExportFormat::Jsonl {
            whole.dispatch.status = Status::Canceled;
        }
        Some(match to {
            ExportFormat::Ninjs => to_line(&record::Ninjs::new(&whole.dispatch)) + "\n",
            ExportFormat::Jsonl => show::json(whole),
            ExportFormat::Md => record::markdown(&whole.dispatch) + "\n\n---\n\n",
            ExportFormat::Text => show::text(whole),
        })
    };
    let (shown, unreadable) = each(&gathered, &ids, &mut streams, make, write)?;
    Ok(Outcome::of(shown, gathered.unreadable || unreadable))
}
