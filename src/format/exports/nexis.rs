//! Nexis, the older download: an HTML page of documents in `DIV`s, or plain text with centred lines.

use crate::format::exports::article::{self, ArticleSink};
use crate::format::exports::labelled::{self, Piece, is_counter};
use crate::format::exports::labels::{self, Label, Meaning};
use crate::format::exports::sections;
use crate::format::parser::{Input, ItemSink, Sample};
use crate::format::record_boundary::has_text;
use crate::format::shared::search::{memchr, memmem};
use crate::text;

/// Name of the database in the fields of a dispatch.
const DATABASE: &str = "Nexis";

/// Name of the format in records.
const FORMAT: &str = "nexis";

// HTML.

/// Start of every document in HTML, in capitals as the database writes it; browsers save it in lower case.
const ANCHOR: &[u8] = b"<A NAME=\"DOC_ID_";

/// The part of [`ANCHOR`] that no program changes.
const ANCHOR_NAME: &[u8] = b"DOC_ID_";

/// True for an HTML page of the older Nexis download.
pub(in crate::format) fn is_html(sample: &Sample<'_>) -> bool {
    let start = sample.start;
    memmem::find(start, b"<!-- LXNComment").is_some()
        || memmem::find(start, ANCHOR_NAME).is_some_and(|at| anchor_start(start, at).is_some())
        || has_documents_tag(start)
}

/// True if the page has the `META` tag with the number of documents.
fn has_documents_tag(start: &[u8]) -> bool {
    let head = start[..start.len().min(8192)].to_ascii_lowercase();
    memmem::find(&head, b"<meta topic=")
        .is_some_and(|at| memmem::find(&head[at..], b" documents=").is_some())
}

/// Byte offset of the anchor's tag, if the name at this offset stands in one.
fn anchor_start(bytes: &[u8], name_at: usize) -> Option<usize> {
    let start = name_at.checked_sub(ANCHOR.len() - ANCHOR_NAME.len())?;
    bytes[start..].get(..ANCHOR.len())?.eq_ignore_ascii_case(ANCHOR).then_some(start)
}

/// Reads the documents of a page in order.
pub(in crate::format) fn read_html(input: &Input<'_>, sink: &mut ItemSink<'_>) {
    let bytes = input.bytes;
    let names = memmem::find_iter(bytes, ANCHOR_NAME);
    let starts = names.filter_map(|at| anchor_start(bytes, at)).collect();
    read_documents(input, starts, sink, html_pieces);
}

/// Documents are `DIV`s in a row.
fn html_pieces(page: &str) -> Vec<Piece> {
    let layout: sections::Layout<()> = |tag, _| (tag.name == "div").then_some(());
    let parts = sections::split(page, (), layout);
    let pieces = parts.into_iter().map(|part| {
        let text = part.page_lines();
        let is_label = part.lead.ends_with(':') && text.starts_with(&part.lead);
        let label_length = is_label.then_some(part.lead.len());
        let links = part.markup.links;
        Piece {
            text,
            label_length,
            marks_labels: true,
            empty_lines: 1,
            blocks: part.markup.blocks,
            links,
            ..Piece::default()
        }
    });
    pieces.filter(|piece| !piece.text.trim().is_empty()).collect()
}

// Plain text.

/// Spaces before a line that says which document begins.
const COUNTER_INDENT: &[u8] = b"                    ";

/// Fewest spaces before a centred line. Headlines and paragraphs begin at the margin.
const CENTRED_INDENT: usize = 5;

/// True for a plain text of the older Nexis download: documents below centred counters, or one document with centred
/// lines above its labels. A length alone proves nothing.
pub(in crate::format) fn is_text(sample: &Sample<'_>) -> bool {
    let all = &sample.bytes[..sample.bytes.len().min(sample.start.len() + 4096)];
    let text = String::from_utf8_lossy(all);
    let (mut labels, mut has_length, mut has_counter, mut is_centred) = (0, false, false, false);
    let mut is_after_empty = true;
    for line in text.lines() {
        let indent = indent(line);
        is_centred |= labels == 0 && indent >= 10 && line.len() > indent;
        has_counter |= indent >= COUNTER_INDENT.len() && is_counter(line);
        if let Some((label, value)) = labels::split_label(line)
            && is_after_empty
            && labels::is_in_capitals(label)
            && let Some(known) = known_text_label(label)
        {
            labels += 1;
            has_length |= known.meaning == Meaning::Length && article::word_count(value).is_some()
                || matches!(label, "LOAD-DATE" | "UPDATE" | "DATE-CHARGEMENT");
        }
        is_after_empty = line.trim().is_empty();
    }
    let is_cover = || COVER_LABELS.iter().filter(|label| text.contains(**label)).count() >= 2;
    has_counter && labels > 0 || is_centred && labels >= 2 && has_length || is_cover()
}

/// A known label other than the words that head paragraphs of any text.
fn known_text_label(label: &str) -> Option<Label> {
    labels::known_label(label).filter(|known| known.meaning != Meaning::Body)
}

/// Columns of white space before a line.
fn indent(line: &str) -> usize {
    let space = line.len() - line.trim_start().len();
    line[..space].chars().map(|c| if c == '\t' { 8 } else { 1 }).sum()
}

