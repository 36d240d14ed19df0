//! Builds the blocks of a marked-up body (HTML, XHTML, NITF) from its tags and text: paragraphs, headings, lists and
//! tables. Also collects links, media and page metadata. Knows nothing of wires.

use std::borrow::Cow;
use std::collections::{HashSet, VecDeque};

use crate::dispatch::BlockKind;
use crate::format::shared::blocks;
use crate::text::{self, display_width};

/// One block of a body. Its text is clean; a paragraph, heading or list item is one line.
pub(in crate::format) type TextBlock = (BlockKind, String);

/// The content of a marked-up body.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(in crate::format) struct Markup {
    pub blocks: Vec<TextBlock>,
    /// Targets of links, each once, in order.
    pub links: Vec<String>,
    /// Pictures and films: their alternative text and address.
    pub media: Vec<String>,
    /// The `<title>` of a page.
    pub title: Option<String>,
    /// Names and values of the `<meta>` tags of a page, in order, and its `lang`.
    pub meta: Vec<(String, String)>,
    /// What a page says of itself as JSON-LD, for search engines: each script of that type.
    pub linked_data: Vec<String>,
    /// Texts that are left out, each with the name of the rule: menus, asides, forms, embedded objects.
    pub left_out: Vec<(&'static str, String)>,
}

impl Markup {
    /// Keeps a text that is left out, in an element with this name.
    fn leave_out(&mut self, name: &str, text: &str) {
        let rule = match name {
            "script" | "style" => return,
            "nav" | "footer" => "menus",
            "aside" | "dialog" => "asides",
            "form" | "button" | "select" | "textarea" => "forms",
            _ => "embedded objects",
        };
        match self.left_out.last_mut() {
            Some((last, all)) if *last == rule => {
                all.push(' ');
                all.push_str(text);
            }
            _ => self.left_out.push((rule, text.to_owned())),
        }
    }
}

/// Limit on nested tables; deeper ones are read as running text.
const MAX_TABLE_DEPTH: usize = 8;

/// Limit on nested lists; the items of deeper ones are not indented any further.
const MAX_LIST_DEPTH: usize = 8;

/// The type of scripts that describe a page.
const LINKED_DATA: &str = "application/ld+json";

/// Limit on the scripts of that type.
const MAX_LINKED_DATA: usize = 16;

/// Limit on the `<meta>` tags of a page.
const MAX_META: usize = 200;

/// Looks up an attribute of the current tag.
pub(in crate::format) type Attribute<'a> = &'a dyn Fn(&str) -> Option<Cow<'a, str>>;

/// Builds blocks from a stream of tags and text. It keeps no tree and does not recurse, so deep nesting is harmless.
#[derive(Debug, Default)]
#[allow(clippy::struct_excessive_bools)] // Independent flags.
pub(in crate::format) struct MarkupBuilder {
    pub(in crate::format) out: Markup,
    /// Text of the current block, with white space collapsed; `\n` is a `<br>`.
    line: String,
    /// True if the current block is a heading.
    heading: bool,
    in_pre: bool,
    /// Open lists, outermost first: the next number for an ordered list.
    lists: Vec<Option<u32>>,
    /// Open lists beyond [`MAX_LIST_DEPTH`].
    ignored_lists: u32,
    /// Bullet or number for the next block of a list item.
    marker: Option<String>,
    /// Open tables, outermost first.
    tables: Vec<TableBuilder>,
    /// Open tables beyond [`MAX_TABLE_DEPTH`].
    ignored_tables: u32,
    /// A tag whose text is not part of the body: its name, how many tags of that name are open, and its role.
    skipped_tag: Option<(String, u32, TagRole)>,
    /// Text of the skipped tag, if its role needs it.
    pub(in crate::format) skipped_text: String,
    /// True after `<q>`: an opening quotation mark is inserted before the next text, unless that begins with one.
    quote_pending: bool,
    is_page: bool,
    /// Forms of a page are read like other elements.
    keeps_forms: bool,
    /// Hashes of the links and media in `out`, to skip duplicates.
    pub(in crate::format) seen: HashSet<u64>,
}

impl MarkupBuilder {
    /// A builder for a whole page, which leaves out menus, forms and the like.
    pub(in crate::format) fn of_page() -> Self {
        Self { is_page: true, ..Self::default() }
    }

