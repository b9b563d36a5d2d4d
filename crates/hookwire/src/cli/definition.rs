//! What a webhook is made of, as flags: how its requests are composed, and which it is for.
//!
//! Parts that are not given are left to the server, which knows the defaults.

use std::collections::BTreeMap;

use clap::Args;
use hookwire_types::SecretText;
use serde::Serialize;
use serde_json::value::RawValue;

use super::argument::{Arguments, named};

/// How a webhook's requests are composed.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Request")]
pub struct DefinitionArgs {
    /// HTTP method: POST, GET, PUT, PATCH or DELETE [default: POST]
    #[arg(long, value_name = "METHOD", conflicts_with = "recipe",
          value_parser = ["POST", "GET", "PUT", "PATCH", "DELETE"])]
    method: Option<String>,

    /// Header to send; the value may be a Liquid template; can be repeated
    #[arg(long = "header", value_name = "NAME: VALUE", value_parser = header)]
    headers: Vec<(String, String)>,

    /// Body: a JSON object whose texts are Liquid templates
    #[arg(long, value_name = "JSON|@FILE|-",
          conflicts_with_all = ["body", "no_body", "recipe"])]
    json_fields: Option<String>,

    /// Body: text, a Liquid template
    #[arg(long, value_name = "TEXT|@FILE|-", allow_hyphen_values = true,
          conflicts_with_all = ["no_body", "recipe"])]
    body: Option<String>,

    /// Content type of --body [default: text/plain; charset=utf-8]
    #[arg(long, value_name = "TYPE", requires = "body")]
    content_type: Option<String>,

    /// Send no body
    #[arg(long, conflicts_with = "recipe")]
    no_body: bool,

    /// Send the message's id as Idempotency-Key, too
    #[arg(long, conflicts_with = "recipe")]
    idempotency_key: bool,

    /// Only events for which this CEL expression is true, such as payload.total > 100
    #[arg(long, value_name = "CEL")]
    filter: Option<String>,

    /// JavaScript that may change or cancel deliveries
    #[arg(long, value_name = "JS|@FILE|-")]
    transformation: Option<String>,

    /// Secret that templates use as {{ secrets.NAME }}: from a file it does not get into the
    /// shell's history; can be repeated
    #[arg(long = "secret-value", value_name = "NAME=VALUE|NAME=@FILE", value_parser = named)]
    secret_values: Vec<(String, SecretText)>,

    /// How requests show who sends them: {"kind": "bearer", "token": "…"} and others
    #[arg(long, value_name = "JSON|@FILE|-", value_parser = secret)]
    credentials: Option<SecretText>,

    /// One event at a time, in order; one that fails holds up the others
    #[arg(long)]
    ordered: bool,

    /// Begin with a ready-made request: `hookwire recipes` lists them
    #[arg(long, value_name = "ID")]
    recipe: Option<String>,

    /// Field of the recipe; can be repeated
    #[arg(long = "set", value_name = "FIELD=VALUE|FIELD=@FILE", requires = "recipe",
          value_parser = named)]
    values: Vec<(String, SecretText)>,
}

/// A definition as the API takes it. It has secrets, so it cannot be printed.
#[derive(Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Definition {
    #[serde(skip_serializing_if = "Option::is_none")]
    recipe: Option<Recipe>,
    #[serde(skip_serializing_if = "Option::is_none")]
    request: Option<Request>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    headers: BTreeMap<String, String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    filter: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    credentials: Option<Box<RawValue>>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    secrets: BTreeMap<String, String>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    ordered: bool,
}

#[derive(Serialize)]
struct Recipe {
    id: String,
    values: BTreeMap<String, String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Request {
    #[serde(skip_serializing_if = "Option::is_none")]
    method: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    body: Option<Body>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    idempotency_key: bool,
}

#[derive(Serialize)]
#[serde(
    tag = "kind",
    rename_all = "lowercase",
    rename_all_fields = "camelCase"
)]
enum Body {
    Json {
        fields: Box<RawValue>,
    },
    Text {
        #[serde(skip_serializing_if = "Option::is_none")]
        content_type: Option<String>,
        template: String,
    },
    None,
}

#[expect(clippy::unnecessary_wraps, reason = "the form of a value parser")]
fn secret(argument: &str) -> Result<SecretText, String> {
    Ok(SecretText::new(argument))
}

/// `Name: value` as two texts.
fn header(argument: &str) -> Result<(String, String), String> {
    match argument.split_once(':') {
        Some((name, value)) if !name.trim().is_empty() => {
            Ok((name.trim().to_owned(), value.trim().to_owned()))
        }
        _ => Err("expected 'Name: value'".to_owned()),
    }
}

impl DefinitionArgs {
    /// The recipe that it begins with.
    pub fn recipe(&self) -> Option<&str> {
        self.recipe.as_deref()
    }

    /// The script, which the API keeps beside the definition.
    pub fn script(&self, arguments: &mut Arguments) -> anyhow::Result<Option<String>> {
        let code = self.transformation.as_deref();
        code.map(|code| arguments.text("--transformation", code))
            .transpose()
    }

