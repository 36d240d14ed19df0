//! Datelines that were sent apart and read before: on a wire the same few come again and again.

use std::cell::RefCell;
use std::collections::HashMap;

use foldhash::fast::RandomState;

use super::parse_field;
use crate::dispatch::Dateline;

/// Most datelines that are remembered.
const MAX_CACHED: usize = 512;

/// Remembers what datelines say.
#[derive(Debug, Default)]
pub(in crate::format) struct DatelineCache(
    RefCell<HashMap<Box<str>, (Dateline, bool), RandomState>>,
);

impl DatelineCache {
    /// The same as [`parse_field`].
    pub(in crate::format) fn parse_field(&self, text: &str) -> (Dateline, bool) {
        let mut seen = self.0.borrow_mut();
        if let Some(found) = seen.get(text) {
            return found.clone();
        }
        let found = parse_field(text);
        if seen.len() >= MAX_CACHED {
            seen.clear();
        }
        seen.insert(text.into(), found.clone());
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_the_same_each_time() {
        let seen = DatelineCache::default();
        for number in 0..3 * MAX_CACHED {
            let text = format!("PORT SALANE, Jan {} (QNA)", number % 2 * number + 1);
            assert_eq!(seen.parse_field(&text), parse_field(&text), "{text}");
        }
        assert!(seen.0.borrow().len() <= MAX_CACHED);
    }
}
