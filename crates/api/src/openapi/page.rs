//! The document as a page for people: plain HTML, made of the document and nothing else.

mod html;
mod schema;

use serde_json::{Map, Value};

use self::html::{escape, paragraphs};
use self::schema::block;

const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

/// An operation with where it is.
struct Entry<'a> {
    path: &'a str,
    method: &'a str,
    operation: &'a Value,
}

/// The page of a document.
pub fn render(document: &Value) -> String {
    let title = escape(text(&document["info"], "title"));
    let mut page = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n\
         <title>{title} API</title>\n<link rel=\"stylesheet\" href=\"/docs/style.css\">\n</head>\n\
         <body>\n"
    );
    let entries = entries(document);
    navigation(&mut page, document, &entries);
    page += "<main>\n";
    introduction(&mut page, document);
    for tag in list(&document["tags"]) {
        let name = text(tag, "name");
        page += &format!(
            "<section>\n<h2 id=\"{}\">{}</h2>\n{}",
            anchor(name),
            escape(name),
            paragraphs(text(tag, "description"))
        );
        for entry in entries.iter().filter(|entry| entry.tag() == name) {
            article(&mut page, document, entry);
        }
        page += "</section>\n";
    }
    refusals(&mut page, document);
    schemas(&mut page, document);
    page += "</main>\n</body>\n</html>\n";
    page
}

fn entries(document: &Value) -> Vec<Entry<'_>> {
    let mut entries = Vec::new();
    for (path, methods) in fields(&document["paths"]) {
        for method in METHODS {
            if let Some(operation) = methods.get(method) {
                entries.push(Entry {
                    path,
                    method,
                    operation,
                });
            }
        }
    }
    entries
}

impl<'a> Entry<'a> {
    fn tag(&self) -> &'a str {
        self.operation["tags"][0].as_str().unwrap_or_default()
    }

    fn id(&self) -> &'a str {
        text(self.operation, "operationId")
    }
}

fn navigation(page: &mut String, document: &Value, entries: &[Entry<'_>]) {
    *page += "<nav aria-label=\"Operations\">\n<p><a href=\"#top\">Hookwire API</a></p>\n";
    for tag in list(&document["tags"]) {
        let name = text(tag, "name");
        *page += &format!("<details>\n<summary>{}</summary>\n<ul>\n", escape(name));
        for entry in entries.iter().filter(|entry| entry.tag() == name) {
            *page += &format!(
                "<li><a href=\"#{}\">{}</a></li>\n",
                entry.id(),
                escape(text(entry.operation, "summary"))
            );
        }
        *page += "</ul>\n</details>\n";
    }
    *page += "<p><a href=\"#refusals\">Refusals</a></p>\n\
              <p><a href=\"#schemas\">Schemas</a></p>\n</nav>\n";
}

fn introduction(page: &mut String, document: &Value) {
    let info = &document["info"];
    *page += &format!(
        "<h1 id=\"top\">{} API <small>{}</small></h1>\n{}\
         <p>For programs: <a href=\"/api/v1/openapi.json\">the same as an OpenAPI document</a>.</p>\n\
         <h2 id=\"credentials\">Credentials</h2>\n\
         <p><code>Authorization: Bearer …</code></p>\n{}",
        escape(text(info, "title")),
        escape(text(info, "version")),
        paragraphs(text(info, "description")),
        paragraphs(text(
            &document["components"]["securitySchemes"]["bearer"],
            "description"
        )),
    );
}

fn article(page: &mut String, document: &Value, entry: &Entry<'_>) {
    let operation = entry.operation;
    *page += &format!(
        "<article id=\"{id}\">\n<h3>{summary} <a href=\"#{id}\" aria-label=\"Link to this\">#</a></h3>\n\
         <p class=\"path\"><b class=\"{method}\">{upper}</b> <code>{path}</code></p>\n{about}",
        id = entry.id(),
        summary = escape(text(operation, "summary")),
        method = entry.method,
        upper = entry.method.to_ascii_uppercase(),
        path = escape(entry.path).replace('/', "/<wbr>"),
        about = paragraphs(text(operation, "description")),
    );
    let parameters: Vec<_> = list(&operation["parameters"])
        .iter()
        .map(|parameter| resolve(document, parameter))
        .collect();
    if !parameters.is_empty() {
        *page += "<h4>Parameters</h4>\n<dl>\n";
        for parameter in parameters {
            *page += &schema::line(
                text(parameter, "name"),
                &parameter["schema"],
                parameter["required"] == true,
                text(parameter, "description"),
                Some(text(parameter, "in")),
            );
        }
        *page += "</dl>\n";
    }
    if let Some(body) = operation.get("requestBody") {
        let whether = if body["required"] == true {
            ""
        } else {
            " (may be absent)"
        };
        let schema = &body["content"]["application/json"]["schema"];
        *page += &format!("<h4>Body{whether}</h4>\n{}", block(schema));
    }
    answers(page, &operation["responses"]);
    *page += "</article>\n";
}

/// What an operation answers; refusals, which are much the same everywhere, by reference.
fn answers(page: &mut String, responses: &Value) {
    let is_refusal = |response: &Value| response.get("$ref").is_some();
    *page += "<h4>Answers</h4>\n<dl>\n";
    for (status, response) in fields(responses).filter(|(_, it)| !is_refusal(it)) {
        *page += &answer(status, response);
    }
    *page += "</dl>\n<p>Refusals:";
    for (status, response) in fields(responses).filter(|(_, it)| is_refusal(it)) {
        let name = text(response, "$ref")
            .rsplit('/')
            .next()
            .unwrap_or_default();
        *page += &format!(
            " <a href=\"#refusal-{}\">{}</a>",
            escape(name),
            escape(status)
        );
    }
    *page += "</p>\n";
}

fn answer(name: &str, response: &Value) -> String {
    let schema = &response["content"]["application/json"]["schema"];
    let shown = if schema.is_null() {
        String::new()
    } else {
        block(schema)
    };
    format!(
        "<dt><code>{}</code></dt>\n<dd>{}{shown}</dd>\n",
        escape(name),
        paragraphs(text(response, "description")),
    )
}

fn refusals(page: &mut String, document: &Value) {
    *page += "<section>\n<h2 id=\"refusals\">Refusals</h2>\n";
    for (name, response) in fields(&document["components"]["responses"]) {
        *page += &format!(
            "<article id=\"refusal-{0}\">\n<dl>\n{1}</dl>\n</article>\n",
            escape(name),
            answer(name, response),
        );
    }
    *page += "</section>\n";
}

fn schemas(page: &mut String, document: &Value) {
    *page += "<section>\n<h2 id=\"schemas\">Schemas</h2>\n";
    for (name, schema) in fields(&document["components"]["schemas"]) {
        *page += &format!(
            "<article id=\"schema-{anchor}\">\n<h3>{name}</h3>\n{}{}</article>\n",
            paragraphs(text(schema, "description")),
            block(schema),
            anchor = escape(name),
            name = escape(name),
        );
    }
    *page += "</section>\n";
}

/// What is referred to, if anything is.
fn resolve<'a>(document: &'a Value, value: &'a Value) -> &'a Value {
    let reference = value.get("$ref").and_then(Value::as_str);
    let found = reference.and_then(|reference| document.pointer(reference.strip_prefix('#')?));
    found.unwrap_or(value)
}

fn anchor(name: &str) -> String {
    name.to_ascii_lowercase().replace(' ', "-")
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value.get(name).and_then(Value::as_str).unwrap_or_default()
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn fields(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flat_map(Map::iter)
}
