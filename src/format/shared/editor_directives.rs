//! Directives to editors in notes, labels and text: kill, hold, correct, repeat and embargo, and the items they refer
//! to. They decide the role, status and relations of a dispatch.

use jiff::civil::Date;

use crate::dispatch::{Dispatch, Relation, RelationKind, Role, Stamp, Status};
use crate::format::parser::Draft;
use crate::format::shared::dateline;
use crate::format::shared::dates::{self, WrittenDay};
use crate::format::shared::fields::FieldKey;
use crate::format::shared::word_set::WordSet;
use crate::text::has_prefix_ignoring_case;

/// Directives are looked for in this many bytes at the start of a text.
const DIRECTIVE_LIMIT: usize = 600;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Directive {
    Kill,
    /// Do not use until further notice.
    Hold,
    /// Disregard a kill or a hold that was sent before.
    Restore,
    Correct,
    Repeat,
}

/// Phrases that are a directive wherever they occur, since no news report uses them. In lower case.
const DIRECTIVE_PHRASES: [(Directive, &str); 16] = [
    (Directive::Kill, "kill kill"),
    (Directive::Kill, "kill is mandatory"),
    (Directive::Kill, "bitte streichen sie die meldung"),
    (Directive::Kill, "prière d'annuler"),
    (Directive::Kill, "priere d'annuler"),
    (Directive::Hold, "hold hold"),
    (Directive::Hold, "please hold the story"),
    (Directive::Hold, "please hold item"),
    (Directive::Hold, "please hold the item"),
    (Directive::Hold, "bitte halten sie die meldung"),
    (Directive::Correct, "annule et remplace"),
    (Directive::Kill, "please kill the story"),
    (Directive::Kill, "please kill the item"),
    (Directive::Kill, "please kill item"),
    (Directive::Kill, "please kill story"),
    (Directive::Kill, "please kill our story"),
];

/// Phrases that are a directive in a note, headline, label or slug only; in a text, they may be news. In lower case.
const NOTE_PHRASES: [(Directive, &str); 26] = [
    (Directive::Kill, "please kill"),
    (Directive::Kill, "mandatory kill"),
    (Directive::Kill, "kill mandatory"),
    (Directive::Kill, "bulletin kill"),
    (Directive::Kill, "kill the story"),
    (Directive::Kill, "kill the item"),
    (Directive::Kill, "kill item"),
    (Directive::Kill, "kill story"),
    (Directive::Kill, "story withdrawn"),
    (Directive::Kill, "withdraws its story"),
    (Directive::Kill, "withdraws the story"),
    (Directive::Kill, "story is withdrawn"),
    (Directive::Kill, "item is withdrawn"),
    (Directive::Kill, "meldung ist zu streichen"),
    (Directive::Kill, "wird die meldung zurückgezogen"),
    (Directive::Kill, "meldung wird zurückgezogen"),
    (Directive::Kill, "zieht die meldung zurück"),
    (Directive::Kill, "merci d'annuler"),
    (Directive::Kill, "favor de anular"),
    (Directive::Kill, "rogamos anular"),
    (Directive::Hold, "meldung bitte zurückhalten"),
    (Directive::Correct, "berichtigung:"),
    (Directive::Correct, "berichtigung zu"),
    (Directive::Correct, "please correct item"),
    (Directive::Correct, "in an item sent"),
    (Directive::Repeat, "wiederholung:"),
];

/// Words that begin a note on the item itself.
const NOTE_OPENINGS: [(Directive, &str); 9] = [
    (Directive::Correct, "corrects"),
    (Directive::Correct, "(corrects"),
    (Directive::Correct, "correction"),
    (Directive::Correct, "berichtigung"),
    (Directive::Correct, "(berichtigung"),
    (Directive::Correct, "rectificatif"),
    (Directive::Correct, "corrige"),
    (Directive::Repeat, "repeats"),
    (Directive::Repeat, "(repeats"),
];

/// Four letters of each of [`DIRECTIVE_PHRASES`], at least one of which must occur in a text with a directive. A cheap
/// first check, since hardly any dispatch has one.
const TEXT_STEMS: [[u8; 4]; 4] = [*b"kill", *b"hold", *b"meld", *b"annu"];

/// The same for [`DIRECTIVE_PHRASES`] and [`NOTE_PHRASES`].
const ALL_STEMS: [[u8; 4]; 9] =
    [*b"kill", *b"hold", *b"meld", *b"annu", *b"draw", *b"anul", *b"beri", *b"item", *b"wied"];

