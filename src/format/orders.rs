//! What a dispatch orders editors to do with others: kill, hold, correct, repeat, replace; and the items that it names.
//!
//! Many wires have no field for that: AP's filing guide asks for “Please kill the story KEYWORD, a0584. A kill is mandatory.”,
//! dpa's style book for `KILL KILL KILL` or `HOLD HOLD HOLD` and the number of the item.

mod named;

use super::draft::Draft;
use super::fields::FieldKey;
use crate::dispatch::{Dispatch, Relation, RelationKind, Role, Status};
use named::find_named_items;

/// Bytes of a text in which an order stands.
const DIRECTIVE_LIMIT: usize = 600;

/// What is ordered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Directive {
    Kill,
    Hold,
    Correct,
    Repeat,
}

/// Phrases in small letters that are no news wherever they stand, and what they order.
const DIRECTIVE_PHRASES: [(Directive, &str); 16] = [
    (Directive::Kill, "kill kill"),
    (Directive::Kill, "kill is mandatory"),
    (Directive::Kill, "bitte streichen sie die meldung"),
    (Directive::Kill, "prière d'annuler"),
    (Directive::Kill, "priere d'annuler"),
    (Directive::Hold, "hold hold"),
    (Directive::Hold, "please hold the story"),
    (Directive::Hold, "please hold item"),
    (Directive::Hold, "please hold the item"),
    (Directive::Hold, "bitte halten sie die meldung"),
    (Directive::Correct, "annule et remplace"),
    (Directive::Kill, "please kill the story"),
    (Directive::Kill, "please kill the item"),
    (Directive::Kill, "please kill item"),
    (Directive::Kill, "please kill story"),
    (Directive::Kill, "please kill our story"),
];

/// Phrases that order something in a note, a title or a label, and may be news in a text.
const NOTE_PHRASES: [(Directive, &str); 26] = [
    (Directive::Kill, "please kill"),
    (Directive::Kill, "mandatory kill"),
    (Directive::Kill, "kill mandatory"),
    (Directive::Kill, "bulletin kill"),
    (Directive::Kill, "kill the story"),
    (Directive::Kill, "kill the item"),
    (Directive::Kill, "kill item"),
    (Directive::Kill, "kill story"),
    (Directive::Kill, "story withdrawn"),
    (Directive::Kill, "withdraws its story"),
    (Directive::Kill, "withdraws the story"),
    (Directive::Kill, "story is withdrawn"),
    (Directive::Kill, "item is withdrawn"),
    (Directive::Kill, "meldung ist zu streichen"),
    (Directive::Kill, "wird die meldung zurückgezogen"),
    (Directive::Kill, "meldung wird zurückgezogen"),
    (Directive::Kill, "zieht die meldung zurück"),
    (Directive::Kill, "merci d'annuler"),
    (Directive::Kill, "favor de anular"),
    (Directive::Kill, "rogamos anular"),
    (Directive::Hold, "meldung bitte zurückhalten"),
    (Directive::Correct, "berichtigung:"),
    (Directive::Correct, "berichtigung zu"),
    (Directive::Correct, "please correct item"),
    (Directive::Correct, "in an item sent"),
    (Directive::Repeat, "wiederholung:"),
];

/// First words of a note that says what its item is.
const NOTE_OPENINGS: [(Directive, &str); 9] = [
    (Directive::Correct, "corrects"),
    (Directive::Correct, "(corrects"),
    (Directive::Correct, "correction"),
    (Directive::Correct, "berichtigung"),
    (Directive::Correct, "(berichtigung"),
    (Directive::Correct, "rectificatif"),
    (Directive::Correct, "corrige"),
    (Directive::Repeat, "repeats"),
    (Directive::Repeat, "(repeats"),
];

/// Four letters of each phrase that is looked for in a text, and of those in notes besides: a cheap first look.
const TEXT_STEMS: [&[u8; 4]; 4] = [b"kill", b"hold", b"meld", b"annu"];
const ALL_STEMS: [&[u8; 4]; 9] = [
    b"kill", b"hold", b"meld", b"annu", b"draw", b"anul", b"beri", b"item", b"wied",
];

