//! Writes the text of an office file as a simple HTML page: one paragraph, heading, list item or table row a line.
//! What is written here is what the readers of office formats and of database exports read.

use crate::dispatch::{Problem, Severity};

/// Longest page, in bytes. Protects memory against files made to be long.
const MAX_PAGE: usize = 256 << 20;

/// Deepest list level that is told apart.
const MAX_LIST_LEVEL: u8 = 7;

/// Begins the first line of a page; the name of the office format follows.
pub(super) const MARK: &str = "<html data-converted-from=\"";

/// The name of the office format that a text was converted from; `None` if it is no page of a [`PageWriter`].
pub(in crate::format) fn converted_from(start: &[u8]) -> Option<&str> {
    let rest = start.strip_prefix(MARK.as_bytes())?;
    let end = memchr::memchr(b'"', &rest[..rest.len().min(20)])?;
    std::str::from_utf8(&rest[..end]).ok()
}

/// The start of a cell.
const CELL: &str = "<td>";

/// What a line of a page is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum LineKind {
    #[default]
    Paragraph,
    /// With its level, 1 to 6.
    Heading(u8),
    /// With its level, 0 for the outermost, and its number if the list is numbered.
    Item(u8, Option<u32>),
}

/// A line under construction: escaped text with line breaks, tabs and links.
#[derive(Debug, Default)]
pub(super) struct Line {
    html: String,
    /// Names of the bookmarks in it.
    ids: Vec<String>,
    /// Open `<a>` tags.
    links: u32,
}

impl Line {
    /// True if there is no text, whatever bookmarks there are.
    pub(super) fn is_blank(&self) -> bool {
        self.html.trim_ascii().is_empty()
    }

    /// Adds text. Line ends in it are spaces, since each line of a page is one paragraph.
    pub(super) fn text(&mut self, text: &str) {
        for c in text.chars() {
            self.char(c);
        }
    }

    /// Adds a character.
    pub(super) fn char(&mut self, c: char) {
        match c {
            '&' => self.html.push_str("&amp;"),
            '<' => self.html.push_str("&lt;"),
            '>' => self.html.push_str("&gt;"),
            '\n' | '\r' | '\u{b}' | '\u{c}' => self.html.push(' '),
            _ => self.html.push(c),
        }
    }

    /// True at the start of the line and after white space.
    pub(super) fn ends_with_space(&self) -> bool {
        self.html.is_empty() || self.html.ends_with([' ', '\t'])
    }

    /// Adds a line break within the paragraph.
    pub(super) fn line_break(&mut self) {
        self.html.push_str("<br>");
    }

    /// Adds markup that was taken from another line.
    pub(super) fn markup(&mut self, html: &str) {
        self.html.push_str(html);
    }

    /// Adds the name of a bookmark. Names that word processors give by themselves are left out.
    pub(super) fn bookmark(&mut self, name: &str) {
        let own = ["_GoBack", "_Toc", "_Hlk", "_Ref", "_Hlt", "__Ref"];
        let name = name.trim();
        if !name.is_empty() && !own.iter().any(|own| name.starts_with(own)) && self.ids.len() < 100
        {
            self.ids.push(attribute_value(&name.replace(char::is_whitespace, "_")));
        }
    }

    /// Begins a link.
    pub(super) fn open_link(&mut self, target: &str) {
        self.html.push_str("<a href=\"");
        self.html.push_str(&attribute_value(target.trim()));
        self.html.push_str("\">");
        self.links += 1;
    }

    /// Ends the innermost link.
    pub(super) fn close_link(&mut self) {
        if self.links > 0 {
            self.links -= 1;
            self.html.push_str("</a>");
        }
    }

    /// Takes the markup of the line, without its bookmarks.
    pub(super) fn take_html(&mut self) -> String {
        while self.links > 0 {
            self.close_link();
        }
        std::mem::take(&mut self.html)
    }

    /// Moves the bookmarks of another line, which is left out, to this one.
    pub(super) fn take_bookmarks_of(&mut self, other: &mut Self) {
        self.ids.append(&mut other.ids);
    }
}

/// A value as it stands between quotation marks in a tag.
fn attribute_value(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    for c in value.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '"' => out.push_str("&quot;"),
            _ if c.is_control() => out.push(' '),
            _ => out.push(c),
        }
    }
    out
}

/// A page under construction.
#[derive(Debug)]
pub(super) struct PageWriter {
    text: String,
    /// Open lists, outermost first: true for numbered ones.
    lists: Vec<bool>,
    is_table_open: bool,
    /// The cells of the current row that are complete.
    row: String,
    /// The current cell.
    cell: Option<String>,
    was_cut: bool,
}

impl PageWriter {
    /// A page converted from an office format, such as `docx`.
    pub(super) fn new(format: &str) -> Self {
        Self {
            text: format!("{MARK}{format}\">\n"),
            lists: Vec::new(),
            is_table_open: false,
            row: String::new(),
            cell: None,
            was_cut: false,
        }
    }

