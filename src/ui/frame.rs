//! Draws a frame: the top line, the panes or what covers them, and the bottom line.

use ratatui::buffer::Buffer;
use ratatui::layout::Position;

use crate::action::{Action, Pane};
use crate::app::{
    Area, BandKind, BandView, FollowMode, Layout, LayoutMode, PromptKind, State, TextPhase, hints,
};
use crate::filter::SortOrder;
use crate::text::{count_noun, display_width, pluralize, truncate_to_width};
use crate::ui::brush::{Brush, LinkSpan, column_count, with_thousands};
use crate::ui::theme::{Role, Theme};
use crate::ui::{list, overlay, prompt, quotes, reader};

/// Draws a frame. Returns the position of the terminal's cursor: in the prompt, or on the focused row.
pub fn draw(state: &State, theme: &Theme, buffer: &mut Buffer) -> Option<Position> {
    draw_with_links(state, theme, buffer, &mut Vec::new())
}

/// As [`draw`]; appends the links on the screen to `links`.
pub fn draw_with_links(
    state: &State,
    theme: &Theme,
    buffer: &mut Buffer,
    links: &mut Vec<LinkSpan>,
) -> Option<Position> {
    buffer.set_style(buffer.area, theme.ground());
    let mut brush = Brush::new(buffer, theme, state.settings.plain);
    let cursor = draw_panes(state, &mut brush);
    brush.take_links(links);
    cursor
}

/// Draws everything, from the bottom layer up: what is drawn last covers the rest.
fn draw_panes(state: &State, brush: &mut Brush<'_>) -> Option<Position> {
    let layout = state.layout();
    // In a few cells there is no room for anything but a reason.
    if layout.mode == LayoutMode::TooSmall {
        brush.text(0, 0, state.ui.size.0, "too small", &[Role::Text]);
        return None;
    }
    draw_top(state, &layout, brush);
    let (mut cursor, mut more) = (None, None);
    if let Some(overlay) = state.ui.overlay() {
        (cursor, more) = overlay::draw(state, overlay, brush);
    } else {
        draw_hairlines(&layout, state, brush);
        if let Some(area) = layout.list {
            cursor = list::draw(state, area, brush);
        }
        if let Some(area) = layout.reader {
            cursor = reader::draw(state, area, brush).or(cursor);
        }
        if let Some(area) = layout.quotes {
            cursor = quotes::draw(state, area, brush).or(cursor);
        }
    }
    draw_bands(state, brush);
    draw_bottom(state, &layout, more, brush);
    // Last, as an open prompt covers the bottom line and takes the cursor.
    prompt::draw_prompt(state, &layout, brush).or(cursor)
}

/// The hairlines between the panes.
fn draw_hairlines(layout: &Layout, state: &State, brush: &mut Brush<'_>) {
    let (Some(&first), Some(&last)) = (layout.hairline_rows.first(), layout.hairline_rows.last())
    else {
        return;
    };
    for &y in &layout.hairline_rows {
        for x in 0..state.ui.size.0 {
            brush.text(x, y, 1, "─", &[Role::Hairline]);
        }
    }
    for &x in &layout.hairline_columns {
        brush.text(x, first, 1, "┬", &[Role::Hairline]);
        for y in first + 1..last {
            brush.text(x, y, 1, "│", &[Role::Hairline]);
        }
        brush.text(x, last, 1, "┴", &[Role::Hairline]);
    }
}

// The bands: one line over the text for kills, corrections, embargoes and newer versions.

/// Draws the bands over the lines they take the place of, or the sign of one that has been acknowledged.
fn draw_bands(state: &State, brush: &mut Brush<'_>) {
    if let Some((cell, kind)) = state.band_sign() {
        brush.sign(cell.x, cell.y, kind.sign(), band_role(kind));
    }
    for BandView { area, key, text } in state.visible_bands() {
        let role = band_role(key.kind);
        let width = usize::from(area.width);
        let line = format!(" {text}");
        brush.text(area.x, area.y, area.width, &" ".repeat(width), &[role]);
        brush.text(area.x, area.y, area.width, &line, &[role]);
    }
}

