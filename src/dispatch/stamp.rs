//! Points in time as wires give them: an instant, the UTC offset it was written with, and its precision.

use jiff::civil::Date;
use jiff::tz::{Offset, TimeZone};
use jiff::{Timestamp, Zoned};

/// Precision of a time.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Precision {
    #[default]
    Second,
    /// Only the day is known; the instant is its midnight at the stated offset.
    Day,
}

/// Which time [`crate::dispatch::Dispatch::time`] was taken from, in descending order of preference.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum TimeSource {
    Sent,
    Created,
    Dateline,
    /// The modification time of the file, a last resort that says nothing about the wire.
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

/// A point in time. Ordered by instant first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Stamp {
    /// Seconds since 1970-01-01T00:00:00Z, within jiff's range (years -9999 to 9999).
    pub seconds: i64,
    /// The UTC offset the wire wrote, in minutes east of Greenwich.
    pub offset_minutes: i16,
    pub precision: Precision,
}

impl Stamp {
    /// Parses RFC 3339, another ISO 8601 form that jiff reads, or RFC 2822. A time without an offset counts as UTC; a
    /// bare date has day precision.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        // A bare date such as `2016-07-06`.
        if text.len() == 10 {
            let date: Date = text.parse().ok()?;
            return Self::from_date(date);
        }
        if let Ok(pieces) = jiff::fmt::temporal::DateTimeParser::new().parse_pieces(text) {
            let offset = pieces.to_numeric_offset().unwrap_or(Offset::UTC);
            let instant = offset.to_timestamp(pieces.date().to_datetime(pieces.time()?)).ok()?;
            return Some(Self::at(instant, offset));
        }
        let zoned = jiff::fmt::rfc2822::DateTimeParser::new().parse_zoned(text).ok()?;
        Some(Self::at(zoned.timestamp(), zoned.offset()))
    }

    /// A day, in UTC.
    #[must_use]
    pub fn from_date(date: Date) -> Option<Self> {
        let zoned = date.to_zoned(TimeZone::UTC).ok()?;
        Some(Self {
            seconds: zoned.timestamp().as_second(),
            offset_minutes: 0,
            precision: Precision::Day,
        })
    }

    /// An instant in UTC from seconds since the epoch, clamped to the years that jiff can format.
    #[must_use]
    pub fn from_seconds(seconds: i64) -> Self {
        let seconds = seconds.clamp(Timestamp::MIN.as_second(), Timestamp::MAX.as_second());
        Self { seconds, offset_minutes: 0, precision: Precision::Second }
    }

    fn at(instant: Timestamp, offset: Offset) -> Self {
        let offset = i16::try_from(offset.seconds() / 60).unwrap_or(0);
        Self { seconds: instant.as_second(), offset_minutes: offset, precision: Precision::Second }
    }

    /// The instant at the offset the wire gave.
    #[must_use]
    pub fn to_zoned(self) -> Zoned {
        let offset =
            Offset::from_seconds(i32::from(self.offset_minutes) * 60).unwrap_or(Offset::UTC);
        self.instant().to_zoned(TimeZone::fixed(offset))
    }

    /// The calendar day at the wire's own offset, as days since 1970-01-01.
    #[must_use]
    pub fn day_number(self) -> i64 {
        (self.seconds + i64::from(self.offset_minutes) * 60).div_euclid(86_400)
    }

    /// The instant in the user's time zone. A bare day keeps its own offset, since converting it could shift it to
    /// another day.
    #[must_use]
    pub fn in_zone(self, zone: &TimeZone) -> Zoned {
        match self.precision {
            Precision::Second => self.instant().to_zoned(zone.clone()),
            Precision::Day => self.to_zoned(),
        }
    }

    /// For display in a zone: `19 Nov 2026 14:02`, or only the day if that is all that is known.
    #[must_use]
    pub fn display_in(self, zone: &TimeZone) -> String {
        let format = match self.precision {
            Precision::Second => "%-d %b %Y %H:%M",
            Precision::Day => "%-d %b %Y",
        };
        self.in_zone(zone).strftime(format).to_string()
    }

    fn instant(self) -> Timestamp {
        Timestamp::from_second(self.seconds).unwrap_or(Timestamp::UNIX_EPOCH)
    }

    /// RFC 3339 with the offset the wire gave; a day as `2016-07-06`.
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
