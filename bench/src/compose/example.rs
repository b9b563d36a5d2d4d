//! What is composed: a payload of the size that all scenarios have, and an endpoint of each kind,
//! as a person would write them.

use anyhow::Context as _;
use bytes::Bytes;
use hookwire_compose::filter::Filter;
use hookwire_compose::{HeaderStyle, Recipient, ScriptInput};
use hookwire_types::*;

/// When everything is sent.
pub const NOW: Timestamp = Timestamp::from_unix_ms(1_790_000_000_999);

const EVENT_TYPE: &str = "payment.received";

/// 512 bytes.
const PAYLOAD: &str = r#"{"payment":{"id":"pay_7f3a90c1","status":"completed","total":119.90,"currency":"EUR","method":"card","created":"2026-09-21T13:33:20Z"},"customer":{"id":48213,"name":"Ada Lovelace","email":"ada@example.com","country":"DE","vip":true,"tags":["b2b","newsletter"]},"items":[{"sku":"plan-pro","name":"Pro plan, yearly","quantity":1,"price":99.90},{"sku":"seat","name":"Extra seat","quantity":4,"price":5.00}],"note":"Invoice to be sent to the accounts department, please; thanks for the quick answer, as always, Ada"}"#;

const FILTER: &str = r#"type == "payment.received" && payload.payment.total >= 100 && payload.customer.country in ["DE", "AT", "CH"]"#;

const BODY_FIELDS: &str = r#"{"text":"*{{ payload.customer.name }}* paid {{ payload.payment.total }} {{ payload.payment.currency }}","customer":"{{ payload.customer.id }}","reference":"{{ payload.payment.id | upcase }}","source":"hookwire"}"#;

/// Ten lines: looks at the payload, changes it and a header.
pub const SCRIPT: &str = r#"function handler(webhook) {
  const { payment, customer, items } = webhook.payload;
  if (payment.status !== "completed") {
    webhook.cancel = true;
    return webhook;
  }
  const pieces = items.reduce((sum, item) => sum + item.quantity, 0);
  webhook.payload = { customer: customer.name, total: payment.total, pieces };
  webhook.headers["x-country"] = customer.country;
  return webhook;
}"#;

/// The message that is delivered.
pub fn message() -> Message {
    let (id, application) = (Ksuid::MAX.into(), Ksuid::MIN.into());
    Message::new(id, application, EVENT_TYPE, PAYLOAD, NOW)
}

/// What the engine would give to the script.
pub fn script_input() -> ScriptInput {
    let endpoint = endpoint();
    ScriptInput {
        method: endpoint.request.method,
        url: endpoint.url,
        headers: endpoint.headers,
        event_type: EVENT_TYPE.to_owned(),
        payload: Bytes::from_static(PAYLOAD.as_bytes()),
        variables: Metadata::new(),
        request: None,
    }
}

/// Receives the payload as it is.
pub fn plain() -> anyhow::Result<Recipient> {
    recipient(&endpoint())
}

/// Receives JSON made by a template.
pub fn with_body_template() -> anyhow::Result<Recipient> {
    let mut endpoint = endpoint();
    endpoint.request.body = Some(RequestBody::Json {
        fields: BODY_FIELDS.to_owned(),
    });
    recipient(&endpoint)
}

/// Receives the payload at a URL, and with a header, made by templates.
pub fn with_url_and_header_template() -> anyhow::Result<Recipient> {
    let mut endpoint = endpoint();
    endpoint.url =
        "https://example.com/customers/{{ payload.customer.id }}?event={{ type }}".to_owned();
    let value = "{{ payload.payment.id }}".to_owned();
    endpoint.headers.insert("x-payment".to_owned(), value);
    recipient(&endpoint)
}

/// A condition that the message meets.
pub fn filter() -> anyhow::Result<Filter> {
    Filter::parse(FILTER).context("the filter")
}

fn recipient(endpoint: &Endpoint) -> anyhow::Result<Recipient> {
    let made = Recipient::new(
        endpoint,
        &application(),
        "Hookwire/0",
        HeaderStyle::Standard,
    );
    made.context("the endpoint")
}

fn endpoint() -> Endpoint {
    Endpoint {
        name: "CRM".to_owned(),
        url: "https://example.com/hooks/payments".to_owned(),
        ..Endpoint::new(
            EndpointId(Ksuid::MIN),
            OrganizationId(Ksuid::MIN),
            ApplicationId(Ksuid::MIN),
            SecretText::new("whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"),
            NOW,
        )
    }
}

fn application() -> Application {
    Application::new(Ksuid::MIN.into(), Ksuid::MIN.into(), "Acme", NOW)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::payload::PAYLOAD_BYTES;

    #[test]
    fn the_payload_has_the_size_that_all_scenarios_have() {
        assert_eq!(PAYLOAD.len(), PAYLOAD_BYTES);
    }

    #[test]
    fn templates_say_what_the_payload_says() {
        let sent = |recipient: anyhow::Result<Recipient>| {
            recipient.unwrap().compose(&message(), None, NOW).unwrap()
        };
        let body = sent(with_body_template());
        assert_eq!(
            body.body(),
            r#"{"text":"*Ada Lovelace* paid 119.90 EUR","customer":48213,"reference":"PAY_7F3A90C1","source":"hookwire"}"#
        );
        let request = sent(with_url_and_header_template());
        assert_eq!(
            request.uri(),
            "https://example.com/customers/48213?event=payment.received"
        );
        assert_eq!(request.headers()["x-payment"], "pay_7f3a90c1");
    }
}
