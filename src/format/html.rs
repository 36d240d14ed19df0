//! HTML: its tokens to blocks, the bodies that other formats carry, saved web pages, and XML of no known wire. The only file that names html5gum.

use std::borrow::Cow;
use std::convert::Infallible;

use html5gum::emitters::callback::{CallbackEmitter, CallbackEvent};
use html5gum::{Span, Tokenizer};

use crate::dispatch::{BlockKind, Problem, Severity};
use crate::format::nitf;
use crate::format::parser::{Context, Detail, Draft, ItemSink, ParsedItem, Sample};
use crate::format::shared::fields::{FieldKey, parse_field_time};
use crate::format::shared::markup::{Markup, MarkupBuilder, TextBlock};
use crate::format::shared::{blocks, encoding, finish};
use crate::format::xml::document;
use crate::format::xml::tree::Element;
use crate::text;

/// The blocks of a piece of HTML.
pub(super) fn parse_html(text: &str) -> Markup {
    tokenize(text, MarkupBuilder::default())
}

/// The same of a whole page: menus, forms and other frames of it are left out.
pub(super) fn parse_page(text: &str) -> Markup {
    tokenize(text, MarkupBuilder::of_page())
}

/// True for a text that begins with a tag that HTML knows and holds an end: plain text may hold angle brackets too.
pub(super) fn looks_like_html(text: &str) -> bool {
    let Some(rest) = text.trim_ascii_start().strip_prefix('<') else {
        return false;
    };
    let length = rest.bytes().take_while(u8::is_ascii_alphanumeric).count();
    let name = rest[..length].to_ascii_lowercase();
    let known = [
        "p",
        "div",
        "h1",
        "h2",
        "h3",
        "h4",
        "ul",
        "ol",
        "table",
        "section",
        "article",
        "span",
        "b",
        "strong",
        "em",
        "i",
        "a",
        "img",
        "figure",
        "html",
        "body",
        "blockquote",
        "br",
        "pre",
        "font",
        "center",
        "header",
        "main",
    ];
    known.contains(&name.as_str()) && memchr::memchr(b'>', &rest.as_bytes()[length..]).is_some()
}

fn tokenize(text: &str, mut builder: MarkupBuilder) -> Markup {
    let mut reader = StartTagReader::default();
    let mut emitter = CallbackEmitter::new(
        |event: CallbackEvent<'_>, _: Span<()>| -> Option<Infallible> {
            reader.handle_event(&event, &mut builder);
            None
        },
    );
    emitter.naively_switch_states(true);
    // The reader of a text in memory has no errors.
    let _ = Tokenizer::new_with_emitter(text, emitter).finish();
    builder.finish()
}

/// A start tag while it is read.
#[derive(Default)]
struct StartTagReader {
    name: String,
    attributes: Vec<(String, String)>,
}

/// Most attributes of one tag that are looked at.
const ATTRIBUTES: usize = 64;

impl StartTagReader {
    fn handle_event(&mut self, event: &CallbackEvent<'_>, builder: &mut MarkupBuilder) {
        match *event {
            CallbackEvent::OpenStartTag { name } => {
                self.name = local(name);
                self.attributes.clear();
            }
            CallbackEvent::AttributeName { name } if self.attributes.len() < ATTRIBUTES => {
                self.attributes
                    .push((utf8(name).into_owned(), String::new()));
            }
            CallbackEvent::AttributeValue { value } => {
                if let Some((_, last)) = self.attributes.last_mut() {
                    last.push_str(&utf8(value));
                }
            }
            CallbackEvent::CloseStartTag { .. } => self.open(builder),
            CallbackEvent::EndTag { name } => builder.close(&local(name)),
            CallbackEvent::String { value } => builder.text(&utf8(value)),
            _ => {}
        }
    }

    fn open(&mut self, builder: &mut MarkupBuilder) {
        let attributes = &self.attributes;
        builder.open(&self.name, &|wanted| {
            let found = attributes.iter().find(|(name, _)| name == wanted);
            found.map(|(_, value)| Cow::Borrowed(value.as_str()))
        });
    }
}

