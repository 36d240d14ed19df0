//! The parts that are taken out of a package, the properties that they give, and the text that they become.

use crate::dispatch::{Problem, Severity};
use crate::format::office::page::PageWriter;
use crate::format::shared::encoding;
use crate::format::xml::events::{Event, EventReader};
use crate::format::xml::tree::local_name;

/// The parts of a package by name.
#[derive(Debug, Default)]
pub struct Parts(pub Vec<(String, Vec<u8>)>);

impl Parts {
    /// The text of the first part whose name passes; empty if there is none.
    pub(super) fn text_of(&self, is_it: impl Fn(&str) -> bool) -> String {
        let part = self.0.iter().find(|(name, _)| is_it(name.trim_start_matches('/')));
        part.map_or_else(String::new, |(_, bytes)| encoding::decode(bytes).text.into_owned())
    }

    /// The text of the part with this name; empty if it is missing.
    pub(super) fn text(&self, name: &str) -> String {
        self.text_of(|found| found == name)
    }
}

/// A text that an office file was converted to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConvertedText {
    /// The name of the sheet, if it is one of several; empty otherwise.
    pub name: String,
    /// A page of HTML, or a table of comma-separated values.
    pub text: String,
}

/// An office file as text. Conversion never fails, see the problems.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Converted {
    pub texts: Vec<ConvertedText>,
    pub problems: Vec<Problem>,
}

impl Converted {
    /// Reports that the file, or the end of it, cannot be shown.
    pub(super) fn unreadable(&mut self, message: impl Into<String>) {
        self.problems.push(Problem::new(Severity::Unreadable, "", message));
    }

    /// Reports that some of it could not be read as intended.
    pub(super) fn fault(&mut self, message: &str) {
        self.problems.push(Problem::new(Severity::Fault, "", message));
    }

    pub(super) fn note(&mut self, message: impl Into<String>) {
        self.problems.push(Problem::new(Severity::Note, "", message));
    }

    /// Adds a finished page.
    pub(super) fn page(&mut self, page: PageWriter) {
        let (text, problem) = page.finish();
        self.problems.extend(problem);
        self.texts.push(ConvertedText { name: String::new(), text });
    }
}

/// `word/document.xml`; some services write `word/document2.xml`.
pub(super) fn is_main_document(name: &str) -> bool {
    let rest = name.strip_prefix("word/document").and_then(|rest| rest.strip_suffix(".xml"));
    rest.is_some_and(|rest| rest.bytes().all(|b| b.is_ascii_digit()))
}

// The properties of a file: title, author, dates and the like.

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
