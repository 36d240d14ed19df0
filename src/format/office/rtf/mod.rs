//! RTF: the text of a Rich Text Format file (version 1.9.1 of Microsoft's specification), in three steps.

mod charsets;
mod destinations;
mod reader;
mod tokens;

pub use reader::convert as convert_rtf;
