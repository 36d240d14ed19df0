//! How elements become fields of a draft: under a key, or under their own names so that nothing is lost.

use super::element::Element;
use crate::format::Detail;
use crate::format::draft::Draft;
use crate::format::fields::FieldKey;

impl Draft<'_> {
    /// Sets what an element or attribute says, if it says anything.
    pub(in crate::format) fn set_optional(
        &mut self,
        key: FieldKey,
        name: &str,
        value: Option<String>,
    ) {
        if let Some(value) = value {
            self.set_field(key, name, &value);
        }
    }

    /// Keeps what an element or attribute says, if it says anything.
    pub(in crate::format) fn add_optional_field(&mut self, name: &str, value: Option<String>) {
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            self.add_field(name, &value);
        }
    }

    /// Adds a subject that has a code, a name or both, once: `ports (trade:17)`.
    pub(in crate::format) fn add_coded_subject(
        &mut self,
        code: Option<String>,
        name: Option<String>,
    ) {
        let subject = match (name, code) {
            (Some(name), Some(code)) if code == name => code,
            (Some(name), Some(code)) if code.ends_with(&format!(":{name}")) => code,
            (Some(name), Some(code)) => format!("{name} ({code})"),
            (name, code) => return self.add_subject(name.or(code)),
        };
        self.add_subject(Some(subject));
    }

    /// Adds a subject, once.
    pub(in crate::format) fn add_subject(&mut self, value: Option<String>) {
        let subjects = &mut self.dispatch.subjects;
        if let Some(value) = value
            && subjects.len() < 500
            && !subjects.contains(&value)
        {
            subjects.push(value);
        }
    }

    /// Adds a keyword, once.
    pub(in crate::format) fn add_keyword(&mut self, value: Option<String>) {
        let keywords = &mut self.dispatch.keywords;
        if let Some(value) = value
            && keywords.len() < 500
            && !keywords.contains(&value)
        {
            keywords.push(value);
        }
    }

    /// Keeps an element under its own name: its text, its attributes, and those of all that is in it.
    pub(in crate::format) fn add_element_fields(&mut self, element: Element<'_, '_>) {
        if self.detail == Detail::Head {
            return;
        }
        let top = element.qualified();
        self.add_own_fields(top, element);
        for inner in element.descendants() {
            self.add_own_fields(&format!("{top}/{}", inner.qualified()), inner);
        }
    }

    fn add_own_fields(&mut self, name: &str, element: Element<'_, '_>) {
        let text = if element.is_nested() {
            None
        } else {
            element.text()
        };
        let attributes: Vec<(&str, String)> = element
            .attributes()
            .filter(|(_, value)| !value.is_empty())
            .collect();
        match (&text, &attributes[..]) {
            (None, [(_, value)]) => self.add_field(name, value),
            (None, attributes) if attributes.len() > 4 => {
                let all: Vec<String> = attributes
                    .iter()
                    .map(|(name, value)| format!("{name}={value}"))
                    .collect();
                self.add_field(name, &all.join(" "));
            }
            _ => {
                if let Some(text) = &text {
                    self.add_field(name, text);
                }
                for (attribute, value) in &attributes {
                    self.add_field(&format!("{name}@{attribute}"), value);
                }
            }
        }
    }
}
