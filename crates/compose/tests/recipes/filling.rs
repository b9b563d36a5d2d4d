//! Filling a recipe in: what is accepted, what is refused, and that secrets stay secret.

use std::collections::BTreeMap;

use hookwire_compose::recipe::{self, FilledRecipe, Recipe, RecipeError, VALUE_MAX_BYTES};
use hookwire_compose::{check_body, check_header, check_url};
use hookwire_types::{ClientAuthentication, Credentials, RequestBody, RequestMethod};
use proptest::prelude::*;

type Values = BTreeMap<String, String>;

fn values(pairs: &[(&str, &str)]) -> Values {
    let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    pairs.iter().map(owned).collect()
}

fn fill(id: &str, pairs: &[(&str, &str)]) -> Result<FilledRecipe, Vec<String>> {
    let shown = |errors: Vec<RecipeError>| errors.iter().map(ToString::to_string).collect();
    recipe::find(id)
        .unwrap()
        .fill(&values(pairs))
        .map_err(shown)
}

const SLACK: &str = "https://hooks.slack.com/services/T0/B0/hushhush";

#[test]
fn a_filled_recipe_is_a_definition_that_the_api_accepts() {
    for recipe in recipe::all() {
        let filled = recipe.fill(&recipe.example_values()).unwrap();
        assert_eq!(check_url(&filled.url), Ok(()), "{}", recipe.id);
        for (name, value) in &filled.headers {
            assert_eq!(check_header(name, value), Ok(()), "{}: {name}", recipe.id);
        }
        assert_eq!(check_body(filled.request.body()), Ok(()), "{}", recipe.id);
        assert!(!format!("{filled:?}").contains("${"), "{}", recipe.id);
    }
}

