//! Office files as text: DOCX, ODT and RTF become pages of HTML, XLSX and ODS tables of comma-separated values. They are
//! converted when they are read, as packed data is unpacked, and then read like any text.

mod document;
mod docx;
mod lines;
mod ods;
mod odt;
mod package;
mod page;
mod parts;
mod rtf;
mod sheets;
mod word_styles;
mod xlsx;

pub(super) use document::{is_docx, is_odt, is_rtf, read_converted, read_document};
pub(super) use lines::{PageLine, blocks_of, page_lines};
pub use package::{PackageFormat, convert_package};
pub(super) use page::converted_from;
pub use parts::{Converted, ConvertedText, Parts};
pub use rtf::convert_rtf;
