//! Sending again, what never was sent, and what an endpoint's deliveries came to.

use serde_json::{Value, json};

use crate::rig::{Api, Arrived, receiver};

const LONG_AGO: &str = "2020-01-01T00:00:00Z";

async fn endpoint(api: &Api, body: Value) -> String {
    let made = api.post("/app/default/endpoint", body).await.ok(201);
    made["id"].as_str().unwrap().to_owned()
}

async fn message(api: &Api, fields: Value) -> String {
    let mut body = json!({"eventType": "a", "payload": {}});
    body.as_object_mut()
        .unwrap()
        .extend(fields.as_object().unwrap().clone());
    let made = api.post("/app/default/msg", body).await.ok(202);
    made["id"].as_str().unwrap().to_owned()
}

async fn finished(api: &Api, task: &Value) -> Value {
    let path = format!("/background-task/{}", task["id"].as_str().unwrap());
    let task = api.until(&path, |task| task["status"] != "running").await;
    assert_eq!(task["status"], "finished");
    task
}

async fn delivered(api: &Api, endpoint: &str, message: &str) {
    let path = format!("/app/default/endpoint/{endpoint}/msg?with_content=false");
    api.until(&path, |page| {
        let data = page["data"].as_array().unwrap();
        data.iter()
            .any(|it| it["id"] == message && it["statusText"] == "success")
    })
    .await;
}

fn id(arrived: &Arrived) -> &str {
    arrived.headers["webhook-id"].to_str().unwrap()
}

#[tokio::test]
async fn what_an_endpoint_never_had_is_sent_to_it() {
    let api = Api::start().await;
    let wanted = message(&api, json!({"eventType": "paid", "payload": {"total": 2}})).await;
    message(&api, json!({"eventType": "paid", "payload": {"total": 0}})).await;
    message(&api, json!({"eventType": "lost"})).await;
    let (url, mut arrived) = receiver(200, "").await;
    api.post("/event-type", json!({"name": "paid", "description": ""}))
        .await
        .ok(201);
    let body = json!({"url": url, "eventTypes": ["paid"], "filter": "payload.total > 1"});
    let endpoint = endpoint(&api, body).await;
    let path = format!("/app/default/endpoint/{endpoint}/replay-missing");
    let task = api.post(&path, json!({"since": LONG_AGO})).await.ok(202);
    assert_eq!(task["task"], "endpoint.replay");
    assert!(["running", "finished"].contains(&task["status"].as_str().unwrap()));
    assert!(task["updatedAt"].is_string());
    assert_eq!(finished(&api, &task).await["data"]["doneCount"], 1);
    assert_eq!(id(&arrived.recv().await.unwrap()), wanted);
    delivered(&api, &endpoint, &wanted).await;
    // What it has had by now is not missing.
    let task = api.post(&path, json!({"since": LONG_AGO})).await.ok(202);
    assert_eq!(finished(&api, &task).await["data"]["doneCount"], 0);
    assert!(arrived.try_recv().is_err());
}

#[tokio::test]
async fn what_matches_is_sent_again_whatever_became_of_it() {
    let api = Api::start().await;
    let (url, mut arrived) = receiver(200, "").await;
    let endpoint = endpoint(&api, json!({"url": url})).await;
    let one = message(&api, json!({"channels": ["c"], "tags": ["t"]})).await;
    let two = message(&api, json!({"eventType": "b"})).await;
    for sent in [&one, &two] {
        arrived.recv().await.unwrap();
        delivered(&api, &endpoint, sent).await;
    }
    let path = format!("/app/default/endpoint/{endpoint}/bulk-replay");
    for (filter, expected) in [
        (json!({}), vec![&one, &two]),
        (json!({"eventTypes": ["b"]}), vec![&two]),
        (json!({"channel": "c"}), vec![&one]),
        (json!({"tag": "t"}), vec![&one]),
        (
            json!({"status": 0, "statusCodeClass": 200}),
            vec![&one, &two],
        ),
        (json!({"status": 2}), vec![]),
        (json!({"statusCodeClass": 500}), vec![]),
        (json!({"until": LONG_AGO}), vec![]),
    ] {
        let mut body = filter;
        body["since"] = LONG_AGO.into();
        let task = api.post(&path, body.clone()).await.ok(202);
        assert_eq!(task["task"], "endpoint.bulk-replay");
        let done = finished(&api, &task).await;
        assert_eq!(done["data"]["doneCount"], expected.len(), "{body}");
        let mut came = Vec::new();
        for _ in &expected {
            came.push(id(&arrived.recv().await.unwrap()).to_owned());
        }
        came.sort();
        assert_eq!(
            came,
            expected.into_iter().cloned().collect::<Vec<_>>(),
            "{body}"
        );
        for again in &came {
            delivered(&api, &endpoint, again).await;
        }
    }
    assert!(arrived.try_recv().is_err());
}

