//! Roles of text, and themes, which give each role its colours and modifiers. No other file names a colour.

use ratatui::style::{Color, Modifier, Style};

/// A style for every role, and one for cells without text.
#[derive(Debug, Clone)]
pub struct Theme {
    ground: Style,
    styles: [Style; Role::ALL.len()],
    strikes_through: bool,
    /// That of the terminal, for another theme later.
    depth: ColorDepth,
}

impl Theme {
    /// The names of the themes, the default first.
    pub const NAMES: [&str; 4] = ["terminal", "dark", "light", "mono"];

    /// The theme with a name, for a terminal's colour depth. With sixteen colours `dark` and `light` are the same as
    /// `terminal`, since the shades of those colours are the terminal's.
    #[must_use]
    pub fn named(name: &str, depth: ColorDepth) -> Option<Self> {
        let themed = |palette| match depth {
            ColorDepth::Sixteen => Self::terminal(),
            depth => Self::from_palette(palette, depth),
        };
        match name {
            "terminal" => Some(Self::terminal()),
            "dark" => Some(themed(&DARK)),
            "light" => Some(themed(&LIGHT)),
            "mono" => Some(Self::mono()),
            _ => None,
        }
    }

    /// The theme with a name, or the default: `terminal`, or `mono` if `NO_COLOR` is set (<https://no-color.org>).
    /// `value` returns the value of an environment variable, empty if unset.
    #[must_use]
    pub fn from_environment(name: Option<&str>, value: impl Fn(&str) -> String) -> Self {
        let depth = ColorDepth::detect(&value("COLORTERM"), &value("TERM"));
        let default = if value("NO_COLOR").is_empty() { "terminal" } else { "mono" };
        let theme = Self::named(name.unwrap_or(default), depth).unwrap_or_else(Self::terminal);
        let theme = Self { depth, ..theme };
        if has_strikethrough(&value("TERM"), &value("TERM_PROGRAM")) {
            theme
        } else {
            theme.without_strikethrough()
        }
    }

    /// The theme for a terminal that cannot strike text through.
    fn without_strikethrough(mut self) -> Self {
        self.strikes_through = false;
        self.styles = self.styles.map(|style| style.remove_modifier(Modifier::CROSSED_OUT));
        self
    }

    /// False if the terminal cannot strike text through: then the lines of a killed text get a mark.
    #[must_use]
    pub fn strikes_through(&self) -> bool {
        self.strikes_through
    }

    /// Another theme for the same terminal; this one if there is none of that name.
    #[must_use]
    pub fn with_name(&self, name: &str) -> Self {
        let theme = Self::named(name, self.depth).unwrap_or_else(|| self.clone());
        let theme = Self { depth: self.depth, ..theme };
        if self.strikes_through { theme } else { theme.without_strikethrough() }
    }

    /// A theme with a style for each role, on the terminal's own colours.
    #[must_use]
    pub fn with_styles(style: impl Fn(Role) -> Style) -> Self {
        Self::on_ground(Style::new().fg(Color::Reset).bg(Color::Reset), style)
    }

    /// A theme with a style for each role, on the colours of `ground`.
    fn on_ground(ground: Style, style: impl Fn(Role) -> Style) -> Self {
        Self {
            // ratatui adds the modifiers of a style to those of the cell: text drawn over other text must remove them.
            ground: ground.remove_modifier(Modifier::all()),
            styles: Role::ALL.map(style),
            strikes_through: true,
            depth: ColorDepth::Sixteen,
        }
    }

    /// The style of cells without text.
    #[must_use]
    pub fn ground(&self) -> Style {
        self.ground
    }

    /// The style of a role, to be patched over another.
    #[must_use]
    pub fn style(&self, role: Role) -> Style {
        self.styles[role as usize]
    }

    /// The style of roles laid over each other and over the ground.
    #[must_use]
    pub fn blend(&self, roles: &[Role]) -> Style {
        roles.iter().fold(self.ground, |style, &role| style.patch(self.style(role)))
    }
}

