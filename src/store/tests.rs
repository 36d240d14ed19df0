//! Checks of the store: steps, merging, damage, places.
