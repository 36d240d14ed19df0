//! Points in time as a wire gives them: an instant, the offset it was written with, and how exact it is.

use jiff::civil::Date;
use jiff::tz::{Offset, TimeZone};
use jiff::{Timestamp, Zoned};

/// How exact a time is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Precision {
    #[default]
    Second,
    /// Only the day is known; the instant is its start at the offset.
    Day,
}

/// Where the time that lists sort by comes from.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum TimeSource {
    Sent,
    Created,
    Dateline,
    /// The date of the file: never the wire's own word.
    File,
    #[default]
    None,
}

impl TimeSource {
    /// The name in records.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Sent => "sent",
            Self::Created => "created",
            Self::Dateline => "dateline",
            Self::File => "file",
            Self::None => "none",
        }
    }
}

/// A point in time. Orders by instant first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Stamp {
    /// Seconds since 1970-01-01T00:00:00Z, within jiff's range (years -9999 to 9999).
    pub seconds: i64,
    /// Minutes east of Greenwich that the wire wrote.
    pub offset_minutes: i16,
    pub precision: Precision,
}

impl Stamp {
    /// Reads RFC 3339 (or another form with an offset or `Z`); a civil time without offset counts as UTC, a bare date as a day.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if text.len() == 10 {
            let date: Date = text.parse().ok()?;
            return Self::from_date(date);
        }
        if let Ok(pieces) = jiff::fmt::temporal::DateTimeParser::new().parse_pieces(text) {
            let offset = pieces.to_numeric_offset().unwrap_or(Offset::UTC);
            let instant = offset
                .to_timestamp(pieces.date().to_datetime(pieces.time()?))
                .ok()?;
            return Some(Self::at(instant, offset));
        }
        let zoned = jiff::fmt::rfc2822::DateTimeParser::new()
            .parse_zoned(text)
            .ok()?;
        Some(Self::at(zoned.timestamp(), zoned.offset()))
    }

    /// A day at UTC.
    #[must_use]
    pub fn from_date(date: Date) -> Option<Self> {
        let zoned = date.to_zoned(TimeZone::UTC).ok()?;
        Some(Self {
            seconds: zoned.timestamp().as_second(),
            offset_minutes: 0,
            precision: Precision::Day,
        })
    }

    /// An instant at UTC, from seconds since the epoch; clamped to what can be written.
    #[must_use]
    pub fn from_seconds(seconds: i64) -> Self {
        let seconds = seconds.clamp(Timestamp::MIN.as_second(), Timestamp::MAX.as_second());
        Self {
            seconds,
            offset_minutes: 0,
            precision: Precision::Second,
        }
    }

    fn at(instant: Timestamp, offset: Offset) -> Self {
        let offset = i16::try_from(offset.seconds() / 60).unwrap_or(0);
        Self {
            seconds: instant.as_second(),
            offset_minutes: offset,
            precision: Precision::Second,
        }
    }

    /// The instant with the offset the wire gave.
    #[must_use]
    pub fn to_zoned(self) -> Zoned {
        let offset =
            Offset::from_seconds(i32::from(self.offset_minutes) * 60).unwrap_or(Offset::UTC);
        self.instant().to_zoned(TimeZone::fixed(offset))
    }

    /// The day on which the wire wrote it: days since 1970-01-01, with its own offset.
    #[must_use]
    pub fn day_number(self) -> i64 {
        (self.seconds + i64::from(self.offset_minutes) * 60).div_euclid(86_400)
    }

    /// The instant in a reader's time zone; a bare day stays the day it is.
    #[must_use]
    pub fn in_zone(self, zone: &TimeZone) -> Zoned {
        match self.precision {
            Precision::Second => self.instant().to_zoned(zone.clone()),
            Precision::Day => self.to_zoned(),
        }
    }

    fn instant(self) -> Timestamp {
        Timestamp::from_second(self.seconds).unwrap_or(Timestamp::UNIX_EPOCH)
    }

    /// RFC 3339 with the offset that the wire gave; a day as `2016-07-06`.
    #[must_use]
    pub fn to_rfc3339(self) -> String {
        let zoned = self.to_zoned();
        if self.precision == Precision::Day {
            return zoned.strftime("%Y-%m-%d").to_string();
        }
        if self.offset_minutes == 0 {
            zoned.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
        } else {
            zoned.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
        }
    }
}
