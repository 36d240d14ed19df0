//! The labelled-record reader: an article as a row of pieces, first its source, date and headline, then labelled lines,
//! the text, labelled lines again, and a copyright line. Layouts differ only in how they tell the pieces apart.

use crate::format::exports::article::{self, is_rights};
use crate::format::exports::labels::{self, Label, Place};
use crate::format::html;
use crate::format::parser::Draft;
use crate::format::shared::dates::{LongDate, parse_long_date, parse_month_or_range};
use crate::format::shared::fields::append_text;
use crate::format::shared::markup::TextBlock;
use crate::text;

/// A paragraph, or an element, of an exported article.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(in crate::format) struct Piece {
    /// The text, clean, with its lines.
    pub text: String,
    /// The blocks of the text if the layout has them; otherwise the text is plain.
    pub blocks: Vec<TextBlock>,
    /// Byte length of a label at the start of the text that the layout sets apart (bold, an element of its own), colon
    /// included.
    pub label_length: Option<usize>,
    /// The layout sets labels apart, so that other texts that look like labels are none.
    pub marks_labels: bool,
    /// The layout sets the line apart from the margin.
    pub is_centred: bool,
    /// Empty lines before it; 1 where paragraphs are elements.
    pub empty_lines: usize,
    /// Spaces before a centred line, which are no part of its text.
    pub indent: usize,
    /// Targets of the links in it.
    pub links: Vec<String>,
}

impl Piece {
    /// Label and value, if the piece has the form of one.
    fn split(&self) -> Option<(&str, &str)> {
        match self.label_length {
            Some(length) => {
                let (label, value) = self.text.split_at_checked(length)?;
                Some((label.trim().trim_end_matches(':').trim_end(), value.trim()))
            }
            None if self.marks_labels && self.blocks.len() > 1 => None,
            None => {
                labels::split_label(&self.text).filter(|(label, _)| labels::is_in_capitals(label))
            }
        }
    }

    /// The known label that the piece begins with. `UPDATE`, the German name of the load date, heads paragraphs, too.
    fn known(&self) -> Option<Label> {
        let (label, value) = self.split()?;
        let is_word = label.eq_ignore_ascii_case("update") && parse_long_date(value).is_none();
        labels::known_label(label).filter(|_| !is_word)
    }

    /// True if the piece has the form of a label and a short value, whether or not the label is known.
    fn may_be_label(&self) -> bool {
        if self.marks_labels && self.label_length.is_none() {
            return false;
        }
        self.split().is_some_and(|(label, value)| {
            let is_set_apart = self.label_length.is_some() && self.blocks.len() <= 1;
            let is_sure = is_set_apart && labels::is_in_capitals(label);
            !value.is_empty() && (is_sure || value.len() <= 300 && !value.contains("\n\n"))
        })
    }
}

/// Longest text that a database prints in the place of an article it cannot show, in bytes.
const MAX_ERROR_LENGTH: usize = 400;

/// Reads an article from its pieces into a draft and returns the blocks of its text. `None` if this is no article: it
/// has neither source, date nor labels, and at most one short text.
pub(in crate::format) fn read(draft: &mut Draft<'_>, pieces: &[Piece]) -> Option<Vec<TextBlock>> {
    let pieces = skip_counters(pieces);
    if pieces.is_empty() {
        return None;
    }
    draft.add_links(pieces.iter().flat_map(|piece| piece.links.iter().cloned()).collect());
    let labels_at = find_head_labels(pieces).filter(|at| *at <= MAX_TOP);
    let dated = find_date(&pieces[..labels_at.unwrap_or(pieces.len()).min(5)]);
    if labels_at.is_none() && dated.is_none() && is_error(pieces) {
        return None;
    }
    let top_end = labels_at.unwrap_or_else(|| top_length(pieces, dated.as_ref()));
    read_top(draft, &pieces[..top_end], dated.as_ref());
    let body_at = read_head_labels(draft, pieces, top_end);
    let rights_at = pieces.len() - count_rights(&pieces[body_at..]);
    for piece in &pieces[rights_at..] {
        append_text(&mut draft.dispatch.rights, &text::one_line(&piece.text), " ");
    }
    let tail_at = body_at + find_tail(&pieces[body_at..rights_at]);
    read_tail_labels(draft, &pieces[tail_at..rights_at]);
    Some(body_blocks(&pieces[body_at..tail_at]))
}

