//! Reads the items of an XML document, one element each, and sets the fields of a draft from elements. Knows no wire
//! format; each describes itself by a [`DocumentShape`].

use crate::dispatch::{Problem, Severity};
use crate::format::exports::article::Repeats;
use crate::format::parser::{Detail, Draft, Input, ItemSink};
use crate::format::shared::fields::FieldKey;
use crate::format::shared::markup::TextBlock;
use crate::format::shared::{encoding, finish};
use crate::format::xml::events::{Event, EventReader, Fault, StartTag};
use crate::format::xml::tree::{Bindings, Element, ImplicitEnds, Namespace, Tree};

/// Limit on the faults reported one by one for an item; the rest are counted. Broken markup tends to cause a cascade.
const MAX_REPORTED: usize = 6;

/// Limit on the elements kept from before the first item: far more than a message header or a channel has.
const MAX_PRECEDING: usize = 1000;

/// Limit on the subjects, and on the keywords, of an item.
const MAX_SUBJECTS: usize = 500;

/// The structure of a document: which elements are items, and which contain items.
pub(in crate::format) struct DocumentShape {
    /// Name of the format in records.
    pub format: &'static str,
    pub is_item: fn(Namespace, &str) -> bool,
    /// Elements that contain items. All other elements before the first item are passed to the builder with it.
    pub is_container: fn(&str) -> bool,
    /// True if an item may be nested deep inside another one. If not, any start of an item ends the one before it, even
    /// if that one was never closed.
    pub has_nested_items: bool,
    pub build: BuildItem,
}

/// The elements before the first item, which apply to all items: message headers, channel titles.
#[derive(Default)]
pub(in crate::format) struct Ancestors<'a> {
    /// Start tags of the enclosing elements, outermost first.
    pub containers: Vec<Tree<'a>>,
    /// The other elements before the first item.
    pub preceding: Vec<Tree<'a>>,
}

/// Sets the fields of an item from its element, and returns the blocks of its body.
pub(in crate::format) type BuildItem =
    for<'t, 'a> fn(&mut Draft<'_>, Element<'t, 'a>, &'t Ancestors<'a>) -> Vec<TextBlock>;

/// Like [`parse_items`], for the export of a database: an article that stands in it more than once is offered once.
/// Returns true if there is any article.
pub(in crate::format) fn parse_articles(
    shape: &DocumentShape,
    input: &Input<'_>,
    sink: &mut ItemSink<'_>,
) -> bool {
    let mut repeats = Repeats::default();
    offer_items(shape, input, sink, Some(&mut repeats));
    sink.problems.extend(repeats.note());
    repeats.has_articles()
}

/// Offers all items of a document to the sink. The number of the first item is 0, that of any other its offset in the
/// decoded text, so that a single item can be read again without parsing those before it.
pub(in crate::format) fn parse_items(
    shape: &DocumentShape,
    input: &Input<'_>,
    sink: &mut ItemSink<'_>,
) {
    offer_items(shape, input, sink, None);
}

/// Offers the items of a document, those that `repeats` has met before left out.
fn offer_items(
    shape: &DocumentShape,
    input: &Input<'_>,
    sink: &mut ItemSink<'_>,
    mut repeats: Option<&mut Repeats>,
) {
    let decoded = encoding::decode(input.bytes);
    let mut document = Document {
        shape,
        text: &decoded.text,
        lines: LineCounter::default(),
        problems: Vec::new(),
        events: EventReader::new(&decoded.text),
        bindings: Bindings::default(),
        ancestors: Ancestors::default(),
        has_item: false,
    };
    while !sink.is_full() {
        if !document.seek_wanted(sink.wanted()) {
            break;
        }
        let start = match document.events.next() {
            Event::End => break,
            Event::Open(start) => start,
            Event::Text(_) | Event::Close(_) => continue,
        };
        let before = document.bindings.len();
        document.bindings.declare(&start);
        let named = document.bindings.resolve(start.name);
        if (shape.is_item)(named.0, named.1) {
            document.bindings.truncate(before);
            let Some(item) = document.item(start, sink) else {
                continue;
            };
            let number = item.number;
            let build = || {
                // The byte range is the whole input: entities, namespaces and ancestors are declared before the item.
                let location = (0..input.bytes.len() as u64, number);
                let mut draft = Draft::new(shape.format, item.raw.as_bytes(), location, input);
                draft.set_encoding(decoded.encoding, decoded.problem.clone());
                draft.dispatch.problems.extend(item.problems);
                let blocks = (shape.build)(&mut draft, item.tree.root(), &document.ancestors);
                (draft, blocks)
            };
            let Some(repeats) = repeats.as_deref_mut().filter(|_| sink.wanted().is_none()) else {
                sink.offer_numbered(number, || {
                    let (draft, blocks) = build();
                    finish::finish_blocks(draft, blocks)
                });
                continue;
            };
            let (draft, blocks) = build();
            if repeats.is_new(&draft, &blocks) {
                sink.offer_numbered(number, || finish::finish_blocks(draft, blocks));
            }
        } else if (shape.is_container)(named.1) {
            document.enter_container(start, named, before);
        } else {
            document.bindings.truncate(before);
            document.read_sibling(start);
        }
    }
    document.report_faults();
    sink.problems.append(&mut document.problems);
}

/// State of reading a document.
struct Document<'s, 'a> {
    shape: &'s DocumentShape,
    text: &'a str,
    lines: LineCounter,
    /// Problems outside of items.
    problems: Vec<Problem>,
    events: EventReader<'a>,
    bindings: Bindings<'a>,
    ancestors: Ancestors<'a>,
    /// True once the first item has begun.
    has_item: bool,
}

/// The element of an item and the faults in it.
struct ItemElement<'a> {
    number: u32,
    raw: &'a str,
    tree: Tree<'a>,
    problems: Vec<Problem>,
}

