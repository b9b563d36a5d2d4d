//! Polling: messages for receivers that cannot be called.

use hookwire_api::{DEFAULT_ORGANIZATION, Subject};
use hookwire_store::Consumer;
use hookwire_types::MessageId;
use http::Method;
use serde_json::{Value, json};

use crate::rig::{Answer, Api, token};

const POLLER: &str = "/app/default/poller/crm";
const CONSUMER: &str = "/app/default/poller/crm/consumer/one";

async fn message(api: &Api, fields: Value) -> String {
    let mut body = json!({"eventType": "a", "payload": {}});
    body.as_object_mut()
        .unwrap()
        .extend(fields.as_object().unwrap().clone());
    let made = api.post("/app/default/msg", body).await.ok(202);
    made["id"].as_str().unwrap().to_owned()
}

async fn messages(api: &Api, count: usize) -> Vec<String> {
    let mut ids = Vec::new();
    for _ in 0..count {
        ids.push(message(api, json!({})).await);
    }
    ids
}

fn ids(page: &Value) -> Vec<String> {
    let data = page["data"].as_array().unwrap().iter();
    data.map(|message| message["id"].as_str().unwrap().to_owned())
        .collect()
}

fn iterator(page: &Value) -> &str {
    page["iterator"].as_str().unwrap()
}

async fn poll(api: &Api, path: &str, query: &str) -> Value {
    api.get(&format!("{path}?{query}")).await.ok(200)
}

fn is_refused_at(answer: &Answer, place: &str) {
    assert_eq!(answer.places(), [place]);
}

#[tokio::test]
async fn messages_are_read_in_order_and_the_iterator_always_leads_on() {
    let api = Api::start().await;
    let nothing = poll(&api, POLLER, "").await;
    assert_eq!((ids(&nothing), &nothing["done"]), (vec![], &json!(true)));
    let sent = messages(&api, 5).await;
    let first = poll(
        &api,
        POLLER,
        &format!("limit=2&iterator={}", iterator(&nothing)),
    )
    .await;
    assert_eq!(
        (ids(&first), &first["done"]),
        (sent[..2].to_vec(), &json!(false))
    );
    let rest = poll(
        &api,
        POLLER,
        &format!("limit=3&iterator={}", iterator(&first)),
    )
    .await;
    assert_eq!(
        (ids(&rest), &rest["done"]),
        (sent[2..].to_vec(), &json!(true))
    );
    let end = poll(&api, POLLER, &format!("iterator={}", iterator(&rest))).await;
    assert_eq!((ids(&end), &end["done"]), (vec![], &json!(true)));
    let late = messages(&api, 1).await;
    let more = poll(&api, POLLER, &format!("iterator={}", iterator(&end))).await;
    assert_eq!(ids(&more), late);
    // The same again: nothing was noted down.
    let again = poll(
        &api,
        POLLER,
        &format!("limit=2&iterator={}", iterator(&nothing)),
    )
    .await;
    assert_eq!(ids(&again), sent[..2]);
}

#[tokio::test]
async fn a_message_is_shown_with_all_that_a_receiver_needs() {
    let api = Api::start().await;
    let payload = r#"{ "b":1.50,"a" : 9007199254740993 }"#;
    let body = format!(
        r#"{{"eventType":"a.b","payload": {payload} ,"eventId":"e-1","tags":["t"],"channels":["c"],
            "transformationsParams":{{"rawPayload":"a,b\n\u0001\"ä\"","headers":
            {{"content-type":"text/csv","authorization":"Bearer of-the-receiver"}}}}}}"#
    );
    assert_eq!(api.post_text("/app/default/msg", body).await.status, 202);
    messages(&api, 1).await;
    let answer = api.get(POLLER).await;
    assert!(answer.text.contains(payload), "{}", answer.text);
    assert!(!answer.text.contains("of-the-receiver"), "{}", answer.text);
    let page = answer.ok(200);
    let shown = &page["data"][0];
    assert_eq!(shown["eventType"], "a.b");
    assert_eq!(shown["eventId"], "e-1");
    assert_eq!(
        (&shown["tags"], &shown["channels"]),
        (&json!(["t"]), &json!(["c"]))
    );
    assert_eq!(shown["rawPayload"], "a,b\n\u{1}\"ä\"");
    assert_eq!(shown["headers"], json!({"content-type": "text/csv"}));
    let plain = &page["data"][1];
    assert_eq!(
        (&plain["rawPayload"], &plain["headers"]),
        (&Value::Null, &Value::Null)
    );
    let id = shown["id"].as_str().unwrap();
    let content = format!("/app/default/msg/{id}/content");
    api.delete(&content).await.ok(204);
    let gone = poll(&api, POLLER, "").await;
    assert_eq!(gone["data"][0]["payload"], json!({"expired": true}));
    assert_eq!(gone["data"][0]["rawPayload"], Value::Null);
    assert_eq!(gone["data"][0]["headers"], Value::Null);
}