/// Sets role, status and relations from directives in labels, notes and the start of the text. Role and status that the
/// wire gave in fields of their own take precedence.
pub(in crate::format) fn apply_directives(draft: &mut Draft<'_>, text: &str) {
    let start = limit_length(text);
    let d = &draft.dispatch;
    let title = title(d);
    let note = d.ednote.as_deref().unwrap_or("");
    let label = d.label.as_deref().unwrap_or("");
    let slug = d.slug.as_deref().unwrap_or("");
    let directive = [title, note, label, slug]
        .into_iter()
        .find_map(|text| find_directive(limit_length(text), true))
        .or_else(|| find_directive(start, false))
        .or_else(|| find_note_opening(note))
        .or_else(|| find_hold_label(label));
    let has_role = draft.given_keys & FieldKey::Role.bit() != 0;
    let d = &mut draft.dispatch;
    match directive {
        _ if has_role => {}
        Some(Directive::Kill) => d.role = Role::Kill,
        Some(Directive::Hold) if d.role != Role::Kill => d.role = Role::Advisory,
        // Its label may begin with `KILL`, too.
        Some(Directive::Restore) => d.role = Role::Advisory,
        Some(Directive::Correct) if matches!(d.role, Role::Story | Role::Update | Role::Alert) => {
            d.role = Role::Correction;
        }
        Some(Directive::Repeat) if d.role == Role::Story => d.role = Role::Repeat,
        _ => {}
    }
    if draft.given_keys & FieldKey::Status.bit() == 0 {
        match (d.role, directive) {
            (Role::Kill, _) => d.status = Status::Canceled,
            (_, Some(Directive::Hold)) => d.status = Status::Withheld,
            _ => {}
        }
    }
    add_relations(draft, directive, start);
}

fn limit_length(text: &str) -> &str {
    &text[..text.floor_char_boundary(DIRECTIVE_LIMIT)]
}

/// The headline, if the wire sent one.
fn title(d: &Dispatch) -> &str {
    if d.headline_derived { "" } else { &d.headline }
}

/// Finds a directive in a text. In notes, headlines and labels (`is_note`), more phrases count.
fn find_directive(text: &str, is_note: bool) -> Option<Directive> {
    let is_possible =
        if is_note { contains_stem(text, &ALL_STEMS) } else { contains_stem(text, &TEXT_STEMS) };
    if !is_possible {
        return None;
    }
    let lower = text.replace('’', "'").to_lowercase();
    // In a text it must be addressed to editors: reports tell of killings.
    let is_addressed = is_note || lower.contains("editors") || lower.contains("please disregard");
    if is_addressed && takes_kill_back(&lower) {
        return Some(Directive::Restore);
    }
    let more = if is_note { &NOTE_PHRASES[..] } else { &[] };
    let found = DIRECTIVE_PHRASES.iter().chain(more).find(|(_, phrase)| lower.contains(phrase));
    // Whatever it names, if it begins by speaking to editors.
    let is_kill = || lower.trim_start().starts_with("editors:") && lower.contains("please kill");
    found.map(|(directive, _)| *directive).or_else(|| is_kill().then_some(Directive::Kill))
}

/// Verbs before `kill` or `hold` that take it back.
static TAKES_BACK: WordSet = WordSet::new(
    "disregard disregards ignore ignores rescind rescinds withdraw withdraws withdrawing lift lifts lifting cancel cancels \
     canceling cancelling retract retracts retracting void voids eliminate eliminates revoke revokes revoking",
);

/// Words after `kill` or `hold` that say that it is taken back.
static TAKEN_BACK: WordSet = WordSet::new(
    "withdrawn rescinded lifted cancelled canceled retracted voided void eliminated elimination revoked rescission \
     withdrawal",
);

/// Words that may follow a kill or a hold that is taken back.
static AFTER_NOTICE: WordSet = WordSet::new(
    "of on notice notices advisory bulletin that which for from sent issued moved at and as the kill hold story item",
);

/// Words that follow `kill` or `hold` where it is a noun, before what is said of it.
static GOES_ON: WordSet =
    WordSet::new("of on notice advisory bulletin that which for from is was has sent issued moved");