    /// Like [`MarkupBuilder::of_page`], for a page whose text stands in forms.
    pub(in crate::format) fn of_page_with_forms() -> Self {
        Self { keeps_forms: true, ..Self::of_page() }
    }

    /// The role of a start tag. Of scripts, those that describe a page are kept.
    fn role_of(&self, name: &str, attribute: Attribute<'_>) -> TagRole {
        let is_linked_data = self.is_page
            && name == "script"
            && attribute("type").is_some_and(|kind| kind.trim() == LINKED_DATA);
        if is_linked_data { TagRole::LinkedData } else { tag_role(name) }
    }

    /// Handles a start tag; `name` in lower case without a prefix.
    pub(in crate::format) fn open(&mut self, name: &str, attribute: Attribute<'_>) {
        if let Some((open, times, _)) = &mut self.skipped_tag {
            *times += u32::from(open == name);
            return;
        }
        let kind = self.role_of(name, attribute);
        match kind {
            TagRole::Inline => {}
            TagRole::Block => self.end_block(),
            TagRole::Heading => {
                self.end_block();
                self.heading = true;
            }
            TagRole::Break => {
                let kept = self.line.trim_end_matches(' ').len();
                self.line.truncate(kept);
                self.line.push('\n');
            }
            TagRole::List | TagRole::Ordered => self.open_list(kind, attribute),
            TagRole::Item => {
                self.end_block();
                self.marker = Some(match self.lists.last_mut() {
                    Some(Some(number)) => {
                        let marker = format!("{number}. ");
                        *number = number.saturating_add(1);
                        marker
                    }
                    _ => "• ".to_owned(),
                });
            }
            TagRole::Pre => {
                self.end_block();
                self.in_pre = true;
            }
            TagRole::Table if self.tables.len() < MAX_TABLE_DEPTH => {
                self.end_block();
                self.tables.push(TableBuilder::default());
            }
            TagRole::Table => {
                self.end_block();
                self.ignored_tables += 1;
            }
            TagRole::Row | TagRole::Cell | TagRole::HeadCell => {
                self.end_block();
                if self.ignored_tables == 0
                    && let Some(frame) = self.tables.last_mut()
                {
                    let number = |name| attribute(name)?.trim().parse().ok();
                    match kind {
                        TagRole::Row => frame.start_row(),
                        _ => frame.start_cell(number("colspan"), number("rowspan")),
                    }
                }
            }
            TagRole::Link => {
                if let Some(target) = attribute("href") {
                    self.add_link(&target);
                }
            }
            TagRole::Quote => self.quote_pending = true,
            TagRole::Image => self.add_image(attribute),
            TagRole::Meta | TagRole::Page => self.add_meta(kind, attribute),
            TagRole::PageFrame if !self.is_page || self.keeps_forms && name == "form" => {
                self.end_block();
            }
            TagRole::Media
            | TagRole::Title
            | TagRole::NoText
            | TagRole::LinkedData
            | TagRole::PageFrame => {
                if !matches!(kind, TagRole::NoText | TagRole::LinkedData) {
                    self.end_block();
                }
                self.skipped_tag = Some((name.to_owned(), 1, kind));
            }
        }
    }

    /// Handles an end tag; `name` in lower case without a prefix. An unmatched end tag still separates blocks.
    pub(in crate::format) fn close(&mut self, name: &str) {
        if let Some((open, times, kind)) = &mut self.skipped_tag {
            // Only tags with the same name are counted, so broken markup inside of it does no harm.
            if open == name {
                *times -= 1;
            }
            if *times == 0 {
                let kind = *kind;
                self.skipped_tag = None;
                self.close_skipped(kind);
            }
            return;
        }
        match tag_role(name) {
            TagRole::Inline
            | TagRole::Link
            | TagRole::Image
            | TagRole::NoText
            | TagRole::LinkedData
            | TagRole::Media
            | TagRole::Title
            | TagRole::Meta
            | TagRole::Page
            | TagRole::Break => {}
            TagRole::Block
            | TagRole::PageFrame
            | TagRole::Heading
            | TagRole::Row
            | TagRole::Cell
            | TagRole::HeadCell => {
                self.end_block();
            }
            TagRole::Pre => {
                self.end_block();
                self.in_pre = false;
            }
            TagRole::List | TagRole::Ordered => {
                self.end_block();
                self.marker = None;
                if self.ignored_lists > 0 {
                    self.ignored_lists -= 1;
                } else {
                    self.lists.pop();
                }
            }
            TagRole::Item => {
                self.end_block();
                self.marker = None;
            }
            TagRole::Table => {
                self.end_block();
                if self.ignored_tables > 0 {
                    self.ignored_tables -= 1;
                } else if let Some(frame) = self.tables.pop() {
                    for (kind, text) in frame.into_blocks() {
                        self.emit(kind, text);
                    }
                }
            }
            TagRole::Quote => {
                if !self.quote_pending && !self.line.ends_with(['”', '"', '»', '“', '’']) {
                    self.line.push('”');
                }
                self.quote_pending = false;
            }
        }
    }

