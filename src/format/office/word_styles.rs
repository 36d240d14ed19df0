//! The paragraph styles of a DOCX file: which are headings, and which belong to a list.

use std::collections::HashMap;

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
