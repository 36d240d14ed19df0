//! The searches of `memchr` for readers that look through whole inputs. In unit tests they count the bytes they look at,
//! so that a test can hold that readers take linear time.

#[cfg(not(test))]
pub(in crate::format) use ::memchr::{self, memmem};

#[cfg(test)]
pub(in crate::format) use counted::{memchr, memmem};

#[cfg(test)]
mod counted {
    /// Counts a search from the start, up to the end of what it found.
    fn count(haystack: &[u8], found: Option<usize>, length: usize) -> Option<usize> {
        crate::format::testing::look_at(found.map_or(haystack.len(), |at| at + length));
        found
    }

    /// Counts a search from the end.
    fn count_back(haystack: &[u8], found: Option<usize>) -> Option<usize> {
        crate::format::testing::look_at(haystack.len() - found.unwrap_or(0));
        found
    }

    /// Counts a search for all places as it goes on.
    fn count_each(
        mut places: impl Iterator<Item = usize>,
        end: usize,
        length: usize,
    ) -> impl Iterator<Item = usize> {
        let mut last = 0;
        std::iter::from_fn(move || {
            let found = places.next();
            let reached = found.map_or(end, |at| at + length).max(last);
            crate::format::testing::look_at(reached - last);
            last = reached;
            found
        })
    }

    pub(in crate::format) mod memchr {
        use super::{count, count_back, count_each};

        pub(in crate::format) fn memchr(byte: u8, haystack: &[u8]) -> Option<usize> {
            count(haystack, ::memchr::memchr(byte, haystack), 1)
        }

        pub(in crate::format) fn memchr2(one: u8, other: u8, haystack: &[u8]) -> Option<usize> {
            count(haystack, ::memchr::memchr2(one, other, haystack), 1)
        }

        pub(in crate::format) fn memrchr(byte: u8, haystack: &[u8]) -> Option<usize> {
            count_back(haystack, ::memchr::memrchr(byte, haystack))
        }

        pub(in crate::format) fn memrchr2(one: u8, other: u8, haystack: &[u8]) -> Option<usize> {
            count_back(haystack, ::memchr::memrchr2(one, other, haystack))
        }

        pub(in crate::format) fn memchr_iter(
            byte: u8,
            haystack: &[u8],
        ) -> impl Iterator<Item = usize> {
            count_each(::memchr::memchr_iter(byte, haystack), haystack.len(), 1)
        }

        pub(in crate::format) fn memrchr_iter(
            byte: u8,
            haystack: &[u8],
        ) -> impl Iterator<Item = usize> {
            let end = haystack.len();
            let from_end = ::memchr::memrchr_iter(byte, haystack).map(move |at| end - at);
            count_each(from_end, end, 0).map(move |at| end - at)
        }
    }

    pub(in crate::format) mod memmem {
        use super::{count, count_back, count_each};

        pub(in crate::format) fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
            count(haystack, ::memchr::memmem::find(haystack, needle), needle.len())
        }

        pub(in crate::format) fn rfind(haystack: &[u8], needle: &[u8]) -> Option<usize> {
            count_back(haystack, ::memchr::memmem::rfind(haystack, needle))
        }

        pub(in crate::format) fn find_iter<'h>(
            haystack: &'h [u8],
            needle: &'h [u8],
        ) -> impl Iterator<Item = usize> + 'h {
            let places = ::memchr::memmem::find_iter(haystack, needle);
            count_each(places, haystack.len(), needle.len())
        }
    }
}
