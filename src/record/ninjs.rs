//! A dispatch as an object of ninjs 3.1, the IPTC's "News in JSON" (iptc.org/std/ninjs).
//!
//! Values for which ninjs has no property are stored in arrays with roles: the text of the dateline, the label, the
//! wire's priority and the role of the item in `descriptions` (`dateline`, `label`, `priority`, `signal`), identities
//! in `altIds` (`itemid`, `story`), keywords and category in `subjects` (`rel`), related items and links in
//! `associations` (`rel`), also those that act on this one (`killed-by`, `withheld-by`, `corrected-by`,
//! `superseded-by`). `pubStatus` is what holds after everything that was read. Further header fields are included if
//! their name and value match a property. A derived headline is left out: a reader can derive it again.

use std::fmt::Write as _;

use serde::{Serialize, Serializer};
use serde_json::{Value, json};

use crate::dispatch::{Dispatch, Role, Stamp, Status};
use crate::record::current_status::{CurrentStatus, Relations};
use crate::record::html::to_html;
use crate::record::ninjs_schema::{fit_to_shape, is_uri, property};

/// The published schema of the objects.
const SCHEMA: &str = "http://www.iptc.org/std/ninjs/ninjs-schema_3.1.json#";

/// Properties that are copied from a header field of the same name, if its value fits the schema.
const PASSTHROUGH_PROPERTIES: &str = "profile contentCreated expires copyrightHolder usageTerms title people organisations \
    places events objects genres renditions trustIndicators \
    rightsInfo digitalSourceType representationType";

/// The known properties of a news object, in the order in which they are written.
#[derive(Debug)]
pub struct Ninjs(Vec<(&'static str, Value)>);

impl Serialize for Ninjs {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, value)| (name, value)))
    }
}

impl Ninjs {
    /// The object of a dispatch.
    #[must_use]
    pub fn new(dispatch: &Dispatch, status: &CurrentStatus) -> Self {
        let d = dispatch;
        let mut all = Self(Vec::with_capacity(24));
        all.put("uri", Some(item_uri(d)));
        let standard = json!({ "name": "ninjs", "version": "3.1", "schema": SCHEMA });
        all.put("standard", Some(standard));
        all.put("type", Some(passthrough_value(d, "type").unwrap_or("text".into())));
        all.put("version", d.revision.as_deref());
        let first = passthrough_value(d, "firstCreated");
        // A wire that was ninjs has its own firstCreated; then the time of creation is that of the content.
        let (first, content) = match (first, d.created.and_then(format_time)) {
            (Some(first), content) => (Some(first), content.map(Value::from)),
            (None, created) => (created.map(Value::from), None),
        };
        all.put("firstCreated", first);
        all.put("contentCreated", content);
        all.put("versionCreated", d.sent.and_then(format_time));
        all.put("embargoedUntil", d.embargo.and_then(format_time));
        all.put("pubStatus", Some(pub_status(d, status)));
        all.put("urgency", d.urgency.map(crate::dispatch::Urgency::value));
        all.put("language", d.language.as_deref());
        all.put("headlines", headlines(d));
        all.put("slugline", d.slug.as_deref());
        all.put("by", d.byline.as_deref());
        all.put("descriptions", descriptions(d));
        all.put("located", located(d));
        all.put("bodies", bodies(d));
        all.put("edNote", d.ednote.as_deref());
        all.put("copyrightNotice", copyright_notice(d));
        all.put("subjects", subjects(d));
        all.put("associations", associations(d, &status.relations));
        all.put("altIds", alt_ids(d));
        for name in PASSTHROUGH_PROPERTIES.split(' ') {
            if all.0.iter().all(|(known, _)| *known != name) {
                all.put(name, passthrough_value(d, name));
            }
        }
        all.put("infoSources", sources(d));
        all
    }

    fn put(&mut self, name: &'static str, value: Option<impl Into<Value>>) {
        self.0.extend(value.map(|value| (name, value.into())));
    }
}

/// The value of the header field for a property, as far as it fits the schema. A field `NAME@raw`, with the unparsed
/// value, is preferred.
fn passthrough_value(dispatch: &Dispatch, name: &str) -> Option<Value> {
    let (wanted, shape) = property(name)?;
    let named = |field: &&String| property(field).is_some_and(|(known, _)| known == wanted);
    let field = dispatch.fields.keys().find(named)?;
    let raw = format!("{field}@raw");
    let text = dispatch.fields.get(&raw).or_else(|| dispatch.fields.get(field))?;
    fit_to_shape(&parse_field_value(text), shape)
}

/// The value of a field: arrays and objects are stored as JSON text.
fn parse_field_value(text: &str) -> Value {
    if text.starts_with(['{', '[']) {
        serde_json::from_str(text).unwrap_or_else(|_| text.into())
    } else {
        text.into()
    }
}

