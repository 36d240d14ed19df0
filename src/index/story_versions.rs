//! What entries that may have to do with each other are to each other: a function of them alone, whatever came first.
//!
//! Versions are told by [`crate::index::story_versions`], kills and corrections by [`crate::index::kills_and_corrections`]. The newest whole version of a
//! story supersedes the others. A take, an add and the bare notice of a correction supersede nothing; a newer whole
//! version supersedes them.

use crate::dispatch::{RelationKind, Role, Status};
use crate::index::entry::EntryRef;
use crate::index::kills_and_corrections::{self, is_in_window, targets};
use crate::index::segment::{EntryId, InternedColumn};
use crate::index::story_status::StoryStatus;

/// An entry among others that it may have to do with.
#[derive(Debug, Clone, Copy)]
pub(super) struct Member<'a> {
    pub(super) id: EntryId,
    pub(super) entry: EntryRef<'a>,
}

/// What the members are to each other.
#[derive(Debug)]
pub(super) struct ResolvedGroup<'a> {
    /// The oldest first.
    pub(super) members: Vec<Member<'a>>,
    /// The story of each: members with the same number are its versions.
    pub(super) story: Vec<usize>,
    pub(super) statuses: Vec<StoryStatus>,
}

/// Settles what members are to each other.
pub(super) fn resolve(mut members: Vec<Member<'_>>) -> ResolvedGroup<'_> {
    sort_oldest_first(&mut members);
    let story = assign_stories(&members);
    let mut settled = ResolvedGroup {
        statuses: vec![StoryStatus::default(); members.len()],
        members,
        story,
    };
    settled.mark_superseded();
    kills_and_corrections::mark_corrected(&mut settled);
    kills_and_corrections::mark_killed(&mut settled);
    settled
}

impl ResolvedGroup<'_> {
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

    /// True for a version that stands for the whole story: no add, no bare notice of a correction, nothing withdrawn but
    /// by its own new revision.
    fn is_complete(&self, at: usize) -> bool {
        let entry = self.members[at].entry;
        let revises = || {
            self.older_versions(at)
                .any(|o| is_same_id(entry, self.members[o].entry))
        };
        if entry.is_add() {
            return false;
        }
        if entry.status() == Status::Canceled {
            return revises();
        }
        match entry.role() {
            Role::Story | Role::Alert | Role::Update | Role::Repeat => true,
            Role::Correction => entry.is_titled() || revises() || self.repeats_text(at),
            Role::Add | Role::Advisory | Role::Kill => false,
        }
    }

    /// True for a correction that is about as long as what it corrects, or longer.
    fn repeats_text(&self, at: usize) -> bool {
        let before = self.older_versions(at).rev().find(|&older| {
            let entry = self.members[older].entry;
            !entry.is_add() && entry.role() != Role::Correction
        });
        let words = |at: usize| self.members[at].entry.words();
        before.is_none_or(|before| words(at) * 2 >= words(before))
    }

    /// The members of the same story that are older.
    pub(super) fn older_versions(&self, at: usize) -> impl DoubleEndedIterator<Item = usize> {
        (0..at).filter(move |&older| self.story[older] == self.story[at])
    }

    /// The versions of a member's story, the newest first: the one that supersedes the others, what goes on with it, and
    /// the older ones.
    pub(super) fn versions(&self, at: usize) -> Vec<EntryId> {
        let mine = |other: &usize| self.story[*other] == self.story[at];
        let mut chain: Vec<usize> = (0..self.members.len()).rev().filter(mine).collect();
        if let Some(head) = chain.iter().position(|&one| self.is_complete(one)) {
            chain[..=head].rotate_right(1);
        }
        chain.into_iter().map(|at| self.members[at].id).collect()
    }

    /// True where a member has other versions.
    pub(super) fn has_versions(&self, at: usize) -> bool {
        let mine = self.story.iter().filter(|&&story| story == self.story[at]);
        mine.take(2).count() == 2
    }
}