/// Sets role, status and relations by what labels, notes and the start of the text order.
pub(super) fn apply_directives(draft: &mut Draft<'_>, core: &str) {
    let start = reach(core);
    let d = &draft.dispatch;
    let title = title(d);
    let note = d.ednote.as_deref().unwrap_or("");
    let label = d.label.as_deref().unwrap_or("");
    let slug = d.slug.as_deref().unwrap_or("");
    let order = [title, note, label, slug]
        .into_iter()
        .find_map(|text| find_directive(reach(text), true))
        .or_else(|| find_directive(start, false))
        .or_else(|| find_note_opening(note))
        .or_else(|| find_hold_label(label));
    let ruled = draft.given_keys & FieldKey::Role.bit() != 0;
    let d = &mut draft.dispatch;
    match order {
        _ if ruled => {}
        Some(Directive::Kill) => d.role = Role::Kill,
        Some(Directive::Hold) if d.role != Role::Kill => d.role = Role::Advisory,
        Some(Directive::Correct) if matches!(d.role, Role::Story | Role::Update | Role::Alert) => {
            d.role = Role::Correction;
        }
        Some(Directive::Repeat) if d.role == Role::Story => d.role = Role::Repeat,
        _ => {}
    }
    if draft.given_keys & FieldKey::Status.bit() == 0 {
        match (d.role, order) {
            (Role::Kill, _) => d.status = Status::Canceled,
            (_, Some(Directive::Hold)) => d.status = Status::Withheld,
            _ => {}
        }
    }
    add_relations(draft, order, start);
}

fn reach(text: &str) -> &str {
    &text[..text.floor_char_boundary(DIRECTIVE_LIMIT)]
}

/// The headline that the wire sent.
fn title(d: &Dispatch) -> &str {
    if d.headline_derived { "" } else { &d.headline }
}

/// What a text orders; a note may say it in more ways.
fn find_directive(text: &str, is_note: bool) -> Option<Directive> {
    let may = if is_note {
        contains_stem(text, &ALL_STEMS)
    } else {
        contains_stem(text, &TEXT_STEMS)
    };
    if !may {
        return None;
    }
    let lower = text.replace('’', "'").to_lowercase();
    let more = if is_note { &NOTE_PHRASES[..] } else { &[] };
    let found = DIRECTIVE_PHRASES
        .iter()
        .chain(more)
        .find(|(_, phrase)| lower.contains(phrase));
    found.map(|(order, _)| *order)
}

/// What a note says first.
fn find_note_opening(note: &str) -> Option<Directive> {
    note.split('\n').find_map(|line| {
        let begins = |word: &str| {
            line.get(..word.len())
                .is_some_and(|start| start.eq_ignore_ascii_case(word))
        };
        let found = NOTE_OPENINGS.iter().find(|(_, word)| begins(word));
        found.map(|(order, _)| *order)
    })
}

/// A label `HOLD` alone.
fn find_hold_label(label: &str) -> Option<Directive> {
    label
        .split([' ', '-'])
        .next()
        .filter(|word| word.eq_ignore_ascii_case("hold"))
        .map(|_| Directive::Hold)
}

/// Places that are looked at in one go, and the letters that they reach over.
const BLOCK_SIZE: usize = 32;
const WINDOW_SIZE: usize = BLOCK_SIZE + 3;

/// True where a text holds one of these letters in a row, be they large or small.
fn contains_stem<const N: usize>(text: &str, stems: &[&[u8; 4]; N]) -> bool {
    let bytes = text.as_bytes();
    let mut block = [0; WINDOW_SIZE];
    let Some(last) = bytes.len().checked_sub(WINDOW_SIZE) else {
        block[..bytes.len()].copy_from_slice(bytes);
        return bytes.len() >= 4 && block_contains_stem(&mut block, stems);
    };
    // The last block may overlap the one before it.
    (0..last).step_by(BLOCK_SIZE).chain([last]).any(|at| {
        block.copy_from_slice(&bytes[at..at + WINDOW_SIZE]);
        block_contains_stem(&mut block, stems)
    })
}

