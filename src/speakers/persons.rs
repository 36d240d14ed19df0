//! Persons in many dispatches: which full names are one person's, and whom a surname alone stands for.
//!
//! - A first name and a surname are one person's, unless the employers conflict: then each is one's own.
//! - Short forms of a first name are joined where office or employer are shared.
//! - A surname alone is the full name of its dispatch, else whoever of that surname has the office, else the only one with the
//!   surname at the time. Otherwise it is somebody of its own: nobody is better than the wrong name.

use crate::speakers::groups::Groups;
use crate::speakers::identity::{Evidence, Map, Set};
use crate::speakers::offices::Office;
use crate::speakers::sources::{Source, SourceKind};
use crate::speakers::words::are_forms_of_one_name;

/// At most this many offices of one name are compared with each other; those met later are taken as titles without an
/// employer.
const MAX_OFFICES: usize = 64;

/// At most this many persons of one surname are candidates for it alone.
const MAX_BEARERS: usize = 256;

/// How long before or after a person is quoted a surname alone can be that person's, in seconds: half a year.
const SURNAME_PERIOD: i64 = 183 * 86_400;

/// A full name: surname, first name.
type FullName<'t> = (&'t str, &'t str);

fn full_name(source: &Source) -> Option<FullName<'_>> {
    let given = source.given.as_deref().filter(|_| source.kind == SourceKind::Person)?;
    Some((&source.key, given))
}

