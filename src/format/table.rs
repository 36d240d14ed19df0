//! The table of wire formats and the functions that read an input in a given format.

use std::ops::Range;

use crate::dispatch::{Dispatch, Head, Problem};
use crate::format::clues::Clue;
use crate::format::json::Dialect;
use crate::format::parser::{Context, Detail, Input, ItemSink, ParsedItem, Sample};
use crate::format::record_boundary::{self, RecordBoundary};
use crate::format::shared::input_text::count_markup_letters;
use crate::format::shared::shares::{self, Measure, Share};
use crate::format::xml::document;
use crate::format::{
    anpa, exports, feed, html, iptc, json, mail, newsml_g2, newsml1, nitf, office, plain, ritzau,
    sgml, tables, warc, zczc,
};

/// Offers the items of an input to the sink, in order.
pub(super) type ParseItems = fn(&Input<'_>, &mut ItemSink<'_>);

/// Returns the byte offset just after the last complete dispatch, or `None` if there is none yet.
pub(crate) type FindFrameEnd = fn(&[u8]) -> Option<usize>;

/// Which text of an input the reader of a format looks for. If not for all, a scan compares the number of letters of the
/// input with that of its texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TextSelection {
    All,
    /// That in the elements that the format has.
    KnownElements,
    /// That of articles, around which a database prints lines of its own.
    Articles,
}

