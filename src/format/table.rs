//! The table of wire formats: one row each, tried in order.

use super::detect::Sample;
use super::draft::Sink;
use super::{
    Context, Cut, Want, anpa, feed, frames, iptc, json, mail, newsml_g2, newsml1, nitf, page,
    plain, ritzau, sgml, zczc,
};
use crate::dispatch::Problem;

/// Reads all items of an input, one by one, and says what could not be read.
pub(super) type Items = fn(&[u8], Want, &Context, &mut Sink<'_>) -> Vec<Problem>;

/// Finds where the last whole dispatch ends in bytes.
pub(crate) type End = fn(&[u8]) -> Option<usize>;

/// One wire format. Rows are tried in order; the first that recognises the input reads it.
pub struct Format {
    /// Name in records. Two rows may share one where a format has two framings.
    pub name: &'static str,
    /// Where an input may be cut to be read in parts.
    pub cut: Cut,
    /// Where the last dispatch ends that has come as a whole, in a stream of dispatches in frames: `None` before that.
    pub(crate) ends: Option<End>,
    /// Letters and digits stand in the bytes as in the text, but for the escapes of JSON and HTML, tags, and the
    /// character encoding: no base64, soft line break or control can part a word.
    pub plain: bool,
    pub(super) recognises: fn(&Sample<'_>) -> bool,
    pub(super) items: Items,
}

/// The table of formats.
pub const FORMATS: &[Format] = &[
    Format {
        name: "ninjs",
        cut: Cut::Lines,
        ends: None,
        plain: true,
        recognises: json::is_ninjs_lines,
        items: json::ninjs_lines,
    },
    Format {
        name: "ninjs",
        cut: Cut::Nowhere,
        ends: None,
        plain: true,
        recognises: json::is_ninjs_document,
        items: json::ninjs_document,
    },
    Format {
        name: "jsonfeed",
        cut: Cut::Nowhere,
        ends: None,
        plain: true,
        recognises: json::is_feed,
        items: json::feed,
    },
    Format {
        name: "json",
        cut: Cut::Lines,
        ends: None,
        plain: true,
        recognises: json::is_lines,
        items: json::lines,
    },
    Format {
        name: "json",
        cut: Cut::Nowhere,
        ends: None,
        plain: true,
        recognises: json::is_document,
        items: json::document,
    },
    Format {
        name: "mail",
        cut: Cut::Mails,
        ends: None,
        plain: false,
        recognises: mail::is_mbox,
        items: mail::mbox,
    },
    Format {
        name: "mail",
        cut: Cut::Nowhere,
        ends: None,
        plain: false,
        recognises: mail::is_mail,
        items: mail::single,
    },
    Format {
        name: "anpa1312",
        cut: Cut::Nowhere,
        ends: Some(frames::end_of_anpa),
        plain: false,
        recognises: anpa::recognises,
        items: anpa::items,
    },
    Format {
        name: "iptc7901",
        cut: Cut::Nowhere,
        ends: Some(frames::end_of_iptc),
        plain: false,
        recognises: iptc::recognises,
        items: iptc::items,
    },
    Format {
        name: "zczc",
        cut: Cut::Nowhere,
        ends: Some(frames::end_of_telex),
        plain: false,
        recognises: zczc::recognises,
        items: zczc::items,
    },
    Format {
        name: "reuters-sgml",
        cut: Cut::Before(sgml::REUTERS),
        ends: None,
        plain: false,
        recognises: sgml::is_reuters,
        items: sgml::reuters,
    },
    Format {
        name: "trec-sgml",
        cut: Cut::Before(sgml::TREC),
        ends: None,
        plain: false,
        recognises: sgml::is_trec,
        items: sgml::trec,
    },
    Format {
        name: "nitf",
        cut: Cut::Nowhere,
        ends: None,
        plain: false,
        recognises: nitf::recognises,
        items: nitf::items,
    },
    Format {
        name: "newsml1",
        cut: Cut::Nowhere,
        ends: None,
        plain: false,
        recognises: newsml1::recognises,
        items: newsml1::items,
    },
    Format {
        name: "newsml-g2",
        cut: Cut::Nowhere,
        ends: None,
        plain: false,
        recognises: newsml_g2::recognises,
        items: newsml_g2::items,
    },
    Format {
        name: "ritzau",
        cut: Cut::Nowhere,
        ends: None,
        plain: false,
        recognises: ritzau::recognises,
        items: ritzau::items,
    },
    Format {
        name: "rss",
        cut: Cut::Nowhere,
        ends: None,
        plain: false,
        recognises: feed::is_rss,
        items: feed::rss_items,
    },
    Format {
        name: "atom",
        cut: Cut::Nowhere,
        ends: None,
        plain: false,
        recognises: feed::is_atom,
        items: feed::atom_items,
    },
    Format {
        name: "html",
        cut: Cut::Nowhere,
        ends: None,
        plain: false,
        recognises: page::is_html,
        items: page::read_web_page,
    },
    Format {
        name: "xml",
        cut: Cut::Nowhere,
        ends: None,
        plain: false,
        recognises: page::is_xml,
        items: page::read_unknown_xml,
    },
    Format {
        name: "plain",
        cut: Cut::Nowhere,
        ends: None,
        plain: true,
        recognises: |_| true,
        items: plain::items,
    },
];
