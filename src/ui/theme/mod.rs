//! How roles look. Outside this room nobody names a colour.

mod depth;
mod palette;
mod role;
mod sixteen;
#[cfg(test)]
mod tests;

pub use depth::ColorDepth;
pub use role::Role;

use ratatui::style::{Color, Modifier, Style};

/// A look for every role, and for the cells that nothing is drawn on.
#[derive(Debug, Clone)]
pub struct Theme {
    ground: Style,
    styles: [Style; Role::ALL.len()],
}

impl Theme {
    /// The names of the themes, the one that is taken unasked first.
    pub const NAMES: [&str; 4] = ["terminal", "dark", "light", "mono"];

    /// The theme of a name, in a terminal of so many colours. Where there are only sixteen, they are the terminal's
    /// own: `dark` and `light` are then `terminal`.
    #[must_use]
    pub fn named(name: &str, depth: ColorDepth) -> Option<Self> {
        let of = |palette| match depth {
            ColorDepth::Sixteen => Self::terminal(),
            depth => Self::from_palette(palette, depth),
        };
        match name {
            "terminal" => Some(Self::terminal()),
            "dark" => Some(of(&palette::DARK)),
            "light" => Some(of(&palette::LIGHT)),
            "mono" => Some(Self::mono()),
            _ => None,
        }
    }

    /// The theme that was asked for; where none was, that of the terminal, or none where colours are not wanted.
    /// `value` tells what the environment says, or nothing.
    #[must_use]
    pub fn from_environment(name: Option<&str>, value: impl Fn(&str) -> String) -> Self {
        let depth = ColorDepth::detect(&value("COLORTERM"), &value("TERM"));
        let unasked = if value("NO_COLOR").is_empty() {
            "terminal"
        } else {
            "mono"
        };
        Self::named(name.unwrap_or(unasked), depth).unwrap_or_else(Self::terminal)
    }

    /// A theme from a look for each role, on the terminal's own ground.
    #[must_use]
    pub fn with_styles(look: impl Fn(Role) -> Style) -> Self {
        Self::on_ground(Style::new().fg(Color::Reset).bg(Color::Reset), look)
    }

    /// A theme on a ground.
    fn on_ground(ground: Style, look: impl Fn(Role) -> Style) -> Self {
        Self {
            // What is drawn on a cell takes the place of all that was there.
            ground: ground.remove_modifier(Modifier::all()),
            styles: Role::ALL.map(look),
        }
    }

    /// The look of a cell that nothing is drawn on.
    #[must_use]
    pub fn ground(&self) -> Style {
        self.ground
    }

    /// The look of a role, to be laid over another.
    #[must_use]
    pub fn style(&self, role: Role) -> Style {
        self.styles[role as usize]
    }

    /// The look of roles laid over each other, on the ground.
    #[must_use]
    pub fn blend(&self, roles: &[Role]) -> Style {
        roles
            .iter()
            .fold(self.ground, |style, &role| style.patch(self.style(role)))
    }
}
