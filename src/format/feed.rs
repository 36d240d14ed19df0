//! Feeds: Atom 0.3 and 1.0 (RFC 4287) with tombstones (RFC 6721), and RSS 0.9 to 2.0 with RDF and its modules.

use crate::dispatch::{Relation, RelationKind, Role, Stamp, Status};
use crate::format::html;
use crate::format::parser::{Detail, Draft, Sample};
use crate::format::shared::dates::parse_field_time;
use crate::format::shared::fields::FieldKey;
use crate::format::shared::markup::TextBlock;
use crate::format::xml::document::{Ancestors, DocumentShape};
use crate::format::xml::tree::{Element, Namespace};

/// Sets the times of an item from `published` and `updated`, each the name of an element and its text. An item
/// published later than the file and the feed (`feed_time`) were written is embargoed until then.
fn apply_dates(
    draft: &mut Draft<'_>,
    published: Option<(&str, String)>,
    updated: Option<(&str, String)>,
    feed_time: Option<Stamp>,
) {
    let first = published.as_ref().and_then(|(_, text)| parse_field_time(text));
    // This version was sent when it was last changed; a single time is that of sending.
    match (published, updated) {
        (Some((created, published)), Some((sent, updated))) => {
            draft.set_field(FieldKey::Created, created, &published);
            draft.set_field(FieldKey::Sent, sent, &updated);
        }
        (Some((name, text)), None) | (None, Some((name, text))) => {
            draft.set_field(FieldKey::Sent, name, &text);
        }
        (None, None) => {}
    }
    let now = draft.ctx.file_time.into_iter().chain(feed_time);
    let now = now.map(|stamp| stamp.seconds).max();
    // A minute of tolerance for clocks that disagree.
    if let (Some(first), Some(now)) = (first, now)
        && first.seconds > now + 60
    {
        draft.dispatch.embargoed = true;
        draft.dispatch.embargo = Some(first);
    }
}

/// The blocks of the full text, or of the short one if there is no other. A short text that differs is kept as a field.
fn choose_body(
    draft: &mut Draft<'_>,
    full: Option<Vec<TextBlock>>,
    short: Option<(&str, Vec<TextBlock>)>,
) -> Vec<TextBlock> {
    let full = full.unwrap_or_default();
    let Some((name, short)) = short else {
        return full;
    };
    if full.is_empty() {
        return short;
    }
    if draft.detail == Detail::Full {
        let line = html::join_blocks(&short);
        if line != html::join_blocks(&full) && !line.is_empty() {
            draft.add_field(name, &line);
        }
    }
    full
}

// Atom 0.3 and 1.0 (RFC 4287), and deleted entries (RFC 6721).

/// Which elements are items and containers of items.
pub(super) const ATOM_SHAPE: DocumentShape = DocumentShape {
    format: "atom",
    is_item: |_, name| matches!(name, "entry" | "deleted-entry"),
    is_container: |name| name == "feed",
    has_nested_items: false,
    build: build_atom_entry,
};

/// True if the root element is a `feed`, or a single `entry` in an Atom namespace.
pub(super) fn is_atom(sample: &Sample<'_>) -> bool {
    let atom = |tag: &str| tag.contains("Atom") || tag.contains("atom");
    let root = sample.root();
    root.is_some_and(|root| root.name == "feed" || root.name == "entry" && atom(&root.tag))
}

