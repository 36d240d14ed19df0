//! The parts that are taken out of a package, and the text that they become.

use crate::dispatch::{Problem, Severity};
use crate::format::office::page::PageWriter;
use crate::format::shared::encoding;

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
