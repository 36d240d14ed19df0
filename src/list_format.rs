//! How the list looks: its columns, and the forms of its times. Plain data, of the config file and for the screen.

use jiff::Zoned;
use jiff::civil::date;
use jiff::fmt::strtime;
use jiff::tz::TimeZone;

use crate::text::display_width;

/// How the list looks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListFormat {
    /// From left to right; the headline follows them.
    pub columns: Vec<ListColumn>,
    pub times: TimeFormats,
}

impl Default for ListFormat {
    fn default() -> Self {
        Self {
            columns: ListColumn::DEFAULT.into(),
            times: TimeFormats::default(),
        }
    }
}

// The columns that the list may have before the headline.

/// A column of the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ListColumn {
    Time,
    /// The digit, 1 for the most urgent.
    Urgency,
    Agency,
    Place,
    Country,
    Slug,
    /// Which version it is. As the last column it takes the room that it needs.
    Label,
    Words,
    Language,
    Byline,
}

impl ListColumn {
    /// All of them.
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

    /// Those of a list that nobody has changed.
    pub const DEFAULT: [Self; 4] = [Self::Time, Self::Agency, Self::Place, Self::Label];

    /// The name in the config file.
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

    /// The column of a name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|column| column.name() == name)
    }

    /// Columns of the terminal that it takes with the space after it; that of times depends on their forms.
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

    /// True where the column holds numbers, which stand at its right edge.
    #[must_use]
    pub fn is_number(self) -> bool {
        matches!(self, Self::Words)
    }
}

// The forms in which the list writes times: strftime, checked when it is read, so that writing never fails.

/// Most columns that a time may take.
const MAX_COLUMNS: usize = 30;

/// A form of times that can be written: conversions as in strftime(3), of those that jiff knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimeFormat {
    text: String,
    /// Columns of the widest time.
    columns: usize,
    /// Columns of it without spaces.
    compact_columns: usize,
}

impl TimeFormat {
    /// Reads a form.
    ///
    /// # Errors
    /// A sentence that says what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut form = Self {
            text: text.to_owned(),
            columns: 0,
            compact_columns: 0,
        };
        for time in sample_times() {
            let written = strtime::format(text, &time).map_err(|error| error.to_string())?;
            if written.trim().is_empty() {
                return Err("writes nothing, as in \"%H:%M\"".to_owned());
            }
            if written.chars().any(char::is_control) {
                return Err("writes more than one line".to_owned());
            }
            form.columns = form.columns.max(display_width(&written));
            form.compact_columns = form.compact_columns.max(display_width(&compact(&written)));
        }
        if form.columns > MAX_COLUMNS {
            let columns = form.columns;
            return Err(format!(
                "takes {columns} columns: at most {MAX_COLUMNS} are for it"
            ));
        }
        Ok(form)
    }

    /// A form of the program's own, which a test reads.
    fn builtin(text: &str, columns: usize, dense: usize) -> Self {
        Self {
            text: text.to_owned(),
            columns,
            compact_columns: dense,
        }
    }

    /// A time in this form.
    #[must_use]
    pub fn format(&self, time: &Zoned) -> String {
        // What could be written once can always be.
        strtime::format(&self.text, time).unwrap_or_default()
    }
}

/// A time without the signs that only make it easier to read: where something stands before it.
#[must_use]
pub fn compact(time: &str) -> String {
    time.replace([' ', '’'], "")
}

/// Times whose texts are as wide as they get: every month and day of the week, early and late.
fn sample_times() -> impl Iterator<Item = Zoned> {
    let days = (1..=12).flat_map(|month| (22..=28).map(move |day| date(2026, month, day)));
    let times = days.flat_map(|day| [day.at(0, 0, 0, 0), day.at(23, 59, 59, 0)]);
    times.filter_map(|time| time.to_zoned(TimeZone::UTC).ok())
}

/// The forms of times.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimeFormats {
    /// On the day of the newest dispatch.
    pub time: TimeFormat,
    /// On other days of its year.
    pub date: TimeFormat,
    /// In other years.
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
    /// Columns that every time fits into, also with a sign before it: then its spaces may be left out.
    #[must_use]
    pub fn columns(&self) -> usize {
        let forms = [&self.time, &self.date, &self.year].into_iter();
        let widest = forms.map(|form| form.columns.max(form.compact_columns + 1));
        widest.max().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn own_forms_are_as_they_would_be_read() {
        let own = TimeFormats::default();
        for form in [&own.time, &own.date, &own.year] {
            assert_eq!(TimeFormat::parse(&form.text).as_ref(), Ok(form));
        }
        assert_eq!(own.columns(), 6);
    }

    #[track_caller]
    fn wrong(text: &str) {
        assert!(TimeFormat::parse(text).is_err(), "{text} is read");
    }

    #[test]
    fn what_cannot_be_written_is_refused() {
        for text in ["", "  ", "%", "%!", "%n", "a\nb", "\u{1b}[1m"] {
            wrong(text);
        }
        wrong(&"x".repeat(31));
        let long = TimeFormat::parse("%A %d %B").map(|form| form.columns);
        assert_eq!(long, Ok("Wednesday 23 September".len()));
    }
}