/// The index of the first label before the text.
fn find_head_labels(pieces: &[Piece]) -> Option<usize> {
    let is_known = |piece: &Piece| piece.known().is_some_and(|known| known.place == Place::Head);
    if let Some(at) = pieces.iter().position(is_known) {
        return Some(at);
    }
    // In a language that is not known, the length tells labels from headlines that look like one; others stand around it.
    let is_length = |piece: &Piece| {
        let value = piece.split().map(|(_, value)| value);
        value.is_some_and(|value| labels::meaning_by_value(value) == labels::Meaning::Length)
    };
    let length = pieces
        .iter()
        .take(MAX_TOP + 1)
        .position(|piece| piece.may_be_label() && is_length(piece))?;
    // Source, date and headline come before.
    let before = pieces.get(3..length).unwrap_or(&[]);
    Some(length - before.iter().rev().take_while(|piece| piece.may_be_label()).count())
}

/// Most pieces before the first label: source, date, editions, headlines.
const MAX_TOP: usize = 12;

/// True for a lone short text, which is what a database prints instead of an article.
fn is_error(pieces: &[Piece]) -> bool {
    let length: usize = pieces.iter().map(|piece| piece.text.len()).sum();
    pieces.len() <= 1 && length <= MAX_ERROR_LENGTH
}

/// True for `1 of 3 DOCUMENTS`, `Dokument 2 von 7`, `FOCUS - 3 of 12 DOCUMENTS`, `Asiakirja 2 / 7`: two numbers with a
/// word for documents, or with a short word or a slash between them.
pub(in crate::format) fn is_counter(line: &str) -> bool {
    let line = line.trim();
    if line.len() > 60 || !line.contains(|c: char| c.is_ascii_digit()) {
        return false;
    }
    // `12 mei 2014 maandag` has two numbers and a short word between them, too.
    if parse_long_date(line).is_some() {
        return false;
    }
    let words: Vec<&str> = line.split_whitespace().filter(|word| *word != "-").collect();
    let number = |word: &str| word.parse::<u32>().ok().filter(|_| !word.starts_with('+'));
    let mut numbers = words.iter().enumerate().filter_map(|(at, word)| Some((at, number(word)?)));
    let (Some((at, number)), Some((of, count)), None) =
        (numbers.next(), numbers.next(), numbers.next())
    else {
        return false;
    };
    let names_documents = words.iter().any(|word| {
        let lower = word.to_lowercase();
        ["docum", "dokum"].iter().any(|start| lower.starts_with(start))
    });
    let between = of == at + 2 && (words[at + 1].chars().count() <= 3);
    let is_word = |word: &&str| {
        *word == "/"
            || word.chars().all(char::is_alphabetic)
            || word.bytes().all(|b| b.is_ascii_digit())
    };
    (4..=7).contains(&words.len())
        && words.iter().all(is_word)
        && between
        && (names_documents || words.len() == 4 && number <= count)
}

fn skip_counters(pieces: &[Piece]) -> &[Piece] {
    let count = pieces.iter().take(3).position(|piece| is_counter(&piece.text));
    count.map_or(pieces, |at| &pieces[at + 1..])
}

/// The date among the first pieces: one that is a date as a whole, else one that begins with a date. Returns its index.
fn find_date(top: &[Piece]) -> Option<(usize, LongDate<'_>)> {
    let dates = || {
        let found = top.iter().enumerate();
        found.filter_map(|(at, piece)| Some((at, parse_long_date(&piece.text)?)))
    };
    let months = || {
        let mut found = top.iter().enumerate();
        found.find_map(|(at, piece)| Some((at, parse_month_or_range(&piece.text)?)))
    };
    dates().find(|(_, date)| date.rest.is_empty()).or_else(|| dates().next()).or_else(months)
}

