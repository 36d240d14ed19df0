//! XML: events (tags, text, entities), elements as trees, and documents whose items are elements. Knows no wire format.

pub(super) mod document;
pub(super) mod events;
pub(super) mod tree;
