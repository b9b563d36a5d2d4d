//! What providers call their requests: the id that stays the same when one is sent again, and
//! the kind of event.

use std::cell::LazyCell;

use super::json::Step::{First, Key, Only};
use super::json::{Path, texts_in_beginning};
use super::{Provider, ReceivedRequest, form, mailgun, standard};

/// Ids and names of events are short; what is longer is something else.
const TEXT_MAX_BYTES: usize = 256;

/// The id of a request, the same each time that the provider sends it again, to know a request
/// that came before. `None` where the provider has no such id: Meta and Zoom have none, HubSpot's
/// is not unique, and of several events in one request (LINE, SendGrid) none speaks for all.
///
/// Of a JSON body longer than 1 MiB only that much is looked at: an id that comes later is not
/// found. Mailgun's is the token that was verified, wherever it stands.
pub fn delivery_id(provider: Provider, request: &ReceivedRequest<'_>) -> Option<String> {
    let header = |name| request.readable(name).map(str::to_owned);
    let field = |path| {
        let [found] = texts_in_beginning(request.body, [path]);
        found
    };
    let id = match provider {
        Provider::StandardWebhooks | Provider::Svix => standard::id(request).map(str::to_owned),
        Provider::GitHub => header("x-github-delivery"),
        Provider::Shopify => {
            // Unlike `X-Shopify-Event-Id`, which the webhooks of several subscriptions share.
            header("x-shopify-webhook-id").or_else(|| header("shopify-webhook-id"))
        }
        Provider::Twilio => header("i-twilio-idempotency-token"),
        Provider::Linear => header("linear-delivery"),
        Provider::GitLab => header("webhook-id").or_else(|| header("idempotency-key")),
        Provider::Stripe | Provider::Intercom | Provider::Discord => field(&[Key("id")]),
        Provider::Slack | Provider::Square | Provider::Paddle => field(&[Key("event_id")]),
        Provider::Mailgun => mailgun::token(request),
        Provider::Line => field(&[Key("events"), Only, Key("webhookEventId")]),
        Provider::SendGrid => field(&[Only, Key("sg_event_id")]),
        Provider::Zoom | Provider::Meta | Provider::HubSpot => None,
    };
    id.filter(|id| is_short(id))
}