    /// Handles text, with entities resolved.
    pub(in crate::format) fn text(&mut self, text: &str) {
        if let Some((name, _, kind)) = &self.skipped_tag {
            match kind {
                TagRole::Media | TagRole::Title | TagRole::LinkedData => {
                    self.skipped_text.push_str(text);
                }
                _ => self.out.leave_out(name, text),
            }
            return;
        }
        if self.quote_pending
            && let Some(first) = text.trim_start().chars().next()
        {
            self.quote_pending = false;
            if !matches!(first, '“' | '"' | '«' | '„' | '»' | '‘') {
                self.line.push('“');
            }
        }
        if self.in_pre {
            self.line.push_str(text);
            return;
        }
        collapse_into(text, &mut self.line);
    }

    /// Closes everything that is still open and returns the content.
    pub(in crate::format) fn finish(mut self) -> Markup {
        if let Some((_, _, kind)) = self.skipped_tag.take() {
            self.close_skipped(kind);
        }
        self.end_block();
        while let Some(frame) = self.tables.pop() {
            for (kind, text) in frame.into_blocks() {
                self.emit(kind, text);
            }
        }
        self.out
    }

    fn open_list(&mut self, kind: TagRole, attribute: Attribute<'_>) {
        self.end_block();
        if self.lists.len() >= MAX_LIST_DEPTH {
            self.ignored_lists += 1;
            return;
        }
        let start = || attribute("start")?.trim().parse().ok();
        self.lists.push((kind == TagRole::Ordered).then(|| start().unwrap_or(1)));
    }

    /// Ends the current block and emits it, unless it is blank.
    fn end_block(&mut self) {
        let heading = std::mem::take(&mut self.heading);
        if self.line.trim_ascii().is_empty() {
            self.line.clear();
            self.heading = false;
            return;
        }
        let line = std::mem::take(&mut self.line);
        let clean = text::clean(&line);
        if self.in_pre {
            for (kind, block) in preformatted(&clean) {
                self.emit(kind, block);
            }
            return;
        }
        let clean = without_fixed_spaces(&clean);
        if heading {
            return self.emit(BlockKind::Heading, one_line(&clean));
        }
        // Further blocks of a list item are indented to its text.
        let depth = self.lists.len();
        if depth > 0 {
            let indent = "  ".repeat(depth - 1);
            let marker = self.marker.take().unwrap_or_else(|| "  ".to_owned());
            let text = format!("{indent}{marker}{}", one_line(&clean));
            return self.emit(BlockKind::Item, text);
        }
        // An item outside of any list.
        if let Some(marker) = self.marker.take() {
            return self.emit(BlockKind::Item, format!("{marker}{}", one_line(&clean)));
        }
        if !clean.trim_ascii().contains('\n') {
            return self.emit(BlockKind::Paragraph, clean.trim_ascii().to_owned());
        }
        // `<br>` may separate paragraphs or mark the line ends of a hard-wrapped text.
        let mut parts: Vec<TextBlock> = Vec::new();
        blocks::for_each_block(clean.trim_ascii(), &mut |kind, block| {
            parts.push((kind, block.into_owned()));
            true
        });
        for (kind, block) in parts {
            self.emit(kind, block);
        }
    }

    /// Adds a block to the innermost table, else to the body.
    fn emit(&mut self, kind: BlockKind, text: String) {
        match self.tables.last_mut() {
            Some(frame) => frame.push(kind, text),
            None => self.out.blocks.push((kind, text)),
        }
    }
}

// Links, media and metadata.

/// Limit on the links, and on the media, of a body.
const MAX_KEPT: usize = 10_000;

