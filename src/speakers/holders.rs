//! Offices without a name in many dispatches: who holds one at the time of a dispatch.

use crate::speakers::identity::{Evidence, Map, Set};
use crate::speakers::offices::{Office, is_same_scope};
use crate::speakers::sources::SourceKind;

/// How long before or after a holder is quoted the office can be that person's, in seconds: a quarter of a year.
const OFFICE_PERIOD: i64 = 92 * 86_400;

/// The same where the dispatch does not say whose office it is: a month.
const PLAIN_OFFICE_PERIOD: i64 = 31 * 86_400;

/// A dispatch that quotes the holder of an office.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Sighting {
    /// In seconds since the epoch.
    time: Option<i64>,
    /// The group of the holder.
    root: u32,
}

/// The holders of offices of one name: by country, place or employer, if it is known.
type Holders<'t> = Map<&'t str, Map<Option<&'t str>, Vec<Sighting>>>;

/// Finds whom the occurrences of an office without a name stand for, and sets their roots.
pub(super) fn resolve_offices(evidence: Evidence<'_>, roots: &mut [Option<u32>]) {
    let wanted: Set<&str> = evidence
        .sources
        .iter()
        .filter(|source| source.kind == SourceKind::Office)
        .map(|source| source.key.as_str())
        .collect();
    if wanted.is_empty() {
        return;
    }
    let (holders, in_dispatch) = find_holders(evidence, roots, &wanted);
    let mut sightings: Map<u32, Vec<Sighting>> = Map::default();
    for (at, &occurrence) in evidence.occurrences.iter().enumerate() {
        let source = evidence.source(occurrence);
        let Some(office) = source.office.as_ref().filter(|_| source.kind == SourceKind::Office)
        else {
            continue;
        };
        if let Some(here) = in_dispatch.get(&(occurrence.dispatch, office.head.as_str())) {
            let fits = |(scope, _): &&(Option<&str>, u32)| can_be_of(office, *scope);
            let mut found: Vec<u32> = here.iter().filter(fits).map(|(_, root)| *root).collect();
            found.sort_unstable();
            found.dedup();
            if let [only] = found[..] {
                roots[at] = Some(only);
                continue;
            }
        }
        let known = sightings.entry(occurrence.source).or_insert_with(|| collect(office, &holders));
        roots[at] = holder_at(known, evidence.time(occurrence), office.scope.is_some());
    }
}

/// For each dispatch and office: whose it is, and who holds it.
type InDispatch<'t> = Map<(u32, &'t str), Vec<(Option<&'t str>, u32)>>;

/// The persons who hold the wanted offices, in all dispatches and in each.
fn find_holders<'t>(
    evidence: Evidence<'t>,
    roots: &[Option<u32>],
    wanted: &Set<&str>,
) -> (Holders<'t>, InDispatch<'t>) {
    let (mut holders, mut in_dispatch) = (Holders::default(), InDispatch::default());
    for (occurrence, root) in evidence.occurrences.iter().zip(roots) {
        let source = evidence.source(*occurrence);
        let (Some(root), SourceKind::Person, Some(office)) = (root, source.kind, &source.office)
        else {
            continue;
        };
        if !wanted.contains(office.head.as_str()) || !office.has_one_holder() {
            continue;
        }
        let sighting = Sighting { time: evidence.time(*occurrence), root: *root };
        let scope = office.scope.as_deref();
        holders.entry(&office.head).or_default().entry(scope).or_default().push(sighting);
        in_dispatch.entry((occurrence.dispatch, &office.head)).or_default().push((scope, *root));
    }
    (holders, in_dispatch)
}

/// True if an office can be the one of this scope, which may be unknown.
fn can_be_of(office: &Office, scope: Option<&str>) -> bool {
    office.scope.as_deref().zip(scope).is_none_or(|(a, b)| is_same_scope(a, b))
}

/// The sightings of those who can hold an office, by time. An office whose country or employer is known is never that of
/// which it is not.
fn collect(office: &Office, holders: &Holders<'_>) -> Vec<Sighting> {
    let Some(scopes) = holders.get(office.head.as_str()) else {
        return Vec::new();
    };
    let fits = |scope: Option<&str>| match &office.scope {
        Some(own) => scope.is_some_and(|scope| is_same_scope(own, scope)),
        None => true,
    };
    let fitting = scopes.iter().filter(|(scope, _)| fits(**scope));
    let mut all: Vec<Sighting> = fitting.flat_map(|(_, sightings)| sightings).copied().collect();
    all.sort_unstable();
    all
}

/// The holder at a time: the only one who is quoted around it; of an office whose country or employer is known, the one quoted
/// both last before and first after it.
fn holder_at(sightings: &[Sighting], time: Option<i64>, is_scoped: bool) -> Option<u32> {
    let only = |among: &[Sighting]| {
        let first = among.first()?.root;
        among.iter().all(|sighting| sighting.root == first).then_some(first)
    };
    let Some(time) = time else {
        return only(sightings);
    };
    let period = if is_scoped { OFFICE_PERIOD } else { PLAIN_OFFICE_PERIOD };
    let from =
        sightings.partition_point(|at| at.time.is_none_or(|at| at < time.saturating_sub(period)));
    let to =
        sightings.partition_point(|at| at.time.is_none_or(|at| at <= time.saturating_add(period)));
    let near = sightings.get(from..to)?;
    only(near).or_else(|| {
        let now = near.partition_point(|at| at.time.is_none_or(|at| at <= time));
        let before = now.checked_sub(1).map(|at| near[at].root).filter(|_| is_scoped)?;
        let after = near.get(now).map(|sighting| sighting.root);
        (after.is_none() || after == Some(before)).then_some(before)
    })
}