/// Date and time in RFC 3339; for a day its start. `None` outside the years 0 to 9999, which RFC 3339 cannot write.
pub(super) fn format_time(stamp: Stamp) -> Option<String> {
    let zoned = stamp.to_zoned();
    let offset = if stamp.offset_minutes == 0 { "Z" } else { "%:z" };
    let format = format!("%Y-%m-%dT%H:%M:%S{offset}");
    (0..=9999).contains(&zoned.year()).then(|| zoned.strftime(&format).to_string())
}

/// The publication status that holds. An embargo without an end becomes `withheld`, since ninjs has only
/// `embargoedUntil`.
fn pub_status(dispatch: &Dispatch, status: &CurrentStatus) -> &'static str {
    let until_further_notice =
        dispatch.embargoed && dispatch.embargo.and_then(format_time).is_none();
    match status.status {
        Status::Usable if until_further_notice => Status::Withheld.name(),
        status => status.name(),
    }
}

/// `Moscow, Russia`
fn located(dispatch: &Dispatch) -> Option<String> {
    match (dispatch.place(), dispatch.country()) {
        (Some(place), Some(country)) => Some(format!("{place}, {country}")),
        (place, country) => place.or(country).map(str::to_owned),
    }
}

/// The rights, unless they equal `usageTerms`, which is a property of its own.
fn copyright_notice(dispatch: &Dispatch) -> Option<&str> {
    let rights = dispatch.rights.as_deref()?;
    let terms = passthrough_value(dispatch, "usageTerms");
    let elsewhere = terms.is_some_and(|terms| terms == rights);
    (!elsewhere).then_some(rights)
}

// Headlines, descriptions and bodies.

/// The main headline and other headlines of the wire; a derived one is left out.
pub(super) fn headlines(dispatch: &Dispatch) -> Option<Value> {
    let d = dispatch;
    let mut all = Vec::new();
    if !d.headline_derived && !d.headline.is_empty() {
        all.push(make_variant("main", &d.headline));
    }
    all.extend(further_texts(d, "headline"));
    non_empty_array(all)
}

/// Values without a ninjs property, then the wire's descriptions.
pub(super) fn descriptions(dispatch: &Dispatch) -> Option<Value> {
    let d = dispatch;
    // A dateline in the body is there already.
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

/// The body as HTML, and other bodies of the wire.
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

/// An element of `headlines`, `descriptions` or `bodies`, as plain text.
fn make_variant(role: &str, text: &str) -> Value {
    if role.is_empty() {
        return json!({ "contentType": "text/plain", "value": text });
    }
    json!({ "role": role, "contentType": "text/plain", "value": text })
}

/// Variants in header fields such as `headline@short` or `description_text`: the role follows the name.
fn further_texts<'a>(dispatch: &'a Dispatch, name: &'a str) -> impl Iterator<Item = Value> {
    let fields = dispatch.fields.iter();
    fields.filter_map(move |(field, text)| {
        let rest = field.strip_prefix(name)?;
        let role = rest.strip_prefix(['@', '_'])?;
        // After the name may also be a media type, which is not a role.
        let role = if role.contains('/') { "" } else { role };
        Some(make_variant(role, text))
    })
}

fn non_empty_array(all: Vec<Value>) -> Option<Value> {
    (!all.is_empty()).then_some(Value::Array(all))
}

// Subjects and associations.

/// Subjects, complete with all members if the wire was ninjs; then keywords and the category, distinguished by `rel`.
pub(super) fn subjects(dispatch: &Dispatch) -> Option<Value> {
    let d = dispatch;
    let mut all = match passthrough_value(d, "subjects") {
        Some(Value::Array(all)) => all,
        _ => d.subjects.iter().map(|text| make_concept(text, None)).collect(),
    };
    let related = |all: &[Value], rel: &str| {
        let is = |subject: &Value| subject["rel"].as_str().is_some_and(|found| found.contains(rel));
        all.iter().any(is)
    };
    if !related(&all, "keyword") {
        all.extend(d.keywords.iter().map(|text| make_concept(text, Some("keyword"))));
    }
    if let Some(category) = d.category.as_deref()
        && !related(&all, "category")
    {
        all.push(make_concept(category, Some("category")));
    }
    (!all.is_empty()).then_some(Value::Array(all))
}

/// A subject by the form of its text: a URI, a code (`scheme:code` or digits), or a name.
fn make_concept(text: &str, rel: Option<&str>) -> Value {
    let code = !text.contains(' ') && text.contains(':')
        || text.len() > 2 && text.bytes().all(|b| b.is_ascii_digit());
    let mut concept = if text.contains("://") && is_uri(text) {
        json!({ "uri": text })
    } else if code {
        json!({ "literal": text })
    } else {
        json!({ "name": text })
    };
    if let (Some(rel), Some(members)) = (rel, concept.as_object_mut()) {
        members.insert("rel".to_owned(), rel.into());
    }
    concept
}

