//! An endpoint that begins with a recipe: `recipe: {id, values}` stands for the definition that the
//! recipe makes of the values.
//!
//! What a recipe makes is checked like what a person writes: values may contain templates.

use hookwire_compose::filter::Filter;
use hookwire_compose::recipe::{Example, FilledRecipe, Recipe, all, find};
use hookwire_compose::{check_body, check_header};
use hookwire_engine::outbound::check_credentials;
use hookwire_types::Endpoint;
use serde_json::json;

use crate::extract::Field;
use crate::rules;

/// Values of one recipe; the longest has some ten fields.
const VALUES_MAX: usize = 64;

/// A definition that a recipe made.
#[derive(Debug, Clone)]
pub struct FilledIn {
    recipe: &'static Recipe,
    filled: Box<FilledRecipe>,
}

/// Reads a `recipe`.
pub fn read_recipe(field: &mut Field<'_, '_>) -> Option<FilledIn> {
    let (recipe, values) = field.object(|fields| {
        fields.only(&["id", "values"]);
        let recipe = fields.required("id", |f| f.about("The recipe's id.").text(known).map(Some));
        let values = fields.optional("values", |f| {
            f.about("What is filled into its fields, by name.")
                .map(VALUES_MAX, |_, value| value.text(rules::without_nul))
        });
        (recipe, values.unwrap_or_default())
    })?;
    let recipe = recipe?;
    let filled = match recipe.fill(&values) {
        Ok(filled) => filled,
        Err(errors) => {
            for error in errors {
                let path = ["values".to_owned(), error.field];
                field.refuse_below::<()>(&path, error.message);
            }
            return None;
        }
    };
    match check(&filled) {
        Ok(()) => Some(FilledIn {
            recipe,
            filled: Box::new(filled),
        }),
        Err(wrong) => field.refuse_below(&["values".to_owned()], wrong),
    }
}

fn known(id: &str) -> Result<&'static Recipe, rules::Wrong> {
    find(id).ok_or_else(|| {
        let ids: Vec<&str> = all().iter().map(|recipe| recipe.id.as_str()).collect();
        rules::Wrong::from("there is no recipe of this id")
            .expecting(json!({ "type": "string", "enum": ids }))
    })
}

fn check(filled: &FilledRecipe) -> Result<(), rules::Wrong> {
    let wrong = |part: &str, message: &str| format!("make a {part} that is refused: {message}");
    rules::url(&filled.url).map_err(|message| wrong("URL", &message))?;
    for (name, value) in &filled.headers {
        check_header(name, value).map_err(|error| wrong("header", &error.to_string()))?;
    }
    if let Some(body) = &filled.request.body {
        check_body(body)
            .map_err(|error| wrong("body", &rules::placed(error.place, &error.message)))?;
    }
    if let Some(filter) = &filled.filter {
        Filter::parse(filter).map_err(|error| wrong("filter", &error.to_string()))?;
    }
    if let Some(credentials) = &filled.credentials {
        check_credentials(credentials).map_err(|error| wrong("credential", &error.message))?;
    }
    Ok(())
}

impl FilledIn {
    /// Where requests go.
    pub fn url(&self) -> &str {
        &self.filled.url
    }

    /// Event types that it suits.
    pub fn event_types(&self) -> Option<Vec<String>> {
        self.filled.event_types.clone()
    }

    /// The event that shows what the recipe does.
    pub fn example(&self) -> &'static Example {
        &self.recipe.example
    }

    /// Makes an endpoint what the recipe says.
    pub fn apply(&self, endpoint: &mut Endpoint) {
        let filled = FilledRecipe::clone(&self.filled);
        endpoint.name = filled.name;
        endpoint.url = filled.url;
        endpoint.request = filled.request;
        endpoint.headers = filled.headers;
        endpoint.secrets = filled.secrets;
        endpoint.credentials = filled.credentials;
        endpoint.filter = filled.filter;
        endpoint.retry = filled.retry;
    }
}