/// True if a text, in lower case, takes back a kill or a hold: `disregard the kill`, `the kill of item 207 is withdrawn`,
/// `kill rescinded`, `killed in error`. Not if it withdraws a story.
fn takes_kill_back(lower: &str) -> bool {
    if !lower.contains("kill") && !lower.contains("hold") {
        return false;
    }
    let is_order = |word: &str| matches!(word, "kill" | "hold");
    let bare = |word: &str| word.trim_matches(|c: char| !c.is_alphanumeric()).to_owned();
    let ends = |word: &str| word.ends_with(['.', ',', ';', ':', '!', '?']);
    let words: Vec<&str> = lower.split_whitespace().collect();
    let in_error = ["killed in error", "kill was sent in error", "kill sent in error"];
    if in_error.iter().any(|phrase| lower.contains(phrase)) {
        return true;
    }
    words.iter().enumerate().any(|(at, word)| {
        if TAKES_BACK.contains(bare(word).as_str()) && !ends(word) {
            // Up to the end of the clause: `withdraw the mandatory kill`, but not `withdraw and kill`.
            let mut next = words[at + 1..].iter().enumerate().take(4);
            return next.find_map(|(after, word)| match bare(word).as_str() {
                "and" | "or" | "then" => Some(false),
                // Not `disregard kill orders`.
                order if is_order(order) => {
                    let follower = words.get(at + after + 2).map(|word| bare(word));
                    let is_notice = |word: String| AFTER_NOTICE.contains(word.as_str());
                    Some(ends(word) || follower.is_none_or(is_notice))
                }
                _ => ends(word).then_some(false),
            }) == Some(true);
        }
        // `kill,` and `kill:` are labels; before an object it is a verb.
        let next = words.get(at + 1).map(|word| bare(word)).unwrap_or_default();
        let is_noun = GOES_ON.contains(next.as_str()) || TAKEN_BACK.contains(next.as_str());
        if !is_order(word.trim_start_matches(['-', '/', '(', '"'])) || !is_noun {
            return false;
        }
        let mut next = words[at + 1..].iter().take(12);
        next.find_map(|word| match bare(word).as_str() {
            word if TAKEN_BACK.contains(word) => Some(true),
            _ => word.ends_with(['.', ';', ':']).then_some(false),
        }) == Some(true)
    })
}

/// Finds a line of a note that begins with one of [`NOTE_OPENINGS`].
fn find_note_opening(note: &str) -> Option<Directive> {
    note.split('\n').find_map(|line| {
        let begins = |(_, word): &&(_, &str)| has_prefix_ignoring_case(line, word);
        let found = NOTE_OPENINGS.iter().find(begins);
        found.map(|(directive, _)| *directive)
    })
}

/// Recognises a label that begins with `HOLD`.
fn find_hold_label(label: &str) -> Option<Directive> {
    label
        .split([' ', '-'])
        .next()
        .filter(|word| word.eq_ignore_ascii_case("hold"))
        .map(|_| Directive::Hold)
}

/// True if a text contains one of the stems, in any case.
fn contains_stem<const N: usize>(text: &str, stems: &[[u8; 4]; N]) -> bool {
    let bytes = text.as_bytes();
    let count = bytes.len().saturating_sub(3);
    let [first, second, third, fourth] =
        [0, 1, 2, 3].map(|at| bytes.get(at..at + count).unwrap_or_default());
    let fours = first.iter().zip(second).zip(third).zip(fourth);
    // Free of branches, so that the loop vectorises.
    let found = fours.fold(0, |found, (((a, b), c), d)| {
        // The bit makes ASCII letters small; no other byte becomes a small letter by it.
        let four = [a, b, c, d].map(|byte| byte | 0x20);
        stems.iter().fold(found, |found, stem| {
            let same = |at: usize| u8::from(four[at] == stem[at]);
            found | same(0) & same(1) & same(2) & same(3)
        })
    });
    found != 0
}

/// Adds relations to the items that the dispatch refers to, of the kind that its role implies.
fn add_relations(draft: &mut Draft<'_>, directive: Option<Directive>, start: &str) {
    let kind = match draft.dispatch.role {
        Role::Kill => Some(RelationKind::Kills),
        Role::Correction => Some(RelationKind::Corrects),
        Role::Repeat => Some(RelationKind::Repeats),
        Role::Add => Some(RelationKind::AddsTo),
        Role::Update | Role::Story => Some(RelationKind::Replaces),
        Role::Alert | Role::Advisory => None,
    };
    let mut ids = std::mem::take(&mut draft.references);
    let d = &draft.dispatch;
    let title = title(d);
    // In other dispatches, what looks like an item number may be anything.
    let may_name_items = directive.is_some() || matches!(d.role, Role::Kill | Role::Correction);
    if may_name_items {
        let texts = [
            (d.label.as_deref(), false),
            (Some(title), false),
            (d.ednote.as_deref(), true),
            (Some(start), true),
        ];
        for (text, is_text) in texts {
            let own = d.id.as_deref().unwrap_or("");
            find_named_items(text.unwrap_or(""), is_text, own, &mut ids);
        }
    }
    let own = d.id.as_deref().and_then(|id| id.split(' ').next());
    let mut others: Vec<String> = Vec::new();
    for id in ids {
        if own != Some(id.as_str()) && !others.contains(&id) {
            others.push(id);
        }
    }
    let d = &mut draft.dispatch;
    let holds = directive == Some(Directive::Hold) && d.role == Role::Advisory;
    let restores = directive == Some(Directive::Restore) && d.role == Role::Advisory;
    let kind = match (holds, restores) {
        (true, _) => Some(RelationKind::Holds),
        (_, true) => Some(RelationKind::Restores),
        _ => kind,
    };
    if matches!(directive, Some(Directive::Kill | Directive::Hold | Directive::Restore)) {
        name_by_time(d, start, &mut others);
    }
    // By its keyword, if it names nothing.
    if restores && others.is_empty() {
        others.extend(d.slug.clone());
    }
    if let Some(kind) = kind.filter(|_| d.relations.is_empty()) {
        d.relations.extend(others.into_iter().map(|id| Relation { kind, id }));
    }
}