fn utf8(bytes: &[u8]) -> Cow<'_, str> {
    match simdutf8::basic::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => String::from_utf8_lossy(bytes),
    }
}

/// A name in small letters, without a prefix (`<o:p>`).
fn local(name: &[u8]) -> String {
    let name = utf8(name).to_ascii_lowercase();
    match name.rsplit_once(':') {
        Some((_, local)) => local.to_owned(),
        None => name,
    }
}

/// A text without tags, its entities resolved, its lines kept.
pub(super) fn decode_entities(text: &str) -> String {
    if !text.contains('&') {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    let mut emitter = CallbackEmitter::new(
        |event: CallbackEvent<'_>, _: Span<()>| -> Option<Infallible> {
            if let CallbackEvent::String { value } = event {
                out.push_str(&utf8(value));
            }
            None
        },
    );
    emitter.naively_switch_states(false);
    let _ = Tokenizer::new_with_emitter(text, emitter).finish();
    out
}

// The bodies that other formats carry: NITF, XHTML, HTML that is escaped or in CDATA, plain text.

/// The blocks of what an element holds, whatever it is.
pub(super) fn element_blocks(draft: &mut Draft<'_>, element: Element<'_, '_>) -> Vec<TextBlock> {
    let own = Some(element).filter(|element| element.name() == "nitf");
    if let Some(inner) = own.or_else(|| element.child("nitf")) {
        return nitf::read_document(draft, inner);
    }
    if element.is_nested() {
        let skip = |inner: Element<'_, '_>| is_article_header(inner);
        for frame in element
            .descendants()
            .filter(|inner| is_article_header(*inner))
        {
            if let Some(text) = frame.spaced_text() {
                draft.add_field(frame.name(), &text);
            }
        }
        let markup = element.to_markup(&skip);
        return keep_links_and_media(draft, markup);
    }
    text_blocks(draft, &element.raw_text(), false)
}

/// The head of an article within a page: what it says is sent apart too.
fn is_article_header(element: Element<'_, '_>) -> bool {
    element.name() == "header"
        && (element.find_descendant("h1").is_some() || element.find_descendant("time").is_some())
}

/// The blocks of a text that may be marked up; `parse_html` where it is said to be.
pub(super) fn text_blocks(draft: &mut Draft<'_>, text: &str, html: bool) -> Vec<TextBlock> {
    let start = text.trim_ascii_start();
    if start.starts_with("<?xml")
        || start.starts_with("<nitf")
        || start.starts_with("<!DOCTYPE nitf")
    {
        let found = document::with_tree(start, |tree| {
            let root = tree.root();
            (root.name() == "nitf").then(|| nitf::read_document(draft, root))
        });
        if let Some(blocks) = found.flatten() {
            return blocks;
        }
    }
    if html && !is_plain(text) || looks_like_html(text) {
        return keep_links_and_media(draft, parse_html(text));
    }
    if html {
        // Entities there may be all the same.
        return plain_blocks(&decode_entities(text));
    }
    plain_blocks(text)
}

/// The blocks of an element that holds HTML, escaped, in CDATA, or as elements.
pub(super) fn html_blocks(draft: &mut Draft<'_>, element: Element<'_, '_>) -> Vec<TextBlock> {
    if element.is_nested() {
        return element_blocks(draft, element);
    }
    text_blocks(draft, &element.raw_text(), true)
}

/// True for a text without tags whose paragraphs are parted by lines.
fn is_plain(text: &str) -> bool {
    !text.contains('<') && text.trim_ascii().contains("\n\n")
}

/// The blocks of a plain text.
pub(super) fn plain_blocks(text: &str) -> Vec<TextBlock> {
    let clean = text::clean(text);
    let mut parts = Vec::new();
    blocks::for_each_block(clean.trim_matches('\n'), &mut |kind, block| {
        parts.push((kind, block.into_owned()));
        true
    });
    parts
}

/// Adds what a body holds besides its text.
pub(super) fn keep_links_and_media(draft: &mut Draft<'_>, markup: Markup) -> Vec<TextBlock> {
    draft.add_links(markup.links);
    for media in markup.media {
        draft.add_field("media", &media);
    }
    markup.blocks
}

