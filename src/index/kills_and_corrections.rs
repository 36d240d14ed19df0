//! Which entries a notice means, and what it does to them: kills and corrections.
//!
//! A notice names its item in one of these ways; the first that finds something decides:
//!
//! 1. The exact id. With a revision it means that one; the id alone means all its revisions.
//! 2. The agency's running number (`a0584`, `dpa 157`), not above the notice's own on the same day, or above it on the
//!    day before, since numbers begin anew each day; within 48 hours before the notice.
//! 3. The keyword with the same agency, within 48 hours. Where the notice gives a number too, a story whose items have
//!    other numbers is not meant.
//! 4. The headline, word for word without its label, with the same agency, within 48 hours.
//!
//! What is newer than a notice is never meant: a substitute stands. Where keyword or headline find more than one story,
//! none is meant.
//!
//! A notice that names the story (3, 4, or 2 with the keyword beside it, as AP writes: `Please kill the story
//! Opera-Found, V9991`) kills all its versions. One that names an item (1, or 2 alone, as dpa writes: `Please kill item
//! dpa 157`) kills that one, what repeats it and what adds to it. A new revision that is canceled kills those before it.

use crate::dispatch::{RelationKind, Role, Status, relations};
use crate::index::entry::EntryRef;
use crate::index::links::PackedName;
use crate::index::story_versions::{
    Member, ResolvedGroup, is_name_comparable, is_same_agency, is_same_id,
};

/// Seconds in which a notice follows what it means, where it does not give its id.
pub(super) const WINDOW_SECONDS: i64 = 48 * 3600;

/// How a notice means an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum MatchedBy {
    Item,
    Number,
    Keyword,
    Headline,
}

/// True where an entry is not newer than a notice. Where one of them is known by its day alone, or not at all, the day
/// decides, or nothing.
fn is_before(entry: EntryRef<'_>, notice: EntryRef<'_>) -> bool {
    let (Some((day, exact)), Some((notice_day, notice_exact))) =
        (entry.day_and_precision(), notice.day_and_precision())
    else {
        return true;
    };
    if exact && notice_exact {
        seconds(entry) <= seconds(notice)
    } else {
        day <= notice_day + 1
    }
}

fn seconds(entry: EntryRef<'_>) -> i64 {
    entry.time().map_or(0, |time| time.seconds)
}

/// True where an entry came in the time before a notice in which it may be meant without its id.
pub(super) fn is_in_window(entry: EntryRef<'_>, notice: EntryRef<'_>) -> bool {
    let known = entry.time().is_some() && notice.time().is_some();
    known && is_before(entry, notice) && seconds(notice) - seconds(entry) <= WINDOW_SECONDS
}

/// Whether one of a notice's names means an entry.
fn match_name(notice: EntryRef<'_>, name: PackedName, entry: EntryRef<'_>) -> Option<MatchedBy> {
    match name {
        PackedName::Item {
            key,
            stem,
            revision,
            wide,
        } => {
            let one = wide || is_same_agency(notice, entry);
            let whole = entry.id_key() == key;
            let one_of = stem != 0 && entry.id_key() == stem;
            let revised = one_of && entry.is_revised() && entry.version() == revision;
            (one && (whole || revised) && is_before(entry, notice)).then_some(MatchedBy::Item)
        }
        PackedName::Number { key, service } => {
            let counted = matching_number(notice, entry, notice.named_service(service))
                .is_some_and(|number| relations::hash_agency_number(entry.agency(), number) == key);
            (counted && is_in_window(entry, notice)).then_some(MatchedBy::Number)
        }
        PackedName::Slug(key) => {
            let keyword = !entry.slug().is_empty()
                && relations::hash_slug(entry.agency(), entry.slug()) == key;
            (keyword && is_same_known_agency(notice, entry) && is_in_window(entry, notice))
                .then_some(MatchedBy::Keyword)
        }
        PackedName::Headline(start, length) => {
            let title = notice.named_headline((start, length));
            let titled =
                entry.headline_without_label() == title || entry.folded_headline() == title;
            (titled && is_same_known_agency(notice, entry) && is_in_window(entry, notice))
                .then_some(MatchedBy::Headline)
        }
    }
}

