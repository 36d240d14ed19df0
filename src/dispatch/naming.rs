//! The items that a dispatch names as those that it acts on, in all the ways in which they may be meant.

use super::ties::{hash_agency_number, hash_id, hash_slug};
use super::{Dispatch, RelationKind, Role};
use crate::text::fold;

/// An item that a dispatch names, in one way in which it may be meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ItemName {
    /// Its id, hashed; and without what may be its revision, after a colon: 0 where there is none. `wide` ids tell an item
    /// among those of all agencies.
    Id {
        key: u64,
        stem: u64,
        revision: u16,
        wide: bool,
    },
    /// Its agency and running number, hashed, and the letters of its service: `a0584`, `dpa 157`, `703`.
    Number { key: u64, service: String },
    /// The keyword of its story, hashed with its agency.
    Slug(u64),
    /// Its headline, folded.
    Headline(String),
}

/// One of the [`ItemName`]s of an item that a dispatch acts on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemReference {
    pub kind: RelationKind,
    pub name: ItemName,
}

/// Shortest headline that tells an item from others, in bytes.
pub const MIN_HEADLINE_LENGTH: usize = 12;

impl Dispatch {
    /// The names of the items that it acts on. A notice that kills, and names none, says by its keyword and its headline
    /// what it means.
    pub(super) fn item_references(&self, label: &str) -> Vec<ItemReference> {
        let mut links = Vec::new();
        let agency = self.agency.as_deref().unwrap_or("");
        let mut kills = false;
        for relation in &self.relations {
            kills |= relation.kind == RelationKind::Kills;
            for_each_name(&relation.id, agency, &mut |name| {
                links.push(ItemReference {
                    kind: relation.kind,
                    name,
                });
            });
        }
        // ANPA repeats the keyword of the story exactly.
        let anpa = matches!(self.format, "anpa1312" | "trec-sgml");
        if self.role == Role::Kill && (!kills || anpa) {
            let mut push = |name| {
                links.push(ItemReference {
                    kind: RelationKind::Kills,
                    name,
                });
            };
            if let Some(slug) = &self.slug {
                push(ItemName::Slug(hash_slug(agency, slug)));
            }
            let title = self.headline.strip_prefix(label).unwrap_or(&self.headline);
            let title = fold(title.trim_start_matches(['-', ':', ' ']));
            if title.len() >= MIN_HEADLINE_LENGTH && !self.headline_derived && !kills {
                push(ItemName::Headline(title));
            }
        }
        links
    }
}

/// `a0584` → `a` and 584; letters, then digits.
#[must_use]
pub fn parse_service_number(word: &str) -> Option<(&str, u32)> {
    let letters = word.bytes().take_while(u8::is_ascii_alphabetic).count();
    let (service, digits) = word.split_at(letters);
    let whole = (1..=5).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
    if letters > 4 || !whole {
        return None;
    }
    Some((service, digits.parse().ok()?))
}

/// The ways in which an id that a wire names may be meant.
fn for_each_name(id: &str, agency: &str, push: &mut dyn FnMut(ItemName)) {
    let parted = id.rsplit_once(':');
    let parted = parted.and_then(|(stem, end)| Some((hash_id(stem), parse_revision(end)?)));
    let (stem, revision) = parted.unwrap_or((0, 0));
    push(ItemName::Id {
        key: hash_id(id),
        stem,
        revision,
        wide: is_unique_id(id),
    });
    let (sender, word) = id.rsplit_once(' ').unwrap_or((agency, id));
    if let Some((service, number)) = parse_service_number(word).filter(|_| !sender.contains(' ')) {
        push(ItemName::Number {
            key: hash_agency_number(sender, number),
            service: service.to_owned(),
        });
    } else if id.contains(' ') && id.len() >= MIN_HEADLINE_LENGTH {
        push(ItemName::Headline(fold(id)));
    } else if id.contains(['-', '/']) && !id.contains([':', '@', ' ']) {
        push(ItemName::Slug(hash_slug(agency, id)));
    }
}

/// Letters after a revision in `NewsML` 1: a new item, an update of it, an action on it.
pub(super) const REVISION_SUFFIXES: [char; 3] = ['N', 'U', 'A'];

/// The number of a revision: `2`, `2N`.
fn parse_revision(text: &str) -> Option<u16> {
    text.trim_end_matches(REVISION_SUFFIXES).parse().ok()
}

/// True for an id that no other agency is likely to give: a URN, an address, or a long one. A number of a wire with the
/// time of its transmission (`w2870 11-14-23 2213GMT`) is none.
pub(super) fn is_unique_id(id: &str) -> bool {
    !id.contains(' ') && (id.len() >= 10 || id.contains([':', '@', '/']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_are_named_in_the_ways_that_wires_do() {
        let found = |id: &str| {
            let mut all = Vec::new();
            for_each_name(id, "AP", &mut |name| all.push(name));
            all.remove(0);
            all
        };
        let number = |agency: &str, number: u32, service: &str| {
            vec![ItemName::Number {
                key: hash_agency_number(agency, number),
                service: service.to_owned(),
            }]
        };
        assert_eq!(found("a0584"), number("AP", 584, "a"));
        assert_eq!(found("dpa 0157"), number("dpa", 157, ""));
        assert_eq!(found("703"), number("AP", 703, ""));
        assert_eq!(
            found("Opera-Found"),
            [ItemName::Slug(hash_slug("AP", "BC-Opera-Found"))]
        );
        assert_eq!(
            found("Lost opera found behind oven"),
            [ItemName::Headline(
                "lost opera found behind oven".to_owned()
            )]
        );
        assert_eq!(found("tag:qn.example,2024:A3:1"), []);
    }
}
