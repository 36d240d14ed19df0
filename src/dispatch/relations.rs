//! How a dispatch relates to others: its story and version, the items it kills, corrects or replaces, and the reason of
//! a kill. Names and hashes only; matching them to entries is the work of the index.

use crate::dispatch::model::Dispatch;
use crate::dispatch::stamp::TimeSource;
use crate::dispatch::vocabulary::{RelationKind, Role};
use crate::text::{fold, stable_hash};

/// What identifies a running story.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StoryIdentity<'a> {
    /// An id given by the wire: a guid, a `NewsItemId`, a du-key, the first message of a thread.
    Named(&'a str),
    /// Agency, keyword and day. ANPA 1312 and IPTC 7901 repeat the keyword on every version and have no story id;
    /// the day keeps apart the stories of a keyword that comes back, such as a daily market report.
    Keyword {
        agency: &'a str,
        slug: &'a str,
        /// Days since 1970-01-01, at the UTC offset the wire wrote.
        day: i64,
    },
    /// The dispatch belongs to no running story.
    Standalone,
}

impl StoryIdentity<'_> {
    /// Hash of the story; 0 for a standalone dispatch.
    #[must_use]
    pub fn hash(self) -> u64 {
        match self {
            Self::Named(name) => hash_id(name),
            Self::Keyword { agency, slug, day } => hash_on_day(hash_slug(agency, slug), day),
            Self::Standalone => 0,
        }
    }
}

/// Hash of an item id or story id; never 0.
#[must_use]
pub fn hash_id(name: &str) -> u64 {
    stable_hash(name.as_bytes()).max(1)
}

/// Hash of agency and keyword; never 0. Case, a closing slash, a cycle designator (`BC-`) and a label in parentheses at
/// the end (`OIL-PRICES/ (UPDATE 2)`) are ignored.
#[must_use]
pub fn hash_slug(agency: &str, slug: &str) -> u64 {
    let mut text = String::with_capacity(agency.len() + slug.len() + 1);
    crate::text::fold_into(agency, &mut text);
    text.push('/');
    crate::text::fold_into(bare_slug(slug), &mut text);
    stable_hash(text.as_bytes()).max(1)
}

/// A keyword without the parts that may differ between versions: cycle designator, closing slash, label in parentheses.
#[must_use]
pub fn bare_slug(slug: &str) -> &str {
    let mut bare = slug.trim();
    if bare.ends_with(')')
        && let Some((before, _)) = bare.rsplit_once(" (")
    {
        bare = before;
    }
    // The AP's cycle designators. The pattern is a cheap first check.
    if let [b'A' | b'B' | b'P', b'M' | b'C' | b'P', b'-', ..] = bare.as_bytes() {
        for cycle in ["BC-", "AM-", "PM-", "AP-"] {
            bare = bare.strip_prefix(cycle).unwrap_or(bare);
        }
    }
    bare.trim_end_matches(['/', ' '])
}

/// Hash of a keyword and the minute of the day in UTC at which an item with it was sent; never 0.
#[must_use]
pub fn hash_slug_at(slug: u64, minute: i64) -> u64 {
    // Beyond all days.
    hash_on_day(slug, (1 << 40) + minute.rem_euclid(MINUTES_OF_DAY))
}

/// Minutes.
const MINUTES_OF_DAY: i64 = 24 * 60;

/// Combines a hash with a day (or another number) into a new key; never 0.
#[must_use]
pub fn hash_on_day(keyword: u64, day: i64) -> u64 {
    // Fibonacci hashing: 2^64 divided by the golden ratio spreads consecutive days over all bits.
    let mixed = day.cast_unsigned().wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (keyword ^ mixed.rotate_left(29)).max(1)
}

/// Hash of an agency and one of its running numbers.
#[must_use]
pub fn hash_agency_number(agency: &str, number: u32) -> u64 {
    // No wire sends `#` as a slug, so numbers do not collide with keywords.
    hash_on_day(hash_slug(agency, "#"), i64::from(number))
}

