//! An open dispatch prepared for reading: lines at a given width, quotes, speakers. Derived from the dispatch, never
//! edited. Knows nothing of scrolling or colours.

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;

use jiff::tz::TimeZone;

use crate::app::band::DocumentStatus;
use crate::app::overlay::Link;
use crate::dispatch::{Block, BlockKind, Dispatch, Severity, TimeSource};
use crate::index::EntryId;
use crate::quotes::{self, Certainty, Quote, TextPart};
use crate::text::{count_noun, display_width, find_links, link_target, sanitize_line, wrap};

/// The statements of one speaker, in the order of the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpeakerQuotes {
    /// `None` for quotes without a known speaker.
    pub name: Option<String>,
    /// Indices into [`Document::quotes`].
    pub quotes: Vec<usize>,
}

/// A dispatch prepared for reading.
#[derive(Debug)]
pub struct Document {
    pub id: EntryId,
    pub dispatch: Dispatch,
    /// The statements: quotes that are not titles, scare quotes and the like, in text order.
    pub quotes: Vec<Quote>,
    /// Speakers in order of first appearance; unattributed quotes last.
    pub speakers: Vec<SpeakerQuotes>,
    /// The line under the headline: place, agency, time and so on.
    pub facts: String,
    /// What has become of it: killed, corrected and so on.
    pub(super) status: DocumentStatus,
    /// Links in the body, as ascending byte ranges.
    pub links: Vec<Range<usize>>,
    /// The user's note on the story; empty for none.
    pub reader_note: String,
    /// Why the body is empty; empty if it is not.
    pub no_text_reason: String,
    pub page: ReaderPage,
    /// Rows of the quotes pane.
    pub quote_rows: Vec<QuotePaneRow>,
    /// The columns and the order (true for text order) that `quote_rows` were laid out for.
    rows_columns: (usize, bool),
}

/// The lines of a document at a width.
#[derive(Debug, Default)]
pub struct ReaderPage {
    pub lines: Vec<ReaderLine>,
    /// The width in columns that `lines` were laid out for; 0 makes the next layout start anew.
    pub(super) columns: u16,
    /// Width in columns of the widest table row.
    pub(super) table_columns: usize,
    /// Which of `lines` show the body. Blank lines among them have the start of the block after them, so that the
    /// starts ascend and a position can be found by binary search.
    body_lines: Range<usize>,
}

impl Document {
    /// Derives everything but the lines, which `lay_out` makes.
    #[must_use]
    pub fn new(id: EntryId, dispatch: Dispatch, quotes: Vec<Quote>, zone: &TimeZone) -> Self {
        let quotes: Vec<Quote> = quotes.into_iter().filter(Quote::is_statement).collect();
        let speakers = group_by_speaker(&quotes);
        let facts = facts_line(&dispatch, zone);
        Self {
            id,
            quotes,
            speakers,
            facts,
            status: DocumentStatus::default(),
            links: find_links(dispatch.body.text()),
            reader_note: String::new(),
            no_text_reason: no_text_reason(&dispatch),
            page: ReaderPage::default(),
            quote_rows: Vec::new(),
            rows_columns: (0, false),
            dispatch,
        }
    }

    /// The text into which the ranges of lines of a kind point.
    #[must_use]
    pub fn text_for_kind(&self, kind: LineKind) -> &str {
        match kind {
            LineKind::Blank | LineKind::OmittedBlocks => "",
            LineKind::Headline => &self.dispatch.headline,
            LineKind::Facts => &self.facts,
            LineKind::Byline => self.dispatch.byline.as_deref().unwrap_or(""),
            LineKind::EditorNote => self.dispatch.ednote.as_deref().unwrap_or(""),
            LineKind::ReaderNote => &self.reader_note,
            LineKind::NoText => &self.no_text_reason,
            LineKind::Body | LineKind::Heading | LineKind::Table => self.dispatch.body.text(),
            LineKind::Rights => self.dispatch.rights.as_deref().unwrap_or(""),
        }
    }

