//! One element with all that is in it, as a flat list in document order: no depth of nesting needs recursion.

use std::borrow::Cow;

use super::entities;
use super::events::{Event, Events, Start, attributes};
use super::names::{Bindings, Space, local};
use crate::format::markup::{Builder, Markup};
use crate::text;

/// Elements nested deeper than this are left out, their text stays.
const DEPTH: usize = 512;
/// Most nodes of one element.
const NODES: usize = 4 << 20;
/// Open elements among which the one that an end tag means is looked for.
const OPEN: usize = 64;

#[derive(Debug)]
enum Kind<'a> {
    Element { name: &'a str, space: Space, inner: &'a str },
    Text(Cow<'a, str>),
}

#[derive(Debug)]
struct Node<'a> {
    kind: Kind<'a>,
    /// The number of the node after the last one in it.
    end: usize,
}

/// An element and all that is in it.
#[derive(Debug)]
pub(in crate::format) struct Tree<'a> {
    nodes: Vec<Node<'a>>,
}

/// Names that end an element although it is not closed.
pub(super) struct Ends<'e> {
    /// A start tag that begins the next one.
    pub next: &'e dyn Fn(&str) -> bool,
    /// Only where it stands right in the element.
    pub shallow: bool,
    /// An end tag of what is around it.
    pub around: &'e dyn Fn(&str) -> bool,
}

impl<'a> Tree<'a> {
    /// Reads on to the end of the element that begins with this tag.
    pub(super) fn read(
        events: &mut Events<'a>,
        start: Start<'a>,
        bindings: &mut Bindings<'a>,
        ends: &Ends<'_>,
    ) -> Self {
        let mut tree = Self { nodes: Vec::new() };
        let before = bindings.len();
        bindings.declare(&start);
        let (space, name) = bindings.resolve(start.name);
        tree.push(Kind::Element { name, space, inner: start.inner });
        // Each open element: its number, its name, and how many declarations were in force before it.
        let mut open: Vec<(usize, &str, usize)> = vec![(0, start.name, before)];
        let (mut hidden, mut told, mut full) = (0usize, false, false);
        while !start.empty && !open.is_empty() {
            match events.next() {
                Event::End => {
                    let (_, name, _) = open.pop().unwrap_or_default();
                    let message = format!("expected `</{name}>`, found the end");
                    events.fault(events.at, message);
                    break;
                }
                Event::Text(text) => tree.text(text),
                Event::Open(inner) => {
                    let ends_here = (ends.next)(local(inner.name)) && (!ends.shallow || open.len() == 1);
                    if ends_here {
                        let message = format!("expected `</{}>`, found `<{}>`", start.name, inner.name);
                        events.fault(inner.at, message);
                        events.jump(inner.at);
                        break;
                    }
                    if open.len() >= DEPTH || tree.nodes.len() >= NODES {
                        if !told {
                            told = true;
                            let message = "nested too deeply or of too many elements: some are left out, their text stays";
                            events.fault(inner.at, message);
                        }
                        full |= tree.nodes.len() >= NODES;
                        hidden += usize::from(!inner.empty);
                        continue;
                    }
                    let before = bindings.len();
                    bindings.declare(&inner);
                    let (space, name) = bindings.resolve(inner.name);
                    let at = tree.push(Kind::Element { name, space, inner: inner.inner });
                    if inner.empty {
                        bindings.truncate(before);
                    } else {
                        open.push((at, inner.name, before));
                    }
                }
                Event::Close(name) => {
                    if hidden > 0 && (full || open.len() >= DEPTH) {
                        hidden -= 1;
                        continue;
                    }
                    let found = open.iter().rev().take(OPEN).position(|(_, open, _)| *open == name);
                    match found {
                        Some(above) => {
                            if above > 0 {
                                let (_, inner, _) = open[open.len() - 1];
                                let message = format!("expected `</{inner}>`, found `</{name}>`");
                                events.fault(events.at, message);
                            }
                            for _ in 0..=above {
                                if let Some((at, _, before)) = open.pop() {
                                    tree.nodes[at].end = tree.nodes.len();
                                    bindings.truncate(before);
                                }
                            }
                        }
                        None if (ends.around)(local(name)) => {
                            let message = format!("expected `</{}>`, found `</{name}>`", start.name);
                            events.fault(events.at, message);
                            break;
                        }
                        None => {
                            let message = format!("`</{name}>` closes nothing that is open; passed over");
                            events.fault(events.at, message);
                        }
                    }
                }
            }
        }
        bindings.truncate(before);
        let last = tree.nodes.len();
        for (at, ..) in open {
            tree.nodes[at].end = last;
        }
        tree.nodes[0].end = last;
        tree
    }

    /// A start tag alone.
    pub(super) fn of_tag(start: Start<'a>, (space, name): (Space, &'a str)) -> Self {
        let mut tree = Self { nodes: Vec::new() };
        tree.push(Kind::Element {
            name,
            space,
            inner: start.inner,
        });
        tree
    }

    fn push(&mut self, kind: Kind<'a>) -> usize {
        let at = self.nodes.len();
        self.nodes.push(Node { kind, end: at + 1 });
        at
    }

    fn text(&mut self, text: Cow<'a, str>) {
        if let Some(Node { kind: Kind::Text(before), .. }) = self.nodes.last_mut()
            && !text.is_empty()
        {
            before.to_mut().push_str(&text);
        } else if !text.is_empty() {
            self.push(Kind::Text(text));
        }
    }

    /// The element itself.
    pub(in crate::format) fn root(&self) -> Element<'_, 'a> {
        Element { tree: self, at: 0 }
    }
}

