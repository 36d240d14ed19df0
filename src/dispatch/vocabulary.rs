//! Closed vocabularies of the newsroom: status, role, relation and urgency, with their names in records.

/// Publishing status as sent. NITF `management-status`, NewsML-G2 `pubStatus`, ninjs `pubStatus`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Status {
    #[default]
    Usable,
    /// On hold: may be released later.
    Withheld,
    /// Killed: must not be used any more.
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

    /// The status that holds of an item sent with this one, if other items kill or withhold it.
    #[must_use]
    pub fn after_notices(self, is_killed: bool, is_withheld: bool) -> Self {
        match self {
            _ if is_killed => Self::Canceled,
            Self::Usable if is_withheld => Self::Withheld,
            status => status,
        }
    }

    /// Parses a wire's word for a status, in any case. ninjs only allows `canceled`, but agencies use both spellings.
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

/// The role of an item within its story.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Role {
    /// An ordinary report, and the default.
    #[default]
    Story,
    /// A flash, bulletin or urgent: one line of breaking news.
    Alert,
    /// A new version: a lead, update, wrapup or writethru.
    Update,
    Correction,
    /// A notice that withdraws an earlier item.
    Kill,
    Repeat,
    /// Text that continues an earlier item.
    Add,
    /// A notice to editors that is not for publication.
    Advisory,
}

impl Role {
    /// All roles, in the order in which the documentation of the records lists them.
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

    /// Parses the name in records, in any case.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        let word = word.trim();
        Self::ALL.into_iter().find(|role| role.name().eq_ignore_ascii_case(word))
    }
}

/// How one item acts on another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RelationKind {
    Replaces,
    Corrects,
    Kills,
    /// Asks not to use the other item until further notice.
    Holds,
    /// Takes back the kill or hold of the other item: `Please disregard the kill`.
    Restores,
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
            Self::Holds => "holds",
            Self::Restores => "restores",
            Self::Repeats => "repeats",
            Self::AddsTo => "adds-to",
        }
    }
}

/// A relation from one item to another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Relation {
    pub kind: RelationKind,
    /// What the wire calls the other item: an id, a number (`dpa 157`), a slug or a headline.
    pub id: String,
}

/// IPTC urgency: 1 highest, 5 normal, 8 lowest, 9 user-defined.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Urgency(u8);

impl Urgency {
    /// Returns `None` for values outside 1..=9.
    #[must_use]
    pub fn new(value: u8) -> Option<Self> {
        (1..=9).contains(&value).then_some(Self(value))
    }

    /// 1..=9
    #[must_use]
    pub fn value(self) -> u8 {
        self.0
    }

    /// True for flashes (1) and urgents (2), which lists mark with `!`.
    #[must_use]
    pub fn is_urgent(self) -> bool {
        self.0 <= 2
    }
}