/// The same agency; one that is not known is the same only within one input.
fn is_same_known_agency(notice: EntryRef<'_>, entry: EntryRef<'_>) -> bool {
    let one_input = || match (notice.input(), entry.input()) {
        (Some(a), Some(b)) => a.location == b.location,
        _ => false,
    };
    is_same_agency(notice, entry) && (!entry.agency().is_empty() || one_input())
}

/// The number of an entry by which a notice may mean it: in a service that it names, else the agency's own, else that of
/// its service. None where it is in the wrong order with the notice's own: numbers begin anew each day.
fn matching_number(notice: EntryRef<'_>, entry: EntryRef<'_>, service: &str) -> Option<u32> {
    let (own, number) = match (entry.sequence(), entry.agency_number()) {
        (_, Some(number)) if service.is_empty() => (notice.agency_number(), number),
        (Some((of, number)), _) if service.is_empty() || of.eq_ignore_ascii_case(service) => {
            let same = notice
                .sequence()
                .filter(|(s, _)| s.eq_ignore_ascii_case(of));
            (same.map(|(_, own)| own), number)
        }
        _ => return None,
    };
    let days = entry.day_and_precision().zip(notice.day_and_precision());
    let in_order = match (own, days) {
        (Some(own), Some(((day, _), (notice_day, _)))) => {
            if number <= own {
                day == notice_day
            } else {
                day < notice_day
            }
        }
        _ => true,
    };
    in_order.then_some(number)
}