impl MarkupBuilder {
    /// Stores the text of a skipped tag that has ended.
    pub(in crate::format) fn close_skipped(&mut self, kind: TagRole) {
        let text = one_line(&std::mem::take(&mut self.skipped_text));
        if text.is_empty() {
            return;
        }
        match kind {
            TagRole::Title if self.out.title.is_none() => self.out.title = Some(text),
            TagRole::Media if self.out.media.len() < MAX_KEPT => self.out.media.push(text),
            TagRole::LinkedData if self.out.linked_data.len() < MAX_LINKED_DATA => {
                self.out.linked_data.push(text);
            }
            _ => {}
        }
    }

    /// Adds a link, if its scheme leads somewhere outside the page (`#top` and `javascript:` do not).
    pub(in crate::format) fn add_link(&mut self, target: &str) {
        let target = one_line(target);
        let scheme = target.split(':').next().unwrap_or("").to_ascii_lowercase();
        let known = ["http", "https", "mailto", "ftp", "tel", "urn"].contains(&scheme.as_str());
        // `https:` without anything after it is no link.
        if known
            && target.len() > scheme.len() + 1
            && self.out.links.len() < MAX_KEPT
            && self.seen.insert(text::stable_hash(target.as_bytes()))
        {
            self.out.links.push(target);
        }
    }

    /// Adds a picture, unless it is a tracking pixel or embedded in the page.
    pub(in crate::format) fn add_image(&mut self, attribute: Attribute<'_>) {
        let tiny = |name| attribute(name).is_some_and(|size| matches!(size.trim(), "0" | "1"));
        let Some(source) = attribute("src").filter(|_| !tiny("width") && !tiny("height")) else {
            return;
        };
        let source = one_line(&source);
        let alt = attribute("alt").map(|alt| one_line(&alt));
        if source.starts_with("data:") || self.out.media.len() >= MAX_KEPT {
            return;
        }
        let media = match alt.filter(|alt| !alt.is_empty()) {
            Some(alt) => format!("{alt} ({source})"),
            None => source,
        };
        if !media.is_empty() && self.seen.insert(text::stable_hash(media.as_bytes())) {
            self.out.media.push(media);
        }
    }

    /// Adds a `<meta>` tag, or the `lang` of `<html>`.
    pub(in crate::format) fn add_meta(&mut self, kind: TagRole, attribute: Attribute<'_>) {
        let (name, value) = if kind == TagRole::Page {
            (Some("lang".into()), attribute("lang"))
        } else {
            let names = ["name", "property", "itemprop"];
            (names.into_iter().find_map(attribute), attribute("content"))
        };
        if let (Some(name), Some(value)) = (name, value)
            && self.out.meta.len() < MAX_META
        {
            self.out.meta.push((one_line(&name), one_line(&value)));
        }
    }
}

/// The effect of a tag on the layout of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::format) enum TagRole {
    /// Separates blocks.
    Block,
    Heading,
    Break,
    /// Unordered list.
    List,
    /// Ordered list.
    Ordered,
    Item,
    Pre,
    Table,
    Row,
    Cell,
    HeadCell,
    Link,
    Quote,
    Image,
    /// A NITF `media` element, whose text goes to [`Markup::media`].
    Media,
    Title,
    Meta,
    /// `<html>`, which may name the language.
    Page,
    /// A script of the type JSON-LD.
    LinkedData,
    /// Contains nothing to read: scripts, styles, embedded objects.
    NoText,
    /// Page furniture: menus, footers, forms. Left out of whole pages only.
    PageFrame,
    /// Has no effect; all unknown tags.
    Inline,
}

/// The role of an HTML or NITF tag; `name` in lower case without a prefix.
pub(in crate::format) fn tag_role(name: &str) -> TagRole {
    match name {
        "p" | "div" | "section" | "article" | "main" | "blockquote" | "figure" | "figcaption"
        | "address" | "dd" | "dt" | "dl" | "fieldset" | "details" | "summary" | "hr" | "body"
        | "center" | "body.content" | "block" | "bq" | "credit" | "note" | "fn" | "body.head"
        | "body.end" | "tagline" | "lede" | "caption" | "thead" | "tbody" | "tfoot" | "header"
        | "datasource" => TagRole::Block,
        "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "hl1" | "hl2" | "legend" => TagRole::Heading,
        "br" => TagRole::Break,
        "ul" | "menu" | "dir" => TagRole::List,
        "ol" => TagRole::Ordered,
        "li" => TagRole::Item,
        "pre" | "listing" | "xmp" | "plaintext" => TagRole::Pre,
        "table" => TagRole::Table,
        "tr" => TagRole::Row,
        "td" => TagRole::Cell,
        "th" => TagRole::HeadCell,
        "a" => TagRole::Link,
        "q" => TagRole::Quote,
        "img" | "video" | "audio" | "source" | "embed" => TagRole::Image,
        "media" => TagRole::Media,
        "title" => TagRole::Title,
        "meta" => TagRole::Meta,
        "html" => TagRole::Page,
        "script"
        | "style"
        | "template"
        | "noscript"
        | "iframe"
        | "object"
        | "svg"
        | "math"
        | "select"
        | "canvas"
        | "textarea"
        | "noframes"
        | "nitf-table-metadata"
        | "applet" => TagRole::NoText,
        "nav" | "footer" | "aside" | "form" | "button" | "dialog" => TagRole::PageFrame,
        _ => TagRole::Inline,
    }
}