// Items that a directive refers to.

/// What a notice says of the word that follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Lead<'t> {
    /// Nothing.
    None,
    /// After `item`: a number or an id. With the agency named since then, or an empty text.
    Item(&'t str),
    /// After `items 207`: further numbers follow a comma or `and`.
    Items(&'t str),
    /// After `story` or `slugged`: a slug or an id.
    Story,
    /// After `ref`: an id.
    Reference,
}

/// Finds the items that a directive refers to: `item 207`, `item dpa 157`, `story HARBOUR-FIRE, a0584`, `V9991`,
/// `item QNA-2026-01`, `bdt0157`, and ids that differ from the one of the notice (`own`) in their digits alone. In a note
/// or text, as opposed to a headline or label, slugs and quoted headlines count too.
fn find_named_items(text: &str, is_text: bool, own: &str, ids: &mut Vec<String>) {
    if is_text {
        ids.extend(named_headlines(text));
    }
    let words = text.split([' ', '\n', '(', ')', '[', ']', '"', '“', '”', ';']);
    let (mut lead, mut is_plural, mut before) = (Lead::None, false, "");
    for raw in words.filter(|word| !word.is_empty()).take(200) {
        let word = raw.trim_matches([',', '.', ':', '\'', '#', '’', '‘']);
        if word.is_empty() {
            continue;
        }
        let number = word.len() <= 5 && word.bytes().all(|b| b.is_ascii_digit());
        // `items 207, 208 and 209`: the number after `and` is the last one.
        let is_last = JOINING_WORDS.contains(before);
        let is_listed = before.ends_with(',') || is_last;
        before = raw;
        lead = match lead {
            Lead::Items(agency) if JOINING_WORDS.contains(word) => Lead::Items(agency),
            Lead::Items(_) if !is_listed => lead_of(word),
            Lead::Item(agency) | Lead::Items(agency) if number => {
                let has_agency = !agency.is_empty();
                ids.push(if has_agency { format!("{agency} {word}") } else { word.to_owned() });
                if is_plural && !is_last { Lead::Items(agency) } else { Lead::None }
            }
            Lead::Item(agency) if !agency.is_empty() && is_id_after_agency(word) => {
                ids.push(format!("{agency} {word}"));
                Lead::None
            }
            Lead::Item(_) | Lead::Items(_) | Lead::Story | Lead::Reference if is_id(word) => {
                ids.push(word.to_owned());
                if is_plural && !is_last { Lead::Items("") } else { Lead::None }
            }
            _ if is_code(word) || is_uri(word) || is_like_own_id(word, own) => {
                ids.push(word.to_owned());
                Lead::None
            }
            Lead::Story if is_text && is_slug(word) => {
                ids.push(word.to_owned());
                Lead::None
            }
            // `item dpa 157`, `item No. 157`, `story slugged HARBOUR-FIRE`
            Lead::Item("") if NUMBER_WORDS.contains(word) => Lead::Item(""),
            Lead::Item("") if is_agency(word) => Lead::Item(word),
            Lead::Reference if NUMBER_WORDS.contains(word) => Lead::Reference,
            _ => lead_of(word),
        };
        if matches!(lead, Lead::Item("")) && ITEM_WORDS.contains(word) {
            is_plural = PLURAL_WORDS.contains(word);
        }
    }
}

/// What a word says of the next one.
fn lead_of(word: &str) -> Lead<'static> {
    match word {
        _ if ITEM_WORDS.contains(word) => Lead::Item(""),
        "story" | "Story" | "STORY" | "slugged" | "Slugged" | "SLUGGED" => Lead::Story,
        _ if REFERENCE_WORDS.contains(word) => Lead::Reference,
        _ => Lead::None,
    }
}

