//! Lists: of texts, of numbers, of objects, and those that must be empty.

use std::ops::RangeInclusive;

use serde_json::json;
use serde_json::value::RawValue;

use super::{Field, Fields, PROBE, Step, VALUE, sketch, whole_number};
use crate::extract::object::Items;
use crate::rules::Wrong;

impl<'a> Field<'a, '_> {
    /// A list of distinct texts that follow a rule.
    pub fn text_set(
        &mut self,
        lengths: RangeInclusive<usize>,
        rule: fn(&str) -> Result<String, Wrong>,
    ) -> Option<Vec<String>> {
        let (least, most) = (*lengths.start(), *lengths.end());
        let schema = || {
            let items = sketch::expected(rule(PROBE));
            let mut schema = json!({ "type": "array", "items": items, "uniqueItems": true });
            if least > 0 {
                schema["minItems"] = least.into();
            }
            schema["maxItems"] = most.into();
            schema
        };
        if self.takes_down(schema) {
            return None;
        }
        let wrong = || format!("must have {least} to {most} items");
        let items = self.items(lengths, wrong)?;
        let mut texts: Vec<String> = Vec::with_capacity(items.len());
        self.each(items, |item| match item.text(rule) {
            Some(text) if texts.contains(&text) => {
                item.problems.report(VALUE, "is in the list already");
            }
            Some(text) => texts.push(text),
            None => {}
        });
        Some(texts)
    }

    /// A list of whole numbers between two bounds.
    pub fn integers(&mut self, items_max: usize, bounds: RangeInclusive<i64>) -> Option<Vec<i64>> {
        let schema = || {
            let items = whole_number(&bounds);
            json!({ "type": "array", "items": items, "maxItems": items_max })
        };
        if self.takes_down(schema) {
            return None;
        }
        let items = self.items(0..=items_max, || at_most(items_max))?;
        let mut numbers = Vec::with_capacity(items.len());
        self.each(items, |item| numbers.extend(item.integer(bounds.clone())));
        Some(numbers)
    }

    /// A list of objects of known fields.
    pub fn objects<T>(
        &mut self,
        items_max: usize,
        read: impl Fn(&mut Fields<'_, '_>) -> T,
    ) -> Option<Vec<T>> {
        let schema = || {
            let items = sketch::object(&|fields| drop(read(fields)));
            json!({ "type": "array", "items": items, "maxItems": items_max })
        };
        if self.takes_down(schema) {
            return None;
        }
        let items = self.items(0..=items_max, || at_most(items_max))?;
        let mut objects = Vec::with_capacity(items.len());
        self.each(items, |item| objects.extend(item.object(&read)));
        Some(objects)
    }

    /// A list that must be empty, because of `why`.
    pub fn no_items(&mut self, why: &'static str) -> Option<()> {
        if self.takes_down(|| json!({ "type": "array", "maxItems": 0 })) {
            return None;
        }
        self.items(0..=0, || why).map(|_| ())
    }

    /// The items of a list of one of these lengths; any other is refused as `wrong`.
    fn items<W: Into<Wrong>>(
        &mut self,
        lengths: RangeInclusive<usize>,
        wrong: impl FnOnce() -> W,
    ) -> Option<Vec<&'a RawValue>> {
        let Ok(items) = serde_json::from_str::<Items<'a>>(self.raw) else {
            return self.wrong_type("a list");
        };
        if items.overflow || !lengths.contains(&items.list.len()) {
            return self.refuse(wrong());
        }
        Some(items.list)
    }

    /// Reads one item after the other, each at its place.
    fn each(&mut self, items: Vec<&'a RawValue>, mut read: impl FnMut(&mut Field<'a, '_>)) {
        for (index, item) in items.into_iter().enumerate() {
            self.within(Step::Index(index), item.get(), &mut read);
        }
    }
}

fn at_most(items_max: usize) -> String {
    format!("must have at most {items_max} items")
}
