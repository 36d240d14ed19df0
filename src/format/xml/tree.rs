//! An element and its content as a flat list of nodes in document order, with names resolved to namespaces. Trees are
//! built and walked without recursion, so that deep nesting cannot overflow the stack.

use std::borrow::Cow;

use crate::format::shared::markup::{Markup, MarkupBuilder};
use crate::format::xml::events::{self, Event, EventReader, StartTag, attributes};
use crate::text::one_line;

/// Elements nested deeper than this are left out, but their text is kept.
const MAX_DEPTH: usize = 512;

/// Limit on the nodes of a tree, which bounds the memory for one item. Elements beyond it are left out, but their text
/// is kept.
const MAX_NODES: usize = 4 << 20;

/// How many of the innermost open elements are compared with an end tag. Bounds the time for documents with many open
/// elements and unmatched end tags.
const MAX_OPEN_SEARCH: usize = 64;

#[derive(Debug)]
pub(in crate::format) enum NodeKind<'a> {
    Element {
        /// Local name, without a prefix.
        name: &'a str,
        space: Namespace,
        /// See [`StartTag::inner`].
        inner: &'a str,
    },
    Text(Cow<'a, str>),
}

#[derive(Debug)]
pub(in crate::format) struct Node<'a> {
    pub kind: NodeKind<'a>,
    /// Index after the last descendant. The descendants of node `i` are `i + 1..end`.
    pub end: usize,
}

/// An element (node 0) and all its descendants.
#[derive(Debug)]
pub(in crate::format) struct Tree<'a> {
    pub(in crate::format) nodes: Vec<Node<'a>>,
}

/// Tags that end an element whose end tag is missing.
pub(in crate::format) struct ImplicitEnds<'e> {
    /// Start tags that begin the next item.
    pub starts_next: &'e dyn Fn(&str) -> bool,
    /// True if `starts_next` only applies to children of the element, since items may be nested deeper.
    pub shallow: bool,
    /// End tags of enclosing elements.
    pub closes_container: &'e dyn Fn(&str) -> bool,
}

impl<'a> Tree<'a> {
    /// Reads the element that begins with this tag, up to its end.
    pub(in crate::format) fn read(
        events: &mut EventReader<'a>,
        start: StartTag<'a>,
        bindings: &mut Bindings<'a>,
        ends: &ImplicitEnds<'_>,
    ) -> Self {
        let before = bindings.len();
        bindings.declare(&start);
        let named = bindings.resolve(start.name);
        let mut builder = TreeBuilder {
            open: vec![(0, start.name, before)],
            name: start.name,
            joined: 0,
            skipped_open: 0,
            limit_reported: false,
            full: false,
            ends,
            events,
            bindings,
            tree: Self::of_tag(start, named),
        };
        if !start.is_empty {
            builder.build();
        }
        builder.bindings.truncate(before);
        let TreeBuilder { mut tree, open, .. } = builder;
        let last = tree.nodes.len();
        for (at, ..) in open {
            tree.nodes[at].end = last;
        }
        tree.nodes[0].end = last;
        tree
    }

