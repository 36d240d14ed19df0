//! The quotes pane and the current quote: its citation, and the same speaker's next quote across the list.

use crate::action::{Action, Code, Key, Pane};
use crate::app::banner::{format_time, title_case};
use crate::app::document::{Document, is_unsure};
use crate::app::reader::ScrollTarget;
use crate::app::state::State;
use crate::app::update::Effect;
use crate::dispatch::TimeSource;
use crate::index::EntryId;
use crate::quotes::{self, Certainty};
use crate::speakers::is_same_speaker;
use crate::text::{display_width, sanitize_line, wrap};

/// One row of the quotes pane.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum QuotePaneRow {
    Blank,
    /// A speaker (a number into [`Document::speakers`]), and how many statements follow.
    Speaker(usize),
    /// A line of a statement: which, and its text; `first` carries the number.
    Quote {
        quote: usize,
        text: String,
        first: bool,
    },
}

/// Lines that one statement takes at most.
const QUOTE_LINES: usize = 2;

/// Columns before the text of a statement: bar, number, space.
pub(super) const QUOTE_INDENT: usize = 5;

/// The statements as the quotes pane shows them: each speaker's together, or all as they stand in the text.
fn group_quotes(document: &Document, in_text_order: bool) -> Vec<(usize, Vec<usize>)> {
    if !in_text_order {
        let of = |(number, speaker): (usize, &crate::app::SpeakerQuotes)| {
            (number, speaker.quotes.clone())
        };
        return document.speakers.iter().enumerate().map(of).collect();
    }
    let mut runs: Vec<(usize, Vec<usize>)> = Vec::new();
    for quote in 0..document.quotes.len() {
        let speaker = document.speaker_of(quote).unwrap_or(0);
        match runs.last_mut() {
            Some((last, quotes)) if *last == speaker => quotes.push(quote),
            _ => runs.push((speaker, vec![quote])),
        }
    }
    runs
}

/// The rows of the quotes pane at a width.
pub(super) fn pane_rows(
    document: &Document,
    columns: usize,
    in_text_order: bool,
) -> Vec<QuotePaneRow> {
    let room = columns.saturating_sub(QUOTE_INDENT + 1).max(8);
    let mut rows = Vec::new();
    for (number, quotes) in group_quotes(document, in_text_order) {
        if !rows.is_empty() {
            rows.push(QuotePaneRow::Blank);
        }
        rows.push(QuotePaneRow::Speaker(number));
        let speaker = &document.speakers[number];
        for quote in quotes {
            let lines = preview(document, quote, room, !is_unsure(document, speaker));
            let line = |(i, text): (usize, String)| QuotePaneRow::Quote {
                quote,
                text,
                first: i == 0,
            };
            rows.extend(lines.into_iter().enumerate().map(line));
        }
    }
    rows
}

/// The start of a statement in marks, on at most [`QUOTE_LINES`] lines; with a `?`, if asked, where it is not certain
/// who made it.
fn preview(document: &Document, quote: usize, room: usize, doubt: bool) -> Vec<String> {
    let quote = &document.quotes[quote];
    let source = document.part_text(quote.part);
    let span = quote.span();
    let opening = source.get(quote.outer.start..span.start).unwrap_or("");
    let closing = source.get(span.end..quote.outer.end).unwrap_or("");
    let unsure = doubt && quote.speaker.is_some() && quote.certainty != Certainty::Sure;
    let end = format!("{closing}{}", if unsure { " ?" } else { "" });
    let words = quotes::quote_text(quote, source);
    // No more is laid out than can be seen.
    let start = &words[..words.floor_char_boundary(room * 4 * (QUOTE_LINES + 1))];
    let cut = if start.len() < words.len() { "…" } else { "" };
    let start = start.split_whitespace().collect::<Vec<_>>().join(" ");
    let marked = sanitize_line(&format!("{opening}{start}{cut}{end}")).into_owned();
    let lines = wrap(&marked, room);
    let mut shown: Vec<String> = lines
        .iter()
        .take(QUOTE_LINES)
        .map(|r| marked[r.clone()].to_owned())
        .collect();
    if lines.len() > QUOTE_LINES
        && let Some(last) = shown.last_mut()
    {
        let end = format!("…{end}");
        let limit = room.saturating_sub(display_width(&end));
        // Whole words, where one fits.
        if let Some(start) = wrap(last, limit).first() {
            last.truncate(start.end);
        }
        *last = last.trim_end_matches(['…', ',', '.', ' ']).to_owned() + &end;
    }
    shown
}