#[tokio::test]
async fn what_is_wrong_with_a_replay_is_told() {
    let api = Api::start().await;
    let endpoint = endpoint(&api, json!({"url": "http://127.0.0.1:1/"})).await;
    let path = |what: &str| format!("/app/default/endpoint/{endpoint}/{what}");
    let odd = json!({"since": LONG_AGO, "until": "2019-01-01T00:00:00Z", "eventTypes": ["a b"],
        "channel": "a b", "tag": "a b", "status": 5, "statusCodeClass": 250});
    assert_eq!(
        api.post(&path("bulk-replay"), odd).await.places(),
        [
            "body.until",
            "body.status",
            "body.statusCodeClass",
            "body.eventTypes.0",
            "body.channel",
            "body.tag"
        ]
    );
    for what in ["replay-missing", "bulk-replay", "recover"] {
        let answer = api.post(&path(what), json!({})).await;
        assert_eq!(answer.places(), ["body.since"], "{what}");
    }
    let disabled = json!({"disabled": true});
    api.patch(&format!("/app/default/endpoint/{endpoint}"), disabled)
        .await
        .ok(200);
    for what in ["replay-missing", "bulk-replay", "recover"] {
        let answer = api.post(&path(what), json!({"since": LONG_AGO})).await;
        assert_eq!(answer.code(400), "endpoint_disabled", "{what}");
    }
}

#[tokio::test]
async fn tasks_are_listed_by_state_and_kind() {
    let api = Api::start().await;
    let endpoint = endpoint(&api, json!({"url": "http://127.0.0.1:1/"})).await;
    let mut ids = Vec::new();
    for what in ["recover", "replay-missing", "bulk-replay"] {
        let path = format!("/app/default/endpoint/{endpoint}/{what}");
        let task = api.post(&path, json!({"since": LONG_AGO})).await.ok(202);
        finished(&api, &task).await;
        ids.push(task["id"].as_str().unwrap().to_owned());
    }
    for (query, expected) in [
        ("order=ascending", vec![0, 1, 2]),
        ("", vec![2, 1, 0]),
        ("task=endpoint.recover", vec![0]),
        ("task=endpoint.replay", vec![1]),
        ("task=endpoint.bulk-replay&status=finished", vec![2]),
        ("task=sdk.generate", vec![]),
        ("status=failed", vec![]),
        ("status=running", vec![]),
    ] {
        let page = api.get(&format!("/background-task?{query}")).await.ok(200);
        let found = page["data"].as_array().unwrap().iter();
        let found: Vec<_> = found
            .map(|task| task["id"].as_str().unwrap().to_owned())
            .collect();
        let expected: Vec<_> = expected
            .into_iter()
            .map(|n: usize| ids[n].clone())
            .collect();
        assert_eq!(found, expected, "{query}");
    }
    let odd = api.get("/background-task?status=done&task=nothing").await;
    assert_eq!(odd.places(), ["query.status", "query.task"]);
}

