//! Which members the objects of ninjs may have, so that what a wire said can be put back where it has a place.

/// What a value must be.
#[derive(Debug)]
pub(super) enum Shape {
    Text,
    Uri,
    /// A date and time with an offset.
    Time,
    Integer,
    Number,
    /// One of some words.
    OneOf(&'static [&'static str]),
    List(&'static Shape),
    /// Known members, and which of them must be there.
    Object(&'static [Member], RequiredMembers),
    /// A place on the earth, kept as it is.
    GeoJson,
    /// A whole ninjs object.
    Item,
}

/// A member's name and what it holds.
pub(super) type Member = (&'static str, Shape);

/// Which members must be there.
#[derive(Debug)]
pub(super) enum RequiredMembers {
    Nothing,
    All(&'static [&'static str]),
    /// Exactly one of them.
    One(&'static [&'static str]),
}

use RequiredMembers::{All, Nothing, One};
use Shape::{GeoJson, Integer, Item, List, Number, Object, OneOf, Text, Time, Uri};

const ADDRESS: Shape = Object(
    &[
        ("lines", List(&Text)),
        ("locality", Text),
        ("area", Text),
        ("postalCode", Text),
        ("country", Text),
    ],
    Nothing,
);
const CONTACT: Shape = Object(
    &[
        ("type", Text),
        ("role", Text),
        ("lang", Text),
        ("name", Text),
        ("value", Text),
        ("address", ADDRESS),
    ],
    One(&["value", "address"]),
);
const SYMBOL: Shape = Object(
    &[("exchange", Text), ("symbolType", Uri), ("symbol", Text)],
    Nothing,
);
const RENDITION: Shape = Object(
    &[
        ("name", Text),
        ("href", Uri),
        ("contentType", Text),
        ("title", Text),
        ("width", Integer),
        ("height", Integer),
        ("sizeInBytes", Integer),
        ("duration", Number),
        ("format", Text),
        ("aspectRatio", Text),
        ("videoCodec", Text),
        ("frameRate", Number),
        ("poi", Object(&[("x", Integer), ("y", Integer)], Nothing)),
        ("transportProtocol", Text),
        ("scanType", OneOf(&["progressive", "interlaced"])),
        ("bitrate", Text),
    ],
    All(&["name"]),
);
const SUBJECT: Shape = Object(
    &[
        ("name", Text),
        ("rel", Text),
        ("uri", Uri),
        ("literal", Text),
        ("creator", Text),
        ("relevance", Integer),
        ("confidence", Integer),
    ],
    Nothing,
);
const PERSON: Shape = Object(
    &[
        ("name", Text),
        ("rel", Text),
        ("uri", Uri),
        ("literal", Text),
        ("contactInfo", List(&CONTACT)),
    ],
    Nothing,
);
const ORGANISATION: Shape = Object(
    &[
        ("name", Text),
        ("rel", Text),
        ("uri", Uri),
        ("literal", Text),
        ("symbols", List(&SYMBOL)),
        ("contactInfo", List(&CONTACT)),
    ],
    Nothing,
);
const PLACE: Shape = Object(
    &[
        ("name", Text),
        ("rel", Text),
        ("uri", Uri),
        ("literal", Text),
        ("contactInfo", List(&CONTACT)),
        ("geoJSON", GeoJson),
    ],
    Nothing,
);
const CONCEPT: Shape = Object(
    &[
        ("name", Text),
        ("rel", Text),
        ("uri", Uri),
        ("literal", Text),
    ],
    Nothing,
);
const EVENT: Shape = Object(
    &[
        ("id", Text),
        ("name", Text),
        ("rel", Text),
        ("uri", Uri),
        ("literal", Text),
    ],
    Nothing,
);
const SOURCE: Shape = Object(
    &[
        ("name", Text),
        ("role", Text),
        ("uri", Uri),
        ("literal", Text),
        ("contactInfo", List(&CONTACT)),
    ],
    Nothing,
);
const GENRE: Shape = Object(&[("name", Text), ("uri", Text), ("literal", Text)], Nothing);
const SOURCE_TYPE: Shape = Object(&[("name", Text), ("uri", Uri), ("literal", Text)], Nothing);
const ALT_ID: Shape = Object(&[("role", Text), ("value", Text)], Nothing);
const TRUST: Shape = Object(&[("role", Uri), ("title", Text), ("href", Uri)], Nothing);
const RIGHTS: Shape = Object(
    &[
        ("langId", Uri),
        ("linkedRights", Uri),
        ("encodedRights", Text),
    ],
    One(&["linkedRights", "encodedRights"]),
);
/// A text in one of several forms.
const VARIANT: Shape = Object(
    &[("role", Text), ("contentType", Text), ("value", Text)],
    All(&["value"]),
);
const BODY: Shape = Object(
    &[
        ("role", Text),
        ("contentType", Text),
        ("charCount", Integer),
        ("wordCount", Integer),
        ("value", Text),
    ],
    All(&["value"]),
);

/// What a news object is (`ninature` of the codes of the IPTC).
pub(super) const TYPES: &[&str] = &[
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

/// The properties of ninjs 3.1, but those of planning.
const PROPERTIES: &[Member] = &[
    ("uri", Uri),
    ("type", OneOf(TYPES)),
    ("representationType", OneOf(&["full", "partial"])),
    ("profile", Text),
    ("version", Text),
    ("firstCreated", Time),
    ("versionCreated", Time),
    ("contentCreated", Time),
    ("embargoedUntil", Time),
    ("pubStatus", OneOf(&["usable", "withheld", "canceled"])),
    ("urgency", Integer),
    ("copyrightHolder", Text),
    ("copyrightNotice", Text),
    ("usageTerms", Text),
    ("edNote", Text),
    ("language", Text),
    ("descriptions", List(&VARIANT)),
    ("bodies", List(&BODY)),
    ("headlines", List(&VARIANT)),
    ("people", List(&PERSON)),
    ("organisations", List(&ORGANISATION)),
    ("places", List(&PLACE)),
    ("subjects", List(&SUBJECT)),
    ("events", List(&EVENT)),
    ("objects", List(&CONCEPT)),
    ("infoSources", List(&SOURCE)),
    ("title", Text),
    ("by", Text),
    ("slugline", Text),
    ("located", Text),
    ("renditions", List(&RENDITION)),
    ("associations", List(&Item)),
    ("altIds", List(&ALT_ID)),
    ("trustIndicators", List(&TRUST)),
    ("genres", List(&GENRE)),
    ("expires", Time),
    ("rightsInfo", RIGHTS),
    ("digitalSourceType", SOURCE_TYPE),
];

/// The members of an associated object: those of an item, and what it is to this one.
pub(super) const ASSOCIATION_MEMBERS: &[Member] = &[("name", Text), ("rel", Text)];

/// Names of ninjs 1 and 2, and of ninjs 3 in other letters, as ninjs 3 has them.
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

/// The property of ninjs 3.1 that a name stands for, and what it holds.
pub(super) fn property(name: &str) -> Option<&'static Member> {
    let name = current_name(name);
    PROPERTIES
        .iter()
        .find(|(known, _)| known.eq_ignore_ascii_case(&name))
}
