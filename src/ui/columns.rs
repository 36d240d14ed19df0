//! The list's columns before the headline: which of them fit, what each shows, and short forms of times and labels.

use jiff::tz::TimeZone;

use crate::app::State;
use crate::dispatch::{Precision, Stamp, TimeSource, Urgency};
use crate::index::{EntryRef, InternedColumn as Stored};
use crate::list_format::{ListColumn, ListFormat, TimeFormats, compact};
use crate::text::{display_width, fold, sanitize_line, truncate_to_width};
use crate::ui::brush::Brush;
use crate::ui::list::draw_matched;
use crate::ui::theme::Role;

/// Width of the signs at the left of a row: status, and star.
pub(super) const SIGN_COLUMNS: u16 = 2;

/// Minimum width of the headline with the default columns. See [`visible_columns`] for the exact limit.
const MIN_HEADLINE: u16 = 30;

/// Minimum width of the headline with configured columns: lower, as the reader has asked for each of them.
const MIN_HEADLINE_CUSTOM: u16 = 20;

/// The columns that fit into a list of `room` terminal columns, with their widths. Those named last are left out first.
/// A label as the last column is not among them: [`before_headline`] draws it without a fixed width.
pub(super) fn visible_columns(look: &ListFormat, room: u16) -> Vec<(ListColumn, u16)> {
    let width = |column: ListColumn| match column {
        ListColumn::Time => u16::try_from(look.times.columns() + 1).unwrap_or(u16::MAX),
        column => column.width(),
    };
    let named = look.columns.as_slice();
    let fixed = named.strip_suffix(&[ListColumn::Label]).unwrap_or(named);
    let mut columns: Vec<(ListColumn, u16)> = fixed.iter().map(|&c| (c, width(c))).collect();
    while let Some(last) = columns.len().checked_sub(1) {
        // By default 26 for the first column, 30 for the second, 34 for the third: later columns are worth less.
        let least = if named == ListColumn::DEFAULT {
            MIN_HEADLINE - 4 + 4 * u16::try_from(last.min(2)).unwrap_or(0)
        } else {
            MIN_HEADLINE_CUSTOM
        };
        let taken: u16 = columns.iter().map(|(_, columns)| columns).sum();
        if room.saturating_sub(SIGN_COLUMNS + taken) >= least {
            break;
        }
        columns.pop();
    }
    columns
}

/// Draws the value of a column at (column, row, columns). `newest`: the time of the newest dispatch; `agency`: the role
/// of the agency, which shows the colour of a saved view.
pub(super) fn draw_column(
    state: &State,
    entry: EntryRef<'_>,
    column: ListColumn,
    (x, y, room): (u16, u16, u16),
    (newest, agency): (Option<Stamp>, Role),
    brush: &mut Brush<'_>,
) {
    let (text, role) = match column {
        ListColumn::Time => return draw_time(state, entry, (x, y, room), newest, brush),
        ListColumn::Agency => (entry.agency(), agency),
        ListColumn::Place => (entry.place(), Role::Dim),
        ListColumn::Slug => (entry.slug(), Role::Dim),
        ListColumn::Country => (entry.column(Stored::Country), Role::Dim),
        ListColumn::Language => (entry.column(Stored::Language), Role::Dim),
        ListColumn::Byline => (entry.column(Stored::Byline), Role::Dim),
        ListColumn::Label => {
            let text = short_label(entry.label());
            brush.text(x, y, room, &text, &[Role::Label]);
            return;
        }
        ListColumn::Words => {
            let text = entry.words().to_string();
            let before = room.saturating_sub(u16::try_from(text.len()).unwrap_or(room));
            brush.text(x + before, y, room - before, &text, &[Role::Dim]);
            return;
        }
        ListColumn::Urgency => {
            let Some(urgency) = entry.urgency() else {
                return;
            };
            let role = if Urgency::is_urgent(urgency) { Role::Urgent } else { Role::Dim };
            brush.text(x, y, room, &urgency.value().to_string(), &[role]);
            return;
        }
    };
    draw_matched(state, entry, (x, y, room), text, role, brush);
}

/// Draws the time of an entry, with `~` before a time that is only the date of its file.
fn draw_time(
    state: &State,
    entry: EntryRef<'_>,
    (x, y, room): (u16, u16, u16),
    newest: Option<Stamp>,
    brush: &mut Brush<'_>,
) {
    let formats = &state.settings.list_format.times;
    let time = entry.time();
    let mut text =
        time.map_or(String::new(), |time| time_text(time, newest, &state.settings.zone, formats));
    // The date of a file must not look like a time given by the wire.
    let is_file_time = entry.time_source() == TimeSource::File;
    if is_file_time {
        text = file_time(text.trim_start(), usize::from(room));
    }
    let role = if is_file_time { Role::Note } else { Role::Dim };
    brush.text(x, y, room, &text, &[role]);
}