/// Builds a dispatch from an `entry` or a `deleted-entry`.
fn build_atom_entry(
    draft: &mut Draft<'_>,
    entry: Element<'_, '_>,
    ancestors: &Ancestors<'_>,
) -> Vec<TextBlock> {
    if entry.name() == "deleted-entry" {
        return build_deleted_entry(draft, entry);
    }
    let (mut full, mut short) = (None, None);
    let (mut published, mut updated) = (None, None);
    let mut authors: Vec<String> = Vec::new();
    for child in entry.children() {
        let text = || child.text();
        match child.name() {
            "title" => {
                let title = html::join_blocks(&text_construct(draft, child));
                draft.set_field(FieldKey::Headline, "title", &title);
            }
            "id" => draft.set_optional(FieldKey::Id, "id", text()),
            "published" | "issued" | "created" => {
                published = published.or_else(|| Some((child.name(), text()?)));
            }
            "updated" | "modified" => updated = text().map(|text| (child.name(), text)),
            "author" => authors.extend(child.child_text("name")),
            "category" => {
                draft.add_subject(child.attribute("label").or_else(|| child.attribute("term")));
                draft.add_element_fields(child);
            }
            "link" => add_atom_link(draft, child),
            "summary" => short = Some(("summary", text_construct(draft, child))),
            "content" => match child.attribute("src") {
                Some(source) => {
                    draft.add_field("content@src", &source);
                    draft.add_links(vec![source]);
                }
                // Without `src` the content is in the entry itself.
                None => full = Some(text_construct(draft, child)),
            },
            "rights" => draft.set_optional(FieldKey::Rights, "rights", text()),
            "source" => {
                let title = child.child_text("title");
                draft.add_optional_field("source", title.clone());
                draft.fallback_agency = draft.fallback_agency.take().or(title);
            }
            _ => draft.add_element_fields(child),
        }
    }
    let feed_time = apply_feed_metadata(draft, ancestors, &mut authors);
    if !authors.is_empty() {
        authors.dedup();
        draft.set_field(FieldKey::Byline, "author", &authors.join(", "));
    }
    draft.set_optional(FieldKey::Language, "lang", entry.attribute("lang"));
    // An entry without a language inherits that of the feed.
    let outer = ancestors.containers.iter().find_map(|outer| outer.root().attribute("lang"));
    if draft.dispatch.language.is_none() {
        draft.set_optional(FieldKey::Language, "lang", outer);
    }
    apply_dates(draft, published, updated, feed_time);
    choose_body(draft, full, short)
}

/// The blocks of a text construct: `text`, `html` (escaped) or `xhtml` (RFC 4287, section 3.1).
fn text_construct(draft: &mut Draft<'_>, element: Element<'_, '_>) -> Vec<TextBlock> {
    match element.attribute("type").as_deref() {
        None | Some("text" | "text/plain") if !element.is_nested() => {
            html::text_blocks(draft, &element.raw_text(), false)
        }
        _ => html::html_blocks(draft, element),
    }
}

/// Adds a link to the page of the entry; an enclosure and other relations are kept as fields (RFC 4287, section 4.2.7).
fn add_atom_link(draft: &mut Draft<'_>, link: Element<'_, '_>) {
    let Some(href) = link.attribute("href") else {
        return;
    };
    // A link without `rel` is an alternate (RFC 4287, section 4.2.7.2).
    let relation = link.attribute("rel");
    match relation.as_deref() {
        None | Some("alternate" | "related" | "via") => draft.add_links(vec![href]),
        Some("enclosure") => draft.add_field("media", &href),
        Some(other) => draft.add_field(&format!("link/{other}"), &href),
    }
}

/// Leaves out what a feed says of itself: only some of it is shown with the items.
fn leave_out_header(draft: &mut Draft<'_>, element: Element<'_, '_>) {
    if draft.detail == Detail::Full
        && let Some(text) = element.spaced_text()
    {
        draft.leave_out("list headers", text);
    }
}

/// Applies what the feed states for all its entries: title, rights, and the author if the entry has none. Returns the
/// time when the feed was last updated.
fn apply_feed_metadata(
    draft: &mut Draft<'_>,
    ancestors: &Ancestors<'_>,
    authors: &mut Vec<String>,
) -> Option<Stamp> {
    let mut feed_time = None;
    for head in &ancestors.preceding {
        let root = head.root();
        leave_out_header(draft, root);
        match root.name() {
            "title" => {
                let title = html::inline_text(&root.raw_text());
                draft.add_field("feed", &title);
                draft.fallback_agency.get_or_insert(title);
            }
            "updated" | "modified" => {
                feed_time = root.text().and_then(|text| parse_field_time(&text));
            }
            "rights" if draft.dispatch.rights.is_none() => {
                draft.set_optional(FieldKey::Rights, "rights", root.text());
            }
            "author" if authors.is_empty() => {
                authors.extend(root.child_text("name"));
            }
            _ => {}
        }
    }
    feed_time
}