#[tokio::test]
async fn what_is_not_wanted_is_passed_over_and_the_iterator_moves_on() {
    let api = Api::start().await;
    let rare = message(&api, json!({"eventType": "rare", "channels": ["x"]})).await;
    // More than one call looks at.
    let body = json!({"eventType": "common", "payload": {}}).to_string();
    for _ in 0..2_100 {
        let answer = api.post_text("/app/default/msg", body.clone()).await;
        assert_eq!(answer.status, 202);
    }
    let last = message(&api, json!({"eventType": "rare"})).await;

    for (query, wanted) in [
        ("event_type=rare", vec![rare.clone(), last]),
        ("channel=x", vec![rare.clone()]),
        ("event_type=rare&channel=x", vec![rare]),
        ("event_type=common&channel=x", vec![]),
    ] {
        let mut found = Vec::new();
        let mut page = poll(&api, POLLER, query).await;
        let mut calls = 1;
        loop {
            found.extend(ids(&page));
            if page["done"] == true {
                break;
            }
            let next = format!("{query}&iterator={}", iterator(&page));
            page = poll(&api, POLLER, &next).await;
            calls += 1;
        }
        assert_eq!(found, wanted, "{query}");
        assert_eq!(calls, 2, "{query}");
    }
    // A full page says that there is more, and goes on behind its last message.
    let page = poll(&api, POLLER, "event_type=common&limit=250").await;
    assert_eq!((ids(&page).len(), &page["done"]), (250, &json!(false)));
    let next = format!("limit=1&iterator={}", iterator(&page));
    assert!(ids(&poll(&api, POLLER, &next).await)[0] > ids(&page)[249]);
}

#[tokio::test]
async fn a_moment_is_where_reading_begins() {
    let api = Api::start().await;
    let sent = messages(&api, 2).await;
    let all = poll(&api, POLLER, "after=2020-01-01T00:00:00Z").await;
    assert_eq!(ids(&all), sent);
    let moment = all["data"][0]["timestamp"].as_str().unwrap().to_owned();
    let later = poll(&api, POLLER, &format!("after={moment}")).await;
    assert!(!ids(&later).contains(&sent[0]));
    // The later one of the two counts.
    let query = format!("after=2020-01-01T00:00:00Z&iterator={}", iterator(&all));
    assert_eq!(ids(&poll(&api, POLLER, &query).await), Vec::<String>::new());
    for never in ["2100-01-01T00:00:00Z", "9999-12-30T00:00:00Z"] {
        let page = poll(&api, POLLER, &format!("after={never}")).await;
        assert_eq!(ids(&page), Vec::<String>::new(), "{never}");
    }
}

