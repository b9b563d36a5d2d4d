//! How far a bin's captures were dealt with, so that the next `hookwire listen` goes on there.
//!
//! One small file, `hookwire/listen.json` in the directory for state of the XDG base directories.
//! It is complete or as it was before: it is written under another name, which then becomes its
//! own. Several processes may write it: each holds a lock while it reads, changes and writes.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{ErrorKind, Read as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use serde::{Deserialize, Serialize};

/// Bins that are remembered; the one that was listened to longest ago goes. Bins that nobody uses
/// expire, so that more than this are hardly of use to anybody.
const BINS_MAX: usize = 200;

/// A file larger than this is not one of ours.
const FILE_BYTES_MAX: u64 = 1 << 20;

/// What is remembered of the bins of one server.
#[derive(Debug)]
pub struct Places {
    path: PathBuf,
    server: String,
}

/// What is remembered of a bin.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Entry {
    server: String,
    bin: String,
    /// The capture that was dealt with last; `None` is the beginning.
    after: Option<String>,
    /// What it is called, where this command has made it.
    made: Option<String>,
}

/// The one listened to last comes last.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Content {
    bins: Vec<Entry>,
}

impl Places {
    /// Those of this server in this file; without one, in that which the environment names.
    pub fn new(server: String, file: Option<PathBuf>) -> anyhow::Result<Self> {
        if let Some(path) = file {
            return Ok(Self { path, server });
        }
        let directory = state_directory(
            std::env::var_os("XDG_STATE_HOME").map(PathBuf::from),
            std::env::var_os("HOME").map(PathBuf::from),
        );
        let directory = directory.context(
            "there is no place to remember how far it came: name a file with --state, or set HOME",
        )?;
        let path = directory.join("hookwire").join("listen.json");
        Ok(Self { path, server })
    }

    /// The bin that was made last and, where a name is given, was made under it.
    pub fn made(&self, name: Option<&str>) -> anyhow::Result<Option<String>> {
        let bins = self.read()?.bins;
        let mut made = bins.into_iter().rev().filter(|entry| {
            entry.server == self.server
                && match (&entry.made, name) {
                    (Some(made), Some(name)) => made == name,
                    (made, _) => made.is_some(),
                }
        });
        Ok(made.next().map(|entry| entry.bin))
    }

    /// After which capture to go on; the outer `None` where this bin is not remembered, the inner
    /// one for the beginning.
    pub fn after(&self, bin: &str) -> anyhow::Result<Option<Option<String>>> {
        let bins = self.read()?.bins;
        let mut known = bins.into_iter().filter(|entry| self.is_of(entry, bin));
        Ok(known.next().map(|entry| entry.after))
    }

    /// Remembers that this bin was made here under this name.
    pub fn make(&self, bin: &str, name: &str) -> anyhow::Result<()> {
        self.change(bin, |entry| entry.made = Some(name.to_owned()))
    }

    /// Remembers that everything up to this capture was dealt with.
    pub fn reach(&self, bin: &str, after: Option<&str>) -> anyhow::Result<()> {
        self.change(bin, |entry| entry.after = after.map(str::to_owned))
    }

    fn is_of(&self, entry: &Entry, bin: &str) -> bool {
        entry.server == self.server && entry.bin == bin
    }

    fn change(&self, bin: &str, change: impl FnOnce(&mut Entry)) -> anyhow::Result<()> {
        let cannot = || format!("cannot write {}", self.path.display());
        let directory = match self.path.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent,
            _ => Path::new("."),
        };
        // For its owner's eyes, as the XDG base directories want it.
        let mut builder = DirBuilder::new();
        let made = builder.recursive(true).mode(0o700).create(directory);
        made.with_context(cannot)?;
        let lock = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .mode(0o600)
            .open(self.beside("lock"))
            .with_context(cannot)?;
        lock.lock().with_context(cannot)?;
        let mut content = self.read()?;
        let known = content
            .bins
            .iter()
            .position(|entry| self.is_of(entry, bin))
            .map(|at| content.bins.remove(at));
        let mut entry = known.unwrap_or_else(|| Entry {
            server: self.server.clone(),
            bin: bin.to_owned(),
            after: None,
            made: None,
        });
        change(&mut entry);
        content.bins.push(entry);
        let superfluous = content.bins.len().saturating_sub(BINS_MAX);
        content.bins.drain(..superfluous);
        self.write(&content).with_context(cannot)
    }

    fn write(&self, content: &Content) -> std::io::Result<()> {
        let draft = self.beside("draft");
        let mut file = OpenOptions::new()
            .create(true)
            .truncate(true)
            .write(true)
            .mode(0o600)
            .open(&draft)?;
        let mut text = serde_json::to_vec_pretty(content)?;
        text.push(b'\n');
        file.write_all(&text)?;
        // Otherwise the name could survive a power cut and the content not.
        file.sync_data()?;
        std::fs::rename(draft, &self.path)
    }

    fn read(&self) -> anyhow::Result<Content> {
        let cannot = || format!("cannot read {}", self.path.display());
        let mut text = Vec::new();
        match File::open(&self.path) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Content::default()),
            file => file
                .and_then(|file| file.take(FILE_BYTES_MAX).read_to_end(&mut text))
                .with_context(cannot)?,
        };
        serde_json::from_slice(&text).with_context(|| {
            let path = self.path.display();
            format!("{path}, which says how far each bin was listened to, is damaged: delete it")
        })
    }

    fn beside(&self, extension: &str) -> PathBuf {
        self.path.with_added_extension(extension)
    }
}

