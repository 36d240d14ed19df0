//! DOCX: the text of `word/document.xml` with its tables, lists, notes, links and bookmarks (ECMA-376, part 1,
//! section 17). What was deleted, field instructions, pictures, page headers and comments are left out.

use std::collections::HashMap;
use std::mem::take;

use crate::format::office::page::{Line, LineKind, PageWriter};
use crate::format::office::parts::{Converted, Parts, Properties, is_main_document};
use crate::format::office::word_styles::{ListNumbers, Styles, attribute, is_on};
use crate::format::xml::events::{Event, EventReader, StartTag};
use crate::format::xml::tree::local_name;

/// Limit on paragraphs within paragraphs (text boxes); the text of deeper ones joins the one around.
const MAX_BOX_DEPTH: usize = 16;

/// Converts the parts of a DOCX file.
pub(super) fn convert(parts: &Parts, converted: &mut Converted) {
    let document = parts.text_of(is_main_document);
    if document.is_empty() {
        return converted.unreadable("its text (`word/document.xml`) is missing or damaged");
    }
    let links = read_links(&parts.text_of(|name| name.ends_with(".xml.rels")));
    let styles = Styles::read(&parts.text("word/styles.xml"));
    let lists = ListNumbers::read(&parts.text("word/numbering.xml"));
    let mut notes = HashMap::new();
    for (part, kind) in [("word/footnotes.xml", 'f'), ("word/endnotes.xml", 'e')] {
        let text = parts.text(part);
        if !text.is_empty() {
            let mut reader = BodyReader::new(&styles, ListNumbers::default(), &links);
            reader.read(&text);
            notes.extend(reader.notes.into_iter().map(|(id, text)| ((kind, id), text)));
        }
    }
    let mut reader = BodyReader::new(&styles, lists, &links);
    Properties::of_office_open(&parts.text("docProps/core.xml")).write(&mut reader.page);
    reader.read(&document);
    for (nth, reference) in (1..).zip(&reader.references) {
        if let Some(note) = notes.get(reference) {
            let mut line = Line::default();
            line.text(&format!("[{nth}] "));
            line.markup(note);
            reader.page.line(LineKind::Paragraph, &mut line);
        }
    }
    if reader.picture_letters > 0 {
        let letters = reader.picture_letters;
        converted.note(format!("{letters} letters of text in pictures are left out"));
    }
    if reader.is_broken {
        converted
            .fault("its text (`word/document.xml`) is damaged: shown as far as it could be read");
    }
    converted.page(reader.page);
}

/// Targets of links outside the document by relationship id.
fn read_links(relationships: &str) -> HashMap<String, String> {
    let mut links = HashMap::new();
    let mut events = EventReader::new(relationships);
    loop {
        match events.next() {
            Event::Open(tag) if local_name(tag.name) == "Relationship" => {
                if attribute(&tag, "TargetMode").as_deref() == Some("External")
                    && let Some((id, target)) = attribute(&tag, "Id").zip(attribute(&tag, "Target"))
                {
                    links.insert(id, target);
                }
            }
            Event::End => return links,
            _ => {}
        }
    }
}

/// The address in the instruction of a link field: `HYPERLINK "https://…"`.
pub(super) fn link_of_instruction(instruction: &str) -> Option<&str> {
    let rest = instruction.trim_start().strip_prefix("HYPERLINK")?.trim_start();
    match rest.strip_prefix('"') {
        Some(quoted) => quoted.split('"').next().filter(|target| !target.is_empty()),
        None => rest.split_whitespace().next().filter(|target| !target.starts_with('\\')),
    }
}

/// A paragraph that is open.
#[derive(Debug, Default)]
struct Paragraph {
    line: Line,
    style: Option<String>,
    outline: Option<u8>,
    /// The list it is in, by number, and its level there.
    list: Option<(String, u8)>,
    /// True if the mark at its end was deleted: the next paragraph continues it.
    continues: bool,
}

/// What tells a field's instruction from its result.
#[derive(Debug, Default)]
struct Field {
    instruction: String,
    is_result: bool,
    is_link: bool,
}