#[tokio::test]
async fn iterators_of_other_lists_and_made_up_ones_are_refused() {
    let api = Api::start().await;
    let sent = messages(&api, 1).await;
    let page = poll(&api, POLLER, "").await;
    let mine = iterator(&page);
    api.put("/app/other", json!({"name": "Other"}))
        .await
        .ok(201);
    for path in [
        "/app/default/poller/erp".to_owned(),
        "/app/other/poller/crm".to_owned(),
        "/app/default/poller/erp/consumer/one".to_owned(),
    ] {
        let answer = api.get(&format!("{path}?iterator={mine}")).await;
        is_refused_at(&answer, "query.iterator");
    }
    for path in [POLLER, CONSUMER] {
        for odd in [
            "",
            "-",
            "x",
            &mine[1..],
            &sent[0],
            &format!("{mine}A"),
            "%00",
            "-1",
        ] {
            let answer = api.get(&format!("{path}?iterator={odd}")).await;
            is_refused_at(&answer, "query.iterator");
        }
        for (query, place) in [("limit=0", "query.limit"), ("limit=251", "query.limit")] {
            is_refused_at(&api.get(&format!("{path}?{query}")).await, place);
        }
    }
    for (query, place) in [
        ("event_type=a%20b", "query.event_type"),
        ("channel=a%20b", "query.channel"),
        ("after=yesterday", "query.after"),
    ] {
        is_refused_at(&api.get(&format!("{POLLER}?{query}")).await, place);
    }
}

#[tokio::test]
async fn names_are_of_letters_and_digits() {
    let api = Api::start().await;
    let long = "a".repeat(257);
    for odd in ["a%20b", "%C3%BC", "a%00", "a%2Fb", &long] {
        let sink = format!("/app/default/poller/{odd}");
        is_refused_at(&api.get(&sink).await, "path.sink_id");
        let consumer = format!("{POLLER}/consumer/{odd}");
        is_refused_at(&api.get(&consumer).await, "path.consumer_id");
        let seek = api
            .post(
                &format!("{consumer}/seek"),
                json!({"after": "2026-01-01T00:00:00Z"}),
            )
            .await;
        is_refused_at(&seek, "path.consumer_id");
    }
    api.get("/app/default/poller/a-Z_0.9/consumer/a-Z_0.9")
        .await
        .ok(200);
    assert_eq!(api.get("/app/none/poller/crm").await.code(404), "not_found");
}

#[tokio::test]
async fn a_consumer_goes_on_where_it_said_it_was() {
    let api = Api::start().await;
    let sent = messages(&api, 4).await;
    let first = poll(&api, CONSUMER, "limit=2").await;
    assert_eq!(ids(&first), sent[..2]);
    // Not dealt with yet, so it comes again.
    assert_eq!(poll(&api, CONSUMER, "limit=2").await, first);
    let second = poll(
        &api,
        CONSUMER,
        &format!("limit=1&iterator={}", iterator(&first)),
    )
    .await;
    assert_eq!(ids(&second), sent[2..3]);
    assert_eq!(ids(&poll(&api, CONSUMER, "").await), sent[2..]);
    // Back again, and other consumers and sinks have places of their own.
    let back = poll(&api, CONSUMER, &format!("iterator={}", iterator(&second))).await;
    assert_eq!(ids(&back), sent[3..]);
    let back = poll(&api, CONSUMER, &format!("iterator={}", iterator(&first))).await;
    assert_eq!(ids(&back), sent[2..]);
    for other in [
        "/app/default/poller/crm/consumer/two",
        "/app/default/poller/erp/consumer/one",
    ] {
        assert_eq!(ids(&poll(&api, other, "").await), sent);
    }
}

#[tokio::test]
async fn a_consumer_is_moved_by_hand() {
    let api = Api::start().await;
    let sent = messages(&api, 2).await;
    let seek = format!("{CONSUMER}/seek");
    let moved = api
        .post(&seek, json!({"after": "2100-01-01T00:00:00Z"}))
        .await
        .ok(200);
    assert_eq!(ids(&poll(&api, CONSUMER, "").await), Vec::<String>::new());
    let page = poll(&api, POLLER, &format!("iterator={}", iterator(&moved))).await;
    assert_eq!(ids(&page), Vec::<String>::new());
    let moved = api
        .post(&seek, json!({"after": "2020-01-01T00:00:00Z"}))
        .await
        .ok(200);
    assert_eq!(ids(&poll(&api, CONSUMER, "").await), sent);
    let page = poll(&api, POLLER, &format!("iterator={}", iterator(&moved))).await;
    assert_eq!(ids(&page), sent);
    is_refused_at(&api.post(&seek, json!({})).await, "body.after");
    is_refused_at(&api.post(&seek, json!({"after": 7})).await, "body.after");
    is_refused_at(&api.post(&seek, json!({"after": null})).await, "body.after");
}

