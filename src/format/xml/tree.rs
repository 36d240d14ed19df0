//! One element with all that is in it, as a flat list in document order: no depth of nesting needs recursion.

use std::borrow::Cow;

use super::element::Element;
use super::events::{Event, Events, Start};
use super::names::{Bindings, Space, local};

/// Elements nested deeper than this are left out, their text stays.
const DEPTH: usize = 512;
/// Most nodes of one element.
const NODES: usize = 4 << 20;
/// Open elements among which the one that an end tag means is looked for.
const OPEN: usize = 64;

#[derive(Debug)]
pub(super) enum Kind<'a> {
    Element {
        name: &'a str,
        space: Space,
        inner: &'a str,
    },
    Text(Cow<'a, str>),
}

#[derive(Debug)]
pub(super) struct Node<'a> {
    pub kind: Kind<'a>,
    /// The number of the node after the last one in it.
    pub end: usize,
}

/// An element and all that is in it.
#[derive(Debug)]
pub(in crate::format) struct Tree<'a> {
    pub(super) nodes: Vec<Node<'a>>,
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
        tree.push(Kind::Element {
            name,
            space,
            inner: start.inner,
        });
        // Each open element: its number, its name, and how many declarations were in force before it.
        let mut open: Vec<(usize, &str, usize)> = vec![(0, start.name, before)];
        // How many nodes there were when text was added last.
        let mut joined = 0;
        let (mut hidden, mut told, mut full) = (0usize, false, false);
        while !start.empty && !open.is_empty() {
            match events.next() {
                Event::End => {
                    let (_, name, _) = open.last().copied().unwrap_or_default();
                    let message = format!("expected `</{name}>`, found the end");
                    events.fault(events.at, message);
                    break;
                }
                Event::Text(text) => {
                    // Text after an element is not that of the element.
                    let joins = tree.nodes.len() == joined;
                    tree.text(text, joins);
                    joined = tree.nodes.len();
                }
                Event::Open(inner) => {
                    let ends_here =
                        (ends.next)(local(inner.name)) && (!ends.shallow || open.len() == 1);
                    if ends_here {
                        let message =
                            format!("expected `</{}>`, found `<{}>`", start.name, inner.name);
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
                    let at = tree.push(Kind::Element {
                        name,
                        space,
                        inner: inner.inner,
                    });
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
                    let found = open
                        .iter()
                        .rev()
                        .take(OPEN)
                        .position(|(_, open, _)| *open == name);
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
                                    joined = 0;
                                    bindings.truncate(before);
                                }
                            }
                        }
                        None if (ends.around)(local(name)) => {
                            let message =
                                format!("expected `</{}>`, found `</{name}>`", start.name);
                            events.fault(events.at, message);
                            break;
                        }
                        None => {
                            let message =
                                format!("`</{name}>` closes nothing that is open; passed over");
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

    fn text(&mut self, text: Cow<'a, str>, joins: bool) {
        if text.is_empty() {
            return;
        }
        match self.nodes.last_mut() {
            Some(Node {
                kind: Kind::Text(before),
                ..
            }) if joins => before.to_mut().push_str(&text),
            _ => {
                self.push(Kind::Text(text));
            }
        }
    }

    /// The element itself.
    pub(in crate::format) fn root(&self) -> Element<'_, 'a> {
        Element { tree: self, at: 0 }
    }
}