/// The texts of blocks in one line.
pub(super) fn join_blocks(blocks: &[TextBlock]) -> String {
    let texts: Vec<&str> = blocks.iter().map(|(_, text)| text.as_str()).collect();
    texts.join(" ").replace('\n', " ")
}

/// A headline or note that may hold tags or entities, in one line.
pub(super) fn inline_text(text: &str) -> String {
    if text.contains(['<', '&']) {
        join_blocks(&parse_html(text).blocks)
    } else {
        let clean = text::clean(text);
        clean.split_ascii_whitespace().collect::<Vec<_>>().join(" ")
    }
}

/// A list of entries, as blocks.
pub(super) fn list_item(text: &str) -> TextBlock {
    (BlockKind::Item, format!("• {text}"))
}

// Saved web pages, and XML that is no wire: what can be read of them is their text, and they are called what they
// are.

pub(super) fn is_html(sample: &Sample<'_>) -> bool {
    let begins = |mark: &[u8]| {
        let start = sample.start.get(..mark.len());
        start.is_some_and(|start| start.eq_ignore_ascii_case(mark))
    };
    begins(b"<!doctype html")
        || begins(b"<html")
        || sample
            .root()
            .is_some_and(|root| root.name.eq_ignore_ascii_case("html"))
}

pub(super) fn is_xml(sample: &Sample<'_>) -> bool {
    sample.start.starts_with(b"<?xml") || sample.is_utf16 && sample.root().is_some()
}

pub(super) fn read_web_page(
    bytes: &[u8],
    want: Detail,
    ctx: &Context,
    sink: &mut ItemSink<'_>,
) -> Vec<Problem> {
    let decoded = encoding::decode(bytes);
    sink.offer(|| {
        let mut draft = new_draft("html", bytes, &decoded, want, ctx);
        let markup = parse_page(&decoded.text);
        let blocks = apply_page_metadata(&mut draft, markup);
        let message = "a web page, read as its text: menus, forms and scripts are left out";
        draft.add_problem(Severity::Note, "", message.to_owned());
        finish::finish_blocks(draft, blocks, (0..bytes.len() as u64, 0))
    });
    Vec::new()
}

pub(super) fn read_unknown_xml(
    bytes: &[u8],
    want: Detail,
    ctx: &Context,
    sink: &mut ItemSink<'_>,
) -> Vec<Problem> {
    let decoded = encoding::decode(bytes);
    let item = |root: Element<'_, '_>| -> ParsedItem {
        let mut draft = new_draft("xml", bytes, &decoded, want, ctx);
        let message = format!(
            "XML whose first element is `<{}>`, no wire format that is known: read as its text",
            root.name()
        );
        draft.add_problem(Severity::Note, "", message);
        draft.set_optional(FieldKey::Language, "lang", root.attribute("lang"));
        finish::finish_blocks(draft, texts(root), (0..bytes.len() as u64, 0))
    };
    let mut found = None;
    document::with_tree(&decoded.text, |tree| found = Some(item(tree.root())));
    let Some(found) = found else {
        let message = "begins as XML, but holds no element";
        return vec![Problem::new(Severity::Unreadable, "", message)];
    };
    sink.offer(|| found);
    Vec::new()
}

fn new_draft<'c>(
    format: &'static str,
    bytes: &[u8],
    decoded: &encoding::Decoded<'_>,
    want: Detail,
    ctx: &'c Context,
) -> Draft<'c> {
    let mut draft = Draft::new(format, bytes, want, ctx);
    draft.dispatch.encoding = decoded.encoding;
    draft.dispatch.problems.extend(decoded.problem.clone());
    draft
}

