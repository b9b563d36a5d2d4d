//! Importing the catalogue: from OpenAPI documents and from environments.

use http::Request;
use serde_json::{Value, json};

use crate::rig::Api;

const IMPORT: &str = "/event-type/import/openapi";

fn document(webhooks: Value) -> Value {
    json!({"openapi": "3.1.0", "info": {"title": "T", "version": "1"}, "webhooks": webhooks,
        "components": {"schemas": {
            "Pet": {"type": "object", "required": ["id"], "properties": {
                "id": {"type": "integer"}, "owner": {"$ref": "#/components/schemas/Person"}}},
            "Person": {"type": "object"}}}})
}

fn webhook(description: &str, schema: Value) -> Value {
    json!({"post": {"description": description,
        "requestBody": {"content": {"application/json": {"schema": schema}}}}})
}

async fn import(api: &Api, body: Value) -> Value {
    api.post(IMPORT, body).await.ok(200)["data"].clone()
}

#[tokio::test]
async fn webhooks_become_event_types_with_schemas_that_stand_alone() {
    let api = Api::start().await;
    let pet = json!({"$ref": "#/components/schemas/Pet"});
    let spec = document(json!({"pet.new": webhook("A new pet", pet), "pet.gone": {}}));
    let data = import(&api, json!({ "spec": spec })).await;
    assert_eq!(
        data,
        json!({"modified": ["pet.new", "pet.gone"], "to_modify": null})
    );
    let made = api.get("/event-type/pet.new").await.ok(200);
    assert_eq!(made["description"], "A new pet");
    assert_eq!(
        made["schemas"],
        json!({"1": {"type": "object", "required": ["id"],
            "properties": {"id": {"type": "integer"}, "owner": {"$ref": "#/$defs/Person"}},
            "$defs": {"Person": {"type": "object"}}}})
    );
    // The same again changes nothing, not even a version.
    let data = import(&api, json!({ "spec": spec })).await;
    assert_eq!(data["modified"], json!([]));
    assert_eq!(api.get("/event-type/pet.new").await.ok(200), made);
}

#[tokio::test]
async fn what_differs_is_changed_and_the_rest_is_kept() {
    let api = Api::start().await;
    let old = json!({"name": "a", "description": "Old", "groupName": "g", "featureFlags": ["f"],
        "schemas": {"3": {"type": "object"}}});
    api.post("/event-type", old).await.ok(201);
    api.post("/event-type", json!({"name": "b", "description": "B"}))
        .await
        .ok(201);
    api.delete("/event-type/a").await.ok(204);
    let spec = document(json!({"a": webhook("New", json!({"type": "object", "title": "A"}))}));

    let dry = json!({"spec": spec, "dryRun": true, "replaceAll": true});
    let data = import(&api, dry).await;
    assert_eq!(data["modified"], json!([]));
    let to_modify = data["to_modify"].as_array().unwrap();
    assert_eq!(
        (&to_modify[0]["name"], &to_modify[1]["name"]),
        (&json!("a"), &json!("b"))
    );
    assert_eq!(
        (&to_modify[0]["archived"], &to_modify[1]["archived"]),
        (&json!(false), &json!(true))
    );
    assert_eq!(api.get("/event-type/a").await.ok(200)["archived"], true);

    let data = import(&api, json!({ "spec": spec })).await;
    assert_eq!(data["modified"], json!(["a"]));
    let changed = api.get("/event-type/a").await.ok(200);
    assert_eq!(
        (&changed["archived"], &changed["description"]),
        (&json!(false), &json!("New"))
    );
    assert_eq!(
        (&changed["groupName"], &changed["featureFlags"]),
        (&json!("g"), &json!(["f"]))
    );
    let schemas = json!({"3": {"type": "object"}, "4": {"type": "object", "title": "A"}});
    assert_eq!(changed["schemas"], schemas);

    let data = import(&api, json!({"spec": spec, "replaceAll": true})).await;
    assert_eq!(data["modified"], json!(["b"]));
    assert_eq!(api.get("/event-type/b").await.ok(200)["archived"], true);
}

#[tokio::test]
async fn a_large_document_changes_just_what_differs() {
    let api = Api::start().await;
    let names = (0..520).map(|n| format!("t.{n:03}"));
    let event_types: Vec<_> = names
        .map(|name| json!({"name": name, "description": "Same"}))
        .collect();
    let environment = json!({ "eventTypes": event_types });
    api.post("/environment/import", environment).await.ok(204);
    api.delete("/event-type/t.100").await.ok(204);

    let said = |words: &str| json!({"post": {"description": words}});
    let mut webhooks: serde_json::Map<_, _> = (0..520)
        .step_by(10)
        .map(|n| (format!("t.{n:03}"), said("Same")))
        .collect();
    webhooks.insert("t.250".to_owned(), said("Other"));
    webhooks.insert("a".to_owned(), said("New"));
    webhooks.insert("t.505x".to_owned(), said("New"));
    webhooks.insert("z".to_owned(), said("New"));
    let spec = document(webhooks.into());
    let data = import(&api, json!({ "spec": spec })).await;
    assert_eq!(
        data["modified"],
        json!(["t.100", "t.250", "a", "t.505x", "z"])
    );
    assert_eq!(
        api.get("/event-type/t.100").await.ok(200)["archived"],
        false
    );
    assert_eq!(api.get("/event-type/z").await.ok(200)["description"], "New");
    let data = import(&api, json!({ "spec": spec })).await;
    assert_eq!(data["modified"], json!([]));
}

