//! Builds blocks from tags and text as they come. Keeps no tree and does not recurse, so that no depth harms it.

use std::borrow::Cow;
use std::collections::HashSet;

use super::lines::{collapse_into, one_line, preformatted, without_fixed_spaces};
use super::names::{TagRole, tag_role};
use super::table::TableBuilder;
use super::{Markup, TextBlock};
use crate::dispatch::BlockKind;
use crate::format::blocks;
use crate::text;

/// Tables within tables that are told apart; deeper ones are running text.
const MAX_TABLE_DEPTH: usize = 8;
/// Lists within lists that are indented.
const MAX_LIST_DEPTH: usize = 8;
/// Gives an attribute of the tag at hand.
pub(super) type Attribute<'a> = &'a dyn Fn(&str) -> Option<Cow<'a, str>>;

/// Takes tags and text in order.
#[derive(Debug, Default)]
#[allow(clippy::struct_excessive_bools)] // Each is on its own.
pub(in crate::format) struct MarkupBuilder {
    pub(super) out: Markup,
    /// The block that is being written, white space joined; `\n` stands for a line break.
    line: String,
    heading: bool,
    in_pre: bool,
    /// Open lists: the next number of an ordered one.
    lists: Vec<Option<u32>>,
    /// Lists deeper than that.
    ignored_lists: u32,
    /// What stands before the next block of a list item.
    marker: Option<String>,
    tables: Vec<TableBuilder>,
    /// Tables deeper than that.
    ignored_tables: u32,
    /// A tag whose text is no part of the body, how often it is open, and whether its text is kept apart.
    skipped_tag: Option<(String, u32, TagRole)>,
    pub(super) skipped_text: String,
    /// A quotation mark is due before the next character, unless it is one.
    quote_pending: bool,
    is_page: bool,
    /// Hashes of links and media that are kept.
    pub(super) seen: HashSet<u64>,
}

impl MarkupBuilder {
    /// A builder that leaves the frame of a page out.
    pub(super) fn of_page() -> Self {
        Self {
            is_page: true,
            ..Self::default()
        }
    }

    /// A start tag, its name in small letters.
    pub(in crate::format) fn open(&mut self, name: &str, attribute: Attribute<'_>) {
        if let Some((open, times, _)) = &mut self.skipped_tag {
            *times += u32::from(open == name);
            return;
        }
        let kind = tag_role(name);
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
            TagRole::PageFrame if !self.is_page => self.end_block(),
            TagRole::Media | TagRole::Title | TagRole::NoText | TagRole::PageFrame => {
                if kind != TagRole::NoText {
                    self.end_block();
                }
                self.skipped_tag = Some((name.to_owned(), 1, kind));
            }
        }
    }

    /// An end tag, its name in small letters. What was not opened is closed all the same where that parts blocks.
    pub(in crate::format) fn close(&mut self, name: &str) {
        if let Some((open, times, kind)) = &mut self.skipped_tag {
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

    /// Text with its entities resolved.
    pub(in crate::format) fn text(&mut self, text: &str) {
        if let Some((_, _, kind)) = &self.skipped_tag {
            if matches!(kind, TagRole::Media | TagRole::Title) {
                self.skipped_text.push_str(text);
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

    /// All that was built.
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
        self.lists
            .push((kind == TagRole::Ordered).then(|| start().unwrap_or(1)));
    }

    /// Ends the block that is being written.
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
        let depth = self.lists.len();
        if depth > 0 {
            let indent = "  ".repeat(depth - 1);
            let marker = self.marker.take().unwrap_or_else(|| "  ".to_owned());
            let text = format!("{indent}{marker}{}", one_line(&clean));
            return self.emit(BlockKind::Item, text);
        }
        if let Some(marker) = self.marker.take() {
            return self.emit(BlockKind::Item, format!("{marker}{}", one_line(&clean)));
        }
        if !clean.trim_ascii().contains('\n') {
            return self.emit(BlockKind::Paragraph, clean.trim_ascii().to_owned());
        }
        // Line breaks may be those of a telex: then they part no paragraphs.
        let mut parts: Vec<TextBlock> = Vec::new();
        blocks::for_each_block(clean.trim_ascii(), &mut |kind, block| {
            parts.push((kind, block.into_owned()));
            true
        });
        for (kind, block) in parts {
            self.emit(kind, block);
        }
    }

    fn emit(&mut self, kind: BlockKind, text: String) {
        match self.tables.last_mut() {
            Some(frame) => frame.push(kind, text),
            None => self.out.blocks.push((kind, text)),
        }
    }
}
