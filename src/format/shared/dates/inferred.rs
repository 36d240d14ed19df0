//! The year and the zone that a wire leaves out: inferred, and reported in the draft.

use jiff::civil::Date;

use crate::dispatch::{DatelineDate, Severity, Stamp};
use crate::format::parser::Draft;
use crate::format::shared::dates::days::resolve_date;
use crate::format::shared::dates::zones::{agency_offset, zone_offset};

/// Completes a date without a year from the date of the file, and reports this for the field `location`.
pub(in crate::format) fn infer_year(
    draft: &mut Draft<'_>,
    location: &str,
    month: i8,
    day: i8,
) -> Option<Stamp> {
    let date = DatelineDate {
        year: None,
        month,
        day,
    };
    let (stamp, _) = resolve_date(date, draft.ctx.file_time)?;
    let year = stamp.to_zoned().year();
    let message =
        format!("the {location} names no year; {year} is inferred from the date of the file");
    draft.add_problem(Severity::Note, location, message);
    Some(stamp)
}

/// UTC offset of a time in minutes: that of its zone, else of its agency, else 0. Reports a missing or unknown zone for
/// the field `location`.
pub(in crate::format) fn zone_or_agency_offset(
    draft: &mut Draft<'_>,
    location: &str,
    zone: &str,
    agency: Option<&str>,
    on: Date,
) -> i16 {
    if let Some(offset) = zone_offset(zone, on) {
        return offset;
    }
    let home = agency.and_then(|agency| agency_offset(agency, on));
    let assumed = match home {
        Some(_) => "that of the agency",
        None => "UTC",
    };
    let message = if zone.is_empty() {
        format!("the time has no zone; assuming {assumed}")
    } else {
        format!("expected a zone such as GMT, found `{zone}`; assuming {assumed}")
    };
    draft.add_problem(Severity::Note, location, message);
    home.unwrap_or(0)
}
