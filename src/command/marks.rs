//! The marks that a filter asks for: read from the store, in which nothing is changed.

use std::io::Write;

use super::Request;
use crate::filter::Query;
use crate::marks::MarkSets;
use crate::store;
use crate::text::sanitize;

/// The marks, where the query asks for any; where they cannot be read, that is said and there are none.
pub(super) fn load_mark_sets(request: &Request, query: &Query, err: &mut dyn Write) -> MarkSets {
    if !query.needs_marks() {
        return MarkSets::default();
    }
    match store::read_marks(&request.state, request.source_key) {
        Ok(kept) => kept.sets,
        Err(trouble) => {
            let _ = writeln!(err, "dateline: {}", sanitize(&trouble.to_string()));
            MarkSets::default()
        }
    }
}
