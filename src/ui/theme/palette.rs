//! The themes with shades of their own, dark and light: a quiet ground, few tints, the same hue for the same thing.

use ratatui::style::{Modifier, Style};

use super::depth::{ColorDepth, Shade};
use super::sixteen::role_modifiers;
use super::{Role, Theme};

/// The shades of a theme.
#[derive(Debug)]
pub(super) struct Palette {
    ground: Shade,
    /// Behind the selected row; the same in a pane without the focus.
    selected: Shade,
    aside: Shade,
    text: Shade,
    dim: Shade,
    line: Shade,
    quote: Shade,
    /// Quotes of the current speaker.
    same: Shade,
    speaker: Shade,
    /// Reporting words, labels, what is not certain.
    cue: Shade,
    hit: Shade,
    /// Urgent, killed, faults.
    alarm: Shade,
    /// Unread, and the agency it comes from.
    fresh: Shade,
}

/// Warm grey on near black.
pub(super) const DARK: Palette = Palette {
    ground: (0x1c, 0x1d, 0x20),
    selected: (0x31, 0x35, 0x3c),
    aside: (0x28, 0x2a, 0x2e),
    text: (0xdc, 0xd8, 0xcf),
    dim: (0xac, 0xa9, 0xa0),
    line: (0x8c, 0x8a, 0x83),
    quote: (0x94, 0xc7, 0xc2),
    same: (0xb6, 0xe3, 0xdd),
    speaker: (0x9c, 0xc0, 0xee),
    cue: (0xd0, 0xb0, 0xe0),
    hit: (0xe6, 0xc3, 0x6f),
    alarm: (0xf5, 0x9a, 0x8c),
    fresh: (0xa9, 0xc9, 0x8f),
};

/// Ink on paper.
pub(super) const LIGHT: Palette = Palette {
    ground: (0xfa, 0xf8, 0xf3),
    selected: (0xdd, 0xe5, 0xec),
    aside: (0xec, 0xeb, 0xe5),
    text: (0x23, 0x25, 0x2a),
    dim: (0x5d, 0x5f, 0x66),
    line: (0x7f, 0x7e, 0x78),
    quote: (0x14, 0x60, 0x6a),
    same: (0x0b, 0x4a, 0x53),
    speaker: (0x1f, 0x4b, 0x8f),
    cue: (0x68, 0x2a, 0x80),
    hit: (0x70, 0x46, 0x00),
    alarm: (0xa3, 0x26, 0x1b),
    fresh: (0x3b, 0x63, 0x20),
};

impl Theme {
    /// A theme with the shades of a palette, or the nearest that there are.
    pub(super) fn from_palette(palette: &Palette, depth: ColorDepth) -> Self {
        let fg = |shade| Style::new().fg(depth.color(shade));
        let bg = |shade| Style::new().bg(depth.color(shade));
        let ground = fg(palette.text).patch(bg(palette.ground));
        Self::on_ground(ground, |role| match role {
            Role::Selected => bg(palette.selected).add_modifier(Modifier::BOLD),
            Role::SelectedUnfocused => bg(palette.aside).add_modifier(Modifier::BOLD),
            Role::CurrentMatch => fg(palette.ground)
                .patch(bg(palette.hit))
                .add_modifier(Modifier::BOLD | Modifier::UNDERLINED),
            role => fg(role_shade(palette, role)).patch(role_modifiers(role)),
        })
    }
}

fn role_shade(palette: &Palette, role: Role) -> Shade {
    match role {
        Role::Dim | Role::Note => palette.dim,
        Role::Hairline => palette.line,
        Role::Quote | Role::Cyan => palette.quote,
        Role::SameSpeaker | Role::Bar => palette.same,
        Role::Speaker | Role::Mention | Role::Blue | Role::ChangedSign => palette.speaker,
        Role::Cue | Role::Unsure | Role::Embargoed | Role::Label | Role::Magenta => palette.cue,
        Role::Match | Role::CurrentMatch | Role::Yellow => palette.hit,
        Role::Urgent
        | Role::Fault
        | Role::Killed
        | Role::Flash
        | Role::Red
        | Role::DeletedSign
        | Role::Deleted => palette.alarm,
        Role::Unread | Role::Agency | Role::Green | Role::Inserted => palette.fresh,
        _ => palette.text,
    }
}
