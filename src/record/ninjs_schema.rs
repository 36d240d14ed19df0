//! The ninjs 3.1 schema as tables, and fitting JSON values of a wire into it. Knows nothing of dispatches.

use RequiredMembers::{All, Nothing, One};
use Shape::{GeoJson, Integer, Item, List, Number, Object, OneOf, Text, Time, Uri};
use serde_json::{Map, Value};

/// The type of a value.
#[derive(Debug)]
pub(super) enum Shape {
    Text,
    Uri,
    /// Date and time with an offset.
    Time,
    Integer,
    Number,
    /// One of these words.
    OneOf(&'static [&'static str]),
    List(&'static Shape),
    /// Known members, and which of them are required.
    Object(&'static [Members], RequiredMembers),
    /// A `GeoJSON` geometry, copied unchanged.
    GeoJson,
    /// A complete ninjs object.
    Item,
}

/// The names of members of one type, separated by spaces.
pub(super) type Members = (&'static str, Shape);

/// Which members are required.
#[derive(Debug)]
pub(super) enum RequiredMembers {
    Nothing,
    All(&'static [&'static str]),
    /// Exactly one of these.
    One(&'static [&'static str]),
}

const ADDRESS: Shape =
    Object(&[("lines", List(&Text)), ("locality area postalCode country", Text)], Nothing);

const CONTACT: Shape = Object(
    &[("type role lang name value", Text), ("address", ADDRESS)],
    One(&["value", "address"]),
);

const SYMBOL: Shape = Object(&[("exchange symbol", Text), ("symbolType", Uri)], Nothing);

const RENDITION: Shape = Object(
    &[
        ("name contentType title format aspectRatio videoCodec transportProtocol bitrate", Text),
        ("href", Uri),
        ("width height sizeInBytes", Integer),
        ("duration frameRate", Number),
        ("poi", Object(&[("x", Integer), ("y", Integer)], Nothing)),
        ("scanType", OneOf(&["progressive", "interlaced"])),
    ],
    All(&["name"]),
);

const SUBJECT: Shape = Object(
    &[("name rel literal creator", Text), ("uri", Uri), ("relevance confidence", Integer)],
    Nothing,
);

const PERSON: Shape =
    Object(&[("name rel literal", Text), ("uri", Uri), ("contactInfo", List(&CONTACT))], Nothing);

const ORGANISATION: Shape = Object(
    &[
        ("name rel literal", Text),
        ("uri", Uri),
        ("symbols", List(&SYMBOL)),
        ("contactInfo", List(&CONTACT)),
    ],
    Nothing,
);

const PLACE: Shape = Object(
    &[
        ("name rel literal", Text),
        ("uri", Uri),
        ("contactInfo", List(&CONTACT)),
        ("geoJSON", GeoJson),
    ],
    Nothing,
);

const CONCEPT: Shape = Object(&[("name rel literal", Text), ("uri", Uri)], Nothing);

const EVENT: Shape = Object(&[("id name rel literal", Text), ("uri", Uri)], Nothing);

const SOURCE: Shape =
    Object(&[("name role literal", Text), ("uri", Uri), ("contactInfo", List(&CONTACT))], Nothing);

const GENRE: Shape = Object(&[("name uri literal", Text)], Nothing);

const SOURCE_TYPE: Shape = Object(&[("name literal", Text), ("uri", Uri)], Nothing);

const ALT_ID: Shape = Object(&[("role value", Text)], Nothing);

const TRUST: Shape = Object(&[("role href", Uri), ("title", Text)], Nothing);

const RIGHTS: Shape = Object(
    &[("langId linkedRights", Uri), ("encodedRights", Text)],
    One(&["linkedRights", "encodedRights"]),
);

/// One of several variants of a text, such as a short headline.
const VARIANT: Shape = Object(&[("role contentType value", Text)], All(&["value"]));

const BODY: Shape =
    Object(&[("role contentType value", Text), ("charCount wordCount", Integer)], All(&["value"]));

/// Types of news objects (the IPTC's `ninature` codes).
const TYPES: &[&str] = &[
    "text",
    "audio",
    "video",
    "picture",
    "graphic",
    "composite",
    "component",
    "event",
    "planning",
];

