//! Who is who in many dispatches: joins the sources of all dispatches into speakers. The order of the dispatches makes no
//! difference.
//!
//! 1. `persons` joins the sources with a first name and a surname, and finds whom a surname alone stands for.
//! 2. `holders` finds whom an office without a name stands for.
//! 3. Bodies are joined by name, documents by issuer and kind.
//! 4. Whoever has no name stays in the dispatch.

use std::collections::{HashMap, HashSet};
use std::fmt;

use foldhash::fast::RandomState;
use serde::{Serialize, Serializer};

use crate::speakers::groups::{Groups, to_number};
use crate::speakers::holders::resolve_offices;
use crate::speakers::persons::{name_groups, resolve_surnames};
use crate::speakers::sources::{Source, SourceKind};
use crate::speakers::words::is_full_first_name;
use crate::text::stable_hash;

pub(super) type Map<K, V> = HashMap<K, V, RandomState>;

pub(super) type Set<T> = HashSet<T, RandomState>;

/// Identifies a speaker: a hash of the usual name, and of what tells him from others of the name. The same in every run, as
/// long as the dispatches do not tell more of him.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SpeakerId(pub u64);

impl fmt::Display for SpeakerId {
    /// 16 hexadecimal digits.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

impl Serialize for SpeakerId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// A source in a dispatch, once, however many quotes it has there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Occurrence {
    pub(super) dispatch: u32,
    pub(super) source: u32,
}

/// What is known when speakers are joined.
#[derive(Clone, Copy)]
pub(super) struct Evidence<'t> {
    pub(super) sources: &'t [Source],
    /// Those of one dispatch stand together.
    pub(super) occurrences: &'t [Occurrence],
    /// Time in seconds since the epoch, if there is one, and a hash that identifies the dispatch, by its number.
    pub(super) dispatches: &'t [(Option<i64>, u64)],
}

impl<'t> Evidence<'t> {
    pub(super) fn source(&self, occurrence: Occurrence) -> &'t Source {
        &self.sources[occurrence.source as usize]
    }

    pub(super) fn time(&self, occurrence: Occurrence) -> Option<i64> {
        self.dispatches[occurrence.dispatch as usize].0
    }
}

/// A speaker, by number: speakers that several dispatches can have come first.
pub(super) type SpeakerNumber = u32;

/// The speakers of all occurrences.
#[derive(Debug)]
pub(super) struct Identities {
    /// By number of the occurrence.
    pub(super) speakers: Vec<SpeakerNumber>,
    /// The ids of the speakers that several dispatches can have, and what tells one of them from others of the name.
    shared: Vec<(SpeakerId, Option<String>)>,
}

impl Identities {
    pub(super) fn new(evidence: Evidence<'_>) -> Self {
        let mut groups = name_groups(evidence);
        join_bodies_and_documents(evidence, &mut groups);
        groups.flatten();
        // The root of each occurrence's group; none for a source that stays in its dispatch.
        let mut roots: Vec<Option<u32>> = evidence
            .occurrences
            .iter()
            .map(|occurrence| {
                let source = evidence.source(*occurrence);
                let is_known = match source.kind {
                    SourceKind::Person => source.given.is_some(),
                    SourceKind::Body => true,
                    SourceKind::Document => source.office.is_some(),
                    SourceKind::Office | SourceKind::Anonymous => false,
                };
                is_known.then(|| groups.root(occurrence.source))
            })
            .collect();
        resolve_surnames(evidence, &mut groups, &mut roots);
        resolve_offices(evidence, &mut roots);
        Self::number(evidence, &roots)
    }

    /// Numbers the speakers.
    fn number(evidence: Evidence<'_>, roots: &[Option<u32>]) -> Self {
        let mut numbers: Map<u32, u32> = Map::default();
        for root in roots.iter().flatten() {
            let next = to_number(numbers.len());
            numbers.entry(*root).or_insert(next);
        }
        let mut members: Vec<Vec<u32>> = vec![Vec::new(); numbers.len()];
        for (occurrence, root) in evidence.occurrences.iter().zip(roots) {
            if let Some(number) = root.and_then(|root| numbers.get(&root)) {
                let members = &mut members[*number as usize];
                if members.last() != Some(&occurrence.source) {
                    members.push(occurrence.source);
                }
            }
        }
        let of_local = local_numbers(evidence, roots, numbers.len());
        let speakers = roots.iter().zip(of_local).map(|(root, local)| {
            root.and_then(|root| numbers.get(&root).copied()).unwrap_or(local)
        });
        Self { speakers: speakers.collect(), shared: shared_ids(evidence.sources, &members) }
    }

    /// The id of the speaker of an occurrence, given by number.
    pub(super) fn id(&self, evidence: Evidence<'_>, occurrence: usize) -> SpeakerId {
        let number = self.speakers[occurrence] as usize;
        if let Some((id, _)) = self.shared.get(number) {
            return *id;
        }
        // The first occurrence of a speaker who stays in the dispatch gives the number.
        let first = evidence.occurrences[number - self.shared.len()];
        let (_, dispatch) = evidence.dispatches[first.dispatch as usize];
        let source = evidence.source(first);
        hash_of(&["dispatch", &format!("{dispatch:016x}"), &source.name])
    }

