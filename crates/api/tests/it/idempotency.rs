//! `Idempotency-Key`: what is sent again is answered again.

use axum::body::Body;
use http::{Method, Request};
use serde_json::{Value, json};

use crate::rig::{Answer, Api};

const PATH: &str = "/app/default/msg";

async fn post(api: &Api, path: &str, key: &str, body: &Value) -> Answer {
    let request = Request::builder()
        .method(Method::POST)
        .uri(format!("/api/v1{path}"))
        .header("authorization", format!("Bearer {}", api.token))
        .header("content-type", "application/json")
        .header("idempotency-key", key)
        .body(Body::from(body.to_string()))
        .unwrap();
    api.send(request).await
}

fn replayed(answer: &Answer) -> bool {
    answer.headers.contains_key("idempotent-replayed")
}

async fn messages(api: &Api) -> usize {
    let list = api.get(PATH).await.ok(200);
    list["data"].as_array().unwrap().len()
}

#[tokio::test]
async fn a_message_is_accepted_once_for_each_key() {
    let api = Api::start().await;
    let body = json!({"eventType": "a.b", "payload": {"n": 1}});
    for key in ["auto_4f0c6a", "order-17"] {
        let first = post(&api, PATH, key, &body).await;
        assert!(!replayed(&first));
        let before = messages(&api).await;
        let second = post(&api, PATH, key, &body).await;
        assert_eq!((second.status, &second.text), (first.status, &first.text));
        assert!(replayed(&second));
        assert_eq!(messages(&api).await, before);
    }
    // Another query asks for another answer.
    let path = format!("{PATH}?with_content=false");
    let other = post(&api, &path, "order-17", &body).await;
    assert!(!replayed(&other));
    let again = post(&api, &path, "order-17", &body).await;
    assert_eq!((again.status.as_u16(), &again.text), (202, &other.text));
}

#[tokio::test]
async fn a_key_belongs_to_one_body() {
    let api = Api::start().await;
    for key in ["auto_1", "own"] {
        for path in [PATH, "/app"] {
            let body = |n| json!({"eventType": "a", "payload": {"n": n}, "name": format!("{n}")});
            post(&api, path, key, &body(1)).await;
            let other = post(&api, path, key, &body(2)).await;
            assert_eq!(other.status, 422);
            assert_eq!(other.places(), ["header.idempotency-key"]);
        }
    }
    assert_eq!(messages(&api).await, 2);
}

#[tokio::test]
async fn other_answers_are_given_again_too() {
    let api = Api::start().await;
    let body = json!({"name": "Acme"});
    let first = post(&api, "/app", "auto_2", &body).await;
    let second = post(&api, "/app", "auto_2", &body).await;
    assert_eq!((second.status, &second.text), (first.status, &first.text));
    assert!(replayed(&second));
    assert_eq!(first.status, 201);
}

#[tokio::test]
async fn what_was_refused_is_tried_again() {
    let api = Api::start().await;
    let wrong = json!({"eventType": "a"});
    for _ in 0..2 {
        let answer = post(&api, PATH, "own-1", &wrong).await;
        assert_eq!(answer.status, 422);
        assert!(!replayed(&answer));
    }
    let right = json!({"eventType": "a", "payload": {}});
    assert_eq!(post(&api, PATH, "own-1", &right).await.status, 202);
}

#[tokio::test]
async fn requests_at_the_same_time_are_one() {
    let api = Api::start().await;
    let body = json!({"eventType": "a", "payload": {}});
    for key in ["auto_3", "own-3"] {
        let before = messages(&api).await;
        let one = || post(&api, PATH, key, &body);
        let answers = tokio::join!(one(), one(), one(), one());
        let answers = [answers.0, answers.1, answers.2, answers.3];
        assert!(answers.iter().all(|it| it.text == answers[0].text));
        let firsts = answers.iter().filter(|it| !replayed(it)).count();
        assert_eq!(firsts, 1);
        assert_eq!(messages(&api).await, before + 1);
    }
}

