//! The gallery of recipes, and endpoints that begin with one.

use serde_json::{Value, json};

use crate::rig::Api;

const PATH: &str = "/app/default/endpoint";

/// The examples of a recipe's fields.
fn examples(recipe: &Value) -> Value {
    let fields = recipe["fields"].as_array().unwrap().iter();
    let named = fields.filter_map(|field| {
        let example = field["example"].as_str()?;
        Some((field["name"].as_str()?.to_owned(), json!(example)))
    });
    Value::Object(named.collect())
}

#[tokio::test]
async fn every_recipe_is_listed_and_makes_an_endpoint() {
    let api = Api::start().await;
    let page = api.get("/recipe").await.ok(200);
    let recipes = page["data"].as_array().unwrap();
    assert!(recipes.len() >= 20);
    assert_eq!(page["done"], true);
    for recipe in recipes {
        let id = recipe["id"].as_str().unwrap();
        assert_eq!(api.get(&format!("/recipe/{id}")).await.ok(200), *recipe);
        for text in ["name", "description", "documentation", "category", "method"] {
            assert!(!recipe[text].as_str().unwrap().is_empty(), "{id}: {text}");
        }
        assert!(recipe["example"]["eventType"].is_string(), "{id}");
        assert!(recipe["example"]["payload"].is_object(), "{id}");

        let values = examples(recipe);
        let body = json!({"recipe": {"id": id, "values": values}, "eventTypes": ["*"]});
        let answer = api.post(PATH, body).await;
        let made = answer.ok(201);
        assert_eq!(made["request"]["method"], recipe["method"], "{id}");
        assert!(made["name"].is_string() && made["url"].is_string(), "{id}");
        for field in recipe["fields"].as_array().unwrap() {
            let name = field["name"].as_str().unwrap();
            if field["secret"] == true {
                let secret = values[name].as_str().unwrap();
                assert!(!answer.text.contains(secret), "{id}: {name} is shown");
            }
        }
    }
    assert_eq!(api.get("/recipe/none").await.code(404), "not_found");
}

#[tokio::test]
async fn a_recipe_is_previewed_with_its_own_example() {
    let api = Api::start().await;
    let page = api.get("/recipe").await.ok(200);
    for recipe in page["data"].as_array().unwrap() {
        let id = recipe["id"].as_str().unwrap();
        let values = examples(recipe);
        let body = json!({"endpoint": {"recipe": {"id": id, "values": values}}});
        let answer = api.post("/compose/preview", body).await;
        let report = answer.ok(200);
        assert_eq!(report["ok"], true, "{id}: {}", answer.text);
        let headers = report["request"]["headers"].to_string();
        assert!(
            report["request"]["url"]
                .as_str()
                .unwrap()
                .starts_with("https://"),
            "{headers}"
        );
        for field in recipe["fields"].as_array().unwrap() {
            let name = field["name"].as_str().unwrap();
            if field["secret"] == true {
                let secret = values[name].as_str().unwrap();
                assert!(!answer.text.contains(secret), "{id}: {name} is shown");
            }
        }
    }
}

#[tokio::test]
async fn what_is_given_beside_a_recipe_replaces_it() {
    let api = Api::start().await;
    let values = json!({"token": "123456:abcdefgh", "chat_id": "@shop"});
    let recipe = json!({"id": "telegram", "values": values});
    let body = json!({"recipe": recipe, "name": "Our bot", "filter": "true",
        "request": {"method": "PUT"}, "secrets": {"more": "s3cr3t"}, "retry": {"timeoutMs": 2_000}});
    let made = api.post(PATH, body).await.ok(201);
    assert_eq!(
        (&made["name"], &made["filter"], &made["request"]["method"]),
        (&json!("Our bot"), &json!("true"), &json!("PUT"))
    );
    assert_eq!(made["retry"]["timeoutMs"], 2_000);
    let names: Vec<_> = made["secretNames"].as_array().unwrap().iter().collect();
    assert!(
        names.len() > 1 && names.contains(&&json!("more")),
        "{names:?}"
    );
    let url = made["url"].as_str().unwrap();
    assert!(url.starts_with("https://api.telegram.org/"), "{url}");

    let elsewhere = json!({"recipe": recipe, "url": "https://proxy.example/telegram"});
    let made = api.post(PATH, elsewhere).await.ok(201);
    assert_eq!(made["url"], "https://proxy.example/telegram");
}

#[tokio::test]
async fn values_that_do_not_fit_are_told_by_field() {
    let api = Api::start().await;
    let body = |recipe: Value| json!({ "recipe": recipe });
    let of = |values: Value| body(json!({"id": "telegram", "values": values}));
    for (given, places) in [
        (body(json!("telegram")), vec!["recipe"]),
        (body(Value::Null), vec!["url"]),
        (body(json!({})), vec!["recipe.id"]),
        (body(json!({"id": "none"})), vec!["recipe.id"]),
        (
            body(json!({"id": "telegram", "value": {}})),
            vec![
                "recipe.value",
                "recipe.values.token",
                "recipe.values.chat_id",
            ],
        ),
        (of(json!({"chat_id": "@a"})), vec!["recipe.values.token"]),
        (
            of(json!({"token": "s3cr3t!", "chat_id": "@a"})),
            vec!["recipe.values.token"],
        ),
        (
            of(json!({"token": "1:a", "chat_id": "@a", "colour": "s3cr3t"})),
            vec!["recipe.values.colour"],
        ),
        (
            of(json!({"token": "1:a", "chat_id": "@a", "text": "{{ s3cr3t"})),
            vec!["recipe.values"],
        ),
    ] {
        let answer = api.post(PATH, given.clone()).await;
        let places: Vec<_> = places.iter().map(|place| format!("body.{place}")).collect();
        assert_eq!(answer.places(), places, "{given}");
        assert!(!answer.text.contains("s3cr3t"), "{}", answer.text);
    }
}

#[tokio::test]
async fn event_types_that_a_recipe_suggests_have_to_be_there() {
    let api = Api::start().await;
    let recipes = api.get("/recipe").await.ok(200);
    let lob = recipes["data"].as_array().unwrap().iter();
    let lob = lob
        .clone()
        .find(|recipe| recipe["id"] == "lob-postcard")
        .unwrap();
    let recipe = json!({"id": "lob-postcard", "values": examples(lob)});
    let answer = api.post(PATH, json!({ "recipe": recipe })).await;
    assert_eq!(answer.places(), ["body.eventTypes"]);
    let all = json!({"recipe": recipe, "eventTypes": null});
    assert_eq!(api.post(PATH, all).await.ok(201)["eventTypes"], Value::Null);
    let event_type = json!({"name": "customer_created", "description": ""});
    api.post("/event-type", event_type).await.ok(201);
    let made = api.post(PATH, json!({ "recipe": recipe })).await.ok(201);
    assert_eq!(made["eventTypes"], json!(["customer_created"]));
}