/// Reads the paragraphs of a part.
#[allow(clippy::struct_excessive_bools)] // Independent flags.
struct BodyReader<'a> {
    styles: &'a Styles,
    lists: ListNumbers,
    links: &'a HashMap<String, String>,
    page: PageWriter,
    /// The open paragraphs, outermost first: a text box has paragraphs within one.
    paragraphs: Vec<Paragraph>,
    /// Paragraphs of text boxes, which follow the paragraph around them.
    boxes: Vec<(LineKind, Line)>,
    /// Bookmarks between paragraphs, for the next one.
    pending: Line,
    /// The line of a paragraph whose end was deleted.
    continued: Option<Line>,
    fields: Vec<Field>,
    /// The element that is skipped, and how many elements of its name are open in it.
    skipped: Option<(String, u32)>,
    /// Letters in skipped pictures.
    picture_letters: usize,
    /// Open `t` elements, whose text counts.
    is_text: bool,
    is_instruction: bool,
    in_paragraph_properties: bool,
    in_run_properties: bool,
    is_hidden: bool,
    table_depth: u32,
    /// Notes by id, in a part of notes; in any other, the references to them.
    note: Option<(String, String)>,
    notes: Vec<(String, String)>,
    references: Vec<(char, String)>,
    is_broken: bool,
}

impl<'a> BodyReader<'a> {
    fn new(styles: &'a Styles, lists: ListNumbers, links: &'a HashMap<String, String>) -> Self {
        Self {
            styles,
            lists,
            links,
            page: PageWriter::new("docx"),
            paragraphs: Vec::new(),
            boxes: Vec::new(),
            pending: Line::default(),
            continued: None,
            fields: Vec::new(),
            skipped: None,
            picture_letters: 0,
            is_text: false,
            is_instruction: false,
            in_paragraph_properties: false,
            in_run_properties: false,
            is_hidden: false,
            table_depth: 0,
            note: None,
            notes: Vec::new(),
            references: Vec::new(),
            is_broken: false,
        }
    }

    fn read(&mut self, text: &str) {
        let mut events = EventReader::new(text);
        loop {
            match events.next() {
                Event::Open(tag) => self.open(&tag),
                Event::Close(name) => self.close(local_name(name)),
                Event::Text(text) => self.text(&text),
                Event::End => break,
            }
        }
        self.is_broken = !events.faults.is_empty() || !self.paragraphs.is_empty();
        while !self.paragraphs.is_empty() {
            self.end_paragraph();
        }
        if let Some(mut line) = self.continued.take() {
            self.page.line(LineKind::Paragraph, &mut line);
        }
    }

    fn text(&mut self, text: &str) {
        if let Some((name, _)) = &self.skipped {
            if name == "pict" && self.is_text {
                self.picture_letters += text.chars().filter(|c| c.is_alphabetic()).count();
            }
            return;
        }
        if self.is_instruction {
            if let Some(field) =
                self.fields.last_mut().filter(|field| field.instruction.len() < 4096)
            {
                field.instruction.push_str(text);
            }
        } else if self.is_text
            && self.is_shown()
            && let Some(line) = self.line()
        {
            line.text(text);
        }
    }

    /// False in the instruction of a field, and in a hidden run.
    fn is_shown(&self) -> bool {
        !self.is_hidden && self.fields.iter().all(|field| field.is_result)
    }

    /// The line of the innermost paragraph.
    fn line(&mut self) -> Option<&mut Line> {
        self.paragraphs.last_mut().map(|paragraph| &mut paragraph.line)
    }

