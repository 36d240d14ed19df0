//! The sheet of the sources: when each was last heard of, how much it sends, what is missing.

use super::sheet::{Sheet, SheetKind, SheetLine};
use super::{Effect, State, format_time};
use crate::desk::EntryId;
use crate::health::Health;

/// Opens the sheet and asks for what it shows.
pub(super) fn open_health(state: &mut State, effects: &mut Vec<Effect>) {
    state.health = None;
    state.sheet_filter.clear();
    state.sheet = Some(Sheet {
        kind: SheetKind::Health,
        scroll: 0,
    });
    let there = |id: &&EntryId| !state.index.is_unlisted(**id);
    let ids = state.index.order().iter().filter(there).copied().collect();
    effects.push(Effect::ComputeHealth(ids, state.index.snapshot()));
}

/// What was asked for is there.
pub(super) fn receive_health(state: &mut State, health: Health) {
    state.health = Some(health);
}

/// The lines of the sheet.
pub(super) fn health_lines(state: &State) -> Vec<SheetLine> {
    let Some(health) = &state.health else {
        return vec![SheetLine::Note("counting …".to_owned())];
    };
    if health.sources.is_empty() {
        return vec![SheetLine::Text("Nothing has come yet.".to_owned())];
    }
    let time = |stamp| format_time(stamp, &state.zone);
    let mut lines = Vec::new();
    for source in &health.sources {
        if !lines.is_empty() {
            lines.push(SheetLine::Blank);
        }
        let name = source.display_name();
        lines.push(SheetLine::Heading(match source.missing_count() {
            0 => name.to_owned(),
            1 => format!("{name}: a number is missing"),
            count => format!("{name}: {count} numbers are missing"),
        }));
        let told = source.describe(&time).into_iter();
        lines.extend(told.map(|(name, value)| SheetLine::Field(name, value)));
    }
    if let Some(until) = health.until {
        lines.push(SheetLine::Blank);
        let until = time(crate::dispatch::Stamp::from_seconds(until));
        let note = format!(
            "Rates are counted back from {until}, the newest time of the wire. Numbers are missing where a wire counts its items; counting anew is no gap."
        );
        lines.push(SheetLine::Note(note));
    }
    lines
}
