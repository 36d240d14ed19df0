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
    pub cut: RecordBoundary,
    /// Where the last dispatch ends that has come as a whole, in a stream of dispatches in frames: `None` before that.
    pub(crate) ends: Option<FindFrameEnd>,
    /// Letters and digits stand in the bytes as in the text, but for the escapes of JSON and HTML, tags, and the
    /// character encoding: no base64, soft line break or control can part a word.
    pub plain: bool,
    pub(super) recognises: fn(&Sample<'_>) -> bool,
    pub(super) items: ParseItems,
}

/// The table of formats.
pub const FORMATS: &[Format] = &[
    Format {
        name: "ninjs",
        cut: RecordBoundary::Newline,
        ends: None,
        plain: true,
        recognises: json::is_ninjs_lines,
        items: json::ninjs_lines,
    },
    Format {
        name: "ninjs",
        cut: RecordBoundary::Unsplittable,
        ends: None,
        plain: true,
        recognises: json::is_ninjs_document,
        items: json::ninjs_document,
    },
    Format {
        name: "jsonfeed",
        cut: RecordBoundary::Unsplittable,
        ends: None,
        plain: true,
        recognises: json::is_feed,
        items: json::feed,
    },
    Format {
        name: "json",
        cut: RecordBoundary::Newline,
        ends: None,
        plain: true,
        recognises: json::is_lines,
        items: json::lines,
    },
    Format {
        name: "json",
        cut: RecordBoundary::Unsplittable,
        ends: None,
        plain: true,
        recognises: json::is_document,
        items: json::document,
    },
    Format {
        name: "mail",
        cut: RecordBoundary::MboxFrom,
        ends: None,
        plain: false,
        recognises: mail::is_mbox,
        items: mail::mbox,
    },
    Format {
        name: "mail",
        cut: RecordBoundary::Unsplittable,
        ends: None,
        plain: false,
        recognises: mail::is_mail,
        items: mail::single_mail,
    },
    Format {
        name: "anpa1312",
        cut: RecordBoundary::Unsplittable,
        ends: Some(frames::end_of_anpa),
        plain: false,
        recognises: anpa::recognises,
        items: anpa::items,
    },
    Format {
        name: "iptc7901",
        cut: RecordBoundary::Unsplittable,
        ends: Some(frames::end_of_iptc),
        plain: false,
        recognises: iptc::recognises,
        items: iptc::items,
    },
    Format {
        name: "zczc",
        cut: RecordBoundary::Unsplittable,
        ends: Some(frames::end_of_telex),
        plain: false,
        recognises: zczc::recognises,
        items: zczc::items,
    },
    Format {
        name: "reuters-sgml",
        cut: RecordBoundary::BeforeMark(sgml::REUTERS),
        ends: None,
        plain: false,
        recognises: sgml::is_reuters,
        items: sgml::reuters,
    },
    Format {
        name: "trec-sgml",
        cut: RecordBoundary::BeforeMark(sgml::TREC),
        ends: None,
        plain: false,
        recognises: sgml::is_trec,
        items: sgml::trec,
    },
    Format {
        name: "nitf",
        cut: RecordBoundary::Unsplittable,
        ends: None,
        plain: false,
        recognises: nitf::recognises,
        items: nitf::items,
    },
    Format {
        name: "newsml1",
        cut: RecordBoundary::Unsplittable,
        ends: None,
        plain: false,
        recognises: newsml1::recognises,
        items: newsml1::items,
    },
    Format {
        name: "newsml-g2",
        cut: RecordBoundary::Unsplittable,
        ends: None,
        plain: false,
        recognises: newsml_g2::recognises,
        items: newsml_g2::items,
    },
    Format {
        name: "ritzau",
        cut: RecordBoundary::Unsplittable,
        ends: None,
        plain: false,
        recognises: ritzau::recognises,
        items: ritzau::items,
    },
    Format {
        name: "rss",
        cut: RecordBoundary::Unsplittable,
        ends: None,
        plain: false,
        recognises: feed::is_rss,
        items: feed::rss_items,
    },
    Format {
        name: "atom",
        cut: RecordBoundary::Unsplittable,
        ends: None,
        plain: false,
        recognises: feed::is_atom,
        items: feed::atom_items,
    },
    Format {
        name: "html",
        cut: RecordBoundary::Unsplittable,
        ends: None,
        plain: false,
        recognises: page::is_html,
        items: page::read_web_page,
    },
    Format {
        name: "xml",
        cut: RecordBoundary::Unsplittable,
        ends: None,
        plain: false,
        recognises: page::is_xml,
        items: page::read_unknown_xml,
    },
    Format {
        name: "plain",
        cut: RecordBoundary::Unsplittable,
        ends: None,
        plain: true,
        recognises: |_| true,
        items: plain::items,
    },
];
