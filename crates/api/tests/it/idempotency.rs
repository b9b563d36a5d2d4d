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
