//! Bins: what they may be, how they change, and how many there may be.

use hookwire_api::Subject;
use http::{Method, Request};
use serde_json::{Value, json};

use crate::rig::{Answer, Api, token};

pub const SECRET: &str = "a secret that nobody is shown";

/// Asks with a credential; null is no body.
pub async fn as_who(
    api: &Api,
    credential: &str,
    method: Method,
    path: &str,
    body: Value,
) -> Answer {
    let body = match body {
        Value::Null => String::new(),
        body => body.to_string(),
    };
    api.ask_as(credential, method, path, body).await
}

/// Makes a bin; gives what the API shows of it, and its path.
pub async fn made(api: &Api, body: Value) -> (Value, String) {
    let bin = api.post("/bin", body).await.ok(201);
    let path = format!("/bin/{}", bin["id"].as_str().unwrap());
    (bin, path)
}

/// A token for all of another organization.
pub fn stranger(api: &Api) -> String {
    token(&api.engine, Subject::Organization(api.engine.new_id()))
}

fn full() -> Value {
    json!({
        "name": "Stripe test",
        "response": {
            "status": 202,
            "headers": {"Content-Type": "application/json", "X-Id": "{{ id }}"},
            "body": "{\"id\": {{ payload.id | json }}}",
            "delayMs": 30_000,
            "waitMs": 30_000,
            "statusFromPath": true,
        },
        "cors": false,
        "verify": {"provider": "stripe", "secrets": ["whsec_one", "whsec_two"], "reject": true},
        "deduplicate": {"by": "header", "name": "X-Id", "windowSeconds": 604_800},
        "forward": {"appId": "own", "eventType": "stripe.event"},
        "limits": {
            "capturesMax": 1_000_000,
            "bytesMax": 64_u64 << 30,
            "bodyBytesMax": 1,
            "ratePerSecond": 65_535,
        },
        "expiresAfterSeconds": 3_600,
    })
}

#[tokio::test]
async fn no_body_at_all_makes_a_bin() {
    let api = Api::start().await;
    let bin = api.post_text("/bin", "").await.ok(201);
    let url = bin["url"].as_str().unwrap();
    let address = url.strip_prefix("http://127.0.0.1:8071/in/").unwrap();
    assert_eq!(address.len(), 22);
    assert!(address.bytes().all(|byte| byte.is_ascii_alphanumeric()));
    let expected = json!({
        "id": bin["id"],
        "name": "Bin",
        "url": url,
        "response": {
            "status": 200, "headers": {}, "body": "", "delayMs": 0, "waitMs": 0,
            "statusFromPath": false,
        },
        "cors": true,
        "verify": null,
        "deduplicate": null,
        "forward": null,
        "limits": {
            "capturesMax": 1_000, "bytesMax": 256 << 20, "bodyBytesMax": 2 << 20,
            "ratePerSecond": null,
        },
        "expiresAfterSeconds": 604_800,
        "public": false,
        "expiresAt": bin["expiresAt"],
        "createdAt": bin["createdAt"],
        "updatedAt": bin["createdAt"],
    });
    assert_eq!(bin, expected);
    let path = format!("/bin/{}", bin["id"].as_str().unwrap());
    assert_eq!(api.get(&path).await.ok(200), bin);
    assert_eq!(api.get("/bin").await.ok(200)["data"], json!([bin]));
}

#[tokio::test]
async fn a_bin_is_what_it_was_asked_to_be_and_shows_no_secret() {
    let api = Api::start().await;
    let own = api.post("/app", json!({"name": "Own", "uid": "own"})).await;
    let app = own.ok(201)["id"].clone();
    let answer = api.post("/bin", full()).await;
    assert!(!answer.text.contains("whsec_"), "{}", answer.text);
    let bin = answer.ok(201);
    let mut expected = full();
    expected["verify"] = json!({"provider": "stripe", "reject": true, "secretsCount": 2});
    expected["forward"]["appId"] = app;
    for (name, value) in expected.as_object().unwrap() {
        assert_eq!(&bin[name], value, "{name}");
    }
    // What is shown can be sent back, changed or not.
    let path = format!("/bin/{}", bin["id"].as_str().unwrap());
    let names = expected.as_object().unwrap().keys();
    let back: Value = names
        .map(|name| (name.clone(), bin[name].clone()))
        .collect();
    let changed = api.patch(&path, back).await.ok(200);
    for (name, value) in expected.as_object().unwrap() {
        assert_eq!(&changed[name], value, "{name}");
    }
}

