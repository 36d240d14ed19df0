//! How a dispatch relates to others: its story, its version, the items it kills, corrects or replaces, and why it kills.

use crate::dispatch::model::Dispatch;
use crate::dispatch::stamp::TimeSource;
use crate::dispatch::vocabulary::{RelationKind, Role};
use crate::text::{fold, hash};

/// How a running story is told from others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StoryIdentity<'a> {
    /// The wire names it: a guid, a `NewsItemId`, a du-key, the first message of a thread.
    Named(&'a str),
    /// Agency, keyword and day, by which ANPA 1312 and IPTC 7901 join versions.
    Keyword {
        agency: &'a str,
        slug: &'a str,
        /// Days since 1970-01-01 where the wire wrote it.
        day: i64,
    },
    /// Nothing joins it to others.
    Standalone,
}

impl StoryIdentity<'_> {
    /// The story hashed; 0 where nothing joins it to others.
    #[must_use]
    pub fn hash(self) -> u64 {
        match self {
            Self::Named(name) => hash_id(name),
            Self::Keyword { agency, slug, day } => hash_on_day(hash_slug(agency, slug), day),
            Self::Standalone => 0,
        }
    }
}

/// An id, or the name of a story, hashed; never 0.
#[must_use]
pub fn hash_id(name: &str) -> u64 {
    hash(name.as_bytes()).max(1)
}

/// Agency and keyword hashed. Case, a closing slash, a cycle designator (`BC-`) and a bracket at the end
/// (`OIL-PRICES/ (UPDATE 2)`) do not count.
#[must_use]
pub fn hash_slug(agency: &str, slug: &str) -> u64 {
    let mut text = String::with_capacity(agency.len() + slug.len() + 1);
    crate::text::fold_into(agency, &mut text);
    text.push('/');
    crate::text::fold_into(bare_slug(slug), &mut text);
    hash(text.as_bytes()).max(1)
}

/// A keyword without what may differ among versions: cycle designator, closing slash, a bracket at its end.
#[must_use]
pub fn bare_slug(slug: &str) -> &str {
    let mut bare = slug.trim();
    if bare.ends_with(')')
        && let Some((before, _)) = bare.rsplit_once(" (")
    {
        bare = before;
    }
    if let [b'A' | b'B' | b'P', b'M' | b'C' | b'P', b'-', ..] = bare.as_bytes() {
        for cycle in ["BC-", "AM-", "PM-", "AP-"] {
            bare = bare.strip_prefix(cycle).unwrap_or(bare);
        }
    }
    bare.trim_end_matches(['/', ' '])
}

/// A keyword's key on a day.
#[must_use]
pub fn hash_on_day(keyword: u64, day: i64) -> u64 {
    let mixed = day.cast_unsigned().wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (keyword ^ mixed.rotate_left(29)).max(1)
}

/// An agency's running number hashed.
#[must_use]
pub fn hash_agency_number(agency: &str, number: u32) -> u64 {
    hash_on_day(hash_slug(agency, "#"), i64::from(number))
}

/// What a list must know of a dispatch to join it to others.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[allow(clippy::struct_excessive_bools)] // Five facts that do not hang together.
pub struct StoryLinks {
    /// See [`Story::hash`].
    pub story: u64,
    /// True where the wire itself says that all that share the story are its versions.
    pub is_named_story: bool,
    /// The wire's id without its revision, hashed; 0 where it gave none.
    pub id: u64,
    /// True where id and story are told from those of all other agencies.
    pub has_unique_ids: bool,
    /// A part of the hash of the raw bytes: two items of one id and of one content are the very same.
    pub content_hash: u32,
    /// Its place among versions of one id (its revision) or of one keyword (the number in its label).
    pub version: u16,
    /// True where `version` is the wire's revision.
    pub has_revision: bool,
    /// True where a label says that it is a version: `1st Ld`, `UPDATE 2-`, `URGENT`.
    pub is_labelled: bool,
    /// True where the label stands in the headline: `UPDATE 2-`, as Reuters does it.
    pub has_label_in_headline: bool,
    /// True for what goes on with another item instead of replacing it: an add, a second take.
    pub is_add: bool,
    /// The other items that it acts on.
    pub references: Vec<ItemReference>,
    /// The name of a wire's service, and its running number in it: `bdt` and 157.
    pub sequence: Option<(String, u32)>,
    /// The agency's own running number, where that is another one.
    pub agency_number: Option<u32>,
    /// Until when it may not be published, in seconds since the epoch.
    pub embargo: Option<i64>,
}