/// <https://specifications.freedesktop.org/basedir-spec/latest/>: a path that is not absolute
/// counts as not set.
fn state_directory(named: Option<PathBuf>, home: Option<PathBuf>) -> Option<PathBuf> {
    named.filter(|path| path.is_absolute()).or_else(|| {
        let home = home.filter(|path| path.is_absolute())?;
        Some(home.join(".local").join("state"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scratch::Scratch;

    fn places(scratch: &Scratch, server: &str) -> Places {
        Places {
            path: scratch.path("new").join("listen.json"),
            server: server.to_owned(),
        }
    }

    #[test]
    fn what_was_reached_is_remembered_for_each_server_and_bin() {
        let scratch = Scratch::new();
        let (one, two) = (
            places(&scratch, "http://one"),
            places(&scratch, "http://two"),
        );
        assert_eq!(one.after("bin_a").unwrap(), None);
        one.reach("bin_a", None).unwrap();
        assert_eq!(one.after("bin_a").unwrap(), Some(None));
        one.reach("bin_a", Some("cap_1")).unwrap();
        two.reach("bin_a", Some("cap_2")).unwrap();
        one.reach("bin_b", Some("cap_3")).unwrap();
        let after = |places: &Places, bin: &str| places.after(bin).unwrap().unwrap().unwrap();
        assert_eq!(after(&one, "bin_a"), "cap_1");
        assert_eq!(after(&two, "bin_a"), "cap_2");
        assert_eq!(after(&one, "bin_b"), "cap_3");
        assert!(!one.beside("draft").exists());
    }

    #[test]
    fn the_bin_that_was_made_last_is_found_by_its_name_or_without() {
        let scratch = Scratch::new();
        let one = places(&scratch, "http://one");
        one.reach("bin_found", None).unwrap();
        assert_eq!(one.made(None).unwrap(), None);
        one.make("bin_a", "shop").unwrap();
        one.reach("bin_a", Some("cap_1")).unwrap();
        one.make("bin_b", "crm").unwrap();
        let made = |name| one.made(name).unwrap();
        assert_eq!(made(None).as_deref(), Some("bin_b"));
        assert_eq!(made(Some("shop")).as_deref(), Some("bin_a"));
        assert_eq!(made(Some("none")), None);
        one.reach("bin_a", Some("cap_2")).unwrap();
        assert_eq!(one.made(None).unwrap().as_deref(), Some("bin_a"));
        assert_eq!(places(&scratch, "http://two").made(None).unwrap(), None);
    }

    #[test]
    fn the_file_does_not_grow_without_end() {
        let scratch = Scratch::new();
        let one = places(&scratch, "http://one");
        for number in 0..=BINS_MAX {
            one.reach(&format!("bin_{number}"), None).unwrap();
        }
        assert_eq!(one.read().unwrap().bins.len(), BINS_MAX);
        assert_eq!(one.after("bin_0").unwrap(), None);
        assert_eq!(one.after("bin_1").unwrap(), Some(None));
    }

    #[test]
    fn writers_at_the_same_time_do_not_undo_each_other() {
        let scratch = Scratch::new();
        std::thread::scope(|scope| {
            for thread in 0..4 {
                let one = places(&scratch, "http://one");
                scope.spawn(move || {
                    for number in 0..10 {
                        let after = format!("cap_{number}");
                        one.reach(&format!("bin_{thread}"), Some(&after)).unwrap();
                    }
                });
            }
        });
        for thread in 0..4 {
            let after = places(&scratch, "http://one").after(&format!("bin_{thread}"));
            assert_eq!(after.unwrap().unwrap().as_deref(), Some("cap_9"));
        }
    }

    #[test]
    fn a_damaged_file_is_named_and_left_alone() {
        let scratch = Scratch::new();
        let one = places(&scratch, "http://one");
        one.reach("bin_a", None).unwrap();
        std::fs::write(&one.path, "{\"bins\":[{").unwrap();
        for error in [
            one.after("bin_a").unwrap_err(),
            one.reach("bin_a", None).unwrap_err(),
        ] {
            let said = format!("{error:#}");
            assert!(
                said.contains("listen.json") && said.contains("damaged"),
                "{said}"
            );
        }
        assert_eq!(std::fs::read(&one.path).unwrap(), b"{\"bins\":[{");
    }

    #[test]
    fn the_directory_is_absolute() {
        let some = |path: &str| Some(PathBuf::from(path));
        assert_eq!(state_directory(some("/x"), some("/h")), some("/x"));
        for bad in [None, some(""), some("x")] {
            assert_eq!(state_directory(bad, some("/h")), some("/h/.local/state"));
        }
        assert_eq!(state_directory(None, None), None);
        assert_eq!(state_directory(None, some("")), None);
    }
}
