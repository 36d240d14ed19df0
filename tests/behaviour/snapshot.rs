//! Snapshots: where they lie, how they are compared, and hashes that are the same on every machine.

use std::path::{Path, PathBuf};

use twox_hash::XxHash3_64;

/// A short name for bytes.
pub(crate) fn hash(bytes: &[u8]) -> String {
    format!("{:016x}", XxHash3_64::oneshot(bytes))
}

/// The file of a snapshot.
fn path(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/behaviour/snapshots");
    folder.join(format!("{name}.snap"))
}

/// What a snapshot says so far; nothing where there is none.
pub(crate) fn before(name: &str) -> String {
    std::fs::read_to_string(path(name)).unwrap_or_default()
}

/// Compares a text with its snapshot, and fails where they differ.
pub(crate) fn compare(name: &str, text: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.set_snapshot_path("snapshots");
    settings.bind(|| insta::assert_snapshot!(name, text));
}