impl Dispatch {
    /// How its running story is told from others. The one source of the text in records and of the hashed key of lists.
    #[must_use]
    pub fn story_identity(&self) -> StoryIdentity<'_> {
        if let Some(story) = &self.story {
            return StoryIdentity::Named(story);
        }
        let of_wire = |_: &&crate::dispatch::Stamp| self.time_source != TimeSource::File;
        match (&self.slug, self.time.as_ref().filter(of_wire)) {
            (Some(slug), Some(time)) => StoryIdentity::Keyword {
                agency: self.agency.as_deref().unwrap_or(""),
                slug,
                day: time.day_number(),
            },
            _ => match (&self.id, &self.revision) {
                (Some(id), Some(_)) => StoryIdentity::Named(id),
                _ => StoryIdentity::Standalone,
            },
        }
    }

    /// Identity of the running story as records show it: the wire's own, else agency, keyword and day, else the item.
    #[must_use]
    pub fn story_name(&self) -> String {
        match self.story_identity() {
            StoryIdentity::Named(name) => name.to_owned(),
            StoryIdentity::Keyword { agency, slug, .. } => {
                let day = self.time.map(|time| time.to_zoned().date());
                let day = day.map_or(String::new(), |day| day.to_string());
                format!("{agency}/{slug}/{day}")
            }
            StoryIdentity::Standalone => self.item_identity(),
        }
    }

    /// What joins it to others.
    #[must_use]
    pub fn story_links(&self) -> StoryLinks {
        let label = self.label.as_deref().unwrap_or("");
        let revision = self.revision.as_deref().and_then(|r| r.parse().ok());
        let prefix = label.trim_end_matches(['-', ':', ' ']);
        let titled = prefix.len() >= 3 && self.headline.starts_with(prefix);
        let by_role = match self.role {
            Role::Update | Role::Correction | Role::Repeat | Role::Add => true,
            Role::Alert => !label.is_empty(),
            Role::Story | Role::Kill | Role::Advisory => false,
        };
        StoryLinks {
            story: self.story_identity().hash(),
            // The messages of a thread answer each other; they are no versions.
            is_named_story: matches!(self.story_identity(), StoryIdentity::Named(_))
                && self.format != "mail",
            id: self
                .id
                .as_deref()
                .map_or(0, |id| hash_id(self.id_without_revision(id))),
            has_unique_ids: [&self.id, &self.story]
                .into_iter()
                .all(|name| name.as_deref().is_none_or(is_unique_id)),
            content_hash: u32::try_from(self.raw_hash >> 32).unwrap_or(0),
            version: revision.unwrap_or_else(|| label_version(label)),
            has_revision: revision.is_some(),
            is_labelled: by_role || is_take(label),
            has_label_in_headline: titled,
            is_add: self.role == Role::Add || is_take(label) && label_version(label) >= 2,
            references: self.item_references(prefix),
            sequence: self.sequence(),
            agency_number: self.agency_number,
            embargo: self.embargo.filter(|_| self.embargoed).map(|t| t.seconds),
        }
    }

    /// An id without the revision that a public identifier of `NewsML` 1 ends with: `…:2N`.
    fn id_without_revision<'i>(&self, id: &'i str) -> &'i str {
        let Some(own) = self
            .revision
            .as_deref()
            .filter(|_| self.format == "newsml1")
        else {
            return id;
        };
        match id.rsplit_once(':') {
            Some((stem, end)) if end.trim_end_matches(REVISION_SUFFIXES) == own => stem,
            _ => id,
        }
    }

    /// The service and the running number of wires that count their items: the story number of ANPA 1312, the message
    /// number of IPTC 7901 and of a ZCZC frame, with which their ids begin.
    fn sequence(&self) -> Option<(String, u32)> {
        if !matches!(self.format, "anpa1312" | "iptc7901" | "zczc") {
            return None;
        }
        let word = self.id.as_deref()?.split(' ').next()?;
        let (service, number) = parse_service_number(word)?;
        Some((service.to_owned(), number))
    }
}

/// True for a label that names a take: `2nd Take`, `2nd take of two`; not for one that counts them: `2 Takes`.
fn is_take(label: &str) -> bool {
    if label.is_empty() {
        return false;
    }
    let mut words = label.split([' ', '-', ',']);
    words.any(|word| word.eq_ignore_ascii_case("take")) && label.bytes().any(|b| b.is_ascii_digit())
}