// Roles.

/// What a stretch of text is, regardless of its look. Later roles of a run are laid over earlier ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    Text,
    Dim,
    Hairline,
    /// The name of the program.
    Title,
    Headline,
    /// A headline taken from the lead paragraph, in the reader.
    DerivedHeadline,
    /// The same in the list.
    DerivedInList,
    Dateline,
    /// A subheading in the text.
    Heading,
    Note,
    Quote,
    /// The current quote.
    CurrentQuote,
    /// Another quote of the current quote's speaker.
    SameSpeaker,
    /// The bar beside the current quote.
    Bar,
    Speaker,
    Unsure,
    /// The words that name the explained quote's speaker.
    Mention,
    /// The reporting verb of the explained quote.
    Cue,
    /// A match of the filter or the search.
    Match,
    /// The match that `n` and `N` jumped to last.
    CurrentMatch,
    Selected,
    /// The selected row of a pane without the focus.
    SelectedUnfocused,
    Unread,
    Urgent,
    Killed,
    Embargoed,
    /// The text of a killed dispatch.
    Struck,
    /// This and the following: the bands over the text.
    KillBand,
    CorrectionBand,
    EmbargoBand,
    UpdateBand,
    Label,
    Agency,
    Key,
    Fault,
    /// Words inserted by the newer version.
    Inserted,
    /// Words deleted by the newer version.
    Deleted,
    /// The sign beside a deletion.
    DeletedSign,
    /// The sign beside a change or move.
    ChangedSign,
    /// The sign of a flash, the most urgent kind of dispatch.
    Flash,
    /// This and the following: the colours of saved views.
    Red,
    Green,
    Yellow,
    Blue,
    Magenta,
    Cyan,
}

impl Role {
    /// All roles, in the order of their declaration: a role is the index of its style in a theme.
    pub const ALL: [Self; 46] = [
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
        Self::CurrentQuote,
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
        Self::Struck,
        Self::KillBand,
        Self::CorrectionBand,
        Self::EmbargoBand,
        Self::UpdateBand,
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

// Colour depths.

/// How many colours a terminal has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColorDepth {
    /// 24 bits.
    True,
    /// The 256 colours of xterm.
    Indexed,
    /// Sixteen colours, whose shades the terminal's user chooses.
    Sixteen,
}

/// Whether a terminal strikes text through (SGR 9), judged by the values of `TERM` and `TERM_PROGRAM`. All common
/// terminals do, except the consoles of the kernels, those that are built like a VT100, and Apple's Terminal.
fn has_strikethrough(term: &str, program: &str) -> bool {
    let without = ["linux", "vt", "ansi", "cons", "dumb", "wsvt", "sun", "cygwin"];
    program != "Apple_Terminal"
        && !without.iter().any(|name| term.starts_with(name))
        // The program `screen`; tmux under that name has an ending.
        && term != "screen"
}

/// The levels of red, green and blue in xterm's colour cube.
const STEPS: [u8; 6] = [0, 95, 135, 175, 215, 255];

impl ColorDepth {
    /// The depth that the values of `COLORTERM` and `TERM` stand for.
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

