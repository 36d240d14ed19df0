//! One change of one mark, and its opposite.

use crate::text::hash;

/// Kinds of marks. The numbers stand in databases and never change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum MarkKind {
    Read = 1,
    Star = 2,
    Note = 3,
    Position = 4,
    Query = 5,
    View = 6,
    Setting = 7,
}

impl MarkKind {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Read,
        Self::Star,
        Self::Note,
        Self::Position,
        Self::Query,
        Self::View,
        Self::Setting,
    ];

    /// The name in exports.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Star => "star",
            Self::Note => "note",
            Self::Position => "place",
            Self::Query => "query",
            Self::View => "view",
            Self::Setting => "setting",
        }
    }

    /// The kind of a name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// The kind of a number.
    #[must_use]
    pub fn from_number(number: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| *kind as i64 == number)
    }
}

/// One change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MarkChange {
    /// An item has been read, or not.
    Read(u64, bool),
    /// A story is starred, or not.
    Star(u64, bool),
    /// The note on a story, empty for none, and the one that it takes the place of: where that is not what is kept, another
    /// process has written one, and both are kept.
    Note {
        story: u64,
        text: String,
        before: String,
    },
    /// How far an item has been read: a byte position in its body.
    Position(u64, u32),
    /// A filter has been typed.
    Query(String),
    /// A saved view of that name, or none any more.
    View(String, Option<String>),
    /// Something else to remember under a name, or to forget.
    Setting(String, Option<String>),
}

impl MarkChange {
    /// What kind of mark it changes.
    #[must_use]
    pub fn kind(&self) -> MarkKind {
        match self {
            Self::Read(..) => MarkKind::Read,
            Self::Star(..) => MarkKind::Star,
            Self::Note { .. } => MarkKind::Note,
            Self::Position(..) => MarkKind::Position,
            Self::Query(_) => MarkKind::Query,
            Self::View(..) => MarkKind::View,
            Self::Setting(..) => MarkKind::Setting,
        }
    }

    /// What it marks: an item, a story, or the hash of a name.
    #[must_use]
    pub fn key(&self) -> u64 {
        match self {
            Self::Read(key, _) | Self::Star(key, _) | Self::Position(key, _) => *key,
            Self::Note { story, .. } => *story,
            Self::Query(name) | Self::View(name, _) | Self::Setting(name, _) => {
                hash(name.as_bytes())
            }
        }
    }

    /// The change that takes this one back, where what it changes was different before. Of a place or a name there is
    /// none: nobody calls that a mark.
    #[must_use]
    pub fn inverse(&self) -> Option<Self> {
        match self {
            Self::Read(item, read) => Some(Self::Read(*item, !read)),
            Self::Star(story, star) => Some(Self::Star(*story, !star)),
            Self::Note {
                story,
                text,
                before,
            } => Some(Self::Note {
                story: *story,
                text: before.clone(),
                before: text.clone(),
            }),
            Self::Position(..) | Self::Query(_) | Self::View(..) | Self::Setting(..) => None,
        }
    }
}
