//! Reads the tokens of RTF into a page: paragraphs, tables, lists, notes, links, bookmarks and properties. What was
//! deleted or hidden, field instructions, pictures, page headers and comments are left out.

use std::collections::HashMap;
use std::mem::take;

use crate::format::office::docx::link_of_instruction;
use crate::format::office::page::{Line, LineKind, PageWriter};
use crate::format::office::parts::Converted;
use crate::format::office::parts::Properties;
use crate::format::office::rtf::charsets::{self, Charset, Decoder};
use crate::format::office::rtf::destinations::{Destination, destination_of};
use crate::format::office::rtf::tokens::{Token, Tokens};
use crate::format::office::word_styles::heading_level;

/// Deepest group whose properties are its own; deeper ones share those of the group around them.
const MAX_DEPTH: usize = 4096;

/// Longest text outside the document that is kept: a name, an instruction, a property. In bytes.
const MAX_ASIDE: usize = 4096;

/// Converts an RTF file. Never fails, see the problems.
#[must_use]
pub fn convert(bytes: &[u8]) -> Converted {
    let mut reader = RtfReader::default();
    let mut tokens = Tokens::new(bytes);
    while let Some(token) = tokens.next() {
        reader.token(token, &mut tokens);
    }
    reader.finish()
}

/// The properties of a group. A group within it begins with a copy.
#[derive(Debug, Clone, Copy)]
struct Group {
    destination: Destination,
    /// True after `\*`: the destination may be skipped if it is not known.
    is_optional: bool,
    /// The result of a link field: the link ends with the group.
    has_link: bool,
    /// Deleted, or hidden text.
    is_hidden: bool,
    font: Option<i32>,
    /// Characters to be skipped after `\u`.
    unicode_skip: u32,
    format: ParagraphFormat,
}

/// The properties of a paragraph, which last until `\pard`.
#[derive(Debug, Default, Clone, Copy)]
struct ParagraphFormat {
    is_in_table: bool,
    heading: Option<u8>,
    list_level: u8,
}

/// Around the first group, text is none of the document.
const OUTSIDE: Group = Group {
    destination: Destination::Skipped,
    is_optional: false,
    has_link: false,
    is_hidden: false,
    font: None,
    unicode_skip: 1,
    format: ParagraphFormat { is_in_table: false, heading: None, list_level: 0 },
};

/// Whether a paragraph is an item of a list, and its number.
type Item = Option<Option<u32>>;

#[derive(Debug, Default)]
struct RtfReader {
    /// The open groups, outermost first.
    groups: Vec<Group>,
    /// Open groups beyond [`MAX_DEPTH`].
    ignored_groups: usize,
    decoder: Decoder,
    default_font: i32,
    /// Characters still to be skipped after `\u`.
    skip: u32,
    /// Text that does not go into the document.
    aside: String,
    properties: Properties,
    /// Year, month, day, hour and minute of creation.
    created: [i32; 5],
    /// The font or style that is being defined.
    defined: i32,
    /// Levels of headings by the number of their style.
    headings: HashMap<i32, u8>,
    /// The target of a field whose result has not begun.
    link: Option<String>,
    line: Line,
    item: Item,
    /// The paragraph around a note.
    outer: Option<(Line, Item)>,
    notes: Vec<String>,
    page: Option<PageWriter>,
}

impl RtfReader {
    fn group(&self) -> Group {
        self.groups.last().copied().unwrap_or(OUTSIDE)
    }

    fn destination(&self) -> Destination {
        self.group().destination
    }

    /// Changes the current group.
    fn set(&mut self, change: impl FnOnce(&mut Group)) {
        if let Some(group) = self.groups.last_mut() {
            change(group);
        }
    }

    /// The page, which begins with the properties: those come before all text.
    fn page(&mut self) -> &mut PageWriter {
        self.page.get_or_insert_with(|| {
            let mut page = PageWriter::new("rtf");
            let [year, month, day, hour, minute] = self.created;
            if (1..=9999).contains(&year) && month > 0 && day > 0 {
                let created = format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:00");
                self.properties.add("created", &created);
            }
            self.properties.write(&mut page);
            page
        })
    }