#[tokio::test]
async fn yaml_is_read_and_mistakes_are_found_where_they_are() {
    let api = Api::start().await;
    let yaml = "openapi: 3.1.0\nwebhooks:\n  pet.new:\n    post:\n      summary: A pet\n      \
                requestBody:\n        content:\n          application/json:\n            \
                schema: {type: object}\n      responses:\n        200: {description: ok}\n";
    let data = import(&api, json!({ "specRaw": yaml })).await;
    assert_eq!(data["modified"], json!(["pet.new"]));

    for (body, expected) in [
        (json!({}), "body.specRaw"),
        (json!({"spec": {}}), "body.spec.openapi"),
        (json!({"spec": {"openapi": "3.1.0"}}), "body.spec.webhooks"),
        (
            json!({"spec": document(json!({})), "specRaw": yaml}),
            "body.specRaw",
        ),
        (json!({"spec": []}), "body.spec"),
        (json!({"specRaw": "a: ["}), "body.specRaw"),
        (json!({"specRaw": "swagger: '2.0'"}), "body.specRaw.openapi"),
        (
            json!({"spec": document(json!({"a b": {}}))}),
            "body.spec.webhooks.a b",
        ),
    ] {
        assert_eq!(
            api.post(IMPORT, body.clone()).await.places(),
            [expected],
            "{body}"
        );
    }
    // One that is wrong, and none of them is taken.
    let bad = json!({"properties": {"n": {"type": "number", "minimum": "0"}}});
    let spec = document(json!({"good": {}, "bad": webhook("", bad)}));
    let place = "body.spec.webhooks.bad.post.requestBody.content.application/json.schema.\
                 properties.n.minimum";
    assert_eq!(
        api.post(IMPORT, json!({ "spec": spec })).await.places(),
        [place]
    );
    assert_eq!(api.get("/event-type/good").await.code(404), "not_found");
}

#[tokio::test]
async fn what_is_no_schema_is_refused_wherever_it_is_given() {
    let api = Api::start().await;
    let bad = json!({"1": {"type": "object"}, "2": {"properties": {"a": {"type": "txt"}}}});
    let place = "body.schemas.2.properties.a.type";
    let create = json!({"name": "a", "description": "", "schemas": bad});
    assert_eq!(
        api.post("/event-type", create.clone()).await.places(),
        [place]
    );
    let upsert = json!({"description": "", "schemas": bad});
    assert_eq!(api.put("/event-type/a", upsert).await.places(), [place]);
    api.post("/event-type", json!({"name": "a", "description": ""}))
        .await
        .ok(201);
    let patch = json!({ "schemas": bad });
    assert_eq!(api.patch("/event-type/a", patch).await.places(), [place]);
    let versions = json!({"schemas": {"title": "not by version"}});
    assert_eq!(
        api.patch("/event-type/a", versions).await.places(),
        ["body.schemas.title"]
    );
    let environment = json!({ "eventTypes": [create] });
    assert_eq!(
        api.post("/environment/import", environment).await.places(),
        ["body.eventTypes.0.schemas.2.properties.a.type"]
    );
}

#[tokio::test]
async fn an_environment_is_taken_elsewhere_as_it_was() {
    let (here, there) = (Api::start().await, Api::start().await);
    let full = json!({"name": "a", "description": "A", "groupName": "g", "featureFlags": ["f"],
        "deprecated": true, "schemas": {"1": {"examples": [{"n": 1.5}]}}});
    here.post("/event-type", full).await.ok(201);
    here.post("/event-type", json!({"name": "b", "description": ""}))
        .await
        .ok(201);
    here.delete("/event-type/b").await.ok(204);
    let exported = here.post("/environment/export", json!({})).await.ok(200);
    assert_eq!(
        (&exported["version"], &exported["settings"]),
        (&json!(1), &Value::Null)
    );
    assert_eq!(exported["connectors"], json!([]));
    assert_eq!(exported["eventTypes"].as_array().unwrap().len(), 2);

    there
        .post("/event-type", json!({"name": "a", "description": "Before"}))
        .await
        .ok(201);
    there
        .post("/event-type", json!({"name": "c", "description": ""}))
        .await
        .ok(201);
    there
        .post("/environment/import", exported.clone())
        .await
        .ok(204);
    for name in ["a", "b"] {
        let path = format!("/event-type/{name}");
        let (mut from, mut to) = (
            here.get(&path).await.ok(200),
            there.get(&path).await.ok(200),
        );
        for it in [&mut from, &mut to] {
            it.as_object_mut()
                .unwrap()
                .retain(|key, _| !key.ends_with("At"));
        }
        assert_eq!(from, to);
    }
    assert_eq!(there.get("/event-type/c").await.ok(200)["archived"], false);
}