/// Builds a kill from a tombstone, which says that the entry with this id was deleted (RFC 6721).
fn build_deleted_entry(draft: &mut Draft<'_>, entry: Element<'_, '_>) -> Vec<TextBlock> {
    if let Some(id) = entry.attribute("ref") {
        let kind = RelationKind::Kills;
        draft.dispatch.relations.push(Relation { kind, id: id.clone() });
        draft.set_field(FieldKey::Id, "ref", &id);
        draft.fallback_headline = Some(format!("Deleted: {id}"));
    }
    draft.set_optional(FieldKey::Sent, "when", entry.attribute("when"));
    (draft.dispatch.role, draft.dispatch.status) = (Role::Kill, Status::Canceled);
    for child in entry.children() {
        match child.name() {
            "comment" => {
                let note = html::join_blocks(&text_construct(draft, child));
                draft.set_field(FieldKey::Ednote, "comment", &note);
            }
            "by" => draft.set_optional(FieldKey::Byline, "by", child.child_text("name")),
            "link" => add_atom_link(draft, child),
            _ => draft.add_element_fields(child),
        }
    }
    Vec::new()
}

// RSS 0.9, 0.91, 0.92, 1.0 (RDF) and 2.0, with Dublin Core, content and media modules under any prefix.

/// Which elements are items and containers of items.
pub(super) const RSS_SHAPE: DocumentShape = DocumentShape {
    format: "rss",
    is_item: |space, name| name == "item" && matches!(space, Namespace::Own | Namespace::Other),
    is_container: |name| matches!(name, "rss" | "RDF" | "channel"),
    has_nested_items: false,
    build: build_rss_item,
};

/// True if the root element is `rss` or `channel`, or an `RDF` that holds items or a channel.
pub(super) fn is_rss(sample: &Sample<'_>) -> bool {
    sample.root().is_some_and(|root| match root.name.as_str() {
        "rss" | "channel" => true,
        "RDF" => root.has_tag("item") || root.has_tag("channel"),
        _ => false,
    })
}

/// Builds a dispatch from an `item`.
fn build_rss_item(
    draft: &mut Draft<'_>,
    item: Element<'_, '_>,
    ancestors: &Ancestors<'_>,
) -> Vec<TextBlock> {
    let (mut full, mut short) = (None, None);
    let (mut published, mut updated) = (None, None);
    let mut authors: Vec<String> = Vec::new();
    let about = item.attribute("about");
    for child in item.children() {
        let text = || child.text();
        match (child.namespace(), child.name()) {
            (Namespace::Content, "encoded") => {
                full = Some(html::html_blocks(draft, child));
            }
            // RSS 2.0 calls the only text of an item its description, be it long or short.
            (Namespace::Own, "description")
            | (Namespace::DublinCore, "abstract" | "description")
            | (Namespace::Atom, "summary") => {
                if short.is_none() {
                    short = Some(("description", html::html_blocks(draft, child)));
                }
            }
            (Namespace::Atom, "content") | (Namespace::Xhtml, "body" | "div") if full.is_none() => {
                full = Some(html::html_blocks(draft, child));
            }
            (Namespace::Own, "author") | (Namespace::DublinCore, "creator") => {
                authors.extend(text().map(|text| author_name(&text)));
            }
            (Namespace::Atom, "author") => {
                authors.extend(child.child_text("name"));
            }
            (Namespace::Own, "pubDate")
            | (Namespace::DublinCore, "date" | "issued" | "created")
            | (Namespace::Atom, "published") => {
                if published.is_none() {
                    published = text().map(|text| (child.name(), text));
                } else {
                    draft.add_element_fields(child);
                }
            }
            (Namespace::DublinCore, "modified") | (Namespace::Atom, "updated") => {
                updated = text().map(|text| (child.name(), text));
            }
            _ => apply_field(draft, child, about.is_some()),
        }
    }
    // RSS makes no id mandatory: the item's own address identifies it as well.
    if draft.dispatch.id.is_none() {
        draft.set_optional(FieldKey::Id, "rdf:about", about);
    }
    if draft.dispatch.id.is_none() {
        let link = item.children().find(|child| child.name() == "link");
        let href = link.and_then(|link| link.text().or_else(|| link.attribute("href")));
        draft.set_optional(FieldKey::Id, "link", href);
    }
    // Two modules may name the same author.
    if !authors.is_empty() {
        authors.dedup();
        draft.set_field(FieldKey::Byline, "author", &authors.join(", "));
    }
    let feed_time = apply_channel_metadata(draft, ancestors);
    apply_dates(draft, published, updated, feed_time);
    choose_body(draft, full, short)
}