    /// An element without content.
    pub(in crate::format) fn of_tag(
        start: StartTag<'a>,
        (space, name): (Namespace, &'a str),
    ) -> Self {
        let mut tree = Self { nodes: Vec::new() };
        tree.push(NodeKind::Element { name, space, inner: start.inner });
        tree
    }

    fn push(&mut self, kind: NodeKind<'a>) -> usize {
        let at = self.nodes.len();
        self.nodes.push(Node { kind, end: at + 1 });
        at
    }

    fn text(&mut self, text: Cow<'a, str>, joins: bool) {
        if text.is_empty() {
            return;
        }
        match self.nodes.last_mut() {
            Some(Node { kind: NodeKind::Text(before), .. }) if joins => {
                before.to_mut().push_str(&text);
            }
            _ => {
                self.push(NodeKind::Text(text));
            }
        }
    }

    /// The element itself.
    pub(in crate::format) fn root(&self) -> Element<'_, 'a> {
        Element { tree: self, at: 0 }
    }
}

/// State of reading a tree.
struct TreeBuilder<'r, 'a, 'e> {
    tree: Tree<'a>,
    /// Qualified name of the root element.
    name: &'a str,
    /// Open elements: node index, qualified name, and number of namespace bindings outside the element.
    open: Vec<(usize, &'a str, usize)>,
    /// Number of nodes when text was last added: while it is unchanged, more text joins the last node.
    joined: usize,
    /// Number of open elements that were left out because of a limit.
    skipped_open: usize,
    /// True once a fault for a limit was recorded.
    limit_reported: bool,
    /// True once the tree has [`MAX_NODES`] nodes.
    full: bool,
    ends: &'r ImplicitEnds<'e>,
    events: &'r mut EventReader<'a>,
    bindings: &'r mut Bindings<'a>,
}

impl<'a> TreeBuilder<'_, 'a, '_> {
    /// Reads until the root element ends, explicitly or implicitly.
    fn build(&mut self) {
        while !self.open.is_empty() {
            let continues = match self.events.next() {
                Event::End => {
                    let (_, name, _) = self.open.last().copied().unwrap_or_default();
                    let message = format!("expected `</{name}>`, found the end");
                    self.events.fault(self.events.at, message);
                    false
                }
                Event::Text(text) => {
                    // Text after an end tag must not join the text before it.
                    let joins = self.tree.nodes.len() == self.joined;
                    self.tree.text(text, joins);
                    self.joined = self.tree.nodes.len();
                    true
                }
                Event::Open(inner) => self.open_element(inner),
                Event::Close(name) => self.close_element(name),
            };
            if !continues {
                break;
            }
        }
    }

    /// Handles a start tag. Returns false if it begins the next item; the reader is then put back before it.
    fn open_element(&mut self, inner: StartTag<'a>) -> bool {
        let may_end = !self.ends.shallow || self.open.len() == 1;
        if may_end && (self.ends.starts_next)(local_name(inner.name)) {
            let message = format!("expected `</{}>`, found `<{}>`", self.name, inner.name);
            self.events.fault(inner.at, message);
            self.events.jump(inner.at);
            return false;
        }
        if self.open.len() >= MAX_DEPTH || self.tree.nodes.len() >= MAX_NODES {
            if !self.limit_reported {
                self.limit_reported = true;
                let message = "nested too deeply, or too many elements; some are left out, but not their text";
                self.events.fault(inner.at, message);
            }
            self.full |= self.tree.nodes.len() >= MAX_NODES;
            self.skipped_open += usize::from(!inner.is_empty);
            return true;
        }
        let before = self.bindings.len();
        self.bindings.declare(&inner);
        let (space, name) = self.bindings.resolve(inner.name);
        let at = self.tree.push(NodeKind::Element { name, space, inner: inner.inner });
        if inner.is_empty {
            self.bindings.truncate(before);
        } else {
            self.open.push((at, inner.name, before));
        }
        true
    }

    /// Handles an end tag, which may close several elements whose own end tags are missing. Returns false if it closes
    /// an enclosing container.
    fn close_element(&mut self, name: &str) -> bool {
        if self.skipped_open > 0 && (self.full || self.open.len() >= MAX_DEPTH) {
            self.skipped_open -= 1;
            return true;
        }
        let mut innermost = self.open.iter().rev().take(MAX_OPEN_SEARCH);
        let Some(above) = innermost.position(|(_, open, _)| *open == name) else {
            let closes_container = (self.ends.closes_container)(local_name(name));
            let message = if closes_container {
                format!("expected `</{}>`, found `</{name}>`", self.name)
            } else {
                format!("`</{name}>` closes no open element; ignored")
            };
            self.events.fault(self.events.at, message);
            return !closes_container;
        };
        if above > 0 {
            let (_, inner, _) = self.open[self.open.len() - 1];
            let message = format!("expected `</{inner}>`, found `</{name}>`");
            self.events.fault(self.events.at, message);
        }
        for _ in 0..=above {
            if let Some((at, _, before)) = self.open.pop() {
                self.tree.nodes[at].end = self.tree.nodes.len();
                self.joined = 0;
                self.bindings.truncate(before);
            }
        }
        true
    }
}

// Namespaces.

/// The namespaces that matter to a format, whatever prefixes a document gives them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::format) enum Namespace {
    /// No namespace, or that of the format itself.
    Own,
    Atom,
    Rdf,
    /// RSS content module (`content:encoded`).
    Content,
    /// Dublin Core, elements or terms.
    DublinCore,
    /// Media RSS.
    Media,
    Xhtml,
    /// Atom tombstones (RFC 6721), by which a feed announces deleted entries.
    Tombstones,
    Other,
}