/// The members that one names as what it acts on in a way, none of them a notice that kills. By id, else by number.
pub(super) fn targets(members: &[Member<'_>], at: usize, kind: RelationKind) -> Vec<usize> {
    let entry = members[at].entry;
    let names: Vec<PackedName> = entry
        .related_names()
        .filter(|(of, _)| *of == kind)
        .map(|(_, name)| name)
        .collect();
    if names.is_empty() {
        return Vec::new();
    }
    let meant = |how: MatchedBy| -> Vec<usize> {
        let others = (0..members.len()).filter(|&other| other != at);
        let is = |&other: &usize| {
            let target = members[other].entry;
            target.role() != Role::Kill
                && names
                    .iter()
                    .any(|&name| match_name(entry, name, target) == Some(how))
        };
        others.filter(is).collect()
    };
    let by_id = meant(MatchedBy::Item);
    if by_id.is_empty() {
        // Of a number that was given twice the newer is meant.
        let by_number = meant(MatchedBy::Number);
        by_number.last().copied().into_iter().collect()
    } else {
        by_id
    }
}

/// Marks what is corrected: what a correction names, else the version of its story before it.
pub(super) fn mark_corrected(settled: &mut ResolvedGroup<'_>) {
    for at in 0..settled.members.len() {
        let member = settled.members[at];
        if member.entry.role() != Role::Correction {
            continue;
        }
        let mut corrected = targets(&settled.members, at, RelationKind::Corrects);
        if corrected.is_empty() {
            let is_text = |older: &usize| {
                let entry = settled.members[*older].entry;
                !entry.is_add() && entry.role() != Role::Correction
            };
            let older: Vec<usize> = settled.older_versions(at).collect();
            corrected.extend(
                older
                    .iter()
                    .rev()
                    .copied()
                    .find(is_text)
                    .or(older.last().copied()),
            );
        }
        for other in corrected {
            settled.statuses[other].corrected_by = Some(member.id);
        }
    }
}

/// Marks what is killed, and the notices that find nothing.
pub(super) fn mark_killed(settled: &mut ResolvedGroup<'_>) {
    for at in 0..settled.members.len() {
        let Member { id, entry } = settled.members[at];
        let notice = entry.role() == Role::Kill;
        let mut killed = Vec::new();
        if notice || entry.status() == Status::Canceled {
            let own = |&older: &usize| {
                let older = settled.members[older].entry;
                is_same_id(older, entry) && older.role() != Role::Kill
            };
            killed.extend((0..at).filter(own));
        }
        // A substitute may say itself what it stands for.
        let names = |(kind, _)| kind == RelationKind::Kills;
        if notice || entry.related_names().any(names) {
            killed.extend(
                killed_by_notice(settled, at)
                    .into_iter()
                    .filter(|&other| other != at),
            );
        }
        settled.statuses[at].is_unmatched_kill = notice && killed.is_empty();
        for other in killed {
            settled.statuses[other].killed_by.get_or_insert(id);
        }
    }
}

/// The members that a kill notice means.
fn killed_by_notice(settled: &ResolvedGroup<'_>, at: usize) -> Vec<usize> {
    let members = &settled.members;
    let notice = members[at].entry;
    let names: Vec<PackedName> = notice
        .related_names()
        .filter(|(kind, _)| *kind == RelationKind::Kills)
        .map(|(_, name)| name)
        .collect();
    let others = || (0..members.len()).filter(|&o| members[o].entry.role() != Role::Kill);
    let by = |how: MatchedBy| -> Vec<usize> {
        let is = |&other: &usize| {
            let entry = members[other].entry;
            names
                .iter()
                .any(|&name| match_name(notice, name, entry) == Some(how))
        };
        others().filter(is).collect()
    };
    let before = |other: &usize| is_before(members[*other].entry, notice);
    let stories = |of: &[usize]| -> Vec<usize> {
        let whole = others().filter(|&o| of.iter().any(|&m| settled.story[m] == settled.story[o]));
        whole.filter(before).collect()
    };
    let is_one_story = |of: &[usize]| of.iter().all(|&o| settled.story[o] == settled.story[of[0]]);
    let items = by(MatchedBy::Item);
    if !items.is_empty() {
        return with_parts(settled, items, at);
    }
    let (numbers, mut keywords) = (by(MatchedBy::Number), by(MatchedBy::Keyword));
    if let Some(&item) = numbers.last() {
        return if keywords.contains(&item) {
            stories(&[item])
        } else {
            with_parts(settled, vec![item], at)
        };
    }
    if names
        .iter()
        .any(|name| matches!(name, PackedName::Number { .. }))
    {
        let counted = |entry: EntryRef<'_>| entry.sequence().is_some();
        keywords.retain(|&other| !counted(members[other].entry));
    }
    for found in [keywords, by(MatchedBy::Headline)] {
        if !found.is_empty() {
            return if is_one_story(&found) {
                stories(&found)
            } else {
                Vec::new()
            };
        }
    }
    // The story that the wire names, where the notice names nothing else.
    let of_story = |&other: &usize| {
        let entry = members[other].entry;
        notice.is_story_named()
            && entry.story_key() == notice.story_key()
            && is_name_comparable(entry, notice)
    };
    if names
        .iter()
        .any(|name| matches!(name, PackedName::Item { .. }))
    {
        return Vec::new();
    }
    others().filter(of_story).filter(before).collect()
}

/// Items, and what repeats them or adds to them.
fn with_parts(settled: &ResolvedGroup<'_>, mut items: Vec<usize>, notice: usize) -> Vec<usize> {
    let members = &settled.members;
    for other in 0..members.len() {
        let is_part = [RelationKind::Repeats, RelationKind::AddsTo]
            .into_iter()
            .any(|kind| {
                targets(members, other, kind)
                    .iter()
                    .any(|target| items.contains(target))
            });
        let before = is_before(members[other].entry, members[notice].entry);
        if is_part && before && !items.contains(&other) {
            items.push(other);
        }
    }
    items
}