/// True where two entries are of one id, their agencies told apart where the id does not do that.
///
/// A number of a wire that counts anew, or not at all, is shared by stories that have nothing in common: such an id
/// counts where keyword or headline say the same, or a label or a revision asks for an earlier version.
pub(super) fn is_same_id(a: EntryRef<'_>, b: EntryRef<'_>) -> bool {
    let one = a.id_key() != 0 && a.id_key() == b.id_key() && is_name_comparable(a, b);
    one && (a.is_wide()
        || [a, b].iter().any(|e| e.is_revised() || e.is_labelled())
        || !has_other_topic(a, b))
}

/// True for two entries with other keywords and other headlines.
fn has_other_topic(a: EntryRef<'_>, b: EntryRef<'_>) -> bool {
    use crate::index::segment::InternedColumn;
    let slugs = [a, b].map(|e| e.folded_column(InternedColumn::Slug));
    let no_slug = slugs.contains(&"");
    !no_slug && slugs[0] != slugs[1] && a.headline_without_label() != b.headline_without_label()
}

/// True where names that two entries share mean the same.
pub(super) fn is_name_comparable(a: EntryRef<'_>, b: EntryRef<'_>) -> bool {
    a.is_wide() && b.is_wide() || is_same_agency(a, b)
}

pub(super) fn is_same_agency(a: EntryRef<'_>, b: EntryRef<'_>) -> bool {
    use crate::index::segment::InternedColumn;
    a.folded_column(InternedColumn::Agency) == b.folded_column(InternedColumn::Agency)
}

// Which entries are versions of one story, and which is the newer.  - One id: revisions of one item, by the number
// of the revision; without one, by time. - One story that the wire names. Two items without a label under
// different keywords are two stories all the same. - One agency, keyword and day: a label (`1st Ld`, `UPDATE 2-`,
// `URGENT`) makes an item a version of the one before it. Items without a label that share a keyword and a day are
// stories of their own. A label in the headline, as Reuters sets it, asks for a headline of the same words
// besides, since its keywords are shared by many stories; where several stories share the keyword, every label
// asks for it. - One agency and headline, a label aside, within 48 hours, where there is no keyword. - What an
// item says that it replaces, adds to, corrects or repeats.

/// The oldest first. Revisions of one id stand in the order of their numbers among themselves.
pub(super) fn sort_oldest_first(members: &mut [Member<'_>]) {
    let key = |m: &Member<'_>| {
        let seconds = m.entry.time().map_or(i64::MIN, |time| time.seconds);
        (seconds, m.entry.version())
    };
    members.sort_by(|a, b| {
        let place = |m: &Member<'_>| m.entry.input().map(|input| input.location.clone());
        key(a)
            .cmp(&key(b))
            .then_with(|| place(a).cmp(&place(b)))
            .then_with(|| {
                a.entry
                    .position_in_input()
                    .cmp(&b.entry.position_in_input())
            })
            .then(a.id.cmp(&b.id))
    });
    for at in 0..members.len() {
        let first = members[at].entry;
        if !first.is_revised() {
            continue;
        }
        let of_id = |m: &Member<'_>| m.entry.is_revised() && is_same_id(m.entry, first);
        if members[..at].iter().any(of_id) {
            continue;
        }
        let places: Vec<usize> = (at..members.len())
            .filter(|&n| of_id(&members[n]))
            .collect();
        let mut revisions: Vec<Member<'_>> = places.iter().map(|&n| members[n]).collect();
        revisions.sort_by_key(|m| m.entry.version());
        for (place, revision) in places.into_iter().zip(revisions) {
            members[place] = revision;
        }
    }
}