impl<'a> Document<'_, 'a> {
    /// Jumps to the next wanted item. Returns false if no element begins there, because the file has changed.
    fn seek_wanted(&mut self, wanted: Option<&[u32]>) -> bool {
        if self.has_item
            && let Some(&[next, ..]) = wanted
        {
            let next = usize::try_from(next).unwrap_or(usize::MAX);
            let there = self.text.get(next..);
            if !there.is_some_and(|rest| rest.starts_with('<')) {
                return false;
            }
            if next > self.events.position() {
                self.events.jump(next);
            }
        }
        true
    }

    /// Reads the item that begins with this tag, or returns `None` if a different item is wanted next.
    fn item(&mut self, start: StartTag<'a>, sink: &mut ItemSink<'_>) -> Option<ItemElement<'a>> {
        let number = if self.has_item { u32::try_from(start.at).unwrap_or(u32::MAX) } else { 0 };
        // Faults before this item are reported for the document, not the item.
        let faults = std::mem::take(&mut self.events.faults);
        let (mut others, own) = faults.into_iter().partition(|fault| fault.at < start.at);
        self.events.faults = own;
        report_faults(&mut others, self.text, &mut self.lines, &mut self.problems);
        self.has_item = true;
        // Entities must be declared before the first item. A declaration between items would be missed when a later
        // item is read on its own, and the item would then read differently.
        self.events.ignores_doctype = true;
        if let Some(&[next, ..]) = sink.wanted()
            && next != number
        {
            // Gives up wanted items that are no longer where they were.
            sink.skip_to(number);
            return None;
        }
        self.events.entities.reset_count();
        let at = start.at;
        let tree = self.tree(start, self.shape.has_nested_items, &self.shape.is_container);
        let raw = &self.text[at..self.events.position().max(at)];
        let mut problems = Vec::new();
        let faults = &mut self.events.faults;
        report_faults(faults, self.text, &mut self.lines, &mut problems);
        Some(ItemElement { number, raw, tree, problems })
    }

    /// Enters an element that contains items. `before` is the number of namespace bindings outside of it.
    fn enter_container(&mut self, start: StartTag<'a>, named: (Namespace, &'a str), before: usize) {
        // Later containers do not count, so that an item reads the same when the reader jumps to it.
        if self.has_item || start.is_empty {
            self.bindings.truncate(before);
        }
        if !self.has_item {
            self.ancestors.containers.push(Tree::of_tag(start, named));
        }
    }

    /// Reads an element that is neither item nor container, and keeps it if it precedes the first item.
    fn read_sibling(&mut self, start: StartTag<'a>) {
        let never = |_: &str| false;
        let tree = if self.shape.has_nested_items {
            self.tree(start, false, &never)
        } else {
            self.tree(start, false, &self.shape.is_container)
        };
        self.report_faults();
        if !self.has_item && self.ancestors.preceding.len() < MAX_PRECEDING {
            self.ancestors.preceding.push(tree);
        }
    }

    /// Reads an element with its content. If its end tag is missing, it ends at the next item or at the end tag of a
    /// container.
    fn tree(
        &mut self,
        start: StartTag<'a>,
        shallow: bool,
        is_container: &dyn Fn(&str) -> bool,
    ) -> Tree<'a> {
        let item = self.shape.is_item;
        let ends = ImplicitEnds {
            starts_next: &|name| item(Namespace::Own, name),
            shallow,
            closes_container: is_container,
        };
        Tree::read(&mut self.events, start, &mut self.bindings, &ends)
    }

    /// Reports the faults found so far as problems of the document.
    fn report_faults(&mut self) {
        let faults = &mut self.events.faults;
        report_faults(faults, self.text, &mut self.lines, &mut self.problems);
    }
}

