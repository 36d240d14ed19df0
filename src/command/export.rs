//! `dateline export`: dispatches of any wire in a form that other programs and people read, in the order of the input.

use std::io;

use super::gather::{gather, print_each, sort_by_input, write_text};
use super::{Outcome, Request, Streams};
use crate::cli::ExportFormat;
use crate::work::{FullDispatch, OutputForm};

/// Prints dispatches in another form.
///
/// # Errors
/// Where a stream cannot be written to.
pub fn export(request: Request, to: ExportFormat, mut streams: Streams<'_>) -> io::Result<Outcome> {
    let gathered = gather(request, &mut streams);
    let mut ids = gathered.matches.clone();
    sort_by_input(&gathered.desk, &mut ids);
    let form = match to {
        ExportFormat::Ninjs => OutputForm::Ninjs,
        ExportFormat::Jsonl => OutputForm::Jsonl,
        ExportFormat::Md => OutputForm::Md,
        ExportFormat::Text => OutputForm::Text,
    };
    let make = |whole: &mut FullDispatch| Some(whole.export(form));
    let (shown, unreadable) = print_each(&gathered, &ids, &mut streams, make, write_text)?;
    Ok(Outcome::from_counts(
        shown,
        gathered.unreadable || unreadable,
    ))
}
