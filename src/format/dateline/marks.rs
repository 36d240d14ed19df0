//! A cheap look for the marks that any dateline has.

/// The marks in the reach of a dateline: what has none of some kind needs no further look for it.
#[derive(Debug, Clone, Copy)]
#[allow(clippy::struct_excessive_bools)] // One for each kind of mark.
pub(super) struct Marks {
    pub brackets: bool,
    pub slashes: bool,
    pub dashes: bool,
    /// Something beyond ASCII.
    pub non_ascii: bool,
}

impl Marks {
    /// `None` where no dateline can be, by the first character or for want of any mark.
    pub(super) fn of(head: &str) -> Option<Self> {
        let first = head.chars().next()?;
        if !(first.is_ascii_uppercase()
            || !first.is_ascii() && first.is_alphabetic()
            || matches!(first, '(' | '【' | '［'))
        {
            return None;
        }
        let bytes = head.as_bytes();
        let marks = Self {
            brackets: memchr::memchr(b'(', bytes).is_some(),
            slashes: memchr::memchr(b'/', bytes).is_some(),
            dashes: memchr::memchr3(b'-', b'_', b'=', bytes).is_some(),
            non_ascii: !bytes.is_ascii(),
        };
        (marks.brackets || marks.slashes || marks.dashes || marks.non_ascii).then_some(marks)
    }
}