/// The wire's associated objects, the items that this one relates to, those that act on it, and its
/// links, without duplicates.
pub(super) fn associations(dispatch: &Dispatch, relations: &Relations) -> Option<Value> {
    let d = dispatch;
    let mut all = match passthrough_value(d, "associations") {
        Some(Value::Array(all)) => all,
        _ => Vec::new(),
    };
    let related = d.relations.iter().map(|other| {
        let kind = other.kind.name();
        json!({ "name": other.id, "rel": kind, "uri": uri_of(&other.id, d) })
    });
    let links = d.links.iter().filter(|link| is_uri(link));
    let links = links.map(|link| json!({ "name": link, "rel": "link", "uri": link }));
    let notices = [
        ("killed-by", &relations.killed_by),
        ("withheld-by", &relations.withheld_by),
        ("corrected-by", &relations.corrected_by),
        ("superseded-by", &relations.superseded_by),
    ];
    let notices = notices.into_iter().filter_map(|(rel, item)| {
        let item = item.as_ref()?;
        Some(json!({ "name": item, "rel": rel, "uri": uri_of(item, d) }))
    });
    for other in related.chain(notices).chain(links) {
        let known = |known: &Value| known["uri"] == other["uri"] && known["rel"] == other["rel"];
        if !all.iter().any(known) {
            all.push(other);
        }
    }
    (!all.is_empty()).then_some(Value::Array(all))
}

/// The wire's sources, and the agency as provider.
pub(super) fn sources(dispatch: &Dispatch) -> Option<Value> {
    let mut all = match passthrough_value(dispatch, "infoSources") {
        Some(Value::Array(all)) => all,
        _ => Vec::new(),
    };
    if let Some(agency) = dispatch.agency.as_deref()
        && !all.iter().any(|source| source["name"] == agency && source["role"] == "provider")
    {
        all.push(json!({ "name": agency, "role": "provider" }));
    }
    (!all.is_empty()).then_some(Value::Array(all))
}

// Identities: ninjs requires URIs; other ids are stored in `altIds`.

/// Prefix of generated URIs, for items without a URI of their own.
const URN: &str = "urn:x-dateline:";

/// The item's own URI; else one generated from agency and id, or from the hash of its bytes.
pub(super) fn item_uri(dispatch: &Dispatch) -> String {
    let d = dispatch;
    let address = d.fields.get("uri").filter(|uri| is_uri(uri));
    match (address, &d.id) {
        (Some(address), _) => address.clone(),
        (None, Some(id)) => uri_of(id, d),
        (None, None) => format!("{URN}xxh3:{:016x}", d.raw_hash),
    }
}

/// An id that is a URI is returned unchanged; for others one is generated.
pub(super) fn uri_of(id: &str, dispatch: &Dispatch) -> String {
    if is_uri(id) {
        return id.to_owned();
    }
    let agency = dispatch.agency.as_deref().unwrap_or("");
    format!("{URN}id:{}:{}", percent_encode(agency), percent_encode(id))
}

/// Encodes everything except ASCII letters, digits, `-`, `.` and `_` as `%XX`.
fn percent_encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

/// Alternative ids: those of the wire, then the item's id if it is not its URI, the story and the guid.
pub(super) fn alt_ids(dispatch: &Dispatch) -> Option<Value> {
    let d = dispatch;
    let mut all: Vec<(String, String)> = Vec::new();
    // Older versions of ninjs have an object by role instead of an array.
    let known = d.fields.iter().find(|(name, _)| is_alt_ids(name));
    match known.map(|(_, text)| parse_field_value(text)) {
        Some(Value::Object(members)) => all.extend(
            members.iter().filter_map(|(role, value)| Some((role.clone(), scalar_text(value)?))),
        ),
        Some(Value::Array(entries)) => all.extend(entries.iter().filter_map(|entry| {
            let role = entry.get("role").and_then(scalar_text).unwrap_or_default();
            Some((role, scalar_text(entry.get("value")?)?))
        })),
        _ => {}
    }
    let own = item_uri(d);
    let item = d.id.clone().filter(|id| *id != own);
    let story = d.story.clone().filter(|story| Some(story) != d.id.as_ref());
    let guid = d.fields.get("guid").cloned();
    for (role, value) in [("itemid", item), ("story", story), ("guid", guid)] {
        if let Some(value) = value
            && !all.iter().any(|(known, _)| known == role)
        {
            all.push((role.to_owned(), value));
        }
    }
    let entry = |(role, value): (String, String)| match role.as_str() {
        "" => json!({ "value": value }),
        _ => json!({ "role": role, "value": value }),
    };
    let all: Vec<Value> = all.into_iter().map(entry).collect();
    (!all.is_empty()).then_some(Value::Array(all))
}

fn is_alt_ids(name: &str) -> bool {
    name.eq_ignore_ascii_case("altids")
}

fn scalar_text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}
