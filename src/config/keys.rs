//! The table `[keys]`: actions get other keys, in all panes or in one; what hides another sequence is told with its place.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::action::{
    ACTIONS, Action, Binding, Key, Keymap, Pane, default_bindings, format_config_sequence,
    parse_config_sequence,
};
use crate::config::values::{ErrorCollector, PositionedTable};
use crate::text::nearest_name;

/// The keys that the file gives an action: a byte of the text and a sequence each. None: its keys are taken away.
struct RequestedKeys {
    /// `None`: in all panes that have the action.
    pane: Option<Pane>,
    action: Action,
    keys: Vec<(usize, Vec<Key>)>,
}

/// A sequence that hides another, or is hidden by it.
struct KeyConflict {
    at: usize,
    action: Action,
    keys: Vec<Key>,
    other: Binding,
    panes: Vec<Pane>,
}

/// The keys as the file has them; where it has none, or what it has is wrong, they are those of the table of actions.
pub(super) fn parse_keys(
    (table, _): PositionedTable<'_>,
    notes: &mut ErrorCollector<'_>,
) -> Keymap {
    let mut wishes = Vec::new();
    collect_requests(table, None, &mut wishes, notes);
    let mut clashes = Vec::new();
    let mut bindings = Vec::new();
    for pane in Pane::ALL {
        bindings.extend(resolve_bindings(pane, &wishes, &mut clashes));
    }
    for clash in clashes {
        notes.add_error(clash.at, clash.message());
    }
    Keymap::new(bindings)
}

fn collect_requests(
    table: &DeTable<'_>,
    pane: Option<Pane>,
    wishes: &mut Vec<RequestedKeys>,
    notes: &mut ErrorCollector<'_>,
) {
    for (key, value) in table {
        let (name, at) = (key.get_ref().as_ref(), key.span().start);
        let named = Pane::ALL.into_iter().find(|pane| pane.name() == name);
        if let (None, Some(pane)) = (pane, named) {
            match value.get_ref() {
                DeValue::Table(table) => collect_requests(table, Some(pane), wishes, notes),
                _ => notes.add_error(at, format!("{name} is one table: write [keys.{name}]")),
            }
            continue;
        }
        let Some(action) = Action::from_name(name) else {
            notes.add_error(at, unknown_action_message(name, pane));
            continue;
        };
        let panes = action.spec().panes;
        if let Some(pane) = pane.filter(|pane| !panes.contains(pane)) {
            let there = join_pane_names(panes);
            let pane = pane.name();
            notes.add_error(
                at,
                format!("{name} does nothing in {pane}: it works in {there}"),
            );
            continue;
        }
        if let Some(keys) = sequences(action, value, notes) {
            wishes.push(RequestedKeys { pane, action, keys });
        }
    }
}

/// What is said of a name that no action has.
fn unknown_action_message(name: &str, pane: Option<Pane>) -> String {
    let panes = Pane::ALL.iter().map(|pane| pane.name().to_owned());
    let panes = panes.filter(|_| pane.is_none());
    let known: Vec<String> = ACTIONS
        .iter()
        .map(|e| e.action.name())
        .chain(panes)
        .collect();
    let shown = name.escape_debug().to_string();
    match nearest_name(known.iter().map(String::as_str), &shown) {
        Some(near) => format!("there is no action “{shown}”: the nearest is “{near}”"),
        None => format!("there is no action “{shown}”: dateline config default has their names"),
    }
}

/// The sequences of one value: a text, or a list of them. `None` where none of them is right.
fn sequences(
    action: Action,
    value: &Spanned<DeValue<'_>>,
    notes: &mut ErrorCollector<'_>,
) -> Option<Vec<(usize, Vec<Key>)>> {
    let one = std::slice::from_ref(value);
    let texts = match value.get_ref() {
        DeValue::Array(texts) => texts.as_ref(),
        _ => one,
    };
    let mut found = Vec::new();
    for text in texts {
        match sequence(action, text, notes) {
            Ok(keys) => found.push((text.span().start, keys)),
            Err((at, message)) => notes.add_error(at, format!("{}: {message}", action.name())),
        }
    }
    (!found.is_empty() || texts.is_empty()).then_some(found)
}