/// Reads the documents of a text in order.
pub(in crate::format) fn read_text(input: &Input<'_>, sink: &mut ItemSink<'_>) {
    let bytes = input.bytes;
    let mut starts: Vec<usize> = Vec::new();
    let mut seen_to = 0;
    for at in memmem::find_iter(bytes, COUNTER_INDENT) {
        if at < seen_to {
            continue;
        }
        let end = memchr::memchr2(b'\n', b'\r', &bytes[at..]).map_or(bytes.len(), |end| at + end);
        let start = memchr::memrchr2(b'\n', b'\r', &bytes[seen_to..at])
            .map_or(seen_to, |line| seen_to + line + 1);
        seen_to = end;
        let line = String::from_utf8_lossy(&bytes[start..end.min(start + 200)]);
        let line = line.trim_start_matches(['\u{feff}', '\u{c}']);
        if indent(line) >= COUNTER_INDENT.len() && is_counter(line) {
            starts.push(start);
        }
    }
    read_documents(input, starts, sink, text_pieces);
}

/// Most spaces that are kept before a line of a table.
const MAX_INDENT: usize = 80;

/// Paragraphs are parted by empty lines; each centred line stands for itself.
fn text_pieces(document: &str) -> Vec<Piece> {
    let clean = text::clean(document);
    let mut pieces: Vec<Piece> = Vec::new();
    let mut empty_lines = 0;
    for line in clean.split('\n') {
        if line.trim().is_empty() {
            empty_lines += 1;
            continue;
        }
        let is_centred = indent(line) >= CENTRED_INDENT;
        match pieces.last_mut() {
            Some(last) if empty_lines == 0 && !is_centred && !last.is_centred => {
                last.text.push('\n');
                last.text.push_str(line.trim_end());
            }
            _ => pieces.push(Piece {
                text: if is_centred { line.trim().to_owned() } else { line.trim_end().to_owned() },
                is_centred,
                indent: if is_centred { indent(line).min(MAX_INDENT) } else { 0 },
                empty_lines,
                ..Piece::default()
            }),
        }
        empty_lines = 0;
    }
    pieces
}

/// Lines of a cover, which tells the search.
const COVER_LABELS: &[&str] =
    &["Time Of Request:", "Download Request:", "Printopdracht:", "Send To:", "Project ID:"];

/// Leaves out a cover before the only document of a text.
fn without_cover(mut pieces: Vec<Piece>) -> Vec<Piece> {
    let is_cover = |piece: &Piece| COVER_LABELS.iter().any(|label| piece.text.contains(label));
    if let Some(last) = pieces.iter().take(12).rposition(is_cover) {
        let start = pieces[last..].iter().position(|piece| piece.is_centred);
        // Nothing but a cover, if the export was cut off behind it.
        pieces.drain(..start.map_or(pieces.len(), |start| last + start));
    }
    pieces
}

// Both.

/// Reads the documents that begin at these ascending offsets; without any, the input is one document. What stands before
/// the first one is the cover, unless it is the rest of a document itself.
fn read_documents(
    input: &Input<'_>,
    mut starts: Vec<usize>,
    sink: &mut ItemSink<'_>,
    pieces: fn(&str) -> Vec<Piece>,
) {
    let mut articles = ArticleSink::new(sink);
    // What begins like a document is one, wherever it stands: a single one is read again without those before it.
    let has_cover = starts.first() != Some(&0);
    if has_cover {
        starts.insert(0, 0);
    }
    let is_alone = starts.len() == 1;
    starts.push(input.bytes.len());
    let (mut covers, mut messages) = (0, Vec::new());
    // Their texts.
    let (mut cover, mut message_texts) = (String::new(), String::new());
    for range in starts.array_windows().map(|&[start, end]| start..end) {
        if articles.is_full() {
            break;
        }
        if !has_text(&input.bytes[range.clone()]) {
            continue;
        }
        let is_first = range.start == 0 && has_cover;
        let (mut draft, decoded) = input.draft(FORMAT, range);
        article::set_database(&mut draft, DATABASE);
        let mut pieces = pieces(&decoded);
        let is_counted = pieces.iter().take(3).any(|piece| is_counter(&piece.text));
        if is_first && !is_counted {
            let all = pieces.len();
            cover = joined(&pieces);
            pieces = without_cover(pieces);
            covers +=
                usize::from(all > pieces.len() || all > 0 && !is_alone && !has_labels(&pieces));
            if !is_alone && !has_labels(&pieces) {
                continue;
            }
        }
        if pieces.is_empty() {
            continue;
        }
        if let Some(blocks) = labelled::read(&mut draft, &pieces) {
            articles.offer(draft, blocks);
        } else {
            let text = joined(&pieces);
            messages.push(article::beginning(&text));
            message_texts.push_str(&text);
        }
    }
    if covers > 0 {
        let message = "the cover of the export, which tells the search, is left out";
        articles.leave_out(message.to_owned(), &cover);
    }
    if let Some(first) = messages.first() {
        let documents = text::count_noun(messages.len(), "document");
        let message = format!(
            "{documents} left out: a message of the database stands in place of the article: {first}"
        );
        articles.leave_out(message, &message_texts);
    }
    articles.finish();
}

/// The texts of pieces as one.
fn joined(pieces: &[Piece]) -> String {
    let texts: Vec<&str> = pieces.iter().map(|piece| piece.text.as_str()).collect();
    texts.join(" ")
}

/// True if at least two pieces begin with known labels, as those of a document do.
fn has_labels(pieces: &[Piece]) -> bool {
    let labels = pieces.iter().filter(|piece| {
        let label = labels::split_label(&piece.text).map(|(label, _)| label);
        label
            .is_some_and(|label| labels::is_in_capitals(label) && known_text_label(label).is_some())
    });
    labels.take(2).count() == 2
}
