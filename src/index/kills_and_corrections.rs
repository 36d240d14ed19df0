//! Finds the entries that a notice refers to, and marks them as killed, withheld or corrected.
//!
//! A notice identifies its target in one of these ways. They are tried in this order; the first with a match decides:
//!
//! 1. The exact id. With a revision it means that one; the id alone means all its revisions.
//! 2. The agency's running number (`a0584`, `dpa 157`), within 48 hours before the notice. Numbers start over each day:
//!    on the same day the number must not be above the notice's own, on the day before it must be above it.
//! 3. The keyword with the same agency, within 48 hours. If the notice gives a number too, entries with a number of
//!    their own are not meant, since theirs is a different one.
//! 4. The headline, word for word without its label, with the same agency, within 48 hours.
//!
//! An entry newer than the notice is never its target: it may be the substitute. If keyword or headline match more than
//! one story, the notice has no target.
//!
//! A notice that names the story (3, 4, or 2 along with the keyword, as AP writes: `Please kill the story Opera-Found,
//! V9991`) kills all its versions. One that names an item (1, or 2 alone, as dpa writes: `Please kill item dpa 157`)
//! kills that item, its repeats, and the adds to it. A new revision that is canceled kills the revisions before it.
//!
//! A notice that holds a story or an item withholds it by the same rules, and a new revision that is withheld withholds
//! those before it. A later revision that is usable and repeats the text restores what was killed or withheld; one with
//! another text is a substitute, and what was killed stays so. A later notice that takes a kill or a hold back restores
//! what it names by the same rules, or all that was killed or withheld by the notice that it names.

use crate::dispatch::{RelationKind, Role, Status, relations};
use crate::index::entry::EntryRef;
use crate::index::links::PackedName;
use crate::index::story_versions::{
    Member, ResolvedGroup, is_name_comparable, is_same_agency, is_same_id,
};

/// How long before a notice its target may have been sent, in seconds, unless the notice gives the id. Numbers,
/// keywords and headlines are used again after a while.
pub(super) const WINDOW_SECONDS: i64 = 48 * 3600;

/// By which name a notice matches an entry, the most reliable first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum MatchedBy {
    Item,
    Number,
    Keyword,
    Headline,
}

/// True if an entry is not newer than a notice. If either has no time of day, only the days are compared, with one to
/// spare for different zones; if either has no date, nothing speaks against it.
fn is_before(entry: EntryRef<'_>, notice: EntryRef<'_>) -> bool {
    let (Some((day, exact)), Some((notice_day, notice_exact))) =
        (entry.day_and_precision(), notice.day_and_precision())
    else {
        return true;
    };
    if exact && notice_exact { seconds(entry) <= seconds(notice) } else { day <= notice_day + 1 }
}

/// Time in seconds since the epoch, 0 if unknown.
fn seconds(entry: EntryRef<'_>) -> i64 {
    entry.time().map_or(0, |time| time.seconds)
}

/// True if an entry was sent within [`WINDOW_SECONDS`] before a notice. False if either has no time.
pub(super) fn is_in_window(entry: EntryRef<'_>, notice: EntryRef<'_>) -> bool {
    let known = entry.time().is_some() && notice.time().is_some();
    known && is_before(entry, notice) && seconds(notice) - seconds(entry) <= WINDOW_SECONDS
}