/// The part of a head by which the index links entries into stories.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[allow(clippy::struct_excessive_bools)] // Independent flags.
pub struct StoryLinks {
    /// See [`StoryIdentity::hash`].
    pub story: u64,
    /// True if the wire itself declares all items of the story to be its versions.
    pub is_named_story: bool,
    /// Hash of the id without its revision; 0 if the item has no id.
    pub id: u64,
    /// True if id and story id are unique among all agencies, see `is_unique_id`.
    pub has_unique_ids: bool,
    /// Upper half of the hash of the raw bytes. Two items with the same id and the same content are duplicates.
    pub content_hash: u32,
    /// Sort key among the versions of one id (the revision) or of one keyword (from the numbers in the label).
    pub version: u16,
    /// True if `version` is the wire's revision.
    pub has_revision: bool,
    /// True if a label marks it as a version: `1st Ld`, `UPDATE 2-`, `URGENT`.
    pub is_labelled: bool,
    /// True if the headline begins with the label (`UPDATE 2-`), in the style of Reuters.
    pub has_label_in_headline: bool,
    /// True if it continues another item instead of replacing it: an add, a second take.
    pub is_add: bool,
    /// The other items that it refers to.
    pub references: Vec<ItemReference>,
    /// Service and running number within it: `bdt` and 157.
    pub sequence: Option<(String, u32)>,
    /// The agency's own running number, if it has one besides `sequence`.
    pub agency_number: Option<u32>,
    /// When its embargo ends, in seconds since the epoch.
    pub embargo: Option<i64>,
}

impl Dispatch {
    /// What identifies its running story. Source of both the story name in records and the story hash in the index.
    #[must_use]
    pub fn story_identity(&self) -> StoryIdentity<'_> {
        if let Some(story) = &self.story {
            return StoryIdentity::Named(story);
        }
        // The date of a file says nothing about the day of the story.
        let from_wire = |_: &&crate::dispatch::Stamp| self.time_source != TimeSource::File;
        match (&self.slug, self.time.as_ref().filter(from_wire)) {
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

    /// Name of the running story in records: the wire's own, else `agency/keyword/day`, else the item's identity.
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

    /// The keys by which the index links it to other dispatches.
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
            // Messages of a thread answer each other; they are not versions.
            is_named_story: matches!(self.story_identity(), StoryIdentity::Named(_))
                && self.format != "mail",
            id: self.id.as_deref().map_or(0, |id| hash_id(self.id_without_revision(id))),
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

    /// An id without the revision at the end of a `NewsML` 1 public identifier: `…:2N`.
    fn id_without_revision<'i>(&self, id: &'i str) -> &'i str {
        let Some(own) = self.revision.as_deref().filter(|_| self.format == "newsml1") else {
            return id;
        };
        match id.rsplit_once(':') {
            Some((stem, end)) if end.trim_end_matches(REVISION_SUFFIXES) == own => stem,
            _ => id,
        }
    }

    /// Service and running number of wires that number their items. The ids of ANPA 1312 (story number), IPTC 7901 and
    /// ZCZC (message number) begin with it.
    fn sequence(&self) -> Option<(String, u32)> {
        if !matches!(self.format, "anpa1312" | "iptc7901" | "zczc") {
            return None;
        }
        let word = self.id.as_deref()?.split(' ').next()?;
        let (service, number) = parse_service_number(word)?;
        Some((service.to_owned(), number))
    }
}

/// True for a label that names a take (`2nd Take`, `2nd take of two`), not for one that counts takes (`2 Takes`).
fn is_take(label: &str) -> bool {
    if label.is_empty() {
        return false;
    }
    let mut words = label.split([' ', '-', ',']);
    words.any(|word| word.eq_ignore_ascii_case("take")) && label.bytes().any(|b| b.is_ascii_digit())
}

/// Maps the numbers of a label to an ascending version: `1st Lead` 100, `1st Lead-2nd Add` 102, `UPDATE 3-` 300; 0 if
/// the label has no number.
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
    // The only number of an add or take counts adds, not leads.
    match numbers.next() {
        Some(second) => first * 100 + second,
        None if lower.contains("add") || lower.contains("take") => first,
        None => first * 100,
    }
}

// References to other items.