#[tokio::test]
async fn deliveries_are_counted_by_state() {
    let api = Api::start().await;
    let (url, _arrived) = receiver(200, "").await;
    let healthy = endpoint(&api, json!({"url": url})).await;
    let (url, _failed) = receiver(500, "").await;
    let failing = endpoint(&api, json!({"url": url, "retry": {"scheduleSeconds": []}})).await;
    let tomorrow = api.engine.now().plus_ms(86_400_000).to_string();
    let later = message(&api, json!({"deliverAt": tomorrow})).await;
    let cancel = message(&api, json!({"deliverAt": tomorrow})).await;
    api.post(&format!("/app/default/msg/{cancel}/cancel"), json!({}))
        .await
        .ok(200);
    for _ in 0..3 {
        message(&api, json!({})).await;
    }
    let stats =
        |endpoint: &str, query: &str| format!("/app/default/endpoint/{endpoint}/stats{query}");
    let all = api
        .until(&stats(&healthy, ""), |it| it["success"] == 3)
        .await;
    assert_eq!(
        all,
        json!({"success": 3, "pending": 1, "sending": 0, "fail": 0, "canceled": 1})
    );
    let all = api.until(&stats(&failing, ""), |it| it["fail"] == 3).await;
    assert_eq!(
        all,
        json!({"success": 0, "pending": 1, "sending": 0, "fail": 3, "canceled": 1})
    );
    let shown = api.get(&format!("/app/default/msg/{later}")).await.ok(200);
    let first = shown["timestamp"].as_str().unwrap();
    let none = json!({"success": 0, "pending": 0, "sending": 0, "fail": 0, "canceled": 0});
    for (query, total) in [
        (format!("?since={first}"), 5),
        (format!("?since={LONG_AGO}&until=2100-01-01T00:00:00Z"), 5),
        (format!("?until={LONG_AGO}"), 0),
        ("?since=2100-01-01T00:00:00Z".to_owned(), 0),
    ] {
        let counted = api.get(&stats(&healthy, &query)).await.ok(200);
        let sum: u64 = counted
            .as_object()
            .unwrap()
            .values()
            .map(|n| n.as_u64().unwrap())
            .sum();
        assert_eq!(sum, total, "{query}");
        assert_eq!(counted == none, total == 0, "{query}");
    }
    // Both ends are included.
    let only = api
        .get(&stats(&healthy, &format!("?since={first}&until={first}")))
        .await
        .ok(200);
    assert!(only["pending"] == 1, "{only}");
    let odd = api
        .get(&stats(
            &healthy,
            &format!("?since={first}&until={LONG_AGO}"),
        ))
        .await;
    assert_eq!(odd.places(), ["query.until"]);
    let odd = api.get(&stats(&healthy, "?since=x&until=y")).await;
    assert_eq!(odd.places(), ["query.since", "query.until"]);
}

#[tokio::test]
async fn a_producer_can_ask_whether_anybody_listens() {
    let api = Api::start().await;
    let path = "/app/default/msg/precheck/active";
    let active = async |body: Value| api.post(path, body).await.ok(200)["active"] == true;
    assert!(!active(json!({"eventType": "paid"})).await);
    api.post("/event-type", json!({"name": "paid", "description": ""}))
        .await
        .ok(201);
    let body = json!({"url": "http://127.0.0.1:1/", "eventTypes": ["paid"], "channels": ["c"]});
    let endpoint = endpoint(&api, body).await;
    assert!(active(json!({"eventType": "paid", "channels": ["c", "d"]})).await);
    assert!(!active(json!({"eventType": "paid"})).await);
    assert!(!active(json!({"eventType": "paid", "channels": null})).await);
    assert!(!active(json!({"eventType": "lost", "channels": ["c"]})).await);
    let disabled = json!({"disabled": true});
    api.patch(&format!("/app/default/endpoint/{endpoint}"), disabled)
        .await
        .ok(200);
    assert!(!active(json!({"eventType": "paid", "channels": ["c"]})).await);
    let odd = api.post(path, json!({"channels": []})).await;
    assert_eq!(odd.places(), ["body.eventType", "body.channels"]);
}