/// The role of a kind of band.
fn band_role(kind: BandKind) -> Role {
    match kind {
        BandKind::Kill => Role::KillBand,
        BandKind::Correction | BandKind::Restored => Role::CorrectionBand,
        BandKind::Embargo => Role::EmbargoBand,
        BandKind::Update => Role::UpdateBand,
    }
}

// The top line.

/// Draws the top line: the name of the input and its state at the left, the filter and the number of rows at the right.
/// Where there is not enough room, what tells whether rows may come is drawn before everything else.
pub(super) fn draw_top(state: &State, layout: &Layout, brush: &mut Brush<'_>) {
    let (area, total) = (layout.top, state.ui.size.0);
    let title_end = 1 + column_count(TITLE);
    let right = match state.ui.overlay() {
        Some(overlay) => {
            // The sheets write the rest of the line themselves.
            let status = overlay::draw_top(state, overlay, title_end + 2, brush);
            let Some(status) = status else {
                brush.text(1, area.y, total - 1, TITLE, &[Role::Title]);
                return draw_modes_at_the_right(state, area, brush);
            };
            TopText::of_forms(Rank::Counts, vec![status], Role::Text).cut_to(1)
        }
        None => top_right(state),
    };
    let mut texts = vec![TopText::new(Rank::Title, TITLE.to_owned(), Role::Title)];
    texts.extend(top_left(state));
    texts.push(right);
    let shown = fit_top_texts(&texts, usize::from(total.saturating_sub(2)));
    let mut x = 1;
    for (text, form) in texts.iter().zip(&shown) {
        let Some(form) = form else {
            continue;
        };
        if text.rank == Rank::Counts {
            x = total.saturating_sub(column_count(form) + 1);
        }
        x = brush.text(x, area.y, total.saturating_sub(x), form, &[text.role]) + 2;
    }
}

/// The name of the program, at the left end of the top line.
const TITLE: &str = "dateline";

/// How important a text of the top line is, the most important first. Where there is not enough room, texts are
/// shortened and left out from the last to the first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    /// Whether the wire is followed or paused.
    Mode,
    /// What waits.
    New,
    /// The text at the right end: the filter with its counts, or the selected row.
    Counts,
    /// What is missing or not saved.
    Fault,
    Alerts,
    Problems,
    // From here on, texts are shown if there is room beside the longest forms of those above.
    /// The number of dispatches so far.
    Loading,
    /// What is read.
    Input,
    /// Rows that are left out or selected.
    Rows,
    /// The number of dispatches.
    Total,
    /// That arrivals wait.
    Waits,
    Day,
    Title,
}

/// A text of the top line.
struct TopText {
    rank: Rank,
    /// Its forms, the longest first.
    forms: Vec<String>,
    /// If its shortest form does not fit, it is cut off, to no fewer columns than these.
    least: usize,
    role: Role,
}

impl TopText {
    fn new(rank: Rank, text: String, role: Role) -> Self {
        Self::of_forms(rank, vec![text], role)
    }

    /// A text without its empty forms.
    fn of_forms(rank: Rank, mut forms: Vec<String>, role: Role) -> Self {
        forms.retain(|form| !form.is_empty());
        Self { rank, forms, least: usize::MAX, role }
    }

    /// The same, which may be cut off to `least` columns.
    fn cut_to(self, least: usize) -> Self {
        Self { least, ..self }
    }

    /// A noun with its number, `1 alert: a`, without the key if that does not fit.
    fn count(rank: Rank, count: usize, noun: &str, key: Option<String>, role: Role) -> Self {
        let short = format!("{} {}", with_thousands(count), pluralize(count, noun));
        let long = key.map(|key| format!("{short}: {key}"));
        Self::of_forms(rank, long.into_iter().chain([short]).collect(), role)
    }

    /// The columns of its shortest form; `None` if it has none.
    fn least_columns(&self) -> Option<usize> {
        Some(display_width(self.forms.last()?).min(self.least))
    }

    /// The longest form for a number of columns, which are enough for the shortest one.
    fn fit(&self, columns: usize) -> Option<String> {
        let fits = |form: &&String| display_width(form) <= columns;
        let cut = || Some(truncate_to_width(self.forms.last()?, columns).into_owned());
        self.forms.iter().find(fits).cloned().or_else(cut)
    }
}

/// Columns between two texts of the top line.
const TOP_GAP: usize = 2;

