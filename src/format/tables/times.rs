//! The time of a row: from a column with a time, from a day and a time of day in two columns, or from a year, a month
//! and a day in three.

use std::borrow::Cow;

use crate::dispatch::Stamp;
use crate::format::parser::Draft;
use crate::format::shared::dates::{month_number, parse_field_time, parse_hour_minute, parse_year};
use crate::format::shared::field_keys::FieldKey;
use crate::format::tables::layout::{Column, DateOrder, TableLayout};

/// The cells of a row that may hold its time.
#[derive(Default)]
pub(super) struct RowTimes<'a>(Vec<(&'a Column, &'a str)>);

impl<'a> RowTimes<'a> {
    pub(super) fn add(&mut self, column: &'a Column, cell: &'a str) {
        self.0.push((column, cell.trim()));
    }

    /// Sets the time from the first cell that can be read, or a day and a time of day in two. The others become fields.
    /// `cells` are all cells of the row.
    pub(super) fn set(self, draft: &mut Draft<'_>, layout: &TableLayout, cells: &[Cow<'_, str>]) {
        let as_iso = |cell: &'a str| iso_layout(cell, layout.date_order);
        let times = self.0;
        let is_clock = |cell: &str| cell.len() <= 8 && cell.contains(':') && is_time_of_day(cell);
        let clock = times.iter().position(|(_, cell)| is_clock(cell));
        let day = times.iter().position(|(_, cell)| parse_field_time(&as_iso(cell)).is_some());
        let joined = match (day, clock) {
            (Some(day), Some(clock)) if !times[day].1.contains(':') => {
                let day = parse_field_time(&as_iso(times[day].1)).map(Stamp::to_rfc3339);
                day.map(|day| format!("{} {}", &day[..day.len().min(10)], times[clock].1))
            }
            _ => None,
        };
        let joined = joined.filter(|text| parse_field_time(text).is_some());
        let in_parts = if day.is_none() { date_in_parts(layout, cells) } else { None };
        let best = day.or(in_parts.is_none().then_some(0));
        if let Some(date) = in_parts {
            draft.set_field(FieldKey::Sent, "year", &date);
        }
        for (nth, (column, cell)) in times.iter().enumerate() {
            if Some(nth) == best {
                let text = joined.as_deref().map_or_else(|| as_iso(cell), Cow::Borrowed);
                draft.set_field(FieldKey::Sent, &column.name, &text);
            } else if joined.is_none() || Some(nth) != clock {
                draft.add_field(&column.name, cell);
            }
        }
    }
}

/// The day of a row that has its year, month and day in a column each.
fn date_in_parts(layout: &TableLayout, cells: &[Cow<'_, str>]) -> Option<String> {
    let [year, month, day] = layout.date_parts?;
    // Python writes whole numbers as `3.0` in columns where some are missing.
    let cell = |nth: usize| cells.get(nth).map(|cell| cell.trim().trim_end_matches(".0"));
    let year = parse_year(cell(year)?)?;
    let month = cell(month)?;
    let month = month.parse().ok().or_else(|| month_number(month))?;
    let date = jiff::civil::Date::new(year, month, cell(day)?.parse().ok()?).ok()?;
    Some(date.to_string())
}

/// True for a time of day: `16:07`, `16:07:30`.
fn is_time_of_day(cell: &str) -> bool {
    let minutes =
        if cell.len() > 5 { cell.rsplit_once(':').map_or(cell, |(front, _)| front) } else { cell };
    parse_hour_minute(minutes).is_some()
}

/// A date as other readers of dates take it: `3/13/2015` with the month first, years of two digits, and the day numbers
/// of spreadsheets (days since 30 December 1899) from 1954 to 2064.
fn iso_layout(cell: &str, order: DateOrder) -> Cow<'_, str> {
    numeric_day(cell, order)
        .or_else(|| spreadsheet_day(cell))
        .map_or(Cow::Borrowed(cell), Cow::Owned)
}

/// A day in three numbers, with what follows it, in the layout of ISO 8601.
fn numeric_day(cell: &str, order: DateOrder) -> Option<String> {
    let end = cell.find([' ', ',', 'T']).unwrap_or(cell.len());
    let (day, after) = cell.split_at(end);
    let mark = day.chars().find(|c| !c.is_ascii_digit()).filter(|c| "/.-".contains(*c))?;
    let mut parts = day.split(mark);
    let (first, second, third) = (parts.next()?, parts.next()?, parts.next()?);
    let is_short = |part: &str| matches!(part.len(), 1 | 2);
    if parts.next().is_some() || !is_short(first) || !is_short(second) || third.len() == 3 {
        return None;
    }
    let (first, second): (i8, i8) = (first.parse().ok()?, second.parse().ok()?);
    // `20-01-03` may begin with the year.
    let year = parse_year(third).filter(|_| third.len() == 4 || mark != '-')?;
    let is_month_first = order == DateOrder::MonthFirst && mark != '.';
    let (day, month) = if is_month_first { (second, first) } else { (first, second) };
    let date = |month, day| jiff::civil::Date::new(year, month, day).ok();
    let date = date(month, day).or_else(|| date(day, month))?;
    Some(format!("{date}{}", after.replace("Uhr", "").trim_end()))
}

/// The day that a spreadsheet has as a number, with its time of day after the decimal point.
fn spreadsheet_day(cell: &str) -> Option<String> {
    let is_serial = cell.find('.').unwrap_or(cell.len()) == 5
        && cell.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    let days = cell.parse::<f64>().ok().filter(|_| is_serial)?;
    if !(20_000.0..60_000.0).contains(&days) {
        return None;
    }
    // 1 January 1970 has the number 25,569.
    #[allow(clippy::cast_possible_truncation)] // At most a few thousand million seconds.
    let seconds = ((days - 25_569.0) * 86_400.0).round() as i64;
    let stamp = Stamp::from_seconds(seconds).to_rfc3339();
    Some(if days.fract() == 0.0 { stamp.get(..10)?.to_owned() } else { stamp })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_of_spreadsheets() {
        let check = |cell: &str, order: DateOrder, expected: &str| {
            let found = parse_field_time(&iso_layout(cell, order)).map(Stamp::to_rfc3339);
            assert_eq!(found.as_deref().unwrap_or("none"), expected, "{cell}");
        };
        let (day_first, month_first) = (DateOrder::DayFirst, DateOrder::MonthFirst);
        check("3/4/2015", day_first, "2015-04-03");
        check("3/4/2015", month_first, "2015-03-04");
        check("3/4/15", month_first, "2015-03-04");
        check("13/4/2015", month_first, "2015-04-13");
        check("3/4/2015 2:05 PM", month_first, "2015-03-04T14:05:00Z");
        check("27.02.2016 09:15", month_first, "2016-02-27T09:15:00Z");
        check("27.2.16, 9:15 Uhr", day_first, "2016-02-27T09:15:00Z");
        check("03.04.2016 09:15:30", month_first, "2016-04-03T09:15:30Z");
        check("27-02-2016 21:15", day_first, "2016-02-27T21:15:00Z");
        check("2016-02-27", day_first, "2016-02-27");
        check("2020年1月2日", day_first, "2020-01-02");
        check("42427", day_first, "2016-02-27");
        check("42427.5", day_first, "2016-02-27T12:00:00Z");
        check("3/4", day_first, "none");
    }
}
