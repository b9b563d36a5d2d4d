//! A message as templates and filters read it: its payload is parsed once, and only when somebody
//! looks at it.

use std::borrow::Cow;
use std::cell::OnceCell;

use hookwire_types::Message;

use crate::Json;
use crate::filter::{FILTER_BUDGET, Filter, FilterFailure, FilterInput};

/// See the module's page.
#[derive(Debug)]
pub struct Reading<'a> {
    event_type: &'a str,
    payload: &'a [u8],
    channels: &'a [String],
    tags: &'a [String],
    document: OnceCell<Json<'a>>,
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
            document: OnceCell::new(),
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
    }

    /// The payload. One that is not JSON is a text.
    pub fn document(&self) -> &Json<'a> {
        self.document.get_or_init(|| read(self.payload))
    }

    /// Whether a filter wants the message.
    pub fn passes(&self, filter: &Filter) -> Result<bool, FilterFailure> {
        let payload = match filter.reads_payload() {
            true => self.document(),
            false => &Json::Null,
        };
        let input = FilterInput {
            event_type: self.event_type,
            payload,
            channels: self.channels,
            tags: self.tags,
        };
        filter.matches(&input, &mut FILTER_BUDGET.clone())
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
    fn a_payload_that_is_not_json_is_a_text() {
        let reading = Reading::new("x", b"plain \xff", &[], &[]);
        assert_eq!(reading.document(), &Json::from("plain \u{fffd}"));
    }
}
