//! The table `[screen]`.

use super::{read, wrong};
use crate::filter::{Sort, SortKey, SortOrder};
use crate::look::{ListColumn, TimeFormat};

#[test]
fn the_screen_is_read() {
    let screen = read(
        "[screen]\ntheme = \"light\"\nmouse = true\nplain = true\nhide-embargoed = true\nzone = \"UTC\"\ncolumns = [\"slug\", \"words\"]\n\
         time-format = \"%H.%M\"\nsort = \"agency urgency reversed\"\n",
    )
    .screen;
    assert_eq!(screen.theme.as_deref(), Some("light"));
    assert!(screen.mouse && screen.plain && screen.hide_embargoed && screen.zone.is_some());
    assert_eq!(screen.look.columns, [ListColumn::Slug, ListColumn::Words]);
    assert_eq!(Ok(screen.look.times.time), TimeFormat::parse("%H.%M"));
    let sort = Sort {
        by: SortKey::Agency,
        then: Some(SortKey::Urgency),
        reversed: true,
    };
    assert_eq!(screen.order, SortOrder::Sorted(sort));
    assert!(
        read("[screen]\ncolumns = []")
            .screen
            .look
            .columns
            .is_empty()
    );
}

#[test]
fn every_mistake_has_a_place_and_a_hint() {
    wrong(
        "[screen]\ntheme = \"drak\"\nmouse = \"true\"\nzone = \"Europe/Olso\"\ntime-format = \"%H:%!\"\nsort = \"agancy\"\n\
         collumns = []\ncolumns = [\"time\", \"plaec\", 3, \"time\"]",
        &[
            (2, 9, "nearest is “dark”"),
            (3, 9, "without quotation"),
            (4, 8, "nearest is “Europe/Oslo”"),
            (5, 15, "strftime"),
            (6, 8, "there are time, urgency"),
            (7, 1, "nearest is “columns”"),
            (8, 20, "nearest is “place”"),
            (8, 29, "list of names"),
            (8, 32, "twice"),
        ],
    );
    let kept = wrong(
        "[screen]\ncolumns = [\"nowhere\"]\ndate-format = 3",
        &[(2, 12, "none of time"), (3, 15, "quotation marks")],
    );
    assert_eq!(kept.screen.look.columns, ListColumn::DEFAULT);
}
