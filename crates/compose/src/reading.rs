//! A message as templates and filters read it: its payload is parsed once, and only when somebody
//! looks at it.

use std::borrow::Cow;
use std::cell::{Cell, OnceCell};

use hookwire_types::{Message, Received};

use crate::filter::{FILTER_BUDGET, Filter, FilterFailure, FilterInput};
use crate::{Budget, Json, Object, received};

/// Steps that all filters may take that look at one message, a few times what one may take alone:
/// fan-out to many endpoints with costly filters must end soon too.
const STEPS_MAX: u64 = 2 * FILTER_BUDGET.steps_left();

/// See the module's page.
#[derive(Debug)]
pub struct Reading<'a> {
    event_type: &'a str,
    payload: &'a [u8],
    channels: &'a [String],
    tags: &'a [String],
    received: Option<&'a Received>,
    document: OnceCell<Json<'a>>,
    request: OnceCell<Json<'a>>,
    steps_left: Cell<u64>,
}

impl<'a> Reading<'a> {
    /// A message that is being accepted.
    pub fn new(
        event_type: &'a str,
        payload: &'a [u8],
        channels: &'a [String],
        tags: &'a [String],
    ) -> Self {
        Self {
            event_type,
            payload,
            channels,
            tags,
            received: None,
            document: OnceCell::new(),
            request: OnceCell::new(),
            steps_left: Cell::new(STEPS_MAX),
        }
    }

    /// A message that is kept. One whose payload is gone reads as an empty text.
    pub fn of(message: &'a Message) -> Self {
        let payload = message.payload.as_deref().unwrap_or_default();
        Self::new(
            &message.event_type,
            payload,
            &message.channels,
            &message.tags,
        )
        .with_request(message.received.as_deref())
    }

    /// The request that the message was, where it came through a bin.
    pub fn with_request(mut self, received: Option<&'a Received>) -> Self {
        self.received = received;
        self.request = OnceCell::new();
        self
    }

    /// The payload. One that is not JSON is a text.
    pub fn document(&self) -> &Json<'a> {
        self.document.get_or_init(|| read(self.payload))
    }

    fn request(&self) -> &Json<'a> {
        self.request.get_or_init(|| {
            let none = || Json::Object(Object::default());
            self.received.map_or_else(none, received::of_message)
        })
    }

    /// Whether a filter wants the message. Filters that come after others that did much work may
    /// find too little of the message's budget left.
    pub fn passes(&self, filter: &Filter) -> Result<bool, FilterFailure> {
        let payload = match filter.reads_payload() {
            true => self.document(),
            false => &Json::Null,
        };
        let request = match filter.reads_request() {
            true => self.request(),
            false => &Json::Null,
        };
        let input = FilterInput {
            event_type: self.event_type,
            payload,
            channels: self.channels,
            tags: self.tags,
        };
        let left = self.steps_left.get();
        let given = FILTER_BUDGET.steps_left().min(left);
        let mut budget = Budget::new(given, FILTER_BUDGET.output_bytes_left());
        let passes = filter.matches_request(&input, request, &mut budget);
        self.steps_left.set(left - (given - budget.steps_left()));
        passes
    }
}

/// A payload as JSON, or as a text where it is none.
pub(crate) fn read(payload: &[u8]) -> Json<'_> {
    Json::parse(payload).unwrap_or_else(|_| match String::from_utf8_lossy(payload) {
        Cow::Borrowed(text) => Json::from(text),
        Cow::Owned(text) => Json::from(text),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use hookwire_types::{ApplicationId, BinId, CaptureId, Ksuid, MessageId, Timestamp};

    #[test]
    fn a_filter_reads_what_the_message_has() {
        let channels = ["eu".to_owned()];
        let reading = Reading::new("payment.received", b"{\"total\": 100}", &channels, &[]);
        for (filter, passes) in [
            ("payload.total >= 100", true),
            ("payload.total > 100", false),
            ("type.startsWith('payment.') && 'eu' in channels", true),
            ("size(tags) > 0", false),
        ] {
            let filter = Filter::parse(filter).unwrap();
            assert_eq!(reading.passes(&filter), Ok(passes), "{}", filter.source());
        }
        let missing = Filter::parse("payload.missing").unwrap();
        assert!(reading.passes(&missing).is_err());
    }

    #[test]
    fn a_filter_reads_the_request_that_a_message_was() {
        let received = Received {
            bin: BinId(Ksuid::MIN),
            capture: CaptureId(Ksuid::MAX),
            method: "PUT".to_owned(),
            path: "/a".to_owned(),
            query: "v=2".to_owned(),
            headers: vec![("X-Kind".to_owned(), "test".to_owned())],
        };
        let reading = || Reading::new("bin.request", b"{}", &[], &[]);
        let from_bin = reading().with_request(Some(&received));
        for (filter, passes) in [
            (
                "request.method == 'PUT' && request.path.startsWith('/')",
                true,
            ),
            ("request.headers['x-kind'] == 'test'", true),
            ("int(request.query.v) > 2", false),
            ("request.bin.startsWith('bin_') && size(request) == 7", true),
            ("['request'].exists(request, request == 'request')", true),
        ] {
            let filter = Filter::parse(filter).unwrap();
            assert_eq!(from_bin.passes(&filter), Ok(passes), "{}", filter.source());
        }
        let none = Filter::parse("size(request) == 0 && !has(request.method)").unwrap();
        assert_eq!(reading().passes(&none), Ok(true));
        let missing = Filter::parse("request.method == 'PUT'").unwrap();
        assert!(reading().passes(&missing).is_err());
        let mut message = Message::new(
            MessageId(Ksuid::MIN),
            ApplicationId(Ksuid::MIN),
            "bin.request",
            "{}",
            Timestamp::from_unix_ms(0),
        );
        message.received = Some(Box::new(received));
        assert_eq!(Reading::of(&message).passes(&missing), Ok(true));
    }

    #[test]
    fn many_costly_filters_share_what_a_message_may_cost() {
        let numbers: Vec<_> = (0..2_000).map(|number| number.to_string()).collect();
        let payload = format!("{{\"list\": [{}]}}", numbers.join(","));
        let reading = Reading::new("x", payload.as_bytes(), &[], &[]);
        let costly = Filter::parse("payload.list.all(n, n >= 0)").unwrap();
        let before = (0..1_000).take_while(|_| reading.passes(&costly) == Ok(true));
        let before = before.count();
        assert!((2..1_000).contains(&before), "{before}");
        assert_eq!(reading.passes(&costly), Err(FilterFailure::Budget));
    }

    #[test]
    fn a_payload_that_is_not_json_is_a_text() {
        let reading = Reading::new("x", b"plain \xff", &[], &[]);
        assert_eq!(reading.document(), &Json::from("plain \u{fffd}"));
    }
}
