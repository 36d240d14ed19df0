//! A mute: a filter whose dispatches are left out of the list, for ever or until a day or a moment.

use jiff::civil;
use jiff::tz::TimeZone;

/// When a mute ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MuteEnd {
    /// With the end of that day where the reader is.
    Day(civil::Date),
    /// At that moment where the reader is.
    Local(civil::DateTime),
    /// At that moment: seconds since the epoch.
    Moment(i64),
}

impl MuteEnd {
    /// Seconds since the epoch from which on nothing is muted any more.
    #[must_use]
    pub fn to_seconds(self, zone: &TimeZone) -> i64 {
        let local = |time: civil::DateTime| {
            let moment = zone.to_ambiguous_zoned(time).compatible();
            moment.map_or(i64::MAX, |zoned| zoned.timestamp().as_second())
        };
        match self {
            Self::Day(day) => day
                .tomorrow()
                .map_or(i64::MAX, |next| local(next.to_datetime(civil::Time::MIN))),
            Self::Local(time) => local(time),
            Self::Moment(seconds) => seconds,
        }
    }
}

/// A mute.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Mute {
    pub name: Option<String>,
    /// The query as it was written, see [`crate::filter::Query`].
    pub filter: String,
    /// `None`: for ever.
    pub until: Option<MuteEnd>,
}

impl Mute {
    /// What it is called: its name, else its filter.
    #[must_use]
    pub fn title(&self) -> &str {
        self.name.as_deref().unwrap_or(&self.filter)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_counts_to_its_end_where_the_reader_is() {
        let day = MuteEnd::Day(civil::date(2026, 12, 1));
        let end = "2026-12-02T00:00:00Z"
            .parse::<jiff::Timestamp>()
            .unwrap()
            .as_second();
        assert_eq!(day.to_seconds(&TimeZone::UTC), end);
        let east = TimeZone::fixed(jiff::tz::offset(2));
        assert_eq!(day.to_seconds(&east), end - 7_200);
        assert_eq!(
            MuteEnd::Local(civil::date(2026, 12, 2).at(0, 0, 0, 0)).to_seconds(&east),
            end - 7_200
        );
        assert_eq!(MuteEnd::Moment(5).to_seconds(&east), 5);
    }
}