/// The version label before the headline, with its role; empty for most entries. `KILLED` is shown even if the label is
/// not among the columns.
pub(super) fn before_headline(state: &State, entry: EntryRef<'_>) -> (String, Role) {
    // True for the text that was withdrawn, not for the notice that withdraws it.
    if entry.is_killed() {
        return ("KILLED".to_owned(), Role::Urgent);
    }
    if entry.is_unmatched_kill() {
        return ("KILL, not matched".to_owned(), Role::Urgent);
    }
    let text = match entry.label() {
        _ if state.settings.list_format.columns.last() != Some(&ListColumn::Label) => String::new(),
        "" if entry.is_corrected() => "corr".to_owned(),
        label => {
            // Not again if the headline begins with it.
            let (headline, short) = (fold(entry.headline()), short_label(label));
            let repeats = |text: &str| headline.starts_with(&fold(text));
            if repeats(label) || repeats(&short) { String::new() } else { short }
        }
    };
    (text, Role::Label)
}

// Short forms.

/// A time in the format for its age: the time of day on the day of the newest dispatch, which the top line names, else
/// the date. A time without a time of day is always written as a date.
pub(super) fn time_text(
    time: Stamp,
    newest: Option<Stamp>,
    zone: &TimeZone,
    formats: &TimeFormats,
) -> String {
    let local = time.in_zone(zone);
    let day = newest.map(|newest| newest.in_zone(zone).date());
    let format = match day {
        Some(day) if day == local.date() && time.precision == Precision::Second => &formats.time,
        Some(day) if day.year() == local.year() => &formats.date,
        _ => &formats.year,
    };
    format.format(&local)
}

/// Puts `~` before the date of a file, without the spaces in it if there is not enough room; in six columns: `~1 Mar`,
/// `~23Nov`.
pub(super) fn file_time(text: &str, columns: usize) -> String {
    let is_wide = display_width(text) >= columns;
    format!("~{}", if is_wide { compact(text) } else { text.to_owned() })
}

/// A version label in a news desk's shorthand, at most 9 columns: `2nd Lead-Writethru` is `2nd Ld`, `CORRECTION` is
/// `CORR`.
pub(super) fn short_label(label: &str) -> String {
    // Folded parts of labels, and their shorthand; the first match counts.
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
    // The last part with a number counts: `1st Lead-1st Add` is an add.
    let take = label.rsplit('-').find(|part| part.chars().any(|c| c.is_ascii_digit()));
    if let Some(take) = take.map(str::trim) {
        let take = take.replace("Lead", "Ld").replace("UPDATE", "UPD");
        return truncate_to_width(&sanitize_line(&take), 8).into_owned();
    }
    SHORT.iter().find(|(word, _)| folded.contains(word)).map_or_else(
        || truncate_to_width(&sanitize_line(label), 8).into_owned(),
        |(_, short)| (*short).to_owned(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(columns: &[ListColumn], room: u16, expected: &[ListColumn]) {
        let columns = columns.to_vec();
        let look = ListFormat { columns, ..ListFormat::default() };
        let shown: Vec<ListColumn> =
            visible_columns(&look, room).into_iter().map(|(c, _)| c).collect();
        assert_eq!(shown, expected, "{room}");
    }

    #[test]
    fn columns_named_last_are_left_out_first() {
        use ListColumn::{Agency, Label, Place, Slug, Time, Words};
        check(&ListColumn::DEFAULT, 61, &[Time, Agency, Place]);
        check(&ListColumn::DEFAULT, 60, &[Time, Agency]);
        check(&ListColumn::DEFAULT, 43, &[Time]);
        check(&ListColumn::DEFAULT, 34, &[]);
        let asked = [Slug, Label, Words];
        check(&asked, 54, &asked);
        check(&asked, 53, &[Slug, Label]);
        check(&[], 10, &[]);
    }

    #[test]
    fn file_dates_fit_their_column() {
        assert_eq!(
            ["01:30", "1 Mar", "23 Nov"].map(|text| file_time(text, 6)),
            ["~01:30", "~1 Mar", "~23Nov"]
        );
    }

    #[test]
    fn labels_are_abbreviated_as_on_a_news_desk() {
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