/// The forms in which texts are shown in a number of columns, and `None` for those that are left out. First the shortest
/// forms of as many texts as possible, then longer ones; [`Rank::Loading`] and what follows it has what is left.
fn fit_top_texts(texts: &[TopText], columns: usize) -> Vec<Option<String>> {
    let mut ranked: Vec<usize> = (0..texts.len()).collect();
    ranked.sort_by_key(|&at| texts[at].rank);
    let (needed, rest): (Vec<usize>, Vec<usize>) =
        ranked.into_iter().partition(|&at| texts[at].rank < Rank::Loading);
    let mut shown = vec![None; texts.len()];
    let mut room = columns + TOP_GAP;
    let mut reserved = Vec::new();
    for at in needed {
        if let Some(least) = texts[at].least_columns().filter(|least| least + TOP_GAP <= room) {
            room -= least + TOP_GAP;
            reserved.push((at, least));
        }
    }
    for (at, least) in reserved {
        shown[at] = texts[at].fit(least + room);
        room = (room + least).saturating_sub(shown[at].as_deref().map_or(0, display_width));
    }
    for at in rest {
        if texts[at].least_columns().is_some_and(|least| least + TOP_GAP <= room) {
            shown[at] = texts[at].fit(room - TOP_GAP);
            room -= shown[at].as_deref().map_or(0, |form| display_width(form) + TOP_GAP);
        }
    }
    shown
}

/// Draws whether the wire is followed or paused at the right end of a top line that a sheet has written.
fn draw_modes_at_the_right(state: &State, area: Area, brush: &mut Brush<'_>) {
    let is_mode = |text: &TopText| matches!(text.rank, Rank::Mode | Rank::New);
    let kept: Vec<TopText> = live_status(state).into_iter().filter(is_mode).collect();
    let columns = usize::from(area.width.saturating_sub(2));
    let shown = fit_top_texts(&kept, columns);
    let mut right = area.width.saturating_sub(1);
    for (text, form) in kept.iter().zip(shown).rev() {
        let Some(form) = form else {
            continue;
        };
        let width = column_count(&form) + 2;
        right = right.saturating_sub(width);
        brush.text(right, area.y, width, &format!("  {form}"), &[text.role]);
    }
}

/// The texts at the left of the top line, in their order.
fn top_left(state: &State) -> Vec<TopText> {
    let total = with_thousands(state.shown_entry_count());
    let dispatches = pluralize(state.shown_entry_count(), "dispatch");
    // A pipe that is not followed is being read until its end.
    let totals = if state.is_loading() {
        let long = format!("{total} {dispatches} so far …");
        let forms = vec![long, format!("{total} so far …"), format!("{total} …")];
        TopText::of_forms(Rank::Loading, forms, Role::Dim)
    } else {
        TopText::new(Rank::Total, format!("{total} {dispatches}"), Role::Dim)
    };
    let mut texts =
        vec![TopText::new(Rank::Input, state.settings.name.clone(), Role::Text).cut_to(8), totals];
    texts.extend(live_status(state));
    // Times in the list leave out the date of this day.
    if let Some(newest) = state.newest_shown().filter(|newest| newest.is_from_wire) {
        let day = newest.stamp.in_zone(&state.settings.zone);
        texts.push(TopText::new(Rank::Day, day.strftime("%-d %b %Y").to_string(), Role::Dim));
    }
    let (selected, unsaved) = crate::ui::list::mark_counts(state);
    texts.extend([
        TopText::new(Rank::Rows, selected, Role::Key),
        TopText::new(Rank::Fault, unsaved, Role::Fault),
    ]);
    if !state.session.problems.is_empty() {
        let count = state.session.problems.count();
        let key = state.settings.keys.sequences_of(Pane::List, Action::Problems).next();
        texts.push(TopText::count(Rank::Problems, count, "problem", key, Role::Fault));
    }
    texts
}