/// Whether a name given by a notice matches an entry, and how.
fn match_name(notice: EntryRef<'_>, name: PackedName, entry: EntryRef<'_>) -> Option<MatchedBy> {
    match name {
        PackedName::Item { key, stem, revision, wide } => {
            let comparable = wide || is_same_agency(notice, entry);
            let all_revisions = entry.id_key() == key;
            // The end of the id may be a revision: then it means that one alone.
            let same_stem = stem != 0 && entry.id_key() == stem;
            let this_revision = same_stem && entry.has_revision() && entry.version() == revision;
            (comparable && (all_revisions || this_revision) && is_before(entry, notice))
                .then_some(MatchedBy::Item)
        }
        PackedName::Number { key, service } => {
            let same_number = matching_number(notice, entry, notice.named_service(service))
                .is_some_and(|number| relations::hash_agency_number(entry.agency(), number) == key);
            (same_number && is_in_window(entry, notice)).then_some(MatchedBy::Number)
        }
        PackedName::Slug(key) => {
            let keyword = relations::hash_slug(entry.agency(), entry.slug());
            let is_exact = entry.day_and_precision().is_some_and(|(_, is_exact)| is_exact);
            let at_time = relations::hash_slug_at(keyword, seconds(entry).div_euclid(60));
            let matched = match key {
                _ if entry.slug().is_empty() => None,
                _ if key == keyword => Some(MatchedBy::Keyword),
                // Keyword and time together mean one item.
                _ if key == at_time && is_exact => Some(MatchedBy::Item),
                _ => None,
            };
            matched.filter(|_| is_same_known_agency(notice, entry) && is_in_window(entry, notice))
        }
        PackedName::Headline(start, length) => {
            let title = notice.named_headline((start, length));
            let same_headline =
                entry.headline_without_label() == title || entry.folded_headline() == title;
            (same_headline && is_same_known_agency(notice, entry) && is_in_window(entry, notice))
                .then_some(MatchedBy::Headline)
        }
    }
}

/// True if both have the same agency. Two unknown agencies count as the same only within one input.
fn is_same_known_agency(notice: EntryRef<'_>, entry: EntryRef<'_>) -> bool {
    let same_input = || match (notice.input(), entry.input()) {
        (Some(a), Some(b)) => a.location == b.location,
        _ => false,
    };
    is_same_agency(notice, entry) && (!entry.agency().is_empty() || same_input())
}

