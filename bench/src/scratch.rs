//! A directory for one run, removed with everything in it at the end.

use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::Context as _;

/// The directory; dropping it removes it.
pub struct Scratch {
    path: PathBuf,
}

impl Scratch {
    /// Makes a new directory below `parent`.
    pub fn new(parent: &Path) -> anyhow::Result<Self> {
        let now_ns = SystemTime::now().duration_since(UNIX_EPOCH)?.as_nanos();
        let name = format!("hookwire-bench-{}-{now_ns}", std::process::id());
        let path = parent.join(name);
        // Fails when it exists: nobody else's files are written over or removed.
        std::fs::create_dir(&path)
            .with_context(|| format!("cannot make the directory {}", path.display()))?;
        Ok(Self { path })
    }

    /// Makes a directory in it.
    pub fn make(&self, name: &str) -> anyhow::Result<PathBuf> {
        let path = self.path.join(name);
        std::fs::create_dir(&path)
            .with_context(|| format!("cannot make the directory {}", path.display()))?;
        Ok(path)
    }

    /// The kind of file system that it is on. A commit in memory costs nothing, so figures from
    /// `tmpfs` say nothing about durability.
    pub fn file_system(&self) -> Option<String> {
        let mounts = std::fs::read_to_string("/proc/self/mounts").ok()?;
        file_system_of(&self.path.canonicalize().ok()?, &mounts)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        if let Err(error) = std::fs::remove_dir_all(&self.path) {
            eprintln!("cannot remove {}: {error}", self.path.display());
        }
    }
}

/// The type of the deepest mount that contains `path`; of equally deep ones the last, which covers
/// the others.
fn file_system_of(path: &Path, mounts: &str) -> Option<String> {
    mounts
        .lines()
        .filter_map(|line| {
            let mut fields = line.split_ascii_whitespace().skip(1);
            Some((Path::new(fields.next()?), fields.next()?))
        })
        .filter(|(mount, _)| path.starts_with(mount))
        .max_by_key(|(mount, _)| mount.components().count())
        .map(|(_, kind)| kind.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_removed_with_its_files() {
        let scratch = Scratch::new(&std::env::temp_dir()).unwrap();
        let path = scratch.make("inner").unwrap();
        std::fs::write(path.join("file"), "x").unwrap();
        assert!(scratch.make("inner").is_err(), "it exists already");
        let outer = scratch.path.clone();
        drop(scratch);
        assert!(!outer.exists());
    }

    #[test]
    fn a_missing_parent_is_named() {
        let error = Scratch::new(Path::new("/nowhere/at/all")).err().unwrap();
        assert!(error.to_string().contains("/nowhere/at/all"), "{error}");
    }

    #[test]
    fn the_deepest_mount_counts() {
        let mounts = "overlay / overlay rw 0 0\ntmpfs /tmp tmpfs rw 0 0\ndisk /tm ext4 rw 0 0\n";
        let kind = |path: &str| file_system_of(Path::new(path), mounts);
        assert_eq!(kind("/tmp/run").as_deref(), Some("tmpfs"));
        assert_eq!(kind("/var").as_deref(), Some("overlay"));
    }
}
