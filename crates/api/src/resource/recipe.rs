//! The gallery: ready-made requests to the services that people use.

use std::str::FromStr;

use axum::Json;
use hookwire_compose::recipe::{Field, Recipe, all, find};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::value::RawValue;

use crate::error::ApiError;
use crate::extract::{Named, PathRef};
use crate::openapi::shape::Object;
use crate::page::ListResponse;

/// A recipe that a path names.
pub struct RecipeId(&'static Recipe);

impl FromStr for RecipeId {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        find(text).map(Self).ok_or(())
    }
}

impl Named for RecipeId {
    const PARAM: &str = "recipe_id";
    const WORD: &str = "recipe";
}

/// A recipe as the API shows it.
#[derive(Debug, Serialize, JsonSchema)]
pub struct RecipeOut {
    /// Its id.
    id: &'static str,
    /// The service.
    name: &'static str,
    /// What it does.
    description: &'static str,
    /// Where the service describes its side.
    documentation: &'static str,
    /// What kind of service it is.
    category: &'static str,
    /// The HTTP method that it uses.
    method: &'static str,
    /// What has to be filled in.
    fields: Vec<FieldOut>,
    /// An event that shows what it does.
    example: ExampleOut,
}

#[derive(Debug, Serialize, JsonSchema)]
struct FieldOut {
    /// Its name, for programs.
    name: &'static str,
    /// Its name, for people.
    label: &'static str,
    /// What to fill in.
    description: &'static str,
    /// Stored encrypted and never shown again.
    secret: bool,
    /// It must be filled in.
    required: bool,
    /// May be a Liquid template.
    template: bool,
    /// Stands in when nothing is filled in.
    default: Option<&'static str>,
    /// What it may look like.
    example: Option<&'static str>,
    /// What a value must look like.
    pattern: Option<PatternOut>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct PatternOut {
    /// A regular expression that the whole value must match.
    source: &'static str,
    /// The same in words, to be read after "must be".
    message: &'static str,
}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct ExampleOut {
    /// Its event type.
    event_type: &'static str,
    /// Its payload.
    #[schemars(with = "Option<Object>")]
    payload: Option<&'static RawValue>,
}

impl From<&'static Recipe> for RecipeOut {
    fn from(recipe: &'static Recipe) -> Self {
        Self {
            id: &recipe.id,
            name: &recipe.name,
            description: &recipe.description,
            documentation: &recipe.documentation,
            category: recipe.category.name(),
            method: recipe.method().name(),
            fields: recipe.fields.iter().map(FieldOut::from).collect(),
            example: ExampleOut {
                event_type: &recipe.example.event_type,
                payload: serde_json::from_str(&recipe.example.payload).ok(),
            },
        }
    }
}

impl From<&'static Field> for FieldOut {
    fn from(field: &'static Field) -> Self {
        Self {
            name: &field.name,
            label: &field.label,
            description: &field.description,
            secret: field.secret,
            required: field.required,
            template: field.template,
            default: field.default.as_deref(),
            example: field.example.as_deref(),
            pattern: field.pattern.as_ref().map(|pattern| PatternOut {
                source: &pattern.source,
                message: &pattern.message,
            }),
        }
    }
}

/// Lists all recipes, in the order in which to offer them. There are few, so it is one page.
pub async fn list() -> Json<ListResponse<RecipeOut>> {
    let recipes = all();
    Json(ListResponse {
        data: recipes.iter().map(RecipeOut::from).collect(),
        iterator: recipes.last().map(|recipe| recipe.id.clone()),
        prev_iterator: recipes.first().map(|recipe| format!("-{}", recipe.id)),
        done: true,
    })
}

/// Shows a recipe.
pub async fn get(path: PathRef<RecipeId>) -> Result<Json<RecipeOut>, ApiError> {
    let RecipeId(recipe) = path.id()?;
    Ok(Json(RecipeOut::from(recipe)))
}
