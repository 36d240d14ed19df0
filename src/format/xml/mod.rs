//! XML: tags and entities, elements as trees, and the items of a document, one element each. Knows no wire.

pub(super) mod document;
pub(super) mod events;
pub(super) mod tree;
