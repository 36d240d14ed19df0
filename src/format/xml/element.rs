//! An element of a tree: its attributes, its text, what is in it, and its content as blocks.

use std::borrow::Cow;

use super::entities;
use super::events::attributes;
use super::names::{Namespace, local_name};
use super::tree::{NodeKind, Tree};
use crate::format::markup::{Markup, MarkupBuilder};
use crate::text;

/// An element within a tree.
#[derive(Debug, Clone, Copy)]
pub(in crate::format) struct Element<'t, 'a> {
    pub(super) tree: &'t Tree<'a>,
    pub(super) at: usize,
}

impl<'t, 'a> Element<'t, 'a> {
    fn parts(self) -> (&'a str, Namespace, &'a str) {
        match self.tree.nodes[self.at].kind {
            NodeKind::Element { name, space, inner } => (name, space, inner),
            NodeKind::Text(_) => ("", Namespace::Other, ""),
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

    pub(in crate::format) fn namespace(self) -> Namespace {
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
                if matches!(tree.nodes[here].kind, NodeKind::Element { .. }) {
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
            .filter(|&at| matches!(tree.nodes[at].kind, NodeKind::Element { .. }))
            .map(move |at| Element { tree, at })
    }

    /// The first child of this name.
    pub(in crate::format) fn child(self, name: &str) -> Option<Element<'t, 'a>> {
        self.children().find(|child| child.name() == name)
    }

    /// The first element of this name in it.
    pub(in crate::format) fn find_descendant(self, name: &str) -> Option<Element<'t, 'a>> {
        self.descendants().find(|inner| inner.name() == name)
    }

    /// All attributes, names without prefixes.
    pub(in crate::format) fn attributes(self) -> impl Iterator<Item = (&'a str, String)> {
        attributes(self.parts().2)
            .filter(|(name, _)| !name.starts_with("xmlns"))
            .map(|(name, value)| {
                (
                    local_name(name),
                    one_line(&entities::resolve_attribute(value)),
                )
            })
    }

    /// An attribute in one line, by its name without a prefix; `None` where it is empty.
    pub(in crate::format) fn attribute(self, name: &str) -> Option<String> {
        let (_, value) = attributes(self.parts().2).find(|(found, _)| local_name(found) == name)?;
        let value = one_line(&entities::resolve_attribute(value));
        (!value.is_empty()).then_some(value)
    }

    /// All text in it as it stands, line ends and all.
    pub(in crate::format) fn raw_text(self) -> Cow<'t, str> {
        let inside = &self.tree.nodes[self.at + 1..self.tree.nodes[self.at].end];
        let mut texts = inside.iter().filter_map(|node| match &node.kind {
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

    /// All text in it in one line, clean; `None` where there is none.
    pub(in crate::format) fn text(self) -> Option<String> {
        let line = one_line(&self.raw_text());
        (!line.is_empty()).then_some(line)
    }

    /// The same with a space where an element begins or ends, unless a comma stands there.
    pub(in crate::format) fn spaced_text(self) -> Option<String> {
        let inside = &self.tree.nodes[self.at + 1..self.tree.nodes[self.at].end];
        let mut out = String::new();
        for node in inside {
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

    /// The text right in it, elements left out, in one line; `None` where there is none.
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

    /// The text of each element that holds some right in it, with all that is in that.
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

    /// True where it holds an element.
    pub(in crate::format) fn is_nested(self) -> bool {
        self.children().next().is_some()
    }

    /// Its content as blocks. Elements that `skip` names are left out.
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
                    let element = Element {
                        tree: self.tree,
                        at,
                    };
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
