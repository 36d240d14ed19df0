//! A saved view: a filter with a name, and what happens when something arrives that it keeps.

/// The colours that a view may have, as names: what they look like is up to the theme.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Tint {
    Red,
    Green,
    Yellow,
    Blue,
    Magenta,
    Cyan,
}

impl Tint {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Red,
        Self::Green,
        Self::Yellow,
        Self::Blue,
        Self::Magenta,
        Self::Cyan,
    ];

    /// The name in the config file.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Red => "red",
            Self::Green => "green",
            Self::Yellow => "yellow",
            Self::Blue => "blue",
            Self::Magenta => "magenta",
            Self::Cyan => "cyan",
        }
    }

    /// The colour of a name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|tint| tint.name() == name)
    }
}

/// A saved view.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SavedView {
    pub name: String,
    /// The query as it was written, see [`crate::filter::Query`].
    pub filter: String,
    /// The colour of its rows in the list.
    pub tint: Option<Tint>,
    /// The letter beside the colour, where it shall not be the first of the name.
    pub letter: Option<char>,
    /// What arrives is written into the log of alerts.
    pub alert: bool,
    /// The terminal's bell rings for what arrives.
    pub bell: bool,
    /// A program and its arguments, which gets the record of what arrives on its standard input. Empty: none.
    pub command: Vec<String>,
}

impl SavedView {
    /// The letter beside its colour: never is a row told by colour alone.
    #[must_use]
    pub fn letter(&self) -> char {
        let first = || self.name.chars().find(|c| c.is_alphanumeric());
        let letter = self.letter.or_else(first).unwrap_or('*');
        let mut upper = letter.to_uppercase();
        upper
            .next()
            .filter(|_| upper.next().is_none())
            .unwrap_or(letter)
    }

    /// Whether anything happens when a dispatch arrives that it keeps.
    #[must_use]
    pub fn has_actions(&self) -> bool {
        self.alert || self.bell || !self.command.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_letter_is_the_first_of_the_name_or_its_own() {
        let letter = |name: &str, letter| {
            let name = name.to_owned();
            SavedView {
                name,
                letter,
                ..SavedView::default()
            }
            .letter()
        };
        assert_eq!(letter("oil", None), 'O');
        assert_eq!(letter("“élection”", None), 'É');
        assert_eq!(letter("ßa", None), 'ß');
        assert_eq!(letter("…", None), '*');
        assert_eq!(letter("oil", Some('x')), 'X');
    }
}
