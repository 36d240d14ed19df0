//! The columns that the list may have before the headline.

/// A column of the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ListColumn {
    Time,
    /// The digit, 1 for the most urgent.
    Urgency,
    Agency,
    Place,
    Country,
    Slug,
    /// Which version it is. As the last column it takes the room that it needs.
    Label,
    Words,
    Language,
    Byline,
}

impl ListColumn {
    /// All of them.
    pub const ALL: [Self; 10] = [
        Self::Time,
        Self::Urgency,
        Self::Agency,
        Self::Place,
        Self::Country,
        Self::Slug,
        Self::Label,
        Self::Words,
        Self::Language,
        Self::Byline,
    ];

    /// Those of a list that nobody has changed.
    pub const DEFAULT: [Self; 4] = [Self::Time, Self::Agency, Self::Place, Self::Label];

    /// The name in the config file.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Time => "time",
            Self::Urgency => "urgency",
            Self::Agency => "agency",
            Self::Place => "place",
            Self::Country => "country",
            Self::Slug => "slug",
            Self::Label => "label",
            Self::Words => "words",
            Self::Language => "language",
            Self::Byline => "byline",
        }
    }

    /// The column of a name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|column| column.name() == name)
    }

    /// Columns of the terminal that it takes with the space after it; that of times depends on their forms.
    #[must_use]
    pub fn width(self) -> u16 {
        match self {
            Self::Urgency => 2,
            Self::Agency | Self::Country => 5,
            Self::Time => 7,
            Self::Words | Self::Language => 6,
            Self::Label => 9,
            Self::Place => 13,
            Self::Byline => 15,
            Self::Slug => 17,
        }
    }

    /// True where the column holds numbers, which stand at its right edge.
    #[must_use]
    pub fn is_number(self) -> bool {
        matches!(self, Self::Words)
    }
}
