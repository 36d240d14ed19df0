//! HTML: fragments and escaped bodies inside other formats, saved web pages, and XML of no known wire format, all
//! turned into blocks. The only file that uses html5gum.

use std::borrow::Cow;
use std::convert::Infallible;

use html5gum::emitters::callback::{CallbackEmitter, CallbackEvent};
use html5gum::{Span, Tokenizer};

use crate::dispatch::{BlockKind, Problem, Severity};
use crate::format::parser::{Draft, Input, ItemSink, Sample};
use crate::format::shared::bylines::is_byline;
use crate::format::shared::dates::parse_field_time;
use crate::format::shared::fields::FieldKey;
use crate::format::shared::markup::{Markup, MarkupBuilder, TextBlock};
use crate::format::shared::word_set::WordSet;
use crate::format::shared::{blocks, finish};
use crate::format::xml::document;
use crate::format::xml::tree::Element;
use crate::format::{json, nitf};
use crate::text;

/// Parses an HTML fragment.
pub(super) fn parse_html(text: &str) -> Markup {
    tokenize(text, MarkupBuilder::default())
}

/// Parses a whole page, leaving out menus, forms and other page furniture. A form that holds most of the words is the
/// page itself, as with programs that put all of their pages into one.
pub(super) fn parse_page(text: &str) -> Markup {
    let page = tokenize(text, MarkupBuilder::of_page());
    let words = |markup: &Markup| -> u64 {
        markup.blocks.iter().map(|(_, text)| u64::from(text::count_words(text))).sum()
    };
    let has_form = memchr::memchr_iter(b'<', text.as_bytes()).any(|at| {
        text.as_bytes().get(at + 1..at + 5).is_some_and(|name| name.eq_ignore_ascii_case(b"form"))
    });
    if !has_form {
        return page;
    }
    let with_forms = tokenize(text, MarkupBuilder::of_page_with_forms());
    if words(&with_forms) > 2 * words(&page) { with_forms } else { page }
}

/// Tags that a text declared as nothing else begins with only if it is HTML.
static HTML_TAGS: WordSet = WordSet::new(
    "p div h1 h2 h3 h4 ul ol table section article span b strong em i a img figure html body blockquote br pre font
     center header main",
);

/// Tags with which a page begins if its head was cut off. Those of words within a line are not among them, since a
/// plain text may begin with them, nor names that formats of XML use for their own.
static FRAGMENT_TAGS: WordSet = WordSet::new(
    "p div h1 h2 h3 h4 ul ol table figure body blockquote pre center head meta main section header form style script
     tr td tbody",
);

/// Elements that show that an `article` is a piece of a page.
const PAGE_TAGS: [&str; 8] = ["h1", "h2", "h3", "div", "H1", "H2", "H3", "DIV"];

/// True if a text begins with a common HTML tag. An angle bracket alone proves nothing, since plain text has them too.
pub(super) fn looks_like_html(text: &str) -> bool {
    let Some(rest) = text.trim_ascii_start().strip_prefix('<') else {
        return false;
    };
    let length = rest.bytes().take_while(u8::is_ascii_alphanumeric).count();
    HTML_TAGS.contains(&rest[..length])
        && memchr::memchr(b'>', &rest.as_bytes()[length..]).is_some()
}

