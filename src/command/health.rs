//! `dateline health`: the sources of a wire, what they send, and what is missing.

use std::fmt::Write as _;
use std::io;

use super::gather::gather;
use super::{Outcome, Request, Streams};
use crate::cli::HealthFormat;
use crate::dispatch::Stamp;
use crate::record::{SourceRecord, to_json_line};
use crate::text::sanitize_line;
use crate::work::source_health;

/// Prints the sources, the one heard of last first.
///
/// # Errors
/// Where a stream cannot be written to.
pub fn health(
    request: Request,
    format: HealthFormat,
    mut streams: Streams<'_>,
) -> io::Result<Outcome> {
    let gathered = gather(request, &mut streams);
    let health = source_health(&gathered.desk.snapshot(), &gathered.matches, None);
    for source in &health.sources {
        let mut out = String::new();
        match format {
            HealthFormat::Jsonl => {
                out = to_json_line(&SourceRecord::new(source)) + "\n";
            }
            HealthFormat::Text => {
                let _ = writeln!(out, "{}", sanitize_line(source.display_name()));
                for (name, value) in source.describe(&Stamp::to_rfc3339) {
                    let _ = writeln!(
                        out,
                        "    {:16} {}",
                        sanitize_line(&name),
                        sanitize_line(&value)
                    );
                }
            }
        }
        streams.out.write_all(out.as_bytes())?;
    }
    streams.out.flush()?;
    Ok(Outcome::from_counts(
        health.sources.len(),
        gathered.unreadable,
    ))
}
