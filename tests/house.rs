//! Rules of the house that a newcomer can read here, and cannot break unseen: layers, IO, colours, circles, files.

#![allow(clippy::unwrap_used)] // Source files that cannot be read fail the test.

#[path = "house/circles.rs"]
mod circles;
#[path = "house/collect.rs"]
mod collect;
#[path = "house/files.rs"]
mod files;
#[path = "house/functions.rs"]
mod functions;
#[path = "house/homes.rs"]
mod homes;
#[path = "house/layers.rs"]
mod layers;
#[path = "house/resolve.rs"]
mod resolve;
#[path = "house/state.rs"]
mod state;
#[path = "house/tokens.rs"]
mod tokens;
#[path = "house/tree.rs"]
mod tree;

use std::fs;
use std::path::Path;

#[test]
fn the_readme_has_the_keys_of_the_table_of_actions() {
    let readme =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")).unwrap();
    let table = dateline::action::readme_key_table();
    assert!(readme.contains(&table), "the README lacks this table of keys:\n{table}");
}