    /// What tells a speaker from others of the same name, such as the employer.
    pub(super) fn distinction(&self, number: SpeakerNumber) -> Option<&str> {
        self.shared.get(number as usize)?.1.as_deref()
    }
}

fn hash_of(parts: &[&str]) -> SpeakerId {
    SpeakerId(stable_hash(parts.join("\n").as_bytes()))
}

/// Joins bodies of one name, with names that no word of told to be a body's (“Harl”, “Harl Corp”), and documents of one
/// issuer and kind.
fn join_bodies_and_documents(evidence: Evidence<'_>, groups: &mut Groups) {
    let mut bodies: Map<&str, u32> = Map::default();
    let mut documents: Map<(&str, Option<&str>), u32> = Map::default();
    let numbered = || (0u32..).zip(evidence.sources);
    for (number, source) in numbered() {
        match source.kind {
            SourceKind::Body => {
                let first = *bodies.entry(&source.key).or_insert(number);
                groups.join(first, number);
            }
            SourceKind::Document if source.office.is_some() => {
                let issuer = source.office.as_ref().and_then(|office| office.scope.as_deref());
                let first = *documents.entry((&source.key, issuer)).or_insert(number);
                groups.join(first, number);
            }
            _ => {}
        }
    }
    for (number, source) in numbered() {
        if source.kind == SourceKind::Person
            && let Some(given) = &source.given
            && let Some(&body) = bodies.get(format!("{given} {}", source.key).as_str())
        {
            groups.join(body, number);
        }
    }
}

/// Numbers, from `first` on, for the occurrences without a root: one for each noun of a dispatch. “The spokesman” is the
/// spokesman whose employer the dispatch tells, if there is one only.
fn local_numbers(evidence: Evidence<'_>, roots: &[Option<u32>], first: usize) -> Vec<u32> {
    let number = |at: usize| to_number(first + at);
    let mut locals: Vec<u32> = (0..roots.len()).map(number).collect();
    // For each noun of a dispatch: the occurrence that tells the employer, or none if several do.
    let mut told: Map<(u32, &str), Option<usize>> = Map::default();
    let open = || evidence.occurrences.iter().enumerate().filter(|(at, _)| roots[*at].is_none());
    for (at, occurrence) in open() {
        let source = evidence.source(*occurrence);
        if source.office.as_ref().is_some_and(|office| office.scope.is_some()) {
            told.entry((occurrence.dispatch, &source.key))
                .and_modify(|known| *known = None)
                .or_insert(Some(at));
        }
    }
    for (at, occurrence) in open() {
        let source = evidence.source(*occurrence);
        let untold = source.office.as_ref().is_none_or(|office| office.scope.is_none());
        let is_definite = source.name.starts_with("the ");
        if untold
            && is_definite
            && let Some(Some(other)) = told.get(&(occurrence.dispatch, &source.key))
        {
            locals[at] = number(*other);
        }
    }
    locals
}

/// The ids of speakers, given the sources of each.
fn shared_ids(sources: &[Source], members: &[Vec<u32>]) -> Vec<(SpeakerId, Option<String>)> {
    let of = |members: &[u32]| -> (&'static str, String) {
        let sources = || members.iter().map(|&number| &sources[number as usize]);
        if let Some(body) = sources().find(|source| source.kind == SourceKind::Body) {
            return ("body", body.key.clone());
        }
        if let Some(document) = sources().find(|source| source.kind == SourceKind::Document) {
            return ("document", document.name.to_lowercase());
        }
        let full = |source: &Source| {
            let given = source.given.as_deref()?;
            Some((is_full_first_name(given), given.len(), given.to_owned(), source.key.clone()))
        };
        // The fullest first name is the usual one.
        let best =
            sources().filter_map(full).max_by(|a, b| (a.0, a.1, &b.2).cmp(&(b.0, b.1, &a.2)));
        if let Some((_, _, given, family)) = best {
            return ("person", format!("{given} {family}"));
        }
        let key = sources()
            .filter(|source| source.kind == SourceKind::Person)
            .map(|source| source.key.as_str())
            .min();
        ("person", key.unwrap_or_default().to_owned())
    };
    let names: Vec<(&str, String)> = members.iter().map(|members| of(members)).collect();
    let mut bearers: Map<&(&str, String), usize> = Map::default();
    for name in &names {
        *bearers.entry(name).or_default() += 1;
    }
    let ids = members.iter().zip(&names).map(|(members, name)| {
        // Only where several speakers have the name: whoever is alone keeps the id when an employer becomes known.
        let is_alone = bearers.get(name).is_none_or(|&count| count < 2);
        let distinction = if is_alone { None } else { distinction(sources, members) };
        let id = hash_of(&[name.0, &name.1, distinction.as_deref().unwrap_or("")]);
        (id, distinction)
    });
    ids.collect()
}

/// What tells a person from others of the name: the shortest name of an employer, else an office.
fn distinction(sources: &[Source], members: &[u32]) -> Option<String> {
    let offices = || members.iter().filter_map(|&number| sources[number as usize].office.as_ref());
    let scope = offices()
        .filter_map(|office| office.scope.as_deref())
        .min_by_key(|scope| (scope.len(), *scope));
    let head = || offices().map(|office| office.head.as_str()).min();
    scope.or_else(head).map(str::to_owned)
}