/// One wire format.
pub struct Format {
    /// Name in records. Rows share a name if a format has two framings, such as JSON Lines and a JSON document.
    pub name: &'static str,
    /// Where an input may be split so that its parts can be read in parallel.
    pub boundary: RecordBoundary,
    /// For framed wires: finds the end of the last complete frame, so that a stream can be shown as it arrives.
    pub(crate) find_frame_end: Option<FindFrameEnd>,
    /// True if words appear in the raw bytes as they do in the text, apart from the escapes of JSON and HTML, tags, and
    /// the character encoding: no base64, soft line break or control code can split a word. A filter may then rule out
    /// items by their bytes, without parsing them.
    pub is_raw_searchable: bool,
    /// True for tables, of which no row can be read without their [`crate::format::TableLayout`].
    pub is_table: bool,
    pub(super) reads: TextSelection,
    /// Without it, the recogniser is not asked.
    clue: Clue,
    recognises: fn(&Sample<'_>) -> bool,
    pub(super) parse_items: ParseItems,
}

impl Format {
    /// A format whose inputs are read in one piece, and whose words may be split in its bytes.
    const fn new(
        name: &'static str,
        (clue, recognises): (Clue, fn(&Sample<'_>) -> bool),
        parse_items: ParseItems,
    ) -> Self {
        Self {
            name,
            boundary: RecordBoundary::Unsplittable,
            find_frame_end: None,
            is_raw_searchable: false,
            is_table: false,
            reads: TextSelection::All,
            clue,
            recognises,
            parse_items,
        }
    }

    /// True if the format reads an input like this.
    pub(super) fn recognises(&self, sample: &Sample<'_>) -> bool {
        self.clue.is_in(sample) && (self.recognises)(sample)
    }

    const fn split_at(self, boundary: RecordBoundary) -> Self {
        Self { boundary, ..self }
    }

    const fn framed(self, find_frame_end: FindFrameEnd) -> Self {
        Self { find_frame_end: Some(find_frame_end), ..self }
    }

    const fn export(self) -> Self {
        Self { reads: TextSelection::Articles, ..self }
    }

    const fn table(self) -> Self {
        Self { is_table: true, ..self }
    }

    const fn raw_searchable(self) -> Self {
        Self { is_raw_searchable: true, ..self }
    }

    const fn selective(self) -> Self {
        Self { reads: TextSelection::KnownElements, ..self }
    }
}

/// The table of formats. Rows are tried in order and the first that recognises an input reads it, so specific formats
/// come before general ones; `plain`, which accepts everything, is last.
pub const FORMATS: &[Format] = &[
    Format::new("ninjs", (Clue::JsonOrUtf16, json::is_ninjs_lines), |input, sink| {
        json::parse_lines(Dialect::Ninjs, input, sink);
    })
    .split_at(RecordBoundary::Newline)
    .raw_searchable(),
    Format::new("ninjs", (Clue::JsonOrUtf16, json::is_ninjs_document), |input, sink| {
        json::parse_document(Dialect::Ninjs, input, sink);
    })
    .raw_searchable(),
    Format::new("jsonfeed", (Clue::JsonOrUtf16, json::is_feed), |input, sink| {
        json::parse_document(Dialect::Feed, input, sink);
    })
    .raw_searchable(),
    Format::new("json", (Clue::JsonOrUtf16, json::is_lines), |input, sink| {
        json::parse_lines(Dialect::Generic, input, sink);
    })
    .split_at(RecordBoundary::Newline)
    .raw_searchable(),
    Format::new("json", (Clue::JsonOrUtf16, json::is_document), |input, sink| {
        json::parse_document(Dialect::Generic, input, sink);
    })
    .raw_searchable(),
    Format::new("json", (Clue::Script, json::is_script), |input, sink| {
        json::parse_document(Dialect::Generic, input, sink);
    })
    .raw_searchable(),
    // Read as a whole, like all exports: an article that stands in one twice is one dispatch.
    Format::new("nexis", (Clue::Markup, exports::is_nexis_html), exports::nexis_html).export(),
    Format::new("nexis", (Clue::CentredLine, exports::is_nexis_text), exports::nexis_text).export(),
    Format::new("factiva", (Clue::Markup, exports::is_factiva_html), exports::factiva_html)
        .export(),
    Format::new("factiva", (Clue::MarkupOrUtf16, exports::is_factiva_xml), exports::factiva_xml)
        .export(),
    Format::new("factiva", (Clue::FactivaCode, exports::is_factiva_text), exports::factiva_text)
        .export(),
    Format::new("europresse", (Clue::Markup, exports::is_europresse), exports::europresse).export(),
    Format::new("proquest", (Clue::Markup, exports::is_proquest_html), exports::proquest_html)
        .export(),
    Format::new("proquest", (Clue::MailHeader, exports::is_proquest_mail), exports::proquest_mail)
        .export(),
    Format::new("proquest", (Clue::Rule, exports::is_proquest_text), exports::proquest_text)
        .export(),
    Format::new("mail", (Clue::MailHeader, mail::is_mbox), mail::mbox)
        .split_at(RecordBoundary::MboxFrom),
    Format::new("mail", (Clue::MailHeader, mail::is_mail), mail::single_mail),
    Format::new("anpa1312", (Clue::WireHeader, anpa::recognises), anpa::items)
        .framed(record_boundary::end_of_anpa),
    Format::new("iptc7901", (Clue::WireHeader, iptc::recognises), iptc::items)
        .framed(record_boundary::end_of_iptc),
    Format::new("zczc", (Clue::Telex, zczc::recognises), zczc::items)
        .framed(record_boundary::end_of_telex),
    Format::new("reuters-sgml", (Clue::Markup, sgml::is_reuters), sgml::reuters)
        .split_at(RecordBoundary::BeforeMark(sgml::REUTERS)),
    Format::new("trec-sgml", (Clue::Markup, sgml::is_trec), sgml::trec)
        .split_at(RecordBoundary::BeforeMark(sgml::TREC)),
    Format::new("gigaword", (Clue::Markup, sgml::is_gigaword), sgml::gigaword)
        .split_at(RecordBoundary::BeforeMark(sgml::GIGAWORD)),
    Format::new("warc", (Clue::None, warc::is_1_0), |input, sink| {
        warc::items(warc::RECORD_1_0, input, sink);
    })
    .split_at(RecordBoundary::BeforeMark(warc::RECORD_1_0)),
    Format::new("warc", (Clue::None, warc::is_1_1), |input, sink| {
        warc::items(warc::RECORD_1_1, input, sink);
    })
    .split_at(RecordBoundary::BeforeMark(warc::RECORD_1_1)),
    Format::new("nitf", (Clue::MarkupOrUtf16, nitf::recognises), |input, sink| {
        document::parse_items(&nitf::SHAPE, input, sink);
    })
    .selective(),
    Format::new("newsml1", (Clue::MarkupOrUtf16, newsml1::recognises), |input, sink| {
        document::parse_items(&newsml1::SHAPE, input, sink);
    })
    .selective(),
    Format::new("newsml-g2", (Clue::MarkupOrUtf16, newsml_g2::recognises), newsml_g2::items)
        .selective(),
    Format::new("ritzau", (Clue::MarkupOrUtf16, ritzau::recognises), |input, sink| {
        document::parse_items(&ritzau::SHAPE, input, sink);
    })
    .selective(),
    Format::new("rss", (Clue::MarkupOrUtf16, feed::is_rss), |input, sink| {
        document::parse_items(&feed::RSS_SHAPE, input, sink);
    })
    .selective(),
    Format::new("atom", (Clue::MarkupOrUtf16, feed::is_atom), |input, sink| {
        document::parse_items(&feed::ATOM_SHAPE, input, sink);
    })
    .selective(),
    Format::new("lexis-uni", (Clue::Converted, exports::is_lexis_uni), exports::lexis_uni_items)
        .export(),
    Format::new(
        "factiva",
        (Clue::Converted, exports::is_factiva_document),
        exports::factiva_document,
    )
    .export(),
    Format::new("apa-defacto", (Clue::Markup, exports::is_apa_html), exports::apa_html).export(),
    Format::new("apa-defacto", (Clue::Converted, exports::is_apa_document), exports::apa_document)
        .export(),
    Format::new("message", (Clue::Markup, exports::is_message), exports::read_message),
    Format::new("docx", (Clue::Converted, office::is_docx), |input, sink| {
        office::read_document("docx", input, sink);
    })
    .raw_searchable()
    .selective(),
    Format::new("odt", (Clue::Converted, office::is_odt), |input, sink| {
        office::read_document("odt", input, sink);
    })
    .raw_searchable()
    .selective(),
    Format::new("rtf", (Clue::Converted, office::is_rtf), |input, sink| {
        office::read_document("rtf", input, sink);
    })
    .raw_searchable()
    .selective(),
    Format::new("html", (Clue::MarkupOrUtf16, html::is_html), html::read_web_page).selective(),
    Format::new("xml", (Clue::MarkupOrUtf16, html::is_xml), html::read_unknown_xml).selective(),
    // After all whose first line is no JSON for a reason.
    Format::new("json", (Clue::Object, json::is_lines_among_others), |input, sink| {
        json::parse_lines(Dialect::Generic, input, sink);
    })
    .split_at(RecordBoundary::Newline)
    .raw_searchable(),
    Format::new("csv", (Clue::None, tables::is_csv), tables::items).table(),
    Format::new("tsv", (Clue::None, tables::is_tsv), tables::items).table(),
    Format::new("plain", (Clue::None, |_| true), plain::items).raw_searchable(),
];

/// Index of a row in [`FORMATS`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct FormatId(u8);

impl FormatId {
    /// Plain text, one dispatch per file. Anything readable can be read as plain text.
    #[allow(clippy::cast_possible_truncation)] // The table has a few dozen rows.
    pub const PLAIN: Self = Self(FORMATS.len() as u8 - 1);

    /// The row of the table.
    #[must_use]
    pub fn row(self) -> &'static Format {
        FORMATS.get(usize::from(self.0)).unwrap_or(&FORMATS[FORMATS.len() - 1])
    }

    /// The first row with this name (`json`), in any case.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::all().find(|id| id.row().name.eq_ignore_ascii_case(name))
    }

