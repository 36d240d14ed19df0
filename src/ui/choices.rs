//! Rows of the short lists to choose from: the links of a dispatch, and places that have a letter.

use super::brush::Brush;
use super::status::column_count;
use super::theme::Role;
use crate::action::{Action, Pane};
use crate::app::{Bookmark, Link, State};
use crate::text::{sanitize_line, truncate_to_width};

/// What stands in the list of places where there is none.
pub(super) fn no_bookmarks_message(state: &State) -> [String; 3] {
    let key = |action| state.keys.sequences_of(Pane::List, action).next();
    let (set, go) = (key(Action::SetPlace), key(Action::GoToPlace));
    let hint = set.zip(go);
    [
        "no place has a letter yet".to_owned(),
        hint.map_or(String::new(), |(set, go)| {
            format!("{set}a calls the place a, {go}a goes back to it")
        }),
        "places are kept from one session to the next".to_owned(),
    ]
}

/// A link: as the dispatch writes it, and what is opened where that is not the same.
pub(super) fn draw_link_row(link: &Link, width: u16, y: u16, brush: &mut Brush<'_>) {
    let text = sanitize_line(&link.text);
    let room = width.saturating_sub(3);
    let x = brush.text(
        2,
        y,
        room,
        &truncate_to_width(&text, usize::from(room)),
        &[Role::Text],
    );
    let left = width.saturating_sub(x + 3);
    if *text != *link.target && left > 12 {
        let target = truncate_to_width(&link.target, usize::from(left));
        brush.text(x + 2, y, left, &target, &[Role::Dim]);
    }
}

/// A place: its letter and the headline of its dispatch.
pub(super) fn draw_bookmark_row(
    (letter, place): (char, &Bookmark),
    width: u16,
    y: u16,
    brush: &mut Brush<'_>,
) {
    let sign = format!("'{letter}");
    let x = brush.text(2, y, 2, &sign, &[Role::Key]) + 2;
    let room = width.saturating_sub(x + 1);
    let headline = if place.headline.is_empty() {
        "(no text)"
    } else {
        &place.headline
    };
    let shown = truncate_to_width(headline, usize::from(room));
    brush.text(x, y, column_count(&shown).min(room), &shown, &[Role::Text]);
}
