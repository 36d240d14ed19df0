//! The format of the list: its columns, and how it writes times. Plain values, read from the config file and drawn by
//! `ui`.

use jiff::Zoned;
use jiff::civil::date;
use jiff::fmt::strtime;
use jiff::tz::TimeZone;

use crate::text::display_width;

/// The format of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListFormat {
    /// The columns from left to right; the headline follows them.
    pub columns: Vec<ListColumn>,
    pub times: TimeFormats,
}

impl Default for ListFormat {
    fn default() -> Self {
        Self { columns: ListColumn::DEFAULT.into(), times: TimeFormats::default() }
    }
}

/// A column of the list before the headline.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ListColumn {
    Time,
    /// The urgency as a digit, 1 for the most urgent.
    Urgency,
    Agency,
    Place,
    Country,
    Slug,
    /// The version label. As the last column it takes only the room that it needs, and the headline moves up to it.
    Label,
    /// The number of words.
    Words,
    Language,
    Byline,
}

impl ListColumn {
    /// All columns.
    pub const ALL: [Self; 10] = [
        Self::Time,
        Self::Urgency,
        Self::Agency,
        Self::Place,
        Self::Country,
        Self::Slug,
        Self::Label,
        Self::Words,
        Self::Language,
        Self::Byline,
    ];

    /// The columns of a list that is not configured.
    pub const DEFAULT: [Self; 4] = [Self::Time, Self::Agency, Self::Place, Self::Label];

    /// Its name in the config file.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Time => "time",
            Self::Urgency => "urgency",
            Self::Agency => "agency",
            Self::Place => "place",
            Self::Country => "country",
            Self::Slug => "slug",
            Self::Label => "label",
            Self::Words => "words",
            Self::Language => "language",
            Self::Byline => "byline",
        }
    }

    /// The column with a name in the config file.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|column| column.name() == name)
    }

    /// Its width in terminal columns, with the space after it. That of [`Self::Time`] is for the default formats; see
    /// [`TimeFormats::columns`] for others.
    #[must_use]
    pub fn width(self) -> u16 {
        match self {
            Self::Urgency => 2,
            Self::Agency | Self::Country => 5,
            Self::Time => 7,
            Self::Words | Self::Language => 6,
            Self::Label => 9,
            Self::Place => 13,
            Self::Byline => 15,
            Self::Slug => 17,
        }
    }

    /// True if the column has numbers, which are aligned to the right.
    #[must_use]
    pub fn is_number(self) -> bool {
        matches!(self, Self::Words)
    }
}

// Time formats, checked when the config file is read, so that drawing never fails.

/// Maximum width of a time, in columns: the list needs room for headlines.
const MAX_COLUMNS: usize = 30;

/// A valid strftime format: the conversions that jiff supports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimeFormat {
    text: String,
    /// Width of the widest time.
    columns: usize,
    /// The same for times written [`compact`].
    compact_columns: usize,
}

impl TimeFormat {
    /// Parses a format, and measures it by writing sample times.
    ///
    /// # Errors
    /// A sentence that says what is wrong with the format, without its name: `writes more than one line`.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut format = Self { text: text.to_owned(), columns: 0, compact_columns: 0 };
        for time in sample_times() {
            let written = strtime::format(text, &time).map_err(|error| error.to_string())?;
            if written.trim().is_empty() {
                return Err("writes nothing, as in \"%H:%M\"".to_owned());
            }
            if written.chars().any(char::is_control) {
                return Err("writes more than one line".to_owned());
            }
            format.columns = format.columns.max(display_width(&written));
            format.compact_columns = format.compact_columns.max(display_width(&compact(&written)));
        }
        if format.columns > MAX_COLUMNS {
            let columns = format.columns;
            return Err(format!("takes {columns} columns: at most {MAX_COLUMNS} are allowed"));
        }
        Ok(format)
    }

    /// A default format with its measures, which a test compares with those of [`Self::parse`]. Measuring at every
    /// start would take time.
    fn builtin(text: &str, columns: usize, compact_columns: usize) -> Self {
        Self { text: text.to_owned(), columns, compact_columns }
    }

    /// The format as it is written in the config file.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Writes a time.
    #[must_use]
    pub fn format(&self, time: &Zoned) -> String {
        // Never fails: `parse` has written times with this format.
        strtime::format(&self.text, time).unwrap_or_default()
    }
}

/// Removes spaces and apostrophes from a written time, to make room for a sign before it.
#[must_use]
pub fn compact(time: &str) -> String {
    time.replace([' ', '’'], "")
}

/// Sample times for measuring a format: every month and day of the week, with days of two digits, at the first and last
/// second of the day.
fn sample_times() -> impl Iterator<Item = Zoned> {
    let days = (1..=12).flat_map(|month| (22..=28).map(move |day| date(2026, month, day)));
    let times = days.flat_map(|day| [day.at(0, 0, 0, 0), day.at(23, 59, 59, 0)]);
    times.filter_map(|time| time.to_zoned(TimeZone::UTC).ok())
}

/// The formats for times of different ages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimeFormats {
    /// For the day of the newest dispatch.
    pub time: TimeFormat,
    /// For other days of that year.
    pub date: TimeFormat,
    /// For other years.
    pub year: TimeFormat,
}

impl Default for TimeFormats {
    fn default() -> Self {
        Self {
            time: TimeFormat::builtin("%H:%M", 5, 5),
            date: TimeFormat::builtin("%e %b", 6, 5),
            year: TimeFormat::builtin("%b’%y", 6, 5),
        }
    }
}

impl TimeFormats {
    /// Width in columns that fits every time, and every [`compact`] time with a sign before it.
    #[must_use]
    pub fn columns(&self) -> usize {
        let formats = [&self.time, &self.date, &self.year].into_iter();
        let widest = formats.map(|format| format.columns.max(format.compact_columns + 1));
        widest.max().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn default_formats_have_the_right_measures() {
        let defaults = TimeFormats::default();
        for format in [&defaults.time, &defaults.date, &defaults.year] {
            assert_eq!(TimeFormat::parse(&format.text).as_ref(), Ok(format));
        }
        assert_eq!(defaults.columns(), 6);
    }

    #[track_caller]
    fn check_invalid(text: &str) {
        assert!(TimeFormat::parse(text).is_err(), "{text} is accepted");
    }

    #[test]
    fn formats_that_cannot_be_drawn_are_refused() {
        for text in ["", "  ", "%", "%!", "%n", "a\nb", "\u{1b}[1m"] {
            check_invalid(text);
        }
        check_invalid(&"x".repeat(31));
        let long = TimeFormat::parse("%A %d %B").map(|format| format.columns);
        assert_eq!(long, Ok("Wednesday 23 September".len()));
    }
}
