//! What no bin can be: refused, and told where.

use serde_json::{Value, json};

use crate::bins::{SECRET, made};
use crate::rig::Api;

/// Bodies, each with the place of its only mistake.
fn mistakes() -> Vec<(Value, &'static str)> {
    let many = |count: usize| -> Value {
        let headers = (0..count).map(|n| (format!("x-{n}"), json!("1")));
        headers.collect::<serde_json::Map<_, _>>().into()
    };
    let verify = |rest: Value| {
        let mut verify = json!({"provider": "github", "secret": SECRET});
        let rest = rest.as_object().unwrap().clone();
        verify.as_object_mut().unwrap().extend(rest);
        json!({ "verify": verify })
    };
    let generic = |rest: Value| {
        let mut with = verify(json!({"provider": "generic", "header": "x-sig"}));
        let rest = rest.as_object().unwrap().clone();
        with["verify"].as_object_mut().unwrap().extend(rest);
        with
    };
    let mut all = vec![
        (json!({"nmae": "x"}), "nmae"),
        (json!({"name": " "}), "name"),
        (json!({"name": "n".repeat(257)}), "name"),
        (json!({"response": {"status": 199}}), "response.status"),
        (json!({"response": {"status": 600}}), "response.status"),
        (json!({"response": {"delayMS": 1}}), "response.delayMS"),
        (json!({"response": {"delayMs": 30_001}}), "response.delayMs"),
        (json!({"response": {"waitMs": 30_001}}), "response.waitMs"),
        (json!({"response": {"waitMs": -1}}), "response.waitMs"),
        (
            json!({"response": {"body": "b".repeat((256 << 10) + 1)}}),
            "response.body",
        ),
        (
            json!({"response": {"status": 204, "body": "b"}}),
            "response.body",
        ),
        (json!({"response": {"body": "{% iff %}"}}), "response.body"),
        (
            json!({"response": {"headers": many(51)}}),
            "response.headers",
        ),
        (
            json!({"response": {"headers": {"x": "{{ id | upcas }}"}}}),
            "response.headers.x",
        ),
        (
            json!({"response": {"headers": {"x": "a\r\nb: c"}}}),
            "response.headers.x",
        ),
        (
            json!({"response": {"headers": {"a b": "c"}}}),
            "response.headers.a b",
        ),
        (
            json!({"response": {"headers": {"x": "1", "X": "2"}}}),
            "response.headers.X",
        ),
        (json!({"verify": {"provider": "github"}}), "verify.secret"),
        (verify(json!({"provider": "gitbub"})), "verify.provider"),
        (verify(json!({"secret": ""})), "verify.secret"),
        (
            verify(json!({"secret": "s".repeat(4_097)})),
            "verify.secret",
        ),
        (verify(json!({"secrets": ["a"]})), "verify.secrets"),
        (
            verify(json!({"secret": null, "secrets": ["a", "b", "c", "d", "e", "f"]})),
            "verify.secrets",
        ),
        (verify(json!({"verifyToken": "t"})), "verify.verifyToken"),
        (verify(json!({"header": "x-sig"})), "verify.header"),
        (
            verify(json!({"provider": "discord", "secret": "no key"})),
            "verify.secret",
        ),
        (
            verify(json!({
                "provider": "discord", "secret": null, "secrets": ["a".repeat(64), "no key"],
            })),
            "verify.secrets.1",
        ),
        (generic(json!({"header": null})), "verify.header"),
        (generic(json!({"header": "a b"})), "verify.header"),
        (generic(json!({"encoding": "hax"})), "verify.encoding"),
        (generic(json!({"algorithm": "md5"})), "verify.algorithm"),
        (generic(json!({"template": "no part"})), "verify.template"),
        (
            generic(json!({"timestampHeader": "a b", "template": "{timestamp}{body}"})),
            "verify.timestampHeader",
        ),
        (
            generic(json!({"toleranceSeconds": 0})),
            "verify.toleranceSeconds",
        ),
        (json!({"deduplicate": {}}), "deduplicate.by"),
        (json!({"deduplicate": {"by": "id"}}), "deduplicate.by"),
        (json!({"deduplicate": {"by": "header"}}), "deduplicate.name"),
        (json!({"deduplicate": {"by": "field"}}), "deduplicate.name"),
        (
            json!({"deduplicate": {"by": "body", "name": "x"}}),
            "deduplicate.name",
        ),
        (
            json!({"deduplicate": {"by": "header", "name": "a b"}}),
            "deduplicate.name",
        ),
        (
            json!({"deduplicate": {"by": "provider", "windowSeconds": 604_801}}),
            "deduplicate.windowSeconds",
        ),
        (json!({"forward": {}}), "forward.appId"),
        (json!({"forward": {"appId": "nobody"}}), "forward.appId"),
        (
            json!({"forward": {"appId": "default", "eventType": "a b"}}),
            "forward.eventType",
        ),
        (json!({"limits": {"capturesMax": 0}}), "limits.capturesMax"),
        (
            json!({"limits": {"capturesMax": 1_000_001}}),
            "limits.capturesMax",
        ),
        (
            json!({"limits": {"bytesMax": (1 << 20) - 1}}),
            "limits.bytesMax",
        ),
        (
            json!({"limits": {"bytesMax": (64_u64 << 30) + 1}}),
            "limits.bytesMax",
        ),
        (
            json!({"limits": {"bodyBytesMax": 0}}),
            "limits.bodyBytesMax",
        ),
        (
            json!({"limits": {"bodyBytesMax": (2 << 20) + 1}}),
            "limits.bodyBytesMax",
        ),
        (
            json!({"limits": {"ratePerSecond": 65_536}}),
            "limits.ratePerSecond",
        ),
        (json!({"expiresAfterSeconds": 3_599}), "expiresAfterSeconds"),
        (
            json!({"expiresAfterSeconds": 31_536_001}),
            "expiresAfterSeconds",
        ),
    ];
    for (name, place) in [
        ("Set-Cookie", "response.headers.Set-Cookie"),
        ("Refresh", "response.headers.Refresh"),
        ("Content-Length", "response.headers.Content-Length"),
        (
            "Access-Control-Allow-Origin",
            "response.headers.Access-Control-Allow-Origin",
        ),
        ("Hookwire-Capture", "response.headers.Hookwire-Capture"),
        (
            "Content-Security-Policy",
            "response.headers.Content-Security-Policy",
        ),
    ] {
        all.push((json!({"response": {"headers": {name: "x"}}}), place));
    }
    all
}

#[tokio::test]
async fn what_no_bin_can_be_is_refused_at_its_place() {
    let api = Api::start().await;
    let (before, path) = made(&api, json!({})).await;
    for (body, place) in mistakes() {
        let place = format!("body.{place}");
        for answer in [
            api.post("/bin", body.clone()).await,
            api.patch(&path, body.clone()).await,
        ] {
            assert_eq!(answer.places(), [place.as_str()], "{}", answer.text);
            assert!(!answer.text.contains(SECRET), "{}", answer.text);
        }
    }
    assert_eq!(api.get(&path).await.ok(200), before);
    let list = api.get("/bin").await.ok(200);
    assert_eq!(list["data"].as_array().unwrap().len(), 1);
}