/// The number of pieces up to the headline where no label follows it: source, date, headline.
fn top_length(pieces: &[Piece], dated: Option<&(usize, LongDate<'_>)>) -> usize {
    let Some((at, _)) = dated else {
        let centred = pieces.iter().take_while(|piece| piece.is_centred).count();
        return (centred + 1).min(pieces.len());
    };
    let centred = pieces[at + 1..].iter().take_while(|piece| is_edition(piece)).count();
    // Source, headline, date: nothing of the top comes after the date.
    let headline =
        usize::from(*at < 2 || pieces[..*at].iter().filter(|p| !is_rights(&p.text)).count() < 2);
    (at + 1 + centred + headline).min(pieces.len())
}

/// True for a line below the date that names an edition.
fn is_edition(piece: &Piece) -> bool {
    let lower = piece.text.to_lowercase();
    let names = [
        "edition",
        "ausgabe",
        "édition",
        "editie",
        "edición",
        "edizione",
        "edição",
        "utgåva",
        "upplaga",
        "correction appended",
    ];
    piece.is_centred
        || piece.text.len() <= 60
            && !piece.text.contains('\n')
            && names.iter().any(|name| lower.contains(name))
}

/// Sets source, date, edition and headline from the pieces before the labels. Date and headline may change places.
fn read_top(draft: &mut Draft<'_>, top: &[Piece], dated: Option<&(usize, LongDate<'_>)>) {
    let date_at = dated.map(|(at, _)| *at);
    let (mut source, mut headline): (Option<&str>, Option<&str>) = (None, None);
    let mut others = Vec::new();
    for (at, piece) in top.iter().enumerate() {
        if Some(at) == date_at {
            continue;
        }
        let follows_date = date_at.is_some_and(|date| at > date);
        // A headline is the last chance of a line that names an edition.
        let is_last = at + 1 == top.len();
        if is_rights(&piece.text) {
            append_text(&mut draft.dispatch.rights, &text::one_line(&piece.text), " ");
        } else if source.is_none() && !follows_date {
            source = Some(&piece.text);
        } else if headline.is_none() && !(follows_date && is_edition(piece) && !is_last) {
            headline = Some(&piece.text);
        } else {
            others.push((follows_date && headline.is_none(), &piece.text));
        }
    }
    // Without a date, a single line is the headline rather than the source.
    if let (None, None, Some(only)) = (date_at, headline, source)
        && !top.iter().any(|piece| piece.is_centred && piece.text == only)
    {
        (source, headline) = (None, Some(only));
    }
    if let Some(source) = source {
        article::set_source(draft, source);
    }
    if let Some((at, date)) = dated {
        article::set_date(draft, "date", date);
        if let Some(piece) = top.get(*at).filter(|piece| parse_long_date(&piece.text).is_none()) {
            // A month or several days, which the time does not say.
            draft.add_field("date", &text::one_line(&piece.text));
        }
        if !date.rest.is_empty() {
            draft.add_field("edition", edition_name(date.rest).as_str());
        }
    }
    if let Some(headline) = headline {
        article::set_headline(draft, headline);
    }
    for (is_edition, other) in others {
        if is_edition {
            draft.add_field("edition", &edition_name(other));
        } else {
            draft.add_field("subtitle", &text::one_line(other));
        }
    }
}

/// The lines of an edition as one, without the marks that end them.
fn edition_name(lines: &str) -> String {
    let lines: Vec<&str> =
        lines.lines().map(|line| line.trim().trim_end_matches([';', ',']).trim()).collect();
    text::one_line(&lines.join("; "))
}

/// Sets the fields of the labels that begin at `from`, and returns the index of the first piece of the text.
fn read_head_labels(draft: &mut Draft<'_>, pieces: &[Piece], from: usize) -> usize {
    let mut at = from;
    let mut last: Option<(String, String)> = None;
    while let Some(piece) = pieces.get(at) {
        let known = piece.known();
        let is_label = match known {
            Some(known) if known.meaning == labels::Meaning::Body => break,
            Some(_) => true,
            None => {
                piece.may_be_label()
                    && (piece.label_length.is_some() || piece.empty_lines <= 1 && at > from)
            }
        };
        // Between labels, a piece without one continues the value before it.
        let is_continued = !is_label
            && last.is_some()
            && piece.empty_lines <= 1
            && continues_labels(&pieces[at..]);
        if let (true, Some((label, value))) = (is_label, piece.split()) {
            set_last(draft, last.replace((label.to_owned(), value.to_owned())));
        } else if let (true, Some((_, value))) = (is_continued, &mut last) {
            value.push('\n');
            value.push_str(&piece.text);
        } else {
            break;
        }
        at += 1;
    }
    set_last(draft, last);
    at
}

fn set_last(draft: &mut Draft<'_>, last: Option<(String, String)>) {
    if let Some((label, value)) = last {
        labels::set_labelled(draft, &label, &value);
    }
}

/// True if a label that stands before the text follows within two pieces.
fn continues_labels(pieces: &[Piece]) -> bool {
    let known = pieces.iter().skip(1).take(2).filter_map(Piece::known);
    known
        .into_iter()
        .any(|label| label.place == Place::Head && label.meaning != labels::Meaning::Body)
}

/// The number of copyright lines at the end.
fn count_rights(pieces: &[Piece]) -> usize {
    let is_end =
        |piece: &&Piece| is_rights(&piece.text) || piece.is_centred && piece.text.len() <= 200;
    let last = pieces.iter().rev().take_while(is_end).count();
    // A centred line alone is no copyright line.
    let marked = pieces[pieces.len() - last..].iter().position(|piece| is_rights(&piece.text));
    marked.map_or(0, |at| last - at)
}