    fn open(&mut self, tag: &StartTag<'_>) {
        let name = local_name(tag.name);
        if let Some((skipped, depth)) = &mut self.skipped {
            if skipped == name && !tag.is_empty {
                *depth += 1;
            }
            self.is_text = name == "t" && !tag.is_empty;
            return;
        }
        if self.in_paragraph_properties || self.in_run_properties {
            return self.open_property(name, tag);
        }
        match name {
            "del" | "moveFrom" | "Fallback" | "pict" | "sectPr" | "tabs" | "tblPr" | "trPr"
            | "rt" | "tblGrid" | "rPrChange" | "pPrChange" | "delText" | "delInstrText"
                if !tag.is_empty =>
            {
                self.skipped = Some((name.to_owned(), 1));
                self.is_text = false;
            }
            "p" => {
                self.begin_paragraph();
                if tag.is_empty {
                    self.end_paragraph();
                }
            }
            "pPr" => self.in_paragraph_properties = !tag.is_empty,
            "rPr" => self.in_run_properties = !tag.is_empty,
            "r" => self.is_hidden = false,
            "t" => self.is_text = !tag.is_empty,
            "instrText" => self.is_instruction = !tag.is_empty,
            "fldChar" => self.field_mark(attribute(tag, "fldCharType").as_deref()),
            "bookmarkStart" => {
                let name = attribute(tag, "name").unwrap_or_default();
                match self.paragraphs.last_mut() {
                    Some(paragraph) => paragraph.line.bookmark(&name),
                    None => self.pending.bookmark(&name),
                }
            }
            "tbl" => self.table_depth += u32::from(!tag.is_empty),
            "tc" if self.table_depth == 1 => self.page.open_cell(),
            "gridSpan" if self.table_depth == 1 => {
                let span = attribute(tag, "val").and_then(|span| span.parse().ok());
                self.page.set_cell_span(span.unwrap_or(1));
            }
            "footnote" | "endnote" if !tag.is_empty => {
                let is_note = attribute(tag, "type").is_none_or(|kind| kind == "normal");
                self.note = attribute(tag, "id").filter(|_| is_note).map(|id| (id, String::new()));
            }
            _ => self.open_inline(name, tag),
        }
    }

    /// What stands within the text of a paragraph.
    fn open_inline(&mut self, name: &str, tag: &StartTag<'_>) {
        if !self.is_shown() {
            return;
        }
        let links = self.links;
        let reference = match name {
            "footnoteReference" => Some('f'),
            "endnoteReference" => Some('e'),
            _ => None,
        };
        if let Some(kind) = reference {
            if let Some(id) = attribute(tag, "id") {
                self.references.push((kind, id));
                let number = self.references.len();
                if let Some(line) = self.line() {
                    line.text(&format!("[{number}]"));
                }
            }
            return;
        }
        if name == "br" && attribute(tag, "type").as_deref() == Some("page") {
            if self.line().is_some_and(|line| line.is_blank()) {
                self.page.page_break();
            } else if let Some(line) = self.line() {
                line.line_break();
            }
            return;
        }
        let Some(line) = self.line() else {
            return;
        };
        match name {
            "tab" | "ptab" => line.char('\t'),
            "br" | "cr" => line.line_break(),
            "noBreakHyphen" => line.char('-'),
            "sym" => line.char(symbol(tag)),
            "hyperlink" if !tag.is_empty => {
                let id = attribute(tag, "id");
                let target = id.and_then(|id| links.get(&id)).map_or("", |target| target);
                line.open_link(target);
            }
            _ => {}
        }
    }

    /// Within `pPr` and `rPr`.
    fn open_property(&mut self, name: &str, tag: &StartTag<'_>) {
        if self.in_run_properties || name == "rPr" {
            match name {
                "rPr" => self.in_run_properties = !tag.is_empty,
                "vanish" | "webHidden" if !self.in_paragraph_properties => {
                    self.is_hidden |= is_on(tag);
                }
                // The mark at the end of the paragraph was deleted.
                "del" | "moveFrom" if self.in_paragraph_properties => {
                    if let Some(paragraph) = self.paragraphs.last_mut() {
                        paragraph.continues = true;
                    }
                }
                "rPrChange" if !tag.is_empty => self.skipped = Some((name.to_owned(), 1)),
                _ => {}
            }
            return;
        }
        let value = attribute(tag, "val");
        let Some(paragraph) = self.paragraphs.last_mut() else {
            return;
        };
        match name {
            "pStyle" => paragraph.style = value,
            "outlineLvl" => paragraph.outline = value.and_then(|level| level.parse().ok()),
            "ilvl" => {
                let level = value.and_then(|level| level.parse().ok()).unwrap_or(0);
                paragraph.list.get_or_insert_default().1 = level;
            }
            "numId" => paragraph.list.get_or_insert_default().0 = value.unwrap_or_default(),
            "pPrChange" | "tabs" | "sectPr" if !tag.is_empty => {
                self.skipped = Some((name.to_owned(), 1));
            }
            "pageBreakBefore" if is_on(tag) && self.paragraphs.len() == 1 => self.page.page_break(),
            _ => {}
        }
    }