    /// Adds a property of the document. Must come before all lines.
    pub(super) fn property(&mut self, name: &str, value: &str) {
        let value = value.split_whitespace().collect::<Vec<_>>().join(" ");
        if !value.is_empty() {
            let value = attribute_value(&value);
            self.push(&format!("<meta name=\"{name}\" content=\"{value}\">\n"));
        }
    }

    fn push(&mut self, text: &str) {
        if self.text.len() + text.len() > MAX_PAGE {
            self.was_cut = true;
        } else {
            self.text.push_str(text);
        }
    }

    /// Adds a line: to the current cell if there is one.
    pub(super) fn line(&mut self, kind: LineKind, line: &mut Line) {
        let ids = match std::mem::take(&mut line.ids) {
            ids if ids.is_empty() => String::new(),
            ids => format!(" id=\"{}\"", ids.join(" ")),
        };
        let html = line.take_html();
        if let Some(cell) = &mut self.cell {
            let mark = match kind {
                LineKind::Item(_, Some(number)) => format!("{number}. "),
                LineKind::Item(_, None) => "• ".to_owned(),
                _ => String::new(),
            };
            if cell.len() + html.len() <= MAX_PAGE {
                for piece in ["<p", &ids, ">", &mark, &html, "</p>"] {
                    cell.push_str(piece);
                }
            } else {
                self.was_cut = true;
            }
            return;
        }
        self.close_table();
        if let LineKind::Item(level, number) = kind {
            self.open_lists(level.min(MAX_LIST_LEVEL), number);
            return self.push(&format!("<li{ids}>{html}</li>\n"));
        }
        self.close_lists(0);
        match kind {
            LineKind::Heading(level) => {
                let level = level.clamp(1, 6);
                self.push(&format!("<h{level}{ids}>{html}</h{level}>\n"));
            }
            _ => self.push(&format!("<p{ids}>{html}</p>\n")),
        }
    }

    /// Opens and closes lists until an item of this level can follow.
    fn open_lists(&mut self, level: u8, number: Option<u32>) {
        let depth = usize::from(level) + 1;
        self.close_lists(depth);
        if self.lists.len() == depth && self.lists.last() != Some(&number.is_some()) {
            self.close_lists(depth - 1);
        }
        while self.lists.len() < depth {
            let number = number.filter(|_| self.lists.len() + 1 == depth);
            self.lists.push(number.is_some());
            match number {
                Some(number) => self.push(&format!("<ol start=\"{number}\">\n")),
                None => self.push("<ul>\n"),
            }
        }
    }

    fn close_lists(&mut self, depth: usize) {
        while self.lists.len() > depth {
            let is_numbered = self.lists.pop().unwrap_or(false);
            self.push(if is_numbered { "</ol>\n" } else { "</ul>\n" });
        }
    }

    /// Adds a page break.
    pub(super) fn page_break(&mut self) {
        if self.cell.is_none() {
            self.close_table();
            self.close_lists(0);
            self.push("<hr>\n");
        }
    }

    // Tables. A row opens a table; the next line outside of cells closes it.

    /// Begins a cell.
    pub(super) fn open_cell(&mut self) {
        self.close_cell();
        self.cell = Some(CELL.to_owned());
    }

    /// Sets how many columns the cell spans that has just begun.
    pub(super) fn set_cell_span(&mut self, span: u32) {
        if span > 1
            && let Some(cell) = self.cell.as_mut().filter(|cell| *cell == CELL)
        {
            *cell = format!("<td colspan=\"{}\">", span.min(64));
        }
    }

    /// Ends the current cell.
    pub(super) fn close_cell(&mut self) {
        if let Some(cell) = self.cell.take() {
            if self.row.len() + cell.len() <= MAX_PAGE {
                self.row.push_str(&cell);
                self.row.push_str("</td>");
            } else {
                self.was_cut = true;
            }
        }
    }

    /// True while a cell is open.
    pub(super) fn is_in_cell(&self) -> bool {
        self.cell.is_some()
    }

    /// Ends the current row.
    pub(super) fn close_row(&mut self) {
        self.close_cell();
        if self.row.is_empty() {
            return;
        }
        self.close_lists(0);
        if !self.is_table_open {
            self.is_table_open = true;
            self.push("<table>\n");
        }
        let row = std::mem::take(&mut self.row);
        self.push(&format!("<tr>{row}</tr>\n"));
    }

    /// Ends the current table, with the row that is open.
    pub(super) fn close_table(&mut self) {
        self.close_row();
        if std::mem::take(&mut self.is_table_open) {
            self.push("</table>\n");
        }
    }

    /// The page, and a problem if it was cut.
    pub(super) fn finish(mut self) -> (String, Option<Problem>) {
        self.close_table();
        self.close_lists(0);
        let message = "its text is longer than 256 MiB: the rest is left out";
        let problem = self.was_cut.then(|| Problem::new(Severity::Fault, "", message));
        (self.text, problem)
    }
}