/// The texts on a live wire (pending rows, follow mode, alerts) and on rows that are left out.
fn live_status(state: &State) -> Vec<TopText> {
    let live = &state.session.follow;
    let mut texts = Vec::new();
    if live.pending_rows > 0 {
        let count = with_thousands(live.pending_rows);
        let forms = vec![format!("+{count} new"), format!("+{count}")];
        texts.push(TopText::of_forms(Rank::New, forms, Role::Unread));
    }
    match live.mode {
        FollowMode::Paused { .. } => {
            texts.push(TopText::new(Rank::Mode, "paused".to_owned(), Role::Key));
        }
        FollowMode::Off => {}
        FollowMode::Follow | FollowMode::Hold if live.is_dead => {
            if live.missing.is_empty() {
                let text = "nothing to follow".to_owned();
                texts.push(TopText::new(Rank::Fault, text, Role::Dim));
            }
        }
        FollowMode::Follow | FollowMode::Hold => {
            texts.push(TopText::new(Rank::Mode, "following".to_owned(), Role::Key));
            if live.mode == FollowMode::Hold && live.pending_rows == 0 {
                texts.push(TopText::new(Rank::Waits, "arrivals wait".to_owned(), Role::Dim));
            }
        }
    }
    let missing = match &live.missing[..] {
        [] => String::new(),
        [path] => {
            let name = path.rsplit('/').find(|name| !name.is_empty());
            format!("waiting for {}", name.unwrap_or(path))
        }
        paths => format!("waiting for {}", count_noun(paths.len(), "input")),
    };
    texts.push(TopText::new(Rank::Fault, missing, Role::Fault).cut_to(15));
    let (unread, key) = (state.session.alerts.log.unread, state.key_for(Action::Alerts));
    if unread > 0 {
        texts.push(TopText::count(Rank::Alerts, unread, "alert", key, Role::Urgent));
    }
    let embargoed = state.session.embargoes.hidden_rows;
    for (count, what) in [(live.muted_rows, "muted"), (embargoed, "under embargo")] {
        if count > 0 {
            let text = format!("{} {what}", with_thousands(count));
            texts.push(TopText::new(Rank::Rows, text, Role::Dim));
        }
    }
    texts
}

/// The right end of the top line over the panes: the filter with its progress and matches, or the selected row, and the
/// sort order.
fn top_right(state: &State) -> TopText {
    let rows = state.ui.list.rows(&state.session.index).len();
    let typing = state.ui.prompt.as_ref().is_some_and(|prompt| prompt.kind == PromptKind::Filter);
    let order = match state.session.filter.order {
        SortOrder::Relevance if !state.session.filter.query.is_empty() => ", best first".to_owned(),
        SortOrder::Sorted(sort) => format!(", by {sort}"),
        _ => String::new(),
    };
    let right = |forms| TopText::of_forms(Rank::Counts, forms, Role::Text);
    if state.session.filter.is_blank() && !typing {
        if rows == 0 {
            return right(Vec::new());
        }
        // With folded stories there are fewer rows than dispatches: say that rows are counted.
        let is_each = rows == state.ui.list.represented_dispatches(&state.session.index);
        let row = if is_each { "" } else { "row " };
        let (at, rows) = (with_thousands(state.ui.list.row + 1), with_thousands(rows));
        let short = format!("{row}{at} of {rows}");
        return right(vec![format!("{short}{order}"), short, format!("{at}/{rows}")]);
    }
    let busy = match state.session.filter.run.progress {
        Some((done, total)) => format!("{}% … ", done * 100 / total.max(1)),
        None if state.session.filter.is_running() => "… ".to_owned(),
        None => String::new(),
    };
    // Close matches are entries that do not contain every word.
    let close = state.ui.list.hits.as_ref().map_or(0, |hits| hits.tiers()[2].len());
    let close = match close {
        0 => String::new(),
        close if text_counts(state).is_some() => {
            format!(", {} close", with_thousands(close))
        }
        count if count >= state.ui.list.represented_dispatches(&state.session.index) => {
            ", close matches only".to_owned()
        }
        close => format!(", {} of them close", with_thousands(close)),
    };
    let short = text_counts(state).unwrap_or_else(|| row_counts(state));
    let short = format!("{busy}{short}");
    let counts = format!("{short}{close}{order}{}", texts_off(state));
    // A long filter must leave room for the name of the input.
    let limit = usize::from(state.ui.size.0) / 3;
    let filter = state.session.filter.display_text();
    let filter = format!("/ {}   ", truncate_to_width(&filter, limit));
    let (longest, long) = (format!("{filter}{counts}"), format!("{filter}{short}"));
    right(vec![longest, long, counts, short, fewest_counts(state)])
}