    /// Links in that text, as byte ranges.
    #[must_use]
    pub fn links_of(&self, kind: LineKind) -> Cow<'_, [Range<usize>]> {
        match kind {
            LineKind::Body | LineKind::Heading | LineKind::Table => Cow::Borrowed(&self.links),
            LineKind::Headline | LineKind::EditorNote | LineKind::ReaderNote | LineKind::Rights => {
                Cow::Owned(find_links(self.text_for_kind(kind)))
            }
            _ => Cow::Borrowed(&[]),
        }
    }

    /// The text into which the ranges of quotes and hits of a part point.
    #[must_use]
    pub fn part_text(&self, part: TextPart) -> &str {
        match part {
            TextPart::Headline => &self.dispatch.headline,
            TextPart::Body => self.dispatch.body.text(),
        }
    }

    /// Lays out the lines for a text column of this width. With `only`, the body is reduced to the blocks that contain
    /// one of these ascending byte ranges.
    pub(super) fn lay_out(&mut self, columns: u16, only: Option<&[Range<usize>]>) {
        (self.page.lines, self.page.body_lines) = lay_out_lines(self, usize::from(columns), only);
        self.page.columns = columns;
        let body = self.dispatch.body.text();
        let tables = self.page.lines.iter().filter(|l| l.kind == LineKind::Table);
        // Measured once here, since it limits every sideways scroll.
        let widths = tables.map(|line| crate::text::display_width(&body[line.range.clone()]));
        self.page.table_columns = widths.max().unwrap_or(0);
    }

    /// Lays out the rows of the quotes pane for a width in columns, by speaker or in text order.
    pub(super) fn lay_out_quotes(&mut self, columns: usize, in_text_order: bool) {
        if self.rows_columns != (columns, in_text_order) {
            self.quote_rows = pane_rows(self, columns, in_text_order);
            self.rows_columns = (columns, in_text_order);
        }
    }

    /// The line that shows a byte position in headline or body.
    #[must_use]
    pub fn line_of(&self, part: TextPart, position: usize) -> usize {
        let lines = match part {
            TextPart::Headline => {
                let lines = self.page.lines.iter();
                0..lines.take_while(|l| l.kind == LineKind::Headline).count()
            }
            TextPart::Body => self.page.body_lines.clone(),
        };
        // The last line that starts at or before the position.
        let start = lines.start;
        let inside = &self.page.lines[lines];
        (start + inside.partition_point(|line| line.range.start <= position)).saturating_sub(1)
    }

    /// The lines of a quote.
    #[must_use]
    pub fn quote_lines(&self, index: usize) -> Range<usize> {
        let Some(quote) = self.quotes.get(index) else {
            return 0..0;
        };
        // The last byte of the quote: its end may already be on the next line.
        let last = quote.outer.end.saturating_sub(1).max(quote.outer.start);
        self.line_of(quote.part, quote.outer.start)..self.line_of(quote.part, last) + 1
    }

    /// The speaker of a quote, as an index into [`Self::speakers`].
    #[must_use]
    pub fn speaker_of(&self, quote: usize) -> Option<usize> {
        self.speakers.iter().position(|speaker| speaker.quotes.contains(&quote))
    }
}

/// Groups quotes by speaker, unattributed ones last.
fn group_by_speaker(quotes: &[Quote]) -> Vec<SpeakerQuotes> {
    let mut speakers: Vec<SpeakerQuotes> = Vec::new();
    let mut known: HashMap<Option<&str>, usize> = HashMap::new();
    for (index, quote) in quotes.iter().enumerate() {
        let at = *known.entry(quote.speaker.as_deref()).or_insert_with(|| {
            speakers.push(SpeakerQuotes { name: quote.speaker.clone(), quotes: Vec::new() });
            speakers.len() - 1
        });
        speakers[at].quotes.push(index);
    }
    // A stable sort: the named ones stay in order of appearance.
    speakers.sort_by_key(|speaker| speaker.name.is_none());
    speakers
}

/// True if none of a speaker's quotes is attributed with certainty.
#[must_use]
pub fn is_uncertain_speaker(document: &Document, speaker: &SpeakerQuotes) -> bool {
    speaker.name.is_some()
        && speaker.quotes.iter().all(|&q| document.quotes[q].certainty != Certainty::Sure)
}

// Layout in lines.

/// What a line of the reader pane shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LineKind {
    Blank,
    Headline,
    Facts,
    Byline,
    EditorNote,
    /// The user's note on the story.
    ReaderNote,
    Body,
    /// A subheading in the body.
    Heading,
    /// A table row: not wrapped, but scrolled sideways.
    Table,
    /// The reason why the body is empty.
    NoText,
    /// Placeholder for blocks without a hit.
    OmittedBlocks,
    Rights,
}