// White space.

/// Appends a text to a line, collapsing each run of white space into one space.
pub(in crate::format) fn collapse_into(text: &str, line: &mut String) {
    let is_space = |b: &u8| matches!(b, b' ' | b'\t' | b'\n' | b'\r' | 0x0c);
    let mut rest = text;
    let plain = |text: &str| {
        let bytes = text.as_bytes();
        memchr::memchr3(b'\n', b'\t', b'\r', bytes).is_none()
            && memchr::memmem::find(bytes, b"  ").is_none()
            && memchr::memchr(0x0c, bytes).is_none()
    };
    if plain(text) {
        // Fast path: usually there is nothing to collapse.
        let joined = line.is_empty() || line.ends_with([' ', '\n']);
        line.push_str(if joined { text.trim_ascii_start() } else { text });
        return;
    }
    while !rest.is_empty() {
        let bytes = rest.as_bytes();
        let space = bytes.iter().take_while(|b| is_space(b)).count();
        if space > 0 && !line.is_empty() && !line.ends_with([' ', '\n']) {
            line.push(' ');
        }
        let word = bytes[space..].iter().take_while(|b| !is_space(b)).count();
        line.push_str(&rest[space..space + word]);
        rest = &rest[space + word..];
    }
}

/// Cleans a text and collapses its white space into one line.
pub(in crate::format) fn one_line(text: &str) -> String {
    let clean = text::clean(text);
    let mut line = String::with_capacity(clean.len());
    collapse_into(&clean, &mut line);
    line.truncate(line.trim_ascii_end().len());
    line
}

/// Replaces no-break spaces by plain ones, except next to digits and punctuation, where they prevent bad line breaks
/// (`10 km`, `« x »`). Removes soft hyphens.
pub(in crate::format) fn without_fixed_spaces(text: &str) -> Cow<'_, str> {
    let latin = memchr::memchr(0xc2, text.as_bytes()).is_some();
    if !latin || !text.contains(['\u{a0}', '\u{ad}']) {
        return Cow::Borrowed(text);
    }
    let binds = |c: char| c.is_ascii_digit() || "«»:;?!%€$£".contains(c);
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\u{ad}' => {}
            '\u{a0}' => {
                let after = chars.peek().copied().unwrap_or(' ');
                let before = out.chars().next_back().unwrap_or(' ');
                let inside = !before.is_whitespace() && !after.is_whitespace();
                if inside && (binds(before) || binds(after)) {
                    out.push(c);
                } else if !out.ends_with([' ', '\n']) && !out.is_empty() {
                    out.push(' ');
                }
            }
            ' ' if out.ends_with(' ') => {}
            _ => out.push(c),
        }
    }
    Cow::Owned(out)
}

/// Splits preformatted text at empty lines. Each part keeps its lines, unless it looks like hard-wrapped running text,
/// which becomes a paragraph: some sites put wire copy into `<pre>` just as it came.
pub(in crate::format) fn preformatted(text: &str) -> Vec<TextBlock> {
    let mut parts = Vec::new();
    let mut group: Vec<&str> = Vec::new();
    for line in text.split('\n').chain([""]) {
        if !line.trim_ascii().is_empty() {
            group.push(line.trim_ascii_end());
            continue;
        }
        if group.is_empty() {
            continue;
        }
        let joined = group.join("\n");
        // Running text fills all lines but the last.
        let is_full = |line: &&str| (50..=100).contains(&line.chars().count());
        let is_long_line = group.len() == 1 && group[0].trim_ascii().chars().count() >= 30;
        let is_running_text = (group.len() >= 2 || is_long_line)
            && !blocks::has_gaps(joined.trim_ascii_start())
            && group[..group.len() - 1].iter().all(is_full);
        if is_running_text {
            let words: Vec<&str> = group.iter().map(|line| line.trim_ascii()).collect();
            parts.push((BlockKind::Paragraph, words.join(" ")));
        } else {
            parts.push((
                BlockKind::Table,
                group.iter().map(|line| blocks::expand_tabs(line)).collect::<Vec<_>>().join("\n"),
            ));
        }
        group.clear();
    }
    parts
}

