//! Lists of messages with large payloads: a page has a bound in bytes, and pages share one.

use axum::body::Body;
use hookwire_api::ApiSettings;
use http::Request;
use serde_json::{Value, json};
use tower_service::Service;

use crate::rig::Api;

const LARGE_BYTES: usize = 1_900_000;
/// What fills a page: 8 MiB of payload and the rest of the one that fills it.
const PAGE_BYTES_MAX: usize = (8 << 20) + LARGE_BYTES + 10_000;
const COUNT: usize = 12;

/// Messages with large payloads for one endpoint, oldest first.
async fn accepted(api: &Api) -> Vec<String> {
    api.put("/app/a", json!({"name": "A"})).await.ok(201);
    // Nothing has to arrive: what is listed is on its way, or has failed.
    let endpoint = json!({"url": "http://127.0.0.1:1/"});
    api.put("/app/a/endpoint/e", endpoint).await.ok(201);
    let mut ids = Vec::new();
    for n in 0..COUNT {
        let payload = json!({"n": n, "text": "v".repeat(LARGE_BYTES)});
        let body = json!({"eventType": "a", "payload": payload});
        let made = api
            .post("/app/a/msg?with_content=false", body)
            .await
            .ok(202);
        ids.push(made["id"].as_str().unwrap().to_owned());
    }
    ids
}

fn ids(page: &Value) -> Vec<String> {
    let data = page["data"].as_array().unwrap().iter();
    data.map(|message| message["id"].as_str().unwrap().to_owned())
        .collect()
}

/// Reads page after page in the direction that `next` names.
async fn walk(api: &Api, path: &str, mut iterator: String, next: &str) -> Vec<Vec<String>> {
    let mut pages = Vec::new();
    loop {
        let answer = api
            .get(&format!("{path}?order=ascending&limit=250{iterator}"))
            .await;
        assert!(answer.text.len() < PAGE_BYTES_MAX, "{}", answer.text.len());
        let page = answer.ok(200);
        for message in page["data"].as_array().unwrap() {
            let text = message["payload"]["text"].as_str().unwrap();
            assert_eq!(text.len(), LARGE_BYTES);
        }
        pages.push(ids(&page));
        if page["done"] == true {
            return pages;
        }
        iterator = format!("&iterator={}", page[next].as_str().unwrap());
    }
}

#[tokio::test]
async fn large_payloads_end_a_page_early_and_the_list_goes_on() {
    let api = Api::start().await;
    let all = accepted(&api).await;
    for path in ["/app/a/msg", "/app/a/endpoint/e/msg"] {
        let there = walk(&api, path, String::new(), "iterator").await;
        assert_eq!(there.len(), 3, "{path}");
        assert_eq!(there.concat(), all, "{path}");

        let last = format!("&iterator=-{}", all.last().unwrap());
        let mut back = walk(&api, path, last, "prevIterator").await;
        back.reverse();
        assert_eq!(back.len(), 3, "{path}");
        assert_eq!(back.concat(), all[..COUNT - 1], "{path}");

        let without = api
            .get(&format!("{path}?order=ascending&with_content=false"))
            .await
            .ok(200);
        assert_eq!(
            (ids(&without), &without["done"]),
            (all.clone(), &json!(true))
        );
        assert_eq!(without["data"][0]["payload"], json!({}));
    }
}

#[tokio::test]
async fn answers_that_are_not_taken_leave_no_room_for_further_pages() {
    let settings = ApiSettings {
        // As much as one page needs.
        page_memory_bytes_max: 0,
        page_wait_timeout_ms: 20,
        ..ApiSettings::default()
    };
    let api = Api::with(settings).await;
    let all = accepted(&api).await;
    let request = Request::get("/api/v1/app/a/msg")
        .header("authorization", format!("Bearer {}", api.token))
        .body(Body::empty())
        .unwrap();
    let not_taken = api.router.clone().call(request).await.unwrap();
    assert_eq!(not_taken.status(), 200);
    for path in ["/app/a/msg", "/app/a/endpoint/e/msg"] {
        let busy = api.get(path).await;
        assert_eq!(busy.code(503), "busy");
        assert_eq!(busy.headers["retry-after"], "1");
        // What needs no room is answered as ever.
        api.get(&format!("{path}?with_content=false")).await.ok(200);
    }
    let one = format!("/app/a/msg/{}", all[0]);
    api.get(&format!("/app/a/attempt/msg/{}", all[0]))
        .await
        .ok(200);
    api.get(&format!("{one}?with_content=false")).await.ok(200);
    drop(not_taken);
    api.get("/app/a/msg").await.ok(200);
    api.get(&one).await.ok(200);
}