    /// The colour for a shade, or the nearest indexed one. Not for sixteen colours: themes then name them directly.
    fn color(self, shade: Shade) -> Color {
        match self {
            Self::True => Color::Rgb(shade.0, shade.1, shade.2),
            _ => Color::Indexed(nearest_index(shade)),
        }
    }
}

/// Red, green, blue.
type Shade = (u8, u8, u8);

/// The shade of an xterm colour number: 16 to 231 are a cube of 6×6×6 colours, 232 to 255 are 24 greys. Numbers below
/// 16 have no fixed shade.
fn indexed_shade(number: u8) -> Shade {
    let step = |n: u8| STEPS[usize::from(n % 6)];
    if let Some(grey) = number.checked_sub(232) {
        let value = 8 + 10 * grey;
        return (value, value, value);
    }
    let n = number.saturating_sub(16);
    (step(n / 36), step(n / 6), step(n))
}

/// The number of the nearest of xterm's 240 fixed colours.
fn nearest_index(wanted: Shade) -> u8 {
    (16..=255).min_by_key(|&number| color_distance(indexed_shade(number), wanted)).unwrap_or(231)
}

/// Perceived distance of two shades: squared differences, with weights that depend on the mean red ("redmean").
fn color_distance(a: Shade, b: Shade) -> u32 {
    let square = |a: u8, b: u8| u32::from(a.abs_diff(b)).pow(2);
    let red = u32::midpoint(a.0.into(), b.0.into());
    (512 + red) * square(a.0, b.0) + 1024 * square(a.1, b.1) + (767 - red) * square(a.2, b.2)
}

// The themes with shades of their own: a calm background, few tints, and related roles in the same hue.

/// The shades of a theme. The tests check the contrast of each with every background.
#[derive(Debug)]
struct Palette {
    /// The background.
    ground: Shade,
    /// The background of the selected row.
    selected: Shade,
    /// The background of the selected row in a pane without the focus.
    selected_unfocused: Shade,
    text: Shade,
    dim: Shade,
    /// Hairlines.
    line: Shade,
    quote: Shade,
    /// Quotes of the current speaker.
    same_speaker: Shade,
    /// The background of the current quote.
    current_quote: Shade,
    speaker: Shade,
    /// Reporting verbs, labels, unsure attributions.
    cue: Shade,
    hit: Shade,
    /// Urgent, killed, faults.
    alarm: Shade,
    /// Unread entries, agencies, insertions.
    fresh: Shade,
}

/// Warm grey on near black.
const DARK: Palette = Palette {
    ground: (0x1c, 0x1d, 0x20),
    selected: (0x31, 0x35, 0x3c),
    selected_unfocused: (0x28, 0x2a, 0x2e),
    text: (0xdc, 0xd8, 0xcf),
    dim: (0xac, 0xa9, 0xa0),
    line: (0x8c, 0x8a, 0x83),
    quote: (0x94, 0xc7, 0xc2),
    same_speaker: (0xb6, 0xe3, 0xdd),
    current_quote: (0x1f, 0x4a, 0x4d),
    speaker: (0x9c, 0xc0, 0xee),
    cue: (0xd0, 0xb0, 0xe0),
    hit: (0xe6, 0xc3, 0x6f),
    alarm: (0xf5, 0x9a, 0x8c),
    fresh: (0xa9, 0xc9, 0x8f),
};

/// Near black on warm white.
const LIGHT: Palette = Palette {
    ground: (0xfa, 0xf8, 0xf3),
    selected: (0xdd, 0xe5, 0xec),
    selected_unfocused: (0xec, 0xeb, 0xe5),
    text: (0x23, 0x25, 0x2a),
    dim: (0x5d, 0x5f, 0x66),
    line: (0x7f, 0x7e, 0x78),
    quote: (0x14, 0x60, 0x6a),
    same_speaker: (0x0b, 0x4a, 0x53),
    current_quote: (0xc4, 0xe6, 0xe3),
    speaker: (0x1f, 0x4b, 0x8f),
    cue: (0x68, 0x2a, 0x80),
    hit: (0x70, 0x46, 0x00),
    alarm: (0xa3, 0x26, 0x1b),
    fresh: (0x3b, 0x63, 0x20),
};

// The bands look the same in all themes with shades of their own: nobody shall have to learn them twice.

const WHITE: Shade = (0xff, 0xff, 0xff);
const BLACK: Shade = (0x00, 0x00, 0x00);
const RED: Shade = (0xb7, 0x1c, 0x1c);
const AMBER: Shade = (0xff, 0xb3, 0x00);
const VIOLET: Shade = (0x5f, 0x3d, 0xa5);

impl Theme {
    /// A theme with the shades of a palette, or the nearest that the colour depth has.
    fn from_palette(palette: &Palette, depth: ColorDepth) -> Self {
        let fg = |shade| Style::new().fg(depth.color(shade));
        let bg = |shade| Style::new().bg(depth.color(shade));
        let ground = fg(palette.text).patch(bg(palette.ground));
        Self::on_ground(ground, |role| match role {
            Role::Selected => bg(palette.selected).add_modifier(Modifier::BOLD),
            Role::SelectedUnfocused => bg(palette.selected_unfocused).add_modifier(Modifier::BOLD),
            Role::CurrentQuote => fg(palette.same_speaker).patch(bg(palette.current_quote)),
            Role::KillBand => fg(WHITE).patch(bg(RED)).patch(role_modifiers(role)),
            Role::CorrectionBand => fg(BLACK).patch(bg(AMBER)).patch(role_modifiers(role)),
            Role::EmbargoBand => fg(WHITE).patch(bg(VIOLET)).patch(role_modifiers(role)),
            Role::UpdateBand => fg(palette.dim).patch(bg(palette.selected)),
            Role::CurrentMatch => fg(palette.ground)
                .patch(bg(palette.hit))
                .add_modifier(Modifier::BOLD | Modifier::UNDERLINED),
            role => fg(role_shade(palette, role)).patch(role_modifiers(role)),
        })
    }
}

/// The shade of a role's text.
fn role_shade(palette: &Palette, role: Role) -> Shade {
    match role {
        Role::Dim | Role::Note => palette.dim,
        Role::Hairline => palette.line,
        Role::Quote | Role::Cyan => palette.quote,
        Role::SameSpeaker | Role::Bar => palette.same_speaker,
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

// The themes without shades of their own.

impl Theme {
    /// The terminal's own sixteen colours, which suit its background, dark or light. Avoids blue, which many terminals
    /// show too dark on black, and yellow text, which is illegible on white, except as the colours of views.
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
                // Black, since it is legible on these colours whatever the terminal's background is.
                Role::CurrentQuote => fg(Color::Black).bg(Color::Cyan),
                // Without bold, which many terminals show in another shade: grey instead of black.
                Role::Match => {
                    return fg(Color::Black).bg(Color::Yellow).add_modifier(Modifier::UNDERLINED);
                }
                Role::CurrentMatch => fg(Color::Black).bg(Color::Yellow),
                // The darker yellow of the sixteen colours is an amber. Without bold, for the same reason.
                Role::CorrectionBand => return fg(Color::Black).bg(Color::Yellow),
                Role::KillBand => fg(Color::White).bg(Color::Red),
                Role::EmbargoBand => fg(Color::White).bg(Color::Magenta),
                Role::UpdateBand => fg(Color::White).bg(Color::DarkGray),
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
                // Reversed below. Without the colours of the texts, the row is a bar of one colour.
                Role::Selected => fg(Color::Reset).bg(Color::Reset),
                _ => Style::new(),
            }
            .patch(role_modifiers(role))
        })
    }

    /// No colours, for `NO_COLOR`: only modifiers such as bold, italic and reverse carry meaning.
    #[must_use]
    pub fn mono() -> Self {
        Self::with_styles(|role| {
            let look = Style::new().fg(Color::Reset).bg(Color::Reset);
            look.patch(role_modifiers(role)).patch(match role {
                Role::CurrentQuote
                | Role::KillBand
                | Role::CorrectionBand
                | Role::EmbargoBand
                | Role::UpdateBand => Style::new().add_modifier(Modifier::REVERSED),
                // Bold shows it in the current quote, which is reversed too.
                Role::CurrentMatch => Style::new().add_modifier(Modifier::BOLD),
                Role::Dim | Role::Hairline => Style::new().add_modifier(Modifier::DIM),
                _ => Style::new(),
            })
        })
    }
}

