//! Messages as they are taken.

use bytes::Bytes;
use hookwire_engine::NewMessage;
use hookwire_types::{DAY_MS, HOUR_MS, MessageId, RawBody, Timestamp};

use super::application::ApplicationIn;
use super::endpoint_headers::read_headers;
use crate::extract::{Fields, FromBody, is_object};
use crate::rules;

/// Channels of one message; each is compared with each endpoint's.
pub const CHANNELS_MAX: usize = 5;
/// Tags of one message; each is an entry of an index.
pub const TAGS_MAX: usize = 5;

/// How long a payload may be asked to be kept: the compatible API's bound. Without a word of the
/// producer it is kept as long as the message.
const RETENTION_DAYS_MAX: i64 = 90;
const RETENTION_HOURS_MAX: i64 = RETENTION_DAYS_MAX * 24;

/// An event to be sent.
#[derive(Debug)]
pub struct MessageIn {
    event_type: String,
    event_id: Option<String>,
    payload: Bytes,
    channels: Vec<String>,
    tags: Vec<String>,
    /// When it is to be sent; at once if absent.
    pub deliver_at: Option<Timestamp>,
    /// How long its payload is kept; as long as the message if absent.
    pub payload_retention_ms: Option<i64>,
    raw: Option<RawBody>,
    /// The application to make when there is none yet.
    pub application: Option<ApplicationIn>,
}

impl FromBody for MessageIn {
    fn read(fields: &mut Fields<'_, '_>) -> Self {
        let payload: Bytes = fields.required("payload", |f| {
            f.about("What happened, as a JSON object; sent byte for byte as it came.")
                .object_bytes()
        });
        let raw = fields
            .optional("transformationsParams", |f| {
                f.about("A body to send in place of the payload.")
                    .object(read_raw)
            })
            .flatten();
        let (payload, raw) = match raw {
            Some(raw) if is_the_payload(&payload, &raw) => (raw.body, None),
            raw => (payload, raw),
        };
        Self {
            event_type: fields.required("eventType", |f| f.text(rules::event_type_name)),
            event_id: fields.optional("eventId", |f| f.text(rules::uid::<MessageId>)),
            payload,
            channels: fields
                .optional("channels", |f| f.text_set(1..=CHANNELS_MAX, rules::channel))
                .unwrap_or_default(),
            tags: fields
                .optional("tags", |f| f.text_set(0..=TAGS_MAX, rules::tag))
                .unwrap_or_default(),
            deliver_at: fields.optional("deliverAt", |f| {
                f.about("Not sent before this moment.").timestamp()
            }),
            payload_retention_ms: read_retention(fields),
            raw,
            application: fields.optional("application", |f| {
                f.about("The application to make when there is none with the path's uid yet.")
                    .object(ApplicationIn::read)
            }),
        }
    }
}

/// `payloadRetentionHours`, which is the finer one and wins, or `payloadRetentionPeriod` in days.
fn read_retention(fields: &mut Fields<'_, '_>) -> Option<i64> {
    let days = fields.optional("payloadRetentionPeriod", |f| {
        f.about("How long the payload is kept, in days; as long as the message if absent.")
            .integer(1..=RETENTION_DAYS_MAX)
    });
    let hours = fields.optional("payloadRetentionHours", |f| {
        f.about("The same in hours; goes over `payloadRetentionPeriod`.")
            .integer(1..=RETENTION_HOURS_MAX)
    });
    hours
        .map(|hours| hours * HOUR_MS)
        .or_else(|| days.map(|days| days * DAY_MS))
}

/// `rawPayload`, a text to be sent in place of the payload, and `headers` that go with it.
fn read_raw(params: &mut Fields<'_, '_>) -> Option<RawBody> {
    let body = params.optional("rawPayload", |f| {
        f.about("A text that is sent as it is, in place of the payload.")
            .text(|text| Ok(text.to_owned()))
    });
    let headers = params.optional("headers", |f| {
        read_headers(f.about("Headers that go with it, usually its `content-type`."))
    });
    Some(RawBody {
        body: body?.into(),
        headers: headers.unwrap_or_default().into_iter().collect(),
    })
}