/// One line: a byte range into the text of its kind, which [`Document::text_for_kind`] returns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReaderLine {
    pub kind: LineKind,
    pub range: Range<usize>,
    /// Blank columns before the text: the hanging indent of continuation lines in list items.
    pub indent: u16,
}

impl ReaderLine {
    /// A line without text, at a byte position.
    fn empty(kind: LineKind, at: usize) -> Self {
        Self { kind, range: at..at, indent: 0 }
    }
}

/// Lays out the lines of a document. Also returns which of them show the body, see [`Document::line_of`].
fn lay_out_lines(
    document: &Document,
    width: usize,
    only: Option<&[Range<usize>]>,
) -> (Vec<ReaderLine>, Range<usize>) {
    let mut lines = Vec::new();
    for kind in [LineKind::Headline, LineKind::Facts, LineKind::Byline] {
        push_wrapped_lines(document, kind, width, &mut lines);
    }
    if document.dispatch.ednote.is_some() {
        lines.push(ReaderLine::empty(LineKind::Blank, 0));
        push_wrapped_lines(document, LineKind::EditorNote, width.saturating_sub(2), &mut lines);
    }
    if !document.reader_note.is_empty() {
        let width = width.saturating_sub(2);
        lines.push(ReaderLine::empty(LineKind::Blank, 0));
        push_wrapped_lines(document, LineKind::ReaderNote, width, &mut lines);
    }
    let body_start = lines.len();
    let body = document.dispatch.body.text();
    // `gap`: blocks have been left out since the last line; they get one placeholder, however many they are.
    let (mut gap, mut before) = (false, BlockKind::Paragraph);
    for block in document.dispatch.body.blocks() {
        let start = block.range.start;
        if only.is_some_and(|hits| !has_hit_in(hits, &block.range)) {
            if !gap {
                lines.push(ReaderLine::empty(LineKind::Blank, start));
                lines.push(ReaderLine::empty(LineKind::OmittedBlocks, start));
            }
            gap = true;
            continue;
        }
        // No blank lines between the items of a list.
        if gap || before != BlockKind::Item || block.kind != BlockKind::Item {
            lines.push(ReaderLine::empty(LineKind::Blank, start));
        }
        (gap, before) = (false, block.kind);
        push_block_lines(body, block, width, &mut lines);
    }
    let body_lines = body_start..lines.len();
    if !document.no_text_reason.is_empty() {
        lines.push(ReaderLine::empty(LineKind::Blank, 0));
        push_wrapped_lines(document, LineKind::NoText, width, &mut lines);
    }
    if document.dispatch.rights.is_some() {
        lines.push(ReaderLine::empty(LineKind::Blank, body.len()));
        push_wrapped_lines(document, LineKind::Rights, width, &mut lines);
    }
    (lines, body_lines)
}

/// True if one of the ascending ranges begins in a block.
fn has_hit_in(hits: &[Range<usize>], block: &Range<usize>) -> bool {
    let first = hits.partition_point(|hit| hit.start < block.start);
    hits.get(first).is_some_and(|hit| hit.start < block.end)
}

/// Appends the lines of a block of the body.
fn push_block_lines(body: &str, block: &Block, width: usize, lines: &mut Vec<ReaderLine>) {
    let start = block.range.start;
    let text = &body[block.range.clone()];
    let line = |kind, range: Range<usize>| ReaderLine {
        kind,
        range: range.start + start..range.end + start,
        indent: 0,
    };
    match block.kind {
        BlockKind::Paragraph | BlockKind::Heading => {
            let kind = match block.kind {
                BlockKind::Heading => LineKind::Heading,
                _ => LineKind::Body,
            };
            let wrapped = wrap(text, width).into_iter();
            lines.extend(wrapped.map(|range| line(kind, range)));
        }
        BlockKind::Item => {
            // Continuation lines are indented by the width of the bullet or number.
            let mark = list_mark_length(text);
            let indent = crate::text::display_width(&text[..mark]);
            let wrapped = wrap(&text[mark..], width.saturating_sub(indent).max(1));
            for (nth, range) in wrapped.into_iter().enumerate() {
                lines.push(match nth {
                    0 => line(LineKind::Body, 0..mark + range.end),
                    _ => ReaderLine {
                        indent: u16::try_from(indent).unwrap_or(0),
                        ..line(LineKind::Body, mark + range.start..mark + range.end)
                    },
                });
            }
        }
        BlockKind::Table => {
            let mut at = 0;
            for row in text.split('\n') {
                lines.push(line(LineKind::Table, at..at + row.len()));
                at += row.len() + 1;
            }
        }
    }
}