    fn close(&mut self, name: &str) {
        if let Some((skipped, depth)) = &mut self.skipped {
            if skipped == name {
                *depth -= 1;
                if *depth == 0 {
                    self.skipped = None;
                }
            }
            self.is_text = false;
            return;
        }
        match name {
            "p" => self.end_paragraph(),
            "pPr" => {
                self.in_paragraph_properties = false;
                self.in_run_properties = false;
            }
            "rPr" => self.in_run_properties = false,
            "r" => self.is_hidden = false,
            "t" => self.is_text = false,
            "instrText" => self.is_instruction = false,
            "hyperlink" => {
                if let Some(line) = self.line() {
                    line.close_link();
                }
            }
            "tc" if self.table_depth == 1 => self.page.close_cell(),
            "tr" if self.table_depth == 1 => self.page.close_row(),
            "tbl" => {
                self.table_depth = self.table_depth.saturating_sub(1);
                if self.table_depth == 0 {
                    self.page.close_table();
                }
            }
            "footnote" | "endnote" => self.notes.extend(self.note.take()),
            _ => {}
        }
    }

    /// Begins a field, or its result, or ends it.
    fn field_mark(&mut self, kind: Option<&str>) {
        match kind {
            Some("begin") => self.fields.push(Field::default()),
            Some("separate") => {
                let Some(field) = self.fields.last_mut() else {
                    return;
                };
                field.is_result = true;
                let target = link_of_instruction(&field.instruction).map(str::to_owned);
                field.is_link = target.is_some();
                if let Some((target, line)) = target.zip(self.line()) {
                    line.open_link(&target);
                }
            }
            Some("end") => {
                if self.fields.pop().is_some_and(|field| field.is_link)
                    && let Some(line) = self.line()
                {
                    line.close_link();
                }
            }
            _ => {}
        }
    }

    fn begin_paragraph(&mut self) {
        if self.paragraphs.len() >= MAX_BOX_DEPTH {
            return;
        }
        let mut paragraph = Paragraph::default();
        if self.paragraphs.is_empty() {
            paragraph.line = self.continued.take().unwrap_or_default();
            paragraph.line.take_bookmarks_of(&mut self.pending);
        }
        self.paragraphs.push(paragraph);
    }

    fn end_paragraph(&mut self) {
        let Some(mut paragraph) = self.paragraphs.pop() else {
            return;
        };
        if let Some((_, note)) = &mut self.note {
            if !note.is_empty() {
                note.push(' ');
            }
            note.push_str(&paragraph.line.take_html());
            return;
        }
        if paragraph.continues && self.paragraphs.is_empty() {
            self.continued = Some(paragraph.line);
            return;
        }
        let kind = self.kind_of(&paragraph);
        let mut line = take(&mut paragraph.line);
        if !self.paragraphs.is_empty() {
            return self.boxes.push((kind, line));
        }
        self.page.line(kind, &mut line);
        for (kind, mut line) in take(&mut self.boxes) {
            self.page.line(kind, &mut line);
        }
    }

    fn kind_of(&mut self, paragraph: &Paragraph) -> LineKind {
        let style = self.styles.get(paragraph.style.as_deref());
        let outline = paragraph.outline.map(|level| level.saturating_add(1)).or(style.heading);
        if let Some(level) = outline.filter(|level| (1..=6).contains(level)) {
            return LineKind::Heading(level);
        }
        let own = paragraph.list.as_ref();
        let id = own.map(|(id, _)| id.as_str()).filter(|id| !id.is_empty());
        let list = id.or(style.list.as_deref()).filter(|id| *id != "0");
        if paragraph.line.is_blank() {
            return LineKind::Paragraph;
        }
        match list {
            Some(list) => {
                let level = own.map_or(style.list_level, |(_, level)| *level);
                self.lists.next(list, level)
            }
            None => LineKind::Paragraph,
        }
    }
}

/// A character of a symbol font: bullets are told, others are not known.
fn symbol(tag: &StartTag<'_>) -> char {
    let code = attribute(tag, "char").and_then(|code| u32::from_str_radix(&code, 16).ok());
    match code {
        // Fonts of symbols have their characters in the private area.
        Some(0xf000..=0xf0ff) | None => '•',
        Some(code) => char::from_u32(code).unwrap_or('•'),
    }
}