    /// The definition, with what it takes from files and standard input.
    pub fn read(self, arguments: &mut Arguments) -> anyhow::Result<Definition> {
        let body = self.read_body(arguments)?;
        let has_request = self.method.is_some() || body.is_some() || self.idempotency_key;
        let request = Request {
            method: self.method,
            body,
            idempotency_key: self.idempotency_key,
        };
        let credentials = self
            .credentials
            .map(|json| arguments.object("--credentials", json.reveal()))
            .transpose()?;
        let recipe = match self.recipe {
            None => None,
            Some(id) => Some(Recipe {
                id,
                values: read_values("--set", self.values, arguments)?,
            }),
        };
        Ok(Definition {
            recipe,
            request: has_request.then_some(request),
            headers: unique("--header", self.headers)?,
            filter: self.filter,
            credentials,
            secrets: read_values("--secret-value", self.secret_values, arguments)?,
            ordered: self.ordered,
        })
    }

    fn read_body(&self, arguments: &mut Arguments) -> anyhow::Result<Option<Body>> {
        if let Some(json) = &self.json_fields {
            let fields = arguments.object("--json-fields", json)?;
            return Ok(Some(Body::Json { fields }));
        }
        if let Some(text) = &self.body {
            return Ok(Some(Body::Text {
                content_type: self.content_type.clone(),
                template: arguments.text("--body", text)?,
            }));
        }
        Ok(self.no_body.then_some(Body::None))
    }
}

fn read_values(
    flag: &str,
    pairs: Vec<(String, SecretText)>,
    arguments: &mut Arguments,
) -> anyhow::Result<BTreeMap<String, String>> {
    let mut values = BTreeMap::new();
    for (name, value) in unique(flag, pairs)? {
        let value = arguments.line(&format!("{flag} {name}"), value.reveal())?;
        values.insert(name, value);
    }
    Ok(values)
}

/// Two values of one name: one of them would be lost without a word.
fn unique<T>(flag: &str, pairs: Vec<(String, T)>) -> anyhow::Result<BTreeMap<String, T>> {
    let mut values = BTreeMap::new();
    for (name, value) in pairs {
        if values.insert(name.clone(), value).is_some() {
            anyhow::bail!("{flag} {name} is given twice");
        }
    }
    Ok(values)
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Debug, Parser)]
    struct Line {
        #[command(flatten)]
        definition: DefinitionArgs,
    }

    fn read(words: &[&str]) -> anyhow::Result<String> {
        let words = std::iter::once(&"x").chain(words);
        let line = Line::try_parse_from(words)?;
        let definition = line.definition.read(&mut Arguments::default())?;
        Ok(serde_json::to_string(&definition)?)
    }

    #[test]
    fn nothing_given_is_nothing_said() {
        assert_eq!(read(&[]).unwrap(), "{}");
    }

    #[test]
    fn every_body_kind_has_its_flag() {
        for (words, expected) in [
            (
                &["--json-fields", r#"{"z":1e400, "a":"{{ id }}"}"#][..],
                r#"{"request":{"body":{"kind":"json","fields":{"z":1e400, "a":"{{ id }}"}}}}"#,
            ),
            (
                &[
                    "--method",
                    "PUT",
                    "--body",
                    "-x-",
                    "--content-type",
                    "text/csv",
                ],
                r#"{"request":{"method":"PUT","body":{"kind":"text","contentType":"text/csv","template":"-x-"}}}"#,
            ),
            (
                &["--no-body", "--idempotency-key"],
                r#"{"request":{"body":{"kind":"none"},"idempotencyKey":true}}"#,
            ),
        ] {
            assert_eq!(read(words).unwrap(), expected);
        }
    }

    #[test]
    fn everything_else_is_said_as_it_was_given() {
        let words = [
            "--header",
            "X-A:  1:2 ",
            "--filter",
            "payload.a > 1",
            "--ordered",
            "--credentials",
            r#"{"kind":"bearer","token":"t"}"#,
            "--secret-value",
            "key=a=b",
            "--recipe",
            "slack",
            "--set",
            "url=u",
        ];
        assert_eq!(
            read(&words).unwrap(),
            r#"{"recipe":{"id":"slack","values":{"url":"u"}},"headers":{"X-A":"1:2"},"filter":"payload.a > 1","credentials":{"kind":"bearer","token":"t"},"secrets":{"key":"a=b"},"ordered":true}"#
        );
    }

    #[test]
    fn what_contradicts_itself_is_refused() {
        for (words, part) in [
            (&["--body", "a", "--no-body"][..], "cannot be used with"),
            (
                &["--json-fields", "{}", "--body", "a"],
                "cannot be used with",
            ),
            (
                &["--recipe", "slack", "--method", "PUT"],
                "cannot be used with",
            ),
            (&["--content-type", "text/csv"], "required"),
            (&["--set", "a=b"], "required"),
            (&["--method", "put"], "possible values"),
            (&["--header", "X-A"], "Name: value"),
            (&["--header", "a: 1", "--header", "a: 2"], "twice"),
            (
                &["--json-fields", "[]"],
                "--json-fields must be a JSON object",
            ),
            (
                &["--secret-value", "k=@/nowhere/k"],
                "--secret-value k: cannot read",
            ),
        ] {
            let error = read(words).unwrap_err().to_string();
            assert!(error.contains(part), "{words:?}: {error}");
        }
    }
}