    fn token(&mut self, token: Token<'_>, tokens: &mut Tokens<'_>) {
        let is_skipped = self.destination() == Destination::Skipped;
        match token {
            Token::Open => self.open(),
            Token::Close => self.close(),
            Token::Word("bin", Some(count)) => {
                tokens.skip_bytes(usize::try_from(count).unwrap_or(0));
            }
            Token::Word("rtf" | "urtf", _) if self.groups.len() == 1 => {
                self.set(|group| group.destination = Destination::Text);
            }
            // The number is that of a UTF-16 unit, below 0 for its upper half.
            Token::Word("u", Some(unit)) if !is_skipped => {
                let unit = u32::try_from(if unit < 0 { unit + 0x1_0000 } else { unit });
                let mut text = String::new();
                self.decoder.push_unit(unit.unwrap_or(0xfffd), &mut |piece| text.push_str(piece));
                self.text(&text);
                self.skip = self.group().unicode_skip;
            }
            Token::Byte(byte) if !is_skipped => self.bytes(&[byte], true),
            Token::Text(bytes) if !is_skipped => self.bytes(bytes, false),
            Token::Symbol(symbol) if !is_skipped || symbol == b'*' => self.symbol(symbol),
            Token::Word(word, number) if !is_skipped => {
                self.skip = 0;
                self.flush();
                self.word(word, number);
            }
            _ if is_skipped => tokens.skip_text(),
            _ => {}
        }
    }

    /// Adds bytes of text, but for those that stand in for a character given by `\u`.
    fn bytes(&mut self, bytes: &[u8], is_escaped: bool) {
        let skipped = bytes.len().min(self.skip as usize);
        self.skip -= u32::try_from(skipped).unwrap_or(0);
        let bytes = &bytes[skipped..];
        if bytes.is_empty() {
            return;
        }
        let charset = self.decoder.charset_of(self.group().font.unwrap_or(self.default_font));
        let mut text = String::new();
        self.decoder.push(bytes, is_escaped, charset, &mut |piece| text.push_str(piece));
        self.text(&text);
    }

    /// Decodes the bytes that wait.
    fn flush(&mut self) {
        let mut text = String::new();
        self.decoder.flush(&mut |piece| text.push_str(piece));
        self.text(&text);
    }

    /// Adds text to the destination of the group.
    fn text(&mut self, text: &str) {
        if text.is_empty() {
            return;
        }
        match self.destination() {
            Destination::Text | Destination::FieldResult | Destination::Footnote => {
                if !self.group().is_hidden {
                    self.line.text(text);
                }
            }
            Destination::Styles
            | Destination::Property(_)
            | Destination::Bookmark
            | Destination::FieldInstruction
            | Destination::ListMark => {
                if self.aside.len() + text.len() <= MAX_ASIDE {
                    self.aside.push_str(text);
                }
                if self.destination() == Destination::Styles && text.contains(';') {
                    let name = take(&mut self.aside);
                    if let Some(level) = heading_level(name.split(';').next().unwrap_or("").trim())
                    {
                        self.headings.insert(self.defined, level);
                    }
                }
            }
            Destination::Skipped
            | Destination::Shape
            | Destination::Twice
            | Destination::Fonts
            | Destination::Info
            | Destination::Created => {}
        }
    }

    fn open(&mut self) {
        self.skip = 0;
        self.flush();
        if self.groups.len() >= MAX_DEPTH {
            self.ignored_groups += 1;
            return;
        }
        let mut group = Group { is_optional: false, has_link: false, ..self.group() };
        if group.destination == Destination::Styles {
            (self.defined, self.aside) = (0, String::new());
        }
        if self.groups.is_empty() {
            group = OUTSIDE;
        }
        self.groups.push(group);
    }

    fn close(&mut self) {
        self.skip = 0;
        self.flush();
        if self.ignored_groups > 0 {
            self.ignored_groups -= 1;
            return;
        }
        let Some(group) = self.groups.pop() else {
            return;
        };
        if group.has_link {
            self.line.close_link();
        }
        if group.destination == self.destination() {
            return;
        }
        match group.destination {
            Destination::Property(name) => {
                let value = take(&mut self.aside);
                self.properties.add(name, &value);
            }
            Destination::Bookmark => {
                let name = take(&mut self.aside);
                self.line.bookmark(&name);
            }
            Destination::FieldInstruction => {
                let instruction = take(&mut self.aside);
                self.link = link_of_instruction(&instruction).map(str::to_owned);
            }
            Destination::ListMark => self.take_list_mark(),
            Destination::Footnote => self.end_note(),
            // A document ends with its group.
            _ if self.groups.is_empty() => self.end_last_paragraph(),
            _ => {}
        }
    }

