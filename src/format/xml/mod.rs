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
use events::{Event, Events, Fault};
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
    let text = &*decoded.text;
    let mut lines = Lines::default();
    let mut problems = Vec::new();
    let mut events = Events::new(text);
    let mut bindings = Bindings::default();
    let mut around = Around::default();
    let mut begun = false;
    let is_item = |name: &str| (shape.item)(Space::Own, name);
    let ends = Ends {
        next: &is_item,
        shallow: shape.nests,
        around: &shape.around,
    };
    let never = |_: &str| false;
    while !sink.is_full() {
        if begun && let Some(&[next, ..]) = sink.wanted() {
            let next = usize::try_from(next).unwrap_or(usize::MAX);
            if !text.get(next..).is_some_and(|rest| rest.starts_with('<')) {
                break;
            }
            if next > events.position() {
                events.jump(next);
            }
        }
        let start = match events.next() {
            Event::End => break,
            Event::Open(start) => start,
            Event::Text(_) | Event::Close(_) => continue,
        };
        let before = bindings.len();
        bindings.declare(&start);
        let (space, name) = bindings.resolve(start.name);
        if (shape.item)(space, name) {
            bindings.truncate(before);
            let number = if begun {
                u32::try_from(start.at).unwrap_or(u32::MAX)
            } else {
                0
            };
            // What is broken before this item is not its fault.
            let faults = std::mem::take(&mut events.faults);
            let (mut others, own) = faults.into_iter().partition(|fault| fault.at < start.at);
            events.faults = own;
            tell(&mut others, text, &mut lines, &mut problems);
            begun = true;
            // A declaration stands before all items: one between them would be missed where those before are passed over.
            events.declared = true;
            if let Some(&[next, ..]) = sink.wanted()
                && next != number
            {
                // An item that is no longer where it was is passed over.
                sink.pass(number);
                continue;
            }
            events.entities.renew();
            let tree = Tree::read(&mut events, start, &mut bindings, &ends);
            let raw = &text[start.at..events.position().max(start.at)];
            let mut told = Vec::new();
            tell(&mut events.faults, text, &mut lines, &mut told);
            sink.offer_as(number, || {
                let mut draft = Draft::new(shape.format, raw.as_bytes(), want, ctx);
                draft.dispatch.encoding = decoded.encoding;
                draft.dispatch.problems.extend(decoded.problem.clone());
                draft.dispatch.problems.append(&mut told);
                let built = build(draft, tree.root(), &around);
                let place = (0..bytes.len() as u64, number);
                super::finish::finish_blocks(built.draft, built.blocks, place)
            });
        } else if (shape.around)(name) {
            if begun || start.empty {
                bindings.truncate(before);
            }
            if !begun {
                around.outer.push(Tree::of_tag(start, (space, name)));
            }
        } else {
            bindings.truncate(before);
            let none = Ends {
                next: &is_item,
                shallow: false,
                around: if shape.nests { &never } else { &shape.around },
            };
            let tree = Tree::read(&mut events, start, &mut bindings, &none);
            tell(&mut events.faults, text, &mut lines, &mut problems);
            if !begun && around.heads.len() < 1000 {
                around.heads.push(tree);
            }
        }
    }
    tell(&mut events.faults, text, &mut lines, &mut problems);
    problems
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