/// The same for a block, without a branch a byte, so that it vectorises.
fn block_contains_stem<const N: usize>(
    block: &mut [u8; WINDOW_SIZE],
    stems: &[&[u8; 4]; N],
) -> bool {
    // What is no letter becomes no small letter by this.
    for byte in block.iter_mut() {
        *byte |= 0x20;
    }
    let mut seen = [0u8; BLOCK_SIZE];
    for &&[a, b, c, d] in stems {
        for (at, seen) in seen.iter_mut().enumerate() {
            let first = u8::from(block[at] == a) & u8::from(block[at + 1] == b);
            let second = u8::from(block[at + 2] == c) & u8::from(block[at + 3] == d);
            *seen |= first & second;
        }
    }
    seen.iter().fold(0, |all, &one| all | one) != 0
}

/// Relates a dispatch to the items that it names, by its role.
fn add_relations(draft: &mut Draft<'_>, order: Option<Directive>, start: &str) {
    let kind = match draft.dispatch.role {
        Role::Kill => Some(RelationKind::Kills),
        Role::Correction => Some(RelationKind::Corrects),
        Role::Repeat => Some(RelationKind::Repeats),
        Role::Add => Some(RelationKind::AddsTo),
        Role::Update | Role::Story => Some(RelationKind::Replaces),
        Role::Alert | Role::Advisory => None,
    };
    let mut ids = std::mem::take(&mut draft.references);
    let d = &draft.dispatch;
    let title = title(d);
    let sure = order.is_some() || matches!(d.role, Role::Kill | Role::Correction);
    if sure {
        let texts = [
            (d.label.as_deref(), false),
            (Some(title), false),
            (d.ednote.as_deref(), true),
            (Some(start), true),
        ];
        for (text, is_text) in texts {
            find_named_items(text.unwrap_or(""), is_text, &mut ids);
        }
    }
    let own = d.id.as_deref().and_then(|id| id.split(' ').next());
    let mut seen: Vec<String> = Vec::new();
    for id in ids {
        if own != Some(id.as_str()) && !seen.contains(&id) {
            seen.push(id);
        }
    }
    if order == Some(Directive::Hold) {
        for id in &seen {
            draft.add_field("holds", id);
        }
        return;
    }
    let d = &mut draft.dispatch;
    if let Some(kind) = kind.filter(|_| d.relations.is_empty()) {
        d.relations
            .extend(seen.into_iter().map(|id| Relation { kind, id }));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_phrase_passes_the_first_look() {
        for (_, phrase) in DIRECTIVE_PHRASES {
            assert!(contains_stem(phrase, &TEXT_STEMS), "{phrase}");
        }
        for (_, phrase) in DIRECTIVE_PHRASES.iter().chain(&NOTE_PHRASES) {
            for before in 0..80 {
                let text = ["x".repeat(before), phrase.to_uppercase()].concat();
                assert!(contains_stem(&text, &ALL_STEMS), "{text}");
            }
        }
        for text in ["", "kil", "kil l", "KIL", &"ki ll ".repeat(40)] {
            assert!(!contains_stem(text, &ALL_STEMS), "{text}");
        }
    }

    #[test]
    fn orders_are_told_from_news() {
        let check =
            |text: &str, expected| assert_eq!(find_directive(text, false), expected, "{text}");
        check(
            "EDITORS: Please kill the story DAM-LEAK, a0584. A kill is mandatory.",
            Some(Directive::Kill),
        );
        check(
            "The museum withdraws the story and tells its editors to kill the story.",
            None,
        );
        check("KILL KILL KILL", Some(Directive::Kill));
        check("HOLD HOLD HOLD", Some(Directive::Hold));
        check(
            "The wolves kill sheep, the farmers hold the state to blame and withdrew the item.",
            None,
        );
        check("Dem Kreis liegt eine Meldung über den Wolf vor.", None);
    }
}