/// Length in bytes of the bullet or number of a list item, including the spaces around it. The limit of six bytes keeps
/// a longer first word that ends in a full stop from passing for a number.
fn list_mark_length(text: &str) -> usize {
    let indent = text.len() - text.trim_ascii_start().len();
    let word = &text[indent..];
    match word.find(' ') {
        Some(end) if end <= 6 && (word.starts_with('•') || word[..end].ends_with('.')) => {
            indent + end + 1
        }
        _ => indent,
    }
}

/// Appends the lines of a text other than the body; none if it is empty.
fn push_wrapped_lines(
    document: &Document,
    kind: LineKind,
    width: usize,
    lines: &mut Vec<ReaderLine>,
) {
    let text = document.text_for_kind(kind);
    if text.is_empty() {
        return;
    }
    let mut start = 0;
    for row in text.split('\n') {
        let wrapped = match kind {
            LineKind::Facts => wrap_facts(row, width),
            _ => wrap(row, width),
        };
        lines.extend(wrapped.into_iter().map(|r| ReaderLine {
            kind,
            range: r.start + start..r.end + start,
            indent: 0,
        }));
        start += row.len() + 1;
    }
}

/// Between two facts. Its first space does not break, nor do those within a fact.
pub(super) const FACT_SEPARATOR: &str = "\u{a0}· ";

/// Wraps the facts so that each stays whole where it fits on a line, and no line begins or ends with a separator.
fn wrap_facts(facts: &str, columns: usize) -> Vec<Range<usize>> {
    let mut lines: Vec<Range<usize>> = Vec::new();
    let mut at = 0;
    for fact in facts.split(FACT_SEPARATOR) {
        let end = at + fact.len();
        match lines.last_mut() {
            Some(line) if crate::text::display_width(&facts[line.start..end]) <= columns => {
                line.end = end;
            }
            _ => {
                let own = wrap(fact, columns).into_iter();
                lines.extend(own.map(|range| range.start + at..range.end + at));
            }
        }
        at = end + FACT_SEPARATOR.len();
    }
    lines
}

// Rows of the quotes pane.

/// One row of the quotes pane.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum QuotePaneRow {
    Blank,
    /// The heading of a speaker, an index into [`Document::speakers`].
    Speaker(usize),
    /// One line of a quote.
    Quote {
        /// An index into [`Document::quotes`].
        quote: usize,
        /// The wrapped text.
        text: String,
        /// The first line, which shows the number of the quote.
        first: bool,
    },
}

/// Most lines that a quote takes in the pane: it is a table of contents, and the full quote is in the text.
const QUOTE_LINES: usize = 2;

/// Columns before the text of a quote: bar, number, space.
const QUOTE_INDENT: usize = 5;

