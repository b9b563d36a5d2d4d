//! `docs/recipes.md` lists what there is.

use hookwire_compose::recipe::{self, Field, Recipe};

use super::read;

fn names(fields: &[Field], required: bool) -> String {
    let names = fields
        .iter()
        .filter(|field| field.required == required)
        .map(|field| format!("`{}`{}", field.name, if field.secret { " 🔒" } else { "" }));
    let names: Vec<String> = names.collect();
    names.join(", ")
}

#[test]
fn the_page_lists_every_recipe_with_its_fields() {
    let rows: Vec<String> = recipe::all()
        .iter()
        .map(|recipe| {
            format!(
                "| `{}` | [{}]({}) | {} | {} |",
                recipe.id,
                recipe.name,
                recipe.documentation,
                names(&recipe.fields, true),
                names(&recipe.fields, false),
            )
        })
        .collect();
    let page = read("docs/recipes.md");
    let listed: Vec<&str> = page
        .lines()
        .filter(|line| line.starts_with("| `"))
        .collect();
    assert_eq!(listed, rows, "the page should have:\n{}\n", rows.join("\n"));
}

#[test]
fn the_page_shows_a_recipe_that_can_be_read() {
    let page = read("docs/recipes.md");
    let (_, after) = page.split_once("```toml\n").unwrap();
    let (file, _) = after.split_once("\n```").unwrap();
    let recipe = Recipe::parse(file).unwrap();
    assert_eq!(recipe.id, "ticket");
}
