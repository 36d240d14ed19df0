//! The columns of the list before the headline: which have room, and what each says of a dispatch.

use super::brush::Brush;
use super::list::draw_matched;
use super::short::{file_time, short_label, time_text};
use super::theme::Role;
use crate::app::State;
use crate::desk::{EntryRef, InternedColumn as Stored};
use crate::dispatch::{Stamp, TimeSource, Urgency};
use crate::look::{ListColumn, ListFormat};
use crate::text::fold;

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
}