/// The modifiers of a role. Without colours, they alone tell roles apart.
fn role_modifiers(role: Role) -> Style {
    let with = |modifier| Style::new().add_modifier(modifier);
    match role {
        Role::Title
        | Role::Headline
        | Role::Dateline
        | Role::Heading
        | Role::Key
        | Role::Bar
        | Role::Speaker
        | Role::Urgent
        | Role::DeletedSign
        | Role::ChangedSign
        | Role::KillBand
        | Role::CorrectionBand
        | Role::EmbargoBand
        | Role::Fault => with(Modifier::BOLD),
        Role::DerivedHeadline => with(Modifier::BOLD | Modifier::ITALIC),
        Role::DerivedInList | Role::Note => with(Modifier::ITALIC),
        Role::Match | Role::Mention | Role::Inserted | Role::SelectedUnfocused => {
            with(Modifier::BOLD | Modifier::UNDERLINED)
        }
        Role::Cue | Role::SameSpeaker => with(Modifier::UNDERLINED),
        Role::CurrentMatch => with(Modifier::REVERSED),
        Role::Flash => with(Modifier::BOLD | Modifier::REVERSED),
        Role::Killed | Role::Deleted | Role::Struck => with(Modifier::CROSSED_OUT),
        Role::Selected => with(Modifier::REVERSED).remove_modifier(Modifier::DIM),
        _ => Style::new(),
    }
}