/// The story of each of the members, which are sorted: a number that its versions share.
pub(super) fn assign_stories(members: &[Member<'_>]) -> Vec<usize> {
    let mut stories = StorySets {
        story_of: (0..members.len()).collect(),
    };
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
        if let Some(other) = before
            .clone()
            .find(|&o| is_same_named_story(members[o].entry, entry))
        {
            stories.join(other, at);
        }
        if let Some(other) = before
            .clone()
            .find(|&o| is_same_headline(members[o].entry, entry))
        {
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

/// Sets of members that are joined step by step; each is named by one of them.
struct StorySets {
    story_of: Vec<usize>,
}

impl StorySets {
    fn join(&mut self, a: usize, b: usize) {
        let (a, b) = (self.story_of[a], self.story_of[b]);
        if a != b {
            for story in self.story_of.iter_mut().filter(|story| **story == b) {
                *story = a;
            }
        }
    }
}

/// A notice about others is no version of them.
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
    let slugs = (
        a.folded_column(InternedColumn::Slug),
        b.folded_column(InternedColumn::Slug),
    );
    let one_slug = slugs.0 == slugs.1 || slugs.0.is_empty() || slugs.1.is_empty();
    one_slug || a.is_labelled() || b.is_labelled()
}

/// True for an item with a label and an earlier one of the same headline, where no keyword tells their stories.
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

/// A story under a keyword, as far as it has been followed.
struct KeywordThread {
    key: u64,
    /// Its newest member.
    newest: usize,
    /// Nothing but alerts so far: a story without a label may follow.
    only_alerts: bool,
}

/// Joins what shares a keyword (or the thread of a mail): labelled items follow the story before them.
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
        let mine: Vec<usize> = (0..threads.len())
            .filter(|&t| threads[t].key == key)
            .collect();
        let known = mine
            .iter()
            .copied()
            .find(|&t| stories.story_of[threads[t].newest] == stories.story_of[at]);
        let followed = known.or_else(|| find_thread(members, &threads, &mine, entry));
        let alert = entry.role() == Role::Alert;
        if let Some(thread) = followed {
            stories.join(threads[thread].newest, at);
            let mut thread = threads.remove(thread);
            thread.newest = at;
            thread.only_alerts &= alert;
            threads.push(thread);
        } else {
            threads.push(KeywordThread {
                key,
                newest: at,
                only_alerts: alert,
            });
        }
    }
}

/// The thread that an entry goes on with. The one touched last is the last.
fn find_thread(
    members: &[Member<'_>],
    threads: &[KeywordThread],
    mine: &[usize],
    entry: EntryRef<'_>,
) -> Option<usize> {
    let &last = mine.last()?;
    let like = |&t: &usize| headline_similarity(members[threads[t].newest].entry, entry);
    if !entry.is_labelled() {
        // The story after its flash, which nobody labels.
        return Some(last).filter(|&t| threads[t].only_alerts && (mine.len() == 1 || like(&t) > 0));
    }
    let mut near = mine.iter().rev().take(MAX_THREADS_COMPARED).copied();
    match mine {
        [_] if !entry.is_titled() => Some(last),
        [_] => Some(last).filter(|t| like(t) > 0),
        _ => near.find(|t| like(t) >= 50),
    }
}

/// Stories under one keyword that are looked at for one that a label continues.
const MAX_THREADS_COMPARED: usize = 32;

/// How much of the words of the shorter of two headlines the other one has, in percent. Short words do not count.
fn headline_similarity(a: EntryRef<'_>, b: EntryRef<'_>) -> usize {
    let words = |e: EntryRef<'_>| -> Vec<String> {
        let parts = e
            .headline_without_label()
            .split(|c: char| !c.is_alphanumeric());
        let mut words: Vec<String> = parts
            .filter(|word| word.chars().count() >= 3)
            .map(str::to_owned)
            .collect();
        words.sort_unstable();
        words.dedup();
        words
    };
    let (a, b) = (words(a), words(b));
    let shared = a
        .iter()
        .filter(|word| b.binary_search(word).is_ok())
        .count();
    shared * 100 / a.len().min(b.len()).max(1)
}