impl State {
    /// Makes a statement the current one and shows it.
    pub(super) fn go_to_quote(&mut self, quote: usize) {
        let Some(document) = self.document() else {
            return;
        };
        let lines = document.quote_lines(quote);
        self.reader.current_quote = Some(quote);
        self.scroll_into_view(lines);
    }

    /// The next or previous statement in the text.
    pub(super) fn next_quote(&mut self, forward: bool) {
        let Some(document) = self.document() else {
            return;
        };
        if document.quotes.is_empty() {
            self.notice = Some("no quotes in this dispatch".into());
            return;
        }
        let count = document.quotes.len();
        let next = match (self.reader.current_quote, forward) {
            (Some(now), true) => Some(now + 1).filter(|&next| next < count),
            (Some(now), false) => now.checked_sub(1),
            (None, true) => Some(0),
            (None, false) => count.checked_sub(1),
        };
        if let Some(quote) = next {
            self.go_to_quote(quote);
        } else {
            let which = if forward { "last" } else { "first" };
            self.notice = Some(format!("this is the {which} quote"));
            if let Some(quote) = self.reader.current_quote {
                self.go_to_quote(quote);
            }
        }
    }

    /// Moves within the quotes pane, in the order of its rows.
    pub(super) fn step_quote(&mut self, by: isize) {
        let Some(document) = self.document() else {
            return;
        };
        let order: Vec<usize> = group_quotes(document, self.quotes_in_text_order)
            .into_iter()
            .flat_map(|(_, quotes)| quotes)
            .collect();
        if order.is_empty() {
            return;
        }
        let place = self
            .reader
            .current_quote
            .and_then(|q| order.iter().position(|&o| o == q))
            .unwrap_or(0);
        let next = order[place.saturating_add_signed(by).min(order.len() - 1)];
        self.go_to_quote(next);
    }

    /// Goes to a statement by its place among the rows of the pane.
    pub(super) fn go_to_quote_row(&mut self, place: usize) {
        let place = isize::try_from(place).unwrap_or(isize::MAX / 2);
        self.step_quote(isize::MIN / 2);
        self.step_quote(place.min(isize::MAX / 2));
    }

    /// After the text has moved by itself: the current quote is one that is on the screen, or the last one above it.
    pub(super) fn select_visible_quote(&mut self) {
        let Some(document) = self.document() else {
            return;
        };
        let view = self.reader.scroll..self.reader.scroll + self.pane_height(Pane::Reader);
        let visible = |q: usize| {
            let lines = document.quote_lines(q);
            lines.start < view.end && lines.end > view.start
        };
        if self.reader.current_quote.is_some_and(visible) {
            return;
        }
        let count = document.quotes.len();
        let shown = (0..count).find(|&q| visible(q));
        self.reader.current_quote = shown
            .or_else(|| {
                (0..count)
                    .rev()
                    .find(|&q| document.quote_lines(q).start < view.start)
            })
            .or(self.reader.current_quote);
    }

    /// Keeps the current quote in sight in the quotes pane.
    pub(super) fn scroll_quotes_pane(&mut self) {
        let Some(area) = self.layout().quotes else {
            return;
        };
        if self.reader.current_quote.is_none()
            && self.document().is_some_and(|d| !d.quotes.is_empty())
        {
            self.select_visible_quote();
        }
        let Some(document) = self.reader.document.as_mut() else {
            return;
        };
        document.lay_out_quotes(usize::from(area.width), self.quotes_in_text_order);
        let rows = &document.quote_rows;
        let height = usize::from(area.height).saturating_sub(2).max(1);
        let of_current = |row: &QuotePaneRow| matches!(row, QuotePaneRow::Quote { quote, .. } if Some(*quote) == self.reader.current_quote);
        let top = match (
            rows.iter().position(of_current),
            rows.iter().rposition(of_current),
        ) {
            (Some(first), Some(last)) => {
                // The speaker's name comes along where it stands right above.
                let first = if first > 0 && matches!(rows[first - 1], QuotePaneRow::Speaker(_)) {
                    first - 1
                } else {
                    first
                };
                self.quotes_top
                    .clamp((last + 1).saturating_sub(height).min(first), first)
            }
            _ => self.quotes_top,
        };
        self.quotes_top = top.min(rows.len().saturating_sub(height));
    }
}