/// Limit on the namespace declarations in scope at once.
const MAX_BINDINGS: usize = 256;

/// The namespace of a URI, including older URIs and variants that feeds use.
fn namespace_of(uri: &str) -> Namespace {
    let uri = uri.trim().trim_end_matches(['/', '#']);
    match uri {
        ""
        | "http://purl.org/rss/1.0"
        | "http://my.netscape.com/rdf/simple/0.9"
        | "http://channel.netscape.com/rdf/simple/0.9"
        | "http://backend.userland.com/rss2"
        | "http://backend.userland.com/RSS2"
        | "http://blogs.law.harvard.edu/tech/rss" => Namespace::Own,
        "http://www.w3.org/2005/Atom" | "http://purl.org/atom/ns" => Namespace::Atom,
        "http://www.w3.org/1999/02/22-rdf-syntax-ns" => Namespace::Rdf,
        "http://purl.org/rss/1.0/modules/content" => Namespace::Content,
        "http://purl.org/dc/elements/1.1"
        | "http://purl.org/dc/terms"
        | "http://purl.org/dc/elements/1.0" => Namespace::DublinCore,
        "http://search.yahoo.com/mrss" => Namespace::Media,
        "http://www.w3.org/1999/xhtml" => Namespace::Xhtml,
        "http://purl.org/atompub/tombstones/1.0" => Namespace::Tombstones,
        _ if uri.starts_with("http://iptc.org/") || uri.starts_with("http://www.iptc.org/") => {
            Namespace::Own
        }
        _ => Namespace::Other,
    }
}

/// The usual namespace of a prefix that a document does not declare.
fn conventional_namespace(prefix: &str) -> Namespace {
    match prefix {
        "atom" | "a10" | "atom10" => Namespace::Atom,
        "rdf" => Namespace::Rdf,
        "content" => Namespace::Content,
        "dc" | "dcterms" => Namespace::DublinCore,
        "media" => Namespace::Media,
        "xhtml" | "html" => Namespace::Xhtml,
        "at" => Namespace::Tombstones,
        "" | "nitf" | "nar" | "rss" | "newsml" => Namespace::Own,
        _ => Namespace::Other,
    }
}

/// The namespace declarations in scope, innermost last. Leaving an element truncates the list to its former length.
#[derive(Debug, Default)]
pub(in crate::format) struct Bindings<'a> {
    all: Vec<(&'a str, Namespace)>,
}

impl<'a> Bindings<'a> {
    pub(in crate::format) fn len(&self) -> usize {
        self.all.len()
    }

    pub(in crate::format) fn truncate(&mut self, length: usize) {
        self.all.truncate(length);
    }

    /// Adds the declarations of a start tag.
    pub(in crate::format) fn declare(&mut self, start: &StartTag<'a>) {
        if !start.inner.contains("xmlns") {
            return;
        }
        for (name, uri) in attributes(start.inner) {
            let prefix = match name.strip_prefix("xmlns") {
                Some("") => "",
                Some(prefix) => prefix.trim_start_matches(':'),
                None => continue,
            };
            if self.all.len() < MAX_BINDINGS {
                self.all.push((prefix, namespace_of(&uri)));
            }
        }
    }