/// One token of HTML. Names are in lower case, without a prefix.
pub(super) enum Token<'a> {
    /// A start tag with its attributes, in order; their names are in lower case.
    Open(&'a str, &'a [(String, String)]),
    Close(&'a str),
    /// Text with its entities resolved. A text may come in several pieces.
    Text(Cow<'a, str>),
}

fn tokenize(text: &str, mut builder: MarkupBuilder) -> Markup {
    for_each_token(text, &mut |token| feed(&mut builder, &token));
    builder.finish()
}

/// Passes a token on to a builder.
pub(super) fn feed(builder: &mut MarkupBuilder, token: &Token<'_>) {
    match token {
        Token::Open(name, attributes) => builder.open(name, &|wanted| {
            let found = attributes.iter().find(|(name, _)| name == wanted);
            found.map(|(_, value)| Cow::Borrowed(value.as_str()))
        }),
        Token::Close(name) => builder.close(name),
        Token::Text(text) => builder.text(text),
    }
}

/// Passes the tokens of an HTML text to a function, in order. Comments and declarations are left out.
pub(super) fn for_each_token(text: &str, take: &mut dyn FnMut(Token<'_>)) {
    #[cfg(test)]
    crate::format::testing::look_at(text.len());
    let mut reader = StartTagReader::default();
    // Lets the tokenizer read the content of `<script>`, `<style>` and the like as text, without a tree builder.
    run_tokenizer(text, true, &mut |event| reader.handle_event(event, take));
}

/// Passes the events of a tokenizer to a function. Not generic, so that the program holds one tokenizer.
fn run_tokenizer(text: &str, switch_states: bool, take: &mut dyn FnMut(&CallbackEvent<'_>)) {
    let mut emitter =
        CallbackEmitter::new(|event: CallbackEvent<'_>, _: Span<()>| -> Option<Infallible> {
            take(&event);
            None
        });
    emitter.naively_switch_states(switch_states);
    // Reading from memory cannot fail.
    let _ = Tokenizer::new_with_emitter(text, emitter).finish();
}

/// Collects the events of a start tag, which arrive one attribute at a time.
#[derive(Default)]
struct StartTagReader {
    name: String,
    attributes: Vec<(String, String)>,
}

/// Limit on the attributes read from one tag. The ones used here come early, and hostile input may have millions.
const MAX_ATTRIBUTES: usize = 64;

impl StartTagReader {
    fn handle_event(&mut self, event: &CallbackEvent<'_>, take: &mut dyn FnMut(Token<'_>)) {
        match *event {
            CallbackEvent::OpenStartTag { name } => {
                self.name = local(name);
                self.attributes.clear();
            }
            CallbackEvent::AttributeName { name } if self.attributes.len() < MAX_ATTRIBUTES => {
                self.attributes.push((utf8(name).into_owned(), String::new()));
            }
            CallbackEvent::AttributeValue { value } => {
                if let Some((_, last)) = self.attributes.last_mut() {
                    last.push_str(&utf8(value));
                }
            }
            CallbackEvent::CloseStartTag { .. } => take(Token::Open(&self.name, &self.attributes)),
            CallbackEvent::EndTag { name } => take(Token::Close(&local(name))),
            CallbackEvent::String { value } => take(Token::Text(utf8(value))),
            _ => {}
        }
    }
}

fn utf8(bytes: &[u8]) -> Cow<'_, str> {
    match simdutf8::basic::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => String::from_utf8_lossy(bytes),
    }
}

/// A tag name in lower case, without a prefix (`<o:p>`).
fn local(name: &[u8]) -> String {
    let name = utf8(name).to_ascii_lowercase();
    match name.rsplit_once(':') {
        Some((_, local)) => local.to_owned(),
        None => name,
    }
}

/// Removes tags and resolves entities, keeping line breaks.
pub(super) fn decode_entities(text: &str) -> String {
    if !text.contains('&') {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    run_tokenizer(text, false, &mut |event| {
        if let CallbackEvent::String { value } = event {
            out.push_str(&utf8(value));
        }
    });
    out
}

// Bodies inside other formats.

/// The content of an element as blocks, whether it is NITF, XHTML, escaped markup or plain text. Links, media and
/// article headers are stored in the draft.
pub(super) fn element_blocks(draft: &mut Draft<'_>, element: Element<'_, '_>) -> Vec<TextBlock> {
    let own = Some(element).filter(|element| element.name() == "nitf");
    if let Some(inner) = own.or_else(|| element.child("nitf")) {
        return nitf::read_document(draft, inner);
    }
    if element.is_nested() {
        let skip = |inner: Element<'_, '_>| is_article_header(inner);
        for frame in element.descendants().filter(|inner| is_article_header(*inner)) {
            draft.add_optional_field(frame.name(), frame.spaced_text());
        }
        let markup = element.to_markup(&skip);
        return keep_links_and_media(draft, markup);
    }
    text_blocks(draft, &element.raw_text(), false)
}

/// True for the header of an article (title, date), which repeats what the wire sends in other fields.
fn is_article_header(element: Element<'_, '_>) -> bool {
    element.name() == "header"
        && (element.find_descendant("h1").is_some() || element.find_descendant("time").is_some())
}

/// The blocks of a text that may contain markup. `html` is true if the wire declares it as HTML.
pub(super) fn text_blocks(draft: &mut Draft<'_>, text: &str, html: bool) -> Vec<TextBlock> {
    // A whole NITF document, escaped or in CDATA.
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
        // Plain text that is declared as HTML may still contain entities.
        return plain_blocks(&decode_entities(text));
    }
    plain_blocks(text)
}

