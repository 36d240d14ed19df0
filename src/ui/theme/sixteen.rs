//! The themes that name no shade: the terminal's own sixteen colours, and none at all.

use ratatui::style::{Color, Modifier, Style};

use super::{Role, Theme};

impl Theme {
    /// The terminal's own sixteen colours, so that it looks right on dark and light. Not blue, which many show too dark
    /// on black, nor text in yellow, which cannot be read on white.
    #[must_use]
    pub fn terminal() -> Self {
        let fg = |color| Style::new().fg(color);
        Self::with_styles(|role| {
            match role {
                Role::Dim | Role::Hairline | Role::Note => fg(Color::DarkGray),
                Role::Quote | Role::SameSpeaker | Role::Bar | Role::Cyan => fg(Color::Cyan),
                Role::Cue | Role::Unsure | Role::Embargoed | Role::Label | Role::Magenta => {
                    fg(Color::Magenta)
                }
                Role::Match | Role::CurrentMatch => fg(Color::Black).bg(Color::Yellow),
                Role::Urgent
                | Role::Fault
                | Role::Killed
                | Role::Flash
                | Role::Red
                | Role::DeletedSign
                | Role::Deleted => fg(Color::Red),
                Role::Unread | Role::Agency | Role::Green | Role::Inserted => fg(Color::Green),
                Role::Yellow => fg(Color::Yellow),
                Role::Blue => fg(Color::Blue),
                // One bar of one colour, whatever stands on it.
                Role::Selected => fg(Color::Reset).bg(Color::Reset),
                _ => Style::new(),
            }
            .patch(role_modifiers(role))
        })
    }

    /// No colour at all: only bold, italic, underline and reverse carry meaning (`NO_COLOR`).
    #[must_use]
    pub fn mono() -> Self {
        Self::with_styles(|role| {
            let look = Style::new().fg(Color::Reset).bg(Color::Reset);
            look.patch(role_modifiers(role)).patch(match role {
                Role::Match => Style::new().add_modifier(Modifier::BOLD),
                Role::Dim | Role::Hairline => Style::new().add_modifier(Modifier::DIM),
                _ => Style::new(),
            })
        })
    }
}

/// What tells a role without any colour.
pub(super) fn role_modifiers(role: Role) -> Style {
    let with = |modifier| Style::new().add_modifier(modifier);
    match role {
        Role::Title
        | Role::Headline
        | Role::Dateline
        | Role::Heading
        | Role::Key
        | Role::SameSpeaker
        | Role::Bar
        | Role::Speaker
        | Role::Urgent
        | Role::DeletedSign
        | Role::ChangedSign
        | Role::Fault => with(Modifier::BOLD),
        Role::DerivedHeadline => with(Modifier::BOLD | Modifier::ITALIC),
        Role::DerivedInList | Role::Note => with(Modifier::ITALIC),
        Role::Mention | Role::Inserted | Role::SelectedUnfocused => {
            with(Modifier::BOLD | Modifier::UNDERLINED)
        }
        Role::Cue | Role::Match => with(Modifier::UNDERLINED),
        Role::CurrentMatch => with(Modifier::REVERSED),
        Role::Flash => with(Modifier::BOLD | Modifier::REVERSED),
        Role::Killed | Role::Deleted => with(Modifier::CROSSED_OUT),
        Role::Selected => with(Modifier::REVERSED).remove_modifier(Modifier::DIM),
        _ => Style::new(),
    }
}
