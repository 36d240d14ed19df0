//! Dates, times and zones as wires write them.

mod days;
mod inferred;
mod times;
mod zones;

pub(in crate::format) use days::{
    WrittenDay, day_of_month, is_weekday, month_number, parse_day, parse_year, resolve_date,
};
pub(in crate::format) use inferred::{infer_year, zone_or_agency_offset};
pub(in crate::format) use times::{local_stamp, parse_field_time, parse_hour_minute};
pub(in crate::format) use zones::zone_offset;