/// The blocks of an element with HTML content: escaped, in CDATA, or as child elements.
pub(super) fn html_blocks(draft: &mut Draft<'_>, element: Element<'_, '_>) -> Vec<TextBlock> {
    if element.is_nested() {
        return element_blocks(draft, element);
    }
    text_blocks(draft, &element.raw_text(), true)
}

/// True for a text without tags whose paragraphs are separated by empty lines, which HTML would run together.
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

/// Stores the links and media of a body in the draft, and returns its blocks.
pub(super) fn keep_links_and_media(draft: &mut Draft<'_>, markup: Markup) -> Vec<TextBlock> {
    draft.add_links(markup.links);
    for media in markup.media {
        draft.add_field("media", &media);
    }
    draft.left_out.extend(markup.left_out);
    markup.blocks
}

/// Joins the texts of blocks into one line.
pub(super) fn join_blocks(blocks: &[TextBlock]) -> String {
    let texts: Vec<&str> = blocks.iter().map(|(_, text)| text.as_str()).collect();
    texts.join(" ").replace('\n', " ")
}

/// A headline or note as one line, without the tags and entities that it may contain.
pub(super) fn inline_text(text: &str) -> String {
    if text.contains(['<', '&']) {
        join_blocks(&parse_html(text).blocks)
    } else {
        text::one_line(text)
    }
}

/// A text as a bulleted list item.
pub(super) fn list_item(text: &str) -> TextBlock {
    (BlockKind::Item, format!("• {text}"))
}

// Web pages and unknown XML: formats of their own, from which little more than the text can be read.

/// Recognises a web page.
pub(super) fn is_html(sample: &Sample<'_>) -> bool {
    let begins = |mark: &[u8]| {
        let start = sample.start.get(..mark.len());
        start.is_some_and(|start| start.eq_ignore_ascii_case(mark))
    };
    begins(b"<!doctype html")
        || begins(b"<html")
        || sample.root().is_some_and(|root| {
            // A piece of a page: its first tag is one that no wire has.
            root.name.eq_ignore_ascii_case("html")
                || sample.start.starts_with(b"<")
                    && !sample.start.starts_with(b"<?xml")
                    && (FRAGMENT_TAGS.contains(&root.name)
                        // Formats of XML have articles, too, but not these elements.
                        || root.name.eq_ignore_ascii_case("article")
                            && PAGE_TAGS.iter().any(|name| root.has_tag(name)))
        })
}

/// Recognises any other XML, after all known formats were tried.
pub(super) fn is_xml(sample: &Sample<'_>) -> bool {
    sample.start.starts_with(b"<?xml") || sample.is_utf16 && sample.root().is_some()
}

/// Reads a web page as a single item.
pub(super) fn read_web_page(input: &Input<'_>, sink: &mut ItemSink<'_>) {
    sink.offer(|| {
        let (mut draft, page) = input.draft("html", 0..input.bytes.len());
        let blocks = apply_page_metadata(&mut draft, parse_page(&page));
        if !draft.is_given(FieldKey::Sent)
            && let Some(time) = time_below_headline(&page)
        {
            draft.set_field(FieldKey::Sent, "time", &time);
        }
        let message = "a web page, read as text; menus, forms and scripts are left out";
        draft.add_problem(Severity::Note, "", message.to_owned());
        finish::finish_blocks(draft, blocks)
    });
}

/// The time that the first `time` element below the headline of a page gives for programs, if it can be read.
fn time_below_headline(page: &str) -> Option<String> {
    memchr::memmem::find(page.as_bytes(), b"datetime=")?;
    let (mut is_below, mut found) = (false, None);
    for_each_token(page, &mut |token| match token {
        Token::Open("h1", _) => is_below = true,
        Token::Open("time", attributes) if is_below && found.is_none() => {
            found = attributes.iter().find(|(name, _)| name == "datetime").cloned();
        }
        _ => {}
    });
    found.map(|(_, value)| value).filter(|value| parse_field_time(value).is_some())
}

