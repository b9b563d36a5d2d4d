//! The files of the web build, as they are in this program's memory.

use std::borrow::Cow;
use std::collections::BTreeMap;

use rust_embed::RustEmbed;

use super::encoding::Encoding;
use super::file::File;

#[derive(RustEmbed)]
#[folder = "../../web/dist"]
#[allow_missing = true]
struct Dist;

/// Files by their path below the root, such as `assets/index-abc123.js`.
pub struct Files(BTreeMap<String, File>);

impl Files {
    /// What was in `web/dist` when this program was built; nothing if it was not there.
    pub fn embedded() -> Self {
        let files = Dist::iter().filter_map(|path| {
            let file = Dist::get(&path)?;
            Some((path.into_owned(), file.data))
        });
        Self::new(files)
    }

    /// Of paths and contents. A file that is another's name with `.br` or `.gz` behind it is that
    /// other one, compressed.
    pub fn new(files: impl IntoIterator<Item = (String, Cow<'static, [u8]>)>) -> Self {
        let mut contents: BTreeMap<String, Cow<'static, [u8]>> = files.into_iter().collect();
        let names: Vec<_> = contents.keys().cloned().collect();
        let is_compressed = |name: &&String| {
            Encoding::COMPRESSED.into_iter().any(|encoding| {
                let plain = name.strip_suffix(encoding.extension());
                plain.is_some_and(|plain| names.binary_search_by(|it| (**it).cmp(plain)).is_ok())
            })
        };
        let (compressed, plain): (Vec<_>, Vec<_>) = names.iter().partition(is_compressed);
        debug_assert_eq!(compressed.len() + plain.len(), names.len());
        let mut made = BTreeMap::new();
        for name in plain {
            let mut file = File::new(name, contents.remove(name).unwrap_or_default());
            for encoding in Encoding::COMPRESSED {
                let beside = format!("{name}{}", encoding.extension());
                if let Some(content) = contents.remove(&beside) {
                    file.add(encoding, content);
                }
            }
            made.insert(name.clone(), file);
        }
        Self(made)
    }

    /// The file with this path.
    pub fn get(&self, path: &str) -> Option<&File> {
        self.0.get(path)
    }
}