/// The headlines that a text names: in quotation marks after a word for an item or a headline, and after `headlined`
/// without marks up to the end of the clause or sentence.
fn named_headlines(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut push = |title: &str| {
        let title = title.split_whitespace().collect::<Vec<_>>().join(" ");
        if (4..=200).contains(&title.len()) && !found.contains(&title) {
            found.push(title);
        }
    };
    for (at, open) in text.match_indices(['"', '“', '„', '«', '‘', '\'']) {
        let close: &[char] = match open {
            "“" => &['”'],
            "„" => &['“', '”'],
            "«" => &['»'],
            "‘" => &['’'],
            "'" => &['\''],
            _ => &['"'],
        };
        let before = text[..at].trim_end().trim_end_matches([':', ',']);
        let word = before.rsplit(|c: char| !c.is_alphanumeric()).next().unwrap_or("");
        if let Some((title, _)) = text[at + open.len()..].split_once(close)
            && BEFORE_HEADLINE.contains(word)
        {
            push(title.trim().trim_end_matches([',', '.']));
        }
    }
    for lead in ["headlined ", "Headlined ", "HEADLINED ", "headline: ", "Headline: "] {
        let Some((_, after)) = text.split_once(lead) else {
            continue;
        };
        let after = after.trim_start();
        if after.starts_with(['"', '“', '„', '«', '‘']) {
            continue;
        }
        let sentence = after.split(['.', ';', '\n', '(']).next().unwrap_or("").trim();
        let clause = CLAUSES_AFTER_HEADLINE.iter().find_map(|clause| sentence.split_once(clause));
        let title = clause.map_or(sentence, |(title, _)| title);
        push(title);
        // Either the comma is in the headline, or another clause follows.
        push(title.split_once(',').map_or("", |(before, _)| before));
    }
    found
}

/// Names an item by its time, `the lead of 1412 GMT`, if the notice names no other than by a slug: with that slug, or
/// with that of the notice.
fn name_by_time(d: &Dispatch, text: &str, others: &mut Vec<String>) {
    let note = d.ednote.as_deref().unwrap_or("");
    let Some(time) = gmt_time(title(d)).or_else(|| gmt_time(note)).or_else(|| gmt_time(text))
    else {
        return;
    };
    let slug = match &others[..] {
        [] => d.slug.clone(),
        [only] if is_slug(only) && !is_id(only) => Some(only.clone()),
        _ => None,
    };
    if let Some(slug) = slug {
        *others = vec![format!("{slug} of {time} GMT")];
    }
}

/// The first time with its zone in a text, as four digits: `1412` of `moved at 14:12 GMT`.
fn gmt_time(text: &str) -> Option<String> {
    let words: Vec<&str> = text.split([' ', '\n', '(', ')', ',']).collect();
    words.windows(2).find_map(|pair| {
        let zone = pair[1].trim_end_matches(['.', ':', ';']);
        let digits: String = pair[0].chars().filter(|c| !matches!(c, ':' | '.')).collect();
        let is_time = digits.len() == 4
            && digits.bytes().all(|b| b.is_ascii_digit())
            && matches!(zone, "GMT" | "UTC");
        is_time.then_some(digits)
    })
}

/// Words that an item number or an id may follow.
static ITEM_WORDS: WordSet =
    WordSet::new("item items meldung meldungen dépêche depeche bericht cor");

/// Those of several items.
static PLURAL_WORDS: WordSet = WordSet::new("items meldungen");

/// Words between several item numbers.
static JOINING_WORDS: WordSet = WordSet::new("and und et y");

/// Words that an id may follow, but no number alone.
static REFERENCE_WORDS: WordSet = WordSet::new("ref reference id kennung guid slug keyword");

/// Words that a headline in quotation marks may follow.
static BEFORE_HEADLINE: WordSet = WordSet::new(
    "headlined headline titled entitled story item report version lead alert meldung bericht titel überschrift titre \
     intitulée dépêche",
);

/// Clauses after a headline that stands without quotation marks.
const CLAUSES_AFTER_HEADLINE: [&str; 8] = [
    ", which",
    ", that",
    ", sent",
    ", moved",
    " which moved",
    " that moved",
    " sent at",
    " moved at",
];

/// Words that may stand between such a word and the number.
static NUMBER_WORDS: WordSet = WordSet::new("no nr number nummer id");

/// True for the form of an id: letters or marks among at least two digits. Neither a date alone nor a time.
fn is_id(word: &str) -> bool {
    let digits = word.bytes().filter(u8::is_ascii_digit).count();
    let is_plain = word.chars().all(|c| c.is_ascii_alphanumeric() || "-_/.:#".contains(c));
    let begins = word.starts_with(|c: char| c.is_ascii_uppercase());
    is_plain && begins && (5..=64).contains(&word.len()) && digits >= 2
}