/// An element within a tree.
#[derive(Debug, Clone, Copy)]
pub(in crate::format) struct Element<'t, 'a> {
    tree: &'t Tree<'a>,
    at: usize,
}

impl<'t, 'a> Element<'t, 'a> {
    fn parts(self) -> (&'a str, Space, &'a str) {
        match self.tree.nodes[self.at].kind {
            Kind::Element { name, space, inner } => (name, space, inner),
            Kind::Text(_) => ("", Space::Other, ""),
        }
    }

    /// Its name without a prefix.
    pub(in crate::format) fn name(self) -> &'a str {
        self.parts().0
    }

    /// Its name as it is written, prefix and all.
    pub(in crate::format) fn qualified(self) -> &'a str {
        let inner = self.parts().2;
        let end = inner.find(|c: char| c.is_ascii_whitespace() || matches!(c, '/' | '"' | '\''));
        &inner[..end.unwrap_or(inner.len())]
    }

    pub(in crate::format) fn space(self) -> Space {
        self.parts().1
    }

    /// The elements right in it.
    pub(in crate::format) fn children(self) -> impl Iterator<Item = Element<'t, 'a>> {
        let (tree, end) = (self.tree, self.tree.nodes[self.at].end);
        let mut at = self.at + 1;
        std::iter::from_fn(move || {
            while at < end {
                let here = at;
                at = tree.nodes[here].end;
                if matches!(tree.nodes[here].kind, Kind::Element { .. }) {
                    return Some(Element { tree, at: here });
                }
            }
            None
        })
    }

    /// All elements in it, in document order.
    pub(in crate::format) fn descendants(self) -> impl Iterator<Item = Element<'t, 'a>> {
        let tree = self.tree;
        (self.at + 1..tree.nodes[self.at].end)
            .filter(|&at| matches!(tree.nodes[at].kind, Kind::Element { .. }))
            .map(move |at| Element { tree, at })
    }

    /// The first child of this name.
    pub(in crate::format) fn child(self, name: &str) -> Option<Element<'t, 'a>> {
        self.children().find(|child| child.name() == name)
    }

    /// The first element of this name in it.
    pub(in crate::format) fn find(self, name: &str) -> Option<Element<'t, 'a>> {
        self.descendants().find(|inner| inner.name() == name)
    }

    /// All attributes, names without prefixes.
    pub(in crate::format) fn attributes(self) -> impl Iterator<Item = (&'a str, String)> {
        attributes(self.parts().2)
            .filter(|(name, _)| !name.starts_with("xmlns"))
            .map(|(name, value)| (local(name), one_line(&entities::attribute(value))))
    }

    /// An attribute in one line, by its name without a prefix; `None` where it is empty.
    pub(in crate::format) fn attribute(self, name: &str) -> Option<String> {
        let (_, value) = attributes(self.parts().2).find(|(found, _)| local(found) == name)?;
        let value = one_line(&entities::attribute(value));
        (!value.is_empty()).then_some(value)
    }

    /// All text in it as it stands, line ends and all.
    pub(in crate::format) fn raw(self) -> Cow<'t, str> {
        let inside = &self.tree.nodes[self.at + 1..self.tree.nodes[self.at].end];
        let mut texts = inside.iter().filter_map(|node| match &node.kind {
            Kind::Text(text) => Some(text.as_ref()),
            Kind::Element { .. } => None,
        });
        let first = texts.next().unwrap_or("");
        let Some(second) = texts.next() else {
            return Cow::Borrowed(first);
        };
        let mut out = [first, second].concat();
        texts.for_each(|text| out.push_str(text));
        Cow::Owned(out)
    }

    /// All text in it in one line, clean; `None` where there is none.
    pub(in crate::format) fn text(self) -> Option<String> {
        let line = one_line(&self.raw());
        (!line.is_empty()).then_some(line)
    }

    /// The same with a space where an element begins or ends, unless a comma stands there.
    pub(in crate::format) fn spaced(self) -> Option<String> {
        let inside = &self.tree.nodes[self.at + 1..self.tree.nodes[self.at].end];
        let mut out = String::new();
        for node in inside {
            if let Kind::Text(text) = &node.kind {
                let text = one_line(text);
                if !out.is_empty() && !text.is_empty() && !text.starts_with([',', '.', ';', ')']) {
                    out.push(' ');
                }
                out.push_str(&text);
            }
        }
        (!out.is_empty()).then_some(out)
    }

    /// True where it holds an element.
    pub(in crate::format) fn is_nested(self) -> bool {
        self.children().next().is_some()
    }

    /// Its content as blocks. Elements that `skip` names are left out.
    pub(in crate::format) fn markup(self, skip: &dyn Fn(Element<'t, 'a>) -> bool) -> Markup {
        let mut builder = Builder::default();
        let nodes = &self.tree.nodes;
        let mut open: Vec<(usize, &str)> = Vec::new();
        let mut at = self.at + 1;
        while at < nodes[self.at].end {
            while let Some((_, name)) = open.pop_if(|(end, _)| *end <= at) {
                builder.close(name);
            }
            match &nodes[at].kind {
                Kind::Text(text) => builder.text(text),
                Kind::Element { name, .. } => {
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

/// A text in one line, clean.
fn one_line(value: &str) -> String {
    let clean = text::clean(value);
    let words: Vec<&str> = clean.split_ascii_whitespace().collect();
    words.join(" ")
}
