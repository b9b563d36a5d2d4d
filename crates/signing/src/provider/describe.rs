//! What providers call their requests: the id that stays the same when one is sent again, and
//! the kind of event.

use super::json::Step::{First, Key, Only};
use super::json::{field, text_at};
use super::{Provider, ReceivedRequest, form, mailgun, standard};

/// Ids and names of events are short; what is longer is something else.
const TEXT_MAX_BYTES: usize = 256;

/// The id of a request, the same each time that the provider sends it again, to know a request
/// that came before. `None` where the provider has no such id: Meta and Zoom have none, HubSpot's
/// is not unique, and of several events in one request (LINE, SendGrid) none speaks for all.
pub fn delivery_id(provider: Provider, request: &ReceivedRequest<'_>) -> Option<String> {
    let header = |name| request.readable(name).map(str::to_owned);
    let body = request.body;
    let id = match provider {
        Provider::StandardWebhooks | Provider::Svix => {
            standard::headers(request).id.map(str::to_owned)
        }
        Provider::GitHub => header("x-github-delivery"),
        Provider::Shopify => {
            // Unlike `X-Shopify-Event-Id`, which the webhooks of several subscriptions share.
            header("x-shopify-webhook-id").or_else(|| header("shopify-webhook-id"))
        }
        Provider::Twilio => header("i-twilio-idempotency-token"),
        Provider::Linear => header("linear-delivery"),
        Provider::GitLab => header("webhook-id").or_else(|| header("idempotency-key")),
        Provider::Stripe | Provider::Intercom | Provider::Discord => field(body, &["id"]),
        Provider::Slack | Provider::Square | Provider::Paddle => field(body, &["event_id"]),
        Provider::Mailgun => mailgun::part(request, "token"),
        Provider::Line => text_at(body, &[Key("events"), Only, Key("webhookEventId")]),
        Provider::SendGrid => text_at(body, &[Only, Key("sg_event_id")]),
        Provider::Zoom | Provider::Meta | Provider::HubSpot => None,
    };
    id.filter(|id| is_short(id))
}

/// What a request tells of, in the provider's own words: `orders/create`, `Push Hook`,
/// `payment_intent.succeeded`. Where the provider is not known or says nothing, the field
/// `type`, `event` or `event_type` of a JSON body.
pub fn event_type(provider: Option<Provider>, request: &ReceivedRequest<'_>) -> Option<String> {
    provider
        .and_then(|provider| named_by(provider, request))
        .filter(|name| is_short(name))
        .or_else(|| {
            ["type", "event", "event_type"]
                .into_iter()
                .find_map(|name| field(request.body, &[name]).filter(|it| is_short(it)))
        })
}

fn named_by(provider: Provider, request: &ReceivedRequest<'_>) -> Option<String> {
    let header = |name| request.readable(name).map(str::to_owned);
    let body = request.body;
    match provider {
        Provider::GitHub => header("x-github-event"),
        Provider::Shopify => header("x-shopify-topic").or_else(|| header("shopify-topic")),
        Provider::GitLab => header("x-gitlab-event"),
        Provider::StandardWebhooks | Provider::Svix | Provider::Stripe | Provider::Square => {
            field(body, &["type"])
        }
        // The outer type only says that there is an event.
        Provider::Slack => field(body, &["event", "type"]).or_else(|| field(body, &["type"])),
        Provider::Discord => {
            field(body, &["event", "type"]).or_else(|| Some("interaction".to_owned()))
        }
        Provider::Zoom => field(body, &["event"]),
        Provider::Paddle => field(body, &["event_type"]),
        Provider::Intercom => field(body, &["topic"]),
        Provider::Mailgun => field(body, &["event-data", "event"]),
        Provider::Line => text_at(body, &[Key("events"), Only, Key("type")]),
        Provider::SendGrid => text_at(body, &[Only, Key("event")]),
        Provider::HubSpot => text_at(body, &[Only, Key("subscriptionType")])
            .or_else(|| text_at(body, &[Only, Key("eventType")])),
        Provider::Meta => {
            let path = [Key("entry"), First, Key("changes"), First, Key("field")];
            joined(field(body, &["object"]), text_at(body, &path))
        }
        Provider::Linear => {
            let kind = header("linear-event").or_else(|| field(body, &["type"]));
            joined(kind, field(body, &["action"]))
        }
        Provider::Twilio => twilio(request),
    }
}

/// Twilio's events have names, its messages and calls only a state.
fn twilio(request: &ReceivedRequest<'_>) -> Option<String> {
    if !request.is_form() {
        return None;
    }
    let value = |name| form::field(request.body, name);
    let state = |kind: &str, name| value(name).map(|state| format!("{kind}.{state}"));
    value("EventType")
        .or_else(|| state("message", "MessageStatus"))
        .or_else(|| state("message", "SmsStatus"))
        .or_else(|| state("call", "CallStatus"))
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
