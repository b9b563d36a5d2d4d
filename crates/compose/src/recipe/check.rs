//! What the recipe format demands beyond its keys.
//!
//! The checks protect whoever fills a recipe in: no secret can end in a text that is shown, and
//! nothing unchecked can end in the part of a URL that decides who is called.

use std::collections::{BTreeMap, BTreeSet};

use super::source::{Position, RecipeFileError};
use super::{Field, Recipe};

/// A field or a part of one, as texts can name it.
#[derive(Clone, Copy)]
struct Named<'r> {
    field: &'r Field,
    secret: bool,
}

pub(super) fn check(recipe: &Recipe) -> Result<(), RecipeFileError> {
    let id = &recipe.id;
    let is_id_character = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if id.is_empty() || !id.chars().all(is_id_character) {
        return Err(key("id", "ids have letters a–z, digits and `-`"));
    }
    for field in &recipe.fields {
        check_field(field).map_err(|message| wrong(field, message))?;
    }
    let names = names(recipe)?;
    check_texts(recipe, &names)?;
    if let Err(errors) = recipe.fill(&recipe.example_values()) {
        let all: Vec<String> = errors.iter().map(ToString::to_string).collect();
        return Err(key("field", &format!("the examples: {}", all.join("; "))));
    }
    Ok(())
}

fn check_field(field: &Field) -> Result<(), &'static str> {
    if field.secret && (field.template || field.default.is_some()) {
        return Err("a secret can neither be a template nor have a default");
    }
    if field.required && field.default.is_some() {
        return Err("a field with a default is not required");
    }
    if field.required && field.example.is_none() {
        return Err("a required field needs an example");
    }
    let Some(pattern) = &field.pattern else {
        return Ok(());
    };
    let parts: BTreeSet<&str> = pattern.regex.capture_names().flatten().collect();
    if pattern.plain.iter().any(|name| !parts.contains(&**name)) {
        return Err("`plain` names a part that the pattern does not have");
    }
    Ok(())
}

/// Everything that a text can name, with its owner.
fn names(recipe: &Recipe) -> Result<BTreeMap<&str, Named<'_>>, RecipeFileError> {
    let mut names = BTreeMap::new();
    for field in &recipe.fields {
        let whole = std::iter::once((field.name.as_str(), field.secret));
        let pattern = field.pattern.iter();
        let parts = pattern.flat_map(|pattern| {
            let names = pattern.regex.capture_names().flatten();
            names.map(|name| (name, field.secret && !pattern.shows(name)))
        });
        for (name, secret) in whole.chain(parts) {
            if names.insert(name, Named { field, secret }).is_some() {
                return Err(wrong(field, &format!("there is another `{name}`")));
            }
        }
    }
    Ok(names)
}

fn check_texts(recipe: &Recipe, names: &BTreeMap<&str, Named<'_>>) -> Result<(), RecipeFileError> {
    let mut used = BTreeSet::new();
    for (position, text) in recipe.endpoint.texts() {
        for name in text.places() {
            let named = find(names, name)?;
            used.insert(named.field.name.as_str());
            if named.secret && position != Position::Secret {
                let message = format!("is a secret: write {{{{ secrets.{name} }}}}");
                return Err(wrong(named.field, &message));
            }
            let unchecked = named.field.pattern.is_none() || named.field.template;
            if position == Position::Url && unchecked {
                let message = "stands in a URL, so it needs a pattern and cannot be a template";
                return Err(wrong(named.field, message));
            }
        }
        for name in text.secrets() {
            let named = find(names, name)?;
            used.insert(named.field.name.as_str());
            if !named.secret {
                let message = format!("is not a secret: write ${{{name}}}");
                return Err(wrong(named.field, &message));
            }
        }
    }
    match recipe.fields.iter().find(|f| !used.contains(&*f.name)) {
        Some(field) => Err(wrong(field, "is not used")),
        None => Ok(()),
    }
}

fn find<'r>(names: &BTreeMap<&str, Named<'r>>, name: &str) -> Result<Named<'r>, RecipeFileError> {
    let named = names.get(name).copied();
    named.ok_or_else(|| key("endpoint", &format!("there is no field `{name}`")))
}

fn wrong(field: &Field, message: &str) -> RecipeFileError {
    RecipeFileError::Field {
        field: field.name.clone(),
        message: message.to_owned(),
    }
}

fn key(key: &'static str, message: &str) -> RecipeFileError {
    RecipeFileError::Key {
        key,
        message: message.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = r#"
        id = "good"
        name = "Good"
        description = "."
        documentation = "https://example.com/"
        category = "chat"
        [[field]]
        name = "url"
        label = "URL"
        description = "."
        secret = true
        example = "https://a.example.com/key"
        pattern = 'https://(?<host>[a-z]+\.example\.com)/(?<key>[a-z]+)'
        pattern_message = "a URL"
        plain = ["host"]
        [[field]]
        name = "text"
        label = "Text"
        description = "."
        template = true
        default = "{{ type }}"
        [endpoint]
        name = "Good"
        url = "https://${host}/{{ secrets.key }}"
        method = "POST"
        headers = { x-text = "${text}" }
        [example]
        event_type = "a"
        payload = "{}"
    "#;

    #[test]
    fn a_file_that_breaks_a_rule_is_refused_with_the_place() {
        Recipe::parse(GOOD).unwrap();
        let cases = [
            ("id = \"good\"", "id = \"Good\"", "`id`"),
            (
                "method = \"POST\"",
                "method = \"post\"",
                "`post` is not a method",
            ),
            ("category = \"chat\"", "category = \"x\"", "line 6, column"),
            ("name = \"Good\"", "nme = \"Good\"", "unknown field `nme`"),
            (
                "\"https://${host}",
                "\"https://${other}",
                "no field `other`",
            ),
            (
                "\"https://${host}",
                "\"https://${text}",
                "field `text`: stands in a URL",
            ),
            ("{{ secrets.key }}", "${key}", "field `url`: is a secret"),
            (
                "{{ secrets.key }}",
                "{{ secrets.host }}",
                "field `url`: is not a secret",
            ),
            ("{{ secrets.key }}", "{{ secrets.kay }}", "no field `kay`"),
            ("{{ secrets.key }}", "${key", "is not closed"),
            ("\"${text}\"", "\"\"", "field `text`: is not used"),
            (
                "example.com/key\"",
                "example.com/\"",
                "the examples: `url` must be a URL",
            ),
            (
                "example = ",
                "default = ",
                "field `url`: a secret can neither",
            ),
            (
                "[\"host\"]",
                "[\"hast\"]",
                "field `url`: `plain` names a part",
            ),
            ("<key>", "<text>", "there is another `text`"),
            (
                "(?<key>",
                "((?<key>",
                "field `url`: the pattern cannot be read",
            ),
            ("pattern_message = \"a URL\"", "", "go together"),
            (
                "name = \"text\"",
                "name = \"te-xt\"",
                "field `te-xt`: names have",
            ),
            (
                "default = \"{{ type }}\"",
                "",
                "field `text`: a required field needs",
            ),
            (
                "template = true",
                "template = true\nrequired = true",
                "is not required",
            ),
        ];
        for (good, bad, expected) in cases {
            assert!(GOOD.contains(good), "{good}");
            let error = Recipe::parse(&GOOD.replacen(good, bad, 1)).unwrap_err();
            assert!(error.to_string().contains(expected), "{bad}: {error}");
        }
    }
}