#[cfg(test)]
mod tests {
    use ratatui::style::{Color, Modifier};

    use super::*;

    #[test]
    fn every_role_is_listed_at_its_own_index() {
        for (index, role) in Role::ALL.into_iter().enumerate() {
            assert_eq!(role as usize, index);
        }
    }

    #[test]
    fn the_nearest_colour_to_a_fixed_colour_is_itself() {
        for number in 16..=255 {
            assert_eq!(indexed_shade(nearest_index(indexed_shade(number))), indexed_shade(number));
        }
        assert_eq!(nearest_index((250, 248, 243)), 231);
    }

    #[test]
    fn the_environment_gives_the_colour_depth() {
        assert_eq!(ColorDepth::detect("truecolor", "xterm-256color"), ColorDepth::True);
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
                themes.push((format!("{name} {depth:?}"), Theme::named(name, depth).unwrap()));
            }
        }
        themes
    }

    /// Relative luminance as in WCAG 2, 0 to 1.
    fn luminance(shade: Shade) -> f64 {
        let linear = |value: u8| {
            let value = f64::from(value) / 255.0;
            if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * linear(shade.0) + 0.7152 * linear(shade.1) + 0.0722 * linear(shade.2)
    }

    /// Contrast ratio as in WCAG 2, 1 to 21.
    fn contrast(a: Shade, b: Shade) -> f64 {
        let (a, b) = (luminance(a), luminance(b));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    fn shade_of(color: Option<Color>) -> Shade {
        match color {
            Some(Color::Rgb(red, green, blue)) => (red, green, blue),
            Some(Color::Indexed(number)) => indexed_shade(number),
            other => panic!("{other:?} has no shade"),
        }
    }

    #[test]
    fn contrast_is_measured_as_in_the_guidelines() {
        assert!((contrast((0, 0, 0), (255, 255, 255)) - 21.0).abs() < 0.01);
        assert!((contrast((0x77, 0x77, 0x77), (255, 255, 255)) - 4.48).abs() < 0.01);
    }

    #[test]
    fn text_has_enough_contrast_on_every_background() {
        let mut wrong = Vec::new();
        for name in ["dark", "light"] {
            for depth in [ColorDepth::True, ColorDepth::Indexed] {
                let theme = Theme::named(name, depth).unwrap();
                for role in Role::ALL {
                    // WCAG 2, level AA: 3 for graphics (1.4.11), 4.5 for text (1.4.3).
                    let needed = if role == Role::Hairline { 3.0 } else { 4.5 };
                    for over in [Role::Text, Role::Selected, Role::SelectedUnfocused] {
                        // Those with a background of their own stand where no row is selected.
                        let has_own_background = theme.style(role).bg.is_some();
                        let is_selection = matches!(role, Role::Selected | Role::SelectedUnfocused);
                        if has_own_background && !is_selection && over != Role::Text {
                            continue;
                        }
                        let look = theme.blend(&[role, over]);
                        // A selection is laid over what was drawn; text is drawn on the ground.
                        let look = if over == Role::Text { theme.blend(&[role]) } else { look };
                        let got = contrast(shade_of(look.fg), shade_of(look.bg));
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
                let mut grounds = vec![
                    theme.ground().bg,
                    theme.style(Role::Selected).bg,
                    theme.style(Role::SelectedUnfocused).bg,
                    theme.style(Role::CurrentQuote).bg,
                ];
                grounds.sort_unstable_by_key(|&ground| shade_of(ground));
                grounds.dedup();
                assert_eq!(grounds.len(), 4, "{name} {depth:?}");
            }
        }
    }

    #[test]
    fn no_meaning_depends_on_colour_alone() {
        // Pairs that must differ without colours. Other roles come with a sign or a word: ● ! ✕ E ? ▌, quotation marks.
        let pairs = [
            (Role::Text, Role::Match),
            (Role::Match, Role::CurrentMatch),
            (Role::Quote, Role::SameSpeaker),
            (Role::Quote, Role::CurrentQuote),
            (Role::SameSpeaker, Role::CurrentQuote),
            (Role::Quote, Role::Match),
            (Role::SameSpeaker, Role::Match),
            (Role::Text, Role::Selected),
            (Role::Text, Role::SelectedUnfocused),
            (Role::Text, Role::DerivedInList),
            (Role::Headline, Role::DerivedHeadline),
            (Role::Text, Role::Killed),
            (Role::Text, Role::Struck),
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
            let marks = |roles: &[Role]| signs_of(&theme, roles);
            for (one, other) in pairs {
                assert_ne!(marks(&[one]), marks(&[other]), "{name}: {one:?} and {other:?}");
            }
        }
    }

    /// What shows roles laid over each other without colours: modifiers, and whether there is a background.
    fn signs_of(theme: &Theme, roles: &[Role]) -> (Modifier, bool) {
        let look = theme.blend(roles);
        (look.add_modifier, look.bg != theme.ground().bg)
    }

    #[test]
    fn a_match_is_visible_in_every_quote() {
        for (name, theme) in all() {
            for quote in [Role::Quote, Role::SameSpeaker, Role::CurrentQuote] {
                let look = |roles: &[Role]| {
                    let look = theme.blend(roles);
                    (look.add_modifier, look.bg)
                };
                let looks = [
                    look(&[quote]),
                    look(&[quote, Role::Match]),
                    look(&[quote, Role::CurrentMatch]),
                ];
                let differ = looks[0] != looks[1] && looks[1] != looks[2] && looks[0] != looks[2];
                assert!(differ, "{name}, {quote:?}: {looks:?}");
            }
        }
    }

    #[test]
    fn text_has_enough_contrast_on_the_current_quote() {
        for name in ["dark", "light"] {
            for depth in [ColorDepth::True, ColorDepth::Indexed] {
                let theme = Theme::named(name, depth).unwrap();
                for role in [Role::CurrentQuote, Role::Match, Role::Mention, Role::Cue] {
                    let look = theme.blend(&[Role::CurrentQuote, role]);
                    let got = contrast(shade_of(look.fg), shade_of(look.bg));
                    assert!(got >= 4.5, "{name} {depth:?}: {role:?}: {got:.2}");
                }
            }
        }
    }

    #[test]
    fn the_current_quote_has_a_background() {
        for (name, theme) in all() {
            let look = theme.blend(&[Role::CurrentQuote]);
            let reversed = look.add_modifier.contains(Modifier::REVERSED);
            assert!(reversed != (look.bg != theme.ground().bg), "{name}: {look:?}");
        }
    }

    #[test]
    fn bands_have_their_colours_in_every_theme() {
        for (name, theme) in all() {
            let look = |role| theme.blend(&[role]);
            let colours = |role| (look(role).fg, look(role).bg);
            if name.starts_with("mono") {
                for role in
                    [Role::KillBand, Role::CorrectionBand, Role::EmbargoBand, Role::UpdateBand]
                {
                    let reversed = look(role).add_modifier.contains(Modifier::REVERSED);
                    assert!(reversed, "{name}: {role:?}");
                }
                continue;
            }
            let expected = |shade: Shade, indexed: u8, named: Color| match look(Role::KillBand).bg {
                Some(Color::Rgb(..)) => Some(Color::Rgb(shade.0, shade.1, shade.2)),
                Some(Color::Indexed(_)) => Some(Color::Indexed(indexed)),
                _ => Some(named),
            };
            let white = expected(WHITE, 231, Color::White);
            let black = expected(BLACK, 16, Color::Black);
            let bands = [
                (Role::KillBand, white, expected(RED, 124, Color::Red)),
                (Role::CorrectionBand, black, expected(AMBER, 214, Color::Yellow)),
                (Role::EmbargoBand, white, expected(VIOLET, 61, Color::Magenta)),
            ];
            for (role, text, ground) in bands {
                assert_eq!(colours(role), (text, ground), "{name}: {role:?}");
            }
            // The update is the quiet one: neither bold nor in a colour.
            assert!(!look(Role::UpdateBand).add_modifier.contains(Modifier::BOLD), "{name}");
            assert_ne!(look(Role::UpdateBand).bg, theme.ground().bg, "{name}");
        }
    }

    #[test]
    fn terminals_that_cannot_strike_through_are_known() {
        let check = |term: &str, program: &str, has: bool| {
            assert_eq!(has_strikethrough(term, program), has, "{term} {program}");
            let value = |name: &str| match name {
                "TERM" => term.to_owned(),
                "TERM_PROGRAM" => program.to_owned(),
                _ => String::new(),
            };
            let theme = Theme::from_environment(None, value);
            assert_eq!(theme.strikes_through(), has);
            let struck = theme.blend(&[Role::Headline, Role::Struck]).add_modifier;
            assert_eq!(struck.contains(Modifier::CROSSED_OUT), has);
        };
        for term in ["xterm-256color", "tmux-256color", "screen-256color", "alacritty", "foot", ""]
        {
            check(term, "", true);
        }
        for term in ["linux", "vt100", "vt220", "dumb", "screen", "ansi"] {
            check(term, "", false);
        }
        check("xterm-256color", "Apple_Terminal", false);
    }

    #[test]
    fn a_match_is_visible_on_the_selected_row() {
        for (name, theme) in all() {
            let plain = theme.blend(&[Role::Text, Role::Selected]);
            let found = theme.blend(&[Role::Match, Role::Selected]);
            let differs = found.add_modifier.contains(Modifier::UNDERLINED)
                && !plain.add_modifier.contains(Modifier::UNDERLINED);
            assert!(differs, "{name}");
        }
    }

    #[test]
    fn mono_has_no_colours() {
        for depth in [ColorDepth::True, ColorDepth::Indexed, ColorDepth::Sixteen] {
            let mono = Theme::named("mono", depth).unwrap();
            for role in Role::ALL {
                let look = mono.blend(&[role]);
                assert_eq!((look.fg, look.bg), (Some(Color::Reset), Some(Color::Reset)));
            }
        }
    }

    #[test]
    fn drawing_over_text_removes_its_modifiers() {
        for (name, theme) in all() {
            let over = theme.blend(&[Role::Urgent]).patch(theme.blend(&[Role::Text]));
            assert!(over.add_modifier.is_empty(), "{name}");
        }
    }
}
