//! The lists of a DOCX file: which levels are numbered, and the numbers of their items.

use std::collections::HashMap;

use crate::format::office::page::LineKind;
use crate::format::office::word_styles::attribute;
use crate::format::xml::events::{Event, EventReader};
use crate::format::xml::tree::local_name;

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