/// True for what may follow the agency in an id that is written in two words: `QNA 2026-01`.
fn is_id_after_agency(word: &str) -> bool {
    let is_plain = word.chars().all(|c| c.is_ascii_alphanumeric() || "-_/".contains(c));
    is_plain && word.len() >= 4 && word.starts_with(|c: char| c.is_ascii_digit())
}

/// True for a name that says itself that it is one.
fn is_uri(word: &str) -> bool {
    word.starts_with("urn:") || word.starts_with("tag:") && word.contains(',')
}

/// True for an id with the letters and marks of the notice's own and other digits. The ids of numbered wires are no such
/// ids: their numbers are found by the words before them.
fn is_like_own_id(word: &str, own: &str) -> bool {
    let is_digit = |c: &char| c.is_ascii_digit();
    let letters = |id: &str| id.chars().filter(|c| !is_digit(c)).collect::<String>();
    let begins = own.starts_with(|c: char| c.is_ascii_uppercase());
    is_id(word) && is_id(own) && begins && word != own && letters(word) == letters(own)
}

/// True for a word that may name an agency before its item number.
fn is_agency(word: &str) -> bool {
    let initials = (2..=6).contains(&word.len()) && word.bytes().all(|b| b.is_ascii_uppercase());
    initials || dateline::is_known_agency(word)
}

/// True for one to three letters and a number of four or five digits, the form of wire story numbers (`a0584`).
fn is_code(word: &str) -> bool {
    let letters = word.bytes().take_while(u8::is_ascii_alphabetic).count();
    let digits = &word.as_bytes()[letters..];
    (1..=3).contains(&letters)
        && matches!(digits.len(), 4 | 5)
        && digits.iter().all(u8::is_ascii_digit)
}

/// True for the form of a slug: `HARBOUR-FIRE`, `Dam-Leak`, `Hafen/Brand`.
fn is_slug(word: &str) -> bool {
    word.len() >= 4 && word.contains(['-', '/']) && word.starts_with(|c: char| c.is_uppercase())
}

// Embargoes in a note, a label or at the start of a text.

/// How much of a line is searched for an embargo, in bytes.
const EMBARGO_LIMIT: usize = 200;

/// Words that mark an embargo in a label.
static EMBARGO_WORDS: WordSet = WordSet::new("embargo embargoed sperrfrist sperrfrist:");

/// Byte offset of the phrase by which a note declares an embargo.
fn find_embargo(text: &str) -> Option<usize> {
    let start = &text[..text.floor_char_boundary(EMBARGO_LIMIT)];
    if let Some(at) = start.find("EMBARGO").or_else(|| start.find("Sperrfrist")) {
        return Some(at);
    }
    let lower = start.to_ascii_lowercase();
    if lower.starts_with("embargoed") || lower.starts_with("for release") {
        return Some(0);
    }
    [
        "not for release",
        "hold for release",
        "embargoed until",
        "embargoed till",
        "under embargo",
        "sous embargo",
        "embargo:",
    ]
    .iter()
    .find_map(|phrase| lower.find(phrase))
}

/// Sets the embargo declared by a note, a label or the first words of the text.
pub(in crate::format) fn apply_embargo(draft: &mut Draft<'_>, lead: Option<&str>) {
    let d = &draft.dispatch;
    let lead = lead.filter(|lead| {
        // Anywhere else it is news about an embargo.
        let start = lead.get(..16).unwrap_or(lead).to_ascii_lowercase();
        ["embargoed", "not for release", "hold for release", "sperrfrist:"]
            .iter()
            .any(|mark| start.starts_with(mark))
    });
    let note = d.ednote.as_deref().and_then(|note| {
        note.split('\n').find_map(|line| find_embargo(line).map(|at| &line[at..]))
    });
    let label = d
        .label
        .as_deref()
        .filter(|label| label.split([' ', '(', ')']).any(|word| EMBARGO_WORDS.contains(word)));
    let Some(text) = note.or(label).or(lead) else {
        return;
    };
    let until =
        d.embargo.or_else(|| parse_embargo_end(text, d.sent.or(d.created).or(draft.ctx.file_time)));
    draft.dispatch.embargoed = true;
    draft.dispatch.embargo = until;
}

