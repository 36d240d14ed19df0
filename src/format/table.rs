//! The table of wire formats, one row each, tried in order, and the entry points that read an input by its row.

use std::ops::Range;

use crate::dispatch::{Dispatch, Head, Problem};
use crate::format::parser::{Context, Detail, ItemSink, ParsedItem, Sample};
use crate::format::record_boundary::{self, RecordBoundary};
use crate::format::{
    anpa, feed, html, iptc, json, mail, newsml_g2, newsml1, nitf, plain, ritzau, sgml, zczc,
};

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
        find_frame_end: Some(record_boundary::end_of_anpa),
        is_raw_searchable: false,
        recognises: anpa::recognises,
        parse_items: anpa::items,
    },
    Format {
        name: "iptc7901",
        boundary: RecordBoundary::Unsplittable,
        find_frame_end: Some(record_boundary::end_of_iptc),
        is_raw_searchable: false,
        recognises: iptc::recognises,
        parse_items: iptc::items,
    },
    Format {
        name: "zczc",
        boundary: RecordBoundary::Unsplittable,
        find_frame_end: Some(record_boundary::end_of_telex),
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
        recognises: html::is_html,
        parse_items: html::read_web_page,
    },
    Format {
        name: "xml",
        boundary: RecordBoundary::Unsplittable,
        find_frame_end: None,
        is_raw_searchable: false,
        recognises: html::is_xml,
        parse_items: html::read_unknown_xml,
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

// Names a row of the table of formats.

/// A row of the table of formats.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct FormatId(u8);

impl FormatId {
    /// Plain text, one dispatch a file: what everything readable can be read as.
    #[allow(clippy::cast_possible_truncation)] // A few dozen rows.
    pub const PLAIN: Self = Self(FORMATS.len() as u8 - 1);

    /// The row itself.
    #[must_use]
    pub fn row(self) -> &'static Format {
        FORMATS
            .get(usize::from(self.0))
            .unwrap_or(&FORMATS[FORMATS.len() - 1])
    }

    /// The first row of this name (`json`), in any case.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::all().find(|id| id.row().name.eq_ignore_ascii_case(name))
    }

    /// All rows, in the order in which they are tried.
    pub fn all() -> impl DoubleEndedIterator<Item = Self> + Clone {
        (0..=Self::PLAIN.0).map(Self)
    }
}

// From bytes to dispatches: the table of wire formats, and the two sizes in which each is read.

/// One dispatch found by [`scan`]: its head and where its bytes lie in the input.
#[derive(Debug, Clone)]
pub struct ScannedItem<'a> {
    pub head: Head<'a>,
    /// Byte range into the whole input: what [`read_item`] takes.
    pub byte_range: Range<u64>,
    /// Which dispatch of its byte range it is: ascending, 0 for the first or only one, else whatever [`read_item`] finds it by.
    pub number: u32,
    /// Byte range into its own bytes (those of [`Found::byte_range`]) that stands in the body as it is, the escapes of JSON
    /// aside: what is found in it is found in the body. Empty where none is known to.
    pub verbatim_range: Range<u32>,
    /// Which dispatch of the input it is, 0-based.
    pub index: u32,
    /// Row of the table of formats.
    pub format: FormatId,
}

/// The whole of an input: dispatches in order and what could not be read.
#[derive(Debug, Default)]
pub struct ParsedInput {
    pub dispatches: Vec<Dispatch>,
    pub problems: Vec<Problem>,
}

/// Reads all dispatches of an input in a given format.
#[must_use]
pub fn parse_as(format: FormatId, bytes: &[u8], ctx: &Context) -> ParsedInput {
    let mut dispatches = Vec::new();
    let mut push = |_, item: ParsedItem| dispatches.push(item.dispatch);
    let problems =
        (format.row().parse_items)(bytes, Detail::Full, ctx, &mut ItemSink::all(&mut push));
    ParsedInput {
        dispatches,
        problems,
    }
}

/// Reads the heads of all dispatches, without building their bodies. The heads equal those of [`parse_as`].
pub fn scan(
    format: FormatId,
    bytes: &[u8],
    ctx: &Context,
    sink: &mut dyn FnMut(ScannedItem<'_>),
) -> Vec<Problem> {
    let mut index = ctx.first_index;
    let mut push = |_, item: ParsedItem| {
        sink(ScannedItem {
            head: item.dispatch.into_head(item.word_count, item.has_table),
            byte_range: ctx.first_byte + item.bytes.start..ctx.first_byte + item.bytes.end,
            number: item.number,
            verbatim_range: item.verbatim_range,
            index,
            format,
        });
        index = index.saturating_add(1);
    };
    (format.row().parse_items)(bytes, Detail::Head, ctx, &mut ItemSink::all(&mut push))
}

/// Reads one found dispatch again: `bytes` are those of [`Found::byte_range`]. `None` where they hold no such dispatch (any more).
#[must_use]
pub fn read_item(format: FormatId, bytes: &[u8], nth: u32, ctx: &Context) -> Option<Dispatch> {
    let mut found = None;
    read_items(format, bytes, &[nth], ctx, &mut |_, dispatch| {
        found = Some(dispatch);
    });
    found
}

/// Reads several found dispatches of the same bytes again, in one go: `nths` are their [`Found::number`], ascending. What
/// is no longer there is left out.
pub fn read_items(
    format: FormatId,
    bytes: &[u8],
    nths: &[u32],
    ctx: &Context,
    take: &mut dyn FnMut(u32, Dispatch),
) {
    let mut push = |number, item: ParsedItem| take(number, item.dispatch);
    (format.row().parse_items)(
        bytes,
        Detail::Full,
        ctx,
        &mut ItemSink::numbered(nths, &mut push),
    );
}