    /// The text before an item of a list: a number, a bullet, or another mark, which stays in the text.
    fn take_list_mark(&mut self) {
        let mark = take(&mut self.aside);
        let mark = mark.trim();
        let number = mark.trim_matches(['.', ')', '(', ' ']);
        if let Ok(number) = number.parse() {
            self.item = Some(Some(number));
        } else if number.chars().any(char::is_alphanumeric) && mark.chars().count() > 1 {
            self.line.text(mark);
            self.line.char(' ');
        } else {
            self.item = Some(None);
        }
    }

    fn begin_note(&mut self) {
        if self.outer.is_none() {
            let number = self.notes.len() + 1;
            self.line.text(&format!("[{number}]"));
            self.outer = Some((take(&mut self.line), take(&mut self.item)));
            self.notes.push(format!("[{number}]"));
        }
    }

    fn end_note(&mut self) {
        self.end_paragraph();
        if let Some((line, item)) = self.outer.take() {
            (self.line, self.item) = (line, item);
        }
    }

    /// Ends a paragraph, also an empty one.
    fn end_paragraph(&mut self) {
        let mut line = take(&mut self.line);
        let item = take(&mut self.item);
        if self.outer.is_some() {
            if let Some(note) = self.notes.last_mut().filter(|_| !line.is_blank()) {
                note.push(' ');
                note.push_str(&line.take_html());
            }
            return;
        }
        let format = self.group().format;
        let kind = match (format.heading, item) {
            (Some(level), _) => LineKind::Heading(level),
            (None, Some(number)) if !line.is_blank() => LineKind::Item(format.list_level, number),
            _ => LineKind::Paragraph,
        };
        let page = self.page();
        if format.is_in_table && !page.is_in_cell() {
            page.open_cell();
        } else if !format.is_in_table {
            page.close_row();
        }
        page.line(kind, &mut line);
    }

    fn end_last_paragraph(&mut self) {
        if !self.line.is_blank() {
            self.end_paragraph();
        }
    }

    /// Ends a cell of a table, whether its text was marked as such or not.
    fn end_cell(&mut self) {
        let is_marked = self.group().format.is_in_table;
        self.set(|group| group.format.is_in_table = true);
        let is_open = self.page().is_in_cell();
        if !self.line.is_blank() || !is_open {
            self.end_paragraph();
        }
        self.page().close_cell();
        self.set(|group| group.format.is_in_table = is_marked);
    }

    fn finish(mut self) -> Converted {
        self.flush();
        let mut converted = Converted::default();
        if !self.groups.is_empty() {
            converted.unreadable("the RTF is cut off: its end is missing");
        }
        if self.outer.is_some() {
            self.end_note();
        }
        self.end_last_paragraph();
        for note in take(&mut self.notes) {
            let mut line = Line::default();
            line.markup(&note);
            self.page().line(LineKind::Paragraph, &mut line);
        }
        self.page();
        if let Some(page) = self.page.take() {
            converted.page(page);
        }
        converted
    }
}

// Control words and symbols.

impl RtfReader {
    fn symbol(&mut self, symbol: u8) {
        if symbol == b'*' {
            return self.set(|group| group.is_optional = true);
        }
        if self.skip > 0 {
            self.skip -= 1;
            return;
        }
        self.flush();
        match symbol {
            b'~' => self.text("\u{a0}"),
            b'_' => self.text("-"),
            b'\\' => self.text("\\"),
            b'{' => self.text("{"),
            b'}' => self.text("}"),
            b'\n' | b'\r' => self.word("par", None),
            b'\t' => self.text("\t"),
            _ => {}
        }
    }

