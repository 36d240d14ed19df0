//! What entries that may have to do with each other are to each other: a function of them alone, whatever came first.
//!
//! Versions are told by [`super::versions`], kills and corrections by [`super::notices`]. The newest whole version of a
//! story supersedes the others. A take, an add and the bare notice of a correction supersede nothing; a newer whole
//! version supersedes them.

use super::super::{EntryId, EntryRef};
use super::standing::StoryStatus;
use super::{notices, versions};
use crate::dispatch::{Role, Status};

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
    versions::sort_oldest_first(&mut members);
    let story = versions::assign_stories(&members);
    let mut settled = ResolvedGroup {
        statuses: vec![StoryStatus::default(); members.len()],
        members,
        story,
    };
    settled.mark_superseded();
    notices::mark_corrected(&mut settled);
    notices::mark_killed(&mut settled);
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
/// The running number of a service is no id that holds: where it counts anew, or not at all, stories share it that have
/// nothing in common. It counts where keyword or headline say the same, or a label or a revision asks for what was before.
pub(super) fn is_same_id(a: EntryRef<'_>, b: EntryRef<'_>) -> bool {
    let one = a.id_key() != 0 && a.id_key() == b.id_key() && is_name_comparable(a, b);
    let both = [a, b];
    let counted = || !a.is_wide() && both.iter().all(|e| e.sequence().is_some());
    let asks = || both.iter().any(|e| e.is_revised() || e.is_labelled());
    one && (!counted() || asks() || !has_other_topic(a, b))
}

/// True for two entries with other keywords and other headlines.
fn has_other_topic(a: EntryRef<'_>, b: EntryRef<'_>) -> bool {
    use super::super::InternedColumn;
    let slugs = [a, b].map(|e| e.folded_column(InternedColumn::Slug));
    let no_slug = slugs.contains(&"");
    !no_slug && slugs[0] != slugs[1] && a.headline_without_label() != b.headline_without_label()
}

/// True where names that two entries share mean the same.
pub(super) fn is_name_comparable(a: EntryRef<'_>, b: EntryRef<'_>) -> bool {
    a.is_wide() && b.is_wide() || is_same_agency(a, b)
}

pub(super) fn is_same_agency(a: EntryRef<'_>, b: EntryRef<'_>) -> bool {
    use super::super::InternedColumn;
    a.folded_column(InternedColumn::Agency) == b.folded_column(InternedColumn::Agency)
}