// What can be told of the current quote: why it has this speaker, and the quote with its source for the clipboard.

impl State {
    /// The sentence that says who made the current statement, and why that is believed; its words are marked in the
    /// text. Asked again, both go.
    pub(super) fn toggle_explanation(&mut self) {
        let Some((document, number)) = self.document().zip(self.reader.current_quote) else {
            return;
        };
        let Some(quote) = document.quotes.get(number) else {
            return;
        };
        let text = match (&quote.speaker, quote.certainty) {
            (Some(name), Certainty::Sure) => format!("{name}: {}", quote.why),
            (Some(name), _) => format!("{name} (not certain): {}", quote.why),
            (None, _) => format!("no speaker: {}", quote.why),
        };
        let shown = self.reader.explained_quote == Some(number);
        self.reader.explained_quote = (!shown).then_some(number);
        self.notice = (!shown).then_some(text);
    }

    /// The current statement with its source, for the clipboard: speaker, title, agency, place, time, headline. What
    /// must not be used unseen stands before it.
    pub(super) fn citation(&self) -> Option<String> {
        let document = self.document()?;
        let quote = document.quotes.get(self.reader.current_quote?)?;
        let dispatch = &document.dispatch;
        let words = quotes::quote_text(quote, document.part_text(quote.part));
        let mut from = Vec::new();
        match (&quote.speaker, &quote.title) {
            (Some(name), Some(title)) => from.push(format!("{name}, {title}")),
            (Some(name), None) => from.push(name.clone()),
            (None, _) => from.push("unattributed".to_owned()),
        }
        if quote.speaker.is_some() && quote.certainty != Certainty::Sure {
            from.push("attribution inferred".to_owned());
        }
        let time = dispatch.time.map(|time| {
            let of_file = dispatch.time_source == TimeSource::File;
            let zone = time.in_zone(&self.zone).strftime("%Z").to_string();
            let file = if of_file { "file dated " } else { "" };
            format!("{file}{} {zone}", format_time(time, &self.zone))
        });
        let place = dispatch.place().map(title_case);
        let facts: Vec<String> = [dispatch.agency.clone(), place, time]
            .into_iter()
            .flatten()
            .collect();
        if !facts.is_empty() {
            from.push(facts.join(", "));
        }
        if !dispatch.headline.is_empty() {
            from.push(dispatch.headline.clone());
        }
        let warning = document.warning();
        Some(format!("{warning}“{words}”\n— {}\n", from.join("; ")))
    }
}

// The same speaker's next quote across the filtered list: in the text first, then, by a job, in the dispatches
// after it.

/// A search for the next dispatch in which somebody speaks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpeakerSearch {
    pub name: String,
    pub forward: bool,
}

impl State {
    /// Goes to the same speaker's next or previous quote; over the end of the text into the list.
    pub(super) fn go_to_same_speaker(&mut self, forward: bool, effects: &mut Vec<Effect>) {
        let Some(document) = self.document() else {
            return;
        };
        let speaker = self
            .reader
            .current_quote
            .and_then(|quote| Some((quote, &document.speakers[document.speaker_of(quote)?])));
        let Some((quote, speaker)) = speaker else {
            return self.next_quote(forward);
        };
        let further = |&&other: &&usize| {
            if forward {
                other > quote
            } else {
                other < quote
            }
        };
        let quotes = &speaker.quotes;
        let next = if forward {
            quotes.iter().find(further).copied()
        } else {
            quotes.iter().rev().find(further).copied()
        };
        match (next, speaker.name.clone()) {
            (Some(next), _) => self.go_to_quote(next),
            (None, Some(name)) => self.search_speaker(name, forward, effects),
            (None, None) => {
                let which = if forward { "last" } else { "first" };
                self.notice = Some(format!("this is the {which} quote of nobody named"));
            }
        }
    }

