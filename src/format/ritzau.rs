//! The XML of Ritzau, Denmark's agency: one `RBNews` a document, its fields named in Danish or English.

use super::detect::Sample;
use super::draft::{Draft, Sink};
use super::xml::{self, Around, Built, Element, Shape, Space};
use super::{Context, Want};
use crate::dispatch::{Problem, Relation, RelationKind, Role, Status};
use crate::format::content;
use crate::format::fields::{Key, key};
use crate::format::markup::Part;

const SHAPE: Shape = Shape {
    format: "ritzau",
    item: |_: Space, name| name == "RBNews",
    around: |name| name == "RBNewsList",
    nests: true,
};

pub(super) fn recognises(sample: &Sample<'_>) -> bool {
    let root = sample.root();
    root.is_some_and(|root| root.name == "RBNews" || root.name == "RBNewsList")
}

pub(super) fn items(bytes: &[u8], want: Want, ctx: &Context, sink: &mut Sink<'_>) -> Vec<Problem> {
    xml::items((&SHAPE, build), bytes, want, ctx, sink)
}

/// What a Danish name means; English ones are known from elsewhere.
fn danish(name: &str) -> Option<Key> {
    Some(match name {
        "newsid" | "docid" | "nyhedsid" => Key::Id,
        "overskrift" | "rubrik" | "titel" => Key::Headline,
        "prioritet" => Key::Priority,
        "publishdate" | "udsendt" | "senddate" | "publiceret" | "dato" => Key::Sent,
        "oprettet" | "createdate" => Key::Created,
        "strkeyword" | "strkeywords" | "stikord" | "emneord" | "keyword" => Key::Keywords,
        "strcategory" | "kategori" | "stofomraade" | "stofområde" => Key::Category,
        "sprog" => Key::Language,
        "forfatter" | "journalist" => Key::Byline,
        "embargodate" | "klausul" | "spaerrefrist" | "spærrefrist" => Key::Embargo,
        "tilredaktionen" | "notetilredaktionen" | "redaktionelnote" => Key::Ednote,
        "sted" | "by" => Key::Place,
        "land" => Key::Country,
        "strbody" | "body" | "broedtekst" | "brødtekst" | "tekst" => Key::Body,
        "underrubrik" | "manchet" | "resume" | "subtitle" | "subheadline" => Key::Summary,
        _ => return None,
    })
}

/// A flag that is set: `true`, `1`, `ja`.
fn is_set(value: &str) -> bool {
    !matches!(
        value.to_lowercase().as_str(),
        "" | "0" | "false" | "nej" | "no" | "none"
    )
}

/// What is found of an item before it is known what it does to others.
#[derive(Default)]
struct Found {
    blocks: Vec<Part>,
    summary: Vec<String>,
    replaced: Vec<String>,
    canceled: bool,
    corrects: bool,
}

fn build<'c>(mut draft: Draft<'c>, item: Element<'_, '_>, _: &Around<'_>) -> Built<'c> {
    let mut found = Found::default();
    for (name, value) in item.attributes() {
        draft.keep(name, &value);
    }
    for child in item.children() {
        found.take(&mut draft, child);
    }
    let Found {
        mut blocks,
        summary,
        ..
    } = found.relate(&mut draft);
    draft.sender = Some("Ritzau".to_owned());
    // The priority is also how urgent it is: 1 highest.
    let priority = draft
        .dispatch
        .priority
        .clone()
        .filter(|_| draft.dispatch.urgency.is_none());
    let priority =
        priority.filter(|priority| priority.parse().is_ok_and(|n: u8| (1..=9).contains(&n)));
    draft.put(Key::Urgency, "priority", priority);
    for text in summary {
        if blocks.is_empty() {
            blocks = content::plain_blocks(&text);
        } else {
            draft.keep("subtitle", &text);
        }
    }
    Built { draft, blocks }
}

impl Found {
    /// Takes one field.
    fn take(&mut self, draft: &mut Draft<'_>, child: Element<'_, '_>) {
        let name = child.name();
        let lower = name.to_lowercase();
        let text = child.text();
        let set = || text.as_deref().is_some_and(is_set);
        match lower.as_str() {
            "annuleret" => self.canceled = set(),
            "korrektion" => self.corrects = set(),
            "nyversion" => {
                if set() {
                    draft.dispatch.role = Role::Update;
                }
                draft.put_kept(name, text);
            }
            "replaces" | "replacedid" | "erstatter" => {
                let inner = child.descendants().filter(|inner| !inner.is_nested());
                let ids: Vec<String> = inner.filter_map(Element::text).collect();
                self.replaced.extend(if ids.is_empty() {
                    text.into_iter().collect()
                } else {
                    ids
                });
            }
            _ => match danish(&lower).or_else(|| key(name)) {
                Some(Key::Body | Key::Html) if self.blocks.is_empty() => {
                    self.blocks = content::of_element(draft, child);
                }
                Some(Key::Summary) => self.summary.extend(text),
                Some(key @ (Key::Subjects | Key::Keywords)) => {
                    words(draft, key, &text.unwrap_or_default());
                }
                Some(key) => draft.put(key, name, text),
                None => draft.keep_element(child),
            },
        }
    }

    /// Sets what it does to the items that it names.
    fn relate(mut self, draft: &mut Draft<'_>) -> Self {
        let d = &mut draft.dispatch;
        let kind = match (self.canceled, self.corrects) {
            (true, _) => RelationKind::Kills,
            (_, true) => RelationKind::Corrects,
            _ => RelationKind::Replaces,
        };
        if self.canceled {
            (d.status, d.role) = (Status::Canceled, Role::Kill);
        } else if self.corrects {
            d.role = Role::Correction;
        }
        let ids = self.replaced.drain(..).filter(|id| id != "0");
        d.relates.extend(ids.map(|id| Relation { kind, id }));
        self
    }
}

/// Subjects or keywords of one field.
fn words(draft: &mut Draft<'_>, key: Key, text: &str) {
    for word in text.split([';', ',', '/']).map(str::trim) {
        let word = Some(word.to_owned()).filter(|word| !word.is_empty());
        match key {
            Key::Subjects => draft.subject(word),
            _ => draft.keyword(word),
        }
    }
}
