//! The gallery: ready-made requests to the services that people use.

use std::str::FromStr;

use axum::Json;
use hookwire_compose::recipe::{Field, Recipe, all, find};
use serde::Serialize;
use serde_json::value::RawValue;

use crate::error::ApiError;
use crate::extract::{Named, PathRef};
use crate::page::ListResponse;
use crate::token::Principal;

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
#[derive(Debug, Serialize)]
pub struct RecipeOut {
    id: &'static str,
    name: &'static str,
    description: &'static str,
    documentation: &'static str,
    category: &'static str,
    method: &'static str,
    fields: Vec<FieldOut>,
    example: ExampleOut,
}

#[derive(Debug, Serialize)]
struct FieldOut {
    name: &'static str,
    label: &'static str,
    description: &'static str,
    /// Stored encrypted and never shown again.
    secret: bool,
    required: bool,
    /// May be a Liquid template.
    template: bool,
    default: Option<&'static str>,
    example: Option<&'static str>,
    pattern: Option<PatternOut>,
}

#[derive(Debug, Serialize)]
struct PatternOut {
    /// A regular expression that the whole value must match.
    source: &'static str,
    /// The same in words, to be read after "must be".
    message: &'static str,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct ExampleOut {
    event_type: &'static str,
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
pub async fn list(_: Principal) -> Json<ListResponse<RecipeOut>> {
    let recipes = all();
    Json(ListResponse {
        data: recipes.iter().map(RecipeOut::from).collect(),
        iterator: recipes.last().map(|recipe| recipe.id.clone()),
        prev_iterator: recipes.first().map(|recipe| format!("-{}", recipe.id)),
        done: true,
    })
}

/// Shows a recipe.
pub async fn get(_: Principal, path: PathRef<RecipeId>) -> Result<Json<RecipeOut>, ApiError> {
    let RecipeId(recipe) = path.id()?;
    Ok(Json(RecipeOut::from(recipe)))
}