    /// Asks for the next dispatch of the list in which somebody speaks.
    fn search_speaker(&mut self, name: String, forward: bool, effects: &mut Vec<Effect>) {
        let rows = self.list.rows(&self.index);
        let row = self.list.row.min(rows.len());
        let ids: Vec<EntryId> = if forward {
            rows.iter().skip(row + 1).copied().collect()
        } else {
            rows[..row].iter().rev().copied().collect()
        };
        let seek = SpeakerSearch { name, forward };
        if ids.is_empty() {
            self.notice = Some(not_found_notice(&seek));
            return;
        }
        self.notice = Some(searching_notice(&seek));
        self.speakers.generation += 1;
        effects.push(Effect::FindSpeaker {
            generation: self.speakers.generation,
            name: seek.name.clone(),
            ids,
            snapshot: self.index.snapshot(),
        });
        self.speaker_search = Some(seek);
    }

    /// The speaker was found in a dispatch, or in none.
    pub(super) fn receive_found_speaker(
        &mut self,
        generation: u64,
        id: Option<EntryId>,
        effects: &mut Vec<Effect>,
    ) {
        if generation != self.speakers.generation {
            return;
        }
        let Some(seek) = self.speaker_search.take() else {
            return;
        };
        let row = id.and_then(|id| self.list.row_of(&self.index, id));
        self.notice = None;
        match row {
            Some(row) => {
                self.list.user_selected = true;
                self.list.select(row, &self.index);
                self.set_scroll_target(ScrollTarget::SpeakerQuote(seek.forward));
                self.reader.sought_speaker = seek.name;
            }
            None => self.notice = Some(not_found_notice(&seek)),
        }
        for key in std::mem::take(&mut self.deferred_keys) {
            crate::app::keys::handle_key(self, key, effects);
        }
    }

    /// While a speaker is sought: further steps wait, any other key ends the search. True where the key waits, or has
    /// done its work.
    pub(super) fn handle_key_in_search(&mut self, key: Key, effects: &mut Vec<Effect>) -> bool {
        let Some(seek) = &self.speaker_search else {
            return false;
        };
        let steps = [Action::NextSame, Action::PreviousSame];
        let pane = self.focus;
        if steps
            .iter()
            .any(|&step| self.keys.uses_key(pane, step, key))
        {
            self.notice = Some(searching_notice(seek));
            self.deferred_keys.push(key);
            return true;
        }
        self.speaker_search = None;
        // Half a sequence that waited goes on with this key: the q of ]q is none of its own.
        let half = self.deferred_keys.drain(..).next_back();
        let half = half.filter(|half| half.code != Code::Char('s') && key.code != Code::Esc);
        self.pending_keys.extend(half);
        self.speakers.generation += 1;
        effects.push(Effect::CountSpeakers {
            generation: self.speakers.generation,
            ids: Vec::new(),
            snapshot: self.index.snapshot(),
        });
        key.code == Code::Esc
    }

    /// The quote at which a dispatch is opened in which a speaker was found.
    pub(super) fn sought_speaker_quote(&self, forward: bool) -> Option<usize> {
        let document = self.document()?;
        let is_sought = |&quote: &usize| {
            let speaker = document.quotes[quote].speaker.as_deref();
            speaker.is_some_and(|name| is_same_speaker(name, &self.reader.sought_speaker))
        };
        let mut quotes = 0..document.quotes.len();
        if forward {
            quotes.find(is_sought)
        } else {
            quotes.rfind(is_sought)
        }
    }
}

fn searching_notice(seek: &SpeakerSearch) -> String {
    format!("looking for {} … Esc stops", seek.name)
}

fn not_found_notice(seek: &SpeakerSearch) -> String {
    let where_to = if seek.forward { "below" } else { "above" };
    format!("no more of {} {where_to} in this list", seek.name)
}
