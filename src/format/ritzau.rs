//! The XML of Ritzau, the Danish agency: `RBNews` elements, alone or in an `RBNewsList`, with fields named in Danish or
//! English.

use crate::dispatch::{Relation, RelationKind, Role, Status};
use crate::format::html;
use crate::format::parser::{Draft, Sample};
use crate::format::shared::fields::{FieldKey, field_key};
use crate::format::shared::markup::TextBlock;
use crate::format::xml::document::{Ancestors, DocumentShape};
use crate::format::xml::tree::{Element, Namespace};

/// Which elements are items and lists of items.
pub(super) const SHAPE: DocumentShape = DocumentShape {
    format: "ritzau",
    is_item: |_: Namespace, name| name == "RBNews",
    is_container: |name| name == "RBNewsList",
    has_nested_items: true,
    build: build_item,
};

/// True if the root element is `RBNews` or `RBNewsList`.
pub(super) fn recognises(sample: &Sample<'_>) -> bool {
    let root = sample.root();
    root.is_some_and(|root| root.name == "RBNews" || root.name == "RBNewsList")
}

/// The key of a field's name in lower case: Danish names, and those that only Ritzau uses. Common English names are
/// left to [`field_key`].
fn danish_key(name: &str) -> Option<FieldKey> {
    Some(match name {
        "newsid" | "docid" | "nyhedsid" => FieldKey::Id,
        "overskrift" | "rubrik" | "titel" => FieldKey::Headline,
        "prioritet" => FieldKey::Priority,
        "publishdate" | "udsendt" | "senddate" | "publiceret" | "dato" => FieldKey::Sent,
        "oprettet" | "createdate" => FieldKey::Created,
        "strkeyword" | "strkeywords" | "stikord" | "emneord" | "keyword" => FieldKey::Keywords,
        "strcategory" | "kategori" | "stofomraade" | "stofområde" => FieldKey::Category,
        "sprog" => FieldKey::Language,
        "forfatter" | "journalist" => FieldKey::Byline,
        "embargodate" | "klausul" | "spaerrefrist" | "spærrefrist" => FieldKey::Embargo,
        "tilredaktionen" | "notetilredaktionen" | "redaktionelnote" => FieldKey::Ednote,
        "sted" | "by" => FieldKey::Place,
        "land" => FieldKey::Country,
        "strbody" | "body" | "broedtekst" | "brødtekst" | "tekst" => FieldKey::Body,
        "underrubrik" | "manchet" | "resume" | "subtitle" | "subheadline" => FieldKey::Summary,
        _ => return None,
    })
}

/// True unless the value of a flag says no: `false`, `0`, `nej`.
fn is_true(value: &str) -> bool {
    !matches!(value.to_lowercase().as_str(), "" | "0" | "false" | "nej" | "no" | "none")
}

/// Fields collected from an item, to be applied once all of them are read.
#[derive(Default)]
struct ItemFields {
    /// The body.
    blocks: Vec<TextBlock>,
    /// Subheads and abstracts.
    summary: Vec<String>,
    /// Ids of the items that this one replaces, corrects or kills.
    replaced: Vec<String>,
    is_canceled: bool,
    is_correction: bool,
}

/// Builds a dispatch from an `RBNews` element.
fn build_item(draft: &mut Draft<'_>, item: Element<'_, '_>, _: &Ancestors<'_>) -> Vec<TextBlock> {
    let mut found = ItemFields::default();
    for (name, value) in item.attributes() {
        draft.add_field(name, &value);
    }
    for child in item.children() {
        found.read_field(draft, child);
    }
    let ItemFields { mut blocks, summary, .. } = found.apply_relations(draft);
    draft.fallback_agency = Some("Ritzau".to_owned());
    // The priority serves as the urgency too, if none is given: 1 is the highest.
    let priority = draft.dispatch.priority.clone().filter(|_| draft.dispatch.urgency.is_none());
    let priority =
        priority.filter(|priority| priority.parse().is_ok_and(|n: u8| (1..=9).contains(&n)));
    draft.set_optional(FieldKey::Urgency, "priority", priority);
    // A summary stands in for a missing body.
    for text in summary {
        if blocks.is_empty() {
            blocks = html::plain_blocks(&text);
        } else {
            draft.add_field("subtitle", &text);
        }
    }
    blocks
}

impl ItemFields {
    /// Reads one field into the draft, or collects it.
    fn read_field(&mut self, draft: &mut Draft<'_>, child: Element<'_, '_>) {
        let name = child.name();
        let lower = name.to_lowercase();
        let text = child.text();
        let is_set = || text.as_deref().is_some_and(is_true);
        match lower.as_str() {
            // Cancelled, correction, new version.
            "annuleret" => self.is_canceled = is_set(),
            "korrektion" => self.is_correction = is_set(),
            "nyversion" => {
                if is_set() {
                    draft.dispatch.role = Role::Update;
                }
                draft.add_optional_field(name, text);
            }
            "replaces" | "replacedid" | "erstatter" => {
                let inner = child.descendants().filter(|inner| !inner.is_nested());
                let ids: Vec<String> = inner.filter_map(Element::text).collect();
                self.replaced.extend(if ids.is_empty() { text.into_iter().collect() } else { ids });
            }
            _ => match danish_key(&lower).or_else(|| field_key(name)) {
                Some(FieldKey::Body | FieldKey::Html) if self.blocks.is_empty() => {
                    self.blocks = html::element_blocks(draft, child);
                }
                Some(FieldKey::Summary) => self.summary.extend(text),
                Some(key @ (FieldKey::Subjects | FieldKey::Keywords)) => {
                    add_words(draft, key, &text.unwrap_or_default());
                }
                Some(key) => draft.set_optional(key, name, text),
                None => draft.add_element_fields(child),
            },
        }
    }

    /// Sets role, status and relations. The flags decide whether the replaced items are killed, corrected or replaced.
    fn apply_relations(mut self, draft: &mut Draft<'_>) -> Self {
        let d = &mut draft.dispatch;
        let kind = match (self.is_canceled, self.is_correction) {
            (true, _) => RelationKind::Kills,
            (_, true) => RelationKind::Corrects,
            _ => RelationKind::Replaces,
        };
        if self.is_canceled {
            (d.status, d.role) = (Status::Canceled, Role::Kill);
        } else if self.is_correction {
            d.role = Role::Correction;
        }
        let ids = self.replaced.drain(..).filter(|id| id != "0");
        d.relations.extend(ids.map(|id| Relation { kind, id }));
        self
    }
}

/// Adds the subjects or keywords in one field, separated by `;`, `,` or `/`.
fn add_words(draft: &mut Draft<'_>, key: FieldKey, text: &str) {
    for word in text.split([';', ',', '/']).map(str::trim) {
        let word = Some(word.to_owned()).filter(|word| !word.is_empty());
        match key {
            FieldKey::Subjects => draft.add_subject(word),
            _ => draft.add_keyword(word),
        }
    }
}
