//! ZCZC dispatches in own words, and what damage leaves of them.
