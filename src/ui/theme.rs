//! Themes: how each role of text looks, in as many colours as the terminal has. Outside this file nobody names a colour.

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
            "dark" => Some(of(&DARK)),
            "light" => Some(of(&LIGHT)),
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

// Roles of text: what a stretch of text is, whatever it looks like.

/// What a stretch of text is. Later roles of a run are laid over earlier ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    Text,
    Dim,
    Hairline,
    /// The name of the program.
    Title,
    Headline,
    /// A headline taken from the lead.
    DerivedHeadline,
    /// The same in the list.
    DerivedInList,
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
    SelectedUnfocused,
    Unread,
    Urgent,
    Killed,
    Embargoed,
    Label,
    Agency,
    Key,
    Fault,
    /// Words that the newer version has put in.
    Inserted,
    /// Words that it has taken out.
    Deleted,
    /// The sign beside what it has taken out.
    DeletedSign,
    /// The sign beside what it has changed or moved.
    ChangedSign,
    /// A flash.
    Flash,
    /// Colours of views.
    Red,
    Green,
    Yellow,
    Blue,
    Magenta,
    Cyan,
}

impl Role {
    /// All of them.
    pub const ALL: [Self; 40] = [
        Self::Text,
        Self::Dim,
        Self::Hairline,
        Self::Title,
        Self::Headline,
        Self::DerivedHeadline,
        Self::DerivedInList,
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
        Self::SelectedUnfocused,
        Self::Unread,
        Self::Urgent,
        Self::Killed,
        Self::Embargoed,
        Self::Label,
        Self::Agency,
        Self::Key,
        Self::Fault,
        Self::Inserted,
        Self::Deleted,
        Self::DeletedSign,
        Self::ChangedSign,
        Self::Flash,
        Self::Red,
        Self::Green,
        Self::Yellow,
        Self::Blue,
        Self::Magenta,
        Self::Cyan,
    ];
}

// How many colours a terminal has, and the nearest of them to a shade.

/// How many colours a terminal shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColorDepth {
    /// All: three bytes each.
    True,
    /// The 256 of xterm.
    Indexed,
    /// The sixteen that each terminal has its own shades for.
    Sixteen,
}

/// The shades of the six steps of the colour cube, which begins at number 16.
const STEPS: [u8; 6] = [0, 95, 135, 175, 215, 255];

impl ColorDepth {
    /// What the values of `COLORTERM` and `TERM` say.
    #[must_use]
    pub fn detect(colorterm: &str, term: &str) -> Self {
        if matches!(colorterm, "truecolor" | "24bit") || term.ends_with("-direct") {
            Self::True
        } else if term.contains("256color") {
            Self::Indexed
        } else {
            Self::Sixteen
        }
    }

    /// A shade (red, green, blue) in as many colours as there are.
    fn color(self, shade: Shade) -> Color {
        match self {
            Self::True => Color::Rgb(shade.0, shade.1, shade.2),
            _ => Color::Indexed(nearest_index(shade)),
        }
    }
}

/// Red, green, blue.
type Shade = (u8, u8, u8);

/// The shade of a number from 16 on: a cube of 6×6×6, then 24 greys.
fn indexed_shade(number: u8) -> Shade {
    let step = |n: u8| STEPS[usize::from(n % 6)];
    if let Some(grey) = number.checked_sub(232) {
        let value = 8 + 10 * grey;
        return (value, value, value);
    }
    let n = number.saturating_sub(16);
    (step(n / 36), step(n / 6), step(n))
}

/// The number of the nearest of the 240 fixed colours.
fn nearest_index(wanted: Shade) -> u8 {
    (16..=255)
        .min_by_key(|&number| color_distance(indexed_shade(number), wanted))
        .unwrap_or(231)
}

