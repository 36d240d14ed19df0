//! The paragraph styles and the lists of a DOCX file: which paragraphs are headings or items, and their numbers.

use std::collections::HashMap;

use crate::format::office::page::LineKind;
use crate::format::xml::events::{Event, EventReader, StartTag, attributes, resolve_attribute};
use crate::format::xml::tree::local_name;

/// Limit on styles that are based on each other; also ends cycles.
const MAX_BASES: usize = 12;

/// The value of an attribute by its name without a prefix.
pub(super) fn attribute(tag: &StartTag<'_>, name: &str) -> Option<String> {
    let (_, value) = attributes(tag.inner).find(|(found, _)| local_name(found) == name)?;
    Some(resolve_attribute(value).into_owned())
}

/// True for a property that is on: `<w:vanish/>`, but not `<w:vanish w:val="0"/>`.
pub(super) fn is_on(tag: &StartTag<'_>) -> bool {
    !matches!(attribute(tag, "val").as_deref(), Some("0" | "false" | "off" | "none"))
}

/// A paragraph style.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Style {
    /// The level of a heading, from 1.
    pub heading: Option<u8>,
    /// The level in the outline, from 1, which styles based on this one have too.
    outline: Option<u8>,
    /// The number of its list.
    pub list: Option<String>,
    pub list_level: u8,
    based_on: Option<String>,
}

/// Styles by id.
#[derive(Debug, Default)]
pub(super) struct Styles(HashMap<String, Style>);

impl Styles {
    /// Reads `word/styles.xml` (ECMA-376, part 1, section 17.7).
    pub(super) fn read(text: &str) -> Self {
        let mut styles = HashMap::new();
        let mut events = EventReader::new(text);
        let mut open: Option<(String, Style)> = None;
        loop {
            match events.next() {
                Event::Open(tag) => {
                    let name = local_name(tag.name);
                    if name == "style" {
                        let id = attribute(&tag, "styleId").unwrap_or_default();
                        open = Some((id, Style::default()));
                    } else if let Some((_, style)) = &mut open {
                        style.set(name, attribute(&tag, "val"));
                    }
                }
                Event::Close(name) if local_name(name) == "style" => styles.extend(open.take()),
                Event::End => break,
                _ => {}
            }
        }
        Self(styles).resolved()
    }

    /// Fills in what styles have from those that they are based on.
    fn resolved(self) -> Self {
        let resolve = |style: &Style| {
            let mut own = style.clone();
            let mut base = style.based_on.as_ref();
            for _ in 0..MAX_BASES {
                let Some(found) = base.and_then(|base| self.0.get(base)) else {
                    break;
                };
                own.outline = own.outline.or(found.outline);
                if own.list.is_none() {
                    own.list.clone_from(&found.list);
                    own.list_level = own.list_level.max(found.list_level);
                }
                base = found.based_on.as_ref();
            }
            own.heading = own.heading.or(own.outline.filter(|level| *level <= 6));
            own
        };
        Self(self.0.iter().map(|(id, style)| (id.clone(), resolve(style))).collect())
    }

    /// The style with this id. Without a table of styles, ids tell by their usual names.
    pub(super) fn get(&self, id: Option<&str>) -> Style {
        let Some(id) = id else {
            return Style::default();
        };
        self.0
            .get(id)
            .cloned()
            .unwrap_or_else(|| Style { heading: heading_level(id), ..Style::default() })
    }
}

impl Style {
    fn set(&mut self, property: &str, value: Option<String>) {
        let number = |value: &Option<String>| value.as_ref().and_then(|value| value.parse().ok());
        match property {
            "name" => self.heading = value.as_deref().and_then(heading_level),
            "basedOn" => self.based_on = value,
            "outlineLvl" => {
                let level: Option<u8> = number(&value);
                self.outline = level.map(|level| level.saturating_add(1));
            }
            "numId" => self.list = value,
            "ilvl" => self.list_level = number(&value).unwrap_or(0),
            _ => {}
        }
    }
}

/// The level of a heading by the name of its style: `heading 2`, `Heading2`, `Title`.
pub(super) fn heading_level(name: &str) -> Option<u8> {
    let name = name.to_ascii_lowercase();
    if name == "title" {
        return Some(1);
    }
    let level = name.strip_prefix("heading")?.trim_matches([' ', '_']);
    level.parse().ok().filter(|level| (1..=9).contains(level))
}

// The lists, and the numbers of their items.

/// A level of a list.
#[derive(Debug, Clone, Copy)]
struct Level {
    is_numbered: bool,
    start: u32,
}

impl Default for Level {
    fn default() -> Self {
        Self { is_numbered: false, start: 1 }
    }
}

/// The lists of a document, and how far each has been counted.
#[derive(Debug, Default)]
pub(super) struct ListNumbers {
    /// Levels by the id of their definition and their number.
    levels: HashMap<(String, u8), Level>,
    /// Ids of definitions by the ids of lists.
    definitions: HashMap<String, String>,
    /// Numbers by list and level.
    counts: HashMap<(String, u8), u32>,
}

impl ListNumbers {
    /// Reads `word/numbering.xml` (ECMA-376, part 1, section 17.9).
    pub(super) fn read(text: &str) -> Self {
        let mut lists = Self::default();
        let mut events = EventReader::new(text);
        let (mut definition, mut list, mut level) = (String::new(), None, 0);
        loop {
            let tag = match events.next() {
                Event::Open(tag) => tag,
                Event::End => return lists,
                _ => continue,
            };
            let value = |name| attribute(&tag, name).unwrap_or_default();
            match local_name(tag.name) {
                "abstractNum" => (definition, list) = (value("abstractNumId"), None),
                "num" => list = Some(value("numId")),
                "abstractNumId" => {
                    if let Some(list) = &list {
                        lists.definitions.insert(list.clone(), value("val"));
                    }
                }
                "lvl" => level = value("ilvl").parse().unwrap_or(0),
                "numFmt" if list.is_none() => {
                    let is_numbered = !matches!(value("val").as_str(), "bullet" | "none");
                    lists.levels.entry((definition.clone(), level)).or_default().is_numbered =
                        is_numbered;
                }
                "start" if list.is_none() => {
                    let start = value("val").parse().unwrap_or(1);
                    lists.levels.entry((definition.clone(), level)).or_default().start = start;
                }
                _ => {}
            }
        }
    }

    /// The next item of a list at a level.
    pub(super) fn next(&mut self, list: &str, level: u8) -> LineKind {
        let definition = self.definitions.get(list).cloned().unwrap_or_default();
        let found = self.levels.get(&(definition, level)).copied().unwrap_or_default();
        if !found.is_numbered {
            return LineKind::Item(level, None);
        }
        // Deeper levels start anew.
        for deeper in level + 1..9 {
            self.counts.remove(&(list.to_owned(), deeper));
        }
        let count = self.counts.entry((list.to_owned(), level));
        let number =
            *count.and_modify(|count| *count = count.saturating_add(1)).or_insert(found.start);
        LineKind::Item(level, Some(number))
    }
}