#[tokio::test]
async fn a_patch_changes_what_it_mentions() {
    let api = Api::start().await;
    api.post("/app", json!({"name": "Own", "uid": "own"}))
        .await
        .ok(201);
    let (before, path) = made(&api, full()).await;
    let named = api.patch(&path, json!({"name": "Other"})).await.ok(200);
    assert_eq!(named["name"], "Other");
    for name in [
        "url",
        "response",
        "verify",
        "forward",
        "limits",
        "createdAt",
    ] {
        assert_eq!(named[name], before[name], "{name}");
    }
    // A part is replaced as a whole, and null is what a new bin has.
    let body = json!({"response": {"status": 500}, "name": null, "forward": null, "limits": null});
    let changed = api.patch(&path, body).await.ok(200);
    assert_eq!(changed["response"]["body"], "");
    assert_eq!(changed["response"]["status"], 500);
    assert_eq!(changed["name"], "Bin");
    assert_eq!(changed["forward"], Value::Null);
    assert_eq!(changed["limits"]["capturesMax"], 1_000);
    assert_eq!(api.get(&path).await.ok(200), changed);
}

#[tokio::test]
async fn secrets_stay_with_their_provider() {
    let api = Api::start().await;
    let (_, path) = made(&api, full_without_forward()).await;
    let patch = |verify: Value| api.patch(&path, json!({ "verify": verify }));
    let kept = patch(json!({"provider": "stripe", "reject": false})).await;
    let expected = json!({"provider": "stripe", "reject": false, "secretsCount": 2});
    assert_eq!(kept.ok(200)["verify"], expected);
    // Another provider would not know them.
    let other = patch(json!({"provider": "github"})).await;
    assert_eq!(other.places(), ["body.verify.secret"]);
    let other = patch(json!({"provider": "github", "secret": SECRET})).await;
    assert_eq!(other.ok(200)["verify"]["secretsCount"], 1);
    assert_eq!(patch(Value::Null).await.ok(200)["verify"], Value::Null);
    // What was cleared does not come back.
    let again = patch(json!({"provider": "github"})).await;
    assert_eq!(again.places(), ["body.verify.secret"]);
}

/// A bin that does nearly all that a bin can do.
pub fn full_without_forward() -> Value {
    let mut body = full();
    body["forward"] = Value::Null;
    body
}

#[tokio::test]
async fn many_changes_at_the_same_moment_are_all_made() {
    let api = Api::start().await;
    let (_, path) = made(&api, json!({})).await;
    let change = |n: i64| {
        let (api, path) = (&api, &path);
        async move {
            let body = match n % 2 {
                0 => json!({"name": format!("n{n}")}),
                _ => json!({"response": {"status": 200 + n}}),
            };
            api.patch(path, body).await.ok(200)
        }
    };
    let (first, second, third, fourth) = tokio::join!(change(0), change(1), change(2), change(3));
    let bin = api.get(&path).await.ok(200);
    assert!([&first, &third].iter().any(|it| it["name"] == bin["name"]));
    let responses = [&second, &fourth];
    assert!(responses.iter().any(|it| it["response"] == bin["response"]));
}

