//! Lists of objects, and lists that must be empty.

use serde_json::json;

use super::{Field, Fields, Items, Step, sketch};

impl<'a> Field<'a, '_> {
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
        let Ok(items) = serde_json::from_str::<Items<'a>>(self.raw) else {
            return self.wrong_type("a list");
        };
        if items.overflow || items.list.len() > items_max {
            return self.refuse(format!("must have at most {items_max} items"));
        }
        let mut objects = Vec::with_capacity(items.list.len());
        for (index, item) in items.list.into_iter().enumerate() {
            let read = |item: &mut Field<'a, '_>| item.object(&read);
            objects.extend(self.within(Step::Index(index), item.get(), read));
        }
        Some(objects)
    }

    /// A list that must be empty, because of `why`.
    pub fn no_items(&mut self, why: &'static str) -> Option<()> {
        if self.takes_down(|| json!({ "type": "array", "maxItems": 0 })) {
            return None;
        }
        match serde_json::from_str::<Items<'a>>(self.raw) {
            Ok(items) if items.list.is_empty() => Some(()),
            Ok(_) => self.refuse(why),
            Err(_) => self.wrong_type("a list"),
        }
    }
}
