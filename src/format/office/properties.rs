//! The properties of an office file: title, author, dates and the like.

use crate::format::office::page::PageWriter;
use crate::format::xml::events::{Event, EventReader};
use crate::format::xml::tree::local_name;

/// Longest value that is kept, in bytes.
const MAX_VALUE: usize = 2000;

/// Properties by the names that pages give them, in order.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Properties(Vec<(&'static str, String)>);

impl Properties {
    /// The properties of Office Open XML: `docProps/core.xml` (ECMA-376, part 2, section 8).
    pub(super) fn of_office_open(core: &str) -> Self {
        Self::read(core, |name| {
            Some(match name {
                "title" => "title",
                "creator" => "creator",
                "lastModifiedBy" => "modified-by",
                "created" => "created",
                "modified" => "modified",
                "subject" => "subject",
                "keywords" => "keywords",
                "description" => "description",
                "category" => "category",
                "language" => "language",
                _ => return None,
            })
        })
    }

    /// The properties of the Open Document Format: `meta.xml` (ISO/IEC 26300, part 1, section 4.3).
    pub(super) fn of_open_document(meta: &str) -> Self {
        Self::read(meta, |name| {
            Some(match name {
                "title" => "title",
                "initial-creator" => "creator",
                "creator" => "modified-by",
                "creation-date" => "created",
                "date" => "modified",
                "subject" => "subject",
                "keyword" => "keywords",
                "description" => "description",
                "language" => "language",
                _ => return None,
            })
        })
    }

    fn read(text: &str, name_of: fn(&str) -> Option<&'static str>) -> Self {
        let mut properties = Self::default();
        let mut events = EventReader::new(text);
        let mut open: Option<(&'static str, String)> = None;
        loop {
            match events.next() {
                Event::Open(tag) if !tag.is_empty => {
                    open = name_of(local_name(tag.name)).map(|name| (name, String::new()));
                }
                Event::Text(text) => {
                    if let Some((_, value)) = &mut open
                        && value.len() + text.len() <= MAX_VALUE
                    {
                        value.push_str(&text);
                    }
                }
                Event::Close(_) => {
                    if let Some((name, value)) = open.take() {
                        properties.add(name, &value);
                    }
                }
                Event::Open(_) => {}
                Event::End => return properties,
            }
        }
    }

    /// Adds a property; further values of a name are appended.
    pub(super) fn add(&mut self, name: &'static str, value: &str) {
        let value = value.trim();
        if value.is_empty() {
            return;
        }
        match self.0.iter_mut().find(|(known, _)| *known == name) {
            Some((_, known)) if known.len() < MAX_VALUE => {
                known.push_str(", ");
                known.push_str(value);
            }
            Some(_) => {}
            None => self.0.push((name, value.to_owned())),
        }
    }

    /// Writes the properties into the head of a page.
    pub(super) fn write(&self, page: &mut PageWriter) {
        for (name, value) in &self.0 {
            page.property(name, value);
        }
    }
}
