//! Resolves a group of related entries: which are versions of one story, which version is the newest, and what it
//! supersedes. A pure function of the group, whatever the order of arrival.
//!
//! The newest complete version of a story supersedes the others. A take, an add and the bare notice of a correction
//! supersede nothing; a newer complete version supersedes them. Kills and corrections are left to
//! [`crate::index::kills_and_corrections`].
//!
//! These are versions of one story:
//!
//! - Entries with one id: revisions of one item, ordered by the number of the revision, or by time without one.
//! - Entries of one story that the wire names. Two items without a label under different keywords are separate stories
//!   all the same.
//! - Entries with the same agency, keyword and day, if a label (`1st Ld`, `UPDATE 2-`, `URGENT`) makes an item a
//!   version of the one before it. Items without a label that share a keyword and a day are separate stories. If the
//!   label is part of the headline, as Reuters sets it, the headlines must have words in common too, since many stories
//!   share one of Reuters' keywords; if several stories share the keyword, every label requires that.
//! - Entries with the same agency and headline, a label aside, within 48 hours, if there is no keyword.
//! - An entry and the items that it says it replaces, adds to, corrects or repeats.

use crate::dispatch::{RelationKind, Role, Status};
use crate::index::entry::EntryRef;
use crate::index::kills_and_corrections::{self, is_in_window, targets};
use crate::index::segment::{EntryId, InternedColumn};
use crate::index::story_status::StoryStatus;

/// An entry in a group.
#[derive(Debug, Clone, Copy)]
pub(super) struct Member<'a> {
    pub(super) id: EntryId,
    pub(super) entry: EntryRef<'a>,
}

/// A group whose stories and statuses are known. Members are referred to by their index in `members`.
#[derive(Debug)]
pub(super) struct ResolvedGroup<'a> {
    /// The entries, oldest first.
    pub(super) members: Vec<Member<'a>>,
    /// The story of each member: members with the same number are versions of one story.
    pub(super) story: Vec<usize>,
    /// The status of each member.
    pub(super) statuses: Vec<StoryStatus>,
}

/// Resolves a group: sorts it, assigns stories, and derives the status of each member.
pub(super) fn resolve(mut members: Vec<Member<'_>>) -> ResolvedGroup<'_> {
    sort_oldest_first(&mut members);
    let story = assign_stories(&members);
    let mut group =
        ResolvedGroup { statuses: vec![StoryStatus::default(); members.len()], members, story };
    group.mark_superseded();
    kills_and_corrections::mark_corrected(&mut group);
    kills_and_corrections::mark_killed(&mut group);
    kills_and_corrections::mark_withheld(&mut group);
    group
}

impl ResolvedGroup<'_> {
    /// Marks all older versions of a story as superseded by its newest complete version.
    fn mark_superseded(&mut self) {
        for at in (0..self.members.len()).rev() {
            if self.statuses[at].superseded_by.is_some() || !self.is_complete(at) {
                continue;
            }
            let head = self.members[at].id;
            let older = (0..at).filter(|&o| self.story[o] == self.story[at]);
            for older in older.collect::<Vec<_>>() {
                self.statuses[older].superseded_by.get_or_insert(head);
            }
        }
    }

    /// True for a version that contains the whole story: no add, no bare notice of a correction, and not withdrawn,
    /// unless it is a new revision that withdraws its item.
    fn is_complete(&self, at: usize) -> bool {
        let entry = self.members[at].entry;
        let revises = || self.older_versions(at).any(|o| is_same_id(entry, self.members[o].entry));
        if entry.is_add() {
            return false;
        }
        if entry.status() == Status::Canceled {
            return revises();
        }
        match entry.role() {
            Role::Story | Role::Alert | Role::Update | Role::Repeat => true,
            Role::Correction => entry.has_label_in_headline() || revises() || self.repeats_text(at),
            Role::Add | Role::Advisory | Role::Kill => false,
        }
    }

    /// True for a correction at least half as long as the version it corrects: it repeats the text instead of just
    /// saying what was wrong.
    fn repeats_text(&self, at: usize) -> bool {
        let before = self.older_versions(at).rev().find(|&older| {
            let entry = self.members[older].entry;
            !entry.is_add() && entry.role() != Role::Correction
        });
        let words = |at: usize| self.members[at].entry.words();
        before.is_none_or(|before| words(at) * 2 >= words(before))
    }

    /// The older members of the same story, oldest first.
    pub(super) fn older_versions(&self, at: usize) -> impl DoubleEndedIterator<Item = usize> {
        (0..at).filter(move |&older| self.story[older] == self.story[at])
    }

    /// The versions of a member's story, newest first. The newest complete version leads, even before the adds and
    /// takes that continue it.
    pub(super) fn versions(&self, at: usize) -> Vec<EntryId> {
        let same_story = |other: &usize| self.story[*other] == self.story[at];
        let mut versions: Vec<usize> = (0..self.members.len()).rev().filter(same_story).collect();
        if let Some(head) = versions.iter().position(|&other| self.is_complete(other)) {
            versions[..=head].rotate_right(1);
        }
        versions.into_iter().map(|at| self.members[at].id).collect()
    }

    /// True if the story of a member has other versions.
    pub(super) fn has_versions(&self, at: usize) -> bool {
        let same_story = self.story.iter().filter(|&&story| story == self.story[at]);
        same_story.take(2).count() == 2
    }
}