// Tables.

/// Widest cell of a table, in columns. With a wider cell, the table is taken for a layout table around running text.
const MAX_CELL_WIDTH: usize = 60;

/// Widest table, in columns. The rows of a wider one become paragraphs, which can be wrapped.
const MAX_ROW_WIDTH: usize = 160;

/// Limit on `colspan` and `rowspan`, and on the columns with a row span: hostile input may claim millions.
const MAX_SPAN: usize = 64;

/// Limit on the cells of a row, beyond which row spans are ignored.
const MAX_CELLS: usize = 1000;

/// One cell.
#[derive(Debug, Default)]
struct Cell {
    blocks: Vec<TextBlock>,
    /// Number of columns that it takes up.
    span: usize,
}

/// Collects the cells of a table, then lays them out in columns, or dissolves a layout table into its blocks.
#[derive(Debug, Default)]
pub(in crate::format) struct TableBuilder {
    /// Blocks outside of all cells: a caption.
    before: Vec<TextBlock>,
    rows: Vec<Vec<Cell>>,
    /// Columns covered by cells of earlier rows, and for how many more rows, including the current one.
    rowspans: VecDeque<(usize, usize)>,
    /// The next column of the current row.
    column: usize,
    /// True while inside a cell.
    open: bool,
}

impl TableBuilder {
    /// Begins a row.
    pub(in crate::format) fn start_row(&mut self) {
        self.rows.push(Vec::new());
        self.column = 0;
        self.open = false;
        for (_, rows) in &mut self.rowspans {
            *rows -= 1;
        }
        self.rowspans.retain(|(_, rows)| *rows > 0);
    }

    /// Begins a cell, after empty cells for the columns that earlier rows reach into. `span` and `rows` are its
    /// `colspan` and `rowspan`.
    pub(in crate::format) fn start_cell(&mut self, span: Option<usize>, rows: Option<usize>) {
        if self.rows.is_empty() {
            self.start_row();
        }
        let Some(row) = self.rows.last_mut() else {
            return;
        };
        let mut column = self.column;
        while self.rowspans.iter().any(|(reached, _)| *reached == column) && row.len() < MAX_CELLS {
            row.push(Cell { blocks: Vec::new(), span: 1 });
            column += 1;
        }
        let span = span.unwrap_or(1).clamp(1, MAX_SPAN);
        let rows = rows.unwrap_or(1).clamp(1, MAX_SPAN);
        if rows > 1 && self.rowspans.len() < MAX_SPAN {
            self.rowspans.extend((column..column + span).map(|column| (column, rows)));
        }
        row.push(Cell { blocks: Vec::new(), span });
        self.column = column + span;
        self.open = true;
    }

    /// Adds a block to the current cell.
    pub(in crate::format) fn push(&mut self, kind: BlockKind, text: String) {
        let cell = self.rows.last_mut().and_then(|row| row.last_mut());
        match cell.filter(|_| self.open) {
            Some(cell) => cell.blocks.push((kind, text)),
            None => self.before.push((kind, text)),
        }
    }

    /// The table as one block, or its cells as separate blocks if it is a layout table.
    pub(in crate::format) fn into_blocks(mut self) -> Vec<TextBlock> {
        self.rows.retain(|row| row.iter().any(|cell| !cell.blocks.is_empty()));
        let mut out = std::mem::take(&mut self.before);
        if self.is_data() {
            let rows: Vec<Vec<(String, usize)>> =
                self.rows.iter().map(|row| row_texts(row)).collect();
            match format_columns(&rows) {
                Some(table) => out.push((BlockKind::Table, table)),
                None => out.extend(rows.iter().map(|row| (BlockKind::Paragraph, join_row(row)))),
            }
        } else {
            let cells = self.rows.into_iter().flatten();
            out.extend(cells.flat_map(|cell| cell.blocks));
        }
        out
    }

