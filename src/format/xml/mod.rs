//! Items of XML documents, one element each, with what stands before the first of them. Knows no wire.

mod element;
mod entities;
mod events;
mod keep;
mod names;
mod root;
mod tree;

use super::draft::{Draft, ItemSink};
use super::{Context, Detail, encoding};
use crate::dispatch::{Problem, Severity};
pub(super) use element::Element;
use events::{Event, EventReader, Fault, StartTag};
use names::Bindings;
pub(super) use names::Namespace;
pub(super) use root::RootElement;
use tree::ImplicitEnds;
pub(super) use tree::Tree;

/// Most problems told of one item.
const MAX_REPORTED: usize = 6;

/// Which elements are items, and which only hold some.
pub(super) struct DocumentShape {
    /// Name of the format in records.
    pub format: &'static str,
    pub is_item: fn(Namespace, &str) -> bool,
    /// Elements around items; all else before the first item is told with it.
    pub is_container: fn(&str) -> bool,
    /// An item may stand deep in another one.
    pub has_nested_items: bool,
}

/// What stands before the first item: it belongs to all of them.
#[derive(Default)]
pub(super) struct Ancestors<'a> {
    /// The start tags of the elements around it, from the outside.
    pub containers: Vec<Tree<'a>>,
    /// The other elements before it.
    pub preceding: Vec<Tree<'a>>,
}

/// Makes an item of an element.
pub(super) type BuildItem =
    for<'t, 'a, 'c> fn(Draft<'c>, Element<'t, 'a>, &'t Ancestors<'a>) -> BuiltItem<'c>;

/// A draft and the blocks of its body.
pub(super) struct BuiltItem<'c> {
    pub draft: Draft<'c>,
    pub blocks: Vec<super::markup::TextBlock>,
}

/// Reads all items of a document. The number of an item is 0 for the first one, else where it begins in the text: so it
/// is found again without reading those before it.
pub(super) fn parse_items(
    (shape, build): (&DocumentShape, BuildItem),
    bytes: &[u8],
    want: Detail,
    ctx: &Context,
    sink: &mut ItemSink<'_>,
) -> Vec<Problem> {
    let decoded = encoding::decode(bytes);
    let mut document = Document {
        shape,
        text: &decoded.text,
        lines: LineCounter::default(),
        problems: Vec::new(),
        events: EventReader::new(&decoded.text),
        bindings: Bindings::default(),
        around: Ancestors::default(),
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
            sink.offer_numbered(item.number, || {
                let mut draft = Draft::new(shape.format, item.raw.as_bytes(), want, ctx);
                draft.dispatch.encoding = decoded.encoding;
                draft.dispatch.problems.extend(decoded.problem.clone());
                draft.dispatch.problems.extend(item.problems);
                let built = build(draft, item.tree.root(), &document.around);
                let place = (0..bytes.len() as u64, item.number);
                super::finish::finish_blocks(built.draft, built.blocks, place)
            });
        } else if (shape.is_container)(named.1) {
            document.enter_container(start, named, before);
        } else {
            document.bindings.truncate(before);
            document.read_sibling(start);
        }
    }
    document.report_faults();
    document.problems
}

/// A document while it is read.
struct Document<'s, 'a> {
    shape: &'s DocumentShape,
    text: &'a str,
    lines: LineCounter,
    /// What is wrong outside its items.
    problems: Vec<Problem>,
    events: EventReader<'a>,
    bindings: Bindings<'a>,
    around: Ancestors<'a>,
    /// An item was read.
    has_item: bool,
}

/// One item as it stands in a document.
struct ItemElement<'a> {
    number: u32,
    raw: &'a str,
    tree: Tree<'a>,
    problems: Vec<Problem>,
}

impl<'a> Document<'_, 'a> {
    /// Goes on to the next of the wanted items; false where it is no longer there.
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

    /// Reads the item that begins with this tag; nothing where another one is wanted.
    fn item(&mut self, start: StartTag<'a>, sink: &mut ItemSink<'_>) -> Option<ItemElement<'a>> {
        let number = if self.has_item {
            u32::try_from(start.at).unwrap_or(u32::MAX)
        } else {
            0
        };
        // What is broken before this item is not its fault.
        let faults = std::mem::take(&mut self.events.faults);
        let (mut others, own) = faults.into_iter().partition(|fault| fault.at < start.at);
        self.events.faults = own;
        report_faults(&mut others, self.text, &mut self.lines, &mut self.problems);
        self.has_item = true;
        // A declaration stands before all items: one between them would be missed where those before are passed over.
        self.events.ignores_doctype = true;
        if let Some(&[next, ..]) = sink.wanted()
            && next != number
        {
            // An item that is no longer where it was is passed over.
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
        Some(ItemElement {
            number,
            raw,
            tree,
            problems,
        })
    }

    /// An element around items. Before it `before` declarations were in force.
    fn enter_container(&mut self, start: StartTag<'a>, named: (Namespace, &'a str), before: usize) {
        if self.has_item || start.is_empty {
            self.bindings.truncate(before);
        }
        if !self.has_item {
            self.around.containers.push(Tree::of_tag(start, named));
        }
    }

    /// An element beside items: it is told with them where it stands before the first.
    fn read_sibling(&mut self, start: StartTag<'a>) {
        let never = |_: &str| false;
        let tree = if self.shape.has_nested_items {
            self.tree(start, false, &never)
        } else {
            self.tree(start, false, &self.shape.is_container)
        };
        self.report_faults();
        if !self.has_item && self.around.preceding.len() < 1000 {
            self.around.preceding.push(tree);
        }
    }

    /// An element, which the next item ends, and the end of an element that is around it.
    fn tree(
        &mut self,
        start: StartTag<'a>,
        shallow: bool,
        around: &dyn Fn(&str) -> bool,
    ) -> Tree<'a> {
        let item = self.shape.is_item;
        let ends = ImplicitEnds {
            starts_next: &|name| item(Namespace::Own, name),
            shallow,
            closes_container: around,
        };
        Tree::read(&mut self.events, start, &mut self.bindings, &ends)
    }

    /// What was found wrong outside items.
    fn report_faults(&mut self) {
        let faults = &mut self.events.faults;
        report_faults(faults, self.text, &mut self.lines, &mut self.problems);
    }
}

/// Reads the first element of a text that holds a document of its own.
pub(super) fn with_tree<T>(text: &str, look: impl FnOnce(&Tree<'_>) -> T) -> Option<T> {
    let mut events = EventReader::new(text);
    let mut bindings = Bindings::default();
    let never = |_: &str| false;
    let ends = ImplicitEnds {
        starts_next: &never,
        shallow: true,
        closes_container: &never,
    };
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

/// Faults as problems with their lines.
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
        let message = format!("{more} more places where its tags do not fit together");
        problems.push(Problem::new(Severity::Fault, "", message));
    }
}

/// Counts lines up to places that mostly ascend.
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

#[cfg(test)]
mod tests;