/// What a request tells of, in the provider's own words: `orders/create`, `Push Hook`,
/// `payment_intent.succeeded`. Where the provider is not known or says nothing, the field
/// `type`, `event` or `event_type` of a JSON body.
///
/// Of a JSON body longer than 1 MiB only that much is looked at: a field that comes later is not
/// found.
pub fn event_type(provider: Option<Provider>, request: &ReceivedRequest<'_>) -> Option<String> {
    // Read once for whatever may be wanted of it, and not at all where a header has the name.
    let in_body = LazyCell::new(|| {
        let [first, second] = provider.map_or([&[] as Path<'_>; 2], own_paths);
        let [kind, event, event_type] = ANYBODYS_PATHS;
        texts_in_beginning(request.body, [first, second, kind, event, event_type])
    });
    provider
        .and_then(|provider| named_by(provider, request, |place| in_body[place].clone()))
        .filter(|name| is_short(name))
        .or_else(|| {
            let anybodys = in_body[2..].iter().flatten();
            anybodys.into_iter().find(|name| is_short(name)).cloned()
        })
}

/// Where senders who are not known mostly put an event's name.
const ANYBODYS_PATHS: [Path<'_>; 3] = [&[Key("type")], &[Key("event")], &[Key("event_type")]];

/// Where a provider puts an event's name in a JSON body; empty where it does not.
fn own_paths(provider: Provider) -> [Path<'static>; 2] {
    match provider {
        Provider::StandardWebhooks | Provider::Svix | Provider::Stripe | Provider::Square => {
            [&[Key("type")], &[]]
        }
        // The outer type only says that there is an event.
        Provider::Slack => [&[Key("event"), Key("type")], &[Key("type")]],
        Provider::Discord => [&[Key("event"), Key("type")], &[]],
        Provider::Zoom => [&[Key("event")], &[]],
        Provider::Paddle => [&[Key("event_type")], &[]],
        Provider::Intercom => [&[Key("topic")], &[]],
        Provider::Mailgun => [&[Key("event-data"), Key("event")], &[]],
        Provider::Line => [&[Key("events"), Only, Key("type")], &[]],
        Provider::SendGrid => [&[Only, Key("event")], &[]],
        Provider::HubSpot => [&[Only, Key("subscriptionType")], &[Only, Key("eventType")]],
        Provider::Meta => [
            &[Key("object")],
            &[Key("entry"), First, Key("changes"), First, Key("field")],
        ],
        Provider::Linear => [&[Key("type")], &[Key("action")]],
        Provider::GitHub | Provider::Shopify | Provider::GitLab | Provider::Twilio => [&[], &[]],
    }
}

/// `own` gives what is at the first or second of [`own_paths`].
fn named_by(
    provider: Provider,
    request: &ReceivedRequest<'_>,
    own: impl Fn(usize) -> Option<String>,
) -> Option<String> {
    let header = |name| request.readable(name).map(str::to_owned);
    match provider {
        Provider::GitHub => header("x-github-event"),
        Provider::Shopify => header("x-shopify-topic").or_else(|| header("shopify-topic")),
        Provider::GitLab => header("x-gitlab-event"),
        Provider::Twilio => twilio(request),
        Provider::Discord => own(0).or_else(|| Some("interaction".to_owned())),
        Provider::Meta => joined(own(0), own(1)),
        Provider::Linear => joined(header("linear-event").or_else(|| own(0)), own(1)),
        Provider::StandardWebhooks
        | Provider::Svix
        | Provider::Stripe
        | Provider::Square
        | Provider::Slack
        | Provider::Zoom
        | Provider::Paddle
        | Provider::Intercom
        | Provider::Mailgun
        | Provider::Line
        | Provider::SendGrid
        | Provider::HubSpot => own(0).or_else(|| own(1)),
    }
}

/// Twilio's events have names, its messages and calls only a state.
fn twilio(request: &ReceivedRequest<'_>) -> Option<String> {
    if !request.is_form() {
        return None;
    }
    let [event, message, sms, call] = form::values(
        request.body,
        ["EventType", "MessageStatus", "SmsStatus", "CallStatus"],
    );
    let state = |kind: &str, value: Option<String>| value.map(|state| format!("{kind}.{state}"));
    event
        .or_else(|| state("message", message.or(sms)))
        .or_else(|| state("call", call))
}

/// `whole.part`, or the whole alone.
fn joined(whole: Option<String>, part: Option<String>) -> Option<String> {
    let whole = whole?;
    Some(match part {
        Some(part) => format!("{whole}.{part}"),
        None => whole,
    })
}

fn is_short(text: &str) -> bool {
    !text.is_empty() && text.len() <= TEXT_MAX_BYTES
}

#[cfg(test)]
mod tests {
    use super::super::json::BEGINNING_BYTES;
    use super::*;

    fn named(provider: Option<Provider>, body: &str) -> Option<String> {
        let request = ReceivedRequest {
            method: "POST",
            url: "https://hooks.example.com/in/4fJk",
            headers: &|_| None,
            body: body.as_bytes(),
        };
        event_type(provider, &request)
    }

    #[test]
    fn the_first_usable_name_counts() {
        let long = "x".repeat(TEXT_MAX_BYTES + 1);
        let (slack, hubspot) = (Some(Provider::Slack), Some(Provider::HubSpot));
        for (provider, body, expected) in [
            (
                None,
                r#"{"event_type":"c","event":"b","type":"a"}"#,
                Some("a"),
            ),
            (
                None,
                r#"{"event_type":"c","event":"b","type":""}"#,
                Some("b"),
            ),
            (
                None,
                r#"{"event_type":"c","event":{},"type":null}"#,
                Some("c"),
            ),
            (
                None,
                &format!(r#"{{"type":"{long}","event":"b"}}"#),
                Some("b"),
            ),
            (None, r#"[{"type":"a"}]"#, None),
            (None, r#"{"type":"a""#, None),
            (None, "type=a", None),
            (slack, r#"{"type":"a","event":{"type":"b"}}"#, Some("b")),
            (slack, r#"{"type":"a","event":{"type":""}}"#, Some("a")),
            (slack, r#"{"event_type":"c","event":"b"}"#, Some("b")),
            (
                hubspot,
                r#"[{"eventType":"b","subscriptionType":"a"}]"#,
                Some("a"),
            ),
            (hubspot, r#"[{"eventType":"b"}]"#, Some("b")),
            (hubspot, r#"{"event":"b"}"#, Some("b")),
            (Some(Provider::GitHub), r#"{"event":"b"}"#, Some("b")),
            (
                Some(Provider::Linear),
                r#"{"type":"a","action":"b"}"#,
                Some("a.b"),
            ),
            (
                Some(Provider::Discord),
                r#"{"type":1}"#,
                Some("interaction"),
            ),
        ] {
            assert_eq!(
                named(provider, body).as_deref(),
                expected,
                "{provider:?} {body}"
            );
        }
    }

    #[test]
    fn names_are_looked_for_at_the_beginning() {
        let blank = " ".repeat(BEGINNING_BYTES);
        let body = |front, back| format!("{{{front}{blank}{back}}}");
        assert_eq!(
            named(None, &body(r#""event":"b""#, r#","type":"a""#)).as_deref(),
            Some("b")
        );
        assert_eq!(named(None, &body("", r#""type":"a""#)), None);
    }
}
