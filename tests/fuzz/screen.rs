//! The screen: commands after `:`, and any keys, pastes, clicks and sizes. Every frame is drawn, its cursor within it.

use std::sync::{Arc, Mutex, OnceLock};

use dateline::action::{ACTIONS, Action};
use dateline::app::{COMMANDS, MouseAction, MouseInput, Msg, Setup, StartupOptions};
use dateline::index::{IngestSummary, Segment};
use dateline::ingest::{self, InputSource, LoadEvent};
use dateline::ui::{ColorDepth, Theme, draw};
use proptest::prelude::*;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::Target;
use crate::queries::pieces;
use crate::stage::Stage;

/// The built-in wire, read once.
fn wire() -> &'static (Vec<Arc<Segment>>, IngestSummary) {
    static WIRE: OnceLock<(Vec<Arc<Segment>>, IngestSummary)> = OnceLock::new();
    WIRE.get_or_init(|| {
        let read = Mutex::new((Vec::new(), IngestSummary::default()));
        ingest::load(vec![InputSource::BuiltIn], 1, &|report| {
            let mut read = read.lock().unwrap();
            match report {
                LoadEvent::Segment(segment) => read.0.push(segment),
                LoadEvent::Done(summary) => read.1 = summary,
                _ => {}
            }
        });
        read.into_inner().unwrap()
    })
}

fn stage(plain: bool) -> Stage {
    let setup = Setup::new("wire/", (120, 40));
    let manner = StartupOptions { plain, mouse: true, ..StartupOptions::default() };
    let mut stage = Stage::of(Setup { options: manner, ..setup });
    stage.edit = "a note, “and more of it”";
    stage.tell(Msg::EntriesArrived(wire().0.clone()));
    stage.tell(Msg::LoadFinished(wire().1));
    stage
}

fn drawn(stage: &Stage) -> Result<(), TestCaseError> {
    let theme = Theme::named("terminal", ColorDepth::Sixteen).unwrap();
    let (width, height) = stage.state.ui.size;
    let mut buffer = Buffer::empty(Rect::new(0, 0, width, height));
    if let Some(cursor) = draw(&stage.state, &theme, &mut buffer) {
        prop_assert!(
            cursor.x < width.max(1) && cursor.y < height.max(1),
            "{cursor:?} in {width}×{height}"
        );
    }
    Ok(())
}

/// What a reader does.
#[derive(Debug, Clone)]
enum Deeds {
    Keys(&'static str),
    Count(u32),
    Type(String),
    Resize(u16, u16),
    Mouse(MouseAction, u16, u16),
}

fn deeds() -> impl Strategy<Value = Vec<Deeds>> {
    let keys: Vec<&str> = ACTIONS
        .iter()
        .filter(|entry| entry.action != Action::Quit)
        .flat_map(|entry| entry.keys)
        .copied()
        .collect();
    let deed = prop_oneof![
        12 => proptest::sample::select(keys).prop_map(Deeds::Keys),
        1 => proptest::sample::select(vec![0, 2, 9, 42, 999, u32::MAX]).prop_map(Deeds::Count),
        1 => pieces().prop_map(Deeds::Type),
        1 => (0..200u16, 0..60u16).prop_map(|(width, height)| Deeds::Resize(width, height)),
        1 => (prop_oneof![Just(MouseAction::Click), Just(MouseAction::WheelUp), Just(MouseAction::WheelDown)], 0..200u16, 0..60u16)
            .prop_map(|(deed, x, y)| Deeds::Mouse(deed, x, y)),
    ];
    proptest::collection::vec(deed, 0..40)
}

fn done(plain: bool, deeds: Vec<Deeds>) -> Result<(), TestCaseError> {
    let mut stage = stage(plain);
    for deed in deeds {
        match deed {
            Deeds::Keys(keys) => drop(stage.keys(keys)),
            Deeds::Count(count) => {
                for digit in count.to_string().chars() {
                    stage.keys(&digit.to_string());
                }
            }
            Deeds::Type(text) => stage.tell(Msg::Paste(text)),
            Deeds::Resize(width, height) => stage.tell(Msg::Resize(width, height)),
            Deeds::Mouse(deed, x, y) => stage.tell(Msg::Mouse(MouseInput { action: deed, x, y })),
        }
        drawn(&stage)?;
    }
    Ok(())
}

fn commands() -> impl Strategy<Value = Vec<String>> {
    const AFTER: &[&str] = &[
        " until 2026-12-01",
        " for 2h",
        " for",
        " until",
        " 99999999999999999999h",
        " until 0000-00-00",
        " for -1d",
        " time urgency",
        " reversed",
        " a",
        " storm",
        "!",
        "\t",
        "  ",
    ];
    let names: Vec<&str> = COMMANDS.iter().map(|command| command.name).collect();
    let name = (proptest::sample::select(names), 1..12usize);
    let name = name.prop_map(|(name, length)| name[..length.min(name.len())].to_owned());
    let after = proptest::collection::vec(
        prop_oneof![
            proptest::sample::select(AFTER).prop_map(str::to_owned),
            pieces().prop_map(|text| format!(" {text}")),
            ".{0,8}",
        ],
        0..4,
    );
    let command = (name, after).prop_map(|(name, after)| name + &after.concat());
    proptest::collection::vec(prop_oneof![6 => command, 1 => ".{0,20}"], 1..6)
}

fn commanded(commands: &[String]) -> Result<(), TestCaseError> {
    let mut stage = stage(false);
    for command in commands {
        stage.command(command);
        drawn(&stage)?;
        stage.keys("a");
        drawn(&stage)?;
        stage.keys("Esc Esc");
    }
    Ok(())
}

pub(crate) fn targets() -> Vec<Target> {
    vec![
        Target::new("keys", (any::<bool>(), deeds()), |(plain, deeds)| done(plain, deeds)),
        Target::new("commands", commands(), |texts| commanded(&texts)),
    ]
}