/// Sends to a bin's address; gives the request's id.
async fn sent(api: &Api, bin: &Value) -> String {
    let url = bin["url"].as_str().unwrap();
    let target = url.strip_prefix("http://127.0.0.1:8071").unwrap();
    let request = Request::post(target).body("{}".into()).unwrap();
    let answer = api.send(request).await;
    assert_eq!(answer.status, 200);
    let id = answer.headers["hookwire-capture"].to_str().unwrap();
    id.to_owned()
}

#[tokio::test]
async fn a_bin_forgets_what_it_received_and_goes_on() {
    let api = Api::start().await;
    let (bin, path) = made(&api, json!({})).await;
    let (beside, beside_path) = made(&api, json!({})).await;
    // More than are forgotten in one step.
    for _ in 0..201 {
        sent(&api, &bin).await;
    }
    sent(&api, &beside).await;
    let kept = async |path: &str| {
        let list = api.get(&format!("{path}/request?limit=250")).await.ok(200);
        list["data"].as_array().unwrap().len()
    };
    assert_eq!(kept(&path).await, 201);
    let request = format!("{path}/request");
    api.delete(&request).await.ok(204);
    assert_eq!(kept(&path).await, 0);
    assert_eq!(kept(&beside_path).await, 1);
    api.delete(&request).await.ok(204);
    sent(&api, &bin).await;
    assert_eq!(kept(&path).await, 1);
}

#[tokio::test]
async fn what_comes_while_a_bin_forgets_stays() {
    let api = Api::start().await;
    let (bin, path) = made(&api, json!({})).await;
    let request = format!("{path}/request");
    let mut before = Vec::new();
    for _ in 0..701 {
        before.push(sent(&api, &bin).await);
    }
    let meanwhile = async {
        let oldest = format!("{request}/{}", before[0]);
        while api.get(&oldest).await.status == 200 {
            tokio::task::yield_now().await;
        }
        let mut come = Vec::new();
        for id in &before[before.len() - 100..] {
            // Whoever is quicker.
            let deleted = api.delete(&format!("{request}/{id}")).await.status;
            assert!(deleted == 204 || deleted == 404, "{deleted}");
            come.push(sent(&api, &bin).await);
        }
        come
    };
    let (cleared, come) = tokio::join!(api.delete(&request), meanwhile);
    cleared.ok(204);
    let list = format!("{request}?limit=250&order=ascending");
    let list = api.get(&list).await.ok(200);
    let left = list["data"].as_array().unwrap().iter();
    let left: Vec<&str> = left.map(|it| it["id"].as_str().unwrap()).collect();
    assert_eq!(left, come);
}

#[tokio::test]
async fn definitions_are_bounded_together() {
    let api = Api::start().await;
    // Quotation marks take twice their room where they are kept.
    let body = "\"".repeat(256 << 10);
    let large = json!({"response": {"body": body}});
    for _ in 0..31 {
        made(&api, large.clone()).await;
    }
    let code = api.post("/bin", large.clone()).await.code(400);
    assert_eq!(code, "limit_reached");
    let (_, small) = made(&api, json!({})).await;
    assert_eq!(api.patch(&small, large).await.code(400), "limit_reached");
    // A list of all of them takes its turn in memory, and comes.
    let list = api.get("/bin?limit=250").await.ok(200);
    assert_eq!(list["data"].as_array().unwrap().len(), 32);
    let first = list["data"][1]["id"].as_str().unwrap().to_owned();
    api.delete(&format!("/bin/{first}")).await.ok(204);
    made(&api, json!({"response": {"body": body}})).await;
}

#[tokio::test]
async fn an_organization_has_a_bounded_number_of_bins() {
    let api = Api::start().await;
    let mut last = String::new();
    for _ in 0..1_000 {
        last = made(&api, json!({})).await.1;
    }
    assert_eq!(api.post("/bin", json!({})).await.code(400), "limit_reached");
    // Others do not notice, and what is deleted makes room.
    let other = stranger(&api);
    as_who(&api, &other, Method::POST, "/bin", json!({}))
        .await
        .ok(201);
    api.delete(&last).await.ok(204);
    made(&api, json!({})).await;
}