/// Parses the end of an embargo: a day, a time and a zone, of which some may be missing. The day is then that of the
/// dispatch (`near`), the year the one nearest to it, and the zone its UTC offset.
fn parse_embargo_end(text: &str, near: Option<Stamp>) -> Option<Stamp> {
    let text = &text[..text.floor_char_boundary(EMBARGO_LIMIT)];
    let words: Vec<&str> = text
        .split([' ', '\u{a0}', ',', ';', '(', ')'])
        .filter(|word| !word.is_empty())
        .take(24)
        .collect();
    let mut time = None;
    let mut zone = "";
    // Index of the word with the time, which must not be read as part of the day.
    let mut skip = usize::MAX;
    for (at, word) in words.iter().enumerate() {
        let digits = word.trim_end_matches(|c: char| c.is_ascii_alphabetic());
        let year = digits.len() == 4
            && !digits.contains([':', '.'])
            && (digits.starts_with("19") || digits.starts_with("20"));
        let next = words.get(at + 1).copied().unwrap_or("").trim_end_matches('.');
        let zoned = |zone: &str| {
            Date::new(2000, 1, 1).ok().and_then(|day| dates::zone_offset(zone, day)).is_some()
        };
        // `2026` is a year, unless a zone follows: `2000 GMT`.
        if year && !zoned(next) {
            continue;
        }
        if let Some(found) = dates::parse_hour_minute(digits) {
            time = Some(found);
            // `1800GMT`
            let joined = word[digits.len()..].trim_end_matches('.');
            zone = if !joined.is_empty() {
                joined
            } else if zoned(next) {
                next
            } else {
                ""
            };
            skip = at;
            break;
        }
    }
    let day = (0..words.len()).find_map(|from| {
        (1..=3).rev().find_map(|count| {
            let part = words.get(from..from + count)?;
            let has_time = (from..from + count).contains(&skip);
            match dates::parse_day(&part.join(" ")).filter(|_| !has_time)? {
                WrittenDay::Date(date) => Some(date),
                WrittenDay::Weekday => None,
            }
        })
    });
    let near_day = near.map(|near| near.to_zoned().date());
    let day = match day {
        Some(date) => match (date.year, near_day) {
            (Some(year), _) => Date::new(year, date.month, date.day).ok()?,
            (None, Some(near)) => nearest(near, date.month, date.day)?,
            (None, None) => return None,
        },
        None => near_day.filter(|_| time.is_some())?,
    };
    match time {
        Some(time) => {
            let offset =
                dates::zone_offset(zone, day).or(near.map(|near| near.offset_minutes)).unwrap_or(0);
            dates::local_stamp(day, time, offset)
        }
        None => Stamp::from_date(day),
    }
}