/// The index of the first label after the text, or the number of pieces.
fn find_tail(pieces: &[Piece]) -> usize {
    // Labels that are told by their form only: those that nothing but labels follow. The first piece is the text.
    let is_form = |piece: &&Piece| piece.may_be_label() && !is_prose(piece);
    let formed = pieces.iter().skip(1).rev().take_while(is_form).count();
    let mut tail = pieces.len() - formed;
    if pieces.iter().any(|piece| piece.label_length.is_some()) {
        let heads_text = |piece: &Piece| {
            piece.known().is_some_and(|known| known.meaning == labels::Meaning::Body)
        };
        let is_set_apart = |piece: &Piece| {
            piece.label_length.is_some()
                && (piece.known().is_some() || piece.may_be_label())
                && !heads_text(piece)
        };
        tail = tail.min(pieces.iter().position(is_set_apart).unwrap_or(tail));
    }
    for (at, piece) in pieces.iter().enumerate().take(tail) {
        match piece.known().map(|known| known.place) {
            Some(Place::Tail) => return at,
            Some(Place::LikelyTail) if is_followed_by_labels(&pieces[at + 1..]) => return at,
            _ => {}
        }
    }
    tail
}

/// True for a paragraph in capitals and prose: `KABUL: The harbour …` ends with a full stop and says more than a field.
fn is_prose(piece: &Piece) -> bool {
    piece.known().is_none()
        && piece.split().is_some_and(|(_, value)| {
            value.len() > 60 && value.ends_with(['.', '"', '”', '!', '?'])
        })
}

/// True if, after at most four paragraphs, a label follows, or nothing.
fn is_followed_by_labels(pieces: &[Piece]) -> bool {
    let next = pieces
        .iter()
        .position(|piece| piece.known().is_some_and(|known| known.place != Place::Head));
    next.unwrap_or(pieces.len()) <= 4
}

/// Sets the fields of the labels after the text. A piece without a label continues the value before it.
fn read_tail_labels(draft: &mut Draft<'_>, pieces: &[Piece]) {
    let mut last: Option<(String, String)> = None;
    for piece in pieces {
        let is_label = piece.known().is_some() || piece.may_be_label();
        if is_rights(&piece.text) {
            append_text(&mut draft.dispatch.rights, &text::one_line(&piece.text), " ");
        } else if let (true, Some((label, value))) = (is_label, piece.split()) {
            set_last(draft, last.replace((label.to_owned(), value.to_owned())));
        } else if let Some((_, value)) = &mut last {
            value.push('\n');
            value.push_str(&piece.text);
        } else {
            draft.add_field("note", &piece.text);
        }
    }
    set_last(draft, last);
}

/// The blocks of the text. A label for the text itself (`TEKST:`) is left out.
fn body_blocks(pieces: &[Piece]) -> Vec<TextBlock> {
    let mut blocks = Vec::new();
    let mut plain = String::new();
    for (at, piece) in pieces.iter().enumerate() {
        let label = piece.known().filter(|label| at == 0 && label.meaning == labels::Meaning::Body);
        let text = match (label, piece.split()) {
            (Some(_), Some((_, value))) => value,
            _ => &piece.text,
        };
        if label.is_some() && piece.blocks.len() > 1 {
            // The label begins the first of several paragraphs.
            let first = piece.label_length.unwrap_or(0);
            let first = piece.blocks[0].1.get(first..).map(|text| text.trim_start().to_owned());
            blocks.extend(first.map(|text| (piece.blocks[0].0, text)));
            blocks.extend(piece.blocks[1..].iter().cloned());
        } else if piece.blocks.is_empty() || label.is_some() {
            if !plain.is_empty() {
                plain.push_str(if piece.empty_lines == 0 { "\n" } else { "\n\n" });
            }
            // Rows of a table may look like centred lines.
            plain.extend(std::iter::repeat_n(' ', piece.indent));
            plain.push_str(text);
        } else {
            blocks.extend(html::plain_blocks(&std::mem::take(&mut plain)));
            blocks.extend(piece.blocks.iter().cloned());
        }
    }
    blocks.extend(html::plain_blocks(&plain));
    blocks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counters_are_told_from_dates() {
        for line in ["1 of 3 DOCUMENTS", "Dokument 2 von 7", "FOCUS - 3 of 12 DOCUMENTS"] {
            assert!(is_counter(line), "{line}");
        }
        for line in ["12 mei 2014 maandag", "3 mai 2015 mardi", "1 Mai 2014 Donnerstag", "2 of 3"] {
            assert!(!is_counter(line), "{line}");
        }
    }
}
