//! The list's columns before the headline: which have room, what each shows; short times and version labels.

use jiff::tz::TimeZone;

use crate::app::State;
use crate::dispatch::{Precision, Stamp, TimeSource, Urgency};
use crate::index::{EntryRef, InternedColumn as Stored};
use crate::list_format::{ListColumn, ListFormat, TimeFormats, compact};
use crate::text::{display_width, fold, sanitize_line, truncate_to_width};
use crate::ui::brush::Brush;
use crate::ui::list::draw_matched;
use crate::ui::theme::Role;

/// Columns before all others, for marks.
pub(super) const SIGN_COLUMNS: u16 = 2;

/// The headline keeps at least this.
const MIN_HEADLINE: u16 = 30;

/// The same where the reader has named the columns.
const MIN_HEADLINE_CUSTOM: u16 = 20;

/// The columns that have room in a list of so many, each with its own; those named last give way first. A label that
/// stands last is not among them.
pub(super) fn visible_columns(look: &ListFormat, room: u16) -> Vec<(ListColumn, u16)> {
    let wide = |column: ListColumn| match column {
        ListColumn::Time => u16::try_from(look.times.columns() + 1).unwrap_or(u16::MAX),
        column => column.width(),
    };
    let named = look.columns.as_slice();
    let fixed = named.strip_suffix(&[ListColumn::Label]).unwrap_or(named);
    let mut columns: Vec<(ListColumn, u16)> = fixed.iter().map(|&c| (c, wide(c))).collect();
    while let Some(last) = columns.len().checked_sub(1) {
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

/// Draws what a column says of an entry. The agency has a look of its own where a view marks the row.
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
            let role = if Urgency::is_urgent(urgency) {
                Role::Urgent
            } else {
                Role::Dim
            };
            brush.text(x, y, room, &urgency.value().to_string(), &[role]);
            return;
        }
    };
    draw_matched(state, entry, (x, y, room), text, role, brush);
}

fn draw_time(
    state: &State,
    entry: EntryRef<'_>,
    (x, y, room): (u16, u16, u16),
    newest: Option<Stamp>,
    brush: &mut Brush<'_>,
) {
    let forms = &state.look.times;
    let time = entry.time();
    let mut text = time.map_or(String::new(), |time| {
        time_text(time, newest, &state.zone, forms)
    });
    // A date that is only the file's is never passed off as the wire's.
    let weak = entry.time_source() == TimeSource::File;
    if weak {
        text = file_time(text.trim_start(), usize::from(room));
    }
    let role = if weak { Role::Note } else { Role::Dim };
    brush.text(x, y, room, &text, &[role]);
}

/// What is said before the headline of which version a dispatch is, and how that looks; mostly nothing. That a text was
/// withdrawn is said whatever the columns are.
pub(super) fn before_headline(state: &State, entry: EntryRef<'_>) -> (String, Role) {
    // A kill notice is itself no text that was withdrawn.
    if entry.is_killed() {
        return ("KILLED".to_owned(), Role::Urgent);
    }
    if entry.is_unmatched_kill() {
        return ("KILL, not matched".to_owned(), Role::Urgent);
    }
    let text = match entry.label() {
        _ if state.look.columns.last() != Some(&ListColumn::Label) => String::new(),
        "" if entry.is_corrected() => "corr".to_owned(),
        label => {
            // Where the headline carries it, once is enough.
            let (headline, short) = (fold(entry.headline()), short_label(label));
            let told = |text: &str| headline.starts_with(&fold(text));
            if told(label) || told(&short) {
                String::new()
            } else {
                short
            }
        }
    };
    (text, Role::Label)
}

// What a row of the list says in few columns: times, and labels as the desk writes them.

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
    use super::*;

    #[track_caller]
    fn check(columns: &[ListColumn], room: u16, expected: &[ListColumn]) {
        let columns = columns.to_vec();
        let look = ListFormat {
            columns,
            ..ListFormat::default()
        };
        let shown: Vec<ListColumn> = visible_columns(&look, room)
            .into_iter()
            .map(|(c, _)| c)
            .collect();
        assert_eq!(shown, expected, "{room}");
    }

    #[test]
    fn the_last_ones_give_way_first() {
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
