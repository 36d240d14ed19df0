//! The dateline: where, when and by whom a dispatch was filed, as its first words say. Parsed in `format`.

use std::ops::Range;

/// A dateline as written, and its parts. Example: `MOSCOW, Russia (AFP) —`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Dateline {
    /// The whole of it as written, without the separator after it.
    pub text: String,
    /// Its bytes in the body, separator and following space included; `None` where it was sent apart from the body.
    pub range: Option<Range<usize>>,
    /// The place as written (`MOSCOW`).
    pub place: Option<String>,
    /// Country or state as written (`Russia`).
    pub country: Option<String>,
    pub date: Option<DatelineDate>,
    /// Agency as written, further sources included (`AFP-DPA`).
    pub agency: Option<String>,
}

/// The date of a dateline; wires often leave the year out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DatelineDate {
    pub year: Option<i16>,
    /// 1..=12
    pub month: i8,
    /// 1..=31
    pub day: i8,
}
