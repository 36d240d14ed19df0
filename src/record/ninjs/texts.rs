//! Headlines, descriptions and bodies, each with its role.

use serde_json::{Value, json};

use crate::dispatch::{Dispatch, Role};
use crate::record::html::to_html;

/// The headline, and the others that the wire sent.
pub(super) fn headlines(dispatch: &Dispatch) -> Option<Value> {
    let d = dispatch;
    let mut all = Vec::new();
    if !d.headline_derived && !d.headline.is_empty() {
        all.push(make_variant("main", &d.headline));
    }
    all.extend(further_texts(d, "headline"));
    non_empty_array(all)
}

/// What describes the item: the wire's descriptions, and what ninjs has no property for.
pub(super) fn descriptions(dispatch: &Dispatch) -> Option<Value> {
    let d = dispatch;
    let apart = d.dateline.as_ref().filter(|line| line.range.is_none());
    let dateline = apart.map(|line| line.text.as_str());
    let signal = Some(d.role.name()).filter(|_| d.role != Role::Story);
    let own = [
        ("dateline", dateline),
        ("label", d.label.as_deref()),
        ("priority", d.priority.as_deref()),
        ("signal", signal),
    ];
    let said = |(role, text): (&str, Option<&str>)| {
        Some(make_variant(role, text.filter(|text| !text.is_empty())?))
    };
    let mut all: Vec<Value> = own.into_iter().filter_map(said).collect();
    all.extend(further_texts(d, "description"));
    non_empty_array(all)
}

/// The body as HTML, and other texts that the wire sent beside it.
pub(super) fn bodies(dispatch: &Dispatch) -> Option<Value> {
    let d = dispatch;
    let mut all = Vec::new();
    if !d.body.text().is_empty() {
        let mut body = json!({
            "role": "main",
            "contentType": "text/html",
            "value": to_html(&d.body),
        });
        if let (Some(words), Some(members)) = (d.words_stated, body.as_object_mut()) {
            members.insert("wordCount".to_owned(), words.into());
        }
        all.push(body);
    }
    all.extend(further_texts(d, "body"));
    non_empty_array(all)
}

fn make_variant(role: &str, text: &str) -> Value {
    if role.is_empty() {
        return json!({ "contentType": "text/plain", "value": text });
    }
    json!({ "role": role, "contentType": "text/plain", "value": text })
}

/// Fields such as `headline@short` or `description_text`.
fn further_texts<'a>(dispatch: &'a Dispatch, name: &'a str) -> impl Iterator<Item = Value> {
    let fields = dispatch.fields.iter();
    fields.filter_map(move |(field, text)| {
        let rest = field.strip_prefix(name)?;
        let role = rest.strip_prefix(['@', '_'])?;
        // Not a name with a role but a media type.
        let role = if role.contains('/') { "" } else { role };
        Some(make_variant(role, text))
    })
}

fn non_empty_array(all: Vec<Value>) -> Option<Value> {
    (!all.is_empty()).then_some(Value::Array(all))
}
