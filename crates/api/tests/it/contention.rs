//! Many callers who change the same thing at the same moment: all of them are served.

use std::collections::BTreeMap;
use std::sync::Arc;

use http::Method;
use serde_json::{Value, json};

use crate::rig::Api;

/// More than can win one after the other by trying again a few times.
const CALLERS: usize = 40;

/// Sends one request for each body, all at once; how many answers had each status and code.
async fn all_at_once(
    api: &Arc<Api>,
    method: Method,
    path: &'static str,
    body: impl Fn(usize) -> Value,
) -> BTreeMap<(u16, String), usize> {
    let calls: Vec<_> = (0..CALLERS)
        .map(|n| {
            let (api, method, body) = (Arc::clone(api), method.clone(), body(n).to_string());
            tokio::spawn(async move {
                let answer = api.ask_as(&api.token, method, path, body).await;
                let code = answer.json()["code"]
                    .as_str()
                    .unwrap_or_default()
                    .to_owned();
                (answer.status.as_u16(), code)
            })
        })
        .collect();
    let mut counts = BTreeMap::new();
    for call in calls {
        *counts.entry(call.await.unwrap()).or_default() += 1;
    }
    counts
}

fn statuses(counts: &[(u16, usize)]) -> BTreeMap<(u16, String), usize> {
    let with_code = |(status, count): &(u16, usize)| ((*status, String::new()), *count);
    counts.iter().map(with_code).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn put_creates_once_and_updates_for_all_others() {
    let api = Arc::new(Api::start().await);
    let once = statuses(&[(200, CALLERS - 1), (201, 1)]);
    for (path, body) in [
        ("/app/a", json!({"name": "A"})),
        ("/app/b", json!({"name": "B", "uid": "b"})),
        ("/event-type/a.b", json!({"description": "D"})),
        ("/app/a/endpoint/e", json!({"url": "https://crm.example"})),
    ] {
        let seen = all_at_once(&api, Method::PUT, path, |_| body.clone()).await;
        assert_eq!(seen, once, "{path}");
    }
    let endpoints = api.get("/app/a/endpoint").await.ok(200);
    assert_eq!(endpoints["data"].as_array().unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn every_patch_happens() {
    let api = Arc::new(Api::start().await);
    api.put("/app/a", json!({"name": "A"})).await.ok(201);
    api.put("/event-type/a.b", json!({"description": "D"}))
        .await
        .ok(201);
    api.put("/app/a/endpoint/e", json!({"url": "https://crm.example"}))
        .await
        .ok(201);
    for path in ["/app/a", "/app/a/endpoint/e", "/event-type/a.b"] {
        let body = |n| match n % 2 {
            0 => json!({"throttleRate": 7, "deprecated": true}),
            _ => json!({"metadata": {"k": "v"}, "groupName": "g"}),
        };
        let seen = all_at_once(&api, Method::PATCH, path, body).await;
        assert_eq!(seen, statuses(&[(200, CALLERS)]), "{path}");
    }
    // Neither half has undone the other.
    for path in ["/app/a", "/app/a/endpoint/e"] {
        let shown = api.get(path).await.ok(200);
        assert_eq!(shown["throttleRate"], 7);
        assert_eq!(shown["metadata"], json!({"k": "v"}));
    }
    let shown = api.get("/event-type/a.b").await.ok(200);
    assert_eq!(shown["deprecated"], true);
    assert_eq!(shown["groupName"], "g");

    let headers = |n| json!({"headers": {format!("x-{n}"): "1"}});
    let path = "/app/a/endpoint/e/headers";
    let calls: Vec<_> = (0..8)
        .map(|n| {
            let (api, body) = (Arc::clone(&api), headers(n));
            tokio::spawn(async move { api.patch(path, body).await.ok(204) })
        })
        .collect();
    for call in calls {
        call.await.unwrap();
    }
    let shown = api.get(path).await.ok(200);
    assert_eq!(shown["headers"].as_object().unwrap().len(), 8);
}

#[tokio::test]
async fn a_uid_of_something_else_is_still_a_conflict() {
    let api = Api::start().await;
    let url = "https://crm.example";
    for (path, taken, other) in [
        ("/app/x", json!({"name": "X", "uid": "taken"}), "/app/taken"),
        (
            "/app/taken/endpoint/x",
            json!({"url": url, "uid": "taken"}),
            "/app/taken/endpoint/taken",
        ),
    ] {
        api.put(other, json!({"name": "T", "url": url}))
            .await
            .ok(201);
        // Neither is one created under the path's name, nor does one that exists take the uid.
        assert_eq!(api.put(path, taken.clone()).await.code(409), "uid_exists");
        assert_eq!(api.get(path).await.code(404), "not_found");
        api.put(path, json!({"name": "X", "url": url}))
            .await
            .ok(201);
        assert_eq!(api.put(path, taken.clone()).await.code(409), "uid_exists");
        let patch = api.patch(path, json!({"uid": "taken"})).await;
        assert_eq!(patch.code(409), "uid_exists");
    }
}
