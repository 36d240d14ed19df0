//! From bytes to dispatches: detection, the table of wire formats, and a parser for each. Every format can be read in
//! two sizes, full dispatches ([`parse_as`]) or heads only ([`scan`]). Knows nothing of files or screens.

mod anpa;
mod clues;
mod detect;
mod exports;
mod feed;
mod html;
mod iptc;
mod json;
mod mail;
mod newsml1;
mod newsml_g2;
mod nitf;
mod office;
mod parser;
mod plain;
mod record_boundary;
mod ritzau;
mod sgml;
mod shared;
mod table;
mod tables;
#[cfg(test)]
mod testing;
mod warc;
mod xml;
mod zczc;

pub use detect::{ReadingRequest, RequestedFormat, detect, detect_as, parse};
pub use office::{Converted, ConvertedText, PackageFormat, Parts, convert_package, convert_rtf};
pub use parser::Context;
pub use record_boundary::RecordBoundary;
pub use shared::input_text::{package_text, rtf_text};
pub use shared::shares::{Share, conversion_problem};
pub use table::{
    FORMATS, Format, FormatId, ParsedInput, ScannedItem, parse_as, read_item, read_items, scan,
    scan_measured,
};
pub use tables::{ColumnError, ColumnNames, TableLayout};
