//! A capture as the stream tells of it, and which of them are wanted.

use serde::Deserialize;
use serde_json::Value;

/// What a server says of a capture, without its body.
#[derive(Debug)]
pub struct Capture {
    /// The fields that this command makes use of.
    pub facts: Facts,
    /// All that the server said.
    pub whole: Value,
}

/// What this command makes use of.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Facts {
    /// Its id.
    pub id: String,
    /// When it was received.
    pub received_at: Value,
    /// The method.
    pub method: String,
    /// What followed the bin's address; may be empty.
    pub path: String,
    /// What followed the `?`.
    #[serde(default)]
    pub query: Option<String>,
    /// Names and values in the order in which they came.
    pub headers: Vec<(String, String)>,
    /// The body's size.
    pub body_bytes: u64,
    /// What the sender calls what happened.
    pub event_type: String,
    /// Whether the sender is who it should be.
    pub verification: Verification,
    /// The capture that it repeats.
    #[serde(default)]
    pub duplicate_of: Option<String>,
    /// What the sender was answered.
    #[serde(default)]
    pub response_status: Option<u16>,
}

/// Whether a capture's sender is who it should be.
#[derive(Debug, Deserialize)]
pub struct Verification {
    /// `unchecked`, `valid` or `invalid`.
    pub status: String,
    /// Why it is invalid.
    #[serde(default)]
    pub reason: Option<String>,
}

/// An entry of `--events`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted(String);

impl Capture {
    /// From what the stream says.
    pub fn parse(text: &str) -> Result<Self, serde_json::Error> {
        let whole: Value = serde_json::from_str(text)?;
        let facts = Facts::deserialize(&whole)?;
        Ok(Self { facts, whole })
    }

    /// Whether the bin has refused it, because its sender could not show who it is.
    pub fn was_refused(&self) -> bool {
        self.facts.verification.status == "invalid" && self.facts.response_status == Some(401)
    }
}

impl Wanted {
    /// An event type; with a star in place of its last parts, or a star alone.
    pub fn parse(text: &str) -> Result<Self, String> {
        let name = text.trim();
        let fixed = name.strip_suffix('*').unwrap_or(name);
        let is_whole = name == "*" || fixed == name || fixed.ends_with('.');
        if name.is_empty() || fixed.contains('*') || !is_whole {
            return Err(
                "expected event types separated by commas, such as push or invoice.*".to_owned(),
            );
        }
        Ok(Self(name.to_owned()))
    }

    /// Whether it means this event type, as it does in an endpoint's list.
    pub fn means(&self, event_type: &str) -> bool {
        hookwire_types::means_event_type(&self.0, event_type)
    }
}

#[cfg(test)]
pub mod tests {
    use super::*;
    use serde_json::json;

    /// A capture with some of its fields replaced.
    pub fn capture(fields: Value) -> Capture {
        let mut whole = json!({
            "id": "cap_1", "receivedAt": "2026-11-22T04:13:08.123Z", "method": "POST",
            "path": "/hooks/1", "query": "a=1", "eventType": "push", "contentType": null,
            "bodyBytes": 5, "source": "127.0.0.1:4321",
            "headers": [["Host", "bin.example"], ["X-A", "1"]],
            "verification": { "status": "unchecked" },
            "duplicateOf": null, "messageId": null, "responseStatus": 200,
        });
        for (name, value) in fields.as_object().unwrap() {
            whole[name] = value.clone();
        }
        Capture::parse(&whole.to_string()).unwrap()
    }

    #[test]
    fn all_that_the_server_says_is_kept() {
        let capture = capture(json!({ "later": { "z": 1, "a": 2 } }));
        assert_eq!(capture.facts.path, "/hooks/1");
        assert_eq!(capture.whole["later"].to_string(), r#"{"z":1,"a":2}"#);
        for bad in ["", "null", "{}", "[]", r#"{"id":7}"#] {
            assert!(Capture::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn only_what_the_bin_itself_did_not_believe_was_refused() {
        let invalid = json!({ "status": "invalid", "reason": "no signature" });
        for (fields, refused) in [
            (json!({}), false),
            (json!({ "responseStatus": 401 }), false),
            (json!({ "verification": invalid }), false),
            (
                json!({ "verification": invalid, "responseStatus": null }),
                false,
            ),
            (
                json!({ "verification": invalid, "responseStatus": 401 }),
                true,
            ),
        ] {
            assert_eq!(capture(fields.clone()).was_refused(), refused, "{fields}");
        }
    }

    #[test]
    fn a_star_stands_for_whole_parts() {
        for (wanted, event_type, expected) in [
            ("push", "push", true),
            ("push", "push.force", false),
            ("invoice.*", "invoice.paid.late", true),
            ("invoice.*", "invoice", false),
            ("invoice.*", "invoices.paid", false),
            ("*", "anything", true),
        ] {
            let means = Wanted::parse(wanted).unwrap().means(event_type);
            assert_eq!(means, expected, "{wanted} {event_type}");
        }
        for bad in ["", " ", "pay*", "*.paid", "a.*.*", "**"] {
            assert!(Wanted::parse(bad).is_err(), "{bad}");
        }
    }
}