/// What the head of a page says, in the words of Open Graph, Dublin Core and schema.org.
fn apply_page_metadata(draft: &mut Draft<'_>, mut markup: Markup) -> Vec<TextBlock> {
    let (mut published, mut changed) = (None, None);
    for (name, value) in std::mem::take(&mut markup.meta) {
        match name.to_ascii_lowercase().as_str() {
            "og:title" => draft.set_field(FieldKey::Headline, &name, &value),
            "author" | "article:author" | "dc.creator" if !value.starts_with("http") => {
                draft.set_field(FieldKey::Byline, &name, &value);
            }
            "article:published_time" | "date" | "dc.date" | "pubdate" | "datepublished" => {
                published = published.or(parse_field_time(&value).map(|_| (name, value)));
            }
            "article:modified_time" | "og:updated_time" | "last-modified" => {
                changed = changed.or(parse_field_time(&value).map(|_| (name, value)));
            }
            "og:site_name" => draft.sender = Some(value),
            "lang" | "language" => draft.set_field(FieldKey::Language, &name, &value),
            "keywords" | "news_keywords" => {
                for word in value
                    .split(',')
                    .map(str::trim)
                    .filter(|word| !word.is_empty())
                {
                    draft.add_keyword(Some(word.to_owned()));
                }
            }
            "copyright" | "dc.rights" => draft.set_field(FieldKey::Rights, &name, &value),
            "viewport" | "generator" | "theme-color" | "robots" => {}
            _ => draft.add_field(&name, &value),
        }
    }
    match (published, changed) {
        (Some((created, first)), Some((sent, last))) => {
            draft.set_field(FieldKey::Created, &created, &first);
            draft.set_field(FieldKey::Sent, &sent, &last);
        }
        (one, other) => {
            if let Some((name, value)) = one.or(other) {
                draft.set_field(FieldKey::Sent, &name, &value);
            }
        }
    }
    draft.fallback_headline = markup.title.take();
    let mut blocks = keep_links_and_media(draft, markup);
    let first = blocks
        .iter()
        .position(|(kind, _)| *kind == BlockKind::Heading);
    if draft.dispatch.headline.is_empty()
        && let Some(first) = first.filter(|first| *first < 3)
    {
        let (_, text) = blocks.remove(first);
        draft.set_field(FieldKey::Headline, "h1", &text);
    }
    blocks
}

