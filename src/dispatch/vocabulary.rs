//! The newsroom's closed vocabularies: status, role, relation, urgency, with their names in records.

/// Whether an item may be used, as sent. NITF `management-status`, NewsML-G2 `pubStatus`, ninjs `pubStatus`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Status {
    #[default]
    Usable,
    Withheld,
    /// Killed.
    Canceled,
}

impl Status {
    /// The name in records.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Usable => "usable",
            Self::Withheld => "withheld",
            Self::Canceled => "canceled",
        }
    }

    /// Reads a wire's word; agencies spell it both ways.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        match word.trim().to_ascii_lowercase().as_str() {
            "usable" => Some(Self::Usable),
            "withheld" => Some(Self::Withheld),
            "canceled" | "cancelled" | "killed" => Some(Self::Canceled),
            _ => None,
        }
    }
}

/// What an item is to the others of its story.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Role {
    #[default]
    Story,
    Alert,
    Update,
    Correction,
    Kill,
    Repeat,
    Add,
    Advisory,
}

impl Role {
    /// All of them, in the order of the records' description.
    pub const ALL: [Self; 8] = [
        Self::Story,
        Self::Alert,
        Self::Update,
        Self::Correction,
        Self::Kill,
        Self::Repeat,
        Self::Add,
        Self::Advisory,
    ];

    /// The name in records.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Story => "story",
            Self::Alert => "alert",
            Self::Update => "update",
            Self::Correction => "correction",
            Self::Kill => "kill",
            Self::Repeat => "repeat",
            Self::Add => "add",
            Self::Advisory => "advisory",
        }
    }

    /// Reads the name in records.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        let word = word.trim();
        Self::ALL
            .into_iter()
            .find(|role| role.name().eq_ignore_ascii_case(word))
    }
}

/// How one item acts on another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RelationKind {
    Replaces,
    Corrects,
    Kills,
    Repeats,
    AddsTo,
}

impl RelationKind {
    /// The name in records.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Replaces => "replaces",
            Self::Corrects => "corrects",
            Self::Kills => "kills",
            Self::Repeats => "repeats",
            Self::AddsTo => "adds-to",
        }
    }
}

/// Another item that this one acts on, by the id that the wire gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Relation {
    pub kind: RelationKind,
    pub id: String,
}

/// IPTC urgency: 1 highest, 5 normal, 8 lowest, 9 user-defined.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Urgency(u8);

impl Urgency {
    /// `None` outside 1..=9.
    #[must_use]
    pub fn new(value: u8) -> Option<Self> {
        (1..=9).contains(&value).then_some(Self(value))
    }

    /// 1..=9
    #[must_use]
    pub fn value(self) -> u8 {
        self.0
    }

    /// Flashes and urgents (1 and 2), which lists mark with `!`.
    #[must_use]
    pub fn is_urgent(self) -> bool {
        self.0 <= 2
    }
}
