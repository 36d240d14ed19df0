//! The table of wire formats: one row each, tried in order.

use super::detect::Sample;
use super::draft::ItemSink;
use super::{
    Context, Detail, RecordBoundary, anpa, feed, frames, iptc, json, mail, newsml_g2, newsml1,
    nitf, page, plain, ritzau, sgml, zczc,
};
use crate::dispatch::Problem;

/// Reads all items of an input, one by one, and says what could not be read.
pub(super) type ParseItems = fn(&[u8], Detail, &Context, &mut ItemSink<'_>) -> Vec<Problem>;

/// Finds where the last whole dispatch ends in bytes.
pub(crate) type FindFrameEnd = fn(&[u8]) -> Option<usize>;

/// One wire format. Rows are tried in order; the first that recognises the input reads it.
pub struct Format {
    /// Name in records. Two rows may share one where a format has two framings.
    pub name: &'static str,
    /// Where an input may be cut to be read in parts.
    pub boundary: RecordBoundary,
    /// Where the last dispatch ends that has come as a whole, in a stream of dispatches in frames: `None` before that.
    pub(crate) find_frame_end: Option<FindFrameEnd>,
    /// Letters and digits stand in the bytes as in the text, but for the escapes of JSON and HTML, tags, and the
    /// character encoding: no base64, soft line break or control can part a word.
    pub is_raw_searchable: bool,
    pub(super) recognises: fn(&Sample<'_>) -> bool,
    pub(super) parse_items: ParseItems,
}

/// The table of formats.
pub const FORMATS: &[Format] = &[
    Format {
        name: "ninjs",
        boundary: RecordBoundary::Newline,
        find_frame_end: None,
        is_raw_searchable: true,
        recognises: json::is_ninjs_lines,
        parse_items: json::ninjs_lines,
    },
    Format {
        name: "ninjs",
        boundary: RecordBoundary::Unsplittable,
        find_frame_end: None,
        is_raw_searchable: true,
        recognises: json::is_ninjs_document,
        parse_items: json::ninjs_document,
    },
    Format {
        name: "jsonfeed",
        boundary: RecordBoundary::Unsplittable,
        find_frame_end: None,
        is_raw_searchable: true,
        recognises: json::is_feed,
        parse_items: json::feed,
    },
    Format {
        name: "json",
        boundary: RecordBoundary::Newline,
        find_frame_end: None,
        is_raw_searchable: true,
        recognises: json::is_lines,
        parse_items: json::lines,
    },
    Format {
        name: "json",
        boundary: RecordBoundary::Unsplittable,
        find_frame_end: None,
        is_raw_searchable: true,
        recognises: json::is_document,
        parse_items: json::document,
    },
    Format {
        name: "mail",
        boundary: RecordBoundary::MboxFrom,
        find_frame_end: None,
        is_raw_searchable: false,
        recognises: mail::is_mbox,
        parse_items: mail::mbox,
    },
    Format {
        name: "mail",
        boundary: RecordBoundary::Unsplittable,
        find_frame_end: None,
        is_raw_searchable: false,
        recognises: mail::is_mail,
        parse_items: mail::single_mail,
    },
    Format {
        name: "anpa1312",
        boundary: RecordBoundary::Unsplittable,
        find_frame_end: Some(frames::end_of_anpa),
        is_raw_searchable: false,
        recognises: anpa::recognises,
        parse_items: anpa::items,
    },
    Format {
        name: "iptc7901",
        boundary: RecordBoundary::Unsplittable,
        find_frame_end: Some(frames::end_of_iptc),
        is_raw_searchable: false,
        recognises: iptc::recognises,
        parse_items: iptc::items,
    },
    Format {
        name: "zczc",
        boundary: RecordBoundary::Unsplittable,
        find_frame_end: Some(frames::end_of_telex),
        is_raw_searchable: false,
        recognises: zczc::recognises,
        parse_items: zczc::items,
    },
    Format {
        name: "reuters-sgml",
        boundary: RecordBoundary::BeforeMark(sgml::REUTERS),
        find_frame_end: None,
        is_raw_searchable: false,
        recognises: sgml::is_reuters,
        parse_items: sgml::reuters,
    },
    Format {
        name: "trec-sgml",
        boundary: RecordBoundary::BeforeMark(sgml::TREC),
        find_frame_end: None,
        is_raw_searchable: false,
        recognises: sgml::is_trec,
        parse_items: sgml::trec,
    },
    Format {
        name: "nitf",
        boundary: RecordBoundary::Unsplittable,
        find_frame_end: None,
        is_raw_searchable: false,
        recognises: nitf::recognises,
        parse_items: nitf::items,
    },
    Format {
        name: "newsml1",
        boundary: RecordBoundary::Unsplittable,
        find_frame_end: None,
        is_raw_searchable: false,
        recognises: newsml1::recognises,
        parse_items: newsml1::items,
    },
    Format {
        name: "newsml-g2",
        boundary: RecordBoundary::Unsplittable,
        find_frame_end: None,
        is_raw_searchable: false,
        recognises: newsml_g2::recognises,
        parse_items: newsml_g2::items,
    },
    Format {
        name: "ritzau",
        boundary: RecordBoundary::Unsplittable,
        find_frame_end: None,
        is_raw_searchable: false,
        recognises: ritzau::recognises,
        parse_items: ritzau::items,
    },
    Format {
        name: "rss",
        boundary: RecordBoundary::Unsplittable,
        find_frame_end: None,
        is_raw_searchable: false,
        recognises: feed::is_rss,
        parse_items: feed::rss_items,
    },
    Format {
        name: "atom",
        boundary: RecordBoundary::Unsplittable,
        find_frame_end: None,
        is_raw_searchable: false,
        recognises: feed::is_atom,
        parse_items: feed::atom_items,
    },
    Format {
        name: "html",
        boundary: RecordBoundary::Unsplittable,
        find_frame_end: None,
        is_raw_searchable: false,
        recognises: page::is_html,
        parse_items: page::read_web_page,
    },
    Format {
        name: "xml",
        boundary: RecordBoundary::Unsplittable,
        find_frame_end: None,
        is_raw_searchable: false,
        recognises: page::is_xml,
        parse_items: page::read_unknown_xml,
    },
    Format {
        name: "plain",
        boundary: RecordBoundary::Unsplittable,
        find_frame_end: None,
        is_raw_searchable: true,
        recognises: |_| true,
        parse_items: plain::items,
    },
];
