//! A dispatch as an object of ninjs 3.1, the IPTC's "News in JSON" (iptc.org/std/ninjs).
//!
//! Everything the model holds has a place. What ninjs has no property for stands in an array that takes roles: the
//! dateline as it was set, the take label, the wire's priority mark and what the item is to the others among
//! `descriptions` (`dateline`, `label`, `priority`, `signal`), identities among `altIds` (`itemid`, `story`), keywords and
//! category among `subjects` (`rel`), other items that this one acts on and links among `associations` (`rel`). Of the
//! further fields those come along that have the name and the form of a property. A headline that was taken from the
//! lead is not written: a reader takes it from there again.

mod fit;
mod ids;
mod lists;
mod shape;
mod texts;

use serde::{Serialize, Serializer};
use serde_json::{Value, json};

use crate::dispatch::{Dispatch, Stamp, Status};
use fit::fit_to_shape;
use shape::property;

/// The schema that the objects keep to, by the address it is published at.
const SCHEMA: &str = "http://www.iptc.org/std/ninjs/ninjs-schema_3.1.json#";

/// Properties that are what a field of the wire says, where that has their form.
const PASSTHROUGH_PROPERTIES: [&str; 17] = [
    "profile",
    "contentCreated",
    "expires",
    "copyrightHolder",
    "usageTerms",
    "title",
    "people",
    "organisations",
    "places",
    "events",
    "objects",
    "genres",
    "renditions",
    "trustIndicators",
    "rightsInfo",
    "digitalSourceType",
    "representationType",
];

/// The properties of a news object, in order. Those that nothing is known of are left out.
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
    pub fn new(dispatch: &Dispatch) -> Self {
        let d = dispatch;
        let mut all = Self(Vec::with_capacity(24));
        all.put("uri", Some(ids::item_uri(d)));
        let standard = json!({ "name": "ninjs", "version": "3.1", "schema": SCHEMA });
        all.put("standard", Some(standard));
        all.put(
            "type",
            Some(passthrough_value(d, "type").unwrap_or("text".into())),
        );
        all.put("version", d.revision.as_deref());
        let first = passthrough_value(d, "firstCreated");
        let (first, content) = match (first, d.created.and_then(format_time)) {
            (Some(first), content) => (Some(first), content.map(Value::from)),
            (None, created) => (created.map(Value::from), None),
        };
        all.put("firstCreated", first);
        all.put("contentCreated", content);
        all.put("versionCreated", d.sent.and_then(format_time));
        all.put("embargoedUntil", d.embargo.and_then(format_time));
        all.put("pubStatus", Some(pub_status(d)));
        all.put("urgency", d.urgency.map(crate::dispatch::Urgency::value));
        all.put("language", d.language.as_deref());
        all.put("headlines", texts::headlines(d));
        all.put("slugline", d.slug.as_deref());
        all.put("by", d.byline.as_deref());
        // A dateline that was set before is completed by the place.
        all.put("descriptions", texts::descriptions(d));
        all.put("located", located(d));
        all.put("bodies", texts::bodies(d));
        all.put("edNote", d.ednote.as_deref());
        all.put("copyrightNotice", copyright_notice(d));
        all.put("subjects", lists::subjects(d));
        all.put("associations", lists::associations(d));
        all.put("altIds", ids::alt_ids(d));
        for name in PASSTHROUGH_PROPERTIES {
            if all.0.iter().all(|(known, _)| *known != name) {
                all.put(name, passthrough_value(d, name));
            }
        }
        all.put("infoSources", lists::sources(d));
        all
    }

    fn put(&mut self, name: &'static str, value: Option<impl Into<Value>>) {
        self.0.extend(value.map(|value| (name, value.into())));
    }
}

/// What a field of the wire says, where a property is called like it and has its form.
fn passthrough_value(dispatch: &Dispatch, name: &str) -> Option<Value> {
    let (wanted, shape) = property(name)?;
    let named = |field: &&String| property(field).is_some_and(|(known, _)| known == wanted);
    let field = dispatch.fields.keys().find(named)?;
    let raw = format!("{field}@raw");
    let text = dispatch
        .fields
        .get(&raw)
        .or_else(|| dispatch.fields.get(field))?;
    fit_to_shape(&parse_field_value(text), shape)
}

/// The value that a field was kept from: JSON where it is an array or object.
fn parse_field_value(text: &str) -> Value {
    if text.starts_with(['{', '[']) {
        serde_json::from_str(text).unwrap_or_else(|_| text.into())
    } else {
        text.into()
    }
}

/// Date and time by RFC 3339; of a day its start. `None` outside the years that it can write.
fn format_time(stamp: Stamp) -> Option<String> {
    let zoned = stamp.to_zoned();
    let offset = if stamp.offset_minutes == 0 {
        "Z"
    } else {
        "%:z"
    };
    let format = format!("%Y-%m-%dT%H:%M:%S{offset}");
    (0..=9999)
        .contains(&zoned.year())
        .then(|| zoned.strftime(&format).to_string())
}

/// An embargo without an end holds an item back until further notice.
fn pub_status(dispatch: &Dispatch) -> &'static str {
    let until_further_notice =
        dispatch.embargoed && dispatch.embargo.and_then(format_time).is_none();
    match dispatch.status {
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

/// The rights, unless they are the terms that stand in a property of their own.
fn copyright_notice(dispatch: &Dispatch) -> Option<&str> {
    let rights = dispatch.rights.as_deref()?;
    let terms = passthrough_value(dispatch, "usageTerms");
    let elsewhere = terms.is_some_and(|terms| terms == rights);
    (!elsewhere).then_some(rights)
}
