//! Fits values into the shapes that ninjs has for them; what does not fit is left out.

use serde_json::{Map, Value};

use super::shape::{ASSOCIATION_MEMBERS, Member, RequiredMembers, Shape, current_name, property};

/// As much of a value as has the shape; `None` where nothing has.
pub(super) fn fit_to_shape(value: &Value, shape: &Shape) -> Option<Value> {
    let text = match value {
        Value::String(text) => Some(text.clone()).filter(|text| !text.is_empty()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    };
    match shape {
        Shape::Text => text.map(Value::String),
        Shape::Uri => text.filter(|text| is_uri(text)).map(Value::String),
        Shape::Time => {
            let text = text?;
            let stamp = crate::dispatch::Stamp::parse(&text)?;
            super::format_time(stamp).map(Value::String)
        }
        Shape::Integer => {
            let number = text?.parse::<u64>().ok()?;
            Some(Value::from(number))
        }
        Shape::Number => value.is_number().then(|| value.clone()),
        Shape::OneOf(words) => text
            .filter(|text| words.contains(&text.as_str()))
            .map(Value::String),
        Shape::GeoJson => {
            let whole = value.get("type")?.is_string() && value.get("coordinates")?.is_array();
            whole.then(|| value.clone())
        }
        Shape::List(inner) => {
            let all: Vec<Value> = match value {
                Value::Array(all) => all
                    .iter()
                    .filter_map(|one| fit_to_shape(one, inner))
                    .collect(),
                // In ninjs 1 the name of each stands before it.
                Value::Object(all) => {
                    let named = |(name, one): (&String, &Value)| {
                        fit_to_shape(&with_name(name, one)?, inner)
                    };
                    all.iter().filter_map(named).collect()
                }
                _ => Vec::new(),
            };
            (!all.is_empty()).then_some(Value::Array(all))
        }
        Shape::Object(members, need) => fit_object(value, &|name| find_member(members, name), need),
        Shape::Item => {
            let known =
                |name: &str| find_member(ASSOCIATION_MEMBERS, name).or_else(|| property(name));
            fit_object(value, &known, &RequiredMembers::All(&["name", "uri"]))
        }
    }
}

fn find_member(members: &'static [Member], name: &str) -> Option<&'static Member> {
    let name = current_name(name);
    members
        .iter()
        .find(|(known, _)| known.eq_ignore_ascii_case(&name))
}

fn fit_object(
    value: &Value,
    known: &dyn Fn(&str) -> Option<&'static Member>,
    need: &RequiredMembers,
) -> Option<Value> {
    let mut fitting = Map::new();
    for (name, inner) in value.as_object()? {
        if let Some((name, shape)) = known(name)
            && !fitting.contains_key(*name)
            && let Some(inner) = fit_to_shape(inner, shape)
        {
            fitting.insert((*name).to_owned(), inner);
        }
    }
    let has = |name: &&&str| fitting.contains_key(**name);
    let enough = match need {
        RequiredMembers::Nothing => !fitting.is_empty(),
        RequiredMembers::All(names) => names.iter().filter(has).count() == names.len(),
        RequiredMembers::One(names) => names.iter().filter(has).count() == 1,
    };
    enough.then_some(Value::Object(fitting))
}

fn with_name(name: &str, value: &Value) -> Option<Value> {
    let mut members = value.as_object()?.clone();
    members.entry("name").or_insert_with(|| name.into());
    Some(Value::Object(members))
}

/// True for a text of the form of a URI with a scheme (RFC 3986): no other characters than it allows.
pub(super) fn is_uri(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once(':') else {
        return false;
    };
    let mut letters = scheme.bytes();
    let scheme = letters.next().is_some_and(|b| b.is_ascii_alphabetic())
        && letters.all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b));
    let bytes = rest.as_bytes();
    let hex = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_hexdigit);
    let allowed = |(at, b): (usize, &u8)| match b {
        b'%' => hex(at + 1) && hex(at + 2),
        b => b.is_ascii_alphanumeric() || b"-._~:/?#@!$&'()*+,;=".contains(b),
    };
    scheme
        && !rest.is_empty()
        && rest.matches('#').count() < 2
        && bytes.iter().enumerate().all(allowed)
}