/// One interpretation of what a dispatch calls another item. A text such as `a0584` may be an id or a number, so one
/// text can yield several names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ItemName {
    /// An id.
    Id {
        /// Hash of the id.
        key: u64,
        /// Hash of the part before the last colon if a revision follows it, else 0.
        stem: u64,
        /// The revision after the last colon, else 0.
        revision: u16,
        /// True if the id is unique among all agencies, see `is_unique_id`.
        wide: bool,
    },
    /// A running number: `a0584`, `dpa 157`, `703`.
    Number {
        /// See [`hash_agency_number`].
        key: u64,
        /// Letters before the number; empty if there are none.
        service: String,
    },
    /// The keyword of a story, see [`hash_slug`]; or that of one item with its time, see [`hash_slug_at`].
    Slug(u64),
    /// A headline, case-folded.
    Headline(String),
}

/// A reference from a dispatch to another item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemReference {
    pub kind: RelationKind,
    pub name: ItemName,
}

/// Shortest headline that is specific enough to identify an item, in bytes.
pub const MIN_HEADLINE_LENGTH: usize = 12;

impl Dispatch {
    /// The items that it refers to. A kill notice that names no item is taken to mean the item with its own keyword or
    /// headline. `label` is the label at the start of the headline, without the mark after it.
    pub(super) fn item_references(&self, label: &str) -> Vec<ItemReference> {
        let mut references = Vec::new();
        let agency = self.agency.as_deref().unwrap_or("");
        let mut kills = false;
        for relation in &self.relations {
            kills |= relation.kind == RelationKind::Kills;
            let mut push = |name| references.push(ItemReference { kind: relation.kind, name });
            for_each_name(&relation.id, agency, &mut push);
            let in_words = matches!(
                relation.kind,
                RelationKind::Kills
                    | RelationKind::Holds
                    | RelationKind::Restores
                    | RelationKind::Corrects
            );
            if in_words {
                for id in other_spellings(&relation.id, agency) {
                    let (key, wide) = (hash_id(&id), is_unique_id(&id));
                    push(ItemName::Id { key, stem: 0, revision: 0, wide });
                }
            }
        }
        // The AP repeats the keyword on every item of a story, so it also identifies the victim of a kill.
        let anpa = matches!(self.format, "anpa1312" | "trec-sgml");
        if self.role == Role::Kill && (!kills || anpa) {
            let mut push = |name| {
                references.push(ItemReference { kind: RelationKind::Kills, name });
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
        references
    }
}

/// Splits `a0584` into `a` and 584: at most four letters, then one to five digits.
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

/// Other spellings of an id that begins with capital letters, as notices write it in words: `QNA 2026-01` of
/// `QNA-2026-01`, and `2026-01` if the letters are the agency.
fn other_spellings(id: &str, agency: &str) -> Vec<String> {
    let letters = id.bytes().take_while(u8::is_ascii_uppercase).count();
    let (prefix, rest) = id.split_at(letters);
    let number = rest.trim_start_matches([' ', '-', '/', '_']);
    let is_id = number.starts_with(|c: char| c.is_ascii_digit())
        && !number.contains([' ', ':', '@'])
        && rest.len() - number.len() <= 1;
    if !(2..=6).contains(&letters) || !is_id {
        return Vec::new();
    }
    let joined = ["-", " ", "", "/", "_"].iter().map(|joint| [prefix, joint, number].concat());
    let bare = prefix.eq_ignore_ascii_case(agency).then(|| number.to_owned());
    joined.chain(bare).filter(|other| other != id).collect()
}

/// Keyword and minute of the day in a name such as `HARBOUR-FIRE of 1412 GMT`.
fn slug_and_minute(id: &str) -> Option<(&str, i64)> {
    let (slug, time) = id.strip_suffix(" GMT")?.rsplit_once(" of ")?;
    let digits: i64 = time.parse().ok().filter(|_| time.len() == 4)?;
    let (hour, minute) = (digits / 100, digits % 100);
    (hour < 24 && minute < 60).then_some((slug, hour * 60 + minute))
}

/// Calls `push` with every interpretation of the text by which a wire refers to an item.
fn for_each_name(id: &str, agency: &str, push: &mut dyn FnMut(ItemName)) {
    if let Some((slug, minute)) = slug_and_minute(id) {
        let slug = hash_slug(agency, slug);
        // A notice may give the minute of the transmission, the item that of its making.
        for minute in [minute - 1, minute, minute + 1] {
            push(ItemName::Slug(hash_slug_at(slug, minute)));
        }
        return push(ItemName::Slug(slug));
    }
    let split = id.rsplit_once(':');
    let split = split.and_then(|(stem, end)| Some((hash_id(stem), parse_revision(end)?)));
    let (stem, revision) = split.unwrap_or((0, 0));
    push(ItemName::Id { key: hash_id(id), stem, revision, wide: is_unique_id(id) });
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

/// Letters after the revision in a `NewsML` 1 public identifier, the values of `RevisionId/@Update`: N for the whole
/// item, U for `Update` elements, A for new management data only.
pub(super) const REVISION_SUFFIXES: [char; 3] = ['N', 'U', 'A'];

/// Parses a revision: `2`, `2N`.
fn parse_revision(text: &str) -> Option<u16> {
    text.trim_end_matches(REVISION_SUFFIXES).parse().ok()
}

/// True for an id that no other agency is likely to use: a URN, a URL, a message id, or anything long. A wire's number
/// with its transmission time (`w2870 11-14-23 2213GMT`) does not count, since two agencies may share it.
pub(super) fn is_unique_id(id: &str) -> bool {
    !id.contains(' ') && (id.len() >= 10 || id.contains([':', '@', '/']))
}

// The reason that a kill notice gives.

/// Phrases of instructions to editors, case-folded. A sentence with one of them gives no reason.
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

/// Longest reason, in bytes: bands and records show a sentence, not the text of the notice.
const MAX_REASON_LENGTH: usize = 240;

/// The reason for a kill: the first sentence of the note or text of its notice that is not an instruction to editors,
/// else the headline. Cut to 240 bytes.
#[must_use]
pub fn kill_reason(notice: &Dispatch) -> String {
    let dateline = notice.dateline.as_ref().and_then(|d| d.range.clone());
    let body = notice.body.text();
    let body = &body[dateline.map_or(0, |range| range.end).min(body.len())..];
    let note = notice.ednote.as_deref().unwrap_or("");
    let sentences = sentences(note).chain(sentences(body));
    let is_reason = |sentence: &&str| {
        let folded = fold(sentence);
        folded.len() > 12 && !DIRECTIVE_PHRASES.iter().any(|phrase| folded.contains(phrase))
    };
    let reason = sentences.into_iter().find(is_reason).unwrap_or(&notice.headline);
    cut_reason(reason)
}

/// Cuts a sentence to [`MAX_REASON_LENGTH`].
fn cut_reason(sentence: &str) -> String {
    let end = sentence.floor_char_boundary(MAX_REASON_LENGTH);
    let cut = if end < sentence.len() { "…" } else { "" };
    format!("{}{cut}", &sentence[..end])
}

/// Stems of the words for a correction, case-folded, in the languages of the wires that are read.
const CORRECTION_STEMS: [&str; 7] =
    ["correct", "fixes ", "corrig", "rectif", "berichtig", "korrig", "rettels"];

/// What a correction corrects: `corrects the number of passengers`. The first sentence of its note that speaks of a
/// correction, or of its text in parentheses as Reuters writes it, else the first sentence of the note; without any of
/// these, the headline. Brackets and the address to editors before it are left out. Cut to 240 bytes.
#[must_use]
pub fn correction_summary(correction: &Dispatch) -> String {
    let note = correction.ednote.as_deref().unwrap_or("");
    let is_correction = |sentence: &&str| {
        let folded = fold(sentence);
        CORRECTION_STEMS.iter().any(|stem| folded.contains(stem))
    };
    let in_brackets = |line: &&str| line.trim().starts_with(['(', '[']);
    let body = correction.body.text().lines().take(20).filter(in_brackets);
    let found = sentences(note)
        .find(is_correction)
        .or_else(|| body.flat_map(sentences).find(is_correction))
        .or_else(|| sentences(note).next())
        .unwrap_or(&correction.headline);
    let bare = without_address(found.trim_matches(|c: char| "()[]".contains(c) || c == ' '));
    // `CORRECTS number …` and `Corrects number …` go on after agency and time, as part of that sentence.
    let mut words = bare.splitn(2, ' ');
    let summary = match (words.next(), words.next()) {
        (Some(first), Some(rest)) if fold(first) == "corrects" => format!("corrects {rest}"),
        _ => bare.to_owned(),
    };
    cut_reason(&summary)
}

/// A sentence without the address to editors at its start: `Eds: `, `EDITORS - `.
fn without_address(sentence: &str) -> &str {
    let split = sentence.split_once([':', '-', '—', '–', ',']);
    let addressed = |(before, _): &(&str, &str)| {
        matches!(
            fold(before).trim(),
            "eds" | "editors" | "editor's note" | "editors' note" | "ed note"
        )
    };
    split.filter(addressed).map_or(sentence, |(_, rest)| rest.trim_start())
}

/// Splits a text into rough sentences, at full stops before a space and at line ends.
fn sentences(text: &str) -> impl Iterator<Item = &str> {
    let lines = text.split('\n').filter(|line| !line.trim().is_empty());
    lines.flat_map(|line| line.split_inclusive(". ")).map(str::trim)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_forms_of_a_keyword_hash_alike() {
        let same = |a: &str, b: &str| assert_eq!(hash_slug("AP", a), hash_slug("AP", b), "{a} {b}");
        same("BC-Harbor Fire", "AM-Harbor Fire");
        same("OIL-PRICES/", "OIL-PRICES/ (UPDATE 2)");
        same("Calder-Ferry", "CALDER-FERRY");
        assert_ne!(hash_slug("AP", "OIL"), hash_slug("dpa", "OIL"));
        assert_ne!(hash_on_day(5, 1), hash_on_day(5, 2));
    }

    #[test]
    fn versions_come_from_labels() {
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
    fn references_are_ids_numbers_slugs_or_headlines() {
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
        assert_eq!(found("Opera-Found"), [ItemName::Slug(hash_slug("AP", "BC-Opera-Found"))]);
        assert_eq!(
            found("Lost opera found behind oven"),
            [ItemName::Headline("lost opera found behind oven".to_owned())]
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
    fn the_reason_is_not_an_instruction() {
        check(
            "",
            "EDITORS: Please kill the story OPERA, item 207.\n\nThe score is not by Kroll. It was a class exercise.\n\nA kill is mandatory.",
            "The score is not by Kroll.",
        );
        check("The speech was not held.", "Please kill item 7.", "The speech was not held.");
        check("", "Please kill item 7. A kill is mandatory.", "KILL");
    }

    #[test]
    fn a_correction_says_what_it_corrects() {
        let check = |note: &str, body: &str, expected: &str| {
            let correction = Dispatch {
                headline: "CORRECTED-Ferry drifts".to_owned(),
                ednote: (!note.is_empty()).then(|| note.to_owned()),
                body: crate::dispatch::Body::from_paragraphs(body.split("\n\n")),
                ..Dispatch::default()
            };
            assert_eq!(correction_summary(&correction), expected, "{note} {body}");
        };
        check(
            "CORRECTS number aboard to 187, sted 178. The owner miscounted.",
            "The ferry drifts.",
            "corrects number aboard to 187, sted 178.",
        );
        check(
            "Eds: Corrects spelling of Harl in 2nd graf.",
            "",
            "corrects spelling of Harl in 2nd graf.",
        );
        check(
            "EDITORS - In 2nd graf, name is corrected to Harl",
            "",
            "In 2nd graf, name is corrected to Harl",
        );
        check(
            "",
            "(Corrects date in paragraph 3)\n\nThe ferry drifts.",
            "corrects date in paragraph 3",
        );
        check("(Berichtigung im zweiten Absatz)", "", "Berichtigung im zweiten Absatz");
        check("Number of crew is 26.", "The ferry drifts.", "Number of crew is 26.");
        check("", "The ferry drifts (corrects itself).", "CORRECTED-Ferry drifts");
    }
}
