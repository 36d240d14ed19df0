//! What stands before a headline in lines of text where other dispatches do something to it.

use crate::desk::EntryRef;

/// What stands before a headline in lines of text, so that it can be searched for: `[killed] `.
pub(super) fn status_prefix(entry: EntryRef<'_>) -> &'static str {
    if entry.is_killed() {
        "[killed] "
    } else if entry.is_unmatched_kill() {
        "[kill notice, not matched] "
    } else if entry.is_superseded() {
        "[superseded] "
    } else if entry.is_corrected() {
        "[corrected] "
    } else {
        ""
    }
}