/// Quotes grouped for the pane, each group with the index of its speaker: one group for each speaker, or runs of the
/// same speaker in text order.
pub(super) fn group_quotes(document: &Document, in_text_order: bool) -> Vec<(usize, Vec<usize>)> {
    if !in_text_order {
        let of = |(number, speaker): (usize, &SpeakerQuotes)| (number, speaker.quotes.clone());
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

/// The rows of the quotes pane at a width in columns.
fn pane_rows(document: &Document, columns: usize, in_text_order: bool) -> Vec<QuotePaneRow> {
    let room = columns.saturating_sub(QUOTE_INDENT + 1).max(8);
    let mut rows = Vec::new();
    for (number, quotes) in group_quotes(document, in_text_order) {
        if !rows.is_empty() {
            rows.push(QuotePaneRow::Blank);
        }
        rows.push(QuotePaneRow::Speaker(number));
        let speaker = &document.speakers[number];
        for quote in quotes {
            // If all quotes of a speaker are uncertain, the heading says so once for all of them.
            let lines = preview(document, quote, room, !is_uncertain_speaker(document, speaker));
            let line =
                |(i, text): (usize, String)| QuotePaneRow::Quote { quote, text, first: i == 0 };
            rows.extend(lines.into_iter().enumerate().map(line));
        }
    }
    rows
}

/// The start of a quote in its quotation marks, on at most [`QUOTE_LINES`] lines. With `doubt`, a `?` follows an
/// uncertain attribution.
fn preview(document: &Document, quote: usize, room: usize, doubt: bool) -> Vec<String> {
    let quote = &document.quotes[quote];
    let source = document.part_text(quote.part);
    let span = quote.span();
    let opening = source.get(quote.outer.start..span.start).unwrap_or("");
    let closing = source.get(span.end..quote.outer.end).unwrap_or("");
    let unsure = doubt && quote.speaker.is_some() && quote.certainty != Certainty::Sure;
    let end = format!("{closing}{}", if unsure { " ?" } else { "" });
    let words = quotes::quote_text(quote, source);
    // Do not wrap more text than can be visible: a character takes up to four bytes.
    let start = &words[..words.floor_char_boundary(room * 4 * (QUOTE_LINES + 1))];
    let cut = if start.len() < words.len() { "…" } else { "" };
    let start = start.split_whitespace().collect::<Vec<_>>().join(" ");
    let marked = sanitize_line(&format!("{opening}{start}{cut}{end}")).into_owned();
    let lines = wrap(&marked, room);
    let mut shown: Vec<String> =
        lines.iter().take(QUOTE_LINES).map(|r| marked[r.clone()].to_owned()).collect();
    if lines.len() > QUOTE_LINES
        && let Some(last) = shown.last_mut()
    {
        let end = format!("…{end}");
        let limit = room.saturating_sub(display_width(&end));
        // Cut between words, if one fits.
        if let Some(start) = wrap(last, limit).first() {
            last.truncate(start.end);
        }
        *last = last.trim_end_matches(['…', ',', '.', ' ']).to_owned() + &end;
    }
    shown
}

// Links of the open dispatch, from its text and from its link fields, opened with the user's own program.

/// The texts other than the body in which links are looked for.
const LINKED_LINE_KINDS: [LineKind; 4] =
    [LineKind::Headline, LineKind::EditorNote, LineKind::Rights, LineKind::ReaderNote];

/// The distinct links of a document: those of the body in order, then those around it, then those of its link fields.
/// Also the index of the first one at or below line `top`, to select it.
pub(super) fn collect_links(document: &Document, top: usize) -> (Vec<Link>, usize) {
    let body = document.dispatch.body.text();
    let mut found: Vec<Link> = Vec::new();
    let mut next = None;
    let mut put = |text: &str, below: bool| {
        let Some(target) = link_target(text) else {
            return;
        };
        // Links to the same address are listed once.
        let at = found.iter().position(|link| link.target == target);
        let at = at.unwrap_or_else(|| {
            found.push(Link { text: text.trim().to_owned(), target });
            found.len() - 1
        });
        if below && next.is_none() {
            next = Some(at);
        }
    };
    for range in &document.links {
        let below = document.line_of(TextPart::Body, range.start) >= top;
        put(&body[range.clone()], below);
    }
    for kind in LINKED_LINE_KINDS {
        let text = document.text_for_kind(kind);
        for range in document.links_of(kind).iter() {
            put(&text[range.clone()], false);
        }
    }
    for link in &document.dispatch.links {
        put(link, false);
    }
    (found, next.unwrap_or(0))
}

// The line of facts under the headline, and what is shown where there is no text.

/// The text in place of an empty body: that there is none, and the problems found. Empty if there is a body.
fn no_text_reason(dispatch: &Dispatch) -> String {
    if !dispatch.body.text().trim().is_empty() {
        return String::new();
    }
    let mut lines = vec!["(no text came with this dispatch)".to_owned()];
    let problems = dispatch.problems.iter();
    lines.extend(problems.map(|problem| sanitize_line(&problem.message).into_owned()));
    lines.join("\n")
}

/// The line under the headline: place, agency, time, version, slug, urgency, length, format.
fn facts_line(dispatch: &Dispatch, zone: &TimeZone) -> String {
    let mut facts = Vec::new();
    match (dispatch.place(), dispatch.country()) {
        (Some(place), Some(country)) => facts.push(format!("{}, {country}", title_case(place))),
        (Some(place), None) => facts.push(title_case(place)),
        _ => {}
    }
    facts.extend(dispatch.agency.clone());
    if let Some(time) = dispatch.time {
        let time = time.display_in(zone);
        // Without a time from the wire, say so: the date of a file may be that of a copy.
        facts.push(if dispatch.time_source == TimeSource::File {
            format!("file dated {time}")
        } else {
            time
        });
    }
    facts.extend(dispatch.label.as_deref().map(|l| l.trim_end_matches('-').to_owned()));
    facts.extend(dispatch.slug.clone());
    facts.extend(
        dispatch.urgency.filter(|u| u.is_urgent()).map(|u| format!("urgency {}", u.value())),
    );
    facts.push(count_noun(dispatch.word_count() as usize, "word"));
    facts.extend(format_and_encoding(dispatch));
    match dispatch.problems.iter().filter(|p| p.severity > Severity::Note).count() {
        0 => {}
        1 => facts.push("a problem: P".to_owned()),
        count => facts.push(format!("{count} problems: P")),
    }
    // Spaces within a fact do not break, so that it stays on one line if it fits.
    let unbroken = facts.iter().map(|fact| fact.replace(' ', "\u{a0}"));
    sanitize_line(&unbroken.collect::<Vec<_>>().join(FACT_SEPARATOR)).into_owned()
}

/// Format and encoding, unless they are plain text and UTF-8: `NITF`, `ANPA 1312, windows-1252`.
fn format_and_encoding(dispatch: &Dispatch) -> Option<String> {
    let format = match dispatch.format {
        "anpa1312" => "ANPA 1312",
        "atom" => "Atom",
        "html" => "HTML",
        "iptc7901" => "IPTC 7901",
        "json" => "JSON",
        "jsonfeed" => "JSON Feed",
        "newsml1" => "NewsML 1",
        "newsml-g2" => "NewsML-G2",
        "nitf" => "NITF",
        "reuters-sgml" => "Reuters SGML",
        "ritzau" => "Ritzau",
        "rss" => "RSS",
        "trec-sgml" => "TREC SGML",
        "xml" => "XML",
        "zczc" => "ZCZC",
        other => other,
    };
    let usual = matches!(dispatch.encoding, "UTF-8" | "");
    match (usual, dispatch.format) {
        (true, "plain" | "") => None,
        (true, _) => Some(format.to_owned()),
        (false, "plain" | "") => Some(dispatch.encoding.to_owned()),
        (false, _) => Some(format!("{format}, {}", dispatch.encoding)),
    }
}

/// `MOSCOW` → `Moscow`. Mixed case stays as written, and so do names of up to three letters, which may be abbreviations
/// (`UAE`).
pub(super) fn title_case(place: &str) -> String {
    if place.chars().any(char::is_lowercase)
        || place.chars().filter(|c| c.is_alphabetic()).count() < 4
    {
        return place.to_owned();
    }
    let mut out = String::with_capacity(place.len());
    let mut inside = false;
    for c in place.chars() {
        if inside {
            out.extend(c.to_lowercase());
        } else {
            out.push(c);
        }
        // An apostrophe does not begin a new word: N'DJAMENA becomes N'djamena.
        inside = c.is_alphabetic() || (inside && matches!(c, '\'' | '’'));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{FACT_SEPARATOR, list_mark_length, wrap_facts};

    #[test]
    fn a_fact_stays_on_one_line_where_it_has_room() {
        let facts = ["Tarn", "QNA", "TARN-HEN-AND-MILL", "39 words"].join(FACT_SEPARATOR);
        let lines = |columns| {
            let lines = wrap_facts(&facts, columns).into_iter();
            lines.map(|line| facts[line].replace('\u{a0}', " ")).collect::<Vec<_>>()
        };
        assert_eq!(lines(41), ["Tarn · QNA · TARN-HEN-AND-MILL · 39 words"]);
        assert_eq!(lines(30), ["Tarn · QNA · TARN-HEN-AND-MILL", "39 words"]);
        assert_eq!(lines(20), ["Tarn · QNA", "TARN-HEN-AND-MILL", "39 words"]);
        assert_eq!(lines(10), ["Tarn · QNA", "TARN-HEN-", "AND-MILL", "39 words"]);
    }

    #[test]
    fn finds_the_bullet_or_number_of_a_list_item() {
        for (text, marked) in [
            ("• One", "• "),
            ("  3. Three", "  3. "),
            ("    goes on here", "    "),
            ("Without", ""),
        ] {
            assert_eq!(&text[..list_mark_length(text)], marked);
        }
    }
}