    /// Resolves a qualified name to its namespace and local name.
    pub(in crate::format) fn resolve(&self, name: &'a str) -> (Namespace, &'a str) {
        let (prefix, local) = name.split_once(':').unwrap_or(("", name));
        let bound = self.all.iter().rev().find(|(bound, _)| *bound == prefix);
        (bound.map_or_else(|| conventional_namespace(prefix), |(_, space)| *space), local)
    }
}

/// A name without its prefix.
pub(in crate::format) fn local_name(name: &str) -> &str {
    name.split_once(':').map_or(name, |(_, local)| local)
}

/// An element within a tree.
#[derive(Debug, Clone, Copy)]
pub(in crate::format) struct Element<'t, 'a> {
    pub(in crate::format) tree: &'t Tree<'a>,
    /// Index of its node.
    pub(in crate::format) at: usize,
}

impl<'t, 'a> Element<'t, 'a> {
    /// Local name, namespace, and the inside of the start tag.
    fn parts(self) -> (&'a str, Namespace, &'a str) {
        match self.tree.nodes[self.at].kind {
            NodeKind::Element { name, space, inner } => (name, space, inner),
            NodeKind::Text(_) => ("", Namespace::Other, ""),
        }
    }

    /// Local name, without a prefix.
    pub(in crate::format) fn name(self) -> &'a str {
        self.parts().0
    }

    /// Name as written, including its prefix.
    pub(in crate::format) fn qualified(self) -> &'a str {
        let inner = self.parts().2;
        let end = inner.find(|c: char| c.is_ascii_whitespace() || matches!(c, '/' | '"' | '\''));
        &inner[..end.unwrap_or(inner.len())]
    }

    pub(in crate::format) fn namespace(self) -> Namespace {
        self.parts().1
    }

    /// Child elements.
    pub(in crate::format) fn children(self) -> impl Iterator<Item = Element<'t, 'a>> {
        let (tree, end) = (self.tree, self.tree.nodes[self.at].end);
        let mut at = self.at + 1;
        std::iter::from_fn(move || {
            while at < end {
                let here = at;
                at = tree.nodes[here].end;
                if matches!(tree.nodes[here].kind, NodeKind::Element { .. }) {
                    return Some(Element { tree, at: here });
                }
            }
            None
        })
    }

    /// All descendant elements, in document order.
    pub(in crate::format) fn descendants(self) -> impl Iterator<Item = Element<'t, 'a>> {
        let tree = self.tree;
        (self.at + 1..tree.nodes[self.at].end)
            .filter(|&at| matches!(tree.nodes[at].kind, NodeKind::Element { .. }))
            .map(move |at| Element { tree, at })
    }

    /// The children with this name.
    pub(in crate::format) fn children_named(
        self,
        name: &str,
    ) -> impl Iterator<Item = Element<'t, 'a>> {
        self.children().filter(move |child| child.name() == name)
    }

    /// The text of the first child with this name.
    pub(in crate::format) fn child_text(self, name: &str) -> Option<String> {
        self.child(name).and_then(Element::text)
    }

    /// The first child with this name.
    pub(in crate::format) fn child(self, name: &str) -> Option<Element<'t, 'a>> {
        self.children().find(|child| child.name() == name)
    }

    /// The first descendant with this name.
    pub(in crate::format) fn find_descendant(self, name: &str) -> Option<Element<'t, 'a>> {
        self.descendants().find(|inner| inner.name() == name)
    }

    /// All attributes except namespace declarations, names without prefixes, values as one line.
    pub(in crate::format) fn attributes(self) -> impl Iterator<Item = (&'a str, String)> {
        attributes(self.parts().2)
            .filter(|(name, _)| !name.starts_with("xmlns"))
            .map(|(name, value)| (local_name(name), one_line(&events::resolve_attribute(value))))
    }

    /// The value of an attribute as one line, by its name without a prefix; `None` if it is missing or empty.
    pub(in crate::format) fn attribute(self, name: &str) -> Option<String> {
        let (_, value) = attributes(self.parts().2).find(|(found, _)| local_name(found) == name)?;
        let value = one_line(&events::resolve_attribute(value));
        (!value.is_empty()).then_some(value)
    }

    /// All text in the element, including its line breaks.
    pub(in crate::format) fn raw_text(self) -> Cow<'t, str> {
        let nodes = &self.tree.nodes[self.at + 1..self.tree.nodes[self.at].end];
        let mut texts = nodes.iter().filter_map(|node| match &node.kind {
            NodeKind::Text(text) => Some(text.as_ref()),
            NodeKind::Element { .. } => None,
        });
        let first = texts.next().unwrap_or("");
        let Some(second) = texts.next() else {
            return Cow::Borrowed(first);
        };
        let mut out = [first, second].concat();
        texts.for_each(|text| out.push_str(text));
        Cow::Owned(out)
    }

    /// All text in the element, cleaned and as one line; `None` if there is none.
    pub(in crate::format) fn text(self) -> Option<String> {
        let line = one_line(&self.raw_text());
        (!line.is_empty()).then_some(line)
    }

    /// Like [`Element::text`], with a space where an element begins or ends, except before punctuation.
    pub(in crate::format) fn spaced_text(self) -> Option<String> {
        let nodes = &self.tree.nodes[self.at + 1..self.tree.nodes[self.at].end];
        let mut out = String::new();
        for node in nodes {
            if let NodeKind::Text(text) = &node.kind {
                let text = one_line(text);
                if !out.is_empty() && !text.is_empty() && !text.starts_with([',', '.', ';', ')']) {
                    out.push(' ');
                }
                out.push_str(&text);
            }
        }
        (!out.is_empty()).then_some(out)
    }

    /// The text of the element itself, without that of its descendants, as one line; `None` if there is none.
    pub(in crate::format) fn own_text(self) -> Option<String> {
        let nodes = &self.tree.nodes;
        let mut out = String::new();
        let mut at = self.at + 1;
        while at < nodes[self.at].end {
            if let NodeKind::Text(text) = &nodes[at].kind {
                out.push(' ');
                out.push_str(text);
            }
            at = nodes[at].end;
        }
        let line = one_line(&out);
        (!line.is_empty()).then_some(line)
    }

    /// The texts of the outermost elements with text of their own, each including its descendants.
    pub(in crate::format) fn block_texts(self) -> Vec<String> {
        let (tree, end) = (self.tree, self.tree.nodes[self.at].end);
        let mut texts = Vec::new();
        let mut at = self.at;
        while at < end {
            let element = Element { tree, at };
            let own = matches!(tree.nodes[at].kind, NodeKind::Element { .. })
                && element.own_text().is_some();
            if own {
                texts.extend(element.spaced_text());
                at = tree.nodes[at].end;
            } else {
                at += 1;
            }
        }
        texts
    }

    /// True if it has child elements.
    pub(in crate::format) fn is_nested(self) -> bool {
        self.children().next().is_some()
    }

    /// Its content as blocks, without the elements that `skip` selects.
    pub(in crate::format) fn to_markup(self, skip: &dyn Fn(Element<'t, 'a>) -> bool) -> Markup {
        let mut builder = MarkupBuilder::default();
        let nodes = &self.tree.nodes;
        let mut open: Vec<(usize, &str)> = Vec::new();
        let mut at = self.at + 1;
        while at < nodes[self.at].end {
            while let Some((_, name)) = open.pop_if(|(end, _)| *end <= at) {
                builder.close(name);
            }
            match &nodes[at].kind {
                NodeKind::Text(text) => builder.text(text),
                NodeKind::Element { name, .. } => {
                    let element = Element { tree: self.tree, at };
                    if skip(element) {
                        at = nodes[at].end;
                        continue;
                    }
                    builder.open(name, &|wanted| element.attribute(wanted).map(Cow::Owned));
                    open.push((nodes[at].end, name));
                }
            }
            at += 1;
        }
        while let Some((_, name)) = open.pop() {
            builder.close(name);
        }
        builder.finish()
    }
}
