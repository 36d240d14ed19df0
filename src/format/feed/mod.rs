//! Feeds: RSS 0.9 to 2.0 with its modules, RDF, and Atom with its tombstones.

mod atom;
mod rss;

pub(super) use atom::{atom_items, is_atom};
pub(super) use rss::{is_rss, rss_items};

use crate::dispatch::Stamp;
use crate::format::Detail;
use crate::format::content;
use crate::format::draft::Draft;
use crate::format::fields::{FieldKey, parse_field_time};
use crate::format::markup::TextBlock;

/// Sets when an item was published and changed; one that is published later than the feed was made may not be used yet.
fn apply_dates(
    draft: &mut Draft<'_>,
    published: Option<(&str, String)>,
    updated: Option<(&str, String)>,
    made: Option<Stamp>,
) {
    let first = published
        .as_ref()
        .and_then(|(_, text)| parse_field_time(text));
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
    let now = draft.ctx.file_time.into_iter().chain(made);
    let now = now.map(|stamp| stamp.seconds).max();
    if let (Some(first), Some(now)) = (first, now)
        && first.seconds > now + 60
    {
        draft.dispatch.embargoed = true;
        draft.dispatch.embargo = Some(first);
    }
}

/// The blocks of the fullest text; a shorter one stays among the fields.
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
        let line = content::join_blocks(&short);
        if line != content::join_blocks(&full) && !line.is_empty() {
            draft.add_field(name, &line);
        }
    }
    full
}
