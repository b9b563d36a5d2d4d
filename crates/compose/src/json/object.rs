//! The fields of a JSON object, in the order in which they were written.

use std::borrow::Cow;

use super::Json;

/// Up to here, comparing each name is quicker than searching in an index.
const LINEAR_MAX: usize = 16;

/// The fields of an object. A name that was written twice has two entries, of which
/// [`get`](Self::get) sees the last, as `JSON.parse` does.
#[derive(Clone, PartialEq, Default)]
pub struct Object<'a> {
    entries: Vec<(Cow<'a, str>, Json<'a>)>,
    /// Positions of the entries by name, equal names by position. Empty in small objects.
    by_name: Box<[usize]>,
}

impl<'a> Object<'a> {
    /// An object with these fields.
    pub fn from_entries(entries: Vec<(Cow<'a, str>, Json<'a>)>) -> Self {
        let by_name = if entries.len() > LINEAR_MAX {
            let mut positions: Box<[usize]> = (0..entries.len()).collect();
            positions.sort_unstable_by_key(|position| (&entries[*position].0, *position));
            positions
        } else {
            Box::default()
        };
        Self { entries, by_name }
    }

    /// The value of the field with this name; of several the last.
    pub fn get(&self, name: &str) -> Option<&Json<'a>> {
        if self.by_name.is_empty() {
            let mut fields = self.entries.iter().rev();
            return fields.find(|(own, _)| own == name).map(|(_, value)| value);
        }
        let end = self
            .by_name
            .partition_point(|position| self.entries[*position].0.as_ref() <= name);
        let (own, value) = &self.entries[*self.by_name[..end].last()?];
        (own == name).then_some(value)
    }

    /// All entries, in the order of writing.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, &Json<'a>)> {
        self.entries
            .iter()
            .map(|(name, value)| (name.as_ref(), value))
    }

    /// The entry at this position.
    pub fn entry(&self, position: usize) -> Option<(&str, &Json<'a>)> {
        let (name, value) = self.entries.get(position)?;
        Some((name, value))
    }

    /// All entries, to be kept.
    pub fn into_entries(self) -> Vec<(Cow<'a, str>, Json<'a>)> {
        self.entries
    }

    /// How many entries there are, those of the same name included.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The same fields without the text that they were read from.
    pub fn into_owned(self) -> Object<'static> {
        let own = |(name, value): (Cow<'a, str>, Json<'a>)| {
            (Cow::Owned(name.into_owned()), value.into_owned())
        };
        Object {
            entries: self.entries.into_iter().map(own).collect(),
            by_name: self.by_name,
        }
    }
}

impl std::fmt::Debug for Object<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn object(names: &[String]) -> Object<'_> {
        let entries = names.iter().enumerate().map(|(position, name)| {
            (
                Cow::Borrowed(name.as_str()),
                Json::Number(position.to_string().into()),
            )
        });
        Object::from_entries(entries.collect())
    }

    #[test]
    fn the_last_of_equal_names_counts() {
        for copies in [1, 2, 16, 17, 40] {
            let names: Vec<String> = (0..copies).map(|_| "a".to_owned()).collect();
            let object = object(&names);
            assert_eq!(object.len(), copies);
            let last = object.get("a").and_then(Json::as_i64).unwrap();
            assert_eq!(last, i64::try_from(copies).unwrap() - 1);
            assert_eq!(object.get(""), None);
            assert_eq!(object.get("b"), None);
        }
        assert!(Object::default().is_empty());
        assert_eq!(Object::default().get("a"), None);
    }

    proptest! {
        #[test]
        fn found_whatever_the_size(
            names in prop::collection::vec("[ab]{0,3}|é|😀", 0..60),
            wanted in "[ab]{0,3}",
        ) {
            let object = object(&names);
            let expected = names.iter().rposition(|name| *name == wanted);
            let found = object.get(&wanted).and_then(Json::as_i64);
            prop_assert_eq!(found, expected.map(|position| i64::try_from(position).unwrap()));
            let in_order: Vec<&str> = object.iter().map(|(name, _)| name).collect();
            prop_assert_eq!(in_order, names.iter().map(String::as_str).collect::<Vec<_>>());
        }
    }
}
