//! Files that a test makes for itself.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

/// A folder of its own for one test, below cargo's folder for such things, empty at the beginning.
pub(crate) struct Scratch {
    folder: PathBuf,
}

impl Scratch {
    /// The folder for the test of this name.
    pub(crate) fn new(test: &str) -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(test);
        drop(fs::remove_dir_all(&folder));
        fs::create_dir_all(&folder).unwrap();
        Self { folder }
    }

    /// Writes a file and gives its path.
    pub(crate) fn file(&self, name: impl AsRef<OsStr>, content: &[u8]) -> String {
        let path = self.folder.join(name.as_ref());
        fs::write(&path, content).unwrap();
        path.into_os_string().into_string().unwrap()
    }

    /// The folder's own path.
    pub(crate) fn path(&self) -> String {
        self.folder.clone().into_os_string().into_string().unwrap()
    }
}
