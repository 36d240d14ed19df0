//! ANPA dispatches as agencies send them, in own words, and what damage leaves of them.