/// True if two entries have the same id, and of the same agency unless the id is unique among agencies.
///
/// Some wires restart their numbers or reuse them, so a short id may be shared by unrelated items. It only counts if
/// keyword or headline agree too, or if a label or a revision implies an earlier version.
pub(super) fn is_same_id(a: EntryRef<'_>, b: EntryRef<'_>) -> bool {
    let same = a.id_key() != 0 && a.id_key() == b.id_key() && is_name_comparable(a, b);
    same && (a.has_unique_id()
        || [a, b].iter().any(|e| e.has_revision() || e.is_labelled())
        || !has_other_topic(a, b))
}

/// True for two entries that differ in both keyword and headline. Entries without a keyword do not count.
fn has_other_topic(a: EntryRef<'_>, b: EntryRef<'_>) -> bool {
    let slugs = [a, b].map(|e| e.folded_column(InternedColumn::Slug));
    let no_slug = slugs.contains(&"");
    !no_slug && slugs[0] != slugs[1] && a.headline_without_label() != b.headline_without_label()
}

/// True if an id or story name means the same in both entries: it is unique, or they are of one agency.
pub(super) fn is_name_comparable(a: EntryRef<'_>, b: EntryRef<'_>) -> bool {
    a.has_unique_id() && b.has_unique_id() || is_same_agency(a, b)
}

/// True for entries of one agency; two without any count as such.
pub(super) fn is_same_agency(a: EntryRef<'_>, b: EntryRef<'_>) -> bool {
    a.folded_column(InternedColumn::Agency) == b.folded_column(InternedColumn::Agency)
}

// Assigning stories.

/// Sorts members by time, oldest first, and the revisions of one id by their numbers among themselves.
pub(super) fn sort_oldest_first(members: &mut [Member<'_>]) {
    let key = |m: &Member<'_>| {
        let seconds = m.entry.time().map_or(i64::MIN, |time| time.seconds);
        (seconds, m.entry.version())
    };
    members.sort_by(|a, b| {
        // Ties are broken by input, not by id: the order must not depend on what was read first.
        let location = |m: &Member<'_>| m.entry.input().map(|input| input.location.clone());
        key(a)
            .cmp(&key(b))
            .then_with(|| location(a).cmp(&location(b)))
            .then_with(|| a.entry.position_in_input().cmp(&b.entry.position_in_input()))
            .then(a.id.cmp(&b.id))
    });
    // The revisions of an id keep the positions they have together, and are sorted within these.
    for at in 0..members.len() {
        let first = members[at].entry;
        if !first.has_revision() {
            continue;
        }
        let of_id = |m: &Member<'_>| m.entry.has_revision() && is_same_id(m.entry, first);
        if members[..at].iter().any(of_id) {
            continue;
        }
        let positions: Vec<usize> = (at..members.len()).filter(|&n| of_id(&members[n])).collect();
        let mut revisions: Vec<Member<'_>> = positions.iter().map(|&n| members[n]).collect();
        revisions.sort_by_key(|m| m.entry.version());
        for (position, revision) in positions.into_iter().zip(revisions) {
            members[position] = revision;
        }
    }
}

/// The story of each member, as a number shared by all versions. Members must be sorted oldest first.
pub(super) fn assign_stories(members: &[Member<'_>]) -> Vec<usize> {
    let mut stories = StorySets { story_of: (0..members.len()).collect() };
    for at in 0..members.len() {
        let entry = members[at].entry;
        if !is_version(entry) {
            continue;
        }
        let before = (0..at).rev();
        let same = |&o: &usize| is_version(members[o].entry) && is_same_id(members[o].entry, entry);
        if let Some(other) = before.clone().find(same) {
            stories.join(other, at);
        }
        if let Some(other) = before.clone().find(|&o| is_same_named_story(members[o].entry, entry))
        {
            stories.join(other, at);
        }
        if let Some(other) = before.clone().find(|&o| is_same_headline(members[o].entry, entry)) {
            stories.join(other, at);
        }
        for kind in [
            RelationKind::Replaces,
            RelationKind::AddsTo,
            RelationKind::Corrects,
            RelationKind::Repeats,
        ] {
            for other in targets(members, at, kind) {
                if is_version(members[other].entry) {
                    stories.join(other, at);
                }
            }
        }
    }
    join_by_keyword(members, &mut stories);
    stories.story_of
}

/// Disjoint sets of members, one per story.
struct StorySets {
    /// The story of each member: the index of one of its members.
    story_of: Vec<usize>,
}

impl StorySets {
    /// Merges the stories of two members.
    fn join(&mut self, a: usize, b: usize) {
        let (a, b) = (self.story_of[a], self.story_of[b]);
        if a != b {
            for story in self.story_of.iter_mut().filter(|story| **story == b) {
                *story = a;
            }
        }
    }
}

/// True for an entry that can be a version of a story. A notice about other items is not one of them.
fn is_version(entry: EntryRef<'_>) -> bool {
    !matches!(entry.role(), Role::Kill | Role::Advisory)
}

/// True for two versions of a story that the wire names.
fn is_same_named_story(a: EntryRef<'_>, b: EntryRef<'_>) -> bool {
    let story = |e: EntryRef<'_>| match e.story_key() {
        0 => e.id_key(),
        story => story,
    };
    let named = a.is_story_named() || b.is_story_named();
    if !named
        || story(a) == 0
        || story(a) != story(b)
        || !is_version(a)
        || !is_name_comparable(a, b)
    {
        return false;
    }
    let slugs = (a.folded_column(InternedColumn::Slug), b.folded_column(InternedColumn::Slug));
    let same_slug = slugs.0 == slugs.1 || slugs.0.is_empty() || slugs.1.is_empty();
    same_slug || a.is_labelled() || b.is_labelled()
}