/// Parses a document embedded in a text, and calls `look` with its root element. `None` if there is no element.
pub(in crate::format) fn with_tree<T>(text: &str, look: impl FnOnce(&Tree<'_>) -> T) -> Option<T> {
    let mut events = EventReader::new(text);
    let mut bindings = Bindings::default();
    let never = |_: &str| false;
    let ends = ImplicitEnds { starts_next: &never, shallow: true, closes_container: &never };
    loop {
        match events.next() {
            Event::End => return None,
            Event::Open(start) => {
                let tree = Tree::read(&mut events, start, &mut bindings, &ends);
                return Some(look(&tree));
            }
            Event::Text(_) | Event::Close(_) => {}
        }
    }
}

/// Drains faults into problems, with line numbers.
fn report_faults(
    faults: &mut Vec<Fault>,
    text: &str,
    lines: &mut LineCounter,
    problems: &mut Vec<Problem>,
) {
    let more = faults.len().saturating_sub(MAX_REPORTED);
    for fault in faults.drain(..).take(MAX_REPORTED) {
        let place = format!("line {}", lines.of(text, fault.at));
        problems.push(Problem::new(Severity::Fault, place, fault.message));
    }
    if more > 0 {
        let message = format!("{more} more places where tags do not match");
        problems.push(Problem::new(Severity::Fault, "", message));
    }
}

/// Converts byte offsets to line numbers. Linear in total as long as the offsets ascend.
#[derive(Default)]
struct LineCounter {
    at: usize,
    count: usize,
}

impl LineCounter {
    fn of(&mut self, text: &str, at: usize) -> usize {
        let at = at.min(text.len());
        if at < self.at {
            *self = Self::default();
        }
        self.count += memchr::memchr_iter(b'\n', &text.as_bytes()[self.at..at]).count();
        self.at = at;
        self.count + 1
    }
}

// Elements as fields of a draft: under a known key, or under their own names so that nothing is lost.

impl Draft<'_> {
    /// Sets a field from an optional value.
    pub(in crate::format) fn set_optional(
        &mut self,
        key: FieldKey,
        name: &str,
        value: Option<String>,
    ) {
        if let Some(value) = value {
            self.set_field(key, name, &value);
        }
    }

    /// Stores an optional, non-empty value under the wire's own name.
    pub(in crate::format) fn add_optional_field(&mut self, name: &str, value: Option<String>) {
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            self.add_field(name, &value);
        }
    }

    /// Adds a subject that has a code, a name or both, unless it is already there: `ports (trade:17)`.
    pub(in crate::format) fn add_coded_subject(
        &mut self,
        code: Option<String>,
        name: Option<String>,
    ) {
        let subject = match (name, code) {
            (Some(name), Some(code)) if code == name => code,
            (Some(name), Some(code)) if code.ends_with(&format!(":{name}")) => code,
            (Some(name), Some(code)) => format!("{name} ({code})"),
            (name, code) => return self.add_subject(name.or(code)),
        };
        self.add_subject(Some(subject));
    }

    /// Adds a subject, unless it is already there.
    pub(in crate::format) fn add_subject(&mut self, value: Option<String>) {
        let subjects = &mut self.dispatch.subjects;
        if let Some(value) = value
            && subjects.len() < MAX_SUBJECTS
            && !subjects.contains(&value)
        {
            subjects.push(value);
        }
    }

    /// Adds a keyword, unless it is already there.
    pub(in crate::format) fn add_keyword(&mut self, value: Option<String>) {
        let keywords = &mut self.dispatch.keywords;
        if let Some(value) = value
            && keywords.len() < MAX_SUBJECTS
            && !keywords.contains(&value)
        {
            keywords.push(value);
        }
    }

    /// Stores the text and attributes of an element and all its descendants, under paths such as `provider/name@lang`.
    pub(in crate::format) fn add_element_fields(&mut self, element: Element<'_, '_>) {
        if self.detail == Detail::Head {
            return;
        }
        let top = element.qualified();
        self.add_own_fields(top, element);
        for inner in element.descendants() {
            self.add_own_fields(&format!("{top}/{}", inner.qualified()), inner);
        }
    }

    /// Stores the text and attributes of one element. To keep field names short, a lone attribute stands in for the
    /// text, and more than four attributes are joined into one value.
    fn add_own_fields(&mut self, name: &str, element: Element<'_, '_>) {
        let text = if element.is_nested() { None } else { element.text() };
        let attributes: Vec<(&str, String)> =
            element.attributes().filter(|(_, value)| !value.is_empty()).collect();
        match (&text, &attributes[..]) {
            (None, [(_, value)]) => self.add_field(name, value),
            (None, attributes) if attributes.len() > 4 => {
                let all: Vec<String> =
                    attributes.iter().map(|(name, value)| format!("{name}={value}")).collect();
                self.add_field(name, &all.join(" "));
            }
            _ => {
                if let Some(text) = &text {
                    self.add_field(name, text);
                }
                for (attribute, value) in &attributes {
                    self.add_field(&format!("{name}@{attribute}"), value);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use crate::dispatch::Dispatch;
    use crate::format;
    use crate::format::parser::Context;
    use crate::format::table::FormatId;

    /// The only dispatch of a document.
    #[track_caller]
    fn one(text: &str) -> Dispatch {
        let mut parsed = format::parse(text.as_bytes(), &Context::default());
        assert_eq!(parsed.dispatches.len(), 1, "{:?}", parsed.problems);
        parsed.dispatches.pop().unwrap_or_default()
    }

    /// A NITF document with this text.
    fn nitf(text: &str) -> String {
        format!("<nitf><body><body.content><p>{text}</p></body.content></body></nitf>")
    }

    /// Checks that a dispatch has a problem whose message contains a text.
    #[track_caller]
    fn says(dispatch: &Dispatch, message: &str) {
        let found = dispatch.problems.iter();
        let found: Vec<String> = found.map(ToString::to_string).collect();
        assert!(found.iter().any(|found| found.contains(message)), "{found:?}");
    }

    #[test]
    fn entities_are_bounded_and_never_fetched() {
        let mut doctype = String::from("<!DOCTYPE nitf [<!ENTITY e0 \"aaaaaaaaaaaaaaaa\">");
        for n in 1..8 {
            let inner = format!("&e{};", n - 1).repeat(16);
            let _ = write!(doctype, "<!ENTITY e{n} \"{inner}\">");
        }
        doctype.push_str("<!ENTITY x SYSTEM \"file:///etc/passwd\"><!ENTITY l \"&l;\">]>");
        let bomb = one(&(doctype.clone() + &nitf("&e7; end")));
        assert!(bomb.body.text().len() < 4 << 20);
        says(&bomb, "more than 1 MiB");
        let plain = one(&(doctype + &nitf("&e0; &x; &l; &amp; &nbsp;&eacute; &#150; &#27;")));
        let text = plain.body.text();
        assert!(text.starts_with("aaaaaaaaaaaaaaaa &x; &l; & é – ␛"), "{text}");
    }

    #[test]
    fn deep_nesting_and_broken_markup_stay_fast() {
        let deep = one(&nitf(&"<b>".repeat(50_000)));
        says(&deep, "nested too deeply");
        let text = one(&nitf(&("<b>".repeat(50_000) + "x" + &"</b>".repeat(50_000) + " y")));
        assert_eq!(text.body.text(), "x y");
        for broken in ["<a b=\"", "<!--", "<![CDATA[", "</x>", "< ", "&", "<a b='>'", "<?", "<!"] {
            let _ = one(&nitf(&broken.repeat(20_000)));
        }
    }

    #[test]
    fn a_truncated_document_is_read_up_to_the_cut() {
        let whole = "<nitf><head><docdata><doc-id id-string=\"q1\"/></docdata></head><body><body.content><p>One.</p><p>Two";
        let cut = one(whole);
        assert_eq!((cut.id.as_deref(), cut.body.text()), (Some("q1"), "One.\n\nTwo"));
        says(&cut, "line 1: expected `</p>`, found the end");
        let tag = one("<nitf><body><body.content><p>One.</p><p>Two</p><bod");
        assert_eq!(tag.body.text(), "One.\n\nTwo");
    }

    #[test]
    fn items_are_read_again_without_those_before_them() {
        let item = |n: u32| format!("<item><title>Item {n}</title><guid>g{n}</guid></item>\n");
        let items: String = (0..500).map(item).collect();
        let feed = format!("<rss><channel><title>Quay</title>{items}</channel></rss>");
        let Some(id) = FormatId::from_name("rss") else {
            return;
        };
        let ctx = Context::default();
        let mut numbers = Vec::new();
        format::scan(id, feed.as_bytes(), &ctx, &mut |found| {
            numbers.push(found.number);
        });
        assert!(numbers.is_sorted() && numbers.len() == 500 && numbers[0] == 0);
        let wanted = [numbers[0], numbers[7], numbers[499]];
        let mut found = Vec::new();
        format::read_items(id, feed.as_bytes(), Some(&wanted), &ctx, &mut |nth, dispatch| {
            found.push((nth, dispatch.headline, dispatch.agency));
        });
        let quay = || Some("Quay".to_owned());
        let expected = [(0, 0), (7, 7), (499, 499)];
        let expected =
            expected.map(|(at, n): (usize, u32)| (numbers[at], format!("Item {n}"), quay()));
        assert_eq!(found, expected);
        assert!(format::read_item(id, feed.as_bytes(), 3, &ctx).is_none());
    }

    #[test]
    fn entities_are_declared_before_the_first_item() {
        let declare = "<!DOCTYPE nitf [ <!ENTITY quay \"North Quay\"> ]>";
        let item = "<nitf><body><body.head><hedline><hl1>At &quay;</hl1></hedline></body.head></body></nitf>";
        let first = |text: String| {
            let found = format::parse(text.as_bytes(), &Context::default()).dispatches;
            found.last().map(|last| last.headline.clone())
        };
        assert_eq!(first(format!("{declare}{item}{item}")).as_deref(), Some("At North Quay"));
        // The last item reads the same on its own as after the first.
        let broken = format!("<nitf{declare}{item}");
        let Some(id) = FormatId::from_name("nitf") else {
            return;
        };
        let (ctx, mut last) = (Context::default(), 0);
        format::scan(id, broken.as_bytes(), &ctx, &mut |found| {
            last = found.number;
        });
        let whole = format::parse_as(id, broken.as_bytes(), &ctx).dispatches.pop();
        assert_eq!(format::read_item(id, broken.as_bytes(), last, &ctx), whole);
    }
}