/// Reads an XML document of unknown format as a single item.
pub(super) fn read_unknown_xml(input: &Input<'_>, sink: &mut ItemSink<'_>) {
    let (mut draft, decoded) = input.draft("xml", 0..input.bytes.len());
    // Parsed before it is offered: without any element, there is no item to offer.
    let item = document::with_tree(&decoded, |tree| {
        let root = tree.root();
        let message = format!(
            "XML with root element `<{}>` is not a known wire format; read as text",
            root.name()
        );
        draft.add_problem(Severity::Note, "", message);
        draft.set_optional(FieldKey::Language, "lang", root.attribute("lang"));
        finish::finish_blocks(draft, texts(root))
    });
    if let Some(item) = item {
        sink.offer(|| item);
    } else {
        let message = "begins like XML, but contains no element";
        let problem = Problem::new(Severity::Unreadable, "", message);
        sink.problems.push(problem);
    }
}

/// Sets fields from the metadata of a page (Open Graph, Dublin Core, schema.org) and returns its blocks.
pub(super) fn apply_page_metadata(draft: &mut Draft<'_>, mut markup: Markup) -> Vec<TextBlock> {
    let (mut published, mut changed) = (None, None);
    for (name, value) in std::mem::take(&mut markup.meta) {
        match name.to_ascii_lowercase().as_str() {
            "og:title" => draft.set_field(FieldKey::Headline, &name, &value),
            // Open Graph allows the address of a profile as the author.
            "author" | "article:author" | "dc.creator" if !value.starts_with("http") => {
                draft.set_field(FieldKey::Byline, &name, &value);
            }
            "article:published_time" | "date" | "dc.date" | "pubdate" | "datepublished" => {
                published = published.or(parse_field_time(&value).map(|_| (name, value)));
            }
            "article:modified_time" | "og:updated_time" | "last-modified" => {
                changed = changed.or(parse_field_time(&value).map(|_| (name, value)));
            }
            "og:site_name" => draft.fallback_agency = Some(value),
            "lang" | "language" => draft.set_field(FieldKey::Language, &name, &value),
            "keywords" | "news_keywords" => {
                for word in value.split(',').map(str::trim).filter(|word| !word.is_empty()) {
                    draft.add_keyword(Some(word.to_owned()));
                }
            }
            "copyright" | "dc.rights" => draft.set_field(FieldKey::Rights, &name, &value),
            // Meant for browsers and crawlers.
            "viewport" | "generator" | "theme-color" | "robots" => {}
            _ => draft.add_field(&name, &value),
        }
    }
    let linked = markup.linked_data.iter().find_map(|script| json::find_article(script));
    let linked = linked.unwrap_or_default();
    let dated = |name: &str, value: &str| {
        parse_field_time(value).map(|_| (name.to_owned(), value.to_owned()))
    };
    published = published.or_else(|| dated("datePublished", &linked.published));
    changed = changed.or_else(|| dated("dateModified", &linked.changed));
    apply_linked_article(draft, linked);
    // A page with both dates was changed after publication; a single date is when it was sent.
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
    // A heading near the top is the headline; `<title>` often adds the name of the site.
    let first = blocks.iter().position(|(kind, _)| *kind == BlockKind::Heading);
    if draft.dispatch.headline.is_empty()
        && let Some(first) = first.filter(|first| *first < 3)
    {
        let (_, text) = blocks.remove(first);
        draft.set_field(FieldKey::Headline, "h1", &text);
    }
    // A byline above the text is none of its paragraphs.
    if draft.dispatch.byline.is_none()
        && blocks.len() > 1
        && let [(BlockKind::Paragraph, line), ..] = &blocks[..]
        && is_byline(line)
    {
        let (_, line) = blocks.remove(0);
        draft.set_field(FieldKey::Byline, "byline", &line);
    }
    blocks
}

