//! One element with all that is in it, as a flat list in document order: no depth of nesting needs recursion.

use std::borrow::Cow;

use super::element::Element;
use super::events::{Event, EventReader, StartTag};
use super::names::{Bindings, Namespace, local_name};

/// Elements nested deeper than this are left out, their text stays.
const MAX_DEPTH: usize = 512;
/// Most nodes of one element.
const MAX_NODES: usize = 4 << 20;
/// Open elements among which the one that an end tag means is looked for.
const MAX_OPEN_SEARCH: usize = 64;

#[derive(Debug)]
pub(super) enum NodeKind<'a> {
    Element {
        name: &'a str,
        space: Namespace,
        inner: &'a str,
    },
    Text(Cow<'a, str>),
}

#[derive(Debug)]
pub(super) struct Node<'a> {
    pub kind: NodeKind<'a>,
    /// The number of the node after the last one in it.
    pub end: usize,
}

/// An element and all that is in it.
#[derive(Debug)]
pub(in crate::format) struct Tree<'a> {
    pub(super) nodes: Vec<Node<'a>>,
}

/// Names that end an element although it is not closed.
pub(super) struct ImplicitEnds<'e> {
    /// A start tag that begins the next one.
    pub starts_next: &'e dyn Fn(&str) -> bool,
    /// Only where it stands right in the element.
    pub shallow: bool,
    /// An end tag of what is around it.
    pub closes_container: &'e dyn Fn(&str) -> bool,
}

impl<'a> Tree<'a> {
    /// Reads on to the end of the element that begins with this tag.
    pub(super) fn read(
        events: &mut EventReader<'a>,
        start: StartTag<'a>,
        bindings: &mut Bindings<'a>,
        ends: &ImplicitEnds<'_>,
    ) -> Self {
        let before = bindings.len();
        bindings.declare(&start);
        let named = bindings.resolve(start.name);
        let mut growing = TreeBuilder {
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
            growing.build();
        }
        growing.bindings.truncate(before);
        let TreeBuilder { mut tree, open, .. } = growing;
        let last = tree.nodes.len();
        for (at, ..) in open {
            tree.nodes[at].end = last;
        }
        tree.nodes[0].end = last;
        tree
    }

    /// A start tag alone.
    pub(super) fn of_tag(start: StartTag<'a>, (space, name): (Namespace, &'a str)) -> Self {
        let mut tree = Self { nodes: Vec::new() };
        tree.push(NodeKind::Element {
            name,
            space,
            inner: start.inner,
        });
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
            Some(Node {
                kind: NodeKind::Text(before),
                ..
            }) if joins => before.to_mut().push_str(&text),
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

/// A tree while it is read.
struct TreeBuilder<'r, 'a, 'e> {
    tree: Tree<'a>,
    /// The name of the element as its tag has it.
    name: &'a str,
    /// Each open element: its number, its name, and how many declarations were in force before it.
    open: Vec<(usize, &'a str, usize)>,
    /// How many nodes there were when text was added last.
    joined: usize,
    /// Elements left out that are still open.
    skipped_open: usize,
    /// It was told that some are left out.
    limit_reported: bool,
    /// There were as many nodes as there may be.
    full: bool,
    ends: &'r ImplicitEnds<'e>,
    events: &'r mut EventReader<'a>,
    bindings: &'r mut Bindings<'a>,
}

impl<'a> TreeBuilder<'_, 'a, '_> {
    /// Reads until the element is closed, or ended by something else.
    fn build(&mut self) {
        while !self.open.is_empty() {
            let goes_on = match self.events.next() {
                Event::End => {
                    let (_, name, _) = self.open.last().copied().unwrap_or_default();
                    let message = format!("expected `</{name}>`, found the end");
                    self.events.fault(self.events.at, message);
                    false
                }
                Event::Text(text) => {
                    // Text after an element is not that of the element.
                    let joins = self.tree.nodes.len() == self.joined;
                    self.tree.text(text, joins);
                    self.joined = self.tree.nodes.len();
                    true
                }
                Event::Open(inner) => self.open_element(inner),
                Event::Close(name) => self.close_element(name),
            };
            if !goes_on {
                break;
            }
        }
    }

    /// An element begins; false where it is the next one.
    fn open_element(&mut self, inner: StartTag<'a>) -> bool {
        let shallow = !self.ends.shallow || self.open.len() == 1;
        if shallow && (self.ends.starts_next)(local_name(inner.name)) {
            let message = format!("expected `</{}>`, found `<{}>`", self.name, inner.name);
            self.events.fault(inner.at, message);
            self.events.jump(inner.at);
            return false;
        }
        if self.open.len() >= MAX_DEPTH || self.tree.nodes.len() >= MAX_NODES {
            if !self.limit_reported {
                self.limit_reported = true;
                let message = "nested too deeply or of too many elements: some are left out, their text stays";
                self.events.fault(inner.at, message);
            }
            self.full |= self.tree.nodes.len() >= MAX_NODES;
            self.skipped_open += usize::from(!inner.is_empty);
            return true;
        }
        let before = self.bindings.len();
        self.bindings.declare(&inner);
        let (space, name) = self.bindings.resolve(inner.name);
        let at = self.tree.push(NodeKind::Element {
            name,
            space,
            inner: inner.inner,
        });
        if inner.is_empty {
            self.bindings.truncate(before);
        } else {
            self.open.push((at, inner.name, before));
        }
        true
    }

    /// An element ends; false where it is what is around this one.
    fn close_element(&mut self, name: &str) -> bool {
        if self.skipped_open > 0 && (self.full || self.open.len() >= MAX_DEPTH) {
            self.skipped_open -= 1;
            return true;
        }
        let mut inward = self.open.iter().rev().take(MAX_OPEN_SEARCH);
        let Some(above) = inward.position(|(_, open, _)| *open == name) else {
            let is_around = (self.ends.closes_container)(local_name(name));
            let message = if is_around {
                format!("expected `</{}>`, found `</{name}>`", self.name)
            } else {
                format!("`</{name}>` closes nothing that is open; passed over")
            };
            self.events.fault(self.events.at, message);
            return !is_around;
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