/// Joins the sources with a first name and a surname that are one person's.
pub(super) fn name_groups(evidence: Evidence<'_>) -> Groups {
    let mut groups = Groups::new(evidence.sources.len());
    let mut named: Vec<(FullName<'_>, u32)> = (0u32..)
        .zip(evidence.sources)
        .filter_map(|(number, source)| Some((full_name(source)?, number)))
        .collect();
    // By name, then by what is compared, so that the order in which the sources were met makes no difference.
    named.sort_by(|a, b| {
        let office = |number: u32| &evidence.sources[number as usize].office;
        (a.0, office(a.1)).cmp(&(b.0, office(b.1)))
    });
    join_within_dispatches(evidence, &mut groups);
    for family in named.chunk_by(|a, b| a.0.0 == b.0.0) {
        let mut names: Vec<&[(FullName<'_>, u32)]> = Vec::new();
        for members in family.chunk_by(|a, b| a.0 == b.0) {
            join_one_name(evidence.sources, members, &mut groups);
            names.push(members);
        }
        join_short_forms(evidence.sources, &names, &mut groups);
    }
    groups
}

/// Within a dispatch, a full name is one person's, whatever the titles.
fn join_within_dispatches(evidence: Evidence<'_>, groups: &mut Groups) {
    for dispatch in evidence.occurrences.chunk_by(|a, b| a.dispatch == b.dispatch) {
        let mut first: Map<FullName<'_>, u32> = Map::default();
        for occurrence in dispatch {
            if let Some(name) = full_name(evidence.source(*occurrence)) {
                let known = *first.entry(name).or_insert(occurrence.source);
                groups.join(known, occurrence.source);
            }
        }
    }
}

/// Joins the sources of one full name, unless their employers conflict.
fn join_one_name(sources: &[Source], members: &[(FullName<'_>, u32)], groups: &mut Groups) {
    let office = |number: u32| sources[number as usize].office.as_ref();
    let is_scoped = |number: &u32| {
        office(*number).is_some_and(|office| office.scope.is_some() && !office.is_former)
    };
    let numbers = members.iter().map(|&(_, number)| number);
    let (scoped, rest): (Vec<u32>, Vec<u32>) = numbers.partition(is_scoped);
    // One source for each office; equal ones stand together.
    let mut offices: Vec<u32> = Vec::new();
    let mut open = rest;
    for number in scoped {
        match offices.last() {
            Some(&last) if office(last) == office(number) => groups.join(last, number),
            _ if offices.len() < MAX_OFFICES => offices.push(number),
            _ => open.push(number),
        }
    }
    for (at, &one) in offices.iter().enumerate() {
        for &other in &offices[at + 1..] {
            let conflict = office(one).zip(office(other)).is_some_and(|(a, b)| a.conflicts(b));
            if !conflict {
                groups.join(one, other);
            }
        }
    }
    let mut persons: Vec<u32> = offices.iter().map(|&number| groups.root(number)).collect();
    persons.sort_unstable();
    persons.dedup();
    if let [_] | [] = persons[..] {
        groups.join_all(persons.into_iter().chain(open));
        return;
    }
    // Those without an employer are the one who has the office; the others are one person more.
    let mut others: Vec<u32> = Vec::new();
    for number in open {
        let head = office(number).map(|office| office.head.as_str());
        let has_it =
            |of: &&u32| head.is_some() && office(**of).map(|office| office.head.as_str()) == head;
        let mut holders: Vec<u32> =
            offices.iter().filter(has_it).map(|&of| groups.root(of)).collect();
        holders.dedup();
        match holders[..] {
            [holder] => groups.join(holder, number),
            _ => others.push(number),
        }
    }
    // Titles of the same dispatch may have joined some of them to a person already.
    let is_free =
        |number: &u32| !persons.iter().any(|&person| groups.root(person) == groups.root(*number));
    let free: Vec<u32> = others.into_iter().filter(is_free).collect();
    groups.join_all(free);
}

/// Joins the short forms of first names with one surname where they share an office or employer.
fn join_short_forms(sources: &[Source], names: &[&[(FullName<'_>, u32)]], groups: &mut Groups) {
    if names.len() < 2 || names.len() > MAX_BEARERS {
        return;
    }
    let office = |number: u32| sources[number as usize].office.as_ref();
    for (at, one) in names.iter().enumerate() {
        for other in &names[at + 1..] {
            if !are_forms_of_one_name(one[0].0.1, other[0].0.1) {
                continue;
            }
            for &(_, a) in one.iter().take(MAX_OFFICES) {
                for &(_, b) in other.iter().take(MAX_OFFICES) {
                    if office(a).zip(office(b)).is_some_and(|(a, b)| a.shares(b)) {
                        groups.join(a, b);
                    }
                }
            }
        }
    }
}

// Surnames alone.

/// A person that a surname alone can stand for.
struct Bearer<'t> {
    root: u32,
    /// The surname alone is the first word of the name, as it is in some languages.
    is_first_word: bool,
    offices: Vec<&'t Office>,
    /// The times of the dispatches that quote the person, ascending.
    times: Vec<i64>,
}

/// Finds whom the occurrences of a surname alone stand for, and sets their roots.
pub(super) fn resolve_surnames(
    evidence: Evidence<'_>,
    groups: &mut Groups,
    roots: &mut [Option<u32>],
) {
    let bearers = find_bearers(evidence, roots);
    let in_dispatch = find_in_dispatches(evidence, roots);
    let bodies = find_bodies(evidence, roots);
    join_bare(evidence.sources, &bearers, groups);
    let is_bare = |source: &Source| source.kind == SourceKind::Person && source.given.is_none();
    let pools = count_pools(evidence.sources, groups);
    let mut matches: Map<u32, Vec<usize>> = Map::default();
    let nobody = Vec::new();
    for (at, &occurrence) in evidence.occurrences.iter().enumerate() {
        let source = evidence.source(occurrence);
        if !is_bare(source) {
            continue;
        }
        let family = source.key.as_str();
        let of_name = bearers.get(family).unwrap_or(&nobody);
        if let Some(&found) = in_dispatch.get(&(occurrence.dispatch, family)) {
            // Two of the surname in one dispatch: whoever has the office.
            let has_office = || find_matches(source, of_name);
            roots[at] = found.or_else(|| match has_office()[..] {
                [only] if source.office.is_some() => Some(of_name[only].root),
                _ => None,
            });
            continue;
        }
        let candidates =
            matches.entry(occurrence.source).or_insert_with(|| find_matches(source, of_name));
        let time = evidence.time(occurrence);
        roots[at] = choose(of_name, candidates, time);
        if roots[at].is_some() {
            continue;
        }
        roots[at] = match (bodies.get(family), source.office.is_some()) {
            (Some(&body), false) => Some(body),
            // Somebody of the surname and office, of whom no first name is known.
            (_, true) => Some(groups.root(occurrence.source)),
            // Of nobody else: one person. Else it may be any of them.
            (None, false)
                if of_name.iter().all(|bearer| bearer.is_first_word)
                    && pools.get(family) == Some(&1) =>
            {
                Some(groups.root(occurrence.source))
            }
            (None, false) => None,
        };
    }
}

/// A surname, the root of a person who has it, [`Bearer::is_first_word`], an office, and the time of the dispatch.
type Sighting<'t> = (&'t str, u32, bool, Option<&'t Office>, Option<i64>);

/// The persons with a full name, by surname.
fn find_bearers<'t>(
    evidence: Evidence<'t>,
    roots: &[Option<u32>],
) -> Map<&'t str, Vec<Bearer<'t>>> {
    let mut all: Vec<Sighting<'_>> = Vec::new();
    let bare: Set<&str> = bare_surnames(evidence).collect();
    for (occurrence, root) in evidence.occurrences.iter().zip(roots) {
        let source = evidence.source(*occurrence);
        if let (Some(root), Some((family, given))) = (root, full_name(source)) {
            let mut add = |name, is_first| {
                all.push((
                    name,
                    *root,
                    is_first,
                    source.office.as_ref(),
                    evidence.time(*occurrence),
                ));
            };
            // “van der Berg” is called Berg, too; in some languages the surname comes first.
            let last = family.rsplit(' ').next().unwrap_or(family);
            for name in [family, last].into_iter().filter(|name| bare.contains(name)) {
                add(name, false);
                if last == family {
                    break;
                }
            }
            if source.office.is_some() && bare.contains(given) {
                add(given, true);
            }
        }
    }
    all.sort_unstable();
    let mut bearers: Map<&str, Vec<Bearer<'_>>> = Map::default();
    for of_name in all.chunk_by(|a, b| a.0 == b.0) {
        let list = bearers.entry(of_name[0].0).or_default();
        for person in of_name.chunk_by(|a, b| a.1 == b.1).take(MAX_BEARERS) {
            let mut offices: Vec<&Office> =
                person.iter().filter_map(|(.., office, _)| *office).collect();
            offices.dedup();
            offices.truncate(MAX_OFFICES);
            let mut times: Vec<i64> = person.iter().filter_map(|(.., time)| *time).collect();
            times.sort_unstable();
            list.push(Bearer { root: person[0].1, is_first_word: person[0].2, offices, times });
        }
    }
    bearers
}

fn bare_surnames(evidence: Evidence<'_>) -> impl Iterator<Item = &str> {
    let is_bare = |source: &&Source| source.kind == SourceKind::Person && source.given.is_none();
    evidence.sources.iter().filter(is_bare).map(|source| source.key.as_str())
}

/// For each dispatch and surname: the person with the full name, or none if there are several.
fn find_in_dispatches<'t>(
    evidence: Evidence<'t>,
    roots: &[Option<u32>],
) -> Map<(u32, &'t str), Option<u32>> {
    let bare: Set<&str> = bare_surnames(evidence).collect();
    let mut found: Map<(u32, &str), Option<u32>> = Map::default();
    for (occurrence, root) in evidence.occurrences.iter().zip(roots) {
        let Some((family, _)) = full_name(evidence.source(*occurrence)) else {
            continue;
        };
        if bare.contains(family) {
            let known = found.entry((occurrence.dispatch, family)).or_insert(*root);
            if *known != *root {
                *known = None;
            }
        }
    }
    found
}

/// The bodies by their names, for names that no word tells to be a body's.
fn find_bodies<'t>(evidence: Evidence<'t>, roots: &[Option<u32>]) -> Map<&'t str, u32> {
    let bodies = evidence.occurrences.iter().zip(roots).filter_map(|(occurrence, root)| {
        let source = evidence.source(*occurrence);
        (source.kind == SourceKind::Body).then_some((source.key.as_str(), (*root)?))
    });
    bodies.collect()
}

/// A surname alone, the office, and the number of the source.
type BareSource<'t> = (&'t str, Option<&'t Office>, u32);

/// Joins the sources of one surname alone that share an office, and those without one if nobody else has the surname.
fn join_bare(sources: &[Source], bearers: &Map<&str, Vec<Bearer<'_>>>, groups: &mut Groups) {
    let mut bare: Vec<BareSource<'_>> = (0u32..)
        .zip(sources)
        .filter(|(_, source)| source.kind == SourceKind::Person && source.given.is_none())
        .map(|(number, source)| (source.key.as_str(), source.office.as_ref(), number))
        .collect();
    bare.sort_unstable();
    for of_name in bare.chunk_by(|a, b| a.0 == b.0) {
        let all = of_name.iter().copied();
        let (with, without): (Vec<BareSource<'_>>, Vec<BareSource<'_>>) =
            all.partition(|(_, office, _)| office.is_some());
        groups.join_all(without.iter().map(|(.., number)| *number));
        for (at, (_, one, a)) in with.iter().enumerate().take(MAX_OFFICES) {
            for (_, other, b) in &with[at + 1..] {
                if one.zip(*other).is_some_and(|(one, other)| one.shares(other)) {
                    groups.join(*a, *b);
                }
            }
        }
        let mut persons: Vec<u32> = with.iter().map(|(.., number)| groups.root(*number)).collect();
        persons.sort_unstable();
        persons.dedup();
        if let ([person], Some((.., number))) = (&persons[..], without.first())
            && !bearers.contains_key(of_name[0].0)
        {
            groups.join(*person, *number);
        }
    }
}

/// How many persons have a surname of whom no first name is known.
fn count_pools<'t>(sources: &'t [Source], groups: &Groups) -> Map<&'t str, usize> {
    let mut roots: Vec<(&str, u32)> = (0u32..)
        .zip(sources)
        .filter(|(_, source)| source.kind == SourceKind::Person && source.given.is_none())
        .map(|(number, source)| (source.key.as_str(), groups.root(number)))
        .collect();
    roots.sort_unstable();
    roots.dedup();
    let mut counts: Map<&str, usize> = Map::default();
    for (name, _) in roots {
        *counts.entry(name).or_default() += 1;
    }
    counts
}

/// The bearers of a surname that a source with the surname alone can be, as indexes: those who share its office; without an
/// office, or if no office of theirs is known, the only one.
fn find_matches(source: &Source, bearers: &[Bearer<'_>]) -> Vec<usize> {
    let shares = |bearer: &Bearer<'_>| {
        let office = source.office.as_ref();
        office.is_some_and(|office| bearer.offices.iter().any(|other| other.shares(office)))
    };
    let sharing: Vec<usize> = (0..bearers.len()).filter(|&at| shares(&bearers[at])).collect();
    let mut own = (0..bearers.len()).filter(|&at| !bearers[at].is_first_word);
    match (own.next(), own.next()) {
        (Some(only), None)
            if sharing.is_empty()
                && (source.office.is_none() || bearers[only].offices.is_empty()) =>
        {
            vec![only]
        }
        _ => sharing,
    }
}

/// The root of the candidate that is quoted around a time: the only one within the period, else the one quoted both last
/// before and first after it.
fn choose(bearers: &[Bearer<'_>], candidates: &[usize], time: Option<i64>) -> Option<u32> {
    let Some(time) = time else {
        return match candidates {
            [only] => Some(bearers[*only].root),
            _ => None,
        };
    };
    let is_near = |bearer: &Bearer<'_>| {
        let after = bearer.times.partition_point(|&at| at < time.saturating_sub(SURNAME_PERIOD));
        bearer.times.is_empty()
            || bearer.times.get(after).is_some_and(|&at| at <= time.saturating_add(SURNAME_PERIOD))
    };
    let near: Vec<&Bearer<'_>> =
        candidates.iter().map(|&at| &bearers[at]).filter(|bearer| is_near(bearer)).collect();
    match near[..] {
        [] => None,
        [only] => Some(only.root),
        _ => {
            let before = near.iter().filter_map(|bearer| {
                let at = bearer.times.partition_point(|&at| at <= time).checked_sub(1)?;
                Some((bearer.times[at], bearer.root))
            });
            let after = near.iter().filter_map(|bearer| {
                let at = bearer.times.partition_point(|&at| at < time);
                Some((*bearer.times.get(at)?, bearer.root))
            });
            match (before.max(), after.min()) {
                (Some((_, one)), Some((_, other))) => (one == other).then_some(one),
                (Some((_, one)), None) | (None, Some((_, one))) => Some(one),
                (None, None) => None,
            }
        }
    }
}
