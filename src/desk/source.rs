//! What the bytes of a dispatch look like, read again when somebody asks to see them.

/// The bytes of one dispatch as lines in which controls are visible, and sentences about them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SourceView {
    pub notes: Vec<String>,
    pub lines: Vec<String>,
}