/// The date with this month and day that is nearest to another date.
fn nearest(near: Date, month: i8, day: i8) -> Option<Date> {
    let years = [near.year().checked_sub(1)?, near.year(), near.year().checked_add(1)?];
    let days = years.into_iter().map(|year| Date::new(year, month, day));
    days.flatten().min_by_key(|found| (*found - near).get_days().abs())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_phrase_contains_a_stem() {
        for (_, phrase) in DIRECTIVE_PHRASES {
            assert!(contains_stem(phrase, &TEXT_STEMS), "{phrase}");
        }
        for (_, phrase) in DIRECTIVE_PHRASES.iter().chain(&NOTE_PHRASES) {
            for before in 0..80 {
                let text = ["x".repeat(before), phrase.to_uppercase()].concat();
                assert!(contains_stem(&text, &ALL_STEMS), "{text}");
            }
        }
        for text in ["", "kil", "kil l", "KIL", &"ki ll ".repeat(40)] {
            assert!(!contains_stem(text, &ALL_STEMS), "{text}");
        }
    }

    #[test]
    fn distinguishes_directives_from_news() {
        let check =
            |text: &str, expected| assert_eq!(find_directive(text, false), expected, "{text}");
        check(
            "EDITORS: Please kill the story DAM-LEAK, a0584. A kill is mandatory.",
            Some(Directive::Kill),
        );
        check("The museum withdraws the story and tells its editors to kill the story.", None);
        check("EDITORS: Please kill the 1412 GMT lead.", Some(Directive::Kill));
        check("The hunters said: please kill no wolves.", None);
        check("KILL KILL KILL", Some(Directive::Kill));
        check("HOLD HOLD HOLD", Some(Directive::Hold));
        check(
            "The wolves kill sheep, the farmers hold the state to blame and withdrew the item.",
            None,
        );
        check("Dem Kreis liegt eine Meldung über den Wolf vor.", None);
    }

    #[test]
    fn distinguishes_kills_from_kills_that_are_taken_back() {
        let check = |text: &str, is_back| {
            let found = find_directive(text, true);
            assert_eq!(found == Some(Directive::Restore), is_back, "{text}: {found:?}");
        };
        for text in [
            "DISREGARD KILL: HARBOUR-FIRE",
            "Please disregard the mandatory kill.",
            "EDITORS: The kill of item 207, slugged HARBOUR-FIRE, is withdrawn.",
            "BC-Harbour Fire, Kill Rescinded",
            "KILL ELIMINATION",
            "Please ignore the hold on the story HARBOUR-FIRE.",
            "The hold on HARBOUR-FIRE has been lifted.",
            "The story HARBOUR-FIRE was killed in error.",
            "QNA withdraws its kill of HARBOUR-FIRE.",
        ] {
            check(text, true);
        }
        for text in [
            "KILL KILL KILL",
            "Please kill the story HARBOUR-FIRE, which is withdrawn.",
            "KILL, STORY WITHDRAWN",
            "Please withdraw and kill item 207.",
            "QNA withdraws its story. A kill is mandatory.",
            "Please disregard earlier versions. KILL the story.",
            "Police disregard kill orders",
            "Wolves kill sheep as protection is lifted",
            "Troops hold town after siege is lifted",
        ] {
            check(text, false);
        }
        let report = "TARN (QNA) - The ministry said the kill of 400 hens was cancelled.";
        assert_eq!(find_directive(report, false), None);
    }

    #[test]
    fn finds_the_items_of_a_directive() {
        let check = |text: &str, expected: &[&str]| {
            let mut ids = Vec::new();
            find_named_items(text, true, "QNA-2026-09", &mut ids);
            assert_eq!(ids, expected, "{text}");
        };
        check("Please kill item dpa 157 of 12:03.", &["dpa 157"]);
        check("Please kill the story Dam-Leak, V9991.", &["Dam-Leak", "V9991"]);
        check("kill item No. 207 and bdt0157", &["207", "bdt0157"]);
        check("Please kill items 207, 208 and 209, 300 readers wrote", &["207", "208", "209"]);
        check("Please kill item 207, 300 people are alive", &["207"]);
        check("Please kill item #207", &["207"]);
        check("ITEM QNA 2026-01", &["QNA 2026-01"]);
        check("Please kill item QNA-2026-01.", &["QNA-2026-01"]);
        check("Please kill story QNA2601, it is old", &["QNA2601"]);
        check("Please kill QNA-2026-01 (HEN).", &["QNA-2026-01"]);
        check("Please kill this one. Ref: HX-44A1-7", &["HX-44A1-7"]);
        check(
            "Please kill item urn:newsml:qna.example:20260304:hen:2",
            &["urn:newsml:qna.example:20260304:hen:2"],
        );
        check("Please kill the item slugged TARN-HEN.", &["TARN-HEN"]);
        check(
            "Please kill the story \"Hen of Tarn turns forty\" at once",
            &["Hen of Tarn turns forty"],
        );
        check("Bitte streichen Sie die Meldung „Henne wird vierzig“.", &["Henne wird vierzig"]);
        check(
            "The item titled: “Hen of Tarn turns forty,” is wrong.",
            &["Hen of Tarn turns forty"],
        );
        check(
            "Please kill the story headlined Hen of Tarn turns forty, which moved at 0900 GMT.",
            &["Hen of Tarn turns forty"],
        );
        check(
            "Please kill the story headlined Ferry is late, sailors say.",
            &["Ferry is late, sailors say", "Ferry is late"],
        );
        check("In 2024 the 12 items cost 300 crowns", &[]);
        check("The mayor said “Hen of Tarn” and item by item", &[]);
        check("The item of 2026-03-04 sent at 14:12", &[]);
        check("Our own QNA-2026-09 stands", &[]);
    }

    #[test]
    fn finds_the_time_of_an_item() {
        let check = |text: &str, expected: Option<&str>| {
            assert_eq!(gmt_time(text).as_deref(), expected, "{text}");
        };
        check("Please kill the lead of 1412 GMT.", Some("1412"));
        check("It moved at 14:12 GMT, 15:12 CET.", Some("1412"));
        check("It moved at 1512 CET.", None);
        check("GMT is the zone of 12 items", None);
    }

    #[test]
    fn finds_the_end_of_an_embargo() {
        let near = Stamp::parse("2026-11-19T10:00:00Z");
        let check = |text: &str, expected: &str| {
            let found = find_embargo(text).and_then(|at| parse_embargo_end(&text[at..], near));
            assert_eq!(found.map(Stamp::to_rfc3339).unwrap_or_default(), expected, "{text}");
        };
        check("EMBARGOED until 0001 GMT Nov 21", "2026-11-21T00:01:00Z");
        check("Embargoed until 00:01 CET, Friday 2 January 2027.", "2027-01-02T00:01:00+01:00");
        check("For release Sunday, Nov. 22", "2026-11-22");
        check("Sperrfrist: 24.11.2026, 12.00 Uhr", "2026-11-24T12:00:00Z");
        check("NOT FOR RELEASE before 1800 GMT", "2026-11-19T18:00:00Z");
        check("EMBARGOED until further notice", "");
        check("Adds detail of the arms embargo", "");
    }
}
