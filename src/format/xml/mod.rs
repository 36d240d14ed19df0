//! Items of XML documents, one element each, with what stands before the first of them. Knows no wire.

mod element;
mod entities;
mod events;
mod keep;
mod names;
mod root;
mod tree;

use super::draft::{Draft, Sink};
use super::{Context, Want, encoding};
use crate::dispatch::{Problem, Severity};
pub(super) use element::Element;
use events::{Event, Events, Fault, Start};
use names::Bindings;
pub(super) use names::Space;
pub(super) use root::Root;
use tree::Ends;
pub(super) use tree::Tree;

/// Most problems told of one item.
const TOLD: usize = 6;

/// Which elements are items, and which only hold some.
pub(super) struct Shape {
    /// Name of the format in records.
    pub format: &'static str,
    pub item: fn(Space, &str) -> bool,
    /// Elements around items; all else before the first item is told with it.
    pub around: fn(&str) -> bool,
    /// An item may stand deep in another one.
    pub nests: bool,
}

/// What stands before the first item: it belongs to all of them.
#[derive(Default)]
pub(super) struct Around<'a> {
    /// The start tags of the elements around it, from the outside.
    pub outer: Vec<Tree<'a>>,
    /// The other elements before it.
    pub heads: Vec<Tree<'a>>,
}

/// Makes an item of an element.
pub(super) type Build = for<'t, 'a, 'c> fn(Draft<'c>, Element<'t, 'a>, &'t Around<'a>) -> Built<'c>;

/// A draft and the blocks of its body.
pub(super) struct Built<'c> {
    pub draft: Draft<'c>,
    pub blocks: Vec<super::markup::Part>,
}

/// Reads all items of a document. The number of an item is 0 for the first one, else where it begins in the text: so it
/// is found again without reading those before it.
pub(super) fn items(
    (shape, build): (&Shape, Build),
    bytes: &[u8],
    want: Want,
    ctx: &Context,
    sink: &mut Sink<'_>,
) -> Vec<Problem> {
    let decoded = encoding::decode(bytes);
    let mut document = Document {
        shape,
        text: &decoded.text,
        lines: Lines::default(),
        problems: Vec::new(),
        events: Events::new(&decoded.text),
        bindings: Bindings::default(),
        around: Around::default(),
        begun: false,
    };
    while !sink.is_full() {
        if !document.goes_to(sink.wanted()) {
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
        if (shape.item)(named.0, named.1) {
            document.bindings.truncate(before);
            let Some(item) = document.item(start, sink) else {
                continue;
            };
            sink.offer_as(item.number, || {
                let mut draft = Draft::new(shape.format, item.raw.as_bytes(), want, ctx);
                draft.dispatch.encoding = decoded.encoding;
                draft.dispatch.problems.extend(decoded.problem.clone());
                draft.dispatch.problems.extend(item.problems);
                let built = build(draft, item.tree.root(), &document.around);
                let place = (0..bytes.len() as u64, item.number);
                super::finish::finish_blocks(built.draft, built.blocks, place)
            });
        } else if (shape.around)(named.1) {
            document.goes_around(start, named, before);
        } else {
            document.bindings.truncate(before);
            document.stands_beside(start);
        }
    }
    document.tell();
    document.problems
}

/// A document while it is read.
struct Document<'s, 'a> {
    shape: &'s Shape,
    text: &'a str,
    lines: Lines,
    /// What is wrong outside its items.
    problems: Vec<Problem>,
    events: Events<'a>,
    bindings: Bindings<'a>,
    around: Around<'a>,
    /// An item was read.
    begun: bool,
}

/// One item as it stands in a document.
struct Found<'a> {
    number: u32,
    raw: &'a str,
    tree: Tree<'a>,
    problems: Vec<Problem>,
}

impl<'a> Document<'_, 'a> {
    /// Goes on to the next of the wanted items; false where it is no longer there.
    fn goes_to(&mut self, wanted: Option<&[u32]>) -> bool {
        if self.begun
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
    fn item(&mut self, start: Start<'a>, sink: &mut Sink<'_>) -> Option<Found<'a>> {
        let number = if self.begun {
            u32::try_from(start.at).unwrap_or(u32::MAX)
        } else {
            0
        };
        // What is broken before this item is not its fault.
        let faults = std::mem::take(&mut self.events.faults);
        let (mut others, own) = faults.into_iter().partition(|fault| fault.at < start.at);
        self.events.faults = own;
        tell(&mut others, self.text, &mut self.lines, &mut self.problems);
        self.begun = true;
        // A declaration stands before all items: one between them would be missed where those before are passed over.
        self.events.declared = true;
        if let Some(&[next, ..]) = sink.wanted()
            && next != number
        {
            // An item that is no longer where it was is passed over.
            sink.pass(number);
            return None;
        }
        self.events.entities.renew();
        let at = start.at;
        let tree = self.tree(start, self.shape.nests, &self.shape.around);
        let raw = &self.text[at..self.events.position().max(at)];
        let mut problems = Vec::new();
        let faults = &mut self.events.faults;
        tell(faults, self.text, &mut self.lines, &mut problems);
        Some(Found {
            number,
            raw,
            tree,
            problems,
        })
    }

    /// An element around items. Before it `before` declarations were in force.
    fn goes_around(&mut self, start: Start<'a>, named: (Space, &'a str), before: usize) {
        if self.begun || start.empty {
            self.bindings.truncate(before);
        }
        if !self.begun {
            self.around.outer.push(Tree::of_tag(start, named));
        }
    }

    /// An element beside items: it is told with them where it stands before the first.
    fn stands_beside(&mut self, start: Start<'a>) {
        let never = |_: &str| false;
        let tree = if self.shape.nests {
            self.tree(start, false, &never)
        } else {
            self.tree(start, false, &self.shape.around)
        };
        self.tell();
        if !self.begun && self.around.heads.len() < 1000 {
            self.around.heads.push(tree);
        }
    }

    /// An element, which the next item ends, and the end of an element that is around it.
    fn tree(&mut self, start: Start<'a>, shallow: bool, around: &dyn Fn(&str) -> bool) -> Tree<'a> {
        let item = self.shape.item;
        let ends = Ends {
            next: &|name| item(Space::Own, name),
            shallow,
            around,
        };
        Tree::read(&mut self.events, start, &mut self.bindings, &ends)
    }

    /// What was found wrong outside items.
    fn tell(&mut self) {
        let faults = &mut self.events.faults;
        tell(faults, self.text, &mut self.lines, &mut self.problems);
    }
}

/// Reads the first element of a text that holds a document of its own.
pub(super) fn with_tree<T>(text: &str, look: impl FnOnce(&Tree<'_>) -> T) -> Option<T> {
    let mut events = Events::new(text);
    let mut bindings = Bindings::default();
    let never = |_: &str| false;
    let ends = Ends {
        next: &never,
        shallow: true,
        around: &never,
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
fn tell(faults: &mut Vec<Fault>, text: &str, lines: &mut Lines, problems: &mut Vec<Problem>) {
    let more = faults.len().saturating_sub(TOLD);
    for fault in faults.drain(..).take(TOLD) {
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
struct Lines {
    at: usize,
    count: usize,
}

impl Lines {
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
