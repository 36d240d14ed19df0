//! The order of the list: by which keys, and which way round. Each filter remembers its own.

use super::{Effect, State, filtering};
use crate::action::Action;
use crate::filter::{Sort, SortKey, SortOrder};

/// Sorts as an action says.
pub(super) fn perform_sort_action(state: &mut State, action: Action, effects: &mut Vec<Effect>) {
    let key = match action {
        Action::SortUrgency => SortKey::Urgency,
        Action::SortAgency => SortKey::Agency,
        Action::SortPlace => SortKey::Place,
        Action::SortSlug => SortKey::Slug,
        Action::SortLength => SortKey::Length,
        Action::SortQuotes => SortKey::Quotes,
        Action::Reverse => return reverse_order(state, effects),
        _ => SortKey::Time,
    };
    let order = match (state.filter.order, key) {
        (_, SortKey::Time) => SortOrder::Time,
        (SortOrder::Sorted(before), key) => SortOrder::Sorted(before.with_first_key(key)),
        (_, key) => SortOrder::Sorted(Sort::by(key)),
    };
    set_order(state, order, effects);
}

fn reverse_order(state: &mut State, effects: &mut Vec<Effect>) {
    let order = match state.filter.order {
        SortOrder::Time => SortOrder::Sorted(Sort {
            reversed: true,
            ..Sort::by(SortKey::Time)
        }),
        SortOrder::Sorted(sort) if sort.by == SortKey::Time && sort.then.is_none() => {
            SortOrder::Time
        }
        SortOrder::Sorted(sort) => SortOrder::Sorted(Sort {
            reversed: !sort.reversed,
            ..sort
        }),
        SortOrder::Relevance => {
            state.notice = Some("what fits best stays first".to_owned());
            return;
        }
    };
    set_order(state, order, effects);
}

/// Sorts by the keys of a command: `agency urgency`.
pub(super) fn sort_command(state: &mut State, words: &str, effects: &mut Vec<Effect>) {
    let words = words.trim();
    if words.is_empty() {
        let names = SortKey::ALL.map(SortKey::name).join(", ");
        let how = describe_order(state);
        state.notice = Some(format!("{how}; :sort takes {names}, reversed"));
        return;
    }
    if "reversed".starts_with(words) {
        return reverse_order(state, effects);
    }
    let order = match SortOrder::parse(words) {
        Ok(order) => order,
        Err(message) => {
            state.notice = Some(message);
            return;
        }
    };
    set_order(state, order, effects);
}

/// Takes an order for the filter that is on, and remembers it for that.
pub(super) fn set_order(state: &mut State, order: SortOrder, effects: &mut Vec<Effect>) {
    state.filter.order = order;
    state
        .filter
        .order_by_filter
        .insert(state.filter.display_text(), order);
    state.notice = Some(describe_order(state));
    filtering::rerun_filter(state, effects);
}

/// How the list is sorted.
fn describe_order(state: &State) -> String {
    match state.filter.order {
        SortOrder::Time => "the newest stand first".to_owned(),
        SortOrder::Relevance if state.filter.query.is_empty() => {
            "what fits best stands first, once there is a filter".to_owned()
        }
        SortOrder::Relevance => "what fits best stands first".to_owned(),
        SortOrder::Sorted(sort) => format!("sorted by {sort}"),
    }
}