/// The running number of an entry to compare with the one in a notice. If the notice names a service, the number in
/// that service; otherwise the agency's own, or else that of the entry's service. `None` if it is out of order with the
/// notice's own number: numbers ascend over a day and start over on the next.
fn matching_number(notice: EntryRef<'_>, entry: EntryRef<'_>, service: &str) -> Option<u32> {
    let (own, number) = match (entry.sequence(), entry.agency_number()) {
        (_, Some(number)) if service.is_empty() => (notice.agency_number(), number),
        (Some((entry_service, number)), _)
            if service.is_empty() || entry_service.eq_ignore_ascii_case(service) =>
        {
            let same = notice.sequence().filter(|(s, _)| s.eq_ignore_ascii_case(entry_service));
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

/// The members that member `at` refers to by a relation of this kind: by id, or else by number. Kill notices are never
/// targets.
pub(super) fn targets(members: &[Member<'_>], at: usize, kind: RelationKind) -> Vec<usize> {
    let entry = members[at].entry;
    let names: Vec<PackedName> =
        entry.related_names().filter(|(other, _)| *other == kind).map(|(_, name)| name).collect();
    if names.is_empty() {
        return Vec::new();
    }
    let matched = |by: MatchedBy| -> Vec<usize> {
        let others = (0..members.len()).filter(|&other| other != at);
        let is_match = |&other: &usize| {
            let target = members[other].entry;
            target.role() != Role::Kill
                && names.iter().any(|&name| match_name(entry, name, target) == Some(by))
        };
        others.filter(is_match).collect()
    };
    let by_id = matched(MatchedBy::Item);
    if by_id.is_empty() {
        // If a number was used twice, the newer item is meant.
        let by_number = matched(MatchedBy::Number);
        by_number.last().copied().into_iter().collect()
    } else {
        by_id
    }
}

/// Marks what each correction corrects: the items it refers to, or else the previous version of its story.
pub(super) fn mark_corrected(group: &mut ResolvedGroup<'_>) {
    for at in 0..group.members.len() {
        let member = group.members[at];
        if member.entry.role() != Role::Correction {
            continue;
        }
        let mut corrected = targets(&group.members, at, RelationKind::Corrects);
        if corrected.is_empty() {
            // Rather a full version than an add or another correction.
            let is_full_version = |older: &usize| {
                let entry = group.members[*older].entry;
                !entry.is_add() && entry.role() != Role::Correction
            };
            let older: Vec<usize> = group.older_versions(at).collect();
            corrected.extend(
                older.iter().rev().copied().find(is_full_version).or(older.last().copied()),
            );
        }
        for other in corrected {
            group.statuses[other].corrected_by = Some(member.id);
        }
    }
}

/// Marks what each kill notice kills, and the notices without a target.
pub(super) fn mark_killed(group: &mut ResolvedGroup<'_>) {
    let taken_back = notices_taken_back(group);
    for at in 0..group.members.len() {
        let Member { id, entry } = group.members[at];
        let is_notice = entry.role() == Role::Kill;
        let mut killed = Vec::new();
        if is_notice || entry.status() == Status::Canceled {
            let earlier_revision = |&older: &usize| {
                let older = group.members[older].entry;
                is_same_id(older, entry) && older.role() != Role::Kill
            };
            killed.extend((0..at).filter(earlier_revision));
        }
        // A substitute may kill what it replaces without being a notice.
        let kills = |(kind, _)| kind == RelationKind::Kills;
        if is_notice || entry.related_names().any(kills) {
            let named = named_by_notice(group, at, RelationKind::Kills);
            killed.extend(named.into_iter().filter(|&other| other != at));
        }
        group.statuses[at].is_unmatched_kill = is_notice && killed.is_empty();
        for other in killed {
            match restored_by(&group.members, &taken_back, other, at) {
                Some(by) => group.statuses[other].restored_by = Some(group.members[by].id),
                // The first notice counts if there are several.
                None => _ = group.statuses[other].killed_by.get_or_insert(id),
            }
        }
    }
}

/// Marks what notices and newer revisions withhold.
pub(super) fn mark_withheld(group: &mut ResolvedGroup<'_>) {
    let taken_back = notices_taken_back(group);
    for at in 0..group.members.len() {
        let Member { id, entry } = group.members[at];
        let mut withheld = Vec::new();
        if entry.status() == Status::Withheld {
            withheld.extend((0..at).filter(|&older| is_same_id(group.members[older].entry, entry)));
        }
        if entry.related_names().any(|(kind, _)| kind == RelationKind::Holds) {
            let named = named_by_notice(group, at, RelationKind::Holds);
            withheld.extend(named.into_iter().filter(|&other| other != at));
        }
        for other in withheld {
            match restored_by(&group.members, &taken_back, other, at) {
                Some(by) => group.statuses[other].restored_by = Some(group.members[by].id),
                None => _ = group.statuses[other].withheld_by.get_or_insert(id),
            }
        }
    }
}

/// The members that take a kill or a hold back, with the members that they name: items or notices.
fn notices_taken_back(group: &ResolvedGroup<'_>) -> Vec<(usize, Vec<usize>)> {
    let members = &group.members;
    let mut found = Vec::new();
    for (at, Member { entry, .. }) in members.iter().enumerate() {
        let restores = |(kind, _): &(RelationKind, PackedName)| *kind == RelationKind::Restores;
        let names: Vec<PackedName> =
            entry.related_names().filter(restores).map(|(_, name)| name).collect();
        if names.is_empty() {
            continue;
        }
        let mut named = named_by_notice(group, at, RelationKind::Restores);
        let is_named_notice = |&other: &usize| {
            let notice = members[other].entry;
            matches!(notice.role(), Role::Kill | Role::Advisory)
                && names
                    .iter()
                    .any(|&name| match_name(*entry, name, notice) == Some(MatchedBy::Item))
        };
        named.extend((0..at).filter(is_named_notice));
        found.push((at, named));
    }
    found
}

/// The member that restores an item which a notice kills or withholds: a later notice that takes that back, or the item
/// sent again after the notice, as usable and with the same headline and length.
fn restored_by(
    members: &[Member<'_>],
    taken_back: &[(usize, Vec<usize>)],
    item: usize,
    notice: usize,
) -> Option<usize> {
    let names = |named: &[usize]| named.contains(&item) || named.contains(&notice);
    let by_notice = taken_back.iter().find(|(at, named)| *at > notice && names(named));
    if let Some((at, _)) = by_notice {
        return Some(*at);
    }
    let old = members[item].entry;
    (notice + 1..members.len()).find(|&later| {
        let new = members[later].entry;
        new.status() == Status::Usable
            && !matches!(new.role(), Role::Kill | Role::Advisory)
            && is_same_id(old, new)
            && new.words() == old.words()
            && new.headline_without_label() == old.headline_without_label()
    })
}

/// The members that a notice kills or holds (`kind`), by the rules at the head of this file.
fn named_by_notice(group: &ResolvedGroup<'_>, at: usize, wanted: RelationKind) -> Vec<usize> {
    let members = &group.members;
    let notice = members[at].entry;
    let names: Vec<PackedName> =
        notice.related_names().filter(|(kind, _)| *kind == wanted).map(|(_, name)| name).collect();
    // An advisory may have the keyword of what it is about.
    let is_itself = |other: usize| other == at && notice.role() == Role::Advisory;
    let is_other = |&o: &usize| members[o].entry.role() != Role::Kill && !is_itself(o);
    let others = || (0..members.len()).filter(is_other);
    let matched = |by: MatchedBy| -> Vec<usize> {
        let is_match = |&other: &usize| {
            let entry = members[other].entry;
            names.iter().any(|&name| match_name(notice, name, entry) == Some(by))
        };
        others().filter(is_match).collect()
    };
    let before = |other: &usize| is_before(members[*other].entry, notice);
    // All versions of the stories of some members.
    let story = &group.story;
    let versions = |of: &[usize]| -> Vec<usize> {
        let versions = others().filter(|&o| of.iter().any(|&m| story[m] == story[o]));
        versions.filter(before).collect()
    };
    let is_one_story = |of: &[usize]| of.iter().all(|&o| story[o] == story[of[0]]);
    let items = matched(MatchedBy::Item);
    if !items.is_empty() {
        return with_parts(group, items, at);
    }
    let (numbers, mut keywords) = (matched(MatchedBy::Number), matched(MatchedBy::Keyword));
    // If a number was used twice, the newer item is meant. The keyword beside it extends the kill to the story.
    if let Some(&item) = numbers.last() {
        return if keywords.contains(&item) {
            versions(&[item])
        } else {
            with_parts(group, vec![item], at)
        };
    }
    // The notice gave a number that was not found: entries with a number of their own are others.
    if names.iter().any(|name| matches!(name, PackedName::Number { .. })) {
        keywords.retain(|&other| members[other].entry.sequence().is_none());
    }
    for found in [keywords, matched(MatchedBy::Headline)] {
        if !found.is_empty() {
            return if is_one_story(&found) { versions(&found) } else { Vec::new() };
        }
    }
    // A notice that gives no id may share the story name that the wire gave.
    let of_story = |&other: &usize| {
        let entry = members[other].entry;
        notice.is_story_named()
            && entry.story_key() == notice.story_key()
            && is_name_comparable(entry, notice)
    };
    if names.iter().any(|name| matches!(name, PackedName::Item { .. })) {
        return Vec::new();
    }
    others().filter(of_story).filter(before).collect()
}

/// Adds to some items their repeats and the adds to them, as far as these are not newer than the notice.
fn with_parts(group: &ResolvedGroup<'_>, mut items: Vec<usize>, notice: usize) -> Vec<usize> {
    let members = &group.members;
    for other in 0..members.len() {
        let is_part = [RelationKind::Repeats, RelationKind::AddsTo]
            .into_iter()
            .any(|kind| targets(members, other, kind).iter().any(|target| items.contains(target)));
        let before = is_before(members[other].entry, members[notice].entry);
        if is_part && before && !items.contains(&other) {
            items.push(other);
        }
    }
    items
}
