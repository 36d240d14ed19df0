//! What a marked-up body holds besides its text: links, media, a title.

use super::builder::{Attribute, MarkupBuilder};
use super::lines::one_line;
use super::names::TagRole;
use crate::text;

/// Most links and media that are kept.
const MAX_KEPT: usize = 10_000;

impl MarkupBuilder {
    pub(super) fn close_skipped(&mut self, kind: TagRole) {
        let apart = one_line(&std::mem::take(&mut self.skipped_text));
        if apart.is_empty() {
            return;
        }
        match kind {
            TagRole::Title if self.out.title.is_none() => self.out.title = Some(apart),
            TagRole::Media if self.out.media.len() < MAX_KEPT => self.out.media.push(apart),
            _ => {}
        }
    }

    pub(super) fn add_link(&mut self, target: &str) {
        let target = one_line(target);
        let scheme = target.split(':').next().unwrap_or("").to_ascii_lowercase();
        let known = ["http", "https", "mailto", "ftp", "tel", "urn"].contains(&scheme.as_str());
        if known
            && target.len() > scheme.len() + 1
            && self.out.links.len() < MAX_KEPT
            && self.seen.insert(text::hash(target.as_bytes()))
        {
            self.out.links.push(target);
        }
    }

    /// A picture; what only counts readers (one pixel) is none.
    pub(super) fn add_image(&mut self, attribute: Attribute<'_>) {
        let tiny = |name| attribute(name).is_some_and(|size| matches!(size.trim(), "0" | "1"));
        let Some(source) = attribute("src").filter(|_| !tiny("width") && !tiny("height")) else {
            return;
        };
        let source = one_line(&source);
        let alt = attribute("alt").map(|alt| one_line(&alt));
        if source.starts_with("data:") || self.out.media.len() >= MAX_KEPT {
            return;
        }
        let media = match alt.filter(|alt| !alt.is_empty()) {
            Some(alt) => format!("{alt} ({source})"),
            None => source,
        };
        if !media.is_empty() && self.seen.insert(text::hash(media.as_bytes())) {
            self.out.media.push(media);
        }
    }

    /// What the head of a page says, and its language.
    pub(super) fn add_meta(&mut self, kind: TagRole, attribute: Attribute<'_>) {
        let (name, value) = if kind == TagRole::Page {
            (Some("lang".into()), attribute("lang"))
        } else {
            let names = ["name", "property", "itemprop"];
            (names.into_iter().find_map(attribute), attribute("content"))
        };
        if let (Some(name), Some(value)) = (name, value)
            && self.out.meta.len() < 200
        {
            let both = (one_line(&name), one_line(&value));
            self.out.meta.push(both);
        }
    }
}