/// The number of exact hits and of hits in texts alone, in a few columns: `3 + 12`.
fn fewest_counts(state: &State) -> String {
    let texts = &state.session.filter.texts;
    let [exact, in_texts, _] = texts.counts.dispatches;
    let all = with_thousands(state.ui.list.represented_dispatches(&state.session.index));
    match texts.phase {
        _ if state.session.filter.is_running() => "…".to_owned(),
        TextPhase::Waiting if exact == 0 => "…".to_owned(),
        TextPhase::Searching => {
            format!("{} + {} …", with_thousands(exact), with_thousands(in_texts))
        }
        TextPhase::Complete | TextPhase::Updating => {
            format!("{} + {}", with_thousands(exact), with_thousands(in_texts))
        }
        TextPhase::Off | TextPhase::TooShort | TextPhase::Waiting => all,
    }
}

/// How many dispatches match the filter: `3 · 12+ in texts · 38 %` while texts are searched, and `3 · 15 in texts` or
/// `3 · 0 in texts` then; otherwise `7 of 40 in 2 rows`, with the rows in which they are folded if those are fewer, and
/// whether texts are left out.
pub(super) fn hit_counts(state: &State) -> String {
    text_counts(state).unwrap_or_else(|| row_counts(state) + texts_off(state))
}

/// What follows the counts where texts are left out. At the end, so that it stays where it is as the counts change.
fn texts_off(state: &State) -> &'static str {
    if list::texts_are_off(state) { " · texts off" } else { "" }
}

/// The number of exact hits and of hits in texts; `None` before texts are searched, and if they are not.
fn text_counts(state: &State) -> Option<String> {
    let texts = &state.session.filter.texts;
    let [exact, in_texts, _] = texts.counts.dispatches;
    let count = match texts.counts.rows[0] {
        1 if exact > 1 => format!("{} in 1 row", with_thousands(exact)),
        rows if rows < exact => {
            format!("{} in {} rows", with_thousands(exact), with_thousands(rows))
        }
        _ => with_thousands(exact),
    };
    let found = with_thousands(in_texts);
    match texts.phase {
        // Zero alone would say that there is nothing.
        TextPhase::Waiting if exact == 0 => Some(format!("{count} · texts …")),
        TextPhase::Searching => {
            let percent = texts.progress.map(|(done, all)| done * 100 / all.max(1));
            let percent = percent.map_or("…".to_owned(), |percent| format!("{percent} %"));
            Some(format!("{count} · {found}+ in texts · {percent}"))
        }
        TextPhase::Complete | TextPhase::Updating => Some(format!("{count} · {found} in texts")),
        TextPhase::Off | TextPhase::TooShort | TextPhase::Waiting => None,
    }
}

/// The number of hits, and that of their rows if these are fewer.
fn row_counts(state: &State) -> String {
    let (rows, found) = (
        state.ui.list.rows(&state.session.index).len(),
        state.ui.list.represented_dispatches(&state.session.index),
    );
    let of = format!("{} of {}", with_thousands(found), with_thousands(state.shown_entry_count()));
    match rows {
        1 if found > 1 => format!("{of} in 1 row"),
        _ if rows < found => format!("{of} in {} rows", with_thousands(rows)),
        _ => of,
    }
}

// The bottom line.