    /// All rows, in the order in which they are tried.
    pub fn all() -> impl DoubleEndedIterator<Item = Self> + Clone {
        (0..=Self::PLAIN.0).map(Self)
    }
}

/// One item found by [`scan`]: its head and where to find it again.
#[derive(Debug, Clone)]
pub struct ScannedItem<'a> {
    pub head: Head<'a>,
    /// Byte range into the input; [`read_item`] takes these bytes.
    pub byte_range: Range<u64>,
    /// Identifies the item among those of the same byte range. 0 for the first or only one, ascending after that, but
    /// not necessarily consecutive: XML uses the offset of the element.
    pub number: u32,
    /// Byte range into the item's own bytes (those of [`ScannedItem::byte_range`]) that appears in the body unchanged,
    /// apart from JSON escapes: a match in these bytes is a match in the body. Empty if no such part is known.
    pub verbatim_range: Range<u32>,
    /// Position among the items of the input, 0-based.
    pub index: u32,
    pub format: FormatId,
}

/// The dispatches of an input in order, and the problems that belong to none of them.
#[derive(Debug, Default)]
pub struct ParsedInput {
    pub dispatches: Vec<Dispatch>,
    pub problems: Vec<Problem>,
}

/// Reads all dispatches of an input in a given format. Never fails, see [`ParsedInput::problems`].
#[must_use]
pub fn parse_as(format: FormatId, bytes: &[u8], ctx: &Context) -> ParsedInput {
    let mut dispatches = Vec::new();
    let mut push = |_, item: ParsedItem| dispatches.push(item.dispatch);
    let mut sink = ItemSink::all(&mut push);
    parse_items(format, bytes, (Detail::Full, ctx), &mut sink);
    let problems = std::mem::take(&mut sink.problems);
    ParsedInput { dispatches, problems }
}

fn parse_items(
    format: FormatId,
    bytes: &[u8],
    (detail, ctx): (Detail, &Context),
    sink: &mut ItemSink<'_>,
) {
    let input = Input { bytes, detail, ctx };
    (format.row().parse_items)(&input, sink);
}

