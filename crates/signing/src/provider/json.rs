//! Fields out of a JSON body.
//!
//! The body may be megabytes of anything: it is read once from front to back for all fields that
//! are asked for, nothing of it is kept but these, and what lies beside their paths is skipped
//! without recursion. What cannot have the fields, because it is neither object nor array, is not
//! read at all. Where a name occurs twice the last one counts, as nearly all readers of JSON have
//! it.

use std::fmt;

use serde::de::{
    Deserialize, DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor,
};

/// A step on the way to a field.
#[derive(Debug, Clone, Copy)]
pub(super) enum Step<'p> {
    /// Into the value of this name.
    Key(&'p str),
    /// Into the first element.
    First,
    /// Into the only element: an array of several has no field of its own.
    Only,
}

/// The steps to a field, one or more: a path of none leads nowhere.
pub(super) type Path<'p> = &'p [Step<'p>];

/// A longer text is no id, name or token of any provider.
const TEXT_MAX_BYTES: usize = 1024;

/// How much of a body is looked at for what it is called. Ids and names stand near the front, and
/// whoever sends megabytes should not have all of them read for a name.
pub(super) const BEGINNING_BYTES: usize = 1 << 20;

/// The string or whole number at the end of the path. `None` where the body is not JSON, where
/// nothing is there, and where it is something else or longer than any id.
pub(super) fn text_at(body: &[u8], path: Path<'_>) -> Option<String> {
    let [found] = texts_at(body, [path]);
    found
}

/// The same for several paths, of which each has its own answer; the body is read once.
pub(super) fn texts_at<const N: usize>(body: &[u8], paths: [Path<'_>; N]) -> [Option<String>; N] {
    read(body, paths, false)
}

/// The same for a path of names.
pub(super) fn field(body: &[u8], names: &[&str]) -> Option<String> {
    let path: Vec<_> = names.iter().copied().map(Step::Key).collect();
    text_at(body, &path)
}

/// As [`texts_at`], for what a request is called, never for verifying it: of a body longer than
/// [`BEGINNING_BYTES`] only that much is looked at. No field is found after it, whether the rest is
/// JSON is not known, and an array that does not end before it has no only element.
pub(super) fn texts_in_beginning<const N: usize>(
    body: &[u8],
    paths: [Path<'_>; N],
) -> [Option<String>; N] {
    let Some(beginning) = body
        .get(..BEGINNING_BYTES)
        .filter(|it| it.len() < body.len())
    else {
        return read(body, paths, false);
    };
    // A number that may go on is left out: its first digits are another number.
    let is_of_number = |byte: &u8| matches!(byte, b'0'..=b'9' | b'+' | b'-' | b'.' | b'e' | b'E');
    let end = beginning.iter().rposition(|byte| !is_of_number(byte));
    read(&beginning[..end.map_or(0, |last| last + 1)], paths, true)
}

/// Reads all of `body`, which may end before its JSON does if it was cut.
fn read<const N: usize>(body: &[u8], paths: [Path<'_>; N], is_cut: bool) -> [Option<String>; N] {
    const { assert!(N <= u32::BITS as usize, "each path has a bit") };
    let mut found = [const { None }; N];
    let seek = Seek {
        paths: &paths,
        depth: 0,
        ways: u32::MAX,
        found: &mut found,
    };
    if !seek.can_begin(body) {
        return found;
    }
    let mut reader = serde_json::Deserializer::from_slice(body);
    match seek.deserialize(&mut reader).and_then(|()| reader.end()) {
        Ok(()) => found,
        Err(error) if is_cut && error.is_eof() => found,
        Err(_) => [const { None }; N],
    }
}

/// Looks for the ends of paths within the value that it is given.
struct Seek<'s> {
    paths: &'s [Path<'s>],
    /// How many steps led to this value.
    depth: usize,
    /// A bit for each path that leads to this value; those of no path do not matter.
    ways: u32,
    found: &'s mut [Option<String>],
}

impl Seek<'_> {
    /// Whether some path's first step can be taken, by the first byte that is not blank.
    fn can_begin(&self, body: &[u8]) -> bool {
        let is_blank = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\r' | b'\n');
        match body.iter().find(|byte| !is_blank(byte)) {
            Some(b'{') => self.onwards(|step| matches!(step, Step::Key(_))) != 0,
            Some(b'[') => self.onwards(|step| !matches!(step, Step::Key(_))) != 0,
            _ => false,
        }
    }

    /// The paths to this value that go on with such a step.
    fn onwards(&self, is_one: impl Fn(Step<'_>) -> bool) -> u32 {
        self.those(|path| path.get(self.depth).copied().is_some_and(&is_one))
    }

    fn those(&self, is_one: impl Fn(Path<'_>) -> bool) -> u32 {
        let all = self.paths.iter().enumerate();
        all.filter(|(place, path)| self.ways & (1 << place) != 0 && is_one(path))
            .fold(0, |ways, (place, _)| ways | 1 << place)
    }

    /// For a value within this one; what was found on its paths before no longer counts.
    fn within(&mut self, ways: u32) -> Seek<'_> {
        self.forget(ways);
        Seek {
            paths: self.paths,
            depth: self.depth + 1,
            ways,
            found: self.found,
        }
    }

    fn forget(&mut self, ways: u32) {
        self.put(ways, None);
    }

    fn end(mut self, text: &str) {
        let ways = self.those(|path| path.len() == self.depth);
        if ways != 0 && text.len() <= TEXT_MAX_BYTES {
            self.put(ways, Some(text));
        }
    }

    fn put(&mut self, ways: u32, text: Option<&str>) {
        for (place, found) in self.found.iter_mut().enumerate() {
            if ways & (1 << place) != 0 {
                *found = text.map(str::to_owned);
            }
        }
    }
}

impl<'de> DeserializeSeed<'de> for Seek<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<(), D::Error> {
        if self.ways == 0 {
            return IgnoredAny::deserialize(reader).map(drop);
        }
        reader.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Seek<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<(), E> {
        self.end(text);
        Ok(())
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<(), E> {
        self.end(&number.to_string());
        Ok(())
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<(), E> {
        self.end(&number.to_string());
        Ok(())
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<(), A::Error> {
        while let Some(ways) = map.next_key_seed(Ways(&self))? {
            map.next_value_seed(self.within(ways))?;
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut elements: A) -> Result<(), A::Error> {
        let first = self.onwards(|step| !matches!(step, Step::Key(_)));
        let only = self.onwards(|step| matches!(step, Step::Only));
        let mut next = elements.next_element_seed(self.within(first));
        let mut is_only = next.is_ok();
        while matches!(next, Ok(Some(()))) {
            next = elements.next_element::<IgnoredAny>().map(|it| it.map(drop));
            is_only &= matches!(next, Ok(None));
        }
        // Also where the array is cut: then nobody knows what follows.
        if !is_only {
            self.forget(only);
        }
        next.map(drop)
    }
}

/// The paths that go on with a name, without a copy of it.
struct Ways<'s>(&'s Seek<'s>);

impl<'de> DeserializeSeed<'de> for Ways<'_> {
    type Value = u32;

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<u32, D::Error> {
        reader.deserialize_str(self)
    }
}

impl Visitor<'_> for Ways<'_> {
    type Value = u32;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name")
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<u32, E> {
        Ok(self
            .0
            .onwards(|step| matches!(step, Step::Key(key) if key == name)))
    }
}

#[cfg(test)]
mod tests;
