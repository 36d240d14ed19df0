//! IPTC 7901 dispatches as agencies send them, in own words, and what damage leaves of them.