    fn word(&mut self, word: &str, number: Option<i32>) {
        let group = self.group();
        self.set(|group| group.is_optional = false);
        if let Some(destination) = destination_of(word, group.is_optional, group.destination) {
            return self.enter(destination);
        }
        let on = number != Some(0);
        let value = number.unwrap_or(0);
        match word {
            "ansicpg" => self.decoder.set_document(charsets::of_code_page(value)),
            "mac" => self.decoder.set_document(charsets::of_code_page(10000)),
            "deff" => self.default_font = value,
            "f" if group.destination == Destination::Fonts => self.defined = value,
            "f" => self.set(|group| group.font = number),
            "fcharset" => self.decoder.set_font(self.defined, charsets::of_font(value)),
            "cpg" => {
                if let Some(encoding) = charsets::of_code_page(value) {
                    self.decoder.set_font(self.defined, Charset::Encoding(encoding));
                }
            }
            "uc" => {
                self.set(|group| group.unicode_skip = u32::try_from(value).unwrap_or(1).min(64));
            }
            "plain" => self.set(|group| (group.font, group.is_hidden) = (None, false)),
            "v" | "deleted" => self.set(|group| group.is_hidden = on),
            "s" if group.destination == Destination::Styles => self.defined = value,
            "outlinelevel" if group.destination == Destination::Styles => {
                if let Some(level) = outline_level(value) {
                    self.headings.insert(self.defined, level);
                }
            }
            "yr" | "mo" | "dy" | "hr" | "min" if group.destination == Destination::Created => {
                let at = ["yr", "mo", "dy", "hr", "min"].iter().position(|part| *part == word);
                self.created[at.unwrap_or(0)] = value;
            }
            _ => self.text_word(word, value),
        }
    }

    /// Goes on in another destination.
    fn enter(&mut self, destination: Destination) {
        let had_link = destination == Destination::FieldResult;
        self.set(|group| group.destination = destination);
        match destination {
            Destination::FieldResult => {
                if let Some(target) = self.link.take().filter(|_| had_link) {
                    self.line.open_link(&target);
                    self.set(|group| group.has_link = true);
                }
            }
            Destination::Footnote => self.begin_note(),
            Destination::Property(_)
            | Destination::Bookmark
            | Destination::FieldInstruction
            | Destination::ListMark => self.aside.clear(),
            _ => {}
        }
    }

    /// Words that shape the text of the document.
    fn text_word(&mut self, word: &str, value: i32) {
        let is_text = matches!(
            self.destination(),
            Destination::Text | Destination::FieldResult | Destination::Footnote
        );
        if let Some(text) = special_text(word) {
            return self.text(text);
        }
        if !is_text {
            return;
        }
        match word {
            "par" | "nestrow" => self.end_paragraph(),
            "sect" | "page" => {
                let is_in_table = self.group().format.is_in_table;
                if word == "sect" || !self.line.is_blank() {
                    self.end_paragraph();
                }
                if self.outer.is_none() && !is_in_table {
                    self.page().page_break();
                }
            }
            "line" | "lbr" => self.line.line_break(),
            "cell" if self.outer.is_none() => self.end_cell(),
            "nestcell" => self.line.char('\t'),
            "row" if self.outer.is_none() => {
                if !self.line.is_blank() {
                    self.end_cell();
                }
                self.page().close_row();
            }
            "pard" => self.set(|group| group.format = ParagraphFormat::default()),
            "intbl" => self.set(|group| group.format.is_in_table = true),
            "s" => {
                let heading = self.headings.get(&value).copied();
                self.set(|group| group.format.heading = heading);
            }
            "outlinelevel" => self.set(|group| group.format.heading = outline_level(value)),
            "ilvl" => self.set(|group| group.format.list_level = u8::try_from(value).unwrap_or(0)),
            _ => {}
        }
    }
}

/// The level of a heading; 9 is the level of the text.
fn outline_level(value: i32) -> Option<u8> {
    u8::try_from(value).ok().filter(|level| *level < 6).map(|level| level + 1)
}

/// The text that a control word stands for.
fn special_text(word: &str) -> Option<&'static str> {
    Some(match word {
        "tab" => "\t",
        "emdash" => "\u{2014}",
        "endash" => "\u{2013}",
        "lquote" => "\u{2018}",
        "rquote" => "\u{2019}",
        "ldblquote" => "\u{201c}",
        "rdblquote" => "\u{201d}",
        "bullet" => "\u{2022}",
        "emspace" | "enspace" | "qmspace" => " ",
        _ => return None,
    })
}