#[tokio::test]
async fn what_an_environment_cannot_keep_is_said() {
    let api = Api::start().await;
    let import = "/environment/import";
    api.post(
        import,
        json!({"settings": {"colour": "red"}, "connectors": []}),
    )
    .await
    .ok(204);
    let connector = json!({"name": "Slack", "transformation": "function handler(w) { return w }"});
    let body = json!({"connectors": [connector], "eventTypes": [{"name": "a", "description": ""}]});
    assert_eq!(api.post(import, body).await.places(), ["body.connectors"]);
    let twice = json!({"eventTypes": [{"name": "a", "description": ""},
        {"name": "a", "description": "b"}]});
    assert_eq!(api.post(import, twice).await.places(), ["body.eventTypes"]);
    let bad = json!({"eventTypes": [{"name": "a", "description": ""}, {"name": "b c"}, 7]});
    assert_eq!(
        api.post(import, bad).await.places(),
        [
            "body.eventTypes.1.name",
            "body.eventTypes.1.description",
            "body.eventTypes.2"
        ]
    );
    assert_eq!(api.get("/event-type").await.ok(200)["data"], json!([]));
}

#[tokio::test]
async fn imports_at_the_same_time_settle() {
    let api = Api::start().await;
    let event = |name: &str, words: &str| json!({"name": name, "description": words});
    let one = json!({"eventTypes": [event("a", "1"), event("b", "1")]});
    let two = json!({"eventTypes": [event("b", "2"), event("a", "2")]});
    let patch = json!({"description": "3"});
    api.post("/event-type", event("a", "0")).await.ok(201);
    let (first, second, third) = tokio::join!(
        api.post("/environment/import", one),
        api.post("/environment/import", two),
        api.patch("/event-type/a", patch),
    );
    first.ok(204);
    second.ok(204);
    third.ok(200);
}

#[tokio::test]
async fn an_import_takes_what_an_export_has_however_much_that_is() {
    let (here, there) = (Api::start().await, Api::start().await);
    // More than other lists and other bodies may have, as a client library sends it.
    let example = "x".repeat(4_000);
    let event = |n: usize| {
        let schema = json!({"type": "object", "examples": [{"text": example}]});
        json!({"name": format!("event.{n:04}"), "description": "", "schemas": {"1": schema}})
    };
    let all: Vec<Value> = (0..1_200).map(event).collect();
    let body = json!({ "eventTypes": all }).to_string();
    assert!(body.len() > 4 << 20);
    for key in [None, Some("auto_1")] {
        let mut request = Request::post("/api/v1/environment/import")
            .header("authorization", format!("Bearer {}", here.token));
        if let Some(key) = key {
            request = request.header("idempotency-key", key);
        }
        let request = request.body(body.clone().into()).unwrap();
        here.send(request).await.ok(204);
    }
    let exported = here.post("/environment/export", json!({})).await;
    assert_eq!(
        exported.ok(200)["eventTypes"].as_array().unwrap().len(),
        1_200
    );
    let taken = there.post_text("/environment/import", exported.text).await;
    taken.ok(204);
    let last = there.get("/event-type/event.1199").await.ok(200);
    assert_eq!(last["schemas"]["1"]["examples"][0]["text"], example);
}

#[tokio::test]
async fn too_much_for_an_import_is_neither_taken_nor_given() {
    let api = Api::start().await;
    let many = |count| {
        let event = |n| json!({"name": format!("e{n}"), "description": "x".repeat(2_000)});
        json!({"eventTypes": (0..count).map(event).collect::<Vec<Value>>()})
    };
    let answer = api.post("/environment/import", many(10_001)).await;
    assert_eq!(answer.code(413), "body_too_large");
    let short = |n| json!({"name": format!("e{n}"), "description": ""});
    let short: Vec<Value> = (0..10_001).map(short).collect();
    let answer = api
        .post("/environment/import", json!({ "eventTypes": short }))
        .await;
    assert_eq!(answer.places(), ["body.eventTypes"]);

    // Two imports, each of them small enough, make a catalogue that is not.
    for schema in ["a", "b"] {
        let event = |n| {
            let schemas = json!({"1": {"title": "x".repeat(100_000)}});
            json!({"name": format!("{schema}{n}"), "description": "", "schemas": schemas})
        };
        let half: Vec<Value> = (0..90).map(event).collect();
        let answer = api.post("/environment/import", json!({ "eventTypes": half }));
        answer.await.ok(204);
    }
    let answer = api.post("/environment/export", json!({})).await;
    assert_eq!(answer.code(400), "limit_reached");
    assert!(answer.text.contains("16777216 bytes"), "{}", answer.text);
}
