//! ODT: the text of `content.xml` with its tables, lists, notes, links and bookmarks (ISO/IEC 26300, part 1, sections 5
//! to 9). Deleted text, comments and pictures are left out.

use std::collections::HashMap;
use std::mem::take;

use crate::format::office::page::{Line, LineKind, PageWriter};
use crate::format::office::parts::{Converted, Properties};
use crate::format::office::word_styles::attribute;
use crate::format::xml::events::{Event, EventReader, StartTag};
use crate::format::xml::tree::local_name;

/// Most spaces that one element may stand for.
const MAX_SPACES: usize = 256;

/// Limit on paragraphs within paragraphs (text boxes, notes); the text of deeper ones joins the one around.
const MAX_DEPTH: usize = 16;

/// Converts the content of an ODT file. `styles` is its `styles.xml`, which may define its lists.
pub(super) fn convert(
    content: &str,
    styles: &str,
    properties: &Properties,
    converted: &mut Converted,
) {
    if content.is_empty() {
        return converted.unreadable("its text (`content.xml`) is missing or damaged");
    }
    let mut reader = ContentReader::default();
    properties.write(&mut reader.page);
    reader.read_list_styles(styles);
    reader.read(content);
    if reader.is_broken {
        converted.fault("its text (`content.xml`) is damaged: shown as far as it could be read");
    }
    converted.page(reader.page);
}

/// A paragraph that is open.
#[derive(Debug, Default)]
struct Paragraph {
    line: Line,
    heading: Option<u8>,
    /// True within a note: it is shown after the text.
    is_note: bool,
}

/// A list that is open.
#[derive(Debug, Default)]
struct List {
    style: String,
    /// Items so far.
    count: u32,
    /// True until the first paragraph of the current item has been written.
    is_item_new: bool,
}

struct ContentReader {
    page: PageWriter,
    /// The open paragraphs, outermost first.
    paragraphs: Vec<Paragraph>,
    /// Paragraphs of text boxes, which follow the paragraph around them.
    boxes: Vec<(LineKind, Line)>,
    /// Bookmarks between paragraphs, for the next one.
    pending: Line,
    lists: Vec<List>,
    /// Whether levels of list styles are numbered, by style and level.
    numbered: HashMap<(String, usize), bool>,
    /// The list style that is being defined.
    style: String,
    /// The element that is skipped, and how many elements of its name are open in it.
    skipped: Option<(String, u32)>,
    notes: Vec<String>,
    note_depth: u32,
    table_depth: u32,
    is_broken: bool,
}

impl Default for ContentReader {
    fn default() -> Self {
        Self {
            page: PageWriter::new("odt"),
            paragraphs: Vec::new(),
            boxes: Vec::new(),
            pending: Line::default(),
            lists: Vec::new(),
            numbered: HashMap::new(),
            style: String::new(),
            skipped: None,
            notes: Vec::new(),
            note_depth: 0,
            table_depth: 0,
            is_broken: false,
        }
    }
}

impl ContentReader {
    fn read_list_styles(&mut self, styles: &str) {
        let mut events = EventReader::new(styles);
        loop {
            match events.next() {
                Event::Open(tag) => self.define_list(local_name(tag.name), &tag),
                Event::End => return,
                _ => {}
            }
        }
    }

    /// Notes whether a level of a list style is numbered.
    fn define_list(&mut self, name: &str, tag: &StartTag<'_>) {
        match name {
            "list-style" => self.style = attribute(tag, "name").unwrap_or_default(),
            "list-level-style-number" | "list-level-style-bullet" => {
                let level = attribute(tag, "level").and_then(|level| level.parse().ok());
                let key = (self.style.clone(), level.unwrap_or(1));
                // A number without a format is none.
                let has_format =
                    attribute(tag, "num-format").is_some_and(|format| !format.is_empty());
                self.numbered.insert(key, name.ends_with("number") && has_format);
            }
            _ => {}
        }
    }

    fn read(&mut self, text: &str) {
        let mut events = EventReader::new(text);
        loop {
            match events.next() {
                Event::Open(tag) => self.open(&tag),
                Event::Close(name) => self.close(local_name(name)),
                Event::Text(text) if self.skipped.is_none() => self.text(&text),
                Event::Text(_) => {}
                Event::End => break,
            }
        }
        self.is_broken = !events.faults.is_empty() || !self.paragraphs.is_empty();
        while !self.paragraphs.is_empty() {
            self.end_paragraph();
        }
        for note in take(&mut self.notes) {
            let mut line = Line::default();
            line.markup(&note);
            self.page.line(LineKind::Paragraph, &mut line);
        }
    }

    /// White space in the file is one space (section 6.1.2).
    fn text(&mut self, text: &str) {
        let Some(paragraph) = self.paragraphs.last_mut() else {
            return;
        };
        for c in text.chars() {
            let is_space = matches!(c, ' ' | '\t' | '\n' | '\r');
            if !is_space || !paragraph.line.ends_with_space() {
                paragraph.line.char(if is_space { ' ' } else { c });
            }
        }
    }