/// Draws the bottom line: a notice, or hints with the position in the text at the right. Over a sheet, `more` takes the
/// place of the position.
pub(super) fn draw_bottom(
    state: &State,
    layout: &Layout,
    more: Option<String>,
    brush: &mut Brush<'_>,
) {
    let (area, total) = (layout.bottom, state.ui.size.0);
    // What covers the panes hides the reader, too.
    let reading =
        state.ui.overlay().is_none() && (layout.reader.is_some() || layout.quotes.is_some());
    let right = if reading { reader_position(state) } else { more.unwrap_or_default() };
    let right_x = total.saturating_sub(column_count(&right) + 1);
    if let Some(notice) = &state.ui.notice {
        return draw_notice(notice, area, brush);
    }
    if let Some(hint) = (state.welcome_line())
        .filter(|_| state.ui.prompt.is_none() && state.ui.typed.keys.is_empty())
    {
        // On the hairline below the panes or, if there is none, instead of the hints.
        let ruled = layout.hairline_rows.contains(&area.y.saturating_sub(1));
        let hint = format!(" {hint} ");
        let y = area.y - u16::from(ruled);
        brush.text(0, y, total, &hint, &[Role::Note]);
        if !ruled {
            return;
        }
    }
    brush.text(right_x, area.y, total.saturating_sub(right_x), &right, &[Role::Dim]);
    let room = right_x.saturating_sub(2);
    let mut x = 1;
    let typed = &state.ui.typed;
    let count = typed.count.map_or(String::new(), |count| count.to_string());
    if !count.is_empty() {
        x = brush.text(x, area.y, room, &count, &[Role::Key]);
    }
    let pending: String = typed.keys.iter().map(ToString::to_string).collect();
    if !pending.is_empty() {
        return draw_continuations(&(count + &pending), &hints(state), area, brush);
    }
    for (keys, words) in fitting_hints(hints(state), room.saturating_sub(x)) {
        x = brush.text(x, area.y, room, &keys, &[Role::Key]);
        x = brush.text(x + 1, area.y, room, words, &[Role::Dim]) + 2;
    }
}

/// The hints that fit into `room` columns. Room is always reserved for the last one, which leads to the help.
fn fitting_hints(hints: Vec<(String, &'static str)>, room: u16) -> Vec<(String, &'static str)> {
    let needed = |(keys, words): &(String, &str)| column_count(keys) + 1 + column_count(words) + 2;
    let mut left = room + 2;
    let last = hints.last().map_or(0, needed);
    let count = hints.len();
    let mut fitting = Vec::new();
    for (number, hint) in hints.into_iter().enumerate() {
        let is_last = number + 1 == count;
        let reserve = if is_last { 0 } else { last };
        if needed(&hint) + reserve <= left {
            left -= needed(&hint);
            fitting.push(hint);
        }
    }
    fitting
}

/// Draws a notice upwards from the bottom line, in up to four lines.
fn draw_notice(notice: &str, area: crate::app::Area, brush: &mut Brush<'_>) {
    let width = area.width.saturating_sub(2);
    let lines = crate::text::wrap(notice, usize::from(width));
    for (up, line) in (0..area.y).zip(lines.into_iter().rev().take(4)) {
        let y = area.y - up;
        brush.clear_row(y);
        brush.text(1, y, width, &notice[line], &[Role::Text]);
    }
}

/// The position in the text: the current quote, and the share that has been read: `2/7  38%`.
fn reader_position(state: &State) -> String {
    let Some(document) = state.shown_document() else {
        return String::new();
    };
    let quote = match (state.ui.reader.current_quote, document.quotes.len()) {
        (Some(quote), count) if count > 0 => format!("{}/{count}  ", quote + 1),
        _ => String::new(),
    };
    format!("{quote}{}%", state.percent_read())
}

/// Draws the keys pressed so far and all keys that may follow, upwards from the bottom line in as many lines as needed.
pub(super) fn draw_continuations(
    pressed: &str,
    hints: &[(String, &'static str)],
    area: Area,
    brush: &mut Brush<'_>,
) {
    // The column where each line ends, and its hints.
    let mut lines: Vec<(u16, Vec<&(String, &'static str)>)> =
        vec![(column_count(pressed) + 2, vec![])];
    for hint in hints {
        let columns = column_count(&hint.0) + 1 + column_count(hint.1) + 2;
        match lines.last_mut() {
            Some((x, line)) if *x + columns <= area.width + 1 || line.is_empty() => {
                *x += columns;
                line.push(hint);
            }
            _ => lines.push((1 + columns, vec![hint])),
        }
    }
    let count = u16::try_from(lines.len()).unwrap_or(1).min(area.y);
    for (y, (number, (_, line))) in (area.y + 1 - count..).zip(lines.iter().enumerate()) {
        brush.clear_row(y);
        let mut x = 1;
        if number == 0 {
            x = brush.text(x, y, area.width - 1, pressed, &[Role::Key]) + 1;
        }
        for (keys, words) in line {
            let room = |x: u16| area.width.saturating_sub(x);
            x = brush.text(x, y, room(x), keys, &[Role::Key]) + 1;
            x = brush.text(x, y, room(x), words, &[Role::Dim]) + 2;
        }
    }
}
