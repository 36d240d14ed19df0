//! The table `[keys]`: key bindings for all panes or for one, and conflicts between them.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::action::{
    ACTIONS, Action, Binding, Key, Keymap, Pane, default_bindings, format_config_sequence,
    parse_config_sequence,
};
use crate::config::values::{ErrorCollector, PositionedTable};
use crate::text::nearest_name;

/// The keys that the file sets for an action.
struct RequestedKeys {
    /// `None`: in all panes that have the action.
    pane: Option<Pane>,
    action: Action,
    /// Sequences with their byte offsets in the file. Empty: the action has no keys.
    keys: Vec<(usize, Vec<Key>)>,
}

/// A sequence that equals another one, or of which one begins with the other.
struct KeyConflict {
    /// Byte offset of the rejected sequence in the file.
    at: usize,
    action: Action,
    keys: Vec<Key>,
    /// The binding that was there first and is kept.
    other: Binding,
    /// The panes in which they conflict.
    panes: Vec<Pane>,
}

/// The keymap with the bindings of the file. Actions that are missing there, or whose value is invalid, keep their
/// default keys.
pub(super) fn parse_keys(
    (table, _): PositionedTable<'_>,
    errors: &mut ErrorCollector<'_>,
) -> Keymap {
    let mut requests = Vec::new();
    collect_requests(table, None, &mut requests, errors);
    let mut conflicts = Vec::new();
    let mut bindings = Vec::new();
    for pane in Pane::ALL {
        bindings.extend(resolve_bindings(pane, &requests, &mut conflicts));
    }
    for conflict in conflicts {
        errors.add_error(conflict.at, conflict.message());
    }
    Keymap::new(bindings)
}

/// Reads `[keys]`, and with a `pane` one of its tables, such as `[keys.list]`.
fn collect_requests(
    table: &DeTable<'_>,
    pane: Option<Pane>,
    requests: &mut Vec<RequestedKeys>,
    errors: &mut ErrorCollector<'_>,
) {
    for (key, value) in table {
        let (name, at) = (key.get_ref().as_ref(), key.span().start);
        let named = Pane::ALL.into_iter().find(|pane| pane.name() == name);
        if let (None, Some(pane)) = (pane, named) {
            match value.get_ref() {
                DeValue::Table(table) => collect_requests(table, Some(pane), requests, errors),
                _ => errors.add_error(at, format!("{name} is one table: write [keys.{name}]")),
            }
            continue;
        }
        let Some(action) = Action::from_name(name) else {
            errors.add_error(at, unknown_action_message(name, pane));
            continue;
        };
        let panes = action.spec().panes;
        if let Some(pane) = pane.filter(|pane| !panes.contains(pane)) {
            let there = join_pane_names(panes);
            let pane = pane.name();
            errors.add_error(at, format!("{name} does nothing in {pane}: it works in {there}"));
            continue;
        }
        if let Some(keys) = sequences(action, value, errors) {
            requests.push(RequestedKeys { pane, action, keys });
        }
    }
}

/// The message about an unknown name. Outside `[keys.PANE]` it may also be meant as the name of a pane.
fn unknown_action_message(name: &str, pane: Option<Pane>) -> String {
    let panes = Pane::ALL.iter().map(|pane| pane.name().to_owned());
    let panes = panes.filter(|_| pane.is_none());
    let known: Vec<String> = ACTIONS.iter().map(|e| e.action.name()).chain(panes).collect();
    let shown = name.escape_debug().to_string();
    match nearest_name(known.iter().map(String::as_str), &shown) {
        Some(near) => format!("there is no action “{shown}”: the nearest is “{near}”"),
        None => format!("there is no action “{shown}”: dateline config default lists them"),
    }
}

/// The sequences in one value: a string, or a list of strings. `None` if there are some but all are invalid.
fn sequences(
    action: Action,
    value: &Spanned<DeValue<'_>>,
    errors: &mut ErrorCollector<'_>,
) -> Option<Vec<(usize, Vec<Key>)>> {
    let one = std::slice::from_ref(value);
    let texts = match value.get_ref() {
        DeValue::Array(texts) => texts.as_ref(),
        _ => one,
    };
    let mut found = Vec::new();
    for text in texts {
        match sequence(action, text, errors) {
            Ok(keys) => found.push((text.span().start, keys)),
            Err((at, message)) => errors.add_error(at, format!("{}: {message}", action.name())),
        }
    }
    (!found.is_empty() || texts.is_empty()).then_some(found)
}

