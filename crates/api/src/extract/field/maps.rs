//! Objects whose keys the caller chose.

use std::collections::BTreeMap;

use hookwire_types::Metadata;
use serde_json::{Value, json};

use super::{Entries, Field, FieldSketch, PROBE, Step, sketch};
use crate::rules;

impl<'a> Field<'a, '_> {
    /// An object whose keys the caller chose, with at most `entries_max` of them; each value is
    /// read by `rule`. A key that is given twice has its last value, as JSON parsers have it.
    pub fn map<T>(
        &mut self,
        entries_max: usize,
        mut rule: impl FnMut(&str, &mut Field<'a, '_>) -> Option<T>,
    ) -> Option<BTreeMap<String, T>> {
        if self.sketch.is_some() {
            self.take_map_down(entries_max, rule);
            return None;
        }
        let Ok(entries) = serde_json::from_str::<Entries<'a>>(self.raw) else {
            return self.wrong_type("an object");
        };
        if entries.overflow || entries.list.len() > entries_max {
            return self.refuse(format!("must have at most {entries_max} entries"));
        }
        let mut map = BTreeMap::new();
        for (key, value) in entries.list {
            let step = Step::Key(key.to_string());
            if let Some(read) = self.within(step, value.get(), |value| rule(&key, value)) {
                map.insert(key.into_owned(), read);
            }
        }
        Some(map)
    }

    /// The tenant's own data on a thing.
    pub fn metadata(&mut self) -> Option<Metadata> {
        let map = self.map(rules::METADATA_ENTRIES_MAX, |_, value| {
            value.text(rules::without_nul)
        })?;
        self.checked(rules::metadata_size(&map))?;
        Some(map)
    }

    fn take_map_down<T>(
        &mut self,
        entries_max: usize,
        mut rule: impl FnMut(&str, &mut Field<'a, '_>) -> Option<T>,
    ) {
        let mut ask = |key: &str| {
            let mut field = FieldSketch::default();
            rule(
                key,
                &mut Field::sketching(self.source, self.problems, &mut field),
            );
            field
        };
        // A rule about keys refuses the value before it reads it.
        let keys = ask(PROBE).refused.unwrap_or_else(rules::text_without_nul);
        let value = ask("key");
        let values = value.schema.unwrap_or(Value::Bool(true));
        let values = if value.may_be_null {
            sketch::or_null(values)
        } else {
            values
        };
        self.takes_down(|| {
            json!({
                "type": "object",
                "propertyNames": keys,
                "additionalProperties": values,
                "maxProperties": entries_max,
            })
        });
    }
}