#[test]
fn a_pasted_url_is_cut_into_what_may_be_seen_and_what_must_not() {
    let filled = fill(
        "slack",
        &[
            ("url", &format!("  {SLACK}\n")),
            ("text", "Hi \"{{ type }}\""),
        ],
    );
    let filled = filled.unwrap();
    assert_eq!(
        filled.url,
        "https://hooks.slack.com/services/T0/B0/{{ secrets.key }}"
    );
    assert_eq!(filled.secrets.len(), 1);
    assert_eq!(filled.secrets["key"].reveal(), "hushhush");
    assert_eq!(filled.request.method, RequestMethod::Post);
    let Some(RequestBody::Json { fields }) = &filled.request.body else {
        panic!("{:?}", filled.request.body);
    };
    assert!(fields.contains(r#"Hi \"{{ type }}\""#), "{fields}");
    assert_eq!(filled.credentials, None);
    assert!(filled.retry.retry_client_errors);
}

/// Rendering encodes it again: the token that arrives is the token that was pasted.
#[test]
fn a_secret_part_of_a_url_is_kept_decoded() {
    let url = "https://chat.googleapis.com/v1/spaces/AAA/messages?key=k-1&token=t_2%3D";
    let filled = fill("google-chat", &[("url", url)]).unwrap();
    assert_eq!(filled.secrets["key"].reveal(), "k-1");
    assert_eq!(filled.secrets["token"].reveal(), "t_2=");
    assert!(fill("google-chat", &[("url", &format!("{url}%FF"))]).is_err());
}

#[test]
fn credentials_are_filled_in_and_left_out_without_their_secret() {
    let url = ("url", "https://hook.eu2.make.com/abc");
    assert_eq!(fill("make", &[url]).unwrap().credentials, None);
    let filled = fill("make", &[url, ("api_key", "hush")]).unwrap();
    let Some(Credentials::Header { name, value }) = filled.credentials else {
        panic!("{:?}", filled.credentials);
    };
    assert_eq!((name.as_str(), value.reveal()), ("x-make-apikey", "hush"));

    let recipe = recipe::find("salesforce-lead").unwrap();
    let filled = recipe.fill(&recipe.example_values()).unwrap();
    let Some(Credentials::OAuth2 {
        token_url,
        client_id,
        client_secret,
        client_authentication,
        ..
    }) = filled.credentials
    else {
        panic!("{:?}", filled.credentials);
    };
    assert_eq!(
        token_url,
        "https://engines.my.salesforce.com/services/oauth2/token"
    );
    assert_eq!(client_id, "3MVG9xxxxxxxx");
    assert_eq!(client_secret.reveal(), "0000000000000000");
    assert_eq!(client_authentication, ClientAuthentication::Body);
}

#[test]
fn what_the_file_says_of_the_endpoint_is_in_the_definition() {
    let recipe = Recipe::parse(
        r#"
        id = "own"
        name = "Own"
        description = "."
        documentation = "https://example.com/"
        category = "automation"
        [endpoint]
        name = "Own webhook"
        url = "https://example.com/"
        method = "DELETE"
        event_types = ["payment.*"]
        filter = "payload.total > 100"
        idempotency_key = true
        retry_client_errors = false
        headers = { x-a = "b" }
        body = { kind = "none" }
        [example]
        event_type = "payment.received"
        payload = "{}"
        "#,
    );
    let filled = recipe.unwrap().fill(&Values::new()).unwrap();
    assert_eq!(filled.name, "Own webhook");
    assert_eq!(filled.url, "https://example.com/");
    assert_eq!(filled.request.method, RequestMethod::Delete);
    assert_eq!(filled.request.body, Some(RequestBody::None));
    assert!(filled.request.idempotency_key);
    assert_eq!(filled.event_types, Some(vec!["payment.*".to_owned()]));
    assert_eq!(filled.filter.as_deref(), Some("payload.total > 100"));
    assert!(!filled.retry.retry_client_errors);
    assert_eq!(filled.headers, values(&[("x-a", "b")]));
    assert!(filled.secrets.is_empty());
}

#[test]
fn everything_that_is_wrong_is_named_at_once() {
    let errors = fill("telegram", &[("token", "hush"), ("chat", "1")]).unwrap_err();
    assert_eq!(
        errors,
        [
            "`chat` is not a field of telegram: token, chat_id, text",
            "`token` must be a token like 123456:ABC…",
            "`chat_id` is missing",
        ]
    );
    let long = "x".repeat(VALUE_MAX_BYTES + 1);
    let cases = [
        (
            "slack",
            "url",
            "https://hooks.slack.com.evil.example/services/T0/B0/k",
            "must be",
        ),
        (
            "slack",
            "url",
            "https://hooks.slack.com/services/T0/B0/k?x",
            "must be",
        ),
        (
            "slack",
            "url",
            "https://hooks.slack.com/services/{{ type }}/B0/k",
            "cannot be a template",
        ),
        ("slack", "text", "a\u{0}b", "control characters"),
        ("slack", "text", long.as_str(), "is longer than 16384 bytes"),
        (
            "teams",
            "url",
            "https://evil.example/?.logic.azure.com/workflows/a",
            "must be",
        ),
        (
            "teams",
            "url",
            "https://x.webhook.office.com/webhookb2/a",
            "must be",
        ),
        (
            "salesforce-lead",
            "domain",
            "evil.example/x.my.salesforce.com",
            "must be",
        ),
        (
            "n8n",
            "url",
            "https://n8n.example.com/webhook-test/abc",
            "must be",
        ),
        (
            "n8n",
            "url",
            "https://user@n8n.example.com/webhook/abc",
            "must be",
        ),
        (
            "mailchimp-subscriber",
            "api_key",
            "abc-evil.example/us1",
            "must be",
        ),
        ("opsgenie", "api_key", "a b", "must be"),
        (
            "pagerduty",
            "host",
            "events.pagerduty.com.evil.example",
            "must be",
        ),
    ];
    for (id, field, value, expected) in cases {
        let recipe = recipe::find(id).unwrap();
        let mut values = recipe.example_values();
        values.insert(field.to_owned(), value.to_owned());
        let errors = recipe.fill(&values).unwrap_err();
        assert_eq!(errors.len(), 1, "{id}: {errors:?}");
        assert_eq!(errors[0].field, field);
        assert!(errors[0].message.contains(expected), "{id}: {errors:?}");
    }
}

#[test]
fn no_secret_is_shown() {
    for recipe in recipe::all() {
        for secret in recipe.fields.iter().filter(|field| field.secret) {
            let mut values = recipe.example_values();
            let example = values[&secret.name].clone();
            let broken = format!("{example}\u{7f}");
            let filled = recipe.fill(&values).unwrap();
            let (_, tail) = example.split_at(example.len() - 8);
            assert!(!format!("{filled:?}").contains(tail), "{}", recipe.id);
            values.insert(secret.name.clone(), broken);
            let errors = recipe.fill(&values).unwrap_err();
            let shown = format!("{errors:?} {}", errors[0]);
            assert!(!shown.contains(tail), "{}: {shown}", recipe.id);
        }
    }
}

proptest! {
    #[test]
    fn no_value_breaks_out_of_its_place(value: String) {
        for recipe in recipe::all() {
            for field in &recipe.fields {
                let mut values = recipe.example_values();
                values.insert(field.name.clone(), value.clone());
                let Ok(filled) = recipe.fill(&values) else { continue };
                prop_assert!(filled.url.starts_with("http"));
                if let Some(RequestBody::Json { fields }) = filled.request.body {
                    let body: Result<serde_json::Value, _> = serde_json::from_str(&fields);
                    prop_assert!(body.is_ok_and(|body| body.is_object()), "{}", recipe.id);
                }
            }
        }
    }
}
