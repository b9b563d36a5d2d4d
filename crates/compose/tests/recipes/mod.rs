//! The recipes that come with Hookwire, as whoever uses them sees them.

mod filling;
mod golden;
mod page;

use std::path::PathBuf;

use hookwire_compose::recipe;
use serde_json::Value;

/// The repository.
fn root() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}

fn read(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// An example that shares its event type with the sample catalogue shows some of what the
/// catalogue shows, and nothing else.
#[test]
fn examples_agree_with_the_sample_catalogue() {
    let samples: Value = serde_json::from_str(&read("samples/events.json")).unwrap();
    let samples = samples["events"].as_array().unwrap();
    let mut found = 0;
    for recipe in recipe::all() {
        let example = &recipe.example;
        let payload: Value = serde_json::from_str(&example.payload).unwrap();
        let Some(sample) = samples.iter().find(|s| s["name"] == *example.event_type) else {
            continue;
        };
        found += 1;
        for (name, value) in payload.as_object().unwrap() {
            assert_eq!(*value, sample["example"][name], "{}: {name}", recipe.id);
        }
    }
    assert!(found > 0);
}

#[test]
fn every_recipe_can_be_found_and_says_where_it_comes_from() {
    for recipe in recipe::all() {
        assert_eq!(recipe::find(&recipe.id).unwrap().name, recipe.name);
        assert!(
            recipe.documentation.starts_with("https://"),
            "{}",
            recipe.id
        );
        for text in [&recipe.name, &recipe.description] {
            assert!(!text.trim().is_empty(), "{}", recipe.id);
        }
    }
    assert!(recipe::find("no-such-recipe").is_none());
}
