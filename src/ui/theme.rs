//! Roles of text and how they look. Outside this file nobody names a colour.

use ratatui::style::{Color, Modifier, Style};

/// What a stretch of text is. Later roles of a run are laid over earlier ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    Text,
    Dim,
    Line,
    /// The name of the program.
    Title,
    Headline,
    /// A headline taken from the lead.
    Derived,
    /// The same in the list.
    Lead,
    Dateline,
    /// A line of the text that stands over what follows.
    Heading,
    Note,
    Quote,
    /// A quote of the current quote's speaker.
    SameSpeaker,
    /// The bar beside the current quote.
    Bar,
    Speaker,
    Unsure,
    /// The words that name the explained quote's speaker.
    Mention,
    /// Its reporting word.
    Cue,
    Match,
    /// The hit that was gone to last.
    CurrentMatch,
    Selected,
    /// Selected, in a pane that does not have the focus.
    SelectedAside,
    Unread,
    Urgent,
    Killed,
    Embargoed,
    Label,
    Agency,
    Key,
    Fault,
    /// A flash.
    Flash,
    /// Colours of views.
    Red,
    Green,
    Yellow,
    Blue,
    Magenta,
    Cyan,
    /// Words that the newer version has put in.
    Inserted,
    /// Words that it has taken out.
    Deleted,
    /// The sign beside what it has taken out.
    Gone,
    /// The sign beside what it has changed or moved.
    Moved,
}

impl Role {
    /// All of them.
    pub const ALL: [Self; 40] = [
        Self::Text,
        Self::Dim,
        Self::Line,
        Self::Title,
        Self::Headline,
        Self::Derived,
        Self::Lead,
        Self::Dateline,
        Self::Heading,
        Self::Note,
        Self::Quote,
        Self::SameSpeaker,
        Self::Bar,
        Self::Speaker,
        Self::Unsure,
        Self::Mention,
        Self::Cue,
        Self::Match,
        Self::CurrentMatch,
        Self::Selected,
        Self::SelectedAside,
        Self::Unread,
        Self::Urgent,
        Self::Killed,
        Self::Embargoed,
        Self::Label,
        Self::Agency,
        Self::Key,
        Self::Fault,
        Self::Flash,
        Self::Red,
        Self::Green,
        Self::Yellow,
        Self::Blue,
        Self::Magenta,
        Self::Cyan,
        Self::Inserted,
        Self::Deleted,
        Self::Gone,
        Self::Moved,
    ];
}

/// A look for every role.
#[derive(Debug, Clone)]
pub struct Theme {
    styles: [Style; Role::ALL.len()],
}

impl Theme {
    /// The terminal's own sixteen colours, so that it looks right on dark and light.
    #[must_use]
    pub fn terminal() -> Self {
        let fg = |color| Style::new().fg(color);
        Self::of(|role| match role {
            Role::Text => Style::new(),
            Role::Dim | Role::Line => fg(Color::DarkGray),
            Role::Title | Role::Headline | Role::Dateline | Role::Heading => {
                Style::new().add_modifier(Modifier::BOLD)
            }
            Role::Derived => Style::new().add_modifier(Modifier::BOLD | Modifier::ITALIC),
            Role::Lead => Style::new().add_modifier(Modifier::ITALIC),
            Role::Note => fg(Color::DarkGray).add_modifier(Modifier::ITALIC),
            Role::Quote => fg(Color::Cyan),
            Role::SameSpeaker | Role::Bar => fg(Color::Cyan).add_modifier(Modifier::BOLD),
            Role::Speaker | Role::Moved => fg(Color::Blue).add_modifier(Modifier::BOLD),
            Role::Mention => fg(Color::Blue).add_modifier(Modifier::BOLD | Modifier::UNDERLINED),
            Role::Cue => fg(Color::Magenta).add_modifier(Modifier::UNDERLINED),
            Role::Unsure | Role::Embargoed | Role::Label => fg(Color::Magenta),
            Role::Match => fg(Color::Yellow).add_modifier(Modifier::UNDERLINED),
            Role::CurrentMatch => fg(Color::Yellow).add_modifier(Modifier::REVERSED),
            Role::Selected => Style::new().add_modifier(Modifier::REVERSED),
            Role::SelectedAside => Style::new().add_modifier(Modifier::BOLD | Modifier::UNDERLINED),
            Role::Urgent | Role::Fault | Role::Gone => fg(Color::Red).add_modifier(Modifier::BOLD),
            Role::Killed | Role::Deleted => fg(Color::Red).add_modifier(Modifier::CROSSED_OUT),
            Role::Inserted => fg(Color::Green).add_modifier(Modifier::BOLD | Modifier::UNDERLINED),
            Role::Unread | Role::Agency => fg(Color::Green),
            Role::Key => Style::new().add_modifier(Modifier::BOLD),
            Role::Flash => fg(Color::Red).add_modifier(Modifier::BOLD | Modifier::REVERSED),
            Role::Red => fg(Color::Red),
            Role::Green => fg(Color::Green),
            Role::Yellow => fg(Color::Yellow),
            Role::Blue => fg(Color::Blue),
            Role::Magenta => fg(Color::Magenta),
            Role::Cyan => fg(Color::Cyan),
        })
    }

    /// No colour at all: only bold, italic, underline and reverse carry meaning (`NO_COLOR`).
    #[must_use]
    pub fn mono() -> Self {
        let terminal = Self::terminal();
        Self::of(|role| {
            let look = Style::new()
                .fg(Color::Reset)
                .bg(Color::Reset)
                .add_modifier(terminal.style(role).add_modifier);
            match role {
                Role::Match => look.add_modifier(Modifier::BOLD),
                Role::Dim | Role::Line => look.add_modifier(Modifier::DIM),
                _ => look,
            }
        })
    }

    /// A theme from a look for each role.
    #[must_use]
    pub fn of(look: impl Fn(Role) -> Style) -> Self {
        Self {
            styles: Role::ALL.map(look),
        }
    }

    /// The look of a role.
    #[must_use]
    pub fn style(&self, role: Role) -> Style {
        self.styles[role as usize]
    }

    /// The look of roles laid over each other.
    #[must_use]
    pub fn blend(&self, roles: &[Role]) -> Style {
        roles
            .iter()
            .fold(Style::new(), |style, &role| style.patch(self.style(role)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_role_is_listed_at_its_own_place() {
        for (place, role) in Role::ALL.into_iter().enumerate() {
            assert_eq!(role as usize, place);
        }
    }

    #[test]
    fn without_colour_marks_are_still_marks() {
        let mono = Theme::mono();
        for role in [
            Role::Match,
            Role::Selected,
            Role::Killed,
            Role::Urgent,
            Role::Bar,
        ] {
            assert!(!mono.style(role).add_modifier.is_empty(), "{role:?}");
            assert!(matches!(mono.style(role).fg, Some(Color::Reset)));
        }
    }
}