#[tokio::test]
async fn an_application_has_a_bounded_number_of_consumers() {
    let api = Api::start().await;
    let sent = messages(&api, 2).await;
    let app = api.get("/app/default").await.ok(200);
    let place: MessageId = sent[0].parse().unwrap();
    for n in 0..1_000 {
        let consumer = Consumer {
            application: app["id"].as_str().unwrap().parse().unwrap(),
            sink: "crm".into(),
            name: format!("n-{n}"),
        };
        api.engine
            .store()
            .set_consumer_place(consumer, place)
            .await
            .unwrap();
    }
    let page = poll(&api, CONSUMER, "limit=1").await;
    let commit = format!("iterator={}", iterator(&page));
    let refused = api.get(&format!("{CONSUMER}?{commit}")).await;
    assert_eq!(refused.code(400), "limit_reached");
    let seek = json!({"after": "2020-01-01T00:00:00Z"});
    let refused = api.post(&format!("{CONSUMER}/seek"), seek.clone()).await;
    assert_eq!(refused.code(400), "limit_reached");
    // Those that are there go on, and other applications have their own.
    let known = "/app/default/poller/crm/consumer/n-7";
    assert_eq!(ids(&poll(&api, known, &commit).await), sent[1..]);
    api.put("/app/other", json!({"name": "Other"}))
        .await
        .ok(201);
    api.post("/app/other/poller/crm/consumer/one/seek", seek)
        .await
        .ok(200);
}

#[tokio::test]
async fn a_credential_for_one_application_polls_that_one_only() {
    let api = Api::start().await;
    let sent = messages(&api, 1).await;
    let app = api.get("/app/default").await.ok(200);
    api.put("/app/other", json!({"name": "Other"}))
        .await
        .ok(201);
    let subject = Subject::Application(
        DEFAULT_ORGANIZATION.parse().unwrap(),
        app["id"].as_str().unwrap().parse().unwrap(),
    );
    let token = token(&api.engine, subject);
    for path in [POLLER, CONSUMER] {
        let page = api.ask_as(&token, Method::GET, path, "").await.ok(200);
        assert_eq!(ids(&page), sent);
        let foreign = path.replace("default", "other");
        let answer = api.ask_as(&token, Method::GET, &foreign, "").await;
        assert_eq!(answer.code(404), "not_found");
    }
}

#[tokio::test]
async fn large_payloads_end_a_page_early() {
    let api = Api::start().await;
    let text = "v".repeat(1_900_000);
    let mut sent = Vec::new();
    for n in 0..6 {
        let event_type = if n % 2 == 0 { "even" } else { "odd" };
        sent.push(
            message(
                &api,
                json!({"eventType": event_type, "payload": {"x": text}}),
            )
            .await,
        );
    }
    for query in ["limit=250", "limit=250&event_type=even"] {
        let (mut found, mut pages) = (Vec::new(), 0);
        let mut page = poll(&api, POLLER, query).await;
        loop {
            found.extend(ids(&page));
            pages += 1;
            if page["done"] == true {
                break;
            }
            let next = format!("{query}&iterator={}", iterator(&page));
            page = poll(&api, POLLER, &next).await;
        }
        let wanted: Vec<_> = match query {
            "limit=250" => sent.clone(),
            _ => sent.iter().step_by(2).cloned().collect(),
        };
        assert_eq!(found, wanted, "{query}");
        assert_eq!(pages, if wanted.len() == 6 { 2 } else { 1 }, "{query}");
    }
}