    /// True for a table of data: at least two rows and two columns, with a few words in each cell.
    fn is_data(&self) -> bool {
        let few = |cell: &Cell| match &cell.blocks[..] {
            [] => true,
            [(kind, text)] => *kind != BlockKind::Table && display_width(text) <= MAX_CELL_WIDTH,
            blocks => {
                let plain = |(kind, _): &TextBlock| *kind == BlockKind::Paragraph;
                blocks.len() <= 3
                    && blocks.iter().all(plain)
                    && blocks.iter().map(|(_, text)| display_width(text) + 1).sum::<usize>()
                        <= MAX_CELL_WIDTH
            }
        };
        let filled = |row: &Vec<Cell>| row.iter().filter(|cell| !cell.blocks.is_empty()).count();
        self.rows.len() >= 2
            && self.rows.iter().any(|row| filled(row) >= 2)
            && self.rows.iter().flatten().all(few)
    }
}

/// The texts of a row, each with the number of columns that it spans.
fn row_texts(row: &[Cell]) -> Vec<(String, usize)> {
    let text = |cell: &Cell| {
        let texts: Vec<&str> = cell.blocks.iter().map(|(_, text)| text.as_str()).collect();
        (one_line(&texts.join(" ")), cell.span)
    };
    row.iter().map(text).collect()
}

/// A row of a table that is too wide for columns: `a | b`.
fn join_row(row: &[(String, usize)]) -> String {
    let filled = row.iter().filter(|(text, _)| !text.is_empty());
    let texts: Vec<&str> = filled.map(|(text, _)| text.as_str()).collect();
    texts.join(" | ")
}

/// Lays out a table with two spaces between columns, numbers right-aligned. `None` if it exceeds [`MAX_ROW_WIDTH`].
fn format_columns(rows: &[Vec<(String, usize)>]) -> Option<String> {
    // A cell that spans columns does not widen them.
    let mut widths: Vec<usize> = Vec::new();
    // For each column, how many cells are numbers and how many are other text.
    let mut numbers: Vec<(usize, usize)> = Vec::new();
    for row in rows {
        let mut column = 0;
        for (text, span) in row {
            if *span == 1 {
                if widths.len() <= column {
                    widths.resize(column + 1, 0);
                    numbers.resize(column + 1, (0, 0));
                }
                widths[column] = widths[column].max(display_width(text));
                let (number, other) = &mut numbers[column];
                if is_number(text) {
                    *number += 1;
                } else if !text.is_empty() {
                    *other += 1;
                }
            }
            column += span;
        }
    }
    if widths.iter().map(|width| width + 2).sum::<usize>() > MAX_ROW_WIDTH + 2 {
        return None;
    }
    // One cell of a column of numbers may be text: the heading.
    let is_right_aligned = |column: usize| {
        numbers.get(column).is_some_and(|(n, other)| *n > 1 && *other <= 1 && n > other)
    };
    let mut out = String::new();
    for row in rows {
        let start = out.len();
        let (mut column, mut at, mut due) = (0, 0, 0);
        for (text, span) in row {
            let room = widths.get(column).copied().unwrap_or(0);
            let taken = display_width(text);
            let pad =
                if *span == 1 && is_right_aligned(column) { room.saturating_sub(taken) } else { 0 };
            if !text.is_empty() {
                let gap = (due + pad).saturating_sub(at).max(usize::from(at > 0) * 2);
                out.extend(std::iter::repeat_n(' ', gap));
                out.push_str(text);
                at += gap + taken;
            }
            let columns = widths.get(column..(column + span).min(widths.len()));
            due += columns.unwrap_or(&[]).iter().map(|width| width + 2).sum::<usize>();
            column += span;
        }
        // A row with an empty first cell keeps its leading spaces; a row without any text is dropped.
        if out.len() > start {
            out.push('\n');
        }
    }
    out.pop();
    Some(out)
}

/// True for numbers in all their forms, and the marks that stand in for one: `12`, `-3.5`, `1,204`, `12%`, `€3`, `—`.
fn is_number(text: &str) -> bool {
    let mark = |c: char| "+-−–—.,:/%€$£()' \u{a0}".contains(c);
    !text.is_empty() && text.chars().all(|c| c.is_ascii_digit() || mark(c)) && text.len() <= 20
}