/// How far two shades are apart to the eye: the squares of the differences, weighted by how red they are ("redmean").
fn color_distance(a: Shade, b: Shade) -> u32 {
    let square = |a: u8, b: u8| u32::from(a.abs_diff(b)).pow(2);
    let red = u32::midpoint(a.0.into(), b.0.into());
    (512 + red) * square(a.0, b.0) + 1024 * square(a.1, b.1) + (767 - red) * square(a.2, b.2)
}

// The themes with shades of their own, dark and light: a quiet ground, few tints, the same hue for the same thing.

/// The shades of a theme.
#[derive(Debug)]
struct Palette {
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
const DARK: Palette = Palette {
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
const LIGHT: Palette = Palette {
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
    fn from_palette(palette: &Palette, depth: ColorDepth) -> Self {
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

// The themes that name no shade: the terminal's own sixteen colours, and none at all.

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
fn role_modifiers(role: Role) -> Style {
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

#[cfg(test)]
mod tests {
    use ratatui::style::{Color, Modifier};

    use super::*;

    #[test]
    fn every_role_is_listed_at_its_own_place() {
        for (place, role) in Role::ALL.into_iter().enumerate() {
            assert_eq!(role as usize, place);
        }
    }

    #[test]
    fn a_fixed_colour_is_nearest_to_itself() {
        for number in 16..=255 {
            assert_eq!(
                indexed_shade(nearest_index(indexed_shade(number))),
                indexed_shade(number)
            );
        }
        assert_eq!(nearest_index((250, 248, 243)), 231);
    }

    #[test]
    fn terminals_say_how_many_colours_they_have() {
        assert_eq!(
            ColorDepth::detect("truecolor", "xterm-256color"),
            ColorDepth::True
        );
        assert_eq!(ColorDepth::detect("24bit", "screen"), ColorDepth::True);
        assert_eq!(ColorDepth::detect("", "xterm-direct"), ColorDepth::True);
        assert_eq!(ColorDepth::detect("", "tmux-256color"), ColorDepth::Indexed);
        assert_eq!(ColorDepth::detect("yes", "xterm"), ColorDepth::Sixteen);
    }

    /// Every theme in every depth, with its name.
    fn all() -> Vec<(String, Theme)> {
        let mut themes = Vec::new();
        for name in Theme::NAMES {
            for depth in [ColorDepth::True, ColorDepth::Indexed, ColorDepth::Sixteen] {
                themes.push((
                    format!("{name} {depth:?}"),
                    Theme::named(name, depth).unwrap(),
                ));
            }
        }
        themes
    }

    /// Relative luminance, 0 to 1.
    fn luminance(shade: Shade) -> f64 {
        let linear = |value: u8| {
            let value = f64::from(value) / 255.0;
            if value <= 0.04045 {
                value / 12.92
            } else {
                ((value + 0.055) / 1.055).powf(2.4)
            }
        };
        0.2126 * linear(shade.0) + 0.7152 * linear(shade.1) + 0.0722 * linear(shade.2)
    }

    fn contrast(a: Shade, b: Shade) -> f64 {
        let (a, b) = (luminance(a), luminance(b));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    fn of(color: Option<Color>) -> Shade {
        match color {
            Some(Color::Rgb(red, green, blue)) => (red, green, blue),
            Some(Color::Indexed(number)) => indexed_shade(number),
            other => panic!("{other:?} is no shade"),
        }
    }

    #[test]
    fn contrast_is_measured_as_the_guidelines_do() {
        assert!((contrast((0, 0, 0), (255, 255, 255)) - 21.0).abs() < 0.01);
        assert!((contrast((0x77, 0x77, 0x77), (255, 255, 255)) - 4.48).abs() < 0.01);
    }

    #[test]
    fn text_stands_out_from_every_ground_that_it_is_drawn_on() {
        let mut wrong = Vec::new();
        for name in ["dark", "light"] {
            for depth in [ColorDepth::True, ColorDepth::Indexed] {
                let theme = Theme::named(name, depth).unwrap();
                for role in Role::ALL {
                    let needed = if role == Role::Hairline { 3.0 } else { 4.5 };
                    for over in [Role::Text, Role::Selected, Role::SelectedUnfocused] {
                        // The hit that was gone to has a ground of its own, in the text, where nothing is selected.
                        if role == Role::CurrentMatch && over != Role::Text {
                            continue;
                        }
                        let look = theme.blend(&[role, over]);
                        // A selection is laid over what was drawn; text is drawn on the ground.
                        let look = if over == Role::Text {
                            theme.blend(&[role])
                        } else {
                            look
                        };
                        let got = contrast(of(look.fg), of(look.bg));
                        if got < needed {
                            wrong.push(format!("{name} {depth:?}: {role:?} on {over:?}: {got:.2}"));
                        }
                    }
                }
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }

    #[test]
    fn selections_differ_from_the_ground_and_from_each_other() {
        for name in ["dark", "light"] {
            for depth in [ColorDepth::True, ColorDepth::Indexed] {
                let theme = Theme::named(name, depth).unwrap();
                let grounds = [
                    theme.ground().bg,
                    theme.style(Role::Selected).bg,
                    theme.style(Role::SelectedUnfocused).bg,
                ];
                assert!(
                    grounds[0] != grounds[1]
                        && grounds[1] != grounds[2]
                        && grounds[0] != grounds[2]
                );
            }
        }
    }

    #[test]
    fn no_meaning_hangs_on_a_colour_alone() {
        // What must be told from what without a colour. Other roles stand beside a sign or a word: ● ! ✕ E ? ▌, marks of quotation.
        let pairs = [
            (Role::Text, Role::Match),
            (Role::Match, Role::CurrentMatch),
            (Role::Quote, Role::SameSpeaker),
            (Role::Quote, Role::Match),
            (Role::SameSpeaker, Role::Match),
            (Role::Text, Role::Selected),
            (Role::Text, Role::SelectedUnfocused),
            (Role::Text, Role::DerivedInList),
            (Role::Headline, Role::DerivedHeadline),
            (Role::Text, Role::Killed),
            (Role::Text, Role::Urgent),
            (Role::Text, Role::Fault),
            (Role::Text, Role::Mention),
            (Role::Text, Role::Cue),
            (Role::Mention, Role::Cue),
            (Role::Text, Role::Speaker),
            (Role::Text, Role::Heading),
            (Role::Text, Role::Key),
            (Role::Text, Role::Inserted),
            (Role::Text, Role::Deleted),
            (Role::Inserted, Role::Deleted),
        ];
        for (name, theme) in all() {
            let marks = |role| theme.blend(&[role]).add_modifier;
            for (one, other) in pairs {
                assert_ne!(marks(one), marks(other), "{name}: {one:?} and {other:?}");
            }
        }
    }

    #[test]
    fn a_match_can_be_seen_on_the_selected_row() {
        for (name, theme) in all() {
            let plain = theme.blend(&[Role::Text, Role::Selected]);
            let found = theme.blend(&[Role::Match, Role::Selected]);
            let differs = found.add_modifier.contains(Modifier::UNDERLINED)
                && !plain.add_modifier.contains(Modifier::UNDERLINED);
            assert!(differs, "{name}");
        }
    }

    #[test]
    fn without_colour_there_is_none() {
        for depth in [ColorDepth::True, ColorDepth::Indexed, ColorDepth::Sixteen] {
            let mono = Theme::named("mono", depth).unwrap();
            for role in Role::ALL {
                let look = mono.blend(&[role]);
                assert_eq!((look.fg, look.bg), (Some(Color::Reset), Some(Color::Reset)));
            }
        }
    }

    #[test]
    fn what_is_drawn_takes_the_place_of_what_was_there() {
        for (name, theme) in all() {
            let over = theme
                .blend(&[Role::Urgent])
                .patch(theme.blend(&[Role::Text]));
            assert!(over.add_modifier.is_empty(), "{name}");
        }
    }
}