#[tokio::test]
async fn keys_that_are_none_are_refused() {
    let api = Api::start().await;
    let body = json!({"eventType": "a", "payload": {}});
    for key in ["", " ", "x".repeat(257).as_str()] {
        let answer = post(&api, PATH, key, &body).await;
        assert_eq!(answer.places(), ["header.idempotency-key"]);
    }
}

#[tokio::test]
async fn what_a_deleted_application_was_answered_is_not_the_answer_of_the_next() {
    let api = Api::start().await;
    let app = json!({"name": "Dd", "uid": "dd"});
    let event = json!({"eventType": "a", "payload": {}});
    let endpoint = json!({"url": "https://crm.example"});
    for (key, path, body) in [
        ("auto_4", "/app/dd/msg", &event),
        ("own-4", "/app/dd/msg", &event),
        ("auto_5", "/app/dd/endpoint", &endpoint),
        ("own-5", "/app/dd/endpoint", &endpoint),
    ] {
        let made = api.post("/app", app.clone()).await.ok(201);
        let first = post(&api, path, key, body).await;
        assert!(first.status.is_success() && !replayed(&first));
        let by_id = path.replace("dd", made["id"].as_str().unwrap());
        let again = post(&api, &by_id, key, body).await;
        assert!(replayed(&again) && again.text == first.text);
        api.delete("/app/dd").await.ok(204);
        assert_eq!(post(&api, path, key, body).await.status, 404);
        api.post("/app", app.clone()).await.ok(201);
        let anew = post(&api, path, key, body).await;
        assert_eq!(anew.status, first.status, "{key} {path}");
        assert!(!replayed(&anew) && anew.text != first.text);
        assert!(replayed(&post(&api, path, key, body).await));
        api.delete("/app/dd").await.ok(204);
    }
}

#[tokio::test]
async fn a_message_that_brings_its_application_along_comes_once() {
    let api = Api::start().await;
    for (uid, key) in [("new1", "auto_6"), ("new2", "own-6")] {
        let body = json!({"eventType": "a", "payload": {},
            "application": {"name": "New", "uid": uid}});
        let path = format!("/app/{uid}/msg");
        let one = || post(&api, &path, key, &body);
        let (a, b, c) = tokio::join!(one(), one(), one());
        let last = one().await;
        for answer in [&a, &b, &c] {
            assert_eq!(
                (answer.status.as_u16(), &answer.text),
                (202, &last.text),
                "{key}"
            );
        }
        let list = api.get(&path).await.ok(200);
        assert_eq!(list["data"].as_array().unwrap().len(), 1, "{key}");
    }
}

#[tokio::test]
async fn large_bodies_with_a_key_arrive_within_the_memory_that_there_is() {
    let settings = hookwire_api::ApiSettings {
        body_bytes_max: 1 << 20,
        body_memory_bytes_max: 1 << 20,
        ..hookwire_api::ApiSettings::default()
    };
    let api = Api::with(settings).await;
    // Each takes more than half of the memory, and is read twice.
    let body = json!({"eventType": "a", "payload": {"text": "x".repeat(700 << 10)}});
    let path = format!("{PATH}?with_content=false");
    let one = |key| post(&api, &path, key, &body);
    let (a, b, same) = tokio::join!(one("own-7"), one("own-8"), one("own-7"));
    assert_eq!((a.status.as_u16(), b.status.as_u16()), (202, 202));
    assert!(same.status == 202 && same.text == a.text, "{}", same.text);
    assert_eq!(messages(&api).await, 2);
}

#[tokio::test]
async fn what_changes_nothing_is_done_again() {
    let api = Api::start().await;
    let document = json!({"openapi": "3.1.0", "webhooks": {}});
    let dry_run = json!({"spec": document, "dryRun": true});
    let preview = json!({"endpoint": {"url": "https://crm.example"}});
    for (path, body) in [
        ("/compose/preview", preview),
        ("/environment/export", json!({})),
        (
            "/app/default/msg/precheck/active",
            json!({"eventType": "a"}),
        ),
        ("/event-type/import/openapi", dry_run),
    ] {
        for _ in 0..2 {
            let answer = post(&api, path, "own-9", &body).await;
            assert_eq!(answer.status, 200, "{path} {}", answer.text);
            assert!(!replayed(&answer), "{path}");
        }
    }
}