/// Sets any element but texts, times and authors. `named` is true if the item has an address of its own (`rdf:about`).
fn apply_field(draft: &mut Draft<'_>, child: Element<'_, '_>, named: bool) {
    let text = || child.text();
    match (child.namespace(), child.name()) {
        // Some feeds have escaped HTML in titles.
        (Namespace::Own, "title") => {
            let title = html::inline_text(&child.raw_text());
            draft.set_field(FieldKey::Headline, "title", &title);
        }
        (Namespace::Own | Namespace::Atom, "link") => add_rss_link(draft, child),
        (Namespace::Own, "guid") => draft.set_optional(FieldKey::Id, "guid", text()),
        (Namespace::DublinCore, "identifier") if draft.dispatch.id.is_none() && !named => {
            draft.set_optional(FieldKey::Id, "dc:identifier", text());
        }
        (Namespace::Own, "category") | (Namespace::DublinCore, "subject") => {
            draft.add_subject(text());
        }
        (Namespace::DublinCore, "language") => {
            draft.set_optional(FieldKey::Language, "dc:language", text());
        }
        (Namespace::DublinCore, "rights") | (Namespace::Own, "copyright") => {
            draft.set_optional(FieldKey::Rights, child.name(), text());
        }
        (Namespace::DublinCore, "publisher") | (Namespace::Own, "source") => {
            draft.fallback_agency = draft.fallback_agency.take().or_else(text);
            draft.add_element_fields(child);
        }
        (Namespace::Media, "keywords") => {
            let words = text().unwrap_or_default();
            let words = words.split(',').map(str::trim);
            for word in words.filter(|word| !word.is_empty()) {
                draft.add_keyword(Some(word.to_owned()));
            }
        }
        _ => draft.add_element_fields(child),
    }
}

/// The name in `redaktion@x.example (A. Lind)`, as RSS writes authors; other text as it is.
fn author_name(text: &str) -> String {
    let name = text
        .split_once('(')
        .and_then(|(mail, rest)| mail.contains('@').then(|| rest.trim_end().trim_end_matches(')')));
    name.filter(|name| !name.is_empty()).unwrap_or(text).to_owned()
}

/// Adds the link of an item, which RSS has in the text and Atom in `href`.
fn add_rss_link(draft: &mut Draft<'_>, link: Element<'_, '_>) {
    let href = link.text().or_else(|| link.attribute("href"));
    if let Some(href) = href {
        draft.add_links(vec![href]);
    }
}

/// Applies what the channel states for all its items: title, language and rights. Returns the latest time at which the
/// channel was written.
fn apply_channel_metadata(draft: &mut Draft<'_>, ancestors: &Ancestors<'_>) -> Option<Stamp> {
    let mut feed_time = None;
    for head in &ancestors.preceding {
        let root = head.root();
        leave_out_header(draft, root);
        // In RSS 1.0 the channel comes before its items and does not contain them.
        let inner: Vec<Element<'_, '_>> = match root.name() {
            "channel" => root.children().collect(),
            _ => vec![root],
        };
        for child in inner {
            let text = || child.text();
            match (child.namespace(), child.name()) {
                (Namespace::Own, "title") => {
                    let title = html::inline_text(&child.raw_text());
                    draft.add_field("channel", &title);
                    draft.fallback_agency.get_or_insert(title);
                }
                (Namespace::Own | Namespace::DublinCore, "language")
                    if draft.dispatch.language.is_none() =>
                {
                    draft.set_optional(FieldKey::Language, "language", text());
                }
                (Namespace::Own, "copyright") | (Namespace::DublinCore, "rights")
                    if draft.dispatch.rights.is_none() =>
                {
                    draft.set_optional(FieldKey::Rights, "copyright", text());
                }
                (Namespace::Own, "lastBuildDate" | "pubDate") | (Namespace::DublinCore, "date") => {
                    let found = text().and_then(|text| parse_field_time(&text));
                    feed_time = feed_time.max(found);
                }
                _ => {}
            }
        }
    }
    feed_time
}