/// Whether a raw text is the payload, written in another place: the Java SDK (1.x) sends every
/// payload as text beside an empty one. Lists, templates and filters are to see it as one.
fn is_the_payload(payload: &Bytes, raw: &RawBody) -> bool {
    let is_empty = payload
        .iter()
        .filter(|byte| !byte.is_ascii_whitespace())
        .eq(b"{}");
    is_empty && raw.headers.is_empty() && is_object(&raw.body)
}

impl From<MessageIn> for NewMessage {
    fn from(input: MessageIn) -> Self {
        Self {
            event_id: input.event_id,
            channels: input.channels,
            tags: input.tags,
            deliver_at: input.deliver_at,
            raw: input.raw,
            payload_retention_ms: input.payload_retention_ms,
            ..Self::new(input.event_type, input.payload)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ApiError;
    use crate::extract::parse;

    fn places(body: &str) -> Vec<String> {
        match parse::<MessageIn>(&body.to_owned().into()) {
            Err(ApiError::Invalid(found)) => found.iter().map(|it| it.loc.join(".")).collect(),
            Err(other) => panic!("{other}"),
            Ok(_) => Vec::new(),
        }
    }

    #[test]
    fn a_message_is_read_with_its_payload_as_it_came() {
        let body = r#"{"eventType":"a.b","payload":{"n": 1e400},"eventId":"e-1","new":[],
            "channels":["c:1"],"tags":[],"payloadRetentionPeriod":1,"deliverAt":null,
            "application":{"name":"A"},"transformationsParams":{"x":1}}"#;
        let input: MessageIn = parse(&body.into()).unwrap();
        assert_eq!(input.payload, r#"{"n": 1e400}"#.as_bytes());
        assert_eq!(input.payload_retention_ms, Some(DAY_MS));
        assert_eq!(input.channels, ["c:1"]);
        assert!(input.application.is_some());
        let least: MessageIn = parse(&r#"{"eventType":"a","payload":{}}"#.into()).unwrap();
        assert_eq!(least.payload_retention_ms, None);
    }

    #[test]
    fn a_payload_that_was_sent_as_text_is_a_payload() {
        let read = |payload: &str, params: &str| {
            let body = format!(
                r#"{{"eventType":"a","payload":{payload},"transformationsParams":{params}}}"#
            );
            let input: MessageIn = parse(&body.into()).unwrap();
            (input.payload, input.raw.map(|raw| raw.body))
        };
        let text = r#"{"rawPayload":"{\"n\": 1e400}"}"#;
        let object = Bytes::from_static(br#"{"n": 1e400}"#);
        assert_eq!(read("{ }", text), (object.clone(), None));
        let empty = Bytes::from_static(b"{}");
        for (payload, params) in [
            (r#"{"m":1}"#, text),
            (
                "{}",
                r#"{"rawPayload":"{\"n\": 1e400}","headers":{"x-a":"1"}}"#,
            ),
            ("{}", r#"{"rawPayload":"[1]"}"#),
            ("{}", r#"{"rawPayload":"{\"n\": "}"#),
            ("{}", r#"{"rawPayload":"<a/>"}"#),
        ] {
            let (read_payload, raw) = read(payload, params);
            assert!(raw.is_some(), "{params}");
            assert!(read_payload == empty || payload != "{}");
        }
        assert_eq!(read("{}", "{}"), (empty, None));
    }

    #[test]
    fn violations_are_found_where_they_are() {
        assert_eq!(places("{}"), ["body.payload", "body.eventType"]);
        let body = r#"{"eventType":"a b","payload":[],"eventId":"msg_1","channels":[],
            "tags":["1","2","3","4","5","6"],"deliverAt":"tomorrow","payloadRetentionPeriod":91,
            "payloadRetentionHours":0,"application":{"uid":"x"},
            "transformationsParams":{"rawPayload":7,"headers":{"host":"x"}}}"#;
        assert_eq!(
            places(body),
            [
                "body.payload",
                "body.transformationsParams.rawPayload",
                "body.transformationsParams.headers.host",
                "body.eventType",
                "body.eventId",
                "body.channels",
                "body.tags",
                "body.deliverAt",
                "body.payloadRetentionPeriod",
                "body.payloadRetentionHours",
                "body.application.name"
            ]
        );
        let six = r#"{"eventType":"a","payload":{},"channels":["1","2","3","4","5","6"]}"#;
        assert_eq!(places(six), ["body.channels"]);
    }
}
