//! Takes entries out in whose places others stand.

use std::collections::HashSet;
use std::sync::Arc;

use foldhash::fast::RandomState;

use super::standing::{StoryStatus, status_flag};
use super::{MAX_GROUP_SIZE, Stories};
use crate::desk::{EntryId, Segment};

impl Stories {
    /// Takes entries out in whose places others stand; each ring that they are in is settled once.
    pub(in crate::desk) fn supersede_entries(
        &mut self,
        segments: &[Arc<Segment>],
        retired: &[(EntryId, Option<EntryId>)],
    ) {
        let mut seen: HashSet<EntryId, RandomState> = HashSet::default();
        let mut touched: Vec<EntryId> = Vec::new();
        for &(id, successor) in retired {
            if !seen.contains(&id) {
                let ring: Vec<EntryId> = self.groups.members(id).take(MAX_GROUP_SIZE + 1).collect();
                for &other in &ring {
                    self.statuses.drop_versions(other);
                }
                touched.push(id);
                seen.extend(ring);
            }
            let standing = StoryStatus {
                replaced_by: successor,
                ..StoryStatus::default()
            };
            self.set_status(
                segments,
                id,
                &standing,
                status_flag::UNLISTED | status_flag::REPLACED,
            );
        }
        // What was the same as one of them stands for itself again.
        let ids: HashSet<EntryId, RandomState> = retired.iter().map(|&(id, _)| id).collect();
        for &other in &seen {
            let retired = self.statuses.flags().get(other) & status_flag::REPLACED != 0;
            let same_as = self.statuses.of(other).replaced_by;
            if !retired && same_as.is_some_and(|first| ids.contains(&first)) {
                self.set_status(segments, other, &StoryStatus::default(), 0);
                touched.push(other);
            }
        }
        self.resolve_groups(segments, touched, EntryId::FIRST);
    }
}