/// The numbers of a label as one that ascends: `1st Lead` 100, `1st Lead-2nd Add` 102, `UPDATE 3-` 300; 0 without any.
fn label_version(label: &str) -> u16 {
    if label.is_empty() {
        return 0;
    }
    let mut numbers = label
        .split(|c: char| !c.is_ascii_digit())
        .filter_map(|digits| digits.parse::<u16>().ok())
        .filter(|&number| number < 100);
    let first = numbers.next().unwrap_or(0);
    let lower = label.to_ascii_lowercase();
    // A lone number of an add counts adds, not leads.
    match numbers.next() {
        Some(second) => first * 100 + second,
        None if lower.contains("add") || lower.contains("take") => first,
        None => first * 100,
    }
}

// The items that a dispatch names as those that it acts on, in all the ways in which they may be meant.

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

// Why a kill notice kills: the sentence of it that tells.

/// Phrases of orders to editors, folded, that tell no reason.
const DIRECTIVE_PHRASES: [&str; 12] = [
    "editors:",
    "please kill",
    "kill kill",
    "is mandatory",
    "make certain",
    "substitute will",
    "withdrawn",
    "annul",
    "streichen",
    "zuruckgezogen",
    "please do not use",
    "story moved",
];

/// The longest reason that is told, in bytes.
const MAX_REASON_LENGTH: usize = 240;

/// Why a kill notice kills: its first sentence that gives a reason and no order, of its note, else of its text, else its
/// headline. At most 240 bytes of it.
#[must_use]
pub fn kill_reason(notice: &Dispatch) -> String {
    let dateline = notice.dateline.as_ref().and_then(|d| d.range.clone());
    let body = notice.body.text();
    let body = &body[dateline.map_or(0, |range| range.end).min(body.len())..];
    let note = notice.ednote.as_deref().unwrap_or("");
    let sentences = sentences(note).chain(sentences(body));
    let tells = |sentence: &&str| {
        let folded = fold(sentence);
        folded.len() > 12 && !DIRECTIVE_PHRASES.iter().any(|order| folded.contains(order))
    };
    let found = sentences
        .into_iter()
        .find(tells)
        .unwrap_or(&notice.headline);
    let end = found.floor_char_boundary(MAX_REASON_LENGTH);
    let cut = if end < found.len() { "…" } else { "" };
    format!("{}{cut}", &found[..end])
}

/// The sentences of a text, roughly: up to a full stop before a space, and at most to the end of the line.
fn sentences(text: &str) -> impl Iterator<Item = &str> {
    let lines = text.split('\n').filter(|line| !line.trim().is_empty());
    lines
        .flat_map(|line| line.split_inclusive(". "))
        .map(str::trim)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keywords_are_one_in_all_their_forms() {
        let one = |a: &str, b: &str| assert_eq!(hash_slug("AP", a), hash_slug("AP", b), "{a} {b}");
        one("BC-Harbor Fire", "AM-Harbor Fire");
        one("OIL-PRICES/", "OIL-PRICES/ (UPDATE 2)");
        one("Calder-Ferry", "CALDER-FERRY");
        assert_ne!(hash_slug("AP", "OIL"), hash_slug("dpa", "OIL"));
        assert_ne!(hash_on_day(5, 1), hash_on_day(5, 2));
    }

    #[test]
    fn labels_count_versions() {
        let check = |label: &str, number: u16| assert_eq!(label_version(label), number, "{label}");
        check("1stLd-Writethru", 100);
        check("2nd Lead", 200);
        check("1st Lead-2nd Add", 102);
        check("UPDATE 3-", 300);
        check("CORRECTED-UPDATE 2-", 200);
        check("3rd Take", 3);
        check("URGENT", 0);
    }

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

    #[track_caller]
    fn check(note: &str, body: &str, expected: &str) {
        let notice = Dispatch {
            headline: "KILL".to_owned(),
            ednote: (!note.is_empty()).then(|| note.to_owned()),
            body: crate::dispatch::Body::from_paragraphs(body.split("\n\n")),
            ..Dispatch::default()
        };
        assert_eq!(kill_reason(&notice), expected);
    }

    #[test]
    fn the_reason_is_no_order() {
        check(
            "",
            "EDITORS: Please kill the story OPERA, item 207.\n\nThe score is not by Kroll. It was a class exercise.\n\nA kill is mandatory.",
            "The score is not by Kroll.",
        );
        check(
            "The speech was not held.",
            "Please kill item 7.",
            "The speech was not held.",
        );
        check("", "Please kill item 7. A kill is mandatory.", "KILL");
    }
}
