//! Plans which calls of the C library fail in the program under test: compiles and drives `shim.c`.

use std::ffi::CString;
use std::fs::File;
use std::io::{ErrorKind, Write as _};
use std::os::unix::ffi::OsStringExt as _;
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use rustix::io::Errno;

use crate::support::Folder;

/// What kind of call fails. The order is that of `enum kind` in `shim.c`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    Read,
    Write,
    Sync,
    Rename,
    Open,
    Lock,
    Truncate,
    Unlink,
    Map,
    Stat,
    Folder,
}

/// Every kind, with the errors that it may fail with.
pub(crate) const KINDS: [(Kind, &[Errno]); 11] = [
    (Kind::Read, &[Errno::IO, Errno::INTR]),
    (Kind::Write, &[Errno::NOSPC, Errno::IO, Errno::INTR]),
    (Kind::Sync, &[Errno::IO, Errno::NOSPC, Errno::INTR]),
    (Kind::Rename, &[Errno::IO, Errno::NOSPC]),
    (Kind::Open, &[Errno::MFILE, Errno::IO, Errno::INTR]),
    (Kind::Lock, &[Errno::NOLCK, Errno::IO, Errno::INTR]),
    (Kind::Truncate, &[Errno::IO, Errno::INTR]),
    (Kind::Unlink, &[Errno::IO]),
    (Kind::Map, &[Errno::NOMEM]),
    (Kind::Stat, &[Errno::IO, Errno::ACCESS]),
    (Kind::Folder, &[Errno::IO, Errno::MFILE]),
];

/// A burst that does not end.
pub(crate) const FOR_EVER: u64 = 1 << 40;

/// Calls that fail: `burst` calls of one kind from the `first` on, which is counted from 1.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fault {
    pub(crate) kind: Kind,
    pub(crate) errno: Errno,
    pub(crate) first: u64,
    pub(crate) burst: u64,
}

/// The preloaded library. `None`, with a line on standard error, where there can be none.
fn library() -> Option<&'static Path> {
    static LIBRARY: OnceLock<Option<PathBuf>> = OnceLock::new();
    let build = || {
        if !cfg!(target_os = "linux") {
            not_run("calls are only made to fail on Linux");
            return None;
        }
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/faults/shim.c");
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
        let new = folder.join(format!("faults-{}.so", std::process::id()));
        let mut compiler = Command::new("cc");
        compiler.args(["-O0", "-Wall", "-Werror", "-shared", "-fPIC", "-o"]);
        compiler.args([&new, &source]).arg("-ldl");
        match compiler.status() {
            Ok(status) => assert!(status.success(), "shim.c is not compiled"),
            Err(error) if error.kind() == ErrorKind::NotFound => {
                not_run("there is no C compiler (cc)");
                return None;
            }
            Err(error) => panic!("cc: {error}"),
        }
        // Another run may use it already.
        let library = folder.join("faults.so");
        std::fs::rename(new, &library).expect("the library");
        Some(library)
    };
    LIBRARY.get_or_init(build).as_deref()
}

/// Says on the real standard error, which the test harness does not keep back, why tests did not run.
pub(crate) fn not_run(why: &str) {
    let _ = writeln!(std::io::stderr(), "some tests of faults did not run: {why}");
}

/// The plan in force for programs that run with [`Plan::variables`].
pub(crate) struct Plan {
    library: &'static Path,
    path: PathBuf,
    file: File,
}

/// The places of the fields of `struct plan` in `shim.c`.
const FIRST_AT: u64 = 8;
const FAILED_AT: u64 = 32;
const CALLS_AT: u64 = 40;
const PATH_AT: u64 = CALLS_AT + 16 * 8;
const LENGTH: u64 = PATH_AT + 256;

impl Plan {
    /// A plan by which nothing fails and calls are counted on files whose path contains `part`. `None` if calls cannot
    /// be made to fail here.
    pub(crate) fn new(folder: &Folder, part: &str) -> Option<Self> {
        let library = library()?;
        let path = folder.wire().join("../plan");
        let mut options = File::options();
        options.read(true).write(true).create(true).truncate(true);
        let file = options.open(&path).expect("a file for the plan");
        file.set_len(LENGTH).expect("its length");
        let plan = Self { library, path, file };
        let part = CString::new(part).expect("a path");
        assert!(part.as_bytes().len() < 256);
        plan.put(PATH_AT, part.as_bytes());
        Some(plan)
    }

    fn put(&self, at: u64, bytes: &[u8]) {
        self.file.write_all_at(bytes, at).expect("the plan");
    }

    fn number(&self, at: u64) -> u64 {
        let mut bytes = [0; 8];
        self.file.read_exact_at(&mut bytes, at).expect("the plan");
        u64::from_ne_bytes(bytes)
    }

    /// Counts from here on. Nothing fails, or what the fault says.
    pub(crate) fn set(&self, fault: Option<Fault>) {
        self.stop();
        self.put(FAILED_AT, &[0; 8]);
        self.put(CALLS_AT, &[0; 16 * 8]);
        let Some(fault) = fault else {
            return;
        };
        let errno = u64::try_from(fault.errno.raw_os_error()).expect("an error number");
        let numbers = [fault.kind as u64, 0, fault.burst, errno];
        self.put(0, &numbers.map(u64::to_ne_bytes).concat());
        // Last, as it puts the plan into force.
        self.put(FIRST_AT, &fault.first.to_ne_bytes());
    }

    /// From here on nothing fails.
    pub(crate) fn stop(&self) {
        self.put(FIRST_AT, &[0; 8]);
    }

    /// How many calls of a kind there have been.
    pub(crate) fn calls(&self, kind: Kind) -> u64 {
        self.number(CALLS_AT + 8 * kind as u64)
    }

    /// How many calls have failed.
    pub(crate) fn failed(&self) -> u64 {
        self.number(FAILED_AT)
    }

    /// The variables that put a program under the plan.
    pub(crate) fn variables(&self) -> [(&'static str, String); 2] {
        let text = |path: &Path| {
            let bytes = path.to_path_buf().into_os_string().into_vec();
            String::from_utf8(bytes).expect("UTF-8")
        };
        [("LD_PRELOAD", text(self.library)), ("DATELINE_FAULT_PLAN", text(&self.path))]
    }
}
