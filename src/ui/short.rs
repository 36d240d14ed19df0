//! What a row of the list says in few columns: times, and labels as the desk writes them.

use jiff::tz::TimeZone;

use crate::dispatch::{Precision, Stamp};
use crate::look::TimeFormats;
use crate::look::compact;
use crate::text::{display_width, fold, sanitize_line, truncate_to_width};

/// The time on the day of the newest dispatch, else the date; the top line names that day.
pub(super) fn time_text(
    time: Stamp,
    newest: Option<Stamp>,
    zone: &TimeZone,
    forms: &TimeFormats,
) -> String {
    let local = time.in_zone(zone);
    let day = newest.map(|newest| newest.in_zone(zone).date());
    let form = match day {
        Some(day) if day == local.date() && time.precision == Precision::Second => &forms.time,
        Some(day) if day.year() == local.year() => &forms.date,
        _ => &forms.year,
    };
    form.format(&local)
}

/// A time that is only the file's, in so many columns; in six: `~1 Mar`, `~23Nov`.
pub(super) fn file_time(text: &str, columns: usize) -> String {
    let wide = display_width(text) >= columns;
    format!("~{}", if wide { compact(text) } else { text.to_owned() })
}

/// A version label in the shorthand of the desk: `2nd Lead-Writethru` is `2nd Ld`, `CORRECTION` is `CORR`.
pub(super) fn short_label(label: &str) -> String {
    const SHORT: [(&str, &str); 9] = [
        ("correct", "CORR"),
        ("kill", "KILL"),
        ("advisory", "ADV"),
        ("repeat", "RPT"),
        ("rpt", "RPT"),
        ("writethru", "Writethru"),
        ("urgent", "URG"),
        ("flash", "FLASH"),
        ("embargo", "EMB"),
    ];
    let folded = fold(label);
    // The last take counts: `1st Lead-1st Add` is an add.
    let take = label
        .rsplit('-')
        .find(|part| part.chars().any(|c| c.is_ascii_digit()));
    if let Some(take) = take.map(str::trim) {
        let take = take.replace("Lead", "Ld").replace("UPDATE", "UPD");
        return truncate_to_width(&sanitize_line(&take), 8).into_owned();
    }
    SHORT
        .iter()
        .find(|(word, _)| folded.contains(word))
        .map_or_else(
            || truncate_to_width(&sanitize_line(label), 8).into_owned(),
            |(_, short)| (*short).to_owned(),
        )
}

#[cfg(test)]
mod tests {
    use super::{file_time, short_label};

    #[test]
    fn times_of_files_fit() {
        assert_eq!(
            ["01:30", "1 Mar", "23 Nov"].map(|text| file_time(text, 6)),
            ["~01:30", "~1 Mar", "~23Nov"]
        );
    }

    #[test]
    fn labels_are_written_as_the_desk_does() {
        for (label, short) in [
            ("2nd Lead-Writethru", "2nd Ld"),
            ("1st Lead-1st Add", "1st Add"),
            ("1stLd-Writethru", "1stLd"),
            ("UPDATE 2-", "UPD 2"),
            ("CORRECTION", "CORR"),
            ("Advisory", "ADV"),
            ("EXTRA", "EXTRA"),
            ("", ""),
        ] {
            assert_eq!(short_label(label), short);
        }
    }
}