/// True for two items of the same headline, at least one of them with a label, if neither has a keyword.
fn is_same_headline(earlier: EntryRef<'_>, entry: EntryRef<'_>) -> bool {
    let plain = |e: EntryRef<'_>| e.story_key() == 0 && e.slug().is_empty() && e.has_own_headline();
    (entry.is_labelled() || earlier.is_labelled())
        && plain(entry)
        && plain(earlier)
        && is_version(earlier)
        && entry.headline_without_label() == earlier.headline_without_label()
        && is_same_agency(earlier, entry)
        && is_in_window(earlier, entry)
}

/// A story under a keyword while [`join_by_keyword`] walks the members.
struct KeywordThread {
    /// Story key of agency, keyword and day, or the id key.
    key: u64,
    /// Its newest member so far.
    newest: usize,
    /// True if it consists of alerts so far: a story without a label may follow.
    only_alerts: bool,
}

/// Joins entries that share a keyword and day (or the thread of a mail): a labelled item continues the story before it.
fn join_by_keyword(members: &[Member<'_>], stories: &mut StorySets) {
    let mut threads: Vec<KeywordThread> = Vec::new();
    for (at, member) in members.iter().enumerate() {
        let entry = member.entry;
        let key = match entry.story_key() {
            0 => entry.id_key(),
            key => key,
        };
        if key == 0 || entry.is_story_named() || !is_version(entry) {
            continue;
        }
        let candidates: Vec<usize> =
            (0..threads.len()).filter(|&t| threads[t].key == key).collect();
        // It may have been joined to one of them already, by id or headline.
        let known = candidates
            .iter()
            .copied()
            .find(|&t| stories.story_of[threads[t].newest] == stories.story_of[at]);
        let continued = known.or_else(|| find_thread(members, &threads, &candidates, entry));
        let alert = entry.role() == Role::Alert;
        if let Some(thread) = continued {
            stories.join(threads[thread].newest, at);
            // The thread touched last is kept at the end.
            let mut thread = threads.remove(thread);
            thread.newest = at;
            thread.only_alerts &= alert;
            threads.push(thread);
        } else {
            threads.push(KeywordThread { key, newest: at, only_alerts: alert });
        }
    }
}

/// The thread that an entry continues, out of `candidates` under its keyword, the one touched last at the end.
fn find_thread(
    members: &[Member<'_>],
    threads: &[KeywordThread],
    candidates: &[usize],
    entry: EntryRef<'_>,
) -> Option<usize> {
    let &last = candidates.last()?;
    let similarity = |&t: &usize| headline_similarity(members[threads[t].newest].entry, entry);
    if !entry.is_labelled() {
        // The first full story after its alerts has no label.
        return Some(last)
            .filter(|&t| threads[t].only_alerts && (candidates.len() == 1 || similarity(&t) > 0));
    }
    let mut recent = candidates.iter().rev().take(MAX_THREADS_COMPARED).copied();
    match candidates {
        [_] if !entry.has_label_in_headline() => Some(last),
        [_] => Some(last).filter(|t| similarity(t) > 0),
        _ => recent.find(|t| similarity(t) >= 50),
    }
}

/// Maximum stories under one keyword whose headlines are compared with a labelled item, the most recent first: a bound
/// on the work for keywords used all day.
const MAX_THREADS_COMPARED: usize = 32;

/// How many words of the shorter of two headlines occur in the other, in percent. Words below three letters, mostly
/// articles and prepositions, do not count.
fn headline_similarity(a: EntryRef<'_>, b: EntryRef<'_>) -> usize {
    let words = |e: EntryRef<'_>| -> Vec<String> {
        let parts = e.headline_without_label().split(|c: char| !c.is_alphanumeric());
        let mut words: Vec<String> =
            parts.filter(|word| word.chars().count() >= 3).map(str::to_owned).collect();
        words.sort_unstable();
        words.dedup();
        words
    };
    let (a, b) = (words(a), words(b));
    let shared = a.iter().filter(|word| b.binary_search(word).is_ok()).count();
    shared * 100 / a.len().min(b.len()).max(1)
}
