//! That every theme can be read: contrast by WCAG 2.2 (1.4.3 and 1.4.11), and that no meaning hangs on a colour alone.

use ratatui::style::{Color, Modifier};

use super::depth::{Shade, indexed_shade};
use super::{ColorDepth, Role, Theme};

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
                grounds[0] != grounds[1] && grounds[1] != grounds[2] && grounds[0] != grounds[2]
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
