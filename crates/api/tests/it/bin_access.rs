//! Who reaches a bin: its organization, whoever was given a link, and nobody else.

use hookwire_api::Subject;
use http::Method;
use serde_json::{Value, json};

use crate::bins::{as_who, full_without_forward, made, stranger};
use crate::rig::{Api, token};

#[tokio::test]
async fn tenants_do_not_see_each_others_bins() {
    let api = Api::start().await;
    let (_, path) = made(&api, json!({})).await;
    let other = stranger(&api);
    let share = format!("{path}/share");
    let request = format!("{path}/request");
    for (method, path) in [
        (Method::GET, &path),
        (Method::PATCH, &path),
        (Method::DELETE, &path),
        (Method::POST, &share),
        (Method::DELETE, &share),
        (Method::DELETE, &request),
    ] {
        let answer = as_who(&api, &other, method.clone(), path, json!({})).await;
        assert_eq!(answer.code(404), "not_found", "{method} {path}");
    }
    let list = as_who(&api, &other, Method::GET, "/bin", Value::Null).await;
    assert_eq!(list.ok(200)["data"], json!([]));
    // Nor can one feed another's application.
    api.post("/app", json!({"name": "Own", "uid": "own"}))
        .await
        .ok(201);
    let feed = json!({"forward": {"appId": "own"}});
    let answer = as_who(&api, &other, Method::POST, "/bin", feed).await;
    assert_eq!(answer.places(), ["body.forward.appId"]);
    api.get(&path).await.ok(200);
}

#[tokio::test]
async fn applications_and_portals_have_no_bins() {
    let api = Api::start().await;
    let own = api.post("/app", json!({"name": "Own", "uid": "own"})).await;
    let id = own.ok(201)["id"].as_str().unwrap().to_owned();
    let (_, path) = made(&api, json!({})).await;
    let portal = api.post("/auth/app-portal-access/own", json!({})).await;
    let portal = portal.ok(200)["token"].as_str().unwrap().to_owned();
    let key = json!({"name": "k", "application": "own"});
    let key = api.post("/auth/key", key).await.ok(201)["key"].clone();
    let subject = hookwire_api::DEFAULT_ORGANIZATION.parse().unwrap();
    let of_app = Subject::Application(subject, id.parse().unwrap());
    let of_app = token(&api.engine, of_app);
    for credential in [portal.as_str(), key.as_str().unwrap(), &of_app] {
        for (method, path) in [
            (Method::GET, "/bin"),
            (Method::POST, "/bin"),
            (Method::GET, &path),
            (Method::PATCH, &path),
            (Method::DELETE, &path),
            (Method::POST, &format!("{path}/share")),
            (Method::DELETE, &format!("{path}/request")),
        ] {
            let answer = as_who(&api, credential, method.clone(), path, json!({})).await;
            assert_eq!(answer.code(403), "insufficient_access", "{method} {path}");
        }
    }
}

/// Makes a link; gives its token.
async fn shared(api: &Api, path: &str, body: Value) -> String {
    let share = format!("{path}/share");
    let made = api.post(&share, body).await.ok(200);
    let token = made["token"].as_str().unwrap();
    assert!(token.starts_with("binshr_"));
    let id = path.strip_prefix("/bin/").unwrap();
    let url = format!("http://127.0.0.1:8071/shared#{id}:{token}");
    assert_eq!(made["url"], json!(url));
    assert!(made["id"].as_str().is_some());
    token.to_owned()
}

#[tokio::test]
async fn a_share_link_reads_one_bin_and_nothing_else() {
    let api = Api::start().await;
    let (bin, path) = made(&api, full_without_forward()).await;
    let (_, beside) = made(&api, json!({})).await;
    let link = shared(&api, &path, json!({})).await;
    let ask = async |method: Method, path: &str| as_who(&api, &link, method, path, json!({})).await;
    assert_eq!(ask(Method::GET, &path).await.ok(200), bin);
    let list = ask(Method::GET, "/bin").await.ok(200);
    assert_eq!(list["data"], json!([bin]));
    assert_eq!(list["done"], true);
    ask(Method::GET, &beside).await.code(404);
    for (method, path) in [
        (Method::POST, "/bin"),
        (Method::PATCH, &path),
        (Method::DELETE, &path),
        (Method::DELETE, &format!("{path}/request")),
        (Method::POST, &format!("{path}/share")),
        (Method::DELETE, &format!("{path}/share")),
        (Method::GET, "/app"),
    ] {
        let code = ask(method.clone(), path).await.code(403);
        assert_eq!(code, "insufficient_access", "{method} {path}");
    }
    api.delete(&format!("{path}/share")).await.ok(204);
    assert_eq!(ask(Method::GET, &path).await.status, 401);
    api.get(&path).await.ok(200);
}

#[tokio::test]
async fn a_bin_has_a_bounded_number_of_good_links() {
    let api = Api::start().await;
    let (_, path) = made(&api, json!({})).await;
    let share = format!("{path}/share");
    for seconds in [59, 31_536_001] {
        let answer = api.post(&share, json!({"expiresInSeconds": seconds})).await;
        assert_eq!(answer.places(), ["body.expiresInSeconds"]);
    }
    for seconds in 0..20 {
        shared(&api, &path, json!({"expiresInSeconds": 60 + seconds})).await;
    }
    let code = api.post(&share, json!({})).await.code(400);
    assert_eq!(code, "limit_reached");
    api.delete(&share).await.ok(204);
    shared(&api, &path, json!({})).await;
}

#[tokio::test]
async fn a_deleted_bin_is_gone_with_what_reached_it() {
    let api = Api::start().await;
    let (_, path) = made(&api, json!({})).await;
    let link = shared(&api, &path, json!({})).await;
    as_who(&api, &link, Method::GET, &path, Value::Null)
        .await
        .ok(200);
    api.delete(&path).await.ok(204);
    assert_eq!(api.get(&path).await.code(404), "not_found");
    assert_eq!(api.delete(&path).await.code(404), "not_found");
    let code = api.patch(&path, json!({"name": "x"})).await.code(404);
    assert_eq!(code, "not_found");
    let answer = as_who(&api, &link, Method::GET, &path, Value::Null).await;
    assert_eq!(answer.code(401), "authentication_failed");
    assert_eq!(api.get("/bin").await.ok(200)["data"], json!([]));
}