/// The properties of ninjs 3.1, except those for planning items.
const PROPERTIES: &[Members] = &[
    ("uri", Uri),
    ("type", OneOf(TYPES)),
    ("representationType", OneOf(&["full", "partial"])),
    (
        "profile version copyrightHolder copyrightNotice usageTerms edNote language title by slugline located",
        Text,
    ),
    ("firstCreated versionCreated contentCreated embargoedUntil expires", Time),
    ("pubStatus", OneOf(&["usable", "withheld", "canceled"])),
    ("urgency", Integer),
    ("descriptions headlines", List(&VARIANT)),
    ("bodies", List(&BODY)),
    ("people", List(&PERSON)),
    ("organisations", List(&ORGANISATION)),
    ("places", List(&PLACE)),
    ("subjects", List(&SUBJECT)),
    ("events", List(&EVENT)),
    ("objects", List(&CONCEPT)),
    ("infoSources", List(&SOURCE)),
    ("renditions", List(&RENDITION)),
    ("associations", List(&Item)),
    ("altIds", List(&ALT_ID)),
    ("trustIndicators", List(&TRUST)),
    ("genres", List(&GENRE)),
    ("rightsInfo", RIGHTS),
    ("digitalSourceType", SOURCE_TYPE),
];

/// Members that an associated object has besides the properties of an item.
const ASSOCIATION_MEMBERS: &[Members] = &[("name rel", Text)];

/// The ninjs 3 name, in lower case, for a name of ninjs 1, 2 or 3 in any spelling of case and separators.
pub(super) fn current_name(name: &str) -> String {
    let plain = name.chars().filter(char::is_ascii_alphanumeric);
    let plain: String = plain.map(|c| c.to_ascii_lowercase()).collect();
    let renamed = match plain.as_str() {
        "mimetype" => "contenttype",
        "code" | "qcode" => "literal",
        "person" => "people",
        "organisation" => "organisations",
        "place" => "places",
        "subject" => "subjects",
        "event" => "events",
        "object" => "objects",
        "infosource" => "infosources",
        "genre" => "genres",
        "headline" => "title",
        _ => return plain,
    };
    renamed.to_owned()
}

/// The name and type of a ninjs 3.1 property for its name in any ninjs version.
pub(super) fn property(name: &str) -> Option<Member> {
    find_member(PROPERTIES, name)
}

/// Fits a value into a shape: parts that do not fit are left out. `None` if nothing is left, or something required is
/// missing.
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
            crate::record::ninjs::format_time(stamp).map(Value::String)
        }
        Shape::Integer => {
            let number = text?.parse::<u64>().ok()?;
            Some(Value::from(number))
        }
        Shape::Number => value.is_number().then(|| value.clone()),
        Shape::OneOf(words) => {
            text.filter(|text| words.contains(&text.as_str())).map(Value::String)
        }
        Shape::GeoJson => {
            let is_geometry =
                value.get("type")?.is_string() && value.get("coordinates")?.is_array();
            is_geometry.then(|| value.clone())
        }
        Shape::List(inner) => {
            let all: Vec<Value> = match value {
                Value::Array(all) => {
                    all.iter().filter_map(|element| fit_to_shape(element, inner)).collect()
                }
                // In ninjs 1, lists are objects whose keys are the names of the elements.
                Value::Object(all) => {
                    let named = |(name, element): (&String, &Value)| {
                        fit_to_shape(&with_name(name, element)?, inner)
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

/// Name and type of a member.
type Member = (&'static str, &'static Shape);

fn find_member(members: &'static [Members], name: &str) -> Option<Member> {
    let name = current_name(name);
    members.iter().find_map(|(names, shape)| {
        let known = names.split(' ').find(|known| known.eq_ignore_ascii_case(&name))?;
        Some((known, shape))
    })
}

/// Fits an object: known members that fit, if they include the required ones.
fn fit_object(
    value: &Value,
    known: &dyn Fn(&str) -> Option<Member>,
    need: &RequiredMembers,
) -> Option<Value> {
    let mut fitting = Map::new();
    for (name, inner) in value.as_object()? {
        if let Some((name, shape)) = known(name)
            && !fitting.contains_key(name)
            && let Some(inner) = fit_to_shape(inner, shape)
        {
            fitting.insert(name.to_owned(), inner);
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

/// An element of a ninjs 1 list with its key as `name`, unless it has a name.
fn with_name(name: &str, value: &Value) -> Option<Value> {
    let mut members = value.as_object()?.clone();
    members.entry("name").or_insert_with(|| name.into());
    Some(Value::Object(members))
}

/// True for a URI with a scheme that has only the characters allowed by RFC 3986.
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
