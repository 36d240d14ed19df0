//! Who sent a `NewsML` 1 item, which revision of what it is, and what may be done with it.

use crate::dispatch::{Relation, RelationKind, Role, Severity};
use crate::format::draft::Draft;
use crate::format::fields::FieldKey;
use crate::format::label;
use crate::format::xml::Element;

/// What an element says: its `FormalName`, or its text. Both are in use.
pub(super) fn formal_name_or_text(element: Element<'_, '_>) -> Option<String> {
    element.attribute("FormalName").or_else(|| element.text())
}

pub(super) fn envelope(draft: &mut Draft<'_>, envelope: Element<'_, '_>) {
    for child in envelope.children() {
        match child.name() {
            "DateAndTime" => {
                // When the parcel was sent: later than this revision was made.
                let made = draft.dispatch.sent.take();
                draft.unmark_given(FieldKey::Sent);
                draft.set_optional(FieldKey::Sent, "DateAndTime", child.text());
                draft.dispatch.sent = draft.dispatch.sent.or(made);
            }
            "Priority" => {
                draft.set_optional(FieldKey::Priority, "Priority", formal_name_or_text(child))
            }
            "SentFrom" => {
                if let Some(name) = party_name(child) {
                    draft.add_field("SentFrom", &name);
                    draft.sender.get_or_insert(name);
                }
            }
            name => {
                if let Some(text) = formal_name_or_text(child) {
                    draft.add_field(name, &text);
                }
            }
        }
    }
}

/// The party that an element names.
pub(super) fn party_name(element: Element<'_, '_>) -> Option<String> {
    let party = element.find_descendant("Party")?;
    let name = party
        .find_descendant("Property")
        .filter(|property| property.attribute("FormalName").as_deref() == Some("Name"));
    let name = name.and_then(|name| name.attribute("Value"));
    party
        .attribute("FormalName")
        .or(name)
        .or_else(|| party.text())
}

pub(super) fn identification(draft: &mut Draft<'_>, identification: Element<'_, '_>) {
    for child in identification.children() {
        match child.name() {
            "NewsIdentifier" => identifier(draft, child),
            // The last choice for a slug.
            "NameLabel" => {}
            _ => draft.add_element_fields(child),
        }
    }
}

fn identifier(draft: &mut Draft<'_>, identifier: Element<'_, '_>) {
    let part = |name: &str| identifier.child(name).and_then(Element::text);
    let (provider, date, item) = (part("ProviderId"), part("DateId"), part("NewsItemId"));
    let built = || {
        let parts = [provider.as_deref()?, date.as_deref()?, item.as_deref()?];
        Some(format!("urn:newsml:{}", parts.join(":")))
    };
    let id = part("PublicIdentifier")
        .or_else(built)
        .or_else(|| item.clone());
    draft.set_optional(FieldKey::Id, "PublicIdentifier", id);
    draft.set_optional(FieldKey::Story, "NewsItemId", item);
    if let Some(revision) = identifier.child("RevisionId") {
        draft.set_optional(FieldKey::Revision, "RevisionId", revision.text());
        let before = revision.attribute("PreviousRevision");
        draft.add_optional_field("RevisionId@PreviousRevision", before);
        match revision.attribute("Update").as_deref() {
            Some("U") => {
                draft.dispatch.role = Role::Update;
                draft.add_field("RevisionId@Update", "U");
            }
            Some("A") => {
                draft.dispatch.role = Role::Update;
                draft.add_field("RevisionId@Update", "A");
                let message = "changes only what may be done with an earlier revision; the text is in that one";
                draft.add_problem(Severity::Note, "RevisionId", message.to_owned());
            }
            _ => {}
        }
    }
    draft.add_optional_field("ProviderId", provider.clone());
    draft.add_optional_field("DateId", date);
    if let Some(provider) = provider {
        draft.sender.get_or_insert(provider);
    }
}

pub(super) fn management(draft: &mut Draft<'_>, management: Element<'_, '_>) {
    for child in management.children() {
        match child.name() {
            "NewsItemType" => {
                let kind = formal_name_or_text(child).unwrap_or_default();
                if kind.eq_ignore_ascii_case("alert") {
                    draft.dispatch.role = Role::Alert;
                }
                draft.add_field("NewsItemType", &kind);
            }
            "FirstCreated" => draft.set_optional(FieldKey::Created, "FirstCreated", child.text()),
            "ThisRevisionCreated" => {
                draft.set_optional(FieldKey::Sent, "ThisRevisionCreated", child.text())
            }
            "Status" => draft.set_optional(FieldKey::Status, "Status", formal_name_or_text(child)),
            "StatusWillChange" => will_change(draft, child),
            "Urgency" => {
                draft.set_optional(FieldKey::Urgency, "Urgency", formal_name_or_text(child))
            }
            "Instruction" => instruction(draft, child),
            "DerivedFrom" => {
                let id = child.attribute("NewsItem").or_else(|| child.text());
                let kind = RelationKind::Replaces;
                draft
                    .dispatch
                    .relations
                    .extend(id.map(|id| Relation { kind, id }));
            }
            "RevisionHistory" => {
                draft.add_optional_field("RevisionHistory", child.attribute("Href"))
            }
            _ => draft.add_element_fields(child),
        }
    }
}

/// `StatusWillChange`: when an embargo ends, or what else is to come.
fn will_change(draft: &mut Draft<'_>, change: Element<'_, '_>) {
    let when = change
        .find_descendant("DateAndTime")
        .and_then(Element::text);
    let next = change
        .find_descendant("FutureStatus")
        .and_then(formal_name_or_text)
        .unwrap_or_default();
    if draft.dispatch.embargoed && !next.eq_ignore_ascii_case("canceled") {
        draft.set_optional(FieldKey::Embargo, "StatusWillChange", when);
    } else {
        let line = format!("{next} {}", when.unwrap_or_default());
        draft.add_field("StatusWillChange", line.trim());
    }
}

/// `Instruction`: what is to be done with earlier revisions.
fn instruction(draft: &mut Draft<'_>, instruction: Element<'_, '_>) {
    let name = formal_name_or_text(instruction).unwrap_or_default();
    draft.add_element_fields(instruction);
    let role = match name.to_ascii_lowercase().as_str() {
        "delete" | "kill" | "cancel" | "withdraw" => Some(Role::Kill),
        "rectify" | "correction" | "correct" => Some(Role::Correction),
        "update" | "replace" => Some(Role::Update),
        _ => label::parse_label_line(&name.to_ascii_uppercase()).and_then(|meaning| meaning.role),
    };
    if let Some(role) = role {
        draft.dispatch.role = role;
    }
}
