//! The list's columns before the headline: which of them fit, what each shows, and short forms of times and labels.

use jiff::tz::TimeZone;

use crate::app::State;
use crate::dispatch::{Precision, Stamp, TimeSource, Urgency};
use crate::index::{EntryId, EntryRef, InternedColumn as Stored};
use crate::list_format::{ListColumn, ListFormat, TimeFormats, compact};
use crate::text::{Layer, display_width, fold, sanitize_line, truncate_to_width};
use crate::ui::brush::{Brush, StyledText};
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

/// Most columns of a row for the words around a hit.
const MAX_EXCERPT: u16 = 44;

/// Fewest columns for the words around a hit, where the headline still has [`LEAST_BESIDE_EXCERPT`].
const MIN_EXCERPT: u16 = 24;

/// Columns that a headline beside the words around a hit has in a narrow list.
pub(super) const LEAST_BESIDE_EXCERPT: u16 = 10;

/// The columns for the words around a hit in a list of `room` terminal columns: half of what the other columns leave
/// without the place, and more in a narrow list.
pub(super) fn excerpt_width(widths: &[(ListColumn, u16)], room: u16) -> u16 {
    let others = widths.iter().filter(|(column, _)| *column != ListColumn::Place);
    let taken: u16 = others.map(|(_, columns)| columns).sum();
    let left = room.saturating_sub(SIGN_COLUMNS + taken);
    // Two columns stay free between the words and the headline.
    let most = left.saturating_sub(LEAST_BESIDE_EXCERPT + 2);
    (left / 2).max(MIN_EXCERPT.min(most)).min(MAX_EXCERPT)
}

/// Draws the words around the hit of a row, so that the hit is visible, at (column, row, columns).
pub(super) fn draw_excerpt(
    state: &State,
    id: EntryId,
    (x, y, room): (u16, u16, u16),
    brush: &mut Brush<'_>,
) {
    let texts = &state.session.filter.texts;
    let (Some(excerpt), Some(query)) = (texts.excerpt(id), &texts.query) else {
        return;
    };
    let (text, columns) = (excerpt.text.as_str(), usize::from(room));
    // A third of the room before the hit, more if what follows is short.
    let beside = columns.saturating_sub(display_width(&text[excerpt.hit.clone()]) + 2);
    let after = display_width(&text[excerpt.hit.end..]);
    let before = (beside / 3).max(beside.saturating_sub(after));
    let start = start_of_last_columns(&text[..excerpt.hit.start], before);
    let mut end = x + room;
    let mut x = x;
    if excerpt.is_cut.0 || start > 0 {
        x = brush.text(x, y, room, "…", &[Role::Dim]);
    }
    let text = &text[start..];
    let cut = excerpt.is_cut.1 || display_width(text) > usize::from(end.saturating_sub(x));
    end = end.saturating_sub(u16::from(cut));
    let ranges = query.match_ranges_in_text(text);
    let layers = [Layer { ranges: &ranges, mark: Role::Match }];
    let line = StyledText::whole(text, Role::Dim, &layers);
    x = brush.styled(x, y, end.saturating_sub(x), &line);
    if cut {
        brush.text(x, y, 1, "…", &[Role::Dim]);
    }
}

/// Where the last words of a text begin that fit into so many columns, as a byte offset. Within a word only if the text
/// does not end with one, as in scripts without spaces.
fn start_of_last_columns(text: &str, columns: usize) -> usize {
    let fits = |at: &usize| display_width(&text[*at..]) <= columns;
    let spaces = text.char_indices().filter(|(_, c)| c.is_whitespace());
    let mut words = std::iter::once(0).chain(spaces.map(|(at, c)| at + c.len_utf8()));
    let first = words.find(fits).unwrap_or(text.len());
    if first < text.len() || text.ends_with(char::is_whitespace) {
        return first;
    }
    text.char_indices().map(|(at, _)| at).find(fits).unwrap_or(text.len())
}

/// Draws the value of a column at (column, row, columns), in a row of the second tier or not. `newest`: the time of the newest dispatch; `agency`: the role
/// of the agency, which shows the colour of a saved view.
pub(super) fn draw_column(
    state: &State,
    (entry, in_text): (EntryRef<'_>, bool),
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
    draw_matched(state, (entry, in_text), (x, y, room), text, role, brush);
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