/// The text of each element that holds some, in order.
fn texts(root: Element<'_, '_>) -> Vec<TextBlock> {
    let texts = root.block_texts().into_iter();
    texts.map(|text| (BlockKind::Paragraph, text)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dispatch::BlockKind;
    use crate::format::shared::markup::TextBlock;

    /// The blocks of a piece of HTML, each with a letter for its kind.
    #[track_caller]
    fn check(source: &str, expected: &[&str]) {
        let found: Vec<String> = parse_html(source).blocks.iter().map(lettered).collect();
        assert_eq!(found, expected, "{source}");
    }

    fn lettered((kind, text): &TextBlock) -> String {
        let letter = match kind {
            BlockKind::Paragraph => 'P',
            BlockKind::Heading => 'H',
            BlockKind::Item => 'I',
            BlockKind::Table => 'T',
        };
        format!("{letter} {text}")
    }

    #[test]
    fn paragraphs_and_headings() {
        check("", &[]);
        check("The  ferry\nsailed.", &["P The ferry sailed."]);
        check("<p>One<p>Two</p> three", &["P One", "P Two", "P three"]);
        check(
            "<h2>Crew <b>lists</b></h2>Text",
            &["H Crew lists", "P Text"],
        );
        check("<h2>Never closed<p>Text</p>", &["H Never closed", "P Text"]);
        check(
            "<div><span>A</span><i>b</i> c</div><hr>d",
            &["P Ab c", "P d"],
        );
        check("<p>One<br><br>Two</p>", &["P One", "P Two"]);
        check("1 < 2 & <b>3 > 2</b>", &["P 1 < 2 & 3 > 2"]);
    }

    #[test]
    fn a_telex_cut_by_breaks_runs_on() {
        check(
            "<p>The ferry to the outer islands stayed in port for want of a<br />crew, its owner said, and nobody had told the passengers who<br />waited on the quay until the lamps were lit in the harbour and<br />the last bus had gone.</p>",
            &[
                "P The ferry to the outer islands stayed in port for want of a crew, its owner said, and nobody had told the passengers who waited on the quay until the lamps were lit in the harbour and the last bus had gone.",
            ],
        );
    }

    #[test]
    fn entities() {
        check(
            "caf&eacute; &amp;amp; &#8220;x&#x201d;",
            &["P café &amp; “x”"],
        );
        check(
            "a&nbsp;b 10&nbsp;km &laquo;&nbsp;x&nbsp;&raquo;",
            &["P a b 10\u{a0}km «\u{a0}x\u{a0}»"],
        );
        check("a&#27;[31m&#7;b&#0;", &["P a␛[31m␇b\u{fffd}"]);
        check("Fäh&shy;re &unknown; &", &["P Fähre &unknown; &"]);
    }

    #[test]
    fn lists() {
        check(
            "<ul><li>One</li><li><p>Two</p><p>More</p><ol start=3><li>In<li>Out</ol></li></ul>End",
            &[
                "I • One",
                "I • Two",
                "I   More",
                "I   3. In",
                "I   4. Out",
                "P End",
            ],
        );
        check("<li>Alone</li>Text", &["I • Alone", "P Text"]);
    }

    #[test]
    fn tables_keep_their_columns() {
        check(
            "<table><caption>Ferries</caption><tr><th>Port</th><th>Sailings</th></tr><tr><td>Ålesund</td><td>12</td></tr><tr><td>東京</td><td>3</td></tr></table>",
            &[
                "P Ferries",
                "T Port     Sailings\nÅlesund        12\n東京            3",
            ],
        );
        check(
            "<table><tr><td colspan=2>Both</td><td>x</td></tr><tr><td>a</td><td>bb</td><td>c</td></tr></table>",
            &["T Both   x\na  bb  c"],
        );
        check(
            "<table><tr><td rowspan=2>North</td><td>1</td></tr><tr><td>2</td></tr></table>",
            &["T North  1\n       2"],
        );
    }

    #[test]
    fn tables_around_running_text_are_no_tables() {
        check(
            "<table><tr><td><table><tr><td><p>One</p><p>Two</p></td></tr></table></td></tr></table>",
            &["P One", "P Two"],
        );
        check("<table><tr><td>One<tr><td>Two</table>", &["P One", "P Two"]);
    }

    #[test]
    fn preformatted_text() {
        check(
            "<pre>a   b\n  c\n\nd</pre>e",
            &["T a   b\n  c", "T d", "P e"],
        );
    }

    #[test]
    fn what_is_no_text() {
        check(
            "<script>if (a<b) {}</script><style>p{}</style>Text<!-- no --><svg><title>no</title></svg>",
            &["P Text"],
        );
        check(
            "<p>She said <q>We sail</q> and <q>“so”</q>.",
            &["P She said “We sail” and “so”."],
        );
    }

    #[test]
    fn links_and_media_are_kept() {
        let found = parse_html(
            "<a href='https://x.example/a?b=1&amp;c=2'>x</a><a href=\"#top\">t</a><a href='javascript:x()'>j</a><a href='https://x.example/a?b=1&amp;c=2'>x</a><img src=p.jpg alt='A quay'><img src=t.gif width=1>",
        );
        assert_eq!(found.links, ["https://x.example/a?b=1&c=2"]);
        assert_eq!(found.media, ["A quay (p.jpg)"]);
    }

    #[test]
    fn no_depth_harms() {
        for tag in [
            "div",
            "table><tr><td",
            "ul><li",
            "b",
            "q",
            "pre",
            "h1",
            "svg",
        ] {
            let deep = format!("<{tag}>").repeat(20_000) + "end";
            assert!(parse_html(&deep).blocks.len() < 20_000);
        }
        assert_eq!(parse_html(&"<p>".repeat(20_000)).blocks, []);
        let _ = parse_html(&"<".repeat(20_000));
        let _ = parse_html(&"<!--".repeat(20_000));
        let _ = parse_html(&"<a b='".repeat(20_000));
    }

    #[test]
    fn tells_html_from_text() {
        for text in ["<p>x", " <DIV class=a>x</DIV>", "<br/>x"] {
            assert!(looks_like_html(text), "{text}");
        }
        for text in ["", "x <p>", "<- x", "<3", "<p", "<bay@x.example>"] {
            assert!(!looks_like_html(text), "{text}");
        }
    }
}