/// Reads the heads of all items without building their bodies, and returns the problems that belong to no item. The
/// heads and problems equal those of [`parse_as`]; a property test checks this. One more problem is told here alone: that
/// less than half of the text of an input is shown.
pub fn scan(
    format: FormatId,
    bytes: &[u8],
    ctx: &Context,
    sink: &mut dyn FnMut(ScannedItem<'_>),
) -> Vec<Problem> {
    let mut index = ctx.first_index;
    // Length in bytes of the texts that are shown, and their encoding.
    let (mut shown, mut left_out, mut encoding) = (0, 0, "");
    let count = |texts: &[(&str, String)]| -> u64 {
        let texts = texts.iter().filter(|(rule, _)| shares::excuses(rule));
        texts.map(|(_, text)| crate::text::count_letters(text.as_bytes())).sum()
    };
    let mut push = |_, item: ParsedItem| {
        shown += u64::from(item.text_length) + item.dispatch.headline.len() as u64;
        left_out += count(&item.left_out);
        encoding = item.dispatch.encoding;
        sink(ScannedItem {
            head: item.dispatch.head_with(item.word_count, item.has_table),
            byte_range: ctx.first_byte + item.bytes.start..ctx.first_byte + item.bytes.end,
            number: item.number,
            verbatim_range: item.verbatim_range,
            index,
            format,
        });
        index = index.saturating_add(1);
    };
    let mut sink = ItemSink::all(&mut push);
    parse_items(format, bytes, (Detail::Head, ctx), &mut sink);
    let (mut problems, more) = (sink.problems, sink.left_out);
    if format.row().reads != TextSelection::All && ctx.first_byte == 0 && shown > 0 {
        let left_out = left_out + count(&more);
        let expected = count_markup_letters(bytes).saturating_sub(left_out);
        if shares::may_be_below_half(expected, shown, encoding == "UTF-8") {
            problems.extend(measure(format, bytes, ctx).problem());
        }
    }
    problems
}

/// Like [`scan`], but reads all items in full and returns which share of the letters of the input they show. `original`
/// is the text of the file that the bytes were converted from, if they were.
pub fn scan_measured(
    format: FormatId,
    bytes: &[u8],
    ctx: &Context,
    original: Option<&str>,
    sink: &mut dyn FnMut(ScannedItem<'_>),
) -> (Vec<Problem>, Share) {
    let mut index = ctx.first_index;
    let mut measure = Measure::default();
    let mut push = |_, item: ParsedItem| {
        measure.show(&item.dispatch);
        for (rule, text) in &item.left_out {
            measure.leave_out(rule, text);
        }
        sink(ScannedItem {
            head: item.dispatch.head(),
            byte_range: ctx.first_byte + item.bytes.start..ctx.first_byte + item.bytes.end,
            number: item.number,
            verbatim_range: item.verbatim_range,
            index,
            format,
        });
        index = index.saturating_add(1);
    };
    let mut sink = ItemSink::all(&mut push);
    parse_items(format, bytes, (Detail::Full, ctx), &mut sink);
    let (problems, left_out) = (sink.problems, sink.left_out);
    for (rule, text) in &left_out {
        measure.leave_out(rule, text);
    }
    for problem in &problems {
        measure.show_message(problem);
    }
    if format.row().reads == TextSelection::Articles {
        measure.leave_out_database_lines();
    }
    let share = match original {
        Some(text) => measure.share_of_text(text),
        None if format.row().is_table => measure.share_of_table(bytes),
        None => measure.share_of(bytes),
    };
    (problems, share)
}

/// Which share of the letters of an input its dispatches show.
fn measure(format: FormatId, bytes: &[u8], ctx: &Context) -> Share {
    scan_measured(format, bytes, ctx, None, &mut |_| {}).1
}

/// Reads a scanned item again, in full. `bytes` are those of [`ScannedItem::byte_range`] and `nth` is
/// [`ScannedItem::number`]. Returns `None` if the bytes do not contain the item, because the file has changed.
#[must_use]
pub fn read_item(format: FormatId, bytes: &[u8], nth: u32, ctx: &Context) -> Option<Dispatch> {
    let mut found = None;
    read_items(format, bytes, Some(&[nth]), ctx, &mut |_, dispatch| {
        found = Some(dispatch);
    });
    found
}

/// Reads several scanned items of the same byte range again, in one pass. `nths` are their [`ScannedItem::number`]s in
/// ascending order; `None` for all items. Items that are no longer there are skipped.
pub fn read_items(
    format: FormatId,
    bytes: &[u8],
    nths: Option<&[u32]>,
    ctx: &Context,
    take: &mut dyn FnMut(u32, Dispatch),
) {
    let mut push = |number, item: ParsedItem| take(number, item.dispatch);
    let mut sink = match nths {
        Some(nths) => ItemSink::numbered(nths, &mut push),
        None => ItemSink::all(&mut push),
    };
    parse_items(format, bytes, (Detail::Full, ctx), &mut sink);
}