fn sequence(
    action: Action,
    value: &Spanned<DeValue<'_>>,
    notes: &ErrorCollector<'_>,
) -> Result<Vec<Key>, (usize, String)> {
    let span = value.span();
    let DeValue::String(text) = value.get_ref() else {
        let message = "wants keys in quotation marks, as in \"g g\" or [\"j\", \"down\"]";
        return Err((span.start, message.to_owned()));
    };
    let keys = parse_config_sequence(text).map_err(|(at, message)| {
        // Where the text stands in the file as it is, its column is known.
        let stands = notes.text(span.clone()).find(text.as_ref());
        (span.start + stands.map_or(0, |start| start + at), message)
    })?;
    let quit = Key::ctrl('c');
    if keys.contains(&quit) && (action != Action::Quit || keys.len() > 1) {
        return Err((
            span.start,
            "ctrl-c always quits: take another key".to_owned(),
        ));
    }
    Ok(keys)
}

/// The keys of a pane: what the file gives, in its order, unless it clashes with what is there; then an action keeps
/// those of the table as far as they are free.
fn resolve_bindings(
    pane: Pane,
    wishes: &[RequestedKeys],
    clashes: &mut Vec<KeyConflict>,
) -> Vec<Binding> {
    let mut taken: Vec<Binding> = Vec::new();
    let mut asked: Vec<(usize, Binding)> = Vec::new();
    for entry in ACTIONS.iter().filter(|entry| entry.panes.contains(&pane)) {
        let of = |of: Option<Pane>| {
            let mut all = wishes.iter();
            all.find(|wish| wish.action == entry.action && wish.pane == of)
        };
        let Some(wish) = of(Some(pane)).or_else(|| of(None)) else {
            taken.extend(default_bindings(pane, entry));
            continue;
        };
        asked.extend(wish.keys.iter().map(|(at, keys)| {
            let (action, keys) = (entry.action, keys.clone());
            (*at, Binding { pane, action, keys })
        }));
    }
    asked.sort_by_key(|(at, _)| *at);
    let mut failed = Vec::new();
    for (at, binding) in asked {
        match taken.iter().find(|other| shadows(other, &binding)) {
            Some(other) if *other == binding => {}
            Some(other) => {
                failed.push(binding.action);
                record_conflict(clashes, at, binding, other);
            }
            None => taken.push(binding),
        }
    }
    for binding in failed
        .iter()
        .flat_map(|action| default_bindings(pane, action.spec()))
    {
        if !taken.iter().any(|other| shadows(other, &binding)) {
            taken.push(binding);
        }
    }
    taken
}

/// True where one of them is never reached because of the other.
fn shadows(a: &Binding, b: &Binding) -> bool {
    a.keys.starts_with(&b.keys) || b.keys.starts_with(&a.keys)
}

fn record_conflict(clashes: &mut Vec<KeyConflict>, at: usize, given: Binding, other: &Binding) {
    let same = |clash: &&mut KeyConflict| {
        clash.at == at && clash.other.action == other.action && clash.other.keys == other.keys
    };
    match clashes.iter_mut().find(same) {
        Some(clash) => clash.panes.push(other.pane),
        None => clashes.push(KeyConflict {
            at,
            action: given.action,
            keys: given.keys,
            panes: vec![other.pane],
            other: other.clone(),
        }),
    }
}

impl KeyConflict {
    fn message(&self) -> String {
        let (keys, others) = (
            format_config_sequence(&self.keys),
            format_config_sequence(&self.other.keys),
        );
        let (other, panes) = (self.other.action.name(), join_pane_names(&self.panes));
        let free = format!("give {other} other keys, or none: {other} = []");
        let said = if keys == others {
            format!("“{keys}” is {other} in {panes}: {free}")
        } else if self.other.keys.starts_with(&self.keys) {
            format!("“{keys}” hides “{others}”, which is {other} in {panes}: {free}")
        } else {
            format!("“{keys}” is never reached, since “{others}” is {other} in {panes}: {free}")
        };
        format!("{}: {said}", self.action.name())
    }
}

/// The names of panes: `list, reader and quotes`.
fn join_pane_names(panes: &[Pane]) -> String {
    let names: Vec<&str> = panes.iter().map(|pane| pane.name()).collect();
    match names.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        _ => names.concat(),
    }
}
