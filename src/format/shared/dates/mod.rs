//! Dates, times and zones as wires write them.

mod days;
mod long_dates;
mod times;

pub(in crate::format) use days::{
    WrittenDay, day_of_month, is_weekday, month_number, parse_day, parse_year, resolve_date,
};
pub(in crate::format) use long_dates::{LongDate, parse_long_date, parse_month_or_range};
pub(in crate::format) use times::{
    agency_offset, local_stamp, parse_field_time, parse_hour_minute, zone_offset,
};
