//! What a ZIP package holds if it is an office file, which of its parts are needed, and their conversion.

use crate::format::office::parts::Properties;
use crate::format::office::parts::{Converted, Parts, is_main_document};
use crate::format::office::{docx, ods, odt, xlsx};

/// An office format whose files are ZIP packages of parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PackageFormat {
    /// Text of Office Open XML (ECMA-376, part 1).
    Docx,
    /// Spreadsheet of Office Open XML.
    Xlsx,
    /// Text of the Open Document Format (ISO/IEC 26300).
    Odt,
    /// Spreadsheet of the Open Document Format.
    Ods,
    /// Known, but not read: what it is, and what to do.
    Unread(&'static str),
}

/// The parts of Office Open XML and the Open Document Format that hold text, or what is needed to read it.
const PARTS: [&str; 9] = [
    "styles.xml",
    "numbering.xml",
    "footnotes.xml",
    "endnotes.xml",
    "sharedStrings.xml",
    "workbook.xml",
    "content.xml",
    "meta.xml",
    "core.xml",
];

impl PackageFormat {
    /// The format of a package by the names of its files; `None` for any other archive.
    pub fn of_names<'n>(names: impl Iterator<Item = &'n str>) -> Option<Self> {
        let (mut is_office, mut is_open, mut found) = (false, false, None);
        for name in names {
            let name = name.trim_start_matches('/');
            is_office |= matches!(name, "[Content_Types].xml" | "_rels/.rels");
            is_open |= matches!(name, "mimetype" | "META-INF/manifest.xml");
            let format = if is_main_document(name) {
                Self::Docx
            } else if name.eq_ignore_ascii_case("xl/workbook.xml") {
                Self::Xlsx
            } else {
                match name {
                    "content.xml" => Self::Odt,
                    "xl/workbook.bin" => {
                        Self::Unread("a binary spreadsheet (XLSB): save it as XLSX or CSV")
                    }
                    "ppt/presentation.xml" => Self::Unread(
                        "a presentation (PPTX), which is not read: save its text as DOCX or RTF",
                    ),
                    "Index/Document.iwa" | "Index.zip" => {
                        Self::Unread("a document of Pages or Numbers: export it as DOCX or CSV")
                    }
                    "encrypted-package" => Self::Unread("encrypted: save it without a password"),
                    _ => continue,
                }
            };
            found = found.or(Some(format));
        }
        // Other archives may hold a file of such a name.
        found.filter(|format| match format {
            Self::Odt | Self::Ods => is_open,
            Self::Docx | Self::Xlsx => is_office,
            // Pages and Numbers have no file that others have too.
            Self::Unread(what) => is_office || is_open || what.contains("Pages"),
        })
    }

    /// The name in records and messages.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Docx => "docx",
            Self::Xlsx => "xlsx",
            Self::Odt => "odt",
            Self::Ods => "ods",
            Self::Unread(_) => "office",
        }
    }

    /// True if the part with this name is needed.
    #[must_use]
    pub fn needs(self, name: &str) -> bool {
        let name = name.trim_start_matches('/');
        let last = name.rsplit('/').next().unwrap_or(name);
        match self {
            Self::Docx => {
                is_main_document(name)
                    || last.ends_with(".xml.rels") && name.starts_with("word/_rels/document")
                    || (name.starts_with("word/") || name.starts_with("docProps/"))
                        && PARTS.contains(&last)
            }
            Self::Xlsx => {
                name.starts_with("xl/worksheets/") && !name.contains("_rels")
                    || name == "xl/_rels/workbook.xml.rels"
                    || name.starts_with("xl/") && PARTS.contains(&last)
            }
            Self::Odt | Self::Ods => {
                matches!(
                    name,
                    "content.xml"
                        | "styles.xml"
                        | "meta.xml"
                        | "mimetype"
                        | "META-INF/manifest.xml"
                )
            }
            Self::Unread(_) => false,
        }
    }
}

/// Converts the parts of a package to text.
#[must_use]
pub fn convert_package(format: PackageFormat, parts: &Parts) -> Converted {
    let mut converted = Converted::default();
    match format {
        PackageFormat::Docx => docx::convert(parts, &mut converted),
        PackageFormat::Xlsx => xlsx::convert(parts, &mut converted),
        PackageFormat::Odt | PackageFormat::Ods => convert_open_document(parts, &mut converted),
        PackageFormat::Unread(what) => {
            converted.unreadable(what);
        }
    }
    converted
}

/// Whether a file of the Open Document Format is a text or a spreadsheet stands in it, not in the names of its parts.
fn convert_open_document(parts: &Parts, converted: &mut Converted) {
    let manifest = parts.text("META-INF/manifest.xml");
    if manifest.contains("encryption-data") {
        return converted.unreadable("encrypted: save it without a password");
    }
    let content = parts.text("content.xml");
    if content.contains("<office:spreadsheet") {
        ods::convert(&content, converted);
    } else {
        let properties = Properties::of_open_document(&parts.text("meta.xml"));
        odt::convert(&content, &parts.text("styles.xml"), &properties, converted);
    }
}