/// One sequence, or the byte offset in the file of a mistake and a message.
fn sequence(
    action: Action,
    value: &Spanned<DeValue<'_>>,
    errors: &ErrorCollector<'_>,
) -> Result<Vec<Key>, (usize, String)> {
    let span = value.span();
    let DeValue::String(text) = value.get_ref() else {
        let message = "expected keys in quotation marks, as in \"g g\" or [\"j\", \"down\"]";
        return Err((span.start, message.to_owned()));
    };
    let keys = parse_config_sequence(text).map_err(|(at, message)| {
        // With TOML escapes in the string its columns are unknown: then the error points at its start.
        let start = errors.text(span.clone()).find(text.as_ref());
        (span.start + start.map_or(0, |start| start + at), message)
    })?;
    // Whatever the file says, there must be a way out.
    let quit = Key::ctrl('c');
    if keys.contains(&quit) && (action != Action::Quit || keys.len() > 1) {
        return Err((span.start, "ctrl-c always quits: use another key".to_owned()));
    }
    Ok(keys)
}

/// The bindings of a pane.
///
/// Defaults of actions that the file does not mention come first, then the requested keys in the order of the file. A
/// requested sequence that conflicts with an earlier one is dropped and recorded, and its action gets back those of its
/// default keys that are still free, so that a mistake does not leave it without keys.
fn resolve_bindings(
    pane: Pane,
    requests: &[RequestedKeys],
    conflicts: &mut Vec<KeyConflict>,
) -> Vec<Binding> {
    let mut taken: Vec<Binding> = Vec::new();
    let mut asked: Vec<(usize, Binding)> = Vec::new();
    for entry in ACTIONS.iter().filter(|entry| entry.panes.contains(&pane)) {
        let of = |of: Option<Pane>| {
            let mut all = requests.iter();
            all.find(|request| request.action == entry.action && request.pane == of)
        };
        let Some(request) = of(Some(pane)).or_else(|| of(None)) else {
            taken.extend(default_bindings(pane, entry));
            continue;
        };
        asked.extend(request.keys.iter().map(|(at, keys)| {
            let (action, keys) = (entry.action, keys.clone());
            (*at, Binding { pane, action, keys })
        }));
    }
    // In the order of the file, so that of two conflicting lines the later one is reported.
    asked.sort_by_key(|(at, _)| *at);
    let mut failed = Vec::new();
    for (at, binding) in asked {
        match taken.iter().find(|other| shadows(other, &binding)) {
            // The same sequence twice for one action is harmless.
            Some(other) if *other == binding => {}
            Some(other) => {
                failed.push(binding.action);
                record_conflict(conflicts, at, binding, other);
            }
            None => taken.push(binding),
        }
    }
    for binding in failed.iter().flat_map(|action| default_bindings(pane, action.spec())) {
        if !taken.iter().any(|other| shadows(other, &binding)) {
            taken.push(binding);
        }
    }
    taken
}

/// True if one of them can never be reached because of the other.
fn shadows(a: &Binding, b: &Binding) -> bool {
    a.keys.starts_with(&b.keys) || b.keys.starts_with(&a.keys)
}

/// Adds a conflict; the same conflict in several panes is recorded, and reported, once.
fn record_conflict(conflicts: &mut Vec<KeyConflict>, at: usize, given: Binding, other: &Binding) {
    let same = |conflict: &&mut KeyConflict| {
        conflict.at == at
            && conflict.other.action == other.action
            && conflict.other.keys == other.keys
    };
    match conflicts.iter_mut().find(same) {
        Some(conflict) => conflict.panes.push(other.pane),
        None => conflicts.push(KeyConflict {
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
        let (keys, others) =
            (format_config_sequence(&self.keys), format_config_sequence(&self.other.keys));
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