    fn open(&mut self, tag: &StartTag<'_>) {
        let name = local_name(tag.name);
        if let Some((skipped, depth)) = &mut self.skipped {
            *depth += u32::from(skipped == name && !tag.is_empty);
            return;
        }
        match name {
            "tracked-changes" | "annotation" | "note-citation" | "desc" | "title" | "binary-data"
            | "scripts" | "forms" | "index-title-template" | "ruby-text" | "script"
                // `text:title` is the title of the document, shown in its text.
                if !tag.is_empty && (name != "title" || tag.name.starts_with("svg:")) =>
            {
                self.skipped = Some((name.to_owned(), 1));
            }
            "p" | "h" => {
                let level = attribute(tag, "outline-level").and_then(|level| level.parse().ok());
                let style = attribute(tag, "style-name").unwrap_or_default();
                let heading = match name {
                    "h" => Some(level.unwrap_or(1)),
                    _ => (style == "Title").then_some(1),
                };
                self.begin_paragraph(heading);
                if tag.is_empty {
                    self.end_paragraph();
                }
            }
            "list-style" | "list-level-style-number" | "list-level-style-bullet" => {
                self.define_list(name, tag);
            }
            "list" if !tag.is_empty => {
                // An inner list without a style has that of the list around it.
                let outer = self.lists.last().map(|list| list.style.clone());
                let style = attribute(tag, "style-name").or(outer).unwrap_or_default();
                self.lists.push(List { style, ..List::default() });
            }
            "list-item" => {
                if let Some(list) = self.lists.last_mut() {
                    list.count = list.count.saturating_add(1);
                    list.is_item_new = true;
                }
            }
            "table" => self.table_depth += u32::from(!tag.is_empty),
            "table-cell" | "covered-table-cell" if self.table_depth == 1 => {
                if name == "table-cell" {
                    self.page.open_cell();
                    let span = attribute(tag, "number-columns-spanned");
                    self.page.set_cell_span(span.and_then(|span| span.parse().ok()).unwrap_or(1));
                    if tag.is_empty {
                        self.page.close_cell();
                    }
                }
            }
            "note" if !tag.is_empty => {
                self.note_depth += 1;
                let number = self.notes.len() + 1;
                if let Some(paragraph) = self.paragraphs.last_mut() {
                    paragraph.line.text(&format!("[{number}]"));
                }
                self.notes.push(format!("[{number}]"));
            }
            "bookmark" | "bookmark-start" => {
                let name = attribute(tag, "name").unwrap_or_default();
                match self.paragraphs.last_mut() {
                    Some(paragraph) => paragraph.line.bookmark(&name),
                    None => self.pending.bookmark(&name),
                }
            }
            "soft-page-break" => {}
            _ => self.open_inline(name, tag),
        }
    }

    /// What stands within the text of a paragraph.
    fn open_inline(&mut self, name: &str, tag: &StartTag<'_>) {
        let Some(line) = self.paragraphs.last_mut().map(|paragraph| &mut paragraph.line) else {
            return;
        };
        match name {
            "s" => {
                let count = attribute(tag, "c").and_then(|count| count.parse().ok()).unwrap_or(1);
                (0..MAX_SPACES.min(count)).for_each(|_| line.char(' '));
            }
            "tab" => line.char('\t'),
            "line-break" => line.line_break(),
            "a" if !tag.is_empty => line.open_link(&attribute(tag, "href").unwrap_or_default()),
            _ => {}
        }
    }

    fn close(&mut self, name: &str) {
        if let Some((skipped, depth)) = &mut self.skipped {
            *depth -= u32::from(skipped == name);
            if *depth == 0 {
                self.skipped = None;
            }
            return;
        }
        match name {
            "p" | "h" => self.end_paragraph(),
            "a" => {
                if let Some(paragraph) = self.paragraphs.last_mut() {
                    paragraph.line.close_link();
                }
            }
            "list" => drop(self.lists.pop()),
            "note" => self.note_depth = self.note_depth.saturating_sub(1),
            "table-cell" if self.table_depth == 1 => self.page.close_cell(),
            "table-row" if self.table_depth == 1 => self.page.close_row(),
            "table" => {
                self.table_depth = self.table_depth.saturating_sub(1);
                if self.table_depth == 0 {
                    self.page.close_table();
                }
            }
            _ => {}
        }
    }

    fn begin_paragraph(&mut self, heading: Option<u8>) {
        if self.paragraphs.len() >= MAX_DEPTH {
            return;
        }
        let mut paragraph =
            Paragraph { heading, is_note: self.note_depth > 0, ..Paragraph::default() };
        if self.paragraphs.is_empty() {
            paragraph.line.take_bookmarks_of(&mut self.pending);
        }
        self.paragraphs.push(paragraph);
    }

    fn end_paragraph(&mut self) {
        let Some(mut paragraph) = self.paragraphs.pop() else {
            return;
        };
        if paragraph.is_note {
            if let Some(note) = self.notes.last_mut() {
                note.push(' ');
                note.push_str(&paragraph.line.take_html());
            }
            return;
        }
        let kind = match paragraph.heading {
            Some(level) => LineKind::Heading(level),
            None if !self.paragraphs.is_empty() || paragraph.line.is_blank() => LineKind::Paragraph,
            None => self.item_kind(),
        };
        if !self.paragraphs.is_empty() {
            return self.boxes.push((kind, paragraph.line));
        }
        self.page.line(kind, &mut paragraph.line);
        for (kind, mut line) in take(&mut self.boxes) {
            self.page.line(kind, &mut line);
        }
    }

    /// An item if this is the first paragraph of one, a paragraph otherwise.
    fn item_kind(&mut self) -> LineKind {
        let depth = self.lists.len();
        let Some(list) = self.lists.last_mut().filter(|list| list.is_item_new) else {
            return LineKind::Paragraph;
        };
        list.is_item_new = false;
        let is_numbered = self.numbered.get(&(list.style.clone(), depth)).copied().unwrap_or(false);
        let level = u8::try_from(depth - 1).unwrap_or(u8::MAX);
        LineKind::Item(level, is_numbered.then_some(list.count))
    }
}
