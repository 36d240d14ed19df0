//! Draws the comparison of two versions: at the line length of the reader, with signs in the margin.

use ratatui::layout::Position;

use crate::app::{Comparison, State, changes_area};
use crate::changes::{DiffLineKind, DiffStyle};
use crate::index::EntryRef;
use crate::text::{Layer, display_width, truncate_to_width, wrap};
use crate::ui::brush::column_count;
use crate::ui::brush::{Brush, StyledText};
use crate::ui::theme::Role;

/// Draws the comparison between the top and the bottom line. `top` is the first
/// visible line. Returns its cell.
pub(super) fn draw(
    state: &State,
    comparison: &Comparison,
    top: usize,
    brush: &mut Brush<'_>,
) -> Option<Position> {
    let area = changes_area(state.ui.size);
    let rows = area.y..area.y + area.height;
    let message = match &comparison.result {
        None => Some(("reading the two versions …".to_owned(), Role::Dim)),
        Some(Err(problem)) => Some((problem.to_string(), Role::Fault)),
        Some(Ok(_)) => None,
    };
    if let Some((text, role)) = message {
        for (y, line) in rows.skip(1).zip(wrap(&text, usize::from(area.width))) {
            brush.text(area.x, y, area.width, &text[line], &[role]);
        }
        return None;
    }
    let page = &comparison.page;
    // In the order of `DiffStyle::ALL`.
    let roles = [Role::Inserted, Role::Deleted, Role::Dim, Role::Key];
    let layers: Vec<Layer<'_, Role>> = DiffStyle::ALL
        .into_iter()
        .zip(roles)
        .map(|(style, mark)| Layer { ranges: &page.style_ranges[style as usize], mark })
        .collect();
    let is_struck = killed_versions(state, comparison).0;
    let whole = 0..page.text.len();
    let struck = std::slice::from_ref(&whole);
    let current = comparison.current_change.and_then(|stop| page.change_lines.get(stop));
    let lines = page.lines.iter().enumerate().skip(top);
    for (y, (number, line)) in rows.zip(lines) {
        let base = match line.kind {
            DiffLineKind::Blank => continue,
            DiffLineKind::Headline => Role::Headline,
            DiffLineKind::Heading => Role::Heading,
            DiffLineKind::Summary => Role::Dim,
            DiffLineKind::Deleted => Role::Deleted,
            DiffLineKind::Table if line.sign == Some("-") => Role::Deleted,
            DiffLineKind::Text | DiffLineKind::Table => Role::Text,
        };
        if let Some(sign) = line.sign {
            let role = match sign {
                _ if current == Some(&number) => Role::CurrentMatch,
                "+" => Role::Inserted,
                "-" => Role::DeletedSign,
                _ => Role::ChangedSign,
            };
            brush.text(area.x - 2, y, 1, sign, &[role]);
        }
        // Lines of tables are not wrapped, and may use the rest of the screen.
        let room = match line.kind {
            DiffLineKind::Table => state.ui.size.0.saturating_sub(area.x),
            _ => area.width,
        };
        let mut layers = layers.clone();
        if is_struck && line.kind != DiffLineKind::Summary {
            layers.insert(0, Layer { ranges: struck, mark: Role::Struck });
            brush.mark_struck_line(area.x - 1, y);
        }
        let marked =
            StyledText { text: &page.text, range: line.range.clone(), base, layers: &layers };
        brush.styled(area.x, y, room, &marked);
        let hidden = display_width(&page.text[line.range.clone()]) > usize::from(room);
        if hidden {
            brush.text(area.x + room - 1, y, 1, "…", &[Role::Dim]);
        }
    }
    Some(Position::new(area.x, area.y))
}

/// Draws the top line from column `x` on: the story, the current change, the version.
pub(super) fn draw_top(state: &State, comparison: &Comparison, x: u16, brush: &mut Brush<'_>) {
    let right = change_status(comparison, state.ui.size.0 < 60);
    let end = state.ui.size.0.saturating_sub(column_count(&right) + 1);
    let newer = comparison.versions.get(comparison.newer);
    let slug = newer.and_then(|&id| state.session.index.entry(id)).map_or("", |entry| entry.slug());
    let (mut x, room) = (x, |x: u16| end.saturating_sub(x + 1));
    // Before the title, since the end of a long one is cut off.
    let killed = match killed_versions(state, comparison) {
        (true, true) => "KILLED ",
        (true, false) => "newer one KILLED ",
        (false, true) => "older one KILLED ",
        (false, false) => "",
    };
    x = brush.text(x, 0, room(x), killed, &[Role::Urgent]);
    let title =
        if slug.is_empty() { "what changed".to_owned() } else { format!("what changed in {slug}") };
    let room = room(x);
    brush.text(x, 0, room, &truncate_to_width(&title, usize::from(room)), &[Role::Text]);
    brush.text(end, 0, column_count(&right), &right, &[Role::Text]);
}

/// Whether the newer and the older version have been killed.
fn killed_versions(state: &State, comparison: &Comparison) -> (bool, bool) {
    let is_killed = |id| state.session.index.entry(id).is_some_and(EntryRef::is_killed);
    comparison.ids().map_or((false, false), |(newer, older)| (is_killed(newer), is_killed(older)))
}

/// The current change, and how far back the older version is if there are several: `change 2 of 5   1 of 3 versions
/// back`; `short` for narrow screens.
fn change_status(comparison: &Comparison, short: bool) -> String {
    let stops = comparison.page.change_lines.len();
    let changes = match (comparison.current_change, stops) {
        (_, 0) => String::new(),
        (Some(stop), _) if short => format!("{}/{stops}", stop + 1),
        (Some(stop), _) => format!("change {} of {stops}", stop + 1),
        (None, 1) => "1 change".to_owned(),
        (None, _) => format!("{stops} changes"),
    };
    let others = comparison.versions.len() - comparison.newer - 1;
    let back = comparison.older - comparison.newer;
    match others {
        0 | 1 => changes,
        _ if short => format!("{changes}  {back} back"),
        _ => format!("{changes}   {back} of {others} versions back"),
    }
}
