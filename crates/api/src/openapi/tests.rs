use std::collections::BTreeSet;

use super::*;

fn operations() -> Vec<(String, &'static Value)> {
    let paths = document()["paths"].as_object().unwrap();
    let methods = |(path, methods): (&String, &'static Value)| {
        let path = path.clone();
        let methods = methods.as_object().unwrap();
        let named = move |(method, operation)| (format!("{method} {path}"), operation);
        methods.iter().map(named).collect::<Vec<_>>()
    };
    paths.iter().flat_map(methods).collect()
}

/// Calls `look` with every object within a value.
fn visit(value: &Value, look: &mut impl FnMut(&Map<String, Value>)) {
    match value {
        Value::Object(fields) => {
            look(fields);
            fields.values().for_each(|value| visit(value, look));
        }
        Value::Array(items) => items.iter().for_each(|item| visit(item, look)),
        _ => {}
    }
}

#[test]
fn every_operation_of_the_table_is_in_the_document_once() {
    let table = groups().into_iter().flat_map(|group| group.operations);
    let ids: Vec<&str> = table.map(|operation| operation.id).collect();
    let distinct: BTreeSet<&str> = ids.iter().copied().collect();
    assert_eq!(ids.len(), distinct.len(), "an operation's id is used twice");
    assert_eq!(operations().len(), ids.len());
}

#[test]
fn every_operation_says_what_it_does_and_what_it_answers() {
    for (name, operation) in operations() {
        assert!(!operation["summary"].as_str().unwrap().is_empty(), "{name}");
        let responses = operation["responses"].as_object().unwrap();
        let good = responses.keys().any(|status| status.starts_with('2'));
        assert!(good, "{name} has no answer");
    }
}

#[test]
fn every_parameter_is_described() {
    for (name, operation) in operations() {
        for parameter in operation["parameters"].as_array().into_iter().flatten() {
            if let Some(described) = parameter.get("description") {
                let parameter = &parameter["name"];
                assert_ne!(described, "", "{name}: add {parameter} to parameter.rs");
            }
        }
    }
}

#[test]
fn every_reference_leads_somewhere() {
    let mut seen = 0;
    visit(document(), &mut |fields| {
        if let Some(reference) = fields.get("$ref") {
            let reference = reference.as_str().unwrap();
            let place = reference.strip_prefix('#').unwrap();
            assert!(document().pointer(place).is_some(), "{reference}");
            seen += 1;
        }
    });
    assert!(seen > 100, "{seen}");
}

#[test]
fn required_fields_are_described_fields() {
    visit(document(), &mut |fields| {
        let (Some(Value::Array(required)), Some(properties)) =
            (fields.get("required"), fields.get("properties"))
        else {
            return;
        };
        for name in required {
            let known = properties.get(name.as_str().unwrap());
            assert!(known.is_some() || fields.contains_key("oneOf"), "{name}");
        }
    });
}

#[test]
fn readers_describe_what_they_read() {
    let schemas = &document()["components"]["schemas"];
    let application = &schemas["ApplicationIn"];
    assert_eq!(application["required"], json!(["name"]));
    assert_eq!(
        application["properties"]["uid"]["pattern"],
        "^[a-zA-Z0-9\\-_.]+$"
    );
    assert_eq!(
        application["properties"]["uid"]["type"],
        json!(["string", "null"])
    );
    assert_eq!(
        schemas["ApplicationPatch"]["properties"]["name"]["type"],
        "string"
    );
    // Beside a recipe, a URL is not needed.
    let endpoint = &schemas["EndpointIn"];
    let ways = endpoint["oneOf"].as_array().unwrap();
    assert_eq!(ways[0]["required"], json!(["url"]));
    assert_eq!(ways[1]["required"], json!(["recipe"]));
    let body = &endpoint["properties"]["request"]["properties"]["body"]["anyOf"][0];
    let kinds = body["oneOf"].as_array().unwrap();
    let kinds: Vec<_> = kinds
        .iter()
        .map(|it| &it["properties"]["kind"]["const"])
        .collect();
    assert_eq!(kinds, ["payload", "json", "text", "none"]);
}

/// Fields without a word about them, of a schema and of what is within it. What can have one value
/// only speaks for itself.
fn nameless(schema: &Value, place: &str, found: &mut Vec<String>) {
    for (name, field) in schema["properties"].as_object().into_iter().flatten() {
        let place = format!("{place}.{name}");
        let is_fixed = field.get("const").is_some() || field["type"] == "null";
        if field.get("description").is_none() && !is_fixed {
            found.push(place.clone());
        }
        nameless(field, &place, found);
    }
    let ways = ["oneOf", "anyOf"].into_iter();
    let ways = ways.filter_map(|key| schema[key].as_array()).flatten();
    for part in ways.chain(schema.get("items")) {
        nameless(part, place, found);
    }
}

#[test]
fn every_field_of_a_body_is_described() {
    let mut found = Vec::new();
    for operation in groups().into_iter().flat_map(|group| group.operations) {
        if let Some(body) = operation.needs.body {
            let schema = &document()["components"]["schemas"][body.name];
            assert!(schema.is_object(), "{}", body.name);
            nameless(schema, body.name, &mut found);
        }
    }
    assert_eq!(found, Vec::<String>::new());
}

#[test]
fn the_codes_of_refusals_are_listed() {
    let code = &document()["components"]["schemas"]["Code"];
    let names = code["enum"].as_array().unwrap();
    assert!(names.contains(&json!("limit_reached")) && names.contains(&json!("uid_exists")));
    let refusal = &document()["components"]["schemas"]["Refusal"];
    assert_eq!(
        refusal["properties"]["code"]["$ref"],
        "#/components/schemas/Code"
    );
}

#[test]
fn no_schema_stands_for_two_things() {
    let mut seen: Map<String, Value> = Map::new();
    for operation in groups().into_iter().flat_map(|group| group.operations) {
        let Some(body) = operation.needs.body else {
            continue;
        };
        let schema = crate::extract::sketch::object(&body.read);
        if let Some(before) = seen.insert(body.name.to_owned(), schema.clone()) {
            assert_eq!(before, schema, "{}", body.name);
        }
    }
}

#[test]
fn the_page_links_to_what_it_has() {
    let page = page::render(document());
    let ids: BTreeSet<&str> = page
        .split("id=\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .collect();
    let links = page.split("href=\"#").skip(1);
    for link in links.filter_map(|rest| rest.split('"').next()) {
        assert!(ids.contains(link), "#{link}");
    }
    for (name, operation) in operations() {
        assert!(
            ids.contains(operation["operationId"].as_str().unwrap()),
            "{name}"
        );
    }
    assert!(!page.contains("<script") && !page.contains("style=\""));
}
