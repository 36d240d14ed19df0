//! What the end-to-end tests share: a folder of their own, and the program without the settings of the machine.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

/// The program under test.
pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_dateline");

/// A folder that is removed at the end of a test.
pub(crate) struct Folder(PathBuf);

impl Folder {
    /// A new, empty folder.
    pub(crate) fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("{}-{}-{count}", env!("CARGO_CRATE_NAME"), std::process::id());
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(path.join("home")).expect("a folder for the test");
        fs::create_dir_all(path.join("wire")).expect("a folder for the inputs");
        Self(path)
    }

    /// Where the inputs lie.
    pub(crate) fn wire(&self) -> PathBuf {
        self.0.join("wire")
    }

    /// Writes an input; folders in its name are made.
    pub(crate) fn put(&self, name: impl AsRef<Path>, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.wire().join(name);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).expect("a folder for an input");
        }
        fs::write(&path, bytes).expect("an input");
        path
    }

    /// Variables that keep the settings and the clock of the machine out.
    pub(crate) fn variables(&self) -> Vec<(&'static str, PathBuf)> {
        let home = self.0.join("home");
        let mut variables = vec![
            ("TZ", "UTC".into()),
            ("TMPDIR", home.clone()),
            ("DATELINE_NOW", "2026-11-29T12:00:00Z".into()),
        ];
        for (name, folder) in [
            ("XDG_CONFIG_HOME", "config"),
            ("XDG_STATE_HOME", "state"),
            ("XDG_DATA_HOME", "data"),
            ("XDG_CACHE_HOME", "cache"),
        ] {
            variables.push((name, home.join(folder)));
        }
        variables.push(("HOME", home));
        variables
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}