/// Sets what the page has said nowhere else.
fn apply_linked_article(draft: &mut Draft<'_>, linked: json::LinkedArticle) {
    if draft.dispatch.headline.is_empty() && !linked.headline.is_empty() {
        draft.set_field(FieldKey::Headline, "headline", &inline_text(&linked.headline));
    }
    if draft.dispatch.byline.is_none() && !linked.authors.starts_with("http") {
        draft.set_field(FieldKey::Byline, "author", &linked.authors);
    }
    if draft.fallback_agency.is_none() && !linked.publisher.is_empty() {
        draft.fallback_agency = Some(linked.publisher);
    }
}

/// The text of each element that has any of its own, in order.
fn texts(root: Element<'_, '_>) -> Vec<TextBlock> {
    let texts = root.block_texts().into_iter();
    texts.map(|text| (BlockKind::Paragraph, text)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dispatch::BlockKind;
    use crate::format::shared::markup::TextBlock;

    /// Compares the blocks of a fragment, each with a letter for its kind.
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
        check("<h2>Crew <b>lists</b></h2>Text", &["H Crew lists", "P Text"]);
        check("<h2>Never closed<p>Text</p>", &["H Never closed", "P Text"]);
        check("<div><span>A</span><i>b</i> c</div><hr>d", &["P Ab c", "P d"]);
        check("<p>One<br><br>Two</p>", &["P One", "P Two"]);
        check("1 < 2 & <b>3 > 2</b>", &["P 1 < 2 & 3 > 2"]);
    }

    #[test]
    fn hard_wrapped_lines_are_joined() {
        check(
            "<p>The ferry to the outer islands stayed in port for want of a<br />crew, its owner said, and nobody had told the passengers who<br />waited on the quay until the lamps were lit in the harbour and<br />the last bus had gone.</p>",
            &[
                "P The ferry to the outer islands stayed in port for want of a crew, its owner said, and nobody had told the passengers who waited on the quay until the lamps were lit in the harbour and the last bus had gone.",
            ],
        );
    }

    #[test]
    fn entities() {
        check("caf&eacute; &amp;amp; &#8220;x&#x201d;", &["P café &amp; “x”"]);
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
            &["I • One", "I • Two", "I   More", "I   3. In", "I   4. Out", "P End"],
        );
        check("<li>Alone</li>Text", &["I • Alone", "P Text"]);
    }

    #[test]
    fn tables_keep_their_columns() {
        check(
            "<table><caption>Ferries</caption><tr><th>Port</th><th>Sailings</th></tr><tr><td>Ålesund</td><td>12</td></tr><tr><td>東京</td><td>3</td></tr></table>",
            &["P Ferries", "T Port     Sailings\nÅlesund        12\n東京            3"],
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
    fn layout_tables_become_paragraphs() {
        check(
            "<table><tr><td><table><tr><td><p>One</p><p>Two</p></td></tr></table></td></tr></table>",
            &["P One", "P Two"],
        );
        check("<table><tr><td>One<tr><td>Two</table>", &["P One", "P Two"]);
    }

    #[test]
    fn preformatted_text() {
        check("<pre>a   b\n  c\n\nd</pre>e", &["T a   b\n  c", "T d", "P e"]);
    }

    #[test]
    fn scripts_and_styles_are_skipped() {
        check(
            "<script>if (a<b) {}</script><style>p{}</style>Text<!-- no --><svg><title>no</title></svg>",
            &["P Text"],
        );
        check("<p>She said <q>We sail</q> and <q>“so”</q>.", &["P She said “We sail” and “so”."]);
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
    fn deep_nesting_is_harmless() {
        for tag in ["div", "table><tr><td", "ul><li", "b", "q", "pre", "h1", "svg"] {
            let deep = format!("<{tag}>").repeat(20_000) + "end";
            assert!(parse_html(&deep).blocks.len() < 20_000);
        }
        assert_eq!(parse_html(&"<p>".repeat(20_000)).blocks, []);
        let _ = parse_html(&"<".repeat(20_000));
        let _ = parse_html(&"<!--".repeat(20_000));
        let _ = parse_html(&"<a b='".repeat(20_000));
    }

    #[test]
    fn distinguishes_html_from_text() {
        for text in ["<p>x", " <DIV class=a>x</DIV>", "<br/>x"] {
            assert!(looks_like_html(text), "{text}");
        }
        for text in ["", "x <p>", "<- x", "<3", "<p", "<bay@x.example>"] {
            assert!(!looks_like_html(text), "{text}");
        }
    }
}
